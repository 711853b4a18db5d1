/*-------------------------------------------------------------------------
 *
 * modify_deparse.c
 *	  The statements by which SQLite writes the rows of a foreign table.
 *
 * They are written for the table as it is when they are prepared, and not when
 * the plan was made.  Parameters are numbered: those of the columns that are set
 * come first, in the order of the list, then those that identify the row.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/rel.h"

#include "modify.h"

/* Refuses what is no table. */
static void
require_table(const SfmWrittenTable *target)
{
	static const char *const kinds[] = {
		[SFM_KIND_VIEW] = "a view",
		[SFM_KIND_VIRTUAL] = "a virtual table",
		[SFM_KIND_SHADOW] = "part of a virtual table"
	};
	SfmTableKind kind = target->table->kind;

	if (kind != SFM_KIND_TABLE ||
		pg_strncasecmp(target->table->name, "sqlite_", 7) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot write to foreign table \"%s\"",
						target->relation_name),
				 kind == SFM_KIND_TABLE ?
				 errdetail("\"%s\" is SQLite's own table.",
						   target->table->name) :
				 errdetail("\"%s\" of SQLite database \"%s\" is %s.",
						   target->table->name,
						   sfm_database_name(target->connection),
						   kinds[kind])));
}

/*
 * open_column
 *		Finds what a column of the foreign table is in SQLite.  One that SQLite
 *		lacks is no error as long as it is not set.
 */
static void
open_column(SfmWrittenTable *target, Form_pg_attribute attribute,
			SfmWrittenColumn *column)
{
	const SfmTable *table = target->table;
	const SfmColumn *sqlite_column;

	sfm_column_options(target->relid, attribute->attnum, &target->options,
					   &column->options);
	column->attnum = attribute->attnum;
	column->name = pstrdup(NameStr(attribute->attname));
	column->column_name = column->options.column_name;
	column->place = sfm_find_column(table, column->column_name);
	if (column->place < 0)
	{
		const char *rowid = sfm_rowid_name(table);

		column->missing = rowid == NULL ||
			pg_strcasecmp(column->column_name, rowid) != 0;
		if (column->missing)
			column->attnum = 0;
		column->affinity = SFM_AFFINITY_INTEGER;
		return;
	}
	sqlite_column = &table->columns[column->place];
	column->affinity = sfm_affinity(sqlite_column->declared_type);
	if (table->strict &&
		pg_strcasecmp(sqlite_column->declared_type, "ANY") == 0)
		column->affinity = SFM_AFFINITY_BLOB;
	if (sqlite_column->generated != SFM_GENERATED_NEVER)
		column->attnum = 0;
}

/*
 * sfm_require_settable
 *		Refuses to set a column that SQLite lacks, or computes.
 */
void
sfm_require_settable(const SfmWrittenTable *target, AttrNumber attnum)
{
	const SfmWrittenColumn *column = &target->columns[attnum - 1];

	if (column->attnum != 0)
		return;
	if (column->missing)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_COLUMN_NAME_NOT_FOUND),
				 errmsg("column \"%s\" of foreign table \"%s\" has no counterpart in SQLite",
						column->name, target->relation_name),
				 errdetail("SQLite table \"%s\" has no column \"%s\".",
						   target->table->name, column->column_name),
				 errhint("The column option \"column_name\" gives SQLite's name of the column.")));
	ereport(ERROR,
			(errcode(ERRCODE_GENERATED_ALWAYS),
			 errmsg("cannot set column \"%s\" of foreign table \"%s\"",
					column->name, target->relation_name),
			 errdetail("It is a generated column in SQLite.")));
}

/*
 * sfm_target_open
 *		What is to be known of a foreign table to write to it; palloc'd.
 *
 *		Raises an error for what cannot be written.
 */
