/*-------------------------------------------------------------------------
 *
 * order.c
 *	  ORDER BY and LIMIT.
 *
 * A term of ORDER BY means, in this order ("sqlite3ResolveOrderGroupBy"): the
 * result column of a number, the one whose AS has the name, or an expression.
 * NULL is SQLite's smallest value, texts are compared by bytes or as their
 * collation says.
 *
 * PostgreSQL sorts a compound, or what DISTINCT leaves, by result columns
 * only.  Where the sort key is not the column itself, such a query is wrapped
 * in another one.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"

#include "query.h"

/* A term without its COLLATEs. */
static SfmNode *
strip_collate(SfmNode *node)
{
	while (node->kind == SFM_NODE_COLLATE)
		node = ((SfmCollate *) node)->operand;
	return node;
}

/* The same expression under the COLLATE of the term, if it has one. */
static SfmSql *
apply_collate(SfmNode *node, const SfmSql *expression)
{
	SfmSql	   *result = palloc_object(SfmSql);

	*result = *expression;
	if (node->kind == SFM_NODE_COLLATE)
	{
		result->collation = sfm_collation_kind(((SfmCollate *) node)->collation->text);
		result->collation_strength = 2;
	}
	return result;
}

/* The result column of a number or an alias, or -1. */
static int
named_column(SfmTranslation *translation, const SfmArm *arm, SfmNode *node)
{
	if (node->kind == SFM_NODE_LITERAL &&
		((SfmLiteral *) node)->kind == SFM_LITERAL_INTEGER)
	{
		const char *text = ((SfmLiteral *) node)->text;
		int			place = strlen(text) < 6 ? atoi(text) : 0;

		if (place >= 1 && place <= arm->ncolumns)
			return place - 1;
		sfm_refuse(translation, node, "ORDER BY term %s is out of range", text);
		return 0;
	}
	if (node->kind == SFM_NODE_COLUMN_REF &&
		((SfmColumnRef *) node)->table == NULL)
	{
		const char *name = ((SfmColumnRef *) node)->column->text;

		for (int i = 0; i < arm->ncolumns; i++)
		{
			if (arm->aliases[i] != NULL && sfm_same_name(arm->aliases[i], name))
				return i;
		}
	}
	return -1;
}

/* Direction and place of NULLs, behind the key of a term. */
static const char *
direction(const SfmOrderTerm *term, bool not_null)
{
	bool		first = term->nulls == SFM_NULLS_FIRST ||
		(term->nulls == SFM_NULLS_DEFAULT && !term->descending);

	if (not_null || first == term->descending)
		return term->descending ? " DESC" : "";
	return term->descending ? " DESC NULLS LAST" : " NULLS FIRST";
}

/*
 * sfm_order_text
 *		ORDER BY of a SELECT that has no other arm and no DISTINCT: the text
 *		behind the words, "" if nothing is left of it.
 */
char *
sfm_order_text(SfmTranslation *translation, const SfmArm *arm, List *order_by)
{
	StringInfoData text;
	ListCell   *cell;

	initStringInfo(&text);
	foreach(cell, order_by)
	{
		const SfmOrderTerm *term = lfirst(cell);
		SfmNode    *node = strip_collate(term->expression);
		int			column = named_column(translation, arm, node);
		SfmSql	   *key;

		if (column >= 0)
			key = apply_collate(term->expression, arm->raw[column]);
		else
			key = sfm_translate_grouped(translation, arm->scope,
										term->expression);

		/* the same for all rows; and PostgreSQL would count an integer */
		if (key->literal != NULL || key->class == SFM_CLASS_NULL)
			continue;
		appendStringInfo(&text, "%s%s%s", text.len > 0 ? ", " : "",
						 sfm_as_sort_key(translation, term, key),
						 direction(term, key->not_null));
	}
	return text.data;
}

/*
 * The result column of a compound that a term means: of the leftmost arm that
 * has it.  -1: none.
 */
