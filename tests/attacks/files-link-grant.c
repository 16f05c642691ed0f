/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Links a file that it may only read to where it may write, and writes there.
 *
 * class: isolation
 * allow: file_system_read file_system_write
 * verdict: read-grant-changed
 * layers: MOUNT_RO LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char from[4096];
	int fd;

	(void)argc;
	start(argv);
	snprintf(from, sizeof(from), "%s/data.txt", arg("readgrant"));
	if (link(from, in_dir("grant", "stolen")) < 0)
		failure(errno);
	fd = open(in_dir("grant", "stolen"), O_WRONLY);
	outcome(fd < 0 ? -1 : write(fd, "FORGED", 6));
}
