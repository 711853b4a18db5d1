/*-------------------------------------------------------------------------
 *
 * new_file.c
 *	  A SQLite file that is made, filled and put in its place.
 *
 * The file is written under another name in the same directory, where nobody
 * looks for it, and gets its own name as the very last thing: who sees the
 * name sees a whole file, and after an error there is none.  It has a handle
 * of its own, not a connection of connection.c: no server stands for it, no
 * lock is needed, and it does not outlive the statement.
 *
 * Without a journal and without a single fsync SQLite writes as fast as the
 * disk takes it; it cannot roll back then, but what fails here is thrown away.
 * The file is synced once, before it is renamed.
 *
 * The name of the temporary file is new (O_EXCL), no symbolic link is
 * followed to it, and only the server's operating system user may read it.
 * sfm_new_file_abandon() closes and removes it; the caller sees to it that
 * this is called after an error, and also when the session is terminated
 * (PG_ENSURE_ERROR_CLEANUP).  A server that is killed leaves it behind.
 *
 * The progress handler looks at PostgreSQL's interrupt flags; the error is
 * raised once SQLite has returned.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/fd.h"

#include "new_file.h"
#include "sqlite.h"

/* Opcodes between two looks at the interrupt flags, as in connection.c */
#define PROGRESS_OPCODES 5000

/* Names that are tried for the temporary file */
#define MAX_ATTEMPTS 100

/* Bytes after which the disk may begin to write */
#define FLUSH_BYTES (16 * 1024 * 1024)

/* As COPY TO gives to its files: others may read, if the directory lets them */
#define FINAL_MODE (S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH)

struct SfmNewFile
{
	char	   *path;			/* as asked for, its directory without links */
	char	   *directory;
	char	   *name;			/* without directory, for messages */
	char	   *temporary;
	bool		overwrite;
	mode_t		mode;			/* that it will have */

	int			fd;				/* of the temporary file, or -1 */
	int64		flushed;		/* bytes that are on their way to the disk */
	sqlite3    *db;				/* NULL until opened */
};

/* ------------------------------------------------------------------------
 * Errors
 * ------------------------------------------------------------------------
 */

/*
 * sfm_new_file_raise
 *		Raises an error for a result code of SQLite.
 */
void
sfm_new_file_raise(SfmNewFile *file, int code)
{
	const char *utf8 = file->db != NULL ? sqlite3_errmsg(file->db) :
	sqlite3_errstr(code);
	int			saved = file->db != NULL ? sqlite3_system_errno(file->db) : 0;
	char	   *reason = sfm_from_utf8(utf8, strlen(utf8));

	if (reason == NULL)
		reason = pstrdup(sqlite3_errstr(code));

	/* a cancel is what made SQLite stop */
	CHECK_FOR_INTERRUPTS();

	switch (code & 0xff)
	{
		case SQLITE_FULL:
		case SQLITE_IOERR:
		case SQLITE_CANTOPEN:
			if ((code & 0xff) == SQLITE_FULL)
				saved = ENOSPC;
			errno = saved;
			ereport(ERROR,
					(errcode(sfm_result_code_sqlstate(code)),
					 saved != 0 ?
					 errmsg("could not write SQLite database \"%s\": %m",
							file->name) :
					 errmsg("could not write SQLite database \"%s\": %s",
							file->name, reason),
					 (code & 0xff) == SQLITE_FULL ?
					 errhint("Check free disk space.") : 0));
			break;
		case SQLITE_TOOBIG:
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("value or row is too large for SQLite"),
					 errdetail("SQLite holds at most %d bytes in one value and in one row.",
							   sqlite3_limit(file->db, SQLITE_LIMIT_LENGTH, -1))));
			break;
		default:
			ereport(ERROR,
					(errcode(sfm_result_code_sqlstate(code)),
					 errmsg("SQLite database \"%s\": %s", file->name, reason),
					 errdetail("SQLite's result code is %d.", code)));
	}
}

static void
check(SfmNewFile *file, int code)
{
	if (code != SQLITE_OK)
		sfm_new_file_raise(file, code);
}

