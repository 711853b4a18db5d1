-- Values that do not fit their columns, of every storage class.
CREATE TABLE reading (
    id INTEGER PRIMARY KEY,
    sensor TEXT NOT NULL,
    taken DATE,
    level INT,
    note TEXT
);
INSERT INTO reading VALUES
    (1, 'north', '2024-01-01', 1, 'fine'),
    (2, 'north', '2024-01-02', 'n/a', 'level is a word'),
    (3, 'east', '2024-02-30', 0.1, 'two bad values'),
    (4, CAST(x'65ff' AS TEXT), '2024-01-04', 4, 'sensor is not UTF-8'),
    (5, 'west', x'00ff', 5, 'date is a BLOB'),
    (6, 'west', '2024-01-06', -1e300, CAST(x'610062' AS TEXT)),
    (7, 'west', NULL, NULL, NULL),
    (8, 'south', 'soon', 8, ''),
    (9, 'south', '2024-01-09', 9, 'fine');
-- a key that is no rowid, and one that is long
CREATE TABLE bykey (a TEXT, b INT, v INT, PRIMARY KEY (b, a)) WITHOUT ROWID;
INSERT INTO bykey VALUES
    ('x', 1, 1),
    ('it''s', 2, 'two'),
    (replace(hex(zeroblob(50)), '00', 'ab'), 3, 'three');
CREATE VIEW twice AS SELECT id, level * 2.5 AS level FROM reading WHERE id < 4 ORDER BY id;
-- NULL where PostgreSQL will not have it
CREATE TABLE holes (id INTEGER PRIMARY KEY, code TEXT, amount INT);
INSERT INTO holes VALUES (1, 'a', 1), (2, NULL, 2), (3, 'c', NULL), (4, NULL, 'many');
-- exact numbers
CREATE TABLE number (id INTEGER PRIMARY KEY, v);
INSERT INTO number VALUES
    (1, 9007199254740993), (2, -9223372036854775808), (3, 0.1), (4, 1e300),
    (5, 5e-324), (6, -0.0), (7, 123456789.123456789), (8, 9e999);
-- more than memory should hold, and one that is large
CREATE TABLE many (id INTEGER PRIMARY KEY, v INT);
WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 20000)
INSERT INTO many SELECT x, 'text ' || x FROM c;
CREATE TABLE large (id INTEGER PRIMARY KEY, v TEXT);
INSERT INTO large VALUES (1, CAST(zeroblob(3000000) AS TEXT));
