#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The channel. Pipes and sockets are the host's own; a regular file, a terminal, a named FIFO or
# a device is kept from the plugin and relayed. Most tests have a host of their own in Python.

load helper

setup() {
	chmod a+rx "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR"
	cd "$BATS_TEST_TMPDIR" || return
}

# host <<script: runs a host program; run(code, *options) starts code, a Python program, inside;
# bare(code) without plugbox. What hangs is ended by run_command.
host() {
	local prelude='import inspect, os, select, signal, socket, subprocess
from subprocess import PIPE
def popen(prefix, code, **kw):
	return subprocess.Popen([*prefix, "/usr/bin/python3", "-c", inspect.cleandoc(code)], **kw)
def run(code, *options, **kw):
	return popen([os.environ["PLUGBOX"], "run", "--no-bundle", *options, "--"], code, **kw)
def bare(code, **kw):
	return popen([], code, **kw)
def ends(p, code=0):
	assert p.wait() == code, p.returncode'

	{
		printf '%s\n' "$prelude"
		sed 's/^\t\t//'
	} >host.py
	run_command 0 /usr/bin/python3 host.py
}

# The plugin as sh: no more of a program than the test is about
inside() {
	"$PLUGBOX" run --no-bundle --allow subprocess "$@"
}

@test "pipes and socket pairs are the host's own: the same inode inside" {
	host <<'PY'
		code = "import os; os.write(1, b'%d %d' % tuple(os.fstat(fd).st_ino for fd in (0, 1)))"
		p = run(code, stdin=PIPE, stdout=PIPE)
		inodes = [os.fstat(f.fileno()).st_ino for f in (p.stdin, p.stdout)]
		assert [int(n) for n in p.communicate()[0].split()] == inodes
		ours, theirs = socket.socketpair()
		inode = os.fstat(theirs.fileno()).st_ino
		p = run(code, stdin=theirs, stdout=theirs)
		theirs.close()
		assert [int(n) for n in ours.makefile().read().split()] == [inode, inode]
		ends(p)
		# control: a file is another inode inside, so this can tell
		with open("file", "w+b", 0) as f:
			ends(run(code, stdin=f, stdout=f))
			assert os.fstat(f.fileno()).st_ino not in [int(n) for n in open("file").read().split()]
		# stderr is no channel: hosts hand down theirs, with what they log themselves in it
		p = run("import os; os.write(2, b'%d' % os.fstat(2).st_ino)", "-q", stderr=PIPE)
		inode = os.fstat(p.stderr.fileno()).st_ino
		assert int(p.stderr.read()) != inode
		ends(p)
		# but where the host has made one of the two, they stay one
		p = run("import os; os.write(2, b'%d ' % os.fstat(2).st_ino); os.write(1, b'%d' % os.fstat(1).st_ino)",
			"-q", stdout=PIPE, stderr=subprocess.STDOUT)
		inode = os.fstat(p.stdout.fileno()).st_ino
		assert p.stdout.read() == b"%d %d" % (inode, inode)
		ends(p)
PY
}

@test "ends of the channel are seen at once, though the plugin lives on" {
	requires pidfd_open
	host <<'PY'
		closer = """import os, signal
		os.close(0); os.close(1)
		os.write(2, b'closed')
		signal.pause()"""
		def try_with(start):
			read, write = os.pipe()
			p = start(closer, stdin=PIPE, stdout=PIPE, stderr=write)
			os.close(write)
			assert os.read(read, 6) == b"closed"
			# the end of its output: the host reads it, and does not wait for the plugin's end
			ready = select.select([p.stdout], [], [], 10)[0]
			assert ready and p.stdout.read() == b"", "no end of file"
			try:
				os.write(p.stdin.fileno(), b"x")
				assert False, "no EPIPE"
			except BrokenPipeError:
				pass
			assert p.poll() is None
			p.terminate()
			p.wait()
			p.stdout.close()
		try_with(bare)
		try_with(run)
		# the other way round: the plugin sees the end of its input
		p = run("import sys; sys.stdin.read(); print('end')", stdin=PIPE, stdout=PIPE)
		p.stdin.close()
		assert p.stdout.read() == b"end\n"
		ends(p)
PY
}

