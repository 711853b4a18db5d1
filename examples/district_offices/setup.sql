-- SQLite as a working store beside PostgreSQL: what sync.sql needs, once.
--
--   psql -d offices -v sqlite_file=/srv/offices/district_offices.db -f setup.sql
--
-- Needs pg_read_server_files and pg_write_server_files.  The tables members,
-- members_contact and district_offices are there already.
\set ON_ERROR_STOP on
BEGIN;

CREATE EXTENSION IF NOT EXISTS sqlite_fdw_migrate;
CREATE SERVER offices_sqlite FOREIGN DATA WRAPPER sqlite_fdw_migrate
	OPTIONS (database :'sqlite_file', updatable 'true');
CREATE SCHEMA work;
IMPORT FOREIGN SCHEMA main FROM SERVER offices_sqlite INTO work;

-- Types are chosen by the data, which may be few as yet: say what is meant.
ALTER FOREIGN TABLE work.members ALTER currentmember TYPE boolean;
ALTER FOREIGN TABLE work.validated_offices ALTER synced_to_upstream TYPE boolean,
	ALTER validated_at TYPE timestamp, ALTER synced_at TYPE timestamp;

-- An INSERT of a key that SQLite holds already updates that row.
ALTER FOREIGN TABLE work.members OPTIONS (ADD on_conflict 'update');
ALTER FOREIGN TABLE work.members_contact OPTIONS (ADD on_conflict 'update');

CREATE TABLE sync_log (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	finished_at timestamptz NOT NULL DEFAULT now(),
	members integer NOT NULL,
	contacts integer NOT NULL,
	offices integer NOT NULL
);

COMMIT;
