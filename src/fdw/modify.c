/*-------------------------------------------------------------------------
 *
 * modify.c
 *	  Writing rows of a foreign table one by one.
 *
 * Each row is written at once, by a statement that is prepared once for all of
 * them.  What an error leaves behind is taken back with PostgreSQL's
 * transaction or subtransaction (transaction.c of src/sqlite).
 *
 * Where RETURNING, a trigger or a view's check wants to see a row, it is read
 * again from SQLite, by its rowid or key: so the defaults, generated columns
 * and keys are there that SQLite has made, and what its triggers have changed.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "commands/trigger.h"
#include "executor/execPartition.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "modify.h"
#include "pushdown.h"

/* RETURNING came with 3.35.0 */
#define SQLITE_HAS_RETURNING 3035000

/* Longest value shown in a message, in bytes */
#define SHOWN_LENGTH 64

/* Rows in which a value is looked for whose form is followed */
#define LEARN_ROWS 1000

/* One statement of INSERT: there is one for each set of columns. */
typedef struct InsertStatement
{
	List	   *attnums;
	bool		gives_key;		/* it returns the key */
	SfmStatement *statement;
} InsertStatement;

/* Executor state of one result relation. */
struct SfmModify
{
	/* what is written */
	Relation	relation;
	SfmWrittenTable *target;
	SfmWriter  *writers;		/* by attribute, from 0 */
	bool	   *learned;		/* by attribute: see learn_form() */
	MemoryContext context;		/* of all this */
	MemoryContext row_context;	/* reset for each row */
	ModifyTableState *node;
	bool		collected;		/* all rows are read before the first write */
	bool		written;		/* a row was */

	/* INSERT */
	bool		routed;			/* rows come from a partitioned table, or COPY */
	SfmInsertConflict conflict;
	List	   *named;			/* attributes that are sent in any case */
	List	   *others;			/* those that are sent if they are not null */
	List	   *inserts_prepared;	/* of InsertStatement * */

	/* UPDATE and DELETE */
	AttrNumber	ctid;			/* in the plan's rows */
	SfmIdentities *identities;	/* what it stands for */
	List	   *updated;		/* attributes that are set */
	SfmStatement *update;
	SfmStatement *delete;

	/* values that are bound at present */
	SfmValue   *values;			/* by attribute */
	SfmValue   *key;			/* as many as target->key_columns */

	/* to read rows again */
	MemoryContext read_context; /* reset for each of them */
	SfmScan    *scan;			/* begun with the first one */
	SfmReader  *reader;			/* of a row by its key */
	SfmReader  *conflict_reader;	/* of a row by the key of on_conflict */
	List	   *conflict_key;
};

/* ------------------------------------------------------------------------
 * Values
 * ------------------------------------------------------------------------
 */

/* Raises the error for a value that cannot be written. */
static void
report_unwritable(SfmModify *modify, int attribute, Datum datum)
{
	const SfmWrittenColumn *column = &modify->target->columns[attribute];
	SfmWriter  *writer = &modify->writers[attribute];
	Oid			output;
	bool		is_varlena;
	char	   *shown;
	SfmValue	value = {.storage_class = SFM_TEXT};

	getTypeOutputInfo(writer->type, &output, &is_varlena);
	shown = OidOutputFunctionCall(output, datum);
	value.bytes = shown;
	value.length = strlen(shown);
	ereport(ERROR,
			(errcode(writer->sqlstate),
			 errmsg("cannot write the value of column \"%s\" of foreign table \"%s\" to SQLite",
					column->name, modify->target->relation_name),
			 errdetail("The value is \"%s\". %s",
					   sfm_value_literal(&value, SHOWN_LENGTH),
					   writer->reason != NULL ? writer->reason : ""),
			 errhint("The column option \"storage\" says how values are written.")));
}

/*
 * SQLite would make U+FFFD of these two characters in a file whose text is
 * UTF-16: of U+FFFE and U+FFFF, in UTF-8.
 */
static bool
has_noncharacter(const SfmValue *value)
{
	for (size_t i = 0; i + 2 < value->length; i++)
	{
		if ((unsigned char) value->bytes[i] == 0xef &&
			(unsigned char) value->bytes[i + 1] == 0xbf &&
			(unsigned char) value->bytes[i + 2] >= 0xbe)
			return true;
	}
	return false;
}

