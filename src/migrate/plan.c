/*-------------------------------------------------------------------------
 *
 * plan.c
 *	  The plan: which SQL statements migrate a mapping, in which order.
 *
 * A plan is a list of SfmStep, each one SQL statement or, where nothing can
 * be run, a note that says why.  sqlite_migration_plan() shows the list and
 * sqlite_migrate() (run.c) executes the same list, so what is shown is what
 * runs.  Building it changes nothing.
 *
 * Statements can be run in any session: every name in them is qualified and
 * quoted, every literal is in a form that no setting changes.
 *
 * Steps are collected by phase and put into the order of SfmPhase at the end;
 * within a phase they keep the order of their making.  The details of tables,
 * indexes and keys are in plan_*.c.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "migrate.h"

PGDLLEXPORT Datum sqlite_migration_plan(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(sqlite_migration_plan);

/* Places of the arguments of plan, migrate and migrate_file. */
enum
{
	ARG_SOURCE,					/* or the path */
	ARG_TARGET,
	ARG_INCLUDE,
	ARG_EXCLUDE,
	ARG_ON_ERROR,
	ARG_ON_BAD_VALUE,
	ARG_ON_CONFLICT,
	ARG_TRUNCATE,
	ARG_DROP_EXISTING,
	ARG_VIEWS,
	ARG_TRIGGERS,
	ARG_FOREIGN_KEYS,
	ARG_INDEXES,
	ARG_ANALYZE,
	ARG_VERIFY,
	ARG_TABLESPACE,
	ARG_UNLOGGED
};

/* The word that stands for a phase in results. */
const char *
sfm_phase_name(SfmPhase phase)
{
	static const char *const names[SFM_PHASES] = {
		"schema", "table", "load", "index", "constraint", "sequence", "view",
		"trigger", "analyze", "verify"
	};

	return names[phase];
}

/* A boolean argument; NULL is its default. */
static bool
flag_argument(FunctionCallInfo fcinfo, int n, bool if_null)
{
	return PG_ARGISNULL(n) ? if_null : PG_GETARG_BOOL(n);
}

/* A text argument; NULL is its default. */
static char *
word_argument(FunctionCallInfo fcinfo, int n, const char *if_null)
{
	return PG_ARGISNULL(n) ? pstrdup(if_null) :
		text_to_cstring(PG_GETARG_TEXT_PP(n));
}

/* An array argument as a list of patterns. */
static List *
pattern_argument(FunctionCallInfo fcinfo, int n, const char *argument)
{
	return PG_ARGISNULL(n) ? NIL :
		sfm_patterns(PG_GETARG_ARRAYTYPE_P(n), argument);
}

/* on_error => 'continue'? */
static bool
parse_on_error(const char *word)
{
	if (strcmp(word, "stop") == 0)
		return false;
	if (strcmp(word, "continue") == 0)
		return true;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid value for argument \"on_error\": \"%s\"", word),
			 errhint("Valid values are \"stop\" and \"continue\".")));
	return false;				/* not reached */
}

/*
 * sfm_read_options
 *		The arguments of plan, migrate and migrate_file, all but the first.
 */
void
sfm_read_options(FunctionCallInfo fcinfo, SfmMigrateOptions *options)
{
	Oid			function = fcinfo->flinfo->fn_oid;

	memset(options, 0, sizeof(SfmMigrateOptions));
	options->target = sfm_name_argument(fcinfo, ARG_TARGET, "target");
	options->include = pattern_argument(fcinfo, ARG_INCLUDE, "include");
	options->exclude = pattern_argument(fcinfo, ARG_EXCLUDE, "exclude");
	options->continue_on_error =
		parse_on_error(word_argument(fcinfo, ARG_ON_ERROR, "stop"));
	if (!PG_ARGISNULL(ARG_ON_BAD_VALUE))
	{
		options->on_bad_value = word_argument(fcinfo, ARG_ON_BAD_VALUE, NULL);
		(void) sfm_parse_on_bad_value(options->on_bad_value);
	}
	options->on_conflict =
		sfm_parse_on_conflict(word_argument(fcinfo, ARG_ON_CONFLICT, "error"));
	options->truncate = flag_argument(fcinfo, ARG_TRUNCATE, false);
	options->drop_existing = flag_argument(fcinfo, ARG_DROP_EXISTING, false);
	options->views = flag_argument(fcinfo, ARG_VIEWS, true);
	options->triggers = flag_argument(fcinfo, ARG_TRIGGERS, true);
	options->foreign_keys = flag_argument(fcinfo, ARG_FOREIGN_KEYS, true);
	options->indexes = flag_argument(fcinfo, ARG_INDEXES, true);
	options->analyze = flag_argument(fcinfo, ARG_ANALYZE, true);
	options->verify = flag_argument(fcinfo, ARG_VERIFY, true);
	if (!PG_ARGISNULL(ARG_TABLESPACE))
		options->tablespace = pstrdup(NameStr(*PG_GETARG_NAME(ARG_TABLESPACE)));
	options->unlogged = flag_argument(fcinfo, ARG_UNLOGGED, false);
	options->extension_schema =
		get_namespace_name(get_func_namespace(function));

	if (options->truncate && options->drop_existing)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("arguments \"truncate\" and \"drop_existing\" exclude each other")));
}

