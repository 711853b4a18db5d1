/*-------------------------------------------------------------------------
 *
 * source.c
 *	  FROM: tables, views, subqueries and their joins.
 *
 * SQLite joins from left to right, whatever the words; a comma is a join as
 * any other and may have ON.  PostgreSQL's comma binds less than JOIN, so
 * where both occur, the comma becomes CROSS JOIN.
 *
 * Names in an ON condition may mean any table of the FROM in SQLite, also
 * those further to the right ("sqliteProcessJoin": ON of an inner join is a
 * part of WHERE).  Such a condition is handed back to stand in WHERE; with an
 * outer join it is refused, as new SQLite does.
 *
 * USING and NATURAL become ON, because both sides may have different types
 * here; which of the columns * and a bare name mean is in
 * SfmScopeSource.merged.
 *
 * Every source has an alias that no source of a statement around it has, so
 * that no name is caught on its way out.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "query.h"

/* A member of FROM, and what became of it. */
typedef struct SourceItem
{
	const SfmSource *source;
	char	   *text;			/* of a table or subquery */
	List	   *items;			/* of SourceItem *: joins in parentheses */
	List	   *scope_sources;	/* all that it adds, of SfmScopeSource * */
	List	   *equal;			/* of ColumnPair *: USING, NATURAL */
} SourceItem;

typedef struct ColumnPair
{
	SfmScopeSource *left;
	int			left_column;
	SfmScopeSource *right;
	int			right_column;
} ColumnPair;

typedef struct FromState
{
	SfmTranslation *translation;
	SfmScope   *scope;
	bool		has_right;		/* RIGHT or FULL occurs */
	List	   *moved;			/* of char *: conditions for WHERE */
} FromState;

static SourceItem *read_source(FromState *state, const SfmSource *source);

/* ------------------------------------------------------------------------
 * Names
 * ------------------------------------------------------------------------
 */

/* Is the alias in use here or in a statement around? */
static bool
alias_is_taken(const SfmScope *scope, const char *alias)
{
	const char *quoted = quote_identifier(alias);

	if (pg_strcasecmp(alias, "new") == 0 || pg_strcasecmp(alias, "old") == 0 ||
		pg_strcasecmp(alias, "excluded") == 0)
		return true;
	for (; scope != NULL; scope = scope->outer)
	{
		ListCell   *cell;

		foreach(cell, scope->sources)
		{
			const SfmScopeSource *source = lfirst(cell);

			if (source->sql != NULL && strcmp(source->sql, quoted) == 0)
				return true;
		}
	}
	return false;
}

/*
 * sfm_new_alias
 *		A bare name for a source, as near as possible to the wanted one.
 */
char *
sfm_new_alias(SfmTranslation *translation, SfmScope *scope, const char *wanted)
{
	char	   *base = pstrdup(wanted[0] == '\0' ? "_" : wanted);
	char	   *alias;

	/* room for a number */
	base[pg_mbcliplen(base, strlen(base), NAMEDATALEN - 8)] = '\0';
	alias = base;
	for (int i = 1; alias_is_taken(scope, alias); i++)
		alias = psprintf("%s_%d", base, i);
	return alias;
}

/*
 * The last part of a qualified name, bare: what PostgreSQL calls a table that
 * has no alias.
 */
static char *
last_part(const char *qualified)
{
	const char *start = qualified;
	bool		quoted = false;
	char	   *part;
	char	   *out;

	for (const char *in = qualified; *in != '\0'; in++)
	{
		if (*in == '"')
			quoted = !quoted;
		else if (*in == '.' && !quoted)
			start = in + 1;
	}
	if (*start != '"')
		return pstrdup(start);

	part = palloc(strlen(start) + 1);
	out = part;
	for (const char *in = start + 1; *in != '\0'; in++)
	{
		if (*in == '"' && *++in == '\0')
			break;
		*out++ = *in;
	}
	*out = '\0';
	return part;
}

/* ------------------------------------------------------------------------
 * Sources
 * ------------------------------------------------------------------------
 */

