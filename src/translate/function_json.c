/*-------------------------------------------------------------------------
 *
 * function_json.c
 *	  Calls of SQLite's JSON functions, -> and ->>, and comparisons of what
 *	  they find.
 *
 * A document is a column that became jsonb, or a text.  json_extract() gives
 * a number, a text, or the text of an object or array, as it finds them: class
 * ANY, as text (sqlite_json_extract()).  How it compares depends on what it
 * is, so that the same value goes along as jsonb (SfmSql.json), reached by
 * PostgreSQL's "->": with a text it looks into objects only, with an integer
 * into arrays only, as SQLite's paths do.
 *
 * Functions that make JSON make text without blanks, as SQLite does; those
 * that change a document, and "->", give jsonb.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <ctype.h>
#include <sqlite3.h>

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "call.h"

/* One step of a path: a key, or the place in an array. */
typedef struct PathStep
{
	char	   *key;			/* NULL: a place */
	int			place;			/* negative: from the end */
} PathStep;

/* ------------------------------------------------------------------------
 * Paths and documents
 * ------------------------------------------------------------------------
 */

/*
 * parse_path
 *		A path as a list of PathStep *; false if it is not well formed, or has
 *		something in it that versions of SQLite read in different ways.
 */
static bool
parse_path(const char *path, List **steps)
{
	*steps = NIL;
	if (*path++ != '$')
		return false;
	while (*path != '\0')
	{
		PathStep   *step = palloc0(sizeof(PathStep));
		size_t		length;

		if (*path == '.')
		{
			bool		quoted = *++path == '"';

			if (quoted)
				path++;
			length = strcspn(path, quoted ? "\"\\" : ".[\"\\");
			if (length == 0 || (quoted ? path[length] != '"' :
								path[length] == '"' || path[length] == '\\'))
				return false;
			step->key = pnstrdup(path, length);
			path += length + (quoted ? 1 : 0);
		}
		else if (*path == '[')
		{
			bool		from_end = strncmp(++path, "#-", 2) == 0;

			if (from_end)
				path += 2;
			length = strspn(path, "0123456789");
			if (length == 0 || length > 8 || path[length] != ']')
				return false;
			step->place = atoi(path);
			if (from_end && step->place == 0)
				return false;
			if (from_end)
				step->place = -step->place;
			path += length + 1;
		}
		else
			return false;
		*steps = lappend(*steps, step);
	}
	return true;
}

/* A key that PostgreSQL takes for a place if it finds an array. */
static bool
is_place(const char *key)
{
	key += *key == '-' || *key == '+';
	return isdigit((unsigned char) *key);
}

/* Argument: the document as text or jsonb, for the compatibility functions. */
static char *
document(SfmTranslation *translation, const void *node, SfmSql *argument)
{
	if (argument->type == JSONBOID)
		return argument->sql;
	return sfm_cast_sql(sfm_as_text(translation, node, argument), TEXTOID);
}

/* The document as jsonb; atomic. */
static char *
document_jsonb(SfmTranslation *translation, const void *node, SfmSql *argument)
{
	if (argument->type == JSONBOID)
		return pstrdup(sfm_operand(argument));
	return psprintf("%s::jsonb",
					sfm_operand(sfm_as_text(translation, node, argument)));
}

/*
 * find_jsonb
 *		"document -> 'a' -> 'b'": what is found there, as jsonb; not atomic.
 *		For the operator, a scalar is an array of one member; so a path with
 *		places is one of jsonpath.
 */
static char *
find_jsonb(const char *jsonb, const List *steps)
{
	StringInfoData sql;
	StringInfoData path;
	bool		places = false;
	ListCell   *cell;

	initStringInfo(&sql);
	initStringInfo(&path);
	appendStringInfoString(&sql, jsonb);
	appendStringInfoString(&path, "strict $");
	foreach(cell, steps)
	{
		const PathStep *step = lfirst(cell);

		if (step->key != NULL)
		{
			appendStringInfo(&sql, " -> %s", quote_literal_cstr(step->key));
			appendStringInfoChar(&path, '.');
			escape_json(&path, step->key);
			continue;
		}
		places = true;
		if (step->place >= 0)
			appendStringInfo(&path, "[%d]", step->place);
		else if (step->place == -1)
			appendStringInfoString(&path, "[last]");
		else
			appendStringInfo(&path, "[last - %d]", -1 - step->place);
	}
	if (!places)
		return sql.data;
	return psprintf("jsonb_path_query_first(%s, %s, '{}', true)", jsonb,
					quote_literal_cstr(path.data));
}

