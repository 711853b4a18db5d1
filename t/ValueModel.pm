# A model in Perl of what README.md says of values: each function takes a value
# as the sqlite3 shell tells it and returns the text to be expected, undef for a
# bad value, or a reference to a check of what came.  It shares nothing with the
# extension's own code: Math::BigInt, pack, strtod, SQLite's strftime.
package ValueModel;

use strict;
use warnings FATAL => 'all';

use Encode qw(decode);
use Exporter 'import';
use Math::BigInt;
use POSIX qw(floor strtod);

our @EXPORT = qw(shell_value is_utf8 is_infinite model_integer model_float8 model_float4
  model_numeric model_boolean model_text model_bytea model_uuid model_timestamp);

# A value from its storage class, its content (digits, bits of a real or bytes,
# both in hexadecimal) and what strftime makes of it ('none' for nothing)
sub shell_value
{
	my ($id, $class, $content, $time) = @_;
	my %value = (id => $id, class => $class, content => $content, time => $time // 'none');

	$value{bytes} = pack 'H*', $content if $class eq 'text' || $class eq 'blob';
	$value{real} = unpack 'd>', pack 'H*', $content if $class eq 'real';
	return \%value;
}

my $number = qr/[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/;
my $blank = qr/[ \t\n\x0b\f\r]*/;

# Text that PostgreSQL can hold
sub is_utf8
{
	my ($bytes) = @_;

	return index($bytes, "\0") < 0 && defined eval { decode('UTF-8', $bytes, Encode::FB_CROAK | Encode::LEAVE_SRC) };
}

sub is_infinite { return $_[0] == 9**9**9 || $_[0] == -9**9**9 }

# A finite real that is a whole number, as an exact BigInt
sub whole_real
{
	my ($real) = @_;

	return undef if is_infinite($real) || $real != floor($real);
	return Math::BigInt->new(sprintf '%.0f', $real);
}

# A number as sign, digits without zeros at either end, and the exponent of the last
sub normal_decimal
{
	my ($s) = @_;
	my ($sign, $whole, $fraction, $exponent) = $s =~ /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/ or return $s;
	my $digits = $whole . $fraction;

	$exponent = ($exponent // 0) - length $fraction;
	$digits =~ s/^0+//;
	$exponent += length $1 if $digits =~ s/(0+)$//;
	return '0' if $digits eq '';
	return ($sign eq '-' ? '-' : '') . $digits . "e$exponent";
}

sub model_integer
{
	my ($value, $bits) = @_;
	my $n;

	$n = Math::BigInt->new($value->{content}) if $value->{class} eq 'integer';
	$n = whole_real($value->{real}) if $value->{class} eq 'real';
	$n = Math::BigInt->new($1) if $value->{class} eq 'text' && $value->{bytes} =~ /^$blank([+-]?\d+)$blank\z/;
	return undef unless defined $n;
	my $limit = Math::BigInt->new(2)->bpow($bits - 1);
	return $n >= $limit || $n < -$limit ? undef : $n->bstr;
}

# what a special word of a number stands for
sub special
{
	my ($word) = @_;

	return 'NaN' if $word =~ /^nan$/i;
	return ($1 eq '-' ? '-' : '') . 'Infinity' if $word =~ /^([+-]?)inf(?:inity)?$/i;
	return undef;
}

sub model_float8
{
	my ($value) = @_;

	return $value->{content} if $value->{class} eq 'real';
	if ($value->{class} eq 'integer')
	{
		my $real = strtod($value->{content});
		return Math::BigInt->new(sprintf '%.0f', $real) == Math::BigInt->new($value->{content}) ? unpack('H*', pack 'd>', $real) : undef;
	}
	return undef if $value->{class} eq 'blob';
	my ($s) = $value->{bytes} =~ /^$blank(.*?)$blank\z/s;
	my $special = special($s);
	return { NaN => '7ff8000000000000', Infinity => '7ff0000000000000', '-Infinity' => 'fff0000000000000' }->{$special} if defined $special;
	return undef unless $s =~ /^$number\z/;
	my $real = strtod($s);
	return undef if is_infinite($real) || ($real == 0 && normal_decimal($s) ne '0');
	return unpack 'H*', pack 'd>', $real;
}

sub model_float4
{
	my ($value) = @_;

	if ($value->{class} eq 'real')
	{
		my $real = $value->{real};
		return unpack('f', pack 'f', $real) == $real ? unpack('H*', pack 'f>', $real) : undef;
	}
	if ($value->{class} eq 'integer')
	{
		my $real = unpack 'f', pack 'f', $value->{content};
		return Math::BigInt->new(sprintf '%.0f', $real) == Math::BigInt->new($value->{content}) ? unpack('H*', pack 'f>', $real) : undef;
	}
	return undef if $value->{class} eq 'blob';
	return sub { 1 };			# Perl has no strtof()
}

sub model_numeric
{
	my ($value, $precision, $scale) = @_;
	my $s;

	return undef if $value->{class} eq 'blob';
	if ($value->{class} eq 'real')
	{
		return defined $precision ? undef : $value->{real} < 0 ? '-Infinity' : 'Infinity' if is_infinite($value->{real});
		# the fewest digits that read back the same
		foreach my $n (1 .. 17)
		{
			$s = sprintf "%.${n}g", $value->{real};
			last if strtod($s) == $value->{real};
		}
	}
	$s = $value->{content} if $value->{class} eq 'integer';
	if ($value->{class} eq 'text')
	{
		($s) = $value->{bytes} =~ /^$blank(.*?)$blank\z/s;
		my $special = special($s);
		return defined $precision && $special ne 'NaN' ? undef : $special if defined $special;
		return undef unless $s =~ /^$number\z/;
	}
	my $normal = normal_decimal($s);
	if (defined $precision && $normal =~ /^-?(\d+)e(-?\d+)$/)
	{
		return undef if $2 < -$scale || length($1) + $2 > $precision - $scale;
	}
	# several shortest forms may be equally good, so a real is compared by its bits
	return sub { unpack('H*', pack 'd>', strtod($_[0]) + 0.0) eq unpack('H*', pack 'd>', $value->{real} + 0.0) || normal_decimal($_[0]) eq $normal }
	  if $value->{class} eq 'real' && !defined $precision;
	return sub { normal_decimal($_[0]) eq $normal };
}

sub model_boolean
{
	my ($value) = @_;

	return undef if $value->{class} eq 'blob';
	return $value->{content} eq '0' ? 'false' : $value->{content} eq '1' ? 'true' : undef if $value->{class} eq 'integer';
	return $value->{real} == 0 ? 'false' : $value->{real} == 1 ? 'true' : undef if $value->{class} eq 'real';
	my ($s) = lc($value->{bytes}) =~ /^$blank(.*?)$blank\z/s;
	return undef if $s eq '';
	foreach my $word (qw(true yes on 1))
	{
		return 'true' if index($word, $s) == 0 && $s ne 'o';
	}
	foreach my $word (qw(false no off 0))
	{
		return 'false' if index($word, $s) == 0 && $s ne 'o';
	}
	return undef;
}

# The digits of a number in a text column
sub check_real_digits
{
	my ($s, $value) = @_;

	return $s eq ($value->{real} < 0 ? '-Infinity' : 'Infinity') if is_infinite($value->{real});
	return $s =~ /[.e]/ && unpack('H*', pack 'd>', strtod($s)) eq $value->{content};
}

sub model_text
{
	my ($value, $length) = @_;

	return sub { check_real_digits($_[0], $value) } if $value->{class} eq 'real' && !defined $length;
	return sub { defined $_[0] ? check_real_digits($_[0], $value) && length $_[0] <= $length : 1 } if $value->{class} eq 'real';
	return defined $length && length $value->{content} > $length ? undef : $value->{content} if $value->{class} eq 'integer';
	return undef unless is_utf8($value->{bytes});
	my $copy = $value->{bytes};
	utf8::decode($copy);
	return undef if defined $length && length $copy > $length;
	return $value->{bytes};
}

sub model_bytea
{
	my ($value) = @_;

	return '\x' . $value->{content} if $value->{class} =~ /text|blob/;
	return '\x' . unpack 'H*', $value->{content} if $value->{class} eq 'integer';
	return sub { $_[0] =~ /^\\x(.*)$/ && check_real_digits(pack('H*', $1), $value) };
}

sub model_uuid
{
	my ($value) = @_;
	my $s = $value->{content};

	return undef if $value->{class} =~ /integer|real/;
	if ($value->{class} eq 'text')
	{
		$s = $value->{bytes};
		$s = $1 if $s =~ /^\{(.*)\}\z/s;
		return undef unless $s =~ /^(?:[0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}\z/;
		$s =~ s/-//g;
	}
	return undef unless length $s == 32;
	$s =~ s/^(.{8})(....)(....)(....)/$1-$2-$3-$4-/;
	return lc $s;
}

sub days_in_month
{
	my ($year, $month) = @_;

	return 28 + ($year % 4 == 0 && ($year % 100 != 0 || $year % 400 == 0)) if $month == 2;
	return $month == 4 || $month == 6 || $month == 9 || $month == 11 ? 30 : 31;
}

# SQLite's own answer, but for what README.md says is otherwise
sub model_timestamp
{
	my ($value) = @_;
	my $time = $value->{time};
	my $check = sub {
		return 0 unless defined $_[0];
		# "0539-05-30 12:00:00.5 BC" and "-538-05-30 12:00:00.500" are the same
		my ($got, $want) = map {
			/^(-?\d+)(-.*?)(?:\.(\d+))?( BC)?$/;
			sprintf '%d%s.%s', (defined $4 ? 1 - $1 : $1), $2, substr(($3 // '') . '000', 0, 3)
		} $_[0], $time;
		return $got eq $want;
	};

	if ($value->{class} eq 'text')
	{
		my ($s) = $value->{bytes} =~ /^$blank(.*?)$blank\z/s;
		return { Infinity => 'infinity', '-Infinity' => '-infinity', NaN => undef }->{ special($s) } if defined special($s);
		return sub { 1 } if $s =~ /^$number\z/;	# SQLite takes a Julian day without "auto"
		# SQLite stops reading at a NUL; a day that is not there
		return undef if $s =~ /\0/;
		# a time that is not there
		return undef if $s =~ /(?:^|[ T])24:(?!00(?::00(?:\.0*)?)?(?:$|[^\d:.]))/;
		return undef if $s =~ /^-?(\d{4})-(\d\d)-(\d\d)/ && ($2 < 1 || $2 > 12 || $3 < 1 || $3 > days_in_month($1, $2));
		# more than SQLite takes: +HHMM, +HH, a lower-case t
		return sub { 1 } if $time eq 'none' && $s =~ /^(-?\d{4}-\d\d-\d\d(?:[ tT]*))?(?:\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?\s*([zZ]|[+-]\d\d(?::?\d\d)?)?\z/;
		# SQLite rounds to milliseconds what has more digits
		return sub { 1 } if $s =~ /\.\d{4}/ && $time ne 'none';
		return $time eq 'none' ? undef : $check;
	}
	return undef if $value->{class} eq 'blob';
	# out of SQLite's range is not out of ours
	return sub { 1 } if $time eq 'none';
	# SQLite rounds to milliseconds, we to microseconds
	return sub { 1 } if $value->{class} eq 'real' && $value->{real} != sprintf '%.3f', $value->{real};
	return $check;
}

1;
