/*-------------------------------------------------------------------------
 *
 * connection.c
 *	  One SQLite connection per foreign server and backend.
 *
 * A connection is opened at the first access and kept for the session:
 * read-only, unless the option "updatable" of the server allows more.  The
 * first access in a PostgreSQL transaction opens a SQLite transaction that ends
 * with it (transaction.c).  Changes of server options arrive by a callback that
 * must not fail: it only calls SQLite and flips flags.
 *
 * SQLite calls back into this file in two places, while it waits for a lock
 * and every few thousand opcodes of a statement.  Both only look at
 * PostgreSQL's interrupt flags; the error is raised once SQLite has returned
 * ("no ereport inside anything SQLite calls").
 *
 * The file may come from anywhere: see sfm_open_connection() for what is switched
 * off ("Defense Against The Dark Arts" in SQLite's documentation).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <unistd.h>

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_foreign_server.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/fmgrprotos.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "connection.h"

/*
 * Opcodes of SQLite's virtual machine between two looks at the interrupt
 * flags: about 50 microseconds, too few to be felt, too many to be measured.
 */
#define PROGRESS_OPCODES 5000

/* Longest sleep between two attempts to get a lock, in microseconds */
#define BUSY_SLEEP_US 25000

/* Read a large object in pieces of this size */
#define LARGE_OBJECT_CHUNK (1024 * 1024)

HTAB	   *sfm_connection_table = NULL;
static MemoryContext connection_context = NULL;

/* ------------------------------------------------------------------------
 * Called by SQLite
 * ------------------------------------------------------------------------
 */

/*
 * sfm_interrupt_pending
 *		Would CHECK_FOR_INTERRUPTS() raise an error now?
 *
 *		Only then is a statement given up: other interrupts (say, a request to
 *		log memory contexts) can wait until SQLite returns.
 */
bool
sfm_interrupt_pending(void)
{
	return InterruptPending &&
		InterruptHoldoffCount == 0 && CritSectionCount == 0 &&
		(ProcDiePending ||
		 (QueryCancelPending && QueryCancelHoldoffCount == 0));
}

/*
 * progress_callback
 *		A nonzero result ends the running statement with SQLITE_INTERRUPT.
 */
static int
progress_callback(void *argument)
{
	SfmConnectionState *state = argument;

	if (state->budget > 0 && --state->budget == 0)
		return 1;
	return sfm_interrupt_pending() ? 1 : 0;
}

/*
 * sfm_busy_callback
 *		Another process holds a lock: sleeps and returns 1 to try again, or
 *		returns 0 once the time is up or a cancel has come.
 *
 *		SQLite's own sqlite3_busy_timeout() cannot be cancelled.
 */
int
sfm_busy_callback(void *argument, int attempts)
{
	SfmConnectionState *state = argument;
	TimestampTz now = GetCurrentTimestamp();

	if (attempts == 0)
		state->busy_since = now;
	if (sfm_interrupt_pending() ||
		TimestampDifferenceExceeds(state->busy_since, now,
								   state->options.busy_timeout))
		return 0;
	pg_usleep(Min(1000L * (attempts + 1), BUSY_SLEEP_US));
	return 1;
}

/* ------------------------------------------------------------------------
 * Opening and closing
 * ------------------------------------------------------------------------
 */

/* Finalizes all statements of a connection.  Cannot fail. */
void
sfm_finalize_statements(SfmConnectionState *state)
{
	dlist_mutable_iter iter;

	dlist_foreach_modify(iter, &state->statements)
		sfm_finalize(dlist_container(SfmStatement, node, iter.cur));
}

/*
 * sfm_close_connection
 *		Closes the file and finalizes all statements.  Cannot fail; the entry
 *		stays in the hash table, with db = NULL.
 */
void
sfm_close_connection(SfmConnection *connection)
{
	SfmConnectionState *state = connection->state;

	if (connection->db == NULL)
		return;
	sfm_finalize_statements(state);
	sqlite3_close_v2(connection->db);
	connection->db = NULL;
	state->in_transaction = false;
	state->writing = false;
	state->lost = false;
}

/*
 * require_regular_file
 *		Refuses what is no file before SQLite opens it: open() of a named pipe
 *		would wait without end, and SQLite would create nothing but say little.
 */
