/*-------------------------------------------------------------------------
 *
 * catalog.c
 *	  What a SQLite file contains: tables, columns, indexes, foreign keys.
 *
 * Everything is asked from SQLite's own PRAGMA functions, so that SQLite has
 * read the schema text and not we.  Results are palloc'd in
 * CurrentMemoryContext and live in no cache: they are asked for once per
 * statement, and a file may change between two statements.
 *
 * Two things SQLite cannot be asked in every version that we support: which
 * tables are shadow tables, and which module a virtual table uses when that
 * module is absent.  Both are derived here from the names.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/memutils.h"

#include "lexer.h"
#include "sqlite.h"
#include "syntax.h"

/*
 * Stands for a default that the database encoding cannot represent: it is no
 * literal, so it is left out with a note
 */
#define UNREADABLE "(a text that the database encoding cannot represent)"

/* PRAGMA table_list, which tells STRICT tables, came with 3.37.0 */
#define SQLITE_HAS_TABLE_LIST 3037000

/*
 * Suffixes of the tables in which a module of SQLite keeps its data: a virtual
 * table "x" has the shadow tables "x_suffix".  From the documentation of each
 * module; a "*" at the end stands for any characters.
 */
static const struct
{
	const char *module;			/* beginning of the module's name */
	const char *suffixes[8];
}			shadow_suffixes[] = {
	{"fts3", {"content", "segments", "segdir", "docsize", "stat"}},
	{"fts4", {"content", "segments", "segdir", "docsize", "stat"}},
	{"fts5", {"data", "idx", "content", "docsize", "config"}},
	{"rtree", {"node", "rowid", "parent"}},
	{"geopoly", {"node", "rowid", "parent"}},
	{"spellfix1", {"vocab"}},
	{"vec0", {"chunks", "rowids", "info", "auxiliary", "vector_chunks*",
	"metadatachunks*", "metadatatext*"}},
};

/*
 * virtual_module
 *		Name of the module in the text of a CREATE VIRTUAL TABLE, or "".
 */
static char *
virtual_module(const char *sql)
{
	List	   *tokens = sql != NULL ? sfm_lex(sql) : NIL;
	ListCell   *cell;
	bool		using_seen = false;

	foreach(cell, tokens)
	{
		SfmToken   *token = lfirst(cell);

		if (using_seen)
			return sfm_token_name(token);
		using_seen = sfm_token_is_word(token, "USING");
	}
	return pstrdup("");
}

/* Does "name" equal "pattern", which may end with a "*"? */
static bool
suffix_matches(const char *name, const char *pattern)
{
	size_t		length = strlen(pattern);

	if (pattern[length - 1] == '*')
		return pg_strncasecmp(name, pattern, length - 1) == 0;
	return pg_strcasecmp(name, pattern) == 0;
}

/*
 * is_shadow_of
 *		Is "name" a table in which "module" keeps the data of the virtual
 *		table "owner"?
 */
static bool
is_shadow_of(const char *name, const char *owner, const char *module)
{
	size_t		length = strlen(owner);

	if (pg_strncasecmp(name, owner, length) != 0 || name[length] != '_')
		return false;
	for (int i = 0; i < lengthof(shadow_suffixes); i++)
	{
		if (pg_strncasecmp(module, shadow_suffixes[i].module,
						   strlen(shadow_suffixes[i].module)) != 0)
			continue;
		for (int j = 0; j < lengthof(shadow_suffixes[i].suffixes) &&
			 shadow_suffixes[i].suffixes[j] != NULL; j++)
		{
			if (suffix_matches(name + length + 1,
							   shadow_suffixes[i].suffixes[j]))
				return true;
		}
	}
	return false;
}

/*
 * mark_shadow_tables
 *		Finds the tables that belong to a virtual table of the list.
 *		"modules" holds a module name, or "", for each member of "names".
 */
static void
mark_shadow_tables(List *names, List *modules)
{
	ListCell   *owner_cell;
	ListCell   *module_cell;
	ListCell   *cell;

	forboth(owner_cell, names, module_cell, modules)
	{
		SfmTableName *owner = lfirst(owner_cell);

		if (owner->kind != SFM_KIND_VIRTUAL)
			continue;
		foreach(cell, names)
		{
			SfmTableName *table = lfirst(cell);

			if (table->kind == SFM_KIND_TABLE &&
				is_shadow_of(table->name, owner->name, lfirst(module_cell)))
				table->kind = SFM_KIND_SHADOW;
		}
	}
}