/* The quoted and qualified name of a relation in the target schema. */
char *
sfm_target_name(const SfmPlan *plan, const char *name)
{
	return quote_qualified_identifier(plan->options->target, name);
}

/*
 * sfm_plan_step
 *		Adds a step.  "table" is what must exist before it runs, or NULL.
 *		Strings are copied.
 */
SfmStep *
sfm_plan_step(SfmPlan *plan, SfmPhase phase, SfmMappedTable *table,
			  const char *object, const char *statement, const char *note)
{
	SfmStep    *step = palloc0_object(SfmStep);

	step->phase = phase;
	step->object = pstrdup(object);
	step->statement = statement != NULL ? pstrdup(statement) : NULL;
	step->note = note != NULL ? pstrdup(note) : NULL;
	if (table != NULL)
		step->needs = list_make1(table);
	plan->steps[phase] = lappend(plan->steps[phase], step);
	return step;
}

/* Is a relation to be dropped by the plan, as one of "dropped"? */
static bool
goes_away(Oid relid, char relkind, List *dropped)
{
	if (relkind == RELKIND_INDEX || relkind == RELKIND_PARTITIONED_INDEX)
		relid = IndexGetRelation(relid, true);
	else if (relkind == RELKIND_SEQUENCE)
	{
		Oid			table;
		int32		column;

		if (!sequenceIsOwned(relid, DEPENDENCY_AUTO, &table, &column) &&
			!sequenceIsOwned(relid, DEPENDENCY_INTERNAL, &table, &column))
			return false;
		relid = table;
	}
	return list_member_oid(dropped, relid);
}

/*
 * reserve_names
 *		Marks as taken: the relations of the target schema that stay, and the
 *		tables of the plan.
 */
static void
reserve_names(SfmPlan *plan, List *dropped)
{
	Relation	catalog = table_open(RelationRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	ListCell   *cell;

	ScanKeyInit(&key, Anum_pg_class_relnamespace, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(plan->target));
	scan = systable_beginscan(catalog, InvalidOid, false, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);

		if (!goes_away(form->oid, form->relkind, dropped))
			sfm_names_reserve(plan->names, NameStr(form->relname));
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);

	foreach(cell, plan->mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->selected)
			sfm_names_reserve(plan->names, table->name);
	}
}

/*
 * find_existing
 *		Is there a relation of this name in the target schema?  One of another
 *		kind than the plan would make is an error.
 */
static Oid
find_existing(const SfmPlan *plan, const SfmMappedTable *table)
{
	Oid			relid = get_relname_relid(table->name, plan->target);
	bool		is_view = sfm_mapping_is_view(table);
	char		relkind;

	if (!OidIsValid(relid))
		return InvalidOid;
	relkind = get_rel_relkind(relid);
	if (is_view ? relkind != RELKIND_VIEW :
		relkind != RELKIND_RELATION && relkind != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" exists in schema \"%s\" and is not a %s",
						table->name, plan->options->target,
						is_view ? "view" : "table"),
				 errdetail("The foreign table \"%s\" of schema \"%s\" is to be migrated to a %s of that name.",
						   table->name, plan->options->source,
						   is_view ? "view" : "table"),
				 errhint("Drop or rename it, rename or exclude the foreign table, or choose another target schema.")));
	return relid;
}

/*
 * plan_for_all
 *		One statement over several tables or views, as one step of phase table.
 *		Returns its text, NULL if there is nothing to do.
 */
