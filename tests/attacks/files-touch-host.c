/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes the times of a host file on every road.
 *
 * class: isolation
 * verdict: host-changed
 * layers: PIVOT MOUNT_RO
 */
#include "attack.h"

int main(int argc, char **argv)
{
	const struct timespec times[2] = {{1, 1}, {1, 1}};
	char path[4096];

	(void)argc;
	start(argv);
	for (int i = 0; roads[i]; i++) {
		snprintf(path, sizeof(path), "%s%s/victim.txt", roads[i], arg("hostdir"));
		if (utimensat(AT_FDCWD, path, times, 0) == 0)
			success();
	}
	failure(errno);
}