@test "a plugin cannot read the host's log, nor change how the host writes it" {
	host <<'PY'
		attack = """import os
		for fd in (0, 1, 2):
			os.set_blocking(fd, False)
		try:
			other = os.open('/proc/self/fd/2', os.O_RDONLY | os.O_NONBLOCK)
			os.write(1, os.read(other, 99))
		except OSError:
			pass
		os.write(1, b'.')"""
		def attacked(start, **kw):
			"""What it read, and which of the host's descriptors it made non-blocking."""
			(in_read, in_write), (out_read, out_write), (log_read, log_write) = [os.pipe() for _ in range(3)]
			os.write(log_write, b"password")
			ends(start(attack, stdin=in_read, stdout=out_write, stderr=log_write))
			theirs = (in_read, out_write, log_write)
			return os.read(out_read, 99), [os.get_blocking(fd) for fd in theirs]
		assert attacked(run) == (b".", [True] * 3)
		# control
		assert attacked(bare) == (b"password.", [False] * 3)
PY
}

@test "a full stderr that nobody reads stops no timeout and no signal" {
	host <<'PY'
		# fills it, then has plugbox say something by a refused call
		code = """import os, signal
		signal.signal(signal.SIGTERM, lambda *_: os._exit(9))
		os.set_blocking(2, False)
		try:
			while True: os.write(2, bytes(65536))
		except BlockingIOError:
			pass
		try:
			os.fork()
		except OSError:
			pass
		os.write(1, b'full')
		signal.pause()"""
		read, write = os.pipe()
		p = run(code, "--timeout", os.environ["A_WHILE"], "--kill-after", "100ms", stdout=PIPE, stderr=write)
		assert p.stdout.read(4) == b"full"
		assert p.wait(100) == 124
		# the first signal ends the plugin, one after that the wait for who reads the rest
		p = run(code, stdout=PIPE, stderr=write)
		assert p.stdout.read(4) == b"full"
		p.terminate()
		assert p.stdout.read() == b""
		while p.poll() is None:
			p.terminate()
			select.select([], [], [], 0.05)
		ends(p, 9)
PY
}

@test "what the plugin writes is what the host reads, and nothing else" {
	requires pidfd_open
	host <<'PY'
		every = bytes(range(256))
		code = "import os, sys; os.write(1, os.read(0, 999)); os.write(2, b'\\xff\\x1b[0mlog')"
		for level in ([], ["--quiet"], ["--verbose"]):
			p = run(code, *level, stdin=PIPE, stdout=PIPE, stderr=PIPE)
			out, err = p.communicate(every)
			assert out == every, out
			assert err == b"\xff\x1b[0mlog", err
			ends(p)
		# with notes of plugbox's own, and a plugin that is silent
		p = run("", "--best-effort", "--allow", "tty", "--idle-timeout", "1s", stdout=PIPE, stderr=PIPE)
		out, err = p.communicate()
		assert out == b"" and b"idle_timeout is not enforced" in err
		p = run("import os; os._exit(9)", "--timeout", "30s", stdout=PIPE, stderr=PIPE)
		assert p.communicate() == (b"", b"")
		ends(p, 9)
PY
}

@test "a log file cannot be truncated, read back or written elsewhere by the plugin" {
	requires pidfd_open
	local attack='import os
def attempt(action):
	try:
		return action()
	except OSError:
		return b""
for fd in (1, 2):
	path = "/proc/self/fd/%d" % fd
	if b"secret" in attempt(lambda: os.pread(os.open(path, os.O_RDONLY), 99, 0)):
		os.write(1, b"read it\n")
	attempt(lambda: os.pwrite(fd, b"forged", 0))
	attempt(lambda: os.lseek(fd, 0, 0))
	attempt(lambda: os.ftruncate(fd, 0))
	attempt(lambda: os.close(os.open(path, os.O_WRONLY | os.O_TRUNC)))
os.write(1, b"mine\n")'

	echo 'a secret line' >log
	run_command 0 bash -c '"$PLUGBOX" run --no-bundle -- /usr/bin/python3 -c "$1" >>log 2>>log' bash "$attack"
	assert_eq "$(cat log)" $'a secret line\nmine'
	# control: without plugbox all of it works (opened for both, as a shell does with <>)
	echo 'a secret line' >log
	run_command 0 bash -c '/usr/bin/python3 -c "$1" >>log 2>>log' bash "$attack"
	assert_eq "$(cat log)" mine
	echo 'a secret line' >log
	run_command 0 bash -c '/usr/bin/python3 -c "$1; os.pwrite(1, b\"read\" if b\"read\" in os.pread(1, 9, 0) else b\"wrote\", 0)" 1<>log' bash "$attack"
	refute_match 'secret' "$(cat log)"
	# the same descriptors with plugbox
	echo 'a secret line' >log
	run_command 0 bash -c '"$PLUGBOX" run --no-bundle -- /usr/bin/python3 -c "$1" 1<>log 2<>log' bash "$attack"
	assert_eq "$(cat log)" $'mine\nret line'
}

