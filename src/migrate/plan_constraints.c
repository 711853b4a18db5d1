/*-------------------------------------------------------------------------
 *
 * plan_constraints.c
 *	  Indexes, primary keys and UNIQUE constraints, made after the load.
 *
 * What cannot be made is a step without a statement and a note: partial and
 * expression indexes (no translation of expressions yet), columns that the
 * foreign table lacks, types without a b-tree order.  A collation other than
 * BINARY is left out with a note; for a unique index that means that values
 * which SQLite takes for equal, such as 'a' and 'A', are not.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"
#include "commands/defrem.h"
#include "parser/scansup.h"
#include "utils/builtins.h"

#include "migrate.h"

/* The columns of an index or key while they are put together. */
typedef struct KeyColumns
{
	StringInfoData sql;			/* quoted, comma between */
	StringInfoData names;		/* bare, for people */
	List	   *columns;		/* of SfmMappedColumn *, those in "sql" */
	StringInfoData collations;	/* notes about them */
	char	   *problem;		/* why it cannot be made, or NULL */
} KeyColumns;

static void
init_key_columns(KeyColumns *key)
{
	memset(key, 0, sizeof(KeyColumns));
	initStringInfo(&key->sql);
	initStringInfo(&key->names);
	initStringInfo(&key->collations);
}

/*
 * add_key_column
 *		Adds the column at a place of the SQLite table.
 */
static void
add_key_column(KeyColumns *key, const SfmMappedTable *table, int place,
			   bool descending)
{
	SfmMappedColumn *column;

	if (place == -1)
	{
		place = table->source->rowid_column;
		if (place < 0)
		{
			key->problem = "it holds the rowid, which is no column of the table";
			return;
		}
	}
	column = sfm_mapped_column(table, place);
	if (column == NULL)
	{
		key->problem = psprintf("the foreign table has no column for \"%s\"",
								table->source->columns[place].name);
		return;
	}
	if (!OidIsValid(GetDefaultOpClass(column->type, BTREE_AM_OID)))
	{
		key->problem = psprintf("type %s of column \"%s\" has no b-tree order",
								sfm_type_name(column->type, column->typmod),
								column->name);
		return;
	}
	if (key->columns != NIL)
	{
		appendStringInfoString(&key->sql, ", ");
		appendStringInfoString(&key->names, ", ");
	}
	appendStringInfo(&key->sql, "%s%s", quote_identifier(column->name),
					 descending ? " DESC" : "");
	appendStringInfoString(&key->names, column->name);
	key->columns = lappend(key->columns, column);
	if (list_length(key->columns) > INDEX_MAX_KEYS)
		key->problem = psprintf("it has more than %d columns", INDEX_MAX_KEYS);
}

/*
 * add_index_columns
 *		The columns of an index.  In a constraint a column that is named twice
 *		counts once, as PostgreSQL wants it.
 */
static void
add_index_columns(KeyColumns *key, const SfmMappedTable *table,
				  const SfmIndex *index, bool constraint)
{
	for (int i = 0; i < index->ncolumns && key->problem == NULL; i++)
	{
		const SfmIndexColumn *column = &index->columns[i];
		SfmMappedColumn *mapped = sfm_mapped_column(table, column->column);

		if (constraint && mapped != NULL &&
			list_member_ptr(key->columns, mapped))
			continue;
		add_key_column(key, table, column->column,
					   column->descending && !constraint);
		if (key->problem == NULL &&
			pg_strcasecmp(column->collation, "BINARY") != 0)
			appendStringInfo(&key->collations,
							 "%scollation %s of column \"%s\" is not translated yet: values are compared as they are",
							 key->collations.len > 0 ? "; " : "",
							 column->collation,
							 ((SfmMappedColumn *) llast(key->columns))->name);
	}
}

/* The notes about collations, or NULL. */
static const char *
collation_note(const KeyColumns *key)
{
	return key->collations.len > 0 ? key->collations.data : NULL;
}

/*
 * plan_index
 *		CREATE INDEX.
 */
