/*-------------------------------------------------------------------------
 *
 * collect.c
 *	  Looks at the values of a column: which types would hold them all.
 *
 * A profile is fed value by value, in one pass.  Every value is tried against
 * the column's own type, by the very converter that a load would use, and
 * against the wider types that may have to stand in for it, as long as one of
 * them has held all values so far: a type that dies is not tried again.
 *
 * Nearly all values of nearly all columns need no trial, as it is certain that
 * everything still tried holds them: an INTEGER in a bigint column, ASCII in a
 * text.  What a value of a class must be for that is in profile->quick, which
 * only says what the trial would.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "datatype/timestamp.h"
#include "port/pg_bitutils.h"
#include "port/pg_bswap.h"
#include "utils/float.h"
#include "utils/memutils.h"

#include "value/converters.h"
#include "value/infer.h"

#define BIT(candidate) SFM_CANDIDATE_BIT(candidate)

#define NUMBER_CANDIDATES \
	(BIT(SFM_CANDIDATE_INT8) | BIT(SFM_CANDIDATE_FLOAT8) | \
	 BIT(SFM_CANDIDATE_NUMERIC))

/* Longest value shown in a message, in bytes */
#define SHOWN_LENGTH 64

/* Integers up to this, and minus this, are exact as double precision */
#define EXACT_DOUBLE (INT64CONST(1) << 53)

/* 0001-01-01 00:00 as a Julian day */
#define JULIAN_YEAR_1 1721425.5

/* Seconds since 1970 of the beginnings of the years 1, 10000, 1975 and 2100 */
#define YEAR_1 (-62135596800.0)
#define YEAR_10000 253402300800.0
#define YEAR_1975 157766400.0
#define YEAR_2100 4102444800.0

/* How an epoch counts: seconds since 1970 = number / per_second + offset. */
typedef struct EpochScale
{
	double		per_second;
	double		offset;
} EpochScale;

#define DAYS_PER_SECOND (1 / 86400.0)

static const EpochScale epoch_scales[SFM_EPOCHS] = {
	[SFM_EPOCH_UNIX] = {1, 0},
	[SFM_EPOCH_UNIX_MS] = {1e3, 0},
	[SFM_EPOCH_UNIX_US] = {1e6, 0},
	[SFM_EPOCH_UNIX_NS] = {1e9, 0},
	[SFM_EPOCH_JULIAN] = {DAYS_PER_SECOND, -210866760000.0},
	[SFM_EPOCH_APPLE] = {1, SFM_APPLE_ORIGIN},
	[SFM_EPOCH_CHROME] = {1e6, -11644473600.0},
	[SFM_EPOCH_DOTNET] = {1e7, YEAR_1},
};

static const Oid candidate_types[SFM_CANDIDATES] = {
	[SFM_CANDIDATE_BOOL] = BOOLOID,
	[SFM_CANDIDATE_INT8] = INT8OID,
	[SFM_CANDIDATE_FLOAT8] = FLOAT8OID,
	[SFM_CANDIDATE_NUMERIC] = NUMERICOID,
	[SFM_CANDIDATE_DATE] = DATEOID,
	[SFM_CANDIDATE_TIMESTAMP] = TIMESTAMPOID,
	[SFM_CANDIDATE_UUID] = UUIDOID,
	[SFM_CANDIDATE_JSON] = JSONOID,
	[SFM_CANDIDATE_JSONB] = JSONBOID,
	[SFM_CANDIDATE_TEXT] = TEXTOID,
};

/* Has a candidate held all values so far? */
static bool
is_alive(const SfmProfile *profile, SfmCandidate candidate)
{
	return (profile->alive & BIT(candidate)) != 0;
}

/*
 * wider_types
 *		The types that may stand in for one: a set of SfmCandidate.
 */
