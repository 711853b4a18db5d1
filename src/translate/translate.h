/*-------------------------------------------------------------------------
 *
 * translate.h
 *	  From the tree of SQLite's SQL (sqlite/syntax.h) to PostgreSQL's SQL.
 *
 * Room src/translate: it knows src/sqlite and src/value, and nothing of
 * foreign tables or plans.  Whoever translates gives an SfmTranslation, which
 * says how to find relations; what comes out is text that any session can run:
 * every name qualified and quoted, every literal in a form that no setting
 * changes.
 *
 * SQLite's values have their types at run time, PostgreSQL's expressions at
 * parse time.  So each translated expression (SfmSql) says two things: its
 * PostgreSQL type, and its *class*: which values SQLite would have in its
 * place.  A translation is made only where both sides compute the same from
 * the same data; where the class is not known well enough, or no equal
 * expression exists, it is refused:
 *
 *		sfm_refuse(translation, node, "GLOB with a pattern that is no literal");
 *
 * notes the first reason and lets the caller go on: functions then return
 * something harmless (sfm_null()), and whoever began looks at
 * translation->problem in the end.  No error is raised for what cannot be
 * translated.
 *
 * What SQLite's columns hold after the migration is in their PostgreSQL type:
 * 0/1 as boolean, texts as timestamp, uuid, jsonb.  Such an expression has the
 * class of what SQLite had there and the type of what PostgreSQL has;
 * sfm_as_*() turn one into the other.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_TRANSLATE_H
#define SFM_TRANSLATE_H

#include "postgres.h"

#include "nodes/pg_list.h"

#include "compat.h"
#include "sqlite/syntax.h"
#include "value/value.h"

/* ------------------------------------------------------------------------
 * Relations: tables and views as the translation sees them
 * ------------------------------------------------------------------------
 */

/* "Datatypes In SQLite", section 7. */
typedef enum SfmCollationKind
{
	SFM_COLLATION_BINARY,
	SFM_COLLATION_NOCASE,		/* ASCII letters fold */
	SFM_COLLATION_RTRIM,		/* blanks at the end do not count */
	SFM_COLLATION_UNKNOWN		/* a name that SQLite itself does not know */
} SfmCollationKind;

/*
 * The class of an expression: what SQLite has in its place.  NULL may always
 * occur besides.
 */
typedef enum SfmClass
{
	SFM_CLASS_NULL,				/* nothing but NULL */
	SFM_CLASS_INTEGER,
	SFM_CLASS_REAL,
	SFM_CLASS_NUMBER,			/* INTEGER or REAL; of a column with NUMERIC
								 * affinity INTEGER exactly if integral, see
								 * SfmSql.integral_is_integer */
	SFM_CLASS_TEXT,
	SFM_CLASS_BLOB,
	SFM_CLASS_ANY				/* not known */
} SfmClass;

/* How the texts or numbers of a column that became a date or time look. */
typedef enum SfmForm
{
	SFM_FORM_UNKNOWN,			/* not looked at yet */
	SFM_FORM_EMPTY,				/* no value: anything may be assumed, unless
								 * the translation is "lasting"; of a boolean
								 * column, too */
	SFM_FORM_DATE,				/* YYYY-MM-DD */
	SFM_FORM_TIME,				/* HH:MM:SS, with or without fraction */
	SFM_FORM_BLANK,				/* YYYY-MM-DD HH:MM:SS */
	SFM_FORM_BLANK_FRACTION,	/* the same with a fraction in some or all */
	SFM_FORM_T,					/* YYYY-MM-DDTHH:MM:SS */
	SFM_FORM_T_FRACTION,
	SFM_FORM_NUMBER,			/* numbers: what they mean is in "epoch" */
	SFM_FORM_CANONICAL,			/* uuid: lower case with hyphens */
	SFM_FORM_OTHER				/* mixed, or something else */
} SfmForm;

struct SfmRelation;

typedef struct SfmRelationColumn
{
	char	   *sqlite_name;
	char	   *name;			/* PostgreSQL's, bare; NULL: it has none */
	Oid			type;
	int32		typmod;
	SfmClass	class;			/* what SQLite stores there */
	SfmAffinity affinity;
	bool		has_affinity;	/* false for a view's column that is an
								 * expression without one */
	int			affinities;		/* see SfmSql */
	SfmCollationKind collation;	/* SQLite's */
	bool		not_null;		/* in PostgreSQL */
	bool		generated;		/* GENERATED ALWAYS in SQLite */
	bool		is_json_value;	/* jsonb that stands for a value of class ANY,
								 * NULL for null: of json_each() */
	SfmEpoch	epoch;			/* of numbers in a date/time column */
	SfmForm		form;			/* ask sfm_column_form() */
	char	   *true_text;		/* of a boolean column that has texts in
								 * SQLite: those; else NULL */
	char	   *false_text;
} SfmRelationColumn;

