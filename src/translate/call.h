/*-------------------------------------------------------------------------
 *
 * call.h
 *	  What the files that translate calls (function*.c, cast_expression.c)
 *	  share.
 *
 * function.c has the table of SQLite's functions; each names the handler that
 * makes an SfmSql of a call whose arguments are translated already.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_CALL_H
#define SFM_CALL_H

#include "translate.h"

struct SfmFunction;

/* A call under translation. */
typedef struct SfmCallState
{
	SfmTranslation *translation;
	SfmScope   *scope;
	const SfmCall *node;
	const struct SfmFunction *function;
	int			n;				/* arguments */
	SfmSql	  **arguments;		/* as translated, no type changed yet */
} SfmCallState;

typedef SfmSql *(*SfmCallHandler) (SfmCallState *call);

typedef enum SfmFunctionKind
{
	SFM_FUNCTION_PLAIN,			/* handler decides about NULL */
	SFM_FUNCTION_STRICT,		/* NULL if an argument is the literal NULL */
	SFM_FUNCTION_AGGREGATE,		/* also with OVER */
	SFM_FUNCTION_WINDOW			/* only with OVER */
} SfmFunctionKind;

typedef struct SfmFunction
{
	const char *name;			/* SQLite's, lower case */
	int			min_arguments;
	int			max_arguments;	/* -1: any number */
	SfmFunctionKind kind;
	SfmCallHandler handler;		/* NULL: PostgreSQL has no counterpart */
	const char *detail;			/* for the handler: what tells it apart */
} SfmFunction;

/* in function.c */
extern SfmSql *sfm_call_refused(SfmCallState *call, const char *why);
extern char *sfm_call_compat(SfmCallState *call, const char *name);
extern const char *sfm_call_text(SfmCallState *call, int i);
extern SfmSql *sfm_call_number(SfmCallState *call, int i);
extern char *sfm_call_double(SfmCallState *call, int i);
extern char *sfm_call_bigint(SfmCallState *call, int i);
extern SfmSql *sfm_call_result(SfmCallState *call, char *sql, Oid type,
							   SfmClass class);
extern bool sfm_constant_integer(const SfmSql *expression, int64 *value);
extern const char *sfm_constant_text(const SfmSql *expression);
extern char *sfm_cast_sql(const SfmSql *expression, Oid type);

/* in function_text.c */
extern SfmSql *sfm_call_case_folded(SfmCallState *call);
extern SfmSql *sfm_call_char(SfmCallState *call);
extern SfmSql *sfm_call_concat(SfmCallState *call);
extern SfmSql *sfm_call_hex(SfmCallState *call);
extern SfmSql *sfm_call_instr(SfmCallState *call);
extern SfmSql *sfm_call_length(SfmCallState *call);
extern SfmSql *sfm_call_like(SfmCallState *call);
extern SfmSql *sfm_call_printf(SfmCallState *call);
extern SfmSql *sfm_call_quote(SfmCallState *call);
extern SfmSql *sfm_call_replace(SfmCallState *call);
extern SfmSql *sfm_call_substr(SfmCallState *call);
extern SfmSql *sfm_call_trim(SfmCallState *call);
extern SfmSql *sfm_call_unicode(SfmCallState *call);

/* in function_math.c */
extern SfmSql *sfm_call_abs(SfmCallState *call);
extern SfmSql *sfm_call_round(SfmCallState *call);
extern SfmSql *sfm_call_sign(SfmCallState *call);
extern SfmSql *sfm_call_integral(SfmCallState *call);
extern SfmSql *sfm_call_math(SfmCallState *call);
extern SfmSql *sfm_call_log(SfmCallState *call);
extern SfmSql *sfm_call_mod(SfmCallState *call);
extern SfmSql *sfm_call_power(SfmCallState *call);
extern SfmSql *sfm_call_pi(SfmCallState *call);

/* in function_date.c */
extern SfmSql *sfm_call_date(SfmCallState *call);
extern SfmSql *sfm_call_julianday(SfmCallState *call);
extern SfmSql *sfm_call_unixepoch(SfmCallState *call);
extern SfmSql *sfm_call_strftime(SfmCallState *call);

/* in function_json.c */
extern SfmSql *sfm_call_json(SfmCallState *call);
extern SfmSql *sfm_call_json_array(SfmCallState *call);
extern SfmSql *sfm_call_json_object(SfmCallState *call);
extern SfmSql *sfm_call_json_extract(SfmCallState *call);
extern SfmSql *sfm_call_json_quote(SfmCallState *call);
extern SfmSql *sfm_call_json_type(SfmCallState *call);
extern SfmSql *sfm_call_json_array_length(SfmCallState *call);
extern SfmSql *sfm_call_json_valid(SfmCallState *call);
extern SfmSql *sfm_call_json_change(SfmCallState *call);
extern SfmSql *sfm_call_json_remove(SfmCallState *call);
extern char *sfm_json_element(SfmCallState *call, int i);

/* in function_aggregate.c: they translate filter, order and window, too */
extern void sfm_begin_aggregate(SfmCallState *call, bool *saved);
extern void sfm_end_aggregate(SfmCallState *call, bool saved);
extern SfmSql *sfm_call_count(SfmCallState *call);
extern SfmSql *sfm_call_sum(SfmCallState *call);
extern SfmSql *sfm_call_total(SfmCallState *call);
extern SfmSql *sfm_call_avg(SfmCallState *call);
extern SfmSql *sfm_call_extreme(SfmCallState *call);
extern SfmSql *sfm_call_group_concat(SfmCallState *call);
extern SfmSql *sfm_call_json_group_array(SfmCallState *call);
extern SfmSql *sfm_call_json_group_object(SfmCallState *call);
extern SfmSql *sfm_call_rank(SfmCallState *call);
extern SfmSql *sfm_call_ntile(SfmCallState *call);
extern SfmSql *sfm_call_lag(SfmCallState *call);
extern SfmSql *sfm_call_window_value(SfmCallState *call);

/* in function_window.c: " OVER (...)", or "" without a window */
extern char *sfm_call_over(SfmCallState *call);
extern char *sfm_order_by(SfmTranslation *translation, SfmScope *scope,
						  const List *terms);

#endif							/* SFM_CALL_H */
