/*-------------------------------------------------------------------------
 *
 * bulk_load.c
 *	  The fast way of sqlite_load(): rows go from the scan straight into
 *	  src/fdw/bulk_insert.c, which writes them as COPY FROM does.
 *
 * It comes to the same as the INSERT ... SELECT that load.c would run
 * otherwise: privileges, casts, defaults, identity, rows and errors.  Where it
 * might not, sfm_load_obstacle() says why, and the other way is taken.
 *
 * Assumed in the whole file: both relations are open, by load.c alone, and
 * locked until the end of the transaction.  Memory of a row is gone with the
 * row.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/progress.h"
#include "commands/trigger.h"
#include "executor/executor.h"
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
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "migrate.h"

/* Rows between two reports of progress */
#define PROGRESS_ROWS 500

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
	SfmBulkInsert *insert;
	TupleTableSlot *row;		/* the foreign table's */
	TupleTableSlot *target_row; /* may be the same */

	/* how a row becomes one of the target */
	int			ncopied;
	CopiedColumn *copied;
	int			ncomputed;
	ComputedColumn *computed;

	/* how far it is */
	bool		reports;		/* pg_stat_progress_copy is ours */
	double		estimate;		/* rows of the source; -1: not asked yet */

	/* for the error context */
	int			current;		/* column of "row" that is cast, or -1 */
	bool		in_row;			/* the scan's present row is at work */
} BulkLoad;

/* ------------------------------------------------------------------------
 * May it be used?
 * ------------------------------------------------------------------------
 */

/*
 * column_obstacle
 *		What a column of the target that gets its default has that needs
 *		INSERT, or NULL.
 */
static const char *
column_obstacle(Relation target, Form_pg_attribute attribute)
{
	Node	   *value = build_column_default(target, attribute->attnum);

	if (contain_volatile_functions_not_nextval(value))
		return "a default is volatile";

	/* NULL has to be checked, too */
	if (value == NULL && get_typtype(attribute->atttypid) == TYPTYPE_DOMAIN)
		return "a domain gets no value";
	return NULL;
}

/*
 * sfm_load_obstacle
 *		Why the rows of a foreign table must go into a table by INSERT ...
 *		SELECT; NULL if sfm_bulk_load() may write them.
 *
 *		sources[i] is the attribute of the foreign table that fills the
 *		target's attribute i + 1, or 0.
 */
const char *
sfm_load_obstacle(Relation source, Relation target, const AttrNumber *sources)
{
	TupleDesc	descriptor = RelationGetDescr(target);
	const char *obstacle = sfm_bulk_obstacle(target);

	if (obstacle != NULL)
		return obstacle;
	if (source->rd_rel->relhassubclass)
		return "the foreign table has children";
	/* PostgreSQL knows what may be written then */
	if (XactReadOnly)
		return "the transaction is read-only";

	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		if (attribute->attisdropped || attribute->attgenerated != '\0' ||
			sources[i] != 0)
			continue;
		obstacle = column_obstacle(target, attribute);
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
}

