/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Handles page faults for the kernel.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(syscall(SYS_userfaultfd, 1 /* user mode only */));
}