@test "a file on stdin is read from where it stands, and cannot be written" {
	printf 'first\nsecond\n' >file
	# shellcheck disable=SC2016 # the inner shell expands it
	run_command 0 bash -c 'read -r line; echo "host: $line"
		"$PLUGBOX" run --no-bundle --allow subprocess -- \
			sh -c "cat; echo x >&0; echo x 1<>/proc/self/fd/0 >&0; : " 2>/dev/null' <file
	assert_eq "$output" $'host: first\nsecond'
	assert_eq "$(cat file)" $'first\nsecond'
}

@test "append, order and sharing of files are kept" {
	requires pidfd_open
	echo old >log
	# shellcheck disable=SC2016
	inside -- sh -c 'for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done' >>log 2>&1
	assert_eq "$(cat log)" "$(echo old; for i in 1 2 3 4 5; do echo "out $i"; echo "err $i"; done)"
	# two files stay two
	inside -- sh -c 'echo out; echo err >&2' >one 2>two
	assert_eq "$(cat one) $(cat two)" "out err"
	# the caller's offset moves on
	{
		echo before
		inside -- echo plugin
		echo after
	} >log
	assert_eq "$(cat log)" $'before\nplugin\nafter'
	# a pipe for one, a file for the other
	inside -- sh -c 'echo out; echo err >&2' 2>two | cat >one
	assert_eq "$(cat one) $(cat two)" "out err"
}

@test "8 MiB arrive whole, by relay and directly, in both directions" {
	requires pidfd_open
	local sum

	head -c 8388608 /dev/urandom >data
	sum=$(sha256sum <data)
	assert_eq "$(inside -- sha256sum <data)" "$sum"
	# shellcheck disable=SC2002 # a pipe is what it is about
	assert_eq "$(cat data | inside -- sha256sum)" "$sum"
	inside -- cat <data >copy
	cmp data copy
	# shellcheck disable=SC2002
	cat data | inside -- cat | cmp - data
	inside -- sh -c 'cat >&2' <data 2>copy
	cmp data copy
}

@test "a plugin that does not read its input ends all the same" {
	head -c 1048576 /dev/zero >data
	run_command 0 "$PLUGBOX" run --no-bundle -- true <data
	run_command 3 "$PLUGBOX" run --no-bundle --allow subprocess -- sh -c 'exec 0<&-; echo x; exit 3' <data
	assert_eq "$output" x
	# neither does one that reads some of it, or has input without end
	run_command 0 "$PLUGBOX" run --no-bundle -- head -c 3 <data
	run_command 0 "$PLUGBOX" run --no-bundle -- true </dev/zero
	run_command 0 bash -c '"$PLUGBOX" run --no-bundle -- head -c 3000000 </dev/zero | wc -c'
	assert_eq "$output" 3000000
}

@test "a slow reader holds the plugin back instead of filling plugbox" {
	requires pidfd_open
	host <<'PY'
		# The plugin counts what it could write until it would block; plugbox may hold a pipe
		# and a buffer of it, no more.
		counter = """import os, select
		os.set_blocking(1, False)
		n = 0
		while n < 64 << 20:
			try:
				n += os.write(1, bytes(4096))
			except BlockingIOError:
				if not select.select([], [1], [], 0.5)[1]:
					break
		os.write(2, b'%d\\n' % n)"""
		p = run(counter, stdout=PIPE, stderr=PIPE)
		direct = int(p.stderr.readline())
		p.stdout.close()
		p.wait()
		assert direct <= 1 << 20, direct
		os.mkfifo("fifo")
		reader = os.open("fifo", os.O_RDONLY | os.O_NONBLOCK)
		p = run(counter, stdout=open("fifo", "wb", 0), stderr=PIPE)
		relayed = int(p.stderr.readline())
		os.set_blocking(reader, True)
		got = 0
		while data := os.read(reader, 1 << 16):
			got += len(data)
		ends(p)
		assert direct <= relayed <= 1 << 20, relayed
		assert got == relayed, (got, relayed)
PY
}

