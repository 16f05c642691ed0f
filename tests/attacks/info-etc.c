/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the host's configuration.
 *
 * class: information
 * verdict: inside
 * layers: PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	const char *const paths[] = {"/etc/hostname", "/etc/sudoers", "/etc/resolv.conf", "/etc/fstab",
				     "/etc/shadow", "/etc/crontab", "/etc/environment", "/etc/passwd"};

	(void)argc;
	start(argv);
	for (int i = 0; i < 8; i++)
		if (open(paths[i], O_RDONLY) >= 0)
			success();
	failure(errno);
}
