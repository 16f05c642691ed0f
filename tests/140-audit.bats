#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The audit log: a line for each start and end, chained, and what becomes of it when somebody changes
# it, a disk is full, plugbox is killed in the middle of a line, or many write at once.

load helper

setup() {
	STATE=$BATS_TEST_TMPDIR/state
	LOG=$STATE/audit.jsonl
}

# logged CODE OPTION...: a run of true that is logged
logged() {
	local code=$1

	shift
	run_plugbox "$code" run --audit required --state-dir "$STATE" --no-bundle "$@" -- /bin/true
}

verify() {
	run_plugbox "$1" audit verify --state-dir "$STATE" "${@:2}"
}

@test "each run has two lines that say who, what and how it ended" {
	make_bundle noisy <<-'YAML'
		name: noisy
		version: 1.2.3
		entrypoint: main
		permissions: [subprocess]
	YAML
	bundle_file main <<-'SH'
		#!/bin/sh
		unshare -r true
		exit 7
	SH
	run_plugbox 7 run --audit on --state-dir "$STATE" --correlation-id req/42 "$BUNDLE"
	assert_eq "$(as_json_lines '[x["event"] for x in d]' "$(<"$LOG")")" "['start', 'end']"
	assert_eq "$(as_json_lines '[x["seq"] for x in d]' "$(<"$LOG")")" "[1, 2]"
	assert_eq "$(as_json_lines 'len({x["run_id"] for x in d})' "$(<"$LOG")")" 1
	assert_eq "$(as_json_lines '[(x["plugin"], x["version"], x["correlation_id"]) for x in d]' "$(<"$LOG")")" \
		"[('noisy', '1.2.3', 'req/42'), ('noisy', '1.2.3', 'req/42')]"
	assert_match 'subprocess' "$(as_json_lines 'd[0]["granted"]' "$(<"$LOG")")"
	assert_match 'seccomp' "$(as_json_lines 'd[0]["layers"]' "$(<"$LOG")")"
	assert_match 'pids_limit' "$(as_json_lines 'd[0]["limits"]' "$(<"$LOG")")"
	assert_eq "$(as_json_lines '(d[1]["outcome"], d[1]["code"])' "$(<"$LOG")")" "('exited', 7)"
	if have seccomp_notify; then
		assert_match "unshare" "$(as_json_lines 'd[1]["denied"]' "$(<"$LOG")")"
	fi
	run_plugbox 0 audit --state-dir "$STATE"
	assert_match '^20[0-9T:-]+ noisy 1.2.3 exited: exited with code 7' "$output"
	verify 0
	assert_match '^whole: 2 lines, number 1 to 2' "$output"
	# nobody else can look
	assert_eq "$(stat -c %a "$STATE" "$LOG" | xargs)" "700 600"
}

@test "without --audit nothing is written, and a refusal is logged with it" {
	run_plugbox 0 run --state-dir "$STATE" --no-bundle -- /bin/true
	[[ ! -e $STATE ]]
	make_bundle asks <<-'YAML'
		name: asks
		version: 1.0.0
		entrypoint: main
		permissions: [storage]
	YAML
	run_plugbox 77 run --audit on --state-dir "$STATE" "$BUNDLE"
	assert_eq "$(as_json_lines '[(x["event"], x["outcome"], x["phase"]) for x in d]' "$(<"$LOG")")" \
		"[('end', 'refused', 'launch')]"
	assert_eq "$(as_json_lines '[(w["what"][:8], w["remedy"]) for w in d[0]["refused"]]' "$(<"$LOG")")" \
		"[('storage ', '--allow storage')]"
	run_plugbox 0 audit --state-dir "$STATE" --outcome exited
	assert_eq "$output" ""
	run_plugbox 0 audit --state-dir "$STATE" --outcome refused --plugin asks --since 1h --json
	assert_eq "$(as_json 'd["plugin"]')" asks
	run_plugbox 0 audit --state-dir "$STATE" --plugin other
	assert_eq "$output" ""
	run_plugbox 0 audit --state-dir "$STATE" --since 2099-01-01
	assert_eq "$output" ""
	run_plugbox 2 audit --state-dir "$STATE" --since yesterday
	run_plugbox 2 audit --state-dir "$STATE" --outcome happy
	run_plugbox 2 run --audit off --no-bundle -- /bin/true
	run_plugbox 2 run --correlation-id $'a\nb' --no-bundle -- /bin/true
}

