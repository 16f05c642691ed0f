/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What plugbox believes is never a plugin's to write. */
#pragma once

#include "base/err.h"
#include "run/dirs.h"
#include "spec/launch.h"
#include "spec/plan.h"

/* Whether the plan shows a part of the host for writing that holds, lies in, or could be made into
 * one of plugbox's own directories: configuration and profiles, approvals, the audit log, caches; or
 * the data of other plugins. Returns
 * 0, or -1 with *e (PB_ERR_POLICY). A plan without such a part costs nothing. */
int guard_plan(const struct launch *l, const struct dir dirs[DIR_N], const struct plan *p,
	       struct pb_err *e);

/* The same of the directory of fd, which is to be the plugin's /data. */
int guard_data(const struct launch *l, const struct dir dirs[DIR_N], int fd, struct pb_err *e);
