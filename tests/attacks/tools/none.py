# SPDX-License-Identifier: LGPL-2.1-or-later
"""No sandbox: the control. Each attack that can do so without harm has to work."""
import os
import shutil

OWN_ROOT = ["unshare", "--user", "--map-root-user", "--mount", "--uts", "--pid", "--net", "--ipc",
            "--cgroup", "--fork", "--mount-proc"]
TMP = "/tmp"


def missing(_options):
    return None


def refuses(run):
    control = run.attack.control
    if control.startswith("no: "):
        return "control impossible: " + control[4:]
    if control == "root" and os.geteuid() != 0:
        return "control impossible: only root may, without a sandbox"
    if control == "userns" and not shutil.which("unshare"):
        return "control impossible: no unshare"
    return None


def command(run):
    # all privileges over namespaces of its own, and none over the host's
    prefix = OWN_ROOT if run.attack.control == "userns" else []
    return prefix + [os.path.join(run.bundle, run.name)] + run.args
