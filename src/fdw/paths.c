/*-------------------------------------------------------------------------
 *
 * paths.c
 *	  The ways to read a foreign table, and what they cost.
 *
 * There are three: the whole table; the rows that SQLite finds for conditions
 * with values known before the scan begins; and, for a join, the rows that it
 * finds for the values of another table's row, once for each of those.  The
 * last is offered only where SQLite has an index for it.
 *
 * The number of rows that an index finds is one for each value of a unique
 * key; else what SQLite's ANALYZE has counted; else what PostgreSQL's has, or
 * what SQLite assumes without.  Without such knowledge PostgreSQL would take a
 * two-hundredth of the table for a lookup by its primary key.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/pathnode.h"
#include "optimizer/paths.h"
#include "optimizer/restrictinfo.h"
#include "utils/array.h"
#include "utils/selfuncs.h"

#include "pushdown.h"

/*
 * Costs, where cpu_tuple_cost (0.01) is that of converting a row in a scan of
 * the whole table.  A lookup binds its values and steps down a b-tree, whose
 * pages are in memory but for the last; a row found by an index is fetched
 * from the table by its rowid, another such way down.
 */
#define STARTUP_COST 10.0		/* of opening a statement */
#define LOOKUP_COST 0.2
#define FETCH_COST 0.1

/* SQLite's part of the cost of a row that its condition leaves out */
#define FILTER_FACTOR 0.8

/* What SQLite assumes that a key of an index without statistics finds */
#define ROWS_PER_KEY 10.0

/* Elements of an array that is not known yet */
#define UNKNOWN_ARRAY_LENGTH 10.0

/* What is known of how SQLite will find the rows of a list of conditions. */
typedef struct Lookup
{
	bool		indexed;
	bool		by_equality;	/* not only by < or > */
	double		lookups;		/* ways down the index */
	double		rows;			/* found by them; all without an index */
} Lookup;

/* ------------------------------------------------------------------------
 * Indexes
 * ------------------------------------------------------------------------
 */

/* How many values "= ANY" compares with. */
static double
array_length(const SfmPushed *comparison)
{
	Node	   *value = (Node *) comparison->value;

	if (!comparison->is_array)
		return 1;
	if (IsA(value, Const) && !((Const *) value)->constisnull)
	{
		ArrayType  *array = DatumGetArrayTypeP(((Const *) value)->constvalue);

		return Max(ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)), 1);
	}
	if (IsA(value, ArrayExpr))
		return Max(list_length(((ArrayExpr *) value)->elements), 1);
	return UNKNOWN_ARRAY_LENGTH;
}

/*
 * find_condition
 *		Finds among restrictions one by which an index finds the values of a
 *		column; with "equal" only an equality.
 */
static RestrictInfo *
find_condition(PlannerInfo *root, const SfmScanSource *source,
			   RelOptInfo *rel, List *restrictions, int column,
			   const char *collation, bool equal, SfmPushed *comparison)
{
	ListCell   *cell;

	foreach(cell, restrictions)
	{
		RestrictInfo *restriction = lfirst_node(RestrictInfo, cell);

		if (IsA(restriction->clause, BoolExpr) ||
			!sfm_can_push(root, source, rel, restriction) ||
			!sfm_match_comparison(root, source, rel, restriction->clause,
								  comparison) ||
			comparison->column != column)
			continue;
		if (comparison->operator == SFM_COMPARE_NOT_EQUAL ||
			comparison->operator == SFM_COMPARE_NOT_NULL ||
			(equal && comparison->operator != SFM_COMPARE_EQUAL &&
			 comparison->operator != SFM_COMPARE_NULL))
			continue;
		if (comparison->compare_collation == NULL ||
			pg_strcasecmp(comparison->compare_collation, collation) == 0)
			return restriction;
	}
	return NULL;
}

/* Takes the better one of two lookups. */
static void
keep_better(Lookup *best, bool by_equality, double lookups, double rows)
{
	if (rows >= best->rows)
		return;
	best->indexed = true;
	best->by_equality = by_equality;
	best->lookups = lookups;
	best->rows = Max(rows, 1);
}

/* Looks whether the rowid, or its alias, finds the rows. */
static void
try_rowid(PlannerInfo *root, const SfmScanSource *source, RelOptInfo *rel,
		  List *restrictions, int column, Lookup *best)
{
	SfmPushed comparison;
	RestrictInfo *restriction;

	restriction = find_condition(root, source, rel, restrictions, column,
								 "BINARY", true, &comparison);
	if (restriction != NULL)
	{
		double		lookups = array_length(&comparison);

		keep_better(best, true, lookups, lookups);
		return;
	}
	restriction = find_condition(root, source, rel, restrictions, column,
								 "BINARY", false, &comparison);
	if (restriction != NULL)
		keep_better(best, false, 1, rel->tuples *
					clause_selectivity(root, (Node *) restriction, rel->relid,
									   JOIN_INNER, NULL));
}

