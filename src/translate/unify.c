/*-------------------------------------------------------------------------
 *
 * unify.c
 *	  One type for several expressions that stand for the same thing: the
 *	  results of CASE and COALESCE, the columns of a UNION.
 *
 * SQLite lets every row have another storage class there, PostgreSQL wants one
 * type.  What has one class gets its type; numbers among each other the wider
 * one; numbers beside texts become texts of class ANY, which only those take
 * who want text anyway.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "coerce.h"

/* Is this the literal 0 or 1? */
static bool
is_truth_literal(const SfmSql *expression)
{
	bool		is_integer;
	int64		integer;
	double		real;

	return sfm_literal_number(expression, &is_integer, &integer, &real) &&
		is_integer && (integer == 0 || integer == 1);
}

/* All values that are not NULL have this type? */
static bool
all_of_type(SfmSql **expressions, int n, Oid type)
{
	for (int i = 0; i < n; i++)
	{
		if (expressions[i]->class != SFM_CLASS_NULL &&
			expressions[i]->type != type)
			return false;
	}
	return true;
}

/* Booleans, and literals 0 and 1 beside at least one column or condition. */
static bool
unify_booleans(SfmSql **expressions, int n)
{
	bool		any = false;

	for (int i = 0; i < n; i++)
	{
		bool		literal = is_truth_literal(expressions[i]);

		if (expressions[i]->class == SFM_CLASS_NULL)
			continue;
		if (expressions[i]->type == BOOLOID &&
			expressions[i]->class == SFM_CLASS_INTEGER)
			any = any || !literal;
		else if (!literal)
			return false;
	}
	if (!any)
		return false;
	for (int i = 0; i < n; i++)
	{
		if (expressions[i]->class != SFM_CLASS_NULL &&
			expressions[i]->literal != NULL)
			expressions[i] =
				sfm_truth_sql(strcmp(expressions[i]->literal->text, "1") == 0);
	}
	return true;
}

/* Dates and times that looked alike in SQLite, of one type. */
static bool
unify_moments(SfmTranslation *translation, SfmSql **expressions, int n)
{
	const SfmSql *first = NULL;
	SfmForm		form = SFM_FORM_UNKNOWN;
	bool		empty = false;

	for (int i = 0; i < n; i++)
	{
		SfmSql	   *one = expressions[i];
		SfmForm		one_form;

		if (one->class == SFM_CLASS_NULL)
			continue;
		if (!sfm_is_moment_type(one->type) && one->moment == NULL)
			return false;
		one_form = sfm_expression_form(translation, one);
		if (one->moment != NULL && !sfm_is_moment_type(one->type))
			one_form = one->form;
		if (one_form == SFM_FORM_OTHER)
			return false;
		empty = empty || one_form == SFM_FORM_EMPTY;
		if (first == NULL)
		{
			first = one;
			form = one_form;
			continue;
		}
		/* what has no values takes the form of the others */
		if (form == SFM_FORM_EMPTY)
			form = one_form;
		if ((one_form != form && one_form != SFM_FORM_EMPTY) || one->class != first->class ||
			one->epoch != first->epoch ||
			(one->moment != NULL ? one->moment_type : one->type) !=
			(first->moment != NULL ? first->moment_type : first->type))
			return false;
	}
	if (first == NULL)
		return false;
	if (empty && translation->lasting)
		form = SFM_FORM_EMPTY;
	for (int i = 0; i < n; i++)
	{
		SfmSql	   *one = expressions[i];

		if (one->class == SFM_CLASS_NULL)
			continue;
		if (one->moment != NULL && !sfm_is_moment_type(one->type))
		{
			one = sfm_retyped(one, one->moment, false, one->moment_type, one->class);
			one->form = form;
			expressions[i] = one;
		}
		else
		{
			one = sfm_plain_copy(one);
			one->form = form;
			expressions[i] = one;
		}
	}
	return true;
}

