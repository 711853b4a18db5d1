/*-------------------------------------------------------------------------
 *
 * plan_indexes.c
 *	  Indexes, made after the load; and the members of indexes and keys.
 *
 * Partial indexes and indexes on expressions are translated (immutable
 * functions only), and tried.
 *
 * Collations.  BINARY is what PostgreSQL's types do.  NOCASE is what citext
 * does; a text column that SQLite compares so has an index on lower(column
 * COLLATE "C") instead, which folds ASCII letters as NOCASE does: so a unique
 * index keeps 'a' and 'A' apart no less than in SQLite, and comparisons that
 * were translated from SQLite find it.  RTRIM becomes rtrim(column, ' ').
 * Other collations SQLite itself does not know: they are left out with a note.
 * The other way round, a unique index of SQLite that tells capitals apart, on a
 * column that became citext, is on column::text, unless no two rows differ by
 * capitals alone: then the type may have its way.
 *
 * What cannot be made is a step without a statement and a note.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_am.h"
#include "commands/defrem.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "parser/scansup.h"
#include "utils/builtins.h"

#include "plan_keys.h"

/* ------------------------------------------------------------------------
 * Members
 * ------------------------------------------------------------------------
 */
void
sfm_init_key_columns(SfmKeyColumns *key)
{
	memset(key, 0, sizeof(SfmKeyColumns));
	initStringInfo(&key->sql);
	initStringInfo(&key->bare);
	initStringInfo(&key->names);
	initStringInfo(&key->notes);
}

/* What is to be said about the members, or NULL. */
const char *
sfm_key_note(const SfmKeyColumns *key)
{
	return key->notes.len > 0 ? key->notes.data : NULL;
}

/* Adds a sentence to sfm_key_note(). */
static void
add_key_note(SfmKeyColumns *key, const char *note)
{
	appendStringInfo(&key->notes, "%s%s", key->notes.len > 0 ? "; " : "",
					 note);
}

/* Adds a member; "column" may be NULL. */
static void
add_member(SfmKeyColumns *key, SfmMappedColumn *column, const char *sql,
		   const char *name, bool descending)
{
	const char *comma = key->count > 0 ? ", " : "";

	appendStringInfo(&key->sql, "%s%s%s", comma, sql,
					 descending ? " DESC" : "");
	if (column != NULL)
	{
		appendStringInfo(&key->bare, "%s%s", comma,
						 quote_identifier(column->name));
		key->columns = lappend(key->columns, column);
	}
	appendStringInfo(&key->names, "%s%s", comma, name);
	key->count++;
	if (key->count > INDEX_MAX_KEYS)
		key->problem = psprintf("it has more than %d columns", INDEX_MAX_KEYS);
}

/*
 * folded_column
 *		The expression that has to stand for a column in an index with this
 *		collation, or NULL if the column itself will do.
 *
 *		"index" is SQLite's, if it is unique; else NULL.
 */
static char *
folded_column(const SfmMappedTable *table, const SfmMappedColumn *column,
			  const char *collation, const SfmIndex *index, bool *cased)
{
	const char *name = quote_identifier(column->name);
	bool		citext = sfm_is_citext(column->type);

	*cased = false;
	if (TypeCategory(column->type) != TYPCATEGORY_STRING)
		return NULL;
	switch (sfm_collation_kind(collation))
	{
		case SFM_COLLATION_BINARY:
			if (!citext || index == NULL)
				return NULL;
			if ((column->source == NULL ||
				 sfm_collation_kind(column->source->collation) ==
				 SFM_COLLATION_BINARY) &&
				!sfm_has_duplicates(sfm_server_connection(table->serverid),
									table->source, index))
				return NULL;
			*cased = true;
			return psprintf("(%s::text)", name);
		case SFM_COLLATION_NOCASE:
			return citext ? NULL : psprintf("lower(%s COLLATE \"C\")", name);
		case SFM_COLLATION_RTRIM:
			return citext ? psprintf("rtrim(%s::text, ' ')", name) :
				psprintf("rtrim(%s, ' ')", name);
		default:
			return NULL;
	}
}

/*
 * sfm_add_key_column
 *		Adds the column at a place of the SQLite table.  "index" is the unique
 *		index or key of SQLite that it belongs to, or NULL.
 */
