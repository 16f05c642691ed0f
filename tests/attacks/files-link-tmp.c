/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Links a file of a grant into the directory of its own files.
 *
 * class: isolation
 * allow: file_system_read
 * verdict: inside
 * control: maybe: both may be one file system
 * layers: PIVOT
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char from[4096];

	(void)argc;
	start(argv);
	int fd = own_tmp_dir();

	snprintf(from, sizeof(from), "%s", in_dir("readgrant", "data.txt"));
	outcome(linkat(AT_FDCWD, from, fd, "linked", 0));
}
