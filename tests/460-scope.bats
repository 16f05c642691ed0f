#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# A transient scope of systemd for who has no cgroup: root of the system's manager, a user of that
# user's own. tests/vm runs this as both.

load helper

setup() {
	STATUS=$BATS_TEST_TMPDIR/status
	MANAGER=(--user)
	[[ $EUID -ne 0 ]] || MANAGER=(--system)
	# no variable says where a bus is
	BARE=(env -i PATH="$PATH" HOME="$HOME" ASAN_OPTIONS="${ASAN_OPTIONS:-}" "$PLUGBOX")
}

teardown() {
	local pid

	for pid in ${PLUGBOX_PID:-} ${RELAY_PID:-}; do
		kill -KILL "$pid" 2>/dev/null || true
	done
}

# scopes: those of plugbox that are there
scopes() {
	systemctl "${MANAGER[@]}" list-units --all --plain --no-legend 'plugbox-*.scope' |
		awk '{ print $1 }'
}

# event NAME EXPRESSION: over the event e of that name in the status file
event() {
	as_json_lines "(lambda e: ($2))([x for x in d if x['event'] == '$1'][0])" "$(cat "$STATUS")"
}

# start ARG...: runs a plugin in the background until it is ready. Sets PLUGBOX_PID, SCOPE and PLACE.
start() {
	local fifo=$BATS_TEST_TMPDIR/fifo line

	mkfifo "$fifo"
	"${BARE[@]}" run --no-bundle --status-fd 4 "$@" 4>"$fifo" 3>&- >/dev/null &
	exec 5<"$fifo"
	: >"$STATUS"
	while read -r -t "$RUN_SECONDS" line <&5; do
		echo "$line" >>"$STATUS"
		[[ $line != *'"ready"'* ]] || break
	done
	[[ $line == *'"ready"'* ]] || fail "not ready: $line"
	PLUGBOX_PID=$(event start "e['pid']")
	SCOPE=$(sed -n 's,^0::.*/plugbox.slice/\([^/]*\)/.*,\1,p' "/proc/$PLUGBOX_PID/cgroup")
	PLACE=/sys/fs/cgroup$(sed -n 's,^0::\(.*\)/plugbox-supervisor$,\1,p' "/proc/$PLUGBOX_PID/cgroup")
}

# gone UNIT DIRECTORY
gone() {
	! systemctl "${MANAGER[@]}" --quiet is-active "$1" && [[ ! -e $2 ]]
}

property() {
	systemctl "${MANAGER[@]}" show -P "$1" "$SCOPE"
}

@test "scope: a limit without a cgroup of one's own gets one from systemd" {
	requires systemd python3
	local run_id

	start --memory-limit 64M --cpu-limit 0.5 --pids-limit 20 -- /bin/sleep 1000
	run_id=$(event start "e['run_id']")
	assert_eq "$(event start "e['cgroup']")" scope
	assert_match "own: .*(holds other processes|not writable)" "$(event start "e['cgroup_not']")"
	assert_eq "$SCOPE" "plugbox-sleep-$run_id.scope"
	assert_eq "$(property Slice)" plugbox.slice
	assert_eq "$(property Delegate)" yes
	assert_eq "$(property CollectMode)" inactive-or-failed
	assert_eq "$(property KillMode)" control-group
	assert_eq "$(property TimeoutStopUSec)" 5s
	assert_eq "/sys/fs/cgroup$(property ControlGroup)" "$PLACE"
	# plugbox beside the plugin, which alone is limited
	assert_eq "$(cat "$PLACE/plugbox-supervisor/cgroup.procs")" "$PLUGBOX_PID"
	assert_eq "$(cat "$PLACE/plugbox-$PLUGBOX_PID-$run_id/memory.max")" 67108864
	assert_eq "$(cat "$PLACE/plugbox-$PLUGBOX_PID-$run_id/cpu.max")" "50000 100000"
	assert_eq "$(cat "$PLACE/plugbox-$PLUGBOX_PID-$run_id/pids.max")" 21
	[[ -n $(cat "$PLACE/plugbox-$PLUGBOX_PID-$run_id/cgroup.procs") ]]
	# the plugin sees nothing of all this
	kill -TERM "$PLUGBOX_PID"
	wait_for gone "$SCOPE" "$PLACE"
	PLUGBOX_PID=
}

