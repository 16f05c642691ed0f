/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Theory of operation. The clone starts in new namespaces with all capabilities over
 * them and none outside. Each stage below takes something away that later stages do not need any
 * more; the order is what makes it work:
 *
 *   leave the caller    parent-death signal, session, keyring: before anything can wait
 *   ids                 the parent maps them; as root, become the plugin's user
 *   mounts, pivot       need capabilities, and the host's file system for the last time; a thread
 *                       makes the network namespace meanwhile
 *   host name           needs capabilities
 *   signals             all as they are by default
 *   bounding set        no program brings a capability back
 *   network             the thread has ended
 *   ucounts             no namespace can be made from here on
 *   umask, rlimits      after the mounts, which need descriptors and memory of their own
 *   capabilities        gone from here on
 *   no_new_privs        or the next two would need capabilities
 *   Landlock            forbids mounting: after the mounts; before the fork, so that pid 1 is
 *                       in the same domain (signals) and restricted as well
 *   fork                pid 1 stays and loads its own small filter
 *   seccomp             forbids nearly all of the above: last, right before exec
 *   last word           plugbox has written down what it must, and everything that is to watch the
 *                       plugin stands
 *
 * Every stage is fatal when it fails. The child never prints and never calls exit.
 */
#include "linux/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/layer.h"
#include "base/str.h"
#include "linux/bare_child.h"
#include "linux/caps.h"
#include "linux/exec.h"
#include "linux/fds.h"
#include "linux/init.h"
#include "linux/landlock.h"
#include "linux/rlimit.h"
#include "linux/seccomp.h"
#include "linux/sync.h"
#include "linux/sys.h"
#include "linux/userns.h"

#define PLUGIN_UMASK 077

_Noreturn void child_die(const struct child *c, const struct pb_err *e)
{
	struct sync_msg m;

	memset(&m, 0, sizeof(m));
	m.type = SYNC_ERROR;
	m.err = *e;
	(void)sync_send(c->sock, &m, -1);
	_exit(PB_EXIT_SETUP);
}

/* The signal covers the time from now on; the hang-up of the socket, whose other end only the
 * parent holds, covers the time before. getppid() would be 0 whatever happens: the parent is in
 * another pid namespace. */
int child_die_with_plugbox(const struct child *c, struct pb_err *e)
{
	struct pollfd p = {.fd = c->sock, .events = POLLIN};

	if (LAYER_ON(PDEATHSIG) && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the parent-death signal");
	if (poll(&p, 1, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot poll the status socket");
	if (p.revents & (POLLHUP | POLLERR | POLLNVAL))
		_exit(PB_EXIT_SETUP);
	return 0;
}

/* The session keyring crosses user namespaces. Where key calls are compiled out or refused (a
 * container's filter, which the plugin inherits) there is none to reach. */
static int join_keyring(void)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0) < 0 && errno != ENOSYS &&
	    errno != EPERM && errno != EACCES)
		return -1;
	return 0;
}

