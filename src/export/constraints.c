/*-------------------------------------------------------------------------
 *
 * constraints.c
 *	  Keys, CHECKs and foreign keys of a table, as clauses of CREATE TABLE.
 *
 * A single integer key becomes the INTEGER PRIMARY KEY, by which SQLite stores
 * the rows.  Constraints of domains become the table's, and the labels of an
 * enum a CHECK.  SQLite checks CHECKs and keys while the rows come in, so that
 * what it holds about them is true of the file; what the rows need not fulfil
 * (NOT VALID), or no longer do (redacted columns), is left out.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_am.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "export.h"

typedef void (*ConstraintFunction) (SfmExport *export, SfmExportTable *table,
									HeapTuple tuple, TupleDesc descriptor,
									void *argument);

/* Calls a function for each constraint of a table, or of a domain. */
static void
for_constraints(SfmExport *export, SfmExportTable *table, Oid domain,
				ConstraintFunction function, void *argument)
{
	Relation	catalog = table_open(ConstraintRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&keys[0], Anum_pg_constraint_conrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(OidIsValid(domain) ? InvalidOid :
										  table->relid));
	ScanKeyInit(&keys[1], Anum_pg_constraint_contypid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(domain));
	scan = systable_beginscan(catalog, ConstraintRelidTypidNameIndexId, true,
							  NULL, 2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		function(export, table, tuple, RelationGetDescr(catalog), argument);
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
}

/* The numbers of columns in an attribute of pg_constraint: a list of int. */
static List *
read_numbers(HeapTuple tuple, TupleDesc descriptor, int attribute)
{
	bool		isnull;
	Datum		datum = heap_getattr(tuple, attribute, descriptor, &isnull);
	List	   *result = NIL;
	Datum	   *elements;
	int			count;

	if (isnull)
		return NIL;
	deconstruct_array(DatumGetArrayTypeP(datum), INT2OID, 2, true,
					  TYPALIGN_SHORT, &elements, NULL, &count);
	for (int i = 0; i < count; i++)
		result = lappend_int(result, DatumGetInt16(elements[i]));
	return result;
}

/* The columns, quoted, with commas.  Palloc'd. */
static char *
column_list(const SfmExportTable *table, List *numbers)
{
	StringInfoData sql;
	ListCell   *cell;

	initStringInfo(&sql);
	foreach(cell, numbers)
		appendStringInfo(&sql, "%s%s", sql.len > 0 ? ", " : "",
						 sfm_quote_sqlite(sfm_exported_column(table,
															  lfirst_int(cell))->sqlite_name));
	return sql.data;
}

static void
add_clause(SfmExportTable *table, const char *name, const char *clause)
{
	table->clauses = lappend(table->clauses,
							 psprintf("CONSTRAINT %s %s",
									  sfm_quote_sqlite(name), clause));
}

/* ------------------------------------------------------------------------
 * Keys
 * ------------------------------------------------------------------------
 */

static bool
nulls_are_distinct(Oid index)
{
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
	bool		result;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for index %u", index);
	result = !((Form_pg_index) GETSTRUCT(tuple))->indnullsnotdistinct;
	ReleaseSysCache(tuple);
	return result;
}

/* Is the index of a key a b-tree, and so the key about equal values? */
static bool
is_about_equality(Oid index)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(index));
	bool		result;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for index %u", index);
	result = ((Form_pg_class) GETSTRUCT(tuple))->relam == BTREE_AM_OID;
	ReleaseSysCache(tuple);
	return result;
}

/*
 * key_obstacle
 *		Why columns cannot be a key in SQLite, or NULL.
 */
static const char *
key_obstacle(const SfmExportTable *table, Oid index, List *numbers)
{
	ListCell   *cell;

	if (!is_about_equality(index))
		return "it is about ranges that overlap";
	foreach(cell, numbers)
	{
		const SfmExportColumn *column =
		sfm_exported_column(table, lfirst_int(cell));

		if (column == NULL)
			return "it is over a system column";
		if (column->redacted != NULL)
			return "it is over a redacted column";
		if (OidIsValid(column->collation) &&
			!get_collation_isdeterministic(column->collation))
			return "it is by a nondeterministic collation";
	}
	return NULL;
}

