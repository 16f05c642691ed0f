/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The same with a loopback of its own, where sockets are allowed.
 *
 * class: isolation
 * allow: network=loopback
 * verdict: received
 * layers: NS_NET
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	struct sockaddr_in a;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	a = inet4("udp");
	outcome(fd >= 0 && tell_run(fd, (struct sockaddr *)&a, sizeof(a)) ? 0 : -1);
}
