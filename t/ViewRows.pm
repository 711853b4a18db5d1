# Whether a view of SQLite and the view that was made of it return the same rows:
# the one by the sqlite3 shell, the other by PostgreSQL.
package ViewRows;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';
use SameValue;
use SchemaCount;
use SqliteMigrate;

our @EXPORT = qw(compare_view);

# What differs between a row of SQLite and one of PostgreSQL
sub differences
{
	my ($left, $right, $columns) = @_;

	return map { "$columns->[$_][0] ($columns->[$_][1]): SQLite " . show_value($left->[$_]) . ', PostgreSQL ' . show_value($right->[$_]) }
	  grep { !same_value($left->[$_], $columns->[$_][1], $right->[$_], 1) } 0 .. $#$columns;
}

# Compares rows in any order; undef, or what differs
sub compare_sets
{
	my ($source, $target, $columns) = @_;
	my (%count, @rest_source, @rest_target);

	# rows that look the same first; then each with each
	my $form_of = sub { my ($row) = @_; return join "\0", map { rough_form($row->[$_], $columns->[$_][1]) } 0 .. $#$columns };

	$count{ $form_of->($_) }++ foreach @$target;
	foreach my $row (@$source)
	{
		my $form = $form_of->($row);
		if ($count{$form}) { $count{$form}-- } else { push @rest_source, $row }
	}
	foreach my $row (@$target)
	{
		my $form = $form_of->($row);
		if ($count{$form}) { $count{$form}--; push @rest_target, $row }
	}
	return scalar(@rest_source) . ' rows look different' if @rest_source > 300;
	foreach my $row (@rest_source)
	{
		my ($found) = grep { !differences($row, $rest_target[$_], $columns) } 0 .. $#rest_target;

		if (!defined $found)
		{
			my ($nearest) = sort { @$a <=> @$b } map { [ differences($row, $_, $columns) ] } @rest_target;
			return 'a row differs: ' . join ', ', @$nearest;
		}
		splice @rest_target, $found, 1;
	}
	return undef;
}

# compare_view(server, database, SQLite file, view, view in schema target): undef
# if both return the same rows, in the same order if "ordered"
sub compare_view
{
	my ($node, $database, $path, $view, $target, $ordered) = @_;
	my $quoted = '"' . $view =~ s/"/""/gr . '"';
	my $relation = 'target."' . $target =~ s/"/""/gr . '"';
	my @columns = json_rows(split /\n/, $node->safe_psql($database, 'SELECT json_build_array(quote_ident(attname), format_type(atttypid, NULL)) FROM pg_attribute WHERE attrelid = '
		. sql_literal($relation) . '::regclass AND attnum > 0 ORDER BY attnum'));
	my @names = json_rows(sqlite_rows($path, 'SELECT json_array(name) FROM pragma_table_info(' . sql_literal($view) . ');'));

	return 'has ' . @columns . ' columns instead of ' . @names if @columns != @names;
	my @source = eval { sqlite_rows($path, 'SELECT ' . join(" || '|' || ", map { source_value('"' . $_->[0] =~ s/"/""/gr . '"') } @names) . " FROM $quoted;") };
	return undef if $@;		# SQLite itself fails
	my ($status, $out, $err) = $node->psql($database, "SET statement_timeout = '60s';\nSELECT concat_ws('|', " . join(', ', map { target_value($_->[0], $_->[1]) } @columns) . ", ';') FROM $relation");
	return "fails: $err" if $status != 0;
	# the semicolon keeps empty texts at the end
	my @target = map { my @row = split /\|/, $_, -1; pop @row; \@row } split /\n/, $out;
	@source = map { [ split /\|/, $_, -1 ] } @source;

	return @source . ' rows in SQLite, ' . @target . ' in PostgreSQL' if @source != @target;
	return compare_sets(\@source, \@target, \@columns) unless $ordered;
	foreach my $i (0 .. $#source)
	{
		my @differences = differences($source[$i], $target[$i], \@columns);
		return "row $i differs: " . join ', ', @differences if @differences;
	}
	return undef;
}

1;
