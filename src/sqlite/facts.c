/*-------------------------------------------------------------------------
 *
 * facts.c
 *	  What is known about the content of a SQLite file, for a transaction.
 *
 * All that a transaction reads of a file is of one moment (connection.c), so
 * what one look at a table has found need not be looked for again: an IMPORT
 * that reads all rows tells the plan of the migration which storage classes
 * there are.  Facts live as long as PostgreSQL's transaction, and no longer than
 * the connection stays without a change of its own.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "utils/formatting.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "sqlite.h"

/* What is known of a table. */
typedef struct TableFacts
{
	const char *name;			/* hash key: SQLite's, as it spells it */
	int			ncolumns;
	int		   *classes;		/* by place, see sfm_known_classes() */
} TableFacts;

struct SfmFacts
{
	int			changes;		/* of the connection, at the time */
	HTAB	   *tables;			/* of TableFacts */

	/* names of tables with triggers, in lower case; NULL if not asked yet */
	HTAB	   *triggered;
};

/* dynahash's functions for keys that point to a string */
static uint32
hash_name(const void *key, Size size)
{
	const char *name = *(const char *const *) key;

	return hash_bytes((const unsigned char *) name, (int) strlen(name));
}

static int
match_names(const void *a, const void *b, Size size)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* A hash table by names, for the transaction. */
static HTAB *
make_table(const char *title, Size entry_size)
{
	HASHCTL		control = {
		.keysize = sizeof(char *),
		.entrysize = entry_size,
		.hash = hash_name,
		.match = match_names,
		.hcxt = TopTransactionContext,
	};

	return hash_create(title, 64, &control,
					   HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

/*
 * get_facts
 *		The connection's facts, those that still hold.
 */
static struct SfmFacts *
get_facts(SfmConnection *connection)
{
	struct SfmFacts *facts = connection->facts;
	int			changes = sqlite3_total_changes(connection->db);

	if (facts == NULL || facts->changes != changes)
	{
		facts = MemoryContextAllocZero(TopTransactionContext, sizeof(*facts));
		facts->changes = changes;
		facts->tables = make_table("sqlite_fdw_migrate facts",
								   sizeof(TableFacts));
		connection->facts = facts;
	}
	return facts;
}

/*
 * sfm_note_classes
 *		Remembers which storage classes a column holds, NULL among them, after
 *		all of its values were looked at.
 */
void
sfm_note_classes(SfmConnection *connection, const SfmTable *table, int place,
				 int classes)
{
	struct SfmFacts *facts = get_facts(connection);
	TableFacts *entry = hash_search(facts->tables, &table->name, HASH_FIND,
									NULL);

	if (entry == NULL)
	{
		const char *name = MemoryContextStrdup(TopTransactionContext,
											   table->name);
		int		   *known = MemoryContextAlloc(TopTransactionContext,
											   Max(table->ncolumns, 1) *
											   sizeof(int));

		for (int i = 0; i < table->ncolumns; i++)
			known[i] = -1;
		entry = hash_search(facts->tables, &name, HASH_ENTER, NULL);
		entry->ncolumns = table->ncolumns;
		entry->classes = known;
	}
	if (place >= 0 && place < entry->ncolumns)
		entry->classes[place] = classes;
}

/*
 * sfm_known_classes
 *		The storage classes of a column's values: a set of SFM_CLASS_BIT(); -1
 *		if they are not known.
 */
int
sfm_known_classes(SfmConnection *connection, const SfmTable *table, int place)
{
	struct SfmFacts *facts = get_facts(connection);
	const TableFacts *entry = hash_search(facts->tables, &table->name,
										  HASH_FIND, NULL);

	if (entry == NULL || place < 0 || place >= entry->ncolumns)
		return -1;
	return entry->classes[place];
}

/*
 * sfm_has_triggers
 *		Has a table or view triggers?  All are asked for at once: a look at
 *		sqlite_master reads all of it.
 */
bool
sfm_has_triggers(SfmConnection *connection, const char *table_name)
{
	struct SfmFacts *facts = get_facts(connection);
	char	   *name = asc_tolower(table_name, strlen(table_name));

	if (facts->triggered == NULL)
	{
		HTAB	   *triggered = make_table("sqlite_fdw_migrate triggers",
										   sizeof(char *));
		SfmStatement *statement =
			sfm_prepare(connection, "SELECT DISTINCT m.tbl_name"
						" FROM sqlite_master AS m WHERE m.type = 'trigger'");

		while (sfm_step(statement))
		{
			char	   *found = sfm_column_string(statement, 0);

			if (found == NULL)
				continue;
			found = MemoryContextStrdup(TopTransactionContext,
										asc_tolower(found, strlen(found)));
			(void) hash_search(triggered, &found, HASH_ENTER, NULL);
		}
		sfm_finalize(statement);
		facts->triggered = triggered;
	}
	return hash_search(facts->triggered, &name, HASH_FIND, NULL) != NULL;
}
