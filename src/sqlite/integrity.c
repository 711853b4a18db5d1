/*-------------------------------------------------------------------------
 *
 * integrity.c
 *	  Rows that SQLite lets in and PostgreSQL's constraints would not.
 *
 * SQLite allows NULL in a primary key that is no alias of the rowid, and does
 * not enforce foreign keys unless it is told to in each connection ("PRAGMA
 * foreign_keys"), and a CHECK holds from the day on which it was added.  All
 * are asked from SQLite before a plan holds such a constraint.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "sqlite.h"

/*
 * count_rows
 *		Runs a query of one row: a count and an example.  Returns the count;
 *		*example is palloc'd, or NULL.
 */
static int64
count_rows(SfmConnection *connection, const char *sql, char **example)
{
	SfmStatement *statement = sfm_prepare(connection, sql);
	int64		count = 0;

	*example = NULL;
	if (sfm_step(statement))
	{
		count = sfm_column_int64(statement, 0);
		*example = sfm_column_string(statement, 1);
	}
	sfm_finalize(statement);
	return count;
}

/*
 * sfm_try_count
 *		Counts the rows of a table as SQLite does it: through the smallest of
 *		its indexes.  -1 if SQLite cannot.
 */
int64
sfm_try_count(SfmConnection *connection, const SfmTable *table)
{
	SfmStatement *statement;
	int64		count = -1;

	if (sfm_try_prepare(connection,
						psprintf("SELECT count(*) FROM main.%s",
								 sfm_quote_sqlite(table->name)),
						&statement) != SQLITE_OK)
		return -1;
	if (sqlite3_step(statement->stmt) == SQLITE_ROW)
		count = sfm_column_int64(statement, 0);
	sfm_finalize(statement);
	CHECK_FOR_INTERRUPTS();
	return count;
}

/*
 * sfm_count_null_keys
 *		Counts the rows that have NULL in their primary key.
 *
 *		*example names one of them, "rowid 7".
 */
int64
sfm_count_null_keys(SfmConnection *connection, const SfmTable *table,
					char **example)
{
	const char *rowid = sfm_rowid_name(table);
	StringInfoData sql;
	bool		any = false;

	*example = NULL;
	if (table->kind != SFM_KIND_TABLE || table->without_rowid ||
		table->rowid_column >= 0)
		return 0;

	initStringInfo(&sql);
	if (rowid != NULL)
		appendStringInfo(&sql, "SELECT count(*), 'rowid ' || min(t.%s)",
						 sfm_quote_sqlite(rowid));
	else
		appendStringInfoString(&sql, "SELECT count(*), NULL");
	appendStringInfo(&sql, " FROM main.%s AS t WHERE ",
					 sfm_quote_sqlite(table->name));
	for (int i = 0; i < table->ncolumns; i++)
	{
		int			classes;

		if (table->columns[i].key_position == 0 || table->columns[i].not_null)
			continue;
		classes = sfm_known_classes(connection, table, i);
		if (classes >= 0 && (classes & SFM_CLASS_BIT(SFM_NULL)) == 0)
			continue;
		appendStringInfo(&sql, "%st.%s IS NULL", any ? " OR " : "",
						 sfm_quote_sqlite(table->columns[i].name));
		any = true;
	}
	return any ? count_rows(connection, sql.data, example) : 0;
}

/*
 * sfm_count_orphans
 *		Counts the rows of "child" whose foreign key has no row in "parent".
 *
 *		"child_columns" and "parent_columns" name the key's columns, as they
 *		exist in the two tables.  *example names one orphan's key,
 *		"customer = 77".  A key that holds a NULL refers to nothing (MATCH
 *		SIMPLE, the one that SQLite knows).  Text is compared as PostgreSQL
 *		will: byte by byte, or without regard to capitals where "nocase" says
 *		so.  To SQLite, a child 'a' of a parent 'A' whose column is COLLATE
 *		NOCASE is never an orphan.
 */
