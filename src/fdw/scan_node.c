/*-------------------------------------------------------------------------
 *
 * scan_node.c
 *	  The ForeignScan node: a scan of a foreign table in a plan.
 *
 * PostgreSQL promises that a statement sees the rows as they were when it
 * began, and that an open cursor does.  SQLite does not: what one statement of
 * a connection writes, another one may meet as it goes on reading.  So a scan
 * that is open when the first row is written is frozen: the rest of its rows
 * go into a tuplestore, from which it goes on; and all rows of the table, if
 * it may be asked to begin anew.  A statement that writes what it reads has read
 * all its rows by then (modify_plan.c), and nothing is left to be frozen.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/planmain.h"
#include "optimizer/restrictinfo.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/tuplestore.h"

#include "modify.h"
#include "pushdown.h"

/* Members of ForeignScan.fdw_private */
enum ScanPrivate
{
	PRIVATE_SQL,				/* String: the SELECT */
	PRIVATE_ATTNUMS,			/* integer List: attribute of each column */
	PRIVATE_KEY_NAMES,			/* List of String: see SfmScanQuery.key_names */
	PRIVATE_WHERE,				/* see SfmScanQuery.where */
	PRIVATE_VALUES,				/* see SfmScanQuery.values */
	PRIVATE_SCHEMA,				/* see SfmScanQuery.schema */
	PRIVATE_IDENTIFY			/* Integer: see SfmScanQuery.identify */
};

/* Executor state of one ForeignScan node. */
typedef struct ScanNodeState
{
	SfmScan    *scan;
	SfmConnection *connection;
	MemoryContext row_context;	/* reset for each row */
	SfmScanQuery query;
	SfmBinding *binding;		/* of a query with a condition, or NULL */
	bool		bound;			/* its values are those of this scan */
	SfmReader  *whole;			/* for values that cannot be bound, or NULL */
	MemoryContext context;		/* of the readers */
	SfmIdentities *identities;	/* of the rows, or NULL */
	SfmValue   *key_buffers;
	const SfmValue **key_values;

	/* where it is */
	bool		started;		/* a row was asked for since the beginning */
	bool		at_end;			/* and there was none left */
	bool		may_rescan;		/* it may be asked to begin anew */
	bool		has_parameters; /* and with other values then */

	/* for freeze_scan() */
	SfmOpenReader open;
	ResourceOwner owner;		/* of temporary files */
	bool		frozen;			/* rows come from "rows" */
	bool		broken;			/* that failed half-way */
	Tuplestorestate *rows;		/* NULL: there are none left */
	Tuplestorestate *all_rows;	/* for the next scan, or NULL */
	TupleTableSlot *frozen_slot;	/* the table's columns, and the ctid */
} ScanNodeState;

/*
 * sqliteGetForeignPlan
 *		Makes the plan node: which columns to read, by which SELECT.
 */
ForeignScan *
sqliteGetForeignPlan(PlannerInfo *root, RelOptInfo *baserel,
					 Oid foreigntableid, ForeignPath *best_path, List *tlist,
					 List *scan_clauses, Plan *outer_plan)
{
	SfmScanSource *source = baserel->fdw_private;
	Bitmapset  *attributes = NULL;
	SfmScanQuery query;
	List	   *key_names = NIL;
	List	   *private;
	ListCell   *cell;

	if (IS_UPPER_REL(baserel))
		return sfm_plan_bulk_insert(root, best_path, outer_plan);

	pull_varattnos((Node *) baserel->reltarget->exprs, baserel->relid,
				   &attributes);
	foreach(cell, scan_clauses)
		pull_varattnos((Node *) lfirst_node(RestrictInfo, cell)->clause,
					   baserel->relid, &attributes);
	sfm_deparse_scan(foreigntableid, attributes, source->table, &query);
	query.identify = root->parse->commandType != CMD_SELECT &&
		bms_is_member(SelfItemPointerAttributeNumber -
					  FirstLowInvalidHeapAttributeNumber, attributes);
	if (best_path->fdw_private != NIL)
		sfm_deparse_conditions(root, source, baserel, scan_clauses, &query);

	/* in the order of enum ScanPrivate */
	foreach(cell, query.key_names)
		key_names = lappend(key_names, makeString(lfirst(cell)));
	private = list_make5(makeString(query.sql), query.attnums, key_names,
						 query.where, query.values);
	private = lappend(private, query.schema);
	private = lappend(private, makeInteger(query.identify));

	/* PostgreSQL looks at all conditions again: see pushdown.c */
	return make_foreignscan(tlist,
							extract_actual_clauses(scan_clauses, false),
							baserel->relid, query.expressions, private, NIL,
							NIL, outer_plan);
}