static char *
plan_for_all(SfmPlan *plan, const char *before, const char *after,
			 List *tables)
{
	StringInfoData statement;
	StringInfoData object;
	ListCell   *cell;

	if (tables == NIL)
		return NULL;
	initStringInfo(&statement);
	initStringInfo(&object);
	appendStringInfoString(&statement, before);
	foreach(cell, tables)
	{
		SfmMappedTable *table = lfirst(cell);
		const char *comma = foreach_current_index(cell) > 0 ? ", " : "";

		appendStringInfo(&statement, "%s%s", comma,
						 sfm_target_name(plan, table->name));
		appendStringInfo(&object, "%s%s", comma, table->name);
	}
	appendStringInfoString(&statement, after);
	sfm_plan_step(plan, SFM_PHASE_TABLE, NULL, object.data, statement.data,
				  NULL);
	return statement.data;
}

/*
 * plan_drop_functions
 *		Drops the trigger functions that an earlier migration has made for
 *		these relations and that nothing else uses.
 */
static void
plan_drop_functions(SfmPlan *plan, List *relations)
{
	StringInfoData oids;
	StringInfoData statement;
	StringInfoData object;
	List	   *rows;
	ListCell   *cell;

	initStringInfo(&oids);
	foreach(cell, relations)
		appendStringInfo(&oids, "%s%u", oids.len > 0 ? ", " : "",
						 lfirst_oid(cell));
	rows = sfm_query_rows(psprintf("SELECT DISTINCT p.oid, p.proname FROM pg_trigger t"
								   " JOIN pg_proc p ON p.oid = t.tgfoid"
								   " WHERE NOT t.tgisinternal AND t.tgrelid IN (%s)"
								   " AND p.pronamespace = %u"
								   " AND p.prosrc LIKE '%%" SFM_TRIGGER_MARK "%%'"
								   " AND NOT EXISTS (SELECT FROM pg_trigger o"
								   "  WHERE o.tgfoid = t.tgfoid AND o.tgrelid NOT IN (%s))"
								   " ORDER BY 2",
								   oids.data, plan->target, oids.data));
	if (rows == NIL)
		return;
	initStringInfo(&statement);
	initStringInfo(&object);
	foreach(cell, rows)
	{
		char	  **row = lfirst(cell);

		plan->dropped_functions = lappend_oid(plan->dropped_functions,
											  (Oid) strtoul(row[0], NULL, 10));
		appendStringInfo(&statement, "%s%s()",
						 statement.len > 0 ? ", " : "DROP FUNCTION ",
						 sfm_target_name(plan, row[1]));
		appendStringInfo(&object, "%s%s()", object.len > 0 ? ", " : "", row[1]);
	}
	sfm_plan_step(plan, SFM_PHASE_TABLE, NULL, object.data, statement.data,
				  NULL);
	plan->dropped = lappend(plan->dropped, statement.data);
}

/*
 * plan_drop
 *		Drops the existing tables and views: by one statement for all, so that
 *		foreign keys and views among them do not matter.  What depends on them
 *		from elsewhere does: then the statement fails and says which.
 *		Returns the OIDs of what goes away.
 */
static List *
plan_drop(SfmPlan *plan, List *tables, List *views)
{
	List	   *dropped = NIL;
	char	   *statement;
	ListCell   *cell;

	foreach(cell, list_concat_copy(views, tables))
	{
		SfmMappedTable *table = lfirst(cell);

		/* who only looks at a plan does not wait for others, nor they for him */
		if (plan->options->only_shown)
			plan->dropped = lappend(plan->dropped,
									psprintf("LOCK TABLE ONLY %s IN ACCESS EXCLUSIVE MODE NOWAIT",
											 sfm_target_name(plan, table->name)));
		dropped = lappend_oid(dropped, table->target);
		table->target = InvalidOid;
	}
	statement = plan_for_all(plan, "DROP VIEW ", "", views);
	if (statement != NULL)
		plan->dropped = lappend(plan->dropped, statement);
	statement = plan_for_all(plan, "DROP TABLE ", "", tables);
	if (statement != NULL)
		plan->dropped = lappend(plan->dropped, statement);
	if (dropped != NIL)
		plan_drop_functions(plan, dropped);
	return dropped;
}

/*
 * plan_target
 *		The schema, and what happens to tables and views that exist in it.
 */