static uint32
wider_types(Oid type)
{
	switch (type)
	{
		case TEXTOID:
			return 0;
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case BOOLOID:
		case BYTEAOID:
			return NUMBER_CANDIDATES | BIT(SFM_CANDIDATE_TEXT);
		case FLOAT4OID:
		case FLOAT8OID:
			return NUMBER_CANDIDATES | BIT(SFM_CANDIDATE_DATE) |
				BIT(SFM_CANDIDATE_TIMESTAMP) | BIT(SFM_CANDIDATE_TEXT);
		case NUMERICOID:
			return BIT(SFM_CANDIDATE_NUMERIC) | BIT(SFM_CANDIDATE_TEXT);
		case DATEOID:
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return NUMBER_CANDIDATES | BIT(SFM_CANDIDATE_TIMESTAMP) |
				BIT(SFM_CANDIDATE_TEXT);
		case TIMEOID:
		case TIMETZOID:
			return NUMBER_CANDIDATES | BIT(SFM_CANDIDATE_TEXT);
		case JSONBOID:
			return BIT(SFM_CANDIDATE_JSON) | BIT(SFM_CANDIDATE_TEXT);
		default:
			return BIT(SFM_CANDIDATE_TEXT);
	}
}

/*
 * narrower_types
 *		The types that could be suggested for one: a set of SfmCandidate.
 */
static uint32
narrower_types(Oid type)
{
	switch (type)
	{
		case TEXTOID:
			return BIT(SFM_CANDIDATE_UUID) | BIT(SFM_CANDIDATE_JSONB) |
				BIT(SFM_CANDIDATE_DATE) | BIT(SFM_CANDIDATE_TIMESTAMP);
		case INT8OID:
		case INT4OID:
		case INT2OID:
		case NUMERICOID:
			return BIT(SFM_CANDIDATE_BOOL) | BIT(SFM_CANDIDATE_INT8);
		case BYTEAOID:
			return BIT(SFM_CANDIDATE_UUID);
		default:
			return 0;
	}
}

/*
 * set_quick_numbers
 *		See set_quick().
 */
static void
set_quick_numbers(SfmProfile *profile)
{
	uint32		doubtful = profile->alive & ~BIT(SFM_CANDIDATE_TEXT);
	int64		min = -EXACT_DOUBLE;
	int64		max = EXACT_DOUBLE;

	switch (profile->type)
	{
		case BOOLOID:
			min = 0;
			max = 1;
			break;
		case INT2OID:
			min = PG_INT16_MIN;
			max = PG_INT16_MAX;
			break;
		case INT4OID:
			min = PG_INT32_MIN;
			max = PG_INT32_MAX;
			break;
		case NUMERICOID:
			if (profile->typmod >= 0)
				return;
			break;
		case INT8OID:
		case FLOAT8OID:
		case TEXTOID:
			break;
		default:
			return;
	}
	if ((doubtful & ~NUMBER_CANDIDATES) == 0)
	{
		profile->quick[SFM_INTEGER] = SFM_QUICK_RANGE;
		profile->quick_min = min;
		profile->quick_max = max;
	}
	doubtful &= ~(BIT(SFM_CANDIDATE_FLOAT8) | BIT(SFM_CANDIDATE_NUMERIC));
	if (doubtful == 0 &&
		(profile->type == FLOAT8OID || profile->type == NUMERICOID ||
		 profile->type == TEXTOID))
		profile->quick[SFM_REAL] = SFM_QUICK_FINITE;
}

/*
 * set_quick
 *		Finds what values of each storage class must be for the type and all
 *		candidates to hold them.  To be called when candidates have died.
 */
static void
set_quick(SfmProfile *profile)
{
	SfmConvertFunction convert = profile->converter.convert[SFM_TEXT];
	uint32		doubtful = profile->alive & ~BIT(SFM_CANDIDATE_TEXT);

	for (int i = 0; i < SFM_STORAGE_CLASSES; i++)
		profile->quick[i] = SFM_QUICK_NEVER;
	profile->quick[SFM_NULL] = SFM_QUICK_ALWAYS;
	set_quick_numbers(profile);

	if (doubtful == 0 &&
		(convert == sfm_text_from_text || convert == sfm_varchar_from_text ||
		 convert == sfm_bpchar_from_text || convert == sfm_bytea_from_bytes))
	{
		profile->quick[SFM_TEXT] = SFM_QUICK_PLAIN;
		profile->quick_length = MaxAllocSize / 2;
		if (profile->converter.max_length >= 0 &&
			convert != sfm_bytea_from_bytes)
			profile->quick_length = profile->converter.max_length;
	}
	doubtful &= ~BIT(SFM_CANDIDATE_TIMESTAMP);
	if (doubtful == 0 && convert == sfm_timestamp_from_text &&
		profile->typmod < 0)
		profile->quick[SFM_TEXT] = SFM_QUICK_MOMENT;
	else if (doubtful == 0 && convert == sfm_date_from_text)
		profile->quick[SFM_TEXT] = SFM_QUICK_DAY;
}

