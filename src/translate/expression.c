/*-------------------------------------------------------------------------
 *
 * expression.c
 *	  The entry for one expression: arithmetic, logic, text, subqueries.
 *
 * Comparisons and what is made of them (IN, BETWEEN, CASE, LIKE) are in
 * predicate.c and comparison.c, functions in function.c.
 *
 * About types: both sides of an operator are brought to the class that SQLite
 * computes in.  INTEGER is bigint there (two operands of type integer become
 * bigint, so that they cannot overflow where SQLite does not), REAL is double
 * precision, and a column with NUMERIC affinity stays numeric.  Where SQLite
 * goes on with REAL after an overflow, PostgreSQL raises an error.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "translate.h"

/* bytes that the translation of one expression may have */
#define MAX_SQL_LENGTH 100000

/* ------------------------------------------------------------------------
 * Making an SfmSql
 * ------------------------------------------------------------------------
 */

SfmSql *
sfm_make_sql(char *sql, bool atomic, Oid type, SfmClass class)
{
	SfmSql	   *result = palloc0_object(SfmSql);

	result->sql = sql;
	result->atomic = atomic;
	result->type = type;
	result->typmod = -1;
	result->class = class;
	return result;
}

SfmSql *
sfm_null(void)
{
	return sfm_make_sql(pstrdup("NULL"), true, UNKNOWNOID, SFM_CLASS_NULL);
}

/* As an operand of any operator.  Palloc'd, or the expression's own text. */
const char *
sfm_operand(const SfmSql *expression)
{
	return expression->atomic ? expression->sql :
		psprintf("(%s)", expression->sql);
}

/*
 * sfm_operand_of
 *		As an operand of something that needs operands which bind at least
 *		that tightly.
 */
const char *
sfm_operand_of(const SfmSql *expression, int binds)
{
	if (expression->bound_sql == expression->sql && expression->binds >= binds)
		return expression->sql;
	return sfm_operand(expression);
}

/* Says how tightly the text of an expression binds. */
SfmSql *
sfm_bind(SfmSql *expression, int binds)
{
	expression->binds = binds;
	expression->bound_sql = expression->sql;
	return expression;
}

/*
 * sfm_plain_copy
 *		The same value, but of an expression that is no column and no literal:
 *		without affinity, and with a collation only if COLLATE named it.
 */
SfmSql *
sfm_plain_copy(const SfmSql *expression)
{
	SfmSql	   *result = palloc_object(SfmSql);

	*result = *expression;
	result->relation = NULL;
	result->column = 0;
	result->literal = NULL;
	result->negated = false;
	result->has_affinity = false;
	result->affinity = SFM_AFFINITY_BLOB;
	result->affinities = 0;
	result->moment = NULL;
	result->moment_type = InvalidOid;
	result->form = SFM_FORM_UNKNOWN;
	result->json = NULL;
	result->is_json = false;
	result->json_is_equal = false;
	result->is_integer = NULL;
	if (result->collation_strength < 2)
	{
		result->collation = SFM_COLLATION_BINARY;
		result->collation_strength = 0;
	}
	return result;
}

/* COLLATE inside an expression counts for all of it, the first one wins. */
static void
inherit_collation(SfmSql *result, const SfmSql *part)
{
	if (result->collation_strength < 2 && part->collation_strength == 2)
	{
		result->collation = part->collation;
		result->collation_strength = 2;
	}
}

