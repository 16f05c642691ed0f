/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Moves a file between two granted directories, past what is read-only.
 *
 * class: isolation
 * allow: file_system_write file_system_read
 * verdict: read-grant-changed
 * layers: MOUNT_RO LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char from[4096];

	(void)argc;
	start(argv);
	snprintf(from, sizeof(from), "%s", in_dir("readgrant", "data.txt"));
	outcome(rename(from, in_dir("grant", "moved")));
}
