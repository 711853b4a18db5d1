/*-------------------------------------------------------------------------
 *
 * scan.c
 *	  Reading a foreign table: SQLite's rows become PostgreSQL's.
 *
 * A scan (SfmScan) does not know the executor: the planner's ForeignScan node
 * (scan_node.c), ANALYZE and the nodes that write drive one.  Its rows come from a reader of src/sqlite, which
 * the option "reader" and the file choose.  Its converters are chosen when it begins; for
 * each value the inner loop looks at the storage class, calls the converter
 * that is registered for it, and nothing else.
 *
 * Bad values of a row are settled together, when all its columns have been
 * looked at: one column that asks to skip takes the row away, whatever the
 * others ask for, and one that asks for an error raises it.  A scan only reads;
 * a caller who keeps account of bad values gives a sink.
 *
 * Assumed in the whole file: the SQLite connection stays open while a scan
 * exists (connection.c refuses to close it), and the foreign table does not
 * change, since the caller holds a lock on it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "pushdown.h"

/* Longest value of a key shown in a message, and given to a sink, in bytes */
#define SHOWN_LENGTH 64
#define RECORDED_LENGTH (1024 * 1024)

/* Room for the values of a row; what does not fit is allocated apart. */
#define ROW_MEMORY (16 * 1024)

/* One column of the SELECT that becomes a column of the foreign table. */
typedef struct ScanColumn
{
	int			attribute;		/* place in the tuple, from 0 */
	bool		refuses_null;	/* NULL is a bad value, too */
	SfmBadValueAction on_bad_value;
	char	   *name;			/* the foreign table's, for messages */
	SfmConverter converter;
} ScanColumn;

/* A value of the present row that its column cannot hold. */
typedef struct BadColumn
{
	int			column;			/* place in SfmScan.columns */
	const char *reason;			/* the converter's, or NULL */
} BadColumn;

struct SfmScan
{
	/* what is read */
	SfmReader  *reader;			/* NULL before sfm_scan_use() */
	char	   *table_name;		/* the foreign table's, for messages */
	int			natts;			/* of the foreign table */
	bool		all_attributes; /* every attribute has a column */
	int			ncolumns;
	ScanColumn *columns;
	List	   *key_names;		/* what the SELECT's last columns are */
	SfmRowMemory memory;		/* of the present row's values */

	/* where it is */
	int64		row_number;		/* from 1; 0 before the first row */
	int			current;		/* column being converted, or -1 */

	/* what was wrong */
	int			nbad;			/* in the present row */
	BadColumn  *bad;
	int64		nulled;			/* bad values that became NULL */
	int64		skipped;		/* rows left out for a bad value */
	SfmBadValueSink *sink;		/* who is told, or NULL */
};

/* set by sfm_set_bad_value_sink() */
static SfmBadValueSink *bad_value_sink = NULL;

/* ------------------------------------------------------------------------
 * The scan itself
 * ------------------------------------------------------------------------
 */

/*
 * sfm_set_bad_value_sink
 *		Sets the sink for the scans that begin from now on, or with NULL takes
 *		it away; returns the one before, which the caller sets again, also
 *		after an error.  It must stay until those scans have ended.
 */
SfmBadValueSink *
sfm_set_bad_value_sink(SfmBadValueSink *sink)
{
	SfmBadValueSink *previous = bad_value_sink;

	bad_value_sink = sink;
	return previous;
}

/* Does somebody keep account of the bad values of a foreign table? */
bool
sfm_has_bad_value_sink(Oid relid)
{
	return bad_value_sink != NULL && bad_value_sink->relid == relid;
}

/*
 * begin_column
 *		Fills what a column needs; its converter is there.
 *
 *		A column of a domain that refuses NULL refuses SQLite's NULL too: what
 *		comes from a scan is never checked against its type again.
 */
static void
begin_column(ScanColumn *column, AttrNumber attnum, SfmBadValueAction action,
			 const SfmBadValueSink *sink)
{
	column->on_bad_value = action;
	if (sink != NULL)
		column->on_bad_value = sink->choose(sink->argument, attnum, action,
											&column->refuses_null);
	if (!column->converter.takes_null &&
		column->on_bad_value != SFM_BAD_VALUE_NULL)
		column->refuses_null = true;
}

/*
 * sfm_scan_open_reader
 *		Chooses a reader for a query and begins to read.
 *
 *		Names are looked up now and not at planning: a plan may be older than
 *		the table's present shape.
 */
