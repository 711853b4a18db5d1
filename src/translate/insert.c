/*-------------------------------------------------------------------------
 *
 * insert.c
 *	  INSERT of a trigger's body.
 *
 * The rows come from VALUES (or a SELECT without FROM, which is the same), from
 * a plain SELECT, whose result columns can be given their types where they
 * stand, or from any other query, which becomes a subquery:
 *
 *		INSERT INTO t (a, b) VALUES (x, y)
 *		INSERT INTO t (a, b) SELECT x, y FROM ...
 *		INSERT INTO t (a, b) SELECT q.c1, q.c2 FROM (SELECT ...) AS q(c1, c2)
 *
 * OR REPLACE: SQLite deletes the rows in conflict and inserts.  With one key
 * that is ON CONFLICT DO UPDATE of all columns; with several a DELETE goes
 * before.  OR IGNORE is ON CONFLICT DO NOTHING, and a condition that lets no
 * NULL into a NOT NULL column.
 *
 * The tables of full-text search take commands: INSERT INTO t(t, rowid, a)
 * VALUES ('delete', 1, 'x').
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "statement.h"

typedef struct Insert
{
	SfmTranslation *translation;
	SfmScope   *scope;			/* around the statement */
	const SfmInsert *node;
	SfmRelation *relation;
	char	   *alias;
	int			ncolumns;
	int		   *places;			/* of the columns, in the relation */
	bool	   *left_out;		/* NULL for the rowid: it is automatic */

	/* the source: rows of expressions, or a query */
	List	   *rows;			/* of SfmSql ** */
	List	   *row_conditions; /* of char * or NULL: " WHERE ..." */
	SfmSql	  **selected;		/* result columns */
	char	   *tail;			/* what follows them: " FROM ..." */
} Insert;

static bool is_command(const SfmInsert *insert, const SfmRelation *relation);
static List *translate_command(Insert *state);
static bool find_columns(Insert *state);
static void implicit_columns(Insert *state);
static void translate_source(Insert *state);
static bool is_rows(const SfmSelect *select);
static bool is_plain(const SfmSelect *select);
static void add_row(Insert *state, const List *expressions,
					const SfmNode *where);
static SfmSql *stored(Insert *state, const SfmNode *node, SfmSql *expression,
					  int i);
static void plain_source(Insert *state, const SfmSelect *select);
static void query_source(Insert *state, const SfmSelect *select);
static void leave_out_rowid(Insert *state);
static List *write_insert(Insert *state);
static char *column_list(Insert *state);
static char *write_row(Insert *state, SfmSql **row, bool typed);
static List *write_rows_alone(Insert *state, bool not_null);
static bool may_be_null(Insert *state, SfmSql **row, int i);
static bool any_may_be_null(Insert *state);
static char *guarded(Insert *state, const char *source);
static List *keys_in_question(Insert *state);
static char *conflict_clause(Insert *state, List *keys);
static char *replace_clause(Insert *state, const Bitmapset *key);
static char *delete_conflicts(Insert *state, List *keys, SfmSql **row,
							  const char *where);
static char *key_condition(Insert *state, const Bitmapset *key, SfmSql **row);
static char *upsert_clause(Insert *state);
static char *upsert_target(Insert *state, const SfmUpsert *upsert);

/*
 * sfm_translate_insert
 *		The statements for one INSERT, in order.
 */
List *
sfm_translate_insert(SfmTranslation *translation, SfmScope *scope,
					 const SfmInsert *insert)
{
	SfmScope	target = {.outer = scope};
	Insert		state = {0};

	state.translation = translation;
	state.scope = scope;
	state.node = insert;
	state.relation = sfm_target(translation, &target, insert->table,
								&state.alias);
	if (state.relation == NULL)
		return NIL;
	if (is_command(insert, state.relation))
		return translate_command(&state);
	if (state.relation->is_view && insert->conflict != SFM_CONFLICT_NONE &&
		insert->conflict != SFM_CONFLICT_ABORT)
		sfm_refuse(translation, insert, "INSERT OR ... INTO a view");
	if (insert->select == NULL)
		return list_make1(psprintf("INSERT INTO %s DEFAULT VALUES",
								   state.relation->sql));
	if (!find_columns(&state))
		return NIL;
	translate_source(&state);
	if (translation->problem != NULL)
		return NIL;
	leave_out_rowid(&state);
	return write_insert(&state);
}

