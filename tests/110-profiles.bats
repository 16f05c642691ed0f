#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Profiles: what a plugin may be given, whatever its manifest asks for and --allow says, and whose
# word a profile has to be. What a text means is the matter of unit/test_profile.c.

load helper

# A profile counts where nobody else could have written it, which is nowhere below /tmp: the tests
# write theirs in the home of root.
setup() {
	[[ $BATS_TEST_DESCRIPTION != permissions:* ]] || return 0
	requires root
	OWN=$(mktemp -d "$(getent passwd 0 | cut -d: -f6)/plugbox-test.XXXXXX")
	chmod 755 "$OWN"
	cp "$PROJECT_ROOT"/profiles/*.yaml "$OWN"
	chmod 644 "$OWN"/*
	make_bundle asker <<-'YAML'
		name: asker
		version: 1.0.0
		entrypoint: main
		permissions: [subprocess, {network: host}]
		capabilities: {optional: [storage]}
	YAML
	bundle_file main <<-'SH'
		#!/bin/sh
		ls -d /data 2>/dev/null || echo no data
		/bin/true && echo forked
	SH
}

teardown() {
	[[ -z ${OWN:-} ]] || rm -rf "$OWN"
}

profile() {
	cat >"$OWN/$1.yaml"
	chmod 644 "$OWN/$1.yaml"
}

@test "a profile gives without --allow, and --allow cannot go beyond it" {
	profile open <<<'allow: [subprocess, network, storage]'
	profile closed <<<'allow: [subprocess]'
	profile asks <<<'{"allow": ["subprocess", "network", "storage"], "defaults": []}'
	run_plugbox 0 run --profile "$OWN/open.yaml" --data-dir "$BATS_TEST_TMPDIR/data" "$BUNDLE"
	assert_eq "$output" $'/data\nforked'
	run_plugbox 77 run --profile "$OWN/closed.yaml" --allow network --allow storage "$BUNDLE"
	assert_eq "$output" ""
	assert_match 'network: host \(.*plugin.yaml:4:' "$stderr"
	assert_match 'cannot go beyond the profile' "$stderr"
	# control: the same --allow without the profile is enough
	run_plugbox 0 run --allow network "$BUNDLE"
	assert_eq "$output" $'no data\nforked'
	# with an empty list of defaults it waits for the caller's word
	run_plugbox 77 run --profile "$OWN/asks.yaml" "$BUNDLE"
	assert_match 'add --allow network=host' "$stderr"
	run_plugbox 0 run --profile "$OWN/asks.yaml" --allow network "$BUNDLE"
	assert_eq "$output" $'no data\nforked'
	assert_match 'storage.* dropped' "$stderr"
	# a command asks by --allow, and is bounded too
	run_plugbox 77 run --profile "$OWN/closed.yaml" --no-bundle --allow network=host -- /bin/true
	run_plugbox 0 run --profile "$OWN/closed.yaml" --no-bundle --allow subprocess -- /bin/true
}

@test "a denial wins, and limits are bounds" {
	profile deny <<-'YAML'
		allow: [subprocess, network, storage]
		deny: [{network: host}]
		limits: {max: {open_files: 40}, default: {tmp_size: 1M}}
	YAML
	run_plugbox 77 run --profile "$OWN/deny.yaml" --allow network=host "$BUNDLE"
	run_plugbox 0 run --profile "$OWN/deny.yaml" --no-bundle --open-files 400 \
		-- sh -c 'ulimit -n'
	assert_eq "$output" 40
	run_plugbox 0 run --no-bundle --open-files 400 -- sh -c 'ulimit -n'
	assert_eq "$output" 400
	run_plugbox 0 explain --profile "$OWN/deny.yaml" --no-bundle -- true
	assert_match 'tmp_size +1M .*\(profile ' "$output"
	assert_match "profile +$OWN/deny.yaml" "$output"
}

@test "a profile that is not there, or not right, is an error with its place" {
	profile ring <<<'extends: ring'
	run_plugbox 2 run --profile "$OWN/ring.yaml" "$BUNDLE"
	assert_match 'no profile "ring"' "$stderr"
	run_plugbox 2 run --profile nowhere "$BUNDLE"
	assert_match 'no profile "nowhere"' "$stderr"
	cd "$OWN"
	run_plugbox 2 run --profile ../x "$BUNDLE"
	profile bad <<<'alow: []'
	run_plugbox 2 run --profile "$OWN/bad.yaml" "$BUNDLE"
	assert_match 'bad.yaml:1:1: unknown key "alow"' "$stderr"
	assert_match 'did you mean "allow"' "$stderr"
}

@test "what others could have written is no profile" {
	local tmp=$BATS_TEST_TMPDIR/p.yaml

	profile good <<<'allow: [subprocess, network]'
	# control
	run_plugbox 0 run --profile "$OWN/good.yaml" "$BUNDLE"
	chmod g+w "$OWN/good.yaml"
	run_plugbox 77 run --profile "$OWN/good.yaml" "$BUNDLE"
	assert_match 'good.yaml" can be written by others' "$stderr"
	chmod g-w "$OWN/good.yaml"
	chmod o+w "$OWN"
	run_plugbox 77 run --profile "$OWN/good.yaml" "$BUNDLE"
	assert_match 'can be written by others' "$stderr"
	chmod +t "$OWN"
	run_plugbox 77 run --profile "$OWN/good.yaml" "$BUNDLE"
	chmod 755 "$OWN"
	chown 4242 "$OWN/good.yaml"
	run_plugbox 77 run --profile "$OWN/good.yaml" "$BUNDLE"
	assert_match 'belongs to uid 4242' "$stderr"
	chown 0 "$OWN/good.yaml"
	# a link that the caller names may lead to a good one, not to one below /tmp
	echo 'allow: [network, subprocess]' >"$tmp"
	ln -s "$tmp" "$OWN/link.yaml"
	run_plugbox 77 run --profile "$OWN/link.yaml" "$BUNDLE"
	ln -sf good.yaml "$OWN/link.yaml"
	run_plugbox 0 run --profile "$OWN/link.yaml" "$BUNDLE"
	mkfifo "$OWN/pipe.yaml"
	chmod 644 "$OWN/pipe.yaml"
	run_plugbox 2 run --profile "$OWN/pipe.yaml" "$BUNDLE"
	assert_match 'not a regular file' "$stderr"
	# the bundle cannot bring one, whatever the environment says
	mkdir -p "$BATS_TEST_TMPDIR/plugbox/profiles"
	cp "$tmp" "$BATS_TEST_TMPDIR/plugbox/profiles/mine.yaml"
	XDG_CONFIG_HOME=$BATS_TEST_TMPDIR HOME=$BATS_TEST_TMPDIR run_plugbox 2 run --profile mine "$BUNDLE"
	assert_match 'no profile "mine"' "$stderr"
}

@test "a name is looked up in the user's own profiles; who extends one another in a circle ends" {
	requires unshare
	local own=$OWN/home/.config/plugbox/profiles
	# where the password database says that the home of root is $OWN/home, and no log is the host's
	# shellcheck disable=SC2016 # the inner shell's
	local -a in_host=(unshare --mount --propagation private sh -c
		'mount --bind "$1" /etc/passwd && mount -t tmpfs none /var/lib && shift && exec "$@"' sh "$OWN/passwd")

	mkdir -p "$own"
	sed "s|^\(root:[^:]*:0:0:[^:]*:\)[^:]*|\1$OWN/home|" /etc/passwd >"$OWN/passwd"
	"${in_host[@]}" true || skip "needs root"
	echo 'allow: [subprocess, network]' >"$own/mine.yaml"
	run_command 0 "${in_host[@]}" "$PLUGBOX" run --profile mine "$BUNDLE"
	assert_eq "$output" $'no data\nforked'
	run_plugbox 2 run --profile mine "$BUNDLE"
	echo 'extends: two' >"$own/one.yaml"
	echo 'extends: one' >"$own/two.yaml"
	run_command 2 "${in_host[@]}" "$PLUGBOX" run --profile one "$BUNDLE"
	assert_match 'more than 8 profiles extend one another' "$stderr"
	# beyond the parent, told with its place; and then within it
	printf 'extends: mine\nallow: [storage]\n' >"$own/more.yaml"
	run_command 2 "${in_host[@]}" "$PLUGBOX" run --profile more "$BUNDLE"
	assert_match 'more.yaml:2:9: storage is more than the profile "mine" allows' "$stderr"
	printf 'extends: mine\ndeny: [{network: host}]\n' >"$own/less.yaml"
	run_command 77 "${in_host[@]}" "$PLUGBOX" run --profile less --allow network "$BUNDLE"
	run_command 0 "${in_host[@]}" "$PLUGBOX" profile check less mine
	assert_eq "$output" "$own/less.yaml: ok"$'\n'"$own/mine.yaml: ok"
	run_command 2 "${in_host[@]}" "$PLUGBOX" profile check more
	run_command 0 "${in_host[@]}" "$PLUGBOX" profile show less
	assert_match "deny:"$'\n'"    network: host"$'\n'"extends $own/mine.yaml"$'\n'"  allow:" "$output"
	run_plugbox 0 profile show "$OWN/strict.yaml"
	assert_match 'allow: nothing' "$output"
	assert_match 'tmp_size: at most 16M' "$output"
	run_plugbox 2 profile frob "$OWN/strict.yaml"
	# one on the way that others can write ends it, and is not passed over
	chmod o+w "$OWN/home/.config"
	run_command 77 "${in_host[@]}" "$PLUGBOX" run --profile mine "$BUNDLE"
	assert_match '.config" can be written by others' "$stderr"
}

@test "profiles are listed, and compared in words" {
	requires unshare
	local own=$OWN/home/.config/plugbox/profiles

	make_etc
	in_etc true || skip "needs root"
	mkdir -p "$own/plugins" "$ETC/plugbox/profiles"
	sed -i "s|^\(root:[^:]*:0:0:[^:]*:\)[^:]*|\1$OWN/home|" "$ETC/passwd"
	printf 'description: Mine\nallow: [storage]\n' >"$own/house.yaml"
	printf 'description: All\nallow: [storage, {network: host}]\n' >"$ETC/plugbox/profiles/house.yaml"
	echo 'allow: []' >"$own/plugins/weather.yaml"
	echo 'not a profile' >"$own/README"
	export -f in_etc
	# shellcheck disable=SC2016 # the inner shell's
	local -a listed=(env ETC="$ETC" bash -c 'in_etc "$@"' bash "$PLUGBOX" profile)
	run_command 0 "${listed[@]}" list
	assert_match "house +$own/house.yaml"$'\n'"    Mine"$'\n'"    instead of /etc/plugbox/profiles/house.yaml" "$output"
	assert_match "plugin weather +$own/plugins/weather.yaml" "$output"
	refute_match README "$output"
	run_command 0 "${listed[@]}" list --json
	assert_eq "$(as_json '[(p["name"], p["kind"], p["shadows"]) for p in d if p["file"].startswith("'"$own"'")]')" \
		"[('house', 'profile', '/etc/plugbox/profiles/house.yaml'), ('weather', 'plugin', None)]"
	# one that is wrong is told, and the others are listed all the same
	echo 'alow: []' >"$own/bad.yaml"
	run_command 2 "${listed[@]}" list
	assert_match 'bad.yaml:1:1: unknown key' "$stderr"
	assert_match "house +$own" "$output"
	run_command 0 "${listed[@]}" diff house /etc/plugbox/profiles/house.yaml
	assert_eq "$output" "/etc/plugbox/profiles/house.yaml, compared with $own/house.yaml
gives more
  network: host: without --allow instead of never
says otherwise
  description: \"All\" instead of \"Mine\""
	run_plugbox 0 profile diff --json "$OWN/strict.yaml" "$OWN/strict.yaml"
	assert_eq "$(as_json '[d["more"], d["less"]]')" '[[], []]'
	sed 's/^allow: .*/&\nruntime: none\nconsent: required/' "$OWN/strict.yaml" >"$OWN/other.yaml"
	run_plugbox 0 profile diff "$OWN/strict.yaml" "$OWN/other.yaml"
	assert_match $'gives less\n  consent: required instead of off' "$output"
	assert_match $'says otherwise\n  runtime: "none" instead of the launch' "$output"
	run_plugbox 2 profile diff "$OWN/strict.yaml"
	assert_match 'expected two profiles' "$stderr"
	run_plugbox 2 profile lst
	assert_match 'did you mean "list"' "$stderr"
	run_plugbox 2 profile show --json "$OWN/strict.yaml"
	assert_match 'there is no --json' "$stderr"
}

