/*-------------------------------------------------------------------------
 *
 * check_keys.c
 *	  Do the rows of a table obey its keys, indexes and constraints?
 *
 * Each rule is put to the rows of the foreign table as a query, with the
 * types, expressions and operators that the trial has found: what SQLite keeps
 * apart may be one value in PostgreSQL ('1' and 1 as text, two notations of one
 * moment, one UUID in capitals and small letters, citext).
 *
 * Text that is too long for an index is measured as a b-tree does it: after
 * compression.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/heaptoast.h"
#include "access/htup_details.h"
#include "access/itup.h"
#include "access/nbtree.h"
#include "access/toast_internals.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "check.h"

/* The largest index tuple that a b-tree takes, see _bt_check_third_page() */
#define LARGEST_INDEX_TUPLE \
	(MAXALIGN_DOWN((BLCKSZ - \
					MAXALIGN(SizeOfPageHeaderData + 3 * sizeof(ItemIdData)) - \
					MAXALIGN(sizeof(BTPageOpaqueData))) / 3) - \
	 MAXALIGN(sizeof(ItemPointerData)))

/* Smaller keys need not be measured, in bytes without headers */
#define HARMLESS_KEY (LARGEST_INDEX_TUPLE - 200)

/* A query on the rows of a table. */
typedef struct RowQuery
{
	SfmCheckedTable *table;
	const char *sql;
	List	   *rows;			/* as of sfm_query_rows() */
	void		(*read) (struct RowQuery *query);	/* or NULL */
	int64		found;			/* by "read" */
	char	   *example;
} RowQuery;

/* ------------------------------------------------------------------------
 * The rows as the target will hold them
 * ------------------------------------------------------------------------
 */

/*
 * target_rows
 *		The rows of a foreign table with the target's types, as a subquery.
 *
 *		Where a load leaves rows out, all columns are read, for any of them may
 *		be the reason.
 */
static char *
target_rows(const SfmCheckedTable *table)
{
	StringInfoData sql;
	bool		first = true;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "(SELECT");
	for (int i = 0; i < table->ncolumns; i++)
	{
		const SfmTargetColumn *column = &table->columns[i];

		if (column->mapped == NULL)
			continue;
		appendStringInfo(&sql, "%s f.%s", first ? "" : ",",
						 quote_identifier(column->name));
		if (column->type != column->mapped->type ||
			column->typmod != column->mapped->typmod)
			appendStringInfo(&sql, "::%s",
							 format_type_with_typemod(column->type,
													  column->typmod));
		appendStringInfo(&sql, " AS %s", quote_identifier(column->name));
		first = false;
	}
	appendStringInfo(&sql, " FROM %s f", sfm_qualified(table->mapped->relid));
	if (table->skipped > 0)
		appendStringInfoString(&sql, " WHERE pg_catalog.num_nonnulls(f.*) >= 0");
	appendStringInfoChar(&sql, ')');
	return sql.data;
}

/* For sfm_try(): runs a query under the sink of its table. */
static void
run_query(void *argument)
{
	RowQuery   *query = argument;
	SfmBadValueSink *previous =
	sfm_set_bad_value_sink(sfm_check_sink(query->table));

	PG_TRY();
	{
		if (query->read != NULL)
			query->read(query);
		else
			query->rows = sfm_query_rows(query->sql);
	}
	PG_FINALLY();
	{
		(void) sfm_set_bad_value_sink(previous);
	}
	PG_END_TRY();
}

/* Has a table been found to stop the migration already? */
static bool
has_error(const SfmCheck *check, const char *table)
{
	ListCell   *cell;

	foreach(cell, check->findings)
	{
		SfmFinding *finding = lfirst(cell);

		if (finding->severity == SFM_CHECK_ERROR && finding->table != NULL &&
			strcmp(finding->table, table) == 0)
			return true;
	}
	return false;
}

/*
 * ask
 *		Runs a query.  False if it fails: because it needs a column that the
 *		source does not fill, because of an error that is reported already; or
 *		because of one that the migration will meet, too, which is reported.
 */
static bool
ask(SfmCheck *check, RowQuery *query, const char *object)
{
	const char *table = query->table->mapped->name;
	ErrorData  *error = sfm_try(run_query, query, true);

	if (error == NULL)
		return true;
	if (error->sqlerrcode != ERRCODE_UNDEFINED_COLUMN &&
		!has_error(check, table))
		sfm_check_add(check, SFM_CHECK_ERROR, table, object,
					  sfm_describe_error(error), -1, NULL, error->hint);
	return false;
}