@test "verify finds a changed, removed, moved and cut line; untouched it finds nothing" {
	local head

	for _ in 1 2 3; do logged 0; done
	cp -a "$STATE" "$STATE.good"
	again() { rm -rf "$STATE" && cp -a "$STATE.good" "$STATE"; }
	verify 0
	head=$(sed -n 's/^last line: //p' <<<"$output")
	assert_match '^b2:[0-9a-f]{64}$' "$head"
	sed -i '2s/exited/exitde/' "$LOG"
	verify 1
	assert_match 'audit.jsonl:3: the line before it was changed' "$output"
	again
	sed -i '$s/exited/exitde/' "$LOG"
	verify 1
	assert_match 'line 6 was changed' "$output"
	again
	sed -i 3d "$LOG"
	verify 1
	again
	sed -i '2{h;d};3{G}' "$LOG"
	verify 1
	again
	sed -i '$d' "$LOG"
	verify 1
	assert_match 'cut at its end: line 6 is gone' "$output"
	# who cuts it is told of by the next line as well
	logged 0
	assert_match '"event":"cut","after":6' "$(<"$LOG")"
	verify 1
	assert_match 'cut' "$output"
	again
	rm "$STATE/audit.head"
	verify 1
	assert_match 'audit.head is gone' "$output"
	again
	sed -i 1d "$LOG"
	verify 0
	assert_match 'before number 2' "$output"
	again
	# the hash that was noted elsewhere is what the user himself cannot take back
	logged 0
	verify 0 "$head"
	rm -rf "$STATE"
	logged 0
	verify 0
	verify 1 "$head"
	assert_match 'no line has that hash' "$output"
}

@test "a line that a crash left unfinished is told, and the chain goes on" {
	logged 0
	printf '{"seq":3,"prev":"b2:12' >>"$LOG"
	verify 0
	assert_match '1 lines were left unfinished' "$output"
	logged 0
	assert_match '"seq":3,.*"event":"torn","bytes":22' "$(<"$LOG")"
	verify 0
	assert_match '1 lines were left unfinished' "$output"
	run_plugbox 0 audit --state-dir "$STATE"
	assert_match 'not whole' "$stderr"
	# a whole line that the head does not know yet is none
	cp "$STATE/audit.head" "$STATE.head"
	logged 0
	cp "$STATE.head" "$STATE/audit.head"
	logged 0
	verify 0
	# but a line that was made to look so is found
	sed -i '1s/.$//' "$LOG"
	verify 1
}

@test "fifty writers at once: every line is there, once" {
	local i pids=()

	for i in {1..50}; do
		"$PLUGBOX" run --audit required --state-dir "$STATE" --correlation-id "w$i" --no-bundle \
			-- /bin/true &
		pids+=($!)
	done
	wait "${pids[@]}"
	verify 0
	assert_match '^whole: 100 lines, number 1 to 100' "$output"
	assert_eq "$(as_json_lines 'len({x["correlation_id"] for x in d})' "$(<"$LOG")")" 50
}

@test "a thousand short runs, fifty at once, through a rotation: every line is there, once" {
	requires python3
	local n

	n=$(told_log)
	export STATE
	# shellcheck disable=SC2016 # the inner shell's
	run_command 0 xargs -P 50 -n 1 sh -c 'exec "$PLUGBOX" run --audit required --state-dir "$STATE" \
		--correlation-id "w$0" --no-bundle -- /bin/true' < <(seq 1000)
	verify 0
	assert_match "^whole: $((n + 2000)) lines, number 1 to $((n + 2000)), in 2 files" "$output"
	assert_eq "$(wc -l <"$LOG.1")" "$n"
	run_command 0 /usr/bin/python3 -c 'import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
for event in ("start", "end"):
    assert sorted(int(x["correlation_id"][1:]) for x in lines if x["event"] == event) == list(range(1, 1001))
assert all(x["outcome"] == "exited" and x["code"] == 0 for x in lines if x["event"] == "end")' "$LOG"
}

