/*-------------------------------------------------------------------------
 *
 * calls.c
 *	  Functions of PostgreSQL for which SQLite has one that gives the same.
 *
 * A function is named by its OID, for which PostgreSQL has constants; so no
 * function of a user with the same name is taken for it.  Lengths are in
 * characters on both sides, and no text holds a NUL byte.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "export.h"

/* SQLite's own limit is 50,000 bytes, of which one character may take three */
#define MAX_PATTERN 10000

typedef enum CallKind
{
	CALL_SAME,					/* the argument itself, under another type */
	CALL_FUNCTION,				/* a function with the same arguments */
	CALL_REAL,					/* CAST(x AS REAL) */
	CALL_NOT_ZERO,				/* x <> 0 */
	CALL_OCTETS,				/* length of the bytes of a text */
	CALL_REMAINDER,
	CALL_SUBSTRING,				/* from a place that is known to exist */
	CALL_REPLACE,
	CALL_CASE					/* lower, upper: ASCII */
} CallKind;

static const struct
{
	Oid			function;
	CallKind	kind;
	const char *name;			/* SQLite's */
}			calls[] = {
	{F_INT4_INT2, CALL_SAME},
	{F_INT8_INT2, CALL_SAME},
	{F_INT2_INT4, CALL_SAME},
	{F_INT8_INT4, CALL_SAME},
	{F_INT2_INT8, CALL_SAME},
	{F_INT4_INT8, CALL_SAME},
	{F_INT4_BOOL, CALL_SAME},
	{F_NUMERIC_INT2, CALL_SAME},
	{F_NUMERIC_INT4, CALL_SAME},
	{F_NUMERIC_INT8, CALL_SAME},
	{F_FLOAT8_FLOAT4, CALL_SAME},
	{F_TEXT_BPCHAR, CALL_SAME},
	{F_BOOL_INT4, CALL_NOT_ZERO},
	{F_FLOAT8_INT2, CALL_REAL},
	{F_FLOAT8_INT4, CALL_REAL},
	{F_FLOAT8_INT8, CALL_REAL},
	{F_ABS_INT2, CALL_FUNCTION, "abs"},
	{F_ABS_INT4, CALL_FUNCTION, "abs"},
	{F_ABS_INT8, CALL_FUNCTION, "abs"},
	{F_ABS_FLOAT8, CALL_FUNCTION, "abs"},
	{F_LENGTH_TEXT, CALL_FUNCTION, "length"},
	{F_CHAR_LENGTH_TEXT, CALL_FUNCTION, "length"},
	{F_CHARACTER_LENGTH_TEXT, CALL_FUNCTION, "length"},
	{F_LENGTH_BYTEA, CALL_FUNCTION, "length"},
	{F_OCTET_LENGTH_BYTEA, CALL_FUNCTION, "length"},
	{F_OCTET_LENGTH_TEXT, CALL_OCTETS, "length"},
	{F_BTRIM_TEXT, CALL_FUNCTION, "trim"},
	{F_LTRIM_TEXT, CALL_FUNCTION, "ltrim"},
	{F_RTRIM_TEXT, CALL_FUNCTION, "rtrim"},
	{F_MOD_INT2_INT2, CALL_REMAINDER},
	{F_MOD_INT4_INT4, CALL_REMAINDER},
	{F_MOD_INT8_INT8, CALL_REMAINDER},
	{F_SUBSTR_TEXT_INT4, CALL_SUBSTRING, "substr"},
	{F_SUBSTR_TEXT_INT4_INT4, CALL_SUBSTRING, "substr"},
	{F_SUBSTRING_TEXT_INT4, CALL_SUBSTRING, "substr"},
	{F_SUBSTRING_TEXT_INT4_INT4, CALL_SUBSTRING, "substr"},
	{F_REPLACE, CALL_REPLACE, "replace"},
	{F_LOWER_TEXT, CALL_CASE, "lower"},
	{F_UPPER_TEXT, CALL_CASE, "upper"}
};

static void
translate_arguments(SfmExpression *expression, List *arguments,
					const char *separator, StringInfo out)
{
	ListCell   *cell;

	appendStringInfoChar(out, '(');
	foreach(cell, arguments)
	{
		if (foreach_current_index(cell) > 0)
			appendStringInfoString(out, separator);
		sfm_export_node(expression, lfirst(cell), out);
	}
	appendStringInfoChar(out, ')');
}

/* Is this a constant int4 of at least so much? */
static bool
is_at_least(Node *node, int32 least)
{
	return IsA(node, Const) && !((Const *) node)->constisnull &&
		((Const *) node)->consttype == INT4OID &&
		DatumGetInt32(((Const *) node)->constvalue) >= least;
}

