/*-------------------------------------------------------------------------
 *
 * load.c
 *	  sqlite_load(): one foreign table into one table, by column name.
 *
 * One INSERT ... SELECT, run by SPI with the caller's rights: privileges, row
 * security, triggers, rules, views and partitions are PostgreSQL's business.
 * A plain table is filled by bulk_load.c, with the same result.  Which way was
 * taken, and why, is a message at level DEBUG1.
 *
 * Nothing is lost silently:
 * - a column that the target lacks is left out with a warning, and stands in
 *   the note of the plan;
 * - values that do not fit, and are not to be an error, go to sqlite_rejects
 *   (rejects.c);
 * - where types differ, a cast that may round, cut (numeric to integer,
 *   timestamp to date) or depend on the session (timestamp to timestamptz) is
 *   an error (cast.c): the foreign table's column should have the target's type, so
 *   that the value is converted once, exactly;
 * - a target that holds rows is refused unless on_conflict says what happens
 *   to a row that is there already, so that a second run cannot double rows.
 *   For that check the target is locked against other writers until the end
 *   of the transaction.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/syscache.h"

#include "migrate.h"

PGDLLEXPORT Datum sqlite_load(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(sqlite_load);

/* The INSERT while it is put together. */
typedef struct Insertion
{
	Relation	source;
	Relation	target;
	SfmOnConflict on_conflict;
	List	   *columns;		/* of char *, quoted: those that are loaded */
	List	   *updated;		/* of char *, quoted: of these, those that
								 * on_conflict => 'update' sets */
	List	   *key;			/* of char *, quoted: finds the row to update */
	AttrNumber *sources;		/* by attribute of the target, from 0: that of
								 * the source, or 0 */
	char	   *always;			/* quoted: the column that is GENERATED ALWAYS
								 * AS IDENTITY, or NULL */
	SfmRejects *rejects;
} Insertion;

/* what became of bad values in the last load of this backend */
static SfmLoadReport last_load;

/* For who runs sqlite_load() by SQL and gets the rows only. */
const SfmLoadReport *
sfm_last_load(void)
{
	return &last_load;
}

/* An argument on_conflict; raises an error for other words. */
SfmOnConflict
sfm_parse_on_conflict(const char *word)
{
	if (strcmp(word, "error") == 0)
		return SFM_CONFLICT_ERROR;
	if (strcmp(word, "skip") == 0)
		return SFM_CONFLICT_SKIP;
	if (strcmp(word, "update") == 0)
		return SFM_CONFLICT_UPDATE;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid value for argument \"on_conflict\": \"%s\"",
					word),
			 errhint("Valid values are \"error\", \"skip\" and \"update\".")));
	return SFM_CONFLICT_ERROR;	/* not reached */
}

/* An argument on_bad_value: an SfmBadValueAction; raises an error. */
int
sfm_parse_on_bad_value(const char *word)
{
	int			action = sfm_find_word(sfm_bad_value_words, word);

	if (action < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid value for argument \"on_bad_value\": \"%s\"",
						word),
				 errhint("Valid values are \"error\", \"null\" and \"skip\".")));
	return action;
}

/* The relations must be what their arguments are called. */
static void
check_relations(const Insertion *insertion)
{
	char		relkind = insertion->target->rd_rel->relkind;

	if (!sfm_is_foreign_table(RelationGetRelid(insertion->source)))
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a foreign table of sqlite_fdw_migrate",
						RelationGetRelationName(insertion->source))));
	if (relkind != RELKIND_RELATION && relkind != RELKIND_PARTITIONED_TABLE &&
		relkind != RELKIND_VIEW)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a table or view",
						RelationGetRelationName(insertion->target))));
}

/* Can the values of this column go into that one, unchanged? */
static void
check_types(const Insertion *insertion, Form_pg_attribute from,
			Form_pg_attribute to)
{
	if (sfm_cast_is_exact(from->atttypid, from->atttypmod,
						  to->atttypid, to->atttypmod))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("column \"%s\" of type %s cannot take values of type %s as they are",
					NameStr(to->attname),
					format_type_with_typemod(to->atttypid, to->atttypmod),
					format_type_with_typemod(from->atttypid, from->atttypmod)),
			 errhint("Give the column of the foreign table the same type: ALTER FOREIGN TABLE %s ALTER COLUMN %s TYPE %s. The option \"types_from\" of IMPORT FOREIGN SCHEMA does that for all columns.",
					 sfm_qualified(RelationGetRelid(insertion->source)),
					 quote_identifier(NameStr(from->attname)),
					 format_type_with_typemod(to->atttypid, to->atttypmod))));
}

