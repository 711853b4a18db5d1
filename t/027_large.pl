# A value of 500 MB: read right, and held once, not twice.  Not in pg_regress
# because it takes a file of 1 GB, minutes, and a look at a server process.
#
# Runs only where the environment variable SFM_LARGE is set; SFM_LARGE=MB sets
# the size, at least 100.
use strict;
use warnings FATAL => 'all';

use Digest::SHA;
use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'SFM_LARGE is not set' unless $ENV{SFM_LARGE};
my $megabytes = $ENV{SFM_LARGE} >= 100 ? $ENV{SFM_LARGE} : 500;
my $size = $megabytes * 1_000_000;
my $text_size = int($megabytes * 0.8) * 1_000_000;	# a row is limited to 1 GB

# what else a server process may need, in kB
my $allowance = 48 * 1024;

my $dir = PostgreSQL::Test::Utils::tempdir;
my $node = start_server('large');

# Pseudo-random bytes in a file, a block at a time.
sub make_bytes
{
	my ($path, $bytes, $as_text) = @_;
	my $sha = Digest::SHA->new(256);

	open my $out, '>:raw', $path or die "could not write $path: $!";
	for (my $i = 0; $i < $bytes / 1_000_000; $i++)
	{
		my $hash = Digest::SHA::sha512_hex($i);
		my $block = $as_text ? $hash x 7813 : pack('H*', $hash) x 15626;

		$block = substr $block, 0, 1_000_000;
		print $out $block;
		$sha->add($block);
	}
	close $out or die "could not write $path: $!";
	return $sha->hexdigest;
}

my %digest = (blob => make_bytes("$dir/blob", $size, 0), text => make_bytes("$dir/text", $text_size, 1));

# fields before and behind the large ones: what is left out of the buffer must
# not move them
make_sqlite("$dir/large.db", 'PRAGMA page_size = 4096; CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, data BLOB, b TEXT, c REAL, body TEXT, d INTEGER);'
	  . "INSERT INTO t VALUES (1, 11, x'01', 'small', 1.5, 'tiny', 111);"
	  . "INSERT INTO t VALUES (2, 2000000, readfile(" . sql_literal("$dir/blob") . "), 'between', 2.5, CAST(readfile(" . sql_literal("$dir/text") . ") AS TEXT), 222222222222);"
	  . "INSERT INTO t VALUES (3, NULL, x'03', 'after', 3.5, 'end', 333);");
unlink "$dir/blob", "$dir/text";
$node->safe_psql('postgres', "CREATE SERVER s FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database " . sql_literal("$dir/large.db") . "); CREATE SCHEMA f;"
	  . "CREATE FOREIGN TABLE f.t (id bigint, a bigint, data bytea, b text, c double precision, body text, d bigint) SERVER s;"
	  . "CREATE FUNCTION peak() RETURNS bigint LANGUAGE sql AS \$\$SELECT substring(pg_read_file('/proc/self/status') FROM 'VmHWM:\\s+(\\d+)')::bigint\$\$;");

# Runs a statement in a process of its own; returns its result and by how many
# kB it raised the process's highest memory.
sub run_measured
{
	my ($sql, $setup) = @_;
	my $out = $node->safe_psql('postgres', ($setup // '') . "SELECT a FROM f.t WHERE id = 1; SELECT peak(); $sql; SELECT peak();");
	my @lines = split /\n/, $out;
	my $after = pop @lines;

	shift @lines;
	return (join("\n", grep { !/^\d+$/ || $_ < 0 } @lines[ 1 .. $#lines ]), $after - shift @lines);
}

# Is the memory that of so many bytes at most?
sub holds
{
	my ($kb, $bytes, $name) = @_;

	note sprintf '%s: %.0f MB for %.0f MB', $name, $kb / 1024, $bytes / 1024 / 1024;
	cmp_ok($kb, '<', $bytes / 1024 + $allowance, $name);
}

SKIP:
{
	skip 'no /proc/self/status', 1 unless -r '/proc/self/status';
	my ($out, $kb);

	($out, $kb) = run_measured("SELECT id || ':' || length(data) || ':' || coalesce(a, -1) || ':' || b || ':' || c || ':' || d FROM f.t");
	is($out, "1:1:11:small:1.5:111\n2:$size:2000000:between:2.5:222222222222\n3:1:-1:after:3.5:333", 'rows with the BLOB');
	holds($kb, $size, 'a BLOB is held once');

	($out, $kb) = run_measured("SELECT id || ':' || encode(sha256(data), 'hex') FROM f.t WHERE id = 2 AND d > 0");
	is($out, "2:$digest{blob}", 'bytes of the BLOB, read by its key');

	($out, $kb) = run_measured("SELECT id || ':' || encode(sha256(data), 'hex') FROM f.t WHERE b || '' = 'between'");
	is($out, "2:$digest{blob}", 'bytes of the BLOB');
	holds($kb, $size, 'a BLOB is held once by a function that looks at all of it');

	($out, $kb) = run_measured("SELECT id || ':' || d FROM f.t");
	is($out, "1:111\n2:222222222222\n3:333", 'what is behind both');
	holds($kb, 0, 'what is not wanted is not held');

	($out, $kb) = run_measured("SELECT id || ':' || octet_length(body) || ':' || d FROM f.t");
	is($out, "1:4:111\n2:$text_size:222222222222\n3:3:333", 'rows with the text');
	holds($kb, $text_size, 'a text is held once');

	($out, $kb) = run_measured("SELECT id || ':' || octet_length(body) || ':' || length(data) || ':' || b || ':' || d FROM f.t");
	is($out, "1:4:1:small:111\n2:$text_size:$size:between:222222222222\n3:3:1:after:333", 'rows with both');
	holds($kb, $size + $text_size, 'each of both is held once');

	($out, $kb) = run_measured("SELECT column_name || ':' || max_length || ':' || misfits FROM sqlite_profile('f') WHERE column_name IN ('data', 'body')");
	is($out, "data:$size:0\nbody:$text_size:0", 'profile');
	holds($kb, $size + $text_size, 'a profile copies nothing');

	# the virtual machine has its own copy
	($out, $kb) = run_measured("SELECT id || ':' || encode(sha256(data), 'hex') FROM f.t WHERE b || '' = 'between'", "ALTER SERVER s OPTIONS (ADD reader 'sqlite');");
	is($out, "2:$digest{blob}", 'bytes of the BLOB, by the reader sqlite');
	note sprintf 'the reader sqlite: %.0f MB', $kb / 1024;
	$node->safe_psql('postgres', "ALTER SERVER s OPTIONS (DROP reader)");

	# as any INSERT does
	$node->safe_psql('postgres', 'CREATE TABLE plain (LIKE f.t); CREATE TABLE loaded (LIKE f.t);');
	($out, $kb) = run_measured("SELECT 'rows ' || sqlite_load('f.t', 'loaded', on_bad_value => NULL)");
	is($out, 'rows 3', 'load');
	is( $node->safe_psql('postgres', "SELECT encode(sha256(data), 'hex'), encode(sha256(convert_to(body, 'UTF8')), 'hex') FROM loaded WHERE id = 2"),
		"$digest{blob}|$digest{text}",
		'what was loaded');
	holds($kb, 2 * ($size + $text_size), 'a load holds the values and the row made of them');
}

$node->stop;
done_testing();
