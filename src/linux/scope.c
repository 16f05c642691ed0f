/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/scope.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "linux/landlock.h"

int scope_enter(struct scope *s, pid_t outsider, struct pb_err *e)
{
	*s = (struct scope){0};
	if (kill(outsider, 0) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot try a signal");
	if (landlock_scope_signals(e) < 0)
		return -1;
	/* Were the domain not what it is meant to be, ending all that is in it would end all that the user
	 * runs, or root. */
	if (kill(outsider, 0) == 0 || errno != EPERM)
		return pb_err_set(e, PB_ERR_SETUP, 0, "a signal leaves the Landlock domain");
	s->closed = true;
	return 0;
}

int scope_enter_alone(struct scope *s, struct pb_err *e)
{
	int ends[2];
	pid_t pid;
	int rc;

	*s = (struct scope){0};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot make a socket");
	pid = fork();
	if (pid == 0) {
		char c;

		(void)close(ends[1]);
		_exit((int)read(ends[0], &c, 1) != 0);
	}
	(void)close(ends[0]);
	rc = pid < 0 ? pb_err_set(e, PB_ERR_SETUP, errno, "cannot start a process") : scope_enter(s, pid, e);
	(void)close(ends[1]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return rc;
}

void scope_kill(const struct scope *s)
{
	if (s->closed)
		(void)kill(-1, SIGKILL);
}

void scope_end(const struct scope *s)
{
	if (!s->closed)
		return;
	scope_kill(s);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}
