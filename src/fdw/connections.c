/*-------------------------------------------------------------------------
 *
 * connections.c
 *	  SQL functions to look at and close connections, as postgres_fdw's.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "fdw.h"

PG_FUNCTION_INFO_V1(sqlite_get_connections);
PG_FUNCTION_INFO_V1(sqlite_disconnect);
PG_FUNCTION_INFO_V1(sqlite_disconnect_all);
PGDLLEXPORT Datum sqlite_get_connections(PG_FUNCTION_ARGS);
PGDLLEXPORT Datum sqlite_disconnect(PG_FUNCTION_ARGS);
PGDLLEXPORT Datum sqlite_disconnect_all(PG_FUNCTION_ARGS);

/*
 * sqlite_get_connections()
 *		The files that this session holds open: (server_name, valid).
 *
 *		server_name is NULL for a server that was dropped in this transaction;
 *		valid is false for one that was altered or dropped, whose connection
 *		ends with the transaction.
 */
Datum
sqlite_get_connections(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, 0);
	foreach(cell, sfm_connections())
	{
		SfmConnection *connection = lfirst(cell);
		ForeignServer *server = GetForeignServerExtended(connection->serverid,
														 FSV_MISSING_OK);
		Datum		values[2] = {0};
		bool		nulls[2] = {0};

		if (server != NULL)
			values[0] = CStringGetTextDatum(server->servername);
		else
			nulls[0] = true;
		values[1] = BoolGetDatum(server != NULL &&
								 sfm_connection_is_valid(connection));
		tuplestore_putvalues(result->setResult, result->setDesc, values,
							 nulls);
	}
	return (Datum) 0;
}

/*
 * disconnect
 *		Closes one connection.  Warns if the present transaction uses it.
 */
static bool
disconnect(Oid serverid)
{
	bool		in_use;
	bool		closed = sfm_disconnect(serverid, &in_use);

	if (in_use)
	{
		ForeignServer *server = GetForeignServerExtended(serverid,
														 FSV_MISSING_OK);

		if (server != NULL)
			ereport(WARNING,
					(errmsg("cannot close the connection of server \"%s\" because it is still in use",
							server->servername)));
		else
			ereport(WARNING,
					(errmsg("cannot close the connection of a dropped server because it is still in use")));
	}
	return closed;
}

/*
 * sqlite_disconnect(server name)
 *		Closes the file of a server.  True if one was open and is closed now.
 *		Raises undefined_object for an unknown server.
 */
Datum
sqlite_disconnect(PG_FUNCTION_ARGS)
{
	ForeignServer *server =
		GetForeignServerByName(NameStr(*PG_GETARG_NAME(0)), false);

	PG_RETURN_BOOL(disconnect(server->serverid));
}

/*
 * sqlite_disconnect_all()
 *		Closes all files.  True if at least one was closed.
 */
Datum
sqlite_disconnect_all(PG_FUNCTION_ARGS)
{
	bool		closed = false;
	ListCell   *cell;

	foreach(cell, sfm_connections())
		closed |= disconnect(((SfmConnection *) lfirst(cell))->serverid);
	PG_RETURN_BOOL(closed);
}
