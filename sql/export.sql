--
-- sqlite_export: tables, keys, constraints, indexes, views and values of a
-- schema in a new SQLite file; what the sqlite3 shell says of it; and back.
--
CREATE EXTENSION sqlite_fdw_migrate;
CREATE EXTENSION citext;
\getenv abs_builddir PG_ABS_BUILDDIR
\set file :abs_builddir '/results/export.db'
\setenv SFM_FILE :file
\! rm -f "$SFM_FILE" "$SFM_FILE".*
SET TimeZone = 'UTC';
SET client_min_messages = warning;
CREATE SCHEMA app;
SET search_path = app, public;

--
-- Every type, and back
--
CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s');
CREATE TYPE pair AS (a integer, b text);
CREATE DOMAIN percent AS integer CHECK (VALUE BETWEEN 0 AND 100);
CREATE TABLE kinds (
	id integer PRIMARY KEY,
	i2 smallint, i8 bigint, o oid, f4 real, f8 double precision,
	n numeric, n82 numeric(8,2), n38 numeric(38,10), m money,
	t text, v varchar(5), c char(5), ci citext, na name,
	b bytea, bo boolean, d date, ti time, tz timetz, ts timestamp, tstz timestamptz, iv interval,
	u uuid, j json, jb jsonb, x xml, bi bit(4), vb varbit,
	ip inet, ci4 cidr, mac macaddr, e mood, p percent, pr pair, ia integer[], ta text[], r int4range, pt point, tv tsvector);
INSERT INTO kinds VALUES
(1, 32767, 9223372036854775807, 4294967295, 3.4028235e38, 1.7976931348623157e308,
	0.1, 999999.99, 1234567890123456789012345678.0123456789, '$1.25',
	'Grüße, "Welt" ''x''', 'abcde', 'ab', 'MiXed', 'a name',
	'\x00ff10', true, '2024-02-29', '23:59:59.999999', '12:00:00+05:30', '2024-02-29 12:34:56.789', '2024-02-29 12:34:56.789012+00', '1 year 2 mons 3 days 04:05:06.7',
	'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a" : [1, 2.50]}', '{"a": [1, 2.50]}', '<a>1</a>', B'0101', B'101',
	'10.1.2.3/8', '10.0.0.0/8', '08:00:2b:01:02:03', 'it''s', 100, '(1,"a,b")', '{1,NULL,3}', '{a,"b c",NULL}', '[1,5)', '(1,2)', 'a:1 b:2'),
(2, -32768, -9223372036854775808, 0, -1.5, -0.0,
	123456789012345678901234567890.123, -0.01, 0, '-$0.01',
	'', '', '', '', '',
	'', false, '0001-01-01', '00:00', '00:00-12', '0001-01-01', '9999-12-31 23:59:59.999999+00', '-1 day',
	'00000000-0000-0000-0000-000000000000', '1', '"x"', 'text', B'0000', '',
	'::1', '::/0', '00:00:00:00:00:00', 'sad', 0, '(,)', '{}', '{}', 'empty', '(0,0)', ''),
(3, 0, 0, 1, 'Infinity', '-Infinity',
	'NaN', 'NaN', 'NaN', '0',
	'007', '1e5', '12', '1.0', 'x',
	'\x31', NULL, 'infinity', '24:00', '24:00+00', '-infinity', 'infinity', '00:00:00',
	'ffffffff-ffff-ffff-ffff-ffffffffffff', 'null', 'null', '', B'1111', B'0',
	'0.0.0.0', '1.2.3.4/32', 'ff:ff:ff:ff:ff:ff', 'ok', 50, NULL, '{{1,2},{3,4}}', '{"",NULL}', '(,)', '(1e300,-1e-300)', 'x'),
