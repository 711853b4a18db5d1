/*-------------------------------------------------------------------------
 *
 * to_time.c
 *	  SQLite values to date, time, time with time zone, both timestamps and
 *	  interval.
 *
 * SQLite has no type for time; applications store text or numbers, and the
 * same column may hold both.  datetime.c reads the text, the column option
 * "epoch" says what a number means.  All the arithmetic is in microseconds
 * since 2000-01-01 00:00:00 UTC, which is what both timestamp types hold.
 *
 * An offset in the text is honoured: timestamp, date and time get UTC.  Text
 * without an offset is UTC, as in SQLite.
 *
 * Digits beyond the microsecond are rounded, because there is no type that
 * holds them; nothing else is: a time of day in a date column, a date in a
 * time column or a fraction in a timestamp(0) column is a bad value.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

#include "value/converters.h"

/* SQLite takes a number below this for a Julian day: 9999-12-31 24:00 */
#define AUTO_JULIAN_END 5373484.5

#define MILLISECONDS_PER_DAY 86400000.0
#define JULIAN_MILLISECONDS_2000 INT64CONST(211813444800000)

#define DAYS(n) ((n) * USECS_PER_DAY)

/*
 * How a number is counted, by enum SfmEpoch: where its zero is, and its unit
 * as a fraction of microseconds.
 */
typedef struct Count
{
	int64		origin;			/* microseconds since 2000-01-01 */
	int64		multiplier;
	int64		divisor;
} Count;

static const Count counts[] = {
	/* auto, where it is no Julian day */
	[SFM_EPOCH_AUTO] = {DAYS(INT64CONST(-10957)), 1000000, 1},
	[SFM_EPOCH_UNIX] = {DAYS(INT64CONST(-10957)), 1000000, 1},
	[SFM_EPOCH_UNIX_MS] = {DAYS(INT64CONST(-10957)), 1000, 1},
	[SFM_EPOCH_UNIX_US] = {DAYS(INT64CONST(-10957)), 1, 1},
	[SFM_EPOCH_UNIX_NS] = {DAYS(INT64CONST(-10957)), 1, 1000},
	[SFM_EPOCH_JULIAN] = {0, 0, 1}, /* see julian_moment() */
	[SFM_EPOCH_APPLE] = {DAYS(INT64CONST(366)), 1000000, 1},
	[SFM_EPOCH_CHROME] = {DAYS(INT64CONST(-145731)), 1, 1},
	[SFM_EPOCH_DOTNET] = {DAYS(INT64CONST(-730119)), 1, 10}
};

static const char not_a_time[] = "The text is not a date or time that SQLite would understand.";
static const char out_of_range[] = "The moment is out of PostgreSQL's range.";
static const char has_time_of_day[] = "The value has a time of day.";
static const char needs_time_of_day[] = "The value is not a time of day.";
static const char too_precise[] = "The value has more fractional digits of a second than the type allows.";

/*
 * sfm_time_prepare
 *		Takes the number of fractional digits out of the type modifier.
 */
void
sfm_time_prepare(SfmConverter *converter)
{
	converter->time_unit = 1;
	if (converter->base_typmod >= 0)
	{
		for (int i = converter->base_typmod; i < MAX_TIMESTAMP_PRECISION; i++)
			converter->time_unit *= 10;
	}
}

static inline bool
bad_range(SfmConverter *converter)
{
	return sfm_bad_value(converter, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
						 out_of_range);
}

static inline bool
bad_format(SfmConverter *converter, const char *reason)
{
	return sfm_bad_value(converter, ERRCODE_INVALID_DATETIME_FORMAT, reason);
}

/*
 * Numbers
 */

static const Count *
count_of(const SfmConverter *converter)
{
	return &counts[converter->epoch];
}

/*
 * sfm_epoch_count
 *		The zero of a count in microseconds since 2000-01-01, and its unit as a
 *		fraction of microseconds; a multiplier of 0 stands for Julian days.
 */
void
sfm_epoch_count(SfmEpoch epoch, int64 *origin, int64 *multiplier,
				int64 *divisor)
{
	*origin = counts[epoch].origin;
	*multiplier = counts[epoch].multiplier;
	*divisor = counts[epoch].divisor;
}

