--
-- IMPORT FOREIGN SCHEMA: names, kinds of tables, LIMIT TO and EXCEPT.
--
CREATE EXTENSION sqlite_fdw_migrate;
SET client_min_messages = warning;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'

-- what an application typically has
\set fixture store
\i :make_fixture
CREATE SERVER store FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA store;
IMPORT FOREIGN SCHEMA main FROM SERVER store INTO store;
CREATE VIEW mapping AS
  SELECT n.nspname AS schema, c.relname AS "table", c.oid,
         array_to_string(f.ftoptions, ' ') AS options, a.attname AS "column",
         format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,
         array_to_string(a.attfdwoptions, ' ') AS column_options
  FROM pg_foreign_table f
  JOIN pg_class c ON c.oid = f.ftrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  ORDER BY n.nspname, c.relname COLLATE "C", a.attnum;
SELECT "table", options, "column", type, not_null, column_options FROM mapping WHERE schema = 'store';

-- LIMIT TO and EXCEPT take SQLite's name or the new one
CREATE SCHEMA part;
IMPORT FOREIGN SCHEMA main LIMIT TO ("Order", orderline) FROM SERVER store INTO part;
SELECT DISTINCT "table" FROM mapping WHERE schema = 'part' ORDER BY 1;
DROP SCHEMA part CASCADE;
CREATE SCHEMA part;
IMPORT FOREIGN SCHEMA main EXCEPT ("Order", orderline, "Country") FROM SERVER store INTO part;
SELECT DISTINCT "table" FROM mapping WHERE schema = 'part' ORDER BY 1;
DROP SCHEMA part CASCADE;
CREATE SCHEMA part;
IMPORT FOREIGN SCHEMA main LIMIT TO (cutsomer) FROM SERVER store INTO part;
SELECT count(*) FROM mapping WHERE schema = 'part';

-- names
IMPORT FOREIGN SCHEMA main LIMIT TO ("Order", "Customer") FROM SERVER store INTO part
  OPTIONS (names 'preserve', import_not_null 'false');
SELECT "table", "column", not_null FROM mapping WHERE schema = 'part';
DROP SCHEMA part CASCADE;
CREATE SCHEMA part;
IMPORT FOREIGN SCHEMA main LIMIT TO (order_line, "Customer") FROM SERVER store INTO part
  OPTIONS (names 'snake');
SELECT "table", "column" FROM mapping WHERE schema = 'part';
DROP SCHEMA part CASCADE;

-- types from tables that exist already
CREATE SCHEMA target;
CREATE TYPE target.active AS ENUM ('0', '1');
CREATE TABLE target.customer (customerid integer, firstname varchar(20), active target.active, extra int);
CREATE SCHEMA part;
IMPORT FOREIGN SCHEMA main LIMIT TO ("Customer") FROM SERVER store INTO part OPTIONS (types_from 'target');
SELECT "column", type FROM mapping WHERE schema = 'part';
SELECT customerid, firstname, active FROM part.customer;
DROP SCHEMA part, target CASCADE;

-- odd names: every one of them can be read
\set fixture names
\i :make_fixture
CREATE SERVER names FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA names;
IMPORT FOREIGN SCHEMA main FROM SERVER names INTO names;
SELECT quote_ident("table") AS "table", length("table"), octet_length("table") AS bytes,
       quote_ident("column") AS "column", length(column_options)
  FROM mapping WHERE schema = 'names' AND "table" NOT LIKE '"%';
SELECT length("table"), octet_length("table"), length("column"), length(options), length(column_options)
  FROM mapping WHERE schema = 'names' AND "table" LIKE '"%';
SELECT * FROM names."a""b";
SELECT * FROM names."select";
SELECT * FROM names.Ünïcode;
SELECT * FROM names.unnamed;
SELECT * FROM names." ";
SELECT * FROM names.systemcolumns;
SELECT * FROM names.rowids;
SELECT * FROM names.mixedcase;
SELECT * FROM names."view of ""a""b""";
SELECT c.relname, (xpath('//r/text()', query_to_xml(format('SELECT count(*) AS r FROM %s', c.oid::regclass), false, true, '')))[1] AS rows
  FROM pg_class c JOIN pg_foreign_table f ON f.ftrelid = c.oid
  WHERE c.relname ~ '^(aaa|bbb)' ORDER BY 1;
SELECT quote_ident(relname) = '"' || repeat('""', 63) || '"' AS quotes FROM pg_class WHERE relname LIKE '"%' AND relkind = 'f';
DO $$
DECLARE t regclass; n int;
BEGIN
  SELECT oid INTO t FROM pg_class WHERE relname LIKE '"%' AND relkind = 'f';
  EXECUTE format('SELECT t::text::int FROM (SELECT %s AS t FROM %s) x',
    (SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = t AND attnum = 1), t) INTO n;
  RAISE WARNING '% quotes', n;
END $$;
CREATE SCHEMA snake;
IMPORT FOREIGN SCHEMA main LIMIT TO ("MixedCase", "a""b", " ") FROM SERVER names INTO snake OPTIONS (names 'snake');
SELECT "table", "column" FROM mapping WHERE schema = 'snake';

-- kinds: shadow tables are left out, what cannot be described is named
\set fixture kinds
\i :make_fixture
CREATE SERVER kinds FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA kinds;
IMPORT FOREIGN SCHEMA main FROM SERVER kinds INTO kinds;
SELECT "table", string_agg("column" || ' ' || type || CASE WHEN not_null THEN ' NOT NULL' ELSE '' END, ', ' ORDER BY column_options) FROM mapping WHERE schema = 'kinds' GROUP BY 1 ORDER BY 1;
SELECT * FROM kinds.goodview ORDER BY 1;
SELECT * FROM kinds.box;
SELECT * FROM kinds.search;
SELECT * FROM kinds.generated;
SELECT * FROM kinds.without;
SELECT table_name, kind, columns, without_rowid, strict, row_estimate FROM sqlite_tables('kinds');
CREATE SCHEMA fewer;
IMPORT FOREIGN SCHEMA main LIMIT TO (goodview, generated) FROM SERVER kinds INTO fewer
  OPTIONS (import_views 'false', import_generated 'false');
SELECT "table", "column" FROM mapping WHERE schema = 'fewer';

DROP SCHEMA store, names, snake, kinds, fewer CASCADE;
DROP VIEW mapping;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
