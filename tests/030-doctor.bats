#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# plugbox doctor: what it finds is what is there. Hosts that lack something are made inside a
# user namespace, whose limits and mounts are its own.

load helper

# field ID KEY: a field of one check of the JSON in $output
field() {
	as_json "[c for c in d['checks'] if c['id'] == '$1'][0]['$2']"
}

# lacks: the ids of the checks that stand in the way of a full-strength run
lacks() {
	as_json "' '.join(c['id'] for c in d['checks']
		if c['required'] and c['status'] == 'missing')"
}

# lacking SETTING: runs doctor as an ordinary user of a namespace in which that was done
# before (a shell command, as its root)
lacking() {
	run_command 1 unshare --user --map-root-user --mount --pid --fork --mount-proc sh -c "
		$1
		exec unshare --user --map-user=1000 --map-group=1000 \"\$@\"" \
		sh "$PLUGBOX" doctor --json
}

@test "doctor: this host can run at full strength, and says so" {
	requires userns landlock
	run_plugbox 0 doctor
	assert_match 'full-strength run: possible' "$output"
	refute_match 'full-strength run: not possible' "$output"
	assert_eq "$stderr" ""
}

@test "doctor --json: one document with the same verdict, and the documented ids" {
	requires userns landlock
	run_plugbox 0 doctor --json
	assert_eq "$(as_json "d['full_strength']")" True
	assert_eq "$(as_json "' '.join(c['id'] for c in d['checks'])")" \
		"kernel nproc user-namespaces mount-namespace pid-namespace network-namespace\
 ipc-namespace uts-namespace cgroup-namespace mount tmpfs proc pivot-root open-tree\
 mount-setattr fsopen idmapped-mounts openat2 clone3 close-range pidfd landlock seccomp\
 seccomp-notify isolation-landlock lsm legacy-tiocsti ptrace-scope cgroup systemd-scope\
 clone-into-cgroup data-quota data cache"
	assert_eq "$(as_json "{c['status'] for c in d['checks']} <= {'ok', 'weak', 'missing'}")" \
		True
	assert_eq "$(lacks)" ""
}

@test "doctor: the kernel and the Landlock ABI are those of this host" {
	requires landlock python3
	run_plugbox 0 doctor --json
	assert_eq "$(field kernel found)" "$(uname -r)"
	assert_eq "$(field landlock found)" "ABI $(/usr/bin/python3 -c 'import ctypes
print(ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1))')"
}

@test "doctor: every lack comes with a remedy" {
	run timeout -k 5 60 "$PLUGBOX" doctor --json
	assert_eq "$(as_json "[c['id'] for c in d['checks'] if c['status'] == 'missing'
		and not c['remedy'] and not c['found'].startswith('not tried')]")" "[]"
}

# data_keeper: what data_size is kept by, where root's plugins have their data
data_keeper() {
	[[ $(field data-quota status) == ok ]] && echo "project quota" || echo watchdog
}

@test "doctor: data_size is a matter of the file system, and of root" {
	run timeout -k 5 60 "$PLUGBOX" doctor --json
	assert_eq "$(as_json "d['limits']['data_size']")" "$(data_keeper)"
	[[ $EUID -eq 0 ]] || assert_eq "$(field data-quota found)" "only root can set one"
}

@test "doctor: cgroup limits are offered where a cgroup can be made, and only there" {
	run timeout -k 5 60 "$PLUGBOX" doctor --json
	if have cgroup2 && [[ -z ${PLUGBOX_TEST_CGROUP:-} ]]; then
		assert_match '^(ok|weak|missing)$' "$(field cgroup status)"
		[[ $(field cgroup status) != missing || $(field cgroup found) == *'other processes'* ]]
	else
		assert_eq "$(field cgroup status)" missing
		if [[ $(field systemd-scope status) == ok ]]; then
			assert_eq "$(as_json "{v for k, v in d['limits'].items() if k != 'data_size'}")" "{'cgroup'}"
			return
		fi
		assert_eq "$(field systemd-scope status)" missing
		assert_eq "$(as_json "list(d['limits'].values())")" \
			"['watchdog', 'watchdog', 'rlimit', 'watchdog', '$(data_keeper)']"
		run timeout -k 5 60 "$PLUGBOX" doctor
		assert_match 'limits: cpu_limit by watchdog, memory_limit by watchdog, pids_limit by rlimit' "$output"
	fi
}

