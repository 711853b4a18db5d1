/*-------------------------------------------------------------------------
 *
 * insert_select.c
 *	  INSERT INTO table SELECT ... FROM foreign tables, in bulk.
 *
 * PostgreSQL inserts the rows of a SELECT one by one; only COPY writes many at
 * a time.  Where all tables of the SELECT are foreign tables of one server,
 * the planner asks their wrapper for a plan of the whole statement (upper
 * relation UPPERREL_FINAL).  If bulk_insert.c has no objection to the target,
 * that plan is a ForeignScan without a relation, in the place of ModifyTable:
 * it runs the SELECT below it and returns no rows.
 *
 * The executor knows nothing of it: the target is in the range table, so that
 * it is locked and its privileges are checked as ever, and a plan is made anew
 * when the target changes.
 *
 * Taken for plain statements only: no RETURNING, ON CONFLICT, WITH CHECK OPTION,
 * data-modifying WITH, nor volatile functions, which might look at the table
 * while it is filled.  The setting sqlite_fdw_migrate.enable_bulk_insert
 * switches it off.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/table.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/planmain.h"
#include "optimizer/tlist.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "fdw.h"

/* Members of ForeignScan.fdw_private */
enum InsertPrivate
{
	PRIVATE_TARGET,				/* Integer: range table index */
	PRIVATE_MAY_FREEZE			/* Boolean: no expression looks at tables */
};

bool		sfm_enable_bulk_insert = true;

/* Executor state of one node. */
typedef struct InsertState
{
	ResultRelInfo *result;
	TupleTableSlot *row;		/* the target's */
	bool		may_freeze;
	bool		done;
} InsertState;

/*
 * sfm_define_settings
 *		Defines the setting; called once per backend.
 */
void
sfm_define_settings(void)
{
	DefineCustomBoolVariable("sqlite_fdw_migrate.enable_bulk_insert",
							 "Enables the planner's use of bulk insertion for INSERT ... SELECT from SQLite.",
							 NULL,
							 &sfm_enable_bulk_insert,
							 true,
							 PGC_USERSET,
							 GUC_EXPLAIN,
							 NULL, NULL, NULL);
	MarkGUCPrefixReserved("sqlite_fdw_migrate");
}

/* ------------------------------------------------------------------------
 * Planning
 * ------------------------------------------------------------------------
 */

/* What checks_domain() looks for. */
typedef struct DomainSearch
{
	SfmContainsFunction contains;
} DomainSearch;

/*
 * checks_domain
 *		Is there a domain whose CHECK contains what we look for: one that a
 *		value is cast to, or that a column of a foreign table has?
 */
static bool
checks_domain(Node *node, DomainSearch *search)
{
	if (node == NULL)
		return false;
	if (IsA(node, RangeTblEntry))
	{
		RangeTblEntry *entry = (RangeTblEntry *) node;
		Relation	relation;
		bool		result;

		if (entry->rtekind != RTE_RELATION ||
			entry->relkind != RELKIND_FOREIGN_TABLE)
			return false;
		relation = table_open(entry->relid, NoLock);
		result = sfm_has_domain_check(relation, search->contains);
		table_close(relation, NoLock);
		return result;
	}
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, checks_domain, search,
								 QTW_EXAMINE_RTES_BEFORE);
	if (IsA(node, CoerceToDomain) &&
		sfm_domain_has_check(((CoerceToDomain *) node)->resulttype,
							 search->contains))
		return true;
	return expression_tree_walker(node, checks_domain, search);
}

/*
 * calls_volatile
 *		May the rows that are there already be seen by what computes the next
 *		one?  A sub-SELECT that has become a plan of its own is not in the
 *		expressions any more.
 */
static bool
calls_volatile(PlannerInfo *root)
{
	DomainSearch search = {contain_volatile_functions};
	ListCell   *cell;

	if (contain_volatile_functions_not_nextval((Node *) root->processed_tlist) ||
		contain_volatile_functions((Node *) root->parse->jointree) ||
		checks_domain((Node *) root->parse, &search))
		return true;
	foreach(cell, root->glob->subroots)
	{
		Node	   *query = (Node *) lfirst_node(PlannerInfo, cell)->parse;

		if (contain_volatile_functions(query) || checks_domain(query, &search))
			return true;
	}
	return false;
}

