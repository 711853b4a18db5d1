# shellcheck shell=bash
# scripts/lib.sh: what the other scripts have in common
#
# Sourced, never run.  Four subjects: messages, packages (apt), the private
# copy of the source with its build, and servers that live in a temporary
# directory.  Nothing here changes a PostgreSQL cluster it did not make, and
# nothing writes into the checkout.
#
# PG_CONFIG chooses the PostgreSQL installation, as in the Makefile.

# shellcheck disable=SC2034  # used by the scripts that source this file
SFM_ROOT=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
SFM_EXTENSION=sqlite_fdw_migrate
SFM_PG_OLDEST=15
SFM_PG_NEWEST=18
# where apt installs the versions of PostgreSQL side by side
SFM_PG_BASE=/usr/lib/postgresql

WORK=                           # temporary directory, set by make_work_dir
SERVER_USER=                    # runs the server, set by choose_server_user

# ---------------------------------------------------------------- messages

# say TEXT...: one line of progress
say()
{
	printf '%s\n' "== $*"
}

# warn TEXT...: one line on standard error
warn()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# die TEXT...: the one error line, and the end
die()
{
	warn "$*"
	exit 1
}

# Keep the caller's environment out of psql, pg_regress and make.
clean_environment()
{
	local name

	for name in ${!PG@}
	do
		case $name in
			PG_CONFIG | PG_TEST_*) ;;
			*) unset "$name" ;;
		esac
	done
	unset MAKEFLAGS MFLAGS MAKELEVEL CDPATH GREP_OPTIONS
	if locale -a 2>/dev/null | grep -qix -e 'C\.utf-\?8'
	then
		export LANG=C.UTF-8 LC_ALL=C.UTF-8
	else
		export LANG=C LC_ALL=C
	fi
}

# ---------------------------------------------------------------- packages

# as_root COMMAND...: run it as root, through sudo where needed
as_root()
{
	if [ "$EUID" -eq 0 ]
	then
		"$@"
	else
		sudo -- "$@"
	fi
}

# True if this machine installs packages with apt and we may do so.
can_use_apt()
{
	[ -e /etc/debian_version ] && command -v apt-get >/dev/null &&
		{ [ "$EUID" -eq 0 ] || command -v sudo >/dev/null; }
}

# apt_get ARGUMENT...: without questions, waiting for another apt to end, and
# without restarting services behind the user's back.  What it says is shown
# only if it fails.
apt_get()
{
	local log status=0

	log=$(mktemp)
	as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
		apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2 "$@" \
		</dev/null >"$log" 2>&1 || status=$?
	[ "$status" -eq 0 ] || tail -n 30 -- "$log" >&2
	rm -f -- "$log"
	return "$status"
}

# pg_config_version FILE: the major version FILE belongs to, nothing on error
pg_config_version()
{
	"$1" --version 2>/dev/null | sed -n 's/^PostgreSQL \([0-9]*\).*/\1/p'
}

# pg_config_builds FILE: true if extensions can be built and run with it
pg_config_builds()
{
	[ -e "$("$1" --pgxs 2>/dev/null)" ] &&
		[ -e "$("$1" --includedir-server)/postgres.h" ] &&
		[ -x "$("$1" --bindir)/initdb" ] &&
		[ -x "$("$1" --bindir)/postgres" ]
}

# supported_version NUMBER: true for the versions of PostgreSQL we support
supported_version()
{
	[ -n "$1" ] && [ "$1" -ge "$SFM_PG_OLDEST" ] &&
		[ "$1" -le "$SFM_PG_NEWEST" ]
}

