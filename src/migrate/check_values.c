/*-------------------------------------------------------------------------
 *
 * check_values.c
 *	  Do the values of a table fit its columns?
 *
 * The rows are read by the SELECT that a load runs, under a sink (see
 * SfmBadValueSink) that counts the bad values and lets the scan go on.  A
 * second look, sfm_profile_mapped(), tells which type would hold them all and
 * which epoch the numbers of a date or time column are likely to mean.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "foreign/foreign.h"
#include "tcop/dest.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "check.h"

/* Longest value shown, in bytes */
#define SHOWN_LENGTH 64

/* For the sink: what is being read. */
typedef struct Counter
{
	SfmCheckedTable *table;
	bool		counting;		/* the first scan counts, others only read */
	MemoryContext context;		/* for what is kept */
} Counter;

/* ------------------------------------------------------------------------
 * The scan
 * ------------------------------------------------------------------------
 */

/* The target's column that a column of the foreign table fills, or NULL. */
static SfmTargetColumn *
filled_column(const SfmCheckedTable *table, AttrNumber attnum)
{
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (table->columns[i].mapped != NULL &&
			table->columns[i].mapped->attnum == attnum)
			return &table->columns[i];
	}
	return NULL;
}

/*
 * choose_action
 *		What becomes of a bad value: what a load would do, but where that
 *		stops, NULL stands in.
 */
static SfmBadValueAction
choose_action(void *argument, AttrNumber attnum, SfmBadValueAction by_options,
			  bool *refuses_null)
{
	Counter    *counter = argument;
	SfmTargetColumn *column = filled_column(counter->table, attnum);

	if (column == NULL)
		return SFM_BAD_VALUE_NULL;
	column->action = by_options;
	*refuses_null = column->refuses_null;
	if (by_options == SFM_BAD_VALUE_ERROR)
		return SFM_BAD_VALUE_NULL;
	return column->refuses_null ? SFM_BAD_VALUE_SKIP : by_options;
}

/* Counts a bad value, and keeps the first of its column. */
static void
take_bad_value(void *argument, const SfmBadValue *bad_value)
{
	Counter    *counter = argument;
	SfmTargetColumn *column = filled_column(counter->table, bad_value->attnum);
	const SfmValue *value = bad_value->value;
	MemoryContext old_context;

	if (!counter->counting || column == NULL)
		return;
	old_context = MemoryContextSwitchTo(counter->context);
	if (value->storage_class == SFM_NULL)
	{
		if (column->nulls++ == 0)
			column->first_null = pstrdup(bad_value->row);
	}
	else if (column->bad++ == 0)
	{
		const char *quote = value->storage_class == SFM_TEXT ? "\"" : "";

		column->first_bad = psprintf("%s: the %s value %s%s%s", bad_value->row,
									 sfm_class_name(value->storage_class),
									 quote,
									 sfm_value_literal(value, SHOWN_LENGTH),
									 quote);
		if (bad_value->reason != NULL)
			column->reason = pstrdup(bad_value->reason);
	}
	MemoryContextSwitchTo(old_context);
}

/*
 * sfm_check_sink
 *		A sink for queries on the foreign table that see its rows as a load
 *		would.  It counts nothing.  Palloc'd.
 */
SfmBadValueSink *
sfm_check_sink(SfmCheckedTable *table)
{
	Counter    *counter = palloc0_object(Counter);
	SfmBadValueSink *sink = palloc0_object(SfmBadValueSink);

	counter->table = table;
	counter->context = CurrentMemoryContext;
	sink->relid = table->mapped->relid;
	sink->choose = choose_action;
	sink->take = take_bad_value;
	sink->argument = counter;
	return sink;
}

/* The SELECT of a load. */
static char *
load_query(const SfmCheckedTable *table)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT");
	for (int i = 0; i < table->mapped->ncolumns; i++)
	{
		const SfmMappedColumn *column = &table->mapped->columns[i];

		if (filled_column(table, column->attnum) != NULL)
			appendStringInfo(&sql, "%s %s", sql.len > 6 ? "," : "",
							 quote_identifier(column->name));
	}
	appendStringInfo(&sql, " FROM %s", sfm_qualified(table->mapped->relid));
	return sql.data;
}