/* A table or view of the target schema, or of the statement (subquery, CTE). */
typedef struct SfmRelation
{
	char	   *sqlite_name;
	char	   *sql;			/* PostgreSQL's: qualified and quoted, or a bare
								 * quoted CTE name */
	int			ncolumns;		/* in SQLite's order */
	SfmRelationColumn *columns;
	int			rowid_column;	/* place of the INTEGER PRIMARY KEY, or -1 */
	bool		has_rowid;		/* "rowid" names something in SQLite */
	List	   *keys;			/* of Bitmapset *: places of the columns of
								 * PRIMARY KEY (first) and UNIQUE keys and
								 * indexes that PostgreSQL will have, too */
	bool		has_primary_key;	/* the first of "keys" is a PRIMARY KEY */
	bool		is_view;

	/*
	 * A table of FTS3, FTS4 or FTS5: the column at "rowid_column" is the
	 * rowid of the index, sqlite_name "docid" (FTS5: "rowid"); it comes last
	 * and counts only where it is named.
	 */
	bool		is_fts;
	bool		has_triggers;	/* of any kind in SQLite */
	void	   *owner;			/* the caller's */
} SfmRelation;

typedef struct SfmTranslation
{
	/*
	 * Finds a table or view of the SQLite schema; NULL if there is none or
	 * it does not move, after sfm_refuse().  "schema" is NULL or as written.
	 */
	SfmRelation *(*find_relation) (struct SfmTranslation *translation,
								   const SfmName *schema, const SfmName *name);

	/* Looks at the data of a column; may be NULL (then SFM_FORM_OTHER). */
	SfmForm		(*column_form) (struct SfmTranslation *translation,
								SfmRelation *relation, int column);
	void	   *context;		/* the caller's */

	const char *sql;			/* the text that is translated, or NULL: for
								 * messages */
	const char *extension_schema;	/* of our compatibility functions, bare */
	bool		immutable;		/* only immutable expressions: CHECK (where
								 * PostgreSQL asks for it by custom), generated
								 * columns, indexes */
	bool		lasting;		/* rules for rows to come (CHECK, triggers,
								 * generated columns, indexes): how the texts
								 * of a column without data look is not known */

	/* the outcome */
	char	   *problem;		/* why it is refused, or NULL */
	List	   *relations;		/* of SfmRelation *: all that were found */
	List	   *remarks;		/* of char *: what the user should know of a
								 * translation that was made */

	int			nnames;			/* for sfm_new_name() */
	bool		filter;			/* the comparison that is next may give NULL
								 * for false: set by sfm_translate_filter() */
	struct SfmCteList *ctes;	/* in scope, of queries */
} SfmTranslation;

/* ------------------------------------------------------------------------
 * A translated expression
 * ------------------------------------------------------------------------
 */

/* SfmSql.affinities */
#define SFM_MAY_BE_NONE			1
#define SFM_MAY_BE_TEXT			2
#define SFM_MAY_BE_NUMERIC		4