/* Makes a converter in the profile's context. */
static SfmConverter *
make_converter(SfmProfile *profile, Oid type, SfmEpoch epoch)
{
	MemoryContext old_context = MemoryContextSwitchTo(profile->context);
	SfmConverter *converter = palloc0(sizeof(SfmConverter));

	sfm_converter_init(converter, type, -1, epoch);
	MemoryContextSwitchTo(old_context);
	return converter;
}

/*
 * sfm_profile_init
 *		Begins the profile of a column that is to have this type and epoch.
 *
 *		"suggest": also look for types that would be narrower.  What it
 *		allocates lives in CurrentMemoryContext.
 */
void
sfm_profile_init(SfmProfile *profile, Oid type, int32 typmod, SfmEpoch epoch,
				 bool untyped, bool suggest)
{
	memset(profile, 0, sizeof(SfmProfile));
	profile->integer_min = PG_INT64_MAX;
	profile->integer_max = PG_INT64_MIN;
	profile->real_min = get_float8_infinity();
	profile->real_max = -get_float8_infinity();
	profile->text_min.prefix = PG_UINT64_MAX;
	profile->context = CurrentMemoryContext;
	profile->type = type;
	profile->typmod = typmod;
	profile->untyped = untyped;
	profile->suggest = suggest;
	sfm_converter_init(&profile->converter, type, typmod, epoch);

	/* an epoch that the user has set is no question */
	profile->is_time = epoch == SFM_EPOCH_AUTO &&
		(type == DATEOID || type == TIMESTAMPOID || type == TIMESTAMPTZOID);
	for (int i = 0; i < SFM_EPOCHS; i++)
	{
		profile->wide[i] = true;
		if (type == DATEOID && profile->is_time)
			profile->dates[i] = make_converter(profile, DATEOID, i);
	}

	profile->alive = wider_types(type);
	if (untyped)
		profile->alive |= NUMBER_CANDIDATES | BIT(SFM_CANDIDATE_TEXT);
	if (suggest)
		profile->alive |= narrower_types(type);
	for (int i = 0; i < SFM_CANDIDATES; i++)
	{
		if (profile->alive & BIT(i))
			profile->candidates[i] =
				make_converter(profile, candidate_types[i], SFM_EPOCH_AUTO);
	}
	set_quick(profile);
}

/* The first eight bytes as a number that sorts as they do. */
static inline uint64
get_prefix(const char *bytes)
{
	uint64		word;

	memcpy(&word, bytes, sizeof(word));
	return pg_ntoh64(word);
}

/* Keeps a value if it is smaller (sign -1) or larger (sign 1) than the kept. */
static void
keep_extreme(SfmKeptBytes *kept, const SfmValue *value, int sign)
{
	int			length = (int) Min(value->length, SFM_PROFILE_KEPT);

	if (kept->any)
	{
		int			order = memcmp(value->bytes, kept->bytes,
								   Min(length, kept->length));

		if (order == 0)
			order = length - kept->length;
		if (order == 0 || (order > 0) != (sign > 0))
			return;
	}
	kept->any = true;
	kept->length = length;
	memcpy(kept->bytes, value->bytes, length);
	kept->prefix = length >= (int) sizeof(uint64) ? get_prefix(kept->bytes) :
		sign < 0 ? PG_UINT64_MAX : 0;
}