int64
sfm_count_orphans(SfmConnection *connection, const SfmTable *child,
				  const SfmTable *parent, int ncolumns,
				  const char *const *child_columns,
				  const char *const *parent_columns, const bool *nocase,
				  char **example)
{
	StringInfoData sql;
	char	   *value;
	int64		count;

	initStringInfo(&sql);
	appendStringInfo(&sql,
					 "SELECT count(*), min(quote(c.%s)) FROM main.%s AS c WHERE ",
					 sfm_quote_sqlite(child_columns[0]),
					 sfm_quote_sqlite(child->name));
	for (int i = 0; i < ncolumns; i++)
		appendStringInfo(&sql, "c.%s IS NOT NULL AND ",
						 sfm_quote_sqlite(child_columns[i]));
	appendStringInfo(&sql, "NOT EXISTS (SELECT 1 FROM main.%s AS p WHERE ",
					 sfm_quote_sqlite(parent->name));
	for (int i = 0; i < ncolumns; i++)
		appendStringInfo(&sql, "%sp.%s = c.%s COLLATE %s",
						 i > 0 ? " AND " : "",
						 sfm_quote_sqlite(parent_columns[i]),
						 sfm_quote_sqlite(child_columns[i]),
						 nocase[i] ? "NOCASE" : "BINARY");
	appendStringInfoChar(&sql, ')');

	count = count_rows(connection, sql.data, &value);
	*example = value == NULL ? NULL :
		psprintf("%s = %s", child_columns[0], value);
	return count;
}

/*
 * sfm_count_breaking
 *		Counts, for each CHECK of a list of char *, the rows for which it is
 *		false; NULL passes, as in PostgreSQL.  "counts" has room for each.
 *
 *		False if SQLite cannot evaluate them: one calls a function that it does
 *		not have, or fails for some row.
 */
bool
sfm_count_breaking(SfmConnection *connection, const SfmTable *table,
				   List *expressions, int64 *counts)
{
	SfmStatement *statement;
	StringInfoData sql;
	ListCell   *cell;
	int			code;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT");

	/* a line feed, for an expression may end with a comment */
	foreach(cell, expressions)
		appendStringInfo(&sql, "%s count(CASE WHEN NOT (%s\n) THEN 1 END)",
						 foreach_current_index(cell) > 0 ? "," : "",
						 (char *) lfirst(cell));
	appendStringInfo(&sql, " FROM main.%s", sfm_quote_sqlite(table->name));
	if (sfm_try_prepare(connection, sql.data, &statement) != SQLITE_OK)
		return false;
	code = sqlite3_step(statement->stmt);
	if (code != SQLITE_ROW)
	{
		if ((code & 0xff) != SQLITE_ERROR)
			sfm_raise(connection, code);
		sfm_finalize(statement);
		return false;
	}
	foreach(cell, expressions)
		counts[foreach_current_index(cell)] =
			sfm_column_int64(statement, foreach_current_index(cell));
	sfm_finalize(statement);
	return true;
}

/*
 * sfm_has_duplicates
 *		Do rows share the values of an index's columns, texts compared without
 *		regard to capitals?  Its expressions and its WHERE are not looked at.
 */
bool
sfm_has_duplicates(SfmConnection *connection, const SfmTable *table,
				   const SfmIndex *index)
{
	SfmStatement *statement;
	StringInfoData sql;
	StringInfoData columns;
	bool		found;

	initStringInfo(&sql);
	initStringInfo(&columns);
	for (int i = 0; i < index->ncolumns; i++)
	{
		char	   *name;

		if (index->columns[i].column < 0)
			continue;
		name = sfm_quote_sqlite(table->columns[index->columns[i].column].name);
		appendStringInfo(&sql, "%st.%s IS NOT NULL",
						 columns.len > 0 ? " AND " : "", name);
		appendStringInfo(&columns, "%st.%s COLLATE NOCASE",
						 columns.len > 0 ? ", " : "", name);
	}
	statement = sfm_prepare(connection,
							psprintf("SELECT 1 FROM main.%s AS t WHERE %s GROUP BY %s HAVING count(*) > 1 LIMIT 1",
									 sfm_quote_sqlite(table->name), sql.data,
									 columns.data));
	found = sfm_step(statement);
	sfm_finalize(statement);
	return found;
}
