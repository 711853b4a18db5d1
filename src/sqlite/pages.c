/*-------------------------------------------------------------------------
 *
 * pages.c
 *	  Walks the b-tree of a SQLite table and decodes its records.
 *
 * The rules are those of "Database File Format" (sections in brackets below).
 * Rows come in the order of the tree, which is that of SQLite's own full scan:
 * by rowid, or by primary key WITHOUT ROWID.
 *
 * Nothing that the file says is believed: page numbers, offsets and lengths
 * are checked before they are used, a tree cannot be deeper than MAX_DEPTH,
 * and as a sound file uses every page once, no more pages of tree and overflow
 * are visited than the file has.  So any file ends in rows or in an error, in
 * time and memory that its size bounds.
 *
 * Pages are read in large requests as long as the tree goes on where the last
 * request ended, and one by one where it jumps.  Values of a leaf point into
 * that buffer; a record that spreads over overflow pages is put together as far
 * as its last wanted column, and not at all where that is on the first page.
 * Each of its values of BIG_VALUE bytes or more goes into memory of its own, if
 * it is wanted, with SFM_PAGES_HEADROOM bytes in front of it: who adds a header
 * there need not copy the value.
 *
 *-------------------------------------------------------------------------
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "page_numbers.h"
#include "pages.h"

/* As in SQLite: a tree of the largest file is not deeper. */
#define MAX_DEPTH 20

/*
 * Reading ahead: from MIN_WINDOW to MAX_WINDOW bytes, doubled while it pays.
 * The fuzz target sets less, so that each page is an allocation by itself.
 */
#ifndef MAX_WINDOW
#define MIN_WINDOW (16 * 1024)
#define MAX_WINDOW (128 * 1024)
#endif

#define WINDOW_ALIGNMENT 4096

/* A buffer for long records that is larger is given back after its row. */
#define KEPT_RECORD (4 * 1024 * 1024)

/* The fuzz target sets less here, too. */
#ifndef BIG_VALUE
#define BIG_VALUE KEPT_RECORD
#endif

/* SQLite's own upper limit for a record (SQLITE_MAX_LENGTH cannot exceed it) */
#define MAX_PAYLOAD 0x7fffffffu

/* Rows, or pages, between two questions whether to stop */
#define ROWS_PER_STOP 512

/* A page on the way from the root to the present row. */
typedef struct Level
{
	uint8_t    *data;			/* the page; of a leaf in the window */
	uint8_t    *own;			/* buffer for an interior page, or NULL */
	uint32_t	number;
	uint32_t	header;			/* where the b-tree header begins */
	uint32_t	cells;			/* where the cell pointers begin */
	int			ncells;
	int			next;			/* cell to be looked at next */
	bool		leaf;
	bool		descended;		/* index: left child of "next" is done */
} Level;

/* Where the bytes of a record are. */
typedef struct Payload
{
	const uint8_t *local;		/* those on the b-tree page */
	uint32_t	nlocal;
	uint32_t	total;
	uint32_t	overflow;		/* first overflow page, or 0 */
} Payload;

/* A field of a record. */
typedef struct Field
{
	int			column;			/* that wants it, or -1 */
	bool		real;			/* of that column */
	bool		shared;			/* others want it, too: see next_column */
} Field;

/* A value of a record that is not put together with the rest of it. */
typedef struct Big
{
	uint32_t	start;			/* its bytes' place in the record */
	uint32_t	end;
	uint8_t    *data;			/* SFM_PAGES_HEADROOM bytes, then the value;
								 * NULL if it is not wanted */
} Big;

/* Pages that were read by one request. */
typedef struct Window
{
	uint8_t    *data;			/* NULL until it is needed */
	uint32_t	first;			/* number of its first page; 0: empty */
	uint32_t	count;
	uint32_t	ahead;			/* pages that the last request asked for */
} Window;

