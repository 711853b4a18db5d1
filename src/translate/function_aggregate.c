/*-------------------------------------------------------------------------
 *
 * function_aggregate.c
 *	  Calls of SQLite's aggregate and window functions.
 *
 * An aggregate with DISTINCT takes each value once that differs by SQLite's
 * collation, so that the argument is then a sort key (sfm_as_sort_key), which
 * may be something else than the value: such calls are refused where the value
 * itself is the result.  FILTER and OVER are written behind each aggregate.
 *
 * The order of rows is arbitrary in both databases unless ORDER BY says
 * something: group_concat() follows the order in which rows arrive.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "call.h"

/* Which of the columns named in an aggregate belong to the query itself? */
typedef struct OwnColumns
{
	SfmTranslation *translation;
	SfmScope   *scope;
	bool		any;			/* a column is named */
	bool		own;			/* ... and is one of this query */
} OwnColumns;

static bool
visit_column(const SfmNode *node, void *context, bool *descend)
{
	OwnColumns *columns = context;
	SfmTranslation translation;
	SfmScope	scope;

	/* what a subquery names may be its own */
	if (node->kind == SFM_NODE_SUBQUERY || node->kind == SFM_NODE_SELECT)
	{
		columns->own = true;
		return true;
	}
	if (node->kind != SFM_NODE_COLUMN_REF)
		return false;

	/* looked for in this query alone, on copies that nobody else sees */
	translation = *columns->translation;
	translation.problem = NULL;
	scope = *columns->scope;
	scope.outer = NULL;
	scope.bare_column = NULL;
	columns->any = true;
	sfm_translate_column(&translation, &scope, (const SfmColumnRef *) node);
	if (translation.problem == NULL)
		columns->own = true;
	return columns->own;
}

/*
 * sfm_begin_aggregate
 *		Before the arguments of an aggregate without OVER are translated: may
 *		it stand here, and is it of this query?  With columns of outer queries
 *		only, it belongs to one of those.
 */
void
sfm_begin_aggregate(SfmCallState *call, bool *saved)
{
	SfmScope   *scope = call->scope;
	OwnColumns	columns = {call->translation, scope, false, false};

	*saved = scope->in_aggregate;
	if (!scope->aggregates || scope->in_aggregate)
		sfm_refuse(call->translation, call->node,
				   "misuse of aggregate function %s()", call->function->name);
	if (scope->outer != NULL)
	{
		sfm_visit_list(call->node->arguments, visit_column, &columns);
		if (columns.any && !columns.own)
			sfm_refuse(call->translation, call->node,
					   "function %s() of columns of the outer query",
					   call->function->name);
	}
	scope->in_aggregate = true;
}

void
sfm_end_aggregate(SfmCallState *call, bool saved)
{
	call->scope->in_aggregate = saved;
	call->scope->has_aggregate = true;
}

/*
 * call_tail
 *		" FILTER (...) OVER (...)", what of it was written.
 */
static char *
call_tail(SfmCallState *call)
{
	StringInfoData tail;

	initStringInfo(&tail);
	if (call->node->filter != NULL)
	{
		SfmSql	   *filter = sfm_translate_expression(call->translation, call->scope,
													  call->node->filter);

		filter = sfm_as_condition(call->translation, call->node->filter, filter);
		appendStringInfo(&tail, " FILTER (WHERE %s)", filter->sql);
	}
	appendStringInfoString(&tail, sfm_call_over(call));
	return tail.data;
}

/*
 * aggregate
 *		"name([DISTINCT ]arguments[ ORDER BY ...])[ FILTER ...][ OVER ...]"
 */
