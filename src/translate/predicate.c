/*-------------------------------------------------------------------------
 *
 * predicate.c
 *	  What is made of comparisons: = of row values, BETWEEN, IN, CASE; and
 *	  LIKE with its kin.
 *
 * Where the comparisons underneath are plain ones with the same left side,
 * PostgreSQL's own BETWEEN, IN, CASE and row values are used; else they are
 * written out with AND and OR.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "translate.h"

/* A condition that has been made. */
static SfmSql *
condition(char *sql, bool atomic, bool not_null)
{
	SfmSql	   *result = sfm_make_sql(sql, atomic, BOOLOID, SFM_CLASS_INTEGER);

	result->not_null = not_null;
	return result;
}

/* "x IN (...)" and the like: no parentheses beside AND, OR and NOT */
static SfmSql *
tight_condition(char *sql, bool not_null)
{
	return sfm_bind(condition(sql, false, not_null), SFM_BINDS_COMPARISON);
}

static char *
negated_condition(const char *sql, bool atomic)
{
	return psprintf(atomic ? "NOT %s" : "NOT (%s)", sql);
}

/* ------------------------------------------------------------------------
 * Comparisons, also of row values
 * ------------------------------------------------------------------------
 */

/* The members of a row value: translated, in an array. */
static SfmSql **
row_members(SfmTranslation *translation, SfmScope *scope, const SfmRow *row)
{
	SfmSql	  **members = palloc_array(SfmSql *, list_length(row->members));
	ListCell   *cell;

	foreach(cell, row->members)
		members[foreach_current_index(cell)] =
		sfm_translate_expression(translation, scope, lfirst(cell));
	return members;
}

/*
 * query_column
 *		A column of a query as a value of its own, with a name that the caller
 *		gives it.  For what it is compared with, it has the collation of the
 *		last SELECT of a compound ("sqlite3VectorFieldSubexpr").
 */
static SfmSql *
query_column(const SfmQuery *query, int column, char *sql)
{
	SfmSql	   *result = palloc_object(SfmSql);

	*result = *query->columns[column];
	result->sql = sql;
	result->atomic = true;
	result->literal = NULL;
	result->moment = NULL;
	result->json = NULL;
	result->not_null = false;
	result->collation = query->last[column]->collation;
	result->collation_strength = query->last[column]->collation_strength;
	return result;
}

/*
 * compare_row_with_query
 *		(a, b) = (SELECT c, d ...): only if the columns can be compared as
 *		they are.  SQLite takes the first row.
 */
static SfmSql *
compare_row_with_query(SfmTranslation *translation, SfmScope *scope,
					   const SfmBinary *node)
{
	const SfmRow *row = (const SfmRow *) node->left;
	const SfmSelect *select =
	(const SfmSelect *) ((const SfmSubquery *) node->right)->select;
	SfmQuery   *query = sfm_translate_select(translation, scope, select, NULL,
											 NULL);
	SfmSql	  **members = row_members(translation, scope, row);
	int			n = list_length(row->members);
	const char *operator = NULL;
	StringInfoData lefts;

	if (query == NULL || translation->problem != NULL)
		return sfm_null();
	initStringInfo(&lefts);
	for (int i = 0; i < n && n == query->ncolumns; i++)
	{
		SfmSql	   *column = query_column(query, i, psprintf("c%d", i));
		SfmComparison part;

		if (!sfm_compare_parts(translation, node, node->operator, members[i],
							   column, &part))
			return sfm_null();
		if (part.operator == NULL || strcmp(part.right, column->sql) != 0 ||
			(operator != NULL && strcmp(operator, part.operator) != 0))
		{
			operator = NULL;
			break;
		}
		operator = part.operator;
		appendStringInfo(&lefts, "%s%s", i > 0 ? ", " : "", part.left);
	}
	if (operator == NULL || strchr(operator, ' ') != NULL)
	{
		sfm_refuse(translation, node, "a row value compared with this query");
		return sfm_null();
	}
	if (select->limit != NULL)
		return tight_condition(psprintf("(%s) %s (SELECT * FROM (%s) AS %s LIMIT 1)",
										lefts.data, operator, query->sql,
										sfm_new_name(translation, "q")), false);
	return tight_condition(psprintf("(%s) %s (%s\nLIMIT 1)", lefts.data, operator,
									query->sql), false);
}

