# A learning assistant, five SQLite files into one database by the scripts of
# examples/learning_assistant: something is wrong in the last file, nothing is
# left behind, it is corrected, everything arrives.  Then the same statements on
# both sides.  Not in pg_regress because the scripts fail as psql -f fails, a
# role without superuser runs them, and SQLite is written to in between.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $source = "$FindBin::RealBin/..";
my $data = PostgreSQL::Test::Utils::tempdir . '/data';
my %file = (
	knowledge => "$data/knowledge_retention.db",
	continuum => "$data/continuum_memory.db",
	rss => "$data/rss_fetch_history.db",
	accuracy => "$data/accuracy_scores.db",
	vector => "$data/vector_db/chroma.sqlite3");
my $node = start_server('assistant');

mkdir $data;
mkdir "$data/vector_db";
foreach my $name (keys %file)
{
	make_sqlite($file{$name}, slurp_file("$source/data/scenario_assistant_$name.sql"));
}

# what a DBA gives to the one who migrates
$node->safe_psql('postgres', q(
	CREATE ROLE migrator LOGIN IN ROLE pg_read_server_files;
	GRANT CREATE ON DATABASE postgres TO migrator;
	GRANT USAGE ON FOREIGN DATA WRAPPER sqlite_fdw_migrate TO migrator;
));

# Runs a script of the example; returns its exit code, output and messages.
sub run_script
{
	my ($script) = @_;
	my ($out, $err) = ('', '');

	IPC::Run::run([ 'psql', '-X', '-q', '-d', $node->connstr('postgres') . ' user=migrator',
			'-v', "data=$data", '-f', "$source/examples/learning_assistant/$script" ],
		'<', \undef, '>', \$out, '2>', \$err, IPC::Run::timeout(180));
	return ($? >> 8, $out, $err);
}

# Everything that the scripts could leave behind.
sub left_behind
{
	return $node->safe_psql('postgres', q(
		SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$|^public$'
		UNION ALL SELECT srvname FROM pg_foreign_server
		UNION ALL SELECT relname FROM pg_class
		  WHERE relkind IN ('r', 'f', 'v', 'S') AND relnamespace = 'public'::regnamespace AND relname !~ '^sqlite_rejects'
		UNION ALL SELECT 'reject' FROM sqlite_rejects;
	));
}

my ($code, $out, $err);

#
# All or nothing.
#

# json.dumps() writes NaN for a number that is none, which is no JSON
sqlite_rows($file{vector}, q(UPDATE embeddings_queue SET metadata = '{"source": "rss", "confidence": NaN}' WHERE seq_id = 33;));
($code, $out, $err) = run_script('check.sql');
is($code, 0, 'check.sql runs');
like($out, qr/severity +\| error\ntable_name +\| embeddings_queue\nobject +\| metadata\n/, 'and finds the value in the last file');
is(left_behind(), '', 'check.sql leaves nothing behind');

($code, $out, $err) = run_script('migrate.sql');
is($code, 3, 'a bad value in the last file stops migrate.sql');
like($err, qr/ERROR:  invalid value for column "metadata" of type jsonb\n.*NaN.*foreign table "embeddings_queue", rowid 33/s, 'the value is named');
like($out, qr/knowledge_items +\| +201/, 'after the first files were loaded');
is(left_behind(), '', 'nothing of any file is left');

# SQLite checks foreign keys only where it is told to, and one to a table that
# does not exist never
sqlite_rows($file{vector}, q(
	UPDATE embeddings_queue SET metadata = '{"source": "rss", "confidence": null}' WHERE seq_id = 33;
	INSERT INTO segment_metadata (segment_id, key, str_value) VALUES ('no such segment', 'k', 'v');
	INSERT INTO segments VALUES ('segment 3', 'urn', 'VECTOR', 'no such collection');
));
($code, $out, $err) = run_script('check.sql');
like($out, qr/table_name +\| segment_metadata\nobject +\| segment_id\nproblem +\| rows refer to rows that are not in table "segments"/,
	'check.sql finds the row without parent');
