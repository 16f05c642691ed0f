/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A process of its own lives on when the launcher is killed.
 *
 * class: isolation
 * allow: subprocess
 * during: kill-launcher
 * verdict: survivor
 * layers: PDEATHSIG NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	pid_t pid = fork_or_fail();

	(void)argc;
	start(argv);
	if (pid == 0) {
		setsid();
		for (int s = 1; s < 65; s++)
			signal(s, SIG_IGN);
		say("ATTACK ready\n");
		for (int i = 0; i < 100; i++)
			sleep(1);
		_exit(0);
	}
	for (int i = 0; i < 100; i++)
		sleep(1);
	success();
}
