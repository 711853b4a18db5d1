--
-- Values against an independent reading: what the sqlite3 shell says of each
-- value is put beside what the foreign table gives.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
SET client_min_messages = warning;
SET TimeZone = 'America/New_York';
SET DateStyle = 'German, DMY';
SET IntervalStyle = 'sql_standard';
SET extra_float_digits = 0;
\set fixture random
\i :make_fixture
CREATE SERVER random FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA random;
IMPORT FOREIGN SCHEMA main FROM SERVER random INTO random OPTIONS (infer_types 'off');

-- the shell: integers as digits, reals as IEEE 754 bits, text and blobs as hex
CREATE TEMP TABLE shell (id bigint, i text, r text, t text, b text, ts text, n text, nclass text, f text);
\! sqlite3 -csv -nullvalue NULL "$SFM_FILE" "SELECT id, i, CASE WHEN r IS NOT NULL THEN lower(hex(ieee754_to_blob(r))) END, CASE WHEN t IS NOT NULL THEN 'x' || lower(hex(t)) END, CASE WHEN b IS NOT NULL THEN 'x' || lower(hex(b)) END, CASE typeof(ts) WHEN 'null' THEN NULL ELSE strftime('%Y-%m-%d %H:%M:%f', ts, CASE typeof(ts) WHEN 'text' THEN '+0 days' ELSE 'auto' END) END, CASE WHEN n IS NOT NULL THEN CASE typeof(n) WHEN 'real' THEN lower(hex(ieee754_to_blob(n))) ELSE n END END, typeof(n), f FROM value" > "$SFM_FILE.csv"
\set csv :file '.csv'
COPY shell FROM :'csv' (FORMAT csv, NULL 'NULL');

SELECT count(*) AS rows, count(s.i) AS i, count(s.r) AS r, count(s.t) AS t, count(s.b) AS b, count(s.ts) AS ts, count(s.n) AS n, count(s.f) AS f
  FROM shell s JOIN random.value USING (id);
-- each of these must be empty
SELECT id, v.i, s.i FROM random.value v JOIN shell s USING (id)
  WHERE v.i::text IS DISTINCT FROM s.i;
SELECT id, v.r, s.r FROM random.value v JOIN shell s USING (id)
  WHERE encode(float8send(v.r), 'hex') IS DISTINCT FROM s.r;
SELECT id, v.t, s.t FROM random.value v JOIN shell s USING (id)
  WHERE 'x' || encode(convert_to(v.t, 'UTF8'), 'hex') IS DISTINCT FROM s.t;
SELECT id, v.b, s.b FROM random.value v JOIN shell s USING (id)
  WHERE 'x' || encode(v.b, 'hex') IS DISTINCT FROM s.b;
SELECT id, v.ts, s.ts FROM random.value v JOIN shell s USING (id)
  WHERE to_char(v.ts, 'YYYY-MM-DD HH24:MI:SS.MS') IS DISTINCT FROM s.ts
  AND NOT (v.ts < '0001-01-01' AND s.ts LIKE '0000%');
SELECT id, v.n, s.n FROM random.value v JOIN shell s USING (id)
  WHERE CASE s.nclass WHEN 'real' THEN encode(float8send(v.n::float8), 'hex') ELSE v.n::text END IS DISTINCT FROM s.n;
SELECT id, v.f, s.f FROM random.value v JOIN shell s USING (id)
  WHERE v.f::int::text IS DISTINCT FROM s.f;

DROP SCHEMA random CASCADE;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
