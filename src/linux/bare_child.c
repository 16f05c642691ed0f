/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Theory of operation. There are no namespaces: the clone is a process of the host, and what keeps the
 * plugin in are Landlock, the system call filter and what the kernel counts.
 *
 *   leave the caller    as with namespaces
 *   no_new_privs        or Landlock would need capabilities
 *   scope               the keeper's own domain of Landlock, as root before it is another: that no
 *                       signal leaves it is tried on plugbox itself, which root could signal
 *   ids                 as root, become the plugin's user; capabilities gone from here on
 *   umask, rlimits      processes are counted for the whole user: what runs already is added
 *   files               opened once, by the plugin's own rights; the rules are for what was opened
 *   ruleset             made here, enforced on the plugin alone: the keeper, in the domain around it,
 *                       must be able to signal it, and it must not be able to signal the keeper
 *   fork                the keeper stays in the place of pid 1 and loads the same small filter
 *   Landlock, seccomp   right before exec
 *
 * The keeper ends with the plugin or with plugbox, and ends before that whatever the plugin has
 * started. Where it is killed plugbox does the same, from the domain around both.
 */
#include "linux/bare_child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/path.h"
#include "linux/caps.h"
#include "linux/init.h"
#include "linux/landlock.h"
#include "linux/rlimit.h"
#include "linux/scope.h"
#include "linux/tasks.h"
#include "linux/userns.h"

#define PLUGIN_UMASK 077

static int no_new_privs(struct pb_err *e)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot set no_new_privs");
		return pb_err_step(e, "no-new-privs");
	}
	return 0;
}

static int become(struct child *c, struct scope *scope, uint64_t *running, struct pb_err *e)
{
	const struct spawn_opts *o = c->opts;
	struct sync_msg m;

	if (child_await(c, SYNC_GO, &m, e) < 0 || no_new_privs(e) < 0)
		return -1;
	if (tasks_of(o->run_uid, running, e) < 0)
		return pb_err_step(e, "rlimits");
	if (scope_enter(scope, getppid(), e) < 0)
		return pb_err_step(e, "keeper");
	if (o->root && userns_become(o->run_uid, o->run_gid, true, e) < 0)
		return pb_err_step(e, "user");
	if ((caps_has(CAP_SETPCAP) && caps_drop_bounding(e) < 0) || caps_drop_own(e) < 0)
		return pb_err_step(e, "capabilities");
	/* a change of ids clears the parent-death signal */
	return child_die_with_plugbox(c, e);
}

static bool is_shown(const struct child *c, const char *path)
{
	const struct plan *p = c->opts->plan;

	for (size_t i = 0; i < p->n_steps; i++) {
		autofree char *up = NULL;

		if (!p->steps[i].exec || p->steps[i].op != STEP_BIND || c->mounts.sources[i].fd < 0)
			continue;
		up = path_of_fd(c->mounts.sources[i].fd);
		if (up && path_below(path, up))
			return true;
	}
	return false;
}

/* The keeper can reach what the plugin must not: a link of the bundle, or the first line of a script,
 * could lead to a program anywhere on the host, and the rule would have it read and executed. With
 * namespaces there is no such program. */
static int check_chain(const struct child *c, const struct exec_chain *chain, struct pb_err *e)
{
	for (size_t i = 0; i < chain->n; i++) {
		autofree char *path = path_of_fd(chain->fds[i]);

		if (!path)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot tell the path of \"%s\"",
					  chain->shown[i]);
		if (is_shown(c, path))
			continue;
		pb_err_set(e, PB_ERR_NOTFOUND, ENOENT, "cannot execute \"%s\"", chain->shown[i]);
		return pb_err_hint(e, "it leads to \"%s\", which the plugin is not shown: --runtime-add its "
				      "directory", path);
	}
	return 0;
}

static int prepare(struct child *c, uint64_t running, struct exec_chain *chain, struct pb_err *e)
{
	const struct plan *p = c->opts->plan;

	(void)umask(PLUGIN_UMASK);
	if (rlimit_apply(p, running, e) < 0)
		return pb_err_step(e, "rlimits");
	c->mounts.bundle_fd = c->opts->bundle_fd;
	if (mount_open_plain(&c->mounts, e) < 0)
		return child_unreadable(c, e);
	if (child_enter_cwd(c, e) < 0)
		return -1;
	if (exec_resolve(p, chain, e) < 0 || check_chain(c, chain, e) < 0) {
		pb_err_step(e, "entrypoint");
		return child_unreadable(c, e);
	}
	c->ruleset = landlock_ruleset(p, chain, c->mounts.sources, e);
	return c->ruleset < 0 ? pb_err_step(e, "landlock") : 0;
}

int bare_enter(const struct child *c, struct pb_err *e)
{
	if (landlock_enforce(c->ruleset, e) < 0)
		return pb_err_step(e, "landlock");
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the parent-death signal");
		return pb_err_step(e, "keeper");
	}
	return 0;
}

/* Orphans come to the keeper; from here on it is told of plugbox's end and ends the others first. What
 * comes before that is found in the socket, whose other end plugbox alone has. */
static int keep(const struct child *c, struct pb_err *e)
{
	struct pollfd p = {.fd = c->sock, .events = POLLIN};
	sigset_t block;

	init_signals(&block);
	sigaddset(&block, INIT_END);
	if (sigprocmask(SIG_BLOCK, &block, NULL) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot block the signals");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot adopt what the plugin leaves");
	if (child_hide(environ, e) < 0)
		return -1;
	if (prctl(PR_SET_PDEATHSIG, INIT_END, 0, 0, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the parent-death signal");
	if (poll(&p, 1, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot poll the status socket");
	if (p.revents & (POLLHUP | POLLERR | POLLNVAL))
		_exit(PB_EXIT_SETUP);
	return 0;
}

_Noreturn void bare_main(struct child *c)
{
	static struct exec_chain chain;
	struct sock_filter *prog = NULL;
	struct scope scope = {0};
	struct pb_err e = {0};
	uint64_t running = 0;
	size_t n = 0;

	child_raise_files();
	if (child_leave_caller(c, &e) < 0 || child_set_stdio(c, &e) < 0 ||
	    child_close_descriptors(c, &e) < 0) {
		pb_err_step(&e, "session");
		child_die(c, &e);
	}
	if (become(c, &scope, &running, &e) < 0) {
		pb_err_step(&e, "user");
		child_die(c, &e);
	}
	if (prepare(c, running, &chain, &e) < 0)
		child_die(c, &e);
	if (child_receive_filter(c, &prog, &n, &e) < 0) {
		pb_err_step(&e, "seccomp");
		child_die(c, &e);
	}
	if (keep(c, &e) < 0) {
		pb_err_step(&e, "keeper");
		child_die(c, &e);
	}
	child_stay(c, &chain, prog, n, &scope);
}
