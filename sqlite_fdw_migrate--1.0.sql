/* sqlite_fdw_migrate--1.0.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION sqlite_fdw_migrate" to load this file. \quit

/*
 * The foreign-data wrapper
 */
CREATE FUNCTION sqlite_fdw_migrate_handler()
RETURNS fdw_handler
LANGUAGE C STRICT AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_fdw_migrate_handler() IS
'foreign-data wrapper for SQLite files: handler';

CREATE FUNCTION sqlite_fdw_migrate_validator(options text[], catalog oid)
RETURNS void
LANGUAGE C STRICT AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_fdw_migrate_validator(text[], oid) IS
'foreign-data wrapper for SQLite files: checks options';

CREATE FOREIGN DATA WRAPPER sqlite_fdw_migrate
  HANDLER sqlite_fdw_migrate_handler
  VALIDATOR sqlite_fdw_migrate_validator;
COMMENT ON FOREIGN DATA WRAPPER sqlite_fdw_migrate IS
'SQLite files as foreign tables';

CREATE FUNCTION sqlite_fdw_migrate_version()
RETURNS text
LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_fdw_migrate_version() IS
'versions of the extension, of PostgreSQL and of the SQLite library';

/*
 * Look
 */
CREATE FUNCTION sqlite_tables(server name,
  OUT table_name text,
  OUT kind text,
  OUT columns integer,
  OUT without_rowid boolean,
  OUT strict boolean,
  OUT row_estimate bigint,
  OUT sql text)
RETURNS SETOF record
LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_tables(name) IS
'tables and views of the SQLite file of a server';

CREATE TYPE sqlite_column_profile AS (
  table_name text,
  column_name text,
  declared_type text,
  column_type text,
  integers bigint,
  reals bigint,
  texts bigint,
  blobs bigint,
  nulls bigint,
  min_value text,
  max_value text,
  max_length bigint,
  misfits bigint,
  first_misfit text,
  suggested_type text);
COMMENT ON TYPE sqlite_column_profile IS
'result of sqlite_profile';

-- a composite type, for an OUT column could not be called like an argument
CREATE FUNCTION sqlite_profile(source name, table_name text DEFAULT NULL)
RETURNS SETOF sqlite_column_profile
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_profile(name, text) IS
'what the values of the columns of foreign tables are, and which do not fit';

CREATE FUNCTION sqlite_check(source name, target name DEFAULT NULL,
  OUT severity text,
  OUT table_name text,
  OUT object text,
  OUT problem text,
  OUT occurrences bigint,
  OUT example text,
  OUT remedy text)
RETURNS SETOF record
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_check(name, name) IS
'what stands in the way of a migration or is lost in it, with remedies';

/*
 * Plan
 */
CREATE FUNCTION sqlite_migration_plan(source name, target name,
  include text[] DEFAULT NULL,
  exclude text[] DEFAULT NULL,
  on_error text DEFAULT 'stop',
  on_bad_value text DEFAULT NULL,
  on_conflict text DEFAULT 'error',
  truncate boolean DEFAULT false,
  drop_existing boolean DEFAULT false,
  views boolean DEFAULT true,
  triggers boolean DEFAULT true,
  foreign_keys boolean DEFAULT true,
  indexes boolean DEFAULT true,
  "analyze" boolean DEFAULT true,
  verify boolean DEFAULT true,
  tablespace name DEFAULT NULL,
  unlogged boolean DEFAULT false,
  OUT step integer,
  OUT phase text,
  OUT object text,
  OUT statement text,
  OUT note text)
RETURNS SETOF record
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_migration_plan(name, name, text[], text[], text,
  text, text, boolean, boolean, boolean, boolean, boolean, boolean, boolean,
  boolean, name, boolean) IS
'the SQL statements that migrate the foreign tables of one schema into another';

/*
 * Run
 */
