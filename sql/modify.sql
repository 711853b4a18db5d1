--
-- INSERT, UPDATE, DELETE, TRUNCATE and COPY FROM on foreign tables.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
\set fixture modify
\i :make_fixture
SET client_min_messages = warning;
CREATE SERVER file FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA file;
IMPORT FOREIGN SCHEMA main FROM SERVER file INTO file;
RESET client_min_messages;
SET search_path = file, public;

-- not without permission, for the server or a table
INSERT INTO plain VALUES ('no', 0);
UPDATE plain SET y = 0;
DELETE FROM plain;
TRUNCATE plain;
COPY plain FROM STDIN;
\.
ALTER FOREIGN TABLE plain OPTIONS (ADD updatable 'true');
INSERT INTO plain VALUES ('one table', 0) RETURNING *;
SELECT sqlite_disconnect_all();
BEGIN;
SELECT count(*) FROM plain;
INSERT INTO plain VALUES ('after reading', 0);
ROLLBACK;
ALTER SERVER file OPTIONS (ADD updatable 'true');
ALTER FOREIGN TABLE plain OPTIONS (SET updatable 'false');
DELETE FROM plain WHERE x = 'one table';
ALTER FOREIGN TABLE plain OPTIONS (DROP updatable);
DELETE FROM plain WHERE x = 'one table';
SELECT pg_relation_is_updatable('plain'::regclass, false);
CREATE ROLE regress_writer;
GRANT USAGE ON SCHEMA file TO regress_writer;
GRANT SELECT ON plain TO regress_writer;
SET ROLE regress_writer;
INSERT INTO plain VALUES ('no', 0);
ALTER FOREIGN TABLE plain OPTIONS (ADD updatable 'true');
RESET ROLE;
BEGIN READ ONLY;
INSERT INTO plain VALUES ('no', 0);
ROLLBACK;

-- INSERT: what is not named gets SQLite's default; RETURNING shows it
INSERT INTO member (name) VALUES ('Dan') RETURNING *;
INSERT INTO member DEFAULT VALUES RETURNING id, name, points, twice;
INSERT INTO member (id, name) VALUES (NULL, 'Eve'), (100, NULL) RETURNING *;
INSERT INTO member (name, score) SELECT 'gen' || g, g / 4.0 FROM generate_series(1, 3) g RETURNING id, name, score;
INSERT INTO member (points) VALUES (DEFAULT) RETURNING points;
ALTER FOREIGN TABLE member ALTER points SET DEFAULT 70;
INSERT INTO member (name) VALUES ('default of the foreign table') RETURNING points, twice;
ALTER FOREIGN TABLE member ALTER points DROP DEFAULT;
EXPLAIN (VERBOSE, COSTS OFF) INSERT INTO member (email, name) VALUES ('e', 'n');
EXPLAIN (VERBOSE, COSTS OFF) INSERT INTO member DEFAULT VALUES;
INSERT INTO pair VALUES ('c', 3, 'new') RETURNING *;
INSERT INTO bytes (k) VALUES ('\x0102'), ('') RETURNING *, length(k);
INSERT INTO hidden VALUES ('a', 'b', 'c') RETURNING *;
INSERT INTO hidden VALUES ('a', 'b', 'c');
\! sqlite3 "$SFM_FILE" "SELECT id, name, points, score, twice, quote(email) FROM member; SELECT quote(k), v FROM bytes"

-- generated columns, constraints and triggers of SQLite
INSERT INTO member (twice) VALUES (1);
UPDATE member SET twice = 1;
INSERT INTO member (twice) VALUES (DEFAULT) RETURNING twice;
INSERT INTO member (email) VALUES ('ann@x');
INSERT INTO member (id) VALUES (1);
INSERT INTO member (points) VALUES (NULL);
INSERT INTO member (points) VALUES (1000);
INSERT INTO child VALUES (9, 99, 1);
INSERT INTO stamped (v) VALUES ('bad');
INSERT INTO stamped (v) VALUES ('none') RETURNING *;
INSERT INTO stamped (v) VALUES ('none'), ('two');
CREATE FUNCTION state_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN EXECUTE statement; RETURN 'no error'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM; END $$;
SELECT state_of(s) FROM unnest(ARRAY[
  $$INSERT INTO member (email) VALUES ('ann@x')$$, $$INSERT INTO member (id) VALUES (1)$$,
  $$INSERT INTO member (points) VALUES (NULL)$$, $$INSERT INTO member (points) VALUES (1000)$$,
  $$INSERT INTO child VALUES (9, 99, 1)$$, $$INSERT INTO stamped (v) VALUES ('bad')$$]) s;