@test "a profile sets variables, names the runtime and changes the filter" {
	requires cc
	make_bundle setter <<-'YAML'
		name: setter
		version: 1.0.0
		entrypoint: main
		environment: {set: {MODE: manifest, OWN: kept}}
	YAML
	cc_static "$BUNDLE/main" <<-'C'
		#include <errno.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <sys/stat.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		int main(void)
		{
			printf("%s %s %d %d %d\n", getenv("MODE"), getenv("OWN"), access("/usr", F_OK),
			       syscall(SYS_setfsuid, 0) < 0 ? errno : 0,
			       chmod("/tmp", 0700) < 0 ? errno : 0);
			return syscall(SYS_setfsuid, -1) == 0;
		}
	C
	profile plain <<<'allow: []'
	run_plugbox 0 run --profile "$OWN/plain.yaml" "$BUNDLE"
	assert_eq "$output" 'manifest kept 0 1 0'
	profile expert <<-'YAML'
		allow: []
		environment: {set: {MODE: profile}}
		runtime: none
		syscalls: {allow: [setfsuid], deny: [chmod, fchmodat]}
		backend: native
	YAML
	# root inside is nobody to become, whatever the filter lets pass
	run_plugbox 0 run --profile "$OWN/expert.yaml" "$BUNDLE"
	assert_eq "$output" 'profile kept -1 0 1'
	# the caller's word comes after the profile's for what is no right
	run_plugbox 0 run --profile "$OWN/expert.yaml" --runtime host --setenv MODE mine "$BUNDLE"
	assert_eq "$output" 'mine kept 0 0 1'
	run_plugbox 1 why --profile "$OWN/expert.yaml" "$BUNDLE" syscall chmod
	assert_match 'taken away by the profile' "$output"
	profile bad <<<'syscalls: {allow: [ptrace]}'
	run_plugbox 2 run --profile "$OWN/bad.yaml" "$BUNDLE"
	assert_match 'bad.yaml:1:20: the system call "ptrace" cannot be allowed' "$stderr"
	profile open <<<'{"allow": ["tool:*", "hook:a.*"], "registration": "open"}'
	run_plugbox 0 explain --profile "$OWN/open.yaml" "$BUNDLE"
	assert_match 'tools: \* \(registration: open, .*open.yaml:1:12; the host' "$output"
	assert_match 'hooks: a\.\* \(registration: open' "$output"
	assert_match 'services: none' "$output"
	run_plugbox 0 explain --profile "$OWN/plain.yaml" "$BUNDLE"
	refute_match 'tools:' "$output"
}

