/*-------------------------------------------------------------------------
 *
 * from_datum.c
 *	  PostgreSQL's values to values of SQLite.
 *
 * What is written is read back as the same Datum by the converters of this
 * room, or it is not written: NaN, of which SQLite makes NULL, or 2^53 + 1 in
 * a column of REAL affinity.  Two functions are chosen once per column, one by
 * the type ("write") and one by the affinity ("fit").  The latter knows what
 * SQLite does to a value as it is stored ("Datatypes In SQLite", section 3):
 * it would make 7 of the text '007' in a NUMERIC column, fifteen digits of a
 * REAL in a TEXT column, and a double of a long decimal number.
 *
 * from_time.c writes dates and times, from_array.c arrays and vectors.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "common/shortest_dec.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/cash.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/uuid.h"

#include "value/converters.h"

#define TWO_TO_63 9223372036854775808.0

static const char not_as_integer[] = "The value cannot be written as INTEGER.";
static const char not_as_real[] = "The value cannot be written as REAL.";
static const char not_as_blob[] = "The value cannot be written as BLOB.";
static const char becomes_number[] = "SQLite would store the text as a number.";
static const char nan_is_null[] = "SQLite would store NULL for NaN.";
static const char not_utf8[] = "The text cannot be converted to UTF-8.";
static const char real_inexact[] = "A REAL cannot hold the value exactly.";

/*
 * sfm_write_bytes
 *		Makes the value TEXT, which is already UTF-8.  Returns true.
 */
bool
sfm_write_bytes(SfmValue *value, const char *bytes, size_t length)
{
	value->storage_class = SFM_TEXT;
	value->bytes = bytes;
	value->length = length;
	return true;
}

static inline bool
write_integer(SfmValue *value, int64 number)
{
	value->storage_class = SFM_INTEGER;
	value->integer = number;
	return true;
}

static inline bool
write_real(SfmValue *value, double number)
{
	value->storage_class = SFM_REAL;
	value->real = number;
	return true;
}

static inline bool
cannot_write_as(SfmWriter *writer, const char *reason)
{
	return sfm_cannot_write(writer, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							reason);
}

/* ------------------------------------------------------------------------
 * Affinities
 * ------------------------------------------------------------------------
 */

/* Says whether text contains a word in upper case, whatever its own case. */
static bool
contains(const char *str, const char *word)
{
	for (; *str != '\0'; str++)
	{
		if (pg_strncasecmp(str, word, strlen(word)) == 0)
			return true;
	}
	return false;
}

/*
 * sfm_affinity
 *		The affinity that a declared type gives to a column: "Datatypes In
 *		SQLite", section 3.1.
 */
SfmAffinity
sfm_affinity(const char *declared_type)
{
	if (contains(declared_type, "INT"))
		return SFM_AFFINITY_INTEGER;
	if (contains(declared_type, "CHAR") || contains(declared_type, "CLOB") ||
		contains(declared_type, "TEXT"))
		return SFM_AFFINITY_TEXT;
	if (*declared_type == '\0' || contains(declared_type, "BLOB"))
		return SFM_AFFINITY_BLOB;
	if (contains(declared_type, "REAL") || contains(declared_type, "FLOA") ||
		contains(declared_type, "DOUB"))
		return SFM_AFFINITY_REAL;
	return SFM_AFFINITY_NUMERIC;
}

static bool
fit_any(SfmWriter *writer, SfmValue *value)
{
	return true;
}

/* SQLite would give a REAL fifteen digits, which may be too few. */
static bool
fit_text(SfmWriter *writer, SfmValue *value)
{
	if (value->storage_class == SFM_INTEGER)
		return sfm_write_bytes(value, writer->digits,
							   pg_lltoa(value->integer, writer->digits));
	if (value->storage_class == SFM_REAL)
		return sfm_write_bytes(value, writer->digits,
							   sfm_real_digits(value->real, writer->digits));
	return true;
}

/* Text that SQLite takes for a number must be the number's own digits. */
static bool
fit_numeric(SfmWriter *writer, SfmValue *value)
{
	SfmDecimal	decimal;
	char		digits[SFM_NUMBER_TEXT_LENGTH];
	int64		number;
	int			length;

	if (value->storage_class != SFM_TEXT ||
		!sfm_read_decimal(value->bytes, value->length, &decimal) ||
		decimal.kind != SFM_DECIMAL_FINITE)
		return true;
	if (!decimal.is_integer || !decimal.fits)
		return cannot_write_as(writer, becomes_number);
	number = decimal.negative ? -decimal.mantissa : decimal.mantissa;
	length = pg_lltoa(number, digits);
	if (length != value->length || memcmp(digits, value->bytes, length) != 0)
		return cannot_write_as(writer, becomes_number);
	return write_integer(value, number);
}

