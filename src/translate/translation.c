/*-------------------------------------------------------------------------
 *
 * translation.c
 *	  The context of a translation: refusals, remarks, names.
 *
 * Only the first refusal of a translation is kept: what follows it comes from
 * the harmless text that took the refused one's place.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <stdarg.h>

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "translate.h"

/* bytes of the translated text that a message shows at most */
#define MAX_EXCERPT 60

/*
 * sfm_excerpt
 *		What a node was read from, on one line and not too long, for messages.
 *		NULL if the text is not known.  Palloc'd.
 */
char *
sfm_excerpt(const SfmTranslation *translation, const SfmNode *node)
{
	int			length;
	char	   *result;
	char	   *to;
	int			cut;

	if (translation->sql == NULL || node == NULL || node->position < 0 ||
		node->end <= node->position ||
		node->end > (int) strlen(translation->sql))
		return NULL;

	length = node->end - node->position;
	result = pnstrdup(translation->sql + node->position, length);
	/* blanks, also several of them, and line ends become one blank */
	to = result;
	for (const char *from = result; *from != '\0'; from++)
	{
		bool		blank = strchr(" \t\n\r\f\v", *from) != NULL;

		if (!blank)
			*to++ = *from;
		else if (to > result && to[-1] != ' ')
			*to++ = ' ';
	}
	while (to > result && to[-1] == ' ')
		to--;
	*to = '\0';

	cut = pg_mbcliplen(result, to - result, MAX_EXCERPT);
	if (cut < to - result)
	{
		result[cut] = '\0';
		return psprintf("%s...", result);
	}
	return result;
}

/*
 * sfm_refuse
 *		Notes why this cannot be translated, unless a reason is there already.
 *		"node" is what the reason is about, or NULL.
 */
void
sfm_refuse(SfmTranslation *translation, const void *node,
		   const char *format,...)
{
	StringInfoData reason;
	char	   *excerpt;

	if (translation->problem != NULL)
		return;

	initStringInfo(&reason);
	for (;;)
	{
		va_list		args;
		int			needed;

		va_start(args, format);
		needed = appendStringInfoVA(&reason, format, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&reason, needed);
	}
	excerpt = sfm_excerpt(translation, node);
	if (excerpt != NULL)
		appendStringInfo(&reason, ": %s", excerpt);
	translation->problem = reason.data;
}

/*
 * sfm_remark
 *		Notes what the user should know of a translation; each text once.
 */
void
sfm_remark(SfmTranslation *translation, const char *format,...)
{
	StringInfoData remark;
	ListCell   *cell;

	initStringInfo(&remark);
	for (;;)
	{
		va_list		args;
		int			needed;

		va_start(args, format);
		needed = appendStringInfoVA(&remark, format, args);
		va_end(args);
		if (needed == 0)
			break;
		enlargeStringInfo(&remark, needed);
	}
	foreach(cell, translation->remarks)
	{
		if (strcmp(lfirst(cell), remark.data) == 0)
			return;
	}
	translation->remarks = lappend(translation->remarks, remark.data);
}

/* A name that nothing else in this translation has.  Palloc'd. */
char *
sfm_new_name(SfmTranslation *translation, const char *prefix)
{
	return psprintf("%s_%d", prefix, ++translation->nnames);
}

/*
 * sfm_column_form
 *		How the values of a date, time or uuid column look in SQLite; asks the
 *		caller of the translation at most once for each column.
 */
SfmForm
sfm_column_form(SfmTranslation *translation, SfmRelation *relation, int column)
{
	SfmRelationColumn *place = &relation->columns[column];

	if (place->form == SFM_FORM_UNKNOWN)
		place->form = translation->column_form == NULL ? SFM_FORM_OTHER :
			translation->column_form(translation, relation, column);
	return place->form;
}

/* Names are equal for SQLite if they differ only in the case of ASCII letters. */
bool
sfm_same_name(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++)
	{
		if (pg_ascii_tolower((unsigned char) *a) !=
			pg_ascii_tolower((unsigned char) *b))
			return false;
	}
	return *a == *b;
}

SfmCollationKind
sfm_collation_kind(const char *name)
{
	if (sfm_same_name(name, "BINARY"))
		return SFM_COLLATION_BINARY;
	if (sfm_same_name(name, "NOCASE"))
		return SFM_COLLATION_NOCASE;
	if (sfm_same_name(name, "RTRIM"))
		return SFM_COLLATION_RTRIM;
	return SFM_COLLATION_UNKNOWN;
}

/* A function of the extension, qualified and quoted.  Palloc'd. */
char *
sfm_compat_function(const SfmTranslation *translation, const char *name)
{
	return quote_qualified_identifier(translation->extension_schema, name);
}