/* ------------------------------------------------------------------------
 * Commands of full-text search
 * ------------------------------------------------------------------------
 */
static bool
is_command(const SfmInsert *insert, const SfmRelation *relation)
{
	ListCell   *cell;

	if (!relation->is_fts)
		return false;
	foreach(cell, insert->columns)
	{
		if (sfm_same_name(((SfmName *) lfirst(cell))->text,
						  relation->sqlite_name))
			return true;
	}
	return false;
}

/*
 * 'delete' takes a row out of the index, which is a table of its own here;
 * what tends the index does nothing, because PostgreSQL does it.
 */
static List *
translate_command(Insert *state)
{
	static const char *const without_effect[] = {
		"optimize", "integrity-check", "merge", "automerge", "crisismerge",
		"usermerge", "pgsz", "rank", "secure-delete", "flush"
	};
	SfmTranslation *translation = state->translation;
	const SfmSelect *select = (const SfmSelect *) state->node->select;
	SfmRelation *relation = state->relation;
	const SfmNode *command = NULL;
	const SfmNode *rowid = NULL;
	const SfmLiteral *literal;
	ListCell   *name;
	ListCell   *value;
	SfmSql	   *row;

	if (select == NULL || !is_rows(select) || list_length(select->cores) != 1 ||
		list_length(((SfmSelectCore *) linitial(select->cores))->values) != 1)
	{
		sfm_refuse(translation, state->node, "a command of full-text search");
		return NIL;
	}
	forboth(name, state->node->columns, value,
			((SfmRow *) linitial(((SfmSelectCore *)
								  linitial(select->cores))->values))->members)
	{
		const char *text = ((SfmName *) lfirst(name))->text;

		if (sfm_same_name(text, relation->sqlite_name))
			command = lfirst(value);
		else if (sfm_same_name(text, "rowid") || sfm_same_name(text, "docid"))
			rowid = lfirst(value);
	}
	literal = (const SfmLiteral *) command;
	if (command == NULL || command->kind != SFM_NODE_LITERAL ||
		literal->kind != SFM_LITERAL_STRING)
	{
		sfm_refuse(translation, state->node, "a command of full-text search");
		return NIL;
	}
	for (int i = 0; i < lengthof(without_effect); i++)
	{
		size_t		length = strlen(without_effect[i]);

		/* FTS4 has "merge=500,16" */
		if (pg_strncasecmp(literal->text, without_effect[i], length) == 0 &&
			(literal->text[length] == '\0' || literal->text[length] == '='))
			return NIL;
	}
	if (sfm_same_name(literal->text, "delete-all"))
		return list_make1(psprintf("DELETE FROM %s", relation->sql));
	if (!sfm_same_name(literal->text, "delete") || rowid == NULL ||
		relation->rowid_column < 0)
	{
		sfm_refuse(translation, command, "the command '%s' of full-text search",
				   literal->text);
		return NIL;
	}
	row = sfm_as_column(translation, rowid,
						sfm_translate_expression(translation, state->scope,
												 rowid),
						&relation->columns[relation->rowid_column]);
	return list_make1(psprintf("DELETE FROM %s WHERE %s.%s = %s",
							   sfm_target_sql(relation, state->alias),
							   state->alias,
							   sfm_quoted_column(relation,
												 relation->rowid_column),
							   sfm_operand(row)));
}

