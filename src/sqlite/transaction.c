/*-------------------------------------------------------------------------
 *
 * transaction.c
 *	  SQLite's transactions, which follow PostgreSQL's.
 *
 * The first access in a PostgreSQL transaction opens a SQLite read transaction
 * that ends with it, so that all tables of a file are read as of one moment.
 * The first write takes SQLite's write lock, of which a file has one, and keeps
 * it until the end.  As long as only the planner has looked at the file, the
 * read transaction is given up for a new one, by BEGIN IMMEDIATE, which waits
 * for another writer as long as "busy_timeout" says.  Once rows were read, what
 * is written must belong to that moment: if another process has changed the
 * file since then, or is about to, that is a serialization failure.
 *
 * PostgreSQL's subtransactions become savepoints, but only where something is
 * written in them.  SQLite commits right before PostgreSQL does, as the last
 * thing that may fail; nothing brings both together if PostgreSQL then fails.
 *
 * SQLite undoes a whole transaction by itself after some errors ("SQL As
 * Understood By SQLite", "BEGIN TRANSACTION", section 3), for example when a
 * statement that writes is interrupted.  If PostgreSQL takes back less, a
 * subtransaction, its transaction can only be rolled back.
 *
 * A statement sees no row that is written while it runs, in PostgreSQL; in
 * SQLite, whose connection is one, it might.  So what is still to be read is
 * asked to read before the first row is written: see SfmOpenReader.
 *
 * The callbacks for ends of transactions must not fail but for those that come
 * before a commit: they only call SQLite and flip flags.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <unistd.h>

#include "access/xact.h"
#include "miscadmin.h"
#include "storage/proc.h"
#include "utils/memutils.h"

#include "connection.h"

/* ------------------------------------------------------------------------
 * Reading
 * ------------------------------------------------------------------------
 */

/*
 * ask_text
 *		Looks whether the one text that a PRAGMA gives begins with "prefix".
 *		Returns SQLite's result code.
 */
static int
ask_text(SfmConnection *connection, const char *sql, const char *prefix,
		 bool *matches)
{
	sqlite3_stmt *stmt;
	const unsigned char *text = NULL;
	int			code;

	*matches = false;
	code = sqlite3_prepare_v2(connection->db, sql, -1, &stmt, NULL);
	if (code != SQLITE_OK)
		return code;
	if (sqlite3_step(stmt) == SQLITE_ROW)
		text = sqlite3_column_text(stmt, 0);

	if (text !=NULL)
		*matches = strncmp((const char *) text, prefix, strlen(prefix)) == 0;
	return sqlite3_finalize(stmt);
}

/*
 * begin_transaction
 *		Opens SQLite's transaction and takes its snapshot at once, not at the
 *		first row that happens to be read.  Returns SQLite's result code.
 */
static int
begin_transaction(SfmConnection *connection, const char *begin)
{
	int			code;

	/* what an attempt that failed below has left */
	if (!sqlite3_get_autocommit(connection->db))
		(void) sfm_run_sql(connection, "ROLLBACK");

	code = sfm_run_sql(connection, begin);
	if (code == SQLITE_OK)
		code = sfm_run_sql(connection, "SELECT 1 FROM sqlite_master LIMIT 1");
	if (code == SQLITE_OK)
		code = ask_text(connection, "PRAGMA encoding", "UTF-16",
						&connection->utf16);
	return code;
}

/*
 * sfm_begin_reading
 *		Opens SQLite's read transaction.
 */
void
sfm_begin_reading(SfmConnection *connection)
{
	SfmConnectionState *state = connection->state;
	int			code = begin_transaction(connection, "BEGIN");

	if (code != SQLITE_OK)
	{
		/* close it with the transaction */
		state->invalidated = true;
		sfm_raise(connection, code);
	}
	connection->facts = NULL;
	connection->file_is_snapshot = sfm_file_is_snapshot(connection);
	state->in_transaction = true;
	state->has_read = false;
}

