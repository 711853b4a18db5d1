/*-------------------------------------------------------------------------
 *
 * check_target.c
 *	  Can a table that the target holds already take the rows of its source?
 *
 * A load matches columns by name and casts by assignment, and some casts it
 * refuses for what they lose (load.c).  Whether all values survive the others
 * (varchar(5), smallint, a domain) only the cast itself can tell, so it is
 * tried on each value.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/resowner.h"

#include "check.h"

/* Rows that are fetched at once */
#define BATCH 1000

/* A cast on trial. */
typedef struct CastTrial
{
	SfmCheckedTable *table;
	const SfmTargetColumn *column;
	ExprState  *state;
	ExprContext *context;
	MemoryContext kept;			/* for what is kept */
	int64		failed;
	char	   *example;		/* the first value that failed, */
	char	   *message;		/* and the error */
} CastTrial;

/*
 * prepare_cast
 *		Makes the expression that a load uses for this column; its input is
 *		the "case value" of the expression context.
 */
static void
prepare_cast(CastTrial *trial)
{
	const SfmMappedColumn *from = trial->column->mapped;
	CaseTestExpr *placeholder = makeNode(CaseTestExpr);
	Node	   *cast;

	placeholder->typeId = from->type;
	placeholder->typeMod = from->typmod;
	placeholder->collation = from->collation;
	cast = coerce_to_target_type(NULL, (Node *) placeholder, from->type,
								 trial->column->type, trial->column->typmod,
								 COERCION_ASSIGNMENT, COERCE_IMPLICIT_CAST,
								 -1);
	if (cast == NULL)
		elog(ERROR, "no cast from type %u to type %u", from->type,
			 trial->column->type);
	trial->state = ExecInitExpr(expression_planner((Expr *) cast), NULL);
	trial->context = CreateStandaloneExprContext();
}

/* Casts one value; false if that failed.  In a subtransaction of the caller. */
static bool
try_cast(CastTrial *trial, Datum value, ErrorData **error)
{
	MemoryContext context = CurrentMemoryContext;
	volatile bool result = true;
	bool		isnull;

	trial->context->caseValue_datum = value;
	trial->context->caseValue_isNull = false;
	PG_TRY();
	{
		(void) ExecEvalExprSwitchContext(trial->state, trial->context,
										 &isnull);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		*error = CopyErrorData();
		FlushErrorState();
		result = false;
	}
	PG_END_TRY();
	ResetExprContext(trial->context);
	return result;
}

/* Begins a subtransaction, and stays where we are. */
static void
begin_subtransaction(void)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
}

/*
 * cast_row
 *		Tries the cast on the value of one row.  After an error the
 *		subtransaction begins anew.
 */
static void
cast_row(CastTrial *trial, HeapTuple tuple, TupleDesc descriptor)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *error = NULL;
	bool		isnull;
	Datum		value = SPI_getbinval(tuple, descriptor, 1, &isnull);

	if (isnull || try_cast(trial, value, &error))
		return;
	RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	if (sfm_must_propagate(error->sqlerrcode))
		ReThrowError(error);
	begin_subtransaction();
	if (trial->failed++ == 0)
	{
		MemoryContextSwitchTo(trial->kept);
		trial->example = SPI_getvalue(tuple, descriptor, 1);
		trial->message = pstrdup(error->message);
		MemoryContextSwitchTo(context);
	}
	FreeErrorData(error);
}

/* Tries the cast on all values. */
static void
cast_rows(CastTrial *trial)
{
	char	   *sql = psprintf("SELECT %s FROM %s",
							   quote_identifier(trial->column->mapped->name),
							   sfm_qualified(trial->table->mapped->relid));
	SPIPlanPtr	plan = SPI_prepare(sql, 0, NULL);
	Portal		portal;

	if (plan == NULL)
		elog(ERROR, "SPI failed with %s: %s",
			 SPI_result_code_string(SPI_result), sql);
	portal = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	for (;;)
	{
		SPITupleTable *rows;

		CHECK_FOR_INTERRUPTS();
		SPI_cursor_fetch(portal, true, BATCH);
		rows = SPI_tuptable;
		if (SPI_processed == 0)
			break;
		begin_subtransaction();
		for (uint64 i = 0; i < rows->numvals; i++)
			cast_row(trial, rows->vals[i], rows->tupdesc);
		ReleaseCurrentSubTransaction();
		SPI_freetuptable(rows);
	}
	SPI_cursor_close(portal);
}

/* For sfm_try(). */
static void
run_cast_trial(void *argument)
{
	CastTrial  *trial = argument;
	SfmBadValueSink *previous;

	trial->kept = CurrentMemoryContext;
	prepare_cast(trial);
	if (SPI_connect() < 0)
		elog(ERROR, "SPI_connect failed");
	previous = sfm_set_bad_value_sink(sfm_check_sink(trial->table));
	PG_TRY();
	{
		cast_rows(trial);
	}
	PG_FINALLY();
	{
		(void) sfm_set_bad_value_sink(previous);
	}
	PG_END_TRY();
	SPI_finish();
	FreeExprContext(trial->context, true);
}

/*
 * check_cast
 *		Can the column of the target take the values of the source's?
 */
