#!/usr/bin/env bash
# scripts/quickstart.sh [FILE]: see an SQLite file move into PostgreSQL
# scripts/quickstart.sh --remove DIRECTORY: stop and delete what that made
#
# Installs what is missing through apt, builds and installs the extension,
# starts a throw-away PostgreSQL of its own in a new temporary directory (a
# private socket, no network port, no change to any other cluster), and moves
# FILE, or a small sample, into it with one SQL call.  FILE is only read, with
# the caller's rights; the server gets a copy.
#
# PG_CONFIG chooses the PostgreSQL to use.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

NAME=sfm-quickstart
MARKER=.$SFM_EXTENSION-quickstart	# in each directory made here
TARGET=public                   # schema the tables go to
DB=migrated
PORT=5432                       # only part of the socket's name
SELF=${BASH_SOURCE[0]}

# Undo everything, unless main has reached its end.
cleanup()
{
	local status=$?

	trap '' INT TERM HUP
	if [ "$status" -ne 0 ]
	then
		remove_work_dir
		warn "stopped; the temporary server and its directory are removed"
	fi
	exit "$status"
}

# check_file FILE: an error unless it looks like an SQLite database
check_file()
{
	[ -e "$1" ] || die "no such file: $1"
	[ ! -d "$1" ] || die "is a directory, not an SQLite file: $1"
	[ -f "$1" ] || die "not a regular file: $1"
	[ -r "$1" ] || die "no permission to read the file: $1"
	[ -s "$1" ] || die "the file is empty: $1"
	# "SQLite format 3" and a zero byte
	[ "$(head -c 16 -- "$1" | od -An -v -tx1 | tr -d ' \n')" = \
		53514c69746520666f726d6174203300 ] ||
		die "not an SQLite 3 database: $1"
}

# sqlite_shell ARGUMENT...: without the caller's ~/.sqliterc
sqlite_shell()
{
	sqlite3 -batch -bail -init /dev/null "$@"
}

# copy_file FILE COPY: a consistent copy, made by way of COPY.d.  SQLite's
# own backup honours the locks of programs that use the file and reads their
# write-ahead log.  A file in WAL mode that nobody has open (no -shm beside
# it) would get new files at its side by that, and cannot be opened at all in
# a directory that is read-only; of such a file and its journals the backup
# takes a plain copy.
copy_file()
{
	local file=$1 scratch=$2.d source=$1 message suffix

	mkdir -- "$scratch"
	# bytes 18 and 19 are 2 in WAL mode
	if [ "$(head -c 20 -- "$file" | tail -c 2 | od -An -tx1 | tr -d ' \n')" = 0202 ] &&
		[ ! -e "$file-shm" ]
	then
		source=$scratch/raw
	elif ! message=$(backup_file "$file" "$scratch" -readonly)
	then
		case $message in
			*locked* | *busy*)
				die "another program has locked the file: $file"
				;;
		esac
		source=$scratch/raw
	fi
	if [ "$source" != "$file" ]
	then
		for suffix in '' -wal -journal
		do
			[ ! -e "$file$suffix" ] ||
				cp -- "$file$suffix" "$source$suffix"
		done
		chmod u+rw -- "$source"*
		message=$(backup_file "$source" "$scratch") ||
			die "cannot read the file $file: $message"
	fi
	mv -- "$scratch/copy" "$2"
	rm -rf -- "$scratch"
}

# backup_file FILE DIRECTORY [OPTION]: FILE to DIRECTORY/copy, a name that needs
# no quotes in SQLite's shell.  Prints what the shell has to complain about.
backup_file()
{
	(
		cd -- "$2" || exit
		rm -f -- copy copy-journal
		sqlite_shell ${3:+"$3"} -cmd '.timeout 10000' "$1" \
			'.backup main copy' 2>&1 </dev/null
	)
}

