#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# plugbox run -- COMMAND: any program without a manifest, and where options, bundles and
# arguments begin and end.

load helper

setup() {
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
	export HOME=/nonexistent
}

@test "the working directory is the bundle: at its own path, and read-only" {
	local dir=$BATS_TEST_TMPDIR/work

	mkdir "$dir"
	echo here >"$dir/file"
	printf '#!/bin/sh\ncat file && pwd && { echo x >new; } 2>/dev/null || echo read-only\n' >"$dir/tool"
	chmod 755 "$dir/tool"
	[[ $EUID -eq 0 ]] || chmod a+rwx "$dir"
	cd "$dir"
	run_plugbox 0 run --allow subprocess -- ./tool
	assert_eq "$output" $'here\n'"$dir"$'\nread-only'
	[[ ! -e new ]]
	# control: without plugbox it writes
	run_command 0 ./tool
	assert_eq "$output" $'here\n'"$dir"
	[[ -e new ]]
	# named from elsewhere
	cd "$BATS_TEST_TMPDIR" || return
	run_plugbox 0 run --bundle work --allow subprocess -- ./tool
	assert_match "^here"$'\n'"$dir"$'\n' "$output"
	# and without one there is nothing of it
	run_plugbox 0 run --no-bundle --allow subprocess -- sh -c 'pwd; test ! -e "$1"' sh "$dir"
	assert_eq "$output" /tmp
}

@test "directories that hold more than a plugin are refused with the remedy" {
	local dir

	mkdir -p "$BATS_TEST_TMPDIR/home/project"
	export HOME=$BATS_TEST_TMPDIR/home
	for dir in / /usr /etc /var "$HOME" "$BATS_TEST_TMPDIR"; do
		cd "$dir"
		run_plugbox 2 run -- /bin/true
		assert_match 'cannot be the bundle' "$stderr"
		assert_match 'hint: .*--bundle DIR.*--no-bundle' "$stderr"
		# the remedy works
		run_plugbox 0 run --no-bundle -- /bin/true
	done
	# as root for another reason: everybody could write what root then runs
	cd /tmp
	run_plugbox 2 run -- /bin/true
	cd "$HOME/project"
	run_plugbox 0 run -- /bin/true
}

@test "options say what a manifest would" {
	make_bundle alike <<-'YAML'
		name: alike
		version: 1.0.0
		entrypoint: [printf, hello]
		permissions:
		  - subprocess
		  - user_database
		  - network: loopback
		  - file_system_read: [/var/lib]
		resources: {pids_limit: 8, timeout: 30s, open_files: 100, file_size: 10M, tmp_size: 16M}
		environment:
		  set: {MODE: production}
	YAML
	run_plugbox 0 explain --json --allow file_system_read=/var/lib "$BUNDLE"
	local manifest=$output
	run_plugbox 0 explain --json --bundle "$BUNDLE" --allow subprocess --allow user_database \
		--allow network=loopback --allow file_system_read=/var/lib --pids-limit 8 --timeout=30s \
		--open-files=100 --file-size 10M --tmp-size 16M --setenv MODE production -- printf hello
	run_command 0 /usr/bin/python3 -c '
import json, sys
a, b, bundle = json.loads(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3]
for key in "entrypoint hostname namespaces landlock_abi syscalls rlimits layers missing denied".split():
	assert a[key] == b[key], key
assert {k: v["value"] for k, v in a["limits"].items()} == {k: v["value"] for k, v in b["limits"].items()}
env = [{e for e in d["environment"] if not e.startswith("PLUGBOX_PLUGIN=")} for d in (a, b)]
assert env[0] == env[1], env[0] ^ env[1]
# the same mounts, but for where the bundle is shown
mounts = [[(m["op"], bundle if m["path"] == "/plugin" else m["path"], m["access"]) for m in d["mounts"]]
	for d in (a, b)]
assert mounts[0] == mounts[1]
assert len(a["granted"]) == len(b["granted"]) == 4
' "$manifest" "$output" "$BUNDLE"
}

@test "-- ends the options: what follows is the command's" {
	run_plugbox 0 run --no-bundle -- printf '%s|' --timeout -- --help '' 'a b' $'c\nd'
	assert_eq "$output" $'--timeout|--|--help||a b|c\nd|'
	# and stands before it, it is plugbox's own
	run_plugbox 2 run --no-bundle --timeout -- printf x
	run_plugbox 2 run --no-bundle printf x
	assert_eq "$output" ""
}

