/*-------------------------------------------------------------------------
 *
 * plan_relation.c
 *	  The tables and views of a plan, as the translation of SQL sees them.
 *
 * The translation wants to know of each column which values SQLite has there
 * (its class, see translate.h), and of dates, times and uuids how their texts
 * look.  The declared type says little about that, for SQLite lets every value
 * into nearly every column, so the file is asked: one scan per table, and only
 * of tables that translated SQL reads, for the columns whose PostgreSQL type
 * does not tell it alone.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "migrate.h"

/* Whose SfmTranslation it is. */
typedef struct PlanContext
{
	SfmPlan    *plan;
	Oid			serverid;
} PlanContext;

/* Storage classes that occur in a column, bits. */
#define HAS_INTEGER		SFM_CLASS_BIT(SFM_INTEGER)
#define HAS_REAL		SFM_CLASS_BIT(SFM_REAL)
#define HAS_TEXT		SFM_CLASS_BIT(SFM_TEXT)
#define HAS_BLOB		SFM_CLASS_BIT(SFM_BLOB)

/* ------------------------------------------------------------------------
 * What SQLite has in a column
 * ------------------------------------------------------------------------
 */

/*
 * class_by_type
 *		The class of a column whose PostgreSQL type tells it, for the load has
 *		shown or will show that all values fit; else SFM_CLASS_ANY.
 */
static SfmClass
class_by_type(const SfmRelationColumn *column)
{
	switch (getBaseType(column->type))
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			return column->affinity == SFM_AFFINITY_INTEGER ||
				column->affinity == SFM_AFFINITY_NUMERIC ?
				SFM_CLASS_INTEGER : SFM_CLASS_ANY;
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			if (column->affinity == SFM_AFFINITY_REAL)
				return SFM_CLASS_REAL;
			return column->affinity == SFM_AFFINITY_TEXT ||
				column->affinity == SFM_AFFINITY_BLOB ?
				SFM_CLASS_ANY : SFM_CLASS_NUMBER;
		default:
			return SFM_CLASS_ANY;
	}
}

/*
 * class_of_bits
 *		The class that the storage classes in a column make.
 */
static SfmClass
class_of_bits(const SfmRelationColumn *column, int64 bits)
{
	switch (bits)
	{
		case HAS_INTEGER:
			return getBaseType(column->type) == NUMERICOID ||
				getBaseType(column->type) == FLOAT8OID ?
				SFM_CLASS_NUMBER : SFM_CLASS_INTEGER;
		case HAS_REAL:
			return SFM_CLASS_REAL;
		case HAS_INTEGER | HAS_REAL:
			return SFM_CLASS_NUMBER;
		case HAS_TEXT:
			return SFM_CLASS_TEXT;
		case HAS_BLOB:
			return SFM_CLASS_BLOB;
		default:
			return SFM_CLASS_ANY;
	}
}

/* The class that values of a type will have, if there are none yet. */
static SfmClass
class_of_empty(const SfmRelationColumn *column)
{
	switch (getBaseType(column->type))
	{
		case BOOLOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
			return SFM_CLASS_INTEGER;
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			return SFM_CLASS_NUMBER;
		case BYTEAOID:
			return SFM_CLASS_BLOB;
		default:
			return SFM_CLASS_TEXT;
	}
}

/*
 * set_class
 *		Sets the class of a column by the storage classes in it.
 */
static void
set_class(SfmRelationColumn *column, int64 bits)
{
	column->class = bits == 0 ? class_of_empty(column) :
		class_of_bits(column, bits);
	if (bits == 0 && column->type == BOOLOID)
		column->form = SFM_FORM_EMPTY;
}

/*
 * ask_classes
 *		Looks at the values of the columns whose class is not known yet, unless
 *		somebody has done so in this transaction.
 */