/* ------------------------------------------------------------------------
 * Columns and source
 * ------------------------------------------------------------------------
 */
static bool
find_columns(Insert *state)
{
	ListCell   *cell;

	if (state->node->columns == NIL)
		implicit_columns(state);
	else
	{
		state->places = palloc(list_length(state->node->columns) *
							   sizeof(int));
		foreach(cell, state->node->columns)
		{
			int			place = sfm_target_column(state->translation,
												  state->relation,
												  lfirst(cell));

			if (place < 0)
				return false;
			state->places[state->ncolumns++] = place;
		}
	}
	state->left_out = palloc0(state->ncolumns * sizeof(bool));
	return state->translation->problem == NULL;
}

/* Without a list: all columns that SQLite does not compute. */
static void
implicit_columns(Insert *state)
{
	SfmRelation *relation = state->relation;

	state->places = palloc((relation->ncolumns + 1) * sizeof(int));
	for (int i = 0; i < relation->ncolumns; i++)
	{
		if (relation->columns[i].generated ||
			(relation->is_fts && i == relation->rowid_column))
			continue;
		if (relation->columns[i].name == NULL)
			sfm_refuse(state->translation, state->node,
					   "column \"%s\" does not move",
					   relation->columns[i].sqlite_name);
		state->places[state->ncolumns++] = i;
	}
}

static void
translate_source(Insert *state)
{
	const SfmSelect *select = (const SfmSelect *) state->node->select;

	if (is_rows(select))
	{
		ListCell   *cell;

		foreach(cell, select->cores)
		{
			SfmSelectCore *core = lfirst(cell);
			ListCell   *row;

			foreach(row, core->values)
				add_row(state, ((SfmRow *) lfirst(row))->members, NULL);
			if (core->values == NIL)
			{
				List	   *expressions = NIL;

				foreach(row, core->columns)
					expressions = lappend(expressions,
										  ((SfmResultColumn *) lfirst(row))->expression);
				add_row(state, expressions, core->where);
			}
		}
	}
	else if (is_plain(select))
		plain_source(state, select);
	else
		query_source(state, select);
}

/* VALUES, or SELECT without FROM, or several of them with UNION ALL. */
static bool
is_rows(const SfmSelect *select)
{
	ListCell   *cell;

	if (select->with != NULL || select->order_by != NIL ||
		select->limit != NULL)
		return false;
	foreach(cell, select->cores)
	{
		SfmSelectCore *core = lfirst(cell);

		if (core->compound != SFM_COMPOUND_NONE &&
			core->compound != SFM_COMPOUND_UNION_ALL)
			return false;
		if (core->values == NIL &&
			(core->from != NIL || core->group_by != NIL ||
			 core->having != NULL || core->windows != NIL ||
			 sfm_contains_aggregate(core)))
			return false;
		/* the second of two rows may depend on what the first one did */
		if (core->where != NULL && list_length(select->cores) > 1)
			return false;
	}
	return true;
}

/* One SELECT whose result columns are expressions of its sources' columns. */
static bool
is_plain(const SfmSelect *select)
{
	SfmSelectCore *core = linitial(select->cores);
	ListCell   *cell;

	if (select->with != NULL || select->order_by != NIL ||
		select->limit != NULL || list_length(select->cores) != 1 ||
		core->values != NIL || core->distinct || core->group_by != NIL ||
		core->having != NULL || core->windows != NIL)
		return false;
	foreach(cell, core->columns)
	{
		SfmResultColumn *column = lfirst(cell);

		if (column->expression == NULL ||
			sfm_contains_aggregate(column->expression))
			return false;
	}
	return true;
}