@test "a reader that leaves early: SIGPIPE, as without plugbox" {
	# shellcheck disable=SC2016
	run_command 0 bash -c '"$PLUGBOX" run --no-bundle -- yes | head -n 1; echo "${PIPESTATUS[0]}"'
	assert_eq "$output" $'y\n141'
	# and where it is relayed
	host <<'PY'
		os.mkfifo("fifo")
		reader = os.open("fifo", os.O_RDONLY | os.O_NONBLOCK)
		p = run("import os, signal\nsignal.signal(signal.SIGPIPE, signal.SIG_DFL)\n"
			"while True: os.write(1, bytes(4096))", stdout=open("fifo", "wb", 0))
		os.set_blocking(reader, True)
		while not os.read(reader, 1):
			pass
		os.close(reader)
		ends(p, 141)
PY
}

@test "a named FIFO works both ways and cannot be turned round" {
	host <<'PY'
		os.mkfifo("in")
		os.mkfifo("out")
		keep = [os.open(n, os.O_RDWR) for n in ("in", "out")]
		p = run("""import os
		for fd, flags in ((0, os.O_WRONLY), (1, os.O_RDONLY | os.O_NONBLOCK)):
			try:
				other = os.open('/proc/self/fd/%d' % fd, flags)
				os.write(other, b'forged\\n') if fd == 0 else os.read(other, 99)
			except OSError:
				pass
		line = b''
		while not line.endswith(b'\\n'):
			line += os.read(0, 1)
		os.write(1, line.upper())""",
			stdin=open("in", "rb", 0), stdout=open("out", "wb", 0))
		# what the plugin forged went to itself alone
		os.write(keep[0], b"hello\n")
		answer = b""
		while not answer.endswith(b"\n"):
			answer += os.read(keep[1], 99)
		assert answer in (b"HELLO\n", b"FORGED\n"), answer
		ends(p)
		# the FIFO of the host holds nothing that it did not write
		os.set_blocking(keep[0], False)
		try:
			left = os.read(keep[0], 99)
		except BlockingIOError:
			left = b""
		assert b"forged" not in left, left
PY
}

@test "a timeout and the host's end also end the wait for a reader that never reads" {
	host <<'PY'
		os.mkfifo("fifo")
		keep = os.open("fifo", os.O_RDWR)
		flood = "import os\nwhile True: os.write(1, bytes(65536))"
		p = run(flood, "--timeout", "1s", "--kill-after", "100ms", stdout=open("fifo", "wb", 0))
		assert p.wait(20) == 124
		# the plugin is gone by itself, what it wrote is not read, and then the host goes
		os.close(keep)
		keep = os.open("fifo", os.O_RDWR)
		middle = os.fork()
		if middle == 0:
			os.dup2(keep, 1)
			p = run("import os; os.write(1, bytes(100000))", "--status-file", "status")
			print(p.pid, file=open("pid", "w"))
			while not os.path.exists("status") or "ready" not in open("status").read():
				select.select([], [], [], 0.01)
			os._exit(0)
		os.waitpid(middle, 0)
		pidfd = None
		try:
			pidfd = os.pidfd_open(int(open("pid").read()))
		except ProcessLookupError:
			pass
		if pidfd is not None:
			assert select.select([pidfd], [], [], 20)[0], "plugbox waits for nobody"
PY
}

@test "a directory on stdin stays outside" {
	mkdir dir
	echo secret >dir/file
	chmod -R a+rX dir
	run_command 0 cat /proc/self/fd/0/file <dir
	assert_eq "$output" secret
	run_command 1 "$PLUGBOX" run --no-bundle -- cat /proc/self/fd/0/file <dir
	run_command 0 "$PLUGBOX" run --no-bundle -- /usr/bin/python3 -c 'import os
try:
	os.fchdir(0)
	print("inside it")
except OSError:
	print("refused")
print(os.read(0, 1))' <dir
	assert_eq "$output" $'refused\nb\'\''
}

