/*-------------------------------------------------------------------------
 *
 * statement.c
 *	  Prepared statements, their values, and SQLite's result codes.
 *
 * Two gates only read a result code of SQLite: sfm_check(), which returns on
 * SQLITE_OK, and sfm_step(), which tells a row from the end.  Both raise
 * everything else through sfm_raise(), where a code gets its SQLSTATE.
 *
 * A statement belongs to its connection and to the memory context that was
 * current when it was prepared: it is finalized when the context goes away,
 * also after an error, and at the latest when the transaction ends.  Nothing
 * that SQLite calls back into raises errors or allocates from PostgreSQL, so
 * no error passes through a frame of SQLite.
 *
 * Text is converted here between the database encoding and UTF-8.  The bytes
 * of values (sfm_column_value) are not: that is the work of src/value.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "sqlite.h"

/*
 * sfm_from_utf8
 *		Converts text of SQLite to a palloc'd string in the database encoding.
 *
 *		Returns NULL where that is impossible: invalid UTF-8, a NUL byte, or a
 *		character that the database encoding lacks.
 */
char	   *
sfm_from_utf8(const char *bytes, size_t length)
{
	int			encoding = GetDatabaseEncoding();
	Oid			conversion;
	size_t		size;
	char	   *result;

	if (length > MaxAllocSize / MAX_CONVERSION_GROWTH - 1 ||
		memchr(bytes, '\0', length) != NULL)
		return NULL;
	if (encoding == PG_SQL_ASCII)
		return pnstrdup(bytes, length);
	if (!pg_verify_mbstr(PG_UTF8, bytes, (int) length, true))
		return NULL;
	if (encoding == PG_UTF8)
		return pnstrdup(bytes, length);

	conversion = FindDefaultConversionProc(PG_UTF8, encoding);
	if (!OidIsValid(conversion))
		return NULL;
	size = length * MAX_CONVERSION_GROWTH + 1;
	result = palloc(size);
	if (pg_do_encoding_conversion_buf(conversion, PG_UTF8, encoding,
									  (unsigned char *) bytes, (int) length,
									  (unsigned char *) result, (int) size,
									  true) != (int) length)
	{
		pfree(result);
		return NULL;
	}
	return result;
}

/*
 * sfm_to_utf8
 *		Converts a string in the database encoding to UTF-8, as SQLite takes
 *		it.  The result may be the argument itself.
 */
char	   *
sfm_to_utf8(const char *string)
{
	return pg_server_to_any(string, (int) strlen(string), PG_UTF8);
}

/*
 * sfm_quote_sqlite
 *		Quotes an identifier for SQLite.  Always in double quotes: SQLite's
 *		list of keywords grows with its versions.  Palloc'd.
 *
 *		Names of columns must be qualified by the caller: SQLite takes a
 *		double-quoted name that it does not know as a string ("Quirks,
 *		Caveats, and Gotchas In SQLite", section 8).
 */
char	   *
sfm_quote_sqlite(const char *identifier)
{
	char	   *result = palloc(2 * strlen(identifier) + 3);
	char	   *out = result;

	*out++ = '"';
	for (const char *in = identifier; *in != '\0'; in++)
	{
		if (*in == '"')
			*out++ = '"';
		*out++ = *in;
	}
	*out++ = '"';
	*out = '\0';
	return result;
}

/*
 * sfm_result_code_sqlstate
 *		The SQLSTATE for a result code of SQLite.
 */
int
sfm_result_code_sqlstate(int code)
{
	switch (code)
	{
		case SQLITE_CONSTRAINT_UNIQUE:
		case SQLITE_CONSTRAINT_PRIMARYKEY:
		case SQLITE_CONSTRAINT_ROWID:
			return ERRCODE_UNIQUE_VIOLATION;
		case SQLITE_CONSTRAINT_NOTNULL:
			return ERRCODE_NOT_NULL_VIOLATION;
		case SQLITE_CONSTRAINT_CHECK:
			return ERRCODE_CHECK_VIOLATION;
		case SQLITE_CONSTRAINT_FOREIGNKEY:
			return ERRCODE_FOREIGN_KEY_VIOLATION;
		case SQLITE_BUSY_SNAPSHOT:
			return ERRCODE_T_R_SERIALIZATION_FAILURE;
		default:
			break;
	}

	switch (code & 0xff)
	{
		case SQLITE_CANTOPEN:
		case SQLITE_PERM:
		case SQLITE_AUTH:
			return ERRCODE_FDW_UNABLE_TO_ESTABLISH_CONNECTION;
		case SQLITE_NOTADB:
		case SQLITE_CORRUPT:
			return ERRCODE_DATA_CORRUPTED;
		case SQLITE_BUSY:
		case SQLITE_LOCKED:
			return ERRCODE_LOCK_NOT_AVAILABLE;
		case SQLITE_READONLY:
			return ERRCODE_READ_ONLY_SQL_TRANSACTION;
		case SQLITE_CONSTRAINT:
			return ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION;
		case SQLITE_FULL:
			return ERRCODE_DISK_FULL;
		case SQLITE_IOERR:
			return ERRCODE_IO_ERROR;
		case SQLITE_NOMEM:
			return ERRCODE_FDW_OUT_OF_MEMORY;
		case SQLITE_TOOBIG:
			return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
		case SQLITE_INTERRUPT:
			return ERRCODE_QUERY_CANCELED;
		default:
			return ERRCODE_FDW_ERROR;
	}
}

