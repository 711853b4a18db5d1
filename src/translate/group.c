/*-------------------------------------------------------------------------
 *
 * group.c
 *	  GROUP BY, aggregate queries and the columns that stand bare in them.
 *
 * SQLite takes a column that is neither grouped nor in an aggregate function
 * from some row of the group, and if the query has exactly one min() or max(),
 * from a row that holds it ("SELECT", section 2.5).  PostgreSQL takes only
 * what depends on the grouped columns: columns that are grouped themselves,
 * and all columns of a table whose primary key is grouped.  Others become
 *
 *		(array_agg(x))[1]
 *		(array_agg(x ORDER BY y NULLS LAST))[1]			with one min(y)
 *
 * An expression that contains a whole GROUP BY expression and no other column
 * stays as it is: what is equal is found by the text, for both stand in the
 * same scope.
 *
 * Equality of keys is SQLite's: NOCASE and RTRIM keys are grouped by what is
 * equal (sfm_equality_key()).
 *
 * Windows: a named window is spelled out where it is used, so that OVER is
 * complete wherever it is read.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/bitmapset.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "query.h"

typedef struct SfmGroup
{
	List	   *keys;			/* of char *: texts of GROUP BY */
	List	   *expressions;	/* of SfmNode *: those that are no columns and
								 * are grouped by as they are */
	const SfmCall *extreme;		/* the only min() or max(), or NULL */
	char	   *order;			/* of array_agg for it; NULL: not made yet */
	bool		remarked;
	bool		wrapped;		/* out: a column was wrapped */
} SfmGroup;

/* ------------------------------------------------------------------------
 * Texts of the tree
 * ------------------------------------------------------------------------
 */

/*
 * The text of a node with single blanks, and small letters outside quotes;
 * NULL for what was not read from the text.
 */
static char *
normal_text(const SfmTranslation *translation, const SfmNode *node)
{
	StringInfoData text;
	char		quote = '\0';

	if (translation->sql == NULL || node->end <= node->position ||
		node->end > strlen(translation->sql))
		return NULL;
	initStringInfo(&text);
	for (int i = node->position; i < node->end; i++)
	{
		char		c = translation->sql[i];

		if (quote != '\0')
		{
			if (c == quote)
				quote = '\0';
		}
		else if (c == '\'' || c == '"' || c == '`')
			quote = c;
		else if (c == '[')
			quote = ']';
		else if (isspace((unsigned char) c))
		{
			if (text.len > 0 && text.data[text.len - 1] != ' ')
				appendStringInfoChar(&text, ' ');
			continue;
		}
		else
			c = pg_ascii_tolower((unsigned char) c);
		appendStringInfoChar(&text, c);
	}
	return text.data;
}

static bool
same_text(const SfmTranslation *translation, const SfmNode *a,
		  const SfmNode *b)
{
	char	   *a_text;
	char	   *b_text;

	if (a->kind != b->kind)
		return false;
	a_text = normal_text(translation, a);
	b_text = normal_text(translation, b);
	return a_text != NULL && b_text != NULL && strcmp(a_text, b_text) == 0;
}

/* ------------------------------------------------------------------------
 * Which aggregates a query has
 * ------------------------------------------------------------------------
 */

/* Does a node call an aggregate function, not as a window function? */
static bool
is_aggregate(const SfmNode *node)
{
	return node->kind == SFM_NODE_CALL &&
		((const SfmCall *) node)->over == NULL &&
		sfm_is_aggregate((const SfmCall *) node);
}

static bool
finds_aggregate(const SfmNode *node, void *context, bool *descend)
{
	*descend = node->kind != SFM_NODE_SELECT;	/* has its own */
	return is_aggregate(node);
}

/*
 * sfm_has_aggregate
 *		Does an expression, or NULL, call an aggregate function outside queries
 *		of its own?
 */
bool
sfm_has_aggregate(SfmNode *node)
{
	return sfm_visit(node, finds_aggregate, NULL);
}

typedef struct ExtremeSearch
{
	const SfmTranslation *translation;
	const SfmCall *found;
	bool		several;
} ExtremeSearch;

/* Looks for min(x) and max(x); the same one twice counts once. */
static bool
finds_extremes(const SfmNode *node, void *context, bool *descend)
{
	ExtremeSearch *search = context;
	const SfmCall *call = (const SfmCall *) node;

	*descend = node->kind != SFM_NODE_SELECT;
	if (node->kind == SFM_NODE_CALL && call->over == NULL &&
		list_length(call->arguments) == 1 &&
		(sfm_same_name(call->name->text, "min") ||
		 sfm_same_name(call->name->text, "max")))
	{
		if (search->found == NULL)
			search->found = call;
		else if (!same_text(search->translation, node, &search->found->node))
			search->several = true;
	}
	return false;
}

