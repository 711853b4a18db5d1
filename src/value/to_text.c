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

#include "sqlite/pages.h"
#include "value/converters.h"

/* A longer text is verified before there is memory for a copy of it. */
#define COPIED_FIRST (1024 * 1024)

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

/*
 * copy_text
 *		Copies all of a text and says whether it is as sfm_is_plain() has it.
 *
 *		Most texts are short and plain: one loop without a branch does what a
 *		verification, which looks at the bytes of a short text one by one, and
 *		memcpy() would do.
 */
static inline bool
copy_text(char *target, const char *bytes, size_t length)
{
	uint64		word;
	uint64		seen = 0;
	uint64		not_zero = SFM_HIGH_BITS;

	if (length < sizeof(word))
	{
		memcpy(target, bytes, length);
		return sfm_is_plain(target, length);
	}
	for (size_t i = 0; i + sizeof(word) <= length; i += sizeof(word))
	{
		memcpy(&word, bytes + i, sizeof(word));
		memcpy(target + i, &word, sizeof(word));
		seen |= word;
		not_zero &= word + SFM_LOW_BITS;
	}
	memcpy(&word, bytes + length - sizeof(word), sizeof(word));
	memcpy(target + length - sizeof(word), &word, sizeof(word));
	seen |= word;
	not_zero &= word + SFM_LOW_BITS;
	return (seen & SFM_HIGH_BITS) == 0 && (not_zero & SFM_HIGH_BITS) == SFM_HIGH_BITS;
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

	/* in every encoding of a database */
	if (sfm_is_plain(*bytes, *length))
		return true;
	if (encoding == PG_SQL_ASCII)
		return memchr(*bytes, '\0', *length) == NULL ||
			bad_text(converter, *bytes, *length);
	if (!pg_verify_mbstr(PG_UTF8, *bytes, (int) *length, true))
		return bad_text(converter, *bytes, *length);
	if (encoding == PG_UTF8)
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

/*
 * give_text
 *		Makes a text of bytes in the encoding of the database.  A big value is
 *		not copied if there is room for the header in front of it.
 */
static void
give_text(SfmConverter *converter, const char *bytes, size_t length,
		  Datum *result)
{
	const SfmRowMemory *memory = converter->memory;
	text	   *copy;

	StaticAssertStmt(SFM_PAGES_HEADROOM == VARHDRSZ, "another header");
	if (length > COPIED_FIRST && memory != NULL && memory->pages != NULL &&
		sfm_pages_has_headroom(memory->pages, bytes))
	{
		copy = (text *) (unconstify(char *, bytes) - VARHDRSZ);
		SET_VARSIZE(copy, VARHDRSZ + length);
		*result = PointerGetDatum(copy);
		return;
	}
	copy = sfm_result_alloc(converter, VARHDRSZ + length);
	SET_VARSIZE(copy, VARHDRSZ + length);
	memcpy(VARDATA(copy), bytes, length);
	*result = PointerGetDatum(copy);
}

/*
 * The bytes are copied once, into the result, and of a text that is not long
 * before they are verified, for nearly all are good.
 */
bool
sfm_text_from_text(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	const char *bytes = value->bytes;
	size_t		length = value->length;
	bool		copied = length <= COPIED_FIRST;

	if (likely(copied))
	{
		text	   *copy = sfm_result_alloc(converter, VARHDRSZ + length);

		SET_VARSIZE(copy, VARHDRSZ + length);
		*result = PointerGetDatum(copy);
		if (likely(copy_text(VARDATA(copy), bytes, length)))
			return true;
	}
	if (!sfm_text_bytes(converter, value, &bytes, &length))
		return false;
	/* elsewhere if it had to be converted */
	if (!copied || bytes != value->bytes)
		give_text(converter, bytes, length, result);
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

	/* no encoding has fewer bytes than characters */
	if (converter->max_length < 0 || value->length <= converter->max_length)
		return sfm_text_from_text(converter, value, result);

	if (!sfm_text_bytes(converter, value, &bytes, &length))
		return false;
	if (length > converter->max_length &&
		pg_mbstrlen_with_len(bytes, (int) length) > converter->max_length)
		return sfm_bad_value(converter, ERRCODE_STRING_DATA_RIGHT_TRUNCATION,
							 text_too_long);
	give_text(converter, bytes, length, result);
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
	padded = sfm_result_alloc(converter, VARHDRSZ + length + blanks);
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
	give_text(converter, value->bytes, value->length, result);
	return true;
}
