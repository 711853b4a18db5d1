/*-------------------------------------------------------------------------
 *
 * converter.c
 *	  Chooses, once per column and scan, how SQLite values become Datums.
 *
 * The table below is the map of this room: for each type the function that
 * takes each storage class, in to_number.c, to_text.c, to_time.c and
 * to_other.c.  Types that are not listed are arrays, composite types, domains,
 * enums, pgvector's vector, or go through their own input function.  A storage class that a type
 * has no function for is a bad value.
 *
 * Here is also the one place where code runs that reports a bad value by an
 * error (input functions, domain constraints) although we want an answer.
 * PostgreSQL 16 and newer give it for their own types ("soft errors"); for all
 * the rest the call runs in an internal subtransaction.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/bytea.h"
#include "utils/float.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/typcache.h"
#include "utils/xml.h"

#include "value/converters.h"

typedef struct TypeConverters
{
	Oid			type;
	SfmConvertFunction from_integer;
	SfmConvertFunction from_real;
	SfmConvertFunction from_text;
	SfmConvertFunction from_blob;	/* NULL: none */
	void		(*prepare) (SfmConverter *converter);	/* may be NULL */
} TypeConverters;

static const TypeConverters type_converters[] = {
	{INT2OID, sfm_int2_from_integer, sfm_int2_from_real, sfm_int2_from_text},
	{INT4OID, sfm_int4_from_integer, sfm_int4_from_real, sfm_int4_from_text},
	{INT8OID, sfm_int8_from_integer, sfm_int8_from_real, sfm_int8_from_text},
	{OIDOID, sfm_oid_from_integer, sfm_oid_from_real, sfm_oid_from_text},
	{FLOAT4OID, sfm_float4_from_integer, sfm_float4_from_real,
	sfm_float4_from_text},
	{FLOAT8OID, sfm_float8_from_integer, sfm_float8_from_real,
	sfm_float8_from_text},
	{NUMERICOID, sfm_numeric_from_integer, sfm_numeric_from_real,
	sfm_numeric_from_text, NULL, sfm_numeric_prepare},
	{CASHOID, sfm_money_from_integer, sfm_money_from_real,
	sfm_money_from_text, NULL, sfm_text_prepare},
	{BOOLOID, sfm_bool_from_integer, sfm_bool_from_real, sfm_bool_from_text},

	{TEXTOID, sfm_number_as_text, sfm_number_as_text, sfm_text_from_text,
	sfm_text_from_text, sfm_text_prepare},
	{VARCHAROID, sfm_number_as_text, sfm_number_as_text,
	sfm_varchar_from_text, sfm_varchar_from_text, sfm_text_prepare},
	{BPCHAROID, sfm_number_as_text, sfm_number_as_text, sfm_bpchar_from_text,
	sfm_bpchar_from_text, sfm_text_prepare},
	{NAMEOID, sfm_number_as_text, sfm_number_as_text, sfm_name_from_text,
	sfm_name_from_text, sfm_text_prepare},
	{CHAROID, sfm_number_as_text, sfm_number_as_text, sfm_char_from_text,
	sfm_char_from_text},
	/* numbers as SQLite's CAST(x AS BLOB) makes them: the bytes of their text */
	{BYTEAOID, sfm_number_as_text, sfm_number_as_text, sfm_bytea_from_bytes,
	sfm_bytea_from_bytes},

	{DATEOID, sfm_date_from_integer, sfm_date_from_real, sfm_date_from_text,
	NULL, sfm_time_prepare},
	{TIMEOID, sfm_time_from_integer, sfm_time_from_real, sfm_time_from_text,
	NULL, sfm_time_prepare},
	{TIMETZOID, sfm_timetz_from_integer, sfm_timetz_from_real,
	sfm_timetz_from_text, NULL, sfm_time_prepare},
	{TIMESTAMPOID, sfm_timestamp_from_integer, sfm_timestamp_from_real,
	sfm_timestamp_from_text, NULL, sfm_time_prepare},
	{TIMESTAMPTZOID, sfm_timestamp_from_integer, sfm_timestamp_from_real,
	sfm_timestamp_from_text, NULL, sfm_time_prepare},
	{INTERVALOID, sfm_interval_from_integer, sfm_interval_from_real,
	sfm_interval_from_text, NULL, sfm_interval_prepare},

	{UUIDOID, NULL, NULL, sfm_uuid_from_text, sfm_uuid_from_blob},
	{JSONOID, sfm_number_as_text, sfm_number_as_text, sfm_json_from_text,
	sfm_json_from_blob, sfm_text_prepare},
	{JSONBOID, sfm_number_as_text, sfm_number_as_text, sfm_jsonb_from_text,
	sfm_json_from_blob, sfm_text_prepare},

	/* cidr_in() would make a network of any number */
	{INETOID, NULL, NULL, sfm_other_from_text, sfm_other_from_text,
	sfm_text_prepare},
	{CIDROID, NULL, NULL, sfm_other_from_text, sfm_other_from_text,
	sfm_text_prepare},
	{MACADDROID, NULL, NULL, sfm_other_from_text, sfm_other_from_text,
	sfm_text_prepare},
	{MACADDR8OID, NULL, NULL, sfm_other_from_text, sfm_other_from_text,
	sfm_text_prepare},
	{BITOID, sfm_number_as_text, NULL, sfm_bit_from_text},
	{VARBITOID, sfm_number_as_text, NULL, sfm_bit_from_text}
};

