/*-------------------------------------------------------------------------
 *
 * pushdown.c
 *	  Which conditions SQLite may look at, and how they are written for it.
 *
 * A condition that is pushed is evaluated again by PostgreSQL.  So it need not
 * select the same rows in SQLite, but must select every row whose converted
 * value PostgreSQL would select: it may be weaker, never stronger.  Whether it
 * is so depends on the type of the foreign column, which says how a value is
 * converted, and on the affinity of SQLite's column, which says what may be
 * stored there and how SQLite compares it ("Datatypes In SQLite", sections 3
 * and 4.2):
 *
 * Numbers.  A column of INTEGER, NUMERIC or REAL affinity holds no TEXT that
 * is a decimal number, because SQLite makes a number of it when it is stored
 * (and what it takes for a number is exactly what sfm_read_decimal() takes),
 * and SQLite compares INTEGER and REAL exactly.  The texts that are numbers
 * for PostgreSQL and not for SQLite are Infinity and NaN; all TEXT is greater
 * than all numbers in SQLite, so that only -Infinity could be missed, by < and
 * <=.  In a column without affinity there may be any TEXT.  In both cases
 * "OR x BETWEEN '' AND x''" adds all TEXT, which an index finds at once.  In a
 * column of TEXT affinity 5 is '5', ' 5' or '5.0': nothing is pushed.
 *
 * A REAL becomes the numeric of its shortest digits.  Rounding to the nearest
 * double gives the REAL back and keeps the order, but not the difference: <
 * becomes <=, > becomes >=, and <> is not pushed.
 *
 * Text.  Equal is what has the same bytes, or in a foreign column the same
 * bytes as a BLOB, which is why "=" becomes IN with both.  SQLite's other
 * collations find more than BINARY equal, so that "=" may use an index of
 * theirs.  < and > are pushed where PostgreSQL compares bytes (collation "C"),
 * too, unless the file's text is UTF-16, of which SQLite compares bytes.
 *
 * What depends on the value itself is known only when the statement runs:
 * bind.c then reads the table without a condition if it must.
 *
 * A view's columns have no affinity that could be known, and a virtual table
 * may do what it likes with a condition: for both nothing is pushed.  Nor is it
 * where the option "reader" asks for the pages.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/stratnum.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "fdw.h"
#include "pushdown.h"

/*
 * SQLite refuses an expression that is nested deeper than 1000, and a list of
 * OR or AND is a tree whose depth is its length
 */
#define MAX_COMPARISONS 200

/* What is needed to write the condition. */
typedef struct PushContext
{
	const SfmScanSource *source;
	RelOptInfo *rel;
	StringInfoData sql;			/* since the last value */
	int			ncomparisons;
	SfmScanQuery *query;		/* gets the pieces */
} PushContext;

/* ------------------------------------------------------------------------
 * Columns
 * ------------------------------------------------------------------------
 */

/* Does SQLite know the collation in every file? */
static bool
is_builtin_collation(const char *collation)
{
	return pg_strcasecmp(collation, "BINARY") == 0 ||
		pg_strcasecmp(collation, "NOCASE") == 0 ||
		pg_strcasecmp(collation, "RTRIM") == 0;
}

/*
 * match_column
 *		Is the expression a bare column of the foreign table?  Sets what is to
 *		be known of it.
 */
