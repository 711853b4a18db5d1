/*-------------------------------------------------------------------------
 *
 * value.h
 *	  What the room src/value gives to the others: which PostgreSQL type
 *	  stands for a declared type, and how a SQLite value becomes a Datum.
 *
 *-------------------------------------------------------------------------
 */
#ifndef SFM_VALUE_H
#define SFM_VALUE_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "fmgr.h"

#include "compat.h"
#include "sqlite/storage.h"

/* What a number means in a date/time column: the column option "epoch". */
typedef enum SfmEpoch
{
	SFM_EPOCH_AUTO,				/* SQLite's own rule: 0 .. 5373484.5 is a
								 * Julian day, all else Unix seconds */
	SFM_EPOCH_UNIX,				/* seconds since 1970-01-01 */
	SFM_EPOCH_UNIX_MS,
	SFM_EPOCH_UNIX_US,
	SFM_EPOCH_UNIX_NS,
	SFM_EPOCH_JULIAN,			/* Julian day number, days begin at noon */
	SFM_EPOCH_APPLE,			/* seconds since 2001-01-01 */
	SFM_EPOCH_CHROME,			/* microseconds since 1601-01-01 */
	SFM_EPOCH_DOTNET			/* 100 ns since 0001-01-01 */
} SfmEpoch;

/*
 * A moment as text gives it, before it becomes a date, time or timestamp.
 */
typedef struct SfmDatetime
{
	bool		has_date;
	bool		has_time;
	bool		has_offset;		/* text carried "Z" or +hh:mm */
	bool		is_number;		/* text was a number: see "number" */
	double		number;
	bool		is_integer;		/* ... and a whole one: see "integer" */
	int64		integer;
	int			year;			/* astronomical: 0 is 1 BC */
	int			month;
	int			day;
	int64		microseconds;	/* of the day, 0 .. 86400000000, before the
								 * offset is applied */
	int			offset_minutes; /* east of UTC */
} SfmDatetime;

/*
 * Memory for the values of one row, used again for each: a scan has one.
 * What finds no room in it comes from palloc() in CurrentMemoryContext.
 */
typedef struct SfmRowMemory
{
	char	   *start;
	char	   *next;			/* MAXALIGNed */
	char	   *end;

	/*
	 * Who has read the row, where that was the reader pages: a big value may
	 * be a Datum where it is.  NULL for others.
	 */
	const struct SfmPages *pages;
} SfmRowMemory;

typedef struct SfmConverter SfmConverter;

/*
 * Converts one value of the storage class it is registered for.  Returns true
 * and sets *result, or returns false for a bad value, after setting
 * converter->reason.  Raises an error only for what is not the value's fault
 * (out of memory).  *result is allocated in CurrentMemoryContext, or in
 * converter->memory.
 */
typedef bool (*SfmConvertFunction) (SfmConverter *converter,
									const SfmValue *value, Datum *result);

/*
 * How the values of one column become Datums of one type.  Made once per
 * column and scan by sfm_converter_init(); the inner loop is
 *
 *		converter->convert[value.storage_class] (converter, &value, &datum)
 *
 * What sfm_converter_init() allocates lives in the memory context that was
 * current then, so that context must outlive the converter.  "convert",
 * "type", "typmod", "takes_null", "reason" and "sqlstate" are for everybody,
 * "memory" is for whoever reads rows; all the rest is for the converters only.
 */
struct SfmConverter
{
	/* indexed by storage class; SFM_NULL is never called */
	SfmConvertFunction convert[SFM_STORAGE_CLASSES];
	SfmRowMemory *memory;		/* where results may be put, or NULL */

	/* the target */
	Oid			type;			/* as declared, may be a domain */
	int32		typmod;
	Oid			base_type;		/* "type", or what a domain stands on */
	int32		base_typmod;
	bool		takes_null;		/* false for a domain that refuses NULL */
	SfmEpoch	epoch;

	/* what the type modifier allows */
	int32		max_length;		/* characters or bits, -1: any number */
	int32		precision;		/* of numeric; 0: no modifier */
	int32		scale;			/* of numeric; may be negative */
	int64		time_unit;		/* microseconds a time is a multiple of */

	/* for types that go through their input or receive function */
	FmgrInfo	input;
	FmgrInfo	receive;
	Oid			ioparam;
	bool		input_is_soft;	/* reports bad values without an error */

	/* for text, in a database whose encoding is not UTF8 */
	Oid			encoding_procedure;

	/* for domains */
	SfmConverter *base;
	void	   *domain_state;	/* domain_check()'s own */
	MemoryContext context;

	/* for arrays */
	SfmConverter *element;
	Oid			element_type;
	int16		element_length;
	bool		element_by_value;
	char		element_align;

	/* for composite types */
	SfmConverter *fields;		/* one for each attribute */
	TupleDesc	descriptor;

