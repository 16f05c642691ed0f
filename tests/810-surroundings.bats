#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What a caller may hand down without meaning to: closed descriptors, limits, signals, a directory
# that is gone, a strange environment, a table of hundreds of mounts.

load helper

@test "with any of stdin, stdout and stderr closed the plugin runs, and has all three" {
	local i code

	for i in 1 2 3 4 5 6 7; do
		code=0
		(
			((i & 1)) && exec <&-
			((i & 2)) && exec >&-
			((i & 4)) && exec 2>&-
			# shellcheck disable=SC2016 # the shell inside expands
			exec "$PLUGBOX" --quiet run --no-bundle --allow subprocess -- /bin/sh -c '
				for fd in 0 1 2; do
					[ -e /proc/self/fd/$fd ] || exit 40
				done
				exit 42'
		) || code=$?
		assert_eq "$i: $code" "$i: 42"
	done
}

@test "a small limit on descriptors is enough, or the launch is refused and says so" {
	local n

	# with less the dynamic loader finds no library
	for n in 8 12 16 24; do
		run_command 125 bash -c 'ulimit -n "$1"; exec "$2" run --no-bundle -- /bin/echo here' \
			bash "$n" "$PLUGBOX"
		assert_match 'Too many open files' "$stderr"
		assert_eq "$output" ""
	done
	run_command 0 bash -c 'ulimit -n 40; exec "$1" run --no-bundle -- /bin/echo here' bash "$PLUGBOX"
	assert_eq "$output" here
}

@test "other small limits of the caller's are enough, or nothing starts and it is said" {
	requires unsanitized
	local limit

	# those that a launch comes along with, or that are not looked at for the plugin
	for limit in '-v 100000' '-s 64' '-s unlimited' '-l 0' '-q 0' '-i 0' '-d 4000' '-c 0'; do
		run_command 0 bash -c 'ulimit $1; exec "$2" run --no-bundle -- /bin/echo here' \
			bash "$limit" "$PLUGBOX"
		assert_eq "$limit: $output" "$limit: here"
	done
	# no byte in any file, also of those that the sandbox is made of: not even the error, here
	run_command 125 bash -c 'ulimit -f 0; exec "$1" run --no-bundle -- /bin/echo here' bash "$PLUGBOX"
	assert_eq "$output$stderr" ""
	run_command 125 bash -c 'ulimit -f 0; "$1" run --no-bundle -- /bin/echo here 2>&1 | cat >/dev/null
		exit "${PIPESTATUS[0]}"' bash "$PLUGBOX"
}

@test "output into a file that may grow no further ends neither plugbox nor what it tells" {
	local status_file=$BATS_TEST_TMPDIR/status out=$BATS_TEST_TMPDIR/out

	# a plugin without a sandbox gets the signal; one inside a pipe that nobody reads
	run -153 bash -c 'ulimit -f 64; exec head -c 1000000 /dev/zero >"$1"' bash "$out"
	# shellcheck disable=SC2016 # the shell inside expands
	run_command 141 bash -c 'ulimit -f 64; exec "$1" run --status-file "$2" --no-bundle -- \
		head -c 1000000 /dev/zero >"$3"' bash "$PLUGBOX" "$status_file" "$out"
	assert_eq "$(stat -c %s "$out")" 65536
	assert_match 'cannot write the plugin.s output: File too large' "$stderr"
	assert_eq "$(as_json_lines '[(e["outcome"], e["signal"]) for e in d if e["event"] == "exit"]' \
		"$(cat "$status_file")")" "[('signaled', 13)]"
}

@test "a huge limit on descriptors, all of them in use, costs nothing and gives nothing away" {
	requires python3
	# as high as may be: root of a container may not raise it
	host 'for top in (1048576, resource.getrlimit(resource.RLIMIT_NOFILE)[1]):
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (top, top))
        break
    except ValueError:
        pass
