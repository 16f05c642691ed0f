#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Real programs, each under the default policy plus what its manifest in real/ asks for: it
# does all its parts, and with any one permission taken away it fails and is told which.
# `make real-programs` has built the bundles.

load helper

REAL=${BUILD:-$PROJECT_ROOT/build}/real

# permissions_of MANIFEST: the names, one a line
permissions_of() {
	sed -n '/^permissions:$/,/^[a-z]/s/^  - \([a-z_]*\).*/\1/p' "$1"
}

# real_run CODE BUNDLE: with storage allowed where the manifest asks for it
real_run() {
	local code=$1 bundle=$2 options=()

	if permissions_of "$bundle/plugin.yaml" | grep -qx storage; then
		options=(--allow storage --data-dir "$BATS_TEST_TMPDIR/data")
	fi
	run_plugbox "$code" run --status-file "$BATS_TEST_TMPDIR/status" "${options[@]}" "$bundle"
}

# real NAME LINE...: the program prints just these lines, and is refused nothing
real() {
	local name=$1

	shift
	[[ -e $REAL/$name/plugin.yaml ]] || fail "$REAL/$name is not there: make real-programs"
	real_run 0 "$REAL/$name"
	assert_eq "$output" "$(printf '%s\n' "$@")"
	assert_eq "$(tail -n 1 "$BATS_TEST_TMPDIR/status" | as_json_status 'd["outcome"]')" exited
}

# as_json_status EXPRESSION: over the exit event on standard input
as_json_status() {
	as_json "$1" "$(cat)"
}

# minimal NAME PERMISSION=CODE...: these are its permissions, and without each one the program
# fails with that code, and both standard error and the status stream name the permission
minimal() {
	local name=$1 pair permission bundle=$BATS_TEST_TMPDIR/less names=()

	shift
	for pair; do
		names+=("${pair%=*}")
	done
	assert_eq "$(permissions_of "$REAL/$name/plugin.yaml")" "$(printf '%s\n' "${names[@]}")"
	for pair; do
		permission=${pair%=*}
		rm -rf "$bundle" "$BATS_TEST_TMPDIR/data"
		cp -r "$REAL/$name" "$bundle"
		chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
		sed -i "/^  - $permission\\>/d" "$bundle/plugin.yaml"
		grep -q '^  - ' "$bundle/plugin.yaml" || sed -i '/^permissions:$/d' "$bundle/plugin.yaml"
		real_run "${pair#*=}" "$bundle"
		assert_match "plugbox: [^"$'\n'"]*\\(the permission \"$permission\" would " "$stderr"
		assert_eq "$(tail -n 1 "$BATS_TEST_TMPDIR/status" | as_json_status \
			"'$permission' in [e['remedy'] for e in d['denied']] or '\"$permission\"' in (d['hint'] or '')")" True
	done
}

@test "CPython: threads, asyncio, TLS, sqlite, subprocess, multiprocessing" {
	real python threads event_loop tls database programs processes
	minimal python storage=1 subprocess=1 network=1
}

@test "Node: worker threads, its thread pool, file promises, child processes" {
	real node workers pool files children
	minimal node storage=1 subprocess=1
}

@test "Go: goroutines, files, sockets, HTTP" {
	real go goroutines files sockets web
	minimal go network=1
}

@test "Java: threads, files, sockets, programs" {
	real java threads files sockets programs
	minimal java subprocess=1 network=1
}

@test "Perl: modules, signals, files, fork and programs" {
	real perl modules alarms database processes
	minimal perl storage=2 subprocess=1
}

@test "Ruby: threads, a store, sockets, fork and programs" {
	real ruby threads store sockets processes
	minimal ruby storage=1 subprocess=1 network=1
}

@test "Rust: threads, files, sockets, programs" {
	real rust threads files sockets programs
	minimal rust subprocess=1 network=1
}

@test "SQLite's shell: journals, memory mapping, temporary files" {
	real sqlite delete 1048576 wal '20000|200010000' ok
	minimal sqlite storage=1
}

@test "git: init, add, commit, log, merge, gc, fsck" {
	real git 'change 3' 'change 2' 'change 1' 'packs: 1'
	minimal git storage=128 subprocess=2
}

@test "a static binary on musl: threads, files, names, programs" {
	real musl threads files names programs
	minimal musl subprocess=1
}

@test "busybox: its shell and applets" {
	real busybox 5050 5891b5b5 hello 'through the fifo' processes
	minimal busybox subprocess=2
}

# The server asks for nothing, so there is nothing to take away.
@test "MCP's reference server answers the SDK's own client" {
	local status_file=$BATS_TEST_TMPDIR/status

	assert_eq "$(permissions_of "$REAL/mcp/plugin.yaml")" ""
	PATH=$(dirname "$PLUGBOX"):$PATH run_command 0 /usr/bin/node "$REAL/mcp/client.mjs" \
		"$status_file" "$REAL/mcp"
	assert_eq "$output" "$(printf '%s\n' initialize tools echo sum progress 'error' prompts \
		resources environment cancel shutdown)"
	refute_match 'refused' "$stderr"
	assert_eq "$(as_json_lines '[e["event"] for e in d]' "$(cat "$status_file")")" \
		"['start', 'ready', 'exit']"
	assert_eq "$(tail -n 1 "$status_file" | as_json_status '(d["outcome"], d["code"], d["denied"])')" \
		"('exited', 0, [])"
}

@test "every manifest of the real programs is without error" {
	run_plugbox 0 check "$PROJECT_ROOT"/tests/real/*/plugin.yaml
}
