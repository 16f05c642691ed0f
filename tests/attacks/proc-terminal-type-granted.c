/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The same where the terminal is granted.
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
	outcome(ioctl(0, TIOCSTI, "x"));
}
