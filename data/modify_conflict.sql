-- Tables for rows whose key is there already.
CREATE TABLE member (id INTEGER PRIMARY KEY, name TEXT, email TEXT UNIQUE, note TEXT DEFAULT 'none');
CREATE TABLE pair (a TEXT, b INTEGER, v TEXT, w TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE code (code TEXT PRIMARY KEY, n INTEGER);
CREATE TABLE coded (id INTEGER PRIMARY KEY, code TEXT UNIQUE, n INTEGER);
CREATE TABLE keyless (x TEXT, y INTEGER);
CREATE TABLE owner (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE pet (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES owner (id) ON DELETE CASCADE);
INSERT INTO member VALUES (1, 'Ann', 'ann@x', 'first'), (2, 'Bob', 'bob@x', 'second');
INSERT INTO pair VALUES ('a', 1, 'v', 'w'), ('a', 2, 'v', 'w');
INSERT INTO code VALUES ('x', 1), ('y', 2);
INSERT INTO coded VALUES (10, 'x', 1), (20, 'y', 2);
INSERT INTO owner VALUES (1, 'Ann');
INSERT INTO pet VALUES (1, 1);
