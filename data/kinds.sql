-- Kinds of tables, and what belongs to them.
CREATE TABLE plain (id INTEGER PRIMARY KEY, v TEXT);
CREATE TABLE desckey (id INTEGER PRIMARY KEY DESC, v TEXT);
CREATE TABLE without (k TEXT PRIMARY KEY, v INT) WITHOUT ROWID;
CREATE TABLE stricttable (id INTEGER PRIMARY KEY, a ANY, t TEXT) STRICT;
CREATE TABLE generated (a INT, v INT AS (a * 2) VIRTUAL, s INT GENERATED ALWAYS AS (a * 3) STORED);
CREATE TABLE untyped (a, b, c);
CREATE VIEW goodview AS SELECT id, v AS text FROM plain;
CREATE VIEW badview AS SELECT * FROM missing;
CREATE VIEW appview AS SELECT my_function(id) AS f FROM plain;
CREATE VIRTUAL TABLE search USING fts5(title, body);
CREATE VIRTUAL TABLE oldsearch USING fts4(title, body);
CREATE VIRTUAL TABLE box USING rtree(id, minX, maxX);
-- no shadow tables, though their names look like it
CREATE TABLE plain_content (x INT);
CREATE TABLE search_results (x INT);
INSERT INTO plain VALUES (1, 'one'), (2, 'two');
INSERT INTO without VALUES ('k', 1);
INSERT INTO generated (a) VALUES (7);
INSERT INTO search VALUES ('t', 'b');
INSERT INTO box VALUES (1, -1.5, 2.5);
-- a virtual table whose module the library lacks
-- (newer shells are in defensive mode)
.dbconfig defensive off
PRAGMA writable_schema = ON;
INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES
    ('table', 'absent', 'absent', 0, 'CREATE VIRTUAL TABLE absent USING no_such_module(x)');
PRAGMA writable_schema = RESET;
