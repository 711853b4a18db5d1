/*-------------------------------------------------------------------------
 *
 * jsonb.c
 *	  SQLite's binary JSON ("The SQLite JSONB Format") to JSON text.
 *
 * SQLite has JSONB since 3.45 and promises that all later versions read what
 * an earlier one wrote.  It is decoded here, and not by SQLite's function
 * json(), because the library on this machine may be older than the one that
 * wrote the file, and because json() looks at a BLOB superficially only and
 * makes 9.0e999 of a hexadecimal number that is too long for it.
 *
 * An element is a header and a payload.  The low four bits of the first byte
 * are the type; the high four are the size of the payload, or from 12 to 15
 * say that the size follows in 1, 2, 4 or 8 bytes, big-endian.
 *
 * Every byte is checked: a BLOB is JSONB only if all of it is.  Whether text
 * is valid UTF-8 is not looked at; the caller's JSON parser does that.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "sqlite.h"

/* SQLite's own functions stop at 1000 levels (2000 in older versions) */
#define MAX_DEPTH 2000

/* a byte of JSONB becomes at most six of text, plus a comma */
#define MAX_LENGTH (MaxAllocSize / 8)

typedef enum ElementType
{
	ELEMENT_NULL,
	ELEMENT_TRUE,
	ELEMENT_FALSE,
	ELEMENT_INT,
	ELEMENT_INT5,				/* hexadecimal */
	ELEMENT_FLOAT,
	ELEMENT_FLOAT5,				/* .5 or 5. */
	ELEMENT_TEXT,				/* nothing in it needs an escape */
	ELEMENT_TEXTJ,				/* has JSON's escapes */
	ELEMENT_TEXT5,				/* may have JSON5's escapes */
	ELEMENT_TEXTRAW,			/* has no escapes but needs them */
	ELEMENT_ARRAY,
	ELEMENT_OBJECT				/* 13 to 15 are reserved */
} ElementType;

typedef struct Element
{
	int			type;
	const unsigned char *payload;
	const unsigned char *end;	/* of the payload */
} Element;

static bool write_element(const Element *element, StringInfo text, int depth);

/* Reads a header; false if there is none, or its payload is not all there. */
static bool
read_element(const unsigned char *at, const unsigned char *end,
			 Element *element)
{
	uint64		size;
	int			size_bytes;

	if (at >= end)
		return false;
	element->type = *at & 0x0f;
	size = *at >> 4;
	at++;
	if (size >= 12)
	{
		size_bytes = 1 << (size - 12);
		if (end - at < size_bytes)
			return false;
		size = 0;
		while (size_bytes-- > 0)
			size = size << 8 | *at++;
	}
	if (size > (uint64) (end - at))
		return false;
	element->payload = at;
	element->end = at + size;
	return true;
}

