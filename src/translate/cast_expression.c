/*-------------------------------------------------------------------------
 *
 * cast_expression.c
 *	  CAST(x AS type): only the affinity of the type counts for SQLite.
 *
 * CAST(x AS DATE) is a number, then: the year, if x is a date.  A text becomes
 * the number it begins with, a REAL loses its fraction and stays within 64
 * bits, NUMERIC changes texts only.  The result has the affinity of the type,
 * and the collation of what is cast ("sqlite3ExprCollSeq").
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"

#include "call.h"

static SfmSql *
cast_refused(SfmTranslation *translation, const SfmCastExpression *node)
{
	sfm_refuse(translation, node,
			   "CAST of a value whose storage class is not known, or of a BLOB");
	return sfm_null();
}

/* "sqlite_<kind>(x)" */
static char *
compat(SfmTranslation *translation, const char *name, const char *argument)
{
	return psprintf("%s(%s)", sfm_compat_function(translation, name), argument);
}

static SfmSql *
cast_to_integer(SfmTranslation *translation, const SfmCastExpression *node,
				SfmSql *value)
{
	switch (value->class)
	{
		case SFM_CLASS_INTEGER:
			return sfm_make_sql(sfm_cast_sql(sfm_as_number(translation, node, value),
											 INT8OID),
								true, INT8OID, SFM_CLASS_INTEGER);
		case SFM_CLASS_REAL:
			return sfm_make_sql(compat(translation, "sqlite_integer",
									   sfm_cast_sql(sfm_as_number(translation, node, value),
													FLOAT8OID)),
								true, INT8OID, SFM_CLASS_INTEGER);
		case SFM_CLASS_NUMBER:
			/* beyond 64 bits: an error, where SQLite takes the nearest integer */
			return sfm_make_sql(psprintf("trunc(%s)::bigint", value->sql), true,
								INT8OID, SFM_CLASS_INTEGER);
		default:
			return sfm_make_sql(compat(translation, "sqlite_integer",
									   sfm_cast_sql(sfm_as_text(translation, node, value),
													TEXTOID)),
								true, INT8OID, SFM_CLASS_INTEGER);
	}
}

static SfmSql *
cast_to_real(SfmTranslation *translation, const SfmCastExpression *node,
			 SfmSql *value)
{
	if (value->class == SFM_CLASS_INTEGER || value->class == SFM_CLASS_REAL ||
		value->class == SFM_CLASS_NUMBER)
		return sfm_make_sql(sfm_cast_sql(sfm_as_number(translation, node, value),
										 FLOAT8OID),
							true, FLOAT8OID, SFM_CLASS_REAL);
	return sfm_make_sql(compat(translation, "sqlite_real",
							   sfm_cast_sql(sfm_as_text(translation, node, value),
											TEXTOID)),
						true, FLOAT8OID, SFM_CLASS_REAL);
}

static SfmSql *
cast_to_numeric(SfmTranslation *translation, const SfmCastExpression *node,
				SfmSql *value)
{
	SfmSql	   *result;

	if (value->class == SFM_CLASS_INTEGER || value->class == SFM_CLASS_REAL ||
		value->class == SFM_CLASS_NUMBER)
	{
		SfmSql	   *number = sfm_as_number(translation, node, value);

		result = sfm_plain_copy(number);
		if (number->class != SFM_CLASS_NUMBER)
		{
			result->type = number->class == SFM_CLASS_INTEGER ? INT8OID : FLOAT8OID;
			result->sql = sfm_cast_sql(number, result->type);
			result->atomic = true;
		}
		return result;
	}
	result = sfm_make_sql(compat(translation, "sqlite_numeric",
								 sfm_cast_sql(sfm_as_text(translation, node, value),
											  TEXTOID)),
						  true, NUMERICOID, SFM_CLASS_NUMBER);
	result->integral_is_integer = true;
	return result;
}

static SfmSql *
cast_to_blob(SfmTranslation *translation, const SfmCastExpression *node,
			 SfmSql *value)
{
	SfmSql	   *stored = sfm_as_stored(translation, node, value);

	if (stored->class == SFM_CLASS_BLOB)
		return sfm_plain_copy(stored);
	if (translation->immutable)
	{
		sfm_refuse(translation, node,
				   "CAST of a text AS BLOB in an expression that must be immutable");
		return sfm_null();
	}
	return sfm_make_sql(psprintf("convert_to(%s, 'UTF8')",
								 sfm_as_text(translation, node, stored)->sql),
						true, BYTEAOID, SFM_CLASS_BLOB);
}

/*
 * sfm_translate_cast
 *		CAST(x AS type)
 */
SfmSql *
sfm_translate_cast(SfmTranslation *translation, SfmScope *scope,
				   const SfmCastExpression *node)
{
	SfmSql	   *value;
	SfmSql	   *stored;
	SfmSql	   *result;
	SfmAffinity affinity = node->type == NULL ? SFM_AFFINITY_BLOB :
		sfm_affinity(node->type->text);

	check_stack_depth();
	value = sfm_translate_expression(translation, scope, node->operand);
	if (translation->problem != NULL)
		return sfm_null();
	if (value->class == SFM_CLASS_NULL)
		return sfm_null();

	/* what json_extract() found counts as its text */
	stored = value->class == SFM_CLASS_ANY ?
		sfm_as_text(translation, node, value) :
		sfm_as_stored(translation, node, value);
	if (sfm_is_digits(stored) &&
		(affinity == SFM_AFFINITY_INTEGER || affinity == SFM_AFFINITY_REAL ||
		 affinity == SFM_AFFINITY_NUMERIC))
		stored = sfm_as_number(translation, node, stored);
	if (stored->class == SFM_CLASS_ANY || stored->class == SFM_CLASS_NULL ||
		(stored->class == SFM_CLASS_BLOB && affinity != SFM_AFFINITY_BLOB))
		return cast_refused(translation, node);
	if (value->class == SFM_CLASS_ANY && affinity == SFM_AFFINITY_NUMERIC)
	{
		if (value->json == NULL)
			return cast_refused(translation, node);
		stored = sfm_as_number(translation, node, value);
	}

	switch (affinity)
	{
		case SFM_AFFINITY_TEXT:
			result = sfm_plain_copy(sfm_as_text(translation, node, stored));
			result->sql = sfm_cast_sql(result, TEXTOID);
			result->atomic = true;
			result->type = TEXTOID;
			result->is_json = false;
			result->json = NULL;
			break;
		case SFM_AFFINITY_INTEGER:
			result = cast_to_integer(translation, node, stored);
			break;
		case SFM_AFFINITY_REAL:
			result = cast_to_real(translation, node, stored);
			break;
		case SFM_AFFINITY_NUMERIC:
			result = cast_to_numeric(translation, node, stored);
			break;
		default:
			result = cast_to_blob(translation, node, stored);
			break;
	}
	result->has_affinity = true;
	result->affinity = affinity;
	result->collation = value->collation;
	result->collation_strength = value->collation_strength;
	result->not_null = value->not_null;
	result->volatile_ = value->volatile_;
	return result;
}
