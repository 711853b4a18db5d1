/*-------------------------------------------------------------------------
 *
 * plan_foreign_keys.c
 *	  Foreign keys, made when all tables are loaded and have their keys.
 *
 * SQLite takes any foreign key when the table is made and looks at it when a
 * row changes; many files hold some that never worked.  Here a foreign key is
 * planned only if PostgreSQL will take it: the parent is there, its columns
 * have a unique key, and the types can be compared.  All else is a note.
 * Whether the rows obey is seen when the statement runs.
 *
 * Tables that exist already may have foreign keys of their own; these set the
 * order of the loads.
 *
 * The parent is the table that stands for SQLite's parent in the mapping; if
 * it was excluded, a table of its name that exists in the target will do.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/pg_am.h"
#include "catalog/pg_index.h"
#include "commands/defrem.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "migrate.h"

/* One foreign key on its way into the plan. */
typedef struct KeyPair
{
	SfmMappedTable *child;
	SfmMappedTable *parent;
	Oid			existing;		/* the parent in the target if the plan does
								 * not make it, or invalid */
	int			ncolumns;
	SfmMappedColumn **child_columns;
	SfmMappedColumn **parent_columns;
	char	   *problem;		/* why it cannot be made, or NULL */
} KeyPair;

/*
 * find_parent
 *		The table of the mapping that stands for SQLite's parent table.
 */
static SfmMappedTable *
find_parent(const SfmPlan *plan, const SfmMappedTable *child,
			const char *sqlite_name)
{
	SfmMappedTable *found = NULL;
	ListCell   *cell;

	foreach(cell, plan->mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->serverid != child->serverid ||
			sqlite3_stricmp(sfm_mapping_source(table), sqlite_name) != 0)
			continue;
		/* two foreign tables may stand for one table: prefer the selected */
		if (found == NULL || (table->selected && !found->selected))
			found = table;
	}
	return found;
}

/*
 * resolve_columns
 *		Finds the columns of both sides in the mapping.
 */
static void
resolve_columns(KeyPair *pair, const SfmForeignKey *key)
{
	const SfmTable *source = pair->parent->source;

	pair->ncolumns = key->ncolumns;
	pair->child_columns = palloc0_array(SfmMappedColumn *, key->ncolumns);
	pair->parent_columns = palloc0_array(SfmMappedColumn *, key->ncolumns);
	for (int i = 0; i < key->ncolumns; i++)
	{
		const char *name = key->parent_columns[i];

		/* without a name it is the column of that place in the primary key */
		for (int j = 0; name == NULL && j < source->ncolumns; j++)
		{
			if (source->columns[j].key_position == i + 1)
				name = source->columns[j].name;
		}
		pair->child_columns[i] = sfm_mapped_column_named(pair->child,
														 key->child_columns[i]);
		if (pair->child_columns[i] == NULL)
			pair->problem = psprintf("the foreign table has no column for \"%s\"",
									 key->child_columns[i]);
		else if (name == NULL)
			pair->problem = psprintf("table \"%s\" has no such primary key",
									 pair->parent->name);
		else if ((pair->parent_columns[i] =
				  sfm_mapped_column_named(pair->parent, name)) == NULL)
			pair->problem = psprintf("table \"%s\" has no column \"%s\"",
									 pair->parent->name, name);
		if (pair->problem != NULL)
			return;
	}
}

/* Is this column one of the parent's columns of the key? */
static bool
is_referenced(const KeyPair *pair, const SfmMappedColumn *column)
{
	for (int i = 0; i < pair->ncolumns; i++)
	{
		if (pair->parent_columns[i] == column)
			return true;
	}
	return false;
}

/*
 * index_covers
 *		Are the columns of an index that the plan makes exactly the parent's
 *		columns?
 */
static bool
index_covers(const KeyPair *pair, const SfmIndex *index)
{
	if (index->ncolumns != pair->ncolumns)
		return false;
	for (int i = 0; i < index->ncolumns; i++)
	{
		SfmMappedColumn *column = sfm_mapped_column(pair->parent,
													index->columns[i].column);

		if (column == NULL || !is_referenced(pair, column))
			return false;
	}
	return true;
}