/*
 * errmessage_for_code
 *		Sets primary message, detail and hint for a result code; called inside
 *		ereport().  "reason" is SQLite's own message.
 */
static int
errmessage_for_code(SfmConnection *connection, int code, const char *reason)
{
	const char *database = sfm_database_name(connection);

	switch (code & 0xff)
	{
		case SQLITE_CANTOPEN:
		case SQLITE_PERM:
		case SQLITE_AUTH:
			if (sfm_is_writing(connection))
			{
				errmsg("could not write to SQLite database \"%s\": %s",
					   database, reason);
				errhint("The operating system user that runs the PostgreSQL server must be allowed to create files in the folder of the file.");
				break;
			}
			errmsg("could not open SQLite database \"%s\": %s",
				   database, reason);
			errhint("The file must exist and be readable by the operating system user that runs the PostgreSQL server; a file in WAL mode needs its \"-wal\" and \"-shm\" files, or a directory where they can be made.");
			break;
		case SQLITE_NOTADB:
			errmsg("file \"%s\" is not a SQLite database", database);
			errhint("The file may be encrypted, or be something else.");
			break;
		case SQLITE_CORRUPT:
			errmsg("SQLite database \"%s\" is damaged", database);
			errdetail("SQLite reports: %s.", reason);
			errhint("Run \"PRAGMA integrity_check\" in the sqlite3 shell; its command \".recover\" saves what can be read.");
			break;
		case SQLITE_CONSTRAINT:
			if (code == SQLITE_CONSTRAINT_TRIGGER)
				errmsg("trigger of SQLite database \"%s\" has refused the row: %s",
					   database, reason);
			else
				errmsg("constraint of SQLite database \"%s\" is violated: %s",
					   database, reason);
			break;
		case SQLITE_BUSY:
		case SQLITE_LOCKED:
			if (code == SQLITE_BUSY_SNAPSHOT)
			{
				errmsg("could not write to SQLite database \"%s\" due to concurrent changes",
					   database);
				errdetail("Another process has changed the file, or is about to, since this transaction read from it.");
				errhint("The transaction might succeed if retried.");
				break;
			}
			errmsg("SQLite database \"%s\" is locked by another process",
				   database);
			errdetail("Waited %d ms.", sfm_busy_timeout(connection));
			errhint("The server option \"busy_timeout\" sets how long to wait.");
			break;
		case SQLITE_READONLY:
			if (code == SQLITE_READONLY_ROLLBACK ||
				code == SQLITE_READONLY_RECOVERY)
			{
				errmsg("SQLite database \"%s\" needs recovery", database);
				errdetail("A process that was writing to it has crashed, and left a journal.");
				errhint("Open the file once with the sqlite3 shell, or start its application, to roll that transaction back; an updatable server does it, too.");
				break;
			}
			errmsg("cannot write to SQLite database \"%s\": %s",
				   database, reason);
			if (code == SQLITE_READONLY_DIRECTORY)
				errhint("The operating system user that runs the PostgreSQL server must be allowed to create files in the folder of the file.");
			break;
		default:
			errmsg("SQLite database \"%s\": %s", database, reason);
			errdetail("SQLite's result code is %d.", code);
			break;
	}
	return 0;
}

/*
 * sfm_raise
 *		Raises an error for a result code that is neither SQLITE_OK,
 *		SQLITE_ROW nor SQLITE_DONE.
 *
 *		A pending cancel or termination is what made SQLite stop with
 *		SQLITE_INTERRUPT, or give up waiting for a lock: it goes first.
 */
void
sfm_raise(SfmConnection *connection, int code)
{
	/* before anything else overwrites it */
	sfm_raise_reason(connection, code, connection->db != NULL ?
					 sqlite3_errmsg(connection->db) : sqlite3_errstr(code));
}

/*
 * sfm_raise_reason
 *		As sfm_raise(), for a code that SQLite has not given through the
 *		connection: "utf8" says what it is about.
 */
