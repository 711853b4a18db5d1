/*-------------------------------------------------------------------------
 *
 * query.c
 *	  SELECT: from SQLite's to PostgreSQL's.
 *
 * A query is read arm by arm (SfmArm: one SELECT or VALUES of a compound),
 * the types of its columns are made one over all arms (compound.c), and then
 * it is written, with a line for each clause.  FROM is in source.c, GROUP BY
 * and what an aggregate query does to columns in group.c, ORDER BY and LIMIT
 * in order.c, WITH in cte.c.
 *
 * The order of looking things up is SQLite's ("sqlite3ResolveSelectNames"):
 * result columns see the sources only, all clauses behind them the names of
 * result columns, too, where no source has the name.
 *
 * Every result column has a name of its own in PostgreSQL: AS is written
 * unless a column has that name already.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "query.h"

/* ------------------------------------------------------------------------
 * Result columns and their names
 * ------------------------------------------------------------------------
 */

/*
 * sfm_cast_text
 *		The expression with a type written behind it.
 */
char *
sfm_cast_text(const SfmSql *expression, Oid type)
{
	return psprintf("%s::%s", sfm_operand(expression), format_type_be(type));
}

/*
 * sfm_source_column
 *		A column of one source, whatever others have the same name.
 */
SfmSql *
sfm_source_column(SfmTranslation *translation, const SfmScope *scope,
				  SfmScopeSource *source, int column)
{
	SfmScope	only = *scope;
	SfmName		table = {{SFM_NODE_NAME}};
	SfmName		name = {{SFM_NODE_NAME}};
	SfmColumnRef ref = {{SFM_NODE_COLUMN_REF}};

	only.sources = list_make1(source);
	only.outer = NULL;
	table.text = source->alias;
	table.quote = SFM_QUOTE_OTHER;
	name.text = source->relation->columns[column].sqlite_name;
	name.quote = SFM_QUOTE_OTHER;
	ref.table = &table;
	ref.column = &name;
	return sfm_translate_column(translation, &only, &ref);
}

/* Makes room for one more column of the arm. */
static int
new_column(SfmArm *arm)
{
	int			n = arm->ncolumns++;

	if (n == 0)
	{
		arm->expressions = palloc(sizeof(SfmNode *));
		arm->star_sources = palloc(sizeof(SfmScopeSource *));
		arm->star_columns = palloc(sizeof(int));
		arm->aliases = palloc(sizeof(char *));
		arm->names = palloc(sizeof(char *));
	}
	else if ((n & (n - 1)) == 0)
	{
		arm->expressions = repalloc(arm->expressions,
									2 * n * sizeof(SfmNode *));
		arm->star_sources = repalloc(arm->star_sources,
									 2 * n * sizeof(SfmScopeSource *));
		arm->star_columns = repalloc(arm->star_columns, 2 * n * sizeof(int));
		arm->aliases = repalloc(arm->aliases, 2 * n * sizeof(char *));
		arm->names = repalloc(arm->names, 2 * n * sizeof(char *));
	}
	arm->expressions[n] = NULL;
	arm->star_sources[n] = NULL;
	arm->star_columns[n] = 0;
	arm->aliases[n] = NULL;
	arm->names[n] = NULL;
	return n;
}

/*
 * Is the column hidden from "*": by USING or NATURAL, or the rowid of a
 * full-text index?
 */
static bool
is_hidden(const SfmScopeSource *source, int column, bool all)
{
	const SfmRelation *relation = source->relation;
	const char *name = relation->columns[column].sqlite_name;
	ListCell   *cell;

	if (relation->is_fts && column == relation->rowid_column)
		return true;
	if (all)
		return false;
	foreach(cell, source->merged)
	{
		if (sfm_same_name(lfirst(cell), name))
			return true;
	}
	return false;
}

