-- A Django application moves from db.sqlite3 to PostgreSQL, schema first.
--
--   1. Point DATABASES at an empty PostgreSQL and run `manage.py migrate`: the
--      tables, keys and indexes are then Django's own.
--   2. Stop the application (or keep it running, and run catch_up.sql later).
--   3. psql -d contractors -v sqlite_file=/srv/contractors/db.sqlite3 -f migrate.sql
--
-- Everything happens in one transaction: if a step fails, nothing has changed,
-- and the script can be run again.  It takes the tables' owner and membership in
-- pg_read_server_files; no superuser.
\set ON_ERROR_STOP on
BEGIN;

CREATE EXTENSION IF NOT EXISTS sqlite_fdw_migrate;
CREATE SERVER django_sqlite FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database :'sqlite_file');
CREATE SCHEMA django_sqlite;

-- The mapping.  types_from takes each column's type from Django's table, so
-- that every value is converted once and exactly: datetime text is UTC and
-- becomes timestamptz, 0/1 boolean, char(32) uuid, JSON text jsonb.
-- Not mapped: the history of the migrations (PostgreSQL has its own, which is
-- right), the sessions (users log in again), and what is not Django's.
IMPORT FOREIGN SCHEMA main EXCEPT (django_migrations, django_session, node_schema_version)
  FROM SERVER django_sqlite INTO django_sqlite OPTIONS (types_from 'public');

-- A column that no model has any more.  Without this line the load would warn
-- and go on; with it, leaving the column out is a decision.
ALTER FOREIGN TABLE django_sqlite.contractors_contractor DROP COLUMN old_score;

-- A DurationField is a number of microseconds in SQLite and an interval in
-- PostgreSQL; without this line the numbers would be taken for seconds.
ALTER FOREIGN TABLE django_sqlite.contractors_contractor ALTER response_time OPTIONS (ADD epoch 'unix_us');

-- `manage.py migrate` has filled django_content_type and auth_permission, with
-- numbers that differ from SQLite's.  Rows of the application refer to
-- SQLite's numbers, so those win.  What only PostgreSQL knows (the models that
-- are new) is put back afterwards.
CREATE TEMPORARY TABLE made_by_django ON COMMIT DROP AS
  SELECT c.app_label, c.model, p.id, p.codename, p.name
    FROM django_content_type c LEFT JOIN auth_permission p ON p.content_type_id = c.id;

-- The migration itself.  truncate empties the mapped tables first, all by one
-- statement; circular foreign keys are checked after the last load.  Look at it
-- before with: SELECT * FROM sqlite_migration_plan('django_sqlite', 'public', truncate => true);
\echo '== steps'
SELECT phase, object, rows, status, detail
  FROM sqlite_migrate('django_sqlite', 'public', truncate => true)
 WHERE phase IN ('load', 'constraint') OR status = 'failed';

INSERT INTO django_content_type (app_label, model)
  SELECT DISTINCT app_label, model FROM made_by_django m
   WHERE NOT EXISTS (SELECT FROM django_content_type c WHERE (c.app_label, c.model) = (m.app_label, m.model))
   ORDER BY 1, 2;
INSERT INTO auth_permission (content_type_id, codename, name)
  SELECT c.id, m.codename, m.name
    FROM made_by_django m JOIN django_content_type c USING (app_label, model)
   WHERE m.codename IS NOT NULL
     AND NOT EXISTS (SELECT FROM auth_permission p WHERE (p.content_type_id, p.codename) = (c.id, m.codename))
   ORDER BY c.id, m.id;

-- The proof: tables whose counts differ.  Expected: the two tables above.
\echo '== tables that differ'
SELECT * FROM sqlite_compare_counts('django_sqlite', 'public') WHERE NOT equal AND source_rows IS NOT NULL;

COMMIT;
