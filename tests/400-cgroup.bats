#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Limits by cgroup v2: what they stop, that the same passes below them, and that nothing is
# left. tests/vm runs the same on a kernel and hierarchy of its own.

load helper

# A cgroup of the test's own with the controllers on, or the test is skipped. Sets CG.
make_cgroup() {
	local parent

	requires cgroup2 python3
	parent=$(delegated_cgroup)
	# not where processes are in it, and the controllers not on: then it is not ours alone
	echo "+cpu +memory +pids" 2>/dev/null >"$parent/cgroup.subtree_control" ||
		skip "needs a cgroup2 of our own"
	echo "+io +cpuset" 2>/dev/null >"$parent/cgroup.subtree_control" || true
	CG=$parent/test-$BATS_TEST_NUMBER-$$
	mkdir "$CG"
}

teardown() {
	[[ -z ${PLUGBOX_PID:-} ]] || kill -KILL "$PLUGBOX_PID" 2>/dev/null || true
	[[ -z ${PLACES:-} ]] || wait_for rmdir "${PLACES[@]}"
	[[ -z ${CG:-} ]] || wait_for rmdir "$CG"
}

# leaf: the cgroup that a run has made; nothing where there is none
leaf() {
	find "$CG" -mindepth 1 -maxdepth 1 -name 'plugbox-*'
}

# start ARG...: runs a plugin in the background until it is ready. Sets PLUGBOX_PID and LEAF.
start() {
	local fifo=$BATS_TEST_TMPDIR/status line

	mkfifo "$fifo"
	"$PLUGBOX" run --cgroup "$CG" --no-bundle --status-fd 4 "$@" 4>"$fifo" 3>&- >/dev/null &
	PLUGBOX_PID=$!
	exec 5<"$fifo"
	while read -r -t "$RUN_SECONDS" line <&5; do
		[[ $line != *'"ready"'* ]] || break
	done
	[[ $line == *'"ready"'* ]] || fail "not ready: $line"
	LEAF=$(leaf)
}

# without_cgroup CODE ARG...: runs plugbox where the hierarchy is hidden, as in many containers
without_cgroup() {
	local code=$1

	shift
	# shellcheck disable=SC2016
	run_command "$code" unshare --user --map-root-user --mount sh -c '
		mount -t tmpfs tmpfs /sys/fs/cgroup &&
		exec unshare --user --map-user=1000 --map-group=1000 "$@"' sh "$PLUGBOX" "$@"
}

@test "cgroup: a limit that needs one stops the launch without, with reason and remedy" {
	requires userns unshare landlock
	without_cgroup 125 run --no-bundle --memory-high 64M -- /bin/true
	assert_match 'memory_high.*no cgroup v2 file system' "$stderr"
	assert_match 'plugbox doctor' "$stderr"
	without_cgroup 125 run --no-bundle --cpu-weight 50 -- /bin/true
	assert_match 'cpu_weight' "$stderr"
	# the control: it is the limit that cannot be had, not the launch
	without_cgroup 0 run --no-bundle -- /bin/true
}

@test "cgroup: with --best-effort the launch goes on, and the result names what is missing" {
	requires userns unshare landlock
	without_cgroup 0 run --no-bundle --memory-high 64M --cpu-weight 50 --best-effort \
		--status-file "$BATS_TEST_TMPDIR/status" -- /bin/true
	run tail -n 1 "$BATS_TEST_TMPDIR/status"
	assert_match 'memory_high' "$(as_json "' '.join(d['missing'])")"
	assert_match 'cpu_weight' "$(as_json "' '.join(d['missing'])")"
}

@test "cgroup: --cgroup with what is none is refused" {
	requires userns
	run_plugbox 125 run --no-bundle --cgroup "$BATS_TEST_TMPDIR" -- /bin/true
	assert_match 'no cgroup v2 directory' "$stderr"
	run_plugbox 125 run --no-bundle --cgroup "$BATS_TEST_TMPDIR/absent" -- /bin/true
	assert_match 'cannot open the cgroup' "$stderr"
}

@test "cgroup: the limits stand in the plugin's cgroup while it runs" {
	make_cgroup
	start --cpu-limit 0.25 --memory-limit 64M --pids-limit 20 -- /bin/sleep 1000
	assert_eq "$(cat "$LEAF/cpu.max")" "25000 100000"
	assert_eq "$(cat "$LEAF/memory.max")" 67108864
	assert_eq "$(cat "$LEAF/memory.oom.group")" 1
	[[ ! -e $LEAF/memory.swap.max ]] || assert_eq "$(cat "$LEAF/memory.swap.max")" 0
	# plugbox's own process 1 is one more
	assert_eq "$(cat "$LEAF/pids.max")" 21
	# the plugin is in it and plugbox is not
	[[ $(wc -l <"$LEAF/cgroup.procs") -ge 1 ]]
	run ! grep -qx "$PLUGBOX_PID" "$LEAF/cgroup.procs"
	kill -TERM "$PLUGBOX_PID"
	wait "$PLUGBOX_PID" || true
	assert_eq "$(leaf)" ""
}