/*
 * statement_fits
 *		Is it a plain INSERT ... SELECT, whose expressions may be computed while
 *		rows of it wait to be written?
 */
static bool
statement_fits(PlannerInfo *root)
{
	Query	   *parse = root->parse;

	return parse->commandType == CMD_INSERT &&
		root->query_level == 1 &&
		parse->canSetTag &&
		parse->returningList == NIL &&
		parse->onConflict == NULL &&
		parse->withCheckOptions == NIL &&
		!parse->hasModifyingCTE &&
		parse->rowMarks == NIL &&
		!calls_volatile(root);
}

/* Is a path the one that inserts the rows, and nothing else? */
static bool
is_plain_insert(const Path *path, Index target)
{
	const ModifyTablePath *modify = (const ModifyTablePath *) path;

	return IsA(path, ModifyTablePath) &&
		modify->operation == CMD_INSERT &&
		list_length(modify->resultRelations) == 1 &&
		linitial_int(modify->resultRelations) == target &&
		modify->rootRelation == 0;
}

/*
 * target_fits
 *		May the rows be written in bulk, as far as the target is concerned?
 */
static bool
target_fits(const RangeTblEntry *entry)
{
	Relation	target;
	bool		result;

	if (entry->rtekind != RTE_RELATION || entry->relkind != RELKIND_RELATION)
		return false;
	target = table_open(entry->relid, NoLock);
	result = sfm_bulk_obstacle(target) == NULL;
	table_close(target, NoLock);
	return result;
}

/*
 * looks_at_no_table
 *		Can no expression of the statement read a table?  Immutable ones cannot;
 *		a sequence is none.
 */
static bool
looks_at_no_table(PlannerInfo *root)
{
	Query	   *parse = root->parse;
	DomainSearch search = {contain_mutable_functions};
	ListCell   *cell;

	if (parse->hasSubLinks || root->glob->subplans != NIL ||
		contain_mutable_functions((Node *) parse->jointree) ||
		checks_domain((Node *) parse, &search))
		return false;
	foreach(cell, root->processed_tlist)
	{
		Expr	   *value = lfirst_node(TargetEntry, cell)->expr;

		if (!IsA(value, NextValueExpr) &&
			contain_mutable_functions((Node *) value))
			return false;
	}
	return true;
}

/*
 * sqliteGetForeignUpperPaths
 *		Offers to insert the rows of a SELECT from our tables.
 */
void
sqliteGetForeignUpperPaths(PlannerInfo *root, UpperRelationKind stage,
						   RelOptInfo *input_rel, RelOptInfo *output_rel,
						   void *extra)
{
	Index		target = root->parse->resultRelation;
	Path	   *insert = NULL;
	List	   *private;
	ListCell   *cell;

	if (stage != UPPERREL_FINAL || !sfm_enable_bulk_insert ||
		!statement_fits(root) ||
		!target_fits(planner_rt_fetch(target, root)))
		return;

	foreach(cell, output_rel->pathlist)
	{
		Path	   *path = lfirst(cell);

		if (is_plain_insert(path, target) &&
			(insert == NULL || path->total_cost < insert->total_cost))
			insert = path;
	}
	if (insert == NULL)
		return;

	/* in the order of enum InsertPrivate */
	private = list_make2(makeInteger(target),
						 makeBoolean(looks_at_no_table(root)));

	/*
	 * ModifyTable costs nothing beyond the SELECT in the planner's eyes, and
	 * so does this; so it is not offered beside the other, but in its place.
	 */
	insert = (Path *)
		sfm_create_foreign_upper_path(root, output_rel, output_rel->reltarget,
									  0, insert->startup_cost,
									  insert->total_cost,
									  ((ModifyTablePath *) insert)->subpath,
									  private);
	output_rel->pathlist = list_make1(insert);
}

/*
 * sfm_plan_bulk_insert
 *		The plan of such a path.
 */
ForeignScan *
sfm_plan_bulk_insert(PlannerInfo *root, ForeignPath *path, Plan *subplan)
{
	/* as PostgreSQL does below ModifyTable */
	apply_tlist_labeling(subplan->targetlist, root->processed_tlist);

	/* it would do so with this node, too, which has no columns */
	root->processed_tlist = NIL;
	return make_foreignscan(NIL, NIL, 0, NIL, path->fdw_private, NIL, NIL,
							subplan);
}

