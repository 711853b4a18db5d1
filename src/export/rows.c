/*-------------------------------------------------------------------------
 *
 * rows.c
 *	  The rows of a table, from PostgreSQL into the file.
 *
 * Rows are read by a SELECT with the caller's rights and policies, under the
 * snapshot that is active: the same for all tables.  The executor hands each
 * row to a DestReceiver, which collects some of them (row_batch.c) and has
 * SQLite insert these by one statement.  Values are converted here, before
 * SQLite looks at them, so that errors may be raised.
 *
 * A value that the file cannot hold exactly is an error, or NULL, or its row
 * is left out, as on_bad_value says.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "commands/progress.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "tcop/dest.h"
#include "utils/backend_progress.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "export.h"

/* Rows between two reports */
#define REPORT_ROWS 1000

/* Bytes of a key in an error message */
#define KEY_LENGTH 100

/* Rows of a batch */
#define BATCH_ROWS 256

/*
 * Bytes of a value that are copied into the batch's room, and the least size of
 * that.  A longer value stays where it is, and the batch ends with its row.
 */
#define COPIED_LENGTH 4096
#define BATCH_ROOM (256 * 1024)

/* What one SELECT brings and where it goes. */
typedef struct RowCopy
{
	DestReceiver receiver;		/* must be first */
	SfmExport  *export;
	SfmExportTable *table;

	/* columns of the SELECT, and of the batch */
	int			ncolumns;
	SfmExportColumn **columns;
	SfmWriter  *writers;
	sqlite3_stmt *insert;		/* NULL: values are only tried */
	bool		fits;			/* ... and all could be written so far */

	/* rows that are converted and not yet in the file */
	SfmRowBatch batch;
	char	   *room;			/* for their bytes */
	size_t		room_size;
	size_t		room_used;
	bool		batch_ends;		/* with the present row */

	MemoryContext row_context;	/* reset for each row */
	bool		reports;		/* pg_stat_progress_copy is ours */
	int64		bytes;

	/* for errors */
	int			current;		/* column at work, or -1 */
	const char *key;			/* of the row at work, or NULL */
} RowCopy;

/* ------------------------------------------------------------------------
 * Errors
 * ------------------------------------------------------------------------
 */

/*
 * find_key
 *		Notes the key of a row for the error that follows, as far as it was
 *		read: id 1.
 */
static void
find_key(RowCopy *copy, TupleTableSlot *slot)
{
	StringInfoData out;
	int			shown = 0;

	initStringInfo(&out);

	for (int i = 0; i < copy->ncolumns; i++)
	{
		SfmValue	value;

		if (!copy->columns[i]->in_key)
			continue;
		appendStringInfo(&out, "%s%s ", shown++ > 0 ? ", " : "",
						 copy->columns[i]->name);
		if (slot->tts_isnull[i] ||
			!sfm_write(&copy->writers[i], slot->tts_values[i], &value))
			appendStringInfoChar(&out, '?');
		else
			appendStringInfoString(&out, sfm_value_literal(&value, KEY_LENGTH));
	}
	if (shown == 0)
		appendStringInfo(&out, UINT64_FORMAT,
						 copy->table->rows + copy->table->skipped + 1);
	copy->key = out.data;
}

/*
 * find_batch_key
 *		The same for the row of the batch that SQLite has refused.
 */
static void
find_batch_key(RowCopy *copy)
{
	int			row = Min(copy->batch.row, copy->batch.nrows - 1);
	const SfmValue *values = &copy->batch.values[(size_t) row * copy->ncolumns];
	StringInfoData out;
	int			shown = 0;

	initStringInfo(&out);
	for (int i = 0; i < copy->ncolumns; i++)
	{
		if (copy->columns[i]->in_key)
			appendStringInfo(&out, "%s%s %s", shown++ > 0 ? ", " : "",
							 copy->columns[i]->name,
							 sfm_value_literal(&values[i], KEY_LENGTH));
	}
	if (shown == 0)
		appendStringInfo(&out, INT64_FORMAT,
						 copy->table->rows + copy->table->skipped -
						 copy->batch.nrows + row + 1);
	copy->key = out.data;
}

/*
 * raise_bad_value
 *		The error for a value that cannot be written.
 */
