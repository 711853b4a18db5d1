/*-------------------------------------------------------------------------
 *
 * columns.c
 *	  Columns of a table: declared type, default, generated value, redaction.
 *
 * A default is what a new row gets in SQLite: constants in the very form in
 * which the writer writes them, CURRENT_TIMESTAMP and its like, random UUIDs,
 * and expressions that expression.c translates.  A stored generated column
 * that cannot be translated becomes a plain one with the values that it has.
 *
 * A redacted column is not even read: a role without the right to read it can
 * export the rest.  A generated column tells what it is made of, so it is
 * redacted along with that.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "catalog/dependency.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_type.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "export.h"

/* Digits that every REAL and every INTEGER holds */
#define REAL_DIGITS 15
#define INTEGER_DIGITS 18

/* A version 4 UUID, as RFC 4122 has it, lower case */
static const char random_uuid[] =
"(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||"
" substr(hex(randomblob(2)), 2) || '-' ||"
" substr('89ab', 1 + (random() & 3), 1) ||"
" substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))";

/* Does a domain refuse NULL? */
static bool
domain_not_null(Oid type)
{
	while (get_typtype(type) == TYPTYPE_DOMAIN)
	{
		HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
		Form_pg_type form;
		bool		not_null;

		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for type %u", type);
		form = (Form_pg_type) GETSTRUCT(tuple);
		not_null = form->typnotnull;
		type = form->typbasetype;

		ReleaseSysCache(tuple);
		if (not_null)
			return true;
	}
	return false;
}

/* Do all values of a numeric(p,s) fit into INTEGER and REAL? */
static bool
always_fits(Oid base_type, int32 typmod)
{
	int			precision;
	int			scale;

	if (base_type != NUMERICOID)
		return base_type != CASHOID;
	if (typmod < (int32) VARHDRSZ)
		return false;
	precision = ((typmod - VARHDRSZ) >> 16) & 0xffff;
	scale = (((typmod - VARHDRSZ) & 0x7ff) ^ 1024) - 1024;
	if (scale == 0)
		return precision <= INTEGER_DIGITS;
	return precision <= REAL_DIGITS && scale > 0 && scale <= REAL_DIGITS;
}

static void
describe_column(SfmExportTable *table, Form_pg_attribute attribute,
				List **names)
{
	SfmExportColumn *column = &table->columns[table->ncolumns++];

	column->name = pstrdup(NameStr(attribute->attname));
	column->attnum = attribute->attnum;
	column->type = attribute->atttypid;
	column->typmod = attribute->atttypmod;
	column->collation = attribute->attcollation;
	column->base_typmod = attribute->atttypmod;
	column->base_type = getBaseTypeAndTypmod(attribute->atttypid,
											 &column->base_typmod);
	column->not_null = attribute->attnotnull ||
		domain_not_null(attribute->atttypid);
	column->identity = attribute->attidentity != '\0';
	column->generated = attribute->attgenerated;
	column->shape = sfm_type_shape(column->base_type);
	column->nocase = column->shape == SFM_SHAPE_CITEXT;

	column->sqlite_name = sfm_export_name(names, column->name, false);
	if (strcmp(column->name, column->sqlite_name) != 0)
		sfm_note(table, "column \"%s\": it is called \"%s\" in the file, for SQLite cannot tell the name from another one",
				 column->name, column->sqlite_name);
}

/* The stored expression of a default or a generated column, or NULL. */
static Node *
column_expression(const SfmExportTable *table, AttrNumber attnum)
{
	TupleConstr *constraints = RelationGetDescr(table->relation)->constr;

	for (int i = 0; constraints != NULL && i < constraints->num_defval; i++)
	{
		if (constraints->defval[i].adnum == attnum)
			return stringToNode(constraints->defval[i].adbin);
	}
	return NULL;
}

/* ------------------------------------------------------------------------
 * Redaction
 * ------------------------------------------------------------------------
 */

static bool
is_redacted(const SfmExport *export, const SfmExportTable *table,
			const char *column)
{
	return export->options->redact != NIL &&
		sfm_name_selected(psprintf("%s.%s", table->name, column),
						  export->options->redact, NIL);
}

/*
 * sfm_check_redact
 *		A pattern that no column of the schema matches is most likely a slip,
 *		which would write what was not to be written.
 */
void
sfm_check_redact(const SfmExport *export)
{
	ListCell   *cell;

	foreach(cell, export->options->redact)
	{
		char	   *pattern = quote_literal_cstr(lfirst(cell));
		bool		isnull;

		if (DatumGetBool(sfm_query_value(psprintf("SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute a"
												  " JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
												  " WHERE c.relnamespace = %u AND c.relkind IN ('r', 'p')"
												  " AND a.attnum > 0 AND NOT a.attisdropped"
												  " AND (c.relname || '.' || a.attname = %s"
												  " OR c.relname || '.' || a.attname LIKE %s))",
												  export->schema, pattern,
												  pattern),
										 BOOLOID, &isnull)))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("\"%s\" in argument \"redact\" matches no column",
						(char *) lfirst(cell)),
				 errhint("Columns are given as table.column, without the schema and without quotes.")));
	}
}

