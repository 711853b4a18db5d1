/*-------------------------------------------------------------------------
 *
 * datetime.c
 *	  Reads dates and times as SQLite applications write them.
 *
 * The forms are those of "Date And Time Functions", section 2 ("Time Values"),
 * that is YYYY-MM-DD, HH:MM, HH:MM:SS, HH:MM:SS.SSS, date and time with blanks
 * or a "T" between them, each time with an optional "Z" or [+-]HH:MM, and a
 * number.  On top come lower-case "t", any number of digits of a second's
 * fraction, the ISO offsets +HHMM and +HH, and blanks at both ends.
 *
 * Not accepted, on purpose: "now" (a stored value means one moment), days that
 * do not exist (SQLite makes 2023-03-03 of 2023-02-31), and everything whose
 * reading depends on a setting, like 03/04/2024.
 *
 * Nothing here raises an error, allocates memory or reads a setting of the
 * server, so the result never depends on DateStyle or TimeZone.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "value/converters.h"

#define MICROSECONDS_PER_SECOND INT64CONST(1000000)
#define MICROSECONDS_PER_DAY (INT64CONST(86400) * MICROSECONDS_PER_SECOND)

/* hours of an offset; SQLite stops at 14, PostgreSQL's time zones at 15 */
#define MAX_OFFSET_HOURS 15

/* What is left to read. */
typedef struct Reader
{
	const char *at;
	const char *end;
} Reader;

static inline char
peek(const Reader *reader)
{
	return reader->at < reader->end ? *reader->at : '\0';
}

static inline bool
at_digit(const Reader *reader)
{
	return reader->at < reader->end && sfm_is_digit(*reader->at);
}

