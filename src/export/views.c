/*-------------------------------------------------------------------------
 *
 * views.c
 *	  Views, from their analysed queries.
 *
 * Joins (inner and left), conditions, grouping with the aggregates that SQLite
 * computes alike, DISTINCT, set operations, ORDER BY and LIMIT over tables and
 * views of the file.  The expressions are those of expression.c.  Views go in
 * after the views that they read.  What remains after the translation, SQLite
 * has to prepare; if it does not, the view is left out like one that cannot be
 * translated.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/stratnum.h"
#include "access/transam.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteHandler.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "export.h"

/* What stands for one entry of a range table. */
typedef struct Source
{
	char	   *alias;			/* quoted */
	SfmExportTable *table;		/* one of these, or a subquery's columns */
	int			ncolumns;
	char	  **columns;
	SfmShape   *shapes;
} Source;

typedef struct SfmExportQuery
{
	Query	   *query;
	Source	   *sources;		/* by place in the range table, from 0 */
} SfmExportQuery;

/* State of one view. */
typedef struct ViewState
{
	SfmExport  *export;
	List	   *aliases;		/* taken ones */
	const char *refusal;
	const char *remark;
	int			depth;
} ViewState;

#define MAX_NESTING 20

static bool translate_query(ViewState *state, Query *query, int *ncolumns,
							SfmShape **shapes, char **names, StringInfo out);
static void make_view(SfmExport *export, SfmExportView *view);

static bool
refuse(ViewState *state, const char *reason)
{
	if (state->refusal == NULL)
		state->refusal = reason;
	return false;
}

/* ------------------------------------------------------------------------
 * Columns
 * ------------------------------------------------------------------------
 */

/*
 * alias_expression
 *		What a column of a join, or of the grouping, stands for; NULL for
 *		columns of tables and subqueries.
 */
static Node *
alias_expression(const SfmExpression *expression, Var *var)
{
	RangeTblEntry *rte = rt_fetch(var->varno, expression->query->query->rtable);
	List	   *expressions = sfm_alias_expressions(rte);

	if (expressions == NIL || var->varattno < 1 ||
		var->varattno > list_length(expressions))
		return NULL;
	return list_nth(expressions, var->varattno - 1);
}

/* Finds a column; false if it is none of a table, view or subquery. */
static bool
find_column(const SfmExpression *expression, Var *var, char **text,
			SfmShape *shape)
{
	Source	   *source;

	if (var->varlevelsup != 0 || IS_SPECIAL_VARNO(var->varno))
		return false;
	source = &expression->query->sources[var->varno - 1];
	if (source->alias == NULL || var->varattno < 1)
		return false;
	if (source->table != NULL)
	{
		SfmExportColumn *column = sfm_exported_column(source->table,
													  var->varattno);

		if (column == NULL)
			return false;
		*shape = column->shape;
		*text = psprintf("%s.%s", source->alias,
						 sfm_quote_sqlite(column->sqlite_name));
		return true;
	}
	if (var->varattno > source->ncolumns)
		return false;
	*shape = source->shapes[var->varattno - 1];
	*text = psprintf("%s.%s", source->alias,
					 sfm_quote_sqlite(source->columns[var->varattno - 1]));
	return true;
}

/* The shape of a column of a query. */
SfmShape
sfm_export_query_shape(const SfmExpression *expression, Var *var)
{
	SfmShape	shape = SFM_SHAPE_OTHER;
	char	   *text;
	Node	   *node = var->varlevelsup == 0 ?
	alias_expression(expression, var) : NULL;

	if (node != NULL)
		return sfm_expression_shape(expression, node);
	(void) find_column(expression, var, &text, &shape);
	return shape;
}

/* Appends a column of a query; "whole" if its value is not looked at. */
void
sfm_export_query_column(SfmExpression *expression, Var *var, bool whole,
						StringInfo out)
{
	SfmShape	shape;
	char	   *text;
	Node	   *node = var->varlevelsup == 0 ?
	alias_expression(expression, var) : NULL;

	if (node != NULL)
	{
		if (whole && IsA(node, Var))
			sfm_export_query_column(expression, (Var *) node, true, out);
		else
			sfm_export_node(expression, node, out);
		return;
	}
	if (!find_column(expression, var, &text, &shape))
		sfm_export_refuse(expression, "it looks at a whole row, a system column or an outer query");
	else if (!whole && shape == SFM_SHAPE_OTHER &&
			 getBaseType(var->vartype) == NUMERICOID)
		sfm_export_refuse(expression, "it looks at numbers that are TEXT in the file");
	else
		appendStringInfoString(out, text);
}

