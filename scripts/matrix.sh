#!/usr/bin/env bash
# scripts/matrix.sh SUITE [TEST...]: the test suite on another PostgreSQL
#
#   SUITE is a release of Debian: trixie (PostgreSQL 17, pgvector) or sid (18).
#   TEST... goes to scripts/test.sh.
#   SUITE --install PACKAGE...: no test; packages that something else needs
#   there, as bench/run.sh needs DuckDB in sid.
#
# Makes a chroot of that release by debootstrap, once, in a cache outside the
# checkout, copies source and corpus into it and runs scripts/test.sh there.
# Mounts, servers and processes live in namespaces of their own and end with
# the script.  Needs root, Debian's tools, and a mirror of Debian; the mirror
# and its proxy are those apt is configured with.
#
#   SFM_MATRIX_CACHE    directory for the chroots, some 2 GB each
#   SFM_MATRIX_MIRROR   mirror of Debian, if apt's own is not one
#   COPT, SFM_SEED      passed on, as in scripts/test.sh
#
# Exit status: that of scripts/test.sh; 75 if the mirror is out of reach, after
# a line that begins with SKIPPED.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

# chroots made by another recipe are made again
RECIPE=1
EX_TEMPFAIL=75
BESIDE=                         # chroot in the making, removed on failure

# Remove what a failed or interrupted run leaves behind.
cleanup()
{
	local status=$?

	[ -z "$BESIDE" ] || rm -rf --one-file-system -- "$BESIDE"
	[ -z "${CHROOT:-}" ] || rm -rf --one-file-system -- "$CHROOT/src"
	exit "$status"
}

# skip TEXT...: the loud line, and the status that says "neither nor"
skip()
{
	echo "SKIPPED: matrix $SUITE: $*"
	exit "$EX_TEMPFAIL"
}

# contained COMMAND...: in namespaces that take mounts and processes with them
contained()
{
	unshare --mount --pid --fork --kill-child -- "$@"
}

# in_chroot DIRECTORY SCRIPT: run the shell text SCRIPT with the chroot at
# DIRECTORY as root directory, with /proc and a /dev/shm of its own
in_chroot()
{
	# shellcheck disable=SC2016  # expanded by the inner shell
	contained bash -c '
		set -e
		mount -t proc proc "$1/proc"
		mkdir -p "$1/dev/shm"
		mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
		exec chroot "$1" /usr/bin/env -i \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive TERM=dumb \
			${http_proxy:+http_proxy="$http_proxy"} \
			${https_proxy:+https_proxy="$https_proxy"} \
			${no_proxy:+no_proxy="$no_proxy"} \
			bash -c "$2"' in_chroot "$1" "$2"
}

# Print the mirror that apt uses for this machine's own release.
find_mirror()
{
	local codename uri

	if [ -n "${SFM_MATRIX_MIRROR:-}" ]
	then
		echo "$SFM_MATRIX_MIRROR"
		return
	fi
	# shellcheck source=/dev/null
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
	# apt itself reads sources.list and *.sources, whatever their form;
	# security and updates are releases of other names
	# shellcheck disable=SC2016  # apt expands these
	uri=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' \
		'Identifier: Packages' |
		awk -v codename="$codename" '
			($1 == codename || $1 ~ /^(stable|testing|unstable|sid)$/) &&
			$2 == "main" { print $3; exit }')
	case $uri in
		mirror+file:*)			# a list of mirrors, as in cloud images
			uri=$(grep -v '^#' "/${uri#mirror+file:/}" 2>/dev/null |
				awk 'NF { print $1; exit }') || true
			;;
	esac
	case $uri in
		http:* | https:* | file:*) echo "${uri%/}" ;;
	esac
}

