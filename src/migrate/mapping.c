/*-------------------------------------------------------------------------
 *
 * mapping.c
 *	  The mapping: the foreign tables of a schema, next to what SQLite's
 *	  catalog says about the tables that they stand for.
 *
 * The foreign tables decide names, order and types of columns, for the user
 * may have edited them; keys, defaults and indexes come from the SQLite file.
 * Foreign tables of other wrappers in the same schema are none of ours.
 *
 * include and exclude hold LIKE patterns on the names of the foreign tables.
 * A pattern that is, as it stands, the name of a foreign table means that
 * table alone: 'a_b' does not take "axb" along if there is an "a_b".
 *
 * The SQLite file is read for the selected tables only, see
 * sfm_mapping_complete(): a file that is away does not disturb those who
 * excluded its tables.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/genam.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_foreign_table.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "migrate.h"

/*
 * sfm_patterns
 *		The members of a text[] argument, as a list of char *.  NIL for NULL.
 */
List *
sfm_patterns(ArrayType *array, const char *argument)
{
	List	   *patterns = NIL;
	Datum	   *elements;
	bool	   *nulls;
	int			count;

	if (array == NULL)
		return NIL;
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT,
					  &elements, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("argument \"%s\" must not contain nulls",
							argument)));
		patterns = lappend(patterns, TextDatumGetCString(elements[i]));
	}
	return patterns;
}

/* Does a name match a LIKE pattern? */
static bool
is_like(const char *name, const char *pattern)
{
	return DatumGetBool(DirectFunctionCall2Coll(textlike, C_COLLATION_OID,
												CStringGetTextDatum(name),
												CStringGetTextDatum(pattern)));
}

/* Does a name match, or equal, one of the patterns? */
static bool
matches_any(const char *name, List *patterns)
{
	ListCell   *cell;

	foreach(cell, patterns)
	{
		const char *pattern = lfirst(cell);

		if (strcmp(name, pattern) == 0 || is_like(name, pattern))
			return true;
	}
	return false;
}

/*
 * sfm_name_selected
 *		Do include and exclude leave this name in?
 */
bool
sfm_name_selected(const char *name, List *include, List *exclude)
{
	return (include == NIL || matches_any(name, include)) &&
		!matches_any(name, exclude);
}

/*
 * sfm_pattern_for
 *		The LIKE pattern that matches this name only.  Palloc'd.
 */
char *
sfm_pattern_for(const char *name)
{
	StringInfoData pattern;

	initStringInfo(&pattern);
	for (; *name != '\0'; name++)
	{
		if (*name == '\\' || *name == '%' || *name == '_')
			appendStringInfoChar(&pattern, '\\');
		appendStringInfoChar(&pattern, *name);
	}
	return pattern.data;
}

/*
 * exact_patterns
 *		The patterns, those escaped that are names of foreign tables as they
 *		stand.  One that escapes something is a pattern, as the plan makes
 *		them (sfm_pattern_for).
 */
static List *
exact_patterns(List *patterns, List *mapping)
{
	List	   *result = NIL;
	ListCell   *cell;
	ListCell   *table_cell;

	foreach(cell, patterns)
	{
		char	   *pattern = lfirst(cell);

		foreach(table_cell, strchr(pattern, '\\') == NULL ? mapping : NIL)
		{
			if (strcmp(((SfmMappedTable *) lfirst(table_cell))->name,
					   pattern) == 0)
			{
				pattern = sfm_pattern_for(pattern);
				break;
			}
		}
		result = lappend(result, pattern);
	}
	return result;
}

/* qsort order of tables: by name, bytewise */
static int
compare_mapped(const ListCell *a, const ListCell *b)
{
	return strcmp(((SfmMappedTable *) lfirst(a))->name,
				  ((SfmMappedTable *) lfirst(b))->name);
}

/* A mapped table of which only the names are known. */
static SfmMappedTable *
make_mapped(Oid relid, Oid serverid, const char *name)
{
	SfmMappedTable *table = palloc0_object(SfmMappedTable);

	table->relid = relid;
	table->serverid = serverid;
	table->name = pstrdup(name);
	return table;
}

/*
 * sfm_foreign_tables
 *		Our foreign tables in a schema, by name.
 */
List *
sfm_foreign_tables(Oid schema)
{
	List	   *tables = NIL;
	List	   *ours = NIL;		/* servers */
	List	   *others = NIL;
	Relation	catalog = table_open(ForeignTableRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, NULL, 0,
										  NULL);
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_foreign_table form = (Form_pg_foreign_table) GETSTRUCT(tuple);
		char	   *name;

		if (get_rel_namespace(form->ftrelid) != schema ||
			list_member_oid(others, form->ftserver))
			continue;
		if (!list_member_oid(ours, form->ftserver))
		{
			if (!sfm_is_server(form->ftserver))
			{
				others = lappend_oid(others, form->ftserver);
				continue;
			}
			ours = lappend_oid(ours, form->ftserver);
		}
		name = get_rel_name(form->ftrelid);
		if (name != NULL)
			tables = lappend(tables,
							 make_mapped(form->ftrelid, form->ftserver, name));
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);

	list_sort(tables, compare_mapped);
	return tables;
}