/*
 * learn_form
 *		Lets a column's writer follow the values that the column has: the first
 *		one that is not NULL, if there is one in the first rows.  Else the
 *		option "epoch" asks for numbers.
 */
static void
learn_form(SfmModify *modify, int attribute)
{
	const SfmWrittenTable *target = modify->target;
	const SfmWrittenColumn *column = &target->columns[attribute];
	SfmWriter  *writer = &modify->writers[attribute];
	MemoryContext old_context;
	SfmStatement *statement;
	SfmValue	sample;

	modify->learned[attribute] = true;
	if (!sfm_writer_can_learn(writer))
		return;
	old_context = MemoryContextSwitchTo(modify->context);
	statement = sfm_prepare(target->connection,
							psprintf("SELECT x.v FROM (SELECT t.%s AS v"
									 " FROM main.%s AS t LIMIT %d) AS x"
									 " WHERE x.v IS NOT NULL LIMIT 1",
									 sfm_quote_sqlite(column->column_name),
									 sfm_quote_sqlite(target->table->name),
									 LEARN_ROWS));
	if (sfm_step(statement))
	{
		sfm_column_value(statement, 0, &sample);
		sfm_writer_learn(writer, &sample);
	}
	else if (column->options.has_epoch)
	{
		sample.storage_class = column->options.epoch == SFM_EPOCH_JULIAN ?
			SFM_REAL : SFM_INTEGER;
		sfm_writer_learn(writer, &sample);
	}
	sfm_finalize(statement);
	MemoryContextSwitchTo(old_context);
}

/*
 * sfm_modify_convert
 *		Makes a value of SQLite of a value for an attribute (from 1).  It stays
 *		until the next one for this attribute, but for what is in
 *		CurrentMemoryContext.
 */
const SfmValue *
sfm_modify_convert(SfmModify *modify, AttrNumber attnum, Datum datum,
				   bool is_null)
{
	int			attribute = attnum - 1;
	SfmWriter  *writer = &modify->writers[attribute];
	SfmValue   *value = &modify->values[attribute];
	bool		written;

	if (is_null)
	{
		value->storage_class = SFM_NULL;
		return value;
	}
	if (!modify->learned[attribute])
		learn_form(modify, attribute);
	writer->reason = NULL;
	written = sfm_write(writer, datum, value);
	if (written && value->storage_class == SFM_TEXT &&
		unlikely(modify->target->connection->utf16) &&
		has_noncharacter(value))
	{
		writer->sqlstate = ERRCODE_UNTRANSLATABLE_CHARACTER;
		writer->reason = "SQLite has no U+FFFE and U+FFFF in a file whose text is UTF-16.";
		written = false;
	}
	if (!written)
		report_unwritable(modify, attribute, datum);
	return value;
}

/* Converts the values of attributes. */
static void
convert_attributes(SfmModify *modify, List *attnums, TupleTableSlot *slot)
{
	ListCell   *cell;

	foreach(cell, attnums)
	{
		bool		is_null;
		Datum		datum = slot_getattr(slot, lfirst_int(cell), &is_null);

		(void) sfm_modify_convert(modify, lfirst_int(cell), datum, is_null);
	}
}

/* Binds the values of attributes, from parameter "first" on. */
static void
bind_attributes(SfmModify *modify, SfmStatement *statement, List *attnums,
				int first)
{
	ListCell   *cell;

	foreach(cell, attnums)
		sfm_bind_value(statement, first + foreach_current_index(cell),
					   &modify->values[lfirst_int(cell) - 1]);
}

/* Binds the present key, from parameter "first" on. */
static void
bind_key(SfmModify *modify, SfmStatement *statement, int first)
{
	int			nkeys = list_length(modify->target->key_columns);

	for (int i = 0; i < nkeys; i++)
	{
		if (modify->key[i].storage_class == SFM_INVALID_TEXT)
			ereport(ERROR,
					(errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
					 errmsg("cannot write a row of foreign table \"%s\" whose key is not valid text",
							modify->target->relation_name)));
		sfm_bind_value(statement, first + i, &modify->key[i]);
	}
}

