#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2154 # bats' run sets output and stderr
#
# What a plugin finds that asks for nothing: the root, /tmp, /dev, /proc, and the
# working directory of a command.

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

			def create(path):
			    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))

		PY
		cat
	} | bundle_file main
}

plain_bundle() {
	make_bundle plain <<-'YAML'
		name: plain
		version: 1.0.0
		entrypoint: main
	YAML
}

has_line() {
	grep -qxF -e "$1" <<<"$output" || fail "no line \"$1\" in:" "$output"
}

# lacks_line REGEX, which is matched with a whole line
lacks_line() {
	if grep -Exe "$1" <<<"$output"; then
		fail "a line matches \"$1\" in:" "$output"
	fi
}

@test "the root holds the runtime's directories and plugbox's own, and nothing else" {
	local expected=(dev etc plugin proc tmp usr) d

	requires userns python3
	for d in bin sbin lib lib32 lib64 libx32; do
		[[ ! -e /$d ]] || expected+=("$d")
	done
	plain_bundle
	mkdir "$BATS_TEST_TMPDIR/sibling"
	echo secret >"$BATS_TEST_TMPDIR/sibling/file"
	chmod -R a+rX "$BATS_TEST_TMPDIR/sibling"
	python_plugin <<-'PY'
		print('root:', *sorted(os.listdir('/')))
		print('cwd:', os.getcwd(), *sorted(os.listdir('.')))
		known = {'alternatives', 'ca-certificates', 'crypto-policies', 'hosts', 'ld.so.cache',
		         'localtime', 'nsswitch.conf', 'pki', 'ssl'}
		print('etc:', *[n for n in sorted(os.listdir('/etc'))
		                if n not in known and not n.startswith('java-')])
		print('ssl:', *sorted(set(os.listdir('/etc/ssl')) - {'certs', 'openssl.cnf'})
		      if os.path.isdir('/etc/ssl') else '')
		for path in sys.argv[1:]:
		    attempt(path, os.stat, path)
	PY
	run_plugbox 0 run "$BUNDLE" -- "$BATS_TEST_TMPDIR/sibling/file" "$BATS_TEST_TMPDIR" \
		/etc/passwd /etc/group /etc/shadow /etc/resolv.conf /etc/machine-id /etc/hostname \
		/home /root /var /run /sys /boot /opt /srv /mnt /media /plugin/.. /data
	has_line "root: $(printf '%s\n' "${expected[@]}" | LC_ALL=C sort | paste -sd ' ')"
	has_line 'cwd: /plugin main plugin.yaml'
	has_line 'etc:'
	grep -qx 'ssl: *' <<<"$output"
	has_line "$BATS_TEST_TMPDIR/sibling/file: ENOENT"
	has_line '/plugin/..: ok' # that is the root, listed above
	assert_eq "$(grep -c ': ENOENT$' <<<"$output")" 19
	# the control: outside they are there
	[[ -e $BATS_TEST_TMPDIR/sibling/file && -e /etc/passwd && -e /var && -e /sys ]]
}