static bool
fit_real(SfmWriter *writer, SfmValue *value)
{
	SfmDecimal	decimal;
	char		digits[SFM_NUMBER_TEXT_LENGTH];
	double		number;
	bool		in_range;

	if (value->storage_class == SFM_INTEGER)
	{
		number = (double) value->integer;
		if (number >= TWO_TO_63 || (int64) number != value->integer)
			return cannot_write_as(writer, real_inexact);
		return write_real(value, number);
	}
	if (value->storage_class != SFM_TEXT ||
		!sfm_read_decimal(value->bytes, value->length, &decimal) ||
		decimal.kind != SFM_DECIMAL_FINITE)
		return true;
	number = sfm_decimal_to_double(&decimal, value->bytes, value->length,
								   &in_range);
	/* SQLite does not keep the sign of zero */
	if (!in_range || (decimal.is_zero && decimal.negative) ||
		sfm_real_digits(number, digits) != value->length ||
		memcmp(digits, value->bytes, value->length) != 0)
		return cannot_write_as(writer, becomes_number);
	return write_real(value, number);
}

/* ------------------------------------------------------------------------
 * Integers, boolean, floating point
 * ------------------------------------------------------------------------
 */

static bool
write_int64(SfmWriter *writer, int64 number, SfmValue *value)
{
	switch (writer->storage)
	{
		case SFM_STORAGE_DEFAULT:
		case SFM_STORAGE_INTEGER:
			return write_integer(value, number);
		case SFM_STORAGE_REAL:
			write_integer(value, number);
			/* "1.0" would be no integer */
			return writer->affinity == SFM_AFFINITY_TEXT ||
				fit_real(writer, value);
		case SFM_STORAGE_TEXT:
			write_integer(value, number);
			return fit_text(writer, value);
		case SFM_STORAGE_BLOB:
			break;
	}
	return cannot_write_as(writer, not_as_blob);
}

static bool
write_int2(SfmWriter *writer, Datum datum, SfmValue *value)
{
	return write_int64(writer, DatumGetInt16(datum), value);
}

static bool
write_int4(SfmWriter *writer, Datum datum, SfmValue *value)
{
	return write_int64(writer, DatumGetInt32(datum), value);
}

static bool
write_int8(SfmWriter *writer, Datum datum, SfmValue *value)
{
	return write_int64(writer, DatumGetInt64(datum), value);
}

static bool
write_oid(SfmWriter *writer, Datum datum, SfmValue *value)
{
	return write_int64(writer, DatumGetObjectId(datum), value);
}

static bool
write_bool(SfmWriter *writer, Datum datum, SfmValue *value)
{
	if (writer->storage == SFM_STORAGE_TEXT)
		return DatumGetBool(datum) ? sfm_write_bytes(value, "true", 4) :
			sfm_write_bytes(value, "false", 5);
	return write_int64(writer, DatumGetBool(datum) ? 1 : 0, value);
}

/* "digits" of the type itself for storage text: fewer for a real */
static bool
write_double(SfmWriter *writer, double number, const char *digits, int length,
			 SfmValue *value)
{
	/* SQLite would make a double of the digits of a real */
	if (writer->storage == SFM_STORAGE_TEXT &&
		(writer->affinity < SFM_AFFINITY_NUMERIC || !isfinite(number)))
		return sfm_write_bytes(value, digits, length);
	if (isnan(number))
		return cannot_write_as(writer, nan_is_null);
	switch (writer->storage)
	{
		case SFM_STORAGE_INTEGER:
			if (!(number >= -TWO_TO_63 && number < TWO_TO_63) ||
				number != rint(number))
				return cannot_write_as(writer, not_as_integer);
			return write_integer(value, (int64) number);
		case SFM_STORAGE_BLOB:
			return cannot_write_as(writer, not_as_blob);
		default:
			return write_real(value, number);
	}
}

