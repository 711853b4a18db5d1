--
-- The whole job: plan, run, proof; by one call, by two, by hand.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
SET TimeZone = 'UTC';
SET client_min_messages = warning;
\set fixture store
\i :make_fixture
CREATE SERVER store FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA store_sqlite;
IMPORT FOREIGN SCHEMA main FROM SERVER store INTO store_sqlite;

-- the plan
\pset format unaligned
SELECT * FROM sqlite_migration_plan('store_sqlite', 'shop');
\pset format aligned

-- the run
SELECT step, phase, object, rows, bytes > 0 AS bytes, elapsed >= '0' AS elapsed, status, detail
  FROM sqlite_migrate('store_sqlite', 'shop');
SELECT * FROM sqlite_compare_counts('store_sqlite', 'shop');
\d shop.country
\d shop.customer
\d shop."order"
\d shop.orderline
SELECT * FROM shop.customer ORDER BY 1;
SELECT * FROM shop."order" ORDER BY 1;
-- what came is what SQLite has
SELECT count(*) FROM shop.customer t FULL JOIN store_sqlite.customer s USING (customerid) WHERE t IS DISTINCT FROM s;
-- keys go on where SQLite's stopped: 9 was given and deleted there
INSERT INTO shop.customer (firstname, email) VALUES ('Eve', 'eve@example.org') RETURNING customerid, active, country, createdat > '2024-01-01' AS created;
INSERT INTO shop."order" (customer) VALUES (1) RETURNING id, total, note;
-- the keys hold
INSERT INTO shop."order" (customer) VALUES (77);
DELETE FROM shop.customer WHERE customerid = 1;
SELECT count(*) FROM shop.orderline;

-- a second run: refused, nothing doubled; by option
SELECT count(*) FROM shop.country;
SELECT count(*) FROM sqlite_migrate('store_sqlite', 'shop');
SELECT count(*) FROM shop.country;
SELECT phase, object, rows, status, detail FROM sqlite_migrate('store_sqlite', 'shop', truncate => true) WHERE phase IN ('table', 'load', 'verify');
SELECT count(*) FROM shop.orderline;
SELECT phase, status, count(*) FROM sqlite_migrate('store_sqlite', 'shop', drop_existing => true) GROUP BY 1, 2 ORDER BY min(step);
SELECT object, rows, status FROM sqlite_migrate('store_sqlite', 'shop', on_conflict => 'skip') WHERE phase = 'load';
UPDATE shop.customer SET firstname = 'changed';
SELECT object, rows, status FROM sqlite_migrate('store_sqlite', 'shop', on_conflict => 'update') WHERE phase = 'load';
SELECT customerid, firstname FROM shop.customer ORDER BY 1;
SELECT * FROM sqlite_compare_counts('store_sqlite', 'shop');
DROP SCHEMA shop CASCADE;

-- by hand: plan + \gexec
SELECT statement FROM sqlite_migration_plan('store_sqlite', 'byhand') ORDER BY step \gexec
SELECT * FROM sqlite_compare_counts('store_sqlite', 'byhand');
DROP SCHEMA byhand CASCADE;

-- by INSERT ... SELECT into a table of one's own
CREATE TABLE mine (customerid int, email text, born date);
INSERT INTO mine SELECT customerid, email, born FROM store_sqlite.customer WHERE active;
SELECT * FROM mine ORDER BY 1;
DROP TABLE mine;

-- rolled back in the middle: nothing stays
BEGIN;
SELECT count(*) > 0 AS ran FROM sqlite_migrate('store_sqlite', 'shop');
SELECT count(*) FROM shop.customer;
ROLLBACK;
SELECT to_regnamespace('shop');

-- the mapping is edited: the plan follows
ALTER FOREIGN TABLE store_sqlite.orderline RENAME TO order_line;
ALTER FOREIGN TABLE store_sqlite."order" RENAME TO orders;
ALTER FOREIGN TABLE store_sqlite.orders RENAME customer TO customer_id;
ALTER FOREIGN TABLE store_sqlite.orders ALTER total TYPE double precision;
ALTER FOREIGN TABLE store_sqlite.customer DROP COLUMN profile;
ALTER FOREIGN TABLE store_sqlite.country ALTER name TYPE varchar(30);
SELECT step, phase, object, rows, status, detail FROM sqlite_migrate('store_sqlite', 'shop', exclude => '{country}', "analyze" => false);
\d shop.orders
\d shop.customer
DROP SCHEMA shop CASCADE;

-- a load that fails: 'stop' leaves nothing, 'continue' names it and goes on
\set fixture misfits
\i :make_fixture
CREATE SERVER misfits FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA misfits;
IMPORT FOREIGN SCHEMA main FROM SERVER misfits INTO misfits OPTIONS (infer_types 'off');
SELECT * FROM sqlite_migrate('misfits', 'target');
SELECT to_regnamespace('target');
SELECT step, phase, object, rows, status, detail FROM sqlite_migrate('misfits', 'target', on_error => 'continue');
SELECT * FROM sqlite_compare_counts('misfits', 'target');
DROP SCHEMA target CASCADE;

-- one call for all of it; again, by option
\set fixture store
\i :make_fixture
SELECT phase, status, count(*), sum(rows) AS rows FROM sqlite_migrate_file(:'file', 'onecall') GROUP BY 1, 2 ORDER BY min(step);
SELECT srvname FROM pg_foreign_server ORDER BY 1;
SELECT n.nspname, count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'f' GROUP BY 1 ORDER BY 1;
SELECT phase, status, count(*), sum(rows) AS rows FROM sqlite_migrate_file(:'file', 'onecall', drop_existing => true) GROUP BY 1, 2 ORDER BY min(step);
SELECT * FROM sqlite_migrate_file('relative.db', 'onecall');
SELECT * FROM sqlite_migrate_file('/no/such/file.db', 'onecall');

-- two servers in one transaction, into one schema; a failure in the second
-- takes the first back
BEGIN;
SELECT count(*) > 0 AS ran FROM sqlite_migrate('store_sqlite', 'two');
SELECT count(*) > 0 AS ran FROM sqlite_migrate('misfits', 'two');
ROLLBACK;
SELECT to_regnamespace('two');
BEGIN;
SELECT count(*) > 0 AS ran FROM sqlite_migrate('store_sqlite', 'two');
SELECT count(*) > 0 AS ran FROM sqlite_migrate('misfits', 'two', include => '{by%,badtext}', on_error => 'continue');
COMMIT;
SELECT c.relname FROM pg_class c WHERE relnamespace = 'two'::regnamespace AND relkind = 'r' ORDER BY 1;

-- arguments
SELECT * FROM sqlite_migrate('nowhere', 'x');
SELECT * FROM sqlite_migrate('public', 'x');
SELECT * FROM sqlite_migrate(NULL, 'x');
SELECT * FROM sqlite_migrate('store_sqlite', 'x', on_error => 'ignore');
SELECT * FROM sqlite_migrate('store_sqlite', 'x', on_conflict => 'replace');
SELECT step, phase, object, status FROM sqlite_migrate('store_sqlite', 'x', include => '{cuntry}');
DROP SCHEMA x;

DROP SCHEMA store_sqlite, misfits, two, onecall, store_sqlite_2 CASCADE;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
