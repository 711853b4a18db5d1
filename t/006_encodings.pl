# Text in databases of several encodings, from files in UTF-8 and UTF-16: what a
# database cannot hold is a bad value or left out, never replaced.  Not in
# pg_regress because that has one database in one encoding.
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

my $node = start_server('encodings');
my $dir = PostgreSQL::Test::Utils::tempdir;

# Values as code points; each is a row.
my @texts = ('', 'plain', 'Grüße', 'ÿ¤', '価格', '€', 'ａ', '😀x', "\x{10fffd}", 'ł');
my @encodings = ('UTF8', 'LATIN1', 'LATIN9', 'WIN1252', 'EUC_JP', 'SQL_ASCII');
my %perl_name = (UTF8 => 'UTF-8', LATIN1 => 'iso-8859-1', LATIN9 => 'iso-8859-15', WIN1252 => 'cp1252', EUC_JP => 'euc-jp');

# The bytes of a text in a database, in hex, or undef if it cannot be held.
sub expected_bytes
{
	my ($text, $encoding) = @_;

	return unpack('H*', encode('UTF-8', $text)) if $encoding eq 'SQL_ASCII';
	my $copy = $text;
	my $bytes = eval { encode($perl_name{$encoding}, $copy, Encode::FB_CROAK) };
	# PostgreSQL's LATIN tables and Perl's agree but for the C1 controls
	return defined $bytes ? unpack('H*', $bytes) : undef;
}

