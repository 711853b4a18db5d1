/*-------------------------------------------------------------------------
 *
 * plan_notes.c
 *	  What a CREATE TABLE of SQLite says that the plan does not say yet.
 *
 * Some of it no PRAGMA tells (CHECK, COLLATE of a column, ON CONFLICT, when a
 * foreign key is checked), so the text is looked through token by token: not
 * understood, only cut into columns and constraints.  Each thing found is a
 * step without a statement, with the original text.
 *
 * A real grammar will take this file's place.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "sqlite/lexer.h"

#include "migrate.h"

/* The tokens of one CREATE TABLE, and where we are. */
typedef struct Reader
{
	SfmPlan    *plan;
	SfmMappedTable *table;
	const char *sql;
	SfmToken  **tokens;			/* ends with SFM_TOKEN_END */
	int			count;			/* without the end */
	const char *column;			/* PostgreSQL's name of the column, or NULL in
								 * a table constraint */
} Reader;

/* Is the token at a place this keyword?  False beyond the end. */
static bool
is_word(const Reader *reader, int place, const char *keyword)
{
	return place < reader->count &&
		sfm_token_is_word(reader->tokens[place], keyword);
}

/* Is the token at a place of this kind? */
static bool
is_kind(const Reader *reader, int place, SfmTokenKind kind)
{
	return place < reader->count && reader->tokens[place]->kind == kind;
}

/* The original text from one token to before another. */
static char *
text_between(const Reader *reader, int first, int end)
{
	const SfmToken *last;
	int			start;

	if (end <= first)
		return pstrdup("");
	last = reader->tokens[end - 1];
	start = reader->tokens[first]->position;
	return pnstrdup(reader->sql + start,
					last->position + last->length - start);
}

/* The place behind the parenthesis that closes the one at "place". */
static int
behind_parentheses(const Reader *reader, int place)
{
	int			depth = 0;

	for (; place < reader->count; place++)
	{
		if (is_kind(reader, place, SFM_TOKEN_LEFT))
			depth++;
		else if (is_kind(reader, place, SFM_TOKEN_RIGHT) && --depth == 0)
			return place + 1;
	}
	return place;
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

/* A generated column: "place" is the word AS. */
static int
note_generated(const Reader *reader, int place)
{
	int			end = behind_parentheses(reader, place + 1);

	add_note(reader,
			 psprintf("generated column becomes a plain column with its present data: %s",
					  text_between(reader, place, end)));
	return end;
}

/*
 * note_deferrable
 *		DEFERRABLE at "place".  "NOT DEFERRABLE" and "INITIALLY IMMEDIATE" are
 *		what the plan makes anyway.
 */
static int
note_deferrable(const Reader *reader, int place)
{
	bool		negated = place > 0 && is_word(reader, place - 1, "NOT");

	if (!negated && is_word(reader, place + 1, "INITIALLY") &&
		is_word(reader, place + 2, "DEFERRED"))
		add_note(reader,
				 "DEFERRABLE INITIALLY DEFERRED is not translated yet: the foreign key is checked at once");
	return place + 1;
}

/*
 * note_at
 *		Looks at one token of a column or constraint, and gives the place of
 *		the next one to look at.
 */
static int
note_at(const Reader *reader, int place)
{
	if (is_kind(reader, place, SFM_TOKEN_LEFT))
		return behind_parentheses(reader, place);
	if (is_word(reader, place, "CHECK") &&
		is_kind(reader, place + 1, SFM_TOKEN_LEFT))
	{
		int			end = behind_parentheses(reader, place + 1);

		add_note(reader, psprintf("constraint is not translated yet: %s",
								  text_between(reader, place, end)));
		return end;
	}
	if (is_word(reader, place, "DEFAULT"))
	{
		/* its value may be a word such as CHECK only in quotes or brackets */
		return is_kind(reader, place + 1, SFM_TOKEN_LEFT) ?
			behind_parentheses(reader, place + 1) : place + 2;
	}
	if (is_word(reader, place, "COLLATE") && place + 1 < reader->count)
	{
		const char *name = sfm_token_name(reader->tokens[place + 1]);

		if (pg_strcasecmp(name, "BINARY") != 0)
			add_note(reader,
					 psprintf("collation is not translated yet: COLLATE %s",
							  name));
		return place + 2;
	}
	if (is_word(reader, place, "AS") &&
		is_kind(reader, place + 1, SFM_TOKEN_LEFT))
		return note_generated(reader, place);
	if (is_word(reader, place, "ON") && is_word(reader, place + 1, "CONFLICT"))
	{
		if (!is_word(reader, place + 2, "ABORT"))
			add_note(reader,
					 psprintf("conflict clause has no counterpart: %s",
							  text_between(reader, place,
										   Min(place + 3, reader->count))));
		return place + 3;
	}
	if (is_word(reader, place, "DEFERRABLE"))
		return note_deferrable(reader, place);
	return place + 1;
}

/* Does a table constraint begin here, and not a column? */
static bool
begins_constraint(const Reader *reader, int place)
{
	return is_word(reader, place, "CONSTRAINT") ||
		is_word(reader, place, "PRIMARY") ||
		is_word(reader, place, "UNIQUE") ||
		is_word(reader, place, "CHECK") ||
		is_word(reader, place, "FOREIGN");
}

/* Begins a column or constraint at "place"; gives where to look on. */
static int
begin_item(Reader *reader, int place)
{
	const char *name;
	SfmMappedColumn *column;

	reader->column = NULL;
	if (place >= reader->count || begins_constraint(reader, place))
		return place;
	name = sfm_token_name(reader->tokens[place]);
	column = sfm_mapped_column_named(reader->table, name);
	reader->column = column != NULL ? column->name : name;
	return place + 1;
}

/*
 * read_definition
 *		Looks through all that stands in the outermost parentheses.
 */
static void
read_definition(Reader *reader)
{
	int			place = 0;

	while (place < reader->count && !is_kind(reader, place, SFM_TOKEN_LEFT))
		place++;
	place = begin_item(reader, place + 1);
	while (place < reader->count && !is_kind(reader, place, SFM_TOKEN_RIGHT))
	{
		if (is_kind(reader, place, SFM_TOKEN_COMMA))
			place = begin_item(reader, place + 1);
		else
			place = note_at(reader, place);
	}
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
	List	   *tokens;
	ListCell   *cell;

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

	tokens = sfm_lex(table->source->sql);
	reader.sql = table->source->sql;
	reader.count = list_length(tokens) - 1;
	reader.tokens = palloc_array(SfmToken *, list_length(tokens));
	foreach(cell, tokens)
		reader.tokens[foreach_current_index(cell)] = lfirst(cell);
	read_definition(&reader);
}