void
sfm_raise_reason(SfmConnection *connection, int code, const char *utf8)
{
	char	   *reason = sfm_from_utf8(utf8, strlen(utf8));

	if (reason == NULL)
		reason = pstrdup(sqlite3_errstr(code));

	CHECK_FOR_INTERRUPTS();

	ereport(ERROR,
			(errcode(sfm_result_code_sqlstate(code)),
			 errmessage_for_code(connection, code, reason)));
}

/*
 * sfm_check
 *		The first gate: returns if the code is SQLITE_OK, else raises it.
 */
void
sfm_check(SfmConnection *connection, int code)
{
	if (likely(code == SQLITE_OK))
		return;
	sfm_raise(connection, code);
}

/* Finalizes a statement as its memory context goes away. */
static void
release_statement(void *argument)
{
	SfmStatement *statement = argument;

	if (statement->stmt == NULL)
		return;
	dlist_delete(&statement->node);
	sqlite3_finalize(statement->stmt);
	statement->stmt = NULL;
}

/*
 * sfm_try_prepare
 *		Prepares one SQL statement; returns SQLite's result code.
 *
 *		*statement is palloc'd in CurrentMemoryContext and released with it.
 *		It is NULL unless SQLITE_OK is returned.
 */
int
sfm_try_prepare(SfmConnection *connection, const char *sql,
				SfmStatement **statement)
{
	SfmStatement *result;
	char	   *utf8 = sfm_to_utf8(sql);
	int			code;

	/* all that may fail in PostgreSQL comes before SQLite allocates */
	result = palloc0(sizeof(SfmStatement));
	result->connection = connection;
	result->release.func = release_statement;
	result->release.arg = result;

	*statement = NULL;
	code = sqlite3_prepare_v3(connection->db, utf8, -1, 0, &result->stmt,
							  NULL);
	if (utf8 != sql)
		pfree(utf8);
	if (code != SQLITE_OK)
	{
		pfree(result);
		return code;
	}
	if (result->stmt == NULL)
		elog(ERROR, "empty SQLite statement");
	sfm_own_statement(connection, result);
	MemoryContextRegisterResetCallback(CurrentMemoryContext,
									   &result->release);
	*statement = result;
	return SQLITE_OK;
}

/*
 * sfm_prepare
 *		Prepares one SQL statement, given in the database encoding.
 *
 *		Palloc'd in CurrentMemoryContext; finalized by sfm_finalize() or with
 *		the context.  Raises what SQLite reports.
 */
SfmStatement *
sfm_prepare(SfmConnection *connection, const char *sql)
{
	SfmStatement *statement;

	sfm_check(connection, sfm_try_prepare(connection, sql, &statement));
	return statement;
}

/*
 * sfm_finalize
 *		Releases a statement before its memory context does.
 *
 *		The struct itself stays until then: the context's callback points to
 *		it.
 */
void
sfm_finalize(SfmStatement *statement)
{
	release_statement(statement);
}

/*
 * sfm_require_open
 *		A statement whose connection was closed cannot be used again.
 */
void
sfm_require_open(const SfmStatement *statement)
{
	if (unlikely(statement->stmt == NULL))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the SQLite connection of this statement was closed")));
}

/*
 * sfm_step
 *		The second gate: true for a row, false for the end; raises all else.
 */
bool
sfm_step(SfmStatement *statement)
{
	int			code;

	sfm_require_open(statement);
	code = sqlite3_step(statement->stmt);
	if (likely(code == SQLITE_ROW))
		return true;
	if (unlikely(code != SQLITE_DONE))
		sfm_raise(statement->connection, code);
	return false;
}

/*
 * sfm_rewind
 *		Makes the next sfm_step() begin anew.  Bound parameters stay.
 */
void
sfm_rewind(SfmStatement *statement)
{
	sfm_require_open(statement);
	/* the code is that of the last step, which was raised then */
	(void) sqlite3_reset(statement->stmt);
}

/*
 * sfm_bind_text
 *		Binds a string in the database encoding to a parameter (from 1).
 */
void
sfm_bind_text(SfmStatement *statement, int parameter, const char *value)
{
	char	   *utf8 = sfm_to_utf8(value);

	sfm_require_open(statement);
	sfm_check(statement->connection,
			  sqlite3_bind_text(statement->stmt, parameter, utf8, -1,
								SQLITE_TRANSIENT));
	if (utf8 != value)
		pfree(utf8);
}

/*
 * sfm_bind_value
 *		Binds a value, or with NULL none, to a parameter (from 1) of a
 *		statement that is at its beginning.
 *
 *		The bytes are not copied: they must stay until the parameter is bound
 *		again or the statement is no longer stepped.
 */