# A file with the texts, in one of SQLite's encodings.
sub make_file
{
	my ($encoding) = @_;
	my $sql = "PRAGMA encoding = '$encoding'; CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);";

	foreach my $i (0 .. $#texts)
	{
		$sql .= sprintf "INSERT INTO t VALUES (%d, '%s');", $i, encode('UTF-8', $texts[$i]);
	}
	$sql .= encode('UTF-8', q{CREATE TABLE "Größe" ("é" TEXT, a TEXT); INSERT INTO "Größe" VALUES ('ü', 'b');}
		  . q{CREATE TABLE "価格" (a); CREATE TABLE mixed (a TEXT, "値" TEXT); INSERT INTO mixed VALUES ('x', 'y');});
	return make_sqlite("$dir/$encoding.db", $sql);
}

my %file = map { $_ => make_file($_) } ('UTF-8', 'UTF-16le', 'UTF-16be');
my $checked = 0;

foreach my $encoding (@encodings)
{
	my $database = 'db_' . lc $encoding;

	$node->safe_psql('postgres', "CREATE DATABASE $database ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
	$node->safe_psql($database, 'CREATE EXTENSION sqlite_fdw_migrate');
	foreach my $source (sort keys %file)
	{
		my $sql = "CREATE SERVER s FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database " . sql_literal($file{$source}) . ");"
		  . "CREATE SCHEMA s; SET client_encoding = 'SQL_ASCII'; IMPORT FOREIGN SCHEMA main FROM SERVER s INTO s;";
		my ($status, $out, $err) = $node->psql($database, $sql);
		is($status, 0, "$source into $encoding: import") or diag $err;

		# texts, as the database has them
		my %got = map { split /\|/, $_, 2 } split /\n/, $node->safe_psql($database,
			"ALTER FOREIGN TABLE s.t OPTIONS (ADD on_bad_value 'null');"
			  . "SELECT id, coalesce(encode(textsend(v), 'hex'), 'bad') FROM s.t ORDER BY id");
		foreach my $i (0 .. $#texts)
		{
			my $expected = expected_bytes($texts[$i], $encoding);

			is($got{$i}, $expected // 'bad', "$source into $encoding: text $i");
			$checked++;
		}

		# the first that cannot be held, as an error
		my ($bad) = grep { !defined expected_bytes($texts[$_], $encoding) } 0 .. $#texts;
		if (defined $bad)
		{
			($status, $out, $err) = $node->psql($database,
				"ALTER FOREIGN TABLE s.t OPTIONS (SET on_bad_value 'error');\n\\set VERBOSITY verbose\nSELECT v FROM s.t");
			like($err, qr/22P05: invalid value for column "v".*the encoding of the database lacks.*rowid $bad/s, "$source into $encoding: the error");
		}

		# names: all there, or named in a warning
		my $tables = $node->safe_psql($database,
			"SELECT string_agg(encode(textsend(c.relname::text), 'hex'), ' ' ORDER BY c.relname::text COLLATE \"C\") FROM pg_class c WHERE relnamespace = 's'::regnamespace");
		my @expected_tables = grep { defined } map { expected_bytes($_, $encoding) } ('Größe', '価格');
		foreach my $name (map { expected_bytes($_, $encoding) } ('größe', 'Größe'))
		{
			# folding of names is the database's: any of both will do
			$tables =~ s/\Q$name\E/GROESSE/ if defined $name;
		}
		is(scalar(() = $tables =~ /GROESSE/g), (defined expected_bytes('Größe', $encoding) ? 1 : 0), "$source into $encoding: table with an umlaut");
		my $yen = expected_bytes('価格', $encoding);
		if (defined $yen)
		{
			like($tables, qr/$yen/, "$source into $encoding: Japanese table");
		}
		else
		{
			like($err = ($node->psql($database, "DROP SCHEMA s CASCADE; CREATE SCHEMA s; IMPORT FOREIGN SCHEMA main FROM SERVER s INTO s"))[2],
				qr/WARNING/, "$source into $encoding: what is left out is named") or diag $err;
		}
		$node->safe_psql($database, 'DROP SERVER s CASCADE; DROP SCHEMA s CASCADE');
	}
}
note "$checked texts";

# UTF-16 that is none: half a pair alone, at the end, in the wrong order;
# SQLite makes other characters of these.
my %units = (
	'half a pair at the end' => 'd83d',
	'half a pair before a letter' => 'd83d0061',
	'the second half first' => 'de00d83d',
	'a second half alone' => '0061dc00',
	'two first halves' => 'd83dd83dde00');
my %good = ('a pair' => [ 'd83dde00', 'f09f9880' ], 'the last before the halves' => [ 'd7ff', 'ed9fbf' ], 'U+FFFF' => [ 'ffff', 'efbfbf' ], 'the first behind' => [ 'e000', 'ee8080' ], 'none' => [ '', '' ]);

foreach my $order ('le', 'be')
{
	my $sql = "PRAGMA encoding = 'UTF-16$order'; CREATE TABLE t (id TEXT PRIMARY KEY, v) WITHOUT ROWID; CREATE TABLE plain (v); CREATE VIEW w AS SELECT id, v FROM t;";
	my %hex = (%units, map { $_ => $good{$_}[0] } keys %good);

	foreach my $name (keys %hex)
	{
		my $hex = $hex{$name};

		$hex =~ s/(..)(..)/$2$1/g if $order eq 'le';
		$sql .= "INSERT INTO t VALUES ('$name', CAST(x'$hex' AS TEXT));";
	}
	my $path = make_sqlite("$dir/bad_$order.db", $sql);
	$node->safe_psql('postgres', "DROP SERVER IF EXISTS u CASCADE; CREATE SERVER u FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database "
		  . sql_literal($path) . ", on_bad_value 'null'); CREATE FOREIGN TABLE u_text (id text, v text) SERVER u OPTIONS (\"table\" 't');"
		  . "CREATE FOREIGN TABLE u_view (id text, v text) SERVER u OPTIONS (\"table\" 'w');"
		  . "CREATE FOREIGN TABLE u_bytea (id text, v bytea) SERVER u OPTIONS (\"table\" 't');"
		  . "CREATE FOREIGN TABLE u_other (id text, v text[]) SERVER u OPTIONS (\"table\" 't');"
		  . "CREATE FOREIGN TABLE u_error (id text, v text OPTIONS (on_bad_value 'error')) SERVER u OPTIONS (\"table\" 't');");
	foreach my $table ('u_text', 'u_bytea', 'u_view')
	{
		my $bytes = $table eq 'u_bytea' ? 'v' : 'textsend(v)';
		my %got = map { split /\|/, $_, 2 } split /\n/,
		  $node->safe_psql('postgres', "SELECT id, coalesce(encode($bytes, 'hex'), 'bad') FROM $table");

		is($got{$_}, 'bad', "UTF-16$order, $table: $_") foreach sort keys %units;
		is($got{$_}, $good{$_}[1], "UTF-16$order, $table: $_") foreach sort keys %good;
	}
	is($node->safe_psql('postgres', 'SELECT count(v) FROM u_other'), 0, "UTF-16$order: bad for arrays, too");
	my ($status, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\nSELECT v FROM u_error");
	like($err, qr/22021: invalid value for column "v" of type text.*The text is not valid UTF-16.*CONTEXT:.*id /s, "UTF-16$order: the error") or diag $err;
}

# half a code unit: SQLite writes none, so the length in the record is changed
my $odd = make_sqlite("$dir/odd.db", "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (v); INSERT INTO t VALUES ('ab');");
my $content = slurp_file($odd);
ok($content =~ s/\x06\x01\x02\x15a\0b\0/\x05\x01\x02\x13a\0b\0/, 'the record is found');
unlink $odd;
append_to_file($odd, $content);
$node->safe_psql('postgres', 'CREATE SERVER o FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database ' . sql_literal($odd) . ');'
	  . 'CREATE FOREIGN TABLE odd (v text) SERVER o OPTIONS ("table" \'t\')');
my ($status, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\nSELECT v FROM odd");
like($err, qr/22021: invalid value .*SQLite stores the TEXT value "?x'610062'"?.*not valid UTF-16/s, 'half a code unit') or diag $err;

# SQL_ASCII takes any byte but NUL; a UTF-8 file may hold any
my $path = make_sqlite("$dir/bytes.db", "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, CAST(x'61ff' AS TEXT)), (2, CAST(x'610062' AS TEXT)), (3, CAST(x'eda0bd' AS TEXT));");
foreach my $database ('db_sql_ascii', 'db_utf8', 'db_latin1')
{
	my $got = $node->safe_psql($database, "CREATE SERVER b FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database " . sql_literal($path) . ", on_bad_value 'null');"
		  . "CREATE FOREIGN TABLE b (id bigint, v text) SERVER b OPTIONS (\"table\" 't'); SELECT coalesce(encode(textsend(v), 'hex'), 'bad') FROM b ORDER BY id");
	is($got, $database eq 'db_sql_ascii' ? "61ff\nbad\neda0bd" : "bad\nbad\nbad", "bytes that are no UTF-8 in $database");
}

# Texts of all short lengths, with one character of another kind at each place:
# bytes are looked at eight at a time.  The same column as bytea is the witness.
my $places = make_sqlite("$dir/places.db", q{CREATE TABLE t (id INTEGER PRIMARY KEY, kind TEXT, v);
	WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 40),
		kinds (kind, bytes) AS (VALUES ('nul', x'00'), ('half', x'80'), ('none', x'ff'), ('del', x'7f'), ('one', x'01'), ('accent', x'c3a9'), ('euro', x'e282ac'), ('cut', x'e282'))
	INSERT INTO t (kind, v) SELECT kind, substr(s, 1, p.n) || CAST(bytes AS TEXT) || substr(s, p.n + 1, l.n - p.n)
		FROM n AS l JOIN n AS p ON p.n <= l.n, kinds, (SELECT 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ' AS s);});

foreach my $encoding ('UTF8', 'LATIN1', 'SQL_ASCII')
{
	my $database = 'db_' . lc $encoding;
	my %held = (UTF8 => "kind NOT IN ('nul', 'half', 'none', 'cut')", LATIN1 => "kind NOT IN ('nul', 'half', 'none', 'cut', 'euro')", SQL_ASCII => "kind <> 'nul'");
	my $bytes = $encoding eq 'LATIN1' ? "decode(replace(encode(raw, 'hex'), 'c3a9', 'e9'), 'hex')" : 'raw';
	my $columns = join ', ', map { "$_ OPTIONS (column_name 'v')" } 'v text', 'w varchar', 'x varchar(60)', 'y varchar(42)', 'raw bytea';

	is($node->safe_psql($database, 'CREATE SERVER p FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database ' . sql_literal($places) . ", on_bad_value 'null');"
			  . "CREATE FOREIGN TABLE places (id bigint, kind text, $columns) SERVER p OPTIONS (\"table\" 't'); SET client_min_messages = error;"
			  . "SELECT count(*), count(*) FILTER (WHERE (v IS NOT NULL) = ($held{$encoding}) AND (v IS NULL OR textsend(v) = $bytes)"
			  . " AND v IS NOT DISTINCT FROM w AND v IS NOT DISTINCT FROM x AND (v IS NOT DISTINCT FROM y OR y IS NULL AND length(v) > 42)) FROM places"),
		'6888|6888', "$encoding: one character at each place of short texts");
}

$node->stop;
done_testing();