/* What json_extract() and ->> find at a path that is known. */
static SfmSql *
extracted(SfmTranslation *translation, const void *node, SfmSql *argument,
		  const char *path, const List *steps)
{
	SfmSql	   *result;

	result = sfm_make_sql(psprintf("%s(%s, %s)",
								   sfm_compat_function(translation, "sqlite_json_extract"),
								   document(translation, node, argument),
								   quote_literal_cstr(path)),
						  true, TEXTOID, SFM_CLASS_ANY);
	result->json = psprintf("NULLIF(%s, 'null'::jsonb)",
							find_jsonb(document_jsonb(translation, node, argument),
									   steps));
	result->volatile_ = argument->volatile_;
	return result;
}

/* jsonb where SQLite has the text of JSON */
static SfmSql *
jsonb_result(char *sql, bool atomic)
{
	SfmSql	   *result = sfm_make_sql(sql, atomic, JSONBOID, SFM_CLASS_TEXT);

	result->is_json = true;
	return result;
}

/*
 * sfm_translate_arrow
 *		document -> path and document ->> path; the path may be a key or a
 *		place alone.
 */
SfmSql *
sfm_translate_arrow(SfmTranslation *translation, SfmScope *scope,
					const SfmBinary *node)
{
	SfmSql	   *left = sfm_translate_expression(translation, scope, node->left);
	SfmSql	   *right = sfm_translate_expression(translation, scope, node->right);
	const char *path = sfm_constant_text(right);
	int64		place;
	List	   *steps;

	if (translation->problem != NULL || left->class == SFM_CLASS_NULL ||
		right->class == SFM_CLASS_NULL)
		return sfm_null();
	if (sfm_constant_integer(right, &place) && place >= 0 && place < 100000000)
		path = psprintf("$[" INT64_FORMAT "]", place);
	else if (path != NULL && path[0] != '$')
	{
		size_t		length = strspn(path, "abcdefghijklmnopqrstuvwxyz"
									"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

		/* a key with anything else in it differs from version to version */
		if (path[length] != '\0' || is_place(path))
			path = NULL;
		else
			path = psprintf("$.%s", path);
	}
	if (path == NULL || !parse_path(path, &steps))
	{
		sfm_refuse(translation, node, "a JSON path that is no simple literal");
		return sfm_null();
	}
	if (node->operator == SFM_OP_ARROW_TEXT)
		return extracted(translation, node, left, path, steps);
	return jsonb_result(find_jsonb(document_jsonb(translation, node, left), steps),
						false);
}

/* json_extract(document, path, ...): an array of all if there are several */
SfmSql *
sfm_call_json_extract(SfmCallState *call)
{
	const char *path = sfm_constant_text(call->arguments[1]);
	StringInfoData sql;
	List	   *steps;
	SfmSql	   *result;

	if (call->n == 2 && path != NULL && parse_path(path, &steps))
	{
		result = extracted(call->translation, call->node, call->arguments[0],
						   path, steps);
		result->is_json = true;
		return result;
	}
	initStringInfo(&sql);
	appendStringInfo(&sql, "%s(%s", sfm_call_compat(call, "sqlite_json_extract"),
					 document(call->translation, call->node, call->arguments[0]));
	for (int i = 1; i < call->n; i++)
		appendStringInfo(&sql, ", %s", sfm_call_text(call, i));
	appendStringInfoChar(&sql, ')');
	result = sfm_make_sql(sql.data, true, TEXTOID,
						  call->n == 2 ? SFM_CLASS_ANY : SFM_CLASS_TEXT);
	result->is_json = call->n > 2;
	return result;
}

/* ------------------------------------------------------------------------
 * Functions that look at a document
 * ------------------------------------------------------------------------
 */

/* "function(document[, path])" */
static char *
look(SfmCallState *call, const char *function)
{
	return psprintf("%s(%s%s%s)", sfm_call_compat(call, function),
					document(call->translation, call->node, call->arguments[0]),
					call->n == 2 ? ", " : "",
					call->n == 2 ? sfm_cast_sql(sfm_as_text(call->translation, call->node,
															call->arguments[1]), TEXTOID) : "");
}

SfmSql *
sfm_call_json_type(SfmCallState *call)
{
	return sfm_make_sql(look(call, "sqlite_json_type"), true, TEXTOID,
						SFM_CLASS_TEXT);
}

SfmSql *
sfm_call_json_array_length(SfmCallState *call)
{
	return sfm_make_sql(look(call, "sqlite_json_array_length"), true, INT8OID,
						SFM_CLASS_INTEGER);
}

/*
 * sfm_call_json_valid
 *		json_valid(x): what is in a jsonb column is valid.  For NULL the answer
 *		depends on SQLite's version; sqlite_json_valid() asks the library.
 */
SfmSql *
sfm_call_json_valid(SfmCallState *call)
{
	SfmSql	   *argument = call->arguments[0];
	SfmSql	   *result;

	if (call->n == 2)
		return sfm_call_refused(call, "a second argument");
	if (argument->type == JSONBOID || argument->type == JSONOID)
	{
		if (argument->not_null)
			return sfm_truth_sql(true);
		result = sfm_make_sql(psprintf("%s(%s::text)",
									   sfm_call_compat(call, "sqlite_json_valid"),
									   sfm_operand(argument)),
							  true, BOOLOID, SFM_CLASS_INTEGER);
		return result;
	}
	if (argument->class != SFM_CLASS_TEXT)
		return sfm_call_refused(call, "an argument that is no text");
	result = sfm_make_sql(psprintf("%s(%s)",
								   sfm_call_compat(call, "sqlite_json_valid"),
								   sfm_call_text(call, 0)),
						  true, BOOLOID, SFM_CLASS_INTEGER);
	result->not_null = argument->not_null;
	return result;
}

/* ------------------------------------------------------------------------
 * Functions that make JSON
 * ------------------------------------------------------------------------
 */

/*
 * sfm_json_element
 *		Argument i as the text of JSON that stands for it; never NULL.
 */
char *
sfm_json_element(SfmCallState *call, int i)
{
	SfmSql	   *value = call->arguments[i];
	char	   *sql;

	if (value->class == SFM_CLASS_NULL)
		return pstrdup("'null'");
	if (value->class == SFM_CLASS_ANY && value->json != NULL)
	{
		if (!value->is_json && call->translation->immutable)
			sfm_call_refused(call, "what ->> has found, in an expression that must be immutable");
		/* numbers as SQLite writes them; objects only of json_extract() as JSON */
		sql = psprintf("CASE jsonb_typeof(%s) WHEN 'number' THEN %s WHEN 'boolean' THEN %s"
					   " WHEN 'string' THEN (%s)::text ELSE %s END",
					   value->json, value->sql, value->sql, value->json,
					   value->is_json ? value->sql :
					   psprintf("to_json(%s)::text", sfm_operand(value)));
	}
	else if (value->is_json && value->type == JSONBOID)
		/* without the blanks that jsonb's own text has */
		sql = psprintf("CASE WHEN jsonb_typeof(%s) IN ('object', 'array') THEN %s(%s, '$') ELSE %s::text END",
					   value->sql, sfm_call_compat(call, "sqlite_json_extract"),
					   value->sql, sfm_operand(value));
	else if (value->is_json)
		sql = pstrdup(sfm_call_text(call, i));
	else if (value->class == SFM_CLASS_TEXT)
	{
		if (call->translation->immutable)
			sfm_call_refused(call, "a text, in an expression that must be immutable");
		sql = psprintf("to_json(%s)::text",
					   sfm_cast_sql(sfm_as_text(call->translation, call->node,
												value), TEXTOID));
	}
	else if (value->class == SFM_CLASS_INTEGER ||
			 value->class == SFM_CLASS_REAL || value->class == SFM_CLASS_NUMBER)
		sql = sfm_cast_sql(sfm_as_text(call->translation, call->node, value),
						   TEXTOID);
	else
	{
		sfm_call_refused(call, "a value whose storage class is not known, or a BLOB");
		return pstrdup("'null'");
	}
	return value->not_null ? sql : psprintf("COALESCE(%s, 'null')", sql);
}

static SfmSql *
json_text(char *sql)
{
	SfmSql	   *result = sfm_make_sql(sql, true, TEXTOID, SFM_CLASS_TEXT);

	result->is_json = true;
	result->not_null = true;
	return result;
}

/* json_array(value, ...) */
SfmSql *
sfm_call_json_array(SfmCallState *call)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "('['");
	for (int i = 0; i < call->n; i++)
		appendStringInfo(&sql, " || %s%s", i == 0 ? "" : "',' || ",
						 sfm_json_element(call, i));
	appendStringInfoString(&sql, " || ']')");
	return json_text(sql.data);
}

