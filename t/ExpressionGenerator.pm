# Random expressions of SQLite's SQL over the columns of one table: mostly such
# as applications write, now and then of a kind that needs a rule of SQLite's
# (text beside number, integer division, NULL, booleans as numbers).
package ExpressionGenerator;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';

our @EXPORT = qw(expression_tables random_expression random_query);

# Tables t and u with their rows.
my @columns = (
	'id INTEGER PRIMARY KEY', 'g INTEGER NOT NULL', 'i INTEGER', 'j INTEGER NOT NULL', 'r REAL', 'q DOUBLE NOT NULL',
	's TEXT', 'w TEXT NOT NULL', 'v VARCHAR(20)', 'n NUMERIC(10,2)', 'm DECIMAL', 'b BOOLEAN', 'c BOOLEAN NOT NULL',
	'dt DATETIME', 'da DATE', 'ti TIME', 'tx TIMESTAMP', 'ep DATETIME', 'bl BLOB', 'js JSON', 'jt TEXT', 'uu UUID',
	'nc TEXT COLLATE NOCASE');

my %values = (
	g => [ 0 .. 3 ],
	i => [ 'NULL', 0, 1, -1, 2, 7, 42, -3, 100, 255, -17, 2147483648, -2147483649, 1000000, '9223372036854775807', '-9223372036854775808' ],
	j => [ -5 .. 12 ],
	r => [ 'NULL', '0.0', '1.0', '-1.5', '2.25', '1e10', '3.14159', '-0.001', '100.0', '123456.789', '-2.5', '0.5', '2.0' ],
	q => [ '0.0', '1.0', '-7.25', '12.5', '0.1', '1000.0', '-0.5', '3.0' ],
	's' => [ 'NULL', "''", "'a'", "'A'", "'abc'", "'ABC'", "'Äpfel'", "'äpfel'", "'foo bar'", "'  x '", "'10'", "'9'", "'1.0'",
		"'1.5'", "'-3'", "'%'", "'a_b'", "'a\\b'", "'x''y'", "'2024-01-05'", "'a%c'", "'abc  '", "'12abc'", "'1e2'" ],
	w => [ map { "'$_'" } qw(alpha beta Gamma delta EPSILON zeta eta open closed 42) ],
	v => [ 'NULL', map { "'$_'" } qw(new paid NEW shipped x1 y2 a.b me@example.org -) ],
	n => [ 'NULL', '0', '1', '1.5', '10.25', '-3.75', '100', '0.1', '99999999.99', '2' ],
	'm' => [ 'NULL', '0', '3', '-7', '2.5', '1000', '12.125', '1e3' ],
	b => [ 'NULL', 0, 1, 0, 1 ],
	c => [ 0, 1 ],
	dt => [ 'NULL', map { "'$_'" } '2024-01-05 10:20:30', '2023-12-31 23:59:59', '2024-02-29 00:00:00', '2000-01-01 12:00:00', '1999-06-15 08:05:09' ],
	da => [ 'NULL', map { "'$_'" } '2024-01-05', '2023-12-31', '2024-02-29', '2000-01-01', '1970-01-01' ],
	ti => [ 'NULL', map { "'$_'" } '10:20:30', '00:00:00', '23:59:59' ],
	tx => [ 'NULL', map { "'$_'" } '2024-01-05T10:20:30', '2021-03-14T15:09:26', '2000-01-01T00:00:00' ],
	ep => [ 'NULL', 1700000000, 1600000123, 946684800 ],
	bl => [ 'NULL', "x''", "x'00'", "x'616263'", "x'ff01'" ],
	js => [ 'NULL', map { "'$_'" } '{"a":1,"b":"x","c":[1,2,3],"d":null,"e":1.5,"f":true}', '[]', '[1,"two",3.5]', '{"a":{"z":"deep"},"b":""}', '{"b":"Ä","a":-2}', '"s"', '17' ],
	jt => [ 'NULL', map { "'$_'" } '{"a":1,"b":"x","c":[1,2,3]}', '[10,20]', '{"a":"1","d":null,"f":false}', '{"e":2.0}', '{}' ],
	uu => [ 'NULL', map { "'$_'" } '6f9619ff-8b86-d011-b42d-00c04fc964ff', '00000000-0000-4000-8000-000000000001', 'ffffffff-0000-4000-8000-000000000002' ],
	nc => [ 'NULL', map { "'$_'" } qw(Abc abc ABC zed Zed Äb äb x a-b) ]);

