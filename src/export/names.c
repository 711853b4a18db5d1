/*-------------------------------------------------------------------------
 *
 * names.c
 *	  Names that SQLite can tell apart.
 *
 * To SQLite "a" and "A" are one name, and tables, views and indexes share
 * their names in a file.  Names that begin with sqlite_ are its own ("Database
 * File Format", section 2.6.2).  Everything else is a name in double quotes.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "export.h"

#define RESERVED_PREFIX "sqlite_"

/* SQLite folds the letters of ASCII only. */
static bool
same_name(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++)
	{
		unsigned char c = (unsigned char) *a;
		unsigned char d = (unsigned char) *b;

		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if (d >= 'A' && d <= 'Z')
			d += 'a' - 'A';
		if (c != d)
			return false;
	}
	return *a == *b;
}

static bool
is_taken(List *taken, const char *name)
{
	ListCell   *cell;

	foreach(cell, taken)
	{
		if (same_name(lfirst(cell), name))
			return true;
	}
	return false;
}

/*
 * sfm_export_name
 *		The name, or one with a number behind it if that is taken.  It is taken
 *		then.  Only relations, not columns, may not begin with sqlite_.
 *		Palloc'd.
 */
char *
sfm_export_name(List **taken, const char *name, bool is_relation)
{
	char	   *base = pstrdup(name);
	char	   *result;

	if (is_relation &&
		pg_strncasecmp(base, RESERVED_PREFIX, strlen(RESERVED_PREFIX)) == 0)
		base = psprintf("_%s", base);
	result = base;
	for (int number = 2; is_taken(*taken, result); number++)
		result = psprintf("%s_%d", base, number);
	*taken = lappend(*taken, result);
	return result;
}
