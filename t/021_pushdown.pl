# Random conditions over columns of every affinity that hold everything SQLite
# can store there: a foreign table, where SQLite looks at the condition first,
# must give the rows that a local copy of its converted values gives.  Not in
# pg_regress because the conditions are made by chance.
#
# Environment: SFM_SEED, a number, or "random"; SFM_CONDITIONS, how many of each
# way for each table.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $per_table = $ENV{SFM_CONDITIONS} // 8;

my $node = start_server('pushdown');
my $dir = PostgreSQL::Test::Utils::tempdir;
my $seed = random_seed(1);

sub pick { return $_[ int rand @_ ] }

# ---------------------------------------------------------------------------
# What SQLite stores
# ---------------------------------------------------------------------------
my @integers = (0, 1, -1, 5, 7, 42, 32767, 32768, 2147483647, 2147483648, -2147483648, 4294967295,
	9007199254740991, '9007199254740992', '9007199254740993', '-9007199254740993', '9223372036854775807',
	'(-9223372036854775807 - 1)', '1152921504606847000', '1152921504606846976');
my @reals = ('0.0', '-0.0', '0.1', '0.5', '1.5', '5.0', '5.5', '-1.0', '1e20', '9e999', '-9e999', '9007199254740992.0',
	'1152921504606846976.0', '1e15', '123456789.125', '0.30000000000000004', '1e-300', '3.4e38', '0.25', '7.0');
my @texts = ('5', ' 5', '5.0', '05', '+5', '5e0', '0x5', 'NaN', 'Infinity', '-Infinity', '-inf', 'inf', 'abc', 'ABC',
	'abc ', 'abc  ', 'Abc', 'abd', 'ab', '', '  ', 'é', 'É', '~', "\x{ff5e}", "\x{10000}", "\x{fffd}", '7',
	'-1', 't', '1e20', '1e+20', '0.1', '9007199254740993', '1152921504606847000', '1152921504606846976', "it's", '5 abc', '.', '-', '7.0', '42');
my @blobs = ("x'35'", "x'616263'", "x''", "x'ff'", "x'6162'", "x'c3a9'", "CAST(x'ff' AS TEXT)", "CAST(x'610062' AS TEXT)");

sub utf8_literal
{
	my ($string) = @_;

	utf8::encode($string);
	return sql_literal($string);
}

sub stored_value
{
	my $kind = rand;

	return 'NULL' if $kind < 0.08;
	return pick(@blobs) if $kind < 0.2;
	return pick(@integers) if $kind < 0.45;
	return pick(@reals) if $kind < 0.65;
	return utf8_literal(pick(@texts));
}

# ---------------------------------------------------------------------------
# What PostgreSQL compares with
# ---------------------------------------------------------------------------
my %constants = (
	'smallint' => [ 0, 1, -1, 5, 7, 42, 32767 ],
	'integer' => [ 0, 1, -1, 5, 7, 42, 32768, 2147483647, -2147483648 ],
	'bigint' => [ 0, 5, -1, 7, '9007199254740991', '9007199254740992', '9007199254740993', '-9007199254740993',
		'9223372036854775807', '-9223372036854775808', '1152921504606847000', '1152921504606846976' ],
	'oid' => [ 0, 5, 7, 4294967295, 2147483648 ],
	'real' => [ 0, 5, 0.5, 1.5, -1, 'NaN', 'Infinity', '-Infinity', 0.25, '3.4e38' ],
	'double precision' => [ 0, '-0', 5, 0.1, 0.5, 5.5, -1, 'NaN', 'Infinity', '-Infinity', '1e20', '9007199254740992', '0.30000000000000004', '1e-300' ],
	'numeric' => [ 0, 5, '5.0', '0.1', '0.10', '0.1000000000000000055511151231257827', '0.09999999999999999999', '5.5', 'NaN', 'Infinity', '-Infinity',
		'1e20', '9007199254740992', '9007199254740993', '9007199254740992.5', '1152921504606847000', '1152921504606846976', '0.30000000000000004', '1e-300', '1e400' ],
	'text' => \@texts,
	'varchar(20)' => \@texts,
	'domain_text' => \@texts,
	'domain_bigint' => [ 0, 5, -1, 7, '9007199254740993' ],
);
my %compared_as = ('varchar(20)' => 'text', 'domain_text' => 'text', 'domain_bigint' => 'bigint');
my %partners = (
	'smallint' => [ 'smallint', 'integer', 'bigint' ],
	'integer' => [ 'smallint', 'integer', 'bigint' ],
	'bigint' => [ 'smallint', 'integer', 'bigint' ],
	'real' => [ 'real', 'double precision' ],
	'double precision' => [ 'real', 'double precision' ],
);

