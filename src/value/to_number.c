/*-------------------------------------------------------------------------
 *
 * to_number.c
 *	  SQLite values to integers, floating point, numeric, money and boolean.
 *
 * A number arrives exactly or not at all: 2.5 is no integer, 2^53 + 1 stored
 * as INTEGER is no double precision, 0.1 stored as REAL is no real, 1.005 is
 * no numeric(6,2).  The one exception is TEXT in a floating point column,
 * which is rounded to the nearest value as PostgreSQL's own input does, since
 * hardly any decimal fraction would be left otherwise.
 *
 * Text is read here and not by the types' input functions: those raise errors,
 * which PostgreSQL 15 cannot take back without a subtransaction, and they are
 * slower.  Accepted is what PostgreSQL 15 accepts in decimal notation, with
 * blanks at both ends; 0x1F and 1_000, which came later, are not, so that all
 * versions agree.
 *
 * Numbers up to 18 digits are carried as an int64 and a power of ten
 * (SfmDecimal), which covers nearly all there are; longer ones go to the
 * type's input function as text, after it is certain that it will take them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <float.h>
#include <math.h>

#include "common/int.h"
#include "common/shortest_dec.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/cash.h"
#include "utils/float.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include "value/converters.h"

#define MANTISSA_DIGITS 18
#define MANTISSA_LIMIT INT64CONST(1000000000000000000)	/* 10 ^ 18 */

/* an exponent beyond this is out of range for every type */
#define EXPONENT_LIMIT 1000000000

/* limits of numeric: "Numeric Types" in PostgreSQL's documentation */
#define NUMERIC_DIGITS_BEFORE_POINT 131072
#define NUMERIC_DIGITS_AFTER_POINT 16383

/* powers of ten that a double, and a float, hold exactly */
#define EXACT_DOUBLE_POWERS 22
#define EXACT_FLOAT_POWERS 10

#define TWO_TO_63 9223372036854775808.0

static const int64 powers_of_ten[] = {
	INT64CONST(1), INT64CONST(10), INT64CONST(100), INT64CONST(1000),
	INT64CONST(10000), INT64CONST(100000), INT64CONST(1000000),
	INT64CONST(10000000), INT64CONST(100000000), INT64CONST(1000000000),
	INT64CONST(10000000000), INT64CONST(100000000000),
	INT64CONST(1000000000000), INT64CONST(10000000000000),
	INT64CONST(100000000000000), INT64CONST(1000000000000000),
	INT64CONST(10000000000000000), INT64CONST(100000000000000000),
	MANTISSA_LIMIT
};

static const char not_integer[] = "The text is not an integer.";
static const char not_number[] = "The text is not a number.";
static const char not_integral[] = "The value has a fractional part.";
static const char integer_range[] = "The value is out of range for type integer.";
static const char smallint_range[] = "The value is out of range for type smallint.";
static const char bigint_range[] = "The value is out of range for type bigint.";
static const char oid_range[] = "The value is out of range for type oid.";
static const char real_range[] = "The value is out of range for type real.";
static const char double_range[] = "The value is out of range for type double precision.";
static const char numeric_range[] = "The value is out of range for type numeric.";
static const char real_inexact[] = "Type real cannot hold the value exactly.";
static const char double_inexact[] = "Type double precision cannot hold the value exactly.";
static const char money_rounds[] = "The value has more fractional digits than type money.";
static const char not_boolean[] = "The value is neither 0 nor 1.";
static const char not_boolean_text[] = "The text is not a boolean.";

/*
 * Reading text
 */

/* Compares text with a lower-case word, whatever the case of the text. */
static bool
is_word(const char *str, size_t length, const char *word)
{
	if (strlen(word) != length)
		return false;
	for (size_t i = 0; i < length; i++)
	{
		char		c = str[i];

		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if (c != word[i])
			return false;
	}
	return true;
}

