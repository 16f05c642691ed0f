/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Maps memory that the kernel itself does not see.
 *
 * class: surface
 * verdict: inside
 * control: maybe: before Linux 6.5 it is off unless asked for
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(syscall(447, ~0U));
}
