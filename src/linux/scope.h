/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A domain of Landlock that no signal leaves, in the place of a pid namespace: whoever entered it first
 * can end all that was started in it, however it forks and whoever its parent is by now. kill(-1, ..)
 * goes to every process that the caller may signal, and from within the domain these are the ones in
 * it and in the domains below. The kernel holds off forks while it goes through them.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct scope {
	bool closed; /* it was tried: a signal to a process outside of it is refused */
};

/* Puts the calling process, which has one thread and no_new_privs, into a domain of its own within
 * the one it is in. outsider is a process outside that the caller may signal: before, which is the
 * control, it can, and afterwards it must not be able to. Returns 0, or -1 with *e: then *s
 * is not closed, and nothing may be ended by it. */
int scope_enter(struct scope *s, pid_t outsider, struct pb_err *e);

/* The same, tried on a child that is made for it and ends before this returns. */
int scope_enter_alone(struct scope *s, struct pb_err *e);

/* SIGKILL to every other process in the domain. Does nothing where it is not closed. */
void scope_kill(const struct scope *s);

/* The same, and waits for all that are, or with PR_SET_CHILD_SUBREAPER become, children of the caller. */
void scope_end(const struct scope *s);