# a type to compare with, and a constant of it
sub constant
{
	my ($type) = @_;
	my $other = pick(@{ $partners{$type} // [ $compared_as{$type} // $type ] });
	my $value = pick(@{ $constants{$other} });

	return (utf8_literal($value) . "::$other", $other);
}

sub array_of
{
	my ($type) = @_;
	my $other = $compared_as{$type} // $type;
	my @values = map { utf8_literal(pick(@{ $constants{$other} })) } 1 .. 1 + int rand 5;

	push @values, 'NULL' if rand() < 0.2;
	@values = () if rand() < 0.05;
	return 'ARRAY[' . join(', ', @values) . "]::${other}[]";
}

my @columns = qw(i n r x xn xr b s f);

sub operator { return pick('=', '=', '=', '<', '<=', '>', '>=', '<>') }

sub collate
{
	my ($type) = @_;

	return '' unless $type =~ /text|varchar/ && rand() < 0.6;
	return ' COLLATE "C"';
}

sub comparison
{
	my ($type) = @_;
	my $column = pick(@columns);
	my $kind = rand;
	my ($constant) = constant($type);

	return "$column IS NULL" if $kind < 0.07;
	return "$column IS NOT NULL" if $kind < 0.1;
	return "$column = ANY (" . array_of($type) . ')' if $kind < 0.2;
	return "$column IN (" . join(', ', map { (constant($type))[0] } 1 .. 3) . ')' if $kind < 0.25;
	return "NOT $column = $constant" if $kind < 0.3;
	return "$constant " . operator() . " $column" . collate($type) if $kind < 0.4;
	return "$column " . operator() . " $constant" . collate($type);
}

sub condition
{
	my ($type, $depth) = @_;
	my $word = pick(' AND ', ' OR ', ' OR ');

	return comparison($type) if $depth == 0 || rand() < 0.4;
	return '(' . join($word, map { condition($type, $depth - 1) } 1 .. 2 + int rand 2) . ')';
}

# a text that psql runs: each condition once as constants, once with parameters
# of a generic plan, once in a join; TABLE stands for the table
sub queries
{
	my ($type) = @_;
	my @queries;
	my $rows = "coalesce(string_agg(rid::text, ' ' ORDER BY rid), '-')";

	for (1 .. $per_table)
	{
		push @queries, "SELECT $rows FROM TABLE WHERE " . condition($type, 2) . ';';

		my ($constant, $other) = constant($type);
		my @more = map { utf8_literal(pick(@{ $constants{$other} })) } 1 .. 2;
		my $column = pick(@columns);
		my $leaf = "$column " . operator() . ' $1' . collate($type);
		push @queries, "PREPARE q($other) AS SELECT $rows FROM TABLE WHERE $leaf; "
		  . join(' ', map { "EXECUTE q($_);" } $constant, @more, 'NULL') . ' DEALLOCATE q;';

		my $array = "$column = ANY (\$1)";
		my $element = $compared_as{$type} // $type;
		push @queries, "PREPARE q(${element}[]) AS SELECT $rows FROM TABLE WHERE $array; "
		  . join(' ', map { "EXECUTE q($_);" } array_of($type), array_of($type), 'NULL') . ' DEALLOCATE q;';

		my $join = "TABLE.$column " . operator() . ' k.k' . collate($type);
		push @queries, "SELECT k.key, $rows FROM keys.\"$other\" k " . pick('', 'LEFT ') . "JOIN TABLE ON $join"
		  . pick('', ' AND ' . comparison($type)) . ' GROUP BY 1 ORDER BY 1;';
		push @queries, "SELECT k.key, l.rows FROM keys.\"$other\" k, LATERAL (SELECT $rows AS rows FROM TABLE WHERE $join) l ORDER BY 1;";
	}
	return @queries;
}

# ---------------------------------------------------------------------------
# Tables
# ---------------------------------------------------------------------------
my $columns = 'i INTEGER, n NUMERIC, r REAL, x TEXT, xn TEXT COLLATE NOCASE, xr TEXT COLLATE RTRIM, b, s STRING, f DOUBLE';
my %files = (
	indexed => "CREATE TABLE t(rid INTEGER PRIMARY KEY, $columns);"
	  . join('', map { "CREATE INDEX t$_ ON t($_);" } @columns),
	plain => "CREATE TABLE t(rid INTEGER PRIMARY KEY, $columns); CREATE INDEX other ON t(x COLLATE NOCASE, i);",
	norowid => "CREATE TABLE t(rid INTEGER PRIMARY KEY, $columns) WITHOUT ROWID;"
	  . "CREATE INDEX tx ON t(x DESC, i); CREATE INDEX tb ON t(b, r);",
	utf16 => "PRAGMA encoding = 'UTF-16'; CREATE TABLE t(rid INTEGER PRIMARY KEY, $columns);"
	  . join('', map { "CREATE INDEX t$_ ON t($_);" } qw(i x xn b)),
);
my ($version) = sqlite_rows(':memory:', 'SELECT sqlite_version();');
my ($minor) = $version =~ /^3\.(\d+)/;

# a STRICT table refuses what does not fit: insert as much as it takes
$files{strict} = 'CREATE TABLE t(rid INTEGER PRIMARY KEY, i INTEGER, n ANY, r REAL, x TEXT, xn TEXT COLLATE NOCASE,'
  . ' xr TEXT COLLATE RTRIM, b ANY, s ANY, f REAL) STRICT;' . join('', map { "CREATE INDEX t$_ ON t($_);" } @columns)
  if $minor >= 37;

$node->safe_psql('postgres', q{
	CREATE DOMAIN domain_text AS text CHECK (VALUE <> 'abd');
	CREATE DOMAIN domain_bigint AS bigint;
	CREATE SCHEMA keys;
});
foreach my $type (grep { !/domain|varchar/ } keys %constants)
{
	my $values = join ', ', map { '(' . utf8_literal($_) . "::$type)" } @{ $constants{$type} };
	$node->safe_psql('postgres', "CREATE TABLE keys.\"$type\" AS SELECT k, row_number() OVER () AS key FROM (VALUES $values, (NULL)) AS v(k); ANALYZE keys.\"$type\"");
}

foreach my $file (sort keys %files)
{
	my $sql = $files{$file};

	for my $rid (1 .. 250)
	{
		$sql .= "INSERT OR IGNORE INTO t(rid) VALUES ($rid);";
		$sql .= "UPDATE OR IGNORE t SET $_ = " . stored_value() . " WHERE rid = $rid;" foreach @columns;
	}
	if ($file eq 'strict')
	{
		# one value at a time, of the class that the column takes
		$sql = $files{$file};
		for my $rid (1 .. 250)
		{
			$sql .= "INSERT INTO t VALUES ($rid, " . join(', ', pick(@integers), stored_value(), pick(@reals),
				(map { utf8_literal(pick(@texts)) } 1 .. 3), stored_value(), stored_value(), pick(@reals)) . ');';
		}
	}
	make_sqlite("$dir/$file.db", "BEGIN; $sql COMMIT;") if $file ne 'utf16';
	make_sqlite("$dir/$file.db", $sql =~ s/(PRAGMA[^;]*;)(.*)/$1 BEGIN;$2 COMMIT;/sr) if $file eq 'utf16';
	$node->safe_psql('postgres', "CREATE SERVER \"$file\" FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database '$dir/$file.db');"
		  . "CREATE SCHEMA \"$file\"");
	foreach my $type (sort keys %constants)
	{
		my $table = "\"$file\".\"$type\"";
		my $local = "\"$file\".\"local $type\"";

		$node->safe_psql('postgres', "CREATE FOREIGN TABLE $table (rid bigint, " . join(', ', map { "$_ $type" } @columns)
			  . ") SERVER \"$file\" OPTIONS (\"table\" 't', on_bad_value 'null'); SET client_min_messages = error;"
			  . "CREATE TABLE $local AS SELECT * FROM $table");

		my @queries = queries($type);
		my @ways = (
			'SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off; SET enable_memoize = off; SET cpu_operator_cost = 100;',
			'SET cpu_operator_cost = 100;');
		my $settings = pick(@ways, $ways[0]) . " SET jit = off; SET plan_cache_mode = force_generic_plan; SET client_min_messages = error;\n";
		my ($foreign, $copy) = map {
			my $name = $_;
			my $count = 0;
			my $script = $settings . join "\n", map { "\\echo # " . $count++ . "\n" . s/TABLE\b/$name/gr } @queries;
			$node->safe_psql('postgres', $script);
		} $table, $local;

		if ($foreign eq $copy)
		{
			pass("$file, $type");
			next;
		}
		fail("$file, $type (seed $seed)");
		my @foreign = split /^# \d+\n/m, $foreign;
		my @copy = split /^# \d+\n/m, $copy;
		my $shown = 0;
		for my $i (1 .. $#copy)
		{
			next if ($foreign[$i] // '') eq $copy[$i] || $shown++ > 3;
			diag "$queries[$i - 1]\nforeign: ", $foreign[$i] // 'nothing', "local:   $copy[$i]";
		}
	}
}

# ---------------------------------------------------------------------------
# The conditions do go to SQLite, which finds the rows by an index
# ---------------------------------------------------------------------------
foreach my $case (
	[ 'bigint', 'rid = 5', 'SEARCH' ],
	[ 'bigint', 'i = 5', 'SEARCH' ],
	[ 'bigint', 'i IN (5, 6, 7)', 'SEARCH' ],
	[ 'bigint', 'b = 5', 'SEARCH' ],
	[ 'bigint', 'i > 2147483648', 'SEARCH' ],
	[ 'double precision', 'r < 5.5', 'SEARCH' ],
	[ 'numeric', 'n = 0.1', 'SEARCH' ],
	[ 'text', "x = 'abc'", 'SEARCH' ],
	[ 'text', "xn = 'abc'", 'SEARCH' ],
	[ 'text', "x > 'abc' COLLATE \"C\"", 'SEARCH' ],
	[ 'text', "x IS NULL", undef ],
	[ 'text', "x > 'abc'", undef ])
{
	my ($type, $condition, $expected) = @$case;
	my $plan = $node->safe_psql('postgres', "SET cpu_operator_cost = 100; EXPLAIN (VERBOSE, COSTS OFF) SELECT * FROM indexed.\"$type\" WHERE $condition");
	my ($query) = $plan =~ /SQLite Query: (.*)/;

	if (!defined $expected)
	{
		unlike($query, qr/WHERE/, "not pushed: $condition");
		next;
	}
	# SQLite plans with parameters that have no value
	$query =~ s/, \.\.\.//;
	my $sqlite_plan = join "\n", sqlite_rows("$dir/indexed.db", "EXPLAIN QUERY PLAN $query;");
	like($sqlite_plan, qr/$expected/, "by an index: $condition");
	unlike($sqlite_plan, qr/SCAN/, "by nothing else: $condition");
}

done_testing();
