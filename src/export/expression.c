/*-------------------------------------------------------------------------
 *
 * expression.c
 *	  Expressions of PostgreSQL as SQLite computes them.
 *
 * Works on the analysed tree, in which types, operators and casts are known,
 * with constants folded.  The translation is the same in this sense: for every
 * row that the writers have written, wherever PostgreSQL gives a value or NULL
 * SQLite gives the writer's shape of that value or NULL.  Where PostgreSQL
 * raises an error (overflow, division by zero), SQLite may give something.
 *
 * The list of what is known to be the same is short and closed; everything
 * else is refused with a reason.  Some of what is not on it, and why:
 *
 *	arithmetic of numeric		SQLite has doubles only
 *	double with double			Infinity - Infinity is NaN, in SQLite NULL
 *	order of texts				by bytes there, by the collation here
 *	lower, upper				ASCII only there
 *	regular expressions			SQLite has none
 *	now() and its like			not the same at another time
 *
 * What values are compared with must be of the same shape, see export.h, for
 * SQLite never finds a number equal to a text.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "access/transam.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "export.h"

/* SQLite refuses trees that are deeper than 1,000 */
#define MAX_DEPTH 60
#define MAX_LIST 500

/* Members of a constant array that are looked at */
#define MAX_MEMBERS 10000

/*
 * sfm_export_refuse
 *		Notes why an expression cannot be translated; the first reason stays.
 */
void
sfm_export_refuse(SfmExpression *expression, const char *reason)
{
	if (expression->refusal == NULL)
		expression->refusal = reason;
}

static bool
is_foreign_function(Oid function, void *context)
{
	return function >= FirstNormalObjectId;
}

/* Does an expression call a function that is not PostgreSQL's own? */
static bool
calls_foreign_function(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (check_functions_in_node(node, is_foreign_function, NULL) ||
		IsA(node, CoerceToDomain) || IsA(node, Query))
		return true;
	return expression_tree_walker(node, calls_foreign_function, context);
}

static void
fold(void *argument)
{
	Node	  **node = argument;

	*node = eval_const_expressions(NULL, *node);
}

/*
 * sfm_fold
 *		The expression with its constant parts computed, as the planner does it.
 *
 *		Only if no function of a user is in it: the table may be another role's,
 *		and its functions must not run with the rights of whoever exports it.
 *		Such expressions are not translated anyway.  What cannot be computed
 *		(1 / 0 in a CASE that never gets there) stays as it is.
 */
Node *
sfm_fold(Node *node)
{
	Node	   *result = node;

	if (node == NULL || IsA(node, Var) || IsA(node, Const) ||
		calls_foreign_function(node, NULL) ||
		sfm_try(fold, &result, true) != NULL)
		return node;
	return result;
}

/*
 * sfm_expression_shape
 *		The shape of the values of an expression.
 */
SfmShape
sfm_expression_shape(const SfmExpression *expression, Node *node)
{
	if (IsA(node, Var) && expression->table != NULL)
	{
		SfmExportColumn *column = sfm_exported_column(expression->table,
													  ((Var *) node)->varattno);

		return column != NULL ? column->shape : SFM_SHAPE_OTHER;
	}
	if (IsA(node, Var) && expression->query != NULL)
		return sfm_export_query_shape(expression, (Var *) node);
	return sfm_type_shape(getBaseType(exprType(node)));
}

/* ------------------------------------------------------------------------
 * Parts
 * ------------------------------------------------------------------------
 */

/* A column; "whole" if its value is not looked at. */
static void
translate_var(SfmExpression *expression, Var *var, bool whole, StringInfo out)
{
	SfmExportColumn *column;

	if (expression->query != NULL)
	{
		sfm_export_query_column(expression, var, whole, out);
		return;
	}
	column = expression->table != NULL && var->varlevelsup == 0 ?
		sfm_exported_column(expression->table, var->varattno) : NULL;
	if (column == NULL)
		sfm_export_refuse(expression, "it looks at a system column or a whole row");
	else if (column->digits && !whole)
		sfm_export_refuse(expression, "it looks at numbers that are TEXT in the file");
	else
		appendStringInfoString(out, sfm_quote_sqlite(column->sqlite_name));
}

