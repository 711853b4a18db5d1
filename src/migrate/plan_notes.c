/*-------------------------------------------------------------------------
 *
 * plan_notes.c
 *	  What a CREATE TABLE of SQLite says that the plan does not say yet.
 *
 * Some of it no PRAGMA tells (CHECK, COLLATE of a column, ON CONFLICT, when a
 * foreign key is checked), so it is taken from the tree of the table's SQL.
 * Each thing found is a step without a statement, with the original text.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "sqlite/syntax.h"

#include "migrate.h"

/* The table whose definition is looked at, and where we are. */
typedef struct Reader
{
	SfmPlan    *plan;
	SfmMappedTable *table;
	const char *column;			/* PostgreSQL's name of the column, or NULL in
								 * a table constraint */
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

/* Adds what is to be said about one constraint of a column or the table. */
static void
note_constraint(const Reader *reader, const SfmConstraint *constraint)
{
	char	   *text = original_text(reader, constraint->node.position,
									 constraint->node.end);

	switch (constraint->kind)
	{
		case SFM_CONSTRAINT_CHECK:
			add_note(reader,
					 psprintf("constraint is not translated yet: %s", text));
			break;
		case SFM_CONSTRAINT_COLLATE:
			if (pg_strcasecmp(constraint->collation->text, "BINARY") != 0)
				add_note(reader,
						 psprintf("collation is not translated yet: COLLATE %s",
								  constraint->collation->text));
			break;
		case SFM_CONSTRAINT_GENERATED:
			add_note(reader,
					 psprintf("generated column becomes a plain column with its present data: %s",
							  text));
			break;
		case SFM_CONSTRAINT_FOREIGN_KEY:
			if (constraint->deferred)
				add_note(reader,
						 "DEFERRABLE INITIALLY DEFERRED is not translated yet: the foreign key is checked at once");
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
		foreach(inner, column->constraints)
			note_constraint(reader, lfirst(inner));
	}

	reader->column = NULL;
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
	SfmNode    *definition;
	char	   *error;

	if (table->source == NULL)
		return;
	if (table->source->unreadable > 0)
		add_note(&reader, psprintf("%d texts of its definition (its SQL, or names of indexes or of parents of foreign keys) cannot be represented in the database encoding: what they define is left out",
								   table->source->unreadable));
	if (table->source->sql == NULL)
		return;
	if (table->source->kind == SFM_KIND_VIRTUAL)
	{
		add_note(&reader, psprintf("virtual table becomes a plain table with its present data: %s",
								   table->source->sql));
		return;
	}

	definition = sfm_parse(table->source->sql, &error);
	if (definition == NULL)
		add_note(&reader, psprintf("definition %s: its checks, collations and generated columns are left out",
								   error));
	else if (definition->kind == SFM_NODE_CREATE_TABLE)
		note_definition(&reader, (SfmCreateTable *) definition);
}
