#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What all processes of a plugin hold together, and the watchdog that sees to it where no cgroup does.

load helper
load lib/limits

setup() {
	STATUS=$BATS_TEST_TMPDIR/status
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
}

teardown() {
	[[ ! -e ${SWAP:-} ]] || swapoff "$SWAP"
}

# forty PID: plugbox PID has so many processes of a plugin below it
forty() {
	local child plugin

	child=$(cat "/proc/$1/task/$1/children")
	plugin=$(cat "/proc/${child% }/task/${child% }/children")
	(($(wc -w <"/proc/${plugin% }/task/${plugin% }/children") == 40))
}

# A memory bomb: bomb CHILDREN MEGABYTES. Each child, or where there is none the program itself, takes
# that much, says so and stays; in all at most 2 GB.
memory_bomb() {
	program "$1" <<-'C'
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <sys/mman.h>
		#include <sys/wait.h>
		#include <unistd.h>
		static void take(long mb)
		{
			for (long i = 0; i < mb; i++) {
				char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
					       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

				if (p == MAP_FAILED)
					_exit(3);
				memset(p, 1, 1 << 20);
			}
		}
		int main(int argc, char **argv)
		{
			int children = atoi(argv[1]);
			long mb = atol(argv[2]);
			char c;

			if (argc != 3 || mb * (children ? children : 1) > 2000)
				return 2;
			for (int i = 0; i < children; i++) {
				if (fork() == 0) {
					take(mb);
					(void)!write(1, "child\n", 6);
					/* until there is nobody to read it any more, or to hold it */
					(void)!read(0, &c, 1);
					_exit(0);
				}
			}
			if (!children) {
				take(mb);
				(void)!write(1, "all\n", 4);
			}
			while (wait(NULL) > 0)
				;
			return 0;
		}
	C
}

# watched KEY ARG...: whether the watchdog keeps a limit here
watched() {
	local key=$1

	shift
	run_plugbox 0 explain --json --no-bundle "$@" -- true
	[[ $(as_json "d['limits']['$key']['mechanism']") == watchdog ]]
}

@test "memory_limit ends a process that takes more" {
	requires cc unsanitized
	memory_bomb one
	# controls: without the limit, and with room
	run_plugbox 0 run --bundle "$BUNDLE" -- ./main 0 300
	assert_eq "$output" all
	run_plugbox 0 run --bundle "$BUNDLE" --memory-limit 400M -- ./main 0 300
	assert_eq "$output" all
	run_plugbox 137 run --bundle "$BUNDLE" --memory-limit 100M --timeout 50s --status-file "$STATUS" \
		-- ./main 0 2000
	assert_eq "$output" ""
	assert_eq "$(exit_event 'e["outcome"], e["limit"], e["signal"], e["code"]')" \
		"('oom', 'memory_limit', 9, 137)"
	assert_match 'stopped at its memory limit' "$stderr"
	if watched memory_limit --memory-limit 100M; then
		assert_eq "$(events)" "start ready limit:kill exit"
		assert_eq "$(exit_event 'e["peak_memory_bytes"] > 100 << 20, e["peak_memory_of"]')" \
			"(True, 'watchdog')"
	fi
}

@test "memory_limit counts all processes together, and what they share once" {
	local shared

	requires cc unsanitized
	memory_bomb many
	run_plugbox 137 run --bundle "$BUNDLE" --allow subprocess --memory-limit 200M --timeout 50s \
		--status-file "$STATUS" -- ./main 50 20
	assert_eq "$(exit_event 'e["outcome"], e["limit"]')" "('oom', 'memory_limit')"
	# control: as many processes, with less each
	run_plugbox 0 run --bundle "$BUNDLE" --allow subprocess --memory-limit 200M --timeout 50s \
		-- ./main 50 1
	# 40 that share 60 MB of their parent's are no 2400 MB, as long as nobody writes to them
	shared='import os, time
keep = bytes(60 << 20)
for i in range(40):
	if os.fork() == 0:
		os.read(0, 1)
		os._exit(0)
print(os.read(0, 1))
'
	coproc SHARED { exec "$PLUGBOX" run --no-bundle --allow subprocess --memory-limit 200M \
		--status-file "$STATUS" -- /usr/bin/python3 -c "$shared"; }
	local pid=$SHARED_PID in=${SHARED[1]}

	wait_for forty "$pid"
	! watched memory_limit --memory-limit 200M || several_looks "$pid" 3
	exec {in}>&-
	wait "$pid"
	assert_eq "$(exit_event 'e["outcome"]')" exited
}

