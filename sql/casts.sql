--
-- sqlite_load where types of source and target differ: what may change a value
-- is refused (42804), what cannot is loaded.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
\set fixture kinds
\i :make_fixture
SET client_min_messages = warning;
CREATE SERVER kinds FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE DOMAIN small AS numeric(5,0);
CREATE DOMAIN label AS text;
CREATE FUNCTION try_load(source_type text, target_type text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE FOREIGN TABLE source (id %s) SERVER kinds OPTIONS ("table" ''without'')', source_type);
  ALTER FOREIGN TABLE source ALTER id OPTIONS (column_name 'v');
  EXECUTE format('CREATE TABLE target (id %s)', target_type);
  PERFORM sqlite_load('source', 'target');
  DROP TABLE target;
  DROP FOREIGN TABLE source;
  RETURN 'loaded';
EXCEPTION WHEN OTHERS THEN
  RETURN sqlstate;
END $$;
SELECT source_type, target_type, try_load(source_type, target_type) AS result FROM (VALUES
  ('bigint', 'bigint'), ('bigint', 'integer'), ('bigint', 'smallint'), ('bigint', 'numeric'), ('bigint', 'numeric(9,2)'),
  ('bigint', 'small'), ('bigint', 'double precision'), ('integer', 'double precision'), ('integer', 'real'), ('bigint', 'text'),
  ('bigint', 'boolean'), ('bigint', 'varchar(5)'), ('bigint', 'label'),
  ('numeric', 'integer'), ('numeric', 'numeric(9,2)'), ('numeric', 'small'), ('numeric(5,2)', 'numeric(9,2)'), ('numeric(9,2)', 'numeric(5,1)'),
  ('numeric(9,2)', 'numeric'), ('numeric', 'double precision'), ('numeric', 'money'),
  ('double precision', 'numeric'), ('double precision', 'real'), ('double precision', 'integer'), ('real', 'double precision'),
  ('text', 'varchar'), ('text', 'varchar(9)'), ('text', 'char(9)'), ('text', 'name'), ('text', '"char"'), ('text', 'label'), ('label', 'text'),
  ('text', 'integer'), ('varchar(9)', 'text'), ('text', 'text[]'),
  ('timestamp', 'date'), ('timestamp', 'timestamptz'), ('timestamptz', 'timestamp'), ('timestamp', 'timestamp(0)'), ('timestamp(0)', 'timestamp(3)'),
  ('date', 'timestamp'), ('date', 'timestamptz'), ('timestamptz', 'timetz'), ('interval', 'interval(0)'), ('interval', 'time'), ('timestamp', 'text'),
  ('inet', 'cidr'), ('json', 'jsonb'), ('jsonb', 'json'), ('jsonb', 'text'), ('numeric[]', 'integer[]'), ('numeric[]', 'numeric(5,2)[]')
) AS v(source_type, target_type);

DROP FUNCTION try_load;
DROP DOMAIN small, label;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