null = os.open("/dev/null", os.O_RDONLY)
for fd in (10, 1000, top // 2, top - 1):
    os.dup2(null, fd, inheritable=True)
for fd in range(20, min(10000, top - 20)):
    os.dup2(null, fd, inheritable=True)
out = subprocess.run(args + ["echo /proc/self/fd/*; ulimit -n"], executable=plugbox, close_fds=False,
                     stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
assert out.returncode == 0, out
fds, limit = out.stdout.decode().split("\n")[:2]
# 3 is the shell, reading the directory
assert {f.rsplit("/")[-1] for f in fds.split()} <= {"0", "1", "2", "3"}, fds
assert int(limit) <= 65536, limit'
}

@test "five hundred mounts of the host's change nothing" {
	local wrap=()

	requires unshare
	[[ $EUID -eq 0 ]] || wrap=(unshare --user --map-user="$(id -u)" --map-group="$(id -g)")
	mkdir "$BATS_TEST_TMPDIR/many"
	# shellcheck disable=SC2016 # the shell inside expands
	run_command 0 unshare ${wrap[0]:+--user --map-root-user} --mount sh -ec '
		mount -t tmpfs many "$0"
		mkdir "$0/at"
		i=0
		while [ $i -lt 500 ]; do
			mount --bind "$0/at" "$0/at"
			i=$((i + 1))
		done
		[ "$(wc -l </proc/self/mountinfo)" -gt 500 ]
		exec "$@"' "$BATS_TEST_TMPDIR/many" "${wrap[@]}" "$PLUGBOX" --quiet run --no-bundle \
		--best-effort --allow subprocess -- /bin/sh -c 'wc -l </proc/self/mountinfo'
	((output < 60))
}

@test "in a working directory that is gone a command without a bundle runs, others are refused" {
	mkdir "$BATS_TEST_TMPDIR/gone"
	cd "$BATS_TEST_TMPDIR/gone"
	rmdir "$BATS_TEST_TMPDIR/gone"
	run_plugbox 0 run --no-bundle -- /bin/echo here
	assert_eq "$output" here
	run_plugbox 2 run -- /bin/echo here
	assert_match 'working directory' "$stderr"
}

# host START: Python that starts plugbox in a way that no shell can
host() {
	run_command 0 /usr/bin/python3 -c "import ctypes, os, resource, signal, subprocess, sys
plugbox = '$PLUGBOX'
args = ['plugbox', '--quiet', 'run', '--no-bundle', '--allow', 'subprocess', '--', '/bin/sh', '-c']
$1"
}

@test "an environment of nonsense and a strange argv[0] change nothing" {
	requires python3
	# shellcheck disable=SC2016 # the shell inside expands
	host 'libc = ctypes.CDLL(None)
def launch(argv, env):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(w, 1)
        vector = lambda v: (ctypes.c_char_p * (len(v) + 1))(*v, None)
        libc.execve(plugbox.encode(), vector(argv), vector(env))
        os._exit(99)
    os.close(w)
    out = os.fdopen(r, "rb").read()
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), out
rest = [a.encode() for a in args[1:]] + [b"env; exit 42"]
odd = [b"LD_PRELOAD=/nonexistent.so", b"LD_LIBRARY_PATH=/tmp", b"LC_ALL=xx_YY.nothing", b"nothing",
       b"=x", b"=", b"", b"A=" + b"x" * 100000, b"PATH", b"A=1", b"A=2", b"N=a\nb=c"]
code, out = launch([b"plugbox"] + rest, odd)
assert code == 42, code
for word in (b"LD_", b"nothing", b"xxx", b"b=c", b"A="):
    assert word not in out, out
assert launch([b"plugbox"] + rest, [])[0] == 42
for name in (b"", b"x" * 100000, b"a\nb\x1b[0m", b"-"):
    assert launch([name] + rest, [b"HOME=/"])[0] == 42, name
# since Linux 5.18 the kernel puts an empty argv[0] in
code, out = launch([], [])
assert code == 2 and out == b"", (code, out)'
}

@test "ignored and blocked signals, limits and mask of the caller are not the plugin's" {
	requires python3
	# shellcheck disable=SC2016 # the shell inside expands
	host 'def odd():
    for s in range(1, 65):
        if s not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
            signal.signal(s, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.valid_signals()))
    os.umask(0)
    os.nice(5)
p = subprocess.run(args + ["grep -E ^Sig /proc/self/status; umask; exit 42"],
                   executable=plugbox, preexec_fn=odd, stdout=subprocess.PIPE, timeout=60)
assert p.returncode == 42, p
lines = p.stdout.decode().split()
assert lines[lines.index("SigBlk:") + 1] == "0" * 16, lines
assert lines[lines.index("SigIgn:") + 1] == "0" * 16, lines
assert lines[-1] == "0077", lines'
}

@test "a thousand launches leave nothing" {
	local before=$BATS_TEST_TMPDIR/before after=$BATS_TEST_TMPDIR/after

	export HOME=$BATS_TEST_TMPDIR/home TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$HOME" "$TMPDIR"
	cut -d' ' -f5 /proc/self/mountinfo | sort >"$before"
	seq 1000 | xargs -P 8 -I{} "$PLUGBOX" --quiet run --no-bundle -- /bin/echo "thousand-$$-{}" \
		>"$BATS_TEST_TMPDIR/out"
	assert_eq "$(sort -u "$BATS_TEST_TMPDIR/out" | wc -l)" 1000
	cut -d' ' -f5 /proc/self/mountinfo | sort >"$after"
	diff "$before" "$after"
	left() {
		! pgrep -f "thousand-$$-" >/dev/null
	}
	wait_for left
	assert_eq "$(find "$HOME" "$TMPDIR" -mindepth 1 | wc -l)" 0
	assert_eq "$(find /sys/fs/cgroup -maxdepth 4 -name 'plugbox-*-*' 2>/dev/null | wc -l)" 0
}