@test "memory_limit counts the files in /tmp and /dev/shm" {
	requires unsanitized
	local script='import sys
for place in "/tmp/a", "/dev/shm/a":
	with open(place, "wb", 0) as f:
		for i in range(40):
			f.write(bytes(1 << 20))
print("all")
sys.stdin.read()'

	run_plugbox 137 run --no-bundle --memory-limit 64M --timeout 50s --status-file "$STATUS" -- \
		/usr/bin/python3 -c "$script" < <(sleep 20)
	assert_eq "$(exit_event 'e["outcome"], e["limit"]')" "('oom', 'memory_limit')"
	run_plugbox 0 run --no-bundle --memory-limit 150M -- /usr/bin/python3 -c "$script"
	assert_eq "$output" all
}

@test "memory_limit counts a file in /tmp once, also while processes have it mapped" {
	requires unsanitized
	local script='import mmap, os, sys
with open("/tmp/file", "w+b") as f:
	f.truncate(80 << 20)
	m = mmap.mmap(f.fileno(), 0)
	for i in range(0, 80 << 20, 4096):
		m[i] = 1
# a copy of each page, or what nobody else has
other = mmap.mmap(-1, 80 << 20, flags=mmap.MAP_SHARED if sys.argv[1] == "shared" else mmap.MAP_PRIVATE)
for i in range(0, int(sys.argv[2]) << 20, 4096):
	other[i] = 1
for i in range(3):
	if os.fork() == 0:
		for k in range(0, 80 << 20, 4096):
			assert m[k] == 1
		sys.stdin.read()
		os._exit(0)
print("all", flush=True)
sys.stdin.read()'

	# 80 MB and what four Pythons are; the file twice and they would be 170
	coproc MAPPED { exec "$PLUGBOX" run --no-bundle --allow subprocess --memory-limit 140M --tmp-size 100M \
		--status-file "$STATUS" -- /usr/bin/python3 -c "$script" shared 0 3>&-; }
	local pid=$MAPPED_PID in=${MAPPED[1]} line

	read -r -t "$WAIT_SECONDS" -u "${MAPPED[0]}" line
	! watched memory_limit --memory-limit 140M || several_looks "$pid" 3
	exec {in}>&-
	wait "$pid"
	assert_eq "$line $(exit_event 'e["outcome"]')" "all exited"
	# what is no file is counted beside it
	for kind in shared private; do
		run_plugbox 137 run --no-bundle --allow subprocess --memory-limit 140M --tmp-size 100M --timeout 50s \
			--status-file "$STATUS" -- /usr/bin/python3 -c "$script" "$kind" 80 < <(sleep 20)
		assert_eq "$kind $(exit_event 'e["outcome"], e["limit"]')" "$kind ('oom', 'memory_limit')"
	done
}

# A machine of the tests' own may get a swap file; any other is left as it is.
swap() {
	(($(wc -l </proc/swaps) == 1)) || return 0
	[[ $EUID -eq 0 && -n ${PLUGBOX_TEST_SLOW:-} ]] || skip "needs swap"
	SWAP=$BATS_TEST_TMPDIR/swap
	(umask 077 && dd if=/dev/zero of="$SWAP" bs=1M count=300 status=none)
	mkswap -q "$SWAP" && swapon "$SWAP"
}

@test "memory_limit counts what is swapped out, of shared memory too" {
	requires unsanitized
	# a megabyte at a time is written and sent away: no look finds more of it in memory
	local script='import mmap, sys
m = mmap.mmap(-1, 200 << 20, flags=getattr(mmap, sys.argv[1]) | mmap.MAP_ANONYMOUS)
for at in range(0, int(sys.argv[2]) << 20, 1 << 20):
	for i in range(at, at + (1 << 20), 4096):
		m[i] = 1
	m.madvise(21, at, 1 << 20)
print("all", flush=True)
sys.stdin.read()'
	local kind

	watched memory_limit --memory-limit 80M || return 0
	swap
	for kind in MAP_SHARED MAP_PRIVATE; do
		run_plugbox 137 run --no-bundle --memory-limit 80M --timeout "${RUN_SECONDS}s" \
			--status-file "$STATUS" -- /usr/bin/python3 -c "$script" $kind 200 < <(sleep 30)
		assert_eq "$kind $(exit_event 'e["outcome"], e["limit"]')" "$kind ('oom', 'memory_limit')"
		run_plugbox 0 run --no-bundle --memory-limit 80M -- /usr/bin/python3 -c "$script" $kind 40
		assert_eq "$kind $output" "$kind all"
	done
}