-- UPDATE
UPDATE member SET name = upper(name), points = points + 1 WHERE id <= 2 RETURNING id, name, points, twice, email;
UPDATE member SET id = id + 1000 WHERE id <= 2 RETURNING id, name;
UPDATE member SET id = 3 WHERE id = 1001;
UPDATE plain SET y = y + 1 WHERE x = 'q' RETURNING *;
UPDATE pair SET b = b + 10, v = v || a RETURNING *;
UPDATE pair SET a = 'z' WHERE v = 'xa' RETURNING *;
UPDATE nocase SET v = v * 10 WHERE k = 'Abc' RETURNING *;
UPDATE nocase SET k = lower(k) WHERE v = 2 RETURNING *;
UPDATE bytes SET v = v || '!' WHERE length(v) > 1;
UPDATE hidden SET oid = 'x';
UPDATE stamped SET v = v || '!' RETURNING *;
UPDATE mixed SET t = t || '!' WHERE id > 1000 OR id < 0 RETURNING *;
\! sqlite3 "$SFM_FILE" "SELECT id, name, points FROM member WHERE id > 1000; SELECT * FROM plain; SELECT * FROM pair; SELECT * FROM nocase; SELECT quote(k), v FROM bytes; SELECT * FROM stamped"

-- DELETE
DELETE FROM plain WHERE y = 1 RETURNING *;
DELETE FROM pair USING plain WHERE pair.b = 11 AND plain.y = 3;
DELETE FROM bytes WHERE v LIKE 'f%' RETURNING k, v;
DELETE FROM hidden;
DELETE FROM parent WHERE id = 1 RETURNING *;
SELECT * FROM child;
\! sqlite3 "$SFM_FILE" "SELECT * FROM plain; SELECT * FROM pair; SELECT quote(k), v FROM bytes; SELECT * FROM child"

ALTER FOREIGN TABLE mixed ALTER n TYPE bigint;
-- SQLite runs a statement as a whole where its condition is exact
EXPLAIN (VERBOSE, COSTS OFF) UPDATE mixed SET t = 'new', n = 1 + 1 WHERE id = 1;
EXPLAIN (VERBOSE, COSTS OFF) DELETE FROM mixed WHERE id BETWEEN 2 AND 3 AND (t = 'six' OR t IS NULL);
EXPLAIN (VERBOSE, COSTS OFF) DELETE FROM mixed;
EXPLAIN (VERBOSE, COSTS OFF) UPDATE mixed SET t = NULL WHERE n = 5;
-- and not where it may select more, or PostgreSQL must see the rows
EXPLAIN (COSTS OFF) UPDATE mixed SET t = NULL WHERE n > 5;
EXPLAIN (COSTS OFF) UPDATE mixed SET t = NULL WHERE n IS NOT NULL;
EXPLAIN (COSTS OFF) UPDATE mixed SET t = t || 'x' WHERE id = 1;
EXPLAIN (COSTS OFF) UPDATE mixed SET t = random()::text WHERE id = 1;
EXPLAIN (COSTS OFF) DELETE FROM mixed WHERE id = 1 RETURNING *;
EXPLAIN (COSTS OFF) DELETE FROM mixed WHERE t > 'a' COLLATE "C";
EXPLAIN (COSTS OFF) DELETE FROM nocase WHERE k = 'abc';
ALTER FOREIGN TABLE mixed ALTER n OPTIONS (ADD on_bad_value 'skip');
EXPLAIN (COSTS OFF) DELETE FROM mixed WHERE id = 1;
ALTER FOREIGN TABLE mixed ALTER n OPTIONS (DROP on_bad_value);
UPDATE mixed SET t = 'new', n = 1 + 1 WHERE id = 1;
UPDATE mixed SET t = NULL WHERE n = 5;
PREPARE change(bigint, text) AS UPDATE mixed SET t = $2 WHERE id = $1;
EXECUTE change(3, 'prepared');
EXECUTE change(3, NULL);
EXECUTE change(-4, 'minus');
DELETE FROM mixed WHERE id >= 9223372036854775807;
DELETE FROM mixed WHERE t = 'no such';
\! sqlite3 "$SFM_FILE" "SELECT id, quote(n), quote(t) FROM mixed"
DELETE FROM mixed WHERE n > 100;

-- row triggers, also one that changes another column
CREATE FUNCTION trace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE NOTICE '% % old % new %', TG_WHEN, TG_OP, CASE WHEN TG_OP <> 'INSERT' THEN OLD::text END, CASE WHEN TG_OP <> 'DELETE' THEN NEW::text END;
	IF TG_WHEN = 'BEFORE' AND TG_OP <> 'DELETE' THEN NEW.y = NEW.y + 100; END IF;
	IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER before BEFORE INSERT OR UPDATE OR DELETE ON plain FOR EACH ROW EXECUTE FUNCTION trace();
CREATE TRIGGER after AFTER INSERT OR UPDATE OR DELETE ON plain FOR EACH ROW EXECUTE FUNCTION trace();
INSERT INTO plain (x) VALUES ('trigger');
INSERT INTO plain (x, y) VALUES ('trigger', 1);
UPDATE plain SET x = 'changed' WHERE x = 'trigger';
DELETE FROM plain WHERE x = 'changed';
DROP TRIGGER before ON plain;
DROP TRIGGER after ON plain;
CREATE TRIGGER after AFTER INSERT ON member FOR EACH ROW EXECUTE FUNCTION trace();
INSERT INTO member (name) VALUES ('seen by a trigger');
DROP TRIGGER after ON member;

