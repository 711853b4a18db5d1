/*-------------------------------------------------------------------------
 *
 * to_text.c
 *	  SQLite values to text, varchar, char, name and bytea.
 *
 * SQLite does not check the encoding of its TEXT values, so each one is
 * verified here before PostgreSQL sees it: valid UTF-8, no NUL byte, and a
 * counterpart for every character where the database has another encoding.
 * In a SQL_ASCII database only the NUL byte is looked for, since there every
 * other byte is allowed.  Nothing is ever cut or replaced.
 *
 * A number in a text column becomes its digits: an INTEGER as it is, a REAL
 * with the fewest digits that read back the same double.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "common/shortest_dec.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "value/converters.h"

static const char text_too_long[] =
"The value has more characters than the type's length allows.";

/*
 * sfm_text_prepare
 *		Takes the length out of the type modifier and looks up the conversion
 *		from UTF8, if the database needs one.
 */
void
sfm_text_prepare(SfmConverter *converter)
{
	int			encoding = GetDatabaseEncoding();

	converter->max_length = -1;
	if (converter->base_typmod >= (int32) VARHDRSZ)
		converter->max_length = converter->base_typmod - VARHDRSZ;
	converter->encoding_procedure = InvalidOid;
	if (encoding != PG_UTF8 && encoding != PG_SQL_ASCII)
		converter->encoding_procedure =
			FindDefaultConversionProc(PG_UTF8, encoding);
}

/* Notes that text is no UTF-8, or why else it cannot be taken. */
static bool
bad_text(SfmConverter *converter, const char *bytes, size_t length)
{
	if (memchr(bytes, '\0', length) != NULL)
		return sfm_bad_value(converter, ERRCODE_CHARACTER_NOT_IN_REPERTOIRE,
							 "PostgreSQL cannot store a NUL byte in text.");
	return sfm_bad_value(converter, ERRCODE_CHARACTER_NOT_IN_REPERTOIRE,
						 "The bytes are not valid UTF-8.");
}

/* Converts UTF-8, already verified, to the encoding of the database. */
static bool
convert_text(SfmConverter *converter, const char **bytes, size_t *length)
{
	size_t		size;
	unsigned char *target;
	int			done;

	/*
	 * The function converts less than it is given where the target could
	 * overflow in the worst case, so that it needs a little more room.
	 */
	size = (*length + 2) * MAX_CONVERSION_GROWTH + 1;
	if (size > INT_MAX)
		return sfm_bad_value(converter, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
							 "The text is too long to be converted to the encoding of the database.");
	target = MemoryContextAllocHuge(CurrentMemoryContext, size);
	done = pg_do_encoding_conversion_buf(converter->encoding_procedure,
										 PG_UTF8, GetDatabaseEncoding(),
										 (unsigned char *) *bytes,
										 (int) *length, target, (int) size,
										 true);
	if (done < *length)
		return sfm_bad_value(converter, ERRCODE_UNTRANSLATABLE_CHARACTER,
							 "The text holds a character that the encoding of the database lacks.");
	*bytes = (char *) target;
	*length = strlen((char *) target);
	return true;
}

/* Says whether text holds ASCII only. */
static bool
is_ascii(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
	{
		if (IS_HIGHBIT_SET(bytes[i]))
			return false;
	}
	return true;
}

/*
 * sfm_text_bytes
 *		Verifies the bytes of a value as text and gives them in the encoding
 *		of the database.
 *
 * *bytes points into the value itself where nothing had to be converted, else
 * into CurrentMemoryContext; there is no NUL byte at the end to rely on.
 * Returns false, with the reason noted, if PostgreSQL cannot hold the text.
 */
bool
sfm_text_bytes(SfmConverter *converter, const SfmValue *value,
			   const char **bytes, size_t *length)
{
	int			encoding = GetDatabaseEncoding();

	*bytes = value->bytes;
	*length = value->length;
	if (*length >= MaxAllocSize - VARHDRSZ)
		return sfm_bad_value(converter, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
							 "The value is longer than the 1 GB that PostgreSQL can hold in a column.");

	if (encoding == PG_SQL_ASCII)
		return memchr(*bytes, '\0', *length) == NULL ||
			bad_text(converter, *bytes, *length);
	if (!pg_verify_mbstr(PG_UTF8, *bytes, (int) *length, true))
		return bad_text(converter, *bytes, *length);
	if (encoding == PG_UTF8 || is_ascii(*bytes, *length))
		return true;
	if (!OidIsValid(converter->encoding_procedure))
		return sfm_bad_value(converter, ERRCODE_UNTRANSLATABLE_CHARACTER,
							 "There is no conversion from UTF8 to the encoding of the database.");
	return convert_text(converter, bytes, length) &&
		(*length < MaxAllocSize - VARHDRSZ ||
		 sfm_bad_value(converter, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
					   "The value is longer than the 1 GB that PostgreSQL can hold in a column."));
}

/*
 * sfm_text_cstring
 *		The same as a C string, palloc'd; NULL if PostgreSQL cannot hold it.
 */
