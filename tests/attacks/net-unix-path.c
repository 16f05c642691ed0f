/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connects to a socket of the host by its path, on every road.
 *
 * class: isolation
 * verdict: received
 * layers: PIVOT
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct sockaddr_un a;

	(void)argc;
	start(argv);
	for (int i = 0; roads[i]; i++) {
		socklen_t len = unix_address(&a, roads[i], arg("unix"));
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);

		if (connect(fd, (struct sockaddr *)&a, len) == 0 && tell_run(fd, NULL, 0))
			success();
		close(fd);
	}
	failure(errno);
}
