/*-------------------------------------------------------------------------
 *
 * declared_type.c
 *	  Which PostgreSQL type stands for a declared type of SQLite.
 *
 * In SQLite a declared type is any sequence of words with at most two numbers
 * in parentheses; nothing checks it, and most tools write the names of another
 * database.  So known names come first, as their authors meant them, and then
 * SQLite's own rules ("Datatypes In SQLite", section 3.1), which find a type
 * for everything.  No input whatever raises an error.
 *
 * The result is a first guess from the schema alone: an import looks at the
 * data before it believes it.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/dependency.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/syscache.h"

#include "value/converters.h"

/* longest name that is worth looking up, and longest argument list */
#define MAX_NAME_LENGTH 64
#define MAX_ARGUMENTS_LENGTH 32

/* dimensions that pgvector's type vector can have */
#define MAX_VECTOR_DIMENSIONS 16000

/* A declared type, in parts. */
typedef struct Declaration
{
	char		name[MAX_NAME_LENGTH];	/* upper case, single blanks; empty if
										 * too long to be a known one */
	char		arguments[MAX_ARGUMENTS_LENGTH];	/* between parentheses */
	bool		has_arguments;
	bool		is_empty;
} Declaration;

typedef void (*ModifierFunction) (const Declaration *declaration, Oid *type,
								  int32 *typmod);

static void numeric_modifier(const Declaration *declaration, Oid *type,
							 int32 *typmod);
static void bit_modifier(const Declaration *declaration, Oid *type,
						 int32 *typmod);
static void vector_modifier(const Declaration *declaration, Oid *type,
							int32 *typmod);

/* Known names; "modifier" looks at the arguments, others ignore them. */
typedef struct KnownType
{
	const char *name;
	Oid			type;
	ModifierFunction modifier;	/* NULL: none */
} KnownType;

static const KnownType known_types[] = {
	{"ANY", TEXTOID},
	{"BIT", BITOID, bit_modifier},
	{"BIT VARYING", VARBITOID, bit_modifier},
	{"BOOL", BOOLOID},
	{"BOOLEAN", BOOLOID},
	{"BYTEA", BYTEAOID},
	{"CIDR", CIDROID},
	{"CURRENCY", NUMERICOID},
	{"DATE", DATEOID},
	{"DATETIME", TIMESTAMPOID},
	{"DATETIME2", TIMESTAMPOID},
	{"DATETIMEOFFSET", TIMESTAMPTZOID},
	{"DEC", NUMERICOID, numeric_modifier},
	{"DECIMAL", NUMERICOID, numeric_modifier},
	{"F32_BLOB", BYTEAOID, vector_modifier},
	{"GUID", UUIDOID},
	{"INET", INETOID},
	{"JSON", JSONBOID},
	{"JSONB", JSONBOID},
	{"MACADDR", MACADDROID},
	{"MACADDR8", MACADDR8OID},
	{"MONEY", NUMERICOID},
	{"NUMBER", NUMERICOID, numeric_modifier},
	{"NUMERIC", NUMERICOID, numeric_modifier},
	{"NUMERIC TEXT", NUMERICOID, numeric_modifier},
	{"SMALLDATETIME", TIMESTAMPOID},
	{"SMALLMONEY", NUMERICOID},
	{"TIME", TIMEOID},
	{"TIME WITH TIME ZONE", TIMETZOID},
	{"TIME WITHOUT TIME ZONE", TIMEOID},
	{"TIMESTAMP", TIMESTAMPOID},
	{"TIMESTAMP WITH TIME ZONE", TIMESTAMPTZOID},
	{"TIMESTAMP WITHOUT TIME ZONE", TIMESTAMPOID},
	{"TIMESTAMPTZ", TIMESTAMPTZOID},
	{"TIMETZ", TIMETZOID},
	{"UNIQUEIDENTIFIER", UUIDOID},
	{"UUID", UUIDOID},
	{"VARBIT", VARBITOID, bit_modifier},
	{"VECTOR", FLOAT4ARRAYOID, vector_modifier},
	{"XML", XMLOID}
};

/*
 * Geometry: SpatiaLite and GeoPackage store it as BLOB.  Known by name since
 * SQLite's rules find an INT in POINT.  Each may be followed by Z, M or ZM.
 */
static const char *const geometry_names[] = {
	"CIRCULARSTRING", "COMPOUNDCURVE", "CURVE", "CURVEPOLYGON", "GEOGRAPHY",
	"GEOMCOLLECTION", "GEOMETRY", "GEOMETRYCOLLECTION", "LINESTRING",
	"MULTICURVE", "MULTILINESTRING", "MULTIPOINT", "MULTIPOLYGON",
	"MULTISURFACE", "POINT", "POLYGON", "POLYHEDRALSURFACE", "SURFACE", "TIN",
	"TRIANGLE"
};