struct SfmPages
{
	SfmPagesSource source;
	uint32_t	usable;			/* bytes of a page */
	uint32_t	max_local;		/* see set_limits() */
	uint32_t	min_local;
	int			ncolumns;
	SfmPagesColumn *columns;
	int			nfields;		/* of a record that are decoded */
	Field	   *fields;
	int		   *next_column;	/* by column: another one with its field, or -1 */
	int			rowid_column;	/* first of those that want the rowid, or -1 */

	/* where it is */
	bool		begun;
	int			depth;			/* levels in use */
	Level		levels[MAX_DEPTH];
	uint32_t	rows;			/* for SfmPagesStop */

	/* reading ahead: leaves point into the one, so chains have another */
	uint32_t	window_pages;	/* a window has room for */
	Window		tree;
	Window		chain;

	/* a record that does not fit its page */
	uint8_t    *record;
	uint32_t	record_size;	/* there is room for */
	uint32_t	filled;			/* bytes of the present one that are there */
	uint32_t	overflow;		/* the page that has those behind them */
	int			nbigs;
	Big		   *bigs;			/* of the present record, by place; by field */

	/* values of columns that old records lack, by column */
	SfmValue   *missing;
	bool	   *missing_known;

	/* pages of this walk: none is used twice in a sound file */
	uint32_t	visited;		/* of the b-tree */
	uint32_t	chained;		/* of overflow chains */

	SfmPagesCounts counts;
	const char *problem;
	uint32_t	problem_page;
	int			read_error;
};

/* ------------------------------------------------------------------------
 * Pages
 * ------------------------------------------------------------------------
 */

/* Notes what is wrong with the file. */
static SfmPagesResult
damaged(SfmPages *pages, const char *problem, uint32_t page)
{
	pages->problem = problem;
	pages->problem_page = page;
	return SFM_PAGES_DAMAGED;
}

/* Reads "count" pages from number "first" on into a buffer. */
static SfmPagesResult
read_pages(SfmPages *pages, uint32_t first, uint32_t count, uint8_t *buffer)
{
	const SfmPagesSource *source = &pages->source;
	uint32_t	bytes = count * source->page_size;
	int			code = source->read(source->argument, buffer, (int) bytes,
									(int64_t) (first - 1) * source->page_size);

	pages->counts.requests++;
	pages->counts.bytes += bytes;
	if (code == 0)
		return SFM_PAGES_ROW;
	pages->read_error = code;
	pages->problem_page = first;
	return SFM_PAGES_UNREADABLE;
}

/*
 * get_page
 *		Finds a page in a window, after reading it if need be.  The pointer is
 *		valid until the next call for this window.
 */
static SfmPagesResult
get_page(SfmPages *pages, Window *window, uint32_t number, uint8_t **data)
{
	const SfmPagesSource *source = &pages->source;
	uint32_t	behind = window->first + window->count;
	void	   *memory = window->data;
	SfmPagesResult result;

	if (window->first == 0 || number < window->first || number >= behind)
	{
		/* kernels copy much faster to where a page of memory begins */
		if (memory == NULL &&
			posix_memalign(&memory, WINDOW_ALIGNMENT,
						   (size_t) pages->window_pages * source->page_size) != 0)
			return SFM_PAGES_NO_MEMORY;
		window->data = memory;

		/* it goes on where the last request ended, or near it */
		if (window->first != 0 && number >= behind &&
			number - behind < window->ahead)
			window->ahead *= 2;
		else
			window->ahead = MIN_WINDOW / source->page_size;
		if (window->ahead > pages->window_pages)
			window->ahead = pages->window_pages;
		if (window->ahead == 0)
			window->ahead = 1;
		window->count = window->ahead;
		if (window->count > source->page_count - number + 1)
			window->count = source->page_count - number + 1;
		window->first = 0;
		result = read_pages(pages, number, window->count, window->data);
		if (result != SFM_PAGES_ROW)
			return result;
		window->first = number;
	}
	*data = window->data + (size_t) (number - window->first) * source->page_size;
	return SFM_PAGES_ROW;
}

