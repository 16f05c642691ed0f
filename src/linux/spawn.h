/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a plan to a running plugin.
 *
 * The parent clones once into all namespaces (and the cgroup), but for that of the network, which the
 * child makes itself (linux/netns.h). The parent maps the ids, and compiles the system call filter while
 * the child builds the mounts. The child reports errors over one
 * socketpair; a pipe that closes on exec tells the parent that the plugin runs.
 */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/err.h"
#include "linux/guardian.h"
#include "spec/plan.h"

struct spawn_opts {
	const struct plan *plan;
	char *const *env;      /* the plugin's environment, complete */
	int bundle_fd;	       /* O_PATH directory, -1 without a bundle */
	int scratch_fd;	       /* O_PATH directory of the run's own, -1 but where the plan is bare */
	int data_fd;	       /* O_PATH directory, -1 without storage */
	bool root;	       /* the caller is uid 0: run_uid and run_gid are another's */
	uid_t run_uid;	       /* host ids of the plugin, never 0 */
	gid_t run_gid;
	int stdio[3];	       /* become the plugin's 0, 1, 2 */
	const int *keep_fds;   /* stay open under their own numbers */
	size_t n_keep_fds;
	bool trace;	       /* the plugin waits for a tracer: SYNC_TRACE */
	bool whole;	       /* the child is in all its namespaces when spawn_start returns */
	bool announce;	       /* the child is to say when mounts and network stand, see struct spawn */
	int cgroup_fd;	       /* directory of the plugin's cgroup, or -1 */
};

struct spawn {
	struct guardian guardian; /* with --as-pid-1 */
	pid_t pid;	 /* pid 1 of the sandbox, as the host sees it */
	int pidfd;
	int sync;	 /* SOCK_SEQPACKET, see linux/sync.h; non-blocking for the parent */
	pid_t holder;	 /* of a user namespace that was needed for a moment: it ends, and is to be reaped */
	bool announces;	 /* SYNC_BUILT will come, or SYNC_ERROR */
	int exec_pipe;	 /* one byte right before exec; then end of file where exec succeeded, or
			  * a struct pb_err */
};

#define SPAWN_INIT                                                                                 \
	((struct spawn){.guardian = GUARDIAN_INIT, .pid = -1, .holder = -1, .pidfd = -1, .sync = -1, .exec_pipe = -1})

/* Starts the child, which builds the sandbox and then waits for spawn_send_filter and spawn_finish: until
 * the last, nothing of the plugin's runs. On success the caller owns *s (spawn_close) and must reap the
 * child, or call spawn_abort. On failure nothing is left behind; *e says which step failed. */
int spawn_start(const struct spawn_opts *o, struct spawn *s, struct pb_err *e);

/* Gives the child its filter, which it may load: the kernel takes as long for that as plugbox for what it
 * does before spawn_finish. Returns 0, or -1 with *e: then spawn_abort. */
int spawn_send_filter(const struct spawn_opts *o, const struct spawn *s, struct pb_err *e);

/* Lets the child become the plugin. Returns 0, or -1 with *e: then spawn_abort. */
int spawn_finish(struct spawn *s, struct pb_err *e);

/* Kills the child and reaps it. *e becomes the child's own error, where it sent one. */
void spawn_abort(const struct spawn *s, struct pb_err *e);

/* Closes the descriptors, ends the guardian; kills nothing that still runs. */
void spawn_close(struct spawn *s);
