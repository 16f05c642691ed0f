/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Puts a process of the host's into the idle class.
 *
 * class: isolation
 * needs: victim
 * verdict: victim-scheduler
 * layers: NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct sched_param p = {0};

	(void)argc;
	start(argv);
	outcome(sched_setscheduler((pid_t)number("victim"), SCHED_IDLE, &p));
}
