#!/usr/bin/env bash
# bench/run.sh [OPTION...]: how fast, against floors and other tools
#
#   --rows N      rows of the main table; default 1000000
#   --runs N      times that each way is measured; default 5
#   --only LIST   these ways only, by comma: scan,insert,load,migrate,export,
#                 lookup,join,csv,pgloader,duckdb,f1,f2,f3,f4 or datasets: main,wide,big,
#                 small,ten; the floors that a ratio needs come by themselves
#   --no-peers    without pgloader, csv and DuckDB; --peers is the default
#   --growth      also a file of 10 x the rows (slow; 25 GB of disk for 1000000)
#   --no-memory   without the part that measures memory and compares the rows
#   --quick       50000 rows, 3 runs: does it work at all
#   --save FILE   write all numbers there: way, dataset, unit, number
#
# Installs missing packages through apt, builds a private copy of the source,
# installs it into the PostgreSQL chosen by PG_CONFIG, makes its SQLite files
# and a throw-away cluster, and measures all ways in turn, --runs times.  As
# root, the server and the programs run as user postgres.  README.md tells
# how to read the result.
#
#   PG_CONFIG     the PostgreSQL to use
#   SFM_DUCKDB    DuckDB's program
#   SFM_CORPUS    folder with chinook.sqlite; default ../shared/corpus beside
#                 the checkout; a file of that size is made if there is none
#
# Exit status: 0 even if goals are missed; 1 if a way of ours fails.

set -euo pipefail
BENCH=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../scripts/lib.sh
. "$BENCH/../scripts/lib.sh"
# shellcheck source-path=SCRIPTDIR source=ways.sh
. "$BENCH/ways.sh"
# shellcheck source-path=SCRIPTDIR source=report.sh
. "$BENCH/report.sh"

ALL_WAYS='f1 f2 f3 f4 scan insert load migrate export lookup join csv pgloader duckdb'
PEERS=' csv pgloader duckdb '
ROWS=1000000
RUNS=5
ONLY=
WITH_PEERS=1
WITH_GROWTH=
WITH_MEMORY=1
SAVE=
JOBS=()                         # WAY.DATASET, in the order of a round
SKIPPED=()
BROKEN=()

# The timed server.  No autovacuum, no checkpoint inside a run, no JIT, whose
# fixed cost depends on estimates; all that protects data is on, as by default.
settings()
{
	cat <<-CONF
		shared_buffers = 512MB
		wal_level = replica
		fsync = on
		synchronous_commit = on
		full_page_writes = on
		max_wal_size = 32GB
		min_wal_size = 4GB
		checkpoint_timeout = 1h
		maintenance_work_mem = 64MB
		work_mem = 4MB
		autovacuum = off
		jit = off
	CONF
}

# Nothing of ours stays, whatever happened.
cleanup()
{
	local status=$?

	trap '' INT TERM HUP
	remove_work_dir
	exit "$status"
}

# number OPTION VALUE: VALUE, if it is a number above 0
number()
{
	case ${2:-} in
		'' | *[!0-9]* | 0*) die "$1 needs a number above 0" ;;
	esac
	echo "$2"
}

read_options()
{
	while [ $# -gt 0 ]
	do
		case $1 in
			-h | --help)
				sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
				exit 0
				;;
			--rows) ROWS=$(number "$1" "${2:-}") && shift ;;
			--runs) RUNS=$(number "$1" "${2:-}") && shift ;;
			--only) ONLY=,${2:-}, && shift ;;
			--save) SAVE=$(realpath -- "${2:-}") && shift ;;
			--peers) WITH_PEERS=1 ;;
			--no-peers) WITH_PEERS= ;;
			--growth) WITH_GROWTH=1 ;;
			--no-memory) WITH_MEMORY= ;;
			--quick) ROWS=50000 RUNS=3 ;;
			*) die "no option is called $1; --help lists them" ;;
		esac
		shift
	done
	[ "$ROWS" -ge 1000 ] || die "--rows must be at least 1000"
}

# chosen WAY.DATASET: does --only name the way or its dataset?
chosen()
{
	case $ONLY in
		'' | *",${1%.*},"* | *",${1#*.},"* | *",$1,"*) return 0 ;;
	esac
	return 1
}

# floors_of WAY.DATASET: what its ratios need
floors_of()
{
	case $1 in
		scan.ten | insert.ten | load.ten | migrate.ten)
			echo "${1%.*}.main"
			;;
		scan.*) echo "f3.${1#*.}" ;;
		insert.*) echo "f1.${1#*.}" ;;
		export.*) echo "f4.${1#*.}" ;;
		load.main) echo f2.main duckdb.main ;;
		load.*) echo "f2.${1#*.}" ;;
		migrate.main) echo csv.main pgloader.main duckdb.main ;;
	esac
}

