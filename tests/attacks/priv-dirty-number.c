/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a call with rubbish in the upper half of its number.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the kernel may look at the whole number
 * layers: SECCOMP UCOUNTS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	long rc;

	(void)argc;
	start(argv);
	__asm__ volatile("syscall" : "=a"(rc) : "a"(0xdead00000000UL | SYS_unshare), "D"(CLONE_NEWUSER) : "rcx", "r11", "memory");
	if (rc < 0)
		failure((int)-rc);
	success();
}