static inline bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static inline int
hex_value(unsigned char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* ------------------------------------------------------------------------
 * Numbers
 * ------------------------------------------------------------------------
 */

/* Steps over digits; returns how many. */
static int
skip_digits(const unsigned char **at, const unsigned char *end)
{
	const unsigned char *start = *at;

	while (*at < end && is_digit(**at))
		(*at)++;
	return (int) (*at - start);
}

/*
 * Writes a decimal number.  JSON wants digits on both sides of the point,
 * JSON5 on one side only; the other gets a zero.
 */
static bool
write_decimal(const Element *element, StringInfo text)
{
	bool		json5 = element->type == ELEMENT_FLOAT5;
	const unsigned char *at = element->payload;
	const unsigned char *end = element->end;
	const unsigned char *start;
	int			whole;
	int			fraction;

	if (at < end && *at == '-')
		appendStringInfoChar(text, *at++);
	else if (json5 && at < end && *at == '+')
		at++;

	start = at;
	whole = skip_digits(&at, end);
	if ((whole == 0 && !json5) || (whole > 1 && *start == '0'))
		return false;
	if (whole == 0)
		appendStringInfoChar(text, '0');
	appendBinaryStringInfo(text, (const char *) start, whole);
	if (element->type == ELEMENT_INT)
		return at == end;

	if (at < end && *at == '.')
	{
		at++;
		start = at;
		fraction = skip_digits(&at, end);
		if (fraction == 0 && (!json5 || whole == 0))
			return false;
		appendStringInfoChar(text, '.');
		if (fraction == 0)
			appendStringInfoChar(text, '0');
		appendBinaryStringInfo(text, (const char *) start, fraction);
	}
	else if (whole == 0)
		return false;

	if (at < end && (*at == 'e' || *at == 'E'))
	{
		start = at++;
		if (at < end && (*at == '+' || *at == '-'))
			at++;
		if (skip_digits(&at, end) == 0)
			return false;
		appendBinaryStringInfo(text, (const char *) start, (int) (at - start));
	}
	return at == end;
}

/* Writes 0x1F as 31; false if 64 bits do not hold it. */
static bool
write_hexadecimal(const Element *element, StringInfo text)
{
	const unsigned char *at = element->payload;
	const unsigned char *end = element->end;
	uint64		number = 0;

	if (at < end && *at == '-')
		appendStringInfoChar(text, *at++);
	else if (at < end && *at == '+')
		at++;
	if (end - at < 3 || at[0] != '0' || (at[1] != 'x' && at[1] != 'X'))
		return false;
	for (at += 2; at < end; at++)
	{
		int			digit = hex_value(*at);

		if (digit < 0 || number >> 60 != 0)
			return false;
		number = number << 4 | (uint64) digit;
	}
	appendStringInfo(text, UINT64_FORMAT, number);
	return true;
}

/* ------------------------------------------------------------------------
 * Text
 * ------------------------------------------------------------------------
 */

/* Appends one character of a string, with an escape if JSON wants it. */
static void
append_escaped(StringInfo text, unsigned char c)
{
	if (c == '"' || c == '\\')
	{
		appendStringInfoChar(text, '\\');
		appendStringInfoChar(text, c);
	}
	else if (c < 0x20)
		appendStringInfo(text, "\\u%04x", c);
	else
		appendStringInfoChar(text, c);
}

/* Says whether "count" hexadecimal digits are next. */
static bool
has_hex(const unsigned char *at, const unsigned char *end, int count)
{
	if (end - at < count)
		return false;
	for (int i = 0; i < count; i++)
	{
		if (hex_value(at[i]) < 0)
			return false;
	}
	return true;
}

/*
 * Writes an escape that JSON5 has and JSON lacks; "at" is behind the
 * backslash.  Returns the position behind it, or NULL.
 */
static const unsigned char *
write_json5_escape(const unsigned char *at, const unsigned char *end,
				   StringInfo text)
{
	switch (*at++)
	{
		case '\'':
			appendStringInfoChar(text, '\'');
			return at;
		case 'v':
			appendStringInfoString(text, "\\u000b");
			return at;
		case '0':
			appendStringInfoString(text, "\\u0000");
			return at;
		case 'x':
			if (!has_hex(at, end, 2))
				return NULL;
			appendStringInfo(text, "\\u00%c%c", at[0], at[1]);
			return at + 2;

			/* the end of a line, which the escape takes away */
		case '\r':
			return at < end && *at == '\n' ? at + 1 : at;
		case '\n':
			return at;
		case 0xe2:
			if (end - at < 2 || at[0] != 0x80 ||
				(at[1] != 0xa8 && at[1] != 0xa9))
				return NULL;
			return at + 2;
		default:
			return NULL;
	}
}

/* Writes an escape; "at" is behind the backslash.  Returns as above. */
static const unsigned char *
write_escape(const unsigned char *at, const unsigned char *end, bool json5,
			 StringInfo text)
{
	if (at == end)
		return NULL;
	if (*at == 'u')
	{
		if (!has_hex(at + 1, end, 4))
			return NULL;
		appendStringInfoChar(text, '\\');
		appendBinaryStringInfo(text, (const char *) at, 5);
		return at + 5;
	}
	if (*at != '\0' && strchr("\"\\/bfnrt", *at) != NULL)
	{
		appendStringInfoChar(text, '\\');
		appendStringInfoChar(text, *at);
		return at + 1;
	}
	return json5 ? write_json5_escape(at, end, text) : NULL;
}

static bool
write_string(const Element *element, StringInfo text)
{
	const unsigned char *at = element->payload;
	const unsigned char *end = element->end;
	bool		raw = element->type == ELEMENT_TEXTRAW;
	bool		json5 = element->type == ELEMENT_TEXT5;

	appendStringInfoChar(text, '"');
	while (at < end)
	{
		unsigned char c = *at++;

		if (raw)
			append_escaped(text, c);
		else if (c == '\\' && element->type != ELEMENT_TEXT)
		{
			at = write_escape(at, end, json5, text);
			if (at == NULL)
				return false;
		}
		else if (json5)
			append_escaped(text, c);	/* 'a "quote"' */
		else if (c == '"' || c == '\\' || c < 0x20)
			return false;
		else
			appendStringInfoChar(text, c);
	}
	appendStringInfoChar(text, '"');
	return true;
}

/* ------------------------------------------------------------------------
 * Arrays, objects, and everything
 * ------------------------------------------------------------------------
 */

static bool
write_members(const Element *element, StringInfo text, int depth)
{
	bool		object = element->type == ELEMENT_OBJECT;
	const unsigned char *at = element->payload;
	Element		member;

	if (depth >= MAX_DEPTH)
		return false;
	appendStringInfoChar(text, object ? '{' : '[');
	while (at < element->end)
	{
		if (at > element->payload)
			appendStringInfoChar(text, ',');
		if (!read_element(at, element->end, &member))
			return false;
		if (object)
		{
			if (member.type < ELEMENT_TEXT || member.type > ELEMENT_TEXTRAW ||
				!write_string(&member, text) ||
				!read_element(member.end, element->end, &member))
				return false;
			appendStringInfoChar(text, ':');
		}
		if (!write_element(&member, text, depth + 1))
			return false;
		at = member.end;
	}
	appendStringInfoChar(text, object ? '}' : ']');
	return true;
}

static bool
write_element(const Element *element, StringInfo text, int depth)
{
	static const char *const words[] = {"null", "true", "false"};

	switch (element->type)
	{
		case ELEMENT_NULL:
		case ELEMENT_TRUE:
		case ELEMENT_FALSE:
			appendStringInfoString(text, words[element->type]);
			return element->payload == element->end;
		case ELEMENT_INT5:
			return write_hexadecimal(element, text);
		case ELEMENT_INT:
		case ELEMENT_FLOAT:
		case ELEMENT_FLOAT5:
			return write_decimal(element, text);
		case ELEMENT_TEXT:
		case ELEMENT_TEXTJ:
		case ELEMENT_TEXT5:
		case ELEMENT_TEXTRAW:
			return write_string(element, text);
		case ELEMENT_ARRAY:
		case ELEMENT_OBJECT:
			return write_members(element, text, depth);
		default:
			return false;
	}
}

/*
 * sfm_jsonb_to_json
 *		Makes JSON text of a BLOB in SQLite's JSONB format.
 *
 *		The text is palloc'd, in UTF-8 as far as the BLOB was, and
 *		NUL-terminated; *text_length is its length.  NULL if the BLOB is no
 *		JSONB.
 */
char *
sfm_jsonb_to_json(const char *bytes, size_t length, size_t *text_length)
{
	const unsigned char *start = (const unsigned char *) bytes;
	StringInfoData text;
	Element		element;

	if (length > MAX_LENGTH ||
		!read_element(start, start + length, &element) ||
		element.end != start + length)
		return NULL;
	initStringInfo(&text);
	if (!write_element(&element, &text, 0))
	{
		pfree(text.data);
		return NULL;
	}
	*text_length = text.len;
	return text.data;
}