/* Prepares a statement that lives as long as the node. */
static SfmStatement *
prepare(SfmModify *modify, const char *sql)
{
	MemoryContext old_context = MemoryContextSwitchTo(modify->context);
	SfmStatement *result = sfm_prepare(modify->target->connection, sql);

	MemoryContextSwitchTo(old_context);
	return result;
}

/* ------------------------------------------------------------------------
 * Reading rows again
 * ------------------------------------------------------------------------
 */

/* The number of the attribute that is a column of SQLite, or 0. */
static AttrNumber
find_attribute(const SfmWrittenTable *target, const char *name)
{
	for (int i = 0; i < target->natts; i++)
	{
		if (target->columns[i].attnum != 0 &&
			sqlite3_stricmp(target->columns[i].column_name, name) == 0)
			return i + 1;
	}

	/* the rowid goes under another name, too */
	if (target->table->rowid_column >= 0 &&
		sfm_find_column(target->table, name) < 0)
		return find_attribute(target,
							  target->table->columns[target->table->rowid_column].name);
	return 0;
}

/* Begins to read rows by the columns of a key. */
static SfmReader *
begin_reading_back(SfmModify *modify, List *key_columns)
{
	MemoryContext old_context = MemoryContextSwitchTo(modify->context);
	Bitmapset  *whole_row =
	bms_make_singleton(0 - FirstLowInvalidHeapAttributeNumber);
	SfmReadRequest request = {.choice = SFM_READER_SQLITE};
	SfmScanQuery query;
	SfmReader  *result;

	sfm_deparse_scan(modify->target->relid, whole_row, modify->target->table,
					 &query);
	request.sql = sfm_deparse_row(modify->target, query.sql, key_columns);
	result = sfm_reader_begin(modify->target->connection, &request);
	if (modify->scan == NULL)
	{
		/* with a condition, it does not begin by itself */
		query.where = list_make1(makeString(pstrdup("")));
		modify->scan = sfm_scan_begin(modify->relation, NULL, &query);
	}
	MemoryContextSwitchTo(old_context);
	return result;
}

/*
 * read_row
 *		Puts the row that a bound reader finds into the slot; false if there is
 *		none, and then the slot stays as it is.
 */
static bool
read_row(SfmModify *modify, SfmReader *reader, TupleTableSlot *slot)
{
	int			natts = slot->tts_tupleDescriptor->natts;
	Datum	   *values = palloc0_array(Datum, Max(natts, 1));
	bool	   *nulls = palloc_array(bool, Max(natts, 1));
	MemoryContext old_context;
	bool		found;

	/* a row that is skipped for a bad value resets the context */
	MemoryContextReset(modify->read_context);
	old_context = MemoryContextSwitchTo(modify->read_context);
	sfm_scan_use(modify->scan, reader);
	found = sfm_scan_next(modify->scan, values, nulls);
	MemoryContextSwitchTo(old_context);
	sfm_reader_rewind(reader);
	if (!found)
		return false;
	ExecClearTuple(slot);
	memcpy(slot->tts_values, values, natts * sizeof(Datum));
	memcpy(slot->tts_isnull, nulls, natts * sizeof(bool));
	ExecStoreVirtualTuple(slot);
	return true;
}

/* Reads the row with the present key. */
static bool
read_row_by_key(SfmModify *modify, TupleTableSlot *slot)
{
	if (modify->reader == NULL)
		modify->reader = begin_reading_back(modify,
											modify->target->key_columns);
	sfm_reader_rewind(modify->reader);
	bind_key(modify, modify->reader->statement, 1);
	return read_row(modify, modify->reader, slot);
}

/*
 * read_inserted_row
 *		Reads the row that an INSERT without RETURNING has written, in libraries
 *		that lack that.  False if it is not there any more.
 */
