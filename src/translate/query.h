/*-------------------------------------------------------------------------
 *
 * query.h
 *	  What the files that translate SELECT share: query.c, source.c, group.c,
 *	  order.c, compound.c and cte.c.  For nobody else.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_QUERY_H
#define SFM_QUERY_H

#include "translate.h"

/*
 * One SELECT or VALUES of a compound, between being read and being written.
 */
typedef struct SfmArm
{
	const SfmSelectCore *core;
	SfmScope   *scope;
	int			ncolumns;
	SfmNode   **expressions;	/* of the columns; NULL: from * */
	SfmScopeSource **star_sources;	/* then this source's column ... */
	int		   *star_columns;	/* ... at this place */
	char	  **aliases;		/* AS, or NULL */
	char	  **names;			/* SQLite's names */
	SfmSql	  **raw;			/* as sort keys and GROUP BY see them */
	SfmSql	  **columns;		/* as they are written */
	List	   *rows;			/* VALUES: of SfmSql **, one for each row */

	char	   *from;			/* texts of the clauses, or NULL */
	char	   *where;
	char	   *group_by;
	char	   *having;
	char	   *distinct;		/* "DISTINCT", "DISTINCT ON (...)" */
	bool		is_aggregate;
} SfmArm;

/* A common table expression. */
typedef struct SfmCteEntry
{
	const SfmCte *cte;
	struct SfmCteList *list;
	bool		started;
	bool		self_reference;
	SfmRelation *relation;		/* NULL until it is known what it returns */
	char	   *text;
} SfmCteEntry;

/* Those of one WITH. */
typedef struct SfmCteList
{
	struct SfmCteList *outer;
	SfmScope   *scope;			/* of the statement around */
	List	   *entries;		/* of SfmCteEntry *, as written */
	List	   *done;			/* ... those in use, in order of dependency */
} SfmCteList;

/* in query.c */
extern SfmArm *sfm_read_arm(SfmTranslation *translation, SfmScope *outer,
							const SfmSelectCore *core, List *order_by);
extern char *sfm_arm_text(const SfmArm *arm, char *const *names);
extern SfmSql *sfm_source_column(SfmTranslation *translation,
								 const SfmScope *scope,
								 SfmScopeSource *source, int column);
extern SfmQuery *sfm_read_query(SfmTranslation *translation, SfmScope *outer,
								const SfmSelect *select, const Oid *types,
								char *const *names, SfmCteEntry *cte);
extern char *sfm_cast_text(const SfmSql *expression, Oid type);

extern void sfm_unique_names(char **names, int n);
extern char **sfm_postgres_names(char **names, int n);

/* in order.c */
extern char *sfm_order_text(SfmTranslation *translation, const SfmArm *arm,
							List *order_by);
extern char *sfm_wrapped_order_text(SfmTranslation *translation, List *arms,
									const SfmQuery *query, List *order_by,
									const char *alias, bool *plain);
extern char *sfm_limit_text(SfmTranslation *translation, SfmScope *outer,
							const SfmSelect *select, bool *single);

/* in group.c */
extern bool sfm_has_aggregate(SfmNode *node);
extern void sfm_begin_group(SfmTranslation *translation, SfmArm *arm,
							List *order_by);
extern SfmSql *sfm_translate_grouped(SfmTranslation *translation,
									 SfmScope *scope, SfmNode *node);
extern char *sfm_equality_key(SfmTranslation *translation, SfmNode *node,
							  SfmSql *expression);
extern void sfm_inline_windows(SfmTranslation *translation,
							   const SfmSelectCore *core, List *order_by);

/* in source.c */
extern char *sfm_new_alias(SfmTranslation *translation, SfmScope *scope,
						   const char *wanted);
extern char *sfm_read_from(SfmTranslation *translation, SfmScope *scope,
						   List *sources, List **moved);

/* in cte.c */
extern SfmCteList *sfm_begin_ctes(SfmTranslation *translation,
								  SfmScope *outer, const SfmWith *with);
extern char *sfm_end_ctes(SfmTranslation *translation, SfmCteList *list);
extern SfmRelation *sfm_derived_relation(SfmTranslation *translation,
										 const SfmQuery *query,
										 const char *sqlite_name, char *sql);
extern SfmRelation *sfm_cte_relation(SfmTranslation *translation,
									 const SfmQuery *query,
									 const SfmCteEntry *entry);
extern bool sfm_check_cte_names(SfmTranslation *translation,
								const SfmCteEntry *entry, int ncolumns);
extern bool sfm_is_recursive(const SfmCteEntry *entry,
							 const SfmSelectCore *core);

/* in compound.c */
extern void sfm_set_row_columns(SfmArm *arm);
extern void sfm_unify_rows(SfmTranslation *translation, SfmArm *arm);
extern void sfm_unify_arms(SfmTranslation *translation, List *arms,
						   bool recursive);
extern List *sfm_read_recursive(SfmTranslation *translation, SfmScope *outer,
								const SfmSelect *select, List *arms,
								SfmCteEntry *entry, char *const *names);
extern char *sfm_compound_text(SfmTranslation *translation, List *arms,
							   char *const *names);

#endif							/* SFM_QUERY_H */
