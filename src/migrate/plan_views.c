/*-------------------------------------------------------------------------
 *
 * plan_views.c
 *	  CREATE VIEW for the views of the mapping.
 *
 * Names of the view and its columns are those of the foreign table, which the
 * user may have edited; of its types those are used which the text leaves
 * open, for instance those of JSON values.
 *
 * A view that reads other views has them planned first.  One that reads what
 * does not come over does not come over itself, and a note names the reason.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "parser/scansup.h"
#include "utils/builtins.h"

#include "migrate.h"

/* The note that stands for a view that does not come over. */
static void
note_left_out(SfmPlan *plan, SfmMappedTable *view, const char *problem)
{
	const char *sql = view->source->sql;

	view->view_failed = true;
	sfm_plan_step(plan, SFM_PHASE_VIEW, NULL, view->name, NULL,
				  psprintf("view is left out, for %s: %s", problem,
						   sql != NULL ? sql : "(no text)"));
}

/*
 * choose_columns
 *		Name and type of each result column, as the foreign table has them.  A
 *		column that the user has dropped there has a name like SQLite's.
 */
static void
choose_columns(const SfmMappedTable *view, char **names, Oid *types)
{
	const SfmTable *source = view->source;
	SfmNames   *taken = sfm_names_create(SFM_NAMES_LOWER);

	for (int i = 0; i < view->ncolumns; i++)
		sfm_names_reserve(taken, view->columns[i].name);
	for (int i = 0; i < source->ncolumns; i++)
	{
		const SfmMappedColumn *column = sfm_mapped_column(view, i);

		if (column != NULL)
		{
			names[i] = column->name;
			types[i] = column->type;
		}
		else
		{
			names[i] = sfm_names_add(taken, source->columns[i].name, "column");
			types[i] = InvalidOid;
		}
	}
}

/*
 * existing_view
 *		The relation of a view that the target holds already, as far as the
 *		foreign table tells what it is.
 */
static SfmRelation *
existing_view(const SfmPlan *plan, SfmMappedTable *view)
{
	SfmRelation *relation = palloc0_object(SfmRelation);

	relation->sqlite_name = view->sqlite_name;
	relation->sql = sfm_target_name(plan, view->name);
	relation->owner = view;
	relation->rowid_column = -1;
	relation->is_view = true;
	relation->ncolumns = view->source->ncolumns;
	relation->columns = palloc0_array(SfmRelationColumn,
									  Max(relation->ncolumns, 1));
	for (int i = 0; i < relation->ncolumns; i++)
	{
		SfmRelationColumn *column = &relation->columns[i];
		const SfmMappedColumn *mapped = sfm_mapped_column(view, i);

		column->sqlite_name = view->source->columns[i].name;
		column->class = SFM_CLASS_ANY;
		column->typmod = -1;
		if (mapped != NULL)
		{
			column->name = mapped->name;
			column->type = mapped->type;
			column->typmod = mapped->typmod;
		}
	}
	return relation;
}

/* The mapped tables behind a list of SfmRelation *. */
static List *
owners(List *relations)
{
	List	   *tables = NIL;
	ListCell   *cell;

	foreach(cell, relations)
	{
		SfmRelation *relation = lfirst(cell);

		if (relation->owner != NULL)
			tables = list_append_unique_ptr(tables, relation->owner);
	}
	return tables;
}

/*
 * view_statement
 *		CREATE VIEW, without the columns that the user has dropped from the
 *		foreign table.
 */
static char *
view_statement(const SfmPlan *plan, const SfmMappedTable *view,
			   char *const *names, const SfmQuery *query)
{
	const char *target = sfm_target_name(plan, view->name);
	StringInfoData kept;
	bool		all = true;

	initStringInfo(&kept);
	for (int i = 0; i < query->ncolumns; i++)
	{
		if (sfm_mapped_column(view, i) == NULL)
			all = false;
		else
			appendStringInfo(&kept, "%s%s", kept.len > 0 ? ", " : "",
							 quote_identifier(names[i]));
	}
	if (all)
		return psprintf("CREATE VIEW %s AS\n%s", target, query->sql);
	return psprintf("CREATE VIEW %s AS\nSELECT %s FROM (\n%s\n) AS %s",
					target, kept.data, query->sql,
					quote_identifier(view->name));
}

