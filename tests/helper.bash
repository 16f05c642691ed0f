# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# What every bats file loads: `load helper`. See tests/README.
# shellcheck disable=SC2154 # bats' run sets output and stderr

bats_require_minimum_version 1.5.0

PROJECT_ROOT=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
PLUGBOX=${PLUGBOX:-$PROJECT_ROOT/build/plugbox}
export PROJECT_ROOT PLUGBOX

# How long a plugin may take and how long wait_for waits, in seconds. Both end a
# test that would hang; no test passes because of them. PLUGBOX_TEST_SLOW is how many times
# slower the machine is than one that they suit: tests/vm's guests set it.
RUN_SECONDS=$((60 * ${PLUGBOX_TEST_SLOW:-1}))
WAIT_SECONDS=$((20 * ${PLUGBOX_TEST_SLOW:-1}))

# A limit that ends a plugin which has to have begun before: A_WHILE.
A_WHILE=$((${PLUGBOX_TEST_SLOW:-0} ? 4 * PLUGBOX_TEST_SLOW : 1))s
export A_WHILE

# A test reads nothing unless it says what; and what it makes, a plugin may read.
exec </dev/null
umask 022

fail() {
	printf '%s\n' "$@" >&2
	return 1
}

show_run() {
	printf -- '-- %s\n' "$*"
	printf 'status: %s\n' "$status"
	printf 'stdout: %s\n' "$output"
	printf 'stderr: %s\n' "$stderr"
}

# run_plugbox CODE ARG...: runs plugbox, sets $status, $output (stdout) and $stderr, and
# fails where the exit code is another. Stdin is /dev/null unless redirected:
#     run_plugbox 0 run "$BUNDLE" <<<'{"method": "ping"}'
run_plugbox() {
	local code=$1

	shift
	# the code is told to run, which else takes 127 for a mistake of the test
	if ! run "-$code" --separate-stderr timeout -k 5 "$RUN_SECONDS" "$PLUGBOX" "$@"; then
		show_run "plugbox $*" >&2
		fail "expected exit code $code"
	fi
}

# run_command CODE COMMAND ARG...: the same for another program.
run_command() {
	local code=$1

	shift
	# the code is told to run, which else takes 127 for a mistake of the test
	if ! run "-$code" --separate-stderr timeout -k 5 "$RUN_SECONDS" "$@"; then
		show_run "$@" >&2
		fail "expected exit code $code"
	fi
}

# A directory of the hierarchy, writable, in which cpu, memory and pids can be given
# to a child: what a service with Delegate=yes or a container of its own has.
delegated_cgroup() {
	local mount path controllers

	if [[ -n ${PLUGBOX_TEST_CGROUP:-} ]]; then
		echo "$PLUGBOX_TEST_CGROUP"
		return 0
	fi
	mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
	path=$(sed -n 's/^0:://p' /proc/self/cgroup)
	[[ -n $mount && -n $path && -w $mount$path/cgroup.procs && -w $mount$path ]] || return 1
	controllers=" $(cat "$mount$path/cgroup.controllers") "
	[[ $controllers == *' cpu '* && $controllers == *' memory '* &&
		$controllers == *' pids '* ]] || return 1
	echo "$mount$path"
}

# have FACT: whether this host has it.
have() {
	case $1 in
	root) [[ $EUID -eq 0 ]] ;;
	user) [[ $EUID -ne 0 ]] ;;
	userns) unshare --user true 2>/dev/null ;;
	landlock) grep -qw landlock /sys/kernel/security/lsm 2>/dev/null || probe_landlock 1 ;;
	landlock_net) probe_landlock 4 ;;
	landlock_scope) probe_landlock 6 ;;
	landlock_log) probe_landlock 7 ;;
	seccomp_notify) grep -qw user_notif /proc/sys/kernel/seccomp/actions_avail ;;
	cgroup2) delegated_cgroup >/dev/null ;;
	python3) [[ -x /usr/bin/python3 ]] ;;
	node) [[ -x /usr/bin/node ]] ;;
	cc) type -P cc >/dev/null ;;
	systemd) has_manager ;;
	tty) type -P script >/dev/null ;;
	git) type -P git >/dev/null ;;
	# tests/run --without hides some from plugbox
	all_calls) [[ -z ${PLUGBOX_TEST_WITHOUT:-} ]] ;;
	pidfd_open) [[ " ${PLUGBOX_TEST_WITHOUT:-} " != *' pidfd_open '* &&
		" ${PLUGBOX_TEST_WITHOUT:-} " != *' old-kernel '* ]] ;;
	# what the sanitizers do themselves: map memory past any limit, take and give exit codes
	unsanitized) [[ -z ${PLUGBOX_TEST_SANITIZED:-} ]] ;;
	setcap) type -P setcap >/dev/null ;;
	bwrap|unshare|setpriv|zsh|fish|man|mandoc|shellcheck) type -P "$1" >/dev/null ;;
	*) return 2 ;;
	esac
}

# landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) is at least $1
probe_landlock() {
	/usr/bin/python3 -c 'import ctypes, sys
abi = ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1)
sys.exit(abi < int(sys.argv[1]))' "$1"
}

# A manager of systemd that serves us: the system's for root, our own for a user.
has_manager() {
	local of=--user

	[[ $EUID -ne 0 ]] || of=--system
	systemctl $of show --property=Version >/dev/null 2>&1
}

# requires FACT...: skips the test where one lacks. The reasons are fixed: tests/README
# lists those that are no failure with PLUGBOX_MUST_WORK=1.
requires() {
	local fact status=0

	for fact; do
		status=0
		have "$fact" || status=$?
		case $status in
		0) ;;
		2) fail "requires: unknown fact \"$fact\"" || return 1 ;;
		*) skip "needs $fact" ;;
		esac
	done
}