static bool
read_inserted_row(SfmModify *modify, List *attnums, TupleTableSlot *slot)
{
	SfmWrittenTable *target = modify->target;
	bool		by_key = sfm_rowid_name(target->table) == NULL;
	bool		updates = modify->conflict == SFM_INSERT_UPDATE;
	ListCell   *cell;
	int			parameter = 1;

	/* an old row that was updated has no last rowid */
	if (updates && modify->conflict_reader == NULL)
	{
		modify->conflict_key = sfm_target_conflict_key(target);
		modify->conflict_reader = begin_reading_back(modify,
													 modify->conflict_key);
	}
	if (!by_key && !updates)
	{
		modify->key[0].storage_class = SFM_INTEGER;
		modify->key[0].integer =
			sqlite3_last_insert_rowid(target->connection->db);
		return read_row_by_key(modify, slot);
	}
	if (!updates && modify->conflict_reader == NULL)
	{
		modify->conflict_key = target->key_columns;
		modify->conflict_reader = begin_reading_back(modify,
													 target->key_columns);
	}
	sfm_reader_rewind(modify->conflict_reader);
	foreach(cell, modify->conflict_key)
	{
		AttrNumber	attnum = find_attribute(target, lfirst(cell));

		if (!list_member_int(attnums, attnum))
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("cannot read the new row of foreign table \"%s\" again",
							target->relation_name),
					 errdetail("The INSERT does not give column \"%s\" of its key, and SQLite %s has no RETURNING.",
							   (char *) lfirst(cell), sqlite3_libversion())));
		sfm_bind_value(modify->conflict_reader->statement, parameter++,
					   &modify->values[attnum - 1]);
	}
	return read_row(modify, modify->conflict_reader, slot);
}

/* ------------------------------------------------------------------------
 * The statements
 * ------------------------------------------------------------------------
 */

/* To be called before each write. */
static void
before_write(SfmModify *modify)
{
	/* what a Sort has collected is not to be read any more */
	if (!modify->written && modify->collected)
		sfm_scan_nodes_done(outerPlanState(modify->node));
	modify->written = true;
	MemoryContextReset(modify->row_context);
}

/* Does somebody want to see the row as SQLite has stored it? */
static bool
is_row_wanted(const ResultRelInfo *rinfo, CmdType operation)
{
	const TriggerDesc *triggers = rinfo->ri_TrigDesc;

	if (rinfo->ri_projectReturning != NULL)
		return true;
	if (operation == CMD_DELETE)
		return false;
	return rinfo->ri_WithCheckOptions != NIL ||
		(triggers != NULL &&
		 (operation == CMD_INSERT ? triggers->trig_insert_after_row :
		  triggers->trig_update_after_row));
}

/* The columns that this row gives values for. */
static List *
present_columns(SfmModify *modify, TupleTableSlot *slot)
{
	List	   *result = modify->named;
	ListCell   *cell;

	foreach(cell, modify->others)
	{
		if (slot_attisnull(slot, lfirst_int(cell)))
			continue;
		if (result == modify->named)
			result = list_copy(result);
		result = lappend_int(result, lfirst_int(cell));
	}
	return result;
}

/* The statement that inserts a row with these columns. */
static InsertStatement *
find_insert(SfmModify *modify, List *attnums, bool row_is_wanted)
{
	bool		gives_key = row_is_wanted &&
	sqlite3_libversion_number() >= SQLITE_HAS_RETURNING;
	MemoryContext old_context;
	InsertStatement *insert;
	ListCell   *cell;

	foreach(cell, modify->inserts_prepared)
	{
		insert = lfirst(cell);
		if (insert->gives_key == gives_key && equal(insert->attnums, attnums))
			return insert;
	}
	old_context = MemoryContextSwitchTo(modify->context);
	insert = palloc0(sizeof(InsertStatement));
	insert->attnums = list_copy(attnums);
	insert->gives_key = gives_key;
	insert->statement = sfm_prepare(modify->target->connection,
									sfm_deparse_insert(modify->target, attnums,
													   modify->conflict,
													   gives_key));
	modify->inserts_prepared = lappend(modify->inserts_prepared, insert);
	MemoryContextSwitchTo(old_context);
	return insert;
}

