/*-------------------------------------------------------------------------
 *
 * row_batch.c
 *	  Rows in memory as a table that SQLite reads: INSERT INTO t SELECT ...
 *
 * One INSERT of many rows costs about half of as many INSERTs of one: SQLite
 * opens its cursors once, and values go into the record without being bound,
 * and copied, before.  It is an eponymous virtual table ("The Virtual Table
 * Mechanism Of SQLite", section 2.1.2), which exists without being created.
 *
 * What SQLite calls here only looks at the batch; no error can be raised.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "row_batch.h"

typedef struct BatchTable
{
	sqlite3_vtab base;			/* must be first */
	SfmRowBatch *batch;
} BatchTable;

typedef struct BatchCursor
{
	sqlite3_vtab_cursor base;	/* must be first */
	SfmRowBatch *batch;
} BatchCursor;

/* Declares the columns. */
static int
batch_connect(sqlite3 *db, void *argument, int argc, const char *const *argv,
			  sqlite3_vtab **result, char **error)
{
	SfmRowBatch *batch = argument;
	sqlite3_str *sql = sqlite3_str_new(db);
	BatchTable *table;
	char	   *text;
	int			code;

	sqlite3_str_appendall(sql, "CREATE TABLE x (");
	/* a table has at least one column */
	for (int i = 0; i < Max(batch->ncolumns, 1); i++)
		sqlite3_str_appendf(sql, "%sc%d", i > 0 ? ", " : "", i);
	sqlite3_str_appendall(sql, ")");
	text = sqlite3_str_finish(sql);
	if (text == NULL)
		return SQLITE_NOMEM;
	code = sqlite3_declare_vtab(db, text);
	sqlite3_free(text);
	if (code != SQLITE_OK)
		return code;

	table = sqlite3_malloc(sizeof(BatchTable));
	if (table == NULL)
		return SQLITE_NOMEM;
	memset(table, 0, sizeof(BatchTable));
	table->batch = batch;
	*result = &table->base;
	return SQLITE_OK;
}

static int
batch_disconnect(sqlite3_vtab *table)
{
	sqlite3_free(table);
	return SQLITE_OK;
}

/* There is one way to read it: all of it. */
static int
batch_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
	return SQLITE_OK;
}

static int
batch_open(sqlite3_vtab *table, sqlite3_vtab_cursor **result)
{
	BatchCursor *cursor = sqlite3_malloc(sizeof(BatchCursor));

	if (cursor == NULL)
		return SQLITE_NOMEM;
	memset(cursor, 0, sizeof(BatchCursor));
	cursor->batch = ((BatchTable *) table)->batch;
	*result = &cursor->base;
	return SQLITE_OK;
}

static int
batch_close(sqlite3_vtab_cursor *cursor)
{
	sqlite3_free(cursor);
	return SQLITE_OK;
}

static int
batch_filter(sqlite3_vtab_cursor *cursor, int number, const char *string,
			 int argc, sqlite3_value **argv)
{
	((BatchCursor *) cursor)->batch->row = 0;
	return SQLITE_OK;
}

static int
batch_next(sqlite3_vtab_cursor *cursor)
{
	((BatchCursor *) cursor)->batch->row++;
	return SQLITE_OK;
}

static int
batch_eof(sqlite3_vtab_cursor *cursor)
{
	const SfmRowBatch *batch = ((BatchCursor *) cursor)->batch;

	return batch->row >= batch->nrows;
}

/* Gives a value; its bytes stay until the statement has run. */
static int
batch_column(sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column)
{
	const SfmRowBatch *batch = ((BatchCursor *) cursor)->batch;
	const SfmValue *value =
		&batch->values[(size_t) batch->row * batch->ncolumns + column];

	switch (value->storage_class)
	{
		case SFM_INTEGER:
			sqlite3_result_int64(context, value->integer);
			break;
		case SFM_REAL:
			sqlite3_result_double(context, value->real);
			break;
		case SFM_TEXT:
			sqlite3_result_text64(context, value->bytes, value->length,
								  SQLITE_STATIC, SQLITE_UTF8);
			break;
		case SFM_BLOB:
			sqlite3_result_blob64(context, value->bytes, value->length,
								  SQLITE_STATIC);
			break;
		case SFM_NULL:
			sqlite3_result_null(context);
			break;
		case SFM_INVALID_TEXT:
			return SQLITE_MISUSE;
	}
	return SQLITE_OK;
}

static int
batch_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid)
{
	*rowid = ((BatchCursor *) cursor)->batch->row;
	return SQLITE_OK;
}

static const sqlite3_module batch_module = {
	.xConnect = batch_connect,
	.xBestIndex = batch_best_index,
	.xDisconnect = batch_disconnect,
	.xOpen = batch_open,
	.xClose = batch_close,
	.xFilter = batch_filter,
	.xNext = batch_next,
	.xEof = batch_eof,
	.xColumn = batch_column,
	.xRowid = batch_rowid,
};

/*
 * sfm_row_batch_register
 *		Lets a handle read a batch, which must stay, with its number of columns,
 *		until another one is registered or the handle is closed.  Returns
 *		SQLite's result code.
 */
int
sfm_row_batch_register(sqlite3 *db, SfmRowBatch *batch)
{
	return sqlite3_create_module(db, SFM_ROW_BATCH_TABLE, &batch_module,
								 batch);
}