static bool
match_column(const SfmScanSource *source, RelOptInfo *rel, Node *node,
			 SfmPushed *comparison)
{
	SfmTable   *table = source->table;
	SfmColumnOptions options;
	Var		   *var;

	while (IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	if (!IsA(node, Var))
		return false;
	var = (Var *) node;
	if (var->varno != rel->relid || var->varattno <= 0 || var->varlevelsup > 0)
		return false;

	sfm_column_options(source->relid, var->varattno, &source->options,
					   &options);
	comparison->attnum = var->varattno;
	comparison->base_type = getBaseType(var->vartype);
	comparison->on_bad_value = options.on_bad_value;
	comparison->column_name = options.column_name;
	comparison->column = sfm_find_column(table, options.column_name);
	if (comparison->column < 0)
	{
		const char *rowid = sfm_rowid_name(table);

		comparison->affinity = SFM_AFFINITY_INTEGER;
		comparison->collation = "BINARY";
		return rowid != NULL &&
			pg_strcasecmp(options.column_name, rowid) == 0;
	}
	comparison->affinity =
		sfm_affinity(table->columns[comparison->column].declared_type);
	comparison->collation = table->columns[comparison->column].collation;
	if (table->strict &&
		pg_strcasecmp(table->columns[comparison->column].declared_type,
					  "ANY") == 0)
		comparison->affinity = SFM_AFFINITY_BLOB;
	return is_builtin_collation(comparison->collation);
}

/*
 * lookup_collation
 *		The collation by which an index finds what equals a text: that of the
 *		column if there is such an index or none at all.
 */
static const char *
lookup_collation(const SfmTable *table, const SfmPushed *comparison)
{
	const char *found = NULL;
	ListCell   *cell;

	foreach(cell, table->indexes)
	{
		SfmIndex   *index = lfirst(cell);

		if (index->partial || index->ncolumns == 0 ||
			index->columns[0].column != comparison->column)
			continue;
		if (pg_strcasecmp(index->columns[0].collation,
						  comparison->collation) == 0)
			return comparison->collation;
		if (is_builtin_collation(index->columns[0].collation))
			found = index->columns[0].collation;
	}
	return found != NULL ? found : comparison->collation;
}

/* ------------------------------------------------------------------------
 * Comparisons
 * ------------------------------------------------------------------------
 */

/* Is the value the same for all rows of a scan? */
static bool
is_scan_constant(PlannerInfo *root, RelOptInfo *rel, Node *node)
{
	return !bms_is_member(rel->relid, pull_varnos(root, node)) &&
		!contain_volatile_functions(node) &&
		!contain_subplans(node);
}

/* May text be compared as bytes at all?  See the file header. */
static bool
match_text(const SfmScanSource *source, SfmPushed *comparison,
		   Oid collation)
{
	int			encoding = GetDatabaseEncoding();

	if (comparison->base_type != TEXTOID &&
		comparison->base_type != VARCHAROID &&
		!sfm_is_citext(comparison->base_type))
		return false;

	/* where two characters of Unicode may become one, nothing can be said */
	if (encoding != PG_UTF8 && encoding != PG_SQL_ASCII &&
		encoding != PG_LATIN1)
		return false;
	if (!OidIsValid(collation) || !get_collation_isdeterministic(collation))
		return false;

	if (comparison->operator == SFM_COMPARE_EQUAL)
		comparison->compare_collation =
			lookup_collation(source->table, comparison);
	else
		comparison->compare_collation = "BINARY";
	if (comparison->operator == SFM_COMPARE_EQUAL ||
		comparison->operator == SFM_COMPARE_NOT_EQUAL)
		return true;
	return comparison->affinity == SFM_AFFINITY_TEXT &&
		!source->connection->utf16 &&
		collation == C_COLLATION_OID;
}

/*
 * match_types
 *		Chooses by the types on both sides how a value is compared; false if
 *		SQLite cannot do it.  "left" is what the operator takes the column for.
 */
static bool
match_types(const SfmScanSource *source, SfmPushed *comparison, Oid left,
			Oid right, Oid collation)
{
	comparison->value_type = right;
	comparison->compare_collation = comparison->collation;
	if (left == TEXTOID && right == TEXTOID)
	{
		comparison->kind = SFM_PUSHED_TEXT;
		return match_text(source, comparison, collation);
	}
	if (left != comparison->base_type ||
		comparison->affinity == SFM_AFFINITY_TEXT)
		return false;
	switch (left)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			comparison->kind = SFM_PUSHED_INTEGER;
			return right == INT2OID || right == INT4OID || right == INT8OID;
		case OIDOID:
			comparison->kind = SFM_PUSHED_INTEGER;
			return right == OIDOID;
		case FLOAT4OID:
		case FLOAT8OID:
			comparison->kind = SFM_PUSHED_DOUBLE;
			return right == FLOAT4OID || right == FLOAT8OID;
		case NUMERICOID:
			comparison->kind = SFM_PUSHED_NUMERIC;
			return right == NUMERICOID &&
				comparison->operator != SFM_COMPARE_NOT_EQUAL;
		default:
			return false;
	}
}

/*
 * read_operator
 *		What a built-in operator compares for; false if it is none.
 */
