/*-------------------------------------------------------------------------
 *
 * import.c
 *	  IMPORT FOREIGN SCHEMA: the mapping of a SQLite file.
 *
 * A foreign table for each table and view of the file.  SQLite's names stay in
 * the options "table" and "column_name", whatever the foreign table is called
 * here or later.  A column's type comes from its declared type; then the values
 * are looked at, and a type that does not hold them all is widened, with a
 * notice (infer_types).  What SQLite itself cannot describe, and what PostgreSQL
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
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "fdw.h"

/* What stands in for SQLite's empty names */
#define UNNAMED_TABLE	"unnamed"
#define UNNAMED_COLUMN	"unnamed"

/* Rows that infer_types 'sample' looks at */
#define SAMPLE_ROWS 10000

/* A column of a foreign table to be. */
typedef struct ImportColumn
{
	const SfmColumn *source;
	char	   *name;
	Oid			type;
	int32		typmod;
	SfmEpoch	epoch;
	bool		from_target;	/* the type comes from "types_from" */
} ImportColumn;

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
			  const ImportColumn *column, const SfmImportOptions *options)
{
	const SfmColumn *source = column->source;

	appendStringInfo(command, "%s %s OPTIONS (column_name %s",
					 quote_identifier(column->name),
					 format_type_with_typemod(column->type, column->typmod),
					 quote_literal_cstr(source->name));
	if (source->key_position > 0)
		appendStringInfoString(command, ", key 'true'");
	if (column->epoch != SFM_EPOCH_AUTO)
		appendStringInfo(command, ", epoch '%s'",
						 sfm_epoch_words[column->epoch]);
	appendStringInfoChar(command, ')');
	if (options->import_not_null &&
		(source->not_null ||
		 (table->rowid_column >= 0 &&
		  source == &table->columns[table->rowid_column])))
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
 * table_name_for
 *		The name of the foreign table for a table of SQLite.
 *
 *		Where "types_from" has a table of exactly SQLite's name, that is it:
 *		tables that Prisma or EF have made are called "User", not "user".
 */
static char *
table_name_for(SfmNames *names, const char *sqlite_name, Oid types_from)
{
	char	   *name = NULL;

	if (OidIsValid(types_from) &&
		OidIsValid(get_relname_relid(sqlite_name, types_from)))
		name = sfm_names_add_exact(names, sqlite_name);
	return name != NULL ? name :
		sfm_names_add(names, sqlite_name, UNNAMED_TABLE);
}

/* As table_name_for(), for a column. */
static char *
column_name_for(SfmNames *names, const char *sqlite_name,
				const char *table_name, Oid types_from)
{
	char	   *name = NULL;
	Oid			type;
	int32		typmod;

	if (OidIsValid(types_from) &&
		target_column_type(types_from, table_name, sqlite_name, &type,
						   &typmod))
		name = sfm_names_add_exact(names, sqlite_name);
	return name != NULL ? name :
		sfm_names_add(names, sqlite_name, UNNAMED_COLUMN);
}

/*
 * choose_columns
 *		Names and types, before the data are looked at, of the columns of a
 *		foreign table: an array of *ncolumns.
 */
static ImportColumn *
choose_columns(const SfmTable *table, const char *table_name, Oid types_from,
			   const SfmImportOptions *options, int *ncolumns)
{
	ImportColumn *columns = palloc0(Max(table->ncolumns, 1) *
									sizeof(ImportColumn));
	SfmNames   *names = sfm_names_create(options->names);
	int			n = 0;

	reserve_system_columns(names);
	for (int i = 0; i < table->ncolumns; i++)
	{
		const SfmColumn *source = &table->columns[i];
		ImportColumn *column = &columns[n];

		if (source->generated != SFM_GENERATED_NEVER &&
			!options->import_generated)
			continue;
		column->source = source;
		column->name = column_name_for(names, source->name, table_name,
									   types_from);
		column->epoch = SFM_EPOCH_AUTO;
		column->from_target = OidIsValid(types_from) &&
			target_column_type(types_from, table_name, column->name,
							   &column->type, &column->typmod);
		if (!column->from_target)
			sfm_declared_type(source->declared_type, &column->type,
							  &column->typmod);
		n++;
	}
	*ncolumns = n;
	return columns;
}

/*
 * apply_inference
 *		Takes over what the data of a column have decided, with a notice.
 *
 *		A type from a target table stays: it says how the values will be
 *		stored.
 */
static void
apply_inference(const char *table_name, ImportColumn *column,
				const SfmProfile *profile)
{
	SfmInference inference;

	sfm_infer(profile, &inference);
	column->epoch = inference.epoch;
	if (column->from_target &&
		(inference.type != column->type || inference.typmod != column->typmod))
	{
		ereport(WARNING,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of table \"%s\" holds values that do not fit type %s of the target",
						column->source->name, table_name,
						format_type_with_typemod(column->type, column->typmod)),
				 inference.reason != NULL ?
				 errdetail_internal("%s", inference.reason) : 0));
		return;
	}
	if (inference.changed &&
		inference.type == column->type && inference.typmod == column->typmod)
		ereport(NOTICE,
				(errmsg("numbers in column \"%s\" of table \"%s\" are moments",
						column->source->name, table_name),
				 errdetail_internal("%s", inference.reason)));
	else if (inference.changed)
		ereport(NOTICE,
				(errmsg("column \"%s\" of table \"%s\" becomes %s instead of %s",
						column->source->name, table_name,
						format_type_with_typemod(inference.type, inference.typmod),
						format_type_with_typemod(column->type, column->typmod)),
				 inference.reason != NULL ?
				 errdetail_internal("%s", inference.reason) : 0));
	if (inference.misfits > 0)
		ereport(WARNING,
				(errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
				 errmsg("column \"%s\" of table \"%s\" holds text that PostgreSQL cannot store",
						column->source->name, table_name),
				 errdetail(INT64_FORMAT " values are bad; the first is the %s, %s.",
						   profile->misfits, profile->first_misfit,
						   profile->first_row),
				 errhint("The option \"on_bad_value\" says what becomes of them.")));
	column->type = inference.type;
	column->typmod = inference.typmod;
}

