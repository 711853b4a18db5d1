/*-------------------------------------------------------------------------
 *
 * page_numbers.h
 *	  Numbers as the pages of a SQLite file have them.
 *
 * Sections in brackets are those of "Database File Format".
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_PAGE_NUMBERS_H
#define SFM_PAGE_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

/* Kinds of b-tree pages [1.6] */
#define INDEX_INTERIOR	0x02
#define TABLE_INTERIOR	0x05
#define INDEX_LEAF		0x0a
#define TABLE_LEAF		0x0d

/* The bytes that the serial types of one byte stand for [2.1]. */
static const uint8_t serial_lengths[128] = {
	0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0, 0, 0, 1, 1,
	2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9,
	10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17, 17,
	18, 18, 19, 19, 20, 20, 21, 21, 22, 22, 23, 23, 24, 24, 25, 25,
	26, 26, 27, 27, 28, 28, 29, 29, 30, 30, 31, 31, 32, 32, 33, 33,
	34, 34, 35, 35, 36, 36, 37, 37, 38, 38, 39, 39, 40, 40, 41, 41,
	42, 42, 43, 43, 44, 44, 45, 45, 46, 46, 47, 47, 48, 48, 49, 49,
	50, 50, 51, 51, 52, 52, 53, 53, 54, 54, 55, 55, 56, 56, 57, 57
};

/* Of functions that a constant argument makes several of. */
#ifdef __GNUC__
#define ALWAYS_INLINE __attribute__((always_inline)) inline
#else
#define ALWAYS_INLINE inline
#endif

static inline uint32_t
get16(const uint8_t *p)
{
	return ((uint32_t) p[0] << 8) | p[1];
}

static inline uint32_t
get32(const uint8_t *p)
{
	return ((uint32_t) p[0] << 24) | ((uint32_t) p[1] << 16) |
		((uint32_t) p[2] << 8) | p[3];
}

/*
 * get_varint
 *		Reads a variable-length integer that begins at p [1.6].  The byte
 *		behind it, or NULL if it would reach "end".
 */
static inline const uint8_t *
get_varint(const uint8_t *p, const uint8_t *end, uint64_t *value)
{
	uint64_t	result = 0;

	if (p < end && p[0] < 0x80)
	{
		*value = p[0];
		return p + 1;
	}
	for (int i = 0; i < 8; i++)
	{
		if (p >= end)
			return NULL;
		result = (result << 7) | (*p & 0x7f);
		if (*p++ < 0x80)
		{
			*value = result;
			return p;
		}
	}
	if (p >= end)
		return NULL;
	*value = (result << 8) | *p;
	return p + 1;
}

static inline uint64_t
get64(const uint8_t *p)
{
	return ((uint64_t) get32(p) << 32) | get32(p + 4);
}

/*
 * get_integer
 *		A two's-complement integer of 1 to 8 bytes.  Where the record has eight
 *		bytes from there on ("room"), they are read at once.
 */
static inline int64_t
get_integer(const uint8_t *p, int length, size_t room)
{
	uint64_t	result;

	if (room >= 8)
		return (int64_t) get64(p) >> (64 - 8 * length);
	result = (p[0] & 0x80) ? UINT64_MAX : 0;
	for (int i = 0; i < length; i++)
		result = (result << 8) | p[i];
	return (int64_t) result;
}

#endif							/* SFM_PAGE_NUMBERS_H */
