/*-------------------------------------------------------------------------
 *
 * load.c
 *	  sqlite_load(): one foreign table into one table, by column name.
 *
 * One INSERT ... SELECT, run by SPI with the caller's rights: privileges, row
 * security, triggers, rules, views and partitions are PostgreSQL's business.
 *
 * Nothing is lost silently:
 * - a column that the target lacks is an error, not left out;
 * - where types differ, a cast that rounds, cuts (numeric to integer,
 *   timestamp to date) or depends on the session (timestamp to timestamptz) is
 *   an error: the foreign table's column should have the target's type, so
 *   that the value is converted once, exactly;
 * - a target that holds rows is refused unless on_conflict says what happens
 *   to a row that is there already, so that a second run cannot double rows.
 *   For that check the target is locked against other writers until the end
 *   of the transaction.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "migrate.h"

PGDLLEXPORT Datum sqlite_load(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(sqlite_load);

/* The INSERT while it is put together. */
typedef struct Insertion
{
	Relation	source;
	Relation	target;
	SfmOnConflict on_conflict;
	List	   *columns;		/* of char *, quoted: those that are loaded */
	List	   *updated;		/* of char *, quoted: of these, those that
								 * on_conflict => 'update' sets */
	List	   *key;			/* of char *, quoted: the primary key */
	bool		overriding;		/* a column is GENERATED ALWAYS AS IDENTITY */
} Insertion;

/* An argument on_conflict; raises an error for other words. */
SfmOnConflict
sfm_parse_on_conflict(const char *word)
{
	if (strcmp(word, "error") == 0)
		return SFM_CONFLICT_ERROR;
	if (strcmp(word, "skip") == 0)
		return SFM_CONFLICT_SKIP;
	if (strcmp(word, "update") == 0)
		return SFM_CONFLICT_UPDATE;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid value for argument \"on_conflict\": \"%s\"",
					word),
			 errhint("Valid values are \"error\", \"skip\" and \"update\".")));
	return SFM_CONFLICT_ERROR;	/* not reached */
}

/* An argument on_bad_value; returns for the words that work. */
void
sfm_parse_on_bad_value(const char *word)
{
	if (strcmp(word, "error") == 0)
		return;
	if (strcmp(word, "null") == 0 || strcmp(word, "skip") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("argument \"on_bad_value\" cannot be \"%s\" yet",
						word),
				 errhint("Change the type of the column in the foreign table to one that holds all values, such as text.")));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid value for argument \"on_bad_value\": \"%s\"",
					word),
			 errhint("Valid values are \"error\", \"null\" and \"skip\".")));
}

/* The relations must be what their arguments are called. */
static void
check_relations(const Insertion *insertion)
{
	char		relkind = insertion->target->rd_rel->relkind;

	if (!sfm_is_foreign_table(RelationGetRelid(insertion->source)))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a foreign table of sqlite_fdw_migrate",
						RelationGetRelationName(insertion->source))));
	if (relkind != RELKIND_RELATION && relkind != RELKIND_PARTITIONED_TABLE &&
		relkind != RELKIND_VIEW)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a table or view",
						RelationGetRelationName(insertion->target))));
}

/*
 * loses_silently
 *		Does the assignment cast from one type to the other round or cut, or
 *		take the session's time zone?
 */
static bool
loses_silently(Oid from, Oid to)
{
	switch (to)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			return from == NUMERICOID || from == FLOAT4OID || from == FLOAT8OID;
		case FLOAT4OID:
			return from == NUMERICOID || from == FLOAT8OID ||
				from == INT4OID || from == INT8OID;
		case FLOAT8OID:
			return from == NUMERICOID || from == INT8OID;
		case DATEOID:
		case TIMEOID:
			return from == TIMESTAMPOID || from == TIMESTAMPTZOID;
		case TIMESTAMPOID:
			return from == TIMESTAMPTZOID;
		case TIMESTAMPTZOID:
			return from == TIMESTAMPOID || from == DATEOID;
		case TIMETZOID:
			return from == TIMEOID;
		default:
			return false;
	}
}

/* The scale in a type modifier of numeric; see numerictypmodin(). */
static int
numeric_typmod_scale(int32 typmod)
{
	return (((typmod - (int32) VARHDRSZ) & 0x7ff) ^ 1024) - 1024;
}

/*
 * rounds_silently
 *		Within one type: does the target's precision round values?
 */
static bool
rounds_silently(Oid type, int32 from, int32 to)
{
	if (to < 0 || from == to)
		return false;
	switch (type)
	{
		case NUMERICOID:
			/* a scale of the source that is as small does not round */
			return from < 0 || numeric_typmod_scale(from) > numeric_typmod_scale(to);
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case TIMEOID:
		case TIMETZOID:
			return from < 0 || from > to;
		default:
			return false;
	}
}

