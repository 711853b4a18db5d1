# The grammar of SQLite's schema: trees of chosen texts, everything in
# sqlite_schema of the corpus, and thousands of texts that SQLite itself judges.
# Not in pg_regress because no SQL function of the extension gives a tree: a
# module that is compiled here and not installed does.
# Environment: SFM_SEED, of the texts: a number, or "random"; SFM_MUTANTS, how many.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $mutants = $ENV{SFM_MUTANTS} // 6000;
my $root = "$FindBin::RealBin/..";
my $dir = PostgreSQL::Test::Utils::tempdir;
my $module = "$dir/grammar_test.so";

my @flags = map { my $words = `pg_config --$_`; chomp $words; split ' ', $words } qw(cc cppflags cflags cflags_sl);
chomp(my $include = `pg_config --includedir-server`);
my @sources = ("$root/t/grammar_test.c", map { "$root/src/sqlite/$_.c" } qw(grammar keywords lexer parse));
if (system(@flags, '-O0', '-w', '-fvisibility=hidden', "-I$include", "-I$root/src", '-shared', '-o', $module, @sources, '-lsqlite3') != 0)
{
	fail('the test module is compiled');
	done_testing();
	exit;
}

my $node = start_server('grammar');
my $seed = random_seed(1);
$node->safe_psql('postgres', "CREATE FUNCTION parse(text, bool) RETURNS text LANGUAGE c STRICT AS '$module';"
	  . "CREATE FUNCTION sqlite_says(text, text) RETURNS text LANGUAGE c STRICT AS '$module';"
	  . 'CREATE TABLE files (file int PRIMARY KEY, tables text); CREATE TABLE texts (n serial, what text, file int, sql text, ours text, theirs text);');

# ---------------- chosen texts ----------------

my @trees = TREES();
foreach (@trees)
{
	my ($sql, $is_expression, $expected) = @$_;

	is($node->safe_psql('postgres', 'SELECT parse(' . sql_literal($sql) . ", $is_expression)"), $expected, $sql);
}

