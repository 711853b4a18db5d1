/*-------------------------------------------------------------------------
 *
 * names.c
 *	  PostgreSQL identifiers for SQLite's names.
 *
 * SQLite takes any string as a name, also the empty one, of any length.  A
 * name here is folded as asked for, cut to NAMEDATALEN - 1 bytes between two
 * characters, and given a number where it is taken already.  Nothing here
 * quotes: that is done where a name goes into SQL.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"

#include "fdw.h"

typedef struct UsedName
{
	NameData	name;			/* hash key; must be first */
} UsedName;

struct SfmNames
{
	SfmNameStyle style;
	HTAB	   *used;
};

/*
 * sfm_names_create
 *		An empty set of names, palloc'd in CurrentMemoryContext.
 */
SfmNames *
sfm_names_create(SfmNameStyle style)
{
	SfmNames   *names = palloc(sizeof(SfmNames));
	HASHCTL		control = {
		.keysize = NAMEDATALEN,
		.entrysize = sizeof(UsedName),
		.hcxt = CurrentMemoryContext,
	};

	names->style = style;
	names->used = hash_create("names", 64, &control,
							  HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	return names;
}

/*
 * sfm_names_reserve
 *		Marks a name as taken.
 */
void
sfm_names_reserve(SfmNames *names, const char *name)
{
	(void) hash_search(names->used, name, HASH_ENTER, NULL);
}

/*
 * is_word_byte
 *		Is this byte part of a word?  All bytes of non-ASCII characters are.
 */
static bool
is_word_byte(char c)
{
	return IS_HIGHBIT_SET(c) || isalnum((unsigned char) c);
}

/*
 * snake_case
 *		OrderID, orderId and "Order ID" all become order_id.  Palloc'd.
 *
 *		An underscore goes before an upper-case letter that follows a lower-
 *		case one or a digit, and before the last of several upper-case letters
 *		if a lower-case one comes after it (HTTPServer: http_server).
 */
static char *
snake_case(const char *name)
{
	char	   *result = palloc(2 * strlen(name) + 1);
	char	   *out = result;

	for (const char *c = name; *c != '\0'; c++)
	{
		bool		upper = *c >= 'A' && *c <= 'Z';

		if (!is_word_byte(*c))
		{
			if (out > result && out[-1] != '_')
				*out++ = '_';
			continue;
		}
		if (upper && c > name && is_word_byte(c[-1]) &&
			(!(c[-1] >= 'A' && c[-1] <= 'Z') ||
			 (c[1] >= 'a' && c[1] <= 'z')) &&
			out > result && out[-1] != '_')
			*out++ = '_';
		*out++ = pg_ascii_tolower((unsigned char) *c);
	}
	while (out > result && out[-1] == '_')
		out--;
	*out = '\0';
	return result;
}

/*
 * sfm_names_add
 *		The identifier for a name of SQLite; taken from then on.  Palloc'd.
 *
 *		"lower" folds as PostgreSQL folds an unquoted identifier, so that a
 *		name that needs no quotes otherwise can be typed without.  "if_empty"
 *		stands in for a name of which nothing is left.
 */
char *
sfm_names_add(SfmNames *names, const char *sqlite_name, const char *if_empty)
{
	char	   *name;
	char	   *base;
	bool		found;

	switch (names->style)
	{
		case SFM_NAMES_LOWER:
			name = downcase_identifier(sqlite_name, (int) strlen(sqlite_name),
									   false, false);
			break;
		case SFM_NAMES_SNAKE:
			name = snake_case(sqlite_name);
			break;
		default:
			name = pstrdup(sqlite_name);
			break;
	}
	if (name[0] == '\0')
		name = pstrdup(if_empty);

	name[pg_mbcliplen(name, (int) strlen(name), NAMEDATALEN - 1)] = '\0';
	base = name;
	for (int number = 2;; number++)
	{
		char		suffix[16];
		int			length;

		(void) hash_search(names->used, name, HASH_ENTER, &found);
		if (!found)
			return name;
		snprintf(suffix, sizeof(suffix), "_%d", number);
		length = pg_mbcliplen(base, (int) strlen(base),
							  NAMEDATALEN - 1 - (int) strlen(suffix));
		name = psprintf("%.*s%s", length, base, suffix);
	}
}

/*
 * sfm_names_add_exact
 *		Takes a name as it stands: a copy, palloc'd, or NULL if it is taken.
 */
char *
sfm_names_add_exact(SfmNames *names, const char *name)
{
	bool		found;

	(void) hash_search(names->used, name, HASH_ENTER, &found);
	return found ? NULL : pstrdup(name);
}