static bool
read_operator(Oid operator, SfmCompare *compare)
{
	Oid			left;
	Oid			right;
	Oid			family;
	Oid			negator;

	/* nobody can have changed what these do */
	if (operator >= FirstGenbkiObjectId)
		return false;
	op_input_types(operator, &left, &right);
	if (!OidIsValid(left) || !OidIsValid(right))
		return false;
	family = lookup_type_cache(left, TYPECACHE_BTREE_OPFAMILY)->btree_opf;
	if (!OidIsValid(family))
		return false;
	switch (get_op_opfamily_strategy(operator, family))
	{
		case BTLessStrategyNumber:
			*compare = SFM_COMPARE_LESS;
			return true;
		case BTLessEqualStrategyNumber:
			*compare = SFM_COMPARE_LESS_EQUAL;
			return true;
		case BTEqualStrategyNumber:
			*compare = SFM_COMPARE_EQUAL;
			return true;
		case BTGreaterEqualStrategyNumber:
			*compare = SFM_COMPARE_GREATER_EQUAL;
			return true;
		case BTGreaterStrategyNumber:
			*compare = SFM_COMPARE_GREATER;
			return true;
		default:
			break;
	}
	negator = get_negator(operator);
	*compare = SFM_COMPARE_NOT_EQUAL;
	return OidIsValid(negator) &&
		get_op_opfamily_strategy(negator, family) == BTEqualStrategyNumber;
}

/* column <operator> value, or value <operator> column */
static bool
match_operator(PlannerInfo *root, const SfmScanSource *source,
			   RelOptInfo *rel, OpExpr *clause, SfmPushed *comparison)
{
	Oid			operator = clause->opno;
	Node	   *column;
	Node	   *value;
	Oid			left;
	Oid			right;

	if (list_length(clause->args) != 2)
		return false;
	column = linitial(clause->args);
	value = lsecond(clause->args);
	if (!match_column(source, rel, column, comparison))
	{
		column = lsecond(clause->args);
		value = linitial(clause->args);
		operator = get_commutator(operator);
		if (!OidIsValid(operator) ||
			!match_column(source, rel, column, comparison))
			return false;
	}
	if (!read_operator(operator, &comparison->operator) ||
		!is_scan_constant(root, rel, value))
		return false;
	op_input_types(operator, &left, &right);
	comparison->value = (Expr *) value;
	return match_types(source, comparison, left, right, clause->inputcollid);
}

/* column = ANY (array) */
static bool
match_array(PlannerInfo *root, const SfmScanSource *source, RelOptInfo *rel,
			ScalarArrayOpExpr *clause, SfmPushed *comparison)
{
	Node	   *value = lsecond(clause->args);
	Oid			left;
	Oid			right;

	if (!clause->useOr ||
		!match_column(source, rel, linitial(clause->args), comparison) ||
		!read_operator(clause->opno, &comparison->operator) ||
		comparison->operator != SFM_COMPARE_EQUAL ||
		!is_scan_constant(root, rel, value))
		return false;
	op_input_types(clause->opno, &left, &right);

	/* varchar[] stands for text[], for example; domains over arrays do not */
	comparison->value = (Expr *) value;
	comparison->is_array = true;
	return OidIsValid(get_element_type(exprType(value))) &&
		match_types(source, comparison, left, right, clause->inputcollid);
}

/* column IS [NOT] NULL */
static bool
match_null_test(const SfmScanSource *source, RelOptInfo *rel,
				NullTest *clause, SfmPushed *comparison)
{
	if (clause->argisrow ||
		!match_column(source, rel, (Node *) clause->arg, comparison) ||
		type_is_rowtype(comparison->base_type))
		return false;
	comparison->operator = SFM_COMPARE_NOT_NULL;
	if (clause->nulltesttype == IS_NOT_NULL)
		return true;
	comparison->operator = SFM_COMPARE_NULL;
	return comparison->on_bad_value != SFM_BAD_VALUE_NULL;
}

/*
 * sfm_match_comparison
 *		Takes one comparison apart; false if SQLite cannot do it.
 */
