--
-- Defaults, CHECKs, generated columns, keys, indexes, collations and virtual
-- tables: what the plan makes of them, and that it does what SQLite does.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
SET TimeZone = 'UTC';
SET client_min_messages = error;
\set fixture constraints
\i :make_fixture
CREATE SERVER c FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA src;

-- without citext
IMPORT FOREIGN SCHEMA main FROM SERVER c INTO src OPTIONS (nocase 'citext');
IMPORT FOREIGN SCHEMA main FROM SERVER c INTO src OPTIONS (nocase 'casefold');
IMPORT FOREIGN SCHEMA main FROM SERVER c INTO src;
\pset format unaligned
SELECT phase, object, statement, note FROM sqlite_migration_plan('src', 'dst')
 WHERE phase IN ('table', 'index', 'constraint', 'view', 'trigger') ORDER BY step;
SELECT step, phase, object, status, detail FROM sqlite_migrate('src', 'dst') WHERE status NOT IN ('ok', 'skipped');
SELECT * FROM sqlite_compare_counts('src', 'dst') WHERE NOT equal;
SELECT severity, object, problem FROM sqlite_check('src') ORDER BY 1, 2, 3;
\pset format aligned

-- DEFAULT
INSERT INTO dst.defaults DEFAULT VALUES RETURNING quoted_number, number_text, real_text, null_text, null_word, dq, word, yes, no, wrong, hexadecimal, negative, plus, bytes, sum, magnitude, list, list_literal;
SELECT abs(extract(epoch FROM made - now()::timestamp)) < 60 AS made, made = made_call AS made_call, made_text = to_char(made, 'YYYY-MM-DD HH24:MI:SS') AS made_text,
       day = made::date AS day, clock = made::time AS clock, iso ~ '^[-0-9]{10}T[0-9:]{8}\.\d{3}Z$' AS iso,
       abs(epoch - extract(epoch FROM now())) < 60 AS epoch, abs(julian - 2440587.5 - extract(epoch FROM now()) / 86400) < 1 AS julian,
       random_id ~ '^[0-9a-f]{32}$' AS random_id
  FROM dst.defaults ORDER BY id DESC LIMIT 1;

-- CHECK: new rows that SQLite refuses are refused, others are not
INSERT INTO dst.checks (active, status) VALUES (true, 'new') RETURNING id;
INSERT INTO dst.checks (active, age) VALUES (true, 0);
INSERT INTO dst.checks (active, status) VALUES (true, 'old');
INSERT INTO dst.checks (active, broken) VALUES (true, 10);
INSERT INTO dst.checks (active, document) VALUES (true, 'no document');
INSERT INTO dst.checks (active, pattern) VALUES (true, 'ABC');
INSERT INTO dst.checks (active, low, high) VALUES (true, 2, 1);
INSERT INTO dst.checks (active, status, low) VALUES (true, 'new', -1);
SELECT conname::text COLLATE "C" AS name, convalidated FROM pg_constraint WHERE conrelid = 'dst.checks'::regclass AND contype = 'c' ORDER BY 1;

-- generated columns
SELECT s.id, s.total = t.total AS total, s.twice = t.twice AS twice, s.name = t.name AS name, s.shown IS NOT DISTINCT FROM t.shown AS shown FROM src.item s JOIN dst.item t USING (id) ORDER BY 1;
INSERT INTO dst.item (id, price, amount, first, last) VALUES (3, 5, 6, 'q', 'r') RETURNING total, twice, name, shown;

-- keys and indexes
INSERT INTO dst.country (name) VALUES ('FRANCE');
INSERT INTO dst.country (name, label, code) VALUES ('Italy', 'a  ', 'FR');
INSERT INTO dst.person (first, last) VALUES ('A', 'B');
INSERT INTO dst.visit VALUES ('no', 'body', now(), 1);
BEGIN;
INSERT INTO dst.city (name, country) VALUES ('Rome', 'Italy');
INSERT INTO dst.country (name) VALUES ('Italy');
COMMIT;

-- full text, R-Tree
SELECT rowid, subject, tsv FROM dst.note ORDER BY 1;
SELECT rowid, title FROM dst.post_fts WHERE tsv @@ websearch_to_tsquery('english', 'word') ORDER BY 1;
INSERT INTO dst.note (subject, tag) VALUES ('new', 'none') RETURNING rowid, tsv;
SELECT * FROM dst.area ORDER BY id;
INSERT INTO dst.area_i (lo, hi) VALUES (1, 2) RETURNING id;

-- with citext
DROP SCHEMA src, dst CASCADE;
CREATE SCHEMA src;
CREATE EXTENSION citext;
IMPORT FOREIGN SCHEMA main LIMIT TO (country, city, person) FROM SERVER c INTO src;
\d src.country
\pset format unaligned
SELECT phase, object, statement, note FROM sqlite_migration_plan('src', 'dst', include => '{country,city,person}')
 WHERE phase IN ('table', 'index', 'constraint') ORDER BY step;
\pset format aligned
SELECT step, phase, object, status, detail FROM sqlite_migrate('src', 'dst') WHERE status NOT IN ('ok', 'skipped');
SELECT * FROM sqlite_compare_counts('src', 'dst') WHERE NOT equal;
SELECT name, code FROM dst.country WHERE name = 'FRANCE';
INSERT INTO dst.country (name) VALUES ('france');
INSERT INTO dst.country (name, cased) VALUES ('Malta', 'X') RETURNING cased;
INSERT INTO dst.city (name, country) VALUES ('Lyon', 'FRANCE') RETURNING country;
SELECT object, rows, status FROM sqlite_migrate('src', 'dst', on_conflict => 'update') WHERE phase = 'load';
DROP SCHEMA src, dst CASCADE;
DROP EXTENSION citext;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