(4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT table_name, rows, status, detail FROM sqlite_export('app', :'file');
\! sqlite3 "$SFM_FILE" "SELECT sql FROM sqlite_schema WHERE name = 'kinds'; PRAGMA integrity_check"
\! sqlite3 "$SFM_FILE" "SELECT typeof(i8), i8, typeof(f4), iif(f4 IS NULL, NULL, printf('%.9g', f4)), typeof(n), n, typeof(n82), n82, typeof(n38), n38, typeof(m), m, typeof(c), quote(c), hex(b), bo, ts, tstz, tz, u, j, jb, bi, ia, ta FROM kinds"
-- with the types of the old tables the values are the old values
CREATE SERVER back FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA back;
IMPORT FOREIGN SCHEMA main FROM SERVER back INTO back OPTIONS (types_from 'app');
SELECT count(*) AS rows, count(*) FILTER (WHERE (k.*)::text IS DISTINCT FROM (b.*)::text) AS differ
  FROM kinds k FULL JOIN back.kinds b USING (id);
SELECT a.key, a.value, b.value AS back
  FROM kinds k JOIN back.kinds f USING (id), jsonb_each(to_jsonb(k)) a JOIN jsonb_each(to_jsonb(f)) b USING (key)
 WHERE a.value <> b.value ORDER BY id, key;
-- the types that an import finds by itself
CREATE SCHEMA guess;
IMPORT FOREIGN SCHEMA main FROM SERVER back INTO guess;
SELECT attname, format_type(o.atttypid, o.atttypmod) AS was, format_type(g.atttypid, g.atttypmod) AS became
  FROM pg_attribute o JOIN pg_attribute g USING (attname)
 WHERE o.attrelid = 'kinds'::regclass AND g.attrelid = 'guess.kinds'::regclass AND o.attnum > 0
   AND (o.atttypid, o.atttypmod) IS DISTINCT FROM (g.atttypid, g.atttypmod) ORDER BY o.attnum;
DROP SCHEMA back, guess CASCADE;
DROP SERVER back;
DROP TABLE kinds;

--
-- Values that SQLite cannot hold
--
CREATE TABLE bad (id integer PRIMARY KEY, f double precision, d date NOT NULL);
INSERT INTO bad VALUES (1, 1, '2024-01-01'), (2, 'NaN', '2024-01-01'), (3, 3, '10000-01-01');
SELECT * FROM sqlite_export('app', :'file', overwrite => true);
SELECT * FROM sqlite_export('app', :'file', overwrite => true, on_bad_value => 'null');
SELECT * FROM sqlite_export('app', :'file', overwrite => true, on_bad_value => 'skip');
\! sqlite3 "$SFM_FILE" "SELECT * FROM bad"
SELECT * FROM sqlite_export('app', :'file', overwrite => true, on_bad_value => 'drop');
-- the failures above have left nothing behind
\! cd "$(dirname "$SFM_FILE")" && ls | grep -c '^export.db'
DELETE FROM bad WHERE id = 3;
SELECT * FROM sqlite_export('app', :'file', overwrite => true, on_bad_value => 'null');
\! sqlite3 "$SFM_FILE" "SELECT id, quote(f), d FROM bad"
DROP TABLE bad;

--
-- Keys, defaults, constraints, indexes
--
CREATE TABLE country (code char(2) PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE customer (
	id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	email citext UNIQUE,
	name varchar(30) NOT NULL DEFAULT 'no ''name''',
	country char(2) REFERENCES country ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
	feeling mood NOT NULL DEFAULT 'ok',
	score numeric(8,2) DEFAULT 1.50 CHECK (score >= 0.25),
	age percent DEFAULT 7,
	active boolean NOT NULL DEFAULT true,
	created timestamptz DEFAULT now(),
	changed timestamp DEFAULT now(),
	seen timestamp DEFAULT timezone('utc', date_trunc('second', now())),
	most double precision DEFAULT '-Infinity',
	born date CHECK (born > '1900-01-01'),
	token uuid DEFAULT gen_random_uuid(),
	doc jsonb DEFAULT '{"a": 1}',
	raw bytea DEFAULT '\x00ff',
	ratio double precision DEFAULT 0.1,
	computed integer DEFAULT 1 + 2,
	odd double precision DEFAULT random(),
	nick text GENERATED ALWAYS AS (coalesce(name, '') || ' of ' || country) STORED,
	length integer GENERATED ALWAYS AS (length(name) * 2) STORED,
	price numeric GENERATED ALWAYS AS (score * 2) STORED,
	status varchar(10) DEFAULT 'new' CHECK (status IN ('new', 'old')),
	CONSTRAINT "odd ""name""" CHECK (name LIKE 'a\_%' OR name NOT LIKE '*[%' AND name <> ''),
	CONSTRAINT regular CHECK (name ~ '.'),
	CONSTRAINT several CHECK ((age IS NULL) = (born IS NULL) OR NOT active OR CASE WHEN active THEN age ELSE 1 END > 0),
	EXCLUDE (name WITH =));
CREATE TABLE item (
	customer bigint NOT NULL REFERENCES customer,
	place smallint,
	"we""ird; name" bigint,
	parent bigint,
	PRIMARY KEY (customer, place),
	UNIQUE NULLS NOT DISTINCT ("we""ird; name"),
	UNIQUE (parent, place) DEFERRABLE,
	FOREIGN KEY (parent, place) REFERENCES item ON DELETE CASCADE);
CREATE INDEX item_weird ON item ("we""ird; name" DESC NULLS LAST) INCLUDE (parent) WHERE place > 3 AND parent IS NOT NULL;
CREATE INDEX customer_lower ON customer (lower(name COLLATE "und-x-icu"), (age % 3));
CREATE UNIQUE INDEX customer_age ON customer ((age + 1), name) WHERE active;
CREATE UNIQUE INDEX customer_low ON customer (lower(name COLLATE "und-x-icu"));
CREATE INDEX customer_doc ON customer USING gin (doc);
CREATE INDEX customer_hash ON customer USING hash (name);
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER t BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION nothing();
INSERT INTO country VALUES ('de', 'Germany'), ('fr', 'Française');
INSERT INTO customer (email, name, country, age, born) VALUES ('A@b.c', 'anna', 'de', 1, '2000-02-29'), ('x@y', 'Bob "q"', 'fr', 2, NULL), (NULL, E'tab\there', NULL, NULL, NULL);
INSERT INTO item VALUES (1, 1, 9223372036854775807, NULL), (1, 4, NULL, 1);
ALTER TABLE item ADD CONSTRAINT late CHECK (place > 3) NOT VALID;
COMMENT ON TABLE item IS 'a comment';
CREATE SEQUENCE free;
SELECT setval('customer_id_seq', 100);
SELECT * FROM sqlite_export('app', :'file', overwrite => true);
\! sqlite3 "$SFM_FILE" "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL" "SELECT * FROM sqlite_sequence" "PRAGMA integrity_check" "PRAGMA foreign_key_check"
-- the defaults work, the counter goes on, constraints hold
\! sqlite3 "$SFM_FILE" "INSERT INTO customer (name) VALUES ('new')" "SELECT id, feeling, score, age, created = changed, created > '2024', length(token), token GLOB '????????-????-4???-[89ab]???-????????????', doc, hex(raw), ratio, computed, most < -1e308, quote(odd), quote(nick), length, status FROM customer WHERE name = 'new'"
\! sqlite3 "$SFM_FILE" "INSERT INTO customer (name, feeling) VALUES ('y', 'angry')" 2>&1 | grep -o '[A-Z]* *[A-Z]* constraint failed[^(]*' | sed 's/ *$//; s/^ *//'
\! sqlite3 "$SFM_FILE" "INSERT INTO customer (name, age) VALUES ('y', 101)" 2>&1 | grep -o '[A-Z]* *[A-Z]* constraint failed[^(]*' | sed 's/ *$//; s/^ *//'
\! sqlite3 "$SFM_FILE" "INSERT INTO customer (name, email) VALUES ('z', 'a@B.C')" 2>&1 | grep -o '[A-Z]* *[A-Z]* constraint failed[^(]*' | sed 's/ *$//; s/^ *//'
\! sqlite3 "$SFM_FILE" "PRAGMA foreign_keys = on" "INSERT INTO customer (name, country) VALUES ('z', 'xx')" 2>&1 | grep -o '[A-Z]* *[A-Z]* constraint failed[^(]*' | sed 's/ *$//; s/^ *//'
DROP TABLE item, customer, country;
DROP FUNCTION nothing;
DROP SEQUENCE free;

--
-- Names
--
CREATE TABLE "A" (x integer);
CREATE TABLE a (x integer, "X" integer, "sqlite_y" integer, "select" integer);
CREATE TABLE sqlite_a (rowid integer, oid integer);
CREATE TABLE "it's ""odd""; --" ("%s" integer, "[]" text, "é" text);
CREATE TABLE nothing ();
CREATE INDEX "IDX" ON "A" (x);
CREATE INDEX idx ON a (x);
INSERT INTO "A" VALUES (1);
INSERT INTO a VALUES (2, 3, 4, 5);
INSERT INTO sqlite_a VALUES (6, 7);
INSERT INTO "it's ""odd""; --" VALUES (8, 'nine', 'ten');
SELECT * FROM sqlite_export('app', :'file', overwrite => true);
\! sqlite3 "$SFM_FILE" "SELECT name FROM sqlite_schema" "SELECT x FROM A" "SELECT x, X_2, sqlite_y, \"select\" FROM a_2" "SELECT rowid, oid FROM _sqlite_a" "SELECT \"%s\", \"[]\", é FROM \"it's \"\"odd\"\"; --\"" 2>&1
DROP TABLE "A", a, sqlite_a, "it's ""odd""; --", nothing;

--
-- Partitions, children, unlogged and temporary tables, and what is no table
--
CREATE TABLE part (id integer, t text, PRIMARY KEY (id)) PARTITION BY RANGE (id);
CREATE TABLE part1 PARTITION OF part FOR VALUES FROM (0) TO (10);
CREATE TABLE part2 PARTITION OF part FOR VALUES FROM (10) TO (20);
INSERT INTO part VALUES (1, 'one'), (11, 'eleven');
CREATE TABLE parent (a integer);
CREATE TABLE child (b integer) INHERITS (parent);
INSERT INTO parent VALUES (1);
INSERT INTO child VALUES (2, 3);
CREATE UNLOGGED TABLE quick (a integer);
INSERT INTO quick VALUES (4);
CREATE MATERIALIZED VIEW kept AS SELECT 1 AS a;
CREATE FOREIGN DATA WRAPPER dummy;
CREATE SERVER dummy FOREIGN DATA WRAPPER dummy;
CREATE FOREIGN TABLE elsewhere (a integer) SERVER dummy;
CREATE FUNCTION plus(a integer, b integer) RETURNS integer LANGUAGE sql AS 'SELECT a + b';
CREATE VIEW over_parent AS SELECT a FROM parent;
CREATE VIEW over_only AS SELECT a FROM ONLY parent;
SELECT * FROM sqlite_export('app', :'file', overwrite => true);
\! sqlite3 "$SFM_FILE" "SELECT * FROM part" "SELECT * FROM parent" "SELECT * FROM child" "SELECT * FROM quick"
SELECT * FROM sqlite_export('app', :'file', ARRAY['part', 'q%'], ARRAY['quick'], overwrite => true);
SELECT * FROM sqlite_export('app', :'file', ARRAY['gone'], overwrite => true);
CREATE TEMPORARY TABLE fleeting (a integer);
INSERT INTO fleeting VALUES (5);
SELECT * FROM sqlite_export('pg_temp', :'file', overwrite => true);
\! sqlite3 "$SFM_FILE" "SELECT * FROM fleeting"
DROP SCHEMA app CASCADE;
DROP FOREIGN DATA WRAPPER dummy CASCADE;
CREATE SCHEMA app;
SELECT * FROM sqlite_export('app', :'file', overwrite => true);
\! sqlite3 "$SFM_FILE" "SELECT count(*) FROM sqlite_schema"

--
-- Views
--
CREATE TABLE author (id integer PRIMARY KEY, name text NOT NULL, born date);
CREATE TABLE book (id integer PRIMARY KEY, author integer REFERENCES author, title text, pages integer, price numeric(6,2));
INSERT INTO author VALUES (1, 'Ann', '1970-01-01'), (2, 'Bob', NULL), (3, 'Cid', '1980-05-05');
INSERT INTO book VALUES (1, 1, 'One', 100, 9.99), (2, 1, 'Two', 200, 19.99), (3, 2, 'Three', 300, NULL), (4, NULL, 'Four', 400, 5);
CREATE VIEW v_join AS SELECT a.name, b.title FROM author a JOIN book b ON b.author = a.id;
CREATE VIEW v_left AS SELECT a.name, count(b.id) AS books, sum(b.pages) AS pages, max(b.title) AS last FROM author a LEFT JOIN book b ON b.author = a.id GROUP BY a.id;
CREATE VIEW v_filter AS SELECT name, born IS NOT NULL AS known FROM author WHERE born > '1975-01-01' OR born IS NULL;
CREATE VIEW v_union AS SELECT name FROM author UNION SELECT title FROM book UNION ALL SELECT 'x';
CREATE VIEW v_order AS SELECT title, pages FROM book ORDER BY pages DESC LIMIT 2 OFFSET 1;
CREATE VIEW v_nested AS SELECT s.name, s.n FROM (SELECT name, length(name) AS n FROM author) s WHERE s.n = 3;
CREATE VIEW v_using AS SELECT id, name, title FROM author JOIN book USING (id);
CREATE VIEW v_view AS SELECT books, count(*) FROM v_left GROUP BY books HAVING count(*) > 0;
CREATE VIEW v_distinct AS SELECT DISTINCT author FROM book;
CREATE VIEW v_cross AS SELECT a.name, b.title FROM author a, book b JOIN author c ON c.id = b.author;
CREATE VIEW v_case AS SELECT title, CASE WHEN pages > 250 THEN 'long' WHEN pages > 150 THEN 'medium' ELSE 'short' END AS size, coalesce(price, 0) AS price FROM book;
CREATE VIEW x_window AS SELECT title, rank() OVER (ORDER BY pages) FROM book;
CREATE VIEW x_avg AS SELECT avg(pages) FROM book;
CREATE VIEW x_with AS WITH a AS (SELECT 1 AS a) SELECT * FROM a;
CREATE VIEW x_sub AS SELECT title FROM book WHERE author IN (SELECT id FROM author);
CREATE VIEW x_full AS SELECT a.name FROM author a FULL JOIN book b ON b.id = a.id;
CREATE VIEW x_price AS SELECT price * 2 AS p FROM book;
CREATE VIEW x_over AS SELECT * FROM x_avg;
CREATE VIEW x_srf AS SELECT * FROM generate_series(1, 3);
SELECT * FROM sqlite_export('app', :'file', overwrite => true);
\! sqlite3 "$SFM_FILE" "SELECT sql FROM sqlite_schema WHERE type = 'view'"
-- what the views say, on both sides
\pset format unaligned
\pset tuples_only on
SELECT * FROM v_join ORDER BY 1, 2; SELECT * FROM v_left ORDER BY 1; SELECT name, known::int FROM v_filter ORDER BY 1; SELECT * FROM v_union ORDER BY 1; SELECT * FROM v_order; SELECT * FROM v_nested ORDER BY 1; SELECT * FROM v_using ORDER BY 1; SELECT * FROM v_view ORDER BY 1; SELECT * FROM v_distinct ORDER BY 1; SELECT count(*) FROM v_cross; SELECT * FROM v_case ORDER BY 1;
\! sqlite3 "$SFM_FILE" "SELECT * FROM v_join ORDER BY 1, 2; SELECT * FROM v_left ORDER BY 1; SELECT * FROM v_filter ORDER BY 1; SELECT * FROM v_union ORDER BY 1; SELECT * FROM v_order; SELECT * FROM v_nested ORDER BY 1; SELECT * FROM v_using ORDER BY 1; SELECT * FROM v_view ORDER BY 1; SELECT * FROM v_distinct ORDER BY 1 NULLS LAST; SELECT count(*) FROM v_cross; SELECT * FROM v_case ORDER BY 1"
\pset format aligned
\pset tuples_only off
SELECT * FROM sqlite_export('app', :'file', overwrite => true, views => false, foreign_keys => false, indexes => false);

--
-- Redaction
--
DROP SCHEMA app CASCADE;
CREATE SCHEMA app;
CREATE TABLE person (id integer PRIMARY KEY, name text NOT NULL UNIQUE, ssn text, born date NOT NULL CHECK (born > '1900-01-01'), secret text GENERATED ALWAYS AS (ssn || '!') STORED, mail text);
CREATE INDEX person_ssn ON person (ssn);
INSERT INTO person VALUES (1, 'Ann', '123', '2000-01-01', DEFAULT, 'a@b'), (2, 'Bob', '456', '2001-01-01', DEFAULT, 'c@d');
SELECT * FROM sqlite_export('app', :'file', overwrite => true, redact => ARRAY['person.ssn', 'person.name', '%.born']);
\! sqlite3 "$SFM_FILE" "SELECT id, quote(name), quote(ssn), born, quote(secret), mail FROM person"
SELECT * FROM sqlite_export('app', :'file', overwrite => true, redact => ARRAY['person.id']);
SELECT * FROM sqlite_export('app', :'file', overwrite => true, redact => ARRAY['person.sns']);
-- who may not read a column can export the others
CREATE ROLE regress_exporter IN ROLE pg_write_server_files;
GRANT USAGE ON SCHEMA app TO regress_exporter;
GRANT SELECT (id, name, born, mail) ON person TO regress_exporter;
SET ROLE regress_exporter;
SELECT * FROM sqlite_export('app', :'file', overwrite => true);
SELECT * FROM sqlite_export('app', :'file', overwrite => true, redact => ARRAY['person.ssn']);
RESET ROLE;

--
-- Rights and paths
--
REVOKE SELECT ON person FROM regress_exporter;
REVOKE SELECT (id, name, born, mail) ON person FROM regress_exporter;
SET ROLE regress_exporter;
SELECT * FROM sqlite_export('app', :'file', overwrite => true);
RESET ROLE;
-- policies
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
CREATE POLICY one ON person USING (id = 1);
GRANT SELECT ON person TO regress_exporter;
SET ROLE regress_exporter;
SELECT * FROM sqlite_export('app', :'file', overwrite => true);
RESET ROLE;
\! sqlite3 "$SFM_FILE" "SELECT id FROM person"
REVOKE pg_write_server_files FROM regress_exporter;
SET ROLE regress_exporter;
SELECT * FROM sqlite_export('app', '/nowhere/x.db');
RESET ROLE;
GRANT EXECUTE ON FUNCTION sqlite_export TO regress_exporter;
SET ROLE regress_exporter;
SELECT * FROM sqlite_export('app', '/nowhere/x.db');
RESET ROLE;
SELECT * FROM sqlite_export('app', 'x.db');
SELECT * FROM sqlite_export('app', '/nowhere/x.db');
SELECT * FROM sqlite_export('app', '/');
SELECT * FROM sqlite_export('gone', '/nowhere/x.db');
SELECT * FROM sqlite_export(NULL, '/nowhere/x.db');
SELECT * FROM sqlite_export('app', NULL);
DROP SCHEMA app CASCADE;
DROP OWNED BY regress_exporter;
DROP ROLE regress_exporter;
\! rm -f "$SFM_FILE"
DROP EXTENSION sqlite_fdw_migrate, citext CASCADE;