static const SfmCall *
find_extreme(const SfmTranslation *translation, const SfmArm *arm,
			 List *order_by)
{
	ExtremeSearch search = {translation};

	for (int i = 0; i < arm->ncolumns; i++)
		sfm_visit(arm->expressions[i], finds_extremes, &search);
	sfm_visit(arm->core->having, finds_extremes, &search);
	sfm_visit_list(order_by, finds_extremes, &search);
	return search.several ? NULL : search.found;
}

/* ------------------------------------------------------------------------
 * Bare columns
 * ------------------------------------------------------------------------
 */
static bool
is_key(const SfmGroup *group, const char *sql)
{
	ListCell   *cell;

	foreach(cell, group->keys)
	{
		if (strcmp(lfirst(cell), sql) == 0)
			return true;
	}
	return false;
}

/* The text of a source's column, as names in expressions become it. */
static char *
column_text(const SfmScopeSource *source, int column)
{
	const char *name = source->relation->columns[column].name;

	if (name == NULL || source->sql == NULL)
		return NULL;
	return psprintf("%s.%s", source->sql, quote_identifier(name));
}

/* Is the column of a table whose whole primary key is grouped? */
static bool
depends_on_key(const SfmGroup *group, const SfmScope *scope,
			   const SfmSql *column)
{
	ListCell   *cell;

	foreach(cell, scope->sources)
	{
		const SfmScopeSource *source = lfirst(cell);
		const SfmRelation *relation = source->relation;
		char	   *text;
		int			place = -1;

		if (relation != column->relation || !relation->has_primary_key ||
			relation->keys == NIL || column->column < 0)
			continue;
		text = column_text(source, column->column);
		if (text == NULL || strcmp(text, column->sql) != 0)
			continue;
		while ((place = bms_next_member(linitial(relation->keys), place)) >= 0)
		{
			text = column_text(source, place);
			if (text == NULL || !is_key(group, text))
				return false;
		}
		return true;
	}
	return false;
}

/* ORDER BY of array_agg, so that the row with the min() or max() comes first. */
static char *
extreme_order(SfmTranslation *translation, SfmScope *scope, SfmGroup *group)
{
	const SfmCall *call = group->extreme;
	bool		saved = scope->in_aggregate;
	SfmSql	   *key;

	if (call->filter != NULL)
	{
		sfm_refuse(translation, call,
				   "a column beside %s() with FILTER that is not grouped",
				   call->name->text);
		return "";
	}
	scope->in_aggregate = true;
	key = sfm_translate_expression(translation, scope,
								   linitial(call->arguments));
	scope->in_aggregate = saved;
	return psprintf(" ORDER BY %s%s NULLS LAST",
					sfm_as_sort_key(translation, call, key),
					sfm_same_name(call->name->text, "max") ? " DESC" : "");
}

/*
 * What a column outside all aggregates becomes: SfmScope.bare_column.
 */
static SfmSql *
bare_column(SfmTranslation *translation, SfmScope *scope, SfmSql *column)
{
	SfmGroup   *group = scope->group;
	SfmSql	   *result;

	if (scope->in_aggregate || is_key(group, column->sql) ||
		depends_on_key(group, scope, column))
		return column;

	group->wrapped = true;
	if (type_is_array(column->type) ||
		!OidIsValid(get_array_type(column->type)))
	{
		sfm_refuse(translation, NULL,
				   "a column of type %s that is neither grouped nor in an aggregate function",
				   format_type_be(column->type));
		return column;
	}
	if (!group->remarked)
	{
		group->remarked = true;
		sfm_remark(translation, group->extreme != NULL
				   ? "%s is not grouped: its value comes from a row with the %s()"
				   : "%s is not grouped: its value comes from any row of the group",
				   column->sql,
				   group->extreme != NULL ? group->extreme->name->text : "");
	}
	if (group->order == NULL)
		group->order = group->extreme != NULL
			? extreme_order(translation, scope, group) : "";

	result = palloc_object(SfmSql);
	*result = *column;
	result->sql = psprintf("(array_agg(%s%s))[1]", column->sql, group->order);
	result->atomic = true;
	result->not_null = false;
	result->moment = NULL;
	result->json = NULL;
	return result;
}

/* ------------------------------------------------------------------------
 * Expressions of an aggregate query
 * ------------------------------------------------------------------------
 */
typedef struct GroupSearch
{
	SfmTranslation *translation;
	SfmScope   *scope;
	SfmGroup   *group;
	bool		matched;		/* a grouped expression was met */
	bool		others;			/* a column that would be wrapped, too */
} GroupSearch;