/*
 * sfm_catalog_names
 *		Tables and views of a file, in the order of their creation, without
 *		SQLite's own ("sqlite_..."): a list of SfmTableName *.
 *
 *		*unreadable counts those whose name the database encoding cannot hold.
 */
List *
sfm_catalog_names(SfmConnection *connection, int *unreadable)
{
	List	   *names = NIL;
	List	   *modules = NIL;
	SfmStatement *statement;

	*unreadable = 0;

	/* a virtual table has no b-tree: its rootpage is 0 or NULL */
	statement = sfm_prepare(connection,
							"SELECT m.name, m.type = 'view',"
							" coalesce(m.rootpage, 0) = 0, m.sql"
							" FROM sqlite_master AS m"
							" WHERE m.type IN ('table', 'view')"
							" AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
							" ORDER BY m.rowid");
	while (sfm_step(statement))
	{
		SfmTableName *table = palloc(sizeof(SfmTableName));
		char	   *module = "";

		table->name = sfm_column_string(statement, 0);
		if (table->name == NULL)
		{
			(*unreadable)++;
			continue;
		}
		if (sfm_column_int64(statement, 1))
			table->kind = SFM_KIND_VIEW;
		else if (sfm_column_int64(statement, 2))
		{
			table->kind = SFM_KIND_VIRTUAL;
			module = virtual_module(sfm_column_string(statement, 3));
		}
		else
			table->kind = SFM_KIND_TABLE;
		names = lappend(names, table);
		modules = lappend(modules, module);
	}
	sfm_finalize(statement);
	mark_shadow_tables(names, modules);
	return names;
}

/*
 * prepare_for_name
 *		Prepares a query whose parameter ?1 is a name.
 */
static SfmStatement *
prepare_for_name(SfmConnection *connection, const char *sql, const char *name)
{
	SfmStatement *statement = sfm_prepare(connection, sql);

	sfm_bind_text(statement, 1, name);
	return statement;
}

/*
 * exists_for_name
 *		Does a query with parameter ?1 have a row?
 */
static bool
exists_for_name(SfmConnection *connection, const char *sql, const char *name)
{
	SfmStatement *statement = prepare_for_name(connection, sql, name);
	bool		result = sfm_step(statement);

	sfm_finalize(statement);
	return result;
}

/* A string of a catalog row that is never NULL there. */
static char *
required_string(SfmStatement *statement, int column)
{
	char	   *result = sfm_column_string(statement, column);

	if (result == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNTRANSLATABLE_CHARACTER),
				 errmsg("SQLite database \"%s\" holds a name that the database encoding cannot represent",
						sfm_database_name(statement->connection))));
	return result;
}

/*
 * cannot_describe
 *		Looks at the code with which SQLite refused to describe a table: is it
 *		about this table alone, and no reason to stop?
 *
 *		SQLITE_ERROR is what a view over a missing table or function, and a
 *		virtual table of an absent module, give.
 */
static bool
cannot_describe(SfmConnection *connection, int code, char **reason)
{
	const char *message = sqlite3_errmsg(connection->db);

	if ((code & 0xff) != SQLITE_ERROR && code != SQLITE_CORRUPT_VTAB)
		sfm_raise(connection, code);
	if (reason != NULL)
	{
		*reason = sfm_from_utf8(message, strlen(message));
		if (*reason == NULL)
			*reason = pstrdup(sqlite3_errstr(code));
	}
	return false;
}

/*
 * read_collation
 *		Sets the collation of a column.  No PRAGMA tells it.
 */
static void
read_collation(SfmConnection *connection, const SfmTable *table,
			   SfmColumn *column)
{
	const char *collation = NULL;

	if (sqlite3_table_column_metadata(connection->db, "main",
									  sfm_to_utf8(table->name),
									  sfm_to_utf8(column->name), NULL,
									  &collation, NULL, NULL,
									  NULL) == SQLITE_OK &&
		collation != NULL)
		column->collation = sfm_from_utf8(collation, strlen(collation));
	if (column->collation == NULL)
		column->collation = pstrdup("BINARY");
}

/*
 * read_columns
 *		Fills the columns of a table, without hidden ones.  False if SQLite
 *		cannot tell them.
 */
