/*-------------------------------------------------------------------------
 *
 * coerce_column.c
 *	  The way into a column: what arrives where SQLite stores a value.
 *
 * A literal goes the way of a value that is loaded: the column's affinity is
 * applied, and the converter that loads the column makes it one of the
 * column's type.  An expression gets a cast that raises an error where the
 * column's type cannot hold what SQLite would have stored; never one that
 * rounds or cuts in silence.
 *
 * Values of dates and times are printed by their types' output functions: the
 * caller has set DateStyle to ISO.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "sqlite/sqlite.h"

#include "translate.h"

/* the moment of CURRENT_TIMESTAMP, see literal.c */
static const char current_second[] =
"date_trunc('second', CURRENT_TIMESTAMP AT TIME ZONE 'UTC')";

static SfmSql *
made(const SfmSql *expression, char *sql, bool atomic,
	 const SfmRelationColumn *column)
{
	SfmSql	   *result = sfm_plain_copy(expression);

	result->sql = sql;
	result->atomic = atomic;
	result->type = column->type;
	result->typmod = column->typmod;
	result->class = column->class;
	return result;
}

static SfmSql *
cannot(SfmTranslation *translation, const void *node, const SfmSql *expression,
	   const SfmRelationColumn *column)
{
	sfm_refuse(translation, node, "a value of type %s in a column of type %s",
			   format_type_be(expression->type),
			   format_type_with_typemod(column->type, column->typmod));
	return sfm_null();
}

/* ------------------------------------------------------------------------
 * Literals
 * ------------------------------------------------------------------------
 */

/* A literal after the column's affinity. */
static SfmSql *
literal_with_affinity(SfmTranslation *translation, const void *node,
					  SfmSql *literal, SfmAffinity affinity)
{
	bool		is_integer;
	int64		integer;
	double		real;
	SfmSql	   *number;

	if (literal->type == BOOLOID)
		literal = sfm_as_stored(translation, node, literal);
	switch (affinity)
	{
		case SFM_AFFINITY_BLOB:
			return literal;
		case SFM_AFFINITY_TEXT:
			return literal->class == SFM_CLASS_BLOB ? literal :
				sfm_as_text(translation, node, literal);
		default:
			break;
	}
	if (literal->literal->kind == SFM_LITERAL_STRING)
	{
		number = sfm_number_in_text(literal->literal->text, true);
		if (number != NULL)
			literal = number;
	}
	if (!sfm_literal_number(literal, &is_integer, &integer, &real))
		return literal;
	if (affinity == SFM_AFFINITY_REAL)
		return is_integer ? sfm_real_sql((double) integer) : literal;
	if (!is_integer && real > -9.2e18 && real < 9.2e18 &&
		real == (double) (int64) real)
		return sfm_integer_sql((int64) real);
	return literal;
}

/* A literal as a value of SQLite. */
static void
literal_value(const SfmSql *literal, SfmValue *value)
{
	bool		is_integer;
	int64		integer;
	double		real;
	char	   *bytes;

	memset(value, 0, sizeof(*value));
	if (sfm_literal_number(literal, &is_integer, &integer, &real))
	{
		value->storage_class = is_integer ? SFM_INTEGER : SFM_REAL;
		if (is_integer)
			value->integer = integer;
		else
			value->real = real;
		return;
	}
	if (literal->literal->kind == SFM_LITERAL_STRING)
	{
		bytes = sfm_to_utf8(literal->literal->text);
		value->storage_class = SFM_TEXT;
		value->length = strlen(bytes);
	}
	else
	{
		size_t		length = strlen(literal->literal->text);

		bytes = palloc(length / 2 + 1);
		value->length = hex_decode(literal->literal->text, length, bytes);
		bytes[value->length] = '\0';
		value->storage_class = SFM_BLOB;
	}
	value->bytes = bytes;
}

/* A type in a cast, as people write it. */
static char *
type_name(Oid type, int32 typmod)
{
	if (typmod < 0 && type == TIMESTAMPOID)
		return pstrdup("timestamp");
	if (typmod < 0 && type == TIMESTAMPTZOID)
		return pstrdup("timestamptz");
	if (typmod < 0 && type == TIMEOID)
		return pstrdup("time");
	if (type < FirstNormalObjectId)
		return format_type_with_typemod(type, typmod);
	return format_type_extended(type, typmod, FORMAT_TYPE_TYPEMOD_GIVEN |
								FORMAT_TYPE_FORCE_QUALIFY);
}

