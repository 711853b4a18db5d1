# Values of PostgreSQL to SQLite and back: each is the same again, or is refused
# before it is written.  Not in pg_regress because the converters are called by
# a module that is compiled here and not installed, with random values.
# Environment: SFM_SEED, a number, or "random"; SFM_VALUES, how many of each type.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $rows = $ENV{SFM_VALUES} // 60;
my $root = "$FindBin::RealBin/..";
my $module = PostgreSQL::Test::Utils::tempdir . '/writer_test.so';

# the sources themselves: the extension exports its SQL functions only
my @flags = map { my $words = `pg_config --$_`; chomp $words; split ' ', $words } qw(cc cppflags cflags cflags_sl);
chomp(my $include = `pg_config --includedir-server`);
my @sources = ("$root/t/writer_test.c", "$root/src/sqlite/jsonb.c", "$root/src/sqlite/pages.c", glob("$root/src/value/*.c"));
my @command = (@flags, '-O0', '-w', '-fvisibility=hidden', "-I$include", "-I$root/src", '-shared', '-o', $module, @sources, '-lsqlite3');
if (system(@command) != 0)
{
	fail('the test module is compiled');
	done_testing();
	exit;
}

my $node = start_server('writers');
my $seed = random_seed(1);
$node->safe_psql('postgres', "CREATE FUNCTION round_trip(anyelement, text, text, text) RETURNS text LANGUAGE c STRICT AS '$module';"
	  . "CREATE TYPE mood AS ENUM ('sad', 'happy', '007'); CREATE DOMAIN small AS smallint CHECK (VALUE < 1000);"
	  . "CREATE TYPE pair AS (a numeric(9,2), b text, c timestamptz); CREATE EXTENSION citext;"
	  . q{CREATE FUNCTION word(n int) RETURNS text LANGUAGE sql AS $$ SELECT coalesce(string_agg(CASE WHEN random() < 0.8 THEN chr(32 + (random() * 90)::int) ELSE chr((ARRAY[233, 8364, 128512, 10, 9, 39, 34, 92])[1 + (random() * 7)::int]) END, ''), '') FROM generate_series(1, (random() * n)::int) $$;}
	  . q{CREATE FUNCTION big(bits float8) RETURNS bigint LANGUAGE sql AS $$ SELECT ((random() - 0.5) * 2 ^ (random() * bits))::bigint $$;});

