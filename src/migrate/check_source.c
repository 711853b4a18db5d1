/*-------------------------------------------------------------------------
 *
 * check_source.c
 *	  The SQLite file itself: is it sound, and what of it does the mapping
 *	  hold, under which names?
 *
 * PRAGMA quick_check finds damage, and values that a STRICT table should not
 * hold.  What it finds is a warning here: whether the rows can be read is seen
 * when they are read.  It does not look at CHECKs, for SQLite forgets them in a
 * file that is opened read-only; so they are cut out of the table's SQL text and
 * put to the rows.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <ctype.h>

#include "foreign/foreign.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "sqlite/lexer.h"

#include "check.h"

/* Rows of PRAGMA quick_check that are looked at */
#define QUICK_CHECK_ROWS 100

/* The servers of the mapping. */
static List *
servers_of(const SfmCheck *check)
{
	List	   *servers = NIL;
	ListCell   *cell;

	foreach(cell, check->mapping)
		servers = list_append_unique_oid(servers,
										 ((SfmMappedTable *) lfirst(cell))->serverid);
	return servers;
}

/* The mapped table that stands for a SQLite table, or NULL. */
static SfmMappedTable *
find_mapped(const SfmCheck *check, Oid serverid, const char *sqlite_name)
{
	ListCell   *cell;

	foreach(cell, check->mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->serverid == serverid &&
			sqlite3_stricmp(sfm_mapping_source(table), sqlite_name) == 0)
			return table;
	}
	return NULL;
}

/* ------------------------------------------------------------------------
 * CHECK constraints of SQLite
 * ------------------------------------------------------------------------
 */

/* The place behind the parenthesis that closes the one at "place". */
static int
behind_parentheses(List *tokens, int place)
{
	int			depth = 0;

	for (; place < list_length(tokens); place++)
	{
		SfmToken   *token = list_nth(tokens, place);

		if (token->kind == SFM_TOKEN_LEFT)
			depth++;
		else if (token->kind == SFM_TOKEN_RIGHT && --depth == 0)
			return place + 1;
	}
	return place;
}

/* A CHECK that is put to the rows, for sfm_try(). */
typedef struct BreakingRows
{
	SfmCheck   *check;
	const SfmMappedTable *table;
	char	   *expression;
} BreakingRows;

/*
 * count_breaking
 *		Rows for which a CHECK is false, counted by SQLite: a finding if there
 *		are any.  A CHECK that SQLite cannot evaluate (a function of the
 *		application) finds none.
 */
static void
count_breaking(void *argument)
{
	BreakingRows *work = argument;
	const SfmMappedTable *table = work->table;
	const char *rowid = sfm_rowid_name(table->source);
	SfmStatement *statement;

	if (sfm_try_prepare(sfm_server_connection(table->serverid),
						psprintf("SELECT count(*), min(%s) FROM main.%s WHERE NOT (%s)",
								 rowid != NULL ? sfm_quote_sqlite(rowid) :
								 "NULL",
								 sfm_quote_sqlite(table->source->name),
								 work->expression), &statement) != SQLITE_OK)
		return;
	if (sfm_step(statement) && sfm_column_int64(statement, 0) > 0)
		sfm_check_add(work->check, SFM_CHECK_WARNING, table->name, NULL,
					  psprintf("rows break their CHECK in SQLite already: CHECK (%s)",
							   work->expression),
					  sfm_column_int64(statement, 0),
					  rowid != NULL ?
					  psprintf("rowid %s", sfm_column_string(statement, 1)) :
					  NULL, NULL);
	sfm_finalize(statement);
}

/*
 * check_constraints
 *		Which of the CHECKs of a table do its rows break?
 */
