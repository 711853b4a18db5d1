/*-------------------------------------------------------------------------
 *
 * coerce.c
 *	  The same value with another PostgreSQL type.
 *
 * After the migration a column may have a type whose values are not what
 * SQLite stored: 0/1 became boolean, texts became timestamp or uuid.  What is
 * here gives back the value that SQLite has, or the type that an operator or
 * a function of PostgreSQL wants.  sfm_as_column(), the way into a column, is
 * in coerce_column.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include <sqlite3.h>

#include "coerce.h"

/* Date and time types whose values were texts or numbers in SQLite. */
bool
sfm_is_moment_type(Oid type)
{
	return type == TIMESTAMPOID || type == TIMESTAMPTZOID ||
		type == DATEOID || type == TIMEOID;
}

/* Types whose values are texts without any change. */
static bool
is_text_type(Oid type)
{
	return type == TEXTOID || type == VARCHAROID;
}

/* Is this a value of citext, wherever the extension has been created? */
static bool
is_citext(Oid type)
{
	char	   *name;

	if (type < FirstNormalObjectId)
		return false;
	name = get_typ_typrelid(type) == InvalidOid ? format_type_be(type) : NULL;
	if (name == NULL)
		return false;
	if (strrchr(name, '.') != NULL)
		name = strrchr(name, '.') + 1;
	return strcmp(name, "citext") == 0;
}

/* A copy with another text and type; what it was before is forgotten. */
SfmSql *
sfm_retyped(const SfmSql *expression, char *sql, bool atomic, Oid type,
		SfmClass class)
{
	SfmSql	   *result = sfm_plain_copy(expression);

	result->sql = sql;
	result->atomic = atomic;
	result->type = type;
	result->typmod = -1;
	result->class = class;
	result->integral_is_integer = false;
	return result;
}

/* "x::type" */
SfmSql *
sfm_cast_to(const SfmSql *expression, const char *type_name, Oid type,
		SfmClass class)
{
	return sfm_retyped(expression,
				   psprintf("%s::%s", sfm_operand(expression), type_name),
				   true, type, class);
}

/*
 * sfm_expression_form
 *		How the values of a date, time or uuid looked in SQLite.
 */
SfmForm
sfm_expression_form(SfmTranslation *translation, const SfmSql *expression)
{
	if (expression->relation != NULL &&
		(sfm_is_moment_type(expression->type) || expression->type == UUIDOID))
		return sfm_column_form(translation, expression->relation,
							   expression->column);
	return expression->form == SFM_FORM_UNKNOWN ? SFM_FORM_OTHER :
		expression->form;
}

/* ------------------------------------------------------------------------
 * The value that SQLite has
 * ------------------------------------------------------------------------
 */

/*
 * stored_number
 *		The number that a date or time was in SQLite, by the column's epoch.
 */
static SfmSql *
stored_number(SfmTranslation *translation, const void *node,
			  const SfmSql *expression)
{
	const char *seconds = psprintf("extract(epoch FROM %s)", expression->sql);
	char	   *sql;

	switch (expression->epoch)
	{
		case SFM_EPOCH_UNIX:
			sql = pstrdup(seconds);
			break;
		case SFM_EPOCH_UNIX_MS:
			sql = psprintf("(%s * 1000)", seconds);
			break;
		case SFM_EPOCH_UNIX_US:
			sql = psprintf("(%s * 1000000)", seconds);
			break;
		case SFM_EPOCH_UNIX_NS:
			sql = psprintf("(%s * 1000000000)", seconds);
			break;
		case SFM_EPOCH_APPLE:
			sql = psprintf("(%s - 978307200)", seconds);
			break;
		case SFM_EPOCH_CHROME:
			sql = psprintf("((%s + 11644473600) * 1000000)", seconds);
			break;
		case SFM_EPOCH_DOTNET:
			sql = psprintf("((%s + 62135596800) * 10000000)", seconds);
			break;
		default:
			/* Julian days were rounded to microseconds; AUTO is ambiguous */
			sfm_refuse(translation, node,
					   "the number that a value of type %s was in SQLite",
					   format_type_be(expression->type));
			return sfm_null();
	}
	if (expression->class == SFM_CLASS_INTEGER)
		return sfm_retyped(expression, psprintf("%s::bigint", sql), true, INT8OID,
					   SFM_CLASS_INTEGER);
	return sfm_retyped(expression, psprintf("%s::double precision", sql), true,
				   FLOAT8OID, expression->class);
}

