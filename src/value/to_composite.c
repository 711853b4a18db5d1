/*-------------------------------------------------------------------------
 *
 * to_composite.c
 *	  SQLite values to composite types.
 *
 * The text is what record_out() writes: (1,"a b",).  It is taken apart here
 * and not by record_in(), because that would round or cut a field by its type
 * modifier: (1.005) for a numeric(6,2) field.  Each field goes through the
 * converter of its own type instead, exactly or not at all.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/typcache.h"

#include "value/converters.h"

static const char not_a_row[] = "The text is not a row of the composite type.";

/* What is left to read. */
typedef struct RowReader
{
	const char *at;
	const char *end;
} RowReader;

static inline bool
is_next(const RowReader *reader, char c)
{
	return reader->at < reader->end && *reader->at == c;
}

/*
 * Reads one field into *field, without its quotes and backslashes, and stops
 * at the comma or parenthesis behind it.  *is_null: there is nothing at all.
 */
static bool
read_field(RowReader *reader, StringInfo field, bool *is_null)
{
	bool		quoted = false;

	resetStringInfo(field);
	*is_null = is_next(reader, ',') || is_next(reader, ')');
	for (; reader->at < reader->end; reader->at++)
	{
		char		c = *reader->at;

		if (!quoted && (c == ',' || c == ')'))
			return true;
		if (!quoted && c == '(')
			return false;
		if (c == '\\')
		{
			if (++reader->at == reader->end)
				return false;
			appendStringInfoChar(field, *reader->at);
		}
		else if (c != '"')
			appendStringInfoChar(field, c);
		else if (quoted && reader->at + 1 < reader->end &&
				 reader->at[1] == '"')
		{
			appendStringInfoChar(field, '"');
			reader->at++;
		}
		else
			quoted = !quoted;
	}
	return false;
}

/* Reads all fields of a row. */
static bool
read_row(SfmConverter *converter, RowReader *reader, Datum *values,
		 bool *nulls)
{
	TupleDesc	descriptor = converter->descriptor;
	StringInfoData field;
	bool		first = true;

	if (!is_next(reader, '('))
		return sfm_bad_value(converter, ERRCODE_INVALID_TEXT_REPRESENTATION,
							 not_a_row);
	reader->at++;
	initStringInfo(&field);
	for (int i = 0; i < descriptor->natts; i++)
	{
		SfmConverter *column = &converter->fields[i];
		SfmValue	value = {.storage_class = SFM_TEXT};

		values[i] = (Datum) 0;
		nulls[i] = true;
		if (TupleDescAttr(descriptor, i)->attisdropped)
			continue;
		if (!first && is_next(reader, ','))
			reader->at++;
		else if (!first)
			return sfm_bad_value(converter,
								 ERRCODE_INVALID_TEXT_REPRESENTATION,
								 not_a_row);
		first = false;
		if (!read_field(reader, &field, &nulls[i]))
			return sfm_bad_value(converter,
								 ERRCODE_INVALID_TEXT_REPRESENTATION,
								 not_a_row);
		if (nulls[i])
			continue;
		value.bytes = field.data;
		value.length = field.len;
		if (!column->convert[SFM_TEXT] (column, &value, &values[i]))
			return sfm_bad_value(converter, column->sqlstate, column->reason);
	}
	if (!is_next(reader, ')') || reader->at + 1 != reader->end)
		return sfm_bad_value(converter, ERRCODE_INVALID_TEXT_REPRESENTATION,
							 not_a_row);
	return true;
}

static bool
composite_from_text(SfmConverter *converter, const SfmValue *value,
					Datum *result)
{
	TupleDesc	descriptor = converter->descriptor;
	RowReader	reader;
	const char *bytes;
	size_t		length = value->length;
	Datum	   *values = palloc(descriptor->natts * sizeof(Datum));
	bool	   *nulls = palloc(descriptor->natts * sizeof(bool));

	check_stack_depth();		/* composite types nest */
	bytes = value->bytes;
	sfm_trim(&bytes, &length);
	reader.at = bytes;
	reader.end = bytes + length;
	if (!read_row(converter, &reader, values, nulls))
		return false;
	*result = HeapTupleGetDatum(heap_form_tuple(descriptor, values, nulls));
	return true;
}

/*
 * A bytea field is written as PostgreSQL writes it (\x00), since a composite
 * literal is PostgreSQL's and not an application's.
 */
static void
use_literals(SfmConverter *field)
{
	if (field->base != NULL)
		use_literals(field->base);
	else if (field->base_type == BYTEAOID)
	{
		sfm_text_prepare(field);
		field->convert[SFM_TEXT] = sfm_other_from_text;
	}
}

/*
 * sfm_composite_prepare
 *		Makes the converters of the fields.
 */
void
sfm_composite_prepare(SfmConverter *converter)
{
	TupleDesc	descriptor;

	descriptor = lookup_rowtype_tupdesc_copy(converter->base_type,
											 converter->base_typmod);
	converter->descriptor = descriptor;
	converter->fields = palloc0(Max(descriptor->natts, 1) *
								sizeof(SfmConverter));
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		if (attribute->attisdropped)
			continue;
		sfm_converter_init(&converter->fields[i], attribute->atttypid,
						   attribute->atttypmod, converter->epoch);
		use_literals(&converter->fields[i]);
	}
	for (int i = 0; i < SFM_STORAGE_CLASSES; i++)
		converter->convert[i] = sfm_no_conversion;
	converter->convert[SFM_TEXT] = composite_from_text;
	converter->convert[SFM_BLOB] = composite_from_text;
}