@test "doctor: the namespace that the other tests lack things in can run at full strength" {
	requires userns landlock unshare
	run_command 0 unshare --user --map-root-user --mount --pid --fork --mount-proc \
		unshare --user --map-user=1000 --map-group=1000 "$PLUGBOX" doctor --json
	assert_eq "$(as_json "d['full_strength']")" True
}

@test "doctor: user namespaces that are switched off" {
	requires userns unshare
	run_command 1 unshare --user --map-root-user sh -c '
		echo 0 >/proc/sys/user/max_user_namespaces
		exec "$@"' sh "$PLUGBOX" doctor --json
	assert_eq "$(field user-namespaces status)" missing
	assert_match 'max_user_namespaces=0' "$(field user-namespaces found)"
	assert_match 'sysctl user.max_user_namespaces=' "$(field user-namespaces remedy)"
	assert_match '^not tried' "$(field mount-namespace found)"
	run_command 1 unshare --user --map-root-user sh -c '
		echo 0 >/proc/sys/user/max_user_namespaces
		exec "$@"' sh "$PLUGBOX" doctor
	assert_match 'full-strength run: not possible: user-namespaces$' "$output"
}

@test "doctor: one kind of namespace that is not to be had" {
	requires userns unshare
	lacking 'echo 0 >/proc/sys/user/max_net_namespaces'
	assert_eq "$(lacks)" network-namespace
	assert_match 'max_net_namespaces' "$(field network-namespace remedy)"
	lacking 'echo 0 >/proc/sys/user/max_ipc_namespaces'
	assert_eq "$(field ipc-namespace status)" missing
	assert_eq "$(field network-namespace status)" ok
}

@test "doctor: a /proc that is covered in parts, as in a container" {
	requires userns unshare
	lacking 'mount -t tmpfs tmpfs /proc/sys'
	assert_eq "$(field proc status)" missing
	assert_match 'unmask=ALL' "$(field proc remedy)"
	assert_eq "$(field tmpfs status)" ok
}

@test "doctor: a chroot" {
	requires userns unshare
	local dir=$BATS_TEST_TMPDIR/root

	mkdir -p "$dir"/{usr,proc,tmp}
	for link in bin lib lib64; do
		ln -s "usr/$link" "$dir/$link"
	done
	cp "$PLUGBOX" "$dir/plugbox"
	# shellcheck disable=SC2016
	run_command 1 unshare --user --map-root-user --mount sh -c '
		mount --rbind /usr "$1/usr" && mount --rbind /proc "$1/proc" &&
		exec /usr/sbin/chroot "$1" /plugbox doctor --json' sh "$dir"
	assert_match 'chroot' "$(field user-namespaces found)"
}

@test "doctor: nothing is left behind" {
	requires userns
	mkdir "$BATS_TEST_TMPDIR/empty"
	cd "$BATS_TEST_TMPDIR/empty"
	# the leader of a session of its own: what it leaves behind can be counted
	# shellcheck disable=SC2016
	run_command 0 env TMPDIR="$PWD" setsid --wait bash -c '
		mounts=$(</proc/self/mountinfo)
		"$1" doctor >/dev/null
		[[ $mounts == "$(</proc/self/mountinfo)" ]] || echo "mounts have changed"
		for stat in /proc/[0-9]*/stat; do
			line=$(<"$stat") || continue
			read -r _ _ _ session _ <<<"${line##*) }"
			[[ $session != $$ || $stat == /proc/$$/stat ]] || echo "$line"
		done 2>/dev/null' bash "$PLUGBOX"
	assert_eq "$output" ""
	assert_eq "$(ls -A)" ""
}

@test "doctor: --help; operands and unknown options are errors" {
	run_plugbox 0 doctor --help
	assert_match '--json' "$output"
	run_plugbox 2 doctor something
	run_plugbox 2 doctor --jsn
	assert_match '--json' "$stderr"
}
