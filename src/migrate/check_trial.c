/*-------------------------------------------------------------------------
 *
 * check_trial.c
 *	  Makes the tables of a plan on trial, to learn which rules their rows
 *	  will have to obey.
 *
 * The statements of the plan that make things are run in a subtransaction, on
 * empty tables, and rolled back: an error there is one of the migration, too.
 * Before that the catalogs are read: columns as they are while the rows are
 * loaded, indexes, keys and CHECKs as they are in the end.  Tables that exist
 * already are read the same way, and nothing is done to them.
 *
 * Without a target the tables are made in a schema with a name of our own.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "check.h"

/* The schema of the trial if there is no target */
#define TRIAL_SCHEMA "sqlite_check"

typedef struct Trial
{
	SfmCheck   *check;
	SfmMigrateOptions options;
	List	   *steps;			/* of SfmStep *; NIL if there is no plan */
} Trial;

/* ------------------------------------------------------------------------
 * Questions to the catalogs; each is about the relation with an OID
 * ------------------------------------------------------------------------
 */

/* May a table change or drop rows that are inserted? */
static const char table_query[] =
	"SELECT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid"
	"  AND NOT t.tgisinternal AND t.tgtype & 7 = 7)"
	" OR EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid)"
	" FROM pg_class c WHERE c.oid = %u";

/* Its columns. */
static const char columns_query[] =
	"SELECT a.attname, a.atttypid::int8, a.atttypmod, a.attnotnull,"
	" a.attgenerated <> '',"
	" a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,"
	" (SELECT s.seqmax FROM pg_depend d JOIN pg_sequence s ON s.seqrelid = d.objid"
	"  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass"
	"  AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum"
	"  AND d.deptype IN ('a', 'i') AND s.seqincrement > 0 LIMIT 1)"
	" FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
	" WHERE a.attrelid = %u AND a.attnum > 0 AND NOT a.attisdropped"
	" ORDER BY a.attnum";

/* Its columns that are NOT NULL. */
static const char not_null_query[] =
	"SELECT a.attname FROM pg_attribute a WHERE a.attrelid = %u"
	" AND a.attnum > 0 AND a.attnotnull";

/* Its indexes. */
static const char indexes_query[] =
	"SELECT c.relname, i.indisunique, i.indisprimary, m.amname = 'btree',"
	" i.indnullsnotdistinct,"
	" EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = c.oid AND o.contype IN ('p', 'u')),"
	" k.keys, k.shown, k.no_nulls, pg_get_expr(i.indpred, i.indrelid)"
	" FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
	" JOIN pg_am m ON m.oid = c.relam,"
	" LATERAL (SELECT string_agg(d, ', ' ORDER BY n) AS keys,"
	"  string_agg(format('(%%s)::text', d), ', ' ORDER BY n) AS shown,"
	"  string_agg(format('(%%s) IS NOT NULL', d), ' AND ' ORDER BY n) AS no_nulls"
	"  FROM (SELECT n, pg_get_indexdef(i.indexrelid, n, true) AS d"
	"   FROM generate_series(1, i.indnkeyatts) n) e) k"
	" WHERE i.indrelid = %u ORDER BY c.relname";

/* Its foreign keys. */
static const char foreign_keys_query[] =
	"SELECT o.conname, o.convalidated, r.relname,"
	" format('%%I.%%I', s.nspname, r.relname), k.columns, k.shown, k.no_nulls, k.condition, k.child, k.parent"
	" FROM pg_constraint o JOIN pg_class r ON r.oid = o.confrelid"
	" JOIN pg_namespace s ON s.oid = r.relnamespace,"
	" LATERAL (SELECT string_agg(a.attname, ', ' ORDER BY u.n) AS columns,"
	"  string_agg(format('c.%%I::text', a.attname), ', ' ORDER BY u.n) AS shown,"
	"  string_agg(format('c.%%I IS NOT NULL', a.attname), ' AND ' ORDER BY u.n) AS no_nulls,"
	"  string_agg(format('p.%%I OPERATOR(%%I.%%s) c.%%I', b.attname, n.nspname, p.oprname, a.attname),"
	"   ' AND ' ORDER BY u.n) AS condition,"
	"  CASE WHEN count(*) = 1 THEN min(a.attname::text) END AS child,"
	"  CASE WHEN count(*) = 1 THEN min(b.attname::text) END AS parent"
	"  FROM unnest(o.conkey, o.confkey, o.conpfeqop) WITH ORDINALITY u(child, parent, operator, n)"
	"  JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = u.child"
	"  JOIN pg_attribute b ON b.attrelid = o.confrelid AND b.attnum = u.parent"
	"  JOIN pg_operator p ON p.oid = u.operator JOIN pg_namespace n ON n.oid = p.oprnamespace) k"
	" WHERE o.conrelid = %u AND o.contype = 'f' AND o.conparentid = 0"
	" AND to_jsonb(o) ->> 'conenforced' IS DISTINCT FROM 'false' ORDER BY o.conname";

