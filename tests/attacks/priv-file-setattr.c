/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets flags of a file, where they lie in memory.
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
	reached(syscall(469, AT_FDCWD, ".", NULL, 0, 0));
}
