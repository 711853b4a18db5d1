/*-------------------------------------------------------------------------
 *
 * comparison.c
 *	  Two values compared as SQLite compares them.
 *
 * "Datatypes In SQLite", sections 4.1 and 4.2: numbers sort before texts and
 * texts before blobs; before that, a side without affinity takes the other
 * one's, and a numeric column turns texts into numbers where they are some.
 * Section 7.1 says which collation counts.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/uuid.h"

#include "coerce.h"

/* What the affinities of both sides do before a comparison. */
typedef enum Applied
{
	APPLY_NOTHING,
	APPLY_TEXT,					/* a number beside a text becomes text */
	APPLY_NUMERIC				/* texts that are numbers become numbers */
} Applied;

static bool
is_equality(SfmOperator operator)
{
	return operator == SFM_OP_EQ || operator == SFM_OP_NE ||
		operator == SFM_OP_IS || operator == SFM_OP_IS_NOT;
}

static bool
is_number(const SfmSql *expression)
{
	return expression->class == SFM_CLASS_INTEGER ||
		expression->class == SFM_CLASS_REAL ||
		expression->class == SFM_CLASS_NUMBER;
}

static bool
is_text_literal(const SfmSql *expression)
{
	return expression->literal != NULL &&
		expression->literal->kind == SFM_LITERAL_STRING;
}

static bool
is_numeric_affinity(SfmAffinity affinity)
{
	return affinity == SFM_AFFINITY_NUMERIC ||
		affinity == SFM_AFFINITY_INTEGER || affinity == SFM_AFFINITY_REAL;
}

/* "Datatypes In SQLite", section 4.2 */
static Applied
applied_affinity(const SfmSql *left, const SfmSql *right)
{
	SfmAffinity affinity;

	if (left->has_affinity && right->has_affinity)
		return is_numeric_affinity(left->affinity) ||
			is_numeric_affinity(right->affinity) ? APPLY_NUMERIC : APPLY_NOTHING;
	if (!left->has_affinity && !right->has_affinity)
		return APPLY_NOTHING;
	affinity = left->has_affinity ? left->affinity : right->affinity;
	return is_numeric_affinity(affinity) ? APPLY_NUMERIC :
		affinity == SFM_AFFINITY_TEXT ? APPLY_TEXT : APPLY_NOTHING;
}

/* Section 7.1: COLLATE counts most, then the left column, then the right. */
static SfmCollationKind
applied_collation(const SfmSql *left, const SfmSql *right)
{
	if (left->collation_strength == 2 || right->collation_strength < 2)
	{
		if (left->collation_strength > 0)
			return left->collation;
		if (right->collation_strength == 0)
			return SFM_COLLATION_BINARY;
	}
	return right->collation;
}

/* An operand of a comparison: a negative number needs no parentheses. */
static const char *
compared(const SfmSql *expression)
{
	return expression->literal != NULL ? expression->sql :
		sfm_operand_of(expression, SFM_BINDS_OPERATOR);
}

static const char *
operator_text(SfmOperator operator, bool not_null)
{
	switch (operator)
	{
		case SFM_OP_EQ:
			return "=";
		case SFM_OP_NE:
			return "<>";
		case SFM_OP_IS:
			return not_null ? "=" : "IS NOT DISTINCT FROM";
		case SFM_OP_IS_NOT:
			return not_null ? "<>" : "IS DISTINCT FROM";
		case SFM_OP_LT:
			return "<";
		case SFM_OP_LE:
			return "<=";
		case SFM_OP_GT:
			return ">";
		default:
			return ">=";
	}
}

/* "left operator right"; the values themselves only say what can be NULL. */
void
sfm_plain_comparison(SfmOperator operator, const SfmSql *left,
					 const SfmSql *right, const char *left_sql,
					 const char *right_sql, SfmComparison *result)
{
	bool		not_null = left->not_null && right->not_null;

	result->left = pstrdup(left_sql);
	result->right = pstrdup(right_sql);
	result->operator = operator_text(operator, not_null);
	result->whole = psprintf("%s %s %s", left_sql, result->operator, right_sql);
	result->atomic = false;
	result->binds = SFM_BINDS_COMPARISON;
	result->not_null = not_null || operator == SFM_OP_IS ||
		operator == SFM_OP_IS_NOT;
}

