#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Consent: what the user approved runs, and has what was approved; what was not, is another now, or
# wants more, does not; and nobody but the user can make it look approved.

load helper

setup() {
	STATE=$BATS_TEST_TMPDIR/state
	STORE=$STATE/grants/asker.record
	manifest 1.0.0 'permissions: [subprocess, storage]'
	bundle_file main <<-'SH'
		#!/bin/sh
		ls -d /data
	SH
}

# manifest VERSION LINE...
manifest() {
	make_bundle asker < <(printf 'name: asker\nversion: %s\nentrypoint: main\n' "$1"
		printf '%s\n' "${@:2}")
}

approve() {
	run_plugbox "$1" approve --state-dir "$STATE" "${@:2}" "$BUNDLE"
}

# launch CODE OPTION...
launch() {
	run_plugbox "$1" run --consent required --state-dir "$STATE" --data-dir "$BATS_TEST_TMPDIR/data" \
		"${@:2}" "$BUNDLE"
}

@test "what was not approved does not run, whatever --allow says; approved, it has what was approved" {
	launch 77 --allow storage
	assert_match '"asker" was not approved' "$stderr"
	assert_match 'plugbox approve ' "$stderr"
	assert_eq "$output" ""
	run_plugbox 77 explain --consent required --state-dir "$STATE" "$BUNDLE"
	# control
	run_plugbox 0 run --allow storage --data-dir "$BATS_TEST_TMPDIR/data" "$BUNDLE"
	assert_eq "$output" /data
	approve 0 --yes
	launch 0
	assert_eq "$output" /data
	run_plugbox 0 grants --state-dir "$STATE"
	assert_match 'asker 1.0.0' "$output"
	assert_match 'has subprocess; storage' "$output"
	refute_match 'last used never' "$output"
	launch 0 --allow storage
	launch 77 --allow network=host
	assert_match 'by --allow what was not approved: network: host' "$stderr"
	run_plugbox 0 revoke --state-dir "$STATE" asker
	launch 77
	run_plugbox 2 revoke --state-dir "$STATE" asker
	run_plugbox 2 revoke --state-dir "$STATE" ../asker
	run_plugbox 0 grants --state-dir "$STATE" --json
	assert_eq "$output" '[]'
}

@test "a command has no manifest that could be approved" {
	run_plugbox 77 run --consent required --state-dir "$STATE" --no-bundle -- /bin/true
	run_plugbox 0 run --state-dir "$STATE" --no-bundle -- /bin/true
	[[ ! -e $STATE ]]
}

@test "a bundle that changed under the same version is refused, by each kind of change" {
	approve 0 --yes
	launch 0
	echo '# more' >>"$BUNDLE/main"
	launch 77
	assert_match 'changed since it was approved, under the same version' "$stderr"
	approve 0 --yes
	launch 0
	: >"$BUNDLE/new"
	launch 77
	rm "$BUNDLE/new"
	launch 0
	chmod a+x "$BUNDLE/plugin.yaml"
	launch 77
	chmod a-x "$BUNDLE/plugin.yaml"
	launch 0
	# times are no change
	touch "$BUNDLE/main"
	launch 0
}

@test "a new version that asks for no more runs, and is known from then on; one that asks for more does not" {
	approve 0 --yes
	manifest 1.1.0 'permissions: [subprocess]'
	sed -i 's/^ls.*/echo second/' "$BUNDLE/main"
	launch 0
	assert_eq "$output" second
	# the second version is held to what it was when it first ran
	sed -i 's/second/third/' "$BUNDLE/main"
	launch 77
	assert_match 'under the same version' "$stderr"
	manifest 1.2.0 'permissions: [subprocess, storage, {network: host}]' 'tools: [shell]'
	launch 77
	assert_match 'asks for more than was approved: network: host, tool:shell' "$stderr"
	approve 0 --yes
	assert_match 'New is: network: host, tool:shell' "$output"
	launch 0
	# what was optional and given once is nothing new; more of it is
	manifest 1.3.0 'permissions: [{file_system_read: [/usr/share/zoneinfo]}]'
	launch 77
	assert_match 'more than was approved: file_system_read: /usr/share/zoneinfo' "$stderr"
}