@test "nothing but /tmp and /dev/shm can be written, and no mount of the host's is left" {
	requires userns python3
	plain_bundle
	python_plugin <<-'PY'
		os.chdir(sys.argv[1])
		attempt('write main', os.open, 'main', os.O_WRONLY)
		attempt('append main', os.open, 'main', os.O_WRONLY | os.O_APPEND)
		attempt('truncate main', os.truncate, 'copy', 0)
		attempt('chmod main', os.chmod, 'main', 0o777)
		attempt('utime main', os.utime, 'main', (0, 0))
		attempt('link main', os.link, 'main', 'other')
		attempt('rename main', os.rename, 'copy', 'another')
		attempt('unlink main', os.unlink, 'main')
		attempt('proc', os.open, '/proc/self/oom_score_adj', os.O_WRONLY)
		if sys.argv[1] != '/plugin':
		    sys.exit()
		for d in '/', '/usr', '/usr/bin', '/etc', '/dev', '/plugin', '/plugin/sub', '/tmp', '/dev/shm':
		    attempt('create ' + d, create, d.rstrip('/') + '/plugbox-test')
		    attempt('mkdir ' + d, os.mkdir, d.rstrip('/') + '/plugbox-test-dir')
		attempt('rename tmp', os.rename, '/tmp', '/other')
		import socket
		attempt('fifo', os.mkfifo, '/tmp/fifo')
		attempt('socket', lambda: socket.socket(socket.AF_UNIX).bind('/tmp/socket'))
		attempt('symlink', os.symlink, 'fifo', '/tmp/link')
		known = ['/', '/usr', '/plugin', '/tmp', '/proc', '/dev/shm', '/dev/null', '/dev/zero',
		         '/dev/full', '/dev/random', '/dev/urandom']
		runtime = ('/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32')
		for line in open('/proc/self/mountinfo'):
		    point, flags = line.split()[4:6]
		    flags = flags.split(',')
		    if point not in known and point not in runtime and not point.startswith(('/etc/', '/usr/')):
		        print('unknown mount:', line)
		    if 'nosuid' not in flags:
		        print('suid:', line)
		    if 'nodev' not in flags and not point.startswith('/dev/'):
		        print('dev:', line)
		    if 'ro' not in flags:
		        print('writable:', point)
		        if 'noexec' not in flags:
		            print('writable and executable:', point)
		    if any(f.startswith(('shared:', 'master:')) for f in line.split()[6:9]):
		        print('propagates:', line)
		    known = [k for k in known if k != point]
		print('not mounted:', *known)
	PY
	mkdir "$BUNDLE/sub"
	# writable but for the mount: inside, the plugin is the bundle's owner
	cp "$BUNDLE/main" "$BUNDLE/copy"
	cp -r "$BUNDLE" "$BATS_TEST_TMPDIR/control"
	run_plugbox 0 run "$BUNDLE" -- /plugin
	local d what
	for d in / /usr /usr/bin /etc /dev /plugin /plugin/sub; do
		has_line "create $d: EROFS"
		has_line "mkdir $d: EROFS"
	done
	for d in /tmp /dev/shm; do
		has_line "create $d: ok"
		has_line "mkdir $d: ok"
	done
	# of its own a plugin may make what it likes
	has_line 'fifo: ok'
	has_line 'socket: ok'
	has_line 'symlink: ok'
	for what in write append truncate chmod unlink rename link utime; do
		grep -Exq "$what main: (EROFS|EACCES|EBUSY)" <<<"$output" || fail "$what main:" "$output"
	done
	grep -Exq 'proc: (EROFS|EACCES)' <<<"$output"
	grep -Exq 'rename tmp: (EROFS|EACCES|EBUSY)' <<<"$output"
	assert_eq "$(grep '^writable: ' <<<"$output" | sort | paste -sd ' ')" \
		'writable: /dev/shm writable: /tmp'
	has_line 'not mounted:'
	lacks_line '(unknown mount|suid|dev|writable and executable|propagates):.*'
	diff -r "$BUNDLE" "$BATS_TEST_TMPDIR/control"
	# the control: the same without plugbox
	run_command 0 /usr/bin/python3 -IS "$BUNDLE/main" "$BATS_TEST_TMPDIR/control"
	for what in write append truncate chmod utime link rename unlink; do
		has_line "$what main: ok"
	done
	has_line 'proc: ok'
	[[ ! -e $BATS_TEST_TMPDIR/control/main ]]
}

