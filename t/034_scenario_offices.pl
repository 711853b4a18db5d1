# SQLite as a working store beside PostgreSQL: examples/district_offices, run as a
# user runs it.  Both directions in one transaction, again and again, with
# failures on either side in the middle.  Not in pg_regress because of the second
# process that locks the file, and of the artifact of 50 MB.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use Digest::SHA;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $source = "$FindBin::RealBin/..";
my $node = start_server('offices');
my $dir = PostgreSQL::Test::Utils::tempdir;
my $path = make_sqlite("$dir/district_offices.db", slurp_file("$source/data/scenario_offices.sql"));

$node->safe_psql('postgres', q(
	CREATE TABLE members (bioguideid varchar PRIMARY KEY, currentmember boolean NOT NULL, officialwebsiteurl text,
		firstname varchar, lastname varchar, state varchar(2));
	CREATE TABLE members_contact (bioguideid varchar PRIMARY KEY, contact_page text NOT NULL);
	CREATE TABLE district_offices (office_id varchar PRIMARY KEY, bioguide_id varchar NOT NULL REFERENCES members, address text, suite text,
		building text, city text, state varchar(2), zip varchar(10), phone varchar(20), fax varchar(20), hours text);
	INSERT INTO members VALUES
		('A000001', true, 'https://adams.example', 'Ada', 'Adams', 'TX'),
		('B000002', true, 'https://brown.example', 'Bea', 'Brown', 'NY'),
		('C000003', true, NULL, 'Zoë', NULL, 'WA'),
		('D000004', false, NULL, 'Not', 'Current', 'ME');
	INSERT INTO members_contact SELECT bioguideid, 'https://' || lower(bioguideid) || '.example/contact' FROM members;
	INSERT INTO district_offices (office_id, bioguide_id, city) VALUES ('a-1', 'A000001', 'an older address');));

# Runs a script of the example; returns exit status, output, errors.
sub script
{
	my ($name, @variables) = @_;
	my ($out, $err) = ('', '');
	my $ok = IPC::Run::run([ 'psql', '-X', '-q', '-A', '-t', '-d', $node->connstr('postgres'), @variables, '-f', "$source/examples/district_offices/$name" ],
		'>', \$out, '2>', \$err);

	chomp $out;
	return ($ok ? 0 : 1, $out, $err);
}

# All that either side holds.
sub everything
{
	return join "\n", sqlite_rows($path, 'SELECT * FROM members ORDER BY 1; SELECT * FROM members_contact ORDER BY 1; SELECT * FROM validated_offices ORDER BY 1;'),
	  $node->safe_psql('postgres', 'SELECT * FROM district_offices ORDER BY 1; SELECT members, contacts, offices FROM sync_log ORDER BY id');
}

my ($status, $out, $err) = script('setup.sql', '-v', "sqlite_file=$path");
is($status, 0, 'setup.sql') or diag $err;

# the first run
($status, $out, $err) = script('sync.sql');
is("$status $out", '0 synced 2 members, 3 contacts, 2 offices', 'the first run') or diag $err;
is(join("\n", sqlite_rows($path, 'SELECT *, typeof(currentmember) FROM members ORDER BY 1')), join("\n",
	'A000001|1|https://adams.example|Ada Adams|TX|integer',
	'B000002|1|https://brown.example|Bea Brown|NY|integer',
	'C000003|1||Zoë|WA|integer',
	'Z000009|0||Retired Member|CA|integer'), 'members in SQLite: changed, new, and one that is not upstream');
is(join("\n", sqlite_rows($path, 'SELECT * FROM members_contact ORDER BY 1')), join("\n",
	map { "$_|https://" . lc($_) . '.example/contact' } 'A000001', 'B000002', 'C000003'), 'contact pages in SQLite');
