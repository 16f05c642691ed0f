/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/err.h"

/* Empties every capability set (bounding, ambient, inheritable, permitted, effective) and
 * locks the securebits, so that no exec and no change of ids brings one back. */
int caps_drop_all(struct pb_err *e);