/*
 * enter_page
 *		Goes down to a page of the b-tree.
 */
static SfmPagesResult
enter_page(SfmPages *pages, uint32_t number)
{
	const SfmPagesSource *source = &pages->source;
	Level	   *level;
	uint8_t    *data;
	uint8_t		kind;
	SfmPagesResult result;

	if (number < 1 || number > source->page_count)
		return damaged(pages, "a page number is beyond the end of the file",
					   number);
	if (pages->depth == MAX_DEPTH)
		return damaged(pages, "the b-tree is too deep", number);
	if (++pages->visited > source->page_count)
		return damaged(pages, "the b-tree uses a page twice", number);
	pages->counts.tree_pages++;
	if (pages->visited % ROWS_PER_STOP == 0 &&
		source->stop != NULL && source->stop(source->argument))
		return SFM_PAGES_STOPPED;
	result = get_page(pages, &pages->tree, number, &data);
	if (result != SFM_PAGES_ROW)
		return result;

	level = &pages->levels[pages->depth];
	level->number = number;
	level->header = number == 1 ? 100 : 0;
	kind = data[level->header];
	level->leaf = kind == TABLE_LEAF || kind == INDEX_LEAF;
	if (source->without_rowid ? kind != INDEX_LEAF && kind != INDEX_INTERIOR :
		kind != TABLE_LEAF && kind != TABLE_INTERIOR)
		return damaged(pages, "a page is not one of the table's b-tree", number);
	level->ncells = (int) get16(data + level->header + 3);
	level->cells = level->header + (level->leaf ? 8 : 12);
	level->next = 0;
	level->descended = false;
	if (level->cells + 2 * (uint32_t) level->ncells > pages->usable)
		return damaged(pages, "a page has more cells than fit it", number);

	if (level->leaf)
		level->data = data;
	else
	{
		/* the window moves on, the way back must stay */
		if (level->own == NULL)
			level->own = malloc(source->page_size);
		if (level->own == NULL)
			return SFM_PAGES_NO_MEMORY;
		memcpy(level->own, data, source->page_size);
		level->data = level->own;
	}
	pages->depth++;
	return SFM_PAGES_ROW;
}

/*
 * get_cell
 *		The place of a cell on its page, or NULL after damaged().
 */
static const uint8_t *
get_cell(SfmPages *pages, const Level *level, int i)
{
	uint32_t	offset = get16(level->data + level->cells + 2 * (uint32_t) i);

	if (offset < level->cells + 2 * (uint32_t) level->ncells ||
		offset + 4 > pages->usable)
	{
		damaged(pages, "a cell is outside its page", level->number);
		return NULL;
	}
	return level->data + offset;
}

/*
 * read_payload
 *		Where a cell's record is [1.6]; "p" is at its length, "rowid" is set
 *		where the tree has rowids.
 */
static SfmPagesResult
read_payload(SfmPages *pages, const Level *level, const uint8_t *p,
			 Payload *payload, int64_t *rowid)
{
	const uint8_t *end = level->data + pages->usable;
	uint64_t	total;
	uint64_t	key = 0;

	p = get_varint(p, end, &total);
	if (p != NULL && !pages->source.without_rowid)
		p = get_varint(p, end, &key);
	if (p == NULL || total > MAX_PAYLOAD)
		return damaged(pages, "a cell is outside its page", level->number);
	*rowid = (int64_t) key;

	payload->local = p;
	payload->total = (uint32_t) total;
	payload->overflow = 0;
	if (payload->total <= pages->max_local)
		payload->nlocal = payload->total;
	else
	{
		payload->nlocal = pages->min_local +
			(payload->total - pages->min_local) % (pages->usable - 4);
		if (payload->nlocal > pages->max_local)
			payload->nlocal = pages->min_local;
	}
	if (payload->nlocal + (payload->nlocal < payload->total ? 4 : 0) >
		(size_t) (end - p))
		return damaged(pages, "a record reaches beyond its page", level->number);
	if (payload->nlocal < payload->total)
		payload->overflow = get32(p + payload->nlocal);
	return SFM_PAGES_ROW;
}

