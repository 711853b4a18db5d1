/*-------------------------------------------------------------------------
 *
 * indexes.c
 *	  Indexes of a table, as CREATE INDEX.
 *
 * B-trees and hash indexes; the other kinds have no counterpart.  They are
 * made when the rows are there.  A unique index says something about the rows
 * and must say the same in SQLite; any other one is there for speed, and what
 * SQLite finds by it is right whatever its expressions compute, so that one on
 * lower(email) may be over SQLite's own lower().  NULLS FIRST and LAST,
 * operator forms and storage parameters are of no meaning there.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "catalog/dependency.h"
#include "catalog/pg_am.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"
#include "utils/relcache.h"

#include "export.h"

/* One column of an index. */
static bool
append_column(SfmExport *export, SfmExportTable *table, Relation index,
			  int place, Node *node, bool unique, StringInfo sql,
			  const char **reason, const char **remark)
{
	AttrNumber	attnum = index->rd_index->indkey.values[place];
	SfmExpression expression = {
		.export = export,
		.table = table,
		.loose = !unique,
	};
	char	   *text;

	if (attnum != 0)
	{
		SfmExportColumn *column = sfm_exported_column(table, attnum);
		Oid			collation = index->rd_indcollation[place];

		if (column == NULL)
			*reason = "it is over a system column";
		else if (unique && column->redacted != NULL)
			*reason = "it is over a redacted column";
		else if (unique && OidIsValid(collation) &&
				 !get_collation_isdeterministic(collation))
			*reason = "it is by a nondeterministic collation";
		if (*reason != NULL)
			return false;
		if (unique && (column->digits || column->nocase ||
					   column->base_type == JSONBOID))
			*remark = "SQLite compares the texts of the values";
		text = sfm_quote_sqlite(column->sqlite_name);
	}
	else
	{
		text = sfm_export_sql(&expression, sfm_fold(node));

		if (text == NULL)
		{
			*reason = expression.refusal;
			return false;
		}
		if (expression.remark != NULL)
			*remark = expression.remark;
	}
	appendStringInfo(sql, "%s%s", text,
					 (index->rd_indoption[place] & INDOPTION_DESC) != 0 ?
					 " DESC" : "");
	return true;
}

/* Is a redacted column among those that an expression looks at? */
static bool
is_over_redacted(const SfmExportTable *table, List *nodes)
{
	List	   *vars = pull_var_clause((Node *) nodes, 0);
	ListCell   *cell;

	foreach(cell, vars)
	{
		SfmExportColumn *column = sfm_exported_column(table,
													  ((Var *) lfirst(cell))->varattno);

		if (column != NULL && column->redacted != NULL)
			return true;
	}
	return false;
}

/*
 * index_sql
 *		CREATE INDEX, palloc'd; NULL and the reason if there is none like it.
 */
static char *
index_sql(SfmExport *export, SfmExportTable *table, Relation index,
		  const char *name, const char **reason, const char **remark)
{
	Form_pg_index form = index->rd_index;
	List	   *expressions = RelationGetIndexExpressions(index);
	List	   *predicate = RelationGetIndexPredicate(index);
	ListCell   *next = list_head(expressions);
	bool		unique = form->indisunique;
	StringInfoData sql;

	if (!form->indisvalid)
		*reason = "it is not valid";
	else if (index->rd_rel->relam != BTREE_AM_OID &&
			 index->rd_rel->relam != HASH_AM_OID)
		*reason = "SQLite has no index of this kind";
	else if (unique && (is_over_redacted(table, expressions) ||
						is_over_redacted(table, predicate)))
		*reason = "it is over a redacted column";
	if (*reason != NULL)
		return NULL;

	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE %sINDEX %s ON %s (", unique ? "UNIQUE " : "",
					 sfm_quote_sqlite(name),
					 sfm_quote_sqlite(table->sqlite_name));
	for (int i = 0; i < form->indnkeyatts; i++)
	{
		Node	   *node = NULL;

		if (form->indkey.values[i] == 0)
		{
			node = lfirst(next);
			next = lnext(expressions, next);
		}
		if (i > 0)
			appendStringInfoString(&sql, ", ");
		if (!append_column(export, table, index, i, node, unique, &sql, reason,
						   remark))
			return NULL;
	}
	appendStringInfoChar(&sql, ')');
	if (predicate != NIL)
	{
		SfmExpression expression = {.export = export,.table = table};
		char	   *text = sfm_export_sql(&expression,
										  (Node *) make_ands_explicit(predicate));

		if (text == NULL)
		{
			*reason = psprintf("its condition: %s", expression.refusal);
			return NULL;
		}
		appendStringInfo(&sql, " WHERE %s", text);
	}
	else if (unique)
		table->keys = lappend_oid(table->keys, RelationGetRelid(index));
	if (unique && form->indnullsnotdistinct)
		*remark = "to SQLite all NULLs are distinct";
	return sql.data;
}

static void
describe_index(SfmExport *export, SfmExportTable *table, Oid relid)
{
	Relation	index = index_open(relid, AccessShareLock);
	const char *reason = NULL;
	const char *remark = NULL;
	char	   *name = RelationGetRelationName(index);
	char	   *sqlite_name = sfm_export_name(&export->names, name, true);
	char	   *sql = index_sql(export, table, index, sqlite_name, &reason,
								&remark);

	if (sql != NULL)
		table->indexes = lappend(table->indexes, sql);
	else
		sfm_note(table, "index \"%s\" left out: %s", name, reason);
	if (sql != NULL && strcmp(name, sqlite_name) != 0)
		sfm_note(table, "index \"%s\": it is called \"%s\" in the file",
				 name, sqlite_name);
	if (sql != NULL && remark != NULL)
		sfm_note(table, "index \"%s\": %s", name, remark);
	if (sql != NULL && index->rd_index->indnatts > index->rd_index->indnkeyatts)
		sfm_note(table, "index \"%s\": INCLUDE left out", name);
	index_close(index, NoLock);
}

/*
 * sfm_describe_indexes
 *		Fills in the indexes that are no constraints.
 */
void
sfm_describe_indexes(SfmExport *export, SfmExportTable *table)
{
	List	   *indexes = RelationGetIndexList(table->relation);
	ListCell   *cell;

	foreach(cell, indexes)
	{
		Oid			relid = lfirst_oid(cell);

		/* also those that are left out */
		if (!OidIsValid(get_index_constraint(relid)))
			describe_index(export, table, relid);
	}
}
