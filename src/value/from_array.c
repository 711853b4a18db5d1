/*-------------------------------------------------------------------------
 *
 * from_array.c
 *	  Arrays and pgvector's vector to values of SQLite.
 *
 * As text: a JSON array, nested for more dimensions, as applications keep one
 * in SQLite.  As a BLOB (storage "blob"): the elements as float32,
 * little-endian, where each is one exactly.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "port/pg_bswap.h"
#include "utils/array.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "value/converters.h"

static const char not_float32[] = "A BLOB of float32 cannot hold the value.";

static bool
bad_array(SfmWriter *writer, const char *reason)
{
	return sfm_cannot_write(writer, ERRCODE_ARRAY_ELEMENT_ERROR, reason);
}

/* Appends one element in JSON. */
static bool
append_element(SfmWriter *writer, Datum datum, StringInfo json)
{
	SfmWriter  *element = writer->element;
	Oid			type = element->base_type;
	SfmDecimal	decimal;
	SfmValue	value;
	char	   *str;

	if (type == BOOLOID)
	{
		appendStringInfoString(json, DatumGetBool(datum) ? "true" : "false");
		return true;
	}
	if (!sfm_write(element, datum, &value))
		return bad_array(writer, element->reason);
	if (value.storage_class != SFM_TEXT)
		return bad_array(writer, "JSON has no place for bytes.");
	if (type == JSONOID || type == JSONBOID ||
		((type == INT2OID || type == INT4OID || type == INT8OID ||
		  type == OIDOID || type == FLOAT4OID || type == FLOAT8OID ||
		  type == NUMERICOID) &&
		 sfm_read_decimal(value.bytes, value.length, &decimal) &&
		 decimal.kind == SFM_DECIMAL_FINITE))
	{
		appendBinaryStringInfo(json, value.bytes, (int) value.length);
		return true;
	}
	str = pnstrdup(value.bytes, value.length);
	escape_json(json, str);
	pfree(str);
	return true;
}

/* Appends one dimension, from the element at *next on. */
static bool
append_dimension(SfmWriter *writer, const int *lengths, int dimensions,
				 const Datum *elements, const bool *nulls, int *next,
				 StringInfo json)
{
	appendStringInfoChar(json, '[');
	for (int i = 0; i < lengths[0]; i++)
	{
		if (i > 0)
			appendStringInfoChar(json, ',');
		if (dimensions > 1)
		{
			if (!append_dimension(writer, lengths + 1, dimensions - 1,
								  elements, nulls, next, json))
				return false;
			continue;
		}
		if (nulls[*next])
			appendStringInfoString(json, "null");
		else if (!append_element(writer, elements[*next], json))
			return false;
		(*next)++;
	}
	appendStringInfoChar(json, ']');
	return true;
}

static bool
write_json_array(SfmWriter *writer, ArrayType *array, SfmValue *value)
{
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	int			next = 0;
	StringInfoData json;

	initStringInfo(&json);
	if (ARR_NDIM(array) == 0)
		return sfm_write_bytes(value, "[]", 2);
	deconstruct_array(array, ARR_ELEMTYPE(array), writer->element_length,
					  writer->element_by_value, writer->element_align,
					  &elements, &nulls, &count);
	if (!append_dimension(writer, ARR_DIMS(array), ARR_NDIM(array), elements,
						  nulls, &next, &json))
		return false;
	return sfm_write_bytes(value, json.data, json.len);
}

/* Puts a float32 where a BLOB has it. */
static void
put_float(char *blob, int place, uint32 bits)
{
#ifdef WORDS_BIGENDIAN
	bits = pg_bswap32(bits);
#endif
	memcpy(blob + place * sizeof(float4), &bits, sizeof(float4));
}

