/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/* Counts what RLIMIT_NPROC counts: the threads of all processes of the user, as far as /proc shows
 * them. Returns 0 or -1 with *e. */
int tasks_of(uid_t uid, uint64_t *n, struct pb_err *e);