/* Says whether a number is a Julian day, by the epoch or by SQLite's rule. */
static bool
is_julian(const SfmConverter *converter, double number)
{
	return converter->epoch == SFM_EPOCH_JULIAN ||
		(converter->epoch == SFM_EPOCH_AUTO &&
		 number >= 0.0 && number < AUTO_JULIAN_END);
}

/* A Julian day, rounded to milliseconds as SQLite does it. */
static bool
julian_moment(SfmConverter *converter, double number, int64 *moment)
{
	double		milliseconds = floor(number * MILLISECONDS_PER_DAY + 0.5);

	/* far outside of the range, but far enough inside of int64, too */
	if (!(fabs(milliseconds) < 1e16))
		return bad_range(converter);
	return !pg_mul_s64_overflow((int64) milliseconds - JULIAN_MILLISECONDS_2000,
								1000, moment) || bad_range(converter);
}

/* Microseconds since the zero of the count. */
static bool
scale_integer(SfmConverter *converter, const Count *count, int64 number,
			  int64 *microseconds)
{
	if (count->divisor > 1)
	{
		int64		rest = number % count->divisor;

		*microseconds = number / count->divisor;
		if (rest >= count->divisor / 2)
			(*microseconds)++;
		else if (rest <= -(count->divisor / 2))
			(*microseconds)--;
		return true;
	}
	return !pg_mul_s64_overflow(number, count->multiplier, microseconds) ||
		bad_range(converter);
}

/*
 * The same for a REAL.  The fraction is scaled apart from the whole part, so
 * that the product loses no digit that the number had.
 */
static bool
scale_real(SfmConverter *converter, const Count *count, double number,
		   int64 *microseconds)
{
	double		whole;
	double		fraction;

	if (count->divisor > 1)
	{
		whole = round(number / count->divisor);
		fraction = 0.0;
	}
	else
	{
		fraction = modf(number, &whole);
		fraction = round(fraction * count->multiplier);
	}
	/* also keeps out infinity; 2^63 itself does not fit */
	if (!(fabs(whole) < 9223372036854775808.0))
		return bad_range(converter);
	return (!pg_mul_s64_overflow((int64) whole, count->multiplier,
								 microseconds) &&
			!pg_add_s64_overflow(*microseconds, (int64) fraction,
								 microseconds)) ||
		bad_range(converter);
}

static bool
moment_from_integer(SfmConverter *converter, int64 number, int64 *moment)
{
	const Count *count = count_of(converter);

	if (is_julian(converter, (double) number))
		return julian_moment(converter, (double) number, moment);
	return scale_integer(converter, count, number, moment) &&
		(!pg_add_s64_overflow(*moment, count->origin, moment) ||
		 bad_range(converter));
}

static bool
moment_from_real(SfmConverter *converter, double number, int64 *moment)
{
	const Count *count = count_of(converter);

	if (is_julian(converter, number))
		return julian_moment(converter, number, moment);
	return scale_real(converter, count, number, moment) &&
		(!pg_add_s64_overflow(*moment, count->origin, moment) ||
		 bad_range(converter));
}

/*
 * Text
 */

/* Days from 2000-01-01 to the date in *datetime, 0 if there is none. */
static int
days_of(const SfmDatetime *datetime)
{
	if (!datetime->has_date)
		return 0;				/* as SQLite has it */
	return date2j(datetime->year, datetime->month, datetime->day) -
		POSTGRES_EPOCH_JDATE;
}

static int64
offset_of(const SfmDatetime *datetime)
{
	return datetime->offset_minutes * (SECS_PER_MINUTE * USECS_PER_SEC);
}

/* Recognises what PostgreSQL writes for the ends of time. */
static bool
is_infinity(const SfmValue *value, bool *negative)
{
	SfmDecimal	decimal;

	if (!sfm_read_decimal(value->bytes, value->length, &decimal) ||
		decimal.kind != SFM_DECIMAL_INFINITY)
		return false;
	*negative = decimal.negative;
	return true;
}

/* Reads text that must be a date or a time, or a number that stands for it. */
static bool
read_text(SfmConverter *converter, const SfmValue *value,
		  SfmDatetime *datetime)
{
	return sfm_parse_datetime(value->bytes, value->length, datetime) ||
		bad_format(converter, not_a_time);
}