SfmWrittenTable *
sfm_target_open(Relation relation)
{
	SfmWrittenTable *target = palloc0(sizeof(SfmWrittenTable));
	TupleDesc	descriptor = RelationGetDescr(relation);
	char	   *reason;

	target->relid = RelationGetRelid(relation);
	target->relation_name = pstrdup(RelationGetRelationName(relation));
	sfm_table_options(target->relid, &target->options);
	target->connection = sfm_server_connection(target->options.serverid);
	target->table = sfm_catalog_describe(target->connection,
										 target->options.table, &reason);
	if (target->table == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_TABLE_NOT_FOUND),
				 errmsg("cannot write to table \"%s\" of SQLite database \"%s\"",
						target->options.table,
						sfm_database_name(target->connection)),
				 errdetail("SQLite reports: %s.", reason)));
	require_table(target);
	target->key_columns = sfm_key_columns(target->table);

	target->natts = descriptor->natts;
	target->columns = palloc0_array(SfmWrittenColumn, Max(descriptor->natts, 1));
	for (int i = 0; i < descriptor->natts; i++)
	{
		if (!TupleDescAttr(descriptor, i)->attisdropped)
			open_column(target, TupleDescAttr(descriptor, i),
						&target->columns[i]);
	}
	return target;
}

/* SQLite's names of the columns of the primary key, in its order. */
static List *
primary_key(const SfmTable *table)
{
	List	   *result = NIL;

	for (int position = 1; position <= table->nkeys; position++)
	{
		for (int i = 0; i < table->ncolumns; i++)
		{
			if (table->columns[i].key_position == position)
				result = lappend(result, table->columns[i].name);
		}
	}
	return result;
}

/*
 * sfm_target_conflict_key
 *		SQLite's names of the columns by which the option "on_conflict" finds a
 *		row: those with the option "key", else the primary key.
 *
 *		Raises an error if there are none.
 */
List	   *
sfm_target_conflict_key(const SfmWrittenTable *target)
{
	List	   *result = NIL;

	for (int i = 0; i < target->natts; i++)
	{
		if (target->columns[i].column_name != NULL &&
			target->columns[i].options.key)
			result = lappend(result,
							 unconstify(char *,
										target->columns[i].column_name));
	}
	if (result == NIL)
		result = primary_key(target->table);
	if (result == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("foreign table \"%s\" has no key to find existing rows by",
						target->relation_name),
				 errdetail("The option \"on_conflict\" is \"update\", and table \"%s\" of SQLite database \"%s\" has no primary key.",
						   target->table->name,
						   sfm_database_name(target->connection)),
				 errhint("Set the column option \"key\" for the columns of a unique constraint or index.")));
	return result;
}

/* Writes a list of quoted names. */
static void
append_names(StringInfo sql, List *names)
{
	ListCell   *cell;

	foreach(cell, names)
		appendStringInfo(sql, "%s%s", cell == list_head(names) ? "" : ", ",
						 sfm_quote_sqlite(lfirst(cell)));
}

/* Is the name one of the list?  SQLite's names know no case. */
static bool
is_named(List *names, const char *name)
{
	ListCell   *cell;

	foreach(cell, names)
	{
		if (sqlite3_stricmp(lfirst(cell), name) == 0)
			return true;
	}
	return false;
}

/* SQLite's names of attributes. */
static List *
column_names(const SfmWrittenTable *target, List *attnums)
{
	List	   *result = NIL;
	ListCell   *cell;

	foreach(cell, attnums)
		result = lappend(result,
						 unconstify(char *,
									target->columns[lfirst_int(cell) - 1].column_name));
	return result;
}

/* ON CONFLICT ... DO UPDATE with all that is sent but the key */
static void
append_do_update(StringInfo sql, const SfmWrittenTable *target, List *names)
{
	List	   *key = sfm_target_conflict_key(target);
	bool		first = true;
	ListCell   *cell;

	appendStringInfoString(sql, " ON CONFLICT (");
	append_names(sql, key);
	appendStringInfoString(sql, ") DO ");
	foreach(cell, names)
	{
		char	   *name = sfm_quote_sqlite(lfirst(cell));

		if (is_named(key, lfirst(cell)))
			continue;
		appendStringInfo(sql, "%s%s = excluded.%s",
						 first ? "UPDATE SET " : ", ", name, name);
		first = false;
	}
	if (first)
		appendStringInfoString(sql, "NOTHING");
}

/*
 * sfm_deparse_insert
 *		INSERT of one row with the given columns.  With "give_key" it returns
 *		the columns of the key (SQLite 3.35).
 */
