/*-------------------------------------------------------------------------
 *
 * heap_writer.c
 *	  Writes rows into a heap whose storage is new, page by page.
 *
 * A table that was made or truncated in this subtransaction is visible to
 * nobody else, and an error takes its storage away.  Its pages need neither the
 * shared buffers, nor their locks, nor the search for free space: they are
 * filled in private memory and written to the end of the file, each once, as
 * CLUSTER does ("rewriteheap.c" in PostgreSQL).  The WAL has them as images of
 * whole pages.  COPY FREEZE gets each page from the buffers and writes it twice,
 * for it extends the file by an empty one first.
 *
 * Rows are frozen, pages are marked as all-visible, in the visibility map, too,
 * as COPY FREEZE leaves them.
 *
 * Not for: tables with indexes or triggers, which look at the rows while they
 * are loaded; temporary tables, whose buffers are local; tables whose changes
 * logical replication decodes from the WAL.  Who may be frozen at all is the
 * caller's knowledge (bulk_insert.c).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/heaptoast.h"
#include "access/htup_details.h"
#include "access/visibilitymap.h"
#include "access/xact.h"
#include "access/xloginsert.h"
#include "catalog/catalog.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/bufmgr.h"
#include "storage/smgr.h"
#include "utils/rel.h"

#include "fdw.h"

/* Heap blocks that a page of the visibility map speaks of: two bits each */
#define MAP_BYTES (BLCKSZ - MAXALIGN(SizeOfPageHeaderData))
#define BLOCKS_PER_BYTE 4
#define BLOCKS_PER_MAP_PAGE (MAP_BYTES * BLOCKS_PER_BYTE)

struct SfmHeapWriter
{
	Relation	relation;
	TransactionId xid;
	CommandId	command;
	Size		reserved;		/* bytes of a page that fillfactor keeps free */

	/* the page that is being filled */
	BulkWriteState *pages;
	BulkWriteBuffer page;		/* NULL before the first row */
	BlockNumber first;			/* block of the first page */
	BlockNumber block;			/* and of the present one */

	/* the row that is being made */
	HeapTupleData tuple;
	char	   *space;			/* room for a row that fits into a page */
	uint64		rows;
};

/*
 * sfm_heap_writer_fits
 *		May the rows of a relation be written in this way, given that they may
 *		be frozen?  Indexes and triggers are the caller's to look at.
 */
bool
sfm_heap_writer_fits(Relation relation)
{
	return !RelationUsesLocalBuffers(relation) &&
		!RelationIsLogicallyLogged(relation);
}

/*
 * sfm_heap_writer_begin
 *		Begins to append to a heap.  Palloc'd in CurrentMemoryContext.
 */
SfmHeapWriter *
sfm_heap_writer_begin(Relation relation, CommandId command)
{
	SfmHeapWriter *writer = palloc0_object(SfmHeapWriter);

	writer->relation = relation;
	writer->xid = GetCurrentTransactionId();
	writer->command = command;
	writer->reserved =
		RelationGetTargetPageFreeSpace(relation, HEAP_DEFAULT_FILLFACTOR);
	writer->pages = smgr_bulk_start_rel(relation, MAIN_FORKNUM);
	writer->first = RelationGetNumberOfBlocks(relation);
	writer->block = writer->first;
	writer->space = palloc(BLCKSZ);
	return writer;
}

/* Fills in what says which transaction a row is of: a frozen one. */
static void
set_header(const SfmHeapWriter *writer, HeapTuple tuple)
{
	HeapTupleHeader header = tuple->t_data;

	header->t_infomask &= ~HEAP_XACT_MASK;
	header->t_infomask2 &= ~HEAP2_XACT_MASK;
	header->t_infomask |= HEAP_XMAX_INVALID;
	HeapTupleHeaderSetXmin(header, writer->xid);
	HeapTupleHeaderSetXminFrozen(header);
	HeapTupleHeaderSetCmin(header, writer->command);
	HeapTupleHeaderSetXmax(header, InvalidTransactionId);
	tuple->t_tableOid = RelationGetRelid(writer->relation);
}

/*
 * form_row
 *		Makes a row of values in writer->space: heap_form_tuple() without its
 *		allocation.  False if it must be made smaller first.
 */
static bool
form_row(SfmHeapWriter *writer, Datum *values, bool *nulls)
{
	TupleDesc	descriptor = RelationGetDescr(writer->relation);
	HeapTupleHeader header = (HeapTupleHeader) writer->space;
	bool		has_null = memchr(nulls, true, descriptor->natts) != NULL;
	Size		offset = SizeofHeapTupleHeader;
	Size		length;

	if (has_null)
		offset += BITMAPLEN(descriptor->natts);
	offset = MAXALIGN(offset);
	length = heap_compute_data_size(descriptor, values, nulls);
	if (offset + length > TOAST_TUPLE_THRESHOLD)
		return false;

	/* all of it: what aligns a value must be zero */
	memset(header, 0, offset + length);
	HeapTupleHeaderSetNatts(header, descriptor->natts);
	header->t_hoff = offset;
	heap_fill_tuple(descriptor, values, nulls, (char *) header + offset,
					length, &header->t_infomask,
					has_null ? header->t_bits : NULL);
	writer->tuple.t_data = header;
	writer->tuple.t_len = offset + length;
	return !HeapTupleHasExternal(&writer->tuple);
}

