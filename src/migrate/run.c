/*-------------------------------------------------------------------------
 *
 * run.c
 *	  sqlite_migrate(): runs the plan.
 *
 * The statements are those that sqlite_migration_plan() shows, in that order,
 * and no others.  With on_error => 'stop' the first error is the caller's
 * error and rolls back everything.  With 'continue' each step is a
 * subtransaction of its own; a failed one is rolled back and reported, and
 * what needs the table that it should have made is skipped.
 *
 * Some errors are never taken for a failed step: cancel and shutdown, lack of
 * memory or disk, a transaction that has to be retried.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "portability/instr_time.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/resowner.h"
#include "utils/timestamp.h"

#include "migrate.h"

PGDLLEXPORT Datum sqlite_migrate(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(sqlite_migrate);

typedef enum StepStatus
{
	STEP_OK,
	STEP_SKIPPED,
	STEP_FAILED
} StepStatus;

/* What one step came to: a row of the result. */
typedef struct StepResult
{
	int			number;
	StepStatus	status;
	int64		rows;			/* -1: not known */
	int64		bytes;			/* -1: not known */
	int64		elapsed;		/* microseconds */
	char	   *detail;			/* or NULL */
} StepResult;

/* For the error context callback. */
typedef struct StepContext
{
	const SfmStep *step;
	int			number;
} StepContext;

/* Says which step an error belongs to. */
static void
step_error_callback(void *argument)
{
	StepContext *context = argument;

	errcontext("step %d (%s): %s", context->number,
			   sfm_phase_name(context->step->phase), context->step->statement);
}

/*
 * int8_column
 *		A bigint column of the first row of SPI's result; -1 for NULL.
 */
static int64
int8_column(const char *name)
{
	TupleDesc	descriptor = SPI_tuptable->tupdesc;
	int			column = SPI_fnumber(descriptor, name);
	bool		isnull;
	Datum		datum;

	if (column <= 0 || SPI_gettypeid(descriptor, column) != INT8OID)
		elog(ERROR, "no column \"%s\" in the result of a step", name);
	datum = SPI_getbinval(SPI_tuptable->vals[0], descriptor, column, &isnull);
	return isnull ? -1 : DatumGetInt64(datum);
}

/* Adds a remark to the detail of a result. */
static void
add_detail(StepResult *result, const char *remark)
{
	if (remark != NULL)
		result->detail = result->detail == NULL ? pstrdup(remark) :
			psprintf("%s; %s", result->detail, remark);
}

/*
 * read_load
 *		Looks at what sqlite_load() returned and did with bad values.
 */
static void
read_load(const SfmStep *step, StepResult *result)
{
	const SfmLoadReport *report = sfm_last_load();

	result->rows = int8_column("sqlite_load");
	((SfmMappedTable *) linitial(step->needs))->skipped = report->skipped;
	add_detail(result, sfm_rejects_describe(report->nulled, report->skipped));
}

/*
 * check_counts
 *		Looks at the result of sqlite_compare_counts().  Raises an error if
 *		the sides differ by more than the rows that the load skipped.
 */
static void
check_counts(const SfmStep *step, StepResult *result)
{
	int64		source = -1;
	int64		target = -1;
	int64		skipped = ((SfmMappedTable *) linitial(step->needs))->skipped;

	if (SPI_processed > 0)
	{
		source = int8_column("source_rows");
		target = int8_column("target_rows");
	}
	if (source < 0 || target < 0 || source - skipped != target)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_EXCEPTION),
				 errmsg("table \"%s\" does not hold as many rows as its source",
						step->object),
				 errdetail("Rows in the source: %lld, skipped: %lld, in the target: %lld.",
						   (long long) source, (long long) skipped,
						   (long long) target)));
	result->rows = target;
	if (skipped > 0)
		add_detail(result,
				   psprintf("rows of the source skipped: %lld of %lld, see sqlite_rejects",
							(long long) skipped, (long long) source));
}

/* The size on disk of the relation that a step has filled or made. */
static int64
measure(const SfmMigrateOptions *options, const SfmStep *step)
{
	Oid			schema = get_namespace_oid(options->target, true);
	Oid			relid = InvalidOid;
	Datum		size;

	if (OidIsValid(schema))
		relid = get_relname_relid(step->measure, schema);
	if (!OidIsValid(relid))
		return -1;
	size = DirectFunctionCall1(pg_table_size, ObjectIdGetDatum(relid));
	return DatumGetInt64(size);
}

