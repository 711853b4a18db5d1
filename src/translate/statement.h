/*-------------------------------------------------------------------------
 *
 * statement.h
 *	  What statement.c, insert.c and trigger.c share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_STATEMENT_H
#define SFM_STATEMENT_H

#include "postgres.h"

#include "translate.h"

/* in statement.c */
extern SfmRelation *sfm_target(SfmTranslation *translation, SfmScope *scope,
							   const SfmName *name, char **alias);
extern char *sfm_target_sql(const SfmRelation *relation, const char *alias);
extern int	sfm_target_column(SfmTranslation *translation,
							  const SfmRelation *relation,
							  const SfmName *name);
extern const char *sfm_quoted_column(const SfmRelation *relation, int column);
extern void sfm_add_source(SfmScope *scope, const char *alias, const char *sql,
						   SfmRelation *relation, bool qualified_only);
extern char *sfm_translate_sets(SfmTranslation *translation, SfmScope *scope,
								SfmRelation *relation, const List *sets);
extern char *sfm_translate_where(SfmTranslation *translation, SfmScope *scope,
								 const SfmNode *where);
extern SfmSql *sfm_query_column(const SfmQuery *query, int column,
								const char *alias);

/* in insert.c */
extern List *sfm_translate_insert(SfmTranslation *translation,
								  SfmScope *scope, const SfmInsert *insert);

/* in raise.c */
extern char *sfm_translate_raise(SfmTranslation *translation, SfmScope *scope,
								 const SfmSelect *select, const char *leave,
								 List **statements);

#endif							/* SFM_STATEMENT_H */
