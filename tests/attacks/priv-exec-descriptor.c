/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Executes a descriptor of a file in memory.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int fd;

	(void)argc;
	start(argv);
	fd = (int)syscall(SYS_memfd_create, "x", 0);
	reached(fd < 0 ? -1 : 0);
}