/* What sqliteGetForeignPlan() has put into a plan node. */
static void
plan_query(const ForeignScan *plan, SfmScanQuery *query)
{
	ListCell   *cell;

	query->sql = strVal(list_nth(plan->fdw_private, PRIVATE_SQL));
	query->attnums = list_nth(plan->fdw_private, PRIVATE_ATTNUMS);
	query->key_names = NIL;
	foreach(cell, list_nth(plan->fdw_private, PRIVATE_KEY_NAMES))
		query->key_names = lappend(query->key_names, strVal(lfirst(cell)));
	query->where = list_nth(plan->fdw_private, PRIVATE_WHERE);
	query->values = list_nth(plan->fdw_private, PRIVATE_VALUES);
	query->schema = list_nth(plan->fdw_private, PRIVATE_SCHEMA);
	query->identify = intVal(list_nth(plan->fdw_private, PRIVATE_IDENTIFY));
	query->expressions = plan->fdw_exprs;
}

/*
 * begin_writing
 *		Takes the write lock of the file before the first row is read, if the
 *		statement will write to it: what is read cannot be out of date then.
 */
static void
begin_writing(EState *estate, Oid serverid)
{
	ListCell   *cell;

	foreach(cell, estate->es_plannedstmt->resultRelations)
	{
		Oid			relid = exec_rt_fetch(lfirst_int(cell), estate)->relid;
		SfmTableOptions written;

		if (!sfm_is_foreign_table(relid) ||
			GetForeignTable(relid)->serverid != serverid)
			continue;
		sfm_table_options(relid, &written);
		sfm_begin_write(sfm_server_connection(serverid), written.table);
	}
}

/*
 * begin_query
 *		Begins the scan of a node, with a condition if it has one.
 */
static SfmScan *
begin_query(ForeignScanState *node, ScanNodeState *state)
{
	Relation	relation = node->ss.ss_currentRelation;
	SfmScanQuery *query = &state->query;
	SfmTableOptions options;

	state->context = CurrentMemoryContext;
	sfm_table_options(RelationGetRelid(relation), &options);
	begin_writing(node->ss.ps.state, options.serverid);
	state->connection = sfm_server_connection(options.serverid);
	if (query->where != NIL)
	{
		/* who keeps account of bad values sees those of all rows */
		if (sfm_has_bad_value_sink(RelationGetRelid(relation)) ||
			!sfm_conditions_hold(state->connection, options.table, query))
			query->where = NIL;
		else
			state->binding = sfm_binding_begin(&node->ss.ps,
											   options.serverid, query);
	}
	return sfm_scan_begin(relation, NULL, query);
}

/*
 * open_whole
 *		A reader of the whole table, at its beginning.
 */
static SfmReader *
open_whole(ForeignScanState *node, ScanNodeState *state)
{
	Relation	relation = node->ss.ss_currentRelation;
	MemoryContext old_context;
	SfmTableOptions options;

	if (state->whole != NULL)
	{
		sfm_reader_rewind(state->whole);
		return state->whole;
	}
	old_context = MemoryContextSwitchTo(state->context);
	sfm_table_options(RelationGetRelid(relation), &options);
	state->whole = sfm_scan_open_reader(relation, &options, &state->query);
	MemoryContextSwitchTo(old_context);
	return state->whole;
}

/*
 * use_binding
 *		Reads what the condition's present values select, or the whole table if
 *		SQLite cannot compare with them.
 */
static void
use_binding(ForeignScanState *node, ScanNodeState *state)
{
	SfmReader  *reader = sfm_binding_start(state->binding);

	if (reader == NULL)
		reader = open_whole(node, state);
	sfm_scan_use(state->scan, reader);
	state->bound = true;
}

/* Tells by the ctid which row of SQLite the present one is. */
static void
identify_row(ScanNodeState *state, ItemPointer ctid)
{
	int			nkeys = list_length(state->query.key_names);

	for (int i = 0; i < nkeys; i++)
		state->key_values[i] = sfm_scan_read_key(state->scan, i,
												 &state->key_buffers[i]);
	sfm_identity_set(state->identities, state->key_values, ctid);
}

/* ------------------------------------------------------------------------
 * Freezing
 * ------------------------------------------------------------------------
 */

