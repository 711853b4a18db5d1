/*-------------------------------------------------------------------------
 *
 * bulk_load.c
 *	  The fast way of sqlite_load(): rows go from the scan straight into the
 *	  heap, many at a time, as COPY FROM writes them.
 *
 * It comes to the same as the INSERT ... SELECT that load.c would run
 * otherwise: privileges, casts, defaults, identity, stored generated columns,
 * constraints, indexes and foreign keys, rows and errors.  Where it might not,
 * sfm_bulk_obstacle() says why, and the other way is taken: what a trigger, a
 * volatile default or a volatile CHECK does may depend on which rows of the
 * same statement the table holds already, and here that is a batch fewer.  Of
 * two errors in a file the other one may be met first, for the same reason.
 *
 * Frozen rows: COPY FREEZE wants that the table's storage was made in this
 * subtransaction, so that an abort takes it away, and that no other snapshot
 * of this session can look at it.  A function always runs under the snapshot
 * of the query that called it; instead of counting snapshots we ask that
 * nobody else in this session has the table open, and no cursor is open.
 * Other sessions cannot see the table, or its storage, before the commit;
 * with frozen rows a snapshot that is older than that sees them, where it
 * would see an empty table otherwise.  Whether WAL is written is decided by
 * PostgreSQL: not for storage made in this transaction if wal_level = minimal.
 *
 * Assumed in the whole file: both relations are open and locked until the end
 * of the transaction.  Memory of a row is gone with the row, or with its
 * batch.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/progress.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "executor/nodeModifyTable.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_relation.h"
#include "pgstat.h"
#include "rewrite/rewriteHandler.h"
#include "utils/backend_progress.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "migrate.h"

/*
 * A batch ends with so many rows or so many bytes, whichever comes first: it
 * should still be in the processor's cache when it is written.
 */
#define BATCH_ROWS 1000
#define BATCH_BYTES (64 * 1024)

/* A column of the target that takes a value of the scan as it is. */
typedef struct CopiedColumn
{
	int			from;			/* place in the foreign table, from 0 */
	int			to;				/* place in the target, from 0 */
} CopiedColumn;

/* A column of the target that is computed: a cast, or a default. */
typedef struct ComputedColumn
{
	int			from;			/* for messages: as above, or -1 */
	int			to;
	ExprState  *expression;		/* over the foreign table's row */
} ComputedColumn;

typedef struct BulkLoad
{
	/* both sides */
	Relation	source;
	Relation	target;
	SfmScan    *scan;
	EState	   *estate;
	ResultRelInfo *result;		/* the target, for the executor */
	TupleTableSlot *row;		/* the foreign table's */

	/* how a row becomes one of the target */
	int			ncopied;
	CopiedColumn *copied;
	int			ncomputed;
	ComputedColumn *computed;
	bool		generates;		/* there are stored generated columns */
	bool		constrained;	/* NOT NULL or CHECK */

	/* how the target is written */
	CommandId	command;
	int			options;		/* of table_multi_insert() */
	BulkInsertState state;
	bool		has_triggers;	/* of foreign keys, deferrable keys */

	/* the batch */
	int			nslots;			/* in use */
	TupleTableSlot *slots[BATCH_ROWS];	/* made when first needed */
	int64		row_numbers[BATCH_ROWS];
	Size		bytes;

	/* how far it is */
	bool		reports;		/* pg_stat_progress_copy is ours */
	double		estimate;		/* rows of the source; -1: not asked yet */
	uint64		rows;
	uint64		total_bytes;

	/* for the error context */
	int			current;		/* column of "row" that is cast, or -1 */
	bool		in_row;			/* the scan's present row is at work */
	int64		row_number;		/* else this one of the batch; 0: none */
} BulkLoad;

/* ------------------------------------------------------------------------
 * May it be used?
 * ------------------------------------------------------------------------
 */

/*
 * Extensions (Citus, TimescaleDB) that keep the rows of a table, to all
 * appearance an ordinary one, elsewhere, by a planner hook; and where they
 * list such tables.
 */