static void
plan_target(SfmPlan *plan)
{
	List	   *tables = NIL;
	List	   *views = NIL;
	List	   *dropped = NIL;
	ListCell   *cell;

	plan->names = sfm_names_create(SFM_NAMES_PRESERVE);
	plan->target = sfm_schema_oid(plan->options->target, true);
	if (!OidIsValid(plan->target))
		sfm_plan_step(plan, SFM_PHASE_SCHEMA, NULL, plan->options->target,
					  psprintf("CREATE SCHEMA %s",
							   quote_identifier(plan->options->target)), NULL);
	else
	{
		foreach(cell, plan->mapping)
		{
			SfmMappedTable *table = lfirst(cell);
			bool		is_view = sfm_mapping_is_view(table);

			if (!table->selected || (is_view && !plan->options->views))
				continue;
			table->target = find_existing(plan, table);
			if (!OidIsValid(table->target))
				continue;
			if (is_view)
				views = lappend(views, table);
			else
				tables = lappend(tables, table);
		}
	}

	if (plan->options->truncate)
		(void) plan_for_all(plan, "TRUNCATE ", " RESTART IDENTITY", tables);
	if (plan->options->drop_existing)
		dropped = plan_drop(plan, tables, views);
	reserve_names(plan, dropped);
}

/* A qualified name as a literal of type regclass. */
static char *
regclass_literal(const char *schema, const char *name)
{
	return psprintf("%s::pg_catalog.regclass",
					quote_literal_cstr(quote_qualified_identifier(schema,
																  name)));
}

/*
 * plan_load
 *		The row that loads a table.
 *
 *		Here and in call_for_table(), every argument is given, and given its
 *		type: so no function of the same name that somebody has put into our
 *		schema can be a better match.
 */
static void
plan_load(SfmPlan *plan, SfmMappedTable *table)
{
	const SfmMigrateOptions *options = plan->options;
	StringInfoData statement;
	SfmStep    *step;

	initStringInfo(&statement);
	appendStringInfo(&statement, "SELECT %s(%s, %s",
					 quote_qualified_identifier(options->extension_schema,
												"sqlite_load"),
					 regclass_literal(options->source, table->name),
					 regclass_literal(options->target, table->name));
	appendStringInfo(&statement, ", on_conflict => '%s'::pg_catalog.text",
					 options->on_conflict == SFM_CONFLICT_SKIP ? "skip" :
					 options->on_conflict == SFM_CONFLICT_UPDATE ? "update" :
					 "error");
	appendStringInfo(&statement, ", on_bad_value => %s::pg_catalog.text)",
					 options->on_bad_value == NULL ? "NULL" :
					 quote_literal_cstr(options->on_bad_value));

	step = sfm_plan_step(plan, SFM_PHASE_LOAD, table, table->name,
						 statement.data,
						 OidIsValid(table->target) ?
						 sfm_existing_note(table) : NULL);
	step->measure = table->name;
}

/* A call of one of our functions for one table of source and target. */
static char *
call_for_table(const SfmMigrateOptions *options, const char *function,
			   const char *first, const char *second, const char *table)
{
	return psprintf("SELECT * FROM %s(%s::pg_catalog.name, %s::pg_catalog.name, include => ARRAY[%s]::pg_catalog.text[])",
					quote_qualified_identifier(options->extension_schema,
											   function),
					quote_literal_cstr(first), quote_literal_cstr(second),
					quote_literal_cstr(sfm_pattern_for(table)));
}

/* The row that sets the sequences of a table, if it has any. */
static void
plan_sequence(SfmPlan *plan, SfmMappedTable *table)
{
	bool		found = false;

	if (OidIsValid(table->target))
		found = getOwnedSequences(table->target) != NIL;
	else
	{
		for (int i = 0; i < table->ncolumns && !found; i++)
			found = sfm_is_identity(table, &table->columns[i]);
	}
	if (found)
		sfm_plan_step(plan, SFM_PHASE_SEQUENCE, table, table->name,
					  call_for_table(plan->options, "sqlite_reset_sequences",
									 plan->options->target,
									 plan->options->source, table->name),
					  NULL);
}

/*
 * plan_verify
 *		The row that compares the counts, where they must be equal: not where
 *		rows that were there before may stay.
 */
static void
plan_verify(SfmPlan *plan, SfmMappedTable *table)
{
	const SfmMigrateOptions *options = plan->options;

	if (OidIsValid(table->target) && !options->truncate &&
		options->on_conflict != SFM_CONFLICT_ERROR)
		sfm_plan_step(plan, SFM_PHASE_VERIFY, table, table->name, NULL,
					  "not compared: the table may hold rows of its own");
	else
		sfm_plan_step(plan, SFM_PHASE_VERIFY, table, table->name,
					  call_for_table(options, "sqlite_compare_counts",
									 options->source, options->target,
									 table->name), NULL);
}

