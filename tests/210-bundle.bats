#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2154,SC2030,SC2031 # bats' run sets output and stderr; tests are subshells
#
# From the bundle to a running program: runtimes, interpreters, what cannot be
# executed, and bundles made to lead plugbox astray.

load helper

setup_file() {
	type -P cc >/dev/null || return 0
	# say ARG...: prints its arguments; say -l DIR...: what is in the directories;
	# say -c FILE...: makes files
	cc_static "$BATS_FILE_TMPDIR/say" <<-'C'
		#include <dirent.h>
		#include <errno.h>
		#include <fcntl.h>
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <unistd.h>

		static int visible(const struct dirent *d)
		{
			return d->d_name[0] != '.';
		}

		static void list(const char *path)
		{
			struct dirent **names;
			int n = scandir(path, &names, visible, alphasort);

			printf("%s:", path);
			if (n < 0)
				printf(" %s", strerrorname_np(errno));
			for (int i = 0; i < n; i++)
				printf(" %s", names[i]->d_name);
			printf("\n");
		}

		int main(int argc, char **argv)
		{
			const char *mode = argc > 1 ? argv[1] : "";

			if (strcmp(mode, "-l") != 0 && strcmp(mode, "-c") != 0) {
				printf("said");
				for (int i = 1; i < argc; i++)
					printf(" %s", argv[i]);
				printf("\n");
				return 0;
			}
			for (int i = 2; i < argc; i++) {
				if (mode[1] == 'l')
					list(argv[i]);
				else if (open(argv[i], O_CREAT | O_EXCL | O_WRONLY, 0644) < 0)
					printf("%s: %s\n", argv[i], strerrorname_np(errno));
				else
					printf("%s: made\n", argv[i]);
			}
			return 0;
		}
	C
}

# bundle_of PROGRAM [ARG...]: a bundle whose entrypoint that is
bundle_of() {
	local word list=

	for word; do
		list+="${list:+, }\"$word\""
	done
	make_bundle bundle <<-YAML
		name: bundle
		version: 1.0.0
		entrypoint: [$list]
	YAML
}

use_say() {
	mkdir -p "$(dirname "$1")"
	cp "$BATS_FILE_TMPDIR/say" "$1"
	chmod 0755 "$1"
}

has_line() {
	grep -qxF -e "$1" <<<"$output" || fail "no line \"$1\" in:" "$output"
}

# What stands in a directory: to see that it stayed as it was. bats' own files are left out.
fingerprint() {
	(cd "$1" && find . -mindepth 1 ! -name 'separate-stderr-*' -printf '%p %y %m %U %G %s %T@ %l\n' |
		sort)
}

unchanged() {
	diff <(echo "$2") <(fingerprint "$1") || fail "$1 has changed"
}

@test "--runtime none shows no /usr and no /etc, and a static program needs neither" {
	requires userns cc
	bundle_of say -l / /usr /etc /plugin
	use_say "$BUNDLE/say"
	run_plugbox 0 run --runtime none "$BUNDLE"
	assert_eq "$output" "$(printf '%s\n' '/: dev plugin proc tmp' '/usr: ENOENT' '/etc: ENOENT' \
		'/plugin: plugin.yaml say')"
	run_plugbox 0 run "$BUNDLE"
	assert_match '/usr: .*bin' "$output"
	# but for what it asks for
	echo 'permissions: [user_database]' >>"$BUNDLE/plugin.yaml"
	run_plugbox 0 run --runtime none "$BUNDLE"
	has_line '/: dev etc plugin proc tmp'
	assert_match '/etc: group .*passwd' "$output"
}

@test "a dynamic program says that it needs a runtime" {
	requires userns cc
	bundle_of dynamic
	cc -x c -o "$BUNDLE/dynamic" - <<-'C'
		int main(void) { return 11; }
	C
	chmod 0755 "$BUNDLE/dynamic"
	run_plugbox 127 run --runtime none "$BUNDLE"
	assert_match 'loader.*--runtime' "$stderr"
	run_plugbox 11 run "$BUNDLE"
	run_plugbox 11 run --runtime host "$BUNDLE"
}

