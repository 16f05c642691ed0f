/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loads a module from a file.
 *
 * class: surface
 * verdict: inside
 * control: maybe: only root may, where the kernel has modules
 * layers: SECCOMP CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(syscall(SYS_finit_module, -1, "", 0));
}
