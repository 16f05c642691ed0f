/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sends a datagram to a socket of the host by its path.
 *
 * class: isolation
 * verdict: received
 * layers: PIVOT
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	struct sockaddr_un a;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	for (int i = 0; roads[i]; i++) {
		socklen_t len = unix_address(&a, roads[i], arg("unix_dgram"));

		if (tell_run(fd, (struct sockaddr *)&a, len))
			success();
	}
	failure(errno);
}