static void
add_row(Insert *state, const List *expressions, const SfmNode *where)
{
	SfmSql	  **row = palloc(state->ncolumns * sizeof(SfmSql *));
	SfmScope	inner = {.outer = state->scope};
	ListCell   *cell;
	int			i = 0;

	if (list_length(expressions) != state->ncolumns)
	{
		sfm_refuse(state->translation, state->node->select,
				   "%d values for %d columns", list_length(expressions),
				   state->ncolumns);
		return;
	}
	foreach(cell, expressions)
	{
		SfmNode    *node = lfirst(cell);

		if (node == NULL)
		{
			sfm_refuse(state->translation, state->node, "* without FROM");
			return;
		}
		row[i] = stored(state, node,
						sfm_translate_expression(state->translation, &inner,
												 node), i);
		i++;
	}
	state->rows = lappend(state->rows, row);
	state->row_conditions = lappend(state->row_conditions,
									where == NULL ? NULL :
									sfm_translate_where(state->translation,
														&inner, where));
}

/* As the column takes it.  NULL for the rowid: automatic. */
static SfmSql *
stored(Insert *state, const SfmNode *node, SfmSql *expression, int i)
{
	if (expression->class == SFM_CLASS_NULL &&
		state->places[i] == state->relation->rowid_column &&
		state->relation->has_rowid)
		return sfm_make_sql(pstrdup("DEFAULT"), true, UNKNOWNOID,
							SFM_CLASS_NULL);
	return sfm_as_column(state->translation, node, expression,
						 &state->relation->columns[state->places[i]]);
}

static void
plain_source(Insert *state, const SfmSelect *select)
{
	SfmSelectCore *core = linitial(select->cores);
	SfmScope	inner = {.outer = state->scope};
	char	   *from = sfm_translate_from(state->translation, &inner,
										  core->from);
	ListCell   *cell;
	int			i = 0;

	if (list_length(core->columns) != state->ncolumns)
	{
		sfm_refuse(state->translation, select, "%d values for %d columns",
				   list_length(core->columns), state->ncolumns);
		return;
	}
	state->selected = palloc(state->ncolumns * sizeof(SfmSql *));
	foreach(cell, core->columns)
	{
		SfmResultColumn *column = lfirst(cell);

		state->selected[i] = stored(state, column->expression,
									sfm_translate_expression(state->translation,
															 &inner,
															 column->expression),
									i);
		i++;
	}
	state->tail = psprintf(" FROM %s%s", from,
						   sfm_translate_where(state->translation, &inner,
											   core->where));
}

static void
query_source(Insert *state, const SfmSelect *select)
{
	SfmQuery   *query = sfm_translate_select(state->translation, state->scope,
											 select, NULL, NULL);
	StringInfoData names;

	if (query == NULL || query->ncolumns != state->ncolumns)
	{
		sfm_refuse(state->translation, select, "%d values for %d columns",
				   query == NULL ? 0 : query->ncolumns, state->ncolumns);
		return;
	}
	initStringInfo(&names);
	state->selected = palloc(state->ncolumns * sizeof(SfmSql *));
	for (int i = 0; i < query->ncolumns; i++)
	{
		appendStringInfo(&names, "%sc%d", i == 0 ? "" : ", ", i + 1);
		state->selected[i] = stored(state, (const SfmNode *) select,
									sfm_query_column(query, i, "q"), i);
	}
	state->tail = psprintf(" FROM (%s) AS q(%s)", query->sql, names.data);
}

/* The rowid is left out where all rows have NULL for it. */
static void
leave_out_rowid(Insert *state)
{
	for (int i = 0; i < state->ncolumns; i++)
	{
		bool		all = true;
		ListCell   *cell;

		foreach(cell, state->rows)
			all &= strcmp(((SfmSql **) lfirst(cell))[i]->sql, "DEFAULT") == 0;
		if (state->selected != NULL)
			all = strcmp(state->selected[i]->sql, "DEFAULT") == 0;
		state->left_out[i] = all;
	}
}

/* ------------------------------------------------------------------------
 * The statement
 * ------------------------------------------------------------------------
 */