static const struct
{
	const char *schema;
	const char *catalog;
	const char *condition;		/* with a place for the table's OID */
}			hooked_tables[] = {
	{"pg_catalog", "pg_dist_partition",
	"logicalrelid::pg_catalog.oid OPERATOR(pg_catalog.=) %u"},
	{"_timescaledb_catalog", "hypertable",
		"(schema_name, table_name) OPERATOR(pg_catalog.=) "
		"(SELECT n.nspname, c.relname"
		" FROM pg_catalog.pg_class AS c, pg_catalog.pg_namespace AS n"
		" WHERE n.oid OPERATOR(pg_catalog.=) c.relnamespace"
	" AND c.oid OPERATOR(pg_catalog.=) %u)"},
};

/*
 * Is there such a list?  One that not a superuser has made is no extension's,
 * and might be a view that does something when it is read.
 */
static bool
list_exists(const char *schema, const char *name)
{
	Oid			namespace = get_namespace_oid(schema, true);
	Oid			relid;
	HeapTuple	tuple;
	Form_pg_class form;
	bool		result;

	if (!OidIsValid(namespace))
		return false;
	relid = get_relname_relid(name, namespace);
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	if (!HeapTupleIsValid(tuple))
		return false;
	form = (Form_pg_class) GETSTRUCT(tuple);
	result = form->relkind == RELKIND_RELATION && superuser_arg(form->relowner);
	ReleaseSysCache(tuple);
	return result;
}

/* Does an extension keep the rows of this table elsewhere? */
static bool
is_hooked(Relation target)
{
	for (int i = 0; i < lengthof(hooked_tables); i++)
	{
		StringInfoData sql;
		bool		isnull;

		if (!list_exists(hooked_tables[i].schema, hooked_tables[i].catalog))
			continue;
		initStringInfo(&sql);
		appendStringInfo(&sql, "SELECT EXISTS (SELECT FROM %s WHERE ",
						 quote_qualified_identifier(hooked_tables[i].schema,
													hooked_tables[i].catalog));
		appendStringInfo(&sql, hooked_tables[i].condition,
						 RelationGetRelid(target));
		appendStringInfoChar(&sql, ')');
		if (DatumGetBool(sfm_query_value(sql.data, BOOLOID, &isnull)))
			return true;
	}
	return false;
}

/* Are there triggers that do more than check keys? */
static bool
has_user_triggers(Relation target)
{
	TriggerDesc *triggers = target->trigdesc;

	if (triggers == NULL)
		return false;
	if (triggers->trig_insert_before_row ||
		triggers->trig_insert_instead_row ||
		triggers->trig_insert_before_statement ||
		triggers->trig_insert_after_statement ||
		triggers->trig_insert_new_table)
		return true;
	for (int i = 0; i < triggers->numtriggers; i++)
	{
		Trigger    *trigger = &triggers->triggers[i];

		if (TRIGGER_TYPE_MATCHES(trigger->tgtype, TRIGGER_TYPE_ROW,
								 TRIGGER_TYPE_AFTER, TRIGGER_TYPE_INSERT) &&
			!trigger->tgisinternal)
			return true;
	}
	return false;
}

/* Does a CHECK of the table call a volatile function? */
static bool
has_volatile_check(Relation target)
{
	TupleConstr *constraints = RelationGetDescr(target)->constr;

	for (int i = 0; constraints != NULL && i < constraints->num_check; i++)
	{
		if (contain_volatile_functions(stringToNode(constraints->check[i].ccbin)))
			return true;
	}
	return false;
}

/* Does a CHECK of a domain call a volatile function? */
static bool
domain_is_volatile(Oid type)
{
	DomainConstraintRef *domain = palloc0_object(DomainConstraintRef);
	ListCell   *cell;

	InitDomainConstraintRef(type, domain, CurrentMemoryContext, false);
	foreach(cell, domain->constraints)
	{
		DomainConstraintState *constraint = lfirst(cell);

		if (constraint->check_expr != NULL &&
			contain_volatile_functions((Node *) constraint->check_expr))
			return true;
	}
	return false;
}

/*
 * column_obstacle
 *		What a column of the target has that needs INSERT, or NULL.
 */