static bool
write_float_array(SfmWriter *writer, ArrayType *array, SfmValue *value)
{
	bool		wide = writer->element->base_type == FLOAT8OID;
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	char	   *blob;

	if (!wide && writer->element->base_type != FLOAT4OID)
		return bad_array(writer, not_float32);
	if (ARR_NDIM(array) > 1)
		return bad_array(writer, "A BLOB of float32 has one dimension.");
	deconstruct_array(array, ARR_ELEMTYPE(array), writer->element_length,
					  writer->element_by_value, writer->element_align,
					  &elements, &nulls, &count);
	blob = palloc(Max(count, 1) * sizeof(float4));
	for (int i = 0; i < count; i++)
	{
		float4		number;
		uint32		bits;

		if (nulls[i])
			return bad_array(writer, "A BLOB of float32 has no NULL.");
		if (wide)
		{
			float8		real = DatumGetFloat8(elements[i]);

			if (!isnan(real) && !isinf(real) && fabs(real) > FLT_MAX)
				return bad_array(writer, not_float32);
			number = (float4) real;
			if ((float8) number != real && !isnan(real))
				return bad_array(writer, not_float32);
		}
		else
			number = DatumGetFloat4(elements[i]);
		memcpy(&bits, &number, sizeof(bits));
		put_float(blob, i, bits);
	}
	sfm_write_bytes(value, blob, count * sizeof(float4));
	value->storage_class = SFM_BLOB;
	return true;
}

static bool
write_array(SfmWriter *writer, Datum datum, SfmValue *value)
{
	ArrayType  *array = DatumGetArrayTypeP(datum);

	for (int i = 0; i < ARR_NDIM(array); i++)
	{
		if (ARR_LBOUND(array)[i] != 1)
			return bad_array(writer, "The array does not begin at 1.");
	}
	switch (writer->storage)
	{
		case SFM_STORAGE_BLOB:
			return write_float_array(writer, array, value);
		case SFM_STORAGE_INTEGER:
		case SFM_STORAGE_REAL:
			return bad_array(writer, "An array is no number.");
		default:
			return write_json_array(writer, array, value);
	}
}

/*
 * sfm_array_writer_init
 *		Makes the writer of an array's elements: as text, whatever the array's
 *		column is.
 */
void
sfm_array_writer_init(SfmWriter *writer, Oid element_type)
{
	get_typlenbyvalalign(element_type, &writer->element_length,
						 &writer->element_by_value, &writer->element_align);
	writer->element = palloc(sizeof(SfmWriter));
	sfm_writer_init(writer->element, element_type, -1,
					getBaseType(element_type) == BYTEAOID ?
					SFM_STORAGE_DEFAULT : SFM_STORAGE_TEXT,
					writer->epoch, SFM_AFFINITY_BLOB);
	writer->write = write_array;
}

/*
 * vector_send() gives the number of dimensions and an unused field as int16,
 * then the elements, all in network order.
 */
static bool
write_vector_blob(SfmWriter *writer, Datum datum, SfmValue *value)
{
	bytea	   *message = SendFunctionCall(&writer->output, datum);
	StringInfoData reader;
	int			count;
	char	   *blob;

	initStringInfo(&reader);
	appendBinaryStringInfo(&reader, VARDATA(message),
						   VARSIZE(message) - VARHDRSZ);
	count = pq_getmsgint(&reader, 2);
	(void) pq_getmsgint(&reader, 2);
	blob = palloc(Max(count, 1) * sizeof(float4));
	for (int i = 0; i < count; i++)
		put_float(blob, i, (uint32) pq_getmsgint(&reader, 4));
	sfm_write_bytes(value, blob, count * sizeof(float4));
	value->storage_class = SFM_BLOB;
	return true;
}

/*
 * sfm_vector_writer_init
 *		A vector's own text is a JSON array; only a BLOB needs more.
 */
void
sfm_vector_writer_init(SfmWriter *writer)
{
	Oid			send;
	bool		is_varlena;

	if (writer->storage != SFM_STORAGE_BLOB)
		return;
	getTypeBinaryOutputInfo(writer->base_type, &send, &is_varlena);
	fmgr_info(send, &writer->output);
	writer->write = write_vector_blob;
}