/* A rule for rows to come, and no row that shows how their texts look. */
static void
refuse_empty(SfmTranslation *translation, const void *node,
			 const SfmSql *expression)
{
	if (expression->relation != NULL)
		sfm_refuse(translation, node,
				   "the text of \"%s\": the column has no values yet that show how their texts look",
				   expression->relation->columns[expression->column].sqlite_name);
	else
		sfm_refuse(translation, node,
				   "the text of a date or time of which there are no values yet that show how their texts look");
}

/*
 * stored_moment
 *		The text or number that a date or time was in SQLite.
 */
static SfmSql *
stored_moment(SfmTranslation *translation, const void *node,
			  const SfmSql *expression)
{
	SfmForm		form = sfm_expression_form(translation, expression);
	const char *moment = sfm_operand(expression);
	const char *format = NULL;
	const char *strftime = NULL;
	SfmSql	   *result;

	if (expression->class != SFM_CLASS_TEXT)
	{
		if (expression->class != SFM_CLASS_ANY &&
			(form == SFM_FORM_NUMBER || form == SFM_FORM_EMPTY))
			return stored_number(translation, node, expression);
	}
	else if (form == SFM_FORM_EMPTY && translation->lasting)
	{
		refuse_empty(translation, node, expression);
		return sfm_null();
	}
	else if (form == SFM_FORM_EMPTY)
		form = expression->type == DATEOID ? SFM_FORM_DATE :
			expression->type == TIMEOID ? SFM_FORM_TIME : SFM_FORM_BLANK;
	if (expression->class == SFM_CLASS_TEXT)
	{
		if (form == SFM_FORM_DATE && expression->type != TIMEOID)
		{
			format = "YYYY-MM-DD";
			strftime = "%Y-%m-%d";
		}
		else if (form == SFM_FORM_BLANK && expression->type != TIMEOID)
		{
			format = "YYYY-MM-DD HH24:MI:SS";
			strftime = "%Y-%m-%d %H:%M:%S";
		}
		else if (form == SFM_FORM_T && expression->type != TIMEOID)
		{
			format = "YYYY-MM-DD\"T\"HH24:MI:SS";
			strftime = "%Y-%m-%dT%H:%M:%S";
		}
	}
	if (format == NULL)
	{
		if (form == SFM_FORM_TIME && expression->type == TIMEOID &&
			expression->class == SFM_CLASS_TEXT)
			return sfm_cast_to(expression, "text", TEXTOID, SFM_CLASS_TEXT);
		sfm_refuse(translation, node,
				   "the %s that a value of type %s was in SQLite",
				   expression->class == SFM_CLASS_TEXT ? "text" : "value",
				   format_type_be(expression->type));
		return sfm_null();
	}
	if (expression->type == TIMESTAMPTZOID)
		moment = psprintf("%s AT TIME ZONE 'UTC'", moment);
	else if (expression->type == DATEOID)
		/* from a date, to_char() would go through the session's time zone */
		moment = psprintf("%s::timestamp", moment);
	result = sfm_retyped(expression, translation->immutable ?
					 psprintf("%s('%s', %s)",
							  sfm_compat_function(translation, "sqlite_strftime"),
							  strftime, moment) :
					 psprintf("to_char(%s, '%s')", moment, format),
					 true, TEXTOID, SFM_CLASS_TEXT);
	result->moment = expression->sql;
	result->moment_type = expression->type;
	result->form = form;
	return result;
}

