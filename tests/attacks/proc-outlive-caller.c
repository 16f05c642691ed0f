/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lives on when the program that started the launcher is killed.
 *
 * class: isolation
 * during: kill-caller
 * verdict: survivor
 * layers: PARENT
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	for (int s = 1; s < 65; s++)
		signal(s, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
	say("ATTACK ready\n");
	for (int i = 0; i < 100; i++)
		sleep(1);
	success();
}
