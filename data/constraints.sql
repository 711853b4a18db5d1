-- Constraints, defaults, generated columns, indexes and keys of every kind.
PRAGMA foreign_keys = off;

-- DEFAULT: literals, words, moments, expressions
CREATE TABLE defaults (
  id INTEGER PRIMARY KEY,
  quoted_number INTEGER DEFAULT '5',
  number_text TEXT DEFAULT 5,
  real_text TEXT DEFAULT 1.5,
  null_text TEXT DEFAULT 'NULL',
  null_word TEXT DEFAULT NULL,
  dq TEXT DEFAULT "text in quotes",
  word TEXT DEFAULT abc,
  yes BOOLEAN DEFAULT TRUE,
  no BOOLEAN DEFAULT 0,
  wrong INTEGER DEFAULT 'n/a',
  hexadecimal INTEGER DEFAULT 0xff,
  negative REAL DEFAULT -1.5,
  plus NUMERIC DEFAULT +7,
  bytes BLOB DEFAULT x'00ff',
  made DATETIME DEFAULT CURRENT_TIMESTAMP,
  made_call DATETIME DEFAULT (datetime('now')),
  made_text TEXT DEFAULT (datetime('now')),
  day DATE DEFAULT (date('now')),
  clock TIME DEFAULT (time('now')),
  iso TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  epoch INTEGER DEFAULT (strftime('%s', 'now')),
  julian REAL DEFAULT (julianday('now')),
  random_id TEXT DEFAULT (lower(hex(randomblob(16)))),
  sum INTEGER DEFAULT (1 + 1),
  magnitude INTEGER DEFAULT (abs(-5)),
  list JSON DEFAULT (json('[]')),
  list_literal JSON DEFAULT '{}',
  unknown TEXT DEFAULT (no_such_function(1))
);
INSERT INTO defaults (id, wrong, unknown) VALUES (1, 7, '');

-- CHECK: of columns and the table, named or not, kept or broken by the rows
CREATE TABLE checks (
  id INTEGER PRIMARY KEY,
  active BOOLEAN NOT NULL CHECK (active IN (0, 1)),
  age INT CONSTRAINT Age_Positive CHECK (age > 0),
  status TEXT CHECK (status IN ('new', "done")),
  broken INT CONSTRAINT broken CHECK (broken < 10),
  document TEXT CHECK (document IS NULL OR json_valid(document)),
  pattern TEXT CHECK (pattern REGEXP '^[a-z]+$'),
  low INT, high INT,
  CONSTRAINT "Range" CHECK (low <= high -- as they say
  ),
  CHECK (length(status) > 1 AND coalesce(low, 0) >= 0)
);
INSERT INTO checks VALUES (1, 1, 5, 'new', 3, '[]', 'abc', 1, 2);
PRAGMA ignore_check_constraints = on;
INSERT INTO checks VALUES (2, 0, NULL, 'done', 30, NULL, NULL, NULL, 2), (3, 0, 7, 'new', 40, '{}', NULL, 3, 3);
PRAGMA ignore_check_constraints = off;

-- generated columns
CREATE TABLE item (
  id INTEGER PRIMARY KEY,
  price INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  first TEXT, last TEXT,
  total INTEGER GENERATED ALWAYS AS (price * amount) VIRTUAL,
  twice INTEGER AS (total * 2) STORED,
  name TEXT GENERATED ALWAYS AS (first || ' ' || last) STORED NOT NULL,
  shown TEXT AS (json_patch(json_object('a', first), '{}'))
);
INSERT INTO item (id, price, amount, first, last) VALUES (1, 3, 4, 'a', 'b'), (2, -1, 7, 'x', 'y');

-- COLLATE NOCASE, RTRIM
CREATE TABLE country (
  name TEXT COLLATE NOCASE PRIMARY KEY,
  code TEXT UNIQUE COLLATE NOCASE,
  label TEXT COLLATE RTRIM,
  cased TEXT COLLATE NOCASE,
  UNIQUE (cased COLLATE BINARY),
  UNIQUE (label, code)
);
INSERT INTO country VALUES ('France', 'fr', 'a', 'x'), ('Spain', 'ES', 'b', 'y');
CREATE INDEX country_label ON country (label);
CREATE TABLE city (
  id INTEGER PRIMARY KEY UNIQUE,
  name TEXT,
  country TEXT REFERENCES COUNTRY (Name) DEFERRABLE INITIALLY DEFERRED,
  mayor INT CONSTRAINT city_mayor REFERENCES person ON DELETE SET NULL ON UPDATE CASCADE,
  lost INT REFERENCES nowhere (id),
  bad INT REFERENCES person (absent)
);
INSERT INTO city VALUES (1, 'Paris', 'France', 1, NULL, NULL), (2, 'paris', 'Spain', 2, NULL, NULL);
CREATE TABLE person (
  id INTEGER PRIMARY KEY, first TEXT, last TEXT, boss INT REFERENCES person MATCH FULL,
  email TEXT UNIQUE ON CONFLICT REPLACE,
  CONSTRAINT Full_Name UNIQUE (last, first)
);
INSERT INTO person VALUES (1, 'A', 'B', NULL, 'a@x'), (2, 'A', 'C', 1, 'A@x');
CREATE TABLE visit (
  first TEXT, last TEXT, at DATETIME, city INT,
  CONSTRAINT "Visit PK" PRIMARY KEY (last, first DESC, at),
  FOREIGN KEY (Last, First) REFERENCES Person (last, first) ON UPDATE CASCADE DEFERRABLE,
  FOREIGN KEY (city) REFERENCES city
) WITHOUT ROWID;
INSERT INTO visit VALUES ('A', 'B', '2024-05-06 07:08:09', 1);

