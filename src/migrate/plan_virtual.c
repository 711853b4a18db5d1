/*-------------------------------------------------------------------------
 *
 * plan_virtual.c
 *	  Virtual tables: what their modules did, as far as PostgreSQL does it.
 *
 * A virtual table becomes an ordinary table with its present data.
 *
 * FTS3, FTS4, FTS5: the columns, the rowid as a column and key (it is how
 * triggers and queries name a row), and a column of type tsvector that
 * PostgreSQL generates from the texts, with a GIN index, which
 *		WHERE tsv @@ websearch_to_tsquery('simple', 'words')
 * uses.  The configuration "simple" folds capitals and knows no language, as
 * SQLite's own tokenizers; where SQLite has the stemmer "porter", which is
 * English, the configuration is "english".  A table with external content
 * (content='posts') gets a copy of it, which the triggers that come along keep
 * up to date; one without content has nothing that could be copied but its
 * rowids.
 *
 * R-Tree: the columns, the first one a primary key.
 *
 * Other modules are not ours to know.  A module that SQLite itself does not
 * have here keeps its table from being read: that is a note.  Shadow tables, in
 * which modules keep their data, are never part of a mapping.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "commands/defrem.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"

#include "sqlite/lexer.h"

#include "migrate.h"

/* Documents longer than this, in characters, are not indexed to their end */
#define LONGEST_DOCUMENT 250000

/* What the arguments of a full-text table say. */
typedef struct Fulltext
{
	bool		porter;			/* English stemmer */
	char	   *content;		/* table with the rows, or NULL */
	bool		contentless;
	List	   *unindexed;		/* of char *: columns */
} Fulltext;

/*
 * sfm_is_fts
 *		Does the foreign table stand for a full-text table?
 */
bool
sfm_is_fts(const SfmMappedTable *table)
{
	return table->source != NULL && sfm_is_fulltext(table->source);
}

/* Does a text begin with a word, whatever its capitals and blanks before? */
static const char *
after_word(const char *text, const char *word)
{
	text += strspn(text, " \t\r\n");
	if (pg_strncasecmp(text, word, strlen(word)) != 0)
		return NULL;
	text += strlen(word);
	return text + strspn(text, " \t\r\n");
}

/* Reads one argument, "name = value", "column" or "column UNINDEXED". */
static void
read_argument(Fulltext *fulltext, const char *argument)
{
	List	   *tokens = sfm_lex(argument);
	SfmToken   *first = linitial(tokens);
	SfmToken   *second = list_length(tokens) > 2 ? lsecond(tokens) : NULL;
	const char *value;

	if (second != NULL && sfm_token_is_word(second, "UNINDEXED"))
		fulltext->unindexed = lappend(fulltext->unindexed, first->text);
	if (second == NULL || second->kind != SFM_TOKEN_EQ)
		return;
	value = argument + second->position + second->length;
	if (after_word(argument, "tokenize") != NULL &&
		strcasestr(value, "porter") != NULL)
		fulltext->porter = true;
	else if (after_word(argument, "notindexed") != NULL)
		fulltext->unindexed = lappend(fulltext->unindexed,
									  ((SfmToken *) lthird(tokens))->text);
	else if (sfm_token_is_word(first, "content"))
	{
		fulltext->content = ((SfmToken *) lthird(tokens))->text;
		fulltext->contentless = fulltext->content[0] == '\0';
	}
}

/* Reads the arguments of a full-text table. */
static void
read_arguments(const SfmMappedTable *table, Fulltext *fulltext)
{
	char	   *error;
	SfmNode    *node = table->source->sql != NULL ?
		sfm_parse(table->source->sql, &error) : NULL;
	ListCell   *cell;

	memset(fulltext, 0, sizeof(Fulltext));
	if (node == NULL || node->kind != SFM_NODE_CREATE_VIRTUAL)
		return;
	foreach(cell, ((SfmCreateVirtual *) node)->arguments)
		read_argument(fulltext, lfirst(cell));
}

/* Is a column's name in a list of names? */
static bool
is_among(List *names, const char *name)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		if (sfm_same_name(lfirst(cell), name))
			return true;
	}
	return false;
}

/* Has the table's longest document more characters than we want to index? */
static bool
is_long(const SfmMappedTable *table, List *columns)
{
	StringInfoData sql;
	SfmStatement *statement;
	bool		found;
	ListCell   *cell;

	initStringInfo(&sql);
	appendStringInfo(&sql, "SELECT 1 FROM main.%s WHERE 0",
					 sfm_quote_sqlite(table->source->name));
	foreach(cell, columns)
		appendStringInfo(&sql, " + coalesce(length(%s), 0)",
						 sfm_quote_sqlite(((SfmMappedColumn *) lfirst(cell))->sqlite_name));
	appendStringInfo(&sql, " > %d LIMIT 1", LONGEST_DOCUMENT);
	if (sfm_try_prepare(sfm_server_connection(table->serverid), sql.data,
						&statement) != SQLITE_OK)
		return false;
	found = sqlite3_step(statement->stmt) == SQLITE_ROW;
	sfm_finalize(statement);
	return found;
}

/*
 * sfm_plan_document
 *		The column with the words of a full-text table, as CREATE TABLE has it.
 *		NULL for other tables, and where there are no texts.  Palloc'd.
 */