@test "what plugbox itself calls under the filter may be denied: the launch ends, and says what failed" {
	requires seccomp_notify
	local call code message

	# nobody is there yet who could answer a refusal
	while read -r call code message; do
		profile denies <<<"{allow: [], syscalls: {deny: [$call]}}"
		run_plugbox "$code" run --profile "$OWN/denies.yaml" --no-bundle -- /bin/sh -c ':'
		assert_match "$message" "$stderr"
		have unsanitized || continue
		run_plugbox "$code" run --profile "$OWN/denies.yaml" --memory-limit 200M --no-bundle \
			-- /bin/sh -c ':'
		assert_match "$message" "$stderr"
	done <<-'EOF'
		sendmsg 125 cannot pass the listener on: Operation not permitted
		prlimit64 125 RLIMIT_NOFILE: Operation not permitted
		execve 126 cannot execute "/bin/sh": Operation not permitted
		close 127 .
		read 127 .
		write 0
	EOF
	# the last word comes before a filter that would keep the plugin's process from reading it
	profile denies <<<'{allow: [subprocess, {network: host}], syscalls: {deny: [read]}}'
	cc_static "$BUNDLE/main" <<<'int puts(const char *); int main(void) { return puts("ran") < 0; }'
	waits_for_log "$BATS_TEST_TMPDIR/state" --profile "$OWN/denies.yaml"
	profile denies <<<'{allow: [], syscalls: {deny: [write, madvise]}}'
	run_plugbox 0 explain --profile "$OWN/denies.yaml" --no-bundle -- /bin/true
	assert_match $'\n  refused: write\n' "$output"
	refute_match $'told:[^:]* write[ \n]' "$output"
	assert_match 'told:[^:]* madvise' "$output"
}