/* Its CHECKs. */
static const char constraints_query[] =
	"SELECT o.conname, pg_get_expr(o.conbin, o.conrelid) FROM pg_constraint o"
	" WHERE o.conrelid = %u AND o.contype = 'c'"
	" AND (o.convalidated OR %s)"
	" AND to_jsonb(o) ->> 'conenforced' IS DISTINCT FROM 'false' ORDER BY 1";

/* Is a value of a query's row true? */
static bool
is_true(const char *value)
{
	return value != NULL && value[0] == 't';
}

/* ------------------------------------------------------------------------
 * The plan
 * ------------------------------------------------------------------------
 */

/* For sfm_try(). */
static void
make_plan(void *argument)
{
	Trial	   *trial = argument;

	trial->steps = sfm_make_plan(&trial->options);
}

/* For sfm_try(). */
static void
execute(void *argument)
{
	(void) sfm_execute(argument);
}

/*
 * set_options
 *		The default arguments of sqlite_migrate().
 */
static void
set_options(Trial *trial)
{
	SfmMigrateOptions *options = &trial->options;

	options->source = pstrdup(trial->check->source);
	options->on_conflict = SFM_CONFLICT_ERROR;
	options->views = true;
	options->triggers = true;
	options->foreign_keys = true;
	options->indexes = true;
	options->analyze = true;
	options->verify = true;
	options->extension_schema = pstrdup(trial->check->extension_schema);
	if (trial->check->target != NULL)
		options->target = pstrdup(trial->check->target);
	else
	{
		options->target = pstrdup(TRIAL_SCHEMA);
		for (int i = 2; OidIsValid(get_namespace_oid(options->target, true)); i++)
			options->target = psprintf(TRIAL_SCHEMA "_%d", i);
	}
}

/* The mapped table that a step is about, or NULL. */
static SfmMappedTable *
table_of_step(const SfmStep *step)
{
	if (step->creates != NULL)
		return step->creates;
	return step->needs != NIL ? linitial(step->needs) : NULL;
}

/* The name of the foreign table that a step is about, or NULL. */
static const char *
table_name_of_step(const SfmCheck *check, const SfmStep *step)
{
	SfmMappedTable *table = table_of_step(step);
	ListCell   *cell;

	if (table != NULL)
		return table->name;
	/* views and triggers have no table yet: "v", "t.trigger" */
	foreach(cell, check->mapping)
	{
		const char *name = ((SfmMappedTable *) lfirst(cell))->name;
		size_t		length = strlen(name);

		if (strncmp(step->object, name, length) == 0 &&
			(step->object[length] == '\0' || step->object[length] == '.'))
			return name;
	}
	return NULL;
}

/*
 * report_notes
 *		What the plan has to say.  A step without a statement is something that
 *		does not come over.
 */
static void
report_notes(Trial *trial)
{
	ListCell   *cell;

	foreach(cell, trial->steps)
	{
		SfmStep    *step = lfirst(cell);
		SfmMappedTable *table = table_of_step(step);
		bool		existing = table != NULL && OidIsValid(table->target);

		if (step->note == NULL)
			continue;
		sfm_check_add(trial->check,
					  step->statement == NULL && !existing && !step->harmless ?
					  SFM_CHECK_WARNING : SFM_CHECK_INFO,
					  table_name_of_step(trial->check, step), step->object,
					  step->note, -1, NULL, NULL);
	}
}

/*
 * report_failure
 *		A statement of the plan that fails, or the plan itself.
 */
static void
report_failure(Trial *trial, const SfmStep *step, const ErrorData *error)
{
	sfm_check_add(trial->check, SFM_CHECK_ERROR,
				  step != NULL ? table_name_of_step(trial->check, step) : NULL,
				  step != NULL ? step->object : NULL,
				  psprintf("%s fails: %s",
						   step != NULL ? step->statement : "the plan",
						   sfm_describe_error(error)),
				  -1, NULL, error->hint);
}

/* ------------------------------------------------------------------------
 * What the catalogs say
 * ------------------------------------------------------------------------
 */

/* The mapped column of this name, or NULL. */
static SfmMappedColumn *
mapped_column(const SfmMappedTable *table, const char *name)
{
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (strcmp(table->columns[i].name, name) == 0)
			return &table->columns[i];
	}
	return NULL;
}

