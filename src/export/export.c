/*-------------------------------------------------------------------------
 *
 * export.c
 *	  sqlite_export(): the tables of a schema in a new SQLite file.
 *
 * This room comes after src/migrate and uses its patterns and its ways to run
 * SQL.  It is a room of its own since nothing in it knows a mapping or a plan:
 * its source are PostgreSQL's catalog and rows, and its translation goes the
 * other way.
 *
 * The order: find and lock the tables, take the snapshot, describe each table
 * as SQL, make the tables, copy the rows, make the indexes, move the counters,
 * make the views, put the rows of the result together, give the file its name.
 * An error at any point, and the end of the session too, removes the file.
 *
 * The file appears as the function ends, not when the transaction commits: an
 * abort after that does not take it away.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_sequence.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "export.h"

PGDLLEXPORT Datum sqlite_export(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(sqlite_export);

enum
{
	ARG_TARGET,
	ARG_PATH,
	ARG_INCLUDE,
	ARG_EXCLUDE,
	ARG_REDACT,
	ARG_OVERWRITE,
	ARG_ON_BAD_VALUE,
	ARG_VIEWS,
	ARG_INDEXES,
	ARG_FOREIGN_KEYS
};

/* ------------------------------------------------------------------------
 * Arguments
 * ------------------------------------------------------------------------
 */

static List *
pattern_argument(FunctionCallInfo fcinfo, int n, const char *name)
{
	return PG_ARGISNULL(n) ? NIL : sfm_patterns(PG_GETARG_ARRAYTYPE_P(n), name);
}

static bool
flag_argument(FunctionCallInfo fcinfo, int n, bool otherwise)
{
	return PG_ARGISNULL(n) ? otherwise : PG_GETARG_BOOL(n);
}

/* Who may name a file on the server, and how. */
static void
check_path(const char *path)
{
	if (!has_privs_of_role(GetUserId(), ROLE_PG_WRITE_SERVER_FILES))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to export to a file of the server"),
				 errdetail("Only roles with privileges of the \"%s\" role may write files of the server.",
						   "pg_write_server_files")));
	if (!is_absolute_path(path))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("path \"%s\" is not absolute", path),
				 errhint("Give the whole path of the file, as the server sees it.")));
}

static void
read_arguments(FunctionCallInfo fcinfo, SfmExportOptions *options)
{
	options->schema = sfm_name_argument(fcinfo, ARG_TARGET, "target");
	options->path = sfm_name_argument(fcinfo, ARG_PATH, "path");
	check_path(options->path);
	options->include = pattern_argument(fcinfo, ARG_INCLUDE, "include");
	options->exclude = pattern_argument(fcinfo, ARG_EXCLUDE, "exclude");
	options->redact = pattern_argument(fcinfo, ARG_REDACT, "redact");
	options->overwrite = flag_argument(fcinfo, ARG_OVERWRITE, false);
	options->on_bad_value = SFM_BAD_VALUE_ERROR;
	if (!PG_ARGISNULL(ARG_ON_BAD_VALUE))
		options->on_bad_value =
			sfm_parse_on_bad_value(sfm_name_argument(fcinfo, ARG_ON_BAD_VALUE,
													 "on_bad_value"));
	options->views = flag_argument(fcinfo, ARG_VIEWS, true);
	options->indexes = flag_argument(fcinfo, ARG_INDEXES, true);
	options->foreign_keys = flag_argument(fcinfo, ARG_FOREIGN_KEYS, true);
}

/* ------------------------------------------------------------------------
 * The file
 * ------------------------------------------------------------------------
 */

/* Everything about all tables that is known before the first row. */
static void
describe_tables(SfmExport *export)
{
	const SfmExportOptions *options = export->options;
	ListCell   *cell;

	foreach(cell, export->tables)
	{
		SfmExportTable *table = lfirst(cell);

		sfm_describe_columns(export, table);
		sfm_describe_key(export, table);
		sfm_describe_values(export, table);
		sfm_describe_constraints(export, table);
		if (options->indexes)
			sfm_describe_indexes(export, table);
	}
	foreach(cell, export->tables)
	{
		SfmExportTable *table = lfirst(cell);

		if (options->foreign_keys)
			sfm_describe_foreign_keys(export, table);
		sfm_find_notes(export, table);
	}
}

/* CREATE TABLE.  Palloc'd. */
static char *
table_sql(const SfmExportTable *table)
{
	StringInfoData sql;
	const char *separator = "\n  ";
	ListCell   *cell;

	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE TABLE %s (",
					 sfm_quote_sqlite(table->sqlite_name));
	for (int i = 0; i < table->ncolumns; i++)
	{
		appendStringInfo(&sql, "%s%s", separator,
						 sfm_column_clause(table, &table->columns[i]));
		separator = ",\n  ";
	}
	foreach(cell, table->clauses)
	{
		appendStringInfo(&sql, "%s%s", separator, (char *) lfirst(cell));
		separator = ",\n  ";
	}
	appendStringInfoString(&sql, "\n)");
	return sql.data;
}