is($node->safe_psql('postgres', 'SELECT office_id, bioguide_id, address, suite, city, phone FROM district_offices ORDER BY 1'),
	"a-1|A000001|1 Main St||Austin|512-555-0100\na-2|A000001|2 Oak Ave|Suite 7|Waco|254-555-0101", 'offices in PostgreSQL: updated and new');
like(join("\n", sqlite_rows($path, 'SELECT office_id, synced_to_upstream, typeof(synced_to_upstream), synced_at, validated_at FROM validated_offices ORDER BY 1')),
	qr/\A a-1\|1\|integer\|(\d{4}-\d\d-\d\d\ \d\d:\d\d:\d\d\.\d{6})\|2025-01-03\ 09:00:00\.000000\n
	a-2\|1\|integer\|\1\|2025-01-03\ 09:30:00\.123456\n
	b-1\|1\|integer\|2025-01-02\ 20:00:00\.000000\|2025-01-02\ 08:00:00\.000000\z/x, 'SQLite knows which are synced; times in the form SQLAlchemy writes');

# the second one moves nothing
my $before = everything();
($status, $out, $err) = script('sync.sql');
is("$status $out", '0 synced 0 members, 0 contacts, 0 offices', 'the second run') or diag $err;
is(everything(), "$before\n0|0|0", '... has changed nothing, and has a row in the log');

# work goes on: both sides change
sqlite_rows($path, q(INSERT INTO validated_offices (office_id, bioguide_id, city, state, validated_at, synced_to_upstream)
	VALUES ('c-1', 'C000003', 'Seattle', 'WA', '2025-02-01 10:00:00.000000', 0);
	UPDATE validated_offices SET phone = '512-555-0199', synced_to_upstream = 0 WHERE office_id = 'a-1';));
$node->safe_psql('postgres', q(UPDATE members SET lastname = 'Brown-Smith' WHERE bioguideid = 'B000002'));
($status, $out, $err) = script('sync.sql');
is("$status $out", '0 synced 1 members, 0 contacts, 2 offices', 'a run with changes on both sides') or diag $err;
is($node->safe_psql('postgres', q(SELECT office_id, phone, city FROM district_offices WHERE office_id IN ('a-1', 'c-1') ORDER BY 1)),
	"a-1|512-555-0199|Austin\nc-1||Seattle", 'offices are updated and added');

# PostgreSQL refuses a row: SQLite, which has been written before, is as it was
sqlite_rows($path, q(INSERT INTO validated_offices (office_id, bioguide_id, state, synced_to_upstream) VALUES ('x-1', 'Z000009', 'CA', 0)));
$node->safe_psql('postgres', q(UPDATE members SET lastname = 'Jones' WHERE bioguideid = 'A000001'));
$before = everything();
($status, $out, $err) = script('sync.sql');
isnt($status, 0, 'a row that PostgreSQL refuses');
like($err, qr/violates foreign key constraint/, '... its error');
is(everything(), $before, '... neither side has changed');
sqlite_rows($path, q(DELETE FROM validated_offices WHERE office_id = 'x-1'));

# SQLite refuses: a trigger of the application
sqlite_rows($path, q(CREATE TRIGGER refuse BEFORE UPDATE ON validated_offices WHEN NEW.office_id = 'a-2' BEGIN SELECT RAISE(ABORT, 'frozen'); END;
	UPDATE members SET name = 'Changed' WHERE bioguideid = 'B000002';));
sqlite_rows($path, q(DROP TRIGGER refuse; UPDATE validated_offices SET synced_to_upstream = 0 WHERE office_id = 'a-2';
	CREATE TRIGGER refuse BEFORE UPDATE ON validated_offices WHEN NEW.office_id = 'a-2' BEGIN SELECT RAISE(ABORT, 'frozen'); END;));
$node->safe_psql('postgres', q(UPDATE district_offices SET city = 'to be overwritten' WHERE office_id = 'a-2'));
$before = everything();
($status, $out, $err) = script('sync.sql');
isnt($status, 0, 'a row that SQLite refuses');
like($err, qr/frozen/, '... its error');
is(everything(), $before, '... neither side has changed');
sqlite_rows($path, 'DROP TRIGGER refuse');

