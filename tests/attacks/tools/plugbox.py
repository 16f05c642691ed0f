# SPDX-License-Identifier: LGPL-2.1-or-later
"""plugbox with its default policy and what the attack presupposes."""
from plugbox_command import command, missing  # pylint: disable=unused-import