static const char *
column_obstacle(Relation target, Form_pg_attribute attribute, bool loaded)
{
	bool		is_domain = get_typtype(attribute->atttypid) == TYPTYPE_DOMAIN;
	Node	   *value;

	if (is_domain && domain_is_volatile(attribute->atttypid))
		return "a domain has a volatile constraint";
	if (loaded || attribute->attgenerated != '\0')
		return NULL;
	value = build_column_default(target, attribute->attnum);
	if (contain_volatile_functions_not_nextval(value))
		return "a default is volatile";

	/* NULL has to be checked, too */
	if (value == NULL && is_domain)
		return "a domain gets no value";
	return NULL;
}

/*
 * sfm_bulk_obstacle
 *		Why the rows of a foreign table must go into a table by INSERT ...
 *		SELECT; NULL if sfm_bulk_load() may write them.
 *
 *		sources[i] is the attribute of the foreign table that fills the
 *		target's attribute i + 1, or 0.
 */
const char *
sfm_bulk_obstacle(Relation source, Relation target, const AttrNumber *sources)
{
	TupleDesc	descriptor = RelationGetDescr(target);

	if (target->rd_rel->relkind != RELKIND_RELATION)
		return "it is not an ordinary table";
	if (target->rd_tableam != GetHeapamTableAmRoutine())
		return "it has another access method";
	if (target->rd_rel->relispartition)
		return "it is a partition";
	if (IsSystemRelation(target) || RELATION_IS_OTHER_TEMP(target))
		return "it is not an ordinary table";
	if (target->rd_rules != NULL)
		return "it has rules";
	if (has_user_triggers(target))
		return "it has triggers";
	if (check_enable_rls(RelationGetRelid(target), InvalidOid, true) == RLS_ENABLED)
		return "row-level security is on";
	if (has_volatile_check(target))
		return "a constraint is volatile";
	if (is_hooked(target))
		return "an extension keeps its rows";
	if (source->rd_rel->relhassubclass)
		return "the foreign table has children";
	/* PostgreSQL knows what may be written then */
	if (XactReadOnly)
		return "the transaction is read-only";

	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
		const char *obstacle;

		if (attribute->attisdropped)
			continue;
		obstacle = column_obstacle(target, attribute, sources[i] != 0);
		if (obstacle != NULL)
			return obstacle;
	}
	return NULL;
}

/* ------------------------------------------------------------------------
 * Preparations
 * ------------------------------------------------------------------------
 */

/*
 * open_for_insert
 *		Checks the privileges, as INSERT ... SELECT does, and gives the target
 *		to the executor.
 */
static void
open_for_insert(BulkLoad *load, const AttrNumber *sources)
{
	ParseState *pstate = make_parsestate(NULL);
	ParseNamespaceItem *target;
	ParseNamespaceItem *source;
	SfmPermissions *permissions;

	target = addRangeTableEntryForRelation(pstate, load->target,
										   RowExclusiveLock, NULL, false, false);
	source = addRangeTableEntryForRelation(pstate, load->source,
										   AccessShareLock, NULL, false, true);
	permissions = sfm_permissions(target);
	permissions->requiredPerms = ACL_INSERT;
	for (int i = 0; i < RelationGetNumberOfAttributes(load->target); i++)
	{
		if (sources[i] == 0)
			continue;
		permissions->insertedCols =
			bms_add_member(permissions->insertedCols,
						   i + 1 - FirstLowInvalidHeapAttributeNumber);
		sfm_permissions(source)->selectedCols =
			bms_add_member(sfm_permissions(source)->selectedCols,
						   sources[i] - FirstLowInvalidHeapAttributeNumber);
	}
	sfm_check_permissions(pstate);

	sfm_init_range_table(load->estate, pstate, 1);
	load->result = makeNode(ResultRelInfo);
	ExecInitResultRelation(load->estate, load->result, 1);
	ExecOpenIndices(load->result, false);
}

/*
 * column_expression
 *		The value of a column of the target that the foreign table fills, cast
 *		as INSERT casts it.  A Var if there is nothing to cast.
 */