/* The target's column of this name, or NULL. */
static Form_pg_attribute
target_column(const Insertion *insertion, const char *name)
{
	TupleDesc	descriptor = RelationGetDescr(insertion->target);

	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		if (!attribute->attisdropped &&
			strcmp(NameStr(attribute->attname), name) == 0)
			return attribute;
	}
	return NULL;
}

/*
 * warn_of_lost
 *		Tells of the columns that the target lacks.  If it lacks all of them,
 *		it is the wrong table: an error.
 */
static void
warn_of_lost(const Insertion *insertion, const char *lost)
{
	bool		nothing = insertion->columns == NIL;

	ereport(nothing ? ERROR : WARNING,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("table \"%s\" lacks columns of foreign table \"%s\"",
					RelationGetRelationName(insertion->target),
					RelationGetRelationName(insertion->source)),
			 nothing ?
			 errdetail("It has none of them.") :
			 errdetail("These were not loaded: %s.", lost),
			 errhint("Columns are matched by name: rename the column of the foreign table, or drop it if its values are not wanted.")));
}

/*
 * match_columns
 *		Finds the target's column for each of the source's.
 *
 *		A generated column of the target is left out, for its expression gives
 *		its data.
 */
static void
match_columns(Insertion *insertion)
{
	TupleDesc	descriptor = RelationGetDescr(insertion->source);
	StringInfoData lost;

	insertion->sources =
		palloc0_array(AttrNumber,
					  Max(RelationGetNumberOfAttributes(insertion->target), 1));
	initStringInfo(&lost);
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute from = TupleDescAttr(descriptor, i);
		Form_pg_attribute to;
		char	   *quoted;

		if (from->attisdropped)
			continue;
		to = target_column(insertion, NameStr(from->attname));
		if (to == NULL)
		{
			appendStringInfo(&lost, "%s\"%s\"", lost.len > 0 ? ", " : "",
							 NameStr(from->attname));
			continue;
		}
		if (to->attgenerated != '\0')
			continue;
		check_types(insertion, from, to);
		sfm_rejects_column(insertion->rejects, insertion->target, from, to);
		quoted = pstrdup(quote_identifier(NameStr(to->attname)));
		insertion->sources[to->attnum - 1] = from->attnum;
		insertion->columns = lappend(insertion->columns, quoted);
		insertion->updated = lappend(insertion->updated, quoted);
		if (to->attidentity == ATTRIBUTE_IDENTITY_ALWAYS)
			insertion->always = quoted;
	}
	if (lost.len > 0)
		warn_of_lost(insertion, lost.data);
}

/* Is a string in a list of strings? */
static bool
is_member(List *strings, const char *string)
{
	ListCell   *cell;

	foreach(cell, strings)
	{
		if (strcmp(lfirst(cell), string) == 0)
			return true;
	}
	return false;
}

/*
 * key_columns
 *		The columns, quoted, of a unique index that ON CONFLICT can use and the
 *		source fills; NIL if it is none.
 */
static List *
key_columns(const Insertion *insertion, Oid indexid)
{
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(indexid));
	Form_pg_index index;
	List	   *names = NIL;

	if (!HeapTupleIsValid(tuple))
		return NIL;
	index = (Form_pg_index) GETSTRUCT(tuple);
	if (index->indisunique && index->indisvalid && index->indimmediate &&
		heap_attisnull(tuple, Anum_pg_index_indpred, NULL) &&
		heap_attisnull(tuple, Anum_pg_index_indexprs, NULL))
	{
		for (int i = 0; i < index->indnkeyatts; i++)
		{
			char	   *name = get_attname(index->indrelid,
										   index->indkey.values[i], false);
			const char *quoted = quote_identifier(name);

			if (!is_member(insertion->columns, quoted))
			{
				names = NIL;
				break;
			}
			names = lappend(names, pstrdup(quoted));
		}
	}
	ReleaseSysCache(tuple);
	return names;
}

