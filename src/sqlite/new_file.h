/*-------------------------------------------------------------------------
 *
 * new_file.h
 *	  What new_file.c gives to the others: a SQLite file that is being made.
 *
 * Names and SQL are in the database encoding, the bytes of values in UTF-8.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_NEW_FILE_H
#define SFM_NEW_FILE_H

#include "postgres.h"

#include <sqlite3.h>

#include "compat.h"
#include "row_batch.h"
#include "storage.h"

typedef struct SfmNewFile SfmNewFile;

extern SfmNewFile *sfm_new_file(const char *path, bool overwrite);
extern void sfm_new_file_begin(SfmNewFile *file);
extern void sfm_new_file_finish(SfmNewFile *file);
extern void sfm_new_file_abandon(SfmNewFile *file);

extern void sfm_new_file_execute(SfmNewFile *file, const char *sql);
extern bool sfm_new_file_try(SfmNewFile *file, const char *sql,
							 char **problem);
extern sqlite3_stmt *sfm_new_file_prepare(SfmNewFile *file, const char *sql);
extern bool sfm_new_file_step(SfmNewFile *file, sqlite3_stmt *stmt);
extern void sfm_new_file_read(SfmNewFile *file, SfmRowBatch *batch);
pg_noreturn extern void sfm_new_file_raise(SfmNewFile *file, int code);
extern void sfm_new_file_flush(SfmNewFile *file);
extern int64 sfm_new_file_size(SfmNewFile *file);

#endif							/* SFM_NEW_FILE_H */
