/*-------------------------------------------------------------------------
 *
 * syntax.h
 *	  The tree of a statement of SQLite's schema.
 *
 * sfm_parse() reads the SQL text of one row of sqlite_schema: CREATE TABLE,
 * VIRTUAL TABLE, INDEX, VIEW or TRIGGER, with all that may stand inside.
 * sfm_parse_expression() reads one expression, for instance a DEFAULT as
 * PRAGMA table_info gives it.
 *
 *		char	   *error;
 *		SfmNode    *node = sfm_parse(sql, &error);
 *
 *		if (node == NULL)
 *			... "error" says why
 *		else if (node->kind == SFM_NODE_CREATE_TABLE)
 *			... (SfmCreateTable *) node
 *
 * Both accept what SQLite's own parser accepts, and refuse what it calls a
 * syntax error; some of what SQLite refuses later (an unknown column, say)
 * has a tree.  Nothing is looked up: a name is a name, TRUE is a column
 * reference, and "x" in double quotes is a column reference whose name has the
 * quote SFM_QUOTE_DOUBLE.
 *
 * Every node begins with an SfmNode: its kind, and which bytes of the text it
 * was read from.  Parentheses around an expression belong to no node.  All is
 * palloc'd in CurrentMemoryContext.
 *
 * A tree can be deep; whoever walks it calls check_stack_depth().
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_SYNTAX_H
#define SFM_SYNTAX_H

#include "postgres.h"

#include "nodes/pg_list.h"

typedef enum SfmNodeKind
{
	SFM_NODE_NAME,

	/* expressions */
	SFM_NODE_LITERAL,
	SFM_NODE_VARIABLE,
	SFM_NODE_COLUMN_REF,
	SFM_NODE_UNARY,
	SFM_NODE_BINARY,
	SFM_NODE_LIKE,
	SFM_NODE_BETWEEN,
	SFM_NODE_IN,
	SFM_NODE_CASE,
	SFM_NODE_WHEN,
	SFM_NODE_CAST,
	SFM_NODE_COLLATE,
	SFM_NODE_CALL,
	SFM_NODE_ROW,
	SFM_NODE_SUBQUERY,
	SFM_NODE_RAISE,

	/* parts of queries */
	SFM_NODE_SELECT,
	SFM_NODE_SELECT_CORE,
	SFM_NODE_RESULT_COLUMN,
	SFM_NODE_SOURCE,
	SFM_NODE_ORDER_TERM,
	SFM_NODE_WITH,
	SFM_NODE_CTE,
	SFM_NODE_WINDOW,
	SFM_NODE_FRAME_BOUND,

	/* statements of a trigger, besides SELECT */
	SFM_NODE_INSERT,
	SFM_NODE_UPSERT,
	SFM_NODE_UPDATE,
	SFM_NODE_SET,
	SFM_NODE_DELETE,

	/* the schema */
	SFM_NODE_TYPE,
	SFM_NODE_COLUMN_DEF,
	SFM_NODE_CONSTRAINT,
	SFM_NODE_CREATE_TABLE,
	SFM_NODE_CREATE_VIRTUAL,
	SFM_NODE_CREATE_INDEX,
	SFM_NODE_CREATE_VIEW,
	SFM_NODE_CREATE_TRIGGER
} SfmNodeKind;

typedef struct SfmNode
{
	SfmNodeKind kind;
	int			position;		/* first byte of it in the text, from 0 */
	int			end;			/* byte behind its last one */
	int			depth;			/* of the expression below it; others: 0 */
} SfmNode;

/* How a name was written. */
typedef enum SfmQuote
{
	SFM_QUOTE_NONE,				/* bare */
	SFM_QUOTE_DOUBLE,			/* "x": in an expression a string where no
								 * column has the name */
	SFM_QUOTE_OTHER,			/* `x` or [x]: surely a name */
	SFM_QUOTE_SINGLE			/* 'x', where only a name can stand */
} SfmQuote;

typedef struct SfmName
{
	SfmNode		node;
	char	   *text;			/* without quotes, letters as written */
	SfmQuote	quote;
} SfmName;

/* ------------------------------------------------------------------------
 * Expressions
 * ------------------------------------------------------------------------
 */
typedef enum SfmLiteralKind
{
	SFM_LITERAL_NULL,
	SFM_LITERAL_INTEGER,		/* decimal or 0x..., of any length */
	SFM_LITERAL_FLOAT,
	SFM_LITERAL_STRING,
	SFM_LITERAL_BLOB,			/* text: hexadecimal digits */
	SFM_LITERAL_CURRENT_DATE,
	SFM_LITERAL_CURRENT_TIME,
	SFM_LITERAL_CURRENT_TIMESTAMP
} SfmLiteralKind;