static Node *
column_expression(const BulkLoad *load, Form_pg_attribute to,
				  AttrNumber source)
{
	Form_pg_attribute from = TupleDescAttr(RelationGetDescr(load->source),
										   source - 1);
	Node	   *value = (Node *) makeVar(1, source, from->atttypid,
										 from->atttypmod, from->attcollation,
										 0);

	value = coerce_to_target_type(NULL, value, from->atttypid, to->atttypid,
								  to->atttypmod, COERCION_ASSIGNMENT,
								  COERCE_IMPLICIT_CAST, -1);
	if (value == NULL)
		elog(ERROR, "no cast to the type of column \"%s\"",
			 NameStr(to->attname));
	/* another name for the same bytes */
	while (IsA(value, RelabelType))
		value = (Node *) ((RelabelType *) value)->arg;
	return value;
}

/*
 * map_columns
 *		Finds out where the values of the target's columns come from.
 */
static void
map_columns(BulkLoad *load, const AttrNumber *sources)
{
	TupleDesc	descriptor = RelationGetDescr(load->target);
	TupleConstr *constraints = descriptor->constr;

	load->copied = palloc_array(CopiedColumn, Max(descriptor->natts, 1));
	load->computed = palloc_array(ComputedColumn, Max(descriptor->natts, 1));
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
		Node	   *value = NULL;

		if (attribute->attisdropped || attribute->attgenerated != '\0')
			continue;
		if (sources[i] != 0)
			value = column_expression(load, attribute, sources[i]);
		else
			value = build_column_default(load->target, attribute->attnum);
		if (value == NULL)
			continue;
		if (IsA(value, Var))
		{
			load->copied[load->ncopied].from = sources[i] - 1;
			load->copied[load->ncopied++].to = i;
			continue;
		}
		load->computed[load->ncomputed].from = sources[i] - 1;
		load->computed[load->ncomputed].to = i;
		load->computed[load->ncomputed++].expression =
			ExecPrepareExpr((Expr *) value, load->estate);
	}
	load->constrained = constraints != NULL;
	load->generates = constraints != NULL && constraints->has_generated_stored;
}

/*
 * insert_options
 *		What table_multi_insert() need not do for storage that is new; see the
 *		head of this file.
 */
static int
insert_options(Relation target)
{
	SubTransactionId present = GetCurrentSubTransactionId();
	int			options = 0;

	if (target->rd_createSubid != InvalidSubTransactionId ||
		target->rd_firstRelfilelocatorSubid != InvalidSubTransactionId)
		options |= TABLE_INSERT_SKIP_FSM;
	if ((target->rd_createSubid == present ||
		 target->rd_newRelfilelocatorSubid == present) &&
		target->rd_refcnt == 1 && ThereAreNoReadyPortals())
		options |= TABLE_INSERT_FROZEN;
	return options;
}

/* Begins the scan of the columns that are loaded. */
static void
begin_scan(BulkLoad *load, const AttrNumber *sources)
{
	Bitmapset  *attributes = NULL;

	for (int i = 0; i < RelationGetNumberOfAttributes(load->target); i++)
	{
		if (sources[i] != 0)
			attributes = bms_add_member(attributes,
										sources[i] - FirstLowInvalidHeapAttributeNumber);
	}
	load->scan = sfm_scan_begin(load->source, attributes, NULL);
	load->row = MakeSingleTupleTableSlot(RelationGetDescr(load->source),
										 &TTSOpsVirtual);
}

/* ------------------------------------------------------------------------
 * Progress and errors
 * ------------------------------------------------------------------------
 */

/*
 * begin_progress
 *		Takes a row of pg_stat_progress_copy, unless a command that reports its
 *		own progress has called us.
 */
static void
begin_progress(BulkLoad *load)
{
	static const int fields[] = {PROGRESS_COPY_COMMAND, PROGRESS_COPY_TYPE};
	static const int64 values[] = {PROGRESS_COPY_COMMAND_FROM,
	PROGRESS_COPY_TYPE_CALLBACK};

	load->reports = MyBEEntry != NULL &&
		MyBEEntry->st_progress_command == PROGRESS_COMMAND_INVALID;
	if (!load->reports)
		return;
	load->estimate = -1;
	pgstat_progress_start_command(PROGRESS_COMMAND_COPY,
								  RelationGetRelid(load->target));
	pgstat_progress_update_multi_param(lengthof(fields), fields, values);
}

/*
 * report_progress
 *		Bytes are the target's; how many there will be is told from the rows
 *		so far and the estimate of all, which a table of one batch never asks
 *		for.
 */
