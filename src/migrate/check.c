/*-------------------------------------------------------------------------
 *
 * check.c
 *	  sqlite_check(): what will not fit, before anything is written.
 *
 * The report predicts sqlite_migrate() with default arguments: it fails if,
 * and only if, there is a row with severity "error".  So nothing is judged
 * here by rules of our own where PostgreSQL or the migration itself can be
 * asked:
 *
 * - the plan's statements that make tables, indexes and keys are run in a
 *   subtransaction, without the loads, and rolled back (check_trial.c).  What
 *   fails there fails later; what they made, or what the target holds
 *   already, tells which rules the rows have to obey;
 * - the rows are read by the very scan that a load uses, and what it calls a
 *   bad value is one (check_values.c);
 * - keys, CHECKs and foreign keys are looked at by queries on the foreign
 *   tables with PostgreSQL's types and operators (check_keys.c, check_target.c);
 * - the file is asked by SQLite's own checks, and its names are compared with
 *   those of the mapping (check_source.c).
 *
 * What cannot be predicted: triggers and rules of existing tables, rows that
 * exceed a page in spite of TOAST, and what happens between check and
 * migration.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/resowner.h"

#include "check.h"

PGDLLEXPORT Datum sqlite_check(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(sqlite_check);

/* A copy of a string that may be NULL. */
static const char *
copy_or_null(const char *string)
{
	return string != NULL ? pstrdup(string) : NULL;
}

/*
 * sfm_check_add
 *		Adds a finding.  Strings are copied.
 */
void
sfm_check_add(SfmCheck *check, SfmSeverity severity, const char *table,
			  const char *object, const char *problem, int64 occurrences,
			  const char *example, const char *remedy)
{
	SfmFinding *finding = palloc_object(SfmFinding);

	finding->severity = severity;
	finding->table = copy_or_null(table);
	finding->object = copy_or_null(object);
	finding->problem = pstrdup(problem);
	finding->occurrences = occurrences;
	finding->example = copy_or_null(example);
	finding->remedy = copy_or_null(remedy);
	check->findings = lappend(check->findings, finding);
}

/*
 * sfm_check_alter
 *		A remedy: a change of a foreign table, or of one of its columns.
 */
char *
sfm_check_alter(const SfmCheck *check, const char *table, const char *column,
				const char *how)
{
	return psprintf("ALTER FOREIGN TABLE %s %s%s%s;  -- psql",
					quote_qualified_identifier(check->source, table),
					column != NULL ?
					psprintf("ALTER COLUMN %s", quote_identifier(column)) : "",
					column != NULL ? " " : "", how);
}

/* A remedy: the migration with another argument. */
char *
sfm_check_migrate(const SfmCheck *check, const char *argument)
{
	return psprintf("SELECT * FROM %s(%s, %s, %s);  -- psql%s",
					quote_qualified_identifier(check->extension_schema,
											   "sqlite_migrate"),
					quote_literal_cstr(check->source),
					check->target != NULL ?
					quote_literal_cstr(check->target) : ":'target'", argument,
					check->target != NULL ? "" : ", after \\set target");
}