typedef struct SfmLiteral
{
	SfmNode		node;
	SfmLiteralKind kind;
	char	   *text;
} SfmLiteral;

/* A parameter; SQLite takes none in a schema, but its grammar does. */
typedef struct SfmVariable
{
	SfmNode		node;
	char	   *text;			/* ?1, :a ... */
} SfmVariable;

typedef struct SfmColumnRef
{
	SfmNode		node;
	SfmName    *schema;			/* or NULL */
	SfmName    *table;			/* or NULL; also NEW, OLD, EXCLUDED */
	SfmName    *column;
} SfmColumnRef;

typedef enum SfmOperator
{
	/* unary, written before */
	SFM_OP_NOT,
	SFM_OP_BIT_NOT,
	SFM_OP_NEGATE,
	SFM_OP_PLUS,
	/* unary, written behind */
	SFM_OP_IS_NULL,				/* ISNULL; "IS NULL" is SFM_OP_IS */
	SFM_OP_NOT_NULL,			/* NOTNULL, NOT NULL */
	/* binary */
	SFM_OP_OR,
	SFM_OP_AND,
	SFM_OP_EQ,
	SFM_OP_NE,
	SFM_OP_IS,					/* also IS NOT DISTINCT FROM */
	SFM_OP_IS_NOT,				/* also IS DISTINCT FROM */
	SFM_OP_LT,
	SFM_OP_LE,
	SFM_OP_GT,
	SFM_OP_GE,
	SFM_OP_BIT_AND,
	SFM_OP_BIT_OR,
	SFM_OP_SHIFT_LEFT,
	SFM_OP_SHIFT_RIGHT,
	SFM_OP_ADD,
	SFM_OP_SUBTRACT,
	SFM_OP_MULTIPLY,
	SFM_OP_DIVIDE,
	SFM_OP_MODULO,
	SFM_OP_CONCAT,
	SFM_OP_ARROW,				/* -> */
	SFM_OP_ARROW_TEXT,			/* ->> */
	/* of SfmLike */
	SFM_OP_LIKE,
	SFM_OP_GLOB,
	SFM_OP_REGEXP,
	SFM_OP_MATCH
} SfmOperator;

typedef struct SfmUnary
{
	SfmNode		node;
	SfmOperator operator;
	SfmNode    *operand;
} SfmUnary;

typedef struct SfmBinary
{
	SfmNode		node;
	SfmOperator operator;
	SfmNode    *left;
	SfmNode    *right;
} SfmBinary;

typedef struct SfmLike
{
	SfmNode		node;
	SfmOperator operator;
	bool		negated;
	SfmNode    *operand;
	SfmNode    *pattern;
	SfmNode    *escape;			/* or NULL */
} SfmLike;

typedef struct SfmBetween
{
	SfmNode		node;
	bool		negated;
	SfmNode    *operand;
	SfmNode    *low;
	SfmNode    *high;
} SfmBetween;

/* IN; exactly one of "select", "table" and the list says in what. */
typedef struct SfmIn
{
	SfmNode		node;
	bool		negated;
	SfmNode    *operand;
	SfmNode    *select;			/* IN (SELECT ...), an SfmSelect */
	SfmName    *schema;			/* of the table */
	SfmName    *table;			/* IN t or IN f(...) */
	bool		is_function;	/* "table" has arguments */
	List	   *list;			/* the list's members, or the arguments */
} SfmIn;

typedef struct SfmWhen
{
	SfmNode		node;
	SfmNode    *condition;
	SfmNode    *result;
} SfmWhen;

typedef struct SfmCase
{
	SfmNode		node;
	SfmNode    *operand;		/* or NULL */
	List	   *whens;			/* of SfmWhen * */
	SfmNode    *otherwise;		/* ELSE, or NULL */
} SfmCase;

/* A declared type: "INT", "VARCHAR(10)", "INTEGER NON", ... */
typedef struct SfmTypeName
{
	SfmNode		node;
	char	   *text;			/* as written, quotes included */
} SfmTypeName;

typedef struct SfmCastExpression
{
	SfmNode		node;
	SfmNode    *operand;
	SfmTypeName *type;			/* NULL: CAST(x AS) */
} SfmCastExpression;

typedef struct SfmCollate
{
	SfmNode		node;
	SfmNode    *operand;
	SfmName    *collation;
} SfmCollate;

