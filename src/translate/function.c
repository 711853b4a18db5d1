/*-------------------------------------------------------------------------
 *
 * function.c
 *	  Calls of SQLite's functions: the table of them, and the core functions.
 *
 * A function of SQLite becomes PostgreSQL's own where both compute the same,
 * else the compatibility function of the extension (emulate.c), else the call
 * is refused by name.  A name that is not in the table is none of SQLite's
 * own: an application had defined it, and only it knows what it computes.
 *
 * Arguments have no affinity, so that a function's result has none; an
 * explicit COLLATE of an argument stays with the result, a column's collation
 * does not ("sqlite3ExprCollSeq").
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "call.h"

static SfmSql *call_choice(SfmCallState *call);
static SfmSql *call_coalesce(SfmCallState *call);
static SfmSql *call_least(SfmCallState *call);
static SfmSql *call_likely(SfmCallState *call);
static SfmSql *call_nullif(SfmCallState *call);
static SfmSql *call_random(SfmCallState *call);
static SfmSql *call_typeof(SfmCallState *call);
static SfmSql *call_zeroblob(SfmCallState *call);

#define PLAIN SFM_FUNCTION_PLAIN
#define STRICT SFM_FUNCTION_STRICT
#define AGGREGATE SFM_FUNCTION_AGGREGATE
#define WINDOW SFM_FUNCTION_WINDOW

/*
 * Every function that SQLite's documentation has ("Built-In Scalar SQL
 * Functions", "Date And Time", "Mathematical", "Aggregate", "Window", "JSON"),
 * and those of its full-text and R-Tree modules.  The first entry that fits
 * the number of arguments is taken: min() and max() have two.
 */
