/*-------------------------------------------------------------------------
 *
 * check.h
 *	  What the files of sqlite_check() share.
 *
 * For check*.c only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_CHECK_H
#define SFM_CHECK_H

#include "postgres.h"

#include "migrate.h"

/* What a finding means for a migration with default arguments. */
typedef enum SfmSeverity
{
	SFM_CHECK_ERROR,			/* it fails */
	SFM_CHECK_WARNING,			/* it runs, and something is lost or odd */
	SFM_CHECK_INFO				/* worth knowing */
} SfmSeverity;

/* A row of the result. */
typedef struct SfmFinding
{
	SfmSeverity severity;
	const char *table;			/* the foreign table's name, or the file's
								 * server */
	const char *object;			/* a column, key, index ... or NULL */
	const char *problem;
	int64		occurrences;	/* -1: not countable */
	const char *example;		/* or NULL */
	const char *remedy;			/* or NULL */
} SfmFinding;

/* A column of the table that is to be loaded. */
typedef struct SfmTargetColumn
{
	char	   *name;
	Oid			type;
	int32		typmod;
	bool		not_null;		/* while the rows are loaded */
	bool		not_null_later; /* when all keys are there */
	bool		generated;
	bool		has_default;	/* or identity */
	int64		sequence_max;	/* of its own sequence; 0: it has none */
	SfmMappedColumn *mapped;	/* what fills it, or NULL */
	bool		refuses_null;	/* a NULL from the source is an error */

	/* found by the scan of the source */
	SfmBadValueAction action;	/* by the options of the mapping */
	int64		bad;			/* values that do not fit */
	int64		nulls;			/* NULLs where refuses_null */
	char	   *first_bad;		/* "rowid 2: the TEXT value ..." */
	char	   *first_null;		/* "rowid 3" */
	char	   *reason;			/* why the first one is bad, or NULL */
} SfmTargetColumn;

/* An index of the table that is to be loaded.  Strings are SQL. */
typedef struct SfmTargetIndex
{
	char	   *name;
	bool		unique;
	bool		primary;
	bool		btree;
	bool		nulls_equal;	/* NULLS NOT DISTINCT */
	bool		constraint;
	char	   *keys;			/* "a, lower(b)" */
	char	   *shown_keys;		/* their text, put together for an example */
	char	   *no_nulls;		/* "(a) IS NOT NULL AND ..." */
	char	   *predicate;		/* of a partial index, or NULL */
} SfmTargetIndex;

/* A foreign key of the table that is to be loaded.  Strings are SQL. */
typedef struct SfmTargetForeignKey
{
	char	   *name;
	char	   *columns;		/* bare, for people: "a, b" */
	char	   *shown_columns;	/* their values, put together for an example */
	char	   *no_nulls;
	char	   *condition;		/* "p.x = c.a AND ..." */
	char	   *child_column;	/* bare; NULL if there are several columns */
	char	   *parent_column;
	char	   *parent;			/* bare name of the parent table */
	char	   *qualified_parent;
	bool		enforced;		/* orphans are an error */
} SfmTargetForeignKey;

/* A CHECK constraint of the table that is to be loaded. */
typedef struct SfmTargetConstraint
{
	char	   *name;
	char	   *expression;
} SfmTargetConstraint;

/* A table of the mapping, next to the one that is to be loaded. */
typedef struct SfmCheckedTable
{
	SfmMappedTable *mapped;
	bool		existing;		/* the target has it already */
	bool		changes_rows;	/* has BEFORE triggers or rules for INSERT */
	int			ncolumns;
	SfmTargetColumn *columns;
	List	   *indexes;		/* of SfmTargetIndex * */
	List	   *foreign_keys;	/* of SfmTargetForeignKey * */
	List	   *constraints;	/* of SfmTargetConstraint * */

	/* found by the scan of the source */
	bool		readable;
	int64		rows;			/* that a load would bring */
	int64		skipped;
	int64		counted;		/* by SQLite */
	SfmTableProfile *profile;	/* or NULL */
	SfmMappedColumn **profiled; /* the column of each profile */
} SfmCheckedTable;

typedef struct SfmCheck
{
	const char *source;
	const char *target;			/* or NULL */
	const char *extension_schema;
	List	   *tables;			/* of SfmCheckedTable *, by name; no views */
	List	   *mapping;		/* of SfmMappedTable * */
	List	   *findings;		/* of SfmFinding * */
} SfmCheck;

/* in check.c */
extern void sfm_check_add(SfmCheck *check, SfmSeverity severity,
						  const char *table, const char *object,
						  const char *problem, int64 occurrences,
						  const char *example, const char *remedy);
extern char *sfm_check_alter(const SfmCheck *check, const char *table,
							 const char *column, const char *how);
extern char *sfm_check_migrate(const SfmCheck *check, const char *argument);

/* in check_trial.c */
extern void sfm_check_trial(SfmCheck *check);

/* in check_values.c */
extern SfmBadValueSink *sfm_check_sink(SfmCheckedTable *table);
extern char *sfm_check_skip(const SfmCheck *check,
							const SfmCheckedTable *table,
							const SfmMappedColumn *column, const char *type);
extern void sfm_check_values(SfmCheck *check, SfmCheckedTable *table);

/* in check_keys.c */
extern void sfm_check_keys(SfmCheck *check, SfmCheckedTable *table);

/* in check_source.c */
extern void sfm_check_files(SfmCheck *check);
extern void sfm_check_names(SfmCheck *check);

/* in check_target.c */
extern void sfm_check_target(SfmCheck *check, SfmCheckedTable *table);

#endif							/* SFM_CHECK_H */
