#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# run --debug: what the sandbox refuses is told call by call, and the sandbox stays what it is.

load helper

# told CODE PATTERN...: each stands on standard error
told() {
	local pattern

	run_plugbox "$1" run --debug "${OPTIONS[@]}" -- "${COMMAND[@]}"
	for pattern in "${@:2}"; do
		assert_match "$pattern" "$stderr"
	done
}

setup() {
	OPTIONS=(--no-bundle --allow subprocess)
}

@test "a path of the host that is not shown is told, with what would show it" {
	local secret=$BATS_TEST_TMPDIR/secret

	echo top >"$secret"
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
	COMMAND=(cat "$secret")
	told 1 "debug: \[[0-9]+\] openat\\(\"$secret\"\\) = ENOENT: file_system_read: \\[$secret\\] would give it"
	# what it says is so
	run_plugbox 0 run --debug --allow "file_system_read=$secret" --no-bundle -- cat "$secret"
	assert_eq "$output" top
	refute_match "$secret" "$stderr"
	# what is nowhere is none of the sandbox's doing
	COMMAND=(cat /nowhere/at/all)
	told 1
	refute_match 'debug: .*"/nowhere' "$stderr"
}

@test "what may not be written, and refused calls, with their reason" {
	COMMAND=(sh -c 'echo x >/usr/x; unshare -r true; exit 3')
	told 3 'openat\("/usr/x", to write\) = EROFS: file_system_write: \[/usr\] would give it' \
		'unshare\(0x10000000.*\) = EPERM: nothing gives that'
	run_plugbox 0 run --debug --no-bundle -- /bin/true
	assert_match 'debug: the sandbox refused nothing' "$stderr"
}

