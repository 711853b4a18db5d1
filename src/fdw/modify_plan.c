/*-------------------------------------------------------------------------
 *
 * modify_plan.c
 *	  Planning statements that write to foreign tables.
 *
 * A row is identified by its ctid (identity.c), so that the key's columns need
 * not be part of the foreign table.
 *
 * An INSERT sends the columns that the statement names, and those that have a
 * default in the foreign table: SQLite gives all others its own default, and a
 * rowid.  An UPDATE sends the columns that it sets.
 *
 * A statement must not see what it writes itself, as a SQLite connection would
 * do: it would update a row again that has moved in an index, or join it with
 * rows updated already.  So a plan that reads from the file that it writes to
 * gets a Sort on top, by a constant, which reads all rows before it gives the
 * first one, in their order, and takes no more memory than work_mem.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "optimizer/appendinfo.h"
#include "optimizer/inherit.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/planmain.h"
#include "parser/parsetree.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "modify.h"

/* Operators of pg_operator.dat that have no macro in PostgreSQL 15 */
#define INT4_EQUAL 96
#define INT4_LESS 97

/* Name of the column by which all rows are collected */
#define COLLECT_COLUMN "sqlite_fdw_migrate collect"

/*
 * sqliteIsForeignRelUpdatable
 *		By the options only: information_schema asks, too, of all tables.
 *		What is no table in SQLite is refused when a statement is planned.
 */
int
sqliteIsForeignRelUpdatable(Relation rel)
{
	SfmTableOptions options;

	sfm_table_options(RelationGetRelid(rel), &options);
	return options.updatable ?
		(1 << CMD_INSERT) | (1 << CMD_UPDATE) | (1 << CMD_DELETE) : 0;
}

/*
 * sqliteAddForeignUpdateTargets
 *		Asks the scan for what identifies a row.
 */
void
sqliteAddForeignUpdateTargets(PlannerInfo *root, Index rtindex,
							  RangeTblEntry *target_rte,
							  Relation target_relation)
{
	SfmWrittenTable  *target = sfm_target_open(target_relation);

	if (target->key_columns == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot update or delete rows of foreign table \"%s\"",
						target->relation_name),
				 errdetail("SQLite table \"%s\" has no primary key, and its columns hide the rowid.",
						   target->table->name)));
	add_row_identity_var(root,
						 makeVar(rtindex, SelfItemPointerAttributeNumber,
								 TIDOID, -1, InvalidOid, 0),
						 rtindex, "ctid");
}

/* ------------------------------------------------------------------------
 * Reading all rows first
 * ------------------------------------------------------------------------
 */

/* Does a query, or one below it, read from a server? */
static bool
reads_server(PlannerInfo *root, Oid serverid, Index except)
{
	check_stack_depth();
	for (int i = 1; i < root->simple_rel_array_size; i++)
	{
		RangeTblEntry *entry = root->simple_rte_array[i];
		RelOptInfo *rel = root->simple_rel_array[i];

		if (entry != NULL && i != except && entry->rtekind == RTE_RELATION &&
			entry->relkind == RELKIND_FOREIGN_TABLE &&
			GetForeignTable(entry->relid)->serverid == serverid)
			return true;
		if (rel != NULL && rel->subroot != NULL &&
			reads_server(rel->subroot, serverid, 0))
			return true;
	}
	return false;
}

/* Must all rows be read before the first is written? */
static bool
must_collect(PlannerInfo *root, ModifyTable *plan, Index result,
			 Oid serverid)
{
	ListCell   *cell;

	if (plan->operation != CMD_INSERT)
		return true;
	if (reads_server(root, serverid, result))
		return true;
	foreach(cell, root->glob->subroots)
	{
		if (lfirst(cell) != root && reads_server(lfirst(cell), serverid, 0))
			return true;
	}
	return false;
}

/* Has a plan's list of rows a child that writes itself, and returns them? */
static bool
returns_directly(ModifyTable *plan)
{
	ListCell   *cell;

	if (plan->returningLists == NIL || !IsA(outerPlan(plan), Append))
		return false;
	foreach(cell, ((Append *) outerPlan(plan))->appendplans)
	{
		if (IsA(lfirst(cell), ForeignScan) &&
			((ForeignScan *) lfirst(cell))->operation != CMD_SELECT)
			return true;
	}
	return false;
}

/* Is it the Sort that collect_rows() has made? */
static bool
is_collected(const Plan *plan)
{
	TargetEntry *last;

	if (!IsA(plan, Sort))
		return false;
	last = llast_node(TargetEntry, plan->targetlist);
	return last->resjunk && last->resname != NULL &&
		strcmp(last->resname, COLLECT_COLUMN) == 0;
}

