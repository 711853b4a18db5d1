# sqlite_load() has a fast way and INSERT ... SELECT: both must come to the
# same.  Every kind of target is filled both ways, and rows, errors and
# rejects are compared.  Not in pg_regress because cancel, a view of progress
# from another session and shards in other clusters are needed, too.
#
# The slow way is forced by a trigger that is disabled.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = start_server('bulk_load');
my $dir = PostgreSQL::Test::Utils::tempdir;
my $path = make_sqlite("$dir/bulk.db", q(
	CREATE TABLE item (id INTEGER PRIMARY KEY, n INTEGER, r REAL, t TEXT,
		d DATETIME, f BOOLEAN, b BLOB, p INTEGER);
	INSERT INTO item WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 2500)
		SELECT x, x % 100, x / 7.0, CASE WHEN x % 5 THEN 'text ' || x END,
			datetime('2024-01-01', x || ' minutes'), x % 2, randomblob(x % 40),
			nullif(x / 10, 0) FROM c;
	CREATE TABLE wide (id INTEGER PRIMARY KEY, a TEXT, b BLOB, c TEXT);
	INSERT INTO wide WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 60)
		SELECT x, hex(randomblob(x * 300)), randomblob(x * 20000),
			replace(hex(zeroblob(x * 500)), '00', 'abc') FROM c;
	CREATE TABLE twice (id INTEGER PRIMARY KEY, k INTEGER);
	INSERT INTO twice VALUES (1, 1), (2, 2), (3, 1), (4, NULL), (5, NULL);
	CREATE TABLE bad (id INTEGER PRIMARY KEY, n INTEGER, m INTEGER);
	INSERT INTO bad VALUES (1, 1, 1), (2, 'x', 2), (3, 3, NULL), (4, 'y', 'z'), (5, 5, 5);
	CREATE TABLE kinds (id INTEGER PRIMARY KEY, u TEXT, j TEXT, e TEXT, a TEXT);
	INSERT INTO kinds VALUES (1, '6c1a5b0e-9f6d-4a53-8f5a-0f7a4c1d2e3f', '{"a": [1]}', 'red', '[1,2,3]'),
		(2, NULL, 'null', 'green', '[]');
	CREATE TABLE empty (id INTEGER PRIMARY KEY, n INTEGER);
	CREATE VIEW forever AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)
		SELECT x AS id, 'row ' || x AS t FROM c;));

$node->safe_psql('postgres', qq(
	CREATE EXTENSION pageinspect;
	CREATE SERVER bulk FOREIGN DATA WRAPPER sqlite_fdw_migrate OPTIONS (database '$path');
	CREATE SCHEMA src; CREATE SCHEMA fast; CREATE SCHEMA slow;
	IMPORT FOREIGN SCHEMA main EXCEPT (forever) FROM SERVER bulk INTO src OPTIONS (infer_types 'off');
	CREATE FOREIGN TABLE src.forever (id bigint, t text) SERVER bulk;
	CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
	CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.t = upper(NEW.t); RETURN NEW; END';
	CREATE TYPE color AS ENUM ('red', 'green');
	CREATE DOMAIN small AS integer CHECK (VALUE < 2000);
	CREATE DOMAIN seven AS integer NOT NULL DEFAULT 7;
	CREATE DOMAIN needed AS integer NOT NULL;
	CREATE TABLE parent (id bigint PRIMARY KEY);
	INSERT INTO parent SELECT generate_series(1, 250);
	CREATE FUNCTION attempt(source regclass, target regclass, bad text, deferred boolean) RETURNS text
	LANGUAGE plpgsql AS \$\$
	DECLARE result text; detail text;
	BEGIN
		result := sqlite_load(source, target, on_bad_value => bad);
		IF deferred THEN SET CONSTRAINTS ALL IMMEDIATE; END IF;
		RETURN result;
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
		RETURN concat_ws(' / ', SQLSTATE, SQLERRM, detail);
	END \$\$;));

# Runs SQL; returns its output and messages.
sub run_sql
{
	my ($sql) = @_;
	my ($status, $out, $err) = $node->psql('postgres', $sql, on_error_stop => 0);

	return ($out, $err);
}