/*
 * shown_row
 *		SQL text that names a row by SQLite's primary key: "id 7"; NULL if the
 *		mapping does not hold it.  Palloc'd.
 */
static char *
shown_row(const SfmCheckedTable *table)
{
	const SfmTable *source = table->mapped->source;
	StringInfoData names;
	StringInfoData values;

	if (source == NULL || source->nkeys == 0)
		return NULL;
	initStringInfo(&names);
	initStringInfo(&values);
	for (int i = 0; i < table->ncolumns; i++)
	{
		const SfmTargetColumn *column = &table->columns[i];

		if (column->mapped == NULL || column->mapped->source == NULL ||
			column->mapped->source->key_position == 0)
			continue;
		appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "",
						 column->name);
		appendStringInfo(&values, ", c.%s::text",
						 quote_identifier(column->name));
	}
	if (names.len == 0)
		return NULL;
	return psprintf("%s || ' ' || pg_catalog.concat_ws(', '%s)",
					quote_literal_cstr(names.data), values.data);
}

/* ------------------------------------------------------------------------
 * Unique keys
 * ------------------------------------------------------------------------
 */

/* SQLite's index that became this one, or NULL. */
static const SfmIndex *
sqlite_index(const SfmCheckedTable *table, const SfmTargetIndex *index)
{
	ListCell   *cell;

	if (table->mapped->source == NULL || table->existing || index->constraint)
		return NULL;
	foreach(cell, table->mapped->source->indexes)
	{
		SfmIndex   *candidate = lfirst(cell);

		if (candidate->origin == 'c' &&
			pg_strcasecmp(candidate->name, index->name) == 0)
			return candidate;
	}
	return NULL;
}

/* The column that is the whole key of an index, or NULL. */
static const SfmTargetColumn *
only_column(const SfmCheckedTable *table, const SfmTargetIndex *index)
{
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (table->columns[i].mapped != NULL &&
			strcmp(quote_identifier(table->columns[i].name), index->keys) == 0)
			return &table->columns[i];
	}
	return NULL;
}

/*
 * duplicate_remedy
 *		How the values of a key can be kept apart, or NULL.
 */
static char *
duplicate_remedy(const SfmCheck *check, const SfmCheckedTable *table,
				 const SfmTargetIndex *index)
{
	const SfmTargetColumn *column = only_column(table, index);
	const SfmIndex *source = sqlite_index(table, index);
	char	   *rowid;
	char	   *name;

	if (table->existing)
		return sfm_check_migrate(check, "on_conflict => 'skip'");
	if (column != NULL && column->mapped->type != TEXTOID)
		return sfm_check_alter(check, table->mapped->name,
							   column->mapped->name, "TYPE text");
	if (source != NULL)
		return psprintf("DROP INDEX %s;  -- sqlite3 shell",
						sfm_quote_sqlite(source->name));
	if (column == NULL || table->mapped->source == NULL ||
		sfm_rowid_name(table->mapped->source) == NULL)
		return NULL;
	rowid = sfm_quote_sqlite(sfm_rowid_name(table->mapped->source));
	name = sfm_quote_sqlite(column->mapped->sqlite_name);
	return psprintf("DELETE FROM %s WHERE %s IS NOT NULL AND %s NOT IN (SELECT min(%s) FROM %s GROUP BY CAST(%s AS TEXT));  -- sqlite3 shell: keeps the first row of each value",
					sfm_quote_sqlite(table->mapped->sqlite_name), name, rowid,
					rowid, sfm_quote_sqlite(table->mapped->sqlite_name), name);
}

/* Is the key the rowid, as the integer that it is? */
static bool
is_rowid(const SfmCheckedTable *table, const SfmTargetIndex *index)
{
	const SfmTargetColumn *column = only_column(table, index);

	return column != NULL && table->mapped->source != NULL &&
		column->mapped == sfm_mapped_column(table->mapped,
											table->mapped->source->rowid_column) &&
		(column->type == INT2OID || column->type == INT4OID ||
		 column->type == INT8OID);
}

/*
 * check_unique
 *		Rows that share a value of a unique key.  The rowid needs no question.
 */
