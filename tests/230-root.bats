#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2154 # bats' run sets output and stderr
#
# Started by root: who the plugin is on the host, and what of root's it can reach.

load helper

# python_plugin <<source: the bundle's main. attempt prints "NAME: ok" or "NAME: ERRNO".
python_plugin() {
	{
		cat <<-'PY'
			#!/usr/bin/python3 -IS
			import errno, os, sys

			def attempt(name, call, *args):
			    try:
			        call(*args)
			        print(f'{name}: ok', flush=True)
			    except OSError as e:
			        print(f'{name}: {errno.errorcode[e.errno]}', flush=True)

		PY
		cat
	} | bundle_file main
}

# asking [PERMISSION...]: a bundle whose manifest asks for that, a line of YAML each
asking() {
	make_bundle asking < <(
		printf '%s\n' 'name: asking' 'version: 1.0.0' 'entrypoint: main' 'permissions:'
		printf '  - %s\n' "${@:-subprocess}"
	)
}

has_line() {
	grep -qxF -e "$1" <<<"$output" || fail "no line \"$1\" in:" "$output"
}

# seen_from_outside OPTION...: starts a plugin that waits, and sets UIDS, GIDS, GROUPS_OF,
# CAPS, UID_MAP and GID_MAP to what the host's /proc says of it and of its pid 1
seen_from_outside() {
	local info=$BATS_TEST_TMPDIR/info pid init launcher fd line

	asking subprocess
	python_plugin <<-'PY'
		print('ready', flush=True)
		sys.stdin.read()
	PY
	coproc HELD { exec timeout -k 5 "$RUN_SECONDS" "$PLUGBOX" run --info-fd 5 "$@" "$BUNDLE" 5>"$info" 3>&-; }
	launcher=$HELD_PID
	exec {fd}<&"${HELD[0]}"
	read -r -t "$WAIT_SECONDS" -u "$fd" line
	assert_eq "$line" ready
	init=$(as_json 'd["child-pid"]' "$(cat "$info")")
	pid=$(tr -d ' ' <"/proc/$init/task/$init/children")
	UIDS=$(sed -n 's/^Uid:\t//p' "/proc/$init/status" "/proc/$pid/status" | tr '\t' '\n' | sort -u)
	GIDS=$(sed -n 's/^Gid:\t//p' "/proc/$init/status" "/proc/$pid/status" | tr '\t' '\n' | sort -u)
	GROUPS_OF=$(sed -n 's/^Groups:\t//p' "/proc/$init/status" "/proc/$pid/status" | tr -d ' \n')
	CAPS=$(sed -n 's/^Cap...:\t//p' "/proc/$init/status" "/proc/$pid/status" | sort -u)
	UID_MAP=$(tr -s ' ' <"/proc/$init/uid_map")
	GID_MAP=$(tr -s ' ' <"/proc/$init/gid_map")
	eval "exec ${HELD[1]}>&-"
	exec {fd}<&-
	wait "$launcher"
}

@test "a plugin of root's is nobody on the host, and host id 0 is not mapped" {
	requires root userns python3
	seen_from_outside
	assert_eq "$UIDS" 65534
	assert_eq "$GIDS" 65534
	assert_eq "$GROUPS_OF" ''
	assert_eq "$CAPS" 0000000000000000
	assert_eq "$UID_MAP" ' 1000 65534 1'
	assert_eq "$GID_MAP" ' 1000 65534 1'
}

@test "a plugin of an ordinary user is that user, without a capability" {
	requires user userns python3
	seen_from_outside
	assert_eq "$UIDS" "$EUID"
	assert_eq "$GIDS" "$(id -g)"
	assert_eq "$CAPS" 0000000000000000
	assert_eq "$UID_MAP" " 1000 $EUID 1"
	assert_eq "$GID_MAP" " 1000 $(id -g) 1"
}

@test "--run-as names another user, by number or name, and with or without a group" {
	requires root userns python3
	seen_from_outside --run-as 12345:23456
	assert_eq "$UIDS $GIDS $GROUPS_OF $UID_MAP $GID_MAP" '12345 23456   1000 12345 1  1000 23456 1'
	seen_from_outside --run-as 12345
	assert_eq "$UIDS $GIDS $GROUPS_OF" '12345 65534 '
	seen_from_outside --run-as daemon
	assert_eq "$UIDS $GIDS $GROUPS_OF" "$(id -u daemon) $(id -g daemon) "
	seen_from_outside --run-as "daemon:nogroup"
	assert_eq "$UIDS $GIDS $GROUPS_OF" "$(id -u daemon) $(getent group nogroup | cut -d: -f3) "
}

