/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes to a process of the host's through its memory file.
 *
 * class: isolation
 * needs: victim
 * verdict: victim-memory
 * layers: NS_PID LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char path[64];
	int fd;

	(void)argc;
	start(argv);
	snprintf(path, sizeof(path), "/proc/%ld/mem", number("victim"));
	fd = open(path, O_RDWR);
	outcome(fd < 0 ? -1 : pwrite(fd, "FORGED", 6, (off_t)number("address")));
}
