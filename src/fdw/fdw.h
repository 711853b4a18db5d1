/*-------------------------------------------------------------------------
 *
 * fdw.h
 *	  What the room src/fdw gives to the others: options of servers, foreign
 *	  tables and columns, names, and the callbacks of the wrapper.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_FDW_H
#define SFM_FDW_H

#include "postgres.h"

#include "foreign/fdwapi.h"
#include "foreign/foreign.h"
#include "nodes/parsenodes.h"

#include "compat.h"
#include "sqlite/sqlite.h"
#include "value/infer.h"
#include "value/value.h"

/* in options.c */

/* What becomes of a value that a column's type cannot hold. */
typedef enum SfmBadValueAction
{
	SFM_BAD_VALUE_ERROR,
	SFM_BAD_VALUE_NULL,			/* NULL stands in for it */
	SFM_BAD_VALUE_SKIP			/* its row is left out */
} SfmBadValueAction;

/* What INSERT does with a row whose key is there: the option "on_conflict". */
typedef enum SfmInsertConflict
{
	SFM_INSERT_ERROR,
	SFM_INSERT_IGNORE,
	SFM_INSERT_REPLACE,			/* the old row is deleted */
	SFM_INSERT_UPDATE			/* the old row gets the new values */
} SfmInsertConflict;

/* The options of one foreign table, its server's defaults filled in. */
typedef struct SfmTableOptions
{
	Oid			serverid;
	const char *table;			/* SQLite's name of the table or view */
	SfmBadValueAction on_bad_value; /* default of its columns */
	SfmReaderChoice reader;
	bool		updatable;
	bool		truncatable;
	int			batch_size;		/* at least 1 */
	SfmInsertConflict on_conflict;
} SfmTableOptions;

/* The options of one column of a foreign table. */
typedef struct SfmColumnOptions
{
	const char *column_name;	/* SQLite's name of the column */
	bool		key;			/* identifies the row */
	SfmEpoch	epoch;
	bool		has_epoch;		/* the option is set */
	SfmStorage	storage;
	SfmBadValueAction on_bad_value;
} SfmColumnOptions;

/* How IMPORT FOREIGN SCHEMA names what it makes. */
typedef enum SfmNameStyle
{
	SFM_NAMES_LOWER,			/* folded as an unquoted identifier is */
	SFM_NAMES_PRESERVE,
	SFM_NAMES_SNAKE				/* OrderId -> order_id */
} SfmNameStyle;

/* How far IMPORT FOREIGN SCHEMA looks at the data to choose types. */
typedef enum SfmInferTypes
{
	SFM_INFER_OFF,
	SFM_INFER_SAMPLE,			/* at the first rows */
	SFM_INFER_FULL
} SfmInferTypes;

/* What IMPORT FOREIGN SCHEMA makes of COLLATE NOCASE. */
typedef enum SfmNocase
{
	SFM_NOCASE_AUTO,			/* citext where it is installed, else text */
	SFM_NOCASE_CITEXT,
	SFM_NOCASE_TEXT
} SfmNocase;

typedef struct SfmImportOptions
{
	SfmNameStyle names;
	SfmInferTypes infer_types;
	SfmNocase	nocase;
	const char *types_from;		/* schema whose tables give the types, or NULL */
	bool		import_views;
	bool		import_not_null;
	bool		import_generated;
} SfmImportOptions;

extern void sfm_table_options(Oid foreigntableid, SfmTableOptions *options);
extern void sfm_column_options(Oid foreigntableid, AttrNumber attnum,
							   const SfmTableOptions *table,
							   SfmColumnOptions *options);
extern int	sfm_find_word(const char *const *words, const char *word);
extern char *sfm_list_words(const char *const *words);

extern const char *const sfm_bad_value_words[];
extern void sfm_import_options(List *elements, SfmImportOptions *options);
extern SfmConnection *sfm_server_connection(Oid serverid);
extern SfmReaderChoice sfm_server_reader(Oid serverid);

/* in names.c: PostgreSQL identifiers for SQLite's names */
typedef struct SfmNames SfmNames;