# choose_jobs: sets JOBS
choose_jobs()
{
	local all=(f1.main f2.main f3.main f4.main scan.main insert.main load.main
		migrate.main export.main lookup.main join.main csv.main pgloader.main duckdb.main
		migrate.small pgloader.small
		f1.wide f2.wide f3.wide f4.wide scan.wide insert.wide load.wide export.wide
		f1.big f2.big f3.big f4.big scan.big insert.big load.big export.big)
	local job needed=' '

	[ -z "$WITH_GROWTH" ] ||
		all+=(scan.ten insert.ten load.ten migrate.ten)
	for job in "${all[@]}"
	do
		! chosen "$job" || needed+="$job $(floors_of "$job") "
	done
	[ "$needed" != ' ' ] || die "--only names nothing that can be measured"
	[ -z "$WITH_PEERS" ] || find_duckdb
	for job in "${all[@]}"
	do
		case $needed in *" $job "*) ;; *) continue ;; esac
		case $PEERS in
			*" ${job%.*} "*) can_run_peer "${job%.*}" || continue ;;
		esac
		JOBS+=("$job")
	done
}

# can_run_peer WAY: is it wanted, and is it there?
can_run_peer()
{
	[ -n "$WITH_PEERS" ] || return 1
	case $1 in
		pgloader) command -v pgloader >/dev/null ;;
		duckdb) [ ${#DUCKDB[@]} -gt 0 ] ;;
	esac
}

# install_pgloader: through apt, where there is apt
install_pgloader()
{
	[ -n "$WITH_PEERS" ] && ! command -v pgloader >/dev/null || return 0
	if can_use_apt
	then
		say "installing pgloader with apt"
		apt_has pgloader || apt_get update || true
		apt_get install --no-install-recommends -y pgloader || true
	fi
	command -v pgloader >/dev/null ||
		SKIPPED+=("pgloader is not here and cannot be installed")
}

# rows_of DATASET
rows_of()
{
	case $1 in
		main) echo "$ROWS" ;;
		ten) echo $((ROWS * 10)) ;;
		wide) echo $((ROWS / 10)) ;;
		big) echo $((ROWS < 50000 ? 10 : ROWS / 5000)) ;;
	esac
}

# describe_dataset DATASET: rows, columns and the size of the file
describe_dataset()
{
	case $1 in
		main | ten) printf '%s rows x 12 columns' "$(rows_of "$1")" ;;
		wide) printf '%s rows x 100 columns' "$(rows_of wide)" ;;
		big) printf '%s rows with a text of 1,000,000 bytes' "$(rows_of big)" ;;
		small) printf 'a small file, %s' "$SMALL" ;;
	esac
	printf ', %s kB\n' "$(($(stat -c %s "$WORK/$1.db") / 1000))"
}

# check_disk: SQLite file, heap, binary file, target, write-ahead log
check_disk()
{
	local need=$((6000000 + ROWS * 2)) have

	[ -z "$WITH_GROWTH" ] || need=$((need + ROWS * 15))
	have=$(df -Pk -- "$WORK" | awk 'NR == 2 { print $4 }')
	[ "$have" -ge "$need" ] ||
		die "$((need / 1000)) MB of disk are needed in $WORK, $((have / 1000)) are free: TMPDIR names another place"
}

# make_file DATASET: its SQLite file
make_file()
{
	local kind=$1 corpus=${SFM_CORPUS:-$SFM_ROOT/../shared/corpus}

	say "making $1.db"
	if [ "$1" != small ]
	then
		[ "$kind" != ten ] || kind=main
		as_server "$WORK/make_database" "$kind" "$(rows_of "$1")" \
			"$WORK/$1.db" || die "cannot make $1.db"
	elif [ -r "$corpus/chinook.sqlite" ]
	then
		SMALL=Chinook
		cp -- "$corpus/chinook.sqlite" "$WORK/small.db"
	else
		SMALL="made by small.sql"
		sqlite3 -batch "$WORK/small.db" <"$BENCH/small.sql"
	fi
	give_to_server "$WORK/$1.db"
}

