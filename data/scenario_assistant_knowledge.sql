-- Learning assistant, knowledge_retention.db: what was learned and how well it
-- is kept.  The application writes moments by SQLite's CURRENT_TIMESTAMP or by
-- Python's isoformat(), and metadata by json.dumps().
CREATE TABLE knowledge_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    content TEXT NOT NULL,
    source TEXT NOT NULL COLLATE NOCASE,
    knowledge_type TEXT NOT NULL DEFAULT 'fact' CHECK (knowledge_type IN ('fact', 'concept', 'procedure', 'rss')),
    confidence_score REAL DEFAULT 0.0 CHECK (confidence_score BETWEEN 0 AND 1),
    retention_score REAL DEFAULT 0.0,
    access_count INTEGER DEFAULT 0 CONSTRAINT access_count_not_negative CHECK (access_count >= 0),
    last_accessed TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    metadata TEXT DEFAULT '{}' CHECK (metadata IS NULL OR json_valid(metadata))
);
CREATE TABLE learning_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_type TEXT NOT NULL,
    content_learned TEXT NOT NULL CHECK (length(trim(content_learned)) > 0),
    accuracy_score REAL DEFAULT 0.0,
    retention_improvement REAL DEFAULT 0.0,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    metadata TEXT DEFAULT '{}'
);
CREATE TABLE knowledge_relationships (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source_id INTEGER NOT NULL,
    target_id INTEGER NOT NULL,
    relationship_type TEXT NOT NULL,
    strength REAL DEFAULT 0.0,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (source_id, target_id, relationship_type),
    FOREIGN KEY (source_id) REFERENCES knowledge_items (id),
    FOREIGN KEY (target_id) REFERENCES knowledge_items (id)
);
CREATE INDEX idx_knowledge_items_created_at ON knowledge_items (created_at);
CREATE INDEX idx_knowledge_items_retention_score ON knowledge_items (retention_score);
CREATE INDEX idx_knowledge_items_fading ON knowledge_items (last_accessed DESC) WHERE retention_score < 0.3;
CREATE INDEX idx_knowledge_items_topic ON knowledge_items (json_extract(metadata, '$.topic'));
CREATE INDEX idx_knowledge_items_source ON knowledge_items (lower(source), knowledge_type);

-- full-text search, kept in step by triggers as FTS5's manual shows
CREATE VIRTUAL TABLE knowledge_items_fts USING fts5(content, source, content='knowledge_items', content_rowid='id');
CREATE TRIGGER knowledge_items_ai AFTER INSERT ON knowledge_items BEGIN
    INSERT INTO knowledge_items_fts (rowid, content, source) VALUES (new.id, new.content, new.source);
END;
CREATE TRIGGER knowledge_items_ad AFTER DELETE ON knowledge_items BEGIN
    INSERT INTO knowledge_items_fts (knowledge_items_fts, rowid, content, source) VALUES ('delete', old.id, old.content, old.source);
END;
CREATE TRIGGER knowledge_items_au AFTER UPDATE OF content, source ON knowledge_items BEGIN
    INSERT INTO knowledge_items_fts (knowledge_items_fts, rowid, content, source) VALUES ('delete', old.id, old.content, old.source);
    INSERT INTO knowledge_items_fts (rowid, content, source) VALUES (new.id, new.content, new.source);
END;
CREATE TRIGGER knowledge_relationships_not_self BEFORE INSERT ON knowledge_relationships
WHEN new.source_id = new.target_id BEGIN
    SELECT RAISE(ABORT, 'an item cannot relate to itself');
END;

CREATE VIEW knowledge_by_type AS
    SELECT knowledge_type, COUNT(*) AS items, AVG(confidence_score) AS avg_confidence, MAX(access_count) AS most_read
      FROM knowledge_items GROUP BY knowledge_type;
CREATE VIEW fading_knowledge AS
    SELECT k.id, substr(k.content, 1, 20) || '...' AS excerpt, k.retention_score,
           IFNULL(json_extract(k.metadata, '$.topic'), 'none') AS topic,
           CASE WHEN k.retention_score < 0.1 THEN 'lost' ELSE 'fading' END AS state
      FROM knowledge_items k
     WHERE k.retention_score < 0.3 AND k.created_at < datetime('now', '-1 day');

-- 1 to 200; scores are multiples of 1/64, so that sums of them are exact
INSERT INTO knowledge_items (content, source, knowledge_type, confidence_score, retention_score, access_count, last_accessed, created_at, metadata)
    WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 200)
    SELECT CASE x % 4 WHEN 0 THEN 'Spaced repetition slows forgetting, case ' ELSE 'Học máy – ghi chú ' END || x,
           CASE x % 3 WHEN 0 THEN 'RSS' WHEN 1 THEN 'rss' ELSE 'user' END,
           CASE x % 4 WHEN 0 THEN 'fact' WHEN 1 THEN 'concept' WHEN 2 THEN 'procedure' ELSE 'rss' END,
           x % 65 / 64.0, x % 64 / 64.0, x * 7 % 13,
           CASE x % 2 WHEN 0 THEN strftime('%Y-%m-%dT%H:%M:%S', '2025-11-01', '+' || x || ' hours') || printf('.%06d', x * 4567)
                ELSE datetime('2025-11-01', '+' || x || ' hours') END,
           datetime('2025-10-01', '+' || x || ' minutes'),
           CASE x % 5 WHEN 0 THEN '{}' WHEN 1 THEN NULL WHEN 2 THEN printf('{"topic": "t%d", "tags": ["a", "\u00e9"]}', x % 7)
                ELSE printf('{"topic": "memory", "run": {"n": %d, "loss": 1e-3}}', x) END
      FROM n;
INSERT INTO knowledge_items (content, source) VALUES ('written with defaults', 'User');
INSERT INTO knowledge_items (content, source) VALUES ('deleted later', 'User');
DELETE FROM knowledge_items WHERE content = 'deleted later';
INSERT INTO learning_sessions (session_type, content_learned, accuracy_score, retention_improvement, created_at, metadata) VALUES
    ('rss', 'Transformers, attention', 0.875, 0.125, '2025-11-02 08:00:00', '{"cycle": 1, "items": [1, 2, 3]}'),
    ('review', 'Ebbinghaus’ curve', 0.5, -0.0625, '2025-11-03T09:15:30.250000', '{"cycle": null}'),
    ('self_test', '0', 1, 0, '2025-11-04T10:00:00', NULL);
INSERT INTO learning_sessions (session_type, content_learned) VALUES ('rss', 'defaults');
INSERT INTO knowledge_relationships (source_id, target_id, relationship_type, strength, created_at)
    SELECT id, id % 200 + 1, CASE id % 2 WHEN 0 THEN 'supports' ELSE 'part_of' END, id % 17 / 16.0, created_at
      FROM knowledge_items WHERE id <= 150;