/*
 * sfm_is_over_redacted
 *		Does an expression over a table's columns (varno 1) read a redacted one?
 */
bool
sfm_is_over_redacted(const SfmExportTable *table, Node *node)
{
	Bitmapset  *attributes = NULL;

	pull_varattnos(node, 1, &attributes);
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (table->columns[i].redacted != NULL &&
			bms_is_member(table->columns[i].attnum -
						  FirstLowInvalidHeapAttributeNumber, attributes))
			return true;
	}
	return false;
}

static void
redact(SfmExportTable *table, SfmExportColumn *column, const char *why)
{
	column->redacted = column->not_null ?
		sfm_redacted_literal(column->shape, column->base_type) :
		pstrdup("NULL");
	sfm_note(table, "column \"%s\": redacted%s, %s in every row",
			 column->name, why, column->redacted);
}

/* Which columns are redacted. */
static void
find_redacted(SfmExport *export, SfmExportTable *table)
{
	for (int i = 0; i < table->ncolumns; i++)
	{
		SfmExportColumn *column = &table->columns[i];

		if (is_redacted(export, table, column->name))
			redact(table, column, "");
	}
	for (int i = 0; i < table->ncolumns; i++)
	{
		SfmExportColumn *column = &table->columns[i];

		if (column->redacted == NULL && column->generated != '\0' &&
			sfm_is_over_redacted(table,
								 column_expression(table, column->attnum)))
			redact(table, column, ", being generated from a redacted column");
	}
}

/*
 * sfm_describe_columns
 *		Fills in names and types of all columns.
 */
void
sfm_describe_columns(SfmExport *export, SfmExportTable *table)
{
	TupleDesc	descriptor = RelationGetDescr(table->relation);
	List	   *names = NIL;

	table->columns = palloc0_array(SfmExportColumn, Max(descriptor->natts, 1));
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		if (!attribute->attisdropped)
			describe_column(table, attribute, &names);
	}
	find_redacted(export, table);
}

/* ------------------------------------------------------------------------
 * Defaults and generated values
 * ------------------------------------------------------------------------
 */

/* Takes off what does not change a value that is there already. */
static Node *
strip_domain(Node *node)
{
	while (IsA(node, CoerceToDomain))
		node = (Node *) ((CoerceToDomain *) node)->arg;
	return node;
}

/* Are seconds, or less, all that date_trunc() leaves? */
static bool
keeps_seconds(Node *node)
{
	static const char *const units[] = {"second", "seconds", "millisecond",
	"milliseconds", "microsecond", "microseconds"};

	if (!IsA(node, Const) || ((Const *) node)->constisnull)
		return false;
	for (int i = 0; i < lengthof(units); i++)
	{
		if (pg_strcasecmp(TextDatumGetCString(((Const *) node)->constvalue),
						  units[i]) == 0)
			return true;
	}
	return false;
}

/* Is this the time of day or the date, in some form? */
static bool
is_present_moment(Node *node, bool *utc)
{
	FuncExpr   *call = (FuncExpr *) node;

	if (IsA(node, SQLValueFunction))
	{
		switch (((SQLValueFunction *) node)->op)
		{
			case SVFOP_CURRENT_DATE:
			case SVFOP_CURRENT_TIME:
			case SVFOP_CURRENT_TIME_N:
			case SVFOP_CURRENT_TIMESTAMP:
			case SVFOP_CURRENT_TIMESTAMP_N:
			case SVFOP_LOCALTIME:
			case SVFOP_LOCALTIME_N:
			case SVFOP_LOCALTIMESTAMP:
			case SVFOP_LOCALTIMESTAMP_N:
				return true;
			default:
				return false;
		}
	}
	if (!IsA(node, FuncExpr))
		return false;
	switch (call->funcid)
	{
		case F_NOW:
		case F_TRANSACTION_TIMESTAMP:
		case F_STATEMENT_TIMESTAMP:
		case F_CLOCK_TIMESTAMP:
			return true;
		case F_TIMESTAMP_TIMESTAMPTZ:
		case F_TIMESTAMPTZ_TIMESTAMPTZ_INT4:
		case F_TIMESTAMP_TIMESTAMP_INT4:
		case F_DATE_TIMESTAMPTZ:
		case F_DATE_TIMESTAMP:
		case F_TIME_TIMESTAMPTZ:
		case F_TIME_TIMESTAMP:
			return is_present_moment(linitial(call->args), utc);
		case F_DATE_TRUNC_TEXT_TIMESTAMP:
		case F_DATE_TRUNC_TEXT_TIMESTAMPTZ:
			return keeps_seconds(linitial(call->args)) &&
				is_present_moment(lsecond(call->args), utc);
		case F_TIMEZONE_TEXT_TIMESTAMPTZ:
			if (IsA(linitial(call->args), Const) &&
				!((Const *) linitial(call->args))->constisnull)
			{
				char	   *zone = TextDatumGetCString(((Const *) linitial(call->args))->constvalue);

				*utc = pg_strcasecmp(zone, "utc") == 0;
				return is_present_moment(lsecond(call->args), utc) && *utc;
			}
			return false;
		default:
			return false;
	}
}

