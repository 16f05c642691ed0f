/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Goes out through a directory that the caller left open.
 *
 * class: isolation
 * needs: leak
 * verdict: secret
 * layers: FDS LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	for (int fd = 3; fd < 1024; fd++) {
		int file = openat(fd, "secret.txt", O_RDONLY);

		if (file >= 0 && show_fd(file))
			success();
	}
	failure(errno);
}
