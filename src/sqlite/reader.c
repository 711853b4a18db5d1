/*-------------------------------------------------------------------------
 *
 * reader.c
 *	  The rows of a SQLite table, by one of two readers.
 *
 * The reader "sqlite" steps a prepared statement and takes whatever SQLite
 * takes.  The reader "pages" (pages.c) decodes the b-tree of a table itself, a
 * few times as fast; it gives all rows of one table in SQLite's order.  This
 * file decides whether it can, supplies it with bytes, and raises its errors.
 * A statement is prepared in either case: SQLite checks the names in it, and as
 * long as it exists the connection counts as being used.
 *
 * Bytes come from SQLite's own handle of the file.  Nothing else is possible:
 * to open the file once more and to close it would drop the POSIX locks that
 * SQLite holds.  They must be those of the connection's snapshot, which was
 * taken when the transaction began (connection.c):
 *
 *	Rollback journal.  The open read transaction holds a SHARED lock.  A writer
 *	needs EXCLUSIVE before it touches the file ("File Locking And Concurrency
 *	In SQLite Version 3", section 3), so the file is the snapshot.  A hot
 *	journal was rolled back, or the transaction refused, before it began.
 *
 *	Write-ahead log.  The file alone is not the snapshot if the log has frames
 *	that belong to it, and a checkpoint may copy newer ones into the file.  Both
 *	are excluded if the log is empty, zero bytes long, once the snapshot has
 *	been taken.  A reader's snapshot is the file plus the first M frames of the
 *	log, and it holds one of the locks WAL_READ_LOCK(0) to (4) ("WAL-mode File
 *	Format", section 2.3).
 *	- With lock 0 the log is ignored altogether: M does not matter.  A checkpoint
 *	  takes lock 0 exclusively before it writes a page into the file, so none
 *	  does while we hold it.
 *	- With another lock k, the mark beside it is at most M.  To make the log
 *	  shorter than M frames, a writer or a TRUNCATE checkpoint must hold all of
 *	  the locks 1 to 4 exclusively; to delete it, EXCLUSIVE on the file.  As we
 *	  hold k, an empty log says that M is 0.  A checkpoint copies no frame
 *	  behind the smallest mark in use, that is, none.
 *	The log's length is asked for right after the lock was taken; what was true
 *	then stays true until the transaction ends, whatever the log grows to.  A
 *	log that is not empty may have been copied completely, but SQLite's interface
 *	does not tell.  Then pages come from SQLite's cache through the virtual
 *	table sqlite_dbpage, which few libraries have, or the other reader takes
 *	over.
 *
 *	No locks.  A file that is declared immutable, that nobody was using
 *	(is_idle_wal()), or that is a large object in memory has no log that SQLite
 *	would look at.
 *
 * A connection that has written must not use the pages: SQLite may hold changed
 * ones in its cache only.  sqlite3_txn_state() tells.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "pages.h"
#include "sqlite.h"

/* Bytes of the file's header ("Database File Format", section 1.3) */
#define HEADER_SIZE 100
#define HEADER_WRITE_VERSION 18
#define HEADER_READ_VERSION 19
#define HEADER_RESERVED 20
#define VERSION_WAL 2

/* The page at this offset holds no data, and old libraries refuse it */
#define LOCK_BYTE INT64CONST(0x40000000)

#define PAGE_QUERY "SELECT d.data FROM sqlite_dbpage AS d WHERE d.pgno = ?1"

typedef struct SfmReaderState
{
	SfmConnection *connection;
	MemoryContextCallback release;

	/* for the reader pages only */
	sqlite3_file *file;			/* SQLite's own */
	SfmStatement *dbpage;		/* pages one by one instead, or NULL */
	uint32		page_size;
	const char *table_name;		/* for messages */
	char	   *utf8_name;		/* the same, for SQLite */
	bool		strict;

	/* see missing_value() */
	int			ncolumns;
	int		   *places;			/* by column, in the table */
	sqlite3    *defaults;		/* a database in memory, or NULL */
	sqlite3_stmt **default_rows;	/* by column, or NULL; stepped once */
} SfmReaderState;

/* ------------------------------------------------------------------------
 * Called by pages.c: no ereport(), no palloc()
 * ------------------------------------------------------------------------
 */

