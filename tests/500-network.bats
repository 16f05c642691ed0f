#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Which sockets there are, and who can be reached over them. All traffic stays on this host.
# shellcheck disable=SC2154,SC2016 # bats' run sets output and stderr; Python has its own quotes

load helper

setup() {
	requires python3
}

# What each host program below begins with
HOST_PRELUDE=$(cat <<'PY'
import os, select, socket, subprocess, sys, threading
PLUGBOX, BUNDLE = os.environ["PLUGBOX"], os.environ["BUNDLE"]
socket.setdefaulttimeout(20)

def run(*words, options=(), **more):
    """the plugin's exit code and what it printed"""
    p = subprocess.run([PLUGBOX, "run", *options, BUNDLE, "--", *map(str, words)],
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=50, **more)
    return p.returncode, p.stdout.decode().strip()

def listener(family=socket.AF_INET, address=("127.0.0.1", 0)):
    """a listener that greets whoever comes"""
    s = socket.socket(family)
    s.bind(address)
    s.listen()
    s.settimeout(None)
    def serve():
        while True:
            c, _ = s.accept()
            try:
                c.sendall(b"hello")
            except OSError:
                pass
            c.close()
    threading.Thread(target=serve, daemon=True).start()
    return s
PY
)

# Connects to what its arguments name, and prints the greeting or the error.
CLIENT=$(cat <<'PY'
import errno, socket, sys
def greeting(family, address):
    try:
        s = socket.socket(getattr(socket, family))
        s.settimeout(20)
        s.connect(address)
        return s.recv(5).decode()
    except OSError as e:
        return errno.errorcode.get(e.errno, str(e))
def main(family, *address):
    if family == "abstract":
        return greeting("AF_UNIX", "\0" + address[0])
    if family == "path":
        return greeting("AF_UNIX", address[0])
    return greeting(family, (address[0], int(address[1])))
if len(sys.argv) > 1:
    print(main(*sys.argv[1:]))
PY
)

host() {
	local program=$BATS_TEST_TMPDIR/host.py

	{ echo "$HOST_PRELUDE"; cat; } >"$program"
	run_command 0 env BUNDLE="$BUNDLE" CLIENT="$CLIENT" /usr/bin/python3 -u "$program"
}

# python_bundle PERMISSIONS <<program
python_bundle() {
	make_bundle python <<YAML
name: python
version: 1.0.0
entrypoint: [python3, -I, -u, main.py]
permissions: $1
YAML
	bundle_file main.py
}

# Sockets of every family and kind that somebody may have, and what came of it
FAMILIES=$(cat <<'PY'
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def attempt(*args):
    fd = libc.socket(*args)
    return "ok" if fd >= 0 else errno.errorcode[ctypes.get_errno()]
def names(**kinds):
    for name, args in kinds.items():
        print(f"{name}={attempt(*args)}")
STREAM, DGRAM, RAW, SEQPACKET = 1, 2, 3, 5
CLOEXEC = 0o2000000
names(unix=(1, STREAM, 0), unix_dgram=(1, DGRAM | CLOEXEC, 0))
names(tcp=(2, STREAM, 0), tcp_named=(2, STREAM | CLOEXEC, 6), udp=(2, DGRAM, 17),
      tcp6=(10, STREAM, 0), udp6=(10, DGRAM, 0))
names(raw=(2, RAW, 255), raw_icmp=(2, RAW, 1), raw_cloexec=(2, RAW | CLOEXEC, 1), ping=(2, DGRAM, 1),
      raw6=(10, RAW, 58), ping6=(10, DGRAM, 58), sctp=(2, STREAM, 132), mptcp=(2, STREAM, 262),
      udplite=(2, DGRAM, 136), dccp=(2, 6, 33), obsolete_packet=(2, 10, 0x300))
names(netlink=(16, RAW, 0), netlink_audit=(16, RAW, 9), netlink_uevent=(16, DGRAM, 15),
      packet=(17, RAW, 0x300), packet_dgram=(17, DGRAM, 0x300), vsock=(40, STREAM, 0),
      vsock_dgram=(40, DGRAM, 0), alg=(38, SEQPACKET, 0), xdp=(44, RAW, 0), key=(15, RAW, 2),
      bluetooth=(31, RAW, 1), can=(29, RAW, 1), tipc=(30, SEQPACKET, 0), rds=(21, SEQPACKET, 0),
      kcm=(41, DGRAM, 0), smc=(43, STREAM, 0), qrtr=(42, DGRAM, 0), ax25=(3, DGRAM, 0),
      x25=(9, SEQPACKET, 0), nfc=(39, RAW, 0), none=(0, STREAM, 0), unknown=(99, STREAM, 0))
# garbage in the upper half is not looked at by the kernel
for name, family in ("high_inet", 2), ("high_netlink", 16):
    fd = libc.syscall(ctypes.c_long(41 if __import__("os").uname().machine == "x86_64" else 198),
                      ctypes.c_ulong(0xdead00000000 | family), ctypes.c_ulong(2), ctypes.c_ulong(0))
    print(f"{name}={'ok' if fd >= 0 else errno.errorcode[ctypes.get_errno()]}")
PY
)

