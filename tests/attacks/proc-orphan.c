/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaves a child behind in its own session.
 *
 * class: isolation
 * allow: subprocess
 * verdict: survivor
 * layers: NS_PID
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (fork_or_fail() == 0) {
		for (int i = 0; i < 100; i++)
			sleep(1);
		_exit(0);
	}
	success();
}