/* ------------------------------------------------------------------------
 * Aggregates
 * ------------------------------------------------------------------------
 */

/* Appends an aggregate that SQLite computes alike. */
void
sfm_export_query_call(SfmExpression *expression, Aggref *call, StringInfo out)
{
	const char *name = call->aggfnoid < FirstNormalObjectId ?
	get_func_name(call->aggfnoid) : NULL;
	Node	   *argument = call->args == NIL ? NULL :
	(Node *) ((TargetEntry *) linitial(call->args))->expr;
	SfmShape	shape = argument == NULL ? SFM_SHAPE_OTHER :
	sfm_expression_shape(expression, argument);
	Oid			collation = call->inputcollid;
	const char *function = NULL;

	if (name == NULL || call->aggorder != NIL || call->aggdirectargs != NIL ||
		call->agglevelsup != 0 || list_length(call->args) > 1)
		name = "";
	if (strcmp(name, "count") == 0 &&
		(call->aggdistinct == NIL || sfm_shape_compares(shape, collation, false)))
		function = "count";
	else if (strcmp(name, "sum") == 0 && shape == SFM_SHAPE_INTEGER)
		function = "sum";
	else if ((strcmp(name, "min") == 0 || strcmp(name, "max") == 0) &&
			 sfm_shape_compares(shape, collation, true))
		function = name;
	else if (strcmp(name, "bool_and") == 0 || strcmp(name, "every") == 0)
		function = "min";
	else if (strcmp(name, "bool_or") == 0)
		function = "max";
	if (function == NULL)
	{
		sfm_export_refuse(expression, psprintf("SQLite has no aggregate like %s()",
											   get_func_name(call->aggfnoid)));
		return;
	}
	appendStringInfo(out, "%s(%s", function,
					 call->aggdistinct != NIL ? "DISTINCT " : "");
	if (call->aggstar)
		appendStringInfoChar(out, '*');
	else
		sfm_export_node(expression, argument, out);
	appendStringInfoChar(out, ')');
	if (call->aggfilter != NULL)
	{
		appendStringInfoString(out, " FILTER (WHERE ");
		sfm_export_node(expression, (Node *) call->aggfilter, out);
		appendStringInfoChar(out, ')');
	}
}

/* Translates an expression of a query. */
static bool
append_expression(ViewState *state, SfmExportQuery *query, Node *node,
				  SfmShape *shape, StringInfo out)
{
	SfmExpression expression = {.export = state->export,.query = query};

	node = sfm_fold(node);
	if (shape != NULL)
		*shape = sfm_expression_shape(&expression, node);
	if (IsA(node, Var))
		sfm_export_query_column(&expression, (Var *) node, shape != NULL, out);
	else
		sfm_export_node(&expression, node, out);
	return expression.refusal == NULL || refuse(state, expression.refusal);
}

/* ------------------------------------------------------------------------
 * FROM
 * ------------------------------------------------------------------------
 */

static bool
append_relation(ViewState *state, RangeTblEntry *rte, Source *source,
				StringInfo out)
{
	SfmExportTable *table = sfm_exported_table(state->export, rte->relid);
	SfmExportView *view = sfm_exported_view(state->export, rte->relid);

	if (rte->tablesample != NULL)
		return refuse(state, "it takes a sample of a table");
	if (table != NULL)
	{
		if (rte->inh && table->only &&
			find_inheritance_children(table->relid, NoLock) != NIL)
			return refuse(state, "it reads tables that inherit from another one");
		source->table = table;
		appendStringInfo(out, "%s AS %s", sfm_quote_sqlite(table->sqlite_name),
						 source->alias);
		return true;
	}
	if (view != NULL)
		make_view(state->export, view);
	if (view == NULL || !view->made)
		return refuse(state, psprintf("it reads \"%s\", which is not in the file",
									  get_rel_name(rte->relid)));
	source->ncolumns = view->ncolumns;
	source->columns = view->columns;
	source->shapes = view->shapes;
	appendStringInfo(out, "%s AS %s", sfm_quote_sqlite(view->sqlite_name),
					 source->alias);
	return true;
}

