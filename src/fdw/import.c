/*-------------------------------------------------------------------------
 *
 * import.c
 *	  IMPORT FOREIGN SCHEMA: the mapping of a SQLite file.
 *
 * A foreign table for each table and view of the file.  SQLite's names stay in
 * the options "table" and "column_name", whatever the foreign table is called
 * here or later.  What SQLite itself cannot describe, and what PostgreSQL
 * cannot hold, is left out with a warning; it never stops the rest.
 *
 * Every identifier and literal of the commands made here comes from the file
 * and is quoted.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/heap.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "fdw.h"

/* What stands in for SQLite's empty names */
#define UNNAMED_TABLE	"unnamed"
#define UNNAMED_COLUMN	"unnamed"

/*
 * list_has_table
 *		Does the list of LIMIT TO or EXCEPT hold this name?
 */
static bool
list_has_table(List *tables, const char *name)
{
	ListCell   *cell;

	foreach(cell, tables)
	{
		if (strcmp(((RangeVar *) lfirst(cell))->relname, name) == 0)
			return true;
	}
	return false;
}

/*
 * is_wanted
 *		Does LIMIT TO or EXCEPT let this table in, by either of its names?
 *
 *		PostgreSQL filters our commands once more, by the new name alone: so
 *		where SQLite's name was listed, the new one is added to the list.
 */
static bool
is_wanted(ImportForeignSchemaStmt *stmt, const char *sqlite_name,
		  const char *name)
{
	bool		listed;

	if (stmt->list_type == FDW_IMPORT_SCHEMA_ALL)
		return true;
	listed = list_has_table(stmt->table_list, sqlite_name) ||
		list_has_table(stmt->table_list, name);
	if (listed && !list_has_table(stmt->table_list, name))
		stmt->table_list = lappend(stmt->table_list,
								   makeRangeVar(NULL, pstrdup(name), -1));
	return (stmt->list_type == FDW_IMPORT_SCHEMA_LIMIT_TO) == listed;
}

/*
 * warn_of_unknown_tables
 *		A misspelt name in LIMIT TO or EXCEPT would do nothing, silently.
 */
static void
warn_of_unknown_tables(List *listed, List *known, const char *database)
{
	ListCell   *cell;

	foreach(cell, listed)
	{
		char	   *name = ((RangeVar *) lfirst(cell))->relname;
		ListCell   *known_cell;
		bool		found = false;

		foreach(known_cell, known)
			found |= strcmp(lfirst(known_cell), name) == 0;
		if (!found)
			ereport(WARNING,
					(errcode(ERRCODE_FDW_TABLE_NOT_FOUND),
					 errmsg("SQLite database \"%s\" has no table \"%s\"",
							database, name)));
	}
}

/*
 * target_column_type
 *		The type of a column of the table of this name in the schema that
 *		"types_from" names.  False if there is none.
 */
static bool
target_column_type(Oid schema, const char *table_name,
				   const char *column_name, Oid *type, int32 *typmod)
{
	Oid			relid = get_relname_relid(table_name, schema);
	AttrNumber	attnum;
	Oid			collation;

	if (!OidIsValid(relid))
		return false;
	attnum = get_attnum(relid, column_name);
	if (attnum <= 0)
		return false;
	get_atttypetypmodcoll(relid, attnum, type, typmod, &collation);
	return true;
}

/*
 * append_column
 *		Adds the definition of one column to a CREATE FOREIGN TABLE.
 */
static void
append_column(StringInfo command, const SfmTable *table,
			  const SfmColumn *column, const char *table_name,
			  const char *name, Oid types_from,
			  const SfmImportOptions *options)
{
	Oid			type;
	int32		typmod;

	if (!OidIsValid(types_from) ||
		!target_column_type(types_from, table_name, name, &type, &typmod))
		sfm_declared_type(column->declared_type, &type, &typmod);

	appendStringInfo(command, "%s %s OPTIONS (column_name %s",
					 quote_identifier(name),
					 format_type_with_typemod(type, typmod),
					 quote_literal_cstr(column->name));
	if (column->key_position > 0)
		appendStringInfoString(command, ", key 'true'");
	appendStringInfoChar(command, ')');
	if (options->import_not_null &&
		(column->not_null ||
		 (table->rowid_column >= 0 &&
		  column == &table->columns[table->rowid_column])))
		appendStringInfoString(command, " NOT NULL");
}

/*
 * reserve_system_columns
 *		A table cannot have a user column called like a system column.
 */
static void
reserve_system_columns(SfmNames *names)
{
	for (AttrNumber attnum = FirstLowInvalidHeapAttributeNumber + 1;
		 attnum < 0; attnum++)
		sfm_names_reserve(names,
						  NameStr(SystemAttributeDefinition(attnum)->attname));
}