@test "approve says what the plugin wants by risk, what it will not have, and asks" {
	manifest 1.0.0 'description: "does\u2026 things"' \
		'permissions: [storage, subprocess, {network: host}, "tool:forecast"]'
	run_command 2 setsid --wait "$PLUGBOX" approve --state-dir "$STATE" "$BUNDLE"
	assert_match 'no terminal to ask on' "$stderr"
	[[ ! -e $STORE ]]
	approve 0 --json
	assert_eq "$(as_json '[(w["name"], w["risk"]) for w in d["wants"]]')" \
		"[('network', 'high'), ('subprocess', 'medium'), ('storage', 'low'), ('tool:forecast', None)]"
	assert_eq "$(as_json '(d["approved"], d["changed"], d["approved_before"])')" "(False, False, None)"
	[[ ! -e $STORE ]]
	# a host's own dialog: what was looked at is what is approved
	local digest

	digest=$(as_json 'd["digest"]')
	echo >>"$BUNDLE/main"
	approve 77 --json --yes --digest "$digest"
	[[ ! -e $STORE ]]
	approve 0 --json
	approve 0 --json --yes --digest "$(as_json 'd["digest"]')"
	assert_eq "$(as_json 'd["approved"]')" True
	approve 0 --yes
	assert_match $'of high risk\n    network: host' "$output"
	assert_match 'no files of yours' "$output"
	refute_match 'no network,' "$output"
}

@test "on a terminal it asks, and only yes is yes" {
	requires tty
	local answer

	for answer in '' n yesno; do
		run_command 77 script -qec "$PLUGBOX approve --state-dir $STATE $BUNDLE" /dev/null <<<"$answer"
		[[ ! -e $STORE ]]
	done
	run_command 0 script -qec "$PLUGBOX approve --state-dir $STATE $BUNDLE" /dev/null <<<y
	assert_match 'of low risk' "$output"
	launch 0
}

@test "a bundle that others could change after the check is neither approved nor run" {
	chmod o+w "$BUNDLE/main"
	approve 77 --yes
	assert_match '"main" in the bundle can be written by others' "$stderr"
	chmod o-w "$BUNDLE/main"
	approve 0 --yes
	chmod g+w "$BUNDLE"
	launch 77
	assert_match 'can be written by others' "$stderr"
	# control
	chmod g-w "$BUNDLE"
	launch 0
	if have root; then
		chown 65534 "$BUNDLE/main"
		launch 77
		assert_match 'belongs to somebody else' "$stderr"
	fi
}

@test "a bundle that cannot be taken in, or that no record could name, is refused and says why" {
	local odd=$BATS_TEST_TMPDIR/$'we\e[2Jath\ner'

	# control
	approve 0 --yes
	run_plugbox 0 revoke --state-dir "$STATE" asker
	mkfifo "$BUNDLE/pipe"
	approve 2 --yes
	assert_match '"pipe" in the bundle is neither' "$stderr"
	launch 2
	rm "$BUNDLE/pipe"
	truncate -s 5G "$BUNDLE/large"
	approve 2 --yes
	assert_match '"large" in the bundle is too large' "$stderr"
	rm "$BUNDLE/large"
	mkdir -p "$BUNDLE/$(printf 'd/%.0s' {1..70})"
	approve 2 --yes
	assert_match 'leads too deep' "$stderr"
	rm -r "$BUNDLE/d"
	# whoever packs a bundle names its directory: a record that nobody can read approves nothing
	cp -r "$BUNDLE" "$odd"
	BUNDLE=$odd
	approve 2 --yes
	assert_match 'cannot be recorded with its path .*we.x1b.2Jath.ner' "$stderr"
	refute_match $'\e' "$output$stderr"
	[[ ! -e $STORE ]]
	launch 77
	refute_match $'\e' "$output$stderr"
}

