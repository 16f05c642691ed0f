#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The plugin's environment: built from nothing, and nothing of the caller's to be found.
# shellcheck disable=SC2154 # bats' run sets output and stderr

load helper

# What the caller has and nobody asked for
SECRET=plugbox-test-secret-$$

setup() {
	requires python3
}

# python_bundle [MORE...] <<program: with further lines of the manifest
python_bundle() {
	make_bundle python <<YAML
name: env-test
version: 1.0.0
entrypoint: [python3, -I, -u, main.py]
$(printf '%s\n' "$@")
YAML
	bundle_file main.py
}

# Prints its own environment as the kernel has it: what Python adds is not in there
SHOW='
import json
print(json.dumps(dict(v.split("=", 1) for v in open("/proc/self/environ").read().split("\0") if v)))'

# from COMMAND...: the command, with just this environment
FROM=(env -i PATH=/caller/bin:/usr/bin:/bin HOME=/caller/home SECRET_TOKEN="$SECRET" USER=caller
	LD_LIBRARY_PATH=/caller/lib PYTHONPATH=/caller/python NODE_OPTIONS=--caller)

@test "the environment is what the manual lists, and nothing of the caller's" {
	python_bundle <<<"$SHOW"
	run_command 0 "${FROM[@]}" "$PLUGBOX" run --status-file "$BATS_TEST_TMPDIR/status" "$BUNDLE"
	assert_eq "$(as_json 'sorted(d)')" "$(as_json 'sorted(d)' '["PATH", "HOME", "LANG", "PLUGBOX",
		"PLUGBOX_PLUGIN", "PLUGBOX_RUN_ID", "SANDBOX_POLICY", "NO_NETWORK", "NO_SUBPROCESS",
		"NO_FILESYSTEM_WRITE"]')"
	assert_eq "$(as_json '[d[k] for k in ("PATH", "HOME", "LANG", "PLUGBOX", "PLUGBOX_PLUGIN",
		"SANDBOX_POLICY", "NO_NETWORK", "NO_SUBPROCESS", "NO_FILESYSTEM_WRITE")]')" \
		"['/usr/local/bin:/usr/bin:/bin', '/tmp', 'C.UTF-8', '1', 'env-test', 'none', '1', '1', '1']"
	assert_eq "$(as_json 'd["PLUGBOX_RUN_ID"]')" \
		"$(as_json 'd["run_id"]' "$(tail -n 1 "$BATS_TEST_TMPDIR/status")")"
	# each run has a name of its own
	local first
	first=$(as_json 'd["PLUGBOX_RUN_ID"]')
	run_command 0 "${FROM[@]}" LANG=de_DE.UTF-8 TZ=Europe/Berlin LC_ALL=C LC_TIME=C "$PLUGBOX" \
		run "$BUNDLE"
	[[ $(as_json 'd["PLUGBOX_RUN_ID"]') != "$first" ]]
	# language and time zone are the caller's, where it has them
	assert_eq "$(as_json 'd["LANG"], d["TZ"], [k for k in d if k.startswith("LC_")]')" \
		"('de_DE.UTF-8', 'Europe/Berlin', [])"
}

@test "the caller's secrets are in no file and no process that the plugin can see" {
	python_bundle 'permissions: [subprocess]' <<-PY
		import os
		print("looked")
		for d, dirs, files in os.walk("/proc"):
		    if d.count("/") > 4:
		        dirs.clear()
		    for f in files:
		        if f in ("environ", "cmdline", "auxv", "mountinfo", "stack", "comm", "stat"):
		            try:
		                if b"test-secret" in open(os.path.join(d, f), "rb").read():
		                    print("found in", d, f)
		            except OSError:
		                pass
		# nor in what is below its stack
		with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb") as mem:
		    for l in maps:
		        if "[stack]" in l:
		            start, end = (int(x, 16) for x in l.split()[0].split("-"))
		            mem.seek(start)
		            print(b"plugbox-" + b"test-" + b"secret" in mem.read(end - start))
	PY
	for how in '' --as-pid-1; do
		# shellcheck disable=SC2086
		run_command 0 "${FROM[@]}" "$PLUGBOX" run $how "$BUNDLE"
		assert_eq "$output" $'looked\nFalse'
	done
	# the control: handed over on purpose it is found
	run_command 0 "${FROM[@]}" "$PLUGBOX" run --setenv GIVEN "$SECRET" "$BUNDLE"
	assert_match 'found in /proc/[0-9]+ environ' "$output"
	assert_match $'\nTrue$' "$output"
}

