--
-- Bad values in a load: error, null, skip, and what is kept of them.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
SET TimeZone = 'UTC';
\set VERBOSITY terse
\set fixture rejects
\i :make_fixture
CREATE SERVER rejects FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA src;
IMPORT FOREIGN SCHEMA main FROM SERVER rejects INTO src OPTIONS (infer_types 'off');
CREATE VIEW rejects AS
  SELECT source_table, target_table, row_id, column_name, storage_class, raw_value, action, reason
    FROM sqlite_rejects ORDER BY id;
CREATE TABLE reading (id int, sensor text, taken date, level int, note text);
\d sqlite_rejects

-- error is the default, and records nothing
SELECT sqlite_load('src.reading', 'reading');
SELECT sqlite_load('src.reading', 'reading', on_bad_value => 'error');
SELECT count(*) FROM sqlite_rejects;

-- null: the row comes
\set VERBOSITY default
SELECT sqlite_load('src.reading', 'reading', on_bad_value => 'null');
\set VERBOSITY terse
SELECT * FROM reading ORDER BY id;
SELECT * FROM rejects;
SELECT role = current_user AS me, rejected_at BETWEEN now() - interval '1 minute' AND clock_timestamp() AS now,
       id - min(id) OVER (ORDER BY id) AS n FROM sqlite_rejects ORDER BY id;
DELETE FROM sqlite_rejects;

-- skip: it does not, and each of its bad values is named
TRUNCATE reading;
SELECT sqlite_load('src.reading', 'reading', on_bad_value => 'skip');
SELECT id FROM reading ORDER BY id;
SELECT row_id, column_name, action FROM rejects;
DELETE FROM sqlite_rejects;

-- both in one load: a column that skips takes its row away
ALTER FOREIGN TABLE src.reading ALTER taken OPTIONS (ADD on_bad_value 'skip'), ALTER level OPTIONS (ADD on_bad_value 'null'),
  ALTER note OPTIONS (ADD on_bad_value 'null');
ALTER FOREIGN TABLE src.reading OPTIONS (ADD on_bad_value 'skip');
TRUNCATE reading;
SELECT sqlite_load('src.reading', 'reading');
SELECT * FROM reading ORDER BY id;
SELECT row_id, column_name, action FROM rejects;
DELETE FROM sqlite_rejects;
-- column over table over server; the argument over all of them
ALTER SERVER rejects OPTIONS (ADD on_bad_value 'null');
ALTER FOREIGN TABLE src.reading OPTIONS (SET on_bad_value 'error');
TRUNCATE reading;
SELECT sqlite_load('src.reading', 'reading');
SELECT sqlite_load('src.reading', 'reading', on_bad_value => 'error');
SELECT count(*) FROM sqlite_rejects;
SELECT sqlite_load('src.reading', 'reading', on_bad_value => 'null');
SELECT action, count(*) FROM rejects GROUP BY 1;
DELETE FROM sqlite_rejects;
ALTER FOREIGN TABLE src.reading ALTER taken OPTIONS (DROP on_bad_value), ALTER level OPTIONS (DROP on_bad_value),
  ALTER note OPTIONS (DROP on_bad_value);
ALTER FOREIGN TABLE src.reading OPTIONS (DROP on_bad_value);
TRUNCATE reading;
SELECT sqlite_load('src.reading', 'reading');
SELECT action, count(*) FROM rejects GROUP BY 1;
DELETE FROM sqlite_rejects;

-- a query only reads: one warning, no record
SELECT count(level) FROM src.reading;
SELECT count(*) FROM sqlite_rejects;
ALTER SERVER rejects OPTIONS (DROP on_bad_value);

-- other keys than a rowid
CREATE TABLE bykey (a text, b int, v int);
SELECT sqlite_load('src.bykey', 'bykey', on_bad_value => 'skip');
CREATE TABLE twice (id int, level int);
ALTER FOREIGN TABLE src.twice ALTER level TYPE int;
SELECT sqlite_load('src.twice', 'twice', on_bad_value => 'skip');
SELECT source_table, row_id, column_name, convert_from(raw_value, 'UTF8') AS raw FROM rejects;
DELETE FROM sqlite_rejects;

