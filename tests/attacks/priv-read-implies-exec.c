/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes all that is readable executable.
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
	outcome(syscall(SYS_personality, 0x100000000UL | 0x0400000));
}