static void
translate_constant(SfmExpression *expression, Const *constant, StringInfo out)
{
	SfmShape	shape = sfm_type_shape(getBaseType(constant->consttype));
	const char *reason = NULL;
	char	   *sql;

	if (shape == SFM_SHAPE_OTHER && !constant->constisnull)
	{
		sfm_export_refuse(expression, psprintf("it has a constant of type %s",
											   format_type_be(constant->consttype)));
		return;
	}
	sql = sfm_constant_sql(shape, constant, &reason);
	if (sql == NULL)
		sfm_export_refuse(expression, reason);
	else
		appendStringInfoString(out, sql);
}

/* The arguments with a word between them, in parentheses. */
static void
translate_list(SfmExpression *expression, List *nodes, const char *separator,
			   StringInfo out)
{
	ListCell   *cell;

	if (list_length(nodes) > MAX_LIST)
	{
		sfm_export_refuse(expression, "it is too long");
		return;
	}
	appendStringInfoChar(out, '(');
	foreach(cell, nodes)
	{
		if (foreach_current_index(cell) > 0)
			appendStringInfoString(out, separator);
		sfm_export_node(expression, lfirst(cell), out);
	}
	appendStringInfoChar(out, ')');
}

static void
translate_bool(SfmExpression *expression, BoolExpr *node, StringInfo out)
{
	switch (node->boolop)
	{
		case AND_EXPR:
			translate_list(expression, node->args, " AND ", out);
			break;
		case OR_EXPR:
			translate_list(expression, node->args, " OR ", out);
			break;
		case NOT_EXPR:
			appendStringInfoString(out, "(NOT ");
			sfm_export_node(expression, linitial(node->args), out);
			appendStringInfoChar(out, ')');
			break;
	}
}

static void
translate_null_test(SfmExpression *expression, NullTest *node, StringInfo out)
{
	if (node->argisrow || type_is_rowtype(exprType((Node *) node->arg)))
	{
		sfm_export_refuse(expression, "it tests a row for NULL");
		return;
	}
	appendStringInfoChar(out, '(');
	if (IsA(node->arg, Var))
		translate_var(expression, (Var *) node->arg, true, out);
	else
		sfm_export_node(expression, (Node *) node->arg, out);
	appendStringInfoString(out, node->nulltesttype == IS_NULL ?
						   " IS NULL)" : " IS NOT NULL)");
}

static void
translate_boolean_test(SfmExpression *expression, BooleanTest *node,
					   StringInfo out)
{
	static const char *const words[] = {
		[IS_TRUE] = " IS 1)",
		[IS_NOT_TRUE] = " IS NOT 1)",
		[IS_FALSE] = " IS 0)",
		[IS_NOT_FALSE] = " IS NOT 0)",
		[IS_UNKNOWN] = " IS NULL)",
		[IS_NOT_UNKNOWN] = " IS NOT NULL)"
	};

	appendStringInfoChar(out, '(');
	sfm_export_node(expression, (Node *) node->arg, out);
	appendStringInfoString(out, words[node->booltesttype]);
}

/* ------------------------------------------------------------------------
 * Operators
 * ------------------------------------------------------------------------
 */

/* The name of an operator of PostgreSQL's own, or "". */
static const char *
operator_name(Oid operator)
{
	char	   *name = operator < FirstNormalObjectId ?
	get_opname(operator) : NULL;

	return name != NULL ? name : "";
}

static bool
is_one_of(const char *word, const char *const *words)
{
	for (; *words != NULL; words++)
	{
		if (strcmp(word, *words) == 0)
			return true;
	}
	return false;
}

/* May two operands be compared? */
static bool
compares(SfmExpression *expression, Node *left, Node *right, Oid collation,
		 bool order)
{
	SfmShape	shape = sfm_expression_shape(expression, left);

	if (shape != sfm_expression_shape(expression, right) ||
		shape == SFM_SHAPE_OTHER)
		sfm_export_refuse(expression, psprintf("it compares %s with %s",
											   format_type_be(exprType(left)),
											   format_type_be(exprType(right))));
	else if (!sfm_shape_compares(shape, collation, order))
		sfm_export_refuse(expression, order ?
						  "it asks for the order of values that SQLite sorts otherwise" :
						  "it compares values that SQLite compares otherwise");
	else
		return true;
	return false;
}

/* Is this a constant that keeps a double finite, or a NaN away? */
static bool
is_plain_double(Node *node)
{
	double		number;

	if (!IsA(node, Const) || ((Const *) node)->constisnull ||
		((Const *) node)->consttype != FLOAT8OID)
		return false;
	number = DatumGetFloat8(((Const *) node)->constvalue);
	return number != 0 && !isinf(number) && !isnan(number);
}