@test "who is not in /etc/passwd is asked of the name services" {
	requires root userns python3 cc
	local dir=$BATS_TEST_TMPDIR file there maps text unasked

	# nobody at all: no home, and no fault either
	asking
	bundle_file main <<<$'#!/bin/sh\necho ran'
	run_command 0 setpriv --reuid 12345 --regid 12345 --clear-groups "$PLUGBOX" run "$BUNDLE"
	assert_eq "$output" ran
	# and where they cannot be asked nobody knows whether that user has said anything: nothing is run
	cc_static "$dir/without" <"$BATS_TEST_DIRNAME/lib/without.c"
	# with an /etc in which nsswitch.conf has that text
	cat >"$dir/services" <<-'EOF'
		passwd=$(cat /etc/passwd) group=$(cat /etc/group)
		mount -t tmpfs -o mode=0755 none /etc
		printf '%s\n' "$passwd" >/etc/passwd
		printf '%s\n' "$group" >/etc/group
		[ -z "$1" ] || printf '%s\n' "$1" >/etc/nsswitch.conf
		shift
		exec "$@"
	EOF
	unasked=("$dir/without" memfd_create -- "$PLUGBOX" run)
	for text in 'passwd: files systemd' $'passwd: files\npasswd: files systemd' \
		$'passwd: files\n passwd: systemd' $'passwd: files\npasswd files systemd' \
		'passwd: files [NOTFOUND=return] systemd' 'group: files'; do
		run_command 125 unshare -m sh "$dir/services" "$text" setpriv --reuid 12345 --regid 12345 \
			--clear-groups "${unasked[@]}" "$BUNDLE"
		assert_match 'cannot tell the home directory of user 12345: Function not implemented' "$stderr"
		assert_match 'a line in /etc/passwd' "$stderr"
	done
	# but where no other service is named the files are all there is
	for text in '' 'passwd: files' $'#passwd: systemd\n passwd :files \npasswd: files\ngroup: files systemd'; do
		[[ -n $text || ! -e /usr/etc/nsswitch.conf ]] || continue
		run_command 0 unshare -m sh "$dir/services" "$text" setpriv --reuid 12345 --regid 12345 \
			--clear-groups "${unasked[@]}" "$BUNDLE"
		assert_eq "$output" ran
	done
	run_command 0 "${unasked[@]}" "$BUNDLE"
	run_command 125 unshare -m sh "$dir/services" 'passwd: files systemd' "${unasked[@]}" \
		--run-as faraway "$BUNDLE"
	assert_match 'cannot look up user "faraway"' "$stderr"
	run_command 2 unshare -m sh "$dir/services" 'passwd: files' "${unasked[@]}" --run-as faraway "$BUNDLE"
	assert_match 'no user "faraway"' "$stderr"
	# plugbox reads a file up to a size; what is in a larger one only the C library can tell, with
	# no other service too
	printf '%s: files\n' passwd group >"$dir/nsswitch.conf"
	for file in passwd group; do
		cp "/etc/$file" "$dir/$file"
		head -c 1200000 /dev/zero | tr '\0' '#' | fold -w 1000 >>"$dir/$file"
	done
	printf '\nfaraway:x:23456:34567::/nowhere:/bin/sh\n' >>"$dir/passwd"
	printf '\nfarothers:x:45678:\n' >>"$dir/group"
	cat >"$dir/there" <<-'EOF'
		mount --bind "$1/passwd" /etc/passwd
		mount --bind "$1/group" /etc/group
		[ ! -e /etc/nsswitch.conf ] || mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf
		shift
		exec "$@"
	EOF
	there=(unshare -m sh "$dir/there" "$dir" "$PLUGBOX" run --no-bundle)
	maps=(/usr/bin/cat /proc/self/uid_map /proc/self/gid_map)
	run_command 0 "${there[@]}" --run-as faraway -- "${maps[@]}"
	assert_eq "$(tr -s ' ' <<<"$output")" $' 1000 23456 1\n 1000 34567 1'
	run_command 0 "${there[@]}" --run-as faraway:farothers -- "${maps[@]}"
	assert_eq "$(tr -s ' ' <<<"$output")" $' 1000 23456 1\n 1000 45678 1'
	run_command 2 "${there[@]}" --run-as farbeyond -- "${maps[@]}"
	assert_match 'no user "farbeyond"' "$stderr"
	run_command 2 "${there[@]}" --run-as faraway:farbeyond -- "${maps[@]}"
	assert_match 'no group "farbeyond"' "$stderr"
	# control: without the large files nobody knows them
	run_command 2 "$PLUGBOX" run --no-bundle --run-as faraway -- "${maps[@]}"
}