typedef struct SfmSql
{
	char	   *sql;
	bool		atomic;			/* needs no parentheses as an operand */

	Oid			type;			/* PostgreSQL's; UNKNOWNOID for NULL */
	int32		typmod;
	SfmClass	class;			/* SQLite's */
	bool		integral_is_integer;	/* NUMBER straight from a column with
										 * NUMERIC affinity: INTEGER exactly if
										 * integral */
	char	   *is_integer;		/* another NUMBER: the condition under which
								 * it is INTEGER; NULL: not known */

	/* for comparisons: "Datatypes In SQLite", sections 4.2 and 7.1 */
	bool		has_affinity;	/* a column, or CAST */
	SfmAffinity affinity;
	int			affinities;		/* a column of a compound whose SELECTs have
								 * different ones: which, as SFM_MAY_BE_...;
								 * which of them counts is not defined */
	SfmCollationKind collation;
	int			collation_strength; /* 0 none, 1 a column's, 2 COLLATE */

	/* where it comes from, or NULL */
	SfmRelation *relation;
	int			column;
	const SfmLiteral *literal;	/* it is this literal (sign: "negated") */
	bool		negated;

	/*
	 * For texts that are a moment (date functions, CURRENT_TIMESTAMP): the
	 * same as timestamp without time zone, date or time, and how the text
	 * looks.  NULL if there is none.
	 */
	char	   *moment;
	Oid			moment_type;
	SfmForm		form;			/* also of an expression that has a date/time
								 * type and is no column; ask
								 * sfm_expression_form() */
	SfmEpoch	epoch;			/* with SFM_FORM_NUMBER */
	const char *true_text;		/* type boolean and class TEXT: the texts in */
	const char *false_text;		/* SQLite, or NULL: not known */

	/*
	 * JSON functions (function_json.c).  "json" is, where the class is ANY, the
	 * value as jsonb, and NULL where SQLite has NULL: see sfm_compare_json()
	 * and sfm_json_condition().  "is_json" is SQLite's subtype: the text of
	 * JSON, that other JSON functions do not quote.
	 */
	char	   *json;
	bool		is_json;
	bool		json_is_equal;	/* "json" is equal where SQLite's values are */

	/*
	 * The class is ANY, and "sql" is the text of a number, or a text: see
	 * sfm_unify().  A number and its text count as the same here, which is
	 * right where a text is wanted, and wrong in comparisons.
	 */
	bool		any_as_text;

	/*
	 * A text of nothing but digits, as strftime('%s') makes it: the same as
	 * bigint, and an INTEGER where SQLite wants a number.  It counts only as
	 * long as "sql" is the very string that "digits_sql" points to.
	 */
	char	   *digits;
	const char *digits_sql;

	/*
	 * How tightly the text binds, an SFM_BINDS_...; it counts only as long as
	 * "sql" is the very string that "bound_sql" points to.
	 */
	int			binds;
	const char *bound_sql;

	bool		not_null;		/* surely */
	bool		volatile_;		/* changes from call to call: random(), 'now' */
} SfmSql;

/* ------------------------------------------------------------------------
 * Scopes: which columns a name can mean
 * ------------------------------------------------------------------------
 */

/* One source of a FROM, or NEW/OLD of a trigger. */
typedef struct SfmScopeSource
{
	char	   *alias;			/* SQLite's name of it in the statement */
	char	   *sql;			/* how columns are qualified; NULL: bare */
	SfmRelation *relation;
	bool		nullable;		/* right side of an outer join */
	List	   *merged;			/* of char *: SQLite's names of columns that
								 * USING or NATURAL took from it: found only
								 * with the alias */
	bool		qualified_only; /* NEW, OLD, EXCLUDED: found only with the
								 * alias.  Sources with these names are so in
								 * any case where the scope is in_trigger. */
} SfmScopeSource;

/* A result column that WHERE, GROUP BY and ORDER BY may name. */
typedef struct SfmScopeAlias
{
	char	   *name;
	SfmNode    *expression;		/* translated again where it is named */
} SfmScopeAlias;

typedef struct SfmScope
{
	struct SfmScope *outer;		/* of the statement around, or NULL */
	List	   *sources;		/* of SfmScopeSource * */
	List	   *aliases;		/* of SfmScopeAlias *; used if no column fits */
	bool		aggregates;		/* aggregate functions are allowed here */
	bool		in_aggregate;	/* inside the arguments of one */
	bool		has_aggregate;	/* out: one was found */

	/*
	 * Aggregate query: what a column outside all aggregates becomes.  NULL:
	 * stays as it is.  See query.c.
	 */
	SfmSql	   *(*bare_column) (SfmTranslation *translation,
								struct SfmScope *scope, SfmSql *column);
	void	   *group;			/* for bare_column */

	/* trigger: RAISE() is refused unless this says otherwise (trigger.c) */
	bool		in_trigger;
} SfmScope;

/* ------------------------------------------------------------------------
 * translation.c: context, text, names
 * ------------------------------------------------------------------------
 */
extern void sfm_refuse(SfmTranslation *translation, const void *node,
					   const char *format,...) pg_attribute_printf(3, 4);
extern void sfm_remark(SfmTranslation *translation, const char *format,...)
			pg_attribute_printf(2, 3);
extern char *sfm_new_name(SfmTranslation *translation, const char *prefix);
extern SfmForm sfm_column_form(SfmTranslation *translation,
							   SfmRelation *relation, int column);
