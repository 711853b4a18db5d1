# Random expressions as views of PostgreSQL, exported: the sqlite3 shell must
# compute the same values from the exported table.  Not in pg_regress because the
# expressions are random: SFM_SEED repeats a run.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{SFM_SEED} // int rand 1e9;
srand $seed;
diag "SFM_SEED=$seed";

my $node = start_server('export_expressions');
my $path = PostgreSQL::Test::Utils::tempdir . '/out.db';
my $views = $ENV{SFM_EXPRESSIONS} // 400;

$node->safe_psql('postgres', q(
	CREATE SCHEMA e;
	CREATE TABLE e.t (id integer PRIMARY KEY, a integer, b bigint, s smallint, f double precision, g double precision, n numeric(8,3), m numeric(10,2),
		t text, u varchar(20), c char(6), p boolean, q boolean, d date, x date, ts timestamp, tz timestamptz, y bytea, z uuid);
	INSERT INTO e.t VALUES
	(1, 0, 1, -1, 0, 1.5, 0, 1.10, '', 'a', 'ab', true, false, '2024-01-01', '2023-12-31', '2024-01-01', '2024-01-01 12:00:00.5+00', '', '00000000-0000-0000-0000-000000000000'),
	(2, -7, 3, 2, -1.25, 'Infinity', 0.001, 99999.99, 'Abc', 'abc', 'abc   ', false, false, 'infinity', '2024-01-01', '2024-01-01 00:00:00.000001', '2024-01-01 12:00:00.500001+00', '\x00', 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
	(3, 7, -3, 5, 1e300, '-Infinity', -12345.678, -1.1, ' x ', '  x', '', true, true, '-infinity', 'infinity', '-infinity', 'infinity', '\xff00', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
	(4, 100000, 9000000000, 100, 0.1, 0.1, 1.1, 1.10, 'éa%_*?[', 'É', 'é', NULL, true, '0001-01-01', '9999-12-31', '9999-12-31 23:59:59', '0001-01-01', '\x61', NULL),
	(5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	(6, 1, 1, 1, 1, 1, 1, 1, '1', '1.0', '1', false, NULL, '1970-01-01', '1970-01-01', '1970-01-01', '1970-01-01', '\x31', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');));

sub one_of { return $_[ int rand @_ ] }

my %leaves = (
	int => [ qw(a b s 0 1 -3 7 100), 'NULL::integer' ],
	float => [ qw(f g), '1.5::float8', '0.1::float8', '(-2)::float8' ],
	numeric => [ qw(n m 1.1 0.001), '(-12345.678)', '1' ],
	text => [ qw(t u), q('abc'::text), q(''::text), q('É'::text), q('a%'::text), 'NULL::text' ],
	char => [ 'c', q('abc'::bpchar), q('ab  '::char(4)) ],
	bool => [ qw(p q true false), 'NULL::boolean' ],
	date => [ qw(d x), q('2024-01-01'::date), q('infinity'::date) ],
	ts => [ 'ts', q('2024-01-01'::timestamp), q('2024-01-01 00:00:00.000001'::timestamp) ],
	tz => [ 'tz', q('2024-01-01 12:00:00.5+00'::timestamptz) ],
	bytes => [ 'y', q('\\xff'::bytea) ],
	uuid => [ 'z', q('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid) ]);
my %makers = (
	int => [
		sub { '(' . make('int', $_[0]) . one_of(' + ', ' - ', ' * ', ' / ', ' % ') . make('int', $_[0]) . ')' },
		sub { '(- ' . make('int', $_[0]) . ')' }, sub { 'abs(' . make('int', $_[0]) . ')' },
		sub { 'length(' . make('text', $_[0]) . ')' }, sub { 'octet_length(' . make(one_of('text', 'bytes'), $_[0]) . ')' },
		sub { 'mod(' . make('int', $_[0]) . '::bigint, ' . make('int', $_[0]) . '::bigint)' },
		sub { make('bool', $_[0]) . '::integer' } ],
	float => [ sub { '(' . make('float', $_[0]) . one_of(' * 2::float8', ' + 1.5::float8', ' - 0.1::float8', ' / 3::float8') . ')' },
		sub { make('int', $_[0]) . '::float8' }, sub { 'abs(' . make('float', $_[0]) . ')' } ],
	numeric => [ sub { make('int', $_[0]) . '::numeric' } ],
	text => [ sub { '(' . make('text', $_[0]) . ' || ' . make('text', $_[0]) . ')' },
		sub { one_of('lower', 'upper', 'btrim', 'ltrim', 'rtrim') . '(' . make('text', $_[0]) . ')' },
		sub { 'substr(' . make('text', $_[0]) . one_of(', 1, 2', ', 2', ', 3, 0') . ')' },
		sub { 'replace(' . make('text', $_[0]) . ', ' . one_of(q('a'), q(''), q('é')) . ', ' . make('text', $_[0]) . ')' },
		sub { make('int', $_[0]) . '::text' } ],
	bool => [ sub { my $type = one_of(keys %leaves); my $op = one_of(' = ', ' <> ', ' < ', ' <= ', ' > ', ' >= ', ' IS DISTINCT FROM ');
			'(' . make($type, $_[0]) . $op . make($type, $_[0]) . ')' },
		sub { '(' . make('bool', $_[0]) . one_of(' AND ', ' OR ') . make('bool', $_[0]) . ')' },
		sub { '(NOT ' . make('bool', $_[0]) . ')' },
		sub { '(' . make(one_of(keys %leaves), $_[0]) . one_of(' IS NULL', ' IS NOT NULL') . ')' },
		sub { '(' . make('bool', $_[0]) . one_of(' IS TRUE', ' IS NOT TRUE', ' IS FALSE', ' IS NOT FALSE', ' IS UNKNOWN') . ')' },
		sub { my $type = one_of(keys %leaves); '(' . make($type, $_[0]) . one_of(' IN (', ' NOT IN (') . join(', ', map { make($type, 0) } 1 .. 3) . '))' },
		sub { '(' . make('text', $_[0]) . one_of(' LIKE ', ' NOT LIKE ') . one_of(q('a%'), q('_b_'), q('%\\%\\_*?[%'), q('[a-z]%'), q('É')) . ')' },
		sub { '(' . make('int', $_[0]) . ' BETWEEN ' . make('int', $_[0]) . ' AND ' . make('int', $_[0]) . ')' } ]);

# A random expression of a type
sub make
{
	my ($type, $depth) = @_;

	return one_of(@{ $leaves{$type} }) if $depth <= 0;
	my $choice = rand;
	return "coalesce(" . make($type, $depth - 1) . ', ' . make($type, $depth - 1) . ')' if $choice < 0.08;
	return '(CASE WHEN ' . make('bool', $depth - 1) . ' THEN ' . make($type, $depth - 1) . ' ELSE ' . make($type, $depth - 1) . ' END)' if $choice < 0.16;
	return '(CASE ' . make('int', $depth - 1) . ' WHEN ' . make('int', 0) . ' THEN ' . make($type, $depth - 1) . ' END)' if $choice < 0.2;
	return 'nullif(' . make($type, $depth - 1) . ', ' . make($type, $depth - 1) . ')' if $choice < 0.25;
	my $makers = $makers{$type} or return one_of(@{ $leaves{$type} });
	return one_of(@$makers)->($depth - 1);
}

my %expressions;
my $sql = '';
foreach my $i (1 .. $views)
{
	$expressions{"v$i"} = make(one_of('bool', 'bool', 'bool', 'int', 'int', 'float', 'numeric', 'text', 'text', 'date', 'ts'), 1 + int rand 3);
	$sql .= "CREATE VIEW e.v$i AS SELECT id, " . $expressions{"v$i"} . " AS v FROM e.t;\n";
}
# what PostgreSQL itself refuses is no view
$node->psql('postgres', $sql, on_error_stop => 0);

my %status = map { split /\|/, $_, 2 } split /\n/, $node->safe_psql('postgres',
	"SELECT table_name, status || ' ' || detail FROM sqlite_export('e', " . sql_literal($path) . ") WHERE table_name LIKE 'v%'");
my @come = sort grep { $status{$_} =~ /^ok/ } keys %status;
cmp_ok(scalar @come, '>', $views / 8, scalar(@come) . ' of ' . scalar(keys %status) . ' expressions come over');

# PostgreSQL's values: a view whose computing fails says nothing
my %expected;
my ($ignored, $out) = $node->psql('postgres', "SET bytea_output = hex; SET timezone = 'UTC';\n" . join('', map
	{ "SELECT '$_|' || string_agg(id || '=' || coalesce(encode(convert_to(v::text, 'UTF8'), 'hex'), 'NULL'), ',' ORDER BY id) FROM e.$_;\n" } @come), on_error_stop => 0);
foreach (split /\n/, $out) { my ($view, $values) = split /\|/; $expected{$view} = $values }

my %got = map { split /\|/, $_, 2 } sqlite_rows($path, join "\n", map
	{ "SELECT '$_|' || group_concat(id || '=' || CASE typeof(v) WHEN 'null' THEN 'NULL' WHEN 'integer' THEN v WHEN 'real' THEN 'r' || printf('%!.17g', v) ELSE lower(hex(v)) END, ',') FROM (SELECT * FROM $_ ORDER BY id);" } @come);

sub same
{
	my ($left, $right) = @_;
	my $text = $left =~ /^([0-9a-f]{2})*$/ ? pack 'H*', $left : $left;

	return 1 if $left eq $right || $text eq $right;
	return $right eq ($text eq 'true' ? 1 : 0) if $text =~ /^(true|false)$/;
	if ($right =~ /^r(.*)/)
	{
		my $real = $1;

		return $real =~ /^inf/i if $text eq 'Infinity';
		return $real =~ /^-inf/i if $text eq '-Infinity';
		return $text =~ /^-?[\d.]+(e[-+]?\d+)?$/ && $text == $real;
	}
	return $text == $right if $text =~ /^-?[\d.]+$/ && $right =~ /^-?\d+$/;
	# a moment in SQLite's form
	my $moment = pack 'H*', $right;
	$moment =~ s/(\.\d*?)0+$/$1/;
	return $moment eq $text;
}

my ($compared, @wrong) = (0);
foreach my $view (@come)
{
	next unless defined $expected{$view};
	my @left = split /,/, $expected{$view};
	my @right = split /,/, $got{$view};
	foreach my $i (0 .. $#left)
	{
		my ($id, $l) = split /=/, $left[$i];
		my (undef, $r) = split /=/, $right[$i];
		$compared++;
		push @wrong, "$expressions{$view}, id $id: $l in PostgreSQL, $r in SQLite" unless same($l // '', $r // '');
	}
}
is(join("\n", @wrong > 8 ? @wrong[0 .. 7] : @wrong), '', "$compared values are the same (SFM_SEED=$seed)");
cmp_ok($compared, '>', $views / 2, 'enough were compared');

$node->stop;
done_testing();