/* ------------------------------------------------------------------------
 * Records
 * ------------------------------------------------------------------------
 */

/*
 * grow_record
 *		Makes room for "size" bytes in pages->record.
 */
static bool
grow_record(SfmPages *pages, uint32_t size)
{
	uint8_t    *grown;

	if (size <= pages->record_size)
		return true;
	grown = realloc(pages->record, size);
	if (grown == NULL)
		return false;
	pages->record = grown;
	pages->record_size = size;
	return true;
}

/* Gives back the values that had memory of their own. */
static void
free_bigs(SfmPages *pages)
{
	for (int i = 0; i < pages->nbigs; i++)
		free(pages->bigs[i].data);
	pages->nbigs = 0;
}

/*
 * add_big
 *		Sees to it that a value of a record that is not put together yet will
 *		be apart from the rest, or nowhere if it is not wanted.
 */
static SfmPagesResult
add_big(SfmPages *pages, uint32_t start, uint32_t end, bool wanted)
{
	const SfmPagesSource *source = &pages->source;
	Big		   *big = &pages->bigs[pages->nbigs];

	big->start = start;
	big->end = end;
	big->data = NULL;
	if (wanted)
	{
		/* memory by what the file can hold, not by what the record claims */
		if ((uint64_t) end > (uint64_t) source->page_count * source->page_size)
			return damaged(pages, "a record is longer than the file", 0);
		big->data = malloc((size_t) SFM_PAGES_HEADROOM + (end - start));
		if (big->data == NULL)
			return SFM_PAGES_NO_MEMORY;
	}
	pages->nbigs++;
	return SFM_PAGES_ROW;
}

/*
 * store
 *		Takes the next bytes of a record: into pages->record, which leaves out
 *		the big values, and into these.  The record will need "limit" bytes.
 */
static bool
store(SfmPages *pages, const uint8_t *data, uint32_t length, uint64_t limit)
{
	uint32_t	hidden = 0;		/* bytes of big values before this place */
	int			i = 0;

	while (length > 0)
	{
		uint32_t	place = pages->filled;
		uint32_t	piece = length;
		uint8_t    *target = NULL;

		for (; i < pages->nbigs && pages->bigs[i].end <= place; i++)
			hidden += pages->bigs[i].end - pages->bigs[i].start;
		if (i < pages->nbigs && pages->bigs[i].start <= place)
		{
			const Big  *big = &pages->bigs[i];

			if (piece > big->end - place)
				piece = big->end - place;
			if (big->data != NULL)
				target = big->data + SFM_PAGES_HEADROOM + (place - big->start);
		}
		else
		{
			uint32_t	behind;

			if (i < pages->nbigs && piece > pages->bigs[i].start - place)
				piece = pages->bigs[i].start - place;
			behind = place - hidden + piece;
			if (behind > pages->record_size)
			{
				/* the double, but no more than will be needed */
				uint64_t	size = (uint64_t) pages->record_size * 2;

				if (size > limit)
					size = limit;
				if (size < behind)
					size = behind;
				if (!grow_record(pages, (uint32_t) size))
					return false;
			}
			target = pages->record + (place - hidden);
		}
		if (target != NULL)
			memcpy(target, data, piece);
		data += piece;
		length -= piece;
		pages->filled += piece;
	}
	return true;
}

/*
 * assemble
 *		Puts the first "needed" bytes of a record together in pages->record and
 *		its big values; it goes on where it has stopped before.
 *
 *		pages->record grows as pages are found, not by what the record claims to
 *		be.
 */