static bool
append_subquery(ViewState *state, RangeTblEntry *rte, Source *source,
				StringInfo out)
{
	List	   *names = NIL;
	ListCell   *cell;

	if (rte->lateral)
		return refuse(state, "it has LATERAL");
	source->columns = palloc0_array(char *,
									Max(list_length(rte->eref->colnames), 1));
	foreach(cell, rte->eref->colnames)
		source->columns[foreach_current_index(cell)] =
		sfm_export_name(&names, strVal(lfirst(cell)), false);
	appendStringInfoChar(out, '(');
	if (!translate_query(state, rte->subquery, &source->ncolumns,
						 &source->shapes, source->columns, out))
		return false;
	appendStringInfo(out, ") AS %s", source->alias);
	return true;
}

static bool
append_from_item(ViewState *state, SfmExportQuery *query, Node *item,
				 StringInfo out)
{
	if (IsA(item, RangeTblRef))
	{
		int			place = ((RangeTblRef *) item)->rtindex;
		RangeTblEntry *rte = rt_fetch(place, query->query->rtable);
		Source	   *source = &query->sources[place - 1];

		source->alias = sfm_quote_sqlite(sfm_export_name(&state->aliases,
														 rte->eref->aliasname,
														 true));
		if (rte->rtekind == RTE_RELATION)
			return append_relation(state, rte, source, out);
		if (rte->rtekind == RTE_SUBQUERY)
			return append_subquery(state, rte, source, out);
		return refuse(state, "it reads what is no table, view or subquery");
	}
	if (IsA(item, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) item;
		bool		nested = IsA(join->rarg, JoinExpr);

		if (join->jointype != JOIN_INNER && join->jointype != JOIN_LEFT)
			return refuse(state, "it has a RIGHT or FULL JOIN");
		if (!append_from_item(state, query, join->larg, out))
			return false;
		appendStringInfo(out, "%s%s", join->jointype == JOIN_LEFT ?
						 " LEFT JOIN " : " JOIN ", nested ? "(" : "");
		if (!append_from_item(state, query, join->rarg, out))
			return false;
		appendStringInfo(out, "%s ON ", nested ? ")" : "");
		if (join->quals == NULL)
		{
			appendStringInfoChar(out, '1');
			return true;
		}
		return append_expression(state, query, join->quals, NULL, out);
	}
	return refuse(state, "it has something that SQLite has not");
}

static bool
append_from(ViewState *state, SfmExportQuery *query, StringInfo out)
{
	FromExpr   *from = query->query->jointree;
	ListCell   *cell;

	foreach(cell, from->fromlist)
	{
		/* a comma binds like JOIN in SQLite, so later joins are nested */
		bool		nested = IsA(lfirst(cell), JoinExpr) &&
		foreach_current_index(cell) > 0;

		appendStringInfoString(out, foreach_current_index(cell) == 0 ?
							   " FROM " : ", ");
		if (nested)
			appendStringInfoChar(out, '(');
		if (!append_from_item(state, query, lfirst(cell), out))
			return false;
		if (nested)
			appendStringInfoChar(out, ')');
	}
	return true;
}

/* ------------------------------------------------------------------------
 * SELECT
 * ------------------------------------------------------------------------
 */

/* What this file does not know of. */
static bool
is_simple(ViewState *state, Query *query)
{
	if (query->commandType != CMD_SELECT || query->hasModifyingCTE ||
		query->rowMarks != NIL)
		return refuse(state, "it is no plain SELECT");
	if (query->cteList != NIL)
		return refuse(state, "it has a WITH clause");
	if (query->hasSubLinks)
		return refuse(state, "it has a subquery in an expression");
	if (query->hasWindowFuncs)
		return refuse(state, "it has a window function");
	if (query->hasTargetSRFs)
		return refuse(state, "it has a function that returns a set");
	if (query->hasDistinctOn)
		return refuse(state, "it has DISTINCT ON");
	if (query->groupingSets != NIL)
		return refuse(state, "it has grouping sets");
	if (query->limitOption == LIMIT_OPTION_WITH_TIES)
		return refuse(state, "it has WITH TIES");
	return true;
}

/* May values of this shape be told apart as SQLite does it? */
static bool
require_equality(ViewState *state, SfmShape shape, Oid collation)
{
	return sfm_shape_compares(shape, collation, false) ||
		refuse(state, "it looks for equal values that SQLite compares otherwise");
}

