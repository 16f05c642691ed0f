#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# plugbox why answers from the plan, so its answers are compared with what a plugin in the sandbox of that
# plan can do.

load helper

# asks CODE QUESTION...: with the bundle and options of the test
asks() {
	local code=$1

	shift
	run_plugbox "$code" why "${options[@]}" "$BUNDLE" "$@"
}

setup() {
	options=()
	make_bundle curious <<-'YAML'
		name: curious
		version: 1.0.0
		entrypoint: main
		permissions: [subprocess]
		environment: {set: {MODE: odd}}
	YAML
	bundle_file main <<-'SH'
		#!/bin/sh
		eval "$1"
	SH
}

# The answer, and the plugin's own experience: like_run yes|no ACTION SUBJECT SHELL-COMMAND
like_run() {
	local expected=$1 code=1 run_code

	[[ $expected == no ]] || code=0
	asks "$code" "$2" "$3"
	[[ $output == "$expected: "* ]] || fail "answer: $output"
	assert_match $'\nby: ' "$output"
	run "$PLUGBOX" run "${options[@]}" "$BUNDLE" -- "$4"
	run_code=$status
	[[ $expected == yes && $run_code == 0 || $expected == no && $run_code != 0 ]] ||
		fail "why $2 $3: $expected, and the plugin's code is $run_code: $output"
}

@test "files: what why says is what a plugin finds" {
	like_run yes read /bin/sh 'head -c 1 /bin/sh'
	like_run yes read /plugin/main 'cat /plugin/main'
	like_run yes read /etc/nsswitch.conf 'cat /etc/nsswitch.conf'
	like_run yes read /proc/self/status 'cat /proc/self/status'
	like_run yes read / 'ls /'
	like_run no read /etc/shadow 'cat /etc/shadow'
	like_run no read /home 'ls /home'
	like_run no read /etc/hosts/x 'cat /etc/hosts/x'
	like_run yes write /tmp/x 'echo >/tmp/x'
	like_run yes write /dev/shm/x 'echo >/dev/shm/x'
	like_run yes write /dev/null 'echo >/dev/null'
	like_run no write /plugin/x 'echo >/plugin/x'
	like_run no write /x 'echo >/x'
	like_run no write /usr/x 'echo >/usr/x'
	like_run no write /etc/hosts 'echo >/etc/hosts'
	like_run no write /dev/x 'echo >/dev/x'
	like_run yes exec /bin/true '/bin/true'
	like_run no exec /tmp/true 'cp /bin/true /tmp/true; /tmp/true'
}

@test "a grant: read is not write, and the change that is told helps" {
	# not below /tmp, which the plugin has one of its own over
	local dir

	dir=$(mktemp -d /var/tmp/plugbox-test.XXXXXX)
	chmod 777 "$dir"
	echo here >"$dir/file"
	asks 1 read "$dir/file"
	assert_match "add \"file_system_read: \\[$dir/file\\]\" to the permissions of .*plugin.yaml, and pass --allow file_system_read=$dir/file" "$output"
	sed -i "s|\\[subprocess\\]|[subprocess, {file_system_read: [\"$dir\"]}]|" "$BUNDLE/plugin.yaml"
	# not yet given: what is not launched does nothing
	asks 77 read "$dir/file"
	options=(--allow "file_system_read=$dir")
	like_run yes read "$dir/file" "cat $dir/file"
	assert_eq "$output" here
	like_run no write "$dir/file" "echo >$dir/file"
	asks 1 write "$dir/file"
	assert_match 'file_system_write: ' "$output"
	assert_match "bind $dir, file_system_read, .*plugin.yaml:4:.*, --allow" "$output"
	rm -r "$dir"
}

@test "programs: only the entrypoint where no others are granted" {
	sed -i '/^permissions/d' "$BUNDLE/plugin.yaml"
	like_run no exec /bin/true '/bin/true'
	asks 0 exec /plugin/main
	asks 1 syscall fork
	assert_match 'add "subprocess" to the permissions' "$output"
}

@test "network, system calls and variables" {
	like_run no connect 127.0.0.1:80 'python3 -c "import socket; socket.create_connection((\"127.0.0.1\", 80))"'
	asks 1 listen 8080
	assert_match 'add "network: loopback"' "$output"
	sed -i 's/subprocess/subprocess, {network: loopback}/' "$BUNDLE/plugin.yaml"
	requires python3
	like_run yes listen 8080 'python3 -c "import socket; socket.create_server((\"127.0.0.1\", 8080))"'
	like_run no listen 80 'python3 -c "import socket; socket.create_server((\"127.0.0.1\", 80))"'
	asks 0 connect localhost:8080
	like_run no connect 192.0.2.1:80 'python3 -c "import socket; socket.create_connection((\"192.0.2.1\", 80), 5)"'
	assert_match 'unreachable' "$output"
	asks 0 syscall openat
	asks 1 syscall ptrace
	assert_match 'other-processes' "$output"
	asks 1 syscall frobnicate
	like_run yes env MODE 'test "$MODE" = odd'
	like_run no env EDITOR 'test -n "$EDITOR"'
	# a command, with its question before the dashes
	run_plugbox 0 why --no-bundle --setenv A b env A -- true
	assert_match '^yes: it is set to "b"' "$output"
}

@test "without namespaces the paths are the host's, and the answers the plugin's" {
	requires landlock_scope python3
	options=(--isolation landlock --best-effort)
	like_run yes read /usr/bin/env 'head -c 1 /usr/bin/env'
	# through the host's own link, where it has one
	like_run yes read /bin/sh 'head -c 1 /bin/sh'
	like_run no read /etc/passwd 'cat /etc/passwd'
	like_run no read / 'ls /'
	like_run no write /usr/x 'echo >/usr/x'
	like_run yes write /dev/null 'echo >/dev/null'
	like_run yes read "$BUNDLE/main" "cat $BUNDLE/main"
}

@test "a profile in the way is named with its line" {
	requires root
	local own

	own=$(mktemp -d "$(getent passwd 0 | cut -d: -f6)/plugbox-test.XXXXXX")
	printf 'allow: [subprocess, network]\ndeny: [{network: host}]\n' >"$own/closed.yaml"
	options=(--profile "$own/closed.yaml")
	asks 1 connect example.com:443
	assert_match "take the denial out of $own/closed.yaml:2:9" "$output"
	asks 1 env EDITOR
	assert_match "add it to what $own/closed.yaml allows\$" "$output"
	rm -r "$own"
}

@test "what is no question is an error; --json answers in one object" {
	run_plugbox 2 why "$BUNDLE"
	run_plugbox 2 why "$BUNDLE" read
	assert_match 'there is no question' "$stderr"
	asks 2 raed /etc/passwd
	assert_match 'did you mean "read"' "$stderr"
	asks 2 read ../x
	asks 2 read /a/../b
	asks 2 connect example.com
	asks 2 listen many
	asks 2 syscall 'a b'
	asks 2 env A=B
	options=(--json); asks 1 read /etc/shadow
	assert_eq "$(as_json '[d["action"], d["subject"], d["allowed"]]')" "['read', '/etc/shadow', False]"
}
