/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks about mounts that it does not see.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the kernel may not have it
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(syscall(457, NULL, NULL, 0, 0));
}