static const SfmFunction functions[] = {
	/* core */
	{"abs", 1, 1, STRICT, sfm_call_abs, NULL},
	{"changes", 0, 0, PLAIN, NULL, NULL},
	{"char", 0, -1, PLAIN, sfm_call_char, NULL},
	{"coalesce", 2, -1, PLAIN, call_coalesce, NULL},
	{"concat", 1, -1, PLAIN, sfm_call_concat, NULL},
	{"concat_ws", 2, -1, PLAIN, sfm_call_concat, "separator"},
	{"format", 1, -1, PLAIN, sfm_call_printf, NULL},
	{"glob", 2, 2, PLAIN, sfm_call_like, "glob"},
	{"hex", 1, 1, PLAIN, sfm_call_hex, NULL},
	{"if", 3, 3, PLAIN, call_choice, NULL},
	{"ifnull", 2, 2, PLAIN, call_coalesce, NULL},
	{"iif", 2, -1, PLAIN, call_choice, NULL},
	{"instr", 2, 2, STRICT, sfm_call_instr, NULL},
	{"last_insert_rowid", 0, 0, PLAIN, NULL, NULL},
	{"length", 1, 1, STRICT, sfm_call_length, NULL},
	{"like", 2, 3, PLAIN, sfm_call_like, "like"},
	{"likelihood", 2, 2, PLAIN, call_likely, NULL},
	{"likely", 1, 1, PLAIN, call_likely, NULL},
	{"load_extension", 1, 2, PLAIN, NULL, NULL},
	{"lower", 1, 1, STRICT, sfm_call_case_folded, "lower"},
	{"ltrim", 1, 2, STRICT, sfm_call_trim, "ltrim"},
	{"max", 1, 1, AGGREGATE, sfm_call_extreme, "max"},
	{"max", 2, -1, STRICT, call_least, "GREATEST"},
	{"min", 1, 1, AGGREGATE, sfm_call_extreme, "min"},
	{"min", 2, -1, STRICT, call_least, "LEAST"},
	{"nullif", 2, 2, PLAIN, call_nullif, NULL},
	{"octet_length", 1, 1, STRICT, sfm_call_length, "octets"},
	{"printf", 1, -1, PLAIN, sfm_call_printf, NULL},
	{"quote", 1, 1, PLAIN, sfm_call_quote, NULL},
	{"random", 0, 0, PLAIN, call_random, "sqlite_random"},
	{"randomblob", 1, 1, PLAIN, call_random, "sqlite_randomblob"},
	{"replace", 3, 3, PLAIN, sfm_call_replace, NULL},
	{"round", 1, 2, STRICT, sfm_call_round, NULL},
	{"rtrim", 1, 2, STRICT, sfm_call_trim, "rtrim"},
	{"sign", 1, 1, STRICT, sfm_call_sign, NULL},
	{"soundex", 1, 1, PLAIN, NULL, NULL},
	{"sqlite_compileoption_get", 1, 1, PLAIN, NULL, NULL},
	{"sqlite_compileoption_used", 1, 1, PLAIN, NULL, NULL},
	{"sqlite_offset", 1, 1, PLAIN, NULL, NULL},
	{"sqlite_source_id", 0, 0, PLAIN, NULL, NULL},
	{"sqlite_version", 0, 0, PLAIN, NULL, NULL},
	{"substr", 2, 3, STRICT, sfm_call_substr, NULL},
	{"substring", 2, 3, STRICT, sfm_call_substr, NULL},
	{"subtype", 1, 1, PLAIN, NULL, NULL},
	{"total_changes", 0, 0, PLAIN, NULL, NULL},
	{"trim", 1, 2, STRICT, sfm_call_trim, "btrim"},
	{"typeof", 1, 1, PLAIN, call_typeof, NULL},
	{"unhex", 1, 2, PLAIN, NULL, NULL},
	{"unicode", 1, 1, STRICT, sfm_call_unicode, NULL},
	{"unistr", 1, 1, PLAIN, NULL, NULL},
	{"unistr_quote", 1, 1, PLAIN, NULL, NULL},
	{"unlikely", 1, 1, PLAIN, call_likely, NULL},
	{"upper", 1, 1, STRICT, sfm_call_case_folded, "upper"},
	{"zeroblob", 1, 1, STRICT, call_zeroblob, NULL},

	/* date and time */
	{"date", 0, -1, STRICT, sfm_call_date, "date"},
	{"datetime", 0, -1, STRICT, sfm_call_date, "datetime"},
	{"julianday", 0, -1, STRICT, sfm_call_julianday, NULL},
	{"strftime", 1, -1, STRICT, sfm_call_strftime, NULL},
	{"time", 0, -1, STRICT, sfm_call_date, "time"},
	{"timediff", 2, 2, STRICT, NULL, NULL},
	{"unixepoch", 0, -1, STRICT, sfm_call_unixepoch, NULL},

	/* mathematics: "detail" is where a result is defined, %s the argument */
	{"acos", 1, 1, STRICT, sfm_call_math, "%s BETWEEN -1 AND 1"},
	{"acosh", 1, 1, STRICT, sfm_call_math, "%s >= 1"},
	{"asin", 1, 1, STRICT, sfm_call_math, "%s BETWEEN -1 AND 1"},
	{"asinh", 1, 1, STRICT, sfm_call_math, NULL},
	{"atan", 1, 1, STRICT, sfm_call_math, NULL},
	{"atan2", 2, 2, STRICT, sfm_call_math, NULL},
	{"atanh", 1, 1, STRICT, sfm_call_math, "%s BETWEEN -1 AND 1"},
	{"ceil", 1, 1, STRICT, sfm_call_integral, "ceil"},
	{"ceiling", 1, 1, STRICT, sfm_call_integral, "ceil"},
	{"cos", 1, 1, STRICT, sfm_call_math, NULL},
	{"cosh", 1, 1, STRICT, sfm_call_math, NULL},
	{"degrees", 1, 1, STRICT, sfm_call_math, NULL},
	{"exp", 1, 1, STRICT, sfm_call_math, NULL},
	{"floor", 1, 1, STRICT, sfm_call_integral, "floor"},
	{"ln", 1, 1, STRICT, sfm_call_math, "%s > 0"},
	{"log", 1, 2, STRICT, sfm_call_log, "10"},
	{"log10", 1, 1, STRICT, sfm_call_log, "10"},
	{"log2", 1, 1, STRICT, sfm_call_log, "2"},
	{"mod", 2, 2, STRICT, sfm_call_mod, NULL},
	{"pi", 0, 0, STRICT, sfm_call_pi, NULL},
	{"pow", 2, 2, STRICT, sfm_call_power, NULL},
	{"power", 2, 2, STRICT, sfm_call_power, NULL},
	{"radians", 1, 1, STRICT, sfm_call_math, NULL},
	{"sin", 1, 1, STRICT, sfm_call_math, NULL},
	{"sinh", 1, 1, STRICT, sfm_call_math, NULL},
	{"sqrt", 1, 1, STRICT, sfm_call_math, "%s >= 0"},
	{"tan", 1, 1, STRICT, sfm_call_math, NULL},
	{"tanh", 1, 1, STRICT, sfm_call_math, NULL},
	{"trunc", 1, 1, STRICT, sfm_call_integral, "trunc"},

	/* aggregates */
	{"avg", 1, 1, AGGREGATE, sfm_call_avg, NULL},
	{"count", 0, 1, AGGREGATE, sfm_call_count, NULL},
	{"group_concat", 1, 2, AGGREGATE, sfm_call_group_concat, NULL},
	{"median", 1, 1, AGGREGATE, NULL, NULL},
	{"percentile", 2, 2, AGGREGATE, NULL, NULL},
	{"percentile_cont", 2, 2, AGGREGATE, NULL, NULL},
	{"percentile_disc", 2, 2, AGGREGATE, NULL, NULL},
	{"string_agg", 2, 2, AGGREGATE, sfm_call_group_concat, NULL},
	{"sum", 1, 1, AGGREGATE, sfm_call_sum, NULL},
	{"total", 1, 1, AGGREGATE, sfm_call_total, NULL},

	/* windows */
	{"cume_dist", 0, 0, WINDOW, sfm_call_rank, "double precision"},
	{"dense_rank", 0, 0, WINDOW, sfm_call_rank, NULL},
	{"first_value", 1, 1, WINDOW, sfm_call_window_value, NULL},
	{"lag", 1, 3, WINDOW, sfm_call_lag, NULL},
	{"last_value", 1, 1, WINDOW, sfm_call_window_value, NULL},
	{"lead", 1, 3, WINDOW, sfm_call_lag, NULL},
	{"nth_value", 2, 2, WINDOW, sfm_call_window_value, NULL},
	{"ntile", 1, 1, WINDOW, sfm_call_ntile, NULL},
	{"percent_rank", 0, 0, WINDOW, sfm_call_rank, "double precision"},
	{"rank", 0, 0, WINDOW, sfm_call_rank, NULL},
	{"row_number", 0, 0, WINDOW, sfm_call_rank, NULL},

	/* JSON */
	{"json", 1, 1, STRICT, sfm_call_json, NULL},
	{"json_array", 0, -1, PLAIN, sfm_call_json_array, NULL},
	{"json_array_insert", 3, -1, PLAIN, NULL, NULL},
	{"json_array_length", 1, 2, STRICT, sfm_call_json_array_length, NULL},
	{"json_each", 1, 2, PLAIN, NULL, NULL},
	{"json_error_position", 1, 1, PLAIN, NULL, NULL},
	{"json_extract", 2, -1, STRICT, sfm_call_json_extract, NULL},
	{"json_group_array", 1, 1, AGGREGATE, sfm_call_json_group_array, NULL},
	{"json_group_object", 2, 2, AGGREGATE, sfm_call_json_group_object, NULL},
	{"json_insert", 1, -1, PLAIN, sfm_call_json_change, "insert"},
	{"json_object", 0, -1, PLAIN, sfm_call_json_object, NULL},
	{"json_patch", 2, 2, PLAIN, NULL, NULL},
	{"json_pretty", 1, 2, PLAIN, NULL, NULL},
	{"json_quote", 1, 1, PLAIN, sfm_call_json_quote, NULL},
	{"json_remove", 1, -1, PLAIN, sfm_call_json_remove, NULL},
	{"json_replace", 1, -1, PLAIN, sfm_call_json_change, "replace"},
	{"json_set", 1, -1, PLAIN, sfm_call_json_change, "set"},
	{"json_tree", 1, 2, PLAIN, NULL, NULL},
	{"json_type", 1, 2, STRICT, sfm_call_json_type, NULL},
	{"json_valid", 1, 2, STRICT, sfm_call_json_valid, NULL},
	{"jsonb", 1, 1, PLAIN, NULL, NULL},
	{"jsonb_array", 0, -1, PLAIN, NULL, NULL},
	{"jsonb_extract", 1, -1, PLAIN, NULL, NULL},
	{"jsonb_group_array", 1, 1, AGGREGATE, NULL, NULL},
	{"jsonb_group_object", 2, 2, AGGREGATE, NULL, NULL},
	{"jsonb_insert", 1, -1, PLAIN, NULL, NULL},
	{"jsonb_object", 0, -1, PLAIN, NULL, NULL},
	{"jsonb_patch", 2, 2, PLAIN, NULL, NULL},
	{"jsonb_remove", 1, -1, PLAIN, NULL, NULL},
	{"jsonb_replace", 1, -1, PLAIN, NULL, NULL},
	{"jsonb_set", 1, -1, PLAIN, NULL, NULL},

	/* full-text search and R-Tree */
	{"bm25", 1, -1, PLAIN, NULL, NULL},
	{"fts3_tokenizer", 1, 2, PLAIN, NULL, NULL},
	{"highlight", 4, 4, PLAIN, NULL, NULL},
	{"match", 2, 2, PLAIN, NULL, NULL},
	{"matchinfo", 1, 2, PLAIN, NULL, NULL},
	{"offsets", 1, 1, PLAIN, NULL, NULL},
	{"optimize", 1, 1, PLAIN, NULL, NULL},
	{"rtreecheck", 1, 2, PLAIN, NULL, NULL},
	{"rtreedepth", 1, 1, PLAIN, NULL, NULL},
	{"rtreenode", 2, 2, PLAIN, NULL, NULL},
	{"snippet", 1, 6, PLAIN, NULL, NULL},
};

