/*-------------------------------------------------------------------------
 *
 * migrate.h
 *	  The job: from the foreign tables of one schema (the mapping) to a list
 *	  of SQL statements (the plan) to loaded tables.
 *
 * For src/migrate only.  All strings are in the database encoding; names are
 * bare and are quoted where they go into SQL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_MIGRATE_H
#define SFM_MIGRATE_H

#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "nodes/pg_list.h"
#include "utils/array.h"
#include "utils/relcache.h"
#include "utils/resowner.h"

#include "compat.h"
#include "fdw/fdw.h"
#include "translate/translate.h"

/* ------------------------------------------------------------------------
 * What the caller asked for: the arguments of plan, migrate, migrate_file
 * ------------------------------------------------------------------------
 */

/* What happens to a row whose key the target holds already. */
typedef enum SfmOnConflict
{
	SFM_CONFLICT_ERROR,
	SFM_CONFLICT_SKIP,
	SFM_CONFLICT_UPDATE
} SfmOnConflict;

typedef struct SfmMigrateOptions
{
	char	   *source;			/* schema of the foreign tables */
	char	   *target;			/* schema of the tables to be */

	/* which tables: lists of LIKE patterns; include NIL takes all */
	List	   *include;
	List	   *exclude;

	/* how */
	bool		continue_on_error;
	SfmOnConflict on_conflict;
	char	   *on_bad_value;	/* NULL: what the options of the mapping say */
	bool		truncate;
	bool		drop_existing;
	char	   *tablespace;		/* or NULL */
	bool		unlogged;

	/* which phases */
	bool		views;
	bool		triggers;
	bool		foreign_keys;
	bool		indexes;
	bool		analyze;
	bool		verify;

	bool		only_shown;		/* the plan is made to be looked at */

	/* for calls of our own functions */
	char	   *extension_schema;
} SfmMigrateOptions;

/* ------------------------------------------------------------------------
 * The mapping: foreign tables and what they stand for
 * ------------------------------------------------------------------------
 */
typedef struct SfmMappedColumn
{
	char	   *name;			/* of the foreign table's column */
	AttrNumber	attnum;
	Oid			type;
	int32		typmod;
	Oid			collation;
	bool		not_null;		/* of the foreign table's column */
	SfmEpoch	epoch;
	char	   *sqlite_name;
	SfmColumn  *source;			/* NULL if the SQLite table has none such */
} SfmMappedColumn;

typedef struct SfmMappedTable
{
	char	   *name;			/* of the foreign table, and of the target */
	Oid			relid;
	Oid			serverid;
	bool		selected;		/* by include and exclude */
	char	   *sqlite_name;	/* see sfm_mapping_source() */

	/* filled by sfm_mapping_complete() */
	bool		complete;
	SfmTable   *source;			/* NULL: not in the file, or SQLite cannot
								 * describe it */
	char	   *problem;		/* then SQLite's reason */
	int			ncolumns;
	SfmMappedColumn *columns;	/* in the foreign table's order */

	/* read once, by sfm_definition() */
	bool		definition_known;
	SfmCreateTable *definition;	/* or NULL */
	char	   *definition_error;	/* why its text has no tree, or NULL */

	/* asked once, by sfm_null_keys() */
	bool		null_keys_known;
	int64		null_keys;
	char	   *null_key_example;

	/* filled by the plan */
	Oid			target;			/* existing table or view that is kept, or
								 * invalid */
	char	   *basic_sql;		/* CREATE TABLE with columns and types alone,
								 * for trials */
	bool		tried;			/* it was made on trial ... */
	bool		tried_keys;		/* ... with its keys */
	char	   *document;		/* of a full-text table: the column with its
								 * words, or NULL */
	SfmNames   *constraint_names;	/* taken ones; NULL until needed */
	SfmRelation *relation;		/* see sfm_plan_relation(), or NULL */
	bool		view_planned;	/* its turn has come ... */
	bool		view_failed;	/* ... and it does not come over */

	/* filled by the run */
	bool		not_created;	/* its CREATE TABLE failed */
	bool		not_loaded;		/* its load failed */
	int64		skipped;		/* rows left out for a bad value */
} SfmMappedTable;

/* in mapping.c */
extern List *sfm_read_mapping(const char *source, List *include,
							  List *exclude);
extern List *sfm_selected_tables(const char *source, List *include);
extern List *sfm_foreign_tables(Oid schema);
extern const char *sfm_mapping_source(SfmMappedTable *table);
extern void sfm_mapping_complete(SfmMappedTable *table);
extern bool sfm_mapping_is_view(const SfmMappedTable *table);
extern SfmMappedColumn *sfm_mapped_column(const SfmMappedTable *table,
										  int place);
