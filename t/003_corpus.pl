# Every real SQLite file of the corpus through sqlite_migrate_file: with default
# options each loads completely; with on_error => 'continue' it prints rows and
# failures per file.  Not in pg_regress because the corpus lies outside the
# project and may be absent.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $dir = PostgreSQL::Test::Utils::tempdir;
my @files = corpus_files($dir);

plan skip_all => 'no corpus of real SQLite files' unless @files;

my $node = start_server('corpus');
my ($all_loaded, $all_rows, $complete) = (0, 0, 0);

note sprintf '%-34s %7s %9s %9s %7s', 'file', 'tables', 'loaded', 'rows', 'failed';
foreach my $path (@files)
{
	my ($name) = $path =~ m{([^/]+)$};

	$node->safe_psql('postgres', 'CREATE DATABASE c TEMPLATE postgres');
	my ($status, $out, $err) = $node->psql('c', qq(
		SET statement_timeout = '120s';
		SET client_min_messages = error;
		CREATE TABLE result AS SELECT * FROM sqlite_migrate_file(${\ sql_literal($path)}, 'public', on_error => 'continue');
		SELECT count(*) FILTER (WHERE phase = 'load'),
			coalesce(sum(rows) FILTER (WHERE phase = 'load' AND status = 'ok'), 0),
			count(*) FILTER (WHERE status = 'failed')
		  FROM result;
		SELECT status || ' ' || phase || ' ' || object || ': ' || detail FROM result
		  WHERE status = 'failed' ORDER BY step;
		SELECT 'SCHEMA ' || object || ': ' || detail FROM result
		  WHERE status = 'failed' AND phase IN ('schema', 'table');));
	is($status, 0, "$name: migrated without a crash, a hang or an error") or diag $err;

	# what SQLite itself counts: tables without shadow tables
	my $rows = 0;
	foreach my $table (map { pack 'H*', substr $_, 1 } split /\n/, $node->safe_psql('c',
		"SET client_min_messages = error; SELECT 'x' || encode(convert_to(table_name, 'UTF8'), 'hex') FROM sqlite_tables((SELECT srvname FROM pg_foreign_server)) WHERE kind IN ('table', 'virtual') AND columns IS NOT NULL"))
	{
		(my $quoted = $table) =~ s/"/""/g;
		my ($count) = eval { sqlite_rows($path, "SELECT count(*) FROM \"$quoted\";") };
		$rows += $count // 0;
	}

	my ($counts, @failures) = split /\n/, $out;
	my ($tables, $loaded, $failed) = split /\|/, $counts // '0|0|0';
	note sprintf '%-34s %7d %9d %9d %7d', $name, $tables, $loaded, $rows, $failed;
	note "    $_" foreach grep { /^failed/ } @failures;
	is(scalar(grep { /^SCHEMA/ } @failures), 0, "$name: every table is created");
	$all_loaded += $loaded;
	$all_rows += $rows;
	$complete++ if $loaded == $rows && $failed == 0;
	is($loaded, $rows, "$name: every row is loaded");

	# the same with default options: all or nothing, and it is all
	($status, $out, $err) = $node->psql('c', qq(
		SET client_min_messages = error;
		SELECT sum(rows) FILTER (WHERE phase = 'load') FROM sqlite_migrate_file(${\ sql_literal($path)}, 'again');
		SELECT count(*) FROM sqlite_compare_counts((SELECT nspname FROM pg_namespace WHERE nspname LIKE '%sqlite%' AND nspname <> 'again' LIMIT 1), 'again') WHERE NOT equal;));
	is($status, 0, "$name: migrated with default options") or diag $err;
	is($out, ($rows || (split /\|/, $counts)[1]) . "\n0", "$name: nothing is missing then");
	$node->safe_psql('postgres', 'DROP DATABASE c');
}
note sprintf '%-34s %7s %9d %9d; %d of %d files complete', 'all', '', $all_loaded, $all_rows,
	$complete, scalar @files;
unlike(slurp_file($node->logfile), qr/was terminated by signal|PANIC/, 'no backend has crashed');

$node->stop;
done_testing();
