/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads from a file that the caller left open.
 *
 * class: isolation
 * needs: leak
 * verdict: secret
 * layers: FDS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char buf[4096];

	(void)argc;
	start(argv);
	for (int fd = 3; fd < 1024; fd++) {
		ssize_t n = pread(fd, buf, sizeof(buf), 0);

		if (n > 0) {
			(void)!write(1, buf, (size_t)n);
			success();
		}
	}
	failure(errno);
}
