/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks for a processor core of its own.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(prctl(PR_SCHED_CORE, PR_SCHED_CORE_CREATE, 0, PR_SCHED_CORE_SCOPE_THREAD, 0));
}
