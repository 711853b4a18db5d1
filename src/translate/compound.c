/*-------------------------------------------------------------------------
 *
 * compound.c
 *	  UNION, UNION ALL, EXCEPT, INTERSECT, the rows of VALUES, and the arm of
 *	  a common table expression that names the expression itself.
 *
 * SQLite's operators bind from left to right, PostgreSQL's INTERSECT binds
 * tighter than the others: parentheses make it equal.  Each result column gets
 * one type over all arms.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "query.h"

/* A NULL gets the type of what stands in its column elsewhere. */
static SfmSql *
typed_null(const SfmSql *null, const SfmSql *other)
{
	SfmSql	   *result = palloc_object(SfmSql);

	*result = *other;
	result->sql = psprintf("NULL::%s", format_type_be(other->type));
	result->atomic = true;
	result->has_affinity = null->has_affinity;
	result->affinity = null->affinity;
	result->collation = null->collation;
	result->collation_strength = null->collation_strength;
	result->relation = NULL;
	result->literal = NULL;
	result->moment = NULL;
	result->json = NULL;
	result->not_null = false;
	return result;
}

/* The expression with its type, which it has not yet, written behind it. */
static SfmSql *
with_type(const SfmSql *expression)
{
	SfmSql	   *result = palloc_object(SfmSql);

	*result = *expression;
	result->sql = sfm_cast_text(expression, expression->type);
	result->atomic = true;
	return result;
}

/* One of SFM_MAY_BE_...: the affinity of an expression. */
static int
affinity_of(const SfmSql *expression)
{
	if (expression->affinities != 0)
		return expression->affinities;
	if (!expression->has_affinity || expression->affinity == SFM_AFFINITY_BLOB)
		return SFM_MAY_BE_NONE;
	return expression->affinity == SFM_AFFINITY_TEXT ? SFM_MAY_BE_TEXT :
		SFM_MAY_BE_NUMERIC;
}

/*
 * common_affinity
 *		Gives the columns the affinity that all of them had ("before").  Where
 *		they had several, it is not defined which one counts ("Datatypes In
 *		SQLite", section 3.3.1).
 */
static void
common_affinity(SfmSql **column, SfmSql *const *before, int n)
{
	SfmAffinity affinity = before[0]->affinity;
	int			affinities = 0;

	for (int i = 0; i < n; i++)
	{
		affinities |= affinity_of(before[i]);
		if (before[i]->affinity != affinity)
			affinity = before[i]->affinity == SFM_AFFINITY_REAL ||
				affinity == SFM_AFFINITY_REAL ?
				SFM_AFFINITY_REAL : SFM_AFFINITY_NUMERIC;
	}
	for (int i = 0; i < n; i++)
	{
		SfmSql	   *copy = palloc_object(SfmSql);

		*copy = *column[i];
		copy->has_affinity = affinities == SFM_MAY_BE_TEXT ||
			affinities == SFM_MAY_BE_NUMERIC;
		copy->affinity = copy->has_affinity ? affinity : SFM_AFFINITY_BLOB;
		copy->affinities = (affinities & (affinities - 1)) != 0 ? affinities : 0;
		column[i] = copy;
	}
}

/*
 * Unifies one column.  PostgreSQL finds the type of numbers by itself, but not
 * in a recursion: then it is written out.
 */
static void
unify_column(SfmTranslation *translation, const void *node, SfmSql **column,
			 int n, bool recursive)
{
	SfmSql	  **before = palloc(n * sizeof(SfmSql *));
	const SfmSql *known = NULL;

	memcpy(before, column, n * sizeof(SfmSql *));
	sfm_unify(translation, node, column, n);
	for (int i = 0; i < n && known == NULL; i++)
	{
		if (column[i]->class != SFM_CLASS_NULL && column[i]->type != UNKNOWNOID)
			known = column[i];
	}
	for (int i = 0; i < n && known != NULL; i++)
	{
		if (column[i]->class == SFM_CLASS_NULL)
			column[i] = typed_null(column[i], known);
		else if (recursive && strcmp(column[i]->sql, before[i]->sql) == 0 &&
				 (column[i]->type != before[i]->type ||
				  column[i]->typmod != before[i]->typmod))
			column[i] = with_type(column[i]);
	}
	common_affinity(column, before, n);
	pfree(before);
}

/*
 * Unifies each column over several rows of expressions, which are changed in
 * place.
 */
static void
unify_columns(SfmTranslation *translation, const void *node, List *rows,
			  int ncolumns, bool recursive)
{
	int			nrows = list_length(rows);
	SfmSql	  **column = palloc(nrows * sizeof(SfmSql *));
	ListCell   *cell;

	for (int i = 0; i < ncolumns; i++)
	{
		foreach(cell, rows)
			column[foreach_current_index(cell)] = ((SfmSql **) lfirst(cell))[i];
		unify_column(translation, node, column, nrows, recursive);
		foreach(cell, rows)
			((SfmSql **) lfirst(cell))[i] = column[foreach_current_index(cell)];
	}
	pfree(column);
}