static SfmPagesResult
assemble(SfmPages *pages, const Payload *payload, uint32_t needed)
{
	const SfmPagesSource *source = &pages->source;
	uint64_t	limit = (uint64_t) needed + pages->usable;

	for (int i = 0; i < pages->nbigs; i++)
		limit -= pages->bigs[i].end - pages->bigs[i].start;
	if (pages->filled == 0)
	{
		if (!grow_record(pages, pages->usable) ||
			!store(pages, payload->local, payload->nlocal, limit))
			return SFM_PAGES_NO_MEMORY;
		pages->overflow = payload->overflow;
	}
	while (pages->filled < needed)
	{
		uint32_t	number = pages->overflow;
		uint32_t	piece = pages->usable - 4;
		uint8_t    *data;
		SfmPagesResult result;

		if (number < 1 || number > source->page_count)
			return damaged(pages, "a chain of overflow pages is broken", number);
		if (++pages->chained > source->page_count)
			return damaged(pages, "overflow pages are used twice", number);
		pages->counts.overflow_pages++;
		if (pages->chained % ROWS_PER_STOP == 0 &&
			source->stop != NULL && source->stop(source->argument))
			return SFM_PAGES_STOPPED;
		result = get_page(pages, &pages->chain, number, &data);
		if (result != SFM_PAGES_ROW)
			return result;

		if (piece > payload->total - pages->filled)
			piece = payload->total - pages->filled;
		if (!store(pages, data + 4, piece, limit))
			return SFM_PAGES_NO_MEMORY;
		pages->overflow = get32(data);
	}
	return SFM_PAGES_ROW;
}

/*
 * set_value
 *		Decodes a value of a serial type that is not longer than "room", what
 *		is there of the record [2.1].
 */
static ALWAYS_INLINE void
set_value(SfmValue *value, uint64_t type, const uint8_t *p, size_t room,
		  bool real)
{
	uint64_t	bits;

	if (type >= 12)
	{
		value->storage_class = (type & 1) != 0 ? SFM_TEXT : SFM_BLOB;
		value->bytes = (const char *) p;
		value->length = (size_t) ((type - 12) / 2);
		return;
	}
	if (type == 7)
	{
		bits = get64(p);
		memcpy(&value->real, &bits, sizeof(double));
		/* SQLite reads NaN as NULL */
		value->storage_class = isnan(value->real) ? SFM_NULL : SFM_REAL;
		return;
	}
	if (type == 0 || type >= 10)
	{
		value->storage_class = SFM_NULL;
		return;
	}

	value->integer = type >= 8 ? (int64_t) type - 8 :
		get_integer(p, serial_lengths[type], room);
	value->storage_class = SFM_INTEGER;
	if (real)
	{
		value->storage_class = SFM_REAL;
		value->real = (double) value->integer;
	}
}

/* The same for all other columns that want what the first one has got. */
static void
set_shared(SfmPages *pages, int first, SfmValue *values, uint64_t type,
		   const uint8_t *p, size_t room)
{
	for (int i = pages->next_column[first]; i >= 0; i = pages->next_column[i])
		set_value(&values[i], type, p, room, pages->columns[i].real);
}

/*
 * set_missing
 *		The values of fields that the record is too short for.
 */
static SfmPagesResult
set_missing(SfmPages *pages, int field, SfmValue *values)
{
	for (; field < pages->nfields; field++)
	{
		for (int i = pages->fields[field].column; i >= 0;
			 i = pages->next_column[i])
		{
			if (!pages->missing_known[i])
			{
				pages->missing[i].storage_class = SFM_NULL;
				if (!pages->source.missing(pages->source.argument, i,
										   &pages->missing[i]))
					return damaged(pages, "a record is too short", 0);
				pages->missing_known[i] = true;
			}
			values[i] = pages->missing[i];
		}
	}
	return SFM_PAGES_ROW;
}

/*
 * decode_fields
 *		See decode(); "with_bigs" is a constant of the caller, as nearly all
 *		records are without.
 */