static bool
moment_from_datetime(SfmConverter *converter, const SfmDatetime *datetime,
					 int64 *moment)
{
	if (datetime->is_integer)
		return moment_from_integer(converter, datetime->integer, moment);
	if (datetime->is_number)
		return moment_from_real(converter, datetime->number, moment);
	*moment = DAYS((int64) days_of(datetime)) + datetime->microseconds -
		offset_of(datetime);
	return true;
}

/*
 * timestamp and timestamptz: the same number
 */

static bool
give_timestamp(SfmConverter *converter, int64 moment, Datum *result)
{
	if (!IS_VALID_TIMESTAMP(moment))
		return bad_range(converter);
	if (converter->time_unit != 1 && moment % converter->time_unit != 0)
		return sfm_bad_value(converter, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
							 too_precise);
	*result = TimestampGetDatum(moment);
	return true;
}

bool
sfm_timestamp_from_integer(SfmConverter *converter, const SfmValue *value,
						   Datum *result)
{
	int64		moment;

	return moment_from_integer(converter, value->integer, &moment) &&
		give_timestamp(converter, moment, result);
}

bool
sfm_timestamp_from_real(SfmConverter *converter, const SfmValue *value,
						Datum *result)
{
	int64		moment;

	return moment_from_real(converter, value->real, &moment) &&
		give_timestamp(converter, moment, result);
}

bool
sfm_timestamp_from_text(SfmConverter *converter, const SfmValue *value,
						Datum *result)
{
	SfmDatetime datetime;
	int64		moment;
	bool		negative;

	if (likely(sfm_read_moment(value->bytes, value->length, &moment)))
		return give_timestamp(converter, moment, result);
	if (!read_text(converter, value, &datetime))
	{
		if (!is_infinity(value, &negative))
			return false;
		*result = TimestampGetDatum(negative ? DT_NOBEGIN : DT_NOEND);
		return true;
	}
	return moment_from_datetime(converter, &datetime, &moment) &&
		give_timestamp(converter, moment, result);
}

/*
 * date
 */

static bool
give_date(SfmConverter *converter, int64 moment, Datum *result)
{
	if (!IS_VALID_TIMESTAMP(moment))
		return bad_range(converter);
	if (moment % USECS_PER_DAY != 0)
		return sfm_bad_value(converter, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
							 has_time_of_day);
	*result = DateADTGetDatum((DateADT) (moment / USECS_PER_DAY));
	return true;
}

bool
sfm_date_from_integer(SfmConverter *converter, const SfmValue *value,
					  Datum *result)
{
	int64		moment;

	return moment_from_integer(converter, value->integer, &moment) &&
		give_date(converter, moment, result);
}

bool
sfm_date_from_real(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	int64		moment;

	return moment_from_real(converter, value->real, &moment) &&
		give_date(converter, moment, result);
}

bool
sfm_date_from_text(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	SfmDatetime datetime;
	int64		moment;
	bool		negative;

	if (likely(sfm_read_moment(value->bytes, value->length, &moment)))
		return give_date(converter, moment, result);
	if (!read_text(converter, value, &datetime))
	{
		if (!is_infinity(value, &negative))
			return false;
		*result = DateADTGetDatum(negative ? DATEVAL_NOBEGIN : DATEVAL_NOEND);
		return true;
	}
	if (datetime.has_time && !datetime.has_date)
		return bad_format(converter, "The text has no date.");
	return moment_from_datetime(converter, &datetime, &moment) &&
		give_date(converter, moment, result);
}

/*
 * time and time with time zone
 */

/* Takes a number as a time of day, where the epoch counts one unit only. */
static bool
check_time_number(SfmConverter *converter)
{
	if (converter->epoch < SFM_EPOCH_UNIX ||
		converter->epoch > SFM_EPOCH_UNIX_NS)
		return bad_format(converter,
						  "A number is a time of day only in a column with option epoch unix, unix_ms, unix_us or unix_ns.");
	return true;
}

static bool
time_from_integer(SfmConverter *converter, int64 number, int64 *time)
{
	return check_time_number(converter) &&
		scale_integer(converter, count_of(converter), number, time);
}

static bool
time_from_real(SfmConverter *converter, double number, int64 *time)
{
	return check_time_number(converter) &&
		scale_real(converter, count_of(converter), number, time);
}

