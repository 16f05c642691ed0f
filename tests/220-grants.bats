#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck disable=SC2154 # bats' run sets output and stderr
#
# What reaches out of the sandbox: files of the host, storage, devices, and the mounts
# that the command line adds.

load helper

# python_plugin <<source: the bundle's main. attempt prints "NAME: ok" or "NAME: ERRNO".
python_plugin() {
	{
		cat <<-'PY'
			#!/usr/bin/python3 -IS
			import errno, os, socket, stat, sys

			def attempt(name, call, *args, **named):
			    try:
			        call(*args, **named)
			        print(f'{name}: ok', flush=True)
			    except OSError as e:
			        print(f'{name}: {errno.errorcode[e.errno]}', flush=True)

			def create(path, mode=0o644):
			    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))

			def start(path):
			    return os.waitpid(os.posix_spawn(path, [path], {}), 0)

			def text(path):
			    with open(path) as f:
			        return f.read().strip()

		PY
		cat
	} | bundle_file main
}

# asking PERMISSION...: a bundle whose manifest asks for that, a line of YAML each
asking() {
	make_bundle asking < <(
		printf '%s\n' 'name: asking' 'version: 1.0.0' 'entrypoint: main' 'permissions:'
		printf '  - %s\n' "$@"
	)
}

has_line() {
	grep -qxF -e "$1" <<<"$output" || fail "no line \"$1\" in:" "$output"
}

# is_refused NAME...: each attempt failed, for whatever reason
is_refused() {
	local name

	for name; do
		grep -Eqx "$name: E[A-Z]+" <<<"$output" || fail "\"$name\" was not refused:" "$output"
	done
}

setup() {
	HOST=$BATS_TEST_TMPDIR/host
	mkdir -p "$HOST"
	# for the plugin, which is another user when root starts it
	chmod 0777 "$HOST"
}

@test "what reaches out needs --allow, and the refusal names each that lacks it" {
	local data=$BATS_TEST_TMPDIR/data

	requires userns python3
	mkdir "$HOST/a" "$HOST/b" "$HOST/c"
	asking "file_system_read: [$HOST/a, $HOST/b]" "file_system_write: [$HOST/c]" storage \
		'environment: [PB_TEST_ONE, PB_TEST_TWO]' 'network: host' 'devices: [fuse]' tty \
		read_messages 'tool:forecast'
	python_plugin <<<'print("ran", os.environ.get("PB_TEST_ONE"))'
	export PB_TEST_ONE=1 PB_TEST_TWO=2
	run_plugbox 77 run --data-dir "$data" "$BUNDLE"
	[[ -z $output && ! -e $data ]]
	local missing=("file_system_read=$HOST/a" "file_system_read=$HOST/b" "file_system_write=$HOST/c"
		storage environment=PB_TEST_ONE environment=PB_TEST_TWO network=host devices=fuse tty
		read_messages tool:forecast) m
	for m in "${missing[@]}"; do
		[[ $stderr == *"--allow $m"* ]] || fail "not named: $m" "$stderr"
	done
	run_plugbox 77 run --data-dir "$data" --allow file_system_read --allow storage \
		--allow environment --allow network --allow devices --allow tty --allow read_messages \
		--allow 'tool:*' "$BUNDLE"
	[[ -z $output && ! -e $data ]]
	[[ $stderr == *"--allow file_system_write=$HOST/c"* ]]
	refute_match 'allow (file_system_read|storage|tty|tool|devices)' "$stderr"
	# what the refusal proposes is enough
	asking "file_system_read: [$HOST/a, $HOST/b]" "file_system_write: [$HOST/c]" storage \
		'environment: [PB_TEST_ONE, PB_TEST_TWO]'
	local options=()
	for m in "${missing[@]:0:6}"; do
		options+=(--allow "$m")
	done
	run_plugbox 0 run --data-dir "$data" "${options[@]}" "$BUNDLE"
	assert_eq "$output" 'ran 1'
}

