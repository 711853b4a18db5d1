/*-------------------------------------------------------------------------
 *
 * connection.h
 *	  What connection.c and transaction.c share: the state of a connection.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_CONNECTION_H
#define SFM_CONNECTION_H

#include "postgres.h"

#include <sys/stat.h>

#include "utils/hsearch.h"
#include "utils/timestamp.h"

#include "sqlite.h"

typedef struct SfmConnectionState
{
	/* what it was opened with */
	SfmConnectOptions options;
	char		name[NAMEDATALEN];	/* file name without folders, for errors */
	bool		opened_for_writing;
	bool		table_updatable;	/* a table of it is, if not the server */

	/* what it is doing */
	bool		in_transaction; /* a SQLite transaction is open */
	bool		unlocked;		/* opened without locks: see is_idle_wal() */
	char	   *wal_path;		/* then the WAL file that must not appear */
	struct stat opened_as;		/* and the file as it was */
	bool		invalidated;	/* the server may have changed or gone */
	bool		own_change;		/* opened by options that the present
								 * transaction has set, and may take back */
	uint32		server_hash;	/* of the server in the syscache */
	dlist_head	statements;		/* SfmStatement that are not finalized */
	TimestampTz busy_since;		/* when the present wait for a lock began */
	int			budget;			/* progress callbacks left to a statement that
								 * may not take long; 0: no limit */

	/* for transaction.c */
	bool		has_read;		/* rows were read in this transaction */
	bool		writing;		/* the SQLite transaction may write */
	int			began_level;	/* PostgreSQL's nesting level as it began to */
	int			savepoint_level;	/* nesting level of the last savepoint; 1:
									 * there is none */
	bool		lost;			/* SQLite has undone all that was written */
	dlist_head	open_readers;	/* SfmOpenReader */
} SfmConnectionState;

/* in connection.c: SfmConnection by the OID of the server, or NULL */
extern HTAB *sfm_connection_table;

extern int	sfm_busy_callback(void *argument, int attempts);
extern int	sfm_run_sql(SfmConnection *connection, const char *sql);
extern void sfm_finalize_statements(SfmConnectionState *state);
extern void sfm_open_connection(SfmConnection *connection);
extern void sfm_close_connection(SfmConnection *connection);

/* in transaction.c */
extern void sfm_transaction_initialize(void);
extern void sfm_begin_reading(SfmConnection *connection);
extern void sfm_require_transaction(SfmConnection *connection);

#endif							/* SFM_CONNECTION_H */