/*
 * compare_rows
 *		(a, b) = (c, d) and its kin.
 */
static SfmSql *
compare_rows(SfmTranslation *translation, SfmScope *scope,
			 const SfmBinary *node)
{
	const SfmRow *left_row = (const SfmRow *) node->left;
	const SfmRow *right_row = (const SfmRow *) node->right;
	int			n = node->left->kind == SFM_NODE_ROW ?
	list_length(left_row->members) : 0;
	SfmSql	  **left;
	SfmSql	  **right;
	StringInfoData lefts;
	StringInfoData rights;
	StringInfoData whole;
	bool		plain = true;
	bool		not_null = true;
	bool		all = node->operator == SFM_OP_EQ || node->operator == SFM_OP_IS;

	if (node->left->kind == SFM_NODE_ROW && node->right->kind == SFM_NODE_SUBQUERY)
		return compare_row_with_query(translation, scope, node);
	if (node->left->kind != SFM_NODE_ROW || node->right->kind != SFM_NODE_ROW ||
		n != list_length(right_row->members))
	{
		sfm_refuse(translation, node,
				   "a row value compared with something else than one");
		return sfm_null();
	}
	left = row_members(translation, scope, left_row);
	right = row_members(translation, scope, right_row);
	initStringInfo(&lefts);
	initStringInfo(&rights);
	initStringInfo(&whole);
	for (int i = 0; i < n; i++)
	{
		SfmComparison part;

		if (!sfm_compare_parts(translation, node, node->operator, left[i],
							   right[i], &part))
			return sfm_null();
		not_null = not_null && part.not_null;
		/* an operator that came out otherwise cannot stand for all of them */
		if (part.operator == NULL ||
			(!all && node->operator != SFM_OP_NE &&
			 node->operator != SFM_OP_IS_NOT &&
			 strcmp(part.operator, node->operator == SFM_OP_LT ? "<" :
					node->operator == SFM_OP_LE ? "<=" :
					node->operator == SFM_OP_GT ? ">" : ">=") != 0))
			plain = false;
		appendStringInfo(&lefts, "%s%s", i > 0 ? ", " : "",
						 part.left != NULL ? part.left : "");
		appendStringInfo(&rights, "%s%s", i > 0 ? ", " : "",
						 part.right != NULL ? part.right : "");
		appendStringInfo(&whole, part.atomic ? "%s%s" : "%s(%s)",
						 i == 0 ? "" : all ? " AND " : " OR ", part.whole);
	}
	if (all || node->operator == SFM_OP_NE || node->operator == SFM_OP_IS_NOT)
	{
		if (plain && node->operator == SFM_OP_EQ)
			return tight_condition(psprintf("(%s) = (%s)", lefts.data, rights.data),
								   not_null);
		if (plain && node->operator == SFM_OP_NE)
			return tight_condition(psprintf("(%s) <> (%s)", lefts.data, rights.data),
								   not_null);
		return condition(whole.data, false, not_null);
	}
	if (!plain)
	{
		sfm_refuse(translation, node, "an order of row values of such types");
		return sfm_null();
	}
	return tight_condition(psprintf("(%s) %s (%s)", lefts.data,
									node->operator == SFM_OP_LT ? "<" :
									node->operator == SFM_OP_LE ? "<=" :
									node->operator == SFM_OP_GT ? ">" : ">=",
									rights.data), not_null);
}

/* Is this TRUE or FALSE, and no column of that name? */
static bool
is_truth_word(const SfmNode *node, const SfmSql *expression)
{
	/* for SQLite, "x IN ()" is the word FALSE, too */
	return (node->kind == SFM_NODE_COLUMN_REF || node->kind == SFM_NODE_IN) &&
		expression->literal != NULL && expression->type == BOOLOID;
}

/*
 * sfm_translate_comparison
 *		= <> < <= > >= IS and IS NOT.
 */