void
sfm_add_key_column(SfmKeyColumns *key, const SfmMappedTable *table, int place,
				   const char *collation, bool descending,
				   const SfmIndex *index)
{
	SfmMappedColumn *column;
	char	   *folded;
	bool		cased;

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
	if (TypeCategory(column->type) == TYPCATEGORY_STRING &&
		sfm_collation_kind(collation) == SFM_COLLATION_UNKNOWN)
		add_key_note(key, psprintf("collation %s of column \"%s\" is left out: values are compared as they are",
								   collation, column->name));
	folded = folded_column(table, column, collation, index, &cased);
	key->folded |= folded != NULL;
	key->cased |= cased;
	add_member(key, column,
			   folded != NULL ? folded : quote_identifier(column->name),
			   column->name, descending);
}

/*
 * sfm_index_is_plain
 *		Does a unique index of SQLite become one on the columns themselves?
 */
bool
sfm_index_is_plain(const SfmMappedTable *table, const SfmIndex *index)
{
	SfmKeyColumns key;

	if (index->partial || index->has_expression)
		return false;
	sfm_init_key_columns(&key);
	for (int i = 0; i < index->ncolumns && key.problem == NULL; i++)
		sfm_add_key_column(&key, table, index->columns[i].column,
						   index->columns[i].collation, false,
						   index->unique ? index : NULL);

	/* beside a constraint on expressions there is one on the columns */
	return key.problem == NULL && !key.cased &&
		(!key.folded || index->origin != 'c');
}

/* ------------------------------------------------------------------------
 * CREATE INDEX
 * ------------------------------------------------------------------------
 */

/* An index while it is put together. */
typedef struct IndexPlan
{
	SfmPlan    *plan;
	SfmMappedTable *table;
	const SfmIndex *index;
	SfmCreateIndex *definition; /* read if it is partial or has expressions */
	SfmTranslation *translation;	/* likewise */
	SfmScope   *scope;
	SfmKeyColumns key;
	char	   *predicate;		/* or NULL */
} IndexPlan;

/*
 * read_definition
 *		Reads the tree of an index that no PRAGMA tells whole.
 */
static void
read_definition(IndexPlan *work)
{
	char	   *error = "it has no text";
	SfmNode    *node = work->index->sql != NULL ?
		sfm_parse(work->index->sql, &error) : NULL;
	SfmRelation *relation;

	if (node == NULL || node->kind != SFM_NODE_CREATE_INDEX ||
		list_length(((SfmCreateIndex *) node)->columns) != work->index->ncolumns)
	{
		work->key.problem = psprintf("its definition cannot be read: %s",
									 error);
		return;
	}
	work->definition = (SfmCreateIndex *) node;
	work->translation = sfm_plan_translation(work->plan, work->table->serverid,
											 work->index->sql);
	work->translation->immutable = true;
	work->translation->lasting = true;
	relation = sfm_plan_relation(work->translation, work->table);
	work->scope = sfm_relation_scope(relation, work->table->sqlite_name, NULL);
	work->key.translated = true;
}

/*
 * add_expression
 *		Adds an expression, the member at a place of the index.
 */
static void
add_expression(IndexPlan *work, int place)
{
	SfmTranslation *translation = work->translation;
	const SfmOrderTerm *term = list_nth(work->definition->columns, place);
	const SfmIndexColumn *column = &work->index->columns[place];
	SfmSql	   *value = sfm_translate_expression(translation, work->scope,
												 term->expression);
	bool		moment;
	char	   *sql;

	if (translation->problem != NULL)
	{
		work->key.problem = translation->problem;
		return;
	}
	if (value->type == UNKNOWNOID ||
		!OidIsValid(GetDefaultOpClass(value->type, BTREE_AM_OID)))
	{
		work->key.problem = psprintf("type %s of its expression has no b-tree order",
									 sfm_type_name(value->type, -1));
		return;
	}
	/* views compare such texts as dates and times */
	moment = value->moment != NULL &&
		(value->form == SFM_FORM_DATE || value->form == SFM_FORM_TIME ||
		 value->form == SFM_FORM_BLANK || value->form == SFM_FORM_T);
	sql = psprintf("(%s)", moment ? value->moment : value->sql);
	if (!moment && TypeCategory(value->type) == TYPCATEGORY_STRING)
	{
		switch (sfm_collation_kind(column->collation))
		{
			case SFM_COLLATION_BINARY:
				break;
			case SFM_COLLATION_NOCASE:
				if (!sfm_is_citext(value->type))
					sql = psprintf("lower(%s COLLATE \"C\")", sql);
				break;
			case SFM_COLLATION_RTRIM:
				sql = psprintf("rtrim(%s, ' ')", sql);
				break;
			default:
				add_key_note(&work->key,
							 psprintf("collation %s is left out: values are compared as they are",
									  column->collation));
		}
	}
	add_member(&work->key, NULL, sql, "(expression)", column->descending);
}

