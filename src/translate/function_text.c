/*-------------------------------------------------------------------------
 *
 * function_text.c
 *	  Calls of SQLite's functions that take or make texts.
 *
 * They take whatever it is as text, as SQLite does; sfm_as_text() refuses
 * BLOBs.  SQLite folds ASCII letters only, and counts characters; positions
 * and lengths of PostgreSQL's functions are 32 bits wide.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"

#include "call.h"

/* A number of any class? */
static bool
is_number(const SfmSql *expression)
{
	return expression->class == SFM_CLASS_INTEGER ||
		expression->class == SFM_CLASS_REAL ||
		expression->class == SFM_CLASS_NUMBER;
}

/* lower() and upper() know ASCII letters only, as the collation "C" does */
SfmSql *
sfm_call_case_folded(SfmCallState *call)
{
	SfmSql	   *text = sfm_as_text(call->translation, call->node,
								   call->arguments[0]);

	return sfm_call_result(call,
						   psprintf("%s(%s COLLATE \"C\")", call->function->detail,
									sfm_operand(text)),
						   TEXTOID, SFM_CLASS_TEXT);
}

/* length(): characters of a text or of a number's text, bytes of a BLOB */
SfmSql *
sfm_call_length(SfmCallState *call)
{
	SfmSql	   *value = call->arguments[0];

	if (value->class == SFM_CLASS_BLOB)
	{
		value = sfm_as_stored(call->translation, call->node, value);
		return sfm_call_result(call, psprintf("octet_length(%s)", value->sql),
							   INT4OID, SFM_CLASS_INTEGER);
	}
	if (call->function->detail != NULL && call->translation->immutable)
		return sfm_call_refused(call, "the number of bytes of a text");
	return sfm_call_result(call,
						   call->function->detail != NULL ?
						   psprintf("octet_length(convert_to(%s, 'UTF8'))",
									sfm_call_text(call, 0)) :
						   psprintf("char_length(%s)", sfm_call_text(call, 0)),
						   INT4OID, SFM_CLASS_INTEGER);
}

SfmSql *
sfm_call_hex(SfmCallState *call)
{
	SfmSql	   *value = call->arguments[0];
	char	   *sql;

	if (value->class == SFM_CLASS_NULL)
		return sfm_text_sql("");
	if (value->class == SFM_CLASS_BLOB)
	{
		value = sfm_as_stored(call->translation, call->node, value);
		sql = psprintf("upper(encode(%s, 'hex'))", value->sql);
		/* hex(NULL) is an empty text */
		if (!value->not_null)
			sql = psprintf("COALESCE(%s, '')", sql);
	}
	else
		sql = psprintf("%s(%s)", sfm_call_compat(call, "sqlite_hex"),
					   sfm_cast_sql(sfm_as_text(call->translation, call->node,
												value), TEXTOID));
	value = sfm_call_result(call, sql, TEXTOID, SFM_CLASS_TEXT);
	value->not_null = true;
	return value;
}

SfmSql *
sfm_call_quote(SfmCallState *call)
{
	SfmSql	   *value = sfm_as_stored(call->translation, call->node,
									  call->arguments[0]);
	char	   *sql;

	switch (value->class)
	{
		case SFM_CLASS_NULL:
			return sfm_text_sql("NULL");
		case SFM_CLASS_INTEGER:
			sql = sfm_cast_sql(value, INT8OID);
			break;
		case SFM_CLASS_REAL:
			sql = sfm_cast_sql(value, FLOAT8OID);
			break;
		case SFM_CLASS_TEXT:
			sql = sfm_cast_sql(value, TEXTOID);
			break;
		case SFM_CLASS_BLOB:
			sql = value->sql;
			break;
		case SFM_CLASS_NUMBER:
			if (value->integral_is_integer && value->type == NUMERICOID)
			{
				sql = value->sql;
				break;
			}
			/* FALLTHROUGH */
		default:
			return sfm_call_refused(call, "a value whose storage class is not known");
	}
	value = sfm_call_result(call,
							psprintf("%s(%s)", sfm_call_compat(call, "sqlite_quote"),
									 sql),
							TEXTOID, SFM_CLASS_TEXT);
	value->not_null = true;
	return value;
}

SfmSql *
sfm_call_unicode(SfmCallState *call)
{
	SfmSql	   *result = sfm_make_sql(psprintf("%s(%s)",
											   sfm_call_compat(call, "sqlite_unicode"),
											   sfm_call_text(call, 0)),
									  true, INT8OID, SFM_CLASS_INTEGER);

	return result;
}

/* ------------------------------------------------------------------------
 * Functions of texts
 * ------------------------------------------------------------------------
 */