@test "--runtime DIR takes /usr from there, read-only, and nothing from the host" {
	local rt=$BATS_TEST_TMPDIR/rt before

	requires userns cc
	use_say "$rt/usr/bin/say"
	mkdir -p "$rt/usr/share" "$rt/etc/ssl/certs" "$rt/etc/ssl/private" "$rt/home"
	echo x >"$rt/etc/passwd"
	echo x >"$rt/etc/ssl/private/key"
	ln -s usr/bin "$rt/bin"
	chmod -R a+rwX "$rt"
	before=$(fingerprint "$rt")
	run_plugbox 0 run --runtime "$rt" --no-bundle -- say -l / /usr /usr/bin /bin /etc/ssl /home
	assert_eq "$output" "$(printf '%s\n' '/: bin dev etc proc tmp usr' '/usr: bin share' \
		'/usr/bin: say' '/bin: say' '/etc/ssl: certs' '/home: ENOENT')"
	run_plugbox 0 run --runtime "$rt" --no-bundle -- /bin/say -c /usr/x /usr/bin/x /etc/x \
		/etc/ssl/certs/x /bin/x /tmp/x
	assert_eq "$output" "$(printf '%s: EROFS\n' /usr/x /usr/bin/x /etc/x /etc/ssl/certs/x /bin/x;
		echo '/tmp/x: made')"
	run_plugbox 127 run --runtime "$rt" --no-bundle -- true
	run_plugbox 0 run --no-bundle -- true
	# a script's interpreter comes from there too
	bundle_of script
	bundle_file script <<<'#!/usr/bin/say an argument'
	run_plugbox 0 run --runtime "$rt" "$BUNDLE" -- more
	assert_eq "$output" 'said an argument /plugin/script more'
	unchanged "$rt" "$before"
}

@test "options that lay something into the runtime do not write to the host" {
	local rt=$BATS_TEST_TMPDIR/rt before

	requires userns cc
	use_say "$rt/usr/bin/say"
	mkdir -p "$rt/usr/share" "$rt/etc/ssl/certs"
	chmod -R a+rwX "$rt"
	before=$(fingerprint "$rt")
	# whether these are refused or laid over it is not the point
	run -0 --separate-stderr "$PLUGBOX" run --runtime "$rt" --no-bundle -- say
	run "$PLUGBOX" run --runtime "$rt" --no-bundle --dir /usr/made -- say
	unchanged "$rt" "$before"
	run "$PLUGBOX" run --runtime "$rt" --no-bundle --symlink say /usr/bin/link -- say
	unchanged "$rt" "$before"
	run "$PLUGBOX" run --runtime "$rt" --no-bundle --tmpfs /usr/made -- say
	unchanged "$rt" "$before"
	run "$PLUGBOX" run --runtime "$rt" --no-bundle --ro-bind "$rt" /usr/made -- say
	unchanged "$rt" "$before"
	run "$PLUGBOX" run --runtime "$rt" --no-bundle --symlink x /etc/ssl/certs/link -- say
	unchanged "$rt" "$before"
	mkdir "$BATS_TEST_TMPDIR/add"
	chmod 0777 "$BATS_TEST_TMPDIR/add"
	run "$PLUGBOX" run --no-bundle --runtime-add "$BATS_TEST_TMPDIR/add" \
		--symlink x "$BATS_TEST_TMPDIR/add/link" --dir "$BATS_TEST_TMPDIR/add/dir" -- true
	[[ -z $(ls -A "$BATS_TEST_TMPDIR/add") ]]
}