/* All columns that "*" or "table.*" stands for. */
static void
expand_star(SfmTranslation *translation, SfmArm *arm,
			const SfmResultColumn *result)
{
	bool		found = false;
	ListCell   *cell;

	foreach(cell, arm->scope->sources)
	{
		SfmScopeSource *source = lfirst(cell);
		const SfmRelation *relation = source->relation;

		if (result->table != NULL &&
			!sfm_same_name(result->table->text, source->alias))
			continue;
		found = true;
		for (int i = 0; i < relation->ncolumns; i++)
		{
			int			n;

			if (is_hidden(source, i, result->table != NULL))
				continue;
			n = new_column(arm);
			arm->star_sources[n] = source;
			arm->star_columns[n] = i;
			arm->names[n] = relation->columns[i].sqlite_name;
		}
	}
	if (!found)
		sfm_refuse(translation, result, "there is nothing that %s.* stands for",
				   result->table != NULL ? result->table->text : "");
}

/* The result columns as written, without their translations. */
static void
list_columns(SfmTranslation *translation, SfmArm *arm)
{
	ListCell   *cell;

	foreach(cell, arm->core->columns)
	{
		SfmResultColumn *result = lfirst(cell);
		int			n;

		if (result->expression == NULL)
		{
			expand_star(translation, arm, result);
			continue;
		}
		n = new_column(arm);
		arm->expressions[n] = result->expression;
		if (result->alias != NULL)
			arm->names[n] = arm->aliases[n] = result->alias->text;
		else if (translation->sql != NULL &&
				 result->node.end > result->node.position &&
				 result->node.end <= strlen(translation->sql))
			arm->names[n] = pnstrdup(translation->sql + result->node.position,
									 result->node.end - result->node.position);
		else
			arm->names[n] = psprintf("column%d", n + 1);
	}
}

/*
 * SQLite's name of a column without AS is that of the column it shows
 * ("sqlite3ColumnsFromExprList"); all else has its text for a name.
 */
static void
name_after_column(SfmArm *arm, int n)
{
	SfmNode    *node = arm->expressions[n];
	const SfmSql *raw = arm->raw[n];

	if (arm->aliases[n] != NULL || node == NULL)
		return;
	while (node->kind == SFM_NODE_COLLATE)
		node = ((SfmCollate *) node)->operand;
	if (node->kind != SFM_NODE_COLUMN_REF)
		return;
	if (raw->relation != NULL && raw->column >= 0 &&
		raw->column < raw->relation->ncolumns)
		arm->names[n] = raw->relation->columns[raw->column].sqlite_name;
	else
		arm->names[n] = ((SfmColumnRef *) node)->column->text;
}

static bool
name_is_taken(char **names, int n, const char *name)
{
	for (int i = 0; i < n; i++)
	{
		if (sfm_same_name(names[i], name))
			return true;
	}
	return false;
}

/*
 * sfm_unique_names
 *		Makes names different as SQLite does: x, x:1, x:2.
 */
void
sfm_unique_names(char **names, int n)
{
	for (int i = 1; i < n; i++)
	{
		char	   *name = names[i];

		for (int number = 1; name_is_taken(names, i, name); number++)
			name = psprintf("%s:%d", names[i], number);
		names[i] = name;
	}
}

/*
 * sfm_postgres_names
 *		PostgreSQL's names of columns: near SQLite's, but short enough and
 *		all different.
 */
char **
sfm_postgres_names(char **names, int n)
{
	char	  **result = palloc(n * sizeof(char *));

	for (int i = 0; i < n; i++)
	{
		char	   *base = pstrdup(names[i][0] == '\0' ? "_" : names[i]);
		char	   *colon = strrchr(base, ':');
		char	   *name;

		/* the number that SQLite gave */
		if (colon != NULL && colon != base && colon[1] != '\0' &&
			strspn(colon + 1, "0123456789") == strlen(colon + 1))
			*colon = '_';
		base[pg_mbcliplen(base, strlen(base), NAMEDATALEN - 1)] = '\0';
		name = base;
		for (int number = 1; name_is_taken(result, i, name); number++)
		{
			base[pg_mbcliplen(base, strlen(base), NAMEDATALEN - 8)] = '\0';
			name = psprintf("%s_%d", base, number);
		}
		result[i] = name;
	}
	return result;
}