/* Adds all members of an index, and its WHERE. */
static void
add_members(IndexPlan *work)
{
	const SfmIndex *index = work->index;
	SfmKeyColumns *key = &work->key;
	SfmSql	   *condition;

	if (index->partial || index->has_expression)
		read_definition(work);
	for (int i = 0; i < index->ncolumns && key->problem == NULL; i++)
	{
		const SfmIndexColumn *column = &index->columns[i];

		if (column->column == -2)
			add_expression(work, i);
		else
			sfm_add_key_column(key, work->table, column->column,
							   column->collation, column->descending,
							   index->unique ? index : NULL);
	}
	if (key->problem != NULL || !index->partial)
		return;
	condition = sfm_translate_expression(work->translation, work->scope,
										 work->definition->where);
	if (work->translation->problem == NULL)
		condition = sfm_as_condition(work->translation,
									 work->definition->where, condition);
	key->problem = work->translation->problem;
	work->predicate = condition->sql;
}

/*
 * sfm_index_statement
 *		CREATE INDEX.  Palloc'd.
 */
char *
sfm_index_statement(const SfmPlan *plan, const SfmMappedTable *table,
					bool unique, const char *name, const char *members,
					const char *predicate)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE %sINDEX %s ON %s (%s)",
					 unique ? "UNIQUE " : "", quote_identifier(name),
					 sfm_target_name(plan, table->name), members);
	if (plan->options->tablespace != NULL)
		appendStringInfo(&sql, " TABLESPACE %s",
						 quote_identifier(plan->options->tablespace));
	if (predicate != NULL)
		appendStringInfo(&sql, " WHERE %s", predicate);
	return sql.data;
}

/*
 * plan_index
 *		One index, or a note why there is none.
 */
static void
plan_index(SfmPlan *plan, SfmMappedTable *table, const SfmIndex *index)
{
	IndexPlan	work = {.plan = plan,.table = table,.index = index};
	SfmKeyColumns *key = &work.key;
	char	   *name = NULL;
	char	   *sql = NULL;
	SfmStep    *step;

	sfm_init_key_columns(key);
	add_members(&work);
	if (key->problem == NULL)
	{
		name = downcase_identifier(index->name, (int) strlen(index->name),
								   false, false);
		name = sfm_names_add(plan->names, name,
							 makeObjectName(table->name, NULL, "idx"));
		sql = sfm_index_statement(plan, table, index->unique, name,
								  key->sql.data, work.predicate);
		if (key->translated)
		{
			char	   *remarks = sfm_plan_remarks(work.translation);

			if (remarks != NULL)
				add_key_note(key, remarks);
			(void) sfm_try_statement(plan, list_make1(table->relation), sql,
									 &key->problem);
		}
	}
	if (key->problem != NULL)
	{
		sfm_plan_step(plan, SFM_PHASE_INDEX, table, index->name, NULL,
					  psprintf("index is left out, for %s: %s", key->problem,
							   index->sql != NULL ? index->sql : index->name));
		return;
	}
	step = sfm_plan_step(plan, SFM_PHASE_INDEX, table, name, sql,
						 sfm_key_note(key));
	step->measure = name;
}

/*
 * sfm_plan_indexes
 *		What CREATE INDEX made in SQLite, and an index of the words of a
 *		full-text table.
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

		CHECK_FOR_INTERRUPTS();
		if (index->origin == 'c')
			plan_index(plan, table, index);
	}
	sfm_plan_document_index(plan, table);
}
