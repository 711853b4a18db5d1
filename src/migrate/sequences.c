/*-------------------------------------------------------------------------
 *
 * sequences.c
 *	  sqlite_reset_sequences(): sequences go on where the rows end.
 *
 * A sequence belongs to a column if that column owns it: identity or serial,
 * whatever the names are.  It is moved past the greatest value of the column
 * (the least, if it counts downwards), and past the number that SQLite itself
 * has given last (AUTOINCREMENT keeps it in sqlite_sequence, and does not give
 * numbers of deleted rows again).  It is never moved back.
 *
 * The table is locked against writers until the end of the transaction: a row
 * that another session inserted between our look and our setval() would get a
 * number that is given again.  SHARE ROW EXCLUSIVE also excludes a second
 * reset.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/dependency.h"
#include "catalog/pg_class.h"
#include "catalog/pg_sequence.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "migrate.h"

PGDLLEXPORT Datum sqlite_reset_sequences(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(sqlite_reset_sequences);

/* One sequence and the column that owns it. */
typedef struct OwnedSequence
{
	Oid			relid;			/* of the sequence */
	Oid			table;
	char	   *column;
	int64		increment;
	int64		minimum;
	int64		maximum;
} OwnedSequence;

/*
 * find_owner
 *		Fills *sequence.  False if the column is of no number type: then
 *		nothing can be said about its values.
 */
static bool
find_owner(Oid relid, OwnedSequence *sequence)
{
	HeapTuple	tuple;
	Form_pg_sequence form;
	int32		attnum;
	char		category;
	bool		preferred;

	if (!sequenceIsOwned(relid, DEPENDENCY_INTERNAL, &sequence->table,
						 &attnum) &&
		!sequenceIsOwned(relid, DEPENDENCY_AUTO, &sequence->table, &attnum))
		return false;
	get_type_category_preferred(get_atttype(sequence->table, attnum),
								&category, &preferred);
	if (category != TYPCATEGORY_NUMERIC)
		return false;
	sequence->relid = relid;
	sequence->column = get_attname(sequence->table, attnum, false);

	tuple = SearchSysCache1(SEQRELID, ObjectIdGetDatum(relid));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for sequence %u", relid);
	form = (Form_pg_sequence) GETSTRUCT(tuple);
	sequence->increment = form->seqincrement;
	sequence->minimum = form->seqmin;
	sequence->maximum = form->seqmax;
	ReleaseSysCache(tuple);
	return true;
}

/*
 * extreme_value
 *		The value of the column that the sequence must be past.  False if the
 *		table has no rows.
 */
static bool
extreme_value(const OwnedSequence *sequence, int64 *value)
{
	bool		isnull;
	Datum		datum;

	datum = sfm_query_value(psprintf("SELECT pg_catalog.%s(%s)::pg_catalog.int8 FROM %s",
									 sequence->increment > 0 ? "max" : "min",
									 quote_identifier(sequence->column),
									 sfm_qualified(sequence->table)),
							INT8OID, &isnull);
	if (!isnull)
		*value = DatumGetInt64(datum);
	return !isnull;
}

/* Is "a" further than "b", in the direction in which the sequence counts? */
static bool
is_past(const OwnedSequence *sequence, int64 a, int64 b)
{
	return sequence->increment > 0 ? a > b : a < b;
}

/*
 * read_sequence
 *		Where a sequence stands: its last value, and whether that has been
 *		given already.
 */
static int64
read_sequence(const OwnedSequence *sequence, bool *is_called)
{
	char	   *name = sfm_qualified(sequence->relid);
	bool		isnull;
	int64		last_value;

	last_value = DatumGetInt64(sfm_query_value(psprintf("SELECT last_value FROM %s",
														name),
											   INT8OID, &isnull));
	*is_called = DatumGetBool(sfm_query_value(psprintf("SELECT is_called FROM %s",
													   name),
											  BOOLOID, &isnull));
	return last_value;
}

/*
 * move_sequence
 *		Moves a sequence past "value", if it is not there yet.
 */
