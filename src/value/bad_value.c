/*-------------------------------------------------------------------------
 *
 * bad_value.c
 *	  Shows values that do not fit, to the user who has to repair them.
 *
 * A value that is bad may be bad because of its very bytes, so whatever is
 * shown here is first made valid in the encoding of the database: the bytes
 * that are not are written as \xNN.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "value/converters.h"

/* bytes of a value that an error message shows */
#define SHOWN_LENGTH 100

static const char *const class_names[SFM_STORAGE_CLASSES] = {
	[SFM_INVALID_TEXT] = "TEXT",
	[SFM_INTEGER] = "INTEGER",
	[SFM_REAL] = "REAL",
	[SFM_TEXT] = "TEXT",
	[SFM_BLOB] = "BLOB",
	[SFM_NULL] = "NULL"
};

/* The name of a storage class, in capitals. */
const char *
sfm_class_name(SfmStorageClass storage_class)
{
	return class_names[storage_class];
}

/*
 * Length of the character that begins at "bytes" if it can be shown as it is,
 * else 0.  Where the database is not UTF8 only ASCII can.
 */
static int
shown_character(const char *bytes, size_t length)
{
	int			size;

	if (*bytes == '\0')
		return 0;
	if (!IS_HIGHBIT_SET(*bytes))
		return 1;
	if (GetDatabaseEncoding() != PG_UTF8)
		return 0;
	size = pg_encoding_verifymbchar(PG_UTF8, bytes,
									(int) Min(length, MAX_MULTIBYTE_CHAR_LEN));
	return size > 0 ? size : 0;
}

/* Appends text up to max_length bytes, whole characters only. */
static void
append_text(StringInfo literal, const char *bytes, size_t length,
			int max_length)
{
	size_t		at = 0;

	while (at < length)
	{
		int			size = shown_character(bytes + at, length - at);

		if (literal->len + (size > 0 ? size : 4) > max_length)
		{
			appendStringInfoString(literal, "...");
			return;
		}
		if (size > 0)
			appendBinaryStringInfo(literal, bytes + at, size);
		else
			appendStringInfo(literal, "\\x%02X", (unsigned char) bytes[at]);
		at += size > 0 ? size : 1;
	}
}

/* Appends bytes as SQLite writes a BLOB, up to max_length bytes. */
static void
append_blob(StringInfo literal, const char *bytes, size_t length,
			int max_length)
{
	appendStringInfoString(literal, "x'");
	for (size_t at = 0; at < length; at++)
	{
		if (literal->len + 2 > max_length)
		{
			appendStringInfoString(literal, "...");
			break;
		}
		appendStringInfo(literal, "%02x", (unsigned char) bytes[at]);
	}
	appendStringInfoChar(literal, '\'');
}

/*
 * sfm_value_literal
 *		A value as a human would like to see it: digits, text without quotes,
 *		x'00' for a BLOB, NULL.
 *
 * Text and BLOB longer than max_length bytes end in "...".  The result is
 * palloc'd and valid in the encoding of the database.
 */
char *
sfm_value_literal(const SfmValue *value, int max_length)
{
	StringInfoData literal;
	char		digits[SFM_NUMBER_TEXT_LENGTH];

	initStringInfo(&literal);
	switch (value->storage_class)
	{
		case SFM_INTEGER:
			pg_lltoa(value->integer, digits);
			appendStringInfoString(&literal, digits);
			break;
		case SFM_REAL:
			sfm_real_digits(value->real, digits);
			appendStringInfoString(&literal, digits);
			break;
		case SFM_TEXT:
			append_text(&literal, value->bytes, value->length, max_length);
			break;
		case SFM_BLOB:
		case SFM_INVALID_TEXT:
			append_blob(&literal, value->bytes, value->length, max_length);
			break;
		case SFM_NULL:
			appendStringInfoString(&literal, "NULL");
			break;
	}
	return literal.data;
}

/*
 * sfm_report_bad_value
 *		Raises the error for a value that its converter has refused.
 *
 * The caller's error context says which foreign table and which row it is.
 */
void
sfm_report_bad_value(const SfmConverter *converter, const SfmValue *value,
					 const char *column_name)
{
	const char *quote = value->storage_class == SFM_TEXT ? "\"" : "";
	const char *reason = converter->reason;
	char	   *shown = "NULL";

	if (value->storage_class != SFM_NULL)
		shown = psprintf("the %s value %s%s%s",
						 sfm_class_name(value->storage_class), quote,
						 sfm_value_literal(value, SHOWN_LENGTH), quote);
	ereport(ERROR,
			(errcode(converter->sqlstate != 0 ? converter->sqlstate :
					 ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid value for column \"%s\" of type %s", column_name,
					format_type_with_typemod(converter->type,
											 converter->typmod)),
			 errdetail("SQLite stores %s in this column.%s%s", shown,
					   reason != NULL ? " " : "",
					   reason != NULL ? reason : "")));
}