@test "scope: its limits bite, and the result says by what" {
	requires systemd python3
	local eat='x = bytearray(100 << 20); print(len(x))' key

	run_command 137 "${BARE[@]}" run --no-bundle --memory-limit 48M --cpu-limit 0.8 --status-file "$STATUS" -- \
		/usr/bin/python3 -c "$eat"
	assert_eq "$(event exit "e['outcome'], e['limit'], e['cgroup']")" "('oom', 'memory_limit', 'scope')"
	for key in memory_limit cpu_limit; do
		assert_match cgroup "$(event exit "e['limits']['$key']['mechanism']")"
	done
	assert_eq "$(event exit "e['usage']['mechanism'], e['usage']['oom_kills'] > 0")" "('cgroup', True)"
	# control: with enough for it
	run_command 0 "${BARE[@]}" run --no-bundle --memory-limit 400M --status-file "$STATUS" -- \
		/usr/bin/python3 -c "$eat"
	assert_eq "$output" 104857600
	# and inside, nothing of the place shows
	run_command 0 "${BARE[@]}" run --no-bundle --memory-limit 64M -- /bin/cat /proc/self/cgroup
	assert_eq "$output" "0::/"
}

@test "scope: SIGKILL of plugbox ends the plugin, and the scope is gone" {
	requires systemd python3
	start --memory-limit 64M --allow subprocess -- /bin/sh -c 'sleep 1000 & sleep 1000'
	[[ -d $PLACE && $(property ActiveState) == active ]]
	kill -KILL "$PLUGBOX_PID"
	wait_for gone "$SCOPE" "$PLACE"
	PLUGBOX_PID=
}

@test "scope: stopping it ends the plugin as SIGTERM to plugbox does" {
	requires systemd python3
	start --memory-limit 64M -- /bin/sleep 1000
	systemctl "${MANAGER[@]}" stop "$SCOPE"
	gone "$SCOPE" "$PLACE"
	[[ ! -d /proc/$PLUGBOX_PID || $(cat "/proc/$PLUGBOX_PID/cgroup") == *deleted* ]]
	PLUGBOX_PID=
}

@test "scope: nobody is asked where no limit needs it, or a cgroup is given" {
	requires systemd python3 cgroup2
	"${BARE[@]}" run --no-bundle --status-file "$STATUS" -- /bin/true
	assert_eq "$(event start "e['cgroup']")" None
	refute_match scope "$(event start "e['cgroup_not']")"
	"${BARE[@]}" run --no-bundle --cgroup "$(delegated_cgroup)" --memory-limit 64M --status-file "$STATUS" -- \
		/bin/true
	assert_eq "$(event start "e['cgroup'], e['cgroup_not']")" "('given', [])"
}

@test "scope: explain and doctor say the same, and leave none behind" {
	requires systemd python3
	run_command 0 "${BARE[@]}" explain --no-bundle --memory-limit 64M -- /bin/true
	assert_match 'cgroup +in a scope that systemd makes' "$output"
	assert_match 'not own: ' "$output"
	assert_match 'memory_limit +64M +cgroup memory.max' "$output"
	run_command 0 "${BARE[@]}" explain --json --no-bundle --memory-limit 64M -- /bin/true
	assert_eq "$(as_json "d['cgroup']")" scope
	run_command 0 "${BARE[@]}" doctor
	assert_match 'ok +systemd-scope +works: cpu memory pids' "$output"
	refute_match 'limits: .*need' "$output"
	wait_for no_doctor
}

no_doctor() {
	[[ $(scopes) != *doctor* ]]
}