/*
 * warn_about_patterns
 *		A WARNING for each pattern of include that matched nothing.
 */
static void
warn_about_patterns(List *include, List *mapping, const char *source)
{
	ListCell   *cell;
	ListCell   *table_cell;

	foreach(cell, include)
	{
		const char *pattern = lfirst(cell);
		bool		found = false;

		foreach(table_cell, mapping)
		{
			SfmMappedTable *table = lfirst(table_cell);

			if (matches_any(table->name, list_make1((void *) pattern)))
			{
				found = true;
				break;
			}
		}
		if (!found)
			ereport(WARNING,
					(errcode(ERRCODE_UNDEFINED_TABLE),
					 errmsg("no foreign table in schema \"%s\" matches \"%s\"",
							source, pattern)));
	}
}

/*
 * sfm_read_mapping
 *		Our foreign tables in schema "source", by name: a list of
 *		SfmMappedTable *.  "selected" tells which of them include and exclude
 *		leave in; those are complete.
 *
 *		Raises an error if the schema is missing, may not be used or holds
 *		none.  A pattern of include that matches nothing is a WARNING.
 */
List *
sfm_read_mapping(const char *source, List *include, List *exclude)
{
	Oid			schema = sfm_schema_oid(source, false);
	List	   *mapping = sfm_foreign_tables(schema);
	ListCell   *cell;
	List	   *only;
	List	   *without;

	if (mapping == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("schema \"%s\" holds no foreign tables of sqlite_fdw_migrate",
						source),
				 errhint("Make them with IMPORT FOREIGN SCHEMA main FROM SERVER ... INTO %s.",
						 quote_identifier(source))));

	warn_about_patterns(include, mapping, source);
	only = exact_patterns(include, mapping);
	without = exact_patterns(exclude, mapping);
	foreach(cell, mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		table->selected = sfm_name_selected(table->name, only, without);
		if (table->selected)
			sfm_mapping_complete(table);
	}
	return mapping;
}

/*
 * read_mapped_columns
 *		Fills the columns of a mapped table from the foreign table.
 */
static void
read_mapped_columns(SfmMappedTable *table)
{
	Relation	relation = table_open(table->relid, NoLock);
	TupleDesc	descriptor = RelationGetDescr(relation);
	SfmTableOptions table_options;

	sfm_table_options(table->relid, &table_options);
	table->columns = palloc0_array(SfmMappedColumn, Max(descriptor->natts, 1));
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
		SfmMappedColumn *column;
		SfmColumnOptions options;
		int			place = -1;

		if (attribute->attisdropped)
			continue;
		sfm_column_options(table->relid, attribute->attnum, &table_options,
						   &options);
		column = &table->columns[table->ncolumns++];
		column->name = pstrdup(NameStr(attribute->attname));
		column->attnum = attribute->attnum;
		column->type = attribute->atttypid;
		column->typmod = attribute->atttypmod;
		column->collation = attribute->attcollation;
		column->not_null = attribute->attnotnull;
		column->epoch = options.epoch;
		column->sqlite_name = pstrdup(options.column_name);
		if (table->source != NULL)
			place = sfm_find_column(table->source, column->sqlite_name);
		if (place >= 0)
			column->source = &table->source->columns[place];
	}
	table_close(relation, NoLock);
}

/*
 * exact_names
 *		The names that the patterns match, if none has a wildcard: then they
 *		can be looked up, and a call for one table of a thousand does not read
 *		the thousand.  Else NIL.
 */
static List *
exact_names(List *patterns)
{
	List	   *names = NIL;
	ListCell   *cell;

	foreach(cell, patterns)
	{
		const char *pattern = lfirst(cell);
		StringInfoData name;

		initStringInfo(&name);
		for (const char *c = pattern; *c != '\0'; c++)
		{
			if (*c == '%' || *c == '_')
				return NIL;
			if (*c == '\\' && c[1] != '\0')
				c++;
			appendStringInfoChar(&name, *c);
		}
		names = lappend(names, name.data);
		/* as it stands, it may be a name as well */
		if (strcmp(name.data, pattern) != 0)
			names = lappend(names, pstrdup(pattern));
	}
	return names;
}

/*
 * sfm_selected_tables
 *		The foreign tables that "include" leaves in, complete, by name.
 */
List *
sfm_selected_tables(const char *source, List *include)
{
	Oid			schema = sfm_schema_oid(source, false);
	List	   *names = exact_names(include);
	List	   *mapping;
	List	   *tables = NIL;
	ListCell   *cell;

	if (names == NIL)
		mapping = sfm_foreign_tables(schema);
	else
	{
		mapping = NIL;
		foreach(cell, names)
		{
			Oid			relid = get_relname_relid(lfirst(cell), schema);

			if (OidIsValid(relid) && sfm_is_foreign_table(relid))
				mapping = lappend(mapping,
								  make_mapped(relid,
											  GetForeignTable(relid)->serverid,
											  lfirst(cell)));
		}
		list_sort(mapping, compare_mapped);
	}

	include = exact_patterns(include, mapping);
	foreach(cell, mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		/* a name may have been given twice */
		if (!sfm_name_selected(table->name, include, NIL) ||
			(tables != NIL &&
			 ((SfmMappedTable *) llast(tables))->relid == table->relid))
			continue;
		table->selected = true;
		sfm_mapping_complete(table);
		tables = lappend(tables, table);
	}
	return tables;
}

