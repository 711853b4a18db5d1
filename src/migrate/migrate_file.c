/*-------------------------------------------------------------------------
 *
 * migrate_file.c
 *	  sqlite_migrate_file(): a file moves in with one call.
 *
 * Makes what sqlite_migrate() needs and what a user would otherwise type:
 *
 *		CREATE SERVER chinook FOREIGN DATA WRAPPER sqlite_fdw_migrate
 *			OPTIONS (database '/srv/chinook.db');
 *		CREATE SCHEMA chinook_sqlite;
 *		COMMENT ON SCHEMA chinook_sqlite IS '...';
 *		IMPORT FOREIGN SCHEMA main FROM SERVER chinook INTO chinook_sqlite;
 *
 * The option types_from stands there too if the target schema exists and its
 * tables are not to be dropped: those that are there give the types.
 *
 * all by SQL, with the caller's rights and in the caller's transaction, so
 * that an error leaves none of it behind.  A server of that name for the same
 * file is used again, and its foreign tables in the mapping schema are made
 * anew: this form always maps the file as it is now.  Who edits the mapping
 * calls sqlite_migrate().
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_namespace.h"
#include "commands/comment.h"
#include "commands/defrem.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "parser/scansup.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "migrate.h"

PGDLLEXPORT Datum sqlite_migrate_file(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(sqlite_migrate_file);

#define WRAPPER_NAME "sqlite_fdw_migrate"
#define MAPPING_SUFFIX "_sqlite"

/* tells a mapping schema of ours from one that the user has made */
#define MAPPING_COMMENT "mapping of sqlite_migrate_file, made anew by each call"

/* behind the arguments that sqlite_migrate() has, too */
#define ARGUMENT_INFER_TYPES 17

/* room that a number and the suffix take at the end of a name */
#define NAME_RESERVE ((int) sizeof(MAPPING_SUFFIX) + 5)

/* Who may name a file on the server, and how. */
static void
check_path(const char *path)
{
	if (!has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to migrate a file of the server"),
				 errdetail("Only roles with privileges of the \"%s\" role may read files of the server.",
						   "pg_read_server_files")));
	if (!is_absolute_path(path))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("path \"%s\" is not absolute", path),
				 errhint("Give the whole path of the file, as the server sees it.")));
	if (GetForeignDataWrapperByName(WRAPPER_NAME, true) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("foreign-data wrapper \"%s\" does not exist",
						WRAPPER_NAME),
				 errhint("CREATE EXTENSION %s makes it.", WRAPPER_NAME)));
}

/*
 * base_name
 *		The file's name without folders and extension, folded, with room for
 *		a number and the suffix of the mapping schema.  Palloc'd.
 */
static char *
base_name(const char *path)
{
	const char *file = strrchr(path, '/');
	const char *dot;
	char	   *name;
	int			length;

	file = file != NULL ? file + 1 : path;
	dot = strrchr(file, '.');
	length = dot != NULL && dot > file ? (int) (dot - file) : (int) strlen(file);
	name = downcase_identifier(file, length, false, false);
	name[pg_mbcliplen(name, (int) strlen(name),
					  NAMEDATALEN - 1 - NAME_RESERVE)] = '\0';
	return name[0] != '\0' ? name : pstrdup("sqlite");
}

/* Is this a server of ours for this file? */
static bool
serves_file(const ForeignServer *server, const char *path)
{
	ListCell   *cell;

	if (!sfm_is_server(server->serverid))
		return false;
	foreach(cell, server->options)
	{
		DefElem    *option = lfirst(cell);

		if (strcmp(option->defname, "database") == 0)
			return strcmp(defGetString(option), path) == 0;
	}
	return false;
}

/*
 * provide_server
 *		The name of a server for the file; made if there is none.
 */