static bool
read_columns(SfmConnection *connection, SfmTable *table, char **reason)
{
	SfmStatement *statement;
	List	   *columns = NIL;
	ListCell   *cell;
	int			code;

	code = sfm_try_prepare(connection,
						   "SELECT x.name, x.type, x.\"notnull\", x.pk,"
						   " x.dflt_value, x.hidden"
						   " FROM pragma_table_xinfo(?1, 'main') AS x"
						   " ORDER BY x.cid", &statement);
	if (code != SQLITE_OK)
		return cannot_describe(connection, code, reason);
	sfm_bind_text(statement, 1, table->name);

	while ((code = sqlite3_step(statement->stmt)) == SQLITE_ROW)
	{
		int			hidden = (int) sfm_column_int64(statement, 5);
		SfmColumn  *column;

		/* 1 is a hidden column of a virtual table */
		if (hidden == 1)
			continue;
		column = palloc0(sizeof(SfmColumn));
		column->name = sfm_column_string(statement, 0);
		if (column->name == NULL)
		{
			if (reason != NULL)
				*reason = pstrdup("the database encoding cannot represent the name of a column");
			sfm_finalize(statement);
			return false;
		}
		column->declared_type = sfm_column_string(statement, 1);
		if (column->declared_type == NULL)
			column->declared_type = pstrdup("");
		column->not_null = sfm_column_int64(statement, 2) != 0;
		column->key_position = (int) sfm_column_int64(statement, 3);
		column->default_sql = sfm_column_string(statement, 4);
		if (column->default_sql == NULL &&
			sqlite3_column_type(statement->stmt, 4) != SQLITE_NULL)
			column->default_sql = pstrdup(UNREADABLE);
		if (hidden == 2)
			column->generated = SFM_GENERATED_VIRTUAL;
		else if (hidden == 3)
			column->generated = SFM_GENERATED_STORED;
		columns = lappend(columns, column);
	}
	if (code != SQLITE_DONE)
	{
		cannot_describe(connection, code, reason);
		sfm_finalize(statement);
		return false;
	}
	sfm_finalize(statement);

	foreach(cell, columns)
		read_collation(connection, table, lfirst(cell));
	table->ncolumns = list_length(columns);
	table->columns = palloc_array(SfmColumn, Max(table->ncolumns, 1));
	foreach(cell, columns)
	{
		SfmColumn  *column = lfirst(cell);

		table->columns[foreach_current_index(cell)] = *column;
		if (column->key_position > 0)
			table->nkeys++;
	}
	return true;
}

/*
 * read_index_columns
 *		Fills the key columns of an index.
 */
static void
read_index_columns(SfmConnection *connection, const SfmTable *table,
				   SfmIndex *index)
{
	SfmStatement *statement;
	List	   *columns = NIL;
	ListCell   *cell;

	statement = prepare_for_name(connection,
								 "SELECT x.cid, x.name, x.\"desc\", x.coll"
								 " FROM pragma_index_xinfo(?1, 'main') AS x"
								 " WHERE x.key ORDER BY x.seqno", index->name);
	while (sfm_step(statement))
	{
		SfmIndexColumn *column = palloc0(sizeof(SfmIndexColumn));
		int			cid = (int) sfm_column_int64(statement, 0);

		/* by name: places do not count hidden columns as ours do */
		column->column = cid < 0 ? cid :
			sfm_find_column(table, required_string(statement, 1));
		column->descending = sfm_column_int64(statement, 2) != 0;
		column->collation = sfm_column_string(statement, 3);
		if (column->collation == NULL)
			column->collation = pstrdup("BINARY");
		if (cid == -2)
			index->has_expression = true;
		columns = lappend(columns, column);
	}
	sfm_finalize(statement);

	index->ncolumns = list_length(columns);
	index->columns = palloc_array(SfmIndexColumn, Max(index->ncolumns, 1));
	foreach(cell, columns)
		index->columns[foreach_current_index(cell)] =
			*(SfmIndexColumn *) lfirst(cell);
}

/*
 * read_indexes
 *		Fills the list of indexes, in the order of their creation.
 */
