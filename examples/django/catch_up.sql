-- Brings over what has changed in db.sqlite3 since migrate.sql: new rows and
-- changed ones, found by primary key.  Can be run any number of times; run it
-- last when the application has stopped, then start it on PostgreSQL.
--
--   psql -d contractors -f catch_up.sql
--
-- Rows deleted in SQLite stay in PostgreSQL, and rows that were changed in
-- PostgreSQL meanwhile are overwritten.
\set ON_ERROR_STOP on
\echo '== caught up'
SELECT phase, object, rows, status
  FROM sqlite_migrate('django_sqlite', 'public',
                      exclude => '{django_content_type,auth_permission}',
                      on_conflict => 'update')
 WHERE phase = 'load';
