-- A learning assistant moves from five SQLite files into five schemas of one
-- PostgreSQL database.
--
--   1. Stop the application and copy the files (the way back).
--   2. psql -d stillme_production -v data=/srv/assistant/data -f check.sql
--   3. psql -d stillme_production -v data=/srv/assistant/data -f migrate.sql
--
-- One transaction for all files: if anything of the last file fails, nothing
-- of the first one stays, and the script can be run again.  Needs no superuser,
-- but the extension made by one (CREATE EXTENSION sqlite_fdw_migrate), USAGE on
-- the foreign-data wrapper sqlite_fdw_migrate, CREATE on the database, and
-- membership in pg_read_server_files.
\set ON_ERROR_STOP on
BEGIN;
\ir mapping.sql

-- Makes the schemas and their tables, loads them, then adds indexes, keys and
-- foreign keys, sets the sequences, and counts the rows of both sides.
\echo '== loaded'
SELECT object, rows, detail FROM sqlite_migrate('knowledge_sqlite', 'knowledge') WHERE phase = 'load';
SELECT object, rows, detail FROM sqlite_migrate('continuum_sqlite', 'continuum') WHERE phase = 'load';
SELECT object, rows, detail FROM sqlite_migrate('rss_sqlite', 'rss') WHERE phase = 'load';
SELECT object, rows, detail FROM sqlite_migrate('accuracy_sqlite', 'accuracy') WHERE phase = 'load';
SELECT object, rows, detail FROM sqlite_migrate('vector_sqlite', 'vector') WHERE phase = 'load';

-- Feeds write "Sat, 01 Nov 2025 10:00:00 GMT", which is no moment to SQLite, so
-- the column came as text.  PostgreSQL can read it.
ALTER TABLE rss.fetch_items ALTER item_published TYPE timestamp
  USING item_published::timestamptz AT TIME ZONE 'UTC';

-- Chroma's segments refer to a table "collection" that does not exist, which
-- SQLite does not mind; check.sql says so.  This is what was meant.
ALTER TABLE vector.segments ADD FOREIGN KEY (collection) REFERENCES vector.collections (id);

-- What SQLite did not have: two indexes, and a GIN index to search metadata
CREATE INDEX idx_continuum_tier_metrics_tier ON continuum.tier_metrics (tier);
CREATE INDEX idx_accuracy_scores_created_at ON accuracy.accuracy_scores (created_at);
CREATE INDEX idx_knowledge_items_metadata ON knowledge.knowledge_items USING gin (metadata jsonb_path_ops);

-- SQLite may hold rows whose parent is gone.  They come over, and their foreign
-- key is NOT VALID: it holds for new rows.  Expected: none.
\echo '== foreign keys that rows break'
SELECT conrelid::regclass AS table_name, conname AS foreign_key FROM pg_constraint
 WHERE connamespace::regnamespace::text IN ('knowledge', 'continuum', 'rss', 'accuracy', 'vector') AND NOT convalidated;

-- The proof: tables whose counts differ.  Expected: none.
\echo '== tables that differ'
SELECT app.target, c.*
  FROM (VALUES ('knowledge_sqlite', 'knowledge'), ('continuum_sqlite', 'continuum'), ('rss_sqlite', 'rss'),
               ('accuracy_sqlite', 'accuracy'), ('vector_sqlite', 'vector')) AS app (source, target),
       sqlite_compare_counts(app.source, app.target) AS c
 WHERE NOT c.equal;

COMMIT;
