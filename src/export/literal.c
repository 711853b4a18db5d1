/*-------------------------------------------------------------------------
 *
 * literal.c
 *	  Constants as SQLite's SQL writes them.
 *
 * A number in a statement goes through SQLite's own reading of decimal digits,
 * which not every version rounds correctly beyond fifteen of them; a number
 * that needs more is refused, not rounded.  Rows are not read from text and
 * know no such limit.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/lsyscache.h"
#include "value/converters.h"

#include "export.h"

#define EXACT_DIGITS 15

/*
 * sfm_quote_literal_sqlite
 *		A string literal of SQLite, which knows no escapes.  Palloc'd.
 */
char *
sfm_quote_literal_sqlite(const char *string)
{
	char	   *result = palloc(2 * strlen(string) + 3);
	char	   *out = result;

	*out++ = '\'';
	for (; *string !='\0'; string ++)
	{
		if (*string == '\'')
			*out++ = '\'';
		*out++ = *string;
	}
	*out++ = '\'';
	*out = '\0';
	return result;
}

/* A REAL whose digits any version of SQLite reads exactly, or NULL. */
static char *
real_sql(double number)
{
	char		digits[SFM_NUMBER_TEXT_LENGTH];
	int			length = sfm_real_digits(number, digits);
	int			places = 0;
	int			significant = 0;

	if (number == 0)
		return pstrdup("0.0");
	/* a number that no double holds is Infinity to SQLite */
	if (isinf(number))
		return pstrdup(number < 0 ? "-9e999" : "9e999");
	if (!(fabs(number) >= 1e-7 && fabs(number) < 1e22))
		return NULL;
	digits[length] = '\0';
	for (char *c = digits; *c != '\0' && *c != 'e'; c++)
	{
		if (!sfm_is_digit(*c) || (places == 0 && *c == '0'))
			continue;
		places++;
		if (*c != '0')
			significant = places;
	}
	if (significant > EXACT_DIGITS)
		return NULL;
	return psprintf("%s%s", digits, strpbrk(digits, ".e") != NULL ? "" : ".0");
}

/*
 * sfm_value_sql
 *		A value as a literal in the database encoding; NULL if no literal is
 *		exactly that.  Palloc'd.
 */
char *
sfm_value_sql(const SfmValue *value)
{
	StringInfoData hex;
	char	   *string;

	switch (value->storage_class)
	{
		case SFM_NULL:
			return pstrdup("NULL");
		case SFM_INTEGER:
			/* the least one has no digits of its own */
			return value->integer == PG_INT64_MIN ? NULL :
				psprintf(INT64_FORMAT, value->integer);
		case SFM_REAL:
			return real_sql(value->real);
		case SFM_TEXT:
			string = sfm_from_utf8(value->bytes, value->length);
			return string !=NULL ? sfm_quote_literal_sqlite(string) : NULL;

		case SFM_BLOB:
			initStringInfo(&hex);
			appendStringInfoString(&hex, "x'");
			for (size_t i = 0; i < value->length; i++)
				appendStringInfo(&hex, "%02x", (unsigned char) value->bytes[i]);
			appendStringInfoChar(&hex, '\'');
			return hex.data;
		case SFM_INVALID_TEXT:
			break;
	}
	return NULL;
}

/*
 * sfm_constant_sql
 *		A constant as the values of its shape are; NULL and a reason if there
 *		is no such literal.
 */
char *
sfm_constant_sql(SfmShape shape, const Const *constant, const char **refusal)
{
	SfmWriter	writer;
	SfmValue	value;
	char	   *sql;

	if (constant->constisnull)
		return pstrdup("NULL");
	sfm_writer_init(&writer, constant->consttype, -1, SFM_STORAGE_DEFAULT,
					SFM_EPOCH_AUTO, shape == SFM_SHAPE_NUMERIC ?
					SFM_AFFINITY_NUMERIC : SFM_AFFINITY_BLOB);
	if (!sfm_write(&writer, constant->constvalue, &value))
	{
		*refusal = writer.reason;
		return NULL;
	}
	sql = sfm_value_sql(&value);
	if (sql == NULL)
		*refusal = "no literal of SQLite is exactly this constant";
	return sql;
}
