/*-------------------------------------------------------------------------
 *
 * sqlite.h
 *	  What the room src/sqlite gives to the others: connections, statements
 *	  and the catalog of a SQLite file.
 *
 * Strings that cross this interface are in the database encoding in both
 * directions; the room converts from and to SQLite's UTF-8.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_SQLITE_H
#define SFM_SQLITE_H

#include "postgres.h"

#include <sqlite3.h>

#include "lib/ilist.h"
#include "nodes/pg_list.h"

#include "compat.h"
#include "storage.h"

/* How a server's options say that its file is to be opened. */
typedef struct SfmConnectOptions
{
	const char *database;		/* absolute path; "" with large_object */
	Oid			large_object;	/* read the file from here, or InvalidOid */
	Oid			large_object_reader;	/* role that may, checked as it opens */
	int			busy_timeout;	/* ms to wait for another process's lock */
	bool		immutable;		/* the file cannot change: take no locks */
	bool		updatable;		/* open it for writing, too */
	bool		keep_connections;	/* keep it open after the transaction */
} SfmConnectOptions;

/*
 * One open file of this backend.  Opaque but for "db", which the readers and
 * the catalog hand to SQLite.
 */
typedef struct SfmConnection
{
	Oid			serverid;		/* hash key; must be first */
	sqlite3    *db;				/* NULL while closed */
	bool		utf16;			/* its text is UTF-16, not UTF-8 */
	bool		file_is_snapshot;	/* see sfm_file_is_snapshot() */
	struct SfmConnectionState *state;	/* private to connection.c */
} SfmConnection;

/* One prepared statement; see sfm_prepare(). */
typedef struct SfmStatement
{
	sqlite3_stmt *stmt;			/* NULL once the connection was closed */
	SfmConnection *connection;
	dlist_node	node;			/* in the connection's list of statements */
	MemoryContextCallback release;	/* finalizes it with its context */
} SfmStatement;

/* in connection.c */
extern SfmConnection *sfm_connect(Oid serverid,
								  const SfmConnectOptions *options);
extern List *sfm_connections(void);
extern bool sfm_connection_is_valid(const SfmConnection *connection);
extern bool sfm_disconnect(Oid serverid, bool *in_use);
extern const char *sfm_database_name(const SfmConnection *connection);
extern int	sfm_busy_timeout(const SfmConnection *connection);
extern int64 sfm_set_budget(SfmConnection *connection, int64 opcodes);
extern void sfm_own_statement(SfmConnection *connection,
							  SfmStatement *statement);
extern bool sfm_interrupt_pending(void);
extern bool sfm_reads_without_locks(const SfmConnection *connection);

/* in transaction.c */

/*
 * What has rows of a file still to read when a row is written: "freeze" is
 * called once before that, and reads them, or whatever else makes it give the
 * rows as they were.
 */
typedef struct SfmOpenReader
{
	dlist_node	node;			/* in the connection's list */
	bool		listed;
	void		(*freeze) (void *argument);
	void	   *argument;
	MemoryContextCallback release;	/* takes it off the list */
} SfmOpenReader;

extern void sfm_note_read(SfmConnection *connection);
extern void sfm_begin_write(SfmConnection *connection, const char *table_name);
extern bool sfm_is_writing(const SfmConnection *connection);
extern int64 sfm_run_write(SfmStatement *statement);
extern void sfm_before_write(SfmConnection *connection);
extern void sfm_reader_opened(SfmConnection *connection,
							  SfmOpenReader *reader);
extern void sfm_reader_closed(SfmOpenReader *reader);

/* in statement.c */
extern SfmStatement *sfm_prepare(SfmConnection *connection, const char *sql);
extern int	sfm_try_prepare(SfmConnection *connection, const char *sql,
							SfmStatement **statement);
extern bool sfm_step(SfmStatement *statement);
extern void sfm_rewind(SfmStatement *statement);
extern void sfm_finalize(SfmStatement *statement);
extern void sfm_bind_text(SfmStatement *statement, int parameter,
						  const char *value);
extern void sfm_bind_value(SfmStatement *statement, int parameter,
						   const SfmValue *value);
extern void sfm_column_value(SfmStatement *statement, int column,
							 SfmValue *value);
