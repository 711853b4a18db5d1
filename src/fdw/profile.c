/*-------------------------------------------------------------------------
 *
 * profile.c
 *	  One scan over a SQLite table that profiles all its columns at once.
 *
 * For IMPORT FOREIGN SCHEMA (infer_types) and sqlite_profile().  What is
 * counted and decided per column is src/value/collect.c's and infer.c's business.
 *
 * A view may be arbitrarily expensive, or never end: only its first rows are
 * looked at, and no longer than a fraction of a second.  Tables are read by their
 * pages where that is possible (src/sqlite/reader.c).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "fdw.h"

/* What a view may cost, in opcodes of SQLite's virtual machine */
#define VIEW_OPCODES 20000000
#define VIEW_ROWS 1000

/* The scan in progress, for describe_row() */
typedef struct ProfileScan
{
	SfmReader  *reader;
	int			rowid_column;	/* of the SELECT, or -1 */
	int64		row_number;
} ProfileScan;

/* Names the present row in a message; palloc'd. */
static char *
describe_row(void *argument)
{
	ProfileScan *scan = argument;

	if (scan->rowid_column >= 0)
	{
		SfmValue	buffer;

		return psprintf("rowid " INT64_FORMAT,
						sfm_reader_value(scan->reader, scan->rowid_column,
										 &buffer)->integer);
	}
	return psprintf("row " INT64_FORMAT, scan->row_number);
}

/* The SELECT for a profile. */
static char *
profile_query(const SfmTableProfile *profile, ProfileScan *scan,
			  int64 max_rows)
{
	const SfmTable *table = profile->table;
	const char *rowid = sfm_rowid_name(table);
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT ");
	for (int i = 0; i < profile->ncolumns; i++)
		appendStringInfo(&sql, "t.%s, ",
						 sfm_quote_sqlite(profile->names[i]));
	scan->rowid_column = rowid != NULL ? profile->ncolumns : -1;
	if (rowid != NULL)
		appendStringInfo(&sql, "t.%s", sfm_quote_sqlite(rowid));
	else
		appendStringInfoString(&sql, "NULL");
	appendStringInfo(&sql, " FROM main.%s AS t",
					 sfm_quote_sqlite(table->name));
	if (max_rows > 0)
		appendStringInfo(&sql, " LIMIT " INT64_FORMAT, max_rows);
	return sql.data;
}

/*
 * begin_profile
 *		Begins to read.  Returns SQLite's result code.
 */
static int
begin_profile(SfmConnection *connection, const SfmTableProfile *profile,
			  int64 max_rows, ProfileScan *scan)
{
	SfmReadColumn *columns = palloc0_array(SfmReadColumn,
										   profile->ncolumns + 1);
	SfmReadRequest request = {
		.sql = profile_query(profile, scan, max_rows),
		.table = profile->table,
		.ncolumns = profile->ncolumns + 1,
		.columns = columns,
	};

	/* "pages" is for foreign tables: there may be views beside them */
	if (sfm_server_reader(connection->serverid) == SFM_READER_SQLITE)
		request.choice = SFM_READER_SQLITE;
	for (int i = 0; i < profile->ncolumns; i++)
		sfm_read_column(profile->table, profile->names[i], &columns[i]);
	columns[profile->ncolumns].place =
		scan->rowid_column >= 0 ? SFM_READ_ROWID : SFM_READ_NULL;
	return sfm_reader_try_begin(connection, &request, &scan->reader);
}

/*
 * profile_row
 *		Feeds the present row to the profiles of its columns.
 */
static void
profile_row(SfmTableProfile *profile, ProfileScan *scan)
{
	if (scan->reader->values != NULL)
	{
		sfm_profile_values(profile->columns, scan->reader->values,
						   profile->ncolumns, describe_row, scan);
		return;
	}
	for (int i = 0; i < profile->ncolumns; i++)
	{
		SfmValue	buffer;

		sfm_profile_values(&profile->columns[i],
						   sfm_reader_value(scan->reader, i, &buffer), 1,
						   describe_row, scan);
	}
}