/* ------------------------------------------------------------------------
 * Reading one arm
 * ------------------------------------------------------------------------
 */

/* VALUES: its columns are those of the rows. */
static void
read_values(SfmTranslation *translation, SfmArm *arm)
{
	ListCell   *cell;

	arm->ncolumns = list_length(((SfmRow *) linitial(arm->core->values))->members);
	arm->expressions = palloc0(arm->ncolumns * sizeof(SfmNode *));
	arm->aliases = palloc0(arm->ncolumns * sizeof(char *));
	arm->names = palloc(arm->ncolumns * sizeof(char *));
	for (int i = 0; i < arm->ncolumns; i++)
		arm->names[i] = psprintf("column%d", i + 1);
	foreach(cell, arm->core->values)
	{
		SfmRow	   *row = lfirst(cell);
		SfmSql	  **members = palloc(arm->ncolumns * sizeof(SfmSql *));

		CHECK_FOR_INTERRUPTS();
		if (list_length(row->members) != arm->ncolumns)
		{
			sfm_refuse(translation, row, "VALUES with rows of different length");
			break;
		}
		for (int i = 0; i < arm->ncolumns; i++)
			members[i] = sfm_as_result(translation, row,
									   sfm_translate_expression(translation, arm->scope,
																list_nth(row->members, i)));
		arm->rows = lappend(arm->rows, members);
	}
	sfm_unify_rows(translation, arm);
}

/* The names that AS gives, for all clauses behind the result columns. */
static List *
arm_aliases(const SfmArm *arm)
{
	List	   *aliases = NIL;

	for (int i = 0; i < arm->ncolumns; i++)
	{
		SfmScopeAlias *alias;

		if (arm->aliases[i] == NULL)
			continue;
		alias = palloc_object(SfmScopeAlias);
		alias->name = arm->aliases[i];
		alias->expression = arm->expressions[i];
		aliases = lappend(aliases, alias);
	}
	return aliases;
}

/* WHERE, and what came from ON. */
static void
read_where(SfmTranslation *translation, SfmArm *arm, List *moved)
{
	StringInfoData text;
	ListCell   *cell;

	initStringInfo(&text);
	foreach(cell, moved)
		appendStringInfo(&text, "%s%s", text.len > 0 ? " AND " : "",
						 (char *) lfirst(cell));
	if (arm->core->where != NULL)
	{
		SfmSql	   *where = sfm_translate_filter(translation, arm->scope,
												 arm->core->where);

		appendStringInfo(&text, "%s%s", text.len > 0 ? " AND " : "",
						 text.len > 0 ? sfm_operand(where) : where->sql);
	}
	if (text.len > 0)
		arm->where = text.data;
}

/* The result columns, translated. */
static void
read_columns(SfmTranslation *translation, SfmArm *arm)
{
	arm->raw = palloc(arm->ncolumns * sizeof(SfmSql *));
	arm->columns = palloc(arm->ncolumns * sizeof(SfmSql *));
	for (int i = 0; i < arm->ncolumns; i++)
	{
		SfmNode    *node = arm->expressions[i];

		arm->raw[i] = node != NULL
			? sfm_translate_grouped(translation, arm->scope, node)
			: sfm_source_column(translation, arm->scope, arm->star_sources[i],
								arm->star_columns[i]);
		name_after_column(arm, i);
		arm->columns[i] = sfm_as_result(translation, node, arm->raw[i]);
	}
}

/*
 * An aggregate that became a constant, max(NULL) say, makes no aggregate query
 * of its own in PostgreSQL.
 */
static void
keep_aggregate(SfmArm *arm)
{
	if (!arm->is_aggregate || arm->group_by != NULL)
		return;
	for (int i = 0; i < arm->ncolumns; i++)
	{
		if (sfm_has_aggregate(arm->expressions[i]) &&
			strchr(arm->raw[i]->sql, '(') == NULL)
			arm->group_by = "()";
	}
}