# Print apt's settings that a chroot needs to reach the same mirror.
apt_settings()
{
	apt-config dump |
		grep -E '^Acquire::(Check-|Retries|https?::)' |
		grep -Ev '::(Proxy-Auto-Detect|ProxyAutoDetect|User-Agent)' |
		grep -Ev ' "";$' || true
	if [ "$SUITE" = sid ]
	then
		echo 'Acquire::Check-Valid-Until "false";'
	fi
}

# mirror_answers MIRROR: true if the release file of the suite can be fetched
mirror_answers()
{
	local file status=0

	case $1 in
		file:*)
			[ -e "${1#file:}/dists/$SUITE/InRelease" ]
			return
			;;
	esac
	file=$(mktemp -d)
	timeout 120 /usr/lib/apt/apt-helper -o Acquire::Retries=2 \
		download-file "$1/dists/$SUITE/InRelease" "$file/InRelease" \
		>/dev/null 2>&1 || status=1
	[ -s "$file/InRelease" ] || status=1
	rm -rf -- "$file"
	return "$status"
}

# make_chroot MIRROR: fill $BESIDE.  Output goes to $LOG.
make_chroot()
{
	local mirror=$1 script=() include=() setting proxy

	rm -rf --one-file-system -- "$BESIDE"
	mkdir -p -- "$BESIDE"

	# debootstrap has no configuration of its own for proxies
	eval "$(apt-config shell setting Acquire::http::Proxy)"
	proxy=${setting:-}
	case ${proxy:-DIRECT} in DIRECT | false) ;; *) export http_proxy=$proxy ;; esac
	setting=
	eval "$(apt-config shell setting Acquire::https::Proxy)"
	proxy=${setting:-}
	case ${proxy:-DIRECT} in DIRECT | false) ;; *) export https_proxy=$proxy ;; esac

	case $mirror in
		https:*) include=(--include=ca-certificates) ;;
	esac
	# an older debootstrap does not know the names of newer releases
	[ -e "/usr/share/debootstrap/scripts/$SUITE" ] ||
		script=(/usr/share/debootstrap/scripts/sid)
	contained debootstrap --variant=minbase "${include[@]}" \
		"$SUITE" "$BESIDE" "$mirror" "${script[@]}" || return 1

	echo "deb $mirror $SUITE main" >"$BESIDE/etc/apt/sources.list"
	rm -f "$BESIDE"/etc/apt/sources.list.d/*
	apt_settings >"$BESIDE/etc/apt/apt.conf.d/00host"
	case $mirror in
		https:*)				# certificates this machine trusts
			cp -L /etc/ssl/certs/ca-certificates.crt "$BESIDE/etc/ssl/certs/"
			;;
	esac
	cp -L /etc/resolv.conf /etc/hosts "$BESIDE/etc/" 2>/dev/null || true
	printf '#!/bin/sh\nexit 101\n' >"$BESIDE/usr/sbin/policy-rc.d"
	chmod 0755 "$BESIDE/usr/sbin/policy-rc.d"

	in_chroot "$BESIDE" "
		set -e
		apt-get -q update
		apt-get -q install -y --no-install-recommends postgresql-common
		mkdir -p /etc/postgresql-common/createcluster.d
		echo 'create_main_cluster = false' \
			>/etc/postgresql-common/createcluster.d/no-cluster.conf
		apt-get -q install -y --no-install-recommends $PACKAGES
		apt-get clean" || return 1
	echo "$RECIPE $PACKAGES" >"$BESIDE/$STAMP"
}

# Make the chroot if there is none, or one of another recipe.
provide_chroot()
{
	local mirror attempt

	if [ "$(cat "$CHROOT/$STAMP" 2>/dev/null)" = "$RECIPE $PACKAGES" ]
	then
		return
	fi
	if ! command -v debootstrap >/dev/null
	then
		say "installing debootstrap"
		apt_get update || true
		apt_get install --no-install-recommends -y debootstrap ||
			skip "debootstrap cannot be installed"
	fi
	mirror=$(find_mirror)
	[ -n "$mirror" ] ||
		skip "apt is configured with no mirror of Debian; name one in SFM_MATRIX_MIRROR"
	mirror_answers "$mirror" || skip "cannot reach the mirror $mirror"

	say "making the chroot $CHROOT (a minute or two; log: $LOG)"
	BESIDE=$CHROOT.new
	for attempt in 1 2
	do
		if (make_chroot "$mirror") >"$LOG" 2>&1
		then
			rm -rf --one-file-system -- "$CHROOT"
			mv -- "$BESIDE" "$CHROOT"
			BESIDE=
			return
		fi
		warn "attempt $attempt to make the chroot failed:"
		tail -n 15 -- "$LOG" >&2
		mirror_answers "$mirror" || skip "lost the mirror $mirror"
	done
	die "cannot make the chroot of $SUITE; see $LOG"
}

# install PACKAGE...: more packages into the chroot
install()
{
	local packages

	[ $# -gt 0 ] || die "--install needs the names of packages"
	printf -v packages '%q ' "$@"
	say "installing $packages"
	in_chroot "$CHROOT" "
		set -e
		apt-get -q update
		apt-get -q install -y --no-install-recommends $packages
		apt-get clean" >>"$LOG" 2>&1 ||
		die "cannot install $packages; see $LOG"
}

# Run scripts/test.sh in the chroot on a copy of the source and the corpus.
run_tests()
{
	local corpus=${SFM_CORPUS:-$SFM_ROOT/../shared/corpus} status=0
	local results=$CACHE/$SUITE.results inside=$SFM_EXTENSION command

	rm -rf --one-file-system -- "$CHROOT/src" "$results"
	copy_source "$CHROOT/src/$inside"
	if [ -d "$corpus" ]
	then
		mkdir -p "$CHROOT/src/shared"
		cp -R -- "$corpus" "$CHROOT/src/shared/corpus"
	fi
	printf -v command '%q ' env "COPT=${COPT:-}" \
		${SFM_SEED:+"SFM_SEED=$SFM_SEED"} \
		"PG_CONFIG=$SFM_PG_BASE/$VERSION/bin/pg_config" \
		SFM_RESULTS_DIR=/src/results \
		bash "/src/$inside/scripts/test.sh" "$@"
	in_chroot "$CHROOT" "$command" || status=$?
	if [ -d "$CHROOT/src/results" ] && [ "$status" -ne 0 ]
	then
		mv -- "$CHROOT/src/results" "$results"
		# not on standard output: its last line is the count
		warn "outside the chroot the results of $SUITE are in $results"
	fi
	return "$status"
}

case ${1:-} in
	trixie) VERSION=17 EXTRA=postgresql-17-pgvector ;;
	sid) VERSION=18 EXTRA=postgresql-18-pgvector ;;
	-h | --help)
		sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
		exit 0
		;;
	*) die "usage: scripts/matrix.sh trixie|sid [TEST...]" ;;
esac
SUITE=$1
shift
PACKAGES="postgresql-$VERSION postgresql-server-dev-$VERSION $EXTRA libsqlite3-dev sqlite3 make gcc bison flex libipc-run-perl"
STAMP=.$SFM_EXTENSION-matrix
CACHE=${SFM_MATRIX_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/$SFM_EXTENSION/matrix}
CHROOT=
LOG=$CACHE/$SUITE.log

[ "$EUID" -eq 0 ] || die "a chroot needs root: call this with sudo"
if [ ! -e /etc/debian_version ] || ! command -v apt-get >/dev/null
then
	skip "only machines with apt can make chroots of Debian"
fi
mkdir -p -- "$CACHE"
exec 9>"$CACHE/$SUITE.lock"
flock -n 9 || { say "waiting for another run of $SUITE"; flock 9; }
CHROOT=$CACHE/$SUITE
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

clean_environment
contained true ||
	die "cannot make namespaces here; a container needs the right to mount"
provide_chroot
if [ "${1:-}" = --install ]
then
	shift
	install "$@"
else
	run_tests "$@"
fi
