/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Landlock, the second wall: what the mounts show is what may be used, by path
 * and right, and a way around a mount finds no rule. Every right that the running
 * ABI knows is handled, so what no rule grants is denied.
 */
#pragma once

#include "base/err.h"
#include "linux/exec.h"
#include "linux/mounts.h"
#include "spec/plan.h"

/* Makes the plan's ruleset. Without subprocess only the files of chain may be executed. sources has a
 * descriptor for each step, or -1, and is what the rules are for; where it is NULL the plan's mounts must
 * be in place and "/" be the new root. Returns its descriptor, or -1 with *e. */
int landlock_ruleset(const struct plan *p, const struct exec_chain *chain,
		     const struct source *sources, struct pb_err *e);

/* Restricts the calling process (which has no_new_privs) and all it will start. */
int landlock_enforce(int ruleset, struct pb_err *e);

/* The two in one. */
int landlock_apply(const struct plan *p, const struct exec_chain *chain, struct pb_err *e);

/* Puts the calling process into a domain that restricts nothing but signals to processes outside. */
int landlock_scope_signals(struct pb_err *e);
