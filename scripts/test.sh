#!/usr/bin/env bash
# scripts/test.sh [TEST...]: build, install, and run the whole test suite
#
#   TEST is the name of a file in sql/, specs/ or t/, without its ending; the
#   default is all of them.
#
# Installs missing packages through apt, builds a private copy of the source,
# installs it into the PostgreSQL chosen by PG_CONFIG, and runs pg_regress, the
# isolation tester and the TAP tests against throw-away servers, as user
# postgres when called as root.  The last line counts the tests.
#
#   PG_CONFIG         the PostgreSQL to use
#   COPT              more compiler flags, e.g. COPT=-Werror
#   PROVE_FLAGS       more flags for prove
#   SFM_SEED          of the tests with random inputs: a number, or "random";
#                     default: the same one in each run
#   SFM_CORPUS        folder of real SQLite files; default ../shared/corpus
#                     beside the checkout, if it exists
#   SFM_RESULTS_DIR   where to leave logs and diffs; when something fails;
#                     default: a new directory

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

PASSED=0
FAILED=0
SKIPPED=0

# Copy what the tests left to a directory that stays.
save_results()
{
	local directory=${SFM_RESULTS_DIR:-} item

	[ -n "$directory" ] ||
		directory=$(mktemp -d "${TMPDIR:-/tmp}/$SFM_EXTENSION-results.XXXXXX")
	mkdir -p -- "$directory"
	for item in results output_iso regression.diffs regression.out \
		tmp_check/log ../regress.log ../isolation.log ../tap.log
	do
		[ ! -e "$BUILD/$item" ] ||
			cp -R --no-preserve=ownership -- "$BUILD/$item" "$directory/"
	done
	for item in regress isolation
	do
		[ ! -d "$WORK/$item.instance/log" ] ||
			cp -R --no-preserve=ownership -- \
				"$WORK/$item.instance/log" "$directory/$item.server-log"
	done
	say "results and logs are in $directory"
}

# Nothing of ours stays, whatever happened.
cleanup()
{
	local status=$?

	trap '' INT TERM HUP
	remove_work_dir
	exit "$status"
}

# names_in FOLDER ENDING: the tests of a folder, without ending, one a line
names_in()
{
	local file

	for file in "$SFM_ROOT/$1"/*".$2"
	do
		[ -e "$file" ] || continue
		file=${file##*/}
		echo "${file%".$2"}"
	done
}

# run_suite NAME FILTER VARIABLE=VALUE...: one part of `make installcheck`.
# The other parts are switched off, so that each runs whatever became of the
# one before.  Output to $WORK/NAME.log; the terminal gets what FILTER (an
# extended regular expression) does not match.
run_suite()
{
	local name=$1 filter=$2 status=0

	shift 2
	say "$name"
	as_server make --no-print-directory -C "$BUILD" -s installcheck PG_CONFIG="$PG_CONFIG" \
		EXTRA_REGRESS_OPTS="--temp-instance=$WORK/$name.instance --port=$PORT" \
		"$@" 2>&1 | tee "$WORK/$name.log" |
		{ grep --line-buffered -Ev "$filter" || true; } || status=$?
	return "$status"
}

# count_in NAME PATTERN: lines of a suite's log that match
count_in()
{
	grep -cE -- "$2" "$WORK/$1.log" || true
}

# account NAME STATUS EXPECTED PASSED FAILED: add one suite to the totals.  A
# suite that fails without a failed test, or runs fewer tests than it has
# (EXPECTED), has failed as well.
account()
{
	local name=$1 status=$2 expected=$3 passed=$4 failed=$5

	if [ "$failed" -eq 0 ] && [ "$status" -ne 0 ]
	then
		warn "$name failed without reporting a failed test"
		failed=1
	elif [ "$((passed + failed))" -lt "$expected" ]
	then
		warn "$name ran $((passed + failed)) of $expected tests"
		failed=$((failed + 1))
	fi
	PASSED=$((PASSED + passed))
	FAILED=$((FAILED + failed))
}

