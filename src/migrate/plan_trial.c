/*-------------------------------------------------------------------------
 *
 * plan_trial.c
 *	  Tries the statements that translation makes, before the plan holds them.
 *
 * A translated CHECK, index, view or trigger is SQL of our own making, from
 * somebody's text: what PostgreSQL says to it is known only when PostgreSQL
 * was asked.  So there is a trial: a subtransaction, begun when the first
 * statement is to be tried and rolled back when the plan is finished.  In it
 * the tables of the plan are made, as far as they are needed, with their
 * columns and types alone; then each statement runs in a subtransaction of
 * its own, whose effect stays if it succeeds, so that others can build on it.
 *
 * A trial needs what the migration needs: a transaction that may write, the
 * right to create in the target, and locks.  Where these are missing,
 * statements go into the plan untried, and plan->untried says why.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "parser/parse_node.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/resowner.h"

#include "migrate.h"

/* Values of SfmPlan.trial. */
enum
{
	TRIAL_NOT_BEGUN,
	TRIAL_RUNNING,
	TRIAL_IMPOSSIBLE
};

/* For sfm_try(): runs a statement. */
static void
execute(void *argument)
{
	(void) sfm_execute(argument);
}

/*
 * try_work
 *		As sfm_try(), but where the trial itself needs too much (a lock for each
 *		thing that it makes), it is over and the work counts as done.
 */
static ErrorData *
try_work(SfmPlan *plan, SfmWork work, void *argument, bool keep)
{
	MemoryContext context = CurrentMemoryContext;
	ErrorData  *volatile error = NULL;

	PG_TRY();
	{
		error = sfm_try(work, argument, keep);
	}
	PG_CATCH();
	{
		ErrorData  *raised;

		MemoryContextSwitchTo(context);
		raised = CopyErrorData();
		if (raised->sqlerrcode != ERRCODE_OUT_OF_MEMORY)
			PG_RE_THROW();
		FlushErrorState();
		sfm_trial_end(plan);
		plan->untried = sfm_describe_error(raised);
		plan->trial = TRIAL_IMPOSSIBLE;
		FreeErrorData(raised);
	}
	PG_END_TRY();
	return error;
}

/* Runs a statement of the trial itself; false, and no more trial, if it fails */
static bool
prepare_trial(SfmPlan *plan, const char *sql)
{
	ErrorData  *error = try_work(plan, execute, unconstify(char *, sql), true);

	if (plan->trial == TRIAL_IMPOSSIBLE)
		return false;
	if (error == NULL)
		return true;
	plan->untried = sfm_describe_error(error);
	plan->trial = TRIAL_IMPOSSIBLE;
	FreeErrorData(error);
	return false;
}

/*
 * begin_trial
 *		Begins the trial, unless it runs.  False if there can be none.
 *
 *		The subtransaction stays the current one until sfm_trial_end(); memory
 *		and locks that the plan takes meanwhile belong to its caller, for
 *		neither is taken with the subtransaction's own context.
 */
static bool
begin_trial(SfmPlan *plan)
{
	MemoryContext context = CurrentMemoryContext;
	ListCell   *cell;

	if (plan->trial != TRIAL_NOT_BEGUN)
		return plan->trial == TRIAL_RUNNING;
	if (XactReadOnly || IsInParallelMode())
	{
		plan->untried = pstrdup("the transaction is read-only");
		plan->trial = TRIAL_IMPOSSIBLE;
		return false;
	}

	plan->outer_owner = CurrentResourceOwner;
	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	plan->trial = TRIAL_RUNNING;
	plan->trial_level = GetCurrentTransactionNestLevel();

	if (!OidIsValid(plan->target) &&
		!prepare_trial(plan, psprintf("CREATE SCHEMA %s",
									  quote_identifier(plan->options->target))))
		return false;
	foreach(cell, plan->dropped)
	{
		if (!prepare_trial(plan, lfirst(cell)))
			return false;
	}
	return true;
}

/*
 * sfm_trial_end
 *		Undoes all that was tried.  Also called after an error in between.
 */
void
sfm_trial_end(SfmPlan *plan)
{
	MemoryContext context = CurrentMemoryContext;

	if (plan->trial_level == 0)
		return;
	Assert(GetCurrentTransactionNestLevel() >= plan->trial_level);
	while (GetCurrentTransactionNestLevel() >= plan->trial_level)
		RollbackAndReleaseCurrentSubTransaction();
	plan->trial_level = 0;
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = plan->outer_owner;
}

/*
 * make_keys
 *		Adds the keys of a table in the trial, once they are planned: GROUP BY
 *		and ON CONFLICT build on them.  What fails will fail in the migration,
 *		where it is reported.
 */