/*
 * sfm_note_read
 *		To be called before rows are read: they belong to a moment that the
 *		transaction cannot leave any more.
 */
void
sfm_note_read(SfmConnection *connection)
{
	connection->state->has_read = true;
}

/*
 * sfm_require_transaction
 *		Raises an error if SQLite has ended the transaction by itself.
 */
void
sfm_require_transaction(SfmConnection *connection)
{
	if (likely(!connection->state->lost &&
			   !sqlite3_get_autocommit(connection->db)))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_IN_FAILED_SQL_TRANSACTION),
			 errmsg("SQLite database \"%s\" has rolled this transaction back",
					connection->state->name),
			 errdetail("After an error SQLite has undone all changes of the transaction, not only those since the savepoint."),
			 errhint("Roll the whole transaction back.")));
}

/*
 * check_unchanged
 *		Raises an error if a file that is read without locks has changed.
 */
static void
check_unchanged(SfmConnectionState *state)
{
	struct stat now;

	if (stat(state->wal_path, &now) == 0 ||
		stat(state->options.database, &now) != 0 ||
		now.st_size != state->opened_as.st_size ||
		now.st_ino != state->opened_as.st_ino ||
		now.st_mtim.tv_sec != state->opened_as.st_mtim.tv_sec ||
		now.st_mtim.tv_nsec != state->opened_as.st_mtim.tv_nsec)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("SQLite database \"%s\" was changed while it was read",
						state->name),
				 errdetail("It is in WAL mode and no process had it open when the transaction began, so it was read without locks."),
				 errhint("The transaction might succeed if retried.")));
}

/* ------------------------------------------------------------------------
 * Beginning to write
 * ------------------------------------------------------------------------
 */

/* Refuses what can never be written. */
static void
require_updatable(const SfmConnectionState *state)
{
	const char *obstacle = NULL;

	PreventCommandIfReadOnly("writing to SQLite");
	PreventCommandIfParallelMode("writing to SQLite");
	if (OidIsValid(state->options.large_object))
		obstacle = "It is a large object, which is read only.";
	else if (state->options.immutable)
		obstacle = "The server option \"immutable\" says that the file cannot change.";
	if (obstacle != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot write to SQLite database \"%s\"", state->name),
				 errdetail("%s", obstacle)));
}

/* Refuses a file that the operating system does not let us write. */
static void
require_permission(SfmConnection *connection)
{
	if (sqlite3_db_readonly(connection->db, "main") == 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION),
			 errmsg("cannot write to SQLite database \"%s\": permission denied",
					connection->state->name),
			 errhint("The operating system user that runs the PostgreSQL server must be allowed to write the file, and to create files in its folder.")));
}

/*
 * begin_anew
 *		Gives up a transaction in which nothing was read, for one that holds
 *		the write lock.
 */
static void
begin_anew(SfmConnection *connection)
{
	SfmConnectionState *state = connection->state;
	int			code;

	(void) sfm_run_sql(connection, "ROLLBACK");
	state->in_transaction = false;
	if (!state->opened_for_writing)
	{
		sfm_close_connection(connection);
		state->table_updatable = true;
		sfm_open_connection(connection);
	}
	require_permission(connection);

	code = sfm_run_sql(connection, "PRAGMA query_only = OFF");
	if (code == SQLITE_OK)
		code = begin_transaction(connection, "BEGIN IMMEDIATE");
	if (code != SQLITE_OK)
	{
		/* close it with the transaction */
		state->invalidated = true;
		sfm_raise(connection, code);
	}
	connection->facts = NULL;
	state->in_transaction = true;
}

/*
 * try_upgrade
 *		Takes the write lock for a transaction that has read, by a statement
 *		that writes nothing.
 *
 *		SQLite does not call the busy handler here.  In WAL mode it is worth
 *		while to wait for the other writer, which may not commit.  In other
 *		modes that one will wait for us to end our read transaction.
 */