/* ------------------------------------------------------------------------
 * What handlers use
 * ------------------------------------------------------------------------
 */

/*
 * sfm_call_refused
 *		Refuses the call: "name(): why".
 */
SfmSql *
sfm_call_refused(SfmCallState *call, const char *why)
{
	sfm_refuse(call->translation, call->node, "function %s(): %s",
			   call->function->name, why);
	return sfm_null();
}

/* The qualified name of a compatibility function. */
char *
sfm_call_compat(SfmCallState *call, const char *name)
{
	return sfm_compat_function(call->translation, name);
}

/*
 * sfm_call_text
 *		Argument i as text, to stand between commas.
 */
const char *
sfm_call_text(SfmCallState *call, int i)
{
	return sfm_as_text(call->translation, call->node,
					   call->arguments[i])->sql;
}

/*
 * sfm_call_number
 *		Argument i as a number.
 */
SfmSql *
sfm_call_number(SfmCallState *call, int i)
{
	return sfm_as_number(call->translation, call->node, call->arguments[i]);
}

/*
 * sfm_cast_sql
 *		A number as double precision, bigint or numeric, atomic.
 */
char *
sfm_cast_sql(const SfmSql *expression, Oid type)
{
	const char *name = type == FLOAT8OID ? "double precision" :
		type == INT8OID ? "bigint" :
		type == INT4OID ? "integer" :
		type == TEXTOID ? "text" : "numeric";

	if (expression->type == type && expression->literal == NULL)
		return pstrdup(sfm_operand(expression));
	return psprintf("%s::%s", sfm_operand(expression), name);
}

