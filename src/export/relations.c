/*-------------------------------------------------------------------------
 *
 * relations.c
 *	  Which tables and views are exported.
 *
 * Tables of the schema: ordinary ones, also unlogged and temporary, and
 * partitioned ones with the rows of all their partitions.  A partition comes
 * with its table; only if that is in another schema is it a table of its own.
 * A table that others inherit from gets its own rows only.  What belongs to an
 * extension stays behind without a word.
 *
 * All tables are locked (ACCESS SHARE) before the first one is looked at, so
 * that none changes or goes away later; one that is dropped while we wait for
 * its lock was never there.  Only then is the snapshot taken that all rows are
 * read with: an older one would find a table empty that another session has
 * truncated or rewritten while we waited.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "export.h"

/*
 * sfm_note
 *		Notes what of a table does not come over, or comes over otherwise.
 */
void
sfm_note(SfmExportTable *table, const char *format,...)
{
	StringInfoData note;

	initStringInfo(&note);
	for (;;)
	{
		va_list		arguments;
		int			needed;

		va_start(arguments, format);
		needed = appendStringInfoVA(&note, format, arguments);
		va_end(arguments);
		if (needed == 0)
			break;
		enlargeStringInfo(&note, needed);
	}
	table->notes = lappend(table->notes, note.data);
}

/* The same for what is no table of the file. */
void
sfm_note_object(SfmExport *export, const char *object, const char *note)
{
	SfmExportNote *entry = palloc_object(SfmExportNote);

	entry->object = pstrdup(object);
	entry->note = pstrdup(note);
	export->notes = lappend(export->notes, entry);
}

/* The exported table with this OID, or NULL. */
SfmExportTable *
sfm_exported_table(const SfmExport *export, Oid relid)
{
	ListCell   *cell;

	foreach(cell, export->tables)
	{
		SfmExportTable *table = lfirst(cell);

		if (table->relid == relid)
			return table;
	}
	return NULL;
}

/* The view with this OID, or NULL. */
SfmExportView *
sfm_exported_view(const SfmExport *export, Oid relid)
{
	ListCell   *cell;

	foreach(cell, export->views)
	{
		SfmExportView *view = lfirst(cell);

		if (view->relid == relid)
			return view;
	}
	return NULL;
}

/* The column with this number, or NULL if it is dropped or a system column. */
SfmExportColumn *
sfm_exported_column(const SfmExportTable *table, AttrNumber attnum)
{
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (table->columns[i].attnum == attnum)
			return &table->columns[i];
	}
	return NULL;
}

/* Is the table that this is a partition of exported with its rows? */
static bool
comes_with_its_root(SfmExport *export, Oid relid)
{
	List	   *ancestors = get_partition_ancestors(relid);
	ListCell   *cell;

	foreach(cell, ancestors)
	{
		Oid			ancestor = lfirst_oid(cell);

		if (get_rel_namespace(ancestor) == export->schema)
			return true;
	}
	return false;
}

static void
add_table(SfmExport *export, Form_pg_class form)
{
	SfmExportTable *table;

	if (form->relispartition && comes_with_its_root(export, form->oid))
		return;
	table = palloc0_object(SfmExportTable);
	table->relid = form->oid;
	table->name = pstrdup(NameStr(form->relname));
	table->relkind = form->relkind;
	table->only = form->relkind != RELKIND_PARTITIONED_TABLE;
	table->rowid_column = -1;
	export->tables = lappend(export->tables, table);
}

static void
add_view(SfmExport *export, Form_pg_class form)
{
	SfmExportView *view = palloc0_object(SfmExportView);

	view->relid = form->oid;
	view->name = pstrdup(NameStr(form->relname));
	export->views = lappend(export->views, view);
}

/* Takes what is selected from one row of pg_class. */
static void
add_relation(SfmExport *export, Form_pg_class form)
{
	const SfmExportOptions *options = export->options;

	if (!sfm_name_selected(NameStr(form->relname), options->include,
						   options->exclude) ||
		OidIsValid(getExtensionOfObject(RelationRelationId, form->oid)))
		return;
	switch (form->relkind)
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
			add_table(export, form);
			break;
		case RELKIND_VIEW:
			if (options->views)
				add_view(export, form);
			break;
		case RELKIND_MATVIEW:
			sfm_note_object(export, NameStr(form->relname),
							"materialized view: SQLite has none");
			break;
		case RELKIND_FOREIGN_TABLE:
			sfm_note_object(export, NameStr(form->relname),
							"foreign table: its rows are not of this database");
			break;
		default:
			break;
	}
}