-- where the target is NOT NULL, NULL cannot stand in
TRUNCATE reading;
ALTER TABLE reading ALTER sensor SET NOT NULL, ALTER taken SET NOT NULL;
SELECT sqlite_load('src.reading', 'reading', on_bad_value => 'null');
SELECT id, level FROM reading ORDER BY id;
SELECT row_id, column_name, storage_class, raw_value, action, reason FROM rejects;
DELETE FROM sqlite_rejects;
-- nor SQLite's own NULL; but an error is PostgreSQL's
CREATE TABLE holes (id int PRIMARY KEY, code text NOT NULL, amount int);
ALTER FOREIGN TABLE src.holes ALTER amount TYPE int;
SELECT sqlite_load('src.holes', 'holes', on_bad_value => 'skip');
SELECT * FROM holes ORDER BY id;
SELECT row_id, column_name, storage_class, raw_value, action, reason FROM rejects;
DELETE FROM sqlite_rejects;
TRUNCATE holes;
SELECT sqlite_load('src.holes', 'holes', on_bad_value => 'null');
SELECT * FROM holes ORDER BY id;
SELECT row_id, column_name, action FROM rejects;
DELETE FROM sqlite_rejects;
TRUNCATE holes;
ALTER FOREIGN TABLE src.holes ALTER amount TYPE text;
ALTER TABLE holes ALTER amount TYPE text;
SELECT sqlite_load('src.holes', 'holes');
-- a trigger may fill it
CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.code := coalesce(NEW.code, 'none'); RETURN NEW; END $$;
CREATE TRIGGER fill BEFORE INSERT ON holes FOR EACH ROW EXECUTE FUNCTION fill();
SELECT sqlite_load('src.holes', 'holes', on_bad_value => 'null');
SELECT * FROM holes ORDER BY id;
DROP TABLE holes;
-- a domain that refuses NULL, on either side
CREATE DOMAIN code AS text NOT NULL;
CREATE DOMAIN amount AS int CHECK (VALUE IS NOT NULL AND VALUE < 2);
CREATE TABLE holes (id int PRIMARY KEY, code code, amount amount);
ALTER FOREIGN TABLE src.holes ALTER code TYPE code, ALTER amount TYPE amount;
SELECT sqlite_load('src.holes', 'holes');
SELECT sqlite_load('src.holes', 'holes', on_bad_value => 'null');
SELECT * FROM holes ORDER BY id;
SELECT row_id, column_name, storage_class, action, reason FROM rejects;
DELETE FROM sqlite_rejects;
TRUNCATE holes;
ALTER FOREIGN TABLE src.holes ALTER code TYPE text;
SELECT sqlite_load('src.holes', 'holes', on_bad_value => 'null');
SELECT row_id, column_name, storage_class, action, reason FROM rejects;
DELETE FROM sqlite_rejects;
DROP TABLE holes;

-- nothing of a value is lost
CREATE TABLE number (id int, v uuid);
ALTER FOREIGN TABLE src.number ALTER v TYPE uuid;
SELECT sqlite_load('src.number', 'number', on_bad_value => 'null');
SELECT row_id, storage_class, convert_from(raw_value, 'UTF8') AS digits FROM rejects;
DELETE FROM sqlite_rejects;
CREATE TABLE large (id int, v text);
SELECT sqlite_load('src.large', 'large', on_bad_value => 'skip');
SELECT storage_class, octet_length(raw_value), raw_value = decode(repeat('00', 3000000), 'hex') AS same FROM rejects;
DELETE FROM sqlite_rejects;
-- nor are many
SET work_mem = '64kB';
CREATE TABLE many (id int, v int);
SELECT sqlite_load('src.many', 'many', on_bad_value => 'skip');
SELECT count(*), count(DISTINCT row_id), bool_and(row_id = 'rowid ' || substr(convert_from(raw_value, 'UTF8'), 6)) FROM rejects;
RESET work_mem;
DELETE FROM sqlite_rejects;

-- the plan carries it, the run tells of it
SELECT object, statement LIKE '%on\_bad\_value => ''skip''%' AS carried FROM sqlite_migration_plan('src', 'dst', include => '{reading}', on_bad_value => 'skip') WHERE phase = 'load';
SELECT phase, object, rows, status, detail FROM sqlite_migrate('src', 'dst', include => '{reading,bykey,number}', on_bad_value => 'null') WHERE phase IN ('load', 'verify');
SELECT source_table, action, count(*) FROM rejects GROUP BY 1, 2 ORDER BY 1;
SELECT phase, object, rows, status, detail FROM sqlite_migrate('src', 'dst', include => '{reading,bykey}', on_bad_value => 'skip', truncate => true) WHERE phase IN ('load', 'verify');
SELECT source_table, action, count(*) FROM rejects GROUP BY 1, 2 ORDER BY 1, 2;
SELECT * FROM sqlite_compare_counts('src', 'dst', include => '{reading,bykey}');
DELETE FROM sqlite_rejects;
-- a count that is wrong for another reason is still an error
CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = 9 THEN RETURN NULL; END IF; RETURN NEW; END $$;
CREATE TRIGGER lose BEFORE INSERT ON dst.reading FOR EACH ROW EXECUTE FUNCTION lose();
SELECT count(*) FROM sqlite_migrate('src', 'dst', include => '{reading}', on_bad_value => 'skip', truncate => true);
DROP TRIGGER lose ON dst.reading;
-- what is undone has rejected nothing
SELECT count(*) FROM sqlite_rejects;
BEGIN;
SELECT sqlite_load('src.many', 'many', on_bad_value => 'skip');
ROLLBACK;
SELECT count(*) FROM sqlite_rejects;
TRUNCATE dst.reading;
ALTER TABLE dst.reading ADD CHECK (id <> 9);
SELECT phase, object, rows, status, detail FROM sqlite_migrate('src', 'dst', include => '{reading,bykey}', on_bad_value => 'skip', truncate => true, on_error => 'continue')
  WHERE phase IN ('load', 'verify');
