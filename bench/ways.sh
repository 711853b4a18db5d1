# shellcheck shell=bash
# bench/ways.sh: the ways that are measured, one function each
#
# Sourced by run.sh.  measure_WAY DATASET prepares, runs its way once and prints
# the milliseconds; what it makes is gone afterwards.  A way that brings
# rows over counts them and fails if any are missing.  memory_WAY DATASET runs
# the way for its memory, checks the rows themselves, and prints kB.
#
# A dataset is a SQLite file: main, wide, big, ten (10 x the rows of main) and
# small.  setup.sql tells what each has in the server.

# ---------------------------------------------------------------- the server

# start_server [SETTING=VALUE...]: the other settings are those of the report's
# head
start_server()
{
	as_server "$BINDIR/pg_ctl" -D "$WORK/data" -l "$WORK/server.log" -s -w \
		-o "${*/#/-c }" start >&2 ||
		die "the server does not start: $(tail -n 5 -- "$WORK/server.log")"
}

# sql [ARGUMENT...]: psql in the benchmark's database; values only
sql()
{
	as_server "$BINDIR/psql" -X -q -A -t -h "$WORK" -p "$PORT" -U postgres \
		-v ON_ERROR_STOP=1 "$@" bench
}

# table_of DATASET: SQLite's name of its table
table_of()
{
	case $1 in
		main | ten) echo records ;;
		wide) echo wide ;;
		big) echo documents ;;
	esac
}

# ------------------------------------------------------------ how it is timed

# checked ANSWER: fails with a message unless the query has answered "t"
checked()
{
	[ "$1" = t ] || { echo "rows are missing or not equal" >&2; return 1; }
}

# timed CHECK < STATEMENTS: runs them in a session of their own, and prints the
# milliseconds.  Before: a checkpoint, so that no run writes out what another
# one left.  After: the query CHECK, which must give "t".
timed()
{
	local output

	sql -c CHECKPOINT >/dev/null &&
		output=$(sql -f - <<-SQL
			SET client_min_messages = warning;
			SELECT extract(epoch FROM clock_timestamp()) * 1000 AS started \gset
			\o /dev/null
			$(cat)
			\o
			SELECT round(extract(epoch FROM clock_timestamp()) * 1000 - :started, 3);
			$1;
		SQL
		) &&
		checked "${output##*$'\n'}" && echo "${output%%$'\n'*}"
}

# peak CHECK < STATEMENTS: the same for memory, in kB: what the session has
# touched at most, over what it had touched with the library loaded.  The
# server's shared_buffers are so small here that they do not matter.
peak()
{
	local output

	output=$(sql -f - <<-SQL
		SET client_min_messages = warning;
		\set highest 'substring(pg_read_file(''/proc/self/status'') FROM ''VmHWM:\\\\s+(\\\\d+)'')::bigint'
		\o /dev/null
		SELECT sqlite_fdw_migrate_version();
		\o
		SELECT :highest AS baseline \gset
		\o /dev/null
		$(cat)
		\o
		SELECT :highest - :baseline;
		$1;
	SQL
	) &&
		checked "${output##*$'\n'}" && echo "${output%%$'\n'*}"
}

# same_count TABLE DATASET: a query that is true if all rows are there
same_count()
{
	echo "SELECT (SELECT count(*) FROM $1) = (SELECT count(*) FROM heap_$2)"
}

# same_rows TABLE DATASET: a query that is true if the rows are equal, too
same_rows()
{
	local sums="SELECT count(*) || ' ' || bit_xor(hashtextextended(r::text, 0))"

	echo "SELECT ($sums FROM $1 r) = ($sums FROM heap_$2 r)"
}

# ---------------------------------------------------------------- statements

# in_new_table DATASET STATEMENT: a load is measured with the making of its
# table and its COMMIT, all in one transaction, as a migration has it
in_new_table()
{
	echo "BEGIN; CREATE TABLE target (LIKE heap_$1); $2; COMMIT;"
}

drop_target()
{
	sql -c 'SET client_min_messages = warning; DROP TABLE IF EXISTS target'
}