# make_sample FILE: a small shop, with what such files usually hold
make_sample()
{
	sqlite_shell "$1" <<-'SQL'
	PRAGMA foreign_keys = on;
	BEGIN;
	CREATE TABLE customer (
	  id INTEGER PRIMARY KEY,
	  name VARCHAR(80) NOT NULL,
	  email TEXT UNIQUE,
	  active BOOLEAN NOT NULL DEFAULT 1,
	  since DATE NOT NULL
	);
	CREATE TABLE product (
	  id INTEGER PRIMARY KEY,
	  name TEXT NOT NULL,
	  price DECIMAL(8,2) NOT NULL,
	  weight REAL
	);
	CREATE TABLE orders (
	  id INTEGER PRIMARY KEY AUTOINCREMENT,
	  customer_id INTEGER NOT NULL REFERENCES customer (id),
	  placed_at DATETIME NOT NULL,
	  paid BOOLEAN NOT NULL DEFAULT 0,
	  remark TEXT
	);
	CREATE TABLE order_line (
	  order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
	  line INTEGER NOT NULL,
	  product_id INTEGER NOT NULL REFERENCES product (id),
	  quantity INTEGER NOT NULL,
	  unit_price DECIMAL(8,2) NOT NULL,
	  PRIMARY KEY (order_id, line)
	);
	CREATE INDEX orders_by_customer ON orders (customer_id, placed_at);

	WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
	INSERT INTO customer
	SELECT i,
	       CASE i % 5 WHEN 0 THEN 'Zoë Müller' WHEN 1 THEN '山田 太郎'
	                  WHEN 2 THEN 'Иван Петров' WHEN 3 THEN 'Siobhán O''Neill'
	                  ELSE 'José Nuñez 🚲' END || ' ' || i,
	       CASE WHEN i % 7 > 0 THEN 'customer' || i || '@example.com' END,
	       i % 6 > 0,
	       date('2021-01-01', (i * 13) || ' days')
	FROM n;

	WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25)
	INSERT INTO product
	SELECT i, 'Product ' || char(64 + i) || ' “№ ' || i || '”',
	       (1995 + i * 731 % 9000) / 100.0,
	       CASE WHEN i % 4 > 0 THEN i * 0.125 END
	FROM n;

	WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150)
	INSERT INTO orders
	SELECT i, 1 + i * 17 % 40,
	       datetime('2024-01-01 08:00:00', (i * 2711) || ' minutes'),
	       i % 3 > 0,
	       CASE i % 10 WHEN 0 THEN 'déjà livré' WHEN 5 THEN '' END
	FROM n;

	WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 399)
	INSERT INTO order_line
	SELECT 1 + i % 150, 1 + i / 150, p.id, 1 + i % 4, p.price
	FROM n JOIN product AS p ON p.id = 1 + i * 7 % 25;
	COMMIT;
	SQL
}

# start_server: initdb and start in WORK, which also holds the socket
start_server()
{
	local bindir

	bindir=$("$PG_CONFIG" --bindir)
	as_server "$bindir/initdb" -D "$WORK/data" -U postgres -A trust -E UTF8 \
		--locale="$LANG" --no-sync >"$WORK/initdb.log" 2>&1 ||
		{ cat "$WORK/initdb.log" >&2; die "initdb failed"; }
	# the settings stand in the file, so that a restart by hand has them too
	as_server tee -a "$WORK/data/postgresql.conf" >/dev/null <<-CONF
	listen_addresses = ''
	unix_socket_directories = '$WORK'
	port = $PORT
	fsync = off
	max_wal_size = 4GB
	logging_collector = off
	CONF
	as_server "$bindir/pg_ctl" -D "$WORK/data" -l "$WORK/server.log" -w -t 60 \
		start >"$WORK/pg_ctl.log" 2>&1 </dev/null ||
		{ cat "$WORK/pg_ctl.log" "$WORK/server.log" >&2; die "the server did not start"; }
}

# run_psql DATABASE [ARGUMENT...]: SQL comes on standard input
run_psql()
{
	as_server "$("$PG_CONFIG" --bindir)/psql" -X -q -v ON_ERROR_STOP=1 \
		-P pager=off -h "$WORK" -p "$PORT" -U postgres -d "$@"
}

# quoted WORD...: as one would type it in a shell; most need no quotes
quoted()
{
	local word text=

	for word in "$@"
	do
		case $word in
			'' | *[!A-Za-z0-9_./=:-]*) printf -v word '%q' "$word" ;;
		esac
		text+="$word "
	done
	echo "${text% }"
}

