/*-------------------------------------------------------------------------
 *
 * function_math.c
 *	  Calls of SQLite's numeric functions ("Built-In Mathematical SQL
 *	  Functions", and abs, round, sign).
 *
 * Both sides compute with the C library's doubles.  Outside the domain of a
 * function SQLite gives NULL and PostgreSQL an error, hence the CASE around
 * some.  An argument that is no number is NULL in SQLite for most of them; such
 * calls are refused.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "call.h"

static SfmSql *
no_number(SfmCallState *call)
{
	return sfm_call_refused(call, "an argument that is not known to be a number");
}

/* A result of class REAL that a CASE may have made NULL. */
static SfmSql *
partial_result(char *sql)
{
	return sfm_make_sql(sql, true, FLOAT8OID, SFM_CLASS_REAL);
}

/*
 * sfm_call_abs
 *		abs(x): of a text it is a REAL, 0.0 if it does not begin with a number.
 */
SfmSql *
sfm_call_abs(SfmCallState *call)
{
	SfmSql	   *argument = call->arguments[0];
	SfmSql	   *number;
	SfmSql	   *result;

	if (argument->class == SFM_CLASS_TEXT)
		return sfm_call_result(call,
							   psprintf("abs(%s(%s))",
										sfm_call_compat(call, "sqlite_real"),
										sfm_call_text(call, 0)),
							   FLOAT8OID, SFM_CLASS_REAL);
	number = sfm_call_number(call, 0);
	if (number->class == SFM_CLASS_INTEGER)
		return sfm_call_result(call,
							   psprintf("abs(%s)", sfm_cast_sql(number, INT8OID)),
							   INT8OID, SFM_CLASS_INTEGER);
	if (number->class == SFM_CLASS_REAL)
		return sfm_call_result(call,
							   psprintf("abs(%s)", sfm_cast_sql(number, FLOAT8OID)),
							   FLOAT8OID, SFM_CLASS_REAL);
	result = sfm_call_result(call, psprintf("abs(%s)", number->sql),
							 number->type, number->class);
	result->integral_is_integer = number->integral_is_integer;
	return result;
}

/*
 * sfm_call_round
 *		round(x[, digits]): always a REAL, halves away from zero.
 */
SfmSql *
sfm_call_round(SfmCallState *call)
{
	char	   *value = sfm_call_double(call, 0);
	int64		digits = 0;

	if (value == NULL)
	{
		if (call->arguments[0]->class != SFM_CLASS_TEXT)
			return no_number(call);
		value = psprintf("%s(%s)", sfm_call_compat(call, "sqlite_real"),
						 sfm_call_text(call, 0));
	}
	else if (call->arguments[0]->class == SFM_CLASS_INTEGER &&
			 (call->n == 1 || sfm_constant_integer(call->arguments[1], &digits)))
		return sfm_call_result(call, value, FLOAT8OID, SFM_CLASS_REAL);
	return sfm_call_result(call,
						   call->n == 1 ?
						   psprintf("%s(%s)", sfm_call_compat(call, "sqlite_round"),
									value) :
						   psprintf("%s(%s, %s)", sfm_call_compat(call, "sqlite_round"),
									value, sfm_call_bigint(call, 1)),
						   FLOAT8OID, SFM_CLASS_REAL);
}

/*
 * sfm_call_sign
 *		sign(x): -1, 0 or 1, an INTEGER.
 */
SfmSql *
sfm_call_sign(SfmCallState *call)
{
	char	   *value = sfm_call_double(call, 0);

	if (value == NULL)
		return no_number(call);
	return sfm_call_result(call, psprintf("sign(%s)::bigint", value),
						   INT8OID, SFM_CLASS_INTEGER);
}

/*
 * sfm_call_integral
 *		ceil(x), floor(x), trunc(x): an INTEGER stays as it is.
 */
SfmSql *
sfm_call_integral(SfmCallState *call)
{
	SfmSql	   *number;

	if (sfm_call_double(call, 0) == NULL)
		return no_number(call);
	number = sfm_call_number(call, 0);
	if (number->class == SFM_CLASS_INTEGER)
		return sfm_call_result(call, sfm_cast_sql(number, INT8OID), INT8OID,
							   SFM_CLASS_INTEGER);
	if (number->class == SFM_CLASS_REAL)
		return sfm_call_result(call,
							   psprintf("%s(%s)", call->function->detail,
										sfm_cast_sql(number, FLOAT8OID)),
							   FLOAT8OID, SFM_CLASS_REAL);
	return sfm_call_result(call,
						   psprintf("%s(%s)", call->function->detail, number->sql),
						   number->type, SFM_CLASS_NUMBER);
}

