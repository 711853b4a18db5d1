/*-------------------------------------------------------------------------
 *
 * statement.c
 *	  UPDATE and DELETE of a trigger's body, and what INSERT (insert.c) has in
 *	  common with them: the target, its columns, SET.
 *
 * The target always has an alias, so that its columns are qualified like those
 * of any source; it is SQLite's name of the table, unless that is a name which
 * means something else in a trigger.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "statement.h"

static char *target_alias(SfmTranslation *translation,
						  const SfmRelation *relation);
static List *translate_update(SfmTranslation *translation, SfmScope *scope,
							  const SfmUpdate *update);
static List *translate_delete(SfmTranslation *translation, SfmScope *scope,
							  const SfmDelete *statement);
static void check_update_conflict(SfmTranslation *translation,
								  const SfmRelation *relation,
								  const SfmUpdate *update);
static void add_set(SfmTranslation *translation, SfmScope *scope,
					SfmRelation *relation, StringInfo buf,
					const SfmName *name, const SfmNode *value);
static void add_row_set(SfmTranslation *translation, SfmScope *scope,
						SfmRelation *relation, StringInfo buf,
						const SfmSet *set);
static void add_query_set(SfmTranslation *translation, SfmScope *scope,
						  SfmRelation *relation, StringInfo buf,
						  const SfmSet *set);

/*
 * sfm_translate_statement
 *		INSERT, UPDATE or DELETE; "scope" is of what stands around it (NEW and
 *		OLD).  Mostly one statement; see insert.c for more or none.
 */
List *
sfm_translate_statement(SfmTranslation *translation, SfmScope *scope,
						const SfmNode *statement)
{
	check_stack_depth();
	switch (statement->kind)
	{
		case SFM_NODE_INSERT:
			return sfm_translate_insert(translation, scope,
										(const SfmInsert *) statement);
		case SFM_NODE_UPDATE:
			return translate_update(translation, scope,
									(const SfmUpdate *) statement);
		case SFM_NODE_DELETE:
			return translate_delete(translation, scope,
									(const SfmDelete *) statement);
		default:
			sfm_refuse(translation, statement, "an unknown statement");
			return NIL;
	}
}

/*
 * sfm_target
 *		The table or view that a statement changes, as the first source of its
 *		scope; NULL after a refusal.  "alias" is quoted.
 */
SfmRelation *
sfm_target(SfmTranslation *translation, SfmScope *scope, const SfmName *name,
		   char **alias)
{
	SfmRelation *relation = translation->find_relation(translation, NULL,
													   name);

	*alias = NULL;
	if (relation == NULL)
	{
		sfm_refuse(translation, name, "table \"%s\" does not move",
				   name->text);
		return NULL;
	}
	translation->relations = list_append_unique_ptr(translation->relations,
													relation);
	*alias = target_alias(translation, relation);
	sfm_add_source(scope, name->text, *alias, relation, false);
	return relation;
}

/* "schema.name", with the alias unless it is the name. */
char *
sfm_target_sql(const SfmRelation *relation, const char *alias)
{
	int			prefix = strlen(relation->sql) - strlen(alias);

	if (prefix > 0 && relation->sql[prefix - 1] == '.' &&
		strcmp(relation->sql + prefix, alias) == 0)
		return relation->sql;
	return psprintf("%s AS %s", relation->sql, alias);
}

static char *
target_alias(SfmTranslation *translation, const SfmRelation *relation)
{
	static const char *const taken[] = {"new", "old", "excluded"};

	for (int i = 0; i < lengthof(taken); i++)
	{
		if (sfm_same_name(relation->sqlite_name, taken[i]))
			return pstrdup(quote_identifier(sfm_new_name(translation, "t")));
	}
	return pstrdup(quote_identifier(relation->sqlite_name));
}

void
sfm_add_source(SfmScope *scope, const char *alias, const char *sql,
			   SfmRelation *relation, bool qualified_only)
{
	SfmScopeSource *source = palloc0(sizeof(SfmScopeSource));

	source->alias = pstrdup(alias);
	source->sql = pstrdup(sql);
	source->relation = relation;
	source->qualified_only = qualified_only;
	scope->sources = lappend(scope->sources, source);
}

/*
 * sfm_target_column
 *		The place of a column that a statement sets, or -1 after a refusal.
 */
