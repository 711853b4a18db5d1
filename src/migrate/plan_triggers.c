/*-------------------------------------------------------------------------
 *
 * plan_triggers.c
 *	  Functions and triggers for the triggers of the SQLite files.
 *
 * A trigger becomes two steps: CREATE FUNCTION, then CREATE TRIGGER.  Those of
 * tables and views that the target holds already are left out, as all else of
 * them is.
 *
 * In SQLite a trigger does not fire again while it runs ("PRAGMA
 * recursive_triggers" is off by default), in PostgreSQL it does.  So it is
 * worked out here which triggers could: from what they write, by way of the
 * triggers and the foreign keys' actions that this sets off.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_trigger.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

#include "migrate.h"

/* A trigger of a file. */
typedef struct SchemaTrigger
{
	const SfmSchemaObject *object;
	SfmMappedTable *table;		/* whose it is; NULL: not of the mapping */
	SfmCreateTrigger *tree;		/* NULL: see "problem" */
	char	   *problem;
} SchemaTrigger;

/* Something that happens to the rows of a table. */
typedef struct Event
{
	const char *table;			/* SQLite's name */
	SfmTriggerEvent event;
} Event;

/* ------------------------------------------------------------------------
 * Which triggers may fire themselves
 * ------------------------------------------------------------------------
 */

/* Adds an event to a list, unless it is there. */
static List *
add_event(List *events, const char *table, SfmTriggerEvent event)
{
	Event	   *new_event;
	ListCell   *cell;

	foreach(cell, events)
	{
		Event	   *known = lfirst(cell);

		if (known->event == event && sfm_same_name(known->table, table))
			return events;
	}
	new_event = palloc_object(Event);
	new_event->table = table;
	new_event->event = event;
	return lappend(events, new_event);
}

/* Adds what the statements of a trigger do. */
static List *
add_statements(List *events, const SfmCreateTrigger *trigger)
{
	ListCell   *cell;

	foreach(cell, trigger->body)
	{
		SfmNode    *node = lfirst(cell);

		if (node->kind == SFM_NODE_INSERT)
		{
			SfmInsert  *insert = (SfmInsert *) node;

			events = add_event(events, insert->table->text,
							   SFM_TRIGGER_INSERT);
			/* what ON CONFLICT and OR REPLACE may turn into */
			if (insert->upserts != NIL ||
				insert->conflict == SFM_CONFLICT_REPLACE)
				events = add_event(events, insert->table->text,
								   SFM_TRIGGER_UPDATE);
			if (insert->conflict == SFM_CONFLICT_REPLACE)
				events = add_event(events, insert->table->text,
								   SFM_TRIGGER_DELETE);
		}
		else if (node->kind == SFM_NODE_UPDATE)
			events = add_event(events, ((SfmUpdate *) node)->table->text,
							   SFM_TRIGGER_UPDATE);
		else if (node->kind == SFM_NODE_DELETE)
			events = add_event(events, ((SfmDelete *) node)->table->text,
							   SFM_TRIGGER_DELETE);
	}
	return events;
}

/* Adds what foreign keys do when something happens to their parents. */
static List *
add_actions(List *events, const SfmPlan *plan, const Event *event)
{
	ListCell   *cell;
	ListCell   *key_cell;

	if (event->event == SFM_TRIGGER_INSERT)
		return events;
	foreach(cell, plan->mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->source == NULL)
			continue;
		foreach(key_cell, table->source->foreign_keys)
		{
			SfmForeignKey *key = lfirst(key_cell);
			const char *action = event->event == SFM_TRIGGER_DELETE ?
			key->on_delete : key->on_update;

			if (!sfm_same_name(key->parent, event->table))
				continue;
			if (strncmp(action, "SET ", 4) == 0 ||
				(strcmp(action, "CASCADE") == 0 &&
				 event->event == SFM_TRIGGER_UPDATE))
				events = add_event(events, table->source->name,
								   SFM_TRIGGER_UPDATE);
			else if (strcmp(action, "CASCADE") == 0)
				events = add_event(events, table->source->name,
								   SFM_TRIGGER_DELETE);
		}
	}
	return events;
}

/*
 * fires_itself
 *		May the trigger's body lead to the event that it waits for?
 */
static bool
fires_itself(const SfmPlan *plan, List *triggers, const SchemaTrigger *trigger)
{
	List	   *events = add_statements(NIL, trigger->tree);
	ListCell   *cell;

	/* the list grows while it is walked */
	for (int i = 0; i < list_length(events); i++)
	{
		Event	   *event = list_nth(events, i);

		if (event->event == trigger->tree->event &&
			sfm_same_name(event->table, trigger->object->table_name))
			return true;
		events = add_actions(events, plan, event);
		foreach(cell, triggers)
		{
			SchemaTrigger *other = lfirst(cell);

			if (other->tree != NULL && other->tree->event == event->event &&
				sfm_same_name(other->object->table_name, event->table))
				events = add_statements(events, other->tree);
		}
	}
	return false;
}