/* json_object(name, value, ...) */
SfmSql *
sfm_call_json_object(SfmCallState *call)
{
	StringInfoData sql;

	if (call->n % 2 != 0)
		return sfm_call_refused(call, "a name without a value");
	initStringInfo(&sql);
	appendStringInfoString(&sql, "('{'");
	for (int i = 0; i < call->n; i += 2)
	{
		const char *name = sfm_constant_text(call->arguments[i]);

		appendStringInfoString(&sql, i == 0 ? " || " : " || ',' || ");
		if (call->arguments[i]->class != SFM_CLASS_TEXT)
			return sfm_call_refused(call, "a name that is no text");
		if (name != NULL)
		{
			StringInfoData quoted;

			initStringInfo(&quoted);
			escape_json(&quoted, name);
			appendStringInfoString(&sql, quote_literal_cstr(psprintf("%s:", quoted.data)));
		}
		else
			appendStringInfo(&sql, "%s || ':'", sfm_json_element(call, i));
		appendStringInfo(&sql, " || %s", sfm_json_element(call, i + 1));
	}
	appendStringInfoString(&sql, " || '}')");
	return json_text(sql.data);
}

SfmSql *
sfm_call_json_quote(SfmCallState *call)
{
	char	   *element = sfm_json_element(call, 0);

	return json_text(psprintf("(%s)", element));
}