/* DISTINCT; where SQLite folds letters or blanks, by what is equal then. */
static void
read_distinct(SfmTranslation *translation, SfmArm *arm)
{
	StringInfoData keys;
	bool		folds = false;

	if (!arm->core->distinct)
		return;
	initStringInfo(&keys);
	for (int i = 0; i < arm->ncolumns; i++)
	{
		char	   *key = sfm_equality_key(translation, arm->expressions[i],
										   arm->raw[i]);

		folds |= strcmp(key, arm->raw[i]->sql) != 0;
		appendStringInfo(&keys, "%s%s", i > 0 ? ", " : "", key);
	}
	arm->distinct = folds ? psprintf("DISTINCT ON (%s)", keys.data) : "DISTINCT";
}

/*
 * sfm_read_arm
 *		Translates all clauses of one SELECT, or VALUES.  "order_by" is that of
 *		the statement if it has no other arm: it may hold aggregates.
 */
SfmArm *
sfm_read_arm(SfmTranslation *translation, SfmScope *outer,
			 const SfmSelectCore *core, List *order_by)
{
	SfmArm	   *arm = palloc0_object(SfmArm);
	SfmScope   *scope = palloc0_object(SfmScope);
	List	   *moved = NIL;
	List	   *aliases;

	scope->outer = outer;
	scope->in_trigger = outer != NULL && outer->in_trigger;
	arm->core = core;
	arm->scope = scope;
	if (core->values != NIL)
	{
		read_values(translation, arm);
		return arm;
	}

	sfm_inline_windows(translation, core, order_by);
	if (core->from != NIL)
		arm->from = sfm_read_from(translation, scope, core->from, &moved);
	list_columns(translation, arm);

	aliases = scope->aliases = arm_aliases(arm);
	read_where(translation, arm, moved);
	sfm_begin_group(translation, arm, order_by);
	scope->aggregates = true;
	scope->aliases = NIL;
	read_columns(translation, arm);
	keep_aggregate(arm);
	scope->aliases = aliases;
	read_distinct(translation, arm);
	if (core->having != NULL)
	{
		SfmSql	   *having = sfm_translate_grouped(translation, scope,
												   core->having);

		having = sfm_as_condition(translation, core->having, having);
		arm->having = having->sql;
	}
	return arm;
}

/* ------------------------------------------------------------------------
 * Writing
 * ------------------------------------------------------------------------
 */

/* Does PostgreSQL give the column this name by itself? */
static bool
has_name(const char *sql, const char *name)
{
	const char *quoted = quote_identifier(name);
	size_t		length = strlen(sql);
	size_t		n = strlen(quoted);

	return length > n + 1 && strcmp(sql + length - n, quoted) == 0 &&
		sql[length - n - 1] == '.' && strchr(sql, '(') == NULL &&
		strchr(sql, ' ') == NULL && strchr(sql, '\'') == NULL;
}

static void
append_columns(StringInfo text, const SfmArm *arm, char *const *names)
{
	for (int i = 0; i < arm->ncolumns; i++)
	{
		const char *sql = arm->columns[i]->sql;

		if (i > 0)
			appendStringInfoString(text, ",\n    ");
		appendStringInfoString(text, sql);
		if (!has_name(sql, names[i]))
			appendStringInfo(text, " AS %s", quote_identifier(names[i]));
	}
}

/* VALUES: its columns get their names around it. */
static char *
values_text(const SfmArm *arm, char *const *names)
{
	StringInfoData text;
	ListCell   *cell;

	initStringInfo(&text);
	appendStringInfoString(&text, "SELECT ");
	for (int i = 0; i < arm->ncolumns; i++)
		appendStringInfo(&text, "%sv.column%d AS %s", i > 0 ? ", " : "", i + 1,
						 quote_identifier(names[i]));
	appendStringInfoString(&text, "\nFROM (VALUES ");
	foreach(cell, arm->rows)
	{
		SfmSql	  **row = lfirst(cell);

		appendStringInfoString(&text, foreach_current_index(cell) > 0
							   ? ",\n    (" : "(");
		for (int i = 0; i < arm->ncolumns; i++)
			appendStringInfo(&text, "%s%s", i > 0 ? ", " : "", row[i]->sql);
		appendStringInfoChar(&text, ')');
	}
	appendStringInfoString(&text, ") v");
	return text.data;
}

