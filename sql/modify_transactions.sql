--
-- Transactions and savepoints of SQLite follow those of PostgreSQL; a statement
-- and an open cursor see the rows as they were when they began.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
\set fixture modify_transactions
\i :make_fixture
SET client_min_messages = warning;
CREATE SERVER file FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file', updatable 'true', busy_timeout '100');
CREATE SCHEMA file;
IMPORT FOREIGN SCHEMA main FROM SERVER file INTO file;
RESET client_min_messages;
SET search_path = file, public;

-- commit and rollback
BEGIN;
INSERT INTO t VALUES (3, 'rolled back');
SELECT count(*) FROM t;
\! sqlite3 "$SFM_FILE" "SELECT count(*) FROM t"
ROLLBACK;
BEGIN;
INSERT INTO t VALUES (3, 'committed');
COMMIT;
BEGIN;
INSERT INTO t VALUES (4, 'rolled back by an error');
SELECT 1 / 0;
COMMIT;
\! sqlite3 "$SFM_FILE" "SELECT * FROM t"

-- savepoints
BEGIN;
INSERT INTO t VALUES (10, 'outside');
SAVEPOINT a;
INSERT INTO t VALUES (11, 'a');
SAVEPOINT b;
INSERT INTO t VALUES (12, 'b');
RELEASE b;
SELECT count(*) FROM t WHERE id >= 10;
ROLLBACK TO a;
SELECT count(*) FROM t WHERE id >= 10;
INSERT INTO t VALUES (13, 'a again');
SAVEPOINT c;
SAVEPOINT d;
UPDATE t SET v = 'd' WHERE id = 13;
ROLLBACK TO c;
COMMIT;
BEGIN;
SAVEPOINT a;
INSERT INTO t VALUES (14, 'first write in a savepoint');
ROLLBACK TO a;
INSERT INTO t VALUES (15, 'after it');
COMMIT;
\! sqlite3 "$SFM_FILE" "SELECT * FROM t WHERE id >= 10"

-- exceptions: the statement's work is undone, all else stays
DO $$ BEGIN
	INSERT INTO t VALUES (20, 'before');
	FOR i IN 1 .. 3 LOOP
		BEGIN
			INSERT INTO t VALUES (20 + i, 'loop');
			INSERT INTO t SELECT g, 'many' FROM generate_series(30, 40) g;
			INSERT INTO t VALUES (20 + i - (i % 2), 'again');
		EXCEPTION WHEN unique_violation THEN
			RAISE NOTICE '%: %', i, SQLERRM;
		END;
	END LOOP;
END $$;
\! sqlite3 "$SFM_FILE" "SELECT count(*), min(id), max(id) FROM t WHERE id >= 20"
DELETE FROM t WHERE id >= 20;

-- SQLite undoes all after some errors: the rest cannot be committed
BEGIN;
INSERT INTO stop VALUES ('x');
INSERT INTO t VALUES (20, 'lost');
SAVEPOINT a;
INSERT INTO stop VALUES ('x');
ROLLBACK TO a;
SELECT count(*) FROM t;
ROLLBACK;
BEGIN;
INSERT INTO stop VALUES ('x');
SAVEPOINT a;
INSERT INTO stop VALUES ('x');
ROLLBACK TO a;
COMMIT;
SELECT count(*) FROM stop;
DO $$ BEGIN
	INSERT INTO stop VALUES ('y'), ('y');
EXCEPTION WHEN unique_violation THEN INSERT INTO stop VALUES ('z');
END $$;
SELECT * FROM stop;
-- also if the first write of all was in a savepoint and is undone
BEGIN;
SAVEPOINT a;
SAVEPOINT b;
INSERT INTO stop VALUES ('undone');
ROLLBACK TO a;
RELEASE a;
INSERT INTO stop VALUES ('not to be lost silently');
SAVEPOINT a;
SAVEPOINT b;
INSERT INTO stop VALUES ('z');
ROLLBACK TO a;
INSERT INTO stop VALUES ('not to be committed alone');
COMMIT;
BEGIN;
SAVEPOINT a;
SAVEPOINT b;
DELETE FROM stop WHERE v = 'none';
RELEASE a;
INSERT INTO stop VALUES ('not to be lost silently');
SAVEPOINT a;
SAVEPOINT b;
INSERT INTO stop VALUES ('z');
ROLLBACK TO a;
COMMIT;
SELECT * FROM stop;
-- as after a cancel inside a statement that writes
BEGIN;
INSERT INTO slow VALUES ('fast');
SAVEPOINT a;
SET LOCAL statement_timeout = '200ms';
INSERT INTO slow VALUES ('slow');
ROLLBACK TO a;
INSERT INTO slow VALUES ('fast again');
COMMIT;
SELECT count(*) FROM slow;

