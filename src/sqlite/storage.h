/*-------------------------------------------------------------------------
 *
 * storage.h
 *	  One SQLite value, whichever reader has read it.
 *
 * Both readers (sqlite3_step and the b-tree pages) hand their rows on in this
 * form and the converters of src/value take it.  No PostgreSQL header is
 * needed here, so that a reader can be compiled, fuzzed and sanitised alone.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_STORAGE_H
#define SFM_STORAGE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Storage classes, numbered as SQLite's SQLITE_INTEGER .. SQLITE_NULL are
 * ("Result Codes and Fundamental Datatypes" in sqlite3.h), so that the result
 * of sqlite3_column_type() is one of them.
 *
 * One more stands for TEXT that no one can read: in a file whose encoding is
 * UTF-16, half of a surrogate pair or half of a code unit.  SQLite itself
 * would make other characters of it.
 */
typedef enum SfmStorageClass
{
	SFM_INVALID_TEXT = 0,
	SFM_INTEGER = 1,
	SFM_REAL = 2,
	SFM_TEXT = 3,
	SFM_BLOB = 4,
	SFM_NULL = 5
} SfmStorageClass;

#define SFM_STORAGE_CLASSES 6	/* length of an array indexed by class */

typedef struct SfmValue
{
	SfmStorageClass storage_class;
	int64_t		integer;		/* SFM_INTEGER only */
	double		real;			/* SFM_REAL only; never NaN */

	/*
	 * SFM_TEXT: UTF-8, not verified, may hold NUL bytes.  SFM_BLOB: bytes.
	 * SFM_INVALID_TEXT: UTF-16 in the byte order of this machine.
	 * Not NUL-terminated, not owned: valid until the reader's next step.
	 * "bytes" is never NULL, also when "length" is 0.
	 */
	const char *bytes;
	size_t		length;
} SfmValue;

#endif							/* SFM_STORAGE_H */
