/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Signals a process of the host's with the same user.
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
	outcome(kill((pid_t)number("victim"), SIGUSR2));
}
