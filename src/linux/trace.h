/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Watching what the calls of a plugin come to, for --debug. plugbox traces the plugin's processes
 * from outside, by ptrace(2), and looks at each call when it returns: it changes no argument, no
 * result and no layer, and decides nothing. What is read of a plugin's memory is only shown, since
 * another thread may have changed it by then. Should plugbox end, the kernel kills all that it
 * traces (PTRACE_O_EXITKILL).
 *
 * Whoever traces has to be told of every stop and end, and nobody else is before: trace_events must
 * be called whenever SIGCHLD comes, until trace_free, or processes that ended are never gone.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* A call that failed. */
struct trace_event {
	pid_t pid;     /* as plugbox sees it */
	char name[32]; /* of the call */
	int err;
	unsigned long args[6];
	bool has_path; /* path is what an argument pointed to, as it was when the call returned */
	char path[PATH_MAX];
};

struct trace;

/* told is called for each call that failed, after the plugin was executed. */
struct trace *trace_new(void (*told)(void *arg, const struct trace_event *ev), void *arg);

/* Begins with the only child of the process parent, which waits. Returns 0, or -1 with *e. */
int trace_attach(struct trace *t, pid_t parent, struct pb_err *e);

/* Takes all that there is to take, without waiting. */
void trace_events(struct trace *t);

/* Kills what is traced and waits for it. t may be NULL. */
void trace_free(struct trace *t);