@test "arguments after -- follow those of the manifest's entrypoint" {
	make_bundle arguments <<-'YAML'
		name: arguments
		version: 1.0.0
		entrypoint: [printf, "%s|", one, "--two"]
	YAML
	run_plugbox 0 run "$BUNDLE"
	assert_eq "$output" 'one|--two|'
	run_plugbox 0 run "$BUNDLE" -- --three -- 'four five' ''
	assert_eq "$output" 'one|--two|--three|--|four five||'
	run_plugbox 0 run "$BUNDLE/plugin.yaml" --
	assert_eq "$output" 'one|--two|'
	run_plugbox 2 run "$BUNDLE" three
	assert_match 'hint: .*-- three' "$stderr"
}

@test "neither bundle nor command, and unknown options, are wrong usage" {
	run_plugbox 2 run
	assert_match 'no bundle, manifest or command' "$stderr"
	run_plugbox 2 run --
	assert_match 'no bundle, manifest or command' "$stderr"
	run_plugbox 2 run -- ''
	run_plugbox 2 run --no-bundel -- true
	assert_match 'did you mean "--no-bundle"' "$stderr"
	run_plugbox 2 run --timout=3 -- true
	assert_match 'did you mean "--timeout"' "$stderr"
	run_plugbox 2 run --allow netwerk=host -- true
	assert_match 'did you mean "network"' "$stderr"
}

@test "a command that cannot be run has the shell's codes" {
	mkdir "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work"
	echo 'not a program' >plain
	chmod 755 plain
	printf '#!/bin/sh\n' >closed
	chmod 644 closed
	mkdir directory
	run_plugbox 127 run -- none-of-this-name
	run_plugbox 127 run -- ./none-of-this-name
	run_plugbox 126 run -- ./plain
	run_plugbox 126 run -- ./closed
	run_plugbox 126 run -- ./directory
	run_plugbox 3 run --allow subprocess -- sh -c 'exit 3'
	# by its signal, as a shell says it
	run_plugbox 143 run --allow subprocess -- sh -c 'kill -TERM $$'
}

@test "--args reads options from a descriptor, each with a NUL after it" {
	# shellcheck disable=SC2016 # the inner shell expands it
	local script='echo "$A|$B|${C-unset}"; tr "\0" " " </proc/$$/cmdline; test ! -e /proc/$$/fd/9'

	run_command 0 bash -c 'printf "%s\0" --no-bundle --setenv A "two words" --setenv B "$(printf "x\ny")" \
		--allow subprocess | "$PLUGBOX" run --args 9 -- sh -c "$1" 9<&0 </dev/null' bash "$script"
	assert_eq "$output" "two words|x"$'\ny|unset\n'"sh -c $script "
	# what stands later wins, and the command itself cannot come that way
	run_command 0 bash -c 'printf "%s\0" --setenv C 1 --no-bundle | "$PLUGBOX" run --setenv C 0 \
		--allow subprocess --args 9 -- sh -c "echo \$C" 9<&0 </dev/null'
	assert_eq "$output" 1
	run_command 2 bash -c 'printf "%s\0" --no-bundle -- true | "$PLUGBOX" run --args 9 9<&0 </dev/null'
	assert_match 'options only' "$stderr"
	run_command 2 bash -c 'printf "%s\0" --no-bundle --timeut 3 |
		"$PLUGBOX" run --args 9 -- true 9<&0 </dev/null'
	assert_match 'in what --args 9 brought' "$stderr"
	run_plugbox 2 run --args 77 -- true
}

@test "the caller's words on the environment are last" {
	export CALLER=secret
	run_plugbox 0 run --no-bundle --setenv A 1 --unsetenv LANG -- env
	assert_match $'(^|\n)A=1(\n|$)' "$output"
	assert_match 'PLUGBOX_PLUGIN=env' "$output"
	refute_match '(^|[[:space:]])LANG=|CALLER' "$output"
	run_plugbox 0 run --no-bundle --setenv A 1 --clearenv --setenv B 2 -- /usr/bin/env
	assert_eq "$output" B=2
	run_plugbox 0 run --no-bundle --allow environment=CALLER -- env
	assert_match CALLER=secret "$output"
}

@test "chdir and hostname" {
	run_plugbox 0 run --no-bundle --chdir /usr/share --hostname box.example --allow subprocess -- \
		sh -c 'pwd; uname -n'
	assert_eq "$output" $'/usr/share\nbox.example'
	run_plugbox 125 run --no-bundle --chdir /none/such -- true
	assert_match 'cannot change to "/none/such" inside' "$stderr"
	run_plugbox 2 run --no-bundle --chdir relative -- true
}
