# INSERT ... SELECT from SQLite in bulk, and the pages that heap_writer.c writes
# past the shared buffers: the same rows with and without it, on a server with
# checksums, after crashes in the middle of checkpoints, on a standby, in a
# logical slot, with wal_level = minimal.  Not in pg_regress because of the
# servers.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $dir = PostgreSQL::Test::Utils::tempdir;
my $path = make_sqlite("$dir/bulk.db", q(
	CREATE TABLE item (id INTEGER PRIMARY KEY, n INTEGER, t TEXT, p INTEGER);
	INSERT INTO item WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 30000)
		SELECT x, x % 100, CASE WHEN x % 5 THEN 'text ' || x END, nullif(x / 10, 0) FROM c;
	CREATE TABLE big (id INTEGER PRIMARY KEY, a TEXT, b BLOB);
	INSERT INTO big WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 200)
		SELECT x, hex(randomblob(x * 20)), randomblob(x * 100) FROM c;
	CREATE TABLE note (id INTEGER PRIMARY KEY, item_id INTEGER);
	INSERT INTO note SELECT id, id * 2 FROM item WHERE id < 5000;));

my $node = PostgreSQL::Test::Cluster->new('bulk_insert');
$node->init(allows_streaming => 1, extra => ['--data-checksums']);
$node->append_conf('postgresql.conf', "max_wal_size = 4GB\nwal_keep_size = 1GB\nautovacuum = off");
$node->start;
$node->safe_psql('postgres', qq(
	CREATE EXTENSION sqlite_fdw_migrate; CREATE EXTENSION amcheck; CREATE EXTENSION pg_visibility; CREATE EXTENSION pageinspect;
	CREATE SERVER bulk FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database '$path');
	CREATE SCHEMA src;
	IMPORT FOREIGN SCHEMA main FROM SERVER bulk INTO src;
	CREATE TABLE elsewhere AS SELECT g AS id FROM generate_series(1, 50) g;
	CREATE SEQUENCE numbers;
	CREATE FUNCTION volatile_count() RETURNS bigint LANGUAGE plpgsql VOLATILE AS 'BEGIN RETURN (SELECT count(*) FROM t); END';
	CREATE FUNCTION stable_count() RETURNS bigint LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (SELECT count(*) FROM t); END';
	CREATE DOMAIN small AS integer CHECK (VALUE < 20000);));

# Runs SQL; returns its output and messages.
sub run_sql
{
	my ($sql) = @_;
	my ($status, $out, $err) = $node->psql('postgres', $sql, on_error_stop => 0);

	return ($out, $err);
}

# ------------------------------------------------------------------------
# The same result with and without
# ------------------------------------------------------------------------

# Runs a statement both ways in a new table t, and compares outcome and rows;
# "bulk" says whether the plan should be ours.
sub same_both_ways
{
	my ($name, $bulk, $definition, $statement, %more) = @_;
	my (@outcomes, @rows);

	foreach my $way ('on', 'off')
	{
		my ($out, $err) = run_sql(qq(
			\\set VERBOSITY terse
			SET sqlite_fdw_migrate.enable_bulk_insert = $way;
			BEGIN;
			$definition;
			SELECT setval('numbers', 100);
			\\echo ==plan
			EXPLAIN (COSTS OFF) $statement;
			\\echo ==outcome
			\\set QUIET off
			$statement;
			\\set QUIET on
			\\echo ==rows
			SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text COLLATE "C")) FROM t;
			SELECT string_agg(v::text, ' ') FROM (SELECT DISTINCT verify_heapam('t') AS v) AS s;
			SELECT count(*) FROM pg_check_visible('t');
			ROLLBACK;));
		my ($plan, $outcome, $rows) = $out =~ /==plan\n(.*)==outcome\n(.*?)\n?==rows\n?(.*)/s;

		is($plan =~ /^Foreign Scan\n +Bulk Insert on: "?t"?$/m ? 1 : 0, $way eq 'on' ? $bulk : 0, "$name, $way: the plan") or diag "$out\n$err";
		push @outcomes, $outcome . join '', grep { !/current transaction is aborted/ } $err =~ /^(?:psql:\S+ )?(ERROR:.*)/mg;
		push @rows, $rows;
	}
	is($outcomes[0], $outcomes[1], "$name: the same outcome");
	is($rows[0], $rows[1], "$name: the same rows, sound pages");
	like($outcomes[1], $more{outcome} // qr/^INSERT 0 [1-9]/, "$name: outcome");
	return;
}

