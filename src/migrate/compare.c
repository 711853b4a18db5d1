/*-------------------------------------------------------------------------
 *
 * compare.c
 *	  sqlite_compare_counts(): do both sides hold the same number of rows?
 *
 * Foreign tables of the source and tables of the target are put together by
 * name; one without the other counts as not equal.  Views and partitions are
 * not counted by themselves.  Each side is counted by itself, with the caller's
 * rights.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "migrate.h"

PGDLLEXPORT Datum sqlite_compare_counts(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(sqlite_compare_counts);

/* The rows of a relation. */
static int64
count_rows(Oid relid)
{
	bool		isnull;

	return DatumGetInt64(sfm_query_value(psprintf("SELECT pg_catalog.count(*) FROM %s",
												  sfm_qualified(relid)),
										 INT8OID, &isnull));
}

/*
 * count_source
 *		The rows of a foreign table.
 *
 *		Where SQLite's own count, which it may take from an index, is what the
 *		target holds, that is one witness more than the reader that has loaded
 *		them.  Else the rows are read: only they tell whether an index lies.
 */
static int64
count_source(const SfmMappedTable *source, int64 target_rows)
{
	if (target_rows >= 0 && source->source != NULL &&
		source->source->kind == SFM_KIND_TABLE &&
		pg_class_aclcheck(source->relid, GetUserId(),
						  ACL_SELECT) == ACLCHECK_OK &&
		sfm_try_count(sfm_server_connection(source->serverid),
					  source->source) == target_rows)
		return target_rows;
	return count_rows(source->relid);
}

/*
 * put_row
 *		One row of the result; NULL stands for a missing side.
 */
static void
put_row(ReturnSetInfo *result, const char *name,
		const SfmMappedTable *source, const SfmTargetTable *target)
{
	Datum		values[4] = {0};
	bool		nulls[4] = {false};

	CHECK_FOR_INTERRUPTS();
	values[0] = CStringGetTextDatum(name);
	nulls[1] = source == NULL;
	nulls[2] = target == NULL;
	if (!nulls[2])
		values[2] = Int64GetDatum(count_rows(target->relid));
	if (!nulls[1])
		values[1] = Int64GetDatum(count_source(source, nulls[2] ? -1 :
											   DatumGetInt64(values[2])));
	values[3] = BoolGetDatum(!nulls[1] && !nulls[2] &&
							 DatumGetInt64(values[1]) ==
							 DatumGetInt64(values[2]));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* The foreign tables that are counted: no views. */
static List *
counted_sources(const char *source, List *include)
{
	List	   *selected = sfm_selected_tables(source, include);
	List	   *tables = NIL;
	ListCell   *cell;

	foreach(cell, selected)
	{
		if (!sfm_mapping_is_view(lfirst(cell)))
			tables = lappend(tables, lfirst(cell));
	}
	return tables;
}

/*
 * sqlite_compare_counts
 *		Counts the rows of each table of either side.
 */
Datum
sqlite_compare_counts(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *source = sfm_name_argument(fcinfo, 0, "source");
	char	   *target = sfm_name_argument(fcinfo, 1, "target");
	List	   *include = PG_ARGISNULL(2) ? NIL :
	sfm_patterns(PG_GETARG_ARRAYTYPE_P(2), "include");
	List	   *sources;
	List	   *targets;
	int			i = 0;
	int			j = 0;

	InitMaterializedSRF(fcinfo, 0);
	sources = counted_sources(source, include);
	targets = sfm_target_tables(sfm_schema_oid(target, false), include);

	/* both are in the order of their names */
	while (i < list_length(sources) || j < list_length(targets))
	{
		SfmMappedTable *left = i < list_length(sources) ?
		list_nth(sources, i) : NULL;
		SfmTargetTable *right = j < list_length(targets) ?
		list_nth(targets, j) : NULL;
		int			order = left == NULL ? 1 : right == NULL ? -1 :
		strcmp(left->name, right->name);

		put_row(result, order <= 0 ? left->name : right->name,
				order <= 0 ? left : NULL, order >= 0 ? right : NULL);
		if (order <= 0)
			i++;
		if (order >= 0)
			j++;
	}
	return (Datum) 0;
}
