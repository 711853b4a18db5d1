/*-------------------------------------------------------------------------
 *
 * function_date.c
 *	  Calls of SQLite's date and time functions.
 *
 * A moment is 'now', a column that became a timestamp, date or time, or a text
 * or number as SQLite reads it.  The first two are a timestamp in PostgreSQL:
 * modifiers that mean the same there are applied to it, and to_char() writes
 * the text.  All else goes through the compatibility functions, in which
 * SQLite itself computes: texts and numbers, months and years (SQLite lets
 * January 31st plus a month run into March), weekdays, and moments with
 * fractions of a second, which SQLite rounds to milliseconds.  These also
 * stand wherever the expression must be immutable, as to_char() is not.
 *
 * Where the text is a complete date, time or both, the same value goes along
 * with its type in SfmSql.moment, for comparisons and for columns that became
 * a date or time.
 *
 * "now" has microseconds in PostgreSQL and milliseconds in SQLite, and is the
 * time when the transaction began rather than the statement.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

#include "call.h"

/* The moment of a call and its modifiers. */
typedef struct Moment
{
	char	   *timestamp;		/* as timestamp, atomic, with the modifiers
								 * that could be applied; or NULL */
	char	   *argument;		/* what compatibility functions take */
	List	   *modifiers;		/* of char *: those that are left, as SQL */
	bool		now;			/* it is, or was before modifiers, 'now' */
	bool		whole;			/* surely no fraction of a second */
	bool		changed;		/* modifiers were applied */
	bool		not_null;
	SfmSql	   *source;			/* the argument, or NULL */
} Moment;

static bool
is_word(const SfmSql *expression, const char *word)
{
	const char *text = sfm_constant_text(expression);

	return text != NULL && pg_strcasecmp(text, word) == 0;
}

/*
 * column_moment
 *		A column or expression of a date/time type, unless it was a number in
 *		SQLite that the call does not take for this very moment.  *modifier is
 *		moved past a modifier that says what the number means.
 */
static bool
column_moment(SfmCallState *call, SfmSql *argument, int *modifier,
			  Moment *moment)
{
	SfmForm		form;
	const SfmSql *next = *modifier < call->n ? call->arguments[*modifier] : NULL;

	if (argument->moment == NULL && argument->type != TIMESTAMPOID &&
		argument->type != TIMESTAMPTZOID && argument->type != DATEOID &&
		argument->type != TIMEOID)
		return false;
	form = argument->moment != NULL ? argument->form :
		sfm_expression_form(call->translation, argument);
	if (argument->moment == NULL && argument->class != SFM_CLASS_TEXT)
	{
		if (form != SFM_FORM_NUMBER)
			return false;
		if ((argument->epoch == SFM_EPOCH_UNIX && next != NULL &&
			 is_word(next, "unixepoch")) ||
			(argument->epoch == SFM_EPOCH_AUTO && next != NULL &&
			 is_word(next, "auto")))
			(*modifier)++;
		else if (argument->epoch != SFM_EPOCH_JULIAN)
			return false;
		moment->whole = argument->class == SFM_CLASS_INTEGER;
	}
	else
		moment->whole = form == SFM_FORM_DATE || form == SFM_FORM_BLANK ||
			form == SFM_FORM_T;
	moment->timestamp = pstrdup(sfm_operand(sfm_as_moment(call->translation,
														  call->node, argument)));
	moment->not_null = argument->not_null;
	return true;
}

/*
 * interval_of
 *		"[+-]NNN days" and other units of fixed length, as an interval; NULL if
 *		it is anything else.
 */
