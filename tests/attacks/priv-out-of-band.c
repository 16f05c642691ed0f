/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sends urgent data over a local socket: what a browser's sandbox was left by in 2025.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the kernel may be built without
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int ends[2];
	char c = 'x';

	(void)argc;
	start(argv);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		failure(errno);
	if (send(ends[0], &c, 1, MSG_OOB) == 1 || sendto(ends[0], &c, 1, MSG_OOB, NULL, 0) == 1)
		success();
	/* what only receives reaches the same code */
	if (recv(ends[1], &c, 1, MSG_OOB | MSG_DONTWAIT) >= 0 || errno != EPERM)
		success();
	failure(errno);
}