/* Is the foreign table's row the target's, column by column? */
static bool
is_same_row(const BulkLoad *load)
{
	int			natts = RelationGetNumberOfAttributes(load->target);

	if (RelationGetNumberOfAttributes(load->source) != natts ||
		load->ncopied != natts)
		return false;
	for (int i = 0; i < natts; i++)
	{
		if (load->copied[i].from != load->copied[i].to)
			return false;
	}
	return true;
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
	load->target_row =
		MakeSingleTupleTableSlot(RelationGetDescr(load->target),
								 &TTSOpsVirtual);
	load->target_row->tts_tableOid = RelationGetRelid(load->target);
	load->row = is_same_row(load) ? load->target_row :
		MakeSingleTupleTableSlot(RelationGetDescr(load->source),
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
 *		so far and the estimate of all, which a small table never asks for.
 */
static void
report_progress(BulkLoad *load)
{
	static const int fields[] = {PROGRESS_COPY_BYTES_PROCESSED,
		PROGRESS_COPY_BYTES_TOTAL, PROGRESS_COPY_TUPLES_PROCESSED,
	PROGRESS_COPY_TUPLES_EXCLUDED};
	uint64		rows = sfm_bulk_rows(load->insert);
	uint64		bytes = sfm_bulk_bytes(load->insert);
	int64		values[lengthof(fields)] = {bytes, 0, rows,
	sfm_scan_row_number(load->scan) - rows};

	if (load->estimate < 0)
		load->estimate = sfm_estimate_rows(RelationGetRelid(load->source));
	values[1] = (int64) Max(bytes * (load->estimate / rows), (double) bytes);
	pgstat_progress_update_multi_param(lengthof(fields), fields, values);
}

/* Says which tables an error belongs to, and which row. */
static void
load_context(void *argument)
{
	BulkLoad   *load = argument;
	const char *source = RelationGetRelationName(load->source);
	const char *row = "";
	int64		number = load->insert != NULL ?
	sfm_bulk_row_number(load->insert) : 0;

	if (load->in_row || (number > 0 && number == sfm_scan_row_number(load->scan)))
		row = psprintf(", %s", sfm_scan_describe_row(load->scan));
	else if (number > 0)
		row = psprintf(", row " INT64_FORMAT, number);
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
 * fill_target_row
 *		Makes the target's row of load->row.
 */
static void
fill_target_row(BulkLoad *load)
{
	TupleTableSlot *row = load->row;
	TupleTableSlot *slot = load->target_row;
	ExprContext *context = GetPerTupleExprContext(load->estate);

	if (slot == row)
		return;
	ExecClearTuple(slot);
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
}

/* Moves all rows. */
static void
move_rows(BulkLoad *load)
{
	while (read_row(load))
	{
		int64		row_number = sfm_scan_row_number(load->scan);

		CHECK_FOR_INTERRUPTS();
		load->in_row = true;
		fill_target_row(load);
		load->in_row = false;
		sfm_bulk_put(load->insert, load->target_row, row_number);
		if (load->reports && row_number % PROGRESS_ROWS == 0)
			report_progress(load);
	}
	sfm_bulk_end(load->insert);
}

/* Gives back what the executor, the heap and the scan hold. */
static void
end_load(BulkLoad *load)
{
	if (load->row != load->target_row)
		ExecDropSingleTupleTableSlot(load->row);
	ExecDropSingleTupleTableSlot(load->target_row);

	/* checks of foreign keys and deferrable keys that are due now */
	AfterTriggerEndQuery(load->estate);
	ExecResetTupleTable(load->estate->es_tupleTable, false);
	ExecCloseResultRelations(load->estate);
	ExecCloseRangeTableRelations(load->estate);
	if (load->reports)
		pgstat_progress_end_command();
}

/*
 * has_open_cursor
 *		Might a query of this session that has begun be read on later, and look
 *		at the target then?
 *
 *		ThereAreNoReadyPortals() is of no use for this: it leaves its search of the
 *		portals open if there is one, for COPY FREEZE raises an error then, and
 *		a hundred of them are more than the server bears.
 */
static bool
has_open_cursor(void)
{
	bool		isnull;

	/* that of a client's statement has no name: it may be the one we are in */
	return DatumGetBool(sfm_query_value("SELECT EXISTS (SELECT FROM pg_catalog.pg_cursors WHERE name <> '')",
										BOOLOID, &isnull));
}

/*
 * sfm_bulk_load
 *		Loads a foreign table into a table for which sfm_load_obstacle() has
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
	int			references;
	uint64		rows;

	load->source = source;
	load->target = target;
	load->current = -1;

	/* open twice: by load.c and by the executor */
	references = has_open_cursor() ? 0 : 2;

	/* what a statement begins with */
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
	load->estate = CreateExecutorState();
	old_context = MemoryContextSwitchTo(load->estate->es_query_cxt);
	open_for_insert(load, sources);
	map_columns(load, sources);
	begin_scan(load, sources);
	load->insert = sfm_bulk_begin(load->estate, load->result, references);
	AfterTriggerBeginQuery();
	begin_progress(load);

	error_context_stack = &callback;
	move_rows(load);
	error_context_stack = callback.previous;

	sfm_scan_end(load->scan);
	end_load(load);
	rows = sfm_bulk_rows(load->insert);
	MemoryContextSwitchTo(old_context);
	FreeExecutorState(load->estate);
	pfree(load);
	PopActiveSnapshot();
	CommandCounterIncrement();
	return rows;
}