# Choose the PostgreSQL to work with: sets PG_CONFIG, where it is already
# installed, and PG_VERSION.  First PG_CONFIG as given, then the pg_config in
# PATH if it is complete, then the newest installed server, then the newest
# one that apt has.  PG_VERSION stays empty if there is none.
choose_postgresql()
{
	local candidate version

	PG_VERSION=
	if [ -n "${PG_CONFIG:-}" ]
	then
		candidate=$(command -v -- "$PG_CONFIG") ||
			candidate=$PG_CONFIG
		PG_CONFIG=$candidate
		PG_VERSION=$(pg_config_version "$PG_CONFIG") || true
		case $PG_VERSION$PG_CONFIG in
			"$SFM_PG_BASE"/*/bin/pg_config)	# not installed yet
				PG_VERSION=${PG_CONFIG#"$SFM_PG_BASE"/}
				PG_VERSION=${PG_VERSION%%/*}
				;;
		esac
		[ -n "$PG_VERSION" ] ||
			die "PG_CONFIG names no usable pg_config: $PG_CONFIG"
		supported_version "$PG_VERSION" ||
			die "PostgreSQL $PG_VERSION is not supported: $SFM_PG_OLDEST to $SFM_PG_NEWEST are"
		return
	fi

	if candidate=$(command -v pg_config) && pg_config_builds "$candidate"
	then
		version=$(pg_config_version "$candidate")
		if supported_version "$version"
		then
			PG_CONFIG=$candidate
			PG_VERSION=$version
			return
		fi
	fi

	for ((version = SFM_PG_NEWEST; version >= SFM_PG_OLDEST; version--))
	do
		if [ -x "$SFM_PG_BASE/$version/bin/postgres" ]
		then
			PG_VERSION=$version
			PG_CONFIG=$SFM_PG_BASE/$version/bin/pg_config
			return
		fi
	done

	command -v apt-cache >/dev/null || return 0
	for ((version = SFM_PG_NEWEST; version >= SFM_PG_OLDEST; version--))
	do
		if apt_has "postgresql-$version" &&
			apt_has "postgresql-server-dev-$version"
		then
			PG_VERSION=$version
			PG_CONFIG=$SFM_PG_BASE/$version/bin/pg_config
			return
		fi
	done
}

# apt_has PACKAGE: true if apt knows a version to install
apt_has()
{
	LC_ALL=C apt-cache policy "$1" 2>/dev/null |
		grep '^  Candidate:' | grep -qv '(none)'
}

# missing_things with_tap|without_tap: one line per thing that is absent, "what|package"
missing_things()
{
	local tool version=${PG_VERSION:-NN}

	for tool in make gcc flex bison sqlite3
	do
		command -v "$tool" >/dev/null || echo "$tool|$tool"
	done
	if ! echo '#include <sqlite3.h>' | gcc -E - >/dev/null 2>&1
	then
		echo "the header sqlite3.h and the library of SQLite 3.34 or newer|libsqlite3-dev"
	fi
	if [ -z "${PG_CONFIG:-}" ] ||
		[ ! -x "$("$PG_CONFIG" --bindir 2>/dev/null)/postgres" ]
	then
		echo "a PostgreSQL server, version $SFM_PG_OLDEST to $SFM_PG_NEWEST|postgresql-$version"
	fi
	if [ -z "${PG_CONFIG:-}" ] ||
		[ ! -e "$("$PG_CONFIG" --pgxs 2>/dev/null)" ] ||
		[ ! -e "$("$PG_CONFIG" --includedir-server 2>/dev/null)/postgres.h" ]
	then
		echo "PostgreSQL's headers and PGXS|postgresql-server-dev-$version"
	fi
	if [ "$1" = with_tap ]
	then
		command -v prove >/dev/null || echo "prove (Perl)|perl"
		perl -MIPC::Run -e 1 2>/dev/null ||
			echo "the Perl module IPC::Run|libipc-run-perl"
	fi
}

# install_missing with_tap|without_tap: everything the build needs is there afterwards.
# Calls apt only if something is absent.  Sets PG_CONFIG and PG_VERSION.
install_missing()
{
	local want=$1 missing packages

	choose_postgresql
	missing=$(missing_things "$want")
	[ -n "$missing" ] || return 0

	can_use_apt || tell_what_to_install "$missing"

	say "packages are missing; reading apt's lists"
	as_root true || die "sudo does not work for $(id -un); call this as root"
	apt_get update || warn "apt-get update failed; going on with the lists at hand"
	choose_postgresql
	if [ -z "$PG_VERSION" ]
	then
		warn "apt has no PostgreSQL $SFM_PG_OLDEST to $SFM_PG_NEWEST: add a source that has one, such as the PostgreSQL project's own apt repository"
		tell_what_to_install "$missing"
	fi
	mapfile -t packages < <(missing_things "$want" | cut -d '|' -f 2)
	say "installing with apt (a minute or two): ${packages[*]}"
	case " ${packages[*]} " in
		*" postgresql-$PG_VERSION "*)
			install_without_cluster "${packages[@]}"
			;;
		*)
			apt_get install --no-install-recommends -y "${packages[@]}" ||
				die "apt-get install failed"
			;;
	esac
	hash -r

	missing=$(missing_things "$want")
	[ -z "$missing" ] || tell_what_to_install "$missing"
}

# tell_what_to_install MISSING: print the list, and end
tell_what_to_install()
{
	{
		echo "${0##*/}: these are missing and cannot be installed from here:"
		cut -d '|' -f 1 <<<"$1" | sed 's/^/  * /'
		if [ -e /etc/debian_version ]
		then
			echo "As root:"
			echo "  apt-get install $(cut -d '|' -f 2 <<<"$1" | paste -sd ' ')"
		else
			echo "Install them with this system's package manager (elsewhere the"
			echo "packages are called postgresql-server, postgresql-devel,"
			echo "sqlite, sqlite-devel, perl-IPC-Run or similar), put pg_config"
			echo "into PATH or name it in PG_CONFIG, and call this again."
		fi
	} >&2
	exit 1
}

