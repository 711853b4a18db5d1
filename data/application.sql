-- A made-up application whose tables hold the CHECKs and triggers that SQLite
-- applications have: stamps, audit trails, counters, guards, views that take
-- writes.  t/017_triggers.pl applies random statements to it on both sides.
-- Columns named "stamp" hold the present moment and are not compared.
PRAGMA foreign_keys = ON;

-- ---------------------------------------------------------------- people
CREATE TABLE person (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 12),
	email TEXT UNIQUE CHECK (email IS NULL OR email LIKE '%_@_%.__%'),
	age INTEGER CHECK (age >= 0 AND age < 130),
	active BOOLEAN NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
	admin BOOLEAN NOT NULL DEFAULT 0 CHECK (admin = 0 OR active = 1),
	role TEXT NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'editor', 'owner')),
	born DATE CHECK (born > '1900-01-01'),
	created DATETIME NOT NULL DEFAULT '2024-01-01 00:00:00',
	changed DATETIME CHECK (changed >= created OR changed IS NULL),
	code TEXT CHECK (code GLOB '[A-Z][A-Z]*'),
	nick TEXT COLLATE NOCASE UNIQUE CHECK (nick <> 'ROOT'),
	score REAL NOT NULL DEFAULT 0.0 CHECK (score BETWEEN -100 AND 100.5),
	stamp DATETIME,
	posts INTEGER NOT NULL DEFAULT 0,
	CONSTRAINT owner_has_email CHECK (NOT (role = 'owner' AND email IS NULL)),
	CHECK (born IS NULL OR date(born) <= date(created))
);

-- ---------------------------------------------------------------- shop
CREATE TABLE product (
	sku TEXT PRIMARY KEY NOT NULL CHECK (sku == upper(sku) AND length(sku) > 1),
	title TEXT NOT NULL CHECK (trim(title) <> ''),
	price NUMERIC(10,2) NOT NULL CHECK (price > 0),
	cost DECIMAL(10,2) CHECK (cost IS NULL OR cost <= price),
	stock INTEGER NOT NULL DEFAULT 0 CHECK (stock >= 0 AND stock % 1 = 0),
	discount REAL CHECK (discount IS NULL OR (discount >= 0.0 AND discount < 1)),
	tags TEXT CHECK (tags IS NULL OR json_valid(tags)),
	weight REAL CHECK (weight / 2 < 50),
	size TEXT CHECK (size IN ('S', 'M', 'L') OR size ISNULL),
	sold INTEGER NOT NULL DEFAULT 0,
	kind TEXT AS (CASE WHEN price >= 100 THEN 'dear' WHEN price >= 10 THEN 'middle' ELSE 'cheap' END) STORED,
	CHECK (coalesce(discount, 0) * price < 90),
	CHECK (stock < 1000 OR size IS NOT NULL)
);

CREATE TABLE "order" (
	id INTEGER PRIMARY KEY,
	person_id INTEGER NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid', 'sent', 'void')),
	placed DATETIME NOT NULL DEFAULT '2024-02-01 10:00:00' CHECK (strftime('%Y', placed) >= '2000'),
	paid DATETIME,
	total NUMERIC NOT NULL DEFAULT 0 CHECK (total >= 0),
	note TEXT CHECK (note NOT LIKE '%<script%'),
	ref TEXT CHECK (ref IS NULL OR substr(ref, 1, 2) = 'R-'),
	lines INTEGER NOT NULL DEFAULT 0,
	CHECK (CASE state WHEN 'paid' THEN paid IS NOT NULL WHEN 'open' THEN paid IS NULL ELSE 1 END)
);

CREATE TABLE order_line (
	order_id INTEGER NOT NULL REFERENCES "order" (id) ON DELETE CASCADE,
	line INTEGER NOT NULL CHECK (line > 0),
	sku TEXT NOT NULL REFERENCES product (sku),
	quantity INTEGER NOT NULL DEFAULT 1 CHECK (quantity BETWEEN 1 AND 99),
	price NUMERIC(10,2),
	PRIMARY KEY (order_id, line)
) WITHOUT ROWID;