static void
ask_classes(SfmMappedTable *table, SfmRelation *relation)
{
	SfmConnection *connection = sfm_server_connection(table->serverid);
	SfmStatement *statement;
	StringInfoData sql;
	List	   *asked = NIL;
	ListCell   *cell;

	initStringInfo(&sql);
	for (int i = 0; i < relation->ncolumns; i++)
	{
		const char *name;
		int			known;

		if (relation->columns[i].class != SFM_CLASS_ANY ||
			relation->columns[i].name == NULL)
			continue;
		known = sfm_known_classes(connection, table->source, i);
		if (known >= 0)
		{
			set_class(&relation->columns[i],
					  known & ~SFM_CLASS_BIT(SFM_NULL));
			continue;
		}
		name = sfm_quote_sqlite(relation->columns[i].sqlite_name);
		appendStringInfo(&sql, "%s %d * max(typeof(%s) = 'integer')"
						 " + %d * max(typeof(%s) = 'real')"
						 " + %d * max(typeof(%s) = 'text')"
						 " + %d * max(typeof(%s) = 'blob')",
						 asked == NIL ? "SELECT" : ",", HAS_INTEGER, name,
						 HAS_REAL, name, HAS_TEXT, name, HAS_BLOB, name);
		asked = lappend_int(asked, i);
	}
	if (asked == NIL)
		return;

	appendStringInfo(&sql, " FROM main.%s", sfm_quote_sqlite(relation->sqlite_name));
	statement = sfm_prepare(connection, sql.data);
	if (sfm_step(statement))
	{
		foreach(cell, asked)
		{
			set_class(&relation->columns[lfirst_int(cell)],
					  sfm_column_int64(statement,
									   foreach_current_index(cell)));
		}
	}
	sfm_finalize(statement);
}

/* The other text of a pair such as 't' and 'f', or NULL. */
static const char *
opposite_text(const char *text)
{
	static const char *const pairs[][2] = {
		{"t", "f"}, {"T", "F"}, {"true", "false"}, {"True", "False"},
		{"TRUE", "FALSE"}, {"y", "n"}, {"Y", "N"}, {"yes", "no"},
		{"Yes", "No"}, {"YES", "NO"}, {"on", "off"}, {"On", "Off"},
		{"ON", "OFF"}, {"1", "0"}
	};

	for (int i = 0; i < (int) lengthof(pairs); i++)
	{
		if (strcmp(text, pairs[i][0]) == 0)
			return pairs[i][1];
		if (strcmp(text, pairs[i][1]) == 0)
			return pairs[i][0];
	}
	return NULL;
}

/*
 * ask_truth_texts
 *		The texts that stand for true and false in a boolean column; none if
 *		one of both has more than one text.
 */
static void
ask_truth_texts(const SfmMappedTable *table, SfmRelationColumn *column)
{
	const char *name = sfm_quote_sqlite(column->sqlite_name);
	char	   *texts[2] = {NULL, NULL};	/* of false and true */
	bool		clear = true;
	SfmStatement *statement;

	statement = sfm_prepare(sfm_server_connection(table->serverid),
							psprintf("SELECT DISTINCT %s COLLATE BINARY FROM main.%s WHERE %s IS NOT NULL LIMIT 3",
									 name, sfm_quote_sqlite(table->sqlite_name),
									 name));
	while (sfm_step(statement))
	{
		char	   *text = sfm_column_string(statement, 0);
		bool		truth;

		clear = clear && parse_bool(text, &truth) && texts[truth] == NULL;
		if (clear)
			texts[truth] = text;
	}
	sfm_finalize(statement);
	for (int i = 0; i < 2; i++)
	{
		if (texts[i] == NULL && texts[1 - i] != NULL &&
			opposite_text(texts[1 - i]) != NULL)
			texts[i] = pstrdup(opposite_text(texts[1 - i]));
	}
	if (clear && texts[0] != NULL && texts[1] != NULL)
	{
		column->false_text = texts[0];
		column->true_text = texts[1];
	}
}

/*
 * ask_form
 *		How the texts of a column look.  Patterns are GLOB's.
 */