/*
 * sfm_set_row_columns
 *		Sets the columns of VALUES to what its rows have in common.
 */
void
sfm_set_row_columns(SfmArm *arm)
{
	SfmSql	  **first = linitial(arm->rows);
	ListCell   *cell;

	arm->columns = palloc(arm->ncolumns * sizeof(SfmSql *));
	for (int i = 0; i < arm->ncolumns; i++)
	{
		SfmSql	   *column = palloc_object(SfmSql);

		*column = *first[i];
		foreach(cell, arm->rows)
			column->not_null &= ((SfmSql **) lfirst(cell))[i]->not_null;
		arm->columns[i] = column;
	}
}

/*
 * sfm_unify_rows
 *		VALUES: sets the arm's columns.
 */
void
sfm_unify_rows(SfmTranslation *translation, SfmArm *arm)
{
	if (arm->rows == NIL)
		return;
	if (list_length(arm->rows) > 1)
		unify_columns(translation, arm->core, arm->rows, arm->ncolumns,
					  false);
	sfm_set_row_columns(arm);
	arm->raw = arm->columns;
}

/*
 * sfm_unify_arms
 *		Gives all arms of a compound the same types, so that PostgreSQL agrees:
 *		in a recursion it wants them before it has seen all arms.
 */
void
sfm_unify_arms(SfmTranslation *translation, List *arms, bool recursive)
{
	List	   *rows = NIL;
	ListCell   *cell;

	if (translation->problem != NULL)
		return;
	foreach(cell, arms)
	{
		SfmArm	   *arm = lfirst(cell);

		if (arm->rows != NIL)
			rows = list_concat(rows, arm->rows);
		else
			rows = lappend(rows, arm->columns);
	}
	unify_columns(translation, ((SfmArm *) linitial(arms))->core, rows,
				  ((SfmArm *) linitial(arms))->ncolumns, recursive);
	foreach(cell, arms)
	{
		SfmArm	   *arm = lfirst(cell);

		if (arm->rows != NIL)
			sfm_set_row_columns(arm);
	}
}

/* ------------------------------------------------------------------------
 * Recursion
 * ------------------------------------------------------------------------
 */

/* The columns of an arm, to be unified without changing the arm. */
static SfmArm *
copy_arm(const SfmArm *arm)
{
	SfmArm	   *copy = palloc_object(SfmArm);
	ListCell   *cell;

	*copy = *arm;
	copy->columns = palloc(arm->ncolumns * sizeof(SfmSql *));
	memcpy(copy->columns, arm->columns, arm->ncolumns * sizeof(SfmSql *));
	copy->rows = NIL;
	foreach(cell, arm->rows)
	{
		SfmSql	  **row = palloc(arm->ncolumns * sizeof(SfmSql *));

		memcpy(row, lfirst(cell), arm->ncolumns * sizeof(SfmSql *));
		copy->rows = lappend(copy->rows, row);
	}
	return copy;
}

/*
 * What the expression returns if its arms return this: the relation that the
 * last arm reads.
 */
static SfmRelation *
provisional_relation(SfmTranslation *translation, const SfmArm *arm,
					 const SfmCteEntry *entry, char *const *names)
{
	SfmQuery	query = {0};

	query.ncolumns = arm->ncolumns;
	query.columns = arm->columns;
	query.names = palloc(arm->ncolumns * sizeof(char *));
	memcpy(query.names, arm->names, arm->ncolumns * sizeof(char *));
	sfm_unique_names(query.names, arm->ncolumns);
	query.postgres_names = names != NULL ? (char **) names
		: sfm_postgres_names(query.names, arm->ncolumns);
	return sfm_cte_relation(translation, &query, entry);
}

/* Has each column the type and class that was assumed? */
static bool
is_as_assumed(const SfmRelation *relation, const SfmArm *arm)
{
	for (int i = 0; i < arm->ncolumns; i++)
	{
		if (relation->columns[i].type != arm->columns[i]->type ||
			relation->columns[i].class != arm->columns[i]->class ||
			(relation->columns[i].not_null && !arm->columns[i]->not_null))
			return false;
	}
	return true;
}

/* What all arms have in common, as the columns of one. */
static SfmArm *
common_arm(List *arms)
{
	SfmArm	   *result = copy_arm(linitial(arms));
	ListCell   *cell;

	for (int i = 0; i < result->ncolumns; i++)
	{
		SfmSql	   *column = palloc_object(SfmSql);

		*column = *result->columns[i];
		foreach(cell, arms)
			column->not_null &= ((SfmArm *) lfirst(cell))->columns[i]->not_null;
		column->literal = NULL;
		column->typmod = -1;
		result->columns[i] = column;
	}
	return result;
}