/*
 * execute_step
 *		Runs the statement and reads what it came to.
 */
static void
execute_step(const SfmMigrateOptions *options, const SfmStep *step,
			 StepResult *result)
{
	MemoryContext context = CurrentMemoryContext;
	MemoryContext spi_context;
	int			code;

	if (SPI_connect() < 0)
		elog(ERROR, "SPI_connect failed");
	code = SPI_execute(step->statement, false, 0);
	if (code < 0)
		elog(ERROR, "SPI failed with %s: %s", SPI_result_code_string(code),
			 step->statement);
	spi_context = MemoryContextSwitchTo(context);	/* the result stays */
	if (step->phase == SFM_PHASE_LOAD)
		read_load(step, result);
	else if (step->phase == SFM_PHASE_VERIFY)
		check_counts(step, result);
	MemoryContextSwitchTo(spi_context);
	SPI_finish();

	if (step->measure != NULL)
		result->bytes = measure(options, step);
}

/* Is this an error that no step may hide? */
bool
sfm_must_propagate(int sqlstate)
{
	switch (ERRCODE_TO_CATEGORY(sqlstate))
	{
		case ERRCODE_INSUFFICIENT_RESOURCES:
		case ERRCODE_OPERATOR_INTERVENTION:
		case ERRCODE_TRANSACTION_ROLLBACK:
			return true;
		default:
			return sqlstate == ERRCODE_FDW_OUT_OF_MEMORY;
	}
}

/*
 * sfm_describe_error
 *		Message, detail, and the line of the context that names a column and
 *		its row.  Palloc'd.
 */
char *
sfm_describe_error(const ErrorData *error)
{
	StringInfoData text;
	const char *line = error->context;

	initStringInfo(&text);
	appendStringInfoString(&text, error->message != NULL ? error->message : "");
	if (error->detail != NULL)
		appendStringInfo(&text, "; %s", error->detail);
	while (line != NULL)
	{
		const char *end = strchr(line, '\n');

		if (strncmp(line, "column ", strlen("column ")) == 0)
		{
			int			length = end != NULL ? (int) (end - line) :
			(int) strlen(line);

			appendStringInfo(&text, " (%.*s)", length, line);
			break;
		}
		line = end != NULL ? end + 1 : NULL;
	}
	return text.data;
}

/*
 * try_step
 *		Runs a step in a subtransaction; a failure goes into *result.
 */
static void
try_step(const SfmMigrateOptions *options, const SfmStep *step,
		 StepResult *result)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		execute_step(options, step, result);
		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
		if (sfm_must_propagate(error->sqlerrcode))
			ReThrowError(error);
		result->status = STEP_FAILED;
		result->rows = -1;
		result->bytes = -1;
		result->detail = sfm_describe_error(error);
		FreeErrorData(error);
	}
	PG_END_TRY();
}

/*
 * find_obstacle
 *		Why a step cannot be run after what failed before, or NULL.
 */
static char *
find_obstacle(const SfmStep *step)
{
	ListCell   *cell;

	foreach(cell, step->needs)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->not_created)
			return psprintf("table \"%s\" could not be created", table->name);
		if (table->not_loaded && step->phase == SFM_PHASE_VERIFY)
			return psprintf("table \"%s\" could not be loaded", table->name);
	}
	return NULL;
}

/* Remembers what later steps may need. */
static void
note_failure(const SfmStep *step)
{
	if (step->creates != NULL)
		step->creates->not_created = true;
	if (step->phase == SFM_PHASE_LOAD)
		((SfmMappedTable *) linitial(step->needs))->not_loaded = true;
}

/*
 * run_step
 *		Runs one step, or finds that there is nothing to run.
 */
