/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Moves a file that it may only read to where it may write.
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

	(void)argc;
	start(argv);
	snprintf(from, sizeof(from), "%s/data.txt", arg("readgrant"));
	outcome(rename(from, in_dir("grant", "stolen")));
}
