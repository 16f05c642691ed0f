/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks for a socket with rubbish in the upper half of the family.
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
	struct sockaddr_in a;
	int fd = (int)syscall(SYS_socket, 0x100000000UL | AF_INET, SOCK_DGRAM, 0);

	a = inet4("udp");
	outcome(fd >= 0 && tell_run(fd, (struct sockaddr *)&a, sizeof(a)) ? 0 : -1);
}
