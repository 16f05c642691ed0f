#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the plugin may do to the kernel, to other processes and to the terminal: nothing
# that a program without any privilege could not do to itself.
# shellcheck disable=SC2154 # bats' run sets output and stderr

load helper

setup_file() {
	cc_static "$BATS_FILE_TMPDIR/probe" <"$BATS_TEST_DIRNAME/lib/probe.c"
	cc_static "$BATS_FILE_TMPDIR/withkey" <"$BATS_TEST_DIRNAME/lib/withkey.c"
	# the control runs in a user namespace, as somebody who cannot look into root's directories
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR"
}

setup() {
	requires cc
	PROBE=$BATS_FILE_TMPDIR/probe
}

# probe_bundle [PERMISSIONS]: a bundle whose entrypoint is the probe
probe_bundle() {
	make_bundle probe <<YAML
name: probe
version: 1.0.0
entrypoint: probe
permissions: ${1:-[]}
YAML
	cp "$PROBE" "$BUNDLE/probe"
}

# python_bundle [PERMISSIONS] <<program
python_bundle() {
	requires python3
	make_bundle python <<YAML
name: python
version: 1.0.0
entrypoint: [python3, -I, main.py]
permissions: ${1:-[]}
YAML
	bundle_file main.py
}

teardown() {
	[[ -z ${PLACE:-} ]] || rm -rf "$PLACE"
}

# tried NAME: what came of that attempt of the probe's in $output
tried() {
	sed -n "s/^$1=//p" <<<"$output"
}

# each VALUE NAME...: all these attempts came out so
each() {
	local value=$1 name

	shift
	for name; do
		[[ $(tried "$name") == "$value" ]] ||
			fail "$name: expected $value, found \"$(tried "$name")\"" || return 1
	done
}

# none VALUE NAME...: these were made, and no one came out so
none() {
	local value=$1 name

	shift
	for name; do
		[[ -n $(tried "$name") && $(tried "$name") != "$value" ]] ||
			fail "$name: \"$(tried "$name")\"" || return 1
	done
}

# With all privileges over namespaces of its own, and none over the host
AS_OWN_ROOT=(unshare --user --map-root-user --mount --uts --pid --net --ipc --fork --mount-proc)

# Refused by the filter, and let through to where another error shows outside
REFUSED=(
	unshare_user unshare_mnt unshare_pid unshare_net unshare_ipc unshare_uts unshare_cgroup
	unshare_time unshare_files setns clone_user clone_mnt clone_pid clone_net clone_ipc
	clone_uts clone_cgroup clone_user_high
	mount umount2 pivot_root chroot open_tree move_mount fsopen fspick mount_setattr
	ptrace_traceme ptrace_pid_1 ptrace_sibling process_vm_readv process_vm_writev pidfd_getfd
	kcmp bpf userfaultfd
	keyctl_session keyctl_join keyctl_search add_key request_key
	name_to_handle_at fanotify_init
	setuid setresuid setgid setfsuid capset set_securebits keepcaps ambient_raise
	reboot quotactl sethostname setdomainname clock_settime adjtimex personality_set
	tiocsti tiocsti_high tiocsti_high_one tioclinux tioclinux_high
	chmod_setuid chmod_setgid mknod_device
)

# The same, but where the kernel asks for a privilege over the host or for a setting of the
# administrator's, so that outside it may be refused as well
REFUSED_AS_OUTSIDE=(
	process_vm_readv_pid_1 perf_event_open setgroups set_mm init_module finit_module
	delete_module kexec_load swapon swapoff acct syslog open_by_handle_at
)

# Answered as by an older kernel
ABSENT=(clone3 openat2 process_madvise io_uring_setup io_uring_enter io_uring_register io_setup
	memfd_create statmount listmount unknown_call)

# What the filter says it refused: the calls behind the two lists above
CALLS=(unshare setns clone mount umount2 pivot_root chroot open_tree move_mount fsopen fspick
	mount_setattr ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp bpf perf_event_open
	userfaultfd keyctl add_key request_key name_to_handle_at open_by_handle_at fanotify_init
	setuid setresuid setgid setgroups capset prctl init_module finit_module delete_module
	kexec_load reboot swapon swapoff acct quotactl sethostname setdomainname clock_settime
	adjtimex syslog personality ioctl fchmod mknodat)