/* Makes the slot of a frozen scan: the table's columns and the ctid. */
static void
make_frozen_slot(ForeignScanState *node, ScanNodeState *state)
{
	TupleDesc	relation = RelationGetDescr(node->ss.ss_currentRelation);
	TupleDesc	descriptor = CreateTemplateTupleDesc(relation->natts + 1);

	for (int i = 1; i <= relation->natts; i++)
		TupleDescCopyEntry(descriptor, i, relation, i);
	TupleDescInitEntry(descriptor, relation->natts + 1, "ctid", TIDOID, -1,
					   0);
	state->frozen_slot = MakeSingleTupleTableSlot(descriptor,
												  &TTSOpsMinimalTuple);
}

/* Reads all that is left of the scan. */
static Tuplestorestate *
store_rows(ForeignScanState *node, ScanNodeState *state)
{
	TupleDesc	descriptor = state->frozen_slot->tts_tupleDescriptor;
	int			natts = descriptor->natts;
	Tuplestorestate *rows = tuplestore_begin_heap(false, false, work_mem);
	Datum	   *values = palloc0_array(Datum, natts);
	bool	   *nulls = palloc0_array(bool, natts);
	ItemPointerData ctid;
	MemoryContext row_context;

	ItemPointerSetInvalid(&ctid);
	values[natts - 1] = PointerGetDatum(&ctid);
	row_context = AllocSetContextCreate(CurrentMemoryContext,
										"sqlite_fdw_migrate frozen row",
										ALLOCSET_DEFAULT_SIZES);
	for (;;)
	{
		MemoryContext old_context;
		bool		found;

		MemoryContextReset(row_context);
		old_context = MemoryContextSwitchTo(row_context);
		found = sfm_scan_next(state->scan, values, nulls);
		if (found && state->identities != NULL)
			identify_row(state, &ctid);
		MemoryContextSwitchTo(old_context);
		if (!found)
			break;
		tuplestore_putvalues(rows, descriptor, values, nulls);
		CHECK_FOR_INTERRUPTS();
	}
	MemoryContextDelete(row_context);
	pfree(values);
	pfree(nulls);
	return rows;
}

/* Goes to the beginning, for freeze_scan(). */
static void
begin_anew(ForeignScanState *node, ScanNodeState *state)
{
	if (state->has_parameters)
		sfm_scan_use(state->scan, open_whole(node, state));
	else if (state->binding != NULL)
		use_binding(node, state);
	else
		sfm_scan_rewind(state->scan);
}

/*
 * freeze_scan
 *		Reads what is left to be read, before a row is written: an
 *		SfmOpenReader's callback.
 *
 *		The present row's values may be in use by an expression that is being
 *		evaluated just now: they stay.  With parameters, of which nobody knows
 *		the values to come, the whole table is kept; PostgreSQL looks at the
 *		conditions again.
 */
static void
freeze_scan(void *argument)
{
	ForeignScanState *node = argument;
	ScanNodeState *state = node->fdw_state;
	MemoryContext old_context = MemoryContextSwitchTo(state->context);
	ResourceOwner old_owner = CurrentResourceOwner;
	SfmReader  *reader;

	CurrentResourceOwner = state->owner;
	state->broken = true;
	make_frozen_slot(node, state);
	sfm_scan_keep_row(state->scan);
	if (!state->at_end && (state->started || !state->has_parameters))
	{
		if (!state->started)
			begin_anew(node, state);
		state->rows = store_rows(node, state);
	}
	if (state->may_rescan && state->started)
	{
		begin_anew(node, state);
		state->all_rows = store_rows(node, state);
	}
	else if (!state->started)
	{
		if (state->rows == NULL)
		{
			begin_anew(node, state);
			state->rows = store_rows(node, state);
		}
		state->all_rows = state->rows;
	}

	/* SQLite need not keep its place any more */
	reader = sfm_scan_reader(state->scan);
	if (reader != NULL)
		sfm_reader_rewind(reader);
	state->frozen = true;
	state->broken = false;
	CurrentResourceOwner = old_owner;
	MemoryContextSwitchTo(old_context);
}

/*
 * next_frozen_row
 *		The next row of a frozen scan; an empty slot at the end.
 *
 *		A row that comes from a file belongs to its slot, and so must not be in
 *		the memory of one row only, which is current here.
 */
