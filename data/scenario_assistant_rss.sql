-- Learning assistant, rss_fetch_history.db: what each run over the feeds found.
-- item_published is what the feed says: RFC 822 for RSS, ISO 8601 for Atom.
CREATE TABLE rss_fetch_cycles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cycle_number INTEGER NOT NULL UNIQUE,
    started_at TIMESTAMP NOT NULL,
    completed_at TIMESTAMP,
    status TEXT NOT NULL CHECK (status IN ('running', 'completed', 'failed')),
    items_fetched INTEGER DEFAULT 0,
    items_added INTEGER DEFAULT 0,
    error_message TEXT,
    CHECK (completed_at IS NULL OR completed_at >= started_at)
);
CREATE TABLE rss_fetch_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cycle_id INTEGER NOT NULL,
    feed_url TEXT NOT NULL COLLATE NOCASE,
    item_title TEXT,
    item_link TEXT,
    item_published TIMESTAMP,
    status TEXT NOT NULL,
    error_message TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (cycle_id) REFERENCES rss_fetch_cycles (id)
);
CREATE INDEX idx_rss_fetch_cycles_status ON rss_fetch_cycles (status);
CREATE INDEX idx_rss_fetch_items_cycle ON rss_fetch_items (cycle_id);
CREATE INDEX idx_rss_fetch_items_failed ON rss_fetch_items (feed_url) WHERE status LIKE 'failed%';
CREATE UNIQUE INDEX idx_rss_fetch_items_link ON rss_fetch_items (cycle_id, item_link) WHERE item_link IS NOT NULL;

CREATE TRIGGER rss_fetch_items_counted AFTER INSERT ON rss_fetch_items BEGIN
    UPDATE rss_fetch_cycles
       SET items_fetched = items_fetched + 1, items_added = items_added + (new.status = 'added')
     WHERE id = new.cycle_id;
END;

CREATE VIEW rss_cycle_report AS
    SELECT c.cycle_number, c.status, COUNT(i.id) AS items, SUM(i.status == 'added') AS added,
           strftime('%s', c.completed_at) - strftime('%s', c.started_at) AS seconds,
           GROUP_CONCAT(DISTINCT i.error_message) AS errors
      FROM rss_fetch_cycles c LEFT JOIN rss_fetch_items i ON i.cycle_id = c.id
     GROUP BY c.id
     ORDER BY c.cycle_number DESC;

INSERT INTO rss_fetch_cycles (cycle_number, started_at, completed_at, status, error_message)
    WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 30)
    SELECT x, strftime('%Y-%m-%dT%H:%M:%S', '2025-11-01', '+' || (4 * x) || ' hours') || printf('.%06d', x * 33331),
           CASE WHEN x < 30 THEN strftime('%Y-%m-%dT%H:%M:%S', '2025-11-01', '+' || (4 * x) || ' hours', '+' || (60 + x) || ' seconds') || '.000000' END,
           CASE WHEN x = 30 THEN 'running' WHEN x % 10 = 0 THEN 'failed' ELSE 'completed' END,
           CASE WHEN x % 10 = 0 AND x < 30 THEN 'HTTP 503: 2 feeds' END
      FROM n;
INSERT INTO rss_fetch_items (cycle_id, feed_url, item_title, item_link, item_published, status, error_message, created_at)
    WITH RECURSIVE n(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n WHERE x < 449)
    SELECT 1 + x / 15, CASE x % 2 WHEN 0 THEN 'https://feeds.example.org/ai.xml' ELSE 'https://Example.org/Atom' END,
           CASE x % 9 WHEN 8 THEN NULL ELSE 'Title ' || x END,
           CASE x % 10 WHEN 9 THEN NULL ELSE 'https://example.org/item?id=' || x END,
           CASE WHEN x % 15 = 7 THEN NULL
                WHEN x % 2 = 0 THEN printf('Sat, 01 Nov 2025 %02d:%02d:00 GMT', x % 24, x % 60)
                ELSE printf('2025-11-01T%02d:%02d:00+02:00', x % 24, x % 60) END,
           CASE x % 10 WHEN 9 THEN 'failed: no link' WHEN 4 THEN 'duplicate' ELSE 'added' END,
           CASE x % 10 WHEN 9 THEN 'no link' END,
           datetime('2025-11-01', '+' || x || ' minutes')
      FROM n WHERE x / 15 < 29;