($code, $out, $err) = run_script('migrate.sql');
is($code, 3, 'a row of the last file stops migrate.sql');
like($err, qr/ERROR:  insert or update on table "segments" violates foreign key constraint/, 'when everything was loaded');
is(left_behind(), '', 'and nothing is left');

sqlite_rows($file{vector}, q(DELETE FROM segment_metadata; DELETE FROM segments WHERE id = 'segment 3';));
($code, $out, $err) = run_script('check.sql');
unlike($out, qr/severity +\| error/, 'corrected, check.sql has no error');
($code, $out, $err) = run_script('migrate.sql');
is($code, 0, 'and migrate.sql runs');
unlike($err, qr/ERROR|WARNING/, 'without a warning');
like($out, qr/tables that differ\n[^\n]*\n[^\n]*\n\(0 rows\)/, 'every table holds as many rows as in SQLite');
like($out, qr/foreign keys that rows break\n[^\n]*\n[^\n]*\n\(0 rows\)/, 'every foreign key holds');

my $counts = join ' UNION ALL ', map { "SELECT * FROM sqlite_compare_counts('${_}_sqlite', '$_')" } sort keys %file;
is($node->safe_psql('postgres', "SELECT count(*) > 20, bool_and(equal) FROM ($counts) c"), 't|t', 'as the database says too');
is($node->safe_psql('postgres', q(SELECT metadata->'confidence' FROM vector.embeddings_queue WHERE seq_id = 33)), 'null', 'the corrected value is there');

# a second run changes nothing
($code, $out, $err) = run_script('migrate.sql');
is($code, 3, 'a second run is refused');
is($node->safe_psql('postgres', "SELECT count(*) > 20, bool_and(equal) FROM ($counts) c"), 't|t', 'and changes nothing');

#
# The whole schema: what stands in the definitions of SQLite holds in PostgreSQL.
#

# Runs a statement of SQLite in PostgreSQL; true if it was not refused.
sub postgres_takes
{
	my ($schema, $statement) = @_;

	$statement =~ s/\brss_fetch_/fetch_/g if $schema eq 'rss';
	return $node->psql('postgres', "SET client_min_messages = error; SET search_path = $schema; $statement",
		stderr => \my $message) == 0 ? 1 : 0;
}

# Runs a statement in SQLite; true if it was not refused.
sub sqlite_takes
{
	my ($file, $statement) = @_;

	return eval { sqlite_rows($file, "PRAGMA foreign_keys = on; $statement"); 1 } ? 1 : 0;
}

# Runs a query; the error instead of a result if there is one.
sub answer
{
	my ($query) = @_;
	my ($result, $message) = ('', '');

	$node->psql('postgres', $query, stdout => \$result, stderr => \$message);
	return $message ne '' ? $message : $result;
}

# How many rows differ between two relations.
sub differing_rows
{
	my ($left, $right) = @_;

	return answer("SELECT count(*) FROM ((SELECT a::text FROM ($left) a EXCEPT ALL SELECT b::text FROM ($right) b)
		UNION ALL (SELECT b::text FROM ($right) b EXCEPT ALL SELECT a::text FROM ($left) a)) d");
}

