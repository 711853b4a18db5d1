/*-------------------------------------------------------------------------
 *
 * rejects.c
 *	  The table sqlite_rejects: the bad values that a load has met.
 *
 * While a load runs, the scan of the foreign table
 * hands over each bad value here (see SfmBadValueSink).  They are kept in a
 * tuplestore, which goes to disk when it outgrows work_mem, and are written to
 * sqlite_rejects when the load is done, by one more INSERT with the caller's
 * rights.  Both are part of the caller's transaction: a load that is rolled
 * back has rejected nothing.
 *
 * Nothing of a value is lost: raw_value holds the bytes of TEXT and BLOB as
 * they are in the file (UTF-8 for text, also from a UTF-16 file; UTF-16 for
 * text that is not even valid UTF-16), and numbers as digits that read back
 * the same number.  SQLite's NULL is NULL.
 *
 * NULL where the target refuses it is treated as a bad value, too, when the
 * load does not stop at bad values: its row is left out.  Not so where a
 * BEFORE trigger may yet replace the NULL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/queryenvironment.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "migrate.h"

/* The columns that are written; sqlite_rejects has defaults for the others. */
enum
{
	REJECT_SOURCE_TABLE,
	REJECT_TARGET_TABLE,
	REJECT_ROW_ID,
	REJECT_COLUMN_NAME,
	REJECT_STORAGE_CLASS,
	REJECT_RAW_VALUE,
	REJECT_ACTION,
	REJECT_REASON,
	REJECT_COLUMNS
};

static const struct
{
	const char *name;
	Oid			type;
}			reject_columns[REJECT_COLUMNS] = {
	[REJECT_SOURCE_TABLE] = {"source_table", TEXTOID},
	[REJECT_TARGET_TABLE] = {"target_table", TEXTOID},
	[REJECT_ROW_ID] = {"row_id", TEXTOID},
	[REJECT_COLUMN_NAME] = {"column_name", TEXTOID},
	[REJECT_STORAGE_CLASS] = {"storage_class", TEXTOID},
	[REJECT_RAW_VALUE] = {"raw_value", BYTEAOID},
	[REJECT_ACTION] = {"action", TEXTOID},
	[REJECT_REASON] = {"reason", TEXTOID}
};

/* The name that the INSERT knows the tuplestore by */
#define TUPLESTORE_NAME "sqlite_fdw_migrate_rejects"

struct SfmRejects
{
	SfmBadValueSink sink;
	char	   *source;			/* qualified names */
	char	   *target;
	int			natts;			/* of the foreign table */
	int			on_bad_value;	/* SfmBadValueAction, or -1: by the options */
	bool	   *target_refuses_null;	/* by attribute of the foreign table */
	bool	   *null_became_skip;	/* asked for null, but the target refuses
									 * it */
	TupleDesc	descriptor;
	Tuplestorestate *values;
};

/* The bytes of a value, or its digits, as bytea. */
static Datum
raw_value(const SfmValue *value)
{
	const char *bytes = value->bytes;
	size_t		length = value->length;
	bytea	   *result;

	if (value->storage_class == SFM_INTEGER || value->storage_class == SFM_REAL)
	{
		bytes = sfm_value_literal(value, 0);
		length = strlen(bytes);
	}
	result = palloc(VARHDRSZ + length);
	SET_VARSIZE(result, VARHDRSZ + length);
	memcpy(VARDATA(result), bytes, length);
	return PointerGetDatum(result);
}

/* Sentences that say why the value did not come in. */
static char *
full_reason(const SfmRejects *rejects, const SfmBadValue *bad_value)
{
	static const char not_null[] = "The column of the target does not accept NULL.";
	const char *reason = bad_value->reason;

	if (bad_value->value->storage_class == SFM_NULL)
		return psprintf("%s", reason != NULL ? reason : not_null);
	if (reason == NULL)
		reason = "The type of the column cannot hold the value.";
	return psprintf("%s%s%s", reason,
					rejects->null_became_skip[bad_value->attnum - 1] ? " " : "",
					rejects->null_became_skip[bad_value->attnum - 1] ?
					not_null : "");
}

