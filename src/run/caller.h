/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The process that started plugbox, with which a run ends unless it is told otherwise. */
#pragma once

#include <sys/types.h>

#include "base/err.h"

struct caller {
	pid_t pid; /* 0: it is in another pid namespace, and not to be watched */
	int pidfd; /* -1: see err */
	int err;   /* errno of pidfd_open */
};

/* Takes hold of the caller, parent being what getppid said first thing: one that ended before that
 * cannot be told from the one that adopts plugbox then. Not before the options are read: until
 * then no number is taken that --keep-fd or --status-fd could mean. */
struct caller caller_open(pid_t parent);

/* Before there is a plugin: makes sure that the caller is still there and, where it has no pidfd to
 * wait on, that its end is the end of plugbox. Returns 0 or -1 with *e. */
int caller_watch(const struct caller *c, struct pb_err *e);