NEVER=(raw raw_icmp raw_cloexec ping raw6 ping6 sctp mptcp udplite dccp obsolete_packet netlink
	netlink_audit netlink_uevent packet packet_dgram vsock vsock_dgram alg xdp key bluetooth can
	tipc rds kcm smc qrtr ax25 x25 nfc none unknown high_netlink)
INET=(tcp tcp_named udp tcp6 udp6 high_inet)

# each VALUE NAME...: what came of these attempts in $output
each() {
	local value=$1 name found

	shift
	for name; do
		found=$(sed -n "s/^$name=//p" <<<"$output")
		[[ $found == "$value" ]] || fail "$name: expected $value, found \"$found\"" || return 1
	done
}

@test "without a network permission there are local sockets only" {
	python_bundle '[]' <<<"$FAMILIES"
	run_plugbox 0 run --status-file "$BATS_TEST_TMPDIR/status" "$BUNDLE"
	each ok unix unix_dgram
	each EAFNOSUPPORT "${INET[@]}" "${NEVER[@]}"
	requires seccomp_notify
	# told: what a permission would allow, and what nothing would
	assert_eq "$(as_json_lines '{e["family"]: e["remedy"] for e in d if e["event"] == "denied"
		and e["family"] in (2, 10, 16, 17, 40)}' "$(<"$BATS_TEST_TMPDIR/status")")" \
		"{2: 'network', 10: 'network', 16: None, 17: None, 40: None}"
	assert_match 'refused: socket .*"network"' "$stderr"
}

@test "control: outside most of these sockets can be had" {
	requires userns unshare
	run_command 0 unshare --user --map-root-user --net /usr/bin/python3 -c "$FAMILIES"
	each ok unix unix_dgram tcp tcp_named udp raw raw_icmp raw_cloexec netlink netlink_uevent \
		high_inet high_netlink
}

@test "a network permission brings TCP and UDP, no other kind of socket" {
	local network

	for network in loopback host; do
		python_bundle "[{network: $network}]" <<<"$FAMILIES"
		run_plugbox 0 run --allow network=host "$BUNDLE"
		each ok unix unix_dgram tcp tcp_named udp tcp6 udp6 high_inet
		each EAFNOSUPPORT "${NEVER[@]}"
	done
}

@test "by default there is no interface, and loopback is down" {
	python_bundle '[]' <<-'PY'
		import sys
		print("up")
		sys.stdin.read()
	PY
	host <<-'PY'
		def look(options, bundle=BUNDLE):
		    p = subprocess.Popen([PLUGBOX, "run", *options, bundle], stdin=subprocess.PIPE,
		                         stdout=subprocess.PIPE)
		    p.stdout.readline()
		    init = open(f"/proc/{p.pid}/task/{p.pid}/children").read().split()[0]
		    plugin = open(f"/proc/{init}/task/{init}/children").read().split()[0]
		    net = f"/proc/{plugin}/net"
		    print([l.split(":")[0].strip() for l in open(f"{net}/dev").readlines()[2:]],
		          "127.0.0.1" in open(f"{net}/fib_trie").read(),
		          os.readlink(f"/proc/{plugin}/ns/net") == os.readlink("/proc/self/ns/net"))
		    p.stdin.close()
		    assert p.wait() == 0
		look([])
		manifest = os.path.join(BUNDLE, "plugin.yaml")
		text = open(manifest).read()
		for network in "loopback", "host":
		    with open(manifest, "w") as f:
		        f.write(text.replace("permissions: []", "permissions: [{network: %s}]" % network))
		    look(["--allow", "network=host"])
	PY
	assert_eq "$(sed -n 1,2p <<<"$output")" $'[\'lo\'] False False\n[\'lo\'] True False'
	# the control
	assert_match ' True$' "$(sed -n 3p <<<"$output")"
}

