/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes a file out of a process of the host's.
 *
 * class: isolation
 * needs: victim
 * verdict: secret
 * layers: NS_PID SECCOMP LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	int pidfd = (int)syscall(SYS_pidfd_open, number("victim"), 0);
	int fd = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, number("victim_fd"), 0);
	char buf[256] = "";

	if (fd < 0 || pread(fd, buf, sizeof(buf) - 1, 0) < 0)
		failure(errno);
	say("%s\n", buf);
	success();
}