static int
compound_column(SfmTranslation *translation, List *arms, SfmNode *node)
{
	ListCell   *cell;

	foreach(cell, arms)
	{
		const SfmArm *arm = lfirst(cell);
		char	   *problem = translation->problem;
		int			column = named_column(translation, arm, node);
		SfmSql	   *expression;

		if (column >= 0)
			return column;
		if (arm->rows != NIL)
			continue;

		/* not in this arm is no reason to refuse it */
		expression = sfm_translate_grouped(translation, arm->scope, node);
		if (translation->problem != problem)
		{
			translation->problem = problem;
			continue;
		}
		for (int i = 0; i < arm->ncolumns; i++)
		{
			if (strcmp(arm->raw[i]->sql, expression->sql) == 0)
				return i;
		}
	}
	return -1;
}

/*
 * sfm_wrapped_order_text
 *		ORDER BY of a compound, or with DISTINCT.  *plain says that every key
 *		is a result column as it is; else the query is to be wrapped in one
 *		that calls it by "alias".
 */
char *
sfm_wrapped_order_text(SfmTranslation *translation, List *arms,
					   const SfmQuery *query, List *order_by,
					   const char *alias, bool *plain)
{
	StringInfoData wrapped;
	StringInfoData bare;
	ListCell   *cell;

	initStringInfo(&wrapped);
	initStringInfo(&bare);
	*plain = true;
	foreach(cell, order_by)
	{
		const SfmOrderTerm *term = lfirst(cell);
		int			place = compound_column(translation, arms,
											strip_collate(term->expression));
		SfmSql	   *column;
		const char *key;
		const char *name;

		if (place < 0)
		{
			sfm_refuse(translation, term,
					   "ORDER BY what is no result column of a compound or DISTINCT query");
			return "";
		}
		column = apply_collate(term->expression, query->columns[place]);
		name = quote_identifier(query->postgres_names[place]);
		column->sql = psprintf("%s.%s", alias, name);
		column->atomic = true;
		column->literal = NULL;
		column->moment = NULL;
		column->json = NULL;
		key = sfm_as_sort_key(translation, term, column);
		*plain &= strcmp(key, column->sql) == 0;
		appendStringInfo(&wrapped, "%s%s%s", wrapped.len > 0 ? ", " : "", key,
						 direction(term, column->not_null));
		appendStringInfo(&bare, "%s%s%s", bare.len > 0 ? ", " : "", name,
						 direction(term, column->not_null));
	}
	return *plain ? bare.data : wrapped.data;
}

/* ------------------------------------------------------------------------
 * LIMIT
 * ------------------------------------------------------------------------
 */

/*
 * LIMIT or OFFSET.  Negative means none; an expression decides when it runs.
 */
static char *
limit_clause(SfmTranslation *translation, SfmNode *node, const char *word,
			 const char *format, int64 *value)
{
	SfmScope   *scope = palloc0_object(SfmScope);
	SfmSql	   *count;

	*value = -1;
	if (node == NULL)
		return "";
	count = sfm_translate_expression(translation, scope, node);
	if (count->literal != NULL && count->literal->kind == SFM_LITERAL_INTEGER)
	{
		if (count->negated || strlen(count->literal->text) > 18 ||
			strspn(count->literal->text, "0123456789") !=
			strlen(count->literal->text))
			return "";
		*value = strtoll(count->literal->text, NULL, 10);
		return psprintf("\n%s " INT64_FORMAT, word, *value);
	}
	if (count->class != SFM_CLASS_INTEGER)
	{
		sfm_refuse(translation, node, "%s of what is no integer", word);
		return "";
	}
	count = sfm_as_stored(translation, node, count);
	return psprintf(format, count->sql);
}

/*
 * sfm_limit_text
 *		LIMIT and OFFSET with the line feeds before them, "" if there are none.
 *		*single is set to whether at most one row is left.
 */
char *
sfm_limit_text(SfmTranslation *translation, SfmScope *outer,
			   const SfmSelect *select, bool *single)
{
	int64		limit;
	int64		offset;
	char	   *limit_text;
	char	   *offset_text;

	limit_text = limit_clause(translation, select->limit, "LIMIT",
							  "\nLIMIT NULLIF(GREATEST(%s, -1), -1)", &limit);
	offset_text = limit_clause(translation, select->offset, "OFFSET",
							   "\nOFFSET GREATEST(%s, 0)", &offset);
	*single = limit == 0 || limit == 1;
	return psprintf("%s%s", limit_text, offset_text);
}
