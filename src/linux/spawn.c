/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/layer.h"
#include "base/path.h"
#include "linux/bare_child.h"
#include "linux/child.h"
#include "linux/filter.h"
#include "linux/sync.h"
#include "linux/sys.h"
#include "linux/userns.h"

/* Why, and what to do about it, takes looking around: see run/hint. */
static void clone_failed(struct pb_err *e)
{
	pb_err_set(e, PB_ERR_SETUP, errno, "cannot create the sandbox's namespaces");
	pb_err_step(e, "namespaces");
}

static unsigned long namespace_flags(const struct plan *p)
{
	const unsigned long off = (LAYER_ON(NS_USER) ? 0UL : CLONE_NEWUSER) |
				  (LAYER_ON(NS_PID) ? 0UL : CLONE_NEWPID) |
				  (LAYER_ON(NS_NET) ? 0UL : CLONE_NEWNET) |
				  (LAYER_ON(NS_IPC) ? 0UL : CLONE_NEWIPC) |
				  (LAYER_ON(NS_UTS) ? 0UL : CLONE_NEWUTS) |
				  (LAYER_ON(NS_CGROUP) ? 0UL : CLONE_NEWCGROUP);

	return p->namespaces & ~off;
}

/* Not where the limits of the plugin would be those of the thread: what a cgroup counts would be more
 * than the plugin's own, and one that is held in the middle of it would hold up others that configure
 * a network. A thread that ends counts as a process for a moment longer. */
static bool can_make_netns(const struct spawn_opts *o)
{
	const struct plan *p = o->plan;

	for (size_t i = 0; i < p->n_rlimits; i++)
		if (p->rlimits[i].resource == RLIMIT_NPROC && p->rlimits[i].soft < 3)
			return false;
	/* asks for nothing: whether a container's filter lets through what the child will need */
	return !o->whole && o->cgroup_fd < 0 && unshare(0) == 0;
}

/* Returns the pid, 0 in the child, or -1 with errno. *in_cgroup is cleared where the kernel
 * cannot start the child in its cgroup at once. */
static pid_t clone_child(const struct spawn_opts *o, unsigned long namespaces, int *pidfd,
			 bool *in_cgroup)
{
	struct clone_args args = {
		.flags = namespaces | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)pidfd,
		.exit_signal = SIGCHLD,
	};
	long pid;

	*in_cgroup = o->cgroup_fd >= 0;
	if (*in_cgroup) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)o->cgroup_fd;
	}
	pid = sys_clone3(&args);
	if (pid >= 0 || errno != ENOSYS)
		return (pid_t)pid;
	/* before Linux 5.3, or hidden by a container's filter */
	*in_cgroup = false;
	return (pid_t)syscall(SYS_clone, namespaces | CLONE_PIDFD | SIGCHLD, NULL, pidfd, NULL,
			      NULL);
}

static int join_cgroup(int cgroup_fd, pid_t pid, struct pb_err *e)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%d", (int)pid);
	if (fd_write_file(cgroup_fd, "cgroup.procs", text) < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot move the plugin into its cgroup");
		return pb_err_step(e, "cgroup");
	}
	return 0;
}

/* Compiled where it has to be, while the child goes as far as where it loads it. */
static int send_filter(const struct spawn_opts *o, int sock, struct pb_err *e)
{
	struct sync_msg m;
	struct filter f;
	ssize_t sent = 0;
	int rc;

	if (filter_get(&o->plan->syscalls, &f, e) < 0)
		return pb_err_step(e, "seccomp");
	memset(&m, 0, sizeof(m));
	m.type = SYNC_FILTER;
	m.n = (uint32_t)f.n;
	rc = sync_send(sock, &m, -1);
	if (rc == 0) {
		do
			sent = send(sock, f.prog, f.n * sizeof(*f.prog), MSG_NOSIGNAL);
		while (sent < 0 && errno == EINTR);
	}
	if (rc < 0 || sent != (ssize_t)(f.n * sizeof(*f.prog)))
		rc = pb_err_set(e, PB_ERR_SETUP, errno, "cannot pass the filter to the sandbox");
	filter_free(&f);
	return rc < 0 ? pb_err_step(e, "seccomp") : 0;
}

