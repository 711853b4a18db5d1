# Views of every kind (data/views.sql): each that is made returns the rows that
# the sqlite3 shell returns, in the same order where the view has one; each that
# is not made has a note.
# Not in pg_regress because two programs take part.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use ViewRows;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# What is not translated; if it is one day, its rows are compared as those of others
my %not_made = (
	integer_division => 'sum() of numbers that may be INTEGER or REAL, divided',
	recursive_limit => 'LIMIT in a recursive common table expression',
	json_each_row => 'json_each() as a table',
	distinct_json_sum => 'DISTINCT of numbers and texts, where 1 and the text of it are two',
	distinct_json_concat => 'the same',
	union_no_affinity => 'which of two affinities a column of a compound has is not defined',
	case_compare => 'a TEXT column ordered against an INTEGER column');

my $node = start_server('views');
my $path = make_sqlite(PostgreSQL::Test::Utils::tempdir . '/views.db', slurp_file("$FindBin::RealBin/../data/views.sql"));
my ($status, $out, $err) = $node->psql('postgres', qq(
	SET client_min_messages = error;
	CREATE TABLE result AS SELECT * FROM sqlite_migrate_file(${\ sql_literal($path)}, 'target');));
is($status, 0, 'the file is migrated') or diag $err;

my %created = map { $_ => 1 } split /\n/, $node->safe_psql('postgres', q{SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = 'target'::regnamespace});
my @views = sqlite_rows($path, q{SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY rowid;});
my ($made, $equal) = (0, 0);

foreach my $view (@views)
{
	if (!$created{$view})
	{
		my $note = $node->safe_psql('postgres', 'SELECT detail FROM result WHERE phase = \'view\' AND status <> \'ok\' AND object = ' . sql_literal($view));

		isnt($note, '', "view $view: not made, with a note");
		note 'not made: ' . substr join(' ', split ' ', $note), 0, 250;
		next;
	}
	my $problem = $view =~ /^now_view|recent/ ? undef : compare_view($node, 'postgres', $path, $view, $view, $view =~ /^o_/);
	my $definition = join ' ', split ' ', $node->safe_psql('postgres', "SELECT pg_get_viewdef('target.\"$view\"'::regclass)");

	is($problem, undef, "view $view returns the same rows") or diag "became $definition";
	$made++;
	$equal++ unless defined $problem;
}
note sprintf '%d of %d views are made, %d of them return the same rows', $made, scalar @views, $equal;
is(join(' ', grep { !$created{$_} && !$not_made{$_} } @views), '', 'every view is made');
unlike(slurp_file($node->logfile), qr/was terminated by signal|PANIC/, 'no backend has crashed');

$node->stop;
done_testing();
