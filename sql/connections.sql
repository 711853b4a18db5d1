--
-- Connections: one per server, kept for the session, one moment per
-- transaction, closed when the server changes.
--
CREATE EXTENSION sqlite_fdw_migrate;
\getenv abs_srcdir PG_ABS_SRCDIR
\set make_fixture :abs_srcdir '/data/fixture.psql'
\set fixture store
\i :make_fixture
\set store_file :file
CREATE SERVER store FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file');
CREATE FOREIGN TABLE country (code text, name text) SERVER store OPTIONS ("table" 'Country');
\set fixture kinds
\i :make_fixture
CREATE SERVER kinds FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'file', keep_connections 'false');
CREATE FOREIGN TABLE plain (id bigint, v text) SERVER kinds;

SELECT * FROM sqlite_get_connections();
SELECT count(*) FROM country;
SELECT count(*) FROM plain;
-- kept, and not kept
SELECT * FROM sqlite_get_connections();
SELECT sqlite_disconnect('store');
SELECT sqlite_disconnect('store');
SELECT * FROM sqlite_get_connections();
SELECT sqlite_disconnect('nowhere');
SELECT count(*) FROM country;
SELECT sqlite_disconnect_all();
SELECT sqlite_disconnect_all();

-- in use
BEGIN;
SELECT count(*) FROM country;
SELECT count(*) FROM plain;
SELECT * FROM sqlite_get_connections() ORDER BY 1;
SELECT sqlite_disconnect('store');
SELECT sqlite_disconnect_all();
COMMIT;

-- two servers in one transaction, joined
SELECT c.code, p.v FROM country c JOIN plain p ON p.id = length(c.code) ORDER BY 1;

-- one moment per transaction: the file is locked against a writer while it is
-- read (rollback journal), and free again afterwards
\setenv SFM_FILE :store_file
BEGIN;
SELECT count(*) FROM country;
\! sqlite3 "$SFM_FILE" "INSERT INTO Country VALUES ('NO', 'Norge')" 2>&1 | grep -o 'database is locked'
ROLLBACK;
\! sqlite3 "$SFM_FILE" "INSERT INTO Country VALUES ('NO', 'Norge')"
SELECT count(*) FROM country;

-- an error, also inside a subtransaction, leaves the connection usable
BEGIN;
SAVEPOINT s;
SELECT 1 / (length(code) - 2) FROM country;
ROLLBACK TO s;
SELECT count(*) FROM country;
COMMIT;

-- the server is altered: by this transaction, seen at once
BEGIN;
SELECT count(*) FROM country;
ALTER SERVER store OPTIONS (SET database '/no/such/file.db');
SELECT * FROM sqlite_get_connections();
SAVEPOINT s;
SELECT count(*) FROM country;
ROLLBACK TO s;
ROLLBACK;
SELECT count(*) FROM country;
BEGIN;
DECLARE c CURSOR FOR SELECT code FROM country;
FETCH 1 FROM c;
ALTER SERVER store OPTIONS (SET database '/no/such/file.db');
SELECT count(*) FROM country;
ROLLBACK;

-- the file is replaced by another one: not the old one is read
SELECT count(*) FROM country;
\! mv "$SFM_FILE" "$SFM_FILE.old"; sqlite3 "$SFM_FILE" "CREATE TABLE Country(code, name); INSERT INTO Country VALUES ('XX', 'new file')"
SELECT * FROM country;
\! rm "$SFM_FILE" "$SFM_FILE.old"
SELECT * FROM country;

-- a dropped server
BEGIN;
SELECT count(*) FROM plain;
DROP SERVER kinds CASCADE;
SELECT * FROM sqlite_get_connections();
COMMIT;
SELECT * FROM sqlite_get_connections();

-- a file inside the database, as a large object
\set fixture store
\i :make_fixture
SELECT lo_import(:'file') AS loid \gset
ALTER SERVER store OPTIONS (DROP database, ADD large_object :'loid');
SELECT * FROM country ORDER BY 1;
SELECT lo_unlink(:loid);
\set VERBOSITY sqlstate
SELECT * FROM country ORDER BY 1;
\set VERBOSITY default

SET client_min_messages = warning;
DROP EXTENSION sqlite_fdw_migrate CASCADE;