static int
compare_tables(const ListCell *a, const ListCell *b)
{
	return strcmp(((SfmExportTable *) lfirst(a))->name,
				  ((SfmExportTable *) lfirst(b))->name);
}

static int
compare_views(const ListCell *a, const ListCell *b)
{
	return strcmp(((SfmExportView *) lfirst(a))->name,
				  ((SfmExportView *) lfirst(b))->name);
}

static int
compare_notes(const ListCell *a, const ListCell *b)
{
	return strcmp(((SfmExportNote *) lfirst(a))->object,
				  ((SfmExportNote *) lfirst(b))->object);
}

/* May the caller read at least something of the table? */
static void
check_permission(const SfmExportTable *table)
{
	Oid			role = GetUserId();

	if (pg_class_aclcheck(table->relid, role, ACL_SELECT) != ACLCHECK_OK &&
		pg_attribute_aclcheck_all(table->relid, role, ACL_SELECT,
								  ACLMASK_ANY) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, table->name);
}

/* Does the table have children of its own, that are no partitions? */
static bool
has_children(Oid relid)
{
	return list_length(find_inheritance_children(relid, NoLock)) > 0;
}

/*
 * open_table
 *		Locks a table; false if it is gone, or has become something else.
 */
static bool
open_table(SfmExport *export, SfmExportTable *table)
{
	Relation	relation;

	/* not before: nobody may lock what he cannot read */
	if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(table->relid)))
		return false;
	check_permission(table);
	relation = try_relation_open(table->relid, AccessShareLock);
	if (relation == NULL)
		return false;
	if (relation->rd_rel->relkind != table->relkind ||
		RelationGetNamespace(relation) != export->schema)
	{
		relation_close(relation, AccessShareLock);
		return false;
	}
	table->name = pstrdup(RelationGetRelationName(relation));
	if (RELATION_IS_OTHER_TEMP(relation))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot access temporary tables of other sessions")));
	table->relation = relation;
	table->secured = check_enable_rls(table->relid, InvalidOid, true) ==
		RLS_ENABLED;
	return true;
}

/* Locks the tables and leaves out those that are gone. */
static void
open_tables(SfmExport *export)
{
	List	   *tables = NIL;
	ListCell   *cell;

	foreach(cell, export->tables)
	{
		SfmExportTable *table = lfirst(cell);

		CHECK_FOR_INTERRUPTS();
		if (open_table(export, table))
			tables = lappend(tables, table);
	}
	export->tables = tables;
	foreach(cell, tables)
	{
		SfmExportTable *table = lfirst(cell);

		if (table->only && has_children(table->relid))
			sfm_note(table, "inheritance: rows of the tables that inherit from it are in their own tables");
		if (table->relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
			sfm_note(table, "partitioning: the rows of all partitions are in one table");
		if (table->secured)
			sfm_note(table, "row-level security: only rows that the policies show to this role");
	}
}

/*
 * name_relations
 *		What tables and views are called in the file.  A name that is like no
 *		other one stays; so those come first that SQLite would take as they are.
 */
static void
name_relations(SfmExport *export)
{
	ListCell   *cell;

	foreach(cell, export->tables)
	{
		SfmExportTable *table = lfirst(cell);

		table->sqlite_name = sfm_export_name(&export->names, table->name,
											 true);
		if (strcmp(table->name, table->sqlite_name) != 0)
			sfm_note(table, "name: it is called \"%s\" in the file, for SQLite reserves the name or cannot tell it from another one",
					 table->sqlite_name);
	}
	foreach(cell, export->views)
	{
		SfmExportView *view = lfirst(cell);

		view->sqlite_name = sfm_export_name(&export->names, view->name, true);
	}
}

/*
 * sfm_find_relations
 *		Fills in the tables and views, opens and locks the tables.
 */
void
sfm_find_relations(SfmExport *export)
{
	Relation	catalog = table_open(RelationRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_class_relnamespace, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(export->schema));
	scan = systable_beginscan(catalog, InvalidOid, false, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		add_relation(export, (Form_pg_class) GETSTRUCT(tuple));
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);

	list_sort(export->tables, compare_tables);
	list_sort(export->views, compare_views);
	list_sort(export->notes, compare_notes);
	open_tables(export);
	name_relations(export);
	if (export->tables == NIL && export->options->include != NIL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("no table of schema \"%s\" is selected by the arguments \"include\" and \"exclude\"",
						export->options->schema)));
}