static char *
aggregate(SfmCallState *call, const char *name, const char *arguments)
{
	const SfmCall *node = call->node;
	char	   *order = pstrdup("");

	if (node->distinct && node->over != NULL)
		sfm_call_refused(call, "DISTINCT with OVER");
	if (node->order_by != NIL && node->over != NULL)
		sfm_call_refused(call, "ORDER BY with OVER");
	else if (node->order_by != NIL)
		order = sfm_order_by(call->translation, call->scope, node->order_by);
	return psprintf("%s(%s%s%s%s)%s", name, node->distinct ? "DISTINCT " : "",
					arguments, order[0] == '\0' ? "" : " ", order,
					call_tail(call));
}

/*
 * argument_number
 *		The argument of sum() and its kin; texts and BLOBs are refused: SQLite
 *		decides by each value what they are.
 */
static SfmSql *
argument_number(SfmCallState *call)
{
	SfmClass	class = call->arguments[0]->class;

	if (class != SFM_CLASS_INTEGER && class != SFM_CLASS_REAL &&
		class != SFM_CLASS_NUMBER && class != SFM_CLASS_NULL &&
		!(class == SFM_CLASS_ANY && call->arguments[0]->json != NULL) &&
		!sfm_is_digits(call->arguments[0]))
	{
		sfm_call_refused(call, "an argument that is not known to be a number");
		return NULL;
	}
	/* DISTINCT is for the values as they are: 1 and '1' are two */
	if (call->node->distinct && class != SFM_CLASS_INTEGER &&
		class != SFM_CLASS_REAL && class != SFM_CLASS_NUMBER &&
		class != SFM_CLASS_NULL)
	{
		sfm_call_refused(call, "DISTINCT of an argument that is not known to be a number");
		return NULL;
	}
	return sfm_call_number(call, 0);
}

/*
 * added_up
 *		"sum(x)" or "avg(x)" of doubles.  With DISTINCT the numbers are compared
 *		as they are: integers beyond 53 bits that are one double are two.
 */
static char *
added_up(SfmCallState *call, const char *name, const SfmSql *number)
{
	if (call->node->distinct && number->class == SFM_CLASS_INTEGER)
		return psprintf("%s::double precision",
						aggregate(call, name, number->sql));
	return aggregate(call, name, sfm_cast_sql(number, FLOAT8OID));
}

/*
 * sfm_call_count
 *		count(*), count(), count(x), count(DISTINCT x)
 */
SfmSql *
sfm_call_count(SfmCallState *call)
{
	const char *argument = "*";
	SfmSql	   *result;

	if (call->n == 1)
		argument = call->node->distinct ?
			sfm_as_sort_key(call->translation, call->node, call->arguments[0]) :
			call->arguments[0]->sql;
	result = sfm_make_sql(aggregate(call, "count", argument), true, INT8OID,
						  SFM_CLASS_INTEGER);
	result->not_null = true;
	return result;
}

/*
 * sfm_call_sum
 *		sum(x): an INTEGER if all values are; overflow is an error in both.
 */
SfmSql *
sfm_call_sum(SfmCallState *call)
{
	SfmSql	   *number = argument_number(call);
	SfmSql	   *result;

	if (number == NULL)
		return sfm_null();
	if (number->class == SFM_CLASS_INTEGER || number->class == SFM_CLASS_NULL)
		return sfm_make_sql(psprintf("%s::bigint",
									 aggregate(call, "sum",
											   number->class == SFM_CLASS_NULL ?
											   "NULL::bigint" : number->sql)),
							true, INT8OID, SFM_CLASS_INTEGER);
	if (number->class == SFM_CLASS_REAL || number->type == FLOAT8OID)
		return sfm_make_sql(aggregate(call, "sum", sfm_cast_sql(number, FLOAT8OID)),
							true, FLOAT8OID, number->class);
	result = sfm_make_sql(aggregate(call, "sum", number->sql), true, NUMERICOID,
						  SFM_CLASS_NUMBER);
	if (number->integral_is_integer)
		result->is_integer = aggregate(call, "bool_and",
									   psprintf("%s = trunc(%s)",
												sfm_operand(number), number->sql));
	return result;
}