static void
check_cast(SfmCheck *check, SfmCheckedTable *table,
		   const SfmTargetColumn *column)
{
	const SfmMappedColumn *from = column->mapped;
	char	   *to = format_type_with_typemod(column->type, column->typmod);
	CastTrial	trial = {.table = table,.column = column};
	ErrorData  *error;

	if (from->type == column->type && from->typmod == column->typmod)
		return;
	if (!sfm_cast_is_exact(from->type, from->typmod, column->type,
						   column->typmod))
	{
		sfm_check_add(check, SFM_CHECK_ERROR, table->mapped->name,
					  column->name,
					  psprintf("the target's type %s cannot take values of type %s as they are",
							   to, format_type_with_typemod(from->type,
															from->typmod)),
					  -1, NULL,
					  sfm_check_alter(check, table->mapped->name, from->name,
									  psprintf("TYPE %s", to)));
		return;
	}
	error = sfm_try(run_cast_trial, &trial, true);
	if (error == NULL && trial.failed == 0)
		return;
	sfm_check_add(check, SFM_CHECK_ERROR, table->mapped->name, column->name,
				  psprintf("values do not fit the target's type %s: %s", to,
						   error != NULL ? sfm_describe_error(error) :
						   trial.message),
				  error != NULL ? -1 : trial.failed, trial.example,
				  sfm_check_skip(check, table, from, to));
}

/*
 * check_columns
 *		Columns of one side only.
 */
static void
check_columns(SfmCheck *check, SfmCheckedTable *table)
{
	const SfmMappedTable *mapped = table->mapped;
	int			lost = 0;
	int			loaded = 0;

	for (int i = 0; i < mapped->ncolumns; i++)
	{
		const SfmTargetColumn *column = NULL;

		for (int j = 0; j < table->ncolumns; j++)
		{
			if (strcmp(table->columns[j].name, mapped->columns[i].name) == 0)
				column = &table->columns[j];
		}
		if (column != NULL)
		{
			loaded += column->mapped != NULL;
			continue;
		}
		lost++;
		sfm_check_add(check, SFM_CHECK_WARNING, mapped->name,
					  mapped->columns[i].name,
					  "the target has no such column: its values are not loaded",
					  table->rows, NULL,
					  sfm_check_alter(check, mapped->name, NULL,
									  psprintf("DROP COLUMN %s",
											   quote_identifier(mapped->columns[i].name))));
	}
	if (lost > 0 && loaded == 0)
		sfm_check_add(check, SFM_CHECK_ERROR, mapped->name, NULL,
					  "the target's table has none of the columns", -1, NULL,
					  sfm_check_alter(check, mapped->name, NULL,
									  psprintf("RENAME TO %s",
											   quote_identifier(psprintf("%s_table", mapped->name)))));
	for (int i = 0; i < table->ncolumns; i++)
	{
		const SfmTargetColumn *column = &table->columns[i];

		if (column->mapped == NULL && !column->generated &&
			column->not_null && !column->has_default && table->rows > 0)
			sfm_check_add(check, table->changes_rows ? SFM_CHECK_WARNING :
						  SFM_CHECK_ERROR, mapped->name, column->name,
						  "the target's column is NOT NULL without a default, and the source has none for it",
						  table->rows, NULL,
						  psprintf("ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL;  -- psql",
								   quote_qualified_identifier(check->target,
															  mapped->name),
								   quote_identifier(column->name)));
	}
}

/* Has the table a key by which rows that are there already are found? */
static bool
has_key(const SfmCheckedTable *table)
{
	ListCell   *cell;

	foreach(cell, table->indexes)
	{
		const SfmTargetIndex *index = lfirst(cell);

		if (index->unique && index->predicate == NULL)
			return true;
	}
	return false;
}

/* May the caller do what a load does, and does the table hold rows? */
static void
check_state(SfmCheck *check, SfmCheckedTable *table)
{
	const char *name = table->mapped->name;
	char	   *qualified = quote_qualified_identifier(check->target, name);
	Oid			relid = get_relname_relid(name,
										  sfm_schema_oid(check->target, false));
	char	  **row;

	if (pg_class_aclcheck(relid, GetUserId(), ACL_SELECT) != ACLCHECK_OK ||
		pg_class_aclcheck(relid, GetUserId(), ACL_INSERT) != ACLCHECK_OK)
	{
		sfm_check_add(check, SFM_CHECK_ERROR, name, NULL,
					  "the privilege to SELECT from the target's table, or to INSERT into it, is missing",
					  -1, NULL,
					  psprintf("GRANT SELECT, INSERT ON %s TO %s;  -- psql",
							   qualified,
							   quote_identifier(GetUserNameFromId(GetUserId(), false))));
		return;
	}
	row = linitial(sfm_query_rows(psprintf("SELECT pg_catalog.count(*) FROM %s",
											qualified)));
	if (strcmp(row[0], "0") != 0)
		sfm_check_add(check, SFM_CHECK_ERROR, name, NULL,
					  "the target's table already holds rows",
					  strtoll(row[0], NULL, 10), NULL,
					  sfm_check_migrate(check, has_key(table) ?
										"on_conflict => 'skip'" :
										"truncate => true"));
	if (table->changes_rows)
		sfm_check_add(check, SFM_CHECK_INFO, name, NULL,
					  "the target's table has triggers or rules: what they do with the rows is not checked",
					  -1, NULL, NULL);
}

/*
 * sfm_check_target
 *		Checks a table that exists in the target, after its values.
 */
void
sfm_check_target(SfmCheck *check, SfmCheckedTable *table)
{
	if (!table->existing)
		return;
	check_state(check, table);
	check_columns(check, table);
	for (int i = 0; table->readable && i < table->ncolumns; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (table->columns[i].mapped != NULL)
			check_cast(check, table, &table->columns[i]);
	}
}