my $t = 'CREATE TABLE t (id bigint, n int, t text, p bigint)';
same_both_ways('plain', 1, $t, 'INSERT INTO t SELECT * FROM src.item', outcome => qr/^INSERT 0 30000$/);
same_both_ways('columns and expressions', 1, 'CREATE TABLE t (a text, x int DEFAULT 3, y numeric, z text)',
	q(INSERT INTO t (z, y, a) SELECT upper(t), id * 1.5, t || n FROM src.item WHERE n < 50));
same_both_ways('dropped columns', 1, 'CREATE TABLE t (d int, id bigint, e text, t text); ALTER TABLE t DROP d, DROP e',
	'INSERT INTO t SELECT id, t FROM src.item');
same_both_ways('aggregates', 0, 'CREATE TABLE t (n int, c bigint)', 'INSERT INTO t SELECT n, count(*) FROM src.item GROUP BY n', outcome => qr/^INSERT 0 100$/);
same_both_ways('a join of foreign tables', 1, 'CREATE TABLE t (a bigint, b text)',
	'INSERT INTO t SELECT o.id, i.t FROM src.note o JOIN src.item i ON i.id = o.item_id');
same_both_ways('a join with a local table', 0, 'CREATE TABLE t (a bigint, b text)',
	'INSERT INTO t SELECT i.id, i.t FROM src.item i JOIN elsewhere e ON e.id = i.id', outcome => qr/^INSERT 0 50$/);
same_both_ways('nothing', 1, $t, 'INSERT INTO t SELECT * FROM src.item WHERE n < 0', outcome => qr/^INSERT 0 0$/);
same_both_ways('large values', 1, 'CREATE TABLE t (id int, a text, b bytea)', 'INSERT INTO t SELECT * FROM src.big', outcome => qr/^INSERT 0 200$/);
same_both_ways('large values apart', 1, 'CREATE TABLE t (id int, a text, b bytea); ALTER TABLE t ALTER a SET STORAGE EXTERNAL',
	'INSERT INTO t SELECT * FROM src.big');
same_both_ways('a row too wide for a page', 1, 'CREATE TABLE t (id int, a text, b bytea); ALTER TABLE t ALTER b SET STORAGE PLAIN',
	'INSERT INTO t SELECT * FROM src.big', outcome => qr/ERROR:  row is too big/);
same_both_ways('fillfactor', 1, "$t WITH (fillfactor = 20)", 'INSERT INTO t SELECT * FROM src.item');
same_both_ways('unlogged', 1, $t =~ s/TABLE/UNLOGGED TABLE/r, 'INSERT INTO t SELECT * FROM src.item');
same_both_ways('temporary', 1, $t =~ s/TABLE/TEMP TABLE/r, 'INSERT INTO t SELECT * FROM src.item');
same_both_ways('rows there already', 1, "$t; INSERT INTO t SELECT g, 0, 'x', 1 FROM generate_series(1, 777) g", 'INSERT INTO t SELECT * FROM src.item');
same_both_ways('keys', 1, 'CREATE TABLE t (id bigint PRIMARY KEY, n int, t text, p bigint); CREATE INDEX ON t (n, lower(t))', 'INSERT INTO t SELECT * FROM src.item');
same_both_ways('a broken key', 1, 'CREATE TABLE t (n int UNIQUE)', 'INSERT INTO t SELECT n FROM src.item', outcome => qr/ERROR:  duplicate key value violates/);
same_both_ways('NOT NULL', 1, 'CREATE TABLE t (t text NOT NULL)', 'INSERT INTO t SELECT t FROM src.item', outcome => qr/ERROR:  null value in column "t"/);
same_both_ways('CHECK', 1, 'CREATE TABLE t (id int CHECK (id < 29999))', 'INSERT INTO t SELECT id FROM src.item', outcome => qr/ERROR:  new row for relation "t" violates/);
same_both_ways('a domain', 1, 'CREATE TABLE t (id small)', 'INSERT INTO t SELECT id FROM src.item', outcome => qr/ERROR:  value for domain small violates/);
same_both_ways('generated and identity columns', 1,
	q(CREATE TABLE t (i bigint GENERATED ALWAYS AS IDENTITY, id bigint, g text GENERATED ALWAYS AS ('<' || id || '>') STORED)),
	'INSERT INTO t (id) SELECT id FROM src.item');