static void
read_indexes(SfmConnection *connection, SfmTable *table)
{
	SfmStatement *statement;
	ListCell   *cell;

	statement = prepare_for_name(connection,
								 "SELECT l.name, l.\"unique\", l.origin,"
								 " l.partial, m.sql"
								 " FROM pragma_index_list(?1, 'main') AS l"
								 " LEFT JOIN sqlite_master AS m"
								 " ON m.type = 'index' AND m.name = l.name"
								 " ORDER BY l.seq DESC", table->name);
	while (sfm_step(statement))
	{
		SfmIndex   *index = palloc0(sizeof(SfmIndex));

		index->name = sfm_column_string(statement, 0);
		if (index->name == NULL)
		{
			table->unreadable++;
			continue;
		}
		index->unique = sfm_column_int64(statement, 1) != 0;
		index->origin = required_string(statement, 2)[0];
		index->partial = sfm_column_int64(statement, 3) != 0;
		index->sql = sfm_column_string(statement, 4);
		table->indexes = lappend(table->indexes, index);
	}
	sfm_finalize(statement);

	foreach(cell, table->indexes)
		read_index_columns(connection, table, lfirst(cell));
}

/*
 * read_foreign_keys
 *		Fills the list of foreign keys, in written order.
 */
static void
read_foreign_keys(SfmConnection *connection, SfmTable *table)
{
	SfmStatement *statement;
	SfmForeignKey *key = NULL;
	int64		last_id = -1;

	/* SQLite numbers them from the last to the first */
	statement = prepare_for_name(connection,
								 "SELECT f.id, f.\"table\", f.\"from\","
								 " f.\"to\", f.on_update, f.on_delete"
								 " FROM pragma_foreign_key_list(?1, 'main') AS f"
								 " ORDER BY f.id DESC, f.seq", table->name);
	while (sfm_step(statement))
	{
		int64		id = sfm_column_int64(statement, 0);
		int			n;

		if (id != last_id)
		{
			char	   *parent = sfm_column_string(statement, 1);

			last_id = id;
			key = NULL;
			if (parent == NULL)
			{
				table->unreadable++;
				continue;
			}
			key = palloc0(sizeof(SfmForeignKey));
			key->parent = parent;
			key->on_update = required_string(statement, 4);
			key->on_delete = required_string(statement, 5);
			key->child_columns = palloc_array(char *, table->ncolumns);
			key->parent_columns = palloc_array(char *, table->ncolumns);
			table->foreign_keys = lappend(table->foreign_keys, key);
		}
		if (key == NULL)
			continue;
		n = key->ncolumns++;
		key->child_columns = repalloc(key->child_columns,
									  (n + 1) * sizeof(char *));
		key->parent_columns = repalloc(key->parent_columns,
									   (n + 1) * sizeof(char *));
		key->child_columns[n] = required_string(statement, 2);
		key->parent_columns[n] = sfm_column_string(statement, 3);
	}
	sfm_finalize(statement);
}

/*
 * find_rowid_column
 *		Finds the column that is an alias of the rowid.
 *
 *		A primary key of one column that needed no index is one: SQLite makes
 *		an index for every other primary key of a rowid table ("CREATE TABLE",
 *		section 5).
 */
static void
find_rowid_column(SfmConnection *connection, SfmTable *table)
{
	ListCell   *cell;
	int			autoincrement = 0;

	table->rowid_column = -1;
	if (table->kind != SFM_KIND_TABLE || table->without_rowid ||
		table->nkeys != 1)
		return;
	foreach(cell, table->indexes)
	{
		if (((SfmIndex *) lfirst(cell))->origin == 'p')
			return;
	}
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (table->columns[i].key_position == 1)
			table->rowid_column = i;
	}
	if (table->rowid_column < 0)
		return;
	if (sqlite3_table_column_metadata(connection->db, "main",
									  sfm_to_utf8(table->name),
									  sfm_to_utf8(table->columns[table->rowid_column].name),
									  NULL, NULL, NULL, NULL,
									  &autoincrement) == SQLITE_OK)
		table->autoincrement = autoincrement != 0;
}

/*
 * sfm_is_fulltext
 *		Is it a table of FTS3, FTS4 or FTS5?
 */
bool
sfm_is_fulltext(const SfmTable *table)
{
	return table->module != NULL &&
		(strcmp(table->module, "fts3") == 0 ||
		 strcmp(table->module, "fts4") == 0 ||
		 strcmp(table->module, "fts5") == 0);
}

/*
 * complete_fulltext
 *		What no PRAGMA tells of a full-text table: its columns hold texts, and
 *		its rows have a rowid, which is their only key and which queries and
 *		triggers name.  So it becomes a column.
 */