sub one { return $_[ int rand @_ ] }
sub chance { my ($percent) = @_; return rand(100) < $percent }

# The column definitions, and statements that make both tables
sub expression_tables
{
	my ($rows) = @_;
	my $sql = 'CREATE TABLE t (' . join(', ', @columns) . ");\n"
	  . "CREATE TABLE u (id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES t (id), k INTEGER, x REAL, l TEXT, f BOOLEAN NOT NULL);\n"
	  . "BEGIN;\n";

	foreach my $id (1 .. $rows)
	{
		my @row = map { /^(\w+)/; $1 eq 'id' ? $id : one(@{ $values{$1} }) } @columns;
		$sql .= 'INSERT INTO t VALUES (' . join(', ', @row) . ");\n";
	}
	foreach my $id (1 .. 2 * $rows)
	{
		$sql .= "INSERT INTO u VALUES ($id, " . join(', ', 1 + int rand $rows, one('NULL', 0 .. 5),
			one('NULL', '0.5', '1.0', '-2.25', '4.0'), one('NULL', "'red'", "'Green'", "'blue'", "''"), one(0, 1)) . ");\n";
	}
	return ("$sql COMMIT;\n", join(', ', @columns));
}

# ------------------------------------------------------------------------
# Columns and literals by kind
# ------------------------------------------------------------------------
my %leaves = (
	integer => [ qw(id g i i j j b c), 0, 1, 2, 3, 10, 42, '-1', '-7', '0x1F', 2147483647, '9223372036854775807' ],
	real => [ qw(r r q q), '0.5', '1.5', '2.0', '-3.25', '1e3', '.5' ],
	number => [ qw(n n m), 2, '1.5', '100' ],
	text => [ qw(s s w w v nc), "'a'", "'abc'", "''", "'Z'", "'10'", "'x''y'", "'ä'", "'new'" ],
	boolean => [ qw(b c) ],
	moment => [ qw(dt dt da tx), "'2024-01-05 10:20:30'", "'2023-12-31'", "'2000-01-01 12:00:00'" ],
	blob => [ qw(bl), "x'616263'", "x''", "x'00ff'" ],
	json => [ qw(js js jt) ]);

my @patterns = ("'a%'", "'%B%'", "'a_c'", "'%'", "''", "'ABC'", "'%@%.%'", "'%ä%'", "'a\\%'", "'_%'", "'%x''y'", "'[a-c]%'");
my @globs = ("'a*'", "'*b*'", "'?'", "'[a-c]*'", "'*'", "'A?C'", "'[^a]*'", "'*[0-9]'", "'[A-Z]*'", "'a%'");
my @moments = ("'2024-01-05'", "'2024-01-05 10:20:30'", "'2000-01-01'", "'2023-12-31 23:59:59'", "'2024-01-05T10:20:30'",
	"date('2024-02-29')", "datetime('2024-01-05 10:20:30')", "datetime('2023-12-31','+1 day')");
my @paths = map { "'$_'" } '$.a', '$.b', '$.c', '$.c[1]', '$.a.z', '$[0]', '$', '$.d', '$.e', '$.f', '$.c[#-1]', '$."a"';
my @modifiers = map { "'$_'" } '+1 day', '-3 days', '+1 month', 'start of month', 'start of day', 'start of year', '-1 year', '+90 minutes', 'weekday 0', '+12 hours';
my @formats = map { "'$_'" } '%Y', '%Y-%m', '%m', '%d', '%H:%M', '%Y-%m-%d %H:%M:%S', '%w', '%j', '%s', '%f', '%J', '%H', '%Y-%m-%dT%H:%M:%SZ', '%W', '%%';

sub leaf { my ($kind) = @_; return one(@{ $leaves{$kind} }) }

# An expression of a kind; one time in twelve of another kind
sub make
{
	my ($kind, $depth) = @_;

	$kind = one(qw(integer real number text boolean)) if $kind eq 'any' || chance(8);
	return leaf($kind) if $depth <= 0 || chance(25);
	return conditional($kind, $depth) if chance(12);
	return { integer => \&integer, real => \&real, number => \&number, text => \&text,
		boolean => \&boolean, moment => \&moment_expression, blob => \&blob, json => \&json }->{$kind}->($depth - 1);
}