pg_noreturn static void
raise_bad_value(RowCopy *copy, TupleTableSlot *slot, int place)
{
	const char *reason = copy->writers[place].reason;
	int			sqlstate = copy->writers[place].sqlstate;

	copy->current = place;
	find_key(copy, slot);
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("value of type %s of column \"%s\" cannot be written to SQLite",
					format_type_be(copy->columns[place]->type),
					copy->columns[place]->name),
			 errdetail("%s", reason),
			 errhint("The argument \"on_bad_value\" can be \"null\" or \"skip\".")));
}

/* ------------------------------------------------------------------------
 * One row
 * ------------------------------------------------------------------------
 */

static inline int64
value_size(const SfmValue *value)
{
	return value->storage_class == SFM_TEXT ||
		value->storage_class == SFM_BLOB ? (int64) value->length : 8;
}

/*
 * take_bad_value
 *		What on_bad_value says; false if the row is to be left out.
 */
static bool
take_bad_value(RowCopy *copy, TupleTableSlot *slot, int place)
{
	switch (copy->export->options->on_bad_value)
	{
		case SFM_BAD_VALUE_SKIP:
			return false;
		case SFM_BAD_VALUE_NULL:
			if (!copy->columns[place]->not_null)
			{
				copy->table->nulled++;
				return true;
			}
			break;
		case SFM_BAD_VALUE_ERROR:
			break;
	}
	raise_bad_value(copy, slot, place);
}

/*
 * keep_bytes
 *		Sees to it that the bytes of a value stay until the batch is written.
 */
static inline void
keep_bytes(RowCopy *copy, SfmValue *value)
{
	char	   *room = copy->room + copy->room_used;

	if (value->storage_class != SFM_TEXT && value->storage_class != SFM_BLOB)
		return;
	if (value->length > COPIED_LENGTH)
	{
		copy->batch_ends = true;
		return;
	}
	memcpy(room, value->bytes, value->length);
	value->bytes = room;
	copy->room_used += value->length;
}

/* Converts a row into the batch; false if it is to be left out. */
static bool
take_row(RowCopy *copy, TupleTableSlot *slot)
{
	SfmValue   *values =
		&copy->batch.values[(size_t) copy->batch.nrows * copy->ncolumns];

	copy->batch_ends = false;
	for (int i = 0; i < copy->ncolumns; i++)
	{
		SfmValue   *value = &values[i];

		if (slot->tts_isnull[i])
			value->storage_class = SFM_NULL;
		else if (sfm_write(&copy->writers[i], slot->tts_values[i], value))
			keep_bytes(copy, value);
		else if (take_bad_value(copy, slot, i))
			value->storage_class = SFM_NULL;
		else
			return false;
		copy->bytes += value_size(value);
	}
	return true;
}

/* Has SQLite insert the rows of the batch, one or more. */
static void
write_batch(RowCopy *copy)
{
	int			code;

	copy->room_used = 0;
	/* all rows may have been left out */
	if (copy->batch.nrows == 0)
		return;
	code = sqlite3_step(copy->insert);
	if (unlikely(code != SQLITE_DONE))
	{
		find_batch_key(copy);
		sfm_new_file_raise(copy->export->file, code);
	}
	(void) sqlite3_reset(copy->insert);
	copy->batch.nrows = 0;
}

static void
report_progress(RowCopy *copy)
{
	static const int fields[] = {PROGRESS_COPY_BYTES_PROCESSED,
	PROGRESS_COPY_TUPLES_PROCESSED, PROGRESS_COPY_TUPLES_EXCLUDED};
	int64		values[lengthof(fields)] = {copy->bytes, copy->table->rows, copy->table->skipped};

	if (copy->reports)
		pgstat_progress_update_multi_param(lengthof(fields), fields, values);
}

