/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Appends to the manifest.
 *
 * class: isolation
 * verdict: bundle-changed
 * layers: MOUNT_RO LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	int fd = open("plugin.yaml", O_WRONLY | O_APPEND);

	if (fd < 0)
		failure(errno);
	outcome(write(fd, "#\n", 2));
}