/* The text that a truth value was in SQLite: 't', 'f'. */
static SfmSql *
stored_truth(const SfmSql *expression)
{
	SfmSql	   *result;

	result = sfm_retyped(expression,
					 psprintf("CASE WHEN %s THEN %s WHEN NOT %s THEN %s END",
							  expression->sql,
							  quote_literal_cstr(expression->true_text),
							  sfm_operand(expression),
							  quote_literal_cstr(expression->false_text)),
					 true, TEXTOID, SFM_CLASS_TEXT);
	result->has_affinity = expression->has_affinity;
	result->affinity = expression->affinity;
	result->collation = expression->collation;
	result->collation_strength = expression->collation_strength;
	return result;
}

/* Says why the value that SQLite has is not known. */
static void
refuse_stored(SfmTranslation *translation, const void *node,
			  const SfmSql *expression)
{
	const char *type = format_type_be(expression->type);

	if (expression->relation == NULL)
		sfm_refuse(translation, node,
				   "a value of type %s here, whose text or number in SQLite cannot be told from it",
				   type);
	else
		sfm_refuse(translation, node,
				   "\"%s\" is of type %s here: which text or number SQLite has there cannot be told from it",
				   expression->relation->columns[expression->column].sqlite_name,
				   type);
}

/*
 * sfm_as_stored
 *		The value that SQLite has in the expression's place.
 */
SfmSql *
sfm_as_stored(SfmTranslation *translation, const void *node,
			  SfmSql *expression)
{
	Oid			type = expression->type;
	SfmClass	class = expression->class;

	if (class == SFM_CLASS_NULL || type == UNKNOWNOID)
		return expression;
	if (type >= FirstNormalObjectId)
	{
		Oid			base = getBaseType(type);

		if (is_citext(base) || get_typtype(base) == TYPTYPE_ENUM)
		{
			SfmSql	   *result = sfm_cast_to(expression, "text", TEXTOID, class);

			result->collation = expression->collation;
			result->collation_strength = expression->collation_strength;
			return result;
		}
		type = base;
	}

	switch (type)
	{
		case BOOLOID:
			if (class == SFM_CLASS_TEXT && expression->true_text != NULL)
				return stored_truth(expression);
			if (class != SFM_CLASS_INTEGER)
				break;
			if (expression->literal != NULL)
				return sfm_integer_sql(strcmp(expression->literal->text, "1") == 0);
			return sfm_cast_to(expression, "integer", INT4OID, class);
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			if (class == SFM_CLASS_TEXT || class == SFM_CLASS_BLOB ||
				class == SFM_CLASS_ANY)
				break;
			return expression;
		case TEXTOID:
		case VARCHAROID:
			if (class == SFM_CLASS_TEXT || class == SFM_CLASS_ANY)
				return expression;
			break;
		case BPCHAROID:
		case JSONOID:
			if (class == SFM_CLASS_TEXT)
				return sfm_cast_to(expression, "text", TEXTOID, class);
			break;
		case BYTEAOID:
			if (class == SFM_CLASS_BLOB)
				return expression;
			break;
		case UUIDOID:
			if (class == SFM_CLASS_BLOB)
				return sfm_retyped(expression,
							   psprintf("uuid_send(%s)", expression->sql),
							   true, BYTEAOID, class);
			if (class == SFM_CLASS_TEXT && translation->lasting &&
				sfm_expression_form(translation, expression) == SFM_FORM_EMPTY)
			{
				refuse_empty(translation, node, expression);
				return sfm_null();
			}
			if (class == SFM_CLASS_TEXT &&
				(sfm_expression_form(translation, expression) == SFM_FORM_CANONICAL ||
				 sfm_expression_form(translation, expression) == SFM_FORM_EMPTY))
				return sfm_cast_to(expression, "text", TEXTOID, class);
			break;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case DATEOID:
		case TIMEOID:
			return stored_moment(translation, node, expression);
		default:
			break;
	}
	refuse_stored(translation, node, expression);
	return sfm_null();
}

