# SPDX-License-Identifier: LGPL-2.1-or-later
"""plugbox with its default policy and what the attack presupposes."""
import os


def missing(options):
    return None if os.access(options.plugbox, os.X_OK) else "no plugbox: run make"


def command(run):
    options = []
    paths = {"file_system_write": run.grant, "file_system_read": run.readgrant}
    for allow in run.attack.allow:
        name = allow.partition("=")[0]
        options += ["--allow", f"{name}={paths[name]}" if name in paths else allow]
    options += run.attack.options
    if run.attack.limits[0]:
        options.append("--best-effort")
    return [run.plugbox, "run", "--quiet"] + options + [run.bundle, "--"] + run.args