@test "/tmp and /dev/shm begin empty, are shared with nobody and leave nothing behind" {
	local line mark=plugbox-test-$BASHPID fd pid

	requires userns python3
	plain_bundle
	python_plugin <<-'PY'
		for d in '/tmp', '/dev/shm':
		    print('in', d, *os.listdir(d))
		    attempt('create in ' + d, create, d + '/' + sys.argv[1])
		print('made', flush=True)
		if sys.argv[2:]:
		    sys.stdin.read()
		    print('still', *os.listdir('/tmp'))
	PY
	: >"$BATS_TEST_TMPDIR/$mark-host"
	coproc HOLDER { exec timeout -k 5 "$RUN_SECONDS" "$PLUGBOX" run "$BUNDLE" -- "$mark" hold 3>&-; }
	pid=$HOLDER_PID
	exec {fd}<&"${HOLDER[0]}"
	until [[ $line == made ]]; do
		read -r -t "$WAIT_SECONDS" -u "$fd" line
	done
	run_plugbox 0 run "$BUNDLE" -- "$mark"
	assert_eq "$output" "$(printf '%s\n' 'in /tmp' 'create in /tmp: ok' 'in /dev/shm' \
		'create in /dev/shm: ok' made)"
	[[ ! -e /tmp/$mark && ! -e /dev/shm/$mark ]]
	eval "exec ${HOLDER[1]}>&-"
	read -r -t "$WAIT_SECONDS" -u "$fd" line
	assert_eq "$line" "still $mark"
	wait "$pid"
	[[ ! -e /tmp/$mark && ! -e /dev/shm/$mark ]]
}

@test "/tmp, /dev/shm and --tmpfs are bounded in bytes and in files" {
	requires userns python3
	make_bundle filler <<-'YAML'
		name: filler
		version: 1.0.0
		entrypoint: main
		resources:
		  tmp_size: 2M
	YAML
	python_plugin <<-'PY'
		def fill(path):
		    n = 0
		    fd = os.open(path + '/fill', os.O_CREAT | os.O_WRONLY, 0o600)
		    try:
		        while n < 1 << 27:
		            n += os.write(fd, bytes(16384))
		    except OSError as e:
		        print(path, n, errno.errorcode[e.errno])
		    os.unlink(path + '/fill')

		def count(path):
		    try:
		        for n in range(40000):
		            create(f'{path}/{n}')
		    except OSError as e:
		        print(path, 'many' if n > 100 else n, errno.errorcode[e.errno], n < 20000)

		for d in sys.argv[1:]:
		    fill(d)
		for d in '/tmp', '/dev/shm':
		    count(d)
	PY
	# the manifest asks for less than the option allows; --size is for the next --tmpfs only
	run_plugbox 0 run --tmp-size 8M --size 128K --tmpfs /scratch --tmpfs /more "$BUNDLE" \
		-- /tmp /dev/shm /scratch /more
	has_line "/tmp $((2 << 20)) ENOSPC"
	has_line "/dev/shm $((64 << 20)) ENOSPC"
	has_line "/scratch $((128 << 10)) ENOSPC"
	has_line "/more $((2 << 20)) ENOSPC"
	has_line '/tmp many ENOSPC True'
	has_line '/dev/shm many ENOSPC True'
	run_plugbox 0 run --tmp-size 1M "$BUNDLE" -- /tmp
	has_line "/tmp $((1 << 20)) ENOSPC"
}

@test "what a plugin writes it cannot execute, even with subprocess" {
	requires userns python3 cc
	make_bundle writer <<-'YAML'
		name: writer
		version: 1.0.0
		entrypoint: main
		permissions: [subprocess]
	YAML
	cc_static "$BUNDLE/tool" <<-'C'
		int main(void) { return 7; }
	C
	python_plugin <<-'PY'
		import mmap

		def start(path, *args):
		    return os.waitstatus_to_exitcode(os.waitpid(os.posix_spawn(path, (path,) + args, {}), 0)[1])

		def map_exec(path):
		    fd = os.open(path, os.O_RDONLY)
		    mmap.mmap(fd, 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_EXEC)

		print('tool:', start('/plugin/tool'))
		attempt('map tool', map_exec, '/plugin/tool')
		for d in '/tmp', '/dev/shm', '/scratch':
		    copy = d + '/tool'
		    with open('/plugin/tool', 'rb') as src, open(copy, 'wb') as dst:
		        dst.write(src.read())
		    os.chmod(copy, 0o755)
		    attempt('start ' + copy, start, copy)
		    attempt('map ' + copy, map_exec, copy)
		loader = os.path.realpath('/lib64/ld-linux-x86-64.so.2')
		if os.path.exists(loader):
		    with open('/usr/bin/true', 'rb') as src, open('/tmp/true', 'wb') as dst:
		        dst.write(src.read())
		    os.chmod('/tmp/true', 0o755)
		    print('loader:', start(loader, '/usr/bin/true') == 0, start(loader, '/tmp/true') == 0)
	PY
	run_plugbox 0 run --tmpfs /scratch "$BUNDLE"
	local d
	has_line 'tool: 7'
	has_line 'map tool: ok'
	for d in /tmp /dev/shm /scratch; do
		has_line "start $d/tool: EACCES"
		grep -Exq "map $d/tool: (EPERM|EACCES)" <<<"$output"
	done
	refute_match 'loader: (False|True True)' "$output"
}