/* trim(x), trim(x, characters) */
SfmSql *
sfm_call_trim(SfmCallState *call)
{
	return sfm_call_result(call,
						   psprintf("%s(%s, %s)", call->function->detail,
									sfm_call_text(call, 0),
									call->n == 1 ? "' '" : sfm_call_text(call, 1)),
						   TEXTOID, SFM_CLASS_TEXT);
}

/* replace(x, from, to); an empty "from" gives x whatever "to" is */
SfmSql *
sfm_call_replace(SfmCallState *call)
{
	const char *from = sfm_constant_text(call->arguments[1]);
	char	   *sql;

	if (call->arguments[0]->class == SFM_CLASS_NULL ||
		call->arguments[1]->class == SFM_CLASS_NULL)
		return sfm_null();
	/* then the value stays what it is, also a number */
	if ((from != NULL && from[0] == '\0') ||
		(from == NULL && call->arguments[0]->class != SFM_CLASS_TEXT))
		return sfm_call_refused(call, "an empty text to look for");
	sql = psprintf("replace(%s, %s, %s)", sfm_call_text(call, 0),
				   sfm_call_text(call, 1), sfm_call_text(call, 2));
	if (!call->arguments[2]->not_null && from == NULL)
		sql = psprintf("CASE WHEN %s = '' THEN %s ELSE %s END",
					   sfm_operand(sfm_as_text(call->translation, call->node,
											   call->arguments[1])),
					   sfm_call_text(call, 0), sql);
	return sfm_call_result(call, sql, TEXTOID, SFM_CLASS_TEXT);
}

/*
 * substr(x, start[, length]): PostgreSQL's own where it surely counts alike,
 * that is, from the first character forward.  Nothing of a BLOB may be NULL in
 * SQLite.
 */
SfmSql *
sfm_call_substr(SfmCallState *call)
{
	bool		is_blob = call->arguments[0]->class == SFM_CLASS_BLOB;
	SfmSql	   *value = is_blob ?
		sfm_as_stored(call->translation, call->node, call->arguments[0]) :
		sfm_as_text(call->translation, call->node, call->arguments[0]);
	Oid			type = is_blob ? BYTEAOID : TEXTOID;
	SfmClass	class = is_blob ? SFM_CLASS_BLOB : SFM_CLASS_TEXT;
	int64		start;
	int64		length = 0;
	bool		start_known = sfm_constant_integer(call->arguments[1], &start);
	bool		length_known = call->n == 2 ||
		sfm_constant_integer(call->arguments[2], &length);
	char	   *sql;

	if (start_known && length_known && !is_blob && start >= 1 &&
		start <= PG_INT32_MAX && length >= 0 && length <= PG_INT32_MAX)
		sql = call->n == 2 ?
			psprintf("substr(%s, " INT64_FORMAT ")", value->sql, start) :
			psprintf("substr(%s, " INT64_FORMAT ", " INT64_FORMAT ")",
					 value->sql, start, length);
	else if (start_known && call->n == 2 && start < 0 &&
			 start >= -PG_INT32_MAX && !is_blob)
		sql = psprintf("right(%s, " INT64_FORMAT ")", value->sql, -start);
	else
		sql = psprintf("%s(%s, %s%s%s)", sfm_call_compat(call, "sqlite_substr"),
					   is_blob ? value->sql : sfm_cast_sql(value, TEXTOID),
					   sfm_call_bigint(call, 1),
					   call->n == 2 ? "" : ", ",
					   call->n == 2 ? "" : sfm_call_bigint(call, 2));
	return sfm_call_result(call, sql, type, class);
}

SfmSql *
sfm_call_instr(SfmCallState *call)
{
	if (call->arguments[0]->class == SFM_CLASS_BLOB &&
		call->arguments[1]->class == SFM_CLASS_BLOB)
	{
		SfmSql	   *whole = sfm_as_stored(call->translation, call->node,
										  call->arguments[0]);
		SfmSql	   *part = sfm_as_stored(call->translation, call->node,
										 call->arguments[1]);

		return sfm_call_result(call,
							   psprintf("position(%s IN %s)", sfm_operand(part),
										sfm_operand(whole)),
							   INT4OID, SFM_CLASS_INTEGER);
	}
	return sfm_call_result(call,
						   psprintf("strpos(%s, %s)", sfm_call_text(call, 0),
									sfm_call_text(call, 1)),
						   INT4OID, SFM_CLASS_INTEGER);
}

