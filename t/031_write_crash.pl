# A backend that is killed while it writes leaves a sound file, in every journal
# mode: all of a transaction or nothing.  Not in pg_regress because it takes
# signals and restarts of the server.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

my $seed = $ENV{SFM_SEED} // int(rand(1e9));
my $rounds = $ENV{SFM_CRASHES} // 5;
srand($seed);
note "seed $seed";

my $node = start_server('write_crash');
my $dir = PostgreSQL::Test::Utils::tempdir;
my %seen;

$node->append_conf('postgresql.conf', 'restart_after_crash = on');
$node->restart;
# each transaction writes the same number of rows to both tables; more of them
# than SQLite's cache holds, so that the file itself is written before the end
$node->safe_psql('postgres', q{CREATE PROCEDURE write_on(big int) LANGUAGE plpgsql AS $$ BEGIN
	FOR i IN 1 .. 100000 LOOP
		INSERT INTO a (v) SELECT repeat('a', 400) FROM generate_series(1, big);
		UPDATE a SET v = repeat(chr(97 + i % 26), 400) WHERE id % 7 = i % 7;
		INSERT INTO b (v) SELECT repeat('b', 400) FROM generate_series(1, big);
		COMMIT;
	END LOOP;
END $$});

foreach my $mode ('DELETE', 'TRUNCATE', 'WAL')
{
	my $path = make_sqlite("$dir/$mode.db", "PRAGMA page_size = 512; PRAGMA journal_mode = $mode;"
		  . 'CREATE TABLE a (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE b (id INTEGER PRIMARY KEY, v TEXT); CREATE INDEX a_v ON a (v);');
	my $before = 0;

	$node->safe_psql('postgres', 'DROP SERVER IF EXISTS w CASCADE; DROP SERVER IF EXISTS r CASCADE;'
		  . 'CREATE SERVER w FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database ' . sql_literal($path) . ", updatable 'true');"
		  . 'CREATE SERVER r FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database ' . sql_literal($path) . ');'
		  . "CREATE FOREIGN TABLE a (id bigint, v text) SERVER w; CREATE FOREIGN TABLE b (id bigint, v text) SERVER w; CREATE FOREIGN TABLE ra (id bigint, v text) SERVER r OPTIONS (\"table\" 'a');");
	foreach my $round (1 .. $rounds)
	{
		my ($in, $out, $err) = ('', '', '');
		my $big = 200 + int(rand(6000));
		my $victim = IPC::Run::start([ 'psql', '-X', '-d', $node->connstr('postgres') . " application_name=victim", '-c', "CALL write_on($big)" ],
			'<', \$in, '>', \$out, '2>', \$err, IPC::Run::timeout(180));

		$node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'victim' AND state = 'active'");
		usleep(50_000 + int(rand(700_000)));
		my $pid = $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE application_name = 'victim'");
		kill 'KILL', $pid;
		$victim->finish;
		$node->poll_query_until('postgres', undef, '') or die 'the server is not back';

		# who may only read does not touch a journal; who may write rolls it back
		my ($status, $rows, $error) = $node->psql('postgres', 'SELECT count(*) FROM ra');
		if ($status != 0)
		{
			like($error, qr/SQLite database "$mode.db" needs recovery/, "$mode $round: a reader refuses a hot journal");
			$seen{$mode}{'hot journal'}++;
		}
		my ($a, $b) = split /\|/, $node->safe_psql('postgres', 'SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)');
		is($a, $b, "$mode $round: all or nothing, $a rows by $big");
		cmp_ok($a, '>=', $before, "$mode $round: what was committed stays");
		is($node->safe_psql('postgres', 'SELECT count(*) FROM ra'), $a, "$mode $round: then a reader reads");
		is(join(',', sqlite_rows($path, 'PRAGMA integrity_check; SELECT count(*) FROM a; SELECT count(*) FROM b')), "ok,$a,$b", "$mode $round: the file is sound");
		$seen{$mode}{committed}++ if $a > $before;
		$before = $a;
		if ($a > 60000)
		{
			$node->safe_psql('postgres', 'TRUNCATE a, b');
			$before = 0;
		}
	}
	note "$mode: " . join ', ', map { "$_ $seen{$mode}{$_}" } sort keys %{ $seen{$mode} };
}

$node->stop('immediate');
done_testing();