/* Types whose equal values can have several texts, or several none */
static bool
is_loose(const SfmExportTable *table, List *numbers)
{
	ListCell   *cell;

	foreach(cell, numbers)
	{
		const SfmExportColumn *column =
		sfm_exported_column(table, lfirst_int(cell));

		if (column->digits || column->nocase ||
			column->base_type == JSONBOID || column->base_type == INTERVALOID ||
			OidIsValid(get_element_type(column->base_type)) ||
			get_typtype(column->base_type) == TYPTYPE_COMPOSITE)
			return true;
	}
	return false;
}

static void
note_differences(SfmExportTable *table, Form_pg_constraint form, List *numbers)
{
	const char *name = NameStr(form->conname);

	if (form->condeferrable)
		sfm_note(table, "constraint \"%s\": DEFERRABLE left out: SQLite checks keys at once",
				 name);
	if (form->contype == CONSTRAINT_UNIQUE && !nulls_are_distinct(form->conindid))
		sfm_note(table, "constraint \"%s\": to SQLite all NULLs are distinct",
				 name);
	if (is_loose(table, numbers))
		sfm_note(table, "constraint \"%s\": SQLite compares the texts of the values",
				 name);
}

static void
primary_key(SfmExport *export, SfmExportTable *table, HeapTuple tuple,
			TupleDesc descriptor, void *argument)
{
	Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
	List	   *numbers;
	SfmExportColumn *first;
	const char *obstacle;
	ListCell   *cell;

	if (form->contype != CONSTRAINT_PRIMARY)
		return;
	numbers = read_numbers(tuple, descriptor, Anum_pg_constraint_conkey);
	obstacle = key_obstacle(table, form->conindid, numbers);
	foreach(cell, numbers)
	{
		SfmExportColumn *column = sfm_exported_column(table, lfirst_int(cell));

		column->in_key = true;
		if (column->redacted != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("cannot redact column \"%s\" of table \"%s\"",
							column->name, table->name),
					 errdetail("It belongs to the primary key.")));
	}
	if (obstacle != NULL)
	{
		sfm_note(table, "primary key left out: %s", obstacle);
		return;
	}
	table->keys = lappend_oid(table->keys, form->conindid);
	first = sfm_exported_column(table, linitial_int(numbers));
	if (list_length(numbers) == 1 && first->shape == SFM_SHAPE_INTEGER &&
		first->generated == '\0')
		table->rowid_column = first - table->columns;
	else
		add_clause(table, NameStr(form->conname),
				   psprintf("PRIMARY KEY (%s)", column_list(table, numbers)));
}

/* Fills in the primary key. */
void
sfm_describe_key(SfmExport *export, SfmExportTable *table)
{
	for_constraints(export, table, InvalidOid, primary_key, NULL);
}

static void
unique_key(SfmExportTable *table, Form_pg_constraint form, List *numbers)
{
	const char *obstacle = key_obstacle(table, form->conindid, numbers);

	if (obstacle != NULL)
	{
		sfm_note(table, "unique constraint \"%s\" left out: %s",
				 NameStr(form->conname), obstacle);
		return;
	}
	table->keys = lappend_oid(table->keys, form->conindid);
	add_clause(table, NameStr(form->conname),
			   psprintf("UNIQUE (%s)", column_list(table, numbers)));
	note_differences(table, form, numbers);
}

/* ------------------------------------------------------------------------
 * CHECK
 * ------------------------------------------------------------------------
 */

/* The expression of a CHECK, as it is stored. */
static Node *
check_expression(HeapTuple tuple, TupleDesc descriptor)
{
	bool		isnull;
	Datum		stored = heap_getattr(tuple, Anum_pg_constraint_conbin,
									  descriptor, &isnull);

	if (isnull)
		elog(ERROR, "null conbin of a constraint");
	return stringToNode(TextDatumGetCString(stored));
}

/* Translates a CHECK; NULL and a refusal if that cannot be. */
static char *
check_sql(SfmExpression *expression, Form_pg_constraint form, Node *node)
{
	if (!sfm_constraint_is_enforced(form))
		sfm_export_refuse(expression, "it is not enforced");
	else if (!form->convalidated)
		sfm_export_refuse(expression, "it is not valid: rows may break it");
	else
		return sfm_export_sql(expression, sfm_fold(node));
	return NULL;
}

