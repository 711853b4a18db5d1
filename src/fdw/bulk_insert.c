/*-------------------------------------------------------------------------
 *
 * bulk_insert.c
 *	  Puts rows into a table many at a time, as COPY FROM does, with the result
 *	  of INSERT.
 *
 * The rows come from one of two places: INSERT ... SELECT whose plan is ours
 * (insert_select.c), and sqlite_load().  NOT NULL, CHECK, stored generated
 * columns, indexes and foreign keys are looked after here; values and defaults
 * are the caller's.  Where the result might be another one than INSERT's,
 * sfm_bulk_obstacle() says why: what a trigger or a volatile CHECK does may
 * depend on which rows of the same statement the table holds already, and here
 * that is a batch fewer.  Of two errors in a file the other one may be met
 * first, for the same reason.
 *
 * There are two ways.  Where rows may be frozen and nothing looks at them
 * meanwhile, heap_writer.c fills pages.  Else they go in batches through
 * table_multi_insert().
 *
 * Frozen rows: COPY FREEZE wants that the table's storage was made in this
 * subtransaction, so that an abort takes it away, and that no other snapshot
 * of this session can look at it.  A function always runs under the snapshot
 * of the query that called it; instead of counting snapshots we ask that
 * nobody else in this session has the table open, and sqlite_load() that no
 * cursor is open.  INSERT ... SELECT asks that its snapshot is the only one,
 * for a query that has called it may look at the table later, by a function.
 * Other sessions cannot see the table, or its storage, before the commit;
 * with frozen rows a snapshot that is older than that sees them, where it
 * would see an empty table otherwise.  Whether WAL is written is decided by
 * PostgreSQL: not for storage made in this transaction if wal_level = minimal.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "executor/nodeModifyTable.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "fdw.h"

/*
 * A batch ends with so many rows or so many bytes, whichever comes first: it
 * should still be in the processor's cache when it is written.
 */
#define BATCH_ROWS 1000
#define BATCH_BYTES (64 * 1024)

/* So many bytes of WAL are left to write before the WAL writer is woken up. */
#define WAKE_UP_BYTES (1024 * 1024)

struct SfmBulkInsert
{
	EState	   *estate;
	ResultRelInfo *result;		/* the target */
	Relation	target;
	bool		generates;		/* there are stored generated columns */
	bool		constrained;	/* NOT NULL or CHECK */
	bool		has_triggers;	/* of foreign keys, deferrable keys */
	CommandId	command;
	SfmHeapWriter *writer;		/* fills pages; NULL for batches */

	/* the batch */
	int			options;		/* of table_multi_insert() */
	BulkInsertState state;
	int			nslots;			/* in use */
	TupleTableSlot *slots[BATCH_ROWS];	/* made when first needed */
	int64		row_numbers[BATCH_ROWS];
	Size		batch_bytes;

	/* how far it is */
	uint64		rows;
	uint64		bytes;
	XLogRecPtr	handed_over;	/* WAL that the WAL writer knows of */
	int64		row_number;		/* of the row that is at work, or 0 */
};

/* ------------------------------------------------------------------------
 * May it be used?
 * ------------------------------------------------------------------------
 */

/*
 * Extensions (Citus, TimescaleDB) that keep the rows of a table, to all
 * appearance an ordinary one, elsewhere, by hooks; and where they list such
 * tables: by OID, or by schema and name.
 */
static const struct
{
	const char *schema;
	const char *catalog;
	const char *oid_column;
	const char *schema_column;
	const char *name_column;
}			hooked_tables[] = {
	{"pg_catalog", "pg_dist_partition", .oid_column = "logicalrelid"},
	{"_timescaledb_catalog", "hypertable", .schema_column = "schema_name",
	.name_column = "table_name"},
};

/*
 * find_list
 *		The OID of such a list, or InvalidOid.  One that not a superuser has made
 *		is no extension's.
 */
