/*-------------------------------------------------------------------------
 *
 * to_other.c
 *	  SQLite values to uuid, json, jsonb, bit strings, enums, arrays, pgvector's
 *	  vector, and to every type that is known by its input function only.
 *
 * An array arrives as the text of a JSON array, the way applications keep one
 * in SQLite; nested arrays become dimensions.  A PostgreSQL array literal
 * ({1,2}) is taken, too, since no JSON array begins with a brace.  Embeddings
 * arrive as a BLOB of float32 numbers, little-endian, as sqlite-vec, libSQL
 * and numpy's tobytes() write them.
 *
 * JSON is checked with the server's own parser, which returns what it finds
 * instead of raising it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/dependency.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "common/jsonapi.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/uuid.h"
#include "utils/varbit.h"

#include "sqlite/sqlite.h"
#include "value/converters.h"

/*
 * SQLite's JSON functions stop at 1000 levels (2000 in older versions); the
 * server's parser would raise an error for too many.
 */
#define MAX_JSON_DEPTH 2000

/* jsonb_in() allocates 32 bytes for each element of an array, 1 GB at most */
#define MAX_JSONB_COMMAS (16 * 1024 * 1024)

/* shorter JSON holds no number that numeric could not hold */
#define MAX_PLAIN_JSON_LENGTH 16000

/* dimensions that pgvector's type vector can have */
#define MAX_VECTOR_DIMENSIONS 16000

/* An array that is being read from JSON. */
typedef struct ArrayReader
{
	const char *at;
	const char *end;
	SfmConverter *converter;	/* of the array; gets the reason */
	bool		takes_json;		/* the elements are json or jsonb */
	int			dimensions;		/* 0 until the first element is met */
	int			lengths[MAXDIM];	/* -1 until known */
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	int			capacity;
} ArrayReader;

static inline bool
bad_syntax(SfmConverter *converter, const char *reason)
{
	return sfm_bad_value(converter, ERRCODE_INVALID_TEXT_REPRESENTATION,
						 reason);
}

/*
 * uuid
 */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * Reads 32 hexadecimal digits, with a hyphen or none after each group of four,
 * in braces or not: the forms that uuid_in() takes.
 */
static bool
read_uuid(const char *str, size_t length, pg_uuid_t *uuid)
{
	const char *end;

	if (length >= 2 && str[0] == '{' && str[length - 1] == '}')
	{
		str++;
		length -= 2;
	}
	end = str + length;
	for (int i = 0; i < UUID_LEN; i++)
	{
		int			high;
		int			low;

		if (end - str < 2)
			return false;
		high = hex_digit(str[0]);
		low = hex_digit(str[1]);
		if (high < 0 || low < 0)
			return false;
		uuid->data[i] = (unsigned char) (high << 4 | low);
		str += 2;
		if (i % 2 == 1 && i < UUID_LEN - 1 && str < end && *str == '-')
			str++;
	}
	return str == end;
}

bool
sfm_uuid_from_text(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	pg_uuid_t	uuid;
	pg_uuid_t  *copy;

	if (!read_uuid(value->bytes, value->length, &uuid))
		return bad_syntax(converter, "The text is not a UUID.");
	copy = palloc(sizeof(pg_uuid_t));
	*copy = uuid;
	*result = UUIDPGetDatum(copy);
	return true;
}

bool
sfm_uuid_from_blob(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	pg_uuid_t  *uuid;

	if (value->length != UUID_LEN)
		return sfm_bad_value(converter, ERRCODE_INVALID_BINARY_REPRESENTATION,
							 "A UUID has 16 bytes.");
	uuid = palloc(sizeof(pg_uuid_t));
	memcpy(uuid->data, value->bytes, UUID_LEN);
	*result = UUIDPGetDatum(uuid);
	return true;
}

/*
 * json and jsonb
 */

/* What a text of JSON is made of; right only if it is JSON. */
typedef struct JsonShape
{
	int			depth;
	size_t		keys;			/* of all objects */
	size_t		commas;
} JsonShape;

static void
measure_json(const char *str, size_t length, JsonShape *shape)
{
	int			depth = 0;
	bool		in_string = false;

	memset(shape, 0, sizeof(JsonShape));
	for (size_t i = 0; i < length; i++)
	{
		char		c = str[i];

		if (in_string)
		{
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
			continue;
		}
		switch (c)
		{
			case '"':
				in_string = true;
				break;
			case '[':
			case '{':
				shape->depth = Max(shape->depth, ++depth);
				break;
			case ']':
			case '}':
				depth--;
				break;
			case ':':
				shape->keys++;
				break;
			case ',':
				shape->commas++;
				break;
			default:
				break;
		}
	}
}