@test "scope: no name of a plugin leads out of plugbox.slice" {
	requires systemd python3
	# a file's name is the command's, and so the scope's
	local name='.. a%n@%i;\x2e$(id)
-b.service'

	mkdir "$BATS_TEST_TMPDIR/bin"
	cp /bin/sleep "$BATS_TEST_TMPDIR/bin/$name"
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/bin"
	start --ro-bind "$BATS_TEST_TMPDIR/bin" /mnt --memory-limit 64M -- "/mnt/$name" 1000
	assert_match '^plugbox-[A-Za-z0-9_.\\-]+-[0-9a-f]{16}\.scope$' "$SCOPE"
	assert_match "/plugbox.slice/" "$PLACE"
	[[ -d $PLACE && $PLACE != *..\ * ]]
	assert_eq "$(property Slice)" plugbox.slice
	kill -TERM "$PLUGBOX_PID"
	wait_for gone "$SCOPE" "$PLACE"
	PLUGBOX_PID=
}

@test "scope: a manager that is not ours, or is not there, is told and not asked" {
	requires systemd python3 unshare
	local -a apart=(unshare --user --map-current-user --keep-caps)

	[[ $EUID -ne 0 ]] || apart=(unshare)
	# as in a container with the host's socket: our number is somebody else's there
	run_command 0 env -i PATH="$PATH" HOME="$HOME" "${apart[@]}" --pid --fork --mount-proc \
		"$PLUGBOX" run --no-bundle --best-effort --memory-limit 64M \
		--status-file "$STATUS" -- /bin/true
	assert_match 'scope: .*outside of this container' "$(event start "e['cgroup_not']")"
	refute_match cgroup "$(event exit "e['limits']['memory_limit']['mechanism']")"
	# no socket at all
	# shellcheck disable=SC2016 # the inner shell's
	run_command 0 env -i PATH="$PATH" HOME="$HOME" "${apart[@]}" --mount \
		sh -c 'mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && exec "$@"' sh \
		"$PLUGBOX" run --no-bundle --best-effort --memory-limit 64M --status-file "$STATUS" -- \
		/bin/true
	assert_match 'scope: cannot connect to /run/' "$(event start "e['cgroup_not']")"
}

# between REGEXP...: from here on plugbox finds a relay in the place of its manager's bus, which
# changes what the two say to each other as lib/relay.py has it
between() {
	local bus=/run/user/$EUID/bus
	local -a apart=(unshare --user --map-current-user --keep-caps --mount)

	if [[ $EUID -eq 0 ]]; then
		bus=/run/dbus/system_bus_socket
		apart=(unshare --mount)
	fi
	rm -f "$BATS_TEST_TMPDIR/bus"
	/usr/bin/python3 "$BATS_TEST_DIRNAME/lib/relay.py" "$BATS_TEST_TMPDIR/bus" "$bus" "$@" 3>&- &
	RELAY_PID=$!
	wait_for test -S "$BATS_TEST_TMPDIR/bus"
	# shellcheck disable=SC2016 # the inner shell's
	BARE=(env -i PATH="$PATH" HOME="$HOME" ASAN_OPTIONS="${ASAN_OPTIONS:-}" "${apart[@]}"
		sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh "$BATS_TEST_TMPDIR/bus" "$bus"
		"$PLUGBOX")
}

# refused REASON REGEXP...: with what is said so changed no scope is taken, and none is left while
# the plugin runs
refused() {
	local run_id

	rm -f "$BATS_TEST_TMPDIR/fifo"
	[[ -z ${RELAY_PID:-} ]] || no_relay
	between "${@:2}"
	start --memory-limit 64M -- /bin/sleep 1000
	run_id=$(event start "e['run_id']")
	assert_match "scope: .*$1" "$(event start "e['cgroup_not']")"
	assert_eq "$(event start "e['cgroup']")" None
	refute_match "$run_id" "$(cat "/proc/$PLUGBOX_PID/cgroup")"
	wait_for gone "plugbox-sleep-$run_id.scope" \
		"$(find /sys/fs/cgroup -name "plugbox-sleep-$run_id.scope")"
	kill -TERM "$PLUGBOX_PID"
	cat <&5 >>"$STATUS"
	assert_match watchdog "$(event exit "e['limits']['memory_limit']['mechanism']")"
	PLUGBOX_PID=
}

