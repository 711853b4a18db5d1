--
-- What will not fit, before anything is written: the report, that it predicts
-- the migration in both directions, and that its remedies are remedies.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
SET TimeZone = 'UTC';
SET client_min_messages = warning;
\set fixture check
\i :make_fixture
CREATE SERVER "check" FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA src;
SET client_min_messages = error;
IMPORT FOREIGN SCHEMA main FROM SERVER "check" INTO src OPTIONS (infer_types 'off');
DROP FOREIGN TABLE src.left_out;
ALTER FOREIGN TABLE src.null_refused ALTER c SET NOT NULL;
ALTER FOREIGN TABLE src.small_id ALTER id TYPE smallint;
ALTER FOREIGN TABLE src.ok_unique ADD blanks char(4) OPTIONS (column_name 't');

-- the whole report
\pset format unaligned
SELECT * FROM sqlite_check('src');
\pset format aligned
-- nothing was made
SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'sqlite%check%';

-- each table by itself: it has an error in the report if, and only if, it cannot be migrated
CREATE FUNCTION try(name, name, tables text[] DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM sqlite_migrate($1, $2, include => $3);
  RAISE EXCEPTION 'migrated';
EXCEPTION WHEN others THEN
  RETURN sqlerrm;
END $$;
SELECT foreign_table_name AS "table", e AS predicted, try('src', 'dst', ARRAY[foreign_table_name, replace(foreign_table_name, 'child', 'parent')])
  FROM information_schema.foreign_tables,
  LATERAL (SELECT count(*) > 0 AS e FROM sqlite_check('src') WHERE severity = 'error' AND table_name = foreign_table_name) c
  WHERE foreign_table_schema = 'src' ORDER BY 1;
SELECT try('src', 'dst');

-- bad values that are not to stop it
BEGIN;
ALTER SERVER "check" OPTIONS (ADD on_bad_value 'null');
SELECT severity, table_name, object, problem, occurrences, example FROM sqlite_check('src') WHERE table_name IN ('bad_value', 'bad_text', 'null_refused', 'null_in_key') AND severity <> 'info';
SELECT try('src', 'dst', '{bad_value,bad_text,null_refused,null_in_key}');
ALTER SERVER "check" OPTIONS (SET on_bad_value 'skip');
-- of three rows with one key, two are left out: no duplicates
ALTER FOREIGN TABLE src.same_text ALTER k TYPE bigint;
ALTER FOREIGN TABLE src.same_moment ADD text text OPTIONS (column_name 'at'), ADD n int OPTIONS (column_name 'at');
SELECT severity, table_name, object, problem, occurrences, example FROM sqlite_check('src') WHERE table_name IN ('bad_value', 'bad_text', 'null_refused', 'same_text', 'same_moment') AND severity <> 'info';
SELECT try('src', 'dst', '{bad_value,bad_text,null_refused,same_moment}'), try('src', 'dst', '{same_text}');
ROLLBACK;

-- the remedies, until there are no errors
CREATE FUNCTION remedy(name DEFAULT NULL) RETURNS SETOF text LANGUAGE sql AS $$
  SELECT remedy FROM sqlite_check('src', $1) WHERE severity = 'error' AND remedy IS NOT NULL $$;
SELECT remedy FROM remedy() remedy WHERE remedy LIKE 'ALTER%-- psql%' \gexec
\copy (SELECT remedy FROM remedy() remedy WHERE remedy LIKE '%-- sqlite3 shell%') TO PROGRAM 'sqlite3 -batch -bail "$SFM_FILE"'
SELECT severity, count(*) FROM sqlite_check('src') GROUP BY 1 ORDER BY 1;
SELECT * FROM remedy();
SELECT try('src', 'dst');
-- a remedy that is the migration itself
BEGIN;
SELECT count(*) > 0 AS migrated FROM sqlite_migrate('src', 'dst', foreign_keys => false);
ROLLBACK;
DROP FOREIGN TABLE src.nocase_child;
SELECT * FROM remedy();
SELECT try('src', 'dst');
SELECT status, count(*) FROM sqlite_migrate('src', 'dst') GROUP BY 1 ORDER BY 1;
SELECT * FROM dst.same_text ORDER BY id;

-- a second run
SELECT severity, count(*), sum(occurrences) FROM sqlite_check('src', 'dst') WHERE problem LIKE '%holds rows%' GROUP BY 1;
SELECT try('src', 'dst');
DROP SCHEMA dst CASCADE;

-- tables that the target holds already
CREATE SCHEMA dst;
CREATE DOMAIN dst.small AS int CHECK (VALUE > 0);
CREATE TABLE dst.fits (id bigint PRIMARY KEY, n smallint, t varchar(3), extra int NOT NULL);
CREATE TABLE dst.empty (id bigint PRIMARY KEY, n smallint, t varchar(3), extra int NOT NULL);
CREATE TABLE dst.parent (id bigint PRIMARY KEY, title text);
CREATE TABLE dst.orphan (id int PRIMARY KEY, parent_id bigint REFERENCES dst.parent, other bigint, self bigint);
CREATE TABLE dst.ok_bytes (id bigint, b bytea);
CREATE TABLE dst.ok_unique (id bigint CHECK (id < 4), n numeric, t text, blanks text);
CREATE UNIQUE INDEX ON dst.ok_unique (lower(t)) WHERE id < 3;
CREATE TABLE dst.bad_epoch (other int);
CREATE TABLE dst.broken_check (id dst.small, age dst.small, name text, serial serial);
CREATE VIEW dst.seen AS SELECT 1;
INSERT INTO dst.parent VALUES (1, 'here');
\pset format unaligned
SELECT severity, table_name, object, problem, occurrences, example, remedy FROM sqlite_check('src', 'dst')
  WHERE table_name IN ('fits', 'empty', 'parent', 'orphan', 'ok_bytes', 'ok_unique', 'bad_epoch', 'broken_check', 'seen') ORDER BY severity = 'error' DESC;
\pset format aligned
SELECT foreign_table_name AS "table", e AS predicted, try('src', 'dst', ARRAY[foreign_table_name])
  FROM information_schema.foreign_tables,
  LATERAL (SELECT count(*) > 0 AS e FROM sqlite_check('src', 'dst') WHERE severity = 'error' AND table_name = foreign_table_name) c
  WHERE foreign_table_schema = 'src' AND to_regclass(format('dst.%I', foreign_table_name)) IS NOT NULL ORDER BY 1;
-- after the remedies, it can
SELECT remedy FROM sqlite_check('src', 'dst') WHERE severity = 'error' AND table_name IN ('fits', 'bad_epoch', 'broken_check', 'ok_unique') AND remedy LIKE 'ALTER%-- psql%' \gexec
\copy (SELECT remedy FROM remedy('dst') remedy WHERE remedy LIKE '%-- sqlite3 shell%') TO PROGRAM 'sqlite3 -batch -bail "$SFM_FILE"'
DELETE FROM dst.parent;
ALTER TABLE dst.ok_unique DROP CONSTRAINT ok_unique_id_check;
DROP INDEX dst.ok_unique_lower_idx;
SELECT severity, table_name, problem FROM sqlite_check('src', 'dst') WHERE severity = 'error';
SELECT try('src', 'dst');
-- something else of that name
CREATE VIEW dst.long_key AS SELECT 1;
SELECT severity, table_name, object, problem, remedy FROM sqlite_check('src', 'dst') WHERE severity = 'error' AND problem LIKE '%not a table';
SELECT try('src', 'dst');

-- rights
CREATE ROLE regress_sfm_check;
GRANT USAGE ON SCHEMA src, dst TO regress_sfm_check;
SET ROLE regress_sfm_check;
SELECT count(*) FROM sqlite_check('src');
RESET ROLE;
GRANT SELECT ON ALL TABLES IN SCHEMA src TO regress_sfm_check;
SET ROLE regress_sfm_check;
SELECT count(*) FROM sqlite_check('src');
SELECT problem, remedy FROM sqlite_check('src', 'dst') WHERE table_name = 'parent' AND severity = 'error';
RESET ROLE;
DROP VIEW dst.long_key;
SET ROLE regress_sfm_check;
SELECT problem, remedy FROM sqlite_check('src', 'dst') WHERE table_name IN ('parent', 'long_key') AND severity = 'error';
SELECT try('src', 'dst', '{long_key}');
RESET ROLE;
BEGIN READ ONLY;
SELECT count(*) FROM sqlite_check('src');
ROLLBACK;
SELECT count(*) FROM sqlite_check(NULL);
SELECT count(*) FROM sqlite_check('nowhere');

DROP OWNED BY regress_sfm_check;
DROP ROLE regress_sfm_check;
DROP SCHEMA src, dst CASCADE;
DROP FUNCTION try;
DROP FUNCTION remedy;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
