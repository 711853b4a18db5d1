--
-- The matrix: each type of PostgreSQL against each storage class of SQLite.
-- A row is what a type makes of values of one class: either the values, or
-- the SQLSTATE and the reason, with the values that it stands for.  While
-- values are read, the session's settings are as unusual as they can be.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
\set fixture matrix
\i :make_fixture
-- each value has a view of its own, so that one that is bad stops no other
\! sqlite3 "$SFM_FILE" "SELECT 'CREATE VIEW v' || id || ' AS SELECT v FROM source WHERE id = ' || id || ';' FROM source" > "$SFM_FILE.sql"; sqlite3 "$SFM_FILE" < "$SFM_FILE.sql"
SET client_min_messages = warning;
CREATE EXTENSION citext;
CREATE SERVER matrix FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE SCHEMA matrix;
SET search_path = matrix, public;
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE TYPE pair AS (a numeric(5,2), b text);

CREATE FOREIGN TABLE source (id bigint, types text) SERVER matrix;
-- what the sqlite3 shell says of each value
CREATE TABLE shell (id bigint, types text, class text, literal text);
\! sqlite3 -csv "$SFM_FILE" "SELECT id, types, typeof(v), CASE WHEN typeof(v) = 'text' AND instr(CAST(v AS BLOB), x'00') + instr(CAST(v AS BLOB), x'ff') + instr(CAST(v AS BLOB), x'eda0') > 0 THEN 'text x''' || lower(hex(v)) || '''' WHEN typeof(v) = 'real' THEN CASE WHEN abs(v) = 9e999 THEN CASE WHEN v > 0 THEN 'Infinity' ELSE '-Infinity' END WHEN v = 0 THEN '-0.0' ELSE printf('%!.17g', v) END WHEN length(v) > 40 THEN quote(substr(v, 1, 20)) || '...' ELSE replace(replace(quote(v), 'X''', 'x'''), char(10), '\n') END FROM source" > "$SFM_FILE.csv"
\set csv :file '.csv'
COPY shell FROM :'csv' (FORMAT csv);
UPDATE shell SET literal = literal::float8::text || CASE WHEN literal = '-0.0' THEN '.0' WHEN literal::float8::text ~ '^-?[0-9]+$' THEN '.0' ELSE '' END WHERE class = 'real';

CREATE TABLE kind (place serial, name text, type text, keys text[], epoch text);
INSERT INTO kind (name, type, keys, epoch) VALUES
  ('smallint', 'smallint', '{int}', NULL),
  ('integer', 'integer', '{int}', NULL),
  ('bigint', 'bigint', '{int}', NULL),
  ('oid', 'oid', '{int}', NULL),
  ('real', 'real', '{float}', NULL),
  ('double precision', 'double precision', '{float}', NULL),
  ('numeric', 'numeric', '{numeric,float}', NULL),
  ('numeric(5,2)', 'numeric(5,2)', '{numeric}', NULL),
  ('numeric(3,-2)', 'numeric(3,-2)', '{numeric}', NULL),
  ('money', 'money', '{money,numeric}', NULL),
  ('boolean', 'boolean', '{boolean}', NULL),
  ('text', 'text', '{text}', NULL),
  ('varchar(4)', 'varchar(4)', '{text}', NULL),
  ('char(4)', 'char(4)', '{text}', NULL),
  ('name', 'name', '{text,name}', NULL),
  ('"char"', '"char"', '{text}', NULL),
  ('bytea', 'bytea', '{text}', NULL),
  ('date', 'date', '{time}', NULL),
  ('time', 'time', '{time}', NULL),
  ('time(0)', 'time(0)', '{}', NULL),
  ('timetz', 'timetz', '{time}', NULL),
  ('timestamp', 'timestamp', '{time}', NULL),
  ('timestamp(0)', 'timestamp(0)', '{}', NULL),
  ('timestamptz', 'timestamptz', '{time}', NULL),
  ('timestamp, epoch unix', 'timestamp', '{epoch}', 'unix'),
  ('timestamp, epoch unix_ms', 'timestamp', '{epoch}', 'unix_ms'),
  ('timestamp, epoch unix_us', 'timestamp', '{epoch}', 'unix_us'),
  ('timestamp, epoch unix_ns', 'timestamp', '{epoch}', 'unix_ns'),
  ('timestamp, epoch julian', 'timestamp', '{epoch}', 'julian'),
  ('timestamp, epoch apple', 'timestamp', '{epoch}', 'apple'),
  ('timestamp, epoch chrome', 'timestamp', '{epoch}', 'chrome'),
  ('timestamp, epoch dotnet', 'timestamp', '{epoch}', 'dotnet'),
  ('date, epoch unix_ms', 'date', '{epoch}', 'unix_ms'),
  ('time, epoch unix', 'time', '{epoch}', 'unix'),
  ('time, epoch unix_ms', 'time', '{epoch}', 'unix_ms'),
  ('interval', 'interval', '{interval}', NULL),
  ('interval(0)', 'interval(0)', '{interval}', NULL),
  ('interval day to hour', 'interval day to hour', '{interval}', NULL),
  ('interval, epoch unix_us', 'interval', '{interval}', 'unix_us'),
  ('uuid', 'uuid', '{uuid}', NULL),
  ('json', 'json', '{json}', NULL),
  ('jsonb', 'jsonb', '{json}', NULL),
  ('inet', 'inet', '{inet}', NULL),
  ('cidr', 'cidr', '{inet}', NULL),
  ('macaddr', 'macaddr', '{inet}', NULL),
  ('bit(4)', 'bit(4)', '{bit}', NULL),
  ('varbit(4)', 'varbit(4)', '{bit}', NULL),
  ('integer[]', 'integer[]', '{array}', NULL),
  ('real[]', 'real[]', '{array}', NULL),
  ('numeric(5,2)[]', 'numeric(5,2)[]', '{array}', NULL),
  ('text[]', 'text[]', '{array}', NULL),
  ('enum', 'mood', '{user}', NULL),
  ('domain over integer', 'positive', '{user}', NULL),
  ('composite', 'pair', '{user}', NULL),
  ('citext', 'citext', '{user}', NULL),
  ('xml', 'xml', '{other}', NULL),
  ('tsvector', 'tsvector', '{other}', NULL),
  ('int4range', 'int4range', '{other}', NULL),
  ('tstzrange', 'tstzrange', '{other}', NULL),
  ('point', 'point', '{other}', NULL);

