# SPDX-License-Identifier: LGPL-2.1-or-later
"""minijail without a policy file: what its options give."""
import os
import shutil


def missing(_options):
    return None if shutil.which("minijail0") else "not installed"


def command(run):
    argv = ["minijail0", "-U", "-m", "-M", "-v", "-p", "-l", "-N", "-e", "--uts=sandbox", "-n",
            "-c", "0", "-w", "-r", "-P", "/var/empty", "-t", "-d", "-b", "/usr", "-b",
            f"{run.bundle},{run.bundle}"]
    if "network=host" in run.attack.allow:
        argv.remove("-e")
    if "file_system_write" in run.attack.allow:
        argv += ["-b", f"{run.grant},{run.grant},1"]
    if "file_system_read" in run.attack.allow:
        argv += ["-b", f"{run.readgrant},{run.readgrant}"]
    return argv + ["--", os.path.join(run.bundle, run.name)] + run.args