extern SfmNames *sfm_names_create(SfmNameStyle style);
extern void sfm_names_reserve(SfmNames *names, const char *name);
extern char *sfm_names_add(SfmNames *names, const char *sqlite_name,
						   const char *if_empty);
extern char *sfm_names_add_exact(SfmNames *names, const char *name);

/* in handler.c */
extern bool sfm_is_foreign_table(Oid relid);

/* in estimate.c */
extern double sfm_estimate_rows(Oid foreigntableid);
extern void sqliteGetForeignRelSize(PlannerInfo *root, RelOptInfo *baserel,
									Oid foreigntableid);
extern bool sqliteAnalyzeForeignTable(Relation relation,
									  AcquireSampleRowsFunc *function,
									  BlockNumber *pages);

/* in paths.c */
extern void sqliteGetForeignPaths(PlannerInfo *root, RelOptInfo *baserel,
								  Oid foreigntableid);

/* in deparse.c */

/* What a query on a foreign table gives, beside its SQL. */
typedef struct SfmScanQuery
{
	char	   *sql;			/* reads the whole table */
	List	   *attnums;		/* foreign table's attribute of each column */
	List	   *key_names;		/* names of what follows the attributes: the
								 * rowid or the key, for messages */
	bool		identify;		/* the column "ctid" tells the modify node
								 * which row it is: see identity.c */

	/*
	 * The condition (pushdown.h) that SQLite looks at behind "sql", as
	 * pieces: a String is SQL, an Integer stands for the parameters of that
	 * value (from 0).  NIL if all rows are read; else no reader but SQLite's
	 * can run it.
	 */
	List	   *where;
	int			first_parameter;	/* number of those that "sql" has itself */
	List	   *values;			/* an integer List for each value */
	List	   *expressions;	/* what gives each value */
	List	   *schema;			/* integer List: what "where" relies on */
} SfmScanQuery;

extern void sfm_deparse_scan(Oid foreigntableid, Bitmapset *attributes,
							 const SfmTable *table, SfmScanQuery *query);
extern List *sfm_key_columns(const SfmTable *table);
extern void sfm_read_column(const SfmTable *table, const char *name,
							SfmReadColumn * column);

/* in scan.c */
typedef struct SfmScan SfmScan;

/* A bad value on its way to who keeps account of them. */
typedef struct SfmBadValue
{
	const char *row;			/* as in messages: "rowid 42" */
	AttrNumber	attnum;			/* the foreign table's column */
	const char *column_name;
	const SfmValue *value;
	const char *reason;			/* sentences, or NULL */
	SfmBadValueAction action;	/* what has become of it: null or skip */
} SfmBadValue;

/*
 * While it is set, a sink decides what becomes of the bad values of one
 * foreign table, and the first scan of that table hands them over.
 */
typedef struct SfmBadValueSink
{
	Oid			relid;			/* the foreign table */

	/*
	 * Asked once for each column that is read: given what the options say,
	 * what becomes of a bad value?  *refuses_null, false before, may be set:
	 * then NULL is a bad value, too.
	 */
	SfmBadValueAction (*choose) (void *argument, AttrNumber attnum,
								 SfmBadValueAction by_options,
								 bool *refuses_null);

	/* given each bad value; keeps nothing of it without a copy */
	void		(*take) (void *argument, const SfmBadValue *bad_value);
	void	   *argument;

	/* counted by the scan */
	bool		claimed;		/* a scan has begun that hands over */
	int64		nulled;			/* values that became NULL */
	int64		skipped;		/* rows left out */
} SfmBadValueSink;

extern SfmBadValueSink *sfm_set_bad_value_sink(SfmBadValueSink *sink);

extern SfmScan *sfm_scan_begin(Relation relation, Bitmapset *attributes,
							   const SfmScanQuery *query);
extern SfmReader *sfm_scan_open_reader(Relation relation,
									   const SfmTableOptions *options,
									   const SfmScanQuery *query);
extern void sfm_scan_use(SfmScan *scan, SfmReader *reader);
extern SfmReader *sfm_scan_reader(const SfmScan *scan);
extern const SfmValue *sfm_scan_read_key(const SfmScan *scan, int n,
										 SfmValue *buffer);