@test "cgroup: weights, processors, a soft memory limit, swap and disks stand there too" {
	make_cgroup
	# not every host gives these two away
	grep -qw cpuset "$CG/cgroup.controllers" && grep -qw io "$CG/cgroup.controllers" ||
		skip "needs a cgroup2 of our own"
	start --cpu-weight 50 --memory-high 48M --swap-limit 8M --cpus 0 --io-read 1M --io-write 2M \
		-- /bin/sleep 1000
	assert_eq "$(cat "$LEAF/cpu.weight")" 50
	assert_eq "$(cat "$LEAF/memory.high")" 50331648
	[[ ! -e $LEAF/memory.swap.max ]] || assert_eq "$(cat "$LEAF/memory.swap.max")" 8388608
	assert_eq "$(cat "$LEAF/cpuset.cpus.effective")" 0
	[[ ! -s $LEAF/io.max ]] || assert_match 'rbps=1048576 wbps=2097152' "$(cat "$LEAF/io.max")"
	kill -TERM "$PLUGBOX_PID"
	wait "$PLUGBOX_PID" || true
	assert_eq "$(leaf)" ""
	# a processor that is not there is no processor, and not all of them
	run_plugbox 125 run --cgroup "$CG" --no-bundle --cpus 63 -- /bin/true
}

@test "cgroup: a limit that only a cgroup keeps stops the launch without one" {
	requires userns unshare landlock
	local option

	for option in --cpu-weight=50 --cpus=0 --memory-high=64M --swap-limit=8M --io-weight=50 \
		--io-read=1M --io-write=1M; do
		without_cgroup 125 run --no-bundle "$option" -- /bin/true
		assert_match 'no cgroup v2 file system' "$stderr"
	done
}

@test "cgroup: memory_limit ends a plugin that takes more, and the result says oom" {
	make_cgroup
	local eat='x = bytearray(200 << 20); print(len(x))'

	run_plugbox 137 run --cgroup "$CG" --no-bundle --memory-limit 64M \
		--status-file "$BATS_TEST_TMPDIR/status" -- /usr/bin/python3 -c "$eat"
	assert_eq "$output" ""
	run tail -n 1 "$BATS_TEST_TMPDIR/status"
	assert_eq "$(as_json "d['outcome']")" oom
	run_plugbox 0 run --cgroup "$CG" --no-bundle --memory-limit 400M -- /usr/bin/python3 -c "$eat"
	assert_eq "$output" 209715200
	assert_eq "$(leaf)" ""
}

@test "cgroup: cpu_limit holds a busy plugin to its share" {
	make_cgroup
	run_plugbox 124 run --cgroup "$CG" --no-bundle --cpu-limit 0.2 --timeout 3s --kill-after 0s \
		--status-file "$BATS_TEST_TMPDIR/status" -- /usr/bin/python3 -c 'while True: pass'
	run tail -n 1 "$BATS_TEST_TMPDIR/status"
	assert_eq "$(as_json "0 < d['cpu_seconds'] < 0.4 * d['wall_seconds']")" True
}

@test "cgroup: pids_limit stops a fork bomb, and nothing of it is left" {
	make_cgroup
	# shellcheck disable=SC2016
	local bomb='for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		sleep 1000 & done; echo all ran'

	run timeout -k 5 "$RUN_SECONDS" "$PLUGBOX" run --cgroup "$CG" --no-bundle \
		--allow subprocess --pids-limit 10 -- /bin/sh -c "$bomb"
	[[ $status -ne 0 ]]
	refute_match 'all ran' "$output"
	assert_eq "$(leaf)" ""
	run_plugbox 0 run --cgroup "$CG" --no-bundle --allow subprocess --pids-limit 64 -- \
		/bin/sh -c "$bomb"
	assert_match 'all ran' "$output"
	assert_eq "$(leaf)" ""
}

# usage EXPRESSION: over the usage u of the exit event e in the status file
usage() {
	run tail -n 1 "$BATS_TEST_TMPDIR/status"
	as_json "(lambda e, u: ($1))(d, d['usage'])"
}

