/*-------------------------------------------------------------------------
 *
 * emulate_function.c
 *	  The compatibility functions for values, text and JSON.
 *
 * Each passes its arguments on to SQLite; README.md, "Compatibility
 * functions", says what is computed.  The functions for dates and times, which
 * look at their arguments first, are in emulate_date.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "translate/emulate.h"

/*
 * The entry point of a function: its name in SQL, SQLite's name, the
 * expression (NULL: a call), whether any result becomes text, the SQLSTATE of
 * SQLite's own errors, and the type of the result.  What ends it takes the
 * semicolon, as in PG_FUNCTION_INFO_V1.
 */
#define EMULATED(name, sqlite_name, expression, as_text, sqlstate, type) \
PG_FUNCTION_INFO_V1(name); \
PGDLLEXPORT Datum name(PG_FUNCTION_ARGS); \
Datum \
name(PG_FUNCTION_ARGS) \
{ \
	static const SfmEmulated function = { \
		sqlite_name, expression, as_text, sqlstate \
	}; \
\
	return sfm_emulated_call(fcinfo, &function, type); \
} \
extern int	no_such_variable

/* values */
EMULATED(sqlite_text, "CAST AS TEXT", "CAST(?1 AS TEXT)", false,
		 ERRCODE_DATA_EXCEPTION, TEXTOID);
EMULATED(sqlite_real, "CAST AS REAL", "CAST(?1 AS REAL)", false,
		 ERRCODE_DATA_EXCEPTION, FLOAT8OID);
EMULATED(sqlite_integer, "CAST AS INTEGER", "CAST(?1 AS INTEGER)", false,
		 ERRCODE_DATA_EXCEPTION, INT8OID);
EMULATED(sqlite_numeric, "CAST AS NUMERIC", "CAST(?1 AS NUMERIC)", false,
		 ERRCODE_DATA_EXCEPTION, NUMERICOID);
EMULATED(sqlite_number, "CAST AS NUMERIC",
		 "CASE WHEN CAST(?1 AS NUMERIC) = ?1 THEN CAST(?1 AS NUMERIC) END", false,
		 ERRCODE_DATA_EXCEPTION, NUMERICOID);
EMULATED(sqlite_divide, "/", "?1 / ?2", false,
		 ERRCODE_DATA_EXCEPTION, NUMERICOID);
EMULATED(sqlite_round, "round", NULL, false,
		 ERRCODE_DATA_EXCEPTION, FLOAT8OID);
EMULATED(sqlite_quote, "quote", NULL, false,
		 ERRCODE_DATA_EXCEPTION, TEXTOID);
EMULATED(sqlite_random, "random", NULL, false,
		 ERRCODE_DATA_EXCEPTION, INT8OID);

/* text and bytes */
EMULATED(sqlite_substr, "substr", NULL, false,
		 ERRCODE_DATA_EXCEPTION, TEXTOID);
EMULATED(sqlite_substr_bytes, "substr", NULL, false,
		 ERRCODE_DATA_EXCEPTION, BYTEAOID);
EMULATED(sqlite_glob, "glob", NULL, false,
		 ERRCODE_PROGRAM_LIMIT_EXCEEDED, BOOLOID);
EMULATED(sqlite_like, "like", NULL, false,
		 ERRCODE_INVALID_ESCAPE_SEQUENCE, BOOLOID);
EMULATED(sqlite_unicode, "unicode", NULL, false,
		 ERRCODE_DATA_EXCEPTION, INT8OID);
EMULATED(sqlite_char, "char", NULL, false,
		 ERRCODE_DATA_EXCEPTION, TEXTOID);
EMULATED(sqlite_hex, "hex", NULL, false,
		 ERRCODE_DATA_EXCEPTION, TEXTOID);
EMULATED(sqlite_randomblob, "randomblob", NULL, false,
		 ERRCODE_DATA_EXCEPTION, BYTEAOID);
EMULATED(sqlite_zeroblob, "zeroblob", NULL, false,
		 ERRCODE_DATA_EXCEPTION, BYTEAOID);

/* JSON */
EMULATED(sqlite_json_extract, "json_extract", NULL, true,
		 ERRCODE_INVALID_JSON_TEXT, TEXTOID);
EMULATED(sqlite_json_type, "json_type", NULL, false,
		 ERRCODE_INVALID_JSON_TEXT, TEXTOID);
EMULATED(sqlite_json_valid, "json_valid", NULL, false,
		 ERRCODE_INVALID_JSON_TEXT, BOOLOID);
EMULATED(sqlite_json_array_length, "json_array_length", NULL, false,
		 ERRCODE_INVALID_JSON_TEXT, INT8OID);

PG_FUNCTION_INFO_V1(sqlite_printf);
PGDLLEXPORT Datum sqlite_printf(PG_FUNCTION_ARGS);

/*
 * sqlite_printf(format text, VARIADIC "any")
 *		printf(format, ...), for which the type of each argument counts.
 */
Datum
sqlite_printf(PG_FUNCTION_ARGS)
{
	static const SfmEmulated function = {
		"printf", NULL, false, ERRCODE_INVALID_PARAMETER_VALUE
	};
	SfmArguments arguments;
	SfmValue	result;

	/* an array is several arguments after the word VARIADIC only */
	sfm_emulated_arguments(fcinfo, get_fn_expr_variadic(fcinfo->flinfo),
						   &arguments);
	sfm_emulate(&function, &arguments, &result);
	return sfm_emulated_result(fcinfo, &function, &result, TEXTOID);
}
