/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Signals everything it can.
 *
 * class: isolation
 * needs: victim
 * verdict: victim-signal
 * control: no: it would reach every process of the user
 * layers: NS_PID LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (getppid() != 1 && getpid() > 64)
		broken("not tried in the host's own namespace");
	signal(SIGURG, SIG_IGN);
	outcome(kill(-1, SIGURG));
}
