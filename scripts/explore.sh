#!/usr/bin/env bash
# scripts/explore.sh [-k] RUNS [TEST...]: random tests with other inputs
#
#   -k     keep going after a failure
#   RUNS   how many seeds each test is run with
#   TEST   the name of a file in t/, without its ending; the default is all that
#          use random inputs
#
# In scripts/test.sh the seeds are fixed.  Here every run has a new one, after
# one build; of a run that fails the log is kept, and the command that repeats
# it is shown.  Stops at the first failure, unless -k.  The last line counts the
# runs; the exit status is 1 if one failed.
#
#   PG_CONFIG, SFM_CORPUS   as for scripts/test.sh
#   SFM_EXPRESSIONS, ...    how much a run does: see the head of each test
#   SFM_RESULTS_DIR         where to leave the logs; default: a new directory

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

RAN=0
FAILED=0
RESULTS=

# Nothing of ours stays but the logs of failures.
cleanup()
{
	local status=$?

	trap '' INT TERM HUP
	remove_work_dir
	exit "$status"
}

# run_once TEST SEED: one run; its output goes to $WORK/log
run_once()
{
	as_server env "SFM_SEED=$2" make --no-print-directory -C "$BUILD" -s \
		installcheck PG_CONFIG="$PG_CONFIG" REGRESS= ISOLATION= \
		PROVE_TESTS="t/$1.pl" PROVE_FLAGS=--verbose \
		>"$WORK/log" 2>&1
}

# keep_log TEST SEED: copy the log of a failed run, show what matters of it
keep_log()
{
	local name=$1.$2.log

	RESULTS=${RESULTS:-${SFM_RESULTS_DIR:-$(mktemp -d \
		"${TMPDIR:-/tmp}/$SFM_EXTENSION-explore.XXXXXX")}}
	mkdir -p -- "$RESULTS"
	cp -- "$WORK/log" "$RESULTS/$name"
	# what failed and what the test says of it, without its statistics
	grep -E '^(not ok|#)' "$WORK/log" |
		grep -vE '^# +[0-9]+ (refused|fail)|^# +such as|^# initializing' |
		head -n 60 || tail -n 40 "$WORK/log"
	say "FAILED, log: $RESULTS/$name"
	say "repeat: SFM_SEED=$2 scripts/test.sh $1"
}

KEEP_GOING=
while getopts :hk option
do
	case $option in
		k) KEEP_GOING=1 ;;
		h)
			sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
			exit 0
			;;
		*) die "unknown option: -$OPTARG (-h shows the options)" ;;
	esac
done
shift $((OPTIND - 1))
case ${1:-} in
	'' | *[!0-9]*) die "usage: scripts/explore.sh [-k] RUNS [TEST...]" ;;
esac
RUNS=$1
shift
if [ $# -eq 0 ]
then
	mapfile -t names < <(cd -- "$SFM_ROOT/t" && grep -l random_seed -- *.pl)
	set -- "${names[@]%.pl}"
fi
for test in "$@"
do
	grep -qs random_seed "$SFM_ROOT/t/$test.pl" ||
		die "no test with random inputs is called $test"
done

clean_environment
install_missing with_tap
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
make_work_dir sfm-explore
BUILD=$WORK/build
build_and_install "$BUILD"
provide_corpus

for ((run = 1; run <= RUNS; run++))
do
	for test in "$@"
	do
		seed=$((RANDOM * 32768 % 900000000 + RANDOM))
		say "run $run of $RUNS: $test, seed $seed"
		RAN=$((RAN + 1))
		if ! run_once "$test" "$seed"
		then
			FAILED=$((FAILED + 1))
			keep_log "$test" "$seed"
			[ -n "$KEEP_GOING" ] || break 2
		fi
	done
done
echo "$RAN runs, $FAILED failed"
[ "$FAILED" -eq 0 ]