/* Can the values of this column go into that one, unchanged? */
static void
check_types(const Insertion *insertion, Form_pg_attribute from,
			Form_pg_attribute to)
{
	Oid			from_type = getBaseType(from->atttypid);
	Oid			to_type = getBaseType(to->atttypid);

	if (from->atttypid == to->atttypid &&
		!rounds_silently(from_type, from->atttypmod, to->atttypmod))
		return;
	if (from->atttypid != to->atttypid &&
		can_coerce_type(1, &from->atttypid, &to->atttypid,
						COERCION_ASSIGNMENT) &&
		!loses_silently(from_type, to_type))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" of type %s cannot take values of type %s as they are",
					NameStr(to->attname),
					format_type_with_typemod(to->atttypid, to->atttypmod),
					format_type_with_typemod(from->atttypid, from->atttypmod)),
			 errhint("Give the column of the foreign table the same type: ALTER FOREIGN TABLE %s ALTER COLUMN %s TYPE %s.",
					 sfm_qualified(RelationGetRelid(insertion->source)),
					 quote_identifier(NameStr(from->attname)),
					 format_type_with_typemod(to->atttypid, to->atttypmod))));
}

/* The target's column of this name, or NULL. */
static Form_pg_attribute
target_column(const Insertion *insertion, const char *name)
{
	TupleDesc	descriptor = RelationGetDescr(insertion->target);

	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		if (!attribute->attisdropped &&
			strcmp(NameStr(attribute->attname), name) == 0)
			return attribute;
	}
	return NULL;
}

/*
 * match_columns
 *		Finds the target's column for each of the source's.
 *
 *		A generated column of the target is left out, for its expression gives
 *		its data.
 */
static void
match_columns(Insertion *insertion)
{
	TupleDesc	descriptor = RelationGetDescr(insertion->source);

	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute from = TupleDescAttr(descriptor, i);
		Form_pg_attribute to;
		char	   *quoted;

		if (from->attisdropped)
			continue;
		to = target_column(insertion, NameStr(from->attname));
		if (to == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("table \"%s\" has no column \"%s\"",
							RelationGetRelationName(insertion->target),
							NameStr(from->attname)),
					 errdetail("Foreign table \"%s\" has one, whose values would be lost.",
							   RelationGetRelationName(insertion->source)),
					 errhint("Drop or rename the column of the foreign table.")));
		if (to->attgenerated != '\0')
			continue;
		check_types(insertion, from, to);
		quoted = pstrdup(quote_identifier(NameStr(to->attname)));
		insertion->columns = lappend(insertion->columns, quoted);
		if (to->attidentity == ATTRIBUTE_IDENTITY_ALWAYS)
			insertion->overriding = true;
		else
			insertion->updated = lappend(insertion->updated, quoted);
	}
}

/* Is a string in a list of strings? */
static bool
is_member(List *strings, const char *string)
{
	ListCell   *cell;

	foreach(cell, strings)
	{
		if (strcmp(lfirst(cell), string) == 0)
			return true;
	}
	return false;
}

/*
 * read_key
 *		The primary key of the target, for on_conflict => 'update'.
 */
static void
read_key(Insertion *insertion)
{
	Bitmapset  *key = RelationGetIndexAttrBitmap(insertion->target,
												 INDEX_ATTR_BITMAP_PRIMARY_KEY);
	List	   *others = NIL;
	ListCell   *cell;
	int			member = -1;

	while ((member = bms_next_member(key, member)) >= 0)
	{
		AttrNumber	attnum = member + FirstLowInvalidHeapAttributeNumber;
		char	   *name = get_attname(RelationGetRelid(insertion->target),
									   attnum, false);

		insertion->key = lappend(insertion->key,
								 pstrdup(quote_identifier(name)));
	}
	if (insertion->key == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has no primary key",
						RelationGetRelationName(insertion->target)),
				 errdetail("on_conflict => 'update' finds the row to update by the primary key.")));
	foreach(cell, insertion->key)
	{
		if (!is_member(insertion->columns, lfirst(cell)))
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("foreign table \"%s\" has no column for %s, which is in the primary key of table \"%s\"",
							RelationGetRelationName(insertion->source),
							(char *) lfirst(cell),
							RelationGetRelationName(insertion->target))));
	}
	foreach(cell, insertion->updated)
	{
		if (!is_member(insertion->key, lfirst(cell)))
			others = lappend(others, lfirst(cell));
	}
	insertion->updated = others;
}