/* A nonzero result ends the running statement with SQLITE_INTERRUPT. */
static int
progress_callback(void *argument)
{
	return sfm_interrupt_pending() ? 1 : 0;
}

/* ------------------------------------------------------------------------
 * Paths
 * ------------------------------------------------------------------------
 */

/* The error for a name that is there and may not be replaced. */
static void
refuse_existing(SfmNewFile *file)
{
	ereport(ERROR,
			(errcode(ERRCODE_DUPLICATE_FILE),
			 errmsg("file \"%s\" already exists", file->path),
			 errhint("Choose another path, remove the file, or set the argument \"overwrite\".")));
}

/*
 * check_existing
 *		What stands under the name may be replaced only if it is a plain file
 *		and the caller wants that.
 */
static void
check_existing(SfmNewFile *file)
{
	struct stat status;

	file->mode = FINAL_MODE;
	if (lstat(file->path, &status) != 0)
	{
		if (errno == ENOENT)
			return;
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not stat file \"%s\": %m", file->path)));
	}
	if (!S_ISREG(status.st_mode))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" exists and is not a regular file",
						file->path),
				 S_ISLNK(status.st_mode) ?
				 errhint("Give the path that the symbolic link points to.") : 0));
	if (!file->overwrite)
		refuse_existing(file);
	file->mode = status.st_mode & 0777;
}

/*
 * check_companions
 *		SQLite would take a journal or a write-ahead log that lies beside the
 *		new file for the new file's own, and damage it.
 */
static void
check_companions(SfmNewFile *file)
{
	static const char *const endings[] = {"-journal", "-wal", "-shm"};

	for (int i = 0; i < lengthof(endings); i++)
	{
		char	   *companion = psprintf("%s%s", file->path, endings[i]);
		struct stat status;

		if (lstat(companion, &status) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_OBJECT_IN_USE),
					 errmsg("file \"%s\" exists", companion),
					 errdetail("SQLite would take it for a part of the new file."),
					 errhint("Close the programs that use the database \"%s\"; a file that a crash has left can be removed once the database it belongs to is gone.",
							 file->name)));
		pfree(companion);
	}
}

/*
 * take_apart
 *		Fills in the parts of the path.  The directory must exist; its own
 *		links are resolved, since SQLite is to follow none.
 */
static void
take_apart(SfmNewFile *file, const char *path)
{
	const char *slash = strrchr(path, '/');
	char	   *directory = slash == path ? pstrdup("/") :
	pnstrdup(path, slash - path);
	char		resolved[PATH_MAX];

	file->name = pstrdup(slash + 1);
	if (file->name[0] == '\0' || strcmp(file->name, ".") == 0 ||
		strcmp(file->name, "..") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("path \"%s\" does not name a file", path)));
	if (realpath(directory, resolved) == NULL)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not resolve directory \"%s\": %m", directory)));
	file->directory = pstrdup(resolved);
	file->path = psprintf("%s/%s",
						  strcmp(resolved, "/") == 0 ? "" : resolved,
						  file->name);
}

/*
 * sfm_new_file
 *		Looks whether a file can be made at an absolute path.  Palloc'd;
 *		nothing is there yet that would have to be cleaned up.
 */
SfmNewFile *
sfm_new_file(const char *path, bool overwrite)
{
	SfmNewFile *file = palloc0_object(SfmNewFile);

	file->fd = -1;
	file->overwrite = overwrite;
	take_apart(file, path);
	check_existing(file);
	check_companions(file);
	return file;
}

/* ------------------------------------------------------------------------
 * Life
 * ------------------------------------------------------------------------
 */