/* Number of characters of UTF-8 text. */
static int64
count_characters(const SfmValue *value)
{
	int64		count = 0;

	for (size_t i = 0; i < value->length; i++)
		count += (value->bytes[i] & 0xC0) != 0x80;
	return count;
}

/*
 * note_text
 *		Keeps smallest, largest and longest TEXT.  "characters" is its length
 *		where that is known, else -1.
 */
static inline void
note_text(SfmProfile *profile, const SfmValue *value, int64 characters)
{
	/* who only looks for a type asks for none of them */
	if (profile->suggest)
	{
		uint64		prefix = value->length >= sizeof(uint64) ?
		get_prefix(value->bytes) : 0;

		/* nearly all are in between, and their beginnings say so */
		if (prefix <= profile->text_min.prefix ||
			prefix >= profile->text_max.prefix)
		{
			keep_extreme(&profile->text_min, value, -1);
			keep_extreme(&profile->text_max, value, 1);
		}
	}
	if ((int64) value->length > profile->max_length)
	{
		if (characters < 0)
			characters = count_characters(value);
		profile->max_length = Max(profile->max_length, characters);
	}
}

/* Keeps smallest and largest INTEGER. */
static inline void
note_integer(SfmProfile *profile, int64 integer)
{
	if (integer < profile->integer_min)
		profile->integer_min = integer;
	if (integer > profile->integer_max)
		profile->integer_max = integer;
}

/* Keeps smallest and largest REAL. */
static inline void
note_real(SfmProfile *profile, double real)
{
	if (real < profile->real_min)
		profile->real_min = real;
	if (real > profile->real_max)
		profile->real_max = real;
}

/*
 * note_range
 *		Keeps smallest, largest and longest value.
 */
static void
note_range(SfmProfile *profile, const SfmValue *value)
{
	switch (value->storage_class)
	{
		case SFM_INTEGER:
			note_integer(profile, value->integer);
			break;
		case SFM_REAL:
			note_real(profile, value->real);
			break;
		case SFM_TEXT:
			note_text(profile, value, -1);
			break;
		case SFM_BLOB:
			if (profile->suggest)
			{
				keep_extreme(&profile->blob_min, value, -1);
				keep_extreme(&profile->blob_max, value, 1);
			}
			profile->max_length = Max(profile->max_length,
									  (int64) value->length);
			break;
		default:
			break;
	}
}

/*
 * is_compact_date
 *		Is this a day written as a number, 20240131?  As Unix seconds it would
 *		be a moment of August 1970.
 */
static bool
is_compact_date(double number)
{
	int			digits;

	if (number < 18000101 || number > 22001231 || number != floor(number))
		return false;
	digits = (int) number;
	return digits / 100 % 100 >= 1 && digits / 100 % 100 <= 12 &&
		digits % 100 >= 1 && digits % 100 <= 31;
}

/*
 * note_moment
 *		A number in a date or time column: which epochs may be meant?
 */
static void
note_moment(SfmProfile *profile, const SfmValue *value, double number)
{
	uint32		near = 0;		/* set of epochs that give a year near ours */
	Datum		ignored;

	for (int epoch = SFM_EPOCH_AUTO; epoch < SFM_EPOCHS; epoch++)
	{
		if (profile->dates[epoch] != NULL &&
			!sfm_convert(profile->dates[epoch], value, &ignored))
			profile->dates[epoch] = NULL;
	}
	for (int epoch = SFM_EPOCH_UNIX; epoch < SFM_EPOCHS; epoch++)
	{
		double		seconds = number / epoch_scales[epoch].per_second +
			epoch_scales[epoch].offset;

		if (number == 0)
			continue;
		if (!(seconds >= YEAR_1 && seconds < YEAR_10000))
			profile->wide[epoch] = false;
		else if (seconds >= YEAR_1975 && seconds < YEAR_2100)
		{
			profile->narrow[epoch]++;
			if (epoch != SFM_EPOCH_APPLE)
				near |= BIT(epoch);
		}
	}
	if (number == 0)
	{
		profile->zeros++;
		return;
	}

	/* milliseconds of a day in 1970 are seconds of our days */
	for (int epoch = SFM_EPOCH_UNIX; epoch < SFM_EPOCHS; epoch++)
		profile->doubtful[epoch] |= near != 0 && (near & BIT(epoch)) == 0;
	if (number >= 0 && number <= SFM_JULIAN_MAX)
		profile->far_fetched |= number < JULIAN_YEAR_1;
	else
		profile->far_fetched |= !(number >= YEAR_1 && number < YEAR_10000);

	if (!is_compact_date(number))
		profile->not_compact = true;

	if (profile->numbers == 0 || number < profile->number_min)
		profile->number_min = number;
	if (profile->numbers == 0 || number > profile->number_max)
		profile->number_max = number;
	profile->numbers++;
	if (number != floor(number))
		profile->fractions++;
}