@test "pid 1 of the sandbox carries nothing of the caller's, seen from the host" {
	python_bundle <<-'PY'
		import sys
		print("up")
		sys.stdin.read()
	PY
	run_command 0 "${FROM[@]}" PLUGBOX="$PLUGBOX" BUNDLE="$BUNDLE" /usr/bin/python3 -c '
import os, subprocess
secret = os.environ["SECRET_TOKEN"].encode()
p = subprocess.Popen([os.environ["PLUGBOX"], "run", os.environ["BUNDLE"]], stdin=subprocess.PIPE,
                     stdout=subprocess.PIPE)
p.stdout.readline()
init = open(f"/proc/{p.pid}/task/{p.pid}/children").read().split()[0]
plugin = open(f"/proc/{init}/task/{init}/children").read().split()[0]
def environ(pid):
    try:
        return open(f"/proc/{pid}/environ", "rb").read()
    except PermissionError:
        return b""  # not dumpable: what is the point
# the control: this process itself has it
print(secret in environ("self"), secret in environ(init), secret in environ(plugin))
print(os.stat(f"/proc/{init}/environ").st_uid in (0, 65534))
p.stdin.close()
print(p.wait())'
	assert_eq "$output" $'True False False\nTrue\n0'
}

@test "what the manifest passes on has to be allowed, but for language and time" {
	python_bundle 'environment: {pass: [LANG, TZ, LC_TIME, API_KEY]}' <<<"$SHOW"
	run_command 77 "${FROM[@]}" API_KEY=k "$PLUGBOX" run "$BUNDLE"
	assert_match 'API_KEY' "$stderr"
	assert_match -- '--allow environment=API_KEY' "$stderr"
	refute_match 'LC_TIME|TZ' "$stderr"
	assert_eq "$output" ''
	run_command 77 "${FROM[@]}" API_KEY=k "$PLUGBOX" run --allow environment=OTHER "$BUNDLE"
	run_command 0 "${FROM[@]}" API_KEY=k LC_TIME=C OTHER=o "$PLUGBOX" run \
		--allow environment=API_KEY "$BUNDLE"
	assert_eq "$(as_json 'd["API_KEY"], d["LC_TIME"], "OTHER" in d, "SECRET_TOKEN" in d')" \
		"('k', 'C', False, False)"
	# what the caller does not have is not there, rather than empty
	run_command 0 "${FROM[@]}" API_KEY= "$PLUGBOX" run --allow environment=API_KEY "$BUNDLE"
	assert_eq "$(as_json 'd["API_KEY"], "LC_TIME" in d')" "('', False)"
	# without a manifest --allow asks as well
	run_command 0 "${FROM[@]}" API_KEY=k "$PLUGBOX" run --no-bundle --allow environment=API_KEY -- env
	assert_match $'(^|\n)API_KEY=k(\n|$)' "$output"
	refute_match SECRET_TOKEN "$output"
}

