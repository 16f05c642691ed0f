/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The long-lived parent: one epoll loop over the child, the signals, the clock, the channel and
 * what the filter refused. */
#pragma once

#include "base/err.h"
#include "linux/cgroup.h"
#include "linux/spawn.h"
#include "run/relay.h"
#include "run/result.h"
#include "run/status.h"
#include "spec/launch.h"
#include "spec/plan.h"

/* The process that started plugbox. */
struct caller {
	pid_t pid; /* 0: it is in another pid namespace, and not to be watched */
	int pidfd; /* -1: see err */
	int err;   /* errno of pidfd_open */
};

/* Takes hold of the caller, parent being what getppid said first thing: one that ended before that
 * cannot be told from the one that adopts plugbox then. Not before the options are read: until
 * then no number is taken that --keep-fd or --status-fd could mean. */
struct caller caller_open(pid_t parent);

struct supervise_opts {
	const struct caller *caller;
	const struct plan *plan;
	const struct launch *launch;
	const struct spawn_opts *spawn; /* stdio is filled in by supervise */
	const struct status *status;
	struct cgroup *cgroup;		/* NULL: none */
	/* Called while the child builds its mounts, before anything of the plugin's runs: what has to be
	 * written down first. Returns 0, or -1 with *e: then nothing runs. */
	int (*before)(void *arg, struct pb_err *e);
	void *before_arg;
};

/* Starts the plugin, stays until it and everything it left is gone, and fills *r but for
 * its code. Signals that are passed on are blocked before the clone and stay so. */
void supervise(const struct supervise_opts *o, struct result *r);