/*
 * sfm_constant_comparison
 *		Where the answer is known for all values; but NULL stays NULL.
 */
void
sfm_constant_comparison(SfmOperator operator, bool answer, const SfmSql *left,
						const SfmSql *right, SfmComparison *result)
{
	const char *nullable = "";

	memset(result, 0, sizeof(*result));
	result->not_null = operator == SFM_OP_IS || operator == SFM_OP_IS_NOT ||
		(left->not_null && right->not_null);
	if (result->not_null && !left->not_null && !right->not_null)
	{
		result->whole = psprintf(operator == SFM_OP_IS ?
								 "%s IS NULL AND %s IS NULL" :
								 "%s IS NOT NULL OR %s IS NOT NULL",
								 sfm_operand(left), sfm_operand(right));
		return;
	}
	if (result->not_null)
	{
		result->whole = pstrdup(answer ? "true" : "false");
		result->atomic = true;
		return;
	}
	if (!left->not_null && !right->not_null)
		nullable = psprintf("(%s, %s)", left->sql, right->sql);
	else
		nullable = sfm_operand(left->not_null ? right : left);
	if (!left->not_null && !right->not_null)
		result->whole = psprintf(answer ? "%s IS NOT NULL OR NULL" :
								 "NOT %s IS NOT NULL AND NULL", nullable);
	else
		result->whole = psprintf(answer ? "%s IS NOT NULL OR NULL" :
								 "%s IS NULL AND NULL", nullable);
}

/*
 * truth_comparison
 *		A condition, which is a side, against true or false, which the other one
 *		stands for.
 */
static void
truth_comparison(SfmOperator operator, const SfmSql *left,
				 const SfmSql *right, bool condition_is_left, bool truth,
				 SfmComparison *result)
{
	const SfmSql *condition = condition_is_left ? left : right;

	sfm_plain_comparison(operator, left, right,
						 condition_is_left ? sfm_operand(left) :
						 truth ? "true" : "false",
						 !condition_is_left ? sfm_operand(right) :
						 truth ? "true" : "false", result);
	if (operator == SFM_OP_EQ || operator == SFM_OP_NE)
	{
		result->atomic = truth == (operator == SFM_OP_EQ) && condition->atomic;
		result->binds = truth == (operator == SFM_OP_EQ) ?
			(condition->bound_sql == condition->sql ? condition->binds : 0) :
			SFM_BINDS_NOT;
		result->whole = truth == (operator == SFM_OP_EQ) ? condition->sql :
			psprintf("NOT %s", sfm_operand(condition));
	}
	else
		result->whole = psprintf("%s %s %s", sfm_operand(condition),
								 operator == SFM_OP_IS ? "IS" : "IS NOT",
								 truth ? "TRUE" : "FALSE");
}

/*
 * compare_booleans
 *		A boolean of PostgreSQL on at least one side.  False if the other side
 *		is nothing that a boolean can be compared with.
 */
static bool
compare_booleans(SfmOperator operator, const SfmSql *left, const SfmSql *right,
				 SfmComparison *result)
{
	bool		left_is = left->type == BOOLOID && left->class == SFM_CLASS_INTEGER;
	bool		right_is = right->type == BOOLOID && right->class == SFM_CLASS_INTEGER;
	const SfmSql *condition = left->literal == NULL ? left : right;
	const SfmSql *literal = left->literal == NULL ? right : left;
	bool		is_integer;
	int64		integer;
	double		real;

	if (!left_is && !right_is)
		return false;
	if (!sfm_literal_number(literal, &is_integer, &integer, &real))
	{
		if (!left_is || !right_is)
			return false;
		sfm_plain_comparison(operator, left, right, sfm_operand(left),
							 sfm_operand(right), result);
		return true;
	}
	if (condition->type != BOOLOID || condition->literal != NULL ||
		!is_equality(operator))
		return false;
	if (!is_integer)
	{
		if (real != 0 && real != 1)
			return false;
		integer = (int64) real;
	}
	if (integer != 0 && integer != 1)
		return false;

	truth_comparison(operator, left, right, condition == left, integer == 1,
					 result);
	return true;
}