static void
check_constraint(SfmExport *export, SfmExportTable *table,
				 Form_pg_constraint form, HeapTuple tuple,
				 TupleDesc descriptor)
{
	SfmExpression expression = {.export = export,.table = table};
	Node	   *node = check_expression(tuple, descriptor);
	char	   *sql;

	if (sfm_is_over_redacted(table, node))
		sfm_export_refuse(&expression, "it is over a redacted column");
	sql = check_sql(&expression, form, node);
	if (sql != NULL)
		add_clause(table, NameStr(form->conname), psprintf("CHECK (%s)", sql));
	else
		sfm_note(table, "check constraint \"%s\" left out: %s",
				 NameStr(form->conname), expression.refusal);
}

/* A constraint of the domain of a column. */
static void
one_domain_check(SfmExport *export, SfmExportTable *table, HeapTuple tuple,
				 TupleDesc descriptor, void *argument)
{
	Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
	SfmExportColumn *column = argument;
	SfmExpression expression = {
		.export = export,
		.table = table,
		.value = sfm_quote_sqlite(column->sqlite_name),
	};
	char	   *sql;

	if (form->contype != CONSTRAINT_CHECK)
		return;
	if (column->digits)
		sfm_export_refuse(&expression, "the numbers are TEXT");
	sql = check_sql(&expression, form, check_expression(tuple, descriptor));
	if (sql != NULL)
		add_clause(table, NameStr(form->conname), psprintf("CHECK (%s)", sql));
	else
		sfm_note(table, "check constraint \"%s\" of column \"%s\" left out: %s",
				 NameStr(form->conname), column->name, expression.refusal);
}

/* What the domain of a column says about its values. */
static void
domain_checks(SfmExport *export, SfmExportTable *table,
			  SfmExportColumn *column)
{
	Oid type = column->type;

	while (column->redacted == NULL && get_typtype(type) == TYPTYPE_DOMAIN)
	{
		HeapTuple	tuple;

		for_constraints(export, table, type, one_domain_check, column);
		tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for type %u", type);
		type = ((Form_pg_type) GETSTRUCT(tuple))->typbasetype;

		ReleaseSysCache(tuple);
	}
}

/* An enum has only the values that it has. */
static void
enum_check(SfmExportTable *table, SfmExportColumn *column)
{
	StringInfoData sql;
	ListCell   *cell;

	if (column->shape != SFM_SHAPE_ENUM || column->redacted != NULL)
		return;
	initStringInfo(&sql);
	foreach(cell, sfm_enum_labels(column->base_type))
		appendStringInfo(&sql, "%s%s", sql.len > 0 ? ", " : "",
						 sfm_quote_literal_sqlite(lfirst(cell)));
	table->clauses = lappend(table->clauses,
							 psprintf("CHECK (%s IN (%s))",
									  sfm_quote_sqlite(column->sqlite_name),
									  sql.data));
}

static void
other_constraint(SfmExport *export, SfmExportTable *table, HeapTuple tuple,
				 TupleDesc descriptor, void *argument)
{
	Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
	List	   *numbers = read_numbers(tuple, descriptor,
									   Anum_pg_constraint_conkey);

	switch (form->contype)
	{
		case CONSTRAINT_PRIMARY:
			if (list_member_oid(table->keys, form->conindid))
				note_differences(table, form, numbers);
			break;
		case CONSTRAINT_UNIQUE:
			unique_key(table, form, numbers);
			break;
		case CONSTRAINT_CHECK:
			check_constraint(export, table, form, tuple, descriptor);
			break;
		case CONSTRAINT_EXCLUSION:
			sfm_note(table, "exclusion constraint \"%s\" left out: SQLite has none",
					 NameStr(form->conname));
			break;
		default:
			break;
	}
}

/*
 * sfm_describe_constraints
 *		Fills in unique keys and CHECKs.
 */
void
sfm_describe_constraints(SfmExport *export, SfmExportTable *table)
{
	for_constraints(export, table, InvalidOid, other_constraint, NULL);
	for (int i = 0; i < table->ncolumns; i++)
	{
		domain_checks(export, table, &table->columns[i]);
		enum_check(table, &table->columns[i]);
	}
}

/* ------------------------------------------------------------------------
 * Foreign keys
 * ------------------------------------------------------------------------
 */

static const char *
action_words(char action)
{
	switch (action)
	{
		case FKCONSTR_ACTION_RESTRICT:
			return "RESTRICT";
		case FKCONSTR_ACTION_CASCADE:
			return "CASCADE";
		case FKCONSTR_ACTION_SETNULL:
			return "SET NULL";
		case FKCONSTR_ACTION_SETDEFAULT:
			return "SET DEFAULT";
		default:
			return NULL;
	}
}

