/*-------------------------------------------------------------------------
 *
 * cte.c
 *	  WITH, and how a name of FROM finds what it means.
 *
 * In SQLite a common table expression sees all others of its WITH, whatever
 * their order, and one that is never named is never looked at.  So each is
 * translated when it is named for the first time, in the surroundings of its
 * WITH, and the text has them in the order of need.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "query.h"

/*
 * sfm_derived_relation
 *		As sfm_query_relation(), and looks up the forms of dates and times,
 *		which the columns of the relation no longer lead to.
 */
SfmRelation *
sfm_derived_relation(SfmTranslation *translation, const SfmQuery *query,
					 const char *sqlite_name, char *sql)
{
	SfmRelation *relation = sfm_query_relation(query, sqlite_name, sql);

	for (int i = 0; i < relation->ncolumns; i++)
	{
		SfmRelationColumn *column = &relation->columns[i];
		const SfmSql *expression = query->columns[i];

		if (column->form != SFM_FORM_UNKNOWN)
			continue;
		column->form = SFM_FORM_OTHER;
		if (expression->relation != NULL && expression->column >= 0 &&
			(column->type == DATEOID || column->type == TIMEOID ||
			 column->type == TIMESTAMPOID || column->type == TIMESTAMPTZOID ||
			 column->type == UUIDOID))
			column->form = sfm_column_form(translation, expression->relation,
										   expression->column);
	}
	return relation;
}

/* PostgreSQL's name of a common table expression, bare. */
static char *
cte_name(const SfmCte *cte)
{
	char	   *name = pstrdup(cte->name->text[0] == '\0'
							   ? "_" : cte->name->text);

	name[pg_mbcliplen(name, strlen(name), NAMEDATALEN - 1)] = '\0';
	return name;
}

/*
 * sfm_check_cte_names
 *		Has each column of a query a name, if the common table expression gives
 *		any?
 */
bool
sfm_check_cte_names(SfmTranslation *translation, const SfmCteEntry *entry,
					int ncolumns)
{
	const SfmCte *cte = entry->cte;

	if (cte->columns == NIL || list_length(cte->columns) == ncolumns)
		return true;
	sfm_refuse(translation, cte, "\"%s\" has %d values for %d columns",
			   cte->name->text, ncolumns, list_length(cte->columns));
	return false;
}

/*
 * sfm_cte_relation
 *		What a query returns, under the names that the common table expression
 *		gives.
 */
SfmRelation *
sfm_cte_relation(SfmTranslation *translation, const SfmQuery *query,
				 const SfmCteEntry *entry)
{
	const SfmCte *cte = entry->cte;
	SfmRelation *relation;
	ListCell   *cell;

	relation = sfm_derived_relation(translation, query, cte->name->text,
									pstrdup(quote_identifier(cte_name(cte))));
	if (!sfm_check_cte_names(translation, entry, relation->ncolumns))
		return relation;
	foreach(cell, cte->columns)
	{
		SfmRelationColumn *column;

		column = &relation->columns[foreach_current_index(cell)];
		column->sqlite_name = ((SfmName *) lfirst(cell))->text;
	}
	return relation;
}

/* Translates one, with what it needs before it. */
static void
translate_cte(SfmTranslation *translation, SfmCteEntry *entry)
{
	SfmCteList *saved = translation->ctes;
	const SfmCte *cte = entry->cte;
	char	  **names = NULL;
	SfmQuery   *query;
	const char *materialized = "";
	ListCell   *cell;

	check_stack_depth();

	entry->started = true;
	translation->ctes = entry->list;
	if (cte->columns != NIL)
	{
		names = palloc(list_length(cte->columns) * sizeof(char *));
		foreach(cell, cte->columns)
			names[foreach_current_index(cell)] = ((SfmName *) lfirst(cell))->text;
		names = sfm_postgres_names(names, list_length(cte->columns));
	}
	query = sfm_read_query(translation, entry->list->scope,
						   (const SfmSelect *) cte->select, NULL, names,
						   entry);
	translation->ctes = saved;
	entry->relation = sfm_cte_relation(translation, query, entry);
	if (translation->problem != NULL)
		return;

	if (cte->materialized == SFM_MATERIALIZED_ALWAYS)
		materialized = "MATERIALIZED ";
	else if (cte->materialized == SFM_MATERIALIZED_NEVER)
		materialized = "NOT MATERIALIZED ";
	entry->text = psprintf("%s AS %s(\n%s\n)", entry->relation->sql,
						   materialized, query->sql);
	entry->list->done = lappend(entry->list->done, entry);
}