/* A boolean column without values: what it will hold, its users know. */
static bool
is_empty_boolean(const SfmSql *expression)
{
	return expression->type == BOOLOID &&
		expression->class == SFM_CLASS_INTEGER &&
		expression->relation != NULL &&
		expression->relation->columns[expression->column].form == SFM_FORM_EMPTY;
}

/*
 * truth_of_text
 *		What a text literal means for a boolean that has texts in SQLite: 1 and
 *		0, or -1 where it is none of them.
 */
static int
truth_of_text(const SfmSql *condition, const char *text, bool fold)
{
	bool		truth;

	if (is_empty_boolean(condition))
		return parse_bool(text, &truth) ? truth : -1;
	if (fold ? sfm_same_name(text, condition->true_text) :
		strcmp(text, condition->true_text) == 0)
		return 1;
	if (fold ? sfm_same_name(text, condition->false_text) :
		strcmp(text, condition->false_text) == 0)
		return 0;
	return -1;
}

/*
 * compare_truth_texts
 *		A boolean that has texts such as 't' and 'f' in SQLite, against a text
 *		literal or another one.  False if that is not so.
 */
static bool
compare_truth_texts(SfmTranslation *translation, const void *node,
					SfmOperator operator, const SfmSql *left,
					const SfmSql *right, SfmComparison *result)
{
	bool		condition_is_left = left->literal == NULL;
	const SfmSql *condition = condition_is_left ? left : right;
	const SfmSql *other = condition_is_left ? right : left;
	SfmCollationKind collation = applied_collation(left, right);
	int			truth;

	if (!is_equality(operator) || condition->type != BOOLOID ||
		condition->literal != NULL ||
		(collation != SFM_COLLATION_BINARY && collation != SFM_COLLATION_NOCASE))
		return false;
	if (is_empty_boolean(condition))
	{
		if (!is_text_literal(other) ||
			truth_of_text(condition, other->literal->text, false) < 0)
			return false;
	}
	else if (condition->class != SFM_CLASS_TEXT || condition->true_text == NULL)
		return false;

	if (other->literal == NULL)
	{
		if (other->type != BOOLOID || other->class != SFM_CLASS_TEXT ||
			other->true_text == NULL ||
			strcmp(other->true_text, condition->true_text) != 0 ||
			strcmp(other->false_text, condition->false_text) != 0)
			return false;
		sfm_plain_comparison(operator, left, right, sfm_operand(left),
							 sfm_operand(right), result);
		return true;
	}
	if (applied_affinity(left, right) == APPLY_TEXT && is_number(other))
		other = sfm_as_text(translation, node, unconstify(SfmSql *, other));
	if (!is_text_literal(other))
		return false;
	truth = truth_of_text(condition, other->literal->text,
						  collation == SFM_COLLATION_NOCASE);
	if (truth < 0)
		sfm_constant_comparison(operator,
								operator == SFM_OP_NE || operator == SFM_OP_IS_NOT,
								left, right, result);
	else
		truth_comparison(operator, left, right, condition_is_left, truth == 1,
						 result);
	return true;
}

/* A text literal in the one form that uuid columns had in SQLite. */
static bool
is_canonical_uuid(const char *text)
{
	for (int i = 0; i < 36; i++)
	{
		bool		hyphen = i == 8 || i == 13 || i == 18 || i == 23;

		if (hyphen ? text[i] != '-' :
			text[i] == '\0' || strchr("0123456789abcdef", text[i]) == NULL)
			return false;
	}
	return text[36] == '\0';
}

/* Can the values of a uuid be compared as such? */
static bool
is_plain_uuid(SfmTranslation *translation, const SfmSql *expression)
{
	SfmForm		form;

	if (expression->type != UUIDOID)
		return false;
	if (expression->class == SFM_CLASS_BLOB)
		return true;
	form = sfm_expression_form(translation, expression);
	return expression->class == SFM_CLASS_TEXT &&
		(form == SFM_FORM_CANONICAL || form == SFM_FORM_EMPTY);
}

