/*-------------------------------------------------------------------------
 *
 * plan_notes.c
 *	  What a CREATE TABLE of SQLite says that PostgreSQL has no words for.
 *
 * Conflict clauses, collations: each is a step without a statement,
 * with the original text.  Notes about a default, a CHECK, a generated column,
 * a key or an index stand where these are planned.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "parser/parse_coerce.h"
#include "utils/builtins.h"

#include "sqlite/syntax.h"

#include "migrate.h"

/* The table whose definition is looked at, and where we are. */
typedef struct Reader
{
	SfmPlan    *plan;
	SfmMappedTable *table;
	const char *column;			/* PostgreSQL's name of the column, or NULL in
								 * a table constraint */
	const SfmMappedColumn *mapped;	/* the column, or NULL */
} Reader;

/* The original text between two bytes. */
static char *
original_text(const Reader *reader, int start, int end)
{
	return pnstrdup(reader->table->source->sql + start, end - start);
}

/* Adds a note about the column, or else the table, that is being read. */
static void
add_note(const Reader *reader, const char *note)
{
	const char *table = reader->table->name;

	sfm_plan_step(reader->plan, SFM_PHASE_TABLE, reader->table,
				  reader->column != NULL ?
				  psprintf("%s.%s", table, reader->column) : table,
				  NULL, note);
}

/*
 * note_collation
 *		Says that PostgreSQL compares the texts of a column in another way than
 *		SQLite, if so.
 */
static void
note_collation(const Reader *reader, const char *collation)
{
	Oid			type;

	if (reader->mapped == NULL ||
		sfm_collation_kind(collation) == SFM_COLLATION_BINARY)
		return;
	type = reader->mapped->type;
	if (TypeCategory(type) != TYPCATEGORY_STRING)
		return;
	switch (sfm_collation_kind(collation))
	{
		case SFM_COLLATION_NOCASE:
			if (sfm_is_citext(type))
				break;
			add_note(reader,
					 psprintf("COLLATE NOCASE is left out, for type %s compares capitals: unique keys and indexes are on lower(%s COLLATE \"C\"), and queries have to say so, too; %s",
							  sfm_type_name(reader->mapped->type,
											reader->mapped->typmod),
							  quote_identifier(reader->mapped->name),
							  OidIsValid(sfm_find_citext()) ?
							  "in the foreign table, type citext makes the column compare as in SQLite" :
							  "with CREATE EXTENSION citext before the import, the column itself compares as in SQLite"));
			break;
		case SFM_COLLATION_RTRIM:
			add_note(reader,
					 psprintf("COLLATE RTRIM is left out: unique keys and indexes are on rtrim(%s, ' '), and queries have to say so, too",
							  quote_identifier(reader->mapped->name)));
			break;
		default:
			add_note(reader,
					 psprintf("collation is left out, for SQLite itself does not know it: COLLATE %s",
							  collation));
			break;
	}
}

/* Adds what is to be said about one constraint of a column or the table. */
static void
note_constraint(const Reader *reader, const SfmConstraint *constraint)
{
	switch (constraint->kind)
	{
		case SFM_CONSTRAINT_COLLATE:
			note_collation(reader, constraint->collation->text);
			break;
		default:
			break;
	}

	/* ABORT is what PostgreSQL does anyway */
	if (constraint->conflict != SFM_CONFLICT_NONE &&
		constraint->conflict != SFM_CONFLICT_ABORT)
		add_note(reader,
				 psprintf("conflict clause has no counterpart: %s",
						  original_text(reader, constraint->conflict_position,
										constraint->conflict_end)));
}

/* Adds what is to be said about a table's columns and constraints. */
static void
note_definition(Reader *reader, const SfmCreateTable *definition)
{
	ListCell   *cell;

	foreach(cell, definition->columns)
	{
		const SfmColumnDef *column = lfirst(cell);
		SfmMappedColumn *mapped = sfm_mapped_column_named(reader->table,
														  column->name->text);
		ListCell   *inner;

		reader->column = mapped != NULL ? mapped->name : column->name->text;
		reader->mapped = mapped;
		foreach(inner, column->constraints)
			note_constraint(reader, lfirst(inner));
	}

	reader->column = NULL;
	reader->mapped = NULL;
	foreach(cell, definition->constraints)
		note_constraint(reader, lfirst(cell));
}

/*
 * sfm_plan_notes
 *		Adds a step without statement for each thing of the table's SQL text
 *		that is not translated.
 */
void
sfm_plan_notes(SfmPlan *plan, SfmMappedTable *table)
{
	Reader		reader = {.plan = plan,.table = table};
	SfmCreateTable *definition;

	if (table->source == NULL)
		return;
	if (table->source->unreadable > 0)
		add_note(&reader, psprintf("%d texts of its definition (its SQL, or names of indexes or of parents of foreign keys) cannot be represented in the database encoding: what they define is left out",
								   table->source->unreadable));
	definition = sfm_definition(table);
	if (definition != NULL)
		note_definition(&reader, definition);
	else if (table->definition_error != NULL)
		add_note(&reader, psprintf("definition %s: its checks, names of constraints and generated columns are left out",
								   table->definition_error));
}
