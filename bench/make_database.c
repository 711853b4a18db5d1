/*-------------------------------------------------------------------------
 *
 * make_database.c
 *	  Writes the SQLite files that bench/run.sh measures with.
 *
 *	  make_database KIND ROWS FILE
 *
 *	  main	table "records": 12 columns (key, 3 integers, 2 reals, 3 texts of
 *			20 to 60 characters, DATETIME as text, BOOLEAN, a text that is NULL
 *			in half of the rows), one index; about 240 bytes a row
 *	  wide	table "wide": a key and 99 more columns of all kinds
 *	  big	table "documents": a key, a name and a text of one million bytes
 *
 * The values come from a pseudorandom sequence that starts at the same point
 * each time: the same arguments give the same rows on every machine.  One
 * REAL in eight has no fraction (SQLite then stores an integer), one text in
 * sixteen has letters beyond ASCII, and the rows lie in the order of their
 * keys, as in the files of most applications.
 *
 *-------------------------------------------------------------------------
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BIG_TEXT 1000000
#define WIDE_COLUMNS 100

static sqlite3 *db;
static uint64_t state = 20240229;

/* Ends the program with SQLite's message. */
static void
fail(const char *what)
{
	fprintf(stderr, "make_database: %s: %s\n", what,
			db ? sqlite3_errmsg(db) : "no connection");
	exit(1);
}

