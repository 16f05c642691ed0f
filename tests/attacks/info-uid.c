/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Learns the host's number of its user from the maps of its namespace.
 *
 * class: information
 * verdict: inside
 * accepted: the kernel shows the map of a user namespace to whoever lives in it
 * control: no: the first namespace maps everything
 * layers: none
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	int fd = open("/proc/self/uid_map", O_RDONLY);
	unsigned inside, outside, count;
	char buf[256] = "";

	if (fd < 0 || read(fd, buf, sizeof(buf) - 1) < 0 || sscanf(buf, "%u %u %u", &inside, &outside, &count) != 3)
		failure(errno);
	say("user %u is %u\n", inside, outside);
	outcome(count < 65536 && inside != outside ? 0 : -1);
}
