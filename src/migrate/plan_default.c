/*-------------------------------------------------------------------------
 *
 * plan_default.c
 *	  DEFAULT clauses: from the text of SQLite's to PostgreSQL's.
 *
 * A literal goes the way that a value goes: it becomes what SQLite would
 * store in the column (affinity of the declared type applied), is converted
 * to the column's PostgreSQL type by the converter that loads the column, and
 * is written out again.  So DEFAULT '5' of an INTEGER column is 5, and
 * DEFAULT 0 of a BOOLEAN column is false.
 *
 * SQLite takes a bare or double-quoted word as a string here ("CREATE TABLE",
 * section 3.2; "Quirks", section 8).  CURRENT_TIMESTAMP and its kin are text
 * in UTC, in whole seconds.  All other expressions are translated.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "sqlite/lexer.h"
#include "sqlite/syntax.h"

#include "migrate.h"

/* What SQLite would store, or which word stands for the present moment. */
typedef enum DefaultKind
{
	DEFAULT_EXPRESSION,			/* none of the following */
	DEFAULT_NULL,
	DEFAULT_VALUE,
	DEFAULT_TIMESTAMP,
	DEFAULT_DATE,
	DEFAULT_TIME
} DefaultKind;

/*
 * affinity_of
 *		The affinity of a column: that of its declared type, but for ANY, which
 *		in a STRICT table leaves values as they are ("STRICT Tables").
 */
static SfmAffinity
affinity_of(const char *declared_type, bool strict)
{
	if (strict && pg_strcasecmp(declared_type, "ANY") == 0)
		return SFM_AFFINITY_BLOB;
	return sfm_affinity(declared_type);
}

static void
set_integer(SfmValue *value, int64 integer)
{
	value->storage_class = SFM_INTEGER;
	value->integer = integer;
}

static void
set_real(SfmValue *value, double real)
{
	value->storage_class = SFM_REAL;
	value->real = real;
}

/* "text" is in the database encoding */
static void
set_text(SfmValue *value, const char *text)
{
	char	   *bytes = sfm_to_utf8(text);

	value->storage_class = SFM_TEXT;
	value->bytes = bytes;
	value->length = strlen(bytes);
}

/*
 * read_number
 *		A number: 64-bit integer if it is one and fits, else a double.
 *		"text" holds digits, and maybe a fraction and an exponent; no sign.
 */
static void
read_number(SfmValue *value, const char *text, bool negative)
{
	bool		hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	double		real;

	if (hexadecimal || strspn(text, "0123456789") == strlen(text))
	{
		uint64		magnitude;
		uint64		limit = (uint64) PG_INT64_MAX + (negative ? 1 : 0);

		errno = 0;
		magnitude = strtou64(text, NULL, hexadecimal ? 16 : 10);
		/* hexadecimal is two's complement: 0xffffffffffffffff is -1 */
		if (errno == 0 && (hexadecimal || magnitude <= limit))
		{
			set_integer(value,
						(int64) (negative ? (uint64) 0 - magnitude : magnitude));
			return;
		}
	}
	real = strtod(text, NULL);	/* infinite if too big, as in SQLite */
	set_real(value, negative ? -real : real);
}

/*
 * number_in_text
 *		If a text reads as a number for SQLite, and nothing else is in it but
 *		white space, makes the value that number.
 */
static bool
number_in_text(SfmValue *value)
{
	List	   *tokens;
	SfmToken   *token;
	bool		negative = false;
	const char *text = pnstrdup(value->bytes, value->length);

	text += strspn(text, " \t\n\v\f\r");
	if (*text == '-' || *text == '+')
		negative = *text++ == '-';
	/* a digit, or a point and a digit: no blank, comment, word or 0x */
	if (!isdigit((unsigned char) *text) && *text != '.')
		return false;
	tokens = sfm_lex(text);
	token = linitial(tokens);
	if ((token->kind != SFM_TOKEN_INTEGER && token->kind != SFM_TOKEN_FLOAT) ||
		pg_strncasecmp(text, "0x", 2) == 0 ||
		(int) strlen(token->text) != token->length ||
		text[token->length + strspn(text + token->length, " \t\n\v\f\r")] != '\0')
		return false;
	read_number(value, token->text, negative);
	return true;
}

