# What of each real SQLite file's schema arrives: per kind of object, how many
# the file has (by PRAGMAs and its SQL text), how many PostgreSQL has after
# sqlite_migrate_file, and how many have a note that says why they have not moved.
# Nothing may be lost without a word.  Views that were made return the rows that
# the sqlite3 shell returns.
#
# SFM_FILES (a regular expression) takes some files only; SFM_ALL shows all notes.
# Not in pg_regress because the corpus lies outside the project.
use strict;
use warnings FATAL => 'all';

use FindBin;
use lib $FindBin::RealBin;
use SqliteMigrate;
use SchemaCount;
use ViewRows;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $dir = PostgreSQL::Test::Utils::tempdir;
my @files = corpus_files($dir);

plan skip_all => 'no corpus of real SQLite files' unless @files;
my $wanted = $ENV{SFM_FILES} // '.';
@files = grep { (split m{/})[-1] =~ /$wanted/ } @files;

my $node = start_server('schema_corpus');

# Views whose rows are not determined, or not ours: file -> view -> reason
my %exceptions = ();

# Share of each kind that must be made, in per cent
my %goals = ('not null' => 100, 'primary key' => 100, 'unique' => 100, 'foreign key' => 100, 'index' => 100, 'partial index' => 100, 'expression index' => 100,
	'check' => 95, 'default' => 95, 'generated' => 95, 'view' => 90, 'trigger' => 80);

# A note that says that SQLite itself has not got what the object calls
my $foreign_note = qr/none of SQLite's own|no such (?:function|module)|module/i;