static char *
interval_of(const char *modifier)
{
	static const char *const units[] = {"day", "hour", "minute", "second"};
	bool		negative = *modifier == '-';
	size_t		digits;
	const char *unit;

	modifier += *modifier == '-' || *modifier == '+';
	digits = strspn(modifier, "0123456789");
	if (digits == 0 || digits > 6 || modifier[digits] != ' ')
		return NULL;
	unit = modifier + digits + strspn(modifier + digits, " ");
	for (int i = 0; i < lengthof(units); i++)
	{
		size_t		length = strlen(units[i]);

		if (pg_strncasecmp(unit, units[i], length) == 0 &&
			(unit[length] == '\0' || pg_strcasecmp(unit + length, "s") == 0))
			return psprintf("%c interval '%.*s %s'", negative ? '-' : '+',
							(int) digits, modifier,
							atoi(modifier) == 1 ? units[i] : psprintf("%ss", units[i]));
	}
	return NULL;
}

/* Applies a modifier to a timestamp if PostgreSQL has the same. */
static bool
apply_modifier(Moment *moment, const char *modifier)
{
	char	   *interval = interval_of(modifier);

	if (interval != NULL)
		moment->timestamp = psprintf("(%s %s)", moment->timestamp, interval);
	else if (pg_strcasecmp(modifier, "start of day") == 0 ||
			 pg_strcasecmp(modifier, "start of month") == 0 ||
			 pg_strcasecmp(modifier, "start of year") == 0)
	{
		moment->timestamp = psprintf("date_trunc('%s', %s)",
									 pg_strcasecmp(modifier, "start of day") == 0 ? "day" :
									 pg_strcasecmp(modifier, "start of month") == 0 ?
									 "month" : "year",
									 moment->timestamp);
		moment->whole = true;
	}
	else
		return false;
	moment->changed = true;
	return true;
}

/*
 * read_moment
 *		The moment at argument "first" and the modifiers behind it; false after
 *		sfm_refuse().
 */
static bool
read_moment(SfmCallState *call, int first, Moment *moment)
{
	SfmSql	   *argument = first < call->n ? call->arguments[first] : NULL;
	int			modifier = first + 1;

	memset(moment, 0, sizeof(Moment));
	moment->source = argument;
	if (argument == NULL || is_word(argument, "now"))
	{
		moment->now = true;
		moment->not_null = true;
		moment->timestamp = pstrdup("(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')");
		if (call->translation->immutable)
		{
			sfm_call_refused(call, "the present time, in an expression that must be immutable");
			return false;
		}
		if (modifier < call->n && is_word(call->arguments[modifier], "localtime"))
		{
			moment->timestamp = pstrdup("LOCALTIMESTAMP");
			sfm_remark(call->translation,
					   "local time is that of the session's time zone");
			modifier++;
		}
	}
	else if (!column_moment(call, argument, &modifier, moment))
	{
		SfmSql	   *stored = sfm_as_stored(call->translation, call->node, argument);

		if (stored->class == SFM_CLASS_INTEGER || stored->class == SFM_CLASS_REAL ||
			stored->class == SFM_CLASS_NUMBER)
			moment->argument = sfm_cast_sql(sfm_as_number(call->translation, call->node,
														  stored), FLOAT8OID);
		else
			moment->argument = sfm_cast_sql(sfm_as_text(call->translation, call->node,
														stored), TEXTOID);
		if (is_word(stored, "subsec") || is_word(stored, "subsecond"))
		{
			sfm_call_refused(call, "subsec");
			return false;
		}
	}

	for (; modifier < call->n; modifier++)
	{
		SfmSql	   *one = call->arguments[modifier];
		const char *text = sfm_constant_text(one);

		if (is_word(one, "localtime") || is_word(one, "utc") ||
			is_word(one, "subsec") || is_word(one, "subsecond"))
		{
			sfm_call_refused(call, psprintf("modifier \"%s\"", text));
			return false;
		}
		if (text == NULL || moment->timestamp == NULL ||
			moment->modifiers != NIL || !apply_modifier(moment, text))
		{
			moment->modifiers = lappend(moment->modifiers,
										(char *) sfm_call_text(call, modifier));
			moment->not_null = false;
		}
	}
	if (moment->timestamp != NULL)
		moment->argument = moment->timestamp;
	return call->translation->problem == NULL;
}