sub conditional
{
	my ($kind, $depth) = @_;
	my $d = $depth - 1;
	my ($x, $y) = (make($kind, $d), make($kind, $d));

	return one(
		sub { "coalesce($x, $y)" }, sub { "ifnull($x, $y)" }, sub { "nullif($x, $y)" }, sub { 'iif(' . make('boolean', $d) . ", $x, $y)" },
		sub { 'CASE WHEN ' . make('boolean', $d) . " THEN $x ELSE $y END" }, sub { 'CASE WHEN ' . make('boolean', $d) . " THEN $x END" },
		sub { 'CASE ' . one(qw(g j c b)) . ' WHEN ' . one(0, 1) . " THEN $x WHEN 2 THEN $y ELSE NULL END" },
		sub { "CASE w WHEN 'alpha' THEN $x WHEN 'beta' THEN $y END" },
		sub { "max($x, $y)" }, sub { "min($x, $y)" }, sub { "coalesce($x, NULL, $y)" })->();
}

sub arithmetic
{
	my ($kind, $d) = @_;

	return '(' . make($kind, $d) . ' ' . one(qw(+ - * /)) . ' ' . make($kind, $d) . ')';
}

sub integer
{
	my ($d) = @_;

	return one(
		sub { arithmetic('integer', $d) }, sub { arithmetic('integer', $d) }, sub { '(' . make('integer', $d) . ' % ' . make('integer', $d) . ')' },
		sub { '(- ' . make('integer', $d) . ')' }, sub { '(~ ' . leaf('integer') . ')' }, sub { '(' . make('integer', $d) . ' ' . one('&', '|') . ' ' . make('integer', $d) . ')' },
		sub { '(' . leaf('integer') . ' ' . one('<<', '>>') . ' ' . one(0 .. 4, 'j') . ')' },
		sub { 'length(' . make('text', $d) . ')' }, sub { 'length(' . make(one(qw(any blob)), $d) . ')' }, sub { 'instr(' . make('text', $d) . ', ' . leaf('text') . ')' },
		sub { 'abs(' . make('integer', $d) . ')' }, sub { 'CAST(' . make(one(qw(real text number boolean)), $d) . ' AS INTEGER)' },
		sub { 'unicode(' . leaf('text') . ')' }, sub { 'sign(' . make(one(qw(integer real number)), $d) . ')' },
		sub { "CAST(strftime(" . one("'%Y'", "'%m'", "'%d'", "'%H'", "'%s'") . ', ' . leaf('moment') . ') AS INTEGER)' },
		sub { "json_array_length(" . one(qw(js jt)) . one('', ", '\$.c'") . ')' }, sub { 'json_extract(' . leaf('json') . ', ' . one("'\$.a'", "'\$[0]'", "'\$.c[1]'") . ')' },
		sub { 'json_valid(' . one(qw(js jt s)) . ')' }, sub { subquery_integer($d) }, sub { boolean($d) }, sub { '(+' . leaf('integer') . ')' },
		sub { one(qw(i j)) . ' / ' . one(1 .. 5) }, sub { one(qw(b c)) . ' + ' . one(qw(b c 1)) })->();
}

sub real
{
	my ($d) = @_;

	return one(
		sub { arithmetic('real', $d) }, sub { arithmetic('real', $d) }, sub { '(' . make('real', $d) . ' ' . one(qw(+ - * /)) . ' ' . make('integer', $d) . ')' },
		sub { 'round(' . make('real', $d) . ')' }, sub { 'round(' . make(one(qw(real integer)), $d) . ', ' . one(0 .. 3) . ')' }, sub { 'abs(' . make('real', $d) . ')' },
		sub { 'CAST(' . make(one(qw(integer text number)), $d) . ' AS REAL)' }, sub { 'julianday(' . leaf('moment') . ')' },
		sub { '(' . make('integer', $d) . ' * 1.0 / ' . make('integer', $d) . ')' }, sub { '(julianday(' . leaf('moment') . ') - julianday(' . leaf('moment') . '))' },
		sub { '(SELECT ' . one('avg', 'total', 'sum', 'max', 'min') . '(x) FROM u WHERE u.t_id = t.id)' }, sub { '(-' . leaf('real') . ')' },
		sub { 'json_extract(' . leaf('json') . ", '\$.e')" })->();
}