/* Is arithmetic with these operands the same? */
static bool
computes(SfmExpression *expression, const char *name, Node *left, Node *right)
{
	SfmShape	shape = sfm_expression_shape(expression, left);

	if (shape == sfm_expression_shape(expression, right))
	{
		if (shape == SFM_SHAPE_INTEGER)
			return true;
		if (shape == SFM_SHAPE_FLOAT && *name != '%' &&
			exprType(left) == FLOAT8OID && exprType(right) == FLOAT8OID &&
			(is_plain_double(right) ||
			 (is_plain_double(left) && *name != '/')))
			return true;
	}
	sfm_export_refuse(expression, psprintf("SQLite computes %s %s %s otherwise",
										   format_type_be(exprType(left)), name,
										   format_type_be(exprType(right))));
	return false;
}

/* left OPERATOR right, in parentheses */
static void
translate_infix(SfmExpression *expression, Node *left, const char *operator,
				Node *right, StringInfo out)
{
	appendStringInfoChar(out, '(');
	sfm_export_node(expression, left, out);
	appendStringInfo(out, " %s ", operator);
	sfm_export_node(expression, right, out);
	appendStringInfoChar(out, ')');
}

static void
translate_operator(SfmExpression *expression, OpExpr *node, StringInfo out)
{
	static const char *const equality[] = {"=", "<>", NULL};
	static const char *const order[] = {"<", "<=", ">", ">=", NULL};
	static const char *const arithmetic[] = {"+", "-", "*", "/", "%", NULL};
	const char *name = operator_name(node->opno);
	Node	   *left = linitial(node->args);
	Node	   *right = list_length(node->args) > 1 ? lsecond(node->args) : NULL;

	if (right == NULL)
	{
		if (strcmp(name, "-") == 0 &&
			(sfm_expression_shape(expression, left) == SFM_SHAPE_INTEGER ||
			 exprType(left) == FLOAT8OID))
		{
			appendStringInfoString(out, "(- ");
			sfm_export_node(expression, left, out);
			appendStringInfoChar(out, ')');
			return;
		}
	}
	else if (is_one_of(name, equality) || is_one_of(name, order))
	{
		if (compares(expression, left, right, node->inputcollid,
					 is_one_of(name, order)))
			translate_infix(expression, left, name, right, out);
		return;
	}
	else if (node->opfuncid == F_TEXTCAT &&
			 sfm_expression_shape(expression, left) == SFM_SHAPE_TEXT &&
			 sfm_expression_shape(expression, right) == SFM_SHAPE_TEXT)
	{
		translate_infix(expression, left, "||", right, out);
		return;
	}
	else if (node->opfuncid == F_TEXTLIKE || node->opfuncid == F_TEXTNLIKE)
	{
		if (sfm_export_like(expression, node, out))
			return;
	}
	else if (is_one_of(name, arithmetic))
	{
		if (computes(expression, name, left, right))
			translate_infix(expression, left, name, right, out);
		return;
	}
	sfm_export_refuse(expression, psprintf("SQLite has no operator like %s",
										   *name != '\0' ? name :
										   get_opname(node->opno)));
}

/* The members of an array that is known: a list of Const *; NIL and a refusal. */
static List *
array_members(SfmExpression *expression, Node *node)
{
	Const	   *constant = (Const *) node;
	List	   *members = NIL;
	Datum	   *elements;
	bool	   *nulls;
	int			count;
	Oid type;
	int16		length;
	bool		by_value;
	char		align;

	if (IsA(node, ArrayExpr) && !((ArrayExpr *) node)->multidims)
		return ((ArrayExpr *) node)->elements;
	if (!IsA(node, Const) || constant->constisnull ||
		!OidIsValid(type = get_element_type(constant->consttype)))
	{
		sfm_export_refuse(expression, "it looks into an array");
		return NIL;
	}
	get_typlenbyvalalign(type, &length, &by_value, &align);
	deconstruct_array(DatumGetArrayTypeP(constant->constvalue), type, length,
					  by_value, align, &elements, &nulls, &count);
	if (count > MAX_MEMBERS)
		sfm_export_refuse(expression, "its array is too long");
	for (int i = 0; i < Min(count, MAX_MEMBERS); i++)
		members = lappend(members,
						  makeConst(type, -1, constant->constcollid, length,
									elements[i], nulls[i], by_value));
	return members;
}

