/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes the pipe buffers that the user has.
 *
 * class: resource
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int fds[2], n = 0;

	(void)argc;
	start(argv);
	while (n < 8 && pipe(fds) == 0 && fcntl(fds[1], F_SETPIPE_SZ, 1 << 20) >= 1 << 20)
		n++;
	if (n == 8)
		success();
	failure(errno);
}
