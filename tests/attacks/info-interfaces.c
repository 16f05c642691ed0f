/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists the host's network interfaces.
 *
 * class: information
 * verdict: inside
 * control: maybe: the host may have none but lo
 * layers: NS_NET
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	char path[64];
	int fd = open("/proc/self/net/dev", O_RDONLY), lines = 0;
	char buf[8192];
	ssize_t n = fd < 0 ? 0 : read(fd, buf, sizeof(buf));

	snprintf(path, sizeof(path), "/proc/self/net/dev");
	for (ssize_t i = 0; i < n; i++)
		lines += buf[i] == '\n';
	outcome(lines > 3 ? 0 : -1); /* two of headings, and lo */
}