/* "left operator right", with what the result has of both. */
static SfmSql *
make_binary(const SfmSql *left, const char *operator, const SfmSql *right,
			Oid type, SfmClass class)
{
	int			binds = strchr("+-", operator[0]) != NULL ? SFM_BINDS_ADD :
	strchr("*/%", operator[0]) != NULL ? SFM_BINDS_MULTIPLY :
	SFM_BINDS_OPERATOR;
	SfmSql	   *result;

	/* from left to right; bit operators and || are easily misread */
	if (binds == SFM_BINDS_OPERATOR)
		result = sfm_make_sql(psprintf("%s %s %s", sfm_operand(left), operator,
									   sfm_operand(right)),
							  false, type, class);
	else
		result = sfm_make_sql(psprintf("%s %s %s", sfm_operand_of(left, binds),
									   operator, sfm_operand_of(right, binds + 1)),
							  false, type, class);
	sfm_bind(result, binds);
	result->not_null = left->not_null && right->not_null;
	result->volatile_ = left->volatile_ || right->volatile_;
	inherit_collation(result, left);
	inherit_collation(result, right);
	return result;
}

/* ------------------------------------------------------------------------
 * Arithmetic
 * ------------------------------------------------------------------------
 */

/* The same number with a cast, for an operator. */
static SfmSql *
number_as(const SfmSql *number, const char *type_name, Oid type)
{
	SfmSql	   *result = sfm_plain_copy(number);

	result->sql = psprintf("%s::%s", sfm_operand(number), type_name);
	result->atomic = true;
	result->type = type;
	result->typmod = -1;
	return result;
}

/* Is this surely another number than 0?  If so, no NULLIF() is needed. */
static bool
is_nonzero(const SfmSql *number)
{
	bool		is_integer;
	int64		integer;
	double		real;

	return sfm_literal_number(number, &is_integer, &integer, &real) &&
		(is_integer ? integer != 0 : real != 0);
}

/* A divisor: SQLite has NULL where PostgreSQL would raise an error. */
static SfmSql *
divisor(const SfmSql *number)
{
	SfmSql	   *result;

	if (is_nonzero(number))
		return unconstify(SfmSql *, number);
	result = sfm_plain_copy(number);
	result->sql = psprintf("NULLIF(%s, 0)", number->sql);
	result->atomic = true;
	result->not_null = false;
	return result;
}

/*
 * as_integer
 *		What operators on integers take: digits behind the point are cut off.
 */
static SfmSql *
as_integer(SfmTranslation *translation, const void *node, SfmSql *expression)
{
	SfmSql	   *number = sfm_as_number(translation, node, expression);
	bool		is_integer;
	int64		integer;
	double		real;
	SfmSql	   *result;

	if (number->class == SFM_CLASS_NULL || number->class == SFM_CLASS_INTEGER)
		return number;
	if (sfm_literal_number(number, &is_integer, &integer, &real) && !is_integer)
	{
		if (real <= -9223372036854775808.0)
			return sfm_integer_sql(PG_INT64_MIN);
		if (real >= 9223372036854775807.0)
			return sfm_integer_sql(PG_INT64_MAX);
		return sfm_integer_sql((int64) real);
	}
	result = sfm_plain_copy(number);
	result->sql = psprintf("trunc(%s)::bigint", number->sql);
	result->atomic = true;
	result->type = INT8OID;
	result->typmod = -1;
	result->class = SFM_CLASS_INTEGER;
	return result;
}

/* Two operands of type integer: PostgreSQL would compute in 32 bits. */
static void
widen(SfmSql **left, SfmSql **right)
{
	if ((*left)->type != INT4OID || (*right)->type != INT4OID)
		return;
	/* beside a literal, the other one reads better with the cast */
	if ((*left)->literal != NULL && (*right)->literal == NULL)
		*right = number_as(*right, "bigint", INT8OID);
	else
		*left = number_as(*left, "bigint", INT8OID);
}

/*
 * arithmetic_type
 *		Type and class of a result of + - * and /, after making the operands
 *		such that PostgreSQL's operator computes in that type.
 */