/* A literal as a uuid, or NULL. */
static char *
uuid_literal(const SfmSql *expression, SfmClass class)
{
	const char *text;

	if (expression->literal == NULL || expression->class != class)
		return NULL;
	text = expression->literal->text;
	if (class == SFM_CLASS_TEXT && is_text_literal(expression) &&
		is_canonical_uuid(text))
		return expression->sql;
	if (class == SFM_CLASS_BLOB && strlen(text) == 2 * UUID_LEN)
		return psprintf("'%.8s-%.4s-%.4s-%.4s-%.12s'", text, text + 8,
						text + 12, text + 16, text + 20);
	return NULL;
}

/* uuid against uuid; the order is the same as that of the texts and blobs */
static bool
compare_uuids(SfmTranslation *translation, SfmOperator operator,
			  const SfmSql *left, const SfmSql *right, SfmComparison *result)
{
	bool		left_is = is_plain_uuid(translation, left);
	bool		right_is = is_plain_uuid(translation, right);
	const char *left_sql = left_is ? sfm_operand(left) : NULL;
	const char *right_sql = right_is ? sfm_operand(right) : NULL;

	if ((!left_is && !right_is) ||
		applied_collation(left, right) == SFM_COLLATION_UNKNOWN)
		return false;
	if (left_is && !right_is)
		right_sql = uuid_literal(right, left->class);
	if (right_is && !left_is)
		left_sql = uuid_literal(left, right->class);
	if (left_sql == NULL || right_sql == NULL)
		return false;
	/* a column without values may turn out to have either */
	if (left->class != right->class &&
		!(left_is && right_is && is_equality(operator) &&
		  (sfm_expression_form(translation, left) == SFM_FORM_EMPTY ||
		   sfm_expression_form(translation, right) == SFM_FORM_EMPTY)))
		return false;
	sfm_plain_comparison(operator, left, right, left_sql, right_sql, result);
	return true;
}

/* A side of a comparison of texts, folded as the collation says. */
static char *
text_side(const SfmSql *side, SfmCollationKind collation, bool ordered)
{
	const char *operand = collation == SFM_COLLATION_BINARY && !ordered ?
	compared(side) : sfm_operand(side);
	char	   *text;
	size_t		length;

	if (collation == SFM_COLLATION_BINARY)
		return pstrdup(operand);
	if (!is_text_literal(side))
		return collation == SFM_COLLATION_NOCASE ?
			psprintf("lower(%s COLLATE \"C\")", operand) :
			psprintf("rtrim(%s, ' ')", operand);
	text = pstrdup(side->literal->text);
	length = strlen(text);
	if (collation == SFM_COLLATION_NOCASE)
	{
		for (char *at = text; *at != '\0'; at++)
			*at = pg_ascii_tolower((unsigned char) *at);
	}
	else
	{
		while (length > 0 && text[length - 1] == ' ')
			text[--length] = '\0';
	}
	return quote_literal_cstr(text);
}

static bool
compare_texts(SfmTranslation *translation, const void *node,
			  SfmOperator operator, const SfmSql *left, const SfmSql *right,
			  const SfmSql *left_text, const SfmSql *right_text,
			  SfmComparison *result)
{
	SfmCollationKind collation = applied_collation(left, right);
	char	   *left_sql;
	char	   *right_sql;

	if (collation == SFM_COLLATION_UNKNOWN)
	{
		sfm_refuse(translation, node, "a collation that SQLite does not know");
		return false;
	}
	left_sql = text_side(left_text, collation, !is_equality(operator));
	right_sql = text_side(right_text, collation, !is_equality(operator));
	/* equality is one of bytes; for the order, one side must name it */
	if (!is_equality(operator) && collation != SFM_COLLATION_NOCASE)
	{
		if (is_text_literal(left_text) && !is_text_literal(right_text))
			right_sql = psprintf("%s COLLATE \"C\"", right_sql);
		else
			left_sql = psprintf("%s COLLATE \"C\"", left_sql);
	}
	else if (!is_equality(operator) && is_text_literal(left_text) &&
			 is_text_literal(right_text))
		left_sql = psprintf("%s COLLATE \"C\"", left_sql);
	sfm_plain_comparison(operator, left, right, left_sql, right_sql, result);
	return true;
}