int
sfm_target_column(SfmTranslation *translation, const SfmRelation *relation,
				  const SfmName *name)
{
	static const char *const rowids[] = {"rowid", "oid", "_rowid_", "docid"};
	int			place = -1;

	for (int i = 0; i < relation->ncolumns && place < 0; i++)
	{
		if (sfm_same_name(relation->columns[i].sqlite_name, name->text))
			place = i;
	}
	for (int i = 0; i < lengthof(rowids) && place < 0; i++)
	{
		/* "docid" is known to FTS3 and FTS4 only */
		if (sfm_same_name(rowids[i], name->text) && relation->has_rowid &&
			(i < 3 || relation->is_fts))
			place = relation->rowid_column;
	}
	if (place < 0)
		sfm_refuse(translation, name, "table \"%s\" has no column \"%s\"",
				   relation->sqlite_name, name->text);
	else if (relation->columns[place].name == NULL)
	{
		sfm_refuse(translation, name, "column \"%s\" does not move",
				   name->text);
		return -1;
	}
	return place;
}

const char *
sfm_quoted_column(const SfmRelation *relation, int column)
{
	return quote_identifier(relation->columns[column].name);
}

/* " WHERE ...", or an empty string. */
char *
sfm_translate_where(SfmTranslation *translation, SfmScope *scope,
					const SfmNode *where)
{
	if (where == NULL)
		return pstrdup("");
	return psprintf(" WHERE %s",
					sfm_translate_filter(translation, scope, where)->sql);
}

/*
 * sfm_query_column
 *		A result column of a query in FROM, as an expression outside of it.
 *		Only what surely means the same there is kept.
 */
SfmSql *
sfm_query_column(const SfmQuery *query, int column, const char *alias)
{
	SfmSql	   *result = palloc(sizeof(SfmSql));

	memcpy(result, query->columns[column], sizeof(SfmSql));
	result->sql = psprintf("%s.c%d", alias, column + 1);
	result->atomic = true;
	result->moment = NULL;
	result->json = NULL;
	result->literal = NULL;
	result->volatile_ = false;
	return result;
}

/* ------------------------------------------------------------------------
 * UPDATE, DELETE
 * ------------------------------------------------------------------------
 */
static List *
translate_update(SfmTranslation *translation, SfmScope *scope,
				 const SfmUpdate *update)
{
	SfmScope	inner = {.outer = scope};
	SfmRelation *relation;
	char	   *alias;
	StringInfoData buf;

	relation = sfm_target(translation, &inner, update->table, &alias);
	if (relation == NULL)
		return NIL;
	check_update_conflict(translation, relation, update);

	initStringInfo(&buf);
	appendStringInfo(&buf, "UPDATE %s SET ",
					 sfm_target_sql(relation, alias));
	if (update->from == NIL)
		appendStringInfoString(&buf, sfm_translate_sets(translation, &inner,
														relation,
														update->sets));
	else
	{
		/* SET may name the sources, too */
		char	   *from = sfm_translate_from(translation, &inner,
											  update->from);

		appendStringInfo(&buf, "%s FROM %s",
						 sfm_translate_sets(translation, &inner, relation,
											update->sets), from);
	}
	appendStringInfoString(&buf, sfm_translate_where(translation, &inner,
													 update->where));
	return list_make1(buf.data);
}

/*
 * OR IGNORE and OR REPLACE pass over rows that break a key, or delete others.
 * Where no key can break they do nothing that PostgreSQL would not refuse.
 */
static void
check_update_conflict(SfmTranslation *translation, const SfmRelation *relation,
					  const SfmUpdate *update)
{
	ListCell   *cell;

	if (update->conflict != SFM_CONFLICT_IGNORE &&
		update->conflict != SFM_CONFLICT_REPLACE)
		return;
	foreach(cell, update->sets)
	{
		SfmSet	   *set = lfirst(cell);
		ListCell   *name;

		foreach(name, set->columns)
		{
			int			place = sfm_target_column(translation, relation,
												  lfirst(name));
			ListCell   *key;

			foreach(key, relation->keys)
			{
				if (place >= 0 && bms_is_member(place, lfirst(key)))
					sfm_refuse(translation, update,
							   "UPDATE OR %s of a column with a key",
							   update->conflict == SFM_CONFLICT_IGNORE ?
							   "IGNORE" : "REPLACE");
			}
		}
	}
	if (relation->is_view)
		sfm_refuse(translation, update, "UPDATE OR ... of a view");
}

