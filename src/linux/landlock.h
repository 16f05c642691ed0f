/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Landlock, the second wall: what the mounts show is what may be used, by path
 * and right, and a way around a mount finds no rule. Every right that the running
 * ABI knows is handled, so what no rule grants is denied.
 */
#pragma once

#include "base/err.h"
#include "linux/exec.h"
#include "spec/plan.h"

/* Restricts the calling process (which has no_new_privs) and all it will start. The
 * plan's mounts must be in place and "/" be the new root. Without subprocess only
 * the files of chain may be executed. */
int landlock_apply(const struct plan *p, const struct exec_chain *chain, struct pb_err *e);