/* The columns, quoted, that the options of the foreign table call the key. */
static List *
marked_key(const Insertion *insertion)
{
	Oid			relid = RelationGetRelid(insertion->source);
	TupleDesc	descriptor = RelationGetDescr(insertion->source);
	SfmTableOptions table_options;
	List	   *names = NIL;

	sfm_table_options(relid, &table_options);
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
		SfmColumnOptions options;

		if (attribute->attisdropped)
			continue;
		sfm_column_options(relid, attribute->attnum, &table_options, &options);
		if (options.key)
			names = lappend(names,
							pstrdup(quote_identifier(NameStr(attribute->attname))));
	}
	return names;
}

/* Do two lists hold the same strings? */
static bool
same_members(List *a, List *b)
{
	ListCell   *cell;

	if (list_length(a) != list_length(b))
		return false;
	foreach(cell, a)
	{
		if (!is_member(b, lfirst(cell)))
			return false;
	}
	return true;
}

/*
 * choose_key
 *		The unique key of the target by which on_conflict => 'update' finds a
 *		row: the one that consists of the key columns of the foreign table,
 *		else the primary key, else the only one there is.  NIL if there is none
 *		that the source fills.
 */
static List *
choose_key(const Insertion *insertion)
{
	List	   *marked = marked_key(insertion);
	List	   *indexes = RelationGetIndexList(insertion->target);
	List	   *primary = NIL;
	List	   *key = NIL;
	int			usable = 0;
	ListCell   *cell;

	foreach(cell, indexes)
	{
		List	   *columns = key_columns(insertion, lfirst_oid(cell));

		if (columns == NIL)
			continue;
		if (same_members(columns, marked))
			return columns;
		if (lfirst_oid(cell) == insertion->target->rd_pkindex)
			primary = columns;
		key = columns;
		usable++;
	}
	if (primary != NIL)
		return primary;
	if (usable > 1)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" has several unique keys to find existing rows by",
						RelationGetRelationName(insertion->target)),
				 errhint("Set the column option \"key\" of foreign table \"%s\" to true for the columns of one of them, and to false for all others.",
						 RelationGetRelationName(insertion->source))));
	return key;
}

/*
 * look_at_keys
 *		Is there a unique key by which ON CONFLICT DO NOTHING finds a row of
 *		the source that is there already, and is there a deferrable one?  Then
 *		ON CONFLICT wants to be told the columns of another.
 *
 *		A unique index of expressions will do; one of some rows only will not.
 */
static void
look_at_keys(const Insertion *insertion, bool *usable, bool *deferrable)
{
	List	   *indexes = RelationGetIndexList(insertion->target);
	ListCell   *cell;

	*usable = *deferrable = false;
	foreach(cell, indexes)
	{
		HeapTuple	tuple = SearchSysCache1(INDEXRELID,
											ObjectIdGetDatum(lfirst_oid(cell)));
		Form_pg_index index;

		if (!HeapTupleIsValid(tuple))
			continue;
		index = (Form_pg_index) GETSTRUCT(tuple);
		if (!index->indimmediate)
			*deferrable = true;
		else if (index->indisunique && index->indisvalid &&
				 heap_attisnull(tuple, Anum_pg_index_indpred, NULL) &&
				 (!heap_attisnull(tuple, Anum_pg_index_indexprs, NULL) ||
				  key_columns(insertion, lfirst_oid(cell)) != NIL))
			*usable = true;
		ReleaseSysCache(tuple);
	}
}

/*
 * open_target
 *		Opens the target, locked until the end of the transaction.
 *
 *		Where it must be empty, the lock is one that no writer shares, so that
 *		two loads at once do not both find it empty.  It is taken at once: two
 *		loads that held a weaker one first would wait for each other.  Who may
 *		not insert gets no such lock, and an error later.
 */
static Relation
open_target(Oid relid, SfmOnConflict on_conflict)
{
	LOCKMODE	mode = RowExclusiveLock;
	char		relkind = get_rel_relkind(relid);
	Relation	relation;

	if (on_conflict == SFM_CONFLICT_ERROR &&
		(relkind == RELKIND_RELATION || relkind == RELKIND_PARTITIONED_TABLE) &&
		pg_class_aclcheck(relid, GetUserId(), ACL_INSERT) == ACLCHECK_OK)
		mode = ShareRowExclusiveLock;
	relation = table_open(relid, mode);

	/* the executor wants to find the lock of INSERT, not a stronger one */
	if (mode != RowExclusiveLock)
		LockRelationOid(relid, RowExclusiveLock);
	return relation;
}