static void
make_keys(SfmPlan *plan, SfmMappedTable *table)
{
	static const SfmPhase phases[] = {SFM_PHASE_INDEX, SFM_PHASE_CONSTRAINT};
	ListCell   *cell;

	if (table->tried_keys || !plan->keys_planned)
		return;
	table->tried_keys = true;
	for (int i = 0; i < lengthof(phases); i++)
	{
		foreach(cell, plan->steps[phases[i]])
		{
			SfmStep    *step = lfirst(cell);

			/* plain indexes give nothing that a statement builds on */
			if (step->statement != NULL && list_length(step->needs) == 1 &&
				linitial(step->needs) == table &&
				strncmp(step->statement, "CREATE INDEX", 12) != 0)
			{
				ErrorData  *error = try_work(plan, execute, step->statement,
											 true);

				if (error != NULL)
					FreeErrorData(error);
			}
		}
	}
}

/*
 * make_tables
 *		Makes the tables of a list of SfmRelation * in the trial, if they are
 *		not there.  False if that is impossible.
 */
static bool
make_tables(SfmPlan *plan, List *relations)
{
	ListCell   *cell;

	if (!begin_trial(plan))
		return false;
	foreach(cell, relations)
	{
		SfmRelation *relation = lfirst(cell);
		SfmMappedTable *table = relation->owner;

		if (table == NULL || table->basic_sql == NULL)
			continue;
		if (!table->tried)
		{
			table->tried = true;
			if (!prepare_trial(plan, table->basic_sql))
				return false;
		}
		make_keys(plan, table);
		if (plan->trial != TRIAL_RUNNING)
			return false;
	}
	return true;
}

/*
 * report_problem
 *		What PostgreSQL says to a statement, as a reason.
 */
static char *
report_problem(ErrorData *error)
{
	char	   *text = psprintf("PostgreSQL refuses the translation: %s",
								sfm_describe_error(error));

	FreeErrorData(error);
	return text;
}

/*
 * sfm_try_statement
 *		Runs a statement on trial, where the tables of "relations" (a list of
 *		SfmRelation * whose owner is an SfmMappedTable) exist.  If it succeeds
 *		its effect stays until the trial's end; if not, false, and *problem
 *		says why.
 */
bool
sfm_try_statement(SfmPlan *plan, List *relations, const char *sql,
				  char **problem)
{
	ErrorData  *error;

	if (!make_tables(plan, relations))
		return true;
	error = try_work(plan, execute, unconstify(char *, sql), true);
	if (error == NULL)
		return true;
	*problem = report_problem(error);
	return false;
}

/* ------------------------------------------------------------------------
 * Statements of trigger functions, which CREATE FUNCTION does not look at
 * ------------------------------------------------------------------------
 */
typedef struct TriggerStatements
{
	Oid			relid;			/* of the trigger's table or view */
	List	   *statements;		/* of char * */
} TriggerStatements;

/*
 * resolve_row_column
 *		NEW.x and OLD.x: a parameter of the column's type.  A hook of the
 *		parser, called when it found nothing of this name itself.
 */
static Node *
resolve_row_column(ParseState *pstate, ColumnRef *reference, Node *found)
{
	TriggerStatements *trigger = pstate->p_ref_hook_state;
	const char *row;
	AttrNumber	attnum;
	Param	   *param;

	if (found != NULL || list_length(reference->fields) != 2 ||
		!IsA(lsecond(reference->fields), String))
		return NULL;
	row = strVal(linitial(reference->fields));
	if (strcmp(row, "new") != 0 && strcmp(row, "old") != 0)
		return NULL;
	attnum = get_attnum(trigger->relid, strVal(lsecond(reference->fields)));
	if (attnum <= InvalidAttrNumber)
		return NULL;

	param = makeNode(Param);
	param->paramkind = PARAM_EXTERN;
	param->paramid = attnum;
	get_atttypetypmodcoll(trigger->relid, attnum, &param->paramtype,
						  &param->paramtypmod, &param->paramcollid);
	param->location = reference->location;
	return (Node *) param;
}

/* For SPI_prepare_params(). */
static void
setup_parser(ParseState *pstate, void *argument)
{
	pstate->p_post_columnref_hook = resolve_row_column;
	pstate->p_ref_hook_state = argument;
}

/* For sfm_try(): analyses the statements of a trigger. */
static void
analyse_statements(void *argument)
{
	TriggerStatements *trigger = argument;
	ListCell   *cell;

	if (SPI_connect() < 0)
		elog(ERROR, "SPI_connect failed");
	foreach(cell, trigger->statements)
	{
		char	   *sql = lfirst(cell);

		if (SPI_prepare_params(sql, setup_parser, trigger, 0) == NULL)
			elog(ERROR, "SPI_prepare_params failed: %s", sql);
	}
	SPI_finish();
}

/*
 * sfm_try_trigger
 *		Analyses the statements of a trigger function, in which NEW and OLD are
 *		rows of "table".  As sfm_try_statement().
 */
bool
sfm_try_trigger(SfmPlan *plan, List *relations, const SfmRelation *table,
				List *statements, char **problem)
{
	TriggerStatements trigger = {.statements = statements};
	SfmMappedTable *mapped = table->owner;
	ErrorData  *error;

	if (!make_tables(plan, relations))
		return true;
	trigger.relid = get_relname_relid(mapped->name,
									  get_namespace_oid(plan->options->target,
														false));
	error = try_work(plan, analyse_statements, &trigger, false);
	if (error == NULL)
		return true;
	*problem = report_problem(error);
	return false;
}