/* Where values of a class stand among the others; -1: not known. */
static int
class_rank(const SfmSql *expression)
{
	return is_number(expression) ? 0 :
		expression->class == SFM_CLASS_TEXT ? 1 :
		expression->class == SFM_CLASS_BLOB ? 2 : -1;
}

/*
 * compare_classes
 *		Values of different classes: which is greater is known.  Where no side
 *		is a literal, such a comparison is most likely meant otherwise, and it
 *		is refused.
 */
static bool
compare_classes(SfmTranslation *translation, const void *node,
				SfmOperator operator, const SfmSql *left, const SfmSql *right,
				int left_rank, int right_rank, SfmComparison *result)
{
	bool		answer;

	if (left_rank < 0 || right_rank < 0 ||
		(left->literal == NULL && right->literal == NULL))
	{
		sfm_refuse(translation, node,
				   "a comparison of values that may be numbers, texts or blobs on either side");
		return false;
	}
	if (is_equality(operator))
		answer = operator == SFM_OP_NE || operator == SFM_OP_IS_NOT;
	else if (operator == SFM_OP_LT || operator == SFM_OP_LE)
		answer = left_rank < right_rank;
	else
		answer = left_rank > right_rank;
	sfm_constant_comparison(operator, answer, left, right, result);
	return true;
}

/* A text that stays one, whatever SQLite's numeric affinity does to it. */
static bool
is_never_numeric(const SfmSql *original, const SfmSql *stored)
{
	if (is_text_literal(stored))
		return sfm_number_in_text(stored->literal->text, true) == NULL;
	return original->moment != NULL ||
		(original->has_affinity && is_numeric_affinity(original->affinity));
}

/*
 * text_of_anything
 *		A value of unknown class, of which PostgreSQL has a text, against a
 *		literal that no number is written like: equal if the texts are.
 */
static bool
text_of_anything(SfmOperator operator, const SfmSql *any, const SfmSql *other)
{
	const char *text;

	if (any->class != SFM_CLASS_ANY || !is_text_literal(other) ||
		(any->type != TEXTOID && any->type != VARCHAROID) ||
		!is_equality(operator))
		return false;
	text = other->literal->text;
	return sfm_number_in_text(text, true) == NULL &&
		strcmp(text, "true") != 0 && strcmp(text, "false") != 0 &&
		text[0] != '\0' && strpbrk(text, "[{") == NULL;
}

/*
 * compare_with_number
 *		A number with a text that SQLite's numeric affinity makes a number if it
 *		is one; if not, the text is the greater one.
 */
static bool
compare_with_number(SfmTranslation *translation, const void *node,
					SfmOperator operator, const SfmSql *left,
					const SfmSql *right, bool text_is_left, bool filter,
					SfmComparison *result)
{
	const SfmSql *text = text_is_left ? left : right;
	const SfmSql *number = text_is_left ? right : left;
	SfmComparison of_text;
	SfmSql		some_text = *text;
	char	   *value;
	bool		answer;

	value = psprintf("%s(%s)", sfm_compat_function(translation, "sqlite_number"),
					 text->sql);
	sfm_plain_comparison(operator, left, right,
						 text_is_left ? value : compared(left),
						 text_is_left ? compared(right) : value, result);
	if (is_equality(operator))
		answer = operator == SFM_OP_NE || operator == SFM_OP_IS_NOT;
	else
		answer = (operator == SFM_OP_LT || operator == SFM_OP_LE) != text_is_left;
	/* where NULL is as good as false, sqlite_number() may give NULL */
	if (filter && !answer && (operator != SFM_OP_IS || number->not_null))
	{
		result->operator = operator == SFM_OP_IS ? "=" : result->operator;
		result->whole = psprintf("%s %s %s", result->left, result->operator,
								 result->right);
		result->not_null = false;
		return true;
	}
	if (text->volatile_)
	{
		sfm_refuse(translation, node,
				   "a comparison of a number with a text that may be one and changes from call to call");
		return false;
	}
	some_text.not_null = true;
	sfm_constant_comparison(operator, answer, number, &some_text, &of_text);
	result->left = result->right = NULL;
	result->operator = NULL;
	result->whole = psprintf("CASE WHEN %s IS NULL AND %s IS NOT NULL THEN %s ELSE %s END",
							 value, sfm_operand(text), of_text.whole,
							 result->whole);
	result->atomic = true;
	return true;
}