/* For sfm_try(): reads the rows and throws them away. */
static void
scan_rows(void *argument)
{
	SfmCheckedTable *table = argument;
	SfmBadValueSink *sink = sfm_check_sink(table);
	SfmBadValueSink *previous;
	SPIExecuteOptions options = {.read_only = true,.dest = None_Receiver};
	char	   *sql = load_query(table);
	volatile int code;

	((Counter *) sink->argument)->counting = true;
	if (SPI_connect() < 0)
		elog(ERROR, "SPI_connect failed");
	previous = sfm_set_bad_value_sink(sink);
	PG_TRY();
	{
		code = SPI_execute_extended(sql, &options);
	}
	PG_FINALLY();
	{
		(void) sfm_set_bad_value_sink(previous);
	}
	PG_END_TRY();
	if (code < 0)
		elog(ERROR, "SPI failed with %s: %s", SPI_result_code_string(code), sql);
	table->rows = SPI_processed;
	table->skipped = sink->skipped;
	SPI_finish();
}

/* For sfm_try(): the second look. */
static void
profile_rows(void *argument)
{
	SfmCheckedTable *table = argument;
	SfmMappedTable copy = *table->mapped;

	/* what the numbers are likely to mean, whatever the options say */
	copy.columns = palloc_array(SfmMappedColumn, Max(copy.ncolumns, 1));
	memcpy(copy.columns, table->mapped->columns,
		   copy.ncolumns * sizeof(SfmMappedColumn));
	for (int i = 0; i < copy.ncolumns; i++)
		copy.columns[i].epoch = SFM_EPOCH_AUTO;
	table->profile = sfm_profile_mapped(&copy, false, &table->profiled);
}

/* ------------------------------------------------------------------------
 * Judging
 * ------------------------------------------------------------------------
 */

/* The profile of a column, or NULL. */
static const SfmProfile *
find_profile(const SfmCheckedTable *table, const SfmMappedColumn *column)
{
	for (int i = 0; table->profile != NULL && i < table->profile->ncolumns; i++)
	{
		if (table->profiled[i]->attnum == column->attnum)
			return &table->profile->columns[i];
	}
	return NULL;
}

/* Has the column this option, and not from its table or server? */
static bool
has_option(const SfmCheckedTable *table, const SfmMappedColumn *column,
		   const char *name)
{
	List	   *options = GetForeignColumnOptions(table->mapped->relid,
												  column->attnum);
	ListCell   *cell;

	foreach(cell, options)
	{
		if (strcmp(((DefElem *) lfirst(cell))->defname, name) == 0)
			return true;
	}
	return false;
}

/* What follows ALTER COLUMN to set an option of a column. */
static char *
option_clause(const SfmCheckedTable *table, const SfmMappedColumn *column,
			  const char *option, const char *value)
{
	return psprintf("OPTIONS (%s %s '%s')",
					has_option(table, column, option) ? "SET" : "ADD", option,
					value);
}

/* The remedy that sets an option of a column. */
static char *
set_option(const SfmCheck *check, const SfmCheckedTable *table,
		   const SfmMappedColumn *column, const char *option,
		   const char *value)
{
	return sfm_check_alter(check, table->mapped->name, column->name,
						   option_clause(table, column, option, value));
}

/*
 * sfm_check_skip
 *		The remedy that gives a column another type and leaves out the rows
 *		that do not fit that.
 */
char *
sfm_check_skip(const SfmCheck *check, const SfmCheckedTable *table,
			   const SfmMappedColumn *column, const char *type)
{
	return sfm_check_alter(check, table->mapped->name, column->name,
						   psprintf("TYPE %s, ALTER COLUMN %s %s", type,
									quote_identifier(column->name),
									option_clause(table, column,
												  "on_bad_value", "skip")));
}

/*
 * value_remedy
 *		What makes room for values that do not fit: a type that holds all of
 *		them, where the target does not dictate it, or the epoch that the
 *		numbers are likely to mean; else their rows are to be left out.
 */
