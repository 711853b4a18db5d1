/*-------------------------------------------------------------------------
 *
 * plan_constraints.c
 *	  Primary keys and UNIQUE constraints, made after the load.
 *
 * Their names are SQLite's, where it has any; else PostgreSQL finds one.  A
 * UNIQUE constraint on the columns of the primary key says nothing new and is
 * left out, as in PostgreSQL's own CREATE TABLE.
 *
 * A constraint cannot be on expressions.  Where SQLite's collation asks for
 * one (see plan_indexes.c), a unique index on the expressions stands beside the
 * constraint on the columns, which foreign keys and ON CONFLICT need.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "commands/defrem.h"
#include "parser/scansup.h"
#include "utils/builtins.h"

#include "plan_keys.h"

/*
 * add_index_columns
 *		The columns of the index behind a constraint.  A column that is named
 *		twice counts once, as PostgreSQL wants it.
 */
static void
add_index_columns(SfmKeyColumns *key, const SfmMappedTable *table,
				  const SfmIndex *index)
{
	for (int i = 0; i < index->ncolumns && key->problem == NULL; i++)
	{
		const SfmIndexColumn *column = &index->columns[i];
		SfmMappedColumn *mapped = sfm_mapped_column(table, column->column);

		if (mapped == NULL || !list_member_ptr(key->columns, mapped))
			sfm_add_key_column(key, table, column->column, column->collation,
							   false, index);
	}
}

/*
 * sfm_null_keys
 *		How many rows have NULL in their primary key.
 */
int64
sfm_null_keys(SfmMappedTable *table)
{
	if (!table->null_keys_known)
		table->null_keys =
			sfm_count_null_keys(sfm_server_connection(table->serverid),
								table->source, &table->null_key_example);
	table->null_keys_known = true;
	return table->null_keys;
}

/*
 * null_key_note
 *		Says how many rows have NULL in their primary key, or NULL if none.
 *
 *		What SQLite calls a primary key then is what others call UNIQUE.
 */
static char *
null_key_note(SfmMappedTable *table)
{
	int64		rows = sfm_null_keys(table);
	const char *example = table->null_key_example;

	if (rows == 0)
		return NULL;
	return psprintf(INT64_FORMAT " rows have NULL in the primary key%s%s: it is made UNIQUE",
					rows, example != NULL ? ", for instance " : "",
					example != NULL ? example : "");
}

/*
 * is_named_so
 *		Are these the columns of a key, in its order?  "columns" is of
 *		SfmOrderTerm *.
 */
static bool
is_named_so(const SfmMappedTable *table, const SfmKeyColumns *key,
			List *columns)
{
	ListCell   *cell;

	if (list_length(columns) != list_length(key->columns))
		return false;
	foreach(cell, columns)
	{
		const SfmNode *node = ((SfmOrderTerm *) lfirst(cell))->expression;

		/* behind COLLATE stands a column */
		while (node->kind == SFM_NODE_COLLATE)
			node = ((const SfmCollate *) node)->operand;
		if (node->kind != SFM_NODE_COLUMN_REF ||
			sfm_mapped_column_named(table, ((const SfmColumnRef *) node)->column->text) !=
			list_nth(key->columns, foreach_current_index(cell)))
			return false;
	}
	return true;
}

/* The name among some constraints for a key of this kind, or NULL. */
static const SfmName *
find_name(const SfmMappedTable *table, SfmConstraintKind kind,
		  const SfmKeyColumns *key, const SfmMappedColumn *column,
		  List *constraints)
{
	ListCell   *cell;

	foreach(cell, constraints)
	{
		const SfmConstraint *constraint = lfirst(cell);

		if (constraint->kind == kind && constraint->name != NULL &&
			(column != NULL ?
			 list_length(key->columns) == 1 &&
			 linitial(key->columns) == column :
			 is_named_so(table, key, constraint->columns)))
			return constraint->name;
	}
	return NULL;
}

/*
 * key_name
 *		The name of a key, quoted, behind the word CONSTRAINT; "" if SQLite
 *		has none.  It is the name of an index, too.
 */
static char *
key_name(SfmPlan *plan, SfmMappedTable *table, const char *kind,
		 const SfmKeyColumns *key)
{
	SfmCreateTable *definition = sfm_definition(table);
	SfmConstraintKind sought = strcmp(kind, "UNIQUE") == 0 ?
		SFM_CONSTRAINT_UNIQUE : SFM_CONSTRAINT_PRIMARY_KEY;
	const SfmName *name;
	char	   *lower;
	ListCell   *cell;

	if (definition == NULL)
		return "";
	name = find_name(table, sought, key, NULL, definition->constraints);
	foreach(cell, definition->columns)
	{
		const SfmColumnDef *column = lfirst(cell);

		if (name == NULL)
			name = find_name(table, sought, key,
							 sfm_mapped_column_named(table,
													 column->name->text),
							 column->constraints);
	}
	lower = sfm_constraint_name(table, name);
	if (lower == NULL)
		return "";
	return psprintf("CONSTRAINT %s ",
					quote_identifier(sfm_names_add(plan->names, lower, lower)));
}

