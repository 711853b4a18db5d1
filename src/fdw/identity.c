/*-------------------------------------------------------------------------
 *
 * identity.c
 *	  Which row of SQLite a row of an UPDATE or DELETE is.
 *
 * PostgreSQL hands the system column "ctid" of a row from the scan to the node
 * that writes; nobody else looks at what is in its 48 bits.  Here it is the
 * rowid, or another key that is one INTEGER, if that is small enough, as nearly
 * all are.  Else it is the place where the values of the key are kept, exactly
 * as they came from SQLite: a conversion to PostgreSQL's types and back might
 * make other values of them.
 *
 * They are kept in memory up to work_mem, what comes then in a temporary file.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/buffile.h"
#include "storage/itemptr.h"
#include "utils/resowner.h"

#include "modify.h"

/* Says that the rest is a place; else they are an INTEGER */
#define IS_PLACE (UINT64CONST(1) << 47)

struct SfmIdentities
{
	int			nkeys;
	StringInfoData memory;		/* the first ones */
	size_t		limit;			/* of the memory */
	BufFile    *file;			/* those that follow, or NULL */
	uint64		file_size;
	MemoryContext context;
	ResourceOwner owner;
};

/*
 * sfm_identities_create
 *		Makes a place for identities of nkeys values, which lives as long as
 *		CurrentMemoryContext and CurrentResourceOwner, until
 *		sfm_identities_end().
 */
SfmIdentities *
sfm_identities_create(int nkeys)
{
	SfmIdentities *identities = palloc0(sizeof(SfmIdentities));

	identities->nkeys = nkeys;
	identities->limit = Min((size_t) work_mem * 1024, MaxAllocSize / 4);
	identities->context = CurrentMemoryContext;
	identities->owner = CurrentResourceOwner;
	initStringInfo(&identities->memory);
	return identities;
}

static void
seek_file(BufFile *file, uint64 place)
{
	if (BufFileSeek(file, 0, (off_t) place, SEEK_SET) != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not seek in a temporary file: %m")));
}

static void
read_file(BufFile *file, void *bytes, size_t length)
{
	if (BufFileRead(file, bytes, length) != length)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read from a temporary file: %m")));
}

/* Where the next value goes. */
static uint64
next_place(const SfmIdentities *identities)
{
	return identities->file == NULL ? identities->memory.len :
		identities->memory.len + identities->file_size;
}

/* Appends bytes. */
static void
append(SfmIdentities *identities, const void *bytes, size_t length)
{
	if (identities->file == NULL &&
		identities->memory.len + length <= identities->limit)
	{
		appendBinaryStringInfo(&identities->memory, bytes, (int) length);
		return;
	}
	if (identities->file == NULL)
	{
		MemoryContext old_context = MemoryContextSwitchTo(identities->context);
		ResourceOwner old_owner = CurrentResourceOwner;

		CurrentResourceOwner = identities->owner;
		identities->file = BufFileCreateTemp(false);
		CurrentResourceOwner = old_owner;
		MemoryContextSwitchTo(old_context);
	}
	BufFileWrite(identities->file, unconstify(void *, bytes), length);
	identities->file_size += length;
}

/* Reads bytes from *place on, and moves it. */
static void
read_bytes(SfmIdentities *identities, uint64 *place, void *bytes,
		   size_t length)
{
	size_t		in_memory = 0;

	if (*place < identities->memory.len)
	{
		in_memory = Min(length, identities->memory.len - *place);
		memcpy(bytes, identities->memory.data + *place, in_memory);
		*place += in_memory;
	}
	if (in_memory < length)
	{
		read_file(identities->file, (char *) bytes + in_memory,
				  length - in_memory);
		*place += length - in_memory;
	}
}

/*
 * sfm_identities_end
 *		Closes the temporary file.
 */
void
sfm_identities_end(SfmIdentities *identities)
{
	if (identities->file != NULL)
		BufFileClose(identities->file);
	identities->file = NULL;
}

/*
 * sfm_identity_set
 *		Makes the ctid of a row whose key has these values.
 */
void
sfm_identity_set(SfmIdentities *identities, const SfmValue *const *values,
				 ItemPointer ctid)
{
	uint64		bits;

	if (identities->nkeys == 1 && values[0]->storage_class == SFM_INTEGER &&
		(uint64) values[0]->integer < IS_PLACE)
		bits = (uint64) values[0]->integer;
	else
	{
		bits = next_place(identities) | IS_PLACE;
		if (identities->file != NULL)
			seek_file(identities->file, identities->file_size);
		for (int i = 0; i < identities->nkeys; i++)
		{
			const SfmValue *value = values[i];

			append(identities, value, sizeof(SfmValue));
			if (value->storage_class == SFM_TEXT ||
				value->storage_class == SFM_BLOB)
				append(identities, value->bytes, value->length);
		}
	}
	ItemPointerSet(ctid, (BlockNumber) (bits >> 16),
				   (OffsetNumber) (bits & 0xffff));
}

/*
 * sfm_identity_get
 *		The values of the key of a row; palloc'd.
 */
void
sfm_identity_get(SfmIdentities *identities, ItemPointer ctid,
				 SfmValue *values)
{
	uint64		bits =
	((uint64) ItemPointerGetBlockNumberNoCheck(ctid) << 16) |
	ItemPointerGetOffsetNumberNoCheck(ctid);
	uint64		place = bits & ~IS_PLACE;

	if ((bits & IS_PLACE) == 0)
	{
		values[0].storage_class = SFM_INTEGER;
		values[0].integer = (int64) bits;
		return;
	}
	if (place >= identities->memory.len && identities->file != NULL)
		seek_file(identities->file, place - identities->memory.len);
	else if (identities->file != NULL)
		seek_file(identities->file, 0);
	for (int i = 0; i < identities->nkeys; i++)
	{
		SfmValue   *value = &values[i];

		read_bytes(identities, &place, value, sizeof(SfmValue));
		if (value->storage_class == SFM_TEXT ||
			value->storage_class == SFM_BLOB)
		{
			char	   *bytes;

			bytes = MemoryContextAllocHuge(CurrentMemoryContext,
										   value->length + 1);
			read_bytes(identities, &place, bytes, value->length);
			value->bytes = bytes;
		}
	}
}