/* substr(text, from [, length]): SQLite counts a negative place from the end */
static bool
substring_is_same(FuncExpr *call)
{
	return is_at_least(lsecond(call->args), 1) &&
		(list_length(call->args) < 3 || is_at_least(lthird(call->args), 0));
}

/* Texts compare by their bytes in both, if the collation has no say. */
static bool
is_deterministic(FuncExpr *call)
{
	return !OidIsValid(call->inputcollid) ||
		get_collation_isdeterministic(call->inputcollid);
}

/* replace(text, from, to): of an empty "from" SQLite never looks at "to" */
static bool
replace_is_same(FuncExpr *call)
{
	Const	   *from = lsecond(call->args);

	return is_deterministic(call) && IsA(from, Const) && !from->constisnull &&
		VARSIZE_ANY_EXHDR(DatumGetPointer(from->constvalue)) > 0;
}

static void
refuse_call(SfmExpression *expression, FuncExpr *call)
{
	char	   *name = get_func_name(call->funcid);

	sfm_export_refuse(expression, psprintf("SQLite has no function like %s()",
										   name != NULL ? name : "?"));
}

static void
translate_known(SfmExpression *expression, FuncExpr *call, CallKind kind,
				const char *name, StringInfo out)
{
	switch (kind)
	{
		case CALL_SAME:
			sfm_export_node(expression, linitial(call->args), out);
			return;
		case CALL_FUNCTION:
			break;
		case CALL_REAL:
			appendStringInfoString(out, "CAST(");
			sfm_export_node(expression, linitial(call->args), out);
			appendStringInfoString(out, " AS REAL)");
			return;
		case CALL_NOT_ZERO:
			appendStringInfoChar(out, '(');
			sfm_export_node(expression, linitial(call->args), out);
			appendStringInfoString(out, " <> 0)");
			return;
		case CALL_OCTETS:
			appendStringInfoString(out, "length(CAST(");
			sfm_export_node(expression, linitial(call->args), out);
			appendStringInfoString(out, " AS BLOB))");
			return;
		case CALL_REMAINDER:
			translate_arguments(expression, call->args, " % ", out);
			return;
		case CALL_SUBSTRING:
			if (!substring_is_same(call))
			{
				refuse_call(expression, call);
				return;
			}
			break;
		case CALL_REPLACE:
			if (!replace_is_same(call))
			{
				refuse_call(expression, call);
				return;
			}
			break;
		case CALL_CASE:
			if (!sfm_shape_compares(SFM_SHAPE_TEXT, call->inputcollid, true))
			{
				if (!expression->loose)
				{
					refuse_call(expression, call);
					return;
				}
				expression->remark = "lower() and upper() of SQLite change ASCII letters only";
			}
			break;
	}
	appendStringInfoString(out, name);
	translate_arguments(expression, call->args, ", ", out);
}

/*
 * sfm_export_call
 *		Appends the translation of a function call, or a cast by a function.
 */
void
sfm_export_call(SfmExpression *expression, FuncExpr *call, StringInfo out)
{
	for (int i = 0; i < lengthof(calls); i++)
	{
		if (calls[i].function == call->funcid)
		{
			translate_known(expression, call, calls[i].kind, calls[i].name,
							out);
			return;
		}
	}
	refuse_call(expression, call);
}

/*
 * sfm_export_like
 *		x LIKE 'pattern' becomes GLOB, which tells "a" from "A" as LIKE does
 *		here.  False if the pattern is not known.
 */
bool
sfm_export_like(SfmExpression *expression, OpExpr *op, StringInfo out)
{
	Node	   *left = linitial(op->args);
	Const	   *pattern = lsecond(op->args);
	StringInfoData glob;

	if (!IsA(pattern, Const) || pattern->constisnull ||
		VARSIZE_ANY_EXHDR(DatumGetPointer(pattern->constvalue)) > MAX_PATTERN ||
		sfm_expression_shape(expression, left) != SFM_SHAPE_TEXT ||
		!sfm_shape_compares(SFM_SHAPE_TEXT, op->inputcollid, false))
		return false;
	initStringInfo(&glob);
	for (char *c = TextDatumGetCString(pattern->constvalue); *c != '\0'; c++)
	{
		if (*c == '%')
			appendStringInfoChar(&glob, '*');
		else if (*c == '_')
			appendStringInfoChar(&glob, '?');
		else
		{
			if (*c == '\\' && *++c == '\0')
				return false;
			if (*c == '*' || *c == '?' || *c == '[')
				appendStringInfo(&glob, "[%c]", *c);
			else
				appendStringInfoChar(&glob, *c);
		}
	}
	appendStringInfoChar(out, '(');
	sfm_export_node(expression, left, out);
	appendStringInfo(out, "%s GLOB %s)",
					 op->opfuncid == F_TEXTNLIKE ? " NOT" : "",
					 sfm_quote_literal_sqlite(glob.data));
	return true;
}