SELECT source_table, count(*) FROM rejects GROUP BY 1;
DELETE FROM sqlite_rejects;
-- by one call
SET client_min_messages = error;
SELECT phase, object, rows, status, detail FROM sqlite_migrate_file(:'file', 'onecall', include => '{large}', on_bad_value => 'null') WHERE phase IN ('load', 'verify');
RESET client_min_messages;
SELECT count(*) FROM sqlite_rejects;
DELETE FROM sqlite_rejects;

-- loads within loads, readers within loads, rules: each value once
CREATE FUNCTION nested() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id = 1 THEN
    PERFORM sqlite_load('src.bykey', 'bykey', on_bad_value => 'skip', on_conflict => 'skip');
    PERFORM count(level) FROM src.reading;
  END IF;
  RETURN NEW;
END $$;
TRUNCATE reading, bykey;
ALTER TABLE reading ALTER sensor DROP NOT NULL, ALTER taken DROP NOT NULL;
CREATE TRIGGER nested BEFORE INSERT ON reading FOR EACH ROW EXECUTE FUNCTION nested();
SELECT sqlite_load('src.reading', 'reading', on_bad_value => 'skip');
SELECT source_table, count(*), count(DISTINCT (row_id, column_name)) FROM rejects GROUP BY 1 ORDER BY 1;
DROP TRIGGER nested ON reading;
DELETE FROM sqlite_rejects;
CREATE TABLE log (LIKE reading);
CREATE RULE log AS ON INSERT TO reading DO ALSO INSERT INTO log VALUES (NEW.*);
TRUNCATE reading;
SELECT sqlite_load('src.reading', 'reading', on_bad_value => 'skip');
SELECT count(*) FROM log;
SELECT source_table, count(*), count(DISTINCT (row_id, column_name)) FROM rejects GROUP BY 1 ORDER BY 1;
DELETE FROM sqlite_rejects;
DROP RULE log ON reading;
-- after a failed load the next query is a plain one
TRUNCATE reading;
ALTER TABLE reading ADD CHECK (id <> 9);
SELECT sqlite_load('src.reading', 'reading', on_bad_value => 'skip');
SELECT level FROM src.reading;

-- each role has its own rows
CREATE ROLE regress_sfm_a;
CREATE ROLE regress_sfm_b;
GRANT USAGE ON SCHEMA src TO PUBLIC;
GRANT SELECT ON src.bykey TO PUBLIC;
GRANT SELECT, INSERT ON bykey TO PUBLIC;
SET ROLE regress_sfm_a;
SELECT sqlite_load('src.bykey', 'bykey', on_bad_value => 'skip', on_conflict => 'skip');
SET ROLE regress_sfm_b;
SET row_security = off;
SELECT sqlite_load('src.bykey', 'bykey', on_bad_value => 'null', on_conflict => 'skip');
RESET row_security;
SELECT role, action, count(*) FROM sqlite_rejects GROUP BY 1, 2;
INSERT INTO sqlite_rejects (role, source_table, target_table, row_id, column_name, storage_class, action, reason)
  VALUES ('regress_sfm_a', 's', 't', 'r', 'c', 'TEXT', 'skip', 'forged');
UPDATE sqlite_rejects SET reason = 'forged';
TRUNCATE sqlite_rejects;
DELETE FROM sqlite_rejects;
RESET ROLE;
SELECT role, action, count(*) FROM sqlite_rejects GROUP BY 1, 2;

-- arguments
SELECT sqlite_load('src.bykey', 'bykey', on_bad_value => 'drop');
SELECT sqlite_load(NULL, 'bykey');
SELECT count(*) FROM sqlite_migration_plan('src', 'dst', on_bad_value => 'ignore');

DROP OWNED BY regress_sfm_a, regress_sfm_b;
DROP ROLE regress_sfm_a, regress_sfm_b;
DROP SCHEMA src, dst, onecall CASCADE;
DROP VIEW rejects;
DROP TABLE reading, bykey, twice, number, large, many, log;
DROP FUNCTION fill, lose, nested;
DROP DOMAIN code, amount;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