/*
 * sfm_arm_text
 *		One SELECT without ORDER BY and LIMIT.
 */
char *
sfm_arm_text(const SfmArm *arm, char *const *names)
{
	StringInfoData text;

	if (arm->rows != NIL)
		return values_text(arm, names);
	initStringInfo(&text);
	appendStringInfoString(&text, "SELECT ");
	if (arm->distinct != NULL)
		appendStringInfo(&text, "%s ", arm->distinct);
	append_columns(&text, arm, names);
	if (arm->from != NULL)
		appendStringInfo(&text, "\nFROM %s", arm->from);
	if (arm->where != NULL)
		appendStringInfo(&text, "\nWHERE %s", arm->where);
	if (arm->group_by != NULL)
		appendStringInfo(&text, "\nGROUP BY %s", arm->group_by);
	if (arm->having != NULL)
		appendStringInfo(&text, "\nHAVING %s", arm->having);
	return text.data;
}

/* A query around one whose columns can then be sorted by expressions. */
static char *
wrap(const char *sql, int ncolumns, char *const *names, const char *alias)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoString(&text, "SELECT ");
	for (int i = 0; i < ncolumns; i++)
		appendStringInfo(&text, "%s%s.%s", i > 0 ? ", " : "", alias,
						 quote_identifier(names[i]));
	appendStringInfo(&text, "\nFROM (\n%s\n) %s", sql, alias);
	return text.data;
}

/*
 * A column that may hold numbers and texts: can it have the type?  The foreign
 * table's column is a number if all values were some.
 */
static bool
check_mixed_type(SfmTranslation *translation, Oid type)
{
	if (type == TEXTOID || type == VARCHAROID)
		return true;
	if (type != INT8OID && type != INT4OID && type != FLOAT8OID &&
		type != NUMERICOID)
		return false;
	sfm_remark(translation,
			   "a column of type %s may hold texts in SQLite: one that is no number raises an error",
			   format_type_be(type));
	return true;
}

/*
 * What the caller knows about the columns: a type, where the translation has
 * none of its own.
 */
static void
apply_types(SfmTranslation *translation, SfmArm *arm, const Oid *types)
{
	List	   *rows = arm->rows != NIL ? arm->rows : list_make1(arm->columns);
	ListCell   *cell;

	foreach(cell, rows)
	{
		SfmSql	  **columns = lfirst(cell);

		for (int i = 0; i < arm->ncolumns; i++)
		{
			SfmSql	   *column = columns[i];
			Oid			type = types != NULL ? types[i] : InvalidOid;
			SfmSql	   *result;

			if (column->type == UNKNOWNOID && !OidIsValid(type))
				type = TEXTOID;
			/* 0 and 1 may be texts, which are no boolean */
			if (type == BOOLOID && column->class == SFM_CLASS_ANY &&
				column->type == TEXTOID && column->json == NULL)
				type = TEXTOID;
			if (OidIsValid(type) && column->class == SFM_CLASS_ANY &&
				column->any_as_text && !check_mixed_type(translation, type))
				sfm_refuse(translation, arm->expressions[i],
						   "values of different storage classes in one place");
			/* no text that PostgreSQL makes of JSON is the one SQLite has */
			if (column->type == JSONBOID && type == TEXTOID)
				continue;
			if (!OidIsValid(type) || type == column->type ||
				(column->type != UNKNOWNOID &&
				 column->class != SFM_CLASS_ANY &&
				 column->class != SFM_CLASS_NULL &&
				 type != JSONOID && type != JSONBOID))
				continue;
			result = palloc_object(SfmSql);
			*result = *column;
			result->sql = sfm_cast_text(column, type);
			result->atomic = true;
			result->type = type;
			result->typmod = -1;
			result->any_as_text = column->any_as_text && type == TEXTOID;
			columns[i] = result;
		}
	}
	if (arm->rows != NIL)
		sfm_set_row_columns(arm);
}