bool
sfm_match_comparison(PlannerInfo *root, const SfmScanSource *source,
					 RelOptInfo *rel, Expr *clause, SfmPushed *comparison)
{
	memset(comparison, 0, sizeof(SfmPushed));
	if (source->table == NULL || source->table->kind != SFM_KIND_TABLE ||
		source->options.reader == SFM_READER_PAGES)
		return false;
	switch (nodeTag(clause))
	{
		case T_OpExpr:
			return match_operator(root, source, rel, (OpExpr *) clause,
								  comparison);
		case T_ScalarArrayOpExpr:
			return match_array(root, source, rel,
							   (ScalarArrayOpExpr *) clause, comparison);
		case T_NullTest:
			return match_null_test(source, rel, (NullTest *) clause,
								   comparison);
		default:
			return false;
	}
}

/* ------------------------------------------------------------------------
 * Conditions
 * ------------------------------------------------------------------------
 */

/*
 * count_comparisons
 *		How many comparisons of a condition can be pushed; 0 if that would not
 *		select all rows that the condition selects.
 */
static int
count_comparisons(PlannerInfo *root, const SfmScanSource *source,
				  RelOptInfo *rel, Expr *clause)
{
	SfmPushed comparison;
	BoolExpr   *expr;
	int			result = 0;
	ListCell   *cell;

	check_stack_depth();
	if (!IsA(clause, BoolExpr))
		return sfm_match_comparison(root, source, rel, clause,
									&comparison) ? 1 : 0;
	expr = (BoolExpr *) clause;
	if (expr->boolop == NOT_EXPR)
		return 0;
	foreach(cell, expr->args)
	{
		int			count = count_comparisons(root, source, rel, lfirst(cell));

		/* AND may lose a part, OR may not */
		if (count == 0 && expr->boolop == OR_EXPR)
			return 0;
		result += count;
	}
	return result;
}

/* Ends a piece of SQL. */
static void
end_piece(PushContext *context)
{
	context->query->where = lappend(context->query->where,
									makeString(pstrdup(context->sql.data)));
	resetStringInfo(&context->sql);
}

/* Adds the value of a comparison, with "as_blob" its bytes, too. */
static void
append_value(PushContext *context, const SfmPushed *comparison,
			 bool as_blob)
{
	SfmScanQuery *query = context->query;

	end_piece(context);
	query->where = lappend(query->where,
						   makeInteger(list_length(query->values)));
	/* in the order of enum SfmPushedMember */
	query->values = lappend(query->values,
							list_make5_int(comparison->kind,
										   comparison->affinity,
										   comparison->value_type,
										   comparison->is_array, as_blob));
	query->expressions = lappend(query->expressions,
								 copyObject(comparison->value));
}

/*
 * deparse_comparison
 *		Writes one comparison; see the file header.
 */
static void
deparse_comparison(PushContext *context, const SfmPushed *comparison)
{
	static const char *const operators[] = {
		[SFM_COMPARE_EQUAL] = "=",
		[SFM_COMPARE_NOT_EQUAL] = "<>",
		[SFM_COMPARE_LESS] = "<",
		[SFM_COMPARE_LESS_EQUAL] = "<=",
		[SFM_COMPARE_GREATER] = ">",
		[SFM_COMPARE_GREATER_EQUAL] = ">=",
	};
	char	   *column = psprintf("t.%s",
								  sfm_quote_sqlite(comparison->column_name));
	SfmCompare	operator = comparison->operator;
	bool		is_text = comparison->kind == SFM_PUSHED_TEXT;
	bool		less = operator == SFM_COMPARE_LESS ||
		operator == SFM_COMPARE_LESS_EQUAL;
	bool		as_blob = is_text && operator == SFM_COMPARE_EQUAL &&
		!(context->source->table->strict &&
		  comparison->affinity == SFM_AFFINITY_TEXT);
	const char *others = NULL;	/* values to be added */

	if (operator == SFM_COMPARE_NULL || operator == SFM_COMPARE_NOT_NULL)
	{
		appendStringInfo(&context->sql, "%s IS %sNULL", column,
						 operator == SFM_COMPARE_NULL ? "" : "NOT ");
		return;
	}

	if (is_text && less && !context->source->table->strict)
		others = ">= x''";
	else if (!is_text &&
			 (comparison->affinity == SFM_AFFINITY_BLOB ||
			  (less && comparison->kind != SFM_PUSHED_INTEGER)))
		others = "BETWEEN '' AND x''";
	if (comparison->kind == SFM_PUSHED_NUMERIC)
	{
		if (operator == SFM_COMPARE_LESS)
			operator = SFM_COMPARE_LESS_EQUAL;
		else if (operator == SFM_COMPARE_GREATER)
			operator = SFM_COMPARE_GREATER_EQUAL;
	}

	if (others != NULL)
		appendStringInfoChar(&context->sql, '(');
	appendStringInfoString(&context->sql, column);
	if (pg_strcasecmp(comparison->compare_collation,
					  comparison->collation) != 0)
		appendStringInfo(&context->sql, " COLLATE %s",
						 comparison->compare_collation);
	appendStringInfo(&context->sql, " %s ",
					 comparison->is_array || as_blob ? "IN" :
					 operators[operator]);
	append_value(context, comparison, as_blob);
	if (others != NULL)
		appendStringInfo(&context->sql, " OR %s %s)", column, others);
}

