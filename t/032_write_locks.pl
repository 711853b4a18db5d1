# Writing beside other processes: waiting for their locks, changes of theirs,
# many sessions at once, and a file system that gives no more room.  Not in
# pg_regress because other processes and time are needed.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

my $node = start_server('write_locks');
my $dir = PostgreSQL::Test::Utils::tempdir;

$node->append_conf('postgresql.conf', 'max_prepared_transactions = 2');
$node->restart;

# Runs SQL; returns its output and the errors, with their SQLSTATE.
sub run_sql
{
	my ($sql) = @_;
	my ($status, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\n$sql", on_error_stop => 0);

	return "$out|" . join ',', $err =~ /ERROR:\s+(\w{5}):/g;
}

# A shell of SQLite that holds a transaction until it is told to end it.
sub start_shell
{
	my ($path, $sql) = @_;
	my ($in, $out, $err) = ("PRAGMA busy_timeout = 5000; $sql SELECT 'ready';\n", '', '');
	my $shell = IPC::Run::start([ 'sqlite3', '-batch', $path ], '<', \$in, '>', \$out, '2>', \$err, IPC::Run::timeout(60));

	$shell->pump until $out =~ /ready/ || $err ne '';
	return { shell => $shell, in => \$in, out => \$out, err => \$err };
}

sub end_shell
{
	my ($shell, $sql) = @_;

	${ $shell->{in} } .= "$sql\n";
	$shell->{shell}->finish;
	return ${ $shell->{err} };
}

foreach my $mode ('DELETE', 'WAL')
{
	my $path = make_sqlite("$dir/$mode.db", "PRAGMA journal_mode = $mode; CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE n (n INTEGER); INSERT INTO n VALUES (0); INSERT INTO t VALUES (1, 'one');");

	$node->safe_psql('postgres', 'DROP SERVER IF EXISTS f CASCADE;'
		  . 'CREATE SERVER f FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database ' . sql_literal($path) . ", updatable 'true', busy_timeout '300');"
		  . 'CREATE FOREIGN TABLE t (id bigint, v text) SERVER f; CREATE FOREIGN TABLE n (n bigint) SERVER f;');

	# another writer: wait, then give up
	my $shell = start_shell($path, "BEGIN IMMEDIATE; INSERT INTO t VALUES (2, 'shell');");
	my $start = time;
	is(run_sql("INSERT INTO t VALUES (3, 'pg')"), '|55P03', "$mode: a lock is waited for");
	cmp_ok(time - $start, '>=', 0.3, 'as long as busy_timeout says');
	is(run_sql('SELECT count(*) FROM t'), '1|', "$mode: reading goes on");

	# a cancel while it waits
	is(run_sql("ALTER SERVER f OPTIONS (SET busy_timeout '60000'); SET statement_timeout = '200ms'; INSERT INTO t VALUES (3, 'pg')"), '|57014', "$mode: waiting can be cancelled");

	# the other one ends in time
	my ($in, $out, $err) = ('', '', '');
	my $waiting = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', "INSERT INTO t VALUES (3, 'waited')" ], '<', \$in, '>', \$out, '2>', \$err, IPC::Run::timeout(60));
	usleep(300_000);
	is(end_shell($shell, 'COMMIT;'), '', "$mode: the other writer is not refused");
	$waiting->finish;
	is($err, '', "$mode: then it is our turn");
	is(join(',', sqlite_rows($path, 'SELECT v FROM t')), 'one,shell,waited', "$mode: both have written");

	# what was read is out of date, or about to be
	$shell = start_shell($path, 'SELECT 1;');
	if ($mode eq 'WAL')
	{
		is(run_sql("BEGIN; SELECT count(*) FROM t; \\! sqlite3 '$path' \"INSERT INTO t VALUES (4, 'other')\"\nINSERT INTO t VALUES (5, 'pg'); ROLLBACK"), '3|40001', 'WAL: a change since the snapshot is a serialization failure');
		is(run_sql("INSERT INTO t VALUES (5, 'pg'); SELECT count(*) FROM t"), '5|', 'WAL: and none if nothing was read');
	}
	end_shell($shell, '');
	if ($mode eq 'DELETE')
	{
		$shell = start_shell($path, "BEGIN IMMEDIATE; INSERT INTO t VALUES (4, 'other');");
		$start = time;
		is(run_sql("BEGIN; SELECT count(*) FROM t; INSERT INTO t VALUES (5, 'pg'); ROLLBACK"), '3|40001', 'DELETE: a writer that would wait for us is a serialization failure');
		cmp_ok(time - $start, '<', 30, 'at once');
		is(end_shell($shell, 'COMMIT;'), '', 'DELETE: that writer goes on');
	}
	is(run_sql("BEGIN; SELECT 1 FROM t WHERE id = 1; INSERT INTO t VALUES (6, 'read before'); COMMIT"), '1|', "$mode: to write after reading is all right");

	# ten sessions at once
	my $script = "$dir/script.sql";
	open my $handle, '>', $script or die;
	print $handle "INSERT INTO t (v) VALUES ('bench');\nBEGIN;\nUPDATE n SET n = n + 1;\nSELECT count(*) FROM t;\nCOMMIT;\nSELECT max(id) FROM t;\n";
	close $handle;
	my ($bench_out, $bench_err) = ('', '');
	my $ok = IPC::Run::run([ 'pgbench', '-n', '-c', '10', '-j', '2', '-t', '15', '-f', $script, $node->connstr('postgres') ], '>', \$bench_out, '2>', \$bench_err);
	ok($ok && $bench_err !~ /abort|ERROR/, "$mode: ten sessions write at once") or diag $bench_err;
	is(join(',', sqlite_rows($path, "SELECT n FROM n; SELECT count(*) FROM t WHERE v = 'bench'; PRAGMA integrity_check")), '150,150,ok', "$mode: nothing is lost");

	# two phases after reading only
	is(run_sql("BEGIN; SELECT n FROM n; PREPARE TRANSACTION 'read'; ROLLBACK PREPARED 'read'"), '150|', "$mode: a transaction that has read may be prepared");
	is(run_sql("BEGIN; UPDATE n SET n = 0; PREPARE TRANSACTION 'written'; SELECT n FROM n"), '150|0A000', "$mode: one that has written may not");

	# no more room: what fits into the file is a limit of the process
	my $session = "SELECT pg_backend_pid() AS pid \\gset\n\\setenv PID :pid\n";
	my $size = (-s $path) + 100_000;
	is(run_sql("$session\\! prlimit --pid \$PID --fsize=$size\nINSERT INTO t (v) SELECT repeat('x', 1000) FROM generate_series(1, 20000); SELECT count(*) > 0 FROM t WHERE length(v) < 1000; SELECT count(*) FROM t WHERE length(v) = 1000") =~ s/\b53100\b/58030/r,
		"t\n0|58030", "$mode: an error where there is no more room");
	is(join(',', sqlite_rows($path, "SELECT count(*) FROM t WHERE length(v) = 1000; PRAGMA integrity_check")), '0,ok', "$mode: and nothing of it stays");

	# permissions of the operating system
	if ($mode eq 'DELETE')
	{
		chmod 0444, $path;
		is(run_sql("INSERT INTO t (v) VALUES ('no'); SELECT count(*) > 0 FROM t"), 't|25006', 'a file that may not be written');
		chmod 0644, $path;
		mkdir "$dir/closed";
		rename $path, "$dir/closed/$mode.db";
		chmod 0555, "$dir/closed";
		is(run_sql('ALTER SERVER f OPTIONS (SET database ' . sql_literal("$dir/closed/$mode.db") . "); INSERT INTO t (v) VALUES ('no'); SELECT count(*) > 0 FROM t"), 't|25006', 'a folder in which no journal can be made');
		chmod 0755, "$dir/closed";
		is(run_sql("INSERT INTO t (v) VALUES ('yes'); SELECT v FROM t WHERE v = 'yes'"), 'yes|', 'then it can');
	}
}

# a large object
my $oid = $node->safe_psql('postgres', 'SELECT lo_import(' . sql_literal("$dir/closed/DELETE.db") . ')');
$node->safe_psql('postgres', "CREATE SERVER lo FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (large_object '$oid', updatable 'true'); CREATE FOREIGN TABLE lo_t (id bigint, v text) SERVER lo OPTIONS (\"table\" 't')");
is(run_sql("INSERT INTO lo_t (v) VALUES ('no')"), '|0A000', 'a large object cannot be written');

$node->stop;
done_testing();
