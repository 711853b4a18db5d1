-- Incident reports move from SQLite to PostgreSQL: UUID keys, JSON, and
-- embeddings for similarity search with pgvector where it is installed.
--
--   psql -d incidents -v sqlite_file=/srv/dira/reports.db -f migrate.sql
--
-- One transaction: all or nothing.  Needs pg_read_server_files and CREATE on the
-- database.  The tables are made in the schema "incidents".
\set ON_ERROR_STOP on
SELECT count(*) > 0 AS has_vector FROM pg_available_extensions WHERE name = 'vector' \gset
BEGIN;

CREATE EXTENSION IF NOT EXISTS sqlite_fdw_migrate;
-- With pgvector an embedding is a vector(384); without, an array of real, which
-- ALTER TABLE ... TYPE vector(384) turns into a vector later.
\if :has_vector
CREATE EXTENSION IF NOT EXISTS vector;
\set embedding_type 'vector(384)'
\else
\set embedding_type 'real[]'
\endif

CREATE SERVER incidents_sqlite FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'sqlite_file');
CREATE SCHEMA incidents_sqlite;
IMPORT FOREIGN SCHEMA main FROM SERVER incidents_sqlite INTO incidents_sqlite;

-- The mapping, edited.  SQLite holds the keys as 32 digits, as 36 characters and
-- as 16 bytes; all of these become uuid.
ALTER FOREIGN TABLE incidents_sqlite.organisations ALTER id TYPE uuid;
ALTER FOREIGN TABLE incidents_sqlite.facilities ALTER id TYPE uuid, ALTER organisation_id TYPE uuid;
ALTER FOREIGN TABLE incidents_sqlite.reporters ALTER id TYPE uuid;
ALTER FOREIGN TABLE incidents_sqlite.reports ALTER id TYPE uuid, ALTER reporter_id TYPE uuid;
ALTER FOREIGN TABLE incidents_sqlite.report_routes ALTER id TYPE uuid, ALTER report_id TYPE uuid, ALTER organisation_id TYPE uuid;
ALTER FOREIGN TABLE incidents_sqlite.related_reports ALTER id TYPE uuid, ALTER report_id TYPE uuid, ALTER related_report_id TYPE uuid;
-- JSON text and float32 BLOBs alike
ALTER FOREIGN TABLE incidents_sqlite.reports ALTER embedding TYPE :embedding_type;

\echo '== steps'
SELECT phase, status, count(*), sum(rows) AS rows
  FROM sqlite_migrate('incidents_sqlite', 'incidents') GROUP BY 1, 2 ORDER BY min(step);

-- What SQLite left to the application
ALTER TABLE incidents.organisations ALTER id SET DEFAULT gen_random_uuid(), ALTER created_at SET DEFAULT now();
ALTER TABLE incidents.facilities ALTER id SET DEFAULT gen_random_uuid(), ALTER created_at SET DEFAULT now();
ALTER TABLE incidents.reporters ALTER id SET DEFAULT gen_random_uuid(), ALTER created_at SET DEFAULT now();
ALTER TABLE incidents.reports ALTER id SET DEFAULT gen_random_uuid(), ALTER created_at SET DEFAULT now(), ALTER submitted_at SET DEFAULT now();
ALTER TABLE incidents.report_routes ALTER id SET DEFAULT gen_random_uuid(), ALTER sent_at SET DEFAULT now();
ALTER TABLE incidents.related_reports ALTER id SET DEFAULT gen_random_uuid(), ALTER created_at SET DEFAULT now();

-- The index for similarity search
\if :has_vector
CREATE INDEX reports_embedding ON incidents.reports USING hnsw (embedding vector_cosine_ops);
\endif

\echo '== tables that differ'
SELECT * FROM sqlite_compare_counts('incidents_sqlite', 'incidents') WHERE NOT equal;

COMMIT;