@test "/dev has the harmless devices and nothing else" {
	requires userns python3
	plain_bundle
	python_plugin <<-'PY'
		import stat
		print('dev:', *sorted(os.listdir('/dev')))
		for name in 'null', 'zero', 'full', 'random', 'urandom':
		    st = os.stat('/dev/' + name)
		    print(name, stat.S_ISCHR(st.st_mode), f'{os.major(st.st_rdev)}:{os.minor(st.st_rdev)}')
		with open('/dev/null', 'r+b', buffering=0) as f:
		    print('null:', f.write(b'xyz'), f.read(3))
		with open('/dev/zero', 'rb', buffering=0) as f:
		    print('zero:', f.read(3))
		with open('/dev/urandom', 'rb', buffering=0) as f:
		    print('urandom:', len(f.read(16)))
		attempt('full', os.write, os.open('/dev/full', os.O_WRONLY), b'x')
		for n, name in enumerate(('stdin', 'stdout', 'stderr')):
		    print(name, os.readlink('/dev/' + name), os.path.samestat(os.stat('/dev/' + name), os.fstat(n)))
		print('fd:', os.readlink('/dev/fd'))
		attempt('tty', os.open, '/dev/tty', os.O_RDWR)
		attempt('ptmx', os.open, '/dev/ptmx', os.O_RDWR)
		attempt('mknod', os.mknod, '/tmp/null', stat.S_IFCHR | 0o666, os.makedev(1, 3))
		attempt('chmod', os.chmod, '/dev/null', 0o600)
	PY
	run_plugbox 0 run "$BUNDLE"
	has_line 'dev: fd full null random shm stderr stdin stdout urandom zero'
	has_line 'null True 1:3'
	has_line 'zero True 1:5'
	has_line 'full True 1:7'
	has_line 'random True 1:8'
	has_line 'urandom True 1:9'
	has_line "null: 3 b''"
	has_line "zero: b'\\x00\\x00\\x00'"
	has_line 'urandom: 16'
	has_line 'full: ENOSPC'
	has_line 'stdin /proc/self/fd/0 True'
	has_line 'stdout /proc/self/fd/1 True'
	has_line 'stderr /proc/self/fd/2 True'
	has_line 'fd: /proc/self/fd'
	has_line 'tty: ENOENT'
	has_line 'ptmx: ENOENT'
	refute_match 'mknod: ok|chmod: ok' "$output"
}