/* ------------------------------------------------------------------------
 * What PostgreSQL does at another time
 * ------------------------------------------------------------------------
 */

/* PostgreSQL's name of a trigger. */
static char *
trigger_name(const char *original)
{
	char	   *name = downcase_identifier(original, (int) strlen(original),
										   false, false);

	return sfm_names_add(sfm_names_create(SFM_NAMES_LOWER), name, "trigger");
}

/* FROM or IN names the table */
static bool
reads_table(const SfmNode *node, void *context, bool *descend)
{
	const SfmName *name = NULL;

	if (node->kind == SFM_NODE_SOURCE)
		name = ((const SfmSource *) node)->name;
	else if (node->kind == SFM_NODE_IN)
		name = ((const SfmIn *) node)->table;
	return name != NULL && sfm_same_name(name->text, (const char *) context);
}

/*
 * shared_table
 *		A table that a trigger reads, or where "writes" says so, writes, and
 *		that the statements of another one write; or NULL.
 */
static const char *
shared_table(const SchemaTrigger *trigger, bool writes,
			 const SchemaTrigger *writer)
{
	ListCell   *cell;
	ListCell   *inner;

	foreach(cell, add_statements(NIL, writer->tree))
	{
		const char *table = ((Event *) lfirst(cell))->table;

		if (sfm_visit(trigger->tree, reads_table, unconstify(char *, table)))
			return table;
		if (!writes)
			continue;
		foreach(inner, add_statements(NIL, trigger->tree))
		{
			if (sfm_same_name(((Event *) lfirst(inner))->table, table))
				return table;
		}
	}
	return NULL;
}

/*
 * note_times
 *		Where it matters for a trigger that PostgreSQL fires the triggers of a
 *		table in another order than SQLite: it goes by the names, and fires
 *		AFTER triggers when all rows of the statement are written.  SQLite goes
 *		from row to row, and begins with the youngest trigger.
 */
static void
note_times(SfmTranslation *translation, List *triggers,
		   const SchemaTrigger *trigger)
{
	char	   *name = trigger_name(trigger->object->name);
	bool		seen = false;
	bool		told = false;
	ListCell   *cell;

	foreach(cell, triggers)
	{
		const SchemaTrigger *other = lfirst(cell);
		const char *table;

		if (other == trigger)
			seen = true;
		if (other == trigger || other->tree == NULL ||
			other->tree->event != trigger->tree->event ||
			!sfm_same_name(other->object->table_name,
						   trigger->object->table_name))
			continue;
		if (!told && trigger->tree->time == SFM_TRIGGER_BEFORE &&
			other->tree->time == SFM_TRIGGER_AFTER &&
			(table = shared_table(trigger, false, other)) != NULL)
		{
			told = true;
			sfm_remark(translation,
					   "reads \"%s\", which the AFTER trigger \"%s\" writes: of a statement with several rows it sees nothing of that here, in SQLite what the rows before its own led to",
					   table, other->object->name);
		}
		if (trigger->tree->time == other->tree->time &&
			/* here the smaller name comes first, there the younger one */
			(strcmp(name, trigger_name(other->object->name)) < 0) == seen &&
			(shared_table(trigger, true, other) != NULL ||
			 shared_table(other, true, trigger) != NULL))
			sfm_remark(translation,
					   "is fired %s trigger \"%s\" here, by the order of their names, and %s it in SQLite, which promises no order",
					   seen ? "before" : "after", other->object->name,
					   seen ? "after" : "before");
	}
}

/* ------------------------------------------------------------------------
 * Names
 * ------------------------------------------------------------------------
 */

/*
 * reserve_functions
 *		Marks the names of the target schema's functions as taken, for the
 *		names of trigger functions.
 */
static void
reserve_functions(SfmPlan *plan)
{
	Relation	catalog;
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	plan->function_names = sfm_names_create(SFM_NAMES_LOWER);
	if (!OidIsValid(plan->target))
		return;
	catalog = table_open(ProcedureRelationId, AccessShareLock);
	ScanKeyInit(&key, Anum_pg_proc_pronamespace, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(plan->target));
	scan = systable_beginscan(catalog, InvalidOid, false, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_proc form = (Form_pg_proc) GETSTRUCT(tuple);

		if (!list_member_oid(plan->dropped_functions, form->oid))
			sfm_names_reserve(plan->function_names, NameStr(form->proname));
	}
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
}

/* ------------------------------------------------------------------------
 * Planning
 * ------------------------------------------------------------------------
 */

/* The note that stands for a trigger. */
static void
note_left_out(SfmPlan *plan, const SchemaTrigger *trigger, const char *problem)
{
	const char *sql = trigger->object->sql;

	sfm_plan_step(plan, SFM_PHASE_TRIGGER, NULL,
				  psprintf("%s.%s", trigger->table->name,
						   trigger->object->name), NULL,
				  psprintf("trigger is left out, for %s: %s", problem,
						   sql != NULL ? sql : "(no text)"));
}

/*
 * find_subject
 *		The relation that the trigger is on, or NULL and *problem.
 */