CREATE FUNCTION sqlite_migrate(source name, target name,
  include text[] DEFAULT NULL,
  exclude text[] DEFAULT NULL,
  on_error text DEFAULT 'stop',
  on_bad_value text DEFAULT NULL,
  on_conflict text DEFAULT 'error',
  truncate boolean DEFAULT false,
  drop_existing boolean DEFAULT false,
  views boolean DEFAULT true,
  triggers boolean DEFAULT true,
  foreign_keys boolean DEFAULT true,
  indexes boolean DEFAULT true,
  "analyze" boolean DEFAULT true,
  verify boolean DEFAULT true,
  tablespace name DEFAULT NULL,
  unlogged boolean DEFAULT false,
  OUT step integer,
  OUT phase text,
  OUT object text,
  OUT rows bigint,
  OUT bytes bigint,
  OUT elapsed interval,
  OUT status text,
  OUT detail text)
RETURNS SETOF record
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_migrate(name, name, text[], text[], text, text,
  text, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean,
  name, boolean) IS
'runs the statements of sqlite_migration_plan';

CREATE FUNCTION sqlite_migrate_file(path text, target name,
  include text[] DEFAULT NULL,
  exclude text[] DEFAULT NULL,
  on_error text DEFAULT 'stop',
  on_bad_value text DEFAULT NULL,
  on_conflict text DEFAULT 'error',
  truncate boolean DEFAULT false,
  drop_existing boolean DEFAULT false,
  views boolean DEFAULT true,
  triggers boolean DEFAULT true,
  foreign_keys boolean DEFAULT true,
  indexes boolean DEFAULT true,
  "analyze" boolean DEFAULT true,
  verify boolean DEFAULT true,
  tablespace name DEFAULT NULL,
  unlogged boolean DEFAULT false,
  infer_types text DEFAULT 'full',
  OUT step integer,
  OUT phase text,
  OUT object text,
  OUT rows bigint,
  OUT bytes bigint,
  OUT elapsed interval,
  OUT status text,
  OUT detail text)
RETURNS SETOF record
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_migrate_file(text, name, text[], text[], text, text,
  text, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean,
  name, boolean, text) IS
'makes a server and a mapping for a SQLite file and migrates it';

CREATE FUNCTION sqlite_load(source_table regclass, target_table regclass,
  on_conflict text DEFAULT 'error',
  on_bad_value text DEFAULT NULL)
RETURNS bigint
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_load(regclass, regclass, text, text) IS
'loads a foreign table into a table by column name, returns the rows loaded';

/*
 * The bad values that loads have met.  Each role sees and deletes its own.
 */
CREATE TABLE sqlite_rejects (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rejected_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  role name NOT NULL DEFAULT current_user,
  source_table text NOT NULL,
  target_table text NOT NULL,
  row_id text NOT NULL,
  column_name text NOT NULL,
  storage_class text NOT NULL,
  raw_value bytea,
  action text NOT NULL,
  reason text NOT NULL);
COMMENT ON TABLE sqlite_rejects IS
'values that sqlite_load and sqlite_migrate could not bring over';
COMMENT ON COLUMN sqlite_rejects.row_id IS
'the row of the source: rowid, key, or number in the scan';
COMMENT ON COLUMN sqlite_rejects.raw_value IS
'bytes of a TEXT (UTF-8) or BLOB, digits of an INTEGER or REAL; NULL is NULL';
COMMENT ON COLUMN sqlite_rejects.action IS
'null: NULL stands in the row; skip: the row was left out';
ALTER TABLE sqlite_rejects ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON sqlite_rejects
  USING (role = current_user) WITH CHECK (role = current_user);
SELECT pg_catalog.pg_extension_config_dump('sqlite_rejects', '');
SELECT pg_catalog.pg_extension_config_dump('sqlite_rejects_id_seq', '');

CREATE FUNCTION sqlite_reset_sequences(target name, source name DEFAULT NULL,
  include text[] DEFAULT NULL,
  OUT table_name text,
  OUT column_name text,
  OUT sequence_name text,
  OUT last_value bigint)
RETURNS SETOF record
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_reset_sequences(name, name, text[]) IS
'moves serial and identity sequences past the rows of their tables';

/*
 * Compare
 */
