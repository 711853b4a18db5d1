/*-------------------------------------------------------------------------
 *
 * trigger.c
 *	  CREATE TRIGGER: a function in PL/pgSQL and a trigger that calls it.
 *
 * WHEN goes into CREATE TRIGGER where PostgreSQL takes it there: without
 * subqueries and not with INSTEAD OF; else it becomes an IF around the body.
 * INSERT, UPDATE and DELETE are statement.c's.  A SELECT is there for RAISE()
 * alone: raise.c.
 *
 * SQLite does not start a trigger that is already active (PRAGMA
 * recursive_triggers is off by default).  Here each function has a setting of
 * its own, which is 'on' exactly as long as the function runs: it sets and
 * unsets it, an error restores it with the transaction or subtransaction.  The
 * trigger's WHEN asks for it, before the function is called; INSTEAD OF takes
 * no WHEN, there the function asks.  Any role may set it, and neither the
 * extension nor the depth or the text of the stack of calls is needed.
 *
 * RAISE(IGNORE) gives up the row: a BEFORE or INSTEAD OF trigger returns NULL,
 * so that neither the row nor the triggers after it are dealt with; what the
 * trigger has done so far stays.  After AFTER the row is there already; later
 * triggers of the same row, whose order SQLite leaves open, are not stopped.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "statement.h"

static SfmRelation *trigger_relation(SfmTranslation *translation,
									 const SfmCreateTrigger *trigger);
static SfmScope *trigger_scope(SfmTranslation *translation,
							   const SfmCreateTrigger *trigger,
							   SfmRelation *relation);
static SfmRelation *before_relation(SfmRelation *relation);
static bool uses_new_rowid(const SfmNode *node, void *context,
						   bool *descend);
static bool uses_generated(const SfmNode *node, void *context,
						   bool *descend);
static bool is_subquery(const SfmNode *node, void *context, bool *descend);
static bool reads_table(const SfmNode *node, void *context, bool *descend);
static bool is_ignore(const SfmNode *node, void *context, bool *descend);
static void add_remarks(SfmTranslation *translation,
						const SfmCreateTrigger *trigger,
						SfmRelation *relation);
static void check_own_row(SfmTranslation *translation,
						  const SfmCreateTrigger *trigger);
static bool changes_own_row(const SfmNode *where);
static bool changes_other_rows(const SfmCreateTrigger *trigger,
							   const SfmRelation *relation);
static Bitmapset *own_columns(const SfmNode *where,
							  const SfmRelation *relation);
static bool compares_with_own_row(const SfmNode *node, SfmOperator operator);
static char *translate_body(SfmTranslation *translation, SfmScope *scope,
							const SfmCreateTrigger *trigger,
							const char *leave, SfmTriggerText *result);
static char *translate_event(SfmTranslation *translation,
							 const SfmCreateTrigger *trigger,
							 const SfmRelation *relation);
static char *translate_columns(SfmTranslation *translation,
							   const SfmCreateTrigger *trigger,
							   const SfmRelation *relation);
static char *setting_name(const char *function);
static char *laid_out(const char *body);
static char *dollar_quoted(const char *body);

/*
 * sfm_translate_trigger
 *		False: it is refused, see translation->problem.
 */
