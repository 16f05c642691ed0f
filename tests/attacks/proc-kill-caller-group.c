/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Signals the caller's process group by its number.
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
	outcome(killpg((pid_t)number("caller"), SIGUSR2));
}
