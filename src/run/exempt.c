/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/exempt.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "linux/fds.h"
#include "linux/init.h"

static int become(const struct exempt_opts *o, struct pb_err *e)
{
	if (o->root && (setgroups(0, NULL) < 0 || setresgid(o->run_gid, o->run_gid, o->run_gid) < 0 ||
			setresuid(o->run_uid, o->run_uid, o->run_uid) < 0)) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot become the plugin's user");
		return pb_err_step(e, "user");
	}
	return 0;
}

/* Left as a caller would have them that started the plugin itself. */
static void default_signals(void)
{
	sigset_t none;

	(void)signal(SIGPIPE, SIG_DFL);
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

/* The error goes through the pipe, which an exec closes. */
static _Noreturn void child(const struct exempt_opts *o, char **argv, pid_t plugbox, int report)
{
	struct pb_err e = {0};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		pb_err_set(&e, PB_ERR_SETUP, errno, "cannot set the parent-death signal");
	else if (fchdir(o->bundle_fd) < 0)
		pb_err_set(&e, PB_ERR_SETUP, errno, "cannot enter the bundle");
	else if (pass_files(o, &e) == 0 && become(o, &e) == 0) {
		/* the change of ids has cleared it; plugbox can have ended before */
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		if (getppid() != plugbox)
			_exit(PB_EXIT_SETUP);
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

static uint64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Passes signals on until the child ends. Returns its wait status; *timed_out tells of the limit. */
static int attend(const struct exempt_opts *o, pid_t pid, uint64_t limit_ms, bool *timed_out)
{
	const uint64_t began = now_ms();
	uint64_t deadline = limit_ms ? began + limit_ms : UINT64_MAX;
	sigset_t set;
	int status;

	init_forwarded_signals(&set);
	sigaddset(&set, SIGCHLD);
	while (waitpid(pid, &status, WNOHANG) != pid) {
		const uint64_t now = now_ms();
		const uint64_t left = deadline > now ? deadline - now : 0;
		const struct timespec wait = {.tv_sec = (time_t)(left / 1000),
					      .tv_nsec = (long)(left % 1000) * 1000000};
		siginfo_t si;
		int sig = sigtimedwait(&set, &si, &wait);

		if (deadline == UINT64_MAX && sig < 0 && errno == EAGAIN)
			continue;
		if (sig < 0 && errno == EAGAIN) {
			(void)kill(pid, *timed_out ? SIGKILL : SIGTERM);
			deadline = *timed_out ? UINT64_MAX : now + o->launch->kill_after;
			*timed_out = true;
		} else if (sig > 0 && sig != SIGCHLD && si.si_code <= 0) {
			/* what the terminal sent, its group has got already */
			(void)kill(pid, sig);
		}
	}
	return status;
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

/* plugbox is ended with its caller by the kernel, and the child with plugbox. */
static int follow_caller(const struct exempt_opts *o, struct pb_err *e)
{
	if (!o->launch->die_with_parent || !o->caller)
		return 0;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the parent-death signal");
	if (getppid() != o->caller)
		return pb_err_set(e, PB_ERR_SETUP, 0, "the process that started plugbox is gone");
	return 0;
}

int exempt_run(const struct exempt_opts *o, struct result *r)
{
	const uint64_t began = now_ms();
	struct strv argv = command(o);
	bool timed_out = false;
	sigset_t set;
	int status;
	pid_t pid = -1;

	init_forwarded_signals(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 || signal(SIGCHLD, SIG_DFL) == SIG_ERR)
		pb_err_set(&r->err, PB_ERR_SETUP, errno, "cannot set the signals up");
	else if (follow_caller(o, &r->err) == 0)
		pid = launch(o, argv.v, &r->err);
	strv_free(&argv);
	if (pid < 0)
		return -1;
	r->ready = true;
	status_ready(o->status, r, pid);
	status = attend(o, pid, timeout_ms(o), &timed_out);
	r->wall_seconds = (double)(now_ms() - began) / 1000;
	if (timed_out) {
		r->outcome = OUTCOME_TIMEOUT;
		r->limit = "timeout";
	} else if (WIFSIGNALED(status)) {
		r->outcome = OUTCOME_SIGNALED;
		r->signal = WTERMSIG(status);
	} else {
		r->outcome = OUTCOME_EXITED;
		r->code = WEXITSTATUS(status);
	}
	return 0;
}
