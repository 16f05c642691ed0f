/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens its standard input, a file of the host, again for writing.
 *
 * class: isolation
 * needs: stdin-file
 * verdict: stdin-changed
 * layers: RELAY LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	int fd = open("/proc/self/fd/0", O_WRONLY);

	if (fd < 0)
		failure(errno);
	outcome(write(fd, "FORGED", 6) == 6 ? 0 : -1);
}