/*
 * sfm_is_digits
 *		Is it a text of which the number is known, too?
 */
bool
sfm_is_digits(const SfmSql *expression)
{
	return expression->class == SFM_CLASS_TEXT && expression->digits != NULL &&
		expression->digits_sql == expression->sql;
}

/*
 * sfm_as_number
 *		An operand of arithmetic.  A text counts for the number it begins
 *		with, or 0.
 */
SfmSql *
sfm_as_number(SfmTranslation *translation, const void *node,
			  SfmSql *expression)
{
	SfmSql	   *result = sfm_as_stored(translation, node, expression);

	switch (result->class)
	{
		case SFM_CLASS_NULL:
		case SFM_CLASS_INTEGER:
		case SFM_CLASS_REAL:
		case SFM_CLASS_NUMBER:
			if (result->type == FLOAT4OID)
				return sfm_cast_to(result, "double precision", FLOAT8OID,
							   result->class);
			if (result->type == INT2OID)
				return sfm_cast_to(result, "bigint", INT8OID, result->class);
			if (result->type == NUMERICOID && result->class == SFM_CLASS_INTEGER)
				return sfm_cast_to(result, "bigint", INT8OID, result->class);
			return result;
		case SFM_CLASS_TEXT:
			if (sfm_is_digits(result))
				return sfm_retyped(result, result->digits, true, INT8OID,
							   SFM_CLASS_INTEGER);
			if (result->literal != NULL && result->literal->kind == SFM_LITERAL_STRING)
			{
				SfmSql	   *number = sfm_number_in_text(result->literal->text, false);

				return number != NULL ? number : sfm_integer_sql(0);
			}
			return sfm_retyped(result,
						   psprintf("%s(%s)",
									sfm_compat_function(translation, "sqlite_numeric"),
									result->sql),
						   true, NUMERICOID, SFM_CLASS_NUMBER);
		case SFM_CLASS_ANY:
			if (result->json != NULL)
				return sfm_retyped(result,
							   psprintf("CASE jsonb_typeof(%s) WHEN 'number' THEN (%s)::numeric"
										" WHEN 'boolean' THEN (%s)::boolean::integer"
										" ELSE %s(%s) END",
										result->json, result->json, result->json,
										sfm_compat_function(translation, "sqlite_numeric"),
										result->sql),
							   true, NUMERICOID, SFM_CLASS_NUMBER);
			/* FALLTHROUGH */
		default:
			sfm_refuse(translation, node, "a number of a value of type %s",
					   format_type_be(expression->type));
			return sfm_null();
	}
}

