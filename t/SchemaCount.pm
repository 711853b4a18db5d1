# What a SQLite file's schema holds, counted without the extension: by PRAGMAs
# and, for CHECK, by a scan of the SQL text; and what of it is in a schema of
# PostgreSQL, by the system catalogs.
#
# An object is a hash: kind, table (SQLite's name), what (a signature to be found
# in PostgreSQL), name (for people, and to be found in notes).
package SchemaCount;

use strict;
use warnings FATAL => 'all';

use Exporter 'import';
use JSON::PP;
use PostgreSQL::Test::Utils;
use SqliteMigrate;

our @EXPORT = qw(@kinds source_objects target_objects json_rows checks_of);

our @kinds = ('not null', 'default', 'primary key', 'unique', 'foreign key', 'check', 'index', 'partial index',
	'expression index', 'generated', 'view', 'trigger');

my $json = JSON::PP->new->allow_nonref;

# Lines that are JSON arrays, as lists; strings are bytes
sub json_rows
{
	my @rows = map { $json->decode($_) } @_;

	foreach my $row (@rows)
	{
		foreach (@$row) { utf8::downgrade($_) if defined $_ && !ref $_ }
	}
	return @rows;
}

sub source_rows
{
	my ($path, $list, $from) = @_;

	return json_rows(sqlite_rows($path, "SELECT json_array($list) FROM $from;"));
}

