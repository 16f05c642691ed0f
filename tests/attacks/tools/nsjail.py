# SPDX-License-Identifier: LGPL-2.1-or-later
"""nsjail, run once, with its defaults and a read-only root."""
import shutil


def missing(_options):
    return None if shutil.which("nsjail") else "not installed"


def command(run):
    argv = ["nsjail", "-Mo", "-Q", "--hostname", "sandbox", "-R", "/usr", "-s", "/usr/lib:/lib",
            "-s", "/usr/lib64:/lib64", "-s", "/usr/bin:/bin", "-T", "/tmp",
            "-R", f"{run.bundle}:/plugin", "-D", "/plugin", "--iface_no_lo",
            "--rlimit_nproc", "128", "--rlimit_nofile", "1024"]
    if "network=host" in run.attack.allow:
        argv.append("-N")
    if "file_system_write" in run.attack.allow:
        argv += ["-B", run.grant]
    if "file_system_read" in run.attack.allow:
        argv += ["-R", run.readgrant]
    return argv + ["--", "/plugin/" + run.name] + run.args
