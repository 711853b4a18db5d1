--
-- INSERT of rows whose key is there: ON CONFLICT DO NOTHING and the option
-- on_conflict.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
\set fixture modify_conflict
\i :make_fixture
CREATE SERVER file FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file', updatable 'true');
CREATE SCHEMA file;
IMPORT FOREIGN SCHEMA main FROM SERVER file INTO file;
SET search_path = file, public;

-- an error, unless the statement says something else
INSERT INTO member (id, name) VALUES (3, 'Cyd'), (1, 'Ann again');
INSERT INTO member (id, name) VALUES (3, 'Cyd'), (1, 'Ann again'), (4, 'Dan') ON CONFLICT DO NOTHING RETURNING id, note;
INSERT INTO member (name, email) VALUES ('other', 'bob@x'), ('Eve', 'eve@x') ON CONFLICT DO NOTHING RETURNING *;
INSERT INTO keyless VALUES ('a', 1) ON CONFLICT DO NOTHING RETURNING *;
EXPLAIN (VERBOSE, COSTS OFF) INSERT INTO member (id) VALUES (1) ON CONFLICT DO NOTHING;
DO $$ DECLARE n bigint; BEGIN
	INSERT INTO member (id) VALUES (1), (2), (100) ON CONFLICT DO NOTHING;
	GET DIAGNOSTICS n = ROW_COUNT;
	RAISE NOTICE '% rows', n;
END $$;
INSERT INTO member (id) VALUES (1) ON CONFLICT (id) DO NOTHING;
INSERT INTO member (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = 'x';
-- it is for conflicts with keys only
INSERT INTO pet VALUES (2, 99) ON CONFLICT DO NOTHING;
\! sqlite3 "$SFM_FILE" "SELECT * FROM member"

-- ignore
ALTER FOREIGN TABLE member OPTIONS (ADD on_conflict 'ignore');
INSERT INTO member (id, name) VALUES (1, 'ignored'), (5, 'Fay') RETURNING id, name;
ALTER FOREIGN TABLE member OPTIONS (ADD batch_size '10');
INSERT INTO member (id, name) SELECT g, 'batch' FROM generate_series(1, 12) g;
ALTER FOREIGN TABLE member OPTIONS (DROP batch_size);
COPY member (id, name) FROM STDIN;
1	copied
13	copied
\.
INSERT INTO member DEFAULT VALUES RETURNING *;
SELECT count(*), count(*) FILTER (WHERE name = 'batch') FROM member;
\! sqlite3 "$SFM_FILE" "SELECT id, name FROM member WHERE id IN (1, 2, 13)"

-- replace: the old row is gone, with what belongs to it
ALTER FOREIGN TABLE member OPTIONS (SET on_conflict 'replace');
EXPLAIN (VERBOSE, COSTS OFF) INSERT INTO member (id, name) VALUES (1, 'x');
INSERT INTO member (id, name) VALUES (1, 'replaced') RETURNING *;
INSERT INTO member (name, email) VALUES ('by email', 'bob@x') RETURNING id > 100 AS new_id, name, note;
SELECT count(*) FROM member WHERE id = 2;
ALTER FOREIGN TABLE owner OPTIONS (ADD on_conflict 'replace');
INSERT INTO owner VALUES (1, 'Ann again');
SELECT count(*) FROM pet;
INSERT INTO member (id, name) VALUES (1, 'nothing') ON CONFLICT DO NOTHING;
SELECT name FROM member WHERE id = 1;

-- update: what is not sent stays
ALTER FOREIGN TABLE member OPTIONS (SET on_conflict 'update');
UPDATE member SET note = 'kept', email = 'kept@x' WHERE id = 1;
EXPLAIN (VERBOSE, COSTS OFF) INSERT INTO member (id, name) VALUES (1, 'x');
INSERT INTO member (id, name) VALUES (1, 'updated'), (200, 'inserted') RETURNING *;
INSERT INTO member (name) VALUES ('no key') RETURNING id > 200 AS new_id, name, note;
INSERT INTO member (id, name, email) VALUES (201, 'other key', 'kept@x');
EXPLAIN (VERBOSE, COSTS OFF) INSERT INTO member (id) VALUES (1);
INSERT INTO member (id) VALUES (1) RETURNING *;
INSERT INTO member (id, name) SELECT id, name || '!' FROM member WHERE id < 3;
ALTER FOREIGN TABLE pair OPTIONS (ADD on_conflict 'update');
INSERT INTO pair (a, b, v) VALUES ('a', 1, 'new'), ('b', 1, 'new') RETURNING *;
ALTER FOREIGN TABLE pair ALTER a OPTIONS (DROP key), ALTER b OPTIONS (DROP key);
INSERT INTO pair (b, a, v) VALUES (2, 'a', 'primary key') RETURNING *;
ALTER FOREIGN TABLE code OPTIONS (ADD on_conflict 'update');
INSERT INTO code VALUES ('x', 100), ('z', 3) RETURNING *;
\! sqlite3 "$SFM_FILE" "SELECT * FROM member WHERE id IN (1, 200); SELECT * FROM pair; SELECT * FROM code"

-- the key may be another unique one
ALTER FOREIGN TABLE coded OPTIONS (ADD on_conflict 'update');
ALTER FOREIGN TABLE coded ALTER id OPTIONS (SET key 'false'), ALTER code OPTIONS (ADD key 'true');
INSERT INTO coded (code, n) VALUES ('y', 22), ('z', 3) RETURNING *;
INSERT INTO coded (id, code, n) VALUES (21, 'y', 23) RETURNING *;
ALTER FOREIGN TABLE coded ALTER code OPTIONS (SET key 'false'), ALTER n OPTIONS (ADD key 'true');
INSERT INTO coded (code, n) VALUES ('y', 22);
ALTER FOREIGN TABLE keyless OPTIONS (ADD on_conflict 'update');
INSERT INTO keyless VALUES ('a', 1);
ALTER FOREIGN TABLE keyless OPTIONS (SET on_conflict 'other');

-- rows of a partitioned table, too
CREATE TABLE whole (id bigint, name text) PARTITION BY LIST (id);
CREATE FOREIGN TABLE rest PARTITION OF whole DEFAULT SERVER file OPTIONS ("table" 'member', on_conflict 'update');
INSERT INTO whole VALUES (1, 'through the partition') RETURNING *;
INSERT INTO whole VALUES (1, 'nothing') ON CONFLICT DO NOTHING RETURNING *;
DROP TABLE whole;
\! sqlite3 "$SFM_FILE" "SELECT * FROM member WHERE id = 1; SELECT * FROM coded"

SET client_min_messages = warning;
DROP SCHEMA file CASCADE;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
