# Thousands of random values, written by SQLite itself and read as each type:
# what comes out must be what a model in Perl says, by means that share nothing
# with ours (Math::BigInt, pack, strtod, SQLite's own strftime).  Not in
# pg_regress because there are thousands of values, made by chance.
#
# Environment: SFM_SEED, a number, or "random"; SFM_VALUES, how many of each kind.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use ValueModel;
use JSON::PP;
use Math::BigInt;
use POSIX qw(floor strtod);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $per_kind = $ENV{SFM_VALUES} // 300;

my $node = start_server('values');
my $dir = PostgreSQL::Test::Utils::tempdir;
my $seed = random_seed(1);

# ---------------------------------------------------------------------------
# Making values: each generator returns SQL
# ---------------------------------------------------------------------------
sub pick { return $_[ int rand @_ ] }
sub digits { my $n = shift; return join '', map { int rand 10 } 1 .. $n }
sub hex_bytes { my $n = shift; return join '', map { sprintf '%02x', int rand 256 } 1 .. $n }
sub text { return "CAST(x'" . unpack('H*', $_[0]) . "' AS TEXT)" }

sub random_integer
{
	return pick(0, 1, -1, 32767, 32768, -32768, -32769, 2147483647, 2147483648, -2147483648, -2147483649,
		'9223372036854775807', '(-9223372036854775807 - 1)', '9007199254740991', '9007199254740993', 16777217)
	  if rand() < 0.2;
	my $big = Math::BigInt->from_hex(hex_bytes(8))->brsft(1 + int rand 63);
	return (rand() < 0.5 ? '-' : '') . $big->bstr;
}

sub random_real
{
	my $kind = rand;

	return "ieee754_from_blob(x'" . real_bits() . "')" if $kind < 0.4;
	return sprintf('%d.0', rand() * 10**int(rand 18) * (rand() < 0.5 ? -1 : 1)) if $kind < 0.6;
	return sprintf('%s%d.%s', pick('', '-'), rand 10**int(rand 9), digits(1 + int rand 6)) if $kind < 0.9;
	return pick('9e999', '-9e999', '1e22', '1e23', '5e-324', '1.7976931348623157e308', '0.1', '1e15', '1e16', '123456789012345680.0');
}

# random bits that are no NaN, which SQLite would make NULL
sub real_bits
{
	while (1)
	{
		my $bits = hex_bytes(8);
		return $bits unless $bits =~ /^[7f]f[f]/ || $bits =~ /^[7f]ff/;
	}
}

sub random_number_text
{
	my $s = pick('', '', '-', '+') . pick(digits(int rand 25), digits(1 + int rand 5), '0' x int(rand 4) . digits(1 + int rand 9));

	$s .= '.' . digits(int rand 12) if rand() < 0.5;
	$s .= pick('e', 'E') . pick('', '+', '-') . digits(1 + int rand 2) if rand() < 0.2;
	$s .= pick('x', ' 1', '-', '_', ',5', "\0", chr 160) if rand() < 0.05;
	$s = pick('NaN', 'nan', 'Infinity', '-inf', '+INF', 'infin', 'true', 'FALSE', 'yes', 'no', 'on', 'off', 't', 'n', 'of', '1', '0', '2') if rand() < 0.1;
	$s = pick(' ', "\t", "\n") . $s . pick('', '  ') if rand() < 0.1;
	return text($s);
}