/* Run by root, everything is opened here, where root's rights reach it, and the bundle's owner is
 * mapped to the plugin's user, so that files only root can read can be read inside. The child makes its
 * network namespace meanwhile. */
static int open_as_root(const struct spawn_opts *o, struct mount_env *env, pid_t *holder, struct pb_err *e)
{
	struct stat st;
	int rc;

	if (o->bundle_fd >= 0) {
		if (fstat(o->bundle_fd, &st) < 0)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot look at the bundle");
		if (st.st_uid != o->run_uid || st.st_gid != o->run_gid) {
			env->idmap_userns =
				userns_for_idmap(st.st_uid, st.st_gid, o->run_uid, o->run_gid, holder, e);
			if (env->idmap_userns < 0)
				return pb_err_step(e, "idmap");
		}
	}
	env->bundle_fd = o->bundle_fd;
	rc = mount_open_sources(env, true, e);
	env->bundle_fd = -1;
	if (env->idmap_userns >= 0)
		close_fd(&env->idmap_userns);
	return rc;
}

static int send_word(int sock, enum sync_type type, struct pb_err *e)
{
	struct sync_msg m;

	memset(&m, 0, sizeof(m));
	m.type = type;
	if (sync_send(sock, &m, -1) < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot tell the sandbox to go on");
		return pb_err_step(e, "spawn");
	}
	return 0;
}

static int release(const struct spawn_opts *o, struct mount_env *env, struct spawn *s, bool in_cgroup,
		   struct pb_err *e)
{
	const uid_t uid = LAYER_ON(RUN_AS) ? o->run_uid : geteuid();
	const gid_t gid = LAYER_ON(RUN_AS) ? o->run_gid : getegid();

	if (LAYER_ON(NS_USER) && !o->plan->bare && userns_map(s->pid, uid, gid, e) < 0)
		return pb_err_step(e, "user-namespace");
	if (o->cgroup_fd >= 0 && !in_cgroup && join_cgroup(o->cgroup_fd, s->pid, e) < 0)
		return -1;
	if (LAYER_ON(GUARDIAN) && o->plan->as_pid_1 && guardian_start(s->pidfd, s->pid, &s->guardian, e) < 0)
		return pb_err_step(e, "guardian");
	if (o->root && !o->plan->bare &&
	    (open_as_root(o, env, &s->holder, e) < 0 || mount_send_sources(env, s->sync, e) < 0))
		return -1;
	return send_word(s->sync, SYNC_GO, e);
}

/* The child may have failed for a reason of its own while the parent was about
 * to fail over its disappearance: its word is the better one. What may not run may not, whatever
 * else is wrong with it. */
static void prefer_child_error(int sock, struct pb_err *e)
{
	struct sync_msg m;

	if (e->kind == PB_ERR_POLICY)
		return;
	while (sync_recv(sock, &m, NULL) == 1)
		if (m.type == SYNC_ERROR) {
			*e = m.err;
			return;
		}
}

static int prepare(const struct spawn_opts *o, struct mount_env *env, struct pb_err *e)
{
	const size_t n = o->plan->n_steps;

	*env = (struct mount_env){.plan = o->plan,
				  .bundle_fd = -1,
				  .scratch_fd = o->scratch_fd,
				  .want_proc = plan_sees_processes(o->plan) && !o->plan->bare,
				  .proc = -1,
				  .idmap_userns = -1};
	env->sources = xcalloc(n, sizeof(*env->sources));
	for (size_t i = 0; i < n; i++)
		env->sources[i].fd = -1;
	if (o->data_fd >= 0) {
		env->data_path = path_of_fd(o->data_fd);
		if (!env->data_path || fstat(o->data_fd, &env->data_stat) < 0) {
			pb_err_set(e, PB_ERR_SETUP, errno, "cannot tell the path of the data directory");
			return pb_err_step(e, "data");
		}
	}
	/* clone carries the working directory over into the new mount namespace */
	if (o->bundle_fd >= 0 && fchdir(o->bundle_fd) < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot enter the bundle");
		return pb_err_step(e, "bundle");
	}
	return 0;
}