/* Copies a value that SQLite gives into the row's memory. */
static void
copy_column_value(SfmStatement *statement, int column, SfmValue *value)
{
	char	   *bytes;

	sfm_column_value(statement, column, value);
	if (value->storage_class != SFM_TEXT && value->storage_class != SFM_BLOB)
		return;
	bytes = MemoryContextAllocHuge(CurrentMemoryContext, value->length + 1);
	memcpy(bytes, value->bytes, value->length);
	value->bytes = bytes;
}

/*
 * insert_row
 *		Inserts a row; false if SQLite did not, because of a conflict.  If it
 *		is wanted, the slot then has the row as it is stored.
 */
static bool
insert_row(SfmModify *modify, TupleTableSlot *slot, bool row_is_wanted)
{
	SfmWrittenTable *target = modify->target;
	MemoryContext old_context;
	InsertStatement *insert;
	List	   *attnums;
	bool		inserted;

	before_write(modify);
	old_context = MemoryContextSwitchTo(modify->row_context);
	if (row_is_wanted && target->key_columns == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot read the new row of foreign table \"%s\" again",
						target->relation_name),
				 errdetail("SQLite table \"%s\" has no primary key, and its columns hide the rowid.",
						   target->table->name)));
	attnums = present_columns(modify, slot);
	convert_attributes(modify, attnums, slot);
	insert = find_insert(modify, attnums, row_is_wanted);
	sfm_rewind(insert->statement);
	bind_attributes(modify, insert->statement, attnums, 1);
	if (insert->gives_key)
	{
		sfm_before_write(target->connection);
		inserted = sfm_step(insert->statement);
		if (inserted)
		{
			for (int i = 0; i < list_length(target->key_columns); i++)
				copy_column_value(insert->statement, i, &modify->key[i]);
			(void) sfm_step(insert->statement);
		}
		sfm_rewind(insert->statement);
		if (inserted)
			(void) read_row_by_key(modify, slot);
	}
	else
	{
		inserted = sfm_run_write(insert->statement) > 0;
		if (inserted && row_is_wanted)
			(void) read_inserted_row(modify, attnums, slot);
	}
	MemoryContextSwitchTo(old_context);
	return inserted;
}

/* Finds out which row of SQLite a row of the plan is. */
static void
identify_row(SfmModify *modify, TupleTableSlot *plan_slot)
{
	bool		is_null;
	Datum		ctid = ExecGetJunkAttribute(plan_slot, modify->ctid, &is_null);

	if (is_null || modify->identities == NULL)
		elog(ERROR, "row of foreign table \"%s\" is not identified",
			 modify->target->relation_name);
	sfm_identity_get(modify->identities, (ItemPointer) DatumGetPointer(ctid),
					 modify->key);
}

/* Puts new values of the key's columns into the present key. */
static void
follow_key(SfmModify *modify)
{
	ListCell   *cell;

	foreach(cell, modify->target->key_columns)
	{
		AttrNumber	attnum = find_attribute(modify->target, lfirst(cell));

		if (attnum > 0 && list_member_int(modify->updated, attnum))
			modify->key[foreach_current_index(cell)] =
				modify->values[attnum - 1];
	}
}

/*
 * require_partition
 *		A foreign table that is a partition is given only rows that belong to
 *		it.  PostgreSQL does not look.
 */
static void
require_partition(EState *estate, ResultRelInfo *rinfo, TupleTableSlot *slot)
{
	if (rinfo->ri_RelationDesc->rd_rel->relispartition)
		(void) ExecPartitionCheck(rinfo, slot, estate, true);
}

/*
 * sqliteExecForeignInsert
 *		Inserts one row.  NULL if it was in conflict with another one, and that
 *		is no error.
 */
TupleTableSlot *
sqliteExecForeignInsert(EState *estate, ResultRelInfo *rinfo,
						TupleTableSlot *slot, TupleTableSlot *planSlot)
{
	SfmModify  *modify = rinfo->ri_FdwState;

	if (!modify->routed)
		require_partition(estate, rinfo, slot);
	return insert_row(modify, slot, is_row_wanted(rinfo, CMD_INSERT)) ?
		slot : NULL;
}

/*
 * sqliteExecForeignBatchInsert
 *		Inserts rows; *numSlots becomes the number of those that are new.
 */