CREATE TABLE cell (place int, id bigint, good bool, result text);
CREATE FUNCTION read_all() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  k record;
  s record;
  shown text;
  detail text;
  state text;
BEGIN
  FOR k IN SELECT * FROM kind LOOP
    EXECUTE format('CREATE FOREIGN TABLE one (v %s %s) SERVER matrix OPTIONS ("table" %L)', k.type,
                   CASE WHEN k.epoch IS NOT NULL THEN format('OPTIONS (epoch %L)', k.epoch) END, 'v1');
    EXECUTE format('CREATE TABLE held (v %s)', k.type);
    FOR s IN SELECT * FROM shell WHERE types = '*' OR types = ANY (k.keys) ORDER BY id LOOP
      EXECUTE format('ALTER FOREIGN TABLE one OPTIONS (SET "table" %L)', 'v' || s.id);
      BEGIN
        SET LOCAL DateStyle = 'SQL, DMY';
        SET LOCAL IntervalStyle = 'sql_standard';
        SET LOCAL TimeZone = 'America/New_York';
        SET LOCAL xmloption = 'document';
        SET LOCAL extra_float_digits = -15;
        EXECUTE 'INSERT INTO held SELECT v FROM one';
        SET LOCAL DateStyle = 'ISO, YMD';
        SET LOCAL IntervalStyle = 'postgres';
        SET LOCAL TimeZone = 'UTC';
        SET LOCAL extra_float_digits = 1;
        EXECUTE CASE WHEN k.type LIKE 'char%' THEN 'SELECT format(''%L'', v) FROM held' ELSE 'SELECT v::text FROM held' END INTO shown;
        INSERT INTO cell VALUES (k.place, s.id, true, shown);
        DELETE FROM held;
      EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
        -- own reasons word for word, PostgreSQL's differ between its versions
        detail := CASE WHEN SQLERRM NOT LIKE 'invalid value for column "v"%' THEN SQLERRM
          WHEN detail LIKE '%PostgreSQL reports:%' THEN 'PostgreSQL refuses it.'
          ELSE regexp_replace(detail, '^.* in this column\. ?', '') END;
        INSERT INTO cell VALUES (k.place, s.id, false, state || ' ' || detail);
      END;
    END LOOP;
    DROP FOREIGN TABLE one;
    DROP TABLE held;
  END LOOP;
END $$;
SELECT read_all();
SELECT count(*) AS cells, count(*) FILTER (WHERE good) AS good, count(DISTINCT place) AS types FROM cell;

\pset format unaligned
\pset fieldsep ' | '
\pset footer off
SELECT name AS type, class, CASE WHEN good THEN 'good' ELSE cell.result END AS outcome,
    string_agg(literal || CASE WHEN good THEN ' -> ' || result ELSE '' END, ' ; ' ORDER BY id) AS values
  FROM cell JOIN shell USING (id) JOIN kind USING (place)
  GROUP BY place, name, class, good, CASE WHEN good THEN 'good' ELSE cell.result END
  ORDER BY place, array_position('{integer,real,text,blob}', class), good DESC, min(id);

RESET search_path;
DROP SCHEMA matrix CASCADE;
DROP EXTENSION citext;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