char *
sfm_plan_document(SfmPlan *plan, SfmMappedTable *table)
{
	Fulltext	fulltext;
	SfmNames   *names = sfm_names_create(SFM_NAMES_PRESERVE);
	StringInfoData text;
	List	   *columns = NIL;

	if (!sfm_is_fts(table))
		return NULL;
	read_arguments(table, &fulltext);
	initStringInfo(&text);
	for (int i = 0; i < table->ncolumns; i++)
	{
		SfmMappedColumn *column = &table->columns[i];

		sfm_names_reserve(names, column->name);
		if (TypeCategory(column->type) != TYPCATEGORY_STRING ||
			is_among(fulltext.unindexed, column->sqlite_name))
			continue;
		appendStringInfo(&text, "%scoalesce(%s, '')",
						 columns != NIL ? " || ' ' || " : "",
						 quote_identifier(column->name));
		columns = lappend(columns, column);
	}
	if (columns == NIL)
		return NULL;
	table->document = sfm_names_add(names, "tsv", "tsv");
	if (is_long(table, columns))
	{
		char	   *whole = text.data;

		initStringInfo(&text);
		appendStringInfo(&text, "left(%s, %d)", whole, LONGEST_DOCUMENT);
		sfm_plan_step(plan, SFM_PHASE_TABLE, table,
					  psprintf("%s.%s", table->name, table->document), NULL,
					  psprintf("texts have more than %d characters: words behind are not indexed, for a tsvector has a limit",
							   LONGEST_DOCUMENT));
	}
	return psprintf("%s tsvector GENERATED ALWAYS AS (to_tsvector('%s'::regconfig, %s)) STORED",
					quote_identifier(table->document),
					fulltext.porter ? "pg_catalog.english" : "pg_catalog.simple",
					text.data);
}

/*
 * sfm_plan_document_index
 *		The GIN index on that column.
 */
void
sfm_plan_document_index(SfmPlan *plan, SfmMappedTable *table)
{
	char	   *usual;
	char	   *name;
	SfmStep    *step;

	if (table->document == NULL)
		return;
	usual = makeObjectName(table->name, table->document, "idx");
	name = sfm_names_add(plan->names, usual, usual);
	step = sfm_plan_step(plan, SFM_PHASE_INDEX, table, name,
						 psprintf("CREATE INDEX %s ON %s USING gin (%s)%s%s",
								  quote_identifier(name),
								  sfm_target_name(plan, table->name),
								  quote_identifier(table->document),
								  plan->options->tablespace != NULL ?
								  " TABLESPACE " : "",
								  plan->options->tablespace != NULL ?
								  quote_identifier(plan->options->tablespace) :
								  ""), NULL);
	step->measure = name;
}

/*
 * sfm_virtual_note
 *		What has become of a virtual table, for the step that makes it; NULL
 *		for other tables.  *lost is set if SQLite has something of it that
 *		does not come over.  Palloc'd.
 */
char *
sfm_virtual_note(const SfmMappedTable *table, bool *lost)
{
	const char *sql;
	Fulltext	fulltext;
	char	   *note;

	*lost = false;
	if (table->source == NULL || table->source->kind != SFM_KIND_VIRTUAL)
		return NULL;
	sql = table->source->sql != NULL ? table->source->sql : "(no text)";
	if (!sfm_is_fts(table))
		return psprintf("virtual table becomes a plain table with its present data: %s",
						sql);
	read_arguments(table, &fulltext);
	note = psprintf("full-text table becomes a table with its texts%s",
					table->document != NULL ?
					psprintf(", their words in column \"%s\", to be searched with @@",
							 table->document) : "");
	if (fulltext.contentless)
	{
		note = psprintf("%s; SQLite keeps its words without the texts, so nothing is left of them",
						note);
		*lost = true;
	}
	else if (fulltext.content != NULL)
		note = psprintf("%s; the texts are a copy of those in \"%s\"", note,
						fulltext.content);
	return psprintf("%s: %s", note, sql);
}

/* Is there a foreign table for a table of the file? */
static bool
is_mapped(const SfmPlan *plan, Oid serverid, const char *name)
{
	ListCell   *cell;

	foreach(cell, plan->mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->serverid == serverid &&
			sqlite3_stricmp(sfm_mapping_source(table), name) == 0)
			return true;
	}
	return false;
}

/*
 * sfm_plan_absent
 *		Notes about the virtual tables that no mapping can hold, for SQLite
 *		lacks their modules.
 */
void
sfm_plan_absent(SfmPlan *plan)
{
	List	   *servers = NIL;
	ListCell   *cell;
	ListCell   *name_cell;

	foreach(cell, plan->mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->selected)
			servers = list_append_unique_oid(servers, table->serverid);
	}
	foreach(cell, servers)
	{
		Oid			serverid = lfirst_oid(cell);
		SfmConnection *connection = sfm_server_connection(serverid);
		int			unreadable;

		foreach(name_cell, sfm_catalog_names(connection, &unreadable))
		{
			SfmTableName *name = lfirst(name_cell);
			char	   *reason;

			if (name->kind != SFM_KIND_VIRTUAL ||
				is_mapped(plan, serverid, name->name) ||
				sfm_catalog_describe(connection, name->name, &reason) != NULL ||
				!sfm_name_selected(name->name, plan->options->include,
								   plan->options->exclude))
				continue;
			sfm_plan_step(plan, SFM_PHASE_TABLE, NULL, name->name, NULL,
						  psprintf("virtual table is left out, for SQLite cannot read it: %s",
								   reason));
		}
	}
}