@test "/proc shows the plugin's own processes and nothing of the machine" {
	requires userns python3
	plain_bundle
	python_plugin <<-'PY'
		pids = [n for n in os.listdir('/proc') if n.isdigit()]
		print('pids:', pids == [str(os.getpid())])
		print('others:', *sorted(n for n in os.listdir('/proc') if not n.isdigit()))
		for name in 'sys', 'cpuinfo', 'meminfo', 'kcore', 'keys', 'version', 'mounts', 'sysrq-trigger':
		    attempt(name, os.stat, '/proc/' + name)
		for name in '1/environ', '1/root', '1/mem', sys.argv[1] + '/environ':
		    attempt(name, os.open, '/proc/' + name, os.O_RDONLY)
		attempt('comm', os.open, '/proc/self/comm', os.O_WRONLY)
		print('root:', os.readlink('/proc/self/root'))
	PY
	run_plugbox 0 run "$BUNDLE" -- "$$"
	has_line 'pids: True'
	# mounts is a link into self, which subset=pid keeps on some kernels
	grep -Exq 'others: (mounts )?self thread-self' <<<"$output" || fail "$output"
	local name
	for name in sys cpuinfo meminfo kcore keys version sysrq-trigger 1/environ 1/root 1/mem; do
		has_line "$name: ENOENT"
	done
	has_line "$$/environ: ENOENT"
	grep -Exq 'comm: (EROFS|EACCES)' <<<"$output"
	has_line 'root: /'
	[[ -e /proc/sys && -e /proc/cpuinfo && -e /proc/$$/environ ]]
}

@test "there is no user database unless it is asked for, and then none of the host's" {
	requires userns python3
	plain_bundle
	python_plugin <<-'PY'
		import grp, pwd
		print('users:', *sorted(p.pw_name for p in pwd.getpwall()))
		print('groups:', *sorted(g.gr_name for g in grp.getgrall()))
		try:
		    me = pwd.getpwuid(os.getuid())
		    print('me:', me.pw_name, me.pw_dir, grp.getgrgid(os.getgid()).gr_name)
		except KeyError:
		    print('me: nobody knows')
		attempt('write', os.open, '/etc/passwd', os.O_WRONLY)
	PY
	run_plugbox 0 run "$BUNDLE"
	has_line 'users:'
	has_line 'groups:'
	has_line 'me: nobody knows'
	has_line 'write: ENOENT'
	make_bundle plain <<-'YAML'
		name: plain
		version: 1.0.0
		entrypoint: main
		permissions: [user_database]
	YAML
	run_plugbox 0 run "$BUNDLE"
	has_line 'users: nobody plugin root'
	has_line 'groups: nogroup plugin root'
	has_line 'me: plugin /tmp plugin'
	grep -Exq 'write: (EROFS|EACCES)' <<<"$output"
}

# What a command sees: the working directory, whether a file can be made there and
# whether what stands beside it is there.
look='import os
print("cwd:", os.getcwd(), *sorted(os.listdir(".")))
try:
    open("made", "w")
    print("made")
except OSError as e:
    print("not made:", e.errno)
print("beside:", os.path.exists("../beside"))
print("plugin:", os.path.exists("/plugin"))'

@test "a command sees its working directory, read-only and at its own path" {
	requires userns python3
	mkdir "$BATS_TEST_TMPDIR/work" "$BATS_TEST_TMPDIR/beside"
	echo text >"$BATS_TEST_TMPDIR/work/file"
	chmod 0755 "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work"
	run_plugbox 0 run -- python3 -c "$look"
	assert_eq "$output" "$(printf '%s\n' "cwd: $PWD file" 'not made: 30' 'beside: False' 'plugin: False')"
	[[ ! -e made ]]
	# by another directory's name, through a link too
	cd /
	ln -s work "$BATS_TEST_TMPDIR/link"
	run_plugbox 0 run --bundle "$BATS_TEST_TMPDIR/link" -- python3 -c "$look"
	assert_match "^cwd: $BATS_TEST_TMPDIR/work file" "$output"
	cd "$BATS_TEST_TMPDIR"
	run_plugbox 0 run --bundle work -- python3 -c "$look"
	assert_match "^cwd: $BATS_TEST_TMPDIR/work file" "$output"
	# without one
	cd work
	run_plugbox 0 run --no-bundle -- python3 -c "$look; print(os.path.exists('$PWD'))"
	assert_eq "$output" "$(printf '%s\n' 'cwd: /tmp' made 'beside: False' 'plugin: False' False)"
	# the control
	run_command 0 /usr/bin/python3 -c "$look"
	assert_match 'made
beside: True' "$output"
	[[ -e made ]]
}