/* The executor has a row. */
static bool
receive_row(TupleTableSlot *slot, DestReceiver *receiver)
{
	RowCopy    *copy = (RowCopy *) receiver;
	MemoryContext old_context;
	bool		taken;

	CHECK_FOR_INTERRUPTS();
	slot_getallattrs(slot);
	old_context = MemoryContextSwitchTo(copy->row_context);
	taken = take_row(copy, slot);
	if (taken)
	{
		copy->table->rows++;
		copy->batch.nrows++;
	}
	else
		copy->table->skipped++;
	if ((taken && copy->batch_ends) || copy->batch.nrows == BATCH_ROWS ||
		copy->room_size - copy->room_used <
		(size_t) copy->ncolumns * COPIED_LENGTH)
		write_batch(copy);
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(copy->row_context);
	if (copy->table->rows % REPORT_ROWS == 0)
	{
		report_progress(copy);
		sfm_new_file_flush(copy->export->file);
	}
	return true;
}

/* The same, only to see whether the values can be written. */
static bool
try_row(TupleTableSlot *slot, DestReceiver *receiver)
{
	RowCopy    *copy = (RowCopy *) receiver;
	MemoryContext old_context;

	CHECK_FOR_INTERRUPTS();
	slot_getallattrs(slot);
	old_context = MemoryContextSwitchTo(copy->row_context);
	for (int i = 0; i < copy->ncolumns && copy->fits; i++)
	{
		SfmValue	value;

		if (!slot->tts_isnull[i] &&
			!sfm_write(&copy->writers[i], slot->tts_values[i], &value))
			copy->fits = false;
	}
	MemoryContextSwitchTo(old_context);
	MemoryContextReset(copy->row_context);
	return copy->fits;
}

static void
no_startup(DestReceiver *receiver, int operation, TupleDesc descriptor)
{
}

static void
no_shutdown(DestReceiver *receiver)
{
}

/* ------------------------------------------------------------------------
 * A table
 * ------------------------------------------------------------------------
 */

/* What is read: all columns that the file does not compute or hide. */
static RowCopy *
begin_copy(SfmExport *export, SfmExportTable *table)
{
	RowCopy    *copy = palloc0_object(RowCopy);

	copy->receiver.receiveSlot = receive_row;
	copy->receiver.rStartup = no_startup;
	copy->receiver.rShutdown = no_shutdown;
	copy->receiver.rDestroy = no_shutdown;
	copy->receiver.mydest = DestNone;
	copy->export = export;
	copy->table = table;
	copy->current = -1;
	copy->columns = palloc0_array(SfmExportColumn *, Max(table->ncolumns, 1));
	copy->writers = palloc0_array(SfmWriter, Max(table->ncolumns, 1));
	copy->row_context = AllocSetContextCreate(CurrentMemoryContext,
											  "sqlite_export row",
											  ALLOCSET_DEFAULT_SIZES);
	return copy;
}

static void
add_column(RowCopy *copy, SfmExportColumn *column)
{
	sfm_writer_init(&copy->writers[copy->ncolumns], column->type,
					column->typmod, SFM_STORAGE_DEFAULT, SFM_EPOCH_AUTO,
					column->affinity);
	copy->columns[copy->ncolumns++] = column;
}

/* Makes room for a batch of the columns that were added. */
static void
begin_batch(RowCopy *copy)
{
	copy->batch.ncolumns = copy->ncolumns;
	copy->batch.values = palloc_array(SfmValue,
									  (size_t) BATCH_ROWS *
									  Max(copy->ncolumns, 1));
	copy->room_size = Max(BATCH_ROOM,
						  (size_t) 2 * copy->ncolumns * COPIED_LENGTH);
	copy->room = palloc(copy->room_size);
	sfm_new_file_read(copy->export->file, &copy->batch);
}

/* The SELECT for the columns of a copy.  Palloc'd. */
static char *
select_sql(const RowCopy *copy)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT ");
	for (int i = 0; i < copy->ncolumns; i++)
		appendStringInfo(&sql, "%st.%s", i > 0 ? ", " : "",
						 quote_identifier(copy->columns[i]->name));
	appendStringInfo(&sql, " FROM %s%s AS t", copy->table->only ? "ONLY " : "",
					 sfm_qualified(copy->table->relid));
	return sql.data;
}

/*
 * insert_sql
 *		The INSERT of the rows of a batch, whose columns are those of the SELECT.
 *		Palloc'd.
 */
