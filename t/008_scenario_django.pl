# A Django application on PostgreSQL after examples/django/migrate.sql: several
# sessions insert at once, which is what it moved for.  Not in pg_regress because
# sessions in parallel are needed.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use constant {
	SESSIONS => 5,
	INSERTS => 40,    # by each session into each table
};

my $source = "$FindBin::RealBin/..";
my $node = start_server('django');
my $path = make_sqlite(PostgreSQL::Test::Utils::tempdir . '/db.sqlite3',
	slurp_file("$source/data/scenario_django.sql"));

$node->command_ok([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-f', "$source/data/scenario_django_schema.psql" ],
	'the tables that Django makes');
$node->command_ok([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), '-v', "sqlite_file=$path", '-f', "$source/examples/django/migrate.sql" ],
	'the script runs');

# what an audit does: it logs, fetches, records, and touches its contractor
my $audit = q(
	BEGIN;
	INSERT INTO collection_log (contractor_id, source_name, status) VALUES (11, 'bbb', 'started');
	INSERT INTO contractor_raw_data (contractor_id, source_name, structured_data) VALUES (12, 'bbb', '{"n": 1}');
	WITH a AS (INSERT INTO audit_records (contractor_id, status) VALUES (13, 'completed') RETURNING id)
	INSERT INTO contractors_contractor (business_name, city, public_id, is_active, services, created_at, last_audit_id)
		SELECT 'new', 'Waco', gen_random_uuid(), true, '[]', now(), id FROM a;
	INSERT INTO legacy_ticket (subject) VALUES ('parallel');
	COMMIT;
) x INSERTS;

my @sessions;
foreach my $n (1 .. SESSIONS)
{
	my %session = (in => "\\set ON_ERROR_STOP on\n$audit", out => '', err => '');

	$session{process} = IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres') ],
		'<', \$session{in}, '>', \$session{out}, '2>', \$session{err}, IPC::Run::timeout(120));
	push @sessions, \%session;
}
foreach my $session (@sessions)
{
	$session->{process}->finish;
	is($session->{err}, '', 'a session meets no lock error and no duplicate key');
	is($session->{process}->result(0), 0, 'and ends well');
}

my %before = (collection_log => 2, contractor_raw_data => 3, audit_records => 3, contractors_contractor => 3, legacy_ticket => 2);
foreach my $table (sort keys %before)
{
	is($node->safe_psql('postgres', "SELECT count(*) FROM $table"),
		$before{$table} + SESSIONS * INSERTS, "$table holds every row");
}
is($node->safe_psql('postgres', 'SELECT count(*) FROM contractors_contractor WHERE id BETWEEN 14 AND 40'),
	'0', 'numbers that SQLite had given are not given again');

$node->stop;
done_testing();
