/*-------------------------------------------------------------------------
 *
 * types.c
 *	  Declared types for PostgreSQL's types, and what is known of the values.
 *
 * The declared types are those of which declared_type.c makes the same type
 * again, and which other tools of SQLite know; where a type has none, TEXT.
 * An affinity that would change a value decides against a declared type: BIT
 * would make the number 101 of the bits 0101.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_database.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "value/converters.h"

#include "export.h"

static const struct
{
	Oid type;
	SfmShape	shape;
	const char *declared_type;
	const char *redacted;		/* where NULL is not allowed; default '' */
}			types[] = {
	{INT2OID, SFM_SHAPE_INTEGER, "SMALLINT", "0"},
	{INT4OID, SFM_SHAPE_INTEGER, "INTEGER", "0"},
	{INT8OID, SFM_SHAPE_INTEGER, "BIGINT", "0"},
	{OIDOID, SFM_SHAPE_OTHER, "BIGINT", "0"},
	{BOOLOID, SFM_SHAPE_BOOLEAN, "BOOLEAN", "0"},
	{FLOAT4OID, SFM_SHAPE_FLOAT, "REAL", "0.0"},
	{FLOAT8OID, SFM_SHAPE_FLOAT, "DOUBLE PRECISION", "0.0"},
	{NUMERICOID, SFM_SHAPE_NUMERIC, "NUMERIC", "0"},
	{CASHOID, SFM_SHAPE_OTHER, "NUMERIC", "0"},
	{TEXTOID, SFM_SHAPE_TEXT, "TEXT", NULL},
	{VARCHAROID, SFM_SHAPE_TEXT, "VARCHAR", NULL},
	{BPCHAROID, SFM_SHAPE_BPCHAR, "CHAR", NULL},
	{NAMEOID, SFM_SHAPE_OTHER, "TEXT", NULL},
	{BYTEAOID, SFM_SHAPE_BYTES, "BLOB", "x''"},
	{UUIDOID, SFM_SHAPE_UUID, "UUID", "'00000000-0000-0000-0000-000000000000'"},
	{JSONOID, SFM_SHAPE_OTHER, "JSON", "'null'"},
	{JSONBOID, SFM_SHAPE_OTHER, "JSONB", "'null'"},
	{DATEOID, SFM_SHAPE_DATE, "DATE", "'1970-01-01'"},
	{TIMEOID, SFM_SHAPE_TIME, "TIME", "'00:00:00'"},
	{TIMETZOID, SFM_SHAPE_OTHER, "TIME WITH TIME ZONE", "'00:00:00+00:00'"},
	{TIMESTAMPOID, SFM_SHAPE_TIMESTAMP, "DATETIME", "'1970-01-01 00:00:00'"},
	{TIMESTAMPTZOID, SFM_SHAPE_TIMESTAMPTZ, "TIMESTAMPTZ",
	"'1970-01-01 00:00:00+00:00'"},
	{INETOID, SFM_SHAPE_OTHER, "INET", "'0.0.0.0'"},
	{CIDROID, SFM_SHAPE_OTHER, "CIDR", "'0.0.0.0/0'"},
	{MACADDROID, SFM_SHAPE_OTHER, "MACADDR", "'00:00:00:00:00:00'"},
	{MACADDR8OID, SFM_SHAPE_OTHER, "MACADDR8", "'00:00:00:00:00:00:00:00'"},
	{XMLOID, SFM_SHAPE_OTHER, "XML", NULL}
};

/*
 * sfm_type_shape
 *		What expressions can see of a type that is no domain.
 */
SfmShape
sfm_type_shape(Oid base_type)
{
	for (int i = 0; i < lengthof(types); i++)
	{
		if (types[i].type == base_type)
			return types[i].shape;
	}
	if (sfm_is_citext(base_type))
		return SFM_SHAPE_CITEXT;
	return get_typtype(base_type) == TYPTYPE_ENUM ? SFM_SHAPE_ENUM :
		SFM_SHAPE_OTHER;
}

/*
 * sfm_declare
 *		The declared type for a type that is no domain.  With "digits" for a
 *		numeric whose values no REAL would hold.  Palloc'd.
 */
