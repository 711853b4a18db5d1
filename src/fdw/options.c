/*-------------------------------------------------------------------------
 *
 * options.c
 *	  The options of servers, foreign tables, columns and IMPORT.
 *
 * One table lists them all; the validator checks by it, and the readers below
 * rely on that: what stands in the catalogs has been validated.  The validator
 * never opens the file.
 *
 * Who may name a file: only members of pg_read_server_files may set
 * "database", and only members of pg_write_server_files "updatable", as
 * file_fdw does it.  Reading through a foreign table needs neither.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/reloptions.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_foreign_table.h"
#include "commands/defrem.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/varlena.h"

#include "fdw.h"

PG_FUNCTION_INFO_V1(sqlite_fdw_migrate_validator);
PGDLLEXPORT Datum sqlite_fdw_migrate_validator(PG_FUNCTION_ARGS);

/* Where an option may stand */
#define ON_SERVER	(1 << 0)
#define ON_TABLE	(1 << 1)
#define ON_COLUMN	(1 << 2)
#define ON_IMPORT	(1 << 3)

typedef enum OptionType
{
	OPTION_BOOL,
	OPTION_INT,					/* not negative */
	OPTION_OID,
	OPTION_PATH,				/* absolute */
	OPTION_STRING,
	OPTION_WORD					/* one of SfmOption.words */
} OptionType;

typedef struct Option
{
	const char *name;
	int			places;
	OptionType	type;
	const char *const *words;
	Oid			role;			/* members only may set it */
} Option;

const char *const sfm_bad_value_words[] = {"error", "null", "skip", NULL};
static const char *const name_words[] = {"lower", "preserve", "snake", NULL};
static const char *const reader_words[] = {"auto", "pages", "sqlite", NULL};
static const char *const infer_words[] = {"off", "sample", "full", NULL};
static const char *const nocase_words[] = {"auto", "citext", "text", NULL};
static const char *const conflict_words[] = {
	"error", "ignore", "replace", "update", NULL
};
static const char *const storage_words[] = {
	"integer", "real", "text", "blob", NULL
};

static const Option options_table[] = {
	/* which file, and how to open it */
	{"database", ON_SERVER, OPTION_PATH, NULL, ROLE_PG_READ_SERVER_FILES},
	{"large_object", ON_SERVER, OPTION_OID},
	{"busy_timeout", ON_SERVER, OPTION_INT},
	{"immutable", ON_SERVER, OPTION_BOOL},
	{"keep_connections", ON_SERVER, OPTION_BOOL},

	/* reading */
	{"reader", ON_SERVER | ON_TABLE, OPTION_WORD, reader_words},
	{"on_bad_value", ON_SERVER | ON_TABLE | ON_COLUMN, OPTION_WORD,
	sfm_bad_value_words},

	/* the mapping */
	{"table", ON_TABLE, OPTION_STRING},
	{"column_name", ON_COLUMN, OPTION_STRING},
	{"key", ON_COLUMN, OPTION_BOOL},
	{"epoch", ON_COLUMN, OPTION_WORD, sfm_epoch_words},

	/* writing */
	{"updatable", ON_SERVER | ON_TABLE, OPTION_BOOL, NULL,
	ROLE_PG_WRITE_SERVER_FILES},
	{"batch_size", ON_SERVER | ON_TABLE, OPTION_INT},
	{"truncatable", ON_SERVER | ON_TABLE, OPTION_BOOL},
	{"on_conflict", ON_TABLE, OPTION_WORD, conflict_words},
	{"storage", ON_COLUMN, OPTION_WORD, storage_words},

	/* IMPORT FOREIGN SCHEMA */
	{"names", ON_IMPORT, OPTION_WORD, name_words},
	{"infer_types", ON_IMPORT, OPTION_WORD, infer_words},
	{"types_from", ON_IMPORT, OPTION_STRING},
	{"nocase", ON_IMPORT, OPTION_WORD, nocase_words},
	{"import_views", ON_IMPORT, OPTION_BOOL},
	{"import_not_null", ON_IMPORT, OPTION_BOOL},
	{"import_generated", ON_IMPORT, OPTION_BOOL},
};

/* ------------------------------------------------------------------------
 * Validation
 * ------------------------------------------------------------------------
 */

/*
 * invalid_option
 *		Raises the error for an option that does not exist here, with the
 *		nearest name that does, or the list of them.
 */