char *
sfm_text_cstring(SfmConverter *converter, const SfmValue *value)
{
	const char *bytes;
	size_t		length;
	char	   *result;

	if (!sfm_text_bytes(converter, value, &bytes, &length))
		return NULL;
	result = palloc(length + 1);
	memcpy(result, bytes, length);
	result[length] = '\0';
	return result;
}

/*
 * sfm_real_digits
 *		Writes a double with the fewest digits that read back the same value.
 *
 * A whole number gets ".0", as SQLite shows it.  Returns the length; "digits"
 * has room for SFM_NUMBER_TEXT_LENGTH bytes and is NUL-terminated.
 */
int
sfm_real_digits(double real, char *digits)
{
	int			length = double_to_shortest_decimal_bufn(real, digits);
	bool		whole = true;

	for (int i = 0; i < length; i++)
	{
		if (digits[i] != '-' && !sfm_is_digit(digits[i]))
			whole = false;
	}
	if (whole)
	{
		digits[length++] = '.';
		digits[length++] = '0';
	}
	digits[length] = '\0';
	return length;
}

/*
 * sfm_number_as_text
 *		Converts INTEGER and REAL by their digits, as if they were TEXT.
 */
bool
sfm_number_as_text(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	char		digits[SFM_NUMBER_TEXT_LENGTH];
	SfmValue	str;

	str.storage_class = SFM_TEXT;
	str.bytes = digits;
	if (value->storage_class == SFM_INTEGER)
		str.length = pg_lltoa(value->integer, digits);
	else
		str.length = sfm_real_digits(value->real, digits);
	return converter->convert[SFM_TEXT] (converter, &str, result);
}

/* The bytes are copied once, into the result. */
bool
sfm_text_from_text(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	const char *bytes;
	size_t		length;

	if (!sfm_text_bytes(converter, value, &bytes, &length))
		return false;
	*result = PointerGetDatum(cstring_to_text_with_len(bytes, (int) length));
	return true;
}

/*
 * Blanks too many at the end are not cut, as an assignment in SQL would do:
 * the value would not come back as it was.
 */
bool
sfm_varchar_from_text(SfmConverter *converter, const SfmValue *value,
					  Datum *result)
{
	const char *bytes;
	size_t		length;

	if (!sfm_text_bytes(converter, value, &bytes, &length))
		return false;
	if (converter->max_length >= 0 && length > converter->max_length &&
		pg_mbstrlen_with_len(bytes, (int) length) > converter->max_length)
		return sfm_bad_value(converter, ERRCODE_STRING_DATA_RIGHT_TRUNCATION,
							 text_too_long);
	*result = PointerGetDatum(cstring_to_text_with_len(bytes, (int) length));
	return true;
}

bool
sfm_bpchar_from_text(SfmConverter *converter, const SfmValue *value,
					 Datum *result)
{
	const char *bytes;
	size_t		length;
	size_t		blanks = 0;
	text	   *padded;

	if (!sfm_text_bytes(converter, value, &bytes, &length))
		return false;
	if (converter->max_length >= 0)
	{
		int			characters = pg_mbstrlen_with_len(bytes, (int) length);

		if (characters > converter->max_length)
			return sfm_bad_value(converter,
								 ERRCODE_STRING_DATA_RIGHT_TRUNCATION,
								 text_too_long);
		blanks = converter->max_length - characters;
	}
	padded = palloc(VARHDRSZ + length + blanks);
	SET_VARSIZE(padded, VARHDRSZ + length + blanks);
	memcpy(VARDATA(padded), bytes, length);
	memset(VARDATA(padded) + length, ' ', blanks);
	*result = PointerGetDatum(padded);
	return true;
}

bool
sfm_name_from_text(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	const char *bytes;
	size_t		length;
	char	   *name;

	if (!sfm_text_bytes(converter, value, &bytes, &length))
		return false;
	if (length >= NAMEDATALEN)
		return sfm_bad_value(converter, ERRCODE_STRING_DATA_RIGHT_TRUNCATION,
							 "The value is longer than a name can be.");
	name = palloc0(NAMEDATALEN);
	memcpy(name, bytes, length);
	*result = PointerGetDatum(name);
	return true;
}

/* The type "char", one byte; its input function would cut a longer text. */
bool
sfm_char_from_text(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	if (value->length > 1 ||
		(value->length == 1 && (value->bytes[0] == '\0' ||
								IS_HIGHBIT_SET(value->bytes[0]))))
		return sfm_bad_value(converter, ERRCODE_STRING_DATA_RIGHT_TRUNCATION,
							 "The value is not a single ASCII character.");
	*result = CharGetDatum(value->length == 1 ? value->bytes[0] : '\0');
	return true;
}

/* BLOB and TEXT: the bytes, whatever they are. */
bool
sfm_bytea_from_bytes(SfmConverter *converter, const SfmValue *value,
					 Datum *result)
{
	if (value->length >= MaxAllocSize - VARHDRSZ)
		return sfm_bad_value(converter, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
							 "The value is longer than the 1 GB that PostgreSQL can hold in a column.");
	*result = PointerGetDatum(cstring_to_text_with_len(value->bytes,
													   (int) value->length));
	return true;
}