static void
arithmetic_type(SfmSql **left, SfmSql **right, Oid *type, SfmClass *class)
{
	bool		any_double = (*left)->type == FLOAT8OID ||
	(*right)->type == FLOAT8OID;
	bool		any_numeric = ((*left)->type == NUMERICOID && (*left)->literal == NULL) ||
	((*right)->type == NUMERICOID && (*right)->literal == NULL);

	if ((*left)->class == SFM_CLASS_INTEGER && (*right)->class == SFM_CLASS_INTEGER)
	{
		widen(left, right);
		*type = INT8OID;
		*class = SFM_CLASS_INTEGER;
		return;
	}
	*class = (*left)->class == SFM_CLASS_REAL || (*right)->class == SFM_CLASS_REAL ?
		SFM_CLASS_REAL : SFM_CLASS_NUMBER;
	if (any_double)
		*type = FLOAT8OID;
	else if (any_numeric)
		*type = NUMERICOID;
	else
	{
		/* literals with a point, and integers */
		*type = FLOAT8OID;
		if ((*left)->type == NUMERICOID)
			*left = number_as(*left, "double precision", FLOAT8OID);
		else
			*right = number_as(*right, "double precision", FLOAT8OID);
	}
}

/* NULL on a side of an arithmetic operator. */
static SfmSql *
null_number(void)
{
	return sfm_make_sql(pstrdup("NULL::bigint"), true, INT8OID, SFM_CLASS_NULL);
}

/* The condition under which a number is INTEGER; NULL: not known. */
static const char *
integer_test(const SfmSql *number)
{
	if (number->class == SFM_CLASS_INTEGER)
		return "true";
	if (number->integral_is_integer)
		return psprintf("%s = trunc(%s)", sfm_operand(number), number->sql);
	return number->is_integer;
}

/* x / y of numbers that are INTEGER under conditions that are known. */
static SfmSql *
divide_by_test(const SfmSql *left, const SfmSql *right)
{
	const char *tests[] = {integer_test(left), integer_test(right)};
	const char *below = divisor(right)->sql;
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "CASE WHEN ");
	if (strcmp(tests[0], "true") == 0 || strcmp(tests[1], "true") == 0)
		appendStringInfoString(&sql, tests[strcmp(tests[0], "true") == 0 ? 1 : 0]);
	else
		appendStringInfo(&sql, "%s AND %s", tests[0], tests[1]);
	appendStringInfo(&sql, " THEN div(%s, %s)::double precision"
					 " ELSE %s::double precision / %s END",
					 left->sql, below, sfm_operand(left), below);
	return sfm_make_sql(sql.data, true, FLOAT8OID, SFM_CLASS_NUMBER);
}

/* x / y */
static SfmSql *
divide(SfmTranslation *translation, const void *node, SfmSql *left,
	   SfmSql *right)
{
	Oid			type;
	SfmClass	class;
	SfmSql	   *result;
	bool		nonzero = is_nonzero(right);

	if (left->class == SFM_CLASS_REAL || right->class == SFM_CLASS_REAL)
	{
		/* numeric has a scale of its own in divisions: not SQLite's result */
		if (left->type != FLOAT8OID && right->type != FLOAT8OID)
		{
			if (left->class == SFM_CLASS_REAL || right->literal == NULL)
				left = number_as(left, "double precision", FLOAT8OID);
			else
				right = number_as(right, "double precision", FLOAT8OID);
		}
		arithmetic_type(&left, &right, &type, &class);
		result = make_binary(left, "/", nonzero ? right : divisor(right),
							 FLOAT8OID, SFM_CLASS_REAL);
		result->not_null = false;
		return result;
	}
	if (left->class == SFM_CLASS_INTEGER && right->class == SFM_CLASS_INTEGER)
	{
		right = divisor(right);
		widen(&left, &right);
		result = make_binary(left, "/", right, INT8OID, SFM_CLASS_INTEGER);
		result->not_null = result->not_null && nonzero;
		return result;
	}
	if ((left->class == SFM_CLASS_INTEGER || left->integral_is_integer) &&
		(right->class == SFM_CLASS_INTEGER || right->integral_is_integer) &&
		left->type != FLOAT8OID && right->type != FLOAT8OID)
	{
		result = sfm_make_sql(psprintf("%s(%s, %s)",
									   sfm_compat_function(translation, "sqlite_divide"),
									   left->sql, right->sql),
							  true, NUMERICOID, SFM_CLASS_NUMBER);
		result->volatile_ = left->volatile_ || right->volatile_;
		return result;
	}
	if (!left->volatile_ && !right->volatile_ &&
		integer_test(left) != NULL && integer_test(right) != NULL)
		return divide_by_test(left, right);
	sfm_refuse(translation, node,
			   "a division of numbers that may be INTEGER or REAL");
	return sfm_null();
}