/* Looks for grouped expressions, and for columns outside of them. */
static bool
finds_grouped(const SfmNode *node, void *context, bool *descend)
{
	GroupSearch *search = context;
	ListCell   *cell;

	foreach(cell, search->group->expressions)
	{
		if (same_text(search->translation, node, lfirst(cell)))
		{
			search->matched = true;
			*descend = false;
			return false;
		}
	}
	if (is_aggregate(node))
		*descend = false;
	else if (node->kind == SFM_NODE_SELECT)
	{
		search->others = true;	/* may name anything: not looked into */
		*descend = false;
	}
	else if (node->kind == SFM_NODE_COLUMN_REF)
	{
		search->group->wrapped = false;
		sfm_translate_column(search->translation, search->scope,
							 (const SfmColumnRef *) node);
		search->others |= search->group->wrapped;
	}
	return false;
}

/*
 * sfm_translate_grouped
 *		An expression of the result, HAVING or ORDER BY.
 */
SfmSql *
sfm_translate_grouped(SfmTranslation *translation, SfmScope *scope,
					  SfmNode *node)
{
	SfmGroup   *group = scope->group;
	GroupSearch search = {translation, scope, group};
	SfmSql	   *result;

	if (group == NULL || group->expressions == NIL)
		return sfm_translate_expression(translation, scope, node);

	sfm_visit(node, finds_grouped, &search);
	if (search.matched && !search.others)
		scope->bare_column = NULL;
	result = sfm_translate_expression(translation, scope, node);
	scope->bare_column = bare_column;
	return result;
}

/*
 * Can two texts in SQLite be one value here?  Moments of one form cannot.
 */
static bool
writing_varies(SfmTranslation *translation, const SfmSql *expression)
{
	if (expression->class != SFM_CLASS_TEXT)
		return false;
	switch (expression->type)
	{
		case JSONBOID:
			return true;
		case DATEOID:
		case TIMEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case UUIDOID:
			return sfm_expression_form(translation, expression) ==
				SFM_FORM_OTHER;
		default:
			return false;
	}
}

/*
 * sfm_equality_key
 *		The text of what is equal where SQLite calls two values equal: for
 *		GROUP BY and DISTINCT.
 */
char *
sfm_equality_key(SfmTranslation *translation, SfmNode *node,
				 SfmSql *expression)
{
	if (writing_varies(translation, expression))
		sfm_remark(translation,
				   "values of type %s that differ only in how SQLite has them written count as equal",
				   format_type_be(expression->type));
	if (expression->class != SFM_CLASS_TEXT &&
		expression->class != SFM_CLASS_ANY)
		return expression->sql;
	if (expression->class == SFM_CLASS_ANY && expression->any_as_text)
		sfm_refuse(translation, node,
				   "the equality of values of different storage classes");
	if (expression->json_is_equal && expression->json != NULL &&
		expression->collation_strength < 2)
		return expression->json;
	if (expression->class == SFM_CLASS_ANY && expression->json != NULL)
	{
		/* 7 is not '7'; but then 1 is not 1.0 either */
		sfm_remark(translation,
				   "numbers in JSON count as equal where they are written alike");
		return psprintf("%s, jsonb_typeof(%s) = 'string'", expression->sql,
						expression->json);
	}
	if (expression->class == SFM_CLASS_ANY)
		sfm_refuse(translation, node,
				   "the equality of values of different storage classes");
	if (expression->collation_strength == 0 ||
		expression->collation == SFM_COLLATION_BINARY)
		return expression->sql;
	return sfm_as_sort_key(translation, node, expression);
}

/* The result column that a GROUP BY or ORDER BY term counts to, from 1; 0: no
 * integer. */
static int
ordinal(SfmTranslation *translation, const SfmArm *arm, SfmNode *node)
{
	SfmLiteral *literal = (SfmLiteral *) node;
	int			place;

	if (node->kind != SFM_NODE_LITERAL ||
		literal->kind != SFM_LITERAL_INTEGER)
		return 0;
	place = strlen(literal->text) < 6 ? atoi(literal->text) : 0;
	if (place < 1 || place > arm->ncolumns)
	{
		sfm_refuse(translation, node, "GROUP BY term %s is out of range",
				   literal->text);
		return 1;
	}
	return place;
}

/* The expression that a name stands for: itself, unless it is an alias. */
static SfmNode *
named_expression(const SfmArm *arm, SfmNode *node, const SfmSql *key)
{
	const SfmColumnRef *ref = (const SfmColumnRef *) node;

	if (node == NULL || node->kind != SFM_NODE_COLUMN_REF ||
		ref->table != NULL || key->relation != NULL)
		return node;
	for (int i = 0; i < arm->ncolumns; i++)
	{
		if (arm->aliases[i] != NULL &&
			sfm_same_name(arm->aliases[i], ref->column->text))
			return arm->expressions[i];
	}
	return node;
}

