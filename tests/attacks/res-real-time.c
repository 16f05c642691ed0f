/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes a real-time priority.
 *
 * class: resource
 * verdict: inside
 * control: root
 * layers: SECCOMP RLIMITS CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct sched_param p = {.sched_priority = 1};
	int rc = sched_setscheduler(0, SCHED_RR, &p);
	int err = errno;

	(void)argc;
	start(argv);
	p.sched_priority = 0;
	(void)sched_setscheduler(0, SCHED_OTHER, &p);
	errno = err;
	outcome(rc);
}
