/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starts processes without end.
 *
 * class: resource
 * allow: subprocess
 * verdict: inside
 * control: no: a bomb needs a limit
 * layers: RLIMITS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int n = 0;

	(void)argc;
	start(argv);
	only_in_own("pid");
	for (; n < 400; n++) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
			for (;;)
				pause();
		}
	}
	say("count %d\n", n);
	say("ATTACK inside-%s\n", n >= 300 ? "success" : "failure: limit");
	_exit(0);
}
