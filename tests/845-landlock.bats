#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# --isolation landlock: what it keeps, as root and as a user, what it refuses, and that it says what it
# does not keep. The plugin's user has processes and files on the host that are there for the taking:
# each refusal has a control that does the same without the sandbox.
# shellcheck disable=SC2016 # the shell and Python inside expand

load helper

setup() {
	requires landlock_scope python3
	HOST=$BATS_TEST_TMPDIR/host
	victims=()
	# who the plugin is: root's is somebody else
	as=(env)
	[[ $EUID -ne 0 ]] || as=(setpriv --reuid 65534 --regid 65534 --clear-groups --)
}

teardown() {
	((!${#victims[@]})) || kill -KILL "${victims[@]}" 2>/dev/null || true
}

# bare CODE ARG...: plugbox run --isolation landlock
bare() {
	local code=$1

	shift
	run_plugbox "$code" --quiet run --isolation landlock "$@"
}

# A directory of the plugin's user, and a process of theirs that listens on two sockets.
make_host() {
	rm -rf "$HOST"
	mkdir -p "$HOST/dir" "$HOST/tmp" "$HOST/program"
	echo secret >"$HOST/secret"
	echo granted >"$HOST/granted"
	touch "$HOST/dir/moved" "$HOST/dir/gone"
	cp "$BATS_TEST_DIRNAME/lib/bare.py" "$HOST/program"
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
	chmod 600 "$HOST/secret"
	[[ $EUID -ne 0 ]] || chown -R 65534:65534 "$HOST"
	abstract=plugbox-bare-$$-${#victims[@]}
	"${as[@]}" /usr/bin/python3 -c '
import os, socket, sys
for name in (sys.argv[1], "\0" + sys.argv[2]):
    s = socket.socket(socket.AF_UNIX)
    s.bind(name)
    s.listen(8)
    os.set_inheritable(s.fileno(), True)
    s.detach()
os.execv("/bin/sleep", ["sleep", "1000"])' "$HOST/socket" "$abstract" >/dev/null 2>&1 3>&- &
	victim=$!
	victims+=("$victim")
	wait_for grep -q '^Name:.sleep' "/proc/$victim/status"
}

@test "files, processes, sockets and queues of the host are out of reach" {
	local name result outside

	make_host
	run_command 0 env TMPDIR="$HOST/tmp" "${as[@]}" /usr/bin/python3 "$HOST/program/bare.py" "$HOST" "$victim" "$abstract"
	outside=$output
	make_host
	bare 0 --no-bundle --ro-bind "$HOST/program" "$HOST/program" \
		--allow "file_system_read=$HOST/granted" -- \
		/usr/bin/python3 "$HOST/program/bare.py" "$HOST" "$victim" "$abstract"
	while read -r name result; do
		# Yama forbids these on some hosts
		[[ $name =~ ^(memory|trace)$ ]] || assert_eq "$name: $result" "$name: done"
		grep -qx "$name E[A-Z]*" <<<"$output" || fail "not refused: $(grep "^$name " <<<"$output")"
	done <<<"$outside"
	assert_eq "$(wc -l <<<"$outside")" "$(wc -l <<<"$output")"
	assert_eq "$(cat "$HOST/secret")" secret
	assert_eq "$(stat -c %a "$HOST/secret")" 600
	[[ -e $HOST/dir/gone && -e $HOST/dir/moved && ! -e $HOST/dir/new && ! -e $HOST/dir/made ]]
	kill -0 "$victim"
}

@test "plugins of all kinds run, with what they were given and no more" {
	make_bundle plugin <<'YAML'
name: plugin
version: 1.0.0
entrypoint: main
permissions: [storage, subprocess]
YAML
	bundle_file main <<'SH'
#!/bin/sh
set -e
cat "$PLUGBOX_BUNDLE/data.txt"
echo "$PWD"
echo kept >>"$PLUGBOX_DATA/file"
cat "$HOME/file"
echo gone >"$TMPDIR/file"
! touch "$PLUGBOX_BUNDLE/new" 2>/dev/null
! ls / 2>/dev/null
seq 3 | tail -n 1
SH
	bundle_file data.txt 0644 <<<"in the bundle"
	bare 0 --allow storage --data-dir "$BATS_TEST_TMPDIR/data" "$BUNDLE"
	assert_eq "$output" "in the bundle
$BUNDLE
kept
3"
	bare 0 --allow storage --data-dir "$BATS_TEST_TMPDIR/data" "$BUNDLE"
	assert_match $'kept\nkept' "$output"
	[[ ! -e $BUNDLE/new ]]
	roots='import ssl; print(ssl.create_default_context().cert_store_stats()["x509"] > 0)'
	bare 0 --no-bundle --allow subprocess -- /usr/bin/python3 -c '
import os, sqlite3, subprocess, tempfile, threading
with tempfile.NamedTemporaryFile() as f:
    f.write(b"x")
t = threading.Thread(target=lambda: print("thread", flush=True))
t.start()
t.join()
print(subprocess.check_output(["echo", "child"], text=True), end="")
db = sqlite3.connect(os.path.join(os.environ["HOME"], "db"))
db.execute("create table t (x)")
'"$roots"
	assert_eq "$output" $'thread\nchild\n'"$(/usr/bin/python3 -c "$roots")"
	! have node || bare 0 --no-bundle -- /usr/bin/node -e 'console.log(process.argv0, 6 * 7)'
}

@test "without subprocess: no process, no other program; with it no program of its own making" {
	bare 0 --no-bundle -- /usr/bin/python3 -c '
import os
for what in (os.fork, lambda: os.execv("/bin/true", ["true"])):
    try:
        what()
        print("done")
    except OSError as e:
        print(e.strerror)'
	assert_eq "$output" $'Operation not permitted\nPermission denied'
	bare 126 --no-bundle --allow subprocess -- /bin/sh -c 'cat /bin/true >"$TMPDIR/own"
		test -x "$TMPDIR/own" || exec "$TMPDIR/own"'
}

@test "an entrypoint that leads out of what is shown is not read and not run" {
	make_bundle astray <<'YAML'
name: astray
version: 1.0.0
entrypoint: main
YAML
	mkdir "$HOST"
	printf '#!/bin/sh\necho %s ran\n' "secret" >"$HOST/private"
	chmod 755 "$HOST" "$HOST/private"
	ln -s "$HOST/private" "$BUNDLE/main"
	bare 127 "$BUNDLE"
	assert_match "which the plugin is not shown" "$stderr"
	assert_eq "$output" ""
	# an interpreter likewise
	rm "$BUNDLE/main"
	bundle_file main <<<"#!$HOST/private"
	bare 127 "$BUNDLE"
	assert_eq "$output" ""
	# control: shown, it runs
	bare 0 --runtime-add "$HOST" "$BUNDLE"
	assert_eq "$output" "secret ran"
}

@test "paths granted for reading and writing are those of the host" {
	mkdir "$HOST" "$HOST/in" "$HOST/out"
	echo here >"$HOST/in/file"
	chmod -R a+rX "$HOST"
	chmod a+rwx "$HOST/out"
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
	bare 0 --no-bundle --allow subprocess --allow "file_system_read=$HOST/in" \
		--allow "file_system_write=$HOST/out" -- /bin/sh -c "
			cat $HOST/in/file
			ls $HOST/in
			echo new >$HOST/out/file
			cat $HOST/out/file
			echo x >$HOST/in/file || echo refused
			ls $HOST || echo refused
			mkfifo $HOST/out/fifo || echo refused
			head -c 1 /dev/zero | wc -c
			echo x >/dev/null && echo null"
	assert_eq "$output" $'here\nfile\nnew\nrefused\nrefused\nrefused\n1\nnull'
	assert_eq "$(cat "$HOST/in/file")" here
	assert_eq "$(cat "$HOST/out/file")" new
}

@test "two plugins cannot meet" {
	local first

	"$PLUGBOX" --quiet run --isolation landlock --no-bundle --allow subprocess -- /bin/sh -c '
		echo secret >"$TMPDIR/file"
		echo "$$ $TMPDIR"
		exec sleep 1000' >"$BATS_TEST_TMPDIR/out" 3>&- &
	victims+=("$!")
	wait_for test -s "$BATS_TEST_TMPDIR/out"
	read -r first dir <"$BATS_TEST_TMPDIR/out"
	bare 0 --no-bundle --allow subprocess -- /bin/sh -c "
		cat $dir/file || echo refused
		ls $dir || echo refused
		ls $dir/.. || echo refused
		kill -0 $first || echo refused
		touch $dir/new || echo refused"
	assert_eq "$output" $'refused\nrefused\nrefused\nrefused\nrefused'
	kill -0 "$first"
	# control: they are of one user
	"${as[@]}" kill -0 "$first"
	"${as[@]}" cat "$dir/file" >/dev/null
}

# A plugin that leaves what tries to get away: daemons, sessions, chains of forks, and who ignores all
# that can be ignored.
runaways='
import os, signal, sys, time
for kind in range(6):
    if os.fork():
        continue
    for s in range(1, 32):
        try:
            signal.signal(s, signal.SIG_IGN)
        except OSError:
            pass
    os.setsid()
    if os.fork():
        os._exit(0)
    while kind % 2:
        if os.fork():
            os._exit(0)
        time.sleep(0.001)
    time.sleep(1000)
print("up", flush=True)
sys.stdin.read()
'

# start_runaways OPTION...: runs them, until the end of input. Sets box and keeper, and mark, a word
# in their command lines.
start_runaways() {
	mark=plugbox-runaway-$$-$RANDOM
	: >"$BATS_TEST_TMPDIR/up"
	[[ -p $BATS_TEST_TMPDIR/in ]] || mkfifo "$BATS_TEST_TMPDIR/in"
	"$PLUGBOX" --quiet run --isolation landlock --no-bundle --allow subprocess "$@" -- \
		/usr/bin/python3 -c "$runaways" "$mark" <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/up" 3>&- &
	box=$!
	exec {input}>"$BATS_TEST_TMPDIR/in"
	wait_for grep -q up "$BATS_TEST_TMPDIR/up"
	keeper=$(pgrep -P "$box")
	(($(pgrep -c -f "$mark") > 4))
}

nobody_left() {
	! pgrep -f "$mark"
}

@test "nothing outlives the run, whoever ends it" {
	local code

	"${as[@]}" sleep 1000 3>&- &
	victims+=("$!")
	# the plugin ends
	start_runaways
	exec {input}>&-
	code=0
	wait "$box" || code=$?
	assert_eq "$code" 0
	nobody_left
	# plugbox is killed
	start_runaways
	kill -KILL "$box"
	wait_for nobody_left
	wait_for test ! -d "/proc/$keeper"
	# its keeper is
	start_runaways
	kill -KILL "$keeper"
	code=0
	wait "$box" || code=$?
	assert_eq "$code" 137
	nobody_left
	# a time limit ends it
	start_runaways --timeout "$((2 * ${PLUGBOX_TEST_SLOW:-1}))" --kill-after 100ms
	code=0
	wait "$box" || code=$?
	assert_eq "$code" 124
	nobody_left
	# the caller goes
	mark=plugbox-runaway-$$-$RANDOM
	: >"$BATS_TEST_TMPDIR/up"
	bash -c '"$0" --quiet run --isolation landlock --no-bundle --allow subprocess -- \
		/usr/bin/python3 -c "$1" "$2" <"$3/in" >"$3/up" 3>&- &
		exec sleep 1000' "$PLUGBOX" "$runaways" "$mark" "$BATS_TEST_TMPDIR" 3>&- &
	box=$!
	wait_for grep -q up "$BATS_TEST_TMPDIR/up"
	kill -KILL "$box"
	wait_for nobody_left
	# and nobody else was ended with them
	kill -0 "${victims[0]}"
}

@test "the plugin cannot reach its keeper or plugbox" {
	bare 0 --no-bundle --allow subprocess -- /bin/sh -c '
		for pid in $PPID 1; do
			kill -0 $pid || echo refused
			cat /proc/$pid/environ || echo refused
		done'
	assert_eq "$output" $'refused\nrefused\nrefused\nrefused'
	bare 0 --no-bundle -- /usr/bin/python3 -c '
import ctypes, os, signal, resource
libc = ctypes.CDLL(None, use_errno=True)
print(libc.prctl(1, 0), os.strerror(ctypes.get_errno()))    # PR_SET_PDEATHSIG
for attempt in (lambda: os.kill(os.getppid(), signal.SIGSTOP),
                lambda: os.killpg(os.getpgid(os.getppid()), signal.SIGSTOP),
                lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1)),
                lambda: os.sched_setaffinity(os.getppid(), {0})):
    try:
        attempt()
        print("done")
    except OSError as e:
        print(e.strerror)'
	assert_eq "$output" "-1 Operation not permitted
Operation not permitted
Operation not permitted
Operation not permitted
Operation not permitted"
}

@test "processes are bounded, beside those that the user has" {
	local i

	for i in 1 2 3 4 5; do
		"${as[@]}" sleep 1000 3>&- &
		victims+=("$!")
	done
	# the number is what the default kept by weaker means would be, which is told and no error
	bare 0 --no-bundle --allow subprocess --best-effort --pids-limit 12 -- /usr/bin/python3 -c '
import os, time
n = 1
try:
    while n < 500:
        if os.fork() == 0:
            time.sleep(1000)
        n += 1
except OSError as e:
    print(n, e.strerror)'
	assert_match '^([0-9]+) Resource temporarily unavailable$' "$output"
	((BASH_REMATCH[1] >= 2 && BASH_REMATCH[1] <= 40))
	for i in "${victims[@]}"; do
		kill -0 "$i"
	done
	# asked for, it is not kept by less
	have cgroup2 || bare 125 --no-bundle --pids-limit 12 -- /bin/true
}

@test "memory and CPU time are limits of all processes together" {
	requires unsanitized
	bare 137 --no-bundle --allow subprocess --memory-limit 64M \
		--status-file "$BATS_TEST_TMPDIR/status" -- /usr/bin/python3 -c '
import os, time
for i in range(4):
    if os.fork() == 0:
        x = bytearray(30 << 20)
        time.sleep(1000)
time.sleep(1000)'
	assert_eq "$(as_json_lines "[(e['outcome'], e['limit']) for e in d if e['event'] == 'exit']" \
		"$(cat "$BATS_TEST_TMPDIR/status")")" "[('oom', 'memory_limit')]"
	bare 124 --no-bundle --allow subprocess --cpu-time 500ms --kill-after 100ms -- /bin/sh -c '
		while :; do :; done &
		while :; do :; done'
	# below its share it would take a tenth of this CPU time
	bare 124 --no-bundle --allow subprocess --cpu-limit 0.1 --timeout 2 --kill-after 100ms \
		--status-file "$BATS_TEST_TMPDIR/share" -- /bin/sh -c '
		while :; do :; done &
		while :; do :; done'
	assert_eq "$(as_json_lines "[e['cpu_seconds'] < 0.5 * e['wall_seconds'] for e in d
		if e['event'] == 'exit']" "$(cat "$BATS_TEST_TMPDIR/share")")" '[True]'
}

@test "exit codes, signals and limits are as with namespaces" {
	bare 42 --no-bundle -- /bin/sh -c 'exit 42'
	bare 143 --no-bundle -- /bin/sh -c 'kill -TERM $$'
	bare 127 --no-bundle -- no-such-program
	bare 126 --no-bundle -- /etc/ld.so.cache
	bare 124 --no-bundle --timeout 200ms --kill-after 100ms -- /bin/sleep 1000
	bare 153 --no-bundle --file-size 4K -- /bin/dd if=/dev/zero of=big bs=8K count=1
	bare 0 --no-bundle -- /bin/sh -c 'ulimit -n; ulimit -c'
	assert_eq "$output" $'512\n0'
	# passed on
	"$PLUGBOX" --quiet run --isolation landlock --no-bundle -- /usr/bin/python3 -c '
import signal, sys, time
signal.signal(signal.SIGUSR1, lambda *a: sys.exit(7))
print("up", flush=True)
time.sleep(1000)' >"$BATS_TEST_TMPDIR/up" 3>&- &
	local box=$! code=0
	wait_for grep -q up "$BATS_TEST_TMPDIR/up"
	kill -USR1 "$box"
	wait "$box" || code=$?
	assert_eq "$code" 7
}

@test "privileges: none, for nobody" {
	bare 0 --no-bundle -- /usr/bin/python3 -c '
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
print(os.getuid() != 0, os.getgroups() == [] or os.getuid() != 65534)
print(libc.prctl(39, 0, 0, 0, 0), libc.prctl(21, 0, 0, 0, 0))    # no_new_privs; seccomp
data = (ctypes.c_uint32 * 6)()
libc.capget((ctypes.c_uint32 * 2)(0x20080522, 0), data)
print(list(data))
print(libc.unshare(0x10000000), os.strerror(ctypes.get_errno()))'
	assert_eq "$output" $'True True\n1 2\n[0, 0, 0, 0, 0, 0]\n-1 Operation not permitted'
}

@test "what it does not keep is told once at each run, in the status stream and by explain" {
	local kept=file-names,\ processes,\ host-identity,\ user-limits,\ tmp-size,\ written-code

	kept+=", second-wall, killed-together"
	run_plugbox 0 run --isolation landlock --no-bundle --status-file "$BATS_TEST_TMPDIR/status" -- \
		/bin/true
	assert_eq "$stderr" "plugbox: --isolation landlock does not keep: $kept (plugbox explain says what each means)"
	for event in start exit; do
		assert_eq "$(as_json_lines "[(e['isolation'], ', '.join(e['not_kept'])) for e in d
			if e['event'] == '$event']" "$(cat "$BATS_TEST_TMPDIR/status")")" \
			"[('landlock', '$kept')]"
	done
	run_plugbox 0 explain --isolation landlock --no-bundle --json -- /bin/true
	assert_eq "$(as_json "', '.join(d['not_kept'])")" "$kept"
	assert_eq "$(as_json "d['namespaces']")" '[]'
	run_plugbox 0 explain --isolation landlock --no-bundle -- /bin/true
	assert_match 'not kept with --isolation landlock' "$output"
	# with namespaces there is nothing to tell
	rm "$BATS_TEST_TMPDIR/status"
	run_plugbox 0 run --no-bundle --status-file "$BATS_TEST_TMPDIR/status" -- /bin/true
	assert_eq "$stderr" ""
	assert_eq "$(as_json_lines "[(e['isolation'], e['not_kept']) for e in d if e['event'] == 'start']" \
		"$(cat "$BATS_TEST_TMPDIR/status")")" "[('namespaces', [])]"
	# each is in the manual
	for name in ${kept//,/}; do
		grep -q "^\.It Cm $name\$" "$PROJECT_ROOT/man/plugbox-security.7" || fail "not in the manual: $name"
	done
}

@test "what it cannot express is refused by name, and nothing runs" {
	local words

	make_bundle wants <<'YAML'
name: wants
version: 1.0.0
entrypoint: main
permissions: [user_database, {network: loopback}]
YAML
	bundle_file main <<<$'#!/bin/sh\necho ran'
	bare 77 "$BUNDLE"
	assert_eq "$output" ""
	assert_match 'user_database \(.*, network: loopback \(' "$stderr"
	assert_match 'hint: .*without --isolation landlock' "$stderr"
	# control
	run_plugbox 0 --quiet run --allow subprocess "$BUNDLE"
	assert_eq "$output" ran
	for words in '--hostname box' --as-pid-1 '--tmpfs /x' '--dir /x' '--symlink /usr /x' \
		'--ro-bind /usr /x' '--bind /usr /x' '--runtime /usr' '--allow tty' \
		'--allow devices=fuse'; do
		# shellcheck disable=SC2086 # words are words
		bare 77 --no-bundle $words -- /bin/echo ran
		assert_eq "$output" ""
		assert_match "${words%% *}" "$stderr$words"
		refute_match 'explain' "$stderr"
	done
	bare 125 --no-bundle --tmp-size 1M -- /bin/echo ran
	assert_match tmp_size "$stderr"
	bare 2 --isolation chroot --no-bundle -- /bin/true
	# a refused call that nothing allows here says so
	run_plugbox 0 run --isolation landlock --no-bundle --status-file "$BATS_TEST_TMPDIR/status" -- \
		/usr/bin/python3 -c '
import os
try:
    os.chmod(os.environ["TMPDIR"], 0o755)
except PermissionError:
    pass'
	assert_eq "$(as_json_lines "[(e['call'], e['remedy']) for e in d if e['event'] == 'denied']" \
		"$(cat "$BATS_TEST_TMPDIR/status")")" "[('chmod', None)]"
}

@test "without Landlock's scopes, or seccomp, it is refused, whatever the effort" {
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
	cc_static "$BATS_TEST_TMPDIR/without" <"$BATS_TEST_DIRNAME/lib/without.c"
	run_command 125 "$BATS_TEST_TMPDIR/without" landlock -- "$PLUGBOX" run --isolation landlock \
		--best-effort --no-bundle -- /bin/echo ran
	assert_eq "$output" ""
	assert_match 'landlock' "$stderr"
}

@test "where user namespaces are forbidden it runs, and the refusal names it" {
	requires userns unshare
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
	cc_static "$BATS_TEST_TMPDIR/without" <"$BATS_TEST_DIRNAME/lib/without.c"
	run_command 125 "$BATS_TEST_TMPDIR/without" userns=1 -- "$PLUGBOX" run --no-bundle -- /bin/echo ran
	assert_match 'isolation landlock' "$stderr"
	run_command 0 "$BATS_TEST_TMPDIR/without" userns=1 -- "$PLUGBOX" --quiet run --isolation landlock \
		--no-bundle -- /bin/echo ran
	assert_eq "$output" ran
	# root of a container of one id
	[[ $EUID -eq 0 ]] || run_command 0 unshare --user --map-root-user "$PLUGBOX" --quiet run \
		--isolation landlock --no-bundle -- /bin/echo ran
	assert_eq "$output" ran
	run_command 1 "$BATS_TEST_TMPDIR/without" userns=1 -- "$PLUGBOX" doctor
	assert_match 'missing +user-namespaces .*seccomp filter' "$output"
	assert_match 'ok +isolation-landlock +possible' "$output"
}

@test "the directory for temporary files goes with the run, and what a killed one left with the next" {
	local dir box

	bare 0 --no-bundle --allow subprocess -- /usr/bin/python3 -c '
import os, stat
top = os.environ["TMPDIR"]
print(top, oct(os.stat(top).st_mode & 0o7777))
os.symlink("/usr", "out")
os.mkdir("closed", 0)
d = os.open(".", os.O_RDONLY)
for i in range(300):
    os.mkdir("d", 0o700, dir_fd=d)
    open(f"/dev/null").close()
    n = os.open("d", os.O_RDONLY, dir_fd=d)
    os.close(os.open("f", os.O_CREAT | os.O_WRONLY, 0o600, dir_fd=n))
    os.close(d)
    d = n'
	read -r dir mode <<<"$output"
	assert_eq "$mode" 0o700
	[[ -n $dir && ! -e $dir && -d /usr/bin ]]
	"$PLUGBOX" --quiet run --isolation landlock --no-bundle --allow subprocess -- /bin/sh -c '
		echo x >left; pwd; exec sleep 1000' >"$BATS_TEST_TMPDIR/out" 3>&- &
	box=$!
	wait_for test -s "$BATS_TEST_TMPDIR/out"
	dir=$(<"$BATS_TEST_TMPDIR/out")
	# another run leaves it alone while it is in use
	bare 0 --no-bundle -- /bin/true
	[[ -e $dir/left ]]
	kill -KILL "$box"
	swept() {
		"$PLUGBOX" --quiet run --isolation landlock --no-bundle -- /bin/true
		[[ ! -e $dir ]]
	}
	wait_for swept
}

@test "a directory that another run takes for one that was left is made again" {
	type -P strace >/dev/null || skip "impossible: no strace"
	local slow=${PLUGBOX_TEST_SLOW:-1} where=/tmp first status=0

	((EUID != 0)) || where=/run/plugbox/scratch
	there() {
		find "$where" -maxdepth 1 -name "plugbox-$EUID-*" | sort
	}
	# the base is made by the first run
	"$PLUGBOX" --quiet run --isolation landlock --no-bundle -- /bin/true
	there >"$BATS_TEST_TMPDIR/before"
	# made, and not yet locked
	strace -f -qq -o /dev/null -e trace=flock -e "inject=flock:delay_enter=$((2000000 * slow)):when=1" \
		"$PLUGBOX" --quiet run --isolation landlock --no-bundle -- /bin/echo ran \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	first=$!
	is_made() {
		[[ $(there | comm -13 "$BATS_TEST_TMPDIR/before" -) ]]
	}
	wait_for is_made
	# one that sweeps holds its lock for a while before it removes it
	strace -f -qq -o /dev/null -e trace=unlinkat -e "inject=unlinkat:delay_enter=$((4000000 * slow)):when=1" \
		"$PLUGBOX" --quiet run --isolation landlock --no-bundle -- /bin/true 3>&-
	wait "$first" || status=$?
	assert_eq "$status $(<"$BATS_TEST_TMPDIR/out") $(<"$BATS_TEST_TMPDIR/err")" '0 ran '
}

# attempts CLASS N: every attempt of the corpus, of which at least N are made and stopped. Those that
# are not kept are named in their headers, by the names that the manual has; neither more nor fewer get
# through.
attempts() {
	requires cc
	run --separate-stderr timeout -k 5 300 "$BATS_TEST_DIRNAME/attacks/run" --tool plugbox-landlock \
		--class "$1" --format tap
	if [[ $status -ne 0 ]]; then
		grep -A 1 '^not ok' <<<"$output" >&2 || show_run attacks >&2
		fail "attempts of class $1"
	fi
	[[ $(grep '^ok' <<<"$output" | grep -vc ' # SKIP ') -ge $2 ]]
	while read -r promise; do
		grep -q "^\.It Cm $promise\$" "$PROJECT_ROOT/man/plugbox-security.7" ||
			fail "not in the manual: $promise"
	done < <(sed -n 's/.* # SKIP not kept: //p' <<<"$output" | sort -u)
}

@test "attempts to break the isolation: none gets through but by what is not kept" {
	attempts isolation 90
}

@test "attempts at the kernel's surface: none gets through but by what is not kept" {
	attempts surface 80
}

@test "attempts at the host's resources: none gets through but by what is not kept" {
	attempts resource 12
}

@test "attempts to learn about the host: none gets through but by what is not kept" {
	attempts information 16
}
