# The two readers give the same rows in the same order, on real and on made
# files; a file in WAL mode with a writer; damaged files.  Not in pg_regress
# because files of many shapes, another process and broken bytes are needed.
use strict;
use warnings FATAL => 'all';

use Encode ();
use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $dir = PostgreSQL::Test::Utils::tempdir;
my $node = start_server('pages');
my ($tables, $rows, $by_pages) = (0, 0, 0);

sub quoted { my ($name) = @_; $name =~ s/"/""/g; return "\"$name\""; }

sub unhex { my ($hex, $encoding) = @_; return Encode::encode('UTF-8', Encode::decode($encoding, pack 'H*', $hex)); }

# The b-tree tables of a file: [name, stored columns, virtual columns] each.
sub tables_of
{
	my ($path) = @_;
	my %columns;
	my @names;
	my ($encoding) = sqlite_rows("file:$path?immutable=1", 'PRAGMA encoding;');

	# in hexadecimal: names may hold anything
	foreach (sqlite_rows("file:$path?immutable=1", "SELECT hex(m.name), hex(x.name), x.hidden FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS x"
		  . " WHERE m.type = 'table' AND m.rootpage > 0 AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY m.rowid, x.cid;"))
	{
		my ($table, $column, $hidden) = split /\|/;

		push @names, $table unless $columns{$table};
		push @{ $columns{$table}[ $hidden == 2 ? 1 : 0 ] }, unhex($column, $encoding);
	}
	return map { [ unhex($_, $encoding), $columns{$_}[0] // [], $columns{$_}[1] // [] ] } @names;
}

# Compares both readers on all tables of a file; returns what differs.  Each
# table is read as text and as bytes, in SQLite's order, and profiled, which
# tells storage classes.
sub compare_readers
{
	my ($path) = @_;
	my ($number, @sql, @checks, @wrong) = (0);
	my @found = tables_of($path);
	my %reader;

	foreach my $reader ('sqlite', 'auto')
	{
		push @sql, "CREATE SERVER $reader FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database " . sql_literal($path) . ", reader '$reader', on_bad_value 'null');",
		  "CREATE SCHEMA $reader;";
	}
	foreach my $table (@found)
	{
		my ($name, $stored, $virtual) = @$table;

		foreach my $type ('text', 'bytea')
		{
			$number++;
			foreach my $reader ('sqlite', 'auto')
			{
				my $i = 0;

				push @sql, "CREATE FOREIGN TABLE $reader.t$number (" . join(', ', map { 'c' . $i++ . " $type OPTIONS (column_name " . sql_literal($_) . ')' } @$stored)
				  . ") SERVER $reader OPTIONS (\"table\" " . sql_literal($name) . ');';
			}
			push @checks, "SELECT 'ROWS', $number, count(*), md5(string_agg(t::text, E'\\n')), md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE \"C\")) FROM $_.t$number AS t;" foreach 'sqlite', 'auto';
		}
		push @checks, "EXPLAIN ANALYZE SELECT t FROM auto.t$number AS t;";
		push @checks, "SELECT 'PROFILE', $number, count(*), md5(string_agg(f::text, E'\\n')), 'x' FROM sqlite_profile('$_', 't$number') AS f;" foreach 'sqlite', 'auto';
	}
	push @sql, 'SELECT count(*) FROM pg_class;', 'DROP SERVER auto, sqlite CASCADE; DROP SCHEMA auto, sqlite CASCADE;';
	splice @sql, -2, 1, @checks;
	my ($status, $out, $err) = $node->psql('postgres', join "\n", 'SET client_min_messages = error;', @sql);
	return "psql: $err" if $status != 0;

	my %seen;
	foreach (split /\n/, $out)
	{
		if (/SQLite Reader: (\w+)/) { $by_pages++ if $1 eq 'pages'; $reader{$1}++; }
		next unless /^(ROWS|PROFILE)\|(\d+)\|(\d+)\|(.*)\|(.*)$/;
		my ($kind, $n, $count, $ordered, $sorted) = ($1, $2, $3, $4, $5);

		if (!$seen{"$kind$n"}) { $seen{"$kind$n"} = [ $count, $ordered, $sorted ]; next; }
		my ($count1, $ordered1, $sorted1) = @{ $seen{"$kind$n"} };
		my $name = $found[ ($n - 1) / 2 ][0];

		$tables++ if $kind eq 'ROWS';
		$rows += $count if $kind eq 'ROWS';
		next if $count == $count1 && $ordered eq $ordered1;

		# SQLite may scan an index that holds all columns, in its order
		my $list = join ', ', map { 't.' . quoted($_) } @{ $found[ ($n - 1) / 2 ][1] };
		next if $count == $count1 && $sorted eq $sorted1 && $kind eq 'ROWS'
		  && grep { /COVERING INDEX/ } sqlite_rows("file:$path?immutable=1", "EXPLAIN QUERY PLAN SELECT $list FROM " . quoted($name) . ' AS t;');
		push @wrong, "$kind of $name: $count1, $count";
	}
	push @wrong, 'nothing was compared' if @found && !%seen;
	return (join('; ', @wrong), join ', ', map { "$_ $reader{$_}" } sort keys %reader);
}

# real files
foreach my $path (corpus_files($dir))
{
	my ($wrong, $readers) = compare_readers($path);
	my ($name) = $path =~ m{([^/]+)$};

	is($wrong, '', $name) and note $readers;
}

# The content of a made file with pages of $size bytes.
sub content
{
	my ($size, $reserved) = @_;
	my $usable = $size - $reserved;
	my $some = $size > 8192 ? 7 : 1;
	my $index_local = int(($usable - 12) * 64 / 255) - 23;
	my $lengths = "WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + $some FROM n WHERE i < %d)";
	my @numbers = (0, 1, -1, map { my $p = $_; map { my $d = $_; "$p + $d", "-$p + $d" } -1, 0, 1 } map { "(1 << $_)" } 7, 8, 15, 16, 23, 24, 31, 32, 47, 48, 62);

	return join "\n", 'BEGIN;',
	  # all serial types, in columns of each affinity
	  'CREATE TABLE types (i INTEGER, r REAL, n NUMERIC, t TEXT, b BLOB, x);',
	  (map { "INSERT INTO types VALUES ($_, $_, $_, $_, $_, $_);" } @numbers, 'NULL', '9223372036854775807', '-9223372036854775807 - 1', '1.5', '-0.0', '1e300', '9e999', '-9e999', "''", "x''", "'abc'", "x'00ff'", "'1e3'", "char(233, 8364, 128512)", "replace(hex(zeroblob(40)), '00', 'xy')", 'zeroblob(70)'),
	  # columns that were added later
	  'CREATE TABLE later (id INTEGER PRIMARY KEY, a TEXT);', "INSERT INTO later VALUES (-5, 'old'), (7, 'older'), (9223372036854775807, NULL);",
	  (map { "ALTER TABLE later ADD COLUMN $_;" } 'c1', 'c2 INTEGER DEFAULT 7', 'c3 INTEGER DEFAULT -5', 'c4 REAL DEFAULT 3', 'c5 DEFAULT 1.5', "c6 TEXT DEFAULT 'it''s'", 'c7 DEFAULT "double"', 'c8 TEXT DEFAULT bare',
		"c9 BLOB DEFAULT x'00ff'", 'c10 BOOLEAN DEFAULT true', "c11 INTEGER DEFAULT '12'", 'c12 TEXT DEFAULT 5', "c13 NUMERIC DEFAULT '1e2'", q("c ""14" "odd ""type""(3)" DEFAULT NULL), "c15 DEFAULT (CAST('5' AS INTEGER))",
		"c16 DEFAULT ('par' -- of\n)", "c17 TEXT DEFAULT ''", "c18 DEFAULT x''", 'c19 FLOAT DEFAULT +2', 'c20 INTEGER DEFAULT 9223372036854775807', 'c21 REAL NOT NULL DEFAULT 0', "c22 VARCHAR(9) COLLATE NOCASE DEFAULT 1.50", 'c23 AS (c2 + 1)'),
	  "INSERT INTO later (id, a, c2, c4) VALUES (8, 'new', 1, 2);",
	  'CREATE TABLE later_key (a, b, c, PRIMARY KEY (c, a)) WITHOUT ROWID;', "INSERT INTO later_key VALUES (1, 2, 3), ('a', NULL, 'c');", "ALTER TABLE later_key ADD COLUMN d REAL DEFAULT 3;", 'INSERT INTO later_key VALUES (1, 2, 4, 5);',
	  # rowids and keys
	  'CREATE TABLE descending (id INTEGER PRIMARY KEY DESC, a);', "INSERT INTO descending VALUES (3, 'x'), (1, 'y'), (2, 'z');",
	  'CREATE TABLE rowids (id INTEGER PRIMARY KEY, a);', "INSERT INTO rowids VALUES (-9223372036854775808, 'min'), (-1, 'm'), (0, 'z'), (9223372036854775807, 'max');",
	  'CREATE TABLE keyed (a TEXT, b, c INTEGER, d REAL, e, PRIMARY KEY (c DESC, a COLLATE NOCASE, a, c, b)) WITHOUT ROWID;', "INSERT INTO keyed VALUES ('x', 1, 1, 5, NULL), ('X', 2, 1, 5.5, 'e'), ('y', x'00', 2, 1, zeroblob(20)), ('z', 'b', -7, NULL, 1);",
	  'CREATE TABLE one_key (k INTEGER PRIMARY KEY, v) WITHOUT ROWID;', "INSERT INTO one_key VALUES (2, 'b'), (1, 'a'), (3, NULL);",
	  # generated columns
	  "CREATE TABLE generated (a INTEGER, v AS (a * 2) VIRTUAL, s REAL AS (a * 3) STORED, b, w AS (b || 'w'), z TEXT);", "INSERT INTO generated (a, b, z) VALUES (1, 'b', 'z'), (NULL, 2, 3);",
	  # overflow chains of every length near a boundary
	  'CREATE TABLE chains (a INTEGER, t TEXT, b);', 'CREATE TABLE chain_keys (t TEXT PRIMARY KEY, b) WITHOUT ROWID;', (map { my ($from, $to) = @$_;
		sprintf("$lengths INSERT INTO chains SELECT i, substr(hex(zeroblob(i)), 1, i), i + 1 FROM n;", $from, $to) } [ $usable - 60, $usable + 20 ], [ 2 * $usable - 60, 2 * $usable + 20 ], [ 5 * $usable - 60, 5 * $usable + 10 ]),
	  (map { my ($from, $to) = @$_; sprintf("$lengths INSERT OR IGNORE INTO chain_keys SELECT i || substr(hex(zeroblob(i)), 1, i), zeroblob(i) FROM n;", $from, $to) } [ int($index_local / 2) - 20, int($index_local / 2) + 15 ], [ $index_local - 30, $index_local + 10 ], [ $usable - 30, $usable + 30 ]),
	  # a header that is longer than a page, and wide rows
	  'CREATE TABLE wide (' . join(', ', map { "c$_" } 1 .. 900) . ');', 'INSERT INTO wide VALUES (' . join(', ', map { $_ * 1000 } 1 .. 900) . ');', 'INSERT INTO wide VALUES (' . join(', ', map { "'text of column $_'" } 1 .. 900) . ');',
	  # deep trees, with rows deleted
	  'CREATE TABLE deep (a, b);', 'CREATE TABLE deep_keys (a TEXT PRIMARY KEY, b) WITHOUT ROWID;', 'CREATE TABLE gone (a);',
	  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO deep SELECT i, CASE i % 50 WHEN 0 THEN hex(zeroblob(400)) ELSE 'row ' || i END FROM n;",
	  "INSERT INTO deep_keys SELECT a || 'key', b FROM deep;", 'INSERT INTO gone SELECT a FROM deep;', 'COMMIT;',
	  'DELETE FROM deep WHERE a % 7 = 0 OR a BETWEEN 3000 AND 9000;', 'DELETE FROM deep_keys WHERE b LIKE \'%5%\';', 'DROP TABLE gone;',
	  'CREATE TABLE empty (a, b);', 'CREATE TABLE emptied (a);', 'INSERT INTO emptied SELECT a FROM deep;', 'DELETE FROM emptied;', q(CREATE TABLE "a ""name"" with's" ("c ""x""");), q(INSERT INTO "a ""name"" with's" VALUES (1););
}

my $shape = 0;
foreach my $size (512, 1024, 2048, 4096, 8192, 16384, 32768, 65536)
{
	foreach my $reserved (0, $size == 512 ? 32 : 200)
	{
		my $vacuum = $shape++ % 3;
		my $path = "$dir/made_$size" . "_$reserved.db";

		make_sqlite($path, ".filectrl reserve_bytes $reserved\nPRAGMA page_size = $size;\nPRAGMA auto_vacuum = $vacuum;\n" . content($size, $reserved));
		open my $file, '<:raw', $path or die; read $file, my $header, 100; close $file;
		is_deeply([ unpack('n', substr $header, 16, 2), unpack('C', substr $header, 20, 1) ], [ $size % 65536 || 1, $reserved ], "pages of $size bytes, $reserved reserved");
		my ($wrong, $readers) = compare_readers($path);
		is($wrong, '', "auto_vacuum $vacuum: the same rows");
		is($readers, 'pages 16', '... and none by SQLite');
		if ($size < 8192)
		{
			sqlite_rows($path, 'PRAGMA incremental_vacuum(5); DROP TABLE types; VACUUM;');
			is((compare_readers($path))[0], '', '... after VACUUM');
		}
	}
}
note "$tables tables and $rows rows compared, $by_pages tables by their pages";

# what the pages cannot give
make_sqlite("$dir/other.db", "CREATE TABLE t (a, b AS (a + 1)); INSERT INTO t (a) VALUES (1); CREATE VIEW v AS SELECT a FROM t; CREATE VIRTUAL TABLE f USING fts5(x);");
make_sqlite("$dir/utf16.db", "PRAGMA encoding = 'UTF-16'; CREATE TABLE t (a); INSERT INTO t VALUES ('x');");
foreach (map { [ "$dir/other.db", @$_ ] } ([ 't', 'b', 'a column is computed as it is read' ], [ 'v', 'a', 'a view has no pages' ], [ 'f', 'x', 'a virtual table has no pages' ]))
{
	my ($path, $table, $column, $reason) = @$_;
	my $sql = 'CREATE SERVER o FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database ' . sql_literal($path) . "); CREATE FOREIGN TABLE o ($column text) SERVER o OPTIONS (\"table\" '$table');";

	like($node->safe_psql('postgres', "$sql EXPLAIN ANALYZE SELECT * FROM o; DROP SERVER o CASCADE;"), qr/SQLite Reader: sqlite\n\s*SQLite Pages Not Read: $reason/, "$table: $reason");
	my ($status, $out, $err) = $node->psql('postgres', "$sql ALTER FOREIGN TABLE o OPTIONS (reader 'pages'); SELECT * FROM o;", on_error_stop => 0);
	like($err, qr/cannot read the pages of SQLite database "other.db": $reason/, '... is an error if they are asked for');
	$node->safe_psql('postgres', 'DROP SERVER o CASCADE');
}
is((compare_readers("$dir/utf16.db"))[1], 'sqlite 1', 'UTF-16 is read by SQLite');
like($node->safe_psql('postgres', 'CREATE SERVER o FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database ' . sql_literal("$dir/other.db") . "); CREATE FOREIGN TABLE o (a text) SERVER o OPTIONS (\"table\" 't'); EXPLAIN SELECT * FROM o; DROP SERVER o CASCADE;"),
	qr/Reader: pages/, 'a virtual column that is not read does not matter');

# a plan that is older than the table
make_sqlite("$dir/plan.db", 'CREATE TABLE t (a, b, c); INSERT INTO t VALUES (1, 2, 3);');
my $session = $node->background_psql('postgres');
$session->query_safe('CREATE SERVER p FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database ' . sql_literal("$dir/plan.db") . "); CREATE FOREIGN TABLE p (b int, c int) SERVER p OPTIONS (\"table\" 't'); SET plan_cache_mode = force_generic_plan; PREPARE q AS SELECT * FROM p");
is($session->query_safe('EXECUTE q'), '2|3', 'a prepared statement');
sqlite_rows("$dir/plan.db", 'ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a DEFAULT 5;');
is($session->query_safe('EXECUTE q'), '2|3', '... after its table has changed');
$session->quit;

# a writer commits and checkpoints while transactions read: each row carries the
# number of the commit, and a transaction sees one number only
my $wal = make_sqlite("$dir/wal.db", "PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, filler TEXT); CREATE TABLE k (id INTEGER PRIMARY KEY, n INTEGER) WITHOUT ROWID;"
	  . "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 2000) INSERT INTO t SELECT i, 0, hex(zeroblob(i % 300)) FROM c; INSERT INTO k SELECT id, 0 FROM t;");
my @modes = ('TRUNCATE', 'PASSIVE', 'TRUNCATE', 'RESTART', 'FULL', 'TRUNCATE');
my $writes = join '', map { "BEGIN; UPDATE t SET n = $_, filler = hex(zeroblob((id + $_) % 300)); UPDATE k SET n = $_; COMMIT; PRAGMA wal_checkpoint($modes[$_ % @modes]);\n" } 1 .. 400;
PostgreSQL::Test::Utils::append_to_file("$dir/writes.sql", ".timeout 10000\n$writes");
$node->safe_psql('postgres', 'CREATE SERVER w FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database ' . sql_literal($wal) . ');'
	  . "CREATE FOREIGN TABLE t (id bigint, n bigint, filler text) SERVER w; CREATE FOREIGN TABLE k (id bigint, n bigint) SERVER w;");
my $writer = IPC::Run::start([ sqlite_shell(), $wal ], '<', "$dir/writes.sql", '>', '/dev/null', IPC::Run::timeout(300));
my $reading = "BEGIN; SELECT count(*), min(n), max(n), 'row' FROM t; EXPLAIN SELECT * FROM t; SELECT count(*), min(n), max(n), 'row' FROM k; SELECT pg_sleep(0.02); SELECT count(*), min(n), max(n), 'row' FROM t; SELECT count(*), min(n), max(n), 'row' FROM k; EXPLAIN SELECT * FROM t; COMMIT; SELECT pg_sleep(random() * 0.02);";
my $read = $node->safe_psql('postgres', "\\o /dev/stdout\n" . $reading x 150);
my ($broken, %readers, %numbers, @row) = (0);
my @transaction;
foreach (split /\n/, $read)
{
	$readers{$1}++ if /SQLite Reader: (\w+)/;
	next unless /^(\d+)\|(\d+)\|(\d+)\|row$/;
	$broken++ if $1 != 2000 || $2 != $3;
	push @transaction, $2;
	next if @transaction < 4;
	$broken++ if grep { $_ != $transaction[0] } @transaction;
	$numbers{ $transaction[0] }++;
	@transaction = ();
}
$writer->finish;
is($broken, 0, 'a writer in WAL mode: every transaction sees one moment');
cmp_ok(scalar keys %numbers, '>', 5, '... of several: ' . scalar keys %numbers);
ok($readers{pages}, '... by both readers: ' . join ', ', map { "$_ $readers{$_}" } sort keys %readers);
is($node->safe_psql('postgres', 'SELECT min(n), max(n) FROM t'), '400|400', 'its last commit is seen');

# a big value: not touched if it is not wanted, and never held twice
make_sqlite("$dir/big.db", "CREATE TABLE t (a, b BLOB, c); INSERT INTO t VALUES (1, zeroblob(100000000), 3), (2, 'x', 4);");
my $big = 'CREATE SERVER g FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database ' . sql_literal("$dir/big.db") . "); CREATE FOREIGN TABLE g (a int, b bytea, c int) SERVER g OPTIONS (\"table\" 't', reader 'pages');";
is($node->safe_psql('postgres', "$big SELECT length(b), c FROM g ORDER BY a"), "100000000|3\n1|4", 'a big value');
like($node->safe_psql('postgres', 'EXPLAIN ANALYZE SELECT a FROM g'), qr/SQLite Pages Read: 1\n/, '... is not read if it is not wanted');

# damage: every byte of small files is changed, and the file cut at every length;
# there may be rows or an error, but no crash and no hang.  In a large object,
# for that is changed quickest
my $damage = make_sqlite("$dir/damage.db", "PRAGMA page_size = 512; CREATE TABLE t (a INTEGER, b TEXT, c REAL); CREATE TABLE w (a TEXT PRIMARY KEY, b) WITHOUT ROWID;"
	  . "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24) INSERT INTO t SELECT i, hex(zeroblob(i % 5 * 80)), i FROM n; INSERT INTO w SELECT a, b FROM t WHERE a < 15; ALTER TABLE t ADD COLUMN d DEFAULT 7;");
$node->safe_psql('postgres', "CREATE TABLE undamaged AS SELECT pg_read_binary_file(" . sql_literal($damage) . q[) AS content;
	SELECT lo_from_bytea(4711, content) FROM undamaged;
	CREATE SERVER d FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (large_object '4711', on_bad_value 'null');
	CREATE FOREIGN TABLE dt (a text, b text, c text, d text) SERVER d OPTIONS ("table" 't', reader 'pages');
	CREATE FOREIGN TABLE dw (a text, b text) SERVER d OPTIONS ("table" 'w', reader 'pages');
	CREATE SERVER ds FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (large_object '4711', on_bad_value 'null', reader 'sqlite');
	CREATE FOREIGN TABLE dts (a text, b text, c text, d text) SERVER ds OPTIONS ("table" 't');
	CREATE FOREIGN TABLE dws (a text, b text) SERVER ds OPTIONS ("table" 'w');
	CREATE TABLE outcome (kind text, place int, byte int, t text, ts text, w text, ws text);
	CREATE FUNCTION try(query text) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE n bigint; m text;
	BEGIN
		EXECUTE 'SELECT count(*), md5(string_agg(x::text, $q$,$q$)) FROM ' || query || ' AS x' INTO n, m;
		RETURN n || ' ' || m;
	EXCEPTION WHEN OTHERS THEN
		RETURN SQLSTATE;
	END $$;
	CREATE PROCEDURE spoil(step int) LANGUAGE plpgsql AS $$
	DECLARE original bytea := (SELECT content FROM undamaged); bytes int[] := ARRAY[0, 1, 127, 128, 255];
	BEGIN
		FOR i IN 100 .. length(original) - 1 BY step LOOP
			FOR j IN 1 .. 5 LOOP
				PERFORM lo_put(4711, i, set_byte('\\x00', 0, bytes[j]));
				COMMIT;
				INSERT INTO outcome VALUES ('byte', i, bytes[j], try('dt'), try('dts'), try('dw'), try('dws'));
				COMMIT;
			END LOOP;
			PERFORM lo_put(4711, i, substr(original, i + 1, 1));
			COMMIT;
		END LOOP;
		FOR i IN 1 .. length(original) / 71 LOOP
			PERFORM lo_unlink(4711), lo_from_bytea(4711, substr(original, 1, length(original) - i * 71));
			COMMIT;
			INSERT INTO outcome VALUES ('length', i, 0, try('dt'), try('dts'), try('dw'), try('dws'));
			COMMIT;
		END LOOP;
	END $$;]);
is($node->safe_psql('postgres', "SELECT try('dt') LIKE '24 %', try('dw') LIKE '14 %'"), 't|t', 'the file before the damage');
my $step = $ENV{SFM_DAMAGE_STEP} // 11;
my $limit = int(7000 / $step);
my ($status, $out, $err) = $node->psql('postgres', "SET client_min_messages = error; SET statement_timeout = '$limit s'; CALL spoil($step)");
is($status, 0, 'damaged files are read without a crash or a hang') or diag $err;
note "$_" foreach split /\n/, $node->safe_psql('postgres', q(SELECT kind, CASE WHEN t ~ '^[0-9A-Z]{5}$' THEN t ELSE 'rows' END AS result, count(*) FROM outcome GROUP BY 1, 2 ORDER BY 1, 2));
is($node->safe_psql('postgres', q(SELECT count(*) > 20 FROM outcome WHERE t = 'XX001')), 't', '... damage is found');
is($node->safe_psql('postgres', q(SELECT string_agg(DISTINCT t, ',') FROM (SELECT t FROM outcome UNION SELECT w FROM outcome) AS x WHERE t ~ '^[0-9A-Z]{5}$' AND t NOT IN ('XX001', 'HV000', 'HV00R', 'HV005', 'HV00B', '0A000', '22021'))), '', '... and said to be damage');
is($node->safe_psql('postgres', q(SELECT count(*), min(place), max(place) FROM outcome WHERE (t <> ts AND t ~ ' ' AND ts ~ ' ') OR (w <> ws AND w ~ ' ' AND ws ~ ' '))), '0||', '... where both readers find rows, they are the same')
  or diag $node->safe_psql('postgres', q(SELECT * FROM outcome WHERE (t <> ts AND t ~ ' ' AND ts ~ ' ') OR (w <> ws AND w ~ ' ' AND ws ~ ' ') LIMIT 40));
note 'only one reader finds damage: ', $node->safe_psql('postgres', q(SELECT count(*) FILTER (WHERE t ~ ' ' AND ts !~ ' '), count(*) FILTER (WHERE t !~ ' ' AND ts ~ ' ') FROM outcome));
unlike(slurp_file($node->logfile), qr/was terminated by signal|PANIC/, 'no backend has crashed');

$node->stop;
done_testing();
