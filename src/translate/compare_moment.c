/*-------------------------------------------------------------------------
 *
 * compare_moment.c
 *	  Comparisons of dates and times that are texts in SQLite.
 *
 * SQLite compares the texts, PostgreSQL the moments.  Both give the same where
 * the texts have the same form, and where one has a date only and the other
 * goes on with a time: then the shorter text is the smaller one, and they are
 * never equal.  A fraction of a second may end in zeros, of which the moment
 * knows nothing: only what does not depend on them is translated.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/datetime.h"

#include "translate.h"

/* One side of a comparison. */
typedef struct Side
{
	const SfmSql *expression;
	const char *sql;			/* as an operand; NULL: a literal */
	Oid			type;
	SfmForm		form;			/* never UNKNOWN or NUMBER */
	const char *literal;		/* its text, or NULL */
	bool		zeros;			/* the literal's fraction ends in 0 */
} Side;

static bool
is_moment_type(Oid type)
{
	return type == TIMESTAMPOID || type == TIMESTAMPTZOID ||
		type == DATEOID || type == TIMEOID;
}

static bool
is_fraction(SfmForm form)
{
	return form == SFM_FORM_BLANK_FRACTION || form == SFM_FORM_T_FRACTION;
}

/* Date and time, with any character between them, and any fraction? */
static bool
has_both(SfmForm form)
{
	return form == SFM_FORM_BLANK || form == SFM_FORM_T || is_fraction(form);
}

static bool
is_t_form(SfmForm form)
{
	return form == SFM_FORM_T || form == SFM_FORM_T_FRACTION;
}

/* Digits of the pattern 'd', anything else as it stands. */
static bool
has_pattern(const char *text, const char *pattern)
{
	for (; *pattern != '\0'; text++, pattern++)
	{
		if (*pattern == 'd' ? *text < '0' || *text > '9' : *text != *pattern)
			return false;
	}
	return true;
}

/* Is this the text of a day that exists? */
static bool
is_date(const char *text)
{
	int			year = atoi(text);
	int			month = atoi(text + 5);
	int			day = atoi(text + 8);

	return year >= 1 && month >= 1 && month <= 12 && day >= 1 &&
		day <= day_tab[isleap(year)][month - 1];
}

/* Is this the text of a time of the day?  *fraction: what follows. */
static bool
is_time(const char *text, const char **fraction)
{
	if (!has_pattern(text, "dd:dd:dd") || atoi(text) > 23 ||
		atoi(text + 3) > 59 || atoi(text + 6) > 59)
		return false;
	*fraction = text + 8;
	return **fraction == '\0' ||
		(**fraction == '.' && (*fraction)[1] != '\0' &&
		 strspn(*fraction + 1, "0123456789") == strlen(*fraction + 1) &&
		 strlen(*fraction + 1) <= 6);
}

/*
 * literal_form
 *		How a text literal looks; OTHER if it is no moment that PostgreSQL has.
 */
static SfmForm
literal_form(const char *text, bool *zeros)
{
	const char *fraction = "";
	SfmForm		form;

	*zeros = false;
	if (is_time(text, &fraction))
		form = SFM_FORM_TIME;
	else if (!has_pattern(text, "dddd-dd-dd") || !is_date(text))
		return SFM_FORM_OTHER;
	else if (text[10] == '\0')
		form = SFM_FORM_DATE;
	else if ((text[10] == ' ' || text[10] == 'T') && is_time(text + 11, &fraction))
		form = text[10] == ' ' ?
			(*fraction == '\0' ? SFM_FORM_BLANK : SFM_FORM_BLANK_FRACTION) :
			(*fraction == '\0' ? SFM_FORM_T : SFM_FORM_T_FRACTION);
	else
		return SFM_FORM_OTHER;
	*zeros = *fraction != '\0' && fraction[strlen(fraction) - 1] == '0';
	return form;
}