/* "function(format, moment, modifiers ...)" of the compatibility functions. */
static char *
compat_call(SfmCallState *call, const char *function, const char *format,
			const Moment *moment)
{
	StringInfoData sql;
	ListCell   *cell;

	initStringInfo(&sql);
	appendStringInfo(&sql, "%s(%s%s%s", sfm_call_compat(call, function),
					 format == NULL ? "" : format, format == NULL ? "" : ", ",
					 moment->argument);
	foreach(cell, moment->modifiers)
		appendStringInfo(&sql, ", %s", (char *) lfirst(cell));
	appendStringInfoChar(&sql, ')');
	return sql.data;
}

/* Can PostgreSQL's own functions compute it from the timestamp? */
static bool
is_native(const Moment *moment)
{
	return moment->timestamp != NULL && moment->modifiers == NIL &&
		(moment->now || moment->whole);
}

/* A text in the result's SQL, and what moment it is. */
static SfmSql *
moment_result(SfmCallState *call, char *sql, const Moment *moment, SfmForm form)
{
	SfmSql	   *result = sfm_make_sql(sql, true, TEXTOID, SFM_CLASS_TEXT);
	bool		fraction = form == SFM_FORM_BLANK_FRACTION ||
		form == SFM_FORM_T_FRACTION || form == SFM_FORM_OTHER;
	char	   *timestamp;

	result->not_null = moment->not_null;
	result->volatile_ = moment->now;
	if (form == SFM_FORM_UNKNOWN)
		return result;

	timestamp = !is_native(moment) ?
		psprintf("%s(%s)", sfm_call_compat(call, "sqlite_timestamp"), sql) :
		moment->whole || form == SFM_FORM_DATE ? moment->timestamp :
		psprintf("date_trunc('%s', %s)", fraction ? "milliseconds" : "second",
				 moment->timestamp);
	result->form = form;
	if (form == SFM_FORM_DATE)
	{
		result->moment_type = DATEOID;
		if (is_native(moment) && !moment->changed && moment->source != NULL &&
			moment->source->moment == NULL && moment->source->type == DATEOID)
			result->moment = moment->source->sql;
		else if (moment->now && !moment->changed &&
				 strcmp(timestamp, "LOCALTIMESTAMP") == 0)
			result->moment = pstrdup("CURRENT_DATE");
		else
			result->moment = psprintf("%s::date", timestamp);
	}
	else if (form == SFM_FORM_TIME)
	{
		result->moment_type = TIMEOID;
		result->moment = psprintf("%s::time", timestamp);
	}
	else
	{
		result->moment_type = TIMESTAMPOID;
		result->moment = timestamp;
	}
	return result;
}

/*
 * sfm_call_date
 *		date(), time() and datetime() of a moment and modifiers.
 */
SfmSql *
sfm_call_date(SfmCallState *call)
{
	const char *name = call->function->detail;
	SfmForm		form = strcmp(name, "date") == 0 ? SFM_FORM_DATE :
		strcmp(name, "time") == 0 ? SFM_FORM_TIME : SFM_FORM_BLANK;
	Moment		moment;
	char	   *sql;

	if (!read_moment(call, 0, &moment))
		return sfm_null();
	if (is_native(&moment) && !call->translation->immutable)
		sql = psprintf("to_char(%s, '%s')", moment.timestamp,
					   form == SFM_FORM_DATE ? "YYYY-MM-DD" :
					   form == SFM_FORM_TIME ? "HH24:MI:SS" :
					   "YYYY-MM-DD HH24:MI:SS");
	else
		sql = compat_call(call, psprintf("sqlite_%s", name), NULL, &moment);
	return moment_result(call, sql, &moment, form);
}

/* julianday(moment, modifiers ...) */
SfmSql *
sfm_call_julianday(SfmCallState *call)
{
	Moment		moment;
	SfmSql	   *result;

	if (!read_moment(call, 0, &moment))
		return sfm_null();
	result = sfm_make_sql(compat_call(call, "sqlite_julianday", NULL, &moment),
						  true, FLOAT8OID, SFM_CLASS_REAL);
	result->not_null = moment.not_null;
	result->volatile_ = moment.now;
	return result;
}

