/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Has the kernel signal a process of the host's as the owner of a descriptor.
 *
 * class: isolation
 * needs: victim
 * verdict: victim-signal
 * layers: NS_PID SECCOMP LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int fds[2];
	char c = 0;

	(void)argc;
	start(argv);
	if (pipe(fds) < 0 || fcntl(fds[0], F_SETOWN, (int)number("victim")) < 0 ||
	    fcntl(fds[0], F_SETSIG, SIGUSR2) < 0 || fcntl(fds[0], F_SETFL, O_ASYNC) < 0)
		failure(errno);
	outcome(write(fds[1], &c, 1));
}