static Oid
find_list(const char *schema, const char *name)
{
	Oid			namespace = get_namespace_oid(schema, true);
	Oid			relid;
	HeapTuple	tuple;
	Form_pg_class form;
	bool		found;

	if (!OidIsValid(namespace))
		return InvalidOid;
	relid = get_relname_relid(name, namespace);
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	form = (Form_pg_class) GETSTRUCT(tuple);
	found = form->relkind == RELKIND_RELATION && form->relam == HEAP_TABLE_AM_OID &&
		superuser_arg(form->relowner);
	ReleaseSysCache(tuple);
	return found ? relid : InvalidOid;
}

/*
 * add_key
 *		Adds the condition that a column of a list has a value.  False if there
 *		is no such column, or it has another type.
 */
static bool
add_key(ScanKey keys, int *nkeys, Oid list, const char *column, Oid type,
		RegProcedure equal, Datum value)
{
	AttrNumber	attnum = get_attnum(list, column);
	Oid			found = attnum > 0 ? get_atttype(list, attnum) : InvalidOid;

	if (found != type && !(type == OIDOID && found == REGCLASSOID))
		return false;
	ScanKeyInit(&keys[(*nkeys)++], attnum, BTEqualStrategyNumber, equal,
				value);
	return true;
}

/* Does a list name this table?  One that we cannot read might. */
static bool
is_listed(Oid list, int i, Relation target)
{
	NameData	schema;
	ScanKeyData keys[2];
	int			nkeys = 0;
	bool		known;
	Relation	relation;
	SysScanDesc scan;
	bool		found;

	namestrcpy(&schema, get_namespace_name(RelationGetNamespace(target)));
	if (hooked_tables[i].oid_column != NULL)
		known = add_key(keys, &nkeys, list, hooked_tables[i].oid_column, OIDOID,
						F_OIDEQ, ObjectIdGetDatum(RelationGetRelid(target)));
	else
		known = add_key(keys, &nkeys, list, hooked_tables[i].schema_column,
						NAMEOID, F_NAMEEQ, NameGetDatum(&schema)) &&
			add_key(keys, &nkeys, list, hooked_tables[i].name_column, NAMEOID,
					F_NAMEEQ, NameGetDatum(&target->rd_rel->relname));
	if (!known)
		return true;

	relation = table_open(list, AccessShareLock);
	scan = systable_beginscan(relation, InvalidOid, false, NULL, nkeys, keys);
	found = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	table_close(relation, AccessShareLock);
	return found;
}