@test "no memory is taken from the huge pages that are set aside for others" {
	local script='import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
size = 2 << 20
# MAP_PRIVATE | MAP_ANONYMOUS, and MAP_HUGETLB
for flags in 0x22, 0x40022:
	at = libc.mmap(None, ctypes.c_size_t(size), 3, flags, -1, ctypes.c_long(0))
	print(ctypes.get_errno() if at == ctypes.c_void_p(-1).value else 0)
# IPC_CREAT, and SHM_HUGETLB: of a segment as large as huge pages are
for flags in 0o1600, 0o5600:
	segment = libc.shmget(0, ctypes.c_size_t(size), flags)
	print(ctypes.get_errno() if segment < 0 else 0)
	segment < 0 or libc.shmctl(segment, 0, None)'

	# control: the kernel would say that it has none, or give one
	run_command 0 /usr/bin/python3 -c "$script"
	assert_match $'^0\n(0|12)\n0\n(0|12|1)$' "$output"
	run_plugbox 0 run --no-bundle --allow subprocess --status-file "$STATUS" -- /usr/bin/python3 -c "$script"
	assert_eq "$output" $'0\n1\n0\n1'
	assert_eq "$(exit_event 'sorted(d["call"] for d in e["denied"])')" "['mmap', 'shmget']"
}

@test "memory_limit: there is no System V shared memory where nobody counts it" {
	requires unsanitized
	local script='import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
n = 0
while n < 300:
	seg = libc.shmget(0, 1 << 20, 0o600)
	if seg < 0:
		break
	at = libc.shmat(seg, None, 0)
	ctypes.memset(at, 1, 1 << 20)
	libc.shmdt(ctypes.c_void_p(at))
	n += 1
print(n)'

	run_plugbox 0 run --no-bundle --allow subprocess -- /usr/bin/python3 -c "$script"
	assert_eq "$output" 300
	watched memory_limit --memory-limit 64M || return 0
	run_plugbox 0 run --no-bundle --allow subprocess --memory-limit 64M -- /usr/bin/python3 -c "$script"
	assert_eq "$output" 0
}

@test "a fork bomb is held, ends at its limit and leaves nothing" {
	requires cc unsanitized
	# as many as it may, for ever; the end of its output shows that none is left
	program bomb <<-'C'
		#include <unistd.h>
		int main(void)
		{
			(void)!write(1, "boom\n", 5);
			for (;;)
				(void)fork();
		}
	C
	run_plugbox 124 run --bundle "$BUNDLE" --allow subprocess --pids-limit 50 --cpu-limit 0.5 \
		--cpu-time 1s --kill-after 200ms --timeout 50s --status-file "$STATUS" -- ./main
	assert_eq "$output" boom
	assert_eq "$(exit_event 'e["outcome"], e["limit"]')" "('timeout', 'cpu_time')"
	run_plugbox 124 run --bundle "$BUNDLE" --allow subprocess --pids-limit 50 --memory-limit 64M \
		--timeout 1s --kill-after 0 --status-file "$STATUS" -- ./main
	assert_eq "$(exit_event 'e["outcome"], e["limit"]')" "('timeout', 'timeout')"
}

@test "memory_limit and cpu_time: what begins after long rest is seen all the same" {
	local kind in out pid

	requires cc unsanitized
	watched memory_limit --memory-limit 100M || return 0
	# children that rest; the last of them reads a byte and takes 1 GB, itself, in a child of its
	# own, in a thread, or in /tmp: or it takes time
	program rest <<-'C'
		#include <fcntl.h>
		#include <pthread.h>
		#include <stdlib.h>
		#include <string.h>
		#include <sys/mman.h>
		#include <sys/wait.h>
		#include <unistd.h>
		static void *take(void *unused)
		{
			for (int i = 0; i < 1000; i++) {
				char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
					       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

				if (p == MAP_FAILED)
					_exit(3);
				memset(p, 1, 1 << 20);
			}
			return unused;
		}
		static void fill(void)
		{
			static char mb[1 << 20];
			int fd = open("/tmp/file", O_WRONLY | O_CREAT, 0600);

			for (int i = 0; i < 1000; i++)
				if (write(fd, mb, sizeof(mb)) < 0)
					_exit(3);
		}
		static void act(const char *kind)
		{
			pthread_t thread;
			char c;

			if (read(0, &c, 1) != 1)
				return;
			if (strcmp(kind, "fork") == 0 && fork() > 0) {
				wait(NULL);
				return;
			}
			if (strcmp(kind, "spin") == 0)
				for (;;)
					;
			if (strcmp(kind, "thread") == 0) {
				pthread_create(&thread, NULL, take, NULL);
				pthread_join(thread, NULL);
			} else if (strcmp(kind, "tmp") == 0) {
				fill();
			} else {
				take(NULL);
			}
			(void)!write(1, "taken\n", 6);
			/* until it is seen, or nobody is there who could */
			(void)!read(0, &c, 1);
		}
		int main(int argc, char **argv)
		{
			for (int i = atoi(argv[2]); i > 0; i--) {
				if (fork() == 0) {
					if (i > 1)
						for (;;)
							pause();
					act(argv[1]);
					_exit(0);
				}
			}
			(void)!write(1, "up\n", 3);
			close(1);
			while (argc == 3 && wait(NULL) < 0)
				;
			return 0;
		}
	C
	mkfifo "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
	# the kernel wakes plugbox for a few of them, and of the others it knows at its next look
	for kind in "itself 2" "fork 2" "thread 2" "tmp 2" "itself 20" "spin 20"; do
		# shellcheck disable=SC2086 # words
		"$PLUGBOX" run --bundle "$BUNDLE" --allow subprocess --memory-limit 100M --cpu-time 1s \
			--kill-after 0 --tmp-size 1500M --timeout "${RUN_SECONDS}s" --status-file "$STATUS" \
			-- ./main $kind <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 2>/dev/null 3>&- &
		pid=$!
		exec {in}>"$BATS_TEST_TMPDIR/in" {out}<"$BATS_TEST_TMPDIR/out"
		read -r -t "$RUN_SECONDS" <&"$out"
		several_looks "$pid" 9
		kill -0 "$pid"
		echo >&"$in"
		wait "$pid" || true
		exec {in}>&- {out}<&-
		if [[ $kind == spin* ]]; then
			assert_eq "$kind $(exit_event 'e["outcome"], e["limit"]')" "$kind ('timeout', 'cpu_time')"
		else
			assert_eq "$kind $(exit_event 'e["outcome"], e["limit"]')" "$kind ('oom', 'memory_limit')"
		fi
	done
}