/*
 * sfm_call_double
 *		Argument i, which must be a number in SQLite, as double precision;
 *		NULL if it is not known to be one.
 */
char *
sfm_call_double(SfmCallState *call, int i)
{
	SfmClass	class = call->arguments[i]->class;

	if (class != SFM_CLASS_INTEGER && class != SFM_CLASS_REAL &&
		class != SFM_CLASS_NUMBER && class != SFM_CLASS_NULL)
		return NULL;
	return sfm_cast_sql(sfm_call_number(call, i), FLOAT8OID);
}

/*
 * sfm_call_bigint
 *		Argument i as SQLite's functions read an integer: a fraction is cut
 *		off, a text counts for the integer it begins with.
 */
char *
sfm_call_bigint(SfmCallState *call, int i)
{
	SfmSql	   *number = sfm_call_number(call, i);

	switch (number->class)
	{
		case SFM_CLASS_INTEGER:
		case SFM_CLASS_NULL:
			return sfm_cast_sql(number, INT8OID);
		case SFM_CLASS_REAL:
			return psprintf("%s(%s)", sfm_call_compat(call, "sqlite_integer"),
							sfm_cast_sql(number, FLOAT8OID));
		default:
			return psprintf("trunc(%s)::bigint", sfm_cast_sql(number, NUMERICOID));
	}
}