@test "a lock that is held is waited for as long as lines are added, and else for a while" {
	requires python3
	local holder='import fcntl, os, select, sys
f = os.open(sys.argv[1], os.O_RDWR)
head = os.pread(f, 128, 0)
fcntl.flock(f, fcntl.LOCK_EX)
print("held", flush=True)
# as if others added lines all the time, or as one that was stopped
n = 0
while not select.select([0], [], [], 0.02)[0]:
	n += 1
	if sys.argv[2] == "moves":
		os.pwrite(f, head.replace(b"head 1 ", b"head %d " % (2 + n % 7)), 0)
os.pwrite(f, head, 0)'
	local pid in

	logged 0
	coproc HOLDER { exec /usr/bin/python3 -c "$holder" "$STATE/audit.head" moves 3>&-; }
	in=${HOLDER[1]}
	read -r -t "$RUN_SECONDS" -u "${HOLDER[0]}"
	"$PLUGBOX" run --audit required --state-dir "$STATE" --no-bundle -- /bin/true 3>&- &
	pid=$!
	# more often than it would look at a lock where nothing moves; a nap may take ten times its time
	WAIT_SECONDS=50 wait_for has_slept "$pid" 2200
	kill -0 "$pid"
	exec {in}>&-
	wait "$pid"
	verify 0
	assert_match '^whole: 4 lines' "$output"
	wait "$HOLDER_PID" || true
	coproc HOLDER { exec /usr/bin/python3 -c "$holder" "$STATE/audit.head" stays 3>&-; }
	in=${HOLDER[1]}
	read -r -t "$RUN_SECONDS" -u "${HOLDER[0]}"
	run_plugbox 125 run --audit required --state-dir "$STATE" --no-bundle -- /bin/echo ran
	assert_eq "$output" ""
	assert_match 'another process holds "audit.head"' "$stderr"
	exec {in}>&-
	verify 0
	assert_match '^whole: 4 lines' "$output"
}

@test "until the first line is written nothing of the plugin's runs, however it is started" {
	local -a ways=("" --as-pid-1 --debug)
	local -a way
	local i pids=()

	make_bundle first <<-'YAML'
		name: first
		version: 1.0.0
		entrypoint: ./main
	YAML
	cc_static "$BUNDLE/main" <<<'int puts(const char *); int main(void) { return puts("ran") < 0; }'
	have landlock_scope && ways+=("--isolation landlock --best-effort")
	for i in "${!ways[@]}"; do
		read -ra way <<<"${ways[i]}"
		waits_for_log "$STATE.$i" "${way[@]}" 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
}

@test "writers that are killed at each call they make leave a log that is whole, or tells" {
	type -P strace >/dev/null || skip "control impossible: no strace"
	local call n code killed=0

	logged 0
	# of these only the loader makes any other
	for call in flock pread64 pwrite64; do
		for n in 1 2 3 4 5 6 7 8; do
			# killed when it begins the call, as a crash of plugbox would
			code=0
			strace -qq -o /dev/null -e trace="$call" -e inject="$call:signal=SIGKILL:when=$n" \
				"$PLUGBOX" run --audit required --state-dir "$STATE" --no-bundle \
				-- /bin/true || code=$?
			killed=$((killed + (code == 137)))
			verify 0
		done
	done
	logged 0
	verify 0
	# control: they were, before their start was written and after
	((killed >= 6))
	(($(grep -c '"event":"start"' "$LOG") > $(grep -c '"event":"end"' "$LOG")))
}

# Where $disk can be mounted by what runs in on_disk
make_disk() {
	on_disk=(unshare --mount)
	[[ $EUID -eq 0 ]] || on_disk=(unshare --user --map-current-user --mount --keep-caps)
	mkdir "$disk"
}

@test "a full disk: nothing starts where the log is required; otherwise it does, and is told" {
	requires unshare
	local disk=$BATS_TEST_TMPDIR/disk
	local -a on_disk

	make_disk
	cat >"$BATS_TEST_TMPDIR/on-disk" <<-'SH'
		mount -t tmpfs -o size=16k,mode=700 tmpfs "$1" && mkdir -m 700 "$1/s" && umask 077 || exit 99
		: >"$1/s/audit.jsonl" && : >"$1/s/audit.head" || exit 99
		dd if=/dev/zero of="$1/fill" bs=1k 2>/dev/null
		disk=$1
		shift
		"$@"
		code=$?
		wc -c <"$disk/s/audit.jsonl"
		exit $code
	SH
	on_disk+=(sh "$BATS_TEST_TMPDIR/on-disk" "$disk")
	"${on_disk[@]}" true || skip "control impossible: no tmpfs here"
	run_command 125 "${on_disk[@]}" "$PLUGBOX" run --audit required --state-dir "$disk/s" --no-bundle \
		-- /bin/echo ran
	assert_match 'the audit log is required: .*No space left' "$stderr"
	assert_eq "$output" 0
	run_command 0 "${on_disk[@]}" "$PLUGBOX" run --audit on --state-dir "$disk/s" --no-bundle \
		-- /bin/echo ran
	assert_eq "$output" $'ran\n0'
	assert_match 'not in the audit log: .*No space left' "$stderr"
}