@test "a granted path can be read, and not written, executed or left" {
	requires userns python3
	mkdir -p "$HOST/granted/sub" "$HOST/other"
	echo inner >"$HOST/granted/sub/file"
	echo alone >"$HOST/single"
	echo secret >"$HOST/other/file"
	cp /usr/bin/true "$HOST/granted/true"
	ln -s ../other/file "$HOST/granted/out"
	ln -s "$HOST/other/file" "$HOST/granted/absolute"
	ln -s sub/file "$HOST/granted/in"
	chmod -R a+rwX "$HOST"
	asking "file_system_read: [$HOST/granted, $HOST/single]" subprocess
	python_plugin <<-'PY'
		host = sys.argv[1]
		d = host + '/granted'
		print(text(d + '/sub/file'), text(d + '/in'), *sorted(os.listdir(d)))
		print(text(host + '/single'), *sorted(os.listdir(host)))
		attempt('other', os.listdir, host + '/other')
		for name in 'out', 'absolute':
		    attempt(name, open, d + '/' + name)
		attempt('create', create, d + '/new')
		attempt('create in sub', create, d + '/sub/new')
		attempt('write', os.open, d + '/sub/file', os.O_WRONLY)
		attempt('write single', os.open, host + '/single', os.O_WRONLY)
		attempt('truncate', os.truncate, d + '/sub/file', 0)
		attempt('chmod', os.chmod, d + '/sub/file', 0o600)
		attempt('unlink', os.unlink, d + '/sub/file')
		attempt('utime', os.utime, d + '/sub/file')
		attempt('link', os.link, d + '/sub/file', '/tmp/file')
		attempt('start', start, d + '/true')
		attempt('start from /usr', start, '/usr/bin/true')
	PY
	run_plugbox 0 run --allow "file_system_read=$HOST/granted,$HOST/single" "$BUNDLE" -- "$HOST"
	has_line 'inner inner absolute in out sub true'
	has_line 'alone granted single'
	has_line 'other: ENOENT'
	has_line 'out: ENOENT'
	has_line 'absolute: ENOENT'
	has_line 'create: EROFS'
	has_line 'create in sub: EROFS'
	is_refused write 'write single' truncate chmod unlink utime link
	has_line 'start: EACCES'
	has_line 'start from /usr: ok'
	assert_eq "$(cat "$HOST/granted/sub/file" "$HOST/single")" $'inner\nalone'
	[[ ! -e $HOST/granted/new && ! -e $HOST/granted/sub/new ]]
	# the control: outside the same is possible
	cp "$HOST/granted/sub/file" "$BATS_TEST_TMPDIR/"
	run_command 0 /usr/bin/python3 -IS "$BUNDLE/main" "$HOST"
	has_line 'create: ok'
	has_line 'start: ok'
	has_line 'out: ok'
	has_line 'unlink: ok'
}

@test "an allowed path covers what is below it, and nothing else" {
	requires userns python3
	mkdir -p "$HOST/a/b/c" "$HOST/a/bc"
	asking "file_system_read: [$HOST/a/b]"
	python_plugin <<<'print(*sorted(os.listdir(sys.argv[1])))'
	run_plugbox 0 run --allow "file_system_read=$HOST/a/b" "$BUNDLE" -- "$HOST/a"
	# what was asked for is shown, not what was allowed
	run_plugbox 0 run --allow "file_system_read=$HOST" "$BUNDLE" -- "$HOST/a"
	assert_eq "$output" b
	run_plugbox 0 run --allow "file_system_read" "$BUNDLE" -- "$HOST/a"
	run_plugbox 0 run --allow "file_system_read=/srv,$HOST/a" "$BUNDLE" -- "$HOST/a"
	run_plugbox 0 run --allow file_system_read=/srv --allow "file_system_read=$HOST/a" "$BUNDLE" -- "$HOST/a"
	run_plugbox 77 run --allow "file_system_read=$HOST/a/b/c" "$BUNDLE" -- "$HOST/a"
	run_plugbox 77 run --allow "file_system_read=$HOST/a/bc" "$BUNDLE" -- "$HOST/a"
	run_plugbox 77 run --allow "file_system_read=$HOST/a/b*" "$BUNDLE" -- "$HOST/a"
	# writing includes reading, but is another permission
	run_plugbox 77 run --allow "file_system_write=$HOST/a" "$BUNDLE" -- "$HOST/a"
	run_plugbox 2 run --allow "file_system_read=$HOST/a/../a" "$BUNDLE" -- "$HOST/a"
	run_plugbox 2 run --allow file_system_read=/ "$BUNDLE" -- "$HOST/a"
	# what would cover a place of the plugin's own is no path to grant
	asking 'file_system_read: [/tmp]'
	run_plugbox 2 run --allow file_system_read "$BUNDLE" -- /tmp
	asking 'file_system_write: [/etc]'
	run_plugbox 2 run --allow file_system_write "$BUNDLE" -- /etc
	# what the runtime shows needs nobody's leave
	asking 'file_system_read: [/usr/share]'
	run_plugbox 0 run "$BUNDLE" -- /usr/share
	run_plugbox 77 run --runtime none "$BUNDLE" -- /usr/share
}

