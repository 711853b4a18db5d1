/*-------------------------------------------------------------------------
 *
 * cast.c
 *	  Which assignment casts leave a value what it is.
 *
 * INSERT ... SELECT casts by itself where the types of source and target
 * differ, and many of these casts round, cut, or look at the session's
 * settings without a word.  Here is the list of those that do not; whatever
 * is not on it counts as one that might.  A cast that refuses a value by an
 * error (bigint to integer) is exact: nothing is lost silently.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "parser/parse_coerce.h"
#include "utils/lsyscache.h"

#include "migrate.h"

/* Casts between types that are not binary coercible */
static const struct
{
	Oid			from;
	Oid			to;
}			exact_casts[] = {
	/* integers: wider, or an error */
	{INT2OID, INT4OID}, {INT2OID, INT8OID}, {INT2OID, NUMERICOID},
	{INT2OID, FLOAT4OID}, {INT2OID, FLOAT8OID}, {INT2OID, TEXTOID},
	{INT4OID, INT2OID}, {INT4OID, INT8OID}, {INT4OID, NUMERICOID},
	{INT4OID, FLOAT8OID}, {INT4OID, TEXTOID},
	{INT8OID, INT2OID}, {INT8OID, INT4OID}, {INT8OID, NUMERICOID},
	{INT8OID, TEXTOID},

	/* other numbers */
	{FLOAT4OID, FLOAT8OID}, {NUMERICOID, TEXTOID},

	/* what has one text form only */
	{BOOLOID, TEXTOID}, {UUIDOID, TEXTOID}, {JSONOID, TEXTOID},
	{JSONBOID, TEXTOID}, {JSONBOID, JSONOID}, {MACADDROID, TEXTOID},
	{BITOID, VARBITOID},

	/* moments */
	{DATEOID, TIMESTAMPOID},
};

/* The scale in a type modifier of numeric; see numerictypmodin(). */
static int
numeric_scale(int32 typmod)
{
	return (((typmod - (int32) VARHDRSZ) & 0x7ff) ^ 1024) - 1024;
}

/*
 * typmod_is_exact
 *		Does a target's type modifier leave values of this type unchanged, or
 *		refuse them by an error?
 */
static bool
typmod_is_exact(Oid type, int32 from, int32 to)
{
	if (to < 0 || from == to)
		return true;
	switch (type)
	{
		case NUMERICOID:
			/* too many digits before the point are an error */
			return from >= 0 && numeric_scale(from) <= numeric_scale(to);
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
		case TIMEOID:
		case TIMETZOID:
			return from >= 0 && from <= to;

			/*
			 * Longer text is an error, but for blanks at its end, which SQL's
			 * own rules for these types cut.
			 */
		case VARCHAROID:
		case BPCHAROID:
		case BITOID:
		case VARBITOID:
			return true;
		default:
			return false;
	}
}

/*
 * sfm_cast_is_exact
 *		Does assigning a value of one type to a column of the other leave it
 *		what it is, or fail?
 */
bool
sfm_cast_is_exact(Oid from, int32 from_typmod, Oid to, int32 to_typmod)
{
	Oid			base_from = getBaseTypeAndTypmod(from, &from_typmod);
	Oid			base_to = getBaseTypeAndTypmod(to, &to_typmod);

	if (base_from == base_to)
		return typmod_is_exact(base_to, from_typmod, to_typmod);

	if (!can_coerce_type(1, &from, &to, COERCION_ASSIGNMENT))
		return false;

	/* among texts; -1 as an integer and as an oid are not the same */
	if (IsBinaryCoercible(base_from, base_to) &&
		TypeCategory(base_from) == TYPCATEGORY_STRING &&
		TypeCategory(base_to) == TYPCATEGORY_STRING)
		return typmod_is_exact(base_to, from_typmod, to_typmod);
	for (int i = 0; i < lengthof(exact_casts); i++)
	{
		if (exact_casts[i].from == base_from &&
			(exact_casts[i].to == base_to ||
			 (exact_casts[i].to == TEXTOID &&
			  (base_to == VARCHAROID || base_to == BPCHAROID))))
			return to_typmod < 0 || base_to != NUMERICOID ||
				numeric_scale(to_typmod) >= 0;
	}
	return false;
}