static List *
write_insert(Insert *state)
{
	SfmConflict conflict = state->node->conflict;
	List	   *keys = keys_in_question(state);
	bool		guard = false;
	StringInfoData buf;
	ListCell   *cell;

	if (conflict == SFM_CONFLICT_IGNORE)
		guard = any_may_be_null(state);
	if (state->selected == NULL &&
		(guard || (conflict == SFM_CONFLICT_REPLACE && list_length(keys) > 1)))
		return write_rows_alone(state, guard);
	if (conflict == SFM_CONFLICT_REPLACE && list_length(keys) > 1)
	{
		sfm_refuse(state->translation, state->node,
				   "INSERT OR REPLACE of a query into a table with several keys");
		return NIL;
	}

	initStringInfo(&buf);
	if (state->selected != NULL)
	{
		appendStringInfo(&buf, "SELECT %s%s",
						 write_row(state, state->selected, guard),
						 state->tail);
		if (guard)
			return list_make1(psprintf("INSERT INTO %s (%s) %s%s",
									   sfm_target_sql(state->relation,
													  state->alias),
									   column_list(state),
									   guarded(state, buf.data),
									   conflict_clause(state, keys)));
	}
	else if (linitial(state->row_conditions) != NULL)
		appendStringInfo(&buf, "SELECT %s%s",
						 write_row(state, linitial(state->rows), false),
						 (char *) linitial(state->row_conditions));
	else
	{
		foreach(cell, state->rows)
			appendStringInfo(&buf, "%s(%s)",
							 cell == list_head(state->rows) ? "VALUES " : ", ",
							 write_row(state, lfirst(cell), false));
	}
	return list_make1(psprintf("INSERT INTO %s (%s) %s%s",
							   sfm_target_sql(state->relation, state->alias),
							   column_list(state), buf.data,
							   conflict_clause(state, keys)));
}

static char *
column_list(Insert *state)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < state->ncolumns; i++)
	{
		if (!state->left_out[i])
			appendStringInfo(&buf, "%s%s", buf.len == 0 ? "" : ", ",
							 sfm_quoted_column(state->relation,
											   state->places[i]));
	}
	if (buf.len == 0)
		sfm_refuse(state->translation, state->node,
				   "INSERT of a rowid that is NULL");
	return buf.data;
}

/* The values; "typed" where the column is not known to PostgreSQL's parser. */
static char *
write_row(Insert *state, SfmSql **row, bool typed)
{
	StringInfoData buf;

	initStringInfo(&buf);
	for (int i = 0; i < state->ncolumns; i++)
	{
		const SfmRelationColumn *column;

		if (state->left_out[i])
			continue;
		column = &state->relation->columns[state->places[i]];
		if (buf.len > 0)
			appendStringInfoString(&buf, ", ");
		if (typed && OidIsValid(column->type))
			appendStringInfo(&buf, "%s::%s", sfm_operand(row[i]),
							 format_type_with_typemod(column->type,
													  column->typmod));
		else
			appendStringInfoString(&buf, row[i]->sql);
	}
	return buf.data;
}

/*
 * A statement for each row, where the rows depend on each other or need a
 * condition.
 */
static List *
write_rows_alone(Insert *state, bool not_null)
{
	List	   *result = NIL;
	List	   *keys = keys_in_question(state);
	ListCell   *cell;
	ListCell   *where;

	forboth(cell, state->rows, where, state->row_conditions)
	{
		SfmSql	  **row = lfirst(cell);
		const char *condition = lfirst(where);
		char	   *source;

		for (int i = 0; i < state->ncolumns; i++)
		{
			if (!state->left_out[i] && strcmp(row[i]->sql, "DEFAULT") == 0)
			{
				sfm_refuse(state->translation, state->node,
						   "rows with and without a rowid");
				return NIL;
			}
		}
		if (state->node->conflict == SFM_CONFLICT_REPLACE)
			result = lappend(result, delete_conflicts(state, keys, row,
													  condition));
		if (not_null || condition != NULL)
			source = psprintf("SELECT %s%s", write_row(state, row, not_null),
							  condition == NULL ? "" : condition);
		else
			source = psprintf("VALUES (%s)", write_row(state, row, false));
		if (not_null)
			source = guarded(state, source);
		result = lappend(result,
						 psprintf("INSERT INTO %s (%s) %s%s",
								  sfm_target_sql(state->relation,
												 state->alias),
								  column_list(state), source,
								  state->node->conflict == SFM_CONFLICT_REPLACE ?
								  "" : conflict_clause(state, keys)));
	}
	return result;
}

