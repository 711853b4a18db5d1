-- One table for each thing that sqlite_check() finds.  Tables named ok_* are
-- not to be found.
PRAGMA foreign_keys = off;

-- values
CREATE TABLE bad_value (id INTEGER PRIMARY KEY, n INT, d DATE);
INSERT INTO bad_value VALUES (1, 1, '2024-01-01'), (2, 'n/a', '2024-01-01'), (3, 'many', '03/04/2024'), (4, NULL, NULL);
CREATE TABLE bad_text (id INTEGER PRIMARY KEY, t TEXT);
INSERT INTO bad_text VALUES (1, 'fine'), (2, CAST(x'6100' AS TEXT)), (3, CAST(x'65ff' AS TEXT));
CREATE TABLE bad_epoch (id INTEGER PRIMARY KEY, at TIMESTAMP, day TIMESTAMP);
INSERT INTO bad_epoch VALUES (1, 1700000000000, 5), (2, 1700000001000, 44000);
CREATE TABLE ok_bytes (id INTEGER PRIMARY KEY, b BLOB);
INSERT INTO ok_bytes VALUES (1, x'00'), (2, 12), (3, 'text'), (4, 1.5);

-- NULL
CREATE TABLE null_refused (id INTEGER PRIMARY KEY, c TEXT);
INSERT INTO null_refused VALUES (1, 'a'), (2, NULL), (3, NULL);
CREATE TABLE null_in_key (code TEXT PRIMARY KEY, v INT);
INSERT INTO null_in_key VALUES ('a', 1), (NULL, 2), (NULL, 3);

-- duplicates under PostgreSQL's rules
CREATE TABLE same_text (id INTEGER PRIMARY KEY, k UNIQUE);
INSERT INTO same_text VALUES (1, '1'), (2, 1), (3, NULL), (4, NULL), (5, 'x');
CREATE TABLE same_moment (id INTEGER PRIMARY KEY, at TIMESTAMP UNIQUE);
INSERT INTO same_moment VALUES (1, '2024-01-01'), (2, '2024-01-01 00:00:00'), (3, '2024-01-01T00:00Z'), (4, '2024-01-02');
CREATE TABLE same_uuid (u UUID PRIMARY KEY, v INT);
INSERT INTO same_uuid VALUES ('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 1), ('6BA7B810-9DAD-11D1-80B4-00C04FD430C8', 2);
CREATE TABLE same_index (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
CREATE UNIQUE INDEX same_index_ab ON same_index (a, b);
INSERT INTO same_index VALUES (1, 'a', 'b'), (2, 'a', CAST('b' AS BLOB)), (3, 'a', NULL), (4, 'a', NULL);
CREATE TABLE ok_unique (id INTEGER PRIMARY KEY, n NUMERIC UNIQUE, t TEXT UNIQUE);
INSERT INTO ok_unique VALUES (1, 1, 'a'), (2, 1.5, 'A'), (3, NULL, 'a '), (4, NULL, NULL);

-- too large for an index, also after compression
CREATE TABLE long_key (id INTEGER PRIMARY KEY, t TEXT, u TEXT);
CREATE INDEX long_key_t ON long_key (t);
CREATE INDEX long_key_u ON long_key (u);
INSERT INTO long_key VALUES (1, 'short', 'short'), (2, NULL, hex(zeroblob(4000)));
-- digits without a pattern
WITH RECURSIVE r(i, x) AS (SELECT 1, 12345 UNION ALL SELECT i + 1, (x * 1103515245 + 12345) % 2147483648 FROM r WHERE i < 1500)
UPDATE long_key SET t = (SELECT group_concat(printf('%04x', x >> 15), '') FROM r) WHERE id = 2;

-- foreign keys
CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO parent VALUES (1, 'one'), (2, 'two');
CREATE TABLE orphan (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id), other INTEGER REFERENCES gone (id), self INTEGER REFERENCES orphan (id));
INSERT INTO orphan VALUES (1, 1, NULL, NULL), (2, 77, NULL, 1), (3, 78, NULL, 3), (4, NULL, NULL, 2);
-- one key for SQLite, two for PostgreSQL
CREATE TABLE nocase_parent (code TEXT COLLATE NOCASE PRIMARY KEY);
INSERT INTO nocase_parent VALUES ('A'), ('b');
CREATE TABLE nocase_child (id INTEGER PRIMARY KEY, code TEXT REFERENCES nocase_parent);
INSERT INTO nocase_child VALUES (1, 'a'), (2, 'b'), (3, NULL);

-- the last number given is not that of a row
CREATE TABLE small_id (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
INSERT INTO small_id VALUES (1, 'one'), (40000, 'many');
DELETE FROM small_id WHERE id > 1;

-- constraints of SQLite
PRAGMA ignore_check_constraints = on;
CREATE TABLE broken_check (id INTEGER PRIMARY KEY, age INT CHECK (age >= 0), name TEXT, CHECK (length(name) < 5));
INSERT INTO broken_check VALUES (1, 3, 'Ann'), (2, -1, 'Bob'), (3, -2, 'Caroline');
PRAGMA ignore_check_constraints = off;

-- names
CREATE TABLE odd_names (id INTEGER PRIMARY KEY, "a b" INT, "Name" TEXT, "naïve" TEXT, "" INT,
    "a_very_long_name_of_a_column_that_has_more_than_sixty_three_bytes_in_it" INT,
    "xmin" INT);
CREATE TABLE left_out (a INT);
CREATE VIEW seen AS SELECT id FROM parent;
CREATE VIEW blind AS SELECT * FROM nowhere;
CREATE TRIGGER touch AFTER INSERT ON parent BEGIN SELECT 1; END;

-- for tables that the target holds already
CREATE TABLE empty (id INTEGER PRIMARY KEY, n INT NOT NULL, t VARCHAR(3));
CREATE TABLE fits (id INTEGER PRIMARY KEY, n INT NOT NULL, t VARCHAR(3));
INSERT INTO fits VALUES (1, 1, 'abc'), (2, 40000, 'abcd'), (3, 3, 'abc  ');