/* The number of keys of all objects in a jsonb. */
static size_t
count_jsonb_keys(Datum jsonb)
{
	JsonbIterator *iterator = JsonbIteratorInit(&DatumGetJsonbP(jsonb)->root);
	JsonbIteratorToken token;
	JsonbValue	value;
	size_t		keys = 0;

	while ((token = JsonbIteratorNext(&iterator, &value, false)) != WJB_DONE)
		keys += token == WJB_KEY;
	return keys;
}

static bool
check_json_depth(SfmConverter *converter, const char *str, size_t length)
{
	JsonShape	shape;

	if (length <= MAX_JSON_DEPTH)
		return true;
	measure_json(str, length, &shape);
	if (shape.depth > MAX_JSON_DEPTH)
		return sfm_bad_value(converter, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
							 "The JSON text is nested more than 2000 levels deep.");
	return true;
}

/* Checks the syntax of JSON in the given encoding. */
static bool
check_json(SfmConverter *converter, const char *str, size_t length,
		   int encoding)
{
	JsonLexContext *lexer;
	JsonParseErrorType error;

	if (!check_json_depth(converter, str, length))
		return false;
	lexer = sfm_json_lex_context(str, length, encoding, false);
	error = pg_parse_json(lexer, &nullSemAction);
	if (error != JSON_SUCCESS)
		return bad_syntax(converter,
						  psprintf("PostgreSQL reports: invalid input syntax for type json. %s",
								   json_errdetail(error, lexer)));
	pfree(lexer);
	return true;
}

bool
sfm_json_from_text(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	const char *bytes;
	size_t		length;

	if (!sfm_text_bytes(converter, value, &bytes, &length) ||
		!check_json(converter, bytes, length, GetDatabaseEncoding()))
		return false;
	*result = PointerGetDatum(cstring_to_text_with_len(bytes, (int) length));
	return true;
}

/*
 * Says whether JSON of correct syntax can be made jsonb without fail: it holds
 * no escaped character that a text cannot hold and no number out of range.
 */
static bool
is_plain_json(const char *str, size_t length)
{
	if (length > MAX_PLAIN_JSON_LENGTH)
		return false;
	for (size_t i = 1; i < length; i++)
	{
		if ((str[i] == 'u' && str[i - 1] == '\\') ||
			((str[i] == 'e' || str[i] == 'E') && sfm_is_digit(str[i - 1])))
			return false;
	}
	return true;
}

/* Makes a jsonb of a text that has been measured. */
static bool
make_jsonb(SfmConverter *converter, char *str, size_t length, Datum *result)
{
	if (!converter->input_is_soft)
	{
		/*
		 * Parsing twice costs no more than a subtransaction, of which a
		 * parallel plan can have none and a transaction 2^32 only.
		 */
		if (!check_json(converter, str, length, GetDatabaseEncoding()))
			return false;
		if (is_plain_json(str, length))
		{
			*result = DirectFunctionCall1(jsonb_in, CStringGetDatum(str));
			return true;
		}
	}
	return sfm_input_call(converter, str, result);
}

/*
 * sfm_jsonb_from_text
 *		jsonb keeps one of several equal keys of an object, without a word, so
 *		the keys are counted before and after.
 */
bool
sfm_jsonb_from_text(SfmConverter *converter, const SfmValue *value,
					Datum *result)
{
	char	   *str = sfm_text_cstring(converter, value);
	size_t		length;
	JsonShape	shape;

	if (str == NULL)
		return false;
	length = strlen(str);
	measure_json(str, length, &shape);
	if (shape.depth > MAX_JSON_DEPTH)
		return check_json_depth(converter, str, length);
	if (shape.commas > MAX_JSONB_COMMAS)
		return sfm_bad_value(converter, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
							 "The JSON text has more elements than jsonb can hold.");
	if (!make_jsonb(converter, str, length, result))
		return false;
	if (shape.keys > 1 && count_jsonb_keys(*result) != shape.keys)
		return sfm_bad_value(converter,
							 ERRCODE_DUPLICATE_JSON_OBJECT_KEY_VALUE,
							 "The JSON text has an object with equal keys, of which jsonb would keep one.");
	return true;
}

/*
 * A BLOB that is JSONB of SQLite counts as that, otherwise as JSON text.
 * SQLite's own functions look in this order, too; it matters for a few BLOBs
 * of four bytes: x'33313233' is 123 as JSONB and 3123 as text.
 */
