/*-------------------------------------------------------------------------
 *
 * parse.c
 *	  From a text to a tree: the entries, and what stands between the lexer
 *	  and the grammar.
 *
 * The grammar sees the lexer's tokens with a few changes: keywords are told
 * from names, three keywords by what stands around them, IS NOT is one token,
 * and so are all arguments of a virtual table, whose text belongs to its module.
 *
 * No error is raised for a text that cannot be parsed; the caller gets a
 * message in words of its own.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "grammar.h"

/* Leaves an error, if it is the first one.  "position" is a byte. */
void
sfm_parser_fail(SfmParser *parser, int position, const char *problem)
{
	if (parser->error == NULL)
		parser->error = psprintf("cannot parse at position %d: %s",
								 pg_mbstrlen_with_len(parser->sql, position) + 1,
								 problem);
}

/* A node of a kind, all else zero. */
void *
sfm_make_node(size_t size, SfmNodeKind kind, const SfmLocation *location)
{
	SfmNode    *node = palloc0(size);

	node->kind = kind;
	node->position = location->start;
	node->end = location->end;
	return node;
}

/* Counts how deep a node is above a child (or NULL). */
void
sfm_adopt(SfmParser *parser, SfmNode *node, const SfmNode *child)
{
	if (child == NULL || child->depth < node->depth)
		return;
	node->depth = child->depth + 1;
	if (node->depth > SFM_MAX_EXPRESSION_DEPTH)
		sfm_parser_fail(parser, node->position,
						psprintf("the expression has more than %d levels",
								 SFM_MAX_EXPRESSION_DEPTH));
}

void
sfm_adopt_list(SfmParser *parser, SfmNode *node, const List *children)
{
	ListCell   *cell;

	foreach(cell, children)
		sfm_adopt(parser, node, lfirst(cell));
}

/* ------------------------------------------------------------------------
 * Tokens for the grammar
 * ------------------------------------------------------------------------
 */

/* The grammar's token for one of the lexer's that is no word. */
static int
plain_token(SfmTokenKind kind)
{
	switch (kind)
	{
		case SFM_TOKEN_END:
			return K_END_OF_TEXT;
		case SFM_TOKEN_QUOTED:
		case SFM_TOKEN_NAME:
		case SFM_TOKEN_WORD:
			return K_ID;
		case SFM_TOKEN_STRING:
			return K_STRING;
		case SFM_TOKEN_BLOB:
			return K_BLOB;
		case SFM_TOKEN_INTEGER:
			return K_INTEGER;
		case SFM_TOKEN_FLOAT:
			return K_FLOAT;
		case SFM_TOKEN_VARIABLE:
			return K_VARIABLE;
		case SFM_TOKEN_LEFT:
			return '(';
		case SFM_TOKEN_RIGHT:
			return ')';
		case SFM_TOKEN_COMMA:
			return ',';
		case SFM_TOKEN_SEMICOLON:
			return ';';
		case SFM_TOKEN_DOT:
			return '.';
		case SFM_TOKEN_PLUS:
			return '+';
		case SFM_TOKEN_MINUS:
			return '-';
		case SFM_TOKEN_STAR:
			return '*';
		case SFM_TOKEN_SLASH:
			return '/';
		case SFM_TOKEN_PERCENT:
			return '%';
		case SFM_TOKEN_EQ:
			return K_EQ;
		case SFM_TOKEN_NE:
			return K_NE;
		case SFM_TOKEN_LT:
			return K_LT;
		case SFM_TOKEN_LE:
			return K_LE;
		case SFM_TOKEN_GT:
			return K_GT;
		case SFM_TOKEN_GE:
			return K_GE;
		case SFM_TOKEN_SHIFT_LEFT:
			return K_SHIFT_LEFT;
		case SFM_TOKEN_SHIFT_RIGHT:
			return K_SHIFT_RIGHT;
		case SFM_TOKEN_AND:
			return '&';
		case SFM_TOKEN_OR:
			return '|';
		case SFM_TOKEN_NOT:
			return '~';
		case SFM_TOKEN_CONCAT:
			return K_CONCAT;
		case SFM_TOKEN_ARROW:
			return K_ARROW;
		case SFM_TOKEN_ILLEGAL:
			break;
	}
	return K_ILLEGAL;
}

/* The lexer's token at a place, or the end. */
static const SfmToken *
token_at(const SfmParser *parser, int place)
{
	for (int i = parser->next; i < place; i++)
		if (parser->tokens[i]->kind == SFM_TOKEN_END)
			return parser->tokens[i];
	return parser->tokens[place];
}

/* Could the token at a place be a name, as seen from a token before it? */
static bool
can_be_name(const SfmParser *parser, int place)
{
	const SfmToken *token = token_at(parser, place);
	bool		fallback;
	int			keyword;

	if (token->kind != SFM_TOKEN_WORD)
		return sfm_token_is_name(token);
	keyword = sfm_keyword(token->text, &fallback);
	return fallback || keyword == K_ID || keyword == K_JOIN_WORD ||
		keyword == K_WINDOW || keyword == K_OVER;
}

/*
 * is_window_keyword
 *		WINDOW, OVER and FILTER are names unless what stands around them says
 *		otherwise; SQLite's tokenizer has the same rules.
 */