# Fills two tables alike, the second the slow way; compares all that is left.
sub same_both_ways
{
	my ($name, $source, $way, $definition, %more) = @_;
	my $bad = defined $more{bad} ? "'$more{bad}'" : 'NULL';
	my $deferred = $more{deferred} ? 'true' : 'false';
	my $sql = "BEGIN;\nSET LOCAL client_min_messages = warning;\n" . (defined $more{setting} ? "$more{setting};\n" : '');

	foreach my $schema ('fast', 'slow')
	{
		$sql .= "SET LOCAL search_path = $schema, public;\nSET LOCAL client_min_messages = warning;\n$definition;\n"
		  . (defined $more{listed} ? "$more{listed};\n" : '');
		$sql .= "CREATE TRIGGER slow AFTER INSERT ON slow.t EXECUTE FUNCTION nothing();\n"
		  . "ALTER TABLE slow.t DISABLE TRIGGER slow;\n" if $schema eq 'slow' && !$more{no_trigger};
		$sql .= "SET LOCAL client_min_messages = debug1;\n"
		  . "SELECT '$schema', attempt('src.$source', '$schema.t', $bad, $deferred) AS outcome;\n"
		  . "SET LOCAL client_min_messages = warning;\n";
	}
	$sql .= qq(
		SELECT 'rows', (SELECT count(*) FROM fast.t) = (SELECT count(*) FROM slow.t),
			(SELECT md5(string_agg(t::text, '|' ORDER BY t::text COLLATE "C")) FROM fast.t)
			IS NOT DISTINCT FROM (SELECT md5(string_agg(t::text, '|' ORDER BY t::text COLLATE "C")) FROM slow.t);
		SELECT 'rejects', replace(target_table, 'fast', ''), row_id, column_name, raw_value, action, reason
		  FROM sqlite_rejects WHERE target_table LIKE 'fast%' ORDER BY 3, 4;
		SELECT 'rejects', replace(target_table, 'slow', ''), row_id, column_name, raw_value, action, reason
		  FROM sqlite_rejects WHERE target_table LIKE 'slow%' ORDER BY 3, 4;
		ROLLBACK;);
	my ($out, $err) = run_sql($sql);
	my ($fast) = $out =~ /^fast\|(.*?)$/m;
	my ($slow) = $out =~ /^slow\|(.*?)$/m;
	my @rejects = $out =~ /^(rejects\|.*)$/mg;
	my $half = @rejects / 2;
	my ($rows_line) = $out =~ /^(rows\|.*)$/m;
	my @ways = $err =~ /is loaded (in bulk|by INSERT \.\.\. SELECT: .*)$/mg;

	is($fast, $slow, "$name: the same outcome: " . ($slow // $err));
	is($rows_line, 'rows|t|t', "$name: the same rows");
	is(join("\n", splice(@rejects, 0, $half)), join("\n", @rejects), "$name: the same rejects");
	like($ways[0] // '', $way eq 'bulk' ? qr/^in bulk$/ : qr/$way/, "$name: way");
	like($ways[1] // '', qr/by INSERT/, "$name: the other way") unless $more{no_trigger};
	like($slow, $more{outcome}, "$name: outcome") if defined $more{outcome};
	return;
}

my $item = 'id bigint, n bigint, r float8, t text, d timestamp, f boolean, b bytea, p bigint';

# rows, order of columns, casts
same_both_ways('plain', 'item', 'bulk', "CREATE TABLE t ($item)", outcome => qr/^2500$/);
same_both_ways('other order, lost columns', 'item', 'bulk', 'CREATE TABLE t (t text, x int, id bigint, f boolean)');
same_both_ways('casts', 'item', 'bulk',
	'CREATE TABLE t (p numeric, n smallint, id text, t varchar(20), r float8, f text, d timestamp(0))',
	setting => 'ALTER FOREIGN TABLE src.item ALTER d TYPE timestamp(0)');
same_both_ways('casts and checks', 'item', 'bulk',
	'CREATE TABLE t (id int CHECK (id > 0), n int, g int GENERATED ALWAYS AS (n + id) STORED, t varchar(20)); CREATE INDEX ON t ((n + 1))',
	outcome => qr/^2500$/);
same_both_ways('a cast fails', 'item', 'bulk', 'CREATE TABLE t (id int, t varchar(8))', outcome => qr/^22001/);
same_both_ways('char(n)', 'item', 'bulk', 'CREATE TABLE t (id int, t char(20))');
same_both_ways('empty source', 'empty', 'bulk', 'CREATE TABLE t (id int, n int DEFAULT 3)', outcome => qr/^0$/);
same_both_ways('other types', 'kinds', 'bulk', 'CREATE TABLE t (id int, u uuid, j jsonb, e color, a int[])',
	setting => 'ALTER FOREIGN TABLE src.kinds ALTER u TYPE uuid, ALTER j TYPE jsonb, ALTER e TYPE color, ALTER a TYPE int[]',
	outcome => qr/^2$/);
same_both_ways('dropped and added columns', 'item', 'bulk',
	"CREATE TABLE t (x int NOT NULL, id bigint, y text, n bigint); ALTER TABLE t DROP x, DROP y, ADD t text, ADD z int DEFAULT 4",
	setting => 'ALTER FOREIGN TABLE src.item DROP r, DROP f');

# defaults
same_both_ways('defaults', 'item', 'bulk',
	"CREATE TABLE t (s serial, id bigint, i int GENERATED BY DEFAULT AS IDENTITY (START 10 INCREMENT 5), w timestamptz DEFAULT now(), v text DEFAULT 'a' || 'b', x seven)");
same_both_ways('identity is loaded', 'item', 'bulk', 'CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY, n int)');
same_both_ways('identity is not', 'item', 'bulk', 'CREATE TABLE t (x bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int)');
same_both_ways('volatile default', 'item', 'a default is volatile', 'CREATE TABLE t (id bigint, x float8 DEFAULT random() * 0)');
same_both_ways('domain without a value', 'item', 'a domain gets no value', 'CREATE TABLE t (id bigint, x needed)', outcome => qr/^23502/);

# generated columns
same_both_ways('generated', 'item', 'bulk',
	"CREATE TABLE t (id bigint, n bigint, t text GENERATED ALWAYS AS ('n ' || n) STORED, s bigint GENERATED ALWAYS AS (id * n) STORED NOT NULL CHECK (s >= 0))");
same_both_ways('only generated', 'empty', 'bulk', 'CREATE TABLE t (x int DEFAULT 2, id bigint GENERATED ALWAYS AS (x + 1) STORED)',
	setting => q(ALTER FOREIGN TABLE src.empty DROP n, OPTIONS (SET "table" 'item')), outcome => qr/^2500$/);
same_both_ways('a check of a generated column fails', 'item', 'bulk',
	'CREATE TABLE t (id bigint, s bigint GENERATED ALWAYS AS (id * 2) STORED CHECK (s < 3000))', outcome => qr/^23514/);

# constraints
same_both_ways('NOT NULL fails', 'item', 'bulk', "CREATE TABLE t (id bigint, t text NOT NULL)", outcome => qr/^23502/);
same_both_ways('NOT NULL skips', 'item', 'bulk', "CREATE TABLE t (id bigint, t text NOT NULL)", bad => 'skip', outcome => qr/^2000$/);
same_both_ways('CHECK fails', 'item', 'bulk', 'CREATE TABLE t (id bigint, n int, CHECK (id < 1500 OR n < 50))', outcome => qr/^23514/);
same_both_ways('volatile CHECK', 'item', 'a constraint is volatile',
	'CREATE TABLE t (id bigint CHECK (random() <= 1))');
same_both_ways('domain fails', 'item', 'bulk', 'CREATE TABLE t (id small)', outcome => qr/^23514/);
same_both_ways('domain of the source', 'item', 'bulk', 'CREATE TABLE t (id small)',
	setting => 'ALTER FOREIGN TABLE src.item ALTER id TYPE small', bad => 'skip', outcome => qr/^1999$/);
same_both_ways('bad values are null', 'bad', 'bulk', 'CREATE TABLE t (id int, n int, m int)', bad => 'null', outcome => qr/^5$/);
same_both_ways('bad values skip', 'bad', 'bulk', 'CREATE TABLE t (id int PRIMARY KEY, n int, m int NOT NULL)', bad => 'skip', outcome => qr/^2$/);
same_both_ways('bad values fail', 'bad', 'bulk', 'CREATE TABLE t (id int, n int, m int)', outcome => qr/^22P02/);

# keys
same_both_ways('keys', 'item', 'bulk',
	'CREATE TABLE t (id bigint PRIMARY KEY, n int, t text UNIQUE, d timestamp, UNIQUE (n, id)); CREATE INDEX ON t (lower(t)) WHERE n > 3; CREATE INDEX ON t USING hash (n); CREATE INDEX ON t USING brin (d)');
same_both_ways('GIN', 'item', 'bulk', "CREATE TABLE t (id bigint, t text); CREATE INDEX ON t USING gin (to_tsvector('simple', t))");
same_both_ways('duplicate', 'twice', 'bulk', 'CREATE TABLE t (id int PRIMARY KEY, k int UNIQUE)', outcome => qr/^23505/);
same_both_ways('deferrable duplicate', 'twice', 'bulk', 'CREATE TABLE t (id int, k int UNIQUE DEFERRABLE)', outcome => qr/^23505/);
same_both_ways('deferred duplicate', 'twice', 'bulk', 'CREATE TABLE t (id int, k int UNIQUE DEFERRABLE INITIALLY DEFERRED)',
	deferred => 1, outcome => qr/^23505/);
same_both_ways('deferred duplicate that is let go', 'twice', 'bulk', 'CREATE TABLE t (id int, k int UNIQUE DEFERRABLE INITIALLY DEFERRED)',
	outcome => qr/^5$/);
same_both_ways('exclusion', 'twice', 'bulk', 'CREATE TABLE t (id int, k int, EXCLUDE USING btree (k WITH =))', outcome => qr/^23P01/);
same_both_ways('foreign key', 'item', 'bulk', 'CREATE TABLE t (id bigint PRIMARY KEY, p bigint REFERENCES public.parent)', outcome => qr/^2500$/);
same_both_ways('broken foreign key', 'item', 'bulk', 'CREATE TABLE t (id bigint REFERENCES public.parent)', outcome => qr/^23503/);
same_both_ways('deferred foreign key', 'item', 'bulk', 'CREATE TABLE t (id bigint REFERENCES public.parent DEFERRABLE INITIALLY DEFERRED)',
	deferred => 1, outcome => qr/^23503/);
same_both_ways('self reference', 'item', 'bulk', 'CREATE TABLE t (id bigint PRIMARY KEY, p bigint REFERENCES t)', outcome => qr/^2500$/);
same_both_ways('replica', 'item', 'bulk', 'CREATE TABLE t (id bigint REFERENCES public.parent)',
	setting => 'SET LOCAL session_replication_role = replica', outcome => qr/^2500$/);

# storage
same_both_ways('unlogged', 'item', 'bulk', "CREATE UNLOGGED TABLE t ($item)");
same_both_ways('wide rows', 'wide', 'bulk', 'CREATE TABLE t (id int, a text, b bytea, c text)', outcome => qr/^60$/);
same_both_ways('wide rows as they are', 'wide', 'bulk',
	'CREATE TABLE t (id int PRIMARY KEY, a text, b bytea, c text); ALTER TABLE t ALTER a SET STORAGE EXTERNAL, ALTER c SET STORAGE MAIN');
same_both_ways('fillfactor', 'item', 'bulk', "CREATE TABLE t ($item) WITH (fillfactor = 30)");

# what needs INSERT
same_both_ways('BEFORE trigger', 'item', 'it has triggers',
	"CREATE TABLE t ($item); CREATE TRIGGER shout BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION shout()");
same_both_ways('AFTER trigger', 'item', 'it has triggers',
	"CREATE TABLE t ($item); CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION nothing()");
same_both_ways('transition table', 'item', 'it has triggers',
	"CREATE TABLE t ($item); CREATE TRIGGER x AFTER INSERT ON t REFERENCING NEW TABLE AS new EXECUTE FUNCTION nothing()");
same_both_ways('a trigger for UPDATE only', 'item', 'bulk',
	"CREATE TABLE t ($item); CREATE TRIGGER x BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION shout()");
same_both_ways('rule', 'item', 'it has rules',
	"CREATE TABLE t ($item); CREATE RULE r AS ON INSERT TO t WHERE NEW.id > 10 DO INSTEAD NOTHING", outcome => qr/^\d+$/);
same_both_ways('view', 'item', 'it is not an ordinary table', "CREATE TABLE base ($item); CREATE VIEW t AS SELECT * FROM base", no_trigger => 1);
same_both_ways('partitions', 'item', 'it is not an ordinary table',
	"CREATE TABLE t ($item) PARTITION BY RANGE (id); CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (1000); CREATE TABLE t2 PARTITION OF t DEFAULT");
same_both_ways('a partition', 'item', 'it is a partition',
	"CREATE TABLE p ($item) PARTITION BY RANGE (id); CREATE TABLE t PARTITION OF p FOR VALUES FROM (0) TO (1000)", outcome => qr/^23514/);
same_both_ways('a child', 'item', 'bulk', "CREATE TABLE p (id bigint, n int); CREATE TABLE t (t text) INHERITS (p)");
same_both_ways('a parent', 'item', 'bulk', "CREATE TABLE t (id bigint, n int); CREATE TABLE c (x text) INHERITS (t)");
same_both_ways('a source with children', 'item', 'the foreign table has children', "CREATE TABLE t ($item)",
	setting => "CREATE FOREIGN TABLE child () INHERITS (src.item) SERVER bulk OPTIONS (\"table\" 'item')", outcome => qr/^5000$/);

# extensions that keep rows elsewhere list their tables
same_both_ways('a distributed table', 'item', 'an extension keeps its rows',
	'CREATE TABLE t (id bigint, t text)', setting => q(
		SET LOCAL allow_system_table_mods = on;
		CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass)), listed => q(
		INSERT INTO pg_catalog.pg_dist_partition VALUES ('t')));
same_both_ways('another table than the distributed ones', 'item', 'bulk',
	'CREATE TABLE t (id bigint, t text)', setting => q(
		SET LOCAL allow_system_table_mods = on;
		CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass)));
same_both_ways('a hypertable', 'item', 'an extension keeps its rows',
	'CREATE TABLE t (id bigint, t text)', setting => q(
		CREATE SCHEMA _timescaledb_catalog;
		CREATE TABLE _timescaledb_catalog.hypertable (schema_name name, table_name name)), listed => q(
		INSERT INTO _timescaledb_catalog.hypertable VALUES (current_schema(), 't')));

# temporary tables, and read-only transactions, which may fill them
my ($out, $err) = run_sql(q(
	CREATE TEMP TABLE t (id bigint, t text);
	SET client_min_messages = debug1;
	SELECT sqlite_load('src.item', 't');
	TRUNCATE t;
	BEGIN READ ONLY; SELECT sqlite_load('src.twice', 't'); ROLLBACK;
	SELECT count(*) FROM t;));
is($out, "2500\n5\n0", 'temporary table') or diag $err;
like($err, qr/in bulk.*by INSERT \.\.\. SELECT: the transaction is read-only/s, 'temporary table: way');

# privileges
$node->safe_psql('postgres', q(
	CREATE ROLE regress_sfm_loader;
	CREATE TABLE target (id bigint, n bigint, t text);
	GRANT USAGE ON SCHEMA src TO regress_sfm_loader;));
foreach my $case (
	[ 'nothing', '', qr/42501: permission denied/ ],
	[ 'no SELECT on the source', 'GRANT INSERT, SELECT ON target TO regress_sfm_loader', qr/42501: permission denied for foreign table item/ ],
	[ 'SELECT on another column', 'GRANT SELECT (id, n) ON src.item TO regress_sfm_loader', qr/42501: permission denied for foreign table item/ ],
	[ 'SELECT on the columns', 'GRANT SELECT (t) ON src.item TO regress_sfm_loader', undef ],
	[ 'INSERT on another column', 'REVOKE INSERT ON target FROM regress_sfm_loader; GRANT INSERT (id, n) ON target TO regress_sfm_loader',
		qr/42501: permission denied for table target/ ],
	[ 'INSERT on the columns', 'GRANT INSERT (t) ON target TO regress_sfm_loader', undef ],
	[ 'row security', q(ALTER TABLE target ENABLE ROW LEVEL SECURITY), qr/42501: cannot tell whether table "target" holds rows/ ])
{
	my ($name, $grant, $error) = @$case;

	$node->safe_psql('postgres', $grant);
	foreach my $way ('DISABLE', 'ENABLE')
	{
		($out, $err) = run_sql(qq(
			\\set VERBOSITY verbose
			BEGIN;
			) . ($way eq 'ENABLE' ? 'CREATE TRIGGER x AFTER INSERT ON target EXECUTE FUNCTION nothing();' : '') . q(
			SET ROLE regress_sfm_loader;
			SELECT sqlite_load('src.item', 'target');
			ROLLBACK;));
		if (defined $error)
		{
			like($err, $error, "privileges: $name, triggers $way");
		}
		else
		{
			is($out, '2500', "privileges: $name, triggers $way") or diag $err;
		}
	}
}

# context of errors: table, column, row
foreach my $case (
	[ 'cast', 'id int, t varchar(8)', qr/column "t" of foreign table "item", rowid 1001\b.*loading table "t" from foreign table "item", rowid 1001/s ],
	[ 'check', 'id int CHECK (id < 1234)', qr/loading table "t" from foreign table "item", rowid 1234/ ],
	[ 'unique', 'n int PRIMARY KEY', qr/loading table "t" from foreign table "item", row 101\b/ ])
{
	my ($name, $columns, $context) = @$case;

	($out, $err) = run_sql("CREATE TABLE t ($columns); SELECT sqlite_load('src.item', 't'); DROP TABLE t;");
	like($err, $context, "context of an error: $name");
}

# frozen rows: where COPY FREEZE would be allowed, and nowhere else
foreach my $case (
	[ 'created', 'BEGIN; CREATE TABLE f (id int);', 1 ],
	[ 'truncated', 'CREATE TABLE f (id int); BEGIN; TRUNCATE f;', 1 ],
	[ 'older', 'CREATE TABLE f (id int); BEGIN;', 0 ],
	[ 'created before a savepoint', 'BEGIN; CREATE TABLE f (id int); SAVEPOINT s;', 0 ],
	[ 'created in a released savepoint', 'BEGIN; SAVEPOINT s; CREATE TABLE f (id int); RELEASE s;', 1 ],
	[ 'open cursor', 'BEGIN; CREATE TABLE f (id int); DECLARE c CURSOR FOR SELECT 1;', 0 ])
{
	my ($name, $begin, $frozen) = @$case;

	($out, $err) = run_sql(qq($begin
		SELECT sqlite_load('src.item', 'f');
		COMMIT;
		SELECT count(*) FROM f;
		SELECT bool_and(t_infomask & 768 = 768), bool_or(t_infomask & 768 = 768) FROM heap_page_items(get_raw_page('f', 0));
		DROP TABLE f;));
	is($out, $frozen ? "2500\n2500\nt|t" : "2500\n2500\nf|f", "frozen: $name") or diag $err;
}
($out, $err) = run_sql(q(
	BEGIN; CREATE TABLE f (id int);
	SELECT sqlite_load('src.item', 'f') UNION ALL SELECT count(*) FROM f;
	ROLLBACK;));
is($out, "2500\n0", 'a query that looks at the table sees its own snapshot') or diag $err;
($out, $err) = run_sql(q(
	BEGIN; CREATE TABLE f (id int); SAVEPOINT s;
	SELECT sqlite_load('src.item', 'f'); ROLLBACK TO s;
	SELECT count(*) FROM f; COMMIT; DROP TABLE f;));
is($out, "2500\n0", 'a savepoint takes rows back') or diag $err;
($out, $err) = run_sql(q(
	SELECT count(*) FROM sqlite_migrate('src', 'moved', exclude => '{forever,bad}') WHERE status = 'failed';
	SELECT bool_and(t_infomask & 768 = 768) FROM heap_page_items(get_raw_page('moved.item', 0));));
is($out, "0\nt", 'sqlite_migrate freezes rows') or diag $err;

# cancel leaves nothing
$node->safe_psql('postgres', 'CREATE TABLE endless (id bigint PRIMARY KEY, t text)');
($out, $err) = run_sql(q(
	\set VERBOSITY verbose
	SET statement_timeout = '700ms';
	SELECT sqlite_load('src.forever', 'endless');
	SET statement_timeout = 0;
	SELECT count(*) FROM endless;
	SELECT sqlite_load('src.twice', 'endless');
	SELECT count(*) FROM pg_stat_progress_copy;));
like($err, qr/57014: canceling statement due to statement timeout/, 'statement_timeout ends a load');
is($out, "0\n5\n0", '... which leaves nothing, and the session goes on');

# progress, from another session
$node->safe_psql('postgres', 'TRUNCATE endless');
my ($in, $load_out, $load_err) = ('', '', '');
my $loader = IPC::Run::start(
	[ 'psql', '-X', '-d', $node->connstr('postgres') . ' application_name=loader',
		'-c', q(SELECT sqlite_load('src.forever', 'endless')) ],
	'<', \$in, '>', \$load_out, '2>', \$load_err, IPC::Run::timeout(60));
ok($node->poll_query_until('postgres', q(
	SELECT count(*) = 1 FROM pg_stat_progress_copy
	 WHERE relid = 'endless'::regclass AND command = 'COPY FROM' AND type = 'CALLBACK'
	   AND tuples_processed > 0 AND bytes_processed > 0 AND bytes_total >= bytes_processed)), 'progress is seen');
$node->safe_psql('postgres', q(SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'loader'));
$loader->finish;
like($load_err, qr/canceling statement due to user request/, 'pg_cancel_backend ends a load');
is($node->safe_psql('postgres', 'SELECT count(*) FROM endless'), '0', '... which leaves nothing');

# crash: rows of a load are there, or not at all
$node->safe_psql('postgres', 'CREATE TABLE kept (id bigint, t text); CREATE TABLE lost (id bigint, t text)');
$node->safe_psql('postgres', q(BEGIN; TRUNCATE kept; SELECT sqlite_load('src.item', 'kept'); COMMIT));
$node->stop('immediate');
$node->start;
is($node->safe_psql('postgres', 'SELECT (SELECT count(*) FROM kept), (SELECT count(*) FROM lost)'), '2500|0', 'rows survive a crash');

# loads within a query that is still being read, more of them than the server
# has room for searches of its portals
($out, $err) = run_sql(q(
	BEGIN;
	DO $$
	DECLARE i int;
	BEGIN
		FOR i IN SELECT g FROM generate_series(1, 120) AS g LOOP
			EXECUTE format('CREATE TABLE in_loop%s (id bigint)', i);
			PERFORM sqlite_load('src.item', format('in_loop%s', i)::regclass);
		END LOOP;
	END $$;
	SELECT (SELECT count(*) FROM in_loop1), (SELECT count(*) FROM in_loop120);
	ROLLBACK;
	BEGIN;
	CREATE TABLE at_commit (id bigint);
	DECLARE held CURSOR WITH HOLD FOR SELECT sqlite_load('src.item', 'at_commit');
	COMMIT;
	SELECT count(*) FROM at_commit;));
is($out, "2500|2500\n2500", 'loads in a loop over a query, and at COMMIT');
unlike($err, qr/ERROR|leaked/, '... leave nothing open') or diag $err;

# two shards behind foreign partitions: by INSERT, with the same result
my @shards = map { PostgreSQL::Test::Cluster->new("shard_$_") } (1, 2);
foreach my $shard (@shards)
{
	$shard->init;
	$shard->start;
	$shard->safe_psql('postgres', "CREATE TABLE part ($item)");
}
$node->safe_psql('postgres', "CREATE EXTENSION postgres_fdw; CREATE TABLE sharded ($item) PARTITION BY HASH (id); CREATE TABLE whole ($item);");
foreach my $i (0, 1)
{
	my ($host, $port) = ($shards[$i]->host, $shards[$i]->port);

	$node->safe_psql('postgres', qq(
		CREATE SERVER shard$i FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$host', port '$port', dbname 'postgres', batch_size '100');
		CREATE USER MAPPING FOR CURRENT_USER SERVER shard$i;
		CREATE FOREIGN TABLE shard_part$i PARTITION OF sharded FOR VALUES WITH (MODULUS 2, REMAINDER $i)
			SERVER shard$i OPTIONS (table_name 'part');));
}
($out, $err) = run_sql(q(
	SET client_min_messages = debug1;
	SELECT sqlite_load('src.item', 'sharded');
	SELECT sqlite_load('src.item', 'whole');
	SELECT count(*) FROM ((TABLE sharded EXCEPT ALL TABLE whole) UNION ALL (TABLE whole EXCEPT ALL TABLE sharded)) AS d;));
is($out, "2500\n2500\n0", 'shards hold the same rows') or diag $err;
like($err, qr/"sharded" is loaded by INSERT.*"whole" is loaded in bulk/s, 'shards are loaded by INSERT');
my @counts = map { $_->safe_psql('postgres', 'SELECT count(*) FROM part') } @shards;
is($counts[0] + $counts[1], 2500, "rows on the shards: @counts");
cmp_ok($counts[0] * $counts[1], '>', 0, 'both shards have rows');

done_testing();