static void
require_regular_file(const char *path, const char *name)
{
	struct stat status;

	if (stat(path, &status) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_UNABLE_TO_ESTABLISH_CONNECTION),
				 errmsg("could not open SQLite database \"%s\": %m", name),
				 errhint("The file must exist and be readable by the operating system user that runs the PostgreSQL server.")));
	if (!S_ISREG(status.st_mode))
		ereport(ERROR,
				(errcode(ERRCODE_FDW_UNABLE_TO_ESTABLISH_CONNECTION),
				 errmsg("could not open SQLite database \"%s\": not a regular file",
						name)));
}

/*
 * immutable_uri
 *		"file:" URI that tells SQLite that a file cannot change, so that it
 *		takes no locks and looks for no journal ("Uniform Resource
 *		Identifiers", section 3.3).  Palloc'd.
 */
static char *
immutable_uri(const char *path)
{
	StringInfoData uri;

	initStringInfo(&uri);
	appendStringInfoString(&uri, "file:");
	for (const unsigned char *c = (const unsigned char *) path; *c; c++)
	{
		if (*c == '/' || (*c < 0x80 && isalnum(*c)))
			appendStringInfoChar(&uri, *c);
		else
			appendStringInfo(&uri, "%%%02X", *c);
	}
	appendStringInfoString(&uri, "?immutable=1");
	return uri.data;
}

/*
 * is_idle_wal
 *		Is this somebody else's file in WAL mode that no process has open?
 *		Then there is no WAL file beside it, for the last one to close it has
 *		removed that.
 *
 *		SQLite would make the WAL file and the shared memory file even for a
 *		reader, and leave them behind: owned by the server's operating system
 *		user, they would shut out the application that the file belongs to.
 *		Such a file is read without locks instead, for one transaction; if it
 *		changes meanwhile, the transaction fails (check_unchanged()).
 */
static bool
is_idle_wal(SfmConnection *connection)
{
	SfmConnectionState *state = connection->state;
	const char *path = sqlite3_db_filename(connection->db, "main");
	const char *wal_path = sqlite3_filename_wal(path);
	unsigned char header[20];
	sqlite3_file *file;
	struct stat status;

	/*
	 * Read through SQLite's own handle: to open and close the file once more
	 * would drop the POSIX locks that this process holds on it.  "Database
	 * File Format", section 1.3: read and write version 2 is WAL.
	 */
	if (sqlite3_file_control(connection->db, "main",
							 SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
		file->pMethods == NULL ||
		file->pMethods->xRead(file, header, sizeof(header), 0) != SQLITE_OK ||
		header[18] != 2 || header[19] != 2 ||
		stat(path, &state->opened_as) != 0 ||
		state->opened_as.st_uid == geteuid() ||
		stat(wal_path, &status) == 0 || errno != ENOENT)
		return false;

	if (state->wal_path != NULL)
		pfree(state->wal_path);
	state->wal_path = MemoryContextStrdup(connection_context, wal_path);
	return true;
}

/*
 * sfm_run_sql
 *		Executes SQL that returns no rows.  Returns SQLite's result code.
 */
int
sfm_run_sql(SfmConnection *connection, const char *sql)
{
	return sqlite3_exec(connection->db, sql, NULL, NULL, NULL);
}

/*
 * json_is_distrusted
 *		Does this library take its own JSON functions for unsafe?
 *
 *		From 3.38 to 3.40 they carry the wrong flag: with an untrusted schema,
 *		one generated column with json_extract() makes the whole file
 *		unreadable.  Schemas are trusted there; no function or module of an
 *		application is registered here that they could abuse.
 */
static bool
json_is_distrusted(void)
{
	return sqlite3_libversion_number() >= 3038000 &&
		sqlite3_libversion_number() < 3041000;
}

/*
 * harden
 *		Takes away what a file, or the views in it, could abuse.
 */
static void
harden(SfmConnection *connection)
{
	sqlite3    *db = connection->db;

	/*
	 * The codes of sqlite3_db_config() are not looked at: a library that
	 * lacks a switch lacks the danger too, or is as it always was.
	 */
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (!json_is_distrusted())
		sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);

	/*
	 * A file that shrinks under a memory map would be a SIGBUS.  Foreign keys
	 * can be switched on outside transactions only, so also for who reads.
	 */
	sfm_check(connection, sfm_run_sql(connection,
									  "PRAGMA mmap_size = 0;"
									  "PRAGMA cell_size_check = ON;"
									  "PRAGMA foreign_keys = ON;"
									  "PRAGMA query_only = ON"));
}

/*
 * read_large_object
 *		Copies a large object into memory of SQLite.  Returns the code of the
 *		allocation; *content is to be freed by sqlite3_free().
 *
 *		lo_get() checks that the object exists and that the role may read it.
 */
