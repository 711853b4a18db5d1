/*-------------------------------------------------------------------------
 *
 * literal.c
 *	  Literals of SQLite in PostgreSQL, and the numbers that SQLite reads in
 *	  texts.
 *
 * An integer literal has type integer or bigint, as PostgreSQL reads it.  A
 * literal with a point or exponent is REAL for SQLite and numeric for
 * PostgreSQL; it stays as it is until it stands beside something else
 * (sfm_as_result, sfm_unify and the operators know).
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <ctype.h>
#include <math.h>

#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "utils/builtins.h"

#include "translate.h"

/* digits that any double gives back as they were written */
#define EXACT_DIGITS 15

static SfmLiteral *
make_literal(SfmLiteralKind kind, char *text)
{
	SfmLiteral *literal = palloc0_object(SfmLiteral);

	literal->node.kind = SFM_NODE_LITERAL;
	literal->kind = kind;
	literal->text = text;
	return literal;
}

static SfmSql *
from_literal(char *sql, bool atomic, Oid type, SfmClass class,
			 const SfmLiteral *literal, bool negated)
{
	SfmSql	   *result = sfm_make_sql(sql, atomic, type, class);

	result->literal = literal;
	result->negated = negated;
	result->not_null = true;
	return result;
}

/* An INTEGER of SQLite. */
SfmSql *
sfm_integer_sql(int64 value)
{
	uint64		magnitude = value < 0 ? (uint64) 0 - (uint64) value : value;
	SfmLiteral *literal = make_literal(SFM_LITERAL_INTEGER,
									   psprintf(UINT64_FORMAT, magnitude));

	/* the digits alone are too big for bigint */
	if (value == PG_INT64_MIN)
		return from_literal(pstrdup("'-9223372036854775808'::bigint"), true,
							INT8OID, SFM_CLASS_INTEGER, literal, true);
	return from_literal(psprintf(INT64_FORMAT, value), value >= 0,
						magnitude <= PG_INT32_MAX ? INT4OID : INT8OID,
						SFM_CLASS_INTEGER, literal, value < 0);
}

/*
 * plain_digits
 *		A literal of SQLite as PostgreSQL reads it, with a digit on both sides
 *		of the point; NULL if it has more digits than a double holds.
 */
static char *
plain_digits(const char *text)
{
	int			digits = 0;
	bool		leading = true;
	const char *end = text + strcspn(text, "eE");
	const char *point = memchr(text, '.', end - text);

	for (const char *at = text; at < end; at++)
	{
		if (*at == '.' || (leading && *at == '0'))
			continue;
		leading = false;
		digits++;
	}
	if (digits > EXACT_DIGITS)
		return NULL;
	if (point == NULL)
		return pstrdup(text);
	return psprintf("%s%.*s%s%s", point == text ? "0" : "",
					(int) (end - text), text, point + 1 == end ? "0" : "", end);
}

/* A REAL; "text" are its digits without a sign, or NULL. */
static SfmSql *
real_sql(double value, const char *text)
{
	double		magnitude = fabs(value);
	bool		negative = signbit(value) && value != 0;
	char	   *digits = text != NULL ? plain_digits(text) : NULL;
	char		buffer[DOUBLE_SHORTEST_DECIMAL_LEN];
	SfmLiteral *literal;

	if (digits == NULL)
	{
		double_to_shortest_decimal_buf(magnitude, buffer);
		digits = strpbrk(buffer, ".eI") != NULL ? pstrdup(buffer) :
			psprintf("%s.0", buffer);
	}
	literal = make_literal(SFM_LITERAL_FLOAT,
						   isinf(value) ? pstrdup("9e999") : digits);
	if (isinf(value))
		return from_literal(psprintf("'%sInfinity'::double precision",
									 negative ? "-" : ""),
							true, FLOAT8OID, SFM_CLASS_REAL, literal, negative);
	return from_literal(negative ? psprintf("-%s", digits) : digits, !negative,
						NUMERICOID, SFM_CLASS_REAL, literal, negative);
}

/* A REAL of SQLite. */
SfmSql *
sfm_real_sql(double value)
{
	return real_sql(value, NULL);
}

/* A TEXT. */
SfmSql *
sfm_text_sql(const char *text)
{
	return from_literal(quote_literal_cstr(text), true, TEXTOID, SFM_CLASS_TEXT,
						make_literal(SFM_LITERAL_STRING, pstrdup(text)), false);
}

/* TRUE and FALSE: for SQLite 1 and 0. */
SfmSql *
sfm_truth_sql(bool value)
{
	return from_literal(pstrdup(value ? "true" : "false"), true, BOOLOID,
						SFM_CLASS_INTEGER,
						make_literal(SFM_LITERAL_INTEGER,
									 pstrdup(value ? "1" : "0")), false);
}

/*
 * read_number
 *		The number that unsigned digits are, in the way of SQLite: an integer
 *		of 64 bits, or else a double.  Hexadecimal is two's complement.  False
 *		only for hexadecimal digits that do not fit, which SQLite refuses.
 */
