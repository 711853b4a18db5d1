-- The tables of the new analytics database, as the migration plan has them.
-- One thing is otherwise: the scores are double precision, which is what SQLite
-- calls REAL; PostgreSQL's real has half the digits.
\set ON_ERROR_STOP on
BEGIN;
CREATE SCHEMA analytics;
SET LOCAL search_path = analytics;

CREATE TABLE articles (
	uri text PRIMARY KEY,
	title text,
	news_source text,
	publication_date timestamp,
	submission_date timestamp DEFAULT CURRENT_TIMESTAMP,
	summary text,
	category text,
	future_signal text,
	future_signal_explanation text,
	sentiment text,
	sentiment_explanation text,
	time_to_impact text,
	time_to_impact_explanation text,
	tags text,
	driver_type text,
	driver_type_explanation text,
	topic text,
	analyzed boolean DEFAULT false,
	bias text,
	factual_reporting text,
	mbfc_credibility_rating text,
	bias_source text,
	bias_country text,
	press_freedom text,
	media_type text,
	popularity text,
	topic_alignment_score double precision,
	keyword_relevance_score double precision,
	confidence_score double precision,
	overall_match_explanation text,
	extracted_article_topics text,
	extracted_article_keywords text,
	ingest_status text DEFAULT 'manual',
	quality_score double precision,
	quality_issues text,
	auto_ingested boolean DEFAULT false
);

CREATE TABLE raw_articles (
	id serial PRIMARY KEY,
	uri text NOT NULL REFERENCES articles (uri) ON DELETE CASCADE,
	raw_markdown text,
	topic text,
	created_at timestamp DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE keyword_article_matches (
	id serial PRIMARY KEY,
	article_uri text NOT NULL REFERENCES articles (uri) ON DELETE CASCADE,
	keyword_ids text NOT NULL,
	group_id integer NOT NULL,
	detected_at timestamp DEFAULT CURRENT_TIMESTAMP,
	is_read integer DEFAULT 0
);

CREATE INDEX idx_articles_topic ON articles (topic);
CREATE INDEX idx_articles_submission_date ON articles (submission_date);
CREATE INDEX idx_articles_auto_ingested ON articles (auto_ingested);
CREATE INDEX idx_articles_analyzed ON articles (analyzed);
CREATE INDEX idx_raw_articles_uri ON raw_articles (uri);
CREATE INDEX idx_keyword_matches_group_id ON keyword_article_matches (group_id);
CREATE INDEX idx_keyword_matches_detected_at ON keyword_article_matches (detected_at);
COMMIT;