static void
check_unique(SfmCheck *check, SfmCheckedTable *table,
			 const SfmTargetIndex *index)
{
	RowQuery	query = {.table = table};
	StringInfoData sql;
	char	   *row = shown_row(table);
	char	  **result;

	if (is_rowid(table, index))
		return;
	initStringInfo(&sql);
	appendStringInfo(&sql,
					 "SELECT pg_catalog.sum(n), pg_catalog.min(v COLLATE \"C\")"
					 " FROM (SELECT pg_catalog.count(*) AS n, pg_catalog.min(%s COLLATE \"C\")%s AS v FROM %s c WHERE %s",
					 index->shown_keys,
					 row == NULL || index->primary ? "" :
					 psprintf(" || ' (' || pg_catalog.min(%s COLLATE \"C\") || ', ' || pg_catalog.max(%s COLLATE \"C\") || ')'",
							  row, row),
					 target_rows(table),
					 index->nulls_equal ? "true" : index->no_nulls);
	if (index->predicate != NULL)
		appendStringInfo(&sql, " AND (%s)", index->predicate);
	appendStringInfo(&sql, " GROUP BY %s HAVING pg_catalog.count(*) > 1) d",
					 index->keys);
	query.sql = sql.data;
	if (!ask(check, &query, index->name))
		return;
	result = linitial(query.rows);
	if (result[0] == NULL)
		return;
	sfm_check_add(check, SFM_CHECK_ERROR, table->mapped->name, index->name,
				  psprintf("rows share values of the unique key (%s)",
						   index->keys),
				  strtoll(result[0], NULL, 10), result[1],
				  duplicate_remedy(check, table, index));
}

/* ------------------------------------------------------------------------
 * The size of index rows
 * ------------------------------------------------------------------------
 */

/*
 * index_tuple_size
 *		The size of an index row with these values, as index_form_tuple() would
 *		make it.
 */
static Size
index_tuple_size(TupleDesc descriptor, Datum *values, bool *nulls)
{
	Size		size = MAXALIGN(sizeof(IndexTupleData));

	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
		char		storage;

		if (nulls[i])
		{
			size = MAXALIGN(sizeof(IndexTupleData) +
							sizeof(IndexAttributeBitMapData));
			continue;
		}
		storage = get_typstorage(attribute->atttypid);
		if (attribute->attlen != -1)
			continue;
		values[i] = PointerGetDatum(PG_DETOAST_DATUM_PACKED(values[i]));
		if (VARSIZE_ANY(DatumGetPointer(values[i])) > TOAST_INDEX_TARGET &&
			(storage == TYPSTORAGE_EXTENDED || storage == TYPSTORAGE_MAIN))
		{
			Datum		compressed =
			toast_compress_datum(values[i], InvalidCompressionMethod);

			if (DatumGetPointer(compressed) != NULL)
				values[i] = compressed;
		}
	}
	return MAXALIGN(size + heap_compute_data_size(descriptor, values, nulls));
}

