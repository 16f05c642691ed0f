# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command line of plugbox for an attack: with what that presupposes, and no more."""
import os


def missing(options):
    return None if os.access(options.plugbox, os.X_OK) else "no plugbox: run make"


def command(run, options=()):
    words = list(options)
    paths = {"file_system_write": run.grant, "file_system_read": run.readgrant}
    for allow in run.attack.allow:
        name = allow.partition("=")[0]
        words += ["--allow", f"{name}={paths[name]}" if name in paths else allow]
    words += run.attack.options
    if run.attack.limits[0]:
        words.append("--best-effort")
    return [run.plugbox, "run", "--quiet"] + words + [run.bundle, "--"] + run.args