@test "no plugin runs as root, however it is written" {
	local who

	requires root userns
	asking
	bundle_file main <<<$'#!/bin/sh\necho ran'
	for who in 0 root 0:0 root:root 0:12345 12345:0 12345:root daemon:0 00 +0 -0 0x0 4294967295 \
		4294967296 -1 '' : 12345: :12345 1:2:3 plugbox-absent-user 12345:plugbox-absent-group; do
		run_plugbox 2 run --run-as "$who" "$BUNDLE"
		[[ -z $output ]]
	done
	run_plugbox 0 run --run-as 12345:12345 "$BUNDLE"
	assert_eq "$output" ran
}

@test "--run-as is root's" {
	requires user userns
	asking
	bundle_file main <<<$'#!/bin/sh\necho ran'
	run_plugbox 2 run --run-as nobody "$BUNDLE"
	[[ -z $output && $stderr == *root* ]]
	run_plugbox 2 run --run-as "$EUID" "$BUNDLE"
	run_plugbox 0 run "$BUNDLE"
	assert_eq "$output" ran
}

@test "a bundle that only root can reach and read works, and stays as it is" {
	requires all_calls
	local d=$BATS_TEST_TMPDIR/private/deep/bundle

	requires root userns python3
	asking subprocess
	python_plugin <<-'PY'
		sys.path.insert(0, '/plugin')
		import module
		print('module', module.value, open('/plugin/data').read().strip())
		st = os.stat('/plugin/data')
		print('mine', st.st_uid == os.getuid(), oct(st.st_mode & 0o777))
		attempt('third', open, '/plugin/third')
		attempt('write', os.open, '/plugin/data', os.O_WRONLY)
		attempt('create', os.open, '/plugin/new', os.O_CREAT | os.O_WRONLY)
		attempt('chmod', os.chmod, '/plugin/data', 0o644)
		attempt('unlink', os.unlink, '/plugin/data')
		attempt('utime', os.utime, '/plugin/data')
		attempt('up', os.listdir, sys.argv[1])
	PY
	mkdir -p "$d"
	mv "$BUNDLE"/* "$d/"
	echo 'value = 1' >"$d/module.py"
	echo text >"$d/data"
	echo secret >"$d/third"
	chmod 0600 "$d"/*
	chmod 0700 "$d/main" "$d" "$d/.." "$d/../.."
	chown 12345:12345 "$d/third"
	find "$d" -printf '%p %m %U %G %s %T@\n' | sort >"$BATS_TEST_TMPDIR/before"
	run_plugbox 0 run "$d" -- "$d/.."
	has_line 'module 1 text'
	has_line 'mine True 0o600'
	has_line 'third: EACCES'
	has_line 'write: EROFS'
	has_line 'create: EROFS'
	has_line 'chmod: EROFS'
	has_line 'unlink: EROFS'
	has_line 'utime: EROFS'
	has_line 'up: ENOENT'
	# by the manifest's path, for another user, and as the working directory of a command
	run_plugbox 0 run "$d/plugin.yaml" -- "$d/.."
	run_plugbox 0 run --run-as 12345:23456 "$d" -- "$d/.."
	has_line 'module 1 text'
	cd "$d"
	run_plugbox 0 run -- cat data module.py
	assert_eq "$output" $'text\nvalue = 1'
	run_plugbox 1 run -- cat third
	find "$d" -printf '%p %m %U %G %s %T@\n' | sort | diff "$BATS_TEST_TMPDIR/before" -
	# the control: nobody itself has no way there
	run_command 1 setpriv --reuid 65534 --regid 65534 --clear-groups cat "$d/data"
}

@test "root runs no bundle that everybody can write" {
	requires root userns
	asking
	bundle_file main <<<$'#!/bin/sh\necho ran'
	chmod o+w "$BUNDLE"
	run_plugbox 2 run "$BUNDLE"
	[[ -z $output ]]
	cd "$BUNDLE"
	run_plugbox 2 run -- ./main
	[[ -z $output ]]
	chmod o-w "$BUNDLE"
	run_plugbox 0 run "$BUNDLE"
	run_plugbox 0 run -- ./main
	assert_eq "$output" ran
}

@test "where ids cannot be mapped a bundle of root's own is a clear error" {
	requires root userns unshare
	mkdir "$BATS_TEST_TMPDIR/ramfs"
	asking
	bundle_file main <<<$'#!/bin/sh\necho ran'
	# ramfs has no idmapped mounts
	cat >"$BATS_TEST_TMPDIR/script" <<-'SH'
		set -eu
		mount -t ramfs -o mode=0700 ramfs "$1"
		cp -r "$2" "$1/bundle"
		chmod "$3" "$1" "$1/bundle"
		exec "$PLUGBOX" run "$1/bundle"
	SH
	run_command 0 unshare --mount bash "$BATS_TEST_TMPDIR/script" "$BATS_TEST_TMPDIR/ramfs" "$BUNDLE" 0755
	assert_eq "$output" ran
	run_command 125 unshare --mount bash "$BATS_TEST_TMPDIR/script" "$BATS_TEST_TMPDIR/ramfs" "$BUNDLE" 0700
	[[ -z $output ]]
	assert_match 'plugbox: .*Permission denied' "$stderr"
	assert_match 'hint: ' "$stderr"
}

@test "what root alone may read is not readable because root granted the path" {
	local d=$BATS_TEST_TMPDIR/granted

	requires root userns python3
	mkdir -p "$d/private" "$d/open"
	echo secret >"$d/secret"
	echo open >"$d/open/file"
	echo secret >"$d/private/file"
	chmod 0755 "$d" "$d/open"
	chmod 0644 "$d/open/file" "$d/private/file"
	chmod 0600 "$d/secret"
	chmod 0700 "$d/private"
	asking "file_system_read: [$d, /etc/shadow]" "file_system_write: [$d/open]"
	python_plugin <<-'PY'
		d = sys.argv[1]
		for path in d + '/secret', d + '/private/file', d + '/open/file', '/etc/shadow':
		    attempt('read ' + os.path.basename(os.path.dirname(path)), open, path)
		attempt('write', os.open, d + '/open/file', os.O_WRONLY)
		attempt('chmod', os.chmod, d + '/open/file', 0o666)
		attempt('chown', os.chown, d + '/open/file', os.getuid(), -1)
		attempt('create', os.open, d + '/open/new', os.O_CREAT | os.O_WRONLY)
	PY
	run_plugbox 0 run --allow file_system_read --allow file_system_write "$BUNDLE" -- "$d"
	assert_eq "$output" "$(printf '%s\n' 'read granted: EACCES' 'read private: EACCES' 'read open: ok' \
		'read etc: EACCES' 'write: EACCES' 'chmod: EPERM' 'chown: EPERM' 'create: EACCES')"
	# the control: the same as root
	run_command 0 /usr/bin/python3 -IS "$BUNDLE/main" "$d"
	refute_match ': E' "$(grep -v chown <<<"$output")"
}

@test "set-id programs and devices in a bundle of root's give nothing" {
	requires root userns cc python3
	asking subprocess
	privileged_bundle
	cc_static "$BUNDLE/ids" <<-'C'
		#include <stdio.h>
		#include <unistd.h>
		int main(void)
		{
			printf("%d %d\n", (int)geteuid(), (int)getegid());
			return 0;
		}
	C
	chmod 6755 "$BUNDLE/ids"
	mknod -m 0666 "$BUNDLE/device" c 1 5
	python_plugin <<-'PY'
		attempt('device', open, '/plugin/device')
		sys.stdout.flush()
		os.waitpid(os.posix_spawn('/plugin/ids', ['ids'], {}), 0)
	PY
	run_plugbox 0 run "$BUNDLE"
	assert_eq "$output" $'device: EACCES\n1000 1000'
	# the control: outside both do what they are for
	run_command 0 setpriv --reuid 65534 --regid 65534 --clear-groups "$BUNDLE/ids"
	assert_eq "$output" '0 0'
	run_command 0 head -c 1 "$BUNDLE/device"
}

@test "storage is the plugin's user's, and nobody else's directory is taken" {
	local data=$BATS_TEST_TMPDIR/data

	requires root userns python3
	asking storage
	python_plugin <<-'PY'
		attempt('write', os.open, '/data/mark', os.O_CREAT | os.O_WRONLY)
	PY
	run_plugbox 0 run --allow storage --data-dir "$data" "$BUNDLE"
	has_line 'write: ok'
	assert_eq "$(stat -c '%u %a' "$data/asking") $(stat -c %u "$data/asking/mark")" '65534 700 65534'
	# another user's, and root's own
	run_plugbox 125 run --run-as 12345 --allow storage --data-dir "$data" "$BUNDLE"
	[[ -z $output ]]
	chown 0:0 "$data/asking"
	run_plugbox 125 run --allow storage --data-dir "$data" "$BUNDLE"
	[[ -z $output ]]
	assert_eq "$(stat -c %u "$data/asking")" 0
	chown 12345 "$data/asking"
	run_plugbox 0 run --run-as 12345 --allow storage --data-dir "$data" "$BUNDLE"
}

@test "storage is made once, however many launches of the plugin are the first" {
	local data=$BATS_TEST_TMPDIR/data round

	requires root userns
	asking storage
	bundle_file main <<<$'#!/bin/sh\n: >>/data/mark'
	for round in 1 2 3 4 5 6 7 8; do
		run_command 0 xargs -P 16 -I{} "$PLUGBOX" run --allow storage --data-dir "$data/$round" \
			--correlation-id {} "$BUNDLE" < <(seq 16)
		assert_eq "$(ls -A "$data/$round") $(stat -c '%u %a' "$data/$round/asking")" 'asking 65534 700'
	done
	# a file system that cannot rename without replacing
	type -P strace >/dev/null || return 0
	run_command 0 strace -qq -o /dev/null -e trace=renameat2 -e inject=renameat2:error=EINVAL \
		"$PLUGBOX" run --allow storage --data-dir "$data/old" "$BUNDLE"
	assert_eq "$(ls -A "$data/old") $(stat -c '%u %a' "$data/old/asking")" 'asking 65534 700'
}

teardown() {
	[[ -z ${PLACE:-} ]] || rm -rf "$PLACE"
}

@test "a setuid, setgid or capable plugbox refuses to run" {
	requires all_calls unsanitized
	local as=(setpriv --reuid 65534 --regid 65534 --clear-groups) owner

	requires root userns setcap setpriv
	asking
	bundle_file main <<<$'#!/bin/sh\necho ran'
	privileged_place
	cp "$PLUGBOX" "$PLACE/plugbox"
	chmod 0755 "$PLACE/plugbox"
	run_command 0 "${as[@]}" "$PLACE/plugbox" run "$BUNDLE"
	assert_eq "$output" ran
	for owner in 0 12345; do
		chown "$owner:$owner" "$PLACE/plugbox"
		chmod 4755 "$PLACE/plugbox"
		run_command 125 "${as[@]}" "$PLACE/plugbox" run "$BUNDLE"
		[[ -z $output && $stderr == *setuid* ]]
		run_command 125 "${as[@]}" "$PLACE/plugbox" --version
		chmod 2755 "$PLACE/plugbox"
		run_command 125 "${as[@]}" "$PLACE/plugbox" run "$BUNDLE"
		[[ -z $output ]]
	done
	chown 0:0 "$PLACE/plugbox"
	chmod 0755 "$PLACE/plugbox"
	setcap cap_sys_admin,cap_setuid+ep "$PLACE/plugbox"
	run_command 125 "${as[@]}" "$PLACE/plugbox" run "$BUNDLE"
	[[ -z $output && $stderr == *capabilit* ]]
	setcap -r "$PLACE/plugbox"
	run_command 0 "${as[@]}" "$PLACE/plugbox" run "$BUNDLE"
	# set-id bits that change nothing are no privilege
	chmod 4755 "$PLACE/plugbox"
	run_command 0 "$PLACE/plugbox" run "$BUNDLE"
}