/* Is the text a number that needs no quotes? */
static bool
is_bare_number(Oid type, const char *text)
{
	const char *digits = text[0] == '-' ? text + 1 : text;

	if (type != INT2OID && type != INT4OID && type != INT8OID &&
		type != NUMERICOID && type != FLOAT8OID && type != FLOAT4OID)
		return false;
	return digits[0] >= '0' && digits[0] <= '9' &&
		digits[strspn(digits, "0123456789.e+-")] == '\0';
}

/*
 * literal_as_column
 *		A literal of SQLite as a literal of the column's type.
 */
static SfmSql *
literal_as_column(SfmTranslation *translation, const void *node,
				  SfmSql *literal, const SfmRelationColumn *column)
{
	SfmConverter converter;
	SfmValue	value;
	Datum		datum;
	Oid			output;
	bool		is_varlena;
	Oid			base = getBaseType(column->type);
	char	   *text;
	char	   *sql;
	SfmSql	   *result;

	literal = literal_with_affinity(translation, node, literal, column->affinity);
	if (translation->problem != NULL)
		return sfm_null();
	literal_value(literal, &value);
	memset(&converter, 0, sizeof(converter));
	sfm_converter_init(&converter, column->type, column->typmod, column->epoch);
	if (!sfm_convert(&converter, &value, &datum))
	{
		sfm_refuse(translation, node, "%s is no value of type %s", literal->sql,
				   format_type_with_typemod(column->type, column->typmod));
		return sfm_null();
	}
	getTypeOutputInfo(column->type, &output, &is_varlena);
	text = OidOutputFunctionCall(output, datum);

	if (base == BOOLOID)
		sql = pstrdup(text[0] == 't' ? "true" : "false");
	else if (is_bare_number(base, text))
		sql = text;
	else if (base == TEXTOID || base == VARCHAROID || base == BPCHAROID)
		sql = quote_literal_cstr(text);
	else
		sql = psprintf("%s::%s",
		/* no E'' for the backslash of a bytea */
					   base == BYTEAOID && strncmp(text, "\\x", 2) == 0 ?
					   psprintf("'%s'", text) : quote_literal_cstr(text),
					   type_name(column->type, column->typmod));
	result = made(literal, sql, sql[0] != '-', column);
	result->not_null = true;
	return result;
}

/* ------------------------------------------------------------------------
 * Expressions
 * ------------------------------------------------------------------------
 */

static bool
is_moment_type(Oid type)
{
	return type == TIMESTAMPOID || type == TIMESTAMPTZOID ||
		type == DATEOID || type == TIMEOID;
}

/* A number that means a moment by the column's epoch. */
static SfmSql *
number_as_moment(SfmTranslation *translation, const void *node,
				 const SfmSql *number, const SfmRelationColumn *column)
{
	const char *seconds = NULL;
	const char *moment;

	switch (column->epoch)
	{
		case SFM_EPOCH_UNIX:
			seconds = number->sql;
			break;
		case SFM_EPOCH_UNIX_MS:
			seconds = psprintf("%s / 1000.0", sfm_operand(number));
			break;
		case SFM_EPOCH_UNIX_US:
			seconds = psprintf("%s / 1000000.0", sfm_operand(number));
			break;
		default:
			break;
	}
	if (seconds == NULL || column->type == TIMEOID || column->type == DATEOID)
		return cannot(translation, node, number, column);
	moment = psprintf("to_timestamp(%s)", seconds);
	if (column->type == TIMESTAMPTZOID)
		return made(number, pstrdup(moment), true, column);
	return made(number, psprintf("%s AT TIME ZONE 'UTC'", moment), false, column);
}

/* A moment of a type in a column of another or the same date/time type. */
static SfmSql *
moment_as_column(SfmTranslation *translation, const void *node,
				 const SfmSql *expression, const char *moment, Oid type,
				 const SfmRelationColumn *column)
{
	const char *operand = moment == expression->sql ?
	sfm_operand(expression) : psprintf("(%s)", moment);

	if (type == column->type)
		return made(expression, pstrdup(moment), expression->atomic &&
					moment == expression->sql, column);
	if (type == DATEOID && column->type == TIMESTAMPOID)
		return made(expression, psprintf("%s::timestamp", operand), true, column);
	if (type == DATEOID && column->type == TIMESTAMPTZOID)
		return made(expression,
					psprintf("%s::timestamp AT TIME ZONE 'UTC'", operand),
					false, column);
	if (type == TIMESTAMPOID && column->type == TIMESTAMPTZOID &&
		strcmp(moment, current_second) == 0)
		return made(expression, pstrdup("date_trunc('second', CURRENT_TIMESTAMP)"),
					true, column);
	if ((type == TIMESTAMPOID && column->type == TIMESTAMPTZOID) ||
		(type == TIMESTAMPTZOID && column->type == TIMESTAMPOID))
		return made(expression, psprintf("%s AT TIME ZONE 'UTC'", operand), false,
					column);
	return cannot(translation, node, expression, column);
}

