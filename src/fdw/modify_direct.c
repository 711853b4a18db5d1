/*-------------------------------------------------------------------------
 *
 * modify_direct.c
 *	  UPDATE and DELETE that SQLite runs as a whole.
 *
 * That is possible where SQLite selects exactly the rows that PostgreSQL would
 * (sfm_is_exact()), where none of them would be left out for a value that its
 * column cannot hold, and where the new values are the same for all rows.
 * PostgreSQL then has no row in its hands; RETURNING and triggers want them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/table.h"
#include "executor/executor.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/appendinfo.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "modify.h"
#include "pushdown.h"

/* Members of ForeignScan.fdw_private */
enum DirectPrivate
{
	DIRECT_SQL,					/* String: the statement, without condition */
	DIRECT_ATTNUMS,				/* integer List: columns that are set */
	DIRECT_WHERE,				/* see SfmScanQuery.where */
	DIRECT_VALUES,				/* see SfmScanQuery.values */
	DIRECT_SCHEMA,				/* see SfmScanQuery.schema */
	DIRECT_COUNTS				/* Integer: rows count for the statement */
};

/* Executor state of one ForeignScan node that writes. */
typedef struct DirectState
{
	SfmScanQuery query;
	List	   *attnums;
	List	   *new_values;		/* of ExprState *, one for each of them */
	bool		counts;
	SfmModify  *modify;
	SfmBinding *binding;
	bool		done;
}			DirectState;

/* ------------------------------------------------------------------------
 * Planning
 * ------------------------------------------------------------------------
 */

/* Would every row be read, whatever its values are? */
static bool
skips_no_row(const SfmScanSource *source, Relation relation)
{
	TupleDesc	descriptor = RelationGetDescr(relation);

	for (AttrNumber attnum = 1; attnum <= descriptor->natts; attnum++)
	{
		SfmColumnOptions options;

		if (TupleDescAttr(descriptor, attnum - 1)->attisdropped)
			continue;
		sfm_column_options(source->relid, attnum, &source->options, &options);
		if (options.on_bad_value != SFM_BAD_VALUE_ERROR)
			return false;
	}
	return true;
}

/*
 * match_targets
 *		Finds the columns that an UPDATE sets, and their values; false if one
 *		of those depends on the row.
 */
static bool
match_targets(PlannerInfo *root, Index result_relation,
			  const SfmWrittenTable *target, List **attnums, List **values)
{
	List	   *entries;
	ListCell   *entry_cell;
	ListCell   *attnum_cell;

	get_translated_update_targetlist(root, result_relation, &entries,
									 attnums);
	*values = NIL;
	forboth(entry_cell, entries, attnum_cell, *attnums)
	{
		Node	   *value = (Node *) lfirst_node(TargetEntry, entry_cell)->expr;

		if (lfirst_int(attnum_cell) <= 0)
			elog(ERROR, "unexpected column of an UPDATE");
		sfm_require_settable(target, lfirst_int(attnum_cell));
		if (contain_var_clause(value) || contain_volatile_functions(value) ||
			contain_subplans(value))
			return false;
		*values = lappend(*values, value);
	}
	return *attnums != NIL;
}

/* Can a relation be written without PostgreSQL seeing its rows? */
static bool
is_candidate(ModifyTable *plan, const SfmScanSource *source,
			 Relation relation)
{
	/* who leaves the partition must be noticed */
	if (plan->operation == CMD_UPDATE && relation->rd_rel->relispartition)
		return false;
	return source->table != NULL && source->table->kind == SFM_KIND_TABLE &&
		source->options.updatable && skips_no_row(source, relation);
}

/*
 * sqlitePlanDirectModify
 *		Makes the scan below an UPDATE or DELETE one that writes, if possible.
 */
bool
sqlitePlanDirectModify(PlannerInfo *root, ModifyTable *plan,
					   Index resultRelation, int subplan_index)
{
	ForeignScan *scan = (ForeignScan *) outerPlan(plan);
	RelOptInfo *rel;
	SfmScanSource *source;
	Relation	relation;
	SfmWrittenTable *target;
	SfmScanQuery query = {0};
	List	   *attnums = NIL;
	List	   *values = NIL;

	if (plan->operation == CMD_INSERT || plan->returningLists != NIL ||
		!IsA(scan, ForeignScan) || scan->scan.scanrelid != resultRelation ||
		scan->operation != CMD_SELECT)
		return false;
	rel = find_base_rel(root, resultRelation);
	source = rel->fdw_private;
	relation = table_open(source->relid, NoLock);
	if (!is_candidate(plan, source, relation) ||
		!sfm_is_exact(root, source, rel, rel->baserestrictinfo))
	{
		table_close(relation, NoLock);
		return false;
	}
	target = sfm_target_open(relation);
	table_close(relation, NoLock);

	if (plan->operation == CMD_UPDATE &&
		!match_targets(root, resultRelation, target, &attnums, &values))
		return false;
	query.sql = sfm_deparse_direct(target, plan->operation, attnums);
	query.first_parameter = list_length(attnums);
	sfm_deparse_conditions(root, source, rel, rel->baserestrictinfo, &query);

	scan->operation = plan->operation;
	scan->resultRelation = resultRelation;
	scan->scan.plan.qual = NIL;
	scan->fdw_exprs = list_concat(query.expressions, values);

	/* in the order of enum DirectPrivate */
	scan->fdw_private = list_make5(makeString(query.sql), attnums,
								   query.where, query.values, query.schema);
	scan->fdw_private = lappend(scan->fdw_private,
								makeInteger(plan->canSetTag));
	return true;
}