# denied_calls FILE: fails where the exit event in FILE lacks one of CALLS
denied_calls() {
	local exit_event

	exit_event=$(tail -n 1 "$1")
	assert_eq "$(as_json "[c for c in '${CALLS[*]}'.split()
		if c not in [x['call'] for x in d['denied']]]" "$exit_event")" '[]'
	# what nothing allows has no remedy
	assert_eq "$(as_json "[x['call'] for x in d['denied'] if x['remedy']
		and x['call'] in 'unshare setns mount ptrace bpf keyctl'.split()]" "$exit_event")" '[]'
}

@test "the filter refuses what reaches beyond the plugin" {
	requires all_calls
	local status_file=$BATS_TEST_TMPDIR/status

	probe_bundle
	run_plugbox 0 run --status-file "$status_file" "$BUNDLE"
	each EPERM "${REFUSED[@]}" "${REFUSED_AS_OUTSIDE[@]}" fork
	each ENOSYS "${ABSENT[@]}"
	each ok thread pidfd_open personality_ask chmod_plain setuid_own setresuid_own setresgid_own
	requires seccomp_notify
	denied_calls "$status_file"
}

@test "control: outside the same calls get past that point" {
	requires userns unshare
	run_command 0 "${AS_OWN_ROOT[@]}" "$PROBE" -f
	none EPERM "${REFUSED[@]}" fork
	none ENOSYS clone3 openat2 memfd_create
	each ok unshare_user unshare_mnt clone_user clone_user_high chroot setns kcmp ptrace_traceme \
		process_vm_readv pidfd_getfd personality_set add_key chmod_setuid thread fork
}

@test "no permission brings back what is never allowed" {
	requires all_calls
	local status_file=$BATS_TEST_TMPDIR/status device found=
	local -a allow=(--allow subprocess --allow tty --allow storage --allow network=host)

	# any device at all lets all ioctls but two through
	for device in fuse hwrng kvm; do
		[[ ! -c /dev/$device ]] || found=$device
	done
	[[ -z $found ]] || allow+=(--allow "devices=$found")
	probe_bundle "[subprocess, tty, storage, user_database, {network: host}${found:+, {devices: [$found]\}}]"
	run_plugbox 0 run "${allow[@]}" --data-dir "$BATS_TEST_TMPDIR/data" \
		--status-file "$status_file" "$BUNDLE"
	each EPERM "${REFUSED[@]}" "${REFUSED_AS_OUTSIDE[@]}"
	each ENOSYS "${ABSENT[@]}"
	each ok thread fork
	requires seccomp_notify
	denied_calls "$status_file"
}

@test "a call by another ABI kills" {
	[[ $(uname -m) == x86_64 ]] || skip "no 32-bit calls here"
	probe_bundle
	run_plugbox 159 run "$BUNDLE" -- abi_x32
	run_plugbox 159 run --status-fd 5 "$BUNDLE" -- abi_32 5>"$BATS_TEST_TMPDIR/status"
	assert_eq "$output" ''
	assert_eq "$(as_json 'd["outcome"], d["signal"]' "$(tail -n 1 "$BATS_TEST_TMPDIR/status")")" \
		"('signaled', 31)"
	# the control
	run_command 0 "$PROBE" -f abi_32 abi_x32
	assert_match '^(ok|ENOSYS)$' "$(tried abi_x32)"
	[[ $(tried abi_32) == ok ]] || skip "no 32-bit calls here"
}

