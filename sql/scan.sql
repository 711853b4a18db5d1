--
-- Reading foreign tables: projection, EXPLAIN, rescan, errors, estimates.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
\set fixture store
\i :make_fixture
CREATE SERVER store FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA store;
IMPORT FOREIGN SCHEMA main FROM SERVER store INTO store;
SET search_path = store, public;

-- rows as they are in SQLite
SELECT * FROM customer ORDER BY 1;
SELECT * FROM "order" ORDER BY 1;
SELECT "order", line, article, encode(photo, 'hex') AS photo FROM orderline ORDER BY 1, 2;
SELECT tableoid::regclass, code FROM country ORDER BY code;

-- only the columns that are needed are read
EXPLAIN (VERBOSE, COSTS OFF) SELECT * FROM customer;
EXPLAIN (VERBOSE, COSTS OFF) SELECT email FROM customer WHERE active;
EXPLAIN (VERBOSE, COSTS OFF) SELECT count(*) FROM customer;
EXPLAIN (VERBOSE, COSTS OFF) SELECT c FROM customer c;
EXPLAIN (VERBOSE, COSTS OFF) SELECT line FROM orderline;
EXPLAIN (COSTS OFF) SELECT 1 FROM country;
SELECT count(*) FROM customer;
SELECT email FROM customer WHERE active ORDER BY 1;
SELECT c FROM country c ORDER BY c.code;

-- rescan: a nested loop reads the inner side again and again
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_material = off;
SELECT o.id, count(l.line) FROM "order" o LEFT JOIN orderline l ON l."order" = o.id GROUP BY 1 ORDER BY 1;
SELECT o.id, (SELECT sum(l.line) FROM orderline l WHERE l."order" = o.id) FROM "order" o ORDER BY 1;
RESET enable_hashjoin;
RESET enable_mergejoin;
RESET enable_material;

-- a cursor, forward and from the start again
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT customerid FROM customer ORDER BY customerid;
FETCH 2 FROM c;
FETCH BACKWARD 1 FROM c;
MOVE ABSOLUTE 0 FROM c;
FETCH ALL FROM c;
COMMIT;

-- a prepared statement outlives changes of the mapping
PREPARE p AS SELECT * FROM country ORDER BY 1;
EXECUTE p;
ALTER FOREIGN TABLE country RENAME name TO label;
EXECUTE p;
ALTER FOREIGN TABLE country RENAME TO land;
SELECT label FROM land ORDER BY 1;
ALTER FOREIGN TABLE land DROP COLUMN label;
SELECT * FROM land ORDER BY 1;
ALTER FOREIGN TABLE land ADD COLUMN title text OPTIONS (column_name 'name');
SELECT * FROM land ORDER BY 1;

-- the rowid can be mapped
ALTER FOREIGN TABLE orderline ADD COLUMN r bigint OPTIONS (column_name 'rowid');
SELECT r, article FROM orderline ORDER BY r;

-- a mapping that stands for nothing
ALTER FOREIGN TABLE land ADD COLUMN population bigint;
SELECT * FROM land;
SELECT code FROM land ORDER BY 1;
CREATE FOREIGN TABLE nothing (a int) SERVER store;
SELECT * FROM nothing;
CREATE FOREIGN TABLE inject (a int) SERVER store OPTIONS ("table" 'Country" WHERE 1=0; --');
SELECT * FROM inject;

-- read-only
INSERT INTO land (code) VALUES ('XX');
UPDATE customer SET active = true;
DELETE FROM customer;
TRUNCATE customer;

-- values that do not fit: error, null, skip
\set fixture misfits
\i :make_fixture
CREATE SERVER misfits FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA misfits;
IMPORT FOREIGN SCHEMA main FROM SERVER misfits INTO misfits OPTIONS (infer_types 'off');
SET search_path = misfits, public;
SELECT * FROM person;
SELECT id, name FROM person ORDER BY id;
SELECT age FROM person;
SELECT active FROM person;
SELECT born FROM person;
SELECT uid FROM person;
SELECT doc FROM person;
SELECT price FROM person;
SELECT * FROM bykey;
SELECT * FROM byview;
\set VERBOSITY sqlstate
SELECT age FROM person;
SELECT born FROM person;
SELECT price FROM person;
SELECT * FROM badtext;
\set VERBOSITY default
SELECT * FROM badtext;
SELECT * FROM nultext;
ALTER FOREIGN TABLE person OPTIONS (ADD on_bad_value 'null');
SELECT id, age, active, born, price FROM person ORDER BY id;
ALTER FOREIGN TABLE person OPTIONS (SET on_bad_value 'skip');
SELECT id, age FROM person ORDER BY id;
ALTER FOREIGN TABLE person ALTER COLUMN age OPTIONS (ADD on_bad_value 'error');
SELECT id, age FROM person ORDER BY id;

-- estimates come from the file
\set fixture random
\i :make_fixture
CREATE SERVER random FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA random;
IMPORT FOREIGN SCHEMA main FROM SERVER random INTO random;
CREATE FUNCTION estimated_rows(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
  RETURN plan->0->'Plan'->>'Plan Rows';
END $$;
SELECT estimated_rows('SELECT * FROM random.value');
SELECT estimated_rows('SELECT * FROM store.orderline');
ANALYZE random.value;
SELECT reltuples FROM pg_class WHERE oid = 'random.value'::regclass;
SELECT n_distinct, null_frac::numeric(4,2) FROM pg_stats WHERE schemaname = 'random' AND attname = 'f';
SELECT estimated_rows('SELECT * FROM random.value WHERE f IS NULL');

SET client_min_messages = warning;
RESET search_path;
DROP SCHEMA store, misfits, random CASCADE;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
