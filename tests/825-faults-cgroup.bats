#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The sweeps of 820 over the launcher's calls, with limits that a cgroup keeps: whatever fails, the
# plugin begins with all of them in force or not at all. inject.c reads them from outside.

# shellcheck disable=SC2034 # OPTIONS, TOLERATED and SWEPT are read by faults.bash

load helper
load faults

setup() {
	requires cgroup2 cc
	export HOME=$BATS_TEST_TMPDIR/home TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$HOME" "$TMPDIR"
	SWEPT=0
	CG=$(delegated_cgroup)/faults-$BATS_TEST_NUMBER-$$
	mkdir "$CG"
	echo "+cpu +memory +pids" >"$CG/cgroup.subtree_control"
	OPTIONS=(--cgroup "$CG" --memory-limit 64M --cpu-limit 0.9 --pids-limit 50)
	TOLERATED+='
launcher flock          a sign of life for those that sweep
launcher readlink       that the way there is barred is told by the failing clone
launcher faccessat2     asks whether it is the root of the hierarchy, and this is no "no"
launcher fstat          buffers of stdio, in C libraries that have no newfstatat for it
launcher mmap           the C library asks the kernel for random numbers another way
launcher rt_sigprocmask the same
launcher pread64        that a limit has bitten is told with the next time, or not at all
'
}

teardown() {
	[[ -z ${CG:-} ]] || wait_for rmdir "$CG"
}

# What a killed launcher leaves, which is empty, the next run removes.
no_cgroup_is_left() {
	local leaf

	for leaf in "$CG"/plugbox-*-*; do
		[[ ! -e $leaf ]] || wait_for grep -qx 'populated 0' "$leaf/cgroup.events"
	done
	run_plugbox 0 run "${OPTIONS[@]}" --no-bundle -- /bin/true
	assert_eq "$(find "$CG" -mindepth 1 -type d)" ""
}

@test "without a fault the plugin begins in a cgroup with all limits" {
	run_command 0 "$BATS_FILE_TMPDIR/inject" none "$PLUGBOX" run "${OPTIONS[@]}" "$BATS_FILE_TMPDIR/bundle"
	for line in 'cgroup memory.max 67108864' 'cgroup memory.oom.group 1' 'cgroup pids.max 51' \
		'cgroup cpu.max 90000 100000'; do
		assert_match "$line" "$output"
	done
	no_cgroup_is_left
}

@test "any call of the launcher fails: refused, or the plugin is in the same cgroup" {
	sweep launcher EIO
	((COUNT > 200))
}

@test "the launcher is killed at any call: nothing is left but an empty cgroup, for the next run" {
	sweep launcher kill
	((COUNT > 200))
}