-- ---------------------------------------------------------------- calendar, numbers
CREATE TABLE booking (
	id INTEGER PRIMARY KEY,
	room TEXT NOT NULL COLLATE NOCASE CHECK (room IN ('red', 'blue', 'Green')),
	begins DATETIME NOT NULL,
	ends DATETIME NOT NULL,
	day DATE,
	seats INTEGER CHECK (seats & 1 = 0 OR seats > 10),
	share REAL CHECK (abs(share) <= 1.0),
	flag BOOLEAN CHECK (flag IS NOT 1 OR seats IS NOT NULL),
	hash BLOB CHECK (length(hash) = 4 OR hash IS NULL),
	key TEXT CHECK (length(key) - length(replace(key, '-', '')) = 1),
	level INTEGER DEFAULT 3 CHECK (level BETWEEN 1 AND 5),
	CHECK (begins < ends),
	CHECK (day IS NULL OR day BETWEEN '2020-01-01' AND '2030-12-31'),
	CHECK ((flag AND level > 2) OR NOT flag OR flag IS NULL),
	CHECK (instr(room, ' ') = 0),
	CHECK (ifnull(seats, 0) + level < 120),
	CHECK (max(level, ifnull(seats, 0)) >= 1),
	UNIQUE (room, begins)
);

CREATE TABLE setting (
	name TEXT PRIMARY KEY NOT NULL CHECK (name NOT GLOB '*[^a-z_]*'),
	value TEXT,
	number INTEGER CHECK (number > 0 OR number < -10 OR number = 0),
	version INTEGER NOT NULL DEFAULT 1,
	CHECK (value IS NOT NULL OR number IS NOT NULL),
	CHECK (value || '' <> 'null'),
	CHECK (lower(name) = name),
	CHECK (typeof(value) IN ('text', 'null'))
);

-- ---------------------------------------------------------------- what triggers write
CREATE TABLE audit (id INTEGER PRIMARY KEY, what TEXT NOT NULL, who TEXT, old_value TEXT, new_value TEXT);
CREATE TABLE counter (name TEXT PRIMARY KEY NOT NULL, n INTEGER NOT NULL DEFAULT 0);
CREATE TABLE latest (room TEXT PRIMARY KEY NOT NULL COLLATE NOCASE, begins TEXT, times INTEGER NOT NULL DEFAULT 1);
CREATE TABLE node (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES node (id) ON DELETE SET NULL, depth INTEGER NOT NULL DEFAULT 0, name TEXT, children INTEGER NOT NULL DEFAULT 0);
CREATE TABLE post (id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person (id) ON DELETE CASCADE, title TEXT NOT NULL, body TEXT, slug TEXT, words INTEGER, hidden BOOLEAN NOT NULL DEFAULT 0, edited INTEGER NOT NULL DEFAULT 0);
CREATE TABLE trash (id INTEGER PRIMARY KEY, title TEXT, body TEXT);
CREATE TABLE ticket (id INTEGER PRIMARY KEY, state TEXT NOT NULL, points INTEGER, locked BOOLEAN NOT NULL DEFAULT 0, history TEXT NOT NULL DEFAULT '', stamp DATETIME);
CREATE TABLE account (id INTEGER PRIMARY KEY, owner TEXT NOT NULL UNIQUE, balance NUMERIC NOT NULL DEFAULT 0, hold REAL NOT NULL DEFAULT 0);
CREATE TABLE transfer (id INTEGER PRIMARY KEY, source INTEGER NOT NULL, target INTEGER NOT NULL, amount NUMERIC NOT NULL);

CREATE VIRTUAL TABLE post_search USING fts5 (title, body, content = 'post', content_rowid = 'id');
CREATE VIEW customer AS SELECT p.id, p.name, p.email, count(o.id) AS orders FROM person p LEFT JOIN "order" o ON o.person_id = p.id GROUP BY p.id, p.name, p.email;
CREATE VIEW open_ticket AS SELECT id, state, points FROM ticket WHERE state <> 'closed';
CREATE VIEW pair AS SELECT name, n FROM counter;

