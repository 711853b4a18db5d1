/*-------------------------------------------------------------------------
 *
 * raise.c
 *	  SELECT as a statement of a trigger: its result goes nowhere, and what it
 *	  is there for is RAISE().
 *
 * RAISE() is a statement in PL/pgSQL.  So it is found where a result column
 * leads to it through CASE, iif(), coalesce() or a scalar subquery:
 *
 *		SELECT CASE WHEN a THEN RAISE(ABORT, 'x') WHEN b THEN RAISE(IGNORE) END
 *
 *		IF a THEN RAISE EXCEPTION ...;
 *		ELSIF b THEN RETURN NULL;
 *		END IF;
 *
 * With FROM, the RAISE()s of a query get numbers, and the query is asked
 * whether one of its rows leads to a number:
 *
 *		IF EXISTS (SELECT 1 FROM (SELECT CASE WHEN ... THEN 1 ELSE 0 END
 *								  FROM ...) AS q(c1) WHERE q.c1 = 1) THEN ...
 *
 * Anywhere else expression.c refuses RAISE().
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "statement.h"

/* One SELECT that leads to RAISE(). */
typedef struct Raise
{
	SfmTranslation *translation;
	SfmScope   *scope;			/* where expressions without FROM stand */
	const char *leave;			/* what RAISE(IGNORE) becomes */
	List	  **statements;		/* of char *: conditions, to be analysed */
	List	   *found;			/* query with FROM: of SfmRaise *, by number */
	bool		scalar;			/* a subquery: its first row counts */
} Raise;

static char *without_raise(SfmTranslation *translation, SfmScope *scope,
						   const SfmSelect *select, List **statements);
static char *raise_of_select(Raise *state, const SfmSelect *select);
static char *raise_statement(Raise *state, const SfmRaise *raise);
static char *raise_message(Raise *state, const SfmNode *message);
static char *branch(Raise *state, const SfmNode *node);
static char *case_branch(Raise *state, const SfmCase *node);
static char *condition_of_when(Raise *state, const SfmCase *node,
							   const SfmWhen *when);
static const SfmCase *as_case(const SfmNode *node);
static SfmCase *make_case(const SfmNode *at, const SfmNode *condition,
						  const SfmNode *result, const SfmNode *otherwise);
static SfmNode *make_integer(const SfmNode *at, int value);
static const SfmNode *outcome(Raise *state, const SfmNode *node);
static char *raise_of_query(Raise *state, const SfmSelect *select);
static List *outcomes(Raise *state, const List *columns, bool *direct);
static char *raise_by_number(Raise *state, const SfmQuery *query,
							 int ncolumns);
static bool same_for_all_rows(Raise *state, const SfmSelectCore *core);
static char *note_condition(Raise *state, char *condition);

/*
 * sfm_translate_raise
 *		The statements of PL/pgSQL for a SELECT in a trigger's body; "leave"
 *		are those that end the function without more.  Adds to "statements"
 *		what can be analysed alone.
 */
char *
sfm_translate_raise(SfmTranslation *translation, SfmScope *scope,
					const SfmSelect *select, const char *leave,
					List **statements)
{
	Raise		state = {0};

	if (!sfm_contains(select, SFM_NODE_RAISE))
		return without_raise(translation, scope, select, statements);
	state.translation = translation;
	state.scope = scope;
	state.leave = leave;
	state.statements = statements;
	return raise_of_select(&state, select);
}

/* Nobody sees the result; only a function could still raise an error. */
static char *
without_raise(SfmTranslation *translation, SfmScope *scope,
			  const SfmSelect *select, List **statements)
{
	SfmQuery   *query;

	if (!sfm_contains(select, SFM_NODE_CALL))
		return "";
	query = sfm_translate_select(translation, scope, select, NULL, NULL);
	if (query == NULL)
		return "";
	*statements = lappend(*statements, query->sql);
	return psprintf("PERFORM q.* FROM (%s) AS q;\n", query->sql);
}

/* One SELECT: the statement, or a scalar subquery in it. */
static char *
raise_of_select(Raise *state, const SfmSelect *select)
{
	SfmSelectCore *core = linitial(select->cores);
	StringInfoData buf;
	SfmSql	   *where;
	ListCell   *cell;

	check_stack_depth();
	if (list_length(select->cores) > 1 || core->values != NIL)
	{
		sfm_refuse(state->translation, select,
				   "RAISE() in a compound query or VALUES");
		return "";
	}
	if (core->from != NIL || core->group_by != NIL || core->having != NULL ||
		select->with != NULL || select->limit != NULL ||
		sfm_contains_aggregate(core))
		return raise_of_query(state, select);

	initStringInfo(&buf);
	foreach(cell, core->columns)
	{
		SfmResultColumn *column = lfirst(cell);

		if (column->expression != NULL)
			appendStringInfoString(&buf, branch(state, column->expression));
	}
	if (core->where == NULL)
		return buf.data;
	where = sfm_translate_filter(state->translation, state->scope,
								 core->where);
	return psprintf("IF (%s) THEN\n%sEND IF;\n",
					note_condition(state, where->sql), buf.data);
}

