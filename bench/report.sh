# shellcheck shell=bash
# bench/report.sh: from the milliseconds of all runs to the tables
#
# shellcheck disable=SC2016      # the back-quotes are Markdown
#
# Sourced by run.sh.  Reads $WORK/results: the file WAY.DATASET.ms has one line
# per run, WAY.DATASET.kb the peak memory.

MISSED=0
NOT_MEASURED=0

# numbers WAY.DATASET: "median minimum maximum runs", nothing if not measured
numbers()
{
	[ -s "$WORK/results/$1.ms" ] || return 0
	sort -n -- "$WORK/results/$1.ms" | awk '
		{ value[NR] = $1 }
		END {
			middle = (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2
			printf "%.6f %.6f %.6f %d\n", middle, value[1], value[NR], NR
		}'
}

# median WAY.DATASET, memory WAY.DATASET: one number, or nothing
median()
{
	local all

	all=$(numbers "$1")
	echo "${all%% *}"
}

memory()
{
	[ ! -s "$WORK/results/$1.kb" ] || tail -n 1 -- "$WORK/results/$1.kb"
}

# describe WAY: what the row of a table says
describe()
{
	case $1 in
		f1) echo 'F1: heap to heap `INSERT ... SELECT`' ;;
		f2) echo 'F2: `COPY FROM` a binary file' ;;
		f3) echo "F3: C program, SQLite's library" ;;
		f4) echo 'F4: sqlite3 shell, `INSERT ... SELECT` into a new file' ;;
		scan) echo 'scan of the foreign table' ;;
		insert) echo '`INSERT INTO t SELECT * FROM ft`' ;;
		load) echo '`sqlite_load`' ;;
		migrate) echo '`sqlite_migrate_file`: key, index, analyze, verify' ;;
		export) echo '`sqlite_export`' ;;
		lookup) echo '1,000 lookups by key' ;;
		join) echo 'join driven by 1,000 local keys' ;;
		csv) echo '`sqlite3 -csv` to `psql \copy`, key, index' ;;
		pgloader) echo 'pgloader' ;;
		duckdb) echo 'DuckDB `CREATE TABLE pg.t AS FROM sqlite.t`' ;;
	esac
}

# print_dataset DATASET: the table of all its ways that were measured
print_dataset()
{
	local way all kb

	printf '\n### %s: %s\n\n' "$1" "$(describe_dataset "$1")"
	echo '| way | median ms | min | max | runs | memory MB |'
	echo '|---|---:|---:|---:|---:|---:|'
	for way in $ALL_WAYS
	do
		all=$(numbers "$way.$1")
		kb=$(memory "$way.$1")
		[ -n "$all$kb" ] || continue
		# shellcheck disable=SC2086  # four numbers
		awk -v way="$(describe "$way" | sed 's/\\/\\\\/g')" -v kb="$kb" 'BEGIN {
			format = ARGV[2] < 20 ? "%.2f" : "%.0f"
			if (ARGC > 1)
				printf "| %s | " format " | " format " | " format " | %d |", way, ARGV[1], ARGV[2], ARGV[3], ARGV[4]
			else
				printf "| %s | | | | |", way
			printf kb == "" ? " |\n" : " %.1f |\n", kb / 1024
		}' $all
	done
}

# verdict TEXT VALUE UNIT LIMIT: one row of the table of goals
verdict()
{
	local outcome

	if [ -z "$2" ]
	then
		NOT_MEASURED=$((NOT_MEASURED + 1))
		printf '| %s | | %s%s | not measured |\n' "$1" "$4" "$3"
		return
	fi
	outcome=$(awk -v value="$2" -v limit="$4" \
		'BEGIN { print value + 0 <= limit + 0 ? "met" : "**missed**" }')
	[ "$outcome" = met ] || MISSED=$((MISSED + 1))
	printf '| %s | %.4g%s | %s%s | %s |\n' "$1" "$2" "$3" "$4" "$3" "$outcome"
}

# quotient WAY.DATASET WAY.DATASET: of the medians, nothing if one is missing
quotient()
{
	local above below

	above=$(median "$1")
	below=$(median "$2")
	[ -z "$above" ] || [ -z "$below" ] ||
		awk -v a="$above" -v b="$below" 'BEGIN { printf "%.6f", a / b }'
}

# wanted WAY.DATASET: true if it was to be measured
wanted()
{
	case " ${JOBS[*]} " in
		*" $1 "*) return 0 ;;
	esac
	return 1
}

# ratio TEXT WAY.DATASET FLOOR.DATASET LIMIT: a goal in terms of another way
ratio()
{
	wanted "$2" || return 0
	verdict "$1" "$(quotient "$2" "$3")" ' x' "$4"
}