/* json(x): x itself, without blanks */
SfmSql *
sfm_call_json(SfmCallState *call)
{
	SfmSql	   *result;

	if (call->arguments[0]->class != SFM_CLASS_TEXT)
		return sfm_call_refused(call, "an argument that is no text");
	result = jsonb_result(document_jsonb(call->translation, call->node,
										 call->arguments[0]), true);
	result->not_null = call->arguments[0]->not_null;
	return result;
}

/* ------------------------------------------------------------------------
 * Functions that change a document
 * ------------------------------------------------------------------------
 */

/* A path of keys only, as an array literal; NULL if it is something else. */
static char *
key_path(SfmCallState *call, int i, List **steps)
{
	const char *path = sfm_constant_text(call->arguments[i]);
	StringInfoData sql;
	ListCell   *cell;

	if (path == NULL || !parse_path(path, steps) || *steps == NIL)
		return NULL;
	initStringInfo(&sql);
	foreach(cell, *steps)
	{
		const PathStep *step = lfirst(cell);

		if (step->key == NULL || is_place(step->key))
			return NULL;
		/* no quote and no backslash is in it: see parse_path() */
		appendStringInfo(&sql, "%s\"%s\"", sql.len == 0 ? "{" : ",", step->key);
	}
	appendStringInfoChar(&sql, '}');
	return quote_literal_cstr(sql.data);
}

/*
 * sfm_call_json_change
 *		json_set(), json_insert(), json_replace().  Those that create make all
 *		objects on the way, which jsonb_set() does not: then one key only.
 */
SfmSql *
sfm_call_json_change(SfmCallState *call)
{
	bool		replace = strcmp(call->function->detail, "replace") == 0;
	bool		insert = strcmp(call->function->detail, "insert") == 0;
	char	   *sql = document_jsonb(call->translation, call->node,
									 call->arguments[0]);
	SfmSql	   *result;

	if (call->n % 2 == 0)
		return sfm_call_refused(call, "a path without a value");
	if (call->arguments[0]->class == SFM_CLASS_NULL)
		return sfm_null();
	for (int i = 1; i < call->n; i += 2)
	{
		List	   *steps;
		char	   *path = key_path(call, i, &steps);
		char	   *value;

		if (path == NULL || (!replace && list_length(steps) != 1))
			return sfm_call_refused(call, "a path that is no literal of keys");
		value = psprintf("(%s)::jsonb", sfm_json_element(call, i + 1));
		if (insert && i > 1)
			return sfm_call_refused(call, "more than one path");
		if (insert)
			sql = psprintf("CASE WHEN %s ? %s THEN %s ELSE jsonb_set(%s, %s, %s) END",
						   sql,
						   quote_literal_cstr(((PathStep *) linitial(steps))->key),
						   sql, sql, path, value);
		else
			sql = psprintf("jsonb_set(%s, %s, %s%s)", sql, path, value,
						   replace ? ", false" : "");
	}
	result = jsonb_result(sql, true);
	result->not_null = call->arguments[0]->not_null;
	return result;
}