@test "a disk that fills in the middle of a line leaves nothing of it, and the chain goes on" {
	requires unshare
	local disk=$BATS_TEST_TMPDIR/disk
	local -a on_disk

	make_disk
	cat >"$BATS_TEST_TMPDIR/on-disk" <<-'SH'
		# pages: two lines fit, of the next ones some bytes
		mount -t tmpfs -o size=24k,mode=700 tmpfs "$1" && mkdir -m 700 "$1/s" || exit 99
		log() {
			"$PLUGBOX" run --audit "$2" --state-dir "$1/s" --no-bundle -- /bin/echo ran 2>>"$1/../said"
		}
		log "$1" required || exit 98
		dd if=/dev/zero of="$1/fill" bs=1k 2>/dev/null
		before=$(wc -c <"$1/s/audit.jsonl")
		n=0
		while log "$1" on && [ "$(wc -c <"$1/s/audit.jsonl")" -gt "$before" ] && [ $n -lt 9 ]; do
			before=$(wc -c <"$1/s/audit.jsonl")
			n=$((n + 1))
		done
		tail -c 1 "$1/s/audit.jsonl" | od -An -c
		"$PLUGBOX" audit verify --state-dir "$1/s" || exit 97
		rm "$1/fill"
		log "$1" required || exit 96
		exec "$PLUGBOX" audit verify --state-dir "$1/s"
	SH
	on_disk+=(sh "$BATS_TEST_TMPDIR/on-disk" "$disk")
	export PLUGBOX
	run_command 0 "${on_disk[@]}"
	assert_match 'No space left' "$(<"$BATS_TEST_TMPDIR/said")"
	assert_eq "$(grep -c '^whole: ' <<<"$output")" 2
	assert_match '\\n' "$output"
	refute_match 'unfinished' "$output"
}

@test "a log or head that somebody put something else in the place of is neither written nor read" {
	local name kind

	for name in audit.jsonl audit.head; do
		for kind in link dangling fifo directory twice socket others theirs; do
			[[ $kind != theirs || $EUID -eq 0 ]] || continue
			[[ $kind != socket || -x /usr/bin/python3 ]] || continue
			rm -rf "$STATE"
			logged 0
			cp "$STATE/$name" "$BATS_TEST_TMPDIR/kept"
			rm -f "$BATS_TEST_TMPDIR/none"
			case $kind in
			link) ln -sf "$BATS_TEST_TMPDIR/kept" "$STATE/$name" ;;
			dangling) ln -sf "$BATS_TEST_TMPDIR/none" "$STATE/$name" ;;
			fifo) rm "$STATE/$name" && mkfifo -m 600 "$STATE/$name" ;;
			directory) rm "$STATE/$name" && mkdir -m 700 "$STATE/$name" ;;
			twice) ln "$STATE/$name" "$BATS_TEST_TMPDIR/twice-$name" ;;
			socket) rm "$STATE/$name" && (cd "$STATE" && /usr/bin/python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$name") ;;
			others) chmod 620 "$STATE/$name" ;;
			theirs) chown 65534 "$STATE/$name" ;;
			esac
			logged 125
			assert_match 'the audit log is required' "$stderr"
			run_plugbox 0 run --audit on --state-dir "$STATE" --no-bundle -- /bin/true
			assert_match 'not in the audit log' "$stderr"
			run_plugbox 125 audit verify --state-dir "$STATE"
			[[ $name == audit.head ]] || run_plugbox 125 audit --state-dir "$STATE"
			# nothing was written through it
			[[ ! -e $BATS_TEST_TMPDIR/none ]]
			if [[ $kind == link ]]; then
				assert_eq "$(wc -l <"$BATS_TEST_TMPDIR/kept")" "$([[ $name == audit.head ]] &&
					echo 1 || echo 2)"
			fi
			rm -f "$BATS_TEST_TMPDIR/twice-$name"
		done
	done
	# control
	rm -rf "$STATE"
	logged 0
	logged 0
	verify 0
}

