--
-- A learning assistant: five SQLite files into five schemas, in one
-- transaction; examples/learning_assistant.
-- What happens when something is wrong is in t/019_scenario_assistant.pl, and
-- what becomes of CHECKs, views, triggers and full-text search is there too.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\getenv abs_builddir PG_ABS_BUILDDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
SET TimeZone = 'America/New_York';
SET DateStyle = 'ISO';
SET client_min_messages = warning;
-- the files, under the names that the application gives them
\set data :abs_builddir '/results/assistant'
\setenv SFM_DATA :data
\! rm -rf "$SFM_DATA"; mkdir -p "$SFM_DATA/vector_db"
\set fixture scenario_assistant_knowledge
\i :make_fixture
\! mv "$SFM_FILE" "$SFM_DATA/knowledge_retention.db"
\set fixture scenario_assistant_continuum
\i :make_fixture
\! mv "$SFM_FILE" "$SFM_DATA/continuum_memory.db"
\set fixture scenario_assistant_rss
\i :make_fixture
\! mv "$SFM_FILE" "$SFM_DATA/rss_fetch_history.db"
\set fixture scenario_assistant_accuracy
\i :make_fixture
\! mv "$SFM_FILE" "$SFM_DATA/accuracy_scores.db"
\set fixture scenario_assistant_vector
\i :make_fixture
\! mv "$SFM_FILE" "$SFM_DATA/vector_db/chroma.sqlite3"

-- the script that a user keeps
\set migrate :abs_srcdir '/examples/learning_assistant/migrate.sql'
\set ECHO errors
\o /dev/null
\i :migrate
\o
\set ECHO all
\unset ON_ERROR_STOP

-- five schemas; shadow tables and Chroma's own migrations stayed behind
SELECT app.target, c.*
  FROM (VALUES ('knowledge_sqlite', 'knowledge'), ('continuum_sqlite', 'continuum'), ('rss_sqlite', 'rss'),
               ('accuracy_sqlite', 'accuracy'), ('vector_sqlite', 'vector')) AS app (source, target),
       sqlite_compare_counts(app.source, app.target) AS c
 WHERE c.table_name NOT IN ('knowledge_items_fts', 'embedding_fulltext_search');
SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text IN ('knowledge', 'vector') AND relname ~ 'fts_|search_|^migrations';

-- keys, foreign keys and indexes of the plan
CREATE TEMP VIEW relation AS
  SELECT c.oid, n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname IN ('knowledge', 'continuum', 'rss', 'accuracy', 'vector') AND c.relkind = 'r';
SELECT r.name, pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN relation r ON r.oid = c.conrelid
 WHERE c.contype IN ('p', 'u', 'f') AND r.name !~ '_fts|fulltext' ORDER BY 1, c.contype, 2;
SELECT indexdef FROM pg_indexes
 WHERE indexname IN ('idx_knowledge_items_created_at', 'idx_knowledge_items_retention_score', 'idx_continuum_tier_metrics_tier',
                     'idx_rss_fetch_cycles_status', 'idx_accuracy_scores_created_at',
                     'idx_knowledge_items_metadata', 'idx_rss_fetch_items_cycle', 'idx_tier_audit_item', 'idx_performance_trends_metric')
 ORDER BY indexname;

-- types: each column that was to become something else, and moments and scores
SELECT r.name, a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid) AS default
  FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0
       LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
 WHERE attname IN ('metadata', 'config_json_str', 'bool_value', 'vector', 'seq_id', 'accuracy_score')
    OR (attname ~ '_at$|_accessed|_published' AND r.name NOT IN ('continuum.tier_audit', 'continuum.forgetting_metrics'))
    OR (attname = 'status' AND r.name LIKE 'accuracy.%')
 ORDER BY 1, a.attnum;