/* Adds a source to the scope. */
static void
add_source(FromState *state, SourceItem *item, const char *sqlite_alias,
		   const char *alias, SfmRelation *relation)
{
	SfmScopeSource *source = palloc0_object(SfmScopeSource);

	source->alias = pstrdup(sqlite_alias);
	source->sql = pstrdup(quote_identifier(alias));
	source->relation = relation;
	state->scope->sources = lappend(state->scope->sources, source);
	item->scope_sources = list_make1(source);
}

static void
read_table(FromState *state, SourceItem *item, const char *sqlite_alias)
{
	const SfmSource *source = item->source;
	SfmRelation *relation = sfm_find_relation(state->translation,
											  source->schema, source->name);
	char	   *name;
	char	   *alias;

	if (relation == NULL)
	{
		sfm_refuse(state->translation, source, "there is no table or view \"%s\"",
				   source->name->text);
		return;
	}
	name = last_part(relation->sql);
	alias = sfm_new_alias(state->translation, state->scope,
						  source->alias != NULL ? source->alias->text : name);
	if (strcmp(name, alias) == 0)
		item->text = relation->sql;
	else
		item->text = psprintf("%s %s", relation->sql, quote_identifier(alias));
	add_source(state, item, sqlite_alias, alias, relation);
}

static void
read_subquery(FromState *state, SourceItem *item, const char *sqlite_alias)
{
	SfmTranslation *translation = state->translation;
	SfmQuery   *query;
	char	   *alias;

	/* it sees the statement around, not its neighbours */
	query = sfm_translate_select(translation, state->scope->outer,
								 (const SfmSelect *) item->source->select,
								 NULL, NULL);
	alias = sfm_new_alias(translation, state->scope,
						  sqlite_alias != NULL ? sqlite_alias : "subquery");
	item->text = psprintf("(\n%s\n) %s", query->sql, quote_identifier(alias));
	add_source(state, item, sqlite_alias != NULL ? sqlite_alias : alias, alias,
			   sfm_derived_relation(translation, query, alias,
									pstrdup(quote_identifier(alias))));
}

/* json_each(document[, path]): it sees its neighbours to the left. */
static void
read_json_each(FromState *state, SourceItem *item, const char *sqlite_alias)
{
	char	   *text;
	SfmRelation *relation = sfm_json_each(state->translation, state->scope,
										  item->source, &text);
	char	   *alias;

	if (relation == NULL)
		return;
	if (item->source->join & SFM_JOIN_RIGHT)
		sfm_refuse(state->translation, item->source,
				   "json_each() with RIGHT or FULL JOIN");
	alias = sfm_new_alias(state->translation, state->scope, sqlite_alias);
	item->text = psprintf("LATERAL (\n%s\n) %s", text, quote_identifier(alias));
	add_source(state, item, sqlite_alias, alias, relation);
}

/* Joins in parentheses. */
static void
read_nested(FromState *state, SourceItem *item)
{
	ListCell   *cell;

	if (item->source->alias != NULL)
		sfm_refuse(state->translation, item->source,
				   "an alias of joins in parentheses");
	foreach(cell, item->source->nested)
	{
		SourceItem *inner = read_source(state, lfirst(cell));

		item->items = lappend(item->items, inner);
		item->scope_sources = list_concat(item->scope_sources,
										  inner->scope_sources);
	}
}

