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