static void
next_frozen_row(ScanNodeState *state, TupleTableSlot *slot)
{
	TupleTableSlot *frozen = state->frozen_slot;
	int			natts = slot->tts_tupleDescriptor->natts;
	MemoryContext old_context = MemoryContextSwitchTo(state->context);
	bool		found = state->rows != NULL &&
	tuplestore_gettupleslot(state->rows, true, false, frozen);

	MemoryContextSwitchTo(old_context);
	if (!found)
		return;
	slot_getallattrs(frozen);
	memcpy(slot->tts_values, frozen->tts_values, natts * sizeof(Datum));
	memcpy(slot->tts_isnull, frozen->tts_isnull, natts * sizeof(bool));
	ExecStoreVirtualTuple(slot);
	slot->tts_tid = *(ItemPointer) DatumGetPointer(frozen->tts_values[natts]);
}

/*
 * sfm_scan_nodes_done
 *		Nothing more will be asked of the ForeignScan nodes below this one:
 *		they need not be frozen.
 */
static bool
mark_done(PlanState *node, void *argument)
{
	if (node == NULL)
		return false;
	if (sfm_is_scan_node(node))
	{
		ScanNodeState *state = ((ForeignScanState *) node)->fdw_state;

		if (state != NULL)
			sfm_reader_closed(&state->open);
	}
	return planstate_tree_walker(node, mark_done, argument);
}

void
sfm_scan_nodes_done(PlanState *node)
{
	(void) mark_done(node, NULL);
}

/* Is it a ForeignScan node of ours that reads? */
bool
sfm_is_scan_node(PlanState *node)
{
	return IsA(node, ForeignScanState) &&
		((ForeignScanState *) node)->fdwroutine->BeginForeignScan ==
		sqliteBeginForeignScan &&
		((ForeignScan *) node->plan)->operation == CMD_SELECT &&
		((Scan *) node->plan)->scanrelid > 0;
}

/* The identities of the rows that a node gives, or NULL. */
SfmIdentities *
sfm_scan_node_identities(PlanState *node)
{
	ScanNodeState *state = ((ForeignScanState *) node)->fdw_state;

	return state != NULL ? state->identities : NULL;
}

/* ------------------------------------------------------------------------
 * The life of a node
 * ------------------------------------------------------------------------
 */

/*
 * sqliteBeginForeignScan
 *		Chooses the reader and the converters.
 *
 *		Statements in WITH that write run at the same time as the rest, which
 *		must not see what they have written: all rows are read at once.
 */
void
sqliteBeginForeignScan(ForeignScanState *node, int eflags)
{
	ForeignScan *plan = castNode(ForeignScan, node->ss.ps.plan);
	EState	   *estate = node->ss.ps.state;
	ScanNodeState *state;
	SfmScanQuery *query;

	if (plan->scan.scanrelid == 0)
	{
		sfm_begin_bulk_insert(node, eflags);
		return;
	}
	state = palloc0_object(ScanNodeState);
	query = &state->query;
	plan_query(plan, query);
	node->fdw_state = state;
	if (eflags & EXEC_FLAG_EXPLAIN_ONLY)
		return;

	state->scan = begin_query(node, state);
	state->row_context =
		AllocSetContextCreate(estate->es_query_cxt,
							  "sqlite_fdw_migrate row",
							  ALLOCSET_DEFAULT_SIZES);
	if (query->identify)
	{
		int			nkeys = list_length(query->key_names);

		state->identities = sfm_identities_create(nkeys);
		state->key_buffers = palloc_array(SfmValue, nkeys);
		state->key_values = palloc_array(const SfmValue *, nkeys);
	}
	state->owner = CurrentResourceOwner;
	state->has_parameters = !bms_is_empty(plan->scan.plan.allParam);
	state->may_rescan = state->has_parameters ||
		(eflags & (EXEC_FLAG_REWIND | EXEC_FLAG_BACKWARD)) != 0;
	state->open.freeze = freeze_scan;
	state->open.argument = node;
	if (estate->es_plannedstmt->hasModifyingCTE &&
		sfm_is_writing(state->connection))
		freeze_scan(node);
	else
		sfm_reader_opened(state->connection, &state->open);
}

/*
 * sqliteIterateForeignScan
 *		The next row, in the scan's slot; an empty slot at the end.
 */