bool
sfm_json_from_blob(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	SfmValue	str = {.storage_class = SFM_TEXT};
	char	   *json;

	json = sfm_jsonb_to_json(value->bytes, value->length, &str.length);
	str.bytes = json != NULL ? json : value->bytes;
	if (json == NULL)
		str.length = value->length;
	return converter->convert[SFM_TEXT] (converter, &str, result);
}

/*
 * bit and bit varying
 */

bool
sfm_bit_from_text(SfmConverter *converter, const SfmValue *value,
				  Datum *result)
{
	int32		limit = converter->base_typmod;
	bool		fixed = converter->base_type == BITOID;
	size_t		length = value->length;
	size_t		size;
	VarBit	   *bits;

	for (size_t i = 0; i < length; i++)
	{
		if (value->bytes[i] != '0' && value->bytes[i] != '1')
			return bad_syntax(converter, "A bit string consists of the digits 0 and 1.");
	}
	if (limit > 0 && fixed && length != limit)
		return sfm_bad_value(converter, ERRCODE_STRING_DATA_LENGTH_MISMATCH,
							 "The number of bits is not that of the type.");
	if ((limit > 0 && length > limit) || length > VARBITMAXLEN)
		return sfm_bad_value(converter, ERRCODE_STRING_DATA_RIGHT_TRUNCATION,
							 "The value has more bits than the type's length allows.");

	size = VARBITTOTALLEN(length);
	bits = palloc0(size);
	SET_VARSIZE(bits, size);
	VARBITLEN(bits) = (int32) length;
	for (size_t i = 0; i < length; i++)
	{
		if (value->bytes[i] == '1')
			VARBITS(bits)[i / BITS_PER_BYTE] |= HIGHBIT >> (i % BITS_PER_BYTE);
	}
	*result = VarBitPGetDatum(bits);
	return true;
}

/*
 * Types known by their input function
 */

/*
 * Looks the label up before enum_in() does, which raises an error for an
 * unknown one; still it is enum_in() that makes the value, since it refuses
 * labels that this transaction has added but not committed.
 */
bool
sfm_enum_from_text(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	char	   *label = sfm_text_cstring(converter, value);

	if (label == NULL)
		return false;
	if (strlen(label) >= NAMEDATALEN ||
		!SearchSysCacheExists2(ENUMTYPOIDNAME,
							   ObjectIdGetDatum(converter->base_type),
							   CStringGetDatum(label)))
		return bad_syntax(converter, "The enumeration has no such label.");
	*result = InputFunctionCall(&converter->input, label, converter->ioparam,
								converter->base_typmod);
	return true;
}

bool
sfm_other_from_text(SfmConverter *converter, const SfmValue *value,
					Datum *result)
{
	char	   *str = sfm_text_cstring(converter, value);

	return str != NULL && sfm_input_call(converter, str, result);
}

/*
 * Arrays from JSON
 *
 * The text has passed check_json(), so the functions that follow rely on its
 * syntax.
 */

static void
skip_json_blanks(ArrayReader *reader)
{
	while (reader->at < reader->end && sfm_is_blank(*reader->at))
		reader->at++;
}

/* Steps over a JSON string; "at" is at its opening quote. */
static void
skip_json_string(ArrayReader *reader)
{
	for (reader->at++; reader->at < reader->end && *reader->at != '"';
		 reader->at++)
	{
		if (*reader->at == '\\')
			reader->at++;
	}
	reader->at++;
}

/* Steps over one JSON value of any kind. */
static void
skip_json_value(ArrayReader *reader)
{
	int			depth = 0;

	do
	{
		char		c = *reader->at;

		if (c == '"')
		{
			skip_json_string(reader);
			continue;
		}
		if (depth == 0 && (c == ',' || c == ']' || c == '}' ||
						   sfm_is_blank(c)))
			return;
		if (c == '[' || c == '{')
			depth++;
		else if (c == ']' || c == '}')
		{
			if (--depth == 0)
			{
				reader->at++;
				return;
			}
		}
		reader->at++;
	} while (reader->at < reader->end);
}

/* Four hexadecimal digits; the parser has checked them. */
static pg_wchar
read_code_unit(const char *at)
{
	pg_wchar	unit = 0;

	for (int i = 0; i < 4; i++)
		unit = unit << 4 | (pg_wchar) hex_digit(at[i]);
	return unit;
}

