# SPDX-License-Identifier: LGPL-2.1-or-later
"""plugbox --isolation landlock: without namespaces, with what the attack presupposes."""
import plugbox_command

# where the plugin may write is a directory of the run's own
TMP = "$TMPDIR"

# what only_in_own of attack.h says
UNTRIED = "not tried in the host's own namespace"

INEXPRESSIBLE = {"tty", "user_database", "devices", "network=loopback", "--as-pid-1", "--hostname", "--tmpfs"}

missing = plugbox_command.missing


def refuses(run):
    words = run.attack.allow + run.attack.options
    asked = INEXPRESSIBLE.intersection(words + [word.partition("=")[0] for word in words])
    return "not expressible: " + ", ".join(sorted(asked)) if asked else None


def command(run):
    return plugbox_command.command(run, ["--isolation", "landlock"])