/* A number, not a literal, in a column of a numeric type or of bool. */
static SfmSql *
number_as_column(SfmTranslation *translation, const void *node,
				 SfmSql *number, const SfmRelationColumn *column)
{
	const char *operand;

	if (column->type == BOOLOID)
		/* anything but 0 and 1 is an error */
		return made(number, psprintf("%s::text::boolean", sfm_operand(number)),
					true, column);
	if (number->type == column->type)
		return made(number, number->sql, number->atomic, column);
	operand = sfm_operand(number);
	switch (column->type)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			if (number->type == NUMERICOID)
				return made(number,
							psprintf("trim_scale(%s)::text::%s", number->sql,
									 format_type_be(column->type)), true, column);
			if (number->type == FLOAT8OID)
				return made(number,
							psprintf("%s::text::%s", operand,
									 format_type_be(column->type)), true, column);
			return made(number, psprintf("%s::%s", operand,
										 format_type_be(column->type)), true, column);
		case NUMERICOID:
			if (number->type == FLOAT8OID)
				return made(number, psprintf("%s::text::numeric", operand), true,
							column);
			return made(number, number->sql, number->atomic, column);
		default:
			return made(number, psprintf("%s::%s", operand,
										 format_type_be(column->type)), true, column);
	}
}

/* A text, not a literal, in a column of any type. */
static SfmSql *
text_as_column(SfmTranslation *translation, const void *node, SfmSql *text,
			   const SfmRelationColumn *column)
{
	Oid			base = getBaseType(column->type);

	switch (base)
	{
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			return made(text, text->sql, text->atomic, column);
		case BYTEAOID:
			return made(text, psprintf("convert_to(%s, 'UTF8')", text->sql), true,
						column);
		case TIMESTAMPOID:
		case DATEOID:
		case TIMEOID:
			if (!translation->immutable)
				break;
			/* the types' input functions are STABLE only */
			return made(text, psprintf("%s(%s)%s",
									   sfm_compat_function(translation,
														   "sqlite_timestamp"),
									   text->sql,
									   base == DATEOID ? "::date" :
									   base == TIMEOID ? "::time" : ""),
						true, column);
		case TIMESTAMPTZOID:
			return made(text, translation->immutable ?
						psprintf("%s(%s) AT TIME ZONE 'UTC'",
								 sfm_compat_function(translation, "sqlite_timestamp"),
								 text->sql) :
						psprintf("%s::timestamp AT TIME ZONE 'UTC'",
								 sfm_operand(text)), false, column);
		case BOOLOID:
			if (column->true_text != NULL)
				break;
			/* its texts are more than SQLite's numbers */
			return made(text, psprintf("%s::integer::text::boolean",
									   sfm_operand(text)), true, column);
		default:
			break;
	}
	return made(text, psprintf("%s::%s", sfm_operand(text),
							   type_name(column->type, -1)),
				true, column);
}

/*
 * number_in_found
 *		What a numeric affinity makes of a value whose text is known: a text
 *		that is no number would stay one in SQLite, and is an error here.
 */
static char *
number_in_found(SfmTranslation *translation, const SfmSql *found)
{
	return psprintf("COALESCE(%s(%s), ('not a number: ' || %s)::numeric)",
					sfm_compat_function(translation, "sqlite_number"),
					found->sql, sfm_operand(found));
}

/*
 * found_as_column
 *		What json_extract() has found, or a mixture of numbers and texts: class
 *		ANY, as text.
 */