@test "links in a runtime tree lead to the tree, never to the host" {
	local rt=$BATS_TEST_TMPDIR/rt

	requires userns cc
	use_say "$rt/usr/bin/say"
	mkdir -p "$rt/shared" "$rt/etc/ssl"
	echo the tree >"$rt/shared/of-the-tree"
	ln -s /shared "$rt/lib"
	ln -s ../../../../../../../../../../shared "$rt/sbin"
	ln -s /home "$rt/lib64"
	ln -s /var "$rt/etc/alternatives"
	ln -s /proc/self/root "$rt/bin"
	chmod -R a+rX "$rt"
	run_plugbox 0 run --runtime "$rt" --no-bundle -- say -l / /lib /sbin /etc
	has_line '/: dev etc lib proc sbin tmp usr'
	has_line '/lib: of-the-tree'
	has_line '/sbin: of-the-tree'
	has_line '/etc: hosts nsswitch.conf'
	ln -sfn /etc "$rt/usr2"
	mv "$rt/usr" "$rt/real"
	ln -s /etc "$rt/usr"
	run_plugbox 127 run --runtime "$rt" --no-bundle -- say
	mkdir "$BATS_TEST_TMPDIR/empty"
	run_plugbox 2 run --runtime "$BATS_TEST_TMPDIR/empty" --no-bundle -- say
	run_plugbox 2 run --runtime "$BATS_TEST_TMPDIR/absent" --no-bundle -- say
	run_plugbox 2 run --runtime "$BATS_FILE_TMPDIR/say" --no-bundle -- say
}

@test "an interpreter that only the caller's PATH has is named, not bound; --runtime-add shows it" {
	local py=$BATS_TEST_TMPDIR/py flat=$BATS_TEST_TMPDIR/flat

	requires userns cc
	use_say "$py/bin/foolang"
	use_say "$py/lib/library"
	use_say "$flat/barlang"
	chmod -R a+rX "$py" "$flat"
	bundle_of foolang -u main.foo
	PATH=$py/bin:$PATH run_plugbox 127 run "$BUNDLE"
	assert_match "$py/bin/foolang" "$stderr"
	assert_match "--runtime-add $py(\$|[^/])" "$stderr"
	PATH=$py/bin:$PATH run_plugbox 0 run --runtime-add "$py" "$BUNDLE"
	assert_eq "$output" 'said -u main.foo'
	# it is the option that shows it, not the caller's PATH
	run_plugbox 0 run --runtime-add "$py" "$BUNDLE"
	run_plugbox 127 run "$BUNDLE"
	refute_match 'runtime-add' "$stderr"
	# a script's interpreter by its path and through env; two at once; not below bin
	bundle_of script
	bundle_file script <<<'#!/usr/bin/env foolang'
	PATH=$py/bin:$PATH run_plugbox 127 run "$BUNDLE"
	assert_match "--runtime-add $py(\$|[^/])" "$stderr"
	run_plugbox 0 run --runtime-add "$py" "$BUNDLE"
	assert_eq "$output" 'said /plugin/script'
	bundle_file script <<<"#!$flat/barlang"
	run_plugbox 127 run "$BUNDLE"
	run_plugbox 0 run --runtime-add "$py" --runtime-add "$flat" "$BUNDLE"
	assert_eq "$output" 'said /plugin/script'
	bundle_of barlang
	PATH=$flat:$PATH run_plugbox 127 run "$BUNDLE"
	assert_match "--runtime-add $flat" "$stderr"
	# shown whole, read-only
	chmod 0777 "$py" "$py/lib"
	bundle_of foolang -c "$py/x" "$py/lib/x"
	run_plugbox 0 run --runtime-add "$py" "$BUNDLE"
	assert_eq "$output" "$(printf '%s: EROFS\n' "$py/x" "$py/lib/x")"
	bundle_of foolang -l "$py" "$BATS_TEST_TMPDIR"
	run_plugbox 0 run --runtime-add "$py" "$BUNDLE"
	has_line "$py: bin lib"
	has_line "$BATS_TEST_TMPDIR: py"
	run_plugbox 125 run --runtime-add "$py/absent" "$BUNDLE"
}

