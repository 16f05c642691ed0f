/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Gives advice about the memory of a process of the host's.
 *
 * class: isolation
 * needs: victim
 * verdict: inside
 * control: root
 * layers: NS_PID SECCOMP LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	int pidfd = (int)syscall(SYS_pidfd_open, number("victim"), 0);
	struct iovec v = {(void *)(number("address") & ~4095L), 4096};

	outcome(pidfd < 0 ? -1 : syscall(SYS_process_madvise, pidfd, &v, 1UL, MADV_COLD, 0));
}