/*
 * toast_row
 *		Makes a row whose large values are compressed or stored apart.  In
 *		CurrentMemoryContext.
 */
static HeapTuple
toast_row(SfmHeapWriter *writer, Datum *values, bool *nulls)
{
	HeapTuple	tuple = heap_form_tuple(RelationGetDescr(writer->relation),
										values, nulls);

	set_header(writer, tuple);
	if (HeapTupleHasExternal(tuple) || tuple->t_len > TOAST_TUPLE_THRESHOLD)
		tuple = heap_toast_insert_or_update(writer->relation, tuple, NULL,
											HEAP_INSERT_SKIP_FSM |
											HEAP_INSERT_FROZEN);
	if (MAXALIGN(tuple->t_len) > MaxHeapTupleSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("row is too big: size %zu, maximum size %zu",
						(Size) MAXALIGN(tuple->t_len),
						(Size) MaxHeapTupleSize)));
	return tuple;
}

/* Gives the present page away. */
static void
write_page(SfmHeapWriter *writer)
{
	PageSetAllVisible((Page) writer->page);
	smgr_bulk_write(writer->pages, writer->block, writer->page, true);
	writer->block++;
	writer->page = NULL;
}

/* Puts a row onto the present page, or onto a new one. */
static void
place_row(SfmHeapWriter *writer, HeapTuple tuple)
{
	Page		page = (Page) writer->page;
	OffsetNumber offset;
	HeapTupleHeader header;

	if (page != NULL &&
		MAXALIGN(tuple->t_len) + writer->reserved > PageGetHeapFreeSpace(page))
	{
		CHECK_FOR_INTERRUPTS();
		write_page(writer);
		page = NULL;
	}
	if (page == NULL)
	{
		writer->page = smgr_bulk_get_buf(writer->pages);
		page = (Page) writer->page;
		PageInit(page, BLCKSZ, 0);
	}

	offset = PageAddItem(page, (Item) tuple->t_data, tuple->t_len,
						 InvalidOffsetNumber, false, true);
	if (offset == InvalidOffsetNumber)
		elog(ERROR, "failed to add tuple");
	header = (HeapTupleHeader) PageGetItem(page, PageGetItemId(page, offset));
	ItemPointerSet(&header->t_ctid, writer->block, offset);
}

/*
 * sfm_heap_writer_put
 *		Appends a row; returns its length in bytes.  May leave memory behind in
 *		CurrentMemoryContext.
 */
Size
sfm_heap_writer_put(SfmHeapWriter *writer, Datum *values, bool *nulls)
{
	HeapTuple	tuple = &writer->tuple;

	if (form_row(writer, values, nulls))
		set_header(writer, tuple);
	else
		tuple = toast_row(writer, values, nulls);
	place_row(writer, tuple);
	writer->rows++;
	return tuple->t_len;
}

/*
 * mark_visible
 *		Notes in the visibility map that the rows of the first blocks are
 *		visible to all and frozen: COPY FREEZE sets these bits page by page,
 *		with the heap's page in a buffer, where these pages never are.
 */
static void
mark_visible(Relation relation, BlockNumber nblocks)
{
	Buffer		buffer = InvalidBuffer;

	for (BlockNumber block = 0; block < nblocks; block += BLOCKS_PER_MAP_PAGE)
	{
		BlockNumber n = Min(nblocks - block, BLOCKS_PER_MAP_PAGE);
		unsigned char *bits;

		visibilitymap_pin(relation, block, &buffer);
		LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
		bits = (unsigned char *) PageGetContents(BufferGetPage(buffer));

		START_CRIT_SECTION();
		memset(bits, 0xff, n / BLOCKS_PER_BYTE);
		if (n % BLOCKS_PER_BYTE > 0)
			bits[n / BLOCKS_PER_BYTE] |= (1 << n % BLOCKS_PER_BYTE * 2) - 1;
		MarkBufferDirty(buffer);
		if (RelationNeedsWAL(relation))
			log_newpage_buffer(buffer, false);
		END_CRIT_SECTION();
		LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
	}
	if (BufferIsValid(buffer))
		ReleaseBuffer(buffer);
}

/*
 * sfm_heap_writer_end
 *		Writes what is left.
 */
void
sfm_heap_writer_end(SfmHeapWriter *writer)
{
	if (writer->page != NULL)
		write_page(writer);
	smgr_bulk_finish(writer->pages);
	/* of a part of a map's byte, the rest is not ours to speak of */
	if (writer->first == 0)
		mark_visible(writer->relation, writer->block);
	pgstat_count_heap_insert(writer->relation, writer->rows);
	pfree(writer->space);
	pfree(writer);
}