@test "a version manager's link leads to the directory that has the program" {
	local py=$BATS_TEST_TMPDIR/py

	requires userns cc
	use_say "$py/versions/3/bin/foolang3"
	mkdir -p "$py/bin"
	ln -s ../versions/3/bin/foolang3 "$py/bin/foolang3"
	ln -s "$py/absent" "$py/bin/dangling"
	chmod -R a+rX "$py"
	bundle_of foolang3 hello
	PATH=$py/bin:$PATH run_plugbox 127 run "$BUNDLE"
	assert_match "--runtime-add $py/versions/3" "$stderr"
	run_plugbox 0 run --runtime-add "$py/versions/3" "$BUNDLE"
	assert_eq "$output" 'said hello'
	bundle_of dangling
	PATH=$py/bin:$PATH run_plugbox 127 run "$BUNDLE"
	refute_match 'runtime-add' "$stderr"
}

# try CODE FILE [ARG...]: runs a file of the bundle as a command's program
try() {
	run_plugbox "$1" run --bundle "$BUNDLE" -- "./$2" "${@:3}"
}

@test "scripts find their interpreter as the kernel does" {
	requires userns cc python3
	BUNDLE=$BATS_TEST_TMPDIR/b
	use_say "$BUNDLE/say"
	bundle_file shell <<<$'#!/bin/sh\necho "$0 $1"'
	bundle_file python <<<$'#!/usr/bin/env python3\nimport sys; print("python", sys.argv[1])'
	bundle_file split <<<$'#!/usr/bin/env -S python3 -I\nimport sys; print("flags", sys.flags.isolated)'
	bundle_file first <<<"#!$BUNDLE/say one argument"
	bundle_file chain <<<"#!$BUNDLE/first"
	bundle_file blanks <<<"#!  $BUNDLE/say  x  "
	bundle_file crlf <<<$'#!/bin/sh\r'
	bundle_file relative <<<'#!say'
	bundle_file absent <<<'#!/usr/bin/absent-interpreter'
	bundle_file env-absent <<<'#!/usr/bin/env absent-interpreter'
	bundle_file directory <<<'#!/usr/bin'
	bundle_file loop <<<"#!$BUNDLE/loop"
	bundle_file plain <<<'no first line to speak of'
	bundle_file empty </dev/null
	bundle_file mode 0644 <<<'#!/bin/sh'
	chmod -R a+rX "$BUNDLE" "$BATS_TEST_TMPDIR"
	chmod a+rx "$BATS_TEST_TMPDIR/.."
	try 0 shell word
	assert_match ' word$' "$output"
	try 0 python word
	assert_eq "$output" 'python word'
	try 0 split
	assert_eq "$output" 'flags 1'
	try 0 first word
	assert_match '^said one argument .*/first word$' "$output"
	try 0 chain word
	assert_match "^said one argument $BUNDLE/first .*word\$" "$output"
	try 0 blanks
	assert_match '^said x .*blanks$' "$output"
	try 127 crlf
	try 126 relative
	try 127 absent
	assert_match 'absent-interpreter' "$stderr"
	try 127 env-absent
	assert_match 'absent-interpreter' "$stderr"
	try 126 directory
	try 126 loop
	try 126 plain
	try 126 empty
	try 126 mode
	assert_match 'chmod' "$stderr"
	# the control: given to its interpreter, the same file needs no permission to execute
	run_plugbox 0 run --bundle "$BUNDLE" -- sh ./mode
}