/* x % y: of the integers that both sides are */
static SfmSql *
modulo(SfmTranslation *translation, const void *node, SfmSql *left,
	   SfmSql *right)
{
	SfmClass	class = left->class == SFM_CLASS_INTEGER &&
	right->class == SFM_CLASS_INTEGER ? SFM_CLASS_INTEGER :
	left->class == SFM_CLASS_REAL || right->class == SFM_CLASS_REAL ?
	SFM_CLASS_REAL : SFM_CLASS_NUMBER;
	bool		nonzero;
	SfmSql	   *result;

	left = as_integer(translation, node, left);
	right = as_integer(translation, node, right);
	nonzero = is_nonzero(right);
	right = divisor(right);
	widen(&left, &right);
	result = make_binary(left, "%", right, INT8OID, class);
	result->not_null = result->not_null && nonzero;
	if (class == SFM_CLASS_REAL)
		result = number_as(result, "double precision", FLOAT8OID);
	return result;
}

/* A literal with a minus before it is a literal. */
static SfmSql *
negate(SfmTranslation *translation, SfmScope *scope, const SfmUnary *node)
{
	SfmSql	   *operand;
	SfmSql	   *result;

	if (node->operand->kind == SFM_NODE_LITERAL)
	{
		const SfmLiteral *literal = (const SfmLiteral *) node->operand;

		if (literal->kind == SFM_LITERAL_INTEGER ||
			literal->kind == SFM_LITERAL_FLOAT)
			return sfm_literal_sql(translation, literal, true);
	}
	operand = sfm_as_number(translation, node,
							sfm_translate_expression(translation, scope,
													 node->operand));
	if (operand->class == SFM_CLASS_NULL)
		return null_number();
	if (operand->literal != NULL)
	{
		bool		is_integer;
		int64		integer;
		double		real;

		if (sfm_literal_number(operand, &is_integer, &integer, &real))
		{
			if (!is_integer)
				return sfm_real_sql(-real);
			if (integer != PG_INT64_MIN)
				return sfm_integer_sql(-integer);
		}
	}
	result = sfm_plain_copy(operand);
	result->sql = psprintf("-%s", sfm_operand(operand));
	result->atomic = false;
	result->typmod = -1;
	if (result->type == INT4OID)
	{
		result->sql = psprintf("-%s::bigint", sfm_operand(operand));
		result->type = INT8OID;
	}
	return result;
}

/* The operand of a bit operator. */
static SfmSql *
bits(SfmTranslation *translation, const void *node, SfmSql *operand)
{
	return as_integer(translation, node, operand);
}

/*
 * shift
 *		x << y and x >> y: by a negative number the other way, and nothing but
 *		the sign is left after 64 bits ("sqlite3VdbeExec", OP_ShiftLeft).
 */