/* A number's text is what SQLite would print. */
static SfmSql *
number_text(SfmTranslation *translation, const void *node,
			const SfmSql *number)
{
	bool		is_integer;
	int64		integer;
	double		real;
	const char *function = NULL;

	if (sfm_literal_number(number, &is_integer, &integer, &real))
	{
		char		digits[64];

		if (is_integer)
			return sfm_text_sql(psprintf(INT64_FORMAT, integer));
		if (isinf(real))
			return sfm_text_sql(real < 0 ? "-Inf" : "Inf");
		/* SQLite's own form, with a point in it */
		sqlite3_snprintf(sizeof(digits), digits, "%!.15g", real);
		return sfm_text_sql(pstrdup(digits));
	}
	if (number->class == SFM_CLASS_INTEGER)
	{
		if (number->type == NUMERICOID)
			return sfm_retyped(number, psprintf("trim_scale(%s)::text", number->sql),
						   true, TEXTOID, SFM_CLASS_TEXT);
		return sfm_cast_to(number, "text", TEXTOID, SFM_CLASS_TEXT);
	}
	if (number->class == SFM_CLASS_REAL)
		return sfm_retyped(number,
					   psprintf("%s(%s%s)",
								sfm_compat_function(translation, "sqlite_text"),
								number->type == FLOAT8OID ? number->sql :
								sfm_operand(number),
								number->type == FLOAT8OID ? "" : "::double precision"),
					   true, TEXTOID, SFM_CLASS_TEXT);
	if (number->integral_is_integer && number->type == NUMERICOID)
	{
		int			precision = number->typmod < 0 ? -1 :
		((number->typmod - VARHDRSZ) >> 16) & 0xffff;
		int			scale = number->typmod < 0 ? -1 :
		(((number->typmod - VARHDRSZ) & 0x7ff) ^ 1024) - 1024;

		/* few digits: no exponent and no rounding to 15 of them in SQLite */
		if (precision >= 0 && precision <= 15 && scale >= 0 && scale <= 4)
			return sfm_retyped(number, psprintf("trim_scale(%s)::text", number->sql),
						   true, TEXTOID, SFM_CLASS_TEXT);
		function = "";
	}
	else if (number->integral_is_integer && number->type == FLOAT8OID)
		function = "::numeric";
	if (function == NULL)
	{
		sfm_refuse(translation, node,
				   "the text of a number that may be INTEGER or REAL");
		return sfm_null();
	}
	return sfm_retyped(number,
				   psprintf("%s(%s%s)",
							sfm_compat_function(translation, "sqlite_number_text"),
							function[0] == '\0' ? number->sql : sfm_operand(number),
							function),
				   true, TEXTOID, SFM_CLASS_TEXT);
}

/*
 * sfm_as_text
 *		The text that CAST(x AS TEXT) has in SQLite.
 */
SfmSql *
sfm_as_text(SfmTranslation *translation, const void *node,
			SfmSql *expression)
{
	SfmSql	   *stored = sfm_as_stored(translation, node, expression);

	switch (stored->class)
	{
		case SFM_CLASS_NULL:
			return sfm_retyped(stored, pstrdup("NULL::text"), true, TEXTOID,
						   SFM_CLASS_NULL);
		case SFM_CLASS_TEXT:
			return stored;
		case SFM_CLASS_INTEGER:
		case SFM_CLASS_REAL:
		case SFM_CLASS_NUMBER:
			return number_text(translation, node, stored);
		case SFM_CLASS_ANY:
			/* of a function that gives the text of what it found */
			if (is_text_type(stored->type) &&
				(stored->relation == NULL || stored->any_as_text))
				return sfm_retyped(stored, stored->sql, stored->atomic, TEXTOID,
							   SFM_CLASS_TEXT);
			sfm_refuse(translation, node,
					   "the text of a value whose storage class is not known");
			return sfm_null();
		default:
			sfm_refuse(translation, node, "a blob as text");
			return sfm_null();
	}
}

/*
 * sfm_as_moment
 *		A timestamp for date functions.
 */