extern bool sfm_same_name(const char *a, const char *b);	/* ASCII case folded */
extern SfmCollationKind sfm_collation_kind(const char *name);
extern char *sfm_compat_function(const SfmTranslation *translation,
								 const char *name); /* qualified, quoted */

extern char *sfm_excerpt(const SfmTranslation *translation,
						 const SfmNode *node);	/* for messages */

/*
 * literal.c: literals, and the numbers that SQLite reads in texts.  Each gives
 * an SfmSql with "literal" set.
 */
extern SfmSql *sfm_literal_sql(SfmTranslation *translation,
							   const SfmLiteral *literal, bool negated);
extern SfmSql *sfm_integer_sql(int64 value);
extern SfmSql *sfm_real_sql(double value);
extern SfmSql *sfm_text_sql(const char *text);
extern SfmSql *sfm_truth_sql(bool value);	/* true, false; literal 1, 0 */
/* a number that a literal is; a REAL in *real, else *integer */
extern bool sfm_literal_number(const SfmSql *expression, bool *is_integer,
							   int64 *integer, double *real);
/* the number a text is for SQLite, or begins with; NULL if there is none */
extern SfmSql *sfm_number_in_text(const char *text, bool whole);

/* scope.c: resolves names as SQLite does ("sqlite3ResolveExprNames") */
extern SfmSql *sfm_translate_column(SfmTranslation *translation,
									SfmScope *scope, const SfmColumnRef *node);

/* ------------------------------------------------------------------------
 * expression.c: the entry for one expression, and what makes an SfmSql
 * ------------------------------------------------------------------------
 */
extern SfmSql *sfm_translate_expression(SfmTranslation *translation,
										SfmScope *scope, const void *node);
/*
 * a condition of which only counts whether it is true: WHERE, ON, WHEN, IF;
 * NULL and false are the same in it
 */
extern SfmSql *sfm_translate_filter(SfmTranslation *translation,
									SfmScope *scope, const void *node);
extern SfmSql *sfm_null(void);
extern SfmSql *sfm_make_sql(char *sql, bool atomic, Oid type, SfmClass class);
extern const char *sfm_operand(const SfmSql *expression);	/* in parentheses
															 * unless atomic */
/* the same, but without parentheses if it binds at least that tightly */
#define SFM_BINDS_OR			1
#define SFM_BINDS_AND			2
#define SFM_BINDS_NOT			3
#define SFM_BINDS_COMPARISON	4	/* = IS LIKE IN BETWEEN */
#define SFM_BINDS_OPERATOR		5	/* || & | */
#define SFM_BINDS_ADD			6
#define SFM_BINDS_MULTIPLY		7
extern const char *sfm_operand_of(const SfmSql *expression, int binds);
extern SfmSql *sfm_bind(SfmSql *expression, int binds);	/* the argument */
/* a value made of others that is no column: relation, literal, affinity gone */
extern SfmSql *sfm_plain_copy(const SfmSql *expression);

/*
 * coerce.c: the same value, with another PostgreSQL type.  Each refuses where
 * SQLite would compute something that PostgreSQL does not.  The result is a
 * fresh SfmSql, or the argument.
 */
/* a boolean, as WHERE, CHECK and WHEN want it: 0 and NULL are not true */
extern SfmSql *sfm_as_condition(SfmTranslation *translation, const void *node,
								SfmSql *expression);

/* as the value SQLite has: boolean -> 0/1 (integer), timestamp, uuid and
 * jsonb -> text or number in the form the column had */
extern SfmSql *sfm_as_stored(SfmTranslation *translation, const void *node,
							 SfmSql *expression);

/* as an operand of + - * / % and of numeric functions */
extern SfmSql *sfm_as_number(SfmTranslation *translation, const void *node,
							 SfmSql *expression);

/* a text of digits, see SfmSql.digits; sfm_as_number() makes it an INTEGER */
extern bool sfm_is_digits(const SfmSql *expression);

/* as SQLite's CAST(x AS TEXT): what || and text functions take */
extern SfmSql *sfm_as_text(SfmTranslation *translation, const void *node,
						   SfmSql *expression);

/* a moment for date functions: type timestamp; columns of date/time types as
 * they are, texts and numbers as SQLite reads them */
extern SfmSql *sfm_as_moment(SfmTranslation *translation, const void *node,
							 SfmSql *expression);

/* what arrives if SQLite stores the value in a column: affinity applied, then
 * the column's type; for DEFAULT, INSERT, UPDATE, generated columns */