/*
 * sfm_call_result
 *		The result of a function that is NULL only if an argument is.
 */
SfmSql *
sfm_call_result(SfmCallState *call, char *sql, Oid type, SfmClass class)
{
	SfmSql	   *result = sfm_make_sql(sql, true, type, class);

	result->not_null = true;
	for (int i = 0; i < call->n; i++)
	{
		if (!call->arguments[i]->not_null)
			result->not_null = false;
	}
	return result;
}

/*
 * sfm_constant_integer
 *		Is the expression an integer literal?
 */
bool
sfm_constant_integer(const SfmSql *expression, int64 *value)
{
	bool		is_integer;
	double		real;

	return sfm_literal_number(expression, &is_integer, value, &real) &&
		is_integer;
}

/*
 * sfm_constant_text
 *		The text of a string literal; NULL if the expression is none.
 */
const char *
sfm_constant_text(const SfmSql *expression)
{
	if (expression->literal == NULL ||
		expression->literal->kind != SFM_LITERAL_STRING)
		return NULL;
	return expression->literal->text;
}

/* ------------------------------------------------------------------------
 * The entry
 * ------------------------------------------------------------------------
 */

/* The function of this name that takes so many arguments, or with -1 any. */
static const SfmFunction *
find_function(const char *name, int narguments)
{
	for (int i = 0; i < lengthof(functions); i++)
	{
		const SfmFunction *function = &functions[i];

		if (pg_strcasecmp(function->name, name) == 0 &&
			(narguments < 0 ||
			 (narguments >= function->min_arguments &&
			  (function->max_arguments < 0 ||
			   narguments <= function->max_arguments))))
			return function;
	}
	return NULL;
}

/*
 * sfm_is_aggregate
 *		Does the call make one value of many rows?
 */
bool
sfm_is_aggregate(const SfmCall *node)
{
	const SfmFunction *function;

	if (node->over != NULL)
		return false;
	function = find_function(node->name->text, list_length(node->arguments));
	return function != NULL && function->kind == SFM_FUNCTION_AGGREGATE;
}

/* What SQLite itself would not accept, and what nothing can be made of. */
static const SfmFunction *
check_call(SfmTranslation *translation, const SfmCall *node)
{
	const SfmFunction *function = find_function(node->name->text,
												list_length(node->arguments));

	if (find_function(node->name->text, -1) == NULL)
	{
		sfm_refuse(translation, node,
				   "function %s() is none of SQLite's own", node->name->text);
		return NULL;
	}
	if (function == NULL)
	{
		sfm_refuse(translation, node,
				   "function %s() does not take %d arguments",
				   node->name->text, list_length(node->arguments));
		return NULL;
	}
	if (function->handler == NULL)
	{
		sfm_refuse(translation, node,
				   "function %s() has no counterpart", function->name);
		return NULL;
	}
	if ((node->star && strcmp(function->name, "count") != 0) ||
		node->within_group != NULL ||
		(function->kind == SFM_FUNCTION_WINDOW &&
		 (node->over == NULL || node->filter != NULL || node->distinct ||
		  node->order_by != NIL)) ||
		(function->kind != SFM_FUNCTION_WINDOW &&
		 function->kind != SFM_FUNCTION_AGGREGATE &&
		 (node->over != NULL || node->filter != NULL || node->distinct ||
		  node->order_by != NIL)))
	{
		sfm_refuse(translation, node, "misuse of function %s()",
				   function->name);
		return NULL;
	}
	return function;
}

/*
 * sfm_translate_call
 *		A call of a function.
 */