void
sfm_bind_value(SfmStatement *statement, int parameter, const SfmValue *value)
{
	sqlite3_stmt *stmt = statement->stmt;
	int			code = SQLITE_MISUSE;

	sfm_require_open(statement);
	switch (value == NULL ? SFM_NULL : value->storage_class)
	{
		case SFM_INTEGER:
			code = sqlite3_bind_int64(stmt, parameter, value->integer);
			break;
		case SFM_REAL:
			code = sqlite3_bind_double(stmt, parameter, value->real);
			break;
		case SFM_TEXT:
			code = sqlite3_bind_text64(stmt, parameter, value->bytes,
									   value->length, SQLITE_STATIC,
									   SQLITE_UTF8);
			break;
		case SFM_BLOB:
			code = sqlite3_bind_blob64(stmt, parameter, value->bytes,
									   value->length, SQLITE_STATIC);
			break;
		case SFM_NULL:
			code = sqlite3_bind_null(stmt, parameter);
			break;
		case SFM_INVALID_TEXT:
			break;
	}
	sfm_check(statement->connection, code);
}

/* Says whether UTF-16 has both halves of every surrogate pair. */
static bool
is_valid_utf16(const uint16 *units, size_t count)
{
	for (size_t i = 0; i < count; i++)
	{
		if (likely((units[i] & 0xf800) != 0xd800))
			continue;
		if ((units[i] & 0xfc00) != 0xd800 || i + 1 == count ||
			(units[i + 1] & 0xfc00) != 0xdc00)
			return false;
		i++;
	}
	return true;
}

/*
 * find_invalid_text
 *		Looks at TEXT of a file in UTF-16 before SQLite converts it: SQLite
 *		joins half a surrogate pair with whatever follows it, and drops half a
 *		code unit.  True if it is not valid; *value then holds its bytes.
 */
static bool
find_invalid_text(SfmStatement *statement, int column, SfmValue *value)
{
	const void *units = sqlite3_column_text16(statement->stmt, column);
	size_t		length = sqlite3_column_bytes16(statement->stmt, column);

	if (units == NULL)
		sfm_raise(statement->connection, SQLITE_NOMEM);
	if (length % sizeof(uint16) == 0 &&
		is_valid_utf16(units, length / sizeof(uint16)))
		return false;
	value->storage_class = SFM_INVALID_TEXT;
	value->bytes = units;
	value->length = length;
	return true;
}

/*
 * sfm_column_value
 *		Reads column "column" (from 0) of the present row.
 *
 *		The bytes belong to SQLite and live until the next step.
 */
void
sfm_column_value(SfmStatement *statement, int column, SfmValue *value)
{
	sqlite3_stmt *stmt = statement->stmt;
	const void *bytes;

	value->storage_class = sqlite3_column_type(stmt, column);
	switch (value->storage_class)
	{
		case SFM_INTEGER:
			value->integer = sqlite3_column_int64(stmt, column);
			return;
		case SFM_REAL:
			value->real = sqlite3_column_double(stmt, column);
			return;
		case SFM_NULL:
			return;
		case SFM_TEXT:
			if (unlikely(statement->connection->utf16) &&
				find_invalid_text(statement, column, value))
				return;
			bytes = sqlite3_column_text(stmt, column);
			break;
		case SFM_BLOB:
			bytes = sqlite3_column_blob(stmt, column);
			break;
		default:
			elog(ERROR, "unexpected storage class %d",
				 (int) value->storage_class);
	}

	value->length = sqlite3_column_bytes(stmt, column);
	if (bytes == NULL)
	{
		/* an empty BLOB, or no memory left for a text */
		if (sqlite3_errcode(statement->connection->db) == SQLITE_NOMEM)
			sfm_raise(statement->connection, SQLITE_NOMEM);
		bytes = "";
	}
	value->bytes = bytes;
}

/*
 * sfm_column_string
 *		The value of a column as a palloc'd string in the database encoding.
 *
 *		NULL if it is NULL, or cannot be held in the database encoding.
 */
char	   *
sfm_column_string(SfmStatement *statement, int column)
{
	const char *bytes;
	SfmValue	ignored;

	if (statement->connection->utf16 &&
		sqlite3_column_type(statement->stmt, column) == SQLITE_TEXT &&
		find_invalid_text(statement, column, &ignored))
		return NULL;
	bytes = (const char *) sqlite3_column_text(statement->stmt, column);
	if (bytes == NULL)
		return NULL;
	return sfm_from_utf8(bytes, sqlite3_column_bytes(statement->stmt, column));
}

/*
 * sfm_column_int64
 *		The value of a column as SQLite casts it to INTEGER; 0 for NULL.
 */
int64
sfm_column_int64(SfmStatement *statement, int column)
{
	return sqlite3_column_int64(statement->stmt, column);
}