/*
 * refuses_null
 *		Is a NULL of the source an error in this column while it is loaded?
 */
static bool
refuses_null(const SfmCheckedTable *table, const SfmTargetColumn *column)
{
	SfmConverter source;
	SfmConverter target;

	sfm_converter_init(&source, column->mapped->type, column->mapped->typmod,
					   SFM_EPOCH_AUTO);
	sfm_converter_init(&target, column->type, column->typmod, SFM_EPOCH_AUTO);
	return (column->not_null && !table->changes_rows) ||
		!source.takes_null || !target.takes_null;
}

/*
 * read_columns
 *		The columns of the table, as they are before keys are made.
 */
static void
read_columns(SfmCheckedTable *table, Oid relid)
{
	List	   *rows;
	ListCell   *cell;

	rows = sfm_query_rows(psprintf(table_query, relid));
	table->changes_rows = is_true(((char **) linitial(rows))[0]);

	rows = sfm_query_rows(psprintf(columns_query, relid));
	table->ncolumns = 0;
	table->columns = palloc0_array(SfmTargetColumn, Max(list_length(rows), 1));
	foreach(cell, rows)
	{
		char	  **row = lfirst(cell);
		SfmTargetColumn *column = &table->columns[table->ncolumns++];

		column->name = row[0];
		column->type = (Oid) strtoul(row[1], NULL, 10);
		column->typmod = atoi(row[2]);
		column->not_null = column->not_null_later = is_true(row[3]);
		column->generated = is_true(row[4]);
		column->has_default = is_true(row[5]);
		column->sequence_max = row[6] != NULL ? strtoll(row[6], NULL, 10) : 0;
		if (!column->generated)
			column->mapped = mapped_column(table->mapped, column->name);
		if (column->mapped != NULL)
			column->refuses_null = refuses_null(table, column);
	}
}

/* What the keys have made NOT NULL. */
static void
read_not_null(SfmCheckedTable *table, Oid relid)
{
	List	   *rows = sfm_query_rows(psprintf(not_null_query, relid));
	ListCell   *cell;

	foreach(cell, rows)
	{
		for (int i = 0; i < table->ncolumns; i++)
		{
			if (strcmp(table->columns[i].name, ((char **) lfirst(cell))[0]) == 0)
				table->columns[i].not_null_later = true;
		}
	}
}

/* The indexes of the table. */
static void
read_indexes(SfmCheckedTable *table, Oid relid)
{
	List	   *rows = sfm_query_rows(psprintf(indexes_query, relid));
	ListCell   *cell;

	foreach(cell, rows)
	{
		char	  **row = lfirst(cell);
		SfmTargetIndex *index = palloc0_object(SfmTargetIndex);

		index->name = row[0];
		index->unique = is_true(row[1]);
		index->primary = is_true(row[2]);
		index->btree = is_true(row[3]);
		index->nulls_equal = is_true(row[4]);
		index->constraint = is_true(row[5]);
		index->keys = row[6];
		index->shown_keys = psprintf("pg_catalog.concat_ws(', ', %s)", row[7]);
		index->no_nulls = row[8];
		index->predicate = row[9];
		table->indexes = lappend(table->indexes, index);
	}
}

/* The foreign keys of the table, and its CHECKs. */
static void
read_constraints(SfmCheckedTable *table, Oid relid)
{
	List	   *rows = sfm_query_rows(psprintf(foreign_keys_query, relid));
	ListCell   *cell;

	foreach(cell, rows)
	{
		char	  **row = lfirst(cell);
		SfmTargetForeignKey *key = palloc0_object(SfmTargetForeignKey);

		key->name = row[0];
		/* an existing one guards new rows, also if NOT VALID */
		key->enforced = table->existing || is_true(row[1]);
		key->parent = row[2];
		key->qualified_parent = row[3];
		key->columns = row[4];
		key->shown_columns = psprintf("pg_catalog.concat_ws(', ', %s)", row[5]);
		key->no_nulls = row[6];
		key->condition = row[7];
		key->child_column = row[8];
		key->parent_column = row[9];
		table->foreign_keys = lappend(table->foreign_keys, key);
	}

	/* what the plan makes NOT VALID it adds after the load */
	rows = sfm_query_rows(psprintf(constraints_query, relid,
								   table->existing ? "true" : "false"));
	foreach(cell, rows)
	{
		SfmTargetConstraint *constraint = palloc_object(SfmTargetConstraint);

		constraint->name = ((char **) lfirst(cell))[0];
		constraint->expression = ((char **) lfirst(cell))[1];
		table->constraints = lappend(table->constraints, constraint);
	}
}