static int
try_upgrade(SfmConnection *connection, const char *sql)
{
	bool		is_wal;
	int			code;

	code = ask_text(connection, "PRAGMA main.journal_mode", "wal", &is_wal);
	if (code != SQLITE_OK)
		return code;
	for (int attempts = 0;; attempts++)
	{
		code = sfm_run_sql(connection, sql);
		if (code == SQLITE_BUSY && !is_wal)
			return SQLITE_BUSY_SNAPSHOT;
		if (code != SQLITE_BUSY ||
			!sfm_busy_callback(connection->state, attempts))
			return code;
	}
}

/*
 * upgrade
 *		Takes the write lock for a transaction that has read.
 */
static void
upgrade(SfmConnection *connection, const char *table_name)
{
	SfmConnectionState *state = connection->state;
	char	   *sql = psprintf("DELETE FROM main.%s WHERE 0",
							   sfm_quote_sqlite(table_name));
	int			code;

	if (!state->opened_for_writing)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("cannot write to SQLite database \"%s\", from which this transaction has read already",
						state->name),
				 errdetail("The server is not updatable, so the file was opened read-only."),
				 errhint("Set the option \"updatable\" of the server, too, or write before reading.")));
	require_permission(connection);

	code = sfm_run_sql(connection, "PRAGMA query_only = OFF");
	if (code == SQLITE_OK)
		code = try_upgrade(connection, sfm_to_utf8(sql));
	if (code != SQLITE_OK)
	{
		char	   *reason = pstrdup(sqlite3_errmsg(connection->db));

		(void) sfm_run_sql(connection, "PRAGMA query_only = ON");
		sfm_raise_reason(connection, code, reason);
	}
}

/*
 * sfm_begin_write
 *		Makes sure that the transaction holds the write lock of the file.
 *
 *		"table_name" is a table that is about to be written.  Nothing that was
 *		prepared for the connection before is lost; but what was read in
 *		planning may be out of date.  Raises lock_not_available once
 *		"busy_timeout" is up, and serialization_failure as the file header
 *		says.
 */
void
sfm_begin_write(SfmConnection *connection, const char *table_name)
{
	SfmConnectionState *state = connection->state;

	require_updatable(state);
	if (state->writing)
	{
		sfm_require_transaction(connection);
		return;
	}
	if (!state->has_read && dlist_is_empty(&state->statements))
		begin_anew(connection);
	else
		upgrade(connection, table_name);
	state->writing = true;
	state->began_level = GetCurrentTransactionNestLevel();
	state->savepoint_level = 1;
	connection->file_is_snapshot = false;
}

/* Has the transaction begun to write to the file? */
bool
sfm_is_writing(const SfmConnection *connection)
{
	return connection->state->writing;
}

/* ------------------------------------------------------------------------
 * Writing
 * ------------------------------------------------------------------------
 */

/*
 * sfm_reader_opened
 *		Puts a reader on the list of those that are told before a row is
 *		written; it comes off it by sfm_reader_closed(), once it was told, or
 *		with CurrentMemoryContext.
 */
void
sfm_reader_opened(SfmConnection *connection, SfmOpenReader *reader)
{
	dlist_push_tail(&connection->state->open_readers, &reader->node);
	reader->listed = true;
	reader->release.func = (MemoryContextCallbackFunction) sfm_reader_closed;
	reader->release.arg = reader;
	MemoryContextRegisterResetCallback(CurrentMemoryContext,
									   &reader->release);
}

void
sfm_reader_closed(SfmOpenReader *reader)
{
	if (reader->listed)
		dlist_delete(&reader->node);
	reader->listed = false;
}

/*
 * set_savepoints
 *		Sets a savepoint for each subtransaction that has none yet.
 */
static void
set_savepoints(SfmConnection *connection)
{
	SfmConnectionState *state = connection->state;
	int			level = GetCurrentTransactionNestLevel();
	char		sql[32];

	/* an earlier write, that is undone by now, may have begun further down */
	state->began_level = Min(state->began_level, level);
	while (state->savepoint_level < level)
	{
		snprintf(sql, sizeof(sql), "SAVEPOINT s%d",
				 state->savepoint_level + 1);
		sfm_check(connection, sfm_run_sql(connection, sql));
		state->savepoint_level++;
	}
}