@test "the host's loopback is reached with network: host alone, which has to be allowed" {
	python_bundle '[]' <<<"$CLIENT"
	host <<-'PY'
		port = listener().getsockname()[1]
		here = subprocess.run([sys.executable, "-c", os.environ["CLIENT"], "AF_INET", "127.0.0.1", str(port)],
		                      stdout=subprocess.PIPE)
		print("outside", here.stdout.decode().strip())
		manifest = os.path.join(BUNDLE, "plugin.yaml")
		text = open(manifest).read()
		print("nothing", *run("AF_INET", "127.0.0.1", port))
		with open(manifest, "w") as f:
		    f.write(text.replace("permissions: []", "permissions: [{network: loopback}]"))
		print("loopback", *run("AF_INET", "127.0.0.1", port))
		print("loopback, away", *run("AF_INET", "192.0.2.1", port))
		# what is allowed and not asked for changes nothing
		print("loopback", *run("AF_INET", "127.0.0.1", port, options=["--allow", "network=host"]))
		with open(manifest, "w") as f:
		    f.write(text.replace("permissions: []", "permissions: [{network: host}]"))
		print("host", *run("AF_INET", "127.0.0.1", port, stderr=subprocess.DEVNULL))
		print("host", *run("AF_INET", "127.0.0.1", port, options=["--allow", "network=loopback"],
		                   stderr=subprocess.DEVNULL))
		print("host", *run("AF_INET", "127.0.0.1", port, options=["--allow", "network=host"]))
	PY
	assert_eq "$output" "$(cat <<-'E'
		outside hello
		nothing 0 EAFNOSUPPORT
		loopback 0 ECONNREFUSED
		loopback, away 0 ENETUNREACH
		loopback 0 ECONNREFUSED
		host 77 
		host 77 
		host 0 hello
	E
	)"
}

@test "network: loopback is a network of the plugin's own" {
	python_bundle '[{network: loopback}]' <<-PY
		$CLIENT
		import threading
		def serve(family, address):
		    s = socket.socket(family)
		    s.bind(address)
		    s.listen()
		    def loop():
		        while True:
		            c, _ = s.accept()
		            c.sendall(b"inner")
		            c.close()
		    threading.Thread(target=loop, daemon=True).start()
		    return s.getsockname()[1]
		port = serve(socket.AF_INET, ("127.0.0.1", 0))
		print(greeting("AF_INET", ("127.0.0.1", port)), flush=True)
		try:
		    print(greeting("AF_INET6", ("::1", serve(socket.AF_INET6, ("::1", 0)))), flush=True)
		except OSError as e:
		    print(e.errno, flush=True)
		u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		u.bind(("127.0.0.1", 0))
		u.settimeout(20)
		u.sendto(b"datagram", u.getsockname())
		print(u.recv(20).decode(), flush=True)
		print(port, flush=True)
		sys.stdin.readline()
	PY
	host <<-'PY'
		# needs no --allow
		p = subprocess.Popen([PLUGBOX, "run", BUNDLE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		print(p.stdout.readline().decode(), end="")
		v6 = p.stdout.readline().decode().strip()
		# where the kernel has no IPv6 there is none
		print("inner" if v6 in ("inner", "99", "97") else v6)
		print(p.stdout.readline().decode(), end="")
		port = int(p.stdout.readline())
		# a second plugin has another one, and the host a third
		def outside():
		    try:
		        with socket.create_connection(("127.0.0.1", port)) as s:
		            return s.recv(5) == b"inner"
		    except OSError:
		        return False
		print(outside())
		p.stdin.close()
		print(p.wait())
	PY
	assert_eq "$output" $'inner\ninner\ndatagram\nFalse\n0'
}

@test "the host's local sockets are out of reach, by name and by path" {
	python_bundle '[]' <<<"$CLIENT"
	host <<-'PY'
		name = f"plugbox-test-{os.getpid()}"
		path = os.path.join(os.path.dirname(BUNDLE), "socket")
		listener(socket.AF_UNIX, "\0" + name)
		listener(socket.AF_UNIX, path)
		os.chmod(path, 0o777)
		for kind, what in ("abstract", name), ("path", path):
		    here = subprocess.run([sys.executable, "-c", os.environ["CLIENT"], kind, what],
		                          stdout=subprocess.PIPE)
		    print(kind, here.stdout.decode().strip(), *run(kind, what))
		# with --bind it is shown on purpose
		print(*run("path", path, options=["--bind", path, path]))
	PY
	assert_eq "$output" $'abstract hello 0 ECONNREFUSED\npath hello 0 ENOENT\n0 hello'
}

@test "with network: host abstract sockets are still out of reach" {
	requires landlock_scope
	python_bundle '[{network: host}]' <<<"$CLIENT"
	host <<-'PY'
		name = f"plugbox-test-host-{os.getpid()}"
		listener(socket.AF_UNIX, "\0" + name)
		here = subprocess.run([sys.executable, "-c", os.environ["CLIENT"], "abstract", name],
		                      stdout=subprocess.PIPE)
		print(here.stdout.decode().strip(), *run("abstract", name, options=["--allow", "network=host"]))
	PY
	assert_eq "$output" 'hello 0 EPERM'
}

@test "local sockets of the plugin's own work" {
	python_bundle '[]' <<-'PY'
		import array, os, socket, threading
		a, b = socket.socketpair()
		a.sendall(b"pair")
		print(b.recv(10))
		r, w = os.pipe()
		a.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [w]))])
		data, control, _, _ = b.recvmsg(1, socket.CMSG_SPACE(4))
		os.write(array.array("i", control[0][2])[0], b"passed")
		print(os.read(r, 10))
		for address in "/tmp/s", "\0own":
		    s = socket.socket(socket.AF_UNIX)
		    s.bind(address)
		    s.listen()
		    c = socket.socket(socket.AF_UNIX)
		    c.connect(address)
		    s.accept()[0].sendall(b"served")
		    print(c.recv(10))
		import errno
		try:
		    socket.socketpair(30)  # TIPC has pairs as well
		except OSError as e:
		    print(errno.errorcode[e.errno])
	PY
	run_plugbox 0 run "$BUNDLE"
	assert_eq "$output" $'b\'pair\'\nb\'passed\'\nb\'served\'\nb\'served\'\nEAFNOSUPPORT'
}