/* The default of a column that is a moment. */
static bool
moment_default(SfmExportTable *table, SfmExportColumn *column, Node *node)
{
	bool		utc = column->shape == SFM_SHAPE_TIMESTAMPTZ;
	const char *word;

	if (!is_present_moment(node, &utc))
		return false;
	if (column->shape == SFM_SHAPE_DATE)
		word = "CURRENT_DATE";
	else if (column->shape == SFM_SHAPE_TIME)
		word = "CURRENT_TIME";
	else if (column->shape == SFM_SHAPE_TIMESTAMP ||
			 column->shape == SFM_SHAPE_TIMESTAMPTZ)
		word = "CURRENT_TIMESTAMP";
	else
		return false;
	column->default_sql = pstrdup(word);
	if (!utc)
		sfm_note(table, "column \"%s\": its default %s is in UTC in SQLite",
				 column->name, word);
	return true;
}

/* A constant as a row would have it; NULL and a reason if that is none. */
static char *
constant_default(const SfmExportColumn *column, const Const *constant,
				 const char **reason)
{
	SfmWriter	writer;
	SfmValue	value;
	char	   *sql = NULL;

	sfm_writer_init(&writer, column->type, column->typmod, SFM_STORAGE_DEFAULT,
					SFM_EPOCH_AUTO, column->affinity);
	if (!sfm_write(&writer, constant->constvalue, &value))
		*reason = writer.reason;
	else if ((sql = sfm_value_sql(&value)) == NULL)
		*reason = "no literal of SQLite is exactly this constant";
	return sql;
}

/* The number generator of a column, or InvalidOid. */
static Oid
column_sequence(const SfmExportTable *table, const SfmExportColumn *column,
				Node *node)
{
	List	   *owned = getOwnedSequences(table->relid);
	ListCell   *cell;

	foreach(cell, owned)
	{
		Oid			owner;
		int32		attnum;

		if ((sequenceIsOwned(lfirst_oid(cell), DEPENDENCY_INTERNAL, &owner,
							 &attnum) ||
			 sequenceIsOwned(lfirst_oid(cell), DEPENDENCY_AUTO, &owner,
							 &attnum)) && attnum == column->attnum)
			return lfirst_oid(cell);
	}
	if (node != NULL && IsA(node, FuncExpr) &&
		((FuncExpr *) node)->funcid == F_NEXTVAL &&
		IsA(linitial(((FuncExpr *) node)->args), Const))
		return DatumGetObjectId(((Const *) linitial(((FuncExpr *) node)->args))->constvalue);
	return InvalidOid;
}

static bool
is_nextval(Node *node)
{
	while (node != NULL && IsA(node, FuncExpr) &&
		   ((FuncExpr *) node)->funcid != F_NEXTVAL &&
		   list_length(((FuncExpr *) node)->args) == 1)
		node = linitial(((FuncExpr *) node)->args);
	return node != NULL && IsA(node, FuncExpr) &&
		((FuncExpr *) node)->funcid == F_NEXTVAL;
}

/* Translates a default that is an expression. */
static char *
expression_default(const SfmExport *export, const SfmExportColumn *column,
				   Node *node, const char **reason)
{
	SfmExpression expression = {.export = export};
	char	   *sql;

	if (IsA(node, FuncExpr) &&
		((FuncExpr *) node)->funcid == F_GEN_RANDOM_UUID)
		return pstrdup(random_uuid);
	if (column->shape == SFM_SHAPE_OTHER ||
		sfm_expression_shape(&expression, node) != column->shape)
	{
		*reason = "the expression cannot be translated";
		return NULL;
	}
	sql = sfm_export_sql(&expression, node);
	*reason = expression.refusal;
	return sql != NULL ? psprintf("(%s)", sql) : NULL;
}