static bool
write_float4(SfmWriter *writer, Datum datum, SfmValue *value)
{
	float		number = DatumGetFloat4(datum);
	int			length = 0;

	if (writer->storage == SFM_STORAGE_TEXT)
		length = float_to_shortest_decimal_bufn(number, writer->digits);
	return write_double(writer, number, writer->digits, length, value);
}

static bool
write_float8(SfmWriter *writer, Datum datum, SfmValue *value)
{
	double		number = DatumGetFloat8(datum);
	int			length = 0;

	if (writer->storage == SFM_STORAGE_TEXT)
		length = sfm_real_digits(number, writer->digits);
	return write_double(writer, number, writer->digits, length, value);
}

/* ------------------------------------------------------------------------
 * numeric and money
 * ------------------------------------------------------------------------
 */

/* The digits of a number that are not zeros at an end, and their place. */
typedef struct Digits
{
	char	   *digits;
	int			length;
	int64		exponent;		/* of the last digit */
} Digits;

/* Takes a number apart; "str" has passed sfm_read_decimal(). */
static void
take_digits(const char *str, const SfmDecimal *decimal, Digits *digits)
{
	digits->digits = palloc(strlen(str) + 1);
	digits->length = 0;
	digits->exponent = decimal->lowest;
	for (; *str != '\0' && *str != 'e'; str++)
	{
		if (sfm_is_digit(*str) && (digits->length > 0 || *str != '0'))
			digits->digits[digits->length++] = *str;
	}
	while (digits->length > 0 && digits->digits[digits->length - 1] == '0')
		digits->length--;
}

/*
 * Says whether the fewest digits that mean the double nearest to a number are
 * those of the number: then numeric comes back from REAL as it was.
 */
static bool
is_double(const char *str, const SfmDecimal *decimal, double *number)
{
	char		shortest[SFM_NUMBER_TEXT_LENGTH];
	SfmDecimal	again;
	Digits		a;
	Digits		b;
	bool		in_range;
	bool		same;

	*number = sfm_decimal_to_double(decimal, str, strlen(str), &in_range);
	if (!in_range || isinf(*number))
		return false;
	if (decimal->is_zero)
		return true;
	sfm_real_digits(*number, shortest);
	if (!sfm_read_decimal(shortest, strlen(shortest), &again))
		return false;
	take_digits(str, decimal, &a);
	take_digits(shortest, &again, &b);
	same = a.length == b.length && a.exponent == b.exponent &&
		memcmp(a.digits, b.digits, a.length) == 0;
	pfree(a.digits);
	pfree(b.digits);
	return same;
}

/* Reads a whole number, "12" or "12.00"; false if it is none within int64. */
static bool
is_int64(const char *str, const SfmDecimal *decimal, int64 *number)
{
	bool		negative = *str == '-';

	if (!decimal->is_zero && decimal->lowest < 0)
		return false;
	*number = 0;
	for (str += negative ? 1 : 0; sfm_is_digit(*str); str++)
	{
		/* collected as a negative number, of which there is one more */
		if (pg_mul_s64_overflow(*number, 10, number) ||
			pg_sub_s64_overflow(*number, *str - '0', number))
			return false;
	}
	if (!negative)
	{
		if (*number == PG_INT64_MIN)
			return false;
		*number = -*number;
	}
	return true;
}

static bool
write_numeric(SfmWriter *writer, Datum datum, SfmValue *value)
{
	char	   *str = DatumGetCString(DirectFunctionCall1(numeric_out, datum));
	bool		makes_numbers = writer->affinity >= SFM_AFFINITY_NUMERIC;
	bool		makes_integers = writer->affinity == SFM_AFFINITY_NUMERIC ||
		writer->affinity == SFM_AFFINITY_INTEGER;
	SfmDecimal	decimal;
	int64		integer;
	double		real;

	if (writer->storage == SFM_STORAGE_BLOB)
		return cannot_write_as(writer, not_as_blob);
	if (!sfm_read_decimal(str, strlen(str), &decimal))
		elog(ERROR, "unexpected numeric \"%s\"", str);
	if (decimal.kind != SFM_DECIMAL_FINITE)
	{
		if (writer->storage == SFM_STORAGE_INTEGER)
			return cannot_write_as(writer, not_as_integer);
		if (writer->storage == SFM_STORAGE_REAL &&
			decimal.kind == SFM_DECIMAL_NAN)
			return cannot_write_as(writer, nan_is_null);
		if (writer->storage == SFM_STORAGE_TEXT ||
			decimal.kind == SFM_DECIMAL_NAN)
			return sfm_write_bytes(value, str, strlen(str));
		return write_real(value, decimal.negative ? -INFINITY : INFINITY);
	}

	/* text of a number stays text only where no affinity makes one of it */
	if (writer->storage == SFM_STORAGE_TEXT && !makes_numbers)
		return sfm_write_bytes(value, str, strlen(str));
	/* and a REAL that is a whole number becomes an INTEGER with all digits */
	if ((writer->storage != SFM_STORAGE_REAL || makes_integers) &&
		writer->affinity != SFM_AFFINITY_REAL &&
		is_int64(str, &decimal, &integer))
		return write_integer(value, integer);
	if (writer->storage == SFM_STORAGE_INTEGER)
		return cannot_write_as(writer, not_as_integer);
	if (writer->storage != SFM_STORAGE_REAL && !makes_numbers)
		return sfm_write_bytes(value, str, strlen(str));
	if (!is_double(str, &decimal, &real))
		return cannot_write_as(writer, real_inexact);
	return write_real(value, real);
}