/* Reads one source and adds it to the scope. */
static SourceItem *
read_source(FromState *state, const SfmSource *source)
{
	SourceItem *item = palloc0_object(SourceItem);
	const SfmName *alias = source->alias;

	check_stack_depth();

	if (source->join & SFM_JOIN_RIGHT)
		state->has_right = true;
	item->source = source;
	item->text = "";

	/* FROM (t) is FROM t; an alias behind the parentheses counts more */
	while (list_length(source->nested) == 1)
	{
		source = linitial(source->nested);
		if (alias == NULL)
			alias = source->alias;
	}
	if (source != item->source)
	{
		SfmSource  *copy = palloc_object(SfmSource);

		*copy = *source;
		copy->alias = unconstify(SfmName *, alias);
		copy->join = item->source->join;
		copy->on = item->source->on;
		copy->using = item->source->using;
		item->source = source = copy;
	}

	if (source->nested != NIL)
		read_nested(state, item);
	else if (source->select != NULL)
		read_subquery(state, item, alias != NULL ? alias->text : NULL);
	else if (source->is_function && source->schema == NULL &&
			 sfm_same_name(source->name->text, "json_each"))
		read_json_each(state, item,
					   alias != NULL ? alias->text : source->name->text);
	else if (source->is_function)
		sfm_refuse(state->translation, source, "the table-valued function %s()",
				   source->name->text);
	else
		read_table(state, item,
				   alias != NULL ? alias->text : source->name->text);
	return item;
}

/* ------------------------------------------------------------------------
 * USING and NATURAL
 * ------------------------------------------------------------------------
 */

/* The place of a column, or -1; the rowid of a full-text index is none. */
static int
relation_column(const SfmRelation *relation, const char *name)
{
	for (int i = 0; i < relation->ncolumns; i++)
	{
		if (relation->is_fts && i == relation->rowid_column)
			continue;
		if (sfm_same_name(relation->columns[i].sqlite_name, name))
			return i;
	}
	return -1;
}

static bool
is_merged(const SfmScopeSource *source, const char *name)
{
	ListCell   *cell;

	foreach(cell, source->merged)
	{
		if (sfm_same_name(lfirst(cell), name))
			return true;
	}
	return false;
}

/* The first source that has a column of that name, not merged; or NULL. */
static SfmScopeSource *
source_with_column(List *sources, const char *name, int *column)
{
	ListCell   *cell;

	foreach(cell, sources)
	{
		SfmScopeSource *source = lfirst(cell);

		*column = relation_column(source->relation, name);
		if (*column >= 0 && !is_merged(source, name))
			return source;
	}
	return NULL;
}

/* One column of USING or NATURAL. */
static void
join_column(FromState *state, SourceItem *item, List *left, const char *name)
{
	ColumnPair *pair = palloc_object(ColumnPair);

	pair->left = source_with_column(left, name, &pair->left_column);
	pair->right = source_with_column(item->scope_sources, name,
									 &pair->right_column);
	if (pair->left == NULL || pair->right == NULL)
		sfm_refuse(state->translation, item->source,
				   "column \"%s\" of USING is not on both sides", name);
	else if (state->has_right)
		sfm_refuse(state->translation, item->source,
				   "USING or NATURAL with RIGHT or FULL JOIN");
	else
	{
		item->equal = lappend(item->equal, pair);
		pair->right->merged = lappend(pair->right->merged, pstrdup(name));
	}
}

/* All columns that both sides of NATURAL have. */
static void
join_naturally(FromState *state, SourceItem *item, List *left)
{
	List	   *names = NIL;
	ListCell   *cell;

	foreach(cell, item->scope_sources)
	{
		SfmScopeSource *source = lfirst(cell);

		for (int i = 0; i < source->relation->ncolumns; i++)
		{
			char	   *name = source->relation->columns[i].sqlite_name;
			int			column;

			if (!is_merged(source, name) &&
				source_with_column(left, name, &column) != NULL)
				names = lappend(names, name);
		}
	}
	foreach(cell, names)
		join_column(state, item, left, lfirst(cell));
}

/*
 * Before any name is looked up: which columns are merged, and which sources
 * may be filled with NULLs.
 */
static void
prepare_joins(FromState *state, List *items)
{
	List	   *left = NIL;
	ListCell   *cell;

	check_stack_depth();

	foreach(cell, items)
	{
		SourceItem *item = lfirst(cell);
		int			join = item->source->join;
		ListCell   *other;

		prepare_joins(state, item->items);
		foreach(other, item->source->using)
			join_column(state, item, left, ((SfmName *) lfirst(other))->text);
		if (join & SFM_JOIN_NATURAL)
			join_naturally(state, item, left);
		if (join & SFM_JOIN_LEFT)
		{
			foreach(other, item->scope_sources)
				((SfmScopeSource *) lfirst(other))->nullable = true;
		}
		if (join & SFM_JOIN_RIGHT)
		{
			foreach(other, left)
				((SfmScopeSource *) lfirst(other))->nullable = true;
		}
		left = list_concat(left, item->scope_sources);
	}
}

