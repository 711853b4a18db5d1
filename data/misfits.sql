-- Values that the declared types do not promise.
CREATE TABLE person (
    id INTEGER PRIMARY KEY, name TEXT, age INT, active BOOLEAN, born DATE,
    uid UUID, doc JSON, price DECIMAL(6,2)
);
INSERT INTO person VALUES
    (1, 'Ann', 41, 1, '1983-04-05', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a": 1}', 12.34),
    (2, 'Bob', 'n/a', 2, '05/04/1983', 'not-a-uuid', '{a: 1}', 12.345),
    (3, 'Cid', 41.5, 'yes', '1983-02-30', x'a0eebc999c0b4ef8bb6d6bb9bd380a11', NULL, 99999),
    (42, 'Dot', '', 'maybe', '', '', '', 'free');
CREATE TABLE bykey (a TEXT, b INT, v INT, PRIMARY KEY (b, a)) WITHOUT ROWID;
INSERT INTO bykey VALUES ('x', 1, 1), ('it''s', 2, 'two');
CREATE VIEW byview AS SELECT age, id FROM person ORDER BY id;
CREATE TABLE badtext (t TEXT);
INSERT INTO badtext VALUES ('fine'), (CAST(x'61ff62' AS TEXT));
CREATE TABLE nultext (t TEXT);
INSERT INTO nultext VALUES (CAST(x'610062' AS TEXT));