sub squeeze { my ($text) = @_; $text =~ s/\s+//g; return lc $text }

# Takes a signature out of a list, if it is there
sub take
{
	my ($list, $what) = @_;

	foreach my $i (0 .. $#{ $list // [] })
	{
		next unless $list->[$i] eq $what;
		splice @$list, $i, 1;
		return 1;
	}
	return 0;
}

# Was this object made?
sub is_created
{
	my ($object, $target, $notes) = @_;
	my ($kind, $table, $what) = ($object->{kind}, lc $object->{table}, $object->{what});

	return 1 if $kind eq 'default' && $object->{text} =~ /^\(?\s*null\s*\)?$/i;
	if ($kind =~ /index/)
	{
		return 1 if take($target->{index}{$table}, $what);
		# the other direction of all columns is the same to a b-tree
		return 0;
	}
	if ($kind eq 'primary key' && !take($target->{$kind}{$table}, $what))
	{
		# with NULLs in it, and said so
		return take($target->{unique}{$table}, "unique $what") && grep { $_->{note} =~ /primary key/i && $_->{object} =~ /^\Q$object->{target}\E\b/i } @$notes;
	}
	elsif ($kind eq 'primary key') { return 1 }
	if ($kind eq 'unique')
	{
		return take($target->{unique}{$table}, $what) || take($target->{index}{$table}, $what) || grep { "unique $_" eq $what } @{ $target->{'primary key'}{$table} // [] };
	}
	return take($target->{view}{$what}, $what) if $kind eq 'view';
	if ($kind eq 'trigger')
	{
		return grep { $_ eq substr $what, 0, length $_ or index($_, $what) == 0 } @{ $target->{trigger}{$table} // [] };
	}
	return take($target->{$kind}{$table}, $what);
}

# The note that names an object
sub note_about
{
	my ($object, $notes) = @_;
	my $table = $object->{target};
	my $name = squeeze($object->{name});

	foreach my $note (@$notes)
	{
		my $subject = lc $note->{object};

		next unless $subject eq lc $table || index($subject, lc "$table.") == 0 || index($subject, lc "$table(") == 0 || $subject eq lc $object->{name};
		return $note->{note} if index(squeeze("$note->{object} $note->{note}"), $name) >= 0 || $object->{kind} eq 'primary key' && $note->{note} =~ /primary key/i;
	}
	return undef;
}

# ------------------------------------------------------------------------
# All files
# ------------------------------------------------------------------------
my (%all, @foreign, @unmoved);
my @short = ('n.null', 'deflt', 'pkey', 'uniq', 'fkey', 'check', 'index', 'part', 'expr', 'gener', 'view', 'trigg');
my ($views_equal, $views_compared) = (0, 0);

note 'created/in the source, and in parentheses how many of the rest have a note';
note sprintf '%-26s' . ' %11s' x @short, 'file', @short;
foreach my $path (@files)
{
	my ($name) = $path =~ m{([^/]+)$};
	my @objects = source_objects($path);

	$node->safe_psql('postgres', 'CREATE DATABASE c TEMPLATE postgres');
	my ($status, $out, $err) = $node->psql('c', 'SET client_min_messages = error; SELECT count(*) FROM sqlite_migrate_file(' . sql_literal($path) . ", 'target')");
	is($status, 0, "$name: migrated") or diag $err;
	my $mapping = $node->safe_psql('c', "SELECT DISTINCT relnamespace::regnamespace::text FROM pg_class WHERE relkind = 'f'");
	my $target = target_objects($node, 'c', $mapping, 'target');

	# SQLite's names -> those of the mapping
	my %target_name = map { lc $_->[0] => $_->[1] } json_rows(split /\n/, $node->safe_psql('c', q{
		SELECT json_build_array(coalesce((SELECT option_value FROM pg_options_to_table(ftoptions) WHERE option_name = 'table'), relname), relname) FROM pg_foreign_table JOIN pg_class ON oid = ftrelid}));
	my $literal = sql_literal($mapping =~ s/^"|"$//gr);
	my @notes = map { { object => $_->[0], note => $_->[1], left_out => $_->[2] } } json_rows(split /\n/, $node->safe_psql('c',
		"SET client_min_messages = error; SELECT json_build_array(object, note, statement IS NULL) FROM sqlite_migration_plan($literal, 'elsewhere') WHERE note IS NOT NULL"));
	my @findings = map { { object => $_->[0], note => $_->[1] } } json_rows(split /\n/, $node->safe_psql('c',
		"SET client_min_messages = error; SELECT json_build_array(coalesce(object, table_name, ''), problem) FROM sqlite_check($literal, 'elsewhere')"));

	my (%count, @lost, @unchecked);
	foreach my $object (@objects)
	{
		my $kind = $object->{kind};

		# a trigger's table is its own, and may be a view; FTS and absent modules have no table
		$object->{target} = $target_name{ lc($kind eq 'view' ? $object->{name} : $object->{table}) } // $object->{table};
		my $created = is_created($object, $target, \@notes);
		$object->{created} = $created;
		my $note = $created ? undef : note_about($object, [ grep { $_->{left_out} } @notes ]) // note_about($object, \@notes);

		if (!$created && (defined $note && $note =~ $foreign_note && $kind =~ /view|trigger/ || $object->{orphan}))
		{
			push @foreign, "$name: $kind $object->{name}" . (defined $note ? ": $note" : '');
			push @lost, "$kind $object->{table}: $object->{name}" unless defined $note;
			next;
		}
		$count{$kind}{source}++;
		$count{$kind}{created}++ if $created;
		next if $created;
		if (!defined $note) { push @lost, "$kind $object->{table}: $object->{name}" . (defined $object->{what} ? " [$object->{what}]" : ''); next }
		$count{$kind}{noted}++;
		push @unmoved, [ $kind, "$name: $kind " . join('.', $kind eq 'view' ? () : $object->{table}, $object->{name}), $note ];
		push @unchecked, "$kind $object->{name}" unless defined note_about($object, \@findings);
	}
	note sprintf '%-26s' . ' %11s' x @kinds, $name, map {
		my ($source, $created, $noted) = map { $_ // 0 } @{ $count{$_} // {} }{qw(source created noted)};
		$source == 0 ? '' : "$created/$source" . ($created + $noted < $source || $noted ? " ($noted)" : '')
	} @kinds;
	foreach my $kind (keys %count) { $all{$kind}{$_} += $count{$kind}{$_} // 0 foreach qw(source created noted) }
	is(scalar @lost, 0, "$name: nothing is lost without a note") or diag join "\n", grep { defined } @lost[ 0 .. 9 ];
	is(scalar @unchecked, 0, "$name: sqlite_check knows what the plan leaves out") or diag join "\n", grep { defined } @unchecked[ 0 .. 4 ];

	my @wrong;
	foreach my $object (grep { $_->{kind} eq 'view' } @objects)
	{
		next unless $object->{created};
		my $problem = compare_view($node, 'c', $path, $object->{name}, $object->{target});
		$views_compared++;
		$views_equal++ unless defined $problem;
		next unless defined $problem;
		my $reason = $exceptions{$name}{ $object->{name} };
		if (defined $reason) { note "$name: view $object->{name} is not compared: $reason ($problem)"; next }
		push @wrong, "view $object->{name}: $problem";
	}
	is(scalar @wrong, 0, "$name: views return the same rows") or diag join "\n", @wrong;
	$node->safe_psql('postgres', 'DROP DATABASE c');
}

note sprintf '%-26s' . ' %11s' x @kinds, 'all', map { my $kind = $_; join '/', map { $all{$kind}{$_} // 0 } qw(created source) } @kinds;
note sprintf '%-26s' . ' %11s' x @kinds, 'noted', map { $all{$_}{noted} // 0 } @kinds;
note "$views_equal of $views_compared views return the same rows";
my %reasons;
foreach (@unmoved) { my ($kind, $what, $note) = @$_; push @{ $reasons{$kind} }, "$what: " . join ' ', split ' ', substr $note, 0, 200 }
foreach my $kind (@kinds)
{
	my @list = @{ $reasons{$kind} // [] };
	note "not moved: $_" foreach $ENV{SFM_ALL} ? @list : grep { defined } @list[ 0 .. 4 ];
	note "not moved: ... and " . (@list - 5) . " more of kind $kind" if @list > 5 && !$ENV{SFM_ALL};
}
note "not SQLite's own, or no parent: " . join ' ', split ' ', substr $_, 0, 200 foreach $ENV{SFM_ALL} ? @foreign : grep { defined } @foreign[ 0 .. 9 ];
foreach my $kind (@kinds)
{
	my ($source, $created) = map { $all{$kind}{$_} // 0 } qw(source created);
	cmp_ok(100 * $created, '>=', $goals{$kind} * $source, sprintf '%s: %d of %d, at least %d %%', $kind, $created, $source, $goals{$kind});
}
unlike(slurp_file($node->logfile), qr/was terminated by signal|PANIC/, 'no backend has crashed');

$node->stop;
done_testing();
