/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The same with rubbish in the upper half of the request.
 *
 * class: isolation
 * needs: tty
 * allow: tty
 * verdict: caller-typed
 * control: maybe: the kernel may refuse TIOCSTI
 * layers: SESSION SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(syscall(SYS_ioctl, 0, 0x100000000UL | TIOCSTI, "x"));
}