static int
read_large_object(Oid large_object, unsigned char *volatile *content,
				  int64 * size)
{
	bytea	   *chunk;
	int64		length;

	*size = 0;
	do
	{
		unsigned char *grown;

		CHECK_FOR_INTERRUPTS();
		chunk = DatumGetByteaPP(DirectFunctionCall3(be_lo_get_fragment,
													ObjectIdGetDatum(large_object),
													Int64GetDatum(*size),
													Int32GetDatum(LARGE_OBJECT_CHUNK)));
		length = VARSIZE_ANY_EXHDR(chunk);
		grown = sqlite3_realloc64(*content, *size + LARGE_OBJECT_CHUNK);
		if (grown == NULL)
			return SQLITE_NOMEM;
		memcpy(grown + *size, VARDATA_ANY(chunk), length);
		pfree(chunk);
		*content = grown;
		*size += length;
	} while (length == LARGE_OBJECT_CHUNK);
	return SQLITE_OK;
}

/*
 * load_large_object
 *		Gives the content of a large object to SQLite as a database.
 *
 *		The whole of it is held in SQLite's memory: SQLite would otherwise have
 *		to call PostgreSQL for each page, where errors cannot be raised.
 */
static void
load_large_object(SfmConnection *connection, Oid large_object)
{
	unsigned char *volatile content = NULL;
	int64		size;

	PG_TRY();
	{
		sfm_check(connection,
				  read_large_object(large_object, &content, &size));
	}
	PG_CATCH();
	{
		sqlite3_free(content);
		PG_RE_THROW();
	}
	PG_END_TRY();

	/* frees "content" also when it fails */
	sfm_check(connection,
			  sqlite3_deserialize(connection->db, "main", content, size, size,
								  SQLITE_DESERIALIZE_FREEONCLOSE |
								  SQLITE_DESERIALIZE_READONLY));
}

/*
 * open_handle
 *		Opens the file of a connection and prepares it for reading.  On an
 *		error the handle may be open already.
 */
static void
open_handle(SfmConnection *connection)
{
	SfmConnectionState *state = connection->state;
	const SfmConnectOptions *options = &state->options;
	int			flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
	const char *path = options->database;

	state->unlocked = false;
	state->opened_for_writing =
		(options->updatable || state->table_updatable) &&
		!options->immutable && !OidIsValid(options->large_object);
	if (state->opened_for_writing)
		flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	if (OidIsValid(options->large_object))
	{
		path = ":memory:";
		flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	}
	else
	{
		require_regular_file(path, state->name);
		if (options->immutable)
		{
			path = immutable_uri(path);
			flags |= SQLITE_OPEN_URI;
		}
	}

	sfm_check(connection,
			  sqlite3_open_v2(path, &connection->db, flags, NULL));
	if ((flags & SQLITE_OPEN_URI) == 0 && !state->opened_for_writing &&
		!OidIsValid(options->large_object) && is_idle_wal(connection))
	{
		state->unlocked = true;
		sqlite3_close_v2(connection->db);
		connection->db = NULL;
		sfm_check(connection,
				  sqlite3_open_v2(immutable_uri(path), &connection->db,
								  flags | SQLITE_OPEN_URI, NULL));
	}
	sqlite3_extended_result_codes(connection->db, 1);
	sqlite3_busy_handler(connection->db, sfm_busy_callback, state);
	sqlite3_progress_handler(connection->db, PROGRESS_OPCODES,
							 progress_callback, state);
	if (OidIsValid(options->large_object))
		load_large_object(connection, options->large_object);
	harden(connection);
}

/*
 * sfm_open_connection
 *		As open_handle(), which it closes again if anything fails.
 */
void
sfm_open_connection(SfmConnection *connection)
{
	PG_TRY();
	{
		open_handle(connection);
	}
	PG_CATCH();
	{
		sfm_close_connection(connection);
		PG_RE_THROW();
	}
	PG_END_TRY();
}

/*
 * file_has_moved
 *		Has the file been replaced or deleted since it was opened?
 */