static List *
translate_delete(SfmTranslation *translation, SfmScope *scope,
				 const SfmDelete *statement)
{
	SfmScope	inner = {.outer = scope};
	SfmRelation *relation;
	char	   *alias;

	relation = sfm_target(translation, &inner, statement->table, &alias);
	if (relation == NULL)
		return NIL;
	return list_make1(psprintf("DELETE FROM %s%s",
							   sfm_target_sql(relation, alias),
							   sfm_translate_where(translation, &inner,
												   statement->where)));
}

/* ------------------------------------------------------------------------
 * SET, of UPDATE and of ON CONFLICT DO UPDATE
 * ------------------------------------------------------------------------
 */
char *
sfm_translate_sets(SfmTranslation *translation, SfmScope *scope,
				   SfmRelation *relation, const List *sets)
{
	StringInfoData buf;
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, sets)
	{
		SfmSet	   *set = lfirst(cell);

		if (buf.len > 0)
			appendStringInfoString(&buf, ", ");
		if (list_length(set->columns) == 1)
			add_set(translation, scope, relation, &buf,
					linitial(set->columns), set->value);
		else if (set->value->kind == SFM_NODE_ROW)
			add_row_set(translation, scope, relation, &buf, set);
		else if (set->value->kind == SFM_NODE_SUBQUERY)
			add_query_set(translation, scope, relation, &buf, set);
		else
			sfm_refuse(translation, set, "a value for several columns");
	}
	return buf.data;
}

static void
add_set(SfmTranslation *translation, SfmScope *scope, SfmRelation *relation,
		StringInfo buf, const SfmName *name, const SfmNode *value)
{
	int			place = sfm_target_column(translation, relation, name);
	SfmSql	   *expression;

	if (place < 0)
		return;
	expression = sfm_translate_expression(translation, scope, value);
	expression = sfm_as_column(translation, value, expression,
							   &relation->columns[place]);
	appendStringInfo(buf, "%s = %s", sfm_quoted_column(relation, place),
					 expression->sql);
}

/* (a, b) = (x, y) */
static void
add_row_set(SfmTranslation *translation, SfmScope *scope,
			SfmRelation *relation, StringInfo buf, const SfmSet *set)
{
	const SfmRow *row = (const SfmRow *) set->value;
	ListCell   *name;
	ListCell   *member;

	if (list_length(row->members) != list_length(set->columns))
	{
		sfm_refuse(translation, set, "%d columns are set to %d values",
				   list_length(set->columns), list_length(row->members));
		return;
	}
	forboth(name, set->columns, member, row->members)
	{
		if (name != list_head(set->columns))
			appendStringInfoString(buf, ", ");
		add_set(translation, scope, relation, buf, lfirst(name),
				lfirst(member));
	}
}

/* (a, b) = (SELECT x, y): SQLite takes the first row */
static void
add_query_set(SfmTranslation *translation, SfmScope *scope,
			  SfmRelation *relation, StringInfo buf, const SfmSet *set)
{
	const SfmSubquery *subquery = (const SfmSubquery *) set->value;
	SfmQuery   *query;
	StringInfoData columns;
	StringInfoData values;
	StringInfoData names;
	ListCell   *cell;
	int			i = 0;

	query = sfm_translate_select(translation, scope,
								 (const SfmSelect *) subquery->select, NULL,
								 NULL);
	if (subquery->exists || query == NULL ||
		query->ncolumns != list_length(set->columns))
	{
		sfm_refuse(translation, set, "a value for several columns");
		return;
	}
	initStringInfo(&columns);
	initStringInfo(&values);
	initStringInfo(&names);
	foreach(cell, set->columns)
	{
		int			place = sfm_target_column(translation, relation,
											  lfirst(cell));
		const char *comma = i == 0 ? "" : ", ";
		SfmSql	   *value = sfm_query_column(query, i, "q");

		i++;
		if (place < 0)
			return;
		value = sfm_as_column(translation, set->value, value,
							  &relation->columns[place]);
		appendStringInfo(&columns, "%s%s", comma,
						 sfm_quoted_column(relation, place));
		appendStringInfo(&values, "%s%s", comma, value->sql);
		appendStringInfo(&names, "%sc%d", comma, i);
	}
	appendStringInfo(buf, "(%s) = (SELECT %s FROM (%s) AS q(%s)%s)",
					 columns.data, values.data, query->sql, names.data,
					 query->single ? "" : " LIMIT 1");
}