SfmReader  *
sfm_scan_open_reader(Relation relation, const SfmTableOptions *options,
					 const SfmScanQuery *query)
{
	SfmConnection *connection = sfm_server_connection(options->serverid);
	const SfmTable *table = NULL;
	SfmReadRequest request = {.sql = query->sql,.choice = options->reader};
	SfmReadColumn *columns;
	ListCell   *cell;
	int			n = 0;

	if (options->reader != SFM_READER_SQLITE)
		table = sfm_catalog_table(connection, options->table);
	columns = palloc0_array(SfmReadColumn, list_length(query->attnums) +
							list_length(query->key_names) + 1);
	foreach(cell, table != NULL ? query->attnums : NIL)
	{
		SfmColumnOptions column;

		sfm_column_options(RelationGetRelid(relation), lfirst_int(cell),
						   options, &column);
		sfm_read_column(table, column.column_name, &columns[n++]);
	}
	/* the SELECT has a NULL where it reads nothing else */
	if (n == 0)
		columns[n++].place = SFM_READ_NULL;
	foreach(cell, table != NULL ? query->key_names : NIL)
	{
		if (sfm_rowid_name(table) != NULL)
			columns[n++].place = SFM_READ_ROWID;
		else
			sfm_read_column(table, lfirst(cell), &columns[n++]);
	}

	/*
	 * SQLite may have a smaller index to count rows by.  And it is another
	 * witness: sqlite_compare_counts() proves what the pages have given.
	 */
	if (query->attnums == NIL && options->reader == SFM_READER_AUTO)
		request.refusal = "no column is read";
	request.table = table;
	request.ncolumns = n;
	request.columns = columns;
	return sfm_reader_begin(connection, &request);
}

/*
 * sfm_scan_begin
 *		Begins to read the given attributes (as of pull_varattnos()) of a
 *		foreign table.  A query with a condition reads nothing before
 *		sfm_scan_use().
 *
 *		"query" is what sfm_deparse_scan() made at planning, or NULL to make
 *		it now.  Palloc'd in CurrentMemoryContext, which must outlive it.
 */
SfmScan    *
sfm_scan_begin(Relation relation, Bitmapset *attributes,
			   const SfmScanQuery *query)
{
	SfmScan    *scan = palloc0(sizeof(SfmScan));
	TupleDesc	descriptor = RelationGetDescr(relation);
	SfmBadValueSink *sink = bad_value_sink;
	SfmScanQuery own_query;
	SfmTableOptions options;
	ListCell   *cell;

	if (sink != NULL && sink->relid != RelationGetRelid(relation))
		sink = NULL;

	if (query == NULL)
	{
		sfm_deparse_scan(RelationGetRelid(relation), attributes, NULL,
						 &own_query);
		query = &own_query;
	}
	sfm_table_options(RelationGetRelid(relation), &options);
	if (query->where == NIL)
		scan->reader = sfm_scan_open_reader(relation, &options, query);
	scan->table_name = pstrdup(RelationGetRelationName(relation));
	scan->natts = descriptor->natts;
	scan->ncolumns = list_length(query->attnums);
	scan->all_attributes = scan->ncolumns == scan->natts;
	scan->columns = palloc0_array(ScanColumn, Max(scan->ncolumns, 1));
	scan->bad = palloc_array(BadColumn, Max(scan->ncolumns, 1));
	scan->key_names = query->key_names;
	scan->current = -1;
	scan->memory.start = palloc(ROW_MEMORY);
	scan->memory.end = scan->memory.start + ROW_MEMORY;

	foreach(cell, query->attnums)
	{
		AttrNumber	attnum = lfirst_int(cell);
		Form_pg_attribute attribute = TupleDescAttr(descriptor, attnum - 1);
		ScanColumn *column = &scan->columns[foreach_current_index(cell)];
		SfmColumnOptions column_options;

		sfm_column_options(RelationGetRelid(relation), attnum, &options,
						   &column_options);
		column->attribute = attnum - 1;
		column->name = pstrdup(NameStr(attribute->attname));
		sfm_converter_init(&column->converter, attribute->atttypid,
						   attribute->atttypmod, column_options.epoch);
		column->converter.memory = &scan->memory;
		begin_column(column, attnum, column_options.on_bad_value, sink);
	}
	if (sink != NULL && !sink->claimed)
	{
		sink->claimed = true;
		scan->sink = sink;
	}
	return scan;
}