/*
 * planned_key_covers
 *		Does the plan make a unique key over exactly the parent's columns?
 */
static bool
planned_key_covers(const SfmPlan *plan, const KeyPair *pair)
{
	const SfmTable *source = pair->parent->source;
	int			matching = 0;
	ListCell   *cell;

	for (int i = 0; i < source->ncolumns; i++)
	{
		if (source->columns[i].key_position > 0 &&
			is_referenced(pair, sfm_mapped_column(pair->parent, i)))
			matching++;
	}
	if (matching == pair->ncolumns && matching == source->nkeys)
		return true;

	foreach(cell, source->indexes)
	{
		SfmIndex   *index = lfirst(cell);

		if (index->unique && (index->origin != 'c' || plan->options->indexes) &&
			index_covers(pair, index) &&
			sfm_index_is_plain(pair->parent, index))
			return true;
	}
	return false;
}

/* The place of an existing parent's column among those of the key, or -1. */
static int
place_of_attribute(const KeyPair *pair, AttrNumber attnum)
{
	for (int i = 0; i < pair->ncolumns; i++)
	{
		if (attnum != InvalidAttrNumber &&
			get_attnum(pair->existing, pair->parent_columns[i]->name) == attnum)
			return i;
	}
	return -1;
}

/*
 * existing_key_covers
 *		As planned_key_covers(), for a parent that exists in the target.
 */
static bool
existing_key_covers(const KeyPair *pair)
{
	Relation	parent = table_open(pair->existing, AccessShareLock);
	List	   *indexes = RelationGetIndexList(parent);
	bool		found = false;
	ListCell   *cell;

	foreach(cell, indexes)
	{
		HeapTuple	tuple = SearchSysCache1(INDEXRELID,
											ObjectIdGetDatum(lfirst_oid(cell)));
		Form_pg_index index;

		if (!HeapTupleIsValid(tuple))
			continue;
		index = (Form_pg_index) GETSTRUCT(tuple);
		found = index->indisunique && index->indisvalid &&
			index->indimmediate && index->indnkeyatts == pair->ncolumns &&
			heap_attisnull(tuple, Anum_pg_index_indpred, NULL) &&
			heap_attisnull(tuple, Anum_pg_index_indexprs, NULL);
		for (int i = 0; found && i < index->indnkeyatts; i++)
			found = place_of_attribute(pair, index->indkey.values[i]) >= 0;
		ReleaseSysCache(tuple);
		if (found)
			break;
	}
	table_close(parent, NoLock);
	return found;
}

/*
 * can_compare
 *		Will PostgreSQL compare a child of this type with this parent?  The
 *		question that ALTER TABLE ... ADD FOREIGN KEY asks: an equality of the
 *		parent's b-tree family, with the child's type or after an implicit
 *		cast.
 */
static bool
can_compare(Oid parent, Oid child)
{
	Oid			opclass = GetDefaultOpClass(parent, BTREE_AM_OID);
	Oid			family;
	Oid			input;
	Oid			from[2] = {parent, child};
	Oid			to[2];

	if (!OidIsValid(opclass))
		return false;
	family = get_opclass_family(opclass);
	input = get_opclass_input_type(opclass);
	if (OidIsValid(get_opfamily_member(family, input, getBaseType(child),
									   BTEqualStrategyNumber)))
		return true;
	to[0] = input;
	to[1] = input;
	return can_coerce_type(2, from, to, COERCION_IMPLICIT);
}

