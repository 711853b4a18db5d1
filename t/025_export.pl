# sqlite_export and what goes wrong around it: files in the way, cancel, the end
# of the session, a disk that takes no more, other sessions that change the tables
# meanwhile.  Not in pg_regress because it needs other processes, signals and files.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_server('export');
my $dir = PostgreSQL::Test::Utils::tempdir;
my $path = "$dir/out.db";

$node->safe_psql('postgres', q(
	CREATE SCHEMA app;
	CREATE TABLE app.t (id integer PRIMARY KEY, a text);
	INSERT INTO app.t SELECT i, repeat('x', 100) || i FROM generate_series(1, 20000) i;
	CREATE SCHEMA large;
	CREATE TABLE large.t AS SELECT i AS id, repeat(md5(i::text), 3) AS a FROM generate_series(1, 1000000) i;
	CREATE INDEX ON large.t (a);));

sub export_sql
{
	my ($schema, $more) = @_;

	return "SELECT table_name, rows, status FROM sqlite_export('$schema', " . sql_literal($path) . ($more // '') . ')';
}

# The files of the folder
sub files
{
	opendir(my $handle, $dir) or die;
	return join ' ', sort grep { !/^\./ } readdir $handle;
}

sub error_of
{
	my ($sql) = @_;
	my ($status, $out, $err) = $node->psql('postgres', $sql);

	return $err;
}

# what is there already
is($node->safe_psql('postgres', export_sql('app')), 't|20000|ok', 'a new file');
is(files(), 'out.db', 'and nothing beside it');
is(sprintf('%o', (stat $path)[2] & 0777), '644', 'readable as a file of COPY TO is');
my $before = (stat $path)[1];
like(error_of(export_sql('app')), qr/file ".*out.db" already exists/, 'an existing file is refused');
is((stat $path)[1], $before, 'and left alone');
chmod 0640, $path;
is($node->safe_psql('postgres', export_sql('app', ', overwrite => true')), 't|20000|ok', 'and replaced on request');
isnt((stat $path)[1], $before, 'by another file');
is(sprintf('%o', (stat $path)[2] & 0777), '640', 'with the mode that it had');
is(join('|', sqlite_rows($path, 'SELECT count(*), max(a) FROM t; PRAGMA integrity_check;')),
	'20000|' . 'x' x 100 . '9999|ok', 'whose content is right');

foreach my $ending ('-journal', '-wal', '-shm')
{
	append_to_file("$path$ending", 'x');
	like(error_of(export_sql('app', ', overwrite => true')), qr/file ".*out.db$ending" exists/, "$ending beside it");
	unlink "$path$ending";
}
unlink $path;
symlink "$dir/elsewhere.db", $path;
like(error_of(export_sql('app')), qr/is not a regular file/, 'a symbolic link');
like(error_of(export_sql('app', ', overwrite => true')), qr/is not a regular file/, 'is not replaced');
ok(!-e "$dir/elsewhere.db", 'nor followed');
unlink $path;
mkdir $path;
like(error_of(export_sql('app', ', overwrite => true')), qr/is not a regular file/, 'a directory');
rmdir $path;
mkdir "$dir/real";
symlink "$dir/real", "$dir/link";
$node->safe_psql('postgres', "SELECT sqlite_export('app', '$dir/link/x.db')");
ok(-f "$dir/real/x.db", 'a link to a directory is followed');
unlink "$dir/real/x.db", "$dir/link";
rmdir "$dir/real";
is(files(), '', 'nothing is left');

# the file stays when the transaction does not
$node->safe_psql('postgres', 'BEGIN; ' . export_sql('app') . '; ROLLBACK');
is(files(), 'out.db', 'the file appears with the function, not with the commit');
unlink $path;

# an error in a block that catches it
$node->safe_psql('postgres', "DO \$\$ BEGIN PERFORM sqlite_export('app', '$path', on_bad_value => 'error'), 1 / 0;
	EXCEPTION WHEN division_by_zero THEN NULL; END \$\$");
unlink $path;
$node->safe_psql('postgres', "CREATE SCHEMA bad; CREATE TABLE bad.t AS SELECT 'NaN'::float8 AS a");
$node->safe_psql('postgres', "DO \$\$ BEGIN PERFORM sqlite_export('bad', '$path');
	EXCEPTION WHEN OTHERS THEN NULL; END \$\$; SELECT 1");
is(files(), '', 'an error that is caught leaves nothing behind');

# cancel, timeout, end of the session: while rows are copied, and within SQLite
like(error_of("SET statement_timeout = '150ms'; " . export_sql('large')), qr/statement timeout/, 'a timeout');
is(files(), '', 'leaves nothing behind');
my $timeouts = 0;
foreach my $ms (map { $_ * 120 } 1 .. 25)
{
	$timeouts++ if error_of("SET statement_timeout = '${ms}ms'; " . export_sql('large', ', overwrite => true')) =~ /statement timeout/;
	last if -e $path;
	is(files(), '', "nor after $ms ms");
}
cmp_ok($timeouts, '>', 0, "$timeouts timeouts");
unlink $path;
foreach my $function ('pg_cancel_backend', 'pg_terminate_backend')
{
	my ($in, $out, $err) = ('', '', '');
	my $victim = IPC::Run::start([ 'psql', '-X', '-d', $node->connstr('postgres') . " application_name='$function'",
			'-c', 'SET synchronize_seqscans = on', '-c', export_sql('large') ], '<', \$in, '>', \$out, '2>', \$err, IPC::Run::timeout(60));

	ok($node->poll_query_until('postgres',
		"SELECT count(*) = 1 FROM pg_stat_progress_copy WHERE command = 'COPY TO' AND tuples_processed > 0 AND bytes_processed > 0"),
		'pg_stat_progress_copy knows of it');
	like(files(), qr/^out\.db\.tmp\d+_\d+$/, 'the file has another name meanwhile');
	$node->safe_psql('postgres', "SELECT $function(pid) FROM pg_stat_activity WHERE application_name = '$function'");
	$victim->finish;
	like($err, qr/canceling statement|terminating connection/, $function);
	ok($node->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = '$function'"), 'it has ended');
	is(files(), '', 'and nothing is left');
}

# a file that cannot grow
SKIP:
{
	skip 'no prlimit', 2 if system('prlimit --version > /dev/null 2>&1') != 0;
	my $err = error_of("SELECT pg_backend_pid() AS pid \\gset\n\\setenv PID :pid\n\\! prlimit --pid \$PID --fsize=500000:\n" . export_sql('large'));
	like($err, qr/could not write SQLite database "out.db"/, 'a file that cannot grow');
	is(files(), '', 'leaves nothing behind');
}
SKIP:
{
	skip 'root may write anywhere', 1 if $> == 0;
	chmod 0500, $dir;
	like(error_of(export_sql('app')), qr/could not create a file in directory ".*": Permission denied/, 'a directory that cannot be written');
	chmod 0700, $dir;
}

# another session: rows that come while we export are not in the file; a table
# that is dropped while we wait for its lock is not, either
my $other = $node->background_psql('postgres');
$node->safe_psql('postgres', 'CREATE TABLE app.u (a integer); CREATE TABLE app.gone (a integer)');
$other->query_safe('BEGIN; INSERT INTO app.t VALUES (0, \'late\'); INSERT INTO app.u VALUES (1); DROP TABLE app.gone');
my ($in, $out, $err) = ('', '', '');
my $waiting = IPC::Run::start([ 'psql', '-X', '-At', '-d', $node->connstr('postgres'), '-c', export_sql('app') ],
	'<', \$in, '>', \$out, '2>', \$err, IPC::Run::timeout(60));
ok($node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_locks WHERE NOT granted AND relation IS NOT NULL"), 'it waits for the table');
$other->query_safe('COMMIT');
$waiting->finish;
is($out, "t|20001|ok\nu|1|ok\n", 'what was committed when the tables were locked is there, the dropped table is not');
unlink $path;

# repeatable read: all tables as of the transaction's snapshot
$other->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
$node->safe_psql('postgres', 'INSERT INTO app.u VALUES (2)');
like($other->query_safe(export_sql('app')), qr/u\|1\|ok/, 'the snapshot is the transaction\'s');
$other->query_safe('COMMIT');
$other->quit;
unlink $path;

# kill -9 leaves the temporary file at most, and no out.db
$node->append_conf('postgresql.conf', 'restart_after_crash = on');
$node->reload;
{
	my ($kin, $kout, $kerr) = ('', '', '');
	my $victim = IPC::Run::start([ 'psql', '-X', '-d', $node->connstr('postgres'), '-c', export_sql('large') ],
		'<', \$kin, '>', \$kout, '2>', \$kerr, IPC::Run::timeout(60));
	$node->poll_query_until('postgres', 'SELECT count(*) = 1 FROM pg_stat_progress_copy WHERE tuples_processed > 0');
	my $pid = $node->safe_psql('postgres', 'SELECT pid FROM pg_stat_progress_copy');
	kill 9, $pid;
	$victim->finish;
	ok(!-e $path, 'a killed server leaves no file under the name');
	ok($node->poll_query_until('postgres', 'SELECT true'), 'the server is back');
}

$node->stop;
done_testing();
