/*-------------------------------------------------------------------------
 *
 * infer.h
 *	  What the values of a column are, and which type holds them all.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_INFER_H
#define SFM_INFER_H

#include "value/value.h"

/* Bytes kept of the smallest and largest text or BLOB, for display */
#define SFM_PROFILE_KEPT 256

#define SFM_EPOCHS (SFM_EPOCH_DOTNET + 1)

/* Types that may stand in for one that does not hold all values. */
typedef enum SfmCandidate
{
	SFM_CANDIDATE_BOOL,
	SFM_CANDIDATE_INT8,
	SFM_CANDIDATE_FLOAT8,
	SFM_CANDIDATE_NUMERIC,
	SFM_CANDIDATE_DATE,
	SFM_CANDIDATE_TIMESTAMP,
	SFM_CANDIDATE_UUID,
	SFM_CANDIDATE_JSON,
	SFM_CANDIDATE_JSONB,
	SFM_CANDIDATE_TEXT
} SfmCandidate;

#define SFM_CANDIDATES (SFM_CANDIDATE_TEXT + 1)
#define SFM_CANDIDATE_BIT(candidate) (1U << (candidate))

/* SQLite takes 0 to this as a Julian day ("Date And Time Functions") */
#define SFM_JULIAN_MAX 5373484.5
/* 2001-01-01 in seconds since 1970 */
#define SFM_APPLE_ORIGIN 978307200.0

/* The first bytes of a TEXT or BLOB value. */
typedef struct SfmKeptBytes
{
	uint64		prefix;			/* a text whose first eight bytes make a
								 * larger number than the smallest text's is
								 * larger; and the reverse */
	bool		any;
	int			length;
	char		bytes[SFM_PROFILE_KEPT];
} SfmKeptBytes;

/* What a value must be for the type and all candidates to hold it for certain. */
typedef enum SfmQuick
{
	SFM_QUICK_NEVER,			/* it has to be tried */
	SFM_QUICK_ALWAYS,
	SFM_QUICK_RANGE,			/* quick_min to quick_max */
	SFM_QUICK_FINITE,
	SFM_QUICK_PLAIN,			/* ASCII of up to quick_length characters */
	SFM_QUICK_MOMENT,			/* of a form that sfm_read_moment() reads */
	SFM_QUICK_DAY				/* the same, at midnight */
} SfmQuick;

/*
 * What is known of a column after some of its values.  Made by
 * sfm_profile_init(), fed by sfm_profile_values(); lives in the memory context
 * it was made in.
 */
typedef struct SfmProfile
{
	/* the column */
	Oid			type;
	int32		typmod;
	bool		untyped;		/* SQLite's column has no declared type */
	bool		suggest;		/* a finished mapping is looked at */
	bool		core_data;		/* the file was written by Apple's Core Data */

	/* its values */
	int64		count[SFM_STORAGE_CLASSES];
	int64		integer_min;	/* if there are any */
	int64		integer_max;
	double		real_min;
	double		real_max;
	int64		max_length;		/* TEXT: characters; BLOB: bytes */

	/* which of them need no trial, by storage class */
	SfmQuick	quick[SFM_STORAGE_CLASSES];
	int64		quick_min;
	int64		quick_max;
	size_t		quick_length;

	/* kept if "suggest" */
	SfmKeptBytes text_min;
	SfmKeptBytes text_max;
	SfmKeptBytes blob_min;
	SfmKeptBytes blob_max;

	/* those that the type does not hold */
	int64		misfits;
	int64		number_misfits; /* numbers in a date or time column, by its
								 * present epoch; counted if "suggest" */
	char	   *first_misfit;	/* 'the TEXT value "n/a"' */
	char	   *first_row;		/* "rowid 2" */

	/* for the choice of another type */
	uint32		alive;			/* set of SfmCandidate that hold all values */
	SfmConverter *candidates[SFM_CANDIDATES];	/* made when needed */
	SfmConverter converter;		/* of the type itself */
	int64		offsets;		/* texts of a moment with an offset */

	/* numbers in a date or time column */
	bool		is_time;		/* date, timestamp, timestamptz */
	int64		numbers;		/* INTEGER, REAL and TEXT, without 0 */
	int64		zeros;
	int64		fractions;		/* numbers with a fraction */
	int64		narrow[SFM_EPOCHS]; /* numbers that give a year 1975-2099 */
	bool		wide[SFM_EPOCHS];	/* all give a year 1-9999 */
	bool		doubtful[SFM_EPOCHS];	/* one gives a year 1975-2099 under
										 * another epoch and not this */
	bool		far_fetched;	/* by SQLite's own rule one gives a year before
								 * 1 or after 9999 */
	SfmConverter *dates[SFM_EPOCHS];	/* for a date column; NULL if a number
										 * is no midnight */
	bool		not_compact;	/* one is no day written as YYYYMMDD */
	double		number_min;
	double		number_max;

	MemoryContext context;
} SfmProfile;

/* What sfm_infer() decides. */
typedef struct SfmInference
{
	Oid			type;
	int32		typmod;
	SfmEpoch	epoch;
	bool		changed;		/* another type, or numbers by an epoch that
								 * is not SQLite's own rule */
	char	   *reason;			/* then a sentence, palloc'd */
	int64		misfits;		/* values that the chosen type does not hold */
} SfmInference;

/* Called for the first misfit only: names the present row; palloc'd. */
typedef char *(*SfmDescribeRow) (void *argument);

/* in collect.c */
extern void sfm_profile_init(SfmProfile *profile, Oid type, int32 typmod,
							 SfmEpoch epoch, bool untyped, bool suggest);
extern void sfm_profile_values(SfmProfile *profiles, const SfmValue *values,
							   int count, SfmDescribeRow describe,
							   void *argument);

/* in infer.c */
extern void sfm_infer(const SfmProfile *profile, SfmInference *inference);
extern Oid	sfm_suggest_type(const SfmProfile *profile, int32 *typmod);
extern const char *const sfm_epoch_words[];

#endif							/* SFM_INFER_H */
