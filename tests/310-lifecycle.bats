#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# From the launch to the end: exit codes, signals, descriptors, and that nothing outlives
# the run, whoever ends it and when.
# shellcheck disable=SC2154,SC2016 # bats' run sets output and stderr; Python has its own quotes

load helper

setup() {
	requires python3
}

# What each host program below begins with. Processes are held by pidfds, so that a
# number that is used again deceives nobody.
HOST_PRELUDE=$(cat <<'PY'
import ctypes, errno, json, os, re, select, signal, subprocess, sys, threading, time
PLUGBOX, BUNDLE = os.environ["PLUGBOX"], os.environ.get("BUNDLE", "")
WAIT = 20
libc = ctypes.CDLL(None, use_errno=True)

def readable(fd):
    return bool(select.select([fd], [], [], WAIT)[0])

def line(p):
    assert readable(p.stdout), "nothing to read"
    return p.stdout.readline().strip()

def launch(*options, bundle=BUNDLE, **more):
    """plugbox on pipes; p.init is the host's pid of the sandbox's first process"""
    r, w = os.pipe()
    p = subprocess.Popen([PLUGBOX, "run", "--info-fd", str(w), *options, bundle],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, text=False,
                         pass_fds=[w, *more.pop("pass_fds", [])], **more)
    os.close(w)
    with os.fdopen(r) as f:
        p.init = json.load(f)["child-pid"]
    return p

def parents():
    found = {}
    for d in os.listdir("/proc"):
        try:
            if d.isdigit():
                found[int(d)] = int(open(f"/proc/{d}/stat").read().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass
    return found

def inner(pid):
    """its number inside: those on the host begin again after the highest"""
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(r"^NSpid:.*\t(\d+)$", f.read(), re.M)[1])

def sandbox(init):
    """pidfds of all processes in the sandbox, in the order in which they were made: whoever is
    orphaned there becomes init's child"""
    table, pids = parents(), {init}
    while True:
        more = {p for p, parent in table.items() if parent in pids} - pids
        if not more:
            return {p: os.pidfd_open(p) for p in sorted(pids, key=inner)}
        pids |= more

def gone(pidfds):
    return all(readable(fd) for fd in pidfds.values())

def alive(pidfds):
    return not select.select(list(pidfds.values()), [], [], 0)[0]
PY
)

# host <<program: runs it, sets $output
host() {
	local program=$BATS_TEST_TMPDIR/host.py

	{ echo "$HOST_PRELUDE"; cat; } >"$program"
	run_command 0 env BUNDLE="${BUNDLE:-}" /usr/bin/python3 -u "$program"
}

# python_bundle [PERMISSIONS] <<program
python_bundle() {
	make_bundle python <<YAML
name: python
version: 1.0.0
entrypoint: [python3, -I, -u, main.py]
permissions: ${1:-[]}
YAML
	bundle_file main.py
}

