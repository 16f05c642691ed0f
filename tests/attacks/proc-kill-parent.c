/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Signals its parent, and the process of the host that started it all.
 *
 * class: isolation
 * verdict: caller-signal
 * layers: NS_PID LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	signal(SIGUSR2, SIG_IGN);
	(void)kill(getppid(), SIGUSR2);
	outcome(kill((pid_t)number("caller"), SIGUSR2));
}
