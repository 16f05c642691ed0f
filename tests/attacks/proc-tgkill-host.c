/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The same by its thread.
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
	outcome(syscall(SYS_tgkill, number("victim"), number("victim"), SIGUSR2));
}