/* Reads the words for infinity and "not a number"; "str" has no sign. */
static bool
read_special(const char *str, size_t length, bool has_sign,
			 SfmDecimal *decimal)
{
	if (is_word(str, length, "inf") || is_word(str, length, "infinity"))
		decimal->kind = SFM_DECIMAL_INFINITY;
	else if (!has_sign && is_word(str, length, "nan"))
		decimal->kind = SFM_DECIMAL_NAN;
	else
		return false;
	return true;
}

/*
 * Reads what follows the digits: nothing, or an exponent.  Values beyond
 * +-EXPONENT_LIMIT become that limit.
 */
static bool
read_exponent(const char *at, const char *end, int32 *exponent)
{
	int64		result = 0;
	bool		negative = false;

	*exponent = 0;
	if (at == end)
		return true;
	if (*at != 'e' && *at != 'E')
		return false;
	at++;
	if (at < end && (*at == '+' || *at == '-'))
		negative = *at++ == '-';
	if (at == end)
		return false;
	for (; at < end; at++)
	{
		if (!sfm_is_digit(*at))
			return false;
		if (result < EXPONENT_LIMIT)
			result = result * 10 + (*at - '0');
	}
	result = Min(result, EXPONENT_LIMIT);
	*exponent = (int32) (negative ? -result : result);
	return true;
}

/* Keeps a position within what an int32 and every caller can handle. */
static inline int32
clamp_position(int64 position)
{
	return (int32) Max(Min(position, 2 * (int64) EXPONENT_LIMIT),
					   -2 * (int64) EXPONENT_LIMIT);
}

/*
 * sfm_read_decimal
 *		Reads a number in decimal notation, Infinity or NaN.
 *
 * Returns false if the text is none.  Blanks at both ends are skipped.
 */
bool
sfm_read_decimal(const char *str, size_t length, SfmDecimal *decimal)
{
	const char *end;
	const char *at;
	bool		has_sign;
	bool		has_digits = false;
	int64		mantissa = 0;
	int64		significant = 0;	/* digits since the first nonzero one */
	int64		fraction = 0;	/* digits after the point */
	int64		zeros = 0;		/* zeros at the end, so far */
	bool		has_point = false;
	int32		exponent;

	sfm_trim(&str, &length);
	memset(decimal, 0, sizeof(SfmDecimal));
	at = str;
	end = str + length;
	has_sign = at < end && (*at == '-' || *at == '+');
	if (has_sign)
		decimal->negative = *at++ == '-';

	for (; at < end; at++)
	{
		if (*at == '.' && !has_point)
		{
			has_point = true;
			continue;
		}
		if (!sfm_is_digit(*at))
			break;
		has_digits = true;
		if (has_point)
			fraction++;
		if (significant == 0 && *at == '0')
			continue;
		significant++;
		zeros = *at == '0' ? zeros + 1 : 0;
		if (significant <= MANTISSA_DIGITS)
			mantissa = mantissa * 10 + (*at - '0');
	}
	if (!has_digits)
		return !has_point && read_special(at, end - at, has_sign, decimal);
	if (!read_exponent(at, end, &exponent))
		return false;

	decimal->is_integer = !has_point && at == end;
	decimal->is_zero = significant == 0;
	decimal->fits = significant <= MANTISSA_DIGITS;
	decimal->mantissa = mantissa;
	decimal->exponent = clamp_position(exponent - fraction);
	decimal->lowest = clamp_position(exponent - fraction + zeros);
	decimal->highest = clamp_position(exponent - fraction + significant - 1);
	decimal->scale = clamp_position(Max(fraction - exponent, 0));
	return true;
}

/*
 * Copies text to a C string, into "buffer" if it fits there.  The text is
 * known to be plain ASCII without a NUL byte.
 */
static char *
number_cstring(const char *str, size_t length, char *buffer, size_t size)
{
	char	   *result = length < size ? buffer : palloc(length + 1);

	memcpy(result, str, length);
	result[length] = '\0';
	return result;
}

/*
 * sfm_decimal_to_double
 *		The double nearest to a decimal number.
 *
 * "str" is what *decimal was read from.  *in_range becomes false if the
 * number is too large or too near to zero.
 */
