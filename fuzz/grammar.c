/*-------------------------------------------------------------------------
 *
 * grammar.c
 *	  Fuzz target: any bytes through the lexer, the grammar and a walk over
 *	  the tree.
 *
 * Runs without a server: what the code needs of PostgreSQL's backend (lists,
 * errors, encodings, the stack check) is supplied here, in its simplest form.
 * Memory is freed after each input by the arena below, so that the sanitizers
 * see each allocation by itself.  README.md says how to build and run it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include <setjmp.h>
#include <stdint.h>

#include "mb/pg_wchar.h"

#include "../t/grammar_print.h"

int			LLVMFuzzerTestOneInput(const uint8_t * data, size_t size);

static sigjmp_buf failure;
static void **blocks = NULL;
static size_t nblocks = 0;
static size_t allocated = 0;

/* Remembers a block, to be freed after the input. */
static void *
keep(void *block)
{
	if (nblocks == allocated)
	{
		allocated = allocated * 2 + 1024;
		blocks = realloc(blocks, allocated * sizeof(void *));
	}
	if (block == NULL || blocks == NULL)
		abort();
	blocks[nblocks++] = block;
	return block;
}

void *
palloc(Size size)
{
	return keep(malloc(size));
}

void *
palloc0(Size size)
{
	return keep(calloc(1, size));
}

/* newer servers' palloc_array() */
void	   *palloc_mul(Size size, Size count);

void *
palloc_mul(Size size, Size count)
{
	return palloc(size * count);
}

void *
palloc_extended(Size size, int flags)
{
	return palloc0(size);
}

void
pfree(void *pointer)
{
	/* freed with all others; a use after this is not found */
}

void *
repalloc(void *pointer, Size size)
{
	for (size_t i = nblocks; i-- > 0;)
	{
		if (blocks[i] == pointer)
			return blocks[i] = realloc(pointer, size);
	}
	abort();
}

char *
pnstrdup(const char *text, Size length)
{
	return keep(strndup(text, length));
}

char *
pstrdup(const char *text)
{
	return keep(strdup(text));
}

char *
psprintf(const char *format,...)
{
	va_list		arguments;
	char	   *result = palloc(1024);

	va_start(arguments, format);
	pg_vsnprintf(result, 1024, format, arguments);
	va_end(arguments);
	return result;
}

/* lists; bigger ones are copied, as they may move in PostgreSQL */

static List *
new_list(int length)
{
	List	   *list = palloc0(sizeof(List));

	list->type = T_List;
	list->length = length;
	list->max_length = length;
	list->elements = palloc0((length + 1) * sizeof(ListCell));
	return list;
}

List *
list_make1_impl(NodeTag type, ListCell cell)
{
	List	   *list = new_list(1);

	list->elements[0] = cell;
	return list;
}

List *
list_make2_impl(NodeTag type, ListCell first, ListCell second)
{
	List	   *list = new_list(2);

	list->elements[0] = first;
	list->elements[1] = second;
	return list;
}

List *
lappend(List *list, void *datum)
{
	if (list == NIL)
		list = new_list(0);
	if (list->length == list->max_length)
	{
		list->max_length = list->max_length * 2 + 4;
		list->elements = repalloc(list->elements,
								  (list->max_length + 1) * sizeof(ListCell));
	}
	list->elements[list->length++].ptr_value = datum;
	return list;
}

List *
lcons(void *datum, List *list)
{
	List	   *result = new_list(0);

	result = lappend(result, datum);
	for (int i = 0; list != NIL && i < list->length; i++)
		result = lappend(result, list->elements[i].ptr_value);
	return result;
}

/* errors: the lexer's and the walk's only */

bool
errstart(int level, const char *domain)
{
	return true;
}

bool
errstart_cold(int level, const char *domain)
{
	return true;
}

int
errcode(int code)
{
	return 0;
}

int
errmsg(const char *format,...)
{
	return 0;
}

int
errmsg_internal(const char *format,...)
{
	fprintf(stderr, "internal error: %s\n", format);
	abort();
}

void
errfinish(const char *file, int line, const char *function)
{
	siglongjmp(failure, 1);
}

/* an invariant of the extension is broken */
void
ExceptionalCondition(const char *condition, const char *type,
					 const char *file, int line)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, condition);
	abort();
}

static char *stack_base;

void
check_stack_depth(void)
{
	char		here;

	if (stack_base - &here > 4 * 1024 * 1024)
		siglongjmp(failure, 1);
}

int
pg_mbstrlen_with_len(const char *text, int length)
{
	if ((size_t) length > strlen(text))
		abort();
	return length;
}

int
pg_mbcliplen(const char *text, int length, int limit)
{
	return Min(length, limit);
}

void
initStringInfo(StringInfo out)
{
	out->maxlen = 1024;
	out->data = palloc(out->maxlen);
	out->data[0] = '\0';
	out->len = 0;
}

void
enlargeStringInfo(StringInfo out, int needed)
{
	while (out->len + needed >= out->maxlen)
		out->maxlen *= 2;
	out->data = repalloc(out->data, out->maxlen);
}

void
appendBinaryStringInfo(StringInfo out, const char *data, int length)
{
	if (out->len + length >= out->maxlen)
		enlargeStringInfo(out, length);
	memcpy(out->data + out->len, data, length);
	out->len += length;
	out->data[out->len] = '\0';
}

void
appendStringInfoString(StringInfo out, const char *text)
{
	appendBinaryStringInfo(out, text, strlen(text));
}

void
appendStringInfoChar(StringInfo out, char character)
{
	appendBinaryStringInfo(out, &character, 1);
}

/* every text of the tree is read by this */
void
appendStringInfo(StringInfo out, const char *format,...)
{
	va_list		arguments;
	char		buffer[256];

	va_start(arguments, format);
	pg_vsnprintf(buffer, sizeof(buffer), format, arguments);
	va_end(arguments);
	appendStringInfoString(out, buffer);
}

/* Every node lies inside the text. */
int
LLVMFuzzerTestOneInput(const uint8_t * data, size_t size)
{
	char		base;
	char	   *sql;

	stack_base = &base;
	sql = palloc(size + 1);
	memcpy(sql, data, size);
	sql[size] = '\0';
	for (int is_expression = 0; is_expression < 2; is_expression++)
	{
		if (sigsetjmp(failure, 0) == 0)
		{
			char	   *error;
			SfmNode    *node = is_expression ?
			sfm_parse_expression(sql, &error) : sfm_parse(sql, &error);
			StringInfoData out;

			if ((node == NULL) == (error == NULL))
				abort();
			if (node != NULL &&
				(node->position < 0 || node->end <= node->position ||
				 node->end > (int) strlen(sql)))
				abort();
			initStringInfo(&out);
			if (node != NULL)
				print_node(&out, node);
		}
	}
	for (size_t i = 0; i < nblocks; i++)
		free(blocks[i]);
	nblocks = 0;
	return 0;
}
