/*-------------------------------------------------------------------------
 *
 * plan_keys.h
 *	  The members of an index or key, for plan_indexes.c and
 *	  plan_constraints.c.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_PLAN_KEYS_H
#define SFM_PLAN_KEYS_H

#include "lib/stringinfo.h"

#include "migrate.h"

/* The members of an index or key while they are put together. */
struct SfmKeyColumns
{
	StringInfoData sql;			/* of an index: quoted, comma between */
	StringInfoData bare;		/* of a constraint: quoted columns alone */
	StringInfoData names;		/* for people */
	List	   *columns;		/* of SfmMappedColumn *: those that are columns */
	int			count;			/* members, expressions included */
	bool		folded;			/* one is a column, but not as it stands */
	bool		cased;			/* ... because its type citext compares less
								 * than SQLite does */
	bool		translated;		/* one is an expression, to be tried */
	StringInfoData notes;		/* about them */
	char	   *problem;		/* why it cannot be made, or NULL */
};

extern void sfm_init_key_columns(SfmKeyColumns *key);
extern void sfm_add_key_column(SfmKeyColumns *key,
							   const SfmMappedTable *table, int place,
							   const char *collation, bool descending,
							   const SfmIndex *index);
extern const char *sfm_key_note(const SfmKeyColumns *key);
extern char *sfm_index_statement(const SfmPlan *plan,
								 const SfmMappedTable *table, bool unique,
								 const char *name, const char *members,
								 const char *predicate);

#endif							/* SFM_PLAN_KEYS_H */
