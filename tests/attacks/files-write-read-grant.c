/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes a directory that it may only read.
 *
 * class: isolation
 * allow: file_system_read
 * verdict: read-grant-changed
 * layers: MOUNT_RO LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	int fd = open(in_dir("readgrant", "data.txt"), O_WRONLY);

	outcome(fd < 0 ? -1 : write(fd, "FORGED", 6));
}
