/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Signals the process group of the caller by a descriptor for a process.
 *
 * class: isolation
 * verdict: caller-signal
 * control: maybe: kernels before 6.9 have no signal to a group by descriptor
 * layers: SESSION
 */
#include "attack.h"

/* PIDFD_SIGNAL_PROCESS_GROUP (6.9), PIDFD_SELF_THREAD_GROUP (6.15) */
#define GROUP 4
#define SELF (-10001)

int main(int argc, char **argv)
{
	int leader = (int)syscall(SYS_pidfd_open, getpgrp(), 0);

	(void)argc;
	start(argv);
	signal(SIGUSR2, SIG_IGN);
	if (syscall(SYS_pidfd_send_signal, leader, SIGUSR2, NULL, GROUP) < 0 &&
	    syscall(SYS_pidfd_send_signal, SELF, SIGUSR2, NULL, GROUP) < 0)
		failure(errno);
	success();
}