double
sfm_decimal_to_double(const SfmDecimal *decimal, const char *str,
					  size_t length, bool *in_range)
{
	char		buffer[64];
	char	   *string;
	double		result;

	*in_range = true;
	if (decimal->kind == SFM_DECIMAL_NAN)
		return get_float8_nan();
	if (decimal->kind == SFM_DECIMAL_INFINITY)
		return decimal->negative ? -get_float8_infinity() : get_float8_infinity();

	/*
	 * Both operands are exact, so that the one operation rounds correctly;
	 * not where the compiler computes with more digits than a double has.
	 */
#if FLT_EVAL_METHOD == 0
	if (decimal->fits && decimal->mantissa <= (INT64CONST(1) << DBL_MANT_DIG) &&
		abs(decimal->exponent) <= EXACT_DOUBLE_POWERS)
	{
		static const double powers[] = {
			1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
			1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
		};

		result = (double) decimal->mantissa;
		if (decimal->exponent < 0)
			result /= powers[-decimal->exponent];
		else
			result *= powers[decimal->exponent];
		return decimal->negative ? -result : result;
	}
#endif

	sfm_trim(&str, &length);
	string = number_cstring(str, length, buffer, sizeof(buffer));
	errno = 0;
	result = strtod(string, NULL);
	if (errno == ERANGE && (result == 0.0 || isinf(result)))
		*in_range = false;
	if (string != buffer)
		pfree(string);
	return result;
}

/*
 * Reads an integer; notes the reason if there is none or if it exceeds int64,
 * which is then out of range for every type: "range" says for which.
 */
static bool
read_integer(SfmConverter *converter, const SfmValue *value,
			 const char *range, int64 *result)
{
	const char *at = value->bytes;
	size_t		length = value->length;
	const char *end;
	bool		negative = false;
	bool		overflow = false;
	int64		number = 0;

	sfm_trim(&at, &length);
	end = at + length;
	if (at < end && (*at == '-' || *at == '+'))
		negative = *at++ == '-';
	if (at == end)
		return sfm_bad_value(converter, ERRCODE_INVALID_TEXT_REPRESENTATION,
							 not_integer);
	for (; at < end; at++)
	{
		if (!sfm_is_digit(*at))
			return sfm_bad_value(converter,
								 ERRCODE_INVALID_TEXT_REPRESENTATION,
								 not_integer);
		/* collected as a negative number, of which there is one more */
		if (pg_mul_s64_overflow(number, 10, &number) ||
			pg_sub_s64_overflow(number, *at - '0', &number))
			overflow = true;
	}
	if (overflow || (!negative && number == PG_INT64_MIN))
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 range);
	*result = negative ? number : -number;
	return true;
}

/* Takes a REAL that is a whole number within int64. */
static bool
real_to_integer(SfmConverter *converter, double real, const char *range,
				int64 *result)
{
	if (!(real >= -TWO_TO_63 && real < TWO_TO_63))
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 range);
	if (real != rint(real))
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 not_integral);
	*result = (int64) real;
	return true;
}

/*
 * Integer types
 */

static inline bool
make_int2(SfmConverter *converter, int64 number, Datum *result)
{
	if (unlikely(number < PG_INT16_MIN || number > PG_INT16_MAX))
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 smallint_range);
	*result = Int16GetDatum((int16) number);
	return true;
}

static inline bool
make_int4(SfmConverter *converter, int64 number, Datum *result)
{
	if (unlikely(number < PG_INT32_MIN || number > PG_INT32_MAX))
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 integer_range);
	*result = Int32GetDatum((int32) number);
	return true;
}

static inline bool
make_int8(SfmConverter *converter, int64 number, Datum *result)
{
	*result = Int64GetDatum(number);
	return true;
}

/* oidin() would take -1 for 4294967295 */
static inline bool
make_oid(SfmConverter *converter, int64 number, Datum *result)
{
	if (unlikely(number < 0 || number > PG_UINT32_MAX))
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 oid_range);
	*result = ObjectIdGetDatum((Oid) number);
	return true;
}