static bool
may_be_null(Insert *state, SfmSql **row, int i)
{
	const SfmRelationColumn *column =
	&state->relation->columns[state->places[i]];

	return column->not_null && !state->left_out[i] && !row[i]->not_null &&
		(row[i]->literal == NULL ||
		 row[i]->literal->kind == SFM_LITERAL_NULL) &&
		strcmp(row[i]->sql, "DEFAULT") != 0;
}

static bool
any_may_be_null(Insert *state)
{
	ListCell   *cell;

	for (int i = 0; i < state->ncolumns; i++)
	{
		if (state->selected != NULL && may_be_null(state, state->selected, i))
			return true;
		foreach(cell, state->rows)
		{
			if (may_be_null(state, lfirst(cell), i))
				return true;
		}
	}
	return false;
}

/* The rows that have something in each NOT NULL column. */
static char *
guarded(Insert *state, const char *source)
{
	StringInfoData names;
	StringInfoData conditions;
	int			n = 0;

	initStringInfo(&names);
	initStringInfo(&conditions);
	for (int i = 0; i < state->ncolumns; i++)
	{
		if (state->left_out[i])
			continue;
		n++;
		appendStringInfo(&names, "%sc%d", n == 1 ? "" : ", ", n);
		if (state->relation->columns[state->places[i]].not_null)
			appendStringInfo(&conditions, "%sr.c%d IS NOT NULL",
							 conditions.len == 0 ? "" : " AND ", n);
	}
	return psprintf("SELECT * FROM (%s) AS r(%s) WHERE %s", source, names.data,
					conditions.data);
}

/* ------------------------------------------------------------------------
 * Conflicts
 * ------------------------------------------------------------------------
 */

/* The keys that a new row can break: not one with an automatic rowid. */
static List *
keys_in_question(Insert *state)
{
	SfmRelation *relation = state->relation;
	bool		rowid_given = false;
	List	   *result = NIL;
	ListCell   *cell;

	for (int i = 0; i < state->ncolumns; i++)
		rowid_given |= state->places[i] == relation->rowid_column &&
			!state->left_out[i];
	foreach(cell, relation->keys)
	{
		Bitmapset  *key = lfirst(cell);

		if (rowid_given || relation->rowid_column < 0 ||
			!bms_is_member(relation->rowid_column, key))
			result = lappend(result, key);
	}
	return result;
}

static char *
conflict_clause(Insert *state, List *keys)
{
	SfmConflict conflict = state->node->conflict;

	if (state->node->upserts != NIL)
	{
		if (conflict == SFM_CONFLICT_IGNORE || conflict == SFM_CONFLICT_REPLACE)
			sfm_refuse(state->translation, state->node,
					   "INSERT OR ... with ON CONFLICT");
		return upsert_clause(state);
	}
	if (conflict == SFM_CONFLICT_IGNORE)
		return state->relation->is_view ? "" : " ON CONFLICT DO NOTHING";
	if (conflict == SFM_CONFLICT_REPLACE && keys != NIL)
		return replace_clause(state, linitial(keys));
	return "";
}

/*
 * A column of a key, as the index has it that ON CONFLICT has to name: where
 * SQLite folds letters or blanks, one on an expression stands beside the key.
 */
