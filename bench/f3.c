/*-------------------------------------------------------------------------
 *
 * f3.c
 *	  Floor F3: how long SQLite's own library takes to read a table.
 *
 *	  f3 FILE TABLE
 *
 * Steps through all rows of the table and fetches every value in its storage
 * class, as any program has to that uses the library, and does nothing with
 * them but a sum that keeps the compiler from leaving the calls out.  The
 * connection has no mutex and is read-only.  Prints the milliseconds from
 * before the file is opened to after it is closed, and the number of rows.
 *
 *-------------------------------------------------------------------------
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* Milliseconds of a clock that only goes forward. */
static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/* Fetches one value; returns a number made of it. */
static uint64_t
fetch(sqlite3_stmt *select, int column)
{
	const unsigned char *bytes;
	int			length;

	switch (sqlite3_column_type(select, column))
	{
		case SQLITE_INTEGER:
			return (uint64_t) sqlite3_column_int64(select, column);
		case SQLITE_FLOAT:
			return (uint64_t) (int64_t) sqlite3_column_double(select, column);
		case SQLITE_TEXT:
			bytes = sqlite3_column_text(select, column);
			break;
		case SQLITE_BLOB:
			bytes = sqlite3_column_blob(select, column);
			break;
		default:
			return 0;
	}
	length = sqlite3_column_bytes(select, column);
	return length > 0 ? bytes[0] + bytes[length - 1] + (uint64_t) length : 0;
}

int
main(int argc, char **argv)
{
	sqlite3    *db = NULL;
	sqlite3_stmt *select = NULL;
	char	   *sql;
	volatile uint64_t sum = 0;
	long		rows = 0;
	double		start = now();
	int			result,
				columns,
				i;

	if (argc != 3)
	{
		fputs("usage: f3 FILE TABLE\n", stderr);
		return 2;
	}
	sql = sqlite3_mprintf("SELECT * FROM \"%w\"", argv[2]);
	if (sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY |
						SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
		sqlite3_prepare_v2(db, sql, -1, &select, NULL) != SQLITE_OK)
	{
		fprintf(stderr, "f3: %s\n", sqlite3_errmsg(db));
		return 1;
	}
	columns = sqlite3_column_count(select);
	while ((result = sqlite3_step(select)) == SQLITE_ROW)
	{
		uint64_t	row = 0;

		for (i = 0; i < columns; i++)
			row += fetch(select, i);
		sum += row;
		rows++;
	}
	if (result != SQLITE_DONE)
	{
		fprintf(stderr, "f3: %s\n", sqlite3_errmsg(db));
		return 1;
	}
	sqlite3_finalize(select);
	sqlite3_close(db);
	sqlite3_free(sql);
	printf("%.3f %ld\n", now() - start, rows);
	return 0;
}