extern char *sfm_column_string(SfmStatement *statement, int column);
extern int64 sfm_column_int64(SfmStatement *statement, int column);
extern void sfm_check(SfmConnection *connection, int code);
pg_noreturn extern void sfm_raise(SfmConnection *connection, int code);
pg_noreturn extern void sfm_raise_reason(SfmConnection *connection, int code,
										 const char *utf8);
extern void sfm_require_open(const SfmStatement *statement);
extern char *sfm_quote_sqlite(const char *identifier);
extern char *sfm_from_utf8(const char *bytes, size_t length);
extern char *sfm_to_utf8(const char *string);

/* in jsonb.c */
extern char *sfm_jsonb_to_json(const char *bytes, size_t length,
							   size_t * text_length);

/* ------------------------------------------------------------------------
 * The catalog: what a SQLite file contains (catalog.c)
 * ------------------------------------------------------------------------
 */
typedef enum SfmTableKind
{
	SFM_KIND_TABLE,
	SFM_KIND_VIEW,
	SFM_KIND_VIRTUAL,
	SFM_KIND_SHADOW				/* belongs to a virtual table */
} SfmTableKind;

typedef enum SfmGenerated
{
	SFM_GENERATED_NEVER,
	SFM_GENERATED_VIRTUAL,
	SFM_GENERATED_STORED
} SfmGenerated;

typedef struct SfmColumn
{
	char	   *name;
	char	   *declared_type;	/* "" where there is none */
	bool		not_null;
	int			key_position;	/* 1-based place in the primary key, or 0 */
	char	   *default_sql;	/* text of the DEFAULT expression, or NULL */
	char	   *collation;		/* BINARY, NOCASE, RTRIM or another name */
	SfmGenerated generated;
} SfmColumn;

typedef struct SfmIndexColumn
{
	int			column;			/* place in SfmTable.columns; -1 is the rowid,
								 * -2 an expression */
	bool		descending;
	char	   *collation;		/* BINARY, NOCASE, RTRIM or another name */
} SfmIndexColumn;

typedef struct SfmIndex
{
	char	   *name;
	char		origin;			/* 'c' CREATE INDEX, 'u' UNIQUE, 'p' primary
								 * key */
	bool		unique;
	bool		partial;
	bool		has_expression; /* a column with column = -2 */
	int			ncolumns;		/* key columns only */
	SfmIndexColumn *columns;
	char	   *sql;			/* NULL unless origin is 'c' */
} SfmIndex;

typedef struct SfmForeignKey
{
	char	   *parent;			/* table name as written in the child */
	int			ncolumns;
	char	  **child_columns;
	char	  **parent_columns; /* NULL members: the parent's primary key */
	char	   *on_update;		/* "NO ACTION", "RESTRICT", "SET NULL", ... */
	char	   *on_delete;
} SfmForeignKey;

typedef struct SfmTable
{
	char	   *name;
	SfmTableKind kind;
	char	   *module;			/* of a virtual table, lower case, or NULL */
	char	   *sql;			/* as in sqlite_schema; may be NULL */
	bool		without_rowid;
	bool		strict;
	bool		autoincrement;	/* has a row in sqlite_sequence, or will */
	int			rowid_column;	/* place of the INTEGER PRIMARY KEY that is an
								 * alias of the rowid, or -1 */
	int			nkeys;			/* columns in the primary key */
	int			ncolumns;		/* without hidden ones; a full-text table's
								 * rowid is the last one */
	SfmColumn  *columns;
	List	   *indexes;		/* of SfmIndex *, by name */
	List	   *foreign_keys;	/* of SfmForeignKey *, in written order */
	int			unreadable;		/* texts about it (its SQL, names of indexes
								 * and parents) that the database encoding
								 * cannot represent */
} SfmTable;

/* A view or trigger, for what is not a table. */
typedef struct SfmSchemaObject
{
	char	   *type;			/* "table", "index", "view", "trigger" */
	char	   *name;
	char	   *table_name;		/* table it belongs to */
	char	   *sql;			/* may be NULL */
} SfmSchemaObject;

extern List *sfm_catalog_names(SfmConnection *connection, int *unreadable);
extern SfmTable *sfm_catalog_table(SfmConnection *connection,
								   const char *name);
extern SfmTable *sfm_catalog_describe(SfmConnection *connection,
									  const char *name, char **reason);