/*
 * read_file
 *		Reads from SQLite's handle.  What lies behind the end of the file is
 *		zero, as for SQLite: a last page may be incomplete.
 */
static int
read_file(void *argument, void *buffer, int amount, int64_t offset)
{
	SfmReaderState *state = argument;
	int			code = state->file->pMethods->xRead(state->file, buffer,
													amount, offset);

	return code == SQLITE_IOERR_SHORT_READ ? SQLITE_OK : code;
}

/*
 * read_dbpage
 *		Reads pages from SQLite's cache.
 */
static int
read_dbpage(void *argument, void *buffer, int amount, int64_t offset)
{
	SfmReaderState *state = argument;
	sqlite3_stmt *stmt = state->dbpage->stmt;
	char	   *out = buffer;
	int			code = SQLITE_OK;

	for (int done = 0; done < amount && code == SQLITE_OK;
		 done += state->page_size)
	{
		if (offset + done == LOCK_BYTE)
		{
			memset(out + done, 0, state->page_size);
			continue;
		}
		sqlite3_bind_int64(stmt, 1, (offset + done) / state->page_size + 1);
		code = sqlite3_step(stmt);
		if (code == SQLITE_ROW &&
			sqlite3_column_bytes(stmt, 0) == (int) state->page_size)
		{
			memcpy(out + done, sqlite3_column_blob(stmt, 0), state->page_size);
			code = SQLITE_OK;
		}
		else if (code == SQLITE_ROW || code == SQLITE_DONE)
			code = SQLITE_CORRUPT;
		sqlite3_reset(stmt);
	}
	return code;
}

static bool
stop_reading(void *argument)
{
	return sfm_interrupt_pending();
}

/*
 * run_formatted
 *		Runs SQL that sqlite3_mprintf() has made, and frees it.
 */
static int
run_formatted(sqlite3 *db, char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int			code = SQLITE_NOMEM;

	if (sql != NULL)
		code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
	if (code == SQLITE_OK && sqlite3_step(stmt) != SQLITE_DONE)
		code = sqlite3_errcode(db);
	sqlite3_finalize(stmt);
	sqlite3_free(sql);
	return code;
}

/*
 * add_default_column
 *		Makes a table x<column> in state->defaults, with one row to which the
 *		column of the file's table is then added as column c.
 *
 *		The text of a default has lost its parentheses, which some need and the
 *		bare identifier that stands for a string cannot have.  A default that
 *		cannot be added is not constant; SQLite then reads NULL from old rows,
 *		for it evaluates none.
 */
static int
add_default_column(SfmReaderState *state, int column)
{
	static const char *const formats[] = {
		"ALTER TABLE x%d ADD COLUMN c %s DEFAULT (%s\n)",
		"ALTER TABLE x%d ADD COLUMN c %s DEFAULT %s",
		"ALTER TABLE x%d ADD COLUMN c %s"
	};
	sqlite3    *db = state->defaults;
	sqlite3_stmt *stmt = NULL;
	const char *text;
	const char *declared_type;
	char	   *type;
	int			code;

	code = run_formatted(db, sqlite3_mprintf("CREATE TABLE x%d (pad)", column));
	if (code == SQLITE_OK)
		code = run_formatted(db, sqlite3_mprintf("INSERT INTO x%d VALUES (0)",
												 column));
	if (code == SQLITE_OK)
		code = sqlite3_prepare_v2(state->connection->db,
								  "SELECT x.type, x.dflt_value"
								  " FROM pragma_table_xinfo(?1, 'main') AS x"
								  " WHERE x.cid = ?2", -1, &stmt, NULL);
	if (code != SQLITE_OK)
		return code;
	sqlite3_bind_text(stmt, 1, state->utf8_name, -1, SQLITE_STATIC);
	sqlite3_bind_int(stmt, 2, state->places[column]);
	if (sqlite3_step(stmt) != SQLITE_ROW)
	{
		sqlite3_finalize(stmt);
		return SQLITE_ERROR;
	}

	declared_type = (const char *) sqlite3_column_text(stmt, 0);
	text = (const char *) sqlite3_column_text(stmt, 1);
	if (declared_type == NULL)
		declared_type = "";
	/* ANY has no affinity in STRICT tables only */
	if (state->strict && sqlite3_stricmp(declared_type, "ANY") == 0)
		declared_type = "BLOB";
	type = *declared_type == '\0' ? sqlite3_mprintf("") :
		sqlite3_mprintf("\"%w\"", declared_type);
	code = type == NULL ? SQLITE_NOMEM : SQLITE_ERROR;
	for (int i = text == NULL ? 2 : 0; i < 3 && code == SQLITE_ERROR; i++)
		code = run_formatted(db, sqlite3_mprintf(formats[i], column, type,
												 text));
	sqlite3_free(type);
	sqlite3_finalize(stmt);
	return code;
}