@test "cgroup: what a run used is counted over all its processes" {
	make_cgroup
	local script='import os, sys
for size in 30, 10:
    if os.fork() == 0:
        data = bytearray(os.urandom(1 << 20) * size)
        for i in range(1 << 20): pass
        os._exit(0)
    os.wait()'

	run_plugbox 0 run --cgroup "$CG" --no-bundle --allow subprocess --memory-limit 400M \
		--cpu-limit 0.5 --pids-limit 20 --status-file "$BATS_TEST_TMPDIR/status" -- \
		/usr/bin/python3 -c "$script"
	assert_eq "$(usage "u['mechanism'], e['peak_memory_of']")" "('cgroup', 'cgroup')"
	assert_eq "$(usage "0 < u['cpu_usec'] < 600e6,
		abs(u['cpu_user_usec'] + u['cpu_system_usec'] - u['cpu_usec']) <= 2,
		u['oom_kills'], u['pids_refused']")" "(True, True, 0, 0)"
	# half a core is less than it wanted
	assert_eq "$(usage "u['cpu_throttled_usec'] > 0 and u['cpu_throttled_periods'] > 0")" True
	assert_eq "$(usage "30 << 20 < u.get('memory_peak_bytes', 1 << 25) <= 400 << 20")" True
	# plugbox's own first process, the plugin and its child
	assert_eq "$(usage "2 <= u.get('pids_peak', 3) <= 4")" True
	assert_eq "$(usage "u.get('io_read_bytes', 0) >= 0 and u.get('memory_stalled_usec', 0) <=
		u.get('memory_waited_usec', 0)")" True
}

@test "cgroup: what it has no controller for the watchdog counts and keeps" {
	make_cgroup
	local place=$CG/cpu script='import os, sys
keep = bytearray(os.urandom(1 << 20)) * 40
os.fork() or os._exit(0)
os.wait()
print("up", flush=True)
sys.stdin.read()'

	mkdir "$place"
	PLACES=("$place")
	echo "+cpu" >"$CG/cgroup.subtree_control"
	assert_eq "$(cat "$place/cgroup.controllers")" cpu
	coproc KEEPER { exec "$PLUGBOX" run --cgroup "$place" --no-bundle --allow subprocess \
		--memory-limit 400M --cpu-limit 0.5 --status-file "$BATS_TEST_TMPDIR/status" \
		-- /usr/bin/python3 -c "$script" 3>&-; }
	local pid=$KEEPER_PID in=${KEEPER[1]}
	read -r -t "$RUN_SECONDS" -u "${KEEPER[0]}"
	several_looks "$pid" 3
	exec {in}>&-
	wait "$pid"
	assert_eq "$(usage "e['limits']['cpu_limit']['mechanism'], e['limits']['memory_limit']['mechanism']")" \
		"('cgroup', 'watchdog')"
	assert_eq "$(usage "u['mechanism'], e['peak_memory_of'], u['others']['memory_peak_bytes'],
		u['others'].get('cpu_usec')")" "('cgroup', 'watchdog', 'watchdog', None)"
	assert_eq "$(usage "40 << 20 < u['memory_peak_bytes'] < 400 << 20, 'oom_kills' in u,
		e['peak_memory_bytes'] == u['memory_peak_bytes'], 'cpu_throttled_usec' in u")" \
		"(True, False, True, True)"
	# and keeps
	run_plugbox 137 run --cgroup "$place" --no-bundle --memory-limit 64M \
		--status-file "$BATS_TEST_TMPDIR/status" -- \
		/usr/bin/python3 -c 'import sys; x = bytearray(200 << 20); sys.stdin.read()' < <(sleep 20)
	assert_eq "$(usage "e['outcome'], e['limit'], u['mechanism']")" "('oom', 'memory_limit', 'cgroup')"
	# the other way about: memory by the cgroup, the share by the watchdog
	echo "-cpu" >"$place/cgroup.subtree_control"
	echo "-cpu" >"$CG/cgroup.subtree_control"
	echo "+memory" >"$CG/cgroup.subtree_control"
	run_plugbox 124 run --cgroup "$place" --no-bundle --memory-limit 64M --cpu-limit 0.2 --timeout 3s \
		--kill-after 0s --status-file "$BATS_TEST_TMPDIR/status" -- /usr/bin/python3 -c 'while True: pass'
	assert_eq "$(usage "u['mechanism'], e['peak_memory_of'], u['others'].get('cpu_throttled_usec'),
		u['cpu_throttled_usec'] > 0, 'oom_kills' in u")" "('cgroup', 'cgroup', 'watchdog', True, True)"
}

# limits_told: the limit events of the last run, in order
limits_told() {
	as_json_lines "[(e['limit'], e['action']) for e in d if e['event'] == 'limit']" \
		"$(cat "$BATS_TEST_TMPDIR/status")"
}

