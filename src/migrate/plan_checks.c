/*-------------------------------------------------------------------------
 *
 * plan_checks.c
 *	  CHECK constraints, and what the tree of a CREATE TABLE gives to others.
 *
 * A CHECK of SQLite becomes one of PostgreSQL, with the same meaning for the
 * values that the columns have there: NULL passes in both.  It stands in the
 * CREATE TABLE if all rows obey it.  SQLite does not look at rows that were
 * there before the CHECK, and its PRAGMA ignore_check_constraints looks at
 * none; so the rows are asked, and a CHECK that some of them break is added
 * after the load, NOT VALID: it holds for new rows.
 *
 * What cannot be translated, or what PostgreSQL refuses, is a note with the
 * original text.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "parser/scansup.h"
#include "utils/builtins.h"

#include "sqlite/lexer.h"

#include "migrate.h"

/* One CHECK on its way into the plan. */
typedef struct Check
{
	const SfmConstraint *constraint;
	const char *object;			/* for people: table, or table.column */
	char	   *text;			/* as SQLite has it: "CHECK (...)" */
	char	   *expression;		/* what stands in its parentheses */
	int64		breaking;		/* rows; -1 if SQLite cannot tell */
} Check;

/* ------------------------------------------------------------------------
 * The tree of the table's SQL
 * ------------------------------------------------------------------------
 */

/*
 * sfm_definition
 *		The tree of a table's CREATE TABLE.  NULL if it is a virtual table or
 *		view, or if its text cannot be read.
 */
SfmCreateTable *
sfm_definition(SfmMappedTable *table)
{
	SfmNode    *node;

	if (table->definition_known)
		return table->definition;
	table->definition_known = true;
	if (table->source == NULL || table->source->sql == NULL ||
		table->source->kind != SFM_KIND_TABLE)
		return NULL;
	node = sfm_parse(table->source->sql, &table->definition_error);
	if (node != NULL && node->kind == SFM_NODE_CREATE_TABLE)
		table->definition = (SfmCreateTable *) node;
	return table->definition;
}

/* The text of a node of sfm_definition(), on one line.  Palloc'd. */
char *
sfm_definition_text(const SfmMappedTable *table, const SfmNode *node)
{
	return pnstrdup(table->source->sql + node->position,
					node->end - node->position);
}

/*
 * sfm_constraint_name
 *		PostgreSQL's name for a constraint that SQLite calls so, unique within
 *		the table.  NULL if it has none: PostgreSQL will find one.
 */
char *
sfm_constraint_name(SfmMappedTable *table, const SfmName *name)
{
	char	   *lower;

	if (name == NULL || name->text[0] == '\0')
		return NULL;
	if (table->constraint_names == NULL)
		table->constraint_names = sfm_names_create(SFM_NAMES_PRESERVE);
	lower = downcase_identifier(name->text, (int) strlen(name->text), false,
								false);
	return sfm_names_add(table->constraint_names, lower, lower);
}

/* ------------------------------------------------------------------------
 * CHECK
 * ------------------------------------------------------------------------
 */

/*
 * text_in_parentheses
 *		What stands in the first parentheses of a text: the expression of a
 *		CHECK as it was written, comments and all.
 */
static char *
text_in_parentheses(const char *text)
{
	List	   *tokens = sfm_lex(text);
	int			start = 0;
	int			depth = 0;
	ListCell   *cell;

	foreach(cell, tokens)
	{
		SfmToken   *token = lfirst(cell);

		if (token->kind == SFM_TOKEN_LEFT && depth++ == 0)
			start = token->position + token->length;
		else if (token->kind == SFM_TOKEN_RIGHT && --depth == 0)
			return pnstrdup(text + start, token->position - start);
	}
	return pstrdup(text);
}