/*
 * is_nocase
 *		Does SQLite compare the values of a column without regard to capitals?
 *		So does a foreign key to such a column, whatever the column itself
 *		says ("SQLite Foreign Key Support", section 3): it has to have the type
 *		of its parent.
 */
static bool
is_nocase(SfmConnection *connection, const SfmTable *table,
		  const SfmColumn *column)
{
	ListCell   *cell;

	if (pg_strcasecmp(column->collation, "NOCASE") == 0)
		return true;
	foreach(cell, table->foreign_keys)
	{
		const SfmForeignKey *key = lfirst(cell);

		for (int i = 0; i < key->ncolumns; i++)
		{
			SfmTable   *parent;

			if (pg_strcasecmp(key->child_columns[i], column->name) != 0)
				continue;
			parent = sfm_catalog_table(connection, key->parent);
			for (int j = 0; parent != NULL && j < parent->ncolumns; j++)
			{
				const SfmColumn *other = &parent->columns[j];

				if ((key->parent_columns[i] != NULL ?
					 pg_strcasecmp(other->name, key->parent_columns[i]) == 0 :
					 other->key_position == i + 1) &&
					pg_strcasecmp(other->collation, "NOCASE") == 0)
					return true;
			}
		}
	}
	return false;
}

/*
 * apply_nocase
 *		Texts that SQLite compares without regard to capitals become citext,
 *		if the option "nocase" and the database allow.
 */
static void
apply_nocase(SfmConnection *connection, const SfmTable *table,
			 ImportColumn *columns, int ncolumns,
			 const SfmImportOptions *options)
{
	Oid			citext;

	if (options->nocase == SFM_NOCASE_TEXT || table->kind == SFM_KIND_VIEW)
		return;
	citext = sfm_find_citext();
	if (!OidIsValid(citext))
		return;
	for (int i = 0; i < ncolumns; i++)
	{
		if (columns[i].type == TEXTOID && !columns[i].from_target &&
			is_nocase(connection, table, columns[i].source))
			columns[i].type = citext;
	}
}

