/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Signals its process group, which a pid namespace does not cut.
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
	outcome(kill(0, SIGUSR2));
}
