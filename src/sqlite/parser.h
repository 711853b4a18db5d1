/*-------------------------------------------------------------------------
 *
 * parser.h
 *	  What parse.c, keywords.c and grammar.y share; for others there is
 *	  syntax.h.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_PARSER_H
#define SFM_PARSER_H

#include "sqlite/lexer.h"
#include "sqlite/syntax.h"

/*
 * How deep an expression may be.  SQLite takes 1000 levels unless it was
 * compiled to take more.
 */
#define SFM_MAX_EXPRESSION_DEPTH 3000

/* The bytes of the text that a symbol of the grammar was read from. */
typedef struct SfmLocation
{
	int			start;
	int			end;
} SfmLocation;

/* schema.name, or name */
typedef struct SfmQualified
{
	SfmName    *schema;			/* or NULL */
	SfmName    *name;
} SfmQualified;

/* The state of one parse. */
typedef struct SfmParser
{
	const char *sql;
	SfmToken  **tokens;			/* of the whole text; the last one is the end */
	int			next;			/* token to read */
	bool		is_virtual;		/* CREATE VIRTUAL TABLE: arguments are raw */
	SfmNode    *result;
	char	   *error;			/* the first one, or NULL */
	SfmLocation location;		/* of the token that was read last */

	/* inside a table */
	SfmName    *constraint_name;	/* CONSTRAINT x, for what comes next */
	SfmConstraint *foreign_key; /* the last one, which DEFERRABLE is about */
} SfmParser;

/* in parse.c */
extern void sfm_parser_fail(SfmParser *parser, int position,
							const char *problem);
extern void *sfm_make_node(size_t size, SfmNodeKind kind,
						   const SfmLocation *location);
extern void sfm_adopt(SfmParser *parser, SfmNode *node, const SfmNode *child);
extern void sfm_adopt_list(SfmParser *parser, SfmNode *node,
						   const List *children);

/* in keywords.c */
extern int	sfm_keyword(const char *word, bool *can_be_name);

#endif							/* SFM_PARSER_H */
