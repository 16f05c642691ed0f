#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Kernels, and filters of containers, that lack system calls: the same sandbox by other means, or
# a refusal that says what is missing. lib/without.c hides the calls.

load helper

setup_file() {
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
	cc_static "$BATS_FILE_TMPDIR/without" <"$BATS_TEST_DIRNAME/lib/without.c"
}

without() {
	"$BATS_FILE_TMPDIR/without" "$@"
}

# A plugbox that lacks these calls, for a suite to run with.
wrapper() {
	local path=$BATS_FILE_TMPDIR/$1

	mkdir -p "$path"
	printf '#!/bin/sh\nexec %s/without %s -- %s "$@"\n' "$BATS_FILE_TMPDIR" "$*" "$PLUGBOX" \
		>"$path/plugbox"
	chmod -R a+rx "$path"
	echo "$path/plugbox"
}

# What a sandbox is made of, as its plugin sees it, but for numbers that differ from run to run.
describe() {
	# shellcheck disable=SC2016 # the shell inside expands
	"$@" "$PLUGBOX" --quiet run --no-bundle --allow subprocess -- /bin/sh -c '
		grep -E "^(Uid|Groups|Cap|NoNewPrivs|Seccomp|SigBlk|SigIgn)" /proc/self/status
		cut -d" " -f4- /proc/self/mountinfo | sed "s/ \(shared\|master\|propagate_from\):[0-9]*//g" | sort
		ulimit -a
		cat /proc/net/dev 2>&1 | wc -l
		ls /proc/self/fd | wc -l'
}

@test "without a call the sandbox is the same" {
	local call usual=$BATS_TEST_TMPDIR/usual other=$BATS_TEST_TMPDIR/other

	# the filter that hides calls counts as one, and sets no_new_privs: neither is plugbox's
	describe without unshare -- | grep -v ^Seccomp_filters >"$usual"
	grep -q '^Seccomp:.2' "$usual"
	grep -q ' /usr ro,nosuid,nodev' "$usual"
	for call in clone3 openat2 open_tree mount_setattr move_mount fsopen close_range faccessat2 \
		pidfd_open pidfd_send_signal mount-api old-kernel; do
		describe without $call -- | grep -v ^Seccomp_filters >"$other"
		diff -u "$usual" "$other" || fail "without $call the sandbox is another"
	done
}

@test "without Landlock the launch is refused, with the remedy, and --best-effort says so" {
	local status_file=$BATS_TEST_TMPDIR/status

	run_command 125 "$BATS_FILE_TMPDIR/without" landlock -- "$PLUGBOX" run --no-bundle -- /bin/true
	assert_match 'landlock' "$stderr"
	assert_match 'hint: .*best-effort' "$stderr"
	run_command 0 "$BATS_FILE_TMPDIR/without" landlock -- "$PLUGBOX" run --no-bundle --best-effort \
		--status-file "$status_file" -- /bin/echo here
	assert_eq "$output" here
	assert_eq "$(as_json_lines '[e["missing"] for e in d if e["event"] == "exit"][0]' \
		"$(cat "$status_file")")" "['landlock']"
}

@test "where only some of the calls of Landlock are there, no plugin starts" {
	local call

	for call in landlock_create_ruleset landlock_add_rule landlock_restrict_self; do
		run_command 125 "$BATS_FILE_TMPDIR/without" "$call" -- "$PLUGBOX" run --no-bundle -- \
			/bin/echo here
		assert_eq "$output" ""
		assert_match '[Ll]andlock' "$stderr"
	done
	# what is found to be there must work, whatever the effort
	for call in landlock_add_rule landlock_restrict_self; do
		run_command 125 "$BATS_FILE_TMPDIR/without" "$call" -- "$PLUGBOX" run --no-bundle \
			--best-effort -- /bin/echo here
		assert_eq "$output" ""
	done
}

# mounts DIR COMMAND...: in a namespace with a tmpfs on DIR/inner and one on "DIR/a blank", as the
# user that we are
with_mounts() {
	local dir=$1 wrap=()

	shift
	mkdir -p "$dir/inner" "$dir/a blank"
	[[ $EUID -eq 0 ]] || wrap=(unshare --user --map-user="$(id -u)" --map-group="$(id -g)")
	# shellcheck disable=SC2016 # the shell inside expands
	unshare ${wrap[0]:+--user --map-root-user} --mount sh -ec '
		mount -t tmpfs -o mode=1777 one "$0/inner"
		mount -t tmpfs -o mode=1777,noexec two "$0/a blank"
		echo text >"$0/inner/file"
		exec "$@"' "$dir" "${wrap[@]}" "$@"
}