TupleTableSlot **
sqliteExecForeignBatchInsert(EState *estate, ResultRelInfo *rinfo,
							 TupleTableSlot **slots,
							 TupleTableSlot **planSlots, int *numSlots)
{
	SfmModify  *modify = rinfo->ri_FdwState;
	int			inserted = 0;

	for (int i = 0; i < *numSlots; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!modify->routed)
			require_partition(estate, rinfo, slots[i]);
		if (insert_row(modify, slots[i], false))
			inserted++;
	}
	*numSlots = inserted;
	return slots;
}

/*
 * sqliteGetForeignModifyBatchSize
 *		The option "batch_size"; 1 where each row is looked at.
 */
int
sqliteGetForeignModifyBatchSize(ResultRelInfo *rinfo)
{
	SfmTableOptions options;

	if (is_row_wanted(rinfo, CMD_INSERT) ||
		(rinfo->ri_TrigDesc != NULL &&
		 rinfo->ri_TrigDesc->trig_insert_before_row))
		return 1;
	sfm_table_options(RelationGetRelid(rinfo->ri_RelationDesc), &options);
	return options.batch_size;
}

/*
 * sqliteExecForeignUpdate
 *		Updates one row.  NULL if it is not there any more.
 */
TupleTableSlot *
sqliteExecForeignUpdate(EState *estate, ResultRelInfo *rinfo,
						TupleTableSlot *slot, TupleTableSlot *planSlot)
{
	SfmModify  *modify = rinfo->ri_FdwState;
	MemoryContext old_context;
	bool		updated = true;

	require_partition(estate, rinfo, slot);
	before_write(modify);
	old_context = MemoryContextSwitchTo(modify->row_context);
	identify_row(modify, planSlot);
	convert_attributes(modify, modify->updated, slot);
	if (modify->updated != NIL)
	{
		if (modify->update == NULL)
			modify->update = prepare(modify,
									 sfm_deparse_update(modify->target,
														modify->updated));
		sfm_rewind(modify->update);
		bind_attributes(modify, modify->update, modify->updated, 1);
		bind_key(modify, modify->update, list_length(modify->updated) + 1);
		updated = sfm_run_write(modify->update) > 0;
	}
	if (updated && is_row_wanted(rinfo, CMD_UPDATE))
	{
		follow_key(modify);
		(void) read_row_by_key(modify, slot);
	}
	MemoryContextSwitchTo(old_context);
	return updated ? slot : NULL;
}

/*
 * sqliteExecForeignDelete
 *		Deletes one row.  NULL if it is not there any more.
 */
TupleTableSlot *
sqliteExecForeignDelete(EState *estate, ResultRelInfo *rinfo,
						TupleTableSlot *slot, TupleTableSlot *planSlot)
{
	SfmModify  *modify = rinfo->ri_FdwState;
	MemoryContext old_context;
	bool		deleted;

	before_write(modify);
	old_context = MemoryContextSwitchTo(modify->row_context);
	identify_row(modify, planSlot);
	if (is_row_wanted(rinfo, CMD_DELETE))
		(void) read_row_by_key(modify, slot);
	if (modify->delete == NULL)
		modify->delete = prepare(modify, sfm_deparse_delete(modify->target));
	sfm_rewind(modify->delete);
	bind_key(modify, modify->delete, 1);
	deleted = sfm_run_write(modify->delete) > 0;
	MemoryContextSwitchTo(old_context);
	return deleted ? slot : NULL;
}

/* ------------------------------------------------------------------------
 * The life of a node
 * ------------------------------------------------------------------------
 */

/*
 * sfm_modify_begin
 *		Takes the file's write lock and makes what all kinds of statements
 *		need.  Lives in CurrentMemoryContext.
 */