SfmSql *
sfm_translate_call(SfmTranslation *translation, SfmScope *scope,
				   const SfmCall *node)
{
	SfmCallState call = {0};
	const SfmFunction *function = check_call(translation, node);
	SfmSql	   *result;
	bool		aggregate = sfm_is_aggregate(node);
	bool		saved = false;
	ListCell   *cell;

	check_stack_depth();
	if (function == NULL)
		return sfm_null();
	call.translation = translation;
	call.scope = scope;
	call.node = node;
	call.function = function;
	call.arguments = palloc0(sizeof(SfmSql *) *
							 Max(list_length(node->arguments), 1));

	if (aggregate)
		sfm_begin_aggregate(&call, &saved);
	foreach(cell, node->arguments)
	{
		call.arguments[call.n++] =
			sfm_translate_expression(translation, scope, lfirst(cell));
	}
	/* what a refused argument has become is not worth a look */
	if (translation->problem != NULL)
		result = sfm_null();
	else
	{
		result = NULL;
		for (int i = 0; i < call.n && function->kind == STRICT; i++)
		{
			if (call.arguments[i]->class == SFM_CLASS_NULL)
				result = sfm_null();
		}
		if (result == NULL)
			result = function->handler(&call);
	}
	if (aggregate)
		sfm_end_aggregate(&call, saved);

	/* an explicit COLLATE goes up through functions; so does volatility */
	if (call.n > 0)
	{
		SfmSql	   *copy = palloc_object(SfmSql);

		*copy = *result;
		result = copy;
	}
	for (int i = call.n - 1; i >= 0; i--)
	{
		if (call.arguments[i]->collation_strength == 2)
		{
			result->collation = call.arguments[i]->collation;
			result->collation_strength = 2;
		}
		result->volatile_ = result->volatile_ || call.arguments[i]->volatile_;
	}
	return result;
}

/* ------------------------------------------------------------------------
 * Functions that choose among their arguments
 * ------------------------------------------------------------------------
 */

/* A copy of one of the arguments, after sfm_unify(), with another text. */
static SfmSql *
chosen(SfmCallState *call, const SfmSql *model, char *sql, bool atomic,
	   bool not_null)
{
	SfmSql	   *result = sfm_plain_copy(model);

	if (model->relation != NULL || model->form != SFM_FORM_UNKNOWN)
		result->form = sfm_expression_form(call->translation, model);

	result->sql = sql;
	result->atomic = atomic;
	result->not_null = not_null;
	result->moment = NULL;
	result->json = NULL;
	result->is_json = false;
	result->collation = SFM_COLLATION_BINARY;
	result->collation_strength = 0;
	return result;
}

/* The first of several that is not the literal NULL, or the first. */
static const SfmSql *
model_of(SfmSql **expressions, int n)
{
	for (int i = 0; i < n; i++)
	{
		if (expressions[i]->class != SFM_CLASS_NULL)
			return expressions[i];
	}
	return expressions[0];
}

static SfmSql *
call_coalesce(SfmCallState *call)
{
	StringInfoData sql;
	bool		not_null = false;
	char	  **text = palloc_array(char *, call->n);
	SfmSql	   *result;

	sfm_unify(call->translation, call->node, call->arguments, call->n);
	initStringInfo(&sql);
	for (int i = 0; i < call->n; i++)
	{
		text[i] = i == 0 ? "COALESCE(" : ", ";
		appendStringInfo(&sql, "%s%s", text[i], call->arguments[i]->sql);
		not_null = not_null || call->arguments[i]->not_null;
	}
	appendStringInfoChar(&sql, ')');
	result = chosen(call, model_of(call->arguments, call->n), sql.data, true, not_null);
	result->json = sfm_json_choice(call->arguments, call->n, text, ")");
	return result;
}

/* iif(condition, value, ..., otherwise) */
static SfmSql *
call_choice(SfmCallState *call)
{
	StringInfoData sql;
	int			nvalues = (call->n + 1) / 2;
	SfmSql	  **values = palloc(sizeof(SfmSql *) * nvalues);
	char	  **text = palloc_array(char *, nvalues);
	SfmSql	   *result;
	bool		not_null = call->n % 2 == 1;

	for (int i = 0; i < nvalues; i++)
		values[i] = call->arguments[Min(2 * i + 1, call->n - 1)];
	sfm_unify(call->translation, call->node, values, nvalues);

	initStringInfo(&sql);
	for (int i = 0; i < nvalues; i++)
	{
		if (2 * i + 1 < call->n)
		{
			SfmSql	   *condition = sfm_as_condition(call->translation,
													 call->node,
													 call->arguments[2 * i]);

			text[i] = psprintf("%s WHEN %s THEN ", i == 0 ? "CASE" : "",
							   condition->sql);
		}
		else
			text[i] = " ELSE ";
		appendStringInfo(&sql, "%s%s", text[i], values[i]->sql);
		not_null = not_null && values[i]->not_null;
	}
	appendStringInfoString(&sql, " END");
	result = chosen(call, model_of(values, nvalues), sql.data, true, not_null);
	result->json = sfm_json_choice(values, nvalues, text, " END");
	return result;
}

