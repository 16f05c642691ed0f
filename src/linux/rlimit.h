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

/* Opens the files of the plan's ucounts, those of the calling process's user namespace, while the host's
 * /proc is still visible. A file that cannot be written because /proc/sys is read-only (a container) is
 * left, and its descriptor -1: the filter refuses what it would count. Returns 0, or -1 with *e. */
int ucount_open(const struct plan *p, int fds[PLAN_UCOUNTS], struct pb_err *e);

/* Writes them, and closes what is open. */
int ucount_apply(const struct plan *p, int fds[PLAN_UCOUNTS], struct pb_err *e);
