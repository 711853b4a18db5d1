/*-------------------------------------------------------------------------
 *
 * plan_existing.c
 *	  What the plan says and does about tables that exist in the target.
 *
 * Their columns, indexes and constraints are left as they are, and they are
 * loaded by column name.  What of the source finds no place, and what of the
 * target comes from somewhere else, stands in the note of the load.
 *
 * Foreign keys between existing tables are in force during the loads.  Parents
 * are loaded before children (sfm_load_order()); where foreign keys form a
 * circle, no order helps, and they are checked after the last load instead:
 * SET CONSTRAINTS for deferrable ones; the others are made deferrable for the
 * time of the migration, which needs the owner of the table and no superuser.
 * A table that refers to itself is no such circle: it is loaded by one
 * statement, and PostgreSQL looks at its keys when that ends.
 *
 * Constraints that are INITIALLY DEFERRED are checked after the loads too, and
 * not only at COMMIT: what the migration reports shall be the truth.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_constraint.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "migrate.h"

/* A constraint of an existing table that is loaded. */
typedef struct ExistingConstraint
{
	SfmMappedTable *table;
	SfmMappedTable *parent;		/* of a foreign key, if that is loaded too and
								 * is another table; else NULL */
	char	   *name;
	bool		deferrable;
	bool		deferred;
	bool		circular;		/* part of a circle of foreign keys */
} ExistingConstraint;

/* Adds a name to a list with commas. */
static void
append_name(StringInfo list, const char *name)
{
	if (list->len > 0)
		appendStringInfoString(list, ", ");
	appendStringInfoString(list, name);
}

/* Does the mapped table have a column of this name? */
static bool
has_column(const SfmMappedTable *table, const char *name)
{
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (strcmp(table->columns[i].name, name) == 0)
			return true;
	}
	return false;
}

/*
 * sfm_existing_note
 *		What is to be said about the columns when a foreign table is loaded
 *		into an existing table; NULL if they are the same.  Palloc'd.
 */
char *
sfm_existing_note(const SfmMappedTable *table)
{
	Relation	target = table_open(table->target, AccessShareLock);
	TupleDesc	descriptor = RelationGetDescr(target);
	StringInfoData lost;
	StringInfoData computed;
	StringInfoData defaults;
	StringInfoData note;

	initStringInfo(&lost);
	initStringInfo(&computed);
	initStringInfo(&defaults);
	initStringInfo(&note);
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (get_attnum(table->target, table->columns[i].name) <= 0)
			append_name(&lost, table->columns[i].name);
	}
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
		const char *name = NameStr(attribute->attname);

		if (attribute->attisdropped)
			continue;
		if (!has_column(table, name))
		{
			if (attribute->attgenerated == '\0')
				append_name(&defaults, name);
		}
		else if (attribute->attgenerated != '\0')
			append_name(&computed, name);
	}
	table_close(target, NoLock);

	if (lost.len > 0)
		append_name(&note, psprintf("NOT LOADED, for the table has no such column: %s",
									lost.data));
	if (computed.len > 0)
		appendStringInfo(&note, "%scomputed by the table itself: %s",
						 note.len > 0 ? "; " : "", computed.data);
	if (defaults.len > 0)
		appendStringInfo(&note, "%sleft to the default: %s",
						 note.len > 0 ? "; " : "", defaults.data);
	return note.len > 0 ? note.data : NULL;
}

/* The loaded table that exists as this relation, or NULL. */
static SfmMappedTable *
loaded_table(const SfmPlan *plan, Oid relid)
{
	ListCell   *cell;

	foreach(cell, plan->mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->selected && OidIsValid(table->target) &&
			table->target == relid)
			return table;
	}
	return NULL;
}

/*
 * read_constraints
 *		Adds the foreign keys, and all that can be deferred, of a table.
 */