/*
 * translate_view
 *		CREATE VIEW and its relation; NULL, and *problem, if there is none.
 */
static SfmRelation *
translate_view(SfmPlan *plan, SfmMappedTable *view,
			   SfmTranslation *translation, char **statement, char **problem)
{
	const SfmTable *source = view->source;
	char	  **names = palloc0_array(char *, Max(source->ncolumns, 1));
	Oid		   *types = palloc0_array(Oid, Max(source->ncolumns, 1));
	SfmNode    *definition;
	SfmQuery   *query;
	SfmRelation *relation;

	definition = source->sql != NULL ? sfm_parse(source->sql, problem) : NULL;
	if (source->sql == NULL)
		*problem = pstrdup("its text cannot be represented in the database encoding");
	else if (definition != NULL && definition->kind != SFM_NODE_CREATE_VIEW)
		*problem = pstrdup("its text is no CREATE VIEW");
	if (*problem != NULL)
		return NULL;

	choose_columns(view, names, types);
	query = sfm_translate_select(translation, NULL,
								 (SfmSelect *) ((SfmCreateView *) definition)->select,
								 types, names);
	if (translation->problem == NULL && query->ncolumns != source->ncolumns)
		sfm_refuse(translation, NULL,
				   "SQLite says that it has %d columns, its text says %d",
				   source->ncolumns, query->ncolumns);
	*problem = translation->problem;
	if (*problem != NULL)
		return NULL;

	*statement = view_statement(plan, view, names, query);
	relation = sfm_query_relation(query, view->sqlite_name,
								  sfm_target_name(plan, view->name));
	for (int i = 0; i < relation->ncolumns; i++)
	{
		relation->columns[i].sqlite_name = source->columns[i].name;
		relation->columns[i].name = sfm_mapped_column(view, i) != NULL ?
			names[i] : NULL;
	}
	relation->is_view = true;
	relation->owner = view;
	return relation;
}

/*
 * sfm_plan_view
 *		Plans a view, unless that is done.  Its relation, or NULL if it does
 *		not come over.
 */
SfmRelation *
sfm_plan_view(SfmPlan *plan, SfmMappedTable *view)
{
	SfmTranslation *translation;
	SfmRelation *relation;
	SfmStep    *step;
	char	   *statement = NULL;
	char	   *problem = NULL;

	check_stack_depth();
	if (view->view_planned)
		return view->view_failed ? NULL : view->relation;
	view->view_planned = true;
	if (OidIsValid(view->target))
	{
		view->relation = existing_view(plan, view);
		sfm_plan_step(plan, SFM_PHASE_VIEW, NULL, view->name, NULL,
					  "view exists: it is left as it is");
		return view->relation;
	}

	/* until it is done: a view that reads itself finds nothing */
	view->view_failed = true;
	translation = sfm_plan_translation(plan, view->serverid, view->source->sql);
	relation = translate_view(plan, view, translation, &statement, &problem);
	if (problem == NULL)
		(void) sfm_try_statement(plan, translation->relations, statement,
								 &problem);
	if (problem != NULL)
	{
		note_left_out(plan, view, problem);
		return NULL;
	}
	view->view_failed = false;
	view->relation = relation;
	step = sfm_plan_step(plan, SFM_PHASE_VIEW, NULL, view->name, statement,
						 sfm_plan_remarks(translation));
	step->creates = view;
	step->needs = owners(translation->relations);
	return relation;
}

/*
 * sfm_plan_views
 *		Plans the selected views, each after those it reads.
 */
void
sfm_plan_views(SfmPlan *plan)
{
	ListCell   *cell;

	foreach(cell, plan->mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->selected && sfm_mapping_is_view(table))
			(void) sfm_plan_view(plan, table);
	}
}
