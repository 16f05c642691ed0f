# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Every system call of a launch fails once, and every process of it is killed at every call: what the
# files load that do so. lib/inject.c injects, lib/inside.c is the plugin and tells what it is in;
# judge reads what came of it.
# shellcheck disable=SC2034 # some of it is those files'

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
launcher faccessat2      a piece of the runtime counts as absent
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
launcher poll           does not wait for the sandbox; or for room on stderr
launcher restart_syscall  the same, where a stop has interrupted the wait
launcher unshare        the clone makes the network namespace
launcher sched_yield    the child begins when the kernel lets it
launcher pidfd_open     the caller is watched by its thread, which is told
launcher rt_sigaction   SIGPIPE: nothing is written without MSG_NOSIGNAL before the plugin has ended
launcher seccomp        no notifications: refused calls are refused and not told, which is told
launcher uname          counts as an old kernel, which is told
launcher wait4          the helper that held a user namespace is reaped with plugbox
launcher epoll_ctl      taking out what is closed next
launcher madvise        plugbox keeps pages that only the launch needed
launcher waitid         pid 1 is gone already
launcher ioctl          the project quota that another run has set on /data stays
init     madvise        pid 1 keeps pages that only the launch needed
init     clone          no thread makes the network namespace: process 1 does
init     unshare        that of the thread: process 1 makes it
init     ioctl          the same
init     socket         the same
init     setns          the same
init     futex          looks once more whether the thread has ended
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
			# the keeper stands in the place of pid 1 where there are no namespaces
			pid1 = role == "init" || (role == "helper" && swept)
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
			if ($4 == 125 && pid1 && $2 == "seccomp" && $8 ~ /^plugbox: ./)
				return 1
			if (kind == "kill" && pid1 &&
			    $2 ~ /^(close_range|madvise|seccomp|rt_sigtimedwait|wait4|sendmsg)$/)
				return $4 == 137
			# after its mark nobody can tell it from the plugin, which pid 1 may be
			if (kind == "kill" && (role == "plugin" || role == "init"))
				return $4 == 137 && $5 == "-" && $2 ~ /^(close|prlimit64)$/
			# a guardian that can hear nothing of plugbox ends it, at whatever it is by then
			if (role == "helper" && !swept && $2 == "read" && $4 == 137)
				return 1
			if ($4 == 125 && role == "launcher" && (released || swept) &&
			    $2 ~ /^(recvmsg|epoll_ctl|epoll_wait|read|fcntl)$/)
				return 1
			# killed by its own filter, which takes the call that is not made for another
			if (pid1 && $4 == 159)
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

no_cgroup_is_left() {
	assert_eq "$(find /sys/fs/cgroup -maxdepth 4 -name 'plugbox-*-*' -user "$(id -u)" 2>/dev/null)" ""
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
	no_cgroup_is_left
	COUNT=$(wc -l <"$out")
}