SfmModify  *
sfm_modify_begin(ModifyTableState *mtstate, Relation relation)
{
	SfmModify  *modify = palloc0(sizeof(SfmModify));
	TupleDesc	descriptor = RelationGetDescr(relation);
	SfmTableOptions options;
	SfmWrittenTable *target;

	/* what SQLite's table looks like is certain only with the lock */
	sfm_table_options(RelationGetRelid(relation), &options);
	sfm_begin_write(sfm_server_connection(options.serverid), options.table);

	target = sfm_target_open(relation);
	modify->relation = relation;
	modify->node = mtstate;
	modify->target = target;
	modify->context = CurrentMemoryContext;
	modify->row_context = AllocSetContextCreate(CurrentMemoryContext,
												"sqlite_fdw_migrate written row",
												ALLOCSET_DEFAULT_SIZES);
	modify->read_context = AllocSetContextCreate(CurrentMemoryContext,
												 "sqlite_fdw_migrate read row",
												 ALLOCSET_DEFAULT_SIZES);
	modify->conflict = target->options.on_conflict;
	modify->values = palloc0_array(SfmValue, Max(target->natts, 1));
	modify->key = palloc0_array(SfmValue,
								Max(list_length(target->key_columns), 1));
	modify->writers = palloc0_array(SfmWriter, Max(target->natts, 1));
	modify->learned = palloc0_array(bool, Max(target->natts, 1));
	for (int i = 0; i < target->natts; i++)
	{
		SfmWrittenColumn *column = &target->columns[i];
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		if (column->attnum != 0)
			sfm_writer_init(&modify->writers[i], attribute->atttypid,
							attribute->atttypmod, column->options.storage,
							column->options.epoch, column->affinity);
	}
	return modify;
}

/* The table that is written. */
const SfmWrittenTable *
sfm_modify_target(const SfmModify *modify)
{
	return modify->target;
}

typedef struct FindScan
{
	Index		relid;			/* of the scan, in the range table */
	SfmIdentities *identities;
} FindScan;

/* Looks for the scan of a relation below a node. */
static bool
find_scan(PlanState *node, FindScan *find)
{
	if (node == NULL)
		return false;
	if (sfm_is_scan_node(node) &&
		((Scan *) node->plan)->scanrelid == find->relid)
	{
		find->identities = sfm_scan_node_identities(node);
		return true;
	}
	return planstate_tree_walker(node, find_scan, find);
}

/* The columns of a row that come into the plan's statement by themselves. */
static List *
unnamed_columns(const SfmWrittenTable *target, List *named)
{
	List	   *result = NIL;

	for (int i = 0; i < target->natts; i++)
	{
		AttrNumber	attnum = target->columns[i].attnum;

		if (attnum != 0 && !list_member_int(named, attnum))
			result = lappend_int(result, attnum);
	}
	return result;
}

/*
 * sqliteBeginForeignModify
 *		Prepares to write the rows of one result relation.
 */
void
sqliteBeginForeignModify(ModifyTableState *mtstate, ResultRelInfo *rinfo,
						 List *fdw_private, int subplan_index, int eflags)
{
	Relation	relation = rinfo->ri_RelationDesc;
	List	   *attnums = list_nth(fdw_private, SFM_MODIFY_ATTNUMS);
	SfmModify  *modify;
	FindScan	find = {.relid = rinfo->ri_RangeTableIndex};

	if (eflags & EXEC_FLAG_EXPLAIN_ONLY)
		return;
	modify = sfm_modify_begin(mtstate, relation);
	modify->conflict = intVal(list_nth(fdw_private, SFM_MODIFY_CONFLICT));
	modify->collected = intVal(list_nth(fdw_private, SFM_MODIFY_COLLECTED));
	rinfo->ri_FdwState = modify;
	if (mtstate->operation == CMD_INSERT)
	{
		/* a trigger, or an expression of PostgreSQL, may give a value */
		modify->named = attnums;
		if (relation->trigdesc != NULL ||
			(RelationGetDescr(relation)->constr != NULL &&
			 RelationGetDescr(relation)->constr->has_generated_stored))
			modify->others = unnamed_columns(modify->target, attnums);
		return;
	}
	modify->updated = attnums;
	modify->ctid =
		ExecFindJunkAttributeInTlist(outerPlan(mtstate->ps.plan)->targetlist,
									 "ctid");
	if (!AttributeNumberIsValid(modify->ctid))
		elog(ERROR, "could not find junk ctid column");
	(void) find_scan(outerPlanState(mtstate), &find);
	modify->identities = find.identities;
}