/*
 * An expression of PL/pgSQL, which wants it in parentheses: it reads up to the
 * next THEN, even if that is of a CASE.
 */
static char *
note_condition(Raise *state, char *condition)
{
	*state->statements = lappend(*state->statements,
								 psprintf("SELECT %s", condition));
	return condition;
}

/* ------------------------------------------------------------------------
 * RAISE()
 * ------------------------------------------------------------------------
 */
static char *
raise_statement(Raise *state, const SfmRaise *raise)
{
	if (raise->action == SFM_CONFLICT_IGNORE)
		return pstrdup(state->leave);
	if (raise->action == SFM_CONFLICT_FAIL)
		sfm_remark(state->translation,
				   "RAISE(FAIL) takes back the whole statement, in SQLite only the row");
	return psprintf("RAISE EXCEPTION USING MESSAGE = %s, ERRCODE = 'integrity_constraint_violation';\n",
					raise_message(state, raise->message));
}

/* A string; also a name, with or without quotes; since 3.47 an expression. */
static char *
raise_message(Raise *state, const SfmNode *message)
{
	const SfmLiteral *literal = (const SfmLiteral *) message;
	const SfmColumnRef *reference = (const SfmColumnRef *) message;
	SfmSql	   *expression;

	if (message->kind == SFM_NODE_NAME)
		return quote_literal_cstr(((const SfmName *) message)->text);
	if (message->kind == SFM_NODE_LITERAL &&
		literal->kind == SFM_LITERAL_STRING)
		return quote_literal_cstr(literal->text);
	if (message->kind == SFM_NODE_COLUMN_REF && reference->table == NULL)
		return quote_literal_cstr(reference->column->text);
	expression = sfm_translate_expression(state->translation, state->scope,
										  message);
	expression = sfm_as_text(state->translation, message, expression);
	return psprintf("(%s)", note_condition(state, expression->sql));
}

/* ------------------------------------------------------------------------
 * Without FROM: IF
 * ------------------------------------------------------------------------
 */

/* The statements for an expression that leads to RAISE(); none if it does not. */
static char *
branch(Raise *state, const SfmNode *node)
{
	const SfmCase *as;

	check_stack_depth();
	if (!sfm_contains(node, SFM_NODE_RAISE))
		return "";
	if (node->kind == SFM_NODE_RAISE)
		return raise_statement(state, (const SfmRaise *) node);
	as = as_case(node);
	if (as != NULL)
		return case_branch(state, as);
	if (node->kind == SFM_NODE_SUBQUERY &&
		!((const SfmSubquery *) node)->exists)
	{
		Raise		inner = *state;

		inner.scalar = true;
		return raise_of_select(&inner,
							   (const SfmSelect *) ((const SfmSubquery *) node)->select);
	}
	sfm_refuse(state->translation, node,
			   "RAISE() inside an expression that is no CASE");
	return "";
}

static char *
case_branch(Raise *state, const SfmCase *node)
{
	StringInfoData buf;
	ListCell   *cell;
	char	   *otherwise = "";

	initStringInfo(&buf);
	foreach(cell, node->whens)
	{
		const SfmWhen *when = lfirst(cell);
		char	   *statements;

		appendStringInfo(&buf, "%s (%s) THEN\n",
						 cell == list_head(node->whens) ? "IF" : "ELSIF",
						 condition_of_when(state, node, when));
		statements = branch(state, when->result);
		appendStringInfoString(&buf, statements[0] == '\0' ? "NULL;\n" :
							   statements);
	}
	if (node->otherwise != NULL)
		otherwise = branch(state, node->otherwise);
	if (otherwise[0] != '\0')
		appendStringInfo(&buf, "ELSE\n%s", otherwise);
	appendStringInfoString(&buf, "END IF;\n");
	return buf.data;
}