static bool
file_has_moved(SfmConnection *connection)
{
	int			moved = 0;

	if (OidIsValid(connection->state->options.large_object))
		return false;
	return sqlite3_file_control(connection->db, "main",
								SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK &&
		moved != 0;
}

/*
 * has_become_idle_wal
 *		Was the file put into WAL mode since it was opened, and closed again
 *		by its owner?  Then it must be opened as open_handle() opens those.
 */
static bool
has_become_idle_wal(SfmConnection *connection)
{
	const SfmConnectOptions *options = &connection->state->options;

	return !OidIsValid(options->large_object) && !options->immutable &&
		!connection->state->opened_for_writing && is_idle_wal(connection);
}

/* ------------------------------------------------------------------------
 * Called by PostgreSQL
 * ------------------------------------------------------------------------
 */

/*
 * server_changed
 *		A foreign server was altered or dropped: looks again at its options
 *		before it is used next.  An idle connection is closed at once.
 */
static void
server_changed(Datum argument, int cacheid, uint32 hash_value)
{
	HASH_SEQ_STATUS status;
	SfmConnection *connection;

	hash_seq_init(&status, sfm_connection_table);
	while ((connection = hash_seq_search(&status)) != NULL)
	{
		if (connection->db == NULL ||
			(hash_value != 0 &&
			 connection->state->server_hash != hash_value))
			continue;
		connection->state->invalidated = true;
		if (!connection->state->in_transaction)
			sfm_close_connection(connection);
	}
}

/*
 * initialize
 *		Makes the table of connections and registers the callbacks, once.
 */
static void
initialize(void)
{
	HASHCTL		control = {
		.keysize = sizeof(Oid),
		.entrysize = sizeof(SfmConnection),
	};

	if (sfm_connection_table != NULL)
		return;
	connection_context = AllocSetContextCreate(CacheMemoryContext,
											   "sqlite_fdw_migrate connections",
											   ALLOCSET_SMALL_SIZES);
	control.hcxt = connection_context;
	sfm_connection_table = hash_create("sqlite_fdw_migrate connections", 8, &control,
									   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	sfm_transaction_initialize();
	CacheRegisterSyscacheCallback(FOREIGNSERVEROID, server_changed, (Datum) 0);
}

/* ------------------------------------------------------------------------
 * For the other files
 * ------------------------------------------------------------------------
 */

static bool
same_options(const SfmConnectOptions *a, const SfmConnectOptions *b)
{
	return strcmp(a->database, b->database) == 0 &&
		a->large_object == b->large_object &&
		a->large_object_reader == b->large_object_reader &&
		a->updatable == b->updatable &&
		a->immutable == b->immutable;
}

/*
 * changed_by_us
 *		Was the server made or altered in the present transaction?
 */
static bool
changed_by_us(Oid serverid)
{
	HeapTuple	tuple = SearchSysCache1(FOREIGNSERVEROID,
										ObjectIdGetDatum(serverid));
	bool		result;

	if (!HeapTupleIsValid(tuple))
		return false;
	result = TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(tuple->t_data));
	ReleaseSysCache(tuple);
	return result;
}

/*
 * set_options
 *		Keeps a copy of the options with the connection.
 */
static void
set_options(SfmConnectionState *state, const SfmConnectOptions *options)
{
	char	   *copy = MemoryContextStrdup(connection_context,
										   options->database);
	const char *slash = strrchr(copy, '/');
	const char *name = slash != NULL ? slash + 1 : copy;

	if (state->options.database != NULL)
		pfree((char *) state->options.database);
	state->options = *options;
	state->options.database = copy;

	if (OidIsValid(options->large_object))
		snprintf(state->name, sizeof(state->name), "large object %u",
				 options->large_object);
	else
		snprintf(state->name, sizeof(state->name), "%.*s",
				 pg_mbcliplen(name, (int) strlen(name), NAMEDATALEN - 1),
				 name);
}

/*
 * sfm_connect
 *		The open connection of a server, inside its read transaction.
 *
 *		Opens the file if it is not, or if it was replaced by another one since
 *		the last transaction, or if the server was altered: by this transaction
 *		or before it.  Raises what SQLite reports, and object_in_use if the
 *		server was altered in this transaction while a scan of it is running.
 */
SfmConnection *
sfm_connect(Oid serverid, const SfmConnectOptions *options)
{
	SfmConnection *connection;
	SfmConnectionState *state;
	bool		found;

	initialize();
	connection = hash_search(sfm_connection_table, &serverid, HASH_ENTER, &found);
	if (!found)
	{
		/* nothing may fail between here and the entry being sound */
		connection->db = NULL;
		connection->state = NULL;
	}
	if (connection->state == NULL)
	{
		state = MemoryContextAllocZero(connection_context, sizeof(*state));
		dlist_init(&state->statements);
		dlist_init(&state->open_readers);
		connection->state = state;
	}
	state = connection->state;

	if (connection->db != NULL && !same_options(&state->options, options))
	{
		/* another session's change waits, as any change of data does */
		if (state->in_transaction && !state->own_change &&
			!changed_by_us(serverid))
			return connection;
		if (!dlist_is_empty(&state->statements) || state->writing ||
			(state->in_transaction && state->unlocked))
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_IN_USE),
					 errmsg("cannot change to another SQLite database while \"%s\" is being read",
							state->name)));
		sfm_close_connection(connection);
	}
	if (connection->db != NULL && !state->in_transaction &&
		(file_has_moved(connection) || has_become_idle_wal(connection)))
		sfm_close_connection(connection);

	set_options(state, options);
	state->invalidated = false;
	state->own_change = changed_by_us(serverid);
	state->server_hash =
		GetSysCacheHashValue1(FOREIGNSERVEROID, ObjectIdGetDatum(serverid));
	if (connection->db == NULL)
		sfm_open_connection(connection);
	if (!state->in_transaction)
		sfm_begin_reading(connection);
	else
		sfm_require_transaction(connection);
	return connection;
}

