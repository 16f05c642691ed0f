/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens anew for writing what it may look at alone.
 *
 * class: isolation
 * allow: file_system_read
 * verdict: read-grant-changed
 * layers: MOUNT_RO LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char path[64];
	int fd;

	(void)argc;
	start(argv);
	fd = open(in_dir("readgrant", "data.txt"), O_PATH);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fd = open(path, O_WRONLY | O_APPEND);
	if (fd < 0)
		failure(errno);
	outcome(write(fd, "x", 1));
}