/*
 * find_default
 *		A statement that has stepped to the value of a column in old rows, kept
 *		until the reader is released; NULL if anything fails.
 */
static sqlite3_stmt *
find_default(SfmReaderState *state, int column)
{
	sqlite3_stmt *stmt = NULL;
	char	   *sql;

	if (state->defaults == NULL)
	{
		if (sqlite3_open_v2(":memory:", &state->defaults,
							SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
							NULL) != SQLITE_OK)
			return NULL;
		sqlite3_db_config(state->defaults, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0,
						  NULL);
		sqlite3_limit(state->defaults, SQLITE_LIMIT_ATTACHED, 0);
	}
	sql = sqlite3_mprintf("SELECT x.c FROM x%d AS x", column);
	if (sql == NULL || add_default_column(state, column) != SQLITE_OK ||
		sqlite3_prepare_v2(state->defaults, sql, -1, &stmt,
						   NULL) != SQLITE_OK ||
		sqlite3_step(stmt) != SQLITE_ROW)
	{
		sqlite3_finalize(stmt);
		stmt = NULL;
	}
	sqlite3_free(sql);
	return stmt;
}

/*
 * missing_value
 *		The value of a column in rows that are older than it, as SQLite itself
 *		computes it in a small database of its own.
 */
static bool
missing_value(void *argument, int column, SfmValue *value)
{
	SfmReaderState *state = argument;
	sqlite3_stmt *stmt = find_default(state, column);

	if (stmt == NULL)
		return false;
	state->default_rows[column] = stmt;
	value->storage_class = sqlite3_column_type(stmt, 0);
	value->integer = sqlite3_column_int64(stmt, 0);
	value->real = sqlite3_column_double(stmt, 0);
	if (value->storage_class == SFM_TEXT)
		value->bytes = (const char *) sqlite3_column_text(stmt, 0);
	else if (value->storage_class == SFM_BLOB)
		value->bytes = sqlite3_column_blob(stmt, 0);
	else
		return true;
	value->length = sqlite3_column_bytes(stmt, 0);
	if (value->bytes == NULL && value->length > 0)
		return false;
	if (value->bytes == NULL)
		value->bytes = "";
	return true;
}

/* ------------------------------------------------------------------------
 * Can the pages be read?
 * ------------------------------------------------------------------------
 */

/*
 * ask_number
 *		The number that a query without parameters gives, or with parameter ?1
 *		if "name" is not NULL; 0 if it gives none.
 */
static int64
ask_number(SfmConnection *connection, const char *sql, const char *name)
{
	SfmStatement *statement = sfm_prepare(connection, sql);
	int64		result = 0;

	if (name != NULL)
		sfm_bind_text(statement, 1, name);
	if (sfm_step(statement))
		result = sfm_column_int64(statement, 0);
	sfm_finalize(statement);
	return result;
}

/*
 * read_header
 *		Reads the header of the file through SQLite's handle, *file.
 */
static bool
read_header(SfmConnection *connection, sqlite3_file **file,
			unsigned char *header)
{
	*file = NULL;
	return sqlite3_file_control(connection->db, "main",
								SQLITE_FCNTL_FILE_POINTER,
								file) == SQLITE_OK &&
		*file != NULL && (*file)->pMethods != NULL &&
		(*file)->pMethods->xRead(*file, header, HEADER_SIZE, 0) == SQLITE_OK;
}

/*
 * sfm_file_is_snapshot
 *		Does the file hold what the transaction sees, and will it, until that
 *		ends?  To be asked right after the snapshot was taken.
 */
