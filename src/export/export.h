/*-------------------------------------------------------------------------
 *
 * export.h
 *	  The way back: the tables of a PostgreSQL schema in a new SQLite file.
 *
 * For src/export only.  Strings are in the database encoding; names are bare
 * and are quoted where they go into SQL.  "sqlite_name" is what a thing is
 * called in the file, which is its own name wherever SQLite can tell it from
 * others.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_EXPORT_H
#define SFM_EXPORT_H

#include "postgres.h"

#include "nodes/parsenodes.h"
#include "nodes/pg_list.h"
#include "utils/rel.h"

#include "compat.h"
#include "migrate/migrate.h"
#include "sqlite/new_file.h"
#include "value/value.h"

/* What the caller asked for. */
typedef struct SfmExportOptions
{
	char	   *schema;			/* as given */
	char	   *path;
	List	   *include;		/* LIKE patterns; NIL takes all tables */
	List	   *exclude;
	List	   *redact;			/* LIKE patterns on table.column */
	bool		overwrite;
	SfmBadValueAction on_bad_value;
	bool		views;
	bool		indexes;
	bool		foreign_keys;
} SfmExportOptions;

/*
 * What a value is once it is in SQLite, as far as expressions can see: two
 * values of one form compare there as they do in PostgreSQL, but for what is
 * said at sfm_shape_compares().
 */
typedef enum SfmShape
{
	SFM_SHAPE_OTHER,			/* no expression looks at it */
	SFM_SHAPE_INTEGER,
	SFM_SHAPE_BOOLEAN,			/* 0 and 1 */
	SFM_SHAPE_FLOAT,
	SFM_SHAPE_NUMERIC,			/* INTEGER, or a REAL that means its digits */
	SFM_SHAPE_TEXT,
	SFM_SHAPE_BPCHAR,			/* without the blanks that fill it up */
	SFM_SHAPE_CITEXT,
	SFM_SHAPE_ENUM,
	SFM_SHAPE_BYTES,
	SFM_SHAPE_UUID,
	SFM_SHAPE_DATE,				/* texts of one form that sort as moments do */
	SFM_SHAPE_TIME,
	SFM_SHAPE_TIMESTAMP,
	SFM_SHAPE_TIMESTAMPTZ
} SfmShape;

typedef struct SfmExportColumn
{
	char	   *name;
	char	   *sqlite_name;
	AttrNumber	attnum;

	/* what it is in PostgreSQL */
	Oid type;
	int32		typmod;
	Oid			collation;
	Oid			base_type;		/* "type", or what a domain stands on */
	int32		base_typmod;
	bool		not_null;
	bool		identity;
	bool		in_key;			/* of the primary key */
	char		generated;		/* attgenerated */

	/* what it is in SQLite */
	char	   *declared_type;
	SfmAffinity affinity;
	SfmShape	shape;
	bool		nocase;
	bool		digits;			/* numeric as TEXT: no REAL would hold it */
	char	   *default_sql;	/* or NULL */
	char	   *generated_sql;	/* computed by SQLite, or NULL */
	char	   *redacted;		/* the literal that stands for all values, or
								 * NULL */
} SfmExportColumn;

typedef struct SfmExportTable
{
	Oid			relid;
	char	   *name;
	char	   *sqlite_name;
	char		relkind;
	bool		only;			/* child tables are exported by themselves */
	bool		secured;		/* row-level security is on for the caller */
	Relation	relation;		/* open and locked until the end */

	int			ncolumns;
	SfmExportColumn *columns;
	int			rowid_column;	/* place of the INTEGER PRIMARY KEY, or -1 */
	Oid			sequence;		/* that counts it, or InvalidOid */

	List	   *clauses;		/* of char *: constraints of CREATE TABLE */
	List	   *keys;			/* OIDs of unique indexes that the file has */
	List	   *indexes;		/* of char *: CREATE INDEX */
	bool		invalid_key;	/* a foreign key that rows may break */

	/* the result */
	uint64		rows;
	uint64		skipped;		/* left out for a bad value */
	uint64		nulled;			/* values that are NULL for being bad */
	List	   *notes;			/* of char * */
} SfmExportTable;

typedef struct SfmExportView
{
	Oid			relid;
	char	   *name;
	char	   *sqlite_name;
	int			ncolumns;
	char	  **columns;		/* names in SQLite */
	SfmShape   *shapes;
	bool		planned;		/* its turn has come ... */
	bool		made;			/* ... and it is in the file */
	const char *note;
} SfmExportView;

/* What is no table, and why it stays behind. */
typedef struct SfmExportNote
{
	char	   *object;
	char	   *note;
} SfmExportNote;