# CHECKs, expressions in DEFAULTs and indexes, views and triggers
{
	# but for the key of Chroma to a table that does not exist, what depends on
	# citext, and what is said of full-text indexes and of fractions of seconds
	is(answer("SELECT string_agg(object || ': ' || note, '; ') FROM sqlite_migration_plan('${_}_sqlite', 'new_$_')
		WHERE statement IS NULL AND note !~ 'NOCASE|\"collection\"|fts5|are compared as moments'"),
		'', "$_: nothing is left untranslated")
	  foreach sort keys %file;

	# views, row for row, before anything changes
	my %view = (
		'knowledge.knowledge_by_type' => 4, 'knowledge.fading_knowledge' => 68, 'continuum.tier_summary' => 4,
		'rss.cycle_report' => 30, 'accuracy.objective_progress' => 4);
	foreach my $view (sort keys %view)
	{
		(my $foreign = $view) =~ s/\./_sqlite./;
		is(answer("SELECT count(*) FROM $view"), $view{$view}, "view $view has its rows");
		is(differing_rows("TABLE $foreign", "TABLE $view"), 0, "view $view gives the rows that SQLite's gives");
	}

	# CHECKs, unique partial indexes and triggers: both sides take a statement or both refuse it
	my @statements = (
		[ 'knowledge', 1, q(INSERT INTO knowledge_items (content, source) VALUES ('Zettelkasten', 'user')) ],
		[ 'knowledge', 0, q(INSERT INTO knowledge_items (content, source, knowledge_type) VALUES ('x', 'user', 'Fact')) ],
		[ 'knowledge', 0, q(INSERT INTO knowledge_items (content, source, confidence_score) VALUES ('x', 'user', 1.5)) ],
		[ 'knowledge', 1, q(INSERT INTO knowledge_items (content, source, confidence_score) VALUES ('unknown', 'user', NULL)) ],
		[ 'knowledge', 0, q(UPDATE knowledge_items SET access_count = -1 WHERE id = 5) ],
		[ 'knowledge', 0, q(UPDATE knowledge_items SET metadata = '{"a": }' WHERE id = 5) ],
		[ 'knowledge', 1, q(UPDATE knowledge_items SET metadata = '{"a": 1}', content = 'Method of loci' WHERE id = 5) ],
		[ 'knowledge', 1, q(DELETE FROM knowledge_items WHERE content = 'unknown') ],
		[ 'knowledge', 0, q(INSERT INTO learning_sessions (session_type, content_learned) VALUES ('rss', '  ')) ],
		[ 'knowledge', 0, q(INSERT INTO knowledge_relationships (source_id, target_id, relationship_type) VALUES (7, 7, 'same')) ],
		[ 'knowledge', 1, q(INSERT INTO knowledge_relationships (source_id, target_id, relationship_type) VALUES (7, 9, 'new')) ],
		[ 'continuum', 0, q(INSERT INTO tier_metrics (item_id, tier) VALUES ('a', 'L4')) ],
		[ 'continuum', 0, q(INSERT INTO tier_audit (item_id, from_tier, to_tier, reason) VALUES ('a', 'L1', 'L1', 'r')) ],
		[ 'continuum', 0, q(INSERT INTO forgetting_metrics (tier, forgotten_count, total_count) VALUES ('L1', 2, 1)) ],
		[ 'continuum', 1, q(INSERT INTO tier_audit (item_id, from_tier, to_tier, reason) VALUES ('a', 'L1', 'L2', 'default moment')) ],
		[ 'continuum', 1, q(UPDATE tier_metrics SET tier = 'L3' WHERE item_id IN ('knowledge_4', 'knowledge_7')) ],
		[ 'continuum', 1, q(UPDATE tier_metrics SET tier = 'L0', access_count = access_count + 1 WHERE item_id IN ('knowledge_8', 'knowledge_9')) ],
		[ 'rss', 0, q(INSERT INTO rss_fetch_cycles (cycle_number, started_at, status) VALUES (32, '2025-11-07 00:00:00', 'new')) ],
		[ 'rss', 0, q(UPDATE rss_fetch_cycles SET completed_at = '2024-01-01T00:00:00' WHERE cycle_number = 30) ],
		[ 'rss', 1, q(INSERT INTO rss_fetch_items (cycle_id, feed_url, item_link, status) VALUES (30, 'https://example.org', 'https://example.org/1', 'added')) ],
		[ 'rss', 1, q(INSERT INTO rss_fetch_items (cycle_id, feed_url, item_link, status) VALUES (30, 'https://example.org', 'https://example.org/2', 'duplicate')) ],
		[ 'rss', 0, q(INSERT INTO rss_fetch_items (cycle_id, feed_url, item_link, status) VALUES (30, 'https://example.net', 'https://example.org/2', 'added')) ],
		[ 'rss', 1, q(INSERT INTO rss_fetch_items (cycle_id, feed_url, status) VALUES (30, 'https://example.org', 'added'), (30, 'https://example.org', 'added')) ],
		[ 'accuracy', 0, q(INSERT INTO accuracy_scores (question, actual_answer, accuracy_score, scoring_method) VALUES ('q', 'a', 1.25, 'm')) ],
		[ 'accuracy', 0, q(INSERT INTO learning_objectives (objective_text, target_score, status) VALUES ('o', 1, 'paused')) ],
		[ 'accuracy', 0, q(INSERT INTO learning_objectives (objective_text, target_score) VALUES ('EXPLAIN Retrieval', 1)) ],
		[ 'accuracy', 1, q(INSERT INTO learning_objectives (objective_text, target_score, status) VALUES ('EXPLAIN Retrieval', 1, 'dropped')) ],
		[ 'accuracy', 1, q(UPDATE learning_objectives SET current_score = 0.7 WHERE objective_text = 'Explain retrieval') ],
	);
	foreach my $statement (@statements)
	{
		my ($name, $taken, $sql) = @$statement;

		is(sqlite_takes($file{$name}, $sql), $taken, 'SQLite ' . ($taken ? 'takes' : 'refuses') . ": $sql");
		is(postgres_takes($name, $sql), $taken, 'PostgreSQL ' . ($taken ? 'takes' : 'refuses') . ": $sql");
	}

	# what the triggers did; numbers of rows and moments may differ
	my %same = (
		knowledge_items => [ 'knowledge', 'content, source, knowledge_type, confidence_score, access_count, metadata' ],
		knowledge_items_fts => [ 'knowledge', 'content, source' ],
		tier_metrics => [ 'continuum', 'item_id, tier, access_count' ],
		tier_audit => [ 'continuum', 'item_id, from_tier, to_tier, reason' ],
		fetch_cycles => [ 'rss', 'cycle_number, status, items_fetched, items_added' ],
		learning_objectives => [ 'accuracy', 'objective_text, current_score, status' ]);
	foreach my $table (sort keys %same)
	{
		my ($schema, $columns) = @{ $same{$table} };

		is(differing_rows("SELECT $columns FROM ${schema}_sqlite.$table", "SELECT $columns FROM $schema.$table"), 0,
			"table $table is the same on both sides");
	}
	is(answer(q(SELECT items_fetched, items_added FROM rss.fetch_cycles WHERE cycle_number = 30)), '4|3', 'items are counted');
	is(answer(q(SELECT count(*) FROM accuracy.learning_objectives WHERE updated_at > now() AT TIME ZONE 'UTC' - interval '10 minutes' AND current_score = 0.7)),
		1, 'the moment of a change is kept');
	is(answer(q(SELECT count(*) FROM continuum.tier_audit WHERE created_at > now() AT TIME ZONE 'UTC' - interval '10 minutes' AND created_at <= now() AT TIME ZONE 'UTC' AND item_id <> 'knowledge_201')),
		3, q(DEFAULT (datetime('now')) holds));

	# partial and expression indexes
	is(answer(q(SELECT string_agg(c.relname, ' ' ORDER BY c.relname) FROM pg_index i JOIN pg_class c ON c.oid = indexrelid WHERE indpred IS NOT NULL)),
		'embedding_metadata_float_value embedding_metadata_int_value embedding_metadata_string_value '
		  . 'idx_knowledge_items_fading idx_learning_objectives_active idx_rss_fetch_items_failed idx_rss_fetch_items_link',
		'partial indexes');
	is(answer(q(SELECT count(*) FROM pg_indexes WHERE indexname IN ('idx_knowledge_items_topic', 'idx_knowledge_items_source'))),
		2, 'indexes on expressions');

	# views again: they show what has changed
	is(differing_rows('TABLE rss_sqlite.cycle_report', 'TABLE rss.cycle_report'), 0, 'a view shows the new rows');
}

$node->stop;
done_testing();
