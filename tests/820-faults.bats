#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Every system call of a launch fails once, and every process of it is killed at every call. Either
# the launch is refused, says why, and no plugin has run; or the plugin runs in the same sandbox.
# Nothing is left either way. lib/inject.c injects, lib/inside.c is the plugin and tells what it is
# in; judge reads what came of it.

load helper

# A test is some hundred launches
BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-180}

setup_file() {
	local ns

	export BATS_TEST_TIMEOUT
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
	mkdir "$BATS_FILE_TMPDIR/bundle"
	cc -std=gnu17 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror -o "$BATS_FILE_TMPDIR/inject" \
		"$BATS_TEST_DIRNAME/lib/inject.c" -lseccomp
	cc_static "$BATS_FILE_TMPDIR/bundle/inside" <"$BATS_TEST_DIRNAME/lib/inside.c"
	cp "$BATS_FILE_TMPDIR/bundle/inside" "$BATS_FILE_TMPDIR/bundle/other"
	{
		printf 'name: inside\nversion: 1.0.0\nentrypoint:\n- ./inside\n'
		for ns in cgroup ipc mnt net pid user uts; do
			printf -- '- "%s"\n' "$(readlink "/proc/self/ns/$ns")"
		done
		printf 'resources:\n  timeout: 100s\n'
	} >"$BATS_FILE_TMPDIR/bundle/plugin.yaml"
	chmod -R a+rX "$BATS_FILE_TMPDIR/bundle"
}

setup() {
	export HOME=$BATS_TEST_TMPDIR/home TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$HOME" "$TMPDIR"
	OPTIONS=()
	SWEPT=0
}

# Failures (EIO) that are no reason to refuse, each with why. All of them leave the sandbox as
# it is: what the plugin reports is the same.
TOLERATED='
launcher chdir          back to / after the clone: only keeps a directory busy
launcher close          the descriptor is closed all the same
launcher connect        the C library asks nscd who the user is; then it reads /etc/passwd
launcher socket         the same
launcher lseek          the same
launcher read           the same; and pieces of the loader
launcher dup2           lets go of the channel once the plugin runs
launcher fchown         the plugin cannot open its own stdio again
launcher fcntl          the plugin shares the description of the caller of its stdin
launcher fstatfs        stdio is relayed where it need not be
launcher statfs         the same
launcher getdents64     the C library, looking for users
launcher getrandom      the run has no id of its own; malloc has no random key
launcher mount_setattr  the mount is copied again, or its ids are not mapped
launcher move_mount     asks whether the kernel has the call, and this is no "no"
launcher newfstatat     the home directory cannot be compared with the bundle; buffers of stdio
launcher open_tree      the mount is copied another way
launcher openat         the home directory cannot be compared; files of the C library
launcher pidfd_open     the caller is watched by its thread, which is told
launcher rt_sigaction   SIGPIPE: nothing is written without MSG_NOSIGNAL before the plugin has ended
launcher seccomp        no notifications: refused calls are refused and not told, which is told
launcher uname          counts as an old kernel, which is told
launcher wait4          the helper that held a user namespace is reaped with plugbox
launcher epoll_ctl      taking out what is closed next
launcher madvise        plugbox keeps pages that only the launch needed
launcher waitid         pid 1 is gone already
init     madvise        pid 1 keeps pages that only the launch needed
init     capget         the C library asks which capabilities there are
init     close          the descriptor is closed all the same
init     close_range    descriptors are closed one by one
init     mkdirat        a mount point that is there
init     mknodat        the same
init     mount          the new root is built in another place
init     openat         the same
init     move_mount     asks whether the kernel has the call
init     open_tree      the mount is copied another way
init     mount_setattr  the same
init     openat2        counts as an execute-only program: Landlock refuses what it may not run
init     pread64        the loader of the program is not known: Landlock refuses one
init     prctl          the name of pid 1
init     prlimit64      the launch itself keeps the soft limit on descriptors of the caller
plugin   close          the descriptor is closed all the same
helper   close          the same
helper   read           ends without waiting; it has been opened, or the launch fails
helper   prctl          the name of the guardian
helper   set_robust_list  the C library, for locks that nobody here has
helper   close_range    descriptors are closed one by one
'