/*
 * apply_affinity
 *		What SQLite makes of a value when it stores it in a column.
 */
static void
apply_affinity(SfmValue *value, SfmAffinity affinity)
{
	char		digits[64];

	if (affinity == SFM_AFFINITY_TEXT && value->storage_class == SFM_INTEGER)
		set_text(value, psprintf(INT64_FORMAT, (int64) value->integer));
	else if (affinity == SFM_AFFINITY_TEXT && value->storage_class == SFM_REAL)
	{
		/* SQLite's own form, with a point in it */
		sqlite3_snprintf(sizeof(digits), digits, "%!.15g", value->real);
		set_text(value, pstrdup(digits));
	}
	if (affinity == SFM_AFFINITY_TEXT || affinity == SFM_AFFINITY_BLOB)
		return;

	if (value->storage_class == SFM_TEXT)
		(void) number_in_text(value);
	if (affinity == SFM_AFFINITY_REAL)
	{
		if (value->storage_class == SFM_INTEGER)
			set_real(value, (double) value->integer);
	}
	else if (value->storage_class == SFM_REAL &&
			 value->real > -9.2e18 && value->real < 9.2e18 &&
			 value->real == floor(value->real))
		set_integer(value, (int64) value->real);
}

/* The bytes of a blob literal. */
static void
read_blob(SfmValue *value, const char *digits)
{
	size_t		length = strlen(digits) / 2;
	char	   *bytes = palloc(length + 1);

	(void) hex_decode(digits, length * 2, bytes);
	bytes[length] = '\0';
	value->storage_class = SFM_BLOB;
	value->bytes = bytes;
	value->length = length;
}

/* A word, bare or in double quotes: a string, or TRUE or FALSE. */
static void
read_word(SfmValue *value, const SfmName *name)
{
	if (name->quote == SFM_QUOTE_NONE && pg_strcasecmp(name->text, "TRUE") == 0)
		set_integer(value, 1);
	else if (name->quote == SFM_QUOTE_NONE &&
			 pg_strcasecmp(name->text, "FALSE") == 0)
		set_integer(value, 0);
	else
		set_text(value, name->text);
}

/*
 * read_literal
 *		What a literal is.  A sign stands before a number only.
 */
static DefaultKind
read_literal(const SfmLiteral *literal, bool negative, SfmValue *value)
{
	switch (literal->kind)
	{
		case SFM_LITERAL_NULL:
			return DEFAULT_NULL;
		case SFM_LITERAL_INTEGER:
		case SFM_LITERAL_FLOAT:
			read_number(value, literal->text, negative);
			return DEFAULT_VALUE;
		case SFM_LITERAL_STRING:
			set_text(value, literal->text);
			return DEFAULT_VALUE;
		case SFM_LITERAL_BLOB:
			read_blob(value, literal->text);
			return DEFAULT_VALUE;
		case SFM_LITERAL_CURRENT_TIMESTAMP:
			return DEFAULT_TIMESTAMP;
		case SFM_LITERAL_CURRENT_DATE:
			return DEFAULT_DATE;
		case SFM_LITERAL_CURRENT_TIME:
			return DEFAULT_TIME;
	}
	return DEFAULT_EXPRESSION;
}

/*
 * read_call
 *		datetime('now'), date('now') and time('now') say what CURRENT_TIMESTAMP
 *		and its kin say.
 */
static DefaultKind
read_call(const SfmCall *call)
{
	const SfmLiteral *argument;

	if (list_length(call->arguments) > 1 || call->star || call->distinct ||
		call->over != NULL || call->filter != NULL)
		return DEFAULT_EXPRESSION;
	if (call->arguments != NIL)
	{
		argument = linitial(call->arguments);
		if (argument->node.kind != SFM_NODE_LITERAL ||
			argument->kind != SFM_LITERAL_STRING ||
			pg_strcasecmp(argument->text, "now") != 0)
			return DEFAULT_EXPRESSION;
	}
	if (pg_strcasecmp(call->name->text, "datetime") == 0)
		return DEFAULT_TIMESTAMP;
	if (pg_strcasecmp(call->name->text, "date") == 0)
		return DEFAULT_DATE;
	if (pg_strcasecmp(call->name->text, "time") == 0)
		return DEFAULT_TIME;
	return DEFAULT_EXPRESSION;
}