@test "an empty list, and an --allow that the manifest does not ask for, give nothing" {
	requires userns python3
	mkdir "$HOST/granted"
	# a permission with an empty list is a mistake, and certainly not a request for all
	asking 'file_system_read: []'
	python_plugin <<<'print("ran")'
	run_plugbox 2 run --allow file_system_read "$BUNDLE"
	[[ -z $output ]]
	make_bundle asking <<-'YAML'
		name: asking
		version: 1.0.0
		entrypoint: main
		permissions: []
		capabilities:
		  required: []
		  optional: []
		environment:
		  pass: []
	YAML
	python_plugin <<-'PY'
		attempt('host', os.listdir, sys.argv[1])
		attempt('data', os.listdir, '/data')
		print('PB_TEST_ONE' in os.environ, *sorted(os.listdir('/dev')))
	PY
	export PB_TEST_ONE=1
	run_plugbox 0 run "$BUNDLE" -- "$HOST/granted"
	local before=$output
	has_line 'host: ENOENT'
	has_line 'False fd full null random shm stderr stdin stdout urandom zero'
	run_plugbox 0 run --allow "file_system_read=$HOST" --allow "file_system_write=$HOST" \
		--allow storage --data-dir "$HOST/data" --allow devices=fuse \
		--allow environment --allow read_messages "$BUNDLE" -- "$HOST/granted"
	assert_eq "$output" "$before"
	[[ ! -e $HOST/data ]]
	assert_match 'storage.*no effect' "$stderr"
	run_plugbox 2 run --allow file_system_read= "$BUNDLE" -- "$HOST/granted"
	run_plugbox 2 run --allow "file_system_read=$HOST," "$BUNDLE" -- "$HOST/granted"
}

@test "an optional request that is not allowed is dropped, and told" {
	requires userns python3
	mkdir "$HOST/granted"
	make_bundle optional <<-YAML
		name: optional
		version: 1.0.0
		entrypoint: main
		capabilities:
		  optional:
		    - file_system_read: [$HOST/granted]
		    - storage
		    - tool:radar*
	YAML
	python_plugin <<-'PY'
		attempt('host', os.listdir, sys.argv[1])
		attempt('data', os.listdir, '/data')
	PY
	run_plugbox 0 run --data-dir "$HOST/data" "$BUNDLE" -- "$HOST/granted"
	has_line 'host: ENOENT'
	has_line 'data: ENOENT'
	assert_match "file_system_read: $HOST/granted.*dropped" "$stderr"
	assert_match 'storage.*dropped' "$stderr"
	assert_match 'tool:radar.*dropped' "$stderr"
	[[ ! -e $HOST/data ]]
	run_plugbox 0 run --allow "file_system_read=$HOST" "$BUNDLE" -- "$HOST/granted"
	has_line 'host: ok'
	has_line 'data: ENOENT'
	refute_match 'file_system_read' "$stderr"
	assert_match 'storage.*dropped' "$stderr"
}

# serve PATH TYPE: a process of the host's that accepts on a socket; prints a line when it
# does, and one for what reaches it
serve() {
	/usr/bin/python3 -IS - "$@" 3>&- <<-'PY'
		import os, socket, sys
		path, kind = sys.argv[1:]
		s = socket.socket(socket.AF_UNIX, getattr(socket, 'SOCK_' + kind))
		s.bind(path)
		os.chmod(path, 0o777)
		if kind == 'STREAM':
		    s.listen()
		print('listening', flush=True)
		s.settimeout(60)
		print('reached', s.accept()[0].recv(9) if kind == 'STREAM' else s.recv(9), flush=True)
	PY
}

@test "a socket of the host in what is shown cannot be reached" {
	local kind where fd line pid

	requires userns python3
	mkdir "$HOST/r" "$HOST/w"
	chmod 0777 "$HOST"/[rw]
	asking "file_system_read: [$HOST/r]" "file_system_write: [$HOST/w]"
	python_plugin <<-'PY'
		def stream(path):
		    s = socket.socket(socket.AF_UNIX)
		    s.connect(path)
		    s.send(b'plugin')

		def datagram(path):
		    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'plugin', path)

		call = stream if sys.argv[1] == 'STREAM' else datagram
		for path in sys.argv[2:]:
		    attempt(path, call, path)
	PY
	for kind in STREAM DATAGRAM; do
		for where in "$HOST/r" "$HOST/w" "$BUNDLE"; do
			coproc SERVER { serve "$where/$kind" "${kind/DATA/D}"; }
			pid=$SERVER_PID
			exec {fd}<&"${SERVER[0]}"
			read -r -t "$WAIT_SECONDS" -u "$fd" line
			assert_eq "$line" listening
			run_plugbox 0 run --allow file_system_read --allow file_system_write "$BUNDLE" -- \
				$kind "${where/#$BUNDLE//plugin}/$kind"
			is_refused "${where/#$BUNDLE//plugin}/$kind"
			# the control: without plugbox it is
			run_command 0 /usr/bin/python3 -IS "$BUNDLE/main" $kind "$where/$kind"
			read -r -t "$WAIT_SECONDS" -u "$fd" line
			assert_eq "$line" "reached b'plugin'"
			exec {fd}<&-
			wait "$pid"
		done
	done
}

