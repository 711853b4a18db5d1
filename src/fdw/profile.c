/*-------------------------------------------------------------------------
 *
 * profile.c
 *	  One scan over a SQLite table that profiles all its columns at once.
 *
 * For IMPORT FOREIGN SCHEMA (infer_types) and sqlite_profile().  What is
 * counted and decided per column is src/value/infer.c's business.
 *
 * A view may be arbitrarily expensive, or never end: only its first rows are
 * looked at, and no longer than a fraction of a second.
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
	SfmStatement *statement;
	int			rowid_column;	/* of the SELECT, or -1 */
	int64		row_number;
} ProfileScan;

/* Names the present row in a message; palloc'd. */
static char *
describe_row(void *argument)
{
	ProfileScan *scan = argument;

	if (scan->rowid_column >= 0)
		return psprintf("rowid " INT64_FORMAT,
						sfm_column_int64(scan->statement, scan->rowid_column));
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
 * profile_row
 *		Feeds the present row to the profiles of its columns.
 */
static void
profile_row(SfmTableProfile *profile, ProfileScan *scan)
{
	for (int i = 0; i < profile->ncolumns; i++)
	{
		SfmValue	value;

		sfm_column_value(scan->statement, i, &value);
		sfm_profile_value(&profile->columns[i], &value, describe_row, scan);
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
	code = sfm_try_prepare(connection, profile_query(profile, &scan, max_rows),
						   &scan.statement);
	if (code == SQLITE_OK)
	{
		row_context = AllocSetContextCreate(CurrentMemoryContext,
											"sqlite_fdw_migrate profile row",
											ALLOCSET_DEFAULT_SIZES);
		old_context = MemoryContextSwitchTo(row_context);
		if (is_view)
			sfm_set_budget(connection, VIEW_OPCODES);
		while ((code = sqlite3_step(scan.statement->stmt)) == SQLITE_ROW)
		{
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
		const char *message = sqlite3_errmsg(connection->db);

		if ((code & 0xff) != SQLITE_ERROR && (code & 0xff) != SQLITE_CORRUPT)
			sfm_raise(connection, code);
		*reason = sfm_from_utf8(message, strlen(message));
		if (*reason == NULL)
			*reason = pstrdup(sqlite3_errstr(code));
	}
	if (scan.statement != NULL)
		sfm_finalize(scan.statement);
	profile->rows = scan.row_number;
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
