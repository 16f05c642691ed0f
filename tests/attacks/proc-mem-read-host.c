/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a process of the host's through its memory file.
 *
 * class: isolation
 * needs: victim
 * verdict: secret
 * layers: NS_PID LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char path[64], buf[64] = "";
	int fd;

	(void)argc;
	start(argv);
	snprintf(path, sizeof(path), "/proc/%ld/mem", number("victim"));
	fd = open(path, O_RDONLY);
	if (fd < 0 || pread(fd, buf, sizeof(buf) - 1, (off_t)number("address")) < 0)
		failure(errno);
	say("%s\n", buf);
	success();
}