/* total(x): as sum(), but always a REAL, and 0.0 of nothing */
SfmSql *
sfm_call_total(SfmCallState *call)
{
	SfmSql	   *number = argument_number(call);
	SfmSql	   *result;

	if (number == NULL)
		return sfm_null();
	result = sfm_make_sql(psprintf("COALESCE(%s, 0::double precision)",
								   added_up(call, "sum", number)),
						  true, FLOAT8OID, SFM_CLASS_REAL);
	result->not_null = true;
	return result;
}

/*
 * sfm_call_avg
 *		avg(x): SQLite adds up doubles and divides once, as PostgreSQL's avg()
 *		of double precision does.
 */
SfmSql *
sfm_call_avg(SfmCallState *call)
{
	SfmSql	   *number = argument_number(call);

	if (number == NULL)
		return sfm_null();
	return sfm_make_sql(added_up(call, "avg", number), true, FLOAT8OID, SFM_CLASS_REAL);
}

/*
 * extreme_by_key
 *		min() or max() of what PostgreSQL has no such aggregate for: the first
 *		value in the order of another expression.
 */
static char *
extreme_by_key(SfmCallState *call, const char *value, const char *key)
{
	const char *filter;

	if (call->node->over != NULL)
	{
		sfm_call_refused(call, "a BLOB or a collation, with OVER");
		return pstrdup("NULL");
	}
	filter = call->node->filter == NULL ? "" :
		psprintf(" AND (%s)",
				 sfm_as_condition(call->translation, call->node->filter,
								  sfm_translate_expression(call->translation,
														   call->scope,
														   call->node->filter))->sql);
	return psprintf("(array_agg(%s ORDER BY %s%s) FILTER (WHERE (%s) IS NOT NULL%s))[1]",
					value, key,
					strcmp(call->function->detail, "max") == 0 ? " DESC" : "",
					value, filter);
}

/*
 * sfm_call_extreme
 *		min(x), max(x): in SQLite's order.  Dates and times whose texts sort as
 *		they do keep their type.
 */
SfmSql *
sfm_call_extreme(SfmCallState *call)
{
	SfmSql	   *value = call->arguments[0];
	SfmSql	   *stored;
	SfmSql	   *result;
	const char *name = call->function->detail;
	char	   *key = sfm_as_sort_key(call->translation, call->node, value);

	if (call->translation->problem != NULL)
		return sfm_null();
	if (value->class == SFM_CLASS_NULL)
		return sfm_null();
	if (value->type == TIMESTAMPOID || value->type == TIMESTAMPTZOID ||
		value->type == DATEOID || value->type == TIMEOID)
	{
		result = sfm_plain_copy(value);
		result->form = sfm_expression_form(call->translation, value);
		result->epoch = value->epoch;
		result->sql = aggregate(call, name, key);
	}
	else
	{
		stored = sfm_as_stored(call->translation, call->node, value);
		result = sfm_plain_copy(stored);
		result->moment = NULL;
		if (stored->class == SFM_CLASS_BLOB || stored->class == SFM_CLASS_ANY ||
			(stored->class == SFM_CLASS_TEXT &&
			 value->collation != SFM_COLLATION_BINARY))
			result->sql = extreme_by_key(call, stored->sql,
										 stored->class == SFM_CLASS_BLOB ?
										 stored->sql : key);
		else if (stored->class == SFM_CLASS_TEXT)
			result->sql = aggregate(call, name,
									psprintf("%s COLLATE \"C\"", sfm_operand(stored)));
		else if (stored->class == SFM_CLASS_REAL)
		{
			result->sql = aggregate(call, name, sfm_cast_sql(stored, FLOAT8OID));
			result->type = FLOAT8OID;
		}
		else
			result->sql = aggregate(call, name, stored->sql);
	}
	result->atomic = true;
	result->not_null = false;
	result->collation = SFM_COLLATION_BINARY;
	result->collation_strength = 0;
	return result;
}

