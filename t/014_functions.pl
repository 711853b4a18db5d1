# The compatibility functions, with thousands of random arguments, against the
# sqlite3 shell that computes SQLite's own function of the same.  Not in
# pg_regress because the arguments are made by chance, and because databases of
# other encodings are needed.
#
# Environment: SFM_SEED, a number, or "random"; SFM_VALUES, how many of each kind.
use strict;
use warnings FATAL => 'all';
use utf8;

use Encode qw(encode);
use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $per_kind = $ENV{SFM_VALUES} // 400;

my $node = start_server('functions');
my $seed = random_seed(1);
my ($sqlite_version) = sqlite_rows(':memory:', 'SELECT sqlite_version()');
my ($minor) = $sqlite_version =~ /^3\.(\d+)/;

# ---------------------------------------------------------------------------
# Arguments.  Each is a pair: PostgreSQL's SQL and SQLite's.
# ---------------------------------------------------------------------------
sub pick { return $_[ int rand @_ ] }
sub null { my $type = shift; return [ "NULL::$type", 'NULL' ] }
sub sometimes_null { my ($type, $argument) = @_; return rand() < 0.04 ? null($type) : $argument }

sub text
{
	my $string = shift;
	return [ sql_literal($string) . '::text', sql_literal($string) ];
}

my @words = ('', 'a', 'A', 'abc', 'ABC', 'aBc%', '%', '_', 'a_c', '100%', 'x' x 300, "it's", '"quoted"', '\\', 'a\\b', "tab\tnew\nline",
	'é', 'É', 'Grüße', 'straße', '価格', '😀', "a😀b", "\x{10ffff}", "e\x{301}", 'ı', 'İ', '*', '?', '[a-c]', '[^a]', ']', '[', '-', "\x01", ' ', '  x  ', "\x{feff}");

