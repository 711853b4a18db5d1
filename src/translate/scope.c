/*-------------------------------------------------------------------------
 *
 * scope.c
 *	  Which column a name means: SQLite's rules ("sqlite3ResolveExprNames").
 *
 * A name is looked for in the sources of the innermost statement, then among
 * the aliases of its result columns, then in the statement around, and so on.
 * What is found nowhere is a string if it stands in double quotes ("Quirks",
 * section 8), or TRUE or FALSE, or an error that SQLite would raise as well.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "translate.h"

/* A column that a name means. */
typedef struct Match
{
	int			count;			/* sources that have it */
	int			sources;		/* sources that were looked at */
	SfmScopeSource *source;		/* the first that has it, or the last one that
								 * was looked at */
	int			column;
} Match;

/* Is this the name of the key that each table has? */
static bool
is_rowid(const char *name)
{
	return sfm_same_name(name, "rowid") || sfm_same_name(name, "_rowid_") ||
		sfm_same_name(name, "oid");
}

/* Has the source this name in the statement? */
static bool
has_alias(const SfmScopeSource *source, const char *name)
{
	return source->alias != NULL && sfm_same_name(source->alias, name);
}

/* NEW, OLD and EXCLUDED are found by their names only. */
static bool
is_qualified_only(const SfmScope *scope, const SfmScopeSource *source)
{
	return source->qualified_only ||
		(scope->in_trigger && (has_alias(source, "new") ||
							   has_alias(source, "old") ||
							   has_alias(source, "excluded")));
}

static bool
in_names(const List *names, const char *name)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		if (sfm_same_name(lfirst(cell), name))
			return true;
	}
	return false;
}

/*
 * search_sources
 *		Looks for a column in the sources of one scope.
 */
static void
search_sources(const SfmScope *scope, const SfmColumnRef *node, Match *match)
{
	const char *name = node->column->text;
	ListCell   *cell;

	memset(match, 0, sizeof(*match));
	match->column = -1;
	foreach(cell, scope->sources)
	{
		SfmScopeSource *source = lfirst(cell);
		SfmRelation *relation = source->relation;

		if (node->table != NULL ?
			!has_alias(source, node->table->text) :
			is_qualified_only(scope, source))
			continue;

		match->sources++;
		if (match->count == 0)
			match->source = source;
		for (int i = 0; i < relation->ncolumns; i++)
		{
			if (relation->columns[i].sqlite_name == NULL ||
				!sfm_same_name(relation->columns[i].sqlite_name, name))
				continue;
			/* USING and NATURAL: the column of the source before it */
			if (node->table == NULL && match->count > 0 &&
				in_names(source->merged, name))
				break;
			if (match->count++ == 0)
			{
				match->source = source;
				match->column = i;
			}
			break;
		}
	}

	/* rowid, if there is one table only that it can be of */
	if (match->count == 0 && match->sources == 1 && is_rowid(name) &&
		match->source->relation->has_rowid)
	{
		match->count = 1;
		match->column = match->source->relation->rowid_column;
	}
}

/*
 * make_column
 *		The column that was found.
 */
static SfmSql *
make_column(SfmTranslation *translation, SfmScope *scope,
			const SfmColumnRef *node, const Match *match)
{
	SfmScopeSource *source = match->source;
	SfmRelationColumn *column;
	SfmSql	   *result;

	if (match->column < 0)
	{
		sfm_refuse(translation, node,
				   "the rowid of \"%s\", which has no INTEGER PRIMARY KEY",
				   source->alias != NULL ? source->alias : "");
		return sfm_null();
	}
	column = &source->relation->columns[match->column];
	if (column->name == NULL)
	{
		sfm_refuse(translation, node,
				   "column \"%s\" of \"%s\", which does not move",
				   column->sqlite_name,
				   source->alias != NULL ? source->alias : "");
		return sfm_null();
	}

	result = sfm_make_sql(source->sql == NULL ?
						  pstrdup(quote_identifier(column->name)) :
						  psprintf("%s.%s", source->sql,
								   quote_identifier(column->name)),
						  true, column->type, column->class);
	result->typmod = column->typmod;
	result->integral_is_integer = column->class == SFM_CLASS_NUMBER &&
		(column->affinity == SFM_AFFINITY_NUMERIC ||
		 column->affinity == SFM_AFFINITY_INTEGER);
	result->has_affinity = column->has_affinity;
	result->affinity = column->affinity;
	result->affinities = column->affinities;
	result->collation = column->collation;
	result->collation_strength = 1;
	result->relation = source->relation;
	result->column = match->column;
	result->epoch = column->epoch;
	result->true_text = column->true_text;
	result->false_text = column->false_text;
	result->not_null = column->not_null && !source->nullable;

	if (scope->bare_column != NULL && !scope->in_aggregate)
		result = scope->bare_column(translation, scope, result);
	return column->is_json_value ? sfm_json_column(translation, result) : result;
}

/*
 * find_alias
 *		The expression of the result column with this name, translated where
 *		it is named; NULL if there is none.
 */
static SfmSql *
find_alias(SfmTranslation *translation, SfmScope *scope,
		   const SfmColumnRef *node)
{
	ListCell   *cell;

	foreach(cell, scope->aliases)
	{
		SfmScopeAlias *alias = lfirst(cell);

		if (alias->name != NULL && sfm_same_name(alias->name, node->column->text))
		{
			List	   *aliases = scope->aliases;
			SfmSql	   *result;

			/* a result column does not see the others */
			scope->aliases = NIL;
			result = sfm_translate_expression(translation, scope,
											  alias->expression);
			scope->aliases = aliases;
			return result;
		}
	}
	return NULL;
}

/* Only the main schema of a file moves. */
static bool
check_schema(SfmTranslation *translation, const SfmColumnRef *node)
{
	if (node->schema == NULL || sfm_same_name(node->schema->text, "main"))
		return true;
	sfm_refuse(translation, node, "schema \"%s\" of a column",
			   node->schema->text);
	return false;
}

/* A name that no scope knows. */
static SfmSql *
unknown_name(SfmTranslation *translation, const SfmColumnRef *node)
{
	if (node->table == NULL)
	{
		const char *name = node->column->text;

		if (node->column->quote == SFM_QUOTE_DOUBLE)
			return sfm_text_sql(name);
		if (node->column->quote == SFM_QUOTE_NONE &&
			(sfm_same_name(name, "true") || sfm_same_name(name, "false")))
			return sfm_truth_sql(sfm_same_name(name, "true"));
	}
	sfm_refuse(translation, node, "no such column");
	return sfm_null();
}

/*
 * sfm_translate_column
 *		What a name in an expression means.
 */
SfmSql *
sfm_translate_column(SfmTranslation *translation, SfmScope *scope,
					 const SfmColumnRef *node)
{
	SfmScope   *innermost = scope;

	check_stack_depth();

	if (!check_schema(translation, node))
		return sfm_null();
	for (; scope != NULL; scope = scope->outer)
	{
		Match		match;

		search_sources(scope, node, &match);
		if (match.count == 1 && scope != innermost &&
			match.source->sql == NULL)
		{
			/* a bare name could mean something else in the inner query */
			sfm_refuse(translation, node,
					   "a column of the statement around, which has no name here");
			return sfm_null();
		}
		if (match.count == 1)
			return make_column(translation, scope, node, &match);
		if (match.count > 1)
		{
			sfm_refuse(translation, node, "ambiguous column name");
			return sfm_null();
		}
		if (node->table == NULL)
		{
			SfmSql	   *result = find_alias(translation, scope, node);

			if (result != NULL)
				return result;
		}
	}
	return unknown_name(translation, node);
}