@test "a path granted for writing is the host's, without set-id bits, pipes, sockets and devices" {
	requires userns python3
	mkdir "$HOST/w" "$HOST/other"
	echo old >"$HOST/w/old"
	cp /usr/bin/true "$HOST/w/true"
	chmod -R a+rwX "$HOST"
	asking "file_system_write: [$HOST/w]" subprocess
	python_plugin <<-'PY'
		def bind(path):
		    s = socket.socket(socket.AF_UNIX)
		    s.bind(path)

		def whiteout(old, new):
		    nr = {'x86_64': 316, 'aarch64': 276}[os.uname().machine]
		    if libc.syscall(nr, -100, old, -100, new, 4): # renameat2, RENAME_WHITEOUT
		        raise OSError(ctypes.get_errno(), 'renameat2')

		import ctypes
		libc = ctypes.CDLL(None, use_errno=True)
		host = sys.argv[1]
		for d in host + '/w', '/dev/shm':
		    os.chdir(d)
		    w = os.path.basename(d)
		    attempt(w + ' create', create, 'new')
		    attempt(w + ' mkdir', os.mkdir, 'dir', 0o755)
		    attempt(w + ' create in dir', create, 'dir/file')
		    attempt(w + ' rename', os.rename, 'new', 'dir/renamed')
		    attempt(w + ' chmod', os.chmod, 'dir/renamed', 0o755)
		    attempt(w + ' symlink', os.symlink, '/etc/passwd', 'link')
		    attempt(w + ' link', os.link, 'dir/file', 'hard')
		    attempt(w + ' unlink', os.unlink, 'dir/file')
		    attempt(w + ' fifo', os.mkfifo, 'fifo')
		    attempt(w + ' socket', bind, 'socket')
		    attempt(w + ' mknod regular', os.mknod, 'regular', stat.S_IFREG | 0o644)
		    attempt(w + ' whiteout', whiteout, b'regular', b'renamed')
		    attempt(w + ' device', os.mknod, 'device', stat.S_IFCHR | 0o666, os.makedev(1, 3))
		    attempt(w + ' block device', os.mknod, 'block', stat.S_IFBLK | 0o666, os.makedev(7, 0))
		    for mode in 0o4755, 0o2755, 0o6755:
		        attempt(f'{w} chmod {mode:o}', os.chmod, 'dir/renamed', mode)
		        attempt(f'{w} create {mode:o}', create, f'setid{mode:o}', mode)
		        attempt(f'{w} mkdir {mode:o}', os.mkdir, f'dir{mode:o}', mode)
		        attempt(f'{w} mknod {mode:o}', os.mknod, f'node{mode:o}', stat.S_IFREG | mode)
		    fd = os.open('dir/renamed', os.O_RDWR)
		    attempt(w + ' fchmod', os.fchmod, fd, 0o4755)
		    attempt(w + ' start', start, 'true' if w == 'w' else 'dir/renamed')
		os.chdir(host + '/w')
		with open('old', 'a') as f:
		    f.write('and new\n')
		attempt('other', os.listdir, host + '/other')
		attempt('out', os.rename, 'old', '/tmp/old')
	PY
	run_plugbox 0 run --allow "file_system_write=$HOST" "$BUNDLE" -- "$HOST"
	local what mode
	for what in create mkdir 'create in dir' rename chmod symlink link unlink 'mknod regular'; do
		has_line "w $what: ok"
		has_line "shm $what: ok"
	done
	is_refused 'w fifo' 'w socket' 'w whiteout' 'w device' 'w block device' 'w fchmod' 'w start' 'shm start' other out
	has_line 'shm fifo: ok'
	for mode in 4755 2755 6755; do
		is_refused "w chmod $mode" "w create $mode" "w mknod $mode"
		[[ ! -e $HOST/w/setid$mode && ! -e $HOST/w/node$mode ]]
	done
	assert_eq "$(cat "$HOST/w/old")" $'old\nand new'
	[[ -f $HOST/w/dir/renamed && -L $HOST/w/link && ! -e $HOST/w/dir/file && ! -p $HOST/w/fifo ]]
	[[ -z $(find "$HOST/w" -perm /6000 -o -type p -o -type s -o -type c -o -type b) ]]
	# by whom: the caller, or for root nobody
	assert_eq "$(stat -c %u "$HOST/w/dir/renamed")" "$([[ $EUID -eq 0 ]] && echo 65534 || echo "$EUID")"
	# the control: outside the bits can be set and the pipe be made
	chmod 4755 "$HOST/w/dir/renamed"
	[[ -u $HOST/w/dir/renamed ]]
	mkfifo "$HOST/w/fifo"
}