static bool
append_targets(ViewState *state, SfmExportQuery *query, int *ncolumns,
			   SfmShape **shapes, char **names, StringInfo out)
{
	Query	   *tree = query->query;
	ListCell   *cell;

	*ncolumns = 0;
	*shapes = palloc0_array(SfmShape, Max(list_length(tree->targetList), 1));
	appendStringInfo(out, "SELECT %s",
					 tree->distinctClause != NIL ? "DISTINCT " : "");
	foreach(cell, tree->targetList)
	{
		TargetEntry *target = lfirst(cell);
		SfmShape	shape;

		if (target->resjunk)
			continue;
		if (*ncolumns > 0)
			appendStringInfoString(out, ", ");
		if (!append_expression(state, query, (Node *) target->expr, &shape,
							   out))
			return false;
		if (tree->distinctClause != NIL &&
			!require_equality(state, shape,
							  exprCollation((Node *) target->expr)))
			return false;
		if (names != NULL)
			appendStringInfo(out, " AS %s", sfm_quote_sqlite(names[*ncolumns]));
		(*shapes)[(*ncolumns)++] = shape;
	}
	if (*ncolumns == 0)
		return refuse(state, "it has no columns");
	return true;
}

/* Is there a column in an expression?  Their names are in double quotes. */
static bool
names_column(const char *sql)
{
	bool		in_string = false;

	for (; *sql != '\0'; sql++)
	{
		if (*sql == '\'')
			in_string = !in_string;
		else if (*sql == '"' && !in_string)
			return true;
	}
	return false;
}

static bool
append_group(ViewState *state, SfmExportQuery *query, StringInfo out)
{
	ListCell   *cell;

	foreach(cell, query->query->groupClause)
	{
		TargetEntry *target = get_sortgroupclause_tle(lfirst(cell),
													  query->query->targetList);
		Node	   *node = (Node *) target->expr;
		StringInfoData text;
		SfmShape	shape;

		initStringInfo(&text);
		if (!append_expression(state, query, node, &shape, &text) ||
			!require_equality(state, shape, exprCollation(node)))
			return false;
		/* a constant would be taken for the number of a column */
		if (!names_column(text.data))
			return refuse(state, "it groups by a constant");
		appendStringInfo(out, "%s%s", foreach_current_index(cell) == 0 ?
						 " GROUP BY " : ", ", text.data);
	}
	if (query->query->havingQual != NULL)
	{
		if (query->query->groupClause == NIL)
			return refuse(state, "it has HAVING without GROUP BY");
		appendStringInfoString(out, " HAVING ");
		return append_expression(state, query, query->query->havingQual, NULL,
								 out);
	}
	return true;
}

/* One member of ORDER BY; "place" is its output column's number, or 0. */
static bool
append_sort(ViewState *state, SfmExportQuery *query, SortGroupClause *clause,
			int place, StringInfo out)
{
	TargetEntry *target = get_sortgroupclause_tle(clause,
												  query->query->targetList);
	Node	   *node = (Node *) target->expr;
	StringInfoData text;
	Oid			family;
	Oid type;
	SfmOrdering ordering;
	SfmShape	shape;

	initStringInfo(&text);
	if (!append_expression(state, query, node, &shape, &text))
		return false;
	if (place > 0)
		appendStringInfo(out, "%d", place);
	else if (names_column(text.data))
		appendStringInfoString(out, text.data);
	else
		return refuse(state, "it sorts by a constant");
	if (!sfm_shape_compares(shape, exprCollation(node), true))
	{
		if (shape == SFM_SHAPE_OTHER || query->query->limitCount != NULL ||
			query->query->limitOffset != NULL)
			return refuse(state, "it sorts by values that SQLite sorts otherwise");
		state->remark = "SQLite sorts its texts by their bytes";
	}
	if (!get_ordering_op_properties(clause->sortop, &family, &type, &ordering))
		return refuse(state, "it sorts by an operator that SQLite has not");
	appendStringInfo(out, "%s NULLS %s",
					 ordering == SFM_ORDERING_GREATER ? " DESC" : "",
					 clause->nulls_first ? "FIRST" : "LAST");
	return true;
}