@test "a state directory that is not the user's own alone is no place for it" {
	mkdir -m 755 "$STATE"
	logged 125
	assert_match 'open to others' "$stderr"
	chmod 700 "$STATE"
	logged 0
	chmod 620 "$LOG"
	logged 125
	chmod 600 "$LOG"
	ln "$LOG" "$STATE/second"
	logged 125
	rm "$STATE/second"
	mv "$STATE" "$STATE.real"
	ln -s "$STATE.real" "$STATE"
	logged 125
	assert_match 'symbolic link' "$stderr"
	rm "$STATE"
	mkfifo "$STATE"
	logged 125
	rm "$STATE"
	mv "$STATE.real" "$STATE"
	rm "$LOG"
	ln -s /dev/null "$LOG"
	logged 125
}

# told_log [TIME EVENT RUN]...: a log of such lines, made by another program from what the manual says;
# without any, one of 16 MiB. Says how many lines that is.
told_log() {
	mkdir -m 700 "$STATE"
	/usr/bin/python3 - "$STATE" "$@" <<-'PY'
		import hashlib, os, sys
		os.umask(0o077)
		prev, size, seq = "b2:" + "0" * 64, 0, 0
		number = lambda n: n.to_bytes(8, "little")
		string = lambda s: number(len(s)) + s
		args = sys.argv[2:]
		with open(sys.argv[1] + "/audit.jsonl", "wb") as f:
		    while args or not sys.argv[2:] and size < 16 << 20:
		        time, event, run = args[:3] or ("2026-01-01T00:00:00", "end", "old")
		        pad = 0 if args else 30000
		        args = args[3:]
		        seq += 1
		        line = ('{"seq":%d,"prev":"%s","time":"%s.000Z","event":"%s","run_id":"%s","plugin":"%s",'
		                '"version":"1","outcome":"exited","reason":"exited with code 0","x":"%s"}'
		                % (seq, prev, time, event, run, run, "y" * pad)).encode()
		        prev = "b2:" + hashlib.blake2b(string(b"plugbox audit 1") + string(line),
		                                       digest_size=32).hexdigest()
		        f.write(line + b"\n")
		        size += len(line) + 1
		open(sys.argv[1] + "/audit.head", "w").write(
		    "plugbox-audit-head 1 %d %s %d\n" % (seq, prev, size))
		print(seq)
	PY
}

@test "a clock that was set back hides no run from --since, and breaks no chain" {
	requires python3

	told_log >/dev/null 2030-01-01T10:00:00 start ahead 2030-01-01T10:00:01 end ahead \
		2030-01-01T10:00:02 start over 2026-01-01T00:00:00 end over \
		2026-01-01T00:00:01 start before 2026-01-01T00:00:02 end before \
		2026-01-01T00:00:03 start long 2026-06-01T00:00:00 end long
	verify 0
	since() {
		run_plugbox 0 audit --state-dir "$STATE" --since "$@"
	}
	names() {
		awk '{ print $2 }' <<<"$output" | xargs
	}
	since 2025-01-01
	assert_eq "$(names)" 'ahead over before long'
	# what is later by its own time is there, wherever it stands, and what ended is not said to run
	since 2029-01-01
	assert_eq "$(names)" 'ahead over'
	refute_match 'no end is in the log' "$output"
	since 2029-01-01 --json
	assert_eq "$(as_json_lines '[x["event"] for x in d]')" "['start', 'end', 'start', 'end']"
	# a run that ended in that time began before it
	since 2026-05-01
	assert_eq "$(names)" 'ahead over long'
	# now: the clock is behind what the log says
	logged 0 --correlation-id now
	verify 0
	since 1h --plugin true --json
	assert_eq "$(as_json_lines '[x["correlation_id"] for x in d]')" "['now', 'now']"
}

@test "it is rotated by size, the chain goes on, and what was rotated is read" {
	requires python3
	local n

	n=$(told_log)
	verify 0
	logged 0
	[[ -s $LOG.1 && -s $LOG ]]
	assert_eq "$(wc -l <"$LOG")" 2
	verify 0
	assert_match "^whole: $((n + 2)) lines, number 1 to $((n + 2)), in 2 files" "$output"
	run_plugbox 0 audit --state-dir "$STATE"
	assert_eq "$(grep -c ' old 1 exited' <<<"$output")" "$n"
	assert_match ' true - exited' "$output"
	# one file of the middle, gone
	mv "$LOG.1" "$LOG.2"
	verify 1
	assert_match 'audit.jsonl.1 is gone' "$output"
}

