-- for sql/pushdown.sql: keys of every kind
CREATE TABLE person(id INTEGER PRIMARY KEY, email TEXT UNIQUE, nick TEXT COLLATE NOCASE, age INT, balance REAL, price DECIMAL(10,2), tag, born DATE, active BOOLEAN);
CREATE INDEX person_nick ON person(nick);
CREATE INDEX person_age ON person(age);
CREATE INDEX person_price ON person(price);
CREATE INDEX person_tag ON person(tag);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
INSERT INTO person SELECT i, 'p' || i || '@example.org', 'Nick' || (i % 100), i % 90, i / 8.0, i / 100.0, i % 50, '2000-01-01', i % 2 FROM n;
INSERT INTO person VALUES (6001, CAST('p6001@example.org' AS BLOB), 'nick7', NULL, NULL, NULL, '7', NULL, 1);
CREATE TABLE line(doc INT, pos INT, article TEXT, PRIMARY KEY (doc, pos)) WITHOUT ROWID;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
INSERT INTO line SELECT i / 4, i % 4, 'article ' || i FROM n;
CREATE TABLE log(message TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
INSERT INTO log SELECT 'message ' || i FROM n;
CREATE VIEW adults AS SELECT * FROM person WHERE age >= 18;