/*
 * note_facts
 *		Remembers what the plan of a migration would else ask SQLite for.
 */
static void
note_facts(SfmConnection *connection, const SfmTableProfile *profile)
{
	for (int i = 0; i < profile->ncolumns; i++)
	{
		int			classes = 0;

		for (int j = 0; j < SFM_STORAGE_CLASSES; j++)
		{
			if (profile->columns[i].count[j] > 0)
				classes |= SFM_CLASS_BIT(j == SFM_INVALID_TEXT ? SFM_TEXT : j);
		}
		sfm_note_classes(connection, profile->table,
						 sfm_find_column(profile->table, profile->names[i]),
						 classes);
	}
}

/*
 * sfm_profile_table
 *		Reads a table, or its first max_rows rows (0: all), into the profiles
 *		that the caller has begun.
 *
 *		False if SQLite cannot read it, for damage or an error in a view; then
 *		*reason is its message and the profiles cover the rows before.  Other
 *		failures, and a cancel, are raised.
 */
bool
sfm_profile_table(SfmConnection *connection, SfmTableProfile *profile,
				  int64 max_rows, char **reason)
{
	ProfileScan scan = {0};
	MemoryContext row_context;
	MemoryContext old_context;
	bool		is_view = profile->table->kind == SFM_KIND_VIEW;
	int64		budget_left = 0;
	int			code;

	if (is_view)
		max_rows = VIEW_ROWS;
	code = begin_profile(connection, profile, max_rows, &scan);
	if (code == SQLITE_OK)
	{
		row_context = AllocSetContextCreate(CurrentMemoryContext,
											"sqlite_fdw_migrate profile row",
											ALLOCSET_DEFAULT_SIZES);
		old_context = MemoryContextSwitchTo(row_context);
		if (is_view)
			sfm_set_budget(connection, VIEW_OPCODES);
		while ((code = sfm_reader_try_next(scan.reader)) == SQLITE_ROW)
		{
			/* the reader pages does not look at the SELECT's LIMIT */
			if (max_rows > 0 && scan.row_number == max_rows)
			{
				code = SQLITE_DONE;
				break;
			}
			scan.row_number++;
			profile_row(profile, &scan);
			MemoryContextReset(row_context);
			CHECK_FOR_INTERRUPTS();
		}
		if (is_view)
			budget_left = sfm_set_budget(connection, 0);
		MemoryContextSwitchTo(old_context);
		MemoryContextDelete(row_context);
	}
	if (is_view && code == SQLITE_INTERRUPT && budget_left == 0)
	{
		CHECK_FOR_INTERRUPTS();
		code = SQLITE_DONE;
	}

	if (code != SQLITE_DONE)
	{
		if ((code & 0xff) != SQLITE_ERROR && (code & 0xff) != SQLITE_CORRUPT)
			sfm_reader_raise(connection, scan.reader, code);
		*reason = sfm_reader_problem(connection, scan.reader, code);
	}
	if (scan.reader != NULL)
		sfm_reader_end(scan.reader);
	profile->rows = scan.row_number;
	if (code == SQLITE_DONE && max_rows == 0 &&
		profile->table->kind == SFM_KIND_TABLE)
		note_facts(connection, profile);
	return code == SQLITE_DONE;
}

/*
 * sfm_is_core_data
 *		Was the file written by Apple's Core Data?  It counts seconds since
 *		2001 in all its TIMESTAMP columns.
 */
bool
sfm_is_core_data(SfmConnection *connection)
{
	SfmStatement *statement =
		sfm_prepare(connection,
					"SELECT 1 FROM sqlite_master AS m"
					" WHERE m.type = 'table' AND m.name = 'Z_PRIMARYKEY'");
	bool		result = sfm_step(statement);

	sfm_finalize(statement);
	return result;
}