/* unixepoch(moment, modifiers ...) */
SfmSql *
sfm_call_unixepoch(SfmCallState *call)
{
	Moment		moment;
	SfmSql	   *result;
	char	   *sql;

	if (!read_moment(call, 0, &moment))
		return sfm_null();
	if (!is_native(&moment))
		sql = compat_call(call, "sqlite_unixepoch", NULL, &moment);
	else if (moment.whole)
		sql = psprintf("extract(epoch FROM %s)::bigint", moment.timestamp);
	else
		sql = psprintf("floor(extract(epoch FROM %s))::bigint", moment.timestamp);
	result = sfm_make_sql(sql, true, INT8OID, SFM_CLASS_INTEGER);
	result->not_null = moment.not_null;
	result->volatile_ = moment.now;
	return result;
}

/*
 * to_char_format
 *		The format of strftime() as one of to_char(), if it has the same parts;
 *		else NULL.
 */
static char *
to_char_format(const char *format)
{
	static const struct
	{
		char		letter;
		const char *pattern;
	}			patterns[] = {
		{'d', "DD"}, {'f', "SS.MS"}, {'H', "HH24"}, {'j', "DDD"},
		{'m', "MM"}, {'M', "MI"}, {'S', "SS"}, {'Y', "YYYY"},
	};
	StringInfoData result;

	initStringInfo(&result);
	while (*format != '\0')
	{
		const char *pattern = NULL;

		if (*format == '%')
		{
			format++;
			for (int i = 0; i < lengthof(patterns); i++)
			{
				if (patterns[i].letter == *format)
					pattern = patterns[i].pattern;
			}
			if (pattern == NULL)
				return NULL;
			appendStringInfoString(&result, pattern);
			format++;
		}
		else
		{
			size_t		length = strcspn(format, "%");

			if (strspn(format, " -:./,") >= length)
				appendBinaryStringInfo(&result, format, length);
			else if (memchr(format, '"', length) != NULL ||
					 memchr(format, '\\', length) != NULL)
				return NULL;
			else
				appendStringInfo(&result, "\"%.*s\"", (int) length, format);
			format += length;
		}
	}
	return result.data;
}

/* Which form the texts have that a format makes; UNKNOWN: no moment. */
static SfmForm
form_of_format(const char *format)
{
	static const struct
	{
		const char *format;
		SfmForm		form;
	}			forms[] = {
		{"%Y-%m-%d", SFM_FORM_DATE},
		{"%H:%M:%S", SFM_FORM_TIME},
		{"%Y-%m-%d %H:%M:%S", SFM_FORM_BLANK},
		{"%Y-%m-%dT%H:%M:%S", SFM_FORM_T},
		{"%Y-%m-%d %H:%M:%f", SFM_FORM_BLANK_FRACTION},
		{"%Y-%m-%dT%H:%M:%f", SFM_FORM_T_FRACTION},
		/* with an offset or without seconds: a moment, but no known form */
		{"%Y-%m-%dT%H:%M:%fZ", SFM_FORM_OTHER},
		{"%Y-%m-%d %H:%M:%fZ", SFM_FORM_OTHER},
		{"%Y-%m-%dT%H:%M:%f+00:00", SFM_FORM_OTHER},
		{"%Y-%m-%d %H:%M:%f+00:00", SFM_FORM_OTHER},
	};

	for (int i = 0; i < lengthof(forms); i++)
	{
		if (strcmp(forms[i].format, format) == 0)
			return forms[i].form;
	}
	return SFM_FORM_UNKNOWN;
}

/*
 * whole_second_format
 *		Those of the forms with an offset that have no fraction.
 */
