/*-------------------------------------------------------------------------
 *
 * grammar_test.c
 *	  A module for t/013_grammar.pl: what the grammar makes of a text.
 *
 * Not part of the extension.  parse(text, is_expression) gives the tree on one
 * line (grammar_print.h), or "error: " and the message.
 * sqlite_says(text, schema) is what SQLite itself makes of the text in a
 * database with that schema: "ok", "syntax: " or "other: " and the message, or
 * "several" where the text is more than one statement.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <sqlite3.h>

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "compat.h"
#include "grammar_print.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(parse);
PGDLLEXPORT Datum parse(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(sqlite_says);
PGDLLEXPORT Datum sqlite_says(PG_FUNCTION_ARGS);

Datum
parse(PG_FUNCTION_ARGS)
{
	char	   *sql = text_to_cstring(PG_GETARG_TEXT_PP(0));
	char	   *error;
	SfmNode    *node = PG_GETARG_BOOL(1) ? sfm_parse_expression(sql, &error) :
	sfm_parse(sql, &error);
	StringInfoData out;

	initStringInfo(&out);
	if (node == NULL)
		appendStringInfo(&out, "error: %s", error);
	else
		print_node(&out, node);
	PG_RETURN_TEXT_P(cstring_to_text(out.data));
}

/* An empty database with the schema; the last one is kept. */
static sqlite3 *
database(const char *schema)
{
	static sqlite3 *db = NULL;
	static char *present = NULL;

	if (db != NULL && strcmp(schema, present) == 0)
		return db;
	if (db != NULL)
		sqlite3_close(db);
	if (sqlite3_open(":memory:", &db) != SQLITE_OK)
		elog(ERROR, "SQLite: %s", sqlite3_errmsg(db));
	present = MemoryContextStrdup(TopMemoryContext, schema);

	/* what needs a module that is not there is left out */
	for (const char *next = schema; next != NULL && next[0] != '\0';)
	{
		sqlite3_stmt *stmt = NULL;
		const char *tail = NULL;

		if (sqlite3_prepare_v2(db, next, -1, &stmt, &tail) == SQLITE_OK && stmt != NULL)
			(void) sqlite3_step(stmt);
		sqlite3_finalize(stmt);
		next = tail;
	}
	return db;
}

Datum
sqlite_says(PG_FUNCTION_ARGS)
{
	char	   *sql = psprintf("EXPLAIN %s", text_to_cstring(PG_GETARG_TEXT_PP(0)));
	sqlite3    *db = database(text_to_cstring(PG_GETARG_TEXT_PP(1)));
	sqlite3_stmt *stmt = NULL;
	const char *tail = NULL;
	char	   *result;
	int			code = sqlite3_prepare_v2(db, sql, -1, &stmt, &tail);
	const char *message = pstrdup(sqlite3_errmsg(db));

	sqlite3_finalize(stmt);
	if (code == SQLITE_OK)
		result = tail[strspn(tail, " \t\r\n")] == '\0' ? "ok" : "several";
	else if (strstr(message, "syntax error") != NULL ||
			 strstr(message, "incomplete input") != NULL ||
			 strstr(message, "unrecognized token") != NULL)
		result = psprintf("syntax: %s", message);
	else
		result = psprintf("other: %s", message);
	PG_RETURN_TEXT_P(cstring_to_text(result));
}