/* Does the target hold rows? */
static bool
holds_rows(const Insertion *insertion)
{
	Oid			relid = RelationGetRelid(insertion->target);
	bool		isnull;
	Datum		found;

	if (check_enable_rls(relid, InvalidOid, true) == RLS_ENABLED)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("cannot tell whether table \"%s\" holds rows",
						RelationGetRelationName(insertion->target)),
				 errdetail("Row-level security may hide rows from this role.")));
	found = sfm_query_value(psprintf("SELECT EXISTS (SELECT FROM %s)",
									 sfm_qualified(relid)), BOOLOID, &isnull);
	return !isnull && DatumGetBool(found);
}

/* Raises an error if the target holds rows. */
static void
refuse_rows(const Insertion *insertion)
{
	if (holds_rows(insertion))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" already holds rows",
						RelationGetRelationName(insertion->target)),
				 errhint("Empty it, with truncate => true, or make it anew, with drop_existing => true, or say with on_conflict => 'skip' or 'update' what happens to rows that are there already.")));
}

/*
 * refuse_rows_without_key
 *		on_conflict can do nothing where no key tells which rows are there
 *		already: a second run would double them.  So the target must be empty,
 *		and stay so until we write.
 */
static void
refuse_rows_without_key(Insertion *insertion)
{
	Oid			relid = RelationGetRelid(insertion->target);

	if (get_rel_relkind(relid) != RELKIND_VIEW)
		(void) sfm_execute(psprintf("LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE",
									sfm_qualified(relid)));
	if (holds_rows(insertion))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" holds rows and has no key to find them by",
						RelationGetRelationName(insertion->target)),
				 errdetail("on_conflict needs a primary key or unique constraint, not deferrable, whose columns foreign table \"%s\" has.",
						   RelationGetRelationName(insertion->source)),
				 errhint("Empty the table, with truncate => true, or exclude it.")));
	insertion->on_conflict = SFM_CONFLICT_ERROR;
}

/*
 * read_update_key
 *		The key for on_conflict => 'update', and the columns that it sets.
 */
static void
read_update_key(Insertion *insertion)
{
	List	   *others = NIL;
	ListCell   *cell;

	insertion->key = choose_key(insertion);
	if (insertion->key == NIL)
	{
		refuse_rows_without_key(insertion);
		return;
	}
	foreach(cell, insertion->updated)
	{
		if (!is_member(insertion->key, lfirst(cell)))
			others = lappend(others, lfirst(cell));
	}
	insertion->updated = others;
	if (insertion->always != NULL && is_member(others, insertion->always))
		ereport(ERROR,
				(errcode(ERRCODE_GENERATED_ALWAYS),
				 errmsg("column %s of table \"%s\" cannot be updated",
						insertion->always,
						RelationGetRelationName(insertion->target)),
				 errdetail("It is GENERATED ALWAYS AS IDENTITY and not in the key by which rows are found."),
				 errhint("Drop the column of foreign table \"%s\", or make it GENERATED BY DEFAULT.",
						 RelationGetRelationName(insertion->source))));
}

/*
 * read_skip_key
 *		The key for on_conflict => 'skip', where one has to be named.
 */
static void
read_skip_key(Insertion *insertion)
{
	bool		usable;
	bool		deferrable;

	/* the keys of the table behind a view are PostgreSQL's business */
	if (insertion->target->rd_rel->relkind == RELKIND_VIEW)
		return;
	look_at_keys(insertion, &usable, &deferrable);
	if (!usable)
		refuse_rows_without_key(insertion);
	else if (deferrable)
		insertion->key = choose_key(insertion);
}

/* Strings with commas between. */
static void
append_list(StringInfo sql, List *strings)
{
	ListCell   *cell;

	foreach(cell, strings)
	{
		if (foreach_current_index(cell) > 0)
			appendStringInfoString(sql, ", ");
		appendStringInfoString(sql, lfirst(cell));
	}
}