/* All steps of one table but its load, foreign keys and triggers. */
static void
plan_one_table(SfmPlan *plan, SfmMappedTable *table)
{
	const SfmMigrateOptions *options = plan->options;

	if (OidIsValid(table->target))
		sfm_plan_step(plan, SFM_PHASE_TABLE, table, table->name, NULL,
					  "table exists: its columns, indexes and constraints are left as they are");
	else
	{
		sfm_plan_table(plan, table);
		sfm_plan_notes(plan, table);
		if (options->indexes)
			sfm_plan_indexes(plan, table);
		sfm_plan_keys(plan, table);
	}
	plan_sequence(plan, table);
	if (options->analyze)
		sfm_plan_step(plan, SFM_PHASE_ANALYZE, table, table->name,
					  psprintf("ANALYZE %s",
							   sfm_target_name(plan, table->name)), NULL);
	if (options->verify)
		plan_verify(plan, table);
}

/*
 * collect_steps
 *		Fills the plan's phases.
 */
static void
collect_steps(SfmPlan *plan)
{
	const SfmMigrateOptions *options = plan->options;
	ListCell   *cell;

	plan_target(plan);
	foreach(cell, plan->mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->selected && !sfm_mapping_is_view(table))
			plan_one_table(plan, table);
	}
	sfm_plan_absent(plan);
	plan->keys_planned = true;
	foreach(cell, sfm_load_order(plan))
		plan_load(plan, lfirst(cell));
	sfm_plan_existing_constraints(plan);
	if (options->foreign_keys)
	{
		foreach(cell, plan->mapping)
		{
			SfmMappedTable *table = lfirst(cell);

			if (table->selected && !OidIsValid(table->target) &&
				table->source != NULL)
				sfm_plan_foreign_keys(plan, table);
		}
	}
	if (options->views)
		sfm_plan_views(plan);
	if (options->triggers)
		sfm_plan_triggers(plan);
	if (plan->untried != NULL)
		sfm_plan_step(plan, SFM_PHASE_SCHEMA, NULL, options->target, NULL,
					  psprintf("translated statements could not be tried: %s",
							   plan->untried));
}

/*
 * sfm_make_plan
 *		The whole plan: a list of SfmStep *, in the order to be run in,
 *		palloc'd in CurrentMemoryContext.
 */
List *
sfm_make_plan(const SfmMigrateOptions *options)
{
	MemoryContext context = CurrentMemoryContext;
	int			level = sfm_begin_settings();
	SfmPlan    *plan = palloc0_object(SfmPlan);
	List	   *steps = NIL;

	plan->options = options;
	plan->mapping = sfm_read_mapping(options->source, options->include,
									 options->exclude);
	PG_TRY();
	{
		collect_steps(plan);
		sfm_trial_end(plan);
	}
	PG_CATCH();
	{
		ErrorData  *error;

		/* the trial's subtransaction must go before the error is passed on */
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		sfm_trial_end(plan);
		ReThrowError(error);
	}
	PG_END_TRY();

	for (int phase = 0; phase < SFM_PHASES; phase++)
		steps = list_concat(steps, plan->steps[phase]);
	sfm_end_settings(level);
	return steps;
}

/*
 * sqlite_migration_plan
 *		Shows the plan: one row per step.
 */
Datum
sqlite_migration_plan(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	SfmMigrateOptions options;
	List	   *steps;
	ListCell   *cell;

	sfm_read_options(fcinfo, &options);
	options.source = sfm_name_argument(fcinfo, ARG_SOURCE, "source");
	options.only_shown = true;
	InitMaterializedSRF(fcinfo, 0);

	steps = sfm_make_plan(&options);
	foreach(cell, steps)
	{
		SfmStep    *step = lfirst(cell);
		Datum		values[5] = {0};
		bool		nulls[5] = {false};

		values[0] = Int32GetDatum(foreach_current_index(cell) + 1);
		values[1] = CStringGetTextDatum(sfm_phase_name(step->phase));
		values[2] = CStringGetTextDatum(step->object);
		if (step->statement != NULL)
			values[3] = CStringGetTextDatum(step->statement);
		else
			nulls[3] = true;
		if (step->note != NULL)
			values[4] = CStringGetTextDatum(step->note);
		else
			nulls[4] = true;
		tuplestore_putvalues(result->setResult, result->setDesc, values,
							 nulls);
	}
	return (Datum) 0;
}
