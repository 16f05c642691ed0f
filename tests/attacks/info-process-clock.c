/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads how long a process of the host has run.
 *
 * class: information
 * needs: victim
 * verdict: inside
 * landlock: processes
 * layers: NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct timespec t;
	clockid_t clock;

	(void)argc;
	start(argv);
	/* the clock of a process by its number: CPUCLOCK_SCHED */
	clock = (clockid_t)(~(unsigned)number("victim") << 3 | 2);
	outcome(clock_gettime(clock, &t));
}