insert_statement()
{
	echo "INSERT INTO target SELECT * FROM map_$1.$(table_of "$1")"
}

load_statement()
{
	echo "SELECT sqlite_load('map_$1.$(table_of "$1")', 'target')"
}

scan_statement()
{
	sql -c "SELECT statement FROM scans WHERE dataset = '$1'"
}

migrate_statement()
{
	echo "SELECT * FROM sqlite_migrate_file('$WORK/$1.db', 'migrated')"
}

join_statement()
{
	echo "SELECT count(r.title), sum(r.price) FROM keys k
		JOIN map_main.records r ON r.id = k.id"
}

# load_with timed|peak CHECK_FUNCTION DATASET STATEMENT
load_with()
{
	drop_target && in_new_table "$3" "$4" | "$1" "$("$2" target "$3")" &&
		drop_target
}

# -------------------------------------------------------------------- floors

measure_f1()
{
	load_with timed same_count "$1" "INSERT INTO target SELECT * FROM heap_$1"
}

measure_f2()
{
	[ -e "$WORK/$1.copy" ] ||
		sql -c "COPY heap_$1 TO '$WORK/$1.copy' (FORMAT binary)" &&
		load_with timed same_count "$1" \
			"COPY target FROM '$WORK/$1.copy' (FORMAT binary)"
}

measure_f3()
{
	local output

	output=$(as_server "$WORK/f3" "$WORK/$1.db" "$(table_of "$1")") &&
		[ "${output#* }" = "$(sql -c "SELECT count(*) FROM heap_$1")" ] &&
		echo "${output% *}"
}

# ---------------------------------------------------------------- ours: scan, load, migration

measure_scan()
{
	echo "$(scan_statement "$1");" | timed "SELECT true"
}

memory_scan()
{
	echo "$(scan_statement "$1");" | peak "SELECT true"
}

measure_insert()
{
	load_with timed same_count "$1" "$(insert_statement "$1")"
}

memory_insert()
{
	load_with peak same_rows "$1" "$(insert_statement "$1")"
}

measure_load()
{
	load_with timed same_count "$1" "$(load_statement "$1")"
}

memory_load()
{
	load_with peak same_rows "$1" "$(load_statement "$1")"
}

# reset_migration: nothing of an earlier migration stays: its tables, its
# mapping, its server
reset_migration()
{
	sql <<-'SQL'
		SET client_min_messages = warning;
		DROP SCHEMA IF EXISTS migrated CASCADE;
		CREATE SCHEMA migrated;
		SELECT format('DROP SERVER %I CASCADE', s.srvname)
		FROM pg_foreign_server s WHERE s.srvname NOT LIKE 'server\_%' \gexec
		SELECT format('DROP SCHEMA %I CASCADE', nspname)
		FROM pg_namespace WHERE nspname LIKE '%\_sqlite' \gexec
	SQL
}

# migrated_check SAME DATASET: of the small file, only that it has come at all;
# "verify" inside the migration has counted the rows
migrated_check()
{
	if [ "$2" = small ]
	then
		echo "SELECT count(*) >= 11 FROM pg_class
			WHERE relkind = 'r' AND relnamespace = 'migrated'::regnamespace"
	else
		"$1" "migrated.$(table_of "$2")" "$2"
	fi
}

measure_migrate()
{
	reset_migration &&
		echo "$(migrate_statement "$1");" |
		timed "$(migrated_check same_count "$1")" && reset_migration
}

memory_migrate()
{
	reset_migration &&
		echo "$(migrate_statement "$1");" |
		peak "$(migrated_check same_rows "$1")" && reset_migration
}

# -------------------------------------------------------------- ours: export

# export_file: where it goes
export_file()
{
	echo "$WORK/export.db"
}

export_statement()
{
	echo "SELECT * FROM sqlite_export('public', '$(export_file)',
		include => '{heap_$1}', overwrite => true)"
}