sub number
{
	my ($d) = @_;

	return one(
		sub { '(' . make('number', $d) . ' ' . one(qw(+ - *)) . ' ' . make(one(qw(number integer)), $d) . ')' }, sub { '(' . leaf('number') . ' / ' . leaf('number') . ')' },
		sub { '(' . make('number', $d) . ' * ' . leaf('real') . ')' }, sub { 'abs(' . leaf('number') . ')' }, sub { 'round(' . make('number', $d) . ', ' . one(0 .. 2) . ')' },
		sub { 'CAST(' . make(one(qw(text integer number)), $d) . ' AS NUMERIC)' }, sub { '(-' . leaf('number') . ')' }, sub { 'CAST(' . leaf('number') . ' AS ' . one(qw(INTEGER REAL)) . ')' })->();
}

sub text
{
	my ($d) = @_;

	return one(
		sub { '(' . make('text', $d) . ' || ' . make('text', $d) . ')' }, sub { '(' . make('text', $d) . ' || ' . make('any', $d) . ')' },
		sub { '(' . leaf(one(qw(integer real number moment boolean text))) . " || '-' || " . leaf(one(qw(integer real number moment boolean))) . ')' },
		sub { one(qw(lower upper)) . '(' . make('text', $d) . ')' }, sub { one(qw(trim ltrim rtrim)) . '(' . make('text', $d) . one('', '', ", 'a'", ", 'xab '") . ')' },
		sub { one('substr', 'substring') . '(' . make('text', $d) . ', ' . one(-3 .. 3, 'j') . one('', ', ' . one(-2 .. 4, 'g')) . ')' },
		sub { 'replace(' . make('text', $d) . ', ' . leaf('text') . ', ' . leaf('text') . ')' }, sub { 'hex(' . make(one(qw(text blob)), $d) . ')' },
		sub { 'quote(' . make(one(qw(any blob)), $d) . ')' }, sub { "printf('%d-%s', " . make('integer', $d) . ', ' . make('text', $d) . ')' },
		sub { "printf('%05.2f|%x|%-6s|', " . make('real', $d) . ', abs(j), ' . leaf('text') . ')' }, sub { "format('%.3f %s', " . leaf('real') . ', ' . make('any', $d) . ')' },
		sub { 'char(' . join(', ', map { one(65 .. 90, 228, 8364) } 1 .. one(1 .. 3)) . ')' }, sub { 'CAST(' . make('any', $d) . ' AS TEXT)' },
		sub { 'typeof(' . make('any', $d) . ')' }, sub { one(qw(date time datetime)) . '(' . make('moment', $d) . one('', ', ' . one(@modifiers)) . ')' },
		sub { 'strftime(' . one(@formats) . ', ' . make('moment', $d) . one('', '', ', ' . one(@modifiers)) . ')' },
		sub { "datetime(ep, 'unixepoch')" }, sub { "date(1700000000 + j * 86400, 'unixepoch')" }, sub { "strftime('%Y', ep, 'unixepoch')" },
		sub { 'json_extract(' . leaf('json') . ', ' . one("'\$.b'", "'\$[1]'", "'\$.a.z'") . ')' }, sub { leaf('json') . ' ->> ' . one("'\$.b'", "'b'", 1, "'\$.a'") },
		sub { 'json_type(' . leaf('json') . one('', ', ' . one(@paths)) . ')' }, sub { "json_object('k', " . make('any', $d) . ')' }, sub { 'json_array(' . leaf('integer') . ', ' . leaf('text') . ')' },
		sub { subquery_text() }, sub { leaf('text') . ' COLLATE NOCASE' }, sub { 'CAST(' . leaf('text') . ' AS ' . one('VARCHAR(5)', 'CHAR') . ')' })->();
}

sub comparison { return one('=', '=', '==', '<>', '!=', '<', '<=', '>', '>=', 'IS', 'IS NOT') }