@test "a granted path that leads through a link, or is no file or directory, stops the launch" {
	local path

	requires userns python3
	mkdir -p "$HOST/real/sub"
	echo text >"$HOST/real/sub/file"
	ln -s real "$HOST/link"
	ln -s "$HOST/real/sub/file" "$HOST/file"
	mkfifo "$HOST/fifo"
	for path in link link/sub link/sub/file file fifo absent real/sub/file/x; do
		asking "file_system_read: [$HOST/$path]"
		python_plugin <<<'print("ran")'
		run_plugbox 125 run --allow "file_system_read=$HOST" "$BUNDLE"
		[[ -z $output && $stderr == *"$HOST/$path"* ]]
		asking "file_system_write: [$HOST/$path]"
		run_plugbox 125 run --allow "file_system_write=$HOST" "$BUNDLE"
		[[ -z $output ]]
	done
	[[ ! -e $HOST/absent ]]
	asking "file_system_read: [$HOST/real/sub, $HOST/real/sub/file]"
	run_plugbox 0 run --allow "file_system_read=$HOST" "$BUNDLE"
}

@test "a bundle below a granted path stays the bundle" {
	requires userns python3
	mkdir "$HOST/bundle"
	cp /usr/bin/true "$HOST/bundle/true"
	cat >"$HOST/bundle/main" <<-'PY'
		#!/usr/bin/python3 -IS
		import os, sys
		for path in 'new', '../new':
		    try:
		        open(path, 'x')
		        print(path, 'made')
		    except OSError as e:
		        print(path, e.strerror)
		sys.stdout.flush()
		os.execv('./true', ['true'])
	PY
	chmod 0755 "$HOST/bundle/main"
	cd "$HOST/bundle"
	run_plugbox 0 run --allow subprocess -- ./main
	assert_match '^new Read-only file system' "$output"
	[[ ! -e $HOST/new ]]
	run_plugbox 0 run --allow subprocess --allow "file_system_read=$HOST" -- ./main
	assert_eq "$output" $'new Read-only file system\n../new Read-only file system'
	run_plugbox 0 run --allow subprocess --allow "file_system_write=$HOST" -- ./main
	assert_eq "$output" $'new Read-only file system\n../new made'
	[[ -e $HOST/new && ! -e $HOST/bundle/new ]]
}

@test "of nested granted paths none takes away what another gives, in whatever order" {
	local first=''

	requires userns python3
	mkdir -p "$HOST/a/w/r/w"
	chmod -R 0777 "$HOST/a"
	nested() {
		python_plugin <<-'PY'
			for d in '', '/w', '/w/r', '/w/r/w':
			    attempt('create' + d, create, sys.argv[1] + d + '/' + sys.argv[2])
		PY
		run_plugbox 0 run --allow file_system_read --allow file_system_write "$BUNDLE" -- "$HOST/a" "$1"
		has_line 'create: EROFS'
		has_line 'create/w: ok'
		has_line 'create/w/r/w: ok'
	}
	asking "file_system_read: [$HOST/a, $HOST/a/w/r]" "file_system_write: [$HOST/a/w, $HOST/a/w/r/w]"
	nested one
	first=$output
	asking "file_system_write: [$HOST/a/w/r/w, $HOST/a/w]" "file_system_read: [$HOST/a/w/r, $HOST/a]"
	nested two
	assert_eq "$output" "$first"
}

@test "storage persists for one plugin, apart from every other" {
	local data=$BATS_TEST_TMPDIR/data name

	requires userns python3
	for name in one two; do
		make_bundle $name <<-YAML
			name: $name
			version: 1.0.0
			entrypoint: main
			permissions: [storage, subprocess]
		YAML
		python_plugin <<-'PY'
			print('found', *sorted(os.listdir('/data')))
			print('home', os.environ['HOME'])
			attempt('create', create, '/data/' + sys.argv[1])
			attempt('beside', os.listdir, '/data/..' + sys.argv[2])
			with open('/usr/bin/true', 'rb') as src, open('/data/true', 'wb') as dst:
			    dst.write(src.read())
			os.chmod('/data/true', 0o755)
			attempt('start', start, '/data/true')
			attempt('setuid', os.chmod, '/data/true', 0o4755)
			os.unlink('/data/true')
			os.mkdir('/data/dir-' + sys.argv[1])
		PY
	done
	local options=(--allow storage --data-dir "$data")
	run_plugbox 0 run "${options[@]}" "$BATS_TEST_TMPDIR/one" -- first "$data"
	has_line found
	has_line 'home /data'
	has_line 'create: ok'
	is_refused beside start setuid
	run_plugbox 0 run "${options[@]}" "$BATS_TEST_TMPDIR/two" -- other "$data"
	has_line found
	run_plugbox 0 run "${options[@]}" "$BATS_TEST_TMPDIR/one" -- second "$data"
	has_line 'found dir-first first'
	run_plugbox 0 run "${options[@]}" "$BATS_TEST_TMPDIR/two" -- second "$data"
	has_line 'found dir-other other'
	[[ -e $data/one/second && -e $data/two/other && ! -e $data/two/first ]]
	# nobody else of the host looks into it
	assert_eq "$(stat -c %a "$data/one")" 700
	run_plugbox 77 run --data-dir "$data" "$BATS_TEST_TMPDIR/one" -- third "$data"
	[[ ! -e $data/one/third ]]
}