# expressions that make one random value each, "i" counts
my @types = (
	[ 'smallint', 'big(15)::smallint' ],
	[ 'integer', 'big(31)::integer' ],
	[ 'bigint', "CASE i WHEN 1 THEN 9223372036854775807 WHEN 2 THEN -9223372036854775808 WHEN 3 THEN 9007199254740993 ELSE big(63) END" ],
	[ 'oid', '(random() * 4294967295)::bigint::oid' ],
	[ 'real', "CASE i WHEN 1 THEN 'NaN' WHEN 2 THEN 'Infinity' WHEN 3 THEN '-Infinity' WHEN 4 THEN 1e-45 WHEN 5 THEN '-0' ELSE (random() - 0.5) * 10 ^ (random() * 60 - 30) END::real" ],
	[ 'double precision', "CASE i WHEN 1 THEN 'NaN' WHEN 2 THEN 'Infinity' WHEN 3 THEN '-Infinity' WHEN 4 THEN '5e-324' WHEN 5 THEN '-0' WHEN 6 THEN '1.7976931348623157e308' ELSE CASE i % 3 WHEN 0 THEN big(62) ELSE (random() - 0.5) * 10 ^ (random() * 600 - 300) END END::float8" ],
	[ 'numeric', "CASE i WHEN 1 THEN 'NaN' WHEN 2 THEN 'Infinity' WHEN 3 THEN '-Infinity' WHEN 4 THEN '1e30' WHEN 5 THEN '9223372036854775808' WHEN 6 THEN '0.1000' WHEN 7 THEN '-9223372036854775808.00' WHEN 8 THEN '0.00' WHEN 9 THEN '1e-300' ELSE ((random() - 0.5) * 10 ^ (random() * 12))::numeric * (CASE i % 3 WHEN 0 THEN 1 WHEN 1 THEN 1.000000000000000000001 ELSE 1e10 END) END::numeric" ],
	[ 'money', '((random() - 0.5) * 10 ^ (random() * 14))::numeric::money' ],
	[ 'boolean', 'i % 2 = 0' ],
	[ 'text', "CASE i % 4 WHEN 0 THEN word(9) WHEN 1 THEN big(63)::text WHEN 2 THEN ((random() * 100)::numeric(9,3))::text ELSE (ARRAY['', '007', '1.0', '1.50', ' 5', '1e5', '+1', 'Infinity', 'NaN', '-0', '0x10', '9223372036854775808', '.5', '1.', '-0.0', '0.1'])[1 + (random() * 15)::int] END" ],
	[ 'varchar', 'word(20)::varchar' ],
	[ 'bpchar', "(word(5) || '  ')::bpchar" ],
	[ 'name', 'word(15)::name' ],
	[ 'citext', 'word(20)::citext' ],
	[ 'bytea', "decode(md5(random()::text), 'hex') || CASE i % 2 WHEN 0 THEN convert_to(word(5), 'UTF8') ELSE '' END" ],
	[ 'bytea', "convert_to(word(5), 'UTF8')" ],
	[ 'date', "CASE i WHEN 1 THEN 'infinity' WHEN 2 THEN '-infinity' WHEN 3 THEN '0045-03-15 BC' WHEN 4 THEN '20000-01-01' WHEN 5 THEN '0001-01-01 BC' ELSE '1600-01-01'::date + (random() * 300000)::int END::date" ],
	[ 'time', "CASE i WHEN 1 THEN '24:00' WHEN 2 THEN '00:00' ELSE '00:00'::time + (random() * 86399)::numeric(11,6) * interval '1 s' END::time" ],
	[ 'time', "('00:00'::time + (random() * 86399)::int * interval '1 s')" ],
	[ 'timetz', "CASE i WHEN 1 THEN '24:00-15:00' WHEN 2 THEN '12:00+05:45:30' ELSE (time '00:00' + (random() * 86399)::int * interval '1.001 s') AT TIME ZONE make_interval(mins => (random() * 1600 - 800)::int) END::timetz" ],
	[ 'timestamp', "CASE i WHEN 1 THEN 'infinity' WHEN 2 THEN '-infinity' WHEN 3 THEN '0045-03-15 01:02:03.5 BC' WHEN 4 THEN '20000-01-01' WHEN 5 THEN '1970-01-02' ELSE timestamp '2000-01-01' + (random() - 0.5)::numeric(15,9) * interval '600 years' END::timestamp" ],
	[ 'timestamp', "(timestamp '1970-01-01' + (random() * 2e9)::int * interval '1 s')" ],
	[ 'timestamp', "(timestamp '1970-01-01' + big(40) * interval '1 ms')" ],
	[ 'timestamptz', "timestamptz '2000-01-01 00:00+00' + (random() - 0.5)::numeric(15,9) * interval '600 years'" ],
	[ 'interval', "make_interval(years => big(8)::int, months => big(4)::int, days => big(10)::int, secs => (random() * 1e5 - 5e4)::numeric(9,3)::float8)" ],
	[ 'interval', "make_interval(secs => (random() * 1e5)::numeric(9,2)::float8)" ],
	[ 'uuid', 'gen_random_uuid()' ],
	[ 'json', q{CASE i % 5 WHEN 0 THEN '12' WHEN 1 THEN '1.50' WHEN 2 THEN 'null' ELSE json_build_object('a', word(9), 'b', big(60), 'c', random())::text END::json} ],
	[ 'jsonb', q{CASE i % 5 WHEN 0 THEN '12' WHEN 1 THEN '1.50' WHEN 2 THEN '"x"' ELSE jsonb_build_object(word(9), ARRAY[big(60), i], 'c', random())::text END::jsonb} ],
	[ 'inet', "('10.' || i % 256 || '.3.4/' || i % 32)::inet" ],
	[ 'cidr', "('10.' || i % 256 || '.3.4')::cidr" ],
	[ 'macaddr', q{('08:00:2b:01:02:' || lpad(to_hex(i % 256), 2, '0'))::macaddr} ],
	[ 'bit', "(big(20)::int)::bit(20)" ],
	[ 'varbit', "(big(20)::int)::bit(20)::varbit(20)" ],
	[ 'xml', "('<a>' || i || '</a>')::xml" ],
	[ 'tsvector', "to_tsvector('simple', regexp_replace(word(30), '[^ a-z]', '', 'g'))" ],
	[ 'mood', "(ARRAY['sad', 'happy', '007'])[1 + i % 3]::mood" ],
	[ 'small', 'big(9)::small' ],
	[ 'pair', "ROW((random() * 1e6)::numeric(9,2), word(9), timestamptz '2024-01-01' + random()::numeric(9,6) * interval '1 day')::pair" ],
	[ 'int4range', 'int4range(i, i + (random() * 9)::int)' ],
	[ 'tstzrange', "tstzrange(timestamptz '2024-01-01' + random()::numeric(9,6) * interval '1 day', NULL)" ],
	[ 'point', 'point(random() * 100, random())' ],
	[ 'integer[]', "CASE i WHEN 1 THEN '{}' WHEN 2 THEN '{NULL,1}' WHEN 3 THEN '[0:1]={1,2}' ELSE ARRAY[big(31), big(20)] END::integer[]" ],
	[ 'integer[]', 'ARRAY[ARRAY[1, i], ARRAY[big(20), NULL]]::integer[]' ],
	[ 'real[]', "CASE i WHEN 1 THEN '{NaN,Infinity}' ELSE ARRAY[random(), big(20), 1e-30 * random()] END::real[]" ],
	[ 'double precision[]', "CASE i % 2 WHEN 0 THEN ARRAY[random(), 1e300] ELSE ARRAY[big(20), 0.5] END::float8[]" ],
	[ 'numeric[]', "ARRAY[random()::numeric, 'NaN', 12345678901234567890.123]" ],
	[ 'text[]', "ARRAY[word(9), NULL, word(3), '']" ],
	[ 'boolean[]', 'ARRAY[true, i % 2 = 0, NULL]' ],
	[ 'timestamp[]', "ARRAY['0045-03-15 BC', timestamp '2000-01-01' + i * interval '1.001 s']::timestamp[]" ],
	[ 'date[]', "ARRAY['infinity', date '2000-01-01' + i]::date[]" ],
	[ 'uuid[]', 'ARRAY[gen_random_uuid(), NULL]' ],
	[ 'jsonb[]', q{ARRAY['[1, 2]', '{"a": [1]}', '"x"', '1.50']::jsonb[]} ],
	[ 'bytea[]', "ARRAY['\\x00ff']::bytea[]" ],
	[ 'pair[]', "ARRAY[ROW(1.5, word(5), NULL)::pair]" ]);