CREATE FUNCTION sqlite_compare_counts(source name, target name,
  include text[] DEFAULT NULL,
  OUT table_name text,
  OUT source_rows bigint,
  OUT target_rows bigint,
  OUT equal boolean)
RETURNS SETOF record
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_compare_counts(name, name, text[]) IS
'rows of each table of both sides';

/*
 * Export
 */
CREATE FUNCTION sqlite_export(target name, path text,
  include text[] DEFAULT NULL,
  exclude text[] DEFAULT NULL,
  redact text[] DEFAULT NULL,
  overwrite boolean DEFAULT false,
  on_bad_value text DEFAULT 'error',
  views boolean DEFAULT true,
  indexes boolean DEFAULT true,
  foreign_keys boolean DEFAULT true,
  OUT table_name text,
  OUT rows bigint,
  OUT status text,
  OUT detail text)
RETURNS SETOF record
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_export(name, text, text[], text[], text[], boolean,
  text, boolean, boolean, boolean) IS
'writes the tables of a schema into a new SQLite file';

/*
 * Connections
 */
CREATE FUNCTION sqlite_get_connections(
  OUT server_name text,
  OUT valid boolean)
RETURNS SETOF record
LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_get_connections() IS
'SQLite files that this session holds open';

CREATE FUNCTION sqlite_disconnect(server name)
RETURNS boolean
LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_disconnect(name) IS
'closes the SQLite file of a server in this session';

CREATE FUNCTION sqlite_disconnect_all()
RETURNS boolean
LANGUAGE C VOLATILE STRICT PARALLEL RESTRICTED AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_disconnect_all() IS
'closes every SQLite file that this session holds open';

/*
 * Privileges: a path on the server is for those who may read files there.
 */
-- not its number, time and role, which are not for the writer to choose
GRANT SELECT, DELETE,
  INSERT (source_table, target_table, row_id, column_name, storage_class,
    raw_value, action, reason)
  ON sqlite_rejects TO PUBLIC;

