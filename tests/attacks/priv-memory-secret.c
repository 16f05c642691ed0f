/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Maps memory that the kernel itself does not see.
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
	reached(syscall(447, ~0U));
}
