/*-------------------------------------------------------------------------
 *
 * tables.c
 *	  sqlite_tables(): what is in the SQLite file of a server.
 *
 * For a look before IMPORT FOREIGN SCHEMA: it needs no foreign tables, only
 * USAGE on the server.  What SQLite cannot describe (a view over a function
 * of the application, a virtual table of an absent module) is listed with
 * unknown columns.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_foreign_server.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"

#include "migrate.h"

PGDLLEXPORT Datum sqlite_tables(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(sqlite_tables);

/* The word that stands for a kind in results. */
static const char *
kind_name(SfmTableKind kind)
{
	switch (kind)
	{
		case SFM_KIND_TABLE:
			return "table";
		case SFM_KIND_VIEW:
			return "view";
		case SFM_KIND_VIRTUAL:
			return "virtual";
		case SFM_KIND_SHADOW:
			return "shadow";
	}
	return "";
}

/* A server of ours that the caller may use. */
static Oid
usable_server(const char *name)
{
	ForeignServer *server = GetForeignServerByName(name, false);
	AclResult	result;

	if (!sfm_is_server(server->serverid))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("server \"%s\" is not a server of sqlite_fdw_migrate",
						name)));
	result = sfm_server_aclcheck(server->serverid, GetUserId(), ACL_USAGE);
	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_FOREIGN_SERVER, name);
	return server->serverid;
}

/* The SQL text of an object that SQLite cannot describe, or NULL. */
static const char *
sql_of(List *objects, const char *name)
{
	ListCell   *cell;

	foreach(cell, objects)
	{
		SfmSchemaObject *object = lfirst(cell);

		if (strcmp(object->name, name) == 0)
			return object->sql;
	}
	return NULL;
}

/*
 * put_table
 *		The row of one table.
 */
static void
put_table(ReturnSetInfo *result, SfmConnection *connection,
		  const SfmTableName *name)
{
	SfmTable   *table = sfm_catalog_table(connection, name->name);
	Datum		values[7] = {0};
	bool		nulls[7] = {false};
	const char *sql;

	values[0] = CStringGetTextDatum(name->name);
	values[1] = CStringGetTextDatum(kind_name(name->kind));
	if (table != NULL)
	{
		values[2] = Int32GetDatum(table->ncolumns);
		values[3] = BoolGetDatum(table->without_rowid);
		values[4] = BoolGetDatum(table->strict);
		sql = table->sql;
	}
	else
	{
		nulls[2] = nulls[3] = nulls[4] = true;
		sql = sql_of(sfm_catalog_objects(connection,
										 name->kind == SFM_KIND_VIEW ?
										 "view" : "table"), name->name);
	}
	/* only the rows of real tables can be guessed without a scan */
	nulls[5] = table == NULL || table->kind != SFM_KIND_TABLE;
	if (!nulls[5])
		values[5] = Int64GetDatum((int64) rint(sfm_row_estimate(connection,
																table)));
	nulls[6] = sql == NULL;
	if (!nulls[6])
		values[6] = CStringGetTextDatum(sql);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * sqlite_tables
 *		Tables and views of a file, in the order of their creation.
 */
Datum
sqlite_tables(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	char	   *server = NameStr(*PG_GETARG_NAME(0));
	SfmConnection *connection;
	List	   *names;
	int			unreadable;
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, 0);
	connection = sfm_server_connection(usable_server(server));
	names = sfm_catalog_names(connection, &unreadable);
	foreach(cell, names)
	{
		CHECK_FOR_INTERRUPTS();
		put_table(result, connection, lfirst(cell));
	}
	if (unreadable > 0)
		ereport(WARNING,
				(errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
				 errmsg_plural("%d table is not listed",
							   "%d tables are not listed", unreadable,
							   unreadable),
				 errdetail("The database encoding cannot represent the name.")));
	return (Datum) 0;
}