-- WITH CHECK OPTION looks at what SQLite has stored
CREATE VIEW few AS SELECT * FROM member WHERE points < 10 WITH CHECK OPTION;
INSERT INTO few (name) VALUES ('seven') RETURNING points;
INSERT INTO few (name, points) VALUES ('many', 10);
UPDATE few SET points = 10 WHERE name = 'seven';
UPDATE few SET points = 9 WHERE name = 'seven' RETURNING twice;
SELECT count(*) FROM member WHERE points = 10;
DROP VIEW few;

-- COPY FROM, with the columns that it names
COPY member (name, email) FROM STDIN;
copied	copy@x
copied	\N
\.
COPY member (name, twice) FROM STDIN;
\.
COPY pair FROM STDIN WITH (FORMAT csv);
x,1,csv
\.
COPY plain FROM STDIN;
k	1
k	2
k	x
\.
COPY (SELECT name, points, twice, email FROM member WHERE name = 'copied') TO STDOUT;
SELECT count(*) FROM plain WHERE x = 'k';
ALTER FOREIGN TABLE plain OPTIONS (ADD batch_size '3');
EXPLAIN (VERBOSE, COSTS OFF) INSERT INTO plain SELECT 'b', g FROM generate_series(1, 10) g;
INSERT INTO plain SELECT 'b', g FROM generate_series(1, 10) g;
SELECT count(*), sum(y) FROM plain WHERE x = 'b';
DELETE FROM plain WHERE x = 'b';
ALTER FOREIGN TABLE plain OPTIONS (DROP batch_size);

-- partitions: rows are routed, also with NULL where SQLite has a default
CREATE TABLE whole (x text, y bigint) PARTITION BY LIST (x);
CREATE TABLE here PARTITION OF whole FOR VALUES IN ('here');
CREATE FOREIGN TABLE there PARTITION OF whole FOR VALUES IN ('there') SERVER file OPTIONS ("table" 'routed');
INSERT INTO whole VALUES ('here', 1), ('there', 2), ('there', NULL), ('here', NULL) RETURNING tableoid::regclass, *;
INSERT INTO whole (x) VALUES ('there') RETURNING *;
COPY whole FROM STDIN;
there	3
here	4
\.
UPDATE whole SET y = y + 10;
UPDATE whole SET x = 'there' WHERE y = 11 OR (x = 'here' AND y IS NULL) RETURNING tableoid::regclass, *;
UPDATE whole SET x = 'here' WHERE y = 12;
INSERT INTO there VALUES ('here', 5);
EXPLAIN (COSTS OFF) UPDATE there SET x = 'here' WHERE y = 12;
EXPLAIN (COSTS OFF) UPDATE whole SET y = y + 1;
DELETE FROM whole WHERE y = 13;
\! sqlite3 "$SFM_FILE" "SELECT x, quote(y) FROM routed"
SELECT tableoid::regclass, * FROM whole WHERE x = 'here';
DROP TABLE whole;

-- TRUNCATE
TRUNCATE counted;
INSERT INTO counted (v) VALUES ('d') RETURNING *;
TRUNCATE counted RESTART IDENTITY;
INSERT INTO counted (v) VALUES ('d') RETURNING *;
TRUNCATE parent;
TRUNCATE parent CASCADE;
TRUNCATE parent, child;
SELECT (SELECT count(*) FROM parent), (SELECT count(*) FROM child);
ALTER FOREIGN TABLE counted OPTIONS (ADD truncatable 'false');
TRUNCATE counted;

-- what is no table, or is not there
INSERT INTO members VALUES (1, 'x');
UPDATE members SET name = 'x';
DELETE FROM texts;
TRUNCATE texts;
CREATE FOREIGN TABLE sequence (name text, seq bigint) SERVER file OPTIONS ("table" 'sqlite_sequence');
DELETE FROM sequence;
CREATE FOREIGN TABLE gone (a int) SERVER file;
INSERT INTO gone VALUES (1);
CREATE FOREIGN TABLE part (x text, z int) SERVER file OPTIONS ("table" 'plain');
INSERT INTO part (x) VALUES ('no z');
INSERT INTO part (x, z) VALUES ('no z', 1);
DELETE FROM plain WHERE x = 'no z';

-- files that cannot be written
ALTER SERVER file OPTIONS (ADD immutable 'true');
INSERT INTO plain VALUES ('no', 0);
SELECT count(*) FROM plain;
\! sqlite3 "$SFM_FILE" "PRAGMA integrity_check"

SET client_min_messages = warning;
DROP SCHEMA file CASCADE;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
DROP ROLE regress_writer;
