# Real SQLite files to PostgreSQL (sqlite_migrate_file) and back (sqlite_export):
# the same tables, rows and values, by what the sqlite3 shell says of both files.
# Values that come back in another form are of a kind that is listed here, with
# its reason; any other difference fails.  Not in pg_regress because the corpus
# lies outside the project.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use SameValue;
use Encode qw(decode encode);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $dir = PostgreSQL::Test::Utils::tempdir;
my @files = corpus_files($dir);

plan skip_all => 'no corpus of real SQLite files' unless @files;

my $node = start_server('export_corpus');

# Storage class before, after, type in PostgreSQL: why a value may come back otherwise
my @allowed = (
	[ qr/^(integer|real|text)>integer boolean$/, 'a boolean is 0 or 1, whatever stood there for it' ],
	[ qr/^real>integer (bigint|numeric)/, 'a whole REAL in a column of whole numbers is an INTEGER' ],
	[ qr/^integer>real (double precision|numeric)/, 'an INTEGER in a column of doubles is a REAL' ],
	[ qr/^text>(integer|real) (bigint|double precision|numeric)/, 'the digits of a number are the number' ],
	[ qr/^(integer|real)>text numeric/, 'numbers with more digits than a REAL has make the column TEXT' ],
	[ qr/^(integer|real)>text text$/, 'a number in a column of texts is its digits' ],
	[ qr/^text>text (date|timestamp|time)/, 'dates and times have one form: a blank between, no zeros at the end' ],
	[ qr/^(integer|real)>text (date|timestamp)/, 'a number of seconds or days is the moment that it means' ],
	[ qr/^text>text jsonb$/, 'jsonb has one form of a document' ],
	[ qr/^(integer|real)>(integer|text) jsonb$/, 'a number is a document' ],
	[ qr/^text>text uuid$/, 'a UUID is in lower case' ],
	[ qr/^blob>text (uuid|text|jsonb)/, 'a BLOB that is a text of the type is that text' ],
	[ qr/^(integer|text)>blob bytea$/, 'a TEXT or number in a column of bytes is the bytes of its text' ]);

