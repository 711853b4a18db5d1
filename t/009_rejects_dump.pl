# sqlite_rejects is data of the user: pg_dump takes its rows along, and numbers
# go on after a restore.  Not in pg_regress because pg_dump and a second database
# are needed.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_server('rejects');
my $dir = PostgreSQL::Test::Utils::tempdir;
my $path = make_sqlite("$dir/bad.db", q(
	CREATE TABLE t (id INTEGER PRIMARY KEY, a INT);
	INSERT INTO t VALUES (1, 1), (2, 'two'), (3, x'00ff');));

my $file = sql_literal($path);
$node->safe_psql('postgres', qq{
	CREATE SERVER bad FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database $file);
	CREATE SCHEMA src;
	IMPORT FOREIGN SCHEMA main FROM SERVER bad INTO src OPTIONS (infer_types 'off');
	CREATE TABLE t (id int, a int);
	SELECT sqlite_load('src.t', 't', on_bad_value => 'null');});

my $query = 'SELECT id, rejected_at, role, source_table, target_table, row_id, column_name, storage_class, raw_value, action, reason FROM sqlite_rejects ORDER BY id';
my $before = $node->safe_psql('postgres', $query);

is(scalar(split /\n/, $before), 2, 'two values are recorded');
foreach my $format ('plain', 'custom')
{
	$node->command_ok([ 'pg_dump', '-F', $format, '-f', "$dir/$format.dump", $node->connstr('postgres') ], "dump, $format");
	$node->safe_psql('postgres', "CREATE DATABASE $format");
	$node->command_ok(
		$format eq 'plain'
		? [ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($format), '-f', "$dir/$format.dump" ]
		: [ 'pg_restore', '-e', '-d', $node->connstr($format), "$dir/$format.dump" ],
		"restore, $format");
	is($node->safe_psql($format, $query), $before, "the same rows, $format");
	$node->safe_psql($format, q(TRUNCATE t; SELECT sqlite_load('src.t', 't', on_bad_value => 'skip')));
	is($node->safe_psql($format, 'SELECT count(*), max(id) FROM sqlite_rejects'), '4|4', "numbers go on, $format");
}

$node->stop;
done_testing();
