/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>
#include <sys/capability.h>

#include "base/err.h"

/* Empties every capability set (bounding, ambient, inheritable, permitted, effective) and
 * locks the securebits, so that no exec and no change of ids brings one back. */
int caps_drop_all(struct pb_err *e);

/* The same for a process without CAP_SETPCAP, as far as it goes: the bounding set stays, of which
 * nothing is gained under no_new_privs. */
int caps_drop_own(struct pb_err *e);

/* Whether the capability is in force now. */
bool caps_has(cap_value_t cap);
