/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Signals a process of the host's through a pidfd.
 *
 * class: isolation
 * needs: victim
 * verdict: victim-signal
 * layers: NS_PID LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	int fd = (int)syscall(SYS_pidfd_open, number("victim"), 0);

	outcome(fd < 0 ? -1 : syscall(SYS_pidfd_send_signal, fd, SIGUSR2, NULL, 0));
}
