/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a host file through the root of whatever process is to be seen.
 *
 * class: isolation
 * verdict: secret
 * layers: NS_PID PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char root[64];

	(void)argc;
	start(argv);
	for (int pid = 1; pid < 65536 || pid < getpid(); pid++) {
		snprintf(root, sizeof(root), "/proc/%d/root", pid);
		if (pid != getpid() && show_below(root, "secret"))
			success();
	}
	failure(errno);
}
