/*-------------------------------------------------------------------------
 *
 * sqlite_fdw_migrate.c
 *	  The map of the extension, its magic block and its version.
 *
 * A PostgreSQL extension that reads SQLite files as foreign tables and moves
 * them into PostgreSQL.  The flow: a *mapping* (a schema of foreign tables), a
 * *plan* (SQL statements as rows), a *run* of the plan, and the *proof* that
 * both sides hold the same.
 *
 * Words, in the code as in the documentation:
 *
 *	declared type	the text behind a column's name in SQLite's CREATE TABLE
 *	affinity		what SQLite derives from the declared type
 *	storage class	what one value in SQLite is: INTEGER, REAL, TEXT, BLOB, NULL
 *	rowid			SQLite's key of a row
 *	source, target	the foreign side and PostgreSQL's side of a migration
 *	mapping			the foreign tables of a schema; the user may edit them
 *	plan			the statements of a migration, as rows
 *	bad value		a value that the type of its column cannot hold exactly
 *	reader			the part that gets rows out of a file
 *
 * Rooms; each knows only those above it:
 *
 *	src/sqlite/		SQLite's side
 *		storage.h		one value, whichever reader has read it
 *		statement.c		statements, result codes, encodings
 *		connection.c	one connection per server and backend
 *		transaction.c	its transactions, savepoints and locks
 *		reader.c		the rows of a table, by one of two readers
 *		pages.c			the one that reads the table's b-tree itself
 *		jsonb.c			SQLite's binary JSON
 *		lexer.l			the tokens of SQLite's SQL
 *		syntax.h		the tree of a statement of SQLite's schema
 *		keywords.c, grammar.y, parse.c
 *						from the tokens to the tree
 *		catalog.c		tables, columns, indexes, keys of a file
 *		integrity.c		rows that break keys
 *		facts.c			what a transaction has found out already
 *		new_file.c		a file that is made
 *		row_batch.c		rows as a table that SQLite reads
 *	src/value/		types and values
 *		declared_type.c	declared type -> PostgreSQL type
 *		converter.c		chooses the converters of a column
 *		to_number.c, to_text.c, to_time.c, to_other.c, to_composite.c
 *						storage class -> Datum
 *		from_datum.c, from_time.c, from_array.c
 *						Datum -> storage class
 *		datetime.c		SQLite's time values as text
 *		collect.c		what the values of a column are, and what holds them
 *		infer.c			which type a column gets for that
 *		bad_value.c		the error for a value that does not fit
 *	src/translate/	from SQLite's SQL to PostgreSQL's
 *		translate.h		what a translated expression, relation and scope is
 *		translation.c	refusals, names, what all translators share
 *		scope.c			what a name means
 *		literal.c, expression.c, comparison.c, compare_moment.c, predicate.c
 *						expressions
 *		coerce.c, coerce_column.c, unify.c
 *						the same value with another type
 *		function*.c, cast_expression.c
 *						calls, aggregates, windows, dates, JSON, CAST
 *		query.c, source.c, group.c, order.c, compound.c, cte.c
 *						SELECT
 *		statement.c, insert.c
 *						INSERT, UPDATE, DELETE
 *		trigger.c, raise.c
 *						CREATE TRIGGER
 *		visit.c			looks through a tree
 *		emulate*.c		SQLite's own functions for SQL
 *	src/fdw/		the wrapper
 *		handler.c		its callbacks
 *		options.c		the option table, validator
 *		names.c			PostgreSQL identifiers for SQLite's names
 *		import.c		IMPORT FOREIGN SCHEMA
 *		deparse.c		the SELECT for a scan
 *		estimate.c		planner and ANALYZE: rows
 *		paths.c			planner: ways to read, and their costs
 *		pushdown.c		which conditions SQLite may look at
 *		bind.c			runs them with their values
 *		scan.c			reading a foreign table
 *		scan_node.c		... as a node of a plan
 *		modify_plan.c, modify_deparse.c, modify.c, modify_direct.c,
 *		modify_truncate.c
 *						writing to one
 *		identity.c		which row of SQLite a row of an UPDATE is
 *		insert_select.c	INSERT ... SELECT in bulk
 *		bulk_insert.c	many rows at a time into a table
 *		heap_writer.c	whole pages of a new table
 *		profile.c		one look at all values of a table
 *		connections.c	SQL functions on connections
 *	src/migrate/	the job
 *		support.c		SPI, settings, arguments
 *		mapping.c		the foreign tables of a schema with their source
 *		tables.c		sqlite_tables
 *		profiles.c		sqlite_profile
 *		check.c			sqlite_check
 *		check_trial.c, check_values.c, check_keys.c, check_target.c,
 *		check_source.c	its parts
 *		plan.c			sqlite_migration_plan
 *		plan_table.c, plan_default.c, plan_constraints.c,
 *		plan_existing.c, plan_foreign_keys.c, plan_notes.c,
 *		plan_views.c, plan_triggers.c
 *						the plan's parts
 *		plan_relation.c	the mapping as the translation sees it
 *		plan_trial.c	statements are tried before the plan holds them
 *		run.c			sqlite_migrate
 *		migrate_file.c	sqlite_migrate_file
 *		load.c			sqlite_load
 *		bulk_load.c		its fast way
 *		cast.c			casts that change no value
 *		rejects.c		the bad values of a load, sqlite_rejects
 *		sequences.c		sqlite_reset_sequences
 *		compare.c		sqlite_compare_counts
 *	src/export/		the way back
 *		export.c		sqlite_export
 *		relations.c		which tables, their locks
 *		columns.c, types.c, names.c
 *						columns
 *		constraints.c, indexes.c, views.c, notes.c
 *						what else there is, and what is lost
 *		expression.c, calls.c, literal.c
 *						expressions of PostgreSQL for SQLite
 *		rows.c			the rows
 *	src/compat.h	differences between PostgreSQL versions
 *	src/compat_bulk_write.c
 *					what the older ones lack
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <sqlite3.h>

#include "fmgr.h"
#include "utils/builtins.h"

#include "compat.h"
#include "fdw/fdw.h"

SFM_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

PG_FUNCTION_INFO_V1(sqlite_fdw_migrate_version);
PGDLLEXPORT Datum sqlite_fdw_migrate_version(PG_FUNCTION_ARGS);

/*
 * _PG_init
 *		Called once per backend, when the library is loaded.
 */
void
_PG_init(void)
{
	sfm_define_settings();
}

/*
 * sqlite_fdw_migrate_version()
 *		The versions that a bug report needs, as text.
 */
Datum
sqlite_fdw_migrate_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(psprintf("sqlite_fdw_migrate %s, PostgreSQL %s, SQLite %s",
											  SFM_VERSION, PG_VERSION,
											  sqlite3_libversion())));
}