# another process holds the file locked
$node->safe_psql('postgres', q(ALTER SERVER offices_sqlite OPTIONS (ADD busy_timeout '300')));
my ($in, $lock_out) = ("BEGIN IMMEDIATE;\nSELECT 'locked';\n", '');
my $locker = IPC::Run::start([ sqlite_shell(), $path ], '<', \$in, '>', \$lock_out, IPC::Run::timeout(60));
$locker->pump until $lock_out =~ /locked/;
($status, $out, $err) = script('sync.sql', '-v', 'VERBOSITY=verbose');
isnt($status, 0, 'a file that another process has locked');
like($err, qr/55P03: SQLite database "district_offices.db" is locked by another process/, '... its error');
$in = "ROLLBACK;\n.quit\n";
$locker->finish;
is(everything(), $before, '... neither side has changed');
($status, $out, $err) = script('sync.sql');
is("$status $out", '0 synced 2 members, 0 contacts, 1 offices', 'the same, once it is free') or diag $err;

# artifacts: nothing, a megabyte and fifty, there and back
my %file = (1 => '', 2 => '<p>Büro</p>');
sqlite_rows($path, q(INSERT INTO artifacts (id, extraction_id, artifact_type, filename, content, file_size)
	VALUES (3, 2, 'html', 'm', randomblob(1000000), 1000000), (4, 2, 'screenshot', 'l', randomblob(50 * 1024 * 1024), 50 * 1024 * 1024)));
sqlite_rows($path, "SELECT writefile('$dir/artifact' || id, content) FROM artifacts");
foreach my $id (1 .. 4)
{
	my $sha = Digest::SHA->new(256);

	$sha->addfile("$dir/artifact$id", 'b');
	$file{$id} = $sha->hexdigest;
}
is($node->safe_psql('postgres', q(SELECT id, encode(sha256(content), 'hex') FROM work.artifacts ORDER BY id)),
	join("\n", map { "$_|$file{$_}" } 1 .. 4), 'artifacts are read as they are');
$node->safe_psql('postgres', q(INSERT INTO work.artifacts (extraction_id, artifact_type, filename, content, compressed, created_at)
	SELECT 1, artifact_type, 'copy of ' || id, content, true, '2025-03-04 05:06:07' FROM work.artifacts ORDER BY id));
is(join("\n", sqlite_rows($path, q(SELECT id, a.filename, a.content IS b.content, typeof(a.content), length(a.content), a.compressed, a.created_at
	FROM artifacts a JOIN artifacts b ON a.filename = 'copy of ' || b.id ORDER BY id) =~ s/SELECT id/SELECT a.id/r =~ s/ORDER BY id/ORDER BY a.id/r)), join("\n",
	map { ($_ + 4) . "|copy of $_|1|blob|" . (0, 12, 1000000, 50 * 1024 * 1024)[ $_ - 1 ] . '|1|2025-03-04 05:06:07.000000' } 1 .. 4),
	'artifacts are written as they are, with new ids');

# foreign keys of SQLite hold, and cascade
$node->safe_psql('postgres', 'DELETE FROM work.extractions WHERE id = 2');
is(join(',', sqlite_rows($path, 'SELECT id FROM artifacts ORDER BY id')), '1,2,5,6,7,8', 'artifacts go with their extraction');
($status, $out, $err) = $node->psql('postgres', "\\set VERBOSITY verbose\nINSERT INTO work.artifacts (extraction_id, artifact_type, filename, content) VALUES (99, 'html', 'x', '')");
like($err, qr/ERROR:  23503/, 'an artifact without extraction is refused');
is(join(',', sqlite_rows($path, 'PRAGMA integrity_check; PRAGMA foreign_key_check;')), 'ok', 'the file is sound');

$node->stop;
done_testing();