extern bool sfm_is_fulltext(const SfmTable *table);
extern const char *sfm_rowid_name(const SfmTable *table);
extern int	sfm_find_column(const SfmTable *table, const char *name);
extern List *sfm_catalog_objects(SfmConnection *connection,
								  const char *type);
extern double sfm_row_estimate(SfmConnection *connection,
							   const SfmTable *table);
extern int	sfm_schema_version(SfmConnection *connection);
extern double sfm_rows_per_key(SfmConnection *connection,
							   const SfmTable *table, const SfmIndex *index,
							   int ncolumns);
extern bool sfm_sequence_value(SfmConnection *connection,
							   const char *table_name, int64 * value);

/* in integrity.c */
extern int64 sfm_count_null_keys(SfmConnection *connection,
								 const SfmTable *table, char **example);
extern int64 sfm_count_orphans(SfmConnection *connection,
							   const SfmTable *child, const SfmTable *parent,
							   int ncolumns, const char *const *child_columns,
							   const char *const *parent_columns,
							   const bool *nocase, char **example);
extern bool sfm_count_breaking(SfmConnection *connection,
							   const SfmTable *table, List *expressions,
							   int64 * counts);
extern bool sfm_has_duplicates(SfmConnection *connection,
							   const SfmTable *table, const SfmIndex *index);

/* ------------------------------------------------------------------------
 * The rows of a table, by one of two readers (reader.c)
 * ------------------------------------------------------------------------
 */
typedef enum SfmReaderChoice
{
	SFM_READER_AUTO,			/* the pages where possible */
	SFM_READER_PAGES,			/* the pages, or an error */
	SFM_READER_SQLITE			/* SQLite's virtual machine */
}			SfmReaderChoice;

/* One column of a SELECT. */
typedef struct SfmReadColumn
{
	int			place;			/* in SfmTable.columns, or one of those below */
	bool		real;			/* its affinity is REAL */
}			SfmReadColumn;

#define SFM_READ_ROWID (-1)
#define SFM_READ_NULL (-2)		/* the constant */

/* What is to be read. */
typedef struct SfmReadRequest
{
	const char *sql;			/* the SELECT that gives it */
	const SfmTable *table;		/* whose rows these are, all of them and each
								 * once; may be NULL with a refusal */
	const char *refusal;		/* why the pages cannot be read, as far as the
								 * caller knows, or NULL */
	int			ncolumns;		/* of the SELECT */
	const		SfmReadColumn *columns;
	SfmReaderChoice choice;
} SfmReadRequest;

typedef struct SfmReader
{
	SfmStatement *statement;	/* stepped by the reader sqlite only */
	struct SfmPages *pages;		/* NULL for the reader sqlite */
	SfmValue   *values;			/* the present row of the reader pages */
	const char *refusal;		/* why the pages cannot be read, or NULL; in
								 * English, no sentence */
	struct SfmReaderState *state;	/* private to reader.c */
} SfmReader;

extern bool sfm_file_is_snapshot(SfmConnection *connection);
extern SfmReader *sfm_reader_begin(SfmConnection *connection,
								   const SfmReadRequest *request);
extern int	sfm_reader_try_begin(SfmConnection *connection,
								 const SfmReadRequest *request,
								 SfmReader **reader);
extern int	sfm_reader_try_next(SfmReader *reader);
extern bool sfm_reader_next(SfmReader *reader);
extern char *sfm_reader_problem(SfmConnection *connection,
								const SfmReader *reader, int code);
pg_noreturn extern void sfm_reader_raise(SfmConnection *connection,
										 const SfmReader *reader, int code);
extern void sfm_reader_rewind(SfmReader *reader);
extern void sfm_reader_end(SfmReader *reader);
extern uint64 sfm_reader_pages_read(const SfmReader *reader);

/*
 * sfm_reader_value
 *		The value of a column of the present row; "buffer" is room for it where
 *		it is not there yet.  Valid until the next row.
 */
static inline const SfmValue *
sfm_reader_value(const SfmReader *reader, int column, SfmValue *buffer)
{
	if (reader->pages != NULL)
		return &reader->values[column];
	sfm_column_value(reader->statement, column, buffer);
	return buffer;
}

/* A name and kind, as sfm_catalog_names() lists them. */
typedef struct SfmTableName
{
	char	   *name;
	SfmTableKind kind;
} SfmTableName;

#endif							/* SFM_SQLITE_H */