-- indexes
CREATE INDEX by_date ON visit (at DESC, city);
CREATE INDEX city_nocase ON city (name COLLATE NOCASE);
CREATE UNIQUE INDEX person_active ON person (email) WHERE boss IS NULL;
CREATE INDEX person_lower ON person (lower(email));
CREATE UNIQUE INDEX item_name ON item (length(name) DESC, id) WHERE price > 0 OR amount = 7;
CREATE INDEX item_bad ON item (json_patch('{}', '{}'), first);

-- truth as texts
CREATE TABLE member (id INTEGER PRIMARY KEY, name VARCHAR, active BOOLEAN DEFAULT 't' NOT NULL, flag BOOLEAN CHECK (flag = 'yes' OR flag IS NULL OR flag <> 'maybe'), mixed BOOLEAN CHECK (mixed <> 'x'));
INSERT INTO member VALUES (1, 'a', 't', 'yes', 't'), (2, 'b', 'f', 'no', 1), (3, 'c', 't', NULL, 'f');
CREATE UNIQUE INDEX member_name ON member (name) WHERE active = 't';
CREATE INDEX member_flag ON member (id) WHERE flag IN ('no') AND active IS NOT 'f';

-- no value shows how the texts of dates and truth values look
CREATE TABLE future (id INTEGER PRIMARY KEY, at DATETIME CHECK (at LIKE '%Z'), day DATE CHECK (length(day) = 10), due DATETIME CHECK (due >= '2000-01-01' AND due < at), done BOOLEAN CHECK (done = 't' OR done = 1),
    code UUID CHECK (code GLOB '*-*'), wake DATETIME CHECK (wake <> '2000-01-01'), month TEXT AS (substr(at, 1, 7)));
CREATE INDEX future_day ON future (substr(day, 1, 4));
CREATE TRIGGER future_kept AFTER UPDATE ON future BEGIN INSERT INTO guarded (id, n) VALUES (NEW.id, 1); END;
CREATE TRIGGER future_text AFTER INSERT ON future BEGIN INSERT INTO member (name) VALUES (NEW.at); END;

-- what PostgreSQL does at another time
CREATE TABLE balance (id INTEGER PRIMARY KEY, n INTEGER NOT NULL);
CREATE TABLE guarded (id INTEGER PRIMARY KEY, balance INTEGER, n INTEGER, first INTEGER);
CREATE TRIGGER guarded_check BEFORE INSERT ON guarded WHEN (SELECT n FROM balance WHERE id = NEW.balance) < NEW.n BEGIN SELECT RAISE(ABORT, 'overdrawn'); END;
CREATE TRIGGER guarded_book AFTER INSERT ON guarded BEGIN UPDATE balance SET n = n - NEW.n WHERE id = NEW.balance; END;
CREATE TRIGGER guarded_first AFTER UPDATE OF first ON guarded WHEN NEW.first = 1 BEGIN UPDATE guarded SET first = 0 WHERE id <> NEW.id; END;
CREATE TRIGGER guarded_a AFTER DELETE ON guarded BEGIN UPDATE balance SET n = 1 WHERE id = OLD.id; END;
CREATE TRIGGER guarded_b AFTER DELETE ON guarded BEGIN UPDATE balance SET n = n * 2 WHERE id = OLD.id; END;

-- virtual tables
CREATE TABLE post (id INTEGER PRIMARY KEY, title TEXT, body TEXT);
INSERT INTO post VALUES (1, 'Alpha', 'first words'), (7, 'Beta', 'second words');
CREATE VIRTUAL TABLE post_fts USING fts5(title, body, content='post', content_rowid='id', tokenize = 'porter');
INSERT INTO post_fts (rowid, title, body) SELECT id, title, body FROM post;
CREATE VIRTUAL TABLE note USING fts5(subject, body, tag UNINDEXED, prefix='2 3');
INSERT INTO note (rowid, subject, body, tag) VALUES (3, 'Green', 'running dogs', 'x1'), (9, 'Blue', NULL, 'x2');
CREATE VIRTUAL TABLE mail USING fts4(subject, body, notindexed=body, tokenize=porter);
INSERT INTO mail (docid, subject, body) VALUES (5, 'Hello', '12');
CREATE VIRTUAL TABLE words USING fts5(text, content='');
INSERT INTO words (rowid, text) VALUES (1, 'gone');
CREATE VIRTUAL TABLE area USING rtree(id, minX, maxX, minY, maxY, +name TEXT);
INSERT INTO area VALUES (1, -1.5, 2.5, 0, 1, 'north'), (4, 1, 2, 3, 4, 'south');
CREATE VIRTUAL TABLE area_i USING rtree_i32(id, lo, hi);
INSERT INTO area_i VALUES (2, -5, 5);
.dbconfig defensive off
PRAGMA writable_schema = ON;
INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES
    ('table', 'vectors', 'vectors', 0, 'CREATE VIRTUAL TABLE vectors USING vec0(x)');
PRAGMA writable_schema = RESET;