/*
 * sfm_begin_ctes
 *		Puts the expressions of a WITH in scope.
 */
SfmCteList *
sfm_begin_ctes(SfmTranslation *translation, SfmScope *outer,
			   const SfmWith *with)
{
	SfmCteList *list = palloc0_object(SfmCteList);
	ListCell   *cell;

	list->outer = translation->ctes;
	list->scope = outer;
	foreach(cell, with->ctes)
	{
		SfmCteEntry *entry = palloc0_object(SfmCteEntry);

		entry->cte = lfirst(cell);
		entry->list = list;
		list->entries = lappend(list->entries, entry);
	}
	translation->ctes = list;
	return list;
}

/*
 * sfm_end_ctes
 *		The text of WITH, with a line feed behind it; "" if nothing of it was
 *		named.
 */
char *
sfm_end_ctes(SfmTranslation *translation, SfmCteList *list)
{
	StringInfoData text;
	bool		recursive = false;
	ListCell   *cell;

	translation->ctes = list->outer;
	if (list->done == NIL)
		return "";
	initStringInfo(&text);
	foreach(cell, list->done)
	{
		const SfmCteEntry *entry = lfirst(cell);

		recursive |= entry->self_reference;
		appendStringInfo(&text, "%s%s", text.len > 0 ? ",\n" : "",
						 entry->text);
	}
	return psprintf("WITH %s%s\n", recursive ? "RECURSIVE " : "", text.data);
}

/* Does a FROM below the node name the expression? */
static bool
names_cte(const SfmNode *node, void *context, bool *descend)
{
	const SfmCteEntry *entry = context;

	if (node->kind == SFM_NODE_SOURCE)
	{
		const SfmSource *source = (const SfmSource *) node;

		if (source->schema == NULL && source->name != NULL &&
			!source->is_function &&
			sfm_same_name(source->name->text, entry->cte->name->text))
			return true;
	}
	return false;
}

/*
 * sfm_is_recursive
 *		Does an arm of a common table expression read the expression itself?
 */
bool
sfm_is_recursive(const SfmCteEntry *entry, const SfmSelectCore *core)
{
	return sfm_visit(core, names_cte, unconstify(SfmCteEntry *, entry));
}

/*
 * sfm_find_relation
 *		See translate.h.
 */
SfmRelation *
sfm_find_relation(SfmTranslation *translation, const SfmName *schema,
				  const SfmName *name)
{
	SfmRelation *relation;

	for (SfmCteList *list = translation->ctes; schema == NULL && list != NULL;
		 list = list->outer)
	{
		ListCell   *cell;

		foreach(cell, list->entries)
		{
			SfmCteEntry *entry = lfirst(cell);

			if (!sfm_same_name(entry->cte->name->text, name->text))
				continue;
			if (!entry->started)
				translate_cte(translation, entry);
			else if (entry->text == NULL)
			{
				entry->self_reference = true;
				if (entry->relation == NULL)
					sfm_refuse(translation, name, "circular reference: \"%s\"",
							   name->text);
			}
			return entry->relation;
		}
	}
	relation = translation->find_relation(translation, schema, name);
	if (relation != NULL)
		translation->relations = list_append_unique_ptr(translation->relations,
														relation);
	return relation;
}