# migrate FILE: the call this is all about, and the proof.  The path and the
# names go in as psql variables, which psql quotes.
migrate()
{
	local mapping equal

	echo 'CREATE DATABASE :"db"' | run_psql postgres -v db="$DB"
	echo "CREATE EXTENSION $SFM_EXTENSION" | run_psql "$DB"

	say "SELECT * FROM sqlite_migrate_file('$1', '$TARGET')"
	run_psql "$DB" -v file="$1" -v target="$TARGET" <<-'SQL' || die "the migration failed"
	SELECT * FROM sqlite_migrate_file(:'file', :'target');
	SQL

	mapping=$(run_psql "$DB" -At <<-'SQL'
	SELECT n.nspname
	FROM pg_foreign_table AS ft
	     JOIN pg_class AS c ON c.oid = ft.ftrelid
	     JOIN pg_namespace AS n ON n.oid = c.relnamespace
	LIMIT 1;
	SQL
	)
	if [ -z "$mapping" ]
	then
		say "the file holds no tables"
		MAPPING=
		return
	fi
	MAPPING=$mapping

	say "SELECT * FROM sqlite_compare_counts('$mapping', '$TARGET')"
	run_psql "$DB" -v mapping="$mapping" -v target="$TARGET" <<-'SQL'
	SELECT * FROM sqlite_compare_counts(:'mapping', :'target');
	SQL
	equal=$(run_psql "$DB" -At -v mapping="$mapping" -v target="$TARGET" <<-'SQL'
	SELECT count(*) || ' tables, ' || coalesce(sum(target_rows), 0) || ' rows, all counts equal'
	FROM sqlite_compare_counts(:'mapping', :'target')
	HAVING count(*) = count(*) FILTER (WHERE equal);
	SQL
	)
	[ -n "$equal" ] || die "the counts of source and target differ"
	say "$equal"
}

# Tell how to go on, and how to get rid of it.
explain()
{
	local psql=psql remove socket

	command -v psql >/dev/null || psql=$("$PG_CONFIG" --bindir)/psql
	socket=$(quoted "$WORK")
	remove="$(quoted "$SELF") --remove $socket"
	echo
	echo "Connect:      $psql -h $socket -p $PORT -U postgres $DB"
	echo "New tables:   schema $TARGET"
	[ -z "$MAPPING" ] ||
		echo "SQLite side:  schema $MAPPING (foreign tables, on a copy of the file)"
	echo "Server log:   $WORK/server.log"
	echo "Remove all:   $remove"
}

# remove DIRECTORY: the opposite.  Only directories that start_server filled.
remove()
{
	local directory

	[ -d "$1" ] || die "no such directory: $1"
	directory=$(cd -P -- "$1" 2>/dev/null && pwd) ||
		die "no permission to enter $1; call this as the user who made it"
	case ${directory##*/} in
		"$NAME".??????) ;;
		*) die "not made by $NAME, left alone: $1" ;;
	esac
	if [ -L "$directory/$MARKER" ] || [ ! -f "$directory/$MARKER" ] ||
		[ "$(cat -- "$directory/$MARKER")" != "$directory" ]
	then
		die "not made by $NAME, left alone: $1"
	fi
	WORK=$directory
	remove_work_dir
	say "stopped the server and removed $directory"
}

main()
{
	local file="" base

	case ${1:-} in
		-h | --help)
			sed -n '2,/^$/s/^# \{0,1\}//p' "$SELF"
			exit 0
			;;
		--remove)
			[ $# -eq 2 ] || die "usage: scripts/quickstart.sh --remove DIRECTORY"
			remove "$2"
			exit 0
			;;
		--)
			shift
			;;
	esac
	[ $# -le 1 ] || die "usage: scripts/quickstart.sh [FILE]"
	if [ $# -eq 1 ]
	then
		[ -n "$1" ] || die "the name of the file is empty"
		file=$1
		[ "${file#/}" != "$file" ] || file=$PWD/$file
		check_file "$file"
	fi

	# a path that works from wherever the caller goes
	case $SELF in
		/*) ;;
		*) SELF=$SFM_ROOT/scripts/${SELF##*/} ;;
	esac

	clean_environment
	install_missing without_tap
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	make_work_dir "$NAME"
	echo "$WORK" >"$WORK/$MARKER"

	mkdir -- "$WORK/file"
	if [ -n "$file" ]
	then
		base=${file##*/}
		copy_file "$file" "$WORK/copy"
		mv -- "$WORK/copy" "$WORK/file/$base"
	else
		base=sample.sqlite
		say "making a sample file"
		make_sample "$WORK/file/$base"
	fi
	give_to_server "$WORK/file"

	# in a subshell, so that its die does not end this one unheard
	(build_and_install "$WORK/build") >"$WORK/build.log" 2>&1 ||
		{ tail -n 40 -- "$WORK/build.log" >&2; die "cannot build the extension"; }
	rm -rf -- "$WORK/build"
	say "built and installed for $("$PG_CONFIG" --version)"

	start_server
	migrate "$WORK/file/$base"
	explain
}

main "$@"
