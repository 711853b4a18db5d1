/*-------------------------------------------------------------------------
 *
 * pages.c
 *	  Fuzz target: any bytes as a SQLite file through the pages reader.
 *
 * Walks sqlite_schema and every b-tree that it names, as a rowid table and as
 * one WITHOUT ROWID, wanting different columns.  Runs without a server and
 * without SQLite.  README.md says how to build and run it.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sqlite/pages.h"

/* More are no new paths, only time */
#define MAX_ROWS 20000
#define MAX_TREES 40

int			LLVMFuzzerTestOneInput(const uint8_t * data, size_t size);

typedef struct Input
{
	const uint8_t *data;
	size_t		size;
	int			questions;		/* left, whether to stop */
} Input;

static volatile uint8_t seen;

static int
read_input(void *argument, void *buffer, int amount, int64_t offset)
{
	Input	   *input = argument;

	if (amount <= 0 || offset < 0)
		abort();
	if ((uint64_t) offset >= input->size)
		return 10;
	if ((uint64_t) offset + amount > input->size)
	{
		memset(buffer, 0, amount);
		amount = (int) (input->size - offset);
	}
	memcpy(buffer, input->data + offset, amount);
	return 0;
}

static bool
stop_reading(void *argument)
{
	Input	   *input = argument;

	return --input->questions < 0;
}

static bool
missing_value(void *argument, int column, SfmValue *value)
{
	if (column % 5 == 4)
		return false;
	value->storage_class = SFM_TEXT;
	value->bytes = "missing";
	value->length = 7;
	return true;
}

/* Looks at a value as its consumer will. */
static void
look_at(const SfmPages *pages, const SfmValue *value)
{
	switch (value->storage_class)
	{
		case SFM_INTEGER:
			seen += (uint8_t) value->integer;
			break;
		case SFM_REAL:
			if (value->real != value->real)
				abort();
			break;
		case SFM_TEXT:
		case SFM_BLOB:
			if (value->bytes == NULL)
				abort();
			for (size_t i = 0; i < value->length; i += i < 64 ? 1 : 97)
				seen += (uint8_t) value->bytes[i];
			if (value->length > 0)
				seen += (uint8_t) value->bytes[value->length - 1];
			if (sfm_pages_has_headroom(pages, value->bytes))
				memset((char *) value->bytes - SFM_PAGES_HEADROOM, 0xff,
					   SFM_PAGES_HEADROOM);
			break;
		case SFM_NULL:
			break;
		default:
			abort();
	}
}

/*
 * walk
 *		Reads one b-tree to its end; collects the root pages that its rows name,
 *		if it is to.  Returns how it ended.
 */
static SfmPagesResult
walk(const SfmPagesSource *source, int ncolumns, const SfmPagesColumn *columns,
	 uint32_t *roots, int *nroots)
{
	SfmPages   *pages = sfm_pages_open(source, ncolumns, columns);
	SfmValue	values[32];
	SfmPagesResult result = SFM_PAGES_END;
	uint32_t	page;

	if (pages == NULL)
		return result;
	for (int round = 0; round < 2; round++)
	{
		int			rows = 0;

		/* what a row leaves untouched is an error */
		memset(values, 0xff, sizeof(values));
		while ((result = sfm_pages_next(pages, values)) == SFM_PAGES_ROW)
		{
			for (int i = 0; i < ncolumns; i++)
				look_at(pages, &values[i]);
			if (roots != NULL && round == 0 && *nroots < MAX_TREES &&
				values[3].storage_class == SFM_INTEGER)
				roots[(*nroots)++] = (uint32_t) values[3].integer;
			memset(values, 0xff, sizeof(values));
			if (++rows == (round == 0 ? MAX_ROWS : 5))
				break;
		}
		if (sfm_pages_counts(pages)->tree_pages >
			2 * (source->page_count + 1ull))
			abort();
		if (result == SFM_PAGES_DAMAGED &&
			sfm_pages_problem(pages, &page) == NULL)
			abort();
		if (result == SFM_PAGES_UNREADABLE &&
			sfm_pages_read_error(pages) == 0)
			abort();
		sfm_pages_rewind(pages);
	}
	sfm_pages_close(pages);
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const SfmPagesColumn schema[] = {
		{0, false}, {1, false}, {2, false}, {3, false}, {4, false}
	};
	static const SfmPagesColumn all[] = {
		{-1, false}, {0, false}, {1, false}, {2, false}, {3, true}, {4, false},
		{5, true}, {6, false}, {7, false}, {8, false}, {9, true}, {10, false}
	};
	static const SfmPagesColumn some[] = {
		{3, true}, {3, false}, {-1, false}, {-1, true}, {1, false}, {40, false}
	};
	Input		input = {data, size, 1000};
	SfmPagesSource source = {
		.read = read_input, .stop = stop_reading, .missing = missing_value,
		.argument = &input, .root = 1
	};
	uint32_t	roots[MAX_TREES];
	int			nroots = 0;

	if (size < 100)
		return 0;
	source.page_size = ((uint32_t) data[16] << 8) | data[17];
	if (source.page_size == 1)
		source.page_size = 65536;
	source.reserved = data[20];
	if (source.page_size != 0)
		source.page_count = (uint32_t) ((size + source.page_size - 1) /
										source.page_size);
	walk(&source, 5, schema, roots, &nroots);
	for (int i = 0; i < nroots; i++)
	{
		source.root = roots[i];
		for (int without = 0; without < 2; without++)
		{
			source.without_rowid = without != 0;
			walk(&source, 12, all, NULL, NULL);
			walk(&source, 6, some, NULL, NULL);
			walk(&source, 0, NULL, NULL, NULL);
		}
	}
	return 0;
}
