/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sends a datagram over IPv6.
 *
 * class: isolation
 * verdict: received
 * layers: NS_NET SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	struct sockaddr_in6 a;
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	a = inet6("udp6");
	outcome(fd >= 0 && tell_run(fd, (struct sockaddr *)&a, sizeof(a)) ? 0 : -1);
}
