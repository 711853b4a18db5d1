-- A news analysis with everything in one SQLite file: configuration, users, and
-- articles, of which the latter are to move.  Written by Python's sqlite3:
-- times in three forms, 0 and 1, JSON in texts.
PRAGMA journal_mode = WAL;
CREATE TABLE app_config (config_key TEXT PRIMARY KEY, config_value TEXT, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE users (username TEXT PRIMARY KEY, email TEXT UNIQUE COLLATE NOCASE, is_active BOOLEAN DEFAULT 1, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE user_topics (username TEXT REFERENCES users (username) ON DELETE CASCADE, topic TEXT, PRIMARY KEY (username, topic));
CREATE TABLE articles (
	uri TEXT PRIMARY KEY, title TEXT, news_source TEXT, publication_date TEXT, submission_date TEXT DEFAULT CURRENT_TIMESTAMP,
	summary TEXT, category TEXT, future_signal TEXT, future_signal_explanation TEXT, sentiment TEXT, sentiment_explanation TEXT,
	time_to_impact TEXT, time_to_impact_explanation TEXT, tags TEXT, driver_type TEXT, driver_type_explanation TEXT, topic TEXT,
	analyzed BOOLEAN DEFAULT FALSE, bias TEXT, factual_reporting TEXT, mbfc_credibility_rating TEXT, bias_source TEXT,
	bias_country TEXT, press_freedom TEXT, media_type TEXT, popularity TEXT, topic_alignment_score REAL,
	keyword_relevance_score REAL, confidence_score REAL, overall_match_explanation TEXT, extracted_article_topics TEXT,
	extracted_article_keywords TEXT, ingest_status TEXT DEFAULT 'manual', quality_score REAL, quality_issues TEXT,
	auto_ingested BOOLEAN DEFAULT FALSE
);
CREATE TABLE raw_articles (
	id INTEGER PRIMARY KEY AUTOINCREMENT, uri TEXT NOT NULL, raw_markdown TEXT, topic TEXT, created_at TEXT DEFAULT CURRENT_TIMESTAMP,
	FOREIGN KEY (uri) REFERENCES articles (uri) ON DELETE CASCADE
);
CREATE TABLE keyword_article_matches (
	id INTEGER PRIMARY KEY AUTOINCREMENT, article_uri TEXT NOT NULL, keyword_ids TEXT NOT NULL, group_id INTEGER NOT NULL,
	detected_at TEXT DEFAULT CURRENT_TIMESTAMP, is_read INTEGER DEFAULT 0,
	FOREIGN KEY (article_uri) REFERENCES articles (uri) ON DELETE CASCADE
);

INSERT INTO app_config VALUES
	('retention_days', '90', '2024-09-01 08:00:00'), ('min_score', '0.5', '2024-09-01 08:00:00'), ('theme', 'dark', '2024-09-02 08:00:00');
INSERT INTO users VALUES ('ada', 'Ada@Example.org', 1, '2024-01-01 00:00:00'), ('ben', 'ben@example.org', 1, '2024-02-01 00:00:00'),
	('eve', NULL, 0, '2024-03-01 00:00:00');
INSERT INTO user_topics VALUES ('ada', 'AI'), ('ada', 'Energy'), ('ben', 'Energy'), ('eve', 'Health');

WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000)
INSERT INTO articles (uri, title, news_source, publication_date, submission_date, summary, category, sentiment, tags, topic, analyzed,
	bias, media_type, topic_alignment_score, keyword_relevance_score, confidence_score, extracted_article_topics, ingest_status, quality_score, auto_ingested)
SELECT 'https://news.example/' || n, CASE WHEN n % 7 = 0 THEN 'Überblick „' || n || '“ ' || char(128512) ELSE 'Article ' || n END,
	CASE n % 3 WHEN 0 THEN 'Daily' WHEN 1 THEN 'Weekly' END,
	CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN datetime('2024-01-01', n || ' hours')
		WHEN 2 THEN strftime('%Y-%m-%dT%H:%M:%S', '2024-01-01', n || ' hours') ELSE date('2024-01-01', n || ' hours') END,
	datetime('2024-06-01', n || ' minutes') || CASE WHEN n % 5 = 0 THEN '.123456' ELSE '' END,
	'Summary of ' || n || char(10) || 'two lines', CASE n % 2 WHEN 0 THEN 'Tech' END, CASE n % 3 WHEN 0 THEN 'Positive' ELSE 'Neutral' END,
	'["a","b' || n || '"]', CASE n % 3 WHEN 0 THEN 'AI' WHEN 1 THEN 'Energy' ELSE 'Health' END, n % 2, NULL, '',
	(n % 101) / 100.0, CASE WHEN n % 9 THEN (n % 13) / 8.0 END, 1.0, '{"x": ' || n || '}', CASE WHEN n % 10 THEN 'manual' ELSE 'auto' END, n % 11, n % 10 = 0
FROM c;
INSERT INTO raw_articles (uri, raw_markdown, topic, created_at)
	SELECT uri, '# ' || title || char(10) || hex(zeroblob(200)), topic, submission_date FROM articles WHERE rowid % 2 = 0;
DELETE FROM raw_articles WHERE id > 1400;
INSERT INTO keyword_article_matches (article_uri, keyword_ids, group_id, detected_at, is_read)
	SELECT uri, rowid % 5 || ',' || rowid % 7, rowid % 4, submission_date, rowid % 2 FROM articles WHERE rowid % 3 = 0;