/*
 * Reads all arms.  In a common table expression whose last arm names it, that
 * arm is read when the types of the others are known.
 */
static List *
read_arms(SfmTranslation *translation, SfmScope *outer,
		  const SfmSelect *select, char *const *names, SfmCteEntry *cte)
{
	bool		is_compound = list_length(select->cores) > 1;
	List	   *order_by = is_compound ? NIL : select->order_by;
	List	   *arms = NIL;
	ListCell   *cell;

	foreach(cell, select->cores)
	{
		const SfmSelectCore *core = lfirst(cell);
		SfmArm	   *arm;

		if (cte != NULL && is_compound && lnext(select->cores, cell) == NULL &&
			sfm_is_recursive(cte, core))
			return sfm_read_recursive(translation, outer, select, arms, cte,
									  names);
		arm = sfm_read_arm(translation, outer, core, order_by);
		if (arms != NIL &&
			arm->ncolumns != ((SfmArm *) linitial(arms))->ncolumns)
		{
			sfm_refuse(translation, core,
					   "SELECTs of a compound with different numbers of columns");
			return list_make1(linitial(arms));
		}
		arms = lappend(arms, arm);
	}
	if (is_compound)
		sfm_unify_arms(translation, arms, false);
	return arms;
}

/* Fills the result with what the arms have in common. */
static SfmQuery *
make_query(SfmTranslation *translation, List *arms, const Oid *types,
		   char *const *names)
{
	SfmArm	   *first = linitial(arms);
	SfmQuery   *query = palloc0_object(SfmQuery);
	ListCell   *cell;

	foreach(cell, arms)
		apply_types(translation, lfirst(cell), types);
	query->ncolumns = first->ncolumns;
	query->columns = palloc(query->ncolumns * sizeof(SfmSql *));
	query->last = ((SfmArm *) llast(arms))->columns;
	query->names = palloc(query->ncolumns * sizeof(char *));
	for (int i = 0; i < query->ncolumns; i++)
	{
		SfmSql	   *column = palloc_object(SfmSql);

		*column = *first->columns[i];
		foreach(cell, arms)
		{
			const SfmSql *other = ((SfmArm *) lfirst(cell))->columns[i];

			column->not_null &= other->not_null;
			if (column->collation_strength == 0)
			{
				column->collation = other->collation;
				column->collation_strength = other->collation_strength;
			}
		}
		query->columns[i] = column;
		query->names[i] = first->names[i];
	}
	sfm_unique_names(query->names, query->ncolumns);
	query->postgres_names = names != NULL ? (char **) names
		: sfm_postgres_names(query->names, query->ncolumns);
	return query;
}

/*
 * The text of the query without WITH and LIMIT.
 */
static char *
query_text(SfmTranslation *translation, const SfmSelect *select, List *arms,
		   SfmQuery *query)
{
	SfmArm	   *first = linitial(arms);
	char	   *sql = sfm_compound_text(translation, arms,
										query->postgres_names);
	char	   *order;
	char	   *alias;
	bool		plain;

	if (select->order_by == NIL)
		return sql;
	if (list_length(arms) == 1 && first->distinct == NULL &&
		first->rows == NIL)
	{
		order = sfm_order_text(translation, first, select->order_by);
		return order[0] == '\0' ? sql
			: psprintf("%s\nORDER BY %s", sql, order);
	}
	alias = sfm_new_name(translation, "unsorted");
	order = sfm_wrapped_order_text(translation, arms, query,
								   select->order_by, alias, &plain);
	if (order[0] == '\0')
		return sql;
	if (!plain || (first->distinct != NULL && first->distinct[8] != '\0'))
		sql = wrap(sql, query->ncolumns, query->postgres_names, alias);
	return psprintf("%s\nORDER BY %s", sql, order);
}