@test "what is no program is refused without waiting for it" {
	requires userns cc
	BUNDLE=$BATS_TEST_TMPDIR/b
	use_say "$BUNDLE/say"
	mkdir "$BUNDLE/directory"
	mkfifo -m 0755 "$BUNDLE/fifo"
	ln -s absent "$BUNDLE/dangling"
	ln -s cycle "$BUNDLE/cycle"
	ln -s say "$BUNDLE/link"
	printf '\x7fELF\x02\x01\x01' | bundle_file torn
	head -c 4096 "$BUNDLE/say" | bundle_file short
	# a program of another machine: e_machine is at offset 18
	bundle_file foreign <"$BUNDLE/say"
	printf '\xff\x7f' | dd of="$BUNDLE/foreign" bs=1 seek=18 conv=notrunc status=none
	bundle_file fifo-script <<<"#!$BUNDLE/fifo"
	chmod -R a+rX "$BUNDLE" "$BATS_TEST_TMPDIR"
	chmod a+rx "$BATS_TEST_TMPDIR/.."
	try 0 link x
	assert_eq "$output" 'said x'
	try 0 directory/../say y
	assert_eq "$output" 'said y'
	try 126 directory
	try 126 fifo
	try 126 fifo-script
	try 127 dangling
	try 126 cycle
	try 127 absent
	try 127 absent/say
	try 127 say/say
	try 126 torn
	try 126 foreign
	[[ -z $output ]]
	# a program that may be executed and not read
	chmod 0111 "$BUNDLE/say"
	try 0 say z
	assert_eq "$output" 'said z'
	run ! cat "$BUNDLE/say" 2>/dev/null || [[ $EUID -eq 0 ]]
}

@test "a program of the bundle comes before one of the same name in PATH" {
	requires userns cc
	bundle_of true
	run_plugbox 0 run "$BUNDLE"
	assert_eq "$output" ''
	use_say "$BUNDLE/true"
	run_plugbox 0 run "$BUNDLE"
	assert_eq "$output" said
	bundle_of sub/true a
	use_say "$BUNDLE/sub/true"
	run_plugbox 0 run --chdir /tmp "$BUNDLE" -- b
	assert_eq "$output" 'said a b'
	bundle_of absent-program
	run_plugbox 127 run "$BUNDLE"
	bundle_of sub
	run_plugbox 126 run "$BUNDLE"
}

@test "links in the bundle's root named like directories of the root lead nowhere" {
	local victim=$BATS_TEST_TMPDIR/victim name before

	requires userns cc
	bundle_of say -l / /dev /tmp /plugin/plugin /plugin/up /plugin/victim /plugin/dev
	use_say "$BUNDLE/say"
	mkdir "$victim"
	echo secret >"$victim/file"
	chmod 0777 "$victim"
	for name in dev proc etc usr tmp bin lib lib64 data run root home; do
		ln -s "$victim" "$BUNDLE/$name"
	done
	ln -s ../.. "$BUNDLE/plugin"
	ln -s "../../../../../../../..$victim" "$BUNDLE/up"
	ln -s "$victim" "$BUNDLE/victim"
	before=$(fingerprint "$BATS_TEST_TMPDIR")
	run_plugbox 0 run --runtime none "$BUNDLE"
	has_line '/: dev plugin proc tmp'
	has_line '/dev: fd full null random shm stderr stdin stdout urandom zero'
	has_line '/tmp:'
	has_line '/plugin/plugin: dev plugin proc tmp'
	has_line '/plugin/up: ENOENT'
	has_line '/plugin/victim: ENOENT'
	has_line '/plugin/dev: ENOENT'
	run_plugbox 0 run --allow storage --data-dir "$BATS_TEST_TMPDIR/data-base" "$BUNDLE"
	rm -rf "$BATS_TEST_TMPDIR/data-base"
	unchanged "$BATS_TEST_TMPDIR" "$before"
	# the control: outside they lead there
	[[ -e $BUNDLE/up/file && -e $BUNDLE/dev/file ]]
}