@test "a rotation that was ended in its middle is gone on with, and a log that was emptied is not" {
	logged 0
	logged 0
	mv "$LOG" "$LOG.1"
	logged 0
	verify 0
	assert_match 'in 2 files' "$output"
	# control: emptied, with another beside it
	: >"$LOG"
	logged 0
	verify 1
	assert_match 'cut' "$output"
}

@test "--follow goes on through a rotation" {
	requires python3
	local out=$BATS_TEST_TMPDIR/out

	told_log >/dev/null
	"$PLUGBOX" audit --follow --plugin true --state-dir "$STATE" >"$out" &
	local pid=$!

	logged 0
	wait_for grep -q ' true - exited' "$out"
	logged 0
	followed() { [[ $(wc -l <"$out") -eq 2 ]]; }
	wait_for followed
	kill "$pid"
}

@test "a run that was killed with plugbox has a start and no end" {
	"$PLUGBOX" run --audit on --state-dir "$STATE" --no-bundle -- /bin/sleep 60 &
	local pid=$!

	wait_for test -s "$LOG"
	kill -KILL "$pid"
	wait "$pid" || true
	run_plugbox 0 audit --state-dir "$STATE"
	assert_match 'sleep - started: no end is in the log' "$output"
	verify 0
}

@test "a caller's limit on the size of files ends neither plugbox nor the log" {
	# standard error is a file here, too
	run -125 bash -c 'ulimit -f 0 && exec "$@"' bash "$PLUGBOX" run --audit required \
		--state-dir "$STATE" --no-bundle -- /bin/true
	[[ ! -s $LOG ]]
	logged 0
	verify 0
}

@test "--audit-syslog sends the same lines to syslog" {
	requires root unshare python3
	local got=$BATS_TEST_TMPDIR/got

	cat >"$BATS_TEST_TMPDIR/log.py" <<-'PY'
		import os, socket, subprocess, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind("/dev/log")
		s.settimeout(20)
		code = subprocess.call(sys.argv[2:])
		with open(sys.argv[1], "wb") as f:
		    for _ in range(2):
		        f.write(s.recv(65536).split(b": ", 1)[1] + b"\n")
		sys.exit(code)
	PY
	# shellcheck disable=SC2016 # the inner shell's
	run_command 0 unshare --mount sh -c 'mount -t tmpfs tmpfs /dev && for n in null:3 zero:5 full:7 \
		random:8 urandom:9; do mknod -m 666 /dev/${n%:*} c 1 ${n#*:}; done; exec "$@"' sh \
		/usr/bin/python3 "$BATS_TEST_TMPDIR/log.py" "$got" \
		"$PLUGBOX" run --audit on --audit-syslog --state-dir "$STATE" --no-bundle -- /bin/true
	assert_eq "$(as_json_lines '[x["event"] for x in d]' "$(<"$got")")" "['start', 'end']"
}

# Whether the kernel heeds them shows only where the host's audit is on, which no test may turn on for
# all of a machine: measured by hand, 20 refused calls are 20 records without these flags and none with.
@test "the host's own audit is not the plugin's to fill, by Landlock domains of its own" {
	requires landlock_log
	type -P strace >/dev/null || skip "control impossible: no strace"
	local calls=$BATS_TEST_TMPDIR/calls nest

	# what is asked for: the last domain that the plugin is in, LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF
	flags() {
		grep -oE 'landlock_restrict_self\([0-9]+, [^)]*\) += 0' "$calls" | sed 's/.*, //; s/).*//' | xargs
	}
	run_command 0 strace -f -qq -o "$calls" -e trace=landlock_restrict_self "$PLUGBOX" --quiet run \
		--no-bundle -- /bin/true
	assert_eq "$(flags)" 0x4
	run_command 0 strace -f -qq -o "$calls" -e trace=landlock_restrict_self "$PLUGBOX" --quiet run \
		--isolation landlock --best-effort --no-bundle -- /bin/true
	# the two scopes as well: their end signals all processes of the host
	assert_eq "$(flags)" '0x5 0x5 0x4'
	# control: a plugin may make domains
	requires python3
	nest='import ctypes; c = ctypes.CDLL(None); c.syscall(446, c.syscall(444, ctypes.byref(
ctypes.c_uint64(4)), 8, 0), 0) and exit(1)
try: open("/usr/bin/env")
except PermissionError: print("refused")'
	run_plugbox 0 run --no-bundle -- /usr/bin/python3 -c "$nest"
	assert_eq "$output" refused
}