sub quote_name { my ($name) = @_; $name =~ s/"/""/g; return qq("$name"); }

# All values of some columns of a table, row by row; tables without rowid are in
# the order of their key.  hex() shows the bytes of a file in UTF-16 as they are.
sub read_rows
{
	my ($path, $encoding, $table, @columns) = @_;
	my $list = join " || '|' || ", map { source_value('t.' . quote_name($_)) } @columns;
	my $out;

	foreach my $order (' ORDER BY t.rowid', '')
	{
		my $err;
		my $sql = "SELECT $list FROM " . quote_name($table) . " AS t$order;";

		$out = '';
		last if IPC::Run::run([ sqlite_shell(), '-bail', $path ], '<', \$sql, '>', \$out, '2>', \$err);
		return undef if $order eq '';
	}
	my @rows = map { [ split /\|/, $_, -1 ] } split /\n/, $out;
	if ($encoding =~ /^UTF-16/)
	{
		foreach my $row (@rows)
		{
			s/^text:(.*)/'text:' . unpack 'H*', encode('UTF-8', decode(uc $encoding, pack 'H*', $1))/e foreach @$row;
		}
	}
	return \@rows;
}

# The value of the new file as same_value() takes one of PostgreSQL
sub as_target
{
	my ($value, $type) = @_;
	my ($class, $content) = split /:/, $value, 2;

	return '-' if $class eq 'null';
	return unpack 'H*', $content ? 't' : 'f' if $type eq 'boolean';
	return $class eq 'text' || $class eq 'blob' ? $content : unpack 'H*', $content;
}

# undef if the values are the same; else the kind of their difference
sub difference
{
	my ($old, $new, $type) = @_;

	return undef if $old eq $new;
	my ($was, $before) = split /:/, $old, 2;
	my ($is, $after) = split /:/, $new, 2;
	my $kind = "$was>$is $type";
	my $digits = $was =~ /^(integer|real)$/ && $is =~ /^(text|blob)$/ ? pack 'H*', $after : undef;

	# digits are the number exactly
	return $kind . (($was eq 'real' ? $digits =~ /^-?[\d.]+(e[-+]?\d+)?$/ && $digits == $before : $digits eq $before) ? '' : ' DIFFERENT')
	  if defined $digits && $type =~ /^(text|bytea|numeric.*)$/;
	return $kind . ($kind =~ /^(real|integer)>(real|integer)/ && $before != $after
			|| $was eq $is && $was =~ /^(real|integer|blob)$/
			|| !same_value($old, $type, as_target($new, $type), 1) ? ' DIFFERENT' : '');
}

my (%kinds, %examples);
my ($all_tables, $all_rows, $all_values) = (0, 0, 0);

# Compares one table; what is wrong with it
sub compare_table
{
	my ($path, $encoding, $out, $table, $target, $columns) = @_;
	my @old = map { $_->[0] } @$columns;
	my @new = map { $_->[1] } @$columns;
	my $before = read_rows($path, $encoding, $table, @old);
	my $after = read_rows($out, 'UTF-8', $target, @new);
	my @wrong;

	return "cannot be read in the new file" unless defined $after;
	return () unless defined $before;
	return scalar(@$before) . ' rows became ' . scalar @$after if @$before != @$after;
	$all_tables++;
	$all_rows += @$before;
	foreach my $row (0 .. $#$before)
	{
		foreach my $i (0 .. $#$columns)
		{
			my ($old, $new, $type) = ($before->[$row][$i], $after->[$row][$i], $columns->[$i][2]);
			my $kind = difference($old, $new, $type);

			$all_values++;
			next unless defined $kind;
			my ($why) = grep { $kind =~ $_->[0] && $kind !~ /DIFFERENT/ } @allowed;
			push @wrong, "$table.$old[$i]: $kind: " . show_value($old) . ' became ' . show_value($new) unless $why;
			$kinds{ $why->[1] }++ if $why;
			$examples{ $why->[1] } //= "$kind: " . show_value($old) . ' became ' . show_value($new) if $why;
		}
	}
	return @wrong;
}

foreach my $path (@files)
{
	my ($name) = $path =~ m{([^/]+)$};
	my $out = "$dir/back.db";
	my ($encoding) = sqlite_rows($path, 'PRAGMA encoding;');
	my @wrong;

	unlink $out;
	$node->safe_psql('postgres', 'CREATE DATABASE c TEMPLATE postgres');
	$node->safe_psql('c', 'SET client_min_messages = error; SELECT count(*) FROM sqlite_migrate_file(' . sql_literal($path) . ", 'target')");
	my ($status, $notes, $err) = $node->psql('c', "SELECT table_name || ': ' || detail FROM sqlite_export('target', " . sql_literal($out) . ") WHERE detail <> 'view'");
	push @wrong, $err if $status != 0;
	foreach (grep { !/^(.*: )?view$/ } split /\n/, $notes // '') { note "$name: $_" }

	# the mapping: table and column on both sides, type; in hexadecimal, for names hold anything
	my (%columns, %targets);
	foreach (split /\n/, $node->safe_psql('c', q{
		SELECT string_agg(encode(convert_to(v, 'UTF8'), 'hex'), '|' ORDER BY n)
		  FROM pg_class c JOIN pg_foreign_table f ON f.ftrelid = c.oid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
		  JOIN pg_class t ON t.relname = c.relname AND t.relnamespace = 'target'::regnamespace AND t.relkind = 'r'
		  JOIN pg_attribute b ON b.attrelid = t.oid AND b.attname = a.attname,
		LATERAL (VALUES (1, coalesce((SELECT option_value FROM pg_options_to_table(f.ftoptions) WHERE option_name = 'table'), c.relname)),
			(2, coalesce((SELECT option_value FROM pg_options_to_table(a.attfdwoptions) WHERE option_name = 'column_name'), a.attname)),
			(3, c.relname::text), (4, a.attname::text), (5, format_type(b.atttypid, b.atttypmod))) AS v(n, v)
		 GROUP BY c.oid, a.attnum ORDER BY c.oid, a.attnum}))
	{
		my ($table, $column, $target, $new, $type) = map { pack 'H*', $_ } split /\|/;

		$targets{$table} = $target;
		push @{ $columns{$table} }, [ $column, $new, $type ];
	}
	if ($status == 0)
	{
		my ($integrity) = sqlite_rows($out, 'PRAGMA integrity_check;');
		push @wrong, "integrity_check: $integrity" if $integrity ne 'ok';
		foreach my $table (sort keys %columns)
		{
			push @wrong, compare_table($path, $encoding, $out, $table, $targets{$table}, $columns{$table});
		}
	}
	my $shown = @wrong > 10 ? join "\n", @wrong[0 .. 9], scalar(@wrong) . ' in all' : join "\n", @wrong;
	is($shown, '', "$name: " . keys(%columns) . ' tables');
	$node->safe_psql('postgres', 'DROP DATABASE c');
}

cmp_ok($all_values, '>', 100000, 'enough values were compared');
note "$all_tables tables, $all_rows rows, $all_values values; values that came back in another form:";
note sprintf '%8d %s (%s)', $kinds{$_}, $_, substr $examples{$_}, 0, 120 foreach sort { $kinds{$b} <=> $kinds{$a} } keys %kinds;

$node->stop;
done_testing();