/* x = ANY (array), x <> ALL (array) */
static void
translate_array_operator(SfmExpression *expression, ScalarArrayOpExpr *node,
						 StringInfo out)
{
	const char *name = operator_name(node->opno);
	Node	   *left = linitial(node->args);
	List	   *members;
	ListCell   *cell;

	if (strcmp(name, node->useOr ? "=" : "<>") != 0)
	{
		sfm_export_refuse(expression, "it compares with all members of an array");
		return;
	}
	members = array_members(expression, lsecond(node->args));
	appendStringInfoChar(out, '(');
	sfm_export_node(expression, left, out);
	appendStringInfoString(out, node->useOr ? " IN (" : " NOT IN (");
	foreach(cell, members)
	{
		if (!compares(expression, left, lfirst(cell), node->inputcollid, false))
			return;
		if (foreach_current_index(cell) > 0)
			appendStringInfoString(out, ", ");
		sfm_export_node(expression, lfirst(cell), out);
	}
	appendStringInfoString(out, "))");
}

/* ------------------------------------------------------------------------
 * The rest
 * ------------------------------------------------------------------------
 */

static void
translate_case(SfmExpression *expression, CaseExpr *node, StringInfo out)
{
	ListCell   *cell;
	SfmExpression inner = *expression;

	if (node->arg != NULL)
	{
		StringInfoData value;

		initStringInfo(&value);
		sfm_export_node(expression, (Node *) node->arg, &value);
		inner = *expression;
		inner.case_value = value.data;
	}
	appendStringInfoString(out, "(CASE");
	foreach(cell, node->args)
	{
		CaseWhen   *when = lfirst(cell);

		appendStringInfoString(out, " WHEN ");
		sfm_export_node(&inner, (Node *) when->expr, out);
		appendStringInfoString(out, " THEN ");
		sfm_export_node(expression, (Node *) when->result, out);
	}
	if (node->defresult != NULL)
	{
		appendStringInfoString(out, " ELSE ");
		sfm_export_node(expression, (Node *) node->defresult, out);
	}
	appendStringInfoString(out, " END)");
	if (inner.refusal != NULL)
		sfm_export_refuse(expression, inner.refusal);
}

static void
translate_coalesce(SfmExpression *expression, CoalesceExpr *node,
				   StringInfo out)
{
	/* SQLite wants two arguments */
	if (list_length(node->args) > 1)
		appendStringInfoString(out, "coalesce");
	translate_list(expression, node->args, ", ", out);
}

/* nullif(a, b), a IS DISTINCT FROM b: both are an OpExpr by structure */
static void
translate_special_equal(SfmExpression *expression, OpExpr *node, bool nullif,
						StringInfo out)
{
	Node	   *left = linitial(node->args);
	Node	   *right = lsecond(node->args);

	if (strcmp(operator_name(node->opno), "=") != 0)
		sfm_export_refuse(expression, "it has an operator that SQLite has not");
	else if (!compares(expression, left, right, node->inputcollid, false))
		return;
	else if (nullif)
	{
		appendStringInfoString(out, "nullif");
		translate_list(expression, node->args, ", ", out);
	}
	else
		translate_infix(expression, left, "IS NOT", right, out);
}

/* The same bytes as another type. */
static void
translate_relabel(SfmExpression *expression, RelabelType *node, StringInfo out)
{
	SfmShape	from = sfm_expression_shape(expression, (Node *) node->arg);
	SfmShape	to = sfm_expression_shape(expression, (Node *) node);

	if (from == SFM_SHAPE_CITEXT && to == SFM_SHAPE_TEXT)
	{
		appendStringInfoChar(out, '(');
		sfm_export_node(expression, (Node *) node->arg, out);
		appendStringInfoString(out, " COLLATE BINARY)");
	}
	else if (from == to && from != SFM_SHAPE_OTHER)
		sfm_export_node(expression, (Node *) node->arg, out);
	else
		sfm_export_refuse(expression, psprintf("it has a cast from %s to %s",
											   format_type_be(exprType((Node *) node->arg)),
											   format_type_be(node->resulttype)));
}

