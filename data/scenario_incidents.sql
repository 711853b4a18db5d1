-- Incident reports, as SQLAlchemy and the intake service have written them:
-- UUIDs as 32 digits, with hyphens, and as 16 bytes; embeddings of 384 numbers
-- as JSON text (older rows) and as float32 (newer ones).
CREATE TABLE organisations (
    id CHAR(32) NOT NULL, name VARCHAR(255) NOT NULL, type VARCHAR(50) NOT NULL, contact_email VARCHAR(255),
    contact_api TEXT, facilities JSON, created_at DATETIME, PRIMARY KEY (id)
);
CREATE TABLE facilities (
    id TEXT NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, location VARCHAR(255),
    organisation_id CHAR(32) REFERENCES organisations (id) ON DELETE CASCADE, created_at DATETIME
);
CREATE TABLE reporters (
    id BLOB NOT NULL PRIMARY KEY, name VARCHAR(255), email VARCHAR(255), is_anonymous BOOLEAN DEFAULT 0, created_at DATETIME
);
CREATE TABLE reports (
    id BLOB NOT NULL PRIMARY KEY, title VARCHAR(500) NOT NULL, description TEXT NOT NULL, category VARCHAR(50), urgency VARCHAR(20),
    entities JSON, confidence FLOAT, status VARCHAR(50) DEFAULT 'submitted', submitted_at DATETIME,
    reporter_id BLOB REFERENCES reporters (id), image_data TEXT, analysis_result TEXT, embedding BLOB, created_at DATETIME
);
CREATE TABLE report_routes (
    id CHAR(32) NOT NULL PRIMARY KEY, report_id BLOB REFERENCES reports (id) ON DELETE CASCADE,
    organisation_id CHAR(32) REFERENCES organisations (id) ON DELETE CASCADE, message TEXT, sent_at DATETIME, status VARCHAR(50) DEFAULT 'sent'
);
CREATE TABLE related_reports (
    id CHAR(32) NOT NULL PRIMARY KEY, report_id BLOB REFERENCES reports (id) ON DELETE CASCADE,
    related_report_id BLOB REFERENCES reports (id) ON DELETE CASCADE, similarity_score FLOAT,
    relationship_type VARCHAR(50) DEFAULT 'duplicate', created_at DATETIME, UNIQUE (report_id, related_report_id)
);
CREATE INDEX idx_reports_status ON reports (status);
CREATE INDEX idx_reports_category ON reports (category);
CREATE INDEX idx_reports_submitted_at ON reports (submitted_at DESC);
CREATE INDEX idx_report_routes_report_id ON report_routes (report_id);
CREATE INDEX idx_report_routes_org_id ON report_routes (organisation_id);

INSERT INTO organisations VALUES
    ('0a0000000000400080000000000000a1', 'City Council', 'government', 'roads@city.example', NULL, '["depot", {"name": "Yard 2"}]', '2025-11-01 08:00:00.000000'),
    ('0a0000000000400080000000000000a2', 'Power & Light', 'utility', NULL, 'https://api.power.example/v1', '[]', '2025-11-01 08:00:01.500000');
INSERT INTO facilities VALUES
    ('0B000000-0000-4000-8000-0000000000B1', 'depot', 'North', '0a0000000000400080000000000000a1', '2025-11-02 00:00:00.000000'),
    ('0b000000-0000-4000-8000-0000000000b2', 'substation', NULL, '0a0000000000400080000000000000a2', NULL);
INSERT INTO reporters VALUES
    (x'0c0000000000400080000000000000c1', 'Ann', 'ann@example.org', 0, '2025-11-03 10:00:00.000000'),
    (x'0c0000000000400080000000000000c2', NULL, NULL, 1, '2025-11-03 11:00:00.123456');

-- 40 reports.  Report 2 repeats report 1, and 31 repeats 30, but for one number;
-- every second one has its embedding as float32.
CREATE TEMP TABLE pattern AS
    WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 40),
         d(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM d WHERE i < 383)
    SELECT x AS n, i,
           CASE WHEN i = 5 AND x IN (2, 31) THEN 3
                ELSE (i + 3) * (CASE x WHEN 2 THEN 1 WHEN 31 THEN 30 ELSE x END * 7919 % 100003 + i * i) % 7907 % 5 END AS v
      FROM n, d ORDER BY x, i;
INSERT INTO reports
    SELECT CAST(x'0d00000000004000800000000000' || CASE n WHEN 1 THEN x'0001' WHEN 2 THEN x'0002' WHEN 30 THEN x'0030' WHEN 31 THEN x'0031'
                ELSE CAST(printf('%02d', n) AS BLOB) END AS BLOB),
           'Report ' || n,
           CASE n % 3 WHEN 0 THEN 'pothole' WHEN 1 THEN 'street light – dark' ELSE 'leak' END,
           CASE n % 3 WHEN 0 THEN 'infrastructure' WHEN 1 THEN 'safety' ELSE 'utility' END,
           CASE n % 4 WHEN 0 THEN 'high' WHEN 1 THEN 'low' END,
           CASE n WHEN 1 THEN '{"streets": ["Main St"], "n": 1e2}' WHEN 3 THEN 'null' END,
           n / 40.0,
           CASE n % 4 WHEN 0 THEN 'submitted' WHEN 1 THEN 'routed' WHEN 2 THEN 'resolved' ELSE 'duplicate' END,
           printf('2025-11-%02d 12:00:00.000000', n % 28 + 1),
           CASE n % 2 WHEN 0 THEN x'0c0000000000400080000000000000c1' ELSE x'0c0000000000400080000000000000c2' END,
           CASE n WHEN 7 THEN replace(hex(zeroblob(50000)), '00', 'QUJD') END,
           NULL,
           CASE WHEN n % 2 = 1 THEN '[' || group_concat(CASE v WHEN 0 THEN '0' WHEN 1 THEN '1.0' WHEN 2 THEN '-1' WHEN 3 THEN '0.5' ELSE '2.5e-1' END, ', ') || ']'
                ELSE CAST(group_concat(CASE v WHEN 0 THEN x'00000000' WHEN 1 THEN x'0000803f' WHEN 2 THEN x'000080bf' WHEN 3 THEN x'0000003f' ELSE x'0000803e' END, '') AS BLOB) END,
           '2025-11-03 12:00:00.000000'
      FROM pattern GROUP BY n ORDER BY n;
UPDATE reports SET embedding = NULL WHERE title = 'Report 40';
INSERT INTO report_routes
    SELECT printf('0e000000000040008000000000%06d', rowid), id, '0a0000000000400080000000000000a' || (1 + rowid % 2), 'see ' || title, submitted_at,
           CASE rowid % 3 WHEN 0 THEN 'sent' WHEN 1 THEN 'acknowledged' ELSE 'failed' END
      FROM reports WHERE rowid <= 20;
INSERT INTO related_reports VALUES
    ('0f0000000000400080000000000000f1', (SELECT id FROM reports WHERE title = 'Report 2'), (SELECT id FROM reports WHERE title = 'Report 1'), 0.999, 'duplicate', '2025-11-10 00:00:00.000000'),
    ('0f0000000000400080000000000000f2', (SELECT id FROM reports WHERE title = 'Report 31'), (SELECT id FROM reports WHERE title = 'Report 30'), 0.998, 'duplicate', NULL),
    ('0f0000000000400080000000000000f3', (SELECT id FROM reports WHERE title = 'Report 3'), (SELECT id FROM reports WHERE title = 'Report 6'), 0.1, 'similar', NULL);