static char *
condition_of_when(Raise *state, const SfmCase *node, const SfmWhen *when)
{
	SfmTranslation *translation = state->translation;
	SfmSql	   *condition = sfm_translate_expression(translation,
													 state->scope,
													 when->condition);

	if (node->operand != NULL)
	{
		SfmSql	   *operand = sfm_translate_expression(translation,
													   state->scope,
													   node->operand);

		if (operand->volatile_ && list_length(node->whens) > 1)
			sfm_refuse(translation, node->operand,
					   "RAISE() in a CASE of a random value");
		condition = sfm_compare(translation, when->condition, SFM_OP_EQ,
								operand, condition);
	}
	condition = sfm_as_condition(translation, when->condition, condition);
	return note_condition(state, condition->sql);
}

/*
 * CASE, or as a CASE what is one by another name: iif(c, x, y), and
 * coalesce(x, y) and ifnull(x, y), of whose result only RAISE() counts.  NULL
 * if it is neither.
 */
static const SfmCase *
as_case(const SfmNode *node)
{
	const SfmCall *call = (const SfmCall *) node;
	const char *name;

	if (node->kind == SFM_NODE_CASE)
		return (const SfmCase *) node;
	if (node->kind != SFM_NODE_CALL || call->filter != NULL ||
		call->over != NULL || list_length(call->arguments) < 2)
		return NULL;
	name = call->name->text;
	if ((sfm_same_name(name, "iif") || sfm_same_name(name, "if")) &&
		list_length(call->arguments) <= 3)
		return make_case(node, linitial(call->arguments),
						 lsecond(call->arguments),
						 list_length(call->arguments) < 3 ? NULL :
						 lthird(call->arguments));
	if ((sfm_same_name(name, "ifnull") || sfm_same_name(name, "coalesce")) &&
		list_length(call->arguments) == 2 &&
		!sfm_contains(linitial(call->arguments), SFM_NODE_RAISE))
	{
		SfmUnary   *test = palloc0(sizeof(SfmUnary));

		test->node = *node;
		test->node.kind = SFM_NODE_UNARY;
		test->operator = SFM_OP_IS_NULL;
		test->operand = linitial(call->arguments);
		return make_case(node, &test->node, lsecond(call->arguments), NULL);
	}
	return NULL;
}

static SfmCase *
make_case(const SfmNode *at, const SfmNode *condition, const SfmNode *result,
		  const SfmNode *otherwise)
{
	SfmWhen    *when = palloc0(sizeof(SfmWhen));
	SfmCase    *made = palloc0(sizeof(SfmCase));

	when->node = *at;
	when->node.kind = SFM_NODE_WHEN;
	when->condition = unconstify(SfmNode *, condition);
	when->result = unconstify(SfmNode *, result);
	made->node = *at;
	made->node.kind = SFM_NODE_CASE;
	made->whens = list_make1(when);
	made->otherwise = unconstify(SfmNode *, otherwise);
	return made;
}

static SfmNode *
make_integer(const SfmNode *at, int value)
{
	SfmLiteral *literal = palloc0(sizeof(SfmLiteral));

	literal->node = *at;
	literal->node.kind = SFM_NODE_LITERAL;
	literal->node.depth = 0;
	literal->kind = SFM_LITERAL_INTEGER;
	literal->text = psprintf("%d", value);
	return &literal->node;
}

/* ------------------------------------------------------------------------
 * With FROM: which RAISE() does a row lead to?
 * ------------------------------------------------------------------------
 */

/* The expression with the number of a RAISE() in place of it, or with 0. */
static const SfmNode *
outcome(Raise *state, const SfmNode *node)
{
	const SfmCase *as;
	SfmCase    *result;
	ListCell   *cell;

	check_stack_depth();
	if (node == NULL)
		return NULL;
	if (!sfm_contains(node, SFM_NODE_RAISE))
		return make_integer(node, 0);
	if (node->kind == SFM_NODE_RAISE)
	{
		state->found = lappend(state->found, unconstify(SfmNode *, node));
		return make_integer(node, list_length(state->found));
	}
	as = as_case(node);
	if (as == NULL)
	{
		sfm_refuse(state->translation, node,
				   "RAISE() inside an expression that is no CASE");
		return make_integer(node, 0);
	}
	result = palloc(sizeof(SfmCase));
	memcpy(result, as, sizeof(SfmCase));
	result->whens = NIL;
	foreach(cell, as->whens)
	{
		SfmWhen    *when = palloc(sizeof(SfmWhen));

		memcpy(when, lfirst(cell), sizeof(SfmWhen));
		when->result = unconstify(SfmNode *, outcome(state, when->result));
		result->whens = lappend(result->whens, when);
	}
	result->otherwise = as->otherwise == NULL ? make_integer(node, 0) :
		unconstify(SfmNode *, outcome(state, as->otherwise));
	return &result->node;
}

