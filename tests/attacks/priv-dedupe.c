/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compares blocks of a read-only file with its own: what it may not read it could guess.
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
	int a = open("plugin.yaml", O_RDONLY);
	struct {
		uint64_t offset, length;
		uint16_t count, reserved1;
		uint32_t reserved2;
		int64_t fd;
		uint64_t at, done;
		int32_t status;
		uint32_t reserved;
	} range = {.length = 4096, .count = 1, .fd = a};

	reached(ioctl(a, _IOWR(0x94, 54, char[24]), &range));
}
