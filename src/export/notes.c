/*-------------------------------------------------------------------------
 *
 * notes.c
 *	  What a SQLite file cannot hold at all.
 *
 * Triggers, rules, policies, comments and statistics of the tables that are
 * exported, and the functions and sequences of the schema.  Owners and
 * privileges have no place in a file, and are not mentioned.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "export.h"

/* What depends on a table; its OID stands in for %1$u. */
static const char table_notes[] =
"SELECT pg_catalog.format('trigger \"%%s\" left out: SQLite has no functions of PostgreSQL', tgname)"
"  FROM pg_catalog.pg_trigger WHERE tgrelid = %1$u AND NOT tgisinternal"
" UNION ALL "
"SELECT pg_catalog.format('rule \"%%s\" left out: SQLite has none', rulename)"
"  FROM pg_catalog.pg_rewrite WHERE ev_class = %1$u"
" UNION ALL "
"SELECT pg_catalog.format('policy \"%%s\" left out: SQLite has none', polname)"
"  FROM pg_catalog.pg_policy WHERE polrelid = %1$u"
" UNION ALL "
"SELECT pg_catalog.format('statistics \"%%s\" left out: SQLite has none', stxname)"
"  FROM pg_catalog.pg_statistic_ext WHERE stxrelid = %1$u"
" UNION ALL "
"SELECT pg_catalog.format('inheritance: that it inherits from \"%%s\" is lost', p.relname)"
"  FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class p ON p.oid = i.inhparent"
" WHERE i.inhrelid = %1$u"
" UNION ALL "
"SELECT 'comments left out: SQLite has none' WHERE EXISTS ("
"SELECT FROM pg_catalog.pg_description"
" WHERE classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND objoid = %1$u)"
" ORDER BY 1";

/* Objects of the schema that are no tables; its OID stands in for %1$u. */
static const char schema_notes[] =
"SELECT p.proname::text, pg_catalog.format('%%s(%%s): SQLite has no functions of its own',"
"  CASE p.prokind WHEN 'p' THEN 'procedure ' WHEN 'a' THEN 'aggregate ' ELSE 'function ' END || p.proname,"
"  pg_catalog.pg_get_function_identity_arguments(p.oid))"
"  FROM pg_catalog.pg_proc p WHERE p.pronamespace = %1$u"
"  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d"
"    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass"
"    AND d.objid = p.oid AND d.deptype IN ('e', 'i'))"
" UNION ALL "
"SELECT c.relname::text, 'sequence: SQLite has none'"
"  FROM pg_catalog.pg_class c WHERE c.relnamespace = %1$u AND c.relkind = 'S'"
"  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d"
"    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass"
"    AND d.objid = c.oid AND d.deptype IN ('a', 'i', 'e')"
"    AND d.refclassid IN ('pg_catalog.pg_class'::pg_catalog.regclass,"
"      'pg_catalog.pg_extension'::pg_catalog.regclass))"
" ORDER BY 1, 2";

/* Notes what of a table stays behind. */
void
sfm_find_notes(SfmExport *export, SfmExportTable *table)
{
	List	   *rows = sfm_query_rows(psprintf(table_notes, table->relid));
	ListCell   *cell;

	foreach(cell, rows)
		sfm_note(table, "%s", ((char **) lfirst(cell))[0]);
}

/* Is this the sequence of an INTEGER PRIMARY KEY, or of anything we know? */
static bool
is_known_sequence(SfmExport *export, const char *name)
{
	Oid			relid = get_relname_relid(name, export->schema);
	ListCell   *cell;

	foreach(cell, export->tables)
	{
		if (OidIsValid(relid) &&
			((SfmExportTable *) lfirst(cell))->sequence == relid)
			return true;
	}
	return false;
}

/* Notes the objects of the schema that are no tables or views. */
void
sfm_find_other_objects(SfmExport *export)
{
	List	   *rows = sfm_query_rows(psprintf(schema_notes, export->schema));
	ListCell   *cell;

	foreach(cell, rows)
	{
		char	  **row = lfirst(cell);

		if (sfm_name_selected(row[0], export->options->include,
							  export->options->exclude) &&
			!is_known_sequence(export, row[0]))
			sfm_note_object(export, row[0], row[1]);
	}
}