-- deferred foreign keys fail before PostgreSQL commits
CREATE TABLE heap (v text);
BEGIN;
INSERT INTO heap VALUES ('not without the other');
INSERT INTO child VALUES (1, 99);
COMMIT;
SELECT count(*) FROM heap;
SELECT count(*) FROM child;
BEGIN;
INSERT INTO child VALUES (1, 99);
INSERT INTO parent VALUES (99);
COMMIT;
SELECT count(*) FROM child;

-- two files: what can be foreseen fails before either is committed
\set file2 :file '2'
\setenv SFM_FILE2 :file2
\! rm -f "$SFM_FILE2"; cp "$SFM_FILE" "$SFM_FILE2"
CREATE SERVER file2 FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file2', updatable 'true');
CREATE FOREIGN TABLE t2 (id bigint, v text) SERVER file2 OPTIONS ("table" 't');
CREATE FOREIGN TABLE child2 (id bigint, parent bigint) SERVER file2 OPTIONS ("table" 'child');
BEGIN;
INSERT INTO t VALUES (50, 'first file');
INSERT INTO child2 VALUES (2, 77);
COMMIT;
BEGIN;
INSERT INTO t VALUES (51, 'first file');
INSERT INTO t2 VALUES (51, 'second file');
COMMIT;
BEGIN;
INSERT INTO t VALUES (52, 'first file');
SAVEPOINT a;
INSERT INTO t2 VALUES (52, 'second file');
ROLLBACK TO a;
COMMIT;
\! sqlite3 "$SFM_FILE" "SELECT * FROM t WHERE id >= 50"; sqlite3 "$SFM_FILE2" "SELECT * FROM t WHERE id >= 50"

-- not in two phases, once it has written
BEGIN;
INSERT INTO t VALUES (60, 'prepared');
PREPARE TRANSACTION 'sqlite';
SELECT count(*) FROM t WHERE id = 60;

-- functions cannot write in a read-only transaction either
CREATE FUNCTION write() RETURNS void LANGUAGE sql AS $$ INSERT INTO file.t VALUES (61, 'f') $$;
BEGIN READ ONLY;
SELECT write();
ROLLBACK;

-- the options of a server that is being written
BEGIN;
INSERT INTO t VALUES (62, 'x');
ALTER SERVER file OPTIONS (SET busy_timeout '200');
INSERT INTO t VALUES (63, 'x');
ALTER SERVER file OPTIONS (SET updatable 'false');
SELECT count(*) FROM t;
ROLLBACK;
BEGIN;
INSERT INTO t VALUES (62, 'x');
SELECT sqlite_disconnect('file');
DROP FOREIGN TABLE child2;
DROP FOREIGN TABLE t2;
DROP SERVER file2;
COMMIT;
SELECT count(*) FROM t WHERE id = 62;
SELECT * FROM sqlite_get_connections() WHERE NOT valid;

-- a statement does not see what it writes: each row once
UPDATE indexed SET n = n + 1000 WHERE n > 100;
UPDATE indexed SET id = id + 1000;
INSERT INTO indexed (n, v) SELECT n, v FROM indexed;
UPDATE indexed a SET n = b.n FROM indexed b WHERE b.id = a.id + 1;
DELETE FROM indexed a USING indexed b WHERE a.n = b.n AND a.id > b.id;
\! sqlite3 "$SFM_FILE" "SELECT count(*), count(DISTINCT n), sum(n), sum(id) FROM indexed"
CREATE TABLE same AS SELECT id, n, v FROM indexed;
-- the same statements, in PostgreSQL
SELECT count(*), sum(n) FROM same WHERE id % 3 = 0;
UPDATE indexed SET n = (SELECT max(n) FROM indexed i WHERE i.id < indexed.id) WHERE id % 3 = 0;
UPDATE same SET n = (SELECT max(n) FROM same i WHERE i.id < same.id) WHERE id % 3 = 0;
DELETE FROM indexed WHERE EXISTS (SELECT FROM indexed i WHERE i.id = indexed.id - 1 AND i.n % 2 = 0);
DELETE FROM same WHERE EXISTS (SELECT FROM same i WHERE i.id = same.id - 1 AND i.n % 2 = 0);
(TABLE indexed EXCEPT TABLE same) UNION ALL (TABLE same EXCEPT TABLE indexed);
SELECT count(*) FROM indexed;
-- also by an index, row for row
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_material = off;
UPDATE indexed a SET n = b.n + 1, id = a.id + 5000 FROM same b WHERE b.id = a.id AND b.id % 5 = 0;
UPDATE same a SET n = b.n + 1, id = a.id + 5000 FROM same b WHERE b.id = a.id AND b.id % 5 = 0;
UPDATE indexed a SET v = b.v || '+' FROM indexed b WHERE b.id = a.id - 2;
UPDATE same a SET v = b.v || '+' FROM same b WHERE b.id = a.id - 2;
(TABLE indexed EXCEPT TABLE same) UNION ALL (TABLE same EXCEPT TABLE indexed);
WITH d AS (DELETE FROM indexed WHERE id < 1100 RETURNING *), i AS (INSERT INTO indexed (n, v) SELECT n, 'moved' FROM d RETURNING *)
SELECT (SELECT count(*) FROM d) = (SELECT count(*) FROM i) AS moved, (SELECT count(*) FROM indexed) = (SELECT count(*) FROM same) AS as_before;
SELECT count(*) > 0 AS moved FROM indexed WHERE v = 'moved';
-- from a view, after reading
BEGIN;
SELECT count(*) > 0 FROM t;
INSERT INTO t SELECT 70, v FROM one;
ROLLBACK;
-- RETURNING sees the table as it was
UPDATE t SET v = v || '!' WHERE id <= 2 RETURNING id, v, (SELECT count(*) FROM t i WHERE i.v LIKE '%!');
RESET enable_hashjoin;
RESET enable_mergejoin;
RESET enable_material;