static SfmForm
ask_form(SfmMappedTable *table, const char *column_name, Oid type)
{
#define DAY		"[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
#define CLOCK	"[0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
#define HEX4	"[0-9a-f][0-9a-f][0-9a-f][0-9a-f]"
#define FORM(pattern, form) \
	" WHEN v GLOB '" pattern "' THEN " CppAsString2(form)
#define FORMS(pattern, form, fraction) \
	FORM(pattern, form) \
	" WHEN v GLOB '" pattern ".[0-9]*' AND substr(v, 21) NOT GLOB '*[^0-9]*'" \
	" THEN " CppAsString2(fraction)
	/* numbers stand for: 1 other, 2 number, then as in "forms" */
	static const SfmForm forms[] = {
		SFM_FORM_OTHER, SFM_FORM_OTHER, SFM_FORM_NUMBER, SFM_FORM_DATE,
		SFM_FORM_TIME, SFM_FORM_BLANK, SFM_FORM_BLANK_FRACTION, SFM_FORM_T,
		SFM_FORM_T_FRACTION, SFM_FORM_CANONICAL
	};
	static const char cases[] =
		"CASE WHEN typeof(v) IN ('integer', 'real') THEN 2"
		" WHEN typeof(v) <> 'text' THEN 1"
		FORM(DAY, 3)
		FORM(CLOCK, 4)
		FORMS(DAY " " CLOCK, 5, 6)
		FORMS(DAY "T" CLOCK, 7, 8)
		FORM(HEX4 HEX4 "-" HEX4 "-" HEX4 "-" HEX4 "-" HEX4 HEX4 HEX4, 9)
		" WHEN v GLOB '" CLOCK ".[0-9]*' AND substr(v, 10) NOT GLOB '*[^0-9]*' THEN 4"
		" ELSE 1 END";
	SfmStatement *statement;
	SfmForm		form = SFM_FORM_EMPTY;
	char	   *name = sfm_quote_sqlite(column_name);

	statement = sfm_prepare(sfm_server_connection(table->serverid),
							psprintf("SELECT DISTINCT %s FROM (SELECT %s AS v FROM main.%s WHERE %s IS NOT NULL)",
									 cases, name,
									 sfm_quote_sqlite(table->sqlite_name),
									 name));
	while (sfm_step(statement))
	{
		SfmForm		next = forms[sfm_column_int64(statement, 0)];

		/* with a fraction in some, without in others: one form */
		if ((form == SFM_FORM_BLANK && next == SFM_FORM_BLANK_FRACTION) ||
			(form == SFM_FORM_T && next == SFM_FORM_T_FRACTION))
			form = next;
		else if ((next == SFM_FORM_BLANK && form == SFM_FORM_BLANK_FRACTION) ||
				 (next == SFM_FORM_T && form == SFM_FORM_T_FRACTION))
			continue;
		else if (form == SFM_FORM_EMPTY)
			form = next;
		else if (form != next)
			form = SFM_FORM_OTHER;
	}
	sfm_finalize(statement);
	return form;
#undef FORMS
#undef FORM
#undef HEX4
#undef CLOCK
#undef DAY
}

/* SfmTranslation.column_form */
static SfmForm
column_form(SfmTranslation *translation, SfmRelation *relation, int column)
{
	SfmMappedTable *table = relation->owner;

	if (table == NULL || relation->is_view || table->source == NULL ||
		relation->columns[column].name == NULL)
		return SFM_FORM_OTHER;
	return ask_form(table, relation->columns[column].sqlite_name,
					relation->columns[column].type);
}

/* ------------------------------------------------------------------------
 * Relations
 * ------------------------------------------------------------------------
 */

/*
 * use_target_column
 *		The column as the existing target table has it; without a name if it
 *		has none such.
 */
static void
use_target_column(SfmRelationColumn *column, Oid target)
{
	HeapTuple	tuple = SearchSysCacheAttName(target, column->name);
	Form_pg_attribute attribute;

	if (!HeapTupleIsValid(tuple))
	{
		column->name = NULL;
		return;
	}
	attribute = (Form_pg_attribute) GETSTRUCT(tuple);
	column->type = attribute->atttypid;
	column->typmod = attribute->atttypmod;
	column->not_null = attribute->attnotnull;
	ReleaseSysCache(tuple);
}