@test "no capability, no new privileges, a locked filter, an ordinary user" {
	local program

	program=$(cat <<-'PY'
		import ctypes, json, os, resource
		status = dict(line.rstrip("\n").split(":\t", 1) for line in open("/proc/self/status")
		              if ":\t" in line)
		stat = open("/proc/self/stat").read().rsplit(")", 1)[1].split()
		print(json.dumps({
		    "caps": {k: int(v, 16) for k, v in status.items() if k.startswith("Cap")},
		    "nnp": status["NoNewPrivs"], "seccomp": status["Seccomp"],
		    "uid": os.getresuid(), "gid": os.getresgid(), "groups": os.getgroups(),
		    "securebits": ctypes.CDLL(None).prctl(27, 0, 0, 0, 0),
		    "umask": status["Umask"], "core": resource.getrlimit(resource.RLIMIT_CORE),
		    "sid": os.getsid(0), "tty": stat[4], "ctty": os.path.exists("/dev/tty"),
		    "tracer": status["TracerPid"], "blocked": status["SigBlk"]}))
	PY
	)
	python_bundle <<<"$program"
	(
		umask 022
		# nothing of what the caller has is handed on
		ulimit -c 0 || :
		run_plugbox 0 run "$BUNDLE"
		assert_eq "$(as_json 'sorted(d["caps"].items())')" \
			"[('CapAmb', 0), ('CapBnd', 0), ('CapEff', 0), ('CapInh', 0), ('CapPrm', 0)]"
		assert_eq "$(as_json 'd["nnp"], d["seccomp"]')" "('1', '2')"
		assert_eq "$(as_json 'd["uid"], d["gid"]')" "([1000, 1000, 1000], [1000, 1000, 1000])"
		# what remains of the caller's groups, where the kernel lets none be dropped, has no name
		assert_eq "$(as_json '[g for g in d["groups"] if g not in (1000, 65534)]')" '[]'
		# NOROOT, NO_SETUID_FIXUP, NO_CAP_AMBIENT_RAISE and the locks of all four
		assert_eq "$(as_json 'hex(d["securebits"])')" 0xef
		assert_eq "$(as_json 'd["umask"], d["core"]')" "('0077', [0, 0])"
		assert_eq "$(as_json 'd["sid"], d["tty"], d["ctty"]')" "(1, '0', False)"
		assert_eq "$(as_json 'd["tracer"], int(d["blocked"], 16)')" "('0', 0)"
	)
	# the control: what a process has before
	requires userns unshare
	run_command 0 "${AS_OWN_ROOT[@]}" /usr/bin/python3 -c "$program"
	assert_eq "$(as_json 'd["caps"]["CapEff"] != 0, d["caps"]["CapBnd"] != 0')" '(True, True)'
	assert_eq "$(as_json 'd["securebits"], d["umask"]')" "(0, '0022')"
}

