/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Building a sandbox on trial, step by step, in a child that ends afterwards. */
#pragma once

#include <stdbool.h>

enum trial_step {
	TRIAL_USER,  /* a user namespace */
	TRIAL_MAP,   /* with an id mapped into it, as a launch maps it */
	TRIAL_MOUNT, /* each other namespace, inside */
	TRIAL_IPC,
	TRIAL_UTS,
	TRIAL_CGROUP,
	TRIAL_NET,
	TRIAL_PID,
	TRIAL_PRIVATE, /* mount propagation cut */
	TRIAL_TMPFS,
	TRIAL_OPEN_TREE, /* a detached copy of /usr */
	TRIAL_SETATTR,	 /* made read-only with all below it */
	TRIAL_FSOPEN,
	TRIAL_PROC,	  /* the new pid namespace's proc, of processes only */
	TRIAL_PROC_PLAIN, /* the same without subset=pid, tried where that fails */
	TRIAL_PIVOT,	  /* the tmpfs becomes the root */
	TRIAL_IDMAP,	  /* a detached copy of / with ids mapped, tried by root only */
	TRIAL_N
};

/* A step's result: 0, the errno of its failure, or TRIAL_UNTRIED where an earlier
 * failure stopped the trial before it. */
#define TRIAL_UNTRIED (-1)

/* What is mapped where root asks: its plugins run as an id that owns nothing. */
#define TRIAL_ROOTS_ID 65534

struct trial {
	int result[TRIAL_N];
};

/* Tries all steps. Takes a few milliseconds, ten seconds at the very most. */
void trial_run(struct trial *t);