same_both_ways('a sequence', 1, "CREATE TABLE t (i bigint DEFAULT nextval('numbers'), id bigint)", 'INSERT INTO t (id) SELECT id FROM src.item');
same_both_ways('a foreign key', 1, 'CREATE TABLE p (id bigint PRIMARY KEY); INSERT INTO p SELECT generate_series(1, 3000); CREATE TABLE t (p bigint REFERENCES p)',
	'INSERT INTO t SELECT p FROM src.item');
same_both_ways('a broken foreign key', 1, 'CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE t (p bigint REFERENCES p)',
	'INSERT INTO t SELECT p FROM src.item', outcome => qr/ERROR:  insert or update on table "t" violates foreign key/);
same_both_ways('a volatile function', 0, 'CREATE TABLE t (id bigint, c bigint)', 'INSERT INTO t SELECT id, volatile_count() FROM src.note WHERE id < 200');
same_both_ways('a stable function that reads the table', 1, 'CREATE TABLE t (id bigint, c bigint)', 'INSERT INTO t SELECT id, stable_count() FROM src.note WHERE id < 500');
same_both_ways('a CHECK that reads the table', 1, 'CREATE TABLE t (id bigint, CHECK (stable_count() < 10))', 'INSERT INTO t SELECT id FROM src.note WHERE id < 2000');
same_both_ways('a subquery on the table', 1, "CREATE TABLE t (id bigint, c bigint)", 'INSERT INTO t SELECT id, (SELECT count(*) FROM t) FROM src.item');
same_both_ways('a volatile function in a subquery', 0, 'CREATE TABLE t (id bigint)',
	'INSERT INTO t SELECT id FROM src.note n WHERE id < 200 AND (SELECT volatile_count() FROM src.item i WHERE i.id = n.id) < 10', outcome => qr/^INSERT 0 10$/);
same_both_ways('a volatile domain', 0, 'CREATE TABLE t (id bigint); CREATE DOMAIN d AS bigint CHECK (volatile_count() < 10)',
	'INSERT INTO t SELECT id::d FROM src.note WHERE id < 200', outcome => qr/ERROR:  value for domain d violates/);
same_both_ways('a volatile domain of the source', 0,
	'CREATE TABLE t (id bigint); CREATE DOMAIN d AS bigint CHECK (volatile_count() < 10); CREATE FOREIGN TABLE s (id d) SERVER bulk OPTIONS (table \'note\')',
	'INSERT INTO t SELECT id FROM s', outcome => qr/ERROR:  invalid value for column "id"/);
same_both_ways('a domain of the source that reads the table', 1,
	'CREATE TABLE t (id bigint); CREATE DOMAIN d AS bigint CHECK (stable_count() < 10); CREATE FOREIGN TABLE s (id d) SERVER bulk OPTIONS (table \'item\')',
	'INSERT INTO t SELECT id FROM s', outcome => qr/^INSERT 0 30000$/);
same_both_ways('RETURNING', 0, $t, 'INSERT INTO t SELECT * FROM src.item WHERE id = 7 RETURNING id', outcome => qr/^7$/m);
same_both_ways('ON CONFLICT', 0, 'CREATE TABLE t (n int PRIMARY KEY)', 'INSERT INTO t SELECT n FROM src.item ON CONFLICT DO NOTHING', outcome => qr/^INSERT 0 100$/);
same_both_ways('in WITH', 0, $t, 'WITH x AS (INSERT INTO t SELECT * FROM src.item RETURNING 1) SELECT count(*) FROM x', outcome => qr/^30000$/m);
same_both_ways('LIMIT and ORDER BY', 0, $t, 'INSERT INTO t SELECT * FROM src.item ORDER BY n, id LIMIT 5', outcome => qr/^INSERT 0 5$/);
same_both_ways('a trigger', 0, "$t; CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION nothing()",
	'INSERT INTO t SELECT * FROM src.item', outcome => qr/^INSERT 0 0$/);

