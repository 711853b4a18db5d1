/*-------------------------------------------------------------------------
 *
 * modify_truncate.c
 *	  TRUNCATE of foreign tables.
 *
 * SQLite has no TRUNCATE: DELETE without a condition is one where the table has
 * no triggers.  As in PostgreSQL, a table to which foreign keys point is only
 * emptied together with the tables that they are in; of CASCADE, PostgreSQL
 * knows the foreign tables named only, so that it is refused where SQLite knows
 * more.
 *
 * RESTART IDENTITY makes an AUTOINCREMENT table count from 1 again.  Any other
 * rowid table does so by itself once it is empty.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/rel.h"

#include "modify.h"

/* Is a table of SQLite, by name, one of those that are emptied? */
static bool
is_truncated(List *targets, const char *name)
{
	ListCell   *cell;

	foreach(cell, targets)
	{
		SfmWrittenTable *target = lfirst(cell);

		if (sqlite3_stricmp(target->table->name, name) == 0)
			return true;
	}
	return false;
}

/*
 * require_no_reference
 *		Refuses to empty a table if a foreign key of another one points to it.
 */
static void
require_no_reference(const SfmWrittenTable *target, List *targets,
					 DropBehavior behavior)
{
	SfmStatement *statement;

	statement = sfm_prepare(target->connection,
							"SELECT m.name FROM main.sqlite_master AS m"
							" JOIN pragma_foreign_key_list(m.name, 'main') AS f"
							" WHERE m.type = 'table'"
							" AND f.\"table\" = ?1 COLLATE NOCASE"
							" ORDER BY m.rowid");
	sfm_bind_text(statement, 1, target->table->name);
	while (sfm_step(statement))
	{
		char	   *name = sfm_column_string(statement, 0);

		if (name != NULL && is_truncated(targets, name))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot truncate foreign table \"%s\", which is referenced in a foreign key constraint",
						target->relation_name),
				 errdetail("Table \"%s\" of SQLite database \"%s\" references \"%s\".",
						   name != NULL ? name : "?",
						   sfm_database_name(target->connection),
						   target->table->name),
				 behavior == DROP_CASCADE ?
				 errhint("CASCADE does not reach tables of SQLite; truncate both at the same time.") :
				 errhint("Truncate both at the same time, or use DELETE.")));
	}
	sfm_finalize(statement);
}

/* Runs a statement without rows; with a table's name as parameter ?1. */
static void
run_for_table(SfmConnection *connection, const char *sql, const char *name)
{
	SfmStatement *statement = sfm_prepare(connection, sql);

	if (name != NULL)
		sfm_bind_text(statement, 1, name);
	(void) sfm_run_write(statement);
	sfm_finalize(statement);
}

/* Refuses a foreign table that may not be emptied, or written. */
static void
require_truncatable(Relation relation, const SfmTableOptions *options)
{
	if (!options->updatable)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("foreign table \"%s\" is not updatable",
						RelationGetRelationName(relation)),
				 errhint("The option \"updatable\" of the server or the table allows it.")));
	if (!options->truncatable)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("foreign table \"%s\" does not allow truncates",
						RelationGetRelationName(relation))));
}

/*
 * sqliteExecForeignTruncate
 *		Empties foreign tables of one server.
 *
 *		Their foreign keys among each other are looked at when all are empty.
 */
void
sqliteExecForeignTruncate(List *rels, DropBehavior behavior,
						  bool restart_seqs)
{
	List	   *targets = NIL;
	SfmConnection *connection = NULL;
	ListCell   *cell;

	foreach(cell, rels)
	{
		Relation	relation = lfirst(cell);
		SfmTableOptions options;

		sfm_table_options(RelationGetRelid(relation), &options);
		require_truncatable(relation, &options);
		connection = sfm_server_connection(options.serverid);
		sfm_begin_write(connection, options.table);
		targets = lappend(targets, sfm_target_open(relation));
	}
	foreach(cell, targets)
		require_no_reference(lfirst(cell), targets, behavior);

	sfm_before_write(connection);
	run_for_table(connection, "PRAGMA defer_foreign_keys = ON", NULL);
	foreach(cell, targets)
	{
		SfmWrittenTable *target = lfirst(cell);

		run_for_table(connection,
					  psprintf("DELETE FROM main.%s",
							   sfm_quote_sqlite(target->table->name)), NULL);
		if (restart_seqs && target->table->autoincrement)
			run_for_table(connection,
						  "DELETE FROM main.sqlite_sequence"
						  " WHERE name = ?1 COLLATE NOCASE",
						  target->table->name);
	}
	run_for_table(connection, "PRAGMA defer_foreign_keys = OFF", NULL);
}
