/*-------------------------------------------------------------------------
 *
 * from_time.c
 *	  Dates, times and intervals to values of SQLite.
 *
 * As text: the forms of SQLite's own date functions, with six digits of a
 * second's fraction or none; timestamptz and timetz with their offset.  Where
 * the column's values have another form, it is followed (SfmTimeForm).
 * As numbers: what the option "epoch" counts.  A number is read back before it
 * is taken, so that none is written that would mean another moment: Unix
 * seconds that epoch "auto" would take for a Julian day, or a REAL whose 53
 * bits are not enough.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "value/converters.h"

#define MICROSECONDS_PER_MS 1000
#define JULIAN_MICROSECONDS_2000 INT64CONST(211813444800000000)

static const char no_such_number[] = "No number stands for exactly this value by the option epoch.";
static const char no_such_text[] = "The year is beyond the four digits that SQLite has.";

static bool
bad_time(SfmWriter *writer, const char *reason)
{
	return sfm_cannot_write(writer, ERRCODE_DATETIME_VALUE_OUT_OF_RANGE,
							reason);
}

/*
 * Text
 */

/* Appends a number with leading zeros; sprintf() takes many times as long. */
static inline char *
append_digits(char *at, int number, int digits)
{
	for (int i = digits - 1; i >= 0; i--)
	{
		at[i] = '0' + number % 10;
		number /= 10;
	}
	return at + digits;
}