# judge ROLE KIND <LINES: prints the lines that must not be. KIND is EIO, another error, or kill.
#
# Two things are not told apart from outside. The listener reaches the launcher when the child is
# right before its exec: where that cannot be taken, the plugin may have begun when it is ended
# (125). And pid 1 goes on while the plugin's exec is under way: from its close_range on a plugin
# can have begun. Where what killed runs have left is removed first (SWEPT), the calls have other
# numbers from run to run, and so has the release of the child.
judge() {
	awk -F'\t' -v role="$1" -v kind="$2" -v tolerated="$TOLERATED" -v swept="$SWEPT" '
		BEGIN {
			n = split(tolerated, line, "\n")
			for (i = 1; i <= n; i++)
				if (split(line[i], word, " ") > 2)
					may[word[1] " " word[2]] = 1
		}
		function good() {
			# left behind, or no line of ours
			if (NF != 8 || $7 != 0)
				return 0
			refused = ($4 == 125 || $4 == 126 || $4 == 127 || $4 == 2) && $5 == "-" &&
				$8 ~ /^plugbox: ./
			if (refused)
				return 1
			# the set-up is over, all layers are in force
			if ($3 == "after" && $5 == "started")
				return 1
			if (kind == "kill" && role == "launcher")
				return $4 == 137 && ($5 == "-" || released || swept)
			# the plugin has begun, or not yet, when pid 1 cannot load its own filter: all ends
			if ($4 == 125 && role == "init" && $2 == "seccomp" && $8 ~ /^plugbox: ./)
				return 1
			# the keeper stands in the place of pid 1 where there are no namespaces
			if (kind == "kill" && (role == "init" || (role == "helper" && swept)) &&
			    $2 ~ /^(close_range|madvise|seccomp|rt_sigtimedwait|wait4|sendmsg)$/)
				return $4 == 137
			# after its mark nobody can tell it from the plugin, which pid 1 may be
			if (kind == "kill" && (role == "plugin" || role == "init"))
				return $4 == 137 && $5 == "-" && $2 ~ /^(close|prlimit64)$/
			if ($4 == 125 && role == "launcher" && (released || swept) &&
			    $2 ~ /^(recvmsg|epoll_ctl|epoll_wait|read|fcntl)$/)
				return 1
			# killed by its own filter, which takes the call that is not made for another
			if (role == "init" && $4 == 159)
				return $2 ~ /^(rt_sigtimedwait|wait4|sendmsg)$/
			if ($4 != 0 || $5 != "started")
				return 0
			if (kind == "EIO" || kind == "kill")
				return $6 == "same" && (role " " $2) in may
			# other errors say "not there" or "not in this kernel": the same by other means, or
			# without a piece of the runtime
			return $6 == "same" || ($6 == "less" && role == "launcher")
		}
		{ if (!good()) print }
		role == "launcher" && $2 == "sendto" { released = 1 }'
}

# sweep ROLE KIND: one of EIO ENOSYS EPERM ENOENT EINTR, or kill
sweep() {
	local role=$1 kind=$2 what=(kill "$1") i pids=() out=$BATS_TEST_TMPDIR/$1-$2

	case $kind in
	EIO) what=(fail "$role" 5) ;;
	ENOSYS) what=(fail "$role" 38) ;;
	EPERM) what=(fail "$role" 1) ;;
	ENOENT) what=(fail "$role" 2) ;;
	EINTR) what=(fail "$role" 4) ;;
	esac
	for i in 1 2; do
		"$BATS_FILE_TMPDIR/inject" "${what[@]}" "$i" 2 "$PLUGBOX" run "${OPTIONS[@]}" \
			"${BUNDLE:-$BATS_FILE_TMPDIR/bundle}" >"$out.$i" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	sort -n "$out.1" "$out.2" >"$out"
	judge "$role" "$kind" <"$out" >"$out.bad"
	if [[ -s $out.bad ]]; then
		cat "$out.bad"
		fail "of $(wc -l <"$out") faults ($role, $kind) these end as they must not"
	fi
	assert_eq "$(find "$HOME" "$TMPDIR" -mindepth 1)" ""
	assert_eq "$(grep -w plugbox /proc/self/mountinfo)" ""
	assert_eq "$(find /sys/fs/cgroup -maxdepth 4 -name 'plugbox-*-*' -user "$(id -u)" 2>/dev/null)" ""
	COUNT=$(wc -l <"$out")
}

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
	((COUNT > 60))
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
	((COUNT > 60))
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
launcher poll           waits for room on stderr
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
