/*-------------------------------------------------------------------------
 *
 * infer.c
 *	  Chooses a type that holds all values of a column, by their profile.
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

#include "value/infer.h"

const char *const sfm_epoch_words[] = {
	"auto", "unix", "unix_ms", "unix_us", "unix_ns", "julian", "apple",
	"chrome", "dotnet", NULL
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

/* Has a candidate held all values so far? */
static bool
is_alive(const SfmProfile *profile, SfmCandidate candidate)
{
	return (profile->alive & SFM_CANDIDATE_BIT(candidate)) != 0;
}

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
		  profile->number_max < SFM_APPLE_ORIGIN)) &&
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
	*epoch = profile->number_max < 0 || profile->number_min > SFM_JULIAN_MAX ?
		SFM_EPOCH_UNIX :
		profile->number_min >= 0 && profile->number_max <= SFM_JULIAN_MAX ?
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
		return profile->number_min >= 0 && profile->number_max <= SFM_JULIAN_MAX;
	return epoch == SFM_EPOCH_UNIX && !zeros &&
		(profile->number_max < 0 || profile->number_min > SFM_JULIAN_MAX);
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
