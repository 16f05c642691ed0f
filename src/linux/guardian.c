/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "linux/fds.h"

static _Noreturn void watch(int pidfd, pid_t pid, int alive)
{
	const int keep[] = {pidfd, alive};
	struct pollfd ended = {.fd = pidfd, .events = POLLIN};
	sigset_t all;
	char c;

	/* out of reach of what is sent to plugbox's process group */
	sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	(void)setsid();
	(void)prctl(PR_SET_NAME, "plugbox-guard", 0, 0, 0);
	fds_close_but(keep, ARRAY_SIZE(keep));
	while (read(alive, &c, 1) < 0 && errno == EINTR)
		;
	/* Where a container's filter hides the call: the descriptor says whether the process of that
	 * number has ended, which comes before the number is free. */
	if (pidfd_send_signal(pidfd, SIGKILL, NULL, 0) < 0 && errno != ESRCH && poll(&ended, 1, 0) == 0)
		(void)kill(pid, SIGKILL);
	_exit(0);
}

int guardian_start(int pidfd, pid_t pid, struct guardian *g, struct pb_err *e)
{
	int ends[2];

	*g = GUARDIAN_INIT;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot make the guardian's pipe");
	g->pid = fork();
	if (g->pid == 0) {
		(void)close(ends[1]);
		watch(pidfd, pid, ends[0]);
	}
	(void)close(ends[0]);
	g->alive = ends[1];
	if (g->pid < 0) {
		pb_err_set(e, PB_ERR_SETUP, errno, "cannot start the guardian");
		close_fd(&g->alive);
		return -1;
	}
	return 0;
}

void guardian_stop(struct guardian *g)
{
	close_fd(&g->alive);
	if (g->pid > 0)
		while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
			;
	g->pid = -1;
}