static void
complete_fulltext(SfmTable *table)
{
	SfmColumn  *rowid;

	for (int i = 0; i < table->ncolumns; i++)
		table->columns[i].declared_type = pstrdup("TEXT");
	if (sfm_find_column(table, "rowid") >= 0)
		return;
	table->columns = repalloc(table->columns,
							  (table->ncolumns + 1) * sizeof(SfmColumn));
	rowid = &table->columns[table->ncolumns];
	memset(rowid, 0, sizeof(SfmColumn));
	rowid->name = pstrdup("rowid");
	rowid->declared_type = pstrdup("INTEGER");
	rowid->collation = pstrdup("BINARY");
	rowid->not_null = true;
	rowid->key_position = 1;
	table->rowid_column = table->ncolumns++;
	table->nkeys = 1;
}

/*
 * complete_rtree
 *		The first column of an R-Tree is its rowid; the next ones, in pairs,
 *		are coordinates; none is ever NULL ("The SQLite R*Tree Module").  Those
 *		behind them are the user's own, "+name".
 */
static void
complete_rtree(SfmTable *table)
{
	bool		integers = strcmp(table->module, "rtree_i32") == 0;
	int			ncoordinates = table->ncolumns - 1;
	char	   *error;
	SfmNode    *definition = table->sql != NULL ?
		sfm_parse(table->sql, &error) : NULL;
	ListCell   *cell;

	if (table->ncolumns == 0 || definition == NULL ||
		definition->kind != SFM_NODE_CREATE_VIRTUAL)
		return;
	foreach(cell, ((SfmCreateVirtual *) definition)->arguments)
	{
		if (((char *) lfirst(cell))[0] == '+')
			ncoordinates--;
	}
	for (int i = 0; i <= ncoordinates; i++)
	{
		table->columns[i].declared_type =
			pstrdup(i == 0 || integers ? "INTEGER" : "REAL");
		table->columns[i].not_null = true;
	}
	table->columns[0].key_position = 1;
	table->rowid_column = 0;
	table->nkeys = 1;
}

/*
 * sfm_catalog_describe
 *		Describes a table or view.
 *
 *		NULL if there is none of this name, or if SQLite cannot describe it (a
 *		view over a missing function, a virtual table of an absent module);
 *		then *reason is SQLite's message unless "reason" is NULL.
 */
SfmTable *
sfm_catalog_describe(SfmConnection *connection, const char *name,
					 char **reason)
{
	SfmTable   *table = NULL;
	SfmStatement *statement;
	bool		is_view;
	bool		is_virtual;

	statement = prepare_for_name(connection,
								 "SELECT m.name, m.type = 'view',"
								 " coalesce(m.rootpage, 0) = 0, m.sql"
								 " FROM sqlite_master AS m"
								 " WHERE m.type IN ('table', 'view')"
								 " AND m.name = ?1 COLLATE NOCASE", name);
	if (!sfm_step(statement))
	{
		sfm_finalize(statement);
		if (reason != NULL)
			*reason = psprintf("no such table: %s", name);
		return NULL;
	}
	table = palloc0(sizeof(SfmTable));
	table->name = required_string(statement, 0);
	is_view = sfm_column_int64(statement, 1) != 0;
	is_virtual = sfm_column_int64(statement, 2) != 0;
	table->sql = sfm_column_string(statement, 3);
	if (table->sql == NULL && !is_view)
		table->unreadable++;
	sfm_finalize(statement);
	table->kind = is_view ? SFM_KIND_VIEW :
		is_virtual ? SFM_KIND_VIRTUAL : SFM_KIND_TABLE;
	table->rowid_column = -1;

	if (table->kind == SFM_KIND_VIRTUAL)
		table->module = asc_tolower(virtual_module(table->sql),
									strlen(virtual_module(table->sql)));

	if (!read_columns(connection, table, reason))
		return NULL;
	if (sfm_is_fulltext(table))
		complete_fulltext(table);
	else if (table->module != NULL &&
			 (strcmp(table->module, "rtree") == 0 ||
			  strcmp(table->module, "rtree_i32") == 0))
		complete_rtree(table);
	if (table->kind != SFM_KIND_TABLE)
		return table;

	/* index_info() of a table's name answers for WITHOUT ROWID tables only */
	table->without_rowid =
		exists_for_name(connection,
						"SELECT 1 FROM pragma_index_info(?1, 'main')",
						table->name);
	if (sqlite3_libversion_number() >= SQLITE_HAS_TABLE_LIST)
		table->strict =
			exists_for_name(connection,
							"SELECT 1 FROM pragma_table_list(?1) AS l"
							" WHERE l.schema = 'main' AND l.strict",
							table->name);
	read_indexes(connection, table);
	read_foreign_keys(connection, table);
	find_rowid_column(connection, table);
	return table;
}