/* Does an extension keep the rows of this table elsewhere? */
static bool
is_hooked(Relation target)
{
	for (int i = 0; i < lengthof(hooked_tables); i++)
	{
		Oid			list = find_list(hooked_tables[i].schema,
									 hooked_tables[i].catalog);

		if (OidIsValid(list) && is_listed(list, i, target))
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

/* Is there a CHECK of the table that contains what a function looks for? */
static bool
has_check(Relation target, SfmContainsFunction contains)
{
	TupleConstr *constraints = RelationGetDescr(target)->constr;

	for (int i = 0; constraints != NULL && i < constraints->num_check; i++)
	{
		if (contains(stringToNode(constraints->check[i].ccbin)))
			return true;
	}
	return false;
}

/* The same for the CHECKs of a domain. */
bool
sfm_domain_has_check(Oid type, SfmContainsFunction contains)
{
	DomainConstraintRef *domain;
	ListCell   *cell;

	if (get_typtype(type) != TYPTYPE_DOMAIN)
		return false;
	domain = palloc0_object(DomainConstraintRef);
	InitDomainConstraintRef(type, domain, CurrentMemoryContext, false);
	foreach(cell, domain->constraints)
	{
		DomainConstraintState *constraint = lfirst(cell);

		if (constraint->check_expr != NULL &&
			contains((Node *) constraint->check_expr))
			return true;
	}
	return false;
}

/* Is there a column whose domain has such a CHECK? */
bool
sfm_has_domain_check(Relation target, SfmContainsFunction contains)
{
	TupleDesc	descriptor = RelationGetDescr(target);

	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		if (!attribute->attisdropped &&
			sfm_domain_has_check(attribute->atttypid, contains))
			return true;
	}
	return false;
}

/*
 * sfm_bulk_obstacle
 *		Why rows must go into a table by INSERT alone, in English; NULL if
 *		sfm_bulk_begin() may be used.
 */
const char *
sfm_bulk_obstacle(Relation target)
{
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
	if (has_check(target, contain_volatile_functions))
		return "a constraint is volatile";
	if (sfm_has_domain_check(target, contain_volatile_functions))
		return "a domain has a volatile constraint";
	if (is_hooked(target))
		return "an extension keeps its rows";
	return NULL;
}

/* ------------------------------------------------------------------------
 * Beginning
 * ------------------------------------------------------------------------
 */

/*
 * may_freeze
 *		May the rows be frozen?  See the head of this file.  "references" is how
 *		often our caller and the executor have opened the table.
 */
static bool
may_freeze(Relation target, int references)
{
	SubTransactionId present = GetCurrentSubTransactionId();

	return (target->rd_createSubid == present ||
			target->rd_newRelfilelocatorSubid == present) &&
		target->rd_refcnt == references &&
	/* a CHECK that looks at the table must not see rows of this statement */
		!has_check(target, contain_mutable_functions) &&
		!sfm_has_domain_check(target, contain_mutable_functions);
}

/*
 * sfm_bulk_begin
 *		Begins to insert into a table for which sfm_bulk_obstacle() has found
 *		nothing, and which the executor has opened, with its indexes.
 *
 *		"references" is how often the caller's statement has opened it in this
 *		session; 0 if rows must not be frozen, for an expression might look at
 *		the table.  Palloc'd in CurrentMemoryContext.
 */
SfmBulkInsert *
sfm_bulk_begin(EState *estate, ResultRelInfo *result, int references)
{
	SfmBulkInsert *bulk = palloc0_object(SfmBulkInsert);
	Relation	target = result->ri_RelationDesc;
	TupleConstr *constraints = RelationGetDescr(target)->constr;

	bulk->estate = estate;
	bulk->result = result;
	bulk->target = target;
	bulk->constrained = constraints != NULL;
	bulk->generates = constraints != NULL && constraints->has_generated_stored;
	bulk->has_triggers = target->trigdesc != NULL &&
		target->trigdesc->trig_insert_after_row;
	bulk->command = GetCurrentCommandId(true);
	bulk->handed_over = XactLastRecEnd;

	if (target->rd_createSubid != InvalidSubTransactionId ||
		target->rd_firstRelfilelocatorSubid != InvalidSubTransactionId)
		bulk->options |= TABLE_INSERT_SKIP_FSM;
	if (references > 0 && may_freeze(target, references))
		bulk->options |= TABLE_INSERT_FROZEN;

	if ((bulk->options & TABLE_INSERT_FROZEN) != 0 &&
		result->ri_NumIndices == 0 && !bulk->has_triggers &&
		sfm_heap_writer_fits(target))
		bulk->writer = sfm_heap_writer_begin(target, bulk->command);
	else
		bulk->state = GetBulkInsertState();
	return bulk;
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
insert_keys(SfmBulkInsert *bulk, TupleTableSlot *slot)
{
	List	   *recheck = NIL;

	if (bulk->result->ri_NumIndices > 0)
		recheck = sfm_insert_index_tuples(bulk->result, slot, bulk->estate);
	if (bulk->has_triggers)
		ExecARInsertTriggers(bulk->estate, bulk->result, slot, recheck, NULL);
	list_free(recheck);
}

/* Writes the batch. */
static void
flush		(SfmBulkInsert *bulk)
{
	MemoryContext old_context;

	if (bulk->nslots == 0)
		return;

	bulk->row_number = 0;
	/* table_multi_insert() may leak */
	ResetPerTupleExprContext(bulk->estate);
	old_context = MemoryContextSwitchTo(GetPerTupleMemoryContext(bulk->estate));
	table_multi_insert(bulk->target, bulk->slots, bulk->nslots, bulk->command,
					   bulk->options, bulk->state);
	MemoryContextSwitchTo(old_context);

	for (int i = 0; i < bulk->nslots; i++)
	{
		if (bulk->result->ri_NumIndices > 0 || bulk->has_triggers)
		{
			bulk->row_number = bulk->row_numbers[i];
			insert_keys(bulk, bulk->slots[i]);
		}
		ExecClearTuple(bulk->slots[i]);
	}
	bulk->row_number = 0;
	bulk->nslots = 0;
	bulk->batch_bytes = 0;
}

/*
 * add_to_batch
 *		Copies a row into the batch, which is written when it is full.  Returns
 *		the row's length.
 */
static Size
add_to_batch(SfmBulkInsert *bulk, TupleTableSlot *row)
{
	TupleTableSlot *slot = bulk->slots[bulk->nslots];
	Size		length;
	bool		free_tuple;

	if (slot == NULL)
		slot = bulk->slots[bulk->nslots] = table_slot_create(bulk->target, NULL);
	ExecCopySlot(slot, row);
	slot->tts_tableOid = RelationGetRelid(bulk->target);
	length = ExecFetchSlotHeapTuple(slot, false, &free_tuple)->t_len;
	bulk->row_numbers[bulk->nslots++] = bulk->row_number;
	bulk->batch_bytes += length;
	if (bulk->nslots == BATCH_ROWS || bulk->batch_bytes >= BATCH_BYTES)
		flush		(bulk);

	return length;
}

/*
 * wake_up_wal_writer
 *		Lets the WAL be written and synced while rows are still coming.
 *
 *		A backend whose WAL has filled wal_buffers writes it itself, and syncs
 *		each segment that it fills; the rest it syncs at the commit.  COPY waits for
 *		the disk in this way half of its time.  The WAL writer does the same beside
 *		us, but sleeps for wal_writer_delay unless a commit wakes it up.
 */
static void
wake_up_wal_writer(SfmBulkInsert *bulk)
{
	XLogSetAsyncXactLSN(XactLastRecEnd);
	bulk->handed_over = XactLastRecEnd;
}

/*
 * sfm_bulk_put
 *		Inserts a row, which is in a virtual slot of the table's row type with
 *		its tts_tableOid set.
 *
 *		"row_number" is for messages, see sfm_bulk_row_number().  The slot is the
 *		caller's again afterwards.  Uses the executor's memory for a tuple, which
 *		the caller resets for each row.
 */
void
sfm_bulk_put(SfmBulkInsert *bulk, TupleTableSlot *slot, int64 row_number)
{
	bulk->row_number = row_number;
	if (bulk->generates)
	{
		ExecComputeStoredGenerated(bulk->result, bulk->estate, slot,
								   CMD_INSERT);
		slot_getallattrs(slot);
	}
	if (bulk->constrained)
		ExecConstraints(bulk->result, slot, bulk->estate);
	bulk->rows++;
	if (bulk->writer != NULL)
	{
		MemoryContext old_context =
		MemoryContextSwitchTo(GetPerTupleMemoryContext(bulk->estate));

		bulk->bytes += sfm_heap_writer_put(bulk->writer, slot->tts_values,
										   slot->tts_isnull);
		MemoryContextSwitchTo(old_context);
	}
	else
		bulk->bytes += add_to_batch(bulk, slot);
	bulk->row_number = 0;
	if (XactLastRecEnd - bulk->handed_over >= WAKE_UP_BYTES)
		wake_up_wal_writer(bulk);
}

/* Rows and bytes of them so far; either may be in the batch still. */
uint64
sfm_bulk_rows(const SfmBulkInsert *bulk)
{
	return bulk->rows;
}

uint64
sfm_bulk_bytes(const SfmBulkInsert *bulk)
{
	return bulk->bytes;
}

/* The number of the row that an error is about, as sfm_bulk_put() got it; or 0. */
int64
sfm_bulk_row_number(const SfmBulkInsert *bulk)
{
	return bulk->row_number;
}

/*
 * sfm_bulk_end
 *		Writes what is left.  Foreign keys and deferrable keys are checked when
 *		the caller, or the executor, calls AfterTriggerEndQuery().
 */
void
sfm_bulk_end(SfmBulkInsert *bulk)
{
	if (bulk->writer != NULL)
	{
		sfm_heap_writer_end(bulk->writer);
		return;
	}
	flush		(bulk);

	FreeBulkInsertState(bulk->state);
	for (int i = 0; i < BATCH_ROWS && bulk->slots[i] != NULL; i++)
		ExecDropSingleTupleTableSlot(bulk->slots[i]);
	table_finish_bulk_insert(bulk->target, bulk->options);
}
