/*-------------------------------------------------------------------------
 *
 * grammar.y
 *	  The grammar of SQLite's schema: tables, indexes, views, triggers, and
 *	  the expressions and statements inside of them.
 *
 * It takes what SQLite's parser takes.  Where the documentation's diagrams are
 * stricter than the parser (constraints without commas between, CONSTRAINT
 * without a constraint, ORDER in a foreign key ...) it follows the parser,
 * because a file can hold it.  A statement inside a trigger takes no
 * DEFAULT VALUES, RETURNING, WITH before INSERT, alias or schema name: SQLite
 * refuses them there.
 *
 * Keywords.  SQLite lets most keywords be names wherever the keyword itself
 * makes no sense.  The grammar does not list these places: it knows names and
 * keywords only, and a keyword that may be a name is turned into one when the
 * state of the parser has no use for the keyword (keyword_fits() below).  So
 * bison makes a push parser, which lets us look at the state before each token.
 *
 * Reentrant; memory, bison's included, comes from palloc.  Nothing here raises
 * an error: the first problem is left in SfmParser.error.
 *
 *-------------------------------------------------------------------------
 */
%code requires
{
#include "postgres.h"

#include "sqlite/parser.h"
}

%code provides
{
extern void sfm_run_grammar(SfmParser *parser, int start);
extern int	sfm_next_token(SfmParser *parser, SFM_YYSTYPE *value,
						   bool *can_be_name);
}

