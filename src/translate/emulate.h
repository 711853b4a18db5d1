/*-------------------------------------------------------------------------
 *
 * emulate.h
 *	  What the files of the compatibility functions (emulate*.c) share.
 *
 * A compatibility function is SQLite's own: its arguments become SQLite
 * values, the SQLite library computes, its result becomes a Datum.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_EMULATE_H
#define SFM_EMULATE_H

#include "postgres.h"

#include "fmgr.h"

#include "compat.h"
#include "sqlite/storage.h"

/* One function, operator or cast of SQLite; constant, known by its address. */
typedef struct SfmEmulated
{
	const char *name;			/* SQLite's, for messages and for the call */
	const char *expression;		/* what is computed of ?1, ?2 ...; NULL: a
								 * call of the function with all arguments */
	bool		as_text;		/* any result but NULL as its text */
	int			sqlstate;		/* if the function itself reports an error */
} SfmEmulated;

/* The values of a call's arguments; arrays count as their elements. */
typedef struct SfmArguments
{
	int			count;
	SfmValue   *values;			/* palloc'd; bytes point into it, into the
								 * arguments, or into CurrentMemoryContext */
} SfmArguments;

/* in emulate.c */
extern void sfm_emulate(const SfmEmulated *function,
						const SfmArguments *arguments, SfmValue *result);

/* in emulate_value.c */
extern void sfm_emulated_arguments(FunctionCallInfo fcinfo, bool expand,
								   SfmArguments *arguments);
extern Datum sfm_emulated_result(FunctionCallInfo fcinfo,
								 const SfmEmulated *function,
								 const SfmValue *result, Oid type);
extern Datum sfm_emulated_call(FunctionCallInfo fcinfo,
							   const SfmEmulated *function, Oid type);

#endif							/* SFM_EMULATE_H */