static char *
value_remedy(const SfmCheck *check, const SfmCheckedTable *table,
			 const SfmTargetColumn *column)
{
	const SfmMappedColumn *mapped = column->mapped;
	const SfmProfile *profile = find_profile(table, mapped);
	SfmInference inference;

	if (profile != NULL)
	{
		sfm_infer(profile, &inference);
		if (inference.misfits == 0 && !table->existing &&
			(inference.type != mapped->type ||
			 inference.typmod != mapped->typmod))
			return sfm_check_alter(check, table->mapped->name, mapped->name,
								   psprintf("TYPE %s",
											format_type_with_typemod(inference.type,
																	 inference.typmod)));
		if (inference.misfits == 0 && inference.changed &&
			inference.type == mapped->type &&
			inference.epoch != mapped->epoch)
			return set_option(check, table, mapped, "epoch",
							  sfm_epoch_words[inference.epoch]);
	}
	return set_option(check, table, mapped, "on_bad_value", "skip");
}

/*
 * report_bad_values
 *		Values that the column does not hold.
 */
static void
report_bad_values(SfmCheck *check, const SfmCheckedTable *table,
				  const SfmTargetColumn *column)
{
	bool		error = column->action == SFM_BAD_VALUE_ERROR;
	StringInfoData problem;

	initStringInfo(&problem);
	appendStringInfo(&problem, "values do not fit type %s",
					 format_type_with_typemod(column->mapped->type,
											  column->mapped->typmod));
	if (!error)
		appendStringInfoString(&problem,
							   column->action == SFM_BAD_VALUE_NULL &&
							   !column->refuses_null ?
							   ", and become NULL" :
							   ", and their rows are left out");
	if (column->reason != NULL)
		appendStringInfo(&problem, ": %s", column->reason);

	sfm_check_add(check, error ? SFM_CHECK_ERROR : SFM_CHECK_WARNING,
				  table->mapped->name, column->name, problem.data,
				  column->bad, column->first_bad,
				  error ? value_remedy(check, table, column) : NULL);
}

/*
 * report_nulls
 *		NULLs that the column refuses.
 */
static void
report_nulls(SfmCheck *check, const SfmCheckedTable *table,
			 const SfmTargetColumn *column)
{
	bool		error = column->action == SFM_BAD_VALUE_ERROR;
	char	   *remedy = NULL;

	/* DROP NOT NULL only where that is what refuses them */
	if (error && !table->existing && column->mapped->not_null)
		remedy = sfm_check_alter(check, table->mapped->name,
								 column->mapped->name, "DROP NOT NULL");
	else if (error)
		remedy = set_option(check, table, column->mapped, "on_bad_value",
							"skip");
	sfm_check_add(check, error ? SFM_CHECK_ERROR : SFM_CHECK_WARNING,
				  table->mapped->name, column->name,
				  error ? "the column is NOT NULL, and holds NULL" :
				  "the column is NOT NULL, and rows with NULL are left out",
				  column->nulls, column->first_null, remedy);
}

/*
 * report_epoch
 *		Numbers in a date or time column that are not likely to mean what the
 *		column's option "epoch" says.
 */
static void
report_epoch(SfmCheck *check, const SfmCheckedTable *table,
			 const SfmTargetColumn *column)
{
	const SfmProfile *profile = find_profile(table, column->mapped);
	SfmEpoch	epoch = column->mapped->epoch;
	SfmInference inference;
	bool		doubtful;
	char	   *remedy;

	if (profile == NULL || !profile->is_time || profile->numbers == 0 ||
		column->bad > 0)
		return;
	sfm_infer(profile, &inference);
	if (epoch != SFM_EPOCH_AUTO)
		doubtful = inference.epoch != SFM_EPOCH_AUTO &&
			inference.epoch != epoch;
	else if (inference.epoch != SFM_EPOCH_AUTO)
		doubtful = inference.changed && inference.type == profile->type;
	else						/* no epoch makes sense of the numbers */
		doubtful = inference.changed && inference.type != TIMESTAMPOID &&
			inference.type != TIMESTAMPTZOID;
	if (!doubtful)
		return;
	if (inference.epoch != SFM_EPOCH_AUTO)
		remedy = set_option(check, table, column->mapped, "epoch",
							sfm_epoch_words[inference.epoch]);
	else
		remedy = sfm_check_alter(check, table->mapped->name,
								 column->mapped->name,
								 psprintf("TYPE %s",
										  format_type_with_typemod(inference.type,
																   inference.typmod)));
	sfm_check_add(check, SFM_CHECK_WARNING, table->mapped->name, column->name,
				  psprintf("numbers are read by epoch \"%s\", and are not likely to mean that",
						   sfm_epoch_words[epoch]),
				  profile->numbers + profile->zeros,
				  psprintf("numbers from %.15g to %.15g", profile->number_min,
						   profile->number_max), remedy);
}