/* SQLite's affinity rules, in their order, with our additions. */
typedef struct AffinityRule
{
	const char *part;
	Oid			type;
} AffinityRule;

static const AffinityRule affinity_rules[] = {
	{"INT", INT8OID},
	{"CHAR", TEXTOID},
	{"CLOB", TEXTOID},
	{"TEXT", TEXTOID},
	{"STRING", TEXTOID},
	{"BLOB", BYTEAOID},
	{"BINARY", BYTEAOID},
	{"IMAGE", BYTEAOID},
	{"GEOMETRY", BYTEAOID},
	{"REAL", FLOAT8OID},
	{"FLOA", FLOAT8OID},
	{"DOUB", FLOAT8OID}
};

static inline char
ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

/* Finds an upper-case ASCII word in text of any case. */
static bool
contains(const char *str, const char *word)
{
	for (; *str != '\0'; str++)
	{
		const char *a = str;
		const char *b = word;

		while (*b != '\0' && ascii_upper(*a) == *b)
		{
			a++;
			b++;
		}
		if (*b == '\0')
			return true;
	}
	return false;
}

/*
 * Takes a declared type apart: what stands between the first pair of
 * parentheses (or brackets, as in FLOAT[3]) are the arguments, the rest is the
 * name, without quotes.
 */
static void
parse_declaration(const char *str, Declaration *result)
{
	int			name_length = 0;
	int			arguments_length = 0;
	bool		inside = false;
	bool		pending_blank = false;

	memset(result, 0, sizeof(Declaration));
	result->is_empty = true;
	for (; *str != '\0'; str++)
	{
		char		c = *str;

		if (inside)
		{
			if (c == ')' || c == ']')
				inside = false;
			else if (arguments_length < MAX_ARGUMENTS_LENGTH - 1)
				result->arguments[arguments_length++] = c;
			else
				result->arguments[0] = '?'; /* too long: not a number */
			continue;
		}
		if (sfm_is_blank(c))
		{
			pending_blank = name_length > 0;
			continue;
		}
		result->is_empty = false;
		if (c == '"' || c == '`' || c == '\'')
			continue;
		if ((c == '(' || c == '[') && !result->has_arguments)
		{
			result->has_arguments = inside = true;
			pending_blank = name_length > 0;
			continue;
		}
		if (name_length + 2 >= MAX_NAME_LENGTH)
		{
			result->name[0] = '\0';
			return;
		}
		if (pending_blank)
			result->name[name_length++] = ' ';
		pending_blank = false;
		result->name[name_length++] = ascii_upper(c);
	}
}

/* Reads an integer with blanks around it; returns what follows, or NULL. */
static const char *
read_argument(const char *at, int *number)
{
	bool		negative = false;

	*number = 0;
	while (sfm_is_blank(*at))
		at++;
	if (*at == '-' || *at == '+')
		negative = *at++ == '-';
	if (!sfm_is_digit(*at))
		return NULL;
	for (; sfm_is_digit(*at); at++)
	{
		*number = *number * 10 + (*at - '0');
		if (*number > 100000000)
			return NULL;
	}
	if (negative)
		*number = -*number;
	while (sfm_is_blank(*at))
		at++;
	return at;
}

/* Reads the one argument of a type, between 1 and "maximum"; else -1. */
static int
single_argument(const Declaration *declaration, int maximum)
{
	const char *end;
	int			number;

	end = read_argument(declaration->arguments, &number);
	if (end == NULL || *end != '\0' || number < 1 || number > maximum)
		return -1;
	return number;
}

static void
numeric_modifier(const Declaration *declaration, Oid *type, int32 *typmod)
{
	const char *at;
	int			precision;
	int			scale = 0;

	at = read_argument(declaration->arguments, &precision);
	if (at != NULL && *at == ',')
		at = read_argument(at + 1, &scale);
	if (at == NULL || *at != '\0' ||
		precision < 1 || precision > NUMERIC_MAX_PRECISION ||
		scale < NUMERIC_MIN_SCALE || scale > NUMERIC_MAX_SCALE)
		return;
	/* as numeric.c packs it */
	*typmod = ((precision << 16) | (scale & 0x7ff)) + VARHDRSZ;
}

static void
bit_modifier(const Declaration *declaration, Oid *type, int32 *typmod)
{
	/* the limit that anybit_typmodin() has */
	int			length = single_argument(declaration,
										 MaxAttrSize * BITS_PER_BYTE);

	if (length > 0)
		*typmod = length;
	else if (*type == BITOID)
	{
		/* BIT alone is BIT(1); with a strange length, any length */
		if (declaration->has_arguments)
			*type = VARBITOID;
		else
			*typmod = 1;
	}
}