static ALWAYS_INLINE SfmPagesResult
decode_fields(SfmPages *pages, const uint8_t *base, uint32_t available,
			  uint32_t total, SfmValue *values, uint32_t *needed,
			  const bool with_bigs)
{
	const uint8_t *p;
	const uint8_t *header_end;
	uint64_t	offset;
	uint64_t	type;
	const Big  *big = pages->bigs;
	const Big  *last_big = big + pages->nbigs;
	uint64_t	hidden = 0;		/* bytes of big values before "offset" */
	uint64_t	stored = available; /* bytes at "base" */
	const Field *wanted = pages->fields;
	const Field *last_field = wanted + pages->nfields;

	*needed = 0;
	for (int i = 0; with_bigs && i < pages->nbigs; i++)
		stored -= pages->bigs[i].end - pages->bigs[i].start;
	p = get_varint(base, base + stored, &offset);
	if (p == NULL || offset > total)
		return damaged(pages, "the header of a record is longer than it", 0);
	if (offset > available)
	{
		*needed = (uint32_t) offset;
		return SFM_PAGES_ROW;
	}
	header_end = base + offset;

	for (; wanted < last_field && p < header_end; wanted++)
	{
		const uint8_t *bytes;
		uint64_t	end;

		type = *p++;
		if (type < 0x80)
			end = offset + serial_lengths[type];
		else
		{
			p = get_varint(p - 1, header_end, &type);
			if (p == NULL)
				return damaged(pages, "the header of a record is broken", 0);
			end = offset + (type < 12 ? serial_lengths[type] : (type - 12) / 2);
		}
		if (end > available)
		{
			if (end > total)
				return damaged(pages, "a value reaches beyond its record", 0);
			if (wanted->column >= 0)
				*needed = (uint32_t) end;
			if (end - offset >= BIG_VALUE && pages->filled == 0)
			{
				/* not if a long header has made a beginning of it */
				SfmPagesResult result = add_big(pages, (uint32_t) offset,
												(uint32_t) end,
												wanted->column >= 0);

				if (result != SFM_PAGES_ROW)
					return result;
			}
		}
		else if (with_bigs && big < last_big && end == big->end && end > offset)
		{
			if (wanted->column >= 0)
			{
				bytes = big->data + SFM_PAGES_HEADROOM;
				set_value(&values[wanted->column], type, bytes, 0,
						  wanted->real);
				if (wanted->shared)
					set_shared(pages, wanted->column, values, type, bytes, 0);
			}
			hidden += end - offset;
			big++;
		}
		else if (wanted->column >= 0)
		{
			bytes = base + (offset - hidden);
			set_value(&values[wanted->column], type, bytes,
					  (size_t) (stored - (offset - hidden)), wanted->real);
			if (wanted->shared)
				set_shared(pages, wanted->column, values, type, bytes,
						   (size_t) (stored - (offset - hidden)));
		}
		offset = end;
	}
	/* those that are not wanted, with nothing wanted behind them */
	while (!with_bigs && pages->nbigs > 0 &&
		   pages->bigs[pages->nbigs - 1].start >= *needed)
		pages->nbigs--;
	if (wanted < last_field && *needed == 0)
		return set_missing(pages, (int) (wanted - pages->fields), values);
	return SFM_PAGES_ROW;
}

/*
 * decode
 *		Decodes the wanted fields of a record of which "available" of "total"
 *		bytes are there, at "base" and in pages->bigs [2.1].  If these are too
 *		few, *needed says how many it takes, and the values are incomplete; else
 *		it is 0.
 */
static SfmPagesResult
decode(SfmPages *pages, const uint8_t *base, uint32_t available,
	   uint32_t total, SfmValue *values, uint32_t *needed)
{
	if (pages->nbigs == 0)
		return decode_fields(pages, base, available, total, values, needed,
							 false);
	return decode_fields(pages, base, available, total, values, needed, true);
}

/*
 * read_row
 *		The row of the cell whose record begins at "p" with its length.
 */
