#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The status stream: its events, their order and keys as plugbox-status(7) has them, and that
# nobody who reads it badly can hold a run up.

load helper

setup() {
	STATUS=$BATS_TEST_TMPDIR/status
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
}

# exit_event EXPRESSION: over e, the last event in $STATUS
exit_event() {
	as_json_lines "(lambda e: ($1))(d[-1])" "$(cat "$STATUS")"
}

names() {
	as_json_lines '" ".join(e["event"] for e in d)' "$(cat "$STATUS")"
}

@test "every event has the documented keys, with the documented types" {
	requires seccomp_notify
	make_bundle told <<-YAML
		name: told
		version: 1.2.3
		entrypoint: [python3, main.py]
		resources: {timeout: $A_WHILE}
	YAML
	bundle_file main.py <<-'PY'
		import os, signal, socket
		for attempt in (os.fork, lambda: socket.socket(socket.AF_INET)):
		    try:
		        attempt()
		    except OSError:
		        pass
		signal.pause()
	PY
	run_plugbox 124 run --status-file "$STATUS" "$BUNDLE"
	run_command 0 /usr/bin/python3 - "$STATUS" "$PROJECT_ROOT/man/plugbox-status.7" "${A_WHILE%s}" <<'PY'
import json, re, sys

# What the manual says: the keys and types below each ".Ss event"
documented, section, depth, keys = {}, None, 0, []
for line in open(sys.argv[2]):
    if line.startswith(".Sh"):
        section = None
    elif line.startswith(".Ss"):
        section = documented.setdefault(line.split()[1], {})
    elif line.startswith(".Bl"):
        depth += 1
    elif line.startswith(".El"):
        depth -= 1
    elif section is not None and depth == 1 and line.startswith(".It Cm"):
        keys = [w for w in line.split()[2:] if w != ","]
    elif keys:
        for key in keys:
            section[key] = re.match(r"string or null|number or null|string|number|object|array", line)
            section[key] = section[key] and section[key].group()
        keys = []
assert set(documented) == {"start", "ready", "denied", "limit", "exit"}, set(documented)
python = {"string": (str,), "number": (int, float), "object": (dict,), "array": (list,),
          "string or null": (str, type(None)), "number or null": (int, type(None))}

events = [json.loads(line) for line in open(sys.argv[1])]
assert [e["event"] for e in events] == ["start", "ready", "denied", "denied", "limit", "exit"], events
for e in events:
    known = documented[e["event"]]
    missing = set(known) - set(e)
    if e["event"] == "denied" and not e["call"].startswith("socket"):
        missing.discard("family")
    if e["event"] == "denied":
        assert e["by"] == "seccomp"
        missing -= {"path", "argument", "limit"}  # with --debug: 640
    assert not missing, (e["event"], "not there", missing)
    assert not set(e) - set(known) - {"event"}, (e["event"], "not documented", set(e) - set(known))
    for key, kind in known.items():
        if kind and key in e:
            assert type(e[key]) in python[kind], (e["event"], key, e[key])

start, ready, fork, inet, limit, end = events
assert start["plugin"] == end["plugin"] == "told" and start["version"] == end["version"] == "1.2.3"
assert start["run_id"] == ready["run_id"] == end["run_id"] and re.fullmatch("[0-9a-f]{16}", end["run_id"])
assert fork["call"] in ("clone", "fork") and fork["remedy"] == "subprocess" and fork["errno"] == "EPERM"
assert inet["call"] == "socket" and inet["family"] == 2 and inet["remedy"] == "network"
assert inet["errno"] == "EAFNOSUPPORT" and inet["count"] == 1 and fork["pid"] >= 0
assert limit == {"event": "limit", "limit": "timeout", "action": "terminate"}
assert end["code"] == end["exit-code"] == 124 and end["outcome"] == "timeout"
assert [d["call"] for d in end["denied"]] == [fork["call"], "socket"]
assert set(end["denied"][1]) == set(inet) - {"event"}
# numbers that can be
assert 1 <= end["wall_seconds"] < 60 and 0 < end["cpu_seconds"] < end["wall_seconds"] * 64
assert 1 << 20 < end["peak_memory_bytes"] < 1 << 30
assert end["peak_memory_of"] in ("cgroup", "watchdog", "largest process")
assert abs(end["usage"]["cpu_usec"] / 1e6 - end["cpu_seconds"]) < 1e-5
assert end["limits"]["timeout"]["value"] == int(sys.argv[3]) and end["limits"]["open_files"]["value"] >= 256
assert all(type(l["mechanism"]) is str for l in end["limits"].values())
assert {"mounts", "user-namespace", "net-namespace", "seccomp", "capabilities"} <= set(end["layers"])
assert end["missing"] == [] and end["granted"] == []
PY
}

