/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a node for the machine's memory in /tmp and opens it.
 *
 * class: isolation
 * verdict: inside
 * control: maybe: only for root, and /tmp may have no devices
 * layers: SECCOMP CAPS MOUNT_FLAGS LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	const char *path = own_tmp();
	int fd;

	if (mknod(path, S_IFCHR | 0600, makedev(1, 8)) < 0)
		failure(errno);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	unlink(path);
	outcome(fd);
}