extern SfmSql *sfm_as_column(SfmTranslation *translation, const void *node,
							 SfmSql *expression,
							 const SfmRelationColumn *column);

/*
 * Gives several expressions that stand for the same thing (CASE results,
 * COALESCE, UNION columns, IN lists without affinity) one type, in place.
 */
extern void sfm_unify(SfmTranslation *translation, const void *node,
					  SfmSql **expressions, int n);

/* how a date/time, uuid ... looked in SQLite, column or not */
extern SfmForm sfm_expression_form(SfmTranslation *translation,
								   const SfmSql *expression);

/*
 * As a result column that others read: bigint rather than integer, 0/1 rather
 * than a comparison's boolean, double precision for real literals.  A column
 * stays as it is.
 */
extern SfmSql *sfm_as_result(SfmTranslation *translation, const void *node,
							 SfmSql *expression);

/* for ORDER BY, min(), max(), window frames: SQLite's order ("C", NOCASE) */
extern char *sfm_as_sort_key(SfmTranslation *translation, const void *node,
							 SfmSql *expression);

/* comparison.c: = <> < <= > >= IS of two values */
extern SfmSql *sfm_compare(SfmTranslation *translation, const void *node,
						   SfmOperator operator, SfmSql *left, SfmSql *right);

/*
 * The same, taken apart, for those who make IN, BETWEEN, CASE or row values of
 * it: "left operator right", or only "whole" where it is nothing so simple.
 */
typedef struct SfmComparison
{
	char	   *left;
	char	   *right;
	const char *operator;
	char	   *whole;			/* always there */
	bool		atomic;			/* of "whole" */
	int			binds;			/* of "whole" */
	bool		not_null;
} SfmComparison;

extern bool sfm_compare_parts(SfmTranslation *translation, const void *node,
							  SfmOperator operator, const SfmSql *left,
							  const SfmSql *right, SfmComparison *result);

/* the same answer for all values that are not NULL */
extern void sfm_constant_comparison(SfmOperator operator, bool answer,
									const SfmSql *left, const SfmSql *right,
									SfmComparison *result);
extern void sfm_plain_comparison(SfmOperator operator, const SfmSql *left,
								 const SfmSql *right, const char *left_sql,
								 const char *right_sql, SfmComparison *result);

/* compare_moment.c: the same where a side is a date or time; sets *done */
extern bool sfm_compare_moments(SfmTranslation *translation, const void *node,
								SfmOperator operator, const SfmSql *left,
								const SfmSql *right, SfmComparison *result,
								bool *done);

/* predicate.c: nodes with = < IS ..., BETWEEN, IN, LIKE, GLOB, CASE */
extern SfmSql *sfm_translate_comparison(SfmTranslation *translation,
										SfmScope *scope,
										const SfmBinary *node);
extern SfmSql *sfm_translate_between(SfmTranslation *translation,
									 SfmScope *scope, const SfmBetween *node);
extern SfmSql *sfm_translate_in(SfmTranslation *translation, SfmScope *scope,
								const SfmIn *node);
extern SfmSql *sfm_translate_like(SfmTranslation *translation,
								  SfmScope *scope, const SfmLike *node);
extern SfmSql *sfm_translate_case(SfmTranslation *translation,
								  SfmScope *scope, const SfmCase *node);

/* function_json.c: -> and ->> */
extern SfmSql *sfm_translate_arrow(SfmTranslation *translation,
								   SfmScope *scope, const SfmBinary *node);
/* a comparison, and a condition, of class ANY with "json" on one side */
extern SfmSql *sfm_compare_json(SfmTranslation *translation, const void *node,
								SfmOperator operator, SfmSql *left,
								SfmSql *right);
/* a value as jsonb, for SfmSql.json; NULL if there is no equal one */
extern char *sfm_json_value(SfmTranslation *translation, const void *node,
							const SfmSql *expression);
/* "json" of a choice among values; "text" is what stands before each */
extern char *sfm_json_choice(SfmSql **values, int n, char *const *text,
							 const char *end);
/* json_each(document[, path]) as a relation; its text behind FROM in *text */
extern SfmRelation *sfm_json_each(SfmTranslation *translation, SfmScope *scope,
								  const SfmSource *source, char **text);