/* json_remove(document, path, ...) */
SfmSql *
sfm_call_json_remove(SfmCallState *call)
{
	char	   *sql = document_jsonb(call->translation, call->node,
									 call->arguments[0]);
	SfmSql	   *result;

	if (call->arguments[0]->class == SFM_CLASS_NULL)
		return sfm_null();
	for (int i = 1; i < call->n; i++)
	{
		List	   *steps;
		char	   *path = key_path(call, i, &steps);

		if (path == NULL)
			return sfm_call_refused(call, "a path that is no literal of keys");
		sql = psprintf("%s #- %s", sql, path);
	}
	result = jsonb_result(sql, false);
	result->not_null = call->arguments[0]->not_null;
	return result;
}

/* ------------------------------------------------------------------------
 * Comparisons of what json_extract() has found
 * ------------------------------------------------------------------------
 */

static const char *
operator_sql(SfmOperator operator)
{
	switch (operator)
	{
		case SFM_OP_NE:
			return "<>";
		case SFM_OP_LT:
			return "<";
		case SFM_OP_LE:
			return "<=";
		case SFM_OP_GT:
			return ">";
		case SFM_OP_GE:
			return ">=";
		default:
			return "=";
	}
}

/* a < b is b > a */
static SfmOperator
turned(SfmOperator operator)
{
	switch (operator)
	{
		case SFM_OP_LT:
			return SFM_OP_GT;
		case SFM_OP_LE:
			return SFM_OP_GE;
		case SFM_OP_GT:
			return SFM_OP_LT;
		case SFM_OP_GE:
			return SFM_OP_LE;
		default:
			return operator;
	}
}

/* Any text is greater than any number. */
static const char *
text_against_number(SfmOperator operator)
{
	return operator == SFM_OP_GT || operator == SFM_OP_GE ||
		operator == SFM_OP_NE ? "true" : "false";
}

static const char *
number_against_text(SfmOperator operator)
{
	return operator == SFM_OP_LT || operator == SFM_OP_LE ||
		operator == SFM_OP_NE ? "true" : "false";
}

/* found = number; true and false are 1 and 0 */
static char *
compare_number(SfmTranslation *translation, SfmOperator operator,
			   const SfmSql *left, const SfmSql *number)
{
	const char *sign = operator_sql(operator);
	const char *text = text_against_number(operator);
	int64		integer;

	if (!number->has_affinity && sfm_constant_integer(number, &integer) &&
		(operator == SFM_OP_EQ || operator == SFM_OP_NE))
	{
		if (integer == 0 || integer == 1)
			return psprintf("%s %sIN ('%d'::jsonb, '%s'::jsonb)", left->json,
							operator == SFM_OP_NE ? "NOT " : "", (int) integer,
							integer == 1 ? "true" : "false");
		return psprintf("%s %s '" INT64_FORMAT "'::jsonb", left->json, sign,
						integer);
	}
	/* a column with numeric affinity makes numbers of texts that are some */
	if (number->has_affinity && number->affinity != SFM_AFFINITY_BLOB &&
		number->affinity != SFM_AFFINITY_TEXT)
		text = psprintf("CASE WHEN %s ~ '^[ \\t\\n\\v\\f\\r]*[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?[ \\t\\n\\v\\f\\r]*$' THEN %s(%s) %s %s ELSE %s END",
						left->sql,
						sfm_compat_function(translation, "sqlite_numeric"),
						left->sql, sign, sfm_operand(number), text);
	return psprintf("CASE jsonb_typeof(%s) WHEN 'number' THEN (%s)::numeric %s %s"
					" WHEN 'boolean' THEN (%s)::boolean::integer %s %s"
					" WHEN 'string' THEN %s WHEN 'object' THEN %s WHEN 'array' THEN %s END",
					left->json, left->json, sign, sfm_operand(number),
					left->json, sign, sfm_operand(number),
					text, text_against_number(operator),
					text_against_number(operator));
}

