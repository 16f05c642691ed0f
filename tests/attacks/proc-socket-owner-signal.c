/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The same with the requests of sockets, which are no fcntl.
 *
 * class: isolation
 * needs: victim
 * verdict: victim-signal
 * layers: NS_PID SECCOMP LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int fds[2], pid = 0;
	char c = 0;

	(void)argc;
	start(argv);
	pid = (int)number("victim");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0 || ioctl(fds[0], 0x8901 /* FIOSETOWN */, &pid) < 0 ||
	    fcntl(fds[0], F_SETFL, O_ASYNC) < 0)
		failure(errno);
	outcome(write(fds[1], &c, 1));
}