/* Fills a side.  False if it is no moment whose text has a known form. */
static bool
get_side(SfmTranslation *translation, const SfmSql *expression, Side *side)
{
	memset(side, 0, sizeof(*side));
	side->expression = expression;
	if (expression->class != SFM_CLASS_TEXT)
		return false;
	if (is_moment_type(expression->type))
	{
		side->sql = sfm_operand(expression);
		side->type = expression->type;
		side->form = sfm_expression_form(translation, expression);
	}
	else if (expression->moment != NULL)
	{
		side->sql = expression->moment;
		side->type = expression->moment_type;
		side->form = expression->form;
	}
	else if (expression->literal != NULL &&
			 expression->literal->kind == SFM_LITERAL_STRING)
	{
		side->literal = expression->literal->text;
		side->form = literal_form(side->literal, &side->zeros);
		side->type = side->form == SFM_FORM_DATE ? DATEOID :
			side->form == SFM_FORM_TIME ? TIMEOID : TIMESTAMPOID;
	}
	else
		return false;
	return side->form != SFM_FORM_UNKNOWN && side->form != SFM_FORM_NUMBER;
}

/*
 * A column without values: they will look as SQLite's own functions write
 * them.
 */
static void
settle_empty(Side *side, const Side *other)
{
	if (side->form != SFM_FORM_EMPTY)
		return;
	if (side->type == DATEOID)
		side->form = SFM_FORM_DATE;
	else if (side->type == TIMEOID)
		side->form = SFM_FORM_TIME;
	else
		side->form = other->form == SFM_FORM_BLANK_FRACTION ? other->form :
			SFM_FORM_BLANK;
}

/* Is it a column without values beside what is written with a T? */
static bool
is_unlike(const Side *side, const Side *other)
{
	return side->form == SFM_FORM_EMPTY && is_t_form(other->form) &&
		side->type != DATEOID && side->type != TIMEOID;
}

/* The same, and asked whether it equals a day? */
static bool
is_unlike_day(SfmOperator operator, const Side *side, const Side *other)
{
	return side->form == SFM_FORM_EMPTY && other->form == SFM_FORM_DATE &&
		side->type != DATEOID &&
		(operator == SFM_OP_EQ || operator == SFM_OP_NE ||
		 operator == SFM_OP_IS || operator == SFM_OP_IS_NOT);
}

/*
 * side_sql
 *		A side as PostgreSQL compares it with the other one.
 */
static const char *
side_sql(const Side *side, const Side *other)
{
	if (side->literal == NULL)
	{
		/* values without an offset were read as UTC */
		if (side->type == TIMESTAMPTZOID && other->literal == NULL &&
			other->type != TIMESTAMPTZOID)
			return psprintf("(%s AT TIME ZONE 'UTC')", side->sql);
		return side->sql;
	}
	if (other->type == TIMESTAMPTZOID && other->literal == NULL)
		return quote_literal_cstr(psprintf("%s%s+00", side->literal,
										   side->type == DATEOID ? " 00:00:00" : ""));
	if (other->literal == NULL &&
		(other->type == side->type ||
		 (other->type == TIMESTAMPOID && side->type == DATEOID)))
		return side->expression->sql;
	return psprintf("%s %s", side->type == DATEOID ? "date" :
					side->type == TIMEOID ? "time" : "timestamp",
					side->expression->sql);
}

/*
 * fraction_matters
 *		One side has, or may have, a fraction: can zeros at its end make the
 *		texts compare otherwise than the moments?
 */
static bool
fraction_matters(SfmOperator operator, const Side *left, const Side *right)
{
	const Side *fraction = is_fraction(left->form) ? left : right;
	const Side *other = fraction == left ? right : left;

	/* the present moment meets no stored one exactly */
	if (left->expression->volatile_ || right->expression->volatile_)
		return false;
	/* against a column of whole seconds, a literal's fraction decides */
	if (fraction->literal != NULL && !is_fraction(other->form))
		return strspn(strrchr(fraction->literal, '.') + 1, "0") ==
			strlen(strrchr(fraction->literal, '.') + 1);
	if (other->zeros)
		return true;
	/* equal moments: the longer text is greater, or both are equal */
	return fraction == left ?
		operator != SFM_OP_LT && operator != SFM_OP_GE :
		operator != SFM_OP_GT && operator != SFM_OP_LE;
}

