# SPDX-License-Identifier: LGPL-2.1-or-later
"""The host's side of the attacks: the files, servers, processes and kernel objects that an attack
aims at, and what can be seen of it afterwards."""
import ctypes
import os
import platform
import secrets
import select
import shutil
import socket
import stat
import struct
import subprocess
import tempfile
import threading
import time

ME_ROOT = os.geteuid() == 0
# who plugins of root are, and so the user whose processes and files attacks aim at
PLUGIN_UID = 65534 if ME_ROOT else os.geteuid()
LIBC = ctypes.CDLL(None, use_errno=True)
IOPRIO_GET = 252 if platform.machine() == "x86_64" else 31


class Listeners(threading.Thread):
    """Servers of the host on loopback, abstract names and paths: what they heard."""

    def __init__(self, directory, token):
        super().__init__(daemon=True)
        self.heard = b""
        self.lock = threading.Lock()
        self.args = {}
        self.poll = select.epoll()
        self.sockets = {}
        self.token = token
        self.wake, self.end = socket.socketpair()
        self.poll.register(self.wake, select.EPOLLIN)
        unique = secrets.token_hex(4)
        # the name of a socket is a secret of the host's as well: info-host-sockets
        abstract = f"\0plugbox-{token}"
        self.add("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        self.add("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        self.add("tcp6", socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0))
        self.add("udp6", socket.AF_INET6, socket.SOCK_DGRAM, ("::1", 0))
        self.add("secret_name", socket.AF_UNIX, socket.SOCK_STREAM, abstract)
        self.add("abstract", socket.AF_UNIX, socket.SOCK_STREAM, f"\0pb-{unique}-s")
        self.add("abstract_dgram", socket.AF_UNIX, socket.SOCK_DGRAM, f"\0pb-{unique}-d")
        self.add("giver", socket.AF_UNIX, socket.SOCK_STREAM, f"\0pb-{unique}-g")
        self.add("unix", socket.AF_UNIX, socket.SOCK_STREAM, os.path.join(directory, "s"))
        self.add("unix_dgram", socket.AF_UNIX, socket.SOCK_DGRAM, os.path.join(directory, "d"))
        self.add("giver_path", socket.AF_UNIX, socket.SOCK_STREAM, os.path.join(directory, "g"))
        self.secret = os.open(os.path.join(directory, "secret.txt"), os.O_RDONLY)
        self.args.pop("secret_name", None)

    def add(self, name, family, kind, address):
        try:
            sock = socket.socket(family, kind)
            sock.bind(address)
        except OSError:
            self.args[name] = "0"  # no IPv6 here: nothing hears it
            return
        if kind == socket.SOCK_STREAM:
            sock.listen(64)
        sock.setblocking(False)
        if family == socket.AF_UNIX:
            self.args[name] = address.replace("\0", "@")
            if not address.startswith("\0"):
                os.chmod(address, 0o777)
        else:
            self.args[name] = str(sock.getsockname()[1])
        self.sockets[sock.fileno()] = (sock, name if kind == socket.SOCK_STREAM else None)
        self.poll.register(sock, select.EPOLLIN)

    def run(self):
        while True:
            for fd, _ in self.poll.poll():
                if fd == self.wake.fileno():
                    return
                sock, server = self.sockets[fd]
                try:
                    if server:
                        self.accept(sock, server)
                    else:
                        self.hear(fd, sock)
                except OSError:
                    pass

    def accept(self, sock, server):
        peer, _ = sock.accept()
        peer.setblocking(False)
        if server.startswith("giver"):
            socket.send_fds(peer, [b"x"], [self.secret])
            os.lseek(self.secret, 0, os.SEEK_SET)
        self.sockets[peer.fileno()] = (peer, None)
        self.poll.register(peer, select.EPOLLIN)

    def hear(self, fd, sock):
        data = sock.recv(4096)
        with self.lock:
            self.heard += data
        if not data and sock.type == socket.SOCK_STREAM:
            self.poll.unregister(fd)
            del self.sockets[fd]
            sock.close()

    def has_heard(self, run):
        """Everything sent before the attack ended is in the sockets' queues already, so a
        message of our own behind it bounds the wait."""
        mark = secrets.token_hex(8).encode()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.sendto(mark, self.args["abstract_dgram"].replace("@", "\0"))
        end = time.monotonic() + 5
        while time.monotonic() < end:
            with self.lock:
                if run.encode() in self.heard:
                    return True
                if mark in self.heard:
                    break
            time.sleep(0.001)
        # a stream is accepted in one round and read in the next
        for _ in range(5):
            time.sleep(0.002)
            with self.lock:
                if run.encode() in self.heard:
                    return True
        return False

    def stop(self):
        self.end.send(b"x")
        self.join()
        for sock, _ in list(self.sockets.values()):
            sock.close()
        os.close(self.secret)