/*
 * sfm_call_group_concat
 *		group_concat(x[, separator]), string_agg(x, separator)
 */
SfmSql *
sfm_call_group_concat(SfmCallState *call)
{
	SfmSql	   *value = call->arguments[0];
	const char *text = sfm_cast_sql(sfm_as_text(call->translation, call->node,
												value), TEXTOID);

	if (call->node->distinct)
	{
		if (call->n == 2)
			return sfm_call_refused(call, "DISTINCT with a separator");
		/* 7 and '7' are two, and have one text */
		if (value->class == SFM_CLASS_ANY)
			return sfm_call_refused(call, "DISTINCT of values whose storage class is not known");
		if (value->class == SFM_CLASS_TEXT &&
			value->collation != SFM_COLLATION_BINARY)
			return sfm_call_refused(call, "DISTINCT by a collation other than BINARY");
		/* DISTINCT sorts: the order must not be that of a locale */
		text = psprintf("%s COLLATE \"C\"", text);
	}
	return sfm_make_sql(aggregate(call, "string_agg",
								  psprintf("%s, %s", text,
										   call->n == 1 ? "','" :
										   sfm_cast_sql(sfm_as_text(call->translation,
																	call->node,
																	call->arguments[1]),
														TEXTOID))),
						true, TEXTOID, SFM_CLASS_TEXT);
}

/*
 * sfm_call_json_group_array
 *		json_group_array(x): text without blanks; json_agg() has some.
 */
SfmSql *
sfm_call_json_group_array(SfmCallState *call)
{
	char	   *element = sfm_json_element(call, 0);
	SfmSql	   *result;

	if (call->node->distinct)
	{
		if (call->arguments[0]->class == SFM_CLASS_ANY ||
			call->arguments[0]->collation != SFM_COLLATION_BINARY)
			return sfm_call_refused(call, "DISTINCT of such values");
		/* DISTINCT sorts: the order must not be that of a locale */
		element = psprintf("%s COLLATE \"C\"", element);
	}
	result = sfm_make_sql(psprintf("('[' || COALESCE(%s, '') || ']')",
								   aggregate(call, "string_agg",
											 psprintf("%s, ','", element))),
						  true, TEXTOID, SFM_CLASS_TEXT);
	result->not_null = true;
	result->is_json = true;
	return result;
}

/* json_group_object(name, value) */
SfmSql *
sfm_call_json_group_object(SfmCallState *call)
{
	char	   *element;
	SfmSql	   *result;

	if (call->node->distinct)
		return sfm_call_refused(call, "DISTINCT");
	element = psprintf("to_json(COALESCE(%s, ''))::text || ':' || %s",
					   sfm_cast_sql(sfm_as_text(call->translation, call->node,
												call->arguments[0]), TEXTOID),
					   sfm_json_element(call, 1));
	result = sfm_make_sql(psprintf("('{' || COALESCE(%s, '') || '}')",
								   aggregate(call, "string_agg",
											 psprintf("%s, ','", element))),
						  true, TEXTOID, SFM_CLASS_TEXT);
	result->not_null = true;
	result->is_json = true;
	return result;
}

/* ------------------------------------------------------------------------
 * Window functions
 * ------------------------------------------------------------------------
 */

/* row_number(), rank() and others without arguments */
SfmSql *
sfm_call_rank(SfmCallState *call)
{
	bool		is_real = call->function->detail != NULL;
	SfmSql	   *result = sfm_make_sql(psprintf("%s()%s", call->function->name,
											   sfm_call_over(call)),
									  true, is_real ? FLOAT8OID : INT8OID,
									  is_real ? SFM_CLASS_REAL : SFM_CLASS_INTEGER);

	result->not_null = true;
	return result;
}