static void
report_progress(BulkLoad *load, uint64 rejected)
{
	static const int fields[] = {PROGRESS_COPY_BYTES_PROCESSED,
		PROGRESS_COPY_BYTES_TOTAL, PROGRESS_COPY_TUPLES_PROCESSED,
	PROGRESS_COPY_TUPLES_EXCLUDED};
	int64		values[lengthof(fields)] = {load->total_bytes, 0, load->rows, rejected};

	if (!load->reports || load->rows == 0)
		return;
	if (load->estimate < 0)
		load->estimate = sfm_estimate_rows(RelationGetRelid(load->source));
	values[1] = (int64) Max(load->total_bytes * (load->estimate / load->rows),
							(double) load->total_bytes);
	pgstat_progress_update_multi_param(lengthof(fields), fields, values);
}

/* Says which tables an error belongs to, and which row. */
static void
load_context(void *argument)
{
	BulkLoad   *load = argument;
	const char *source = RelationGetRelationName(load->source);
	const char *row = "";

	if (load->in_row)
		row = psprintf(", %s", sfm_scan_describe_row(load->scan));
	else if (load->row_number > 0)
		row = psprintf(", row " INT64_FORMAT, load->row_number);
	if (load->current >= 0)
		errcontext("column \"%s\" of foreign table \"%s\"%s",
				   NameStr(TupleDescAttr(RelationGetDescr(load->source),
										 load->current)->attname),
				   source, row);
	errcontext("loading table \"%s\" from foreign table \"%s\"%s",
			   RelationGetRelationName(load->target), source, row);
}

/* ------------------------------------------------------------------------
 * Rows
 * ------------------------------------------------------------------------
 */

/*
 * insert_keys
 *		Makes the index entries of a row that is in the table, and notes what
 *		is to be checked at the end.
 */
static void
insert_keys(BulkLoad *load, TupleTableSlot *slot)
{
	List	   *recheck = NIL;

	if (load->result->ri_NumIndices > 0)
		recheck = sfm_insert_index_tuples(load->result, slot, load->estate);
	if (load->has_triggers)
		ExecARInsertTriggers(load->estate, load->result, slot, recheck, NULL);
	list_free(recheck);
}

/*
 * flush
 *		Writes the batch.
 */
static void
flush(BulkLoad *load)
{
	MemoryContext old_context;

	if (load->nslots == 0)
		return;

	/* table_multi_insert() may leak */
	ResetPerTupleExprContext(load->estate);
	old_context = MemoryContextSwitchTo(GetPerTupleMemoryContext(load->estate));
	table_multi_insert(load->target, load->slots, load->nslots, load->command,
					   load->options, load->state);
	MemoryContextSwitchTo(old_context);

	for (int i = 0; i < load->nslots; i++)
	{
		if (load->result->ri_NumIndices > 0 || load->has_triggers)
		{
			load->row_number = load->row_numbers[i];
			insert_keys(load, load->slots[i]);
		}
		ExecClearTuple(load->slots[i]);
	}
	load->row_number = 0;
	load->rows += load->nslots;
	load->total_bytes += load->bytes;
	load->nslots = 0;
	load->bytes = 0;
}

/* Reads the next row into load->row; false at the end. */
static bool
read_row(BulkLoad *load)
{
	TupleTableSlot *row = load->row;
	MemoryContext old_context;
	bool		found;

	ResetPerTupleExprContext(load->estate);
	ExecClearTuple(row);
	old_context = MemoryContextSwitchTo(GetPerTupleMemoryContext(load->estate));
	found = sfm_scan_next(load->scan, row->tts_values, row->tts_isnull);
	MemoryContextSwitchTo(old_context);
	if (found)
		ExecStoreVirtualTuple(row);
	return found;
}

/*
 * fill_slot
 *		Makes the target's row of load->row.
 */