/*
 * require_citext
 *		Raises an error if citext was asked for and is not there.
 */
static void
require_citext(const SfmImportOptions *options)
{
	if (options->nocase == SFM_NOCASE_CITEXT && !OidIsValid(sfm_find_citext()))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("type \"citext\" does not exist in this database"),
				 errhint("Run CREATE EXTENSION citext first, or set the option \"nocase\" to \"text\".")));
}

/*
 * is_untyped
 *		Does a column's declaration say nothing about its values?
 */
static bool
is_untyped(const SfmTable *table, const SfmColumn *column)
{
	return column->declared_type[0] == '\0' ||
		(table->strict && pg_strcasecmp(column->declared_type, "ANY") == 0);
}

/*
 * infer_types
 *		Looks at the values of a table and widens the types of its columns.
 */
static void
infer_types(SfmConnection *connection, const SfmTable *table,
			ImportColumn *columns, int ncolumns,
			const SfmImportOptions *options)
{
	SfmTableProfile profile = {
		.table = table,
		.ncolumns = ncolumns,
		.names = palloc(ncolumns * sizeof(char *)),
		.columns = palloc(ncolumns * sizeof(SfmProfile)),
	};
	bool		core_data = sfm_is_core_data(connection);
	char	   *reason;

	for (int i = 0; i < ncolumns; i++)
	{
		profile.names[i] = columns[i].source->name;
		sfm_profile_init(&profile.columns[i], columns[i].type,
						 columns[i].typmod, SFM_EPOCH_AUTO,
						 !columns[i].from_target &&
						 is_untyped(table, columns[i].source), false);
		profile.columns[i].core_data = core_data;
	}
	if (!sfm_profile_table(connection, &profile,
						   options->infer_types == SFM_INFER_SAMPLE ?
						   SAMPLE_ROWS : 0, &reason))
		ereport(WARNING,
				(errcode(ERRCODE_FDW_UNABLE_TO_CREATE_EXECUTION),
				 errmsg("%s \"%s\" could not be read to its end",
						table->kind == SFM_KIND_VIEW ? "view" : "table",
						table->name),
				 errdetail("SQLite reports: %s.", reason)));
	for (int i = 0; i < ncolumns; i++)
		apply_inference(table->name, &columns[i], &profile.columns[i]);
}

/*
 * create_command
 *		The CREATE FOREIGN TABLE for a table or view; palloc'd.
 */
static char *
create_command(const ImportForeignSchemaStmt *stmt, SfmConnection *connection,
			   const SfmTable *table, const char *name, Oid types_from,
			   const SfmImportOptions *options)
{
	StringInfoData command;
	int			ncolumns;
	ImportColumn *columns = choose_columns(table, name, types_from, options,
										   &ncolumns);

	if (options->infer_types != SFM_INFER_OFF && ncolumns > 0)
		infer_types(connection, table, columns, ncolumns, options);
	apply_nocase(connection, table, columns, ncolumns, options);

	initStringInfo(&command);
	appendStringInfo(&command, "CREATE FOREIGN TABLE %s.%s (",
					 quote_identifier(stmt->local_schema),
					 quote_identifier(name));
	for (int i = 0; i < ncolumns; i++)
	{
		appendStringInfoString(&command, i == 0 ? "\n\t" : ",\n\t");
		append_column(&command, table, &columns[i], options);
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
	return lappend(commands, create_command(stmt, connection, table, name,
											types_from, options));
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
	require_citext(&options);
	if (options.types_from != NULL)
		types_from = get_namespace_oid(options.types_from, false);
	names = sfm_names_create(options.names);
	connection = sfm_server_connection(serverid);

	foreach(cell, sfm_catalog_names(connection, &unreadable))
	{
		SfmTableName *table = lfirst(cell);
		char	   *name;

		CHECK_FOR_INTERRUPTS();
		if (table->kind == SFM_KIND_SHADOW ||
			(table->kind == SFM_KIND_VIEW && !options.import_views))
			continue;
		name = table_name_for(names, table->name, types_from);
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