/* Writes a condition of which something can be pushed. */
static void
deparse_condition(PlannerInfo *root, PushContext *context, Expr *clause)
{
	SfmPushed comparison;
	BoolExpr   *expr;
	bool		first = true;
	ListCell   *cell;

	check_stack_depth();
	if (!IsA(clause, BoolExpr))
	{
		if (!sfm_match_comparison(root, context->source, context->rel, clause,
								  &comparison))
			elog(ERROR, "unexpected condition");
		deparse_comparison(context, &comparison);
		return;
	}
	expr = (BoolExpr *) clause;
	appendStringInfoChar(&context->sql, '(');
	foreach(cell, expr->args)
	{
		if (count_comparisons(root, context->source, context->rel,
							  lfirst(cell)) == 0)
			continue;
		if (!first)
			appendStringInfoString(&context->sql,
								   expr->boolop == AND_EXPR ? " AND " : " OR ");
		first = false;
		deparse_condition(root, context, lfirst(cell));
	}
	appendStringInfoChar(&context->sql, ')');
}

/*
 * sfm_can_push
 *		May SQLite look at a condition, or at a part of it?
 *
 *		Not if another one, of a view that is a security barrier, must be
 *		looked at first.
 */
bool
sfm_can_push(PlannerInfo *root, const SfmScanSource *source, RelOptInfo *rel,
			 RestrictInfo *restriction)
{
	return !restriction->pseudoconstant &&
		restriction_is_securely_promotable(restriction, rel) &&
		count_comparisons(root, source, rel, restriction->clause) > 0;
}

/* A hash of all that matters here in a table of SQLite. */
static int
table_fingerprint(const SfmTable *table)
{
	StringInfoData text;
	int			result;

	initStringInfo(&text);
	appendStringInfo(&text, "%d %d %d", (int) table->kind, table->strict,
					 table->rowid_column);
	for (int i = 0; i < table->ncolumns; i++)
		appendStringInfo(&text, ", %s %s COLLATE %s",
						 sfm_quote_sqlite(table->columns[i].name),
						 sfm_quote_sqlite(table->columns[i].declared_type),
						 table->columns[i].collation);
	result = (int) hash_bytes((unsigned char *) text.data, text.len);
	pfree(text.data);
	return result;
}

/*
 * sfm_deparse_conditions
 *		Adds to a query the WHERE clause for all conditions of a list of
 *		RestrictInfo that can be pushed.
 */
void
sfm_deparse_conditions(PlannerInfo *root, const SfmScanSource *source,
					   RelOptInfo *rel, List *restrictions,
					   SfmScanQuery *query)
{
	PushContext context = {
		.source = source,
		.rel = rel,
		.query = query,
	};
	ListCell   *cell;

	initStringInfo(&context.sql);
	foreach(cell, restrictions)
	{
		RestrictInfo *restriction = lfirst_node(RestrictInfo, cell);
		int			count;

		if (!sfm_can_push(root, source, rel, restriction))
			continue;
		count = count_comparisons(root, source, rel, restriction->clause);
		if (context.ncomparisons + count > MAX_COMPARISONS)
			continue;
		appendStringInfoString(&context.sql,
							   context.ncomparisons == 0 ? " WHERE " :
							   " AND ");
		context.ncomparisons += count;
		deparse_condition(root, &context, restriction->clause);
	}
	if (context.ncomparisons > 0)
	{
		end_piece(&context);
		query->schema = list_make2_int(sfm_schema_version(source->connection),
									   table_fingerprint(source->table));
	}
	pfree(context.sql.data);
}

