--
-- Options of servers, foreign tables, columns and IMPORT: what the validator
-- lets in, what it refuses, and who may set what.
--
CREATE EXTENSION sqlite_fdw_migrate;

-- a server needs a file, by an absolute path, which is not opened yet
CREATE SERVER s FOREIGN DATA WRAPPER sqlite_fdw_migrate;
CREATE SERVER s FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database 'app.db');
CREATE SERVER s FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database '');
CREATE SERVER s FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database '/no/such/file.db', large_object '1');
CREATE SERVER s FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database '/no/such/file.db');
ALTER SERVER s OPTIONS (DROP database);

-- unknown options, with the nearest name
ALTER SERVER s OPTIONS (ADD databse '/x');
ALTER SERVER s OPTIONS (ADD busytimeout '1');
ALTER SERVER s OPTIONS (ADD host 'localhost');
ALTER SERVER s OPTIONS (ADD "table" 'x');
CREATE FOREIGN TABLE t (a int) SERVER s OPTIONS (tabel 'x');
CREATE FOREIGN TABLE t (a int) SERVER s OPTIONS (database '/x');
CREATE FOREIGN TABLE t (a int OPTIONS (colum_name 'x')) SERVER s;
CREATE USER MAPPING FOR CURRENT_USER SERVER s OPTIONS (password 'x');
CREATE FOREIGN DATA WRAPPER w HANDLER sqlite_fdw_migrate_handler VALIDATOR sqlite_fdw_migrate_validator OPTIONS (database '/x');

-- values
ALTER SERVER s OPTIONS (ADD busy_timeout '-1');
ALTER SERVER s OPTIONS (ADD busy_timeout 'soon');
ALTER SERVER s OPTIONS (ADD busy_timeout '99999999999');
ALTER SERVER s OPTIONS (ADD immutable 'perhaps');
ALTER SERVER s OPTIONS (ADD reader 'fast');
ALTER SERVER s OPTIONS (ADD on_bad_value 'ignore');
CREATE SERVER l FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (large_object '0');
CREATE SERVER l FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (large_object '-5');
CREATE SERVER l FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (large_object '99999999999');
CREATE FOREIGN TABLE t (a int OPTIONS (epoch 'mars')) SERVER s;
CREATE FOREIGN TABLE t (a int OPTIONS (key 'maybe')) SERVER s;
CREATE FOREIGN TABLE t (a int OPTIONS (storage 'number')) SERVER s;

-- all of them
ALTER SERVER s OPTIONS (ADD busy_timeout '0', ADD immutable 'on',
  ADD keep_connections 'off', ADD reader 'sqlite', ADD on_bad_value 'null',
  ADD updatable 'false', ADD batch_size '100', ADD truncatable 'true');
CREATE FOREIGN TABLE t (a timestamp OPTIONS (column_name 'A', key 'true',
  epoch 'unix_ms', storage 'integer', on_bad_value 'skip')) SERVER s
  OPTIONS ("table" 'T', updatable 'false', reader 'auto', on_conflict 'ignore',
  on_bad_value 'error', batch_size '1', truncatable 'false');
SELECT srvoptions FROM pg_foreign_server WHERE srvname = 's';
SELECT ftoptions, attfdwoptions FROM pg_foreign_table, pg_attribute
  WHERE attrelid = ftrelid AND attnum = 1;

-- IMPORT
CREATE SCHEMA i;
IMPORT FOREIGN SCHEMA main FROM SERVER s INTO i OPTIONS (name 'lower');
IMPORT FOREIGN SCHEMA main FROM SERVER s INTO i OPTIONS (names 'upper');
IMPORT FOREIGN SCHEMA main FROM SERVER s INTO i OPTIONS (import_views 'never');
IMPORT FOREIGN SCHEMA public FROM SERVER s INTO i;
IMPORT FOREIGN SCHEMA main FROM SERVER s INTO i OPTIONS (types_from 'nowhere');

-- only those who may read files on the server name one
CREATE ROLE regress_sfm_user;
CREATE ROLE regress_sfm_reader;
GRANT pg_read_server_files TO regress_sfm_reader;
GRANT USAGE ON FOREIGN DATA WRAPPER sqlite_fdw_migrate TO regress_sfm_user, regress_sfm_reader;
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO regress_sfm_user, regress_sfm_reader', current_database()); END $$;
SET ROLE regress_sfm_user;
CREATE SERVER u FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database '/etc/passwd');
SELECT * FROM sqlite_migrate_file('/etc/passwd', 'public');
SET ROLE regress_sfm_reader;
CREATE SERVER r FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database '/etc/passwd');
ALTER SERVER r OPTIONS (ADD updatable 'true');
RESET ROLE;
ALTER SERVER r OWNER TO regress_sfm_user;
SET ROLE regress_sfm_user;
ALTER SERVER r OPTIONS (SET database '/etc/shadow');
RESET ROLE;

DROP SERVER r;
DROP SERVER s CASCADE;
DROP SCHEMA i;
DO $$ BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM regress_sfm_user, regress_sfm_reader', current_database()); END $$;
DROP EXTENSION sqlite_fdw_migrate;
DROP ROLE regress_sfm_user, regress_sfm_reader;