@test "start, ready and exit come in this order, each as it happens" {
	run_command 0 /usr/bin/python3 - "$PLUGBOX" <<'PY'
import json, os, subprocess, sys
read, write = os.pipe()
p = subprocess.Popen([sys.argv[1], "run", "--status-fd", str(write), "--no-bundle", "--",
                      "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[write])
os.close(write)
lines = open(read)
start, ready = json.loads(lines.readline()), json.loads(lines.readline())
assert start["event"] == "start" and start["pid"] == p.pid, start
assert ready["event"] == "ready" and os.path.exists("/proc/%d" % ready["child-pid"]), ready
assert p.poll() is None
p.stdin.close()
end = json.loads(lines.readline())
assert end["event"] == "exit" and end["outcome"] == "exited" and end["code"] == 0 == p.wait()
assert lines.read() == ""
PY
}

@test "--status-fd, its alias and --status-file tell the same; the plugin has none of them" {
	local listing='import os
print(sorted(os.readlink("/proc/self/fd/" + fd) for fd in os.listdir("/proc/self/fd") if int(fd) > 2 and os.path.exists("/proc/self/fd/" + fd)))'

	# shellcheck disable=SC2016
	run_command 0 bash -c '"$PLUGBOX" run --no-bundle --status-fd 7 --status-file file -- \
		/usr/bin/python3 -c "$1" 7>fd' bash "$listing"
	assert_eq "$output" '[]'
	cmp fd file
	STATUS="fd"
	assert_eq "$(names)" "start ready exit"
	run_command 0 bash -c '"$PLUGBOX" run --no-bundle --json-status-fd=7 -- true 7>alias'
	STATUS="alias"
	assert_eq "$(names)" "start ready exit"
	# a file is written anew, and one that cannot be is told before anything runs
	run_plugbox 0 run --no-bundle --status-file file -- true
	STATUS="file"
	assert_eq "$(names)" "start ready exit"
	run_plugbox 2 run --no-bundle --status-file none/such -- echo ran
	assert_eq "$output" ""
	run_plugbox 2 run --no-bundle --status-fd 99 -- echo ran
	assert_match 'not open' "$stderr"
	run_command 2 bash -c '"$PLUGBOX" run --no-bundle --status-fd 7 -- true 7<file'
}

@test "--info-fd: the child and its namespaces, then the end of the file" {
	run_command 0 /usr/bin/python3 - "$PLUGBOX" <<'PY'
import json, os, subprocess, sys
read, write = os.pipe()
p = subprocess.Popen([sys.argv[1], "run", "--info-fd", str(write), "--no-bundle", "--",
                      "/usr/bin/python3", "-c", "import os\n"
                      "for n in 'cgroup ipc mnt net pid uts'.split(): print(n, os.readlink('/proc/self/ns/' + n))\n"
                      "print(flush=True)\nos.read(0, 1)"],
                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[write])
os.close(write)
info = json.loads(open(read).read())  # the end comes while the plugin lives
assert p.poll() is None
assert os.path.exists("/proc/%d" % info["child-pid"])
for line in iter(lambda: p.stdout.readline().split(), []):
    assert b"%s:[%d]" % (line[0], info[line[0].decode() + "-namespace"]) == line[1], (info, line)
p.stdin.close()
assert p.wait() == 0
PY
}

@test "info and status on one descriptor: both whole, or refused" {
	# shellcheck disable=SC2016
	run_command 0 bash -c '"$PLUGBOX" run --no-bundle --info-fd 7 --status-fd 7 -- true 7>both; echo $?'
	if [[ $output == 0 ]]; then
		assert_eq "$(as_json_lines '[e.get("event", "info") for e in d]' "$(cat both)")" \
			"['start', 'info', 'ready', 'exit']"
	else
		assert_eq "$output" 2
	fi
}

# failure CODE OUTCOME STEP ERRNO PLUGIN ARG...: the last event is exit and says just that
failure() {
	local code=$1 expected="('$2', $3, $4, $5, $1, 'launch', None)"

	shift 5
	rm -f "$STATUS"
	run_plugbox "$code" run --status-file "$STATUS" "$@"
	assert_eq "$output" ""
	assert_eq "$(exit_event 'e["outcome"], e["step"], e["errno"], e["plugin"], e["code"], e["phase"], e["signal"]')" \
		"$expected"
	assert_eq "$(exit_event "e['reason'] in '''${stderr//\'/}'''")" True
	refute_match ready "$(names)"
}

@test "each failure of a launch has its outcome, step and errno" {
	make_bundle wrong <<<'name: wrong'
	failure 2 usage None None None "$BUNDLE"
	failure 2 usage None "'ENOENT'" None none-of-this-name
	make_bundle asker <<-'YAML'
		name: asker
		version: 1.0.0
		entrypoint: main
		permissions: [storage]
	YAML
	failure 77 refused None None "'asker'" "$BUNDLE"
	assert_eq "$(exit_event 'e["hint"], e["version"]')" "('to allow it, add --allow storage', '1.0.0')"
	# the entrypoint is missing, then not executable, then no program
	failure 127 not-found "'entrypoint'" "'ENOENT'" "'asker'" --allow storage --data-dir "$BATS_TEST_TMPDIR/data" "$BUNDLE"
	bundle_file main 0644 <<<'#!/bin/sh'
	failure 126 not-executable "'entrypoint'" "'EACCES'" "'asker'" --allow storage --data-dir "$BATS_TEST_TMPDIR/data" "$BUNDLE"
	bundle_file main 0755 <<<'text'
	failure 126 not-executable "'entrypoint'" "'ENOEXEC'" "'asker'" --allow storage --data-dir "$BATS_TEST_TMPDIR/data" "$BUNDLE"
	failure 125 setup-failed "'chdir'" "'ENOENT'" "'true'" --no-bundle --chdir /none -- true
	failure 125 setup-failed "'idle_timeout'" None "'true'" --no-bundle --allow tty --idle-timeout 1s -- true
}

@test "wrong options end without an event: nobody knows yet where to write it" {
	# shellcheck disable=SC2016
	run_command 2 bash -c '"$PLUGBOX" run --status-fd 7 --no-such-option -- true 7>status'
	assert_eq "$(cat status)" ""
}

@test "what becomes of the plugin: its code, its signal" {
	run_plugbox 42 run --no-bundle --allow subprocess --status-file "$STATUS" -- sh -c 'exit 42'
	assert_eq "$(exit_event 'e["outcome"], e["code"], e["signal"], e["phase"], e["step"], e["errno"], e["hint"]')" \
		"('exited', 42, None, 'run', None, None, None)"
	# the codes of plugbox's own failures, as the plugin's
	run_plugbox 125 run --no-bundle --allow subprocess --status-file "$STATUS" -- sh -c 'exit 125'
	assert_eq "$(exit_event 'e["outcome"]')" exited
	run_plugbox 139 run --no-bundle --allow subprocess --status-file "$STATUS" -- sh -c 'kill -SEGV $$'
	assert_eq "$(exit_event 'e["outcome"], e["code"], e["signal"]')" "('signaled', 139, 11)"
	run_plugbox 139 run --no-bundle --as-pid-1 --status-file "$STATUS" -- \
		/usr/bin/python3 -c 'import os; os._exit(139)'
	assert_eq "$(exit_event 'e["outcome"], e["code"]')" "('exited', 139)"
	# usage is the plugin's: half a second of it, and 64 MiB
	run_plugbox 0 run --no-bundle --status-file "$STATUS" -- /usr/bin/python3 -c '
import time
b = bytes(64 << 20)
b = bytearray(b)
while time.process_time() < 0.5: pass'
	assert_eq "$(exit_event 'e["usage"]["cpu_usec"] > 400000,
		e["usage"]["mechanism"] in ("cgroup", "watchdog", "rusage")')" "(True, True)"
	# what is told stands in the manual
	for key in $(exit_event '" ".join(k for k in e["usage"] if k != "mechanism")'); do
		sed -n '/^\.Sh USAGE/,/^\.Sh EXAMPLES/p' "$PROJECT_ROOT/man/plugbox-status.7" |
			grep '^\.It' | grep -qw "$key" || fail "$key is not in the manual"
	done
	assert_eq "$(exit_event '0.4 < e["cpu_seconds"] < 5, 64 << 20 < e["peak_memory_bytes"] < 1 << 30,
		e["wall_seconds"] >= 0.4')" "(True, True, True)"
}

@test "granted and denied: with where it comes from" {
	make_bundle granted <<-'YAML'
		name: granted
		version: 1.0.0
		entrypoint: "true"
		permissions: [subprocess, {network: loopback}]
		capabilities: {optional: [storage], required: ["tool:x"]}
	YAML
	run_plugbox 0 run --allow tool:x --status-file "$STATUS" "$BUNDLE"
	assert_eq "$(exit_event 'len(e["granted"]), e["denied"]')" "(3, [])"
	assert_match 'subprocess \(.*plugin.yaml:4:15\)' "$(exit_event 'e["granted"]')"
	assert_match 'network: loopback' "$(exit_event 'e["granted"]')"
	assert_match 'tool:x' "$(exit_event 'e["granted"]')"
}

@test "a loop of refusals of one call is one event, and a count" {
	local loop='import os
n = 0
for _ in range(1000):
	try:
		os.fork()
	except PermissionError:
		n += 1
print(n)'

	requires seccomp_notify
	run_plugbox 0 run --no-bundle --status-file "$STATUS" -- /usr/bin/python3 -c "$loop"
	assert_eq "$output" 1000
	assert_eq "$(names)" "start ready denied exit"
	assert_eq "$(exit_event '[d["count"] for d in e["denied"]]')" "[1000]"
	# told once to the person as well
	assert_eq "$(grep -c 'refused: ' <<<"$stderr")" 1
	assert_match 'permission "subprocess"' "$stderr"
	# and not told where told not to
	run_plugbox 0 run -q --no-bundle -- /usr/bin/python3 -c "$loop"
	assert_eq "$stderr" ""
}

@test "many different refusals are bounded too" {
	requires seccomp_notify
	run_plugbox 0 run --no-bundle --status-file "$STATUS" -- /usr/bin/python3 -c '
import errno, socket
refused = 0
for family in range(300):
	if family == 1: continue
	try:
		socket.socket(family, socket.SOCK_STREAM)
	except OSError as e:
		refused += e.errno == errno.EAFNOSUPPORT
print(refused)'
	assert_eq "$output" 299
	# one for each family that there is, and one for all that are made up
	assert_eq "$(exit_event '40 < len(e["denied"]) <= 64, sum(d["count"] for d in e["denied"])')" "(True, 299)"
	assert_eq "$(names | tr ' ' '\n' | grep -c denied)" "$(exit_event 'len(e["denied"])')"
}

@test "a reader that is gone or never reads holds nothing up" {
	run_command 0 /usr/bin/python3 - "$PLUGBOX" <<'PY'
import fcntl, os, subprocess, sys
F_SETPIPE_SZ = 1031
refusals = "import socket\nfor f in range(2, 200):\n  try: socket.socket(f)\n  except OSError: pass\nprint('ran')"
def run(fd, *options, code=refusals):
    return subprocess.run([sys.argv[1], "run", "-q", "--status-fd", str(fd), "--no-bundle", *options, "--",
                           "/usr/bin/python3", "-c", code], stdout=subprocess.PIPE, pass_fds=[fd],
                          timeout=30)
# gone before it began
read, write = os.pipe()
os.close(read)
p = run(write)
assert (p.returncode, p.stdout) == (0, b"ran\n"), p
os.close(write)
# never reads: a pipe of one page, which the refusals alone would fill
read, write = os.pipe()
fcntl.fcntl(write, F_SETPIPE_SZ, 4096)
p = run(write)
assert (p.returncode, p.stdout) == (0, b"ran\n"), p
# and was full before: not even the start fits, and no timeout is held up
os.set_blocking(write, False)
try:
    while True:
        os.write(write, b"x")
except BlockingIOError:
    pass
os.set_blocking(write, True)
p = run(write, "--timeout", "1s", "--kill-after", "0", code="import signal; signal.pause()")
assert p.returncode == 124, p
PY
}

@test "one that reads late gets every event but refusals, each a whole line" {
	run_command 0 /usr/bin/python3 - "$PLUGBOX" <<'PY'
import json, os, socket, subprocess, sys
code = "import os, socket\nfor f in range(2, 40):\n  try: socket.socket(f)\n  except OSError: pass\nos.write(1, b'done')\nos.read(0, 1)"
for kind in "pipe", "socket":
    if kind == "pipe":
        read, write = os.pipe()
    else:
        ours, theirs = socket.socketpair()
        read, write = ours.detach(), theirs.detach()
    p = subprocess.Popen([sys.argv[1], "run", "-q", "--status-fd", str(write), "--no-bundle", "--",
                          "/usr/bin/python3", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         pass_fds=[write])
    os.close(write)
    assert p.stdout.read(4) == b"done"
    p.stdin.close()
    events = [json.loads(line) for line in open(read)]
    names = [e["event"] for e in events if e["event"] != "denied"]
    assert names == ["start", "ready", "exit"], (kind, names)
    assert len(events[-1]["denied"]) == 38
    assert p.wait() == 0
PY
}

@test "a plugin's name or reason cannot break a line of the stream" {
	local name=$'odd\n{"event":"exit","code":0}\e\xff"\\'

	mkdir odd
	printf '#!/bin/sh\nexit 5\n' >"odd/$name"
	chmod 755 odd "odd/$name"
	run_plugbox 5 run --bundle odd --allow subprocess --status-file "$STATUS" -- "./$name"
	assert_eq "$(names)" "start ready exit"
	assert_eq "$(exit_event 'e["code"]')" 5
	run_plugbox 127 run --bundle odd --status-file "$STATUS" -- "./none $name"
	assert_eq "$(exit_event 'e["code"]')" 127
	refute_match $'\e' "$stderr"
}

@test "a failure is not blamed on storage where it could not be the reason" {
	requires pidfd_open
	# it has /data
	make_bundle storage <<-'Y'
		name: storage
		version: 1.0.0
		entrypoint: main
		permissions: [storage]
	Y
	printf '#!/bin/sh\n: /data/x\nexit 3\n' | bundle_file main
	run_plugbox 3 run --allow storage --data-dir "$BATS_TEST_TMPDIR/data" "$BUNDLE"
	assert_eq "$stderr" ""
	# it ends well, and it names something else
	sed -i '/^permissions/d' "$BUNDLE/plugin.yaml"
	printf '#!/bin/sh\n: /data/x\n' | bundle_file main
	run_plugbox 0 run "$BUNDLE"
	assert_eq "$stderr" ""
	for word in /database /srv/data/x ./data data//data.d; do
		printf '#!/bin/sh\n: %s\nexit 3\n' "$word" | bundle_file main
		run_plugbox 3 run "$BUNDLE"
		assert_eq "$stderr" ""
	done
	# --tmpfs /data is another way to have one
	printf '#!/bin/sh\n: /data/x\nexit 3\n' | bundle_file main
	run_plugbox 3 run --tmpfs /data "$BUNDLE"
	assert_eq "$stderr" ""
	# the control, and the command line itself
	run_plugbox 3 run "$BUNDLE"
	assert_eq "$stderr" 'plugbox: "storage" failed: "main" names /data, which it lacks (the permission "storage" would give it)'
	run_plugbox 1 run --status-file "$BATS_TEST_TMPDIR/status" --no-bundle -- false --at=/data/x
	assert_match '"false" failed: "--at=/data/x" names /data' "$stderr"
	assert_match '(the permission "storage" would give it)' \
		"$(as_json 'd["hint"]' "$(tail -n 1 "$BATS_TEST_TMPDIR/status")")"
}

@test "a script that is a link or a FIFO is not read for a hint" {
	requires pidfd_open
	make_bundle odd <<-'Y'
		name: odd
		version: 1.0.0
		entrypoint: [sh, -c, 'exit 3', fifo, link]
	Y
	mkfifo "$BUNDLE/fifo"
	echo /data/secret >"$BATS_TEST_TMPDIR/secret"
	ln -s "$BATS_TEST_TMPDIR/secret" "$BUNDLE/link"
	run_plugbox 3 run "$BUNDLE"
	assert_eq "$stderr" ""
	# the control: the same words in a file of the bundle
	rm "$BUNDLE/link"
	echo /data/secret >"$BUNDLE/link"
	run_plugbox 3 run "$BUNDLE"
	assert_match '"link" names /data' "$stderr"
}
