/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes the root by pivot_root.
 *
 * class: surface
 * verdict: inside
 * control: userns
 * layers: SECCOMP CAPS LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	only_in_own("mnt");
	reached(syscall(SYS_pivot_root, ".", "."));
}
