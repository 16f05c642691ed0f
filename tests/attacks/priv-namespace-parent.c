/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks for a descriptor of the namespace above its own.
 *
 * class: surface
 * verdict: inside
 * control: no: the first namespace has none above it
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	int fd = open("/proc/self/ns/user", O_RDONLY);

	outcome(ioctl(fd, 0xb702 /* NS_GET_PARENT */));
}
