# SPDX-License-Identifier: LGPL-2.1-or-later
"""A plugin that asks for nothing and tries everything.

It speaks the protocol of the other examples. The method `try` makes every attempt and answers
a list of {what, harmless, blocked, how}; its params say where the host's things are, so that a
refusal is one of something that is there:

    pid, hostname           of the host
    home, secret_file       a home directory, and a file that only its owner may read
    secret_name             an environment variable of the host that holds a secret
    port, abstract          a TCP and UDP port on 127.0.0.1, and an abstract socket's name
    outside                 a directory the host can write to

An attempt that could do harm is made only where plugbox says that it is there (PLUGBOX=1);
elsewhere its `blocked` is null. Nothing is left behind by the others.
"""

import ctypes
import json
import os
import socket
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

ATTEMPTS = []

# System call numbers that differ between machines.
NUMBERS = {
    "x86_64": {"ptrace": 101, "keyctl": 250},
    "aarch64": {"ptrace": 117, "keyctl": 219},
    "riscv64": {"ptrace": 117, "keyctl": 219},
}.get(os.uname().machine, {})
IO_URING_SETUP = 425

TIOCSTI = 0x5412
AF_VSOCK = 40


class Blocked(Exception):
    """The attempt came to nothing."""


def attempt(what, harmless=True):
    """Registers a function that returns what it got hold of, or raises."""

    def register(f):
        ATTEMPTS.append((what, harmless, f))
        return f

    return register


def check(value, *failed):
    """Turns the result of a C function into an exception where it failed."""
    if value in (failed or (-1,)):
        e = ctypes.get_errno()
        raise OSError(e, os.strerror(e))
    return value


def syscall(number, *args):
    def word(a):  # bytes become a buffer that the kernel may write to
        return ctypes.create_string_buffer(a) if isinstance(a, bytes) else ctypes.c_long(a)

    return check(libc.syscall(ctypes.c_long(number), *map(word, args)))


def in_child(f):
    """Runs f in a child, so that it changes nothing here; in place where forking is refused."""
    r, w = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(r)
        os.close(w)
        return f()
    if pid == 0:
        try:
            out = [True, f()]
        except BaseException as e:  # pylint: disable=broad-except
            out = [False, str(e)]
        os.write(w, json.dumps(out).encode())
        os._exit(0)
    os.close(w)
    with os.fdopen(r) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    if not text:
        raise Blocked("the child was killed")
    done, how = json.loads(text)
    if not done:
        raise Blocked(how)
    return how