STDIO_PROGRAM=$(cat <<'PY'
import ctypes, errno, os, stat, sys
libc = ctypes.CDLL(None, use_errno=True)
buf, size = ctypes.create_string_buffer(128), ctypes.c_int(128)
def result(r):
    return "ok" if r == 0 else errno.errorcode[ctypes.get_errno()]
for fd in 0, 1:
    print("socket" if stat.S_ISSOCK(os.fstat(fd).st_mode) else "pipe",
          result(libc.getpeername(fd, buf, ctypes.byref(size))),
          result(libc.getsockname(fd, buf, ctypes.byref(size))),
          # AF_UNSPEC: dissolves a connection, so that another can be made
          result(libc.connect(fd, bytes(16), 16)), flush=True)
for text in sys.stdin:
    print("echo", text.strip(), flush=True)
print("end", flush=True)
PY
)

@test "an internet socket on stdio is relayed: bytes flow, the connection stays the host's" {
	python_bundle '[]' <<<"$STDIO_PROGRAM"
	host <<-'PY'
		def pair():
		    l = socket.create_server(("127.0.0.1", 0))
		    a = socket.create_connection(l.getsockname())
		    b, _ = l.accept()
		    a.settimeout(20)
		    b.settimeout(None)
		    return a, b
		ours, plugins = pair()
		p = subprocess.Popen([PLUGBOX, "run", BUNDLE], stdin=plugins, stdout=plugins)
		plugins.close()
		f = ours.makefile("rwb", buffering=0)
		print(f.readline().decode(), f.readline().decode(), sep="", end="")
		for i in range(3):
		    f.write(b"line %d\n" % i)
		    print(f.readline().decode(), end="")
		big = b"x" * 300000
		threading.Thread(target=lambda: ours.sendall(big + b"\n")).start()
		print(len(ours.makefile("rb").readline()))
		ours.shutdown(socket.SHUT_WR)
		print(f.readline().decode(), end="")
		print(p.wait(), ours.recv(1))
	PY
	assert_eq "$output" "$(cat <<-'E'
		pipe ENOTSOCK ENOTSOCK ENOTSOCK
		pipe ENOTSOCK ENOTSOCK ENOTSOCK
		echo line 0
		echo line 1
		echo line 2
		300006
		end
		0 b''
	E
	)"
}

@test "control: a local socket on stdio is handed over as it is" {
	python_bundle '[]' <<<"$STDIO_PROGRAM"
	host <<-'PY'
		ours, plugins = socket.socketpair()
		plugins.settimeout(None)  # or it would not block, which the plugin would share
		p = subprocess.Popen([PLUGBOX, "run", BUNDLE], stdin=plugins, stdout=plugins)
		plugins.close()
		f = ours.makefile("rwb", buffering=0)
		print(*f.readline().decode().split()[:3])
		print(*f.readline().decode().split()[:3])
		f.write(b"here\n")
		print(f.readline().decode(), end="")
		ours.shutdown(socket.SHUT_WR)
		print(f.readline().decode(), end="")
		print(p.wait())
	PY
	assert_eq "$output" $'socket ok ok\nsocket ok ok\necho here\nend\n0'
}

@test "a listening socket on stdio is refused" {
	python_bundle '[]' <<<"$STDIO_PROGRAM"
	host <<-'PY'
		l = socket.create_server(("127.0.0.1", 0))
		p = subprocess.run([PLUGBOX, "run", BUNDLE], stdin=l, stdout=subprocess.PIPE,
		                   stderr=subprocess.PIPE)
		print(p.returncode, p.stdout, b"listening socket" in p.stderr)
	PY
	assert_eq "$output" "2 b'' True"
}