int child_leave_caller(struct child *c, struct pb_err *e)
{
	if (child_die_with_plugbox(c, e) < 0)
		return -1;
	/* no controlling terminal to push input into, no process group to signal */
	if (LAYER_ON(SESSION) && setsid() < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot start a session");
	if (LAYER_ON(KEYRING) && join_keyring() < 0) {
		/* The user's quota of keys is used up, by two hundred plugins alive at once: under the
		 * filter a plugin can name no key, so the caller's keyring is out of reach as well. */
		if (errno != EDQUOT || !c->opts->plan->seccomp) {
			pb_err_set(e, PB_ERR_SETUP, errno, "cannot join a new session keyring");
			return pb_err_hint(e, "kernel.keys.maxkeys limits how many a user may have");
		}
	}
	(void)umask(0); /* of what is built; the plugin's own comes with the limits */
	return 0;
}

/* Waits for the parent's word; its death is the end. */
int child_await(const struct child *c, enum sync_type type, struct sync_msg *m, struct pb_err *e)
{
	int rc = sync_recv(c->sock, m, NULL);

	if (rc == 0)
		_exit(PB_EXIT_SETUP);
	if (rc < 0 || m->type != (uint32_t)type)
		return pb_err_set(e, PB_ERR_SETUP, rc < 0 ? errno : EPROTO, "cannot hear from plugbox");
	return 0;
}

static int take_ids(struct child *c, struct pb_err *e)
{
	struct sync_msg m;

	if (child_await(c, SYNC_GO, &m, e) < 0)
		return -1;
	if (!c->opts->root)
		return 0;
	if (userns_become(LAYER_ON(NS_USER) ? PLAN_INNER_ID : c->opts->run_uid,
			  LAYER_ON(NS_USER) ? PLAN_INNER_ID : c->opts->run_gid, !LAYER_ON(NS_USER),
			  e) < 0)
		return -1;
	/* a change of ids clears the parent-death signal */
	return child_die_with_plugbox(c, e);
}

/* What the watchdog looks at, while there is nothing of the plugin's yet. */
static int show_watchdog(const struct child *c, struct pb_err *e)
{
	const struct plan *p = c->opts->plan;
	struct sync_msg m;

	memset(&m, 0, sizeof(m));
	m.type = SYNC_PROC;
	if (sync_send(c->sock, &m, c->mounts.proc) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot pass the watchdog's proc on");
	m.type = SYNC_MOUNT;
	for (size_t i = 0; i < p->n_steps; i++) {
		autoclose int fd = -1;
		bool covered = false;

		for (size_t k = i + 1; k < p->n_steps; k++)
			covered |= path_below(p->steps[i].dst, p->steps[k].dst);
		/* nobody can write to it, and the name leads to what is there instead */
		if (p->steps[i].op != STEP_TMPFS || covered)
			continue;
		fd = open(p->steps[i].dst, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 || sync_send(c->sock, &m, fd) < 0)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot pass \"%s\" on to the watchdog",
					  p->steps[i].dst);
	}
	return 0;
}

/* Pid 1 has need of none, and the plugin's process has its own from pid 1. */
static int default_actions(struct pb_err *e)
{
	/* the C library keeps 32 and 33 to itself; a caller may have left them ignored all the same */
	static const char dfl[64]; /* a struct of the kernel's, SIG_DFL is 0 */

	for (int s = 1; s < NSIG; s++)
		if (s != SIGKILL && s != SIGSTOP &&
		    syscall(SYS_rt_sigaction, s, dfl, NULL, NSIG / 8) < 0)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot reset signal %d", s);
	return 0;
}

/* The thread is gone, and where there are two processors one is free. What the parent has left to do it
 * does best now: before, it would have kept one of us from a processor. */
static int announce(const struct child *c, struct pb_err *e)
{
	struct sync_msg m;

	memset(&m, 0, sizeof(m));
	m.type = SYNC_BUILT;
	if (sync_send(c->sock, &m, -1) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot tell that the sandbox stands");
	return 0;
}

static int build(struct child *c, struct pb_err *e)
{
	const struct plan *p = c->opts->plan;
	int ucounts[PLAN_UCOUNTS] = {-1, -1, -1, -1};

	/* without a user namespace they would be the host's */
	if (LAYER_ON(UCOUNTS) && LAYER_ON(NS_USER) && ucount_open(p, ucounts, e) < 0)
		return pb_err_step(e, "ucounts");
	if (mount_build(&c->mounts, e) < 0)
		return -1;
	if (mount_detach_old(e) < 0)
		return pb_err_step(e, "pivot");
	if (plan_sees_processes(p) && show_watchdog(c, e) < 0)
		return pb_err_step(e, "watchdog");
	if (LAYER_ON(NS_UTS) &&
	    (sethostname(p->hostname, strlen(p->hostname)) < 0 || setdomainname("", 0) < 0)) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the host name");
		return pb_err_step(e, "uts-namespace");
	}
	/* what needs no network is done while that is made */
	if (default_actions(e) < 0)
		return pb_err_step(e, "signals");
	if (LAYER_ON(CAPS) && caps_drop_bounding(e) < 0)
		return pb_err_step(e, "capabilities");
	if (c->makes_netns && netns_enter(&c->netns, e) < 0)
		return pb_err_step(e, "namespaces");
	if (c->makes_netns && c->opts->announce && announce(c, e) < 0)
		return pb_err_step(e, "spawn");
	/* no more of them from here on */
	if (ucount_apply(p, ucounts, e) < 0)
		return pb_err_step(e, "ucounts");
	if (p->loopback && netns_loopback_up(e) < 0)
		return pb_err_step(e, "net-namespace");
	return 0;
}

/* The descriptors that the launch was prepared with lead to the host's mounts, and a link in
 * the bundle can name them (/proc/self/fd/3/..). */
void child_close_prepared(const struct child *c)
{
	const struct spawn_opts *o = c->opts;
	int *keep = xcalloc(o->n_keep_fds + 5, sizeof(*keep));
	size_t n = 0;

	for (; n < 3; n++)
		keep[n] = (int)n;
	keep[n++] = c->sock;
	keep[n++] = c->exec_pipe;
	for (size_t i = 0; i < o->n_keep_fds; i++)
		keep[n++] = o->keep_fds[i];
	if (LAYER_ON(FDS))
		fds_close_but(keep, n);
	free(keep);
}

int child_unreadable(const struct child *c, struct pb_err *e)
{
	if (c->opts->root && e->sys == EACCES && !e->hint[0])
		pb_err_hint(e, "the plugin's user may not read it, and where its file system cannot map "
			       "ids root's files stay root's: chmod -R a+rX, or --run-as its owner");
	return -1;
}

int child_enter_cwd(const struct child *c, struct pb_err *e)
{
	const struct plan *p = c->opts->plan;

	if (chdir(p->cwd) < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot change to \"%s\" inside", p->cwd);
		pb_err_step(e, "chdir");
		return child_unreadable(c, e);
	}
	return 0;
}