/*
 * is_moment_number
 *		Is this value of a date or time column a number, also as TEXT?
 */
static bool
is_moment_number(SfmProfile *profile, const SfmValue *value, double *number)
{
	SfmDatetime moment;

	if (!profile->is_time && !is_alive(profile, SFM_CANDIDATE_TIMESTAMP))
		return false;
	switch (value->storage_class)
	{
		case SFM_INTEGER:
			*number = (double) value->integer;
			return profile->is_time;
		case SFM_REAL:
			*number = value->real;
			return profile->is_time;
		case SFM_TEXT:
			if (!sfm_parse_datetime(value->bytes, value->length, &moment))
				return false;
			if (moment.has_offset)
				profile->offsets++;
			if (!moment.is_number)
				return false;

			/* a number in other columns is no moment, whatever its form */
			if (!profile->is_time)
				profile->alive &= ~(BIT(SFM_CANDIDATE_DATE) |
									BIT(SFM_CANDIDATE_TIMESTAMP));
			*number = moment.number;
			return profile->is_time;
		default:
			return false;
	}
}

/*
 * holds_number
 *		Does a candidate hold an INTEGER or REAL?  Without making a Datum.
 */
static bool
holds_number(SfmCandidate candidate, const SfmValue *value)
{
	double		number = value->storage_class == SFM_INTEGER ?
		(double) value->integer : value->real;

	switch (candidate)
	{
		case SFM_CANDIDATE_TEXT:
		case SFM_CANDIDATE_NUMERIC:
			return true;
		case SFM_CANDIDATE_BOOL:
			return number == 0 || number == 1;
		case SFM_CANDIDATE_INT8:
			return value->storage_class == SFM_INTEGER ||
				(number == floor(number) &&
				 number >= -9223372036854775808.0 &&
				 number < 9223372036854775808.0);
		case SFM_CANDIDATE_FLOAT8:
			return value->storage_class == SFM_REAL ||
				(number < 9223372036854775808.0 &&
				 (int64) number == value->integer);
		case SFM_CANDIDATE_JSON:
		case SFM_CANDIDATE_JSONB:
			return isfinite(number);
		default:
			return false;
	}
}

/*
 * holds_value
 *		Does a type hold a value?  Without a copy of what may be long.
 */
static bool
holds_value(SfmConverter *converter, const SfmValue *value)
{
	SfmConvertFunction convert = converter->convert[value->storage_class];
	const char *bytes;
	size_t		length;
	Datum		ignored;

	if (convert == sfm_text_from_text)
		return sfm_text_bytes(converter, value, &bytes, &length);
	if (convert == sfm_bytea_from_bytes && value->length < MaxAllocSize / 2)
		return true;
	return convert(converter, value, &ignored);
}

/*
 * narrow_candidates
 *		Strikes out the candidates that do not hold a value.
 */
static void
narrow_candidates(SfmProfile *profile, const SfmValue *value, bool moment)
{
	uint32		left = profile->alive;

	while (left != 0)
	{
		SfmCandidate candidate = pg_rightmost_one_pos32(left);
		bool		holds;

		left &= left - 1;
		if (candidate == SFM_CANDIDATE_TIMESTAMP && moment)
			holds = true;		/* judged by its epoch */
		else if (value->storage_class == SFM_INTEGER ||
				 value->storage_class == SFM_REAL)
			holds = holds_number(candidate, value);
		else
			holds = holds_value(profile->candidates[candidate], value);
		if (!holds)
			profile->alive &= ~BIT(candidate);
	}
}

