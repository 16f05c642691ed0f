# SPDX-License-Identifier: LGPL-2.1-or-later
"""bubblewrap with all that its manual recommends."""
import shutil


def missing(_options):
    return None if shutil.which("bwrap") else "not installed"


def command(run):
    argv = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv",
            "--cap-drop", "ALL", "--hostname", "sandbox",
            "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib",
            "--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin",
            "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
            "--ro-bind", run.bundle, "/plugin", "--chdir", "/plugin",
            "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "HOME", "/tmp"]
    if "network=host" in run.attack.allow:
        argv.append("--share-net")
    if "tty" in run.attack.allow:
        argv.remove("--new-session")
    if "file_system_write" in run.attack.allow:
        argv += ["--bind", run.grant, run.grant]
    if "file_system_read" in run.attack.allow:
        argv += ["--ro-bind", run.readgrant, run.readgrant]
    return argv + ["--", "/plugin/" + run.name] + run.args