# a prepared plan, when the target gets a trigger; and a function
my ($out, $err) = run_sql(q(
	CREATE TABLE t (id bigint);
	PREPARE p AS INSERT INTO t SELECT id FROM src.item;
	EXECUTE p;
	CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
	CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION nothing();
	EXECUTE p;
	SELECT count(*) FROM t;
	DROP TRIGGER x ON t;
	DO $$ DECLARE n bigint; BEGIN INSERT INTO t SELECT id FROM src.item; GET DIAGNOSTICS n = ROW_COUNT; RAISE NOTICE 'rows %', n; END $$;
	EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) INSERT INTO t SELECT id FROM src.item WHERE n = 1;
	SELECT count(*) FROM t;
	DROP TABLE t; DROP FUNCTION nothing();));
like($out, qr/^30000\nForeign Scan \(actual rows=0(?:\.00)? loops=1\)\n  Bulk Insert on: t\n.*^60300\z/ms, 'prepared plans, EXPLAIN ANALYZE') or diag $err;
like($err, qr/rows 30000/, 'in PL/pgSQL');

# a query that began before the rows came does not see them
($out, $err) = run_sql(q(
	CREATE FUNCTION fill() RETURNS bigint LANGUAGE plpgsql VOLATILE AS 'BEGIN INSERT INTO t SELECT id FROM src.note; RETURN volatile_count(); END';
	BEGIN; CREATE TABLE t (id bigint); SELECT stable_count(), fill(), stable_count(); SELECT stable_count(); ROLLBACK; DROP FUNCTION fill();));
is($out, "0|4999|0\n4999", 'rows are not visible to the query whose function has inserted them') or diag $err;

# rights, and a read-only transaction
($out, $err) = run_sql(q(
	CREATE TABLE t (id bigint); CREATE ROLE regress_sfm_inserter; GRANT USAGE ON SCHEMA src TO regress_sfm_inserter;
	GRANT SELECT ON src.item TO regress_sfm_inserter;
	SET ROLE regress_sfm_inserter; INSERT INTO t SELECT id FROM src.item; RESET ROLE;
	BEGIN READ ONLY; INSERT INTO t SELECT id FROM src.item; ROLLBACK;
	SELECT count(*) FROM t; DROP TABLE t;));
is($out, '0', 'nothing without rights');
like($err, qr/permission denied for table t.*cannot execute INSERT in a read-only transaction/s, 'the errors');

# ------------------------------------------------------------------------
# Pages
# ------------------------------------------------------------------------
my $sum = 'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM %s t';

$node->backup('standby');
my $standby = PostgreSQL::Test::Cluster->new('bulk_standby');
$standby->init_from_backup($node, 'standby', has_streaming => 1);
$standby->start;

$node->safe_psql('postgres', q(
	BEGIN;
	CREATE TABLE item (id bigint, n int, t text, p bigint); CREATE TABLE big (id int, a text, b bytea);
	CREATE TABLE none (id bigint);
	INSERT INTO item SELECT * FROM src.item; INSERT INTO big SELECT * FROM src.big; INSERT INTO none SELECT id FROM src.item WHERE n < 0;
	CREATE INDEX ON item (id);
	COMMIT;));
is($node->safe_psql('postgres', q(SELECT bool_and(t_infomask & 768 = 768 AND t_ctid = ('(3,' || lp || ')')::tid) FROM heap_page_items(get_raw_page('item', 3)))),
	't', 'rows are frozen and point to themselves');
is($node->safe_psql('postgres', q(SELECT all_visible = pages AND all_frozen = pages FROM pg_visibility_map_summary('item'),
	(SELECT pg_relation_size('item') / current_setting('block_size')::int AS pages) AS r)), 't', 'the visibility map is set');
is($node->safe_psql('postgres', q(SELECT count(*) FROM pg_check_visible('item') UNION ALL SELECT count(*) FROM pg_check_frozen('item'))), "0\n0", '... rightly');
like($node->safe_psql('postgres', q(SET enable_seqscan = off; SET enable_bitmapscan = off; EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT count(id) FROM item WHERE id < 500)),
	qr/Heap Fetches: 0/, 'an index-only scan visits no heap page');

