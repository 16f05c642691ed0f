/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a directory that the caller left open its working directory.
 *
 * class: isolation
 * needs: leak
 * verdict: host-time
 * layers: FDS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct stat st;

	(void)argc;
	start(argv);
	for (int fd = 3; fd < 1024; fd++)
		if (fchdir(fd) == 0 && stat("secret.txt", &st) == 0) {
			say("mtime %ld.%09ld\n", (long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
			success();
		}
	failure(errno);
}
