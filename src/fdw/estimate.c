/*-------------------------------------------------------------------------
 *
 * estimate.c
 *	  What the planner and ANALYZE are told of a foreign table.
 *
 * The number of rows comes from PostgreSQL's statistics once the foreign
 * table was analyzed, before that from what SQLite can tell without reading
 * the table (sfm_row_estimate).  paths.c says what reading them costs.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "commands/vacuum.h"
#include "foreign/fdwapi.h"
#include "miscadmin.h"
#include "nodes/bitmapset.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/planmain.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/sampling.h"

#include "pushdown.h"

/*
 * sfm_estimate_rows
 *		About how many rows a foreign table has.  A missing table has none; it
 *		is reported once the SELECT is made.
 */
double
sfm_estimate_rows(Oid foreigntableid)
{
	SfmTableOptions options;
	SfmConnection *connection;
	SfmTable   *table;

	sfm_table_options(foreigntableid, &options);
	connection = sfm_server_connection(options.serverid);
	table = sfm_catalog_table(connection, options.table);
	return table == NULL ? 0 : sfm_row_estimate(connection, table);
}

/*
 * sqliteGetForeignRelSize
 *		Estimates the rows of a foreign table, before and after its WHERE.
 */
void
sqliteGetForeignRelSize(PlannerInfo *root, RelOptInfo *baserel,
						Oid foreigntableid)
{
	SfmScanSource *source = palloc0(sizeof(SfmScanSource));

	source->relid = foreigntableid;
	sfm_table_options(foreigntableid, &source->options);
	source->connection = sfm_server_connection(source->options.serverid);
	source->table = sfm_catalog_table(source->connection,
									  source->options.table);
	baserel->fdw_private = source;

	/*
	 * reltuples is -1 until the table has been analyzed; a missing table is
	 * reported once the SELECT is made
	 */
	if (baserel->tuples < 0)
		baserel->tuples = source->table == NULL ? 0 :
			clamp_row_est(sfm_row_estimate(source->connection,
										   source->table));
	set_baserel_size_estimates(root, baserel);
	sfm_limit_rows(root, baserel);
}

/*
 * acquire_sample_rows
 *		Fills "rows" with a random sample of the whole table; ANALYZE calls it.
 *
 *		Reservoir sampling over one scan: the file is local, and SQLite has no
 *		cheaper way to a fair sample.
 */
static int
acquire_sample_rows(Relation relation, int elevel, HeapTuple *rows,
					int target, double *total_rows, double *dead_rows)
{
	SfmScan    *scan;
	TupleDesc	descriptor = RelationGetDescr(relation);
	MemoryContext row_context;
	ReservoirStateData reservoir;
	Datum	   *values = palloc(descriptor->natts * sizeof(Datum));
	bool	   *nulls = palloc(descriptor->natts * sizeof(bool));
	int			sampled = 0;
	double		seen = 0;
	double		skip = -1;

	scan = sfm_scan_begin(relation,
						  bms_make_singleton(0 - FirstLowInvalidHeapAttributeNumber),
						  NULL);
	row_context = AllocSetContextCreate(CurrentMemoryContext, "sample row",
										ALLOCSET_DEFAULT_SIZES);
	reservoir_init_selection_state(&reservoir, target);
	for (;;)
	{
		MemoryContext old_context;
		bool		found;
		int			place = -1;

		sfm_analyze_delay_point();
		MemoryContextReset(row_context);
		old_context = MemoryContextSwitchTo(row_context);
		found = sfm_scan_next(scan, values, nulls);
		MemoryContextSwitchTo(old_context);
		if (!found)
			break;

		if (sampled < target)
			place = sampled++;
		else
		{
			if (skip < 0)
				skip = reservoir_get_next_S(&reservoir, seen, target);
			if (skip <= 0)
			{
				place = (int) (target *
							   sampler_random_fract(&reservoir.randstate));
				heap_freetuple(rows[place]);
			}
			skip -= 1;
		}
		if (place >= 0)
			rows[place] = heap_form_tuple(descriptor, values, nulls);
		seen += 1;
	}
	sfm_scan_end(scan);
	MemoryContextDelete(row_context);

	*total_rows = seen;
	*dead_rows = 0;
	ereport(elevel,
			(errmsg("\"%s\": read %.0f rows, %d rows in sample",
					RelationGetRelationName(relation), seen, sampled)));
	return sampled;
}

/*
 * sqliteAnalyzeForeignTable
 *		ANALYZE may be run on a foreign table.
 */
bool
sqliteAnalyzeForeignTable(Relation relation, AcquireSampleRowsFunc *function,
						  BlockNumber *pages)
{
	double		rows = sfm_estimate_rows(RelationGetRelid(relation));

	*function = acquire_sample_rows;
	/* 0 would say that there is nothing to analyze */
	*pages = (BlockNumber) Min(rows * 32 / BLCKSZ + 1, (double) MaxBlockNumber);
	return true;
}