@test "another bundle that takes the name between check and use is not run" {
	type -P strace >/dev/null || skip "control impossible: no strace"
	local evil=$BATS_TEST_TMPDIR/evil events=$BATS_TEST_TMPDIR/events pid

	approve 0 --yes
	cp -r "$BUNDLE" "$evil"
	printf '#!/bin/sh\necho evil\n' >"$evil/main"
	# the bundle is open when start is told; the clone is held up after that
	strace -f -qq -o /dev/null -e trace=clone3 -e inject=clone3:delay_enter=3000000:when=1 "$PLUGBOX" run \
		--consent required --state-dir "$STATE" --data-dir "$BATS_TEST_TMPDIR/data" \
		--status-file "$events" "$BUNDLE" >"$BATS_TEST_TMPDIR/out" &
	pid=$!
	wait_for grep -q '"event":"start"' "$events"
	mv "$BUNDLE" "$BUNDLE.good"
	mv "$evil" "$BUNDLE"
	wait "$pid"
	assert_eq "$(<"$BATS_TEST_TMPDIR/out")" /data
	# control: the name leads to the other one by now, which without consent runs
	run_plugbox 0 run --allow storage --data-dir "$BATS_TEST_TMPDIR/data" "$BUNDLE"
	assert_eq "$output" evil
	launch 77
}

@test "what is changed while the sandbox is built is not run" {
	type -P strace >/dev/null || skip "control impossible: no strace"
	local events=$BATS_TEST_TMPDIR/events pid status=0

	approve 0 --yes
	launch 0
	# the plugin's process is there, and waits: the bundle is looked at after that
	strace -f -qq -o /dev/null -e trace=epoll_create1 \
		-e "inject=epoll_create1:delay_enter=$((3000000 * ${PLUGBOX_TEST_SLOW:-1}))" "$PLUGBOX" run \
		--consent required --state-dir "$STATE" --data-dir "$BATS_TEST_TMPDIR/data" \
		--info-fd 7 --status-file "$events" "$BUNDLE" 7>"$BATS_TEST_TMPDIR/info" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" &
	pid=$!
	wait_for grep -q child-pid "$BATS_TEST_TMPDIR/info"
	printf '#!/bin/sh\necho evil\n' >"$BUNDLE/main"
	wait "$pid" || status=$?
	assert_eq "$status $(<"$BATS_TEST_TMPDIR/out")" '77 '
	assert_match 'changed since it was approved' "$(<"$BATS_TEST_TMPDIR/err")"
	assert_match '"event":"start"' "$(head -n 1 "$events")"
	refute_match '"event":"ready"' "$(<"$events")"
	# control
	run_plugbox 0 run --allow storage --data-dir "$BATS_TEST_TMPDIR/data" "$BUNDLE"
	assert_eq "$output" evil
}

@test "what the child failed at is told, also where plugbox finds out later" {
	type -P strace >/dev/null || skip "impossible: no strace"

	printf '#!/nowhere/interpreter\n' >"$BUNDLE/main"
	approve 0 --yes
	# the child fails while plugbox notes the use
	run_command 127 strace -f -qq -o /dev/null -e trace=utimensat \
		-e inject=utimensat:delay_enter=1000000 "$PLUGBOX" run --consent required \
		--state-dir "$STATE" --data-dir "$BATS_TEST_TMPDIR/data" "$BUNDLE"
	assert_match '/nowhere/interpreter' "$stderr"
	refute_match 'Broken pipe|reset' "$stderr"
}

@test "a signal ends the launch while much is read of the bundle" {
	local info=$BATS_TEST_TMPDIR/info pid status=0

	approve 0 --yes
	manifest 1.0.1 'permissions: [subprocess]'
	# seconds, and minutes on a slow machine
	truncate -s 3G "$BUNDLE/much"
	"$PLUGBOX" run --consent required --state-dir "$STATE" --info-fd 7 "$BUNDLE" 7>"$info" \
		2>"$BATS_TEST_TMPDIR/err" &
	pid=$!
	wait_for grep -q child-pid "$info"
	kill -TERM "$pid"
	wait "$pid" || status=$?
	assert_eq "$status" 125
	assert_match 'ended by a signal while the bundle was read' "$(<"$BATS_TEST_TMPDIR/err")"
	refute_match '1\.0\.1' "$(<"$STORE")"
}