REVOKE ALL ON FUNCTION sqlite_migrate_file(text, name, text[], text[], text,
  text, text, boolean, boolean, boolean, boolean, boolean, boolean, boolean,
  boolean, name, boolean, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sqlite_migrate_file(text, name, text[], text[], text,
  text, text, boolean, boolean, boolean, boolean, boolean, boolean, boolean,
  boolean, name, boolean, text) TO pg_read_server_files;

REVOKE ALL ON FUNCTION sqlite_export(name, text, text[], text[], text[],
  boolean, text, boolean, boolean, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sqlite_export(name, text, text[], text[], text[],
  boolean, text, boolean, boolean, boolean) TO pg_write_server_files;

/*
 * Compatibility functions: SQLite's own, for what PostgreSQL computes
 * otherwise or not at all.  Moments are timestamps, texts or numbers (Julian
 * days, or what the modifiers say); nothing here asks for the present time or
 * the time zone.
 */

CREATE FUNCTION sqlite_strftime(format text,
  moment timestamp,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_strftime(text, timestamp, text[]) IS
'the text of a moment by a format of SQLite';

CREATE FUNCTION sqlite_strftime(format text,
  moment text,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_strftime(text, text, text[]) IS
'the text of a moment by a format of SQLite';

CREATE FUNCTION sqlite_strftime(format text,
  moment double precision,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_strftime(text, double precision, text[]) IS
'the text of a moment by a format of SQLite';

CREATE FUNCTION sqlite_date(moment timestamp,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_date(timestamp, text[]) IS
'the date of a moment as SQLite writes it';

CREATE FUNCTION sqlite_date(moment text,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_date(text, text[]) IS
'the date of a moment as SQLite writes it';

CREATE FUNCTION sqlite_date(moment double precision,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_date(double precision, text[]) IS
'the date of a moment as SQLite writes it';

CREATE FUNCTION sqlite_time(moment timestamp,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_time(timestamp, text[]) IS
'the time of day of a moment as SQLite writes it';

CREATE FUNCTION sqlite_time(moment text,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_time(text, text[]) IS
'the time of day of a moment as SQLite writes it';

CREATE FUNCTION sqlite_time(moment double precision,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_time(double precision, text[]) IS
'the time of day of a moment as SQLite writes it';

CREATE FUNCTION sqlite_datetime(moment timestamp,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_datetime(timestamp, text[]) IS
'date and time of a moment as SQLite writes it';

CREATE FUNCTION sqlite_datetime(moment text,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_datetime(text, text[]) IS
'date and time of a moment as SQLite writes it';

CREATE FUNCTION sqlite_datetime(moment double precision,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_datetime(double precision, text[]) IS
'date and time of a moment as SQLite writes it';

CREATE FUNCTION sqlite_julianday(moment timestamp,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS double precision
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_julianday(timestamp, text[]) IS
'the Julian day of a moment by SQLite';

CREATE FUNCTION sqlite_julianday(moment text,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS double precision
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_julianday(text, text[]) IS
'the Julian day of a moment by SQLite';

CREATE FUNCTION sqlite_julianday(moment double precision,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS double precision
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_julianday(double precision, text[]) IS
'the Julian day of a moment by SQLite';

CREATE FUNCTION sqlite_unixepoch(moment timestamp,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS bigint
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_unixepoch(timestamp, text[]) IS
'seconds of a moment since 1970 by SQLite';

CREATE FUNCTION sqlite_unixepoch(moment text,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS bigint
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_unixepoch(text, text[]) IS
'seconds of a moment since 1970 by SQLite';

CREATE FUNCTION sqlite_unixepoch(moment double precision,
  VARIADIC modifiers text[] DEFAULT '{}')
RETURNS bigint
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_unixepoch(double precision, text[]) IS
'seconds of a moment since 1970 by SQLite';

CREATE FUNCTION sqlite_timestamp(moment text)
RETURNS timestamp
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_timestamp(text) IS
'the moment that SQLite sees in a text, NULL where it sees none';

CREATE FUNCTION sqlite_text(value double precision)
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_text(double precision) IS
'CAST(value AS TEXT) of SQLite';

CREATE FUNCTION sqlite_number_text(value numeric)
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'sqlite_text';
COMMENT ON FUNCTION sqlite_number_text(numeric) IS
'CAST(value AS TEXT) of SQLite, for a value of a NUMERIC column';

CREATE FUNCTION sqlite_real(value text)
RETURNS double precision
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_real(text) IS
'CAST(value AS REAL) of SQLite';

CREATE FUNCTION sqlite_integer(value text)
RETURNS bigint
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_integer(text) IS
'CAST(value AS INTEGER) of SQLite';

CREATE FUNCTION sqlite_integer(value double precision)
RETURNS bigint
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_integer(double precision) IS
'CAST(value AS INTEGER) of SQLite';

CREATE FUNCTION sqlite_integer(value bigint)
RETURNS bigint
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_integer(bigint) IS
'CAST(value AS INTEGER) of SQLite';

CREATE FUNCTION sqlite_integer(value numeric)
RETURNS bigint
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_integer(numeric) IS
'CAST(value AS INTEGER) of SQLite';

CREATE FUNCTION sqlite_numeric(value text)
RETURNS numeric
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_numeric(text) IS
'CAST(value AS NUMERIC) of SQLite';

CREATE FUNCTION sqlite_number(value text)
RETURNS numeric
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_number(text) IS
'the number that SQLite compares a text as beside a numeric column; NULL if the text is none';

CREATE FUNCTION sqlite_divide(dividend numeric, divisor numeric)
RETURNS numeric
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_divide(numeric, numeric) IS
'dividend / divisor of SQLite: whole if both are, NULL if the divisor is 0';

CREATE FUNCTION sqlite_round(value double precision, digits bigint DEFAULT 0)
RETURNS double precision
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_round(double precision, bigint) IS
'round(value, digits) of SQLite';

-- any type: an integer must not become double precision on its way
CREATE FUNCTION sqlite_quote(value "any")
RETURNS text
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_quote("any") IS
'quote(value) of SQLite, also of NULL';

CREATE FUNCTION sqlite_printf(format text)
RETURNS text
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_printf(text) IS
'printf(format) of SQLite';

CREATE FUNCTION sqlite_printf(format text, VARIADIC "any")
RETURNS text
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_printf(text, VARIADIC "any") IS
'printf(format, ...) of SQLite; NULL is 0 or an empty text';

CREATE FUNCTION sqlite_substr(value text, start bigint)
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_substr(text, bigint) IS
'substr(value, start) of SQLite';

CREATE FUNCTION sqlite_substr(value text, start bigint, length bigint)
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_substr(text, bigint, bigint) IS
'substr(value, start, length) of SQLite';

CREATE FUNCTION sqlite_substr(value bytea, start bigint)
RETURNS bytea
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sqlite_substr_bytes';
COMMENT ON FUNCTION sqlite_substr(bytea, bigint) IS
'substr(value, start) of SQLite';

CREATE FUNCTION sqlite_substr(value bytea, start bigint, length bigint)
RETURNS bytea
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'sqlite_substr_bytes';
COMMENT ON FUNCTION sqlite_substr(bytea, bigint, bigint) IS
'substr(value, start, length) of SQLite';

CREATE FUNCTION sqlite_glob(pattern text, value text)
RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_glob(text, text) IS
'value GLOB pattern of SQLite';

CREATE FUNCTION sqlite_like(pattern text, value text)
RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_like(text, text) IS
'value LIKE pattern of SQLite';

CREATE FUNCTION sqlite_like(pattern text, value text, escape text)
RETURNS boolean
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_like(text, text, text) IS
'value LIKE pattern ESCAPE escape of SQLite';

CREATE FUNCTION sqlite_unicode(value text)
RETURNS bigint
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_unicode(text) IS
'unicode(value) of SQLite: code point of the first character';

CREATE FUNCTION sqlite_char(VARIADIC code_points bigint[] DEFAULT '{}')
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_char(bigint[]) IS
'char(...) of SQLite: the text of code points';

CREATE FUNCTION sqlite_hex(value text)
RETURNS text
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_hex(text) IS
'hex(value) of SQLite, of NULL an empty text';

CREATE FUNCTION sqlite_hex(value bytea)
RETURNS text
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_hex(bytea) IS
'hex(value) of SQLite, of NULL an empty text';

CREATE FUNCTION sqlite_zeroblob(length bigint)
RETURNS bytea
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_zeroblob(bigint) IS
'zeroblob(length) of SQLite';

CREATE FUNCTION sqlite_randomblob(length bigint)
RETURNS bytea
LANGUAGE C VOLATILE CALLED ON NULL INPUT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_randomblob(bigint) IS
'randomblob(length) of SQLite';

CREATE FUNCTION sqlite_random()
RETURNS bigint
LANGUAGE C VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_random() IS
'random() of SQLite';

CREATE FUNCTION sqlite_json_extract(value text, VARIADIC paths text[])
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_json_extract(text, text[]) IS
'json_extract(json, paths ...) of SQLite, as text';

CREATE FUNCTION sqlite_json_extract(value jsonb, VARIADIC paths text[])
RETURNS text
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_json_extract(jsonb, text[]) IS
'json_extract(json, paths ...) of SQLite, as text';

CREATE FUNCTION sqlite_json_type(value text, path text DEFAULT '$')
RETURNS text
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_json_type(text, text) IS
'json_type(json, path) of SQLite';

CREATE FUNCTION sqlite_json_type(value jsonb, path text DEFAULT '$')
RETURNS text
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_json_type(jsonb, text) IS
'json_type(json, path) of SQLite';

CREATE FUNCTION sqlite_json_array_length(value text, path text DEFAULT '$')
RETURNS bigint
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_json_array_length(text, text) IS
'json_array_length(json, path) of SQLite';

CREATE FUNCTION sqlite_json_array_length(value jsonb, path text DEFAULT '$')
RETURNS bigint
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_json_array_length(jsonb, text) IS
'json_array_length(json, path) of SQLite';

CREATE FUNCTION sqlite_json_valid(value text)
RETURNS boolean
LANGUAGE C IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_json_valid(text) IS
'json_valid(json) of SQLite';