static int drop(struct child *c, struct exec_chain *chain, struct pb_err *e)
{
	const struct plan *p = c->opts->plan;

	(void)umask(PLUGIN_UMASK);
	if (LAYER_ON(RLIMITS) && rlimit_apply(p, 0, e) < 0)
		return pb_err_step(e, "rlimits");
	if (LAYER_ON(CAPS) && caps_drop_own(e) < 0)
		return pb_err_step(e, "capabilities");
	if (LAYER_ON(NNP) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot set no_new_privs");
		return pb_err_step(e, "no-new-privs");
	}
	/* as the plugin's user, without capabilities: what cannot be reached now cannot be run */
	child_close_prepared(c);
	if (child_enter_cwd(c, e) < 0 || exec_resolve(p, chain, e) < 0) {
		pb_err_step(e, "entrypoint");
		return child_unreadable(c, e);
	}
	if (LAYER_ON(LANDLOCK) && p->landlock_abi && landlock_apply(p, chain, e) < 0)
		return pb_err_step(e, "landlock");
	return 0;
}

int child_set_stdio(const struct child *c, struct pb_err *e)
{
	int high[3];

	/* first out of the way of 0 to 2, then into place */
	for (int i = 0; i < 3; i++) {
		high[i] = fcntl(c->opts->stdio[i], F_DUPFD_CLOEXEC, 3);
		if (high[i] < 0)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot copy descriptor %d", i);
	}
	for (int i = 0; i < 3; i++)
		if (dup2(high[i], i) < 0)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set descriptor %d", i);
	return 0;
}

/* Everything closes on exec but 0 to 2 and what --keep-fd named. */
int child_close_descriptors(const struct child *c, struct pb_err *e)
{
	if (!LAYER_ON(FDS))
		return 0;
	if (fds_cloexec() < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot find the open descriptors");
	for (size_t i = 0; i < c->opts->n_keep_fds; i++)
		if (fcntl(c->opts->keep_fds[i], F_SETFD, 0) < 0)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot keep descriptor %d",
					  c->opts->keep_fds[i]);
	return 0;
}