@test "a store that is torn, forged by others or not understood approves nothing" {
	local good=$BATS_TEST_TMPDIR/good

	approve 0 --yes
	cp "$STORE" "$good"
	spoil() { launch 77 && assert_match 'what was approved of "asker"' "$stderr"; }
	head -c 100 "$good" >"$STORE"
	spoil
	: >"$STORE"
	spoil
	sed 's/^plugbox-record.1/plugbox-record\t2/' "$good" >"$STORE"
	spoil
	sed 's/^end/unless\t1\nend/' "$good" >"$STORE"
	spoil
	sed 's/^plugin.asker/plugin\tother/' "$good" >"$STORE"
	spoil
	sed 's/storage/strage/' "$good" >"$STORE"
	spoil
	cp "$good" "$STORE"
	chmod 666 "$STORE"
	spoil
	chmod 600 "$STORE"
	launch 0
	mv "$STORE" "$STORE.real"
	ln -s "$STORE.real" "$STORE"
	spoil
	rm "$STORE"
	mkfifo "$STORE"
	spoil
	rm "$STORE"
	mv "$STORE.real" "$STORE"
	chmod 755 "$STATE/grants"
	launch 125
	chmod 700 "$STATE/grants"
	mv "$STATE" "$STATE.real"
	ln -s "$STATE.real" "$STATE"
	launch 125
	assert_match 'symbolic link' "$stderr"
	rm "$STATE"
	mv "$STATE.real" "$STATE"
	launch 0
	if have root; then
		chown 65534 "$STATE"
		launch 125
		assert_match 'belongs to uid 65534' "$stderr"
	fi
}

@test "no plugin is granted a directory in which plugbox keeps what it believes" {
	local parent=$BATS_TEST_TMPDIR/parent

	mkdir -p "$parent/beside"
	STATE=$parent/own/state
	manifest 1.0.0 'permissions: [subprocess]'
	mkdir -p "$parent/own"
	run_plugbox 77 run --state-dir "$STATE" --no-bundle --bind "$parent" /mnt -- /bin/true
	assert_match 'is plugbox.s own' "$stderr"
	run_plugbox 77 run --state-dir "$STATE" --no-bundle --allow "file_system_write=$parent" -- /bin/true
	mkdir -m 700 "$STATE"
	run_plugbox 77 run --state-dir "$STATE" --no-bundle --bind "$STATE" /mnt -- /bin/true
	: >"$STATE/file"
	run_plugbox 77 run --state-dir "$STATE" --no-bundle --bind "$STATE/file" /mnt -- /bin/true
	ln -s "$parent/own" "$BATS_TEST_TMPDIR/link"
	run_plugbox 77 run --state-dir "$STATE" --no-bundle --bind "$BATS_TEST_TMPDIR/link" /mnt -- /bin/true
	# control: beside it, and for reading
	run_plugbox 0 run --state-dir "$STATE" --no-bundle --bind "$parent/beside" /mnt -- /bin/true
	run_plugbox 0 run --state-dir "$STATE" --no-bundle --ro-bind "$parent" /mnt -- /bin/true
	if have root; then
		mkdir -p "$parent/asker"
		chown 65534:65534 "$parent/asker"
	else
		mkdir -m 700 "$parent/asker"
	fi
	manifest 1.0.0 'permissions: [subprocess, storage]'
	STATE=$parent/asker
	run_plugbox 77 run --state-dir "$STATE" --data-dir "$parent" --allow storage "$BUNDLE"
}

@test "runs of twenty new versions at once leave a whole store" {
	local i pids=()

	approve 0 --yes
	for i in {1..20}; do
		cp -r "$BUNDLE" "$BUNDLE.$i"
		sed -i "s/^version: .*/version: 2.0.$i/" "$BUNDLE.$i/plugin.yaml"
		"$PLUGBOX" run --consent required --state-dir "$STATE" --data-dir "$BATS_TEST_TMPDIR/data" \
			"$BUNDLE.$i" >/dev/null &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	run_plugbox 0 grants --state-dir "$STATE" --json
	assert_eq "$(as_json 'len(d[0]["versions"])')" 21
}