static void
make_tables(SfmExport *export)
{
	List	   *tables = NIL;
	ListCell   *cell;

	foreach(cell, export->tables)
	{
		SfmExportTable *table = lfirst(cell);

		/* SQLite has no table without columns, and there is nothing to lose */
		if (table->ncolumns == 0)
			sfm_note_object(export, table->name,
							"table without columns: SQLite has none");
		else
		{
			sfm_new_file_execute(export->file, table_sql(table));
			tables = lappend(tables, table);
		}
	}
	export->tables = tables;
}

static void
make_indexes(SfmExport *export, SfmExportTable *table)
{
	ListCell   *cell;

	foreach(cell, table->indexes)
		sfm_new_file_execute(export->file, lfirst(cell));
}

/* ------------------------------------------------------------------------
 * Counters
 * ------------------------------------------------------------------------
 */

static int64
sequence_increment(Oid sequence)
{
	HeapTuple	tuple = SearchSysCache1(SEQRELID, ObjectIdGetDatum(sequence));
	int64		increment;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for sequence %u", sequence);
	increment = ((Form_pg_sequence) GETSTRUCT(tuple))->seqincrement;
	ReleaseSysCache(tuple);
	return increment;
}

/*
 * move_counter
 *		Lets AUTOINCREMENT go on where the sequence would.  SQLite has counted
 *		the rows itself: it is past the greatest of them already.
 */
static void
move_counter(SfmExport *export, SfmExportTable *table)
{
	char	   *name = sfm_quote_literal_sqlite(table->sqlite_name);
	int64		increment;
	char	  **row;
	int64		last;

	if (!OidIsValid(table->sequence))
		return;
	increment = sequence_increment(table->sequence);
	if (increment != 1)
		sfm_note(table, "column \"%s\": SQLite counts by 1, the sequence by " INT64_FORMAT,
				 table->columns[table->rowid_column].name, increment);
	if (pg_class_aclcheck(table->sequence, GetUserId(), ACL_SELECT) !=
		ACLCHECK_OK)
	{
		sfm_note(table, "column \"%s\": the sequence may not be read; SQLite goes on behind the greatest number",
				 table->columns[table->rowid_column].name);
		return;
	}
	row = linitial(sfm_query_rows(psprintf("SELECT last_value, is_called FROM %s",
										   sfm_qualified(table->sequence))));
	last = strtoll(row[0], NULL, 10);

	/* not called: the last value is the first to be given */
	if (row[1][0] != 't' && last > PG_INT64_MIN)
		last--;
	if (increment < 0 || last <= 0)
		return;
	sfm_new_file_execute(export->file,
						 psprintf("INSERT INTO sqlite_sequence (name, seq)"
								  " SELECT %s, 0 WHERE NOT EXISTS"
								  " (SELECT 1 FROM sqlite_sequence WHERE name = %s);"
								  "UPDATE sqlite_sequence SET seq = " INT64_FORMAT
								  " WHERE name = %s AND seq < " INT64_FORMAT,
								  name, name, last, name, last));
}

/*
 * count_orphans
 *		Rows whose foreign key refers to nothing: policies, on_bad_value, or
 *		a constraint that is not valid can leave such behind.
 */
static void
count_orphans(SfmExport *export)
{
	ListCell   *cell;

	foreach(cell, export->tables)
	{
		SfmExportTable *table = lfirst(cell);
		sqlite3_stmt *stmt;
		int64		orphans = 0;

		stmt = sfm_new_file_prepare(export->file,
									psprintf("SELECT count(*) FROM pragma_foreign_key_check(%s)",
											 sfm_quote_literal_sqlite(table->sqlite_name)));
		if (sfm_new_file_step(export->file, stmt))
			orphans = sqlite3_column_int64(stmt, 0);
		sqlite3_finalize(stmt);
		if (orphans > 0)
			sfm_note(table, "foreign keys: " INT64_FORMAT " rows refer to rows that are not in the file",
					 orphans);
	}
}

/* Can there be such rows? */
static bool
may_have_orphans(SfmExport *export)
{
	ListCell   *cell;

	foreach(cell, export->tables)
	{
		SfmExportTable *table = lfirst(cell);

		if (table->secured || table->skipped > 0 || table->nulled > 0 ||
			table->invalid_key)
			return true;
	}
	return false;
}

/* ------------------------------------------------------------------------
 * The result
 * ------------------------------------------------------------------------
 */