static void
run_step(const SfmMigrateOptions *options, SfmStep *step, StepResult *result)
{
	char	   *obstacle = find_obstacle(step);
	StepContext context = {.step = step,.number = result->number};
	ErrorContextCallback callback;
	instr_time	start;
	instr_time	end;

	result->rows = -1;
	result->bytes = -1;
	result->detail = step->note;
	if (step->statement == NULL || obstacle != NULL)
	{
		result->status = STEP_SKIPPED;
		if (step->statement != NULL)
			result->detail = obstacle;
		return;
	}

	callback.callback = step_error_callback;
	callback.arg = &context;
	callback.previous = error_context_stack;
	error_context_stack = &callback;
	INSTR_TIME_SET_CURRENT(start);
	if (options->continue_on_error)
		try_step(options, step, result);
	else
		execute_step(options, step, result);
	INSTR_TIME_SET_CURRENT(end);
	error_context_stack = callback.previous;

	INSTR_TIME_SUBTRACT(end, start);
	result->elapsed = (int64) INSTR_TIME_GET_MICROSEC(end);
	if (result->status == STEP_FAILED)
		note_failure(step);
}

/* Puts the row of a step into the function's result. */
static void
put_result(ReturnSetInfo *rsinfo, const SfmStep *step,
		   const StepResult *result)
{
	static const char *const status_names[] = {"ok", "skipped", "failed"};
	Datum		values[8] = {0};
	bool		nulls[8] = {false};
	Interval   *elapsed = palloc0_object(Interval);

	elapsed->time = result->elapsed;
	values[0] = Int32GetDatum(result->number);
	values[1] = CStringGetTextDatum(sfm_phase_name(step->phase));
	values[2] = CStringGetTextDatum(step->object);
	values[3] = Int64GetDatum(result->rows);
	nulls[3] = result->rows < 0;
	values[4] = Int64GetDatum(result->bytes);
	nulls[4] = result->bytes < 0;
	values[5] = IntervalPGetDatum(elapsed);
	values[6] = CStringGetTextDatum(status_names[result->status]);
	if (result->detail != NULL)
		values[7] = CStringGetTextDatum(result->detail);
	else
		nulls[7] = true;
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/*
 * makes_objects
 *		Does the phase make things of the plan's own text?
 *
 *		Its statements were tried with search_path = pg_catalog and run so, too:
 *		an operator of the same name in a schema of the caller's search_path
 *		could be a closer match.  Loads do not: triggers of existing tables may
 *		count on the caller's settings.
 */
static bool
makes_objects(SfmPhase phase)
{
	return phase == SFM_PHASE_SCHEMA || phase == SFM_PHASE_TABLE ||
		phase == SFM_PHASE_INDEX || phase == SFM_PHASE_CONSTRAINT ||
		phase == SFM_PHASE_VIEW || phase == SFM_PHASE_TRIGGER;
}

/*
 * sfm_run
 *		Makes the plan, runs it, and fills the result of the calling function,
 *		which has called InitMaterializedSRF().
 */
void
sfm_run(FunctionCallInfo fcinfo, const SfmMigrateOptions *options)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	List	   *steps = sfm_make_plan(options);
	MemoryContext step_context;
	ListCell   *cell;

	step_context = AllocSetContextCreate(CurrentMemoryContext,
										 "sqlite_fdw_migrate step",
										 ALLOCSET_DEFAULT_SIZES);
	foreach(cell, steps)
	{
		SfmStep    *step = lfirst(cell);
		StepResult	result = {.number = foreach_current_index(cell) + 1};
		MemoryContext old = MemoryContextSwitchTo(step_context);
		int			level = makes_objects(step->phase) ? sfm_begin_settings() : 0;

		CHECK_FOR_INTERRUPTS();
		run_step(options, step, &result);
		if (level > 0)
			sfm_end_settings(level);
		put_result(rsinfo, step, &result);
		MemoryContextSwitchTo(old);
		MemoryContextReset(step_context);
	}
	MemoryContextDelete(step_context);
}

/*
 * sqlite_migrate
 *		Migrates the foreign tables of a schema into another schema.
 */
Datum
sqlite_migrate(PG_FUNCTION_ARGS)
{
	SfmMigrateOptions options;

	sfm_read_options(fcinfo, &options);
	options.source = sfm_name_argument(fcinfo, 0, "source");
	InitMaterializedSRF(fcinfo, 0);
	sfm_run(fcinfo, &options);
	return (Datum) 0;
}