static SfmSql *
shift(bool left_way, SfmSql *left, SfmSql *right)
{
	SfmSql	   *result;
	bool		is_integer;
	int64		by;
	double		real;
	const char *value;

	if (left->type != INT8OID)
		left = number_as(left, "bigint", INT8OID);
	value = sfm_operand(left);
	if (sfm_literal_number(right, &is_integer, &by, &real))
	{
		bool		way = by < 0 ? !left_way : left_way;

		if (by < -64)
			by = -64;
		by = by < 0 ? -by : by;
		result = sfm_make_sql(by < 64 ?
							  psprintf("%s %s " INT64_FORMAT, value, way ? "<<" : ">>", by) :
							  way ? psprintf("%s & 0", value) :
							  psprintf("%s >> 63", value),
							  false, INT8OID, SFM_CLASS_INTEGER);
	}
	else
	{
		const char *count = sfm_operand(right);
		const char *none = psprintf("%s & 0", value);
		const char *sign = psprintf("%s >> 63", value);
		StringInfoData sql;

		initStringInfo(&sql);
		appendStringInfo(&sql, "CASE WHEN %s >= 64 THEN %s", count,
						 left_way ? none : sign);
		appendStringInfo(&sql, " WHEN %s >= 0 THEN %s %s %s::integer", count,
						 value, left_way ? "<<" : ">>", count);
		appendStringInfo(&sql, " WHEN %s > -64 THEN %s %s (-%s)::integer", count,
						 value, left_way ? ">>" : "<<", count);
		appendStringInfo(&sql, " WHEN %s <= -64 THEN %s END", count,
						 left_way ? sign : none);
		result = sfm_make_sql(sql.data, true, INT8OID, SFM_CLASS_INTEGER);
	}
	result->not_null = left->not_null && right->not_null;
	result->volatile_ = left->volatile_ || right->volatile_;
	return result;
}

/* + - * / % & | << >> */
static SfmSql *
translate_arithmetic(SfmTranslation *translation, SfmScope *scope,
					 const SfmBinary *node)
{
	SfmSql	   *left = sfm_translate_expression(translation, scope, node->left);
	SfmSql	   *right = sfm_translate_expression(translation, scope, node->right);
	Oid			type;
	SfmClass	class;

	switch (node->operator)
	{
		case SFM_OP_BIT_AND:
		case SFM_OP_BIT_OR:
		case SFM_OP_SHIFT_LEFT:
		case SFM_OP_SHIFT_RIGHT:
			left = bits(translation, node, left);
			right = bits(translation, node, right);
			break;
		default:
			left = sfm_as_number(translation, node, left);
			right = sfm_as_number(translation, node, right);
			break;
	}
	if (left->class == SFM_CLASS_NULL || right->class == SFM_CLASS_NULL)
		return null_number();

	switch (node->operator)
	{
		case SFM_OP_DIVIDE:
			return divide(translation, node, left, right);
		case SFM_OP_MODULO:
			return modulo(translation, node, left, right);
		case SFM_OP_SHIFT_LEFT:
		case SFM_OP_SHIFT_RIGHT:
			return shift(node->operator == SFM_OP_SHIFT_LEFT, left, right);
		default:
			arithmetic_type(&left, &right, &type, &class);
			return make_binary(left,
							   node->operator == SFM_OP_ADD ? "+" :
							   node->operator == SFM_OP_SUBTRACT ? "-" :
							   node->operator == SFM_OP_MULTIPLY ? "*" :
							   node->operator == SFM_OP_BIT_AND ? "&" : "|",
							   right, type, class);
	}
}

/* ------------------------------------------------------------------------
 * Text and logic
 * ------------------------------------------------------------------------
 */

/* a || b || c: parentheses are needed on the right only */
static SfmSql *
translate_concat(SfmTranslation *translation, SfmScope *scope,
				 const SfmBinary *node)
{
	SfmSql	   *left = sfm_as_text(translation, node->left,
								   sfm_translate_expression(translation, scope,
															node->left));
	SfmSql	   *right = sfm_as_text(translation, node->right,
									sfm_translate_expression(translation, scope,
															 node->right));
	SfmSql	   *result = make_binary(left, "||", right, TEXTOID, SFM_CLASS_TEXT);

	if (left->class == SFM_CLASS_NULL || right->class == SFM_CLASS_NULL)
		return sfm_as_text(translation, node, sfm_null());
	if (node->left->kind == SFM_NODE_BINARY &&
		((const SfmBinary *) node->left)->operator == SFM_OP_CONCAT &&
		!left->atomic)
	{
		result->sql = psprintf("%s || %s", left->sql, sfm_operand(right));
		sfm_bind(result, SFM_BINDS_OPERATOR);
	}
	return result;
}

