/*-------------------------------------------------------------------------
 *
 * infer.c
 *	  Looks at the values of a column and chooses a type that holds them all.
 *
 * A profile is fed value by value, in one pass.  Every value is tried against
 * the column's own type, by the very converter that a load would use, and
 * against the wider types that may have to stand in for it, as long as one of
 * them has held all values so far: a type that dies is not tried again, so a
 * column of ordinary values costs hardly more than reading it.
 *
 * Types are only ever widened here; sfm_suggest_type() alone tells what could
 * be narrowed, and nothing acts on that.
 *
 * A number in a date or time column says nothing by itself: it may count
 * seconds, milliseconds, days ... from one of several days.  Which epoch is
 * meant is told by the range of all numbers of the column: the one under which
 * they all are years 1 to 9999 and most of them years 1975 to 2099.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "value/converters.h"
#include "value/infer.h"

#define BIT(candidate) (1U << (candidate))

#define NUMBER_CANDIDATES \
	(BIT(SFM_CANDIDATE_INT8) | BIT(SFM_CANDIDATE_FLOAT8) | \
	 BIT(SFM_CANDIDATE_NUMERIC))

/* Longest value shown in a message, in bytes */
#define SHOWN_LENGTH 64

/* SQLite takes 0 to this as a Julian day ("Date And Time Functions") */
#define JULIAN_MAX 5373484.5
/* 0001-01-01 00:00 as a Julian day */
#define JULIAN_YEAR_1 1721425.5

/* Seconds since 1970 of the beginnings of the years 1, 10000, 1975 and 2100 */
#define YEAR_1 (-62135596800.0)
#define YEAR_10000 253402300800.0
#define YEAR_1975 157766400.0
#define YEAR_2100 4102444800.0

const char *const sfm_epoch_words[] = {
	"auto", "unix", "unix_ms", "unix_us", "unix_ns", "julian", "apple",
	"chrome", "dotnet", NULL
};

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
	[SFM_EPOCH_APPLE] = {1, 978307200},
	[SFM_EPOCH_CHROME] = {1e6, -11644473600.0},
	[SFM_EPOCH_DOTNET] = {1e7, YEAR_1},
};

/*
 * Where two epochs are as likely, the earlier one here is meant.  .NET's ticks
 * of this century would be nanoseconds of 1990, and not the other way round.
 * Apple's is not among them: any range of seconds since 2001 could as well be
 * seconds since 1970, so it needs other evidence.
 */
