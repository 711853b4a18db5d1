/*-------------------------------------------------------------------------
 *
 * emulate_value.c
 *	  Arguments and results of the compatibility functions.
 *
 * An argument has the storage class that SQLite has where PostgreSQL has its
 * type: booleans and integers are INTEGER, floating point is REAL, strings,
 * uuid and JSON are TEXT, bytea is BLOB.  A numeric is what a column with
 * NUMERIC affinity holds in its place: INTEGER if it is integral and fits, else
 * REAL.  A timestamp is its text in ISO form.  Other types whose text depends
 * on settings (date, interval) are refused: these functions are IMMUTABLE.
 *
 * Text is converted between the database encoding and UTF-8 here.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/shortest_dec.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "sqlite/sqlite.h"
#include "translate/emulate.h"
#include "value/converters.h"

/* YYYY-MM-DD HH:MM:SS.ffffff, a sign and a NUL byte; more for the compiler */
#define TIMESTAMP_TEXT_LENGTH 64

/* what sfm_from_utf8() takes */
#define MAX_TEXT_LENGTH (MaxAllocSize / MAX_CONVERSION_GROWTH - 1)

/* years that SQLite's date functions know */
#define MIN_YEAR (-4713)
#define MAX_YEAR 9999

/*
 * Arguments
 */

static void
set_text(SfmValue *value, const char *string)
{
	value->storage_class = SFM_TEXT;
	value->bytes = sfm_to_utf8(string);
	value->length = strlen(value->bytes);
}

static void
set_varlena(SfmValue *value, SfmStorageClass storage_class, Datum datum)
{
	struct varlena *packed = PG_DETOAST_DATUM_PACKED(datum);

	if (storage_class == SFM_TEXT && GetDatabaseEncoding() != PG_UTF8)
	{
		set_text(value, text_to_cstring((text *) packed));
		return;
	}
	value->storage_class = storage_class;
	value->bytes = VARDATA_ANY(packed);
	value->length = VARSIZE_ANY_EXHDR(packed);
}

static void
set_real(SfmValue *value, double real)
{
	/* SQLite has no NaN: it stores NULL */
	value->storage_class = isnan(real) ? SFM_NULL : SFM_REAL;
	value->real = real;
}

/* INTEGER if the number is integral and fits, else REAL. */
static void
set_numeric(SfmValue *value, Datum datum)
{
	char	   *string = DatumGetCString(DirectFunctionCall1(numeric_out, datum));
	char	   *point = strchr(string, '.');
	SfmDecimal	decimal;
	bool		in_range;

	if (point == NULL || strspn(point + 1, "0") == strlen(point + 1))
	{
		char	   *end;

		errno = 0;
		value->integer = strtoll(string, &end, 10);
		if (errno == 0 && end > string && (*end == '\0' || end == point))
		{
			value->storage_class = SFM_INTEGER;
			return;
		}
	}
	if (!sfm_read_decimal(string, strlen(string), &decimal))
		elog(ERROR, "unexpected text of a numeric: %s", string);
	set_real(value, sfm_decimal_to_double(&decimal, string, strlen(string),
										  &in_range));
}

/*
 * The text of a moment as SQLite reads it.  An infinite one is none for SQLite
 * ("infinity" is what the file has in its place), so it is NULL.
 */
static void
set_timestamp(SfmValue *value, Timestamp moment)
{
	struct pg_tm tm;
	fsec_t		fraction;
	char	   *string;

	if (TIMESTAMP_NOT_FINITE(moment))
	{
		value->storage_class = SFM_NULL;
		return;
	}
	if (timestamp2tm(moment, NULL, &tm, &fraction, NULL, NULL) != 0 ||
		tm.tm_year < MIN_YEAR || tm.tm_year > MAX_YEAR)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("timestamp is out of range for SQLite's date functions"),
				 errdetail("SQLite knows the years from %d to %d.",
						   MIN_YEAR, MAX_YEAR)));
	string = palloc(TIMESTAMP_TEXT_LENGTH);
	snprintf(string, TIMESTAMP_TEXT_LENGTH,
			 "%s%04d-%02d-%02d %02d:%02d:%02d.%06d",
			 tm.tm_year < 0 ? "-" : "", abs(tm.tm_year), tm.tm_mon,
			 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int) fraction);
	set_text(value, string);
}