@test "what a plugin may register is what the profile allows of it, and --allow adds nothing" {
	make_bundle speaker <<-'YAML'
		name: speaker
		version: 1.0.0
		entrypoint: main
		tools: [say.hello, "sing*"]
		commands: {required: [plugins.say], optional: [plugins.shout, "quit"]}
		hooks: []
	YAML
	bundle_file main <<<$'#!/bin/sh\necho spoke'
	# control: without a profile nobody bounds it
	run_plugbox 0 run "$BUNDLE"
	assert_eq "$output" spoke
	profile none <<<'allow: []'
	run_plugbox 77 run --profile "$OWN/none.yaml" --allow 'tool:*' --allow 'cli:*' "$BUNDLE"
	assert_eq "$output" ""
	for name in 'tool:say\.hello .*plugin\.yaml:4:9' 'tool:sing\* .*plugin\.yaml:4:20' \
		'cli:plugins\.say .*plugin\.yaml:5:23'; do
		assert_match "requires what is not allowed: .*$name" "$stderr"
	done
	refute_match 'shout' "$stderr"
	assert_match 'beyond the profile ".*none.yaml"' "$stderr"
	# each name by itself, a pattern by one that covers it, at the end of a word
	profile some <<<'allow: ["tool:say.*", "tool:sing", "cli:plugins.*"]'
	run_plugbox 77 run --profile "$OWN/some.yaml" "$BUNDLE"
	assert_match 'not allowed: tool:sing\* \(' "$stderr"
	refute_match 'tool:say' "$stderr"
	profile some <<<'allow: ["tool:say.*", "tool:sing*", "cli:plugins.*"]'
	run_plugbox 0 run --profile "$OWN/some.yaml" "$BUNDLE"
	assert_eq "$output" spoke
	run_plugbox 0 explain --profile "$OWN/some.yaml" "$BUNDLE"
	assert_match 'tools: say\.hello \(.*plugin\.yaml:4:9, .*some\.yaml:1:9; the host' "$output"
	assert_match 'commands: plugins\.shout \(' "$output"
	assert_match 'hooks: none' "$output"
	assert_match 'optional request "cli:quit" is not allowed and dropped' "$output"
	refute_match 'commands: quit' "$output"
	# a denial takes it, and all that it is a part of
	profile deny <<<'{"allow": ["tool:*", "cli:*"], "deny": ["tool:sing.loud", "cli:plugins.shout"]}'
	run_plugbox 77 explain --profile "$OWN/deny.yaml" "$BUNDLE"
	assert_match 'tool:sing\*' "$stderr"
	assert_match 'deny\.yaml:1:' "$stderr"
	assert_match '"cli:plugins.shout" is not allowed and dropped' "$output"
	# a manifest without the lists asks for none of it
	sed -i '/^tools/d; /^commands/d' "$BUNDLE/plugin.yaml"
	run_plugbox 0 run --profile "$OWN/none.yaml" "$BUNDLE"
}