@test "without --data-dir storage is below the user's data directory" {
	requires user userns python3
	asking storage
	python_plugin <<<'create("/data/mark")'
	XDG_DATA_HOME=$HOST/xdg HOME=$HOST/home run_plugbox 0 run --allow storage "$BUNDLE"
	[[ -e $HOST/xdg/plugbox/data/asking/mark && ! -e $HOST/home ]]
	env -u XDG_DATA_HOME HOME="$HOST/home" "$PLUGBOX" run --allow storage "$BUNDLE"
	[[ -e $HOST/home/.local/share/plugbox/data/asking/mark ]]
	run_command 125 env -u XDG_DATA_HOME -u HOME "$PLUGBOX" run --allow storage "$BUNDLE"
	[[ $stderr == *--data-dir* ]]
}

@test "a command keeps data only where it is told" {
	requires userns
	mkdir "$HOST/work"
	cd "$HOST/work"
	run_plugbox 2 run --allow storage -- true
	[[ $stderr == *--data-dir* ]]
	run_plugbox 0 run --allow storage --allow subprocess --data-dir "$BATS_TEST_TMPDIR/data" -- \
		sh -c 'echo text >/data/mark'
	assert_eq "$(cat "$BATS_TEST_TMPDIR"/data/*/mark)" text
}

@test "a data directory that became a link, a file or somebody else's is refused" {
	local data=$BATS_TEST_TMPDIR/data

	requires userns python3
	mkdir "$HOST/victim"
	chmod 0777 "$HOST/victim"
	asking storage
	python_plugin <<<'create("/data/" + sys.argv[1]); print("ran")'
	run_plugbox 0 run --allow storage --data-dir "$data" "$BUNDLE" -- before
	mv "$data/asking" "$data/moved"
	ln -s "$HOST/victim" "$data/asking"
	run_plugbox 125 run --allow storage --data-dir "$data" "$BUNDLE" -- after
	[[ -z $output && -z $(ls "$HOST/victim") ]]
	ln -sfn moved "$data/asking"
	run_plugbox 125 run --allow storage --data-dir "$data" "$BUNDLE" -- after
	[[ -z $output && ! -e $data/moved/after ]]
	rm "$data/asking"
	echo text >"$data/asking"
	run_plugbox 125 run --allow storage --data-dir "$data" "$BUNDLE" -- after
	[[ -z $output ]]
	rm "$data/asking"
	mkfifo "$data/asking"
	run_plugbox 125 run --allow storage --data-dir "$data" "$BUNDLE" -- after
	rm "$data/asking"
	mv "$data/moved" "$data/asking"
	run_plugbox 0 run --allow storage --data-dir "$data" "$BUNDLE" -- after
	[[ -e $data/asking/after && -e $data/asking/before ]]
	# /usr is root's, and root's plugins are not root
	make_bundle usr <<-'YAML'
		name: usr
		version: 1.0.0
		entrypoint: main
		permissions: [storage]
	YAML
	python_plugin <<<'print("ran")'
	run_plugbox 125 run --allow storage --data-dir / "$BUNDLE"
	[[ -z $output ]]
	assert_match 'belongs to uid 0' "$stderr"
}

@test "links that a plugin leaves behind redirect no later mount" {
	local data=$BATS_TEST_TMPDIR/data where link

	requires userns python3
	mkdir "$HOST/w" "$HOST/victim" "$HOST/source"
	chmod 0777 "$HOST/w" "$HOST/victim"
	echo precious >"$HOST/victim/file"
	local options=(--allow storage --data-dir "$data" --allow file_system_write)
	asking storage "file_system_write: [$HOST/w]"
	python_plugin <<-'PY'
		for d in '/data', sys.argv[1] + '/w':
		    os.symlink(sys.argv[1] + '/victim', d + '/link')
		    os.symlink('../../victim', d + '/relative')
		    os.mkdir(d + '/real')
		print('ran')
	PY
	run_plugbox 0 run "${options[@]}" "$BUNDLE" -- "$HOST"
	python_plugin <<<'print("ran")'
	for where in /data "$HOST/w"; do
		for link in link link/sub relative relative/sub; do
			run_plugbox 125 run "${options[@]}" --tmpfs "$where/$link" "$BUNDLE"
			run_plugbox 125 run "${options[@]}" --bind "$HOST/source" "$where/$link" "$BUNDLE"
		done
		run_plugbox 125 run "${options[@]}" --dir "$where/link/made" "$BUNDLE"
		run_plugbox 125 run "${options[@]}" --symlink x "$where/link/made" "$BUNDLE"
		run_plugbox 0 run "${options[@]}" --tmpfs "$where/real" "$BUNDLE"
	done
	# granted the next time, by their name
	asking "file_system_write: [$HOST/w/link]"
	python_plugin <<<'print("ran")'
	run_plugbox 125 run "${options[@]}" "$BUNDLE"
	[[ -z $output ]]
	asking "file_system_read: [$HOST/w/link/file]"
	python_plugin <<<'print("ran")'
	run_plugbox 125 run --allow file_system_read "$BUNDLE"
	[[ -z $output ]]
	assert_eq "$(ls "$HOST/victim") $(cat "$HOST/victim/file")" 'file precious'
	[[ -z $(ls "$HOST/source") ]]
}