bool
sfm_translate_trigger(SfmTranslation *translation,
					  const SfmCreateTrigger *trigger, const char *name,
					  const char *function, bool recurses,
					  SfmTriggerText *result)
{
	static const char *const times[] = {"BEFORE", "AFTER", "INSTEAD OF"};
	SfmRelation *relation = trigger_relation(translation, trigger);
	SfmScope   *scope;
	char	   *event;
	char	   *when = NULL;
	char	   *body;
	char	   *guard = NULL;
	char	   *enter = "";
	char	   *leave = "";
	bool		when_inside;

	memset(result, 0, sizeof(SfmTriggerText));
	if (relation == NULL)
		return false;
	scope = trigger_scope(translation, trigger, relation);
	event = translate_event(translation, trigger, relation);
	check_own_row(translation, trigger);
	if (trigger->time == SFM_TRIGGER_BEFORE &&
		sfm_visit(trigger, uses_generated, relation))
		sfm_refuse(translation, trigger,
				   "a generated column of NEW, which PostgreSQL computes after BEFORE triggers");
	if (recurses)
	{
		char	   *setting = quote_literal_cstr(setting_name(function));

		guard = psprintf("current_setting(%s, true) IS DISTINCT FROM 'on'",
						 setting);
		enter = psprintf("PERFORM set_config(%s, 'on', true);\n", setting);
		leave = psprintf("PERFORM set_config(%s, '', true);\n", setting);
	}

	if (trigger->when != NULL)
	{
		when = sfm_translate_filter(translation, scope, trigger->when)->sql;
		result->statements = lappend(result->statements,
									 psprintf("SELECT %s", when));
	}
	when_inside = when != NULL &&
		(trigger->time == SFM_TRIGGER_INSTEAD_OF ||
		 sfm_visit(trigger->when, is_subquery, NULL));
	body = translate_body(translation, scope, trigger,
						  psprintf("%sRETURN NULL;\n", leave), result);
	if (translation->problem != NULL)
		return false;
	add_remarks(translation, trigger, relation);

	if (when_inside)
	{
		body = psprintf("IF (%s) THEN\n%sEND IF;\n", when, body);
		when = NULL;
	}
	if (guard != NULL && trigger->time == SFM_TRIGGER_INSTEAD_OF)
		enter = psprintf("IF NOT (%s) THEN\nRETURN NULL;\nEND IF;\n%s", guard,
						 enter);
	else if (guard != NULL)
		when = when == NULL ? guard : psprintf("%s AND (%s)", guard, when);

	body = psprintf("#variable_conflict use_column\n"
					"/* " SFM_TRIGGER_MARK " */\n"
					"BEGIN\n%s%s%s%sEND\n", enter, body, leave,
					trigger->time == SFM_TRIGGER_AFTER ? "RETURN NULL;\n" :
					trigger->event == SFM_TRIGGER_DELETE ? "RETURN OLD;\n" :
					"RETURN NEW;\n");
	result->function = psprintf("CREATE FUNCTION %s() RETURNS trigger\n"
								"LANGUAGE plpgsql\n"
								"SET search_path = pg_catalog, pg_temp\n"
								"AS %s", function,
								dollar_quoted(laid_out(body)));
	result->trigger = psprintf("CREATE TRIGGER %s %s %s ON %s FOR EACH ROW%s EXECUTE FUNCTION %s()",
							   quote_identifier(name), times[trigger->time],
							   event, relation->sql,
							   when == NULL ? "" :
							   psprintf(" WHEN (%s)", when), function);
	return true;
}

/* ------------------------------------------------------------------------
 * The table, NEW and OLD
 * ------------------------------------------------------------------------
 */
static SfmRelation *
trigger_relation(SfmTranslation *translation, const SfmCreateTrigger *trigger)
{
	SfmRelation *relation = translation->find_relation(translation,
													   trigger->table_schema,
													   trigger->table);

	if (relation == NULL)
		sfm_refuse(translation, trigger->table, "table \"%s\" does not move",
				   trigger->table->text);
	else if (relation->is_view != (trigger->time == SFM_TRIGGER_INSTEAD_OF))
	{
		sfm_refuse(translation, trigger, "%s",
				   relation->is_view ?
				   "a trigger of a view that is not INSTEAD OF" :
				   "an INSTEAD OF trigger of a table");
		return NULL;
	}
	return relation;
}

static SfmScope *
trigger_scope(SfmTranslation *translation, const SfmCreateTrigger *trigger,
			  SfmRelation *relation)
{
	SfmScope   *scope = palloc0(sizeof(SfmScope));

	scope->in_trigger = true;
	if (trigger->event != SFM_TRIGGER_DELETE)
		sfm_add_source(scope, "new", "new",
					   trigger->time == SFM_TRIGGER_BEFORE ?
					   before_relation(relation) : relation, true);
	if (trigger->event != SFM_TRIGGER_INSERT)
		sfm_add_source(scope, "old", "old", relation, true);
	return scope;
}

