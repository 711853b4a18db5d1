/*-------------------------------------------------------------------------
 *
 * coerce.h
 *	  What coerce.c and unify.c have in common.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_COERCE_H
#define SFM_COERCE_H

#include "translate.h"

extern bool sfm_is_moment_type(Oid type);
extern SfmSql *sfm_retyped(const SfmSql *expression, char *sql, bool atomic,
						   Oid type, SfmClass class);
extern SfmSql *sfm_cast_to(const SfmSql *expression, const char *type_name,
						   Oid type, SfmClass class);

#endif							/* SFM_COERCE_H */
