# CHECKs and triggers: random INSERT, UPDATE and DELETE on an application
# (data/application.sql), applied to the SQLite file by the sqlite3 shell and to
# the migrated tables: each statement is taken or refused by both, and from time
# to time all tables hold the same rows.
#
# A CHECK or trigger that was refused (it has a note) is dropped from the SQLite
# side, too, so that the rest is still compared; it counts as a failure only if
# this file says that it must move.
#
# Environment: SFM_SEED, a number, or "random"; SFM_STATEMENTS, how many; SFM_STEP, after how many the
# tables are compared (1 finds the statement that made a difference).
# Not in pg_regress because inputs are random and two programs take part.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use SameValue;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $statements = $ENV{SFM_STATEMENTS} // 1200;
my $step = $ENV{SFM_STEP} // 20;

my $node = start_server('triggers');
my $path = PostgreSQL::Test::Utils::tempdir . '/application.db';

random_seed(1);

make_sqlite($path, slurp_file("$FindBin::RealBin/../data/application.sql"));

sub one { return $_[ int rand @_ ] }
sub chance { my ($percent) = @_; return rand(100) < $percent }

# Runs SQL in the sqlite3 shell in spite of errors: output and errors
sub sqlite_script
{
	my ($file, $sql) = @_;
	my ($out, $err) = ('', '');

	IPC::Run::run([ sqlite_shell(), $file ], '<', \$sql, '>', \$out, '2>', \$err);
	return ($out, $err);
}

# ------------------------------------------------------------------------
# Migration: what moved?
# ------------------------------------------------------------------------
my ($status, $out, $err) = $node->psql('postgres', qq(
	SET client_min_messages = error;
	CREATE TABLE result AS SELECT * FROM sqlite_migrate_file(${\ sql_literal($path)}, 'app', on_error => 'continue');));
is($status, 0, 'the application is migrated') or diag $err;

my @notes = map { pack 'H*', $_ } split /\n/, $node->safe_psql('postgres', q{
	SELECT encode(convert_to(phase || ' ' || object || ': ' || coalesce(detail, status), 'UTF8'), 'hex') FROM result
	 WHERE status <> 'ok' OR detail IS NOT NULL AND phase NOT IN ('load', 'verify')});
note "note: " . join ("", map { substr $_, 0, 300 } join " ", split " ", $_) foreach @notes;