/* Does SQLite see the same in a value of either column? */
static bool
is_same_kind(const SfmExportColumn *child, const SfmExportColumn *parent)
{
	if (child->shape != parent->shape || child->nocase != parent->nocase)
		return false;
	return child->shape != SFM_SHAPE_OTHER ||
		(child->base_type == parent->base_type &&
		 child->digits == parent->digits);
}

/*
 * foreign_key_obstacle
 *		Why a foreign key cannot be one in SQLite, or NULL.
 */
static const char *
foreign_key_obstacle(const SfmExportTable *table, const SfmExportTable *parent,
					 Form_pg_constraint form, List *numbers,
					 List *parent_numbers)
{
	ListCell   *cell;
	ListCell   *parent_cell;

	if (parent == NULL)
		return "the table that it refers to is not exported";
	if (!sfm_constraint_is_enforced(form))
		return "it is not enforced";
	if (!list_member_oid(parent->keys, form->conindid))
		return "what it refers to is no key in the file";
	forboth(cell, numbers, parent_cell, parent_numbers)
	{
		const SfmExportColumn *column =
		sfm_exported_column(table, lfirst_int(cell));
		const SfmExportColumn *parent_column =
		sfm_exported_column(parent, lfirst_int(parent_cell));

		if (column->redacted != NULL && column->not_null)
			return "it is over a redacted column";
		if (!is_same_kind(column, parent_column))
			return "the values of both sides are not the same to SQLite";
	}
	return NULL;
}

/* Is the constraint one that PostgreSQL made for a partition? */
static bool
is_made_for_partition(const SfmExportTable *table, Form_pg_constraint form)
{
	return OidIsValid(form->conparentid) &&
		!table->relation->rd_rel->relispartition;
}

static void
foreign_key(SfmExport *export, SfmExportTable *table, HeapTuple tuple,
			TupleDesc descriptor, void *argument)
{
	Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
	const char *name = NameStr(form->conname);
	SfmExportTable *parent;
	const char *obstacle;
	List	   *numbers;
	List	   *parent_numbers;
	StringInfoData sql;

	if (form->contype != CONSTRAINT_FOREIGN ||
		is_made_for_partition(table, form))
		return;
	numbers = read_numbers(tuple, descriptor, Anum_pg_constraint_conkey);
	parent_numbers = read_numbers(tuple, descriptor,
								  Anum_pg_constraint_confkey);
	parent = sfm_exported_table(export, form->confrelid);
	obstacle = foreign_key_obstacle(table, parent, form, numbers,
									parent_numbers);
	if (obstacle == NULL &&
		read_numbers(tuple, descriptor,
					 Anum_pg_constraint_confdelsetcols) != NIL)
		obstacle = "SQLite sets all columns of a key";
	if (obstacle != NULL)
	{
		sfm_note(table, "foreign key \"%s\" left out: %s", name, obstacle);
		return;
	}
	initStringInfo(&sql);
	appendStringInfo(&sql, "FOREIGN KEY (%s) REFERENCES %s (%s)",
					 column_list(table, numbers),
					 sfm_quote_sqlite(parent->sqlite_name),
					 column_list(parent, parent_numbers));
	if (action_words(form->confupdtype) != NULL)
		appendStringInfo(&sql, " ON UPDATE %s",
						 action_words(form->confupdtype));
	if (action_words(form->confdeltype) != NULL)
		appendStringInfo(&sql, " ON DELETE %s",
						 action_words(form->confdeltype));
	if (form->condeferrable)
		appendStringInfo(&sql, " DEFERRABLE INITIALLY %s",
						 form->condeferred ? "DEFERRED" : "IMMEDIATE");
	add_clause(table, name, sql.data);
	if (form->confmatchtype == FKCONSTR_MATCH_FULL && list_length(numbers) > 1)
		sfm_note(table, "foreign key \"%s\": MATCH FULL left out: to SQLite a key with one NULL refers to nothing",
				 name);
	if (!form->convalidated)
	{
		table->invalid_key = true;
		sfm_note(table, "foreign key \"%s\": it is not valid: rows may break it",
				 name);
	}
}

/*
 * sfm_describe_foreign_keys
 *		Fills in foreign keys; the keys of all tables must be known.
 */
void
sfm_describe_foreign_keys(SfmExport *export, SfmExportTable *table)
{
	for_constraints(export, table, InvalidOid, foreign_key, NULL);
}