/*
 * report_sequence
 *		Numbers that the sequence of the column cannot go on from.
 */
static void
report_sequence(SfmCheck *check, const SfmCheckedTable *table,
				const SfmTargetColumn *column)
{
	const SfmProfile *profile = find_profile(table, column->mapped);
	const SfmTable *source = table->mapped->source;
	bool		any = profile != NULL && profile->count[SFM_INTEGER] > 0;
	int64		last = any ? profile->integer_max : 0;
	int64		value;

	if (column->sequence_max <= 0 || source == NULL)
		return;
	if (source->rowid_column >= 0 &&
		column->mapped->source == &source->columns[source->rowid_column] &&
		sfm_sequence_value(sfm_server_connection(table->mapped->serverid),
						   source->name, &value))
		last = Max(last, value);
	if (last > column->sequence_max)
		sfm_check_add(check, SFM_CHECK_ERROR, table->mapped->name,
					  column->name,
					  psprintf("the sequence of the column ends at %lld",
							   (long long) column->sequence_max), 1,
					  psprintf("%lld", (long long) last),
					  table->existing ? NULL :
					  sfm_check_alter(check, table->mapped->name,
									  column->mapped->name, "TYPE bigint"));
}

/* For sfm_try(): counts the rows as sqlite_compare_counts() does. */
static void
count_rows(void *argument)
{
	SfmCheckedTable *table = argument;
	bool		isnull;

	table->counted =
		DatumGetInt64(sfm_query_value(psprintf("SELECT pg_catalog.count(*) FROM %s",
											   sfm_qualified(table->mapped->relid)),
									  INT8OID, &isnull));
}

/*
 * check_count
 *		Does SQLite count other rows than it gives?  In a damaged file an index
 *		by which it counts may lack some; then the migration stops when it
 *		compares the counts.
 */
static void
check_count(SfmCheck *check, SfmCheckedTable *table)
{
	ErrorData  *error = sfm_try(count_rows, table, true);
	int64		given = table->rows + table->skipped;
	char	   *problem;

	if (error != NULL)
		problem = psprintf("the rows cannot be counted: %s",
						   sfm_describe_error(error));
	else if (table->counted != given)
		problem = psprintf("an index is damaged: SQLite counts %lld rows and gives %lld",
						   (long long) table->counted, (long long) given);
	else
		return;
	sfm_check_add(check, SFM_CHECK_ERROR, table->mapped->name, NULL, problem,
				  -1, NULL, "REINDEX;  -- sqlite3 shell");
}

/*
 * sfm_check_values
 *		Reads all rows of a table once as a load does, and once for a profile.
 */
void
sfm_check_values(SfmCheck *check, SfmCheckedTable *table)
{
	ErrorData  *error = sfm_try(scan_rows, table, true);

	if (error != NULL)
	{
		sfm_check_add(check, SFM_CHECK_ERROR, table->mapped->name, NULL,
					  psprintf("cannot be read: %s", sfm_describe_error(error)),
					  -1, NULL,
					  psprintf("DROP FOREIGN TABLE %s;  -- psql: leaves the table out",
							   quote_qualified_identifier(check->source,
														  table->mapped->name)));
		return;
	}
	table->readable = true;
	check_count(check, table);
	if (table->mapped->source != NULL)
		(void) sfm_try(profile_rows, table, true);

	for (int i = 0; i < table->ncolumns; i++)
	{
		SfmTargetColumn *column = &table->columns[i];

		if (column->mapped == NULL)
			continue;
		if (column->bad > 0)
			report_bad_values(check, table, column);
		if (column->nulls > 0)
			report_nulls(check, table, column);
		report_epoch(check, table, column);
		report_sequence(check, table, column);
	}
}
