-- setup.sql: what one table of a SQLite file needs before it is measured
--
--   psql -v dataset=main -v file=/path/to/main.db -v sqlite_table=records
--
-- The mapping is in schema map_DATASET, made as a user makes it.  heap_DATASET
-- holds the same rows: the source of floor F1, the pattern of every target
-- table, and what the loads are compared with.  The dataset "main" also gets
-- 1,000 keys and the function that looks them up.

\set ON_ERROR_STOP on
\set server server_ :dataset
\set map map_ :dataset
\set heap heap_ :dataset

SET client_min_messages = warning;

CREATE SERVER :"server" FOREIGN DATA WRAPPER sqlite_fdw_migrate
	OPTIONS (database :'file');
CREATE SCHEMA :"map";
IMPORT FOREIGN SCHEMA main FROM SERVER :"server" INTO :"map";
CREATE TABLE :"heap" AS SELECT * FROM :"map".:"sqlite_table";
VACUUM (FREEZE, ANALYZE) :"heap";

-- The scan: reads and converts every column of every row, and does little
-- else.  num_nonnulls() takes any types, has no counterpart in SQLite, so that
-- it is never computed there, and looks at nothing but the NULL flags.
SELECT format('SELECT count(*) FROM %I.%I WHERE num_nonnulls(%s) = 0',
	:'map', :'sqlite_table',
	string_agg(quote_ident(attname), ', ' ORDER BY attnum)) AS scan
FROM pg_attribute
WHERE attrelid = format('%I.%I', :'map', :'sqlite_table')::regclass
	AND attnum > 0 AND NOT attisdropped \gset
CREATE TABLE IF NOT EXISTS scans (dataset text PRIMARY KEY, statement text);
INSERT INTO scans VALUES (:'dataset', :'scan');

SELECT :'dataset' = 'main' AS is_main \gset
\if :is_main

-- 1,000 keys, spread over the whole file
CREATE TABLE keys AS
	SELECT 1 + i::bigint * 7919 * 104729 % (SELECT count(*) FROM heap_main) AS id
	FROM generate_series(1, 1000) i(i);
ANALYZE keys;

-- Rows one by one by key, as a function or an application does it: a prepared
-- statement, 1,000 times or until two seconds have passed.  The result is the
-- time for 1,000 rows in ms.
CREATE FUNCTION look_up_keys() RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
	wanted bigint;
	found_row record;
	started timestamptz := clock_timestamp();
	passed numeric;
	done integer := 0;
BEGIN
	FOR wanted IN SELECT id FROM keys LOOP
		SELECT * INTO STRICT found_row FROM map_main.records r
		WHERE r.id = wanted;
		done := done + 1;
		passed := extract(epoch FROM clock_timestamp() - started) * 1000;
		EXIT WHEN passed > 2000;
	END LOOP;
	RETURN round(passed * 1000 / done, 3);
END $$;

\endif