static bool
read_number(const char *text, bool negated, bool *is_integer, int64 *integer,
			double *real)
{
	bool		hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');

	*is_integer = true;
	if (hexadecimal || strspn(text, "0123456789") == strlen(text))
	{
		uint64		magnitude;
		uint64		limit = (uint64) PG_INT64_MAX + (negated ? 1 : 0);

		errno = 0;
		magnitude = strtou64(text, NULL, hexadecimal ? 16 : 10);
		if (errno != 0 && hexadecimal)
			return false;
		if (errno == 0 && (hexadecimal || magnitude <= limit))
		{
			*integer = (int64) (negated ? (uint64) 0 - magnitude : magnitude);
			return true;
		}
	}
	*is_integer = false;
	*real = strtod(text, NULL); /* infinite if too big, as in SQLite */
	if (negated)
		*real = -*real;
	return true;
}

/* Is this a literal number, and which? */
bool
sfm_literal_number(const SfmSql *expression, bool *is_integer, int64 *integer,
				   double *real)
{
	const SfmLiteral *literal = expression->literal;

	*integer = 0;
	*real = 0;
	if (literal == NULL || (literal->kind != SFM_LITERAL_INTEGER &&
							literal->kind != SFM_LITERAL_FLOAT))
		return false;
	return read_number(literal->text, expression->negated, is_integer, integer,
					   real);
}

/*
 * sfm_number_in_text
 *		The number that a text is ("whole": nothing else is in it but blanks
 *		around) or begins with.  NULL if there is none.
 */
SfmSql *
sfm_number_in_text(const char *text, bool whole)
{
	static const char blanks[] = " \t\n\v\f\r";
	const char *start = text + strspn(text, blanks);
	bool		negated = *start == '-';
	bool		is_integer;
	int64		integer;
	double		real;
	const char *at;
	const char *fraction;
	int			digits;

	if (*start == '-' || *start == '+')
		start++;
	at = start + strspn(start, "0123456789");
	digits = at - start;
	if (*at == '.')
	{
		fraction = at + 1;
		at = fraction + strspn(fraction, "0123456789");
		digits += at - fraction;
	}
	if (digits == 0)
		return NULL;
	if (*at == 'e' || *at == 'E')
	{
		const char *exponent = at + 1;

		if (*exponent == '-' || *exponent == '+')
			exponent++;
		if (isdigit((unsigned char) *exponent))
			at = exponent + strspn(exponent, "0123456789");
	}
	if (whole && at[strspn(at, blanks)] != '\0')
		return NULL;

	text = pnstrdup(start, at - start);
	(void) read_number(text, negated, &is_integer, &integer, &real);
	return is_integer ? sfm_integer_sql(integer) : real_sql(real, text);
}

/*
 * current
 *		CURRENT_TIMESTAMP and its kin: texts in UTC, in whole seconds.
 */
static SfmSql *
current(SfmTranslation *translation, const SfmLiteral *literal)
{
	static const char utc[] = "CURRENT_TIMESTAMP AT TIME ZONE 'UTC'";
	const char *format;
	SfmSql	   *result;

	if (translation->immutable)
	{
		sfm_refuse(translation, literal,
				   "the present moment where only constants may stand");
		return sfm_null();
	}
	format = literal->kind == SFM_LITERAL_CURRENT_DATE ? "YYYY-MM-DD" :
		literal->kind == SFM_LITERAL_CURRENT_TIME ? "HH24:MI:SS" :
		"YYYY-MM-DD HH24:MI:SS";
	result = sfm_make_sql(psprintf("to_char(%s, '%s')", utc, format), true,
						  TEXTOID, SFM_CLASS_TEXT);
	switch (literal->kind)
	{
		case SFM_LITERAL_CURRENT_DATE:
			result->moment = psprintf("(%s)::date", utc);
			result->moment_type = DATEOID;
			result->form = SFM_FORM_DATE;
			break;
		case SFM_LITERAL_CURRENT_TIME:
			result->moment = psprintf("date_trunc('second', %s)::time", utc);
			result->moment_type = TIMEOID;
			result->form = SFM_FORM_TIME;
			break;
		default:
			result->moment = psprintf("date_trunc('second', %s)", utc);
			result->moment_type = TIMESTAMPOID;
			result->form = SFM_FORM_BLANK;
			break;
	}
	result->literal = literal;
	result->not_null = true;
	result->volatile_ = true;
	return result;
}

/* A literal as it was written, maybe with a minus before it. */
SfmSql *
sfm_literal_sql(SfmTranslation *translation, const SfmLiteral *literal,
				bool negated)
{
	bool		is_integer;
	int64		integer = 0;
	double		real = 0;

	switch (literal->kind)
	{
		case SFM_LITERAL_NULL:
			return sfm_null();
		case SFM_LITERAL_INTEGER:
		case SFM_LITERAL_FLOAT:
			if (!read_number(literal->text, negated, &is_integer, &integer, &real))
			{
				sfm_refuse(translation, literal,
						   "a hexadecimal number of more than 64 bits");
				return sfm_null();
			}
			return is_integer ? sfm_integer_sql(integer) :
				real_sql(real, literal->text);
		case SFM_LITERAL_STRING:
			return sfm_text_sql(literal->text);
		case SFM_LITERAL_BLOB:
			return from_literal(psprintf("'\\x%s'::bytea", literal->text), true,
								BYTEAOID, SFM_CLASS_BLOB, literal, false);
		default:
			return current(translation, literal);
	}
}