/* The number of the output column that a clause is about, or 0. */
static int
output_place(Query *query, SortGroupClause *clause)
{
	int			place = 0;
	ListCell   *cell;

	foreach(cell, query->targetList)
	{
		TargetEntry *target = lfirst(cell);

		if (target->resjunk)
			continue;
		place++;
		if (target->ressortgroupref == clause->tleSortGroupRef)
			return place;
	}
	return 0;
}

/* LIMIT and OFFSET take a number, or nothing. */
static bool
constant_count(ViewState *state, Node *node, int64 *count)
{
	if (node == NULL)
		return true;
	node = sfm_fold(node);
	if (!IsA(node, Const) || ((Const *) node)->consttype != INT8OID)
		return refuse(state, "its LIMIT is no constant");
	if (!((Const *) node)->constisnull)
		*count = DatumGetInt64(((Const *) node)->constvalue);
	return true;
}

static bool
append_order(ViewState *state, SfmExportQuery *query, StringInfo out)
{
	int64		limit = -1;
	int64		offset = 0;
	ListCell   *cell;

	foreach(cell, query->query->sortClause)
	{
		appendStringInfoString(out, foreach_current_index(cell) == 0 ?
							   " ORDER BY " : ", ");
		if (!append_sort(state, query, lfirst(cell),
						 output_place(query->query, lfirst(cell)), out))
			return false;
	}
	if (!constant_count(state, query->query->limitCount, &limit) ||
		!constant_count(state, query->query->limitOffset, &offset))
		return false;
	if (limit >= 0 || offset > 0)
		appendStringInfo(out, " LIMIT " INT64_FORMAT, limit);
	if (offset > 0)
		appendStringInfo(out, " OFFSET " INT64_FORMAT, offset);
	return true;
}

/* ------------------------------------------------------------------------
 * Set operations
 * ------------------------------------------------------------------------
 */

/* SQLite has no parentheses there: the left side may be another one. */
static bool
append_set_operation(ViewState *state, SfmExportQuery *query, Node *node,
					 int *ncolumns, SfmShape **shapes, char **names,
					 StringInfo out)
{
	static const char *const words[] = {
		[SETOP_UNION] = " UNION ",
		[SETOP_INTERSECT] = " INTERSECT ",
		[SETOP_EXCEPT] = " EXCEPT "
	};
	SetOperationStmt *operation = (SetOperationStmt *) node;
	int			right_columns;
	SfmShape   *right_shapes;

	if (IsA(node, RangeTblRef))
	{
		RangeTblEntry *rte = rt_fetch(((RangeTblRef *) node)->rtindex,
									  query->query->rtable);

		if (rte->subquery->sortClause != NIL ||
			rte->subquery->limitCount != NULL ||
			rte->subquery->limitOffset != NULL ||
			rte->subquery->setOperations != NULL)
			return refuse(state, "it nests set operations");
		return translate_query(state, rte->subquery, ncolumns, shapes, names,
							   out);
	}
	if (!IsA(operation->rarg, RangeTblRef))
		return refuse(state, "it nests set operations");
	if (operation->all && operation->op != SETOP_UNION)
		return refuse(state, "it has INTERSECT ALL or EXCEPT ALL");
	if (!append_set_operation(state, query, operation->larg, ncolumns, shapes,
							  names, out))
		return false;
	appendStringInfoString(out, words[operation->op]);
	if (operation->all)
		appendStringInfoString(out, "ALL ");
	if (!append_set_operation(state, query, operation->rarg, &right_columns,
							  &right_shapes, NULL, out))
		return false;
	for (int i = 0; i < *ncolumns; i++)
	{
		if ((*shapes)[i] != right_shapes[i])
			return refuse(state, "it unites columns of different kinds");
		if (!operation->all &&
			!require_equality(state, (*shapes)[i],
							  list_nth_oid(operation->colCollations, i)))
			return false;
	}
	return true;
}

/* The columns of a set operation are named by Vars of its first part. */
static bool
append_compound(ViewState *state, SfmExportQuery *query, int *ncolumns,
				SfmShape **shapes, char **names, StringInfo out)
{
	Query	   *tree = query->query;

	if (!append_set_operation(state, query, tree->setOperations, ncolumns,
							  shapes, names, out))
		return false;
	if (tree->sortClause != NIL)
	{
		ListCell   *cell;

		/* so that append_sort() finds the shapes */
		for (int i = 0; i < list_length(tree->rtable); i++)
		{
			query->sources[i].alias = "\"\"";
			query->sources[i].ncolumns = *ncolumns;
			query->sources[i].columns = palloc0_array(char *, *ncolumns);
			for (int j = 0; j < *ncolumns; j++)
				query->sources[i].columns[j] = "";
			query->sources[i].shapes = *shapes;
		}
		foreach(cell, tree->sortClause)
		{
			if (output_place(tree, lfirst(cell)) == 0)
				return refuse(state, "it sorts by what is no column");
		}
	}
	return append_order(state, query, out);
}