	/*
	 * Why the last value was bad: a full sentence, or NULL.  Constant, or
	 * allocated where the result would have been.
	 */
	const char *reason;
	int			sqlstate;		/* its SQLSTATE; 0 is
								 * ERRCODE_INVALID_TEXT_REPRESENTATION */
};

/* in declared_type.c */
extern void sfm_declared_type(const char *declared_type, Oid *type,
							  int32 *typmod);
extern Oid	sfm_find_citext(void);
extern bool sfm_is_citext(Oid type);

/* in converter.c */
extern void sfm_converter_init(SfmConverter *converter, Oid type,
							   int32 typmod, SfmEpoch epoch);
static inline bool
sfm_convert(SfmConverter *converter, const SfmValue *value, Datum *result)
{
	return converter->convert[value->storage_class] (converter, value, result);
}

/* In which storage class a value is written: the column option "storage". */
typedef enum SfmStorage
{
	SFM_STORAGE_DEFAULT,		/* as the type has it */
	SFM_STORAGE_INTEGER,
	SFM_STORAGE_REAL,
	SFM_STORAGE_TEXT,
	SFM_STORAGE_BLOB
} SfmStorage;

/* "Datatypes In SQLite", section 3: what a column does with a new value. */
typedef enum SfmAffinity
{
	SFM_AFFINITY_BLOB,			/* nothing */
	SFM_AFFINITY_TEXT,
	SFM_AFFINITY_NUMERIC,
	SFM_AFFINITY_INTEGER,
	SFM_AFFINITY_REAL
} SfmAffinity;

/* How text stands for a time; zero: as the type has it. */
typedef struct SfmTimeForm
{
	char		separator;		/* between date and time: blank or T */
	int			digits;			/* of the fraction, at least: 0, 3 or 6 */
	char		zone;			/* 'Z', '+' for +00:00, '-' for nothing */
} SfmTimeForm;

typedef struct SfmWriter SfmWriter;

/*
 * Makes a value of SQLite of a Datum that is not null.  Returns true and sets
 * *value, or returns false after setting writer->reason, as an
 * SfmConvertFunction does.  *value may point into the Datum, into
 * CurrentMemoryContext, or into the writer, until its next value.
 */
typedef bool (*SfmWriteFunction) (SfmWriter *writer, Datum datum,
								  SfmValue *value);

/* Fits a value to an affinity: SQLite will store it as it then is. */
typedef bool (*SfmFitFunction) (SfmWriter *writer, SfmValue *value);

/*
 * How the Datums of one column become values of SQLite, from which the
 * SfmConverter of that column would make the same Datums again.  Made once per
 * column by sfm_writer_init(), in the memory context that is current then;
 * "type", "reason" and "sqlstate" are for everybody.
 */
struct SfmWriter
{
	SfmWriteFunction write;
	SfmFitFunction fit;

	/* the source */
	Oid			type;
	int32		typmod;
	Oid			base_type;
	SfmStorage	storage;
	SfmEpoch	epoch;

	/* the target */
	SfmAffinity affinity;

	/* for types that go through their output or send function */
	FmgrInfo	output;

	/* for text, in a database whose encoding is not UTF8 */
	Oid			encoding_procedure;

	/* for times: how text looks; and what reads numbers back */
	SfmTimeForm form;
	SfmConverter *reader;

	/* for uuid: 32 digits without hyphens, or in capitals */
	bool		no_hyphens;
	bool		capitals;

	/* for arrays */
	SfmWriter  *element;
	int16		element_length;
	bool		element_by_value;
	char		element_align;

	char		digits[64];		/* of a number or a time */

	/* why the last Datum cannot be written */
	const char *reason;
	int			sqlstate;
};

/* in from_datum.c */
extern SfmAffinity sfm_affinity(const char *declared_type);
extern void sfm_writer_init(SfmWriter *writer, Oid type, int32 typmod,
							SfmStorage storage, SfmEpoch epoch,
							SfmAffinity affinity);
extern bool sfm_writer_can_learn(const SfmWriter *writer);
extern void sfm_writer_learn(SfmWriter *writer, const SfmValue *sample);
static inline bool
sfm_write(SfmWriter *writer, Datum datum, SfmValue *value)
{
	return writer->write(writer, datum, value) && writer->fit(writer, value);
}

/*
 * in bad_value.c.  The literal is for human eyes: digits, text without quotes,
 * x'00'; palloc'd, at most about max_length bytes.
 */
extern const char *sfm_class_name(SfmStorageClass storage_class);
extern char *sfm_value_literal(const SfmValue *value, int max_length);
pg_noreturn extern void sfm_report_bad_value(const SfmConverter *converter,
											 const SfmValue *value,
											 const char *column_name);

/* in datetime.c; pure, no errors raised */
extern bool sfm_read_moment(const char *str, size_t length, int64 *moment);
extern bool sfm_parse_datetime(const char *str, size_t length,
							   SfmDatetime *result);

#endif							/* SFM_VALUE_H */
