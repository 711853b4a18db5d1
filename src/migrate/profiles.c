/*-------------------------------------------------------------------------
 *
 * profiles.c
 *	  sqlite_profile(): what the values of a mapping's columns are.
 *
 * Reads each SQLite table once, past the foreign table, whose types only say
 * what the values are measured against.  The caller needs SELECT on the
 * foreign tables all the same.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "migrate.h"

PGDLLEXPORT Datum sqlite_profile(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(sqlite_profile);

/* Longest value shown in a result, in bytes */
#define SHOWN_LENGTH 100

/* Places of the result's columns */
enum ProfileResult
{
	RESULT_TABLE,
	RESULT_COLUMN,
	RESULT_DECLARED_TYPE,
	RESULT_COLUMN_TYPE,
	RESULT_INTEGERS,
	RESULT_REALS,
	RESULT_TEXTS,
	RESULT_BLOBS,
	RESULT_NULLS,
	RESULT_MIN,
	RESULT_MAX,
	RESULT_MAX_LENGTH,
	RESULT_MISFITS,
	RESULT_FIRST_MISFIT,
	RESULT_SUGGESTED_TYPE,
	RESULT_COLUMNS
};

/* A text Datum, or NULL. */
static void
put_text(Datum *values, bool *nulls, int place, const char *string)
{
	nulls[place] = string == NULL;
	if (string != NULL)
		values[place] = CStringGetTextDatum(string);
}

/* Kept bytes for display. */
static char *
show_bytes(const SfmKeptBytes *kept, SfmStorageClass storage_class)
{
	SfmValue	value = {
		.storage_class = storage_class,
		.bytes = kept->bytes,
		.length = kept->length,
	};

	return sfm_value_literal(&value, SHOWN_LENGTH);
}

/* The smaller (sign -1) or larger number of a column, INTEGER or REAL. */
static char *
show_number(const SfmProfile *profile, int sign)
{
	SfmValue	integer = {
		.storage_class = SFM_INTEGER,
		.integer = sign < 0 ? profile->integer_min : profile->integer_max,
	};
	SfmValue	real = {
		.storage_class = SFM_REAL,
		.real = sign < 0 ? profile->real_min : profile->real_max,
	};
	bool		use_real = profile->count[SFM_INTEGER] == 0 ||
		(profile->count[SFM_REAL] > 0 &&
		 sign * real.real > sign * (double) integer.integer);

	return sfm_value_literal(use_real ? &real : &integer, SHOWN_LENGTH);
}

/*
 * show_extreme
 *		The smallest (sign -1) or largest value of a column in SQLite's order:
 *		numbers, then TEXT, then BLOBs.  NULL if all are NULL.
 */
static char *
show_extreme(const SfmProfile *profile, int sign)
{
	bool		numbers = profile->count[SFM_INTEGER] +
		profile->count[SFM_REAL] > 0;
	bool		texts = profile->count[SFM_TEXT] > 0;
	bool		blobs = profile->count[SFM_BLOB] > 0;

	if (numbers && (sign < 0 || !(texts || blobs)))
		return show_number(profile, sign);
	if (texts && (sign < 0 || !blobs))
		return show_bytes(sign < 0 ? &profile->text_min : &profile->text_max,
						  SFM_TEXT);
	if (blobs)
		return show_bytes(sign < 0 ? &profile->blob_min : &profile->blob_max,
						  SFM_BLOB);
	return NULL;
}

/*
 * put_column
 *		The row of one column.
 */