static void
describe_default(SfmExport *export, SfmExportTable *table,
				 SfmExportColumn *column)
{
	Node	   *node = column_expression(table, column->attnum);
	const char *reason = NULL;
	bool		is_rowid = table->rowid_column >= 0 &&
	&table->columns[table->rowid_column] == column;

	if (node == NULL)
		node = get_typdefault(column->type);
	if (node != NULL)
		node = sfm_fold(strip_domain(node));
	if (is_rowid && (column->identity || is_nextval(node)))
	{
		table->sequence = column_sequence(table, column, node);
		return;
	}
	if (column->identity || is_nextval(node))
		sfm_note(table, "column \"%s\": numbers from a sequence; SQLite counts an INTEGER PRIMARY KEY only",
				 column->name);
	else if (node != NULL && IsA(node, Const))
	{
		if (((Const *) node)->constisnull)
			return;
		column->default_sql = constant_default(column, (Const *) node, &reason);
	}
	else if (node != NULL && !moment_default(table, column, node))
		column->default_sql = expression_default(export, column, node, &reason);
	if (reason != NULL)
		sfm_note(table, "column \"%s\": default left out: %s", column->name,
				 reason);
}

/* A generated column: computed by SQLite if that comes to the same. */
static void
describe_generated(SfmExport *export, SfmExportTable *table,
				   SfmExportColumn *column)
{
	SfmExpression expression = {.export = export,.table = table};
	Node	   *node = sfm_fold(strip_domain(column_expression(table,
															   column->attnum)));

	if (column->in_key)
		sfm_export_refuse(&expression, "SQLite has no such column in a primary key");
	else if (column->shape == SFM_SHAPE_OTHER ||
			 sfm_expression_shape(&expression, node) != column->shape)
		sfm_export_refuse(&expression, "the expression cannot be translated");
	else
		column->generated_sql = sfm_export_sql(&expression, node);
	if (column->generated_sql == NULL)
		sfm_note(table, "column \"%s\": a plain column with the values of the generated one: %s",
				 column->name, expression.refusal);
}

/* Declared type and affinity, once it is known which values there are. */
static void
declare_column(SfmExport *export, SfmExportTable *table,
			   SfmExportColumn *column)
{
	if (!always_fits(column->base_type, column->base_typmod) &&
		column->redacted == NULL)
	{
		column->declared_type = sfm_declare(column->base_type,
											column->base_typmod, false);
		column->affinity = sfm_affinity(column->declared_type);
		column->digits = !sfm_column_fits(export, table, column);
		if (column->digits)
		{
			column->shape = SFM_SHAPE_OTHER;
			sfm_note(table, "column \"%s\": its numbers are TEXT, for some have more digits than a REAL holds; SQLite sorts and compares them as text",
					 column->name);
		}
	}
	column->declared_type = sfm_declare(column->base_type, column->base_typmod,
										column->digits);
	if (table->rowid_column >= 0 &&
		&table->columns[table->rowid_column] == column)
		column->declared_type = pstrdup("INTEGER");
	column->affinity = sfm_affinity(column->declared_type);
}

/* SQLite has no table in which everything is computed. */
static void
keep_one_plain(SfmExportTable *table)
{
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (table->columns[i].generated_sql == NULL)
			return;
	}
	if (table->ncolumns == 0)
		return;
	table->columns[0].generated_sql = NULL;
	sfm_note(table, "column \"%s\": a plain column with the values of the generated one: SQLite wants one such",
			 table->columns[0].name);
}

/*
 * sfm_describe_values
 *		Fills in declared types, defaults and generated values.  The key must
 *		be known.
 */
void
sfm_describe_values(SfmExport *export, SfmExportTable *table)
{
	for (int i = 0; i < table->ncolumns; i++)
		declare_column(export, table, &table->columns[i]);
	for (int i = 0; i < table->ncolumns; i++)
	{
		SfmExportColumn *column = &table->columns[i];

		if (column->generated == '\0')
			describe_default(export, table, column);
		else if (column->redacted == NULL)
			describe_generated(export, table, column);
	}
	keep_one_plain(table);
}

/*
 * sfm_column_clause
 *		The column as CREATE TABLE has it.  Palloc'd.
 */
char *
sfm_column_clause(const SfmExportTable *table, const SfmExportColumn *column)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "%s %s", sfm_quote_sqlite(column->sqlite_name),
					 column->declared_type);
	if (column->nocase)
		appendStringInfoString(&sql, " COLLATE NOCASE");
	if (column->not_null)
		appendStringInfoString(&sql, " NOT NULL");
	if (column->default_sql != NULL)
		appendStringInfo(&sql, " DEFAULT %s", column->default_sql);
	if (table->rowid_column >= 0 &&
		column == &table->columns[table->rowid_column])
		appendStringInfo(&sql, " PRIMARY KEY%s",
						 OidIsValid(table->sequence) ? " AUTOINCREMENT" : "");
	if (column->generated_sql != NULL)
		appendStringInfo(&sql, " GENERATED ALWAYS AS (%s) %s",
						 column->generated_sql,
						 column->generated == ATTRIBUTE_GENERATED_STORED ?
						 "STORED" : "VIRTUAL");
	return sql.data;
}