/* A cast by way of text. */
static void
translate_io(SfmExpression *expression, CoerceViaIO *node, StringInfo out)
{
	SfmShape	from = sfm_expression_shape(expression, (Node *) node->arg);

	if (node->resulttype != TEXTOID ||
		(from != SFM_SHAPE_INTEGER && from != SFM_SHAPE_UUID &&
		 from != SFM_SHAPE_ENUM))
	{
		sfm_export_refuse(expression, psprintf("it has a cast from %s to %s",
											   format_type_be(exprType((Node *) node->arg)),
											   format_type_be(node->resulttype)));
		return;
	}
	appendStringInfoString(out, "CAST(");
	sfm_export_node(expression, (Node *) node->arg, out);
	appendStringInfoString(out, " AS TEXT)");
}

static void
translate_value(SfmExpression *expression, const char *value, StringInfo out)
{
	if (value != NULL)
		appendStringInfoString(out, value);
	else
		sfm_export_refuse(expression, "it is too complex");
}

static void
translate_any(SfmExpression *expression, Node *node, StringInfo out)
{
	switch (nodeTag(node))
	{
		case T_Var:
			translate_var(expression, (Var *) node, false, out);
			break;
		case T_Const:
			translate_constant(expression, (Const *) node, out);
			break;
		case T_BoolExpr:
			translate_bool(expression, (BoolExpr *) node, out);
			break;
		case T_NullTest:
			translate_null_test(expression, (NullTest *) node, out);
			break;
		case T_BooleanTest:
			translate_boolean_test(expression, (BooleanTest *) node, out);
			break;
		case T_OpExpr:
			translate_operator(expression, (OpExpr *) node, out);
			break;
		case T_DistinctExpr:
			translate_special_equal(expression, (OpExpr *) node, false, out);
			break;
		case T_NullIfExpr:
			translate_special_equal(expression, (OpExpr *) node, true, out);
			break;
		case T_ScalarArrayOpExpr:
			translate_array_operator(expression, (ScalarArrayOpExpr *) node,
									 out);
			break;
		case T_CaseExpr:
			translate_case(expression, (CaseExpr *) node, out);
			break;
		case T_CoalesceExpr:
			translate_coalesce(expression, (CoalesceExpr *) node, out);
			break;
		case T_RelabelType:
			translate_relabel(expression, (RelabelType *) node, out);
			break;
		case T_CoerceViaIO:
			translate_io(expression, (CoerceViaIO *) node, out);
			break;
		case T_CoerceToDomain:
			sfm_export_node(expression,
							(Node *) ((CoerceToDomain *) node)->arg, out);
			break;
		case T_CollateExpr:
			sfm_export_node(expression,
							(Node *) ((CollateExpr *) node)->arg, out);
			break;
		case T_CoerceToDomainValue:
			translate_value(expression, expression->value, out);
			break;
		case T_CaseTestExpr:
			translate_value(expression, expression->case_value, out);
			break;
		case T_FuncExpr:
			sfm_export_call(expression, (FuncExpr *) node, out);
			break;
		case T_Aggref:
			if (expression->query != NULL)
				sfm_export_query_call(expression, (Aggref *) node, out);
			else
				sfm_export_refuse(expression, "it has an aggregate");
			break;
		case T_SQLValueFunction:
			sfm_export_refuse(expression, "it depends on the session or the time");
			break;
		case T_SubLink:
			sfm_export_refuse(expression, "it has a subquery");
			break;
		case T_WindowFunc:
			sfm_export_refuse(expression, "it has a window function");
			break;
		default:
			sfm_export_refuse(expression, "it has something that SQLite has not");
			break;
	}
}

/*
 * sfm_export_node
 *		Appends the translation of a part; after a refusal what is appended
 *		means nothing.
 */
void
sfm_export_node(SfmExpression *expression, Node *node, StringInfo out)
{
	if (expression->refusal != NULL)
		return;
	if (expression->depth >= MAX_DEPTH)
	{
		sfm_export_refuse(expression, "it is nested too deep");
		return;
	}
	expression->depth++;
	translate_any(expression, node, out);
	expression->depth--;
}

/*
 * sfm_export_sql
 *		SQLite's expression, palloc'd; NULL if there is none, with the reason
 *		in expression->refusal.
 */
char *
sfm_export_sql(SfmExpression *expression, Node *node)
{
	StringInfoData out;

	initStringInfo(&out);
	sfm_export_node(expression, node, &out);
	return expression->refusal == NULL ? out.data : NULL;
}