my $trips = 0;
my %seen;
foreach my $type (@types)
{
	my ($name, $expression) = @$type;
	my $sql = "SET DateStyle = 'German, DMY'; SET IntervalStyle = 'sql_standard'; SET TimeZone = 'Asia/Kolkata'; SET extra_float_digits = -5; SET bytea_output = 'escape';"
	  . 'SELECT setseed(' . ($seed % 1000003 / 1000003) . ");"
	  . "CREATE TEMP TABLE v AS SELECT i, ($expression) AS v FROM generate_series(1, $rows) i;"
	  . "SELECT d || '|' || s || '|' || e || '|' || regexp_replace(r, 'WRONG.*', 'WRONG') || '|' || count(*) || '|' || coalesce((array_agg(r || ' <- ' || v::text) FILTER (WHERE r LIKE 'WRONG%'))[1], '')"
	  . " FROM (SELECT d, s, e, v, round_trip(v, d, s, e) AS r FROM v, unnest(ARRAY['', 'TEXT', 'NUMERIC', 'INTEGER', 'REAL']) d, unnest(ARRAY['', 'integer', 'real', 'text', 'blob']) s,"
	  . ' unnest(ARRAY[' . ($name =~ /^(date|time|timestamp|timestamptz|timetz|interval)$/ ? "'auto', 'unix', 'unix_ms', 'unix_us', 'unix_ns', 'julian', 'apple', 'chrome', 'dotnet'" : "'auto'") . ']) e) x GROUP BY d, s, e, regexp_replace(r, \'WRONG.*\', \'WRONG\'), r LIKE \'WRONG%\' ORDER BY 1';
	my @lines = grep { /\|.*\|/ } split /\n(?=[A-Z]*\|)/, $node->safe_psql('postgres', $sql);
	my @wrong = grep { /WRONG/ } @lines;

	is(scalar @wrong, 0, "$name: $expression") or diag "seed $seed\n" . join "\n", @wrong[ 0 .. ($#wrong < 5 ? $#wrong : 5) ];
	foreach (@lines)
	{
		my ($declared, $storage, $epoch, $result, $count) = split /\|/;

		$trips += $count;
		$result = 'refused' if $result =~ /^refused/;
		$seen{$name}{ $storage eq '' && $declared eq '' ? 'default' : 'other' }{$result} += $count;
	}
	note "$name, by default: " . join ', ', map { "$_ $seen{$name}{default}{$_}" } sort keys %{ $seen{$name}{default} };
	ok((grep { $_ ne 'refused' } keys %{ $seen{$name}{default} }) || $name eq 'bytea[]', "$name is written");
}
note "$trips trips";

# what a value becomes by default, and by its storage
my %expected = (
	"7::bigint|" => 'integer', "7::bigint|real" => 'real', "7::bigint|text" => 'text', "7::bigint|blob" => 'refused: The value cannot be written as BLOB.',
	"1.50::numeric|" => 'text', "2.00::numeric|" => 'integer', "1.50::numeric|real" => 'real', "1.50::numeric|integer" => 'refused: The value cannot be written as INTEGER.',
	"0.1000000000000000055::numeric|real" => 'refused: A REAL cannot hold the value exactly.',
	"'NaN'::float8|" => 'refused: SQLite would store NULL for NaN.', "true|" => 'integer', "true|text" => 'text',
	"'\\x00'::bytea|" => 'blob', "gen_random_uuid()|" => 'text', "gen_random_uuid()|blob" => 'blob', "'{1,2}'::real[]|" => 'text', "'{1,2}'::real[]|blob" => 'blob',
	"'{0.1}'::float8[]|blob" => 'refused: A BLOB of float32 cannot hold the value.', "timestamp '2024-01-01'|" => 'text', "timestamp '2024-01-01'|integer" => 'integer',
	"timestamp '1970-01-02'|integer" => 'refused: No number stands for exactly this value by the option epoch.', "timestamp '2024-01-01 00:00:00.5'|real" => 'real');
foreach (sort keys %expected)
{
	my ($value, $storage) = split /\|/, $_, -1;
	is($node->safe_psql('postgres', "SELECT round_trip($value, '', '$storage', 'auto')"), $expected{$_}, "$value, storage '$storage'");
}
is($node->safe_psql('postgres', "SELECT round_trip('007'::text, 'NUMERIC', '', 'auto')"), 'refused: SQLite would store the text as a number.', 'SQLite would change the text');
is($node->safe_psql('postgres', "SELECT round_trip('007'::text, 'TEXT', '', 'auto')"), 'text', '... but not in a TEXT column');
is($node->safe_psql('postgres', "SELECT round_trip(9007199254740993::bigint, 'REAL', '', 'auto')"), 'refused: A REAL cannot hold the value exactly.', 'SQLite would round the integer');

$node->stop;
done_testing();
