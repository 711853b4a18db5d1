/*-------------------------------------------------------------------------
 *
 * emulate_date.c
 *	  The compatibility functions for dates and times.
 *
 * strftime(), date(), time(), datetime(), julianday() and unixepoch() of a
 * moment and modifiers, as "Date And Time Functions" describes them.  They are
 * IMMUTABLE, so whatever asks for the present time or the time zone of the
 * machine is refused: the moments "now", "subsec" and "subsecond", and the
 * modifiers "localtime" and "utc".  (A call without any moment, which means
 * "now", too, has no counterpart here.)  SQLite knows these words in any case
 * of letters, and only without blanks around them: with blanks the result is
 * NULL, as it is for every word that SQLite does not know.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "translate/emulate.h"
#include "value/value.h"

#define MILLISECONDS_PER_DAY 86400000.0
#define JULIAN_MILLISECONDS_2000 INT64CONST(211813444800000)
#define MICROSECONDS_PER_MS 1000

static const SfmEmulated emulated_strftime = {
	"strftime", NULL, false, ERRCODE_INVALID_PARAMETER_VALUE
};
static const SfmEmulated emulated_date = {
	"date", NULL, false, ERRCODE_INVALID_PARAMETER_VALUE
};
static const SfmEmulated emulated_time = {
	"time", NULL, false, ERRCODE_INVALID_PARAMETER_VALUE
};
static const SfmEmulated emulated_datetime = {
	"datetime", NULL, false, ERRCODE_INVALID_PARAMETER_VALUE
};
static const SfmEmulated emulated_julianday = {
	"julianday", NULL, false, ERRCODE_INVALID_PARAMETER_VALUE
};
static const SfmEmulated emulated_unixepoch = {
	"unixepoch", NULL, false, ERRCODE_INVALID_PARAMETER_VALUE
};

PG_FUNCTION_INFO_V1(sqlite_strftime);
PG_FUNCTION_INFO_V1(sqlite_date);
PG_FUNCTION_INFO_V1(sqlite_time);
PG_FUNCTION_INFO_V1(sqlite_datetime);
PG_FUNCTION_INFO_V1(sqlite_julianday);
PG_FUNCTION_INFO_V1(sqlite_unixepoch);
PG_FUNCTION_INFO_V1(sqlite_timestamp);
PGDLLEXPORT Datum sqlite_strftime(PG_FUNCTION_ARGS);
PGDLLEXPORT Datum sqlite_date(PG_FUNCTION_ARGS);
PGDLLEXPORT Datum sqlite_time(PG_FUNCTION_ARGS);
PGDLLEXPORT Datum sqlite_datetime(PG_FUNCTION_ARGS);
PGDLLEXPORT Datum sqlite_julianday(PG_FUNCTION_ARGS);
PGDLLEXPORT Datum sqlite_unixepoch(PG_FUNCTION_ARGS);
PGDLLEXPORT Datum sqlite_timestamp(PG_FUNCTION_ARGS);

/* Is the value this word, in whatever case of letters? */
static bool
is_word(const SfmValue *value, const char *word)
{
	return value->storage_class == SFM_TEXT &&
		value->length == strlen(word) &&
		pg_strncasecmp(value->bytes, word, value->length) == 0;
}

/* Refuses what SQLite answers from the clock or the time zone. */
static void
require_immutable(const SfmEmulated *function, const SfmArguments *arguments,
				  int moment)
{
	static const char *const moments[] = {"now", "subsec", "subsecond"};
	static const char *const modifiers[] = {"localtime", "utc"};

	if (moment >= arguments->count)
		return;
	for (int i = 0; i < lengthof(moments); i++)
	{
		if (is_word(&arguments->values[moment], moments[i]))
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("the moment \"%s\" is not supported in \"sqlite_%s\"",
							moments[i], function->name),
					 errdetail("The function is immutable: the result must not depend on the present time."),
					 errhint("Use CURRENT_TIMESTAMP AT TIME ZONE 'UTC' as the moment.")));
	}
	for (int argument = moment + 1; argument < arguments->count; argument++)
	{
		for (int i = 0; i < lengthof(modifiers); i++)
		{
			if (is_word(&arguments->values[argument], modifiers[i]))
				ereport(ERROR,
						(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						 errmsg("the modifier \"%s\" is not supported in \"sqlite_%s\"",
								modifiers[i], function->name),
						 errdetail("The function is immutable: the result must not depend on the time zone of the machine."),
						 errhint("Use AT TIME ZONE on the moment.")));
		}
	}
}

