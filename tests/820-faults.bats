#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Every system call of a launch fails once, and every process of it is killed at every call. Either
# the launch is refused, says why, and no plugin has run; or the plugin runs in the same sandbox.
# Nothing is left either way. lib/inject.c injects, lib/inside.c is the plugin and tells what it is
# in; judge reads what came of it.

# shellcheck disable=SC2034 # OPTIONS, TOLERATED and SWEPT are read by faults.bash

load helper
load faults

@test "without a fault the plugin reports all layers" {
	run_command 0 "$BATS_FILE_TMPDIR/inject" none "$PLUGBOX" run "$BATS_FILE_TMPDIR/bundle"
	for line in 'Seccomp:.2' 'NoNewPrivs:.1' 'CapEff:.0{16}' 'CapBnd:.0{16}' 'SigIgn:.0{16}' \
		'Max processes +[0-9]+ ' 'Max open files +512 ' 'host name plugbox' \
		'mount / / ro,nosuid,nodev' 'mount / /proc ro,' 'unshare: EPERM' \
		'memory of pid 1: E' 'write in the bundle: EROFS' 'run another program: EACCES'; do
		assert_match "$line" "$output"
	done
	refute_match "the host's" "$output"
	assert_eq "$(grep -c '^namespace .*: its own' <<<"$output")" 7
	# outside it tells another story
	run_command 0 "$BATS_FILE_TMPDIR/bundle/inside" "$(readlink /proc/self/ns/net)"
	assert_match "namespace net: the host's" "$output"
	assert_match 'unshare: (works|EPERM)' "$output"
}

@test "what must not be is seen" {
	local bad=$BATS_TEST_TMPDIR/bad

	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' \
		1 timerfd_settime setup 0 started same 0 '' \
		2 prctl setup 0 started differs 0 '' \
		3 mount setup 125 started - 0 'plugbox: cannot mount' \
		4 mount setup 125 - - 1 'plugbox: cannot mount' \
		5 mount setup 125 - - 0 '' \
		6 epoll_ctl setup 137 started same 2 '' \
		7 seccomp setup 0 started less 0 '' >"$bad"
	judge launcher EIO <"$bad" | diff - "$bad"
	sed -i 1d "$bad"
	judge init EPERM <"$bad" | diff - "$bad"
	judge init kill <"$bad" | diff - "$bad"
}

@test "any call of the launcher fails: the launch is refused, or the sandbox is the same" {
	sweep launcher EIO
	((COUNT > 150))
}

@test "any call of pid 1 fails: the launch is refused, or the sandbox is the same" {
	sweep init EIO
	((COUNT > 150))
}

@test "any call of the process that becomes the plugin fails: the launch is refused" {
	sweep plugin EIO
	((COUNT > 5))
}

@test "a call that the kernel does not have, or forbids: refused, or the same by other means" {
	local role

	for role in launcher init plugin; do
		sweep $role ENOSYS
		sweep $role EPERM
	done
}

@test "a call that finds nothing, or is interrupted: refused, or no more is given" {
	local role

	for role in launcher init plugin; do
		sweep $role ENOENT
		sweep $role EINTR
	done
}

@test "the launcher is killed at any call: nothing is left" {
	sweep launcher kill
	((COUNT > 150))
}

@test "pid 1 is killed at any call: the launch has failed, and nothing is left" {
	sweep init kill
	((COUNT > 150))
}

@test "the process that becomes the plugin is killed at any call: nothing is left" {
	sweep plugin kill
	((COUNT > 5))
}

@test "with --as-pid-1, any call of launcher, guardian and plugin fails, or they are killed" {
	OPTIONS=(--as-pid-1)
	sweep launcher EIO
	sweep helper EIO
	((COUNT > 1))
	sweep init EIO
	((COUNT > 200))
	sweep init kill
	sweep helper kill
}

@test "as root, the process that holds the bundle's user namespace fails or is killed" {
	requires root
	sweep helper EIO
	((COUNT > 1))
	sweep helper kill
}

@test "with a status stream, a data directory and a kept descriptor, the same" {
	# lines for people and for the host that cannot be written are not worth a plugin
	TOLERATED+='
launcher poll           waits for room in the status stream
launcher write          a line of it, or a note on stderr, is lost
'
	BUNDLE=$BATS_TEST_TMPDIR/bundle
	cp -r "$BATS_FILE_TMPDIR/bundle" "$BUNDLE"
	printf 'permissions: [storage]\n' >>"$BUNDLE/plugin.yaml"
	chmod -R a+rX "$BATS_TEST_TMPDIR"
	exec 8>"$BATS_TEST_TMPDIR/status" 9</dev/null
	OPTIONS=(--status-fd 8 --keep-fd 9 --allow storage --data-dir "$BATS_TEST_TMPDIR/data")
	sweep launcher EIO
	((COUNT > 150))
	sweep launcher kill
	sweep init EIO
	sweep init kill
}

@test "without namespaces, any call of launcher, keeper and plugin fails, or they are killed" {
	requires landlock_scope
	TOLERATED+='
launcher write          a note on stderr is lost
launcher mkdir          the directory that holds those of runs is there
launcher flock          what another run left stays, or the own is tried once more
launcher sysinfo        the C library, sorting
launcher unlinkat       what is left is removed with the next run
helper   prlimit64      the launch itself keeps the soft limit on descriptors of the caller
helper   openat         a process of the user is not counted; files of the C library
helper   capget         capabilities are dropped as root does, or as a user
helper   pread64        the loader of the program is not known: Landlock refuses one
helper   openat2        counts as an execute-only program: Landlock refuses what it may not run
helper   readlink       a path that could hold the program is not compared with it; others do
'
	OPTIONS=(--isolation landlock)
	SWEPT=1
	sweep launcher EIO
	((COUNT > 150))
	# the keeper too: there is no new pid namespace
	sweep helper EIO
	((COUNT > 100))
	sweep plugin EIO
	((COUNT > 60))
	sweep launcher EPERM
	sweep helper EPERM
	sweep launcher kill
	sweep helper kill
	sweep plugin kill
}