static SfmRelation *
find_subject(SfmPlan *plan, SfmTranslation *translation,
			 const SchemaTrigger *trigger, char **problem)
{
	SfmRelation *relation;

	if (!sfm_mapping_is_view(trigger->table))
		return sfm_plan_relation(translation, trigger->table);
	relation = plan->options->views ?
		sfm_plan_view(plan, trigger->table) : NULL;
	if (relation == NULL)
		*problem = psprintf("view \"%s\" does not come over",
							trigger->table->name);
	return relation;
}

/* Plans one trigger. */
static void
plan_trigger(SfmPlan *plan, List *triggers, const SchemaTrigger *trigger)
{
	SfmTranslation *translation =
	sfm_plan_translation(plan, trigger->table->serverid, trigger->object->sql);
	SfmTriggerText text = {0};
	SfmRelation *relation;
	List	   *relations;
	char	   *problem = trigger->problem;
	char	   *name;
	char	   *function;

	if (problem == NULL && OidIsValid(trigger->table->target))
		problem = "its table exists already";
	if (problem != NULL)
	{
		note_left_out(plan, trigger, problem);
		return;
	}
	relation = find_subject(plan, translation, trigger, &problem);
	if (relation == NULL)
	{
		note_left_out(plan, trigger, problem != NULL ? problem :
					  "SQLite cannot describe its table");
		return;
	}

	if (plan->function_names == NULL)
		reserve_functions(plan);
	name = trigger_name(trigger->object->name);
	function = sfm_names_add(plan->function_names, name, "trigger");
	translation->lasting = true;
	if (sfm_translate_trigger(translation, trigger->tree, name,
							  sfm_target_name(plan, function),
							  fires_itself(plan, triggers, trigger), &text))
	{
		relations = list_append_unique_ptr(list_copy(translation->relations),
										   relation);
		(void) (sfm_try_statement(plan, relations, text.function, &problem) &&
				sfm_try_statement(plan, relations, text.trigger, &problem) &&
				sfm_try_trigger(plan, relations, relation, text.statements,
								&problem));
	}
	else
		problem = translation->problem;
	if (problem != NULL)
	{
		note_left_out(plan, trigger, problem);
		return;
	}

	note_times(translation, triggers, trigger);
	(void) sfm_plan_step(plan, SFM_PHASE_TRIGGER, trigger->table,
						 psprintf("%s()", function), text.function, NULL);
	(void) sfm_plan_step(plan, SFM_PHASE_TRIGGER, trigger->table,
						 psprintf("%s.%s", trigger->table->name, name),
						 text.trigger, sfm_plan_remarks(translation));
}

/* The mapped table of this name of a server: a selected one, or any. */
static SfmMappedTable *
find_table(const SfmPlan *plan, Oid serverid, const char *sqlite_name)
{
	SfmMappedTable *found = NULL;
	ListCell   *cell;

	foreach(cell, plan->mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->serverid == serverid &&
			(found == NULL || !found->selected) &&
			sfm_same_name(sfm_mapping_source(table), sqlite_name))
			found = table;
	}
	return found;
}

/* All triggers of a file, as a list of SchemaTrigger *. */
static List *
read_triggers(const SfmPlan *plan, Oid serverid)
{
	List	   *triggers = NIL;
	ListCell   *cell;

	foreach(cell, sfm_catalog_objects(sfm_server_connection(serverid),
									  "trigger"))
	{
		SchemaTrigger *trigger = palloc0_object(SchemaTrigger);
		SfmNode    *tree = NULL;

		trigger->object = lfirst(cell);
		trigger->table = find_table(plan, serverid,
									trigger->object->table_name);
		if (trigger->object->sql == NULL)
			trigger->problem = "its text cannot be represented in the database encoding";
		else
			tree = sfm_parse(trigger->object->sql, &trigger->problem);
		if (tree != NULL && tree->kind == SFM_NODE_CREATE_TRIGGER)
			trigger->tree = (SfmCreateTrigger *) tree;
		else if (trigger->problem == NULL)
			trigger->problem = "its text is no CREATE TRIGGER";
		triggers = lappend(triggers, trigger);
	}
	return triggers;
}

/*
 * sfm_plan_triggers
 *		Plans the triggers of the selected tables and views.
 */
void
sfm_plan_triggers(SfmPlan *plan)
{
	List	   *servers = NIL;
	ListCell   *cell;
	ListCell   *trigger_cell;

	foreach(cell, plan->mapping)
	{
		SfmMappedTable *table = lfirst(cell);

		if (table->selected)
			servers = list_append_unique_oid(servers, table->serverid);
	}
	foreach(cell, servers)
	{
		List	   *triggers = read_triggers(plan, lfirst_oid(cell));

		foreach(trigger_cell, triggers)
		{
			SchemaTrigger *trigger = lfirst(trigger_cell);

			if (trigger->table != NULL && trigger->table->selected)
				plan_trigger(plan, triggers, trigger);
		}
	}
}