static char *
insert_sql(const RowCopy *copy)
{
	const SfmExportTable *table = copy->table;
	StringInfoData sql;
	StringInfoData values;
	const char *separator = "";
	int			place = 0;

	initStringInfo(&sql);
	initStringInfo(&values);
	appendStringInfo(&sql, "INSERT INTO %s (",
					 sfm_quote_sqlite(table->sqlite_name));
	for (int i = 0; i < table->ncolumns; i++)
	{
		const SfmExportColumn *column = &table->columns[i];

		if (column->generated_sql != NULL)
			continue;
		appendStringInfo(&sql, "%s%s", separator,
						 sfm_quote_sqlite(column->sqlite_name));
		if (column->redacted != NULL)
			appendStringInfo(&values, "%s%s", separator, column->redacted);
		else
			appendStringInfo(&values, "%sb.c%d", separator, place++);
		separator = ", ";
	}
	appendStringInfo(&sql, ") SELECT %s FROM " SFM_ROW_BATCH_TABLE " AS b",
					 values.data);
	return sql.data;
}

/* Runs a SELECT under the active snapshot and lets the copy have its rows. */
static void
run_select(RowCopy *copy)
{
	SPIExecuteOptions options = {
		.read_only = true,
		.dest = &copy->receiver,
	};
	char	   *sql = select_sql(copy);
	int			code;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	code = SPI_execute_extended(sql, &options);
	if (code < 0)
		elog(ERROR, "SPI failed with %s: %s", SPI_result_code_string(code), sql);
	SPI_finish();
}

/*
 * sfm_column_fits
 *		Can all values of a column be written as it is declared now?
 */
bool
sfm_column_fits(SfmExport *export, SfmExportTable *table,
				const SfmExportColumn *column)
{
	RowCopy    *copy = begin_copy(export, table);
	bool		fits;

	copy->fits = true;
	copy->receiver.receiveSlot = try_row;
	add_column(copy, unconstify(SfmExportColumn *, column));
	run_select(copy);
	fits = copy->fits;
	MemoryContextDelete(copy->row_context);
	pfree(copy);
	return fits;
}

/*
 * begin_progress
 *		Takes a row of pg_stat_progress_copy, unless a command that reports its
 *		own progress has called us.
 */
static void
begin_progress(RowCopy *copy)
{
	static const int fields[] = {PROGRESS_COPY_COMMAND, PROGRESS_COPY_TYPE};
	static const int64 values[] = {PROGRESS_COPY_COMMAND_TO,
	PROGRESS_COPY_TYPE_FILE};

	copy->reports = MyBEEntry != NULL &&
		MyBEEntry->st_progress_command == PROGRESS_COMMAND_INVALID;
	if (!copy->reports)
		return;
	pgstat_progress_start_command(PROGRESS_COMMAND_COPY, copy->table->relid);
	pgstat_progress_update_multi_param(lengthof(fields), fields, values);
}

/* Says which table, row and column an error belongs to. */
static void
copy_context(void *argument)
{
	RowCopy    *copy = argument;

	if (copy->key == NULL)
		errcontext("table \"%s\"", copy->table->name);
	else if (copy->current >= 0)
		errcontext("column \"%s\" of table \"%s\", row %s",
				   copy->columns[copy->current]->name, copy->table->name,
				   copy->key);
	else
		errcontext("table \"%s\", row %s", copy->table->name, copy->key);
}

/*
 * sfm_copy_rows
 *		Copies all rows of a table, which exists in the file.
 */
void
sfm_copy_rows(SfmExport *export, SfmExportTable *table)
{
	RowCopy    *copy = begin_copy(export, table);
	ErrorContextCallback callback = {
		.callback = copy_context,
		.arg = copy,
		.previous = error_context_stack,
	};

	for (int i = 0; i < table->ncolumns; i++)
	{
		SfmExportColumn *column = &table->columns[i];

		if (column->generated_sql == NULL && column->redacted == NULL)
			add_column(copy, column);
	}
	error_context_stack = &callback;
	begin_batch(copy);
	copy->insert = sfm_new_file_prepare(export->file, insert_sql(copy));
	begin_progress(copy);
	run_select(copy);
	write_batch(copy);
	report_progress(copy);
	if (copy->reports)
		pgstat_progress_end_command();
	sqlite3_finalize(copy->insert);
	error_context_stack = callback.previous;
	MemoryContextDelete(copy->row_context);
	pfree(copy->batch.values);
	pfree(copy->room);
	pfree(copy);
}