bool
sfm_int2_from_integer(SfmConverter *converter, const SfmValue *value,
					  Datum *result)
{
	return make_int2(converter, value->integer, result);
}

bool
sfm_int2_from_real(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	int64		number;

	return real_to_integer(converter, value->real, smallint_range, &number) &&
		make_int2(converter, number, result);
}

bool
sfm_int2_from_text(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	int64		number;

	return read_integer(converter, value, smallint_range, &number) &&
		make_int2(converter, number, result);
}

bool
sfm_int4_from_integer(SfmConverter *converter, const SfmValue *value,
					  Datum *result)
{
	return make_int4(converter, value->integer, result);
}

bool
sfm_int4_from_real(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	int64		number;

	return real_to_integer(converter, value->real, integer_range, &number) &&
		make_int4(converter, number, result);
}

bool
sfm_int4_from_text(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	int64		number;

	return read_integer(converter, value, integer_range, &number) &&
		make_int4(converter, number, result);
}

bool
sfm_int8_from_integer(SfmConverter *converter, const SfmValue *value,
					  Datum *result)
{
	return make_int8(converter, value->integer, result);
}

bool
sfm_int8_from_real(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	int64		number;

	return real_to_integer(converter, value->real, bigint_range, &number) &&
		make_int8(converter, number, result);
}

bool
sfm_int8_from_text(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	int64		number;

	return read_integer(converter, value, bigint_range, &number) &&
		make_int8(converter, number, result);
}

bool
sfm_oid_from_integer(SfmConverter *converter, const SfmValue *value,
					 Datum *result)
{
	return make_oid(converter, value->integer, result);
}

bool
sfm_oid_from_real(SfmConverter *converter, const SfmValue *value,
				  Datum *result)
{
	int64		number;

	return real_to_integer(converter, value->real, oid_range, &number) &&
		make_oid(converter, number, result);
}

bool
sfm_oid_from_text(SfmConverter *converter, const SfmValue *value,
				  Datum *result)
{
	int64		number;

	return read_integer(converter, value, oid_range, &number) &&
		make_oid(converter, number, result);
}

/*
 * Floating point
 */

bool
sfm_float8_from_integer(SfmConverter *converter, const SfmValue *value,
						Datum *result)
{
	double		number = (double) value->integer;

	if (number >= TWO_TO_63 || (int64) number != value->integer)
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 double_inexact);
	*result = Float8GetDatum(number);
	return true;
}

bool
sfm_float8_from_real(SfmConverter *converter, const SfmValue *value,
					 Datum *result)
{
	*result = Float8GetDatum(value->real);
	return true;
}

bool
sfm_float8_from_text(SfmConverter *converter, const SfmValue *value,
					 Datum *result)
{
	SfmDecimal	decimal;
	double		number;
	bool		in_range;

	if (!sfm_read_decimal(value->bytes, value->length, &decimal))
		return sfm_bad_value(converter, ERRCODE_INVALID_TEXT_REPRESENTATION,
							 not_number);
	number = sfm_decimal_to_double(&decimal, value->bytes, value->length,
								   &in_range);
	if (!in_range)
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 double_range);
	*result = Float8GetDatum(number);
	return true;
}

bool
sfm_float4_from_integer(SfmConverter *converter, const SfmValue *value,
						Datum *result)
{
	float		number = (float) value->integer;

	if ((double) number >= TWO_TO_63 || (int64) number != value->integer)
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 real_inexact);
	*result = Float4GetDatum(number);
	return true;
}

bool
sfm_float4_from_real(SfmConverter *converter, const SfmValue *value,
					 Datum *result)
{
	float		number;

	/* the conversion of a larger number is undefined in C */
	if (!isinf(value->real) && fabs(value->real) > FLT_MAX)
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 real_range);
	number = (float) value->real;
	if ((double) number != value->real)
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 real_inexact);
	*result = Float4GetDatum(number);
	return true;
}

