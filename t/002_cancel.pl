# Cancel, statement_timeout and terminate inside one long sqlite3_step, and while
# waiting for a lock of another process.  Not in pg_regress because time and
# another process are needed.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = start_server('cancel');
my $dir = PostgreSQL::Test::Utils::tempdir;
my $path = make_sqlite("$dir/slow.db", q(
	CREATE TABLE t (a INTEGER);
	INSERT INTO t VALUES (1);
	CREATE VIEW forever AS
		WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)
		SELECT count(*) AS n FROM c;));

$node->safe_psql('postgres',
	"CREATE SERVER slow FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database "
	  . sql_literal($path) . ", busy_timeout '60000');"
	  . 'IMPORT FOREIGN SCHEMA main FROM SERVER slow INTO public;');

# Runs SQL that ends with an error; returns its text and the seconds it took.
sub timed_error
{
	my ($sql) = @_;
	my $start = time;
	my ($status, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\n$sql");

	return ($err, time - $start);
}

# one long step
my ($error, $seconds) = timed_error("SET statement_timeout = '300ms'; SELECT * FROM forever;");
like($error, qr/57014: canceling statement due to statement timeout/, 'statement_timeout ends a long step');
cmp_ok($seconds, '<', 10, "after $seconds s");

# several statements of one session, and the session goes on
my ($status, $out, $err) = $node->psql('postgres', q(
	SET statement_timeout = '200ms';
	SELECT * FROM forever;
	SET statement_timeout = 0;
	SELECT a FROM t;), on_error_stop => 0);
is($out, '1', 'the session reads on after a cancel');

# pg_cancel_backend and pg_terminate_backend
foreach my $function ('pg_cancel_backend', 'pg_terminate_backend')
{
	my $name = "victim of $function";
	my ($in, $victim_out, $victim_err) = ('', '', '');
	my $victim = IPC::Run::start(
		[ 'psql', '-X', '-d', $node->connstr('postgres') . " application_name='$name'",
			'-c', 'SELECT * FROM forever' ],
		'<', \$in, '>', \$victim_out, '2>', \$victim_err, IPC::Run::timeout(60));

	ok($node->poll_query_until('postgres',
		"SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = '$name' AND state = 'active'"),
		"$name runs");
	$node->safe_psql('postgres',
		"SELECT pg_sleep(0.3), $function(pid) FROM pg_stat_activity WHERE application_name = '$name'");
	$victim->finish;
	like($victim_err, qr/canceling statement due to user request|terminating connection/, "$function ends a long step");
}

# waiting for a lock: another process holds the file exclusively
my ($lock_in, $lock_out) = ("BEGIN EXCLUSIVE; SELECT 'locked';\n", '');
my $locker = IPC::Run::start([ 'sqlite3', '-batch', $path ],
	'<', \$lock_in, '>', \$lock_out, IPC::Run::timeout(60));

$locker->pump until $lock_out =~ /locked/;
($error, $seconds) = timed_error("SET statement_timeout = '300ms'; SELECT * FROM t;");
like($error, qr/57014/, 'statement_timeout ends the wait for a lock');
cmp_ok($seconds, '<', 10, "after $seconds s");

$node->safe_psql('postgres', "ALTER SERVER slow OPTIONS (SET busy_timeout '200')");
($error, $seconds) = timed_error('SELECT * FROM t;');
like($error, qr/55P03: SQLite database "slow.db" is locked by another process\nDETAIL:\s+Waited 200 ms/, 'busy_timeout ends the wait');
cmp_ok($seconds, '<', 10, "after $seconds s");

# the lock goes away while we wait
$node->safe_psql('postgres', "ALTER SERVER slow OPTIONS (SET busy_timeout '60000')");
my ($wait_in, $wait_out, $wait_err) = ('', '', '');
my $waiter = IPC::Run::start([ 'psql', '-X', '-At', '-d', $node->connstr('postgres'), '-c', 'SELECT a FROM t' ],
	'<', \$wait_in, '>', \$wait_out, '2>', \$wait_err, IPC::Run::timeout(60));

ok($node->poll_query_until('postgres',
	"SELECT count(*) = 1 FROM pg_stat_activity WHERE query = 'SELECT a FROM t' AND state = 'active'"),
	'a reader waits');
$lock_in .= "COMMIT;\n.quit\n";
$locker->finish;
$waiter->finish;
is($wait_out, "1\n", 'and reads once the lock is gone');

$node->stop;
done_testing();
