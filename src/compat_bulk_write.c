/*-------------------------------------------------------------------------
 *
 * compat_bulk_write.c
 *	  PostgreSQL's storage/bulk_write.h, for versions that lack it.
 *
 * PostgreSQL 17 has smgr_bulk_write(): pages of storage that nobody else can
 * see are made in private memory, logged many at a time and written past the
 * shared buffers.  Before 17, every part of the server that builds such storage
 * (CREATE INDEX, CLUSTER) does it by hand, and so does this file, with the
 * functions of the newer header.  They differ in this: blocks must be given
 * one after the other, from the end of the relation.
 *
 * A checkpoint knows of dirty buffers, but not of pages that are only in
 * private memory.  It must not begin between the WAL record of a page, which
 * recovery would then not see, and the write of the page, which it would not
 * wait for: DELAY_CHKPT_START, see storage/proc.h.  The write itself notes that
 * the next checkpoint has to sync the file, as the buffer manager's own writes
 * do.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "compat.h"

#ifdef SFM_BULK_WRITE_IS_OURS

#include "access/xloginsert.h"
#include "storage/bufpage.h"
#include "storage/proc.h"
#include "storage/smgr.h"
#include "utils/rel.h"

/* Pages that one WAL record may hold: XLR_MAX_BLOCK_ID */
#define PENDING_PAGES 32

/* Direct I/O wants more than MAXALIGN; a page is aligned as a page of memory */
#define PAGE_ALIGNMENT 4096

struct BulkWriteState
{
	Relation	relation;
	ForkNumber	fork;
	bool		use_wal;
	char	   *pages;			/* room for PENDING_PAGES of them */
	int			npending;		/* pages that are made */
	BlockNumber blocks[PENDING_PAGES];
	Page		pointers[PENDING_PAGES];
};

/* Begins to write a fork of a relation. */
BulkWriteState *
smgr_bulk_start_rel(Relation relation, ForkNumber fork)
{
	BulkWriteState *state = palloc0_object(BulkWriteState);

	state->relation = relation;
	state->fork = fork;
	state->use_wal = RelationNeedsWAL(relation);
	state->pages = (char *) TYPEALIGN(PAGE_ALIGNMENT,
									  palloc(PENDING_PAGES * BLCKSZ +
											 PAGE_ALIGNMENT));
	for (int i = 0; i < PENDING_PAGES; i++)
		state->pointers[i] = state->pages + i * BLCKSZ;
	return state;
}

/* Room for the next page, to be given to smgr_bulk_write(). */
BulkWriteBuffer
smgr_bulk_get_buf(BulkWriteState *state)
{
	return (BulkWriteBuffer) state->pointers[state->npending];
}

/* Logs the pending pages and writes them to the end of the relation. */
static void
write_pages(BulkWriteState *state)
{
	SMgrRelation smgr = RelationGetSmgr(state->relation);

	if (state->use_wal)
		log_newpages(sfm_smgr_locator(smgr), state->fork, state->npending,
					 state->blocks, state->pointers, true);
	for (int i = 0; i < state->npending; i++)
	{
		PageSetChecksumInplace(state->pointers[i], state->blocks[i]);
		smgrextend(smgr, state->fork, state->blocks[i], state->pointers[i],
				   false);
	}
}

static void
flush_pages(BulkWriteState *state)
{
	if (state->npending == 0)
		return;
	PG_TRY();
	{
		MyProc->delayChkptFlags |= DELAY_CHKPT_START;
		write_pages(state);
	}
	PG_FINALLY();
	{
		MyProc->delayChkptFlags &= ~DELAY_CHKPT_START;
	}
	PG_END_TRY();
	state->npending = 0;
}

/* Takes a page; its contents are laid out in the standard way. */
void
smgr_bulk_write(BulkWriteState *state, BlockNumber block,
				BulkWriteBuffer buffer, bool page_std)
{
	Assert(buffer == smgr_bulk_get_buf(state) && page_std);
	state->blocks[state->npending++] = block;
	if (state->npending == PENDING_PAGES)
		flush_pages(state);
}

/* Writes what is pending. */
void
smgr_bulk_finish(BulkWriteState *state)
{
	flush_pages(state);
}

#endif							/* SFM_BULK_WRITE_IS_OURS */
