/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <sys/capability.h>

#include "base/err.h"

/* Empties the bounding set and locks the securebits, so that no exec and no change of ids brings a
 * capability back. Needs CAP_SETPCAP; what the process has stays in force. */
int caps_drop_bounding(struct pb_err *e);

/* Empties all other sets (ambient, inheritable, permitted, effective). Without the bounding set, which
 * takes CAP_SETPCAP, nothing is gained of what stays in that under no_new_privs. */
int caps_drop_own(struct pb_err *e);

/* Whether the capability is in force now. */
bool caps_has(cap_value_t cap);