struct SfmWindow;

typedef struct SfmCall
{
	SfmNode		node;
	SfmName    *name;
	bool		star;			/* count(*) */
	bool		distinct;
	List	   *arguments;
	List	   *order_by;		/* inside the parentheses, SfmOrderTerm * */
	SfmNode    *within_group;	/* WITHIN GROUP (ORDER BY this), or NULL */
	SfmNode    *filter;			/* FILTER (WHERE this), or NULL */
	struct SfmWindow *over;		/* or NULL */
} SfmCall;

/* (a, b): a row value; also one row of VALUES. */
typedef struct SfmRow
{
	SfmNode		node;
	List	   *members;
} SfmRow;

typedef struct SfmSubquery
{
	SfmNode		node;
	bool		exists;
	SfmNode    *select;			/* SfmSelect */
} SfmSubquery;

/* What happens on a conflict; also the first argument of RAISE(). */
typedef enum SfmConflict
{
	SFM_CONFLICT_NONE,			/* nothing is said: as ABORT */
	SFM_CONFLICT_ROLLBACK,
	SFM_CONFLICT_ABORT,
	SFM_CONFLICT_FAIL,
	SFM_CONFLICT_IGNORE,
	SFM_CONFLICT_REPLACE
} SfmConflict;

typedef struct SfmRaise
{
	SfmNode		node;
	SfmConflict action;			/* never NONE or REPLACE */
	SfmNode    *message;		/* NULL with IGNORE */
} SfmRaise;

/* ------------------------------------------------------------------------
 * Queries
 * ------------------------------------------------------------------------
 */
typedef enum SfmNulls
{
	SFM_NULLS_DEFAULT,			/* first if ascending, last if descending */
	SFM_NULLS_FIRST,
	SFM_NULLS_LAST
} SfmNulls;

/* A member of ORDER BY or of an index. */
typedef struct SfmOrderTerm
{
	SfmNode		node;
	SfmNode    *expression;
	bool		descending;
	SfmNulls	nulls;
} SfmOrderTerm;

typedef enum SfmCompound
{
	SFM_COMPOUND_NONE,			/* the first one */
	SFM_COMPOUND_UNION,
	SFM_COMPOUND_UNION_ALL,
	SFM_COMPOUND_EXCEPT,
	SFM_COMPOUND_INTERSECT
} SfmCompound;

/* One SELECT or VALUES of a compound. */
typedef struct SfmSelectCore
{
	SfmNode		node;
	SfmCompound compound;		/* with all those before it, left to right */
	List	   *values;			/* VALUES: of SfmRow *; all else is empty */
	bool		distinct;
	List	   *columns;		/* of SfmResultColumn * */
	List	   *from;			/* of SfmSource * */
	SfmNode    *where;
	List	   *group_by;		/* of expressions */
	SfmNode    *having;
	List	   *windows;		/* WINDOW, of SfmWindow * */
} SfmSelectCore;

typedef struct SfmResultColumn
{
	SfmNode		node;
	SfmNode    *expression;		/* NULL: * or t.* */
	SfmName    *table;			/* of t.* */
	SfmName    *alias;			/* or NULL */
} SfmResultColumn;

/* How a source is joined to all sources before it, bits. */
#define SFM_JOIN_COMMA		0x01
#define SFM_JOIN_CROSS		0x02
#define SFM_JOIN_INNER		0x04
#define SFM_JOIN_LEFT		0x08	/* FULL is LEFT and RIGHT */
#define SFM_JOIN_RIGHT		0x10
#define SFM_JOIN_OUTER		0x20	/* the word was written */
#define SFM_JOIN_NATURAL	0x40

/* A member of FROM; joins bind from left to right, whatever their kind. */
typedef struct SfmSource
{
	SfmNode		node;
	int			join;			/* SFM_JOIN_..., 0 for the first one and for
								 * the word JOIN alone */
	SfmName    *schema;			/* or NULL */
	SfmName    *name;			/* of the table or function, or NULL */
	bool		is_function;
	List	   *arguments;		/* of the function */
	SfmNode    *select;			/* subquery, or NULL */
	List	   *nested;			/* sources in parentheses */
	SfmName    *alias;
	SfmName    *indexed_by;
	bool		not_indexed;
	SfmNode    *on;
	List	   *using;			/* of SfmName * */
} SfmSource;

typedef enum SfmMaterialized
{
	SFM_MATERIALIZED_DEFAULT,
	SFM_MATERIALIZED_ALWAYS,
	SFM_MATERIALIZED_NEVER
} SfmMaterialized;