/* Appends YYYY-MM-DD, or -YYYY-MM-DD before the year 0 (1 BC). */
static bool
append_date(SfmWriter *writer, char **at, int days)
{
	int			year;
	int			month;
	int			day;
	char	   *out = *at;

	j2date(days + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	if (year < -9999 || year > 9999)
		return bad_time(writer, no_such_text);
	if (year < 0)
		*out++ = '-';
	out = append_digits(out, abs(year), 4);
	*out++ = '-';
	out = append_digits(out, month, 2);
	*out++ = '-';
	*at = append_digits(out, day, 2);
	return true;
}

/*
 * Appends HH:MM:SS, and a fraction where there is one.  Six digits: some read
 * ".123" as 123 microseconds.
 */
static void
append_time(SfmWriter *writer, char **at, int64 time)
{
	int			seconds = (int) (time / USECS_PER_SEC);
	int			fraction = (int) (time % USECS_PER_SEC);
	char	   *out = *at;

	out = append_digits(out, seconds / SECS_PER_HOUR, 2);
	*out++ = ':';
	out = append_digits(out, seconds / SECS_PER_MINUTE % MINS_PER_HOUR, 2);
	*out++ = ':';
	out = append_digits(out, seconds % SECS_PER_MINUTE, 2);
	if (fraction % MICROSECONDS_PER_MS == 0 && writer->form.digits == 3)
	{
		*out++ = '.';
		out = append_digits(out, fraction / MICROSECONDS_PER_MS, 3);
	}
	else if (fraction != 0 || writer->form.digits > 0)
	{
		*out++ = '.';
		out = append_digits(out, fraction, 6);
	}
	*at = out;
}

static bool
finish_text(SfmWriter *writer, const char *end, SfmValue *value)
{
	return sfm_write_bytes(value, writer->digits, end - writer->digits);
}

static bool
write_infinity(SfmWriter *writer, bool negative, SfmValue *value)
{
	if (writer->storage != SFM_STORAGE_DEFAULT &&
		writer->storage != SFM_STORAGE_TEXT)
		return bad_time(writer, no_such_number);
	return negative ? sfm_write_bytes(value, "-infinity", 9) :
		sfm_write_bytes(value, "infinity", 8);
}

/*
 * Numbers
 */

/* Says whether a number is read as the value that it was made of. */
static bool
reads_as(SfmWriter *writer, const SfmValue *value, Datum datum)
{
	SfmConverter *reader = writer->reader;
	Datum		again;

	if (!reader->convert[value->storage_class] (reader, value, &again))
		return false;
	switch (writer->base_type)
	{
		case DATEOID:
			return DatumGetDateADT(again) == DatumGetDateADT(datum);
		case TIMETZOID:
			return DatumGetTimeTzADTP(again)->time ==
				DatumGetTimeTzADTP(datum)->time &&
				DatumGetTimeTzADTP(again)->zone ==
				DatumGetTimeTzADTP(datum)->zone;
		case INTERVALOID:
			return DatumGetIntervalP(again)->time ==
				DatumGetIntervalP(datum)->time &&
				DatumGetIntervalP(datum)->day == 0 &&
				DatumGetIntervalP(datum)->month == 0;
		default:
			return DatumGetInt64(again) == DatumGetInt64(datum);
	}
}

/* A Julian day; the candidate for storage integer must be at noon. */
static bool
julian_day(SfmWriter *writer, int64 microseconds, SfmValue *value)
{
	int64		since;

	if (pg_add_s64_overflow(microseconds, JULIAN_MICROSECONDS_2000, &since))
		return false;
	if (writer->storage == SFM_STORAGE_INTEGER)
	{
		value->storage_class = SFM_INTEGER;
		value->integer = since / USECS_PER_DAY;
		return true;
	}
	value->storage_class = SFM_REAL;
	value->real = (double) (since / MICROSECONDS_PER_MS) / 86400000.0;
	return true;
}

/*
 * Writes microseconds (of a moment since 2000-01-01, of a day, or of an
 * interval) as the number that the epoch makes of it.
 */
static bool
write_number(SfmWriter *writer, int64 microseconds, bool is_moment,
			 Datum datum, SfmValue *value)
{
	int64		origin;
	int64		multiplier;
	int64		divisor;
	int64		since = microseconds;

	if (writer->storage == SFM_STORAGE_BLOB)
		return bad_time(writer, "The value cannot be written as BLOB.");
	sfm_epoch_count(writer->epoch, &origin, &multiplier, &divisor);
	if (multiplier == 0)
	{
		if (!is_moment || !julian_day(writer, microseconds, value))
			return bad_time(writer, no_such_number);
	}
	else
	{
		if (is_moment && pg_sub_s64_overflow(microseconds, origin, &since))
			return bad_time(writer, no_such_number);
		if (writer->storage == SFM_STORAGE_INTEGER)
		{
			value->storage_class = SFM_INTEGER;
			if (pg_mul_s64_overflow(since, divisor, &value->integer))
				return bad_time(writer, no_such_number);
			value->integer /= multiplier;
		}
		else
		{
			value->storage_class = SFM_REAL;
			value->real = (double) since * (double) divisor /
				(double) multiplier;
		}
	}

	/* what SQLite does as it stores a REAL there */
	if (value->storage_class == SFM_REAL &&
		(writer->affinity == SFM_AFFINITY_NUMERIC ||
		 writer->affinity == SFM_AFFINITY_INTEGER) &&
		fabs(value->real) < 9223372036854775808.0 &&
		value->real == rint(value->real))
	{
		value->storage_class = SFM_INTEGER;
		value->integer = (int64) value->real;
	}
	return reads_as(writer, value, datum) ||
		bad_time(writer, no_such_number);
}

static inline bool
wants_text(const SfmWriter *writer)
{
	return writer->storage == SFM_STORAGE_DEFAULT ||
		writer->storage == SFM_STORAGE_TEXT;
}

/*
 * The types
 */

static bool
write_date(SfmWriter *writer, Datum datum, SfmValue *value)
{
	DateADT		date = DatumGetDateADT(datum);
	int64		moment;
	char	   *at = writer->digits;

	if (DATE_NOT_FINITE(date))
		return write_infinity(writer, DATE_IS_NOBEGIN(date), value);
	if (!wants_text(writer))
		return pg_mul_s64_overflow(date, USECS_PER_DAY, &moment) ?
			bad_time(writer, no_such_number) :
			write_number(writer, moment, true, datum, value);
	return append_date(writer, &at, date) && finish_text(writer, at, value);
}

static bool
write_timestamp(SfmWriter *writer, Datum datum, SfmValue *value)
{
	Timestamp	moment = DatumGetTimestamp(datum);
	int64		days = moment / USECS_PER_DAY;
	int64		time = moment % USECS_PER_DAY;
	char	   *at = writer->digits;

	if (TIMESTAMP_NOT_FINITE(moment))
		return write_infinity(writer, TIMESTAMP_IS_NOBEGIN(moment), value);
	if (!wants_text(writer))
		return write_number(writer, moment, true, datum, value);
	if (time < 0)
	{
		time += USECS_PER_DAY;
		days--;
	}
	if (!append_date(writer, &at, (int) days))
		return false;
	*at++ = writer->form.separator != '\0' ? writer->form.separator : ' ';
	append_time(writer, &at, time);
	if (writer->form.zone == 'Z')
		*at++ = 'Z';
	else if (writer->form.zone == '+' ||
			 (writer->form.zone == '\0' &&
			  writer->base_type == TIMESTAMPTZOID))
		at += sprintf(at, "+00:00");
	return finish_text(writer, at, value);
}

static bool
write_time(SfmWriter *writer, Datum datum, SfmValue *value)
{
	TimeADT		time = DatumGetTimeADT(datum);
	char	   *at = writer->digits;

	if (!wants_text(writer))
		return write_number(writer, time, false, datum, value);
	append_time(writer, &at, time);
	return finish_text(writer, at, value);
}

static bool
write_timetz(SfmWriter *writer, Datum datum, SfmValue *value)
{
	TimeTzADT  *time = DatumGetTimeTzADTP(datum);
	int			minutes = abs(time->zone) / SECS_PER_MINUTE;
	char	   *at = writer->digits;

	if (!wants_text(writer))
		return write_number(writer, time->time, false, datum, value);
	if (time->zone % SECS_PER_MINUTE != 0)
		return bad_time(writer, "The offset has seconds.");
	append_time(writer, &at, time->time);
	at += sprintf(at, "%c%02d:%02d", time->zone > 0 ? '-' : '+',
				  minutes / MINS_PER_HOUR, minutes % MINS_PER_HOUR);
	return finish_text(writer, at, value) &&
		(reads_as(writer, value, datum) ||
		 bad_time(writer, "The offset is beyond 15 hours."));
}

static bool
write_interval(SfmWriter *writer, Datum datum, SfmValue *value)
{
	char	   *str;

	if (!wants_text(writer))
		return write_number(writer, DatumGetIntervalP(datum)->time, false,
							datum, value);
	str = sfm_output_call(&writer->output, datum);
	return sfm_write_bytes(value, str, strlen(str));
}

/* Reads "12:34:56" and how many digits follow; NULL if it is something else. */
static const char *
learn_time(const char *at, const char *end, int *digits)
{
	static const char pattern[] = "dd:dd:dd";

	for (const char *p = pattern; *p != '\0'; p++, at++)
	{
		if (at == end || (*p == 'd' ? !sfm_is_digit(*at) : *at != *p))
			return NULL;
	}
	*digits = 0;
	if (at < end && *at == '.')
	{
		while (++at < end && sfm_is_digit(*at))
			(*digits)++;
	}
	/* so many are written, at least */
	if (*digits > 0)
		*digits = *digits <= 3 ? 3 : 6;
	return at;
}

/*
 * learn_form
 *		Takes over the form of a text, if it is one that can be written.
 */
static void
learn_form(SfmWriter *writer, const char *at, size_t length)
{
	const char *end = at + length;
	SfmTimeForm form = {.separator = ' '};

	if (writer->base_type == TIMESTAMPOID ||
		writer->base_type == TIMESTAMPTZOID)
	{
		if (length < 19 || (at[10] != ' ' && at[10] != 'T'))
			return;
		form.separator = at[10];
		at += 11;
	}
	else if (writer->base_type != TIMEOID && writer->base_type != TIMETZOID)
		return;
	at = learn_time(at, end, &form.digits);
	if (at == NULL)
		return;
	if (at == end)
		form.zone = '-';
	else if (end - at == 1 && *at == 'Z')
		form.zone = 'Z';
	else if (end - at == 6 && (*at == '+' || *at == '-') && at[3] == ':')
		form.zone = '+';
	else
		return;
	writer->form = form;
}

/*
 * sfm_time_writer_learn
 *		Writes as a value that is in the column already.
 */
void
sfm_time_writer_learn(SfmWriter *writer, const SfmValue *sample)
{
	if (sample->storage_class == SFM_INTEGER)
		writer->storage = SFM_STORAGE_INTEGER;
	else if (sample->storage_class == SFM_REAL)
		writer->storage = SFM_STORAGE_REAL;
	else if (sample->storage_class == SFM_TEXT)
		learn_form(writer, sample->bytes, sample->length);
}

/*
 * sfm_time_writer_init
 *		Chooses the function for a date or time; false if the type is none.
 */
bool
sfm_time_writer_init(SfmWriter *writer)
{
	switch (writer->base_type)
	{
		case DATEOID:
			writer->write = write_date;
			break;
		case TIMEOID:
			writer->write = write_time;
			break;
		case TIMETZOID:
			writer->write = write_timetz;
			break;
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			writer->write = write_timestamp;
			break;
		case INTERVALOID:
			writer->write = write_interval;
			break;
		default:
			return false;
	}
	writer->reader = palloc(sizeof(SfmConverter));
	sfm_converter_init(writer->reader, writer->base_type, -1, writer->epoch);
	return true;
}