static bool
whole_second_format(const char *format)
{
	return strcmp(format, "%Y-%m-%dT%H:%M:%SZ") == 0 ||
		strcmp(format, "%Y-%m-%d %H:%M:%SZ") == 0 ||
		strcmp(format, "%Y-%m-%dT%H:%M:%S+00:00") == 0 ||
		strcmp(format, "%Y-%m-%d %H:%M:%S+00:00") == 0;
}

/*
 * is_digits_format
 *		Does a format make nothing but one number that fits into 64 bits?
 */
static bool
is_digits_format(const char *format)
{
	size_t		length = strlen(format);

	if (strcmp(format, "%s") == 0)
		return true;
	if (length == 0 || length % 2 != 0 || length > 12)
		return false;
	for (size_t i = 0; i < length; i += 2)
	{
		/* a year may have a sign */
		if (format[i] != '%' || strchr("YmdHMSwjW", format[i + 1]) == NULL ||
			(format[i + 1] == 'Y' && i > 0))
			return false;
	}
	return true;
}

/*
 * strftime_number
 *		The same as "sql", which is strftime() of such a format, as bigint.
 */
static char *
strftime_number(const char *format, const Moment *moment, const char *sql)
{
	static const struct
	{
		const char *format;
		const char *field;
	}			fields[] = {
		{"%d", "day"}, {"%H", "hour"}, {"%j", "doy"}, {"%m", "month"},
		{"%M", "minute"}, {"%w", "dow"}, {"%Y", "year"},
	};
	const char *seconds = strcmp(format, "%s") == 0 ? "epoch" :
		strcmp(format, "%S") == 0 ? "second" : NULL;

	if (is_native(moment))
	{
		if (seconds != NULL)
			return psprintf(moment->whole ? "extract(%s FROM %s)::bigint" :
							"floor(extract(%s FROM %s))::bigint",
							seconds, moment->timestamp);
		for (int i = 0; i < lengthof(fields); i++)
		{
			if (strcmp(fields[i].format, format) == 0)
				return psprintf("extract(%s FROM %s)::bigint", fields[i].field,
								moment->timestamp);
		}
	}
	return psprintf("%s::bigint", sql);
}

/*
 * sfm_call_strftime
 *		strftime(format, moment, modifiers ...)
 */
SfmSql *
sfm_call_strftime(SfmCallState *call)
{
	const char *format = sfm_constant_text(call->arguments[0]);
	SfmForm		form = format == NULL ? SFM_FORM_UNKNOWN : form_of_format(format);
	const char *pattern = NULL;
	char	   *sql;
	Moment		moment;
	SfmSql	   *result;

	if (!read_moment(call, 1, &moment))
		return sfm_null();
	if (is_native(&moment) && !call->translation->immutable && format != NULL)
	{
		if (strcmp(format, "%s") == 0)
			sql = psprintf("floor(extract(epoch FROM %s))::bigint::text",
						   moment.timestamp);
		else if (strcmp(format, "%w") == 0)
			sql = psprintf("extract(dow FROM %s)::integer::text", moment.timestamp);
		else if ((pattern = to_char_format(format)) != NULL)
			sql = psprintf("to_char(%s, %s)", moment.timestamp,
						   quote_literal_cstr(pattern));
		else
			sql = compat_call(call, "sqlite_strftime",
							  sfm_cast_sql(call->arguments[0], TEXTOID), &moment);
	}
	else
		sql = compat_call(call, "sqlite_strftime",
						  sfm_cast_sql(sfm_as_text(call->translation, call->node,
												   call->arguments[0]), TEXTOID),
						  &moment);
	if (format != NULL && whole_second_format(format))
	{
		result = moment_result(call, sql, &moment, SFM_FORM_BLANK);
		result->form = SFM_FORM_OTHER;
	}
	else
		result = moment_result(call, sql, &moment, form);
	if (format == NULL)
		result->not_null = false;
	else if (is_digits_format(format))
	{
		result->digits = strftime_number(format, &moment, sql);
		result->digits_sql = sql;
	}
	return result;
}