SfmSql *
sfm_translate_comparison(SfmTranslation *translation, SfmScope *scope,
						 const SfmBinary *node)
{
	bool		filter = translation->filter;
	SfmSql	   *left;
	SfmSql	   *right;

	/* not for comparisons inside the operands */
	translation->filter = false;
	if (node->left->kind == SFM_NODE_ROW || node->right->kind == SFM_NODE_ROW)
		return compare_rows(translation, scope, node);
	left = sfm_translate_expression(translation, scope, node->left);
	right = sfm_translate_expression(translation, scope, node->right);

	/* x IS TRUE asks for a truth value, not for the number 1 */
	if ((node->operator == SFM_OP_IS || node->operator == SFM_OP_IS_NOT) &&
		is_truth_word(node->right, right))
	{
		left = sfm_as_condition(translation, node->left, left);
		return condition(psprintf("%s %s %s", sfm_operand(left),
								  node->operator == SFM_OP_IS ? "IS" : "IS NOT",
								  right->literal->text[0] == '1' ? "TRUE" : "FALSE"),
						 false, true);
	}
	translation->filter = filter;
	return sfm_compare(translation, node, node->operator, left, right);
}

/*
 * sfm_translate_between
 *		x BETWEEN a AND b: x >= a AND x <= b
 */
SfmSql *
sfm_translate_between(SfmTranslation *translation, SfmScope *scope,
					  const SfmBetween *node)
{
	SfmSql	   *operand;
	SfmSql	   *low;
	SfmSql	   *high;
	SfmComparison at_least;
	SfmComparison at_most;
	char	   *sql;
	bool		not_null;

	if (node->operand->kind == SFM_NODE_ROW)
	{
		SfmBinary	first = {{SFM_NODE_BINARY}, SFM_OP_GE, node->operand, node->low};
		SfmBinary	second = {{SFM_NODE_BINARY}, SFM_OP_LE, node->operand, node->high};
		SfmSql	   *one;
		SfmSql	   *two;

		first.node = second.node = node->node;
		first.node.kind = second.node.kind = SFM_NODE_BINARY;
		one = compare_rows(translation, scope, &first);
		two = compare_rows(translation, scope, &second);
		sql = psprintf("%s AND %s", one->sql, two->sql);
		return condition(node->negated ? negated_condition(sql, false) : sql,
						 false, one->not_null && two->not_null);
	}

	operand = sfm_translate_expression(translation, scope, node->operand);
	low = sfm_translate_expression(translation, scope, node->low);
	high = sfm_translate_expression(translation, scope, node->high);
	if (!sfm_compare_parts(translation, node, SFM_OP_GE, operand, low, &at_least) ||
		!sfm_compare_parts(translation, node, SFM_OP_LE, operand, high, &at_most))
		return sfm_null();
	not_null = at_least.not_null && at_most.not_null;
	if (at_least.operator != NULL && at_most.operator != NULL &&
		strcmp(at_least.operator, ">=") == 0 &&
		strcmp(at_most.operator, "<=") == 0 &&
		strcmp(at_least.left, at_most.left) == 0 &&
		strstr(at_least.left, "BETWEEN") == NULL)
		/* PostgreSQL's parser doubles the operand: with BETWEEN inside, and so
		 * on, without end; here its length is watched.  And its
		 * grammar takes no COLLATE behind BETWEEN. */
		return tight_condition(psprintf(strstr(at_least.right, " COLLATE ") != NULL ?
										"%s %s (%s) AND %s" : "%s %s %s AND %s",
										at_least.left,
										node->negated ? "NOT BETWEEN" : "BETWEEN",
										at_least.right, at_most.right),
							   not_null);
	if (operand->volatile_)
		sfm_refuse(translation, node,
				   "BETWEEN of a value that changes from call to call");
	sql = psprintf(at_least.operator != NULL && at_most.operator != NULL ?
				   "%s AND %s" : "(%s) AND (%s)", at_least.whole, at_most.whole);
	return condition(node->negated ? negated_condition(sql, false) : sql, false,
					 not_null);
}

/* ------------------------------------------------------------------------
 * IN
 * ------------------------------------------------------------------------
 */

/*
 * in_list
 *		x IN (a, b): affinity and collation are those of x alone ("sqlite3CodeIN").
 */
