/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes the placement of memory.
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
	reached(syscall(SYS_set_mempolicy, 0, NULL, 0));
}