/* Makes the temporary file. */
static void
create_temporary(SfmNewFile *file)
{
	for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
	{
		char	   *name = psprintf("%s.tmp%d_%d", file->path, MyProcPid,
									attempt);

		file->fd = OpenTransientFilePerm(name,
										 O_RDWR | O_CREAT | O_EXCL |
										 O_NOFOLLOW | PG_BINARY,
										 S_IRUSR | S_IWUSR);
		if (file->fd >= 0)
		{
			file->temporary = name;
			return;
		}
		if (errno != EEXIST)
			break;
		pfree(name);
	}
	ereport(ERROR,
			(errcode_for_file_access(),
			 errmsg("could not create a file in directory \"%s\": %m",
					file->directory),
			 errhint("The operating system user that runs the PostgreSQL server must be able to write there.")));
}

/* SQLite must have opened the very file that we have made. */
static void
check_identity(SfmNewFile *file)
{
	struct stat made;
	struct stat opened;

	if (fstat(file->fd, &made) != 0 || lstat(file->temporary, &opened) != 0 ||
		made.st_dev != opened.st_dev || made.st_ino != opened.st_ino)
		ereport(ERROR,
				(errcode(ERRCODE_IO_ERROR),
				 errmsg("temporary file \"%s\" was replaced by another process",
						file->temporary)));
}

/*
 * sfm_new_file_begin
 *		Makes the file and opens it, in one transaction of SQLite.  From here on
 *		it must be finished or abandoned.
 */
void
sfm_new_file_begin(SfmNewFile *file)
{
	create_temporary(file);
	check(file, sqlite3_open_v2(file->temporary, &file->db,
								SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
								SQLITE_OPEN_NOFOLLOW, NULL));
	check_identity(file);
	sqlite3_extended_result_codes(file->db, 1);
	sqlite3_progress_handler(file->db, PROGRESS_OPCODES, progress_callback,
							 NULL);

	/* a name that is not there is an error, not a string */
	sqlite3_db_config(file->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(file->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(file->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_limit(file->db, SQLITE_LIMIT_WORKER_THREADS, 0);
	sfm_new_file_execute(file,
						 "PRAGMA journal_mode = OFF;"
						 "PRAGMA synchronous = OFF;"
						 "PRAGMA locking_mode = EXCLUSIVE;"
						 "PRAGMA foreign_keys = OFF;"
						 "PRAGMA mmap_size = 0;"
						 "PRAGMA cache_size = -16384;"
						 "BEGIN");
}

/* Closes the handle, if it is open.  Cannot fail. */
static void
close_handle(SfmNewFile *file)
{
	sqlite3_stmt *stmt;

	if (file->db == NULL)
		return;
	while ((stmt = sqlite3_next_stmt(file->db, NULL)) != NULL)
		sqlite3_finalize(stmt);
	sqlite3_close_v2(file->db);
	file->db = NULL;
}

/*
 * sfm_new_file_abandon
 *		Closes and removes what there is.  Cannot fail; may be called at any
 *		time, and again.
 */
void
sfm_new_file_abandon(SfmNewFile *file)
{
	close_handle(file);
	if (file->fd >= 0)
	{
		(void) unlink(file->temporary);
		(void) CloseTransientFile(file->fd);
	}
	file->fd = -1;
}

/* Gives the file its name, in the place of another one if that may be. */
static void
replace(SfmNewFile *file)
{
	check_existing(file);
	if (rename(file->temporary, file->path) != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not rename file \"%s\" to \"%s\": %m",
						file->temporary, file->path)));
}

/* Gives a file that must not exist yet its name. */
static void
link_new(SfmNewFile *file)
{
	if (link(file->temporary, file->path) == 0)
	{
		(void) unlink(file->temporary);
		return;
	}
	if (errno == EEXIST)
		refuse_existing(file);

	/* there are file systems without links */
	replace(file);
}

/* So that the name is there after a crash of the machine, too. */
static void
sync_directory(SfmNewFile *file)
{
	int			fd = OpenTransientFile(file->directory, O_RDONLY | PG_BINARY);

	/* not every file system can; the file itself is complete */
	if (fd < 0)
		return;
	if (pg_fsync(fd) != 0 && errno != EBADF && errno != EINVAL)
		ereport(WARNING,
				(errcode_for_file_access(),
				 errmsg("could not fsync directory \"%s\": %m",
						file->directory)));
	(void) CloseTransientFile(fd);
}

/*
 * sfm_new_file_finish
 *		Ends the transaction, writes all to disk, and gives the file its name.
 */
void
sfm_new_file_finish(SfmNewFile *file)
{
	sfm_new_file_execute(file, "COMMIT");
	close_handle(file);
	if (fchmod(file->fd, file->mode) != 0 || pg_fsync(file->fd) != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not fsync file \"%s\": %m", file->temporary)));
	check_companions(file);
	if (!file->overwrite)
		link_new(file);
	else
		replace(file);
	(void) CloseTransientFile(file->fd);
	file->fd = -1;
	sync_directory(file);
}

