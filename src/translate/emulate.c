/*-------------------------------------------------------------------------
 *
 * emulate.c
 *	  Lets the SQLite library compute one expression of given values.
 *
 * The compatibility functions compute what SQLite's own functions compute,
 * because it is these that run: on a private connection to an empty database
 * in memory, one per backend, with a prepared statement for each function and
 * number of arguments.  The connection has no table and never has one; it is
 * not among those of src/sqlite/connection.c, belongs to no server and no
 * transaction, and lives as long as the backend.
 *
 * A statement is reset, and forgets its arguments, before anything here can
 * raise an error, so that none stays busy.  SQLite looks at no interrupts
 * inside of a function; all the functions take time in proportion to their
 * arguments, but for LIKE and GLOB, whose patterns SQLite limits.  SQLite's
 * limit of the length of a value is left as it is: printf() returns NULL where
 * the result would exceed it, so that another limit would be another result.
 *
 * What is computed must not depend on the time, the time zone or anything
 * else outside, for the functions are IMMUTABLE: that is emulate_date.c's
 * care.  It does depend on the version of the library in the details that
 * SQLite has changed, as collations do on theirs.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "sqlite/sqlite.h"
#include "translate/emulate.h"

/* Statements kept; more than there are functions and usual numbers */
#define MAX_STATEMENTS 64

typedef struct CachedStatement
{
	const SfmEmulated *function;
	int			narguments;
	sqlite3_stmt *stmt;
} CachedStatement;

static sqlite3 *database = NULL;
static CachedStatement statements[MAX_STATEMENTS];
static int	nstatements = 0;
static int	next_victim = 0;

/* The SQLSTATE for a result code that a function ended with. */
static int
emulation_sqlstate(const SfmEmulated *function, int code)
{
	switch (code & 0xff)
	{
		case SQLITE_ERROR:
			return function->sqlstate;
		case SQLITE_NOMEM:
			return ERRCODE_FDW_OUT_OF_MEMORY;
		case SQLITE_TOOBIG:
			return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
		default:
			return ERRCODE_FDW_ERROR;
	}
}

/* Raises what SQLite reports; the statement has been reset. */
pg_noreturn static void
raise_emulation(const SfmEmulated *function, int code, int sqlstate)
{
	const char *utf8 = sqlite3_errmsg(database);
	char	   *reason = NULL;

	if ((code & 0xff) == SQLITE_ERROR)
		reason = sfm_from_utf8(utf8, strlen(utf8));
	if (reason == NULL)
		reason = pstrdup(sqlite3_errstr(code));
	ereport(ERROR,
			(errcode(sqlstate),
			 errmsg("SQLite cannot compute \"%s\": %s",
					function->name, reason)));
}

/* Opens the private connection, unless it is open. */
static void
open_database(void)
{
	int			code;

	if (likely(database != NULL))
		return;
	code = sqlite3_open_v2(":memory:", &database,
						   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
						   SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, NULL);
	if (code != SQLITE_OK)
	{
		sqlite3_close(database);
		database = NULL;
		ereport(ERROR,
				(errcode(ERRCODE_FDW_UNABLE_TO_ESTABLISH_CONNECTION),
				 errmsg("could not open a SQLite database in memory: %s",
						sqlite3_errstr(code))));
	}
	sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
}

/* The statement's text: SELECT name(?1,?2) or SELECT expression. */
static char *
statement_text(const SfmEmulated *function, int narguments)
{
	StringInfoData sql;

	initStringInfo(&sql);
	if (function->expression != NULL)
		appendStringInfo(&sql, "SELECT %s", function->expression);
	else
	{
		appendStringInfo(&sql, "SELECT %s(", function->name);
		for (int i = 1; i <= narguments; i++)
			appendStringInfo(&sql, i == 1 ? "?%d" : ",?%d", i);
		appendStringInfoChar(&sql, ')');
	}
	return sql.data;
}

/*
 * The statement for a function with so many arguments.  SQLite refuses one
 * that it does not have in this version, or too many arguments.
 */
