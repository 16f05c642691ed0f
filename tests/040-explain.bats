#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# plugbox explain says what run would do, and does none of it. What a plan looks like is the
# matter of unit/test_plan.c.

load helper

setup() {
	export HOME=$BATS_TEST_TMPDIR/home XDG_DATA_HOME=$BATS_TEST_TMPDIR/home/data
	mkdir -p "$HOME"
}

# same_verdict CODE ARG...: explain and run end with the same code and the same last words
same_verdict() {
	local code=$1 said

	shift
	run_plugbox "$code" explain "$@"
	said=$(grep -v '^plugbox: optional' <<<"$stderr" || true)
	run_plugbox "$code" run "$@"
	[[ $stderr == *"$said"* ]] || fail "explain said: $said" "run said: $stderr"
}

@test "explain makes nothing and starts nothing; run with the same arguments does" {
	local args

	make_bundle keeper <<-'YAML'
		name: keeper
		version: 1.0.0
		entrypoint: main
		permissions: [storage, subprocess]
	YAML
	bundle_file main <<-'SH'
		#!/bin/sh
		echo started
		echo kept >/data/file
	SH
	mkdir -m 711 "$BATS_TEST_TMPDIR/out"
	args=(--allow storage --data-dir "$BATS_TEST_TMPDIR/out/data"
		--status-file "$BATS_TEST_TMPDIR/out/status" "$BUNDLE")
	run_plugbox 0 explain "${args[@]}"
	assert_match 'entrypoint  main' "$output"
	refute_match started "$output"
	assert_eq "$(find "$BATS_TEST_TMPDIR/out" "$HOME" -mindepth 1)" ""
	run_plugbox 0 run "${args[@]}"
	assert_eq "$output" started
	[[ -s $BATS_TEST_TMPDIR/out/status ]]
	if [[ $EUID -eq 0 ]]; then
		[[ -e $BATS_TEST_TMPDIR/out/data/keeper/file ]]
	else
		assert_eq "$(cat "$BATS_TEST_TMPDIR/out/data/keeper/file")" kept
	fi
}

@test "what is required and not allowed: the plan, its name, and the same refusal as run's" {
	make_bundle asker <<-'YAML'
		name: asker
		version: 1.0.0
		entrypoint: main
		permissions:
		  - network: host
		  - user_database
		  - read_messages
		capabilities:
		  optional: ["tool:radar"]
	YAML
	bundle_file main <<<'#!/bin/sh'
	same_verdict 77 "$BUNDLE"
	run_plugbox 77 explain "$BUNDLE"
	assert_match $'not allowed: the launch would be refused\n  network: host .*plugin.yaml:5:5' "$output"
	assert_match '  read_messages .*plugin.yaml:7:5' "$output"
	assert_match $'\nmounts\n' "$output"
	assert_match $'\ndenied by default\n' "$output"
	assert_match 'add --allow network=host --allow read_messages' "$stderr"
	run_plugbox 77 explain --json "$BUNDLE"
	assert_eq "$(as_json '[d["allowed"], len(d["refused"]), d["remedies"]]')" \
		"[False, 2, ['--allow network=host', '--allow read_messages']]"
	# with what it says, both are content
	same_verdict 0 --allow network=host --allow read_messages "$BUNDLE"
	run_plugbox 0 explain --json --allow network=host --allow read_messages "$BUNDLE"
	assert_eq "$(as_json '[d["allowed"], d["refused"], "net" in d["namespaces"]]')" \
		"[True, [], False]"
}

@test "every other verdict is run's too" {
	make_bundle wrong <<-'YAML'
		name: wrong
		version: 1.0.0
		entrypoint: main
		permision: [storage]
	YAML
	same_verdict 2 "$BUNDLE"
	assert_match 'plugin.yaml:4:1: .*permision' "$stderr"
	same_verdict 2 "$BATS_TEST_TMPDIR/none-of-this-name"
	same_verdict 2 --no-bundle --allow file_system_read -- true
	same_verdict 2 --no-bundle --allow storage -- true
	same_verdict 2 --bundle / -- true
	same_verdict 125 --no-bundle --allow tty --idle-timeout 1s -- true
	assert_eq "$output" ""
	same_verdict 0 --no-bundle --allow tty --idle-timeout 1s --best-effort -- true
}

