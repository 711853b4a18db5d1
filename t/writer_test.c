/*-------------------------------------------------------------------------
 *
 * writer_test.c
 *	  A module for t/010_writers.pl: sends a value to SQLite and back.
 *
 * Not part of the extension.  The test compiles it together with src/value and
 * calls round_trip(value, declared type, storage, epoch): the value goes
 * through sfm_write() into a column of an SQLite table, and from there, as
 * SQLite has it, through sfm_convert().  The result is a word or two: what
 * SQLite says the value is, and "same" or what is wrong.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <sqlite3.h>

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "value/converters.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(round_trip);
PGDLLEXPORT Datum round_trip(PG_FUNCTION_ARGS);

static const char *const classes[] = {
	"", "integer", "real", "text", "blob", "null"
};

static int
word_place(const char *const *words, const char *word)
{
	for (int i = 0; words[i] != NULL; i++)
	{
		if (strcmp(words[i], word) == 0)
			return i;
	}
	elog(ERROR, "unknown word \"%s\"", word);
}

static void
check(sqlite3 *db, int code)
{
	if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
		elog(ERROR, "SQLite: %s", sqlite3_errmsg(db));
}

/* Stores a value and reads what SQLite has made of it; palloc'd. */
static void
through_sqlite(const char *declared_type, const SfmValue *value,
			   SfmValue *stored)
{
	static sqlite3 *db = NULL;
	sqlite3_stmt *stmt;
	const void *bytes;

	if (db == NULL)
		check(db, sqlite3_open(":memory:", &db));
	check(db, sqlite3_exec(db, psprintf("DROP TABLE IF EXISTS t; CREATE TABLE t (v %s)", declared_type), NULL, NULL, NULL));
	check(db, sqlite3_prepare_v2(db, "INSERT INTO t VALUES (?1)", -1, &stmt, NULL));
	switch (value->storage_class)
	{
		case SFM_INTEGER:
			check(db, sqlite3_bind_int64(stmt, 1, value->integer));
			break;
		case SFM_REAL:
			check(db, sqlite3_bind_double(stmt, 1, value->real));
			break;
		case SFM_TEXT:
			check(db, sqlite3_bind_text(stmt, 1, value->bytes, value->length, SQLITE_TRANSIENT));
			break;
		case SFM_BLOB:
			check(db, sqlite3_bind_blob(stmt, 1, value->bytes, value->length, SQLITE_TRANSIENT));
			break;
		default:
			elog(ERROR, "written as storage class %d", value->storage_class);
	}
	check(db, sqlite3_step(stmt));
	sqlite3_finalize(stmt);

	check(db, sqlite3_prepare_v2(db, "SELECT v FROM t", -1, &stmt, NULL));
	check(db, sqlite3_step(stmt));
	stored->storage_class = sqlite3_column_type(stmt, 0);
	stored->integer = sqlite3_column_int64(stmt, 0);
	stored->real = sqlite3_column_double(stmt, 0);
	bytes = stored->storage_class == SFM_BLOB ?
		sqlite3_column_blob(stmt, 0) : sqlite3_column_text(stmt, 0);
	stored->length = sqlite3_column_bytes(stmt, 0);
	stored->bytes = pnstrdup(bytes != NULL ? bytes : "", 0);
	if (stored->length > 0)
		stored->bytes = memcpy(palloc(stored->length), bytes, stored->length);
	sqlite3_finalize(stmt);
}

/* As text, or by the type's = where that is not finer than the text. */
static bool
same(Oid type, Datum a, Datum b)
{
	Oid			output;
	bool		is_varlena;
	TypeCacheEntry *entry;

	getTypeOutputInfo(type, &output, &is_varlena);
	if (strcmp(OidOutputFunctionCall(output, a),
			   OidOutputFunctionCall(output, b)) == 0)
		return true;
	if (type == INTERVALOID)
		return false;
	entry = lookup_type_cache(type, TYPECACHE_EQ_OPR_FINFO);
	return OidIsValid(entry->eq_opr_finfo.fn_oid) &&
		DatumGetBool(FunctionCall2Coll(&entry->eq_opr_finfo, DEFAULT_COLLATION_OID, a, b));
}

Datum
round_trip(PG_FUNCTION_ARGS)
{
	static const char *const storages[] = {
		"", "integer", "real", "text", "blob", NULL
	};
	static const char *const epochs[] = {
		"auto", "unix", "unix_ms", "unix_us", "unix_ns", "julian", "apple",
		"chrome", "dotnet", NULL
	};
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 0);
	char	   *declared = text_to_cstring(PG_GETARG_TEXT_PP(1));
	SfmStorage	storage = word_place(storages, text_to_cstring(PG_GETARG_TEXT_PP(2)));
	SfmEpoch	epoch = word_place(epochs, text_to_cstring(PG_GETARG_TEXT_PP(3)));
	SfmWriter	writer;
	SfmConverter converter;
	SfmValue	value = {0};
	SfmValue	stored = {0};
	Datum		again;
	const char *result;

	sfm_writer_init(&writer, type, -1, storage, epoch, sfm_affinity(declared));
	sfm_converter_init(&converter, type, -1, epoch);
	if (!sfm_write(&writer, PG_GETARG_DATUM(0), &value))
	{
		result = psprintf("refused: %s", writer.reason);
		PG_RETURN_TEXT_P(cstring_to_text(result));
	}
	through_sqlite(declared, &value, &stored);
	if (stored.storage_class != value.storage_class &&
		!(value.storage_class == SFM_REAL && stored.storage_class == SFM_INTEGER))
		result = psprintf("WRONG: written as %s, stored as %s", classes[value.storage_class], classes[stored.storage_class]);
	else if (storage != SFM_STORAGE_DEFAULT && *declared == '\0' && stored.storage_class != (SfmStorageClass) storage)
		result = psprintf("WRONG: stored as %s", classes[stored.storage_class]);
	else if (!sfm_convert(&converter, &stored, &again))
		result = psprintf("WRONG: %s is not read: %s", sfm_value_literal(&stored, 100), converter.reason);
	else if (!same(type, PG_GETARG_DATUM(0), again))
		result = psprintf("WRONG: %s is read as %s", sfm_value_literal(&stored, 100),
						  OidOutputFunctionCall(writer.output.fn_oid, again));
	else
		result = classes[stored.storage_class];
	PG_RETURN_TEXT_P(cstring_to_text(result));
}
