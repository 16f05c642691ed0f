/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The long-lived parent: one epoll loop over the child, the signals, the clock, the channel and
 * what the filter refused. */
#pragma once

#include "base/err.h"
#include "linux/cgroup.h"
#include "linux/spawn.h"
#include "run/caller.h"
#include "run/relay.h"
#include "run/result.h"
#include "run/status.h"
#include "spec/launch.h"
#include "spec/plan.h"

struct supervise_opts {
	const struct caller *caller;
	const struct plan *plan;
	const struct launch *launch;
	const struct spawn_opts *spawn; /* stdio is filled in by supervise */
	const struct status *status;
	struct cgroup *cgroup;		/* NULL: none */
	/* Called while the child goes as far as its filter, before anything of the plugin's runs: what has to be
	 * written down first. Returns 0, or -1 with *e: then nothing runs. */
	int (*before)(void *arg, struct pb_err *e);
	void *before_arg;
};

/* Starts the plugin, stays until it and everything it left is gone, and fills *r but for
 * its code. Signals that are passed on are blocked before the clone and stay so. */
void supervise(const struct supervise_opts *o, struct result *r);