/*
 * describe_row
 *		Names the present row: "rowid 42", "key (a, b) = (1, x)", "row 7".
 *		Values of a key longer than max_length are cut.
 */
static char *
describe_row(SfmScan *scan, int max_length)
{
	StringInfoData names;
	StringInfoData values;
	int			first = Max(scan->ncolumns, 1);
	ListCell   *cell;

	if (scan->reader->statement->stmt == NULL || scan->key_names == NIL)
		return psprintf("row " INT64_FORMAT, scan->row_number);

	initStringInfo(&names);
	initStringInfo(&values);
	foreach(cell, scan->key_names)
	{
		int			i = foreach_current_index(cell);
		SfmValue	buffer;
		const SfmValue *value = sfm_reader_value(scan->reader, first + i,
												 &buffer);

		appendStringInfo(&names, "%s%s", i > 0 ? ", " : "",
						 (char *) lfirst(cell));
		appendStringInfo(&values, "%s%s", i > 0 ? ", " : "",
						 sfm_value_literal(value, max_length));
	}
	if (list_length(scan->key_names) == 1)
		return psprintf("%s %s", names.data, values.data);
	return psprintf("key (%s) = (%s)", names.data, values.data);
}

/*
 * conversion_context
 *		Error context while a value is converted.  Looks up no catalog.
 */
static void
conversion_context(void *argument)
{
	SfmScan    *scan = argument;

	if (scan->current < 0)
		return;
	errcontext("column \"%s\" of foreign table \"%s\", %s",
			   scan->columns[scan->current].name, scan->table_name,
			   describe_row(scan, SHOWN_LENGTH));
}

/*
 * note_bad_value
 *		Notes that the present value of a column is bad, or raises the error.
 */
static void
note_bad_value(SfmScan *scan, int i, const SfmValue *value)
{
	ScanColumn *column = &scan->columns[i];
	BadColumn  *bad = &scan->bad[scan->nbad++];

	if (value->storage_class == SFM_NULL)
	{
		column->converter.sqlstate = ERRCODE_NOT_NULL_VIOLATION;
		column->converter.reason = column->converter.takes_null ? NULL :
			"The type does not accept NULL.";
	}
	if (column->on_bad_value == SFM_BAD_VALUE_ERROR)
		sfm_report_bad_value(&column->converter, value, column->name);
	bad->column = i;
	bad->reason = column->converter.reason;
}

/*
 * hand_over
 *		Gives the bad values of the present row to the sink.
 */
static void
hand_over(SfmScan *scan, SfmBadValueAction action)
{
	SfmBadValue bad_value = {
		.row = describe_row(scan, RECORDED_LENGTH),
		.action = action,
	};

	for (int i = 0; i < scan->nbad; i++)
	{
		ScanColumn *column = &scan->columns[scan->bad[i].column];
		SfmValue	buffer;

		scan->current = scan->bad[i].column;
		bad_value.attnum = column->attribute + 1;
		bad_value.column_name = column->name;
		bad_value.value = sfm_reader_value(scan->reader, scan->current,
										   &buffer);
		bad_value.reason = scan->bad[i].reason;
		scan->sink->take(scan->sink->argument, &bad_value);
	}
	if (action == SFM_BAD_VALUE_SKIP)
		scan->sink->skipped++;
	else
		scan->sink->nulled += scan->nbad;
}

/*
 * settle_bad_values
 *		Decides about a row with bad values.  False if it is to be left out.
 */
static bool
settle_bad_values(SfmScan *scan)
{
	SfmBadValueAction action = SFM_BAD_VALUE_NULL;

	for (int i = 0; i < scan->nbad; i++)
	{
		if (scan->columns[scan->bad[i].column].on_bad_value == SFM_BAD_VALUE_SKIP)
			action = SFM_BAD_VALUE_SKIP;
	}
	if (scan->sink != NULL)
		hand_over(scan, action);
	else if (action == SFM_BAD_VALUE_SKIP)
		scan->skipped++;
	else
		scan->nulled += scan->nbad;
	return action != SFM_BAD_VALUE_SKIP;
}

/*
 * convert_row
 *		Converts the present row of SQLite.  False if it is to be left out.
 */
