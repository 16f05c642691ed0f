# SPDX-License-Identifier: LGPL-2.1-or-later
"""How each launcher is asked for the sandbox that plugbox's policy describes.

`plugbox explain --json` says which mounts there are; everyone gets those, as far as it can make
them, and the same namespaces. Those that can take a compiled filter get plugbox's own.
"""

import json
import os
import shutil
import subprocess


class Failed(Exception):
    """A launcher, or a measurement, that does not work here."""


class Command:
    """What to spawn: arguments, and files to open for it as {descriptor: path}."""

    def __init__(self, argv, files=None):
        self.argv = argv
        self.files = files or {}


class Bundle:
    """A plugin's directory, the program in it, and what plugbox is to be told besides."""

    def __init__(self, path, program, options=(), data=None):
        self.path = path
        self.program = program
        self.options = list(options)
        self.data = data


def mounts_of(view, bundle):
    """The plan's mounts as (operation, source, path, rest), sources on the host resolved."""
    for m in view["mounts"]:
        source = m["source"]
        if source == "(the bundle)":
            source = bundle.path
        elif source and source.startswith("("):
            source = bundle.data
        yield m["op"], source, m["path"], m


class Direct:
    """No launcher at all."""

    name = "bare"

    def __init__(self, _work, _setup):
        pass

    def command(self, bundle, args, _view, _identity):
        return Command([os.path.join(bundle.path, bundle.program), *args])


class DirectSession(Direct):
    """The same in a session of its own, which the scheduler's autogroups make slower to talk to."""

    name = "bare, session"

    def command(self, bundle, args, view, identity):
        bare = super().command(bundle, args, view, identity)
        return Command([shutil.which("setsid") or "/usr/bin/setsid", *bare.argv])


class Floor:
    name = "floor"

    def __init__(self, _work, setup):
        self.path = setup.program("floor")

    def command(self, bundle, args, view, _identity):
        ops = []
        for op, source, path, m in mounts_of(view, bundle):
            if op == "bind":
                kind = "bindw" if "write" in m["access"] else "bindx"
                ops += [kind, source, path]
            elif op == "device":
                ops += ["dev", source, path]
            elif op == "link":
                ops += ["link", source, path]
            elif op == "file":
                ops += ["file", path, "40"]
            elif op == "tmpfs":
                ops += ["tmpfs", path, str(m["size"])]
            elif op in ("dir", "proc"):
                ops += [op, path]
            elif op == "devpts":
                ops += ["pts", path]
            elif op == "seal":
                ops += ["seal"]
        return Command([self.path, *ops, "cwd", "/plugin", "--", "/plugin/" + bundle.program, *args])


class Plugbox:
    def __init__(self, name, path):
        self.name = name
        self.path = path

    def command(self, bundle, args, _view, _identity):
        tail = ["--", *args] if args else []
        return Command([self.path, "run", *bundle.options, bundle.path, *tail])


class Bwrap:
    name = "bwrap"

    def __init__(self, work, setup):
        self.path = shutil.which("bwrap")
        self.filter = setup.filter()
        self.file = os.path.join(work, "file")
        with open(self.file, "w", encoding="ascii") as f:
            f.write("x" * 40)

    def command(self, bundle, args, view, _identity):
        argv = [self.path, "--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000",
                "--die-with-parent", "--new-session", "--clearenv", "--setenv", "PATH", "/usr/bin"]
        files = {20: self.filter}
        for op, source, path, m in mounts_of(view, bundle):
            if op == "bind":
                argv += ["--bind" if "write" in m["access"] else "--ro-bind", source, path]
            elif op == "device":
                argv += ["--dev-bind", source, path]
            elif op == "link":
                argv += ["--symlink", source, path]
            elif op == "dir":
                argv += ["--dir", path]
            elif op == "file":
                fd = 20 + len(files)
                files[fd] = self.file
                argv += ["--file", str(fd), path]
            elif op == "tmpfs":
                argv += ["--size", str(m["size"]), "--tmpfs", path]
            elif op == "proc":
                argv += ["--proc", path]
        argv += ["--remount-ro", "/", "--seccomp", "20", "--chdir", "/plugin"]
        return Command([*argv, "--", "/plugin/" + bundle.program, *args], files)


class Firejail:
    """Its own idea of a file system: it has no way to say these mounts."""

    name = "firejail"

    def __init__(self, _work, _setup):
        self.path = shutil.which("firejail")

    def command(self, bundle, args, _view, _identity):
        return Command([self.path, "--quiet", "--noprofile", "--net=none", "--ipc-namespace",
                        "--caps.drop=all", "--nonewprivs", "--seccomp", "--private-dev", "--",
                        os.path.join(bundle.path, bundle.program), *args])


def prepare_root(work, name, bundle, view):
    """A root directory with every mount point in it, for launchers that make none."""
    root = os.path.join(work, "roots", f"{name}-{os.path.basename(bundle.path)}")
    if os.path.isdir(root):
        return root
    for op, source, path, _m in mounts_of(view, bundle):
        where = root + path
        os.makedirs(os.path.dirname(where), exist_ok=True)
        if op == "link":
            if not os.path.lexists(where):
                os.symlink(source, where)
        elif op in ("file", "device") or (op == "bind" and not os.path.isdir(source)):
            with open(where, "w", encoding="ascii"):
                pass
        elif op != "seal":
            os.makedirs(where, exist_ok=True)
    return root