bool
sfm_file_is_snapshot(SfmConnection *connection)
{
	unsigned char header[HEADER_SIZE];
	sqlite3_file *file;
	sqlite3_file *log = NULL;
	sqlite3_int64 size;

	/* shorter: a database without a table */
	if (!read_header(connection, &file, header))
		return false;
	if (sfm_reads_without_locks(connection) ||
		(header[HEADER_WRITE_VERSION] != VERSION_WAL &&
		 header[HEADER_READ_VERSION] != VERSION_WAL))
		return true;
	return sqlite3_file_control(connection->db, "main",
								SQLITE_FCNTL_JOURNAL_POINTER,
								&log) == SQLITE_OK &&
		log != NULL && log->pMethods != NULL &&
		log->pMethods->xFileSize(log, &size) == SQLITE_OK && size == 0;
}

/*
 * find_source
 *		Where the connection's snapshot can be read, in state->file or
 *		state->dbpage.  The result says why not, or is NULL.
 */
static const char *
find_source(SfmReaderState *state, SfmPagesSource *source)
{
	SfmConnection *connection = state->connection;
	unsigned char header[HEADER_SIZE];

	if (!read_header(connection, &state->file, header))
		return "SQLite has no file";
	source->read = read_file;
	if (!connection->file_is_snapshot)
	{
		source->read = read_dbpage;
		if (sfm_try_prepare(connection, PAGE_QUERY,
							&state->dbpage) != SQLITE_OK)
			return "the write-ahead log is in use";
	}
	source->page_size = (uint32) ask_number(connection, "PRAGMA main.page_size",
											NULL);
	source->page_count = (uint32) ask_number(connection,
											 "PRAGMA main.page_count", NULL);
	source->reserved = header[HEADER_RESERVED];
	state->page_size = source->page_size;
	return NULL;
}

/*
 * number_fields
 *		Finds the place of each column in a record: fields[] by column of the
 *		table; -1 for what is not there.
 *
 *		A rowid table stores its columns in order.  Its record has a NULL for
 *		the INTEGER PRIMARY KEY, whose value is the rowid.  A table WITHOUT
 *		ROWID is an index of all its columns, those of the key first ("Database
 *		File Format", section 2.4); SQLite is asked for them, as a column that
 *		stands twice in the key with two collations is stored twice.
 */
static void
number_fields(SfmConnection *connection, const SfmTable *table, int *fields)
{
	SfmStatement *statement;
	int			n = 0;

	for (int i = 0; i < table->ncolumns; i++)
	{
		fields[i] = -1;
		if (!table->without_rowid &&
			table->columns[i].generated != SFM_GENERATED_VIRTUAL)
			fields[i] = n++;
	}
	if (!table->without_rowid)
		return;

	statement = sfm_prepare(connection,
							"SELECT x.cid FROM"
							" pragma_index_xinfo(?1, 'main') AS x"
							" ORDER BY x.seqno");
	sfm_bind_text(statement, 1, table->name);
	for (; sfm_step(statement); n++)
	{
		int64		column = sfm_column_int64(statement, 0);

		if (column >= 0 && column < table->ncolumns && fields[column] < 0)
			fields[column] = n;
	}
	sfm_finalize(statement);
}

/*
 * map_columns
 *		Fills what pages.c wants to know of each column.  The result says why
 *		one of them cannot be read, or is NULL.
 */
static const char *
map_columns(SfmReaderState *state, const SfmReadRequest *request,
			SfmPagesColumn *columns)
{
	const SfmTable *table = request->table;
	int		   *fields = palloc_array(int, Max(table->ncolumns, 1));

	number_fields(state->connection, table, fields);
	for (int i = 0; i < request->ncolumns; i++)
	{
		int			place = request->columns[i].place;

		state->places[i] = place;
		columns[i].field = -1;
		if (place < 0 || place == table->rowid_column)
			continue;
		if (table->columns[place].generated == SFM_GENERATED_VIRTUAL)
			return "a column is computed as it is read";
		if (fields[place] < 0)
			return "SQLite does not tell where a column is stored";
		columns[i].field = fields[place];
		columns[i].real = request->columns[i].real;
	}
	pfree(fields);
	return NULL;
}

/*
 * open_pages
 *		Begins to read the pages, if that is possible.  The result says why it
 *		is not, or is NULL.
 */
