#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Under a manager of systemd: root's or, for a user, that of the session. tests/vm has both.

load helper

setup() {
	requires systemd python3
	STATUS=$BATS_TEST_TMPDIR/status
	MANAGER=(--user)
	[[ $EUID -ne 0 ]] || MANAGER=(--system)
	UNIT=plugbox-test-$BATS_TEST_NUMBER-$$
}

teardown() {
	local unit

	[[ -n ${UNIT:-} ]] || return 0
	for unit in "$UNIT.scope" "$UNIT-100.service" "$UNIT-300.service"; do
		systemctl "${MANAGER[@]}" kill --signal=KILL "$unit" 2>/dev/null || true
	done
}

# in_service CODE ARG...: plugbox run as a service that owns its cgroup
in_service() {
	run_command "$1" systemd-run "${MANAGER[@]}" --quiet --collect --pipe --wait --unit="$UNIT" \
		-p Delegate=yes -- "$PLUGBOX" run --no-bundle --status-file "$STATUS" "${@:2}"
}

exit_event() {
	as_json_lines "(lambda e: ($1))(d[-1])" "$(cat "$STATUS")"
}

gone() {
	! systemctl "${MANAGER[@]}" --quiet is-active "$1" && [[ ! -e $2 ]]
}

@test "systemd: in a service with Delegate=yes every limit is the cgroup's" {
	local key

	in_service 0 --memory-limit 64M --cpu-limit 0.5 --pids-limit 10 -- /bin/cat /proc/self/cgroup
	assert_match '(^|[[:space:]])0::/([[:space:]]|$)' "$output"
	for key in memory_limit cpu_limit pids_limit; do
		assert_match cgroup "$(exit_event "e['limits']['$key']['mechanism']")"
	done
	# the plugin's own exit code comes through
	in_service 7 --memory-limit 64M --allow subprocess -- /bin/sh -c 'exit 7'
}

@test "systemd: memory_limit takes the whole group, not the one process that ate" {
	# shellcheck disable=SC2016 # the plugin's shell
	local script='/usr/bin/python3 -c "x = bytearray(100 << 20)"; echo survived $?'

	in_service 137 --memory-limit 48M --allow subprocess -- /bin/sh -c "$script"
	assert_eq "$output" ""
	assert_eq "$(exit_event "e['outcome']")" oom
	# control: with enough for it
	in_service 0 --memory-limit 400M --allow subprocess -- /bin/sh -c "$script"
	assert_match 'survived 0' "$output"
}

@test "systemd: cpu_limit holds within a tenth of the share, by cpu.stat" {
	local milli leaf cgroup usage periods full job want begin
	# what it used in so many periods of 100 ms, each of which it spent spinning
	for milli in 100 300; do
		mkfifo "$BATS_TEST_TMPDIR/fifo-$milli"
		systemd-run "${MANAGER[@]}" --quiet --collect --pipe --wait --unit="$UNIT-$milli" \
			-p Delegate=yes -- "$PLUGBOX" run --no-bundle --cpu-limit "0.$((milli / 100))" \
			--timeout "${RUN_SECONDS}s" -- /usr/bin/python3 -u -c '
print("up")
while True: pass' >"$BATS_TEST_TMPDIR/fifo-$milli" 3>&- &
		job=$!
		read -r -t "$RUN_SECONDS" _ <"$BATS_TEST_TMPDIR/fifo-$milli"
		cgroup=/sys/fs/cgroup$(systemctl "${MANAGER[@]}" show -P ControlGroup "$UNIT-$milli.service")
		# plugbox itself is in another one, that has no limit
		leaf=$(grep -lx "$((milli * 100)) 100000" "$cgroup"/plugbox-*/cpu.max)
		leaf=${leaf%/cpu.max}
		# Where the guest's own processors stand still, as on a busy machine, a tick is late and a
		# period overdrawn, which the next ones pay back, or it does not get to use its share: what
		# counts is the sum, and below it the periods in which it was stopped at its share.
		begin=$(counts "$leaf")
		for want in 30 60 120 240; do
			wait_for throttled "$leaf" $(($(cut -d ' ' -f 3 <<<"$begin") + want))
			read -r usage periods full <<<"$(echo "$begin $(counts "$leaf")" |
				awk '{ print $4 - $1, $5 - $2, $6 - $3 }')"
			echo "$milli: $usage us in $periods periods, $full of them full"
			((usage <= full * milli * 90 || usage >= periods * milli * 110)) || break
		done
		systemctl "${MANAGER[@]}" kill --signal=KILL "$UNIT-$milli.service"
		wait "$job" || true
		((usage > full * milli * 90 && usage < periods * milli * 110))
	done
}

# counts CGROUP: what it used in us, its periods, and in how many of these it was stopped; in one
# reading, since a period more can pass between two
counts() {
	awk '{ v[$1] = $2 } END { print v["usage_usec"], v["nr_periods"], v["nr_throttled"] }' "$1/cpu.stat"
}

throttled() {
	[[ $(counts "$1" | cut -d ' ' -f 3) -ge $2 ]]
}

@test "systemd: after SIGKILL of plugbox its scope and all in it are gone" {
	local fifo=$BATS_TEST_TMPDIR/fifo line pid job cgroup

	mkfifo "$fifo"
	systemd-run "${MANAGER[@]}" --quiet --collect --scope --unit="$UNIT" -p Delegate=yes -- \
		"$PLUGBOX" run --no-bundle --memory-limit 64M --allow subprocess --status-fd 4 -- \
		/bin/sh -c 'sleep 1000 & sleep 1000' 4>"$fifo" 3>&- >/dev/null &
	job=$!
	exec 5<"$fifo"
	while read -r -t "$RUN_SECONDS" line <&5; do
		[[ $line != *'"start"'* ]] || pid=$(as_json "d['pid']" "$line")
		[[ $line != *'"ready"'* ]] || break
	done
	[[ $line == *'"ready"'* ]] || fail "not ready: $line"
	cgroup=/sys/fs/cgroup$(systemctl "${MANAGER[@]}" show -P ControlGroup "$UNIT.scope")
	[[ -n $(find "$cgroup" -name 'plugbox-*-*' -type d) ]]
	kill -KILL "$pid"
	wait "$job" || true
	wait_for gone "$UNIT.scope" "$cgroup"
}

@test "systemd: with AppArmor in the kernel a run has its full strength" {
	[[ " $(tr , ' ' </sys/kernel/security/lsm) " == *' apparmor '* ]] || skip "needs apparmor"
	run_plugbox 0 run --no-bundle --status-file "$STATUS" -- /bin/true
	assert_match landlock "$(cat "$STATUS")"
	assert_eq "$(exit_event "e['missing']")" "[]"
}
