# Every value of every real SQLite file, after sqlite_migrate_file with default
# options, against what the sqlite3 shell says of it and the model of the rules
# in ValueModel.pm.  Not in pg_regress because the corpus lies outside the project.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use ValueModel;
use Encode qw(decode encode);
use JSON::PP;
use Math::BigFloat;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $dir = PostgreSQL::Test::Utils::tempdir;
my @files = corpus_files($dir);

plan skip_all => 'no corpus of real SQLite files' unless @files;

my $node = start_server('corpus_values');

# An epoch: units in a second, seconds from 1970 to its beginning
my %epochs = (
	unix => [ 1, 0 ], unix_ms => [ 1e3, 0 ], unix_us => [ 1e6, 0 ], unix_ns => [ 1e9, 0 ],
	apple => [ 1, 978307200 ], chrome => [ 1e6, -11644473600 ], dotnet => [ 1e7, -62135596800 ],
	julian => [ 1 / 86400, -210866760000 ]);

# Microseconds since 1970 of a number; SQLite knows a Julian day to the millisecond
sub microseconds
{
	my ($value, $epoch) = @_;
	my $number = Math::BigFloat->new($value->{class} eq 'integer' ? $value->{content} : sprintf '%.17g', $value->{real});

	$epoch = $number >= 0 && $number <= 5373484.5 ? 'julian' : 'unix' if $epoch eq 'auto';
	return $number->bmul(86400000)->bsub('210866760000000')->bfround(0)->bmul(1000) if $epoch eq 'julian';
	my ($per_second, $offset) = @{ $epochs{$epoch} };
	# some versions of Math::BigFloat make NaN of 0 / x to many digits
	return Math::BigFloat->new($offset)->bmul(1000000) if $number->is_zero;
	return $number->badd(Math::BigFloat->new($offset)->bmul($per_second))->bmul(1000000)->bdiv($per_second, 40)->bfround(0);
}

sub is_moment
{
	my ($value, $got, $epoch) = @_;
	my ($micros, $iso) = split /;/, $got;

	if ($value->{class} ne 'text')
	{
		return 0 if $value->{class} eq 'blob';
		# half a microsecond either way is the rounding of a double
		return abs(microseconds($value, $epoch) - Math::BigFloat->new($micros)) <= 1;
	}
	my $check = model_timestamp($value);
	return is_moment({ class => 'real', real => $value->{bytes} }, $got, $epoch) if $value->{bytes} =~ /^\s*-?[\d.]+\s*$/;
	return ref $check ? $check->($iso) : defined $check && $check eq $iso;
}

sub canonical_json
{
	my ($text) = @_;
	my $json = JSON::PP->new->allow_nonref->allow_bignum->canonical;

	return $json->encode($json->decode($text));
}

