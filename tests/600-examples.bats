#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What a newcomer sees first: the examples answer from inside, and the hostile one gets
# nowhere, while without plugbox it gets far.

load helper

EXAMPLES=$PROJECT_ROOT/contrib/examples

# bundle_of NAME: the example's bundle; the C one is built outside the tree
bundle_of() {
	BUNDLE=$EXAMPLES/$1
	if [[ $1 == echo-c ]]; then
		BUNDLE=$BATS_TEST_TMPDIR/$1
		mkdir "$BUNDLE"
		cp "$EXAMPLES/$1/"{plugin.yaml,main.c,Makefile} "$BUNDLE"
		make -s -C "$BUNDLE" MAKEFLAGS=
	fi
}

# talk NAME: every request on stdin, with storage allowed
talk() {
	bundle_of "$1"
	run_plugbox 0 run --allow storage --data-dir "$BATS_TEST_TMPDIR/data" "$BUNDLE"
}

# The protocol that all examples share. Replies are compared as values, so 2.50 is 2.5.
speaks_the_protocol() {
	talk "$1" <<-'E'
		{"jsonrpc":"2.0","id":1,"method":"initialize"}
		{"jsonrpc":"2.0","id":"two","method":"echo","params":{"a":[1,2.50,"\u00e9 \"}]",null,{}]}}
		{"jsonrpc":"2.0","method":"echo","params":"a notification"}
		{"jsonrpc":"2.0","id":3,"method":"store","params":{"key":"k","value":"kept \u00e9 \" here"}}
		{"jsonrpc":"2.0","id":4,"method":"store","params":{"key":"../k","value":"v"}}
		{"jsonrpc":"2.0","id":5,"method":"nonsense"}
		{"jsonrpc":"2.0","id":6
		{"jsonrpc":"2.0","id":7,"method":"shutdown"}
		{"jsonrpc":"2.0","id":8,"method":"initialize"}
	E
	assert_eq "$(as_json_lines 'len(d)')" 7
	assert_eq "$(as_json_lines 'd[0]["result"]["name"]')" "$1"
	assert_eq "$(as_json_lines 'd[0]["result"]["methods"]')" \
		"['initialize', 'echo', 'store', 'shutdown']"
	assert_eq "$(as_json_lines 'd[1] == {"jsonrpc": "2.0", "id": "two",
		"result": {"a": [1, 2.5, "é \"}]", None, {}]}}')" True
	assert_eq "$(as_json_lines 'd[2]["result"] == {"key": "k", "value": "kept é \" here"}')" True
	assert_eq "$(as_json_lines '[r.get("id") for r in d]')" "[1, 'two', 3, 4, 5, None, 7]"
	assert_eq "$(as_json_lines '[r["error"]["code"] for r in d if "error" in r]')" \
		"[-32602, -32601, -32700]"
	assert_eq "$(as_json_lines 'd[6]["result"]')" None
}

@test "the Python example answers" {
	requires python3
	speaks_the_protocol echo-python
}

@test "the Node example answers" {
	requires node python3
	speaks_the_protocol echo-node
}

@test "the C example answers" {
	requires cc python3
	speaks_the_protocol echo-c
}

@test "the shell example answers" {
	requires python3
	speaks_the_protocol echo-shell
}

@test "an example ends with its input" {
	requires python3
	talk echo-python <<<'{"jsonrpc":"2.0","id":1,"method":"echo","params":5}'
	assert_eq "$(as_json 'd["result"]')" 5
}

@test "an example's data is on the host, apart for each plugin" {
	requires python3
	talk echo-python <<<'{"id":1,"method":"store","params":{"key":"k","value":"python"}}'
	talk echo-shell <<<'{"id":1,"method":"store","params":{"key":"k","value":"shell"}}'
	assert_eq "$(cat "$BATS_TEST_TMPDIR/data/echo-python/k")" python
	assert_eq "$(cat "$BATS_TEST_TMPDIR/data/echo-shell/k")" '"shell"'
}

@test "an example that is not allowed what it asks for is refused" {
	for name in echo-python echo-node echo-shell; do
		run_plugbox 77 run "$EXAMPLES/$name"
		assert_match storage "$stderr"
		assert_match 'allow storage' "$stderr"
		assert_eq "$output" ""
	done
}

@test "every manifest of the examples is without error" {
	run_plugbox 0 check "$EXAMPLES"/*/plugin.yaml
}

@test "the hostile example is refused everything" {
	requires python3
	run_command 0 /usr/bin/python3 "$EXAMPLES/demo" --json
	assert_eq "$(as_json 'd["error"]')" None
	assert_eq "$(as_json '[w for w, r in d["plugbox"].items() if r["blocked"] is not True]')" "[]"
	assert_eq "$(as_json 'sorted(d["control"]) == sorted(d["plugbox"])')" True
	assert_eq "$(as_json 'len(d["plugbox"]) >= 30')" True
}

@test "the hostile example's attempts work without plugbox" {
	requires python3
	run_command 0 /usr/bin/python3 "$EXAMPLES/demo" --json
	# what any user of any host may do; the rest depends on both
	assert_eq "$(as_json '[w for w in ("read ~/.ssh", "read a secret file", "read /etc/passwd",
		"list /home", "write to its own bundle", "write outside", "make a setuid file",
		"find a secret in its environment", "read the host'"'"'s environment",
		"learn the host'"'"'s name", "list the host'"'"'s processes", "kill the host",
		"kill(-1): everything at once", "start another process", "connect to 127.0.0.1 by TCP",
		"send a UDP datagram", "connect to an abstract socket",
		"run /bin/sh") if d["control"][w]["blocked"] is not False]')" "[]"
}

@test "the demo ends with a good word, in plain text where it is no terminal" {
	requires python3 node cc
	run_command 0 /usr/bin/python3 "$EXAMPLES/demo"
	refute_match $'\e' "$output"
	assert_match 'Every plugin answered, and all [0-9]+ attempts were refused.$' "$output"
}

@test "the demo fails where nothing is refused" {
	requires python3
	cat >"$BATS_TEST_TMPDIR/no-box" <<-'E'
		#!/bin/sh
		shift
		cd "$1" && exec /usr/bin/python3 -u main.py
	E
	chmod +x "$BATS_TEST_TMPDIR/no-box"
	PLUGBOX=$BATS_TEST_TMPDIR/no-box run_command 1 /usr/bin/python3 "$EXAMPLES/demo"
	assert_match 'Failed: .* attempts were not refused' "$output"
}