static void
check_constraints(SfmCheck *check, const SfmMappedTable *table)
{
	List	   *tokens;

	if (table->source == NULL || table->source->sql == NULL ||
		table->source->kind != SFM_KIND_TABLE)
		return;
	tokens = sfm_lex(table->source->sql);
	for (int i = 0; i + 1 < list_length(tokens); i++)
	{
		BreakingRows work = {.check = check,.table = table};
		SfmToken   *open = list_nth(tokens, i + 1);
		SfmToken   *close;
		int			start = open->position + open->length;

		if (!sfm_token_is_word(list_nth(tokens, i), "CHECK") ||
			open->kind != SFM_TOKEN_LEFT)
			continue;
		i = behind_parentheses(tokens, i + 1) - 1;
		close = list_nth(tokens, i);
		if (close->kind != SFM_TOKEN_RIGHT)
			continue;
		work.expression = pnstrdup(table->source->sql + start,
								   close->position - start);
		(void) sfm_try(count_breaking, &work, true);
	}
}

/* ------------------------------------------------------------------------
 * PRAGMA quick_check
 * ------------------------------------------------------------------------
 */

/* A message of quick_check, and how often it came. */
typedef struct Message
{
	char	   *text;
	int64		count;
} Message;

/* Counts a message. */
static List *
add_message(List *messages, char *text)
{
	ListCell   *cell;
	Message    *message;

	foreach(cell, messages)
	{
		message = lfirst(cell);
		if (strcmp(message->text, text) == 0)
		{
			message->count++;
			return messages;
		}
	}
	message = palloc_object(Message);
	message->text = text;
	message->count = 1;
	return lappend(messages, message);
}

/* What quick_check says of a server's file; NIL if it is sound. */
static List *
quick_check(Oid serverid)
{
	SfmStatement *statement =
	sfm_prepare(sfm_server_connection(serverid),
				psprintf("PRAGMA main.quick_check(%d)", QUICK_CHECK_ROWS));
	List	   *messages = NIL;

	while (sfm_step(statement))
	{
		char	   *text = sfm_column_string(statement, 0);
		char	   *line;

		/* one row may hold several lines */
		while (text != NULL && (line = strsep(&text, "\n")) != NULL)
		{
			if (line[0] != '\0' && strcmp(line, "ok") != 0)
				messages = add_message(messages, pstrdup(line));
		}
	}
	sfm_finalize(statement);
	return messages;
}

/* For sfm_try(): a file that is too damaged is no error here. */
typedef struct QuickCheck
{
	Oid			serverid;
	List	   *messages;
} QuickCheck;

static void
run_quick_check(void *argument)
{
	QuickCheck *work = argument;

	work->messages = quick_check(work->serverid);
}

/*
 * report_message
 *		A message of quick_check: damage, or a NULL or CHECK that is looked at
 *		elsewhere.
 */
static void
report_message(SfmCheck *check, Oid serverid, const Message *message)
{
	if (strncmp(message->text, "NULL value in ", 14) == 0 ||
		strncmp(message->text, "CHECK constraint failed in ", 27) == 0)
		return;
	sfm_check_add(check, SFM_CHECK_WARNING, NULL,
				  GetForeignServer(serverid)->servername,
				  psprintf("the file is damaged: %s", message->text),
				  message->count, NULL,
				  ".recover  -- sqlite3 shell: prints SQL for a new file");
}

/*
 * report_absent
 *		Tables and views of the file that have no foreign table.
 */
static void
report_absent(SfmCheck *check, Oid serverid)
{
	SfmConnection *connection = sfm_server_connection(serverid);
	const char *server = GetForeignServer(serverid)->servername;
	int			unreadable;
	List	   *names = sfm_catalog_names(connection, &unreadable);
	ListCell   *cell;

	foreach(cell, names)
	{
		SfmTableName *name = lfirst(cell);
		char	   *reason = NULL;
		bool		described;

		if (name->kind == SFM_KIND_SHADOW ||
			find_mapped(check, serverid, name->name) != NULL)
			continue;
		described = sfm_catalog_describe(connection, name->name,
										 &reason) != NULL;
		sfm_check_add(check, described ? SFM_CHECK_INFO : SFM_CHECK_WARNING,
					  NULL, name->name,
					  described ?
					  psprintf("%s of the file has no foreign table",
							   name->kind == SFM_KIND_VIEW ? "view" : "table") :
					  psprintf("%s of the file cannot be read: %s",
							   name->kind == SFM_KIND_VIEW ? "view" : "table",
							   reason != NULL ? reason : "no reason given"),
					  -1, NULL,
					  !described ? NULL :
					  psprintf("IMPORT FOREIGN SCHEMA main LIMIT TO (%s) FROM SERVER %s INTO %s;  -- psql",
							   quote_identifier(name->name),
							   quote_identifier(server),
							   quote_identifier(check->source)));
	}
	if (unreadable > 0)
		sfm_check_add(check, SFM_CHECK_WARNING, NULL, server,
					  "tables have names that the database encoding cannot represent",
					  unreadable, NULL, NULL);
}