sub random_text
{
	my $s = '';

	foreach (1 .. int rand 9)
	{
		$s .= pick(chr(32 + int rand 95), "\xc3" . chr(128 + int rand 64), "\xe2\x82\xac", "\xf0\x9f\x98" . chr(128 + int rand 64), "\n", "'");
	}
	$s .= pick("\0", "\xff", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\x80", "\xe2\x82") if rand() < 0.15;
	return text($s);
}

sub random_uuid
{
	my $s = hex_bytes(16);

	$s =~ s/^(.{8})(....)(....)(....)/$1-$2-$3-$4-/ if rand() < 0.7;
	$s = uc $s if rand() < 0.2;
	$s = "{$s}" if rand() < 0.1;
	substr($s, int(rand length $s), 1, pick('g', '-', '')) if rand() < 0.2;
	return rand() < 0.3 ? "x'" . hex_bytes(pick(16, 16, 16, 15, 17, 0)) . "'" : text($s);
}

sub random_time_text
{
	my $date = sprintf '%04d-%02d-%02d', pick(1970 + int rand 60, int rand 10000), 1 + int rand 12, 1 + int rand 31;
	my $time = sprintf '%02d:%02d', int rand 24, int rand 60;

	$time .= sprintf ':%02d', int rand 60 if rand() < 0.8;
	$time .= '.' . digits(1 + int rand 3) if $time =~ /:..:/ && rand() < 0.4;
	$time .= pick('Z', sprintf('%s%02d:%02d', pick('+', '-'), int rand 14, int rand 60)) if rand() < 0.3;
	my $s = rand() < 0.2 ? $date : rand() < 0.1 ? $time : $date . pick(' ', 'T') . $time;

	# now and then something else at some place
	substr($s, int(rand length $s), int rand 2, pick('0' .. '9', '-', ':', ' ', 'T', '.', 'x', '+', '')) if rand() < 0.3;
	return text($s);
}

sub random_time_number
{
	return pick(int(rand 4e9), -int(rand 4e9), sprintf('%.3f', rand 4e9), sprintf('%.6f', rand 5373485), int(rand 5400000));
}

my @kinds = (\&random_integer, \&random_real, \&random_number_text, \&random_text, \&random_uuid,
	\&random_time_text, \&random_time_text, \&random_time_number, sub { "x'" . hex_bytes(int rand 20) . "'" });
my @values = map { my $kind = $_; map { $kind->() } 1 .. $per_kind } @kinds;

my $path = make_sqlite("$dir/values.db",
	"BEGIN; CREATE TABLE t (id INTEGER PRIMARY KEY, v);" . join('', map { "INSERT INTO t (v) VALUES ($_);\n" } @values) . 'COMMIT;');

# What the shell says of each value, and of it as a time
my @source;
foreach (sqlite_rows($path, "SELECT id, typeof(v), CASE typeof(v) WHEN 'real' THEN lower(hex(ieee754_to_blob(v))) WHEN 'integer' THEN v ELSE lower(hex(v)) END,"
		. " ifnull(CASE typeof(v) WHEN 'blob' THEN NULL WHEN 'text' THEN strftime('%Y-%m-%d %H:%M:%f', v) ELSE strftime('%Y-%m-%d %H:%M:%f', v, 'auto') END, 'none') FROM t"))
{
	push @source, shell_value(split /\|/);
}
is(scalar @source, scalar @values, 'every value is in the file');

my @types = (
	[ 'smallint', 'v::text', sub { model_integer($_[0], 16) } ],
	[ 'integer', 'v::text', sub { model_integer($_[0], 32) } ],
	[ 'bigint', 'v::text', sub { model_integer($_[0], 64) } ],
	[ 'double precision', q{encode(float8send(v), 'hex')}, \&model_float8 ],
	[ 'real', q{encode(float4send(v), 'hex')}, \&model_float4 ],
	[ 'numeric', 'v::text', \&model_numeric ],
	[ 'numeric(12,3)', 'v::text', sub { model_numeric($_[0], 12, 3) } ],
	[ 'numeric(4,0)', 'v::text', sub { model_numeric($_[0], 4, 0) } ],
	[ 'boolean', 'v::text', \&model_boolean ],
	[ 'text', 'v', \&model_text ],
	[ 'varchar(6)', 'v::text', sub { model_text($_[0], 6) } ],
	[ 'bytea', 'v::text', \&model_bytea ],
	[ 'uuid', 'v::text', \&model_uuid ],
	[ 'timestamp', 'v::text', \&model_timestamp ]);

$node->safe_psql('postgres', 'CREATE SERVER s FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database ' . sql_literal($path) . ", on_bad_value 'null')");
foreach my $type (@types)
{
	my ($name, $expression, $model) = @$type;
	my ($good, $bad) = (0, 0);
	my @wrong;
	my %got = map { split /\|/, $_, 2 } split /\n/, $node->safe_psql('postgres',
		"DROP FOREIGN TABLE IF EXISTS f; CREATE FOREIGN TABLE f (id bigint, v $name) SERVER s OPTIONS (\"table\" 't');"
		  . "SELECT id, coalesce('=' || encode(convert_to($expression, 'UTF8'), 'hex'), 'bad') FROM f");

	foreach my $value (@source)
	{
		my $expected = $model->($value);
		my $got = $got{ $value->{id} };

		$got = $got eq 'bad' ? undef : pack 'H*', substr $got, 1;
		defined $got ? $good++ : $bad++;
		my $right = ref $expected ? (defined $got || $name =~ /varchar|real|timestamp/ ? $expected->($got) : 0)
		  : defined $expected ? defined $got && $got eq $expected : !defined $got;
		push @wrong, "$value->{class} $value->{content} ($value->{time}): got " . ($got // 'bad') . ', expected ' . (ref $expected ? 'a check' : $expected // 'bad')
		  unless $right;
	}
	is(scalar @wrong, 0, "$name: $good good, $bad bad values as the model says") or diag "seed $seed\n" . join "\n", @wrong[ 0 .. ($#wrong < 9 ? $#wrong : 9) ];
	ok($good > 9 && $bad + ($name eq 'bytea' ? 1e9 : 0) > 9, "$name: both kinds are there");
}

# ---------------------------------------------------------------------------
# Binary JSON: made by SQLite where it can, else here
# ---------------------------------------------------------------------------
sub random_json
{
	my ($depth) = @_;
	my $kind = int rand($depth > 4 ? 6 : 9);

	return pick('null', 'true', 'false') if $kind == 0;
	return Math::BigInt->new(random_integer() =~ /^(-?\d+)$/ ? $1 : 7)->bstr if $kind == 1;
	return sprintf('%d.%s', rand(2000) - 1000, digits(1 + int rand 9)) . pick('', '', 'e5', 'E-7') if $kind == 2;
	return JSON::PP->new->allow_nonref->ascii(rand() < 0.5)->encode(join '', map { pick(chr(32 + int rand 90), "\n", '"', '\\', chr(233), chr(0x20ac), chr(0x1f600)) } 1 .. int rand 30) if $kind < 6;
	return '[' . join(',', map { random_json($depth + 1) } 1 .. int rand 6) . ']' if $kind < 8;
	return '{' . join(',', map { JSON::PP->new->allow_nonref->encode("k$_" . 'x' x int rand 20) . ':' . random_json($depth + 1) } 1 .. int rand 6) . '}';
}

sub element
{
	my ($type, $payload) = @_;
	my $size = length $payload;

	# not only the shortest header: a decoder has to take all
	my $least = $size < 12 ? 0 : $size < 256 ? 12 : $size < 65536 ? 13 : 14;
	my $form = rand() < 0.8 ? $least : pick(grep { $_ >= $least && $_ } 12, 13, 14, 15);
	return pack('C', $size << 4 | $type) . $payload if !$form;
	return pack('C', $form << 4 | $type) . substr(pack('Q>', $size), 8 - (1 << ($form - 12))) . $payload;
}

sub to_jsonb
{
	my ($rest) = @_;			# reference to JSON text, eaten from the left

	$$rest =~ s/^\s+//;
	return element(0, '') if $$rest =~ s/^null//;
	return element(1, '') if $$rest =~ s/^true//;
	return element(2, '') if $$rest =~ s/^false//;
	if ($$rest =~ s/^(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)//)
	{
		my $digits = $1;
		return element($digits =~ /[.eE]/ ? 5 : 3, $digits);
	}
	if ($$rest =~ s/^"((?:[^"\\]|\\.)*)"//s)
	{
		my $string = $1;
		return element($string =~ /\\/ ? 8 : 7, $string);
	}
	my $object = substr($$rest, 0, 1, '') eq '{';
	my $payload = '';

	until ($$rest =~ s/^[\]\}]//)
	{
		$$rest =~ s/^[,:]//;
		$payload .= to_jsonb($rest);
	}
	return element($object ? 12 : 11, $payload);
}

my ($version) = sqlite_rows($path, 'SELECT sqlite_version()');
my $library = $version =~ /^3\.(\d+)/ && $1 >= 45;
my $sql = 'BEGIN; CREATE TABLE t (id INTEGER PRIMARY KEY, j TEXT, b BLOB, own BLOB);';
foreach my $i (1 .. $per_kind)
{
	my $json = random_json(0);

	utf8::encode($json);
	my $rest = $json;
	my $literal = "CAST(x'" . unpack('H*', $json) . "' AS TEXT)";
	my $blob = "x'" . unpack('H*', to_jsonb(\$rest)) . "'";

	is($rest, '', "JSON $i is made whole") if $rest ne '';
	$sql .= "INSERT INTO t VALUES ($i, $literal, " . ($library ? "jsonb($literal)" : $blob) . ", $blob);\n";
}
note "JSONB by " . ($library ? "SQLite $version" : 'this test');
my $json_path = make_sqlite("$dir/json.db", $sql . 'COMMIT;');
$node->safe_psql('postgres', 'CREATE SERVER j FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database ' . sql_literal($json_path) . ');'
	  . 'CREATE FOREIGN TABLE j (id bigint, j jsonb, b jsonb, own jsonb) SERVER j OPTIONS ("table" \'t\');'
	  . 'CREATE FOREIGN TABLE k (id bigint, b json, own json) SERVER j OPTIONS ("table" \'t\')');
is($node->safe_psql('postgres', 'SELECT count(*), count(b), count(own) FROM j'), "$per_kind|$per_kind|$per_kind", 'all JSONB is read');
is($node->safe_psql('postgres', 'SELECT id FROM j WHERE j IS DISTINCT FROM b OR j IS DISTINCT FROM own'), '', "JSONB is the JSON it was made of (seed $seed)");
is($node->safe_psql('postgres', 'SELECT id FROM j JOIN k USING (id) WHERE k.b::jsonb IS DISTINCT FROM j OR k.own::jsonb IS DISTINCT FROM j'), '', 'as json, too');

# damaged JSONB is read or bad; nothing else happens
my @blobs = sqlite_rows($json_path, 'SELECT hex(own) FROM t');
$sql = 'BEGIN; CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB);';
foreach my $i (1 .. 2 * $per_kind)
{
	my $bytes = pack 'H*', pick(@blobs);

	substr($bytes, int(rand length $bytes), 1, chr int rand 256) foreach 1 .. 1 + int rand 3;
	$bytes = substr $bytes, 0, int rand length $bytes if rand() < 0.2;
	$sql .= "INSERT INTO t VALUES ($i, x'" . unpack('H*', $bytes) . "');\n";
}
my $damaged = make_sqlite("$dir/damaged.db", $sql . 'COMMIT;');
$node->safe_psql('postgres', 'CREATE SERVER d FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database ' . sql_literal($damaged) . ", on_bad_value 'null');"
	  . 'CREATE FOREIGN TABLE d (id bigint, b jsonb) SERVER d OPTIONS ("table" \'t\')');
my ($rows, $good) = split /\|/, $node->safe_psql('postgres', 'SELECT count(*), count(b) FROM d');
is($rows, 2 * $per_kind, "damaged JSONB: $good of $rows are still JSON");

$node->stop;
done_testing();
