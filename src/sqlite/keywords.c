/*-------------------------------------------------------------------------
 *
 * keywords.c
 *	  The keywords of SQLite's SQL.
 *
 * Words that the grammar has no use for are here only if SQLite refuses them
 * as names.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "grammar.h"

typedef struct Keyword
{
	const char *word;
	int			token;
	bool		can_be_name;	/* where the grammar has no use for it */
} Keyword;

/* by word, for bsearch() */
static const Keyword keywords[] = {
	{"abort", K_ABORT, true},
	{"action", K_ACTION, true},
	{"add", K_RESERVED, false},
	{"after", K_AFTER, true},
	{"all", K_ALL, false},
	{"alter", K_RESERVED, false},
	{"always", K_ALWAYS, true},
	{"and", K_AND, false},
	{"as", K_AS, false},
	{"asc", K_ASC, true},
	{"autoincrement", K_AUTOINCREMENT, false},
	{"before", K_BEFORE, true},
	{"begin", K_BEGIN_, true},
	{"between", K_BETWEEN, false},
	{"by", K_BY, true},
	{"cascade", K_CASCADE, true},
	{"case", K_CASE, false},
	{"cast", K_CAST, true},
	{"check", K_CHECK, false},
	{"collate", K_COLLATE, false},
	{"commit", K_RESERVED, false},
	{"conflict", K_CONFLICT, true},
	{"constraint", K_CONSTRAINT, false},
	{"create", K_CREATE, false},
	{"cross", K_JOIN_WORD, false},
	{"current", K_CURRENT, true},
	{"current_date", K_CURRENT_TIME, true},
	{"current_time", K_CURRENT_TIME, true},
	{"current_timestamp", K_CURRENT_TIME, true},
	{"default", K_DEFAULT, false},
	{"deferrable", K_DEFERRABLE, false},
	{"deferred", K_DEFERRED, true},
	{"delete", K_DELETE, false},
	{"desc", K_DESC, true},
	{"distinct", K_DISTINCT, false},
	{"do", K_DO, true},
	{"drop", K_RESERVED, false},
	{"each", K_EACH, true},
	{"else", K_ELSE, false},
	{"end", K_END, true},
	{"escape", K_ESCAPE, false},
	{"except", K_EXCEPT, false},
	{"exclude", K_EXCLUDE, true},
	{"exists", K_EXISTS, false},
	{"fail", K_FAIL, true},
	{"filter", K_FILTER, false},
	{"first", K_FIRST, true},
	{"following", K_FOLLOWING, true},
	{"for", K_FOR, true},
	{"foreign", K_FOREIGN, false},
	{"from", K_FROM, false},
	{"full", K_JOIN_WORD, false},
	{"generated", K_GENERATED, true},
	{"glob", K_LIKE, true},
	{"group", K_GROUP, false},
	{"groups", K_GROUPS, true},
	{"having", K_HAVING, false},
	{"if", K_IF, true},
	{"ignore", K_IGNORE, true},
	{"immediate", K_IMMEDIATE, true},
	{"in", K_IN, false},
	{"index", K_INDEX, false},
	{"indexed", K_INDEXED, false},
	{"initially", K_INITIALLY, true},
	{"inner", K_JOIN_WORD, false},
	{"insert", K_INSERT, false},
	{"instead", K_INSTEAD, true},
	{"intersect", K_INTERSECT, false},
	{"into", K_INTO, false},
	{"is", K_IS, false},
	{"isnull", K_ISNULL, false},
	{"join", K_JOIN, false},
	{"key", K_KEY, true},
	{"last", K_LAST, true},
	{"left", K_JOIN_WORD, false},
	{"like", K_LIKE, true},
	{"limit", K_LIMIT, false},
	{"match", K_MATCH, true},
	{"materialized", K_MATERIALIZED, true},
	{"natural", K_JOIN_WORD, false},
	{"no", K_NO, true},
	{"not", K_NOT, false},
	{"nothing", K_NOTHING, false},
	{"notnull", K_NOTNULL, false},
	{"null", K_NULL, false},
	{"nulls", K_NULLS, true},
	{"of", K_OF, true},
	{"offset", K_OFFSET, true},
	{"on", K_ON, false},
	{"or", K_OR, false},
	{"order", K_ORDER, false},
	{"others", K_OTHERS, true},
	{"outer", K_JOIN_WORD, false},
	{"over", K_OVER, false},
	{"partition", K_PARTITION, true},
	{"preceding", K_PRECEDING, true},
	{"primary", K_PRIMARY, false},
	{"raise", K_RAISE, true},
	{"range", K_RANGE, true},
	{"recursive", K_RECURSIVE, true},
	{"references", K_REFERENCES, false},
	{"regexp", K_LIKE, true},
	{"replace", K_REPLACE, true},
	{"restrict", K_RESTRICT, true},
	{"returning", K_RESERVED, false},
	{"right", K_JOIN_WORD, false},
	{"rollback", K_ROLLBACK, true},
	{"row", K_ROW, true},
	{"rows", K_ROWS, true},
	{"select", K_SELECT, false},
	{"set", K_SET, false},
	{"table", K_TABLE, false},
	{"temp", K_TEMP, true},
	{"temporary", K_TEMP, true},
	{"then", K_THEN, false},
	{"ties", K_TIES, true},
	{"to", K_RESERVED, false},
	{"transaction", K_RESERVED, false},
	{"trigger", K_TRIGGER, true},
	{"unbounded", K_UNBOUNDED, true},
	{"union", K_UNION, false},
	{"unique", K_UNIQUE, false},
	{"update", K_UPDATE, false},
	{"using", K_USING, false},
	{"values", K_VALUES, false},
	{"view", K_VIEW, true},
	{"virtual", K_VIRTUAL, true},
	{"when", K_WHEN, false},
	{"where", K_WHERE, false},
	{"window", K_WINDOW, false},
	{"with", K_WITH, true},
	{"within", K_WITHIN, true},
	{"without", K_WITHOUT, true}
};

static int
compare_keywords(const void *word, const void *keyword)
{
	return pg_strcasecmp(word, ((const Keyword *) keyword)->word);
}

/*
 * sfm_keyword
 *		The token that a bare word stands for: K_ID if it is none.
 */
int
sfm_keyword(const char *word, bool *can_be_name)
{
	const Keyword *keyword = bsearch(word, keywords, lengthof(keywords),
									 sizeof(Keyword), compare_keywords);

	*can_be_name = keyword != NULL && keyword->can_be_name;
	return keyword != NULL ? keyword->token : K_ID;
}