/* What follows the SELECT for rows that are there already. */
static void
append_on_conflict(StringInfo sql, const Insertion *insertion)
{
	ListCell   *cell;

	if (insertion->on_conflict == SFM_CONFLICT_ERROR)
		return;
	appendStringInfoString(sql, " ON CONFLICT");
	if (insertion->key != NIL)
	{
		appendStringInfoString(sql, " (");
		append_list(sql, insertion->key);
		appendStringInfoChar(sql, ')');
	}
	if (insertion->on_conflict == SFM_CONFLICT_SKIP ||
		insertion->updated == NIL)
	{
		appendStringInfoString(sql, " DO NOTHING");
		return;
	}
	appendStringInfoString(sql, " DO UPDATE SET ");
	foreach(cell, insertion->updated)
		appendStringInfo(sql, "%s%s = EXCLUDED.%s",
						 foreach_current_index(cell) > 0 ? ", " : "",
						 (char *) lfirst(cell), (char *) lfirst(cell));
}

/* The INSERT ... SELECT. */
static char *
build_insert(const Insertion *insertion)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfo(&sql, "INSERT INTO %s ",
					 sfm_qualified(RelationGetRelid(insertion->target)));
	if (insertion->columns != NIL)
	{
		appendStringInfoChar(&sql, '(');
		append_list(&sql, insertion->columns);
		appendStringInfoString(&sql, ") ");
	}
	if (insertion->always != NULL)
		appendStringInfoString(&sql, "OVERRIDING SYSTEM VALUE ");
	appendStringInfoString(&sql, "SELECT ");
	append_list(&sql, insertion->columns);
	appendStringInfo(&sql, " FROM %s",
					 sfm_qualified(RelationGetRelid(insertion->source)));
	append_on_conflict(&sql, insertion);
	return sql.data;
}

/*
 * load_rows
 *		Loads, the fast way where that is possible; an SfmLoadFunction.
 */
static uint64
load_rows(void *argument)
{
	const Insertion *insertion = argument;
	const char *obstacle;

	if (insertion->on_conflict != SFM_CONFLICT_ERROR)
		obstacle = "on_conflict is set";
	else
		obstacle = sfm_load_obstacle(insertion->source, insertion->target,
									 insertion->sources);
	if (obstacle == NULL)
	{
		ereport(DEBUG1,
				(errmsg_internal("table \"%s\" is loaded in bulk",
								 RelationGetRelationName(insertion->target))));
		return sfm_bulk_load(insertion->source, insertion->target,
							 insertion->sources);
	}
	ereport(DEBUG1,
			(errmsg_internal("table \"%s\" is loaded by INSERT ... SELECT: %s",
							 RelationGetRelationName(insertion->target),
							 obstacle)));
	return sfm_execute(build_insert(insertion));
}

/* An argument that must not be NULL. */
static Oid
relation_argument(FunctionCallInfo fcinfo, int n, const char *argument)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"%s\" must not be null", argument)));
	return PG_GETARG_OID(n);
}

/*
 * sqlite_load
 *		Loads a foreign table into a table; the rows inserted or updated.
 */
Datum
sqlite_load(PG_FUNCTION_ARGS)
{
	Oid			source = relation_argument(fcinfo, 0, "source_table");
	Oid			target = relation_argument(fcinfo, 1, "target_table");
	Oid			function = fcinfo->flinfo->fn_oid;
	Insertion	insertion = {.on_conflict = SFM_CONFLICT_ERROR};
	SfmLoadReport report;
	int			on_bad_value = -1;
	uint64		rows;

	if (!PG_ARGISNULL(2))
		insertion.on_conflict =
			sfm_parse_on_conflict(text_to_cstring(PG_GETARG_TEXT_PP(2)));
	if (!PG_ARGISNULL(3))
		on_bad_value =
			sfm_parse_on_bad_value(text_to_cstring(PG_GETARG_TEXT_PP(3)));

	insertion.source = table_open(source, AccessShareLock);
	insertion.target = open_target(target, insertion.on_conflict);
	check_relations(&insertion);
	insertion.rejects = sfm_rejects_begin(insertion.source, insertion.target,
										  on_bad_value);
	match_columns(&insertion);
	if (insertion.on_conflict == SFM_CONFLICT_ERROR)
		refuse_rows(&insertion);
	else if (insertion.on_conflict == SFM_CONFLICT_UPDATE)
		read_update_key(&insertion);
	else
		read_skip_key(&insertion);

	rows = sfm_rejects_load(insertion.rejects, load_rows, &insertion,
							get_namespace_name(get_func_namespace(function)),
							&report);
	table_close(insertion.target, NoLock);
	table_close(insertion.source, NoLock);
	last_load = report;
	PG_RETURN_INT64((int64) rows);
}