/* found = text; a column with TEXT affinity makes texts of numbers */
static char *
compare_text(SfmTranslation *translation, const void *node,
			 SfmOperator operator, const SfmSql *left, SfmSql *text)
{
	const char *constant = sfm_constant_text(text);
	SfmSql	   *as_text;
	char	   *comparison;

	if (constant != NULL && !text->has_affinity &&
		(operator == SFM_OP_EQ || operator == SFM_OP_NE) &&
		constant[0] != '{' && constant[0] != '[' &&
		left->collation_strength == 0 && text->collation_strength == 0)
	{
		StringInfoData quoted;

		initStringInfo(&quoted);
		escape_json(&quoted, constant);
		return psprintf("%s %s %s::jsonb", left->json, operator_sql(operator),
						quote_literal_cstr(quoted.data));
	}
	as_text = sfm_plain_copy(left);
	as_text->class = SFM_CLASS_TEXT;
	as_text->json = NULL;
	as_text->has_affinity = false;
	as_text->collation = left->collation;
	as_text->collation_strength = left->collation_strength;
	comparison = sfm_compare(translation, node, operator, as_text, text)->sql;
	if (text->has_affinity && text->affinity == SFM_AFFINITY_TEXT)
		return comparison;
	return psprintf("CASE WHEN jsonb_typeof(%s) IN ('number', 'boolean') THEN %s ELSE %s END",
					left->json, number_against_text(operator), comparison);
}

/*
 * sfm_compare_json
 *		"left operator right" where one side is what json_extract() or ->> has
 *		found at a path that is known, and has "json".
 */
SfmSql *
sfm_compare_json(SfmTranslation *translation, const void *node,
				 SfmOperator operator, SfmSql *left, SfmSql *right)
{
	bool		is = operator == SFM_OP_IS || operator == SFM_OP_IS_NOT;
	SfmOperator plain = operator == SFM_OP_IS ? SFM_OP_EQ :
		operator == SFM_OP_IS_NOT ? SFM_OP_NE : operator;
	SfmSql	   *result;
	char	   *sql;

	if (left->class != SFM_CLASS_ANY || left->json == NULL)
	{
		SfmSql	   *swap = left;

		left = right;
		right = swap;
		plain = turned(plain);
	}
	if (right->class == SFM_CLASS_NULL)
		return !is ? sfm_null() :
			sfm_make_sql(psprintf("%s IS %sNULL", sfm_operand(left),
								  operator == SFM_OP_IS ? "" : "NOT "),
						 false, BOOLOID, SFM_CLASS_INTEGER);
	switch (right->class)
	{
		case SFM_CLASS_INTEGER:
		case SFM_CLASS_REAL:
		case SFM_CLASS_NUMBER:
			if (right->literal == NULL || right->type == BOOLOID)
			{
				SfmSql	   *number = sfm_plain_copy(sfm_as_number(translation, node, right));

				number->has_affinity = right->has_affinity;
				number->affinity = right->affinity;
				right = number;
			}
			sql = compare_number(translation, plain, left, right);
			break;
		case SFM_CLASS_TEXT:
			sql = compare_text(translation, node, plain, left, right);
			break;
		default:
			sfm_refuse(translation, node,
					   "a comparison of two values whose storage classes are not known");
			return sfm_null();
	}
	/* beside NULL no branch knows an answer, also those for texts and lists */
	if (!is && !right->not_null && right->literal == NULL)
		sql = psprintf("CASE WHEN %s IS NOT NULL THEN %s END",
					   sfm_operand(right), sql);
	if (is)
		sql = right->not_null ?
			psprintf("(%s) IS %s", sql, operator == SFM_OP_IS ? "TRUE" : "NOT FALSE") :
			psprintf("CASE WHEN %s IS NULL OR %s IS NULL THEN (%s IS NULL) %s (%s IS NULL) ELSE %s END",
					 sfm_operand(left), sfm_operand(right), sfm_operand(left),
					 operator == SFM_OP_IS ? "AND" : "<>", sfm_operand(right), sql);
	result = sfm_make_sql(sql, false, BOOLOID, SFM_CLASS_INTEGER);
	result->not_null = is;
	return result;
}