static char *
raise_of_query(Raise *state, const SfmSelect *select)
{
	SfmSelect  *asked = palloc(sizeof(SfmSelect));
	SfmSelectCore *core = palloc(sizeof(SfmSelectCore));
	SfmQuery   *query;
	bool		direct;

	memcpy(asked, select, sizeof(SfmSelect));
	memcpy(core, linitial(select->cores), sizeof(SfmSelectCore));
	asked->cores = list_make1(core);
	asked->order_by = NIL;
	core->distinct = false;
	core->columns = outcomes(state, core->columns, &direct);
	if (core->columns == NIL ||
		(select->limit != NULL && select->order_by != NIL))
		sfm_refuse(state->translation, select, "RAISE() in such a query");
	else if (!direct && !same_for_all_rows(state, core))
		sfm_refuse(state->translation, select,
				   "RAISE() whose effect depends on the order of rows");
	if (state->translation->problem != NULL)
		return "";
	query = sfm_translate_select(state->translation, state->scope, asked,
								 NULL, NULL);
	if (query == NULL || state->translation->problem != NULL)
		return "";
	if (direct)
	{
		char	   *condition = psprintf("EXISTS (%s)", query->sql);

		/* every row raises: the first column's */
		return psprintf("IF %s THEN\n%sEND IF;\n",
						note_condition(state, condition),
						raise_statement(state, linitial(state->found)));
	}
	return raise_by_number(state, query, list_length(core->columns));
}

/* The result columns that have RAISE(), as numbers, with the names c1, c2 ... */
static List *
outcomes(Raise *state, const List *columns, bool *direct)
{
	List	   *result = NIL;
	ListCell   *cell;

	*direct = true;
	foreach(cell, columns)
	{
		SfmResultColumn *column = palloc(sizeof(SfmResultColumn));

		memcpy(column, lfirst(cell), sizeof(SfmResultColumn));
		if (column->expression == NULL)
			continue;
		if (!sfm_contains(column->expression, SFM_NODE_RAISE))
		{
			if (sfm_contains_aggregate(column->expression))
				sfm_refuse(state->translation, column,
						   "RAISE() beside an aggregate function");
			continue;
		}
		*direct &= column->expression->kind == SFM_NODE_RAISE;
		column->expression = unconstify(SfmNode *,
										outcome(state, column->expression));
		column->alias = palloc0(sizeof(SfmName));
		column->alias->node = column->node;
		column->alias->node.kind = SFM_NODE_NAME;
		column->alias->quote = SFM_QUOTE_OTHER;
		result = lappend(result, column);
		column->alias->text = psprintf("c%d", list_length(result));
	}
	return result;
}

/* Is there a row that leads to 1, to 2 ...? */
static char *
raise_by_number(Raise *state, const SfmQuery *query, int ncolumns)
{
	StringInfoData buf;
	StringInfoData names;

	initStringInfo(&buf);
	initStringInfo(&names);
	for (int column = 1; column <= ncolumns; column++)
		appendStringInfo(&names, "%sc%d", column == 1 ? "" : ", ", column);
	for (int i = 1; i <= list_length(state->found); i++)
	{
		StringInfoData any;
		char	   *condition;

		initStringInfo(&any);
		for (int column = 1; column <= ncolumns; column++)
			appendStringInfo(&any, "%sq.c%d = %d", column == 1 ? "" : " OR ",
							 column, i);
		condition = psprintf("EXISTS (SELECT 1 FROM (%s) AS q(%s) WHERE %s)",
							 query->sql, names.data, any.data);
		appendStringInfo(&buf, "%s %s THEN\n%s", i == 1 ? "IF" : "ELSIF",
						 note_condition(state, condition),
						 raise_statement(state,
										 list_nth(state->found, i - 1)));
	}
	appendStringInfoString(&buf, "END IF;\n");
	return buf.data;
}

/*
 * It does not matter which row comes first: there is but one, or all RAISE()s
 * refuse the statement (with whichever message).
 */
static bool
same_for_all_rows(Raise *state, const SfmSelectCore *core)
{
	bool		ignores = false;
	bool		aborts = false;
	ListCell   *cell;

	if (core->group_by == NIL && sfm_contains_aggregate(core))
		return true;
	foreach(cell, state->found)
	{
		if (((SfmRaise *) lfirst(cell))->action == SFM_CONFLICT_IGNORE)
			ignores = true;
		else
			aborts = true;
	}
	return !state->scalar && !(ignores && aborts);
}
