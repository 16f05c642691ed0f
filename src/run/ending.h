/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a run ended: what the supervisor saw of it, and the verdict. */
#pragma once

#include <stdbool.h>
#include <sys/resource.h>

#include "run/result.h"
#include "spec/plan.h"

/* Why the supervisor ended the plugin, where it did. */
enum stop { STOP_NONE, STOP_TIMEOUT, STOP_MEMORY, STOP_OUTPUT, STOP_DATA, STOP_PARENT };

struct ending {
	enum stop stop;
	const char *limit; /* key of the limit that ended it */
	bool failed;	   /* the child said why, in the result's err */
	bool exec_done;
	bool over;	 /* more output than output_size */
	int init_signal; /* what killed pid 1, 0: nothing */
	bool has_status; /* pid 1 told the plugin's wait status */
	int status;	 /* wait status of the plugin */
};

/* What wait4 told of pid 1 and all that it has waited for: a cgroup's count or the watchdog's
 * replaces it. */
void ending_rusage(struct result *r, const struct rusage *u);

/* Sets outcome, signal, code and limit of *r, which has the usage already. */
void ending_judge(const struct ending *end, const struct plan *p, struct result *r);
