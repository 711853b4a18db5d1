--
-- Conditions that SQLite looks at: what it is asked, lookups by keys, joins.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
\set fixture pushdown
\i :make_fixture
CREATE SERVER keys FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA keys;
IMPORT FOREIGN SCHEMA main FROM SERVER keys INTO keys OPTIONS (infer_types 'off');
SET search_path = keys, public;
ALTER FOREIGN TABLE log ADD COLUMN rowid bigint OPTIONS (column_name 'rowid');

-- constants, on either side
EXPLAIN (VERBOSE, COSTS OFF) SELECT email FROM person WHERE id = 42;
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM person WHERE 42 = id AND age < 50;
SELECT email FROM person WHERE id = 42;
EXPLAIN (VERBOSE, COSTS OFF) SELECT message FROM log WHERE rowid = 2;
SELECT message FROM log WHERE rowid = 2;

-- text: what has the same bytes as a BLOB is the same text in a foreign table
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM person WHERE email = 'p6001@example.org';
SELECT id FROM person WHERE email IN ('p6001@example.org', 'p7@example.org') ORDER BY 1;
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM person WHERE nick::text = 'nick7' AND nick::text > 'a' COLLATE "C";
SELECT id FROM person WHERE nick::text = 'nick7';

-- numbers; a column without a type may hold them as text
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM person WHERE price = 12.34;
SELECT id FROM person WHERE price = 12.34;
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM person WHERE price < 0.03;
SELECT id FROM person WHERE price < 0.03 ORDER BY 1;
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM person WHERE balance >= 624.9;
SELECT id FROM person WHERE balance >= 624.9;
SELECT id FROM person WHERE balance = 'NaN' OR price = 'Infinity';
CREATE FOREIGN TABLE tagged (id bigint, tag bigint) SERVER keys OPTIONS ("table" 'person');
EXPLAIN (VERBOSE, COSTS OFF) SELECT count(*) FROM tagged WHERE tag = 7;
SELECT count(*), max(id) FROM tagged WHERE tag = 7;

-- lists, NULL, AND and OR; a part of an AND goes alone
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM person WHERE id IN (1, 2, NULL, 5000);
SELECT id FROM person WHERE id IN (1, 2, NULL, 5000) ORDER BY 1;
SELECT id FROM person WHERE id = ANY ('{}');
SELECT id FROM person WHERE id = ANY (NULL);
SELECT id FROM person WHERE id = NULL;
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM person WHERE age IS NULL;
SELECT id FROM person WHERE age IS NULL;
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM person WHERE (id < 3 AND born = '2000-01-01') OR (id = 10 AND age IS NOT NULL);
SELECT id FROM person WHERE (id < 3 AND born = '2000-01-01') OR (id = 10 AND age IS NOT NULL) ORDER BY 1;

-- not pushed: other ways to store the same, other orders, volatile, a view
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM person WHERE born = '2000-01-01';
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM person WHERE active;
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM person WHERE email > 'x';
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM person WHERE id = (random() * 10)::bigint;
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM person WHERE id = 1 OR born = '2000-01-01';
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM adults WHERE id = 1;

-- a bad value that becomes NULL
ALTER FOREIGN TABLE person OPTIONS (ADD on_bad_value 'null');
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM person WHERE age IS NULL;
ALTER FOREIGN TABLE person OPTIONS (DROP on_bad_value);

-- a barrier goes first, unless the condition's operator tells nothing
CREATE VIEW secret WITH (security_barrier) AS SELECT * FROM person WHERE left(email, 2) = 'p1';
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM secret WHERE price = 1.5;
EXPLAIN (VERBOSE, COSTS OFF) SELECT id FROM secret WHERE id = 15;

-- joins driven by local keys
CREATE TABLE local (id bigint, email text);
INSERT INTO local SELECT i * 5, 'p' || i || '@example.org' FROM generate_series(1, 20) i;
INSERT INTO local VALUES (NULL, NULL), (99999, 'nobody'), (5, 'p6001@example.org');
ANALYZE local;
-- which side of a clause is first differs between PostgreSQL's versions
CREATE FUNCTION join_plan(query text) RETURNS TABLE (plan_line text) LANGUAGE plpgsql AS $$
BEGIN
    FOR plan_line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || query LOOP
        plan_line := replace(plan_line, '(p.id = l.id)', '(l.id = p.id)');
        plan_line := replace(plan_line, '(x.doc = l.id)', '(l.id = x.doc)');
        RETURN NEXT;
    END LOOP;