typedef struct SfmCte
{
	SfmNode		node;
	SfmName    *name;
	List	   *columns;		/* of SfmName * */
	SfmMaterialized materialized;
	SfmNode    *select;
} SfmCte;

typedef struct SfmWith
{
	SfmNode		node;
	bool		recursive;
	List	   *ctes;			/* of SfmCte * */
} SfmWith;

typedef struct SfmSelect
{
	SfmNode		node;
	SfmWith    *with;
	List	   *cores;			/* of SfmSelectCore *, at least one */
	List	   *order_by;		/* of SfmOrderTerm * */
	SfmNode    *limit;
	SfmNode    *offset;
} SfmSelect;

typedef enum SfmFrameUnit
{
	SFM_FRAME_NONE,				/* no frame is written */
	SFM_FRAME_ROWS,
	SFM_FRAME_RANGE,
	SFM_FRAME_GROUPS
} SfmFrameUnit;

typedef enum SfmBoundKind
{
	SFM_BOUND_UNBOUNDED_PRECEDING,
	SFM_BOUND_PRECEDING,
	SFM_BOUND_CURRENT_ROW,
	SFM_BOUND_FOLLOWING,
	SFM_BOUND_UNBOUNDED_FOLLOWING
} SfmBoundKind;

typedef struct SfmFrameBound
{
	SfmNode		node;
	SfmBoundKind kind;
	SfmNode    *offset;			/* of PRECEDING and FOLLOWING */
} SfmFrameBound;

typedef enum SfmExclude
{
	SFM_EXCLUDE_NONE,			/* nothing is said: as NO OTHERS */
	SFM_EXCLUDE_NO_OTHERS,
	SFM_EXCLUDE_CURRENT_ROW,
	SFM_EXCLUDE_GROUP,
	SFM_EXCLUDE_TIES
} SfmExclude;

/* A window: of the WINDOW clause (it has a name) or behind OVER. */
typedef struct SfmWindow
{
	SfmNode		node;
	SfmName    *name;			/* WINDOW name AS (...) */
	bool		bare;			/* OVER base, without parentheses */
	SfmName    *base;			/* the window that it extends, or NULL */
	List	   *partition_by;
	List	   *order_by;		/* of SfmOrderTerm * */
	SfmFrameUnit unit;
	SfmFrameBound *start;
	SfmFrameBound *finish;		/* NULL unless BETWEEN is written */
	SfmExclude	exclude;
} SfmWindow;

/* ------------------------------------------------------------------------
 * Statements of triggers; a query is an SfmSelect
 * ------------------------------------------------------------------------
 */

/* A member of SET. */
typedef struct SfmSet
{
	SfmNode		node;
	List	   *columns;		/* of SfmName *; several: (a, b) = ... */
	bool		is_row;			/* parentheses were written */
	SfmNode    *value;
} SfmSet;

/* One ON CONFLICT clause of an INSERT. */
typedef struct SfmUpsert
{
	SfmNode		node;
	List	   *target;			/* of SfmOrderTerm *; NIL: any conflict */
	SfmNode    *target_where;
	List	   *sets;			/* of SfmSet *; NIL: DO NOTHING */
	SfmNode    *where;
} SfmUpsert;

typedef struct SfmInsert
{
	SfmNode		node;
	SfmConflict conflict;
	SfmName    *table;
	List	   *columns;		/* of SfmName * */
	SfmNode    *select;			/* VALUES is a SELECT as well */
	List	   *upserts;		/* of SfmUpsert * */
} SfmInsert;

typedef struct SfmUpdate
{
	SfmNode		node;
	SfmConflict conflict;
	SfmName    *table;
	List	   *sets;			/* of SfmSet * */
	List	   *from;			/* of SfmSource * */
	SfmNode    *where;
} SfmUpdate;

typedef struct SfmDelete
{
	SfmNode		node;
	SfmName    *table;
	SfmNode    *where;
} SfmDelete;

/* ------------------------------------------------------------------------
 * The schema
 * ------------------------------------------------------------------------
 */
typedef enum SfmConstraintKind
{
	SFM_CONSTRAINT_PRIMARY_KEY,
	SFM_CONSTRAINT_NOT_NULL,
	SFM_CONSTRAINT_NULL,
	SFM_CONSTRAINT_UNIQUE,
	SFM_CONSTRAINT_CHECK,
	SFM_CONSTRAINT_DEFAULT,
	SFM_CONSTRAINT_COLLATE,
	SFM_CONSTRAINT_GENERATED,
	SFM_CONSTRAINT_FOREIGN_KEY	/* also REFERENCES of a column */
} SfmConstraintKind;

