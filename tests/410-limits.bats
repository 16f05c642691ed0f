#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Limits, against programs that go beyond them. Those that need a cgroup are tried in the
# guest of tests/vm; here it is only that nothing pretends to keep them.

load helper
load lib/limits

setup() {
	STATUS=$BATS_TEST_TMPDIR/status
	OUTSIDE=()
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
}

teardown() {
	((${#OUTSIDE[@]} == 0)) || kill "${OUTSIDE[@]}" 2>/dev/null || true
}

# by_default KEY: an rlimit of a plugin that asks for none
by_default() {
	as_json "d['rlimits']['$1']" "$("$PLUGBOX" explain --json --no-bundle -- true)"
}

@test "pids_limit holds against a fork bomb, whatever else the user runs" {
	local _

	requires cc
	# At most 200 attempts; all children end with their parent
	program bomb <<-'C'
		#include <errno.h>
		#include <signal.h>
		#include <stdio.h>
		#include <string.h>
		#include <sys/prctl.h>
		#include <unistd.h>
		int main(void)
		{
			int n = 0, error = 0;
			pid_t self = getpid();

			for (int i = 0; i < 200; i++) {
				pid_t pid = fork();

				if (pid == 0) {
					prctl(PR_SET_PDEATHSIG, SIGKILL);
					if (getppid() == self)
						pause();
					_exit(0);
				}
				if (pid < 0)
					error = errno;
				else
					n++;
			}
			printf("%d %s\n", n, error ? strerror(error) : "all");
			return 0;
		}
	C
	# control: nothing else here stops it
	run_command 0 "$BUNDLE/main"
	assert_eq "$output" "200 all"
	# as many of the same user outside as would fill the limit
	for _ in {1..12}; do
		if [[ $EUID -eq 0 ]]; then
			setpriv --reuid 65534 --clear-groups sleep 60 3>&- &
		else
			sleep 60 3>&- &
		fi
		OUTSIDE+=($!)
	done
	run_plugbox 0 run --bundle "$BUNDLE" --allow subprocess --pids-limit 10 -- ./main
	assert_eq "$output" "9 Resource temporarily unavailable"
	run_plugbox 0 run --bundle "$BUNDLE" --allow subprocess --pids-limit 1 -- ./main
	assert_eq "$output" "0 Resource temporarily unavailable"
	run_plugbox 0 run --bundle "$BUNDLE" --allow subprocess --as-pid-1 --pids-limit 10 -- ./main
	assert_eq "$output" "9 Resource temporarily unavailable"
	# the default is a limit too
	run_plugbox 0 run --bundle "$BUNDLE" --allow subprocess -- ./main
	assert_eq "$output" "$(($(by_default NPROC) - 2)) Resource temporarily unavailable"
}

@test "pids_limit counts threads" {
	local threads='import threading
go, n = threading.Event(), 0
try:
	while n < 50:
		threading.Thread(target=go.wait).start()
		n += 1
except RuntimeError:
	pass
print(n)
go.set()'

	run_plugbox 0 run --no-bundle --pids-limit 10 -- /usr/bin/python3 -c "$threads"
	assert_eq "$output" 9
	run_plugbox 0 run --no-bundle --pids-limit 60 -- /usr/bin/python3 -c "$threads"
	assert_eq "$output" 50
}

@test "limits of one process cannot be raised from inside, and hold" {
	local files script='import os, resource, sys
names = "NOFILE CORE STACK FSIZE NPROC MEMLOCK MSGQUEUE RTPRIO NICE".split()
for name in names:
	which = getattr(resource, "RLIMIT_" + name)
	soft, hard = resource.getrlimit(which)
	print(name, soft, hard)
	if hard != resource.RLIM_INFINITY:
		try:
			resource.setrlimit(which, (hard + 1, hard + 1))
			if resource.getrlimit(which) != (soft, hard):
				print("raised", name)
		except (ValueError, OSError):
			pass
fds = []
try:
	while len(fds) < 5000:
		fds.append(os.open("/dev/null", os.O_RDONLY))
except OSError as e:
	print("open", fds[-1], e.strerror)'

	run_plugbox 0 run --no-bundle --open-files 100 --file-size 64K -- /usr/bin/python3 -c "$script"
	assert_match $'NOFILE 100 100\n' "$output"
	assert_match $'CORE 1 1\n' "$output"
	assert_match $'STACK 8388608 67108864\n' "$output"
	assert_match $'FSIZE 65536 65536\n' "$output"
	assert_match $'MSGQUEUE 0 0\n' "$output"
	assert_match "NPROC $(by_default NPROC) $(by_default NPROC)" "$output"
	assert_match $'RTPRIO 0 0\n' "$output"
	assert_match $'open 99 Too many open files' "$output"
	refute_match raised "$output"
	# the default, and a caller that has less itself
	run_plugbox 0 run --no-bundle -- /usr/bin/python3 -c "$script"
	files=$(by_default NOFILE)
	assert_match "NOFILE $files $files"$'\n'".*open $((files - 1)) " "$output"
	run_command 0 bash -c 'ulimit -n 200; ulimit -s 4096; exec "$@"' bash \
		"$PLUGBOX" run --no-bundle -- /usr/bin/python3 -c "$script"
	assert_match $'NOFILE 200 200\n.*STACK 4194304 4194304\n.*open 199 ' "$output"
}

@test "the lower of manifest and option holds" {
	make_bundle lower <<-'YAML'
		name: lower
		version: 1.0.0
		entrypoint: [sh, -c, "ulimit -n; stat -f -c '%b %S' /tmp"]
		permissions: [subprocess]
		resources: {open_files: 100, tmp_size: 1M}
	YAML
	run_plugbox 0 run --status-file "$STATUS" "$BUNDLE"
	assert_eq "$output" $'100\n256 4096'
	assert_eq "$(exit_event 'e["limits"]["open_files"]["value"], e["limits"]["tmp_size"]["value"]')" \
		"(100, 1048576)"
	run_plugbox 0 run --open-files 50 --tmp-size 512K "$BUNDLE"
	assert_eq "$output" $'50\n128 4096'
	run_plugbox 0 run --open-files 5000 --tmp-size 1G "$BUNDLE"
	assert_eq "$output" $'100\n256 4096'
}

@test "tmp_size and /dev/shm are bounded, in bytes and in files" {
	local script='import os, sys
def fill(directory):
	n = 0
	with open(directory + "/fill", "wb", 0) as f:
		try:
			while n < 200 << 20:
				n += f.write(bytes(1 << 16))
		except OSError as e:
			print(directory, n, e.strerror)
	os.unlink(directory + "/fill")
fill("/tmp"); fill("/dev/shm")
n = 0
try:
	while n < 20000:
		os.close(os.open("/tmp/%d" % n, os.O_CREAT | os.O_WRONLY))
		n += 1
except OSError as e:
	print("files", 100 < n, e.strerror)'

	run_plugbox 0 run --no-bundle --tmp-size 1M -- /usr/bin/python3 -c "$script"
	assert_match $'^/tmp 1048576 No space left on device\n' "$output"
	assert_match $'\n/dev/shm 67108864 No space left on device\n' "$output"
	assert_match $'\nfiles True No space left on device$' "$output"
	# control: it is the limit that stopped it
	run_plugbox 0 run --no-bundle --tmp-size 256M -- /usr/bin/python3 -c "$script"
	refute_match $'(^|\n)/tmp ' "$output"
}

@test "file_size ends what writes more, and the result says so" {
	local dd=(dd if=/dev/zero of=/tmp/file bs=1024 count=100)

	run_plugbox 153 run --no-bundle --file-size 64K --status-file "$STATUS" -- "${dd[@]}"
	assert_eq "$(exit_event 'e["outcome"], e["limit"], e["signal"], e["code"]')" \
		"('limit', 'file_size', 25, 153)"
	assert_match 'stopped at its file_size limit' "$stderr"
	run_plugbox 0 run --no-bundle --file-size 128K -- "${dd[@]}"
	# who ignores the signal gets an error, and no byte more
	run_plugbox 0 run --no-bundle --file-size 64K -- /usr/bin/python3 -c '
import os
f = open("/tmp/file", "wb", 0)
try:
	while f.write(bytes(1024)): pass
except OSError as e:
	print(e.strerror, os.stat("/tmp/file").st_size)'
	assert_eq "$output" "File too large 65536"
	# the channel is no file
	run_plugbox 0 run --no-bundle --file-size 0 -- echo hello
	assert_eq "$output" hello
}

@test "a limit that was not set is not what ended it" {
	local name

	for name in XCPU XFSZ; do
		run_plugbox $((128 + $(kill -l "$name"))) run --no-bundle --allow subprocess \
			--status-file "$STATUS" -- sh -c 'kill -'"$name"' $$'
		assert_eq "$(exit_event 'e["outcome"], e["limit"]')" "('signaled', None)"
	done
}

# spin CHILDREN SECONDS [WORD]: so many children, or where there is none the program itself, use a
# processor for so long by the clock, at most 30 s. With "ignore" they ignore SIGTERM; with "short"
# each child is a row of many that live for a few milliseconds.
spinner() {
	program "$1" <<-'C'
		#include <signal.h>
		#include <stdlib.h>
		#include <string.h>
		#include <sys/wait.h>
		#include <time.h>
		#include <unistd.h>
		static double now(void)
		{
			struct timespec t;

			clock_gettime(CLOCK_MONOTONIC, &t);
			return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
		}
		static void spin(double end)
		{
			while (now() < end)
				;
		}
		int main(int argc, char **argv)
		{
			int children = atoi(argv[1]);
			double end = now() + (atof(argv[2]) < 30 ? atof(argv[2]) : 30);
			int brief = argc > 3 && strcmp(argv[3], "short") == 0;

			if (argc > 3 && strcmp(argv[3], "ignore") == 0)
				signal(SIGTERM, SIG_IGN);
			for (int i = 0; i < children; i++) {
				if (fork() != 0)
					continue;
				while (brief && now() < end) {
					if (fork() == 0) {
						spin(now() + 0.005);
						_exit(0);
					}
					wait(NULL);
				}
				spin(end);
				_exit(0);
			}
			if (!children)
				spin(end);
			while (wait(NULL) > 0)
				;
			return 0;
		}
	C
}

@test "cpu_time ends what uses more, in one process and in many, also short ones" {
	local args

	requires cc
	spinner spin
	for args in '0 30' '5 30' '4 30 short'; do
		# shellcheck disable=SC2086 # words
		run_plugbox 124 run --bundle "$BUNDLE" --allow subprocess --cpu-time 1s --timeout 55s \
			--status-file "$STATUS" -- ./main $args
		assert_eq "$(events)" "start ready limit:terminate exit"
		assert_eq "$(exit_event 'e["outcome"], e["limit"], e["reason"]')" \
			"('timeout', 'cpu_time', 'stopped at its cpu_time limit')"
		assert_eq "$(exit_event '0.9 < e["cpu_seconds"] < 2.5')" True
		assert_match 'stopped at its cpu_time limit' "$stderr"
	done
	# one that ignores the signal is killed
	run_plugbox 124 run --bundle "$BUNDLE" --cpu-time 1s --kill-after 300ms --timeout 55s \
		--status-file "$STATUS" -- ./main 0 30 ignore
	assert_eq "$(events)" "start ready limit:terminate limit:kill exit"
	# without a process 1 of plugbox's
	run_plugbox 124 run --bundle "$BUNDLE" --as-pid-1 --cpu-time 500ms --kill-after 100ms --timeout 55s \
		--status-file "$STATUS" -- ./main 0 30
	assert_eq "$(exit_event 'e["limit"], e["limits_reached"]')" "('cpu_time', ['cpu_time'])"
	# controls: what needs less, and what only waits
	run_plugbox 0 run --no-bundle --cpu-time 1s -- sleep 1.5
	run_plugbox 0 run --bundle "$BUNDLE" --cpu-time 5s -- ./main 0 1
}

@test "cpu_limit holds a share, of one process and of many" {
	local args

	requires cc
	spinner share
	# control: without it they take more; so small a share they would get on however busy a machine
	run_plugbox 0 run --bundle "$BUNDLE" --allow subprocess --status-file "$STATUS" -- ./main 8 3
	assert_eq "$(exit_event 'e["cpu_seconds"] / e["wall_seconds"] > 0.15')" True
	for args in '0 5' '4 5' '3 5 short'; do
		# shellcheck disable=SC2086 # words
		run_plugbox 0 run --bundle "$BUNDLE" --allow subprocess --cpu-limit 0.05 \
			--status-file "$STATUS" -- ./main $args
		# of a processor, over the time that it took, with what was used before a look that came late
		assert_eq "$(exit_event '0.01 < e["cpu_seconds"] / e["wall_seconds"] < 0.15')" True
		assert_eq "$(exit_event 'e["usage"]["cpu_throttled_periods"] > 1')" True
	done
	# what waits is left alone: of twenty periods a start on a slow machine takes a few
	run_plugbox 0 run --no-bundle --cpu-limit 0.2 --status-file "$STATUS" -- sleep 2
	assert_eq "$(exit_event 'e["usage"].get("cpu_throttled_periods", 0) < 10')" True
}

@test "cpu_limit: what is held cannot let itself go on" {
	requires cc
	# Helpers for each way: to the processes, and to process 1 as if it came from plugbox
	program free <<-'C'
		#include <errno.h>
		#include <signal.h>
		#include <string.h>
		#include <sys/syscall.h>
		#include <time.h>
		#include <unistd.h>
		static double now(void)
		{
			struct timespec t;

			clock_gettime(CLOCK_MONOTONIC, &t);
			return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
		}
		int main(void)
		{
			double end = now() + 4;
			pid_t self = getpid();
			siginfo_t forged;

			memset(&forged, 0, sizeof(forged));
			forged.si_code = SI_QUEUE;
			/* of several one may go on while the others are stopped, and continue them */
			for (int i = 0; i < 3; i++)
				if (fork() == 0)
					while (now() < end)
						kill(-1, SIGCONT);
			if (fork() == 0)
				while (now() < end) {
					forged.si_signo = SIGRTMIN + 1;
					syscall(SYS_rt_sigqueueinfo, 1, SIGRTMIN + 1, &forged);
					kill(1, SIGRTMIN + 1);
				}
			while (now() < end)
				;
			return self == getpid() ? 0 : 1;
		}
	C
	run_plugbox 0 run --bundle "$BUNDLE" --allow subprocess --cpu-limit 0.05 --status-file "$STATUS" -- ./main
	# five that spin take all of one processor at least where nothing holds them
	assert_eq "$(exit_event 'e["cpu_seconds"] / e["wall_seconds"] < 0.5')" True
}

@test "a plugin cannot have its own processes stopped by plugbox's" {
	# SIGRTMIN is the word of plugbox to process 1; from inside it is none
	run_plugbox 0 run --no-bundle --allow subprocess -- /usr/bin/python3 -c '
import os, signal
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
os.kill(1, signal.SIGRTMIN)
os.kill(1, signal.SIGTERM)
while True: signal.pause()'
}

@test "timeout: SIGTERM first, and time to say good-bye" {
	# a shell that waits in a builtin, so that the signal is handled at once
	run_plugbox 124 run --no-bundle --timeout "$A_WHILE" --kill-after 30s --allow subprocess \
		--status-file "$STATUS" -- \
		sh -c 'trap "echo bye; exit 0" TERM; sleep 300 & wait'
	assert_eq "$output" bye
	assert_eq "$(events)" "start ready limit:terminate exit"
	assert_eq "$(exit_event 'e["outcome"], e["limit"], e["code"], e["phase"]')" \
		"('timeout', 'timeout', 124, 'run')"
	assert_eq "$(exit_event '1 <= e["wall_seconds"] < 30')" True
	assert_match 'stopped at its timeout limit' "$stderr"
	# control: in time
	run_plugbox 0 run --no-bundle --timeout 30s --status-file "$STATUS" -- true
	assert_eq "$(events)" "start ready exit"
	assert_eq "$(exit_event 'e["limit"], e["limits_reached"]')" "(None, [])"
}

@test "timeout: what ignores SIGTERM is killed, with all that it started" {
	local script='import os, signal
signal.signal(signal.SIGTERM, lambda *_: os.write(1, b"no\n"))
if os.fork() == 0:
	signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
	signal.pause()'

	# the pipe's end shows that no process holds it any more
	run_plugbox 124 run --no-bundle --timeout "$A_WHILE" --kill-after 300ms --allow subprocess \
		--status-file "$STATUS" -- /usr/bin/python3 -c "$script"
	assert_eq "$output" no
	assert_eq "$(events)" "start ready limit:terminate limit:kill exit"
	assert_eq "$(exit_event 'e["outcome"], e["code"]')" "('timeout', 124)"
	# without a moment's grace
	run_plugbox 124 run --no-bundle --timeout "$A_WHILE" --kill-after 0 --allow subprocess \
		--status-file "$STATUS" -- /usr/bin/python3 -c "$script"
	assert_eq "$output" ""
	assert_eq "$(events)" "start ready limit:kill exit"
}

@test "startup_timeout ends what says nothing, and leaves alone what has spoken" {
	run_plugbox 124 run --no-bundle --startup-timeout 500ms --status-file "$STATUS" -- sleep 50 < <(sleep 5)
	assert_eq "$(exit_event 'e["outcome"], e["limit"]')" "('timeout', 'startup_timeout')"
	assert_eq "$(events)" "start ready limit:terminate exit"
	# control: a byte in time, and then silence for longer than that
	run_plugbox 0 run --no-bundle --allow subprocess --startup-timeout 10s -- \
		sh -c 'echo here; sleep 0.1'
	assert_eq "$output" here
	run_plugbox 124 run --no-bundle --allow subprocess --startup-timeout 5s --timeout 7s \
		--status-file "$STATUS" -- sh -c 'echo here; exec sleep 50'
	assert_eq "$(exit_event 'e["limit"]')" timeout
}

@test "idle_timeout ends a silent channel; a byte in either direction counts" {
	local input output_only

	run_plugbox 124 run --no-bundle --idle-timeout 500ms --status-file "$STATUS" -- sleep 50
	assert_eq "$(exit_event 'e["outcome"], e["limit"]')" "('timeout', 'idle_timeout')"
	# control: for longer than the limit, with something said again and again by one side only
	output_only='for i in 1 2 3 4 5 6; do echo $i; sleep 1; done'
	run_plugbox 0 run --no-bundle --allow subprocess --idle-timeout 5s -- sh -c "$output_only"
	input='while read -r line; do :; done; echo done'
	run_plugbox 0 run --no-bundle --idle-timeout 5s -- sh -c "$input" < <(sh -c "$output_only")
	assert_eq "$output" "done"
}

@test "what cannot be kept here stops the launch, or is told with --best-effort" {
	local row key args

	make_bundle rates <<-'YAML'
		name: rates
		version: 1.0.0
		entrypoint: [echo, ran]
		resources:
		  rate_limits: {messages_per_second: 5, database_queries_per_second: 5}
	YAML
	for row in 'idle_timeout --no-bundle --allow tty --idle-timeout 1s' \
		'startup_timeout --no-bundle --allow tty --startup-timeout 1s' \
		'messages_per_second'; do
		read -r key args <<<"$row"
		if [[ $args ]]; then
			args="$args -- echo ran"
		else
			args=$BUNDLE
		fi
		# shellcheck disable=SC2086 # words
		run_plugbox 125 run --status-file "$STATUS" $args
		assert_eq "$output" ""
		assert_match "cannot enforce $key: " "$stderr"
		assert_match 'hint: .*--best-effort' "$stderr"
		assert_eq "$(exit_event 'e["outcome"], e["step"], "--best-effort" in e["hint"]')" \
			"('setup-failed', '$key', True)"
		# shellcheck disable=SC2086
		run_plugbox 0 run --best-effort --status-file "$STATUS" $args
		assert_eq "$output" ran
		assert_match "$key is not enforced: " "$stderr"
		assert_eq "$(exit_event "'$key' in e['missing']")" True
		# shellcheck disable=SC2086
		run_plugbox 0 run -q --best-effort $args
		assert_eq "$stderr" ""
	done
}

@test "cpu_limit needs a cgroup where nobody inside could hold the others" {
	local args=(--no-bundle --as-pid-1 --allow subprocess --cpu-limit 0.5 -- echo ran)

	run_plugbox 0 explain --json --best-effort "${args[@]}"
	[[ $(as_json 'd["missing"]') != '[]' ]] || return 0
	run_plugbox 125 run --status-file "$STATUS" "${args[@]}"
	assert_eq "$output" ""
	assert_match "cannot enforce cpu_limit: " "$stderr"
	assert_match 'hint: .*delegated cgroup.*--best-effort' "$stderr"
	assert_eq "$(exit_event 'e["outcome"], e["step"]')" "('setup-failed', 'cpu_limit')"
	run_plugbox 0 run --best-effort --status-file "$STATUS" "${args[@]}"
	assert_eq "$output" ran
	assert_match "cpu_limit is not enforced: " "$stderr"
	assert_eq "$(exit_event 'e["missing"]')" "['cpu_limit']"
}

@test "output_size: so much of each output arrives, and not a byte more" {
	local script='import os, sys
fd, n = int(sys.argv[1]), int(sys.argv[2])
while n:
	n -= os.write(fd, b"q" * min(n, 5000))
'
	local fd row

	for fd in 1 2; do
		run_plugbox 137 run --no-bundle --output-size 100000 --status-file "$STATUS" -- \
			/usr/bin/python3 -c "$script" "$fd" 2000000000
		assert_eq "$(exit_event 'e["outcome"], e["limit"], e["code"], e["limits"]["output_size"]["mechanism"]')" \
			"('limit', 'output_size', 137, 'relay')"
		assert_eq "$(events)" "start ready limit:kill exit"
		assert_match 'stopped at its output_size limit' "$stderr"
		if [[ $fd == 1 ]]; then
			assert_eq "${#output}" 100000
		else
			row=${stderr%%[^q]*}
			assert_eq "${#row}" 100000
		fi
		# control: exactly that much
		run_plugbox 0 run --no-bundle --output-size 100000 --status-file "$STATUS" -- \
			/usr/bin/python3 -c "$script" "$fd" 100000
		assert_eq "$((${#output} + ${#stderr}))" 100000
	done
	# each by itself; of a file, a local socket and both as one pipe too
	run_plugbox 0 run --no-bundle --allow subprocess --output-size 10 -- sh -c 'echo 12345678; echo 12345678 >&2'
	run_command 137 sh -c '"$@" >'"$BATS_TEST_TMPDIR/out" sh "$PLUGBOX" run --no-bundle --output-size 1000 -- \
		/usr/bin/python3 -c "$script" 1 2000000000
	assert_eq "$(stat -c %s "$BATS_TEST_TMPDIR/out")" 1000
	run_command 137 sh -c '"$@" >'"$BATS_TEST_TMPDIR/out"' 2>&1' sh "$PLUGBOX" run -q --no-bundle \
		--output-size 1000 -- /usr/bin/python3 -c "$script" 2 2000000000
	assert_eq "$(tr -dc q <"$BATS_TEST_TMPDIR/out" | wc -c)" 1000
	run_command 0 /usr/bin/python3 -c '
import socket, subprocess, sys
a, b = socket.socketpair()
p = subprocess.Popen(sys.argv[1:], stdout=b)
b.close()
n = 0
while data := a.recv(65536):
	n += len(data)
assert (n, p.wait()) == (70000, 137), (n, p.returncode)' "$PLUGBOX" run -q --no-bundle \
		--output-size 70000 -- /usr/bin/python3 -c "$script" 1 2000000000
}

@test "output_size ends a plugin whose output nobody takes" {
	local fifo=$BATS_TEST_TMPDIR/fifo held

	mkfifo "$fifo"
	exec {held}<>"$fifo"
	# the pipe is full long before: what the relay has read counts, and the time limit stands
	run_command 124 sh -c '"$@" >'"$fifo" sh "$PLUGBOX" run --no-bundle --output-size 1G --timeout 1s \
		--kill-after 0 --status-file "$STATUS" -- /usr/bin/python3 -c 'import os
while True: os.write(1, bytes(65536))'
	assert_eq "$(exit_event 'e["limit"]')" timeout
	exec {held}>&-
	exec {held}<>"$fifo"
	run_command 137 sh -c '"$@" >'"$fifo" sh "$PLUGBOX" run --no-bundle --output-size 32K --timeout 50s \
		--status-file "$STATUS" -- /usr/bin/python3 -c 'import os
while True: os.write(1, bytes(65536))'
	assert_eq "$(exit_event 'e["limit"]')" output_size
	exec {held}>&-
}

@test "a plugin that floods, fills or does not read holds up nobody" {
	local script

	# standard error that nobody takes
	run_command 124 /usr/bin/python3 -c '
import os, subprocess, sys
r, w = os.pipe()
sys.exit(subprocess.run(sys.argv[1:], stderr=w).returncode)' "$PLUGBOX" run --no-bundle --timeout 1s \
		--kill-after 0 -- /usr/bin/python3 -c 'import os
while True: os.write(2, bytes(65536))'
	# all that it may fill, and then the rest of its life
	script='import os
for place in "/tmp/a", "/dev/shm/a":
	f = open(place, "wb", 0)
	try:
		while f.write(bytes(1 << 20)): pass
	except OSError: pass
try:
	while True: os.mkdir("/tmp/%d" % os.urandom(4).__hash__())
except OSError: pass
print("full", flush=True)
while True: pass'
	run_plugbox 124 run --no-bundle --tmp-size 4M --timeout 3s --kill-after 0 -- /usr/bin/python3 -c "$script"
	# input that it never reads: whoever writes it is let go
	run_plugbox 124 run --no-bundle --timeout 1s --kill-after 0 -- sleep 50 < <(yes)
	run_plugbox 124 run --no-bundle --idle-timeout 1s --kill-after 0 -- sleep 50 < <(yes)
}

# data_dir NAME: sets DATA to the base of data directories, with that of NAME as it is made
data_dir() {
	DATA=$BATS_TEST_TMPDIR/data
	mkdir -p "$DATA/$1"
	[[ $EUID -ne 0 ]] || chown 65534:65534 "$DATA/$1"
	chmod 711 "$DATA"
}

@test "data_size ends what fills its data directory, in whatever way" {
	local way script='import os, sys
way, mb = sys.argv[1:]
def fill(f, mb):
	for i in range(mb):
		f.write(os.urandom(1 << 20))
mb = int(mb)
if way == "one":
	fill(open("/data/a", "wb", 0), mb)
elif way == "many":
	for i in range(mb):
		os.makedirs("/data/%d/%d/%d" % (i % 7, i, i))
		fill(open("/data/%d/%d/%d/a" % (i % 7, i, i), "wb", 0), 1)
elif way == "removed":
	f = open("/data/a", "wb", 0)
	os.unlink("/data/a")
	fill(f, mb)
elif way == "closed":
	os.mkdir("/data/a")
	f = open("/data/a/a", "wb", 0)
	os.chmod("/data/a", 0)
	fill(f, mb)
print("all")'

	for way in one many removed closed; do
		rm -rf "$BATS_TEST_TMPDIR/data"
		# control: without the limit, and with room
		run_plugbox 0 run --no-bundle --allow storage --data-dir "$BATS_TEST_TMPDIR/data" -- \
			/usr/bin/python3 -c "$script" "$way" 20
		assert_eq "$output" all
		chmod -R u+rwx "$BATS_TEST_TMPDIR/data"
		rm -rf "$BATS_TEST_TMPDIR/data"
		run_plugbox 137 run --no-bundle --allow storage --data-dir "$BATS_TEST_TMPDIR/data" \
			--data-size 8M --timeout 50s --status-file "$STATUS" -- \
			/usr/bin/python3 -c "$script" "$way" 300
		assert_eq "$output" ""
		assert_eq "$(exit_event 'e["outcome"], e["limit"], e["limits"]["data_size"]["mechanism"]')" \
			"('limit', 'data_size', 'watchdog')"
		assert_eq "$(events)" "start ready limit:kill exit"
		chmod -R u+rwx "$BATS_TEST_TMPDIR/data"
	done
	rm -rf "$BATS_TEST_TMPDIR/data"
	run_plugbox 0 run --no-bundle --allow storage --data-dir "$BATS_TEST_TMPDIR/data" --data-size 64M -- \
		/usr/bin/python3 -c "$script" one 20
	assert_eq "$output" all
}

@test "data_size: what holds more already is not started" {
	data_dir true
	head -c 3000000 /dev/urandom >"$DATA/true/old"
	[[ $EUID -ne 0 ]] || chown -R 65534:65534 "$DATA/true"
	run_plugbox 0 run --no-bundle --allow storage --data-dir "$DATA" --data-size 4M -- true
	run_plugbox 125 run --no-bundle --allow storage --data-dir "$DATA" --data-size 1M \
		--status-file "$STATUS" -- true
	assert_match '/data holds [0-9]+[KM]? already, and data_size is 1M' "$stderr"
	assert_match 'hint: remove ' "$stderr"
	assert_eq "$(exit_event 'e["step"]')" data_size
	if [[ $EUID -ne 0 ]]; then
		mkdir "$DATA/true/closed"
		chmod 0 "$DATA/true/closed"
		run_plugbox 125 run --no-bundle --allow storage --data-dir "$DATA" --data-size 100M -- true
		assert_match 'cannot measure what /data holds: Permission denied' "$stderr"
		chmod 700 "$DATA/true/closed"
	fi
	# a link leads to nothing that would count
	ln -s / "$DATA/true/root"
	run_plugbox 0 run --no-bundle --allow storage --data-dir "$DATA" --data-size 4M -- true
}

@test "--limits says by what a limit must be kept" {
	requires unsanitized
	local option key

	for option in '--memory-limit 64M' '--cpu-limit 0.5' '--pids-limit 20' '--cpu-time 5s'; do
		key=${option%% *}
		key=${key#--}
		key=${key//-/_}
		# shellcheck disable=SC2086 # words
		run_plugbox 0 explain --json --no-bundle $option -- true
		if [[ $(as_json "d['limits']['$key']['mechanism']") == cgroup ]]; then
			# shellcheck disable=SC2086
			run_plugbox 0 run --no-bundle --limits strict $option -- true
			continue
		fi
		# shellcheck disable=SC2086
		run_plugbox 125 run --no-bundle --limits strict --status-file "$STATUS" $option -- echo ran
		assert_eq "$output" ""
		assert_match "cannot enforce $key strictly: " "$stderr"
		assert_match 'hint: .*delegated cgroup.*(watchdog|rlimit)' "$stderr"
		assert_eq "$(exit_event 'e["outcome"], e["step"]')" "('setup-failed', '$key')"
		# --best-effort is about the rest then
		# shellcheck disable=SC2086
		run_plugbox 125 run --no-bundle --best-effort --limits strict $option -- true
		# shellcheck disable=SC2086
		run_plugbox 0 run --no-bundle --limits enforced $option -- true
	done
	# what nobody asked for, and what no cgroup keeps, is not held to it
	run_plugbox 0 run --no-bundle --limits strict --timeout 50s --open-files 100 --tmp-size 1M -- true
	# what nothing keeps here
	run_plugbox 125 run --no-bundle --allow tty --best-effort --limits enforced --idle-timeout 5s -- true
	run_plugbox 0 run --no-bundle --allow tty --limits best-effort --idle-timeout 5s \
		--status-file "$STATUS" -- true
	assert_eq "$(exit_event 'e["limits"]["idle_timeout"]["mechanism"], e["missing"]')" \
		"('none', ['idle_timeout'])"
	run_plugbox 2 run --no-bundle --limits strictly -- true
	assert_match 'expected strict, enforced or best-effort' "$stderr"
	# a manifest has no word in it
	make_bundle weaker <<-'YAML'
		name: weaker
		version: 1.0.0
		entrypoint: [echo, ran]
		resources: {limits: best-effort}
	YAML
	run_plugbox 2 run "$BUNDLE"
}

@test "values out of range are refused where they stand" {
	run_plugbox 2 run --no-bundle --open-files 7 -- true
	run_plugbox 2 run --no-bundle --pids-limit 0 -- true
	run_plugbox 2 run --no-bundle --timeout 0 -- true
	run_plugbox 2 run --no-bundle --timeout 1e3 -- true
	run_plugbox 2 run --no-bundle --cpu-limit 0.001 -- true
	run_plugbox 2 run --no-bundle --kill-after 2h -- true
	run_plugbox 2 run --no-bundle --memory-limit 100MB -- true
	run_plugbox 0 run --no-bundle --open-files 8 -- true
}