-- keys that find no room in work_mem
SET work_mem = '64kB';
UPDATE wide SET v = v + 1 WHERE v % 2 = 0;
UPDATE wide SET k = 'n' || k WHERE v % 3 = 0;
DELETE FROM wide WHERE k LIKE 'n%5';
RESET work_mem;
\! sqlite3 "$SFM_FILE" "SELECT count(*), sum(v), min(length(k)), max(length(k)) FROM wide; CREATE TEMP TABLE w AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5000) SELECT printf('%0200d', x) AS k, x AS v FROM c; UPDATE w SET v = v + 1 WHERE v % 2 = 0; UPDATE w SET k = 'n' || k WHERE v % 3 = 0; DELETE FROM w WHERE k LIKE 'n%5'; SELECT count(*) FROM (SELECT * FROM w EXCEPT SELECT * FROM wide); SELECT count(*) FROM w"

-- open cursors
BEGIN;
DECLARE before CURSOR FOR SELECT id FROM t WHERE id < 20 ORDER BY id;
DECLARE started CURSOR FOR SELECT id FROM t WHERE id < 20;
DECLARE done CURSOR FOR SELECT id FROM t WHERE id = 1;
DECLARE again SCROLL CURSOR FOR SELECT id FROM t WHERE id < 3;
FETCH 2 FROM started;
FETCH ALL FROM done;
FETCH ALL FROM again;
DELETE FROM t WHERE id <> 2;
FETCH ALL FROM before;
FETCH ALL FROM started;
MOVE BACKWARD ALL FROM again;
FETCH ALL FROM again;
SELECT id FROM t;
ROLLBACK;
-- that find no room in memory
SET work_mem = '64kB';
BEGIN;
SAVEPOINT a;
DECLARE rows CURSOR FOR SELECT * FROM wide;
FETCH 1 FROM rows \gset
RELEASE a;
SAVEPOINT b;
UPDATE wide SET v = -1;
ROLLBACK TO b;
CREATE TEMP TABLE fetched (n bigint, length bigint, v numeric) ON COMMIT DROP;
DO $$ DECLARE r record; c refcursor := 'rows'; BEGIN
	INSERT INTO fetched VALUES (0, 0, 0);
	LOOP
		FETCH c INTO r;
		EXIT WHEN NOT FOUND;
		UPDATE fetched SET n = fetched.n + 1, length = fetched.length + length(r.k), v = fetched.v + r.v;
	END LOOP;
END $$;
SELECT f.n + 1 = w.n AND f.length + length(:'k') = w.length AND f.v + :v = w.v AS same FROM fetched f, (SELECT count(*) AS n, sum(length(k)) AS length, sum(v) AS v FROM wide) w;
COMMIT;
RESET work_mem;
-- loops
DO $$ DECLARE r record; n int := 0; BEGIN
	FOR r IN SELECT * FROM indexed LOOP
		INSERT INTO indexed (n, v) VALUES (-1, r.v);
		DELETE FROM indexed WHERE id = r.id;
		n := n + 1;
	END LOOP;
	RAISE NOTICE '%', n = (SELECT count(*) FROM indexed) AND n = (SELECT count(*) FROM indexed i WHERE i.n = -1);
END $$;
-- a function that writes while a scan is running, in the middle of a row
CREATE FUNCTION change(id bigint) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
	UPDATE t SET v = 'changed' WHERE t.id = $1 + 1; RETURN 'changed ' || $1 + 1; END $$;
SELECT id, v, change(id), v FROM t WHERE id <= 3;
\! sqlite3 "$SFM_FILE" "SELECT * FROM t WHERE id <= 3; PRAGMA integrity_check; PRAGMA foreign_key_check"

SET client_min_messages = warning;
DROP SCHEMA file CASCADE;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