typedef enum SfmReferenceAction
{
	SFM_REFERENCE_NONE,			/* nothing is said: as NO ACTION */
	SFM_REFERENCE_NO_ACTION,
	SFM_REFERENCE_RESTRICT,
	SFM_REFERENCE_CASCADE,
	SFM_REFERENCE_SET_NULL,
	SFM_REFERENCE_SET_DEFAULT
} SfmReferenceAction;

/* What stands behind a column's type, or behind the columns. */
typedef struct SfmConstraint
{
	SfmNode		node;			/* without CONSTRAINT and its name */
	SfmConstraintKind kind;
	SfmName    *name;			/* or NULL */
	SfmConflict conflict;
	int			conflict_position;	/* where ON CONFLICT stands */
	int			conflict_end;

	/* PRIMARY KEY, UNIQUE */
	List	   *columns;		/* of SfmOrderTerm *; of a column: NIL */
	bool		descending;
	bool		autoincrement;

	/* CHECK, DEFAULT, GENERATED */
	SfmNode    *expression;
	bool		is_word;		/* DEFAULT with a bare word or a name in
								 * double quotes: "expression" is a string */
	bool		stored;

	/* COLLATE */
	SfmName    *collation;

	/* FOREIGN KEY */
	List	   *child_columns;	/* of SfmName *; of a column: NIL */
	SfmName    *parent;
	List	   *parent_columns; /* of SfmName *; NIL: the primary key */
	SfmReferenceAction on_delete;
	SfmReferenceAction on_update;
	SfmName    *match;
	bool		deferrable;
	bool		deferred;		/* INITIALLY DEFERRED */
} SfmConstraint;

typedef struct SfmColumnDef
{
	SfmNode		node;
	SfmName    *name;
	SfmTypeName *type;			/* or NULL */
	List	   *constraints;	/* of SfmConstraint * */
} SfmColumnDef;

typedef struct SfmCreateTable
{
	SfmNode		node;
	bool		temporary;
	bool		if_not_exists;
	SfmName    *schema;
	SfmName    *name;
	List	   *columns;		/* of SfmColumnDef * */
	List	   *constraints;	/* of SfmConstraint *, those behind the
								 * columns */
	bool		without_rowid;
	bool		strict;
	SfmNode    *select;			/* AS SELECT; then no columns */
} SfmCreateTable;

typedef struct SfmCreateVirtual
{
	SfmNode		node;
	bool		if_not_exists;
	SfmName    *schema;
	SfmName    *name;
	SfmName    *module;
	List	   *arguments;		/* of char *: the text of each */
} SfmCreateVirtual;

typedef struct SfmCreateIndex
{
	SfmNode		node;
	bool		unique;
	bool		if_not_exists;
	SfmName    *schema;
	SfmName    *name;
	SfmName    *table;
	List	   *columns;		/* of SfmOrderTerm * */
	SfmNode    *where;			/* or NULL */
} SfmCreateIndex;

typedef struct SfmCreateView
{
	SfmNode		node;
	bool		temporary;
	bool		if_not_exists;
	SfmName    *schema;
	SfmName    *name;
	List	   *columns;		/* of SfmName * */
	SfmNode    *select;
} SfmCreateView;

typedef enum SfmTriggerTime
{
	SFM_TRIGGER_BEFORE,			/* also where nothing is said */
	SFM_TRIGGER_AFTER,
	SFM_TRIGGER_INSTEAD_OF
} SfmTriggerTime;

typedef enum SfmTriggerEvent
{
	SFM_TRIGGER_DELETE,
	SFM_TRIGGER_INSERT,
	SFM_TRIGGER_UPDATE
} SfmTriggerEvent;

typedef struct SfmCreateTrigger
{
	SfmNode		node;
	bool		temporary;
	bool		if_not_exists;
	SfmName    *schema;
	SfmName    *name;
	SfmTriggerTime time;
	SfmTriggerEvent event;
	List	   *columns;		/* UPDATE OF, of SfmName * */
	SfmName    *table_schema;
	SfmName    *table;
	SfmNode    *when;			/* or NULL */
	List	   *body;			/* of SfmInsert *, SfmUpdate *, SfmDelete *,
								 * SfmSelect * */
} SfmCreateTrigger;

/* in parse.c */
extern SfmNode *sfm_parse(const char *sql, char **error);
extern SfmNode *sfm_parse_expression(const char *sql, char **error);

#endif							/* SFM_SYNTAX_H */
