/*-------------------------------------------------------------------------
 *
 * grammar_print.h
 *	  A tree of src/sqlite/syntax.h on one line, for tests.
 *
 * Not part of the extension.  (word part ...): a node with its parts; absent
 * parts are left out.  Names are bare, "x", [x] or 'x' as they were written.
 *
 *-------------------------------------------------------------------------
 */
#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "sqlite/syntax.h"

static void print_node(StringInfo out, const void *pointer);

static const char *const operators[] = {
	"not", "~", "neg", "pos", "isnull", "notnull", "or", "and", "=", "<>",
	"is", "isnot", "<", "<=", ">", ">=", "&", "|", "<<", ">>", "+", "-", "*",
	"/", "%", "||", "->", "->>", "like", "glob", "regexp", "match"
};
static const char *const conflicts[] = {
	"", "rollback", "abort", "fail", "ignore", "replace"
};

static void
print_name(StringInfo out, const char *label, const SfmName *name)
{
	static const char *const opening[] = {"", "\"", "[", "'"};
	static const char *const closing[] = {"", "\"", "]", "'"};

	if (name != NULL)
		appendStringInfo(out, " %s%s%s%s", label, opening[name->quote],
						 name->text, closing[name->quote]);
}

static void
print_qualified(StringInfo out, const SfmName *schema, const SfmName *name)
{
	print_name(out, "schema:", schema);
	print_name(out, "", name);
}

/* " (label part)" */
static void
print_part(StringInfo out, const char *label, const void *node)
{
	if (node == NULL)
		return;
	if (label[0] != '\0')
		appendStringInfo(out, " (%s", label);
	appendStringInfoChar(out, ' ');
	print_node(out, node);
	if (label[0] != '\0')
		appendStringInfoChar(out, ')');
}

static void
print_list(StringInfo out, const char *label, const List *list)
{
	ListCell   *cell;

	if (list == NIL)
		return;
	if (label[0] != '\0')
		appendStringInfo(out, " (%s", label);
	foreach(cell, list)
		print_part(out, "", lfirst(cell));
	if (label[0] != '\0')
		appendStringInfoChar(out, ')');
}

static void
print_flag(StringInfo out, bool flag, const char *word)
{
	if (flag)
		appendStringInfo(out, " %s", word);
}

static void
print_constraint(StringInfo out, const SfmConstraint *c)
{
	static const char *const kinds[] = {
		"primary-key", "not-null", "null", "unique", "check", "default",
		"collate", "generated", "foreign-key"
	};
	static const char *const actions[] = {
		"", "no-action", "restrict", "cascade", "set-null", "set-default"
	};

	appendStringInfo(out, "(%s", kinds[c->kind]);
	print_name(out, "name:", c->name);
	print_list(out, c->kind == SFM_CONSTRAINT_FOREIGN_KEY ? "of" : "", c->columns);
	print_list(out, "of", c->child_columns);
	print_flag(out, c->descending, "desc");
	print_flag(out, c->autoincrement, "autoincrement");
	print_part(out, "", c->expression);
	print_flag(out, c->is_word, "word");
	print_flag(out, c->stored, "stored");
	print_name(out, "", c->collation);
	print_name(out, "", c->parent);
	print_list(out, "", c->parent_columns);
	if (c->on_delete)
		appendStringInfo(out, " delete:%s", actions[c->on_delete]);
	if (c->on_update)
		appendStringInfo(out, " update:%s", actions[c->on_update]);
	print_name(out, "match:", c->match);
	print_flag(out, c->deferrable, "deferrable");
	print_flag(out, c->deferred, "deferred");
	if (c->conflict)
		appendStringInfo(out, " or:%s", conflicts[c->conflict]);
	appendStringInfoChar(out, ')');
}