@test "mounts below a read-only one are read-only as well, the old way too" {
	local dir=$BATS_TEST_TMPDIR/top call

	requires unshare
	export -f with_mounts
	mkdir "$dir"
	chmod -R a+rwX "$BATS_TEST_TMPDIR"
	chmod a+rx "$BATS_TEST_TMPDIR/.."
	for call in unshare mount_setattr mount-api old-kernel; do
		run_command 0 bash -c 'with_mounts "$@"' bash "$dir" "$BATS_FILE_TMPDIR/without" $call -- "$PLUGBOX" --quiet run \
			--no-bundle --allow subprocess --best-effort --ro-bind "$dir" /mnt/top -- /bin/sh -c '
				cat /mnt/top/inner/file
				touch /mnt/top/inner/new && echo written
				grep " /mnt/top" /proc/self/mountinfo | cut -d" " -f5,6'
		assert_match '^text' "$output"
		refute_match 'written' "$output"
		assert_match '/mnt/top/inner ro,nosuid,nodev' "$output"
		assert_match '/mnt/top/a.040blank ro,nosuid,nodev,noexec' "$output"
	done
	# what shows that they would be written
	run_command 0 bash -c 'with_mounts "$@"' bash "$dir" "$BATS_FILE_TMPDIR/without" old-kernel -- "$PLUGBOX" --quiet run \
		--no-bundle --allow subprocess --bind "$dir" /mnt/top -- /bin/sh -c '
			touch /mnt/top/inner/new && echo written'
	assert_eq "$output" written
}

@test "doctor says what is missing and what is used instead" {
	run_command 0 "$BATS_FILE_TMPDIR/without" old-kernel -- "$PLUGBOX" doctor
	assert_match 'weak +openat2 .*component by component' "$output"
	assert_match 'weak +close-range ' "$output"
	assert_match 'weak +pidfd ' "$output"
	assert_match 'weak +clone3 ' "$output"
	assert_match 'weak +mount-setattr ' "$output"
	assert_match 'full-strength run: possible' "$output"
	run_command 1 "$BATS_FILE_TMPDIR/without" landlock -- "$PLUGBOX" doctor
	assert_match 'not possible: landlock' "$output"
}

@test "--as-pid-1 ends with plugbox where pidfd_send_signal is hidden" {
	local pid out=$BATS_TEST_TMPDIR/out

	without pidfd_send_signal -- "$PLUGBOX" run --no-bundle --allow subprocess --as-pid-1 \
		-- /bin/sh -c 'echo started; exec sleep 1000' >"$out" 3>&- &
	pid=$!
	wait_for grep -q started "$out"
	sandboxed() {
		pgrep -P "$pid" >/dev/null
	}
	wait_for sandboxed
	local children
	children=$(pgrep -P "$pid")
	kill -KILL "$pid"
	gone() {
		local p

		for p in $children; do
			[[ ! -d /proc/$p ]] || grep -q '^State:.Z' "/proc/$p/status" || return 1
		done
	}
	wait_for gone
}

# What differs there: bundles that only root can read take mount_setattr. The others ask what a
# refused call answers, or copy the wrapper instead of the program.
DIFFERS='a bundle that only root can reach and read works|a setuid, setgid or capable plugbox refuses|the filter refuses what reaches beyond the plugin|no permission brings back what is never allowed'

# suite CALLS FILE-PATTERN...: under a plugbox that lacks the calls
suite() {
	local run pattern tap=$BATS_TEST_TMPDIR/tap files=()

	# shellcheck disable=SC2086 # a list
	run=$(wrapper $1)
	shift
	for pattern; do
		files+=("$(echo "$BATS_TEST_DIRNAME/$pattern"-*.bats)")
	done
	env PLUGBOX="$run" bats --formatter tap "${files[@]}" >"$tap" 2>&1 || true
	if grep '^not ok' "$tap" | grep -qvE "$DIFFERS"; then
		grep -A 12 '^not ok' "$tap"
		fail "not everything passes without the calls"
	fi
	# the plan, and no test that did not report
	[[ $(grep -cE '^(not )?ok' "$tap") -eq $(sed -n 's/^1\.\.//p' "$tap") ]]
	[[ $(grep -c '^ok' "$tap") -gt 10 ]]
}

@test "the file system's tests pass on an old kernel" {
	suite old-kernel 200 210 220 230
}

@test "the tests of privileges and environment pass on an old kernel" {
	suite old-kernel 300 320
}

# Without pidfd_open plugbox says on stderr that it watches the caller's thread, and dies with it
# before it can tell; these tests look at both.
NEARLY_ALL="clone3 openat2 close_range faccessat2 mount-api pidfd_send_signal"

@test "the tests of processes pass on an old kernel that has pidfd_open" {
	suite "$NEARLY_ALL" 310
}

@test "the tests of network and status pass on an old kernel that has pidfd_open" {
	suite "$NEARLY_ALL" 500 620
}

@test "the tests of the channel pass on an old kernel that has pidfd_open" {
	suite "$NEARLY_ALL" 610
}

@test "no attack breaks isolation or reaches the kernel on an old kernel" {
	local run tap=$BATS_TEST_TMPDIR/tap

	requires cc python3
	run=$(wrapper old-kernel)
	PLUGBOX=$run "$BATS_TEST_DIRNAME/attacks/run" --class isolation --class surface --format tap \
		>"$tap" 2>&1 || {
		grep -A 6 '^not ok' "$tap"
		fail "an attack gets through without the calls"
	}
	[[ $(grep -c '^ok' "$tap") -gt 80 ]]
}
