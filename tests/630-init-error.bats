#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# --init-error jsonrpc: the first request of a plugin that could not be launched is answered
# instead of it, in its framing, and the exit code stays what it is.

load helper

setup() {
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
}

# refused_bundle [FRAMING]: one whose launch is refused (77)
refused_bundle() {
	make_bundle refused <<-YAML
		name: refused
		version: 1.0.0
		entrypoint: main
		channel: {framing: ${1:-lines}}
		permissions: [storage]
	YAML
}

# answer_is ID: $output is one line, the error in answer to that id (a Python literal)
answer_is() {
	assert_eq "$(as_json_lines 'len(d), d[0]["jsonrpc"], sorted(d[0]), d[0]["id"], type(d[0]["id"]) is type('"$1"')')" \
		"(1, '2.0', ['error', 'id', 'jsonrpc'], $1, True)"
}

# asked REQUEST ID: lines framing; the request on a pipe, then as a file
asked() {
	# shellcheck disable=SC2016 # the inner shell expands it
	run_command 77 bash -c 'set -o pipefail
		printf "%s\n" "$1" | "$PLUGBOX" run --init-error jsonrpc "$2"' bash "$1" "$BUNDLE"
	answer_is "$2"
	printf '%s\n' "$1" >request
	run_plugbox 77 run --init-error jsonrpc "$BUNDLE" <request
	answer_is "$2"
}

@test "lines: the error says what and why, to the id that was asked with" {
	refused_bundle
	asked '{"jsonrpc":"2.0","id":7,"method":"initialize","params":{"id":1}}' 7
	assert_eq "$(as_json_lines 'sorted(d[0]["error"])')" "['code', 'data', 'message']"
	assert_eq "$(as_json_lines '-32099 <= d[0]["error"]["code"] <= -32000')" True
	assert_match 'requires what is not allowed: storage' "$(as_json_lines 'd[0]["error"]["message"]')"
	assert_eq "$(as_json_lines '[d[0]["error"]["data"][k] for k in ("outcome", "code", "step", "hint")]')" \
		"['refused', 77, None, 'to allow it, add --allow storage']"
	# stderr says the same as without
	assert_match 'requires what is not allowed: storage' "$stderr"
	# keys in another order, blanks, a CR at the end
	asked $' {\t"method" : "initialize" , "params":{"id":[1,{"id":2}]}, "id" : 8 } \r' 8
}

@test "ids of every kind come back as they were" {
	refused_bundle
	asked '{"id":0}' 0
	asked '{"id":-12}' -12
	asked '{"id":9007199254740993}' 9007199254740993
	asked '{"id":1.5}' 1.5
	asked '{"id":1e3}' 1000.0
	asked '{"id":"7"}' "'7'"
	asked '{"id":"true"}' "'true'"
	asked '{"id":""}' "''"
	asked '{"id":"a\"b\\\u00e9\ud83d\ude00/\/"}' "'a\"b\\\\é😀//'"
	asked '{"id":"a\u0007\nb"}' "'a\\x07\\nb'"
	asked '{"id":null,"method":"x"}' None
	# text elsewhere that no manifest could have
	asked '{"params":{"t":"\u001b[31m\u202e","n":null,"b":[true,false,-0.5e-3]},"id":3}' 3
}

@test "a notification gets no answer, and a later request none either" {
	refused_bundle
	run_plugbox 77 run --init-error jsonrpc "$BUNDLE" <<<'{"jsonrpc":"2.0","method":"initialized"}'
	assert_eq "$output" ""
	assert_match 'not allowed' "$stderr"
}

@test "what is no request is answered with a null id, and always in JSON" {
	local request

	refused_bundle
	for request in '{"id":' '[{"id":1}]' '7' 'hello' '{"id":[1]}' '{"id":{}}' '{"id":true}' \
		'{"id":1.2.3}' '{"id":01}' '{"id":+5}' '{"id":-}' '{"id":.5}' '{"id":0x10}' '{"id":NaN}' \
		'{"id":"a\q"}' '{"id":"\u12"}' $'{"id":"\xff"}' '{"id":"a' "$(printf '%0100d' 0 | tr 0 '[')"; do
		run_plugbox 77 run --init-error jsonrpc "$BUNDLE" <<<"$request"
		answer_is None
	done
}

@test "the last line may lack its end; the first may be empty" {
	refused_bundle
	run_command 77 bash -c 'set -o pipefail
		printf "\n\r\n{\"id\":4}" | "$PLUGBOX" run --init-error jsonrpc "$1"' bash "$BUNDLE"
	answer_is 4
	# only the first is answered
	run_plugbox 77 run --init-error jsonrpc "$BUNDLE" <<<$'{"id":1}\n{"id":2}'
	answer_is 1
}