/* A date against date and time: the shorter text is smaller. */
static SfmOperator
prefix_operator(SfmOperator operator, bool left_is_shorter)
{
	switch (operator)
	{
		case SFM_OP_LT:
		case SFM_OP_LE:
			return left_is_shorter ? SFM_OP_LE : SFM_OP_LT;
		default:
			return left_is_shorter ? SFM_OP_GT : SFM_OP_GE;
	}
}

/*
 * compare_sides
 *		Two moments.  False after sfm_refuse().
 */
static bool
compare_sides(SfmTranslation *translation, const void *node,
			  SfmOperator operator, const Side *left, const Side *right,
			  SfmComparison *result)
{
	bool		equality = operator == SFM_OP_EQ || operator == SFM_OP_NE ||
	operator == SFM_OP_IS || operator == SFM_OP_IS_NOT;
	bool		same = left->form == right->form ||
	(has_both(left->form) && has_both(right->form) &&
	 is_t_form(left->form) == is_t_form(right->form));

	if (same)
	{
		if (is_fraction(left->form) || is_fraction(right->form))
		{
			if (is_fraction(left->form) && is_fraction(right->form) &&
				left->literal == NULL && right->literal == NULL)
				sfm_remark(translation,
						   "times with fractions of a second are compared as moments,"
						   " where SQLite compares their texts");
			else if (fraction_matters(operator, left, right))
			{
				sfm_refuse(translation, node,
						   "a comparison of times with and without a fraction of a second");
				return false;
			}
		}
	}
	else if (equality)
	{
		sfm_constant_comparison(operator,
								operator == SFM_OP_NE || operator == SFM_OP_IS_NOT,
								left->expression, right->expression, result);
		return true;
	}
	else if (left->form == SFM_FORM_DATE && has_both(right->form))
		operator = prefix_operator(operator, true);
	else if (right->form == SFM_FORM_DATE && has_both(left->form))
		operator = prefix_operator(operator, false);
	else
	{
		sfm_refuse(translation, node,
				   "a comparison of dates or times in different forms");
		return false;
	}
	sfm_plain_comparison(operator, left->expression, right->expression,
						 side_sql(left, right), side_sql(right, left), result);
	return true;
}

/* The first day of a year or month, or NULL.  Palloc'd. */
static char *
first_day(const char *text)
{
	if (has_pattern(text, "dddd") && text[4] == '\0' && atoi(text) > 0)
		return psprintf("%s-01-01", text);
	if (has_pattern(text, "dddd-dd") && text[7] == '\0' && atoi(text) > 0 &&
		atoi(text + 5) >= 1 && atoi(text + 5) <= 12)
		return psprintf("%s-01", text);
	return NULL;
}

/*
 * compare_with_other
 *		A date or time against a literal that is none, or none of the forms
 *		here: never equal if the values have a known form.
 */
