/*-------------------------------------------------------------------------
 *
 * bind.c
 *	  Runs a pushed condition: evaluates its values and binds them.
 *
 * Each scan, and each rescan, evaluates the values anew and binds them to the
 * one statement, which is prepared once.  Only an array may have more elements
 * than the statement has parameters for; then there is a new one, for twice as
 * many.
 *
 * A value that SQLite could not compare as PostgreSQL does (pushdown.c says
 * which) makes the scan read the whole table; PostgreSQL looks at the condition
 * in any case.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "pushdown.h"

/* Whole numbers up to here are doubles */
#define TWO_TO_53 9007199254740992.0

/* Parameters for an array of unknown length, at first */
#define FIRST_CAPACITY 8

/* One value of the condition. */
typedef struct BoundValue
{
	SfmPushedKind kind;
	SfmAffinity affinity;
	Oid			type;			/* of the value or its elements */
	bool		is_array;
	bool		as_blob;		/* a second parameter has the text's bytes */
	int16		type_length;	/* of the elements of an array */
	bool		type_by_value;
	char		type_align;
	ExprState  *expression;

	/* as the statement has been prepared */
	int			capacity;		/* number of values it has parameters for */

	/* as it is at present */
	int			nvalues;		/* at most "capacity"; nulls are left out */
	SfmValue   *values;
} BoundValue;

struct SfmBinding
{
	SfmConnection *connection;
	const SfmScanQuery *query;
	ExprContext *expr_context;
	int			nvalues;
	BoundValue *values;
	SfmWriter	text_writer;
	SfmReader  *reader;			/* SQLite's, of the statement */
	MemoryContext reader_context;
	MemoryContext value_context;	/* what is bound at present */
};

/* ------------------------------------------------------------------------
 * The statement's text
 * ------------------------------------------------------------------------
 */

/* Writes the parameters of one value: "?1", "(?1, ?2)". */
static void
append_parameters(StringInfo sql, int first, int count, bool list)
{
	if (list)
		appendStringInfoChar(sql, '(');
	for (int i = 0; i < count; i++)
		appendStringInfo(sql, "%s?%d", i > 0 ? ", " : "", first + i);
	if (list)
		appendStringInfoChar(sql, ')');
}

/*
 * sfm_show_query
 *		The SELECT for human eyes; of an array stands one parameter.
 */
char *
sfm_show_query(const SfmScanQuery *query)
{
	StringInfoData sql;
	int			parameter = query->first_parameter + 1;
	ListCell   *cell;

	initStringInfo(&sql);
	appendStringInfoString(&sql, query->sql);
	foreach(cell, query->where)
	{
		List	   *value;
		int			count;

		if (IsA(lfirst(cell), String))
		{
			appendStringInfoString(&sql, strVal(lfirst(cell)));
			continue;
		}
		value = list_nth(query->values, intVal(lfirst(cell)));
		count = list_nth_int(value, SFM_PUSHED_AS_BLOB) ? 2 : 1;
		if (list_nth_int(value, SFM_PUSHED_IS_ARRAY))
		{
			appendStringInfo(&sql, "(?%d, ...)", parameter);
			parameter++;
			continue;
		}
		append_parameters(&sql, parameter, count, count > 1);
		parameter += count;
	}
	return sql.data;
}

/* Prepares the statement for as many values as there are parameters for. */
static void
prepare_statement(SfmBinding *binding)
{
	MemoryContext old_context;
	SfmReadRequest request = {.choice = SFM_READER_SQLITE};
	StringInfoData sql;
	int			parameter = binding->query->first_parameter + 1;
	ListCell   *cell;

	if (binding->reader != NULL)
		sfm_reader_end(binding->reader);
	binding->reader = NULL;

	old_context = MemoryContextSwitchTo(binding->reader_context);
	initStringInfo(&sql);
	appendStringInfoString(&sql, binding->query->sql);
	foreach(cell, binding->query->where)
	{
		BoundValue *value;
		int			count;

		if (IsA(lfirst(cell), String))
		{
			appendStringInfoString(&sql, strVal(lfirst(cell)));
			continue;
		}
		value = &binding->values[intVal(lfirst(cell))];
		count = value->capacity * (value->as_blob ? 2 : 1);
		append_parameters(&sql, parameter, count,
						  value->is_array || value->as_blob);
		parameter += count;
	}
	request.sql = sql.data;
	binding->reader = sfm_reader_begin(binding->connection, &request);
	binding->reader->refusal = "SQLite looks at a condition";
	pfree(sql.data);
	MemoryContextSwitchTo(old_context);
}

/* ------------------------------------------------------------------------
 * Values
 * ------------------------------------------------------------------------
 */

