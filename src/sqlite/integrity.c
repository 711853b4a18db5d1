/*-------------------------------------------------------------------------
 *
 * integrity.c
 *	  Rows that SQLite lets in and PostgreSQL's constraints would not.
 *
 * SQLite allows NULL in a primary key that is no alias of the rowid, and does
 * not enforce foreign keys unless it is told to in each connection ("PRAGMA
 * foreign_keys").  Both are asked from SQLite before a plan holds such a
 * constraint.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"

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
		if (table->columns[i].key_position == 0 || table->columns[i].not_null)
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
 *		SIMPLE, the one that SQLite knows).  Text is compared byte by byte, as
 *		PostgreSQL will: to SQLite, a child 'a' of a parent 'A' whose column is
 *		COLLATE NOCASE is none.
 */
int64
sfm_count_orphans(SfmConnection *connection, const SfmTable *child,
				  const SfmTable *parent, int ncolumns,
				  const char *const *child_columns,
				  const char *const *parent_columns, char **example)
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
		appendStringInfo(&sql, "%sp.%s = c.%s COLLATE BINARY",
						 i > 0 ? " AND " : "",
						 sfm_quote_sqlite(parent_columns[i]),
						 sfm_quote_sqlite(child_columns[i]));
	appendStringInfoChar(&sql, ')');

	count = count_rows(connection, sql.data, &value);
	*example = value == NULL ? NULL :
		psprintf("%s = %s", child_columns[0], value);
	return count;
}
