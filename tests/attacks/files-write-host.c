/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes a host file on every road.
 *
 * class: isolation
 * verdict: host-changed
 * layers: PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char path[4096];

	(void)argc;
	start(argv);
	for (int i = 0; roads[i]; i++) {
		int fd;

		snprintf(path, sizeof(path), "%s%s/victim.txt", roads[i], arg("hostdir"));
		fd = open(path, O_WRONLY | O_APPEND);
		if (fd >= 0 && write(fd, "x", 1) == 1)
			success();
	}
	failure(errno);
}