static void
invalid_option(const char *name, int place)
{
	StringInfoData list;
	const char *nearest = NULL;
	int			smallest = 4;	/* more than three letters differ: no help */

	initStringInfo(&list);
	for (int i = 0; i < lengthof(options_table); i++)
	{
		const char *candidate = options_table[i].name;
		int			distance;

		if ((options_table[i].places & place) == 0)
			continue;
		appendStringInfo(&list, "%s%s", list.len > 0 ? ", " : "", candidate);
		if (strlen(name) >= NAMEDATALEN)
			continue;
		distance = varstr_levenshtein_less_equal(name, (int) strlen(name),
												 candidate,
												 (int) strlen(candidate),
												 1, 1, 1, smallest, true);
		if (distance < smallest && distance <= (int) strlen(name) / 2)
		{
			smallest = distance;
			nearest = candidate;
		}
	}

	ereport(ERROR,
			(errcode(ERRCODE_FDW_INVALID_OPTION_NAME),
			 errmsg("invalid option \"%s\"", name),
			 nearest != NULL ?
			 errhint("Perhaps you meant the option \"%s\".", nearest) :
			 list.len > 0 ?
			 errhint("Valid options in this context are: %s.", list.data) :
			 errhint("There are no valid options in this context.")));
}

/* Raises the error for a value that an option cannot have. */
static void
invalid_value(const Option *option, const char *value, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid value for option \"%s\": \"%s\"",
					option->name, value),
			 errhint("%s", hint)));
}

/*
 * sfm_find_word
 *		Place of a word in a NULL-terminated list, or -1.
 */
int
sfm_find_word(const char *const *words, const char *word)
{
	for (int i = 0; words[i] != NULL; i++)
	{
		if (pg_strcasecmp(words[i], word) == 0)
			return i;
	}
	return -1;
}

/*
 * sfm_list_words
 *		"Valid values are: a, b, c." for a hint.  Palloc'd.
 */
char	   *
sfm_list_words(const char *const *words)
{
	StringInfoData list;

	initStringInfo(&list);
	appendStringInfoString(&list, "Valid values are: ");
	for (int i = 0; words[i] != NULL; i++)
		appendStringInfo(&list, "%s%s", i > 0 ? ", " : "", words[i]);
	appendStringInfoChar(&list, '.');
	return list.data;
}

/*
 * validate_value
 *		Raises an error unless the option may have this value.
 */
static void
validate_value(const Option *option, DefElem *element)
{
	const char *value = defGetString(element);
	bool		truth;
	int			number;
	char	   *end;
	unsigned long oid;

	switch (option->type)
	{
		case OPTION_BOOL:
			if (!parse_bool(value, &truth))
				invalid_value(option, value,
							  "Valid values are: true, false.");
			break;
		case OPTION_INT:
			if (!parse_int(value, &number, 0, NULL) || number < 0)
				invalid_value(option, value,
							  "The value must be an integer that is not negative.");
			break;
		case OPTION_OID:
			errno = 0;
			oid = strtoul(value, &end, 10);
			if (!isdigit((unsigned char) value[0]) || *end != '\0' ||
				errno != 0 || oid == 0 || oid > OID_MAX)
				invalid_value(option, value,
							  "The value must be the OID of a large object.");
			break;
		case OPTION_PATH:
			if (!is_absolute_path(value))
				invalid_value(option, value,
							  "The value must be an absolute path on the server.");
			break;
		case OPTION_STRING:
			break;
		case OPTION_WORD:
			if (sfm_find_word(option->words, value) < 0)
				invalid_value(option, value, sfm_list_words(option->words));
			break;
	}
}

/*
 * require_role
 *		Raises an error unless the present role may set the option.
 */
static void
require_role(const Option *option)
{
	char	   *role;

	if (!OidIsValid(option->role) ||
		has_privs_of_role(GetUserId(), option->role))
		return;
	role = GetUserNameFromId(option->role, false);
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied to set option \"%s\" of a SQLite foreign-data wrapper object",
					option->name),
			 errdetail("Only roles with privileges of the \"%s\" role may set this option.",
					   role)));
}

/*
 * validate_options
 *		Checks a list of DefElem that stands at one place.
 */