sub boolean
{
	my ($d) = @_;
	my $kind = one(qw(integer integer real number text text));
	my $compare = sub { my ($k) = @_; '(' . make($k, $d) . ' ' . comparison() . ' ' . make($k, $d) . ')' };

	return one(
		sub { $compare->($kind) }, sub { $compare->($kind) }, sub { '(' . leaf($kind) . ' ' . comparison() . ' ' . leaf($kind) . ')' },
		sub { '(' . leaf(one(qw(integer text real number boolean))) . ' ' . comparison() . ' ' . leaf(one(qw(integer text real number boolean))) . ')' },
		sub { '(' . make('boolean', $d) . ' ' . one(qw(AND OR)) . ' ' . make('boolean', $d) . ')' }, sub { '(NOT ' . make('boolean', $d) . ')' },
		sub { '(' . one(qw(b c)) . ' ' . comparison() . ' ' . one(0, 1, 2, "'1'", 'true', 'FALSE', 'c', 'j') . ')' },
		sub { '(' . make('any', $d) . ' ' . one('IS NULL', 'IS NOT NULL', 'ISNULL', 'NOTNULL', 'NOT NULL') . ')' },
		sub { '(' . make($kind, $d) . one(' ', ' NOT ') . 'IN (' . join(', ', map { leaf($kind) } 1 .. one(1 .. 4)) . '))' }, sub { '(' . one(qw(b c)) . ' IN (0, 1))' },
		sub { '(' . make($kind, $d) . one(' ', ' NOT ') . 'BETWEEN ' . leaf($kind) . ' AND ' . leaf($kind) . ')' },
		sub { '(' . make('text', $d) . one(' ', ' NOT ') . 'LIKE ' . one(@patterns, @patterns, 's', 'w') . one('', '', '', " ESCAPE '\\'") . ')' },
		sub { '(' . leaf('text') . one(' ', ' NOT ') . 'GLOB ' . one(@globs, 'w') . ')' }, sub { '(' . one(qw(i r n dt b)) . " LIKE '%1%')" },
		sub { '(' . one(qw(dt da tx)) . ' ' . comparison() . ' ' . one(@moments) . ')' }, sub { '(' . one(qw(dt da tx)) . ' ' . comparison() . ' ' . one(qw(dt da tx)) . ')' },
		sub { '(' . one(qw(dt da)) . ' BETWEEN ' . one(@moments) . ' AND ' . one(@moments) . ')' }, sub { '(date(' . one(qw(dt da tx)) . ') ' . comparison() . ' ' . one('da', "'2024-01-05'") . ')' },
		sub { '(strftime(' . one("'%Y'", "'%m'") . ', ' . one(qw(dt da)) . ') ' . comparison() . ' ' . one("'2024'", "'01'", "'12'") . ')' },
		sub { '(uu ' . comparison() . ' ' . one("'6f9619ff-8b86-d011-b42d-00c04fc964ff'", "'x'", 'uu') . ')' }, sub { '(' . leaf('text') . ' ' . comparison() . ' ' . leaf('text') . ' COLLATE ' . one(qw(NOCASE BINARY RTRIM)) . ')' },
		sub { '(nc ' . comparison() . ' ' . one("'ABC'", 'w', 's', "'zed'", 'nc') . ')' }, sub { "(nc IN ('ABC', 'zed'))" }, sub { '((g, c) ' . one('=', '<>', '<', '>=') . ' (' . one(0 .. 3) . ', ' . one(0, 1) . '))' },
		sub { '(' . one('', 'NOT ') . 'EXISTS (SELECT 1 FROM u WHERE u.t_id = t.id AND ' . one('k > 1', "l = 'red'", 'f', 'f = 0', 'x IS NULL') . '))' },
		sub { '(' . one(qw(j i id)) . one(' ', ' NOT ') . 'IN (SELECT ' . one(qw(k t_id)) . ' FROM u' . one('', ' WHERE k IS NOT NULL', ' WHERE t_id IS NOT NULL') . '))' },
		sub { '(' . leaf('text') . one(' ', ' NOT ') . 'IN (SELECT ' . one('l', 'l COLLATE NOCASE', 'nc') . ' FROM ' . one('u, t AS o', 't AS o, u') . ' WHERE ' . one('l IS NOT NULL', 'f') . '))' },
		sub { '(' . leaf(one(qw(integer text number json))) . ' IN (' . leaf(one(qw(integer text number))) . ', ' . leaf(one(qw(integer text number))) . '))' },
		sub { '(bl ' . comparison() . ' ' . one("x'616263'", "'abc'", 'bl') . ')' }, sub { '(json_extract(' . leaf('json') . ', ' . one(@paths) . ') ' . comparison() . ' ' . leaf(one(qw(integer text))) . ')' },
		sub { 'json_valid(' . one(qw(js jt s)) . ')' }, sub { '(length(' . leaf('text') . ') ' . comparison() . ' ' . one(0 .. 5) . ')' }, sub { '(' . leaf($kind) . ' IS ' . one('', 'NOT ') . 'DISTINCT FROM ' . leaf($kind) . ')' },
		sub { one(qw(b c)) })->();
}

