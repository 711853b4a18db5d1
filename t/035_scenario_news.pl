# Some tables move, others stay: examples/hybrid_news, run as a user runs it; then
# queries over both sides, the way back, a writer that must not be refused while
# the load runs, and ten sessions at once.  Not in pg_regress because of the other
# processes.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $source = "$FindBin::RealBin/..";
my $node = start_server('news');
my $dir = PostgreSQL::Test::Utils::tempdir;
my $path = make_sqlite("$dir/fnaapp.db", slurp_file("$source/data/scenario_news.sql"));

# Runs a script of the example; returns exit status, output, errors.
sub script
{
	my ($name, @variables) = @_;
	my ($out, $err) = ('', '');
	my $ok = IPC::Run::run([ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr('postgres'), @variables, '-f', "$source/examples/hybrid_news/$name" ],
		'>', \$out, '2>', \$err);

	chomp $out;
	return ($ok ? 0 : 1, $out, $err);
}

sub query
{
	my ($sql) = @_;
	my ($status, $out, $err) = $node->psql('postgres', $sql, on_error_stop => 0);

	return $out . ($err ne '' ? "\n$err" : '');
}

# ------------------------------------------------------------------------
# The migration, while a process writes
# ------------------------------------------------------------------------
my ($status, $out, $err) = script('schema.sql');
is($status, 0, 'schema.sql') or diag $err;

# A writer as Python's sqlite3 is one, but that it never waits: to be refused once is an error.
my $writes = 2000;
my $insert = join '', map {
	"INSERT INTO app_config VALUES ('written $_', '$_', NULL);\n"
	  . "INSERT INTO articles (uri, title, submission_date, topic) VALUES ('https://news.example/later/$_', 'Later $_', datetime('2025-01-01', '$_ minutes'), 'AI');\n"
} 1 .. $writes;
my ($in, $writer_out, $writer_err) = (".timeout 0\nSELECT 'begun';\n$insert", '', '');
my $writer = IPC::Run::start([ sqlite_shell(), $path ], '<', \$in, '>', \$writer_out, '2>', \$writer_err, IPC::Run::timeout(180));
$writer->pump until $writer_out =~ /begun/;
($status, $out, $err) = script('migrate.sql', '-v', "sqlite_file=$path");
is($status, 0, 'migrate.sql') or diag $err;
$writer->finish;
is($writer_err, '', 'the writer was never refused');
is(join(',', sqlite_rows($path, "SELECT count(*) FROM app_config WHERE config_key LIKE 'written%'")), $writes, '... and has written everything');

my ($steps, $proof) = $out =~ /== steps\n(.*)== proof\n(.*)/s;
my ($articles) = $steps =~ /^load\|articles\|(\d+)\|ok\|/m;
cmp_ok($articles, '>=', 3000, "$articles articles are loaded");
cmp_ok($articles, '<=', 3000 + $writes, '... those of one moment');
is($proof, "articles|$articles|$articles|t\nkeyword_article_matches|1000|1000|t\nraw_articles|1400|1400|t\n0\n0|0|0", 'counts, titles and rows are those of SQLite');
unlike($steps, qr/failed/, 'no step failed');

# against SQLite itself, value by value
is(query(q(SELECT uri, title, news_source, to_char(publication_date, 'YYYY-MM-DD HH24:MI:SS'), to_char(submission_date, 'YYYY-MM-DD HH24:MI:SS.US'), tags, topic, analyzed::int, bias,
		topic_alignment_score, keyword_relevance_score, confidence_score, ingest_status, quality_score, auto_ingested::int
	FROM analytics.articles WHERE uri NOT LIKE '%later%' ORDER BY uri COLLATE "C")),
	join("\n", sqlite_rows($path, q(SELECT uri, title, news_source, strftime('%Y-%m-%d %H:%M:%S', publication_date),
		strftime('%Y-%m-%d %H:%M:%S', submission_date) || CASE WHEN length(submission_date) > 19 THEN substr(submission_date, 20) ELSE '.000000' END, tags, topic, analyzed, bias,
		printf('%!.17g', topic_alignment_score), printf('%!.17g', keyword_relevance_score), printf('%!.17g', confidence_score), ingest_status, printf('%!.17g', quality_score), auto_ingested
	FROM articles WHERE uri NOT LIKE '%later%' ORDER BY uri) =~ s/printf\('%!\.17g', (\w+)\)/CASE WHEN $1 = CAST($1 AS INTEGER) THEN CAST($1 AS INTEGER) ELSE $1 END/gr)), 'articles, value by value');

# keys, indexes, sequences
is(query(q(SELECT string_agg(indexname, ' ' ORDER BY indexname) FROM pg_indexes WHERE schemaname = 'analytics' AND indexname LIKE 'idx%')),
	'idx_articles_analyzed idx_articles_auto_ingested idx_articles_submission_date idx_articles_topic idx_keyword_matches_detected_at idx_keyword_matches_group_id idx_raw_articles_uri',
	'the seven indexes');