/*
 * sfm_catalog_table
 *		As sfm_catalog_describe(), where the reason does not matter.
 */
SfmTable *
sfm_catalog_table(SfmConnection *connection, const char *name)
{
	return sfm_catalog_describe(connection, name, NULL);
}

/*
 * sfm_catalog_objects
 *		The objects of one type ("view", "trigger", "index"), in the order of
 *		their creation: a list of SfmSchemaObject *.  Automatic indexes, which
 *		have no text, are left out; so is what the database encoding cannot
 *		name.
 */
List *
sfm_catalog_objects(SfmConnection *connection, const char *type)
{
	List	   *objects = NIL;
	SfmStatement *statement;

	statement = prepare_for_name(connection,
								 "SELECT m.type, m.name, m.tbl_name, m.sql"
								 " FROM sqlite_master AS m"
								 " WHERE m.type = ?1 AND m.sql IS NOT NULL"
								 " ORDER BY m.rowid", type);
	while (sfm_step(statement))
	{
		SfmSchemaObject *object = palloc(sizeof(SfmSchemaObject));

		object->type = sfm_column_string(statement, 0);
		object->name = sfm_column_string(statement, 1);
		object->table_name = sfm_column_string(statement, 2);
		object->sql = sfm_column_string(statement, 3);
		if (object->name != NULL && object->table_name != NULL)
			objects = lappend(objects, object);
	}
	sfm_finalize(statement);
	return objects;
}

/*
 * sfm_find_column
 *		Place of a column in SfmTable.columns, or -1.  SQLite does not tell
 *		upper from lower case in ASCII letters.
 */
int
sfm_find_column(const SfmTable *table, const char *name)
{
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (sqlite3_stricmp(table->columns[i].name, name) == 0)
			return i;
	}
	return -1;
}

/*
 * sfm_rowid_name
 *		A name under which the rowid of a table can be read, not quoted, or
 *		NULL where there is none: views, virtual tables, WITHOUT ROWID tables,
 *		and tables whose columns have taken all three names.
 */
const char *
sfm_rowid_name(const SfmTable *table)
{
	static const char *const names[] = {"rowid", "_rowid_", "oid"};

	if (table->kind != SFM_KIND_TABLE || table->without_rowid)
		return NULL;
	for (int i = 0; i < lengthof(names); i++)
	{
		if (sfm_find_column(table, names[i]) < 0)
			return names[i];
	}
	if (table->rowid_column >= 0)
		return table->columns[table->rowid_column].name;
	return NULL;
}

/*
 * sfm_sequence_value
 *		The largest key that an AUTOINCREMENT table has ever had, from
 *		sqlite_sequence.  False if SQLite keeps none for the table.
 */
bool
sfm_sequence_value(SfmConnection *connection, const char *table_name,
				   int64 *value)
{
	SfmStatement *statement;
	bool		found = false;

	if (!exists_for_name(connection,
						 "SELECT 1 FROM sqlite_master AS m WHERE m.name = ?1",
						 "sqlite_sequence"))
		return false;

	/* users may write to sqlite_sequence: there may be anything in it */
	statement = prepare_for_name(connection,
								 "SELECT max(s.seq) FROM sqlite_sequence AS s"
								 " WHERE s.name = ?1 COLLATE NOCASE"
								 " AND typeof(s.seq) = 'integer'", table_name);
	if (sfm_step(statement) &&
		sqlite3_column_type(statement->stmt, 0) == SQLITE_INTEGER)
	{
		*value = sfm_column_int64(statement, 0);
		found = true;
	}
	sfm_finalize(statement);
	return found;
}

/* The first value of a query without parameters, as a number. */
static double
single_number(SfmConnection *connection, const char *sql)
{
	SfmStatement *statement = sfm_prepare(connection, sql);
	double		result = 0;

	if (sfm_step(statement))
		result = sqlite3_column_double(statement->stmt, 0);
	sfm_finalize(statement);
	return result;
}