@test "cgroup: a limit that bites is told, once, while the plugin runs" {
	make_cgroup
	# a refused fork is no end, and a thousand of them are one event
	local bomb='import os, sys, time
for i in range(3000):
    try:
        if os.fork() == 0: time.sleep(1000)
    except OSError: pass
print("still here", flush=True)
sys.stdin.read()'
	local fifo=$BATS_TEST_TMPDIR/fifo line

	mkfifo "$fifo" "$fifo.in"
	"$PLUGBOX" run --cgroup "$CG" --no-bundle --allow subprocess --pids-limit 10 --status-fd 4 -- \
		/usr/bin/python3 -c "$bomb" 4>"$fifo" 3>&- <"$fifo.in" >/dev/null &
	PLUGBOX_PID=$!
	exec 5<"$fifo" 6>"$fifo.in"
	while read -r -t "$RUN_SECONDS" line <&5; do
		[[ $line != *'"limit"'* ]] || break
	done
	assert_eq "$(as_json "d['limit'], d['action']" "$line")" "('pids_limit', 'refuse')"
	# it goes on, and ends when it likes
	kill -0 "$PLUGBOX_PID"
	exec 6>&-
	cat <&5 >"$BATS_TEST_TMPDIR/status"
	wait "$PLUGBOX_PID" || true
	PLUGBOX_PID=
	assert_eq "$(limits_told)" "[]"
	assert_eq "$(usage "u['pids_refused'] > 2000")" True
	assert_eq "$(as_json_lines 'd[-1]["limits_reached"]' "$(<"$BATS_TEST_TMPDIR/status")")" "['pids_limit']"
}

@test "cgroup: memory: what was taken back, slowed down and killed is told" {
	make_cgroup
	local eat='x = bytearray(200 << 20); print(len(x))'

	run_plugbox 137 run --cgroup "$CG" --no-bundle --memory-limit 64M \
		--status-file "$BATS_TEST_TMPDIR/status" -- /usr/bin/python3 -c "$eat"
	assert_eq "$(limits_told)" "[('memory_limit', 'reclaim'), ('memory_limit', 'kill')]"
	run_plugbox 0 run --cgroup "$CG" --no-bundle --memory-high 32M --swap-limit 0 --memory-limit 400M \
		--status-file "$BATS_TEST_TMPDIR/status" -- /usr/bin/python3 -c 'x = bytearray(40 << 20)'
	assert_eq "$(limits_told)" "[('memory_high', 'slow')]"
	assert_eq "$(usage "u['memory_high_times'] > 0 and u['oom_kills'] == 0")" True
	# one that stays below hears of nothing
	run_plugbox 0 run --cgroup "$CG" --no-bundle --memory-limit 400M --memory-high 350M --pids-limit 20 \
		--cpu-limit 0.5 --status-file "$BATS_TEST_TMPDIR/status" -- /usr/bin/python3 -c "$eat"
	assert_eq "$(limits_told)" "[]"
}

@test "cgroup: lack of memory above the plugin's cgroup is told from its own limit" {
	make_cgroup
	local eat='x = bytearray(200 << 20); print(len(x))'

	echo 64M >"$CG/memory.max"
	[[ ! -e $CG/memory.swap.max ]] || echo 0 >"$CG/memory.swap.max"
	run_plugbox 137 run --cgroup "$CG" --no-bundle --memory-limit 400M \
		--status-file "$BATS_TEST_TMPDIR/status" -- /usr/bin/python3 -c "$eat"
	assert_match 'lack of memory outside' "$stderr"
	assert_eq "$(usage "e['outcome'], e['limit'], u['oom_kills'] > 0")" "('oom', None, True)"
	# its own is named
	run_plugbox 137 run --cgroup "$CG" --no-bundle --memory-limit 32M \
		--status-file "$BATS_TEST_TMPDIR/status" -- /usr/bin/python3 -c "$eat"
	assert_eq "$(usage "e['outcome'], e['limit']")" "('oom', 'memory_limit')"
	# and a plain SIGKILL is neither
	run_plugbox 137 run --cgroup "$CG" --no-bundle --memory-limit 32M \
		--status-file "$BATS_TEST_TMPDIR/status" -- \
		/usr/bin/python3 -c 'import os; os.kill(os.getpid(), 9)'
	assert_eq "$(usage "e['outcome'], e['limit'], u['oom_kills']")" "('signaled', None, 0)"
}

@test "cgroup: SIGKILL of plugbox ends the plugin, and the next run removes its cgroup" {
	make_cgroup
	start --memory-limit 64M --allow subprocess -- /bin/sh -c 'sleep 1000 & sleep 1000'
	kill -KILL "$PLUGBOX_PID"
	wait "$PLUGBOX_PID" || true
	PLUGBOX_PID=
	wait_for grep -qx 'populated 0' "$LEAF/cgroup.events"
	[[ -d $LEAF ]]
	run_plugbox 0 run --cgroup "$CG" --no-bundle -- /bin/true
	assert_eq "$(leaf)" ""
}