static void
fill_slot(BulkLoad *load, TupleTableSlot *slot)
{
	TupleTableSlot *row = load->row;
	ExprContext *context = GetPerTupleExprContext(load->estate);

	memset(slot->tts_isnull, true, slot->tts_tupleDescriptor->natts);
	for (int i = 0; i < load->ncopied; i++)
	{
		int			from = load->copied[i].from;
		int			to = load->copied[i].to;

		slot->tts_values[to] = row->tts_values[from];
		slot->tts_isnull[to] = row->tts_isnull[from];
	}

	/* constraints and indexes look at other rows by this context */
	context->ecxt_scantuple = row;
	for (int i = 0; i < load->ncomputed; i++)
	{
		ComputedColumn *column = &load->computed[i];

		load->current = column->from;
		slot->tts_values[column->to] =
			ExecEvalExprSwitchContext(column->expression, context,
									  &slot->tts_isnull[column->to]);
	}
	load->current = -1;
	ExecStoreVirtualTuple(slot);
	slot->tts_tableOid = RelationGetRelid(load->target);
}

/*
 * take_row
 *		Puts load->row into the batch.
 */
static void
take_row(BulkLoad *load)
{
	TupleTableSlot *slot = load->slots[load->nslots];
	bool		free_tuple;

	if (slot == NULL)
		slot = load->slots[load->nslots] = table_slot_create(load->target, NULL);
	load->in_row = true;
	fill_slot(load, slot);
	if (load->generates)
		ExecComputeStoredGenerated(load->result, load->estate, slot,
								   CMD_INSERT);
	if (load->constrained)
		ExecConstraints(load->result, slot, load->estate);
	load->in_row = false;

	/* from here on it does not need the memory of the row */
	ExecMaterializeSlot(slot);
	load->bytes += ExecFetchSlotHeapTuple(slot, false, &free_tuple)->t_len;
	load->row_numbers[load->nslots++] = sfm_scan_row_number(load->scan);
}

/* Moves all rows. */
static void
move_rows(BulkLoad *load)
{
	while (read_row(load))
	{
		CHECK_FOR_INTERRUPTS();
		take_row(load);
		if (load->nslots == BATCH_ROWS || load->bytes >= BATCH_BYTES)
		{
			flush(load);
			report_progress(load, sfm_scan_row_number(load->scan) - load->rows);
		}
	}
	flush(load);
}

/* Gives back what the executor, the heap and the scan hold. */
static void
end_load(BulkLoad *load)
{
	FreeBulkInsertState(load->state);
	for (int i = 0; i < BATCH_ROWS && load->slots[i] != NULL; i++)
		ExecDropSingleTupleTableSlot(load->slots[i]);
	table_finish_bulk_insert(load->target, load->options);
	ExecDropSingleTupleTableSlot(load->row);

	/* checks of foreign keys and deferrable keys that are due now */
	AfterTriggerEndQuery(load->estate);
	ExecResetTupleTable(load->estate->es_tupleTable, false);
	ExecCloseResultRelations(load->estate);
	ExecCloseRangeTableRelations(load->estate);
	if (load->reports)
		pgstat_progress_end_command();
}

/*
 * sfm_bulk_load
 *		Loads a foreign table into a table for which sfm_bulk_obstacle() has
 *		found nothing; "sources" is as there.  The number of rows.
 */
uint64
sfm_bulk_load(Relation source, Relation target, const AttrNumber *sources)
{
	BulkLoad   *load = palloc0_object(BulkLoad);
	MemoryContext old_context;
	ErrorContextCallback callback = {
		.callback = load_context,
		.arg = load,
		.previous = error_context_stack,
	};
	uint64		rows;

	load->source = source;
	load->target = target;
	load->current = -1;
	load->options = insert_options(target);

	/* what a statement begins with */
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	load->estate = CreateExecutorState();
	old_context = MemoryContextSwitchTo(load->estate->es_query_cxt);
	open_for_insert(load, sources);
	map_columns(load, sources);
	begin_scan(load, sources);
	load->command = GetCurrentCommandId(true);
	load->state = GetBulkInsertState();
	load->has_triggers = target->trigdesc != NULL &&
		target->trigdesc->trig_insert_after_row;
	AfterTriggerBeginQuery();
	begin_progress(load);

	error_context_stack = &callback;
	move_rows(load);
	error_context_stack = callback.previous;

	sfm_scan_end(load->scan);
	end_load(load);
	rows = load->rows;
	MemoryContextSwitchTo(old_context);
	FreeExecutorState(load->estate);
	pfree(load);
	PopActiveSnapshot();
	CommandCounterIncrement();
	return rows;
}