/* The number, without the signs of a currency. */
static bool
write_money(SfmWriter *writer, Datum datum, SfmValue *value)
{
	return write_numeric(writer, DirectFunctionCall1(cash_numeric, datum),
						 value);
}

/* ------------------------------------------------------------------------
 * Text and bytes
 * ------------------------------------------------------------------------
 */

/* Converts text from the database encoding. */
static bool
write_server_text(SfmWriter *writer, const char *bytes, size_t length,
				  SfmValue *value)
{
	int			encoding = GetDatabaseEncoding();
	size_t		size = (length + 2) * MAX_CONVERSION_GROWTH + 1;
	char	   *utf8;

	if (encoding == PG_UTF8)
		return sfm_write_bytes(value, bytes, length);
	if (encoding == PG_SQL_ASCII)
	{
		if (!pg_verify_mbstr(PG_UTF8, bytes, (int) length, true))
			return sfm_cannot_write(writer,
									ERRCODE_CHARACTER_NOT_IN_REPERTOIRE,
									not_utf8);
		return sfm_write_bytes(value, bytes, length);
	}
	if (size > INT_MAX || !OidIsValid(writer->encoding_procedure))
		return sfm_cannot_write(writer, ERRCODE_UNTRANSLATABLE_CHARACTER,
								not_utf8);
	utf8 = MemoryContextAllocHuge(CurrentMemoryContext, size);
	if (pg_do_encoding_conversion_buf(writer->encoding_procedure, encoding,
									  PG_UTF8, (unsigned char *) bytes,
									  (int) length, (unsigned char *) utf8,
									  (int) size, true) < length)
		return sfm_cannot_write(writer, ERRCODE_UNTRANSLATABLE_CHARACTER,
								not_utf8);
	return sfm_write_bytes(value, utf8, strlen(utf8));
}

/*
 * Writes text in the storage class that is asked for; as a number only if it
 * is the number's own digits.
 */
static bool
write_text_as(SfmWriter *writer, const char *bytes, size_t length,
			  SfmValue *value)
{
	if (!write_server_text(writer, bytes, length, value))
		return false;
	switch (writer->storage)
	{
		case SFM_STORAGE_DEFAULT:
		case SFM_STORAGE_TEXT:
			break;
		case SFM_STORAGE_BLOB:
			value->storage_class = SFM_BLOB;
			break;
		case SFM_STORAGE_INTEGER:
			if (writer->affinity == SFM_AFFINITY_REAL ||
				!fit_numeric(writer, value) ||
				value->storage_class != SFM_INTEGER)
				return cannot_write_as(writer, not_as_integer);
			break;
		case SFM_STORAGE_REAL:
			if (!fit_real(writer, value) ||
				value->storage_class != SFM_REAL ||
				(writer->affinity >= SFM_AFFINITY_NUMERIC &&
				 writer->affinity != SFM_AFFINITY_REAL &&
				 value->real == rint(value->real)))
				return cannot_write_as(writer, not_as_real);
			break;
	}
	return true;
}

static bool
write_text(SfmWriter *writer, Datum datum, SfmValue *value)
{
	text	   *str = DatumGetTextPP(datum);

	return write_text_as(writer, VARDATA_ANY(str), VARSIZE_ANY_EXHDR(str),
						 value);
}

