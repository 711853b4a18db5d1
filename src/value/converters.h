/*-------------------------------------------------------------------------
 *
 * converters.h
 *	  What the files of src/value share among themselves.
 *
 * Every function named sfm_<type>_from_<class> is an SfmConvertFunction;
 * converter.c holds the table that says which type uses which.  A function
 * for TEXT looks at "bytes" and "length" only, so the table may name it for
 * BLOB as well where a BLOB that is valid text shall count as that text.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_CONVERTERS_H
#define SFM_CONVERTERS_H

#include "postgres.h"

#include "compat.h"
#include "value/value.h"

/*
 * A decimal number as text gives it.  Positions are powers of ten: in 120.5
 * the highest digit is at 2, the lowest at -1.
 */
typedef enum SfmDecimalKind
{
	SFM_DECIMAL_FINITE,
	SFM_DECIMAL_INFINITY,
	SFM_DECIMAL_NAN
} SfmDecimalKind;

typedef struct SfmDecimal
{
	SfmDecimalKind kind;
	bool		negative;
	bool		is_integer;		/* digits only: no point, no exponent */
	bool		is_zero;

	/* value = mantissa * 10 ^ exponent, if all digits fit in the mantissa */
	bool		fits;
	int64		mantissa;		/* never negative, below 10 ^ 18 */
	int32		exponent;

	int32		highest;		/* of the nonzero digits, unless is_zero */
	int32		lowest;
	int32		scale;			/* digits after the point, as written */
} SfmDecimal;

/* room for the digits of an int64 or a double, ".0" and a NUL byte */
#define SFM_NUMBER_TEXT_LENGTH 32

/*
 * Notes why a value is bad; returns false, so that a converter can end with
 * it.  "reason" is not copied.
 */
static inline bool
sfm_bad_value(SfmConverter *converter, int sqlstate, const char *reason)
{
	converter->sqlstate = sqlstate;
	converter->reason = reason;
	return false;
}

/* Memory for a result. */
static inline void *
sfm_result_alloc(SfmConverter *converter, size_t size)
{
	SfmRowMemory *memory = converter->memory;
	void	   *result;

	if (memory == NULL || MAXALIGN(size) > (size_t) (memory->end - memory->next))
		return palloc(size);
	result = memory->next;
	memory->next += MAXALIGN(size);
	return result;
}

/* blanks as C's isspace() sees them in the C locale */
static inline bool
sfm_is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool
sfm_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Leaves out the blanks at both ends. */
static inline void
sfm_trim(const char **bytes, size_t *length)
{
	while (*length > 0 && sfm_is_blank(**bytes))
	{
		(*bytes)++;
		(*length)--;
	}
	while (*length > 0 && sfm_is_blank((*bytes)[*length - 1]))
		(*length)--;
}

/*
 * Eight bytes of text at a time: the highest, and the other bits of each.
 * Adding SFM_LOW_BITS to a word without a high bit sets the high bit of each
 * byte that is not zero.
 */
#define SFM_HIGH_BITS UINT64CONST(0x8080808080808080)
#define SFM_LOW_BITS UINT64CONST(0x7f7f7f7f7f7f7f7f)

/* Says whether text holds ASCII only, and no NUL byte. */
static inline bool
sfm_is_plain(const char *bytes, size_t length)
{
	uint64		word;
	uint64		seen = 0;
	uint64		not_zero = SFM_HIGH_BITS;

	if (length < sizeof(word))
	{
		for (size_t i = 0; i < length; i++)
		{
			if (IS_HIGHBIT_SET(bytes[i]) || bytes[i] == '\0')
				return false;
		}
		return true;
	}
	for (size_t i = 0; i + sizeof(word) <= length; i += sizeof(word))
	{
		memcpy(&word, bytes + i, sizeof(word));
		seen |= word;
		not_zero &= word + SFM_LOW_BITS;
	}
	memcpy(&word, bytes + length - sizeof(word), sizeof(word));
	seen |= word;
	not_zero &= word + SFM_LOW_BITS;
	return (seen & SFM_HIGH_BITS) == 0 &&
		(not_zero & SFM_HIGH_BITS) == SFM_HIGH_BITS;
}