/* Checks that the types of both sides can be compared. */
static void
check_types(KeyPair *pair)
{
	for (int i = 0; i < pair->ncolumns && pair->problem == NULL; i++)
	{
		const SfmMappedColumn *child = pair->child_columns[i];
		const SfmMappedColumn *parent = pair->parent_columns[i];
		Oid			type = parent->type;
		int32		typmod = parent->typmod;
		Oid			collation;

		if (OidIsValid(pair->existing))
			get_atttypetypmodcoll(pair->existing,
								  get_attnum(pair->existing, parent->name),
								  &type, &typmod, &collation);
		if (!can_compare(type, child->type))
			pair->problem =
				psprintf("type %s of column \"%s\" cannot be compared with type %s of column \"%s\" of table \"%s\"",
						 sfm_type_name(child->type, child->typmod),
						 child->name, sfm_type_name(type, typmod),
						 parent->name, pair->parent->name);
	}
}

/*
 * check_parent
 *		Finds the parent, and sets pair->problem if the key cannot be made.
 */
static void
check_parent(const SfmPlan *plan, KeyPair *pair, const SfmForeignKey *key)
{
	pair->parent = find_parent(plan, pair->child, key->parent);
	if (pair->parent == NULL)
	{
		pair->problem = psprintf("no foreign table stands for table \"%s\"",
								 key->parent);
		return;
	}
	sfm_mapping_complete(pair->parent);
	if (pair->parent->source == NULL || sfm_mapping_is_view(pair->parent))
	{
		pair->problem = psprintf("\"%s\" is no table", key->parent);
		return;
	}
	if (pair->parent->selected)
		pair->existing = pair->parent->target;
	else
	{
		char		relkind = '\0';

		if (OidIsValid(plan->target))
			pair->existing = get_relname_relid(pair->parent->name,
											   plan->target);
		if (OidIsValid(pair->existing))
			relkind = get_rel_relkind(pair->existing);
		if (relkind != RELKIND_RELATION && relkind != RELKIND_PARTITIONED_TABLE)
		{
			pair->problem = psprintf("table \"%s\" is not among those that are migrated, and does not exist",
									 pair->parent->name);
			return;
		}
	}
	resolve_columns(pair, key);
	if (pair->problem != NULL)
		return;
	if (OidIsValid(pair->existing) ? !existing_key_covers(pair) :
		!planned_key_covers(plan, pair))
		pair->problem = psprintf("no unique key of table \"%s\" consists of these columns",
								 pair->parent->name);
	else
		check_types(pair);
}

/* Column names, bare or quoted, with commas between. */
static char *
column_list(SfmMappedColumn **columns, int ncolumns, bool quote)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < ncolumns; i++)
		appendStringInfo(&list, "%s%s", i > 0 ? ", " : "",
						 quote ? quote_identifier(columns[i]->name) :
						 columns[i]->name);
	return list.data;
}

/* The foreign key in SQLite's own names, for a note. */
static char *
original_key(const SfmMappedTable *child, const SfmForeignKey *key)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "%s(", child->name);
	for (int i = 0; i < key->ncolumns; i++)
		appendStringInfo(&text, "%s%s", i > 0 ? ", " : "",
						 key->child_columns[i]);
	appendStringInfo(&text, ") -> %s", key->parent);
	for (int i = 0; i < key->ncolumns && key->parent_columns[0] != NULL; i++)
		appendStringInfo(&text, "%s%s", i > 0 ? ", " : "(",
						 key->parent_columns[i] != NULL ?
						 key->parent_columns[i] : "");
	if (key->ncolumns > 0 && key->parent_columns[0] != NULL)
		appendStringInfoChar(&text, ')');
	return text.data;
}

/*
 * append_action
 *		ON DELETE or ON UPDATE.  The words are the same in both systems; what
 *		is none of them is not repeated into SQL.
 */
static void
append_action(StringInfo sql, const char *event, const char *action)
{
	static const char *const actions[] = {
		"RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"
	};

	for (int i = 0; i < lengthof(actions); i++)
	{
		if (pg_strcasecmp(action, actions[i]) == 0)
			appendStringInfo(sql, " ON %s %s", event, actions[i]);
	}
}

/*
 * is_written_so
 *		Is this what the CREATE TABLE says of the foreign key?
 */