sub moment_expression
{
	my ($d) = @_;

	return one(sub { 'datetime(' . leaf('moment') . ', ' . one(@modifiers) . ')' }, sub { 'date(' . leaf('moment') . ')' }, sub { leaf('moment') }, sub { '(da || ' . "' 10:00:00')" })->();
}

sub blob
{
	my ($d) = @_;

	return one(sub { 'CAST(' . make('text', $d) . ' AS BLOB)' }, sub { 'zeroblob(' . one(0 .. 3) . ')' }, sub { 'substr(bl, ' . one(-2 .. 2) . ', ' . one(0 .. 3) . ')' }, sub { leaf('blob') })->();
}

sub json { my ($d) = @_; return one(leaf('json'), "json_extract(jt, '\$.c')", 'json(jt)', "json_array(j, w)", "json_object('a', j, 'b', w)", "js -> '\$.a'") }

sub subquery_integer
{
	my ($d) = @_;

	return '(SELECT ' . one('count(*)', 'count(k)', 'sum(k)', 'max(k)', 'min(k)', 'count(DISTINCT k)', 'sum(f)', 'max(f)', 'count(*) FILTER (WHERE f)', 'total(k)')
	  . ' FROM u WHERE u.t_id = t.id' . one('', ' AND k > 1', ' AND l IS NOT NULL', ' AND f') . ')';
}

sub subquery_text
{
	return '(SELECT ' . one(
		"max(l) FROM u WHERE u.t_id = t.id", "min(l) FROM u WHERE u.t_id = t.id", "l FROM u WHERE u.t_id = t.id ORDER BY u.id LIMIT 1",
		"group_concat(l) FROM u WHERE u.t_id = t.id", "group_concat(k, '; ') FROM u WHERE u.t_id = t.id", "l FROM u WHERE u.t_id = t.id ORDER BY l, u.id DESC LIMIT 1 OFFSET 1",
		"w FROM t AS o WHERE o.id = t.j") . ')';
}