static SfmSql *
in_list(SfmTranslation *translation, SfmScope *scope, const SfmIn *node)
{
	SfmSql	   *operand;
	StringInfoData list;
	StringInfoData whole;
	char	   *left = NULL;
	bool		plain = true;
	bool		not_null = true;
	ListCell   *cell;

	operand = sfm_translate_expression(translation, scope, node->operand);
	initStringInfo(&list);
	initStringInfo(&whole);
	foreach(cell, node->list)
	{
		SfmSql	   *member = palloc_object(SfmSql);
		SfmComparison part;

		*member = *sfm_translate_expression(translation, scope, lfirst(cell));
		member->has_affinity = false;
		member->collation = SFM_COLLATION_BINARY;
		member->collation_strength = 0;
		if (!sfm_compare_parts(translation, lfirst(cell), SFM_OP_EQ, operand,
							   member, &part))
			return sfm_null();
		not_null = not_null && part.not_null;
		if (member->class == SFM_CLASS_NULL)
		{
			part.left = left;
			part.right = pstrdup("NULL");
			part.operator = "=";
		}
		else if (part.operator == NULL || strcmp(part.operator, "=") != 0 ||
				 (left != NULL && strcmp(left, part.left) != 0))
			plain = false;
		else
			left = part.left;
		appendStringInfo(&list, "%s%s", list.len > 0 ? ", " : "",
						 part.right != NULL ? part.right : "");
		appendStringInfo(&whole, part.atomic ? "%s%s" : "%s(%s)",
						 whole.len > 0 ? " OR " : "", part.whole);
	}
	if (plain && left != NULL)
		return tight_condition(psprintf("%s %s (%s)", left,
										node->negated ? "NOT IN" : "IN", list.data),
							   not_null);
	if (operand->volatile_)
		sfm_refuse(translation, node,
				   "IN of a value that changes from call to call");
	return condition(node->negated ? negated_condition(whole.data, false) :
					 whole.data, false, not_null);
}

/* The query of IN, or that of IN table. */
static SfmQuery *
in_query(SfmTranslation *translation, SfmScope *scope, const SfmIn *node)
{
	SfmSelect  *select;
	SfmSelectCore *core;
	SfmResultColumn *column;
	SfmSource  *source;

	if (node->select != NULL)
		return sfm_translate_select(translation, scope,
									(const SfmSelect *) node->select, NULL, NULL);
	if (node->is_function)
	{
		sfm_refuse(translation, node, "IN of a table-valued function");
		return NULL;
	}

	/* SELECT * FROM table */
	select = palloc0_object(SfmSelect);
	core = palloc0_object(SfmSelectCore);
	column = palloc0_object(SfmResultColumn);
	source = palloc0_object(SfmSource);
	select->node = core->node = column->node = source->node = node->node;
	select->node.kind = SFM_NODE_SELECT;
	core->node.kind = SFM_NODE_SELECT_CORE;
	column->node.kind = SFM_NODE_RESULT_COLUMN;
	source->node.kind = SFM_NODE_SOURCE;
	source->schema = node->schema;
	source->name = node->table;
	core->columns = list_make1(column);
	core->from = list_make1(source);
	select->cores = list_make1(core);
	return sfm_translate_select(translation, scope, select, NULL, NULL);
}

/*
 * in_select
 *		x IN (SELECT ...), (x, y) IN (SELECT ...).  If a column of the query
 *		must become something else before it can be compared, the query is put
 *		into another one that does this.
 */