/*
 * sqliteEndForeignModify
 *		Releases what the writing holds, but for what goes with the query.
 */
void
sqliteEndForeignModify(EState *estate, ResultRelInfo *rinfo)
{
	SfmModify  *modify = rinfo->ri_FdwState;

	if (modify != NULL && modify->scan != NULL)
		sfm_scan_end(modify->scan);
	rinfo->ri_FdwState = NULL;
}

/*
 * sqliteBeginForeignInsert
 *		Prepares for rows of COPY, or of a partitioned table.
 *
 *		A row that an UPDATE moves here from another partition is complete.
 *		The same state may serve an UPDATE of this partition: all its rows have
 *		been read before.
 */
void
sqliteBeginForeignInsert(ModifyTableState *mtstate, ResultRelInfo *rinfo)
{
	Relation	relation = rinfo->ri_RelationDesc;
	ModifyTable *plan = (ModifyTable *) mtstate->ps.plan;
	EState	   *estate = mtstate->ps.state;
	MemoryContext old_context = MemoryContextSwitchTo(estate->es_query_cxt);
	SfmModify  *modify = rinfo->ri_FdwState;
	SfmWrittenTable *target;
	Bitmapset  *named = NULL;

	if (rinfo->ri_usesFdwDirectModify)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot route tuples into foreign table to be updated \"%s\"",
						RelationGetRelationName(relation))));
	if (modify == NULL)
		modify = sfm_modify_begin(mtstate, relation);
	target = modify->target;
	modify->routed = true;
	if (plan != NULL && plan->onConflictAction == ONCONFLICT_NOTHING)
		modify->conflict = SFM_INSERT_IGNORE;
	if (mtstate->operation == CMD_INSERT)
		named = ExecGetInsertedCols(rinfo, estate);
	modify->named = NIL;
	for (AttrNumber attnum = 1; attnum <= target->natts; attnum++)
	{
		bool		is_named =
		bms_is_member(attnum - FirstLowInvalidHeapAttributeNumber, named);

		if (target->columns[attnum - 1].column_name == NULL)
			continue;
		if (is_named)
			sfm_require_settable(target, attnum);
		if (target->columns[attnum - 1].attnum != 0 &&
			(is_named || mtstate->operation != CMD_INSERT))
			modify->named = lappend_int(modify->named, attnum);
	}
	modify->others = unnamed_columns(target, modify->named);
	rinfo->ri_FdwState = modify;
	MemoryContextSwitchTo(old_context);
}

/*
 * sqliteEndForeignInsert
 *		As sqliteEndForeignModify(), which comes for the same state later if it
 *		serves an UPDATE, too.
 */
void
sqliteEndForeignInsert(EState *estate, ResultRelInfo *rinfo)
{
	SfmModify  *modify = rinfo->ri_FdwState;

	if (modify != NULL && modify->identities == NULL)
		sqliteEndForeignModify(estate, rinfo);
}

/*
 * sqliteExplainForeignModify
 *		Shows the statement that writes.
 */
void
sqliteExplainForeignModify(ModifyTableState *mtstate, ResultRelInfo *rinfo,
						   List *fdw_private, int subplan_index,
						   ExplainState *es)
{
	List	   *attnums = list_nth(fdw_private, SFM_MODIFY_ATTNUMS);
	SfmInsertConflict conflict = intVal(list_nth(fdw_private,
												 SFM_MODIFY_CONFLICT));
	SfmWrittenTable *target;
	char	   *sql = NULL;

	/* says what the Sort below is for */
	if (intVal(list_nth(fdw_private, SFM_MODIFY_COLLECTED)))
		ExplainPropertyText("SQLite Rows", "all read before the first is written",
							es);
	if (!es->verbose)
		return;
	target = sfm_target_open(rinfo->ri_RelationDesc);
	if (mtstate->operation == CMD_INSERT)
		sql = sfm_deparse_insert(target, attnums, conflict, false);
	else if (mtstate->operation == CMD_DELETE)
		sql = sfm_deparse_delete(target);
	else if (attnums != NIL)
		sql = sfm_deparse_update(target, attnums);
	if (sql != NULL)
		ExplainPropertyText("SQLite Statement", sql, es);
}