INSERT INTO counter (name, n) VALUES ('person', 2), ('order', 1), ('post', 0);
INSERT INTO person (name, email, age, born, code, nick, score) VALUES ('Ann', 'ann@example.org', 31, '1992-03-04', 'AB1', 'annie', 1.5), ('Bob', NULL, NULL, NULL, NULL, NULL, 0);
INSERT INTO product (sku, title, price, cost, stock, discount, tags, weight, size) VALUES
	('AX1', 'axe', 19.5, 10, 20, 0.1, '["tool"]', 2.5, 'M'), ('BK2', 'book', 7, NULL, 100, NULL, '[]', 0.5, NULL), ('CR3', 'car', 150, 100.25, 3, NULL, NULL, 90.0, 'L');
INSERT INTO "order" (id, person_id, note) VALUES (1, 1, 'first');
INSERT INTO order_line VALUES (1, 1, 'AX1', 2, 19.5);
INSERT INTO booking (id, room, begins, ends, day, seats, share, flag, hash, key, level) VALUES (1, 'Red', '2024-05-01 10:00:00', '2024-05-01 11:30:00', '2024-05-01', 4, 0.25, 1, x'01020304', 'a-b', 4);
INSERT INTO setting VALUES ('theme', 'dark', NULL, 1), ('limit_rows', NULL, 100, 1);
INSERT INTO node (id, parent, depth, name, children) VALUES (1, NULL, 0, 'root', 1), (2, 1, 1, 'leaf', 0);
INSERT INTO post (id, person_id, title, body, slug, words) VALUES (1, 1, 'Hello', 'hello world', 'hello', 2);
INSERT INTO post_search (rowid, title, body) VALUES (1, 'Hello', 'hello world');
INSERT INTO ticket (id, state, points, stamp) VALUES (1, 'new', 3, '2024-01-01 00:00:00'), (2, 'closed', NULL, NULL);
INSERT INTO account VALUES (1, 'ann', 100, 0.0), (2, 'bob', 50.5, 0.0);

-- ---------------------------------------------------------------- triggers
-- stamps
CREATE TRIGGER person_stamp AFTER UPDATE OF name, email, role ON person
BEGIN
	UPDATE person SET stamp = CURRENT_TIMESTAMP WHERE id = NEW.id;
END;
CREATE TRIGGER ticket_stamp_insert AFTER INSERT ON ticket FOR EACH ROW WHEN NEW.stamp IS NULL
BEGIN
	UPDATE ticket SET stamp = datetime('now') WHERE id = NEW.id;
END;

-- counters
CREATE TRIGGER person_count_insert AFTER INSERT ON person BEGIN UPDATE counter SET n = n + 1 WHERE name = 'person'; END;
CREATE TRIGGER person_count_delete AFTER DELETE ON person BEGIN UPDATE counter SET n = n - 1 WHERE name = 'person'; END;
CREATE TRIGGER order_count AFTER INSERT ON "order" BEGIN
	INSERT INTO counter (name, n) VALUES ('order', 1) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n;
END;
CREATE TRIGGER post_count_insert AFTER INSERT ON post WHEN NEW.person_id IS NOT NULL BEGIN
	UPDATE person SET posts = (SELECT count(*) FROM post WHERE person_id = NEW.person_id) WHERE id = NEW.person_id;
END;
CREATE TRIGGER post_count_delete AFTER DELETE ON post BEGIN
	UPDATE person SET posts = posts - 1 WHERE id = OLD.person_id AND posts > 0;
END;

-- audit
CREATE TRIGGER person_audit AFTER UPDATE OF role, active, score ON person WHEN OLD.role <> NEW.role OR OLD.active IS NOT NEW.active OR OLD.score != NEW.score
BEGIN
	INSERT INTO audit (what, who, old_value, new_value) VALUES ('person', NEW.name, OLD.role || '/' || OLD.active, NEW.role || '/' || NEW.active);
END;
CREATE TRIGGER setting_audit AFTER UPDATE ON setting WHEN NEW.value IS NOT OLD.value
BEGIN
	INSERT INTO audit (what, who, old_value, new_value) SELECT 'setting', NEW.name, OLD.value, NEW.value;
	UPDATE setting SET version = OLD.version + 1 WHERE name = NEW.name;
