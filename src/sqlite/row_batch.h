/*-------------------------------------------------------------------------
 *
 * row_batch.h
 *	  What row_batch.c gives to the others: rows as a table of SQLite.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_ROW_BATCH_H
#define SFM_ROW_BATCH_H

#include "postgres.h"

#include <sqlite3.h>

#include "storage.h"

/* The table's name; no table of a file can have it. */
#define SFM_ROW_BATCH_TABLE "sqlite_export_rows"

/* Rows of values; the columns of the table are called c0, c1 ... */
typedef struct SfmRowBatch
{
	int			ncolumns;
	int			nrows;
	int			row;			/* that SQLite is at, or was when it failed */
	SfmValue   *values;			/* row by row */
} SfmRowBatch;

extern int	sfm_row_batch_register(sqlite3 *db, SfmRowBatch *batch);

#endif							/* SFM_ROW_BATCH_H */