# run_regress NAME VARIABLE TEST...: pg_regress or the isolation tester
#
# PostgreSQL 15 prints "test types ... ok   12 ms" (no "test" in parallel
# groups), 16 and later "ok 1   - types   12 ms" ("+" in parallel groups).
run_regress()
{
	local name=$1 variable=$2 status=0 mode diffs=$BUILD/regression.diffs

	shift 2
	[ $# -gt 0 ] || return 0
	mode=("REGRESS=" "ISOLATION=" "TAP_TESTS=")
	mode+=("$variable=$*")
	run_suite "$name" '^$' "${mode[@]}" || status=$?
	account "$name" "$status" $# \
		"$(count_in "$name" '^(test +| +)[^ ]+ +\.\.\. ok( |$)|^ok +[0-9]+ +[-+] ')" \
		"$(count_in "$name" '^(test +| +)[^ ]+ +\.\.\. (FAILED|failed)|^not ok +[0-9]+ +[-+] ')"
	[ "$name" = regress ] || diffs=$BUILD/output_iso/regression.diffs
	if [ -s "$diffs" ]
	then
		say "differences"
		head -n 400 -- "$diffs"
	fi
}

# run_tap TEST...: the Perl tests; what counts is each single assertion
run_tap()
{
	local status=0 files=() test skipped_files skipped

	[ $# -gt 0 ] || return 0
	for test in "$@"
	do
		files+=("t/$test.pl")
	done
	run_suite tap '^ *(ok [0-9]|1\.\.[0-9])' REGRESS= ISOLATION= \
		PROVE_TESTS="${files[*]}" PROVE_FLAGS="--verbose ${PROVE_FLAGS:-}" ||
		status=$?
	skipped_files=$(count_in tap '^t/.*[. ]skipped: ')
	skipped=$(count_in tap '^ok [0-9]+.* # [Ss][Kk][Ii][Pp]')
	SKIPPED=$((SKIPPED + skipped + skipped_files))
	account tap "$status" $(($# - skipped_files - skipped)) \
		$(($(count_in tap '^ok [0-9]+') - skipped)) \
		$(($(count_in tap '^not ok [0-9]+') -
			$(count_in tap '^not ok [0-9]+.* # TODO')))
	if [ "$status" -ne 0 ]
	then
		say "ends of the TAP logs"
		find "$BUILD/tmp_check/log" -name '*regress_log*' -size +0 \
			-exec tail -n 40 {} + 2>/dev/null || true
	fi
}

case ${1:-} in
	-h | --help)
		sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
		exit 0
		;;
esac

clean_environment
mapfile -t REGRESS < <(names_in sql sql)
mapfile -t ISOLATION < <(names_in specs spec)
mapfile -t TAP < <(names_in t pl)

# With names given, each picks the tests of that name.
if [ $# -gt 0 ]
then
	all=" regress:${REGRESS[*]/#/ regress:} "
	all+="${ISOLATION[*]/#/isolation:} ${TAP[*]/#/tap:} "
	REGRESS=() ISOLATION=() TAP=()
	for name in "$@"
	do
		found=
		case $all in *" regress:$name "*) REGRESS+=("$name") found=1 ;; esac
		case $all in *" isolation:$name "*) ISOLATION+=("$name") found=1 ;; esac
		case $all in *" tap:$name "*) TAP+=("$name") found=1 ;; esac
		[ -n "$found" ] || die "no test is called $name"
	done
fi

install_missing with_tap
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
make_work_dir sfm-test
BUILD=$WORK/build
PORT=$((50000 + $$ % 10000))
build_and_install "$BUILD"

provide_corpus

# A file in WAL mode that belongs to somebody else, in a folder where the server
# may write: only root can make one.
if [ "$EUID" -eq 0 ]
then
	mkdir -m 0777 -- "$WORK/foreign"
	sqlite3 -batch "$WORK/foreign/wal.db" 'PRAGMA journal_mode = WAL;
		CREATE TABLE t (a); INSERT INTO t VALUES (1);' > /dev/null
	chmod 0666 -- "$WORK/foreign/wal.db"
	export SFM_FOREIGN_WAL=$WORK/foreign/wal.db
fi

run_regress regress REGRESS "${REGRESS[@]}"
run_regress isolation ISOLATION "${ISOLATION[@]}"
run_tap "${TAP[@]}"

if [ $((PASSED + FAILED)) -eq 0 ]
then
	warn "no test ran"
	FAILED=1
fi
[ "$FAILED" -eq 0 ] || save_results
if [ "$SKIPPED" -gt 0 ]
then
	echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
else
	echo "$PASSED passed, $FAILED failed"
fi
[ "$FAILED" -eq 0 ]