static const SfmEpoch epoch_order[] = {
	SFM_EPOCH_UNIX, SFM_EPOCH_UNIX_MS, SFM_EPOCH_UNIX_US, SFM_EPOCH_DOTNET,
	SFM_EPOCH_UNIX_NS, SFM_EPOCH_JULIAN, SFM_EPOCH_CHROME,
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

/* ------------------------------------------------------------------------
 * Collecting
 * ------------------------------------------------------------------------
 */

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
 * note_range
 *		Counts a value and keeps smallest, largest and longest.
 */
static void
note_range(SfmProfile *profile, const SfmValue *value)
{
	bool		first = profile->count[value->storage_class]++ == 0;

	switch (value->storage_class)
	{
		case SFM_INTEGER:
			if (first || value->integer < profile->integer_min)
				profile->integer_min = value->integer;
			if (first || value->integer > profile->integer_max)
				profile->integer_max = value->integer;
			break;
		case SFM_REAL:
			if (first || value->real < profile->real_min)
				profile->real_min = value->real;
			if (first || value->real > profile->real_max)
				profile->real_max = value->real;
			break;
		case SFM_TEXT:
			keep_extreme(&profile->text_min, value, -1);
			keep_extreme(&profile->text_max, value, 1);
			if (value->length > profile->max_length)
				profile->max_length = Max(profile->max_length,
										  count_characters(value));
			break;
		case SFM_BLOB:
			keep_extreme(&profile->blob_min, value, -1);
			keep_extreme(&profile->blob_max, value, 1);
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
	if (number >= 0 && number <= JULIAN_MAX)
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
		Datum		ignored;

		left &= left - 1;
		if (candidate == SFM_CANDIDATE_TIMESTAMP && moment)
			holds = true;		/* judged by its epoch */
		else if (value->storage_class == SFM_INTEGER ||
				 value->storage_class == SFM_REAL)
			holds = holds_number(candidate, value);
		else
			holds = sfm_convert(profile->candidates[candidate], value,
								&ignored);
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
	Datum		ignored;

	if (profile->type == BYTEAOID && (value->storage_class == SFM_INTEGER ||
									  value->storage_class == SFM_REAL))
		return false;
	return sfm_convert(&profile->converter, value, &ignored);
}

/*
 * sfm_profile_value
 *		Takes one value into the profile.
 *
 *		What conversions allocate is left in CurrentMemoryContext, which the
 *		caller resets.  "describe" is called for the first value that does not
 *		fit.
 */
void
sfm_profile_value(SfmProfile *profile, const SfmValue *value,
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

	if (value->storage_class == SFM_NULL)
	{
		profile->count[SFM_NULL]++;
		return;
	}
	note_range(profile, value);
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

/* ------------------------------------------------------------------------
 * Deciding
 * ------------------------------------------------------------------------
 */

/* The values of a column that are not NULL. */
static int64
count_values(const SfmProfile *profile)
{
	return profile->count[SFM_INTEGER] + profile->count[SFM_REAL] +
		profile->count[SFM_TEXT] + profile->count[SFM_BLOB] +
		profile->count[SFM_INVALID_TEXT];
}

/*
 * choose_epoch
 *		The epoch under which the numbers of a date or time column make sense.
 *		False if there is none.
 */
static bool
choose_epoch(const SfmProfile *profile, SfmEpoch *epoch)
{
	int64		best = 0;

	if (profile->numbers == 0)
	{
		/* nothing but zeros */
		*epoch = SFM_EPOCH_UNIX;
		return true;
	}

	if (!profile->not_compact)
		return false;

	/*
	 * Seconds since 2001 can be told from seconds since 1970 by their writer,
	 * Core Data; or by their fractions, which nobody had before 2001.
	 */
	if (profile->wide[SFM_EPOCH_APPLE] &&
		profile->narrow[SFM_EPOCH_APPLE] > 0 &&
		(profile->core_data ||
		 (profile->fractions > 0 && profile->number_min >= 0 &&
		  profile->number_max < epoch_scales[SFM_EPOCH_APPLE].offset)) &&
		profile->narrow[SFM_EPOCH_JULIAN] == 0)
	{
		*epoch = SFM_EPOCH_APPLE;
		return true;
	}

	for (int i = 0; i < lengthof(epoch_order); i++)
	{
		SfmEpoch	candidate = epoch_order[i];

		if (profile->wide[candidate] && !profile->doubtful[candidate] &&
			profile->narrow[candidate] > best)
		{
			best = profile->narrow[candidate];
			*epoch = candidate;
		}
	}
	if (best > 0)
		return true;

	/*
	 * No year near ours, or Julian days beside Unix seconds: SQLite's own
	 * rule, where nothing about it is far-fetched or doubtful.
	 */
	if (profile->far_fetched)
		return false;
	for (int i = 0; i < lengthof(epoch_order); i++)
	{
		if (epoch_order[i] != SFM_EPOCH_UNIX &&
			epoch_order[i] != SFM_EPOCH_JULIAN &&
			profile->narrow[epoch_order[i]] > 0)
			return false;
	}
	*epoch = profile->number_max < 0 || profile->number_min > JULIAN_MAX ?
		SFM_EPOCH_UNIX :
		profile->number_min >= 0 && profile->number_max <= JULIAN_MAX ?
		SFM_EPOCH_JULIAN : SFM_EPOCH_AUTO;
	return true;
}

/* Would SQLite's own rule read all numbers of the column as this epoch? */
static bool
is_own_rule(const SfmProfile *profile, SfmEpoch epoch)
{
	bool		zeros = profile->zeros > 0;

	if (epoch == SFM_EPOCH_AUTO)
		return true;
	if (epoch == SFM_EPOCH_JULIAN)
		return profile->number_min >= 0 && profile->number_max <= JULIAN_MAX;
	return epoch == SFM_EPOCH_UNIX && !zeros &&
		(profile->number_max < 0 || profile->number_min > JULIAN_MAX);
}

/*
 * type_of_numbers
 *		The type for a column of numbers, by what they are.
 */
static Oid
type_of_numbers(const SfmProfile *profile)
{
	if (profile->type == NUMERICOID && is_alive(profile, SFM_CANDIDATE_NUMERIC))
		return NUMERICOID;
	if (profile->count[SFM_REAL] == 0 && is_alive(profile, SFM_CANDIDATE_INT8))
		return INT8OID;
	if (is_alive(profile, SFM_CANDIDATE_FLOAT8) &&
		profile->count[SFM_TEXT] == 0)
		return FLOAT8OID;
	if (is_alive(profile, SFM_CANDIDATE_NUMERIC))
		return NUMERICOID;
	return InvalidOid;
}

/*
 * type_of_text
 *		text where it holds all values; bytea where only BLOBs stand against
 *		it.  TEXT that PostgreSQL cannot hold stays a bad value of a text.
 */
static Oid
type_of_text(const SfmProfile *profile)
{
	if (profile->type == TEXTOID)
		return profile->misfits > 0 && profile->count[SFM_BLOB] > 0 ?
			BYTEAOID : TEXTOID;
	if (!is_alive(profile, SFM_CANDIDATE_TEXT) &&
		(profile->count[SFM_BLOB] > 0 || profile->type == BYTEAOID))
		return BYTEAOID;
	return TEXTOID;
}

/* The type of moments given as TEXT that a candidate holds. */
static Oid
type_of_moments(const SfmProfile *profile)
{
	if (profile->offsets > 0)
		return TIMESTAMPTZOID;
	if (is_alive(profile, SFM_CANDIDATE_DATE))
		return DATEOID;
	return TIMESTAMPOID;
}

/*
 * type_by_data
 *		The type for a column that says nothing: without a declared type, or
 *		declared BLOB but holding none.
 */
static Oid
type_by_data(const SfmProfile *profile)
{
	int64		numbers = profile->count[SFM_INTEGER] +
		profile->count[SFM_REAL];

	if (profile->count[SFM_BLOB] > 0)
		return numbers + profile->count[SFM_TEXT] > 0 ?
			type_of_text(profile) : BYTEAOID;
	if (profile->count[SFM_TEXT] + profile->count[SFM_INVALID_TEXT] > 0)
		return type_of_text(profile);
	return numbers > 0 ? type_of_numbers(profile) : profile->type;
}

/*
 * widen
 *		The type that stands in for one that does not hold all values.
 */
static Oid
widen(const SfmProfile *profile)
{
	bool		only_text = profile->count[SFM_TEXT] > 0 &&
		profile->count[SFM_INTEGER] + profile->count[SFM_REAL] +
		profile->count[SFM_BLOB] == 0;
	Oid			type;

	switch (profile->type)
	{
		case FLOAT4OID:
		case FLOAT8OID:
			if (only_text && is_alive(profile, SFM_CANDIDATE_TIMESTAMP))
				return type_of_moments(profile);
			/* FALLTHROUGH */
		case BOOLOID:
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case NUMERICOID:
		case TIMEOID:
		case TIMETZOID:
			type = type_of_numbers(profile);
			return OidIsValid(type) ? type : type_of_text(profile);
		case DATEOID:
			if (is_alive(profile, SFM_CANDIDATE_TIMESTAMP))
				return profile->offsets > 0 ? TIMESTAMPTZOID : TIMESTAMPOID;
			return type_of_text(profile);
		case JSONBOID:
			return is_alive(profile, SFM_CANDIDATE_JSON) ? JSONOID :
				type_of_text(profile);
		case BYTEAOID:
			return type_by_data(profile);
		default:
			return type_of_text(profile);
	}
}

/* "3 of 10 values do not fit; the first is the TEXT value ..., rowid 2." */
static char *
misfit_reason(const SfmProfile *profile, int64 total)
{
	return psprintf(INT64_FORMAT " of " INT64_FORMAT
					" values do not fit; the first is the %s, %s.",
					profile->misfits, total, profile->first_misfit,
					profile->first_row);
}

/* "12 numbers from 3 to 7" for a message; palloc'd. */
static char *
describe_numbers(const SfmProfile *profile)
{
	double		limits[2] = {profile->number_min, profile->number_max};
	char	   *shown[2];

	for (int i = 0; i < 2; i++)
		shown[i] = limits[i] == floor(limits[i]) && fabs(limits[i]) < 1e18 ?
			psprintf("%.0f", limits[i]) : psprintf("%.15g", limits[i]);
	if (profile->numbers == 0)
		return psprintf(INT64_FORMAT " numbers, all 0,", profile->zeros);
	return psprintf(INT64_FORMAT " numbers from %s to %s",
					profile->numbers + profile->zeros, shown[0], shown[1]);
}

/*
 * infer_moments
 *		A date or time column that holds numbers: sets epoch, or takes another
 *		type.  False if there is nothing more to decide.
 */
static bool
infer_moments(const SfmProfile *profile, SfmInference *result)
{
	int64		numbers = profile->numbers + profile->zeros;
	bool		with_text = profile->count[SFM_TEXT] + profile->count[SFM_BLOB] > 0;

	if (numbers == 0)
		return true;
	if (!choose_epoch(profile, &result->epoch))
	{
		Oid			type = with_text ? InvalidOid : type_of_numbers(profile);

		result->type = OidIsValid(type) ? type : type_of_text(profile);
		result->typmod = -1;
		result->changed = true;
		if (result->type != TEXTOID || is_alive(profile, SFM_CANDIDATE_TEXT))
			result->misfits = 0;
		result->reason = psprintf(profile->not_compact ?
								  "%s are no dates of one epoch." :
								  "%s look like days written as YYYYMMDD, which are no count of an epoch.",
								  describe_numbers(profile));
		return false;
	}
	if (profile->type == DATEOID && profile->dates[result->epoch] == NULL &&
		profile->misfits == 0)
	{
		result->type = profile->offsets > 0 ? TIMESTAMPTZOID : TIMESTAMPOID;
		result->changed = true;
		result->reason =
			psprintf("%s are read as %s and have a time of day.",
					 describe_numbers(profile),
					 sfm_epoch_words[result->epoch]);
		return false;
	}
	if (!is_own_rule(profile, result->epoch))
	{
		result->changed = true;
		result->reason = psprintf("%s are read as %s.",
								  describe_numbers(profile),
								  sfm_epoch_words[result->epoch]);
	}
	return true;
}

/*
 * sfm_infer
 *		Decides type and epoch of a column after its values were looked at.
 *
 *		result->reason is palloc'd.  result->misfits counts what the chosen
 *		type still does not hold: text that PostgreSQL cannot.
 */
void
sfm_infer(const SfmProfile *profile, SfmInference *result)
{
	int64		total = count_values(profile);
	Oid			type;

	result->type = profile->type;
	result->typmod = profile->typmod;
	result->epoch = SFM_EPOCH_AUTO;
	result->changed = false;
	result->reason = NULL;
	result->misfits = profile->misfits;

	if (total == 0)
		return;
	if (profile->type == BYTEAOID)
		result->misfits = 0;	/* it takes numbers all the same */
	if (profile->is_time && !infer_moments(profile, result))
		return;

	if (profile->untyped)
		type = type_by_data(profile);
	else if (profile->misfits > 0)
		type = widen(profile);
	else if (profile->type == TIMESTAMPOID && profile->offsets > 0)
	{
		type = TIMESTAMPTZOID;
		result->reason = psprintf(INT64_FORMAT " of " INT64_FORMAT
								  " values carry an offset from UTC.",
								  profile->offsets, total);
	}
	else if (profile->type == BYTEAOID &&
			 profile->count[SFM_TEXT] == total &&
			 is_alive(profile, SFM_CANDIDATE_TEXT))
	{
		type = TEXTOID;
		result->reason = psprintf("All " INT64_FORMAT " values are TEXT.",
								  total);
	}
	else
		return;

	if (type == result->type && (type != NUMERICOID || result->typmod == -1))
		return;
	result->type = type;
	result->typmod = -1;
	result->changed = !profile->untyped;
	if (profile->misfits > 0 && !profile->untyped)
		result->reason = misfit_reason(profile, total);
	if (type != TEXTOID || is_alive(profile, SFM_CANDIDATE_TEXT))
		result->misfits = 0;
}

/*
 * sfm_suggest_type
 *		A type that would hold all values and says more, or the wider one that
 *		they need; InvalidOid if the present one is as good as any.
 */
Oid
sfm_suggest_type(const SfmProfile *profile, int32 *typmod)
{
	SfmInference inference;
	int64		total = count_values(profile);
	bool		only_integers = profile->count[SFM_INTEGER] == total;

	sfm_infer(profile, &inference);
	*typmod = inference.typmod;
	if (inference.type != profile->type || inference.typmod != profile->typmod)
		return inference.type;
	*typmod = -1;
	if (total == 0 || profile->misfits > 0)
		return InvalidOid;

	switch (profile->type)
	{
		case INT8OID:
		case INT4OID:
		case INT2OID:
		case NUMERICOID:
			if (!only_integers)
				return InvalidOid;
			if (is_alive(profile, SFM_CANDIDATE_BOOL))
				return BOOLOID;
			if (profile->type != INT2OID &&
				profile->integer_min >= PG_INT16_MIN &&
				profile->integer_max <= PG_INT16_MAX)
				return INT2OID;
			if ((profile->type == INT8OID || profile->type == NUMERICOID) &&
				profile->integer_min >= PG_INT32_MIN &&
				profile->integer_max <= PG_INT32_MAX)
				return INT4OID;
			return profile->type == NUMERICOID ? INT8OID : InvalidOid;
		case TEXTOID:
			if (is_alive(profile, SFM_CANDIDATE_UUID))
				return UUIDOID;
			if (profile->count[SFM_TEXT] == total &&
				is_alive(profile, SFM_CANDIDATE_DATE))
				return DATEOID;
			if (profile->count[SFM_TEXT] == total &&
				is_alive(profile, SFM_CANDIDATE_TIMESTAMP))
				return profile->offsets > 0 ? TIMESTAMPTZOID : TIMESTAMPOID;
			if (is_alive(profile, SFM_CANDIDATE_JSONB) &&
				profile->text_min.any &&
				(profile->text_min.bytes[0] == '{' ||
				 profile->text_min.bytes[0] == '[') &&
				(profile->text_max.bytes[0] == '{' ||
				 profile->text_max.bytes[0] == '['))
				return JSONBOID;
			return InvalidOid;
		case BYTEAOID:
			return is_alive(profile, SFM_CANDIDATE_UUID) ? UUIDOID : InvalidOid;
		default:
			return InvalidOid;
	}
}