@test "nothing is mounted or made through a link of the bundle" {
	local victim=$BATS_TEST_TMPDIR/victim before option

	requires userns cc
	bundle_of say -l /plugin/real /plugin/real/sub
	use_say "$BUNDLE/say"
	mkdir -p "$victim/sub" "$BUNDLE/real/sub" "$BATS_TEST_TMPDIR/source"
	echo secret >"$victim/file"
	echo other >"$BATS_TEST_TMPDIR/source/other"
	chmod -R a+rwX "$victim" "$BATS_TEST_TMPDIR/source"
	ln -s "$victim" "$BUNDLE/absolute"
	ln -s ../victim "$BUNDLE/relative"
	ln -s real "$BUNDLE/inner"
	ln -s /proc/self/cwd "$BUNDLE/magic"
	before=$(fingerprint "$BATS_TEST_TMPDIR")
	for option in absolute absolute/sub relative relative/sub inner inner/sub magic; do
		run_plugbox 125 run --tmpfs "/plugin/$option" "$BUNDLE"
		[[ -z $output && $stderr == *"/plugin/$option"* ]]
	done
	run_plugbox 125 run --ro-bind "$BATS_TEST_TMPDIR/source" /plugin/absolute "$BUNDLE"
	run_plugbox 125 run --bind "$BATS_TEST_TMPDIR/source" /plugin/inner/sub "$BUNDLE"
	run_plugbox 125 run --bind "$BATS_TEST_TMPDIR/source/other" /plugin/absolute/file "$BUNDLE"
	run_plugbox 125 run --dir /plugin/absolute/made "$BUNDLE"
	run_plugbox 125 run --symlink x /plugin/absolute/made "$BUNDLE"
	# read-only it stays: no mount point is made in it
	run_plugbox 125 run --tmpfs /plugin/new "$BUNDLE"
	run_plugbox 125 run --symlink x /plugin/new "$BUNDLE"
	unchanged "$BATS_TEST_TMPDIR" "$before"
	# the control: a real directory of it can be mounted over
	run_plugbox 0 run --tmpfs /plugin/real "$BUNDLE"
	assert_eq "$output" "$(printf '%s\n' '/plugin/real:' '/plugin/real/sub: ENOENT')"
	run_plugbox 0 run --ro-bind "$BATS_TEST_TMPDIR/source" /plugin/real/sub "$BUNDLE"
	has_line '/plugin/real/sub: other'
	unchanged "$BATS_TEST_TMPDIR" "$before"
}

@test "an entrypoint that is a link is followed inside the sandbox only" {
	local outside=$BATS_TEST_TMPDIR/outside

	requires userns cc
	use_say "$outside/say"
	chmod -R a+rX "$outside"
	bundle_of main
	use_say "$BUNDLE/real"
	ln -s real "$BUNDLE/main"
	run_plugbox 0 run "$BUNDLE"
	assert_eq "$output" said
	ln -sfn /plugin/real "$BUNDLE/main"
	run_plugbox 0 run "$BUNDLE"
	# the runtime's, which is what the sandbox has there
	ln -sfn /bin/sh "$BUNDLE/main"
	run_plugbox 5 run "$BUNDLE" -- -c 'exit 5'
	run_plugbox 127 run --runtime none "$BUNDLE"
	ln -sfn /etc/shadow "$BUNDLE/main"
	run_plugbox 127 run "$BUNDLE"
	ln -sfn "$outside/say" "$BUNDLE/main"
	run_plugbox 127 run "$BUNDLE"
	ln -sfn ../outside/say "$BUNDLE/main"
	run_plugbox 127 run "$BUNDLE"
	run_command 0 "$BUNDLE/main" control
	assert_eq "$output" 'said control'
}

# leads_nowhere ARG...: the launch finds nothing that it could execute
leads_nowhere() {
	status=0
	output=$(timeout -k 5 "$RUN_SECONDS" "$PLUGBOX" run "$@" 2>/dev/null) || status=$?
	assert_match '^12[67]$' "$status"
	assert_eq "$output" ''
}