static void
validate_options(List *elements, int place)
{
	ListCell   *cell;
	bool		has_database = false;
	bool		has_large_object = false;

	foreach(cell, elements)
	{
		DefElem    *element = lfirst(cell);
		const Option *option = NULL;

		for (int i = 0; i < lengthof(options_table); i++)
		{
			if (strcmp(options_table[i].name, element->defname) == 0 &&
				(options_table[i].places & place) != 0)
				option = &options_table[i];
		}
		if (option == NULL)
			invalid_option(element->defname, place);
		validate_value(option, element);
		require_role(option);
		has_database |= strcmp(option->name, "database") == 0;
		has_large_object |= strcmp(option->name, "large_object") == 0;
	}

	if (place == ON_SERVER && has_database == has_large_object)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_DYNAMIC_PARAMETER_VALUE_NEEDED),
				 has_database ?
				 errmsg("options \"database\" and \"large_object\" exclude each other") :
				 errmsg("option \"database\" or \"large_object\" is required"),
				 errhint("Set \"database\" to the absolute path of the SQLite file.")));
}

/*
 * sqlite_fdw_migrate_validator(options text[], catalog oid)
 *		Checks the options of CREATE and ALTER SERVER, FOREIGN TABLE and
 *		COLUMN.  Raises an error for what is unknown, malformed or forbidden.
 */
Datum
sqlite_fdw_migrate_validator(PG_FUNCTION_ARGS)
{
	List	   *elements = untransformRelOptions(PG_GETARG_DATUM(0));

	switch (PG_GETARG_OID(1))
	{
		case ForeignServerRelationId:
			validate_options(elements, ON_SERVER);
			break;
		case ForeignTableRelationId:
			validate_options(elements, ON_TABLE);
			break;
		case AttributeRelationId:
			validate_options(elements, ON_COLUMN);
			break;
		default:
			/* the wrapper itself, user mappings */
			validate_options(elements, 0);
			break;
	}
	PG_RETURN_VOID();
}

/* ------------------------------------------------------------------------
 * Reading
 * ------------------------------------------------------------------------
 */

/*
 * sfm_server_connection
 *		The open connection of a server, inside its read transaction.
 */
SfmConnection *
sfm_server_connection(Oid serverid)
{
	ForeignServer *server = GetForeignServer(serverid);
	SfmConnectOptions options = {
		.database = "",
		.busy_timeout = 5000,
		.keep_connections = true,
	};
	ListCell   *cell;

	foreach(cell, server->options)
	{
		DefElem    *element = lfirst(cell);

		if (strcmp(element->defname, "database") == 0)
			options.database = defGetString(element);
		else if (strcmp(element->defname, "large_object") == 0)
			options.large_object =
				(Oid) strtoul(defGetString(element), NULL, 10);
		else if (strcmp(element->defname, "busy_timeout") == 0)
			(void) parse_int(defGetString(element), &options.busy_timeout, 0,
							 NULL);
		else if (strcmp(element->defname, "immutable") == 0)
			options.immutable = defGetBoolean(element);
		else if (strcmp(element->defname, "updatable") == 0)
			options.updatable = defGetBoolean(element);
		else if (strcmp(element->defname, "keep_connections") == 0)
			options.keep_connections = defGetBoolean(element);
	}
	if (OidIsValid(options.large_object))
		options.large_object_reader = GetUserId();
	return sfm_connect(serverid, &options);
}

/* The last of a list of DefElem with this name, as a string, or NULL. */
static const char *
find_option(List *elements, const char *name)
{
	ListCell   *cell;
	const char *result = NULL;

	foreach(cell, elements)
	{
		DefElem    *element = lfirst(cell);

		if (strcmp(element->defname, name) == 0)
			result = defGetString(element);
	}
	return result;
}

/* The option of a table, or that of its server. */
static const char *
find_either(const ForeignTable *table, const ForeignServer *server,
			const char *name)
{
	const char *result = find_option(table->options, name);

	return result != NULL ? result : find_option(server->options, name);
}

/* A boolean option of a table or its server. */
static bool
find_either_bool(const ForeignTable *table, const ForeignServer *server,
				 const char *name, bool if_absent)
{
	const char *value = find_either(table, server, name);
	bool		result = if_absent;

	if (value != NULL)
		(void) parse_bool(value, &result);
	return result;
}

/*
 * sfm_table_options
 *		Reads the options of a foreign table; those of its server stand in for
 *		what it does not set.
 */