# install_without_cluster PACKAGE...: Debian's server package makes and starts
# a cluster "main" where there is none.  Nobody asked for that here, so
# postgresql-common is told not to, for as long as the installation takes.
# The subshell's trap puts its configuration back whatever happens.
install_without_cluster()
{
	(
		conf=/etc/postgresql-common/createcluster.conf
		dropin=/etc/postgresql-common/createcluster.d/zz-$SFM_EXTENSION.conf
		saved=

		# undo both ways of configuring
		# shellcheck disable=SC2317,SC2329	# called by the trap
		restore()
		{
			as_root rm -f "$dropin"
			as_root rmdir "${dropin%/*}" 2>/dev/null || true
			[ -z "$saved" ] || as_root mv -f "$saved" "$conf"
		}

		# true if postgresql-common now makes no cluster
		disabled()
		{
			case $(pg_conftool "$conf" show -bs create_main_cluster 2>/dev/null) in
				off | false | no | 0) return 0 ;;
			esac
			return 1
		}

		apt_get install --no-install-recommends -y postgresql-common ||
			exit 1
		trap restore EXIT
		trap 'exit 130' INT TERM HUP
		as_root mkdir -p "${dropin%/*}"
		echo 'create_main_cluster = false' |
			as_root tee "$dropin" >/dev/null
		if ! disabled
		then
			saved=$conf.$SFM_EXTENSION
			as_root cp -p "$conf" "$saved"
			echo 'create_main_cluster = false' |
				as_root tee -a "$conf" >/dev/null
			disabled || die "cannot keep postgresql-common from making a cluster: set create_main_cluster = false in $conf"
		fi
		apt_get install --no-install-recommends -y "$@"
	) || die "apt-get install failed"
}

# ------------------------------------------------- directories and the build

# choose_server_user: PostgreSQL refuses to run as root
choose_server_user()
{
	if [ "$EUID" -ne 0 ]
	then
		SERVER_USER=$(id -un)
	elif id postgres >/dev/null 2>&1
	then
		SERVER_USER=postgres
	else
		SERVER_USER=nobody
	fi
}

# make_work_dir NAME: sets WORK, a new directory that only the server's user
# (and root) can enter.  Not below TMPDIR if that is private to the caller or
# so long that the name of a socket would not fit.
make_work_dir()
{
	local base=${TMPDIR:-/tmp}

	choose_server_user
	base=${base%/}
	if [ "${#base}" -gt 40 ] || [ "${base#/}" = "$base" ] ||
		! (cd / && run_as_server "$base" test -w "$base") 2>/dev/null
	then
		base=/tmp
	fi
	WORK=$(mktemp -d "$base/$1.XXXXXX")
	WORK=$(cd -P -- "$WORK" && pwd)
	chmod 0700 "$WORK"
	mkdir -- "$WORK/tmp"
	give_to_server "$WORK"
}

# give_to_server PATH...: change the owner, where the server has its own user
give_to_server()
{
	[ "$EUID" -ne 0 ] || chown -RhP -- "$SERVER_USER:$(id -gn "$SERVER_USER")" "$@"
}

# run_as_server HOME COMMAND...: as the user who runs the server
run_as_server()
{
	local home=$1

	shift
	if [ "$EUID" -ne 0 ]
	then
		env HOME="$home" "$@"
	elif command -v runuser >/dev/null
	then
		runuser -u "$SERVER_USER" -- env HOME="$home" "$@"
	else
		setpriv --reuid "$SERVER_USER" --regid "$(id -g "$SERVER_USER")" \
			--clear-groups -- env HOME="$home" "$@"
	fi
}

# as_server COMMAND...: in WORK, with home and temporary files there too
as_server()
{
	(cd -- "$WORK" && run_as_server "$WORK" TMPDIR="$WORK/tmp" "$@")
}

