# Random values of many types, written through foreign tables into columns of
# each affinity by each option "storage": what is not refused is read back equal,
# and SQLite's own shell sees the same.  Not in pg_regress because the values are
# random and the shell's answer is looked at.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{SFM_SEED} // int(rand(1e9));
my $rows = $ENV{SFM_VALUES} // 12;
my $node = start_server('write_values');
my $dir = PostgreSQL::Test::Utils::tempdir;
my @affinities = ('', 'TEXT', 'NUMERIC', 'INTEGER', 'REAL');
my @storages = ('', 'integer', 'real', 'text', 'blob');
my $tables = join '', map { "CREATE TABLE v$_ (i INTEGER PRIMARY KEY, v $_);" } @affinities;
my %files = map { $_ => make_sqlite("$dir/$_.db", "PRAGMA encoding = '$_'; $tables") } ('UTF-8', 'UTF-16');

note "seed $seed";
$node->safe_psql('postgres', join '', map { "CREATE SERVER \"$_\" FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database " . sql_literal($files{$_}) . ", updatable 'true');" } keys %files);
$node->safe_psql('postgres', q{
CREATE TYPE mood AS ENUM ('sad', 'happy', '007');
CREATE DOMAIN small AS smallint CHECK (VALUE < 1000);
CREATE TYPE pair AS (a numeric(9,2), b text, c timestamptz);
CREATE FUNCTION word(n int) RETURNS text LANGUAGE sql AS $$ SELECT coalesce(string_agg(CASE WHEN random() < 0.8 THEN chr(32 + (random() * 90)::int)
  ELSE chr((ARRAY[233, 8364, 128512, 10, 9, 39, 34, 65534, 65535])[1 + (random() * 8)::int]) END, ''), '') FROM generate_series(1, (random() * n)::int) $$;
CREATE FUNCTION big(bits float8) RETURNS bigint LANGUAGE sql AS $$ SELECT ((random() - 0.5) * 2 ^ (random() * bits))::bigint $$;
CREATE TABLE result (server text, type text, affinity text, storage text, written int, refused int, wrong text);
-- sends the rows of the table v, and again half of them by UPDATE
CREATE FUNCTION trip(server text, type text, affinity text, storage text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE r record; same text; written int := 0; refused int := 0; wrong text;
BEGIN
	EXECUTE format('CREATE FOREIGN TABLE ft (i bigint, v %s %s) SERVER %I OPTIONS ("table" %L)', type,
		CASE WHEN storage <> '' THEN format('OPTIONS (storage %L)', storage) ELSE '' END, server, 'v' || affinity);
	DELETE FROM ft;
	FOR r IN SELECT i FROM v LOOP
		BEGIN
			INSERT INTO ft SELECT * FROM v WHERE i = r.i;
			UPDATE ft SET v = v.v FROM v WHERE ft.i = v.i AND v.i = r.i AND v.i % 2 = 0;
			written := written + 1;
		EXCEPTION WHEN data_exception THEN
			IF SQLERRM !~ '^cannot write the value of column "v" of foreign table "ft" to SQLite' THEN RAISE; END IF;
			refused := refused + 1;
		END;
	END LOOP;
	same := CASE WHEN type IN ('json', 'interval', 'point', 'xml', 'pair') THEN 'a.v::text = b.v::text' ELSE '(a.v::text = b.v::text OR a.v = b.v)' END;
	EXECUTE format('SELECT string_agg(a.v::text || '' is '' || coalesce(b.v::text, ''NULL''), '', '') FROM v a JOIN ft b USING (i) WHERE b.v IS NULL OR NOT %s', same) INTO wrong;
	IF (SELECT count(*) FROM ft) <> written THEN wrong := 'rows are missing'; END IF;
	INSERT INTO result VALUES (server, type, affinity, storage, written, refused, wrong);
	DROP FOREIGN TABLE ft;
END $$;});

# expressions that make one random value each, "i" counts
my @types = (
	[ 'smallint', 'big(15)::smallint' ],
	[ 'bigint', 'CASE i WHEN 1 THEN 9223372036854775807 WHEN 2 THEN -9223372036854775808 WHEN 3 THEN 9007199254740993 ELSE big(63) END' ],
	[ 'real', "CASE i WHEN 1 THEN 'NaN' WHEN 2 THEN 'Infinity' WHEN 3 THEN '-0' ELSE (random() - 0.5) * 10 ^ (random() * 60 - 30) END::real" ],
	[ 'double precision', "CASE i WHEN 1 THEN 'NaN' WHEN 2 THEN '-Infinity' WHEN 3 THEN '5e-324' ELSE (random() - 0.5) * 10 ^ (random() * 600 - 300) END::float8" ],
	[ 'numeric', "CASE i WHEN 1 THEN 'NaN' WHEN 2 THEN 'Infinity' WHEN 3 THEN '9223372036854775808' WHEN 4 THEN '0.1000' WHEN 5 THEN '1e-300' ELSE ((random() - 0.5) * 10 ^ (random() * 12))::numeric * (CASE i % 3 WHEN 0 THEN 1 WHEN 1 THEN 1.000000000000000000001 ELSE 1e10 END) END::numeric" ],
	[ 'numeric(12,2)', '((random() - 0.5) * 10 ^ (random() * 9))::numeric(12,2)' ],
	[ 'boolean', 'i % 2 = 0' ],
	[ 'text', "CASE i % 4 WHEN 0 THEN big(63)::text WHEN 1 THEN (ARRAY['', '007', '1.0', ' 5', '1e5', 'Infinity', 'NaN', '-0', '0x10', '9223372036854775808', '.5'])[1 + (random() * 10)::int] ELSE word(9) END" ],
	[ 'varchar(20)', 'word(20)::varchar(20)' ],
	[ 'bytea', "decode(md5(random()::text), 'hex') || CASE i % 2 WHEN 0 THEN '\\x00'::bytea ELSE '' END" ],
	[ 'date', "CASE i WHEN 1 THEN 'infinity' WHEN 2 THEN '0045-03-15 BC' WHEN 3 THEN '20000-01-01' ELSE '1600-01-01'::date + (random() * 300000)::int END::date" ],
	[ 'time', "CASE i WHEN 1 THEN '24:00' ELSE '00:00'::time + (random() * 86399)::numeric(11,6) * interval '1 s' END::time" ],
	[ 'timetz', "(time '00:00' + (random() * 86399)::int * interval '1.001 s') AT TIME ZONE make_interval(mins => (random() * 1600 - 800)::int)" ],
	[ 'timestamp', "CASE i WHEN 1 THEN '-infinity' WHEN 2 THEN '20000-01-01' ELSE timestamp '2000-01-01' + (random() - 0.5)::numeric(15,9) * interval '600 years' END::timestamp" ],
	[ 'timestamp', "timestamp '1972-01-01' + (random() * 2e9)::int * interval '1 s'" ],
	[ 'timestamptz', "timestamptz '2000-01-01 00:00+00' + (random() - 0.5)::numeric(15,9) * interval '600 years'" ],
	[ 'interval', 'make_interval(years => big(8)::int, days => big(10)::int, secs => (random() * 1e5 - 5e4)::numeric(9,3)::float8)' ],
	[ 'uuid', 'gen_random_uuid()' ],
	[ 'json', "json_build_object('a', word(9), 'b', big(60))" ],
	[ 'jsonb', "CASE i % 3 WHEN 0 THEN '1.50' ELSE jsonb_build_object(word(9), ARRAY[big(60), i]) END::jsonb" ],
	[ 'inet', "('10.' || i % 256 || '.3.4/' || i % 32)::inet" ],
	[ 'bit varying(20)', '(big(20)::int)::bit(20)::varbit(20)' ],
	[ 'mood', "(ARRAY['sad', 'happy', '007'])[1 + i % 3]::mood" ],
	[ 'small', 'big(9)::small' ],
	[ 'pair', "ROW((random() * 1e6)::numeric(9,2), replace(word(9), chr(65534), ''), timestamptz '2024-01-01')::pair" ],
	[ 'int4range', 'int4range(i, i + (random() * 9)::int)' ],
	[ 'point', 'point(random() * 100, random())' ],
	[ 'bigint[]', "CASE i WHEN 1 THEN '{}' WHEN 2 THEN '{NULL,1}' ELSE ARRAY[big(63), big(20)] END::bigint[]" ],
	[ 'real[]', "CASE i WHEN 1 THEN '{NaN,Infinity}' ELSE ARRAY[random(), big(20), 1e-30 * random()] END::real[]" ],
	[ 'text[]', "ARRAY[word(9), NULL, word(3), '']" ]);

foreach my $type (@types)
{
	my ($name, $expression) = @$type;
	my $combinations = join ', ', map { my $affinity = $_; map { "('$affinity', '$_')" } @storages } @affinities;

	foreach my $server (sort keys %files)
	{
		next if $server eq 'UTF-16' && $name !~ /text|char|json|time/;
		$node->safe_psql('postgres', "SET DateStyle = 'German, DMY'; SET IntervalStyle = 'sql_standard'; SET TimeZone = 'Asia/Kolkata'; SET bytea_output = 'escape';"
			  . 'SELECT setseed(' . ($seed % 1000 / 1000) . "); DROP TABLE IF EXISTS v; TRUNCATE result;"
			  . "CREATE TABLE v AS SELECT i, ($expression)::$name AS v FROM generate_series(1, $rows) i;"
			  . "SELECT trip('$server', '$name', a, s) FROM (VALUES $combinations) x(a, s)");
		is($node->safe_psql('postgres', 'SELECT * FROM result WHERE wrong IS NOT NULL'), '', "$server, $name: $expression") or diag "seed $seed";
		my ($written, $by_default) = split /\|/, $node->safe_psql('postgres', "SELECT sum(written), sum(written) FILTER (WHERE affinity = '' AND storage = '') FROM result");
		cmp_ok($by_default, '>', 0, "$written values of $name");
		# the class that "storage" asks for, where no affinity changes it
		$node->safe_psql('postgres', 'TRUNCATE result');
		foreach my $storage (@storages[ 1 .. 4 ])
		{
			$node->safe_psql('postgres', "SELECT trip('$server', '$name', '', '$storage')");
			is(join(',', sqlite_rows($files{$server}, 'SELECT DISTINCT typeof(v) FROM v')) =~ s/^$/$storage/r, $storage, "$name is stored as $storage");
		}
	}
}

# SQLite's shell sees the same
foreach my $check ([ 'bigint', 'big(63)', 'v::text' ], [ 'text', 'word(20)', 'v' ], [ 'bytea', "decode(md5(random()::text), 'hex')", '' ],
	[ 'boolean', 'i % 2 = 0', 'v::int::text' ], [ 'uuid', 'gen_random_uuid()', 'v::text' ], [ 'numeric', '(random() * 1e6)::numeric(20,9)', "CASE WHEN v = trunc(v) THEN trunc(v)::text ELSE v::text END" ],
	[ 'timestamp', "timestamp '2024-01-01' + i * interval '1.5 s'", "to_char(v, 'YYYY-MM-DD HH24:MI:SS.US')" ])
{
	my ($type, $expression, $text) = @$check;
	my $hex = $type eq 'bytea' ? "encode(v, 'hex')" : "encode(convert_to($text, 'UTF8'), 'hex')";
	my $expected = $node->safe_psql('postgres', "DROP TABLE IF EXISTS v; CREATE TABLE v AS SELECT i, ($expression)::$type AS v FROM generate_series(1, 50) i; "
		  . "SELECT trip('UTF-8', '$type', '', '')") . $node->safe_psql('postgres', "SELECT i || '|' || $hex FROM v ORDER BY i");
	$expected =~ s/^\n+//;
	is(join("\n", sqlite_rows($files{'UTF-8'}, "SELECT i, lower(hex(CAST(v AS BLOB))) FROM v")), $expected, "the shell reads the same values of $type");
}

# the form that a column has already is followed
sub form_of
{
	my ($declared, $sample, $type, $value, $options) = @_;
	my $path = make_sqlite("$dir/form.db", "CREATE TABLE f (i INTEGER PRIMARY KEY, v $declared); INSERT INTO f VALUES (1, NULL)" . (defined $sample ? ", (2, $sample)" : ''));

	$node->safe_psql('postgres', 'DROP SERVER IF EXISTS form CASCADE; CREATE SERVER form FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database ' . sql_literal($path) . ", updatable 'true');"
		  . "CREATE FOREIGN TABLE f (i bigint, v $type " . ($options // '') . ") SERVER form; INSERT INTO f VALUES (3, $value)");
	is($node->safe_psql('postgres', "SELECT v = $value FROM f WHERE i = 3"), 't', "$type by the form of " . ($sample // 'nothing'));
	return (sqlite_rows($path, 'SELECT quote(v) FROM f WHERE i = 3'))[0];
}
my $noon = "'2025-01-01 12:00:00'";
is(form_of('DATETIME', "'2024-12-31 01:02:03.000000'", 'timestamp', $noon), "'2025-01-01 12:00:00.000000'", 'SQLAlchemy');
is(form_of('DATETIME', "'2024-12-31 01:02:03'", 'timestamp', $noon), "'2025-01-01 12:00:00'", 'Django, whole seconds');
is(form_of('DATETIME', "'2024-12-31 01:02:03'", 'timestamp', "'2025-01-01 12:00:00.12'"), "'2025-01-01 12:00:00.120000'", 'Django, microseconds');
is(form_of('DATETIME', "'2024-12-31T01:02:03.123Z'", 'timestamptz', "'2025-01-01 12:00:00+00'"), "'2025-01-01T12:00:00.000Z'", 'JavaScript');
is(form_of('DATETIME', "'2024-12-31 01:02:03'", 'timestamptz', "'2025-01-01 12:00:00+00'"), "'2025-01-01 12:00:00'", 'no offset where there is none');
is(form_of('DATETIME', "'2024-12-31 01:02:03+00:00'", 'timestamptz', "'2025-01-01 12:00:00+02'"), "'2025-01-01 10:00:00+00:00'", 'an offset');
is(form_of('DATETIME', undef, 'timestamptz', "'2025-01-01 12:00:00+00'"), "'2025-01-01 12:00:00+00:00'", 'an empty column');
is(form_of('INTEGER', '1735689600', 'timestamp', $noon), '1735732800', 'Unix seconds');
is(form_of('INTEGER', '1735689600000', 'timestamp', "'2025-01-01 12:00:00.007'", "OPTIONS (epoch 'unix_ms')"), '1735732800007', 'milliseconds');
is(form_of('INTEGER', undef, 'timestamp', $noon, "OPTIONS (epoch 'unix_ms')"), '1735732800000', 'the option epoch, in an empty column');
is(form_of('INTEGER', undef, 'timestamp', $noon, "OPTIONS (epoch 'unix_ms', storage 'text')"), $noon, 'the option storage goes first');
is(form_of('REAL', '2460676.5', 'timestamp', $noon, "OPTIONS (epoch 'julian')"), '2460677.0', 'Julian days');
is(form_of('TIME', "'01:02:03.000000'", 'time', "'12:00'"), "'12:00:00.000000'", 'a time');
is(form_of('CHAR(32)', "'0123456789abcdef0123456789abcdef'", 'uuid', "'11111111-2222-3333-4444-55555555abcd'"), "'1111111122223333444455555555abcd'", 'UUID as Django writes it');
is(form_of('BLOB', "x'0123456789abcdef0123456789abcdef'", 'uuid', "'11111111-2222-3333-4444-55555555abcd'"), "X'1111111122223333444455555555ABCD'", 'UUID as BLOB');
is(form_of('TEXT', "'true'", 'boolean', 'false'), "'false'", 'boolean as text');
is(form_of('BOOLEAN', '1', 'boolean', 'false'), '0', 'boolean as a number');
is(form_of('', "'1.50'", 'numeric', '2.00'), "'2.00'", 'numeric as text');
is(form_of('BLOB', "x'0000803f'", 'real[]', 'ARRAY[1.5]::real[]'), "X'0000C03F'", 'an array as BLOB');

$node->stop;
done_testing();