static void
put_column(ReturnSetInfo *result, const SfmMappedTable *table,
		   const SfmMappedColumn *column, const SfmProfile *profile)
{
	Datum		values[RESULT_COLUMNS] = {0};
	bool		nulls[RESULT_COLUMNS] = {false};
	int32		typmod;
	Oid			suggested = sfm_suggest_type(profile, &typmod);

	put_text(values, nulls, RESULT_TABLE, table->name);
	put_text(values, nulls, RESULT_COLUMN, column->name);
	put_text(values, nulls, RESULT_DECLARED_TYPE,
			 column->source->declared_type);
	put_text(values, nulls, RESULT_COLUMN_TYPE,
			 format_type_with_typemod(column->type, column->typmod));
	values[RESULT_INTEGERS] = Int64GetDatum(profile->count[SFM_INTEGER]);
	values[RESULT_REALS] = Int64GetDatum(profile->count[SFM_REAL]);
	values[RESULT_TEXTS] = Int64GetDatum(profile->count[SFM_TEXT] +
										 profile->count[SFM_INVALID_TEXT]);
	values[RESULT_BLOBS] = Int64GetDatum(profile->count[SFM_BLOB]);
	values[RESULT_NULLS] = Int64GetDatum(profile->count[SFM_NULL]);
	put_text(values, nulls, RESULT_MIN, show_extreme(profile, -1));
	put_text(values, nulls, RESULT_MAX, show_extreme(profile, 1));
	nulls[RESULT_MAX_LENGTH] =
		profile->count[SFM_TEXT] + profile->count[SFM_BLOB] == 0;
	values[RESULT_MAX_LENGTH] = Int64GetDatum(profile->max_length);
	values[RESULT_MISFITS] = Int64GetDatum(profile->misfits +
											profile->number_misfits);
	put_text(values, nulls, RESULT_FIRST_MISFIT,
			 profile->first_misfit == NULL ? NULL :
			 psprintf("%s, %s", profile->first_misfit, profile->first_row));
	put_text(values, nulls, RESULT_SUGGESTED_TYPE,
			 OidIsValid(suggested) ?
			 format_type_with_typemod(suggested, typmod) : NULL);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/*
 * sfm_profile_mapped
 *		Profiles the columns of a mapped table that the file has, against the
 *		foreign table's types.
 *
 *		Palloc'd.  *columns is set to the mapped column of each profile.
 *		Raises an error if the caller may not read the foreign table, or
 *		SQLite cannot.
 */
SfmTableProfile *
sfm_profile_mapped(const SfmMappedTable *table, bool suggest,
				   SfmMappedColumn ***columns)
{
	SfmConnection *connection = sfm_server_connection(table->serverid);
	SfmTableProfile *profile = palloc0(sizeof(SfmTableProfile));
	bool		core_data = sfm_is_core_data(connection);
	AclResult	allowed = pg_class_aclcheck(table->relid, GetUserId(),
											ACL_SELECT);
	char	   *reason;

	if (allowed != ACLCHECK_OK)
		aclcheck_error(allowed, OBJECT_FOREIGN_TABLE, table->name);

	profile->table = table->source;
	profile->names = palloc0(Max(table->ncolumns, 1) * sizeof(char *));
	profile->columns = palloc0(Max(table->ncolumns, 1) * sizeof(SfmProfile));
	*columns = palloc0(Max(table->ncolumns, 1) * sizeof(SfmMappedColumn *));
	for (int i = 0; i < table->ncolumns; i++)
	{
		SfmMappedColumn *column = &table->columns[i];
		int			n = profile->ncolumns;

		if (column->source == NULL)
			continue;
		(*columns)[n] = column;
		profile->names[n] = column->source->name;
		sfm_profile_init(&profile->columns[n], column->type, column->typmod,
						 column->epoch,
						 column->source->declared_type[0] == '\0' &&
						 column->type == TEXTOID, suggest);
		profile->columns[n].core_data = core_data;
		profile->ncolumns++;
	}
	if (!sfm_profile_table(connection, profile, 0, &reason))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("table \"%s\" of SQLite database \"%s\" could not be read to its end",
						table->sqlite_name, sfm_database_name(connection)),
				 errdetail("SQLite reports: %s.", reason)));
	return profile;
}

/*
 * sqlite_profile(source name, table_name text)
 *		One row per column of the foreign tables of a schema, or of one of
 *		them.  Views are profiled only if named, and not to their end.
 */
Datum
sqlite_profile(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	List	   *include = NIL;
	ListCell   *cell;

	if (PG_ARGISNULL(0))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("argument \"source\" must not be null")));
	if (!PG_ARGISNULL(1))
		include = list_make1(sfm_pattern_for(text_to_cstring(PG_GETARG_TEXT_PP(1))));
	InitMaterializedSRF(fcinfo, 0);

	foreach(cell, sfm_read_mapping(NameStr(*PG_GETARG_NAME(0)), include, NIL))
	{
		SfmMappedTable *table = lfirst(cell);
		SfmMappedColumn **columns;
		SfmTableProfile *profile;

		if (!table->selected || table->source == NULL ||
			(sfm_mapping_is_view(table) && include == NIL))
			continue;
		profile = sfm_profile_mapped(table, true, &columns);
		for (int i = 0; i < profile->ncolumns; i++)
			put_column(result, table, columns[i], &profile->columns[i]);
	}
	return (Datum) 0;
}
