# What the TAP tests share: a server with the extension, SQLite files made by the
# sqlite3 shell, and the seed of those that use random inputs.
package SqliteMigrate;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(start_server make_sqlite sqlite_shell sqlite_rows sql_literal corpus_files random_seed);

# A running server with the extension in database postgres.
sub start_server
{
	my ($name) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init;
	$node->append_conf('postgresql.conf', "timezone = 'UTC'");
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION sqlite_fdw_migrate');
	return $node;
}

# The command that runs the sqlite3 shell.  Strings in double quotes are allowed,
# as in the library; newer shells switch them off.
sub sqlite_shell
{
	my @commands = ('.output /dev/null', '.dbconfig dqs_ddl on', '.dbconfig dqs_dml on', '.output stdout');

	return ('sqlite3', '-batch', map { ('-cmd', $_) } @commands);
}

# Makes a SQLite file from SQL text; returns its path.
sub make_sqlite
{
	my ($path, $sql) = @_;

	unlink $path, "$path-wal", "$path-shm", "$path-journal";
	sqlite_rows($path, $sql);
	return $path;
}

# Runs SQL in the sqlite3 shell, in list mode; returns its output's lines.
sub sqlite_rows
{
	my ($path, $sql) = @_;
	my ($out, $err) = ('', '');

	IPC::Run::run([ sqlite_shell(), '-bail', $path ],
		'<', \$sql, '>', \$out, '2>', \$err)
	  or die "sqlite3 $path: $err";
	return split /\n/, $out;
}

# Quotes a string for SQL.
sub sql_literal
{
	my ($string) = @_;

	$string =~ s/'/''/g;
	return "'$string'";
}

# Seeds Perl's rand() of a test with random inputs; returns the seed.  It is the
# same one in each run, so that what fails is what was changed: SFM_SEED=random
# takes a new one, SFM_SEED=NUMBER repeats the run that printed the number.
# To be called when server and temporary directory are there: File::Temp calls
# rand() for a name, and once more if another process has taken the name.
sub random_seed
{
	my ($fixed) = @_;
	my $seed = $ENV{SFM_SEED} // $fixed;

	# Perl's own seed is new in each process
	$seed = int(rand(1e9)) if $seed eq 'random';
	die "SFM_SEED is neither a number nor \"random\": $seed\n" unless $seed =~ /^\d{1,9}$/;
	diag "SFM_SEED=$seed" . ($seed eq $fixed ? ', the same in each run' : '');
	srand $seed;
	return $seed;
}

# Copies of the real SQLite files that the environment variable SFM_CORPUS
# points to; an empty list, and a line that says so, where there are none.
sub corpus_files
{
	my ($directory) = @_;
	my $corpus = $ENV{SFM_CORPUS};
	my @files;

	if (!defined $corpus || !-d $corpus)
	{
		diag 'no corpus of real SQLite files: set SFM_CORPUS to its folder';
		return ();
	}
	opendir(my $handle, $corpus) or die "could not open $corpus: $!";
	foreach my $name (sort readdir $handle)
	{
		next if $name =~ /^\.|\.md$|^README/;
		system('cp', "$corpus/$name", "$directory/$name") == 0
		  or die "could not copy $name";
		chmod 0600, "$directory/$name";
		push @files, "$directory/$name" unless $name =~ /-(wal|shm|journal)$/;
	}
	closedir $handle;
	return @files;
}

1;