/* A call whose moment is the argument at place "moment". */
static Datum
date_call(FunctionCallInfo fcinfo, const SfmEmulated *function, int moment,
		  Oid type)
{
	SfmArguments arguments;
	SfmValue	result;

	sfm_emulated_arguments(fcinfo, true, &arguments);
	require_immutable(function, &arguments, moment);
	sfm_emulate(function, &arguments, &result);
	return sfm_emulated_result(fcinfo, function, &result, type);
}

/*
 * sqlite_strftime(format text, moment, VARIADIC modifiers text[])
 *		strftime(format, moment, modifiers ...)
 */
Datum
sqlite_strftime(PG_FUNCTION_ARGS)
{
	return date_call(fcinfo, &emulated_strftime, 1, TEXTOID);
}

/* sqlite_date(moment, VARIADIC modifiers text[]) */
Datum
sqlite_date(PG_FUNCTION_ARGS)
{
	return date_call(fcinfo, &emulated_date, 0, TEXTOID);
}

/* sqlite_time(moment, VARIADIC modifiers text[]) */
Datum
sqlite_time(PG_FUNCTION_ARGS)
{
	return date_call(fcinfo, &emulated_time, 0, TEXTOID);
}

/* sqlite_datetime(moment, VARIADIC modifiers text[]) */
Datum
sqlite_datetime(PG_FUNCTION_ARGS)
{
	return date_call(fcinfo, &emulated_datetime, 0, TEXTOID);
}

/* sqlite_julianday(moment, VARIADIC modifiers text[]) */
Datum
sqlite_julianday(PG_FUNCTION_ARGS)
{
	return date_call(fcinfo, &emulated_julianday, 0, FLOAT8OID);
}

/*
 * sqlite_unixepoch(moment, VARIADIC modifiers text[])
 *		An error if the modifiers ask for a fraction ("subsec").
 */
Datum
sqlite_unixepoch(PG_FUNCTION_ARGS)
{
	return date_call(fcinfo, &emulated_unixepoch, 0, INT8OID);
}

/*
 * Reads a moment to the microsecond, as the columns of foreign tables do;
 * false if that reader refuses the text.
 */
static bool
exact_moment(const SfmValue *text, Timestamp *moment)
{
	static SfmConverter *converter = NULL;
	Datum		datum;

	if (converter == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);
		SfmConverter *fresh = palloc0(sizeof(SfmConverter));

		sfm_converter_init(fresh, TIMESTAMPOID, -1, SFM_EPOCH_JULIAN);
		MemoryContextSwitchTo(old);
		converter = fresh;
	}
	if (!sfm_convert(converter, text, &datum))
		return false;
	*moment = DatumGetTimestamp(datum);
	return !TIMESTAMP_NOT_FINITE(*moment);
}

/*
 * sqlite_timestamp(moment text)
 *		The moment that SQLite's date functions see in a text, NULL if none.
 *
 * SQLite counts in milliseconds; further digits are kept where the text has
 * them.
 */
Datum
sqlite_timestamp(PG_FUNCTION_ARGS)
{
	SfmArguments arguments;
	SfmValue	result;
	Timestamp	moment;
	Timestamp	exact;

	sfm_emulated_arguments(fcinfo, true, &arguments);
	require_immutable(&emulated_julianday, &arguments, 0);
	sfm_emulate(&emulated_julianday, &arguments, &result);
	if (result.storage_class != SFM_REAL)
		PG_RETURN_NULL();

	/* a day number is a whole number of milliseconds, divided */
	moment = ((int64) rint(result.real * MILLISECONDS_PER_DAY) -
			  JULIAN_MILLISECONDS_2000) * MICROSECONDS_PER_MS;
	if (exact_moment(&arguments.values[0], &exact) &&
		exact - moment <= MICROSECONDS_PER_MS &&
		moment - exact <= MICROSECONDS_PER_MS)
		moment = exact;
	PG_RETURN_TIMESTAMP(moment);
}
