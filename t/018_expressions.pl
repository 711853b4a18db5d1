# Differential test of translated expressions: a generator makes random queries
# over typed columns, each a view of one SQLite file; the file is migrated and
# every view that was created returns what SQLite's own returns, row by row.
# What the translation refuses is counted and shown.  The same generator makes
# CHECK constraints; both sides then take and refuse the same rows.
#
# Environment: SFM_SEED, of the generator: a number, or "random";
# SFM_EXPRESSIONS, how many; SFM_SHOW, how many of the wrong ones are shown.
# Not in pg_regress because inputs are random.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use ExpressionGenerator;
use SameValue;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes 'time';

my $count = $ENV{SFM_EXPRESSIONS} // 1500;
my $checks = int($count / 10);
my $rows = 40;

# Run-time errors of PostgreSQL where SQLite has a value: out of range, for
# SQLite turns an integer that is too big into a REAL
my $tolerated = qr/^22003$/;

my $node = start_server('expressions');

# one transaction makes thousands of views
$node->append_conf('postgresql.conf', 'max_locks_per_transaction = 4096');
$node->restart;
my $path = PostgreSQL::Test::Utils::tempdir . '/expressions.db';

random_seed(1);

# Runs SQL in the sqlite3 shell in spite of errors; returns the lines of its output
sub sqlite_lines
{
	my ($sql) = @_;
	my ($out, $err) = ('', '');

	IPC::Run::run([ sqlite_shell(), $path ], '<', \$sql, '>', \$out, '2>', \$err);
	return split /\n/, $out;
}

# Splits output at lines "@name" into a hash of lists
sub sections
{
	my %sections;
	my $current = '';

	foreach (@_)
	{
		if (/^@(.*)/) { $current = $1; $sections{$current} = []; next }
		push @{ $sections{$current} }, $_;
	}
	return \%sections;
}