extern void sfm_scan_keep_row(SfmScan *scan);
extern bool sfm_has_bad_value_sink(Oid relid);
extern bool sfm_scan_next(SfmScan *scan, Datum *values, bool *nulls);
extern int64 sfm_scan_row_number(const SfmScan *scan);
extern char *sfm_scan_describe_row(SfmScan *scan);
extern void sfm_scan_rewind(SfmScan *scan);
extern void sfm_scan_end(SfmScan *scan);

/* in scan_node.c */
extern ForeignScan *sqliteGetForeignPlan(PlannerInfo *root,
										 RelOptInfo *baserel,
										 Oid foreigntableid,
										 ForeignPath *best_path, List *tlist,
										 List *scan_clauses,
										 Plan *outer_plan);
extern void sqliteBeginForeignScan(ForeignScanState *node, int eflags);
extern TupleTableSlot *sqliteIterateForeignScan(ForeignScanState *node);
extern void sqliteReScanForeignScan(ForeignScanState *node);
extern void sqliteEndForeignScan(ForeignScanState *node);
extern void sqliteExplainForeignScan(ForeignScanState *node,
									 struct ExplainState *es);

/* in heap_writer.c */
typedef struct SfmHeapWriter SfmHeapWriter;

extern bool sfm_heap_writer_fits(Relation relation);
extern SfmHeapWriter *sfm_heap_writer_begin(Relation relation,
											CommandId command);
extern Size sfm_heap_writer_put(SfmHeapWriter *writer, Datum *values,
								bool *nulls);
extern void sfm_heap_writer_end(SfmHeapWriter *writer);

/* in bulk_insert.c */
typedef struct SfmBulkInsert SfmBulkInsert;

/* Such as contain_volatile_functions() */
typedef bool (*SfmContainsFunction) (Node *expression);

extern bool sfm_domain_has_check(Oid type, SfmContainsFunction contains);
extern bool sfm_has_domain_check(Relation target,
								 SfmContainsFunction contains);
extern const char *sfm_bulk_obstacle(Relation target);
extern SfmBulkInsert *sfm_bulk_begin(EState *estate, ResultRelInfo *result,
									 int references);
extern void sfm_bulk_put(SfmBulkInsert *bulk, TupleTableSlot *slot,
						 int64 row_number);
extern uint64 sfm_bulk_rows(const SfmBulkInsert *bulk);
extern uint64 sfm_bulk_bytes(const SfmBulkInsert *bulk);
extern int64 sfm_bulk_row_number(const SfmBulkInsert *bulk);
extern void sfm_bulk_end(SfmBulkInsert *bulk);

/* in insert_select.c */
extern bool sfm_enable_bulk_insert;
extern void sfm_define_settings(void);
extern void sqliteGetForeignUpperPaths(PlannerInfo *root,
									   UpperRelationKind stage,
									   RelOptInfo *input_rel,
									   RelOptInfo *output_rel, void *extra);
extern ForeignScan *sfm_plan_bulk_insert(PlannerInfo *root,
										 ForeignPath *path, Plan *subplan);
extern void sfm_begin_bulk_insert(ForeignScanState *node, int eflags);
extern TupleTableSlot *sfm_run_bulk_insert(ForeignScanState *node);
extern void sfm_explain_bulk_insert(ForeignScanState *node,
									struct ExplainState *es);

/* in profile.c */
typedef struct SfmTableProfile
{
	const SfmTable *table;
	int			ncolumns;
	const char **names;			/* SQLite's names of the columns */
	SfmProfile *columns;		/* begun by sfm_profile_init() */
	int64		rows;			/* that were looked at */
} SfmTableProfile;

extern bool sfm_profile_table(SfmConnection *connection,
							  SfmTableProfile *profile, int64 max_rows,
							  char **reason);
extern bool sfm_is_core_data(SfmConnection *connection);

/* in import.c */
extern List *sqliteImportForeignSchema(ImportForeignSchemaStmt *stmt,
									   Oid serverid);

#endif							/* SFM_FDW_H */