/* Adds the CHECKs among some constraints to a list. */
static List *
collect_checks(List *checks, const SfmMappedTable *table, const char *object,
			   List *constraints)
{
	ListCell   *cell;

	foreach(cell, constraints)
	{
		const SfmConstraint *constraint = lfirst(cell);
		Check	   *check;

		if (constraint->kind != SFM_CONSTRAINT_CHECK)
			continue;
		check = palloc0_object(Check);
		check->constraint = constraint;
		check->object = object;
		check->expression =
			text_in_parentheses(sfm_definition_text(table, &constraint->node));
		check->text = psprintf("CHECK (%s)", check->expression);
		checks = lappend(checks, check);
	}
	return checks;
}

/* All CHECKs of a table, in written order: a list of Check *. */
static List *
checks_of(SfmMappedTable *table, const SfmCreateTable *definition)
{
	List	   *checks = NIL;
	ListCell   *cell;

	foreach(cell, definition->columns)
	{
		const SfmColumnDef *column = lfirst(cell);
		SfmMappedColumn *mapped = sfm_mapped_column_named(table,
														  column->name->text);

		checks = collect_checks(checks, table,
								psprintf("%s.%s", table->name,
										 mapped != NULL ? mapped->name :
										 column->name->text),
								column->constraints);
	}
	return collect_checks(checks, table, table->name,
						  definition->constraints);
}

/*
 * count_breaking
 *		Asks the rows, in one scan unless SQLite cannot evaluate one of the
 *		CHECKs.
 */
static void
count_breaking(const SfmMappedTable *table, List *checks)
{
	SfmConnection *connection = sfm_server_connection(table->serverid);
	int64	   *counts = palloc_array(int64, list_length(checks));
	List	   *expressions = NIL;
	bool		counted;
	ListCell   *cell;

	foreach(cell, checks)
		expressions = lappend(expressions, ((Check *) lfirst(cell))->expression);
	counted = sfm_count_breaking(connection, table->source, expressions,
								 counts);
	foreach(cell, checks)
	{
		Check	   *check = lfirst(cell);

		if (counted)
			check->breaking = counts[foreach_current_index(cell)];
		else if (!sfm_count_breaking(connection, table->source,
									 list_make1(check->expression),
									 &check->breaking))
			check->breaking = -1;
	}
}

/*
 * translate_check
 *		The condition in PostgreSQL's words, or NULL and *problem.  *remarks is
 *		what the user should know of it, or NULL.
 */
static char *
translate_check(SfmPlan *plan, SfmMappedTable *table, const Check *check,
				bool immutable, char **remarks, char **problem)
{
	SfmTranslation *translation = sfm_plan_translation(plan, table->serverid,
													   table->source->sql);
	SfmRelation *relation = sfm_plan_relation(translation, table);
	SfmScope   *scope = sfm_relation_scope(relation, table->sqlite_name, NULL);
	const SfmNode *node = check->constraint->expression;
	SfmSql	   *condition;

	translation->immutable = immutable;
	translation->lasting = true;
	condition = sfm_translate_expression(translation, scope, node);
	if (translation->problem == NULL)
		condition = sfm_as_condition(translation, node, condition);
	*problem = translation->problem;
	if (*problem != NULL ||
		!sfm_try_statement(plan, list_make1(relation),
						   psprintf("ALTER TABLE %s ADD CHECK (%s)",
									sfm_target_name(plan, table->name),
									condition->sql), problem))
		return NULL;
	*remarks = sfm_plan_remarks(translation);
	return condition->sql;
}

/*
 * translate_any_check
 *		As translate_check(), but lets in what SQLite lets in: conditions that
 *		name the present moment.
 */
static char *
translate_any_check(SfmPlan *plan, SfmMappedTable *table, const Check *check,
					char **remarks, char **problem)
{
	char	   *unused;
	char	   *condition = translate_check(plan, table, check, true, remarks,
											problem);

	if (condition != NULL)
		return condition;
	condition = translate_check(plan, table, check, false, remarks, &unused);
	if (condition != NULL)
		*remarks = psprintf("it depends on the moment at which a row is written, or a dump is restored%s%s",
							*remarks != NULL ? "; " : "",
							*remarks != NULL ? *remarks : "");
	return condition;
}

