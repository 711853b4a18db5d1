-- The way back: articles that PostgreSQL has got since a moment go into SQLite,
-- in the place of rows with the same key ("insert or replace").
--
--   psql -d news -v since='2024-06-03 00:00:00' -f rollback.sql
--
-- Then the application is started on SQLite again.
\set ON_ERROR_STOP on
BEGIN;
SET LOCAL TimeZone = 'UTC';

-- "update" rather than "replace": to replace a row is to delete it first, and its
-- raw article would go with it
ALTER FOREIGN TABLE news_sqlite.articles OPTIONS (ADD on_conflict 'update');
ALTER FOREIGN TABLE news_sqlite.raw_articles OPTIONS (ADD on_conflict 'replace');
ALTER FOREIGN TABLE news_sqlite.keyword_article_matches OPTIONS (ADD on_conflict 'replace');

INSERT INTO news_sqlite.articles
	SELECT * FROM analytics.articles WHERE submission_date > :'since';
INSERT INTO news_sqlite.raw_articles
	SELECT r.* FROM analytics.raw_articles r JOIN analytics.articles a USING (uri) WHERE a.submission_date > :'since';
INSERT INTO news_sqlite.keyword_article_matches
	SELECT m.* FROM analytics.keyword_article_matches m JOIN analytics.articles a ON a.uri = m.article_uri WHERE a.submission_date > :'since';

ALTER FOREIGN TABLE news_sqlite.articles OPTIONS (DROP on_conflict);
ALTER FOREIGN TABLE news_sqlite.raw_articles OPTIONS (DROP on_conflict);
ALTER FOREIGN TABLE news_sqlite.keyword_article_matches OPTIONS (DROP on_conflict);
COMMIT;