/* A condition with the argument in it, where a function is defined. */
static char *
domain_condition(const char *template, const char *argument)
{
	const char *place = strstr(template, "%s");

	return psprintf("%.*s%s%s", (int) (place - template), template, argument,
					place + strlen("%s"));
}

/*
 * sfm_call_math
 *		A function that PostgreSQL has under the same name, defined where
 *		"detail" of the table says.
 */
SfmSql *
sfm_call_math(SfmCallState *call)
{
	const char *name = call->function->name;
	char	   *x = sfm_call_double(call, 0);
	char	   *y = call->n == 2 ? sfm_call_double(call, 1) : NULL;

	if (x == NULL || (call->n == 2 && y == NULL))
		return no_number(call);
	if (call->n == 2)
		return sfm_call_result(call, psprintf("%s(%s, %s)", name, x, y),
							   FLOAT8OID, SFM_CLASS_REAL);
	/* PostgreSQL divides where SQLite multiplies: another last digit */
	if (strcmp(name, "degrees") == 0)
		return sfm_call_result(call,
							   psprintf("(%s * 57.295779513082323::double precision)", x),
							   FLOAT8OID, SFM_CLASS_REAL);
	if (strcmp(name, "radians") == 0)
		return sfm_call_result(call,
							   psprintf("(%s * 0.017453292519943295::double precision)", x),
							   FLOAT8OID, SFM_CLASS_REAL);
	if (call->function->detail == NULL)
		return sfm_call_result(call, psprintf("%s(%s)", name, x), FLOAT8OID,
							   SFM_CLASS_REAL);
	if (call->arguments[0]->volatile_)
		return sfm_call_refused(call, "an argument that changes from call to call");
	return partial_result(psprintf("CASE WHEN %s THEN %s(%s) END",
								   domain_condition(call->function->detail, x),
								   name, x));
}

/*
 * sfm_call_log
 *		log(x), log10(x), log2(x), log(base, x): quotients of natural
 *		logarithms in SQLite.
 */
SfmSql *
sfm_call_log(SfmCallState *call)
{
	char	   *x = sfm_call_double(call, call->n - 1);
	char	   *base = call->n == 2 ? sfm_call_double(call, 0) : NULL;

	if (x == NULL || (call->n == 2 && base == NULL))
		return no_number(call);
	if (call->arguments[0]->volatile_ || call->arguments[call->n - 1]->volatile_)
		return sfm_call_refused(call, "an argument that changes from call to call");
	if (call->n == 2)
		return partial_result(psprintf("CASE WHEN %s > 1 AND %s > 0 THEN ln(%s) / ln(%s) END",
									   base, x, x, base));
	return partial_result(psprintf("CASE WHEN %s > 0 THEN ln(%s) / %s::double precision END",
								   x, x,
								   strcmp(call->function->detail, "2") == 0 ?
								   "0.69314718055994531" : "2.3025850929940457"));
}

/*
 * sfm_call_mod
 *		mod(x, y): fmod() of the C library, which PostgreSQL has for integers
 *		only.  The detour through double precision rounds as SQLite does.
 */
SfmSql *
sfm_call_mod(SfmCallState *call)
{
	if (call->arguments[0]->class != SFM_CLASS_INTEGER ||
		call->arguments[1]->class != SFM_CLASS_INTEGER)
		return sfm_call_refused(call, "arguments that are not INTEGER");
	return partial_result(psprintf("(%s::bigint %% NULLIF(%s::bigint, 0))::double precision",
								   sfm_call_double(call, 0),
								   sfm_call_double(call, 1)));
}

/*
 * sfm_call_power
 *		pow(x, y): NULL where there is no real result, infinite for 0 and a
 *		negative exponent.
 */
SfmSql *
sfm_call_power(SfmCallState *call)
{
	char	   *x = sfm_call_double(call, 0);
	char	   *y = sfm_call_double(call, 1);
	int64		exponent;

	if (x == NULL || y == NULL)
		return no_number(call);
	if (sfm_constant_integer(call->arguments[1], &exponent) && exponent >= 0)
		return sfm_call_result(call, psprintf("power(%s, %s)", x, y), FLOAT8OID,
							   SFM_CLASS_REAL);
	if (call->arguments[0]->volatile_ || call->arguments[1]->volatile_)
		return sfm_call_refused(call, "an argument that changes from call to call");
	return partial_result(psprintf("CASE WHEN %s = 0 AND %s < 0 THEN 'Infinity'::double precision"
								   " WHEN %s < 0 AND %s <> trunc(%s) THEN NULL"
								   " ELSE power(%s, %s) END",
								   x, y, x, y, y, x, y));
}

SfmSql *
sfm_call_pi(SfmCallState *call)
{
	return sfm_call_result(call, pstrdup("pi()"), FLOAT8OID, SFM_CLASS_REAL);
}