/*
 * plan_folded_key
 *		The unique index that stands beside a constraint, or for it.
 */
static void
plan_folded_key(SfmPlan *plan, SfmMappedTable *table,
				const SfmKeyColumns *key)
{
	const SfmMappedColumn *first = linitial(key->columns);
	char	   *usual = makeObjectName(table->name, first->name, "unique");
	char	   *name = sfm_names_add(plan->names, usual, usual);
	SfmStep    *step;

	step = sfm_plan_step(plan, SFM_PHASE_INDEX, table, name,
						 sfm_index_statement(plan, table, true, name,
											 key->sql.data, NULL),
						 key->cased ?
						 "in the place of a constraint, for SQLite tells capitals apart here and citext does not" :
						 "beside the constraint on the columns, for SQLite takes more values for equal than their types do");
	step->measure = name;
}

/*
 * plan_key
 *		ALTER TABLE ... ADD PRIMARY KEY or UNIQUE.  Returns its step, or NULL.
 */
static SfmStep *
plan_key(SfmPlan *plan, SfmMappedTable *table, const char *kind,
		 const SfmKeyColumns *key)
{
	StringInfoData sql;
	char	   *object = psprintf("%s(%s)", table->name, key->names.data);
	const char *note = sfm_key_note(key);
	const char *name;

	if (key->problem != NULL)
	{
		sfm_plan_step(plan, SFM_PHASE_CONSTRAINT, table, object, NULL,
					  psprintf("%s is left out, for %s", kind, key->problem));
		return NULL;
	}
	if (key->folded)
		plan_folded_key(plan, table, key);
	if (key->cased)
		return NULL;

	name = key_name(plan, table, kind, key);
	if (strcmp(kind, "PRIMARY KEY") == 0)
	{
		char	   *null_note = null_key_note(table);

		if (null_note != NULL)
		{
			kind = "UNIQUE";
			note = note == NULL ? null_note :
				psprintf("%s; %s", null_note, note);
		}
	}
	initStringInfo(&sql);
	appendStringInfo(&sql, "ALTER TABLE %s ADD %s%s (%s)",
					 sfm_target_name(plan, table->name), name, kind,
					 key->bare.data);
	if (plan->options->tablespace != NULL)
		appendStringInfo(&sql, " USING INDEX TABLESPACE %s",
						 quote_identifier(plan->options->tablespace));
	return sfm_plan_step(plan, SFM_PHASE_CONSTRAINT, table, object, sql.data,
						 note);
}

/*
 * plan_primary_key
 *		The primary key, in the order in which it names its columns.  Returns
 *		its step, or NULL.
 */
static SfmStep *
plan_primary_key(SfmPlan *plan, SfmMappedTable *table, SfmKeyColumns *key)
{
	const SfmTable *source = table->source;
	ListCell   *cell;

	/* its index, if it has one, knows the collations, too */
	foreach(cell, source->indexes)
	{
		SfmIndex   *index = lfirst(cell);

		if (index->origin == 'p')
		{
			add_index_columns(key, table, index);
			return plan_key(plan, table, "PRIMARY KEY", key);
		}
	}
	for (int position = 1; position <= source->nkeys; position++)
	{
		for (int i = 0; i < source->ncolumns && key->problem == NULL; i++)
		{
			if (source->columns[i].key_position == position)
				sfm_add_key_column(key, table, i, "BINARY", false, NULL);
		}
	}
	if (key->count > 0 || key->problem != NULL)
		return plan_key(plan, table, "PRIMARY KEY", key);
	return NULL;
}

/* Do two lists of SfmMappedColumn * hold the same columns in one order? */
static bool
same_columns(List *a, List *b)
{
	ListCell   *cell;
	ListCell   *other;

	forboth(cell, a, other, b)
	{
		if (lfirst(cell) != lfirst(other))
			return false;
	}
	return list_length(a) == list_length(b);
}

/*
 * sfm_plan_keys
 *		The primary key and what UNIQUE in CREATE TABLE made.
 */
void
sfm_plan_keys(SfmPlan *plan, SfmMappedTable *table)
{
	SfmKeyColumns primary;
	SfmStep    *step;
	ListCell   *cell;

	if (table->source == NULL)
		return;
	sfm_init_key_columns(&primary);
	step = plan_primary_key(plan, table, &primary);
	foreach(cell, table->source->indexes)
	{
		SfmIndex   *index = lfirst(cell);
		SfmKeyColumns key;

		if (index->origin != 'u')
			continue;
		sfm_init_key_columns(&key);
		add_index_columns(&key, table, index);
		if (step != NULL && key.problem == NULL && !key.folded &&
			same_columns(key.columns, primary.columns))
			step->note = psprintf("%s%sUNIQUE (%s) says the same and is left out",
								  step->note != NULL ? step->note : "",
								  step->note != NULL ? "; " : "",
								  key.names.data);
		else
			plan_key(plan, table, "UNIQUE", &key);
	}
}