TupleTableSlot *
sqliteIterateForeignScan(ForeignScanState *node)
{
	ScanNodeState *state = node->fdw_state;
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;
	MemoryContext old_context;
	ItemPointerData ctid;
	bool		found;

	if (node->ss.ss_currentRelation == NULL)
		return sfm_run_bulk_insert(node);
	ExecClearTuple(slot);
	if (state->broken)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the rows of foreign table \"%s\" could not be kept as they were",
						RelationGetRelationName(node->ss.ss_currentRelation)),
				 errdetail("An error occurred while they were read, before the SQLite database was written.")));
	if (state->frozen)
	{
		next_frozen_row(state, slot);
		return slot;
	}
	if (state->binding != NULL && !state->bound)
		use_binding(node, state);
	state->started = true;
	MemoryContextReset(state->row_context);
	old_context = MemoryContextSwitchTo(state->row_context);
	found = sfm_scan_next(state->scan, slot->tts_values, slot->tts_isnull);
	if (found && state->identities != NULL)
		identify_row(state, &ctid);
	MemoryContextSwitchTo(old_context);
	state->at_end = !found;
	if (!found)
		return slot;
	ExecStoreVirtualTuple(slot);
	if (state->identities != NULL)
		slot->tts_tid = ctid;
	return slot;
}

/*
 * sqliteReScanForeignScan
 *		Begins anew.
 */
void
sqliteReScanForeignScan(ForeignScanState *node)
{
	ScanNodeState *state = node->fdw_state;

	state->may_rescan = true;
	if (state->frozen)
	{
		if (state->all_rows == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("cannot read foreign table \"%s\" again in a query during which it was written",
							RelationGetRelationName(node->ss.ss_currentRelation))));
		state->rows = state->all_rows;
		tuplestore_rescan(state->rows);
		return;
	}

	/* the values may be others by now */
	state->started = state->at_end = false;
	if (state->binding != NULL)
		state->bound = false;
	else
		sfm_scan_rewind(state->scan);
}

/*
 * sqliteEndForeignScan
 *		Releases what the scan holds.
 */
void
sqliteEndForeignScan(ForeignScanState *node)
{
	ScanNodeState *state = node->fdw_state;

	if (node->ss.ss_currentRelation == NULL ||
		state == NULL || state->scan == NULL)
		return;
	sfm_reader_closed(&state->open);
	sfm_scan_end(state->scan);
	if (state->identities != NULL)
		sfm_identities_end(state->identities);
	if (state->frozen_slot != NULL)
	{
		ExecDropSingleTupleTableSlot(state->frozen_slot);
		if (state->rows != NULL && state->rows != state->all_rows)
			tuplestore_end(state->rows);
		if (state->all_rows != NULL)
			tuplestore_end(state->all_rows);
	}
}

/*
 * explain_reader
 *		Shows the reader, and with ANALYZE what it has read, or why the option
 *		"auto" did not choose the pages.
 */
static void
explain_reader(const SfmReader *reader, ExplainState *es)
{
	ExplainPropertyText("SQLite Reader",
						reader->pages != NULL ? "pages" : "sqlite", es);
	if (!es->analyze)
		return;
	if (reader->pages != NULL)
		ExplainPropertyInteger("SQLite Pages Read", NULL,
							   (int64) sfm_reader_pages_read(reader), es);
	else if (reader->refusal != NULL)
		ExplainPropertyText("SQLite Pages Not Read", reader->refusal, es);
}

/*
 * sqliteExplainForeignScan
 *		Shows the table and the reader, and with VERBOSE the SELECT that SQLite
 *		runs, or would.
 */
void
sqliteExplainForeignScan(ForeignScanState *node, ExplainState *es)
{
	ScanNodeState *state = node->fdw_state;
	Relation	relation = node->ss.ss_currentRelation;
	SfmTableOptions options;

	if (relation == NULL)
	{
		sfm_explain_bulk_insert(node, es);
		return;
	}
	sfm_table_options(RelationGetRelid(relation), &options);
	ExplainPropertyText("SQLite Table", options.table, es);
	if (state->query.where != NIL &&
		(state->scan == NULL || sfm_scan_reader(state->scan) == NULL))
		ExplainPropertyText("SQLite Reader", "sqlite", es);
	else if (state->scan != NULL)
		explain_reader(sfm_scan_reader(state->scan), es);
	else
	{
		/* begun only to see which one it would be */
		SfmReader  *reader;

		reader = sfm_scan_open_reader(relation, &options, &state->query);
		explain_reader(reader, es);
		sfm_reader_end(reader);
	}
	if (es->verbose)
		ExplainPropertyText("SQLite Query", sfm_show_query(&state->query), es);
}