/*
 * sfm_own_statement
 *		Puts a statement on the list of those that end with the connection.
 */
void
sfm_own_statement(SfmConnection *connection, SfmStatement *statement)
{
	dlist_push_tail(&connection->state->statements, &statement->node);
}

static int
compare_connections(const ListCell *a, const ListCell *b)
{
	Oid			first = ((SfmConnection *) lfirst(a))->serverid;
	Oid			second = ((SfmConnection *) lfirst(b))->serverid;

	return first < second ? -1 : first > second;
}

/*
 * sfm_connections
 *		The open connections of this backend, in the order in which their
 *		servers were made: a list of SfmConnection *.
 */
List	   *
sfm_connections(void)
{
	List	   *result = NIL;
	HASH_SEQ_STATUS status;
	SfmConnection *connection;

	if (sfm_connection_table == NULL)
		return NIL;
	hash_seq_init(&status, sfm_connection_table);
	while ((connection = hash_seq_search(&status)) != NULL)
	{
		if (connection->db != NULL)
			result = lappend(result, connection);
	}
	list_sort(result, compare_connections);
	return result;
}

/*
 * sfm_connection_is_valid
 *		False if the connection will be closed at the end of the transaction,
 *		because its server was altered or dropped.
 */
bool
sfm_connection_is_valid(const SfmConnection *connection)
{
	return !connection->state->invalidated;
}

/*
 * sfm_disconnect
 *		Closes the connection of a server.  False if none is open, or if it is
 *		in use by the present transaction; then *in_use is set.
 */
bool
sfm_disconnect(Oid serverid, bool *in_use)
{
	SfmConnection *connection = NULL;

	*in_use = false;
	if (sfm_connection_table != NULL)
		connection = hash_search(sfm_connection_table, &serverid, HASH_FIND, NULL);
	if (connection == NULL || connection->db == NULL)
		return false;
	if (connection->state->in_transaction)
	{
		*in_use = true;
		return false;
	}
	sfm_close_connection(connection);
	return true;
}

/*
 * sfm_database_name
 *		What to call the file in messages: its name without folders.
 */
const char *
sfm_database_name(const SfmConnection *connection)
{
	return connection->state->name;
}

/*
 * sfm_reads_without_locks
 *		Is the file read as it lies there, because it cannot change or nobody
 *		was using it?  Then SQLite has no log of changes to it, either.
 */
bool
sfm_reads_without_locks(const SfmConnection *connection)
{
	const SfmConnectionState *state = connection->state;

	return state->unlocked || state->options.immutable ||
		OidIsValid(state->options.large_object);
}

/*
 * sfm_set_budget
 *		Lets the statements that follow run for about so many opcodes of
 *		SQLite's virtual machine and no longer; 0 lifts the limit.
 *
 *		Returns what is left of the limit before, 0 if there was none or it is
 *		used up.
 */
int64
sfm_set_budget(SfmConnection *connection, int64 opcodes)
{
	SfmConnectionState *state = connection->state;
	int64		left = (int64) state->budget * PROGRESS_OPCODES;

	state->budget = (int) (opcodes / PROGRESS_OPCODES);
	return left;
}

/*
 * sfm_busy_timeout
 *		How long the connection waits for a lock, in ms.
 */
int
sfm_busy_timeout(const SfmConnection *connection)
{
	return connection->state->options.busy_timeout;
}
