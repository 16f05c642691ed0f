/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the plugin itself is pid 1 (--as-pid-1), its parent-death signal is no tie to plugbox: the signal
 * belongs to a thread, and a plugin loses it by calling execve from another one. A small third
 * process, outside the sandbox, waits for plugbox to end and ends the sandbox then.
 */
#pragma once

#include <sys/types.h>

#include "base/err.h"

struct guardian {
	pid_t pid; /* -1: none */
	int alive; /* end of a socket pair that only plugbox holds */
};

#define GUARDIAN_INIT ((struct guardian){.pid = -1, .alive = -1})

/* Starts it over the process of pidfd and pid, and returns once it watches. Call before that process is
 * let go on. */
int guardian_start(int pidfd, pid_t pid, struct guardian *g, struct pb_err *e);

/* Ends and reaps it. Safe on GUARDIAN_INIT. */
void guardian_stop(struct guardian *g);