# what would be deep
foreach my $deep (
	[ '(' x 3000 . '1' . ')' x 3000, 'true', qr/^1$/ ],
	[ '(' x 100000 . '1', 'true', qr/^error: cannot parse at position \d+: it is nested too deeply$/ ],
	[ '1' . ' + 1' x 2500, 'true', qr/^\(\+ \(\+ / ],
	[ '1' . ' + 1' x 100000, 'true', qr/^error: .* more than 3000 levels$/ ],
	[ 'NOT ' x 100000 . '1', 'true', qr/^error: / ],
	[ 'CREATE VIEW v AS ' . 'SELECT * FROM (' x 20000, 'false', qr/^error: / ],
	[ 'CREATE VIEW v AS SELECT 1' . ' UNION ALL SELECT 1' x 20000, 'false', qr/^\(view v \(query \(select 1\) \(select union-all 1\)/ ],
	[ 'CREATE TABLE t (a' . ', b' x 50000 . ')', 'false', qr/^\(table t \(column a\) \(column b\)/ ])
{
	my ($sql, $is_expression, $expected) = @$deep;

	like($node->safe_psql('postgres', 'SELECT parse(' . sql_literal($sql) . ", $is_expression)"), $expected, length($sql) . ' bytes: ' . substr($sql, 0, 40));
}

# ---------------- texts for SQLite to judge ----------------

my @texts;

# every keyword wherever there is a name, or something near one
my @keywords = map { lc } split ' ', 'ABORT ACTION ADD AFTER ALL ALTER ALWAYS ANALYZE AND AS ASC ATTACH AUTOINCREMENT BEFORE BEGIN BETWEEN BY CASCADE CASE CAST CHECK COLLATE COLUMN COMMIT CONFLICT CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP DATABASE DEFAULT DEFERRABLE DEFERRED DELETE DESC DETACH DISTINCT DO DROP EACH ELSE END ESCAPE EXCEPT EXCLUDE EXCLUSIVE EXISTS EXPLAIN FAIL FILTER FIRST FOLLOWING FOR FOREIGN FROM FULL GENERATED GLOB GROUP GROUPS HAVING IF IGNORE IMMEDIATE IN INDEX INDEXED INITIALLY INNER INSERT INSTEAD INTERSECT INTO IS ISNULL JOIN KEY LAST LEFT LIKE LIMIT MATCH MATERIALIZED NATURAL NO NOT NOTHING NOTNULL NULL NULLS OF OFFSET ON OR ORDER OTHERS OUTER OVER PARTITION PLAN PRAGMA PRECEDING PRIMARY QUERY RAISE RANGE RECURSIVE REFERENCES REGEXP REINDEX RELEASE RENAME REPLACE RESTRICT RETURNING RIGHT ROLLBACK ROW ROWS SAVEPOINT SELECT SET TABLE TEMP TEMPORARY THEN TIES TO TRANSACTION TRIGGER UNBOUNDED UNION UNIQUE UPDATE USING VACUUM VALUES VIEW VIRTUAL WHEN WHERE WINDOW WITH WITHOUT rowid true';
my @places = map { s/^\s+//r } grep { /\S/ } split /\n/, <<'END';
	CREATE TABLE % (a)
	CREATE TABLE IF NOT EXISTS % (a)
	CREATE TABLE t (%)
	CREATE TABLE t (% INT)
	CREATE TABLE t (% % NOT NULL)
	CREATE TABLE t (a %)
	CREATE TABLE t (a INT %)
	CREATE TABLE t (a INT %, b)
	CREATE TABLE t (a INT % (5))
	CREATE TABLE t (a INT % % AS (1))
	CREATE TABLE t (a NOT NULL %)
	CREATE TABLE t (a DEFAULT %)
	CREATE TABLE t (a DEFAULT % NOT NULL)
	CREATE TABLE t (a DEFAULT 5 %)
	CREATE TABLE t (a DEFAULT (%))
	CREATE TABLE t (a COLLATE %)
	CREATE TABLE t (a CONSTRAINT % UNIQUE)
	CREATE TABLE t (a, CONSTRAINT % UNIQUE (a))
	CREATE TABLE t (a, % (a))
	CREATE TABLE t (a, UNIQUE (a) %)
	CREATE TABLE t (a REFERENCES % (b))
	CREATE TABLE t (a REFERENCES p %)
	CREATE TABLE t (a REFERENCES p (b) ON DELETE %)
	CREATE TABLE t (a REFERENCES p MATCH %)
	CREATE TABLE t (a REFERENCES p DEFERRABLE INITIALLY %)
	CREATE TABLE t (a PRIMARY KEY %)
	CREATE TABLE t (a UNIQUE ON CONFLICT %)
	CREATE TABLE t (a) %
	CREATE TABLE t (a PRIMARY KEY) WITHOUT %
	CREATE TABLE t (a, b AS (a) %)
	CREATE TABLE t (a CHECK (%))
	CREATE TABLE t (a CHECK (a %))
	CREATE TABLE t (a CHECK (a % a))
	CREATE TABLE t (a CHECK (a NOT % a))
	CREATE TABLE t (a CHECK (a IS % a))
	CREATE TABLE t (a CHECK (% a))
	CREATE TABLE t (a CHECK (a = % + 1))
	CREATE TABLE t (a CHECK (%(a)))
	CREATE TABLE t (a CHECK (t.%))
	CREATE TABLE t (a CHECK (CAST(a AS %)))
	CREATE TABLE t (a CHECK (CASE % WHEN 1 THEN 2 END))
	CREATE TABLE t (a CHECK (CASE a WHEN 1 THEN % END))
	CREATE TABLE t (a CHECK (a COLLATE %))
	CREATE INDEX % ON x (a)
	CREATE INDEX i ON % (a)
	CREATE INDEX i ON x (%)
	CREATE INDEX i ON x (a %)
	CREATE INDEX i ON x (a) WHERE %
	CREATE INDEX i ON x (a) %
	CREATE VIEW % AS SELECT 1
	CREATE VIEW v AS SELECT 1 %
	CREATE VIEW v AS SELECT 1 AS %
	CREATE VIEW v AS SELECT % FROM x
	CREATE VIEW v AS SELECT %.a FROM x
	CREATE VIEW v AS SELECT * FROM %
	CREATE VIEW v AS SELECT * FROM x %
	CREATE VIEW v AS SELECT * FROM x AS %
	CREATE VIEW v AS SELECT * FROM x % WHERE 1
	CREATE VIEW v AS SELECT * FROM x % JOIN x
	CREATE VIEW v AS SELECT * FROM x % x
	CREATE VIEW v AS SELECT * FROM x % (a)
	CREATE VIEW v AS SELECT * FROM x JOIN x USING (%)
	CREATE VIEW v AS SELECT * FROM x JOIN x ON %
	CREATE VIEW v AS SELECT * FROM x ORDER BY a %
	CREATE VIEW v AS SELECT * FROM x ORDER BY a DESC % LAST
	CREATE VIEW v AS SELECT * FROM x GROUP BY %
	CREATE VIEW v AS SELECT * FROM x LIMIT 1 % 2
	CREATE VIEW v AS SELECT 1 % SELECT 2
	CREATE VIEW v AS WITH % AS (SELECT 1) SELECT 1
	CREATE VIEW v AS WITH % x AS (SELECT 1) SELECT 1
	CREATE VIEW v AS WITH x AS % (SELECT 1) SELECT 1
	CREATE VIEW v AS SELECT sum(a) OVER % FROM x
	CREATE VIEW v AS SELECT sum(a) OVER (%) FROM x
	CREATE VIEW v AS SELECT sum(a) OVER (% ORDER BY a) FROM x
	CREATE VIEW v AS SELECT sum(a) OVER (ORDER BY a %) FROM x
	CREATE VIEW v AS SELECT sum(a) OVER (ORDER BY a ROWS % PRECEDING) FROM x
	CREATE VIEW v AS SELECT sum(a) OVER (ORDER BY a ROWS BETWEEN CURRENT % AND CURRENT ROW) FROM x
	CREATE VIEW v AS SELECT sum(a) OVER (ORDER BY a ROWS CURRENT ROW EXCLUDE %) FROM x
	CREATE VIEW v AS SELECT sum(a) % (WHERE a) FROM x
	CREATE VIEW v AS SELECT sum(a) OVER w FROM x WINDOW % AS (ORDER BY a)
	CREATE VIEW v AS SELECT sum(% a) FROM x
	CREATE TRIGGER % AFTER INSERT ON x BEGIN SELECT 1; END
	CREATE TRIGGER % INSERT ON x BEGIN SELECT 1; END
	CREATE TRIGGER g % INSERT ON x BEGIN SELECT 1; END
	CREATE TRIGGER g AFTER % ON x BEGIN SELECT 1; END
	CREATE TRIGGER g AFTER UPDATE OF % ON x BEGIN SELECT 1; END
	CREATE TRIGGER g AFTER INSERT ON % BEGIN SELECT 1; END
	CREATE TRIGGER g AFTER INSERT ON x % BEGIN SELECT 1; END
	CREATE TRIGGER g AFTER INSERT ON x WHEN % BEGIN SELECT 1; END
	CREATE TRIGGER g AFTER INSERT ON x BEGIN % INTO x VALUES (1, 2); END
	CREATE TRIGGER g AFTER INSERT ON x BEGIN INSERT OR % INTO x VALUES (1, 2); END
	CREATE TRIGGER g AFTER INSERT ON x BEGIN INSERT INTO x (%) VALUES (1); END
	CREATE TRIGGER g AFTER INSERT ON x BEGIN INSERT INTO x % VALUES (1, 2); END
	CREATE TRIGGER g AFTER INSERT ON x BEGIN INSERT INTO x VALUES (1, 2) %; END
	CREATE TRIGGER g AFTER INSERT ON x BEGIN INSERT INTO x VALUES (1, 2) ON CONFLICT % NOTHING; END
	CREATE TRIGGER g AFTER INSERT ON x BEGIN UPDATE x SET % = 1; END
	CREATE TRIGGER g AFTER INSERT ON x BEGIN UPDATE % SET a = 1; END
	CREATE TRIGGER g AFTER INSERT ON x BEGIN DELETE FROM x %; END
	CREATE TRIGGER g AFTER INSERT ON x BEGIN SELECT raise(%); END
	CREATE TRIGGER g AFTER INSERT ON x BEGIN SELECT raise(%, 'x'); END
	CREATE VIRTUAL TABLE % USING fts5 (a)
	CREATE VIRTUAL TABLE t USING %
	CREATE % TABLE t (a)
	CREATE % VIEW v AS SELECT 1
	CREATE % INDEX i ON x (a)
	CREATE % t
END
foreach my $place (@places)
{
	push @texts, map { [ 'keyword', 0, $place =~ s/%/$_/gr ] } @keywords;
}
push @texts, map { [ 'chosen', 0, $_->[0] ] } grep { $_->[1] eq 'false' } @trees;
push @texts, map { [ 'chosen', 0, "CREATE TABLE t (a, b, c, d, CHECK ($_->[0]))" ] } grep { $_->[1] eq 'true' } @trees;

# everything of the corpus
my @schemas = ('CREATE TABLE x (a UNIQUE, b);');
my @originals = map { [ 0, $_->[2] ] } @texts[ -@trees .. -1 ];
my $originals = 0;
foreach my $path (corpus_files($dir))
{
	my @lines = map { pack 'H*', $_ } grep { /^[0-9A-F]+$/ } eval { sqlite_rows($path,
			"SELECT hex(CASE WHEN type IN ('table', 'view') THEN '0' ELSE '1' END || sql) FROM sqlite_schema WHERE sql IS NOT NULL;") };

	push @schemas, join ";\n", map { substr $_, 1 } grep { /^0/ } @lines;
	foreach (@lines)
	{
		my $sql = substr $_, 1;

		next if !utf8::decode(my $copy = $sql);
		push @originals, [ /^0/ ? 0 : $#schemas, $sql ];
		push @texts, [ 'original', /^0/ ? 0 : $#schemas, $sql ];
		$originals++;
	}
}

# ... and changed: tokens taken away, doubled, exchanged, put in
my @pieces = (@keywords, (split ' ', q{( ) , ; . + - * / % = == <> < >= << | || & ~ -> ->> 1 0x1F 1.5 'x' "x" [x] `x` x'00' ?1 a t.a count(*) (1,2)}), '(SELECT 1)', 'not null', 'is not', 'in (1)', "like 'a' escape '!'", 'over (order by 1)', 'between 1 and 2', 'collate nocase', 'on conflict ignore');
sub piece { return $pieces[ rand @pieces ] }
for (1 .. $mutants)
{
	my ($schema, $sql) = @{ $originals[ rand @originals ] };
	my @tokens = $sql =~ /\s+|--[^\n]*|\/\*.*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|\[[^\]]*\]|`[^`]*`|[\w\$\x80-\xff]+|\|\||->>?|<<|>>|<=|>=|<>|!=|==|./gs;

	next if @tokens > 2000;
	for (0 .. rand 2)
	{
		my $place = 2 + int rand @tokens - 2;
		my $what = int rand 6;

		if ($what == 0) { splice @tokens, $place, 1 }
		elsif ($what == 1) { splice @tokens, $place, 0, $tokens[$place], ' ' }
		elsif ($what == 2) { my $other = 2 + int rand @tokens - 2; @tokens[ $place, $other ] = @tokens[ $other, $place ] }
		elsif ($what == 3) { splice @tokens, $place, 1, ' ' . piece() . ' ' }
		elsif ($what == 4) { splice @tokens, $place, 0, ' ' . piece() . ' ' }
		else { splice @tokens, 2 + int rand @tokens - 2 }
	}
	push @texts, [ 'mutant', $schema, join '', map { $_ // '' } @tokens ];
}

# expressions and queries by chance, the same with another corpus
srand $seed;
sub any { return $_[ rand @_ ] }
sub expression
{
	my ($depth) = @_;
	my $e = sub { expression($depth - 1) };

	return any('a', 'b', 'x.a', '1', "'x'", '2.5', "x'0f'", 'NULL', '"a"', '[b]', 'current_date', 'true') if $depth <= 0;
	return any(
		sub { $e->() . ' ' . any('+', '-', '*', '/', '%', '||', '&', '|', '<<', '>>', '=', '==', '<>', '<', '<=', '>', '>=', 'AND', 'OR', 'IS', 'IS NOT', '->', '->>', 'LIKE', 'NOT LIKE', 'GLOB', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM') . ' ' . $e->() },
		sub { any('-', '+', '~', 'NOT ') . ' ' . $e->() },
		sub { $e->() . any(' ISNULL', ' NOTNULL', ' NOT NULL', ' COLLATE nocase') },
		sub { $e->() . any(' ', ' NOT ') . 'BETWEEN ' . $e->() . ' AND ' . $e->() },
		sub { $e->() . any(' ', ' NOT ') . 'IN (' . join(', ', map { $e->() } 1 .. rand 3) . ')' },
		sub { $e->() . ' LIKE ' . $e->() . ' ESCAPE ' . $e->() },
		sub { '(' . $e->() . ')' },
		sub { 'CASE ' . any('', $e->()) . ' WHEN ' . $e->() . ' THEN ' . $e->() . any('', ' ELSE ' . $e->()) . ' END' },
		sub { 'CAST(' . $e->() . ' AS ' . any('INT', 'VARCHAR(3)', 'a b c', '') . ')' },
		sub { any('abs', 'lower', 'replace', 'like', 'glob', 'if') . '(' . $e->() . ')' },
		sub { any('', 'NOT ') . any('', 'EXISTS ') . '(' . query($depth - 1) . ')' },
		sub { 'sum(' . any('', 'DISTINCT ') . $e->() . ')' . any('', ' FILTER (WHERE ' . $e->() . ')') . any('', ' OVER (' . any('', 'PARTITION BY ' . $e->() . ' ') . any('', 'ORDER BY ' . $e->() . any('', ' DESC') . any('', ' NULLS FIRST') . ' ') . any('', 'ROWS ' . $e->() . ' PRECEDING', 'RANGE BETWEEN UNBOUNDED PRECEDING AND ' . $e->() . ' FOLLOWING EXCLUDE TIES') . ')') })->();
}
sub query
{
	my ($depth) = @_;
	my $e = sub { expression($depth - 1) };

	return any('SELECT 1', 'VALUES (1)', 'SELECT * FROM x') if $depth <= 0;
	return any('', '', 'WITH ' . any('', 'RECURSIVE ') . 'q' . any('', '(a)') . ' AS ' . any('', 'MATERIALIZED ', 'NOT MATERIALIZED ') . '(' . query($depth - 1) . ') ')
	  . 'SELECT ' . any('', 'DISTINCT ', 'ALL ') . join(', ', map { any('*', 'x.*', $e->(), $e->() . any(' AS ', ' ') . any('key', 'c', '"d"', "'e'")) } 0 .. rand 3)
	  . any('', ' FROM ' . join(any(', ', ' JOIN ', ' LEFT JOIN ', ' NATURAL LEFT OUTER JOIN ', ' CROSS JOIN ', ' FULL JOIN ', ' INNER JOIN '), map { any('x', 'x y', 'x AS z', 'main.x', '(' . query($depth - 1) . ') AS s', 'json_each(' . $e->() . ')', 'x NOT INDEXED', '(x, x y)') . any('', '', ' ON ' . $e->(), ' USING (a)') } 0 .. rand 3))
	  . any('', ' WHERE ' . $e->()) . any('', ' GROUP BY ' . $e->() . any('', ' HAVING ' . $e->()))
	  . any('', ' WINDOW w AS (ORDER BY a)') . any('', ' UNION ' . any('', 'ALL ') . query($depth - 1), ' ORDER BY ' . $e->() . any('', ' DESC', ' ASC NULLS LAST'))
	  . any('', ' LIMIT ' . $e->() . any('', ' OFFSET ' . $e->(), ', ' . $e->()));
}
for (1 .. $mutants / 3)
{
	push @texts, [ 'random', 0, 'CREATE VIEW v AS ' . query(1 + int rand 4) ];
	push @texts, [ 'random', 0, 'CREATE TABLE x (a, b, CHECK (' . expression(1 + int rand 4) . '))' ];
	push @texts, [ 'random', -1, 'CREATE TRIGGER g AFTER INSERT ON x WHEN ' . expression(2) . ' BEGIN UPDATE x SET a = ' . expression(2) . '; INSERT INTO x ' . query(2) . any('', ' ON CONFLICT (a) DO UPDATE SET b = ' . expression(1) . ' ON CONFLICT DO NOTHING') . '; DELETE FROM x WHERE ' . expression(2) . '; END' ];
}

# SQLite needs the table of an index or trigger, and no table of the same name
my $data = '';
foreach (@texts)
{
	my ($what, $file, $sql) = @$_;
	my $copy = $sql;

	next if $sql =~ /\0/ || !utf8::decode($copy);
	$file = $sql =~ /^\s*CREATE\s+(TABLE|VIEW|VIRTUAL)/i ? 'NULL' : $file < 0 ? 0 : $file;
	$data .= "INSERT INTO texts (what, file, sql) VALUES ('$what', $file, " . sql_literal($sql) . ");\n";
}
$data .= "INSERT INTO files VALUES ($_, " . sql_literal($schemas[$_]) . ");\n" foreach grep { utf8::decode(my $copy = $schemas[$_]) } 0 .. $#schemas;
my $script = "$dir/texts.sql";
open my $handle, '>', $script or die "could not write $script: $!";
print $handle "SET standard_conforming_strings = on; BEGIN;\n${data}COMMIT;\n";
close $handle;
$node->command_ok([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'), '-f', $script ], 'texts are there');
$node->safe_psql('postgres', 'UPDATE texts t SET ours = parse(sql, false), theirs = sqlite_says(sql, coalesce((SELECT tables FROM files f WHERE f.file = t.file), \'\'))');

note $node->safe_psql('postgres', q{SELECT string_agg(format('%s: %s ok, %s syntax errors, %s other', what, ok, syntax, other), '; ' ORDER BY what) FROM
	(SELECT what, count(*) FILTER (WHERE theirs = 'ok') AS ok, count(*) FILTER (WHERE theirs LIKE 'syntax%') AS syntax, count(*) FILTER (WHERE theirs !~ '^(ok|syntax)') AS other FROM texts GROUP BY what) t});

is($node->safe_psql('postgres', "SELECT sql, ours FROM texts WHERE what = 'original' AND ours LIKE 'error%' LIMIT 5"), '', "$originals texts of the corpus are parsed");
is($node->safe_psql('postgres', "SELECT sql, ours FROM texts WHERE theirs = 'ok' AND ours LIKE 'error%' AND sql ~* '^[[:space:]]*create' LIMIT 5"), '', 'what SQLite takes is parsed') or diag "seed $seed";

# what newer versions take: expressions in RAISE, join words as functions,
# ORDER BY in aggregates, WITHIN GROUP, digits with separators
is($node->safe_psql('postgres', q{SELECT sql, theirs, ours FROM texts WHERE theirs LIKE 'syntax%' AND ours NOT LIKE 'error%' AND sql !~* '\mraise\s*\(|\m(left|right|full|inner|outer|cross|natural)\s*\(|order\s+by|within|[0-9]_[0-9]' LIMIT 5}),
	'', 'what SQLite calls a syntax error is refused') or diag "seed $seed";
cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM texts WHERE theirs = 'ok' AND what <> 'original'"), '>', $mutants / 2, 'many texts are right');
cmp_ok($node->safe_psql('postgres', "SELECT count(*) FROM texts WHERE theirs LIKE 'syntax%'"), '>', $mutants / 2, '... and many are wrong');

$node->stop;
done_testing();

# [ text, is it an expression, tree ]
sub TREES
{
	return (
		[ 'a OR b AND NOT c = d', 'true', '(or a (and b (not (= c d))))' ],
		[ 'a = b = c', 'true', '(= (= a b) c)' ],
		[ 'a < b = c', 'true', '(= (< a b) c)' ],
		[ '1 + 2 * 3 || 4', 'true', '(+ 1 (* 2 (|| 3 4)))' ],
		[ '-a || b', 'true', '(|| (neg a) b)' ],
		[ '- a COLLATE nocase', 'true', '(collate (neg a) nocase)' ],
		[ 'a BETWEEN b AND c AND d', 'true', '(and (between a b c) d)' ],
		[ 'a BETWEEN b AND c OR d', 'true', '(or (between a b c) d)' ],
		[ 'x BETWEEN a BETWEEN b AND c AND d', 'true', '(between x (between a b c) d)' ],
		[ 'a NOT BETWEEN 1 AND 2', 'true', '(not-between a 1 2)' ],
		[ 'a IS NOT NULL', 'true', '(isnot a NULL)' ],
		[ 'a IS NOT DISTINCT FROM b', 'true', '(is a b)' ],
		[ 'a IS DISTINCT FROM b', 'true', '(isnot a b)' ],
		[ 'a NOT NULL', 'true', '(notnull a)' ],
		[ 'a NOTNULL AND b ISNULL', 'true', '(and (notnull a) (isnull b))' ],
		[ 'a LIKE \'x\' ESCAPE \'!\' AND b', 'true', '(and (like a \'x\' (escape \'!\')) b)' ],
		[ 'a NOT LIKE b NOT GLOB c', 'true', '(not-glob (not-like a b) c)' ],
		[ 'a IN (1,2)', 'true', '(in a [ 1 2 ])' ],
		[ 'a NOT IN (select 1)', 'true', '(not-in a (query (select 1)) [ ])' ],
		[ 'a IN t', 'true', '(in a t [ ])' ],
		[ 'a IN main.f(1)', 'true', '(in a schema:main f function [ 1 ])' ],
		[ 'a IN ()', 'true', '(in a [ ])' ],
		[ '(a,b) IN (VALUES (1,2))', 'true', '(in (row a b) (query (values (row 1 2))) [ ])' ],
		[ 'CASE a WHEN 1 THEN 2 ELSE 3 END', 'true', '(case a (when 1 2) (else 3))' ],
		[ 'CASE WHEN a BETWEEN 1 AND 2 THEN 1 END', 'true', '(case (when (between a 1 2) 1))' ],
		[ 'CAST(a AS VARCHAR(10))', 'true', '(cast a {VARCHAR(10)})' ],
		[ 'CAST(a AS)', 'true', '(cast a)' ],
		[ 'x\'00\' || 0x1F', 'true', '(|| x\'00\' 0x1F)' ],
		[ 'a -> \'b\' ->> \'c\'', 'true', '(->> (-> a \'b\') \'c\')' ],
		[ '~a & b | c << 2', 'true', '(<< (| (& (~ a) b) c) 2)' ],
		[ 'NOT a IS b', 'true', '(not (is a b))' ],
		[ 'NOT EXISTS (SELECT 1)', 'true', '(not (exists (query (select 1))))' ],
		[ 'count(*) FILTER (WHERE a) OVER w', 'true', '(call count * (filter a) (over (window bare base:w)))' ],
		[ 'sum(DISTINCT a) OVER (PARTITION BY b ORDER BY c DESC NULLS LAST ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES)', 'true', '(call sum distinct a (over (window (partition b) (order (desc c nulls-last)) rows (preceding 1) (current-row) exclude:ties)))' ],
		[ '"a".[b]', 'true', '"a".[b]' ],
		[ 'replace(a,\'x\',\'y\')', 'true', '(call replace a \'x\' \'y\')' ],
		[ 'key', 'true', 'key' ],
		[ 'current_timestamp', 'true', 'current_timestamp' ],
		[ 'a BETWEEN CASE WHEN x AND y THEN 1 END AND 5', 'true', '(between a (case (when (and x y) 1)) 5)' ],
		[ 'group_concat(a, \',\' ORDER BY b)', 'true', '(call group_concat a \',\' (order b))' ],
		[ 'raise(ABORT, \'x\')', 'true', '(raise abort \'x\')' ],
		[ 'left', 'true', 'left' ],
		[ 'if', 'true', 'if' ],
		[ 'a.b.c', 'true', 'a.b.c' ],
		[ '(a)', 'true', 'a' ],
		[ '((a+b))*c', 'true', '(* (+ a b) c)' ],
		[ '+a', 'true', '(pos a)' ],
		[ 'a==b<>c', 'true', '(<> (= a b) c)' ],
		[ 'a MATCH b', 'true', '(match a b)' ],
		[ 'rank() over (rows unbounded preceding)', 'true', '(call rank (over (window rows (unbounded-preceding))))' ],
		[ 'a IS TRUE', 'true', '(is a TRUE)' ],
		[ 'over', 'true', 'over' ],
		[ 'filter', 'true', 'filter' ],
		[ 'a +', 'true', 'error: cannot parse at position 4: unexpected end' ],
		[ '', 'true', 'error: cannot parse at position 1: unexpected end' ],
		[ 'a b', 'true', 'error: cannot parse at position 3: unexpected "b"' ],
		[ 'a > b > c', 'true', '(> (> a b) c)' ],
		[ 'case end when 1 then end end', 'true', '(case end (when 1 end))' ],
		[ 'x BETWEEN a OR b AND c AND d', 'true', 'error: cannot parse at position 29: unexpected end' ],
		[ 'a BETWEEN 1 AND 2 + 3 = 4', 'true', '(= (between a 1 (+ 2 3)) 4)' ],
		[ 'a = b BETWEEN c AND d', 'true', '(between (= a b) c d)' ],
		[ 'NOT a BETWEEN b AND c', 'true', '(not (between a b c))' ],
		[ 'a IN (1) IN (2)', 'true', '(in (in a [ 1 ]) [ 2 ])' ],
		[ 'a IS NOT NULL IS b', 'true', '(is (isnot a NULL) b)' ],
		[ 'a || b -> c COLLATE d || e', 'true', '(|| (-> (|| a b) (collate c d)) e)' ],
		[ 'a & b < c | d', 'true', '(< (& a b) (| c d))' ],
		[ '1 - 2 - 3', 'true', '(- (- 1 2) 3)' ],
		[ '-1 + -2', 'true', '(+ (neg 1) (neg 2))' ],
		[ 'NOT NOT a', 'true', '(not (not a))' ],
		[ 'a AND b OR c AND d', 'true', '(or (and a b) (and c d))' ],
		[ 'a ESCAPE b', 'true', 'error: cannot parse at position 3: unexpected "ESCAPE"' ],
		[ 'count(DISTINCT a)', 'true', '(call count distinct a)' ],
		[ 'percentile(a) WITHIN GROUP (ORDER BY b)', 'true', '(call percentile a (within b))' ],
		[ '"it""s" || \'it\'\'s\'', 'true', '(|| "it"s" \'it\'s\')' ],
		[ '1_000', 'true', '1000' ],
		[ 'a /* c */ + -- d
 b', 'true', '(+ a b)' ],
		[ 'f() OVER ()', 'true', '(call f (over (window)))' ],
		[ 'create table t(a, b INT PRIMARY KEY ON CONFLICT IGNORE AUTOINCREMENT, c VARCHAR ( 10 , -2 ) NOT NULL DEFAULT \'x\' COLLATE nocase, d INTEGER NON, e GENERATED ALWAYS AS (a+1) STORED, f INT GENERATED ALWAYS AS (1), CONSTRAINT q CHECK (a>1) UNIQUE (a, b DESC) ON CONFLICT REPLACE, FOREIGN KEY (a,b) REFERENCES p(x,y) ON DELETE SET NULL MATCH full ON UPDATE NO ACTION DEFERRABLE INITIALLY DEFERRED) WITHOUT ROWID, STRICT', 'false', '(table t (column a) (column b {INT} (primary-key autoincrement or:ignore)) (column c {VARCHAR ( 10 , -2 )} (not-null) (default \'x\') (collate nocase)) (column d {INTEGER NON}) (column e (generated (+ a 1) stored)) (column f {INT} (generated 1)) (check name:q (> a 1)) (unique a (desc b) or:replace) (foreign-key (of a b) p x y delete:set-null update:no-action match:full deferrable deferred) strict without-rowid)' ],
		[ 'create table t([INTEGER, \'abc\' TEXT,] , a REFERENCES p NOT DEFERRABLE, b DEFAULT abc DEFAULT -5 DEFAULT (1+2) CONSTRAINT n, \'x\' "y z" (5))', 'false', '(table t (column [INTEGER, \'abc\' TEXT,]) (column a (foreign-key p)) (column b (default \'abc\' word) (default (neg 5)) (default (+ 1 2))) (column \'x\' {"y z" (5)}))' ],
		[ 'create virtual table if not exists x.y using fts5(a, b UNINDEXED, tokenize = "porter (x)", content=\'\')', 'false', '(virtual if-not-exists schema:x y using:fts5 {a} {b UNINDEXED} {tokenize = "porter (x)"} {content=\'\'})' ],
		[ 'create virtual table t using m', 'false', '(virtual t using:m)' ],
		[ 'create unique index i on t(a collate nocase desc, lower(b)) where c is not null', 'false', '(unique-index i on:t (desc (collate a nocase)) (call lower b) (where (isnot c null)))' ],
		[ 'create view v(a,b) as with recursive x(n) as not materialized (select 1 union all select n+1 from x) select distinct t.*, a as b, c d from t natural left join (select 1) as q using (z), main.f(1,2) g cross join h indexed by hh on a=b where 1 group by 1,2 having 3 window w as (order by 1) union all values (1,2),(3,4) except select 1 order by 1 desc limit 2,3', 'false', '(view v (columns a b) (query (with recursive (cte x (columns n) not-materialized (query (select 1) (select union-all (+ n 1) (from (source x)))))) (select distinct (* t) (as a b) (as c d) (from (source t) (source natural left (query (select 1)) as:q (using z)) (source comma schema:main f [ 1 2 ] as:g) (source cross h indexed-by:hh (on (= a b)))) (where 1) (group 1 2) (having 3) (windows (window name:w (order 1)))) (values union-all (row 1 2) (row 3 4)) (select except 1) (order (desc 1)) (limit 3) (offset 2)))' ],
		[ 'create trigger t before update of a,b on x for each row when new.a > 1 begin insert or replace into y(a) values (1) on conflict (a) where b do update set a=excluded.a where c on conflict do nothing; update y set (a,b)=(1,2), c=3 from z where 1; delete from y; select raise(ignore); end', 'false', '(trigger t before update (of a b) on:x (when (> new.a 1)) (insert replace y (columns a) (query (values (row 1))) (upsert (target a) (target-where b) (set a excluded.a) (where c)) (upsert)) (update y (set-row a b (row 1 2)) (set c 3) (from (source z)) (where 1)) (delete y) (query (select (raise ignore))))' ],
		[ 'create table begin(end, if, key, desc, match, temp, like)', 'false', '(table begin (column end) (column if) (column key) (column desc) (column match) (column temp) (column like))' ],
		[ 'create table t(select)', 'false', 'error: cannot parse at position 16: unexpected "select"' ],
		[ 'create table t(a b c d) foo', 'false', 'error: cannot parse at position 25: unknown table option' ],
		[ 'select 1', 'false', 'error: cannot parse at position 1: unexpected "select"' ],
		[ 'create table t(a) ; ;', 'false', '(table t (column a))' ],
		[ 'create table t(a', 'false', 'error: cannot parse at position 17: unexpected end' ],
		[ 'create table t(a ?', 'false', 'error: cannot parse at position 18: unexpected "?"' ],
	);
}