/*
 * Reads what follows "\u" and, after the first half of a pair, the other half.
 * Returns the position behind it, or NULL for half a pair alone or U+0000.
 */
static const char *
unescape_unicode(const char *at, const char *end, char **target)
{
	pg_wchar	character = read_code_unit(at);

	at += 4;
	if (is_utf16_surrogate_first(character))
	{
		pg_wchar	second;

		if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
			return NULL;
		second = read_code_unit(at + 2);
		if (!is_utf16_surrogate_second(second))
			return NULL;
		character = surrogate_pair_to_codepoint(character, second);
		at += 6;
	}
	else if (is_utf16_surrogate_second(character) || character == 0)
		return NULL;
	unicode_to_utf8(character, (unsigned char *) *target);
	*target += pg_utf_mblen((unsigned char *) *target);
	return at;
}

/* Makes a JSON string, given without its quotes, an SfmValue. */
static bool
unescape_string(SfmConverter *converter, const char *at, const char *end,
				SfmValue *value)
{
	char	   *target;

	value->storage_class = SFM_TEXT;
	value->bytes = at;
	value->length = end - at;
	if (memchr(at, '\\', value->length) == NULL)
		return true;

	/* an escape is never shorter than the character it stands for */
	value->bytes = target = palloc(value->length + 1);
	while (at < end)
	{
		if (*at != '\\')
		{
			*target++ = *at++;
			continue;
		}
		at++;
		switch (*at++)
		{
			case 'b':
				*target++ = '\b';
				break;
			case 'f':
				*target++ = '\f';
				break;
			case 'n':
				*target++ = '\n';
				break;
			case 'r':
				*target++ = '\r';
				break;
			case 't':
				*target++ = '\t';
				break;
			case 'u':
				at = unescape_unicode(at, end, &target);
				if (at == NULL)
					return bad_syntax(converter, "A JSON string holds a \\u escape that is no character.");
				break;
			default:
				*target++ = at[-1]; /* a quote, a slash or a backslash */
				break;
		}
	}
	value->length = target - value->bytes;
	return true;
}

static bool
is_json_null(const char *at, const char *end)
{
	return end - at == 4 && memcmp(at, "null", 4) == 0;
}

/* Makes room for one more element. */
static bool
reserve_element(ArrayReader *reader)
{
	if (reader->count < reader->capacity)
		return true;
	CHECK_FOR_INTERRUPTS();
	if (reader->capacity == 0)
	{
		reader->capacity = 16;
		reader->elements = palloc(reader->capacity * sizeof(Datum));
		reader->nulls = palloc(reader->capacity * sizeof(bool));
		return true;
	}
	if (reader->capacity > MaxArraySize / 2)
		return sfm_bad_value(reader->converter, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
							 "The array has too many elements.");
	reader->capacity *= 2;
	reader->elements = repalloc(reader->elements,
								reader->capacity * sizeof(Datum));
	reader->nulls = repalloc(reader->nulls, reader->capacity * sizeof(bool));
	return true;
}

/*
 * Reads one element that is no nested array.  A number is handed on by its
 * digits, so that no digit is lost on the way to numeric.
 */
static bool
read_element(ArrayReader *reader)
{
	SfmConverter *element = reader->converter->element;
	const char *start = reader->at;
	SfmValue	value;
	Datum	   *datum;

	if (!reserve_element(reader))
		return false;
	skip_json_value(reader);
	datum = &reader->elements[reader->count];
	*datum = (Datum) 0;
	reader->nulls[reader->count] = is_json_null(start, reader->at);
	if (reader->nulls[reader->count++])
		return true;

	value.storage_class = SFM_TEXT;
	value.bytes = start;
	value.length = reader->at - start;
	if (!reader->takes_json)
	{
		if (*start == '{')
			return bad_syntax(reader->converter, "An element of the array is a JSON object.");
		if (*start == '"' &&
			!unescape_string(reader->converter, start + 1, reader->at - 1,
							 &value))
			return false;
	}
	if (element->convert[SFM_TEXT] (element, &value, datum))
		return true;
	return sfm_bad_value(reader->converter, element->sqlstate,
						 element->reason);
}

/*
 * Reads a JSON array, "depth" levels below the outermost, and the arrays in
 * it.  All arrays of a level must have the same length.
 */
