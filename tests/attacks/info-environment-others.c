/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the environment of the processes it sees.
 *
 * class: information
 * needs: environment
 * verdict: secret
 * layers: NS_PID INIT_DUMPABLE
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char path[64];

	(void)argc;
	start(argv);
	/* those that started it have numbers below its own, unless they began anew */
	for (int pid = 1; pid < 65536 || pid < getpid(); pid++) {
		snprintf(path, sizeof(path), "/proc/%d/environ", pid);
		if (pid != getpid())
			show(path);
	}
	failure(0);
}