static bool
is_window_keyword(const SfmParser *parser, int keyword, int place)
{
	bool		behind = place > 0 &&
		parser->tokens[place - 1]->kind == SFM_TOKEN_RIGHT;
	bool		before = token_at(parser, place + 1)->kind == SFM_TOKEN_LEFT;

	switch (keyword)
	{
		case K_WINDOW:
			return can_be_name(parser, place + 1) &&
				sfm_token_is_word(token_at(parser, place + 2), "AS");
		case K_OVER:
			return behind && (before || can_be_name(parser, place + 1));
		case K_FILTER:
			return behind && before;
		default:
			return true;
	}
}

/*
 * read_arguments
 *		The arguments of a virtual table: parser->next is the parenthesis that
 *		opens them, and becomes the place behind the one that closes them.
 *		False if none does.
 */
static bool
read_arguments(SfmParser *parser, List **arguments)
{
	int			depth = 0;
	int			start = -1;
	int			end = -1;

	*arguments = NIL;
	for (;;)
	{
		const SfmToken *token = parser->tokens[parser->next];

		if (token->kind == SFM_TOKEN_END || token->kind == SFM_TOKEN_ILLEGAL)
			return false;
		parser->next++;
		if (token->kind == SFM_TOKEN_LEFT && depth++ == 0)
			continue;
		if (token->kind == SFM_TOKEN_RIGHT)
			depth--;
		if (depth == 0 || (depth == 1 && token->kind == SFM_TOKEN_COMMA))
		{
			if (start >= 0)
				*arguments = lappend(*arguments,
									 pnstrdup(parser->sql + start, end - start));
			if (depth == 0)
				return true;
			start = -1;
			continue;
		}
		if (start < 0)
			start = token->position;
		end = token->position + token->length;
	}
}

/*
 * sfm_next_token
 *		The next token for the grammar, with its value and
 *		parser->location.  *fallback: it may become a name.
 */
int
sfm_next_token(SfmParser *parser, SFM_YYSTYPE *value, bool *fallback)
{
	int			place = parser->next;
	const SfmToken *token = parser->tokens[place];
	int			result = plain_token(token->kind);
	SfmName    *name;

	*fallback = false;
	parser->location.start = token->position;
	parser->location.end = token->position + token->length;

	if (parser->is_virtual && token->kind == SFM_TOKEN_LEFT)
	{
		List	   *arguments;

		if (read_arguments(parser, &arguments))
		{
			token = parser->tokens[parser->next - 1];
			parser->location.end = token->position + token->length;
			value->K_VIRTUAL_ARGUMENTS = arguments;
			return K_VIRTUAL_ARGUMENTS;
		}
		/* the token that stopped it */
		token = parser->tokens[parser->next];
		parser->location.start = token->position;
		parser->location.end = token->position + token->length;
		result = K_ILLEGAL;
	}

	if (token->kind != SFM_TOKEN_END)
		parser->next++;
	if (token->kind == SFM_TOKEN_WORD)
	{
		result = sfm_keyword(token->text, fallback);
		if (!is_window_keyword(parser, result, place))
			result = K_ID;
		if (result == K_IS &&
			sfm_token_is_word(parser->tokens[parser->next], "NOT"))
		{
			result = K_IS_NOT;
			parser->next++;
		}
	}

	name = sfm_make_node(sizeof(SfmName), SFM_NODE_NAME, &parser->location);
	name->text = token->text;
	switch (token->kind)
	{
		case SFM_TOKEN_QUOTED:
			name->quote = SFM_QUOTE_DOUBLE;
			break;
		case SFM_TOKEN_NAME:
			name->quote = SFM_QUOTE_OTHER;
			break;
		case SFM_TOKEN_STRING:
			name->quote = SFM_QUOTE_SINGLE;
			break;
		default:
			name->quote = SFM_QUOTE_NONE;
			break;
	}
	value->K_ID = name;
	return result;
}

/* ------------------------------------------------------------------------
 * Entries
 * ------------------------------------------------------------------------
 */

/* Parses a text; NULL and *error if that fails. */
static SfmNode *
parse(const char *sql, int start, char **error)
{
	SfmParser	parser = {.sql = sql};
	List	   *tokens = sfm_lex(sql);
	ListCell   *cell;

	parser.tokens = palloc_array(SfmToken *, list_length(tokens));
	foreach(cell, tokens)
		parser.tokens[foreach_current_index(cell)] = lfirst(cell);
	parser.is_virtual = list_length(tokens) > 3 &&
		sfm_token_is_word(parser.tokens[0], "CREATE") &&
		sfm_token_is_word(parser.tokens[1], "VIRTUAL") &&
		sfm_token_is_word(parser.tokens[2], "TABLE");

	sfm_run_grammar(&parser, start);
	*error = parser.error;
	return parser.error == NULL ? parser.result : NULL;
}

/*
 * sfm_parse
 *		The tree of one CREATE TABLE, VIRTUAL TABLE, INDEX, VIEW or TRIGGER;
 *		semicolons may follow it.
 *
 * If the text is none of these, or is broken, NULL comes back and *error says
 * where and why; else *error is NULL.
 */
SfmNode *
sfm_parse(const char *sql, char **error)
{
	return parse(sql, K_START_STATEMENT, error);
}

/* sfm_parse_expression: the same for one expression. */
SfmNode *
sfm_parse_expression(const char *sql, char **error)
{
	return parse(sql, K_START_EXPRESSION, error);
}
