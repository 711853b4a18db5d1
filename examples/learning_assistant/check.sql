-- What would not come over as it is, before anything is written.  Leaves
-- nothing behind, and can be run while the application works.
--
--   psql -d stillme_production -v data=/srv/assistant/data -f check.sql
\set ON_ERROR_STOP on
BEGIN;
\ir mapping.sql

-- An error stops migrate.sql; a warning does not, but wants to be known.
\echo '== problems'
\x on
SELECT app.target AS schema, c.*
  FROM (VALUES ('knowledge_sqlite', 'knowledge'), ('continuum_sqlite', 'continuum'), ('rss_sqlite', 'rss'),
               ('accuracy_sqlite', 'accuracy'), ('vector_sqlite', 'vector')) AS app (source, target),
       sqlite_check(app.source, app.target) AS c
 WHERE c.severity <> 'info';
\x off

ROLLBACK;