/* in converter.c */
typedef Datum (*SfmGuardedCall) (SfmConverter *converter, void *argument);
extern bool sfm_guarded_call(SfmConverter *converter, SfmGuardedCall call,
							 void *argument, Datum *result);
extern bool sfm_input_call(SfmConverter *converter, char *str,
						   Datum *result);
extern char *sfm_output_call(FmgrInfo *output, Datum datum);
extern bool sfm_no_conversion(SfmConverter *converter, const SfmValue *value,
							  Datum *result);

/* in to_number.c */
extern bool sfm_read_decimal(const char *str, size_t length,
							 SfmDecimal *decimal);
extern double sfm_decimal_to_double(const SfmDecimal *decimal,
									const char *str, size_t length,
									bool *in_range);
extern void sfm_numeric_prepare(SfmConverter *converter);
extern bool sfm_int2_from_integer(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_int2_from_real(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_int2_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_int4_from_integer(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_int4_from_real(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_int4_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_int8_from_integer(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_int8_from_real(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_int8_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_oid_from_integer(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_oid_from_real(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_oid_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_float4_from_integer(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_float4_from_real(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_float4_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_float8_from_integer(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_float8_from_real(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_float8_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_numeric_from_integer(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_numeric_from_real(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_numeric_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_money_from_integer(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_money_from_real(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_money_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_bool_from_integer(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_bool_from_real(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_bool_from_text(SfmConverter *, const SfmValue *, Datum *);

/* in to_text.c */
extern void sfm_text_prepare(SfmConverter *converter);
extern bool sfm_text_bytes(SfmConverter *converter, const SfmValue *value,
						   const char **bytes, size_t *length);
extern char *sfm_text_cstring(SfmConverter *converter, const SfmValue *value);
extern int	sfm_real_digits(double real, char *digits);
extern bool sfm_number_as_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_text_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_varchar_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_bpchar_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_name_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_char_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_bytea_from_bytes(SfmConverter *, const SfmValue *, Datum *);

/* in to_time.c */
extern void sfm_time_prepare(SfmConverter *converter);
extern bool sfm_date_from_integer(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_date_from_real(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_date_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_time_from_integer(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_time_from_real(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_time_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_timetz_from_integer(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_timetz_from_real(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_timetz_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_timestamp_from_integer(SfmConverter *, const SfmValue *,
									   Datum *);
extern bool sfm_timestamp_from_real(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_timestamp_from_text(SfmConverter *, const SfmValue *, Datum *);
extern void sfm_interval_prepare(SfmConverter *converter);
extern bool sfm_interval_from_integer(SfmConverter *, const SfmValue *,
									  Datum *);
extern bool sfm_interval_from_real(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_interval_from_text(SfmConverter *, const SfmValue *, Datum *);

/* in to_other.c */
extern void sfm_array_prepare(SfmConverter *converter, Oid element_type);
extern void sfm_vector_prepare(SfmConverter *converter);
extern bool sfm_is_vector(Oid type);
extern bool sfm_uuid_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_uuid_from_blob(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_json_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_jsonb_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_json_from_blob(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_bit_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_enum_from_text(SfmConverter *, const SfmValue *, Datum *);
extern bool sfm_other_from_text(SfmConverter *, const SfmValue *, Datum *);

extern void sfm_epoch_count(SfmEpoch epoch, int64 *origin, int64 *multiplier,
							int64 *divisor);

/* in from_datum.c */
static inline bool
sfm_cannot_write(SfmWriter *writer, int sqlstate, const char *reason)
{
	writer->sqlstate = sqlstate;
	writer->reason = reason;
	return false;
}
extern bool sfm_write_bytes(SfmValue *value, const char *bytes, size_t length);

/* in from_time.c */
extern bool sfm_time_writer_init(SfmWriter *writer);
extern void sfm_time_writer_learn(SfmWriter *writer, const SfmValue *sample);

/* in from_array.c */
extern void sfm_array_writer_init(SfmWriter *writer, Oid element_type);
extern void sfm_vector_writer_init(SfmWriter *writer);

/* in to_composite.c */
extern void sfm_composite_prepare(SfmConverter *converter);

#endif							/* SFM_CONVERTERS_H */