void
sfm_table_options(Oid foreigntableid, SfmTableOptions *options)
{
	ForeignTable *table = GetForeignTable(foreigntableid);
	ForeignServer *server = GetForeignServer(table->serverid);
	const char *bad_value = find_either(table, server, "on_bad_value");
	const char *reader = find_either(table, server, "reader");
	const char *batch_size = find_either(table, server, "batch_size");
	const char *conflict = find_option(table->options, "on_conflict");

	options->serverid = table->serverid;
	options->table = find_option(table->options, "table");
	if (options->table == NULL)
		options->table = get_rel_name(foreigntableid);
	options->on_bad_value = bad_value == NULL ? SFM_BAD_VALUE_ERROR :
		sfm_find_word(sfm_bad_value_words, bad_value);
	options->reader = reader == NULL ? SFM_READER_AUTO :
		sfm_find_word(reader_words, reader);

	options->updatable = find_either_bool(table, server, "updatable", false);
	options->truncatable = find_either_bool(table, server, "truncatable",
											true);
	options->batch_size = 1;
	if (batch_size != NULL)
		(void) parse_int(batch_size, &options->batch_size, 0, NULL);
	options->batch_size = Max(options->batch_size, 1);
	options->on_conflict = conflict == NULL ? SFM_INSERT_ERROR :
		sfm_find_word(conflict_words, conflict);
}

/*
 * sfm_server_reader
 *		The option "reader" of a server.
 */
SfmReaderChoice
sfm_server_reader(Oid serverid)
{
	const char *reader = find_option(GetForeignServer(serverid)->options,
									 "reader");

	return reader == NULL ? SFM_READER_AUTO :
		sfm_find_word(reader_words, reader);
}

/*
 * sfm_column_options
 *		Reads the options of a column of a foreign table; those of the table
 *		stand in for what it does not set.
 */
void
sfm_column_options(Oid foreigntableid, AttrNumber attnum,
				   const SfmTableOptions *table, SfmColumnOptions *options)
{
	List	   *elements = GetForeignColumnOptions(foreigntableid, attnum);
	const char *key = find_option(elements, "key");
	const char *epoch = find_option(elements, "epoch");
	const char *bad_value = find_option(elements, "on_bad_value");
	const char *storage = find_option(elements, "storage");

	options->column_name = find_option(elements, "column_name");
	if (options->column_name == NULL)
		options->column_name = get_attname(foreigntableid, attnum, false);
	options->key = false;
	if (key != NULL)
		(void) parse_bool(key, &options->key);
	options->epoch = epoch == NULL ? SFM_EPOCH_AUTO :
		sfm_find_word(sfm_epoch_words, epoch);
	options->has_epoch = epoch != NULL;
	options->storage = storage == NULL ? SFM_STORAGE_DEFAULT :
		sfm_find_word(storage_words, storage) + SFM_STORAGE_INTEGER;
	options->on_bad_value = bad_value == NULL ? table->on_bad_value :
		sfm_find_word(sfm_bad_value_words, bad_value);
}

/*
 * sfm_import_options
 *		Checks and reads the options of IMPORT FOREIGN SCHEMA.
 */
void
sfm_import_options(List *elements, SfmImportOptions *options)
{
	ListCell   *cell;

	validate_options(elements, ON_IMPORT);

	options->names = SFM_NAMES_LOWER;
	options->infer_types = SFM_INFER_FULL;
	options->types_from = NULL;
	options->nocase = SFM_NOCASE_AUTO;
	options->import_views = true;
	options->import_not_null = true;
	options->import_generated = true;
	foreach(cell, elements)
	{
		DefElem    *element = lfirst(cell);

		if (strcmp(element->defname, "names") == 0)
			options->names = sfm_find_word(name_words, defGetString(element));
		else if (strcmp(element->defname, "infer_types") == 0)
			options->infer_types = sfm_find_word(infer_words,
												 defGetString(element));
		else if (strcmp(element->defname, "types_from") == 0)
			options->types_from = defGetString(element);
		else if (strcmp(element->defname, "nocase") == 0)
			options->nocase = sfm_find_word(nocase_words,
											defGetString(element));
		else if (strcmp(element->defname, "import_views") == 0)
			options->import_views = defGetBoolean(element);
		else if (strcmp(element->defname, "import_not_null") == 0)
			options->import_not_null = defGetBoolean(element);
		else if (strcmp(element->defname, "import_generated") == 0)
			options->import_generated = defGetBoolean(element);
	}
}
