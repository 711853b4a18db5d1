/*-------------------------------------------------------------------------
 *
 * lexer.h
 *	  The tokens of SQLite's SQL.
 *
 * The scanner (lexer.l) cuts a text into exactly the tokens that SQLite's own
 * tokenizer sees.  It knows no keywords: a bare word comes back as
 * SFM_TOKEN_WORD and the caller asks sfm_token_is_word(); in SQLite most keywords
 * may be names as well, so only a grammar can tell.
 *
 *		SfmLexer   *lexer = sfm_lexer_create(sql);
 *		SfmToken	token;
 *
 *		while (sfm_lexer_next(lexer, &token))
 *			...
 *		sfm_lexer_destroy(lexer);
 *
 * Every byte of the text belongs to one token, to white space or to a comment;
 * what SQLite would refuse comes back as SFM_TOKEN_ILLEGAL, never as an error.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_LEXER_H
#define SFM_LEXER_H

#include "postgres.h"

#include "nodes/pg_list.h"

typedef enum SfmTokenKind
{
	SFM_TOKEN_END = 0,			/* end of the text */
	SFM_TOKEN_ILLEGAL,			/* no token of SQLite */

	/* names and words */
	SFM_TOKEN_WORD,				/* bare: a name or a keyword */
	SFM_TOKEN_QUOTED,			/* "x": a name, or a string where none fits */
	SFM_TOKEN_NAME,				/* `x` or [x] */

	/* literals */
	SFM_TOKEN_STRING,			/* 'x' */
	SFM_TOKEN_BLOB,				/* x'00' */
	SFM_TOKEN_INTEGER,			/* also 0x hexadecimal */
	SFM_TOKEN_FLOAT,
	SFM_TOKEN_VARIABLE,			/* ?1 :a @a #a $a::b(c) */

	/* punctuation */
	SFM_TOKEN_LEFT,				/* ( */
	SFM_TOKEN_RIGHT,			/* ) */
	SFM_TOKEN_COMMA,
	SFM_TOKEN_SEMICOLON,
	SFM_TOKEN_DOT,

	/* operators */
	SFM_TOKEN_PLUS,
	SFM_TOKEN_MINUS,
	SFM_TOKEN_STAR,
	SFM_TOKEN_SLASH,
	SFM_TOKEN_PERCENT,
	SFM_TOKEN_EQ,				/* = or == */
	SFM_TOKEN_NE,				/* <> or != */
	SFM_TOKEN_LT,
	SFM_TOKEN_LE,
	SFM_TOKEN_GT,
	SFM_TOKEN_GE,
	SFM_TOKEN_SHIFT_LEFT,
	SFM_TOKEN_SHIFT_RIGHT,
	SFM_TOKEN_AND,				/* & */
	SFM_TOKEN_OR,				/* | */
	SFM_TOKEN_NOT,				/* ~ */
	SFM_TOKEN_CONCAT,			/* || */
	SFM_TOKEN_ARROW				/* -> or ->> */
} SfmTokenKind;

typedef struct SfmToken
{
	SfmTokenKind kind;
	int			position;		/* first byte, counted from 0 */
	int			length;			/* bytes, quotes included */

	/*
	 * palloc'd in CurrentMemoryContext.  Names and strings: without quotes,
	 * doubled quotes made single.  Blobs: the hexadecimal digits.  Numbers:
	 * without digit separators.  All else: as written.
	 */
	char	   *text;
} SfmToken;

typedef struct SfmLexer SfmLexer;

extern SfmLexer *sfm_lexer_create(const char *sql);
extern bool sfm_lexer_next(SfmLexer *lexer, SfmToken *token);
extern void sfm_lexer_destroy(SfmLexer *lexer);

extern List *sfm_lex(const char *sql);
extern bool sfm_token_is_word(const SfmToken *token, const char *keyword);
extern bool sfm_token_is_name(const SfmToken *token);
extern char *sfm_token_name(const SfmToken *token);

#endif							/* SFM_LEXER_H */