extern SfmMappedColumn *sfm_mapped_column_named(const SfmMappedTable *table,
												const char *sqlite_name);
extern bool sfm_name_selected(const char *name, List *include, List *exclude);
extern List *sfm_patterns(ArrayType *array, const char *argument);
extern char *sfm_pattern_for(const char *name);
extern List *sfm_target_tables(Oid schema, List *include);

/* An ordinary or partitioned table of the target schema. */
typedef struct SfmTargetTable
{
	Oid			relid;
	char	   *name;
} SfmTargetTable;

/* ------------------------------------------------------------------------
 * The plan: SQL statements, each with its phase
 * ------------------------------------------------------------------------
 */
typedef enum SfmPhase
{
	SFM_PHASE_SCHEMA,
	SFM_PHASE_TABLE,
	SFM_PHASE_LOAD,
	SFM_PHASE_INDEX,
	SFM_PHASE_CONSTRAINT,
	SFM_PHASE_SEQUENCE,
	SFM_PHASE_VIEW,
	SFM_PHASE_TRIGGER,
	SFM_PHASE_ANALYZE,
	SFM_PHASE_VERIFY
} SfmPhase;

#define SFM_PHASES (SFM_PHASE_VERIFY + 1)

typedef struct SfmStep
{
	SfmPhase	phase;
	char	   *object;			/* for people: bare names */
	char	   *statement;		/* NULL: nothing to run, see note */
	char	   *note;			/* what was left out and why, or NULL */
	bool		harmless;		/* nothing is lost by it */

	/* for the run */
	List	   *needs;			/* of SfmMappedTable *: must exist before */
	SfmMappedTable *creates;	/* made by this statement, or NULL */
	char	   *measure;		/* relation of the target schema whose size is
								 * reported, or NULL */
} SfmStep;

typedef struct SfmPlan
{
	const SfmMigrateOptions *options;
	Oid			target;			/* schema; invalid if the plan makes it */
	List	   *mapping;		/* of SfmMappedTable *, by name, all of them */
	SfmNames   *names;			/* taken names of relations in the target */
	SfmNames   *function_names; /* ... and of functions; NULL until needed */
	List	   *dropped;		/* of char *: statements that drop existing
								 * tables and views */
	List	   *dropped_functions;	/* OIDs of trigger functions among them */

	/* see plan_trial.c */
	bool		keys_planned;	/* the steps of all keys are there */
	int			trial;			/* not begun, running, impossible */
	int			trial_level;	/* nesting of its subtransaction, or 0 */
	ResourceOwner outer_owner;	/* the one before it */
	char	   *untried;		/* why nothing can be tried, or NULL */
	List	   *steps[SFM_PHASES];	/* of SfmStep * */
} SfmPlan;

/* in cast.c */
extern bool sfm_cast_is_exact(Oid from, int32 from_typmod, Oid to,
							  int32 to_typmod);

/* in profiles.c */
extern SfmTableProfile *sfm_profile_mapped(const SfmMappedTable *table,
										   bool suggest,
										   SfmMappedColumn ***columns);

/* in plan.c */
extern const char *sfm_phase_name(SfmPhase phase);
extern void sfm_read_options(FunctionCallInfo fcinfo,
							 SfmMigrateOptions *options);
extern List *sfm_make_plan(const SfmMigrateOptions *options);
extern SfmStep *sfm_plan_step(SfmPlan *plan, SfmPhase phase,
							  SfmMappedTable *table, const char *object,
							  const char *statement, const char *note);
extern char *sfm_target_name(const SfmPlan *plan, const char *name);

/* in plan_relation.c: the mapping as the translation sees it */
extern SfmTranslation *sfm_plan_translation(SfmPlan *plan, Oid serverid,
											const char *sql);
extern SfmRelation *sfm_plan_relation(SfmTranslation *translation,
									  SfmMappedTable *table);
extern SfmScope *sfm_relation_scope(SfmRelation *relation, const char *alias,
									const char *sql);
extern char *sfm_plan_remarks(const SfmTranslation *translation);

/* in plan_trial.c: statements are tried before they stand in the plan */
extern void sfm_trial_end(SfmPlan *plan);
extern bool sfm_try_statement(SfmPlan *plan, List *relations,
							  const char *sql, char **problem);
extern bool sfm_try_trigger(SfmPlan *plan, List *relations,
							const SfmRelation *table, List *statements,
							char **problem);

/* in plan_views.c */
extern void sfm_plan_views(SfmPlan *plan);
extern SfmRelation *sfm_plan_view(SfmPlan *plan, SfmMappedTable *view);

/* in plan_triggers.c */
extern void sfm_plan_triggers(SfmPlan *plan);

