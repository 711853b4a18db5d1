-- small.sql: a small file as applications have them, for the sqlite3 shell
--
-- A music shop of 11 tables, 15,600 rows, 11 foreign keys and 11 indexes:
-- about the size and shape of the well-known sample database Chinook, which
-- the benchmark takes instead if it has it.

BEGIN;
CREATE TABLE artist (artist_id INTEGER PRIMARY KEY, name NVARCHAR(120));
CREATE TABLE album (album_id INTEGER PRIMARY KEY, title NVARCHAR(160) NOT NULL,
	artist_id INTEGER NOT NULL REFERENCES artist ON DELETE NO ACTION);
CREATE TABLE genre (genre_id INTEGER PRIMARY KEY, name NVARCHAR(120));
CREATE TABLE medium (medium_id INTEGER PRIMARY KEY, name NVARCHAR(120));
CREATE TABLE employee (employee_id INTEGER PRIMARY KEY,
	name NVARCHAR(60) NOT NULL, title NVARCHAR(30),
	reports_to INTEGER REFERENCES employee, hired DATETIME, email TEXT);
CREATE TABLE customer (customer_id INTEGER PRIMARY KEY,
	name NVARCHAR(60) NOT NULL, city NVARCHAR(40), phone NVARCHAR(24),
	email NVARCHAR(60) NOT NULL,
	support_id INTEGER REFERENCES employee (employee_id));
CREATE TABLE track (track_id INTEGER PRIMARY KEY, name NVARCHAR(200) NOT NULL,
	album_id INTEGER REFERENCES album, medium_id INTEGER NOT NULL REFERENCES medium,
	genre_id INTEGER REFERENCES genre, composer NVARCHAR(220),
	milliseconds INTEGER NOT NULL, bytes INTEGER,
	unit_price NUMERIC(10,2) NOT NULL DEFAULT 0.99);
CREATE TABLE playlist (playlist_id INTEGER PRIMARY KEY, name NVARCHAR(120));
CREATE TABLE playlist_track (playlist_id INTEGER NOT NULL REFERENCES playlist,
	track_id INTEGER NOT NULL REFERENCES track,
	PRIMARY KEY (playlist_id, track_id));
CREATE TABLE invoice (invoice_id INTEGER PRIMARY KEY,
	customer_id INTEGER NOT NULL REFERENCES customer,
	invoice_date DATETIME NOT NULL, city NVARCHAR(40),
	total NUMERIC(10,2) NOT NULL CHECK (total >= 0));
CREATE TABLE invoice_line (invoice_line_id INTEGER PRIMARY KEY,
	invoice_id INTEGER NOT NULL REFERENCES invoice,
	track_id INTEGER NOT NULL, unit_price NUMERIC(10,2) NOT NULL,
	quantity INTEGER NOT NULL);
CREATE INDEX album_artist ON album (artist_id);
CREATE INDEX customer_support ON customer (support_id);
CREATE INDEX employee_reports_to ON employee (reports_to);
CREATE INDEX invoice_customer ON invoice (customer_id);
CREATE INDEX invoice_line_invoice ON invoice_line (invoice_id);
CREATE INDEX invoice_line_track ON invoice_line (track_id);
CREATE INDEX playlist_track_track ON playlist_track (track_id);
CREATE INDEX track_album ON track (album_id);
CREATE INDEX track_genre ON track (genre_id);
CREATE INDEX track_medium ON track (medium_id);
CREATE UNIQUE INDEX customer_email ON customer (email);

CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS
	(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8800) SELECT i FROM n;
INSERT INTO artist SELECT i, 'Artist ' || i FROM n WHERE i <= 275;
INSERT INTO album SELECT i, 'Album no. ' || i, i * 37 % 275 + 1 FROM n WHERE i <= 347;
INSERT INTO genre SELECT i, 'Genre ' || i FROM n WHERE i <= 25;
INSERT INTO medium SELECT i, 'Medium ' || i FROM n WHERE i <= 5;
INSERT INTO employee SELECT i, 'Employee ' || i, 'Agent', nullif(i / 2, 0),
	datetime(1000000000 + i * 86400, 'unixepoch'), 'e' || i || '@example.org'
	FROM n WHERE i <= 8;
INSERT INTO customer SELECT i, 'Customer ' || i, 'City ' || i % 30,
	'+49 30 ' || (i * 7919), 'c' || i || '@example.com', i % 8 + 1 FROM n WHERE i <= 59;
INSERT INTO track SELECT i, 'Track no. ' || i, i * 31 % 347 + 1, i % 5 + 1,
	i % 25 + 1, CASE WHEN i % 3 THEN 'Composer ' || i * 17 % 800 END,
	100000 + i * 7919 % 400000, 2000000 + i * 104729 % 9000000,
	CASE WHEN i % 15 THEN 0.99 ELSE 1.99 END FROM n WHERE i <= 3503;
INSERT INTO playlist SELECT i, 'Playlist ' || i FROM n WHERE i <= 18;
INSERT INTO playlist_track SELECT i % 18 + 1, i / 18 * 7 % 3503 + 1
	FROM n WHERE i <= 8715;
INSERT INTO invoice SELECT i, i % 59 + 1,
	datetime(1230768000 + i * 383838, 'unixepoch'), 'City ' || i % 30,
	round(0.99 * (i % 14), 2) FROM n WHERE i <= 412;
INSERT INTO invoice_line SELECT i, i % 412 + 1, i * 13 % 3503 + 1, 0.99, 1
	FROM n WHERE i <= 2240;
COMMIT;
