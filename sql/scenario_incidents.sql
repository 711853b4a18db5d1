--
-- Incident reports: UUIDs, JSON and embeddings; examples/incidents.
-- With and without pgvector the output is the same.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET client_min_messages = warning;
\set fixture scenario_incidents
\i :make_fixture
\set migrate :abs_srcdir '/examples/incidents/migrate.sql'
\set sqlite_file :file
-- half of the embeddings are text, half are 384 x 4 bytes
\! sqlite3 "$SFM_FILE" "SELECT typeof(embedding), count(*), min(length(embedding)), max(length(embedding)) = 1536 FROM reports WHERE typeof(embedding) <> 'text' GROUP BY 1; SELECT count(*), min(json_array_length(embedding)) FROM reports WHERE typeof(embedding) = 'text'"

-- the script that a user keeps
\set ECHO errors
\i :migrate
\set ECHO all
\unset ON_ERROR_STOP

-- types and keys
SELECT attrelid::regclass, attname, CASE WHEN attname = 'embedding' THEN format_type(atttypid, atttypmod) = :'embedding_type' ELSE format_type(atttypid, atttypmod) = 'uuid' END AS expected
  FROM pg_attribute WHERE attrelid::regclass::text LIKE 'incidents.%' AND (attname LIKE '%id' OR attname = 'embedding') AND attnum > 0
   AND attrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r') ORDER BY 1, attnum;
SELECT conrelid::regclass, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'incidents'::regnamespace AND contype IN ('f', 'u') ORDER BY 1, 2;
SELECT indexdef FROM pg_indexes WHERE schemaname = 'incidents' AND indexname LIKE 'idx%' ORDER BY 1;
SELECT count(*) = CASE WHEN :'has_vector' THEN 1 ELSE 0 END AS hnsw FROM pg_indexes WHERE schemaname = 'incidents' AND indexdef LIKE '%USING hnsw%';
SELECT * FROM sqlite_compare_counts('incidents_sqlite', 'incidents');

-- values
SELECT * FROM incidents.organisations ORDER BY id;
SELECT * FROM incidents.facilities ORDER BY id;
SELECT * FROM incidents.reporters ORDER BY id;
SELECT id, title, description, entities, jsonb_typeof(entities) AS json, confidence, status, submitted_at, reporter_id FROM incidents.reports
 WHERE title IN ('Report 1', 'Report 2', 'Report 3') ORDER BY title;
SELECT length(image_data), decode(image_data, 'base64') = convert_to(repeat('ABC', 50000), 'UTF8') AS image FROM incidents.reports WHERE image_data IS NOT NULL;
SELECT status, count(*) FROM incidents.report_routes GROUP BY 1 ORDER BY 1;
SELECT r.title, o.title AS of, similarity_score, relationship_type FROM incidents.related_reports x
  JOIN incidents.reports r ON r.id = x.report_id JOIN incidents.reports o ON o.id = x.related_report_id ORDER BY 1;

-- every number of every embedding, against what SQLite computed them from
CREATE VIEW numbers AS
  SELECT title, i, number FROM incidents.reports, unnest(embedding::real[]) WITH ORDINALITY AS e (number, i);
SELECT count(*), count(DISTINCT title), bool_and(number = ('{0,1,-1,0.5,0.25}'::real[])[1 + CASE WHEN i = 6 AND n IN (2, 31) THEN 3
         ELSE (i + 2) * (CASE n WHEN 2 THEN 1 WHEN 31 THEN 30 ELSE n END * 7919 % 100003 + (i - 1) * (i - 1)) % 7907 % 5 END]) AS equal
  FROM (SELECT *, substr(title, 8)::bigint AS n FROM numbers) x;
-- report 1 is text, report 2 the same as float32, but for one number
SELECT a.i, a.number = b.number AS equal FROM numbers a JOIN numbers b USING (i) WHERE a.title = 'Report 1' AND b.title = 'Report 2' AND (a.number <> b.number OR i = 1);

-- the nearest neighbours of the planted duplicates
\if :has_vector
PREPARE nearest AS SELECT n.title FROM incidents.reports r, LATERAL (SELECT title FROM incidents.reports n WHERE n.id <> r.id AND n.embedding IS NOT NULL ORDER BY n.embedding <=> r.embedding LIMIT 1) n WHERE r.title = $1;
\else
CREATE FUNCTION distance(a real[], b real[]) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$ SELECT 1 - sum(x * y) / sqrt(sum(x * x) * sum(y * y)) FROM unnest(a::float8[], b::float8[]) AS t (x, y) $$;
PREPARE nearest AS SELECT n.title FROM incidents.reports r, LATERAL (SELECT title FROM incidents.reports n WHERE n.id <> r.id AND n.embedding IS NOT NULL ORDER BY distance(n.embedding, r.embedding) LIMIT 1) n WHERE r.title = $1;
\endif
EXECUTE nearest('Report 1');
EXECUTE nearest('Report 2');
EXECUTE nearest('Report 30');
EXECUTE nearest('Report 31');

-- the database keeps its promises
INSERT INTO incidents.reporters (name) VALUES ('new') RETURNING uuid_send(id) IS NOT NULL AS id, created_at IS NOT NULL AS created;
INSERT INTO incidents.related_reports (report_id, related_report_id) SELECT report_id, related_report_id FROM incidents.related_reports LIMIT 1;
DELETE FROM incidents.reports WHERE title = 'Report 2';
DELETE FROM incidents.organisations WHERE name = 'City Council';
SELECT (SELECT count(*) FROM incidents.facilities) AS facilities, (SELECT count(*) FROM incidents.report_routes) AS routes, (SELECT count(*) FROM incidents.related_reports) AS related;
DELETE FROM incidents.reporters WHERE name = 'Ann';

-- a vector of another length, or with a word in it, is named
\! sqlite3 "$SFM_FILE" "UPDATE reports SET embedding = '[1, \"x\"]' WHERE title = 'Report 3'; UPDATE reports SET embedding = x'0000803f00' WHERE title = 'Report 4'"
CREATE TABLE again (title text, embedding :embedding_type);
ALTER FOREIGN TABLE incidents_sqlite.reports OPTIONS (ADD on_bad_value 'skip');
SET client_min_messages = error;
SELECT sqlite_load('incidents_sqlite.reports', 'again');
SELECT row_id, column_name, storage_class, octet_length(raw_value) FROM sqlite_rejects ORDER BY id;

DROP VIEW numbers;
DROP TABLE again;
DROP SCHEMA incidents, incidents_sqlite CASCADE;
\if :has_vector
DROP EXTENSION vector CASCADE;
\else
DROP FUNCTION distance;
\endif
DROP EXTENSION sqlite_fdw_migrate CASCADE;