# Why something was refused, without names and numbers
sub reason
{
	my ($note, $sql) = @_;

	$note =~ s/: CREATE .*//s;
	$note =~ s/(left out, for [^:]*(?:\(\))?(?:: [^:(']*(?=: ))?).*/$1/s;
	$note =~ s/\Q$sql\E// if length $sql > 3;
	$note =~ s/"[^"]*"/"..."/g;
	$note =~ s/\d+/N/g;
	return $note;
}

# Do a number of SQLite's and one of PostgreSQL's differ by no more than that?
sub near_sums
{
	my ($source, $target, $difference) = @_;
	my ($number) = $source =~ /^(?:integer|real):(-?\d.*)/;
	my $other = pack 'H*', $target;

	return defined $number && $other =~ /^-?\d[\d.]*(?:e[-+]?\d+)?$/ && abs($number - $other) <= $difference;
}

# ------------------------------------------------------------------------
# The file: tables, views v<n>, tables with a CHECK k<n>
# ------------------------------------------------------------------------
my ($tables, $columns) = expression_tables($rows);
my (@queries, @expressions, @conditions);

foreach my $n (0 .. $count - 1)
{
	($queries[$n], $expressions[$n]) = random_query();
}
while (@conditions < $checks)
{
	my $condition = random_expression('boolean', 1 + int rand 3);
	push @conditions, $condition unless $condition =~ /SELECT/;
}

# row by row: an error in one (abs() of the smallest integer) must not undo the others
my $insert = join '', map { "INSERT OR IGNORE INTO KEPT SELECT * FROM t WHERE id = $_;\n" } 1 .. $rows;

unlink $path;
sqlite_lines($tables . "BEGIN;\n"
	  . join('', map { "CREATE VIEW v$_ AS $queries[$_];\n" } 0 .. $#queries)
	  . join('', map { "CREATE TABLE k$_ ($columns, CHECK ($conditions[$_]));\n" . $insert =~ s/KEPT/k$_/gr } 0 .. $#conditions)
	  . 'COMMIT;');

my $source = sections(sqlite_lines(join '', map { "SELECT '\@v$_';\nSELECT id || '|' || " . source_value('x') . " FROM v$_;\nSELECT '\@end$_';\nSELECT count(*) FROM (SELECT x FROM v$_);\n" } 0 .. $#queries));
my $accepted = sections(sqlite_lines(join '', map { "SELECT '\@k$_';\nSELECT id FROM k$_ ORDER BY id;\n" } 0 .. $#conditions));

# What SQLite itself cannot compute is none of our business
my @broken = grep { my $end = $source->{"end$_"}; !defined $end || @$end != 1 || $end->[0] != @{ $source->{"v$_"} } } 0 .. $#queries;
my %is_broken = map { $_ => 1 } @broken;

sqlite_lines(join '', map { "DROP VIEW v$_;\n" } @broken);

# ------------------------------------------------------------------------
# Migration
# ------------------------------------------------------------------------
my $begin = time;
my ($status, $out, $err) = $node->psql('postgres', qq(
	SET client_min_messages = error;
	CREATE TABLE result AS SELECT * FROM sqlite_migrate_file(${\ sql_literal($path)}, 'target', on_error => 'continue');));
is($status, 0, 'the file is migrated') or diag $err;
note sprintf 'migrated in %.1f s', time - $begin;

my %created;		# view -> [type of x, definition]
foreach (split /\n/, $node->safe_psql('postgres', q{
	SELECT c.relname || '|' || format_type(a.atttypid, NULL) || '|' || encode(convert_to(pg_get_viewdef(c.oid), 'UTF8'), 'hex')
	  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'x'
	 WHERE c.relnamespace = 'target'::regnamespace AND c.relkind = 'v'}))
{
	my ($view, $type, $definition) = split /\|/;
	$created{$view} = [ $type, join ' ', split ' ', pack 'H*', $definition ];
}
my %notes;			# object -> notes
foreach (split /\n/, $node->safe_psql('postgres', q{
	SELECT object || '|' || encode(convert_to(coalesce(detail, '(nothing)'), 'UTF8'), 'hex') FROM result WHERE status <> 'ok' AND phase NOT IN ('load', 'analyze', 'verify')}))
{
	my ($object, $detail) = split /\|/;
	push @{ $notes{$object} }, pack 'H*', $detail;
}

# ------------------------------------------------------------------------
# Views
# ------------------------------------------------------------------------
my $script = join '', map {
	"\\echo '\@v$_'\nSELECT id || '|' || " . target_value('x', $created{"v$_"}[0]) . " FROM target.v$_;\n\\echo '\@end$_'\n\\echo :SQLSTATE :LAST_ERROR_MESSAGE\n"
} grep { $created{"v$_"} } 0 .. $#queries;
($status, $out, $err) = $node->psql('postgres', $script, on_error_stop => 0);
my $target = sections(split /\n/, $out);

my (%refused, %run_time, @lost, @wrong);
my ($exact, $equal, $refusals, $errors, $untolerated) = (0, 0, 0, 0, 0);
foreach my $n (grep { !$is_broken{$_} } 0 .. $#queries)
{
	my $view = "v$n";
	if (!$created{$view})
	{
		$refusals++;
		push @lost, $queries[$n] unless $notes{$view};
		$refused{ reason($notes{$view}[0] // 'no note', $queries[$n]) }++;
		push @{ $refused{examples}{ reason($notes{$view}[0] // 'no note', $queries[$n]) } }, $expressions[$n];
		next;
	}
	my ($state, $message) = split / /, $target->{"end$n"}[0] // 'none', 2;
	if ($state ne '00000')
	{
		$errors++;
		push @{ $run_time{$state} }, "$expressions[$n]: $message";
		if ($state !~ $tolerated) { $untolerated++; push @wrong, [ $n, "fails: $state $message" ] }
		next;
	}
	my %source = map { split /\|/, $_, 2 } @{ $source->{$view} };
	my %target = map { split /\|/, $_, 2 } @{ $target->{$view} };
	my $type = $created{$view}[0];
	my @differences = map {
		!exists $target{$_} ? "row $_ is missing in PostgreSQL" :
		!exists $source{$_} ? "row $_ is not in SQLite" :
		same_value($source{$_}, $type, $target{$_}) ? () :
		# numbers near 2^63 that cancel out leave what the order of a sum of doubles made of their last digits, and SQLite 3.43 compensates
		$type eq 'double precision' && $queries[$n] =~ /\b(?:sum|total|avg)\(/ && $queries[$n] =~ /\bi\b|\d{15}/ && near_sums($source{$_}, $target{$_}, 40 * 2**10) ? () :
		# JSON values have their class at run time, and replace() leaves a number as it is if it finds nothing to replace
		$type eq 'text' && $queries[$n] =~ /json_extract|->|replace\(|CASE|coalesce|ifnull|iif|UNION/ && $source{$_} =~ /^(?:integer|real):/ && same_value($source{$_}, 'numeric', $target{$_}) ? () :
		# a column with texts and numbers, that the foreign table has as a number
		$type =~ /^(?:bigint|numeric|double precision)$/ && $queries[$n] =~ /CASE|coalesce|ifnull|iif|UNION/ && $source{$_} =~ /^text:((?:2d)?(?:2e|3\d)+)$/ && same_value('real:' . pack('H*', $1), $type, $target{$_}) ? () :
		"row $_: SQLite " . show_value($source{$_}) . " ($source{$_}), PostgreSQL " . show_value($target{$_}) . " ($type)"
	} sort { $a <=> $b } keys %{ { %source, %target } };
	# NUMERIC is exact, where SQLite computes in doubles: sums with numbers beyond 15 digits that differ here are one there
	if (@differences && $queries[$n] =~ /\b[nm]\b/ && $queries[$n] =~ /\b[ij]\b|\d{15}/ && $queries[$n] =~ /[-+*]/) { $exact++ }
	elsif (@differences) { push @wrong, [ $n, join "\n    ", @differences[ 0 .. ($#differences < 2 ? $#differences : 2) ] ] }
	else { $equal++ }
}

my $examples = delete $refused{examples};
note sprintf '%d expressions: %d equal, %d exact where SQLite rounds, %d wrong, %d refused (%.0f %%), %d fail in PostgreSQL, %d SQLite itself refuses',
  scalar @queries, $equal, $exact, scalar @wrong, $refusals, 100 * $refusals / @queries, $errors, scalar @broken;
foreach my $reason (sort { $refused{$b} <=> $refused{$a} } keys %refused)
{
	note sprintf '%5d refused: %s', $refused{$reason}, $reason;
	note "          such as $_" foreach @{ $examples->{$reason} }[ 0 .. (@{ $examples->{$reason} } > 2 ? 2 : $#{ $examples->{$reason} }) ];
}
foreach my $state (sort keys %run_time)
{
	note sprintf '%5d fail with SQLSTATE %s', scalar @{ $run_time{$state} }, $state;
	note "          such as $_" foreach grep { defined } @{ $run_time{$state} }[ 0 .. 2 ];
}

is(scalar @wrong, 0, 'no view of a random expression has other values than in SQLite');
my %shown;
foreach (sort { length $expressions[$a->[0]] <=> length $expressions[$b->[0]] } @wrong)
{
	my ($n, $difference) = @$_;

	last if keys %shown >= ($ENV{SFM_SHOW} // 20);
	$shown{$n} = 1;
	diag "view v$n: $queries[$n]\n    became $created{\"v$n\"}[1]\n    $difference";
}
is(scalar @lost, 0, 'every view that is not created has a note') or diag join "\n", grep { defined } @lost[ 0 .. 4 ];
cmp_ok($errors, '<=', 0.03 * $count, 'few expressions fail in PostgreSQL where SQLite has a value');

# ------------------------------------------------------------------------
# CHECK: which rows does each table take?
# ------------------------------------------------------------------------
$node->safe_psql('postgres', q{
	CREATE FUNCTION accepted(k regclass) RETURNS TABLE (id text) LANGUAGE plpgsql AS $$
	DECLARE
		r record;
	BEGIN
		EXECUTE format('TRUNCATE %s', k);
		FOR r IN SELECT t.id FROM target.t ORDER BY t.id LOOP
			BEGIN
				EXECUTE format('INSERT INTO %s SELECT * FROM target.t WHERE id = $1', k) USING r.id;
				id := r.id;
				RETURN NEXT;
			EXCEPTION
				WHEN check_violation THEN NULL;
				WHEN others THEN
					id := r.id || ' ' || SQLSTATE || ' ' || SQLERRM;
					RETURN NEXT;
			END;
		END LOOP;
	END $$});
my %has_check;
foreach (split /\n/, $node->safe_psql('postgres', q{
	SELECT r.relname || '|' || encode(convert_to(pg_get_constraintdef(o.oid), 'UTF8'), 'hex') FROM pg_constraint o JOIN pg_class r ON r.oid = conrelid
	 WHERE contype = 'c' AND r.relnamespace = 'target'::regnamespace}))
{
	my ($table, $definition) = split /\|/;
	$has_check{$table} = pack 'H*', $definition;
}

$script = join '', map { "\\echo '\@k$_'\nSELECT id FROM accepted('target.k$_');\n" } grep { $has_check{"k$_"} } 0 .. $#conditions;
($status, $out, $err) = $node->psql('postgres', $script, on_error_stop => 0);
$target = sections(split /\n/, $out);

my (%check_refused, @check_wrong, @check_lost);
my ($check_equal, $check_refusals, $check_errors, $check_unknown) = (0, 0, 0, 0);
foreach my $n (0 .. $#conditions)
{
	my $table = "k$n";
	# SQLite does not take the CHECK itself
	next unless (sqlite_lines("SELECT 1 FROM sqlite_schema WHERE name = '$table';"))[0];
	if (!$has_check{$table})
	{
		my ($note) = map { @{ $notes{$_} } } grep { /^\Q$table\E(\.|$)/ } sort keys %notes;
		$check_refusals++;
		push @check_lost, $conditions[$n] unless defined $note;
		$check_refused{ reason($note // 'no note', $conditions[$n]) }++;
		next;
	}
	# how a date or time looks is told by the data; without any, blanks are assumed, which are not what tx and ep hold
	my @moments = grep { $conditions[$n] =~ /\b$_\b/ } qw(dt da ti tx ep);
	if (@moments && (sqlite_lines('SELECT ' . join(' AND ', map { "count($_) > 0" } @moments) . " FROM $table;"))[0] eq '0')
	{
		$check_unknown++;
		next;
	}
	my %source = map { $_ => 1 } @{ $accepted->{$table} // [] };
	my @failed = grep { / / } @{ $target->{$table} };
	my %target = map { $_ => 1 } grep { !/ / } @{ $target->{$table} };
	$check_errors++ if @failed;
	delete @source{ map { /^(\d+)/ } @failed };
	push @check_wrong, [ $n, "fails: $failed[0]" ] if grep { !/^\d+ 22003 / } @failed;
	my @differences = map { "row $_ is " . ($source{$_} ? 'refused' : 'taken') . ' in PostgreSQL only' }
	  grep { !!$source{$_} ne !!$target{$_} } sort { $a <=> $b } keys %{ { %source, %target } };
	if (@differences) { push @check_wrong, [ $n, $differences[0] ] } else { $check_equal++ }
}
note sprintf '%d CHECKs: %d equal, %d wrong, %d refused, %d fail in PostgreSQL, %d over dates of an unknown form', scalar @conditions, $check_equal, scalar @check_wrong, $check_refusals, $check_errors,
  $check_unknown;
note sprintf '%5d refused: %s', $check_refused{$_}, $_ foreach sort { $check_refused{$b} <=> $check_refused{$a} } keys %check_refused;
is(scalar @check_wrong, 0, 'no CHECK takes or refuses other rows than in SQLite');
foreach (grep { defined } (sort { length $conditions[$a->[0]] <=> length $conditions[$b->[0]] } @check_wrong)[ 0 .. 9 ])
{
	my ($n, $difference) = @$_;
	my ($id) = $difference =~ /row (\d+)/;
	my $row = defined $id ? join '|', map { s/\n/ /gr } sqlite_lines("SELECT * FROM t WHERE id = $id;") : '';

	diag "CHECK ($conditions[$n]) of k$n\n    became $has_check{\"k$n\"}\n    $difference: $row";
}
is(scalar @check_lost, 0, 'every CHECK that is not created has a note') or diag join "\n", grep { defined } @check_lost[ 0 .. 4 ];
unlike(slurp_file($node->logfile), qr/was terminated by signal|PANIC/, 'no backend has crashed');

$node->stop;
done_testing();