/* Keeps one bad value; called by the scan. */
static void
take_bad_value(void *argument, const SfmBadValue *bad_value)
{
	SfmRejects *rejects = argument;
	Datum		values[REJECT_COLUMNS];
	bool		nulls[REJECT_COLUMNS] = {false};
	const SfmValue *value = bad_value->value;

	values[REJECT_SOURCE_TABLE] = CStringGetTextDatum(rejects->source);
	values[REJECT_TARGET_TABLE] = CStringGetTextDatum(rejects->target);
	values[REJECT_ROW_ID] = CStringGetTextDatum(bad_value->row);
	values[REJECT_COLUMN_NAME] = CStringGetTextDatum(bad_value->column_name);
	values[REJECT_STORAGE_CLASS] =
		CStringGetTextDatum(sfm_class_name(value->storage_class));
	nulls[REJECT_RAW_VALUE] = value->storage_class == SFM_NULL;
	values[REJECT_RAW_VALUE] = nulls[REJECT_RAW_VALUE] ? (Datum) 0 :
		raw_value(value);
	values[REJECT_ACTION] =
		CStringGetTextDatum(sfm_bad_value_words[bad_value->action]);
	values[REJECT_REASON] = CStringGetTextDatum(full_reason(rejects, bad_value));
	tuplestore_putvalues(rejects->values, rejects->descriptor, values, nulls);
}

/* What becomes of the bad values of a column; asked by the scan. */
static SfmBadValueAction
choose_action(void *argument, AttrNumber attnum, SfmBadValueAction by_options,
			  bool *refuses_null)
{
	SfmRejects *rejects = argument;
	SfmBadValueAction action = by_options;

	if (rejects->on_bad_value >= 0)
		action = rejects->on_bad_value;
	if (action == SFM_BAD_VALUE_ERROR ||
		!rejects->target_refuses_null[attnum - 1])
		return action;
	*refuses_null = true;
	rejects->null_became_skip[attnum - 1] = action == SFM_BAD_VALUE_NULL;
	return SFM_BAD_VALUE_SKIP;
}

/*
 * sfm_rejects_begin
 *		Prepares to keep the bad values of a load from one relation into
 *		another.  "on_bad_value" is an SfmBadValueAction, or -1 for what the
 *		options of the foreign table say.
 */
SfmRejects *
sfm_rejects_begin(Relation source, Relation target, int on_bad_value)
{
	SfmRejects *rejects = palloc0_object(SfmRejects);

	rejects->source = sfm_qualified(RelationGetRelid(source));
	rejects->target = sfm_qualified(RelationGetRelid(target));
	rejects->natts = RelationGetNumberOfAttributes(source);
	rejects->on_bad_value = on_bad_value;
	rejects->target_refuses_null = palloc0_array(bool, Max(rejects->natts, 1));
	rejects->null_became_skip = palloc0_array(bool, Max(rejects->natts, 1));
	rejects->descriptor = CreateTemplateTupleDesc(REJECT_COLUMNS);
	for (int i = 0; i < REJECT_COLUMNS; i++)
		TupleDescInitEntry(rejects->descriptor, i + 1, reject_columns[i].name,
						   reject_columns[i].type, -1, 0);
	rejects->values = tuplestore_begin_heap(false, false, work_mem);
	rejects->sink.relid = RelationGetRelid(source);
	rejects->sink.choose = choose_action;
	rejects->sink.take = take_bad_value;
	rejects->sink.argument = rejects;
	return rejects;
}

/*
 * sfm_rejects_column
 *		Tells which column of the target takes a column of the source.
 */
void
sfm_rejects_column(SfmRejects *rejects, Relation target,
				   Form_pg_attribute from, Form_pg_attribute to)
{
	SfmConverter converter;
	bool		triggers = target->trigdesc != NULL &&
	target->trigdesc->trig_insert_before_row;

	sfm_converter_init(&converter, to->atttypid, to->atttypmod,
					   SFM_EPOCH_AUTO);
	rejects->target_refuses_null[from->attnum - 1] =
		(to->attnotnull && !triggers) || !converter.takes_null;
}

