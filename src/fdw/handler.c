/*-------------------------------------------------------------------------
 *
 * handler.c
 *	  The callbacks of the wrapper, and what else asks for them.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_class.h"
#include "fmgr.h"
#include "utils/lsyscache.h"

#include "fdw.h"
#include "modify.h"

PG_FUNCTION_INFO_V1(sqlite_fdw_migrate_handler);
PGDLLEXPORT Datum sqlite_fdw_migrate_handler(PG_FUNCTION_ARGS);

/*
 * sqlite_fdw_migrate_handler()
 *		The struct of callbacks.
 */
Datum
sqlite_fdw_migrate_handler(PG_FUNCTION_ARGS)
{
	FdwRoutine *routine = makeNode(FdwRoutine);

	routine->GetForeignRelSize = sqliteGetForeignRelSize;
	routine->GetForeignPaths = sqliteGetForeignPaths;
	routine->GetForeignPlan = sqliteGetForeignPlan;
	routine->BeginForeignScan = sqliteBeginForeignScan;
	routine->IterateForeignScan = sqliteIterateForeignScan;
	routine->ReScanForeignScan = sqliteReScanForeignScan;
	routine->EndForeignScan = sqliteEndForeignScan;
	routine->ExplainForeignScan = sqliteExplainForeignScan;
	routine->AddForeignUpdateTargets = sqliteAddForeignUpdateTargets;
	routine->PlanForeignModify = sqlitePlanForeignModify;
	routine->BeginForeignModify = sqliteBeginForeignModify;
	routine->ExecForeignInsert = sqliteExecForeignInsert;
	routine->ExecForeignBatchInsert = sqliteExecForeignBatchInsert;
	routine->GetForeignModifyBatchSize = sqliteGetForeignModifyBatchSize;
	routine->ExecForeignUpdate = sqliteExecForeignUpdate;
	routine->ExecForeignDelete = sqliteExecForeignDelete;
	routine->EndForeignModify = sqliteEndForeignModify;
	routine->BeginForeignInsert = sqliteBeginForeignInsert;
	routine->EndForeignInsert = sqliteEndForeignInsert;
	routine->IsForeignRelUpdatable = sqliteIsForeignRelUpdatable;
	routine->ExplainForeignModify = sqliteExplainForeignModify;
	routine->AnalyzeForeignTable = sqliteAnalyzeForeignTable;
	routine->ImportForeignSchema = sqliteImportForeignSchema;
	PG_RETURN_POINTER(routine);
}

/*
 * sfm_is_foreign_table
 *		Is this relation a foreign table of ours, whatever the wrapper is
 *		called?
 */
bool
sfm_is_foreign_table(Oid relid)
{
	ForeignDataWrapper *wrapper;

	if (get_rel_relkind(relid) != RELKIND_FOREIGN_TABLE)
		return false;
	wrapper = GetForeignDataWrapper(GetForeignServer(GetForeignTable(relid)->serverid)->fdwid);
	if (!OidIsValid(wrapper->fdwhandler))
		return false;
	return GetFdwRoutine(wrapper->fdwhandler)->GetForeignRelSize ==
		sqliteGetForeignRelSize;
}