/*
 * analyzed_rows
 *		The number of rows that SQLite's ANALYZE has counted, or -1.
 */
static double
analyzed_rows(SfmConnection *connection, const SfmTable *table)
{
	SfmStatement *statement;
	double		rows = -1;

	if (!exists_for_name(connection,
						 "SELECT 1 FROM sqlite_master AS m WHERE m.name = ?1",
						 "sqlite_stat1"))
		return -1;
	/* "stat" begins with the number of rows */
	statement = prepare_for_name(connection,
								 "SELECT max(CAST(s.stat AS INTEGER))"
								 " FROM sqlite_stat1 AS s"
								 " WHERE s.tbl = ?1 COLLATE NOCASE", table->name);
	if (sfm_step(statement) &&
		sqlite3_column_type(statement->stmt, 0) == SQLITE_INTEGER)
		rows = sqlite3_column_double(statement->stmt, 0);
	sfm_finalize(statement);
	return rows;
}

/*
 * sfm_schema_version
 *		A number that is another one whenever the schema of the file has
 *		changed.
 */
int
sfm_schema_version(SfmConnection *connection)
{
	return (int) single_number(connection, "PRAGMA main.schema_version");
}

/*
 * sfm_rows_per_key
 *		About how many rows have the same values in the first columns of an
 *		index: what SQLite's ANALYZE has counted, or -1.
 */
double
sfm_rows_per_key(SfmConnection *connection, const SfmTable *table,
				 const SfmIndex *index, int ncolumns)
{
	SfmStatement *statement;
	char	   *stat = NULL;
	double		rows = -1;

	if (!exists_for_name(connection,
						 "SELECT 1 FROM sqlite_master AS m WHERE m.name = ?1",
						 "sqlite_stat1"))
		return -1;
	statement = prepare_for_name(connection,
								 "SELECT s.stat FROM sqlite_stat1 AS s"
								 " WHERE s.tbl = ?1 COLLATE NOCASE"
								 " AND s.idx = ?2 COLLATE NOCASE",
								 table->name);
	sfm_bind_text(statement, 2, index->name);
	if (sfm_step(statement))
		stat = sfm_column_string(statement, 0);
	sfm_finalize(statement);

	/* the number of rows, then for each column; users may write to it */
	for (int i = 0; stat != NULL && i < ncolumns; i++)
	{
		stat = strchr(stat, ' ');
		if (stat != NULL)
			stat++;
	}
	if (stat != NULL && *stat >= '0' && *stat <= '9')
		rows = strtod(stat, NULL);
	return rows;
}

/*
 * sfm_row_estimate
 *		About how many rows a table has, without reading it.
 *
 *		From SQLite's ANALYZE if it was run; else the span of the rowids, which
 *		two steps down the b-tree tell; limited by what fits into the file,
 *		which alone must do for other tables and views: their share is taken
 *		as an average b-tree's, at eight bytes a column.
 */
double
sfm_row_estimate(SfmConnection *connection, const SfmTable *table)
{
	const char *rowid = sfm_rowid_name(table);
	double		bytes;
	double		rows = analyzed_rows(connection, table);

	if (rows >= 0)
		return rows;

	bytes = single_number(connection,
						  "SELECT p.page_size * max(n.page_count - f.freelist_count, 1)"
						  " FROM pragma_page_size AS p, pragma_page_count AS n,"
						  " pragma_freelist_count AS f");
	if (rowid != NULL)
	{
		char	   *name = sfm_quote_sqlite(table->name);

		rowid = sfm_quote_sqlite(rowid);
		rows = single_number(connection,
							 psprintf("SELECT 1.0 + (SELECT max(t.%s) FROM %s AS t)"
									  " - (SELECT min(t.%s) FROM %s AS t)",
									  rowid, name, rowid, name));

		/* a row takes two bytes and, in its page, a pointer of two */
		return Min(rows, bytes / (4.0 + table->ncolumns));
	}

	bytes /= Max(single_number(connection,
							   "SELECT count(*) FROM sqlite_master AS m"
							   " WHERE m.rootpage > 0"), 1.0);
	return Max(bytes / (8.0 * Max(table->ncolumns, 1)), 1.0);
}