static SfmSql *
in_select(SfmTranslation *translation, SfmScope *scope, const SfmIn *node)
{
	SfmQuery   *query = in_query(translation, scope, node);
	SfmSql	  **members;
	int			n = 1;
	char	   *name;
	StringInfoData lefts;
	StringInfoData rights;
	StringInfoData columns;
	bool		plain = true;
	bool		not_null = true;

	if (query == NULL || translation->problem != NULL)
		return sfm_null();
	if (node->operand->kind == SFM_NODE_ROW)
	{
		n = list_length(((const SfmRow *) node->operand)->members);
		members = row_members(translation, scope, (const SfmRow *) node->operand);
	}
	else
	{
		members = palloc_object(SfmSql *);
		members[0] = sfm_translate_expression(translation, scope, node->operand);
	}
	if (n != query->ncolumns)
	{
		sfm_refuse(translation, node, "IN with %d values and %d columns", n,
				   query->ncolumns);
		return sfm_null();
	}

	name = sfm_new_name(translation, "q");
	initStringInfo(&lefts);
	initStringInfo(&rights);
	initStringInfo(&columns);
	for (int i = 0; i < n; i++)
	{
		SfmSql	   *member = query_column(query, i,
										  psprintf("%s.c%d", name, i + 1));
		SfmComparison part;

		if (member->class == SFM_CLASS_NULL)
		{
			sfm_refuse(translation, node, "IN of a query that gives NULL only");
			return sfm_null();
		}
		if (!sfm_compare_parts(translation, node, SFM_OP_EQ, members[i], member,
							   &part))
			return sfm_null();
		if (part.operator == NULL || strcmp(part.operator, "=") != 0)
		{
			sfm_refuse(translation, node,
					   "IN of a query whose values can never be equal");
			return sfm_null();
		}
		not_null = not_null && part.not_null;
		plain = plain && strcmp(part.right, member->sql) == 0;
		appendStringInfo(&lefts, "%s%s", i > 0 ? ", " : "", part.left);
		appendStringInfo(&rights, "%s%s", i > 0 ? ", " : "", part.right);
		appendStringInfo(&columns, "%sc%d", i > 0 ? ", " : "", i + 1);
	}
	return condition(psprintf(plain ? "%s%s%s %s (%s)" :
							  "%s%s%s %s (SELECT %s FROM (%s) AS %s(%s))",
							  n > 1 ? "(" : "", lefts.data, n > 1 ? ")" : "",
							  node->negated ? "NOT IN" : "IN",
							  plain ? query->sql : rights.data,
							  query->sql, name, columns.data),
					 false, not_null);
}

/*
 * sfm_translate_in
 *		x IN (...), x NOT IN (...)
 */
SfmSql *
sfm_translate_in(SfmTranslation *translation, SfmScope *scope,
				 const SfmIn *node)
{
	if (node->select != NULL || node->table != NULL)
		return in_select(translation, scope, node);
	/* an extension of SQLite: false even for NULL */
	if (node->list == NIL)
		return sfm_truth_sql(node->negated);
	if (node->operand->kind == SFM_NODE_ROW)
	{
		sfm_refuse(translation, node, "a row value in a list");
		return sfm_null();
	}
	return in_list(translation, scope, node);
}

/* ------------------------------------------------------------------------
 * CASE
 * ------------------------------------------------------------------------
 */

/*
 * case_conditions
 *		What stands behind each WHEN.  Returns what stands behind CASE, or
 *		NULL; NULL also after sfm_refuse().
 */
static char *
case_conditions(SfmTranslation *translation, SfmScope *scope,
				const SfmCase *node, char **conditions)
{
	int			n = list_length(node->whens);
	char	  **wholes = palloc_array(char *, n);
	SfmSql	   *operand;
	char	   *left = NULL;
	bool		plain = true;
	ListCell   *cell;

	if (node->operand == NULL)
	{
		foreach(cell, node->whens)
		{
			const SfmWhen *when = lfirst(cell);

			conditions[foreach_current_index(cell)] =
				sfm_as_condition(translation, when->condition,
								 sfm_translate_expression(translation, scope,
														  when->condition))->sql;
		}
		return NULL;
	}

	operand = sfm_translate_expression(translation, scope, node->operand);
	foreach(cell, node->whens)
	{
		const SfmWhen *when = lfirst(cell);
		int			i = foreach_current_index(cell);
		SfmComparison part;

		if (!sfm_compare_parts(translation, when->condition, SFM_OP_EQ, operand,
							   sfm_translate_expression(translation, scope,
														when->condition), &part))
			return NULL;
		wholes[i] = part.whole;
		conditions[i] = part.right;
		if (part.operator == NULL || strcmp(part.operator, "=") != 0 ||
			(left != NULL && strcmp(left, part.left) != 0))
			plain = false;
		else
			left = part.left;
	}
	if (plain)
		return left;
	if (operand->volatile_)
		sfm_refuse(translation, node,
				   "CASE of a value that changes from call to call");
	for (int i = 0; i < n; i++)
		conditions[i] = wholes[i];
	return NULL;
}

/*
 * sfm_translate_case
 *		CASE with or without an operand.
 */