@test "headers: Content-Length in and out" {
	local body='{"jsonrpc":"2.0","id":"é","method":"initialize"}'

	refused_bundle headers
	for headers in "Content-Length: $(printf %s "$body" | wc -c)" \
		"content-length:$(printf %s "$body" | wc -c)"$'\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8' \
		"Content-Type: x"$'\r\n'"Content-Length: $(printf %s "$body" | wc -c)"; do
		printf '%s\r\n\r\n%s{"more"' "$headers" "$body" >request
		"$PLUGBOX" run --init-error jsonrpc "$BUNDLE" <request >answer 2>/dev/null && false
		run_command 0 /usr/bin/python3 -c '
import json
head, _, body = open("answer", "rb").read().partition(b"\r\n\r\n")
assert head == b"Content-Length: %d" % len(body), head
d = json.loads(body)
assert d["id"] == "\u00e9" and d["error"]["data"]["code"] == 77'
	done
	# a command says its framing itself
	run_command 127 bash -c 'printf "Content-Length: 8\r\n\r\n{\"id\":5}" |
		"$PLUGBOX" run --no-bundle --framing headers --init-error jsonrpc -- none-of-this-name'
	assert_match '^Content-Length: [0-9]+'$'\r\n\r\n''\{.*"id":5,' "$output"
	# headers that lead nowhere: no answer, the same code
	for headers in 'Content-Length: 99999999999999999999' 'Content-Length: -8' 'No-Length: 8' \
		'Content-Length: 1000'; do
		run_command 127 bash -c 'printf "%s\r\n\r\n{\"id\":5}" "$1" |
			"$PLUGBOX" run --no-bundle --framing headers --init-error jsonrpc -- none-of-this-name' \
			bash "$headers"
		assert_eq "$output" ""
	done
}

@test "without a request, and with too much of one, the code is the same and soon" {
	refused_bundle
	run_plugbox 77 run --init-error jsonrpc "$BUNDLE"
	assert_eq "$output" ""
	run_command 77 bash -c 'exec "$PLUGBOX" run --init-error jsonrpc "$1" <&-' bash "$BUNDLE"
	assert_eq "$output" ""
	# what never ends its line is read up to a bound
	run_command 77 bash -c 'tr "\0" a </dev/zero | "$PLUGBOX" run --init-error jsonrpc "$1"
		exit "${PIPESTATUS[1]}"' bash "$BUNDLE"
	run_plugbox 77 run --init-error jsonrpc "$BUNDLE" </dev/zero
	assert_eq "$output" ""
	# a large one is answered: half a MiB, thousands of values
	/usr/bin/python3 -c 'import json; print(json.dumps({"params": {"text": "x" * 500000, "list": [[{}]] * 9000}, "id": 6}))' >request
	run_plugbox 77 run --init-error jsonrpc "$BUNDLE" <request
	answer_is 6
}

@test "a host that waits for the answer before it closes gets it" {
	refused_bundle
	run_command 0 /usr/bin/python3 - "$PLUGBOX" "$BUNDLE" <<'PY'
import json, socket, subprocess, sys
def start(**kw):
    return subprocess.Popen([sys.argv[1], "run", "-q", "--init-error", "jsonrpc", sys.argv[2]], **kw)
p = start(stdin=subprocess.PIPE, stdout=subprocess.PIPE)
p.stdin.write(b'{"id":')
p.stdin.flush()
p.stdin.write(b'1}\n')
p.stdin.flush()
assert json.loads(p.stdout.readline())["id"] == 1
assert p.wait() == 77
ours, theirs = socket.socketpair()
p = start(stdin=theirs, stdout=theirs)
theirs.close()
ours.sendall(b'{"id":2}\n')
assert json.loads(ours.makefile().readline())["id"] == 2
assert p.wait() == 77
PY
}

@test "every failure of a launch is answered; a plugin that ran is not spoken for" {
	local wait=(--allow tty --idle-timeout 1s)

	run_plugbox 127 run --no-bundle --init-error jsonrpc -- none-of-this-name <<<'{"id":1}'
	answer_is 1
	echo '{"id":1}' >request
	run_plugbox 127 run --no-bundle --init-error jsonrpc -- none-of-this-name <request
	answer_is 1
	assert_eq "$(as_json_lines '[d[0]["error"]["data"][k] for k in ("outcome", "code", "step")]')" \
		"['not-found', 127, 'entrypoint']"
	run_plugbox 125 run --no-bundle "${wait[@]}" --init-error jsonrpc -- true <<<'{"id":2}'
	answer_is 2
	run_plugbox 126 run --bundle "$BATS_TEST_DIRNAME" --init-error jsonrpc -- ./README <<<'{"id":3}'
	answer_is 3
	make_bundle wrong <<<'name: wrong'
	run_plugbox 2 run --init-error jsonrpc "$BUNDLE" <<<'{"id":4}'
	answer_is 4
	# it ran: its own end, its own words
	run_plugbox 127 run --no-bundle --allow subprocess --init-error jsonrpc -- sh -c 'exit 127' <<<'{"id":5}'
	assert_eq "$output" ""
	run_plugbox 0 run --no-bundle --init-error jsonrpc -- cat <<<'{"id":6}'
	assert_eq "$output" '{"id":6}'
}

@test "without the option stdout stays empty and stdin unread" {
	refused_bundle
	run_plugbox 77 run "$BUNDLE" <<<'{"id":1}'
	assert_eq "$output" ""
	# shellcheck disable=SC2016
	run_command 0 bash -c 'printf "%s\n" "{\"id\":1}" | { "$PLUGBOX" run "$1"; cat; }' bash "$BUNDLE"
	assert_eq "$output" '{"id":1}'
	run_plugbox 2 run --init-error xml "$BUNDLE"
	assert_match 'expected jsonrpc' "$stderr"
}