/*
 * read_default
 *		What a DEFAULT is.
 */
static DefaultKind
read_default(const SfmNode *node, SfmValue *value)
{
	const SfmUnary *unary = (const SfmUnary *) node;
	const SfmColumnRef *reference = (const SfmColumnRef *) node;

	switch (node->kind)
	{
		case SFM_NODE_LITERAL:
			return read_literal((const SfmLiteral *) node, false, value);
		case SFM_NODE_UNARY:
			if ((unary->operator == SFM_OP_NEGATE ||
				 unary->operator == SFM_OP_PLUS) &&
				unary->operand->kind == SFM_NODE_LITERAL)
			{
				const SfmLiteral *literal = (const SfmLiteral *) unary->operand;

				if (literal->kind == SFM_LITERAL_INTEGER ||
					literal->kind == SFM_LITERAL_FLOAT)
					return read_literal(literal,
										unary->operator == SFM_OP_NEGATE,
										value);
			}
			return DEFAULT_EXPRESSION;
		case SFM_NODE_COLUMN_REF:
			if (reference->table != NULL)
				return DEFAULT_EXPRESSION;
			read_word(value, reference->column);
			return DEFAULT_VALUE;
		case SFM_NODE_CALL:
			return read_call((const SfmCall *) node);
		default:
			return DEFAULT_EXPRESSION;
	}
}

/*
 * constant_clause
 *		A Datum as a literal.  Numbers, booleans and texts look as people
 *		write them.
 */
static char *
constant_clause(const SfmMappedColumn *column, Datum datum)
{
	Oid			output;
	bool		is_varlena;
	char	   *text;
	bool		is_number = false;

	getTypeOutputInfo(column->type, &output, &is_varlena);
	text = OidOutputFunctionCall(output, datum);
	switch (column->type)
	{
		case BOOLOID:
			return pstrdup(DatumGetBool(datum) ? "true" : "false");
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case FLOAT4OID:
		case FLOAT8OID:
		case NUMERICOID:
			/* not NaN, not Infinity */
			is_number = isdigit((unsigned char) text[text[0] == '-' ? 1 : 0]);
			break;
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			return quote_literal_cstr(text);
		default:
			if (sfm_is_citext(column->type))
				return quote_literal_cstr(text);
			break;
	}
	if (is_number)
		return text;
	return psprintf("%s::%s", quote_literal_cstr(text),
					sfm_type_name(column->type, column->typmod));
}

/*
 * value_clause
 *		A literal of SQLite as a literal of the column's type, or NULL and a
 *		note if the type cannot hold it.
 */
static char *
value_clause(const SfmMappedTable *table, const SfmMappedColumn *column,
			 SfmValue *value, char **note)
{
	SfmConverter *converter = palloc0_object(SfmConverter);
	Datum		datum;

	apply_affinity(value, affinity_of(column->source->declared_type,
									  table->source->strict));
	sfm_converter_init(converter, column->type, column->typmod, column->epoch);
	if (sfm_convert(converter, value, &datum))
		return constant_clause(column, datum);
	*note = psprintf("default %s is left out, for type %s does not hold it%s%s",
					 column->source->default_sql,
					 sfm_type_name(column->type, column->typmod),
					 converter->reason != NULL ? ": " : "",
					 converter->reason != NULL ? converter->reason : "");
	return NULL;
}

/*
 * moment_clause
 *		CURRENT_TIMESTAMP, CURRENT_DATE or CURRENT_TIME of SQLite: UTC, whole
 *		seconds.  NULL if there is nothing like it in the column's type.
 */