static const char *
open_pages(SfmReader *reader, const SfmReadRequest *request)
{
	SfmReaderState *state = reader->state;
	SfmConnection *connection = state->connection;
	const SfmTable *table = request->table;
	SfmPagesSource source = {
		.stop = stop_reading,
		.missing = missing_value,
		.argument = state,
	};
	SfmPagesColumn *columns;
	const char *refusal;

	if (request->refusal != NULL)
		return request->refusal;
	if (table == NULL)
		return "SQLite does not describe the table";
	if (table->kind == SFM_KIND_VIEW)
		return "a view has no pages";
	if (table->kind == SFM_KIND_VIRTUAL)
		return "a virtual table has no pages";
	if (connection->utf16)
		return "the file's text is UTF-16";
	if (sqlite3_txn_state(connection->db, "main") == SQLITE_TXN_WRITE)
		return "the transaction has written to the file";

	source.root = (uint32) ask_number(connection,
									  "SELECT m.rootpage FROM sqlite_master AS m"
									  " WHERE m.type = 'table' AND m.name = ?1",
									  table->name);
	if (source.root == 0)
		return "SQLite does not tell where the table begins";
	source.without_rowid = table->without_rowid;
	refusal = find_source(state, &source);
	if (refusal != NULL)
		return refusal;

	state->ncolumns = request->ncolumns;
	state->strict = table->strict;
	state->table_name = pstrdup(table->name);
	state->utf8_name = pstrdup(sfm_to_utf8(table->name));
	state->places = palloc_array(int, Max(request->ncolumns, 1));
	columns = palloc0_array(SfmPagesColumn, Max(request->ncolumns, 1));
	refusal = map_columns(state, request, columns);
	if (refusal != NULL)
		return refusal;
	state->default_rows = palloc0_array(sqlite3_stmt *,
										Max(request->ncolumns, 1));
	reader->values = palloc0_array(SfmValue, Max(request->ncolumns, 1));
	reader->pages = sfm_pages_open(&source, request->ncolumns, columns);
	if (reader->pages == NULL)
		sfm_raise_reason(connection, SQLITE_NOMEM,
						 sqlite3_errstr(SQLITE_NOMEM));
	pfree(columns);
	return NULL;
}

/* ------------------------------------------------------------------------
 * Reading
 * ------------------------------------------------------------------------
 */

/* Frees what the reader has outside PostgreSQL's memory. */
static void
release_reader(void *argument)
{
	SfmReader  *reader = argument;
	SfmReaderState *state = reader->state;

	if (reader->pages == NULL)
		return;
	sfm_pages_close(reader->pages);
	reader->pages = NULL;
	for (int i = 0; i < state->ncolumns; i++)
		sqlite3_finalize(state->default_rows[i]);
	sqlite3_close_v2(state->defaults);
}

/*
 * sfm_reader_try_begin
 *		Begins to read; returns SQLite's result code if it cannot prepare the
 *		statement.  Raises an error if the pages are asked for and cannot be
 *		read.
 *
 *		*reader is palloc'd in CurrentMemoryContext and released with it, or by
 *		sfm_reader_end().
 */
int
sfm_reader_try_begin(SfmConnection *connection, const SfmReadRequest *request,
					 SfmReader **reader)
{
	SfmReader  *result = palloc0(sizeof(SfmReader));
	SfmReaderState *state = palloc0(sizeof(SfmReaderState));
	int			code;

	*reader = NULL;
	state->connection = connection;
	state->release.func = release_reader;
	state->release.arg = result;
	result->state = state;
	sfm_note_read(connection);
	code = sfm_try_prepare(connection, request->sql, &result->statement);
	if (code != SQLITE_OK)
		return code;

	if (request->choice != SFM_READER_SQLITE)
	{
		MemoryContextRegisterResetCallback(CurrentMemoryContext,
										   &state->release);
		result->refusal = open_pages(result, request);
	}
	if (request->choice == SFM_READER_PAGES && result->refusal != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot read the pages of SQLite database \"%s\": %s",
						sfm_database_name(connection), result->refusal),
				 errhint("Set the option \"reader\" to \"auto\".")));
	*reader = result;
	return SQLITE_OK;
}

/*
 * sfm_reader_begin
 *		As sfm_reader_try_begin(), but raises what SQLite reports.
 */