static void discard(struct mount_env *env, size_t n)
{
	for (size_t i = 0; env->sources && i < n; i++)
		close_fd(&env->sources[i].fd);
	free(env->sources);
	free((char *)env->data_path);
}

int spawn_start(const struct spawn_opts *o, struct spawn *s, struct pb_err *e)
{
	const unsigned long namespaces = namespace_flags(o->plan);
	struct mount_env env;
	autoclose int child_sock = -1;
	autoclose int child_pipe = -1;
	bool in_cgroup;
	bool apart;
	int rc;
	int pair[2];
	int ends[2];

	*s = SPAWN_INIT;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot make the status socket");
		return pb_err_step(e, "spawn");
	}
	s->sync = pair[0];
	child_sock = pair[1];
	if (pipe2(ends, O_CLOEXEC) < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot make the exec pipe");
		spawn_close(s);
		return pb_err_step(e, "spawn");
	}
	s->exec_pipe = ends[0];
	child_pipe = ends[1];
	if (prepare(o, &env, e) < 0) {
		discard(&env, o->plan->n_steps);
		spawn_close(s);
		return -1;
	}
	apart = (namespaces & CLONE_NEWNET) && can_make_netns(o);
	s->pid = clone_child(o, apart ? namespaces & ~(unsigned long)CLONE_NEWNET : namespaces, &s->pidfd,
			     &in_cgroup);
	if (s->pid == 0) {
		struct child c = {.opts = o,
				  .mounts = env,
				  .sock = child_sock,
				  .exec_pipe = child_pipe,
				  .ruleset = -1,
				  .makes_netns = apart};

		close(s->sync);
		close(s->exec_pipe);
		if (o->plan->bare)
			bare_main(&c);
		child_main(&c);
	}
	if (s->pid < 0)
		clone_failed(e);
	/* where the kernel has put the child on our own processor, its thread begins before we go on */
	if (apart)
		(void)sched_yield();
	(void)!chdir("/"); /* holds no directory of anybody's busy */
	close_fd(&child_sock);
	close_fd(&child_pipe);
	rc = s->pid < 0 ? -1 : release(o, &env, s, in_cgroup, e);
	discard(&env, o->plan->n_steps);
	s->announces = apart && o->announce;
	if (rc < 0 && s->pid >= 0)
		spawn_abort(s, e);
	if (rc < 0)
		spawn_close(s);
	return rc;
}

int spawn_send_filter(const struct spawn_opts *o, const struct spawn *s, struct pb_err *e)
{
	return o->plan->seccomp ? send_filter(o, s->sync, e) : send_word(s->sync, SYNC_FILTER, e);
}

int spawn_finish(struct spawn *s, struct pb_err *e)
{
	/* it has ended long since, and with it what it had of the status socket; to wait for it before
	 * would have held the launch up */
	userns_reap(&s->holder);
	return send_word(s->sync, SYNC_GO, e);
}

void spawn_abort(const struct spawn *s, struct pb_err *e)
{
	(void)kill(s->pid, SIGKILL);
	while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
	prefer_child_error(s->sync, e);
}

void spawn_close(struct spawn *s)
{
	userns_reap(&s->holder);
	guardian_stop(&s->guardian);
	close_fd(&s->pidfd);
	close_fd(&s->sync);
	close_fd(&s->exec_pipe);
}