def create(path):
    """Creates a file and takes it away again."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.close(fd)
    os.unlink(path)
    return f"created {path}"


def any_of(f, items):
    """What f gives for the first item it works for; the last refusal where there is none."""
    error = Blocked("nothing there")
    for item in items:
        try:
            return f(item)
        except (OSError, Blocked) as e:
            error = e
    raise error


def read(path):
    with open(path, "rb") as f:
        return f"{len(f.read(65536))} bytes"


# Files


@attempt("read ~/.ssh")
def _(host):
    homes = [host["home"], os.path.expanduser("~"), "/root"]
    return any_of(lambda home: f"{len(os.listdir(home + '/.ssh'))} files", homes)


@attempt("read a secret file")
def _(host):
    return read(host["secret_file"])


@attempt("read /etc/passwd")
def _(_host):
    return read("/etc/passwd")


@attempt("read /etc/shadow")
def _(_host):
    return read("/etc/shadow")


@attempt("list /home")
def _(_host):
    return f"{len(os.listdir('/home'))} entries"


@attempt("write to its own bundle")
def _(_host):
    return create(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".hostile"))


@attempt("write outside")
def _(host):
    places = [host["outside"]]
    if within():
        places += ["/", "/usr", "/etc", "/proc", "/dev", "/data", "/var/tmp", "/root"]
    return any_of(lambda d: create(os.path.join(d, "hostile")), places)


@attempt("make a setuid file")
def _(host):
    def make(d):
        path = os.path.join(d, "setuid-by-hostile")
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o700)
        try:
            os.fchmod(fd, 0o4755)
            return oct(os.fstat(fd).st_mode & 0o7777)
        finally:
            os.close(fd)
            os.unlink(path)

    return make("/tmp" if within() else host["outside"])


@attempt("open /dev/mem")
def _(_host):
    return any_of(lambda path: os.close(os.open(path, os.O_RDONLY)), ["/dev/mem", "/dev/kmsg"])


@attempt("mount a file system", harmless=False)
def _(_host):
    check(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))


# The host's environment and name


@attempt("find a secret in its environment")
def _(host):
    if host["secret_name"] not in os.environ:
        raise Blocked("not in the environment")
    return host["secret_name"]


@attempt("read the host's environment")
def _(host):
    def look(pid):
        with open(f"/proc/{pid}/environ", "rb") as f:
            names = [v.split(b"=")[0].decode() for v in f.read().split(b"\0")]
        if host["secret_name"] not in names:
            raise Blocked(f"not in that of process {pid}")
        return host["secret_name"]

    return any_of(look, [host["pid"], os.getppid(), 1])


@attempt("read /proc/1/environ")
def _(_host):
    with open("/proc/1/environ", "rb") as f:
        n = len(f.read())
    if n == 0:
        raise Blocked("empty")
    return f"{n} bytes"


@attempt("learn the host's name")
def _(host):
    if socket.gethostname() != host["hostname"]:
        raise Blocked(f"sees {socket.gethostname()!r}")
    return host["hostname"]


# Other processes


@attempt("list the host's processes")
def _(_host):
    others = [p for p in os.listdir("/proc") if p.isdigit() and int(p) not in (1, os.getpid())]
    if not others:
        raise Blocked("sees none but its own")
    return f"sees {len(others)}"


@attempt("kill the host")
def _(host):
    os.kill(host["pid"], 0)  # signal 0 asks for permission only
    return f"may signal process {host['pid']}"


@attempt("kill(-1): everything at once")
def _(_host):
    os.kill(-1, 0)
    return "may signal others"


@attempt("trace a process")
def _(_host):
    in_child(lambda: syscall(NUMBERS["ptrace"], 0, 0, 0, 0))  # PTRACE_TRACEME
    return "traced"


@attempt("start another process")
def _(_host):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "forked"


# Network and sockets


@attempt("connect to 127.0.0.1 by TCP")
def _(host):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.settimeout(5)
        s.connect(("127.0.0.1", host["port"]))
    return f"port {host['port']}"


@attempt("send a UDP datagram")
def _(host):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"hostile", ("127.0.0.1", host["port"]))
    return f"port {host['port']}"


@attempt("connect to an abstract socket")
def _(host):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.settimeout(5)
        s.connect("\0" + host["abstract"])
    return "connected"


@attempt("open a raw socket")
def _(_host):
    kinds = [(socket.AF_INET, socket.SOCK_RAW, 1), (17, socket.SOCK_RAW, 0)]
    return any_of(lambda k: socket.socket(*k).close() or "opened", kinds)


@attempt("open a socket to the hypervisor")
def _(_host):
    socket.socket(AF_VSOCK, socket.SOCK_STREAM).close()
    return "AF_VSOCK"


# The kernel


@attempt("make a user namespace")
def _(_host):
    in_child(lambda: check(libc.unshare(0x10000000)))  # CLONE_NEWUSER
    return "made"


@attempt("set up io_uring")
def _(_host):
    os.close(syscall(IO_URING_SETUP, 1, bytes(120)))  # parameters of zeros ask for nothing special
    return "a ring of its own"


@attempt("reach the keyrings")
def _(_host):
    return f"keyring {syscall(NUMBERS['keyctl'], 0, -3, 0)}"  # GET_KEYRING_ID, session


@attempt("become root")
def _(_host):
    in_child(lambda: os.setuid(0))
    return "setuid(0)"


@attempt("change its personality")
def _(_host):
    in_child(lambda: check(libc.personality(0x0040000)))  # ADDR_NO_RANDOMIZE
    return "no address randomisation"


@attempt("type into the terminal", harmless=False)
def _(_host):
    # The upper half of the request is ignored by the kernel, and by a careless filter is not.
    fds = [0, 1, 2]
    try:
        fds.append(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        pass

    def push(how):
        fd, request = how
        number = {"x86_64": 16}.get(os.uname().machine, 29)
        return syscall(number, fd, request, b"\n")

    return any_of(push, [(fd, r) for fd in fds for r in (TIOCSTI, 1 << 32 | TIOCSTI)])


def within():
    return os.environ.get("PLUGBOX") == "1"


def tried(host):
    results = []
    for what, harmless, f in ATTEMPTS:
        result = {"what": what, "harmless": harmless, "blocked": None, "how": "not tried here"}
        if harmless or within():
            try:
                how = f(host)
                result.update(blocked=False, how=how or "done")
            except Exception as e:  # pylint: disable=broad-except
                how = e.strerror if isinstance(e, OSError) and e.strerror else str(e)
                result.update(blocked=True, how=how or type(e).__name__)
        results.append(result)
    return results


def exec_shell(request_id, results):
    """The last attempt: where it works, it is the shell that sends the answer."""
    result = {"what": "run /bin/sh", "harmless": True, "blocked": False, "how": "this is the shell"}
    text = line(request_id, {"result": results + [result]})
    try:
        os.execv("/bin/sh", ["sh", "-c", 'printf "%s\\n" "$1"', "sh", text])
    except OSError as e:
        result.update(blocked=True, how=e.strerror)
    return results + [result]


def line(request_id, body):
    return json.dumps({"jsonrpc": "2.0", "id": request_id, **body}, separators=(",", ":"))


def main():
    for text in sys.stdin:
        try:
            request = json.loads(text)
            request_id, method = request["id"], request["method"]
        except (ValueError, TypeError, KeyError):
            print(line(None, {"error": {"code": -32700, "message": "Parse error"}}), flush=True)
            continue
        if method == "initialize":
            body = {"result": {"name": "hostile", "version": "1.0.0", "methods": ["try"]}}
        elif method == "try":
            body = {"result": exec_shell(request_id, tried(request["params"]))}
        elif method == "shutdown":
            body = {"result": None}
        else:
            body = {"error": {"code": -32601, "message": "Method not found"}}
        print(line(request_id, body), flush=True)
        if method == "shutdown":
            break


if __name__ == "__main__":
    main()
