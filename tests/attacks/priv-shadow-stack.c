/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a shadow stack.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the processor may have none
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(syscall(453, 0, 4096, ~0U));
}
