-- Learning assistant, continuum_memory.db: which tier of memory an item is in.
CREATE TABLE tier_metrics (
    item_id TEXT PRIMARY KEY,
    tier TEXT NOT NULL CHECK (tier IN ('L0', 'L1', 'L2', 'L3')),
    surprise_score REAL DEFAULT 0.0,
    access_count INTEGER DEFAULT 0,
    last_accessed TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    metadata TEXT DEFAULT '{}'
);
CREATE TABLE tier_audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item_id TEXT NOT NULL,
    from_tier TEXT NOT NULL,
    to_tier TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at TEXT DEFAULT (datetime('now')),
    CHECK (from_tier <> to_tier)
);
CREATE TABLE forgetting_metrics (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tier TEXT NOT NULL,
    forgotten_count INTEGER DEFAULT 0,
    total_count INTEGER DEFAULT 0,
    forgetting_rate REAL DEFAULT 0.0,
    measured_at TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%S', 'now')),
    CONSTRAINT no_more_than_all CHECK (forgotten_count <= total_count)
);
CREATE INDEX idx_tier_audit_item ON tier_audit (item_id, created_at DESC);

CREATE TRIGGER tier_metrics_moved AFTER UPDATE OF tier ON tier_metrics
WHEN old.tier IS NOT new.tier BEGIN
    INSERT INTO tier_audit (item_id, from_tier, to_tier, reason)
    VALUES (new.item_id, old.tier, new.tier,
            CASE WHEN new.tier > old.tier THEN 'promoted' ELSE 'demoted' END);
END;

CREATE VIEW tier_summary AS
    SELECT m.tier, COUNT(*) AS items, SUM(m.access_count) AS reads, COUNT(a.id) AS moves
      FROM tier_metrics m LEFT JOIN tier_audit a ON a.item_id = m.item_id AND a.to_tier = m.tier
     GROUP BY m.tier;

INSERT INTO tier_metrics
    WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 120)
    SELECT 'knowledge_' || x, 'L' || (x % 4), x % 33 / 32.0, x % 11,
           datetime('2025-11-01', '+' || x || ' minutes'), datetime('2025-10-01', '+' || x || ' minutes'),
           CASE x % 3 WHEN 0 THEN '{"knowledge_id": ' || x || '}' WHEN 1 THEN '{}' END
      FROM n;
INSERT INTO tier_metrics (item_id, tier) VALUES ('knowledge_201', 'L0');
INSERT INTO tier_audit (item_id, from_tier, to_tier, reason, created_at)
    SELECT item_id, 'L0', tier, 'surprise_score ' || surprise_score, strftime('%Y-%m-%dT%H:%M:%f', last_accessed)
      FROM tier_metrics WHERE tier <> 'L0';
UPDATE tier_metrics SET tier = 'L1' WHERE item_id = 'knowledge_201';
INSERT INTO forgetting_metrics (tier, forgotten_count, total_count, forgetting_rate, measured_at) VALUES
    ('L0', 3, 30, 0.1, '2025-11-05 00:00:00'), ('L1', 1, 31, 0.03225806451612903, '2025-11-05 00:00:00'),
    ('L2', 0, 30, 0.0, '2025-11-05 00:00:00'), ('L3', 0, 0, 0, '2025-11-05 00:00:00.500');
INSERT INTO forgetting_metrics (tier) VALUES ('L0');