/* An operand of AND or OR, in parentheses if it is the other of both. */
static const char *
logic_operand(int binds, const SfmSql *condition)
{
	if (condition->bound_sql == condition->sql && condition->binds == binds)
		return condition->sql;
	return sfm_operand_of(condition, SFM_BINDS_NOT);
}

/* AND, OR of two conditions */
static SfmSql *
make_logic(const SfmBinary *node, const SfmSql *left, const SfmSql *right)
{
	int			binds = node->operator == SFM_OP_AND ? SFM_BINDS_AND :
	SFM_BINDS_OR;
	SfmSql	   *result;

	/* flag = 't' OR flag = 1, where both are the same here */
	if (left->type == BOOLOID && left->class == SFM_CLASS_INTEGER &&
		!left->volatile_ && strcmp(left->sql, right->sql) == 0)
		return sfm_plain_copy(left);

	result =
		sfm_make_sql(psprintf("%s %s %s", logic_operand(binds, left),
						  node->operator == SFM_OP_AND ? "AND" : "OR",
						  logic_operand(binds, right)),
				 false, BOOLOID, SFM_CLASS_INTEGER);

	sfm_bind(result, binds);
	result->not_null = left->not_null && right->not_null;
	result->volatile_ = left->volatile_ || right->volatile_;
	return result;
}

static SfmSql *
translate_logic(SfmTranslation *translation, SfmScope *scope,
				const SfmBinary *node)
{
	SfmSql	   *left = sfm_as_condition(translation, node->left,
										sfm_translate_expression(translation, scope,
																 node->left));
	SfmSql	   *right = sfm_as_condition(translation, node->right,
										 sfm_translate_expression(translation, scope,
																  node->right));

	return make_logic(node, left, right);
}

/*
 * sfm_translate_filter
 *		A condition for those who only look whether it is true; of type
 *		boolean.
 */
SfmSql *
sfm_translate_filter(SfmTranslation *translation, SfmScope *scope,
					 const void *node)
{
	const SfmBinary *binary = node;
	SfmSql	   *left;
	SfmSql	   *result;

	check_stack_depth();
	if (binary->node.kind == SFM_NODE_BINARY &&
		(binary->operator == SFM_OP_AND || binary->operator == SFM_OP_OR))
	{
		left = sfm_translate_filter(translation, scope, binary->left);
		return make_logic(binary, left,
						  sfm_translate_filter(translation, scope,
											   binary->right));
	}
	/* sfm_translate_comparison() hands it on */
	translation->filter = binary->node.kind == SFM_NODE_BINARY &&
		binary->operator >= SFM_OP_EQ && binary->operator <= SFM_OP_GE;
	result = sfm_translate_expression(translation, scope, node);
	translation->filter = false;
	return sfm_as_condition(translation, node, result);
}