static char *
provide_server(const char *path)
{
	char	   *base = base_name(path);
	char	   *name = base;

	for (int number = 2;; number++)
	{
		ForeignServer *server = GetForeignServerByName(name, true);

		if (server == NULL)
			break;
		if (serves_file(server, path))
			return name;
		name = psprintf("%s_%d", base, number);
	}
	(void) sfm_execute(psprintf("CREATE SERVER %s FOREIGN DATA WRAPPER %s OPTIONS (database %s)",
								quote_identifier(name), WRAPPER_NAME,
								quote_literal_cstr(path)));
	return name;
}

/* Drops the foreign tables that a server has in a schema. */
static void
drop_mapping(const char *schema, Oid serverid)
{
	List	   *tables = sfm_foreign_tables(sfm_schema_oid(schema, false));
	StringInfoData sql;
	ListCell   *cell;

	initStringInfo(&sql);
	foreach(cell, tables)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->serverid == serverid)
			appendStringInfo(&sql, "%s%s",
							 sql.len > 0 ? ", " : "DROP FOREIGN TABLE ",
							 quote_qualified_identifier(schema, table->name));
	}
	if (sql.len > 0)
		(void) sfm_execute(sql.data);
}

/* Was this schema made by sqlite_migrate_file()? */
static bool
is_own_mapping(Oid schema)
{
	char	   *comment = GetComment(schema, NamespaceRelationId, 0);

	return comment != NULL && strcmp(comment, MAPPING_COMMENT) == 0;
}

/*
 * provide_mapping
 *		The name of the schema that holds the server's foreign tables, made
 *		anew.
 *
 *		A schema that the user has made is not touched, though it may be a
 *		mapping of the same file: it may have been edited.
 */
static char *
provide_mapping(const char *server, const char *infer_types,
				const SfmMigrateOptions *options)
{
	char	   *base = psprintf("%s%s", server, MAPPING_SUFFIX);
	char	   *schema = base;
	char	   *types_from = "";
	const char *quoted;
	Oid			existing;

	if (!options->drop_existing &&
		OidIsValid(get_namespace_oid(options->target, true)))
		types_from = psprintf(", types_from %s",
							  quote_literal_cstr(options->target));

	for (int number = 2;; number++)
	{
		existing = get_namespace_oid(schema, true);
		if (!OidIsValid(existing) || is_own_mapping(existing))
			break;
		schema = psprintf("%s_%d", base, number);
	}
	quoted = quote_identifier(schema);
	if (OidIsValid(existing))
		drop_mapping(schema, get_foreign_server_oid(server, false));
	else
	{
		(void) sfm_execute(psprintf("CREATE SCHEMA %s", quoted));
		(void) sfm_execute(psprintf("COMMENT ON SCHEMA %s IS %s", quoted,
									quote_literal_cstr(MAPPING_COMMENT)));
	}
	(void) sfm_execute(psprintf("IMPORT FOREIGN SCHEMA main FROM SERVER %s INTO %s OPTIONS (infer_types %s%s)",
								quote_identifier(server), quoted,
								quote_literal_cstr(infer_types), types_from));
	if (sfm_foreign_tables(get_namespace_oid(schema, false)) == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_TABLE_NOT_FOUND),
				 errmsg("the SQLite database holds no table that could be migrated")));
	return schema;
}

/*
 * sqlite_migrate_file
 *		Makes server and mapping for a file, and migrates it.
 */
Datum
sqlite_migrate_file(PG_FUNCTION_ARGS)
{
	SfmMigrateOptions options;
	char	   *path = sfm_name_argument(fcinfo, 0, "path");
	char	   *infer_types = PG_ARGISNULL(ARGUMENT_INFER_TYPES) ? "full" :
		text_to_cstring(PG_GETARG_TEXT_PP(ARGUMENT_INFER_TYPES));

	sfm_read_options(fcinfo, &options);
	check_path(path);
	InitMaterializedSRF(fcinfo, 0);
	options.source = provide_mapping(provide_server(path), infer_types,
									 &options);
	sfm_run(fcinfo, &options);
	return (Datum) 0;
}