/* The INSERT that writes what was kept. */
static char *
build_insert(const char *extension_schema)
{
	StringInfoData sql;
	StringInfoData columns;

	initStringInfo(&sql);
	initStringInfo(&columns);
	for (int i = 0; i < REJECT_COLUMNS; i++)
		appendStringInfo(&columns, "%s%s", i > 0 ? ", " : "",
						 reject_columns[i].name);
	appendStringInfo(&sql, "INSERT INTO %s (%s) SELECT %s FROM %s",
					 quote_qualified_identifier(extension_schema,
												"sqlite_rejects"),
					 columns.data, columns.data, TUPLESTORE_NAME);
	return sql.data;
}

/*
 * store_rejects
 *		Writes what was kept to the table sqlite_rejects.
 *
 *		Row security is on for it, whatever the session says: a role writes
 *		lines of its own, and row_security = off would only be an error.
 */
static void
store_rejects(SfmRejects *rejects, const char *extension_schema)
{
	EphemeralNamedRelation relation = palloc0_object(EphemeralNamedRelationData);
	int			level = NewGUCNestLevel();
	int			code;

	(void) set_config_option("row_security", "on", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	relation->md.name = TUPLESTORE_NAME;
	relation->md.reliddesc = InvalidOid;
	relation->md.tupdesc = rejects->descriptor;
	relation->md.enrtype = ENR_NAMED_TUPLESTORE;
	relation->md.enrtuples =
		(double) tuplestore_tuple_count(rejects->values);
	relation->reldata = rejects->values;

	if (SPI_connect() < 0)
		elog(ERROR, "SPI_connect failed");
	code = SPI_register_relation(relation);
	if (code >= 0)
		code = SPI_execute(build_insert(extension_schema), false, 0);
	if (code < 0)
		elog(ERROR, "SPI failed with %s", SPI_result_code_string(code));
	SPI_finish();
	AtEOXact_GUC(true, level);
}

/*
 * sfm_rejects_describe
 *		"3 values became NULL, 2 rows skipped, see sqlite_rejects"; NULL if
 *		there is nothing to say.  Palloc'd.
 */
char *
sfm_rejects_describe(int64 nulled, int64 skipped)
{
	StringInfoData text;

	if (nulled == 0 && skipped == 0)
		return NULL;
	initStringInfo(&text);
	if (nulled > 0)
		appendStringInfo(&text, INT64_FORMAT " %s became NULL, ", nulled,
						 nulled == 1 ? "value" : "values");
	if (skipped > 0)
		appendStringInfo(&text, INT64_FORMAT " %s skipped, ", skipped,
						 skipped == 1 ? "row" : "rows");
	appendStringInfoString(&text, "see sqlite_rejects");
	return text.data;
}

/*
 * sfm_rejects_load
 *		Calls a function that loads, and writes the bad values that it met to
 *		sqlite_rejects.  The rows loaded; *report gets the counts.
 *
 *		Loads may be nested (a trigger of the target may call sqlite_load):
 *		each has its own sink.
 */
uint64
sfm_rejects_load(SfmRejects *rejects, SfmLoadFunction load, void *argument,
				 const char *extension_schema, SfmLoadReport *report)
{
	SfmBadValueSink *previous = sfm_set_bad_value_sink(&rejects->sink);
	volatile uint64 rows = 0;

	PG_TRY();
	{
		rows = load(argument);
	}
	PG_FINALLY();
	{
		(void) sfm_set_bad_value_sink(previous);
	}
	PG_END_TRY();

	report->nulled = rejects->sink.nulled;
	report->skipped = rejects->sink.skipped;
	if (report->nulled > 0 || report->skipped > 0)
	{
		store_rejects(rejects, extension_schema);
		ereport(WARNING,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("not all values of foreign table \"%s\" fit into table \"%s\"",
						rejects->source, rejects->target),
				 errdetail("Values that became NULL: %lld. Rows skipped: %lld.",
						   (long long) report->nulled,
						   (long long) report->skipped),
				 errhint("Each of the values is in the table %s.",
						 quote_qualified_identifier(extension_schema,
													"sqlite_rejects"))));
	}
	tuplestore_end(rejects->values);
	return rows;
}