static bool
read_array(ArrayReader *reader, int depth)
{
	static const char not_rectangular[] =
	"The nested JSON arrays do not have the same lengths.";
	int			length = 0;

	if (depth >= MAXDIM)
		return bad_syntax(reader->converter, "The JSON array has more than 6 dimensions.");
	reader->at++;
	for (;;)
	{
		skip_json_blanks(reader);
		if (*reader->at == ']')
			break;
		if (*reader->at == ',')
		{
			reader->at++;
			continue;
		}
		length++;
		if (*reader->at == '[' && !reader->takes_json)
		{
			if (!read_array(reader, depth + 1))
				return false;
			continue;
		}
		if (reader->dimensions == 0)
			reader->dimensions = depth + 1;
		if (reader->dimensions != depth + 1)
			return bad_syntax(reader->converter, not_rectangular);
		if (!read_element(reader))
			return false;
	}
	reader->at++;

	if (reader->lengths[depth] < 0)
		reader->lengths[depth] = length;
	if (reader->lengths[depth] != length || (length == 0 && depth > 0))
		return bad_syntax(reader->converter, not_rectangular);
	return true;
}

static bool
array_from_json(SfmConverter *converter, const char *str, size_t length,
				Datum *result)
{
	ArrayReader reader = {str, str + length, converter};
	int			lower_bounds[MAXDIM] = {1, 1, 1, 1, 1, 1};
	Oid			element = converter->element->base_type;
	ArrayType  *array;

	reader.takes_json = element == JSONOID || element == JSONBOID;
	for (int i = 0; i < MAXDIM; i++)
		reader.lengths[i] = -1;
	if (!read_array(&reader, 0))
		return false;
	if (reader.count == 0)
		array = construct_empty_array(converter->element_type);
	else
		array = construct_md_array(reader.elements, reader.nulls,
								   reader.dimensions, reader.lengths,
								   lower_bounds, converter->element_type,
								   converter->element_length,
								   converter->element_by_value,
								   converter->element_align);
	*result = PointerGetDatum(array);
	return true;
}

/*
 * A literal as PostgreSQL writes it.  The input function rounds or cuts the
 * elements by the type modifier; it has none to do that without.
 */
static bool
array_from_literal(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	int32		typmod = converter->base_typmod;
	Datum		exact;
	bool		good;

	if (!sfm_other_from_text(converter, value, result))
		return false;
	if (typmod < 0)
		return true;
	converter->base_typmod = -1;
	good = sfm_other_from_text(converter, value, &exact);
	converter->base_typmod = typmod;
	if (!good)
		return false;
	if (!DatumGetBool(OidFunctionCall2Coll(F_ARRAY_EQ, C_COLLATION_OID,
										   *result, exact)))
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 "The type of the elements cannot hold them exactly.");
	return true;
}

static bool
array_from_text(SfmConverter *converter, const SfmValue *value, Datum *result)
{
	int			encoding = PG_UTF8;
	const char *str = value->bytes;
	const char *bytes;
	size_t		length = value->length;
	size_t		ignored;

	/* the elements are converted one by one, so all are still UTF-8 here */
	if (GetDatabaseEncoding() == PG_SQL_ASCII)
		encoding = PG_SQL_ASCII;
	sfm_trim(&str, &length);
	if (length > 0 && *str == '{')
		return array_from_literal(converter, value, result);
	if (!sfm_text_bytes(converter, value, &bytes, &ignored) ||
		!check_json(converter, str, length, encoding))
		return false;
	if (*str != '[')
		return bad_syntax(converter, "The text is not a JSON array.");
	return array_from_json(converter, str, length, result);
}

/*
 * Arrays and vectors from a BLOB of float32
 */

/* The bits of the float32 at the given place of a BLOB. */
static inline uint32
float_bits(const char *bytes, size_t place)
{
	uint32		bits;

	memcpy(&bits, bytes + place * sizeof(float4), sizeof(float4));
#ifdef WORDS_BIGENDIAN
	bits = pg_bswap32(bits);
#endif
	return bits;
}

static inline float4
float_at(const char *bytes, size_t place)
{
	uint32		bits = float_bits(bytes, place);
	float4		number;

	memcpy(&number, &bits, sizeof(number));
	return number;
}

static bool
check_float_blob(SfmConverter *converter, const SfmValue *value)
{
	if (value->length % sizeof(float4) != 0)
		return sfm_bad_value(converter, ERRCODE_INVALID_BINARY_REPRESENTATION,
							 "The length of the BLOB is not a multiple of 4 bytes.");
	if (value->length / sizeof(float4) > MaxArraySize)
		return sfm_bad_value(converter, ERRCODE_PROGRAM_LIMIT_EXCEEDED,
							 "The array has too many elements.");
	return true;
}

