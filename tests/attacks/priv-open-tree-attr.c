/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Clones a mount with other attributes, by the newest call.
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
	reached(syscall(467, AT_FDCWD, ".", 0, NULL, 0));
}