/*
 * sfm_no_conversion
 *		Stands for every storage class that a type does not take; none takes
 *		SFM_INVALID_TEXT.
 */
bool
sfm_no_conversion(SfmConverter *converter, const SfmValue *value,
				  Datum *result)
{
	static const char *const reasons[SFM_STORAGE_CLASSES] = {
		[SFM_INVALID_TEXT] = "The text is not valid UTF-16.",
		[SFM_INTEGER] = "The type does not accept INTEGER values.",
		[SFM_REAL] = "The type does not accept REAL values.",
		[SFM_TEXT] = "The type does not accept TEXT values.",
		[SFM_BLOB] = "The type does not accept BLOB values.",
		[SFM_NULL] = "The type does not accept NULL."
	};

	int			sqlstate = ERRCODE_INVALID_TEXT_REPRESENTATION;

	if (value->storage_class == SFM_BLOB)
		sqlstate = ERRCODE_INVALID_BINARY_REPRESENTATION;
	else if (value->storage_class == SFM_INVALID_TEXT)
		sqlstate = ERRCODE_CHARACTER_NOT_IN_REPERTOIRE;
	return sfm_bad_value(converter, sqlstate, reasons[value->storage_class]);
}

/*
 * Calls that may fail
 */

/*
 * Makes sentences of an error's message and detail; palloc'd.  A detail of
 * several lines is no sentence: xml draws a picture.
 */
static char *
reason_of_error(const ErrorData *error)
{
	bool		detailed;

	detailed = error->detail != NULL && strchr(error->detail, '\n') == NULL;
	return psprintf("PostgreSQL reports: %s.%s%s",
					error->message != NULL ? error->message : "unknown error",
					detailed ? " " : "", detailed ? error->detail : "");
}

/*
 * Says whether an error is the value's fault and not the server's.  The codes
 * of the switch are what tsvector, ltree, regclass and their like report.
 */
static bool
is_value_error(int sqlstate)
{
	int			category;

	switch (sqlstate)
	{
		case ERRCODE_SYNTAX_ERROR:
		case ERRCODE_INVALID_NAME:
		case ERRCODE_UNDEFINED_OBJECT:
		case ERRCODE_UNDEFINED_TABLE:
		case ERRCODE_UNDEFINED_SCHEMA:
		case ERRCODE_UNDEFINED_FUNCTION:
		case ERRCODE_AMBIGUOUS_FUNCTION:
			return true;
	}
	category = ERRCODE_TO_CATEGORY(sqlstate);
	return category == ERRCODE_DATA_EXCEPTION ||
		category == ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION ||
		category == ERRCODE_PROGRAM_LIMIT_EXCEEDED;
}

/*
 * sfm_guarded_call
 *		Calls a function; an error that is the value's fault makes the result
 *		false, with the reason noted, and leaves no trace.
 *
 * Any other error is raised again.  While a parallel plan runs, PostgreSQL 15
 * and 16 allow no subtransaction; there every error is raised.
 */
bool
sfm_guarded_call(SfmConverter *converter, SfmGuardedCall call, void *argument,
				 Datum *result)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool good = true;

	if (!sfm_subtransaction_allowed())
	{
		*result = call(converter, argument);
		return true;
	}

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		*result = call(converter, argument);
		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		if (!is_value_error(error->sqlerrcode))
			ReThrowError(error);
		converter->sqlstate = error->sqlerrcode;
		converter->reason = reason_of_error(error);
		FreeErrorData(error);
		good = false;
	}
	PG_END_TRY();
	return good;
}