/* The next number of the sequence (SplitMix64). */
static uint64_t
next_number(void)
{
	uint64_t	z = (state += UINT64_C(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/* A number from 0 to limit - 1. */
static int64_t
below(int64_t limit)
{
	return (int64_t) (next_number() % (uint64_t) limit);
}

/* Words until the text has at least "length" bytes; returns the length. */
static int
make_text(char *text, int length)
{
	static const char *const words[] = {
		"amber ", "birch ", "cobalt ", "delta ", "ember ", "fjord ",
		"granite ", "harbour ", "indigo ", "juniper ", "kestrel ", "lantern ",
		"meadow ", "nickel ", "orchard ", "pebble ", "quartz ", "river ",
		"saffron ", "timber ", "umber ", "velvet ", "willow ", "zephyr "
	};
	static const char *const others[] = {
		"\xc3\xa9t\xc3\xa9 ", "\xce\xb1\xce\xb2\xce\xb3 ",
		"\xe6\x9d\xb1\xe4\xba\xac ", "\xf0\x9f\x8c\xb2 "
	};
	int			used = 0;

	if (below(16) == 0)
		used += sprintf(text, "%s", others[below(4)]);
	while (used < length)
		used += sprintf(text + used, "%s", words[below(24)]);
	return used - 1;			/* without the last blank */
}

/* Binds a text of at least "shortest" bytes, and not much over "longest". */
static void
bind_text(sqlite3_stmt *insert, int column, int shortest, int longest)
{
	char		text[256];
	int			length = make_text(text,
								   shortest + below(longest - shortest + 1));

	sqlite3_bind_text(insert, column, text, length, SQLITE_TRANSIENT);
}

/* Binds a REAL, without a fraction in one of eight. */
static void
bind_real(sqlite3_stmt *insert, int column, double most)
{
	double		value = most * (double) (next_number() >> 11) / 9007199254740992.0;

	if (below(8) == 0)
		value = (double) (int64_t) value;
	sqlite3_bind_double(insert, column, value);
}

/* Binds a moment of the years 2001 to 2033, as text. */
static void
bind_moment(sqlite3_stmt *insert, int column)
{
	char		text[64];
	int			length;

	length = sprintf(text, "%04d-%02d-%02d %02d:%02d:%02d",
					 2001 + (int) below(33), 1 + (int) below(12),
					 1 + (int) below(28), (int) below(24), (int) below(60),
					 (int) below(60));
	sqlite3_bind_text(insert, column, text, length, SQLITE_TRANSIENT);
}

static void
bind_main(sqlite3_stmt *insert, int64_t row)
{
	sqlite3_bind_int64(insert, 1, row);
	sqlite3_bind_int64(insert, 2, below(100000));
	sqlite3_bind_int64(insert, 3, below(100));
	/* of all lengths, below 2^61: pgloader loses rows with longer ones */
	sqlite3_bind_int64(insert, 4, (int64_t) next_number() >> (2 + below(58)));
	bind_real(insert, 5, 10000);
	bind_real(insert, 6, 1);
	bind_text(insert, 7, 20, 55);
	bind_text(insert, 8, 20, 55);
	bind_text(insert, 9, 20, 55);
	bind_moment(insert, 10);
	sqlite3_bind_int64(insert, 11, below(2));
	if (below(2) == 0)
		bind_text(insert, 12, 20, 100);
}

/* The kinds of columns of table "wide" come in turn. */
static void
bind_wide(sqlite3_stmt *insert, int64_t row)
{
	int			column;

	sqlite3_bind_int64(insert, 1, row);
	for (column = 2; column <= WIDE_COLUMNS; column++)
	{
		switch (column % 5)
		{
			case 0:
				bind_real(insert, column, 1000);
				break;
			case 1:
				bind_text(insert, column, 5, 20);
				break;
			case 2:
				if (below(4) == 0)
					sqlite3_bind_int64(insert, column, below(1000));
				break;
			case 3:
				bind_moment(insert, column);
				break;
			default:
				sqlite3_bind_int64(insert, column, below(1000000));
		}
	}
}

/* The text has no repetitions that a compression could use. */
static void
bind_big(sqlite3_stmt *insert, int64_t row)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static char text[BIG_TEXT];
	int			i;

	for (i = 0; i < BIG_TEXT; i++)
		text[i] = letters[below(64)];
	sqlite3_bind_int64(insert, 1, row);
	bind_text(insert, 2, 20, 60);
	sqlite3_bind_text(insert, 3, text, BIG_TEXT, SQLITE_STATIC);
}

/* CREATE TABLE of the wide table; its INSERT has a parameter per column. */
static const char *
wide_schema(void)
{
	static char sql[8192];
	int			used = sprintf(sql, "CREATE TABLE wide (id INTEGER PRIMARY KEY");
	int			column;

	for (column = 2; column <= WIDE_COLUMNS; column++)
	{
		static const char *const types[] = {
			"REAL", "TEXT", "INTEGER", "DATETIME", "INTEGER"
		};

		used += sprintf(sql + used, ", c%d %s", column, types[column % 5]);
	}
	strcpy(sql + used, ");");
	return sql;
}

/* Inserts the rows in one transaction. */
static void
fill(const char *table, int columns, int64_t rows,
	 void (*bind) (sqlite3_stmt *, int64_t))
{
	char		sql[1024];
	int			used = sprintf(sql, "INSERT INTO %s VALUES (?", table);
	sqlite3_stmt *insert;
	int64_t		row;

	while (--columns > 0)
		used += sprintf(sql + used, ", ?");
	strcpy(sql + used, ")");
	if (sqlite3_prepare_v2(db, sql, -1, &insert, NULL) != SQLITE_OK ||
		sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		fail("cannot begin");
	for (row = 1; row <= rows; row++)
	{
		sqlite3_clear_bindings(insert);
		bind(insert, row);
		if (sqlite3_step(insert) != SQLITE_DONE)
			fail("cannot insert");
		sqlite3_reset(insert);
	}
	sqlite3_finalize(insert);
	if (sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		fail("cannot commit");
}

int
main(int argc, char **argv)
{
	const char *kind = argc == 4 ? argv[1] : "";
	int64_t		rows = argc == 4 ? strtoll(argv[2], NULL, 10) : 0;
	const char *schema = NULL;

	if (strcmp(kind, "main") == 0)
		schema = "CREATE TABLE records (id INTEGER PRIMARY KEY,"
			" account INTEGER NOT NULL, quantity INTEGER, hash INTEGER,"
			" price REAL, weight REAL, name TEXT NOT NULL, title TEXT,"
			" address TEXT, created DATETIME, active BOOLEAN, remark TEXT);";
	else if (strcmp(kind, "wide") == 0)
		schema = wide_schema();
	else if (strcmp(kind, "big") == 0)
		schema = "CREATE TABLE documents (id INTEGER PRIMARY KEY, name TEXT,"
			" body TEXT);";
	if (schema == NULL || rows <= 0)
	{
		fputs("usage: make_database main|wide|big ROWS FILE\n", stderr);
		return 2;
	}
	if (sqlite3_open(argv[3], &db) != SQLITE_OK ||
		sqlite3_exec(db, "PRAGMA journal_mode = OFF;"
					 " PRAGMA synchronous = OFF;", NULL, NULL, NULL) != SQLITE_OK ||
		sqlite3_exec(db, schema, NULL, NULL, NULL) != SQLITE_OK)
		fail(argv[3]);
	if (strcmp(kind, "main") == 0)
	{
		fill("records", 12, rows, bind_main);
		if (sqlite3_exec(db, "CREATE INDEX records_account ON records (account)",
						 NULL, NULL, NULL) != SQLITE_OK)
			fail("cannot make the index");
	}
	else if (strcmp(kind, "wide") == 0)
		fill("wide", WIDE_COLUMNS, rows, bind_wide);
	else
		fill("documents", 3, rows, bind_big);
	if (sqlite3_close(db) != SQLITE_OK)
		fail("cannot close");
	return 0;
}
