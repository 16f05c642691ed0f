/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Enters the namespaces of a process of the host.
 *
 * class: isolation
 * needs: victim
 * verdict: inside
 * control: root
 * layers: NS_PID SECCOMP CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	int fd = (int)syscall(SYS_pidfd_open, number("victim"), 0);

	outcome(fd < 0 ? -1 : setns(fd, CLONE_NEWUTS | CLONE_NEWIPC));
}
