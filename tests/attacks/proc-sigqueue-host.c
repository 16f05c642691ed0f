/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The same with a value, on every number that a process may have here.
 *
 * class: isolation
 * needs: victim
 * verdict: victim-signal
 * layers: NS_PID LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	union sigval v = {.sival_int = 1};

	(void)argc;
	start(argv);
	outcome(sigqueue((pid_t)number("victim"), SIGRTMIN, v));
}