/* After affinity: what both sides are, as SQLite compares them. */
static bool
compare_stored(SfmTranslation *translation, const void *node,
			   SfmOperator operator, const SfmSql *left, const SfmSql *right,
			   bool filter, SfmComparison *result)
{
	Applied		applied = applied_affinity(left, right);
	SfmSql	   *left_value = sfm_as_stored(translation, node,
										   unconstify(SfmSql *, left));
	SfmSql	   *right_value = sfm_as_stored(translation, node,
											unconstify(SfmSql *, right));
	int			left_rank;
	int			right_rank;

	if (translation->problem != NULL)
		return false;
	if (applied == APPLY_TEXT && is_number(left_value) &&
		(right_value->class == SFM_CLASS_TEXT || right_value->class == SFM_CLASS_ANY))
		left_value = sfm_as_text(translation, node, left_value);
	else if (applied == APPLY_TEXT && is_number(right_value) &&
			 (left_value->class == SFM_CLASS_TEXT || left_value->class == SFM_CLASS_ANY))
		right_value = sfm_as_text(translation, node, right_value);

	left_rank = class_rank(left_value);
	right_rank = class_rank(right_value);
	if (left_rank == 1 && right_rank == 1)
	{
		if (applied == APPLY_NUMERIC && !is_equality(operator) &&
			(!is_never_numeric(left, left_value) ||
			 !is_never_numeric(right, right_value)))
		{
			sfm_refuse(translation, node,
					   "an order of texts that count as numbers where they are some");
			return false;
		}
		return compare_texts(translation, node, operator, left, right,
							 left_value, right_value, result);
	}
	if (text_of_anything(operator, left_value, right_value) ||
		text_of_anything(operator, right_value, left_value))
		return compare_texts(translation, node, operator, left, right,
							 left_value, right_value, result);
	if (left_rank == right_rank && left_rank >= 0)
	{
		sfm_plain_comparison(operator, left, right, compared(left_value),
							 compared(right_value), result);
		return true;
	}
	/* a text that may be a number after all */
	if (applied == APPLY_NUMERIC &&
		((left_rank == 1 && right_rank == 0 &&
		  !is_never_numeric(left, left_value)) ||
		 (right_rank == 1 && left_rank == 0 &&
		  !is_never_numeric(right, right_value))))
		return compare_with_number(translation, node, operator, left_value,
								   right_value, left_rank == 1, filter, result);
	return compare_classes(translation, node, operator, left, right,
						   left_rank, right_rank, result);
}

/* Numeric affinity on literals: a text that is a number becomes one. */
static const SfmSql *
literal_with_affinity(const SfmSql *literal, const SfmSql *other, Applied applied)
{
	SfmSql	   *number;

	if (applied != APPLY_NUMERIC || !is_text_literal(literal))
		return literal;
	number = sfm_number_in_text(literal->literal->text, true);
	if (number == NULL)
		return literal;
	/* so that it is not applied the other way round now */
	number->has_affinity = literal->has_affinity;
	number->affinity = literal->affinity;
	return number;
}

/* The same on texts of digits, beside a number. */
static const SfmSql *
digits_with_affinity(SfmTranslation *translation, const void *node,
					 const SfmSql *digits, const SfmSql *other)
{
	if (!sfm_is_digits(digits) ||
		(other->class != SFM_CLASS_INTEGER && other->class != SFM_CLASS_REAL &&
		 other->class != SFM_CLASS_NUMBER))
		return digits;
	return sfm_as_number(translation, node, unconstify(SfmSql *, digits));
}

/*
 * affinity_matters
 *		Does a comparison come out otherwise with another one of the affinities
 *		that a column of a compound may have?
 */