static bool
is_written_so(const SfmForeignKey *key, const SfmConstraint *constraint,
			  const SfmName *column)
{
	ListCell   *cell;

	if (constraint->kind != SFM_CONSTRAINT_FOREIGN_KEY ||
		!sfm_same_name(constraint->parent->text, key->parent))
		return false;
	if (constraint->child_columns == NIL)
		return column != NULL && key->ncolumns == 1 &&
			sfm_same_name(column->text, key->child_columns[0]);
	if (list_length(constraint->child_columns) != key->ncolumns)
		return false;
	foreach(cell, constraint->child_columns)
	{
		if (!sfm_same_name(((SfmName *) lfirst(cell))->text,
						   key->child_columns[foreach_current_index(cell)]))
			return false;
	}
	return true;
}

/*
 * find_constraint
 *		What the CREATE TABLE says of a foreign key: its name, and when it is
 *		checked, no PRAGMA tells.  NULL if it cannot be found.
 */
static const SfmConstraint *
find_constraint(SfmMappedTable *child, const SfmForeignKey *key)
{
	SfmCreateTable *definition = sfm_definition(child);
	ListCell   *cell;
	ListCell   *inner;

	if (definition == NULL)
		return NULL;
	foreach(cell, definition->columns)
	{
		const SfmColumnDef *column = lfirst(cell);

		foreach(inner, column->constraints)
		{
			if (is_written_so(key, lfirst(inner), column->name))
				return lfirst(inner);
		}
	}
	foreach(cell, definition->constraints)
	{
		if (is_written_so(key, lfirst(cell), NULL))
			return lfirst(cell);
	}
	return NULL;
}

/* May rows of a table be left out, for values that do not fit? */
static bool
may_lose_rows(const SfmPlan *plan, const SfmMappedTable *table)
{
	SfmTableOptions options;

	if (plan->options->on_bad_value != NULL)
		return strcmp(plan->options->on_bad_value, "error") != 0;
	sfm_table_options(table->relid, &options);
	return options.on_bad_value != SFM_BAD_VALUE_ERROR;
}

/*
 * orphan_note
 *		Says how many rows have no parent, or NULL if all have one.
 *
 *		SQLite does not enforce foreign keys by default, so orphans are common.
 *		They shall not keep the key from coming over: it is made NOT VALID,
 *		which holds for new rows.
 */
static char *
orphan_note(const SfmPlan *plan, const KeyPair *pair)
{
	const char **child_names = palloc_array(const char *, pair->ncolumns);
	const char **parent_names = palloc_array(const char *, pair->ncolumns);
	bool	   *nocase = palloc_array(bool, pair->ncolumns);
	char	   *example;
	int64		orphans;

	for (int i = 0; i < pair->ncolumns; i++)
	{
		child_names[i] = pair->child_columns[i]->sqlite_name;
		parent_names[i] = pair->parent_columns[i]->sqlite_name;
		nocase[i] = sfm_is_citext(pair->parent_columns[i]->type);
	}
	orphans = sfm_count_orphans(sfm_server_connection(pair->child->serverid),
								pair->child->source, pair->parent->source,
								pair->ncolumns, child_names, parent_names,
								nocase, &example);
	if (orphans == 0 && may_lose_rows(plan, pair->parent))
		return pstrdup("rows of the parent may be left out (on_bad_value): the foreign key is NOT VALID, it holds for new rows only; VALIDATE CONSTRAINT if none was");
	if (orphans == 0)
		return NULL;
	return psprintf(INT64_FORMAT " rows have no parent, for instance where %s: the foreign key is NOT VALID, it holds for new rows only; VALIDATE CONSTRAINT once they are mended",
					orphans, example != NULL ? example : "?");
}

/*
 * plan_foreign_key
 *		One foreign key, or a note why there is none.
 */
