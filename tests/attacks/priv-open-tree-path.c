/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens a mount as a path by open_tree.
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
	outcome(syscall(428, AT_FDCWD, ".", 0));
}