my %wanted = map { $_ => $node->safe_psql('postgres', sprintf $sum, $_) } qw(item big);
is($wanted{$_}, $node->safe_psql('postgres', sprintf $sum, "src.$_"), "$_: SQLite's rows") foreach qw(item big);
$node->wait_for_catchup($standby, 'replay', $node->lsn('insert'));
is($standby->safe_psql('postgres', sprintf $sum, $_), $wanted{$_}, "$_ on the standby") foreach qw(item big);
is($standby->safe_psql('postgres', q(SELECT count(*) FROM verify_heapam('item') UNION ALL SELECT count(*) FROM pg_check_visible('item'))), "0\n0", 'its pages are sound');
$standby->stop;

# crashes while checkpoints come and go: what was committed is there
$node->safe_psql('postgres', 'CREATE TABLE round (n int)');
foreach my $round (1 .. 4)
{
	my $checkpoints = $node->background_psql('postgres', on_error_stop => 0);

	$checkpoints->query_until(qr/started/, "\\echo started\n" . "CHECKPOINT;\n" x 200);
	$node->safe_psql('postgres', qq(
		BEGIN; CREATE TABLE crash$round$_ (id bigint, n int, t text, p bigint); INSERT INTO crash$round$_ SELECT * FROM src.item; COMMIT;)) foreach 1 .. 5;
	my $open = $node->background_psql('postgres');

	$open->query_until(qr/inserted/, "BEGIN; CREATE TABLE open$round (id bigint, n int, t text, p bigint);\n"
		. "INSERT INTO open$round SELECT * FROM src.item;\n\\echo inserted\n");
	$node->stop('immediate');
	$node->start;
	eval { $_->quit } foreach $checkpoints, $open;
	is($node->safe_psql('postgres', sprintf($sum, "crash$round$_")), $wanted{item}, "round $round, table $_ after a crash") foreach 1 .. 5;
	is($node->safe_psql('postgres', "SELECT count(*) FROM verify_heapam('crash${round}5')"), 0, 'its pages are sound');
	# all pages have right checksums, or the read above would have failed
	is($node->safe_psql('postgres', "SELECT to_regclass('open$round') IS NULL"), 't', 'what was not committed is gone');
}

# WAL for logical decoding, and none at all
$node->append_conf('postgresql.conf', 'wal_level = logical');
$node->restart;
is($node->safe_psql('postgres', q(
	SELECT 1 FROM pg_create_logical_replication_slot('s', 'test_decoding');
	BEGIN; CREATE TABLE decoded (id bigint, n int, t text, p bigint); INSERT INTO decoded SELECT * FROM src.item; COMMIT;
	SELECT count(*) FROM pg_logical_slot_get_changes('s', NULL, NULL) WHERE data LIKE 'table public.decoded: INSERT%';
	SELECT pg_drop_replication_slot('s');)), "1\n30000\n", 'logical decoding sees every row');
$node->append_conf('postgresql.conf', "wal_level = minimal\nmax_wal_senders = 0\nwal_skip_threshold = 0");
$node->restart;
foreach my $threshold ('0', '1GB')
{
	$node->safe_psql('postgres', qq(
		SET wal_skip_threshold = '$threshold';
		BEGIN; DROP TABLE IF EXISTS minimal; CREATE TABLE minimal (id bigint, n int, t text, p bigint); INSERT INTO minimal SELECT * FROM src.item; COMMIT;));
	$node->stop('immediate');
	$node->start;
	is($node->safe_psql('postgres', sprintf $sum, 'minimal'), $wanted{item}, "wal_level = minimal, wal_skip_threshold = $threshold");
}

# an error leaves the server able to make checkpoints, and no storage
($out, $err) = run_sql(q(
	BEGIN; CREATE TABLE failed (id bigint CHECK (id < 29000));
	SELECT pg_relation_filepath('failed') AS path \gset
	SAVEPOINT s; TRUNCATE failed; INSERT INTO failed SELECT id FROM src.item; ROLLBACK TO s;
	COMMIT;
	CHECKPOINT;
	SELECT count(*) FROM failed;));
is($out, '0', 'an error takes the rows away');
like($err, qr/violates check constraint.*bulk insertion of row 29000/s, 'its context names the row');

$node->stop;
done_testing();