# no_relay: until the next one
no_relay() {
	kill -KILL "$RELAY_PID"
	RELAY_PID=
}

@test "scope: one that is not what was asked for is not taken, and is gone" {
	requires systemd python3 unshare
	local yes='(Delegate\0\x01b\0+)\x01\0\0\0'

	# made in another slice, which the administrator has not bounded
	refused 'does not have Slice=plugbox.slice' 'plugbox\.slice=plugbux.slice'
	# where nothing less will do it is no launch
	run_command 125 "${BARE[@]}" run --no-bundle --limits strict --memory-limit 64M -- /bin/true
	assert_match 'does not have Slice=plugbox.slice' "$stderr"
	# made without delegation
	refused 'does not have Delegate=yes' "$yes=\\1\\0\\0\\0\\0"
	# as it should be, but its state cannot be read, or is read otherwise
	refused 'does not have Delegate=yes' '\0Delegate\0$=\0Delegat0\0'
	refused 'does not have CollectMode=' 'inactive-or-failed\0$=inactive-or-fallen\0'
	# and not made at all
	refused 'refused a scope' 'StartTransientUnit=StartTransientUnix'
	refused 'did not move plugbox' 'AttachProcessesToUnit=AttachProcessesToUnix'
	# control: it is not the relay
	rm "$BATS_TEST_TMPDIR/fifo"
	no_relay
	between
	start --memory-limit 64M -- /bin/sleep 1000
	assert_eq "$(event start "e['cgroup']")" scope
	kill -TERM "$PLUGBOX_PID"
	wait_for gone "$SCOPE" "$PLACE"
	PLUGBOX_PID=
}

@test "scope: a user who is not below the own manager yet, as over ssh, gets one too" {
	requires root systemd python3 setpriv
	local dir uid=

	for dir in /run/user/*; do
		[[ ${dir##*/} == 0 || ! -S $dir/bus ]] || uid=${dir##*/}
	done
	[[ -n $uid ]] || skip "needs systemd"
	run_command 0 setpriv --reuid "$uid" --regid "$uid" --clear-groups "${BARE[@]}" run --no-bundle \
		--memory-limit 64M --status-fd 4 -- /bin/cat /proc/self/cgroup 4>"$STATUS"
	assert_eq "$output" "0::/"
	assert_eq "$(event exit "e['cgroup'], e['code']")" "('scope', 0)"
}

@test "scope: many at once get one each" {
	requires systemd python3
	local i
	local -a jobs=()

	for i in 1 2 3 4 5; do
		"${BARE[@]}" run --no-bundle --memory-limit 64M --status-file "$STATUS.$i" -- /bin/sleep 1 3>&- &
		jobs+=($!)
	done
	wait "${jobs[@]}"
	for i in 1 2 3 4 5; do
		STATUS=$BATS_TEST_TMPDIR/status.$i
		assert_eq "$(event exit "e['cgroup'], e['code']")" "('scope', 0)"
	done
}

@test "scope: where there is no systemd the reason is told" {
	requires userns unshare unsanitized
	# in a mount namespace without it
	# shellcheck disable=SC2016 # the inner shell's
	run_command 0 unshare --user --map-root-user --mount sh -c '
		mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /sys/fs/cgroup &&
		exec unshare --user --map-user=1000 --map-group=1000 "$@"' sh \
		"$PLUGBOX" run --no-bundle --best-effort --memory-limit 64M --status-file "$STATUS" -- /bin/true
	assert_match 'scope: ' "$(event start "e['cgroup_not']")"
}