/*
 * is_exact_comparison
 *		Does SQLite select by a comparison exactly the rows that PostgreSQL
 *		would select, and could PostgreSQL read their column?
 */
static bool
is_exact_comparison(const SfmScanSource *source, const SfmPushed *comparison)
{
	bool		rowid = comparison->column < 0 ||
		comparison->column == source->table->rowid_column;

	/* an array may have more elements than SQLite takes */
	if (comparison->on_bad_value != SFM_BAD_VALUE_ERROR ||
		comparison->is_array)
		return false;
	switch (comparison->operator)
	{
		case SFM_COMPARE_NULL:
			return true;
		case SFM_COMPARE_NOT_NULL:
			return rowid;
		case SFM_COMPARE_EQUAL:
			if (comparison->kind == SFM_PUSHED_TEXT)
				return comparison->base_type == TEXTOID &&
					comparison->affinity == SFM_AFFINITY_TEXT &&
					pg_strcasecmp(comparison->collation, "BINARY") == 0 &&
					pg_strcasecmp(comparison->compare_collation,
								  "BINARY") == 0 &&
					GetDatabaseEncoding() == PG_UTF8 &&
					!source->connection->utf16;
			/* what equals an integer there is one, of any type's range */
			return comparison->kind == SFM_PUSHED_INTEGER &&
				(comparison->affinity == SFM_AFFINITY_INTEGER ||
				 comparison->affinity == SFM_AFFINITY_NUMERIC);
		default:
			/* nothing but integers is there */
			return comparison->kind == SFM_PUSHED_INTEGER &&
				comparison->base_type == INT8OID &&
				(rowid || (source->table->strict &&
						   comparison->affinity == SFM_AFFINITY_INTEGER));
	}
}

/* The same for a whole condition. */
static bool
is_exact_condition(PlannerInfo *root, const SfmScanSource *source,
				   RelOptInfo *rel, Expr *clause)
{
	SfmPushed comparison;
	ListCell   *cell;

	check_stack_depth();
	if (!IsA(clause, BoolExpr))
		return sfm_match_comparison(root, source, rel, clause,
									&comparison) &&
			is_exact_comparison(source, &comparison);
	if (((BoolExpr *) clause)->boolop == NOT_EXPR)
		return false;
	foreach(cell, ((BoolExpr *) clause)->args)
	{
		if (!is_exact_condition(root, source, rel, lfirst(cell)))
			return false;
	}
	return true;
}

/*
 * sfm_is_exact
 *		Does SQLite select, by the condition that sfm_deparse_conditions()
 *		writes for a list of RestrictInfo, exactly the rows that PostgreSQL
 *		would, so that it need not look at them again?
 */
bool
sfm_is_exact(PlannerInfo *root, const SfmScanSource *source, RelOptInfo *rel,
			 List *restrictions)
{
	int			ncomparisons = 0;
	ListCell   *cell;

	foreach(cell, restrictions)
	{
		RestrictInfo *restriction = lfirst_node(RestrictInfo, cell);

		if (!sfm_can_push(root, source, rel, restriction) ||
			!is_exact_condition(root, source, rel, restriction->clause))
			return false;
		ncomparisons += count_comparisons(root, source, rel,
										  restriction->clause);
	}
	return ncomparisons <= MAX_COMPARISONS;
}

/*
 * sfm_conditions_hold
 *		Is SQLite's table still what the conditions of a plan were made for?
 *
 *		PostgreSQL, which may keep a plan for long, learns nothing of a table
 *		whose column has got another type in SQLite.
 */
bool
sfm_conditions_hold(SfmConnection *connection, const char *name,
					const SfmScanQuery *query)
{
	SfmTable   *table;

	if (sfm_schema_version(connection) == linitial_int(query->schema))
		return true;
	table = sfm_catalog_table(connection, name);
	return table != NULL &&
		table_fingerprint(table) == lsecond_int(query->schema);
}
