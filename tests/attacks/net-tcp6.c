/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connects to a server of the host over IPv6.
 *
 * class: isolation
 * verdict: received
 * layers: NS_NET SECCOMP LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	struct sockaddr_in6 a;
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	a = inet6("tcp6");
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		failure(errno);
	outcome(tell_run(fd, NULL, 0) ? 0 : -1);
}
