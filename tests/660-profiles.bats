#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The profiles that are installed: each with a real program of the kind that it is for, and with what it
# refuses such a program, beside the same without it. strict, python and node are in 110-profiles.bats.

load helper

REAL=${BUILD:-$PROJECT_ROOT/build}/real

# A profile counts where nobody else could have written it, which is nowhere below /tmp
setup() {
	requires root
	OWN=$(mktemp -d "$(getent passwd 0 | cut -d: -f6)/plugbox-test.XXXXXX")
	chmod 755 "$OWN"
	cp "$PROJECT_ROOT"/profiles/*.yaml "$OWN"
	chmod 644 "$OWN"/*
	# what plugins may read and write is below a directory that they can search, and not in /tmp
	PLACE=$(mktemp -d /var/tmp/plugbox-test.XXXXXX)
	chmod 755 "$PLACE"
}

teardown() {
	[[ -z ${OWN:-} ]] || rm -rf "$OWN" "$PLACE"
	[[ -z ${SERVER:-} ]] || kill "$SERVER"
}

real() {
	[[ -e $REAL/$1/plugin.yaml ]] || fail "$REAL/$1 is not there: make real-programs"
}

# refused PROFILE REQUEST: under the profile, with the caller's leave too; without it the caller's
# leave is enough
refused() {
	local name=${2%%:*}

	make_bundle asks <<-YAML
		name: asks
		version: 1.0.0
		entrypoint: main
		permissions: [{$2}]
	YAML
	bundle_file main <<<'#!/bin/sh'
	# one without argument is no mapping
	[[ $2 == *:* ]] || sed -i "s/{$2}/$2/" "$BUNDLE/plugin.yaml"
	run_plugbox 77 explain --profile "$OWN/$1.yaml" --allow "$name" "$BUNDLE"
	assert_match "cannot go beyond the profile \"$OWN/$1.yaml" "$stderr"
	run_plugbox 0 explain --allow "$name" "$BUNDLE"
}

@test "default: a Go program with a loopback; no programs, files or network of the host" {
	real go
	run_plugbox 0 run --profile "$OWN/default.yaml" "$REAL/go"
	assert_eq "$output" $'goroutines\nfiles\nsockets\nweb'
	refused default subprocess
	refused default 'network: host'
	refused default 'file_system_read: [/srv]'
}

@test "java: a virtual machine, its threads, files, sockets and programs; no network" {
	real java
	run_plugbox 0 run --profile "$OWN/java.yaml" "$REAL/java"
	assert_eq "$output" $'threads\nfiles\nsockets\nprograms'
	refused java 'network: host'
	refused java 'file_system_read: [/srv]'
}

@test "network-client: fetches a page; reads no file, keeps none, starts no program" {
	local port

	requires python3
	mkdir "$PLACE/www"
	echo 'sunny' >"$PLACE/www/weather"
	python3 -u -c 'import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print(server.server_port, flush=True)
server.serve_forever()' "$PLACE/www" >"$PLACE/port" 2>/dev/null 3>&- &
	SERVER=$!
	wait_for test -s "$PLACE/port"
	port=$(<"$PLACE/port")
	make_bundle fetcher <<-YAML
		name: fetcher
		version: 1.0.0
		entrypoint: [python3, main.py, "http://127.0.0.1:$port/weather"]
		permissions: [{network: host}]
	YAML
	bundle_file main.py <<-'PY'
		import sys, urllib.request
		print(urllib.request.urlopen(sys.argv[1], timeout=20).read().decode().strip())
	PY
	run_plugbox 0 run --profile "$OWN/network-client.yaml" "$BUNDLE"
	assert_eq "$output" sunny
	# control: it is the profile that gives it
	run_plugbox 77 run "$BUNDLE"
	refused network-client subprocess
	refused network-client storage
	refused network-client 'file_system_read: [/srv]'
}

@test "mcp-server: the reference server and the SDK's client; reads what the caller names" {
	local project=$PLACE/project

	real mcp
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nshift\nexec "%s" run --profile "%s" "$@"\n' "$PLUGBOX" \
		"$OWN/mcp-server.yaml" >"$BATS_TEST_TMPDIR/bin/plugbox"
	chmod 755 "$BATS_TEST_TMPDIR/bin/plugbox"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run_command 0 /usr/bin/node "$REAL/mcp/client.mjs" \
		"$BATS_TEST_TMPDIR/status" "$REAL/mcp"
	assert_match $'initialize\ntools\necho' "$output"
	mkdir "$project"
	echo 'of the project' >"$project/file"
	make_bundle reader <<-YAML
		name: reader
		version: 1.0.0
		entrypoint: [cat, "$project/file"]
		permissions: [{file_system_read: ["$project"]}]
	YAML
	run_plugbox 77 run --profile "$OWN/mcp-server.yaml" "$BUNDLE"
	run_plugbox 0 run --profile "$OWN/mcp-server.yaml" --allow "file_system_read=$project" "$BUNDLE"
	assert_eq "$output" 'of the project'
	refused mcp-server 'file_system_write: [/srv]'
	refused mcp-server 'file_system_read: [/etc/ssh]'
	refused mcp-server tty
}

@test "language-server: clangd finds a fault in a project; no network, no writing" {
	local project=$PLACE/project

	requires python3
	mkdir "$project"
	echo 'int main(void) { return undeclared; }' >"$project/main.c"
	make_bundle clangd <<-YAML
		name: clangd
		version: 1.0.0
		entrypoint: [clangd, --background-index=false]
		channel: {framing: headers}
		permissions: [{file_system_read: ["$project"]}]
		resources: {timeout: 60s}
	YAML
	cat >"$BATS_TEST_TMPDIR/editor.py" <<-'PY'
		import json, subprocess, sys
		project = sys.argv[1]
		server = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		def send(**message):
		    text = json.dumps({"jsonrpc": "2.0", **message}).encode()
		    server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(text) + text)
		    server.stdin.flush()
		def receive():
		    size = 0
		    while (line := server.stdout.readline().strip()):
		        if line.lower().startswith(b"content-length:"):
		            size = int(line.split(b":")[1])
		    return json.loads(server.stdout.read(size)) if size else sys.exit("the server ended")
		uri = f"file://{project}/main.c"
		send(id=1, method="initialize",
		     params={"processId": None, "rootUri": f"file://{project}", "capabilities": {}})
		assert "capabilities" in receive()["result"]
		send(method="initialized", params={})
		with open(f"{project}/main.c") as f:
		    send(method="textDocument/didOpen", params={"textDocument": {
		        "uri": uri, "languageId": "c", "version": 1, "text": f.read()}})
		while (message := receive()).get("method") != "textDocument/publishDiagnostics":
		    pass
		print(message["params"]["diagnostics"][0]["message"].split("\n")[0])
		send(id=2, method="shutdown")
		while receive().get("id") != 2:
		    pass
		send(method="exit")
		sys.exit(server.wait(20))
	PY
	run_command 0 python3 "$BATS_TEST_TMPDIR/editor.py" "$project" "$PLUGBOX" run \
		--profile "$OWN/language-server.yaml" --allow "file_system_read=$project" "$BUNDLE"
	assert_match "undeclared identifier 'undeclared'" "$output"
	run_plugbox 77 run --profile "$OWN/language-server.yaml" "$BUNDLE"
	refused language-server 'network: host'
	refused language-server 'network: loopback'
	refused language-server 'file_system_write: [/srv]'
}

@test "ci: a step builds in the directory that the caller names; no network, an end" {
	local work=$PLACE/work

	requires cc
	mkdir -m 777 "$work"
	printf '#include <stdio.h>\nint main(void) { return puts("built") < 0; }\n' >"$work/main.c"
	make_bundle step <<-YAML
		name: step
		version: 1.0.0
		entrypoint: [make, -s, -C, "$work"]
		permissions: [subprocess, {file_system_write: ["$work"]}]
	YAML
	printf 'main: main.o\n\tgcc -o main main.o\nmain.o: main.c\n\tgcc -c main.c\n' >"$work/Makefile"
	run_plugbox 77 run --profile "$OWN/ci.yaml" "$BUNDLE"
	run_plugbox 0 run --profile "$OWN/ci.yaml" --allow "file_system_write=$work" "$BUNDLE"
	assert_eq "$("$work/main")" built
	run_plugbox 0 explain --profile "$OWN/ci.yaml" --allow file_system_write "$BUNDLE"
	assert_match 'timeout +10m .*\(profile ' "$output"
	run_plugbox 0 explain --timeout 9h --profile "$OWN/ci.yaml" --allow file_system_write "$BUNDLE"
	assert_match 'timeout +1h .*\(profile ' "$output"
	refused ci 'network: host'
	refused ci 'file_system_write: [/etc/cron.d]'
	refused ci 'devices: [kvm]'
}

@test "chat-bot: a plugin answers messages and counts them in /data; no network, no programs" {
	requires python3
	make_bundle greeter <<-'YAML'
		name: greeter
		version: 1.0.0
		entrypoint: [python3, -u, main.py]
		channel: {framing: lines}
		permissions: [read_messages, send_messages, storage]
		hooks: [message.created]
	YAML
	bundle_file main.py <<-'PY'
		import json, sqlite3, sys
		db = sqlite3.connect("/data/seen.db")
		db.execute("create table if not exists seen(who text)")
		for line in sys.stdin:
		    event = json.loads(line)["params"]
		    with db:
		        db.execute("insert into seen values (?)", (event["from"],))
		    n = db.execute("select count(*) from seen where who = ?", (event["from"],)).fetchone()[0]
		    print(json.dumps({"jsonrpc": "2.0", "method": "send_message",
		                      "params": {"text": f"hello {event['from']}, number {n}"}}))
	PY
	for n in 1 2; do
		run_plugbox 0 run --profile "$OWN/chat-bot.yaml" --allow read_messages \
			--allow send_messages --data-dir "$PLACE/data" "$BUNDLE" \
			<<<'{"jsonrpc": "2.0", "method": "event.message", "params": {"from": "ann"}}'
		assert_eq "$(as_json 'd["params"]["text"]')" "hello ann, number $n"
	done
	# the bot has to say that it reads the channel
	run_plugbox 77 run --profile "$OWN/chat-bot.yaml" --data-dir "$PLACE/data" "$BUNDLE"
	refused chat-bot 'network: host'
	refused chat-bot subprocess
	refused chat-bot database_write
}