/* One member of GROUP BY. */
static void
read_key(SfmTranslation *translation, SfmArm *arm, SfmGroup *group,
		 SfmNode *node)
{
	int			place = ordinal(translation, arm, node);
	SfmSql	   *key = NULL;
	char	   *text;

	if (place > 0)
	{
		node = arm->expressions[place - 1];
		if (node == NULL)
			key = sfm_source_column(translation, arm->scope,
									arm->star_sources[place - 1],
									arm->star_columns[place - 1]);
	}
	if (key == NULL)
		key = sfm_translate_expression(translation, arm->scope, node);

	/* PostgreSQL would count an integer, and refuse other literals */
	if (key->literal != NULL || key->type == UNKNOWNOID)
	{
		group->keys = lappend(group->keys,
							  sfm_cast_text(key, key->type == UNKNOWNOID
											? TEXTOID : key->type));
		return;
	}
	text = sfm_equality_key(translation, node, key);
	group->keys = lappend(group->keys, text);
	node = named_expression(arm, node, key);
	if (node != NULL && node->kind != SFM_NODE_COLUMN_REF &&
		strcmp(text, key->sql) == 0)
		group->expressions = lappend(group->expressions, node);
}

/*
 * sfm_begin_group
 *		If the query is an aggregate query, translates GROUP BY and sets up the
 *		scope for the expressions that follow.  The columns of the arm are
 *		known, their translations are not.
 */
void
sfm_begin_group(SfmTranslation *translation, SfmArm *arm, List *order_by)
{
	const SfmSelectCore *core = arm->core;
	SfmGroup   *group;
	StringInfoData text;
	ListCell   *cell;

	arm->is_aggregate = core->group_by != NIL || core->having != NULL ||
		sfm_visit_list(order_by, finds_aggregate, NULL);
	for (int i = 0; i < arm->ncolumns; i++)
		arm->is_aggregate |= sfm_has_aggregate(arm->expressions[i]);
	if (!arm->is_aggregate)
		return;

	group = palloc0_object(SfmGroup);
	foreach(cell, core->group_by)
		read_key(translation, arm, group, lfirst(cell));
	if (group->keys != NIL)
	{
		initStringInfo(&text);
		foreach(cell, group->keys)
			appendStringInfo(&text, "%s%s", text.len > 0 ? ", " : "",
							 (char *) lfirst(cell));
		arm->group_by = text.data;
	}
	group->extreme = find_extreme(translation, arm, order_by);
	arm->scope->group = group;
	arm->scope->bare_column = bare_column;
}

/* ------------------------------------------------------------------------
 * Windows
 * ------------------------------------------------------------------------
 */
typedef struct WindowSearch
{
	SfmTranslation *translation;
	List	   *windows;		/* of SfmWindow * */
} WindowSearch;

/*
 * A window with all that it takes from its base, which stands before it in
 * the WINDOW clause.
 */
static SfmWindow *
complete_window(const WindowSearch *search, SfmWindow *window)
{
	SfmWindow  *base = NULL;
	SfmWindow  *result;
	ListCell   *cell;

	if (window->base == NULL)
		return window;
	foreach(cell, search->windows)
	{
		SfmWindow  *candidate = lfirst(cell);

		if (candidate != window && base == NULL &&
			sfm_same_name(candidate->name->text, window->base->text))
			base = candidate;
	}
	if (base == NULL || base->base != NULL)
	{
		sfm_refuse(search->translation, window, "window \"%s\"",
				   window->base->text);
		return window;
	}
	result = palloc_object(SfmWindow);
	*result = *base;
	result->node = window->node;
	result->name = window->name;
	if (!window->bare)
	{
		if (window->order_by != NIL)
			result->order_by = window->order_by;
		result->unit = window->unit;
		result->start = window->start;
		result->finish = window->finish;
		result->exclude = window->exclude;
	}
	return result;
}

static bool
completes_windows(const SfmNode *node, void *context, bool *descend)
{
	*descend = node->kind != SFM_NODE_SELECT;
	if (node->kind == SFM_NODE_CALL &&
		((const SfmCall *) node)->over != NULL)
	{
		SfmCall    *call = unconstify(SfmCall *, (const SfmCall *) node);

		call->over = complete_window(context, call->over);
	}
	return false;
}

/*
 * sfm_inline_windows
 *		Replaces the names of windows in the tree by what they stand for.
 */
void
sfm_inline_windows(SfmTranslation *translation, const SfmSelectCore *core,
				   List *order_by)
{
	WindowSearch search = {translation};
	ListCell   *cell;

	foreach(cell, core->windows)
	{
		SfmWindow  *window = complete_window(&search, lfirst(cell));

		search.windows = lappend(search.windows, window);
	}
	if (search.windows == NIL)
		return;
	sfm_visit_list(core->columns, completes_windows, &search);
	sfm_visit_list(order_by, completes_windows, &search);
}