/*
 * sfm_check_files
 *		Is each file of the mapping sound, and is all of it in the mapping?
 */
void
sfm_check_files(SfmCheck *check)
{
	List	   *servers = servers_of(check);
	ListCell   *cell;
	ListCell   *message_cell;

	foreach(cell, servers)
	{
		QuickCheck	work = {.serverid = lfirst_oid(cell)};
		ErrorData  *error = sfm_try(run_quick_check, &work, true);

		if (error != NULL)
		{
			Message		message = {.text = sfm_describe_error(error),.count = 1};

			report_message(check, work.serverid, &message);
		}
		foreach(message_cell, work.messages)
			report_message(check, work.serverid, lfirst(message_cell));
		report_absent(check, work.serverid);
	}
	foreach(cell, check->mapping)
	{
		CHECK_FOR_INTERRUPTS();
		check_constraints(check, lfirst(cell));
	}
}

/* ------------------------------------------------------------------------
 * Names
 * ------------------------------------------------------------------------
 */

/* Is "name" the beginning of "base", with a number of ours behind it? */
static bool
is_numbered(const char *name, const char *base)
{
	const char *underscore = strrchr(name, '_');
	size_t		length;

	if (underscore == NULL || !isdigit((unsigned char) underscore[1]) ||
		strspn(underscore + 1, "0123456789") != strlen(underscore + 1))
		return false;
	length = underscore - name;
	return pg_strncasecmp(name, base, length) == 0 &&
		(base[length] == '\0' || strlen(base) >= NAMEDATALEN);
}

/*
 * why_changed
 *		Why a name is not SQLite's; NULL if it is, but for capitals, or if the
 *		user chose another.
 */
static const char *
why_changed(const char *name, const char *sqlite_name)
{
	if (sqlite_name[0] == '\0')
		return "is empty";
	if (pg_strcasecmp(name, sqlite_name) == 0)
		return NULL;
	if (is_numbered(name, sqlite_name))
		return "is taken, but for capitals or its end";
	if (strlen(sqlite_name) >= NAMEDATALEN &&
		pg_strncasecmp(name, sqlite_name, strlen(name)) == 0)
		return "is too long";
	return NULL;
}

/* Reports the name of a table, or of a column, if it has changed. */
static void
check_name(SfmCheck *check, const SfmMappedTable *table,
		   const SfmMappedColumn *column)
{
	const char *name = column != NULL ? column->name : table->name;
	const char *sqlite_name = column != NULL ? column->sqlite_name :
	table->sqlite_name;
	const char *why = why_changed(name, sqlite_name);

	if (why == NULL)
		return;
	sfm_check_add(check, SFM_CHECK_INFO, table->name,
				  column != NULL ? name : NULL,
				  psprintf("SQLite's name of the %s %s",
						   column != NULL ? "column" : "table", why),
				  -1, sqlite_name,
				  sfm_check_alter(check, table->name, NULL,
								  psprintf(column != NULL ?
										   "RENAME COLUMN %s TO another_name" :
										   "RENAME TO another_name",
										   quote_identifier(name))));
}

/*
 * sfm_check_names
 *		Names that PostgreSQL cannot have as they are.
 */
void
sfm_check_names(SfmCheck *check)
{
	ListCell   *cell;

	foreach(cell, check->mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		check_name(check, table, NULL);
		for (int i = 0; i < table->ncolumns; i++)
			check_name(check, table, &table->columns[i]);
	}
}