# make_cluster: with the settings of the timed server
make_cluster()
{
	local dataset

	say "making the cluster"
	as_server "$BINDIR/initdb" -D "$WORK/data" -U postgres -A trust -E UTF8 \
		--no-locale >"$WORK/initdb.log" 2>&1 ||
		die "initdb fails: $(tail -n 3 -- "$WORK/initdb.log")"
	settings >"$WORK/settings.conf"
	{
		cat -- "$WORK/settings.conf"
		echo "listen_addresses = ''"
		echo "unix_socket_directories = '$WORK'"
		echo "port = $PORT"
	} >>"$WORK/data/postgresql.conf"
	start_server
	as_server "$BINDIR/createdb" -h "$WORK" -p "$PORT" -U postgres bench
	sql -c 'CREATE EXTENSION sqlite_fdw_migrate' \
		-c 'CREATE ROLE peer SUPERUSER LOGIN' \
		-c 'ALTER ROLE peer SET search_path = peer'
	for dataset in $DATASETS
	do
		[ "$dataset" != small ] || continue
		say "filling heap_$dataset"
		sql -v dataset="$dataset" -v file="$WORK/$dataset.db" \
			-v sqlite_table="$(table_of "$dataset")" -f "$BUILD/bench/setup.sql"
	done
}

# one WAY.DATASET measure|memory: run it, note the number
one()
{
	local way=${1%.*} dataset=${1#*.} what=$2 unit=ms value

	[ "$what" = measure ] || unit=kb
	if value=$("${what}_$way" "$dataset" 2>"$WORK/error.log") && [ -n "$value" ]
	then
		echo "$value" >>"$WORK/results/$1.$unit"
		printf '%-18s %12s %s\n' "$way $dataset" "$value" "$unit"
		[ -z "$SAVE" ] || printf '%s\t%s\t%s\t%s\n' "$way" "$dataset" \
			"$unit" "$value" >>"$SAVE"
	else
		warn "$way $dataset ($what) failed: $(tail -n 8 -- "$WORK/error.log")"
		BROKEN+=("$way $dataset ($what)")
	fi
	# of a peer, the memory of its process is seen from outside
	if [ "$way" = pgloader ] && [ -s "$WORK/peer.memory" ]
	then
		mv -- "$WORK/peer.memory" "$WORK/results/$1.kb"
	fi
}

# has_memory WAY: is there a memory_WAY?
has_memory()
{
	declare -F "memory_$1" >/dev/null
}

# runs_of WAY.DATASET: ten times the rows need not be measured that often
runs_of()
{
	case $1 in
		*.ten) echo $((RUNS < 3 ? RUNS : 3)) ;;
		*) echo "$RUNS" ;;
	esac
}

read_options "$@"
clean_environment
install_missing without_tap
install_pgloader
BINDIR=$("$PG_CONFIG" --bindir)
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
make_work_dir sfm-bench
BUILD=$WORK/build
PORT=$((50000 + $$ % 10000))
SMALL=
check_disk
choose_jobs
build_and_install "$BUILD"
say "building the programs of the benchmark"
for program in make_database f3
do
	gcc -O2 -o "$WORK/$program" "$BENCH/$program.c" -lsqlite3 ||
		die "cannot build $program"
	chmod 0755 -- "$WORK/$program"
done
mkdir -- "$WORK/results"
DATASETS=$(printf '%s\n' "${JOBS[@]#*.}" | awk '!seen[$0]++')
for dataset in $DATASETS
do
	make_file "$dataset"
done
make_cluster
LOAD_BEFORE=$(cut -d ' ' -f 1 /proc/loadavg)
[ -z "$SAVE" ] || : >"$SAVE"

# Memory first: it compares the rows, too, and warms up the system's cache.
# Little shared memory, so that what the process has touched is its own, and
# half of the usual memory for the sorts of CREATE INDEX, which take all of it
# for ten times the rows.
if [ -n "$WITH_MEMORY" ]
then
	say "memory, and equality of the rows"
	stop_server "$WORK/data"
	start_server shared_buffers=4MB maintenance_work_mem=32MB
	for job in "${JOBS[@]}"
	do
		! has_memory "${job%.*}" || one "$job" memory
	done
	stop_server "$WORK/data"
	start_server
fi

# Each round runs all ways once; every other round backwards, so that none has
# always the same way before it.
for ((round = 1; round <= RUNS; round++))
do
	say "round $round of $RUNS"
	order=("${JOBS[@]}")
	if [ $((round % 2)) -eq 0 ]
	then
		mapfile -t order < <(printf '%s\n' "${JOBS[@]}" | tac)
	fi
	for job in "${order[@]}"
	do
		[ "$round" -gt "$(runs_of "$job")" ] || one "$job" measure
	done
done

print_report
for job in ${BROKEN[@]+"${BROKEN[@]}"}
do
	case $PEERS in
		*" ${job%% *} "*) ;;
		*) exit 1 ;;
	esac
done
