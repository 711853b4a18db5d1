-- An application's file; the tables of the target exist already.
CREATE TABLE "User" (
    "Id" INTEGER PRIMARY KEY AUTOINCREMENT,
    "userName" TEXT, mail TEXT, tags TEXT, mood TEXT, score REAL, payload TEXT, created TEXT,
    active INTEGER, kind INTEGER, legacy TEXT, total NUMERIC
);
INSERT INTO "User" VALUES
    (3, 'ann', 'ann@example.org', '["a", "b"]', 'happy', 1.5, '{"k": [1, 2]}', '2024-03-05 12:30:15.123456', 1, 7, 'old', 12.34),
    (8, 'bob', 'BOB@example.org', '[]', 'sad', -0.25, 'null', '2024-03-05T12:30:15+02:00', 0, 8, NULL, 0.1);
DELETE FROM "User" WHERE "Id" > 100;
UPDATE sqlite_sequence SET seq = 20 WHERE name = 'User';
-- composite keys, natural keys, no keys
CREATE TABLE price (shop TEXT, item INTEGER, cents INTEGER, PRIMARY KEY (shop, item));
INSERT INTO price VALUES ('a', 1, 100), ('a', 2, 200), ('b', 1, 300);
CREATE TABLE code (code TEXT PRIMARY KEY, label TEXT);
INSERT INTO code VALUES ('de', 'Deutschland'), ('fr', 'France'), ('it', 'Italia');
CREATE TABLE log (line TEXT);
INSERT INTO log VALUES ('one'), ('two');
-- circles of foreign keys
CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT, captain INTEGER REFERENCES player(id));
CREATE TABLE player (id INTEGER PRIMARY KEY, name TEXT, team INTEGER REFERENCES team(id), mentor INTEGER REFERENCES player(id));
CREATE TABLE goal (id INTEGER PRIMARY KEY, player INTEGER REFERENCES player(id));
INSERT INTO team VALUES (1, 'reds', 11), (2, 'blues', 12);
INSERT INTO player VALUES (11, 'ann', 1, 12), (12, 'bob', 2, NULL), (13, 'cid', 2, 13);
INSERT INTO goal VALUES (1, 12), (2, 11);
-- keys that are counted: serial, identity, not called id, empty, none
CREATE TABLE ticket (no INTEGER PRIMARY KEY, text TEXT);
INSERT INTO ticket VALUES (41, 'x'), (42, 'y');
CREATE TABLE empty (id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT);
CREATE TABLE gone (id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT);
INSERT INTO gone VALUES (500, 'x');
DELETE FROM gone;
CREATE TABLE always (id INTEGER PRIMARY KEY, x TEXT);
INSERT INTO always VALUES (5, 'five'), (6, 'six');