/* in plan_table.c */
extern void sfm_plan_table(SfmPlan *plan, SfmMappedTable *table);
extern bool sfm_is_identity(const SfmMappedTable *table,
							const SfmMappedColumn *column);
extern char *sfm_type_name(Oid type, int32 typmod);

/* in plan_default.c */
extern char *sfm_default_clause(SfmPlan *plan, SfmMappedTable *table,
								const SfmMappedColumn *column, char **note);

/* in plan_generated.c */
extern char *sfm_generated_clause(SfmPlan *plan, SfmMappedTable *table,
								  const SfmMappedColumn *column, char **note);

/* in plan_checks.c */
extern SfmCreateTable *sfm_definition(SfmMappedTable *table);
extern char *sfm_definition_text(const SfmMappedTable *table,
								 const SfmNode *node);
extern char *sfm_constraint_name(SfmMappedTable *table, const SfmName *name);
extern List *sfm_plan_checks(SfmPlan *plan, SfmMappedTable *table);

/* in plan_notes.c */
extern void sfm_plan_notes(SfmPlan *plan, SfmMappedTable *table);

/* in plan_virtual.c */
extern bool sfm_is_fts(const SfmMappedTable *table);
extern char *sfm_plan_document(SfmPlan *plan, SfmMappedTable *table);
extern void sfm_plan_document_index(SfmPlan *plan, SfmMappedTable *table);
extern char *sfm_virtual_note(const SfmMappedTable *table, bool *lost);
extern void sfm_plan_absent(SfmPlan *plan);

/* in plan_indexes.c */
typedef struct SfmKeyColumns SfmKeyColumns;

extern bool sfm_index_is_plain(const SfmMappedTable *table,
							   const SfmIndex *index);
extern void sfm_plan_indexes(SfmPlan *plan, SfmMappedTable *table);

/* in plan_constraints.c */
extern int64 sfm_null_keys(SfmMappedTable *table);
extern void sfm_plan_keys(SfmPlan *plan, SfmMappedTable *table);

/* in plan_foreign_keys.c */
extern void sfm_plan_foreign_keys(SfmPlan *plan, SfmMappedTable *table);
extern List *sfm_load_order(const SfmPlan *plan);

/* in plan_existing.c */
extern char *sfm_existing_note(const SfmMappedTable *table);
extern void sfm_plan_existing_constraints(SfmPlan *plan);

/* in run.c */
extern void sfm_run(FunctionCallInfo fcinfo,
					const SfmMigrateOptions *options);
extern bool sfm_must_propagate(int sqlstate);
extern char *sfm_describe_error(const ErrorData *error);

/* in load.c */
extern SfmOnConflict sfm_parse_on_conflict(const char *word);
extern int	sfm_parse_on_bad_value(const char *word);

/* What a load did with bad values. */
typedef struct SfmLoadReport
{
	int64		nulled;			/* values that became NULL */
	int64		skipped;		/* rows left out */
} SfmLoadReport;

extern const SfmLoadReport *sfm_last_load(void);

/* in bulk_load.c */
extern const char *sfm_load_obstacle(Relation source, Relation target,
									 const AttrNumber *sources);
extern uint64 sfm_bulk_load(Relation source, Relation target,
							const AttrNumber *sources);

/* in rejects.c */
typedef struct SfmRejects SfmRejects;

extern SfmRejects *sfm_rejects_begin(Relation source, Relation target,
									 int on_bad_value);
extern void sfm_rejects_column(SfmRejects *rejects, Relation target,
							   Form_pg_attribute from, Form_pg_attribute to);
typedef uint64 (*SfmLoadFunction) (void *argument);
extern uint64 sfm_rejects_load(SfmRejects *rejects, SfmLoadFunction load,
							   void *argument, const char *extension_schema,
							   SfmLoadReport *report);
extern char *sfm_rejects_describe(int64 nulled, int64 skipped);

/* ------------------------------------------------------------------------
 * Small things that several files need (support.c)
 * ------------------------------------------------------------------------
 */
extern int	sfm_begin_settings(void);
extern void sfm_end_settings(int level);
typedef void (*SfmWork) (void *argument);

extern ErrorData *sfm_try(SfmWork work, void *argument, bool keep);
extern uint64 sfm_execute(const char *sql);
extern List *sfm_query_rows(const char *sql);
extern Datum sfm_query_value(const char *sql, Oid type, bool *isnull);
extern char *sfm_name_argument(FunctionCallInfo fcinfo, int n,
							   const char *argument);
extern Oid	sfm_schema_oid(const char *name, bool missing_ok);
extern char *sfm_qualified(Oid relid);
extern bool sfm_is_server(Oid serverid);

#endif							/* SFM_MIGRATE_H */