/* A type that is none of the well-known ones; false if it is refused. */
static bool
set_other(SfmValue *value, Datum datum, Oid type)
{
	Oid			output;
	bool		is_varlena;
	char		category;
	bool		preferred;

	get_type_category_preferred(type, &category, &preferred);
	if (category != TYPCATEGORY_STRING && type != UUIDOID && type != JSONOID)
		return false;
	getTypeOutputInfo(type, &output, &is_varlena);
	set_text(value, OidOutputFunctionCall(output, datum));
	return true;
}

static void
set_value(SfmValue *value, Datum datum, Oid type)
{
	switch (type)
	{
		case BOOLOID:
			value->storage_class = SFM_INTEGER;
			value->integer = DatumGetBool(datum) ? 1 : 0;
			break;
		case INT2OID:
			value->storage_class = SFM_INTEGER;
			value->integer = DatumGetInt16(datum);
			break;
		case INT4OID:
			value->storage_class = SFM_INTEGER;
			value->integer = DatumGetInt32(datum);
			break;
		case INT8OID:
			value->storage_class = SFM_INTEGER;
			value->integer = DatumGetInt64(datum);
			break;
		case FLOAT4OID:
			set_real(value, DatumGetFloat4(datum));
			break;
		case FLOAT8OID:
			set_real(value, DatumGetFloat8(datum));
			break;
		case NUMERICOID:
			set_numeric(value, datum);
			break;
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			set_varlena(value, SFM_TEXT, datum);
			break;
		case UNKNOWNOID:
			set_text(value, DatumGetCString(datum));
			break;
		case BYTEAOID:
			set_varlena(value, SFM_BLOB, datum);
			break;
		case JSONBOID:
			set_text(value, JsonbToCString(NULL,
										   &DatumGetJsonbP(datum)->root,
										   VARSIZE_ANY(DatumGetPointer(datum))));
			break;
		case TIMESTAMPOID:
			set_timestamp(value, DatumGetTimestamp(datum));
			break;
		default:
			if (!set_other(value, datum, type))
				ereport(ERROR,
						(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						 errmsg("type %s has no counterpart in SQLite",
								format_type_be(type)),
						 errhint("Cast the argument to text or to a number.")));
			break;
	}
}

/* Appends the elements of an array. */
static void
add_elements(SfmArguments *arguments, Datum datum, Oid element_type)
{
	ArrayType  *array = DatumGetArrayTypeP(datum);
	int16		length;
	bool		by_value;
	char		align;
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	get_typlenbyvalalign(element_type, &length, &by_value, &align);
	deconstruct_array(array, element_type, length, by_value, align,
					  &elements, &nulls, &count);
	arguments->values = repalloc(arguments->values,
								 (arguments->count + count + 1) *
								 sizeof(SfmValue));
	element_type = getBaseType(element_type);
	for (int i = 0; i < count; i++)
	{
		SfmValue   *value = &arguments->values[arguments->count++];

		if (nulls[i])
			value->storage_class = SFM_NULL;
		else
			set_value(value, elements[i], element_type);
	}
}

/* The type of an argument as it arrives, a domain's is that below it. */
static Oid
argument_type(FunctionCallInfo fcinfo, int argument)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, argument);

	if (!OidIsValid(type))
	{
		/* called without an expression: as it was declared */
		Oid		   *types;
		int			count;

		get_func_signature(fcinfo->flinfo->fn_oid, &types, &count);
		if (argument >= count)
			elog(ERROR, "could not determine the type of argument %d",
				 argument + 1);
		type = types[argument];
	}
	return getBaseType(type);
}

/*
 * sfm_emulated_arguments
 *		The arguments of a call as SQLite's values.
 *
 * With "expand", the elements of an array at the end are arguments.
 */
