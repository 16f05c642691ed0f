/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes the times of a file that it may only read.
 *
 * class: isolation
 * allow: file_system_read
 * verdict: read-grant-changed
 * layers: MOUNT_RO
 */
#include "attack.h"

int main(int argc, char **argv)
{
	const struct timespec times[2] = {{1, 1}, {1, 1}};

	(void)argc;
	start(argv);
	outcome(utimensat(AT_FDCWD, in_dir("readgrant", "data.txt"), times, 0));
}
