/*-------------------------------------------------------------------------
 *
 * visit.c
 *	  Visits all nodes of an expression, a query or a statement of a trigger.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"

#include "translate.h"

static bool visit_expression(const SfmNode *node, SfmVisitor visit,
							 void *context);
static bool visit_call(const SfmCall *call, SfmVisitor visit, void *context);
static bool visit_core(const SfmSelectCore *core, SfmVisitor visit,
					   void *context);
static bool visit_select(const SfmSelect *select, SfmVisitor visit,
						 void *context);
static bool visit_part(const SfmNode *node, SfmVisitor visit, void *context);
static bool visit_statement(const SfmNode *node, SfmVisitor visit,
							void *context);
static bool is_kind(const SfmNode *node, void *context, bool *descend);
static bool is_aggregate(const SfmNode *node, void *context, bool *descend);

#define VISIT(node) sfm_visit((node), visit, context)
#define VISIT_LIST(list) sfm_visit_list((list), visit, context)

/*
 * sfm_visit
 *		Calls "visit" for a node and all below it, those above first; names
 *		and types are no nodes in this sense.  True as soon as "visit" says so.
 */
bool
sfm_visit(const void *node, SfmVisitor visit, void *context)
{
	bool		descend = true;

	if (node == NULL)
		return false;
	check_stack_depth();
	if (visit((const SfmNode *) node, context, &descend))
		return true;
	if (!descend)
		return false;
	return visit_expression((const SfmNode *) node, visit, context);
}

/* The same for a list of nodes. */
bool
sfm_visit_list(const List *nodes, SfmVisitor visit, void *context)
{
	ListCell   *cell;

	foreach(cell, nodes)
	{
		if (sfm_visit(lfirst(cell), visit, context))
			return true;
	}
	return false;
}

/* Is there a node of this kind? */
bool
sfm_contains(const void *node, SfmNodeKind kind)
{
	return sfm_visit(node, is_kind, &kind);
}

/* Is there an aggregate function, or a window function, outside subqueries? */
bool
sfm_contains_aggregate(const void *node)
{
	return sfm_visit(node, is_aggregate, NULL);
}

static bool
visit_expression(const SfmNode *node, SfmVisitor visit, void *context)
{
	switch (node->kind)
	{
		case SFM_NODE_UNARY:
			return VISIT(((const SfmUnary *) node)->operand);
		case SFM_NODE_BINARY:
			return VISIT(((const SfmBinary *) node)->left) ||
				VISIT(((const SfmBinary *) node)->right);
		case SFM_NODE_LIKE:
			return VISIT(((const SfmLike *) node)->operand) ||
				VISIT(((const SfmLike *) node)->pattern) ||
				VISIT(((const SfmLike *) node)->escape);
		case SFM_NODE_BETWEEN:
			return VISIT(((const SfmBetween *) node)->operand) ||
				VISIT(((const SfmBetween *) node)->low) ||
				VISIT(((const SfmBetween *) node)->high);
		case SFM_NODE_IN:
			return VISIT(((const SfmIn *) node)->operand) ||
				VISIT(((const SfmIn *) node)->select) ||
				VISIT_LIST(((const SfmIn *) node)->list);
		case SFM_NODE_CASE:
			return VISIT(((const SfmCase *) node)->operand) ||
				VISIT_LIST(((const SfmCase *) node)->whens) ||
				VISIT(((const SfmCase *) node)->otherwise);
		case SFM_NODE_WHEN:
			return VISIT(((const SfmWhen *) node)->condition) ||
				VISIT(((const SfmWhen *) node)->result);
		case SFM_NODE_CAST:
			return VISIT(((const SfmCastExpression *) node)->operand);
		case SFM_NODE_COLLATE:
			return VISIT(((const SfmCollate *) node)->operand);
		case SFM_NODE_CALL:
			return visit_call((const SfmCall *) node, visit, context);
		case SFM_NODE_ROW:
			return VISIT_LIST(((const SfmRow *) node)->members);
		case SFM_NODE_SUBQUERY:
			return VISIT(((const SfmSubquery *) node)->select);
		case SFM_NODE_RAISE:
			return VISIT(((const SfmRaise *) node)->message);
		default:
			return visit_part(node, visit, context);
	}
}