/*
 * Reads a time of day as written, before its offset is applied.  A date is
 * allowed only if it is the one that SQLite and Rails give to a bare time.
 */
static bool
time_from_text(SfmConverter *converter, const SfmValue *value, int64 *time,
			   int64 *offset)
{
	SfmDatetime datetime;

	*offset = 0;
	if (!read_text(converter, value, &datetime))
		return false;
	if (datetime.is_integer)
		return time_from_integer(converter, datetime.integer, time);
	if (datetime.is_number)
		return time_from_real(converter, datetime.number, time);
	if (!datetime.has_time)
		return bad_format(converter, needs_time_of_day);
	if (datetime.has_date && days_of(&datetime) != 0)
		return bad_format(converter, "The value has a date.");
	*time = datetime.microseconds;
	*offset = offset_of(&datetime);
	return true;
}

static bool
check_time(SfmConverter *converter, int64 time)
{
	if (time < 0 || time > USECS_PER_DAY)
		return sfm_bad_value(converter, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
							 needs_time_of_day);
	if (time % converter->time_unit != 0)
		return sfm_bad_value(converter, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
							 too_precise);
	return true;
}

static bool
give_time(SfmConverter *converter, int64 time, Datum *result)
{
	if (!check_time(converter, time))
		return false;
	*result = TimeADTGetDatum(time);
	return true;
}

static bool
give_timetz(SfmConverter *converter, int64 time, int64 offset, Datum *result)
{
	TimeTzADT  *timetz;

	if (!check_time(converter, time))
		return false;
	timetz = palloc(sizeof(TimeTzADT));
	timetz->time = time;
	timetz->zone = (int32) -(offset / USECS_PER_SEC);	/* west is positive */
	*result = TimeTzADTPGetDatum(timetz);
	return true;
}

bool
sfm_time_from_integer(SfmConverter *converter, const SfmValue *value,
					  Datum *result)
{
	int64		time;

	return time_from_integer(converter, value->integer, &time) &&
		give_time(converter, time, result);
}

bool
sfm_time_from_real(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	int64		time;

	return time_from_real(converter, value->real, &time) &&
		give_time(converter, time, result);
}

bool
sfm_time_from_text(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	int64		time;
	int64		offset;

	if (!time_from_text(converter, value, &time, &offset))
		return false;
	if (offset != 0)
	{
		time = (time - offset) % USECS_PER_DAY;
		if (time < 0)
			time += USECS_PER_DAY;
	}
	return give_time(converter, time, result);
}

bool
sfm_timetz_from_integer(SfmConverter *converter, const SfmValue *value,
						Datum *result)
{
	int64		time;

	return time_from_integer(converter, value->integer, &time) &&
		give_timetz(converter, time, 0, result);
}

bool
sfm_timetz_from_real(SfmConverter *converter, const SfmValue *value,
					 Datum *result)
{
	int64		time;

	return time_from_real(converter, value->real, &time) &&
		give_timetz(converter, time, 0, result);
}

bool
sfm_timetz_from_text(SfmConverter *converter, const SfmValue *value,
					 Datum *result)
{
	int64		time;
	int64		offset;

	return time_from_text(converter, value, &time, &offset) &&
		give_timetz(converter, time, offset, result);
}

/*
 * interval
 */

/*
 * sfm_interval_prepare
 *		Keeps the type modifier away from the input function, which rounds
 *		fractional seconds and drops fields by it.
 */
void
sfm_interval_prepare(SfmConverter *converter)
{
	sfm_text_prepare(converter);
	converter->scale = converter->base_typmod;
	converter->base_typmod = -1;
}

/* Says whether interval(p) or, say, interval day to hour holds a value. */
static bool
check_interval(SfmConverter *converter, const Interval *interval)
{
	Interval   *rounded;

	if (converter->scale < 0)
		return true;
	rounded = DatumGetIntervalP(DirectFunctionCall2(interval_scale,
													IntervalPGetDatum(interval),
													Int32GetDatum(converter->scale)));
	if (rounded->month != interval->month || rounded->day != interval->day ||
		rounded->time != interval->time)
		return sfm_bad_value(converter, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
							 "The type has no place for all of the value.");
	return true;
}

