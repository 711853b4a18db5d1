#!/usr/bin/env perl
# scripts/types_table.pl [--write]: the table in README.md's section "Types and
# values", made of what the matrix test has found out (expected/matrix.out).
#
# Prints the table; with --write it replaces the one in README.md, between the
# two comments that mark it.  t/007_readme.pl fails where they differ.
use strict;
use warnings FATAL => 'all';

use FindBin;

my $root = "$FindBin::RealBin/..";
my $begin = "<!-- made by scripts/types_table.pl -->\n\n";
my $end = "\n<!-- end of the table -->\n";
my @classes = qw(integer real text blob);
my (@types, %cells, @reasons, %number_of);

open(my $matrix, '<', "$root/expected/matrix.out") or die "expected/matrix.out: $!\n";
while (my $line = <$matrix>)
{
	my ($type, $class, $outcome) = $line =~ /^(.+?) \| (integer|real|text|blob) \| (good|\w{5} .+?) \| / or next;

	# what epochs do is told in the text; a length limit, by one example
	next if $type =~ /epoch|^(time|timestamp)\(/;
	push @types, $type unless exists $cells{$type};
	my $cell = $cells{$type}{$class} //= { good => 0, numbers => [] };
	if ($outcome eq 'good')
	{
		$cell->{good} = 1;
		next;
	}
	my ($reason) = $outcome =~ /^\w{5} (.+)$/;

	next if $reason =~ /^The type does not accept/;
	# one reason for all the types that have it
	$reason =~ s/ for type (?:smallint|integer|bigint|oid|real|double precision|numeric|money)\.$/ for the type./;
	$reason =~ s/^PostgreSQL refuses it\.$/PostgreSQL's input function for the type, or a constraint of the domain, refuses it./;
	$reason =~ s/^Type (?:real|double precision) cannot/The type cannot/;
	if (!exists $number_of{$reason})
	{
		push @reasons, $reason;
		$number_of{$reason} = scalar @reasons;
	}
	push @{ $cell->{numbers} }, $number_of{$reason}
	  unless grep { $_ == $number_of{$reason} } @{ $cell->{numbers} };
}
close $matrix;
die "expected/matrix.out holds no matrix\n" unless @types;

my $table = "| type | INTEGER | REAL | TEXT | BLOB |\n|---|---|---|---|---|\n";
foreach my $type (@types)
{
	$table .= "| $type";
	foreach my $class (@classes)
	{
		my $cell = $cells{$type}{$class} or die "no $class for $type\n";
		my $numbers = join ' ', sort { $a <=> $b } @{ $cell->{numbers} };

		$table .= ' | ' . ($cell->{good} ? 'yes' : 'no') . ($numbers ne '' ? " ($numbers)" : '');
	}
	$table .= " |\n";
}
$table .= "\n";
$table .= "$_. $reasons[$_ - 1]\n" foreach 1 .. @reasons;

if (($ARGV[0] // '') ne '--write')
{
	print $table;
	exit;
}

open(my $in, '<', "$root/README.md") or die "README.md: $!\n";
my $readme = do { local $/; <$in> };
close $in;
$readme =~ s/\Q$begin\E.*?\Q$end\E/$begin$table$end/s or die "README.md has no place for the table\n";
open(my $out, '>', "$root/README.md") or die "README.md: $!\n";
print $out $readme;
close $out or die "README.md: $!\n";