/* ------------------------------------------------------------------------
 * ON
 * ------------------------------------------------------------------------
 */

/* Does the expression, or a query in it, name one of the sources? */
static bool
mentions_source(const SfmNode *node, void *context, bool *descend)
{
	List	   *sources = context;
	ListCell   *cell;

	if (node->kind == SFM_NODE_COLUMN_REF)
	{
		const SfmColumnRef *ref = (const SfmColumnRef *) node;

		foreach(cell, sources)
		{
			SfmScopeSource *source = lfirst(cell);

			if (ref->table != NULL
				? sfm_same_name(ref->table->text, source->alias)
				: relation_column(source->relation, ref->column->text) >= 0 &&
				!is_merged(source, ref->column->text))
				return true;
		}
	}
	return false;
}

/*
 * Can PostgreSQL run a FULL JOIN on this condition?  Only if each part of it
 * is an equality of something on the left with something on the right; that
 * shows when the query runs, not when it is made.
 */
static bool
suits_full_join(SfmNode *on, List *left, List *right)
{
	SfmBinary  *binary = (SfmBinary *) on;

	check_stack_depth();

	if (on->kind != SFM_NODE_BINARY)
		return false;
	if (binary->operator == SFM_OP_AND)
		return suits_full_join(binary->left, left, right) &&
			suits_full_join(binary->right, left, right);
	if (binary->operator != SFM_OP_EQ)
		return false;
	for (int i = 0; i < 2; i++)
	{
		SfmNode    *one = i == 0 ? binary->left : binary->right;
		SfmNode    *other = i == 0 ? binary->right : binary->left;

		if (sfm_visit(one, mentions_source, left) &&
			!sfm_visit(one, mentions_source, right) &&
			sfm_visit(other, mentions_source, right) &&
			!sfm_visit(other, mentions_source, left))
			return true;
	}
	return false;
}

/*
 * The condition of a join, or NULL if there is none left of it.  "left" are
 * the sources before it, "right" those further to the right.
 */
static char *
join_condition(FromState *state, SourceItem *item, List *left, List *right)
{
	SfmTranslation *translation = state->translation;
	const SfmSource *source = item->source;
	StringInfoData text;
	ListCell   *cell;

	initStringInfo(&text);
	foreach(cell, item->equal)
	{
		ColumnPair *pair = lfirst(cell);
		SfmSql	   *one = sfm_source_column(translation, state->scope,
											pair->left, pair->left_column);
		SfmSql	   *other = sfm_source_column(translation, state->scope,
											  pair->right, pair->right_column);
		SfmSql	   *equal;

		translation->filter = true;
		equal = sfm_compare(translation, source, SFM_OP_EQ, one, other);
		equal = sfm_as_condition(translation, source, equal);
		appendStringInfo(&text, "%s%s", text.len > 0 ? " AND " : "",
						 sfm_operand(equal));
	}
	if (source->on != NULL)
	{
		SfmSql	   *on = sfm_translate_filter(translation, state->scope,
											  source->on);

		if ((source->join & SFM_JOIN_LEFT) && (source->join & SFM_JOIN_RIGHT) &&
			!suits_full_join(source->on, left, item->scope_sources))
			sfm_refuse(translation, source->on,
					   "a FULL JOIN on what is no equality of both sides");
		if (right == NIL ||
			!sfm_visit(source->on, mentions_source, right))
			appendStringInfo(&text, "%s%s", text.len > 0 ? " AND " : "",
							 text.len > 0 ? sfm_operand(on) : on->sql);
		else if ((source->join & (SFM_JOIN_LEFT | SFM_JOIN_RIGHT)) ||
				 state->has_right)
			sfm_refuse(translation, source->on,
					   "an ON condition that names a table to the right of its outer join");
		else
			state->moved = lappend(state->moved,
								   pstrdup(sfm_operand(on)));
	}
	return text.len > 0 ? text.data : NULL;
}