# ------------------------------------------------------------------------
# Entries
# ------------------------------------------------------------------------
sub random_expression
{
	my ($kind, $depth) = @_;

	return make($kind // one(qw(integer integer real number text text boolean boolean boolean blob json)), $depth // one(1, 1, 2, 2, 2, 3));
}

# A SELECT with result columns "id" (unique) and "x", and the expression in it
sub random_query
{
	if (chance(14))
	{
		my $kind = one(qw(integer integer real number text boolean));
		my $x = make($kind, 1);
		my $aggregate = one("count($x)", "sum($x)", "avg($x)", "min($x)", "max($x)", "total($x)", "count(DISTINCT $x)", "sum(DISTINCT $x)",
			"sum(CASE WHEN $x THEN 1 ELSE 0 END)", "count(*) FILTER (WHERE $x)", "sum($x) * 1.0 / count(*)", "coalesce(sum($x), 0)", "group_concat(DISTINCT g)", "avg(DISTINCT $x)", "total(DISTINCT $x)", "length(group_concat(DISTINCT $x))", "count(DISTINCT $x COLLATE NOCASE)", "lower(max($x COLLATE NOCASE))", "max($x) - min($x)");

		return ("SELECT g AS id, $aggregate AS x FROM t" . one('', ' WHERE ' . make('boolean', 1)) . ' GROUP BY g' . one('', '', ' HAVING count(*) > 1'), $aggregate);
	}
	if (chance(8))
	{
		my $x = make(one(qw(integer real number text)), 1);
		my $window = one("sum(j) OVER (PARTITION BY g ORDER BY id)", 'row_number() OVER (ORDER BY id)', "row_number() OVER (PARTITION BY g ORDER BY $x, id)",
			"rank() OVER (ORDER BY $x)", "dense_rank() OVER (PARTITION BY c ORDER BY $x DESC)", "lag($x) OVER (ORDER BY id)", "lead($x, 2) OVER (PARTITION BY g ORDER BY id)", "first_value($x) OVER (PARTITION BY g ORDER BY id)",
			"count(*) OVER (PARTITION BY b)", "max($x) OVER (PARTITION BY g)", "avg(q) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)", 'ntile(3) OVER (ORDER BY id)', "sum(r) OVER ()");

		return ("SELECT id, $window AS x FROM t", $window);
	}
	if (chance(20))
	{
		my ($kind, $other) = (one(qw(integer real number text boolean blob)), one(qw(integer real number text boolean)));
		my ($x, $y, $z) = (make($kind, 2), make($kind, 1), make($other, 1));
		my $left = "t LEFT JOIN (SELECT id AS o_id, k, x AS o_x, l, f FROM u) o ON o_id = j";
		my ($sql, $shown) = @{ one(
			# what a subquery's column is compared and computed with
			[ "WITH q AS (SELECT id, $x AS y, $z AS z FROM t) SELECT id, " . one('y = z', 'y < z', 'y || z', 'coalesce(y, z)', 'typeof(y)', 'y + z', 'y IN (z, 1)', "y IS 'a'", 'max(y, z)', 'y > 1', 'CASE WHEN y THEN 1 END') . ' AS x FROM q' ],
			[ "SELECT id, y AS x FROM (SELECT id, $x AS y FROM t WHERE c UNION ALL SELECT id + 1000, $y FROM t WHERE NOT c)" ],
			[ "SELECT id, y AS x FROM (SELECT id, $x AS y FROM t WHERE c UNION ALL SELECT id + 1000, $z FROM t WHERE NOT c)" ],
			[ "SELECT min(id) AS id, count(*) AS x FROM (SELECT id, $x AS y FROM t) GROUP BY y" ],
			[ "SELECT min(id) AS id, count(*) AS x FROM t GROUP BY $x" ],
			[ "SELECT id, 1 AS x FROM t ORDER BY $x" . one('', ' DESC') . ', id LIMIT 7' ],
			[ "SELECT id, row_number() OVER (ORDER BY $x, id) AS x FROM t" ],
			[ "SELECT 1 AS id, count(*) AS x FROM (SELECT $x AS y FROM t UNION SELECT $y FROM t)" ],
			[ "SELECT 1 AS id, count(*) AS x FROM (SELECT $x AS y FROM t " . one(qw(EXCEPT INTERSECT)) . " SELECT $y FROM t)" ],
			[ "SELECT 1 AS id, count(*) AS x FROM (SELECT DISTINCT $x, g % 2 FROM t)" ],
			[ "SELECT min(id) AS id, count(*) AS x FROM t GROUP BY $x COLLATE NOCASE" ],
			[ "SELECT 1 AS id, count(DISTINCT y) AS x FROM (SELECT $x AS y FROM t)" ],
			[ "SELECT id, " . one("coalesce(l, $z)", "coalesce(k, 0) + j", "o_x * q", "f = c", "f IS c", "l = w COLLATE NOCASE", "ifnull(f, 0)", "NOT f", "l || '-' || k", "k IS NULL", "CASE WHEN f THEN l ELSE $z END", "o_id IN (SELECT t_id FROM u)") . " AS x FROM $left" ],
			[ "SELECT id, (SELECT count(*) FROM u WHERE " . one("k = $z", "l = $z", "x > $z", "k < i AND f", "f = c", "t_id = id AND l LIKE 'r%'") . ') AS x FROM t' ]) };

		return ($sql, $shown // $sql);
	}
	if (chance(5))
	{
		my $condition = make('boolean', 2);

		return ("SELECT id, 1 AS x FROM t WHERE $condition", $condition);
	}
	my $expression = random_expression();

	return ("SELECT id, $expression AS x FROM t", $expression);
}

1;