# copy_source DIRECTORY: the files git tracks or would add, without products
# of earlier builds.  A checkout without .git is copied by exclusion.
copy_source()
{
	local list

	mkdir -p -- "$1"
	if [ -e "$SFM_ROOT/.git" ] && command -v git >/dev/null &&
		list=$(mktemp) &&
		git -c safe.directory='*' -C "$SFM_ROOT" ls-files -z \
			--cached --others --exclude-standard >"$list" 2>/dev/null
	then
		# files deleted but still in the index are not there to copy
		(
			cd -- "$SFM_ROOT" || exit
			while IFS= read -r -d '' file
			do
				if [ -e "$file" ] || [ -L "$file" ]
				then
					printf '%s\0' "$file"
				fi
			done <"$list" | tar -c --null --no-recursion -T -
		) | tar -x --no-same-owner -C "$1"
	else
		tar -c -C "$SFM_ROOT" --exclude-vcs --exclude='*.o' --exclude='*.so' \
			--exclude='*.bc' --exclude='*.BAK' --exclude=./results \
			--exclude=./output_iso --exclude=./tmp_check \
			--exclude=./tmp_check_iso . |
			tar -x --no-same-owner -C "$1"
	fi
	rm -f -- "${list:-}"
	chmod -R u+rwX -- "$1"
}

# build_and_install DIRECTORY: a private copy of the source, built by the
# server's user, installed by root.  Names the files it installs into.
build_and_install()
{
	local directory=$1 jobs install=()

	jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || jobs=1
	copy_source "$directory"
	give_to_server "$directory"
	say "building for $("$PG_CONFIG" --version)"
	as_server make -C "$directory" -s -j "$jobs" PG_CONFIG="$PG_CONFIG" ||
		die "the build failed"
	# a PostgreSQL in the caller's own home needs no root to install into
	[ -w "$("$PG_CONFIG" --pkglibdir)" ] &&
		[ -w "$("$PG_CONFIG" --sharedir)/extension" ] || install=(as_root)
	say "installing into $("$PG_CONFIG" --pkglibdir)"
	"${install[@]}" make -C "$directory" -s install \
		PG_CONFIG="$PG_CONFIG" ${COPT:+COPT="$COPT"} ||
		die "make install failed"
}

# provide_corpus: the tests get a copy of the corpus that they may write to;
# exports SFM_CORPUS where there is one.
provide_corpus()
{
	local corpus=${SFM_CORPUS:-$SFM_ROOT/../shared/corpus}

	unset SFM_CORPUS
	if [ -d "$corpus" ]
	then
		cp -R -- "$corpus" "$WORK/corpus"
		chmod -R u+rwX -- "$WORK/corpus"
		give_to_server "$WORK/corpus"
		export SFM_CORPUS=$WORK/corpus
	else
		say "NO CORPUS: the folder $corpus does not exist; tests over real files are skipped"
	fi
}

# ----------------------------------------------------------------- servers

# server_pid DATADIR: the pid of the server that runs there, if one does.
# The number in postmaster.pid may be stale, so the process must have the
# data directory as its working directory, as every server has.
server_pid()
{
	local pid

	pid=$(head -n 1 -- "$1/postmaster.pid" 2>/dev/null) || return 1
	case $pid in
		'' | *[!0-9]*) return 1 ;;
	esac
	kill -0 "$pid" 2>/dev/null || return 1
	if [ -d "/proc/$pid" ]
	then
		[ "/proc/$pid/cwd" -ef "$1" ] || return 1
	fi
	echo "$pid"
}

# stop_server DATADIR: fast shutdown, and an immediate one after 30 seconds
stop_server()
{
	local pid tenths

	pid=$(server_pid "$1") || return 0
	kill -INT "$pid"
	for ((tenths = 0; tenths < 300; tenths++))
	do
		server_pid "$1" >/dev/null || return 0
		sleep 0.1
	done
	kill -QUIT "$pid" 2>/dev/null || true
	sleep 1
}

# stop_servers_below DIRECTORY: every server whose data lie there
stop_servers_below()
{
	local file

	[ -d "$1" ] || return 0
	while IFS= read -r -d '' file
	do
		stop_server "${file%/*}"
	done < <(find "$1" -name postmaster.pid -print0 2>/dev/null)
}

# Stop the servers in WORK, then remove it.  For traps.
remove_work_dir()
{
	[ -n "$WORK" ] || return 0
	stop_servers_below "$WORK"
	cd /
	rm -rf -- "$WORK"
	WORK=
}
