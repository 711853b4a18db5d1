# Files that are missing, unreadable, damaged or something else: a clear error,
# and nothing is created.  Not in pg_regress because the files' paths, modes and
# damage are made here, and messages of the system differ.
# Environment: SFM_SEED, of the damage: a number, or "random".
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use POSIX qw(mkfifo);
use Test::More;

my $node = start_server('files');
my $dir = PostgreSQL::Test::Utils::tempdir;

# Imports a file; returns SQLSTATE and message, or an empty string.
sub import_error
{
	my ($path, $options) = @_;
	my $sql = "DROP SCHEMA IF EXISTS f CASCADE; DROP SERVER IF EXISTS f CASCADE;"
	  . "CREATE SERVER f FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database "
	  . sql_literal($path) . ($options // '') . "); CREATE SCHEMA f;"
	  . "\\set VERBOSITY verbose\nIMPORT FOREIGN SCHEMA main FROM SERVER f INTO f;"
	  . "SELECT count(*) FROM f.t;";
	my ($status, $out, $err) = $node->psql('postgres', $sql);

	return $status == 0 ? '' : $err;
}

# a good one, for comparison; also under names that a shell or a URI would read
foreach my $name ('good.db', 'blank in name.db', q(quote'in"name.db), '%41?mode=rwc#x.db', 'ünïcode.db', '-dash.db')
{
	my $path = make_sqlite("$dir/$name", 'CREATE TABLE t (a); INSERT INTO t VALUES (1);');

	is(import_error($path), '', "reads \"$name\"");
	is(import_error($path, ", immutable 'true'"), '', "reads \"$name\" as immutable");
	is($node->safe_psql('postgres', 'SELECT a FROM f.t'), '1', "the value in \"$name\"");
}
opendir(my $handle, $dir);
is(join(' ', sort grep { !/^\./ } readdir $handle),
	join(' ', sort 'good.db', 'blank in name.db', q(quote'in"name.db), '%41?mode=rwc#x.db', 'ünïcode.db', '-dash.db'),
	'no other file was made');
closedir $handle;

# Somebody else's file in WAL mode: nothing is left beside it that its owner
# could not write to
SKIP:
{
	my $wal = $ENV{SFM_FOREIGN_WAL};

	skip "a file of another user is needed: set SFM_FOREIGN_WAL", 5 unless defined $wal;
	is(import_error($wal), '', 'reads a file in WAL mode that belongs to another user');
	ok(!-e "$wal-wal" && !-e "$wal-shm", 'no WAL or shared memory file is made');
	my ($status, $out, $err) = $node->psql('postgres', qq(
		BEGIN;
		SELECT count(*) FROM f.t;
		\\! sqlite3 '$wal' 'INSERT INTO t VALUES (2)'
		SELECT count(*) FROM f.t;
		COMMIT;
		SELECT count(*) FROM f.t;), on_error_stop => 0);
	is($out, "1\n1\n2", 'a transaction sees one state, the next one the change');
	like($err, qr/SQLite database "wal.db" was changed while it was read/, 'the former fails, for it had no lock');
	ok(!-e "$wal-wal" && !-e "$wal-shm", 'still nothing is left beside the file');
}

# missing
like(import_error("$dir/missing.db"), qr/HV00N: could not open SQLite database "missing.db": No such file/, 'missing file');
ok(!-e "$dir/missing.db", 'a missing file is not created');
like(import_error("$dir/missing/x.db"), qr/HV00N/, 'missing folder');

# not readable, unless we are root
SKIP:
{
	skip 'root may read everything', 1 if $> == 0;
	my $path = make_sqlite("$dir/secret.db", 'CREATE TABLE t (a);');
	chmod 0000, $path;
	like(import_error($path), qr/HV00N: could not open SQLite database "secret.db".*HINT.*readable/s, 'no permission');
}

# no file at all
like(import_error($dir), qr/HV00N.*not a regular file/, 'a folder');
mkfifo("$dir/fifo", 0600);
like(import_error("$dir/fifo"), qr/HV00N.*not a regular file/, 'a named pipe does not hang');
like(import_error('/dev/zero'), qr/HV00N.*not a regular file/, 'a device');

# another kind of file
append_to_file("$dir/text.db", "This is no database. " x 100);
like(import_error("$dir/text.db"), qr/XX001: file "text.db" is not a SQLite database/, 'a text file');
append_to_file("$dir/short.db", 'SQLite');
like(import_error("$dir/short.db"), qr/XX001|42P01/, 'a short file');
append_to_file("$dir/empty.db", '');
like(import_error("$dir/empty.db"), qr/42P01: relation "f.t" does not exist/, 'an empty file is an empty database');

# damage: any page cut off or overwritten is an error or right rows, no crash
my $rows = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5000)'
  . " INSERT INTO t SELECT x, 'some text for row ' || x, x / 3.0 FROM c;";
my $big = make_sqlite("$dir/big.db", "PRAGMA page_size = 1024; CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c REAL); $rows");
my $content = slurp_file($big);
my $seed = random_seed(1);
my $damaged = "$dir/damaged.db";
my %outcome;

foreach my $round (1 .. 40)
{
	my $copy = $content;

	if ($round % 4 == 0)
	{
		$copy = substr($copy, 0, int(rand(length $copy)));
	}
	else
	{
		foreach (1 .. 1 + int(rand(20)))
		{
			substr($copy, 100 + int(rand(length($copy) - 100)), 1, chr(int(rand(256))));
		}
	}
	unlink $damaged;
	append_to_file($damaged, $copy);
	my ($status, $out, $err) = $node->psql('postgres',
		"DROP SERVER IF EXISTS d CASCADE; CREATE SERVER d FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database "
		  . sql_literal($damaged) . ");"
		  . "CREATE FOREIGN TABLE d (a bigint, b text, c float8) SERVER d OPTIONS (\"table\" 't');"
		  . "\\set VERBOSITY sqlstate\nSELECT count(*) FROM (SELECT a, b, c FROM d OFFSET 0) x;");
	$err =~ s/^NOTICE.*\n?//mg;
	$outcome{ $status == 0 ? 'read' : $err =~ /ERROR:\s+(\w+)/ ? $1 : "other: $err" }++;
}
note join ', ', map { "$_: $outcome{$_}" } sort keys %outcome;
is(join(' ', grep { !/^(read|XX001|22\w+|HV00R|HV000|HV005|58030|54000)$/ } keys %outcome), '',
	"damaged files (seed $seed) are read or refused");
is($node->safe_psql('postgres', 'SELECT 1'), '1', 'the server is up');
unlike(slurp_file($node->logfile), qr/server process .* was terminated|PANIC/, 'no backend has crashed');

$node->stop;
done_testing();