static int unblock_signals(struct pb_err *e)
{
	sigset_t none;

	sigemptyset(&none);
	if (sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot unblock the signals");
	return 0;
}

/* Whether plugbox's last word is awaited with the filter in force: the kernel takes about as long to load
 * it as plugbox to write down what it must. Not under a filter that refuses to read; and a tracer, who is
 * let in before the filter, comes after the last word. */
static bool waits_in_filter(const struct child *c)
{
	const struct plan *p = c->opts->plan;

	return LAYER_ON(SECCOMP) && p->seccomp && !c->opts->trace &&
	       !syscall_set_has(&p->syscalls.removed, syscalls_find("read"));
}

/* Of all calls that receive, every plugin may make this one. */
static int await_last_word(const struct child *c, struct pb_err *e)
{
	char bytes[sizeof(struct sync_msg)];
	const ssize_t n = read(c->sock, bytes, sizeof(bytes));
	struct sync_msg m;

	if (n == 0)
		_exit(PB_EXIT_SETUP);
	if (n < 0 || sync_decode(bytes, (size_t)n, &m) < 0 || m.type != SYNC_GO) {
		pb_err_set(e, PB_ERR_SETUP, n < 0 ? errno : EPROTO, "cannot hear from plugbox");
		return pb_err_step(e, "spawn");
	}
	return 0;
}

/* *told: plugbox has been told that the filter is in force, and knows by that that what is left is
 * the exec. */
static int enter_filter(const struct child *c, struct sock_filter *prog, size_t n, bool *told,
			struct pb_err *e)
{
	const bool notify = c->opts->plan->syscalls.notify;
	struct sync_msg m;
	int listener = -1;
	int rc;

	if (seccomp_install(prog, n, notify ? &listener : NULL, e) < 0) {
		if (!notify || e->sys != EBUSY)
			return -1;
		/* one listener per process tree: a surrounding sandbox has it */
		seccomp_without_listener(prog, n);
		if (seccomp_install(prog, n, NULL, e) < 0)
			return -1;
	}
	if (waits_in_filter(c) && await_last_word(c, e) < 0)
		return -1;
	if (!notify)
		return 0;
	memset(&m, 0, sizeof(m));
	m.type = listener >= 0 ? SYNC_LISTENER : SYNC_UNTOLD;
	rc = sync_send(c->sock, &m, listener);
	*told = rc == 0;
	if (rc < 0)
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot pass the listener on");
	if (listener >= 0)
		(void)close(listener);
	return rc;
}

/* Whoever traces from outside must be allowed to look at this memory, which for that is no longer that
 * of process 1. */
static int await_tracer(const struct child *c, struct pb_err *e)
{
	struct sync_msg m;

	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot let the plugin be traced");
	memset(&m, 0, sizeof(m));
	m.type = SYNC_TRACE;
	if (sync_send(c->sock, &m, -1) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot ask for the tracer");
	return child_await(c, SYNC_GO, &m, e);
}

/* The last steps, in the process that becomes the plugin. Errors go to the exec pipe: pid 1
 * may use the socket at the same time. */
static _Noreturn void become_plugin(struct child *c, const struct exec_chain *chain,
				    struct sock_filter *prog, size_t n)
{
	const struct plan *p = c->opts->plan;
	struct pb_err e = {0};
	bool marked = false;

	/* as pid 1 it leads a session, and so its group, already */
	if (!p->as_pid_1 && setpgid(0, 0) < 0) {
		pb_err_set(&e, PB_ERR_SETUP, errno, "cannot start a process group");
		pb_err_step(&e, "session");
		goto fail;
	}
	if (p->bare && bare_enter(c, &e) < 0)
		goto fail;
	if (!waits_in_filter(c) && await_last_word(c, &e) < 0)
		goto fail;
	if ((p->bare && default_actions(&e) < 0) || unblock_signals(&e) < 0) {
		pb_err_step(&e, "signals");
		goto fail;
	}
	if (c->opts->trace && await_tracer(c, &e) < 0) {
		pb_err_step(&e, "trace");
		goto fail;
	}
	if (LAYER_ON(SECCOMP) && p->seccomp && enter_filter(c, prog, n, &marked, &e) < 0) {
		pb_err_step(&e, "seccomp");
		goto fail;
	}
	/* not before the listener is passed on, which counts against it */
	if (LAYER_ON(RLIMITS) && rlimit_apply_files(p, &e) < 0) {
		pb_err_step(&e, "rlimits");
		goto fail;
	}
	if (!marked)
		marked = write(c->exec_pipe, "E", 1) == 1;
	(void)execve(chain->path, p->argv.v, c->opts->env);
	pb_err_set(&e, errno == ENOENT ? PB_ERR_NOTFOUND : PB_ERR_NOEXEC, errno,
		   "cannot execute \"%s\"", p->argv.v[0]);
	pb_err_step(&e, "exec");
fail:
	if (!marked)
		(void)!write(c->exec_pipe, "E", 1);
	(void)fd_write_all(c->exec_pipe, &e, sizeof(e));
	_exit(PB_EXIT_SETUP);
}

/* No copy of this memory for the short while until exec: pid 1 waits meanwhile. become_plugin never
 * returns, and changes nothing that pid 1 needs. */
static pid_t start_plugin(struct child *c, const struct exec_chain *chain, struct sock_filter *prog,
			  size_t n)
{
	pid_t pid;

	if (c->opts->trace)
		pid = fork();
	else
		pid = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */
	if (pid == 0)
		become_plugin(c, chain, prog, n); /* NOLINT(clang-analyzer-unix.Vfork) */
	return pid;
}

_Noreturn void child_stay(struct child *c, const struct exec_chain *chain, struct sock_filter *prog,
			  size_t n, const struct scope *scope)
{
	const pid_t plugin = start_plugin(c, chain, prog, n);
	struct pb_err e = {0};

	if (plugin < 0) {
		pb_err_set(&e, PB_ERR_SETUP, errno, "cannot start the plugin's process");
		pb_err_step(&e, scope ? "keeper" : "init");
		child_die(c, &e);
	}
	/* the status socket and nothing else: not even stdio, whose ends the host must see close when
	 * the plugin closes them */
	fds_close_but(&c->sock, 1);
	init_run(plugin, c->sock, scope);
}

/* Nothing of plugbox's own memory is left to read in pid 1, should anybody ever
 * get at it: not dumpable, its environment and arguments overwritten. */
int child_hide(char **env, struct pb_err *e)
{
	for (char **v = env; v && *v; v++)
		memset(*v, 0, strlen(*v));
	(void)prctl(PR_SET_NAME, "plugbox-init", 0, 0, 0);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot hide pid 1's memory");
	return 0;
}

int child_receive_filter(const struct child *c, struct sock_filter **prog, size_t *n,
			  struct pb_err *e)
{
	struct sync_msg m;
	ssize_t got;

	if (child_await(c, SYNC_FILTER, &m, e) < 0)
		return -1;
	if (!c->opts->plan->seccomp && m.n == 0)
		return 0;
	if (!c->opts->plan->seccomp || m.n == 0 || m.n > SYNC_FILTER_MAX)
		return pb_err_set(e, PB_ERR_SETUP, EPROTO, "cannot receive the filter");
	*prog = malloc(m.n * sizeof(**prog));
	if (!*prog)
		return pb_err_set(e, PB_ERR_SETUP, ENOMEM, "cannot receive the filter");
	got = recv(c->sock, *prog, m.n * sizeof(**prog), 0);
	if (got == 0)
		_exit(PB_EXIT_SETUP);
	if (got != (ssize_t)(m.n * sizeof(**prog)))
		return pb_err_set(e, PB_ERR_SETUP, got < 0 ? errno : EPROTO, "cannot receive the filter");
	*n = m.n;
	return 0;
}

/* The launch itself is not held to a low soft limit of the caller's, nor by what other plugins of
 * this user keep in flight: the kernel compares that with the sender's soft limit. */
void child_raise_files(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &r);
	}
}