static List *
read_constraints(const SfmPlan *plan, SfmMappedTable *table, List *constraints)
{
	Relation	catalog = table_open(ConstraintRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(table->target));
	scan = systable_beginscan(catalog, ConstraintRelidTypidNameIndexId, true,
							  NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
		ExistingConstraint *constraint;

		if ((form->contype != CONSTRAINT_FOREIGN && !form->condeferrable) ||
			!sfm_constraint_is_enforced(form))
			continue;
		constraint = palloc0_object(ExistingConstraint);
		constraint->table = table;
		constraint->name = pstrdup(NameStr(form->conname));
		constraint->deferrable = form->condeferrable;
		constraint->deferred = form->condeferred;
		if (form->contype == CONSTRAINT_FOREIGN)
			constraint->parent = loaded_table(plan, form->confrelid);
		if (constraint->parent == table)
			constraint->parent = NULL;
		constraints = lappend(constraints, constraint);
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return constraints;
}

/*
 * find_circles
 *		Marks the foreign keys from whose parent a chain of foreign keys leads
 *		back to the child.
 */
static void
find_circles(List *constraints)
{
	ListCell   *cell;

	foreach(cell, constraints)
	{
		ExistingConstraint *constraint = lfirst(cell);
		List	   *reached;

		if (constraint->parent == NULL)
			continue;
		/* the list grows while it is walked */
		reached = list_make1(constraint->parent);
		for (int i = 0; i < list_length(reached); i++)
		{
			ListCell   *next_cell;

			foreach(next_cell, constraints)
			{
				ExistingConstraint *next = lfirst(next_cell);

				if (next->table == list_nth(reached, i) &&
					next->parent != NULL)
					reached = list_append_unique_ptr(reached, next->parent);
			}
		}
		constraint->circular = list_member_ptr(reached, constraint->table);
		list_free(reached);
	}
}

/* A step that changes when a constraint is checked. */
static void
alter_constraint(SfmPlan *plan, SfmPhase phase,
				 const ExistingConstraint *constraint, const char *how,
				 const char *note)
{
	sfm_plan_step(plan, phase, NULL,
				  psprintf("%s.%s", constraint->table->name, constraint->name),
				  psprintf("ALTER TABLE %s ALTER CONSTRAINT %s %s",
						   sfm_target_name(plan, constraint->table->name),
						   quote_identifier(constraint->name), how),
				  note);
}

/*
 * sfm_plan_existing_constraints
 *		The steps before and after the loads that let circles of foreign keys
 *		through and check what is deferred.  Called before any foreign key is
 *		planned.
 */
void
sfm_plan_existing_constraints(SfmPlan *plan)
{
	List	   *constraints = NIL;
	bool		circular = false;
	bool		deferred = false;
	ListCell   *cell;

	foreach(cell, plan->mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->selected && OidIsValid(table->target))
			constraints = read_constraints(plan, table, constraints);
	}
	find_circles(constraints);

	foreach(cell, constraints)
	{
		ExistingConstraint *constraint = lfirst(cell);

		deferred |= constraint->deferred;
		circular |= constraint->circular;
		if (constraint->circular && !constraint->deferrable)
			alter_constraint(plan, SFM_PHASE_TABLE, constraint,
							 "DEFERRABLE INITIALLY DEFERRED",
							 "one of a circle of foreign keys: deferrable until the loads are done");
	}
	if (circular)
		sfm_plan_step(plan, SFM_PHASE_TABLE, NULL, plan->options->target,
					  "SET CONSTRAINTS ALL DEFERRED",
					  "foreign keys form a circle: they are checked after the loads, in the same transaction");
	if (circular || deferred)
		sfm_plan_step(plan, SFM_PHASE_CONSTRAINT, NULL, plan->options->target,
					  "SET CONSTRAINTS ALL IMMEDIATE",
					  "checks what is deferred now, and not only at COMMIT");
	foreach(cell, constraints)
	{
		ExistingConstraint *constraint = lfirst(cell);

		if (constraint->circular && !constraint->deferrable)
			alter_constraint(plan, SFM_PHASE_CONSTRAINT, constraint,
							 "NOT DEFERRABLE", "as it was");
	}
}
