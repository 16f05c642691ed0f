/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes a descriptor out of process 1.
 *
 * class: isolation
 * verdict: inside
 * control: no: process 1 is the machine's
 * layers: SECCOMP INIT_DUMPABLE
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int pidfd;

	(void)argc;
	start(argv);
	if (getpid() > 1000)
		broken("not tried in the host's own namespace");
	pidfd = (int)syscall(SYS_pidfd_open, 1, 0);
	outcome(pidfd < 0 ? -1 : syscall(SYS_pidfd_getfd, pidfd, 0, 0));
}