static bool
affinity_matters(const SfmSql *left, const SfmSql *right)
{
	const SfmSql *text = left->class == SFM_CLASS_TEXT ? left : right;
	const SfmSql *other = left->affinities != 0 ? right : left;
	int			affinities = left->affinities | right->affinities;

	if (affinities == 0 || (is_number(left) && is_number(right)) ||
		left->class == SFM_CLASS_BLOB || right->class == SFM_CLASS_BLOB)
		return false;
	/* what one side makes of both is the same */
	if (other->affinities == 0 && other->has_affinity &&
		is_numeric_affinity(other->affinity))
		return false;
	if (text->class != SFM_CLASS_TEXT)
		return true;
	if (left->class == SFM_CLASS_TEXT && right->class == SFM_CLASS_TEXT)
		return (affinities & SFM_MAY_BE_NUMERIC) != 0 &&
			!is_never_numeric(left, left) && !is_never_numeric(right, right) &&
			!sfm_is_moment_type(left->type) && !sfm_is_moment_type(right->type);
	return (affinities & SFM_MAY_BE_TEXT) != 0 || !is_never_numeric(text, text);
}

/*
 * sfm_compare_parts
 *		A comparison, taken apart.  False after sfm_refuse().
 */
bool
sfm_compare_parts(SfmTranslation *translation, const void *node,
				  SfmOperator operator, const SfmSql *left,
				  const SfmSql *right, SfmComparison *result)
{
	Applied		applied = applied_affinity(left, right);
	bool		filter = translation->filter;
	bool		done = false;

	translation->filter = false;
	memset(result, 0, sizeof(*result));
	if (left->class == SFM_CLASS_NULL || right->class == SFM_CLASS_NULL)
	{
		const SfmSql *other = left->class == SFM_CLASS_NULL ? right : left;

		if (operator != SFM_OP_IS && operator != SFM_OP_IS_NOT)
		{
			result->whole = pstrdup("NULL::boolean");
			result->atomic = true;
			return true;
		}
		result->not_null = true;
		result->atomic = other->class == SFM_CLASS_NULL;
		if (other->class == SFM_CLASS_NULL)
			result->whole = pstrdup(operator == SFM_OP_IS ? "true" : "false");
		else
		{
			result->binds = SFM_BINDS_COMPARISON;
			result->whole = psprintf("%s %s",
									 sfm_operand_of(other, SFM_BINDS_OPERATOR),
									 operator == SFM_OP_IS ? "IS NULL" :
									 "IS NOT NULL");
		}
		return true;
	}

	if (affinity_matters(left, right))
	{
		sfm_refuse(translation, node,
				   "a comparison with a column whose affinity differs between the SELECTs of a compound");
		return false;
	}
	if ((left->class == SFM_CLASS_ANY && left->json != NULL) ||
		(right->class == SFM_CLASS_ANY && right->json != NULL))
	{
		SfmSql	   *found = sfm_compare_json(translation, node, operator,
											 unconstify(SfmSql *, left),
											 unconstify(SfmSql *, right));

		result->whole = found->sql;
		result->atomic = found->atomic;
		result->not_null = found->not_null;
		return translation->problem == NULL;
	}

	left = literal_with_affinity(left, right, applied);
	right = literal_with_affinity(right, left, applied);
	if (applied == APPLY_NUMERIC)
	{
		left = digits_with_affinity(translation, node, left, right);
		right = digits_with_affinity(translation, node, right, left);
	}
	if (compare_truth_texts(translation, node, operator, left, right, result) ||
		compare_booleans(operator, left, right, result) ||
		compare_uuids(translation, operator, left, right, result))
		return true;
	if (sfm_compare_moments(translation, node, operator, left, right, result,
							&done))
		return true;
	if (done)
		return false;
	return compare_stored(translation, node, operator, left, right, filter, result);
}

/*
 * sfm_compare
 *		A comparison as an expression.
 */
SfmSql *
sfm_compare(SfmTranslation *translation, const void *node,
			SfmOperator operator, SfmSql *left, SfmSql *right)
{
	SfmComparison comparison;
	SfmSql	   *result;

	if (!sfm_compare_parts(translation, node, operator, left, right, &comparison))
		return sfm_null();
	result = sfm_make_sql(comparison.whole, comparison.atomic, BOOLOID,
						  SFM_CLASS_INTEGER);
	sfm_bind(result, comparison.binds);
	result->not_null = comparison.not_null;
	result->volatile_ = left->volatile_ || right->volatile_;
	return result;
}
