/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks the console to paste.
 *
 * class: isolation
 * needs: tty
 * allow: tty
 * verdict: inside
 * control: no: the terminal of a test is no console
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	char subcode = 3;
	long rc = syscall(SYS_ioctl, 0, 0x100000000UL | TIOCLINUX, &subcode);

	if (rc < 0 && errno == ENOTTY)
		success();
	failure(errno);
}