# Is this what the value should have become?
sub is_right
{
	my ($value, $type, $epoch, $got) = @_;
	my $expected;

	return !defined $got if $value->{class} eq 'null';
	return 0 unless defined $got;
	return is_moment($value, $got, $epoch) if $type =~ /^(date|timestamp)/;
	$got = pack 'H*', $got;
	$expected = model_integer($value, 64) if $type eq 'bigint';
	$expected = model_float8($value) if $type eq 'double precision';
	$expected = model_numeric($value, $1, $2) if $type =~ /^numeric(?:\((\d+),(-?\d+)\))?$/;
	$expected = model_boolean($value) if $type eq 'boolean';
	$expected = model_text($value) if $type eq 'text';
	$expected = model_bytea($value) if $type eq 'bytea';
	$expected = model_uuid($value) if $type eq 'uuid';
	$expected = sub { canonical_json($_[0]) eq canonical_json($value->{bytes} // $value->{content}) } if $type =~ /^jsonb?$/;
	$expected = sub { $value->{bytes} =~ /^\Q$got\E(\.0*)?$|^(2000-01-01 )?\Q$got\E$/ || "$value->{bytes}:00" eq $got } if $type =~ /^time /;
	return 0 unless defined $expected;
	return ref $expected ? $expected->($got) : $expected eq $got;
}

# How PostgreSQL is to tell a value of a type
sub target_expression
{
	my ($column, $type) = @_;

	return "encode(convert_to(encode(float8send($column), 'hex'), 'UTF8'), 'hex')" if $type eq 'double precision';
	return "(extract(epoch FROM $column) * 1000000)::numeric(30,0) || ';' || "
	  . ($type =~ /with time zone/ ? "($column AT TIME ZONE 'UTC')::timestamp" : "$column\::timestamp") . '::text'
	  if $type =~ /^(date|timestamp)/;
	return "encode(convert_to($column\::text, 'UTF8'), 'hex')";
}

# What is wrong with a row
sub row_problems
{
	my ($values, $row, $columns) = @_;
	my @problems;

	foreach my $i (0 .. $#$columns)
	{
		my (undef, $name, $type, $epoch) = @{ $columns->[$i] };
		my $value = $values->[$i];
		my $got = $row->[$i] // '-';

		push @problems, "$name ($type, $epoch): $value->{class} $value->{content} ($value->{time}) became $got"
		  unless is_right($value, $type, $epoch, $got eq '-' ? undef : $got);
	}
	return @problems;
}

sub quote_sqlite { my ($name) = @_; $name =~ s/"/""/g; return qq("$name"); }

my ($all_values, $all_wrong) = (0, 0);
foreach my $path (@files)
{
	my ($name) = $path =~ m{([^/]+)$};
	my ($values, @wrong) = (0);
	my ($encoding) = sqlite_rows($path, 'PRAGMA encoding;');

	$node->safe_psql('postgres', 'CREATE DATABASE c TEMPLATE postgres');
	$node->safe_psql('c', 'SET client_min_messages = error; SELECT count(*) FROM sqlite_migrate_file(' . sql_literal($path) . ", 'target')");

	# the mapping: table and column on both sides, type, epoch; in hexadecimal, for names hold anything
	my %columns;
	foreach (split /\n/, $node->safe_psql('c', q{
		SELECT string_agg(coalesce(encode(convert_to(v, 'UTF8'), 'hex'), ''), '|' ORDER BY n)
		  FROM pg_class c JOIN pg_foreign_table f ON f.ftrelid = c.oid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0,
		LATERAL (VALUES (1, c.relname::text), (2, (SELECT option_value FROM pg_options_to_table(f.ftoptions) WHERE option_name = 'table')),
			(3, quote_ident(a.attname)), (4, (SELECT option_value FROM pg_options_to_table(a.attfdwoptions) WHERE option_name = 'column_name')),
			(5, format_type(a.atttypid, a.atttypmod)), (6, coalesce((SELECT option_value FROM pg_options_to_table(a.attfdwoptions) WHERE option_name = 'epoch'), 'auto')),
			(7, (SELECT option_value FROM pg_options_to_table(a.attfdwoptions) WHERE option_name = 'key'))) x(n, v)
		 WHERE EXISTS (SELECT FROM pg_class t WHERE t.relnamespace = 'target'::regnamespace AND t.relname = c.relname AND t.relkind = 'r')
		 GROUP BY c.oid, a.attnum ORDER BY c.oid, a.attnum}))
	{
		my ($table, $source, @column) = map { pack 'H*', $_ } split /\|/, $_, -1;
		push @{ $columns{$table}{columns} }, \@column;
		$columns{$table}{source} = $source;
	}

	foreach my $table (sort keys %columns)
	{
		my @columns = @{ $columns{$table}{columns} };
		my $source_list = join ', ', map {
			my $c = quote_sqlite($_->[1]);
			"typeof($c), CASE typeof($c) WHEN 'real' THEN lower(hex(ieee754_to_blob($c))) WHEN 'integer' THEN $c WHEN 'null' THEN '' ELSE lower(hex($c)) END, "
			  . ($_->[2] =~ /^(date|timestamp)/ ? "ifnull(strftime('%Y-%m-%d %H:%M:%f', $c), 'none')" : "'none'")
		} @columns;
		my @key = grep { $_->[4] } @columns;
		my $source_order = @key ? ' ORDER BY ' . join(', ', map { quote_sqlite($_->[1]) } @key) : '';
		my $target_order = @key ? ' ORDER BY ' . join(', ', map { $_->[0] . ($_->[2] eq 'text' ? ' COLLATE "C"' : '') . ' NULLS FIRST' } @key) : '';
		my @source = sqlite_rows($path, "SELECT $source_list FROM " . quote_sqlite($columns{$table}{source}) . "$source_order;");
		my $target_list = join ', ', map { 'coalesce(' . target_expression($_->[0], $_->[2]) . ", '-')" } @columns;
		my $target = $table;
		$target =~ s/"/""/g;
		my @target = split /\n/, $node->safe_psql('c', qq(SET synchronize_seqscans = off; SET TimeZone = 'UTC'; SELECT $target_list FROM target."$target"$target_order)), -1;

		push @wrong, "table $table: " . @source . ' rows in SQLite, ' . @target . ' in PostgreSQL' if @source != @target && @source;
		my @unmatched = map { [ split /\|/, $_, -1 ] } @target;

		foreach my $row (0 .. $#source)
		{
			my @from = split /\|/, $source[$row], -1;
			my @values = map { shell_value($row, @from[ 3 * $_ .. 3 * $_ + 2 ]) } 0 .. $#columns;
			my @first;

			foreach my $value (@values)
			{
				$values++;
				next unless $encoding =~ /^UTF-16/ && $value->{class} eq 'text';
				$value->{bytes} = encode('UTF-8', decode(uc $encoding, $value->{bytes}));
				$value->{content} = unpack 'H*', $value->{bytes};
			}
			# without a key the rows of a heap come in no particular order
			foreach my $candidate (0 .. (@key ? 0 : $#unmatched))
			{
				my @problems = row_problems(\@values, $unmatched[$candidate], \@columns);

				@first = @problems if $candidate == 0;
				next if @problems && !@key;
				splice @unmatched, $candidate, 1;
				@first = @problems;
				last;
			}
			push @wrong, map { "$table.$_, row $row" } @first;
		}
	}
	note sprintf '%-34s %9d values', $name, $values;
	is(scalar @wrong, 0, "$name: all $values values are right") or diag substr join("\n", @wrong[ 0 .. ($#wrong < 4 ? $#wrong : 4) ]), 0, 3000;
	$all_values += $values;
	$all_wrong += @wrong;
	$node->safe_psql('postgres', 'DROP DATABASE c');
}
note "$all_values values, $all_wrong wrong";

$node->stop;
done_testing();
