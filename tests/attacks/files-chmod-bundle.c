/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes mode and times of a file of its bundle, which Landlock does not look at.
 *
 * class: isolation
 * verdict: bundle-changed
 * layers: MOUNT_RO
 */
#include "attack.h"

int main(int argc, char **argv)
{
	const struct timespec times[2] = {{1, 1}, {1, 1}};

	(void)argc;
	start(argv);
	if (chmod("plugin.yaml", 0777) == 0 || utimensat(AT_FDCWD, "plugin.yaml", times, 0) == 0)
		success();
	failure(errno);
}