-- values
\x
SELECT * FROM knowledge.knowledge_items WHERE id IN (1, 2, 3, 4) ORDER BY id;
\x
SELECT id, source, knowledge_type, confidence_score, access_count, metadata FROM knowledge.knowledge_items WHERE id > 200;
SELECT metadata->>'topic' AS topic, count(*), avg(confidence_score) FROM knowledge.knowledge_items GROUP BY 1 ORDER BY 1;
SELECT id FROM knowledge.knowledge_items WHERE metadata @> '{"tags": ["é"]}' ORDER BY id LIMIT 3;
SELECT session_type, content_learned, accuracy_score, created_at, metadata FROM knowledge.learning_sessions WHERE content_learned <> 'defaults' ORDER BY id;
SELECT tier, count(*), sum(access_count) FROM continuum.tier_metrics GROUP BY 1 ORDER BY 1;
SELECT item_id, from_tier, to_tier, reason, created_at > '2025-11-01' AS recorded FROM continuum.tier_audit WHERE id IN (1, 2, 91) ORDER BY id;
SELECT tier, forgotten_count, total_count, forgetting_rate, measured_at FROM continuum.forgetting_metrics WHERE total_count > 0 OR tier = 'L3' ORDER BY id;
SELECT * FROM rss.fetch_cycles WHERE id IN (1, 10, 30) ORDER BY id;
SELECT id, cycle_id, feed_url, item_title, item_published, status, created_at FROM rss.fetch_items WHERE id IN (1, 2, 8, 9, 10) ORDER BY id;
SELECT id, actual_answer, accuracy_score, context_used, created_at, metadata FROM accuracy.accuracy_scores WHERE id IN (7, 8) ORDER BY id;
SELECT id, objective_text, target_score, current_score, status FROM accuracy.learning_objectives ORDER BY id;
SELECT q.seq_id, q.id, array_length(q.vector, 1), q.vector[1:4], q.metadata, m.bool_value, m.key
  FROM vector.embeddings_queue q LEFT JOIN vector.embeddings e ON e.seq_id = q.seq_id
       LEFT JOIN vector.embedding_metadata m ON m.id = e.id AND m.key = 'verified'
 WHERE q.seq_id IN (1, 2, 42) ORDER BY 1;
SELECT name, dimension, config_json_str #>> '{hnsw_configuration,space}' AS space FROM vector.collections ORDER BY name;

-- every row of every table against SQLite, but for the column that was retyped
CREATE TABLE differences (name text, rows bigint);
DO $$
DECLARE
	ft record;
BEGIN
	ALTER FOREIGN TABLE rss_sqlite.fetch_items DROP COLUMN item_published;
	FOR ft IN
		SELECT f.ftrelid::regclass AS source, r.name AS target, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
		  FROM pg_foreign_table f
		  JOIN pg_class c ON c.oid = f.ftrelid
		  JOIN relation r ON r.name = replace(c.relnamespace::regnamespace::text, '_sqlite', '') || '.' || c.relname
		  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		 WHERE r.name !~ '_fts|fulltext'
		 GROUP BY 1, 2
	LOOP
		EXECUTE format('INSERT INTO differences SELECT %1$L, count(*)
			FROM ((SELECT %4$s FROM %2$s EXCEPT ALL SELECT %4$s FROM %3$s)
				UNION ALL (SELECT %4$s FROM %3$s EXCEPT ALL SELECT %4$s FROM %2$s)) d',
			ft.target, ft.source, ft.target, ft.columns);
	END LOOP;
END $$;
SELECT count(*) AS tables, sum(rows) AS differences FROM differences;

-- the application writes: numbers go on (202 was given and deleted in SQLite), defaults and keys hold
INSERT INTO knowledge.knowledge_items (content, source) VALUES ('new', 'user')
  RETURNING id, knowledge_type, retention_score, metadata, created_at = date_trunc('second', now() AT TIME ZONE 'UTC') AS created;
INSERT INTO rss.fetch_cycles (cycle_number, started_at, status) VALUES (31, '2025-11-07', 'running') RETURNING id, items_fetched;
INSERT INTO vector.embeddings_queue (operation, topic, id, metadata) VALUES (0, 't', 'knowledge_203', '{"verified": true}') RETURNING seq_id;
INSERT INTO rss.fetch_cycles (cycle_number, started_at, status) VALUES (31, '2025-11-07', 'running');
INSERT INTO rss.fetch_items (cycle_id, feed_url, status) VALUES (99, 'https://example.org', 'added');
DELETE FROM knowledge.knowledge_items WHERE id = 1;
INSERT INTO vector.segments VALUES ('x', 'urn', 'VECTOR', 'no such collection');
DELETE FROM vector.tenants;

DROP TABLE differences;
DROP VIEW relation;
DROP SCHEMA knowledge, continuum, rss, accuracy, vector CASCADE;
DROP SCHEMA knowledge_sqlite, continuum_sqlite, rss_sqlite, accuracy_sqlite, vector_sqlite CASCADE;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