%code
{
#include "mb/pg_wchar.h"

/* bison's stack in palloc'd memory */
#define YYMALLOC palloc
#define YYFREE pfree

/* from the first to the last part that is not empty */
#define YYLLOC_DEFAULT(current, parts, count) \
	locate(&(current), parts, count)

static void locate(SfmLocation *location, const SfmLocation *parts,
				   int count);
static void yyerror(const SfmLocation *location, SfmParser *parser,
					const char *message);

#define make(type, kind, location) \
	((type *) sfm_make_node(sizeof(type), SFM_NODE_##kind, &(location)))

static SfmNode *make_literal(SfmLiteralKind kind, const SfmName *token,
							 const SfmLocation *location);
static SfmNode *make_current_time(const SfmName *token,
								  const SfmLocation *location);
static SfmNode *make_column(SfmName *schema, SfmName *table, SfmName *column,
							const SfmLocation *location);
static SfmNode *make_unary(SfmParser *parser, SfmOperator operator,
						   SfmNode *operand, const SfmLocation *location);
static SfmNode *make_binary(SfmParser *parser, SfmOperator operator,
							SfmNode *left, SfmNode *right,
							const SfmLocation *location);
static SfmNode *make_like(SfmParser *parser, SfmOperator operator,
						  SfmNode *operand, SfmNode *pattern, SfmNode *escape,
						  const SfmLocation *location);
static SfmOperator like_operator(const SfmName *word);
static SfmNode *make_in(SfmParser *parser, bool negated, SfmNode *operand,
						List *list, const SfmLocation *location);
static SfmNode *make_subquery(SfmNode *select, bool exists,
							  const SfmLocation *location);
static SfmCall *make_call(SfmParser *parser, SfmName *name, List *arguments,
						  const SfmLocation *location);
static SfmNode *make_row(SfmParser *parser, List *members,
						 const SfmLocation *location);
static int	join_word(SfmParser *parser, const SfmName *word, int join);
static int	check_join(SfmParser *parser, const SfmLocation *location,
					   int join);
static SfmTypeName *make_type(SfmParser *parser, List *words,
							  const SfmLocation *location);
static SfmConstraint *make_constraint(SfmParser *parser,
									  SfmConstraintKind kind,
									  const SfmLocation *location);
static void set_conflict(SfmConstraint *constraint, SfmConflict conflict,
						 const SfmLocation *location);
static SfmConstraint *make_reference(SfmParser *parser, SfmName *parent,
									 List *parent_columns,
									 const SfmConstraint *clauses,
									 const SfmLocation *location);
static SfmCreateTable *add_option(SfmParser *parser, SfmCreateTable *options,
								  const SfmName *word, bool without);
static SfmNode *make_trigger(SfmCreateTrigger *head, SfmNode *when,
							 List *body, const SfmLocation *location);
}

%define api.pure full
%define api.push-pull push
%define api.prefix {sfm_yy}
%define api.token.prefix {K_}
%define api.location.type {SfmLocation}
%define api.value.type union
%locations
%defines
%parse-param {SfmParser *parser}
%expect 0

/* pseudo-tokens: the first one says what the text is */
%token START_STATEMENT START_EXPRESSION
%token END_OF_TEXT 0

/* every token of the text carries its text, unquoted, in an SfmName */
%token <SfmName *>
	ID STRING BLOB INTEGER FLOAT VARIABLE ILLEGAL
	EQ NE LT LE GT GE SHIFT_LEFT SHIFT_RIGHT CONCAT ARROW

/* keywords; several words may share one */
%token <SfmName *>
	ABORT ACTION AFTER ALL ALWAYS AND AS ASC AUTOINCREMENT BEFORE BEGIN_
	BETWEEN BY CASCADE CASE CAST CHECK COLLATE CONFLICT CONSTRAINT CREATE
	CURRENT CURRENT_TIME DEFAULT DEFERRABLE DEFERRED DELETE DESC DISTINCT DO
	EACH ELSE END ESCAPE EXCEPT EXCLUDE EXISTS FAIL FILTER FIRST FOLLOWING FOR
	FOREIGN FROM GENERATED GROUP GROUPS HAVING IF IGNORE IMMEDIATE IN INDEX
	INDEXED INITIALLY INSERT INSTEAD INTERSECT INTO IS ISNULL JOIN JOIN_WORD
	KEY LAST LIKE LIMIT MATCH MATERIALIZED NO NOT NOTHING NOTNULL NULL NULLS
	OF OFFSET ON OR ORDER OTHERS OVER PARTITION PRECEDING PRIMARY RAISE RANGE
	RECURSIVE REFERENCES REPLACE RESTRICT ROLLBACK ROW ROWS SELECT SET TABLE
	TEMP THEN TIES TRIGGER UNBOUNDED UNION UNIQUE UPDATE USING VALUES VIEW
	VIRTUAL WHEN WHERE WINDOW WITH WITHIN WITHOUT

/* words that the grammar knows only to refuse them as names */
%token <SfmName *> RESERVED

/*
 * Two words that are one token, else "x IS NOT y" could as well be
 * "x IS (NOT y)".
 */
%token <SfmName *> IS_NOT

/* the AND of a BETWEEN, told from the operator by the parser's state */
%token <SfmName *> BETWEEN_AND

/* the arguments of a virtual table, parentheses included: char *s */
%token <List *> VIRTUAL_ARGUMENTS

/*
 * From loose to tight.  ON after a source belongs to the source, also in
 * INSERT INTO t SELECT * FROM s ON CONFLICT ..., where SQLite's users have to
 * write WHERE TRUE before ON.
 */
%precedence NO_ON
%precedence ON
%left OR
%left AND
%right NOT
%left IS IS_NOT MATCH LIKE BETWEEN IN ISNULL NOTNULL NE EQ
%left GT LE LT GE
%precedence ESCAPE
%left '&' '|' SHIFT_LEFT SHIFT_RIGHT
%left '+' '-'
%left '*' '/' '%'
%left CONCAT ARROW
%precedence COLLATE
%precedence '~' SIGN

%type <SfmName *> name label opt_alias word collation_name opt_collate
%type <SfmQualified> qualified
%type <List *> names opt_names legacy_names opt_legacy_names
%type <List *> type_words type_number

%type <SfmNode *> expression literal number opt_case_operand opt_else
%type <SfmNode *> opt_where opt_having opt_filter
%type <SfmWhen *> when
%type <List *> whens expressions opt_expressions row_members opt_arguments
%type <SfmCall *> call
%type <SfmConflict> raise_action
%type <SfmOperator> like
%type <bool> between in distinct

%type <SfmSelect *> select compound core
%type <SfmCompound> compound_operator
%type <List *> result_columns opt_from sources opt_group_by opt_windows
%type <List *> windows opt_order_by order_terms rows ctes
%type <SfmResultColumn *> result_column
%type <SfmSource *> source source_body join_condition opt_indexed
%type <int> join join_words
%type <SfmSelect *> opt_limit
%type <SfmOrderTerm *> order_term
%type <bool> direction
%type <SfmNulls> opt_nulls
%type <SfmNode *> row
%type <SfmCte *> cte
%type <SfmMaterialized> materialized
%type <SfmWindow *> window window_body opt_over opt_frame named_window
%type <SfmFrameUnit> frame_unit
%type <SfmFrameBound *> frame_bound frame_start frame_end
%type <SfmExclude> opt_exclude

%type <SfmNode *> statement create_table create_virtual create_index
%type <SfmNode *> create_view create_trigger
%type <bool> temporary if_not_exists unique autoincrement
%type <List *> columns constraints column_constraints opt_virtual_arguments
%type <SfmCreateTable *> table_options table_option_list
%type <SfmColumnDef *> column
%type <SfmTypeName *> type
%type <SfmConstraint *> column_constraint constraint generated
%type <SfmConstraint *> reference_clauses deferrable opt_deferrable
%type <SfmReferenceAction> reference_action
%type <SfmConflict> on_conflict conflict_action or_conflict insert
%type <bool> initially

%type <SfmCreateTrigger *> trigger_time trigger_event trigger_head
%type <SfmNode *> opt_when command
%type <List *> commands sets upserts upsert_tail
%type <SfmSet *> set

%%

input:
	START_STATEMENT statement semicolons	{ parser->result = $2; }
	| START_EXPRESSION expression			{ parser->result = $2; }
	;

semicolons:
	%empty
	| semicolons ';'
	;

statement:
	create_table
	| create_virtual
	| create_index
	| create_view
	| create_trigger
	;

/* ---------------- names ---------------- */

/* where nothing but a name can stand */
name:
	ID
	| STRING
	| INDEXED
	| JOIN_WORD
	;

/* where join words mean joins */
label:
	ID
	| STRING
	;

/* where strings are strings */
word:
	ID
	| INDEXED
	| JOIN_WORD
	;

qualified:
	name					{ $$.schema = NULL; $$.name = $1; }
	| name '.' name			{ $$.schema = $1; $$.name = $3; }
	;

names:
	name					{ $$ = list_make1($1); }
	| names ',' name		{ $$ = lappend($1, $3); }
	;

opt_names:
	%empty					{ $$ = NIL; }
	| '(' names ')'			{ $$ = $2; }
	;

/* lists of names that old versions took collations and directions in */
legacy_names:
	name opt_collate direction
							{ $$ = list_make1($1); }
	| legacy_names ',' name opt_collate direction
							{ $$ = lappend($1, $3); }
	;

opt_legacy_names:
	%empty					{ $$ = NIL; }
	| '(' legacy_names ')'	{ $$ = $2; }
	;

opt_collate:
	%empty					{ $$ = NULL; }
	| COLLATE collation_name { $$ = $2; }
	;

collation_name:
	label
	;

/* ---------------- expressions ---------------- */

literal:
	NULL					{ $$ = make_literal(SFM_LITERAL_NULL, $1, &@$); }
	| number
	| STRING				{ $$ = make_literal(SFM_LITERAL_STRING, $1, &@$); }
	| BLOB					{ $$ = make_literal(SFM_LITERAL_BLOB, $1, &@$); }
	| CURRENT_TIME			{ $$ = make_current_time($1, &@$); }
	;

number:
	INTEGER					{ $$ = make_literal(SFM_LITERAL_INTEGER, $1, &@$); }
	| FLOAT					{ $$ = make_literal(SFM_LITERAL_FLOAT, $1, &@$); }
	;

expression:
	literal
	| VARIABLE
		{
			SfmVariable *variable = make(SfmVariable, VARIABLE, @$);

			variable->text = $1->text;
			$$ = &variable->node;
		}
	| word					{ $$ = make_column(NULL, NULL, $1, &@$); }
	| name '.' name			{ $$ = make_column(NULL, $1, $3, &@$); }
	| name '.' name '.' name { $$ = make_column($1, $3, $5, &@$); }
	| '(' expression ')'	{ $$ = $2; }
	| '(' row_members ')'	{ $$ = make_row(parser, $2, &@$); }
	| '(' select ')'		{ $$ = make_subquery(&$2->node, false, &@$); }
	| EXISTS '(' select ')'	{ $$ = make_subquery(&$3->node, true, &@$); }
	| call					{ $$ = &$1->node; }
	| expression COLLATE collation_name
		{
			SfmCollate *collate = make(SfmCollate, COLLATE, @$);

			collate->operand = $1;
			collate->collation = $3;
			sfm_adopt(parser, &collate->node, $1);
			$$ = &collate->node;
		}
	| CAST '(' expression AS type ')'
		{
			SfmCastExpression *cast = make(SfmCastExpression, CAST, @$);

			cast->operand = $3;
			cast->type = $5;
			sfm_adopt(parser, &cast->node, $3);
			$$ = &cast->node;
		}
	| CASE opt_case_operand whens opt_else END
		{
			SfmCase    *node = make(SfmCase, CASE, @$);

			node->operand = $2;
			node->whens = $3;
			node->otherwise = $4;
			sfm_adopt(parser, &node->node, $2);
			sfm_adopt_list(parser, &node->node, $3);
			sfm_adopt(parser, &node->node, $4);
			$$ = &node->node;
		}
	| RAISE '(' IGNORE ')'
		{
			SfmRaise   *raise = make(SfmRaise, RAISE, @$);

			raise->action = SFM_CONFLICT_IGNORE;
			$$ = &raise->node;
		}
	| RAISE '(' raise_action ',' expression ')'
		{
			SfmRaise   *raise = make(SfmRaise, RAISE, @$);

			raise->action = $3;
			raise->message = $5;
			sfm_adopt(parser, &raise->node, $5);
			$$ = &raise->node;
		}
	| NOT expression		{ $$ = make_unary(parser, SFM_OP_NOT, $2, &@$); }
	| '~' expression		{ $$ = make_unary(parser, SFM_OP_BIT_NOT, $2, &@$); }
	| '-' expression %prec SIGN
							{ $$ = make_unary(parser, SFM_OP_NEGATE, $2, &@$); }
	| '+' expression %prec SIGN
							{ $$ = make_unary(parser, SFM_OP_PLUS, $2, &@$); }
	| expression ISNULL		{ $$ = make_unary(parser, SFM_OP_IS_NULL, $1, &@$); }
	| expression NOTNULL	{ $$ = make_unary(parser, SFM_OP_NOT_NULL, $1, &@$); }
	| expression NOT NULL	{ $$ = make_unary(parser, SFM_OP_NOT_NULL, $1, &@$); }
	| expression OR expression
							{ $$ = make_binary(parser, SFM_OP_OR, $1, $3, &@$); }
	| expression AND expression
							{ $$ = make_binary(parser, SFM_OP_AND, $1, $3, &@$); }
	| expression EQ expression
							{ $$ = make_binary(parser, SFM_OP_EQ, $1, $3, &@$); }
	| expression NE expression
							{ $$ = make_binary(parser, SFM_OP_NE, $1, $3, &@$); }
	| expression IS expression
							{ $$ = make_binary(parser, SFM_OP_IS, $1, $3, &@$); }
	| expression IS_NOT expression
							{ $$ = make_binary(parser, SFM_OP_IS_NOT, $1, $3, &@$); }
	| expression IS DISTINCT FROM expression %prec IS
							{ $$ = make_binary(parser, SFM_OP_IS_NOT, $1, $5, &@$); }
	| expression IS_NOT DISTINCT FROM expression %prec IS
							{ $$ = make_binary(parser, SFM_OP_IS, $1, $5, &@$); }
	| expression LT expression
							{ $$ = make_binary(parser, SFM_OP_LT, $1, $3, &@$); }
	| expression LE expression
							{ $$ = make_binary(parser, SFM_OP_LE, $1, $3, &@$); }
	| expression GT expression
							{ $$ = make_binary(parser, SFM_OP_GT, $1, $3, &@$); }
	| expression GE expression
							{ $$ = make_binary(parser, SFM_OP_GE, $1, $3, &@$); }
	| expression '&' expression
							{ $$ = make_binary(parser, SFM_OP_BIT_AND, $1, $3, &@$); }
	| expression '|' expression
							{ $$ = make_binary(parser, SFM_OP_BIT_OR, $1, $3, &@$); }
	| expression SHIFT_LEFT expression
							{ $$ = make_binary(parser, SFM_OP_SHIFT_LEFT, $1, $3, &@$); }
	| expression SHIFT_RIGHT expression
							{ $$ = make_binary(parser, SFM_OP_SHIFT_RIGHT, $1, $3, &@$); }
	| expression '+' expression
							{ $$ = make_binary(parser, SFM_OP_ADD, $1, $3, &@$); }
	| expression '-' expression
							{ $$ = make_binary(parser, SFM_OP_SUBTRACT, $1, $3, &@$); }
	| expression '*' expression
							{ $$ = make_binary(parser, SFM_OP_MULTIPLY, $1, $3, &@$); }
	| expression '/' expression
							{ $$ = make_binary(parser, SFM_OP_DIVIDE, $1, $3, &@$); }
	| expression '%' expression
							{ $$ = make_binary(parser, SFM_OP_MODULO, $1, $3, &@$); }
	| expression CONCAT expression
							{ $$ = make_binary(parser, SFM_OP_CONCAT, $1, $3, &@$); }
	| expression ARROW expression
		{
			$$ = make_binary(parser, strlen($2->text) == 3 ?
							 SFM_OP_ARROW_TEXT : SFM_OP_ARROW, $1, $3, &@$);
		}
	| expression like expression %prec LIKE
		{
			$$ = make_like(parser, $2, $1, $3, NULL, &@$);
		}
	| expression like expression ESCAPE expression %prec LIKE
		{
			$$ = make_like(parser, $2, $1, $3, $5, &@$);
		}
	| expression NOT like expression %prec LIKE
		{
			$$ = make_like(parser, $3, $1, $4, NULL, &@$);
			((SfmLike *) $$)->negated = true;
		}
	| expression NOT like expression ESCAPE expression %prec LIKE
		{
			$$ = make_like(parser, $3, $1, $4, $6, &@$);
			((SfmLike *) $$)->negated = true;
		}
	| expression between expression BETWEEN_AND expression %prec BETWEEN
		{
			SfmBetween *between = make(SfmBetween, BETWEEN, @$);

			between->negated = $2;
			between->operand = $1;
			between->low = $3;
			between->high = $5;
			sfm_adopt(parser, &between->node, $1);
			sfm_adopt(parser, &between->node, $3);
			sfm_adopt(parser, &between->node, $5);
			$$ = &between->node;
		}
	| expression in '(' opt_expressions ')' %prec IN
		{
			$$ = make_in(parser, $2, $1, $4, &@$);
		}
	| expression in '(' select ')' %prec IN
		{
			$$ = make_in(parser, $2, $1, NIL, &@$);
			((SfmIn *) $$)->select = &$4->node;
		}
	| expression in qualified opt_arguments %prec IN
		{
			SfmIn	   *node = (SfmIn *) make_in(parser, $2, $1, $4, &@$);

			node->schema = $3.schema;
			node->table = $3.name;
			node->is_function = @4.end > @4.start;
			$$ = &node->node;
		}
	;

like:
	LIKE					{ $$ = like_operator($1); }
	| MATCH					{ $$ = SFM_OP_MATCH; }
	;

between:
	BETWEEN					{ $$ = false; }
	| NOT BETWEEN			{ $$ = true; }
	;

in:
	IN						{ $$ = false; }
	| NOT IN				{ $$ = true; }
	;

expressions:
	expression				{ $$ = list_make1($1); }
	| expressions ',' expression
							{ $$ = lappend($1, $3); }
	;

opt_expressions:
	%empty					{ $$ = NIL; }
	| expressions
	;

opt_arguments:
	%empty					{ $$ = NIL; }
	| '(' opt_expressions ')' { $$ = $2; }
	;

row_members:
	expression ',' expression { $$ = list_make2($1, $3); }
	| row_members ',' expression
							{ $$ = lappend($1, $3); }
	;

opt_case_operand:
	%empty					{ $$ = NULL; }
	| expression
	;

whens:
	when					{ $$ = list_make1($1); }
	| whens when			{ $$ = lappend($1, $2); }
	;

when:
	WHEN expression THEN expression
		{
			$$ = make(SfmWhen, WHEN, @$);
			$$->condition = $2;
			$$->result = $4;
			sfm_adopt(parser, &$$->node, $2);
			sfm_adopt(parser, &$$->node, $4);
		}
	;

opt_else:
	%empty					{ $$ = NULL; }
	| ELSE expression		{ $$ = $2; }
	;

raise_action:
	ROLLBACK				{ $$ = SFM_CONFLICT_ROLLBACK; }
	| ABORT					{ $$ = SFM_CONFLICT_ABORT; }
	| FAIL					{ $$ = SFM_CONFLICT_FAIL; }
	;

call:
	word '(' distinct opt_expressions opt_order_by ')' opt_filter opt_over
		{
			$$ = make_call(parser, $1, $4, &@$);
			$$->distinct = $3;
			$$->order_by = $5;
			$$->filter = $7;
			$$->over = $8;
			sfm_adopt(parser, &$$->node, $7);
		}
	| word '(' '*' ')' opt_filter opt_over
		{
			$$ = make_call(parser, $1, NIL, &@$);
			$$->star = true;
			$$->filter = $5;
			$$->over = $6;
			sfm_adopt(parser, &$$->node, $5);
		}
	| word '(' distinct opt_expressions opt_order_by ')' WITHIN GROUP '(' ORDER BY expression ')' opt_filter opt_over
		{
			if ($5 != NIL)
				sfm_parser_fail(parser, @7.start,
								"WITHIN GROUP comes with an ORDER BY of its own");
			$$ = make_call(parser, $1, $4, &@$);
			$$->distinct = $3;
			$$->within_group = $12;
			$$->filter = $14;
			$$->over = $15;
			sfm_adopt(parser, &$$->node, $12);
			sfm_adopt(parser, &$$->node, $14);
		}
	;

distinct:
	%empty					{ $$ = false; }
	| ALL					{ $$ = false; }
	| DISTINCT				{ $$ = true; }
	;

opt_filter:
	%empty					{ $$ = NULL; }
	| FILTER '(' WHERE expression ')'
							{ $$ = $4; }
	;

opt_over:
	%empty					{ $$ = NULL; }
	| OVER name
		{
			$$ = make(SfmWindow, WINDOW, @$);
			$$->bare = true;
			$$->base = $2;
		}
	| OVER '(' window ')'	{ $$ = $3; }
	;

/* ---------------- windows ---------------- */

window:
	window_body
		{
			$$ = $1;
			$$->node.position = @$.start;
			$$->node.end = @$.end;
		}
	| name window_body
		{
			$$ = $2;
			$$->base = $1;
			$$->node.position = @$.start;
			$$->node.end = @$.end;
		}
	;

/* no empty part comes first, so that ROWS here is not taken for a name */
window_body:
	opt_frame
	| ORDER BY order_terms opt_frame
		{
			$$ = $4;
			$$->order_by = $3;
		}
	| PARTITION BY expressions opt_order_by opt_frame
		{
			$$ = $5;
			$$->partition_by = $3;
			$$->order_by = $4;
		}
	;

opt_frame:
	%empty					{ $$ = make(SfmWindow, WINDOW, @$); }
	| frame_unit frame_start opt_exclude
		{
			$$ = make(SfmWindow, WINDOW, @$);
			$$->unit = $1;
			$$->start = $2;
			$$->exclude = $3;
		}
	| frame_unit BETWEEN frame_start AND frame_end opt_exclude
		{
			$$ = make(SfmWindow, WINDOW, @$);
			$$->unit = $1;
			$$->start = $3;
			$$->finish = $5;
			$$->exclude = $6;
		}
	;

frame_unit:
	ROWS					{ $$ = SFM_FRAME_ROWS; }
	| RANGE					{ $$ = SFM_FRAME_RANGE; }
	| GROUPS				{ $$ = SFM_FRAME_GROUPS; }
	;

frame_start:
	frame_bound
	| UNBOUNDED PRECEDING
		{
			$$ = make(SfmFrameBound, FRAME_BOUND, @$);
			$$->kind = SFM_BOUND_UNBOUNDED_PRECEDING;
		}
	;

frame_end:
	frame_bound
	| UNBOUNDED FOLLOWING
		{
			$$ = make(SfmFrameBound, FRAME_BOUND, @$);
			$$->kind = SFM_BOUND_UNBOUNDED_FOLLOWING;
		}
	;

frame_bound:
	expression PRECEDING
		{
			$$ = make(SfmFrameBound, FRAME_BOUND, @$);
			$$->kind = SFM_BOUND_PRECEDING;
			$$->offset = $1;
		}
	| expression FOLLOWING
		{
			$$ = make(SfmFrameBound, FRAME_BOUND, @$);
			$$->kind = SFM_BOUND_FOLLOWING;
			$$->offset = $1;
		}
	| CURRENT ROW
		{
			$$ = make(SfmFrameBound, FRAME_BOUND, @$);
			$$->kind = SFM_BOUND_CURRENT_ROW;
		}
	;

opt_exclude:
	%empty					{ $$ = SFM_EXCLUDE_NONE; }
	| EXCLUDE NO OTHERS		{ $$ = SFM_EXCLUDE_NO_OTHERS; }
	| EXCLUDE CURRENT ROW	{ $$ = SFM_EXCLUDE_CURRENT_ROW; }
	| EXCLUDE GROUP			{ $$ = SFM_EXCLUDE_GROUP; }
	| EXCLUDE TIES			{ $$ = SFM_EXCLUDE_TIES; }
	;

/* ---------------- SELECT ---------------- */

select:
	compound
	| WITH ctes compound
		{
			$$ = $3;
			$$->with = make(SfmWith, WITH, @2);
			$$->with->ctes = $2;
			$$->node.position = @$.start;
		}
	| WITH RECURSIVE ctes compound
		{
			$$ = $4;
			$$->with = make(SfmWith, WITH, @3);
			$$->with->recursive = true;
			$$->with->ctes = $3;
			$$->node.position = @$.start;
		}
	;

ctes:
	cte						{ $$ = list_make1($1); }
	| ctes ',' cte			{ $$ = lappend($1, $3); }
	;

cte:
	name opt_legacy_names AS materialized '(' select ')'
		{
			$$ = make(SfmCte, CTE, @$);
			$$->name = $1;
			$$->columns = $2;
			$$->materialized = $4;
			$$->select = &$6->node;
		}
	;

materialized:
	%empty					{ $$ = SFM_MATERIALIZED_DEFAULT; }
	| MATERIALIZED			{ $$ = SFM_MATERIALIZED_ALWAYS; }
	| NOT MATERIALIZED		{ $$ = SFM_MATERIALIZED_NEVER; }
	;

compound:
	core
	| compound compound_operator core
		{
			SfmSelectCore *core = linitial($3->cores);

			if ($1->order_by != NIL || $1->limit != NULL)
				sfm_parser_fail(parser, @2.start,
								"ORDER BY and LIMIT come after the last SELECT");
			core->compound = $2;
			$$ = $3;
			$$->cores = lappend($1->cores, core);
			$$->node.position = @$.start;
		}
	;

compound_operator:
	UNION					{ $$ = SFM_COMPOUND_UNION; }
	| UNION ALL				{ $$ = SFM_COMPOUND_UNION_ALL; }
	| EXCEPT				{ $$ = SFM_COMPOUND_EXCEPT; }
	| INTERSECT				{ $$ = SFM_COMPOUND_INTERSECT; }
	;

/* ORDER BY and LIMIT are read here so that VALUES cannot have them */
core:
	SELECT distinct result_columns opt_from opt_where opt_group_by opt_having opt_windows opt_order_by opt_limit
		{
			SfmSelectCore *core = make(SfmSelectCore, SELECT_CORE, @$);

			core->distinct = $2;
			core->columns = $3;
			core->from = $4;
			core->where = $5;
			core->group_by = $6;
			core->having = $7;
			core->windows = $8;
			$$ = $10;
			$$->cores = list_make1(core);
			$$->order_by = $9;
			$$->node.position = @$.start;
			$$->node.end = @$.end;
		}
	| VALUES rows
		{
			SfmSelectCore *core = make(SfmSelectCore, SELECT_CORE, @$);

			core->values = $2;
			$$ = make(SfmSelect, SELECT, @$);
			$$->cores = list_make1(core);
		}
	;

rows:
	row						{ $$ = list_make1($1); }
	| rows ',' row			{ $$ = lappend($1, $3); }
	;

row:
	'(' expressions ')'		{ $$ = make_row(parser, $2, &@$); }
	;

result_columns:
	result_column			{ $$ = list_make1($1); }
	| result_columns ',' result_column
							{ $$ = lappend($1, $3); }
	;

result_column:
	'*'						{ $$ = make(SfmResultColumn, RESULT_COLUMN, @$); }
	| name '.' '*'
		{
			$$ = make(SfmResultColumn, RESULT_COLUMN, @$);
			$$->table = $1;
		}
	| expression opt_alias
		{
			$$ = make(SfmResultColumn, RESULT_COLUMN, @$);
			$$->expression = $1;
			$$->alias = $2;
		}
	;

opt_alias:
	%empty					{ $$ = NULL; }
	| AS name				{ $$ = $2; }
	| label
	;

opt_from:
	%empty					{ $$ = NIL; }
	| FROM sources			{ $$ = $2; }
	;

sources:
	source					{ $$ = list_make1($1); }
	| sources join source
		{
			$3->join = $2;
			$$ = lappend($1, $3);
		}
	;

join:
	','						{ $$ = SFM_JOIN_COMMA; }
	| JOIN					{ $$ = 0; }
	| join_words JOIN		{ $$ = check_join(parser, &@1, $1); }
	;

join_words:
	JOIN_WORD				{ $$ = join_word(parser, $1, 0); }
	| join_words JOIN_WORD	{ $$ = join_word(parser, $2, $1); }
	;

source:
	source_body join_condition
		{
			$$ = $1;
			$$->on = $2->on;
			$$->using = $2->using;
			$$->node.end = @$.end;
		}
	;

source_body:
	qualified opt_alias opt_indexed
		{
			$$ = $3;
			$$->schema = $1.schema;
			$$->name = $1.name;
			$$->alias = $2;
			$$->node.position = @$.start;
		}
	| qualified '(' opt_expressions ')' opt_alias
		{
			$$ = make(SfmSource, SOURCE, @$);
			$$->schema = $1.schema;
			$$->name = $1.name;
			$$->is_function = true;
			$$->arguments = $3;
			$$->alias = $5;
		}
	| '(' select ')' opt_alias
		{
			$$ = make(SfmSource, SOURCE, @$);
			$$->select = &$2->node;
			$$->alias = $4;
		}
	| '(' sources ')' opt_alias
		{
			$$ = make(SfmSource, SOURCE, @$);
			$$->nested = $2;
			$$->alias = $4;
		}
	;

opt_indexed:
	%empty					{ $$ = make(SfmSource, SOURCE, @$); }
	| INDEXED BY name
		{
			$$ = make(SfmSource, SOURCE, @$);
			$$->indexed_by = $3;
		}
	| NOT INDEXED
		{
			$$ = make(SfmSource, SOURCE, @$);
			$$->not_indexed = true;
		}
	;

join_condition:
	%empty %prec NO_ON		{ $$ = make(SfmSource, SOURCE, @$); }
	| ON expression
		{
			$$ = make(SfmSource, SOURCE, @$);
			$$->on = $2;
		}
	| USING '(' names ')'
		{
			$$ = make(SfmSource, SOURCE, @$);
			$$->using = $3;
		}
	;

opt_where:
	%empty					{ $$ = NULL; }
	| WHERE expression		{ $$ = $2; }
	;

opt_group_by:
	%empty					{ $$ = NIL; }
	| GROUP BY expressions	{ $$ = $3; }
	;

opt_having:
	%empty					{ $$ = NULL; }
	| HAVING expression		{ $$ = $2; }
	;

opt_windows:
	%empty					{ $$ = NIL; }
	| WINDOW windows		{ $$ = $2; }
	;

windows:
	named_window			{ $$ = list_make1($1); }
	| windows ',' named_window { $$ = lappend($1, $3); }
	;

named_window:
	name AS '(' window ')'
		{
			$$ = $4;
			$$->name = $1;
		}
	;

opt_order_by:
	%empty					{ $$ = NIL; }
	| ORDER BY order_terms	{ $$ = $3; }
	;

order_terms:
	order_term				{ $$ = list_make1($1); }
	| order_terms ',' order_term
							{ $$ = lappend($1, $3); }
	;

order_term:
	expression direction opt_nulls
		{
			$$ = make(SfmOrderTerm, ORDER_TERM, @$);
			$$->expression = $1;
			$$->descending = $2;
			$$->nulls = $3;
			sfm_adopt(parser, &$$->node, $1);
		}
	;

direction:
	%empty					{ $$ = false; }
	| ASC					{ $$ = false; }
	| DESC					{ $$ = true; }
	;

opt_nulls:
	%empty					{ $$ = SFM_NULLS_DEFAULT; }
	| NULLS FIRST			{ $$ = SFM_NULLS_FIRST; }
	| NULLS LAST			{ $$ = SFM_NULLS_LAST; }
	;

opt_limit:
	%empty					{ $$ = make(SfmSelect, SELECT, @$); }
	| LIMIT expression
		{
			$$ = make(SfmSelect, SELECT, @$);
			$$->limit = $2;
		}
	| LIMIT expression OFFSET expression
		{
			$$ = make(SfmSelect, SELECT, @$);
			$$->limit = $2;
			$$->offset = $4;
		}
	| LIMIT expression ',' expression
		{
			$$ = make(SfmSelect, SELECT, @$);
			$$->limit = $4;
			$$->offset = $2;
		}
	;

/* ---------------- CREATE TABLE ---------------- */

create_table:
	CREATE temporary TABLE if_not_exists qualified '(' columns ')' table_options
		{
			$9->columns = $7;
			$9->temporary = $2;
			$9->if_not_exists = $4;
			$9->schema = $5.schema;
			$9->name = $5.name;
			$$ = &$9->node;
			$$->position = @$.start;
			$$->end = @$.end;
		}
	| CREATE temporary TABLE if_not_exists qualified '(' columns constraint_comma constraints ')' table_options
		{
			$11->columns = $7;
			$11->constraints = $9;
			$11->temporary = $2;
			$11->if_not_exists = $4;
			$11->schema = $5.schema;
			$11->name = $5.name;
			$$ = &$11->node;
			$$->position = @$.start;
			$$->end = @$.end;
		}
	| CREATE temporary TABLE if_not_exists qualified AS select
		{
			SfmCreateTable *table = make(SfmCreateTable, CREATE_TABLE, @$);

			table->temporary = $2;
			table->if_not_exists = $4;
			table->schema = $5.schema;
			table->name = $5.name;
			table->select = &$7->node;
			$$ = &table->node;
		}
	;

temporary:
	%empty					{ $$ = false; }
	| TEMP					{ $$ = true; }
	;

if_not_exists:
	%empty					{ $$ = false; }
	| IF NOT EXISTS			{ $$ = true; }
	;

columns:
	column					{ $$ = list_make1($1); }
	| columns constraint_comma column
							{ $$ = lappend($1, $3); }
	;

column:
	name type column_constraints
		{
			$$ = make(SfmColumnDef, COLUMN_DEF, @$);
			$$->name = $1;
			$$->type = $2;
			$$->constraints = $3;
		}
	;

/* a type may have no words at all, and any words */
type:
	%empty					{ $$ = NULL; }
	| type_words			{ $$ = make_type(parser, $1, &@$); }
	| type_words '(' type_number ')'
							{ $$ = make_type(parser, NIL, &@$); }
	| type_words '(' type_number ',' type_number ')'
							{ $$ = make_type(parser, NIL, &@$); }
	;

type_words:
	label					{ $$ = list_make1($1); }
	| type_words label		{ $$ = lappend($1, $2); }
	;

type_number:
	number					{ $$ = NIL; }
	| '+' number			{ $$ = NIL; }
	| '-' number			{ $$ = NIL; }
	;

column_constraints:
	%empty					{ $$ = NIL; }
	| column_constraints column_constraint
							{ $$ = $2 != NULL ? lappend($1, $2) : $1; }
	;

column_constraint:
	CONSTRAINT name
		{
			parser->constraint_name = $2;
			$$ = NULL;
		}
	| DEFAULT literal
		{
			$$ = make_constraint(parser, SFM_CONSTRAINT_DEFAULT, &@$);
			$$->expression = $2;
		}
	| DEFAULT '+' literal
		{
			SfmLocation sign = {@2.start, @3.end};

			$$ = make_constraint(parser, SFM_CONSTRAINT_DEFAULT, &@$);
			$$->expression = make_unary(parser, SFM_OP_PLUS, $3, &sign);
		}
	| DEFAULT '-' literal
		{
			SfmLocation sign = {@2.start, @3.end};

			$$ = make_constraint(parser, SFM_CONSTRAINT_DEFAULT, &@$);
			$$->expression = make_unary(parser, SFM_OP_NEGATE, $3, &sign);
		}
	| DEFAULT '(' expression ')'
		{
			$$ = make_constraint(parser, SFM_CONSTRAINT_DEFAULT, &@$);
			$$->expression = $3;
		}
	| DEFAULT ID
		{
			$$ = make_constraint(parser, SFM_CONSTRAINT_DEFAULT, &@$);
			$$->expression = make_literal(SFM_LITERAL_STRING, $2, &@2);
			$$->is_word = true;
		}
	| DEFAULT INDEXED
		{
			$$ = make_constraint(parser, SFM_CONSTRAINT_DEFAULT, &@$);
			$$->expression = make_literal(SFM_LITERAL_STRING, $2, &@2);
			$$->is_word = true;
		}
	| NULL on_conflict
		{
			$$ = make_constraint(parser, SFM_CONSTRAINT_NULL, &@$);
			set_conflict($$, $2, &@2);
		}
	| NOT NULL on_conflict
		{
			$$ = make_constraint(parser, SFM_CONSTRAINT_NOT_NULL, &@$);
			set_conflict($$, $3, &@3);
		}
	| PRIMARY KEY direction on_conflict autoincrement
		{
			$$ = make_constraint(parser, SFM_CONSTRAINT_PRIMARY_KEY, &@$);
			$$->descending = $3;
			set_conflict($$, $4, &@4);
			$$->autoincrement = $5;
		}
	| UNIQUE on_conflict
		{
			$$ = make_constraint(parser, SFM_CONSTRAINT_UNIQUE, &@$);
			set_conflict($$, $2, &@2);
		}
	| CHECK '(' expression ')'
		{
			$$ = make_constraint(parser, SFM_CONSTRAINT_CHECK, &@$);
			$$->expression = $3;
		}
	| REFERENCES name opt_legacy_names reference_clauses
							{ $$ = make_reference(parser, $2, $3, $4, &@$); }
	| deferrable
		{
			/* it changes the foreign key before it, wherever that stands */
			if (parser->foreign_key != NULL)
			{
				parser->foreign_key->deferrable = $1->deferrable;
				parser->foreign_key->deferred = $1->deferred;
			}
			$$ = NULL;
		}
	| COLLATE collation_name
		{
			$$ = make_constraint(parser, SFM_CONSTRAINT_COLLATE, &@$);
			$$->collation = $2;
		}
	| GENERATED ALWAYS AS generated
		{
			$$ = $4;
			$$->node.position = @$.start;
		}
	| AS generated
		{
			$$ = $2;
			$$->node.position = @$.start;
		}
	;

generated:
	'(' expression ')'
		{
			$$ = make_constraint(parser, SFM_CONSTRAINT_GENERATED, &@$);
			$$->expression = $2;
		}
	| '(' expression ')' ID
		{
			$$ = make_constraint(parser, SFM_CONSTRAINT_GENERATED, &@$);
			$$->expression = $2;
			$$->stored = pg_strcasecmp($4->text, "stored") == 0;
			if (!$$->stored && pg_strcasecmp($4->text, "virtual") != 0)
				sfm_parser_fail(parser, @4.start,
								"a generated column is STORED or VIRTUAL");
		}
	;

autoincrement:
	%empty					{ $$ = false; }
	| AUTOINCREMENT			{ $$ = true; }
	;

on_conflict:
	%empty					{ $$ = SFM_CONFLICT_NONE; }
	| ON CONFLICT conflict_action
							{ $$ = $3; }
	;

conflict_action:
	raise_action
	| IGNORE				{ $$ = SFM_CONFLICT_IGNORE; }
	| REPLACE				{ $$ = SFM_CONFLICT_REPLACE; }
	;

/* the clauses after a parent come as an SfmConstraint that holds only them */
reference_clauses:
	%empty					{ $$ = make(SfmConstraint, CONSTRAINT, @$); }
	| reference_clauses MATCH name
		{
			$$ = $1;
			$$->match = $3;
		}
	| reference_clauses ON INSERT reference_action
							{ $$ = $1; }
	| reference_clauses ON DELETE reference_action
		{
			$$ = $1;
			$$->on_delete = $4;
		}
	| reference_clauses ON UPDATE reference_action
		{
			$$ = $1;
			$$->on_update = $4;
		}
	;

reference_action:
	SET NULL				{ $$ = SFM_REFERENCE_SET_NULL; }
	| SET DEFAULT			{ $$ = SFM_REFERENCE_SET_DEFAULT; }
	| CASCADE				{ $$ = SFM_REFERENCE_CASCADE; }
	| RESTRICT				{ $$ = SFM_REFERENCE_RESTRICT; }
	| NO ACTION				{ $$ = SFM_REFERENCE_NO_ACTION; }
	;

deferrable:
	NOT DEFERRABLE initially { $$ = make(SfmConstraint, CONSTRAINT, @$); }
	| DEFERRABLE initially
		{
			$$ = make(SfmConstraint, CONSTRAINT, @$);
			$$->deferrable = true;
			$$->deferred = $2;
		}
	;

opt_deferrable:
	%empty					{ $$ = make(SfmConstraint, CONSTRAINT, @$); }
	| deferrable
	;

initially:
	%empty					{ $$ = false; }
	| INITIALLY IMMEDIATE	{ $$ = false; }
	| INITIALLY DEFERRED	{ $$ = true; }
	;

constraints:
	constraint				{ $$ = $1 != NULL ? list_make1($1) : NIL; }
	| constraints constraint
							{ $$ = $2 != NULL ? lappend($1, $2) : $1; }
	| constraints constraint_comma constraint
							{ $$ = $3 != NULL ? lappend($1, $3) : $1; }
	;

/* a name that no constraint followed is nobody's */
constraint_comma:
	','						{ parser->constraint_name = NULL; }
	;

constraint:
	CONSTRAINT name
		{
			parser->constraint_name = $2;
			$$ = NULL;
		}
	| PRIMARY KEY '(' order_terms autoincrement ')' on_conflict
		{
			$$ = make_constraint(parser, SFM_CONSTRAINT_PRIMARY_KEY, &@$);
			$$->columns = $4;
			$$->autoincrement = $5;
			set_conflict($$, $7, &@7);
		}
	| UNIQUE '(' order_terms ')' on_conflict
		{
			$$ = make_constraint(parser, SFM_CONSTRAINT_UNIQUE, &@$);
			$$->columns = $3;
			set_conflict($$, $5, &@5);
		}
	| CHECK '(' expression ')' on_conflict
		{
			$$ = make_constraint(parser, SFM_CONSTRAINT_CHECK, &@$);
			$$->expression = $3;
			set_conflict($$, $5, &@5);
		}
	| FOREIGN KEY '(' legacy_names ')' REFERENCES name opt_legacy_names reference_clauses opt_deferrable
		{
			$$ = make_reference(parser, $7, $8, $9, &@$);
			$$->child_columns = $4;
			$$->deferrable = $10->deferrable;
			$$->deferred = $10->deferred;
		}
	;

table_options:
	%empty					{ $$ = make(SfmCreateTable, CREATE_TABLE, @$); }
	| table_option_list
	;

table_option_list:
	name
		{
			$$ = add_option(parser, make(SfmCreateTable, CREATE_TABLE, @$),
							$1, false);
		}
	| WITHOUT name
		{
			$$ = add_option(parser, make(SfmCreateTable, CREATE_TABLE, @$),
							$2, true);
		}
	| table_option_list ',' name
							{ $$ = add_option(parser, $1, $3, false); }
	| table_option_list ',' WITHOUT name
							{ $$ = add_option(parser, $1, $4, true); }
	;

/* ---------------- virtual tables, indexes, views ---------------- */

create_virtual:
	CREATE VIRTUAL TABLE if_not_exists qualified USING name opt_virtual_arguments
		{
			SfmCreateVirtual *table = make(SfmCreateVirtual, CREATE_VIRTUAL, @$);

			table->if_not_exists = $4;
			table->schema = $5.schema;
			table->name = $5.name;
			table->module = $7;
			table->arguments = $8;
			$$ = &table->node;
		}
	;

opt_virtual_arguments:
	%empty					{ $$ = NIL; }
	| VIRTUAL_ARGUMENTS
	;

create_index:
	CREATE unique INDEX if_not_exists qualified ON name '(' order_terms ')' opt_where
		{
			SfmCreateIndex *index = make(SfmCreateIndex, CREATE_INDEX, @$);

			index->unique = $2;
			index->if_not_exists = $4;
			index->schema = $5.schema;
			index->name = $5.name;
			index->table = $7;
			index->columns = $9;
			index->where = $11;
			$$ = &index->node;
		}
	;

unique:
	%empty					{ $$ = false; }
	| UNIQUE				{ $$ = true; }
	;

create_view:
	CREATE temporary VIEW if_not_exists qualified opt_legacy_names AS select
		{
			SfmCreateView *view = make(SfmCreateView, CREATE_VIEW, @$);

			view->temporary = $2;
			view->if_not_exists = $4;
			view->schema = $5.schema;
			view->name = $5.name;
			view->columns = $6;
			view->select = &$8->node;
			$$ = &view->node;
		}
	;

/* ---------------- CREATE TRIGGER ---------------- */

create_trigger:
	trigger_head opt_when BEGIN_ commands END
							{ $$ = make_trigger($1, $2, $4, &@$); }
	;

trigger_head:
	CREATE temporary TRIGGER if_not_exists qualified trigger_time trigger_event ON qualified for_each_row
		{
			$$ = $7;
			$$->temporary = $2;
			$$->if_not_exists = $4;
			$$->schema = $5.schema;
			$$->name = $5.name;
			$$->time = $6->time;
			$$->table_schema = $9.schema;
			$$->table = $9.name;
		}
	;

trigger_time:
	%empty					{ $$ = make(SfmCreateTrigger, CREATE_TRIGGER, @$); }
	| BEFORE				{ $$ = make(SfmCreateTrigger, CREATE_TRIGGER, @$); }
	| AFTER
		{
			$$ = make(SfmCreateTrigger, CREATE_TRIGGER, @$);
			$$->time = SFM_TRIGGER_AFTER;
		}
	| INSTEAD OF
		{
			$$ = make(SfmCreateTrigger, CREATE_TRIGGER, @$);
			$$->time = SFM_TRIGGER_INSTEAD_OF;
		}
	;

trigger_event:
	DELETE
		{
			$$ = make(SfmCreateTrigger, CREATE_TRIGGER, @$);
			$$->event = SFM_TRIGGER_DELETE;
		}
	| INSERT
		{
			$$ = make(SfmCreateTrigger, CREATE_TRIGGER, @$);
			$$->event = SFM_TRIGGER_INSERT;
		}
	| UPDATE
		{
			$$ = make(SfmCreateTrigger, CREATE_TRIGGER, @$);
			$$->event = SFM_TRIGGER_UPDATE;
		}
	| UPDATE OF names
		{
			$$ = make(SfmCreateTrigger, CREATE_TRIGGER, @$);
			$$->event = SFM_TRIGGER_UPDATE;
			$$->columns = $3;
		}
	;

for_each_row:
	%empty
	| FOR EACH ROW
	;

opt_when:
	%empty					{ $$ = NULL; }
	| WHEN expression		{ $$ = $2; }
	;

commands:
	command ';'				{ $$ = list_make1($1); }
	| commands command ';'	{ $$ = lappend($1, $2); }
	;

command:
	select					{ $$ = &$1->node; }
	| insert INTO name opt_names select upserts
		{
			SfmInsert  *node = make(SfmInsert, INSERT, @$);

			node->conflict = $1;
			node->table = $3;
			node->columns = $4;
			node->select = &$5->node;
			node->upserts = $6;
			$$ = &node->node;
		}
	| UPDATE or_conflict name SET sets opt_from opt_where
		{
			SfmUpdate  *node = make(SfmUpdate, UPDATE, @$);

			node->conflict = $2;
			node->table = $3;
			node->sets = $5;
			node->from = $6;
			node->where = $7;
			$$ = &node->node;
		}
	| DELETE FROM name opt_where
		{
			SfmDelete  *node = make(SfmDelete, DELETE, @$);

			node->table = $3;
			node->where = $4;
			$$ = &node->node;
		}
	;

insert:
	INSERT or_conflict		{ $$ = $2; }
	| REPLACE				{ $$ = SFM_CONFLICT_REPLACE; }
	;

or_conflict:
	%empty					{ $$ = SFM_CONFLICT_NONE; }
	| OR conflict_action	{ $$ = $2; }
	;

sets:
	set						{ $$ = list_make1($1); }
	| sets ',' set			{ $$ = lappend($1, $3); }
	;

set:
	name EQ expression
		{
			$$ = make(SfmSet, SET, @$);
			$$->columns = list_make1($1);
			$$->value = $3;
		}
	| '(' names ')' EQ expression
		{
			$$ = make(SfmSet, SET, @$);
			$$->columns = $2;
			$$->is_row = true;
			$$->value = $5;
		}
	;

/* a clause without a target is the last one */
upserts:
	%empty					{ $$ = NIL; }
	| ON CONFLICT upsert_tail { $$ = $3; }
	;

upsert_tail:
	DO NOTHING
							{ $$ = list_make1(make(SfmUpsert, UPSERT, @$)); }
	| DO UPDATE SET sets opt_where
		{
			SfmUpsert  *upsert = make(SfmUpsert, UPSERT, @$);

			upsert->sets = $4;
			upsert->where = $5;
			$$ = list_make1(upsert);
		}
	| '(' order_terms ')' opt_where DO NOTHING upserts
		{
			SfmUpsert  *upsert = make(SfmUpsert, UPSERT, @$);

			upsert->target = $2;
			upsert->target_where = $4;
			$$ = lcons(upsert, $7);
		}
	| '(' order_terms ')' opt_where DO UPDATE SET sets opt_where upserts
		{
			SfmUpsert  *upsert = make(SfmUpsert, UPSERT, @$);

			upsert->target = $2;
			upsert->target_where = $4;
			upsert->sets = $8;
			upsert->where = $9;
			$$ = lcons(upsert, $10);
		}
	;

%%

/* The location of a rule: from its first part to the last, empty ones aside. */
static void
locate(SfmLocation *location, const SfmLocation *parts, int count)
{
	int			first = 1;
	int			last = count;

	while (first < last && parts[first].end <= parts[first].start)
		first++;
	while (last > first && parts[last].end <= parts[last].start)
		last--;

	/* nothing at all is behind what came before */
	location->start = count == 0 ? parts[0].end : parts[first].start;
	location->end = count == 0 ? parts[0].end : parts[last].end;
}

/*
 * bison calls this for a syntax error, and when its stack would grow over
 * YYMAXDEPTH.
 */
static void
yyerror(const SfmLocation *location, SfmParser *parser, const char *message)
{
	if (strcmp(message, "syntax error") != 0)
		sfm_parser_fail(parser, location->start, "it is nested too deeply");
	else if (location->end <= location->start)
		sfm_parser_fail(parser, location->start, "unexpected end");
	else
		sfm_parser_fail(parser, location->start,
						psprintf("unexpected \"%.*s\"",
								 pg_mbcliplen(parser->sql + location->start,
											  location->end - location->start, 40),
								 parser->sql + location->start));
}

/* ---------------- the tree ---------------- */

static SfmNode *
make_literal(SfmLiteralKind kind, const SfmName *token,
			 const SfmLocation *location)
{
	SfmLiteral *literal = make(SfmLiteral, LITERAL, *location);

	literal->kind = kind;
	literal->text = token->text;
	return &literal->node;
}

/* CURRENT_DATE, CURRENT_TIME, CURRENT_TIMESTAMP share one token. */
static SfmNode *
make_current_time(const SfmName *token, const SfmLocation *location)
{
	SfmLiteralKind kind = SFM_LITERAL_CURRENT_TIMESTAMP;

	if (pg_strcasecmp(token->text, "current_date") == 0)
		kind = SFM_LITERAL_CURRENT_DATE;
	else if (pg_strcasecmp(token->text, "current_time") == 0)
		kind = SFM_LITERAL_CURRENT_TIME;
	return make_literal(kind, token, location);
}

static SfmNode *
make_column(SfmName *schema, SfmName *table, SfmName *column,
			const SfmLocation *location)
{
	SfmColumnRef *reference = make(SfmColumnRef, COLUMN_REF, *location);

	reference->schema = schema;
	reference->table = table;
	reference->column = column;
	return &reference->node;
}

static SfmNode *
make_unary(SfmParser *parser, SfmOperator operator, SfmNode *operand,
		   const SfmLocation *location)
{
	SfmUnary   *unary = make(SfmUnary, UNARY, *location);

	unary->operator = operator;
	unary->operand = operand;
	sfm_adopt(parser, &unary->node, operand);
	return &unary->node;
}

static SfmNode *
make_binary(SfmParser *parser, SfmOperator operator, SfmNode *left,
			SfmNode *right, const SfmLocation *location)
{
	SfmBinary  *binary = make(SfmBinary, BINARY, *location);

	binary->operator = operator;
	binary->left = left;
	binary->right = right;
	sfm_adopt(parser, &binary->node, left);
	sfm_adopt(parser, &binary->node, right);
	return &binary->node;
}

static SfmNode *
make_like(SfmParser *parser, SfmOperator operator, SfmNode *operand,
		  SfmNode *pattern, SfmNode *escape, const SfmLocation *location)
{
	SfmLike    *like = make(SfmLike, LIKE, *location);

	like->operator = operator;
	like->operand = operand;
	like->pattern = pattern;
	like->escape = escape;
	sfm_adopt(parser, &like->node, operand);
	sfm_adopt(parser, &like->node, pattern);
	sfm_adopt(parser, &like->node, escape);
	return &like->node;
}

/* LIKE, GLOB and REGEXP share one token. */
static SfmOperator
like_operator(const SfmName *word)
{
	if (pg_strcasecmp(word->text, "glob") == 0)
		return SFM_OP_GLOB;
	if (pg_strcasecmp(word->text, "regexp") == 0)
		return SFM_OP_REGEXP;
	return SFM_OP_LIKE;
}

static SfmNode *
make_in(SfmParser *parser, bool negated, SfmNode *operand, List *list,
		const SfmLocation *location)
{
	SfmIn	   *node = make(SfmIn, IN, *location);

	node->negated = negated;
	node->operand = operand;
	node->list = list;
	sfm_adopt(parser, &node->node, operand);
	sfm_adopt_list(parser, &node->node, list);
	return &node->node;
}

static SfmNode *
make_subquery(SfmNode *select, bool exists, const SfmLocation *location)
{
	SfmSubquery *subquery = make(SfmSubquery, SUBQUERY, *location);

	subquery->exists = exists;
	subquery->select = select;
	return &subquery->node;
}

static SfmCall *
make_call(SfmParser *parser, SfmName *name, List *arguments,
		  const SfmLocation *location)
{
	SfmCall    *call = make(SfmCall, CALL, *location);

	call->name = name;
	call->arguments = arguments;
	sfm_adopt_list(parser, &call->node, arguments);
	return call;
}

static SfmNode *
make_row(SfmParser *parser, List *members, const SfmLocation *location)
{
	SfmRow	   *row = make(SfmRow, ROW, *location);

	row->members = members;
	sfm_adopt_list(parser, &row->node, members);
	return &row->node;
}

/* Adds a word before JOIN to those before it. */
static int
join_word(SfmParser *parser, const SfmName *word, int join)
{
	static const struct
	{
		const char *word;
		int			bits;
	}			words[] = {
		{"natural", SFM_JOIN_NATURAL},
		{"left", SFM_JOIN_LEFT},
		{"right", SFM_JOIN_RIGHT},
		{"full", SFM_JOIN_LEFT | SFM_JOIN_RIGHT},
		{"outer", SFM_JOIN_OUTER},
		{"inner", SFM_JOIN_INNER},
		{"cross", SFM_JOIN_CROSS}
	};

	for (int i = 0; i < lengthof(words); i++)
		if (pg_strcasecmp(word->text, words[i].word) == 0)
			return join | words[i].bits;
	sfm_parser_fail(parser, word->node.position, "unknown join type");
	return join;
}

/* Do the words before JOIN make sense together? */
static int
check_join(SfmParser *parser, const SfmLocation *location, int join)
{
	int			side = join & (SFM_JOIN_LEFT | SFM_JOIN_RIGHT);
	int			inner = join & (SFM_JOIN_INNER | SFM_JOIN_CROSS);

	if ((side != 0 && inner != 0) || ((join & SFM_JOIN_OUTER) && side == 0))
		sfm_parser_fail(parser, location->start, "unknown join type");
	return join;
}

/*
 * make_type
 *		A declared type with the text at "location".
 *
 * SQLite reads GENERATED ALWAYS behind a type's words as two more of them and
 * then takes them away again, so that a type of these two words is none.
 * "words" is NIL where numbers follow.
 */
static SfmTypeName *
make_type(SfmParser *parser, List *words, const SfmLocation *location)
{
	SfmTypeName *type;
	SfmLocation rest = *location;
	int			count = list_length(words);

	if (count >= 2)
	{
		SfmName    *last = llast(words);
		SfmName    *before = list_nth(words, count - 2);

		if (last->quote == SFM_QUOTE_NONE && before->quote == SFM_QUOTE_NONE &&
			pg_strcasecmp(last->text, "always") == 0 &&
			pg_strcasecmp(before->text, "generated") == 0)
		{
			if (count == 2)
				return NULL;
			rest.end = ((SfmName *) list_nth(words, count - 3))->node.end;
		}
	}
	type = make(SfmTypeName, TYPE, rest);
	type->text = pnstrdup(parser->sql + rest.start, rest.end - rest.start);
	return type;
}

/* A constraint; it takes the name that stands before it. */
static SfmConstraint *
make_constraint(SfmParser *parser, SfmConstraintKind kind,
				const SfmLocation *location)
{
	SfmConstraint *constraint = make(SfmConstraint, CONSTRAINT, *location);

	constraint->kind = kind;
	constraint->name = parser->constraint_name;
	parser->constraint_name = NULL;
	return constraint;
}

static void
set_conflict(SfmConstraint *constraint, SfmConflict conflict,
			 const SfmLocation *location)
{
	constraint->conflict = conflict;
	constraint->conflict_position = location->start;
	constraint->conflict_end = location->end;
}

/* A foreign key; "clauses" are those behind the parent. */
static SfmConstraint *
make_reference(SfmParser *parser, SfmName *parent, List *parent_columns,
			   const SfmConstraint *clauses, const SfmLocation *location)
{
	SfmConstraint *key = make_constraint(parser, SFM_CONSTRAINT_FOREIGN_KEY,
										 location);

	key->parent = parent;
	key->parent_columns = parent_columns;
	key->on_delete = clauses->on_delete;
	key->on_update = clauses->on_update;
	key->match = clauses->match;
	parser->foreign_key = key;
	return key;
}

/* Adds STRICT or WITHOUT ROWID to the options of a table. */
static SfmCreateTable *
add_option(SfmParser *parser, SfmCreateTable *options, const SfmName *word,
		   bool without)
{
	if (without && pg_strcasecmp(word->text, "rowid") == 0)
		options->without_rowid = true;
	else if (!without && pg_strcasecmp(word->text, "strict") == 0)
		options->strict = true;
	else
		sfm_parser_fail(parser, word->node.position, "unknown table option");
	return options;
}

static SfmNode *
make_trigger(SfmCreateTrigger *head, SfmNode *when, List *body,
			 const SfmLocation *location)
{
	head->node.position = location->start;
	head->node.end = location->end;
	head->when = when;
	head->body = body;
	return &head->node;
}

/* ---------------- the parser's state ---------------- */

/*
 * explicit_action
 *		What the tables say about a symbol in a state: a state to go to (> 0),
 *		a rule to reduce by (< 0), or 0 where they do not mention it.
 */
static int
explicit_action(int state, int symbol)
{
	int			place = yypact[state];

	if (yypact_value_is_default(place))
		return 0;
	place += symbol;
	if (place < 0 || place > YYLAST || yycheck[place] != symbol)
		return 0;
	return yytable[place];
}

/*
 * keyword_fits
 *		Can the parser make use of a token where it stands now?
 *
 * Follows what the parser would do with the token, on a copy of its stack,
 * until that shifts it.  Where a state does not mention it but mentions
 * "instead", the token is not meant: this is SQLite's rule for keywords that
 * may be names.
 */
static bool
keyword_fits(const yypstate *state, int token, int instead)
{
	int			symbol = YYTRANSLATE(token);
	int			other = YYTRANSLATE(instead);
	int			size = (int) (state->yyssp - state->yyss) + 1;
	int			allocated = size + 32;
	yy_state_t *stack = palloc(allocated * sizeof(yy_state_t));
	bool		fits = false;

	memcpy(stack, state->yyss, size * sizeof(yy_state_t));
	for (;;)
	{
		int			top = stack[size - 1];
		int			action = explicit_action(top, symbol);
		int			rule;
		int			goto_place;

		if (action == 0)
		{
			action = explicit_action(top, other);
			if (action > 0)
				break;
		}
		else if (action > 0)
		{
			fits = true;
			break;
		}
		rule = action < 0 ? -action : yydefact[top];
		if (rule == 0)
			break;

		/* reduce */
		size -= yyr2[rule];
		goto_place = yypgoto[yyr1[rule] - YYNTOKENS] + stack[size - 1];
		if (size == allocated)
		{
			allocated *= 2;
			stack = repalloc(stack, allocated * sizeof(yy_state_t));
		}
		if (goto_place >= 0 && goto_place <= YYLAST &&
			yycheck[goto_place] == stack[size - 1])
			stack[size] = yytable[goto_place];
		else
			stack[size] = yydefgoto[yyr1[rule] - YYNTOKENS];
		size++;
	}
	pfree(stack);
	return fits;
}

/*
 * sfm_run_grammar
 *		Reads the text; "start" is the pseudo-token for what it is to be.
 *		Leaves SfmParser.result or SfmParser.error.
 */
void
sfm_run_grammar(SfmParser *parser, int start)
{
	yypstate   *state = yypstate_new();
	YYSTYPE		value;
	SfmLocation location = {0, 0};
	int			status;

	memset(&value, 0, sizeof(value));
	status = yypush_parse(state, start, &value, &location, parser);
	while (status == YYPUSH_MORE && parser->error == NULL)
	{
		bool		can_be_name;
		int			token = sfm_next_token(parser, &value, &can_be_name);

		if (can_be_name && !keyword_fits(state, token, K_ID))
			token = K_ID;
		else if (token == K_AND &&
				 keyword_fits(state, K_BETWEEN_AND, K_AND))
			token = K_BETWEEN_AND;
		location = parser->location;
		status = yypush_parse(state, token, &value, &location, parser);
	}
	yypstate_delete(state);
}