/* The blanks that only fill char(n) up are left out, as in a cast to text. */
static bool
write_bpchar(SfmWriter *writer, Datum datum, SfmValue *value)
{
	text	   *str = DatumGetTextPP(datum);

	return write_text_as(writer, VARDATA_ANY(str),
						 bpchartruelen(VARDATA_ANY(str),
									   VARSIZE_ANY_EXHDR(str)), value);
}

static bool
write_name(SfmWriter *writer, Datum datum, SfmValue *value)
{
	char	   *str = NameStr(*DatumGetName(datum));

	return write_text_as(writer, str, strlen(str), value);
}

static bool
write_bytea(SfmWriter *writer, Datum datum, SfmValue *value)
{
	bytea	   *bytes = DatumGetByteaPP(datum);
	size_t		length = VARSIZE_ANY_EXHDR(bytes);

	sfm_write_bytes(value, VARDATA_ANY(bytes), length);
	switch (writer->storage)
	{
		case SFM_STORAGE_DEFAULT:
		case SFM_STORAGE_BLOB:
			value->storage_class = SFM_BLOB;
			return true;
		case SFM_STORAGE_TEXT:
			/* other bytes would not get through a file in UTF-16 */
			if (!pg_verify_mbstr(PG_UTF8, value->bytes, (int) length, true))
				return sfm_cannot_write(writer,
										ERRCODE_CHARACTER_NOT_IN_REPERTOIRE,
										"The bytes are not valid UTF-8.");
			return true;
		case SFM_STORAGE_INTEGER:
			return cannot_write_as(writer, not_as_integer);
		case SFM_STORAGE_REAL:
			break;
	}
	return cannot_write_as(writer, not_as_real);
}

/* ------------------------------------------------------------------------
 * All other types
 * ------------------------------------------------------------------------
 */

static bool
write_uuid(SfmWriter *writer, Datum datum, SfmValue *value)
{
	const char *hex = writer->capitals ? "0123456789ABCDEF" :
		"0123456789abcdef";
	const unsigned char *bytes = DatumGetUUIDP(datum)->data;
	char	   *at = writer->digits;

	if (writer->storage == SFM_STORAGE_BLOB)
	{
		sfm_write_bytes(value, (const char *) bytes, UUID_LEN);
		value->storage_class = SFM_BLOB;
		return true;
	}
	if (writer->storage == SFM_STORAGE_INTEGER)
		return cannot_write_as(writer, not_as_integer);
	if (writer->storage == SFM_STORAGE_REAL)
		return cannot_write_as(writer, not_as_real);
	for (int i = 0; i < UUID_LEN; i++)
	{
		if ((i == 4 || i == 6 || i == 8 || i == 10) && !writer->no_hyphens)
			*at++ = '-';
		*at++ = hex[bytes[i] >> 4];
		*at++ = hex[bytes[i] & 0x0f];
	}
	return sfm_write_bytes(value, writer->digits, at - writer->digits);
}

static bool
write_output(SfmWriter *writer, Datum datum, SfmValue *value)
{
	char	   *str;

	str = sfm_output_call(&writer->output, datum);
	return write_text_as(writer, str, strlen(str), value);
}

/* JSON as a BLOB might be taken for JSONB; bits are read from text only. */
static bool
write_no_blob(SfmWriter *writer, Datum datum, SfmValue *value)
{
	if (writer->storage == SFM_STORAGE_BLOB)
		return cannot_write_as(writer, not_as_blob);
	return write_output(writer, datum, value);
}

static const struct
{
	Oid			type;
	SfmWriteFunction write;
}			type_writers[] = {
	{INT2OID, write_int2},
	{INT4OID, write_int4},
	{INT8OID, write_int8},
	{OIDOID, write_oid},
	{FLOAT4OID, write_float4},
	{FLOAT8OID, write_float8},
	{NUMERICOID, write_numeric},
	{CASHOID, write_money},
	{BOOLOID, write_bool},
	{TEXTOID, write_text},
	{VARCHAROID, write_text},
	{BPCHAROID, write_bpchar},
	{NAMEOID, write_name},
	{BYTEAOID, write_bytea},
	{UUIDOID, write_uuid},
	{JSONOID, write_no_blob},
	{JSONBOID, write_no_blob},
	{BITOID, write_no_blob},
	{VARBITOID, write_no_blob}
};

static SfmWriteFunction
find_writer(Oid type)
{
	for (int i = 0; i < lengthof(type_writers); i++)
	{
		if (type_writers[i].type == type)
			return type_writers[i].write;
	}
	return NULL;
}