bool
sfm_float4_from_text(SfmConverter *converter, const SfmValue *value,
					 Datum *result)
{
	char		buffer[64];
	char	   *string;
	const char *str = value->bytes;
	size_t		length = value->length;
	SfmDecimal	decimal;
	float		number;

	if (!sfm_read_decimal(str, length, &decimal))
		return sfm_bad_value(converter, ERRCODE_INVALID_TEXT_REPRESENTATION,
							 not_number);
	if (decimal.kind == SFM_DECIMAL_FINITE)
	{
		/* by way of a double it would be rounded twice */
		sfm_trim(&str, &length);
		string = number_cstring(str, length, buffer, sizeof(buffer));
		errno = 0;
		number = strtof(string, NULL);
		if (errno == ERANGE && (number == 0.0f || isinf(number)))
			return sfm_bad_value(converter,
								 ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
								 real_range);
		if (string != buffer)
			pfree(string);
	}
	else if (decimal.kind == SFM_DECIMAL_NAN)
		number = get_float4_nan();
	else
		number = decimal.negative ?
			-get_float4_infinity() : get_float4_infinity();
	*result = Float4GetDatum(number);
	return true;
}

/*
 * numeric
 */

/*
 * sfm_numeric_prepare
 *		Takes precision and scale out of the type modifier.
 *
 * The layout is that of numeric.c, where it is private: precision in the
 * upper half, scale in the lowest 11 bits, as a signed number.
 */
void
sfm_numeric_prepare(SfmConverter *converter)
{
	int32		typmod = converter->base_typmod;

	if (typmod < (int32) VARHDRSZ)
		return;
	typmod -= VARHDRSZ;
	converter->precision = (typmod >> 16) & 0xffff;
	converter->scale = ((typmod & 0x7ff) ^ 1024) - 1024;
}

/* Says whether the column's numeric(p,s) holds a number without rounding. */
static bool
check_decimal(SfmConverter *converter, const SfmDecimal *decimal)
{
	if (decimal->kind != SFM_DECIMAL_FINITE)
	{
		if (decimal->kind == SFM_DECIMAL_INFINITY && converter->precision > 0)
			return sfm_bad_value(converter,
								 ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
								 "A numeric type with a precision cannot hold an infinite value.");
		return true;
	}
	if (converter->precision > 0)
	{
		if (decimal->is_zero)
			return true;
		if (decimal->highest >= converter->precision - converter->scale)
			return sfm_bad_value(converter,
								 ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
								 "The value has more digits than the type's precision allows.");
		if (decimal->lowest < -converter->scale)
			return sfm_bad_value(converter,
								 ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
								 "The value has more fractional digits than the type's scale allows.");
		return true;
	}
	if ((!decimal->is_zero && decimal->highest >= NUMERIC_DIGITS_BEFORE_POINT) ||
		decimal->scale > NUMERIC_DIGITS_AFTER_POINT)
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 numeric_range);
	return true;
}

/*
 * Makes a numeric of a short decimal without a detour through text.  Returns
 * false if that is not possible.
 */
static bool
small_numeric(SfmConverter *converter, const SfmDecimal *decimal,
			  Datum *result)
{
	int32		scale = decimal->scale;
	int64		mantissa = decimal->mantissa;
	int64		shift;

	if (converter->precision > 0)
		scale = converter->scale;
	if (decimal->kind != SFM_DECIMAL_FINITE || !decimal->fits || scale < 0 ||
		scale > NUMERIC_DIGITS_AFTER_POINT)
		return false;
	if (!decimal->is_zero)
	{
		/* wanted is mantissa * 10 ^ exponent as a multiple of 10 ^ -scale */
		shift = (int64) scale + decimal->exponent;
		if (shift < -MANTISSA_DIGITS || shift > MANTISSA_DIGITS)
			return false;
		if (shift < 0)
			mantissa /= powers_of_ten[-shift];	/* cuts zeros only */
		else if (mantissa >= MANTISSA_LIMIT / powers_of_ten[shift])
			return false;
		else
			mantissa *= powers_of_ten[shift];
	}
	if (decimal->negative)
		mantissa = -mantissa;
	*result = NumericGetDatum(scale == 0 ? int64_to_numeric(mantissa) :
							  int64_div_fast_to_numeric(mantissa, scale));
	return true;
}