static const char *
key_member(const SfmRelation *relation, int place)
{
	const SfmRelationColumn *column = &relation->columns[place];
	const char *name = sfm_quoted_column(relation, place);

	if (column->type != TEXTOID && column->type != VARCHAROID &&
		column->type != BPCHAROID)
		return name;
	switch (column->collation)
	{
		case SFM_COLLATION_NOCASE:
			return psprintf("lower(%s COLLATE \"C\")", name);
		case SFM_COLLATION_RTRIM:
			return psprintf("rtrim(%s, ' ')", name);
		default:
			return name;
	}
}

/* ON CONFLICT (key) DO UPDATE: the old row becomes the new one. */
static char *
replace_clause(Insert *state, const Bitmapset *key)
{
	SfmRelation *relation = state->relation;
	StringInfoData names;
	StringInfoData sets;

	if (relation->has_triggers)
		sfm_refuse(state->translation, state->node,
				   "INSERT OR REPLACE into a table with triggers");
	initStringInfo(&names);
	initStringInfo(&sets);
	for (int i = 0; i < relation->ncolumns; i++)
	{
		const SfmRelationColumn *column = &relation->columns[i];
		const char *name;

		if (column->name == NULL)
			continue;
		name = sfm_quoted_column(relation, i);
		if (bms_is_member(i, key))
			appendStringInfo(&names, "%s%s", names.len == 0 ? "" : ", ",
							 key_member(relation, i));

		/* equal is not always the same: 'a' and 'A' */
		if (!column->generated &&
			(!bms_is_member(i, key) ||
			 column->collation != SFM_COLLATION_BINARY))
			appendStringInfo(&sets, "%s%s = excluded.%s",
							 sets.len == 0 ? "" : ", ", name, name);
	}
	if (sets.len == 0)
		return psprintf(" ON CONFLICT (%s) DO NOTHING", names.data);
	return psprintf(" ON CONFLICT (%s) DO UPDATE SET %s", names.data,
					sets.data);
}

/* The rows that have a key in common with the new one; "where" is its own. */
static char *
delete_conflicts(Insert *state, List *keys, SfmSql **row, const char *where)
{
	SfmRelation *relation = state->relation;
	StringInfoData buf;
	ListCell   *cell;

	if (relation->has_triggers)
		sfm_refuse(state->translation, state->node,
				   "INSERT OR REPLACE into a table with triggers");
	for (int i = 0; i < state->ncolumns; i++)
	{
		if (row[i]->volatile_)
			sfm_refuse(state->translation, state->node,
					   "INSERT OR REPLACE of a random value into a table with several keys");
	}
	if (where != NULL)
		sfm_refuse(state->translation, state->node,
				   "INSERT OR REPLACE of a query into a table with several keys");
	initStringInfo(&buf);
	appendStringInfo(&buf, "DELETE FROM %s WHERE ",
					 sfm_target_sql(relation, state->alias));
	foreach(cell, keys)
		appendStringInfo(&buf, "%s%s", cell == list_head(keys) ? "" : " OR ",
						 key_condition(state, lfirst(cell), row));
	return buf.data;
}