/* Do only commas join the sources? */
static bool
only_commas(List *items)
{
	ListCell   *cell;

	for_each_from(cell, items, 1)
	{
		const SourceItem *item = lfirst(cell);

		if (!(item->source->join & SFM_JOIN_COMMA) ||
			item->source->on != NULL || item->equal != NIL)
			return false;
	}
	return true;
}

static const char *
join_words(int join, bool has_condition)
{
	if ((join & SFM_JOIN_LEFT) && (join & SFM_JOIN_RIGHT))
		return "FULL JOIN";
	if (join & SFM_JOIN_LEFT)
		return "LEFT JOIN";
	if (join & SFM_JOIN_RIGHT)
		return "RIGHT JOIN";
	return has_condition ? "JOIN" : "CROSS JOIN";
}

/* The text of joined sources. */
static char *
joins_text(FromState *state, List *items)
{
	bool		commas = only_commas(items);
	List	   *left = NIL;
	StringInfoData text;
	ListCell   *cell;

	check_stack_depth();

	initStringInfo(&text);
	foreach(cell, items)
	{
		SourceItem *item = lfirst(cell);
		int			join = item->source->join;
		char	   *source = item->text;
		char	   *condition;
		List	   *right = NIL;
		ListCell   *other;

		if (item->items != NIL)
		{
			List	   *saved = state->scope->sources;

			/* joins in parentheses see no neighbours, unless they come first */
			if (foreach_current_index(cell) > 0)
				state->scope->sources = item->scope_sources;
			source = psprintf("(\n%s\n)", joins_text(state, item->items));
			state->scope->sources = saved;
		}
		for_each_from(other, items, foreach_current_index(cell) + 1)
			right = list_concat(right,
								((SourceItem *) lfirst(other))->scope_sources);
		condition = join_condition(state, item, left, right);
		left = list_concat(left, item->scope_sources);
		if (condition == NULL && (join & (SFM_JOIN_LEFT | SFM_JOIN_RIGHT)))
			condition = "true";

		if (foreach_current_index(cell) == 0)
		{
			/* SQLite takes ON behind the first source, too */
			if (condition != NULL)
				state->moved = lappend(state->moved,
									   psprintf("(%s)", condition));
			appendStringInfoString(&text, source);
		}
		else if (commas)
			appendStringInfo(&text, ",\n%s", source);
		else
		{
			appendStringInfo(&text, "\n%s %s",
							 join_words(join, condition != NULL), source);
			if (condition != NULL)
				appendStringInfo(&text, " ON %s", condition);
		}
	}
	return text.data;
}

/*
 * sfm_read_from
 *		As sfm_translate_from(), with the ON conditions that must stand in
 *		WHERE.
 */
char *
sfm_read_from(SfmTranslation *translation, SfmScope *scope, List *sources,
			  List **moved)
{
	FromState	state = {0};
	List	   *items = NIL;
	char	   *text;
	ListCell   *cell;

	state.translation = translation;
	state.scope = scope;
	foreach(cell, sources)
	{
		SourceItem *item = read_source(&state, lfirst(cell));

		items = lappend(items, item);
	}
	*moved = NIL;

	/* without its sources, nothing of the query has a meaning */
	if (translation->problem == NULL)
		prepare_joins(&state, items);
	if (translation->problem != NULL)
		return "";
	text = joins_text(&state, items);
	*moved = state.moved;
	return text;
}

/*
 * sfm_translate_from
 *		Translates what stands behind FROM and adds its sources to the scope.
 *		Returns the text behind FROM, for UPDATE.
 */
char *
sfm_translate_from(SfmTranslation *translation, SfmScope *scope,
				   List *sources)
{
	List	   *moved;
	char	   *text = sfm_read_from(translation, scope, sources, &moved);

	if (moved != NIL)
		sfm_refuse(translation, linitial(sources),
				   "an ON condition that names a table to its right");
	return text;
}