static bool
compare_with_other(SfmTranslation *translation, const void *node,
				   SfmOperator operator, const Side *left, const Side *right,
				   SfmComparison *result)
{
	const Side *literal = left->literal != NULL ? left : right;
	const Side *other = literal == left ? right : left;
	SfmDatetime datetime;
	bool		literal_is_left = literal == left;
	char	   *begin;

	if (operator == SFM_OP_EQ || operator == SFM_OP_NE ||
		operator == SFM_OP_IS || operator == SFM_OP_IS_NOT)
	{
		if ((other->form != SFM_FORM_OTHER &&
			 !(other->form == SFM_FORM_EMPTY && translation->lasting &&
			   literal->literal[0] != '\0')) ||
			!sfm_parse_datetime(literal->literal, strlen(literal->literal),
								&datetime))
		{
			sfm_constant_comparison(operator,
									operator == SFM_OP_NE || operator == SFM_OP_IS_NOT,
									left->expression, right->expression, result);
			return true;
		}
	}
	else if (literal->literal[0] == '\0')
	{
		/* the empty text is smaller than all others */
		sfm_constant_comparison(operator,
								(operator == SFM_OP_GT || operator == SFM_OP_GE) !=
								literal_is_left,
								left->expression, right->expression, result);
		return true;
	}
	else if (other->form != SFM_FORM_OTHER && other->form != SFM_FORM_TIME &&
			 other->form != SFM_FORM_EMPTY &&
			 (begin = first_day(literal->literal)) != NULL)
	{
		/* the beginning of a date is smaller than all that go on with it */
		Side		day = *literal;

		day.expression = sfm_text_sql(begin);
		day.literal = begin;
		day.type = DATEOID;
		operator = prefix_operator(operator, literal_is_left);
		sfm_plain_comparison(operator, left->expression, right->expression,
							 literal_is_left ? side_sql(&day, other) :
							 side_sql(other, &day),
							 literal_is_left ? side_sql(other, &day) :
							 side_sql(&day, other), result);
		return true;
	}
	sfm_refuse(translation, node,
			   "a comparison of dates or times with a text in another form");
	return false;
}

/* Is this a moment that had to be made of a text?  Then the text is better. */
static bool
is_read_from_text(const Side *side)
{
	return side->literal == NULL && strstr(side->sql, "sqlite_timestamp") != NULL;
}

/*
 * sfm_compare_moments
 *		If a side is a date or time that was a text in SQLite, and the other
 *		one a moment as well: true with the comparison, or false with *done
 *		after sfm_refuse().  False without *done: compare as any other text.
 */
bool
sfm_compare_moments(SfmTranslation *translation, const void *node,
					SfmOperator operator, const SfmSql *left,
					const SfmSql *right, SfmComparison *result, bool *done)
{
	Side		left_side;
	Side		right_side;

	*done = false;
	if (!get_side(translation, left, &left_side) ||
		!get_side(translation, right, &right_side) ||
		(left_side.literal != NULL && right_side.literal != NULL))
		return false;
	/* expressions that have texts of their own: date() = date() */
	if (!is_moment_type(left->type) && !is_moment_type(right->type) &&
		(left_side.form != right_side.form || left_side.form == SFM_FORM_OTHER ||
		 is_fraction(left_side.form) || is_read_from_text(&left_side) ||
		 is_read_from_text(&right_side)))
		return false;

	*done = true;
	if ((left_side.literal != NULL && left_side.form == SFM_FORM_OTHER) ||
		(right_side.literal != NULL && right_side.form == SFM_FORM_OTHER))
		return compare_with_other(translation, node, operator, &left_side,
								  &right_side, result);
	if (is_unlike(&left_side, &right_side) || is_unlike(&right_side, &left_side))
	{
		sfm_refuse(translation, node,
				   "a comparison with a date or time that has no value which shows its form");
		return false;
	}
	if (translation->lasting &&
		(is_unlike_day(operator, &left_side, &right_side) ||
		 is_unlike_day(operator, &right_side, &left_side)))
	{
		sfm_refuse(translation, node,
				   "a comparison with a date or time that has no value which shows its form");
		return false;
	}
	settle_empty(&left_side, &right_side);
	settle_empty(&right_side, &left_side);
	if (left_side.form == SFM_FORM_OTHER || right_side.form == SFM_FORM_OTHER)
	{
		/* columns that are of one type need no form to be equal to themselves */
		sfm_refuse(translation, node,
				   "a comparison of dates or times whose texts have no common form");
		return false;
	}
	return compare_sides(translation, node, operator, &left_side, &right_side,
						 result);
}
