/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/caller.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/layer.h"
#include "base/log.h"

struct caller caller_open(pid_t parent)
{
	struct caller c = {.pid = parent, .pidfd = -1};

	if (c.pid == 0)
		return c;
	c.pidfd = pidfd_open(c.pid, 0);
	c.err = c.pidfd < 0 ? errno : 0;
	return c;
}

/* The caller's process, not its thread: PR_SET_PDEATHSIG fires when the thread that forked
 * ends, which in a host with a thread pool is any time. */
int caller_watch(const struct caller *c, struct pb_err *e)
{
	if (!LAYER_ON(PARENT) || c->pid == 0)
		return 0;
	if (c->pidfd < 0 && c->err != ESRCH) {
		log_note("the caller is watched by its thread: %s", strerror(c->err));
		if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
			return pb_err_set(e, PB_ERR_SETUP, errno,
					  "cannot set the parent-death signal");
	}
	if (c->err == ESRCH || getppid() != c->pid)
		return pb_err_set(e, PB_ERR_SETUP, 0, "the process that started plugbox is gone");
	return 0;
}
