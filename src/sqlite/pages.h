/*-------------------------------------------------------------------------
 *
 * pages.h
 *	  The pages reader: all rows of a table, straight from its b-tree.
 *
 * Plain C without PostgreSQL's headers, so that it can be compiled, fuzzed and
 * sanitised alone (fuzz/pages.c).  It opens nothing and locks nothing: bytes
 * come from a function of the caller, who sees to it that they are those of
 * one moment, see reader.c.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_PAGES_H
#define SFM_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage.h"

typedef enum SfmPagesResult
{
	SFM_PAGES_ROW,
	SFM_PAGES_END,
	SFM_PAGES_DAMAGED,			/* sfm_pages_problem() says what is wrong */
	SFM_PAGES_UNREADABLE,		/* the read function failed */
	SFM_PAGES_STOPPED,			/* the stop function said so */
	SFM_PAGES_NO_MEMORY
} SfmPagesResult;

/* Reads bytes of the file; 0, or an error code for sfm_pages_read_error(). */
typedef int (*SfmPagesRead) (void *argument, void *buffer, int amount,
							 int64_t offset);

/* Asked now and then: is the work to be given up? */
typedef bool (*SfmPagesStop) (void *argument);

/*
 * The value of a column in rows that were written before the column was added.
 * False if it cannot be told.  Its bytes must outlive the reader.
 */
typedef bool (*SfmPagesMissing) (void *argument, int column, SfmValue *value);

typedef struct SfmPagesSource
{
	SfmPagesRead read;
	SfmPagesStop stop;			/* or NULL */
	SfmPagesMissing missing;
	void	   *argument;		/* of all three */

	uint32_t	page_size;		/* 512 .. 65536 */
	uint32_t	reserved;		/* unused bytes at the end of each page */
	uint32_t	page_count;
	uint32_t	root;			/* of the table's b-tree */
	bool		without_rowid;	/* an index b-tree */
} SfmPagesSource;

/* One value that is wanted of each row. */
typedef struct SfmPagesColumn
{
	int			field;			/* place in the record; -1: the rowid */
	bool		real;			/* REAL affinity: a stored integer is a REAL */
} SfmPagesColumn;

typedef struct SfmPages SfmPages;

/* Room for a header in front of a big value: PostgreSQL's VARHDRSZ. */
#define SFM_PAGES_HEADROOM 4

/* Counted while reading, rounds after sfm_pages_rewind() included. */
typedef struct SfmPagesCounts
{
	uint64_t	tree_pages;		/* of the b-tree */
	uint64_t	overflow_pages;
	uint64_t	bytes;			/* read from the file, reading ahead included */
	uint64_t	requests;
} SfmPagesCounts;

/*
 * sfm_pages_open() copies "source" and "columns"; NULL if there is no memory,
 * or if page size and reserved bytes make no sense.  sfm_pages_next() fills
 * "values", one for each column; their bytes are valid until the next call.
 * Values of some megabytes have SFM_PAGES_HEADROOM bytes in front of them that
 * may be written, where sfm_pages_has_headroom() says so.
 * After anything but SFM_PAGES_ROW only sfm_pages_rewind() and
 * sfm_pages_close() may follow.
 */
extern SfmPages *sfm_pages_open(const SfmPagesSource *source, int ncolumns,
								const SfmPagesColumn *columns);
extern SfmPagesResult sfm_pages_next(SfmPages *pages, SfmValue *values);
extern void sfm_pages_rewind(SfmPages *pages);
extern void sfm_pages_close(SfmPages *pages);
extern bool sfm_pages_has_headroom(const SfmPages *pages, const char *bytes);
extern const char *sfm_pages_problem(const SfmPages *pages, uint32_t *page);
extern int	sfm_pages_read_error(const SfmPages *pages);
extern const SfmPagesCounts *sfm_pages_counts(const SfmPages *pages);

#endif							/* SFM_PAGES_H */