@test "--json is one object with stable keys and types" {
	make_bundle shown <<-'YAML'
		name: shown
		version: 1.0.0
		entrypoint: [main, --fast]
		permissions: [subprocess, user_database]
		resources: {timeout: 30s, open_files: 100}
		environment: {pass: [LC_TIME], set: {MODE: a b}}
	YAML
	run_plugbox 0 explain --json --allow tty "$BUNDLE" -- --more
	assert_eq "$stderr" ""
	run_command 0 /usr/bin/python3 -c '
import json, sys
d = json.loads(sys.argv[1])
types = dict(plugin=str, version=str, allowed=bool, refused=list, remedies=list, granted=list,
	notes=list, entrypoint=list, directory=str, hostname=str, namespaces=list, mounts=list,
	landlock_abi=int, syscalls=list, limits=dict, rlimits=dict, environment=list,
	environment_passed=list, denied=list, layers=list, missing=list)
assert set(types) <= set(d), set(types) - set(d)
for key, type_ in types.items():
	assert type(d[key]) is type_, key
assert d["entrypoint"] == ["main", "--fast", "--more"]
assert d["plugin"] == "shown" and d["version"] == "1.0.0" and d["directory"] == "/plugin"
assert d["limits"]["timeout"] == {"value": "30s", "mechanism": "timer", "detail": None, "from": "manifest",
	"at": sys.argv[2] + "/plugin.yaml:5:22"}
assert d["limits"]["open_files"]["value"] == "100" and d["rlimits"]["NOFILE"] == 100
assert "MODE=a b" in d["environment"] and d["environment_passed"] == ["LC_TIME"]
assert any("tty" in note for note in d["notes"])
for mount in d["mounts"]:
	assert {"op", "path", "access", "why"} <= set(mount) and mount["why"], mount
assert {"/plugin", "/tmp", "/proc", "/etc/passwd"} <= {m["path"] for m in d["mounts"]}
verdicts = {s["name"]: s["verdict"] for s in d["syscalls"]}
assert verdicts["read"] == "allow" and verdicts["mount"] == "refuse" and verdicts["clone"] == "filtered"
assert all(s["what"] for s in d["syscalls"] if s["verdict"] == "filtered")
' "$output" "$BUNDLE"
}

@test "explain works where no namespace can be made, and run does not" {
	local without

	requires userns unshare
	# in a user namespace that may have no other
	without=(unshare --user --map-root-user sh -c
		'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' sh)
	make_bundle plain <<-'YAML'
		name: plain
		version: 1.0.0
		entrypoint: main
	YAML
	bundle_file main </bin/true
	run_plugbox 0 explain "$BUNDLE"
	run_command 0 "${without[@]}" "$PLUGBOX" explain "$BUNDLE"
	assert_match 'plugin      plain 1.0.0' "$output"
	run_command 125 "${without[@]}" "$PLUGBOX" run "$BUNDLE"
	run_plugbox 0 run "$BUNDLE"
}

@test "a name with escapes reaches the terminal escaped, and adds no line" {
	local name=$'odd\e[2J\e]0;title\a\r\nmounts\n  forged\u202e'

	make_bundle "$name" <<-'YAML'
		name: odd
		version: 1.0.0
		entrypoint: main
		permissions: [subprocess]
	YAML
	run_plugbox 0 explain --setenv NAME "$name" "$BUNDLE" -- "$name"
	refute_match $'[\e\a\r]|\u202e' "$output$stderr"
	assert_match '\\x1b\[2J' "$output"
	assert_eq "$(grep -c '^mounts$' <<<"$output")" 1
	refute_match $'\n  forged' "$output"
	# the same as JSON: the value whole, nothing raw
	run_plugbox 0 explain --json --setenv NAME "$name" "$BUNDLE" -- "$name"
	refute_match $'[\e\a\r]' "$output"
	assert_eq "$(as_json 'd["entrypoint"][1] == "odd\x1b[2J\x1b]0;title\x07\r\nmounts\n  forged\u202e"')" True
	# and in a message
	printf 'name: "Odd"\n' >"$BUNDLE/plugin.yaml"
	run_plugbox 2 explain "$BUNDLE"
	refute_match $'[\e\a\r]|\u202e' "$output$stderr"
	refute_match $'\n  forged' "$stderr"
}

@test "strings of a manifest with escapes are refused before anything prints them" {
	make_bundle raw <<-YAML
		name: raw
		version: 1.0.0
		entrypoint: main
		description: "a $(printf '\033')[31m b"
	YAML
	run_plugbox 2 explain "$BUNDLE"
	refute_match $'\e' "$output$stderr"
	assert_match 'plugin.yaml:4:' "$stderr"
	# written as an escape, it is the same character
	make_bundle escaped <<-'YAML'
		name: escaped
		version: 1.0.0
		entrypoint: [main, "\x1b[31m"]
	YAML
	run_plugbox 2 explain "$BUNDLE"
	refute_match $'\e' "$output$stderr"
	assert_match 'plugin.yaml:3:' "$stderr"
}

@test "a plan that cannot be printed is an error" {
	run_command 125 sh -c 'exec "$@" >/dev/full' sh "$PLUGBOX" explain --no-bundle -- true
	assert_match 'cannot write' "$stderr"
	run_command 0 sh -c 'exec "$@" >/dev/null' sh "$PLUGBOX" explain --no-bundle -- true
}
