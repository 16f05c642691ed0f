/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "base/err.h"
#include "spec/plan.h"

/* Sets the plan's rlimits on the calling process, but for RLIMIT_NOFILE; a value above the
 * inherited hard limit is cut to it. RLIMIT_NPROC is set higher by what the user has running, in tasks,
 * where there is no user namespace that counts by itself. */
int rlimit_apply(const struct plan *p, uint64_t running, struct pb_err *e);

/* Sets RLIMIT_NOFILE: last, when no more descriptors are needed for the launch. */
int rlimit_apply_files(const struct plan *p, struct pb_err *e);

/* Writes the plan's ucounts of the calling process's user namespace. The host's /proc must
 * still be visible. A file that cannot be written because /proc/sys is read-only (a
 * container) is left: the filter refuses what it would count. */
int ucount_apply(const struct plan *p, struct pb_err *e);