/*
 * NEW before the row is stored: PostgreSQL has not computed the generated
 * columns yet, and a NULL may still stand where none may be.
 */
static SfmRelation *
before_relation(SfmRelation *relation)
{
	SfmRelation *result = palloc(sizeof(SfmRelation));

	memcpy(result, relation, sizeof(SfmRelation));
	result->columns = palloc(relation->ncolumns * sizeof(SfmRelationColumn));
	memcpy(result->columns, relation->columns,
		   relation->ncolumns * sizeof(SfmRelationColumn));
	for (int i = 0; i < relation->ncolumns; i++)
	{
		result->columns[i].not_null = false;
		if (relation->columns[i].generated)
			result->columns[i].name = NULL;
	}
	return result;
}

/* NEW.rowid, or the column that is the rowid */
static bool
uses_new_rowid(const SfmNode *node, void *context, bool *descend)
{
	const SfmRelation *relation = context;
	const SfmColumnRef *reference = (const SfmColumnRef *) node;

	return node->kind == SFM_NODE_COLUMN_REF && relation->rowid_column >= 0 &&
		relation->has_rowid && reference->table != NULL &&
		sfm_same_name(reference->table->text, "new") &&
		(sfm_same_name(reference->column->text,
					   relation->columns[relation->rowid_column].sqlite_name) ||
		 sfm_same_name(reference->column->text, "rowid") ||
		 sfm_same_name(reference->column->text, "_rowid_") ||
		 sfm_same_name(reference->column->text, "oid"));
}

/* NEW's generated column */
static bool
uses_generated(const SfmNode *node, void *context, bool *descend)
{
	const SfmRelation *relation = context;
	const SfmColumnRef *reference = (const SfmColumnRef *) node;

	if (node->kind != SFM_NODE_COLUMN_REF || reference->table == NULL ||
		!sfm_same_name(reference->table->text, "new"))
		return false;
	for (int i = 0; i < relation->ncolumns; i++)
	{
		if (relation->columns[i].generated &&
			sfm_same_name(reference->column->text,
						  relation->columns[i].sqlite_name))
			return true;
	}
	return false;
}

