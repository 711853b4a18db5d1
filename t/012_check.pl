# sqlite_check() predicts: on damaged files, and on every real SQLite file of the
# corpus, there are errors in its report if, and only if, the migration fails.
# Not in pg_regress because files are damaged byte by byte here, and because the
# corpus lies outside the project and may be absent.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $dir = PostgreSQL::Test::Utils::tempdir;
my $node = start_server('check');

# Imports a file, checks it, migrates it: what the report says, and the error of
# the migration (empty: none), or nothing where the file cannot be imported.
sub check_and_migrate
{
	my ($path, $infer_types) = @_;

	$node->safe_psql('postgres', 'CREATE DATABASE c TEMPLATE postgres');
	my ($status, $out, $err) = $node->psql('c', qq(
		SET client_min_messages = error;
		CREATE SERVER s FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database ${\ sql_literal($path)});
		CREATE SCHEMA src;
		IMPORT FOREIGN SCHEMA main FROM SERVER s INTO src OPTIONS (infer_types '$infer_types');), on_error_stop => 1);
	my @result;
	if ($status == 0)
	{
		# the report in one line per row, whatever is in it
		($status, $out, $err) = $node->psql('c', qq(
			SET statement_timeout = '120s';
			SET client_min_messages = error;
			SELECT regexp_replace(concat_ws(' | ', severity, table_name, object, problem, occurrences, example), E'\\\\s+', ' ', 'g')
			  FROM sqlite_check('src', 'dst');));
		is($status, 0, "$path: checked without an error") or diag $err;
		my @report = split /\n/, $out;
		($status, $out, $err) = $node->psql('c', qq(
			SET statement_timeout = '120s';
			SET client_min_messages = error;
			SELECT count(*) FROM sqlite_migrate('src', 'dst');));
		@result = (\@report, $status == 0 ? '' : $err);
	}
	else
	{
		note "$path cannot be imported: $err";
	}
	$node->safe_psql('postgres', 'DROP DATABASE c');
	return @result;
}

# Is what the report says what happens?
sub predicts
{
	my ($path, $name, $infer_types) = @_;
	my ($report, $error) = check_and_migrate($path, $infer_types // 'full');

	return () unless defined $report;
	my @errors = grep { /^error/ } @$report;
	my ($first) = split /\n/, $error;
	is(@errors > 0 ? 1 : 0, $error ne '' ? 1 : 0, "$name: the report says what happens")
	  or diag join "\n", $error, @$report;
	note sprintf '%-34s %2d errors, %3d warnings; %s', $name, scalar @errors,
	  scalar(grep { /^warning/ } @$report), $first // 'migrated';
	note "    $_" foreach @errors;
	return ($report, $error);
}

# Overwrites bytes of a file.
sub overwrite
{
	my ($path, $offset, $bytes) = @_;

	open(my $file, '+<', $path) or die "could not open $path: $!";
	binmode $file;
	seek $file, $offset, 0;
	print $file $bytes;
	close $file;
}

# A sound file, and what is done to copies of it.
my $sql = <<'END';
PRAGMA page_size = 1024;
CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, w INT);
CREATE INDEX t_v ON t (v);
WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 500)
INSERT INTO t SELECT i, 'value number ' || i, i FROM c;
END
my $sound = make_sqlite("$dir/sound.db", $sql);
my ($report) = predicts($sound, 'a sound file');
is_deeply($report, [], 'a sound file has an empty report');

# pages of the table, from its leaves
my ($root) = sqlite_rows($sound, "SELECT rootpage FROM sqlite_schema WHERE name = 't';");
my ($leaf) = sqlite_rows($sound, "SELECT max(pageno) FROM dbstat WHERE name = 't' AND pagetype = 'leaf';");
my $damaged = make_sqlite("$dir/leaf.db", $sql);
overwrite($damaged, ($leaf - 1) * 1024, "\xff" x 100);
my ($leaf_report, $leaf_error) = predicts($damaged, 'a leaf of a table is overwritten');
like($leaf_error, qr/damaged/, 'its migration fails');
like(join("\n", @$leaf_report), qr/^warning.*the file is damaged/m, 'quick_check says so, too');

# an index that lacks rows, by which SQLite counts
$damaged = make_sqlite("$dir/index.db", $sql);
sqlite_rows($damaged, <<'END');
CREATE TEMP TABLE kept AS SELECT * FROM sqlite_schema WHERE name = 't_v';
.dbconfig defensive off
PRAGMA writable_schema = on;
DELETE FROM sqlite_schema WHERE name = 't_v';
PRAGMA writable_schema = reset;
INSERT INTO t SELECT id + 1000, v, w FROM t WHERE id < 10;
.dbconfig defensive off
PRAGMA writable_schema = on;
INSERT INTO sqlite_schema SELECT * FROM kept;
END
my ($index_report, $index_error) = predicts($damaged, 'an index lacks rows');
like(join("\n", @$index_report), qr/^error \| t \| an index is damaged/m, 'the damage is named');
sqlite_rows($damaged, 'REINDEX;');
predicts($damaged, 'REINDEX is a remedy');

# NULL in a NOT NULL column, by a change of the schema
$damaged = make_sqlite("$dir/null.db", <<'END');
CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);
INSERT INTO t VALUES (1, 'a'), (2, NULL);
.dbconfig defensive off
PRAGMA writable_schema = on;
UPDATE sqlite_schema SET sql = 'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL)';
END
my ($null_report, $null_error) = predicts($damaged, 'NULL in a NOT NULL column');
like($null_error, qr/not-null/, 'its migration fails');
like(join("\n", @$null_report), qr/^error \| t \| v \| .*NULL \| 1 \| rowid 2/m, 'the row is named');

# the real files; by their declared types alone many do not fit
my $files = 0;
foreach my $path (corpus_files($dir))
{
	my ($name) = $path =~ m{([^/]+)$};

	$files++ if scalar(() = predicts($path, $name));
	predicts($path, "$name, declared types", 'off');
}
note "$files files of the corpus";
unlike(slurp_file($node->logfile), qr/was terminated by signal|PANIC/, 'no backend has crashed');

$node->stop;
done_testing();