@test "run by root the plugin is somebody else on the host too" {
	requires root python3
	python_bundle <<<'import sys; print(flush=True); sys.stdin.read()'
	run_command 0 /usr/bin/python3 - "$PLUGBOX" "$BUNDLE" <<-'PY'
		import os, pwd, subprocess, sys
		for extra, name in ([], "nobody"), (["--run-as", "daemon"], "daemon"):
		    p = subprocess.Popen([sys.argv[1], "run", *extra, sys.argv[2]],
		                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		    p.stdout.readline()
		    init = open(f"/proc/{p.pid}/task/{p.pid}/children").read().split()[0]
		    plugin = open(f"/proc/{init}/task/{init}/children").read().split()[0]
		    for pid in init, plugin:
		        fields = dict(l.rstrip("\n").split(":\t", 1) for l in open(f"/proc/{pid}/status")
		                      if ":\t" in l)
		        print(*sorted(set(fields["Uid"].split())), pwd.getpwnam(name).pw_uid,
		              fields["Groups"].strip() or "-", int(fields["CapEff"], 16))
		    p.stdin.close()
		    p.wait()
	PY
	assert_eq "$output" $'65534 65534 - 0\n65534 65534 - 0\n1 1 - 0\n1 1 - 0'
}

@test "pid 1 is hidden, cannot be read, traced, stopped or killed" {
	python_bundle <<-'PY'
		import errno, os, signal
		for path in "environ", "mem", "maps", "fd", "cmdline", "root", "cwd", "exe":
		    try:
		        os.stat(f"/proc/1/{path}")
		        print("found", path)
		    except OSError as e:
		        print(errno.errorcode[e.errno], end=" ")
		print(sorted(int(d) for d in os.listdir("/proc") if d.isdigit()) == [os.getpid()])
		for s in signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV:
		    os.kill(1, s)
		print(os.getppid())
	PY
	run_plugbox 0 run "$BUNDLE"
	assert_eq "$(tail -n 1 <<<"$output")" 1
	assert_match '^((ENOENT|EACCES|EPERM) ){8}True$' "$(head -n 1 <<<"$output")"
	# the control: the plugin's own is there, when it is pid 1 itself
	python_bundle <<<'import os; print(os.getpid(), len(os.listdir("/proc/1/fd")) > 2)'
	run_plugbox 0 run --as-pid-1 "$BUNDLE"
	assert_eq "$output" '1 True'
}

@test "programs start others with the ids that they have, and with no others" {
	requires python3
	# GNU make resets the ids of each command
	make_bundle builder <<-'YAML'
		name: builder
		version: 1.0.0
		entrypoint: [make, -s]
		permissions: [subprocess]
	YAML
	printf 'all:\n\t@id -u; id -g\n\t@dash -c "echo dash"; bash -c "echo bash"\n' >"$BUNDLE/Makefile"
	run_plugbox 0 run --allow subprocess "$BUNDLE"
	assert_eq "$output" $'1000\n1000\ndash\nbash'
	python_bundle '[subprocess]' <<-'PY'
		import os, subprocess
		def attempt(what, how, *args, **more):
		    try:
		        print(what, how(*args, **more))
		    except (OSError, subprocess.SubprocessError) as e:
		        print(what, e)
		def spawn(**more):
		    return os.waitpid(os.posix_spawn("/bin/true", ["true"], {}, **more), 0)[1]
		me = os.getuid()
		attempt("spawn", spawn, resetids=True)
		attempt("run", subprocess.call, ["true"], user=me, group=me)
		attempt("run as root", subprocess.call, ["true"], user=0)
		attempt("own", os.setresuid, me, -1, me)
		for who in 0, 1, 65534, 100000:
		    for call in os.setuid, os.setgid, os.seteuid, os.setegid:
		        attempt(f"{call.__name__} {who}", call, who)
		    for call in os.setreuid, os.setregid:
		        attempt(f"{call.__name__} {who}", call, me, who)
		    for call in os.setresuid, os.setresgid:
		        attempt(f"{call.__name__} {who}", call, me, me, who)
		attempt("groups", os.setgroups, [me])
		attempt("no groups", os.setgroups, [])
		print(*os.getresuid(), *os.getresgid())
	PY
	run_plugbox 0 run --allow subprocess "$BUNDLE"
	assert_match $'^spawn 0\nrun 0\nrun as root .*\nown None\nset' "$output"
	refute_match '^run as root 0' "$output"
	assert_eq "$(grep -c '^set.*Operation not permitted' <<<"$output")" 32
	assert_eq "$(grep -c 'groups .*Operation not permitted' <<<"$output")" 2
	assert_eq "$(tail -n 1 <<<"$output")" '1000 1000 1000 1000 1000 1000'
}

@test "a setuid program gives nothing" {
	python_bundle '[subprocess]' <<-'PY'
		import subprocess
		subprocess.run(["/plugin/ids", "-E", "^(Uid|CapEff|CapPrm):", "/proc/self/status"])
	PY
	privileged_bundle
	cp "$(type -P grep)" "$BUNDLE/ids"
	chmod 6755 "$BUNDLE/ids"
	run_plugbox 0 run "$BUNDLE"
	assert_eq "$(tr -s '\t\n' ' ' <<<"$output")" \
		'Uid: 1000 1000 1000 1000 CapPrm: 0000000000000000 CapEff: 0000000000000000 '
	# the control needs two users
	requires root setpriv
	run_command 0 setpriv --reuid 65534 --regid 65534 --clear-groups "$BUNDLE/ids" ^Uid: \
		/proc/self/status
	assert_eq "$output" $'Uid:\t65534\t0\t0\t0'
}

@test "a key in the caller's session keyring is out of reach" {
	local withkey=$BATS_FILE_TMPDIR/withkey

	probe_bundle
	run_command 0 "$withkey" "$PROBE" keyctl_search keyctl_session request_key
	each ok keyctl_search keyctl_session request_key
	run_command 0 "$withkey" "$PLUGBOX" run "$BUNDLE" -- keyctl_search keyctl_session request_key
	each EPERM keyctl_search keyctl_session request_key
	# and the caller keeps it
	run_command 0 "$withkey" sh -c "'$PLUGBOX' run '$BUNDLE' thread </dev/null; '$PROBE' keyctl_search"
	each ok keyctl_search
}

# Runs a command with a new terminal as its controlling one and on 0, 1 and 2
ON_A_TERMINAL=(/usr/bin/python3 -c 'import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))')

TERMINAL_PROGRAM=$(cat <<'PY'
import ctypes, errno, os, sys
libc = ctypes.CDLL(None, use_errno=True)
def pushed(request):
    if libc.ioctl(0, ctypes.c_ulong(request), b"\n") == 0:
        return "ok"
    return errno.errorcode[ctypes.get_errno()]
print("isatty", *(os.isatty(fd) for fd in (0, 1, 2)))
print("push", pushed(0x5412), pushed(0x100005412), pushed(0xffffffff00005412))
try:
    os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    print("ctty yes")
except OSError:
    print("ctty no")
print("tty_nr", open("/proc/self/stat").read().rsplit(")", 1)[1].split()[4] != "0")
PY
)

@test "a terminal is relayed, and nothing can be typed into it" {
	python_bundle <<<"$TERMINAL_PROGRAM"
	run_command 0 "${ON_A_TERMINAL[@]}" "$PLUGBOX" run "$BUNDLE"
	output=${output//$'\r'/}
	assert_match $'isatty False False False\npush EPERM EPERM EPERM\nctty no\ntty_nr False' "$output"
	# the control
	run_command 0 "${ON_A_TERMINAL[@]}" /usr/bin/python3 -c "$TERMINAL_PROGRAM"
	output=${output//$'\r'/}
	assert_match $'isatty True True True\n' "$output"
	assert_match $'ctty yes\ntty_nr True' "$output"
	# a kernel may have it switched off (dev.tty.legacy_tiocsti)
	assert_match 'push (ok ok ok|EIO EIO EIO)' "$output"
}

@test "with tty the plugin has the terminal, not its session" {
	python_bundle '[tty, subprocess]' <<-PY
		$TERMINAL_PROGRAM
		import fcntl, termios
		tcgetattr = termios.tcgetattr(0)
		termios.tcsetattr(0, termios.TCSANOW, tcgetattr)
		sys.stdout.flush()
		if os.fork() == 0:
		    os.setsid()
		    for how in 0, 1:
		        try:
		            fcntl.ioctl(0, termios.TIOCSCTTY, how)
		            print("taken over", flush=True)
		        except OSError as e:
		            print("takeover", errno.errorcode[e.errno], flush=True)
		    os._exit(0)
		os.wait()
	PY
	run_command 0 "${ON_A_TERMINAL[@]}" "$PLUGBOX" run --allow tty "$BUNDLE"
	output=${output//$'\r'/}
	assert_match $'isatty True True True\npush EPERM EPERM EPERM\nctty no\ntty_nr False' "$output"
	assert_match $'takeover EPERM\ntakeover EPERM' "$output"
}

SUBPROCESS_PROGRAM=$(cat <<'PY'
import errno, os, subprocess, sys, threading
def attempt(name, f):
    try:
        f()
        print(name, "ok", flush=True)
    except OSError as e:
        print(name, errno.errorcode[e.errno], flush=True)
def fork():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
attempt("fork", fork)
attempt("spawn", lambda: os.waitpid(os.posix_spawn("/usr/bin/true", ["true"], {}), 0))
attempt("vfork", lambda: subprocess.run(["/usr/bin/true"], check=True, close_fds=False))
def thread():
    t = threading.Thread(target=lambda: print("in thread", flush=True))
    t.start()
    t.join()
attempt("thread", thread)
attempt("exec", lambda: os.execv("/usr/bin/echo", ["echo", "another", "program"]))
PY
)

@test "without subprocess: threads, and neither fork nor another program" {
	local status_file=$BATS_TEST_TMPDIR/status

	python_bundle <<<"$SUBPROCESS_PROGRAM"
	run_plugbox 0 run --status-fd 7 "$BUNDLE" 7>"$status_file"
	assert_match $'^fork EPERM\nspawn EPERM\nvfork EPERM\nin thread\nthread ok\nexec E(ACCES|PERM)$' \
		"$output"
	requires seccomp_notify
	# told, with the remedy
	assert_match 'refused: (clone|fork|vfork) .*"subprocess"' "$stderr"
	assert_eq "$(as_json_lines '[e["remedy"] for e in d if e["event"] == "denied"
		and e["call"] in ("clone", "fork", "vfork")][0]' "$(<"$status_file")")" subprocess
	assert_eq "$(as_json_lines 'd[0]["event"], d[1]["event"], d[-1]["event"]' \
		"$(<"$status_file")")" "('start', 'ready', 'exit')"
	assert_eq "$(as_json_lines 'sum(x["count"] for x in d[-1]["denied"]
		if x["call"] in ("clone", "fork", "vfork")) >= 3' "$(<"$status_file")")" True
}

@test "with subprocess fork, spawn and other programs work" {
	python_bundle '[subprocess]' <<<"$SUBPROCESS_PROGRAM"
	run_plugbox 0 run --status-fd 7 "$BUNDLE" 7>"$BATS_TEST_TMPDIR/status"
	assert_eq "$output" \
		$'fork ok\nspawn ok\nvfork ok\nin thread\nthread ok\nanother program'
	assert_eq "$(as_json 'd["denied"]' "$(tail -n 1 "$BATS_TEST_TMPDIR/status")")" '[]'
	refute_match refused "$stderr"
}
