-- Learning assistant, accuracy_scores.db: how good the answers are.
CREATE TABLE accuracy_scores (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    question TEXT NOT NULL,
    expected_answer TEXT,
    actual_answer TEXT NOT NULL,
    accuracy_score REAL NOT NULL CHECK (accuracy_score >= 0 AND accuracy_score <= 1),
    scoring_method TEXT NOT NULL,
    context_used TEXT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    metadata TEXT DEFAULT '{}'
);
CREATE TABLE performance_trends (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    metric_name TEXT NOT NULL,
    metric_value REAL NOT NULL,
    measured_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    metadata TEXT DEFAULT '{}'
);
CREATE TABLE learning_objectives (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    objective_text TEXT NOT NULL,
    target_score REAL NOT NULL,
    current_score REAL DEFAULT 0.0,
    status TEXT NOT NULL DEFAULT "active",
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    CHECK (status IN ("active", "achieved", "dropped"))
);
CREATE UNIQUE INDEX idx_learning_objectives_active ON learning_objectives (objective_text COLLATE NOCASE) WHERE status = 'active';
CREATE INDEX idx_performance_trends_metric ON performance_trends (metric_name, measured_at DESC);

CREATE TRIGGER learning_objectives_touched AFTER UPDATE OF current_score, status ON learning_objectives
FOR EACH ROW BEGIN
    UPDATE learning_objectives SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id;
END;

CREATE VIEW objective_progress AS
    SELECT id, upper(status) AS status, round(100.0 * current_score / target_score, 1) AS percent,
           current_score >= target_score AS reached
      FROM learning_objectives WHERE status <> 'dropped';

INSERT INTO accuracy_scores (question, expected_answer, actual_answer, accuracy_score, scoring_method, context_used, created_at, metadata)
    WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 90)
    SELECT 'Question ' || x || '?', CASE x % 4 WHEN 0 THEN NULL ELSE 'Answer ' || x END,
           'Answer ' || x || char(10) || 'because "' || x || '"', x % 11 / 10.0,
           CASE x % 2 WHEN 0 THEN 'semantic_similarity' ELSE 'exact_match' END, CASE x % 7 WHEN 0 THEN '' ELSE 'chunk ' || x END,
           strftime('%Y-%m-%dT%H:%M:%S', '2025-11-06', '+' || x || ' minutes') || printf('.%06d', x),
           '{"model": "m' || (x % 3) || '", "tokens": ' || (x * 10) || ', "cached": ' || CASE x % 2 WHEN 0 THEN 'true' ELSE 'false' END || '}'
      FROM n;
INSERT INTO performance_trends (metric_name, metric_value, measured_at, metadata)
    WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 60)
    SELECT CASE x % 2 WHEN 0 THEN 'accuracy' ELSE 'latency_ms' END, x * 0.1, datetime('2025-11-01', '+' || x || ' hours'), '{}' FROM n;
INSERT INTO learning_objectives (objective_text, target_score, current_score, status, created_at, updated_at) VALUES
    ('Explain retrieval', 0.8, 0.6, 'active', '2025-11-01 00:00:00', '2025-11-06 07:08:09'),
    ('Cite sources', 0.5, 0.75, 'achieved', '2025-11-01 00:00:00', '2025-11-05 00:00:00'),
    ('cite sources', 0.9, 0.75, 'active', '2025-11-05 00:00:00', '2025-11-06 00:00:00'),
    ('Play chess', 1, 0, 'dropped', '2025-11-01 00:00:00', '2025-11-02 00:00:00');
INSERT INTO learning_objectives (objective_text, target_score) VALUES ('Written with defaults', 0.25);