static Datum
call_input(SfmConverter *converter, void *argument)
{
	return InputFunctionCall(&converter->input, argument, converter->ioparam,
							 converter->base_typmod);
}

/* settings of the session that input and output functions look at */
typedef struct SfmSettings
{
	int			date_style;
	int			date_order;
	int			interval_style;
	pg_tz	   *time_zone;
	int			xml_option;
	int			float_digits;
	int			bytea_style;
} SfmSettings;

/*
 * neutral_settings
 *		Sets what the text of a value is read and written by: a value must not
 *		mean something else because of the session (ranges of dates, xml).
 *
 * The variables are assigned without the detour by set_config_option(), which
 * costs more than most input functions; restore_settings() must follow,
 * also after an error.
 */
static void
neutral_settings(SfmSettings *saved)
{
	static pg_tz *utc = NULL;

	if (utc == NULL)
		utc = pg_tzset("GMT");
	saved->date_style = DateStyle;
	saved->date_order = DateOrder;
	saved->interval_style = IntervalStyle;
	saved->time_zone = session_timezone;
	saved->xml_option = xmloption;
	saved->float_digits = extra_float_digits;
	saved->bytea_style = bytea_output;
	DateStyle = USE_ISO_DATES;
	DateOrder = DATEORDER_YMD;
	IntervalStyle = INTSTYLE_POSTGRES;
	session_timezone = utc;
	xmloption = XMLOPTION_CONTENT;
	extra_float_digits = 1;
	bytea_output = BYTEA_OUTPUT_HEX;
}

/*
 * restore_settings
 *		Puts the session's settings back.
 */
static void
restore_settings(const SfmSettings *saved)
{
	DateStyle = saved->date_style;
	DateOrder = saved->date_order;
	IntervalStyle = saved->interval_style;
	session_timezone = saved->time_zone;
	xmloption = saved->xml_option;
	extra_float_digits = saved->float_digits;
	bytea_output = saved->bytea_style;
}

/*
 * sfm_output_call
 *		Calls an output function under neutral settings; palloc'd.
 */
char *
sfm_output_call(FmgrInfo *output, Datum datum)
{
	SfmSettings saved;
	char	   *volatile result = NULL;

	neutral_settings(&saved);
	PG_TRY();
	{
		result = OutputFunctionCall(output, datum);
	}
	PG_FINALLY();
	{
		restore_settings(&saved);
	}
	PG_END_TRY();
	return result;
}

#if SFM_SOFT_ERRORS
/* Calls an input function that is known to report bad values softly. */
static bool
soft_input_call(SfmConverter *converter, char *str, Datum *result)
{
	ErrorSaveContext errors = {T_ErrorSaveContext};

	errors.details_wanted = true;
	if (InputFunctionCallSafe(&converter->input, str, converter->ioparam,
							  converter->base_typmod, (Node *) &errors,
							  result))
		return true;
	converter->sqlstate = errors.error_data->sqlerrcode;
	converter->reason = reason_of_error(errors.error_data);
	return false;
}
#endif

/*
 * sfm_input_call
 *		Calls the type's input function; false if the text is no value of the
 *		type, with the reason noted.
 */
bool
sfm_input_call(SfmConverter *converter, char *str, Datum *result)
{
	SfmSettings saved;
	volatile bool good = false;

	neutral_settings(&saved);
	PG_TRY();
	{
#if SFM_SOFT_ERRORS
		if (converter->input_is_soft)
			good = soft_input_call(converter, str, result);
		else
#endif
			good = sfm_guarded_call(converter, call_input, str, result);
	}
	PG_FINALLY();
	{
		restore_settings(&saved);
	}
	PG_END_TRY();
	return good;
}

/*
 * Domains
 */

static Datum
call_domain_check(SfmConverter *converter, void *argument)
{
	Datum		value = *(Datum *) argument;

	domain_check(value, false, converter->type, &converter->domain_state,
				 converter->context);
	return value;
}

static bool
domain_from_any(SfmConverter *converter, const SfmValue *value, Datum *result)
{
	SfmConverter *base = converter->base;
	Datum		datum;

	base->memory = converter->memory;
	if (!base->convert[value->storage_class] (base, value, &datum))
		return sfm_bad_value(converter, base->sqlstate, base->reason);
	return sfm_guarded_call(converter, call_domain_check, &datum, result);
}