/*
 * sfm_read_recursive
 *		Reads the last arm of a common table expression, which names the
 *		expression.  Its own columns have a say in the types that it reads:
 *		so it is read again until nothing changes.  Returns all arms.
 */
List *
sfm_read_recursive(SfmTranslation *translation, SfmScope *outer,
				   const SfmSelect *select, List *arms, SfmCteEntry *entry,
				   char *const *names)
{
	const SfmSelectCore *core = llast(select->cores);
	List	   *result = NIL;
	SfmArm	   *common;
	ListCell   *cell;

	if (core->compound != SFM_COMPOUND_UNION &&
		core->compound != SFM_COMPOUND_UNION_ALL)
		sfm_refuse(translation, core, "recursion with INTERSECT or EXCEPT");
	if (select->order_by != NIL || select->limit != NULL)
		sfm_refuse(translation, select,
				   "ORDER BY or LIMIT in a recursive common table expression");
	if (!sfm_check_cte_names(translation, entry,
							 ((SfmArm *) linitial(arms))->ncolumns) ||
		translation->problem != NULL)
		return arms;

	foreach(cell, arms)
		result = lappend(result, copy_arm(lfirst(cell)));
	sfm_unify_arms(translation, result, true);
	common = common_arm(result);

	for (int round = 0; round < 4; round++)
	{
		SfmArm	   *arm;

		if (translation->problem != NULL)
			return arms;
		entry->relation = provisional_relation(translation, common, entry,
											   names);
		arm = sfm_read_arm(translation, outer, core, NIL);
		if (arm->ncolumns != common->ncolumns)
			sfm_refuse(translation, core,
					   "SELECTs of a compound with different numbers of columns");
		if (translation->problem != NULL)
			return arms;
		result = NIL;
		foreach(cell, arms)
			result = lappend(result, copy_arm(lfirst(cell)));
		result = lappend(result, arm);
		sfm_unify_arms(translation, result, true);
		common = common_arm(result);
		if (is_as_assumed(entry->relation, common))
			return result;
	}
	sfm_refuse(translation, core, "recursion whose types cannot be known");
	return arms;
}

/* ------------------------------------------------------------------------
 * Writing
 * ------------------------------------------------------------------------
 */
static const char *
compound_words(SfmCompound compound)
{
	switch (compound)
	{
		case SFM_COMPOUND_UNION:
			return "UNION";
		case SFM_COMPOUND_UNION_ALL:
			return "UNION ALL";
		case SFM_COMPOUND_EXCEPT:
			return "EXCEPT";
		case SFM_COMPOUND_INTERSECT:
			return "INTERSECT";
		case SFM_COMPOUND_NONE:
			break;
	}
	return "";
}

/*
 * Rows that SQLite calls the same, PostgreSQL must call the same: a column
 * whose texts fold has no equal here.
 */
static void
check_equality(SfmTranslation *translation, const SfmArm *first,
			   const SfmArm *arm)
{
	for (int i = 0; i < arm->ncolumns; i++)
	{
		SfmSql	   *column = first->columns[i]->collation_strength > 0
			? first->columns[i] : arm->columns[i];

		if (strcmp(sfm_equality_key(translation, NULL, column),
				   column->sql) != 0)
			sfm_refuse(translation, arm->core,
					   "%s of texts under NOCASE or RTRIM",
					   compound_words(arm->core->compound));
	}
}

/*
 * sfm_compound_text
 *		All arms with what stands between them.
 */
char *
sfm_compound_text(SfmTranslation *translation, List *arms, char *const *names)
{
	char	   *text = NULL;
	bool		loose = false;	/* holds an operator but INTERSECT */
	ListCell   *cell;

	foreach(cell, arms)
	{
		const SfmArm *arm = lfirst(cell);
		SfmCompound compound = arm->core->compound;
		char	   *arm_text;

		CHECK_FOR_INTERRUPTS();
		arm_text = sfm_arm_text(arm, names);
		if (text == NULL)
		{
			text = arm_text;
			continue;
		}
		if (compound != SFM_COMPOUND_UNION_ALL)
			check_equality(translation, linitial(arms), arm);
		if (compound == SFM_COMPOUND_INTERSECT && loose)
		{
			text = psprintf("(\n%s\n)", text);
			loose = false;
		}
		else if (compound != SFM_COMPOUND_INTERSECT)
			loose = true;
		text = psprintf("%s\n%s\n%s", text, compound_words(compound),
						arm_text);
	}
	return text;
}