/* Looks whether an index finds the rows. */
static void
try_index(PlannerInfo *root, const SfmScanSource *source, RelOptInfo *rel,
		  List *restrictions, const SfmIndex *index, Lookup *best)
{
	List	   *used = NIL;
	double		lookups = 1;
	double		rows;
	int			ncolumns = 0;
	bool		nullable = false;
	SfmPushed comparison;
	RestrictInfo *restriction;

	if (index->partial)
		return;
	for (; ncolumns < index->ncolumns; ncolumns++)
	{
		if (index->columns[ncolumns].column < 0)
			break;
		restriction = find_condition(root, source, rel, restrictions,
									 index->columns[ncolumns].column,
									 index->columns[ncolumns].collation,
									 true, &comparison);
		if (restriction == NULL)
			break;
		lookups *= array_length(&comparison);
		nullable |= comparison.operator == SFM_COMPARE_NULL;
		used = lappend(used, restriction);
	}

	if (ncolumns > 0 && ncolumns == index->ncolumns && index->unique &&
		!nullable)
	{
		keep_better(best, true, lookups, lookups);
		return;
	}
	if (ncolumns > 0)
	{
		rows = sfm_rows_per_key(source->connection, source->table, index,
								ncolumns);
		if (rows >= 0)
			rows *= lookups;
		else
		{
			rows = rel->tuples *
				clauselist_selectivity(root, used, rel->relid, JOIN_INNER,
									   NULL);
			if (!nullable)
				rows = Min(rows, lookups * ROWS_PER_KEY);
		}
		keep_better(best, true, lookups, rows);
		return;
	}
	if (index->ncolumns > 0 && index->columns[0].column >= 0)
	{
		restriction = find_condition(root, source, rel, restrictions,
									 index->columns[0].column,
									 index->columns[0].collation, false,
									 &comparison);
		if (restriction != NULL)
			keep_better(best, false, 1, rel->tuples *
						clause_selectivity(root, (Node *) restriction,
										   rel->relid, JOIN_INNER, NULL));
	}
}

/*
 * find_lookup
 *		How SQLite will find the rows for a list of RestrictInfo.
 */
static void
find_lookup(PlannerInfo *root, const SfmScanSource *source, RelOptInfo *rel,
			List *restrictions, Lookup *lookup)
{
	ListCell   *cell;

	lookup->indexed = lookup->by_equality = false;
	lookup->lookups = 0;
	lookup->rows = Max(rel->tuples, 1) + 1;
	if (source->table != NULL && restrictions != NIL)
	{
		if (sfm_rowid_name(source->table) != NULL)
		{
			try_rowid(root, source, rel, restrictions, -1, lookup);
			if (source->table->rowid_column >= 0)
				try_rowid(root, source, rel, restrictions,
						  source->table->rowid_column, lookup);
		}
		foreach(cell, source->table->indexes)
			try_index(root, source, rel, restrictions, lfirst(cell), lookup);
	}
	lookup->rows = Min(lookup->rows, Max(rel->tuples, 1));
}

/* ------------------------------------------------------------------------
 * Costs and paths
 * ------------------------------------------------------------------------
 */

/*
 * sfm_limit_rows
 *		Lowers the estimate of the rows that a table's own conditions select
 *		to what SQLite's indexes say.
 */
void
sfm_limit_rows(PlannerInfo *root, RelOptInfo *rel)
{
	Lookup		lookup;

	find_lookup(root, rel->fdw_private, rel, rel->baserestrictinfo, &lookup);
	if (lookup.by_equality && lookup.rows < rel->rows)
		rel->rows = clamp_row_est(lookup.rows);
}

/* The pages that a heap of the same rows would have. */
static double
heap_pages(RelOptInfo *rel)
{
	return rel->tuples * rel->reltarget->width / BLCKSZ;
}

/*
 * add_pushed_path
 *		Adds the path on which SQLite looks at all conditions that it can.
 *		"restrictions" is a list of RestrictInfo.
 */