/* like(pattern, x[, escape]) and glob(pattern, x) are the operators */
SfmSql *
sfm_call_like(SfmCallState *call)
{
	SfmLike		like = {.node = call->node->node};

	like.node.kind = SFM_NODE_LIKE;
	like.operator = strcmp(call->function->detail, "glob") == 0 ?
		SFM_OP_GLOB : SFM_OP_LIKE;
	like.pattern = linitial(call->node->arguments);
	like.operand = lsecond(call->node->arguments);
	like.escape = call->n == 3 ? lthird(call->node->arguments) : NULL;
	return sfm_translate_like(call->translation, call->scope, &like);
}

/* concat(x, ...) and concat_ws(separator, x, ...) leave out NULLs */
SfmSql *
sfm_call_concat(SfmCallState *call)
{
	StringInfoData sql;
	bool		separator = call->function->detail != NULL;
	SfmSql	   *result;

	/* PostgreSQL's concat() is not immutable; || and COALESCE are */
	if (separator && call->translation->immutable)
		return sfm_call_refused(call, "it is not immutable");
	initStringInfo(&sql);
	appendStringInfoString(&sql, separator ? "concat_ws(" : "(");
	for (int i = 0; i < call->n; i++)
	{
		if (separator || call->arguments[i]->not_null)
			appendStringInfo(&sql, "%s%s", i == 0 ? "" : separator ? ", " : " || ",
							 separator ? sfm_call_text(call, i) :
							 sfm_operand(sfm_as_text(call->translation, call->node,
													 call->arguments[i])));
		else
			appendStringInfo(&sql, "%sCOALESCE(%s, '')", i == 0 ? "" : " || ",
							 sfm_call_text(call, i));
	}
	appendStringInfoChar(&sql, ')');
	result = sfm_make_sql(sql.data, true, TEXTOID, SFM_CLASS_TEXT);
	result->not_null = separator ? call->arguments[0]->not_null : true;
	return result;
}

/* char(code, ...) */
SfmSql *
sfm_call_char(SfmCallState *call)
{
	StringInfoData sql;
	int64		code;
	SfmSql	   *result;

	if (call->n == 0)
		return sfm_text_sql("");
	/* any code below 128 is in every encoding */
	if (call->n == 1 && sfm_constant_integer(call->arguments[0], &code) &&
		code > 0 && code < 128)
		result = sfm_make_sql(psprintf("chr(%d)", (int) code), true, TEXTOID,
							  SFM_CLASS_TEXT);
	else
	{
		initStringInfo(&sql);
		for (int i = 0; i < call->n; i++)
			appendStringInfo(&sql, "%s%s", i == 0 ? "" : ", ",
							 sfm_call_bigint(call, i));
		result = sfm_make_sql(psprintf("%s(%s)", sfm_call_compat(call, "sqlite_char"),
									   sql.data),
							  true, TEXTOID, SFM_CLASS_TEXT);
	}
	result->not_null = true;
	return result;
}

/* printf(format, ...): the class of each argument counts */
SfmSql *
sfm_call_printf(SfmCallState *call)
{
	StringInfoData sql;
	SfmSql	   *result;

	if (call->arguments[0]->class == SFM_CLASS_NULL)
		return sfm_null();
	initStringInfo(&sql);
	appendStringInfo(&sql, "%s(%s", sfm_call_compat(call, "sqlite_printf"),
					 sfm_cast_sql(sfm_as_text(call->translation, call->node,
											  call->arguments[0]), TEXTOID));
	for (int i = 1; i < call->n; i++)
	{
		SfmSql	   *value = sfm_as_stored(call->translation, call->node,
										  call->arguments[i]);

		if (value->class == SFM_CLASS_ANY)
			value = sfm_as_text(call->translation, call->node, value);
		appendStringInfo(&sql, ", %s",
						 value->class == SFM_CLASS_NULL ? "NULL::text" :
						 value->class == SFM_CLASS_TEXT ? sfm_cast_sql(value, TEXTOID) :
						 value->class == SFM_CLASS_INTEGER ? sfm_cast_sql(value, INT8OID) :
						 value->class == SFM_CLASS_REAL ? sfm_cast_sql(value, FLOAT8OID) :
						 is_number(value) && !value->integral_is_integer ?
						 sfm_cast_sql(value, FLOAT8OID) : value->sql);
		if (value->class == SFM_CLASS_NUMBER && !value->integral_is_integer)
			return sfm_call_refused(call, "a number that may be INTEGER or REAL");
	}
	appendStringInfoChar(&sql, ')');
	result = sfm_make_sql(sql.data, true, TEXTOID, SFM_CLASS_TEXT);
	result->not_null = call->arguments[0]->not_null;
	return result;
}