@test "a limit that is reached, and a network that is not there" {
	requires python3
	OPTIONS+=(--open-files 40)
	COMMAND=(python3 -c 'import os, socket
try: socket.socket()
except OSError: pass
try:
    while True: os.dup(0)
except OSError: pass')
	told 0 'socket\(family 2, type 1\) = EAFNOSUPPORT: there is no network; the permission network' \
		'= EMFILE: the limit open_files'
}

@test "each thing once, however often it happens, and made-up ones are bounded" {
	COMMAND=(sh -c 'i=0; while [ $i -lt 600 ]; do true 2>/dev/null >/usr/n$i; true 2>/dev/null >/usr/same
		i=$((i + 1)); done; true')
	told 0 '\[[0-9]+\] openat\("/usr/same"' 'of these happened again, [0-9]+ others are not shown'
	assert_eq "$(grep -c '/usr/same' <<<"$stderr")" 1
	(($(wc -l <<<"$stderr") < 600))
}

@test "what it starts is traced too, ends as it would, and its signals and result are its own" {
	COMMAND=(sh -c 'sh -c "sh -c \"cat /etc/shadow\"; kill -TERM \$\$"; echo $?; exec sh -c "exit 7"')
	told 7 'openat\("/etc/shadow"'
	assert_eq "$output" 143
	COMMAND=(sh -c 'kill -KILL $$')
	told 137
	# stopped and continued by hand
	COMMAND=(sh -c 'sleep 100 & kill -STOP $!; kill -CONT $!; kill -TERM $!; wait $!; echo $?')
	told 0
	assert_eq "$output" 143
	# children that nobody waits for, and a time limit
	OPTIONS+=(--timeout 1s)
	COMMAND=(sh -c 'sleep 100 & sleep 100 & exec sleep 100')
	told 124 'stopped at its timeout limit'
}

@test "the sandbox is the same: process 1 cannot be looked into, and nobody inside can trace" {
	requires python3
	# shellcheck disable=SC2016 # it is Python
	COMMAND=(python3 -c '
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for name in ("mem", "environ", "root", "fd"):
    try:
        os.listdir("/proc/1/" + name) if name in ("root", "fd") else open("/proc/1/" + name).read(1)
        print("open", name)
    except OSError as e:
        print("closed", name)
libc.ptrace(16, 1, 0, 0)
print(ctypes.get_errno())
print([l.split()[1] for l in open("/proc/self/status") if l.startswith(("TracerPid", "Seccomp:", "NoNewPrivs"))])')
	told 0
	assert_eq "$output" $'closed mem\nclosed environ\nclosed root\nclosed fd\n1\n['"'0', '1', '2']"
	# the attacks that its own layers stop, here as without --debug
	local plain=$output

	run_plugbox 0 run "${OPTIONS[@]}" -- "${COMMAND[@]}"
	assert_eq "$output" "$plain"
}

@test "killed, it leaves nothing of the plugin" {
	local fifo=$BATS_TEST_TMPDIR/fifo

	mkfifo "$fifo"
	"$PLUGBOX" run --debug --no-bundle --allow subprocess -- sh -c 'echo up; sleep 1000 & sleep 1000' \
		>"$fifo" &
	local pid=$!

	exec 7<"$fifo"
	read -r -u 7
	assert_eq "$REPLY" up
	kill -KILL "$pid"
	# the end of the pipe: nobody holds it any more
	run -0 timeout "$WAIT_SECONDS" cat <&7
	wait "$pid" || true
}

@test "it is for run, and not with --as-pid-1" {
	run_plugbox 2 explain --debug --no-bundle -- /bin/true
	run_plugbox 2 run --debug --as-pid-1 --no-bundle -- /bin/true
}

@test "what it saw is in the audit log and the events, with the permission that would allow it" {
	local state=$BATS_TEST_TMPDIR/state secret=$BATS_TEST_TMPDIR/secret
	local events=$BATS_TEST_TMPDIR/events denied

	echo top >"$secret"
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
	OPTIONS+=(--audit on --state-dir "$state" --status-file "$events")
	COMMAND=(sh -c "cat $secret; cat $secret; echo x >/usr/x; unshare -r true
		(ulimit -n 10; exec 3</dev/null 4<&3 5<&3 6<&3 7<&3 8<&3 9<&3; : </dev/null); exit 3")
	told 3
	# [by, call, errno, remedy, argument, limit, path] of each
	denied='[[x.get(k) for k in ("by", "call", "errno", "remedy", "argument", "limit", "path")] + [x["count"]]
		for x in d[-1]["denied"]]'
	denied=$(as_json_lines "$denied" "$(<"$state/audit.jsonl")")
	assert_match "\\['mounts', 'openat', 'ENOENT', 'file_system_read', '$secret', None, '$secret', 2\\]" "$denied"
	assert_match "\\['mounts', 'openat', 'EROFS', 'file_system_write', '/usr', None, '/usr/x', 1\\]" "$denied"
	assert_match "\\['limit', '(openat|fcntl)', 'EMFILE', None, None, 'open_files'" "$denied"
	if have seccomp_notify; then
		# counted once, by who answered it
		assert_match "\\['seccomp', 'unshare', 'EPERM', None, None, None, None, 1\\]" "$denied"
	fi
	assert_eq "$(grep -o "'unshare'" <<<"$denied" | wc -l)" 1
	assert_match '"event":"denied","by":"mounts".*"remedy":"file_system_read"' "$(<"$events")"
	# control: without it nobody has seen the files
	run_plugbox 3 run "${OPTIONS[@]}" -- "${COMMAND[@]}"
	denied=$(as_json_lines '[x["by"] for x in d[-1]["denied"]]' "$(<"$state/audit.jsonl")")
	refute_match 'mounts|files|limit' "$denied"
}

@test "made-up names drive nothing else out of the audit log" {
	requires python3
	local state=$BATS_TEST_TMPDIR/state

	OPTIONS+=(--audit on --state-dir "$state")
	COMMAND=(python3 -c 'import os
for i in range(200):
    try: open("/usr/" + str(i) + "/".join(["\x01" * 250] * 15), "w")
    except OSError: pass
    try: os.mkdir("/usr/" + str(i) + "\x01" * 200)
    except OSError: pass
os.system("unshare -r true")')
	told 0
	assert_eq "$(as_json_lines '[x["event"] for x in d], d[1]["outcome"], d[1]["denied_lost"] >= 128' \
		"$(<"$state/audit.jsonl")")" "(['start', 'end'], 'exited', True)"
	if have seccomp_notify; then
		assert_match "'unshare'" "$(as_json_lines 'd[1]["denied"]' "$(<"$state/audit.jsonl")")"
	fi
	assert_match "seccomp" "$(as_json_lines 'd[1]["layers"]' "$(<"$state/audit.jsonl")")"
	run_plugbox 0 audit verify --state-dir "$state"
	# as many as there can be, and the line can still be read
	COMMAND=(python3 -c 'import os
for i in range(200):
    try: os.mkdir("/usr/" + str(i))
    except OSError: pass')
	told 0
	assert_eq "$(as_json_lines '(len(d[3]["denied"]) >= 64, d[3]["denied_lost"] >= 136)' \
		"$(<"$state/audit.jsonl")")" "(True, True)"
	run_plugbox 0 audit --state-dir "$state"
	assert_eq "$(grep -c 'exited with code 0' <<<"$output")" 2
	assert_eq "$stderr" ""
}