/*
 * sfm_json_condition
 *		The same as a condition: a number other than 0, or a text that begins
 *		with one.
 */
SfmSql *
sfm_json_condition(SfmTranslation *translation, const void *node,
				   const SfmSql *expression)
{
	return sfm_make_sql(psprintf("CASE jsonb_typeof(%s) WHEN 'boolean' THEN (%s)::boolean"
								 " WHEN 'number' THEN (%s)::numeric <> 0"
								 " ELSE %s(%s) <> 0 END",
								 expression->json, expression->json,
								 expression->json,
								 sfm_compat_function(translation, "sqlite_real"),
								 expression->sql),
						true, BOOLOID, SFM_CLASS_INTEGER);
}

/*
 * sfm_json_value
 *		A value as the jsonb that json_extract() would have found, for
 *		SfmSql.json.  REAL is left out, as infinity has none.
 */
char *
sfm_json_value(SfmTranslation *translation, const void *node,
			   const SfmSql *expression)
{
	const char *text = sfm_constant_text(expression);
	SfmSql	   *stored;
	bool		is_integer;
	int64		integer;
	double		real;

	if (expression->class == SFM_CLASS_ANY)
		return expression->json;
	if (text != NULL)
	{
		StringInfoData quoted;

		initStringInfo(&quoted);
		escape_json(&quoted, text);
		return psprintf("%s::jsonb", quote_literal_cstr(quoted.data));
	}
	stored = sfm_as_stored(translation, node, unconstify(SfmSql *, expression));
	if (sfm_literal_number(stored, &is_integer, &integer, &real))
		return is_integer ? psprintf("'" INT64_FORMAT "'::jsonb", integer) : NULL;
	/* to_jsonb() is no immutable function */
	if (translation->immutable ||
		(stored->class != SFM_CLASS_INTEGER && stored->class != SFM_CLASS_TEXT))
		return NULL;
	return psprintf("to_jsonb(%s)",
					stored->class == SFM_CLASS_TEXT ?
					sfm_cast_sql(stored, TEXTOID) : stored->sql);
}

/*
 * sfm_json_choice
 *		The choice that COALESCE or CASE makes among values, of their "json";
 *		NULL if one of them has none.
 */
char *
sfm_json_choice(SfmSql **values, int n, char *const *text, const char *end)
{
	StringInfoData sql;
	bool		any = false;

	initStringInfo(&sql);
	for (int i = 0; i < n; i++)
	{
		if (values[i]->class != SFM_CLASS_NULL &&
			(values[i]->class != SFM_CLASS_ANY || values[i]->json == NULL))
			return NULL;
		any = any || values[i]->class != SFM_CLASS_NULL;
		appendStringInfo(&sql, "%s%s", text[i],
						 values[i]->class == SFM_CLASS_NULL ? "NULL" :
						 values[i]->json);
	}
	appendStringInfoString(&sql, end);
	return any ? sql.data : NULL;
}

/*
 * sfm_json_sort_key
 *		SQLite's order of what json_extract() has found: numbers, then texts.
 *		A row of which the first member says which of both it is.
 */
char *
sfm_json_sort_key(const SfmSql *expression)
{
	const char *json = expression->json;

	return psprintf("CASE WHEN %s IS NOT NULL THEN ROW("
					"jsonb_typeof(%s) NOT IN ('number', 'boolean'), "
					"CASE jsonb_typeof(%s) WHEN 'number' THEN (%s)::numeric"
					" WHEN 'boolean' THEN (%s)::boolean::integer END, "
					"CASE WHEN jsonb_typeof(%s) NOT IN ('number', 'boolean') THEN %s END COLLATE \"C\") END",
					sfm_operand(expression), json, json, json, json, json,
					expression->sql);
}

/* ------------------------------------------------------------------------
 * json_each()
 * ------------------------------------------------------------------------
 */