END;
CREATE TRIGGER setting_gone BEFORE DELETE ON setting
BEGIN
	INSERT INTO audit (what, who, old_value) VALUES ('gone', OLD.name, coalesce(OLD.value, OLD.number));
END;
CREATE TRIGGER product_price AFTER UPDATE OF price ON product WHEN NEW.price > OLD.price * 1.5
BEGIN
	INSERT INTO audit (what, who, new_value) VALUES ('price', NEW.sku, CASE WHEN NEW.price >= 2 * OLD.price THEN 'doubled' ELSE 'up' END);
END;

-- guards
CREATE TRIGGER order_no_reopen BEFORE UPDATE OF state ON "order" WHEN OLD.state = 'void' AND NEW.state <> 'void'
BEGIN
	SELECT RAISE(ABORT, 'a void order stays void');
END;
CREATE TRIGGER order_line_stock BEFORE INSERT ON order_line
BEGIN
	SELECT RAISE(ABORT, 'not enough in stock') WHERE (SELECT stock FROM product WHERE sku = NEW.sku) < NEW.quantity;
END;
CREATE TRIGGER order_line_take AFTER INSERT ON order_line
BEGIN
	UPDATE product SET stock = stock - NEW.quantity, sold = sold + NEW.quantity WHERE sku = NEW.sku;
	UPDATE "order" SET lines = lines + 1, total = total + NEW.quantity * ifnull(NEW.price, (SELECT price FROM product WHERE sku = NEW.sku)) WHERE id = NEW.order_id;
END;
CREATE TRIGGER order_line_give AFTER DELETE ON order_line
BEGIN
	UPDATE product SET stock = stock + OLD.quantity WHERE sku = OLD.sku;
	UPDATE "order" SET lines = lines - 1 WHERE id = OLD.order_id;
END;
CREATE TRIGGER person_owner_stays BEFORE DELETE ON person WHEN OLD.role = 'owner'
BEGIN
	SELECT RAISE(FAIL, 'an owner stays');
END;
CREATE TRIGGER person_email_format BEFORE INSERT ON person
BEGIN
	SELECT CASE WHEN NEW.email NOT LIKE '%.org' AND NEW.email IS NOT NULL THEN RAISE(ABORT, 'only .org') END;
END;
CREATE TRIGGER booking_overlap BEFORE INSERT ON booking
WHEN EXISTS (SELECT 1 FROM booking b WHERE b.room = NEW.room AND b.begins < NEW.ends AND NEW.begins < b.ends)
BEGIN
	SELECT RAISE(ROLLBACK, 'the room is taken');
END;
CREATE TRIGGER booking_silent BEFORE UPDATE ON booking WHEN OLD.level = 5
BEGIN
	SELECT RAISE(IGNORE);
END;
CREATE TRIGGER ticket_locked BEFORE UPDATE ON ticket WHEN OLD.locked AND NEW.locked
BEGIN
	SELECT RAISE(ABORT, 'locked');
END;
CREATE TRIGGER ticket_delete BEFORE DELETE ON ticket WHEN OLD.points > 5
BEGIN
	SELECT RAISE(IGNORE);
END;

-- upsert, OR REPLACE, OR IGNORE
CREATE TRIGGER booking_latest AFTER INSERT ON booking
BEGIN
	INSERT INTO latest (room, begins) VALUES (NEW.room, NEW.begins)
		ON CONFLICT (room) DO UPDATE SET begins = excluded.begins, times = times + 1 WHERE excluded.begins > latest.begins;
END;
CREATE TRIGGER account_replace AFTER INSERT ON account
BEGIN
	INSERT OR REPLACE INTO counter (name, n) VALUES ('account', (SELECT count(*) FROM account));
END;
CREATE TRIGGER account_ignore AFTER UPDATE OF owner ON account
BEGIN
	INSERT OR IGNORE INTO counter (name) VALUES (lower(NEW.owner));
END;