/* ------------------------------------------------------------------------
 * The trial
 * ------------------------------------------------------------------------
 */

/* Calls a function for each table that is there now. */
static void
for_each_table(Trial *trial, void (*read) (SfmCheckedTable *table, Oid relid))
{
	Oid			schema = get_namespace_oid(trial->options.target, true);
	ListCell   *cell;

	foreach(cell, trial->check->tables)
	{
		SfmCheckedTable *table = lfirst(cell);
		Oid			relid = OidIsValid(schema) ?
		get_relname_relid(table->mapped->name, schema) : InvalidOid;
		char		relkind = OidIsValid(relid) ? get_rel_relkind(relid) : '\0';

		if (relkind == RELKIND_RELATION || relkind == RELKIND_PARTITIONED_TABLE)
			read(table, relid);
	}
}

/* Does the step make something, from what could be made before it? */
static bool
makes_something(const SfmStep *step)
{
	ListCell   *cell;

	if (step->statement == NULL || step->phase == SFM_PHASE_LOAD ||
		step->phase == SFM_PHASE_SEQUENCE ||
		step->phase == SFM_PHASE_ANALYZE || step->phase == SFM_PHASE_VERIFY)
		return false;
	/* steps about existing tables alone */
	if ((step->phase == SFM_PHASE_TABLE ||
		 step->phase == SFM_PHASE_CONSTRAINT) && table_of_step(step) == NULL)
		return false;
	foreach(cell, step->needs)
	{
		if (((SfmMappedTable *) lfirst(cell))->not_created)
			return false;
	}
	return true;
}

/*
 * run_step
 *		Runs one statement; an error is a finding.
 */
static void
run_step(Trial *trial, SfmStep *step)
{
	ErrorData  *error = sfm_try(execute, step->statement, true);

	if (error == NULL)
		return;
	if (step->phase == SFM_PHASE_SCHEMA && trial->check->target == NULL)
		ereport(ERROR,
				(errcode(error->sqlerrcode),
				 errmsg("cannot make the tables on trial: %s", error->message),
				 errhint("Name the target schema of the migration as second argument.")));
	if (step->creates != NULL)
		step->creates->not_created = true;
	report_failure(trial, step, error);
}

/* For sfm_try(): makes the tables and reads what they are. */
static void
run_trial(void *argument)
{
	Trial	   *trial = argument;
	bool		loaded = false; /* this is where the rows would come */
	ListCell   *cell;

	foreach(cell, trial->steps)
	{
		SfmStep    *step = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		if (step->phase >= SFM_PHASE_LOAD && !loaded)
		{
			for_each_table(trial, read_columns);
			loaded = true;
		}
		if (makes_something(step))
			run_step(trial, step);
	}
	for_each_table(trial, read_not_null);
	for_each_table(trial, read_indexes);
	for_each_table(trial, read_constraints);
}

/*
 * find_existing
 *		Marks the tables that the target holds already.  False if something
 *		else has the name of one: then there is no plan.
 */
static bool
find_existing(SfmCheck *check)
{
	Oid			schema = check->target != NULL ?
	sfm_schema_oid(check->target, true) : InvalidOid;
	bool		result = true;
	ListCell   *cell;

	foreach(cell, check->tables)
	{
		SfmCheckedTable *table = lfirst(cell);
		const char *name = table->mapped->name;
		Oid			relid = OidIsValid(schema) ?
		get_relname_relid(name, schema) : InvalidOid;
		char		relkind = OidIsValid(relid) ? get_rel_relkind(relid) : '\0';

		table->existing = relkind == RELKIND_RELATION ||
			relkind == RELKIND_PARTITIONED_TABLE;
		if (OidIsValid(relid) && !table->existing)
		{
			sfm_check_add(check, SFM_CHECK_ERROR, name, NULL,
						  "the target schema holds something of this name that is not a table",
						  -1, NULL,
						  sfm_check_alter(check, name, NULL,
										  psprintf("RENAME TO %s",
												   quote_identifier(psprintf("%s_table", name)))));
			result = false;
		}
	}
	return result;
}

/*
 * sfm_check_trial
 *		Makes the plan, reports its notes, runs it on trial, and fills the
 *		tables of the check with what they will be.
 */
void
sfm_check_trial(SfmCheck *check)
{
	Trial		trial = {.check = check};
	ErrorData  *error;

	set_options(&trial);
	if (!find_existing(check))
		return;
	error = sfm_try(make_plan, &trial, true);
	if (error != NULL)
	{
		report_failure(&trial, NULL, error);
		return;
	}
	report_notes(&trial);
	error = sfm_try(run_trial, &trial, false);
	if (error != NULL)
		ReThrowError(error);
}
