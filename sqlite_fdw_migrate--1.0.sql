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

/*
 * Plan
 */
CREATE FUNCTION sqlite_migration_plan(source name, target name,
  include text[] DEFAULT NULL,
  exclude text[] DEFAULT NULL,
  on_error text DEFAULT 'stop',
  on_bad_value text DEFAULT 'error',
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
  on_bad_value text DEFAULT 'error',
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
  on_bad_value text DEFAULT 'error',
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
COMMENT ON FUNCTION sqlite_migrate_file(text, name, text[], text[], text, text,
  text, boolean, boolean, boolean, boolean, boolean, boolean, boolean, boolean,
  name, boolean) IS
'makes a server and a mapping for a SQLite file and migrates it';

CREATE FUNCTION sqlite_load(source_table regclass, target_table regclass,
  on_conflict text DEFAULT 'error',
  on_bad_value text DEFAULT 'error')
RETURNS bigint
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME';
COMMENT ON FUNCTION sqlite_load(regclass, regclass, text, text) IS
'loads a foreign table into a table by column name, returns the rows loaded';

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
REVOKE ALL ON FUNCTION sqlite_migrate_file(text, name, text[], text[], text,
  text, text, boolean, boolean, boolean, boolean, boolean, boolean, boolean,
  boolean, name, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sqlite_migrate_file(text, name, text[], text[], text,
  text, text, boolean, boolean, boolean, boolean, boolean, boolean, boolean,
  boolean, name, boolean) TO pg_read_server_files;