SfmSql *
sfm_as_moment(SfmTranslation *translation, const void *node,
			  SfmSql *expression)
{
	SfmSql	   *stored;

	if (expression->class == SFM_CLASS_NULL)
		return sfm_retyped(expression, pstrdup("NULL::timestamp"), true,
					   TIMESTAMPOID, SFM_CLASS_NULL);
	if (expression->moment != NULL || sfm_is_moment_type(expression->type))
	{
		SfmSql	   *moment = expression->moment == NULL ? expression :
		sfm_retyped(expression, expression->moment, false,
				expression->moment_type, expression->class);

		switch (moment->type)
		{
			case TIMESTAMPOID:
				return moment;
			case TIMESTAMPTZOID:
				return sfm_retyped(moment, psprintf("%s AT TIME ZONE 'UTC'",
												sfm_operand(moment)),
							   false, TIMESTAMPOID, moment->class);
			case DATEOID:
				return sfm_cast_to(moment, "timestamp", TIMESTAMPOID, moment->class);
			default:
				/* SQLite's date functions give a time without date this day */
				return sfm_retyped(moment, psprintf("date '2000-01-01' + %s",
												sfm_operand(moment)),
							   false, TIMESTAMPOID, moment->class);
		}
	}
	stored = sfm_as_stored(translation, node, expression);
	switch (stored->class)
	{
		case SFM_CLASS_TEXT:
			return sfm_retyped(stored,
						   psprintf("%s(%s)",
									sfm_compat_function(translation, "sqlite_timestamp"),
									stored->sql),
						   true, TIMESTAMPOID, SFM_CLASS_TEXT);
		case SFM_CLASS_INTEGER:
		case SFM_CLASS_REAL:
		case SFM_CLASS_NUMBER:
			/* a Julian day number */
			return sfm_retyped(stored,
						   psprintf("%s(%s(%s::double precision))",
									sfm_compat_function(translation, "sqlite_timestamp"),
									sfm_compat_function(translation, "sqlite_datetime"),
									sfm_operand(stored)),
						   true, TIMESTAMPOID, SFM_CLASS_TEXT);
		default:
			sfm_refuse(translation, node, "a moment of a value of type %s",
					   format_type_be(expression->type));
			return sfm_null();
	}
}

/*
 * sfm_as_condition
 *		What WHERE, CHECK, AND and NOT take: a boolean.
 */
SfmSql *
sfm_as_condition(SfmTranslation *translation, const void *node,
				 SfmSql *expression)
{
	SfmSql	   *number = expression;
	bool		is_integer;
	int64		integer;
	double		real;

	if (expression->class == SFM_CLASS_NULL)
		return sfm_retyped(expression, pstrdup("NULL::boolean"), true, BOOLOID,
					   SFM_CLASS_NULL);
	if (expression->type == BOOLOID && expression->class == SFM_CLASS_INTEGER)
		return expression;
	if (expression->class == SFM_CLASS_ANY && expression->json != NULL)
		return sfm_json_condition(translation, node, expression);
	if (expression->class == SFM_CLASS_TEXT && !sfm_is_digits(expression) &&
		(expression->literal == NULL ||
		 expression->literal->kind != SFM_LITERAL_STRING))
	{
		/* the number it begins with */
		number = sfm_as_stored(translation, node, expression);
		return sfm_bind(sfm_retyped(number,
								psprintf("%s(%s) <> 0",
										 sfm_compat_function(translation, "sqlite_real"),
										 number->sql),
								false, BOOLOID, SFM_CLASS_INTEGER),
						SFM_BINDS_COMPARISON);
	}
	number = sfm_as_number(translation, node, number);
	if (number->class == SFM_CLASS_NULL)
		return number;
	if (sfm_literal_number(number, &is_integer, &integer, &real))
		return sfm_truth_sql(is_integer ? integer != 0 : real != 0);
	return sfm_bind(sfm_retyped(number,
							psprintf("%s <> 0",
									 sfm_operand_of(number, SFM_BINDS_OPERATOR)),
							false, BOOLOID, SFM_CLASS_INTEGER),
					SFM_BINDS_COMPARISON);
}

/* ------------------------------------------------------------------------
 * Results
 * ------------------------------------------------------------------------
 */

/*
 * sfm_as_result
 *		What a query or function shows to others.
 */