/*
 * open_target
 *		Opens the target, locked until the end of the transaction.
 *
 *		Where it must be empty, the lock is one that no writer shares, so that
 *		two loads at once do not both find it empty.  It is taken at once: two
 *		loads that held a weaker one first would wait for each other.  Who may
 *		not insert gets no such lock, and an error later.
 */
static Relation
open_target(Oid relid, SfmOnConflict on_conflict)
{
	LOCKMODE	mode = RowExclusiveLock;
	char		relkind = get_rel_relkind(relid);

	if (on_conflict == SFM_CONFLICT_ERROR &&
		(relkind == RELKIND_RELATION || relkind == RELKIND_PARTITIONED_TABLE) &&
		pg_class_aclcheck(relid, GetUserId(), ACL_INSERT) == ACLCHECK_OK)
		mode = ShareRowExclusiveLock;
	return table_open(relid, mode);
}

/* Raises an error if the target holds rows. */
static void
refuse_rows(const Insertion *insertion)
{
	Oid			relid = RelationGetRelid(insertion->target);
	bool		isnull;
	Datum		found;

	found = sfm_query_value(psprintf("SELECT EXISTS (SELECT FROM %s)",
									 sfm_qualified(relid)), BOOLOID, &isnull);
	if (!isnull && DatumGetBool(found))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" already holds rows",
						RelationGetRelationName(insertion->target)),
				 errhint("Empty it, with truncate => true, or make it anew, with drop_existing => true, or say with on_conflict => 'skip' or 'update' what happens to rows that are there already.")));
}

/* Strings with commas between. */
static void
append_list(StringInfo sql, List *strings)
{
	ListCell   *cell;

	foreach(cell, strings)
	{
		if (foreach_current_index(cell) > 0)
			appendStringInfoString(sql, ", ");
		appendStringInfoString(sql, lfirst(cell));
	}
}

/* What follows the SELECT for rows that are there already. */
static void
append_on_conflict(StringInfo sql, const Insertion *insertion)
{
	ListCell   *cell;

	if (insertion->on_conflict == SFM_CONFLICT_ERROR)
		return;
	if (insertion->on_conflict == SFM_CONFLICT_SKIP ||
		insertion->updated == NIL)
	{
		appendStringInfoString(sql, " ON CONFLICT DO NOTHING");
		return;
	}
	appendStringInfoString(sql, " ON CONFLICT (");
	append_list(sql, insertion->key);
	appendStringInfoString(sql, ") DO UPDATE SET ");
	foreach(cell, insertion->updated)
		appendStringInfo(sql, "%s%s = EXCLUDED.%s",
						 foreach_current_index(cell) > 0 ? ", " : "",
						 (char *) lfirst(cell), (char *) lfirst(cell));
}

/* The INSERT ... SELECT. */
static char *
build_insert(const Insertion *insertion)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "INSERT INTO %s ",
					 sfm_qualified(RelationGetRelid(insertion->target)));
	if (insertion->columns != NIL)
	{
		appendStringInfoChar(&sql, '(');
		append_list(&sql, insertion->columns);
		appendStringInfoString(&sql, ") ");
	}
	if (insertion->overriding)
		appendStringInfoString(&sql, "OVERRIDING SYSTEM VALUE ");
	appendStringInfoString(&sql, "SELECT ");
	append_list(&sql, insertion->columns);
	appendStringInfo(&sql, " FROM %s",
					 sfm_qualified(RelationGetRelid(insertion->source)));
	append_on_conflict(&sql, insertion);
	return sql.data;
}

/*
 * sqlite_load
 *		Loads a foreign table into a table; the rows inserted or updated.
 */
Datum
sqlite_load(PG_FUNCTION_ARGS)
{
	Oid			source = PG_GETARG_OID(0);
	Oid			target = PG_GETARG_OID(1);
	Insertion	insertion = {0};
	char	   *sql;

	insertion.on_conflict =
		sfm_parse_on_conflict(text_to_cstring(PG_GETARG_TEXT_PP(2)));
	sfm_parse_on_bad_value(text_to_cstring(PG_GETARG_TEXT_PP(3)));

	insertion.source = table_open(source, AccessShareLock);
	insertion.target = open_target(target, insertion.on_conflict);
	check_relations(&insertion);
	match_columns(&insertion);
	if (insertion.on_conflict == SFM_CONFLICT_ERROR)
		refuse_rows(&insertion);
	else if (insertion.on_conflict == SFM_CONFLICT_UPDATE)
		read_key(&insertion);
	sql = build_insert(&insertion);
	table_close(insertion.target, NoLock);
	table_close(insertion.source, NoLock);

	PG_RETURN_INT64((int64) sfm_execute(sql));
}
