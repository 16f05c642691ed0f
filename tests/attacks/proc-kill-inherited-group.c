/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Joins the group that it finds in its session and signals it.
 *
 * class: isolation
 * verdict: caller-signal
 * layers: SESSION LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	signal(SIGUSR2, SIG_IGN);
	for (pid_t g = 0; g < 64; g++)
		if (g != 1 && setpgid(0, g) == 0)
			(void)kill(0, SIGUSR2);
	outcome(killpg(getsid(0), SIGUSR2));
}