is(query(q(INSERT INTO analytics.raw_articles (uri) VALUES ('https://news.example/1') RETURNING id;
	INSERT INTO analytics.keyword_article_matches (article_uri, keyword_ids, group_id) VALUES ('https://news.example/1', '1', 1) RETURNING id)),
	"1501\n1001", 'sequences go on, behind SQLite\'s own counter');
is(query(q(DELETE FROM analytics.articles WHERE uri = 'https://news.example/1';
	SELECT count(*) FROM analytics.raw_articles WHERE uri = 'https://news.example/1';)), '0', 'a foreign key cascades');

# ------------------------------------------------------------------------
# Both sides in one query
# ------------------------------------------------------------------------
is(query(q(SELECT u.username, count(*) FROM config.users u JOIN config.user_topics s USING (username) JOIN analytics.articles a USING (topic)
	WHERE u.is_active AND a.topic_alignment_score >= (SELECT config_value::float8 FROM config.app_config WHERE config_key = 'min_score')
	GROUP BY 1 ORDER BY 1)),
	join("\n", sqlite_rows($path, q(SELECT u.username, count(*) FROM users u JOIN user_topics s USING (username) JOIN articles a USING (topic)
	WHERE u.is_active AND a.topic_alignment_score >= 0.5 AND a.uri <> 'https://news.example/1' GROUP BY 1 ORDER BY 1))), 'users and settings in SQLite, articles in PostgreSQL');
is(query(q(UPDATE config.app_config SET config_value = '0.25' WHERE config_key = 'min_score';
	INSERT INTO config.users (username, email) VALUES ('fay', 'fay@example.org');)), '', 'settings are still written, in SQLite');
like(join("\n", sqlite_rows($path, q(SELECT config_value FROM app_config WHERE config_key = 'min_score'; SELECT * FROM users WHERE username = 'fay'))),
	qr/\A0\.25\nfay\|fay\@example\.org\|1\|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\z/, '... with its defaults');

# ------------------------------------------------------------------------
# Ten sessions at once: save articles and read the foreign tables
# ------------------------------------------------------------------------
my $work = join '', map { qq(
	INSERT INTO analytics.articles (uri, title, submission_date, topic) VALUES ('https://new.example/' || pg_backend_pid() || '/$_', 'New ' || $_, '2026-01-01'::timestamp + $_ * interval '1 minute', 'Energy');
	SELECT count(*) FROM config.users u JOIN config.user_topics USING (username) WHERE u.is_active;
	INSERT INTO analytics.raw_articles (uri, raw_markdown) VALUES ('https://new.example/' || pg_backend_pid() || '/$_', 'x');
	) } 1 .. 20;
my @sessions;
foreach my $n (1 .. 10)
{
	my %session = (in => "\\set ON_ERROR_STOP on\n$work", out => '', err => '');

	$session{process} = IPC::Run::start([ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr('postgres') ],
		'<', \$session{in}, '>', \$session{out}, '2>', \$session{err}, IPC::Run::timeout(180));
	push @sessions, \%session;
}
foreach my $session (@sessions)
{
	$session->{process}->finish;
	is($session->{err}, '', 'a session meets no error');
	is($session->{out}, "3\n" x 20, '... and reads what is there');
}
is(query(q(SELECT count(*) FROM analytics.articles WHERE uri LIKE 'https://new.example/%')), '200', 'all articles are saved');

# ------------------------------------------------------------------------
# The way back
# ------------------------------------------------------------------------
is(query(q(UPDATE analytics.articles SET title = 'Changed', analyzed = true, submission_date = '2026-01-02' WHERE uri = 'https://news.example/2')), '', 'a change in PostgreSQL');
my ($kept) = sqlite_rows($path, 'SELECT count(*) FROM raw_articles');
($status, $out, $err) = script('rollback.sql', '-v', 'since=2026-01-01 00:00:00');
is($status, 0, 'rollback.sql') or diag $err;
is(join("\n", sqlite_rows($path, q(SELECT count(*) FROM articles WHERE uri LIKE 'https://new.example/%'; SELECT title, analyzed, submission_date FROM articles WHERE uri = 'https://news.example/2';
	SELECT count(*) FROM raw_articles; SELECT count(*) FROM raw_articles r WHERE NOT EXISTS (SELECT 1 FROM articles a WHERE a.uri = r.uri)))),
	"200\nChanged|1|2026-01-02 00:00:00\n" . ($kept + 200) . "\n0", 'SQLite has the new articles, and the changed one');
is(query(q(SELECT count(*) FROM (SELECT * FROM analytics.articles WHERE submission_date > '2026-01-01' EXCEPT ALL TABLE news_sqlite.articles) d)), '0', 'every value of them');
is(join(',', sqlite_rows($path, 'PRAGMA integrity_check; PRAGMA foreign_key_check;')), 'ok', 'the file is sound');
($status, $out, $err) = script('rollback.sql', '-v', 'since=2026-01-01 00:00:00');
is($status, 0, 'rollback.sql, once more') or diag $err;
is(join(',', sqlite_rows($path, 'SELECT count(*) FROM raw_articles')), $kept + 200, '... doubles nothing');

$node->stop;
done_testing();
