/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Moves the marks of its address space.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the kernel may ask for a privilege
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(prctl(PR_SET_MM, 14 /* MAP_SIZE */, 0, 0, 0));
}