/* One row; "rows" is negative where there are none to speak of. */
static void
put_row(ReturnSetInfo *result, const char *name, int64 rows,
		const char *status, const char *detail)
{
	Datum		values[4] = {0};
	bool		nulls[4] = {false};

	values[0] = CStringGetTextDatum(name);
	values[1] = Int64GetDatum(rows);
	nulls[1] = rows < 0;
	values[2] = CStringGetTextDatum(status);
	nulls[3] = detail == NULL;
	if (detail != NULL)
		values[3] = CStringGetTextDatum(detail);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static void
put_table(ReturnSetInfo *result, const SfmExportTable *table)
{
	StringInfoData detail;
	ListCell   *cell;

	initStringInfo(&detail);
	if (table->skipped > 0)
		appendStringInfo(&detail, UINT64_FORMAT " rows left out for bad values",
						 table->skipped);
	if (table->nulled > 0)
		appendStringInfo(&detail, "%s" UINT64_FORMAT " bad values are NULL",
						 detail.len > 0 ? ", " : "", table->nulled);
	put_row(result, table->name, (int64) table->rows, "ok",
			detail.len > 0 ? detail.data : NULL);
	foreach(cell, table->notes)
		put_row(result, table->name, -1, "noted", lfirst(cell));
}

static void
put_result(ReturnSetInfo *result, SfmExport *export)
{
	ListCell   *cell;

	foreach(cell, export->tables)
		put_table(result, lfirst(cell));
	foreach(cell, export->views)
	{
		const SfmExportView *view = lfirst(cell);

		if (!view->made)
			put_row(result, view->name, -1, "noted",
					psprintf("view left out: %s", view->note));
		else
			put_row(result, view->name, -1, "ok",
					view->note == NULL ? "view" :
					psprintf("view: %s", view->note));
	}
	foreach(cell, export->notes)
	{
		const SfmExportNote *note = lfirst(cell);

		put_row(result, note->object, -1, "noted", note->note);
	}
}

/* Fills the file and the result. */
static void
write_file(SfmExport *export, ReturnSetInfo *result)
{
	ListCell   *cell;

	sfm_new_file_begin(export->file);
	make_tables(export);
	foreach(cell, export->tables)
	{
		SfmExportTable *table = lfirst(cell);

		sfm_copy_rows(export, table);
		make_indexes(export, table);
		move_counter(export, table);
	}
	if (may_have_orphans(export))
		count_orphans(export);
	sfm_make_views(export);
	sfm_find_other_objects(export);
	put_result(result, export);
	sfm_new_file_finish(export->file);
}

/* Called on an error, and when the session ends. */
static void
abandon(int code, Datum argument)
{
	sfm_new_file_abandon((SfmNewFile *) DatumGetPointer(argument));
}

/* Also the schema pg_temp, whose true name is another one in each session. */
static Oid
find_schema(const char *name)
{
	Oid			temporary = InvalidOid;
	Oid			unused;

	if (strcmp(name, "pg_temp") != 0)
		return sfm_schema_oid(name, false);
	GetTempNamespaceState(&temporary, &unused);
	if (!OidIsValid(temporary))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_SCHEMA),
				 errmsg("this session has no temporary tables")));
	return temporary;
}

/* Lets go of the tables; the locks stay. */
static void
close_tables(List *tables)
{
	ListCell   *cell;

	foreach(cell, tables)
		relation_close(((SfmExportTable *) lfirst(cell))->relation, NoLock);
}

/*
 * sqlite_export
 *		Exports the tables of a schema; a row for each table and view, and one
 *		for all that is not, or not quite, in the file.
 */
Datum
sqlite_export(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	SfmExportOptions options = {0};
	SfmExport	export = {.options = &options};
	List	   *tables;
	int			level;

	read_arguments(fcinfo, &options);
	InitMaterializedSRF(fcinfo, 0);
	export.schema = find_schema(options.schema);
	sfm_check_redact(&export);
	export.file = sfm_new_file(options.path, options.overwrite);

	level = sfm_begin_settings();
	/* rows without a key come in the order in which they lie there */
	(void) set_config_option("synchronize_seqscans", "off", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	sfm_find_relations(&export);
	tables = export.tables;
	PushActiveSnapshot(GetTransactionSnapshot());
	PG_ENSURE_ERROR_CLEANUP(abandon, PointerGetDatum(export.file));
	{
		describe_tables(&export);
		write_file(&export, result);
	}
	PG_END_ENSURE_ERROR_CLEANUP(abandon, PointerGetDatum(export.file));
	PopActiveSnapshot();
	close_tables(tables);
	sfm_end_settings(level);
	return (Datum) 0;
}
