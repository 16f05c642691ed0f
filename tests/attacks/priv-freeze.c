/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Freezes a file system.
 *
 * class: surface
 * verdict: inside
 * control: no: without a sandbox root would freeze the machine's
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(ioctl(open(".", O_RDONLY), _IOWR('X', 119, int), 0) < 0 && errno == EPERM ? -1 : 0);
}