# What a container or another sandbox around plugbox leaves of the kernel's means. As root these are
# made by an unprivileged user as well: root's own namespaces have rights that no container gives.
nested() {
	local code=$1 as=()

	shift
	[[ $EUID -ne 0 ]] || as=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all
		--bounding-set=-all)
	run_command "$code" "${as[@]}" unshare --user --map-root-user "$@"
}

@test "as root of a container that has one id alone, the plugin runs, and is nobody's root" {
	requires unshare setpriv
	nested 0 --pid --fork --mount-proc "$PLUGBOX" run --no-bundle --allow subprocess -- \
		/bin/sh -c 'id -u; cat /proc/self/uid_map; ls -d /proc/[0-9]*'
	assert_match '^1000' "$output"
	assert_match ' 1000 +0 +1' "$output"
	run grep -c '^/proc/' <<<"$output"
	# the shell, as whose glob this is; pid 1 is hidden
	assert_eq "$output" 1
	nested 0 "$PLUGBOX" run --no-bundle -- /bin/cat /proc/self/setgroups
	assert_eq "$output" deny
}

@test "the one id of a namespace is not taken where it is the host's root" {
	requires root unshare
	run_command 125 unshare --user --map-root-user "$PLUGBOX" run --no-bundle -- /bin/echo here
	assert_eq "$output" ""
	assert_match 'uid_map' "$stderr"
}

@test "in a namespace that has no place for another, the launch is refused" {
	requires unshare setpriv
	# shellcheck disable=SC2016 # the shell inside expands
	nested 125 sh -c 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$0" run --no-bundle -- \
		/bin/echo here' "$PLUGBOX"
	assert_eq "$output" ""
	assert_match 'namespaces' "$stderr"
}

@test "where parts of /proc are covered, as in a container, the remedy is told" {
	requires unshare setpriv
	# shellcheck disable=SC2016 # the shell inside expands
	nested 125 --pid --fork --mount-proc sh -c 'mount -t tmpfs cover /proc/bus
		exec "$0" run --no-bundle -- /bin/echo here' "$PLUGBOX"
	assert_eq "$output" ""
	assert_match 'unmask=ALL' "$stderr"
}

@test "where /proc is read-only or gone, the launch is refused and says so" {
	requires unshare setpriv unsanitized
	# shellcheck disable=SC2016 # the shell inside expands
	nested 125 --mount sh -c 'mount --rbind /proc /mnt && mount -o remount,bind,ro /mnt &&
		mount --move /mnt /proc 2>/dev/null || mount -o remount,bind,ro /proc
		exec "$0" run --no-bundle -- /bin/echo here' "$PLUGBOX"
	assert_eq "$output" ""
	assert_match '/proc' "$stderr"
	# shellcheck disable=SC2016 # the shell inside expands
	nested 125 --mount sh -c 'mount -t tmpfs none /proc; exec "$0" run --no-bundle -- /bin/echo here' \
		"$PLUGBOX"
	assert_eq "$output" ""
	assert_match 'must have /proc mounted' "$stderr"
}

@test "plugbox in plugbox is refused, and the outer one says why" {
	requires unsanitized
	# shellcheck disable=SC2016 # the shell inside expands
	run_plugbox 125 run --no-bundle --allow subprocess --ro-bind "$PLUGBOX" /plugbox -- \
		/plugbox run --no-bundle -- /bin/echo here
	assert_eq "$output" ""
	assert_match 'cannot create the sandbox.s namespaces' "$stderr"
}

@test "in bubblewrap's sandbox plugbox runs, in one that forbids namespaces it does not" {
	local around=(bwrap --unshare-all --die-with-parent --ro-bind / / --proc /proc --dev /dev)

	requires bwrap
	[[ $EUID -ne 0 ]] || around=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all
		--bounding-set=-all "${around[@]}")
	run_command 0 "${around[@]}" "$PLUGBOX" run --no-bundle -- /bin/echo here
	assert_eq "$output" here
	run_command 125 "${around[@]}" --unshare-user --disable-userns "$PLUGBOX" run --no-bundle -- \
		/bin/echo here
	assert_eq "$output" ""
}