SfmSql *
sfm_translate_case(SfmTranslation *translation, SfmScope *scope,
				   const SfmCase *node)
{
	int			n = list_length(node->whens);
	char	  **conditions = palloc0_array(char *, n);
	SfmSql	  **results = palloc_array(SfmSql *, n + 1);
	char	   *operand = case_conditions(translation, scope, node, conditions);
	const SfmSql *like = NULL;
	StringInfoData sql;
	SfmSql	   *result;
	ListCell   *cell;

	foreach(cell, node->whens)
		results[foreach_current_index(cell)] =
		sfm_translate_expression(translation, scope,
								 ((const SfmWhen *) lfirst(cell))->result);
	results[n] = node->otherwise == NULL ? sfm_null() :
		sfm_translate_expression(translation, scope, node->otherwise);
	sfm_unify(translation, node, results, n + 1);
	if (translation->problem != NULL)
		return sfm_null();

	initStringInfo(&sql);
	appendStringInfo(&sql, operand != NULL ? "CASE %s" : "CASE", operand);
	for (int i = 0; i < n; i++)
		appendStringInfo(&sql, " WHEN %s THEN %s", conditions[i], results[i]->sql);
	if (node->otherwise != NULL)
		appendStringInfo(&sql, " ELSE %s", results[n]->sql);
	appendStringInfoString(&sql, " END");

	for (int i = 0; i <= n && like == NULL; i++)
	{
		if (results[i]->class != SFM_CLASS_NULL)
			like = results[i];
	}
	if (like == NULL)
		return sfm_null();
	result = sfm_plain_copy(like);
	result->sql = sql.data;
	result->atomic = true;
	result->typmod = -1;
	result->form = like->form;
	result->is_json = like->is_json;
	result->not_null = true;
	for (int i = 0; i <= n; i++)
	{
		result->not_null = result->not_null && results[i]->not_null;
		result->volatile_ = result->volatile_ || results[i]->volatile_;
		result->is_json = result->is_json &&
			(results[i]->is_json || results[i]->class == SFM_CLASS_NULL);
		if (result->collation_strength < 2 && results[i]->collation_strength == 2)
		{
			result->collation = results[i]->collation;
			result->collation_strength = 2;
		}
	}
	return result;
}

/* ------------------------------------------------------------------------
 * LIKE, GLOB, REGEXP, MATCH
 * ------------------------------------------------------------------------
 */

/* The text of a string literal, or NULL. */
static const char *
literal_text(const SfmSql *expression)
{
	return expression->literal != NULL &&
		expression->literal->kind == SFM_LITERAL_STRING ?
		expression->literal->text : NULL;
}

