-- The working store of a project that collects the offices of members of
-- parliament, as SQLAlchemy makes and fills it.  PostgreSQL holds the members
-- and, in the end, the offices.
PRAGMA journal_mode = WAL;
CREATE TABLE members (
	bioguideid VARCHAR NOT NULL,
	currentmember BOOLEAN NOT NULL,
	officialwebsiteurl TEXT,
	name TEXT,
	state VARCHAR(2),
	PRIMARY KEY (bioguideid)
);
CREATE TABLE members_contact (
	bioguideid VARCHAR NOT NULL,
	contact_page TEXT NOT NULL,
	PRIMARY KEY (bioguideid),
	FOREIGN KEY(bioguideid) REFERENCES members (bioguideid) ON DELETE CASCADE
);
CREATE TABLE extractions (
	id INTEGER NOT NULL,
	bioguide_id VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	extraction_timestamp INTEGER NOT NULL,
	validation_timestamp INTEGER,
	source_url TEXT,
	priority INTEGER,
	error_message TEXT,
	retry_count INTEGER,
	created_at DATETIME,
	updated_at DATETIME,
	PRIMARY KEY (id),
	FOREIGN KEY(bioguide_id) REFERENCES members (bioguideid)
);
CREATE TABLE artifacts (
	id INTEGER NOT NULL,
	extraction_id INTEGER NOT NULL,
	artifact_type VARCHAR NOT NULL,
	filename TEXT NOT NULL,
	content BLOB NOT NULL,
	content_type VARCHAR,
	file_size INTEGER,
	compressed BOOLEAN,
	created_at DATETIME,
	PRIMARY KEY (id),
	FOREIGN KEY(extraction_id) REFERENCES extractions (id) ON DELETE CASCADE
);
CREATE TABLE validated_offices (
	office_id VARCHAR NOT NULL,
	bioguide_id VARCHAR NOT NULL,
	address TEXT,
	suite TEXT,
	building TEXT,
	city TEXT,
	state VARCHAR(2),
	zip VARCHAR(10),
	phone VARCHAR(20),
	fax VARCHAR(20),
	hours TEXT,
	validated_at DATETIME,
	synced_to_upstream BOOLEAN,
	synced_at DATETIME,
	PRIMARY KEY (office_id),
	FOREIGN KEY(bioguide_id) REFERENCES members (bioguideid)
);
CREATE INDEX ix_validated_offices_synced ON validated_offices (synced_to_upstream);

INSERT INTO members VALUES
	('A000001', 1, 'https://adams.example', 'Ada Adams', 'TX'),
	('B000002', 1, NULL, 'Old Name', 'NY'),
	('Z000009', 0, NULL, 'Retired Member', 'CA');
INSERT INTO members_contact VALUES ('A000001', 'https://adams.example/contact');
INSERT INTO extractions VALUES
	(1, 'A000001', 'completed', 1735732800, 1735736400, 'https://adams.example/contact', 0, NULL, 0,
	 '2025-01-01 12:00:00.000000', '2025-01-01 13:00:00.250000'),
	(2, 'B000002', 'failed', 1735819200, NULL, NULL, 5, 'timeout after 30 s', 3,
	 '2025-01-02 12:00:00.000000', '2025-01-02 12:00:30.000000');
INSERT INTO artifacts VALUES
	(1, 1, 'html', 'empty.html', x'', 'text/html', 0, 0, '2025-01-01 12:00:01.000000'),
	(2, 1, 'html', 'page.html', CAST('<p>Büro</p>' AS BLOB), 'text/html', 12, 0, '2025-01-01 12:00:02.500000');
INSERT INTO validated_offices VALUES
	('a-1', 'A000001', '1 Main St', NULL, NULL, 'Austin', 'TX', '78701', '512-555-0100', NULL, '9-5',
	 '2025-01-03 09:00:00.000000', 0, NULL),
	('a-2', 'A000001', '2 Oak Ave', 'Suite 7', 'Court House', 'Waco', 'TX', '76701', '254-555-0101', '254-555-0102', NULL,
	 '2025-01-03 09:30:00.123456', NULL, NULL),
	('b-1', 'B000002', '3 Broadway', NULL, NULL, 'Albany', 'NY', '12201', NULL, NULL, NULL,
	 '2025-01-02 08:00:00.000000', 1, '2025-01-02 20:00:00.000000');