/* Compares strings of which NULL is the smallest. */
static int
compare_strings(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

/* list_sort order of findings; the sort is not stable, so all is compared */
static int
compare_findings(const ListCell *a, const ListCell *b)
{
	const SfmFinding *left = lfirst(a);
	const SfmFinding *right = lfirst(b);
	int			order = (int) left->severity - (int) right->severity;

	if (order == 0)
		order = compare_strings(left->table, right->table);
	if (order == 0)
		order = compare_strings(left->object, right->object);
	if (order == 0)
		order = compare_strings(left->problem, right->problem);
	return order;
}

/* A text Datum, or NULL. */
static void
put_text(Datum *values, bool *nulls, int place, const char *string)
{
	nulls[place] = string == NULL;
	if (string != NULL)
		values[place] = CStringGetTextDatum(string);
}

/* The findings as the function's result. */
static void
put_findings(ReturnSetInfo *result, SfmCheck *check)
{
	static const char *const severities[] = {"error", "warning", "info"};
	ListCell   *cell;

	list_sort(check->findings, compare_findings);
	foreach(cell, check->findings)
	{
		SfmFinding *finding = lfirst(cell);
		Datum		values[7] = {0};
		bool		nulls[7] = {false};

		put_text(values, nulls, 0, severities[finding->severity]);
		put_text(values, nulls, 1, finding->table);
		put_text(values, nulls, 2, finding->object);
		put_text(values, nulls, 3, finding->problem);
		values[4] = Int64GetDatum(finding->occurrences);
		nulls[4] = finding->occurrences < 0;
		put_text(values, nulls, 5, finding->example);
		put_text(values, nulls, 6, finding->remedy);
		tuplestore_putvalues(result->setResult, result->setDesc, values,
							 nulls);
	}
}

/*
 * require_select
 *		Raises an error unless the caller may read the foreign tables.
 */
static void
require_select(List *mapping)
{
	ListCell   *cell;

	foreach(cell, mapping)
	{
		SfmMappedTable *table = lfirst(cell);
		AclResult	allowed = pg_class_aclcheck(table->relid, GetUserId(),
												ACL_SELECT);

		if (allowed != ACLCHECK_OK)
			aclcheck_error(allowed, OBJECT_FOREIGN_TABLE, table->name);
	}
}

/*
 * add_tables
 *		Lists what is to be loaded.  The columns are those of the foreign
 *		table until the trial knows better.
 */
static void
add_tables(SfmCheck *check)
{
	ListCell   *cell;

	foreach(cell, check->mapping)
	{
		SfmMappedTable *mapped = lfirst(cell);
		SfmCheckedTable *table;

		if (sfm_mapping_is_view(mapped))
			continue;
		table = palloc0_object(SfmCheckedTable);
		table->mapped = mapped;
		table->ncolumns = mapped->ncolumns;
		table->columns = palloc0_array(SfmTargetColumn,
									   Max(mapped->ncolumns, 1));
		for (int i = 0; i < mapped->ncolumns; i++)
		{
			table->columns[i].name = mapped->columns[i].name;
			table->columns[i].type = mapped->columns[i].type;
			table->columns[i].typmod = mapped->columns[i].typmod;
			table->columns[i].mapped = &mapped->columns[i];
		}
		check->tables = lappend(check->tables, table);
	}
}

/*
 * run_checks
 *		All checks, with settings that make names and values the same in every
 *		session.
 */
static void
run_checks(SfmCheck *check)
{
	int			level = sfm_begin_settings();
	ListCell   *cell;

	/* the checks say it all; scans and loads need not say it again */
	(void) set_config_option("client_min_messages", "error", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("timezone", "UTC", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);

	sfm_check_files(check);
	sfm_check_names(check);
	add_tables(check);
	sfm_check_trial(check);
	foreach(cell, check->tables)
	{
		CHECK_FOR_INTERRUPTS();
		sfm_check_values(check, lfirst(cell));
		sfm_check_target(check, lfirst(cell));
	}
	/* foreign keys need the scans of all tables */
	foreach(cell, check->tables)
	{
		CHECK_FOR_INTERRUPTS();
		sfm_check_keys(check, lfirst(cell));
	}
	sfm_end_settings(level);
}

/*
 * sqlite_check(source name, target name)
 *		What stands in the way of a migration, what is lost in it, and what to
 *		do about it.
 */
Datum
sqlite_check(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	SfmCheck	check = {0};

	check.source = sfm_name_argument(fcinfo, 0, "source");
	if (!PG_ARGISNULL(1))
		check.target = sfm_name_argument(fcinfo, 1, "target");
	check.extension_schema =
		get_namespace_name(get_func_namespace(fcinfo->flinfo->fn_oid));
	PreventCommandIfReadOnly("sqlite_check()");
	InitMaterializedSRF(fcinfo, 0);

	check.mapping = sfm_read_mapping(check.source, NIL, NIL);
	require_select(check.mapping);
	run_checks(&check);
	put_findings(result, &check);
	return (Datum) 0;
}
