/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks for the times of a host file on every road, which Landlock does not look at.
 *
 * class: isolation
 * verdict: host-time
 * landlock: file-names
 * layers: PIVOT
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char path[4096];
	struct stat st;

	(void)argc;
	start(argv);
	for (int i = 0; roads[i]; i++) {
		snprintf(path, sizeof(path), "%s%s", roads[i], arg("secret"));
		if (stat(path, &st) == 0) {
			say("mtime %ld.%09ld\n", (long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
			success();
		}
	}
	failure(errno);
}
