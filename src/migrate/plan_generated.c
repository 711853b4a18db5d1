/*-------------------------------------------------------------------------
 *
 * plan_generated.c
 *	  Generated columns: GENERATED ALWAYS AS (...) STORED where PostgreSQL has
 *	  an immutable expression with the same value.
 *
 * All others become plain columns that hold their present data, with a note.
 * VIRTUAL columns are stored, too: PostgreSQL 15 knows no others, and an index
 * on one, which SQLite allows, would need that anyhow.
 *
 * PostgreSQL does not let a generated column refer to another one.  There the
 * other one's expression takes the place of its name, in the translation: so
 * it has the type and affinity of that column.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "migrate.h"

/* Generated columns that one may refer to, one by the other */
#define MAX_DEPTH 10

/* The GENERATED clause of a column, or NULL. */
static const SfmConstraint *
find_clause(SfmMappedTable *table, const char *sqlite_name)
{
	SfmCreateTable *definition = sfm_definition(table);
	ListCell   *cell;
	ListCell   *inner;

	if (definition == NULL)
		return NULL;
	foreach(cell, definition->columns)
	{
		const SfmColumnDef *column = lfirst(cell);

		if (!sfm_same_name(column->name->text, sqlite_name))
			continue;
		foreach(inner, column->constraints)
		{
			const SfmConstraint *constraint = lfirst(inner);

			if (constraint->kind == SFM_CONSTRAINT_GENERATED)
				return constraint;
		}
	}
	return NULL;
}

/*
 * stand_in
 *		A name that stands for a generated column while an expression that
 *		names it is translated.  It must not occur in the table's text.
 */
static char *
stand_in(const SfmMappedTable *table, int place)
{
	for (int n = 1;; n++)
	{
		char	   *name = psprintf("sfm_generated_%d_%d_", n, place);

		if (strstr(table->source->sql, name) == NULL)
			return name;
	}
}

/* Puts "by" in the place of each "name" of a text.  Palloc'd. */
static char *
replace_name(const char *text, const char *name, const char *by)
{
	StringInfoData result;
	const char *found;

	initStringInfo(&result);
	while ((found = strstr(text, name)) != NULL)
	{
		appendBinaryStringInfo(&result, text, found - text);
		appendStringInfoString(&result, by);
		text = found + strlen(name);
	}
	appendStringInfoString(&result, text);
	return result.data;
}

/*
 * generated_sql
 *		The expression of a generated column, with the column's type.  NULL
 *		after *problem was set.
 */
static char *
generated_sql(SfmPlan *plan, SfmMappedTable *table, int place, int depth,
			  char **problem)
{
	const SfmConstraint *clause =
		find_clause(table, table->source->columns[place].name);
	SfmTranslation *translation = sfm_plan_translation(plan, table->serverid,
													   table->source->sql);
	SfmRelation *relation = sfm_plan_relation(translation, table);
	SfmRelation names = *relation;
	SfmSql	   *value;
	char	   *sql;

	check_stack_depth();
	if (clause == NULL || depth > MAX_DEPTH)
	{
		*problem = clause == NULL ? "its text cannot be read" :
			"generated columns refer to each other";
		return NULL;
	}

	names.columns = palloc_array(SfmRelationColumn, names.ncolumns);
	memcpy(names.columns, relation->columns,
		   names.ncolumns * sizeof(SfmRelationColumn));
	for (int i = 0; i < names.ncolumns; i++)
	{
		if (table->source->columns[i].generated != SFM_GENERATED_NEVER &&
			names.columns[i].name != NULL)
			names.columns[i].name = stand_in(table, i);
	}

	translation->immutable = true;
	translation->lasting = true;
	value = sfm_translate_expression(translation,
									 sfm_relation_scope(&names,
														table->sqlite_name,
														NULL),
									 clause->expression);
	if (translation->problem == NULL)
		value = sfm_as_column(translation, clause->expression, value,
							  &relation->columns[place]);
	if (translation->problem != NULL)
	{
		*problem = translation->problem;
		return NULL;
	}

	sql = value->sql;
	for (int i = 0; i < names.ncolumns; i++)
	{
		char	   *other;

		if (names.columns[i].name == relation->columns[i].name ||
			strstr(sql, names.columns[i].name) == NULL)
			continue;
		other = generated_sql(plan, table, i, depth + 1, problem);
		if (other == NULL)
			return NULL;
		sql = replace_name(sql, names.columns[i].name,
						   psprintf("((%s)::%s)", other,
									sfm_type_name(relation->columns[i].type,
												  relation->columns[i].typmod)));
	}
	return sql;
}

/*
 * sfm_generated_clause
 *		What follows the type of a column that SQLite generates: "GENERATED
 *		ALWAYS AS (...) STORED".  NULL, and *note, if the column becomes a
 *		plain one.  Palloc'd.
 */
char *
sfm_generated_clause(SfmPlan *plan, SfmMappedTable *table,
					 const SfmMappedColumn *column, char **note)
{
	const SfmConstraint *constraint = find_clause(table, column->sqlite_name);
	char	   *problem = NULL;
	char	   *sql = generated_sql(plan, table,
									column->source - table->source->columns,
									0, &problem);
	char	   *clause = NULL;

	if (sql != NULL)
	{
		const char *name = sfm_target_name(plan, table->name);

		clause = psprintf("GENERATED ALWAYS AS (%s) STORED", sql);
		if (!sfm_try_statement(plan, list_make1(table->relation),
							   psprintf("ALTER TABLE %s ADD COLUMN sfm_generated_ %s %s; ALTER TABLE %s DROP COLUMN sfm_generated_",
										name,
										sfm_type_name(column->type,
													  column->typmod),
										clause, name), &problem))
			clause = NULL;
	}
	if (clause == NULL)
		*note = psprintf("generated column becomes a plain column with its present data, for %s: %s",
						 problem,
						 constraint != NULL ?
						 sfm_definition_text(table, &constraint->node) :
						 "(no text)");
	return clause;
}