static void
print_expression(StringInfo out, const SfmNode *node)
{
	switch (node->kind)
	{
		case SFM_NODE_LITERAL:
			{
				const SfmLiteral *l = (const SfmLiteral *) node;

				if (l->kind == SFM_LITERAL_STRING)
					appendStringInfo(out, "'%s'", l->text);
				else if (l->kind == SFM_LITERAL_BLOB)
					appendStringInfo(out, "x'%s'", l->text);
				else
					appendStringInfoString(out, l->text);
				break;
			}
		case SFM_NODE_VARIABLE:
			appendStringInfo(out, "(variable %s)", ((const SfmVariable *) node)->text);
			break;
		case SFM_NODE_COLUMN_REF:
			{
				const SfmColumnRef *c = (const SfmColumnRef *) node;

				if (c->schema != NULL)
				{
					print_node(out, c->schema);
					appendStringInfoChar(out, '.');
				}
				if (c->table != NULL)
				{
					print_node(out, c->table);
					appendStringInfoChar(out, '.');
				}
				print_node(out, c->column);
				break;
			}
		case SFM_NODE_UNARY:
			{
				const SfmUnary *u = (const SfmUnary *) node;

				appendStringInfo(out, "(%s", operators[u->operator]);
				print_part(out, "", u->operand);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_BINARY:
			{
				const SfmBinary *b = (const SfmBinary *) node;

				appendStringInfo(out, "(%s", operators[b->operator]);
				print_part(out, "", b->left);
				print_part(out, "", b->right);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_LIKE:
			{
				const SfmLike *l = (const SfmLike *) node;

				appendStringInfo(out, "(%s%s", l->negated ? "not-" : "", operators[l->operator]);
				print_part(out, "", l->operand);
				print_part(out, "", l->pattern);
				print_part(out, "escape", l->escape);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_BETWEEN:
			{
				const SfmBetween *b = (const SfmBetween *) node;

				appendStringInfo(out, "(%s", b->negated ? "not-between" : "between");
				print_part(out, "", b->operand);
				print_part(out, "", b->low);
				print_part(out, "", b->high);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_IN:
			{
				const SfmIn *i = (const SfmIn *) node;

				appendStringInfo(out, "(%s", i->negated ? "not-in" : "in");
				print_part(out, "", i->operand);
				print_part(out, "", i->select);
				print_qualified(out, i->schema, i->table);
				print_flag(out, i->is_function, "function");
				appendStringInfoString(out, " [");
				print_list(out, "", i->list);
				appendStringInfoString(out, " ])");
				break;
			}
		case SFM_NODE_CASE:
			{
				const SfmCase *c = (const SfmCase *) node;

				appendStringInfoString(out, "(case");
				print_part(out, "", c->operand);
				print_list(out, "", c->whens);
				print_part(out, "else", c->otherwise);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_WHEN:
			{
				const SfmWhen *w = (const SfmWhen *) node;

				appendStringInfoString(out, "(when");
				print_part(out, "", w->condition);
				print_part(out, "", w->result);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_CAST:
			{
				const SfmCastExpression *c = (const SfmCastExpression *) node;

				appendStringInfoString(out, "(cast");
				print_part(out, "", c->operand);
				print_part(out, "", c->type);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_COLLATE:
			{
				const SfmCollate *c = (const SfmCollate *) node;

				appendStringInfoString(out, "(collate");
				print_part(out, "", c->operand);
				print_name(out, "", c->collation);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_CALL:
			{
				const SfmCall *c = (const SfmCall *) node;

				appendStringInfoString(out, "(call");
				print_name(out, "", c->name);
				print_flag(out, c->star, "*");
				print_flag(out, c->distinct, "distinct");
				print_list(out, "", c->arguments);
				print_list(out, "order", c->order_by);
				print_part(out, "within", c->within_group);
				print_part(out, "filter", c->filter);
				print_part(out, "over", c->over);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_ROW:
			appendStringInfoString(out, "(row");
			print_list(out, "", ((const SfmRow *) node)->members);
			appendStringInfoChar(out, ')');
			break;
		case SFM_NODE_SUBQUERY:
			{
				const SfmSubquery *s = (const SfmSubquery *) node;

				if (s->exists)
					appendStringInfoString(out, "(exists ");
				print_node(out, s->select);
				if (s->exists)
					appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_RAISE:
			{
				const SfmRaise *r = (const SfmRaise *) node;

				appendStringInfo(out, "(raise %s", conflicts[r->action]);
				print_part(out, "", r->message);
				appendStringInfoChar(out, ')');
				break;
			}
		default:
			elog(ERROR, "unknown node %d", node->kind);
	}
}

static void
print_source(StringInfo out, const SfmSource *s)
{
	appendStringInfoString(out, "(source");
	print_flag(out, s->join & SFM_JOIN_COMMA, "comma");
	print_flag(out, s->join & SFM_JOIN_NATURAL, "natural");
	print_flag(out, s->join & SFM_JOIN_CROSS, "cross");
	print_flag(out, s->join & SFM_JOIN_INNER, "inner");
	print_flag(out, s->join & SFM_JOIN_LEFT, "left");
	print_flag(out, s->join & SFM_JOIN_RIGHT, "right");
	print_qualified(out, s->schema, s->name);
	if (s->is_function)
	{
		appendStringInfoString(out, " [");
		print_list(out, "", s->arguments);
		appendStringInfoString(out, " ]");
	}
	print_part(out, "", s->select);
	print_list(out, "", s->nested);
	print_name(out, "as:", s->alias);
	print_name(out, "indexed-by:", s->indexed_by);
	print_flag(out, s->not_indexed, "not-indexed");
	print_part(out, "on", s->on);
	print_list(out, "using", s->using);
	appendStringInfoChar(out, ')');
}

static void
print_window(StringInfo out, const SfmWindow *w)
{
	static const char *const units[] = {"", "rows", "range", "groups"};
	static const char *const excludes[] = {
		"", "no-others", "current-row", "group", "ties"
	};

	appendStringInfoString(out, w->bare ? "(window bare" : "(window");
	print_name(out, "name:", w->name);
	print_name(out, "base:", w->base);
	print_list(out, "partition", w->partition_by);
	print_list(out, "order", w->order_by);
	print_flag(out, w->unit != SFM_FRAME_NONE, units[w->unit]);
	print_part(out, "", w->start);
	print_part(out, "", w->finish);
	if (w->exclude)
		appendStringInfo(out, " exclude:%s", excludes[w->exclude]);
	appendStringInfoChar(out, ')');
}

static void
print_query(StringInfo out, const SfmNode *node)
{
	static const char *const compounds[] = {
		"", " union", " union-all", " except", " intersect"
	};
	static const char *const bounds[] = {
		"unbounded-preceding", "preceding", "current-row", "following",
		"unbounded-following"
	};

	switch (node->kind)
	{
		case SFM_NODE_SELECT:
			{
				const SfmSelect *s = (const SfmSelect *) node;

				appendStringInfoString(out, "(query");
				print_part(out, "", s->with);
				print_list(out, "", s->cores);
				print_list(out, "order", s->order_by);
				print_part(out, "limit", s->limit);
				print_part(out, "offset", s->offset);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_SELECT_CORE:
			{
				const SfmSelectCore *c = (const SfmSelectCore *) node;

				appendStringInfo(out, "(%s%s", c->values ? "values" : "select", compounds[c->compound]);
				print_flag(out, c->distinct, "distinct");
				print_list(out, "", c->values);
				print_list(out, "", c->columns);
				print_list(out, "from", c->from);
				print_part(out, "where", c->where);
				print_list(out, "group", c->group_by);
				print_part(out, "having", c->having);
				print_list(out, "windows", c->windows);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_RESULT_COLUMN:
			{
				const SfmResultColumn *c = (const SfmResultColumn *) node;

				if (c->expression == NULL)
				{
					appendStringInfoString(out, "(*");
					print_name(out, "", c->table);
					appendStringInfoChar(out, ')');
				}
				else if (c->alias != NULL)
				{
					appendStringInfoString(out, "(as");
					print_part(out, "", c->expression);
					print_name(out, "", c->alias);
					appendStringInfoChar(out, ')');
				}
				else
					print_node(out, c->expression);
				break;
			}
		case SFM_NODE_SOURCE:
			print_source(out, (const SfmSource *) node);
			break;
		case SFM_NODE_ORDER_TERM:
			{
				const SfmOrderTerm *t = (const SfmOrderTerm *) node;

				if (!t->descending && t->nulls == SFM_NULLS_DEFAULT)
				{
					print_node(out, t->expression);
					break;
				}
				appendStringInfoString(out, t->descending ? "(desc" : "(asc");
				print_part(out, "", t->expression);
				print_flag(out, t->nulls == SFM_NULLS_FIRST, "nulls-first");
				print_flag(out, t->nulls == SFM_NULLS_LAST, "nulls-last");
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_WITH:
			{
				const SfmWith *w = (const SfmWith *) node;

				appendStringInfoString(out, w->recursive ? "(with recursive" : "(with");
				print_list(out, "", w->ctes);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_CTE:
			{
				const SfmCte *c = (const SfmCte *) node;

				appendStringInfoString(out, "(cte");
				print_name(out, "", c->name);
				print_list(out, "columns", c->columns);
				print_flag(out, c->materialized == SFM_MATERIALIZED_ALWAYS, "materialized");
				print_flag(out, c->materialized == SFM_MATERIALIZED_NEVER, "not-materialized");
				print_part(out, "", c->select);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_WINDOW:
			print_window(out, (const SfmWindow *) node);
			break;
		case SFM_NODE_FRAME_BOUND:
			{
				const SfmFrameBound *b = (const SfmFrameBound *) node;

				appendStringInfo(out, "(%s", bounds[b->kind]);
				print_part(out, "", b->offset);
				appendStringInfoChar(out, ')');
				break;
			}
		default:
			print_expression(out, node);
			break;
	}
}

static void
print_statement(StringInfo out, const SfmNode *node)
{
	switch (node->kind)
	{
		case SFM_NODE_INSERT:
			{
				const SfmInsert *i = (const SfmInsert *) node;

				appendStringInfoString(out, "(insert");
				print_flag(out, i->conflict != SFM_CONFLICT_NONE, conflicts[i->conflict]);
				print_name(out, "", i->table);
				print_list(out, "columns", i->columns);
				print_part(out, "", i->select);
				print_list(out, "", i->upserts);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_UPSERT:
			{
				const SfmUpsert *u = (const SfmUpsert *) node;

				appendStringInfoString(out, "(upsert");
				print_list(out, "target", u->target);
				print_part(out, "target-where", u->target_where);
				print_list(out, "", u->sets);
				print_part(out, "where", u->where);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_UPDATE:
			{
				const SfmUpdate *u = (const SfmUpdate *) node;

				appendStringInfoString(out, "(update");
				print_flag(out, u->conflict != SFM_CONFLICT_NONE, conflicts[u->conflict]);
				print_name(out, "", u->table);
				print_list(out, "", u->sets);
				print_list(out, "from", u->from);
				print_part(out, "where", u->where);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_SET:
			{
				const SfmSet *s = (const SfmSet *) node;

				appendStringInfoString(out, s->is_row ? "(set-row" : "(set");
				print_list(out, "", s->columns);
				print_part(out, "", s->value);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_DELETE:
			{
				const SfmDelete *d = (const SfmDelete *) node;

				appendStringInfoString(out, "(delete");
				print_name(out, "", d->table);
				print_part(out, "where", d->where);
				appendStringInfoChar(out, ')');
				break;
			}
		default:
			print_query(out, node);
			break;
	}
}

static void
print_schema(StringInfo out, const SfmNode *node)
{
	switch (node->kind)
	{
		case SFM_NODE_CREATE_TABLE:
			{
				const SfmCreateTable *t = (const SfmCreateTable *) node;

				appendStringInfoString(out, "(table");
				print_flag(out, t->temporary, "temporary");
				print_flag(out, t->if_not_exists, "if-not-exists");
				print_qualified(out, t->schema, t->name);
				print_list(out, "", t->columns);
				print_list(out, "", t->constraints);
				print_part(out, "", t->select);
				print_flag(out, t->strict, "strict");
				print_flag(out, t->without_rowid, "without-rowid");
				break;
			}
		case SFM_NODE_CREATE_VIRTUAL:
			{
				const SfmCreateVirtual *v = (const SfmCreateVirtual *) node;
				ListCell   *cell;

				appendStringInfoString(out, "(virtual");
				print_flag(out, v->if_not_exists, "if-not-exists");
				print_qualified(out, v->schema, v->name);
				print_name(out, "using:", v->module);
				foreach(cell, v->arguments)
					appendStringInfo(out, " {%s}", (char *) lfirst(cell));
				break;
			}
		case SFM_NODE_CREATE_INDEX:
			{
				const SfmCreateIndex *i = (const SfmCreateIndex *) node;

				appendStringInfoString(out, i->unique ? "(unique-index" : "(index");
				print_flag(out, i->if_not_exists, "if-not-exists");
				print_qualified(out, i->schema, i->name);
				print_name(out, "on:", i->table);
				print_list(out, "", i->columns);
				print_part(out, "where", i->where);
				break;
			}
		case SFM_NODE_CREATE_VIEW:
			{
				const SfmCreateView *v = (const SfmCreateView *) node;

				appendStringInfoString(out, "(view");
				print_flag(out, v->temporary, "temporary");
				print_flag(out, v->if_not_exists, "if-not-exists");
				print_qualified(out, v->schema, v->name);
				print_list(out, "columns", v->columns);
				print_part(out, "", v->select);
				break;
			}
		default:
			{
				static const char *const times[] = {"before", "after", "instead"};
				static const char *const events[] = {"delete", "insert", "update"};
				const SfmCreateTrigger *t = (const SfmCreateTrigger *) node;

				appendStringInfoString(out, "(trigger");
				print_flag(out, t->temporary, "temporary");
				print_flag(out, t->if_not_exists, "if-not-exists");
				print_qualified(out, t->schema, t->name);
				appendStringInfo(out, " %s %s", times[t->time], events[t->event]);
				print_list(out, "of", t->columns);
				print_name(out, "on-schema:", t->table_schema);
				print_name(out, "on:", t->table);
				print_part(out, "when", t->when);
				print_list(out, "", t->body);
				break;
			}
	}
	appendStringInfoChar(out, ')');
}

static void
print_node(StringInfo out, const void *pointer)
{
	const SfmNode *node = pointer;

	check_stack_depth();
	switch (node->kind)
	{
		case SFM_NODE_NAME:
			{
				StringInfoData text;

				initStringInfo(&text);
				print_name(&text, "", pointer);
				appendStringInfoString(out, text.data + 1);
				break;
			}
		case SFM_NODE_TYPE:
			appendStringInfo(out, "{%s}", ((const SfmTypeName *) node)->text);
			break;
		case SFM_NODE_COLUMN_DEF:
			{
				const SfmColumnDef *c = (const SfmColumnDef *) node;

				appendStringInfoString(out, "(column");
				print_name(out, "", c->name);
				print_part(out, "", c->type);
				print_list(out, "", c->constraints);
				appendStringInfoChar(out, ')');
				break;
			}
		case SFM_NODE_CONSTRAINT:
			print_constraint(out, (const SfmConstraint *) node);
			break;
		case SFM_NODE_CREATE_TABLE:
		case SFM_NODE_CREATE_VIRTUAL:
		case SFM_NODE_CREATE_INDEX:
		case SFM_NODE_CREATE_VIEW:
		case SFM_NODE_CREATE_TRIGGER:
			print_schema(out, node);
			break;
		default:
			print_statement(out, node);
			break;
	}
}
