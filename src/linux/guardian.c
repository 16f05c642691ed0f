/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/guardian.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
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
	if (sigprocmask(SIG_SETMASK, &all, NULL) < 0 || setsid() < 0)
		_exit(1);
	(void)prctl(PR_SET_NAME, "plugbox-guard", 0, 0, 0);
	fds_close_but(keep, ARRAY_SIZE(keep));
	if (send(alive, "", 1, MSG_NOSIGNAL) != 1)
		_exit(1);
	while (read(alive, &c, 1) < 0 && errno == EINTR)
		;
	/* Where a container's filter hides the call: the descriptor says whether the process of that
	 * number has ended, which comes before the number is free. */
	if (pidfd_send_signal(pidfd, SIGKILL, NULL, 0) < 0 && errno != ESRCH && poll(&ended, 1, 0) == 0)
		(void)kill(pid, SIGKILL);
	_exit(0);
}

void guardian_stop(struct guardian *g)
{
	close_fd(&g->alive);
	if (g->pid > 0)
		while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
			;
	g->pid = -1;
}

int guardian_start(int pidfd, pid_t pid, struct guardian *g, struct pb_err *e)
{
	int ends[2];
	char ready;
	ssize_t n = -1;

	*g = GUARDIAN_INIT;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot make the guardian's socket");
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
	/* nothing runs unguarded */
	do
		n = read(g->alive, &ready, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1)
		return 0;
	pb_err_set(e, PB_ERR_SETUP, n < 0 ? errno : 0, "the guardian does not answer");
	guardian_stop(g);
	return -1;
}
