# README.md's table of types is what scripts/types_table.pl makes of the matrix
# test.  Not in pg_regress because no server is asked: two files are compared.
use strict;
use warnings FATAL => 'all';

use FindBin;
use PostgreSQL::Test::Utils;
use Test::More;

my $root = "$FindBin::RealBin/..";
my $table = `$^X $root/scripts/types_table.pl`;

is($?, 0, 'the table can be made');
like($table, qr/^\| bigint \| yes \|/m, 'the table holds types');
ok(index(slurp_file("$root/README.md"), $table) >= 0,
	'README.md holds the table of expected/matrix.out; if not, run scripts/types_table.pl --write');
done_testing();
