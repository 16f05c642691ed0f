/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes its I/O privilege level.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the kernel may lack it
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(syscall(SYS_iopl, 0));
}