static bool
bind_integer(const BoundValue *bound, int64 number, SfmValue *value)
{
	/* SQLite might round it for its index */
	if (bound->affinity == SFM_AFFINITY_REAL &&
		(number > (int64) TWO_TO_53 || number < -(int64) TWO_TO_53))
		return false;
	value->storage_class = SFM_INTEGER;
	value->integer = number;
	return true;
}

/* Infinity and NaN may also be stored as text. */
static bool
bind_double(double number, SfmValue *value)
{
	if (!isfinite(number))
		return false;
	value->storage_class = SFM_REAL;
	value->real = number;
	return true;
}

/*
 * Above 2^53 a whole number, stored as INTEGER, may lie between the double and
 * the numeric that it stands for.
 */
static bool
bind_numeric(Datum datum, SfmValue *value)
{
	double		number;

	number = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
												datum));
	return bind_double(number, value) && fabs(number) < TWO_TO_53;
}

static bool
bind_text(SfmBinding *binding, const BoundValue *bound, Datum datum,
		  SfmValue *value)
{
	static const char infinities[] = "iInN";
	const char *at;
	size_t		length;

	if (!sfm_write(&binding->text_writer, datum, value))
		return false;

	/* SQLite has other characters for U+FFFE and U+FFFF of UTF-8 */
	if (binding->connection->utf16 &&
		memchr(value->bytes, 0xef, value->length) != NULL)
		return false;
	if (bound->affinity == SFM_AFFINITY_TEXT)
		return true;

	/* what may be the digits of a number, which are stored as such */
	at = value->bytes;
	length = value->length;
	while (length > 0 && strchr(" \t\n\v\f\r+-.", *at) != NULL)
	{
		at++;
		length--;
	}
	return length > 0 && !(*at >= '0' && *at <= '9') &&
		strchr(infinities, *at) == NULL;
}

/* Makes a value of SQLite of a Datum; false if that is not possible. */
static bool
convert_value(SfmBinding *binding, const BoundValue *bound, Datum datum,
			  SfmValue *value)
{
	switch (bound->type)
	{
		case INT2OID:
			return bind_integer(bound, DatumGetInt16(datum), value);
		case INT4OID:
			return bind_integer(bound, DatumGetInt32(datum), value);
		case INT8OID:
			return bind_integer(bound, DatumGetInt64(datum), value);
		case OIDOID:
			return bind_integer(bound, DatumGetObjectId(datum), value);
		case FLOAT4OID:
			return bind_double(DatumGetFloat4(datum), value);
		case FLOAT8OID:
			return bind_double(DatumGetFloat8(datum), value);
		case NUMERICOID:
			return bind_numeric(datum, value);
		case TEXTOID:
			return bind_text(binding, bound, datum, value);
		default:
			elog(ERROR, "unexpected type %u", bound->type);
	}
}

/*
 * convert_array
 *		Makes values of the elements of an array.  Null equals nothing, so it
 *		is left out.
 */
static bool
convert_array(SfmBinding *binding, BoundValue *bound, Datum datum)
{
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	deconstruct_array(DatumGetArrayTypeP(datum), bound->type,
					  bound->type_length, bound->type_by_value,
					  bound->type_align, &elements, &nulls, &count);
	bound->values = palloc_array(SfmValue, Max(count, 1));
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			continue;
		if (!convert_value(binding, bound, elements[i],
						   &bound->values[bound->nvalues]))
			return false;
		bound->nvalues++;
	}
	return true;
}

/*
 * evaluate
 *		Evaluates all values, in the memory context that they live in.  False
 *		if there is one that SQLite cannot compare with.
 */
static bool
evaluate(SfmBinding *binding)
{
	int			nparameters = 0;
	int			limit = sqlite3_limit(binding->connection->db,
									  SQLITE_LIMIT_VARIABLE_NUMBER, -1);

	for (int i = 0; i < binding->nvalues; i++)
	{
		BoundValue *bound = &binding->values[i];
		bool		is_null;
		Datum		datum = ExecEvalExpr(bound->expression,
										 binding->expr_context, &is_null);

		bound->nvalues = 0;
		bound->values = NULL;
		if (!is_null && bound->is_array)
		{
			if (!convert_array(binding, bound, datum))
				return false;
		}
		else if (!is_null)
		{
			bound->values = palloc_object(SfmValue);
			if (!convert_value(binding, bound, datum, bound->values))
				return false;
			bound->nvalues = 1;
		}
		nparameters += Max(bound->nvalues, bound->capacity) *
			(bound->as_blob ? 2 : 1);
		if (nparameters > limit)
			return false;
	}
	return true;
}