/*
 * is_always_true
 *		Does a condition hold for all values that the columns can have here?
 */
static bool
is_always_true(const SfmRelation *relation, const char *condition)
{
	static const char *const forms[] = {
		"%s = %s", "%s IS NOT DISTINCT FROM %s"
	};
	size_t		length = strlen(condition);

	/* what is made of a comparison whose answer the types give */
	if (strcmp(condition, "true") == 0 ||
		(length > 8 && strcmp(condition + length - 8, " OR NULL") == 0))
		return true;
	for (int i = 0; i < relation->ncolumns; i++)
	{
		const char *name;

		if (relation->columns[i].name == NULL)
			continue;
		name = quote_identifier(relation->columns[i].name);
		for (int form = 0; form < 2; form++)
		{
			if (strcmp(condition, psprintf(forms[form], name, name)) == 0)
				return true;
		}
	}
	return false;
}

/*
 * plan_check
 *		One CHECK: what stands in CREATE TABLE, or NULL after other steps were
 *		added.
 */
static char *
plan_check(SfmPlan *plan, SfmMappedTable *table, const Check *check)
{
	char	   *problem = NULL;
	char	   *remarks = NULL;
	char	   *condition = translate_any_check(plan, table, check, &remarks,
												&problem);
	char	   *name;
	char	   *clause;

	if (condition == NULL)
	{
		sfm_plan_step(plan, SFM_PHASE_TABLE, table, check->object, NULL,
					  psprintf("constraint is left out, for %s: %s", problem,
							   check->text));
		return NULL;
	}
	if (is_always_true(table->relation, condition))
	{
		sfm_plan_step(plan, SFM_PHASE_TABLE, table, check->object, NULL,
					  psprintf("constraint is not needed, all values of the columns' types fulfil it: %s",
							   check->text))->harmless = true;
		return NULL;
	}
	name = sfm_constraint_name(table, check->constraint->name);
	clause = psprintf("%s%s%sCHECK (%s)", name != NULL ? "CONSTRAINT " : "",
					  name != NULL ? quote_identifier(name) : "",
					  name != NULL ? " " : "", condition);
	if (check->breaking == 0)
	{
		if (remarks != NULL)
			sfm_plan_step(plan, SFM_PHASE_TABLE, table, check->object, NULL,
						  psprintf("%s: %s", check->text, remarks));
		return clause;
	}
	sfm_plan_step(plan, SFM_PHASE_CONSTRAINT, table, check->object,
				  psprintf("ALTER TABLE %s ADD %s NOT VALID",
						   sfm_target_name(plan, table->name), clause),
				  psprintf("%s %s: the constraint is NOT VALID, it holds for new rows only; VALIDATE CONSTRAINT once they are mended%s%s",
						   check->breaking < 0 ?
						   "SQLite cannot tell here which rows break" :
						   psprintf(INT64_FORMAT " rows break", check->breaking),
						   check->text, remarks != NULL ? "; " : "",
						   remarks != NULL ? remarks : ""));
	return NULL;
}

/*
 * sfm_plan_checks
 *		The CHECKs of a table that stand in its CREATE TABLE, a list of char *.
 *		All others become steps.
 */
List *
sfm_plan_checks(SfmPlan *plan, SfmMappedTable *table)
{
	SfmCreateTable *definition = sfm_definition(table);
	List	   *clauses = NIL;
	List	   *checks;
	ListCell   *cell;

	if (definition == NULL)
		return NIL;
	checks = checks_of(table, definition);
	if (checks == NIL)
		return NIL;
	count_breaking(table, checks);
	foreach(cell, checks)
	{
		char	   *clause = plan_check(plan, table, lfirst(cell));

		CHECK_FOR_INTERRUPTS();
		if (clause != NULL)
			clauses = lappend(clauses, clause);
	}
	return clauses;
}