static bool
has_letters(const char *text)
{
	for (; *text != '\0'; text++)
	{
		if ((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z'))
			return true;
	}
	return false;
}

/* "operand operator pattern tail" */
static SfmSql *
make_match(const SfmSql *operand, bool negated, const char *operator,
		   const SfmSql *pattern, const char *tail)
{
	return tight_condition(psprintf("%s %s%s %s%s", sfm_operand(operand),
									negated ? "NOT " : "", operator,
									sfm_operand(pattern), tail),
						   operand->not_null && pattern->not_null);
}

/*
 * escape_clause
 *		What ESCAPE becomes.  SQLite has no escape character unless one is
 *		named, PostgreSQL has the backslash.  NULL after sfm_refuse().
 */
static char *
escape_clause(SfmTranslation *translation, SfmScope *scope,
			  const SfmLike *node, const char *pattern)
{
	const char *escape;

	if (node->escape == NULL)
		return pstrdup(pattern == NULL || strchr(pattern, '\\') != NULL ?
					   " ESCAPE ''" : "");

	escape = literal_text(sfm_translate_expression(translation, scope, node->escape));
	if (escape == NULL || pg_mbstrlen(escape) != 1 || strchr("%_", escape[0]) != NULL)
	{
		sfm_refuse(translation, node, "ESCAPE with something else than one character");
		return NULL;
	}
	if (pattern == NULL)
	{
		sfm_refuse(translation, node,
				   "ESCAPE with a pattern that is no literal");
		return NULL;
	}
	/* PostgreSQL raises an error where nothing follows the character */
	for (const char *at = pattern; *at != '\0'; at += pg_mblen(at))
	{
		if (strncmp(at, escape, strlen(escape)) != 0)
			continue;
		at += strlen(escape);
		if (*at == '\0')
		{
			sfm_refuse(translation, node, "a pattern that ends with its escape");
			return NULL;
		}
	}
	if (strstr(pattern, escape) == NULL && strchr(pattern, '\\') == NULL)
		return pstrdup("");
	return strcmp(escape, "\\") == 0 ? pstrdup("") :
		psprintf(" ESCAPE %s", quote_literal_cstr(escape));
}

/* LIKE, which folds ASCII letters */
static SfmSql *
translate_like(SfmTranslation *translation, SfmScope *scope,
			   const SfmLike *node, SfmSql *operand, SfmSql *pattern)
{
	const char *text = literal_text(pattern);
	char	   *escape = escape_clause(translation, scope, node, text);

	if (escape == NULL)
		return sfm_null();
	if (text != NULL && !has_letters(text))
		return make_match(operand, node->negated, "LIKE", pattern, escape);
	return make_match(operand, node->negated, "ILIKE", pattern,
					  psprintf(" COLLATE \"C\"%s", escape));
}

/*
 * like_of_glob
 *		A pattern of GLOB that has only * and ? as a pattern of LIKE; NULL if
 *		it has brackets.
 */
static char *
like_of_glob(const char *glob)
{
	StringInfoData like;

	if (strchr(glob, '[') != NULL)
		return NULL;
	initStringInfo(&like);
	for (; *glob != '\0'; glob++)
	{
		if (*glob == '*')
			appendStringInfoChar(&like, '%');
		else if (*glob == '?')
			appendStringInfoChar(&like, '_');
		else
		{
			if (*glob == '%' || *glob == '_' || *glob == '\\')
				appendStringInfoChar(&like, '\\');
			appendStringInfoChar(&like, *glob);
		}
	}
	return like.data;
}

static SfmSql *
translate_glob(SfmTranslation *translation, const SfmLike *node,
			   const SfmSql *operand, const SfmSql *pattern)
{
	const char *text = literal_text(pattern);
	char	   *like = text != NULL ? like_of_glob(text) : NULL;
	SfmSql	   *result;

	if (like != NULL)
		return make_match(operand, node->negated, "LIKE", sfm_text_sql(like), "");
	result = condition(psprintf("%s%s(%s, %s)", node->negated ? "NOT " : "",
								sfm_compat_function(translation, "sqlite_glob"),
								pattern->sql, operand->sql),
					   !node->negated, operand->not_null && pattern->not_null);
	return result;
}

/*
 * sfm_translate_like
 *		LIKE, GLOB, REGEXP and MATCH, with NOT or without.
 */
SfmSql *
sfm_translate_like(SfmTranslation *translation, SfmScope *scope,
				   const SfmLike *node)
{
	SfmSql	   *operand;
	SfmSql	   *pattern;
	SfmSql	   *result;

	if (node->operator == SFM_OP_MATCH)
	{
		sfm_refuse(translation, node, "MATCH");
		return sfm_null();
	}
	operand = sfm_as_text(translation, node->operand,
						  sfm_translate_expression(translation, scope,
												   node->operand));
	pattern = sfm_as_text(translation, node->pattern,
						  sfm_translate_expression(translation, scope,
												   node->pattern));
	if (translation->problem != NULL)
		return sfm_null();
	if (operand->class == SFM_CLASS_NULL || pattern->class == SFM_CLASS_NULL)
		return condition(pstrdup("NULL::boolean"), true, false);

	switch (node->operator)
	{
		case SFM_OP_LIKE:
			result = translate_like(translation, scope, node, operand, pattern);
			break;
		case SFM_OP_GLOB:
			result = translate_glob(translation, node, operand, pattern);
			break;
		default:
			/* what REGEXP means is the application's in SQLite */
			sfm_remark(translation,
					   "REGEXP became PostgreSQL's operator ~,"
					   " whose regular expressions may differ");
			result = condition(psprintf("%s %s %s", sfm_operand(operand),
										node->negated ? "!~" : "~",
										sfm_operand(pattern)),
							   false, operand->not_null && pattern->not_null);
			break;
	}
	result->volatile_ = operand->volatile_ || pattern->volatile_;
	return result;
}
