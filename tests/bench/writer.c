/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* writer MIB: writes so much to stdout, 64 KiB at a time. */
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char block[65536];
	size_t left = (argc > 1 ? strtoul(argv[1], NULL, 10) : 16) << 20;

	while (left) {
		ssize_t n = write(1, block, left < sizeof(block) ? left : sizeof(block));

		if (n <= 0)
			return 1;
		left -= (size_t)n;
	}
	return 0;
}