_Noreturn void child_main(struct child *c)
{
	static struct exec_chain chain;
	const struct plan *p = c->opts->plan;
	struct sock_filter *prog = NULL;
	struct pb_err e = {0};
	sigset_t block;
	size_t n = 0;

	/* the descriptors that the thread opens are none of 0 to 2, which are open */
	if (c->makes_netns)
		netns_begin(&c->netns);
	child_raise_files();
	if (child_leave_caller(c, &e) < 0 || child_set_stdio(c, &e) < 0 || child_close_descriptors(c, &e) < 0) {
		pb_err_step(&e, "session");
		child_die(c, &e);
	}
	/* what root's rights reach the parent opens, meanwhile */
	if (c->opts->root && mount_take_sources(&c->mounts, c->sock, &e) < 0)
		child_die(c, &e);
	if (mount_open_sources(&c->mounts, false, &e) < 0)
		child_die(c, &e);
	if (take_ids(c, &e) < 0) {
		pb_err_step(&e, "user-namespace");
		child_die(c, &e);
	}
	if (build(c, &e) < 0 || drop(c, &chain, &e) < 0)
		child_die(c, &e);
	if (child_receive_filter(c, &prog, &n, &e) < 0) {
		pb_err_step(&e, "seccomp");
		child_die(c, &e);
	}
	if (p->as_pid_1)
		become_plugin(c, &chain, prog, n);
	init_signals(&block);
	if (sigprocmask(SIG_BLOCK, &block, NULL) < 0) {
		pb_err_set(&e, PB_ERR_SETUP, errno, "cannot block the signals");
		pb_err_step(&e, "init");
		child_die(c, &e);
	}
	/* before there is anybody who could look; exec gives the plugin's own memory its own answer */
	if (LAYER_ON(INIT_DUMPABLE) && child_hide(environ, &e) < 0) {
		pb_err_step(&e, "init");
		child_die(c, &e);
	}
	child_stay(c, &chain, prog, n, NULL);
}
