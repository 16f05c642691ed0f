# SPDX-License-Identifier: LGPL-2.1-or-later
"""firejail with the options of its strictest profiles."""
import os
import shutil

# /tmp is private and noexec; of the home directory only the bundle is shown
BASE = os.path.expanduser("~")


def missing(_options):
    return None if shutil.which("firejail") else "not installed"


def command(run):
    argv = ["firejail", "--quiet", "--noprofile", "--private-dev", "--private-tmp",
            "--private-cache", "--net=none", "--seccomp", "--seccomp.block-secondary",
            "--caps.drop=all", "--nonewprivs", "--noroot", "--nogroups", "--nodbus", "--ipc-namespace",
            "--rlimit-nproc=128", "--rlimit-nofile=1024", "--hostname=sandbox",
            "--machine-id", "--disable-mnt", "--noexec=/tmp", "--noexec=/dev/shm",
            "--protocol=unix", "--restrict-namespaces", "--read-only=" + run.bundle]
    if os.geteuid() == 0:
        argv.remove("--noroot")  # refused for root
    if "network=host" in run.attack.allow:
        argv.remove("--net=none")
    if any(a.startswith("network=") for a in run.attack.allow):
        argv[argv.index("--protocol=unix")] = "--protocol=unix,inet,inet6"
    argv += ["--whitelist=" + run.bundle]
    if "file_system_write" in run.attack.allow:
        argv += ["--whitelist=" + run.grant]
    if "file_system_read" in run.attack.allow:
        argv += ["--whitelist=" + run.readgrant, "--read-only=" + run.readgrant]
    return argv + ["--", os.path.join(run.bundle, run.name)] + run.args