/* Has the statement parameters for all values?  If not, it is to have. */
static bool
has_room(SfmBinding *binding)
{
	bool		result = binding->reader != NULL;
	int			limit = sqlite3_limit(binding->connection->db,
									  SQLITE_LIMIT_VARIABLE_NUMBER, -1);
	int			nparameters = 0;

	for (int i = 0; i < binding->nvalues; i++)
		nparameters += binding->values[i].nvalues;
	for (int i = 0; i < binding->nvalues; i++)
	{
		BoundValue *bound = &binding->values[i];

		if (bound->nvalues <= bound->capacity)
			continue;
		/* twice as many, or exactly as many where that would be too much */
		if (nparameters < limit / 8)
			while (bound->capacity < bound->nvalues)
				bound->capacity *= 2;
		else
			bound->capacity = bound->nvalues;
		result = false;
	}
	return result;
}

/* Binds what has been evaluated; NULL to what is left. */
static void
bind_values(SfmBinding *binding)
{
	int			parameter = binding->query->first_parameter + 1;

	for (int i = 0; i < binding->nvalues; i++)
	{
		BoundValue *bound = &binding->values[i];

		for (int j = 0; j < bound->capacity; j++)
		{
			bool		is_null = j >= bound->nvalues;
			SfmValue   *value = is_null ? NULL : &bound->values[j];

			sfm_bind_value(binding->reader->statement, parameter++, value);
			if (!bound->as_blob)
				continue;
			if (!is_null)
				value->storage_class = SFM_BLOB;
			sfm_bind_value(binding->reader->statement, parameter++, value);
		}
	}
}

/* ------------------------------------------------------------------------
 * The life of a binding
 * ------------------------------------------------------------------------
 */

/*
 * sfm_binding_begin
 *		Makes what a node needs to run a query with a condition.
 *
 *		Lives in CurrentMemoryContext, which must be the query's; "query" must
 *		outlive it.  Evaluates nothing yet.
 */
SfmBinding *
sfm_binding_begin(PlanState *node, Oid serverid, const SfmScanQuery *query)
{
	SfmBinding *binding = palloc0(sizeof(SfmBinding));
	ListCell   *cell;

	binding->connection = sfm_server_connection(serverid);
	binding->query = query;
	binding->expr_context = node->ps_ExprContext;
	binding->nvalues = list_length(query->values);
	binding->values = palloc0_array(BoundValue, Max(binding->nvalues, 1));
	binding->reader_context = CurrentMemoryContext;
	binding->value_context =
		AllocSetContextCreate(CurrentMemoryContext,
							  "sqlite_fdw_migrate values",
							  ALLOCSET_SMALL_SIZES);
	sfm_writer_init(&binding->text_writer, TEXTOID, -1, SFM_STORAGE_TEXT,
					SFM_EPOCH_AUTO, SFM_AFFINITY_TEXT);
	foreach(cell, query->values)
	{
		List	   *members = lfirst(cell);
		int			i = foreach_current_index(cell);
		BoundValue *bound = &binding->values[i];

		bound->kind = list_nth_int(members, SFM_PUSHED_KIND);
		bound->affinity = list_nth_int(members, SFM_PUSHED_AFFINITY);
		bound->type = list_nth_int(members, SFM_PUSHED_TYPE);
		bound->is_array = list_nth_int(members, SFM_PUSHED_IS_ARRAY);
		bound->as_blob = list_nth_int(members, SFM_PUSHED_AS_BLOB);
		bound->capacity = bound->is_array ? FIRST_CAPACITY : 1;
		bound->expression = ExecInitExpr(list_nth(query->expressions, i),
										 node);
		get_typlenbyvalalign(bound->type, &bound->type_length,
							 &bound->type_by_value, &bound->type_align);
	}
	return binding;
}

/*
 * sfm_binding_start
 *		Evaluates the values and binds them; the reader returned, which stays
 *		the binding's, is at its beginning.  NULL if SQLite cannot compare with
 *		one of them: then the whole table is to be read.
 *
 *		Raises what the expressions raise.
 */
SfmReader *
sfm_binding_start(SfmBinding *binding)
{
	MemoryContext old_context;
	bool		pushed;

	if (binding->reader != NULL)
		sfm_reader_rewind(binding->reader);
	MemoryContextReset(binding->value_context);
	old_context = MemoryContextSwitchTo(binding->value_context);
	pushed = evaluate(binding);
	MemoryContextSwitchTo(old_context);
	if (!pushed)
		return NULL;

	if (!has_room(binding))
		prepare_statement(binding);
	bind_values(binding);
	return binding->reader;
}