/* NOT - + ~ ISNULL NOTNULL */
static SfmSql *
translate_unary(SfmTranslation *translation, SfmScope *scope,
				const SfmUnary *node)
{
	SfmSql	   *operand;
	SfmSql	   *result;

	if (node->operator == SFM_OP_NEGATE)
		return negate(translation, scope, node);

	operand = sfm_translate_expression(translation, scope, node->operand);
	switch (node->operator)
	{
		case SFM_OP_NOT:
			operand = sfm_as_condition(translation, node->operand, operand);
			result = sfm_make_sql(psprintf("NOT %s", sfm_operand(operand)), false,
								  BOOLOID, SFM_CLASS_INTEGER);
			sfm_bind(result, SFM_BINDS_NOT);
			break;
		case SFM_OP_BIT_NOT:
			operand = bits(translation, node, operand);
			if (operand->class == SFM_CLASS_NULL)
				return null_number();
			if (operand->type != INT8OID)
				operand = number_as(operand, "bigint", INT8OID);
			result = sfm_make_sql(psprintf("~%s", sfm_operand(operand)), false,
								  INT8OID, SFM_CLASS_INTEGER);
			break;
		case SFM_OP_PLUS:
			/* nothing, but what is behind it has no affinity any more */
			if (operand->literal != NULL)
				return operand;
			result = palloc_object(SfmSql);
			*result = *operand;
			result->has_affinity = false;
			return result;
		default:
			if (operand->class == SFM_CLASS_NULL)
				return sfm_truth_sql(node->operator == SFM_OP_IS_NULL);
			result = sfm_make_sql(psprintf("%s %s",
										   sfm_operand_of(operand, SFM_BINDS_OPERATOR),
										   node->operator == SFM_OP_IS_NULL ?
										   "IS NULL" : "IS NOT NULL"),
								  false, BOOLOID, SFM_CLASS_INTEGER);
			sfm_bind(result, SFM_BINDS_COMPARISON);
			result->not_null = true;
			result->volatile_ = operand->volatile_;
			return result;
	}
	result->not_null = operand->not_null;
	result->volatile_ = operand->volatile_;
	return result;
}

/* x COLLATE c */
static SfmSql *
translate_collate(SfmTranslation *translation, SfmScope *scope,
				  const SfmCollate *node)
{
	SfmSql	   *operand = sfm_translate_expression(translation, scope,
												   node->operand);
	SfmSql	   *result = palloc_object(SfmSql);

	*result = *operand;
	result->collation = sfm_collation_kind(node->collation->text);
	result->collation_strength = 2;
	if (result->collation == SFM_COLLATION_UNKNOWN)
		sfm_refuse(translation, node, "collation \"%s\"", node->collation->text);
	return result;
}

/* ------------------------------------------------------------------------
 * Subqueries
 * ------------------------------------------------------------------------
 */

/* Does a query surely give one row at most? */
static bool
is_single_row(const SfmSelect *select)
{
	const SfmSelectCore *core = linitial(select->cores);
	ListCell   *cell;

	if (select->limit != NULL)
		return select->limit->kind == SFM_NODE_LITERAL &&
			strcmp(((const SfmLiteral *) select->limit)->text, "1") == 0;
	if (list_length(select->cores) > 1)
		return false;
	if (core->values != NIL)
		return list_length(core->values) == 1;
	if (core->from == NIL)
		return true;
	if (core->group_by != NIL)
		return false;
	foreach(cell, core->columns)
	{
		const SfmResultColumn *column = lfirst(cell);

		if (column->expression != NULL &&
			column->expression->kind == SFM_NODE_CALL &&
			((const SfmCall *) column->expression)->over == NULL &&
			sfm_is_aggregate((const SfmCall *) column->expression))
			return true;
	}
	return false;
}

/* EXISTS (SELECT ...), and a query as a value: SQLite takes its first row */
static SfmSql *
translate_subquery(SfmTranslation *translation, SfmScope *scope,
				   const SfmSubquery *node)
{
	const SfmSelect *select = (const SfmSelect *) node->select;
	SfmQuery   *query = sfm_translate_select(translation, scope, select, NULL,
											 NULL);
	const SfmSql *column;
	SfmSql	   *result;

	if (translation->problem != NULL || query == NULL)
		return sfm_null();
	if (node->exists)
	{
		result = sfm_make_sql(psprintf("EXISTS (%s)", query->sql), true, BOOLOID,
							  SFM_CLASS_INTEGER);
		result->not_null = true;
		return result;
	}
	if (query->ncolumns != 1)
	{
		sfm_refuse(translation, node, "a query of %d columns as a value",
				   query->ncolumns);
		return sfm_null();
	}

	column = query->columns[0];
	result = sfm_plain_copy(column);
	result->sql = is_single_row(select) ? psprintf("(%s)", query->sql) :
		select->limit == NULL ? psprintf("(%s\nLIMIT 1)", query->sql) :
		psprintf("(SELECT * FROM (%s) AS %s LIMIT 1)", query->sql,
				 sfm_new_name(translation, "q"));
	result->atomic = true;
	result->form = sfm_expression_form(translation, column);
	/* it has the affinity of its column, but not the collation */
	result->has_affinity = column->has_affinity;
	result->affinity = column->affinity;
	result->affinities = column->affinities;
	result->collation = SFM_COLLATION_BINARY;
	result->collation_strength = 0;
	result->not_null = false;
	return result;
}

