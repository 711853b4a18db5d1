-- What the five SQLite files become: included by check.sql and migrate.sql.
--
-- IMPORT makes a foreign table for each table and view of a file.  These
-- foreign tables are the mapping: what is renamed or retyped here is what the
-- new tables will be called and be.  SQLite's files are only read.
\if :{?data}
\else
\echo 'say where the files are: psql -v data=/srv/assistant/data ...'
\endif
\set knowledge_file :data '/knowledge_retention.db'
\set continuum_file :data '/continuum_memory.db'
\set rss_file :data '/rss_fetch_history.db'
\set accuracy_file :data '/accuracy_scores.db'
\set vector_file :data '/vector_db/chroma.sqlite3'

CREATE EXTENSION IF NOT EXISTS sqlite_fdw_migrate;

-- knowledge_retention.db
CREATE SERVER knowledge_sqlite FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'knowledge_file');
CREATE SCHEMA knowledge_sqlite;
IMPORT FOREIGN SCHEMA main FROM SERVER knowledge_sqlite INTO knowledge_sqlite;
ALTER FOREIGN TABLE knowledge_sqlite.knowledge_items ALTER metadata TYPE jsonb;
ALTER FOREIGN TABLE knowledge_sqlite.learning_sessions ALTER metadata TYPE jsonb;

-- continuum_memory.db: two columns hold moments, but are declared TEXT
CREATE SERVER continuum_sqlite FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'continuum_file');
CREATE SCHEMA continuum_sqlite;
IMPORT FOREIGN SCHEMA main FROM SERVER continuum_sqlite INTO continuum_sqlite;
ALTER FOREIGN TABLE continuum_sqlite.tier_metrics ALTER metadata TYPE jsonb;
ALTER FOREIGN TABLE continuum_sqlite.tier_audit ALTER created_at TYPE timestamp;
ALTER FOREIGN TABLE continuum_sqlite.forgetting_metrics ALTER measured_at TYPE timestamp;

-- rss_fetch_history.db: the schema is called rss, so the tables need no prefix
CREATE SERVER rss_sqlite FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'rss_file');
CREATE SCHEMA rss_sqlite;
IMPORT FOREIGN SCHEMA main FROM SERVER rss_sqlite INTO rss_sqlite;
ALTER FOREIGN TABLE rss_sqlite.rss_fetch_cycles RENAME TO fetch_cycles;
ALTER FOREIGN TABLE rss_sqlite.rss_fetch_items RENAME TO fetch_items;
ALTER FOREIGN TABLE rss_sqlite.rss_cycle_report RENAME TO cycle_report;

-- accuracy_scores.db
CREATE SERVER accuracy_sqlite FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'accuracy_file');
CREATE SCHEMA accuracy_sqlite;
IMPORT FOREIGN SCHEMA main FROM SERVER accuracy_sqlite INTO accuracy_sqlite;
ALTER FOREIGN TABLE accuracy_sqlite.accuracy_scores ALTER metadata TYPE jsonb;
ALTER FOREIGN TABLE accuracy_sqlite.performance_trends ALTER metadata TYPE jsonb;

-- vector_db/chroma.sqlite3, but for Chroma's own list of schema versions.  The
-- shadow tables of its full-text index are left out without being named.
CREATE SERVER vector_sqlite FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'vector_file');
CREATE SCHEMA vector_sqlite;
IMPORT FOREIGN SCHEMA main EXCEPT (migrations) FROM SERVER vector_sqlite INTO vector_sqlite;
ALTER FOREIGN TABLE vector_sqlite.collections ALTER config_json_str TYPE jsonb;
ALTER FOREIGN TABLE vector_sqlite.collection_metadata ALTER bool_value TYPE boolean;
ALTER FOREIGN TABLE vector_sqlite.embedding_metadata ALTER bool_value TYPE boolean;
-- float32 BLOBs become arrays; with pgvector write: TYPE vector(384)
ALTER FOREIGN TABLE vector_sqlite.embeddings_queue ALTER vector TYPE real[], ALTER metadata TYPE jsonb;