@test "a profile that allows more than when it was approved gives no name that was not approved" {
	local -a as=(--state-dir "$BATS_TEST_TMPDIR/state" --profile "$OWN/p.yaml")

	make_bundle speaker <<-'YAML'
		name: speaker
		version: 1.0.0
		entrypoint: main
		tools: {optional: [say, shout]}
	YAML
	bundle_file main <<<$'#!/bin/sh\necho spoke'
	profile p <<<'allow: ["tool:say"]'
	run_plugbox 0 approve --yes "${as[@]}" "$BUNDLE"
	run_plugbox 0 run --consent required "${as[@]}" "$BUNDLE"
	profile p <<<'allow: ["tool:*"]'
	run_plugbox 77 run --consent required "${as[@]}" "$BUNDLE"
	assert_match 'would have what was not approved: tool:shout' "$stderr"
	run_plugbox 0 approve --yes "${as[@]}" "$BUNDLE"
	run_plugbox 0 run --consent required "${as[@]}" "$BUNDLE"
	assert_eq "$output" spoke
}

@test "a name stands for its parts, and rules that nobody enforces stop the launch" {
	make_bundle player <<-'YAML'
		name: player
		version: 1.0.0
		entrypoint: main
		permissions: [music.play]
	YAML
	bundle_file main <<-'SH'
		#!/bin/sh
		/bin/true && ls -d /data
	SH
	profile band <<-'YAML'
		allow: [music.play, subprocess, storage]
		permissions:
		  music.play:
		    description: Plays from its own store
		    includes: [subprocess, storage]
	YAML
	run_plugbox 0 run --profile "$OWN/band.yaml" --data-dir "$OWN/data" "$BUNDLE"
	assert_eq "$output" /data
	run_plugbox 0 explain --profile "$OWN/band.yaml" "$BUNDLE"
	assert_match "storage \(music.play in .*plugin.yaml:4:15, $OWN/band.yaml:1:33\)" "$output"
	run_plugbox 0 profile show "$OWN/band.yaml"
	assert_match 'music.play is defined, and includes subprocess, storage: Plays' "$output"
	# control: without a definition it is the host's to enforce, and gives nothing
	run_plugbox 77 run "$BUNDLE"
	run_plugbox 2 run --allow music.play "$BUNDLE"
	assert_eq "$output" ""
	profile quiet <<-'YAML'
		allow: [music.play]
		permissions: {music.play: {channel: {send: [play]}}}
	YAML
	run_plugbox 77 run --profile "$OWN/quiet.yaml" --allow music.play "$BUNDLE"
	assert_match "music.play \(.*plugin.yaml:4:15\): $OWN/quiet.yaml:2:15 has rules for the channel" "$stderr"
	run_plugbox 77 explain --profile "$OWN/quiet.yaml" --allow music.play "$BUNDLE"
	assert_match 'cannot be enforced: the launch would be refused' "$output"
}