/* Makes a numeric of a number that has been read from "str". */
static bool
make_numeric(SfmConverter *converter, const SfmDecimal *decimal,
			 const char *str, size_t length, Datum *result)
{
	char		buffer[64];
	char	   *string;

	if (!check_decimal(converter, decimal))
		return false;
	if (small_numeric(converter, decimal, result))
		return true;

	/* all that numeric_in() could object to has been checked */
	sfm_trim(&str, &length);
	string = number_cstring(str, length, buffer, sizeof(buffer));
	*result = DirectFunctionCall3(numeric_in, CStringGetDatum(string),
								  ObjectIdGetDatum(InvalidOid),
								  Int32GetDatum(converter->base_typmod));
	if (string != buffer)
		pfree(string);
	return true;
}

bool
sfm_numeric_from_integer(SfmConverter *converter, const SfmValue *value,
						 Datum *result)
{
	char		digits[SFM_NUMBER_TEXT_LENGTH];
	int			length;
	SfmDecimal	decimal;

	if (converter->precision == 0)
	{
		*result = NumericGetDatum(int64_to_numeric(value->integer));
		return true;
	}
	length = pg_lltoa(value->integer, digits);
	return sfm_read_decimal(digits, length, &decimal) &&
		make_numeric(converter, &decimal, digits, length, result);
}

bool
sfm_numeric_from_real(SfmConverter *converter, const SfmValue *value,
					  Datum *result)
{
	char		digits[SFM_NUMBER_TEXT_LENGTH];
	int			length;
	SfmDecimal	decimal;

	length = double_to_shortest_decimal_bufn(value->real, digits);
	return sfm_read_decimal(digits, length, &decimal) &&
		make_numeric(converter, &decimal, digits, length, result);
}

bool
sfm_numeric_from_text(SfmConverter *converter, const SfmValue *value,
					  Datum *result)
{
	SfmDecimal	decimal;

	if (!sfm_read_decimal(value->bytes, value->length, &decimal))
		return sfm_bad_value(converter, ERRCODE_INVALID_TEXT_REPRESENTATION,
							 not_number);
	return make_numeric(converter, &decimal, value->bytes, value->length,
						result);
}

/*
 * money
 *
 * How many fractional digits it has is a setting, lc_monetary; everything else
 * that this setting says about text matters only where the text is no number.
 */

/* Digits after the point, as cash_in() counts them. */
static int
money_digits(void)
{
	int			digits = PGLC_localeconv()->frac_digits;

	return digits < 0 || digits > 10 ? 2 : digits;
}

static Datum
call_numeric_cash(SfmConverter *converter, void *argument)
{
	return DirectFunctionCall1(numeric_cash, *(Datum *) argument);
}

/* Makes money of a number that has been read from "str". */
static bool
make_money(SfmConverter *converter, const SfmDecimal *decimal,
		   const char *str, size_t length, Datum *result)
{
	int			digits = money_digits();
	int32		shift = decimal->exponent + digits;
	int64		mantissa = decimal->mantissa;
	Datum		numeric;

	if (decimal->kind != SFM_DECIMAL_FINITE ||
		(!decimal->is_zero && decimal->highest > MANTISSA_DIGITS))
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 "The value is out of range for type money.");
	if (decimal->is_zero)
		mantissa = 0;
	else if (decimal->lowest < -digits)
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 money_rounds);
	else if (!decimal->fits || decimal->highest + digits >= MANTISSA_DIGITS)
	{
		if (!make_numeric(converter, decimal, str, length, &numeric))
			return false;
		return sfm_guarded_call(converter, call_numeric_cash, &numeric,
								result);
	}
	else if (shift < 0)
		mantissa /= powers_of_ten[-shift];	/* cuts zeros only */
	else
		mantissa *= powers_of_ten[shift];
	*result = CashGetDatum(decimal->negative ? -mantissa : mantissa);
	return true;
}