/*
 * sfm_before_write
 *		To be called before a statement that writes is stepped for the first
 *		time: what it does can be taken back with the subtransaction, and what
 *		is read meanwhile stays as it was.
 */
void
sfm_before_write(SfmConnection *connection)
{
	SfmConnectionState *state = connection->state;

	if (!state->writing)
		elog(ERROR, "SQLite database \"%s\" is not being written",
			 state->name);
	sfm_require_transaction(connection);
	set_savepoints(connection);
	while (!dlist_is_empty(&state->open_readers))
	{
		SfmOpenReader *reader;

		reader = dlist_container(SfmOpenReader, node,
								 dlist_head_node(&state->open_readers));
		reader->freeze(reader->argument);
		sfm_reader_closed(reader);
	}
}

/*
 * sfm_run_write
 *		Runs a statement that writes and gives no rows; returns how many rows
 *		it has changed, those of triggers and foreign keys not counted.
 */
int64
sfm_run_write(SfmStatement *statement)
{
	sfm_before_write(statement->connection);
	while (sfm_step(statement))
		;
	sfm_rewind(statement);
	return sqlite3_changes(statement->connection->db);
}

/* ------------------------------------------------------------------------
 * Called by PostgreSQL
 * ------------------------------------------------------------------------
 */

/*
 * check_deferred_keys
 *		Raises the error that a commit would raise for foreign keys.
 */
static void
check_deferred_keys(SfmConnection *connection)
{
	int			violations = 0;
	int			highest;

	if (sqlite3_db_status(connection->db, SQLITE_DBSTATUS_DEFERRED_FKS,
						  &violations, &highest, 0) == SQLITE_OK &&
		violations != 0)
		sfm_raise_reason(connection, SQLITE_CONSTRAINT_FOREIGNKEY,
						 "FOREIGN KEY constraint failed");
}

/*
 * commit
 *		Commits what was written to one file.  "committed" names those before.
 */
static void
commit(SfmConnection *connection, const char *committed)
{
	SfmConnectionState *state = connection->state;
	int			code;

	sfm_finalize_statements(state);
	code = sfm_run_sql(connection, "COMMIT");
	if (code != SQLITE_OK)
	{
		char	   *reason = pstrdup(sqlite3_errmsg(connection->db));

		if (committed != NULL)
			ereport(WARNING,
					(errcode(ERRCODE_TRANSACTION_RESOLUTION_UNKNOWN),
					 errmsg("changes of SQLite database \"%s\" stay, but not those of \"%s\"",
							committed, state->name),
					 errdetail("Of two files that a transaction writes, one is committed before the other.")));
		sfm_raise_reason(connection, code, reason);
	}
	state->in_transaction = false;
}

/*
 * before_commit
 *		The last moment at which a transaction can still fail.
 *
 *		What can be foreseen for all files is looked at before one is
 *		committed.
 */
static void
before_commit(bool prepare)
{
	List	   *all = sfm_connections();
	const char *committed = NULL;
	ListCell   *cell;

	foreach(cell, all)
	{
		SfmConnection *connection = lfirst(cell);
		SfmConnectionState *state = connection->state;

		if (state->unlocked)
			check_unchanged(state);
		if (!state->writing || !state->in_transaction)
			continue;
		if (prepare)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("cannot PREPARE a transaction that has written to a SQLite database"),
					 errdetail("The transaction has written to SQLite database \"%s\".",
							   state->name)));
		sfm_require_transaction(connection);
		check_deferred_keys(connection);
	}
	foreach(cell, all)
	{
		SfmConnection *connection = lfirst(cell);
		SfmConnectionState *state = connection->state;

		if (!state->writing || !state->in_transaction)
			continue;
		commit(connection, committed);
		committed = state->name;
	}
	list_free(all);
}

/*
 * end_of_transaction
 *		Ends the SQLite transaction of every connection with PostgreSQL's.
 */