char *
sfm_declare(Oid base_type, int32 typmod, bool digits)
{
	const char *name = "TEXT";

	for (int i = 0; i < lengthof(types); i++)
	{
		if (types[i].type == base_type)
			name = types[i].declared_type;
	}
	if (digits)
		name = "NUMERIC TEXT";
	if (base_type == NUMERICOID && typmod >= (int32) VARHDRSZ)
	{
		/* as numeric.c packs it */
		int			packed = typmod - VARHDRSZ;

		return psprintf("%s(%d,%d)", name, (packed >> 16) & 0xffff,
						((packed & 0x7ff) ^ 1024) - 1024);
	}
	if ((base_type == VARCHAROID || base_type == BPCHAROID) &&
		typmod >= (int32) VARHDRSZ)
		return psprintf("%s(%d)", name, typmod - VARHDRSZ);
	if (sfm_is_vector(base_type))
		return typmod > 0 ? psprintf("VECTOR(%d)", typmod) : pstrdup("VECTOR");
	/* from_array.c writes arrays as JSON */
	if (OidIsValid(get_element_type(base_type)))
		return pstrdup("JSON");
	return pstrdup(name);
}

/* Are texts sorted by their bytes in this collation? */
static bool
sorts_by_bytes(Oid collation)
{
	HeapTuple	tuple;
	bool		isnull;
	Datum		locale;
	bool		result;

	if (GetDatabaseEncoding() != PG_UTF8)
		return false;
	if (collation == C_COLLATION_OID)
		return true;
	if (collation != DEFAULT_COLLATION_OID)
		return false;
	tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(MyDatabaseId));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for database %u", MyDatabaseId);
	locale = SysCacheGetAttr(DATABASEOID, tuple, Anum_pg_database_datcollate,
							 &isnull);
	result = ((Form_pg_database) GETSTRUCT(tuple))->datlocprovider ==
		COLLPROVIDER_LIBC && !isnull &&
		(strcmp(TextDatumGetCString(locale), "C") == 0 ||
		 strcmp(TextDatumGetCString(locale), "POSIX") == 0);
	ReleaseSysCache(tuple);
	return result;
}

/*
 * sfm_shape_compares
 *		Are two values of a shape equal in SQLite exactly if they are in
 *		PostgreSQL; with "order", is one the lesser in both?
 *
 *		Texts of dates sort as dates from the year 0 on; before it they do not,
 *		and neither do SQLite's own functions know such dates.
 */
bool
sfm_shape_compares(SfmShape shape, Oid collation, bool order)
{
	switch (shape)
	{
		case SFM_SHAPE_OTHER:
		case SFM_SHAPE_CITEXT:
			return false;
		case SFM_SHAPE_TEXT:
			if (order)
				return sorts_by_bytes(collation);
			return !OidIsValid(collation) ||
				get_collation_isdeterministic(collation);
		case SFM_SHAPE_BPCHAR:
		case SFM_SHAPE_ENUM:
			return !order && (!OidIsValid(collation) ||
							  get_collation_isdeterministic(collation));
		default:
			return true;
	}
}

/* qsort order of labels, by their place in the type */
static int
compare_labels(const ListCell *a, const ListCell *b)
{
	float4		first = ((Form_pg_enum) lfirst(a))->enumsortorder;
	float4		second = ((Form_pg_enum) lfirst(b))->enumsortorder;

	return first < second ? -1 : first > second;
}

/*
 * sfm_enum_labels
 *		The labels of an enum, in their order: a list of char *.
 */
List *
sfm_enum_labels(Oid type)
{
	CatCList   *list = SearchSysCacheList1(ENUMTYPOIDNAME,
										   ObjectIdGetDatum(type));
	List	   *forms = NIL;
	List	   *labels = NIL;
	ListCell   *cell;

	for (int i = 0; i < list->n_members; i++)
		forms = lappend(forms, GETSTRUCT(&list->members[i]->tuple));
	list_sort(forms, compare_labels);
	foreach(cell, forms)
		labels = lappend(labels, pstrdup(NameStr(((Form_pg_enum) lfirst(cell))->enumlabel)));
	ReleaseCatCacheList(list);
	return labels;
}

/*
 * sfm_redacted_literal
 *		What stands for the values of a redacted column where NULL cannot: one
 *		that the type has.
 */
char *
sfm_redacted_literal(SfmShape shape, Oid base_type)
{
	if (shape == SFM_SHAPE_ENUM)
	{
		List	   *labels = sfm_enum_labels(base_type);

		if (labels != NIL)
			return sfm_quote_literal_sqlite(linitial(labels));
	}
	for (int i = 0; i < lengthof(types); i++)
	{
		if (types[i].type == base_type && types[i].redacted != NULL)
			return pstrdup(types[i].redacted);
	}
	return pstrdup(OidIsValid(get_element_type(base_type)) ? "'[]'" : "''");
}