/*
 * Says whether cash_in() will read text as a human does.  It would make zero
 * of no digits, 15 of "1,5", and round what has too many digits.
 */
static bool
check_money_text(SfmConverter *converter, const char *str)
{
	struct lconv *locale = PGLC_localeconv();
	char		point = *locale->mon_decimal_point;
	int			digits = 0;
	int			group = -1;		/* digits since a thousands separator */
	bool		fraction = false;

	if (point == '\0')
		point = '.';
	for (; *str != '\0'; str++)
	{
		if (sfm_is_digit(*str))
		{
			if (fraction && ++group > money_digits() && *str != '0')
				return sfm_bad_value(converter,
									 ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
									 money_rounds);
			if (!fraction && group >= 0)
				group++;
			digits++;
		}
		else if (*str == point && !fraction)
		{
			if (group >= 0 && group != 3)
				break;
			fraction = true;
			group = 0;
		}
		else if (digits > 0 && !fraction && (*str == ',' || *str == '.'))
		{
			if (group >= 0 && group != 3 && group != 2)
				break;
			group = 0;
		}
	}
	if (*str != '\0' || digits == 0 ||
		(!fraction && group >= 0 && group != 3))
		return sfm_bad_value(converter, ERRCODE_INVALID_TEXT_REPRESENTATION,
							 "The text is not an amount of money.");
	return true;
}

bool
sfm_money_from_integer(SfmConverter *converter, const SfmValue *value,
					   Datum *result)
{
	char		digits[SFM_NUMBER_TEXT_LENGTH];
	int			length = pg_lltoa(value->integer, digits);
	SfmDecimal	decimal;

	return sfm_read_decimal(digits, length, &decimal) &&
		make_money(converter, &decimal, digits, length, result);
}

bool
sfm_money_from_real(SfmConverter *converter, const SfmValue *value,
					Datum *result)
{
	char		digits[SFM_NUMBER_TEXT_LENGTH];
	int			length = double_to_shortest_decimal_bufn(value->real, digits);
	SfmDecimal	decimal;

	return sfm_read_decimal(digits, length, &decimal) &&
		make_money(converter, &decimal, digits, length, result);
}

bool
sfm_money_from_text(SfmConverter *converter, const SfmValue *value,
					Datum *result)
{
	SfmDecimal	decimal;
	char	   *str;

	if (sfm_read_decimal(value->bytes, value->length, &decimal))
		return make_money(converter, &decimal, value->bytes, value->length,
						  result);
	str = sfm_text_cstring(converter, value);
	return str != NULL && check_money_text(converter, str) &&
		sfm_input_call(converter, str, result);
}

/*
 * boolean
 */

bool
sfm_bool_from_integer(SfmConverter *converter, const SfmValue *value,
					  Datum *result)
{
	if (value->integer != 0 && value->integer != 1)
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 not_boolean);
	*result = BoolGetDatum(value->integer == 1);
	return true;
}

bool
sfm_bool_from_real(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	if (value->real != 0.0 && value->real != 1.0)
		return sfm_bad_value(converter, ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
							 not_boolean);
	*result = BoolGetDatum(value->real == 1.0);
	return true;
}

bool
sfm_bool_from_text(SfmConverter *converter, const SfmValue *value,
				   Datum *result)
{
	const char *str = value->bytes;
	size_t		length = value->length;
	bool		truth;

	/* parse_bool_with_len() looks at the first byte whatever the length is */
	sfm_trim(&str, &length);
	if (length == 0 || !parse_bool_with_len(str, length, &truth))
		return sfm_bad_value(converter, ERRCODE_INVALID_TEXT_REPRESENTATION,
							 not_boolean_text);
	*result = BoolGetDatum(truth);
	return true;
}