/* Any expression, by its kind. */
static SfmSql *
translate_node(SfmTranslation *translation, SfmScope *scope, const void *node)
{
	switch (((const SfmNode *) node)->kind)
	{
		case SFM_NODE_LITERAL:
			return sfm_literal_sql(translation, node, false);
		case SFM_NODE_COLUMN_REF:
			return sfm_translate_column(translation, scope, node);
		case SFM_NODE_UNARY:
			return translate_unary(translation, scope, node);
		case SFM_NODE_BINARY:
			switch (((const SfmBinary *) node)->operator)
			{
				case SFM_OP_AND:
				case SFM_OP_OR:
					return translate_logic(translation, scope, node);
				case SFM_OP_CONCAT:
					return translate_concat(translation, scope, node);
				case SFM_OP_ARROW:
				case SFM_OP_ARROW_TEXT:
					return sfm_translate_arrow(translation, scope, node);
				case SFM_OP_EQ:
				case SFM_OP_NE:
				case SFM_OP_IS:
				case SFM_OP_IS_NOT:
				case SFM_OP_LT:
				case SFM_OP_LE:
				case SFM_OP_GT:
				case SFM_OP_GE:
					return sfm_translate_comparison(translation, scope, node);
				default:
					return translate_arithmetic(translation, scope, node);
			}
		case SFM_NODE_LIKE:
			return sfm_translate_like(translation, scope, node);
		case SFM_NODE_BETWEEN:
			return sfm_translate_between(translation, scope, node);
		case SFM_NODE_IN:
			return sfm_translate_in(translation, scope, node);
		case SFM_NODE_CASE:
			return sfm_translate_case(translation, scope, node);
		case SFM_NODE_CAST:
			return sfm_translate_cast(translation, scope, node);
		case SFM_NODE_COLLATE:
			return translate_collate(translation, scope, node);
		case SFM_NODE_CALL:
			return sfm_translate_call(translation, scope, node);
		case SFM_NODE_SUBQUERY:
			return translate_subquery(translation, scope, node);
		case SFM_NODE_ROW:
			sfm_refuse(translation, node, "a row value where one value stands");
			return sfm_null();
		case SFM_NODE_VARIABLE:
			sfm_refuse(translation, node, "a parameter");
			return sfm_null();
		case SFM_NODE_RAISE:
			sfm_refuse(translation, node,
					   "RAISE() where no statement of a trigger stands");
			return sfm_null();
		default:
			sfm_refuse(translation, node, "an unknown kind of expression");
			return sfm_null();
	}
}

/*
 * sfm_translate_expression
 *		Any expression.  "scope" may be NULL where no column can be named.
 *
 *		Some translations name an operand several times; a bound on the text
 *		keeps those inside each other from growing without one.
 */
SfmSql *
sfm_translate_expression(SfmTranslation *translation, SfmScope *scope,
						 const void *node)
{
	SfmSql	   *result;

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();

	result = translate_node(translation, scope, node);
	if (strlen(result->sql) > MAX_SQL_LENGTH)
	{
		sfm_refuse(translation, NULL,
				   "an expression whose translation is longer than %d bytes",
				   MAX_SQL_LENGTH);
		return sfm_null();
	}
	return result;
}
