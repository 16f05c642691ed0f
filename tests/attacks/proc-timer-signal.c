/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Has a timer signal a thread of the host's.
 *
 * class: isolation
 * needs: victim
 * verdict: victim-signal
 * control: no: the kernel takes threads of the caller alone
 * layers: NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct sigevent e = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR2};
	struct itimerspec t = {.it_value.tv_nsec = 1};
	int id;

	(void)argc;
	start(argv);
	e._sigev_un._tid = (pid_t)number("victim");
	if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &e, &id) < 0)
		failure(errno);
	outcome(syscall(SYS_timer_settime, id, 0, &t, NULL));
}