static bool
make_interval_of_time(SfmConverter *converter, int64 microseconds,
					  Datum *result)
{
	Interval   *interval = palloc0(sizeof(Interval));

	interval->time = microseconds;
	*result = IntervalPGetDatum(interval);
	return check_interval(converter, interval);
}

/* A number is seconds, as for interval_in(), or what the epoch counts. */
static bool
check_interval_number(SfmConverter *converter)
{
	if (converter->epoch == SFM_EPOCH_JULIAN)
		return bad_format(converter,
						  "A number is no interval in a column with option epoch julian.");
	return true;
}

bool
sfm_interval_from_integer(SfmConverter *converter, const SfmValue *value,
						  Datum *result)
{
	int64		time;

	return check_interval_number(converter) &&
		scale_integer(converter, count_of(converter), value->integer, &time) &&
		make_interval_of_time(converter, time, result);
}

bool
sfm_interval_from_real(SfmConverter *converter, const SfmValue *value,
					   Datum *result)
{
	int64		time;

	return check_interval_number(converter) &&
		scale_real(converter, count_of(converter), value->real, &time) &&
		make_interval_of_time(converter, time, result);
}

/*
 * Recognises what .NET makes of a TimeSpan, [-]d.hh:mm:ss[.fffffff], of which
 * *days and *time are the parts.  interval_in() takes the days for decimal
 * ones: 1.02:03:04 would be a day and 3:32:48.
 */
static bool
is_timespan(const SfmValue *value, const char **days, const char **time,
			const char **end)
{
	const char *at = value->bytes;
	size_t		length = value->length;
	const char *start;

	sfm_trim(&at, &length);
	*days = at;
	*end = at + length;
	if (at < *end && *at == '-')
		at++;
	for (start = at; at < *end && sfm_is_digit(*at); at++)
		;
	if (at == start || at == *end || *at != '.')
		return false;
	*time = start = ++at;
	while (at < *end && sfm_is_digit(*at))
		at++;
	return at > start && at < *end && *at == ':';
}

static bool
interval_from_timespan(SfmConverter *converter, const char *days,
					   const char *time, const char *end, Datum *result)
{
	Interval   *interval;
	SfmDatetime datetime;
	bool		negative = *days == '-';
	int32		number = 0;

	if (!sfm_parse_datetime(time, end - time, &datetime) ||
		!datetime.has_time || datetime.has_offset || datetime.has_date)
		return bad_format(converter, "The text is not an interval.");
	for (const char *at = negative ? days + 1 : days; at < time - 1; at++)
	{
		if (pg_mul_s32_overflow(number, 10, &number) ||
			pg_add_s32_overflow(number, *at - '0', &number))
			return bad_range(converter);
	}
	interval = palloc0(sizeof(Interval));
	interval->day = negative ? -number : number;
	interval->time = negative ?
		-datetime.microseconds : datetime.microseconds;
	*result = IntervalPGetDatum(interval);
	return check_interval(converter, interval);
}

/*
 * Numbers as above.  All else is for the input function, but for the sign: in
 * "-1 2:03:04" it belongs to the days alone (IntervalStyle postgres).
 */
bool
sfm_interval_from_text(SfmConverter *converter, const SfmValue *value,
					   Datum *result)
{
	SfmDecimal	decimal;
	const char *days;
	const char *time;
	const char *end;
	char	   *str;

	if (is_timespan(value, &days, &time, &end))
		return interval_from_timespan(converter, days, time, end, result);
	if (sfm_read_decimal(value->bytes, value->length, &decimal) &&
		decimal.kind == SFM_DECIMAL_FINITE)
	{
		SfmValue	number = {.storage_class = SFM_INTEGER};
		bool		in_range;

		if (decimal.is_integer && decimal.fits)
		{
			number.integer = decimal.negative ?
				-decimal.mantissa : decimal.mantissa;
			return sfm_interval_from_integer(converter, &number, result);
		}
		number.real = sfm_decimal_to_double(&decimal, value->bytes,
											value->length, &in_range);
		return (in_range || bad_range(converter)) &&
			sfm_interval_from_real(converter, &number, result);
	}
	str = sfm_text_cstring(converter, value);
	return str != NULL && sfm_input_call(converter, str, result) &&
		check_interval(converter, DatumGetIntervalP(*result));
}