@test "what the watchdog saw is told, each figure by who counted it" {
	requires unsanitized
	local family='import os, sys, threading, time
for i in range(3):
	if os.fork() == 0:
		os.read(0, 1)
		os._exit(0)
for i in range(4):
	threading.Thread(target=os.read, args=(0, 1)).start()
keep = bytearray(os.urandom(1 << 20)) * 40
print("up", flush=True)'
	local pid in

	watched memory_limit --memory-limit 200M || return 0
	coproc FAMILY { exec "$PLUGBOX" run --no-bundle --allow subprocess --memory-limit 200M \
		--pids-limit 30 --status-file "$STATUS" -- /usr/bin/python3 -c "$family"; }
	pid=$FAMILY_PID in=${FAMILY[1]}
	read -r -t "$RUN_SECONDS" <&"${FAMILY[0]}"
	several_looks "$pid"
	exec {in}>&-
	wait "$pid"
	# three children, five threads and the first process of plugbox
	assert_eq "$(exit_event '(lambda u: (u["mechanism"], u["pids_peak"], 40 << 20 < u["memory_peak_bytes"] < 200 << 20,
		"memory_peak_bytes" in u["others"], e["peak_memory_of"]))(e["usage"])')" \
		"('watchdog', 9, True, False, 'watchdog')"
	# nothing looks at this one, and what wait4 tells is not how many there were
	run_plugbox 0 run --no-bundle --status-file "$STATUS" -- true
	if [[ $(exit_event 'e["usage"]["mechanism"]') == rusage ]]; then
		assert_eq "$(exit_event '"pids_peak" in e["usage"], e["usage"]["others"], e["peak_memory_of"]')" \
			"(False, {}, 'largest process')"
	fi
}

@test "a thousand children that sleep are no reason to end anything" {
	requires cc unsanitized
	program sleepers <<-'C'
		#include <stdio.h>
		#include <sys/wait.h>
		#include <unistd.h>
		int main(void)
		{
			int n = 0;
			char c;

			for (int i = 0; i < 1000; i++) {
				pid_t pid = fork();

				if (pid == 0)
					for (;;)
						pause();
				n += pid > 0;
			}
			printf("%d\n", n);
			fflush(stdout);
			/* until the test has seen that they stay */
			(void)!read(0, &c, 1);
			return 0;
		}
	C
	coproc SLEEPERS { exec "$PLUGBOX" run --bundle "$BUNDLE" --allow subprocess --pids-limit 1100 \
		--memory-limit 300M --cpu-limit 1 --cpu-time 30s --timeout "${RUN_SECONDS}s" \
		--status-file "$STATUS" -- ./main 3>&-; }
	local pid=$SLEEPERS_PID in=${SLEEPERS[1]} line
	read -r -t "$RUN_SECONDS" -u "${SLEEPERS[0]}" line
	if watched memory_limit --memory-limit 300M || watched cpu_limit --cpu-limit 1; then
		several_looks "$pid" 3
	fi
	exec {in}>&-
	wait "$pid"
	assert_eq "$line $(exit_event 'e["outcome"], e["limit"]')" "1000 ('exited', None)"
	# and where they are too many, they are as many as they may
	run_plugbox 0 run --bundle "$BUNDLE" --allow subprocess --pids-limit 100 --memory-limit 300M \
		--timeout 50s -- ./main
	assert_eq "$output" 99
}