@test "an entrypoint cannot lead out through /proc" {
	local outside=$BATS_TEST_TMPDIR/outside fd link before

	requires userns cc
	use_say "$outside/say"
	chmod -R a+rX "$outside"
	bundle_of main
	use_say "$BUNDLE/real"
	# a descriptor of the launcher, from which ".." leads up; the program itself; its root
	for fd in {3..12}; do
		ln -sfn "/proc/self/fd/$fd/../outside/say" "$BUNDLE/main"
		leads_nowhere "$BUNDLE"
	done
	for link in exe root/../outside/say cwd/../outside/say "root$outside/say"; do
		ln -sfn "/proc/self/$link" "$BUNDLE/main"
		leads_nowhere "$BUNDLE" -- --version
	done
	rm "$BUNDLE/main"
	bundle_file main <<<'#!/proc/self/fd/3/../outside/say'
	leads_nowhere "$BUNDLE"
	# the control
	ln -sfn "/proc/self/root$outside/say" "$BUNDLE/main"
	run_command 0 "$BUNDLE/main"
	assert_eq "$output" said
}

@test "a manifest that is a pipe, a link or a directory is an error at once" {
	requires userns
	BUNDLE=$BATS_TEST_TMPDIR/b
	mkdir "$BUNDLE"
	mkfifo "$BUNDLE/plugin.yaml"
	run_plugbox 2 run "$BUNDLE"
	run_plugbox 2 run "$BUNDLE/plugin.yaml"
	rm "$BUNDLE/plugin.yaml"
	bundle_of true
	mv "$BUNDLE/plugin.yaml" "$BATS_TEST_TMPDIR/elsewhere.yaml"
	ln -s ../elsewhere.yaml "$BUNDLE/plugin.yaml"
	run_plugbox 2 run "$BUNDLE"
	rm "$BUNDLE/plugin.yaml"
	ln -s /dev/stdin "$BUNDLE/plugin.yaml"
	run_plugbox 2 run "$BUNDLE" <"$BATS_TEST_TMPDIR/elsewhere.yaml"
	rm "$BUNDLE/plugin.yaml"
	mkdir "$BUNDLE/plugin.yaml"
	run_plugbox 2 run "$BUNDLE"
	rmdir "$BUNDLE/plugin.yaml"
	run_plugbox 2 run "$BUNDLE"
	cp "$BATS_TEST_TMPDIR/elsewhere.yaml" "$BUNDLE/plugin.yaml"
	run_plugbox 0 run "$BUNDLE"
	run_plugbox 0 run "$BUNDLE/plugin.yaml"
	# the bundle itself may be named through a link: that is the caller's word
	ln -s bundle "$BATS_TEST_TMPDIR/link"
	run_plugbox 0 run "$BATS_TEST_TMPDIR/link"
}

@test "pipes, sockets and odd names in a bundle do no harm" {
	requires userns cc python3
	bundle_of say -l /plugin
	use_say "$BUNDLE/say"
	mkfifo "$BUNDLE/pipe" "$BUNDLE/main.py"
	/usr/bin/python3 -c 'import os, socket, sys
os.chdir(sys.argv[1]); socket.socket(socket.AF_UNIX).bind("socket")' "$BUNDLE"
	echo >"$BUNDLE/null"
	echo >"$BUNDLE/"$'new\nline'
	mkdir "$BUNDLE/dev" "$BUNDLE/proc" "$BUNDLE/tmp"
	cp "$BUNDLE/say" "$BUNDLE/dev/null"
	run_plugbox 0 run "$BUNDLE"
	assert_match '^/plugin: dev main.py new
line null pipe plugin.yaml proc say socket tmp$' "$output"
	# a bundle with a name that a mount table or a message could trip over
	cp -r "$BUNDLE/say" "$BUNDLE/plugin.yaml" "$BATS_TEST_TMPDIR/"
	mkdir "$BATS_TEST_TMPDIR/"$'od d\n:,\\040'
	mv "$BATS_TEST_TMPDIR/say" "$BATS_TEST_TMPDIR/plugin.yaml" "$BATS_TEST_TMPDIR/"$'od d\n:,\\040/'
	run_plugbox 0 run "$BATS_TEST_TMPDIR/"$'od d\n:,\\040'
	assert_eq "$output" '/plugin: plugin.yaml say'
}