class Oci:
    """crun and runc: one bundle of theirs for each of ours, and a new name for each launch."""

    def __init__(self, name, options, work, setup):
        self.name = name
        self.options = options
        self.work = work
        self.setup = setup
        self.path = shutil.which(name)
        self.count = 0

    def config(self, bundle, args, view, identity):
        where = os.path.join(self.work, f"{self.name}-{identity.name}",
                             "-".join([os.path.basename(bundle.path), *args]))
        if os.path.exists(where):
            return where
        host = identity.uid or 65534
        host_group = identity.gid or 65534
        # the standard devices are its own business
        mounts = [{"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
                   "options": ["nosuid", "mode=755"]}]
        for op, source, path, m in mounts_of(view, bundle):
            if op == "bind":
                access = ["rw"] if "write" in m["access"] else ["ro", "nodev"]
                mounts.append({"destination": path, "type": "bind", "source": source,
                               "options": ["rbind", "nosuid", *access]})
            elif op == "tmpfs":
                mounts.append({"destination": path, "type": "tmpfs", "source": "tmpfs",
                               "options": ["nosuid", "nodev", "noexec", f"size={m['size']}"]})
            elif op == "proc":
                mounts.append({"destination": path, "type": "proc", "source": "proc",
                               "options": ["nosuid", "nodev", "noexec"]})
        config = {
            "ociVersion": "1.0.2",
            "root": {"path": prepare_root(self.work, self.name, bundle, view), "readonly": True},
            "hostname": "bench",
            "process": {"user": {"uid": 0, "gid": 0}, "cwd": "/plugin", "env": ["PATH=/usr/bin"],
                        "args": ["/plugin/" + bundle.program, *args], "noNewPrivileges": True,
                        "capabilities": {k: [] for k in ("bounding", "effective", "permitted")}},
            "mounts": mounts,
            "linux": {
                "namespaces": [{"type": t} for t in
                               ("user", "mount", "pid", "network", "ipc", "uts", "cgroup")],
                "uidMappings": [{"containerID": 0, "hostID": host, "size": 1}],
                "gidMappings": [{"containerID": 0, "hostID": host_group, "size": 1}],
            },
        }
        os.makedirs(where)
        with open(os.path.join(where, "config.json"), "w", encoding="ascii") as f:
            json.dump(config, f)
        return where

    def command(self, bundle, args, view, identity):
        with self.setup.privileged():
            where = self.config(bundle, args, view, identity)
            state = os.path.join(self.work, f"{self.name}-{identity.name}-state")
            if not os.path.isdir(state):
                os.mkdir(state)
                os.chown(state, identity.uid, identity.gid)
        self.count += 1
        return Command([self.path, "--root", state, *self.options, "run", "--bundle", where,
                        f"bench-{os.getpid()}-{self.count}"])


class Nsjail:
    name = "nsjail"

    def __init__(self, _work, _setup):
        self.path = shutil.which("nsjail")

    def command(self, bundle, args, view, _identity):
        argv = [self.path, "-Mo", "-Q", "--disable_rlimits", "-D", "/plugin"]
        for op, source, path, m in mounts_of(view, bundle):
            if op == "bind":
                argv += ["-B" if "write" in m["access"] else "-R", f"{source}:{path}"]
            elif op == "device":
                argv += ["-B", f"{source}:{path}"]
            elif op == "link":
                argv += ["-s", f"{source}:{path}"]
            elif op == "tmpfs":
                argv += ["-m", f"none:{path}:tmpfs:size={m['size']}"]
        return Command([*argv, "--", "/plugin/" + bundle.program, *args])


class Minijail:
    name = "minijail0"

    def __init__(self, work, setup):
        self.path = shutil.which("minijail0")
        self.work = work
        self.setup = setup

    def command(self, bundle, args, view, identity):
        with self.setup.privileged():
            root = prepare_root(self.work, self.name, bundle, view)
        argv = [self.path, "-p", "-v", "-e", "-l", "-N", "--uts", "-n", "-U",
                f"-m0 {identity.uid or 65534} 1", f"-M0 {identity.gid or 65534} 1", "-P", root]
        for op, source, path, m in mounts_of(view, bundle):
            if op in ("bind", "device"):
                writable = ",1" if op == "device" or "write" in m["access"] else ""
                argv += ["-b", f"{source},{path}{writable}"]
            elif op == "tmpfs":
                argv += ["-k", f"none,{path},tmpfs,0xe,size={m['size']}"]
        return Command([*argv, "--", "/plugin/" + bundle.program, *args])


def make(name, work, setup):
    """The launcher of that name, or Failed."""
    if name == "plugbox":
        return Plugbox(name, setup.plugbox)
    if name == "plugbox-beside":
        return Plugbox(name, setup.beside)
    if name == "floor":
        return Floor(work, setup)
    if not shutil.which(name):
        raise Failed("not installed")
    if name == "crun":
        return Oci(name, ["--cgroup-manager=disabled"], work, setup)
    if name == "runc":
        return Oci(name, [], work, setup)
    return {"bwrap": Bwrap, "firejail": Firejail, "nsjail": Nsjail,
            "minijail0": Minijail}[name](work, setup)


def explain(plugbox, bundle):
    done = subprocess.run([plugbox, "explain", "--json", *bundle.options, bundle.path],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"plugbox explain: {done.stderr.strip()}")
    return json.loads(done.stdout)
