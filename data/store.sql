-- A small web shop as an ORM would write it: the everyday case.
PRAGMA foreign_keys = ON;

CREATE TABLE Country (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) WITHOUT ROWID;

CREATE TABLE Customer (
    CustomerId INTEGER PRIMARY KEY AUTOINCREMENT,
    FirstName VARCHAR(40) NOT NULL,
    Email VARCHAR(255) NOT NULL UNIQUE,
    Active BOOLEAN NOT NULL DEFAULT 1,
    Born DATE,
    CreatedAt DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    Country TEXT DEFAULT 'CH' REFERENCES Country(code) ON UPDATE CASCADE,
    Profile JSON
);
CREATE INDEX idx_customer_country ON Customer(Country, FirstName DESC);

CREATE TABLE "Order" (
    id INTEGER PRIMARY KEY,
    customer INTEGER NOT NULL REFERENCES Customer ON DELETE CASCADE,
    total DECIMAL(10,2) NOT NULL DEFAULT 0,
    weight REAL,
    paid_at TIMESTAMP,
    note TEXT DEFAULT 'none'
);
CREATE INDEX idx_order_customer ON "Order"(customer);

CREATE TABLE OrderLine (
    "order" INTEGER NOT NULL REFERENCES "Order"(id) ON DELETE CASCADE,
    line INTEGER NOT NULL,
    article TEXT NOT NULL,
    photo BLOB,
    PRIMARY KEY ("order", line)
);

INSERT INTO Country VALUES ('CH', 'Switzerland'), ('AT', 'Austria'), ('SE', 'Sverige');
INSERT INTO Customer (CustomerId, FirstName, Email, Active, Born, CreatedAt, Country, Profile) VALUES
    (1, 'Ada', 'ada@example.org', 1, '1985-12-10', '2024-01-31 23:59:59.123456', 'CH', '{"tags": ["a", "b"]}'),
    (2, 'Björk', 'bjork@example.org', 0, NULL, '2024-02-29 00:00:00', 'SE', NULL),
    (3, 'Carl', 'carl@example.org', 1, '2000-02-29', '2024-03-01T12:30', NULL, '[1, 2.5, null]'),
    (9, 'Zoé', 'zoe@example.org', 0, '1999-12-31', '2024-03-01 12:30:00', 'AT', 'true');
DELETE FROM Customer WHERE CustomerId = 9;
INSERT INTO "Order" VALUES
    (10, 1, 12.5, 0.1, 1709294400, 'first'),
    (11, 1, 99999999.99, 1e300, NULL, NULL),
    (12, 3, 0, -2.5, '2024-03-01 12:00:00', '');
INSERT INTO OrderLine VALUES
    (10, 1, 'pen', x'00ff10'), (10, 2, 'ink', NULL), (11, 1, 'desk', x''),
    (12, 1, 'lamp', zeroblob(3));
