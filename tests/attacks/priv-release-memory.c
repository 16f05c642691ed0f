/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Frees the memory of a process that dies.
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
	reached(syscall(SYS_process_mrelease, -1, 0));
}
