/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens the descriptors of process 1.
 *
 * class: isolation
 * verdict: inside
 * control: no: process 1 is the machine's
 * layers: INIT_DUMPABLE
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char path[64], target[256];

	(void)argc;
	start(argv);
	if (getpid() > 1000)
		broken("not tried in the host's own namespace");
	for (int fd = 0; fd < 16; fd++) {
		snprintf(path, sizeof(path), "/proc/1/fd/%d", fd);
		if (readlink(path, target, sizeof(target)) > 0)
			success();
	}
	failure(errno);
}
