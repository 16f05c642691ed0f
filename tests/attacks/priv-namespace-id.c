/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks for the number of a namespace of its own.
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
	reached(ioctl(open("/proc/self/ns/mnt", O_RDONLY), _IOR(0xb7, 5, uint64_t), NULL));
}