static void
end_of_transaction(XactEvent event, void *argument)
{
	HASH_SEQ_STATUS status;
	SfmConnection *connection;

	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_PARALLEL_ABORT:
			break;
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PARALLEL_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
			before_commit(event == XACT_EVENT_PRE_PREPARE);
			return;
	}

	hash_seq_init(&status, sfm_connection_table);
	while ((connection = hash_seq_search(&status)) != NULL)
	{
		SfmConnectionState *state = connection->state;

		connection->facts = NULL;
		if (connection->db == NULL)
			continue;

		/* after an error, scans have not been ended by the executor */
		sfm_finalize_statements(state);
		state->budget = 0;
		if (state->in_transaction && !sqlite3_get_autocommit(connection->db))
			(void) sfm_run_sql(connection, "ROLLBACK");
		if (state->writing &&
			sfm_run_sql(connection, "PRAGMA query_only = ON") != SQLITE_OK)
			state->invalidated = true;
		state->in_transaction = false;
		state->writing = false;
		state->lost = false;

		/* what has no locks may be another content next time */
		if (state->invalidated || !state->options.keep_connections ||
			OidIsValid(state->options.large_object) || state->unlocked ||
			!sqlite3_get_autocommit(connection->db))
			sfm_close_connection(connection);
	}
}

/*
 * roll_back_savepoint
 *		Undoes what was written in the subtransaction of this nesting level.
 */
static void
roll_back_savepoint(SfmConnection *connection, int level)
{
	SfmConnectionState *state = connection->state;
	char		sql[80];

	/* what was found since, and what is undone, count as one state to them */
	connection->facts = NULL;
	if (sqlite3_get_autocommit(connection->db))
	{
		/* nothing was written outside: begin anew if that is no difference */
		if (level <= state->began_level && !state->has_read &&
			sfm_run_sql(connection, "PRAGMA query_only = ON") == SQLITE_OK)
			state->in_transaction = state->writing = false;
		else
			state->lost = true;
		return;
	}
	if (state->savepoint_level < level)
		return;
	snprintf(sql, sizeof(sql), "ROLLBACK TO s%d; RELEASE s%d", level, level);
	if (sfm_run_sql(connection, sql) != SQLITE_OK)
		state->lost = true;
	state->savepoint_level = level - 1;
}

/*
 * end_of_subtransaction
 *		Ends the savepoint of every connection that has written.
 */
static void
end_of_subtransaction(SubXactEvent event, SubTransactionId subxact,
					  SubTransactionId parent, void *argument)
{
	int			level = GetCurrentTransactionNestLevel();
	HASH_SEQ_STATUS status;
	SfmConnection *connection;
	SfmConnection *failed = NULL;
	int			code = SQLITE_OK;

	if (event != SUBXACT_EVENT_PRE_COMMIT_SUB &&
		event != SUBXACT_EVENT_ABORT_SUB)
		return;

	hash_seq_init(&status, sfm_connection_table);
	while ((connection = hash_seq_search(&status)) != NULL)
	{
		SfmConnectionState *state = connection->state;
		char		sql[32];

		if (connection->db == NULL || !state->writing || state->lost)
			continue;
		if (event == SUBXACT_EVENT_ABORT_SUB)
			roll_back_savepoint(connection, level);
		else if (state->savepoint_level >= level)
		{
			state->began_level = Min(state->began_level, level - 1);
			snprintf(sql, sizeof(sql), "RELEASE s%d", level);
			code = sfm_run_sql(connection, sql);
			if (code != SQLITE_OK)
			{
				failed = connection;
				hash_seq_term(&status);
				break;
			}
			state->savepoint_level = level - 1;
		}
	}
	if (failed != NULL)
		sfm_raise(failed, code);
}

/*
 * sfm_transaction_initialize
 *		Registers the callbacks, once.
 */
void
sfm_transaction_initialize(void)
{
	RegisterXactCallback(end_of_transaction, NULL);
	RegisterSubXactCallback(end_of_subtransaction, NULL);
}