/* ------------------------------------------------------------------------
 * Execution
 * ------------------------------------------------------------------------
 */

static Index
target_index(const ForeignScan *plan)
{
	return intVal(list_nth(plan->fdw_private, PRIVATE_TARGET));
}

/*
 * sfm_begin_bulk_insert
 *		Opens the target and its indexes.
 */
void
sfm_begin_bulk_insert(ForeignScanState *node, int eflags)
{
	ForeignScan *plan = castNode(ForeignScan, node->ss.ps.plan);
	EState	   *estate = node->ss.ps.state;
	InsertState *state = palloc0_object(InsertState);
	Relation	target;

	node->fdw_state = state;
	state->may_freeze = boolVal(list_nth(plan->fdw_private, PRIVATE_MAY_FREEZE));
	state->result = makeNode(ResultRelInfo);
	ExecInitResultRelation(estate, state->result, target_index(plan));
	target = state->result->ri_RelationDesc;
	if (eflags & EXEC_FLAG_EXPLAIN_ONLY)
		return;

	ExecOpenIndices(state->result, false);
	state->row = ExecInitExtraTupleSlot(estate, RelationGetDescr(target),
										&TTSOpsVirtual);
	state->row->tts_tableOid = RelationGetRelid(target);
}

/* Makes a row of the target from one of the SELECT, which has its columns. */
static void
fill_row(TupleTableSlot *row, TupleTableSlot *selected)
{
	int			natts = row->tts_tupleDescriptor->natts;

	slot_getallattrs(selected);
	ExecClearTuple(row);
	memcpy(row->tts_values, selected->tts_values, natts * sizeof(Datum));
	memcpy(row->tts_isnull, selected->tts_isnull, natts * sizeof(bool));
	ExecStoreVirtualTuple(row);
}

/* Says which row an error belongs to. */
static void
insert_context(void *argument)
{
	SfmBulkInsert *bulk = *(SfmBulkInsert **) argument;
	int64		number = sfm_bulk_row_number(bulk);

	if (number > 0)
		errcontext("bulk insertion of row " INT64_FORMAT, number);
}

/*
 * is_on_its_own
 *		Is there no other snapshot than the statement's?  A function may have
 *		run it for a query that looks at the table later, by another function:
 *		that query must not see rows that came after it has begun.
 */
static bool
is_on_its_own(void)
{
	InvalidateCatalogSnapshot();
	return ThereAreNoPriorRegisteredSnapshots();
}

/*
 * sfm_run_bulk_insert
 *		Inserts all rows; returns the node's empty slot.
 */
TupleTableSlot *
sfm_run_bulk_insert(ForeignScanState *node)
{
	InsertState *state = node->fdw_state;
	EState	   *estate = node->ss.ps.state;
	PlanState  *select = outerPlanState(node);
	SfmBulkInsert *bulk;
	ErrorContextCallback context = {
		.callback = insert_context,
		.arg = &bulk,
	};
	TupleTableSlot *selected;
	int64		row_number = 0;

	if (state->done)
		return ExecClearTuple(node->ss.ss_ScanTupleSlot);
	state->done = true;

	bulk = sfm_bulk_begin(estate, state->result,
						  state->may_freeze && is_on_its_own() ? 1 : 0);
	for (;;)
	{
		ResetPerTupleExprContext(estate);
		selected = ExecProcNode(select);
		if (TupIsNull(selected))
			break;
		fill_row(state->row, selected);
		context.previous = error_context_stack;
		error_context_stack = &context;
		sfm_bulk_put(bulk, state->row, ++row_number);
		error_context_stack = context.previous;
	}
	sfm_bulk_end(bulk);
	estate->es_processed += sfm_bulk_rows(bulk);
	return ExecClearTuple(node->ss.ss_ScanTupleSlot);
}

/*
 * sfm_explain_bulk_insert
 *		Shows the target: this node stands where "Insert on" would.
 */
void
sfm_explain_bulk_insert(ForeignScanState *node, ExplainState *es)
{
	InsertState *state = node->fdw_state;
	Relation	target = state->result->ri_RelationDesc;
	const char *name = quote_identifier(RelationGetRelationName(target));

	if (es->verbose)
		name = quote_qualified_identifier(get_namespace_name(RelationGetNamespace(target)),
										  RelationGetRelationName(target));

	ExplainPropertyText("Bulk Insert on", name, es);
}