static bool
is_subquery(const SfmNode *node, void *context, bool *descend)
{
	return node->kind == SFM_NODE_SELECT ||
		(node->kind == SFM_NODE_IN && ((const SfmIn *) node)->table != NULL);
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

static bool
is_ignore(const SfmNode *node, void *context, bool *descend)
{
	return node->kind == SFM_NODE_RAISE &&
		((const SfmRaise *) node)->action == SFM_CONFLICT_IGNORE;
}

/* What both sides do not do alike in the corners. */
static void
add_remarks(SfmTranslation *translation, const SfmCreateTrigger *trigger,
			SfmRelation *relation)
{
	if (trigger->time == SFM_TRIGGER_BEFORE &&
		trigger->event == SFM_TRIGGER_INSERT &&
		sfm_visit(trigger, uses_new_rowid, relation))
		sfm_remark(translation,
				   "NEW.%s of a row that gets its number automatically is -1 in SQLite's BEFORE INSERT trigger and the number here",
				   relation->columns[relation->rowid_column].sqlite_name);
	if (trigger->time == SFM_TRIGGER_AFTER &&
		sfm_visit(trigger, reads_table, trigger->table->text))
		sfm_remark(translation,
				   "reads its own table: of a statement with several rows it sees all of them here, in SQLite those up to its own");
	if (trigger->time == SFM_TRIGGER_AFTER &&
		changes_other_rows(trigger, relation))
		sfm_remark(translation,
				   "changes other rows of its own table: of a statement with several rows it does so after the last of them here, in SQLite after each");
	if (trigger->time == SFM_TRIGGER_AFTER &&
		sfm_visit(trigger, is_ignore, NULL))
		sfm_remark(translation,
				   "RAISE(IGNORE) does not keep other AFTER triggers of the row from being fired");
}

/*
 * In a BEFORE trigger SQLite leaves open what happens to a row that the trigger
 * itself changes or deletes; PostgreSQL raises an error each time.  So a
 * statement that is surely about the own row is refused here.
 */
static void
check_own_row(SfmTranslation *translation, const SfmCreateTrigger *trigger)
{
	ListCell   *cell;

	if (trigger->time != SFM_TRIGGER_BEFORE ||
		trigger->event == SFM_TRIGGER_INSERT)
		return;
	foreach(cell, trigger->body)
	{
		const SfmNode *node = lfirst(cell);
		const SfmName *table;
		const SfmNode *where;

		if (node->kind == SFM_NODE_UPDATE)
		{
			table = ((const SfmUpdate *) node)->table;
			where = ((const SfmUpdate *) node)->where;
		}
		else if (node->kind == SFM_NODE_DELETE)
		{
			table = ((const SfmDelete *) node)->table;
			where = ((const SfmDelete *) node)->where;
		}
		else
			continue;
		if (sfm_same_name(table->text, trigger->table->text) &&
			changes_own_row(where))
			sfm_refuse(translation, node,
					   "a BEFORE trigger that changes its own row");
	}
}

/* No WHERE, or x = NEW.x without another x <> NEW.x */
static bool
changes_own_row(const SfmNode *where)
{
	return where == NULL || (compares_with_own_row(where, SFM_OP_EQ) &&
							 !compares_with_own_row(where, SFM_OP_NE));
}

/* Does it change or delete rows of its table other than NEW and OLD? */
static bool
changes_other_rows(const SfmCreateTrigger *trigger, const SfmRelation *relation)
{
	ListCell   *cell;
	ListCell   *key_cell;

	foreach(cell, trigger->body)
	{
		const SfmNode *node = lfirst(cell);
		const SfmNode *where;
		const SfmName *table;
		Bitmapset  *columns;
		bool		one_row = false;

		if (node->kind != SFM_NODE_UPDATE && node->kind != SFM_NODE_DELETE)
			continue;
		table = node->kind == SFM_NODE_UPDATE ?
			((const SfmUpdate *) node)->table : ((const SfmDelete *) node)->table;
		where = node->kind == SFM_NODE_UPDATE ?
			((const SfmUpdate *) node)->where : ((const SfmDelete *) node)->where;
		if (!sfm_same_name(table->text, trigger->table->text))
			continue;
		columns = own_columns(where, relation);
		foreach(key_cell, relation->keys)
			one_row = one_row || bms_is_subset(lfirst(key_cell), columns);
		if (!one_row)
			return true;
	}
	return false;
}

/* The place of the column that a reference names; -1 for none. */
static int
named_column(const SfmRelation *relation, const SfmColumnRef *reference)
{
	const char *name = reference->column->text;

	for (int i = 0; i < relation->ncolumns; i++)
	{
		if (sfm_same_name(name, relation->columns[i].sqlite_name))
			return i;
	}
	return relation->has_rowid &&
		(sfm_same_name(name, "rowid") || sfm_same_name(name, "_rowid_") ||
		 sfm_same_name(name, "oid")) ? relation->rowid_column : -1;
}

/* Is this NEW.x or OLD.x? */
static bool
is_own_column(const SfmColumnRef *reference)
{
	return reference->table != NULL &&
		(sfm_same_name(reference->table->text, "new") ||
		 sfm_same_name(reference->table->text, "old"));
}

/* The places of the columns that must equal those of NEW or OLD. */
static Bitmapset *
own_columns(const SfmNode *where, const SfmRelation *relation)
{
	const SfmBinary *binary = (const SfmBinary *) where;
	const SfmColumnRef *left;
	const SfmColumnRef *right;
	int			place;

	check_stack_depth();
	if (where == NULL || where->kind != SFM_NODE_BINARY)
		return NULL;
	if (binary->operator == SFM_OP_AND)
		return bms_union(own_columns(binary->left, relation),
						 own_columns(binary->right, relation));
	left = (const SfmColumnRef *) binary->left;
	right = (const SfmColumnRef *) binary->right;
	if (binary->operator != SFM_OP_EQ ||
		left->node.kind != SFM_NODE_COLUMN_REF ||
		right->node.kind != SFM_NODE_COLUMN_REF ||
		is_own_column(left) == is_own_column(right))
		return NULL;
	place = named_column(relation, left);
	return place >= 0 && place == named_column(relation, right) ?
		bms_make_singleton(place) : NULL;
}

/* Is there such a comparison of a column with NEW's or OLD's of that name? */
static bool
compares_with_own_row(const SfmNode *node, SfmOperator operator)
{
	const SfmBinary *binary = (const SfmBinary *) node;
	const SfmColumnRef *left;
	const SfmColumnRef *right;

	check_stack_depth();
	if (node->kind != SFM_NODE_BINARY)
		return false;
	if (binary->operator == SFM_OP_AND)
		return compares_with_own_row(binary->left, operator) ||
			compares_with_own_row(binary->right, operator);
	left = (const SfmColumnRef *) binary->left;
	right = (const SfmColumnRef *) binary->right;
	return binary->operator == operator &&
		left->node.kind == SFM_NODE_COLUMN_REF &&
		right->node.kind == SFM_NODE_COLUMN_REF &&
		(left->table != NULL || right->table != NULL) &&
		sfm_same_name(left->column->text, right->column->text);
}

/* ------------------------------------------------------------------------
 * Body
 * ------------------------------------------------------------------------
 */
static char *
translate_body(SfmTranslation *translation, SfmScope *scope,
			   const SfmCreateTrigger *trigger, const char *leave,
			   SfmTriggerText *result)
{
	StringInfoData buf;
	ListCell   *cell;

	initStringInfo(&buf);
	foreach(cell, trigger->body)
	{
		const SfmNode *node = lfirst(cell);
		ListCell   *statement;

		if (node->kind == SFM_NODE_SELECT)
		{
			appendStringInfoString(&buf,
								   sfm_translate_raise(translation, scope,
													   (const SfmSelect *) node,
													   leave,
													   &result->statements));
			continue;
		}
		foreach(statement, sfm_translate_statement(translation, scope, node))
		{
			appendStringInfo(&buf, "%s;\n", (char *) lfirst(statement));
			result->statements = lappend(result->statements,
										 lfirst(statement));
		}
	}
	return buf.data;
}

/* ------------------------------------------------------------------------
 * Event
 * ------------------------------------------------------------------------
 */
static char *
translate_event(SfmTranslation *translation, const SfmCreateTrigger *trigger,
				const SfmRelation *relation)
{
	switch (trigger->event)
	{
		case SFM_TRIGGER_DELETE:
			return "DELETE";
		case SFM_TRIGGER_INSERT:
			return "INSERT";
		default:
			return psprintf("UPDATE%s", trigger->columns == NIL ? "" :
							translate_columns(translation, trigger, relation));
	}
}

/*
 * UPDATE OF: SQLite fires if SET has one of these names.  A name that is no
 * column, and a column that no SET may have, never fires.
 */
static char *
translate_columns(SfmTranslation *translation, const SfmCreateTrigger *trigger,
				  const SfmRelation *relation)
{
	Bitmapset  *columns = NULL;
	StringInfoData buf;
	ListCell   *cell;
	int			settable = 0;

	initStringInfo(&buf);
	for (int i = 0; i < relation->ncolumns; i++)
	{
		const SfmRelationColumn *column = &relation->columns[i];

		if (column->generated)
			continue;
		settable++;
		foreach(cell, trigger->columns)
		{
			if (!sfm_same_name(((SfmName *) lfirst(cell))->text,
							   column->sqlite_name))
				continue;
			if (column->name == NULL)
				sfm_refuse(translation, lfirst(cell),
						   "column \"%s\" does not move",
						   column->sqlite_name);
			else if (!bms_is_member(i, columns))
				appendStringInfo(&buf, "%s%s", columns == NULL ? " OF " : ", ",
								 sfm_quoted_column(relation, i));
			columns = bms_add_member(columns, i);
		}
	}
	if (columns == NULL)
		sfm_refuse(translation, trigger,
				   "UPDATE OF no column of the table: it never fires");
	if (trigger->time != SFM_TRIGGER_INSTEAD_OF)
		return buf.data;

	/*
	 * PostgreSQL has no OF here.  An UPDATE of other columns alone is an error
	 * in SQLite, unless they have a trigger of their own.
	 */
	if (bms_num_members(columns) < settable)
		sfm_remark(translation,
				   "fires for an UPDATE of any column, in SQLite for one of the columns after OF");
	return "";
}

/* ------------------------------------------------------------------------
 * Text
 * ------------------------------------------------------------------------
 */

/*
 * The setting that says a function is active: by its name, or by a hash of it
 * where that is no name of a setting or a long one.
 */
static char *
setting_name(const char *function)
{
	const char *prefix = "sqlite_trigger";

	if (strlen(prefix) + 1 + strlen(function) < NAMEDATALEN &&
		strspn(function, "abcdefghijklmnopqrstuvwxyz0123456789_.") ==
		strlen(function))
		return psprintf("%s.%s", prefix, function);
	return psprintf("%s.h$%016llx", prefix, (unsigned long long)
					hash_bytes_extended((const unsigned char *) function,
										strlen(function), 0));
}

/*
 * The end of the line at "text": its line feed, or the end of the text.  A
 * line feed inside of quotes is none.
 */
static const char *
line_end(const char *text)
{
	char		quote = '\0';

	for (; *text != '\0' && (quote != '\0' || *text != '\n'); text++)
	{
		if (quote != '\0' ? *text == quote : *text == '\'' || *text == '"')
			quote = quote != '\0' ? '\0' : *text;
	}
	return text;
}

static bool
begins_with(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

static bool
ends_with(const char *text, const char *end, const char *word)
{
	return end - text >= (ptrdiff_t) strlen(word) &&
		strncmp(end - strlen(word), word, strlen(word)) == 0;
}

/*
 * laid_out
 *		A body with its lines indented, and without what stands behind RETURN
 *		and RAISE EXCEPTION and is never reached.  Lines inside of literals and
 *		names stay as they are.
 */
static char *
laid_out(const char *body)
{
	StringInfoData buf;
	int			level = 0;
	int			dead = -1;		/* the level of statements to leave out */
	bool		begins = true;	/* a statement begins here */

	initStringInfo(&buf);
	while (*body != '\0')
	{
		const char *end = line_end(body);
		bool		closes = begins && (begins_with(body, "END") ||
										begins_with(body, "ELS"));
		bool		leaves = begins && (begins_with(body, "RETURN ") ||
										begins_with(body, "RAISE EXCEPTION "));

		level -= closes ? 1 : 0;
		if (dead > level)
			dead = -1;
		if (dead < 0)
			appendStringInfo(&buf, "%*s%.*s\n",
							 2 * level + (begins ? 0 : 2), "",
							 (int) (end - body), body);
		begins = ends_with(body, end, ";") || ends_with(body, end, " THEN") ||
			ends_with(body, end, "*/") || begins_with(body, "#") ||
			(begins && (begins_with(body, "BEGIN\n") ||
						begins_with(body, "ELSE\n")));
		if (begins && !ends_with(body, end, ";") && !ends_with(body, end, "*/") &&
			!begins_with(body, "#"))
			level++;
		if (leaves && begins && dead < 0)
			dead = level;
		body = *end == '\0' ? end : end + 1;
	}
	return buf.data;
}

/* With a tag that the text does not have. */
static char *
dollar_quoted(const char *body)
{
	char	   *tag = "$trigger$";

	for (int i = 1; strstr(body, tag) != NULL; i++)
		tag = psprintf("$trigger%d$", i);
	return psprintf("%s\n%s%s", tag, body, tag);
}