static SfmPagesResult
read_row(SfmPages *pages, const Level *level, const uint8_t *p,
		 SfmValue *values)
{
	Payload		payload;
	int64_t		rowid;
	uint32_t	needed;
	SfmPagesResult result;

	result = read_payload(pages, level, p, &payload, &rowid);
	if (result != SFM_PAGES_ROW)
		return result;
	for (int i = pages->rowid_column; i >= 0; i = pages->next_column[i])
	{
		values[i].storage_class = SFM_INTEGER;
		values[i].integer = rowid;
	}
	if (pages->nfields == 0)
		return SFM_PAGES_ROW;

	/* the header may be long itself: then there is a third round */
	pages->filled = 0;
	result = decode(pages, payload.local, payload.nlocal, payload.total,
					values, &needed);
	while (result == SFM_PAGES_ROW && needed > 0)
	{
		uint32_t	available = needed;

		result = assemble(pages, &payload, available);
		if (result == SFM_PAGES_ROW)
			result = decode(pages, pages->record, available, payload.total,
							values, &needed);
	}
	if (result == SFM_PAGES_DAMAGED && pages->problem_page == 0)
		pages->problem_page = level->number;
	return result;
}

/* ------------------------------------------------------------------------
 * The walk
 * ------------------------------------------------------------------------
 */

/* Goes down from an interior cell, or from the right-most pointer. */
static SfmPagesResult
descend(SfmPages *pages, Level *level)
{
	const uint8_t *cell;

	if (level->next >= level->ncells)
		return enter_page(pages, get32(level->data + level->header + 8));
	cell = get_cell(pages, level, level->next);
	if (cell == NULL)
		return SFM_PAGES_DAMAGED;
	return enter_page(pages, get32(cell));
}

/*
 * sfm_pages_next
 *		The next row.
 */
SfmPagesResult
sfm_pages_next(SfmPages *pages, SfmValue *values)
{
	SfmPagesResult result;

	if (++pages->rows % ROWS_PER_STOP == 0 && pages->source.stop != NULL &&
		pages->source.stop(pages->source.argument))
		return SFM_PAGES_STOPPED;
	if (pages->record_size > KEPT_RECORD)
	{
		free(pages->record);
		pages->record = NULL;
		pages->record_size = 0;
	}
	free_bigs(pages);
	if (!pages->begun)
	{
		pages->begun = true;
		result = enter_page(pages, pages->source.root);
		if (result != SFM_PAGES_ROW)
			return result;
	}

	while (pages->depth > 0)
	{
		Level	   *level = &pages->levels[pages->depth - 1];

		if (level->leaf ? level->next < level->ncells : level->descended)
		{
			/* a leaf's cell; of an index tree also that behind a child */
			const uint8_t *cell = get_cell(pages, level, level->next);

			if (cell == NULL)
				return SFM_PAGES_DAMAGED;
			level->descended = false;
			level->next++;
			return read_row(pages, level, level->leaf ? cell : cell + 4,
							values);
		}
		if (level->leaf || level->next > level->ncells)
		{
			pages->depth--;
			continue;
		}
		result = descend(pages, level);
		if (result != SFM_PAGES_ROW)
			return result;
		if (pages->source.without_rowid && level->next < level->ncells)
			level->descended = true;
		else
			level->next++;
	}
	return SFM_PAGES_END;
}

/* Back to before the first row. */
void
sfm_pages_rewind(SfmPages *pages)
{
	pages->begun = false;
	pages->depth = 0;
	pages->tree.first = 0;
	pages->chain.first = 0;
	pages->visited = 0;
	pages->chained = 0;
	pages->problem_page = 0;
}

/* ------------------------------------------------------------------------
 * Beginning and end
 * ------------------------------------------------------------------------
 */

/*
 * set_limits
 *		How much of a record stays on its b-tree page [1.6].  False for a page
 *		size that SQLite does not have.
 */