my %moved_trigger = map { $_ => 1 } split /\n/, $node->safe_psql('postgres', q{
	SELECT DISTINCT lower(tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal AND relnamespace = 'app'::regnamespace});
my @triggers = sqlite_rows($path, q{SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name;});
my @lost_triggers = grep { !$moved_trigger{$_} } @triggers;
my %moved_view = map { $_ => 1 } split /\n/, $node->safe_psql('postgres', q{
	SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = 'app'::regnamespace});
my @views = sqlite_rows($path, q{SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name;});
my %checks = map { split /\|/ } split /\n/, $node->safe_psql('postgres', q{
	SELECT c.relname || '|' || count(*) FROM pg_constraint JOIN pg_class c ON c.oid = conrelid WHERE contype = 'c' AND relnamespace = 'app'::regnamespace GROUP BY c.relname});
my %source_checks;
foreach (map { [ split /\|/ ] } sqlite_rows($path, q{SELECT name || '|' || ((length(sql) - length(replace(sql, 'CHECK (', ''))) / 7) FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%CHECK (%';}))
{
	$source_checks{ $_->[0] } = $_->[1];
}
my ($all_checks, $moved_checks) = (0, 0);
$all_checks += $source_checks{$_}, $moved_checks += $checks{$_} // 0 foreach keys %source_checks;
note sprintf '%d of %d triggers, %d of %d CHECKs, %d of %d views are there', @triggers - @lost_triggers, scalar @triggers,
  $moved_checks, $all_checks, scalar keys %moved_view, scalar @views;
is(join(' ', @lost_triggers), '', 'every trigger is there');
is(join(' ', grep { ($checks{$_} // 0) != $source_checks{$_} } sort keys %source_checks), '', 'every CHECK is there');
is(join(' ', grep { !$moved_view{$_} } @views), '', 'every view is there');

# both sides start without what did not move
sqlite_script($path, join '', map { qq(DROP TRIGGER "$_";\n) } @lost_triggers);
# one of the triggers that keep an index of words in step is no good without the others
if (grep { /^post_search/ } @lost_triggers)
{
	foreach my $trigger (grep { /^post_search/ && $moved_trigger{$_} } @triggers)
	{
		sqlite_script($path, "DROP TRIGGER $trigger;");
		$node->safe_psql('postgres', "DROP TRIGGER $trigger ON app.post");
	}
}
my $ignore_checks = $moved_checks < $all_checks;

# ------------------------------------------------------------------------
# Random statements that both sides understand.  Keys are always given: a
# sequence does not give back the numbers of refused rows, SQLite does.
# ------------------------------------------------------------------------
# A value of a boolean column, for either side; all else is written the same
sub boolean { my ($value) = @_; return "\x01$value\x02" }
sub for_sqlite { my ($sql) = @_; $sql =~ s/\x01(.)\x02/$1/g; return $sql }
sub for_target { my ($sql) = @_; $sql =~ s/\x01(.)\x02/$1 ? 'true' : 'false'/ge; return $sql }

my @moments = map { "'$_'" } '2024-01-05 10:00:00', '2024-05-01 10:30:00', '2024-05-01 11:30:00', '2023-12-31 23:59:59', '2030-01-01 00:00:00', '1999-01-01 00:00:00';
my @days = map { "'$_'" } '2024-05-01', '1992-02-29', '1899-12-31', '2019-12-31', '2031-01-01';
my @words = map { "'$_'" } 'alpha', 'Beta', 'hello world', '', ' x ', "o''clock", 'Gamma delta Eps', 'äh';

sub flag { return one(boolean(0), boolean(1)) }
sub maybe { my ($value) = @_; return chance(20) ? 'NULL' : $value }

my %makers = (
	person => {
		id => sub { one(1 .. 9) }, name => sub { one(@words, "'Ann'", "'a name much too long'") }, email => sub { maybe(one(map { "'$_'" } 'a@b.org', 'x@y.org', 'c@d.com', 'nobody', 'q@z.org', 'ann@example.org')) },
		age => sub { maybe(one(0, 5, 31, 129, 130, -1)) }, active => \&flag, admin => \&flag, role => sub { one(map { "'$_'" } 'user', 'editor', 'owner', 'boss') }, born => sub { maybe(one(@days)) },
		created => sub { one(@moments) }, changed => sub { maybe(one(@moments)) }, code => sub { maybe(one(map { "'$_'" } 'AB', 'Ab', 'A', 'XY9', 'ab')) },
		nick => sub { maybe(one(map { "'$_'" } 'annie', 'ANNIE', 'zoe', 'Zoe', 'root', 'Root', 'max')) }, score => sub { one('0.0', '1.5', '-100.0', '100.5', '100.6', '-200.25') }, posts => sub { one(0 .. 3) } },
	product => {
		sku => sub { one(map { "'$_'" } 'AX1', 'BK2', 'CR3', 'DD4', 'ee5', 'F', 'GG7') }, title => sub { one(@words) }, price => sub { one('0', '1', '5.5', '19.99', '150', '-1', '1200', '29.5') },
		cost => sub { maybe(one('0.5', '10', '200')) }, stock => sub { one(0, 1, 50, 999, 1000, -1) }, discount => sub { maybe(one('0.0', '0.5', '0.99', '1.0', '-0.1')) },
		tags => sub { maybe(one(map { "'$_'" } '[]', '{"a": 1}', '["x"]', 'no json', '')) }, weight => sub { maybe(one('0.1', '99.9', '100.0', '250.0')) }, size => sub { maybe(one(map { "'$_'" } 'S', 'M', 'L', 'XL', 's')) }, sold => sub { 0 } },
	'"order"' => {
		id => sub { one(1 .. 9) },		person_id => sub { one(1 .. 6) }, 'state' => sub { one(map { "'$_'" } 'open', 'paid', 'sent', 'void', 'lost') }, placed => sub { one(@moments) }, paid => sub { maybe(one(@moments)) },
		total => sub { one(0, 1, '2.5', -1) }, note => sub { maybe(one(@words, "'<SCRIPT>'")) }, 'ref' => sub { maybe(one("'R-1'", "'r-1'", "'R'")) } },
	order_line => { order_id => sub { one(1 .. 6) }, line => sub { one(0 .. 4) }, sku => sub { one(map { "'$_'" } 'AX1', 'BK2', 'CR3', 'DD4', 'ZZ9') }, quantity => sub { one(0, 1, 2, 5, 60, 99, 100) }, price => sub { maybe(one('1', '2.5', '19.99')) } },
	booking => {
		id => sub { one(1 .. 9) }, room => sub { one(map { "'$_'" } 'red', 'RED', 'blue', 'green', 'yellow', 'a b') }, begins => sub { one(@moments) }, ends => sub { one(@moments) }, day => sub { maybe(one(@days)) }, seats => sub { maybe(one(1, 2, 4, 11, 13, 118, 0)) },
		share => sub { maybe(one('0.5', '-1.0', '1.0', '-1.01', '3.0')) }, flag => sub { maybe(flag()) }, key => sub { maybe(one(map { "'$_'" } 'a-b', 'ab', 'a-b-c', '-')) }, level => sub { one('NULL', 0 .. 6) } },
	setting => { name => sub { one(map { "'$_'" } 'theme', 'limit_rows', 'lang', 'Big', 'x1', 'b') }, value => sub { maybe(one(@words, "'null'", "'12'")) }, number => sub { maybe(one(0, 5, -5, -11)) } },
	node => { id => sub { one(1 .. 12) }, parent => sub { maybe(one(1 .. 8)) }, name => sub { maybe(one(@words)) } },
	post => { id => sub { one(1 .. 10) }, person_id => sub { maybe(one(1 .. 5)) }, title => sub { one(@words) }, body => sub { maybe(one(@words, "'one two three'")) }, hidden => \&flag },
	ticket => { id => sub { one(1 .. 10) }, 'state' => sub { one(map { "'$_'" } 'new', 'closed', 'open') }, points => sub { maybe(one(0 .. 9)) }, locked => \&flag },
	account => { id => sub { one(1 .. 6) }, owner => sub { one(map { "'$_'" } 'ann', 'bob', 'Cid', 'dora') }, balance => sub { one(0, 10, '50.25', 1000) }, hold => sub { one('0.0', '5.5') } },
	transfer => { id => sub { one(1 .. 60) }, source => sub { one(1 .. 5) }, target => sub { one(1 .. 5) }, amount => sub { one(0, 1, '10.5', '60', 500) } },
	counter => { name => sub { one(map { "'$_'" } 'person', 'order', 'post', 'extra') }, n => sub { one(0 .. 5) } });

# views with INSTEAD OF triggers
my %view_makers = (
	customer => { name => sub { one("'Eve'", "'Fay'", "''") }, email => sub { maybe(one("'eve\@e.org'", "'fay'")) } },
	open_ticket => { 'state' => sub { one("'new'", "'closed'") }, points => sub { maybe(one(1 .. 7)) } },
	pair => { name => sub { one("'one'", "'two'", "'person'") }, n => sub { one(1 .. 4) } });
my %keys = (product => 'sku', order_line => 'line', setting => 'name', counter => 'name', pair => 'name');
my %upserts = (setting => 'name', counter => 'name', account => 'owner', product => 'sku');

sub key_value
{
	my ($table) = @_;
	my $key = $keys{$table} // 'id';
	my $maker = ($makers{$table} // $view_makers{$table})->{$key};

	return "$key = " . ($maker ? $maker->() : one(1 .. 6));
}

sub random_statement
{
	my $view = chance(10) ? one(grep { $moved_view{$_} } sort keys %view_makers) : undef;
	my $table = $view // one(sort keys %makers);
	my $columns = $view ? $view_makers{$view} : $makers{$table};
	my @names = grep { $_ eq 'id' || chance(80) } sort keys %$columns;
	my $kind = int rand 100;

	@names = sort keys %$columns if $view || !@names;
	if ($kind < 50)
	{
		return 'DELETE FROM customer WHERE id = ' . one(1 .. 6) if defined $view && $view eq 'open_ticket';
		my $sql = "INSERT INTO $table (" . join(', ', @names) . ') VALUES (' . join(', ', map { $columns->{$_}->() } @names) . ')';

		if ($upserts{$table} && chance(30))
		{
			my ($set) = grep { $_ ne $upserts{$table} && $_ ne 'id' } @names;
			return $sql . " ON CONFLICT ($upserts{$table}) DO " . (defined $set && chance(70) ? "UPDATE SET $set = excluded.$set" : 'NOTHING');
		}
		return $sql . (!$view && chance(8) ? ' ON CONFLICT DO NOTHING' : '');
	}
	if ($kind < 85)
	{
		return 'DELETE FROM customer WHERE id = ' . one(1 .. 6) if defined $view && $view eq 'pair';
		my @set = grep { chance(35) } @names;
		# an index of FTS5 with external content is not told of another id
		@set = grep { $_ ne 'id' } @set if $table eq 'post';
		@set = one(grep { $_ ne 'id' } sort keys %$columns) unless @set;
		# a whole table at once, but where it matters that PostgreSQL fires AFTER triggers at the end
		my $where = !$view && $table ne 'node' && chance(10) ? '' : ' WHERE ' . key_value($table);
		return "UPDATE $table SET " . join(', ', map { "$_ = " . $columns->{$_}->() } @set) . $where;
	}
	return 'DELETE FROM customer WHERE id = ' . one(1 .. 6) if $view;
	return "DELETE FROM $table WHERE " . key_value($table);
}

# ------------------------------------------------------------------------
# Tables of both sides
# ------------------------------------------------------------------------
my (%columns, %types);
foreach (split /\n/, $node->safe_psql('postgres', q{
	SELECT c.relname || '|' || a.attname || '|' || format_type(atttypid, NULL) FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
	 WHERE c.relkind = 'r' AND relnamespace = 'app'::regnamespace AND a.attname <> 'stamp' AND NOT (c.relname IN ('audit', 'trash') AND a.attname = 'id') ORDER BY c.relname, attnum}))
{
	my ($table, $column, $type) = split /\|/;
	next if $table =~ /search|sqlite/;
	push @{ $columns{$table} }, $column;
	push @{ $types{$table} }, $type;
}

sub source_dump
{
	return join '', map {
		my $table = $_;
		"SELECT '\@$table';\nSELECT " . join(" || '|' || ", map { source_value(qq("$_")) } @{ $columns{$table} }) . qq( FROM "$table";\n)
	} sort keys %columns;
}

sub target_dump
{
	return join '', map {
		my ($table, $n) = ($_, 0);
		"\\echo '\@$table'\nSELECT concat_ws('|', " . join(', ', map { target_value(qq("$_"), $types{$table}[ $n++ ]) } @{ $columns{$table} }) . qq[) FROM app."$table";\n]
	} sort keys %columns;
}

# What differs between two dumps of all tables
sub differences
{
	my ($source, $target) = @_;
	my @problems;

	foreach my $table (sort keys %columns)
	{
		my @left = map { [ split /\|/, $_, -1 ] } @{ $source->{$table} // [] };
		my @right = map { [ split /\|/, $_, -1 ] } @{ $target->{$table} // [] };

		foreach my $row (@left)
		{
			my ($found) = grep {
				my $candidate = $right[$_];
				!grep { !same_value($row->[$_], $types{$table}[$_], $candidate->[$_]) } 0 .. $#{ $columns{$table} }
			} 0 .. $#right;

			if (defined $found) { splice @right, $found, 1 }
			else { push @problems, "$table: SQLite only: " . join ', ', map { "$columns{$table}[$_] " . show_value($row->[$_]) } 0 .. $#$row }
		}
		push @problems, map { my $row = $_; "$table: PostgreSQL only: " . join ', ', map { "$columns{$table}[$_] " . show_value($row->[$_]) } 0 .. $#$row } @right;
	}
	return @problems;
}

# ------------------------------------------------------------------------
# The run
# ------------------------------------------------------------------------
my @statements = map { random_statement() } 1 .. $statements;

# one line each, so that an error names its statement
my ($source_script, $target_script) = ("PRAGMA foreign_keys = ON;" . ($ignore_checks ? ' PRAGMA ignore_check_constraints = ON;' : '') . "\n", "SET search_path = app;\nSET client_min_messages = error;\n");
$target_script .= "SELECT format('ALTER TABLE app.%I DROP CONSTRAINT %I', relname, conname) FROM pg_constraint JOIN pg_class c ON c.oid = conrelid WHERE contype = 'c' AND relnamespace = 'app'::regnamespace \\gexec\n" if $ignore_checks;
my %line;		# of the sqlite3 script -> statement
my $lines = 1;
foreach my $n (0 .. $#statements)
{
	$line{ ++$lines } = $n;
	$source_script .= for_sqlite($statements[$n]) . ";\n";
	$target_script .= for_target($statements[$n]) . ";\n\\echo '\@\@$n' :SQLSTATE :LAST_ERROR_MESSAGE\n";
	next unless ($n + 1) % $step == 0 || $n == $#statements;
	my $dump = source_dump();
	$source_script .= "SELECT '\@\@$n';\n$dump";
	$lines += 1 + ($dump =~ tr/\n//);
	$target_script .= "\\echo '\@\@dump$n'\n" . target_dump();
}

# both outputs as: dumps by statement; refusals by statement
sub read_output
{
	my ($output) = @_;
	my (%dumps, %state, $dump, $table);

	foreach (split /\n/, $output)
	{
		if (/^\@\@(\d+) (.*)/) { $state{$1} = $2; undef $dump; next }
		if (/^\@\@(?:dump)?(\d+)$/) { $dump = $dumps{$1} = {}; next }
		next unless $dump;
		if (/^\@(\w+)$/) { $table = $1; $dump->{$table} = []; next }
		push @{ $dump->{$table} }, $_;
	}
	return (\%dumps, \%state);
}

my ($source_out, $source_err) = sqlite_script($path, $source_script);
my ($source_dumps) = read_output($source_out);
my %source_refused = map { /near line (\d+): (.*)/ ? ($line{$1} => $2) : () } split /\n/, $source_err;

($status, $out, $err) = $node->psql('postgres', $target_script, on_error_stop => 0);
my ($target_dumps, $target_state) = read_output($out);

my ($taken, $both_refused, $problem, $shown) = (0, 0, undef, -1);
foreach my $n (0 .. $#statements)
{
	my $source = $source_refused{$n};
	my ($state, $message) = split / /, $target_state->{$n} // 'none', 2;

	if (defined $source != ($state ne '00000'))
	{
		$problem = "statement $n: " . for_sqlite($statements[$n]) . "\n    SQLite: " . ($source // 'taken') . "\n    PostgreSQL: " . ($state eq '00000' ? 'taken' : "$state $message");
	}
	elsif (defined $source) { $both_refused++ }
	else { $taken++ }
	if (!defined $problem && $source_dumps->{$n})
	{
		my @differences = differences($source_dumps->{$n}, $target_dumps->{$n});
		$problem = "after statement $n (equal after $shown):\n    " . join("\n    ", @differences[ 0 .. ($#differences < 5 ? $#differences : 5) ])
		  . "\n    " . join "\n    ", map { for_sqlite($statements[$_]) } $shown + 1 .. $n if @differences;
		$shown = $n;
	}
	last if defined $problem;
}
note "$taken statements taken, $both_refused refused by both sides, of $statements";
is($problem, undef, 'the same statements give the same rows, or are refused by both sides');
cmp_ok($taken, '>', $statements / 10, 'enough of the statements are taken') if !defined $problem;
unlike(slurp_file($node->logfile), qr/was terminated by signal|PANIC/, 'no backend has crashed');

$node->stop;
done_testing();
