/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a process of the host's slow.
 *
 * class: isolation
 * needs: victim
 * verdict: victim-nice
 * layers: NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(setpriority(PRIO_PROCESS, (id_t)number("victim"), 7));
}