# make_bundle NAME <<manifest: makes $BATS_TEST_TMPDIR/NAME with a plugin.yaml that all
# can read, and sets BUNDLE.
make_bundle() {
	BUNDLE=$BATS_TEST_TMPDIR/$1
	mkdir -p "$BUNDLE"
	cat >"$BUNDLE/plugin.yaml"
	# bats makes its directories for their owner alone; the plugin is somebody else
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR" "$BUNDLE"
}

# PLACE is a directory whose file system obeys set-id bits and has devices: /tmp is often none. The
# caller's teardown removes it.
privileged_place() {
	local d

	for d in "$BATS_TEST_TMPDIR" /var/tmp /usr/local/lib; do
		if [[ -w $d && ! ,$(findmnt -no OPTIONS -T "$d"), =~ ,(nosuid|nodev), ]]; then
			PLACE=$(mktemp -d "$d/plugbox-test.XXXXXX")
			chmod 0755 "$PLACE"
			return 0
		fi
	done
	fail 'no file system here obeys set-id bits'
}

# Moves the bundle there.
privileged_bundle() {
	privileged_place
	mv "$BUNDLE" "$PLACE/"
	BUNDLE=$PLACE/${BUNDLE##*/}
}

# bundle_file PATH [MODE] <<text: writes a file of the bundle, 0755 unless said.
bundle_file() {
	mkdir -p "$(dirname "$BUNDLE/$1")"
	cat >"$BUNDLE/$1"
	chmod "${2:-0755}" "$BUNDLE/$1"
}

# cc_static OUT <<source: compiles a small static program.
cc_static() {
	cc -x c -std=gnu17 -D_GNU_SOURCE -O1 -Wall -Werror -static -o "$1" -
}

# wait_for COMMAND ARG...: polls until the command succeeds, at most WAIT_SECONDS.
wait_for() {
	local end=$((SECONDS + WAIT_SECONDS))

	until "$@"; do
		if ((SECONDS > end)); then
			fail "waited $WAIT_SECONDS s in vain for: $*"
			return 1
		fi
		sleep 0.02
	done
}

assert_eq() {
	[[ $1 == "$2" ]] || fail "expected: $2" "found:    $1"
}

assert_match() {
	[[ $2 =~ $1 ]] || fail "no match for: $1" "in: $2"
}

refute_match() {
	[[ ! $2 =~ $1 ]] || fail "unexpected match for: $1" "in: $2"
}

# several_looks PID [N]: plugbox PID has slept and woken so often (10 times) from now on. Where its
# plugin does nothing, only the watchdog wakes it: the eighth look is one a second after the one before
several_looks() {
	local from

	from=$(sleeps "$1")
	wait_for has_slept "$1" $((from + ${2:-10}))
}

has_slept() {
	(($(sleeps "$1") >= $2))
}

sleeps() {
	awk '$1 == "voluntary_ctxt_switches:" { print $2 }' "/proc/$1/status"
}

# waits_for_log DIR OPTION...: while somebody else holds the log, nothing of the static program "main" of
# $BUNDLE, which says "ran", is seen, and plugbox gives up. DIR is the state directory's.
waits_for_log() {
	local state=$1 out=$1.out status=0 held to pid reader
	local -a run=("$PLUGBOX" run --audit required --state-dir "$1" "${@:2}" "$BUNDLE")

	# control, and makes the log
	run_command 0 "${run[@]}"
	assert_eq "$output" ran
	exec {held}<"$state/audit.head"
	flock -x "$held"
	# a pipe is the plugin's own: what goes into a file passes through plugbox
	exec {to}> >(exec cat >"$out" {held}<&- 3>&-)
	reader=$!
	"${run[@]}" >&"$to" 2>"$out.err" {to}>&- {held}<&- 3>&- &
	pid=$!
	exec {to}>&-
	# looks at the lock again and again, when the sandbox stands long since
	wait_for has_slept "$pid" 500
	assert_eq "$(<"$out")" ""
	wait "$pid" || status=$?
	assert_eq "$status" 125
	assert_match 'the audit log is required: another process holds' "$(<"$out.err")"
	wait "$reader"
	assert_eq "$(<"$out")" ""
	exec {held}<&-
}

# as_json EXPRESSION [TEXT]: prints a Python expression over d, the JSON value of TEXT
# ($output by default). as_json_lines: d is the list of the values of the lines.
as_json() {
	/usr/bin/python3 -c 'import json, sys
d = json.loads(sys.argv[2])
print(eval(sys.argv[1]))' "$1" "${2-$output}"
}

as_json_lines() {
	/usr/bin/python3 -c 'import json, sys
d = [json.loads(line) for line in sys.argv[2].splitlines()]
print(eval(sys.argv[1]))' "$1" "${2-$output}"
}

# make_etc: a copy of what plugins need of /etc, without a plugbox in it, as ETC. in_etc COMMAND...
# runs the command where ETC is /etc, and HOSTHOME, where it is set, /srv. For root.
make_etc() {
	local name

	ETC=$BATS_TEST_TMPDIR/etc
	mkdir -p "$ETC"
	for name in passwd group nsswitch.conf ld.so.cache alternatives localtime; do
		[[ ! -e /etc/$name ]] || cp -a "/etc/$name" "$ETC"
	done
}

in_etc() {
	# shellcheck disable=SC2016 # the inner shell's
	unshare --mount --propagation private sh -c 'mount --bind "$1" /etc &&
		{ [ -z "$2" ] || mount --bind "$2" /srv; } && shift 2 && exec "$@"' \
		sh "$ETC" "${HOSTHOME:-}" "$@"
}
export -f in_etc