# exported_all FILE DATASET: fails unless the file has all rows
exported_all()
{
	[ "$(as_server sqlite3 -batch "$1" "SELECT count(*) FROM heap_$2")" = \
		"$(sql -c "SELECT count(*) FROM heap_$2")" ] || checked f
}

# What the shell takes for the same file: the same rows into a table with the
# same columns, without a journal, and on disk at the end.  The file that it
# reads is an export, in which the table has no key either; an index on both
# sides would be needed for SQLite to copy pages instead of rows, and there the
# WHERE keeps it from that.
measure_f4()
{
	local new="$WORK/floor.db" old="$WORK/floor_source_$1.db" ms

	if [ ! -e "$old" ]
	then
		sql -c "SELECT * FROM sqlite_export('public', '$old',
			include => '{heap_$1}')" >/dev/null || return 1
	fi
	as_server rm -f -- "$new"
	as_server sqlite3 -batch "$old" .schema >"$WORK/floor.sql"
	give_to_server "$WORK/floor.sql"
	as_server sqlite3 -batch "$new" <"$WORK/floor.sql" || return 1
	# shellcheck disable=SC2016  # expanded by the inner shell
	ms=$(clocked bash -c 'sqlite3 -batch -bail "$1" "$2" && sync "$3"' - "$old" \
		"ATTACH '$new' AS new; PRAGMA new.journal_mode = OFF;
		PRAGMA new.synchronous = OFF;
		INSERT INTO new.heap_$1 SELECT * FROM main.heap_$1 WHERE true" "$new") &&
		exported_all "$new" "$1" && echo "$ms"
}

measure_export()
{
	local ms

	ms=$(echo "$(export_statement "$1");" | timed "SELECT true") &&
		exported_all "$(export_file)" "$1" && echo "$ms"
}

# memory, and the rows as they are read back
memory_export()
{
	local kb

	kb=$(echo "$(export_statement "$1");" | peak "SELECT true") &&
		sql <<-SQL >/dev/null &&
			SET client_min_messages = warning;
			CREATE SERVER server_export FOREIGN DATA WRAPPER sqlite_fdw_migrate
				OPTIONS (database '$(export_file)');
			CREATE SCHEMA map_export;
			IMPORT FOREIGN SCHEMA main FROM SERVER server_export INTO map_export;
		SQL
		checked "$(sql -c "$(same_rows "map_export.heap_$1" "$1")")" &&
		sql -c "SET client_min_messages = warning; DROP SERVER server_export CASCADE; DROP SCHEMA map_export" &&
		echo "$kb"
}

# -------------------------------------------------------------- ours: by key

measure_lookup()
{
	sql -c 'SELECT look_up_keys()'
}

measure_join()
{
	echo "$(join_statement);" | timed "SELECT true"
}

memory_join()
{
	echo "$(join_statement);" | peak "SELECT true"
}

# --------------------------------------------------------------------- peers

# clocked COMMAND...: milliseconds of a command as the server's user, peak
# memory of its process (VmHWM, in kB) into $WORK/peer.memory
clocked()
{
	# shellcheck disable=SC2016  # expanded by the inner shell
	as_server bash -c '
		started=$EPOCHREALTIME
		"$@" >"$0" 2>&1 &
		pid=$!
		highest=0
		while kill -0 "$pid" 2>/dev/null
		do
			while read -r name value _
			do
				[ "$name" != VmHWM: ] || highest=$value
			done 2>/dev/null <"/proc/$pid/status"
			sleep 0.02
		done
		wait "$pid" || exit
		ended=$EPOCHREALTIME
		echo "$highest" >"${0%.log}.memory"
		echo "$(((${ended/./} - ${started/./}) / 1000))"
	' "$WORK/peer.log" "$@" || { tail -n 8 -- "$WORK/peer.log" >&2; return 1; }
}