static SfmSql *
found_as_column(SfmTranslation *translation, const void *node, SfmSql *found,
				const SfmRelationColumn *column)
{
	Oid			base = getBaseType(column->type);
	bool		numeric = column->affinity == SFM_AFFINITY_INTEGER ||
		column->affinity == SFM_AFFINITY_NUMERIC ||
		column->affinity == SFM_AFFINITY_REAL;
	const char *number = numeric ? number_in_found(translation, found) : NULL;
	const char *moment;

	switch (base)
	{
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			if (column->affinity == SFM_AFFINITY_TEXT ||
				(column->affinity == SFM_AFFINITY_BLOB && !found->any_as_text))
				return text_as_column(translation, node, found, column);
			break;
		case BOOLOID:
			if (numeric)
				return made(found, psprintf("trim_scale(%s)::text::boolean", number),
							true, column);
			break;
		case INT2OID:
		case INT4OID:
		case INT8OID:
			if (numeric)
				return made(found, psprintf("trim_scale(%s)::text::%s", number,
											format_type_be(base)), true, column);
			break;
		case NUMERICOID:
			if (numeric)
				return made(found, pstrdup(number), true, column);
			break;
		case FLOAT4OID:
		case FLOAT8OID:
			if (numeric)
				return made(found, psprintf("%s::%s", number, format_type_be(base)),
							true, column);
			break;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case DATEOID:
			if (column->class != SFM_CLASS_TEXT)
				break;
			/* a number would be a Julian day, and a date has no time */
			moment = psprintf("COALESCE(%s(CASE WHEN %s ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}%s THEN %s END), to_timestamp(('not a moment: ' || %s)::double precision) AT TIME ZONE 'UTC')",
							  sfm_compat_function(translation, "sqlite_timestamp"),
							  sfm_operand(found), base == DATEOID ? "$'" : "'",
							  found->sql, sfm_operand(found));
			return made(found, psprintf("%s%s", moment,
										base == DATEOID ? "::date" :
										base == TIMESTAMPTZOID ?
										" AT TIME ZONE 'UTC'" : ""),
						base != TIMESTAMPTZOID, column);
		case JSONBOID:
		case JSONOID:
		case UUIDOID:
			return text_as_column(translation, node, found, column);
		default:
			break;
	}
	return cannot(translation, node, found, column);
}

/*
 * sfm_as_column
 *		What arrives in a column where SQLite stores the expression in it.
 */
SfmSql *
sfm_as_column(SfmTranslation *translation, const void *node,
			  SfmSql *expression, const SfmRelationColumn *column)
{
	SfmSql	   *stored;
	SfmClass	class = expression->class;
	Oid			base = getBaseType(column->type);

	if (class == SFM_CLASS_NULL)
		return made(expression, pstrdup("NULL"), true, column);
	if (expression->literal != NULL &&
		expression->literal->kind <= SFM_LITERAL_BLOB)
		return literal_as_column(translation, node, expression, column);
	if (expression->moment != NULL && is_moment_type(column->type) &&
		class == SFM_CLASS_TEXT)
		return moment_as_column(translation, node, expression,
								expression->moment, expression->moment_type,
								column);
	if (is_moment_type(expression->type) && is_moment_type(column->type))
		return moment_as_column(translation, node, expression, expression->sql,
								expression->type, column);
	if (expression->type == column->type &&
		!(class == SFM_CLASS_REAL && column->type == TEXTOID) &&
		!(class == SFM_CLASS_ANY && column->type == TEXTOID))
		return made(expression, expression->sql, expression->atomic, column);

	stored = sfm_as_stored(translation, node, expression);
	if (translation->problem != NULL)
		return sfm_null();
	switch (stored->class)
	{
		case SFM_CLASS_INTEGER:
		case SFM_CLASS_REAL:
		case SFM_CLASS_NUMBER:
			switch (base)
			{
				case BOOLOID:
				case INT2OID:
				case INT4OID:
				case INT8OID:
				case FLOAT4OID:
				case FLOAT8OID:
				case NUMERICOID:
					return number_as_column(translation, node, stored, column);
				case TIMESTAMPOID:
				case TIMESTAMPTZOID:
				case DATEOID:
				case TIMEOID:
					return number_as_moment(translation, node, stored, column);
				case TEXTOID:
				case VARCHAROID:
				case BPCHAROID:
					stored = sfm_as_text(translation, node, stored);
					return made(stored, stored->sql, stored->atomic, column);
				default:
					return cannot(translation, node, expression, column);
			}
		case SFM_CLASS_TEXT:
			if (sfm_is_digits(stored) && column->affinity != SFM_AFFINITY_TEXT &&
				column->affinity != SFM_AFFINITY_BLOB &&
				(base == INT2OID || base == INT4OID || base == INT8OID ||
				 base == NUMERICOID || base == FLOAT8OID))
				return number_as_column(translation, node,
										sfm_as_number(translation, node, stored),
										column);
			return text_as_column(translation, node, stored, column);
		case SFM_CLASS_BLOB:
			if (base == BYTEAOID)
				return made(stored, stored->sql, stored->atomic, column);
			if (base == UUIDOID)
				return made(stored, psprintf("encode(%s, 'hex')::uuid", stored->sql),
							true, column);
			return cannot(translation, node, expression, column);
		case SFM_CLASS_ANY:
			if (stored->type == TEXTOID &&
				(stored->relation == NULL || stored->any_as_text))
				return found_as_column(translation, node, stored, column);
			/* a column's values, as they are, in another column like it */
			if (stored->type == column->type && stored->has_affinity &&
				stored->affinity == column->affinity)
				return made(stored, stored->sql, stored->atomic, column);
			return cannot(translation, node, expression, column);
		default:
			return cannot(translation, node, expression, column);
	}
}