void
sfm_emulated_arguments(FunctionCallInfo fcinfo, bool expand,
					   SfmArguments *arguments)
{
	arguments->count = 0;
	arguments->values = palloc((PG_NARGS() + 1) * sizeof(SfmValue));

	for (int i = 0; i < PG_NARGS(); i++)
	{
		Oid			type = argument_type(fcinfo, i);
		Oid			element_type = InvalidOid;
		SfmValue   *value;

		if (expand && i == PG_NARGS() - 1)
			element_type = get_element_type(type);
		if (OidIsValid(element_type))
		{
			if (!PG_ARGISNULL(i))
				add_elements(arguments, PG_GETARG_DATUM(i), element_type);
			continue;
		}
		value = &arguments->values[arguments->count++];
		if (PG_ARGISNULL(i))
			value->storage_class = SFM_NULL;
		else
			set_value(value, PG_GETARG_DATUM(i), type);
	}
}

/*
 * Results
 */

static Datum
text_result(const SfmEmulated *function, const SfmValue *result)
{
	char	   *string;

	if (result->length > MAX_TEXT_LENGTH)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("result of SQLite's \"%s\" is too long",
						function->name),
				 errdetail("It has %zu bytes.", result->length)));
	string = sfm_from_utf8(result->bytes, result->length);
	if (string == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
				 errmsg("result of SQLite's \"%s\" cannot be represented in encoding \"%s\"",
						function->name, GetDatabaseEncodingName())));
	return CStringGetTextDatum(string);
}

/* The number that the fewest digits stand for. */
static Datum
numeric_result(const SfmValue *result)
{
	char		digits[DOUBLE_SHORTEST_DECIMAL_LEN];
	const char *string = digits;

	if (result->storage_class == SFM_INTEGER)
		return NumericGetDatum(int64_to_numeric(result->integer));
	if (isinf(result->real))
		string = result->real < 0 ? "-Infinity" : "Infinity";
	else
		double_to_shortest_decimal_buf(result->real, digits);
	return DirectFunctionCall3(numeric_in, CStringGetDatum(string),
							   ObjectIdGetDatum(InvalidOid),
							   Int32GetDatum(-1));
}

static Datum
bytea_result(const SfmValue *result)
{
	bytea	   *bytes = palloc(result->length + VARHDRSZ);

	SET_VARSIZE(bytes, result->length + VARHDRSZ);
	memcpy(VARDATA(bytes), result->bytes, result->length);
	return PointerGetDatum(bytes);
}

/*
 * sfm_emulated_result
 *		A value as a Datum of one of the types that the functions return.
 *
 * Raises an error for one that the type cannot hold.
 */
Datum
sfm_emulated_result(FunctionCallInfo fcinfo, const SfmEmulated *function,
					const SfmValue *result, Oid type)
{
	SfmStorageClass class = result->storage_class;

	if (class == SFM_NULL)
		PG_RETURN_NULL();
	if (type == TEXTOID && class == SFM_TEXT)
		return text_result(function, result);
	if (type == BYTEAOID && class == SFM_BLOB)
		return bytea_result(result);
	if (type == NUMERICOID && (class == SFM_INTEGER || class == SFM_REAL))
		return numeric_result(result);
	if (type == INT8OID && class == SFM_INTEGER)
		PG_RETURN_INT64(result->integer);
	if (type == BOOLOID && class == SFM_INTEGER)
		PG_RETURN_BOOL(result->integer != 0);
	if (type == FLOAT8OID && class == SFM_REAL)
		PG_RETURN_FLOAT8(result->real);
	if (type == FLOAT8OID && class == SFM_INTEGER)
		PG_RETURN_FLOAT8((double) result->integer);
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("result of SQLite's \"%s\" is no %s",
					function->name, format_type_be(type)),
			 errdetail("It is %s.", sfm_class_name(class))));
}

/*
 * sfm_emulated_call
 *		All of a function that passes its arguments on as they are.
 */
Datum
sfm_emulated_call(FunctionCallInfo fcinfo, const SfmEmulated *function,
				  Oid type)
{
	SfmArguments arguments;
	SfmValue	result;

	sfm_emulated_arguments(fcinfo, true, &arguments);
	sfm_emulate(function, &arguments, &result);
	return sfm_emulated_result(fcinfo, function, &result, type);
}