@test "a full device on stdout is told, and no error of plugbox" {
	requires pidfd_open
	# shellcheck disable=SC2016
	run_command 7 bash -c '"$PLUGBOX" run --no-bundle --allow subprocess -- \
		sh -c "trap \"\" PIPE; echo x; exit 7" >/dev/full'
	assert_match 'No space left on device' "$stderr"
	run_command 7 bash -c '"$PLUGBOX" run --no-bundle --allow subprocess -- sh -c "echo x; exit 7" >/dev/null'
	assert_eq "$stderr" ""
}

@test "closed descriptors are empty, not the next file that is opened" {
	requires pidfd_open
	run_command 0 bash -c '"$PLUGBOX" run --no-bundle -- /usr/bin/python3 -c "
import os
os.write(2, b\"%s %s\" % (os.readlink(b\"/proc/self/fd/0\"), os.read(0, 1)))" <&- 2>&1 >/dev/null'
	assert_eq "$output" "/dev/null "
	run_command 0 bash -c '"$PLUGBOX" run --no-bundle --status-file status -- echo hello >&- 2>&-'
	assert_eq "$output$stderr" ""
	refute_match hello "$(cat status)"
}

@test "a terminal: output arrives, and the plugin has none" {
	host <<'PY'
		import pty, termios
		code = """import os, fcntl, termios
		names = []
		for fd in (0, 1, 2):
			names.append(os.isatty(fd))
		try:
			fcntl.ioctl(0, termios.TIOCSTI, b'x')
			names.append('pushed')
		except OSError:
			pass
		try:
			os.open('/dev/tty', os.O_RDWR)
			names.append('tty')
		except OSError:
			pass
		line = b''
		while not line.endswith(b'\\n'):
			line += os.read(0, 1)
		os.write(1, b'[%s] %s' % (str(names).encode(), line))"""
		def talk(*options):
			master, slave = pty.openpty()
			before = termios.tcgetattr(slave)
			p = run(code, "-q", *options, stdin=slave, stdout=slave, stderr=slave)
			os.write(master, b"hello\n")
			seen = b""
			while b"] hello" not in seen:
				seen += os.read(master, 999)
			ends(p)
			assert termios.tcgetattr(slave) == before
			return seen.decode()
		seen = talk()
		assert "[[False, False, False]] hello" in seen, seen
		# granted, it is the terminal itself, but nothing can be pushed into it
		seen = talk("--allow", "tty")
		assert "[[True, True, True]] hello" in seen, seen
PY
}

@test "a terminal's end of file ends the plugin's input" {
	host <<'PY'
		import pty
		master, slave = pty.openpty()
		p = run("import sys; print(len(sys.stdin.read()))", stdin=slave, stdout=PIPE)
		os.write(master, b"abc\n\x04")
		assert p.stdout.read() == b"4\n"
		ends(p)
PY
}

@test "a flood on stderr is the plugin's own, whole, and stops nothing" {
	requires pidfd_open
	host <<'PY'
		flood = "import os\nfor i in range(256): os.write(2, bytes([65 + i % 26]) * 16384)\nos.write(1, b'done')"
		with open("log", "wb", 0) as log:
			p = run(flood, stdout=PIPE, stderr=log)
			assert p.stdout.read() == b"done"
			ends(p)
		log = open("log", "rb").read()
		assert len(log) == 256 * 16384
		assert all(log[i * 16384:(i + 1) * 16384] == bytes([65 + i % 26]) * 16384 for i in range(256))
		p = run(flood, stdout=PIPE, stderr=PIPE)
		out, err = p.communicate()
		assert out == b"done" and err == log
		ends(p)
PY
}

@test "a listening or foreign socket is no channel" {
	host <<'PY'
		s = socket.socket(socket.AF_UNIX)
		s.bind("socket")
		s.listen()
		p = run("", stdin=s, stderr=PIPE)
		assert b"listening socket" in p.stderr.read()
		ends(p, 2)
		# an internet connection is relayed: the plugin has a pipe, and the bytes arrive
		server = socket.create_server(("127.0.0.1", 0))
		client = socket.create_connection(server.getsockname())
		far, _ = server.accept()
		p = run("import os, stat; os.write(1, b'%d ' % stat.S_ISSOCK(os.fstat(0).st_mode) + os.read(0, 9))",
			stdin=far, stdout=far)
		far.close()
		client.sendall(b"hello")
		seen = client.makefile("rb").read()
		assert seen == b"0 hello", seen
		ends(p)
PY
}