static sqlite3_stmt *
prepare(const SfmEmulated *function, int narguments)
{
	CachedStatement *slot;
	char	   *sql;
	int			code;

	for (int i = 0; i < nstatements; i++)
	{
		if (statements[i].function == function &&
			statements[i].narguments == narguments)
			return statements[i].stmt;
	}

	open_database();
	sql = statement_text(function, narguments);
	if (nstatements < MAX_STATEMENTS)
		slot = &statements[nstatements];
	else
	{
		slot = &statements[next_victim];
		next_victim = (next_victim + 1) % MAX_STATEMENTS;
		sqlite3_finalize(slot->stmt);
		/* the last one takes its place, for there are no gaps */
		*slot = statements[--nstatements];
		slot = &statements[nstatements];
	}
	code = sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT,
							  &slot->stmt, NULL);
	if (code != SQLITE_OK)
		raise_emulation(function, code,
						(code & 0xff) == SQLITE_ERROR ?
						ERRCODE_FEATURE_NOT_SUPPORTED :
						emulation_sqlstate(function, code));
	slot->function = function;
	slot->narguments = narguments;
	nstatements++;
	pfree(sql);
	return slot->stmt;
}

/* Binds one value; its bytes stay where they are until the reset. */
static int
bind_value(sqlite3_stmt *stmt, int parameter, const SfmValue *value)
{
	switch (value->storage_class)
	{
		case SFM_INTEGER:
			return sqlite3_bind_int64(stmt, parameter, value->integer);
		case SFM_REAL:
			return sqlite3_bind_double(stmt, parameter, value->real);
		case SFM_TEXT:
			return sqlite3_bind_text64(stmt, parameter, value->bytes,
									   value->length, SQLITE_STATIC,
									   SQLITE_UTF8);
		case SFM_BLOB:
			return sqlite3_bind_blob64(stmt, parameter, value->bytes,
									   value->length, SQLITE_STATIC);
		default:
			return sqlite3_bind_null(stmt, parameter);
	}
}

/*
 * Takes the one value of the present row.  Must not raise an error: the
 * statement is busy.
 */
static int
take_result(sqlite3_stmt *stmt, bool as_text, SfmValue *result)
{
	const void *bytes;
	char	   *copy;

	result->storage_class = sqlite3_column_type(stmt, 0);
	if (as_text && result->storage_class != SFM_NULL)
		result->storage_class = SFM_TEXT;
	switch (result->storage_class)
	{
		case SFM_INTEGER:
			result->integer = sqlite3_column_int64(stmt, 0);
			return SQLITE_OK;
		case SFM_REAL:
			/* SQLite stores -0.0 as 0.0, so a column would hold that */
			result->real = sqlite3_column_double(stmt, 0) + 0.0;
			return SQLITE_OK;
		case SFM_TEXT:
			bytes = sqlite3_column_text(stmt, 0);
			if (bytes == NULL)
				return SQLITE_NOMEM;
			break;
		case SFM_BLOB:
			/* NULL if it is empty; zeroblob() may find no memory */
			bytes = sqlite3_column_blob(stmt, 0);
			if (bytes == NULL && sqlite3_errcode(database) == SQLITE_NOMEM)
				return SQLITE_NOMEM;
			break;
		default:
			return SQLITE_OK;
	}
	result->length = sqlite3_column_bytes(stmt, 0);
	copy = palloc_extended(result->length + 1, MCXT_ALLOC_NO_OOM);
	if (copy == NULL)
		return SQLITE_NOMEM;
	if (result->length > 0)
		memcpy(copy, bytes, result->length);
	copy[result->length] = '\0';
	result->bytes = copy;
	return SQLITE_OK;
}

/*
 * sfm_emulate
 *		Computes a function of SQLite.
 *
 * The bytes of the result are palloc'd in CurrentMemoryContext; text is UTF-8
 * as SQLite made it, not verified.  Raises what SQLite reports.
 */
void
sfm_emulate(const SfmEmulated *function, const SfmArguments *arguments,
			SfmValue *result)
{
	sqlite3_stmt *stmt;
	int			code = SQLITE_OK;

	CHECK_FOR_INTERRUPTS();
	stmt = prepare(function, arguments->count);

	for (int i = 0; i < arguments->count && code == SQLITE_OK; i++)
		code = bind_value(stmt, i + 1, &arguments->values[i]);
	if (code == SQLITE_OK)
	{
		code = sqlite3_step(stmt);
		if (code == SQLITE_ROW)
			code = take_result(stmt, function->as_text, result);
		else if (code == SQLITE_DONE)
			code = SQLITE_INTERNAL; /* a SELECT without FROM has one row */
		/* keeps the message of a failed step */
		(void) sqlite3_reset(stmt);
	}
	(void) sqlite3_clear_bindings(stmt);

	if (unlikely(code != SQLITE_OK))
		raise_emulation(function, code, emulation_sqlstate(function, code));
}
