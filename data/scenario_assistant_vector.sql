-- Learning assistant, vector_db/chroma.sqlite3: the tables of the vector
-- database Chroma, with its full-text index and that one's shadow tables.
CREATE TABLE migrations (
    dir TEXT NOT NULL, version INTEGER NOT NULL, filename TEXT NOT NULL, sql TEXT NOT NULL, hash TEXT NOT NULL,
    PRIMARY KEY (dir, version)
);
CREATE TABLE tenants (id TEXT PRIMARY KEY);
CREATE TABLE databases (
    id TEXT PRIMARY KEY, name TEXT NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants(id) ON DELETE CASCADE,
    UNIQUE (tenant_id, name)
);
CREATE TABLE collections (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, dimension INTEGER,
    database_id TEXT NOT NULL REFERENCES databases(id) ON DELETE CASCADE,
    config_json_str TEXT,
    UNIQUE (name, database_id)
);
CREATE TABLE collection_metadata (
    collection_id TEXT REFERENCES collections(id) ON DELETE CASCADE, key TEXT NOT NULL,
    str_value TEXT, int_value INTEGER, float_value REAL, bool_value INTEGER,
    PRIMARY KEY (collection_id, key)
);
CREATE TABLE segments (
    id TEXT PRIMARY KEY, type TEXT NOT NULL, scope TEXT NOT NULL,
    collection TEXT REFERENCES collection(id) NOT NULL
);
CREATE TABLE segment_metadata (
    segment_id TEXT REFERENCES segments(id) ON DELETE CASCADE, key TEXT NOT NULL,
    str_value TEXT, int_value INTEGER, float_value REAL, bool_value INTEGER,
    PRIMARY KEY (segment_id, key)
);
CREATE TABLE embeddings_queue (
    seq_id INTEGER PRIMARY KEY, created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    operation INTEGER NOT NULL, topic TEXT NOT NULL, id TEXT NOT NULL, vector BLOB, encoding TEXT, metadata TEXT
);
CREATE TABLE embeddings_queue_config (id INTEGER PRIMARY KEY, config_json_str TEXT);
CREATE TABLE embeddings (
    id INTEGER PRIMARY KEY, segment_id TEXT NOT NULL, embedding_id TEXT NOT NULL, seq_id BLOB NOT NULL,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (segment_id, embedding_id)
);
CREATE TABLE embedding_metadata (
    id INTEGER REFERENCES embeddings(id), key TEXT NOT NULL,
    string_value TEXT, int_value INTEGER, float_value REAL, bool_value INTEGER,
    PRIMARY KEY (id, key)
);
CREATE TABLE max_seq_id (segment_id TEXT PRIMARY KEY, seq_id INTEGER);
CREATE TABLE maintenance_log (id INT PRIMARY KEY, timestamp INT NOT NULL, operation TEXT NOT NULL);
CREATE INDEX embedding_metadata_int_value ON embedding_metadata (key, int_value) WHERE int_value IS NOT NULL;
CREATE INDEX embedding_metadata_float_value ON embedding_metadata (key, float_value) WHERE float_value IS NOT NULL;
CREATE INDEX embedding_metadata_string_value ON embedding_metadata (key, string_value) WHERE string_value IS NOT NULL;
CREATE VIRTUAL TABLE embedding_fulltext_search USING fts5(string_value, tokenize='trigram');

INSERT INTO migrations VALUES ('metadb', 1, '00001-embedding-metadata.sqlite.sql', 'CREATE TABLE ...', '9ba8e5ab8ac6b2a1');
INSERT INTO tenants VALUES ('default_tenant');
INSERT INTO databases VALUES ('00000000-0000-0000-0000-000000000000', 'default_database', 'default_tenant');
INSERT INTO collections VALUES
    ('5f0c0c5e-7d1f-4b57-9a53-0d5b0a4f1c01', 'stillme_knowledge', 384, '00000000-0000-0000-0000-000000000000', '{"hnsw_configuration": {"space": "cosine", "M": 16}}'),
    ('5f0c0c5e-7d1f-4b57-9a53-0d5b0a4f1c02', 'stillme_conversations', NULL, '00000000-0000-0000-0000-000000000000', NULL);
INSERT INTO collection_metadata VALUES
    ('5f0c0c5e-7d1f-4b57-9a53-0d5b0a4f1c01', 'hnsw:space', 'cosine', NULL, NULL, NULL),
    ('5f0c0c5e-7d1f-4b57-9a53-0d5b0a4f1c01', 'normalized', NULL, NULL, NULL, 1);
INSERT INTO segments VALUES
    ('6a000000-0000-4000-8000-000000000001', 'urn:chroma:segment/metadata/sqlite', 'METADATA', '5f0c0c5e-7d1f-4b57-9a53-0d5b0a4f1c01'),
    ('6a000000-0000-4000-8000-000000000002', 'urn:chroma:segment/vector/hnsw-local-persisted', 'VECTOR', '5f0c0c5e-7d1f-4b57-9a53-0d5b0a4f1c01');
INSERT INTO embeddings_queue_config VALUES (1, '{"automatically_purge": true}');
-- 50 documents of 384 numbers, as little-endian float32
INSERT INTO embeddings_queue
    WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50),
         d(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM d WHERE i < 383)
    SELECT x, datetime('2025-11-06', '+' || x || ' seconds'), x % 3,
           'persistent://default/default/5f0c0c5e-7d1f-4b57-9a53-0d5b0a4f1c01', 'knowledge_' || x,
           (SELECT CAST(group_concat(CASE x * (i + 1) % 4 WHEN 0 THEN x'00000000' WHEN 1 THEN x'0000803f' WHEN 2 THEN x'0000003f' ELSE x'000080bf' END, '') AS BLOB) FROM d),
           'FLOAT32', printf('{"source": "rss", "chroma:document": "Document %d, nhớ lâu", "confidence": %s, "verified": %s}', x, x / 50.0, CASE x % 2 WHEN 0 THEN 'true' ELSE 'false' END)
      FROM n;
UPDATE embeddings_queue SET vector = NULL, encoding = NULL, metadata = NULL WHERE operation = 0 AND seq_id > 40;
INSERT INTO embeddings
    SELECT seq_id, '6a000000-0000-4000-8000-000000000001', id, seq_id, created_at FROM embeddings_queue WHERE metadata IS NOT NULL;
INSERT INTO embedding_metadata (id, key, string_value) SELECT id, 'source', 'rss' FROM embeddings;
INSERT INTO embedding_metadata (id, key, string_value) SELECT id, 'chroma:document', 'Document ' || id || ', nhớ lâu' FROM embeddings;
INSERT INTO embedding_metadata (id, key, float_value) SELECT id, 'confidence', id / 50.0 FROM embeddings;
INSERT INTO embedding_metadata (id, key, bool_value) SELECT id, 'verified', id % 2 = 0 FROM embeddings;
INSERT INTO embedding_fulltext_search (rowid, string_value) SELECT rowid, string_value FROM embedding_metadata WHERE string_value IS NOT NULL;
INSERT INTO max_seq_id SELECT id, 50 FROM segments;
