# SPDX-License-Identifier: LGPL-2.1-or-later
"""crun, with the same container as runc."""
import importlib.util
import os

_spec = importlib.util.spec_from_file_location(
    "tool_runc_for_crun", os.path.join(os.path.dirname(__file__), "runc.py"))
_runc = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_runc)
_runc.RUNTIME = "crun"
# a hybrid hierarchy is refused otherwise; no attack here has a cgroup limit to break
_runc.OPTIONS = ["--cgroup-manager=disabled"]
missing, command, config_file, after = (_runc.missing, _runc.command, _runc.config_file,
                                         _runc.after)