static bool
convert_row(SfmScan *scan, Datum *values, bool *nulls)
{
	const SfmValue *row = scan->reader->values;

	scan->nbad = 0;
	scan->memory.next = scan->memory.start;
	if (!scan->all_attributes)
		memset(nulls, true, scan->natts);

	for (int i = 0; i < scan->ncolumns; i++)
	{
		ScanColumn *column = &scan->columns[i];
		SfmValue	buffer;
		const SfmValue *value;

		scan->current = i;
		value = row != NULL ? &row[i] :
			sfm_reader_value(scan->reader, i, &buffer);
		if (value->storage_class == SFM_NULL)
		{
			nulls[column->attribute] = true;
			if (likely(!column->refuses_null))
				continue;
		}
		else
		{
			nulls[column->attribute] = false;
			if (likely(sfm_convert(&column->converter, value,
								   &values[column->attribute])))
				continue;
		}
		note_bad_value(scan, i, value);
		nulls[column->attribute] = true;
	}
	return likely(scan->nbad == 0) || settle_bad_values(scan);
}

/*
 * sfm_scan_next
 *		Reads the next row into arrays of the foreign table's width.  False at
 *		the end.
 *
 *		Values live in memory of the scan, which the next row uses again, or
 *		in CurrentMemoryContext, which must be there for the row alone: it is
 *		reset when a row is skipped.
 */
bool
sfm_scan_next(SfmScan *scan, Datum *values, bool *nulls)
{
	ErrorContextCallback context = {
		.callback = conversion_context,
		.arg = scan,
		.previous = error_context_stack,
	};
	bool		found = false;

	while (sfm_reader_next(scan->reader))
	{
		bool		kept;

		scan->row_number++;
		error_context_stack = &context;
		kept = convert_row(scan, values, nulls);
		error_context_stack = context.previous;
		scan->current = -1;
		if (kept)
		{
			found = true;
			break;
		}
		MemoryContextReset(CurrentMemoryContext);
		CHECK_FOR_INTERRUPTS();
	}
	return found;
}

/* The reader that it has at present, or NULL. */
SfmReader  *
sfm_scan_reader(const SfmScan *scan)
{
	return scan->reader;
}

/* The present row's number in the scan, from 1, skipped ones counted. */
int64
sfm_scan_row_number(const SfmScan *scan)
{
	return scan->row_number;
}

/* Names the present row as messages do: "rowid 42"; palloc'd. */
char	   *
sfm_scan_describe_row(SfmScan *scan)
{
	return describe_row(scan, SHOWN_LENGTH);
}

/*
 * sfm_scan_use
 *		Goes on with another reader, which is at its beginning and gives some
 *		of the rows, or all.
 *
 *		What was wrong is counted over all readers.
 */
void
sfm_scan_use(SfmScan *scan, SfmReader *reader)
{
	scan->reader = reader;
	scan->row_number = 0;
}

/*
 * sfm_scan_read_key
 *		The value, of the present row, of what identifies it: the n-th (from 0)
 *		of SfmScanQuery.key_names.  "buffer" as for sfm_reader_value().
 */
const SfmValue *
sfm_scan_read_key(const SfmScan *scan, int n, SfmValue *buffer)
{
	return sfm_reader_value(scan->reader, Max(scan->ncolumns, 1) + n, buffer);
}

/*
 * sfm_scan_keep_row
 *		What the present row's values were put into stays as it is; the next
 *		row gets other memory, from CurrentMemoryContext.
 */
void
sfm_scan_keep_row(SfmScan *scan)
{
	scan->memory.start = palloc(ROW_MEMORY);
	scan->memory.end = scan->memory.start + ROW_MEMORY;
}

/*
 * sfm_scan_rewind
 *		Begins the scan anew.
 */
void
sfm_scan_rewind(SfmScan *scan)
{
	sfm_reader_rewind(scan->reader);
	scan->row_number = 0;
	scan->nulled = 0;
	scan->skipped = 0;
	if (scan->sink != NULL)
		scan->sink->nulled = scan->sink->skipped = 0;
}

/*
 * sfm_scan_end
 *		Releases the reader and tells in one warning what was wrong.
 */
void
sfm_scan_end(SfmScan *scan)
{
	if (scan->reader != NULL)
		sfm_reader_end(scan->reader);
	if (scan->nulled > 0 || scan->skipped > 0)
		ereport(WARNING,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("foreign table \"%s\" holds values that do not fit their columns",
						scan->table_name),
				 errdetail(INT64_FORMAT " values were read as NULL, " INT64_FORMAT " rows were skipped.",
						   scan->nulled, scan->skipped)));
}