# sets DEVICE to one of the host's that any plugin may be given
harmless_device() {
	for DEVICE in fuse kvm net/tun hwrng rfkill vga_arbiter rtc0 hpet; do
		if [[ -c /dev/$DEVICE ]]; then
			return 0
		fi
	done
	skip 'no harmless device here'
}

@test "a device is there when it is asked for and allowed" {
	requires userns python3
	harmless_device
	asking "devices: [$DEVICE]"
	python_plugin <<-'PY'
		def same(path):
		    st = os.stat(path)
		    print('device', stat.S_ISCHR(st.st_mode), f'{os.major(st.st_rdev):x}:{os.minor(st.st_rdev):x}')
		attempt('stat', same, '/dev/' + sys.argv[1])
		print('dev:', *sorted(set(os.listdir('/dev')) - {'fd', 'full', 'null', 'random', 'shm', 'stderr',
		                                                'stdin', 'stdout', 'urandom', 'zero'}))
		attempt('chmod', os.chmod, '/dev/' + sys.argv[1], 0o666)
	PY
	run_plugbox 77 run "$BUNDLE" -- "$DEVICE"
	run_plugbox 77 run --allow devices=other "$BUNDLE" -- "$DEVICE"
	run_plugbox 0 run --allow "devices=$DEVICE" "$BUNDLE" -- "$DEVICE"
	has_line "device True $(stat -c %t:%T "/dev/$DEVICE")"
	has_line "dev: ${DEVICE%%/*}"
	is_refused chmod
	asking subprocess
	run_plugbox 0 run --allow "devices=$DEVICE" "$BUNDLE" -- "$DEVICE"
	has_line 'stat: ENOENT'
	has_line 'dev:'
}

@test "memory, disks, terminals and what is no device cannot be had as one" {
	local d

	requires userns
	for d in mem port kmsg tty tty0 console ptmx pts/0 sda vda nvme0n1 loop0 mapper/x shm/x \
		../dev/mem /dev/null . ''; do
		asking "devices: [\"$d\"]"
		run_plugbox 2 run --allow devices "$BUNDLE"
	done
	asking 'devices: [plugbox-absent]'
	bundle_file main <<<$'#!/bin/sh\necho ran'
	run_plugbox 125 run --allow devices "$BUNDLE"
	[[ -z $output ]]
	run_plugbox 77 run "$BUNDLE"
}

@test "--ro-bind, --bind, --tmpfs, --dir and --symlink lay out the root" {
	requires userns python3
	mkdir "$HOST/ro" "$HOST/rw"
	echo text >"$HOST/ro/file"
	echo single >"$HOST/single"
	cp /usr/bin/true "$HOST/ro/true"
	cp /usr/bin/true "$HOST/rw/true"
	ln -s ro "$HOST/link"
	chmod -R a+rwX "$HOST"
	asking subprocess
	python_plugin <<-'PY'
		print('root:', *sorted(set(os.listdir('/')) - {'bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'}))
		print(text('/ro/file'), text('/in/etc/single'), text('/linked/file'), os.readlink('/made-link'))
		print('empty:', *os.listdir('/made'), *os.listdir('/scratch'))
		for d in '/ro', '/made', '/rw', '/scratch', '/scratch/deep':
		    attempt('create ' + d, create, d + '/new')
		attempt('write single', os.open, '/in/etc/single', os.O_WRONLY)
		attempt('start ro', start, '/ro/true')
		attempt('start rw', start, '/rw/true')
		attempt('setuid', os.chmod, '/rw/true', 0o4755)
		attempt('unlink rw', os.unlink, '/rw/true')
		print('nosuid:', all({'nosuid', 'nodev'} <= set(line.split()[5].split(','))
		                     for line in open('/proc/self/mountinfo')
		                     if line.split()[4] in ('/ro', '/rw', '/scratch', '/linked', '/in/etc/single')))
	PY
	cd "$HOST"
	run_plugbox 0 run --ro-bind "$HOST/ro" /ro --bind rw /rw --ro-bind "$HOST/single" /in/etc/single \
		--ro-bind "$HOST/link" /linked --tmpfs /scratch --dir /made --dir /scratch/deep \
		--symlink anywhere/at/all /made-link "$BUNDLE"
	has_line 'root: dev etc in linked made made-link plugin proc ro rw scratch tmp usr'
	has_line 'text single text anywhere/at/all'
	has_line 'empty: deep'
	has_line 'create /ro: EROFS'
	has_line 'create /made: EROFS'
	has_line 'create /rw: ok'
	has_line 'create /scratch: ok'
	has_line 'create /scratch/deep: ok'
	is_refused 'write single' setuid
	has_line 'start ro: ok'
	has_line 'start rw: ok'
	has_line 'unlink rw: ok'
	has_line 'nosuid: True'
	[[ -e rw/new && ! -e rw/true && ! -e ro/new ]]
	# nothing is laid over what is there, and nothing ignored
	run_plugbox 125 run --symlink one /tmp/link --symlink two /tmp/link "$BUNDLE"
	run_plugbox 125 run --symlink anywhere /usr "$BUNDLE"
	run_plugbox 125 run --ro-bind "$HOST/absent" /x "$BUNDLE"
	run_plugbox 2 run --tmpfs / "$BUNDLE"
	run_plugbox 2 run --tmpfs x "$BUNDLE"
	run_plugbox 2 run --dir /a/../b "$BUNDLE"
}