/* RowQuery.read: counts index rows that are too large. */
static void
measure_rows(RowQuery *query)
{
	MemoryContext context = CurrentMemoryContext;
	Portal		portal;
	SPIPlanPtr	plan;

	if (SPI_connect() < 0)
		elog(ERROR, "SPI_connect failed");
	plan = SPI_prepare(query->sql, 0, NULL);
	if (plan == NULL)
		elog(ERROR, "SPI failed with %s: %s",
			 SPI_result_code_string(SPI_result), query->sql);
	portal = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	for (;;)
	{
		TupleDesc	descriptor;
		Datum	   *values;
		bool	   *nulls;

		CHECK_FOR_INTERRUPTS();
		SPI_cursor_fetch(portal, true, 1);
		if (SPI_processed == 0)
			break;
		descriptor = SPI_tuptable->tupdesc;
		values = palloc_array(Datum, descriptor->natts);
		nulls = palloc_array(bool, descriptor->natts);
		heap_deform_tuple(SPI_tuptable->vals[0], descriptor, values, nulls);
		if (index_tuple_size(descriptor, values, nulls) > LARGEST_INDEX_TUPLE &&
			query->found++ == 0)
		{
			char	   *value = SPI_getvalue(SPI_tuptable->vals[0], descriptor,
											 1);
			MemoryContext old_context = MemoryContextSwitchTo(context);
			int			length = value == NULL ? 0 : (int) strlen(value);

			query->example = psprintf("%.*s... (%d bytes)",
									  pg_mbcliplen(value != NULL ? value : "",
												   length, 40),
									  value != NULL ? value : "", length);
			MemoryContextSwitchTo(old_context);
		}
		pfree(values);
		pfree(nulls);
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
	SPI_finish();
}

/* Has the table a text, BLOB or the like that an index may not take? */
static bool
has_long_values(const SfmCheckedTable *table)
{
	if (table->profile == NULL)
		return true;
	for (int i = 0; i < table->profile->ncolumns; i++)
	{
		/* up to four bytes a character */
		if (table->profile->columns[i].max_length > HARMLESS_KEY / 4)
			return true;
	}
	return false;
}

/*
 * check_index_size
 *		Rows whose key is too large for the index.
 */
static void
check_index_size(SfmCheck *check, SfmCheckedTable *table,
				 const SfmTargetIndex *index)
{
	RowQuery	query = {.table = table,.read = measure_rows};
	const SfmIndex *source = sqlite_index(table, index);

	query.sql = psprintf("SELECT %s FROM %s c WHERE pg_catalog.pg_column_size(ROW(%s)) > %d%s",
						 index->keys, target_rows(table), index->keys,
						 (int) HARMLESS_KEY,
						 index->predicate == NULL ? "" :
						 psprintf(" AND (%s)", index->predicate));
	if (!ask(check, &query, index->name) || query.found == 0)
		return;
	sfm_check_add(check, SFM_CHECK_ERROR, table->mapped->name, index->name,
				  psprintf("values of (%s) are too large for an index: at most %d bytes after compression",
						   index->keys, (int) LARGEST_INDEX_TUPLE),
				  query.found, query.example,
				  source != NULL ?
				  psprintf("DROP INDEX %s;  -- sqlite3 shell",
						   sfm_quote_sqlite(source->name)) : NULL);
}

/* ------------------------------------------------------------------------
 * Foreign keys, CHECKs, NULL in keys
 * ------------------------------------------------------------------------
 */

/* The table of the mapping that is loaded as this parent, or NULL. */
static const SfmCheckedTable *
find_parent(const SfmCheck *check, const SfmTargetForeignKey *key)
{
	ListCell   *cell;

	foreach(cell, check->tables)
	{
		const SfmCheckedTable *table = lfirst(cell);

		if (strcmp(table->mapped->name, key->parent) == 0)
			return table;
	}
	return NULL;
}

/*
 * orphan_remedy
 *		How to get rid of rows without a parent.
 */
static char *
orphan_remedy(const SfmCheck *check, const SfmCheckedTable *table,
			  const SfmTargetForeignKey *key, const SfmCheckedTable *parent)
{
	const SfmMappedColumn *child_column = NULL;
	const SfmMappedColumn *parent_column = NULL;
	char	   *name = sfm_quote_sqlite(table->mapped->sqlite_name);
	char	   *column;

	/* SQLite takes them for no orphans: nothing can be deleted there */
	if (key->enforced && !table->existing)
		return sfm_check_migrate(check, "foreign_keys => false");
	for (int i = 0; key->child_column != NULL && i < table->ncolumns; i++)
	{
		if (strcmp(table->columns[i].name, key->child_column) == 0)
			child_column = table->columns[i].mapped;
	}
	for (int i = 0; parent != NULL && key->parent_column != NULL &&
		 i < parent->ncolumns; i++)
	{
		if (strcmp(parent->columns[i].name, key->parent_column) == 0)
			parent_column = parent->columns[i].mapped;
	}
	if (child_column == NULL || parent_column == NULL)
		return !table->existing ? NULL :
			psprintf("ALTER TABLE %s DROP CONSTRAINT %s;  -- psql",
					 quote_qualified_identifier(check->target,
												table->mapped->name),
					 quote_identifier(key->name));
	column = sfm_quote_sqlite(child_column->sqlite_name);
	return psprintf("DELETE FROM %s WHERE %s IS NOT NULL AND NOT EXISTS (SELECT 1 FROM %s AS p WHERE p.%s = %s.%s);  -- sqlite3 shell",
					name, column,
					sfm_quote_sqlite(parent->mapped->sqlite_name),
					sfm_quote_sqlite(parent_column->sqlite_name), name,
					column);
}

/*
 * check_foreign_key
 *		Rows without a parent.
 */
static void
check_foreign_key(SfmCheck *check, SfmCheckedTable *table,
				  const SfmTargetForeignKey *key)
{
	const SfmCheckedTable *parent = find_parent(check, key);
	RowQuery	query = {.table = table};
	char	   *row = shown_row(table);
	char	  **result;

	if (parent != NULL && !parent->readable)
		return;
	query.sql = psprintf("SELECT pg_catalog.count(*), pg_catalog.min(%s%s COLLATE \"C\")"
						 " FROM %s c WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s)",
						 key->shown_columns,
						 row == NULL ? "" : psprintf(" || ' (' || %s || ')'", row),
						 target_rows(table), key->no_nulls,
						 parent != NULL ? target_rows(parent) :
						 key->qualified_parent, key->condition);
	if (!ask(check, &query, key->columns))
		return;
	result = linitial(query.rows);
	if (strcmp(result[0], "0") == 0)
		return;
	sfm_check_add(check,
				  key->enforced ? SFM_CHECK_ERROR : SFM_CHECK_WARNING,
				  table->mapped->name, key->columns,
				  psprintf("rows refer to rows that are not in table \"%s\"",
						   key->parent),
				  strtoll(result[0], NULL, 10), result[1],
				  orphan_remedy(check, table, key, parent));
}

/* Rows that break a CHECK of the target. */
static void
check_constraint(SfmCheck *check, SfmCheckedTable *table,
				 const SfmTargetConstraint *constraint)
{
	RowQuery	query = {.table = table};
	char	   *row = shown_row(table);
	char	  **result;

	query.sql = psprintf("SELECT pg_catalog.count(*), pg_catalog.min(%s COLLATE \"C\") FROM %s c WHERE NOT (%s)",
						 row != NULL ? row : "NULL::text", target_rows(table),
						 constraint->expression);
	if (!ask(check, &query, constraint->name))
		return;
	result = linitial(query.rows);
	if (strcmp(result[0], "0") != 0)
		sfm_check_add(check, SFM_CHECK_ERROR, table->mapped->name,
					  constraint->name,
					  psprintf("rows break CHECK %s", constraint->expression),
					  strtoll(result[0], NULL, 10), result[1], NULL);
}

/* SQLite's first row with NULL in a column: "rowid 3", or NULL. */
static char *
first_null(const SfmCheckedTable *table, const SfmColumn *column)
{
	const SfmTable *source = table->mapped->source;
	SfmStatement *statement;
	char	   *result = NULL;

	if (sfm_rowid_name(source) == NULL)
		return NULL;
	/* IS NULL would be folded away where the column is NOT NULL */
	statement =
		sfm_prepare(sfm_server_connection(table->mapped->serverid),
					psprintf("SELECT t.%s FROM main.%s AS t WHERE typeof(t.%s) = 'null' LIMIT 1",
							 sfm_quote_sqlite(sfm_rowid_name(source)),
							 sfm_quote_sqlite(source->name),
							 sfm_quote_sqlite(column->name)));
	if (sfm_step(statement))
		result = psprintf("rowid %s", sfm_column_string(statement, 0));
	sfm_finalize(statement);
	return result;
}

/*
 * check_key_nulls
 *		NULL in columns of SQLite's primary key, which does not forbid it.
 */
static void
check_key_nulls(SfmCheck *check, const SfmCheckedTable *table)
{
	const SfmTable *source = table->mapped->source;

	for (int i = 0; table->profile != NULL && i < table->ncolumns; i++)
	{
		const SfmTargetColumn *column = &table->columns[i];
		int64		nulls = 0;

		if (column->mapped == NULL || column->mapped->source == NULL ||
			column->refuses_null ||
			(column->mapped->source->key_position == 0 &&
			 !column->not_null_later))
			continue;
		for (int j = 0; j < table->profile->ncolumns; j++)
		{
			if (table->profiled[j]->attnum == column->mapped->attnum)
				nulls = table->profile->columns[j].count[SFM_NULL];
		}
		if (column->action == SFM_BAD_VALUE_NULL)
			nulls += column->bad;
		if (nulls > 0)
			sfm_check_add(check,
						  column->not_null_later ? SFM_CHECK_ERROR :
						  SFM_CHECK_WARNING, table->mapped->name, column->name,
						  "the column is part of the primary key, and holds NULL",
						  nulls, first_null(table, column->mapped->source),
						  psprintf("DELETE FROM %s WHERE %s IS NULL;  -- sqlite3 shell",
								   sfm_quote_sqlite(source->name),
								   sfm_quote_sqlite(column->mapped->source->name)));
	}
}

/*
 * sfm_check_keys
 *		Keys, indexes, foreign keys and CHECKs of a table.
 */
void
sfm_check_keys(SfmCheck *check, SfmCheckedTable *table)
{
	bool		long_values;
	ListCell   *cell;

	if (!table->readable)
		return;
	check_key_nulls(check, table);
	long_values = has_long_values(table);
	foreach(cell, table->indexes)
	{
		SfmTargetIndex *index = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		if (index->unique)
			check_unique(check, table, index);
		if (index->btree && long_values)
			check_index_size(check, table, index);
	}
	foreach(cell, table->foreign_keys)
		check_foreign_key(check, table, lfirst(cell));
	foreach(cell, table->constraints)
		check_constraint(check, table, lfirst(cell));
}
