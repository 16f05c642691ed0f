/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes to a pipe of the caller's that it left open.
 *
 * class: isolation
 * needs: leak
 * verdict: leaked-write
 * layers: FDS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	bool written = false;

	(void)argc;
	start(argv);
	signal(SIGPIPE, SIG_IGN);
	for (int fd = 3; fd < 1024; fd++)
		if (fcntl(fd, F_GETFL) >= 0 && write(fd, "plugin", 6) == 6)
			written = true;
	outcome(written ? 0 : -1);
}
