/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/exempt.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fdio.h"
#include "base/layer.h"
#include "linux/fds.h"
#include "linux/init.h"
#include "run/ending.h"

static int become(const struct exempt_opts *o, struct pb_err *e)
{
	if (o->root && (setgroups(0, NULL) < 0 || setresgid(o->run_gid, o->run_gid, o->run_gid) < 0 ||
			setresuid(o->run_uid, o->run_uid, o->run_uid) < 0)) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot become the plugin's user");
		return pb_err_step(e, "user");
	}
	return 0;
}

/* Left as a caller would have them that started the plugin itself: plugbox ignores these two. */
static void default_signals(void)
{
	sigset_t none;

	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static int pass_files(const struct exempt_opts *o, struct pb_err *e)
{
	if (fds_cloexec() < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot find the open descriptors");
	for (size_t i = 0; i < o->launch->n_keep_fds; i++)
		if (fcntl(o->launch->keep_fds[i], F_SETFD, 0) < 0)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot keep descriptor %d",
					  o->launch->keep_fds[i]);
	return 0;
}

/* As the user that it is to be, since a change of ids clears the parent-death signal. */
static int enter(const struct exempt_opts *o, pid_t plugbox, struct pb_err *e)
{
	if (become(o, e) < 0)
		return -1;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the parent-death signal");
	/* plugbox can have ended before it was set */
	if (getppid() != plugbox)
		_exit(PB_EXIT_SETUP);
	if (fchdir(o->bundle_fd) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot enter the bundle");
	return pass_files(o, e);
}

/* The error goes through the pipe, which an exec closes. */
static _Noreturn void child(const struct exempt_opts *o, char **argv, pid_t plugbox, int report)
{
	struct pb_err e = {0};

	if (enter(o, plugbox, &e) == 0) {
		for (size_t i = 0; i < o->m->env_set.n; i++)
			(void)setenv(o->m->env_set.v[i].name, o->m->env_set.v[i].value, 1);
		default_signals();
		(void)execvp(argv[0], argv);
		pb_err_set(&e, errno == ENOENT ? PB_ERR_NOTFOUND : PB_ERR_NOEXEC, errno,
			   "cannot execute \"%s\"", argv[0]);
		pb_err_step(&e, "exec");
	}
	(void)fd_write_all(report, &e, sizeof(e));
	_exit(PB_EXIT_SETUP);
}

/* How long poll may wait until the deadline, which is 0 where there is none. */
static int patience(int64_t deadline)
{
	const int64_t left = deadline - clock_ms();

	return !deadline ? -1 : left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

/* What the terminal sent, its group has got already. */
static void pass_on(int signals, pid_t pid)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		if (info.ssi_signo != SIGCHLD && info.ssi_code <= 0)
			(void)kill(pid, (int)info.ssi_signo);
}

/* Passes signals on until the child ends, of itself, at its limit or with the caller. */
static void attend(const struct exempt_opts *o, pid_t pid, int signals, uint64_t limit_ms,
		   struct ending *end)
{
	const bool follow = LAYER_ON(PARENT) && o->launch->die_with_parent;
	struct pollfd at[] = {{.fd = signals, .events = POLLIN},
			      {.fd = follow ? o->caller->pidfd : -1, .events = POLLIN}};
	int64_t deadline = limit_ms ? clock_ms() + (int64_t)limit_ms : 0;

	while (waitpid(pid, &end->status, WNOHANG) != pid) {
		int n = poll(at, ARRAY_SIZE(at), patience(deadline));

		if (n > 0 && at[0].revents)
			pass_on(signals, pid);
		if (n > 0 && at[1].revents) {
			end->stop = STOP_PARENT;
			at[1].fd = -1;
			(void)kill(pid, SIGKILL);
		}
		if (n != 0 || clock_ms() < deadline)
			continue;
		(void)kill(pid, end->stop == STOP_NONE && o->launch->kill_after ? SIGTERM : SIGKILL);
		deadline = end->stop == STOP_NONE && o->launch->kill_after
				   ? clock_ms() + (int64_t)o->launch->kill_after : 0;
		if (end->stop == STOP_NONE) {
			end->stop = STOP_TIMEOUT;
			end->limit = limit_table[LIMIT_TIMEOUT].key;
		}
	}
	end->has_status = true;
}

/* The lower of the manifest's and the caller's, 0 for none. */
static uint64_t timeout_ms(const struct exempt_opts *o)
{
	const struct limit *of[] = {&o->m->limits.l[LIMIT_TIMEOUT],
				    &o->launch->limits.l[LIMIT_TIMEOUT]};
	uint64_t lowest = 0;

	for (size_t i = 0; i < ARRAY_SIZE(of); i++)
		if (of[i]->set && (!lowest || of[i]->v < lowest))
			lowest = of[i]->v;
	return lowest;
}

/* Returns the child, or -1 with *e. */
static pid_t launch(const struct exempt_opts *o, char **argv, struct pb_err *e)
{
	autoclose int read_end = -1;
	struct pb_err told;
	int ends[2];
	pid_t self = getpid();
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot make a pipe");
	read_end = ends[0];
	pid = fork();
	if (pid == 0)
		child(o, argv, self, ends[1]);
	close(ends[1]);
	if (pid < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot start a process");
	if (fd_read_all(read_end, &told, sizeof(told)) != sizeof(told))
		return pid;
	*e = told;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return -1;
}

/* The entrypoint and what stood after --, ended by NULL. As in a sandbox, the bundle comes before
 * PATH. */
static struct strv command(const struct exempt_opts *o)
{
	const char *first = o->m->entrypoint.v[0];
	const bool beside = !strchr(first, '/') && faccessat(o->bundle_fd, first, X_OK, 0) == 0;
	struct strv argv = {0};

	strv_take(&argv, xasprintf("%s%s", beside ? "./" : "", first));
	for (size_t i = 1; i < o->m->entrypoint.n; i++)
		strv_add(&argv, o->m->entrypoint.v[i]);
	for (size_t i = 0; i < o->launch->args.n; i++)
		strv_add(&argv, o->launch->args.v[i]);
	strv_take(&argv, NULL);
	return argv;
}

int exempt_run(const struct exempt_opts *o, struct result *r)
{
	static const struct plan none;
	const int64_t began = clock_ms();
	struct ending end = {.exec_done = true};
	autoclose int signals = -1;
	struct strv argv = command(o);
	sigset_t set;
	pid_t pid = -1;

	init_forwarded_signals(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == 0 && signal(SIGCHLD, SIG_DFL) != SIG_ERR)
		signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		pb_err_set(&r->err, PB_ERR_SETUP, errno, "cannot set the signals up");
	else if (!o->launch->die_with_parent || caller_watch(o->caller, &r->err) == 0)
		pid = launch(o, argv.v, &r->err);
	strv_free(&argv);
	if (pid < 0)
		return -1;
	r->ready = true;
	status_ready(o->status, r, pid);
	attend(o, pid, signals, timeout_ms(o), &end);
	r->wall_seconds = (double)(clock_ms() - began) / 1000;
	ending_judge(&end, &none, r);
	return 0;
}