char	   *
sfm_deparse_insert(const SfmWrittenTable *target, List *attnums,
				   SfmInsertConflict conflict, bool give_key)
{
	List	   *names = column_names(target, attnums);
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "INSERT %sINTO main.%s",
					 conflict == SFM_INSERT_REPLACE ? "OR REPLACE " :
					 conflict == SFM_INSERT_IGNORE && names == NIL ?
					 "OR IGNORE " : "",
					 sfm_quote_sqlite(target->table->name));
	if (names == NIL)
		appendStringInfoString(&sql, " DEFAULT VALUES");
	else
	{
		appendStringInfoString(&sql, " (");
		append_names(&sql, names);
		appendStringInfoString(&sql, ") VALUES (");
		for (int i = 1; i <= list_length(names); i++)
			appendStringInfo(&sql, "%s?%d", i > 1 ? ", " : "", i);
		appendStringInfoChar(&sql, ')');
		if (conflict == SFM_INSERT_IGNORE)
			appendStringInfoString(&sql, " ON CONFLICT DO NOTHING");
		else if (conflict == SFM_INSERT_UPDATE)
			append_do_update(&sql, target, names);
	}
	if (give_key)
	{
		appendStringInfoString(&sql, " RETURNING ");
		append_names(&sql, target->key_columns);
	}
	return sql.data;
}

/*
 * append_identity
 *		WHERE with the columns of a key, the parameters from "first" on.
 *
 *		A key is compared exactly, whatever the collation of its columns.
 */
static void
append_identity(StringInfo sql, const SfmWrittenTable *target, List *key_columns,
				int first)
{
	ListCell   *cell;

	foreach(cell, key_columns)
	{
		int			place = sfm_find_column(target->table, lfirst(cell));
		int			parameter = first + foreach_current_index(cell);
		char	   *name = sfm_quote_sqlite(lfirst(cell));
		bool		rowid = place < 0 || place == target->table->rowid_column;

		appendStringInfo(sql, "%s t.%s %s ?%d",
						 cell == list_head(key_columns) ? " WHERE" : " AND",
						 name, rowid || target->table->without_rowid ? "=" :
						 "IS", parameter);
		if (!rowid && pg_strcasecmp(target->table->columns[place].collation,
									"BINARY") != 0)
			appendStringInfo(sql, " AND t.%s IS ?%d COLLATE BINARY",
							 name, parameter);
	}
}

/* UPDATE of the given columns, without a condition. */
static void
append_update(StringInfo sql, const SfmWrittenTable *target, List *attnums)
{
	ListCell   *cell;

	appendStringInfo(sql, "UPDATE main.%s AS t SET ",
					 sfm_quote_sqlite(target->table->name));
	foreach(cell, attnums)
		appendStringInfo(sql, "%s%s = ?%d",
						 cell == list_head(attnums) ? "" : ", ",
						 sfm_quote_sqlite(target->columns[lfirst_int(cell) - 1].column_name),
						 foreach_current_index(cell) + 1);
}

/*
 * sfm_deparse_update
 *		UPDATE of the given columns of the row with a key.
 */
char	   *
sfm_deparse_update(const SfmWrittenTable *target, List *attnums)
{
	StringInfoData sql;

	initStringInfo(&sql);
	append_update(&sql, target, attnums);
	append_identity(&sql, target, target->key_columns,
					list_length(attnums) + 1);
	return sql.data;
}

/*
 * sfm_deparse_delete
 *		DELETE of the row with a key.
 */
char	   *
sfm_deparse_delete(const SfmWrittenTable *target)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "DELETE FROM main.%s AS t",
					 sfm_quote_sqlite(target->table->name));
	append_identity(&sql, target, target->key_columns, 1);
	return sql.data;
}

/*
 * sfm_deparse_row
 *		"select", which reads the table AS t, for the row with a key only.
 */
char	   *
sfm_deparse_row(const SfmWrittenTable *target, const char *select,
				List *key_columns)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, select);
	append_identity(&sql, target, key_columns, 1);
	return sql.data;
}

/*
 * sfm_deparse_direct
 *		UPDATE of the given columns, or DELETE, of all rows.
 */
char	   *
sfm_deparse_direct(const SfmWrittenTable *target, CmdType operation,
				   List *attnums)
{
	StringInfoData sql;

	initStringInfo(&sql);
	if (operation == CMD_UPDATE)
		append_update(&sql, target, attnums);
	else
		appendStringInfo(&sql, "DELETE FROM main.%s AS t",
						 sfm_quote_sqlite(target->table->name));
	return sql.data;
}
