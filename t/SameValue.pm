# Whether a value that SQLite has and a value of a PostgreSQL column are the
# same: by storage class and type, exactly, but for doubles, which may differ in
# their last digits.  For tests that compare the results of translated SQL.
package SameValue;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';
use JSON::PP;
use Math::BigFloat;

our @EXPORT = qw(source_value target_value same_value show_value rough_form);

# Relative difference of two doubles that count as the same
my $tolerance = 1e-9;

# SQLite: an expression that tells storage class and content of another one, as
# "class:content", text and blob in hexadecimal
sub source_value
{
	my ($x) = @_;

	return "typeof($x) || ':' || CASE typeof($x) WHEN 'null' THEN '' WHEN 'integer' THEN $x "
	  . "WHEN 'real' THEN printf('%!.17g', $x) ELSE lower(hex($x)) END";
}

# PostgreSQL: the same of a column with a type; 'x' and hexadecimal digits, '-' for NULL
sub target_value
{
	my ($x, $type) = @_;

	$x = "($x)::double precision" if $type eq 'real';
	return "coalesce(encode($x, 'hex'), '-')" if $type eq 'bytea';
	return "coalesce(encode(convert_to(($x)::text, 'UTF8'), 'hex'), '-')";
}

# A moment's text in one form: blank between, no zeros at the end of a fraction
sub moment
{
	my ($text, $type) = @_;

	$text =~ s/^(\d{4}-\d\d-\d\d)T/$1 /;
	$text =~ s/(?:Z|\+00(?::?00)?)$//;
	$text .= ' 00:00:00' if $type =~ /^timestamp/ && $text =~ /^\d{4}-\d\d-\d\d$/;
	$text .= ':00' if $type !~ /^date/ && $text =~ /(?:^|\s)\d\d:\d\d$/;
	$text =~ s/ 00:00:00(?:\.0+)?$// if $type eq 'date';
	$text =~ s/(\.\d*?)0+$/$1/;
	$text =~ s/\.$//;
	return $text;
}

# Seconds since 1970 of a moment in one form, or undef
sub epoch_of
{
	my ($text) = @_;

	return undef unless $text =~ /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d(?:\.\d+)?))?$/;
	my ($year, $month, $day) = ($1, $2, $3);
	my $seconds = defined $4 ? $4 * 3600 + $5 * 60 + $6 : 0;
	my ($y, $m) = $month <= 2 ? ($year - 1, $month + 9) : ($year, $month - 3);
	my $days = 365 * $y + int($y / 4) - int($y / 100) + int($y / 400) + int((153 * $m + 2) / 5) + $day - 1 - 719468;

	return $days * 86400 + $seconds;
}

sub canonical_json
{
	my ($text) = @_;
	my $json = JSON::PP->new->allow_nonref->allow_bignum->canonical;

	return eval { $json->encode($json->decode($text)) } // $text;
}

sub same_number
{
	my ($class, $left, $type, $right) = @_;

	return 0 unless $right =~ /^(?:[-+]?[\d.]+(?:e[-+]?\d+)?|-?inf(?:inity)?|nan)$/i;
	return lc substr($left, 0, 4) eq lc substr $right, 0, length substr $left, 0, 4 if $left =~ /^-?inf|^nan/i || $right =~ /^-?inf|^nan/i;
	if ($class eq 'integer' && $type =~ /^(bigint|integer|smallint|numeric)/)
	{
		$right =~ s/\.0+$//;
		return $left eq $right;
	}
	return 1 if $left == $right;
	my $size = abs $left > abs $right ? abs $left : abs $right;
	# sums that cancel each other out leave something near zero
	return abs($left - $right) <= $tolerance * $size || $size < 1e-12;
}

# Is a value ("class:content" as of source_value) the same as one of a column of
# a type (as of target_value)?  With "converted" it may have changed its storage
# class on the way, as values of columns do that became another type: numbers
# in texts, texts in blobs.
sub same_value
{
	my ($source, $type, $target, $converted) = @_;
	my ($class, $content) = split /:/, $source, 2;

	return $target eq '-' if $class eq 'null';
	return 0 if $target eq '-';
	return ($class eq 'blob' || $class eq 'text' && $converted) && $content eq $target if $type eq 'bytea';

	my $value = pack 'H*', $target;
	my $text = $class eq 'text' ? pack 'H*', $content : $content;

	if ($converted)
	{
		return 1 if $class eq 'blob' && $content eq lc $value =~ s/-//gr || $class eq 'text' && $text eq $value;
		return 1 if $class eq 'blob' && $content eq $target || $class =~ /integer|real/ && $content eq $value;
		($class, $content) = ('real', $text) if $class eq 'text' && $text =~ /^-?\d+(\.\d+)?$/ && $type =~ /int|numeric|double/;
	}

	if ($type eq 'boolean')
	{
		return $class =~ /^(integer|real)$/ && $content == ($value =~ /^t/ ? 1 : 0);
	}
	if ($type =~ /^(bigint|integer|smallint|numeric|double precision|real)/)
	{
		return $class =~ /^(integer|real)$/ && same_number($class, $content, $type, $value);
	}
	if ($type =~ /^(timestamp|date|time)/)
	{
		return moment($text, $type) eq moment($value, $type) if $class eq 'text';
		my $epoch = epoch_of(moment($value, $type));
		return 0 if $class eq 'blob' || !defined $epoch;
		# seconds, milliseconds, Julian days and so on: which it is is for other tests
		foreach my $number ($epoch, $epoch * 1e3, $epoch * 1e6, $epoch * 1e9, $epoch / 86400 + 2440587.5, $epoch - 978307200,
			($epoch + 11644473600) * 1e6, ($epoch + 62135596800) * 1e7)
		{
			return 1 if abs($number - $content) <= $tolerance * abs($number);
		}
		return 0;
	}
	return $class ne 'blob' && canonical_json($text) eq canonical_json($value) if $type =~ /^jsonb?$/;
	return $class eq 'text' && lc $text eq lc $value if $type eq 'uuid';
	return $class eq 'text' && $text eq $value;
}

# One text for values that are the same, most often: to find pairs before
# same_value() has a look.  For either kind of value.
sub rough_form
{
	my ($value, $type) = @_;

	return '-' if $value eq '-' || $value eq 'null:';
	my ($class, $content) = $value =~ /:/ ? split /:/, $value, 2 : ('', $value);
	my $text = $class =~ /integer|real/ ? $content : pack 'H*', $content;

	return $text =~ /^[1t]/ ? 1 : 0 if $type eq 'boolean';
	return moment($text, $type) if $type =~ /^(timestamp|date|time)/;
	return sprintf '%.9g', $text if $type =~ /^(numeric|double|real)/ && $text =~ /^-?[\d.]+(e[-+]?\d+)?$/i;
	return $type =~ /^json/ ? canonical_json($text) : $text;
}

# Either kind of value, for people
sub show_value
{
	my ($value) = @_;

	return 'NULL' if $value eq '-' || $value eq 'null:';
	return "'" . pack('H*', $1) . "'" if $value =~ /^(?:text:)?((?:[0-9a-f]{2})*)$/;
	return "x'$1'" if $value =~ /^blob:(.*)/;
	return $value =~ s/^(?:integer|real)://r;
}

1;