/* likely(x) and its kin are x, but for the affinity of a column */
static SfmSql *
call_likely(SfmCallState *call)
{
	SfmSql	   *result = chosen(call, call->arguments[0], call->arguments[0]->sql,
								call->arguments[0]->atomic,
								call->arguments[0]->not_null);

	result->moment_type = call->arguments[0]->moment_type;
	result->moment = call->arguments[0]->moment;
	result->json = call->arguments[0]->json;
	result->is_json = call->arguments[0]->is_json;
	return result;
}

/*
 * nullif(x, y) compares without affinity, with the collation of the first
 * argument that has one, be it COLLATE or a column's.
 */
static SfmSql *
call_nullif(SfmCallState *call)
{
	SfmSql	   *value = call->arguments[0];
	SfmSql	   *left = sfm_as_stored(call->translation, call->node, value);
	SfmSql	   *right = sfm_as_stored(call->translation, call->node,
									  call->arguments[1]);

	if (value->class == SFM_CLASS_NULL)
		return sfm_null();
	if (right->class == SFM_CLASS_NULL)
		return call_likely(call);
	if ((left->class == SFM_CLASS_INTEGER && right->class == SFM_CLASS_INTEGER) ||
		(left->class == right->class && left->type == right->type &&
		 value->collation == SFM_COLLATION_BINARY &&
		 call->arguments[1]->collation == SFM_COLLATION_BINARY))
		return chosen(call, left, psprintf("NULLIF(%s, %s)", left->sql, right->sql),
					  true, false);
	if (value->volatile_)
		return sfm_call_refused(call, "an argument that changes from call to call");
	left = sfm_plain_copy(value);
	left->relation = value->relation;
	left->column = value->column;
	left->collation = value->collation;
	left->collation_strength = value->collation_strength;
	left->has_affinity = false;
	right = sfm_plain_copy(call->arguments[1]);
	right->relation = call->arguments[1]->relation;
	right->column = call->arguments[1]->column;
	right->literal = call->arguments[1]->literal;
	right->negated = call->arguments[1]->negated;
	right->has_affinity = false;
	right->collation = value->collation_strength > 0 ? value->collation :
		call->arguments[1]->collation;
	right->collation_strength = Max(value->collation_strength,
									call->arguments[1]->collation_strength);
	return chosen(call, value,
				  psprintf("CASE WHEN %s THEN NULL ELSE %s END",
						   sfm_compare(call->translation, call->node, SFM_OP_EQ,
									   left, right)->sql,
						   value->sql),
				  true, false);
}

/* What must be the same for all arguments of min() and max(). */
static SfmClass
kind_of(const SfmSql *value)
{
	return value->class == SFM_CLASS_INTEGER || value->class == SFM_CLASS_REAL ?
		SFM_CLASS_NUMBER : value->class;
}

/*
 * min(x, y, ...), max(x, y, ...): NULL if an argument is NULL, where LEAST and
 * GREATEST would leave it out.
 */