static char *
moment_clause(DefaultKind kind, Oid type)
{
	static const char *const utc = "CURRENT_TIMESTAMP AT TIME ZONE 'UTC'";
	const char *unit = kind == DEFAULT_DATE ? "day" : "second";
	const char *format = kind == DEFAULT_DATE ? "YYYY-MM-DD" :
	kind == DEFAULT_TIME ? "HH24:MI:SS" : "YYYY-MM-DD HH24:MI:SS";

	if (sfm_is_citext(type))
		type = TEXTOID;
	switch (type)
	{
		case TEXTOID:
		case VARCHAROID:
		case BPCHAROID:
			return psprintf("pg_catalog.to_char(%s, '%s')", utc, format);
		case TIMEOID:
			if (kind == DEFAULT_DATE)
				return NULL;
			return psprintf("(pg_catalog.date_trunc('second', %s)::pg_catalog.time)", utc);
		case DATEOID:
			if (kind == DEFAULT_TIME)
				return NULL;
			return psprintf("((%s)::pg_catalog.date)", utc);
		case TIMESTAMPOID:
			if (kind == DEFAULT_TIME)
				return NULL;
			return psprintf("pg_catalog.date_trunc('%s', %s)", unit, utc);
		case TIMESTAMPTZOID:
			if (kind == DEFAULT_TIME)
				return NULL;
			if (kind == DEFAULT_TIMESTAMP)
				return pstrdup("pg_catalog.date_trunc('second', CURRENT_TIMESTAMP)");
			return psprintf("(pg_catalog.date_trunc('day', %s) AT TIME ZONE 'UTC')",
							utc);
		default:
			return NULL;
	}
}

/*
 * expression_clause
 *		An expression in PostgreSQL's words, or NULL and a note.
 */
static char *
expression_clause(SfmPlan *plan, SfmMappedTable *table,
				  const SfmMappedColumn *column, const SfmNode *node,
				  char **note)
{
	const char *sql = column->source->default_sql;
	SfmTranslation *translation = sfm_plan_translation(plan, table->serverid,
													   sql);
	SfmRelation *relation = sfm_plan_relation(translation, table);
	SfmScope   *scope = palloc0_object(SfmScope);
	SfmSql	   *value = sfm_translate_expression(translation, scope, node);
	int			place = column->source - table->source->columns;
	char	   *clause = NULL;
	char	   *problem;

	if (translation->problem == NULL)
		value = sfm_as_column(translation, node, value,
							  &relation->columns[place]);
	problem = translation->problem;
	if (problem == NULL)
	{
		clause = psprintf("(%s)", value->sql);
		if (sfm_try_statement(plan, list_make1(relation),
							  psprintf("ALTER TABLE %s ALTER COLUMN %s SET DEFAULT %s",
									   sfm_target_name(plan, table->name),
									   quote_identifier(column->name),
									   clause), &problem))
		{
			*note = sfm_plan_remarks(translation);
			if (*note != NULL)
				*note = psprintf("default %s: %s", sql, *note);
			return clause;
		}
	}
	*note = psprintf("default is left out, for %s: %s", problem, sql);
	return NULL;
}

/*
 * sfm_default_clause
 *		What follows DEFAULT for a column whose SQLite column has one.  NULL
 *		if there is nothing to say; then *note may tell why.  Palloc'd.
 */
char *
sfm_default_clause(SfmPlan *plan, SfmMappedTable *table,
				   const SfmMappedColumn *column, char **note)
{
	SfmValue	value = {0};
	char	   *problem;
	SfmNode    *node = sfm_parse_expression(column->source->default_sql,
											&problem);
	DefaultKind kind;
	char	   *clause;

	if (node == NULL)
	{
		*note = psprintf("default %s: %s", problem,
						 column->source->default_sql);
		return NULL;
	}
	kind = read_default(node, &value);
	switch (kind)
	{
		case DEFAULT_NULL:
			return NULL;
		case DEFAULT_VALUE:
			return value_clause(table, column, &value, note);
		case DEFAULT_TIMESTAMP:
		case DEFAULT_DATE:
		case DEFAULT_TIME:
			clause = moment_clause(kind, getBaseType(column->type));
			if (clause != NULL)
				return clause;
			break;
		default:
			break;
	}
	return expression_clause(plan, table, column, node, note);
}