# The texts in parentheses after each keyword CHECK of a CREATE TABLE
sub checks_of
{
	my ($sql) = @_;
	my @tokens = $sql =~ /\G(--[^\n]*|\/\*.*?(?:\*\/|\z)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|\w+|\s+|.)/gs;
	my @checks;

	foreach my $i (0 .. $#tokens)
	{
		next unless lc $tokens[$i] eq 'check';
		my $j = $i + 1;
		$j++ while $j < @tokens && $tokens[$j] =~ /^(\s|--|\/\*)/;
		next unless $j < @tokens && $tokens[$j] eq '(';
		my ($depth, $text) = (0, '');
		for (; $j < @tokens; $j++)
		{
			$depth++ if $tokens[$j] eq '(';
			$depth-- if $tokens[$j] eq ')';
			$text .= $tokens[$j];
			last if $depth == 0;
		}
		push @checks, $text;
	}
	return @checks;
}

# Index columns as a signature: names, or "(expression)"; lower case
sub index_signature
{
	my ($rowid, @columns) = @_;

	return join ', ', map { my ($place, $name, $descending) = @$_; lc($place == -2 ? '(expression)' : $name // $rowid // 'rowid') . ($descending ? ' desc' : '') } @columns;
}

# All objects of a file
sub source_objects
{
	my ($path) = @_;
	my (@objects, %columns, %key, %rowid, %unique, %indexes, %foreign);
	my %tables = map { lc $_->[0] => $_ } source_rows($path, 'l.name, s.sql, l.wr',
		"pragma_table_list l JOIN sqlite_schema s ON s.name = l.name AND s.type = 'table' WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
	my $list = "pragma_table_list l WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

	foreach (source_rows($path, 'l.name, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden', $list =~ s/ WHERE/, pragma_table_xinfo(l.name) x WHERE/r))
	{
		my ($table, $column, $type, $not_null, $default, $place, $hidden) = @$_;

		push @{ $columns{ lc $table } }, lc $column;
		push @objects, { kind => 'not null', table => $table, what => lc $column, name => $column } if $not_null;
		push @objects, { kind => 'default', table => $table, what => lc $column, name => $column, text => $default } if defined $default && $hidden == 0;
		push @objects, { kind => 'generated', table => $table, what => lc $column, name => $column } if $hidden == 2 || $hidden == 3;
		$key{ lc $table }[ $place - 1 ] = lc $column if $place;
		$rowid{ lc $table } = $column if $place == 1 && uc $type eq 'INTEGER';
	}
	delete @rowid{ grep { @{ $key{$_} } > 1 || $tables{$_}[2] } keys %rowid };
	foreach (sort keys %key)
	{
		push @objects, { kind => 'primary key', table => $tables{$_}[0], what => join(', ', @{ $key{$_} }), name => 'primary key' };
		push @{ $unique{$_} }, join ', ', sort @{ $key{$_} };
	}

	foreach (source_rows($path, 'l.name, i.name, i."unique", i.origin, i.partial, x.seqno, x.cid, x.name, x."desc"',
		$list =~ s/ WHERE(.*)/, pragma_index_list(l.name) i, pragma_index_xinfo(i.name) x WHERE$1 AND x.key = 1 ORDER BY l.name, i.name, x.seqno/sr))
	{
		my ($table, $index, $unique, $origin, $partial, undef, @column) = @$_;

		$indexes{$table}{$index} //= { unique => $unique, origin => $origin, partial => $partial };
		push @{ $indexes{$table}{$index}{columns} }, \@column;
	}
	foreach my $table (sort keys %indexes)
	{
		foreach my $name (sort keys %{ $indexes{$table} })
		{
			my $index = $indexes{$table}{$name};
			my $what = index_signature($rowid{ lc $table }, @{ $index->{columns} });
			my $expression = grep { $_->[0] == -2 } @{ $index->{columns} };

			push @{ $unique{ lc $table } }, join ', ', sort split /, /, $what =~ s/ desc//gr if $index->{unique} && !$index->{partial} && !$expression;
			next if $index->{origin} eq 'pk';
			# a constraint has no direction, and a column counts once
			my %seen;
			$what = join ', ', grep { !$seen{$_}++ } split /, /, $what =~ s/ desc//gr if $index->{origin} eq 'u';
			push @objects, {
				kind => $index->{origin} eq 'u' ? 'unique' : $expression ? 'expression index' : $index->{partial} ? 'partial index' : 'index',
				table => $table, what => ($index->{unique} ? 'unique ' : '') . $what . ($index->{partial} ? ' where' : ''),
				name => $index->{origin} eq 'u' ? join ', ', map { $_->[1] // '' } @{ $index->{columns} } : $name };
		}
	}

	foreach (source_rows($path, 'l.name, f.id, f.seq, f."table", f."from", f."to"', $list =~ s/ WHERE(.*)/, pragma_foreign_key_list(l.name) f WHERE$1 ORDER BY l.name, f.id, f.seq/sr))
	{
		my ($table, $id, undef, $parent, $from, $to) = @$_;

		$foreign{$table}{$id}{parent} = $parent;
		push @{ $foreign{$table}{$id}{from} }, lc $from;
		push @{ $foreign{$table}{$id}{to} }, defined $to ? lc $to : ();
	}
	foreach my $table (sort keys %foreign)
	{
		foreach my $id (sort keys %{ $foreign{$table} })
		{
			my ($parent, $from, $to) = @{ $foreign{$table}{$id} }{qw(parent from to)};

			$to = $key{ lc $parent } // [] unless @{ $to // [] };
			my $wanted = join ', ', sort @$to;
			my $fits = @$to == @$from && grep { $_ eq $wanted } @{ $unique{ lc $parent } // [] };
			push @objects, { kind => 'foreign key', table => $table, what => lc($parent) . ': ' . join(', ', sort @$from), name => join(', ', @$from), orphan => !$fits };
		}
	}

	foreach my $table (sort keys %tables)
	{
		my $n = 0;
		push @objects, map { { kind => 'check', table => $tables{$table}[0], what => ++$n, name => $_ } } checks_of($tables{$table}[1]);
	}
	push @objects, map { { kind => $_->[0], table => $_->[2], what => lc $_->[1], name => $_->[1], text => $_->[3] } }
	  source_rows($path, 'type, name, tbl_name, sql', "sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY type, name");
	return @objects;
}

# What is in a schema of PostgreSQL whose tables were migrated from the foreign
# tables of another: kind -> SQLite's table, lower case -> signatures
sub target_objects
{
	my ($node, $database, $mapping, $target) = @_;
	my %objects;

	foreach (json_rows(split /\n/, $node->safe_psql($database, <<"END")))
WITH pair AS (
	SELECT t.oid, lower(coalesce((SELECT option_value FROM pg_options_to_table(f.ftoptions) WHERE option_name = 'table'), s.relname)) AS name, s.oid AS source
	  FROM pg_class s JOIN pg_foreign_table f ON f.ftrelid = s.oid JOIN pg_class t ON t.relname = s.relname AND t.relnamespace = '$target'::regnamespace
	 WHERE s.relnamespace = '$mapping'::regnamespace),
item AS (
	SELECT pair.oid, pair.name AS "table", a.attnum, a.attname, lower(coalesce((SELECT option_value FROM pg_options_to_table(m.attfdwoptions) WHERE option_name = 'column_name'), m.attname)) AS name,
		a.attnotnull, a.atthasdef, a.attgenerated, a.attidentity
	  FROM pair JOIN pg_attribute m ON m.attrelid = pair.source AND m.attnum > 0 JOIN pg_attribute a ON a.attrelid = pair.oid AND a.attname = m.attname)
SELECT json_build_array('not null', "table", name) FROM item WHERE attnotnull
UNION ALL SELECT json_build_array('default', "table", name) FROM item WHERE atthasdef AND attgenerated = ''
UNION ALL SELECT json_build_array('generated', "table", name) FROM item WHERE attgenerated = 's'
UNION ALL SELECT json_build_array(CASE contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'x' THEN 'unique' WHEN 'c' THEN 'check' ELSE 'foreign key' END, pair.name,
		CASE contype WHEN 'p' THEN columns WHEN 'u' THEN 'unique ' || columns WHEN 'x' THEN 'unique ' || columns
			WHEN 'c' THEN (row_number() OVER (PARTITION BY conrelid, contype ORDER BY conname))::text ELSE (SELECT p.name FROM pair p WHERE p.oid = confrelid) || ': ' || sorted END)
	  FROM pair JOIN pg_constraint ON conrelid = pair.oid,
	LATERAL (SELECT string_agg(name, ', ' ORDER BY o), string_agg(name, ', ' ORDER BY name COLLATE "C") FROM unnest(conkey) WITH ORDINALITY k(n, o) JOIN item ON item.oid = conrelid AND attnum = n) c(columns, sorted)
	 WHERE contype IN ('p', 'u', 'x', 'c', 'f')
UNION ALL SELECT json_build_array('index', pair.name, CASE WHEN indisunique THEN 'unique ' ELSE '' END || columns || CASE WHEN indpred IS NOT NULL THEN ' where' ELSE '' END)
	  FROM pair JOIN pg_index ON indrelid = pair.oid,
	LATERAL (SELECT string_agg(coalesce(item.name, '(expression)') || CASE WHEN indoption[o - 1] & 1 = 1 THEN ' desc' ELSE '' END, ', ' ORDER BY o)
	  FROM unnest(indkey) WITH ORDINALITY k(n, o) LEFT JOIN item ON item.oid = indrelid AND attnum = n WHERE o <= indnkeyatts) c(columns)
UNION ALL SELECT json_build_array('view', pair.name, pair.name) FROM pair JOIN pg_class USING (oid) WHERE relkind = 'v'
UNION ALL SELECT json_build_array('trigger', pair.name, lower(tgname)) FROM pair JOIN pg_trigger ON tgrelid = pair.oid WHERE NOT tgisinternal
END
	{
		my ($kind, $table, $what) = @$_;
		push @{ $objects{$kind}{$table} }, $what;
	}
	return \%objects;
}

1;
