-- What applications put into columns whatever their declared types say.
CREATE TABLE widened (
    flag BOOLEAN, n INTEGER, big INTEGER, price DECIMAL(6,2), ratio REAL, day DATE, moment DATETIME,
    zoned DATETIME, uid UUID, doc JSON, name TEXT, bin BLOB, odd ADDRESS, realdate REAL, escaped JSON
);
INSERT INTO widened VALUES
    (1, 1, 1, 1.25, 0.5, '2024-01-31', '2024-01-31 10:00:00', '2024-01-31 10:00:00', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{}', 'a', x'00ff', 'Street 1', '2024-01-31', '"\u0041"'),
    (0, '\N', 9007199254740993, 1.255, 9007199254740993, '2024-01-31 23:00:00', 'yesterday', '2024-01-31T10:00:00+01:00', '', '{a: 1}', x'00ff', x'01', 'Street 2', '2024-02-29 12:00', '"\u0000"'),
    (2, '', 1.5, 100000, 0.25, NULL, NULL, NULL, NULL, NULL, NULL, 5, NULL, NULL, NULL);

CREATE TABLE untyped (i, r, ir, t, b, it, bt, mixed, empty);
INSERT INTO untyped VALUES
    (1, 0.5, 1, 'a', x'00', 1, CAST('a' AS BLOB), 1, NULL),
    (-2, 1e300, 0.5, 'b', x'01', 'x', 'b', x'00', NULL);

CREATE TABLE blobs (ids BLOB, labels BLOB, both BLOB, real_blobs BLOB);
INSERT INTO blobs VALUES (1, 'a', 1, x'00'), (2, 'b', 'b', x'ff');

-- one moment, 2024-05-06 07:08:09, in every way of counting
CREATE TABLE epochs (
    s DATETIME, ms DATETIME, us DATETIME, ns DATETIME, julian DATETIME, apple TIMESTAMP, chrome DATETIME,
    dotnet DATETIME, zero DATETIME, old DATETIME, s_text DATETIME, ms_and_text DATETIME, none DATETIME, both DATETIME,
    day DATE, day_ms DATE
);
INSERT INTO epochs VALUES
    (1714979289, 1714979289000, 1714979289000000, 1714979289000000000, 2460436.797326389, 736672089.5, 13359452889000000,
     638505760890000000, 0, -946684800, '1714979289', 1714979289000, 5, 1714979289,
     1714953600, 1714979289000),
    (1714979290, 1714979290000, 1714979290000000, 1714979290000000000, 2460437.5, 736672090.5, 13359452890000000,
     638505760900000000, 1714979290, -1, '1714979290', '2024-05-06 07:08:10', 123456789012, 1714979290000,
     1715040000, 1714953600000);

CREATE TABLE suggestions (
    flag INTEGER, small INTEGER, medium INTEGER, large INTEGER, uid TEXT, doc TEXT, at TEXT, day TEXT, plain TEXT,
    digits TEXT, uid_blob BLOB, whole NUMERIC
);
INSERT INTO suggestions VALUES
    (0, -5, 100000, 3000000000, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '{"a": 1}', '2024-01-31T10:00:00Z', '2024-01-31', 'x', '12345', x'a0eebc999c0b4ef8bb6d6bb9bd380a11', 5),
    (1, 5, -100000, 1, 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '[]', '2024-01-31 10:00', '2024-02-29', 'y', '00', x'b0eebc999c0b4ef8bb6d6bb9bd380a11', 6000000000);

-- forms that look like something else
CREATE TABLE traps (compact DATE, compact_ts TIMESTAMP, two_rules DATE, both_rules DATETIME, twice JSON, nul_in_blob BLOB, nul_in_date DATE);
INSERT INTO traps VALUES
    ('20230105', 20231231, 2460310.5, 2460310.5, '{"a": 1, "a": 2}', 1.5, 5),
    (19991231, 20000101, 1700000000, 1700000000, '{"a": {"a": 1}}', CAST(x'610062' AS TEXT), CAST(x'610062' AS TEXT));

CREATE TABLE badtext (t TEXT);
INSERT INTO badtext VALUES ('fine'), (CAST(x'61ff62' AS TEXT)), (CAST(x'610062' AS TEXT));

CREATE VIEW endless AS
    WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) AS n FROM c;
CREATE VIEW summary AS SELECT count(*) AS n, avg(large) AS a, max(uid) AS u FROM suggestions;