@test "without subprocess what is bound is not executed either" {
	requires userns python3
	cp /usr/bin/true "$HOST/true"
	chmod 0755 "$HOST/true"
	asking user_database
	python_plugin <<-'PY'
		attempt('execve', os.execv, sys.argv[1], [sys.argv[1]])
	PY
	run_plugbox 0 run --ro-bind "$HOST" /ro "$BUNDLE" -- /ro/true
	is_refused execve
	run_plugbox 0 run --bind "$HOST" /rw "$BUNDLE" -- /rw/true
	is_refused execve
	run_plugbox 0 run "$BUNDLE" -- /usr/bin/true
	is_refused execve
}

@test "mounts below a granted path: what was there is as read-only, what comes later stays out" {
	local host=(unshare --mount --propagation shared)

	requires userns python3 unshare
	[[ $EUID -eq 0 ]] || host+=(--user --map-current-user --keep-caps)
	mkdir -p "$HOST/r/before" "$HOST/r/after" "$HOST/w/before" "$HOST/w/after"
	chmod -R a+rwX "$HOST"
	asking "file_system_read: [$HOST/r]" "file_system_write: [$HOST/w]" subprocess
	python_plugin <<-'PY'
		host = sys.argv[1]
		print('ready', flush=True)
		sys.stdin.readline()
		for d in 'r/before', 'r/after', 'w/before', 'w/after':
		    d = f'{host}/{d}'
		    print('in', d[len(host) + 1:], *os.listdir(d))
		attempt('create r', create, host + '/r/new')
		attempt('create r/before', create, host + '/r/before/new')
		attempt('create w/before', create, host + '/w/before/new')
		attempt('start r', start, host + '/r/before/true')
		attempt('start w', start, host + '/w/before/true')
		for line in open('/proc/self/mountinfo'):
		    point, flags = line.split()[4:6]
		    if point.endswith('/before') and not {'nosuid', 'nodev', 'noexec'} <= set(flags.split(',')):
		        print('flags', line)
		    if any(f.startswith(('shared:', 'master:', 'propagate_from:')) for f in line.split()[6:9]):
		        print('propagates', line)
	PY
	cat >"$BATS_TEST_TMPDIR/host.sh" <<-'SH'
		set -eu
		for d in "$HOST"/[rw]/before; do
			mount -t tmpfs -o mode=0777 tmpfs "$d"
			cp /usr/bin/true "$d/"
		done
		coproc PLUGIN { exec "$PLUGBOX" run --allow file_system_read --allow file_system_write "$1" -- "$HOST" 3>&-; }
		pid=$PLUGIN_PID
		exec 4<&"${PLUGIN[0]}"
		read -r -t 20 -u 4 line
		for d in "$HOST"/[rw]/after; do
			mount -t tmpfs tmpfs "$d"
			echo secret >"$d/secret"
		done
		echo >&"${PLUGIN[1]}"
		cat <&4
		wait "$pid"
		# it is the copy that is read-only, not the host's mount
		echo >"$HOST/r/before/still-writable"
		ls "$HOST/w/before" "$HOST/r/after"
	SH
	HOST=$HOST run_command 0 "${host[@]}" bash "$BATS_TEST_TMPDIR/host.sh" "$BUNDLE"
	has_line 'in r/before true'
	has_line 'in r/after'
	has_line 'in w/before true'
	has_line 'in w/after'
	has_line 'create r: EROFS'
	has_line 'create r/before: EROFS'
	has_line 'create w/before: ok'
	is_refused 'start r' 'start w'
	# the controls: the host's side has both
	has_line new
	has_line secret
	refute_match 'flags|propagates' "$output"
}
