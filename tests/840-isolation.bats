#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Hosts that forbid user namespaces: the refusal says which setting does, and what to do about it.

load helper

setup_file() {
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
	cc_static "$BATS_FILE_TMPDIR/without" <"$BATS_TEST_DIRNAME/lib/without.c"
}

# forbidden SETTING COMMAND...: as the user that we are, in a user namespace in which that was done
forbidden() {
	local setting=$1

	shift
	# shellcheck disable=SC2016 # the shell inside expands
	unshare --user --map-root-user --mount sh -ec "$setting"'
		exec "$@"' sh "$@"
}

# refused PATTERN COMMAND...: a launch is refused, in one error and one hint, and nothing ran
refused() {
	local pattern=$1

	shift
	run_command 125 "$@" "$PLUGBOX" run --no-bundle -- /bin/echo ran
	assert_eq "$output" ""
	assert_match "hint: .*$pattern" "$stderr"
	assert_eq "$(wc -l <<<"$stderr")" 2
	# as a host reads it
	run_command 125 "$@" "$PLUGBOX" run --no-bundle --status-file "$BATS_TEST_TMPDIR/status" -- \
		/bin/echo ran
	assert_match "$pattern" "$(as_json_lines '[e["hint"] for e in d if e["event"] == "exit"][0]' \
		"$(cat "$BATS_TEST_TMPDIR/status")")"
	rm "$BATS_TEST_TMPDIR/status"
}

@test "user.max_user_namespaces=0: refused, with the setting and the command that changes it" {
	requires userns unshare
	export -f forbidden
	refused 'user.max_user_namespaces=0: sysctl user.max_user_namespaces=' \
		bash -c 'forbidden "echo 0 >/proc/sys/user/max_user_namespaces" "$@"' bash
}

@test "a kind of namespace whose limit is 0: refused, with that one's setting" {
	requires userns unshare
	local as=()

	export -f forbidden
	# root alone in a user namespace maps nobody's ids
	if ((EUID == 0)); then
		as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
		cp "$PLUGBOX" "$BATS_FILE_TMPDIR/plugbox"
		PLUGBOX=$BATS_FILE_TMPDIR/plugbox
		chmod a+rx "$PLUGBOX"
		chmod a+rwx "$BATS_TEST_TMPDIR"
		chmod a+rx "$BATS_TEST_TMPDIR/.."
		# control
		run_command 0 "${as[@]}" bash -c 'forbidden : "$@"' bash "$PLUGBOX" run --no-bundle -- /bin/echo ran
	fi
	refused 'user.max_net_namespaces=0: sysctl user.max_net_namespaces=' \
		"${as[@]}" bash -c 'forbidden "echo 0 >/proc/sys/user/max_net_namespaces" "$@"' bash
	refused 'user.max_pid_namespaces=0: sysctl user.max_pid_namespaces=' \
		bash -c 'forbidden "echo 0 >/proc/sys/user/max_pid_namespaces" "$@"' bash
}

# setting NAME VALUE COMMAND...: below /proc/sys/kernel stands that alone, and the call that would
# make a user namespace is refused as that setting's kernels refuse it
setting() {
	local name=$1 value=$2 errno=$3

	shift 3
	# shellcheck disable=SC2016 # the shell inside expands
	unshare --user --map-user=1000 --map-group=1000 --keep-caps --mount sh -ec '
		mount -t tmpfs tmpfs /proc/sys/kernel
		echo "$1" >"/proc/sys/kernel/$0"
		shift
		exec "$@"' "$name" "$value" "$BATS_FILE_TMPDIR/without" "userns=$errno" -- \
		setpriv --inh-caps=-all --ambient-caps=-all -- "$@"
}

@test "kernel.unprivileged_userns_clone=0: refused, with the setting" {
	requires userns unshare setpriv
	export -f setting
	refused 'kernel.unprivileged_userns_clone=0: sysctl kernel.unprivileged_userns_clone=1' \
		bash -c 'setting unprivileged_userns_clone 0 1 "$@"' bash
	# the same without it
	refused 'seccomp filter' bash -c 'setting unprivileged_userns_clone 1 1 "$@"' bash
}

@test "AppArmor's restriction: refused, with the setting and a profile that allows it" {
	requires userns unshare setpriv
	export -f setting
	refused 'apparmor_restrict_unprivileged_userns=1.*profile plugbox .*userns,' \
		bash -c 'setting apparmor_restrict_unprivileged_userns 1 13 "$@"' bash
}

@test "a container's filter that refuses user namespaces: refused, and the filter is named" {
	local errno

	requires userns
	# EPERM, ENOSYS, ENOSPC
	for errno in 1 38 28; do
		refused 'seccomp' "$BATS_FILE_TMPDIR/without" "userns=$errno" --
	done
	# and the shim alone does no harm
	run_command 0 "$BATS_FILE_TMPDIR/without" unshare -- "$PLUGBOX" run --no-bundle -- /bin/echo ran
	assert_eq "$output" ran
}

@test "root without CAP_SETUID maps no id: refused, with what it lacks" {
	requires root setpriv
	refused 'CAP_SETUID' setpriv --bounding-set=-setuid --inh-caps=-setuid --
}

@test "an id that has no place in a container: refused, and --run-as is the remedy" {
	# an ordinary user that is root there has no other id to be, and needs none
	requires root userns unshare
	refused '\-\-run-as' unshare --user --map-root-user --
}