@test "variables are set by the manifest and the options, the last word counts" {
	python_bundle 'environment: {set: {MODE: production, "Odd_1": "a=b c", HOME: /plugin}}' <<<"$SHOW"
	run_plugbox 0 run "$BUNDLE"
	assert_eq "$(as_json 'd["MODE"], d["Odd_1"], d["HOME"]')" "('production', 'a=b c', '/plugin')"
	run_plugbox 0 run --setenv MODE one --setenv MODE two --setenv EMPTY '' --unsetenv Odd_1 \
		--unsetenv LANG "$BUNDLE"
	assert_eq "$(as_json 'd["MODE"], d["EMPTY"], "Odd_1" in d, "LANG" in d')" \
		"('two', '', False, False)"
	run_plugbox 0 run --setenv BEFORE 1 --clearenv --setenv AFTER 1 "$BUNDLE"
	assert_eq "$(as_json 'd["AFTER"], [k for k in ("BEFORE", "MODE", "PATH", "HOME", "PLUGBOX") if k in d]')" \
		"('1', [])"
	# nothing is left but what Python makes of it
	run_plugbox 0 run --clearenv "$BUNDLE"
	assert_eq "$(as_json 'd')" '{}'
}

@test "what is said about the sandbox is true" {
	local listen=$BATS_TEST_TMPDIR/data

	python_bundle 'permissions: [subprocess, storage, {network: loopback}]' <<<"$SHOW"
	run_plugbox 0 run --allow storage --data-dir "$listen" "$BUNDLE"
	assert_eq "$(as_json '[k for k in d if k.startswith("NO_")]')" '[]'
	assert_eq "$(as_json 'sorted(d["SANDBOX_POLICY"].split(","))')" \
		"['network', 'storage', 'subprocess']"
	assert_eq "$(as_json 'd["HOME"]')" /data
	python_bundle 'permissions: [subprocess]' <<<"$SHOW"
	run_plugbox 0 run "$BUNDLE"
	assert_eq "$(as_json 'sorted(k for k in d if k.startswith("NO_"))')" \
		"['NO_FILESYSTEM_WRITE', 'NO_NETWORK']"
	assert_eq "$(as_json 'd["SANDBOX_POLICY"]')" subprocess
	# and true in effect
	python_bundle <<-'PY'
		import os, socket
		def fails(f, *args):
		    try:
		        f(*args)
		        return False
		    except OSError:
		        return True
		print("NO_SUBPROCESS" in os.environ, fails(os.fork))
		print("NO_NETWORK" in os.environ, fails(socket.socket))
		print("NO_FILESYSTEM_WRITE" in os.environ, fails(open, "/plugin/x", "w"))
	PY
	run_plugbox 0 run "$BUNDLE"
	assert_eq "$output" $'True True\nTrue True\nTrue True'
}

@test "the caller's LD_PRELOAD does not reach the plugin" {
	requires cc unsanitized
	cc -x c -shared -fPIC -o "$BATS_TEST_TMPDIR/preload.so" - <<-'C'
		#include <unistd.h>
		__attribute__((constructor)) static void loaded(void)
		{
			char name[64] = "";
			ssize_t n = readlink("/proc/self/exe", name, sizeof(name));

			if (n > 3 && name[n - 1] == 't' && name[n - 2] == 'a' && name[n - 3] == 'c')
				(void)!write(1, "preloaded\n", 10);
		}
	C
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/preload.so"
	run_command 0 env LD_PRELOAD="$BATS_TEST_TMPDIR/preload.so" "$PLUGBOX" run --no-bundle \
		--ro-bind "$BATS_TEST_TMPDIR/preload.so" "/opt/preload.so" -- cat
	assert_eq "$output" ''
	# the control
	run_command 0 env LD_PRELOAD="$BATS_TEST_TMPDIR/preload.so" cat
	assert_eq "$output" preloaded
	# nor can the manifest or the command line name such a variable
	python_bundle 'environment: {set: {LD_PRELOAD: /plugin/x.so}}' <<<"$SHOW"
	run_plugbox 2 run "$BUNDLE"
	assert_match 'plugin.yaml:[0-9]+:[0-9]+: .*LD_PRELOAD' "$stderr"
	python_bundle 'environment: {pass: [LD_LIBRARY_PATH]}' <<<"$SHOW"
	run_plugbox 2 run --allow environment=LD_LIBRARY_PATH "$BUNDLE"
}
