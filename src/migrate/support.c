/*-------------------------------------------------------------------------
 *
 * support.c
 *	  What the files of this room share: arguments, names, running SQL.
 *
 * Each call of SPI here connects and disconnects by itself, so that results
 * live in the caller's memory context and an error in a subtransaction leaves
 * no level of SPI behind.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "commands/defrem.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/resowner.h"

#include "migrate.h"

/*
 * sfm_begin_settings
 *		Makes the text form of values and names the same in every session:
 *		for statements that are built now and run elsewhere.  Names outside
 *		pg_catalog come out qualified.  Ends with sfm_end_settings(), or with
 *		the transaction after an error.
 */
int
sfm_begin_settings(void)
{
	static const char *const settings[][2] = {
		{"search_path", "pg_catalog, pg_temp"},
		{"datestyle", "ISO, YMD"},
		{"intervalstyle", "postgres"},
		{"extra_float_digits", "3"},
		{"bytea_output", "hex"},
		{"quote_all_identifiers", "off"},
	};
	int			level = NewGUCNestLevel();

	for (int i = 0; i < lengthof(settings); i++)
		(void) set_config_option(settings[i][0], settings[i][1],
								 PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	return level;
}

/* Back to the caller's settings. */
void
sfm_end_settings(int level)
{
	AtEOXact_GUC(true, level);
}

/*
 * check_spi
 *		SPI raises nearly all errors itself; this catches the others.
 */
static void
check_spi(int code, const char *sql)
{
	if (code < 0)
		elog(ERROR, "SPI failed with %s: %s", SPI_result_code_string(code), sql);
}

/*
 * sfm_execute
 *		Runs a statement and gives the number of rows that it touched.
 */
uint64
sfm_execute(const char *sql)
{
	uint64		processed;

	check_spi(SPI_connect(), sql);
	check_spi(SPI_execute(sql, false, 0), sql);
	processed = SPI_processed;
	SPI_finish();
	return processed;
}

/*
 * sfm_query_value
 *		First column of the row of a query.  "type" is the type that the caller
 *		expects; it must be passed by value.
 *
 *		The number of rows is not limited, for PostgreSQL does not launch
 *		workers for a query that is.
 */
Datum
sfm_query_value(const char *sql, Oid type, bool *isnull)
{
	Datum		result = (Datum) 0;

	*isnull = true;
	check_spi(SPI_connect(), sql);
	check_spi(SPI_execute(sql, false, 0), sql);
	if (SPI_tuptable != NULL && SPI_processed > 0)
	{
		if (SPI_gettypeid(SPI_tuptable->tupdesc, 1) != type ||
			!get_typbyval(type))
			elog(ERROR, "unexpected result type: %s", sql);
		result = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1,
							   isnull);
	}
	SPI_finish();
	return result;
}

/*
 * sfm_try
 *		Does something in a subtransaction.  "keep" says whether that is to be
 *		released in the end, or rolled back in any case.
 *
 *		The error that ended it, palloc'd, or NULL.  Errors that no one may
 *		hide are raised.
 */
ErrorData *
sfm_try(SfmWork work, void *argument, bool keep)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		work(argument);
		if (keep)
			ReleaseCurrentSubTransaction();
		else
			RollbackAndReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	if (error != NULL && sfm_must_propagate(error->sqlerrcode))
		ReThrowError(error);
	return error;
}

/*
 * sfm_query_rows
 *		Runs a query: a list of rows, each an array of strings, with NULL for
 *		NULL, palloc'd in CurrentMemoryContext.
 */
List *
sfm_query_rows(const char *sql)
{
	MemoryContext context = CurrentMemoryContext;
	List	   *rows = NIL;

	check_spi(SPI_connect(), sql);
	check_spi(SPI_execute(sql, false, 0), sql);
	for (uint64 i = 0; SPI_tuptable != NULL && i < SPI_processed; i++)
	{
		TupleDesc	descriptor = SPI_tuptable->tupdesc;
		MemoryContext spi_context = MemoryContextSwitchTo(context);
		char	  **row = palloc_array(char *, descriptor->natts);

		for (int column = 0; column < descriptor->natts; column++)
			row[column] = SPI_getvalue(SPI_tuptable->vals[i], descriptor,
									   column + 1);
		rows = lappend(rows, row);
		MemoryContextSwitchTo(spi_context);
	}
	SPI_finish();
	return rows;
}

/*
 * sfm_name_argument
 *		An argument of type name or text that must not be NULL.  Palloc'd.
 */
char *
sfm_name_argument(FunctionCallInfo fcinfo, int n, const char *argument)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, n);

	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" must not be null", argument)));
	if (type == TEXTOID)
		return text_to_cstring(PG_GETARG_TEXT_PP(n));
	return pstrdup(NameStr(*PG_GETARG_NAME(n)));
}

/*
 * sfm_schema_oid
 *		A schema that the caller may look into.  Without "missing_ok" an
 *		absent one is an error, else InvalidOid.
 */
Oid
sfm_schema_oid(const char *name, bool missing_ok)
{
	Oid			oid = get_namespace_oid(name, missing_ok);
	AclResult	result;

	if (!OidIsValid(oid))
		return InvalidOid;
	result = sfm_namespace_aclcheck(oid, GetUserId(), ACL_USAGE);
	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_SCHEMA, name);
	return oid;
}

/*
 * sfm_qualified
 *		The quoted and qualified name of a relation.  Palloc'd.
 */
char *
sfm_qualified(Oid relid)
{
	char	   *schema = get_namespace_name(get_rel_namespace(relid));
	char	   *name = get_rel_name(relid);

	if (schema == NULL || name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relid)));
	return quote_qualified_identifier(schema, name);
}

/*
 * sfm_is_server
 *		Does this server belong to our wrapper, whatever that is called?
 */
bool
sfm_is_server(Oid serverid)
{
	ForeignDataWrapper *wrapper =
	GetForeignDataWrapper(GetForeignServer(serverid)->fdwid);

	return OidIsValid(wrapper->fdwhandler) &&
		GetFdwRoutine(wrapper->fdwhandler)->GetForeignRelSize ==
		sqliteGetForeignRelSize;
}