/* ntile(n) */
SfmSql *
sfm_call_ntile(SfmCallState *call)
{
	SfmSql	   *result;

	if (call->arguments[0]->class != SFM_CLASS_INTEGER)
		return sfm_call_refused(call, "an argument that is no INTEGER");
	result = sfm_make_sql(psprintf("ntile(%s)%s",
								   sfm_cast_sql(sfm_call_number(call, 0), INT4OID),
								   sfm_call_over(call)),
						  true, INT4OID, SFM_CLASS_INTEGER);
	return result;
}

/* A value of another row: what the argument is, but it may be NULL. */
static SfmSql *
value_of_row(SfmCallState *call, const SfmSql *value, char *sql)
{
	SfmSql	   *result = sfm_plain_copy(value);

	result->form = value->relation != NULL || value->form != SFM_FORM_UNKNOWN ?
		sfm_expression_form(call->translation, value) : SFM_FORM_UNKNOWN;
	result->epoch = value->epoch;
	result->moment = NULL;
	result->json = NULL;
	result->is_json = false;
	result->collation = SFM_COLLATION_BINARY;
	result->collation_strength = 0;
	result->not_null = false;
	result->sql = sql;
	result->atomic = true;
	return result;
}

/* PostgreSQL must know the type of a literal that functions take. */
static char *
typed(const SfmSql *value)
{
	if (value->class == SFM_CLASS_NULL && value->type == UNKNOWNOID)
		return pstrdup("NULL::text");
	if (value->literal == NULL)
		return value->sql;
	if (value->class == SFM_CLASS_TEXT)
		return sfm_cast_sql(value, TEXTOID);
	if (value->class == SFM_CLASS_INTEGER && value->type != BOOLOID)
		return sfm_cast_sql(value, INT8OID);
	if (value->class == SFM_CLASS_REAL)
		return sfm_cast_sql(value, FLOAT8OID);
	return value->sql;
}

/* lag() and lead() of x[, offset[, default]] */
SfmSql *
sfm_call_lag(SfmCallState *call)
{
	SfmSql	   *values[2];
	int			nvalues = call->n == 3 ? 2 : 1;
	int64		offset = 1;
	char	   *sql;

	values[0] = call->arguments[0];
	values[1] = call->n == 3 ? call->arguments[2] : NULL;
	if (call->n > 1 &&
		(!sfm_constant_integer(call->arguments[1], &offset) ||
		 offset < 0 || offset > PG_INT32_MAX))
		return sfm_call_refused(call, "an offset that is no literal, or negative");
	sfm_unify(call->translation, call->node, values, nvalues);
	if (nvalues == 1)
		sql = psprintf("%s(%s, " INT64_FORMAT ")", call->function->name,
					   typed(values[0]), offset);
	else
		sql = psprintf("%s(%s, " INT64_FORMAT ", %s)", call->function->name,
					   typed(values[0]), offset, values[1]->sql);
	if (nvalues == 1 && offset == 1)
		sql = psprintf("%s(%s)", call->function->name, typed(values[0]));
	if (values[0]->class == SFM_CLASS_NULL)
		return sfm_null();
	return value_of_row(call, values[0], psprintf("%s%s", sql, sfm_call_over(call)));
}

/* first_value(x), last_value(x), nth_value(x, n) */
SfmSql *
sfm_call_window_value(SfmCallState *call)
{
	SfmSql	   *value = call->arguments[0];
	char	   *sql = typed(value);

	if (call->n == 2)
	{
		if (call->arguments[1]->class != SFM_CLASS_INTEGER)
			return sfm_call_refused(call, "a number of a row that is no INTEGER");
		sql = psprintf("%s, %s", sql,
					   sfm_cast_sql(sfm_call_number(call, 1), INT4OID));
	}
	if (value->class == SFM_CLASS_NULL)
		return sfm_null();
	return value_of_row(call, value,
						psprintf("%s(%s)%s", call->function->name, sql,
								 sfm_call_over(call)));
}