/* ------------------------------------------------------------------------
 * Statements
 * ------------------------------------------------------------------------
 */

/*
 * sfm_new_file_try
 *		Runs SQL; false, and SQLite's reason (palloc'd), if it takes it for
 *		wrong.  All other troubles are errors.
 */
bool
sfm_new_file_try(SfmNewFile *file, const char *sql, char **problem)
{
	char	   *utf8 = sfm_to_utf8(sql);
	int			code = sqlite3_exec(file->db, utf8, NULL, NULL, NULL);

	if (utf8 != sql)
		pfree(utf8);
	if (code == SQLITE_OK)
		return true;
	if ((code & 0xff) != SQLITE_ERROR)
		sfm_new_file_raise(file, code);
	utf8 = pstrdup(sqlite3_errmsg(file->db));
	*problem = sfm_from_utf8(utf8, strlen(utf8));
	if (*problem == NULL)
		*problem = pstrdup(sqlite3_errstr(code));
	return false;
}

/*
 * sfm_new_file_execute
 *		Runs SQL that SQLite takes.
 */
void
sfm_new_file_execute(SfmNewFile *file, const char *sql)
{
	char	   *utf8 = sfm_to_utf8(sql);

	check(file, sqlite3_exec(file->db, utf8, NULL, NULL, NULL));
	if (utf8 != sql)
		pfree(utf8);
}

/*
 * sfm_new_file_prepare
 *		A prepared statement, to be finalized by the caller; after an error
 *		sfm_new_file_abandon() does it.
 */
sqlite3_stmt *
sfm_new_file_prepare(SfmNewFile *file, const char *sql)
{
	char	   *utf8 = sfm_to_utf8(sql);
	sqlite3_stmt *stmt = NULL;

	check(file, sqlite3_prepare_v3(file->db, utf8, -1,
								   SQLITE_PREPARE_PERSISTENT, &stmt, NULL));
	if (utf8 != sql)
		pfree(utf8);
	return stmt;
}

/* True for a row, false for the end; raises all else. */
bool
sfm_new_file_step(SfmNewFile *file, sqlite3_stmt *stmt)
{
	int			code = sqlite3_step(stmt);

	if (code == SQLITE_ROW)
		return true;
	if (code != SQLITE_DONE)
		sfm_new_file_raise(file, code);
	return false;
}

/*
 * sfm_new_file_read
 *		Lets the statements that are prepared from now on read the rows of a
 *		batch, from the table SFM_ROW_BATCH_TABLE.
 */
void
sfm_new_file_read(SfmNewFile *file, SfmRowBatch *batch)
{
	check(file, sfm_row_batch_register(file->db, batch));
}

/*
 * sfm_new_file_flush
 *		Lets the disk begin to write what there is, so that it does not all
 *		wait for the fsync at the end.  To be called now and then.
 */
void
sfm_new_file_flush(SfmNewFile *file)
{
	int64		size = sfm_new_file_size(file);

	if (size - file->flushed < FLUSH_BYTES)
		return;
	pg_flush_data(file->fd, file->flushed, size - file->flushed);
	file->flushed = size;
}

/* Bytes that the file has on disk by now. */
int64
sfm_new_file_size(SfmNewFile *file)
{
	struct stat status;

	return fstat(file->fd, &status) == 0 ? (int64) status.st_size : 0;
}