/*
 * collect_rows
 *		Puts a Sort above what gives the rows of a statement.
 */
static void
collect_rows(ModifyTable *plan)
{
	Plan	   *subplan = outerPlan(plan);
	List	   *targets = list_copy(subplan->targetlist);
	SortGroupClause *clause = makeNode(SortGroupClause);
	TargetEntry *entry;
	Sort	   *sort;
	ListCell   *cell;

	entry = makeTargetEntry((Expr *) makeConst(INT4OID, -1, InvalidOid,
											   sizeof(int32),
											   Int32GetDatum(0), false, true),
							list_length(targets) + 1, pstrdup(COLLECT_COLUMN),
							true);
	entry->ressortgroupref = 1;
	foreach(cell, targets)
		entry->ressortgroupref =
		Max(entry->ressortgroupref,
			lfirst_node(TargetEntry, cell)->ressortgroupref + 1);
	subplan = change_plan_targetlist(subplan, lappend(targets, entry),
									 subplan->parallel_safe);

	clause->tleSortGroupRef = entry->ressortgroupref;
	clause->eqop = INT4_EQUAL;
	clause->sortop = INT4_LESS;
	sort = make_sort_from_sortclauses(list_make1(clause), subplan);
	sort->plan.startup_cost = subplan->total_cost;
	sort->plan.total_cost = subplan->total_cost;
	sort->plan.plan_rows = subplan->plan_rows;
	sort->plan.plan_width = subplan->plan_width;
	sort->plan.parallel_safe = false;
	outerPlan(plan) = &sort->plan;
}

/* ------------------------------------------------------------------------
 * Columns
 * ------------------------------------------------------------------------
 */

/* The columns that an INSERT names or that have a default. */
static List *
inserted_columns(PlannerInfo *root, const SfmWrittenTable *target)
{
	List	   *result = NIL;
	ListCell   *cell;

	foreach(cell, root->parse->targetList)
	{
		TargetEntry *entry = lfirst_node(TargetEntry, cell);

		if (entry->resjunk)
			continue;
		sfm_require_settable(target, entry->resno);
		result = lappend_int(result, entry->resno);
	}
	return result;
}

/*
 * updated_columns
 *		The columns that an UPDATE sets; all if a trigger may change others.
 */
static List *
updated_columns(PlannerInfo *root, Relation relation, Index result_relation,
				const SfmWrittenTable *target)
{
	TupleDesc	descriptor = RelationGetDescr(relation);
	Bitmapset  *updated;
	bool		all = relation->trigdesc != NULL &&
	relation->trigdesc->trig_update_before_row;
	List	   *result = NIL;

	updated = get_rel_all_updated_cols(root, find_base_rel(root,
														   result_relation));
	for (AttrNumber attnum = 1; attnum <= target->natts; attnum++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, attnum - 1);
		bool		is_updated =
		bms_is_member(attnum - FirstLowInvalidHeapAttributeNumber,
					  updated);

		if (attribute->attisdropped)
			continue;
		if (attribute->attgenerated == '\0' && is_updated)
			sfm_require_settable(target, attnum);
		if (target->columns[attnum - 1].attnum != 0 && (all || is_updated))
			result = lappend_int(result, attnum);
	}
	return result;
}

/*
 * sqlitePlanForeignModify
 *		Chooses the columns that are sent; see the file header.
 */
List	   *
sqlitePlanForeignModify(PlannerInfo *root, ModifyTable *plan,
						Index resultRelation, int subplan_index)
{
	RangeTblEntry *entry = planner_rt_fetch(resultRelation, root);
	Relation	relation = table_open(entry->relid, NoLock);
	SfmWrittenTable  *target = sfm_target_open(relation);
	SfmInsertConflict conflict = SFM_INSERT_ERROR;
	List	   *attnums = NIL;

	if (plan->operation == CMD_INSERT)
	{
		attnums = inserted_columns(root, target);
		conflict = plan->onConflictAction == ONCONFLICT_NOTHING ?
			SFM_INSERT_IGNORE : target->options.on_conflict;
	}
	else if (plan->operation == CMD_UPDATE)
		attnums = updated_columns(root, relation, resultRelation, target);
	table_close(relation, NoLock);

	if (!is_collected(outerPlan(plan)) && !returns_directly(plan) &&
		must_collect(root, plan, resultRelation, target->options.serverid))
		collect_rows(plan);

	/* in the order of enum SfmModifyPrivate */
	return list_make3(attnums, makeInteger(conflict),
					  makeInteger(is_collected(outerPlan(plan))));
}