/*
 * sfm_writer_init
 *		Makes a writer for a column of the given type.
 *
 * What it allocates lives in CurrentMemoryContext.  Raises an error only if
 * the type has no output function or is not there.
 */
void
sfm_writer_init(SfmWriter *writer, Oid type, int32 typmod, SfmStorage storage,
				SfmEpoch epoch, SfmAffinity affinity)
{
	static const SfmFitFunction fits[] = {
		[SFM_AFFINITY_BLOB] = fit_any,
		[SFM_AFFINITY_TEXT] = fit_text,
		[SFM_AFFINITY_NUMERIC] = fit_numeric,
		[SFM_AFFINITY_INTEGER] = fit_numeric,
		[SFM_AFFINITY_REAL] = fit_real
	};
	int			encoding = GetDatabaseEncoding();
	Oid			element_type;
	Oid			output;
	bool		is_varlena;

	memset(writer, 0, sizeof(SfmWriter));
	writer->type = type;
	writer->typmod = typmod;
	writer->base_type = getBaseType(type);
	writer->storage = storage;
	writer->epoch = epoch;
	writer->affinity = affinity;
	writer->fit = fits[affinity];
	if (encoding != PG_UTF8 && encoding != PG_SQL_ASCII)
		writer->encoding_procedure =
			FindDefaultConversionProc(encoding, PG_UTF8);
	getTypeOutputInfo(writer->base_type, &output, &is_varlena);
	fmgr_info(output, &writer->output);

	writer->write = find_writer(writer->base_type);
	if (writer->write != NULL || sfm_time_writer_init(writer))
		return;
	writer->write = write_output;
	element_type = get_element_type(writer->base_type);
	if (OidIsValid(element_type))
		sfm_array_writer_init(writer, element_type);
	else if (sfm_is_vector(writer->base_type))
		sfm_vector_writer_init(writer);
	else if (writer->output.fn_addr == textout)
		writer->write = write_text; /* text under another name: citext */
}

/* Writes a UUID as one that is in the column already. */
static void
learn_uuid(SfmWriter *writer, const SfmValue *sample)
{
	if (sample->storage_class == SFM_BLOB)
		writer->storage = SFM_STORAGE_BLOB;
	if (sample->storage_class != SFM_TEXT)
		return;
	writer->no_hyphens = sample->length == 2 * UUID_LEN;
	for (size_t i = 0; i < sample->length; i++)
	{
		if (sample->bytes[i] >= 'A' && sample->bytes[i] <= 'F')
			writer->capitals = true;
	}
}

/*
 * sfm_writer_can_learn
 *		Are there several ways to write the type, one of which might be used in
 *		the column already?  Not if the option "storage" has chosen one.
 */
bool
sfm_writer_can_learn(const SfmWriter *writer)
{
	return writer->storage == SFM_STORAGE_DEFAULT &&
		(writer->reader != NULL || writer->element != NULL ||
		 writer->base_type == BOOLOID || writer->base_type == UUIDOID ||
		 (writer->base_type == NUMERICOID &&
		  writer->affinity == SFM_AFFINITY_BLOB) ||
		 sfm_is_vector(writer->base_type));
}

/*
 * sfm_writer_learn
 *		Writes from now on as the column's values are written: "sample" is one
 *		of them.  To be called only if sfm_writer_can_learn().
 */
void
sfm_writer_learn(SfmWriter *writer, const SfmValue *sample)
{
	if (writer->reader != NULL)
		sfm_time_writer_learn(writer, sample);
	else if (writer->base_type == UUIDOID)
		learn_uuid(writer, sample);
	else if (sample->storage_class == SFM_TEXT)
	{
		if (writer->base_type == NUMERICOID ||
			(writer->base_type == BOOLOID &&
			 ((sample->length == 4 &&
			   pg_strncasecmp(sample->bytes, "true", 4) == 0) ||
			  (sample->length == 5 &&
			   pg_strncasecmp(sample->bytes, "false", 5) == 0))))
			writer->storage = SFM_STORAGE_TEXT;
	}
	else if (sample->storage_class == SFM_BLOB &&
			 writer->base_type != NUMERICOID &&
			 writer->base_type != BOOLOID)
	{
		writer->storage = SFM_STORAGE_BLOB;
		if (writer->element == NULL)
			sfm_vector_writer_init(writer);
	}
}