/* Fills one column of a table. */
static void
fill_column(SfmRelationColumn *column, const SfmMappedTable *table, int place)
{
	const SfmColumn *source = &table->source->columns[place];
	const SfmMappedColumn *mapped = sfm_mapped_column(table, place);

	column->sqlite_name = source->name;
	column->has_affinity = true;
	column->affinity = table->source->strict &&
		pg_strcasecmp(source->declared_type, "ANY") == 0 ?
		SFM_AFFINITY_BLOB : sfm_affinity(source->declared_type);
	column->collation = sfm_collation_kind(source->collation);
	column->generated = source->generated != SFM_GENERATED_NEVER;
	column->class = SFM_CLASS_ANY;
	column->typmod = -1;
	if (mapped == NULL)
		return;
	column->name = mapped->name;
	column->type = mapped->type;
	column->typmod = mapped->typmod;
	column->epoch = mapped->epoch;
	column->not_null = mapped->not_null ||
		sfm_is_identity(table, mapped);
	if (OidIsValid(table->target))
		use_target_column(column, table->target);
	if (column->name != NULL)
		column->class = class_by_type(column);
}

/* The columns of a key as a set of places; NULL if it cannot be one here. */
static Bitmapset *
key_columns(const SfmMappedTable *table, const SfmRelation *relation,
			const SfmIndex *index)
{
	Bitmapset  *columns = NULL;

	if (!sfm_index_is_plain(table, index))
		return NULL;
	for (int i = 0; i < index->ncolumns; i++)
	{
		int			place = index->columns[i].column;

		/* another collation than the column's is that of an expression */
		if (place < 0 || relation->columns[place].name == NULL ||
			sfm_collation_kind(index->columns[i].collation) !=
			relation->columns[place].collation)
			return NULL;
		columns = bms_add_member(columns, place);
	}
	return columns;
}

/*
 * find_keys
 *		The keys that the table will have in PostgreSQL.
 */
static void
find_keys(SfmMappedTable *table, SfmRelation *relation)
{
	const SfmTable *source = table->source;
	Bitmapset  *primary = NULL;
	bool		complete = source->nkeys > 0;
	ListCell   *cell;

	for (int i = 0; i < source->ncolumns; i++)
	{
		if (source->columns[i].key_position == 0)
			continue;
		primary = bms_add_member(primary, i);
		complete = complete && relation->columns[i].name != NULL;
	}
	if (complete)
	{
		relation->keys = list_make1(primary);
		relation->has_primary_key = !OidIsValid(table->target) &&
			source->kind == SFM_KIND_TABLE && sfm_null_keys(table) == 0;
	}
	foreach(cell, source->indexes)
	{
		SfmIndex   *index = lfirst(cell);
		Bitmapset  *columns;

		if (!index->unique || index->partial || index->origin == 'p')
			continue;
		columns = key_columns(table, relation, index);
		if (columns != NULL)
			relation->keys = lappend(relation->keys, columns);
	}
}

/*
 * sfm_plan_relation
 *		A table of the plan as a relation; NULL if it has no counterpart.
 */
SfmRelation *
sfm_plan_relation(SfmTranslation *translation, SfmMappedTable *table)
{
	PlanContext *context = translation->context;
	SfmRelation *relation = table->relation;

	if (relation != NULL || table->source == NULL)
		return relation;

	relation = palloc0_object(SfmRelation);
	relation->sqlite_name = table->sqlite_name;
	relation->sql = sfm_target_name(context->plan, table->name);
	relation->owner = table;
	relation->rowid_column = table->source->rowid_column;
	relation->has_rowid = !table->source->without_rowid;
	relation->ncolumns = table->source->ncolumns;
	relation->columns = palloc0_array(SfmRelationColumn,
									  Max(relation->ncolumns, 1));
	for (int i = 0; i < relation->ncolumns; i++)
		fill_column(&relation->columns[i], table, i);
	relation->has_triggers =
		sfm_has_triggers(sfm_server_connection(table->serverid),
						 table->sqlite_name);
	relation->is_fts = sfm_is_fts(table);
	/* FTS5 has no other name for it */
	if (relation->is_fts && strcmp(table->source->module, "fts5") != 0)
		relation->columns[relation->rowid_column].sqlite_name = "docid";
	ask_classes(table, relation);
	for (int i = 0; i < relation->ncolumns; i++)
	{
		if (relation->columns[i].type == BOOLOID &&
			relation->columns[i].class == SFM_CLASS_TEXT)
			ask_truth_texts(table, &relation->columns[i]);
	}
	find_keys(table, relation);
	table->relation = relation;
	return relation;
}