static bool
visit_call(const SfmCall *call, SfmVisitor visit, void *context)
{
	return VISIT_LIST(call->arguments) || VISIT_LIST(call->order_by) ||
		VISIT(call->within_group) || VISIT(call->filter) || VISIT(call->over);
}

/* Parts of queries. */
static bool
visit_part(const SfmNode *node, SfmVisitor visit, void *context)
{
	switch (node->kind)
	{
		case SFM_NODE_SELECT:
			return visit_select((const SfmSelect *) node, visit, context);
		case SFM_NODE_SELECT_CORE:
			return visit_core((const SfmSelectCore *) node, visit, context);
		case SFM_NODE_RESULT_COLUMN:
			return VISIT(((const SfmResultColumn *) node)->expression);
		case SFM_NODE_SOURCE:
			return VISIT_LIST(((const SfmSource *) node)->arguments) ||
				VISIT(((const SfmSource *) node)->select) ||
				VISIT_LIST(((const SfmSource *) node)->nested) ||
				VISIT(((const SfmSource *) node)->on);
		case SFM_NODE_ORDER_TERM:
			return VISIT(((const SfmOrderTerm *) node)->expression);
		case SFM_NODE_WITH:
			return VISIT_LIST(((const SfmWith *) node)->ctes);
		case SFM_NODE_CTE:
			return VISIT(((const SfmCte *) node)->select);
		case SFM_NODE_WINDOW:
			return VISIT_LIST(((const SfmWindow *) node)->partition_by) ||
				VISIT_LIST(((const SfmWindow *) node)->order_by) ||
				VISIT(((const SfmWindow *) node)->start) ||
				VISIT(((const SfmWindow *) node)->finish);
		case SFM_NODE_FRAME_BOUND:
			return VISIT(((const SfmFrameBound *) node)->offset);
		default:
			return visit_statement(node, visit, context);
	}
}

static bool
visit_core(const SfmSelectCore *core, SfmVisitor visit, void *context)
{
	return VISIT_LIST(core->values) || VISIT_LIST(core->columns) ||
		VISIT_LIST(core->from) || VISIT(core->where) ||
		VISIT_LIST(core->group_by) || VISIT(core->having) ||
		VISIT_LIST(core->windows);
}

static bool
visit_select(const SfmSelect *select, SfmVisitor visit, void *context)
{
	return VISIT(select->with) || VISIT_LIST(select->cores) ||
		VISIT_LIST(select->order_by) || VISIT(select->limit) ||
		VISIT(select->offset);
}

static bool
visit_statement(const SfmNode *node, SfmVisitor visit, void *context)
{
	switch (node->kind)
	{
		case SFM_NODE_INSERT:
			return VISIT(((const SfmInsert *) node)->select) ||
				VISIT_LIST(((const SfmInsert *) node)->upserts);
		case SFM_NODE_UPSERT:
			return VISIT_LIST(((const SfmUpsert *) node)->target) ||
				VISIT(((const SfmUpsert *) node)->target_where) ||
				VISIT_LIST(((const SfmUpsert *) node)->sets) ||
				VISIT(((const SfmUpsert *) node)->where);
		case SFM_NODE_UPDATE:
			return VISIT_LIST(((const SfmUpdate *) node)->sets) ||
				VISIT_LIST(((const SfmUpdate *) node)->from) ||
				VISIT(((const SfmUpdate *) node)->where);
		case SFM_NODE_SET:
			return VISIT(((const SfmSet *) node)->value);
		case SFM_NODE_DELETE:
			return VISIT(((const SfmDelete *) node)->where);
		case SFM_NODE_CREATE_TRIGGER:
			return VISIT(((const SfmCreateTrigger *) node)->when) ||
				VISIT_LIST(((const SfmCreateTrigger *) node)->body);
		default:
			return false;
	}
}

static bool
is_kind(const SfmNode *node, void *context, bool *descend)
{
	return node->kind == *(SfmNodeKind *) context;
}

static bool
is_aggregate(const SfmNode *node, void *context, bool *descend)
{
	const SfmCall *call = (const SfmCall *) node;

	if (node->kind == SFM_NODE_SELECT)
		*descend = false;
	return node->kind == SFM_NODE_CALL &&
		(call->over != NULL || sfm_is_aggregate(call));
}