/*
 * sfm_json_each
 *		json_each() as a relation: "key" and "value" are jsonb, in which true
 *		and false are numbers and null is NULL, so that they are equal where
 *		SQLite's values are.  What depends on the text of the document (id,
 *		parent, fullkey, path) does not move.  NULL after sfm_refuse().
 */
SfmRelation *
sfm_json_each(SfmTranslation *translation, SfmScope *scope,
			  const SfmSource *source, char **text)
{
	static const char *const names[] = {
		"key", "value", "type", "atom", "id", "parent", "fullkey", "path"
	};
	int			n = list_length(source->arguments);
	SfmSql	   *document;
	SfmSql	   *path = NULL;
	List	   *steps = NIL;
	char	   *jsonb;
	SfmRelation *relation = palloc0_object(SfmRelation);

	if (n != 1 && n != 2)
	{
		sfm_refuse(translation, source, "json_each() with %d arguments", n);
		return NULL;
	}
	document = sfm_translate_expression(translation, scope,
										linitial(source->arguments));
	if (n == 2)
		path = sfm_translate_expression(translation, scope,
										lsecond(source->arguments));
	if (n == 2 && (sfm_constant_text(path) == NULL ||
				   !parse_path(sfm_constant_text(path), &steps)))
		sfm_refuse(translation, source, "a JSON path that is no simple literal");
	if (translation->problem != NULL)
		return NULL;
	jsonb = document->class == SFM_CLASS_NULL ? pstrdup("NULL::jsonb") :
		find_jsonb(document_jsonb(translation, source, document), steps);
	if (translation->problem != NULL)
		return NULL;
	*text = psprintf("SELECT m.key, CASE m.value WHEN 'null' THEN NULL WHEN 'true' THEN '1'"
					 " WHEN 'false' THEN '0' ELSE m.value END AS value,"
					 " %s(m.value) AS type,"
					 " CASE jsonb_typeof(m.value) WHEN 'number' THEN m.value WHEN 'string' THEN m.value"
					 " WHEN 'boolean' THEN to_jsonb(m.value::boolean::integer) END AS atom\n"
					 "FROM (VALUES (%s)) d(document), LATERAL (\n"
					 "SELECT to_jsonb(o.key) AS key, o.value"
					 " FROM jsonb_each(CASE jsonb_typeof(d.document) WHEN 'object' THEN d.document END) o(key, value)\n"
					 "UNION ALL\n"
					 "SELECT to_jsonb(a.place - 1), a.value"
					 " FROM jsonb_array_elements(CASE jsonb_typeof(d.document) WHEN 'array' THEN d.document END)"
					 " WITH ORDINALITY a(value, place)\n"
					 "UNION ALL\n"
					 "SELECT NULL, d.document WHERE jsonb_typeof(d.document) NOT IN ('object', 'array')\n"
					 ") m",
					 sfm_compat_function(translation, "sqlite_json_type"), jsonb);

	relation->sqlite_name = pstrdup("json_each");
	relation->sql = pstrdup("json_each");
	relation->ncolumns = lengthof(names);
	relation->columns = palloc0_array(SfmRelationColumn, lengthof(names));
	relation->rowid_column = -1;
	relation->is_view = true;
	for (int i = 0; i < lengthof(names); i++)
	{
		SfmRelationColumn *column = &relation->columns[i];

		column->sqlite_name = pstrdup(names[i]);
		column->name = i < 4 ? pstrdup(names[i]) : NULL;
		column->type = i == 2 ? TEXTOID : JSONBOID;
		column->typmod = -1;
		column->class = i == 2 ? SFM_CLASS_TEXT : SFM_CLASS_ANY;
		column->affinity = SFM_AFFINITY_BLOB;
		column->is_json_value = i != 2;
		column->form = SFM_FORM_OTHER;
	}
	return relation;
}

/*
 * sfm_json_column
 *		A column of json_each() as what SQLite has there.
 */
SfmSql *
sfm_json_column(SfmTranslation *translation, SfmSql *column)
{
	SfmSql	   *result;

	result = sfm_make_sql(psprintf("%s(%s, '$')",
								   sfm_compat_function(translation, "sqlite_json_extract"),
								   column->sql),
						  true, TEXTOID, SFM_CLASS_ANY);
	result->json = pstrdup(sfm_operand(column));
	result->json_is_equal = true;
	result->is_json = true;
	return result;
}