/*
 * find_relation
 *		SfmTranslation.find_relation: a table or view of the same file.
 */
static SfmRelation *
find_relation(SfmTranslation *translation, const SfmName *schema,
			  const SfmName *name)
{
	PlanContext *context = translation->context;
	SfmMappedTable *found = NULL;
	SfmRelation *relation = NULL;
	ListCell   *cell;

	if (schema != NULL && !sfm_same_name(schema->text, "main"))
	{
		sfm_refuse(translation, name, "\"%s.%s\" is in another database",
				   schema->text, name->text);
		return NULL;
	}
	foreach(cell, context->plan->mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->serverid == context->serverid &&
			sfm_same_name(sfm_mapping_source(table), name->text) &&
			(found == NULL || !found->selected))
			found = table;
	}
	if (found == NULL ||
		(!found->selected &&
		 !OidIsValid(get_relname_relid(found->name, context->plan->target))))
	{
		sfm_refuse(translation, name, "\"%s\" does not move", name->text);
		return NULL;
	}
	sfm_mapping_complete(found);
	if (!found->selected)
		found->target = get_relname_relid(found->name, context->plan->target);

	if (sfm_mapping_is_view(found))
	{
		relation = sfm_plan_view(context->plan, found);
		if (relation == NULL)
			sfm_refuse(translation, name, "view \"%s\" is not translated",
					   name->text);
	}
	else
	{
		relation = sfm_plan_relation(translation, found);
		if (relation == NULL)
			sfm_refuse(translation, name, "SQLite cannot describe \"%s\"",
					   name->text);
	}
	if (relation != NULL)
		translation->relations = list_append_unique_ptr(translation->relations,
														relation);
	return relation;
}

/*
 * sfm_plan_translation
 *		A translation of one object of the file behind a server.  "sql" is its
 *		text, or NULL.
 */
SfmTranslation *
sfm_plan_translation(SfmPlan *plan, Oid serverid, const char *sql)
{
	SfmTranslation *translation = palloc0_object(SfmTranslation);
	PlanContext *context = palloc0_object(PlanContext);

	context->plan = plan;
	context->serverid = serverid;
	translation->find_relation = find_relation;
	translation->column_form = column_form;
	translation->context = context;
	translation->sql = sql;
	translation->extension_schema = plan->options->extension_schema;
	return translation;
}

/*
 * sfm_relation_scope
 *		A scope that holds one relation.  "alias" is SQLite's name of it, "sql"
 *		what qualifies its columns in PostgreSQL, NULL if nothing does.
 */
SfmScope *
sfm_relation_scope(SfmRelation *relation, const char *alias, const char *sql)
{
	SfmScope   *scope = palloc0_object(SfmScope);
	SfmScopeSource *source = palloc0_object(SfmScopeSource);

	source->alias = pstrdup(alias);
	source->sql = sql != NULL ? pstrdup(sql) : NULL;
	source->relation = relation;
	scope->sources = list_make1(source);
	return scope;
}

/*
 * sfm_plan_remarks
 *		What a translation has to say about what it made, as a note; or NULL.
 */
char *
sfm_plan_remarks(const SfmTranslation *translation)
{
	StringInfoData text;
	ListCell   *cell;

	if (translation->remarks == NIL)
		return NULL;
	initStringInfo(&text);
	foreach(cell, translation->remarks)
		appendStringInfo(&text, "%s%s", text.len > 0 ? "; " : "",
						 (char *) lfirst(cell));
	return text.data;
}