@test "a command's program is found in the working directory by a path, not by a bare name" {
	requires userns cc
	mkdir "$BATS_TEST_TMPDIR/work"
	chmod 0755 "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work"
	cc_static env <<-'C'
		int main(void) { return 9; }
	C
	run_plugbox 9 run -- ./env
	run_plugbox 9 run -- "$PWD/env"
	run_plugbox 0 run -- env
	run_plugbox 127 run -- ./absent
}

@test "the root, the home directory and what is above are never the bundle by accident" {
	local real dir

	requires userns
	mkdir -p "$BATS_TEST_TMPDIR/up/home/project"
	ln -s home "$BATS_TEST_TMPDIR/up/link"
	chmod -R a+rX "$BATS_TEST_TMPDIR/up"
	export HOME=$BATS_TEST_TMPDIR/up/home
	for dir in / "$HOME" "$BATS_TEST_TMPDIR/up" "$BATS_TEST_TMPDIR/up/link" "$BATS_TEST_TMPDIR"; do
		cd "$dir"
		run_plugbox 2 run -- true
		assert_match 'cannot be the bundle' "$stderr"
		assert_match '--bundle DIR.*--no-bundle' "$stderr"
	done
	for dir in / "$HOME" "$BATS_TEST_TMPDIR/up" "$BATS_TEST_TMPDIR/up/link" "$HOME/project/.."; do
		run_plugbox 2 run --bundle "$dir" -- true
	done
	# parts of the system, which it would hide
	for dir in /usr /etc /dev /proc /tmp /dev/shm; do
		run_plugbox 2 run --bundle "$dir" -- true
	done
	# the home directory of the user database counts, whatever HOME says
	real=$(getent passwd "$EUID" | cut -d: -f6)
	if [[ -d $real && -x $real ]]; then
		HOME=/nonexistent run_plugbox 2 run --bundle "$real" -- true
	fi
	# the controls
	cd "$HOME"
	run_plugbox 0 run --no-bundle -- true
	cd project
	run_plugbox 0 run -- true
	cd /
	run_plugbox 0 run --bundle "$HOME/project" -- true
}

@test "a working directory that was deleted is an error, not a surprise" {
	requires userns
	mkdir "$BATS_TEST_TMPDIR/gone"
	cd "$BATS_TEST_TMPDIR/gone"
	run_plugbox 0 run -- true
	rmdir "$BATS_TEST_TMPDIR/gone"
	run_plugbox 2 run -- true
	assert_match 'working directory' "$stderr"
	# a name that looks like the mark of a deleted one is a name
	mkdir "$BATS_TEST_TMPDIR/gone (deleted)"
	chmod 0755 "$BATS_TEST_TMPDIR/gone (deleted)"
	run_plugbox 2 run -- true
	cd "$BATS_TEST_TMPDIR/gone (deleted)"
	run_plugbox 0 run -- pwd
	assert_eq "$output" "$BATS_TEST_TMPDIR/gone (deleted)"
}

@test "--chdir and --hostname say what they say" {
	requires userns python3
	plain_bundle
	python_plugin <<-'PY'
		import socket
		print(os.getcwd(), socket.gethostname(), os.uname().nodename, os.uname()[1:2])
	PY
	mkdir "$BUNDLE/sub"
	run_plugbox 0 run "$BUNDLE"
	assert_match '^/plugin plugbox ' "$output"
	run_plugbox 0 run --chdir /plugin/sub --hostname host.example "$BUNDLE"
	assert_match '^/plugin/sub host.example host.example ' "$output"
	run_plugbox 0 run --chdir /tmp "$BUNDLE"
	assert_match '^/tmp ' "$output"
	run_plugbox 125 run --chdir /absent "$BUNDLE"
	run_plugbox 2 run --chdir sub "$BUNDLE"
	run_plugbox 2 run --hostname 'a b' "$BUNDLE"
}