static Datum
call_null_check(SfmConverter *converter, void *argument)
{
	domain_check((Datum) 0, true, converter->type, &converter->domain_state,
				 converter->context);
	return (Datum) 0;
}

static void
init_domain(SfmConverter *converter)
{
	Datum		unused;

	/* where no answer can be had without an error, a NULL is let through */
	if (sfm_subtransaction_allowed())
		converter->takes_null = sfm_guarded_call(converter, call_null_check,
												 NULL, &unused);
	converter->base = palloc(sizeof(SfmConverter));
	sfm_converter_init(converter->base, converter->base_type,
					   converter->base_typmod, converter->epoch);
	for (int i = 0; i < SFM_STORAGE_CLASSES; i++)
		converter->convert[i] = domain_from_any;
}

/*
 * Setting up
 */

static void
set_functions(SfmConverter *converter, SfmConvertFunction from_integer,
			  SfmConvertFunction from_real, SfmConvertFunction from_text,
			  SfmConvertFunction from_blob)
{
	for (int i = 0; i < SFM_STORAGE_CLASSES; i++)
		converter->convert[i] = sfm_no_conversion;
	if (from_integer != NULL)
		converter->convert[SFM_INTEGER] = from_integer;
	if (from_real != NULL)
		converter->convert[SFM_REAL] = from_real;
	if (from_text != NULL)
		converter->convert[SFM_TEXT] = from_text;
	if (from_blob != NULL)
		converter->convert[SFM_BLOB] = from_blob;
}

static const TypeConverters *
find_type(Oid type)
{
	for (int i = 0; i < lengthof(type_converters); i++)
	{
		if (type_converters[i].type == type)
			return &type_converters[i];
	}
	return NULL;
}

/* Sets up what a type without a row in the table needs. */
static void
init_unlisted(SfmConverter *converter)
{
	Oid			element_type = get_element_type(converter->base_type);

	sfm_text_prepare(converter);
	set_functions(converter, sfm_number_as_text, sfm_number_as_text,
				  sfm_other_from_text, sfm_other_from_text);
	if (OidIsValid(element_type))
		sfm_array_prepare(converter, element_type);
	else if (type_is_rowtype(converter->base_type) &&
			 converter->base_type != RECORDOID)
		sfm_composite_prepare(converter);
	else if (sfm_is_vector(converter->base_type))
		sfm_vector_prepare(converter);
	else if (type_is_enum(converter->base_type))
		set_functions(converter, sfm_number_as_text, sfm_number_as_text,
					  sfm_enum_from_text, sfm_enum_from_text);
	else if (converter->input.fn_addr == textin)
	{
		/* text under another name: citext */
		set_functions(converter, sfm_number_as_text, sfm_number_as_text,
					  sfm_text_from_text, sfm_text_from_text);
	}
}

/*
 * sfm_converter_init
 *		Makes a converter for a column of the given type.
 *
 * What it allocates, and what input functions remember between calls, lives in
 * CurrentMemoryContext.  Raises an error only if the type has no input
 * function or is not there.
 */
void
sfm_converter_init(SfmConverter *converter, Oid type, int32 typmod,
				   SfmEpoch epoch)
{
	const TypeConverters *known;
	Oid			input;

	memset(converter, 0, sizeof(SfmConverter));
	converter->type = type;
	converter->typmod = typmod;
	converter->takes_null = true;
	converter->epoch = epoch;
	converter->context = CurrentMemoryContext;
	converter->max_length = -1;
	converter->time_unit = 1;
	converter->base_typmod = typmod;
	converter->base_type = getBaseTypeAndTypmod(type,
												&converter->base_typmod);

	/* a domain that only gives a name needs no check per value */
	if (converter->base_type != type && DomainHasConstraints(type))
	{
		init_domain(converter);
		return;
	}

	getTypeInputInfo(converter->base_type, &input, &converter->ioparam);
	fmgr_info(input, &converter->input);
	converter->input_is_soft = SFM_SOFT_ERRORS &&
		converter->base_type < FirstNormalObjectId;

	known = find_type(converter->base_type);
	if (known == NULL)
	{
		init_unlisted(converter);
		return;
	}
	set_functions(converter, known->from_integer, known->from_real, known->from_text,
				  known->from_blob);
	if (known->prepare != NULL)
		known->prepare(converter);
}
