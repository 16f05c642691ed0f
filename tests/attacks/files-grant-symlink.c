/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Follows a symbolic link that it puts into a directory that it may write.
 *
 * class: isolation
 * allow: file_system_write
 * verdict: secret
 * layers: PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	(void)symlink(arg("secret"), in_dir("grant", "way"));
	if (show(in_dir("grant", "way")))
		success();
	failure(errno);
}
