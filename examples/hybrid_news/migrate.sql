-- Articles move into PostgreSQL; configuration and users stay in SQLite and can be
-- joined with them.
--
--   psql -d news -f schema.sql
--   psql -d news -v sqlite_file=/srv/news/fnaapp.db -f migrate.sql
--
-- The application may go on writing to the file: SQLite in WAL mode lets nobody
-- wait for a reader.  What it writes after the beginning stays in SQLite.
-- Needs pg_read_server_files, and pg_write_server_files for the way back.
\set ON_ERROR_STOP on
BEGIN;

CREATE EXTENSION IF NOT EXISTS sqlite_fdw_migrate;
CREATE SERVER news_sqlite FOREIGN DATA WRAPPER sqlite_fdw_migrate
	OPTIONS (database :'sqlite_file', updatable 'true');

-- what moves: the types are those of the tables that schema.sql has made
CREATE SCHEMA news_sqlite;
IMPORT FOREIGN SCHEMA main LIMIT TO (articles, raw_articles, keyword_article_matches)
	FROM SERVER news_sqlite INTO news_sqlite OPTIONS (types_from 'analytics');

-- what stays
CREATE SCHEMA config;
IMPORT FOREIGN SCHEMA main EXCEPT (articles, raw_articles, keyword_article_matches)
	FROM SERVER news_sqlite INTO config;

\echo == steps
SELECT phase, object, rows, status, detail
  FROM sqlite_migrate('news_sqlite', 'analytics')
 WHERE phase IN ('load', 'verify') OR status <> 'ok' ORDER BY step;

\echo == proof
SELECT * FROM sqlite_compare_counts('news_sqlite', 'analytics');
-- every title, and every other value
SELECT count(*) AS wrong_titles
  FROM news_sqlite.articles s FULL JOIN analytics.articles t USING (uri)
 WHERE s.title IS DISTINCT FROM t.title;
SELECT (SELECT count(*) FROM (TABLE news_sqlite.articles EXCEPT ALL TABLE analytics.articles) d) AS articles,
       (SELECT count(*) FROM (TABLE news_sqlite.raw_articles EXCEPT ALL TABLE analytics.raw_articles) d) AS raw_articles,
       (SELECT count(*) FROM (TABLE news_sqlite.keyword_article_matches EXCEPT ALL TABLE analytics.keyword_article_matches) d) AS matches;

COMMIT;