sub any_text
{
	return sometimes_null('text', text(rand() < 0.5 ? pick(@words) : join '', map { pick(@words[ 1 .. 10 ], @words[ 15 .. $#words ]) } 0 .. rand 4));
}

# Texts that are numbers, or nearly.
sub number_text
{
	my $digits = sub { join '', map { int rand 10 } 1 .. $_[0] };
	my $text = pick('', '-', '+', ' ', "\t-", '--', ' +') . pick('', 0, $digits->(1 + rand 5), $digits->(1 + rand 30));

	$text .= pick('', '.', '.' . $digits->(1 + rand 20), '.0', '.5') if rand() < 0.5;
	$text .= pick('e', 'E') . pick('', '+', '-') . pick('', 0, 1, 5, 20, 300, 308, 400, -3) if rand() < 0.3;
	$text .= pick(' ', 'x', ' 1', '.1', 'é', "\n", '0x') if rand() < 0.25;
	$text = pick('9223372036854775807', '9223372036854775808', '-9223372036854775808', '-9223372036854775809', '18446744073709551616',
		'0x1F', 'Inf', 'infinity', '-Infinity', 'nan', 'NaN', '1_000', '9007199254740993', '0.1', '1e-400', '4.9e-324', '1.7976931348623157e308', '١', 'true')
	  if rand() < 0.15;
	return sometimes_null('text', text($text));
}

sub integer
{
	my $integer = pick(0, 1, -1, 2, 3, 255, -128, 2147483647, -2147483648, '9223372036854775807', '-9223372036854775807', int(rand 200) - 100, int(rand 1e15));

	return sometimes_null('bigint', [ "($integer)::bigint", "($integer)" ]);
}
sub small { my $integer = int(rand 14) - 6; return sometimes_null('bigint', [ "($integer)::bigint", "($integer)" ]) }

# The same 64 bits on both sides.
sub real
{
	my $bits = unpack 'H*', pack 'd>', pick(0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 0.1, 1e15, 1e16, 123456789.125, 1e-5, 1e100, 2**53, 2**63, -2**63, 1.7e308, 5e-324,
		rand() * 1000, (rand() - 0.5) * 10**int(rand 40), int(rand 1e6) / 100, int(rand 1e6) / 1000 + 0.0005, 'Inf', '-Inf');

	return sometimes_null('double precision', [ "real_of('$bits')", "ieee754_from_blob(x'$bits')" ]);
}

# A number of a column with NUMERIC affinity.
sub numeric
{
	my $digits = join '', map { int rand 10 } 1 .. 1 + rand 19;
	my $number = pick(0, 1, -1, 7, -7, 2, 3, '9223372036854775807', '-9223372036854775808', '9223372036854775808', '1e20', '0.1', '2.50', '-0.125', '1e-7', 10, '10.0', $digits, "-$digits", int(rand 1e6) / 100, int(rand 1e6) / 8);

	return sometimes_null('numeric', [ "'$number'::numeric", "CAST('$number' AS NUMERIC)" ]);
}

sub blob
{
	my $hex = join '', map { sprintf '%02x', int rand 256 } 1 .. rand 9;

	return sometimes_null('bytea', [ "'\\x$hex'::bytea", "x'$hex'" ]);
}

sub boolean { my $value = int rand 2; return sometimes_null('boolean', [ $value ? 'true' : 'false', $value ]) }

sub date_text
{
	my $year = pick('0000', '0001', '1582', '1900', '1969', 1970, 2000, 2024, 9999, sprintf('%04d', rand 10000));
	return sprintf '%s-%02d-%02d', $year, 1 + rand 12, 1 + rand 28;
}

sub time_text
{
	my $time = sprintf '%02d:%02d', rand 24, rand 60;
	$time .= sprintf ':%02d', rand 60 if rand() < 0.8;
	$time .= '.' . join '', map { int rand 10 } 1 .. 1 + rand 9 if $time =~ /:.*:/ && rand() < 0.5;
	return $time;
}

# Moments.  SQLite gets a timestamp as the text it was before.
sub timestamp
{
	my $text = pick(date_text(), date_text() . ' ' . sprintf('%02d:%02d:%02d', rand 24, rand 60, rand 60));

	$text .= sprintf pick('.%03d', '.%06d'), rand 1000 if $text =~ /:/ && rand() < 0.4;
	# PostgreSQL's year 1 BC is SQLite's year 0
	my $pg = $text =~ /^0000(.*)/ ? "0001$1 BC" : $text;
	if (rand() < 0.05)
	{
		my $year = 1 + int rand 4712;
		my $rest = sprintf '-%02d-%02d 12:00:00', 1 + rand 12, 1 + rand 28;
		$text = sprintf '-%04d%s', $year, $rest;
		$pg = sprintf '%04d%s BC', $year + 1, $rest;
	}
	($text, $pg) = ('infinity', 'infinity') if rand() < 0.02;
	return sometimes_null('timestamp', [ "'$pg'::timestamp", "'$text'" ]);
}

sub moment_text
{
	my $text = pick(date_text(), time_text(), date_text() . pick(' ', 'T', '  ', '') . time_text(), date_text() . ' ' . time_text() . pick('Z', ' Z', '+02:00', '-11:30', ' +14:00', '+15:00', 'z', '+0200'));

	$text = pick('', ' now', 'now ', 'nowadays', 'today', '2024-02-30', '2024-02-31 10:00', '2023-13-01', '24:00', '24:00:00', '23:59:60', '2460000.5', '-1', '1700000000',
		'0', '5373484.4', '5373485', '1e3', 'infinity', ' 2024-01-01', '2024-01-01 ', '2024-1-1', '-2024-01-01', '-4713-11-24 12:00:00', '2024-01-01 10:00:00.', 'é', '20240101', '2024-01-01T', '9999-12-31 23:59:59.9999999', ' 12:00', 'subsecs')
	  if rand() < 0.3;
	return sometimes_null('text', text($text));
}

sub moment_number
{
	my $number = pick(0, 1, -1, 2460000.5, 2440587.5, 1700000000, 1700000000.123, -62167219200, 253402300799, 253402300800, 5373484.49, 5373484.5, 1e20, int(rand 6e6), rand 6e6, int(rand 2e9), int(rand 2e9) + 0.5);
	return sometimes_null('double precision', [ "($number)::double precision", "($number)" ]);
}

sub moment { return pick(timestamp(), timestamp(), moment_text(), moment_number()) }

my @modifiers = ('+1 day', '-1 days', '+1 month', '-13 months', '+1 year', '+1.5 hours', '-90 minutes', '+0.001 seconds', '+1e3 seconds', 'start of month', 'start of year', 'start of day',
	'weekday 0', 'weekday 6', 'weekday 7', 'unixepoch', 'julianday', 'auto', 'Unixepoch', 'START OF MONTH', '', 'x', ' +1 day', '+1 day ', '1 day', '+ 1 day', '+12:30', '-00:00:30.5', '+10:00', '+1 fortnight',
	'nowadays', ' utc', 'localtime ', 'localtimes', 'é', '+9999 years', '+1000000000000 days', '+0001-02-03', '-0001-02-03 04:05', 'ceiling', 'floor', 'subsec', 'subsecond');

sub modifiers
{
	return map { sometimes_null('text', text(pick(@modifiers))) } 1 .. pick(0, 0, 1, 1, 2, 3);
}

# Of unixepoch, a fraction is an error here.
sub whole_modifiers { return grep { $_->[0] !~ /subsec/ } modifiers() }

sub time_format
{
	return sometimes_null('text', text(join '', map { pick('%Y', '%m', '%d', '%H', '%M', '%S', '%f', '%j', '%J', '%s', '%w', '%W', '%%', '%x', '%', '-', 'é', ' ', '%e', '%F', '%R', '%T', '%u', '%p', '%G-%V') } 0 .. rand 4));
}

sub glob_pattern { return sometimes_null('text', text(join '', map { pick('*', '?', '[a-c]', '[^a]', 'a', 'A', 'é', '[é-ü]', 'b', 'c', '[', ']', '\\', '*', '😀', '[]]') } 0 .. rand 4)) }
sub like_pattern { return sometimes_null('text', text(join '', map { pick('%', '_', 'a', 'A', 'é', 'É', 'b', 'C', '\\', '!', '%', '!%', '😀') } 0 .. rand 4)) }

sub print_format
{
	return text(join '', map { pick('%d', '%5d', '%-5d', '%05d', '%+d', '%,d', '%x', '%X', '%o', '%c', '%s', '%10s', '%-10s', '%.2s', '%!5.2s', '%f', '%.0f', '%10.3f', '%e', '%g', '%!g', '%.15g', '%q', '%Q', '%w', '%%', '%', '%z', '%i', '%u', '%lld', 'é', ' ', '|', '%5%') } 0 .. rand 4);
}

sub print_argument { return pick(integer(), small(), real(), any_text(), numeric(), boolean(), number_text()) }

my @documents = ('{}', '[]', '{"a":1}', '{"a":1.50,"b":[1,2,{"c":null}],"é":"ü"}', '[1,2.5,"x",true,false,null,[],{}]', '"text"', '12', '1e3', 'null', 'true', '{"a":"q\"uote\nline"}', '{"a":{"b":{"c":"deep"}}}', '[[1],[2,3]]', '{"x y":1,"a.b":2}', '"\u00e9\ud83d\ude00"', '[9223372036854775807,1e400]', '{"a":99999999999999999999}');
my @broken = ('', '{', '{"a":}', 'x', '[1,]', "{'a':1}", '[1 2]', '{"a":1}x');
my @paths = ('$', '$.a', '$.b', '$.b[0]', '$.b[2].c', '$[0]', '$[1]', '$[#-1]', '$[99]', '$.é', '$."x y"', '$.a.b.c', '$."a.b"', '$[0][0]');
my @broken_paths = ('', 'a', '$.', '$[', '$[x]', '.a', '$..a');

sub json { return sometimes_null('text', text(rand() < 0.15 ? pick(@broken) : pick(@documents))) }
sub path { return sometimes_null('text', text(rand() < 0.1 ? pick(@broken_paths) : pick(@paths))) }

# Spaces inside a jsonb's text are PostgreSQL's: only scalars are compared.
sub jsonb_pair
{
	my $json = pick('{"a": 1, "b": [1, 2, {"c": null}], "é": "ü"}', '[1, 2.5, "x", true, false, null]', '"text"', '12', 'null');
	return [ sql_literal($json) . '::jsonb', sql_literal($json) ];
}

# ---------------------------------------------------------------------------
# Calls: pairs of expressions, and how their results are shown
# ---------------------------------------------------------------------------
my %show_pg = (
	text => sub { "encode(convert_to(($_[0]), 'UTF8'), 'hex')" },
	blob => sub { "encode(($_[0]), 'hex')" },
	integer => sub { "($_[0])::text" },
	boolean => sub { "($_[0])::integer::text" },
	real => sub { "encode(float8send($_[0]), 'hex')" },
	numeric => sub { "encode(float8send(($_[0])::double precision), 'hex')" },
	milliseconds => sub { "round(extract(epoch FROM $_[0]) * 1000)" });
my %show_sqlite = (
	text => sub { "lower(hex(CAST(($_[0]) AS TEXT))) || substr('', length(($_[0])))" },
	blob => sub { "lower(hex($_[0])) || substr('', length(($_[0])))" },
	integer => sub { "($_[0])" },
	boolean => sub { "($_[0])" },
	real => sub { "lower(hex(ieee754_to_blob(CAST(($_[0]) AS REAL)))) || substr('', length(($_[0])))" },
	milliseconds => sub { "CAST(round(($_[0] - 2440587.5) * 86400000) AS INTEGER)" });
$show_sqlite{numeric} = $show_sqlite{real};

my @calls;

# A function of the same name and arguments on both sides.
sub call
{
	my ($name, $kind, @arguments) = @_;
	push @calls, [ $kind,
		"sqlite_$name(" . join(', ', map { $_->[0] } @arguments) . ')',
		"$name(" . join(', ', map { $_->[1] } @arguments) . ')' ];
}

sub calls
{
	my ($pg, $sqlite, $kind, @arguments) = @_;
	push @calls, [ $kind, sprintf($pg, map { $_->[0] } @arguments), sprintf($sqlite, map { $_->[1] } @arguments) ];
}

for (1 .. $per_kind)
{
	call('strftime', 'text', time_format(), moment(), modifiers()) for 1 .. 3;
	call($_, 'text', moment(), modifiers()) for 'date', 'time', 'datetime', 'datetime';
	call('julianday', 'real', moment(), modifiers());
	call('unixepoch', 'integer', moment(), whole_modifiers()) if $minor >= 38;
	calls('sqlite_timestamp(%s)', 'julianday(%s)', 'milliseconds', moment_text());

	calls('sqlite_text(%s)', 'CAST(%s AS TEXT)', 'text', real());
	calls('sqlite_number_text(%s)', 'CAST(%s AS TEXT)', 'text', numeric());
	calls('sqlite_real(%s)', 'CAST(%s AS REAL)', 'real', number_text());
	calls('sqlite_integer(%s)', 'CAST(%s AS INTEGER)', 'integer', pick(number_text(), real(), integer(), numeric()));
	calls('sqlite_numeric(%s)', 'CAST(%s AS NUMERIC)', 'numeric', number_text());
	calls('sqlite_divide(%s, %s)', '%s / %s', 'numeric', numeric(), numeric());
	call('round', 'real', real(), rand() < 0.3 ? () : pick(small(), integer()));
	call('quote', 'text', pick(any_text(), integer(), real(), numeric(), blob(), boolean(), number_text()));
	call('printf', 'text', print_format(), map { print_argument() } 0 .. rand 3);
	call('substr', 'text', any_text(), small(), rand() < 0.5 ? () : small());
	call('substr', 'text', any_text(), integer(), integer());
	call('substr', 'blob', blob(), small(), rand() < 0.5 ? () : small());
	call('glob', 'boolean', glob_pattern(), any_text());
	call('like', 'boolean', like_pattern(), any_text(), rand() < 0.5 ? () : text(pick('\\', '!', 'é', '%', '_', 'a')));
	call('unicode', 'integer', any_text());
	call('char', 'text', map { my $c = pick(int(rand 127) + 1, int(rand 0xd7ff) + 1, 0xe000 + int(rand 0x1000), 0x10000 + int(rand 0xfffff), -1, 0x110000); [ "($c)::bigint", "($c)" ] } 1 .. rand 5);
	call('hex', 'text', pick(any_text(), blob()));
	call('json_extract', 'text', json(), map { path() } 0 .. rand 2);
	call('json_extract', 'text', jsonb_pair(), text(pick('$.a', '$.é', '$.b[1]', '$[2]', '$[1]', '$.b[2].c')));
	call('json_type', 'text', json(), rand() < 0.4 ? () : path());
	call('json_type', 'text', jsonb_pair(), path());
	call('json_array_length', 'integer', pick(json(), jsonb_pair()), rand() < 0.4 ? () : path());
	call('json_valid', 'boolean', json());
}
call('zeroblob', 'blob', [ "($_)::bigint", "($_)" ]) for -1, 0, 1, 5;
# the length of a blob does not fit; patterns and formats beyond the limits
call('zeroblob', 'blob', [ '(3000000000)::bigint', '(3000000000)' ]);
call('glob', 'boolean', text('*a' x 30000), text('a'));
call('like', 'boolean', text('%'), text('a'), text('xx'));
call('like', 'boolean', text('%'), text('a'), text(''));
call('printf', 'text', text('%2000000000d'), [ '1', '1' ]);

like($node->safe_psql('postgres', 'SELECT sqlite_fdw_migrate_version()'), qr/SQLite \Q$sqlite_version\E$/, 'shell and library are of one version');

# ---------------------------------------------------------------------------
# Both sides compute
# ---------------------------------------------------------------------------

# The results by number; a call that fails has none.
sub sqlite_results
{
	my $sql = '';
	my ($out, $err) = ('', '');

	foreach my $i (0 .. $#calls)
	{
		my ($kind, undef, $expression) = @{ $calls[$i] };
		my $shown = $show_sqlite{$kind}->('r');
		$sql .= "WITH c(r) AS MATERIALIZED (SELECT $expression) SELECT '$i|' || coalesce($shown, 'NULL') FROM c;\n";
	}
	$sql = encode('UTF-8', $sql);
	IPC::Run::run([ sqlite_shell(), ':memory:' ], '<', \$sql, '>', \$out, '2>', \$err);
	return map { /^(\d+)\|(.*)/ ? ($1 => $2) : () } split /\n/, $out;
}

sub pg_results
{
	my $sql = <<'SQL';
CREATE FUNCTION try(expression text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE result text;
BEGIN
	EXECUTE 'SELECT ' || expression INTO result;
	RETURN coalesce(result, 'NULL');
EXCEPTION WHEN OTHERS THEN
	RETURN 'ERROR ' || SQLSTATE || ' ' || replace(SQLERRM, chr(10), ' ');
END $$;
CREATE FUNCTION real_of(bits text) RETURNS double precision IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE m bigint := ('x' || bits)::bit(64)::bigint & 4503599627370495;
	e integer := ((('x' || bits)::bit(64)::bigint >> 52) & 2047)::integer;
	s double precision := CASE WHEN bits < '8' THEN 1 ELSE -1 END;
BEGIN
	IF e = 2047 THEN RETURN s * 'Infinity'::double precision; END IF;
	IF e = 0 THEN RETURN s * m * 5e-324; END IF;
	m := m | 4503599627370496;
	IF e < 100 THEN RAISE EXCEPTION 'too small: %', bits; END IF;
	RETURN s * m * 2::double precision ^ (e - 1075);
END $$;
CREATE TABLE calls (id integer, expression text);
SQL
	my $out = '';

	foreach my $i (0 .. $#calls)
	{
		my ($kind, $expression) = @{ $calls[$i] };
		$sql .= "INSERT INTO calls VALUES ($i, " . sql_literal($show_pg{$kind}->($expression)) . ");\n";
	}
	$sql .= "SELECT id || '|' || try(expression) FROM calls ORDER BY id;\nCOMMIT;\n";
	$node->psql('postgres', encode('UTF-8', "BEGIN;\n$sql"), stdout => \$out, on_error_die => 1);
	return map { /^(\d+)\|(.*)/ ? ($1 => $2) : () } split /\n/, $out;
}

# Can PostgreSQL hold the bytes of a text?  printf() cuts characters.
sub can_be_text
{
	my $bytes = pack 'H*', shift;
	return $bytes !~ /\0/ && defined eval { Encode::decode('UTF-8', $bytes, Encode::FB_CROAK) };
}

my %theirs = sqlite_results();
my %ours = pg_results();
my %kinds;
my ($equal, $errors, $different) = (0, 0, 0);

foreach my $i (0 .. $#calls)
{
	my ($name) = $calls[$i][1] =~ /^(\w+)/;
	my $expected = $theirs{$i} // 'ERROR';
	# -0.0, which SQLite stores as 0.0
	$expected = '0' x 16 if $expected eq '8' . '0' x 15;
	my $got = $ours{$i} // 'no answer';
	my $same = $expected eq 'ERROR' ? $got =~ /^ERROR (?!XX)/
	  : $calls[$i][0] eq 'text' && $expected ne 'NULL' && !can_be_text($expected) ? $got =~ /^ERROR 22P05/
	  # SQLite's versions cut or round to the millisecond
	  : $calls[$i][0] eq 'milliseconds' && $expected ne 'NULL' && $got =~ /^-?\d+$/ ? abs($got - $expected) <= 1
	  : $got eq $expected;

	if ($same)
	{
		$equal++;
		$errors++ if $expected eq 'ERROR';
		$kinds{$name}{ $expected eq 'ERROR' ? 'errors' : $expected eq 'NULL' ? 'nulls' : 'values' }++;
		next;
	}
	diag encode('UTF-8', join "\n", map { substr $_, 0, 500 } "$calls[$i][1]", "  is $got", "  SQLite's $calls[$i][2]", "  is $expected") if $different++ < 15;
}
is($different, 0, scalar(@calls) . ' calls compute what SQLite computes');
cmp_ok($kinds{$_}{values} // 0, '>', $per_kind / 10, "$_ gives values") foreach grep { !/zeroblob/ } sort keys %kinds;
ok($errors > 0, "$errors calls are errors on both sides");

# ---------------------------------------------------------------------------
# What random arguments do not show
# ---------------------------------------------------------------------------
sub value { my ($sql, $database) = @_; return $node->safe_psql($database // 'postgres', encode('UTF-8', "SELECT $sql")) }
sub error { my ($sql, $database) = @_; return value("try(\$q\$($sql)::text\$q\$)", $database) }

# the clock and the time zone
foreach my $name ('date', 'time', 'datetime', 'julianday', 'unixepoch', 'timestamp')
{
	next if $name eq 'unixepoch' && $minor < 38;
	like(error("sqlite_$name('$_')"), qr/^ERROR 0A000 the moment/, "sqlite_$name refuses '$_'") foreach 'now', 'NOW', 'subsec', 'SubSecond';
	next if $name eq 'timestamp';
	like(error("sqlite_$name(timestamp '2024-01-01', '+1 day', '$_')"), qr/^ERROR 0A000 the modifier/, "sqlite_$name refuses '$_'") foreach 'localtime', 'LocalTime', 'utc', 'UTC';
}
like(error("sqlite_strftime('%Y', 'Now')"), qr/^ERROR 0A000 the moment/, 'sqlite_strftime refuses "now"');
like(error("sqlite_strftime('%Y', 0, 'unixepoch', 'Utc')"), qr/^ERROR 0A000 the modifier/, 'sqlite_strftime refuses "utc"');
is(value("sqlite_strftime('now', timestamp '2024-01-01')"), 'now', 'a format may be "now"');
is(value("sqlite_date(timestamp '2024-01-31', VARIADIC ARRAY['+1 month', '-1 day'])"), '2024-03-01', 'modifiers as an array');
is(value("sqlite_date(timestamp '2024-01-31', VARIADIC '{}')"), '2024-01-31', 'modifiers as an empty array');
is(value("sqlite_date(date '2024-01-31', '+1 day')"), '2024-02-01', 'a date is a timestamp');
like(error("sqlite_date(timestamp '10000-01-01')"), qr/^ERROR 22008/, 'a year that SQLite does not know');
if ($minor >= 42)
{
	like(error("sqlite_unixepoch(timestamp '2024-01-01', 'subsec')"), qr/^ERROR 42804/, 'a fraction is no bigint');
}
is(value("sqlite_timestamp('2024-01-01T10:00:00.123456+02:00')"), '2024-01-01 08:00:00.123456', 'microseconds stay');
is(value("sqlite_timestamp('2024-02-31')"), '2024-03-02 00:00:00', 'a day too many');
is(value("sqlite_timestamp('-4713-11-24 12:00')"), '4714-11-24 12:00:00 BC', 'the first day');
is(value("sqlite_timestamp('infinity') IS NULL"), 't', 'infinity is no moment of SQLite');

# numbers
is(value("sqlite_divide('-9223372036854775808', -1)"), '9223372036854776000', 'an integer division that overflows');
is(value("sqlite_divide(1, 3.0) || ' ' || sqlite_divide(1, 3.5) || ' ' || coalesce(sqlite_divide(1, 0.0), -1)"), '0 0.2857142857142857 -1', 'division by value, not by scale');
is(value("sqlite_numeric('9e999') || ' ' || sqlite_numeric('1e20') || ' ' || sqlite_numeric('0.1x') || ' ' || sqlite_numeric('12.0')"), 'Infinity 100000000000000000000 0.1 12', 'CAST AS NUMERIC');
is(value(q{string_agg(coalesce(sqlite_number(x)::text, '-'), ' ') FROM unnest(ARRAY[' 12 ', '1e2', '0.50', '+5', '.5', '5.', '-0', '9e999', '9223372036854775808', '12abc', '', '0x10', '1e', 'a', '1 2']) x}),
	'12 100 0.5 5 0.5 5 0 Infinity 9223372036854776000 - - - - - -', 'texts that count as numbers beside a numeric column');
is(value('sqlite_integer(9007199254740993)'), '9007199254740993', 'a bigint does not become double precision');
is(value('sqlite_quote(3) || sqlite_quote(3.5) || sqlite_quote(NULL) || sqlite_quote(true)'), '33.5NULL1', 'quote() by type');
is(value("sqlite_divide('NaN', 1) IS NULL"), 't', 'NaN is NULL');

# printf() by type
is(value(q{sqlite_printf('%d %d %s %s %s', true, 3::smallint, 2.50::numeric, 'x'::varchar, 1.5::real)}), '1 3 2.5 x 1.5', 'types of arguments');
is(value(q{sqlite_printf('%s|%s', NULL, 'x'::name)}), '|x', 'NULL and name');
is(value(q{sqlite_printf('%s %s', VARIADIC ARRAY[1, 2])}), '1 2', 'an array as arguments');
is(value(q{sqlite_printf('%s.', VARIADIC NULL::text[])}), '.', 'a null array');
is(value(q{sqlite_printf('%*d|%-*s|%.*f', 5, 42, 3, 'x', 2, 0.5)}), '   42|x  |0.50', 'widths as arguments');
is(value(q{sqlite_printf('plain')}), 'plain', 'a format alone');
is(value(q{sqlite_printf(NULL) IS NULL}), 't', 'no format');
like(error(q{sqlite_printf('%s', ARRAY[1])}), qr/^ERROR 0A000 type integer\[\] has no counterpart/, 'an array is no argument');
like(error(q{sqlite_printf('%s', current_date)}), qr/^ERROR 0A000 type date has no counterpart/, 'the text of a date depends on DateStyle');
like(error(q{sqlite_printf('%s', VARIADIC array_fill(1, ARRAY[2000]))}), qr/^ERROR 0A000 .*too many arguments/, 'too many arguments');
is(value(q{sqlite_printf('%s', 1)}), '1', 'and the next call works');
is(value(q{sqlite_printf('%s', '4b1d6f3e-8a1c-4f6e-9d57-3d9a5c2b7e10'::uuid)}), '4b1d6f3e-8a1c-4f6e-9d57-3d9a5c2b7e10', 'uuid');
$node->safe_psql('postgres', q{CREATE DOMAIN whole AS integer; CREATE DOMAIN word AS varchar(9); CREATE EXTENSION citext});
is(value(q{sqlite_printf('%s %s %s', 7::whole, 'w'::word, 'C'::citext)}), '7 w C', 'domains and citext');
is(value(q{sqlite_hex('w'::word) || sqlite_quote(3::whole) || sqlite_quote('C'::citext)}), "773'C'", 'domains and citext elsewhere');

# random ones
is(value('count(DISTINCT sqlite_random()) FROM generate_series(1, 100)'), '100', 'sqlite_random');
is(value(q{string_agg(octet_length(sqlite_randomblob(n))::text, ' ') FROM unnest('{-1,0,1,16}'::bigint[]) n}), '1 1 1 16', 'lengths of sqlite_randomblob');
isnt(value('sqlite_randomblob(16)'), value('sqlite_randomblob(16)'), 'sqlite_randomblob');

# errors leave nothing behind
like(error("sqlite_json_extract('{', '\$')"), qr/^ERROR 22032 .*malformed JSON/, 'malformed JSON');
like(error("sqlite_json_extract('{}', 'x')"), qr/^ERROR 22032 .*path/i, 'a bad path');
like(error("sqlite_like('a', 'b', 'xy')"), qr/^ERROR 22025 /, 'a bad escape character');
like(error("sqlite_glob(repeat('*a', 30000), 'a')"), qr/^ERROR 54000 /, 'a pattern too long');
like(error('sqlite_zeroblob(3000000000)'), qr/^ERROR 54000 .*too big/, 'a BLOB too long');
like(error("sqlite_printf('%300000000d', 1)"), qr/^ERROR 54000 .*too long/, 'a text too long');
like(error('sqlite_char(0)'), qr/^ERROR 22P05 /, 'a NUL byte');
is(value("sqlite_json_extract('{\"a\":5}', '\$.a')"), '5', 'after an error the function works');
# more statements than are kept
is(value(q{count(*) FROM generate_series(1, 3) r, generate_series(0, 90) n, LATERAL (SELECT sqlite_char(VARIADIC array_fill(65::bigint, ARRAY[n])) AS c) c WHERE c = repeat('A', n)}), '273', 'any number of arguments');

# an index, a constraint, a generated column, a parallel scan
$node->safe_psql('postgres', q{
CREATE TABLE t (id integer, v text, m timestamp CHECK (sqlite_strftime('%Y', m) > '1999'), y text GENERATED ALWAYS AS (sqlite_strftime('%Y', m)) STORED);
CREATE INDEX ON t (sqlite_unicode(v), sqlite_substr(v, -1));
INSERT INTO t SELECT n, 'v' || n, timestamp '2000-01-01' + n * interval '1 day' FROM generate_series(1, 20000) n;
ANALYZE t});
is(value(q{count(*) FROM t WHERE sqlite_unicode(v) = 118 AND sqlite_substr(v, -1) = '7'}), '2000', 'an index');
is(value(q{count(*) FROM t WHERE y = '2024'}), '366', 'a generated column');
$node->psql('postgres', q{INSERT INTO t (m) VALUES ('1999-12-31')}, stderr => \my $refused);
like($refused, qr/violates check constraint/, 'a constraint');
my $parallel = q{SET debug_parallel_query = on; } if $node->pg_version >= 16;
$parallel //= q{SET force_parallel_mode = on; };
is($node->safe_psql('postgres', $parallel . q{SET parallel_setup_cost = 0; SET min_parallel_table_scan_size = 0; SELECT sum(sqlite_unixepoch(m)) = sum(extract(epoch FROM m)) FROM t}), 't', 'a parallel scan')
  if $minor >= 38;

# every function has a comment, and is for everybody
is(value(q{string_agg(p.oid::regprocedure::text, ' ') FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e' JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'sqlite_fdw_migrate' WHERE obj_description(p.oid, 'pg_proc') IS NULL}), '', 'comments');

# ---------------------------------------------------------------------------
# Databases of other encodings: SQLite always gets UTF-8
# ---------------------------------------------------------------------------
foreach my $encoding ('LATIN1', 'EUC_JP', 'SQL_ASCII')
{
	my $database = 'db_' . lc $encoding;
	my $letter = $encoding eq 'EUC_JP' ? '価' : 'é';
	my $sql = sub { $node->safe_psql($database, encode('UTF-8', "SET client_encoding = 'UTF8'; SELECT $_[0]")) };

	$node->safe_psql('postgres', "CREATE DATABASE $database ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
	$node->safe_psql($database, 'CREATE EXTENSION sqlite_fdw_migrate');
	is($sql->("sqlite_hex('$letter')"), uc unpack('H*', encode('UTF-8', $letter)), "$encoding: hex");
	is($sql->("sqlite_unicode('$letter')"), ord $letter, "$encoding: unicode");
	is($sql->("sqlite_char(@{[ord $letter]}) = '$letter'"), 't', "$encoding: char");
	is($sql->("sqlite_substr('a${letter}b', 2, 1) = '$letter'"), 't', "$encoding: substr");
	is($sql->("sqlite_glob('a?b', 'a${letter}b')"), 't', "$encoding: glob");
	is($sql->("sqlite_printf('%s|%s', '$letter', NULL) = '$letter|'"), 't', "$encoding: printf");
	is($sql->(qq{sqlite_json_extract('{"$letter":"x$letter"}', '\$.$letter') = 'x$letter'}), 't', "$encoding: JSON");
	next if $encoding eq 'SQL_ASCII';
	$node->psql($database, 'SELECT sqlite_char(128512)', stderr => \my $error);
	like($error, qr/cannot be represented in encoding "$encoding"/, "$encoding: a character that it lacks");
}

done_testing();