/* a column with is_json_value as the value that it stands for */
extern SfmSql *sfm_json_column(SfmTranslation *translation, SfmSql *column);
extern char *sfm_json_sort_key(const SfmSql *expression);
extern SfmSql *sfm_json_condition(SfmTranslation *translation,
								  const void *node, const SfmSql *expression);

/* function.c: calls, scalar, aggregate and window; casts; date functions in
 * function_date.c, JSON in function_json.c */
extern SfmSql *sfm_translate_call(SfmTranslation *translation,
								  SfmScope *scope, const SfmCall *node);
extern bool sfm_is_aggregate(const SfmCall *node);
extern SfmSql *sfm_translate_cast(SfmTranslation *translation,
								  SfmScope *scope,
								  const SfmCastExpression *node);

/* ------------------------------------------------------------------------
 * query.c: SELECT
 * ------------------------------------------------------------------------
 */
typedef struct SfmQuery
{
	char	   *sql;			/* without parentheses and semicolon */
	int			ncolumns;
	SfmSql	  **columns;		/* type, class, affinity of each; "sql" of them
								 * means nothing outside */
	SfmSql	  **last;			/* those of the last SELECT of a compound */
	char	  **names;			/* SQLite's names of them */
	char	  **postgres_names; /* what "sql" calls them */
	bool		has_limit;		/* ends with LIMIT or OFFSET */
	bool		single;			/* surely at most one row: where SQLite takes
								 * the first row of a subquery, PostgreSQL
								 * needs LIMIT 1 unless it is so */
} SfmQuery;

/*
 * "types", if not NULL, has an Oid for each result column to be cast to (a
 * view's columns, whose types are known), InvalidOid where there is no wish;
 * it is heeded only for columns whose class is not known or that are JSON.
 * "names", if not NULL, are PostgreSQL's names for the result columns.
 */
extern SfmQuery *sfm_translate_select(SfmTranslation *translation,
									  SfmScope *outer, const SfmSelect *select,
									  const Oid *types, char *const *names);

/* a name as a source of FROM or IN: first the common table expressions in
 * scope, then translation->find_relation() */
extern SfmRelation *sfm_find_relation(SfmTranslation *translation,
									  const SfmName *schema,
									  const SfmName *name);

/* a subquery as a relation that others may name */
extern SfmRelation *sfm_query_relation(const SfmQuery *query,
									   const char *sqlite_name, char *sql);

/* FROM, for SELECT and UPDATE ... FROM: adds to the scope, returns the text */
extern char *sfm_translate_from(SfmTranslation *translation, SfmScope *scope,
								List *sources);

/* ------------------------------------------------------------------------
 * visit.c: all nodes of an expression or a statement
 * ------------------------------------------------------------------------
 */
/* true: found, stop.  "descend" is true; false leaves out what is below. */
typedef bool (*SfmVisitor) (const SfmNode *node, void *context, bool *descend);

extern bool sfm_visit(const void *node, SfmVisitor visit, void *context);
extern bool sfm_visit_list(const List *nodes, SfmVisitor visit, void *context);
extern bool sfm_contains(const void *node, SfmNodeKind kind);
extern bool sfm_contains_aggregate(const void *node);	/* not in subqueries */

/* ------------------------------------------------------------------------
 * statement.c: INSERT, UPDATE, DELETE;  trigger.c: CREATE TRIGGER
 * ------------------------------------------------------------------------
 */

/* a list of char *: one after the other they do the same; it may be empty */
extern List *sfm_translate_statement(SfmTranslation *translation,
									 SfmScope *scope,
									 const SfmNode *statement);

/*
 * Stands in a comment at the beginning of the body of every function that is
 * made for a trigger: by it they are known again.
 */
#define SFM_TRIGGER_MARK "translated by sqlite_fdw_migrate"

typedef struct SfmTriggerText
{
	char	   *function;		/* CREATE FUNCTION ... */
	char	   *trigger;		/* CREATE TRIGGER ... */
	List	   *statements;		/* of char *: each statement and condition of
								 * the body alone (conditions as "SELECT ..."),
								 * to be analysed with NEW and OLD */
} SfmTriggerText;

/*
 * "name" and "function" are PostgreSQL's names, "function" qualified and
 * quoted; "recurses" says that the body may fire the trigger again, which
 * SQLite does not do.
 */
extern bool sfm_translate_trigger(SfmTranslation *translation,
								  const SfmCreateTrigger *trigger,
								  const char *name, const char *function,
								  bool recurses, SfmTriggerText *result);

#endif							/* SFM_TRANSLATE_H */