/*
 * translate_query
 *		Appends a SELECT; its columns are named if "names" is not NULL.
 */
static bool
translate_query(ViewState *state, Query *query, int *ncolumns,
				SfmShape **shapes, char **names, StringInfo out)
{
	SfmExportQuery inner = {.query = query};
	StringInfoData from;
	StringInfoData targets;

	CHECK_FOR_INTERRUPTS();
	if (++state->depth > MAX_NESTING)
		return refuse(state, "it is nested too deep");
	if (!is_simple(state, query))
		return false;
	inner.sources = palloc0_array(Source, Max(list_length(query->rtable), 1));
	if (query->setOperations != NULL)
	{
		state->depth--;
		return append_compound(state, &inner, ncolumns, shapes, names, out);
	}

	/* FROM first: it says what the columns are called */
	initStringInfo(&from);
	initStringInfo(&targets);
	if (!append_from(state, &inner, &from) ||
		!append_targets(state, &inner, ncolumns, shapes, names, &targets))
		return false;
	appendStringInfo(out, "%s%s", targets.data, from.data);
	if (query->jointree->quals != NULL)
	{
		appendStringInfoString(out, " WHERE ");
		if (!append_expression(state, &inner, query->jointree->quals, NULL,
							   out))
			return false;
	}
	state->depth--;
	return append_group(state, &inner, out) && append_order(state, &inner, out);
}

/* ------------------------------------------------------------------------
 * Views
 * ------------------------------------------------------------------------
 */

/*
 * create_view
 *		Makes the view in the file; false and a reason if SQLite does not take
 *		it.
 */
static bool
create_view(SfmExport *export, SfmExportView *view, const char *select)
{
	char	   *name = sfm_quote_sqlite(view->sqlite_name);
	char	   *problem;

	/* SQLite looks into a view only when it is used */
	if (sfm_new_file_try(export->file,
						 psprintf("CREATE VIEW %s AS %s", name, select),
						 &problem))
	{
		if (sfm_new_file_try(export->file,
							 psprintf("SELECT * FROM %s LIMIT 0", name),
							 &problem))
			return true;
		sfm_new_file_execute(export->file, psprintf("DROP VIEW %s", name));
	}
	view->note = psprintf("SQLite reports: %s", problem);
	return false;
}

/* Makes one view, after those that it reads. */
static void
make_view(SfmExport *export, SfmExportView *view)
{
	ViewState	state = {.export = export};
	Relation	relation;
	Query	   *query;
	List	   *names = NIL;
	StringInfoData sql;

	if (view->planned)
		return;
	view->planned = true;
	check_stack_depth();
	relation = try_relation_open(view->relid, AccessShareLock);
	if (relation == NULL || relation->rd_rel->relkind != RELKIND_VIEW)
	{
		view->note = "it was dropped meanwhile";
		if (relation != NULL)
			relation_close(relation, NoLock);
		return;
	}
	view->columns = palloc0_array(char *,
								  Max(RelationGetDescr(relation)->natts, 1));
	for (int i = 0; i < RelationGetDescr(relation)->natts; i++)
		view->columns[i] =
			sfm_export_name(&names,
							NameStr(TupleDescAttr(RelationGetDescr(relation), i)->attname),
							false);
	query = copyObject(get_view_query(relation));
	relation_close(relation, NoLock);

	initStringInfo(&sql);
	if (!translate_query(&state, query, &view->ncolumns, &view->shapes,
						 view->columns, &sql))
		view->note = state.refusal;
	else
	{
		view->made = create_view(export, view, sql.data);
		if (view->made)
			view->note = state.remark;
	}
}

/*
 * sfm_make_views
 *		Makes the views of the schema that SQLite can have.
 */
void
sfm_make_views(SfmExport *export)
{
	ListCell   *cell;

	foreach(cell, export->views)
		make_view(export, lfirst(cell));
}