/*
 * fits_type
 *		Does the column's own type hold a value?
 *
 *		bytea holds everything, but numbers only for want of a better type.
 */
static bool
fits_type(SfmProfile *profile, const SfmValue *value)
{
	if (profile->type == BYTEAOID && (value->storage_class == SFM_INTEGER ||
									  value->storage_class == SFM_REAL))
		return false;
	return holds_value(&profile->converter, value);
}

/*
 * try_value
 *		Tries a value against everything, and keeps it if it is the first that
 *		does not fit.
 */
static void
try_value(SfmProfile *profile, const SfmValue *value,
		  SfmDescribeRow describe, void *argument)
{
	static const char *const classes[SFM_STORAGE_CLASSES] = {
		[SFM_INTEGER] = "INTEGER value %s",
		[SFM_REAL] = "REAL value %s",
		[SFM_TEXT] = "TEXT value \"%s\"",
		[SFM_BLOB] = "BLOB value %s",
		[SFM_INVALID_TEXT] = "TEXT value %s",
	};
	double		number;
	bool		moment;

	moment = is_moment_number(profile, value, &number);
	if (moment)
		note_moment(profile, value, number);
	if (profile->alive != 0)
		narrow_candidates(profile, value, moment);
	if (moment)
	{
		/* an epoch is still to be chosen, unless the column has its final one */
		if (!profile->suggest || fits_type(profile, value))
			return;
		profile->number_misfits++;
	}
	else if (fits_type(profile, value))
		return;
	else
		profile->misfits++;
	if (profile->first_misfit == NULL)
	{
		char	   *literal = sfm_value_literal(value, SHOWN_LENGTH);

		profile->first_misfit =
			MemoryContextStrdup(profile->context,
								psprintf(classes[value->storage_class], literal));
		profile->first_row = MemoryContextStrdup(profile->context,
												 describe(argument));
	}
}

/*
 * is_quick
 *		Is it certain that the type and all candidates hold a value?  Then its
 *		range is noted.
 */
static inline bool
is_quick(SfmProfile *profile, const SfmValue *value)
{
	int64		moment;

	switch (profile->quick[value->storage_class])
	{
		case SFM_QUICK_ALWAYS:
			return true;
		case SFM_QUICK_RANGE:
			if (value->integer < profile->quick_min ||
				value->integer > profile->quick_max)
				return false;
			note_integer(profile, value->integer);
			return true;
		case SFM_QUICK_FINITE:
			if (isinf(value->real))
				return false;
			note_real(profile, value->real);
			return true;
		case SFM_QUICK_PLAIN:
			if (value->length > profile->quick_length ||
				!sfm_is_plain(value->bytes, value->length))
				return false;
			break;
		case SFM_QUICK_DAY:
			if (!sfm_read_moment(value->bytes, value->length, &moment) ||
				moment % USECS_PER_DAY != 0)
				return false;
			break;
		case SFM_QUICK_MOMENT:
			if (!sfm_read_moment(value->bytes, value->length, &moment))
				return false;
			break;
		default:
			return false;
	}
	note_text(profile, value, (int64) value->length);
	return true;
}

/*
 * sfm_profile_values
 *		Takes values into as many profiles, one into each.
 *
 *		What conversions allocate is left in CurrentMemoryContext, which the
 *		caller resets.  "describe" is called for the first value that does not
 *		fit.
 */
void
sfm_profile_values(SfmProfile *profiles, const SfmValue *values, int count,
				   SfmDescribeRow describe, void *argument)
{
	for (int i = 0; i < count; i++)
	{
		SfmProfile *profile = &profiles[i];
		const SfmValue *value = &values[i];
		uint32		alive;

		profile->count[value->storage_class]++;
		if (is_quick(profile, value))
			continue;
		note_range(profile, value);
		alive = profile->alive;
		try_value(profile, value, describe, argument);
		if (profile->alive != alive)
			set_quick(profile);
	}
}