/* Literals with a point are numeric for PostgreSQL unless told otherwise. */
static void
unify_numbers(SfmTranslation *translation, const void *node,
			  SfmSql **expressions, int n)
{
	bool		any_numeric = false;
	bool		any_double = false;
	bool		any_real = false;
	bool		any_integer = false;
	bool		any_long = false;
	bool		any_number = false;
	bool		any_other = false;	/* NUMBER, and not by a column's affinity */
	SfmClass	class;

	for (int i = 0; i < n; i++)
	{
		SfmSql	   *one = sfm_as_number(translation, node, expressions[i]);

		expressions[i] = one;
		if (one->class == SFM_CLASS_NULL)
			continue;
		any_double = any_double || one->type == FLOAT8OID;
		any_numeric = any_numeric ||
			(one->type == NUMERICOID && one->literal == NULL);
		any_real = any_real || one->class == SFM_CLASS_REAL;
		any_integer = any_integer || one->class == SFM_CLASS_INTEGER;
		any_long = any_long || one->type == INT8OID;
		any_number = any_number || one->class == SFM_CLASS_NUMBER;
		any_other = any_other || (one->class == SFM_CLASS_NUMBER &&
								  !one->integral_is_integer);
	}
	class = any_real && !any_integer && !any_number ? SFM_CLASS_REAL :
		SFM_CLASS_NUMBER;
	if (any_integer && !any_real && !any_number)
		class = SFM_CLASS_INTEGER;
	for (int i = 0; i < n; i++)
	{
		SfmSql	   *one = expressions[i];
		Oid			type = any_double ? FLOAT8OID : any_numeric ? NUMERICOID :
		any_real ? FLOAT8OID : any_long ? INT8OID : INT4OID;

		if (one->class == SFM_CLASS_NULL)
			continue;
		if (one->type == NUMERICOID && one->literal != NULL && type == FLOAT8OID &&
			!any_double)
			one = sfm_cast_to(one, "double precision", FLOAT8OID, class);
		else
			one = sfm_plain_copy(one);
		one->type = type;
		one->typmod = -1;
		one->class = class;
		one->integral_is_integer = class == SFM_CLASS_NUMBER && !any_real &&
			!any_other;
		expressions[i] = one;
	}
}

/*
 * unify_as_text
 *		Numbers and texts in one place: for those who want a text, the texts of
 *		all.
 */
static void
unify_as_text(SfmTranslation *translation, const void *node,
			  SfmSql **expressions, int n)
{
	for (int i = 0; i < n; i++)
	{
		SfmSql	   *one = expressions[i];
		char	   *json;

		if (one->class == SFM_CLASS_NULL)
			continue;
		if (one->class == SFM_CLASS_BLOB)
		{
			sfm_refuse(translation, node,
					   "blobs beside texts or numbers in one place");
			return;
		}
		json = sfm_json_value(translation, node, one);
		one = sfm_plain_copy(sfm_as_text(translation, node, one));
		one->class = SFM_CLASS_ANY;
		one->any_as_text = true;
		one->json = json;
		expressions[i] = one;
	}
}

/*
 * sfm_unify
 *		Gives expressions that stand for the same thing one type and class.
 *		Numbers and texts become texts of class ANY.
 */
void
sfm_unify(SfmTranslation *translation, const void *node,
		  SfmSql **expressions, int n)
{
	SfmClass	class = SFM_CLASS_NULL;
	const SfmSql *first = NULL;
	bool		numbers = true;

	for (int i = 0; i < n; i++)
	{
		SfmSql	   *one = expressions[i];

		if (one->class == SFM_CLASS_NULL)
		{
			/* without the type that it was given for an operator */
			if (strncmp(one->sql, "NULL::", 6) == 0)
				expressions[i] = sfm_null();
			continue;
		}
		if (first == NULL)
		{
			first = one;
			class = one->class;
		}
		else if (one->class != class)
			class = SFM_CLASS_ANY;
		numbers = numbers && (one->class == SFM_CLASS_INTEGER ||
							  one->class == SFM_CLASS_REAL ||
							  one->class == SFM_CLASS_NUMBER);
	}
	if (first == NULL)
		return;
	if (unify_booleans(expressions, n) ||
		unify_moments(translation, expressions, n))
		return;
	if (numbers)
	{
		unify_numbers(translation, node, expressions, n);
		return;
	}
	if (class == SFM_CLASS_ANY)
	{
		/* text that stands for whatever it was, in all of them */
		for (int i = 0; i < n; i++)
		{
			if (expressions[i]->class != SFM_CLASS_NULL &&
				!(expressions[i]->class == SFM_CLASS_ANY &&
				  expressions[i]->any_as_text == first->any_as_text &&
				  expressions[i]->type == first->type))
			{
				unify_as_text(translation, node, expressions, n);
				return;
			}
		}
		return;
	}
	if (all_of_type(expressions, n, first->type) && first->type == UUIDOID)
	{
		SfmForm		form = sfm_expression_form(translation, first);

		for (int i = 0; i < n; i++)
		{
			if (expressions[i]->class == SFM_CLASS_NULL)
				continue;
			if (sfm_expression_form(translation, expressions[i]) != form)
				form = SFM_FORM_OTHER;
			expressions[i] = sfm_plain_copy(expressions[i]);
		}
		for (int i = 0; i < n; i++)
			expressions[i]->form = form;
		return;
	}
	if (all_of_type(expressions, n, first->type) && first->type >= FirstNormalObjectId)
		return;
	if (all_of_type(expressions, n, first->type) &&
		(first->type == JSONBOID || first->type == JSONOID))
		return;
	for (int i = 0; i < n; i++)
		expressions[i] = sfm_as_stored(translation, node, expressions[i]);
}