static void
move_sequence(const OwnedSequence *sequence, int64 value)
{
	bool		is_called;
	bool		isnull;
	int64		last_value = read_sequence(sequence, &is_called);
	bool		beyond;

	/* the next value is the last one if that was not given yet */
	if (is_past(sequence, last_value, value) ||
		(is_called && last_value == value))
		return;
	beyond = sequence->increment > 0 ? value > sequence->maximum :
		value < sequence->minimum;
	if (beyond)
		ereport(ERROR,
				(errcode(ERRCODE_SEQUENCE_GENERATOR_LIMIT_EXCEEDED),
				 errmsg("value %lld of column \"%s\" of table \"%s\" is beyond the end of sequence \"%s\"",
						(long long) value, sequence->column,
						get_rel_name(sequence->table),
						get_rel_name(sequence->relid)),
				 errhint("Give column and sequence a wider type, such as bigint.")));
	/* values before the beginning of the sequence do not meet its own */
	if (sequence->increment > 0 ? value < sequence->minimum :
		value > sequence->maximum)
		return;
	(void) sfm_query_value(psprintf("SELECT pg_catalog.setval(%s::pg_catalog.regclass, " INT64_FORMAT ", true)",
									quote_literal_cstr(sfm_qualified(sequence->relid)),
									value),
						   INT8OID, &isnull);
}

/*
 * sqlite_value
 *		The number that SQLite has given last for this column, if it counts
 *		there.
 */
static bool
sqlite_value(SfmMappedTable *source, const OwnedSequence *sequence,
			 int64 *value)
{
	SfmMappedColumn *column;

	if (source == NULL || source->source == NULL ||
		source->source->rowid_column < 0)
		return false;
	column = sfm_mapped_column(source, source->source->rowid_column);
	return column != NULL && strcmp(column->name, sequence->column) == 0 &&
		sfm_sequence_value(sfm_server_connection(source->serverid),
						   source->source->name, value);
}

/*
 * reset_sequence
 *		Moves one sequence and puts its row into the result.
 */
static void
reset_sequence(ReturnSetInfo *result, const OwnedSequence *sequence,
			   SfmMappedTable *source)
{
	Datum		values[4] = {0};
	bool		nulls[4] = {false};
	int64		value;
	int64		last_value;
	bool		is_called;

	if (extreme_value(sequence, &value))
		move_sequence(sequence, value);
	if (sequence->increment > 0 && sqlite_value(source, sequence, &value))
		move_sequence(sequence, value);
	last_value = read_sequence(sequence, &is_called);

	values[0] = CStringGetTextDatum(get_rel_name(sequence->table));
	values[1] = CStringGetTextDatum(sequence->column);
	values[2] = CStringGetTextDatum(get_rel_name(sequence->relid));
	values[3] = Int64GetDatum(last_value);
	nulls[3] = !is_called;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* All sequences of one table. */
static void
reset_table(ReturnSetInfo *result, Oid table, SfmMappedTable *source)
{
	List	   *owned = getOwnedSequences(table);
	ListCell   *cell;

	CHECK_FOR_INTERRUPTS();
	if (owned == NIL)
		return;
	(void) sfm_execute(psprintf("LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE",
								sfm_qualified(table)));
	foreach(cell, owned)
	{
		OwnedSequence sequence;

		if (find_owner(lfirst_oid(cell), &sequence))
			reset_sequence(result, &sequence, source);
	}
}

/*
 * reset_mapped
 *		The sequences of the tables that have a foreign table in the source.
 */
static void
reset_mapped(ReturnSetInfo *result, Oid target, const char *source,
			 List *include)
{
	List	   *mapping = sfm_selected_tables(source, include);
	ListCell   *cell;

	foreach(cell, mapping)
	{
		SfmMappedTable *table = lfirst(cell);
		Oid			relid = get_relname_relid(table->name, target);
		char		relkind = OidIsValid(relid) ? get_rel_relkind(relid) : '\0';

		if (relkind == RELKIND_RELATION || relkind == RELKIND_PARTITIONED_TABLE)
			reset_table(result, relid, table);
	}
}

/*
 * sqlite_reset_sequences
 *		Moves the sequences of all tables of a schema; with "source" only of
 *		those that have a foreign table there.  last_value is NULL for a
 *		sequence that has not given a number yet.
 */
Datum
sqlite_reset_sequences(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			target = sfm_schema_oid(sfm_name_argument(fcinfo, 0, "target"),
										false);
	List	   *include = PG_ARGISNULL(2) ? NIL :
	sfm_patterns(PG_GETARG_ARRAYTYPE_P(2), "include");

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(1))
	{
		List	   *tables = sfm_target_tables(target, include);
		ListCell   *cell;

		foreach(cell, tables)
			reset_table(result, ((SfmTargetTable *) lfirst(cell))->relid, NULL);
	}
	else
		reset_mapped(result, target, sfm_name_argument(fcinfo, 1, "source"),
					 include);
	return (Datum) 0;
}