@test "strict: a static program runs; what it asks for is refused" {
	requires cc
	make_bundle still <<-'YAML'
		name: still
		version: 1.0.0
		entrypoint: main
	YAML
	cc_static "$BUNDLE/main" <<-'C'
		#include <stdio.h>
		int main(void) { char line[64]; return fgets(line, 64, stdin) ? puts(line) < 0 : 1; }
	C
	run_plugbox 0 run --profile "$OWN/strict.yaml" "$BUNDLE" <<<ping
	assert_match '^ping' "$output"
	echo 'permissions: [user_database]' >>"$BUNDLE/plugin.yaml"
	run_plugbox 77 run --profile "$OWN/strict.yaml" "$BUNDLE"
	run_plugbox 0 run "$BUNDLE" <<<ping
}

@test "python: workers and a loopback; no host network, no files" {
	requires python3
	make_bundle py <<-'YAML'
		name: py
		version: 1.0.0
		entrypoint: [python3, main.py]
		permissions: [subprocess, {network: loopback}]
	YAML
	bundle_file main.py <<-'PY'
		import socket, subprocess
		server = socket.create_server(("127.0.0.1", 0))
		client = socket.create_connection(server.getsockname())
		print(subprocess.run(["echo", "worker"], capture_output=True, text=True).stdout.strip())
	PY
	run_plugbox 0 run --profile "$OWN/python.yaml" "$BUNDLE"
	assert_eq "$output" worker
	sed -i 's/loopback/host/' "$BUNDLE/plugin.yaml"
	run_plugbox 77 run --profile "$OWN/python.yaml" --allow network "$BUNDLE"
	run_plugbox 0 run --allow network "$BUNDLE"
}

@test "node: workers and a loopback; no host network, no files" {
	requires node
	make_bundle js <<-'YAML'
		name: js
		version: 1.0.0
		entrypoint: [node, main.js]
		permissions: [subprocess, {network: loopback}]
	YAML
	bundle_file main.js <<-'JS'
		const net = require('node:net');
		const { execFileSync } = require('node:child_process');
		const server = net.createServer((s) => s.end()).listen(0, '127.0.0.1', () => {
			net.connect(server.address().port, '127.0.0.1', () => {
				console.log(execFileSync('echo', ['worker']).toString().trim());
				process.exit(0);
			});
		});
	JS
	run_plugbox 0 run --profile "$OWN/node.yaml" "$BUNDLE"
	assert_eq "$output" worker
	sed -i 's/{network: loopback}/{file_system_read: [\/srv]}/' "$BUNDLE/plugin.yaml"
	run_plugbox 77 run --profile "$OWN/node.yaml" --allow file_system_read "$BUNDLE"
}

@test "permissions: a table, and what each changes; what nobody knows is an error" {
	run_plugbox 0 permissions
	assert_match 'network +high ' "$output"
	run_plugbox 0 permissions subprocess
	assert_match '\+ system call fork' "$output"
	assert_match '\- NO_SUBPROCESS=1' "$output"
	refute_match 'resolv.conf' "$output"
	run_plugbox 0 permissions --json network
	assert_eq "$(as_json '[d[0]["risk"], [c["argument"] for c in d[0]["changes"]]]')" \
		"['high', ['host', 'loopback']]"
	run_plugbox 2 permissions netwrk
	assert_match 'did you mean "network"' "$stderr"
	# what the host enforces stands beside it, and changes nothing in the sandbox
	run_plugbox 0 permissions
	assert_match 'send_messages +high ' "$output"
	run_plugbox 0 permissions tool:forecast
	assert_match 'the host at the other end of the channel enforces it' "$output"
	run_plugbox 0 permissions --json
	assert_eq "$(as_json 'sorted({p["enforced_by"] for p in d})')" "['host', 'plugbox']"
	run_plugbox 2 permissions tool:
}