/*
 * create_command
 *		The CREATE FOREIGN TABLE for a table or view; palloc'd.
 */
static char *
create_command(const ImportForeignSchemaStmt *stmt, const SfmTable *table,
			   const char *name, Oid types_from,
			   const SfmImportOptions *options)
{
	SfmNames   *column_names = sfm_names_create(options->names);
	StringInfoData command;
	bool		first = true;

	reserve_system_columns(column_names);
	initStringInfo(&command);
	appendStringInfo(&command, "CREATE FOREIGN TABLE %s.%s (",
					 quote_identifier(stmt->local_schema),
					 quote_identifier(name));
	for (int i = 0; i < table->ncolumns; i++)
	{
		const SfmColumn *column = &table->columns[i];
		char	   *column_name;

		if (column->generated != SFM_GENERATED_NEVER &&
			!options->import_generated)
			continue;
		column_name = sfm_names_add(column_names, column->name,
									UNNAMED_COLUMN);
		appendStringInfoString(&command, first ? "\n\t" : ",\n\t");
		append_column(&command, table, column, name, column_name, types_from,
					  options);
		first = false;
	}
	appendStringInfo(&command, "\n) SERVER %s OPTIONS (\"table\" %s)",
					 quote_identifier(stmt->server_name),
					 quote_literal_cstr(table->name));
	return command.data;
}

/*
 * require_main
 *		SQLite has one schema to import.
 */
static void
require_main(const char *schema)
{
	if (strcmp(schema, "main") != 0)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_SCHEMA_NOT_FOUND),
				 errmsg("schema \"%s\" does not exist in the SQLite database",
						schema),
				 errhint("SQLite calls the schema of a file \"main\".")));
}

/*
 * import_table
 *		Adds the command for one table or view to the list, or warns why not.
 */
static List *
import_table(List *commands, const ImportForeignSchemaStmt *stmt,
			 SfmConnection *connection, const SfmTableName *table_name,
			 const char *name, Oid types_from,
			 const SfmImportOptions *options)
{
	char	   *reason;
	SfmTable   *table = sfm_catalog_describe(connection, table_name->name,
											 &reason);

	if (table == NULL)
	{
		ereport(WARNING,
				(errcode(ERRCODE_FDW_UNABLE_TO_CREATE_EXECUTION),
				 errmsg("%s \"%s\" was left out",
						table_name->kind == SFM_KIND_VIEW ? "view" : "table",
						table_name->name),
				 errdetail("SQLite cannot describe it: %s.", reason)));
		return commands;
	}
	if (table->ncolumns > MaxHeapAttributeNumber)
	{
		ereport(WARNING,
				(errcode(ERRCODE_TOO_MANY_COLUMNS),
				 errmsg("table \"%s\" was left out", table->name),
				 errdetail("It has %d columns, PostgreSQL takes at most %d.",
						   table->ncolumns, MaxHeapAttributeNumber)));
		return commands;
	}
	return lappend(commands, create_command(stmt, table, name, types_from,
											options));
}

/*
 * sqliteImportForeignSchema
 *		The CREATE FOREIGN TABLE commands for a file: a list of strings.
 */
List *
sqliteImportForeignSchema(ImportForeignSchemaStmt *stmt, Oid serverid)
{
	SfmConnection *connection;
	SfmImportOptions options;
	SfmNames   *names;
	Oid			types_from = InvalidOid;
	List	   *listed = list_copy(stmt->table_list);
	List	   *known = NIL;
	List	   *commands = NIL;
	int			unreadable;
	ListCell   *cell;

	sfm_import_options(stmt->options, &options);
	require_main(stmt->remote_schema);
	if (options.types_from != NULL)
		types_from = get_namespace_oid(options.types_from, false);
	names = sfm_names_create(options.names);
	connection = sfm_server_connection(serverid);

	foreach(cell, sfm_catalog_names(connection, &unreadable))
	{
		SfmTableName *table = lfirst(cell);
		char	   *name;

		if (table->kind == SFM_KIND_SHADOW ||
			(table->kind == SFM_KIND_VIEW && !options.import_views))
			continue;
		name = sfm_names_add(names, table->name, UNNAMED_TABLE);
		known = lappend(lappend(known, table->name), name);
		if (is_wanted(stmt, table->name, name))
			commands = import_table(commands, stmt, connection, table, name,
									types_from, &options);
	}

	warn_of_unknown_tables(listed, known, sfm_database_name(connection));
	if (unreadable > 0)
		ereport(WARNING,
				(errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
				 errmsg_plural("%d table was left out", "%d tables were left out",
							   unreadable, unreadable),
				 errdetail("The database encoding cannot represent their names.")));
	return commands;
}