/*
 * sfm_is_citext
 *		Is this the type of the extension citext, or a domain over it?
 */
bool
sfm_is_citext(Oid type)
{
	Oid			base = type < FirstNormalObjectId ? InvalidOid :
		getBaseType(type);
	Oid			extension = get_extension_oid("citext", true);
	HeapTuple	tuple;
	bool		result;

	if (!OidIsValid(base) || !OidIsValid(extension) ||
		getExtensionOfObject(TypeRelationId, base) != extension)
		return false;
	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(base));
	if (!HeapTupleIsValid(tuple))
		return false;
	result = strcmp(NameStr(((Form_pg_type) GETSTRUCT(tuple))->typname),
					"citext") == 0;
	ReleaseSysCache(tuple);
	return result;
}

/*
 * sfm_find_citext
 *		The type "citext" of the extension of that name, in whatever schema;
 *		InvalidOid if it is not installed.
 */
Oid
sfm_find_citext(void)
{
	Oid			result = InvalidOid;
	CatCList   *list;

	if (!OidIsValid(get_extension_oid("citext", true)))
		return InvalidOid;
	list = SearchSysCacheList1(TYPENAMENSP, CStringGetDatum("citext"));
	for (int i = 0; i < list->n_members; i++)
	{
		HeapTuple	tuple = &list->members[i]->tuple;
		Form_pg_type form = (Form_pg_type) GETSTRUCT(tuple);

		if (form->typtype == TYPTYPE_BASE && sfm_is_citext(form->oid))
			result = form->oid;
	}
	ReleaseCatCacheList(list);
	return result;
}

/* The type "vector" of the extension of that name, if it is installed. */
static Oid
find_vector(void)
{
	Oid			result = InvalidOid;
	CatCList   *list;

	if (!OidIsValid(get_extension_oid("vector", true)))
		return InvalidOid;
	list = SearchSysCacheList1(TYPENAMENSP, CStringGetDatum("vector"));
	for (int i = 0; i < list->n_members; i++)
	{
		HeapTuple	tuple = &list->members[i]->tuple;
		Oid			type = ((Form_pg_type) GETSTRUCT(tuple))->oid;

		if (sfm_is_vector(type))
			result = type;
	}
	ReleaseCatCacheList(list);
	return result;
}

static void
vector_modifier(const Declaration *declaration, Oid *type, int32 *typmod)
{
	Oid			vector = find_vector();

	*type = FLOAT4ARRAYOID;
	if (!OidIsValid(vector))
		return;
	*type = vector;
	*typmod = single_argument(declaration, MAX_VECTOR_DIMENSIONS);
}

static bool
is_geometry(const char *name)
{
	for (int i = 0; i < lengthof(geometry_names); i++)
	{
		size_t		length = strlen(geometry_names[i]);
		const char *rest = name + length;

		if (strncmp(name, geometry_names[i], length) != 0)
			continue;
		if (*rest == ' ')
			rest++;
		if (*rest == 'Z')
			rest++;
		if (*rest == 'M')
			rest++;
		if (*rest == '\0')
			return true;
	}
	return false;
}

/*
 * sfm_declared_type
 *		The PostgreSQL type and type modifier for a declared type.
 *
 * NULL counts as "", a column without a declared type: text.
 */
void
sfm_declared_type(const char *declared_type, Oid *type, int32 *typmod)
{
	Declaration declaration;

	*typmod = -1;
	*type = TEXTOID;
	if (declared_type == NULL)
		return;
	parse_declaration(declared_type, &declaration);
	if (declaration.is_empty)
		return;

	for (int i = 0; i < lengthof(known_types); i++)
	{
		if (strcmp(declaration.name, known_types[i].name) != 0)
			continue;
		*type = known_types[i].type;
		if (known_types[i].modifier != NULL)
			known_types[i].modifier(&declaration, type, typmod);
		return;
	}
	if (strcmp(declaration.name, "FLOAT") == 0 &&
		strchr(declared_type, '[') != NULL)
	{
		vector_modifier(&declaration, type, typmod);
		return;
	}
	if (is_geometry(declaration.name))
	{
		*type = BYTEAOID;
		return;
	}

	*type = NUMERICOID;
	for (int i = 0; i < lengthof(affinity_rules); i++)
	{
		if (contains(declared_type, affinity_rules[i].part))
		{
			*type = affinity_rules[i].type;
			return;
		}
	}
}
