--
-- Declared types: which PostgreSQL type stands for which.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
\set fixture declared
\i :make_fixture
CREATE SERVER declared FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA declared;
IMPORT FOREIGN SCHEMA main FROM SERVER declared INTO declared OPTIONS (names 'preserve');
SELECT attname AS "declared type", format_type(atttypid, atttypmod) AS type
  FROM pg_attribute WHERE attrelid = 'declared.declared'::regclass AND attnum > 0
  ORDER BY attnum;

SET client_min_messages = warning;
DROP SCHEMA declared CASCADE;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
