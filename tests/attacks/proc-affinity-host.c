/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ties a process of the host's to one processor.
 *
 * class: isolation
 * needs: victim
 * verdict: victim-affinity
 * control: maybe: there may be one processor only
 * layers: NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	cpu_set_t set;

	(void)argc;
	start(argv);
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	outcome(sched_setaffinity((pid_t)number("victim"), sizeof(set), &set));
}
