# SPDX-License-Identifier: LGPL-2.1-or-later
"""runc, an OCI runtime, with the bundle of its own `spec` made strict."""
import json
import os
import shutil
import subprocess

RUNTIME = "runc"
OPTIONS = []
# what container engines allow by default refuses less than this; runc itself has no filter
REFUSED = ["mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "ptrace",
           "process_vm_readv", "process_vm_writev", "bpf", "perf_event_open", "keyctl", "add_key",
           "request_key", "userfaultfd", "io_uring_setup", "open_by_handle_at",
           "name_to_handle_at", "clock_settime", "settimeofday", "adjtimex", "clock_adjtime",
           "init_module", "finit_module", "delete_module", "kexec_load", "reboot", "swapon",
           "swapoff", "acct", "quotactl", "personality", "iopl", "ioperm", "modify_ldt", "syslog",
           "open_tree", "move_mount", "fsopen", "fspick", "mount_setattr", "kcmp",
           "pidfd_getfd", "fanotify_init", "move_pages", "set_mempolicy"]


def missing(_options):
    if not shutil.which(RUNTIME):
        return "not installed"
    return None


def config_file(run):
    """Where the arguments of the attack stand, instead of on the command line."""
    return os.path.join(run.top, "oci", "config.json")


def command(run):
    top = os.path.join(run.top, "oci")
    root = os.path.join(top, "rootfs")
    for name in ("usr", "proc", "dev", "tmp", "plugin", "sys"):
        os.makedirs(os.path.join(root, name))
    for name in ("bin", "lib", "lib64"):
        os.symlink("usr/" + name, os.path.join(root, name))
    spec = ["spec"] if os.geteuid() == 0 else ["spec", "--rootless"]
    subprocess.run([RUNTIME] + spec, cwd=top, check=True)
    path = config_file(run)
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    process = config["process"]
    process.update(terminal=False, args=["/plugin/" + run.name] + run.args, cwd="/plugin",
                   env=["PATH=/usr/bin:/bin"], noNewPrivileges=True,
                   capabilities={k: [] for k in ("bounding", "effective", "permitted",
                                                 "ambient", "inheritable")})
    process["rlimits"] = [{"type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024},
                          {"type": "RLIMIT_CORE", "hard": 0, "soft": 0}]
    if os.geteuid() == 0:
        process["user"] = {"uid": 65534, "gid": 65534}
    config["hostname"] = "sandbox"
    config["root"]["readonly"] = True
    bind = ["rbind", "nosuid", "nodev"]
    mounts = [m for m in config["mounts"] if m["destination"] in
              ("/proc", "/dev", "/dev/shm", "/dev/pts", "/dev/mqueue")]
    mounts += [{"destination": "/usr", "type": "bind", "source": "/usr", "options": bind + ["ro"]},
               {"destination": "/plugin", "type": "bind", "source": run.bundle,
                "options": bind + ["ro"]},
               {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs",
                "options": ["nosuid", "nodev", "noexec", "mode=1777", "size=65536k"]}]
    if "file_system_write" in run.attack.allow:
        mounts.append({"destination": run.grant, "type": "bind", "source": run.grant,
                       "options": bind + ["rw", "noexec"]})
    if "file_system_read" in run.attack.allow:
        mounts.append({"destination": run.readgrant, "type": "bind", "source": run.readgrant,
                       "options": bind + ["ro", "noexec"]})
    config["mounts"] = mounts
    linux = config["linux"]
    linux.pop("resources", None)
    linux["seccomp"] = {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
                        "syscalls": [{"names": REFUSED, "action": "SCMP_ACT_ERRNO"}]}
    if "network=host" in run.attack.allow:
        linux["namespaces"] = [n for n in linux["namespaces"] if n["type"] != "network"]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)
    # the state directory goes with the run
    return [RUNTIME] + OPTIONS + ["--root", os.path.join(run.top, "state"), "run", "--bundle",
                                  top, "attack-" + run.id]


def after(run):
    """A container that lives on is the runtime's to end, and its cgroup to remove."""
    if os.path.isdir(os.path.join(run.top, "state")):
        subprocess.run([RUNTIME, "--root", os.path.join(run.top, "state"), "delete", "--force",
                        "attack-" + run.id], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False, timeout=30)