SfmSql *
sfm_as_result(SfmTranslation *translation, const void *node,
			  SfmSql *expression)
{
	SfmSql	   *result = expression;

	if (expression->relation != NULL)
		return expression;
	switch (expression->type)
	{
		case BOOLOID:
			if (expression->class != SFM_CLASS_INTEGER &&
				expression->class != SFM_CLASS_NULL)
				return expression;
			if (expression->literal != NULL)
				result = sfm_as_stored(translation, node, expression);
			else
				return sfm_cast_to(expression, "integer::bigint", INT8OID,
							   expression->class);
			return sfm_cast_to(result, "bigint", INT8OID, result->class);
		case INT4OID:
		case INT2OID:
			result = sfm_cast_to(expression, "bigint", INT8OID, expression->class);
			break;
		case NUMERICOID:
			if (expression->literal != NULL)
				result = sfm_cast_to(expression, "double precision", FLOAT8OID,
								 expression->class);
			break;
		case TEXTOID:
			if (expression->literal != NULL &&
				expression->literal->kind == SFM_LITERAL_STRING)
				result = sfm_cast_to(expression, "text", TEXTOID, expression->class);
			break;
		default:
			break;
	}
	if (result != expression)
	{
		result->has_affinity = expression->has_affinity;
		result->affinity = expression->affinity;
		result->collation = expression->collation;
		result->collation_strength = expression->collation_strength;
		result->integral_is_integer = expression->integral_is_integer;
	}
	return result;
}

/*
 * moment_sorts
 *		Does a date or time sort as the text or number did in SQLite?
 */
static bool
moment_sorts(SfmTranslation *translation, const SfmSql *expression)
{
	switch (sfm_expression_form(translation, expression))
	{
		case SFM_FORM_EMPTY:
		case SFM_FORM_DATE:
		case SFM_FORM_TIME:
		case SFM_FORM_BLANK:
		case SFM_FORM_BLANK_FRACTION:
		case SFM_FORM_T:
		case SFM_FORM_T_FRACTION:
			return expression->class == SFM_CLASS_TEXT ||
				expression->class == SFM_CLASS_NULL;
		case SFM_FORM_NUMBER:
			return expression->epoch != SFM_EPOCH_AUTO;
		default:
			return false;
	}
}

/*
 * sfm_as_sort_key
 *		What PostgreSQL sorts as SQLite sorts the expression; NULLs apart.
 */
char *
sfm_as_sort_key(SfmTranslation *translation, const void *node,
				SfmSql *expression)
{
	SfmSql	   *stored;
	Oid			type = expression->type;

	if (expression->class == SFM_CLASS_NULL ||
		(type == BOOLOID && expression->class == SFM_CLASS_INTEGER) ||
		(type == BOOLOID && expression->true_text != NULL &&
		 strcmp(expression->true_text, expression->false_text) > 0) ||
		(sfm_is_moment_type(type) && moment_sorts(translation, expression)) ||
		(type == UUIDOID && (expression->class == SFM_CLASS_BLOB ||
							 sfm_expression_form(translation, expression) == SFM_FORM_CANONICAL)))
		return expression->sql;
	/* a moment without fraction sorts as its text */
	if (expression->class == SFM_CLASS_TEXT && expression->moment != NULL &&
		(expression->form == SFM_FORM_DATE || expression->form == SFM_FORM_TIME ||
		 expression->form == SFM_FORM_BLANK || expression->form == SFM_FORM_T))
		return expression->moment;

	stored = sfm_as_stored(translation, node, expression);
	switch (stored->class)
	{
		case SFM_CLASS_TEXT:
			switch (expression->collation)
			{
				case SFM_COLLATION_BINARY:
					return psprintf("%s COLLATE \"C\"", sfm_operand(stored));
				case SFM_COLLATION_NOCASE:
					return psprintf("lower(%s COLLATE \"C\")", sfm_operand(stored));
				case SFM_COLLATION_RTRIM:
					return psprintf("rtrim(%s, ' ') COLLATE \"C\"", stored->sql);
				default:
					sfm_refuse(translation, node,
							   "a collation that SQLite does not know");
					return stored->sql;
			}
		case SFM_CLASS_ANY:
			if (expression->json != NULL && expression->collation_strength == 0)
				return sfm_json_sort_key(expression);
			sfm_refuse(translation, node,
					   "the order of values whose storage class is not known");
			return stored->sql;
		default:
			return stored->sql;
	}
}