# memory_goal WAY.DATASET
memory_goal()
{
	local kb

	wanted "$1" || return 0
	kb=$(memory "$1")
	verdict "memory of ${1%.*}, ${1#*.}" \
		"${kb:+$(awk -v kb="$kb" 'BEGIN { print kb / 1024 }')}" ' MB' 64
}

# growth_goal WAY: ten times the rows: time, and memory within 4 MB
growth_goal()
{
	local more less

	wanted "$1.ten" || return 0
	ratio "$1, 10 x the rows" "$1.ten" "$1.main" 10.5
	more=$(memory "$1.ten")
	less=$(memory "$1.main")
	verdict "$1, 10 x the rows: memory more than before" \
		"${more:+${less:+$(awk -v a="$more" -v b="$less" \
			'BEGIN { print (a - b) / 1024 }')}}" ' MB' 4
}

# print_goals: DESIGN section 10, with what was measured
print_goals()
{
	local way

	printf '\n### Goals\n\n'
	echo '| what | measured | at most | |'
	echo '|---|---:|---:|---|'
	ratio 'scan : F3' scan.main f3.main 0.6
	ratio '`INSERT ... SELECT` : F1' insert.main f1.main 1.1
	ratio '`sqlite_load` : F2' load.main f2.main 0.7
	ratio '`sqlite_load` : DuckDB' load.main duckdb.main 0.6
	ratio '`sqlite_migrate_file` : pgloader' migrate.main pgloader.main 0.1
	ratio '`sqlite_migrate_file` : csv' migrate.main csv.main 0.4
	ratio '`sqlite_migrate_file` : DuckDB' migrate.main duckdb.main 1.0
	ratio '`sqlite_export` : F4' export.main f4.main 1.3
	! wanted migrate.small ||
		verdict 'small file migrated' "$(median migrate.small)" ' ms' 200
	! wanted lookup.main ||
		verdict '1,000 lookups by key' "$(median lookup.main)" ' ms' 500
	! wanted join.main ||
		verdict 'join driven by 1,000 keys' "$(median join.main)" ' ms' 500
	for way in scan insert load migrate export join
	do
		memory_goal "$way.main"
	done
	for way in scan insert load migrate
	do
		growth_goal "$way"
	done
	for way in scan insert load export
	do
		memory_goal "$way.big"
		memory_goal "$way.wide"
	done
	[[ " ${JOBS[*]} " == *".wide "* || " ${JOBS[*]} " == *".big "* ]] || return 0
	printf '\nThe same ratios for other shapes of tables, without a goal of their own:\n\n'
	echo '| what | wide | big |'
	echo '|---|---:|---:|'
	print_ratio 'scan : F3' scan f3
	print_ratio '`INSERT ... SELECT` : F1' insert f1
	print_ratio '`sqlite_load` : F2' load f2
	print_ratio '`sqlite_export` : F4' export f4
}

# print_ratio TEXT WAY FLOOR
print_ratio()
{
	local wide big

	wide=$(quotient "$2.wide" "$3.wide")
	big=$(quotient "$2.big" "$3.big")
	printf '| %s |' "$1"
	printf ' %s |' "${wide:+$(printf '%.3g x' "$wide")}" \
		"${big:+$(printf '%.3g x' "$big")}"
	printf '\n'
}

# processor: its name, as the system tells it
processor()
{
	{ sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null || true; } |
		head -n 1
}

# print_report
print_report()
{
	local dataset

	printf '\n## Result\n\n'
	sql -c 'SELECT sqlite_fdw_migrate_version()' | tr '\n' ' '
	printf '\n%s, %s processors; load average before %s, after %s (1 minute)\n\n' \
		"$(processor)" "$(getconf _NPROCESSORS_ONLN)" "$LOAD_BEFORE" \
		"$(cut -d ' ' -f 1 /proc/loadavg)"
	echo 'Settings of the server, for all ways:'
	sed 's/^/    /' "$WORK/settings.conf"
	for dataset in main ten wide big small
	do
		case " ${JOBS[*]} " in
			*".$dataset "*) print_dataset "$dataset" ;;
		esac
	done
	printf '\nMemory: of the backend over its baseline; of peers, of their own process.\n'
	print_goals
	[ ${#SKIPPED[@]} -eq 0 ] || printf '\nSkipped: %s\n' "${SKIPPED[@]}"
	[ ${#BROKEN[@]} -eq 0 ] || printf '\nFAILED: %s\n' "${BROKEN[@]}"
	printf '\n%s goals missed, %s not measured\n' "$MISSED" "$NOT_MEASURED"
}
