/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lives on when the launcher is killed.
 *
 * class: isolation
 * during: kill-launcher
 * verdict: survivor
 * control: no: without a sandbox the attack is what is killed
 * layers: PDEATHSIG NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	for (int s = 1; s < 65; s++)
		signal(s, SIG_IGN);
	say("ATTACK ready\n");
	for (int i = 0; i < 100; i++)
		sleep(1);
	success();
}
