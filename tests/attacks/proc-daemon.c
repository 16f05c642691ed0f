/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaves a daemon behind.
 *
 * class: isolation
 * allow: subprocess
 * verdict: survivor
 * layers: NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int fds[2];
	char c;

	(void)argc;
	start(argv);
	if (pipe(fds) < 0)
		failure(errno);
	if (fork_or_fail() == 0) {
		setsid();
		if (fork() == 0) {
			for (int s = 1; s < 65; s++)
				signal(s, SIG_IGN);
			prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
			(void)!write(fds[1], "", 1);
			for (int fd = 0; fd < 64; fd++)
				close(fd);
			for (int i = 0; i < 100; i++)
				sleep(1);
		}
		_exit(0);
	}
	outcome(read(fds[0], &c, 1));
}
