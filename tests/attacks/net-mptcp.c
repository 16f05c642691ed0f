/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connects over multipath TCP, which rules for TCP may not see.
 *
 * class: isolation
 * verdict: received
 * control: maybe: multipath TCP may be off
 * layers: NS_NET SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	struct sockaddr_in a;
	int fd = socket(AF_INET, SOCK_STREAM, 262);

	a = inet4("tcp");
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		failure(errno);
	outcome(tell_run(fd, NULL, 0) ? 0 : -1);
}
