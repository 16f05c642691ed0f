/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reaches the 32-bit table at all.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the kernel may have no 32-bit calls
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	long rc;

	(void)argc;
	start(argv);
	__asm__ volatile("int $0x80" : "=a"(rc) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
	if (rc < 0)
		failure((int)-rc);
	success();
}