/*
 * sfm_read_query
 *		As sfm_translate_select(); "cte" is the common table expression that
 *		the query is the body of, or NULL.
 */
SfmQuery *
sfm_read_query(SfmTranslation *translation, SfmScope *outer,
			   const SfmSelect *select, const Oid *types, char *const *names,
			   SfmCteEntry *cte)
{
	SfmCteList *saved = translation->ctes;
	SfmCteList *ctes = NULL;
	List	   *arms;
	SfmQuery   *query;
	char	   *limit;
	char	   *with = "";

	check_stack_depth();

	if (select->with != NULL)
		ctes = sfm_begin_ctes(translation, outer, select->with);
	arms = read_arms(translation, outer, select, names, cte);
	if (cte != NULL &&
		!sfm_check_cte_names(translation, cte,
							 ((SfmArm *) linitial(arms))->ncolumns))
		names = NULL;
	query = make_query(translation, arms, types, names);
	if (translation->problem != NULL)
	{
		translation->ctes = saved;
		query->sql = "";
		return query;
	}
	query->sql = query_text(translation, select, arms, query);
	limit = sfm_limit_text(translation, outer, select, &query->single);
	query->has_limit = limit[0] != '\0';
	if (list_length(arms) == 1)
	{
		const SfmArm *arm = linitial(arms);

		if (list_length(arm->rows) == 1 ||
			(arm->rows == NIL && arm->from == NULL) ||
			(arm->is_aggregate &&
			 (arm->group_by == NULL || strcmp(arm->group_by, "()") == 0)))
			query->single = true;
	}
	if (ctes != NULL)
		with = sfm_end_ctes(translation, ctes);
	translation->ctes = saved;
	query->sql = psprintf("%s%s%s", with, query->sql, limit);
	return query;
}

/*
 * sfm_translate_select
 *		See translate.h.  After a refusal the columns may be there, the text is
 *		not.
 */
SfmQuery *
sfm_translate_select(SfmTranslation *translation, SfmScope *outer,
					 const SfmSelect *select, const Oid *types,
					 char *const *names)
{
	return sfm_read_query(translation, outer, select, types, names, NULL);
}

/*
 * sfm_query_relation
 *		What a query returns, as a relation.  Its columns are fresh, all else
 *		is the caller's.
 */
SfmRelation *
sfm_query_relation(const SfmQuery *query, const char *sqlite_name, char *sql)
{
	SfmRelation *relation = palloc0_object(SfmRelation);

	relation->sqlite_name = pstrdup(sqlite_name);
	relation->sql = sql;
	relation->ncolumns = query->ncolumns;
	relation->columns = palloc0(query->ncolumns * sizeof(SfmRelationColumn));
	relation->rowid_column = -1;
	relation->is_view = true;
	for (int i = 0; i < query->ncolumns; i++)
	{
		SfmRelationColumn *column = &relation->columns[i];
		const SfmSql *expression = query->columns[i];

		column->sqlite_name = query->names[i];
		column->name = query->postgres_names[i];
		column->type = expression->type;
		column->typmod = expression->typmod;
		column->class = expression->class;
		column->affinity = expression->affinity;
		column->has_affinity = expression->has_affinity;
		column->affinities = expression->affinities;
		column->collation = expression->collation_strength > 0
			? expression->collation : SFM_COLLATION_BINARY;
		column->not_null = expression->not_null;
		column->epoch = expression->epoch;
		column->true_text = unconstify(char *, expression->true_text);
		column->false_text = unconstify(char *, expression->false_text);
		column->form = expression->form;
		if (column->form == SFM_FORM_UNKNOWN && expression->relation != NULL &&
			expression->column >= 0)
			column->form = expression->relation->columns[expression->column].form;
	}
	return relation;
}