-- money
CREATE TRIGGER transfer_check BEFORE INSERT ON transfer
BEGIN
	SELECT CASE
		WHEN NEW.amount <= 0 THEN RAISE(ABORT, 'amount must be positive')
		WHEN NEW.source = NEW.target THEN RAISE(ABORT, 'same account')
		WHEN (SELECT balance - hold FROM account WHERE id = NEW.source) < NEW.amount THEN RAISE(ABORT, 'not covered')
		WHEN NOT EXISTS (SELECT * FROM account WHERE id = NEW.target) THEN RAISE(ABORT, 'no such account')
	END;
END;
CREATE TRIGGER transfer_do AFTER INSERT ON transfer
BEGIN
	UPDATE account SET balance = balance - NEW.amount WHERE id = NEW.source;
	UPDATE account SET balance = balance + NEW.amount WHERE id = NEW.target;
END;

-- a tree, and triggers that change their own table
CREATE TRIGGER node_depth AFTER INSERT ON node WHEN NEW.parent IS NOT NULL
BEGIN
	UPDATE node SET depth = (SELECT depth + 1 FROM node WHERE id = NEW.parent) WHERE id = NEW.id;
	UPDATE node SET children = children + 1 WHERE id = NEW.parent;
END;
CREATE TRIGGER node_rename AFTER UPDATE OF name ON node
BEGIN
	UPDATE node SET name = upper(NEW.name) WHERE parent = NEW.id AND name IS NOT NULL;
END;
CREATE TRIGGER post_edited AFTER UPDATE OF title, body ON post
BEGIN
	UPDATE post SET edited = edited + 1, title = trim(title) WHERE id = NEW.id;
END;
CREATE TRIGGER post_slug AFTER INSERT ON post
BEGIN
	UPDATE post SET slug = lower(replace(NEW.title, ' ', '-')), words = length(NEW.body) - length(replace(NEW.body, ' ', '')) + 1 WHERE id = NEW.id;
END;
CREATE TRIGGER post_trash AFTER DELETE ON post
BEGIN
	INSERT INTO trash (title, body) VALUES (OLD.title, substr(OLD.body, 1, 5));
	DELETE FROM trash WHERE title = '' AND body IS NULL;
END;
CREATE TRIGGER ticket_history AFTER UPDATE OF state ON ticket WHEN NEW.state <> OLD.state
BEGIN
	UPDATE ticket SET history = history || OLD.state || '>' || NEW.state || ';' WHERE rowid = NEW.rowid;
END;

-- full-text search kept in step
CREATE TRIGGER post_search_insert AFTER INSERT ON post BEGIN
	INSERT INTO post_search (rowid, title, body) VALUES (NEW.id, NEW.title, NEW.body);
END;
CREATE TRIGGER post_search_delete AFTER DELETE ON post BEGIN
	INSERT INTO post_search (post_search, rowid, title, body) VALUES ('delete', OLD.id, OLD.title, OLD.body);
END;
CREATE TRIGGER post_search_update AFTER UPDATE ON post BEGIN
	INSERT INTO post_search (post_search, rowid, title, body) VALUES ('delete', OLD.id, OLD.title, OLD.body);
	INSERT INTO post_search (rowid, title, body) VALUES (NEW.id, NEW.title, NEW.body);
END;

-- views that take writes
CREATE TRIGGER customer_insert INSTEAD OF INSERT ON customer
BEGIN
	INSERT INTO person (id, name, email) VALUES ((SELECT coalesce(max(id), 0) + 1 FROM person), NEW.name, NEW.email);
	INSERT INTO audit (what, who) VALUES ('customer', NEW.name);
END;
CREATE TRIGGER customer_update INSTEAD OF UPDATE OF name, email ON customer
BEGIN
	UPDATE person SET name = NEW.name, email = NEW.email WHERE id = OLD.id;
END;
CREATE TRIGGER customer_delete INSTEAD OF DELETE ON customer WHEN OLD.orders = 0
BEGIN
	DELETE FROM person WHERE id = OLD.id;
END;
CREATE TRIGGER open_ticket_update INSTEAD OF UPDATE ON open_ticket
BEGIN
	UPDATE ticket SET state = NEW.state, points = NEW.points + 1 WHERE id = OLD.id;
END;
CREATE TRIGGER pair_insert INSTEAD OF INSERT ON pair
BEGIN
	INSERT OR REPLACE INTO counter VALUES (NEW.name, NEW.n);
END;
