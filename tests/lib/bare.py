# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a process can do to a host that it has no namespaces of its own to be kept from, run inside a
sandbox and, as the control, outside of it by the same user:

    bare.py HOST VICTIM ABSTRACT

HOST is a directory of that user's with secret, granted, dir/ and socket in it, VICTIM a process of
theirs, ABSTRACT the name of a socket that somebody listens on. Prints one line for each attempt: its
name, and "done" or the error. Nothing that is done does harm but to HOST."""
import ctypes
import errno
import os
import platform
import socket
import struct
import sys

host, victim, abstract = sys.argv[1], int(sys.argv[2]), sys.argv[3]
libc = ctypes.CDLL(None, use_errno=True)
scratch = os.environ["TMPDIR"]
NR = {"x86_64": dict(ioprio_set=251, process_vm_readv=310, kcmp=312, setpriority=141, tgkill=234,
                     inotify_init1=294, inotify_add_watch=254, pidfd_send_signal=424, ptrace=101),
      "aarch64": dict(ioprio_set=30, process_vm_readv=270, kcmp=272, setpriority=140, tgkill=131,
                      inotify_init1=26, inotify_add_watch=27, pidfd_send_signal=424, ptrace=117)}[
                          platform.machine()]
IPC_PRIVATE, IPC_RMID = 0, 0


def call(name, *args):
    done = libc.syscall(NR[name], *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    if done < 0:
        raise OSError(ctypes.get_errno(), name)
    return done


def path(name):
    return os.path.join(host, name)


def connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.settimeout(5)
        s.connect(address)


def listen(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.bind(address)
        s.listen()


def send(family, address):
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.sendto(b"x", address)


def read_vm():
    buf = ctypes.create_string_buffer(1)
    local = struct.pack("PP", ctypes.addressof(buf), 1)
    # an address that is mapped in nobody: what is asked is whether the call gets as far
    remote = struct.pack("PP", 4096, 1)
    try:
        call("process_vm_readv", victim, local, 1, remote, 1, 0)
    except OSError as e:
        if e.errno != errno.EFAULT:
            raise


def trace():
    call("ptrace", 0x4206, victim, 0, 0)  # PTRACE_SEIZE
    call("ptrace", 17, victim, 0, 0)


def pidfd_signal():
    fd = os.pidfd_open(victim)
    call("pidfd_send_signal", fd, 18, None, 0)


def watch():
    fd = call("inotify_init1", 0)
    call("inotify_add_watch", fd, path("dir").encode(), 2)


def with_fd(name, f):
    fd = os.open(path(name), os.O_RDONLY)
    try:
        f(fd)
    finally:
        os.close(fd)


def ipc(get, control, *args):
    made = getattr(libc, get)(IPC_PRIVATE, *args, 0o600)
    if made < 0:
        raise OSError(ctypes.get_errno(), get)
    if get == "semget":
        getattr(libc, control)(made, 0, IPC_RMID)
    else:
        getattr(libc, control)(made, IPC_RMID, None)


def follow_link():
    link = os.path.join(scratch, "link")
    os.symlink(path("secret"), link)
    open(link).close()


def attempts():
    yield "read", lambda: open(path("secret")).read()
    yield "list", lambda: os.listdir(path("dir"))
    yield "list-root", lambda: os.listdir("/")
    yield "list-proc", lambda: os.listdir("/proc")
    yield "write", lambda: open(path("secret"), "r+").close()
    yield "create", lambda: open(path("dir/new"), "w").close()
    yield "truncate", lambda: os.truncate(path("secret"), 2)
    yield "make-directory", lambda: os.mkdir(path("dir/made"))
    yield "rename", lambda: os.rename(path("dir/moved"), path("dir/away"))
    yield "link-out", lambda: os.link(path("secret"), os.path.join(scratch, "hard"))
    yield "symlink-out", follow_link
    yield "path-of-read-grant", lambda: open(path("granted"), "r+").close()
    yield "chmod", lambda: os.chmod(path("secret"), 0o644)
    yield "chmod-grant", lambda: os.chmod(path("granted"), 0o666)
    yield "fchmod-grant", lambda: with_fd("granted", lambda fd: os.fchmod(fd, 0o666))
    yield "chown", lambda: os.chown(path("secret"), os.getuid(), os.getgid())
    yield "fchown-grant", lambda: with_fd("granted", lambda fd: os.fchown(fd, -1, -1))
    yield "times", lambda: os.utime(path("secret"), (1, 1))
    yield "times-grant", lambda: with_fd("granted", lambda fd: os.utime(fd, (1, 1)))
    yield "remove", lambda: os.unlink(path("dir/gone"))
    yield "watch", watch
    yield "signal", lambda: os.kill(victim, 18)
    yield "signal-thread", lambda: call("tgkill", victim, victim, 18)
    yield "signal-pidfd", pidfd_signal
    yield "priority", lambda: call("setpriority", 0, victim, 19)
    yield "io-priority", lambda: call("ioprio_set", 1, victim, 2 << 13 | 7)
    yield "affinity", lambda: os.sched_setaffinity(victim, os.sched_getaffinity(victim))
    yield "policy", lambda: os.sched_setscheduler(victim, os.SCHED_OTHER, os.sched_param(0))
    yield "memory", read_vm
    yield "trace", trace
    yield "kcmp", lambda: call("kcmp", os.getpid(), victim, 1, 0, 0)
    yield "environment", lambda: open(f"/proc/{victim}/environ").read()
    yield "root-of-process", lambda: open(f"/proc/{victim}/root{path('secret')}").read()
    yield "program-of-process", lambda: os.readlink(f"/proc/{victim}/exe")
    yield "local-socket", lambda: connect(socket.AF_UNIX, path("socket"))
    yield "abstract-socket", lambda: connect(socket.AF_UNIX, "\0" + abstract)
    yield "tcp", lambda: listen(socket.AF_INET, ("127.0.0.1", 0))
    yield "udp", lambda: send(socket.AF_INET, ("127.0.0.1", 9))
    yield "netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()
    yield "shared-memory", lambda: ipc("shmget", "shmctl", 4096)
    yield "queue", lambda: ipc("msgget", "msgctl")
    yield "semaphore", lambda: ipc("semget", "semctl", 1)
    yield "posix-memory", lambda: os.unlink(open("/dev/shm/plugbox-bare-%d" % os.getpid(), "w").name)


for name, attempt in attempts():
    try:
        attempt()
        print(name, "done")
    except OSError as e:
        print(name, errno.errorcode[e.errno])