/* ------------------------------------------------------------------------
 * Execution
 * ------------------------------------------------------------------------
 */

/* What sqlitePlanDirectModify() has put into a plan node. */
static void
read_plan(ForeignScan *plan, DirectState * state)
{
	SfmScanQuery *query = &state->query;

	query->sql = strVal(list_nth(plan->fdw_private, DIRECT_SQL));
	state->attnums = list_nth(plan->fdw_private, DIRECT_ATTNUMS);
	query->where = list_nth(plan->fdw_private, DIRECT_WHERE);
	query->values = list_nth(plan->fdw_private, DIRECT_VALUES);
	query->schema = list_nth(plan->fdw_private, DIRECT_SCHEMA);
	state->counts = intVal(list_nth(plan->fdw_private, DIRECT_COUNTS));
	query->first_parameter = list_length(state->attnums);
	query->expressions = plan->fdw_exprs;
}

/*
 * require_same_schema
 *		What SQLite would select now must be what it selected when the
 *		statement was planned.
 */
static void
require_same_schema(const SfmWrittenTable *target, const SfmScanQuery *query)
{
	if (query->schema == NIL ||
		sfm_conditions_hold(target->connection, target->options.table, query))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("table \"%s\" of SQLite database \"%s\" has changed since the statement was planned",
					target->table->name,
					sfm_database_name(target->connection)),
			 errhint("Try again, or plan the statement anew (DISCARD PLANS).")));
}

/*
 * sqliteBeginDirectModify
 *		Takes the file's write lock and prepares the statement's values.
 */
void
sqliteBeginDirectModify(ForeignScanState *node, int eflags)
{
	ForeignScan *plan = castNode(ForeignScan, node->ss.ps.plan);
	DirectState *state = palloc0(sizeof(DirectState));
	ListCell   *cell;

	read_plan(plan, state);
	node->fdw_state = state;
	if (eflags & EXEC_FLAG_EXPLAIN_ONLY)
		return;
	state->modify = sfm_modify_begin(NULL,
									 node->resultRelInfo->ri_RelationDesc);
	require_same_schema(sfm_modify_target(state->modify), &state->query);
	state->binding =
		sfm_binding_begin(&node->ss.ps,
						  sfm_modify_target(state->modify)->options.serverid,
						  &state->query);
	for_each_from(cell, plan->fdw_exprs, list_length(state->query.values))
		state->new_values = lappend(state->new_values,
									ExecInitExpr(lfirst(cell), &node->ss.ps));
}

/*
 * sqliteIterateDirectModify
 *		Runs the statement.  It gives no row.
 */
TupleTableSlot *
sqliteIterateDirectModify(ForeignScanState *node)
{
	DirectState *state = node->fdw_state;
	EState	   *estate = node->ss.ps.state;
	MemoryContext old_context;
	SfmReader  *reader;
	ListCell   *attnum_cell;
	ListCell   *value_cell;
	int			parameter = 1;
	int64		changed;

	if (state->done)
		return ExecClearTuple(node->ss.ss_ScanTupleSlot);
	old_context = MemoryContextSwitchTo(estate->es_query_cxt);
	reader = sfm_binding_start(state->binding);
	if (reader == NULL)
		elog(ERROR, "a value of a condition cannot be bound");
	forboth(attnum_cell, state->attnums, value_cell, state->new_values)
	{
		bool		is_null;
		Datum		datum = ExecEvalExpr(lfirst(value_cell),
										 node->ss.ps.ps_ExprContext, &is_null);

		sfm_bind_value(reader->statement, parameter++,
					   sfm_modify_convert(state->modify,
										  lfirst_int(attnum_cell), datum,
										  is_null));
	}
	changed = sfm_run_write(reader->statement);
	MemoryContextSwitchTo(old_context);
	state->done = true;
	if (state->counts)
		estate->es_processed += changed;
	if (node->ss.ps.instrument != NULL)
		node->ss.ps.instrument->tuplecount += changed;
	return ExecClearTuple(node->ss.ss_ScanTupleSlot);
}

/* Everything goes with the query's memory. */
void
sqliteEndDirectModify(ForeignScanState *node)
{
}

/*
 * sqliteExplainDirectModify
 *		Shows the statement.
 */
void
sqliteExplainDirectModify(ForeignScanState *node, ExplainState *es)
{
	DirectState *state = node->fdw_state;

	if (es->verbose)
		ExplainPropertyText("SQLite Statement", sfm_show_query(&state->query),
							es);
}