# A family that does not want to go: a child that ignores signals, a daemon in a session
# of its own, orphaned by a double fork, and its child. Prints "ready" when all are up, then
# answers lines until the end of its input.
stubborn_bundle() {
	python_bundle '[subprocess]' <<'PY'
import os, signal, sys
r, w = os.pipe()
def stay():
    for s in range(1, signal.NSIG):
        if s not in (signal.SIGKILL, signal.SIGSTOP):
            try:
                signal.signal(s, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
    os.write(w, b".")
    os.closerange(0, 100)
    while True:
        signal.pause()
if os.fork() == 0:
    stay()
middle = os.fork()
if middle == 0:
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
    if os.fork() == 0:
        os.setpgid(0, 0)
    stay()
os.waitpid(middle, 0)
n = 0
while n < 3:
    n += len(os.read(r, 3))
print("ready", flush=True)
for text in sys.stdin:
    print("heard", text.strip(), flush=True)
sys.exit(3)
PY
}

# ends CODE OUTCOME PHASE OPTION...: a run on $BUNDLE or what the options name
ends() {
	local code=$1 outcome=$2 phase=$3 event

	shift 3
	run_plugbox "$code" run --status-file "$BATS_TEST_TMPDIR/status" "$@"
	event=$(tail -n 1 "$BATS_TEST_TMPDIR/status")
	assert_eq "$(as_json 'd["event"], d["code"], d["exit-code"], d["outcome"], d["phase"]' "$event")" \
		"('exit', $code, $code, '$outcome', '$phase')"
}

@test "exit codes are the plugin's own, or say what happened" {
	local n

	make_bundle codes <<-'YAML'
		name: codes
		version: 1.0.0
		entrypoint: [sh, main.sh]
		permissions: [subprocess]
	YAML
	bundle_file main.sh 0644 <<<'eval "$1"'
	for n in 0 1 77 125 255; do
		ends "$n" exited run "$BUNDLE" -- "exit $n"
	done
	for n in KILL:137 SEGV:139 TERM:143; do
		ends "${n#*:}" signaled run "$BUNDLE" -- "kill -${n%:*} \$\$"
		assert_eq "$(as_json 'd["signal"] + 128' "$(tail -n 1 "$BATS_TEST_TMPDIR/status")")" "${n#*:}"
	done
	# SIGTERM first, and when that is not heard SIGKILL
	ends 124 timeout run --timeout "$A_WHILE" "$BUNDLE" -- \
		'trap "echo asked; exit 0" TERM; while :; do sleep 0.01; done'
	assert_eq "$output" asked
	ends 124 timeout run --timeout "$A_WHILE" --kill-after 50ms "$BUNDLE" -- \
		'trap "" TERM; while :; do sleep 0.01; done'
	ends 125 setup-failed launch --chdir /nowhere "$BUNDLE" -- 'echo ran'
	assert_eq "$output" ''
	run_plugbox 2 run --timeout soon "$BUNDLE" -- 'echo ran'
	assert_eq "$output" ''
}

@test "what cannot be found, executed or granted has a code of its own" {
	local n mounts=()

	make_bundle launch <<-'YAML'
		name: launch
		version: 1.0.0
		entrypoint: main
	YAML
	ends 127 not-found launch "$BUNDLE"
	bundle_file main 0644 <<<'#!/bin/sh'
	ends 126 not-executable launch "$BUNDLE"
	bundle_file main 0755 <<<'neither a program nor a script'
	ends 126 not-executable launch "$BUNDLE"
	# a child that takes its time has the filter sent to it, and ends without reading it
	for ((n = 0; n < 100; n++)); do
		mounts+=(--ro-bind /usr/share "/tmp/$n")
	done
	ends 126 not-executable launch "${mounts[@]}" "$BUNDLE"
	assert_match 'ELF' "$stderr"
	bundle_file main 0755 <<<'#!/nowhere/interpreter'
	ends 127 not-found launch "$BUNDLE"
	make_bundle refused <<-'YAML'
		name: refused
		version: 1.0.0
		entrypoint: [echo, ran]
		permissions: [storage]
	YAML
	ends 77 refused launch "$BUNDLE"
	assert_eq "$output" ''
	# the control
	ends 0 exited run --allow storage --data-dir "$BATS_TEST_TMPDIR/data" "$BUNDLE"
	assert_eq "$output" ran
	sed -i 's/^name:/nmae:/' "$BUNDLE/plugin.yaml"
	ends 2 usage launch "$BUNDLE"
}

SIGNAL_PROGRAM=$(cat <<'PY'
import os, signal, sys
for name in "INT TERM HUP USR1 USR2 WINCH".split():
    signal.signal(getattr(signal, "SIG" + name), lambda s, f: os.write(1, f"{s}\n".encode()))
os.write(1, b"ready %d\n" % os.getpid())
while os.read(0, 1):
    pass
PY
)

@test "signals reach the plugin" {
	python_bundle <<<"$SIGNAL_PROGRAM"
	host <<-'PY'
		for options in [], ["--as-pid-1"]:
		    p = launch(*options)
		    print(line(p).decode())
		    for name in "INT TERM HUP USR1 USR2 WINCH".split():
		        s = getattr(signal, "SIG" + name)
		        p.send_signal(s)
		        assert int(line(p)) == s, name
		    p.stdin.close()
		    print(p.wait())
		# the control: without a handler it ends, and the caller is told by what
		for s in signal.SIGTERM, signal.SIGINT, signal.SIGUSR1:
		    p = subprocess.Popen([PLUGBOX, "run", "--no-bundle", "--", "cat"],
		                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
		    p.stdin.write(b"up\n")
		    line(p)
		    p.send_signal(s)
		    print(p.wait() - s)
	PY
	assert_eq "$output" $'ready 2\n0\nready 1\n0\n128\n128\n128'
}

@test "a caller's signal mask and dispositions stay outside" {
	host <<-'PY'
		def burden():
		    for s in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
		        signal.signal(s, signal.SIG_IGN)
		    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
		p = subprocess.Popen([PLUGBOX, "run", "--no-bundle", "--", "cat", "/proc/self/status", "-"],
		                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
		                     preexec_fn=burden)
		fields = {}
		while b"nonvoluntary_ctxt_switches" not in fields:
		    k, v = line(p).split(b":", 1)
		    fields[k] = v.strip()
		print(*(int(fields[k], 16) for k in (b"SigBlk", b"SigIgn", b"SigPnd", b"ShdPnd")))
		p.send_signal(signal.SIGTERM)
		print(p.wait())
		# who ignores SIGCHLD gets the exit code all the same
		p = subprocess.Popen([PLUGBOX, "run", "--no-bundle", "--", "sh", "-c", "exit 7"],
		                     preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
		print(p.wait())
	PY
	assert_eq "$output" $'0 0 0 0\n143\n7'
}

@test "SIGKILL of plugbox ends every process of the sandbox" {
	stubborn_bundle
	host <<-'PY'
		for options in [], ["--as-pid-1"]:
		    p = launch(*options)
		    assert line(p) == b"ready"
		    fds = sandbox(p.init)
		    print(len(fds), alive(fds))
		    # the control: nothing of it minds other signals
		    for fd in list(fds.values())[2:]:
		        signal.pidfd_send_signal(fd, signal.SIGTERM)
		    p.stdin.write(b"still\n")
		    print(line(p).decode(), alive({k: v for k, v in fds.items() if k != p.init}))
		    p.kill()
		    p.wait()
		    print(gone(fds))
	PY
	# init, main, and three that stay
	assert_eq "$output" \
		$'5 True\nheard still True\nTrue\n4 True\nheard still True\nTrue'
}

@test "a plugin that is pid 1 cannot take leave of plugbox" {
	python_bundle <<-'PY'
		import ctypes, signal
		libc = ctypes.CDLL(None)
		libc.prctl(1, 0, 0, 0, 0)  # PR_SET_PDEATHSIG
		print("ready", flush=True)
		while True:
		    signal.pause()
	PY
	host <<-'PY'
		p = launch("--as-pid-1")
		assert line(p) == b"ready"
		fds = sandbox(p.init)
		p.kill()
		p.wait()
		ended = gone(fds)
		if not ended:
		    signal.pidfd_send_signal(fds[p.init], signal.SIGKILL)
		print(ended)
	PY
	assert_eq "$output" True
}

@test "SIGKILL at any moment of the launch leaves nothing" {
	host <<-'PY'
		# orphans become this process's children, so that none can hide
		libc.prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
		def start(*options, **more):
		    return subprocess.Popen([PLUGBOX, "run", "--no-bundle", *options, "--", "cat"],
		                            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
		                            stderr=subprocess.DEVNULL, bufsize=0, **more)
		def all_reaped():
		    end = time.monotonic() + WAIT
		    while time.monotonic() < end:
		        try:
		            if os.waitpid(-1, os.WNOHANG)[0] == 0:
		                time.sleep(0.001)
		        except ChildProcessError:
		            return True
		    return False
		# how long a launch takes here and now
		began = time.monotonic()
		r, w = os.pipe()
		p = start("--status-fd", str(w), pass_fds=[w])
		os.close(w)
		with os.fdopen(r) as f:
		    while '"ready"' not in (text := f.readline()):
		        assert text
		span = time.monotonic() - began
		# the control: this one does stay, until it is told
		print(os.waitpid(-1, os.WNOHANG))
		p.kill()
		assert all_reaped()
		for i in range(80):
		    p = start()
		    until = time.monotonic() + span * i / 64
		    while time.monotonic() < until:
		        pass
		    os.kill(p.pid, signal.SIGKILL)
		    if not all_reaped():
		        print("left something at", i, parents())
		        break
		    p.returncode = -9
		    p.stdin.close()
		else:
		    print("nothing left")
	PY
	assert_eq "$output" $'(0, 0)\nnothing left'
}

# Starts plugbox for its caller, from a process that ends by SIGKILL when told to.
MIDDLE=$(cat <<'PY'
def middle(*options, status=None):
    """the pid of a process that has started plugbox, and the ends of its pipes"""
    to_plugin, from_plugin, info = os.pipe(), os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        libc.prctl(1, signal.SIGKILL, 0, 0, 0)  # should this program fail
        # several threads, as hosts have
        threading.Thread(target=signal.pause, daemon=True).start()
        subprocess.Popen([PLUGBOX, "run", "--info-fd", str(info[1]), *options, BUNDLE],
                         stdin=to_plugin[0], stdout=from_plugin[1], pass_fds=[info[1]])
        for fd in *to_plugin, *from_plugin, *info:
            os.close(fd)
        signal.pause()
    for fd in to_plugin[0], from_plugin[1], info[1]:
        os.close(fd)
    with os.fdopen(info[0]) as f:
        init = json.load(f)["child-pid"]
    return pid, init, os.fdopen(to_plugin[1], "wb", 0), os.fdopen(from_plugin[0], "rb", 0)
def hear(f):
    assert readable(f), "nothing to read"
    return f.readline().strip()
PY
)

@test "plugbox and the sandbox end with the process that started plugbox" {
	requires pidfd_open
	local status_file=$BATS_TEST_TMPDIR/status

	stubborn_bundle
	host <<-PY
		$MIDDLE
		pid, init, to, back = middle("--status-file", "$status_file")
		assert hear(back) == b"ready"
		fds = sandbox(init)
		plugbox = os.pidfd_open(parents()[init])
		to.write(b"one\n")
		print(hear(back).decode(), len(fds), alive(fds))
		os.kill(pid, signal.SIGKILL)
		os.waitpid(pid, 0)
		print(gone(fds), readable(plugbox))
	PY
	assert_eq "$output" $'heard one 5 True\nTrue True'
	assert_eq "$(as_json 'd["outcome"]' "$(tail -n 1 "$status_file")")" abandoned
}

@test "with --no-die-with-parent they stay, until the end of input" {
	stubborn_bundle
	host <<-PY
		$MIDDLE
		pid, init, to, back = middle("--no-die-with-parent")
		assert hear(back) == b"ready"
		fds = sandbox(init)
		plugbox = os.pidfd_open(parents()[init])
		os.kill(pid, signal.SIGKILL)
		os.waitpid(pid, 0)
		for _ in range(3):
		    to.write(b"still there\n")
		    print(hear(back).decode())
		print(alive(fds), not select.select([plugbox], [], [], 0)[0])
		to.close()
		print(gone(fds), readable(plugbox))
	PY
	assert_eq "$output" \
		$'heard still there\nheard still there\nheard still there\nTrue True\nTrue True'
}

@test "the end of the thread that started plugbox is not the end of its process" {
	requires pidfd_open
	requires setpriv
	stubborn_bundle
	host <<-'PY'
		def in_thread(f):
		    box = []
		    t = threading.Thread(target=lambda: box.append(f()))
		    t.start()
		    t.join()
		    return box[0]
		p = in_thread(launch)
		# the control: a parent-death signal does not know threads from processes
		def bound():
		    q = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "cat"], bufsize=0,
		                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		    q.stdin.write(b"up\n")
		    assert line(q) == b"up"
		    return q
		q = in_thread(bound)
		print(q.wait())
		assert line(p) == b"ready"
		fds = sandbox(p.init)
		p.stdin.write(b"after\n")
		print(line(p).decode(), alive(fds))
		p.stdin.close()
		print(p.wait(), gone(fds))
	PY
	assert_eq "$output" $'-9\nheard after True\n3 True'
}

@test "what the plugin leaves behind ends with it" {
	stubborn_bundle
	host <<-'PY'
		p = launch()
		assert line(p) == b"ready"
		fds = sandbox(p.init)
		print(len(fds), alive(fds))
		p.stdin.close()
		print(p.wait(), gone(fds), p.stdout.read())
	PY
	assert_eq "$output" $'5 True\n3 True b\'\''
}

ZOMBIE_PROGRAM=$(cat <<'PY'
import os
r, w = os.pipe()
for _ in range(20):
    if os.fork() == 0:
        # an orphan, which ends when its parent has
        parent = os.getpid()
        if os.fork() == 0:
            while os.getppid() == parent:
                pass
            os._exit(0)
        os._exit(0)
    if os.getpid() != 1:
        os.wait()
os.close(w)
os.read(r, 1)  # all have ended
if os.getpid() == 1:
    print(sum(1 for d in os.listdir("/proc") if d.isdigit()))
else:
    # init reaps in its own time
    while sum(1 for d in os.listdir("/proc") if d.isdigit()) > 1:
        pass
    print("none")
PY
)

@test "orphans are reaped" {
	python_bundle '[subprocess]' <<<"$ZOMBIE_PROGRAM"
	run_plugbox 0 run "$BUNDLE"
	assert_eq "$output" none
	# the control: nobody does it for a plugin that is pid 1 and does not
	run_plugbox 0 run --as-pid-1 "$BUNDLE"
	assert_eq "$output" 41
}

FDS_PROGRAM=$(cat <<'PY'
import os
def open_fds():
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            os.fstat(int(name))
            found.append(int(name))
        except OSError:
            pass
    return sorted(found)
PY
)

@test "no descriptor of the caller's gets in but those named" {
	python_bundle <<-PY
		$FDS_PROGRAM
		print(open_fds())
	PY
	run_plugbox 0 run --status-fd 8 "$BUNDLE" \
		5</etc/passwd 6<"$BATS_TEST_TMPDIR" 8>/dev/null 9<>/dev/null 100</
	assert_eq "$output" '[0, 1, 2]'
	# the control, and several with high numbers
	run_plugbox 0 run --keep-fd 6 --keep-fd=100 --keep-fd 9 "$BUNDLE" \
		5</etc/passwd 6</dev/null 9<>/dev/null 100</dev/null
	assert_eq "$output" '[0, 1, 2, 6, 9, 100]'
	run_plugbox 0 run --as-pid-1 --keep-fd 6 "$BUNDLE" 5</etc/passwd 6</dev/null
	assert_eq "$output" '[0, 1, 2, 6]'
	# one that is not open is an error, not something else by chance
	run_plugbox 2 run --keep-fd 77 "$BUNDLE"
	# nor one that plugbox has opened for itself by then: with all closed, none is there to be meant
	run_command 0 /usr/bin/python3 - "$PLUGBOX" "$BUNDLE" <<-'PY'
		import subprocess, sys
		for option in "--keep-fd", "--status-fd", "--info-fd":
		    for fd in range(3, 12):
		        p = subprocess.run([sys.argv[1], "run", option, str(fd), sys.argv[2]],
		                           stdin=subprocess.DEVNULL, capture_output=True, close_fds=True)
		        assert p.returncode == 2, (option, fd, p)
		        assert b"is not open" in p.stderr, p
	PY
	assert_eq "$output" ''
}

@test "descriptors that are closed at the start are /dev/null, not something of plugbox's" {
	local closed

	python_bundle <<-PY
		$FDS_PROGRAM
		for fd in 0, 1, 2:
		    st = os.fstat(fd)
		    os.write(9, b"null " if st.st_rdev == os.makedev(1, 3) else b"other ")
		os.write(9, str(open_fds()).encode())
	PY
	for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
		run_command 0 bash -c "exec 9>'$BATS_TEST_TMPDIR/report' 0</dev/null 1>/dev/null 2>/dev/null
			exec '$PLUGBOX' run --keep-fd 9 '$BUNDLE' $closed"
		assert_eq "$(<"$BATS_TEST_TMPDIR/report")" 'null null null [0, 1, 2, 9]'
	done
}

@test "the host sees the end of the plugin's pipes while the plugin lives" {
	requires pidfd_open
	python_bundle <<-'PY'
		import os, sys
		go = sys.stdin.readline()
		os.close(6)
		os.write(1, b"closed 6\n")
		sys.stdin.readline()
		os.close(1)
		os.close(0)
		os.write(2, b"closed all\n")
		os.read(7, 1)  # until the host has seen it
	PY
	host <<-'PY'
		r, w = os.pipe()
		hold_r, hold_w = os.pipe()
		def high():
		    os.dup2(w, 6)
		    os.dup2(hold_r, 7)
		p = launch("--keep-fd", "6", "--keep-fd", "7", stderr=subprocess.PIPE, preexec_fn=high,
		           pass_fds=[6, 7])
		os.close(w)
		os.close(hold_r)
		fds = sandbox(p.init)
		p.stdin.write(b"go\n")
		assert line(p) == b"closed 6"
		print("kept:", readable(r) and os.read(r, 1))
		p.stdin.write(b"go\n")
		assert readable(p.stderr) and p.stderr.readline() == b"closed all\n"
		print("stdout:", readable(p.stdout) and p.stdout.read(1))
		try:
		    end = time.monotonic() + WAIT
		    while time.monotonic() < end:
		        p.stdin.write(b"x")
		        time.sleep(0.01)
		    print("stdin: open")
		except BrokenPipeError:
		    print("stdin: broken")
		print(alive(fds))
		os.close(hold_w)
		print(p.wait())
	PY
	assert_eq "$output" $'kept: b\'\'\nstdout: b\'\'\nstdin: broken\nTrue\n0'
}

@test "with --as-pid-1 the plugin is the first and only process" {
	python_bundle <<-'PY'
		import os, sys
		print(os.getpid(), os.getppid(), sorted(d for d in os.listdir("/proc") if d.isdigit()))
		sys.stdout.flush()
		sys.exit(9)
	PY
	run_plugbox 9 run --as-pid-1 "$BUNDLE"
	assert_eq "$output" "1 0 ['1']"
	run_plugbox 9 run "$BUNDLE"
	assert_match "^(2 1 \['2'\]|3 1 \['3'\])$" "$output"
}

@test "descriptors that one plugin keeps in flight do not stop the next" {
	python_bundle <<-'PY'
		import array, errno, os, socket, sys
		a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
		fds = array.array("i", [0] * 200)
		try:
		    while True:
		        a.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)], socket.MSG_DONTWAIT)
		except OSError as e:
		    print(errno.errorcode[e.errno], flush=True)
		sys.stdin.read()
	PY
	host <<-'PY'
		# the kernel counts them for the user of the host, whatever the namespace
		p = launch()
		print(line(p).decode())
		q = subprocess.run([PLUGBOX, "run", "--no-bundle", "--", "echo", "next"], stdout=subprocess.PIPE)
		print(q.returncode, q.stdout)
		p.stdin.close()
		print(p.wait())
	PY
	assert_eq "$output" $'ETOOMANYREFS\n0 b\'next\\n\'\n0'
}