static void
add_pushed_path(PlannerInfo *root, RelOptInfo *rel, List *restrictions,
				const Lookup *lookup, double rows, Relids outer)
{
	QualCost	qual;
	Cost		startup = 0;
	Cost		run;

	cost_qual_eval(&qual, restrictions, root);
	startup = qual.startup;

	/* the statement is prepared once for all rows of the other table */
	if (bms_is_empty(outer))
		startup += STARTUP_COST;
	if (lookup->indexed)
		run = lookup->lookups * LOOKUP_COST + lookup->rows * FETCH_COST;
	else
		run = seq_page_cost * heap_pages(rel) +
			rel->tuples * cpu_tuple_cost * FILTER_FACTOR;
	run += rows * (cpu_tuple_cost + qual.per_tuple);
	add_path(rel, (Path *)
			 sfm_create_foreignscan_path(root, rel, rows, startup,
										 startup + run, outer,
										 list_make1(makeInteger(1))));
}

/* Is a restriction an equality by which an index finds rows? */
static bool
is_lookup(PlannerInfo *root, RelOptInfo *rel, RestrictInfo *restriction)
{
	Lookup		lookup;

	find_lookup(root, rel->fdw_private, rel, list_make1(restriction),
				&lookup);
	return lookup.by_equality;
}

/* Takes every member of an equivalence class that is a column of the table. */
static bool
is_column_member(PlannerInfo *root, RelOptInfo *rel, EquivalenceClass *class,
				 EquivalenceMember *member, void *argument)
{
	Node	   *node = (Node *) member->em_expr;
	AttrNumber *attnum = argument;

	while (IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	return IsA(node, Var) && ((Var *) node)->varno == rel->relid &&
		((Var *) node)->varattno == *attnum;
}

/* Adds what a join by one condition needs to know, unless it is there. */
static List *
add_parameterization(PlannerInfo *root, RelOptInfo *rel,
					 RestrictInfo *restriction, List *result)
{
	Relids		outer;

	if (!join_clause_is_movable_to(restriction, rel) ||
		!is_lookup(root, rel, restriction))
		return result;
	outer = bms_union(restriction->clause_relids, rel->lateral_relids);
	outer = bms_del_member(outer, rel->relid);
	if (bms_is_empty(outer))
		return result;
	return list_append_unique_ptr(result,
								  get_baserel_parampathinfo(root, rel, outer));
}

/*
 * add_parameterized_paths
 *		Adds a path for each set of tables whose rows can drive a lookup.
 */
static void
add_parameterized_paths(PlannerInfo *root, RelOptInfo *rel)
{
	List	   *infos = NIL;
	ListCell   *cell;

	foreach(cell, rel->joininfo)
		infos = add_parameterization(root, rel, lfirst(cell), infos);
	for (AttrNumber attnum = 1;
		 rel->has_eclass_joins && attnum <= rel->max_attr; attnum++)
	{
		List	   *clauses =
			generate_implied_equalities_for_column(root, rel,
												   is_column_member, &attnum,
												   rel->lateral_referencers);

		foreach(cell, clauses)
			infos = add_parameterization(root, rel, lfirst(cell), infos);
	}

	foreach(cell, infos)
	{
		ParamPathInfo *info = lfirst(cell);
		List	   *restrictions = list_concat_copy(rel->baserestrictinfo,
													info->ppi_clauses);
		Lookup		lookup;

		find_lookup(root, rel->fdw_private, rel, restrictions, &lookup);
		if (!lookup.by_equality)
			continue;
		/* all paths with these tables outside give the same rows */
		info->ppi_rows = Min(info->ppi_rows, clamp_row_est(lookup.rows));
		add_pushed_path(root, rel, restrictions, &lookup, info->ppi_rows,
						info->ppi_req_outer);
	}
}

/*
 * sqliteGetForeignPaths
 *		Offers the planner the ways to read a foreign table.
 */
void
sqliteGetForeignPaths(PlannerInfo *root, RelOptInfo *baserel,
					  Oid foreigntableid)
{
	Cost		startup = STARTUP_COST + baserel->baserestrictcost.startup;
	Cost		run = seq_page_cost * heap_pages(baserel) +
		baserel->tuples * (cpu_tuple_cost + baserel->baserestrictcost.per_tuple);
	ListCell   *cell;

	add_path(baserel, (Path *)
			 sfm_create_foreignscan_path(root, baserel, baserel->rows,
										 startup, startup + run,
										 baserel->lateral_relids, NIL));
	foreach(cell, baserel->baserestrictinfo)
	{
		Lookup		lookup;

		if (!sfm_can_push(root, baserel->fdw_private, baserel, lfirst(cell)))
			continue;
		find_lookup(root, baserel->fdw_private, baserel,
					baserel->baserestrictinfo, &lookup);
		add_pushed_path(root, baserel, baserel->baserestrictinfo, &lookup,
						baserel->rows, baserel->lateral_relids);
		break;
	}
	add_parameterized_paths(root, baserel);
}