typedef struct SfmExport
{
	const SfmExportOptions *options;
	Oid			schema;
	SfmNewFile *file;
	List	   *names;			/* of char *: taken ones, tables and indexes */
	List	   *tables;			/* of SfmExportTable *, by name */
	List	   *views;			/* of SfmExportView *, in the order they are
								 * made */
	List	   *notes;			/* of SfmExportNote * */
} SfmExport;

/* in names.c */
extern char *sfm_export_name(List **taken, const char *name,
							 bool is_relation);

/* in relations.c */
extern void sfm_find_relations(SfmExport *export);
extern SfmExportTable *sfm_exported_table(const SfmExport *export, Oid relid);
extern SfmExportView *sfm_exported_view(const SfmExport *export, Oid relid);
extern SfmExportColumn *sfm_exported_column(const SfmExportTable *table,
											AttrNumber attnum);
extern void sfm_note(SfmExportTable *table, const char *format,...) pg_attribute_printf(2, 3);
extern void sfm_note_object(SfmExport *export, const char *object,
							const char *note);

/* in columns.c */
extern void sfm_describe_columns(SfmExport *export, SfmExportTable *table);
extern void sfm_describe_values(SfmExport *export, SfmExportTable *table);
extern char *sfm_column_clause(const SfmExportTable *table,
							   const SfmExportColumn *column);
extern void sfm_check_redact(const SfmExport *export);
extern bool sfm_is_over_redacted(const SfmExportTable *table, Node *node);

/* in types.c */
extern SfmShape sfm_type_shape(Oid base_type);
extern char *sfm_declare(Oid base_type, int32 typmod, bool digits);
extern bool sfm_shape_compares(SfmShape shape, Oid collation, bool order);
extern char *sfm_redacted_literal(SfmShape shape, Oid base_type);
extern List *sfm_enum_labels(Oid type);

/* in literal.c */
extern char *sfm_quote_literal_sqlite(const char *string);
extern char *sfm_value_sql(const SfmValue *value);
extern char *sfm_constant_sql(SfmShape shape, const Const *constant,
							  const char **refusal);

/* in constraints.c */
extern void sfm_describe_key(SfmExport *export, SfmExportTable *table);
extern void sfm_describe_constraints(SfmExport *export, SfmExportTable *table);
extern void sfm_describe_foreign_keys(SfmExport *export,
									  SfmExportTable *table);

/* in indexes.c */
extern void sfm_describe_indexes(SfmExport *export, SfmExportTable *table);

/*
 * in expression.c: an expression of PostgreSQL as SQLite computes it.  See
 * there for what "the same" means.
 */
typedef struct SfmExpression
{
	const SfmExport *export;
	const SfmExportTable *table;	/* that the Vars are of, or NULL */
	struct SfmExportQuery *query;	/* else the query */
	const char *value;			/* for a domain's VALUE, or NULL */
	const char *case_value;		/* of CASE x WHEN, or NULL */
	bool		loose;			/* of an index that is not unique: any
								 * function of the row will do */
	int			depth;
	const char *refusal;		/* why it cannot be done */
	const char *remark;			/* what is not quite the same, with "loose" */
} SfmExpression;

extern char *sfm_export_sql(SfmExpression *expression, Node *node);
extern void sfm_export_node(SfmExpression *expression, Node *node,
							StringInfo out);
extern void sfm_export_refuse(SfmExpression *expression, const char *reason);
extern void sfm_export_call(SfmExpression *expression, FuncExpr *call,
							StringInfo out);
extern bool sfm_export_like(SfmExpression *expression, OpExpr *op,
							StringInfo out);
extern SfmShape sfm_expression_shape(const SfmExpression *expression,
									 Node *node);
extern Node *sfm_fold(Node *node);

/* in views.c */
extern void sfm_make_views(SfmExport *export);
extern void sfm_export_query_column(SfmExpression *expression, Var *var, bool whole,
									StringInfo out);
extern SfmShape sfm_export_query_shape(const SfmExpression *expression, Var *var);
extern void sfm_export_query_call(SfmExpression *expression, Aggref *call,
								  StringInfo out);

/* in rows.c */
extern bool sfm_column_fits(SfmExport *export, SfmExportTable *table,
							const SfmExportColumn *column);
extern void sfm_copy_rows(SfmExport *export, SfmExportTable *table);

/* in notes.c */
extern void sfm_find_notes(SfmExport *export, SfmExportTable *table);
extern void sfm_find_other_objects(SfmExport *export);

#endif							/* SFM_EXPORT_H */