static bool
set_limits(SfmPages *pages)
{
	const SfmPagesSource *source = &pages->source;
	uint32_t	size = source->page_size;

	if (size < 512 || size > 65536 || (size & (size - 1)) != 0 ||
		source->reserved > size - 480 || source->page_count < 1)
		return false;
	pages->usable = size - source->reserved;
	pages->max_local = source->without_rowid ?
		(pages->usable - 12) * 64 / 255 - 23 : pages->usable - 35;
	pages->min_local = (pages->usable - 12) * 32 / 255 - 23;
	pages->window_pages = size < MAX_WINDOW ? MAX_WINDOW / size : 1;
	return true;
}

/* Notes which column wants which field. */
static void
map_columns(SfmPages *pages)
{
	pages->rowid_column = -1;
	for (int i = 0; i < pages->nfields; i++)
		pages->fields[i].column = -1;
	for (int i = pages->ncolumns - 1; i >= 0; i--)
	{
		int			field = pages->columns[i].field;
		int		   *first = field < 0 ? &pages->rowid_column :
			&pages->fields[field].column;

		pages->next_column[i] = *first;
		*first = i;
		if (field >= 0)
		{
			pages->fields[field].real = pages->columns[i].real;
			pages->fields[field].shared = pages->next_column[i] >= 0;
		}
	}
}

/*
 * sfm_pages_open
 *		Begins to read a table.
 */
SfmPages *
sfm_pages_open(const SfmPagesSource *source, int ncolumns,
			   const SfmPagesColumn *columns)
{
	SfmPages   *pages = calloc(1, sizeof(SfmPages));
	size_t		n = ncolumns > 0 ? (size_t) ncolumns : 1;

	if (pages == NULL)
		return NULL;
	pages->source = *source;
	pages->ncolumns = ncolumns;
	for (int i = 0; i < ncolumns; i++)
	{
		if (columns[i].field >= pages->nfields)
			pages->nfields = columns[i].field + 1;
	}
	pages->columns = calloc(n, sizeof(SfmPagesColumn));
	pages->next_column = calloc(n, sizeof(int));
	pages->missing = calloc(n, sizeof(SfmValue));
	pages->missing_known = calloc(n, sizeof(bool));
	pages->fields = calloc((size_t) pages->nfields + 1, sizeof(Field));
	pages->bigs = calloc((size_t) pages->nfields + 1, sizeof(Big));
	if (pages->columns == NULL || pages->next_column == NULL ||
		pages->missing == NULL || pages->missing_known == NULL ||
		pages->fields == NULL || pages->bigs == NULL || !set_limits(pages))
	{
		sfm_pages_close(pages);
		return NULL;
	}
	if (ncolumns > 0)
		memcpy(pages->columns, columns, n * sizeof(SfmPagesColumn));
	map_columns(pages);
	return pages;
}

/* Gives all memory back. */
void
sfm_pages_close(SfmPages *pages)
{
	for (int i = 0; i < MAX_DEPTH; i++)
		free(pages->levels[i].own);
	free(pages->tree.data);
	free(pages->chain.data);
	free(pages->record);
	free_bigs(pages);
	free(pages->bigs);
	free(pages->columns);
	free(pages->next_column);
	free(pages->missing);
	free(pages->missing_known);
	free(pages->fields);
	free(pages);
}

/*
 * sfm_pages_has_headroom
 *		May the SFM_PAGES_HEADROOM bytes in front of a value of the present row
 *		be written?
 */
bool
sfm_pages_has_headroom(const SfmPages *pages, const char *bytes)
{
	for (int i = 0; i < pages->nbigs; i++)
	{
		const uint8_t *data = pages->bigs[i].data;

		if (data != NULL && data + SFM_PAGES_HEADROOM == (const uint8_t *) bytes)
			return true;
	}
	return false;
}

/* What is wrong with the file, and on which page. */
const char *
sfm_pages_problem(const SfmPages *pages, uint32_t *page)
{
	*page = pages->problem_page;
	return pages->problem;
}

/* What the read function has returned. */
int
sfm_pages_read_error(const SfmPages *pages)
{
	return pages->read_error;
}

/* What was read so far. */
const SfmPagesCounts *
sfm_pages_counts(const SfmPages *pages)
{
	return &pages->counts;
}