# sqlite3 -csv | psql \copy, then key and index: what a careful person types,
# with a table that already has the right types
measure_csv()
{
	local ms psql="$BINDIR/psql -X -q -h $WORK -p $PORT -U postgres -v ON_ERROR_STOP=1 bench"

	drop_target && sql -c CHECKPOINT &&
		sql -c "CREATE TABLE target (LIKE heap_$1)" &&
		ms=$(clocked bash -c "set -o pipefail
			sqlite3 -readonly -csv $WORK/$1.db 'SELECT * FROM $(table_of "$1")' |
			$psql -c '\\copy target FROM STDIN (FORMAT csv)' &&
			$psql -c 'ALTER TABLE target ADD PRIMARY KEY (id)' \
				-c 'CREATE INDEX ON target (account)'") &&
		checked "$(sql -c "$(same_count target "$1")")" &&
		echo "$ms" && drop_target
}

# reset_peer: pgloader's role finds an empty schema
reset_peer()
{
	sql <<-'SQL'
		SET client_min_messages = warning;
		DROP SCHEMA IF EXISTS peer CASCADE;
		CREATE SCHEMA peer AUTHORIZATION peer;
	SQL
}

# pgloader with its defaults: schema, rows, keys, indexes, sequences
measure_pgloader()
{
	local ms check

	if [ "$1" = small ]
	then
		check="SELECT count(*) >= 11 FROM pg_class
			WHERE relkind = 'r' AND relnamespace = 'peer'::regnamespace"
	else
		check=$(same_count "peer.$(table_of "$1")" "$1")
	fi
	reset_peer && sql -c CHECKPOINT &&
		ms=$(clocked pgloader --root-dir "$WORK/tmp/pgloader" \
			"$WORK/$1.db" "pgsql://peer@unix:$WORK:$PORT/bench") &&
		checked "$(sql -c "$check")" &&
		echo "$ms" && reset_peer
}

# DuckDB's copy of the bare table
measure_duckdb()
{
	local ms

	drop_target && sql -c CHECKPOINT &&
		ms=$(clock_duckdb "ATTACH '$WORK/$1.db' AS s (TYPE sqlite, READ_ONLY);
			ATTACH 'host=$WORK port=$PORT dbname=bench user=postgres' AS p (TYPE postgres);
			CREATE TABLE p.public.target AS FROM s.$(table_of "$1")") &&
		checked "$(sql -c "$(same_count target "$1")")" &&
		echo "$ms" && drop_target
}

# clock_duckdb STATEMENTS: milliseconds, with the start of the program
clock_duckdb()
{
	local started=$EPOCHREALTIME ended

	"${DUCKDB[@]}" -c "LOAD sqlite; LOAD postgres; $1" \
		>"$WORK/peer.log" 2>&1 ||
		{ tail -n 8 -- "$WORK/peer.log" >&2; return 1; }
	ended=$EPOCHREALTIME
	echo "$(((${ended/./} - ${started/./}) / 1000))"
}

# find_duckdb: sets DUCKDB to the command, if there is one with its extensions
# for SQLite and PostgreSQL, else notes why not: SFM_DUCKDB, duckdb in PATH, or the one in the
# chroot that scripts/matrix.sh has made of sid
find_duckdb()
{
	local chroot=${SFM_MATRIX_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/$SFM_EXTENSION/matrix}/sid

	DUCKDB=()
	if [ -n "${SFM_DUCKDB:-}" ]
	then
		DUCKDB=("$SFM_DUCKDB")
	elif command -v duckdb >/dev/null
	then
		DUCKDB=(duckdb)
	elif [ "$EUID" -eq 0 ] && [ -x "$chroot/usr/bin/duckdb" ]
	then
		# the same files at the same place, for as long as it runs
		# shellcheck disable=SC2016  # expanded by the inner shell
		DUCKDB=(unshare --mount bash -c 'mkdir -p -- "$0$1" &&
			mount --bind -- "$1" "$0$1" && chroot "$0" duckdb "${@:2}"'
			"$chroot" "$WORK")
	else
		SKIPPED+=("no DuckDB here; SFM_DUCKDB names its program")
		return
	fi
	if ! "${DUCKDB[@]}" -c 'LOAD sqlite; LOAD postgres' >/dev/null 2>&1
	then
		SKIPPED+=("DuckDB is here without its extensions sqlite and postgres")
		DUCKDB=()
	fi
}