static void
plan_index(SfmPlan *plan, SfmMappedTable *table, const SfmIndex *index)
{
	KeyColumns	key;
	StringInfoData sql;
	SfmStep    *step;
	char	   *name;
	const char *original = index->sql != NULL ? index->sql : index->name;

	init_key_columns(&key);
	if (index->partial)
		key.problem = "partial indexes are not translated yet";
	else if (index->has_expression)
		key.problem = "indexes on expressions are not translated yet";
	else
		add_index_columns(&key, table, index, false);
	if (key.problem != NULL)
	{
		sfm_plan_step(plan, SFM_PHASE_INDEX, table, index->name, NULL,
					  psprintf("index is left out, for %s: %s", key.problem,
							   original));
		return;
	}

	name = downcase_identifier(index->name, (int) strlen(index->name),
							   false, false);
	name = sfm_names_add(plan->names, name,
						 makeObjectName(table->name, NULL, "idx"));
	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE %sINDEX %s ON %s (%s)",
					 index->unique ? "UNIQUE " : "", quote_identifier(name),
					 sfm_target_name(plan, table->name), key.sql.data);
	if (plan->options->tablespace != NULL)
		appendStringInfo(&sql, " TABLESPACE %s",
						 quote_identifier(plan->options->tablespace));
	step = sfm_plan_step(plan, SFM_PHASE_INDEX, table, name, sql.data,
						 collation_note(&key));
	step->measure = name;
}

/*
 * sfm_plan_indexes
 *		What CREATE INDEX made in SQLite.
 */
void
sfm_plan_indexes(SfmPlan *plan, SfmMappedTable *table)
{
	ListCell   *cell;

	if (table->source == NULL)
		return;
	foreach(cell, table->source->indexes)
	{
		SfmIndex   *index = lfirst(cell);

		if (index->origin == 'c')
			plan_index(plan, table, index);
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
 * plan_key
 *		ALTER TABLE ... ADD PRIMARY KEY or UNIQUE; PostgreSQL gives the name.
 */
static void
plan_key(SfmPlan *plan, SfmMappedTable *table, const char *kind,
		 const KeyColumns *key)
{
	StringInfoData sql;
	char	   *object = psprintf("%s(%s)", table->name, key->names.data);
	const char *note = collation_note(key);

	if (key->problem != NULL)
	{
		sfm_plan_step(plan, SFM_PHASE_CONSTRAINT, table, object, NULL,
					  psprintf("%s is left out, for %s", kind, key->problem));
		return;
	}
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
	appendStringInfo(&sql, "ALTER TABLE %s ADD %s (%s)",
					 sfm_target_name(plan, table->name), kind, key->sql.data);
	if (plan->options->tablespace != NULL)
		appendStringInfo(&sql, " USING INDEX TABLESPACE %s",
						 quote_identifier(plan->options->tablespace));
	sfm_plan_step(plan, SFM_PHASE_CONSTRAINT, table, object, sql.data, note);
}

/* The primary key, in the order in which it names its columns. */
static void
plan_primary_key(SfmPlan *plan, SfmMappedTable *table)
{
	const SfmTable *source = table->source;
	KeyColumns	key;
	ListCell   *cell;

	init_key_columns(&key);

	/* its index, if it has one, knows the collations, too */
	foreach(cell, source->indexes)
	{
		SfmIndex   *index = lfirst(cell);

		if (index->origin == 'p')
		{
			add_index_columns(&key, table, index, true);
			plan_key(plan, table, "PRIMARY KEY", &key);
			return;
		}
	}
	for (int position = 1; position <= source->nkeys; position++)
	{
		for (int i = 0; i < source->ncolumns && key.problem == NULL; i++)
		{
			if (source->columns[i].key_position == position)
				add_key_column(&key, table, i, false);
		}
	}
	if (key.columns != NIL || key.problem != NULL)
		plan_key(plan, table, "PRIMARY KEY", &key);
}

/*
 * sfm_plan_keys
 *		The primary key and what UNIQUE in CREATE TABLE made.
 */
void
sfm_plan_keys(SfmPlan *plan, SfmMappedTable *table)
{
	ListCell   *cell;

	if (table->source == NULL)
		return;
	plan_primary_key(plan, table);
	foreach(cell, table->source->indexes)
	{
		SfmIndex   *index = lfirst(cell);
		KeyColumns	key;

		if (index->origin != 'u')
			continue;
		init_key_columns(&key);
		add_index_columns(&key, table, index, true);
		plan_key(plan, table, "UNIQUE", &key);
	}
}
