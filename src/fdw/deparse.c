/*-------------------------------------------------------------------------
 *
 * deparse.c
 *	  The SELECT that SQLite runs for a scan of a foreign table.
 *
 * Only the columns that PostgreSQL needs are read.  Behind them stands what
 * identifies a row in messages: the rowid, or the primary key; it costs next
 * to nothing, as SQLite computes it from where its cursor is and nobody reads
 * it before there is something to report.
 *
 * Columns are qualified: SQLite takes a bare double-quoted name that does not
 * exist as a string, which would be a wrong value in every row.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "utils/rel.h"

#include "fdw.h"

/*
 * describe_source
 *		The SQLite table behind a foreign table; raises an error if it is gone.
 */
static SfmTable *
describe_source(Relation relation, const SfmTableOptions *options)
{
	SfmConnection *connection = sfm_server_connection(options->serverid);
	char	   *reason;
	SfmTable   *table;

	table = sfm_catalog_describe(connection, options->table, &reason);
	if (table == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_TABLE_NOT_FOUND),
				 errmsg("cannot read table \"%s\" of SQLite database \"%s\"",
						options->table, sfm_database_name(connection)),
				 errdetail("SQLite reports: %s.", reason),
				 errhint("The option \"table\" of foreign table \"%s\" gives SQLite's name of the table.",
						 RelationGetRelationName(relation))));
	return table;
}

/*
 * sfm_key_columns
 *		SQLite's names of the columns that identify a row: the rowid, or those
 *		of the primary key, in its order; NIL if there are none.
 */
List	   *
sfm_key_columns(const SfmTable *table)
{
	const char *rowid = sfm_rowid_name(table);
	List	   *names = NIL;

	if (rowid != NULL)
		return list_make1(pstrdup(rowid));
	for (int position = 1; position <= table->nkeys; position++)
	{
		for (int i = 0; i < table->ncolumns; i++)
		{
			if (table->columns[i].key_position == position)
				names = lappend(names, pstrdup(table->columns[i].name));
		}
	}
	return names;
}

/*
 * append_key
 *		Adds the columns that identify a row, and lists their names.
 */
static void
append_key(StringInfo sql, const SfmTable *table, List **names)
{
	ListCell   *cell;

	*names = sfm_key_columns(table);
	foreach(cell, *names)
		appendStringInfo(sql, ", t.%s", sfm_quote_sqlite(lfirst(cell)));
	if (sfm_rowid_name(table) != NULL)
		*names = list_make1("rowid");
}

/*
 * sfm_deparse_scan
 *		Makes the SELECT for a scan of the whole table.
 *
 *		"table" is SQLite's, or NULL to look it up; "attributes" are the columns to read, as pull_varattnos() gives them.
 *		Raises an error for a foreign table or column that stands for nothing
 *		in the file.
 */
void
sfm_deparse_scan(Oid foreigntableid, Bitmapset *attributes,
				 const SfmTable *table, SfmScanQuery *query)
{
	/* the caller, planner or ANALYZE, holds a lock */
	Relation	relation = table_open(foreigntableid, NoLock);
	TupleDesc	descriptor = RelationGetDescr(relation);
	SfmTableOptions options;
	StringInfoData sql;
	bool		whole_row;

	sfm_table_options(foreigntableid, &options);
	if (table == NULL)
		table = describe_source(relation, &options);
	whole_row = bms_is_member(0 - FirstLowInvalidHeapAttributeNumber,
							  attributes);
	memset(query, 0, sizeof(SfmScanQuery));
	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT ");

	for (AttrNumber attnum = 1; attnum <= descriptor->natts; attnum++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, attnum - 1);
		SfmColumnOptions column;

		if (attribute->attisdropped ||
			!(whole_row ||
			  bms_is_member(attnum - FirstLowInvalidHeapAttributeNumber,
							attributes)))
			continue;
		sfm_column_options(foreigntableid, attnum, &options, &column);
		if (sfm_find_column(table, column.column_name) < 0 &&
			(sfm_rowid_name(table) == NULL ||
			 pg_strcasecmp(column.column_name, sfm_rowid_name(table)) != 0))
			ereport(ERROR,
					(errcode(ERRCODE_FDW_COLUMN_NAME_NOT_FOUND),
					 errmsg("column \"%s\" of foreign table \"%s\" has no counterpart in SQLite",
							NameStr(attribute->attname),
							RelationGetRelationName(relation)),
					 errdetail("SQLite table \"%s\" has no column \"%s\".",
							   table->name, column.column_name),
					 errhint("The column option \"column_name\" gives SQLite's name of the column.")));
		appendStringInfo(&sql, "%st.%s", query->attnums == NIL ? "" : ", ",
						 sfm_quote_sqlite(column.column_name));
		query->attnums = lappend_int(query->attnums, attnum);
	}
	if (query->attnums == NIL)
		appendStringInfoString(&sql, "NULL");

	append_key(&sql, table, &query->key_names);
	appendStringInfo(&sql, " FROM main.%s AS t",
					 sfm_quote_sqlite(table->name));
	query->sql = sql.data;
	table_close(relation, NoLock);
}

/*
 * sfm_read_column
 *		What a column of a SELECT on a table reads, by its name.
 */
void
sfm_read_column(const SfmTable *table, const char *name,
				SfmReadColumn * column)
{
	int			place = sfm_find_column(table, name);

	/* SQLite has checked it: it can only be the rowid */
	column->place = place >= 0 ? place : SFM_READ_ROWID;
	column->real = place >= 0 &&
		sfm_affinity(table->columns[place].declared_type) == SFM_AFFINITY_REAL;
}
