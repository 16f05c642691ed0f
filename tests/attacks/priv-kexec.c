/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loads another kernel.
 *
 * class: surface
 * verdict: inside
 * control: no: an ordinary user cannot, and kernels may lack it
 * layers: SECCOMP CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(syscall(SYS_kexec_load, 0, ~0UL, NULL, 0));
}