SfmReader *
sfm_reader_begin(SfmConnection *connection, const SfmReadRequest *request)
{
	SfmReader  *reader;

	sfm_check(connection, sfm_reader_try_begin(connection, request, &reader));
	return reader;
}

/*
 * sfm_reader_try_next
 *		Goes to the next row.  Returns SQLITE_ROW, SQLITE_DONE, or the code of
 *		what went wrong; sfm_reader_problem() has the text.
 */
int
sfm_reader_try_next(SfmReader *reader)
{
	sfm_require_open(reader->statement);
	if (reader->pages == NULL)
		return sqlite3_step(reader->statement->stmt);

	switch (sfm_pages_next(reader->pages, reader->values))
	{
		case SFM_PAGES_ROW:
			return SQLITE_ROW;
		case SFM_PAGES_END:
			return SQLITE_DONE;
		case SFM_PAGES_DAMAGED:
			return SQLITE_CORRUPT;
		case SFM_PAGES_UNREADABLE:
			return sfm_pages_read_error(reader->pages);
		case SFM_PAGES_STOPPED:
			return SQLITE_INTERRUPT;
		case SFM_PAGES_NO_MEMORY:
			break;
	}
	return SQLITE_NOMEM;
}

/*
 * sfm_reader_problem
 *		What went wrong in the last step, or with reader = NULL as it was to
 *		begin; in the database encoding, palloc'd.
 */
char *
sfm_reader_problem(SfmConnection *connection, const SfmReader *reader,
				   int code)
{
	const char *utf8 = sqlite3_errmsg(connection->db);
	const char *problem;
	char	   *result;
	uint32		page;

	if (reader != NULL && reader->pages != NULL)
	{
		problem = sfm_pages_problem(reader->pages, &page);
		if (code == SQLITE_CORRUPT && problem != NULL)
			return psprintf("table \"%s\": %s (page %u)",
							reader->state->table_name, problem, page);
		utf8 = sqlite3_errstr(code);
	}
	result = sfm_from_utf8(utf8, strlen(utf8));
	return result != NULL ? result : pstrdup(sqlite3_errstr(code));
}

/*
 * sfm_reader_raise
 *		Raises an error for a code of sfm_reader_try_next(), or with reader =
 *		NULL of sfm_reader_try_begin().
 */
void
sfm_reader_raise(SfmConnection *connection, const SfmReader *reader, int code)
{
	if (reader == NULL || reader->pages == NULL)
		sfm_raise(connection, code);
	if (code != SQLITE_CORRUPT)
		sfm_raise_reason(connection, code, sqlite3_errstr(code));
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("SQLite database \"%s\" is damaged",
					sfm_database_name(connection)),
			 errdetail("In %s.", sfm_reader_problem(connection, reader, code)),
			 errhint("Run \"PRAGMA integrity_check\" in the sqlite3 shell; its command \".recover\" saves what can be read.")));
}

/*
 * sfm_reader_next
 *		Goes to the next row: true, or false at the end; raises all else.
 */
bool
sfm_reader_next(SfmReader *reader)
{
	int			code = sfm_reader_try_next(reader);

	if (likely(code == SQLITE_ROW))
		return true;
	if (unlikely(code != SQLITE_DONE))
		sfm_reader_raise(reader->state->connection, reader, code);
	return false;
}

/*
 * sfm_reader_rewind
 *		Makes the next step begin anew.
 */
void
sfm_reader_rewind(SfmReader *reader)
{
	sfm_rewind(reader->statement);
	if (reader->pages != NULL)
		sfm_pages_rewind(reader->pages);
}

/*
 * sfm_reader_end
 *		Releases the statement and all memory outside PostgreSQL's.
 */
void
sfm_reader_end(SfmReader *reader)
{
	release_reader(reader);
	if (reader->state->dbpage != NULL)
		sfm_finalize(reader->state->dbpage);
	sfm_finalize(reader->statement);
}

/*
 * sfm_reader_pages_read
 *		Pages that were looked at so far; 0 if SQLite did.
 */
uint64
sfm_reader_pages_read(const SfmReader *reader)
{
	const SfmPagesCounts *counts;

	if (reader->pages == NULL)
		return 0;
	counts = sfm_pages_counts(reader->pages);
	return counts->tree_pages + counts->overflow_pages;
}
