/*-------------------------------------------------------------------------
 *
 * pushdown.h
 *	  Conditions that SQLite looks at: what pushdown.c finds, paths.c costs
 *	  and bind.c fills with values.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_PUSHDOWN_H
#define SFM_PUSHDOWN_H

#include "postgres.h"

#include "nodes/execnodes.h"
#include "nodes/pathnodes.h"

#include "fdw.h"

/*
 * What a foreign table stands for; RelOptInfo.fdw_private of the planner.
 */
typedef struct SfmScanSource
{
	Oid			relid;			/* of the foreign table */
	SfmTableOptions options;
	SfmConnection *connection;
	SfmTable   *table;			/* NULL if it is gone */
} SfmScanSource;

typedef enum SfmCompare
{
	SFM_COMPARE_EQUAL,
	SFM_COMPARE_NOT_EQUAL,
	SFM_COMPARE_LESS,
	SFM_COMPARE_LESS_EQUAL,
	SFM_COMPARE_GREATER,
	SFM_COMPARE_GREATER_EQUAL,
	SFM_COMPARE_NULL,			/* IS NULL */
	SFM_COMPARE_NOT_NULL
} SfmCompare;

/* As what a value of PostgreSQL is bound. */
typedef enum SfmPushedKind
{
	SFM_PUSHED_INTEGER,
	SFM_PUSHED_DOUBLE,
	SFM_PUSHED_NUMERIC,			/* as the nearest double */
	SFM_PUSHED_TEXT
} SfmPushedKind;

/* Members of an integer List in SfmScanQuery.values */
enum SfmPushedMember
{
	SFM_PUSHED_KIND,			/* SfmPushedKind */
	SFM_PUSHED_AFFINITY,		/* SfmAffinity of the column */
	SFM_PUSHED_TYPE,			/* type of the value, or of its elements */
	SFM_PUSHED_IS_ARRAY,
	SFM_PUSHED_AS_BLOB			/* the text's bytes are bound, too */
};

/* One comparison of a column with something that is the same for all rows. */
typedef struct SfmPushed
{
	/* the column */
	AttrNumber	attnum;			/* of the foreign table */
	int			column;			/* place in SfmTable.columns; -1 is the rowid */
	const char *column_name;	/* SQLite's */
	Oid			base_type;		/* the foreign column's, below its domain */
	SfmAffinity affinity;
	const char *collation;		/* SQLite's, of the column */
	SfmBadValueAction on_bad_value;

	/* what it is compared with */
	SfmCompare	operator;
	SfmPushedKind kind;
	const char *compare_collation;	/* SQLite's, by which it is compared */
	Expr	   *value;			/* NULL with IS NULL */
	Oid			value_type;		/* what the operator takes it for */
	bool		is_array;		/* = ANY (value) */
} SfmPushed;

/* in pushdown.c */
extern bool sfm_match_comparison(PlannerInfo *root,
								 const SfmScanSource *source,
								 RelOptInfo *rel, Expr *clause,
								 SfmPushed *comparison);
extern bool sfm_can_push(PlannerInfo *root, const SfmScanSource *source,
						 RelOptInfo *rel, RestrictInfo *restriction);
extern void sfm_deparse_conditions(PlannerInfo *root,
								   const SfmScanSource *source,
								   RelOptInfo *rel, List *restrictions,
								   SfmScanQuery *query);
extern bool sfm_is_exact(PlannerInfo *root, const SfmScanSource *source,
						 RelOptInfo *rel, List *restrictions);
extern bool sfm_conditions_hold(SfmConnection *connection, const char *name,
								const SfmScanQuery *query);

/* in paths.c */
extern void sfm_limit_rows(PlannerInfo *root, RelOptInfo *rel);

/* in bind.c */
typedef struct SfmBinding SfmBinding;

extern char *sfm_show_query(const SfmScanQuery *query);
extern SfmBinding *sfm_binding_begin(PlanState *node, Oid serverid,
									 const SfmScanQuery *query);
extern SfmReader *sfm_binding_start(SfmBinding *binding);

#endif							/* SFM_PUSHDOWN_H */
