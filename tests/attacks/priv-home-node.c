/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets where memory is taken from.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the kernel may have no memory policies
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(syscall(450, 0, 0, 0, 0));
}
