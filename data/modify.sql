-- Tables that are written: all kinds of keys, defaults, constraints, triggers.
CREATE TABLE member (id INTEGER PRIMARY KEY, name TEXT DEFAULT 'nobody', points INTEGER NOT NULL DEFAULT 7,
  score REAL, twice INTEGER GENERATED ALWAYS AS (points * 2), email TEXT UNIQUE, CHECK (points < 1000));
CREATE TABLE plain (x TEXT, y INTEGER);
CREATE TABLE routed (x TEXT, y INTEGER DEFAULT 99);
CREATE TABLE pair (a TEXT, b INTEGER, v TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE nocase (k TEXT COLLATE NOCASE, v INTEGER, PRIMARY KEY (k COLLATE BINARY)) WITHOUT ROWID;
CREATE TABLE bytes (k BLOB PRIMARY KEY, v TEXT) WITHOUT ROWID;
CREATE TABLE hidden (rowid TEXT, oid TEXT, _rowid_ TEXT);
CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
CREATE TABLE mixed (id INTEGER PRIMARY KEY, n INTEGER, t TEXT);
CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id) ON DELETE CASCADE,
  later INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE stamped (id INTEGER PRIMARY KEY, v TEXT, changed TEXT);
CREATE TRIGGER stamp AFTER UPDATE OF v ON stamped BEGIN UPDATE stamped SET changed = 'by trigger' WHERE id = new.id; END;
CREATE TRIGGER refuse BEFORE INSERT ON stamped WHEN new.v = 'bad' BEGIN SELECT RAISE(ABORT, 'bad is refused'); END;
CREATE TRIGGER ignore BEFORE INSERT ON stamped WHEN new.v = 'none' BEGIN SELECT RAISE(IGNORE); END;
CREATE VIEW members AS SELECT id, name FROM member;
CREATE VIRTUAL TABLE texts USING fts5 (x);
INSERT INTO member (name, points, score, email) VALUES ('Ann', 1, 1.5, 'ann@x'), ('Bob', 2, 2.5, 'bob@x'), ('Cyd', 3, NULL, NULL);
INSERT INTO plain VALUES ('p', 1), ('q', 2), ('q', 2);
INSERT INTO pair VALUES ('a', 1, 'x'), ('a', 2, 'y'), ('b', 1, 'z');
INSERT INTO nocase VALUES ('Abc', 1), ('ABC', 2), ('def', 3);
INSERT INTO bytes VALUES (x'00', 'nul'), (x'ff', 'ff'), ('ff', 'text'), (5, 'five');
INSERT INTO hidden VALUES ('1', '2', '3');
INSERT INTO counted (v) VALUES ('a'), ('b'), ('c');
INSERT INTO mixed VALUES (1, 5, '5'), (2, 'five', 'five'), (3, 6, 'six'), (-4, 5, NULL), (9223372036854775807, 5, 'max');
INSERT INTO parent VALUES (1, 'p1'), (2, 'p2');
INSERT INTO child VALUES (1, 1, 1), (2, 2, 2);
INSERT INTO stamped VALUES (1, 'one', NULL);
