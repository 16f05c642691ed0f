/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loads a program into the kernel.
 *
 * class: surface
 * verdict: inside
 * control: maybe: only root may, where the kernel says so
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char attr[8] = "";

	(void)argc;
	start(argv);
	reached(syscall(SYS_bpf, 0, attr, 1U << 20));
}