END $$;
SELECT plan_line FROM join_plan($$SELECT l.id, p.age FROM local l JOIN person p ON p.id = l.id$$);
SELECT count(*), sum(p.age) FROM local l JOIN person p ON p.id = l.id;
EXPLAIN (VERBOSE, COSTS OFF) SELECT l.id, p.age FROM local l LEFT JOIN person p ON p.email = l.email AND p.age > 3;
SELECT l.id, p.id FROM local l LEFT JOIN person p ON p.email = l.email AND p.age > 3 ORDER BY 1, 2;
SELECT plan_line FROM join_plan($$SELECT l.id, x.article FROM local l JOIN line x ON x.doc = l.id AND x.pos = l.id % 4$$);
SELECT l.id, x.article FROM local l JOIN line x ON x.doc = l.id AND x.pos = l.id % 4 ORDER BY 1;
EXPLAIN (VERBOSE, COSTS OFF) SELECT l.id, s.n FROM local l, LATERAL (SELECT count(*) AS n FROM line x WHERE x.doc = l.id) s;
SELECT l.id, s.n FROM local l, LATERAL (SELECT count(*) AS n FROM line x WHERE x.doc = l.id) s ORDER BY 1;
SELECT l.id, (SELECT p.nick FROM person p WHERE p.id = l.id) FROM local l ORDER BY 1 LIMIT 3;
SELECT count(*) FROM person p WHERE p.id IN (SELECT id FROM local);
SELECT p.id, q.id FROM person p JOIN person q ON q.id = p.id + 1 WHERE p.id IN (3, 4999, 5000);

-- many keys: the whole table is read once
CREATE TABLE many AS SELECT i::bigint AS id FROM generate_series(1, 100000) i;
ANALYZE many;
EXPLAIN (COSTS OFF) SELECT count(*) FROM many JOIN person USING (id);

-- parameters of a generic plan; arrays of any length
SET plan_cache_mode = force_generic_plan;
PREPARE by_id(bigint) AS SELECT id, email FROM person WHERE id = $1;
EXPLAIN (VERBOSE, COSTS OFF) EXECUTE by_id(1);
EXECUTE by_id(1);
EXECUTE by_id(NULL);
EXECUTE by_id(6001);
PREPARE by_ids(bigint[]) AS SELECT count(*) FROM person WHERE id = ANY ($1);
EXPLAIN (VERBOSE, COSTS OFF) EXECUTE by_ids('{1}');
EXECUTE by_ids('{1, 2, NULL}');
EXECUTE by_ids('{}');
EXECUTE by_ids(NULL);
CREATE FUNCTION count_ids(ids bigint[]) RETURNS bigint LANGUAGE plpgsql
AS 'BEGIN RETURN (SELECT count(*) FROM person WHERE id = ANY (ids)); END';
SELECT n, count_ids(ARRAY(SELECT generate_series(1, n))) FROM unnest(ARRAY[0, 1, 8, 9, 5000, 40000, 7]) AS n;
PREPARE by_price(numeric) AS SELECT id FROM person WHERE price >= $1 ORDER BY 1;
EXECUTE by_price(49.99);
EXECUTE by_price('Infinity');
EXECUTE by_price(12345678901234567890);
-- an element is there for each row of a join
SELECT l.ids, (SELECT string_agg(p.id::text, ' ' ORDER BY p.id) FROM person p WHERE p.id = ANY (l.ids))
FROM (VALUES (ARRAY[1, 2]::bigint[]), (NULL), ('{}'), ((SELECT array_agg(i) FROM generate_series(5, 25) i)), (ARRAY[NULL, 3])) AS l(ids);

-- a plan is kept while the file's table becomes another one
PREPARE by_age(bigint) AS SELECT id FROM person WHERE age = $1 AND id < 200 ORDER BY 1;
EXECUTE by_age(88);
\setenv SFM_FILE :file
\! sqlite3 "$SFM_FILE" "DROP VIEW adults; CREATE TABLE p2(id INTEGER PRIMARY KEY, email, nick, age TEXT, balance, price, tag, born, active); INSERT INTO p2 SELECT * FROM person; UPDATE p2 SET age = '0' || age; DROP TABLE person; ALTER TABLE p2 RENAME TO person"
EXECUTE by_age(88);
DEALLOCATE ALL;
RESET plan_cache_mode;

-- a cursor, forward and from the start again
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT id FROM person WHERE id IN (3, 1, 2);
FETCH 2 FROM c;
FETCH BACKWARD 1 FROM c;
MOVE ABSOLUTE 0 FROM c;
FETCH ALL FROM c;
COMMIT;

-- errors: of the value, and as ever of what SQLite stores in a row that is read
SELECT id FROM person WHERE id = 1 / (id - id);
SELECT id FROM person WHERE id = 500 / (SELECT count(*) FROM log);
PREPARE divided(bigint) AS SELECT id FROM person WHERE id = 1 / $1;
EXECUTE divided(0);
EXECUTE divided(1);
DEALLOCATE ALL;

DROP SCHEMA keys CASCADE;
DROP SERVER keys CASCADE;
DROP EXTENSION sqlite_fdw_migrate;