/* Steps over "c" if it is the next character. */
static inline bool
accept(Reader *reader, char c)
{
	if (reader->at >= reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

static inline void
skip_blanks(Reader *reader)
{
	while (reader->at < reader->end && sfm_is_blank(*reader->at))
		reader->at++;
}

/* Reads exactly "count" digits; false if there are fewer. */
static bool
read_digits(Reader *reader, int count, int *number)
{
	int			result = 0;

	if (reader->end - reader->at < count)
		return false;
	for (int i = 0; i < count; i++)
	{
		if (!sfm_is_digit(reader->at[i]))
			return false;
		result = result * 10 + (reader->at[i] - '0');
	}
	reader->at += count;
	*number = result;
	return true;
}

/* Days of a month of the proleptic Gregorian calendar. */
static int
days_in_month(int year, int month)
{
	static const int days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	bool		leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Reads [-]YYYY-MM-DD. */
static bool
read_date(Reader *reader, SfmDatetime *result)
{
	bool		negative = accept(reader, '-');

	if (!read_digits(reader, 4, &result->year) || !accept(reader, '-') ||
		!read_digits(reader, 2, &result->month) || !accept(reader, '-') ||
		!read_digits(reader, 2, &result->day))
		return false;
	if (negative)
		result->year = -result->year;
	if (result->month < 1 || result->month > 12 || result->day < 1 ||
		result->day > days_in_month(result->year, result->month))
		return false;
	result->has_date = true;
	return true;
}

/*
 * Reads the digits after a second's decimal point as microseconds, rounded
 * half up at the seventh digit as timestamp_in does.
 */
static bool
read_fraction(Reader *reader, int64 *microseconds)
{
	int64		unit = MICROSECONDS_PER_SECOND / 10;
	int64		result = 0;

	if (!at_digit(reader))
		return false;
	for (; unit > 0 && at_digit(reader); unit /= 10)
		result += (*reader->at++ - '0') * unit;
	if (at_digit(reader))
	{
		if (*reader->at >= '5')
			result++;
		while (at_digit(reader))
			reader->at++;
	}
	*microseconds = result;
	return true;
}

/* Reads an offset, if there is one: Z, [+-]HH:MM, [+-]HHMM, [+-]HH. */
static bool
read_offset(Reader *reader, SfmDatetime *result)
{
	bool		west;
	int			hours;
	int			minutes = 0;

	skip_blanks(reader);
	if (reader->at == reader->end)
		return true;
	result->has_offset = true;
	if (accept(reader, 'Z') || accept(reader, 'z'))
		return true;

	west = accept(reader, '-');
	if (!west && !accept(reader, '+'))
		return false;
	if (!read_digits(reader, 2, &hours) || hours > MAX_OFFSET_HOURS)
		return false;
	if (accept(reader, ':') || at_digit(reader))
	{
		if (!read_digits(reader, 2, &minutes) || minutes > 59)
			return false;
	}
	result->offset_minutes = hours * 60 + minutes;
	if (west)
		result->offset_minutes = -result->offset_minutes;
	return true;
}

/* Reads HH:MM[:SS[.fraction]] and what may follow it. */
static bool
read_time(Reader *reader, SfmDatetime *result)
{
	int			hours;
	int			minutes;
	int			seconds = 0;
	int64		fraction = 0;

	if (!read_digits(reader, 2, &hours) || !accept(reader, ':') ||
		!read_digits(reader, 2, &minutes))
		return false;
	if (accept(reader, ':'))
	{
		if (!read_digits(reader, 2, &seconds))
			return false;
		if (accept(reader, '.') && !read_fraction(reader, &fraction))
			return false;
	}
	if (minutes > 59 || seconds > 59)
		return false;

	result->microseconds =
		(hours * 3600 + minutes * 60 + seconds) * MICROSECONDS_PER_SECOND +
		fraction;
	if (hours > 24 || (hours == 24 && result->microseconds != MICROSECONDS_PER_DAY))
		return false;
	result->has_time = true;
	return read_offset(reader, result);
}

/* Reads text that is a number; what it means is not decided here. */
static bool
read_number(const Reader *reader, SfmDatetime *result)
{
	size_t		length = reader->end - reader->at;
	SfmDecimal	decimal;
	bool		in_range;

	if (!sfm_read_decimal(reader->at, length, &decimal) ||
		decimal.kind != SFM_DECIMAL_FINITE)
		return false;
	result->is_number = true;
	if (decimal.is_integer && decimal.fits)
	{
		result->is_integer = true;
		result->integer = decimal.negative ?
			-decimal.mantissa : decimal.mantissa;
	}
	result->number = sfm_decimal_to_double(&decimal, reader->at, length,
										   &in_range);
	return in_range;
}

/* Days from 2000-01-01 to a day of the years 0000 to 9999. */
static inline int
days_since_2000(unsigned year, unsigned month, unsigned day)
{
	/* years begin in March, so that February 29 is the last day of one */
	unsigned	y = month > 2 ? year + 400 : year + 399;
	unsigned	m = month > 2 ? month - 3 : month + 9;

	return (int) (365 * y + y / 4 - y / 100 + y / 400 +
				  (153 * m + 2) / 5 + day) - 876523;
}

/* The number of two digits; *bad becomes true if they are none. */
static inline unsigned
two_digits(const char *str, bool *bad)
{
	unsigned	tens = (unsigned char) str[0] - (unsigned) '0';
	unsigned	ones = (unsigned char) str[1] - (unsigned) '0';

	*bad |= tens > 9 || ones > 9;
	return tens * 10 + ones;
}

/*
 * sfm_read_moment
 *		Reads the commonest forms fast: YYYY-MM-DD, and with " HH:MM:SS" or
 *		"THH:MM:SS" behind it, and with ".S" to ".SSSSSS" behind that.
 *
 * *moment is in microseconds since 2000-01-01.  False says nothing more than
 * that the text is for sfm_parse_datetime(), which gives the same moment for
 * what is read here.
 */
bool
sfm_read_moment(const char *str, size_t length, int64 *moment)
{
	bool		bad = false;
	unsigned	year;
	unsigned	month;
	unsigned	day;
	unsigned	hours;
	unsigned	minutes;
	unsigned	seconds;
	int64		fraction = 0;

	if (length != 10 && length != 19 && (length < 21 || length > 26))
		return false;
	year = two_digits(str, &bad) * 100;
	year += two_digits(str + 2, &bad);
	month = two_digits(str + 5, &bad);
	day = two_digits(str + 8, &bad);
	if (bad || str[4] != '-' || str[7] != '-' || month < 1 || month > 12 ||
		day < 1 || (day > 28 && day > (unsigned) days_in_month(year, month)))
		return false;
	*moment = days_since_2000(year, month, day) * MICROSECONDS_PER_DAY;
	if (length == 10)
		return true;

	hours = two_digits(str + 11, &bad);
	minutes = two_digits(str + 14, &bad);
	seconds = two_digits(str + 17, &bad);
	if (bad || (str[10] != ' ' && str[10] != 'T') || str[13] != ':' ||
		str[16] != ':' || hours > 23 || minutes > 59 || seconds > 59)
		return false;
	if (length > 19)
	{
		int64		unit = MICROSECONDS_PER_SECOND / 10;

		if (str[19] != '.')
			return false;
		for (size_t i = 20; i < length; i++, unit /= 10)
		{
			if (!sfm_is_digit(str[i]))
				return false;
			fraction += (str[i] - '0') * unit;
		}
	}
	*moment += (hours * 3600 + minutes * 60 + seconds) *
		MICROSECONDS_PER_SECOND + fraction;
	return true;
}

/*
 * sfm_parse_datetime
 *		Reads one date, time, moment or number from text.
 *
 * Returns false if the text is none of them.  *result is set in any case, but
 * means something only after true.  Exactly one of is_number, has_date and
 * has_time is set, or both of the latter.
 */
bool
sfm_parse_datetime(const char *str, size_t length, SfmDatetime *result)
{
	Reader		reader;

	memset(result, 0, sizeof(SfmDatetime));
	sfm_trim(&str, &length);
	reader.at = str;
	reader.end = str + length;

	if (length >= 5 && str[2] == ':')
		return read_time(&reader, result) && reader.at == reader.end;
	if (length < 10 || (str[4] != '-' && str[5] != '-'))
		return read_number(&reader, result);
	if (!read_date(&reader, result))
	{
		/* "1234e-05" has a hyphen at the place of a date's, too */
		memset(result, 0, sizeof(SfmDatetime));
		reader.at = str;
		return read_number(&reader, result);
	}
	if (reader.at == reader.end)
		return true;

	/* SQLite's own functions do without a separator, too */
	while (sfm_is_blank(peek(&reader)) || peek(&reader) == 'T' ||
		   peek(&reader) == 't')
		reader.at++;
	if (reader.at == reader.end)
		return true;
	return read_time(&reader, result) && reader.at == reader.end;
}