static void
plan_foreign_key(SfmPlan *plan, SfmMappedTable *table,
				 const SfmForeignKey *key)
{
	KeyPair		pair = {.child = table};
	const SfmConstraint *constraint;
	StringInfoData sql;
	SfmStep    *step;
	char	   *name = NULL;
	char	   *note;

	check_parent(plan, &pair, key);
	if (pair.problem != NULL)
	{
		sfm_plan_step(plan, SFM_PHASE_CONSTRAINT, table,
					  original_key(table, key), NULL,
					  psprintf("foreign key is left out, for %s",
							   pair.problem));
		return;
	}

	constraint = find_constraint(table, key);
	if (constraint != NULL)
		name = sfm_constraint_name(table, constraint->name);
	initStringInfo(&sql);
	appendStringInfo(&sql,
					 "ALTER TABLE %s ADD %s%s%sFOREIGN KEY (%s) REFERENCES %s (%s)",
					 sfm_target_name(plan, table->name),
					 name != NULL ? "CONSTRAINT " : "",
					 name != NULL ? quote_identifier(name) : "",
					 name != NULL ? " " : "",
					 column_list(pair.child_columns, pair.ncolumns, true),
					 sfm_target_name(plan, pair.parent->name),
					 column_list(pair.parent_columns, pair.ncolumns, true));
	append_action(&sql, "UPDATE", key->on_update);
	append_action(&sql, "DELETE", key->on_delete);
	if (constraint != NULL && constraint->deferrable)
		appendStringInfo(&sql, " DEFERRABLE%s",
						 constraint->deferred ? " INITIALLY DEFERRED" : "");
	note = orphan_note(plan, &pair);
	if (note != NULL)
		appendStringInfoString(&sql, " NOT VALID");
	if (constraint != NULL && constraint->match != NULL &&
		pg_strcasecmp(constraint->match->text, "SIMPLE") != 0)
		note = psprintf("%s%sMATCH %s is left out, as SQLite ignores it",
						note != NULL ? note : "", note != NULL ? "; " : "",
						constraint->match->text);
	step = sfm_plan_step(plan, SFM_PHASE_CONSTRAINT, table,
						 psprintf("%s(%s) -> %s(%s)", table->name,
								  column_list(pair.child_columns,
											  pair.ncolumns, false),
								  pair.parent->name,
								  column_list(pair.parent_columns,
											  pair.ncolumns, false)),
						 sql.data, note);
	if (pair.parent->selected && pair.parent != table)
		step->needs = lappend(step->needs, pair.parent);
}

/*
 * sfm_plan_foreign_keys
 *		The foreign keys of a table.
 */
void
sfm_plan_foreign_keys(SfmPlan *plan, SfmMappedTable *table)
{
	ListCell   *cell;

	foreach(cell, table->source->foreign_keys)
		plan_foreign_key(plan, table, lfirst(cell));
}

/*
 * add_after_parents
 *		Appends a table to the order, after the tables that its foreign keys
 *		point to.  "seen" holds the tables that were visited: a circle of
 *		foreign keys ends there, for no order can help it (they have to be
 *		deferrable).
 */
static void
add_after_parents(const SfmPlan *plan, SfmMappedTable *table, List **seen,
				  List **order)
{
	check_stack_depth();
	if (list_member_ptr(*seen, table))
		return;
	*seen = lappend(*seen, table);
	if (OidIsValid(table->target))
	{
		Relation	relation = table_open(table->target, AccessShareLock);
		List	   *keys = copyObject(RelationGetFKeyList(relation));
		ListCell   *cell;

		table_close(relation, NoLock);
		foreach(cell, keys)
		{
			ForeignKeyCacheInfo *key = lfirst(cell);
			ListCell   *parent_cell;

			foreach(parent_cell, plan->mapping)
			{
				SfmMappedTable *parent = lfirst(parent_cell);

				if (parent->selected && parent->target == key->confrelid)
					add_after_parents(plan, parent, seen, order);
			}
		}
	}
	*order = lappend(*order, table);
}

/*
 * sfm_load_order
 *		The tables to be loaded, by name, but parents before children where
 *		foreign keys exist already.
 */
List *
sfm_load_order(const SfmPlan *plan)
{
	List	   *seen = NIL;
	List	   *order = NIL;
	ListCell   *cell;

	foreach(cell, plan->mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->selected && !sfm_mapping_is_view(table))
			add_after_parents(plan, table, &seen, &order);
	}
	return order;
}
