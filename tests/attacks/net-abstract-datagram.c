/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sends a datagram to an abstract socket of the host.
 *
 * class: isolation
 * verdict: received
 * layers: NS_NET LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	struct sockaddr_un a;
	socklen_t len = 0;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	len = unix_address(&a, "", arg("abstract_dgram"));
	outcome(tell_run(fd, (struct sockaddr *)&a, len) ? 0 : -1);
}