/*
 * sfm_mapping_source
 *		SQLite's name of the table.  Locks the foreign table against changes
 *		until the end of the transaction.
 */
const char *
sfm_mapping_source(SfmMappedTable *table)
{
	if (table->sqlite_name == NULL)
	{
		SfmTableOptions options;

		relation_close(relation_open(table->relid, AccessShareLock), NoLock);
		sfm_table_options(table->relid, &options);
		table->sqlite_name = pstrdup(options.table);
	}
	return table->sqlite_name;
}

/*
 * sfm_mapping_complete
 *		Reads what SQLite's catalog and the foreign table's columns say.
 *		Opens the file if need be.
 */
void
sfm_mapping_complete(SfmMappedTable *table)
{
	if (table->complete)
		return;
	table->source =
		sfm_catalog_describe(sfm_server_connection(table->serverid),
							 sfm_mapping_source(table), &table->problem);
	read_mapped_columns(table);
	table->complete = true;
}

/* Does the foreign table stand for a view of the SQLite file? */
bool
sfm_mapping_is_view(const SfmMappedTable *table)
{
	return table->source != NULL && table->source->kind == SFM_KIND_VIEW;
}

/*
 * sfm_mapped_column
 *		The column that stands for the one at this place of the SQLite table,
 *		or NULL if the user dropped it.
 */
SfmMappedColumn *
sfm_mapped_column(const SfmMappedTable *table, int place)
{
	if (place < 0 || table->source == NULL || place >= table->source->ncolumns)
		return NULL;
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (table->columns[i].source == &table->source->columns[place])
			return &table->columns[i];
	}
	return NULL;
}

/* As sfm_mapped_column(), by SQLite's name. */
SfmMappedColumn *
sfm_mapped_column_named(const SfmMappedTable *table, const char *sqlite_name)
{
	if (table->source == NULL)
		return NULL;
	return sfm_mapped_column(table,
							 sfm_find_column(table->source, sqlite_name));
}

/* qsort order of target tables */
static int
compare_targets(const ListCell *a, const ListCell *b)
{
	return strcmp(((SfmTargetTable *) lfirst(a))->name,
				  ((SfmTargetTable *) lfirst(b))->name);
}

/*
 * add_target
 *		Adds a relation to a list of tables, if it is one, and of the user's:
 *		what belongs to an extension is no target.
 */
static List *
add_target(List *tables, Form_pg_class form)
{
	SfmTargetTable *table;

	if ((form->relkind != RELKIND_RELATION &&
		 form->relkind != RELKIND_PARTITIONED_TABLE) || form->relispartition ||
		OidIsValid(getExtensionOfObject(RelationRelationId, form->oid)))
		return tables;
	table = palloc_object(SfmTargetTable);
	table->relid = form->oid;
	table->name = pstrdup(NameStr(form->relname));
	return lappend(tables, table);
}

/* The tables of these names in a schema. */
static List *
look_up_targets(Oid schema, List *names)
{
	List	   *tables = NIL;
	List	   *seen = NIL;
	ListCell   *cell;

	foreach(cell, names)
	{
		Oid			relid = get_relname_relid(lfirst(cell), schema);
		HeapTuple	tuple;

		if (!OidIsValid(relid) || list_member_oid(seen, relid))
			continue;
		seen = lappend_oid(seen, relid);
		tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
		if (!HeapTupleIsValid(tuple))
			continue;
		tables = add_target(tables, (Form_pg_class) GETSTRUCT(tuple));
		ReleaseSysCache(tuple);
	}
	return tables;
}

/* All tables of a schema that "include" leaves in. */
static List *
scan_targets(Oid schema, List *include)
{
	List	   *tables = NIL;
	Relation	catalog = table_open(RelationRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_class_relnamespace, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(schema));
	scan = systable_beginscan(catalog, InvalidOid, false, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_class form = (Form_pg_class) GETSTRUCT(tuple);

		if (sfm_name_selected(NameStr(form->relname), include, NIL))
			tables = add_target(tables, form);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return tables;
}

/*
 * sfm_target_tables
 *		Ordinary and partitioned tables of a schema that "include" leaves in,
 *		by name, without partitions: a list of SfmTargetTable *.
 */
List *
sfm_target_tables(Oid schema, List *include)
{
	List	   *names = exact_names(include);
	List	   *tables = names != NIL ? look_up_targets(schema, names) :
	scan_targets(schema, include);

	list_sort(tables, compare_targets);
	return tables;
}
