/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Types into the terminal of the caller's on its stdin.
 *
 * class: isolation
 * needs: tty
 * verdict: caller-typed
 * control: maybe: the kernel may refuse TIOCSTI
 * layers: SESSION SECCOMP RELAY
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	int fd = open("/dev/tty", O_RDWR);

	for (int i = 0; i < 3; i++)
		if (ioctl(i, TIOCSTI, "x") == 0)
			success();
	outcome(ioctl(fd, TIOCSTI, "x"));
}