static char *
key_condition(Insert *state, const Bitmapset *key, SfmSql **row)
{
	SfmTranslation *translation = state->translation;
	SfmRelation *relation = state->relation;
	StringInfoData buf;
	int			member = -1;

	initStringInfo(&buf);
	while ((member = bms_next_member(key, member)) >= 0)
	{
		SfmScope	scope = {.outer = NULL};
		SfmName		name = {.node.kind = SFM_NODE_NAME};
		SfmColumnRef reference = {.node.kind = SFM_NODE_COLUMN_REF};
		SfmSql	   *column;
		SfmSql	   *value;
		int			i = 0;

		while (i < state->ncolumns && state->places[i] != member)
			i++;
		if (i == state->ncolumns || state->left_out[i])
		{
			sfm_refuse(translation, state->node,
					   "INSERT OR REPLACE without a value for column \"%s\" of a key",
					   relation->columns[member].sqlite_name);
			break;
		}
		name.text = relation->columns[member].sqlite_name;
		name.quote = SFM_QUOTE_OTHER;
		reference.column = &name;
		sfm_add_source(&scope, relation->sqlite_name, state->alias, relation,
					   false);
		column = sfm_translate_column(translation, &scope, &reference);

		/* the value as it would come back from the column */
		value = palloc(sizeof(SfmSql));
		memcpy(value, column, sizeof(SfmSql));
		value->sql = row[i]->sql;
		value->atomic = row[i]->atomic;
		value->not_null = row[i]->not_null;
		column = sfm_compare(translation, state->node, SFM_OP_EQ, column,
							 value);
		appendStringInfo(&buf, "%s%s", buf.len == 0 ? "" : " AND ",
						 sfm_as_condition(translation, state->node,
										  column)->sql);
	}
	return psprintf("(%s)", buf.data);
}

/* ------------------------------------------------------------------------
 * Upsert
 * ------------------------------------------------------------------------
 */
static char *
upsert_clause(Insert *state)
{
	SfmTranslation *translation = state->translation;
	const SfmUpsert *upsert = linitial(state->node->upserts);
	SfmScope	inner = {.outer = state->scope};
	char	   *target;
	char	   *sets;

	if (list_length(state->node->upserts) > 1)
	{
		sfm_refuse(translation, state->node, "several ON CONFLICT clauses");
		return "";
	}
	if (upsert->target == NIL && upsert->sets == NIL)
		return " ON CONFLICT DO NOTHING";
	target = upsert_target(state, upsert);
	if (target == NULL)
		return "";
	if (upsert->sets == NIL)
		return psprintf(" ON CONFLICT (%s) DO NOTHING", target);

	sfm_add_source(&inner, state->node->table->text, state->alias,
				   state->relation, false);
	sfm_add_source(&inner, "excluded", "excluded", state->relation, true);
	sets = sfm_translate_sets(translation, &inner, state->relation,
							  upsert->sets);
	return psprintf(" ON CONFLICT (%s) DO UPDATE SET %s%s", target, sets,
					sfm_translate_where(translation, &inner, upsert->where));
}

/* The columns of the key, which must be one that PostgreSQL has. */
static char *
upsert_target(Insert *state, const SfmUpsert *upsert)
{
	SfmRelation *relation = state->relation;
	Bitmapset  *columns = NULL;
	StringInfoData buf;
	ListCell   *cell;

	/* none: any key, if there is but one */
	if (upsert->target == NIL && list_length(relation->keys) == 1)
		columns = bms_copy(linitial(relation->keys));
	foreach(cell, upsert->target)
	{
		const SfmNode *node = ((SfmOrderTerm *) lfirst(cell))->expression;
		int			place = -1;

		if (node->kind == SFM_NODE_COLLATE)
			node = ((const SfmCollate *) node)->operand;
		if (node->kind == SFM_NODE_COLUMN_REF)
			place = sfm_target_column(state->translation, relation,
									  ((const SfmColumnRef *) node)->column);
		if (place < 0)
		{
			sfm_refuse(state->translation, node,
					   "ON CONFLICT with an expression");
			return NULL;
		}
		columns = bms_add_member(columns, place);
	}
	initStringInfo(&buf);
	foreach(cell, relation->keys)
	{
		int			member = -1;

		if (!bms_equal(columns, lfirst(cell)))
			continue;
		while ((member = bms_next_member(columns, member)) >= 0)
			appendStringInfo(&buf, "%s%s", buf.len == 0 ? "" : ", ",
							 key_member(relation, member));
		return buf.data;
	}
	sfm_refuse(state->translation, upsert,
			   "ON CONFLICT without a key that PostgreSQL has");
	return NULL;
}