class Ipc:
    """System V and POSIX objects of the host, with the token in them."""

    def __init__(self, token):
        self.key = secrets.randbelow(1 << 30) + 1
        self.queue = f"/plugbox-attack-{secrets.token_hex(4)}"
        text = token.encode() + b"\0"
        self.shm = LIBC.shmget(self.key, ctypes.c_size_t(4096), 0o1666)
        LIBC.shmat.restype = ctypes.c_void_p
        at = LIBC.shmat(self.shm, None, 0)
        ctypes.memmove(at, text, len(text))
        LIBC.shmdt(ctypes.c_void_p(at))
        self.msg = LIBC.msgget(self.key, 0o1666)
        self.refill(text)
        old = os.umask(0)
        self.mq = LIBC.mq_open(self.queue.encode(), os.O_RDWR | os.O_CREAT | os.O_NONBLOCK, 0o666,
                               None)
        os.umask(old)
        self.text = text
        self.refill(text)

    def refill(self, text):
        """A control may have taken the message."""
        LIBC.msgsnd(self.msg, struct.pack("l", 1) + text, ctypes.c_size_t(len(text)), 0o4000)
        if hasattr(self, "mq"):
            LIBC.mq_send(self.mq, text, ctypes.c_size_t(len(text)), 0)

    args = property(lambda self: {"shm_key": self.key, "msg_key": self.key, "queue": self.queue})

    def remove(self):
        LIBC.shmctl(self.shm, 0, None)
        LIBC.msgctl(self.msg, 0, None)
        LIBC.mq_unlink(self.queue.encode())
        LIBC.mq_close(self.mq)


def file_handle(path):
    """name_to_handle_at, as arguments for the attack that opens by it."""
    buf = ctypes.create_string_buffer(struct.pack("Ii", 128, 0), 136)
    mount = ctypes.c_int()
    if LIBC.name_to_handle_at(-100, path.encode(), buf, ctypes.byref(mount), 0) < 0:
        return {"handle": "00", "handle_type": 0}
    size, kind = struct.unpack_from("Ii", buf.raw)
    return {"handle": buf.raw[8:8 + size].hex(), "handle_type": kind}


def snapshot(top):
    """Everything about a tree that an attack could change."""
    seen = {}
    for directory, names, files in os.walk(top):
        for name in [""] + names + files:
            path = os.path.join(directory, name) if name else directory
            st = os.lstat(path)
            content, attributes = b"", []
            if stat.S_ISREG(st.st_mode) and st.st_size < 65536 and os.access(path, os.R_OK):
                with open(path, "rb") as file:
                    content = file.read()
            if not stat.S_ISLNK(st.st_mode):
                attributes = [(a, os.getxattr(path, a)) for a in os.listxattr(path)]
            times = st.st_mtime_ns if not stat.S_ISDIR(st.st_mode) else 0
            seen[path] = (st.st_mode, st.st_uid, st.st_size, times, content, attributes)
    return seen