static bool
array_from_float_blob(SfmConverter *converter, const SfmValue *value,
					  Datum *result)
{
	size_t		count = value->length / sizeof(float4);
	bool		wide = converter->element->base_type == FLOAT8OID;
	Datum	   *elements;
	ArrayType  *array;

	if (!check_float_blob(converter, value))
		return false;
	elements = palloc(Max(count, 1) * sizeof(Datum));
	for (size_t i = 0; i < count; i++)
	{
		float4		number = float_at(value->bytes, i);

		elements[i] = wide ? Float8GetDatum((float8) number) :
			Float4GetDatum(number);
	}
	array = construct_array(elements, (int) count, converter->element_type,
							converter->element_length,
							converter->element_by_value,
							converter->element_align);
	pfree(elements);
	*result = PointerGetDatum(array);
	return true;
}

/*
 * vector_recv() takes the number of dimensions and an unused field as int16,
 * then the elements, all in network order.  What it would refuse is looked at
 * before, because it raises errors.
 */
static bool
vector_from_blob(SfmConverter *converter, const SfmValue *value,
				 Datum *result)
{
	size_t		count = value->length / sizeof(float4);
	StringInfoData message;

	if (!check_float_blob(converter, value))
		return false;
	if (count < 1 || count > MAX_VECTOR_DIMENSIONS ||
		(converter->base_typmod > 0 && count != converter->base_typmod))
		return sfm_bad_value(converter, ERRCODE_DATA_EXCEPTION,
							 "The number of elements is not that of the type.");
	for (size_t i = 0; i < count; i++)
	{
		if (!isfinite(float_at(value->bytes, i)))
			return sfm_bad_value(converter, ERRCODE_DATA_EXCEPTION,
								 "A vector cannot hold NaN or infinity.");
	}

	initStringInfo(&message);
	enlargeStringInfo(&message, (int) value->length + 2 * sizeof(int16));
	pq_sendint16(&message, (uint16) count);
	pq_sendint16(&message, 0);
	for (size_t i = 0; i < count; i++)
		pq_sendint32(&message, float_bits(value->bytes, i));
	*result = ReceiveFunctionCall(&converter->receive, &message,
								  converter->ioparam, converter->base_typmod);
	pfree(message.data);
	return true;
}

/*
 * Setting up
 */

/*
 * sfm_array_prepare
 *		Makes the converter of an array's elements.
 */
void
sfm_array_prepare(SfmConverter *converter, Oid element_type)
{
	Oid			element_base;

	converter->element_type = element_type;
	get_typlenbyvalalign(element_type, &converter->element_length,
						 &converter->element_by_value,
						 &converter->element_align);
	converter->element = palloc(sizeof(SfmConverter));
	sfm_converter_init(converter->element, element_type,
					   converter->base_typmod, converter->epoch);

	for (int i = 0; i < SFM_STORAGE_CLASSES; i++)
		converter->convert[i] = sfm_no_conversion;
	converter->convert[SFM_TEXT] = array_from_text;
	element_base = converter->element->base_type;
	if (element_base == FLOAT4OID || element_base == FLOAT8OID)
		converter->convert[SFM_BLOB] = array_from_float_blob;
}

/*
 * sfm_is_vector
 *		Says whether a type is the type "vector" of pgvector, which names its
 *		extension "vector", too.
 */
bool
sfm_is_vector(Oid type)
{
	HeapTuple	tuple;
	bool		named_so;
	Oid			extension;

	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	if (!HeapTupleIsValid(tuple))
		return false;
	named_so = strcmp(NameStr(((Form_pg_type) GETSTRUCT(tuple))->typname),
					  "vector") == 0;
	ReleaseSysCache(tuple);
	if (!named_so)
		return false;
	extension = getExtensionOfObject(TypeRelationId, type);
	return OidIsValid(extension) &&
		extension == get_extension_oid("vector", true);
}

/*
 * sfm_vector_prepare
 *		Looks up the receive function of vector.
 */
void
sfm_vector_prepare(SfmConverter *converter)
{
	Oid			receive;

	getTypeBinaryInputInfo(converter->base_type, &receive,
						   &converter->ioparam);
	fmgr_info(receive, &converter->receive);
	for (int i = 0; i < SFM_STORAGE_CLASSES; i++)
		converter->convert[i] = sfm_no_conversion;
	converter->convert[SFM_TEXT] = sfm_other_from_text;
	converter->convert[SFM_BLOB] = vector_from_blob;
}