static SfmSql *
call_least(SfmCallState *call)
{
	StringInfoData nulls;
	StringInfoData sql;
	SfmSql	  **values = palloc(sizeof(SfmSql *) * call->n);
	bool		collated = false;

	initStringInfo(&nulls);
	initStringInfo(&sql);
	for (int i = 0; i < call->n; i++)
	{
		values[i] = sfm_as_stored(call->translation, call->node,
								  call->arguments[i]);
		if (values[i]->class == SFM_CLASS_ANY ||
			kind_of(values[i]) != kind_of(values[0]))
			return sfm_call_refused(call, "arguments of different storage classes");
		/* the first argument that has a collation decides */
		if (!collated && call->arguments[i]->collation_strength > 0)
		{
			collated = true;
			if (values[i]->class == SFM_CLASS_TEXT &&
				call->arguments[i]->collation != SFM_COLLATION_BINARY)
				return sfm_call_refused(call, "a collation other than BINARY");
		}
		if (!values[i]->not_null && !call->arguments[i]->not_null)
		{
			if (values[i]->volatile_)
				return sfm_call_refused(call, "an argument that changes from call to call");
			appendStringInfo(&nulls, "%s%s IS NULL", nulls.len > 0 ? " OR " : "",
							 sfm_operand(values[i]));
		}
	}
	if (values[0]->class != SFM_CLASS_TEXT && values[0]->class != SFM_CLASS_BLOB)
		sfm_unify(call->translation, call->node, values, call->n);
	for (int i = 0; i < call->n; i++)
	{
		appendStringInfo(&sql, "%s%s", i == 0 ? "" : ", ",
						 values[i]->class == SFM_CLASS_TEXT ?
						 psprintf("%s COLLATE \"C\"", sfm_operand(values[i])) :
						 values[i]->sql);
	}
	return chosen(call, values[0],
				  nulls.len == 0 ?
				  psprintf("%s(%s)", call->function->detail, sql.data) :
				  psprintf("CASE WHEN %s THEN NULL ELSE %s(%s) END", nulls.data,
						   call->function->detail, sql.data),
				  true, nulls.len == 0);
}

/* ------------------------------------------------------------------------
 * Functions of one value
 * ------------------------------------------------------------------------
 */

/* typeof() of what is known when the translation is made */
static SfmSql *
call_typeof(SfmCallState *call)
{
	SfmSql	   *value = call->arguments[0];
	const char *name;
	SfmSql	   *result;

	switch (value->class)
	{
		case SFM_CLASS_NULL:
			return sfm_text_sql("null");
		case SFM_CLASS_INTEGER:
			name = "'integer'";
			break;
		case SFM_CLASS_REAL:
			name = "'real'";
			break;
		case SFM_CLASS_TEXT:
			name = "'text'";
			break;
		case SFM_CLASS_BLOB:
			name = "'blob'";
			break;
		case SFM_CLASS_NUMBER:
			if (value->integral_is_integer && value->type == NUMERICOID)
			{
				/* beyond 64 bits an integral number is a REAL, too */
				name = psprintf("CASE WHEN %s = trunc(%s) AND abs(%s) < 9223372036854775808 THEN 'integer' ELSE 'real' END",
								sfm_operand(value), value->sql, value->sql);
				break;
			}
			/* FALLTHROUGH */
		default:
			return sfm_call_refused(call, "a value whose storage class is not known");
	}
	if (value->not_null && name[0] == '\'')
		return sfm_text_sql(pnstrdup(name + 1, strlen(name) - 2));
	result = sfm_make_sql(value->not_null ? pstrdup(name) :
						  psprintf("CASE WHEN %s IS NULL THEN 'null' ELSE %s END",
								   sfm_operand(value), name),
						  true, TEXTOID, SFM_CLASS_TEXT);
	result->not_null = true;
	return result;
}

static SfmSql *
call_zeroblob(SfmCallState *call)
{
	return sfm_call_result(call,
						   psprintf("%s(%s)", sfm_call_compat(call, "sqlite_zeroblob"),
									sfm_call_bigint(call, 0)),
						   BYTEAOID, SFM_CLASS_BLOB);
}

/* random(), randomblob(n) */
static SfmSql *
call_random(SfmCallState *call)
{
	SfmSql	   *result;

	if (call->translation->immutable)
		return sfm_call_refused(call, "it changes from call to call");
	result = sfm_make_sql(psprintf("%s(%s)",
								   sfm_call_compat(call, call->function->detail),
								   call->n == 0 ? "" : sfm_call_bigint(call, 0)),
						  true, call->n == 0 ? INT8OID : BYTEAOID,
						  call->n == 0 ? SFM_CLASS_INTEGER : SFM_CLASS_BLOB);
	result->not_null = true;
	result->volatile_ = true;
	return result;
}
