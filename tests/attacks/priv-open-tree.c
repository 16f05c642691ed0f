/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Clones a mount.
 *
 * class: surface
 * verdict: inside
 * control: userns
 * layers: SECCOMP CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(syscall(428, AT_FDCWD, ".", 1));
}