class Victim:
    """A process of the host's with the plugin's user."""

    def __init__(self, host):
        argv = [os.path.join(host.programs, "victim"), host.token, host.secret]
        if ME_ROOT:
            argv.append(str(PLUGIN_UID))
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, start_new_session=True)
        address, fd = self.process.stdout.readline().split()
        self.pid = self.process.pid
        self.args = {"victim": self.pid, "address": address, "victim_fd": fd}
        self.before = self.state()

    def state(self):
        """What can be changed about a process of the same user by calls that name it."""
        pid = self.pid
        asked = {
            "nice": lambda: os.getpriority(os.PRIO_PROCESS, pid),
            "limit": self.open_files,
            "affinity": lambda: os.sched_getaffinity(pid),
            "scheduler": lambda: os.sched_getscheduler(pid),
            "io-priority": lambda: LIBC.syscall(IOPRIO_GET, 1, pid),
        }
        found = {}
        for name, ask in asked.items():
            try:
                found[name] = ask()
            except OSError:
                pass
        return found

    def open_files(self):
        with open(f"/proc/{self.pid}/limits", encoding="utf-8") as file:
            return [line for line in file if line.startswith("Max open files")]

    def end(self):
        """What came of it: the words of its report and what changed about it."""
        after = self.state()
        report = [key for key in self.before if after.get(key) != self.before[key]]
        try:
            out, _ = self.process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, _ = self.process.communicate()
            report.append("signal")  # stopped for good
        report += ["signal"] if "signal " in out or self.process.returncode else []
        report += ["memory"] if "memory intact" not in out else []
        return report


class Host:
    """The canaries that stand for the whole of one run of this program."""

    def __init__(self, programs, place=None):
        self.programs = programs
        for base in (place or os.environ.get("TMPDIR") or "/tmp", "/var/tmp"):
            # as root attempts are made with set-id programs and devices
            if ME_ROOT and base != "/var/tmp" and \
                    os.statvfs(base).f_flag & (os.ST_NOSUID | os.ST_NODEV):
                continue
            self.top = tempfile.mkdtemp(prefix="plugbox-attacks.", dir=base)
            probe = os.path.join(self.top, "probe")
            shutil.copy("/bin/true", probe)
            try:
                subprocess.run([probe], check=True)
                os.unlink(probe)
                break
            except (OSError, subprocess.CalledProcessError):  # noexec
                shutil.rmtree(self.top)
        os.chmod(self.top, 0o755)
        self.token = "SECRET-" + secrets.token_hex(16)
        self.directory = self.mkdir("host", 0o777)
        self.secret = os.path.join(self.directory, "secret.txt")
        self.write(self.secret, self.token + "\n", 0o644)
        self.write(os.path.join(self.directory, "victim.txt"), "intact\n", 0o666)
        times = time.time_ns() - secrets.randbelow(10**15)
        os.utime(self.secret, ns=(times, times))
        self.mtime = f"mtime {times // 10**9}.{times % 10**9:09d}"
        self.listeners = Listeners(self.directory, self.token)
        self.listeners.start()
        self.ipc = Ipc(self.token)
        namespaces = {f"ns_{n}": os.stat(f"/proc/self/ns/{n}").st_ino
                      for n in os.listdir("/proc/self/ns") if "_" not in n}
        self.args = {"secret": self.secret, "hostdir": self.directory, **namespaces,
                     **self.listeners.args, **self.ipc.args, **file_handle(self.secret)}

    def mkdir(self, name, mode):
        path = os.path.join(self.top, name)
        os.mkdir(path)
        os.chmod(path, mode)
        if ME_ROOT:
            os.chown(path, PLUGIN_UID, PLUGIN_UID)
        return path

    @staticmethod
    def write(path, text, mode):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        if ME_ROOT:
            os.chown(path, PLUGIN_UID, PLUGIN_UID)

    def close(self):
        self.listeners.stop()
        self.ipc.remove()
        shutil.rmtree(self.top, ignore_errors=True)
