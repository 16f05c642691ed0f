/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads who is and was logged in.
 *
 * class: information
 * verdict: inside
 * control: maybe: the host may keep no such records
 * layers: PIVOT LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	static const char *const files[] = {"/run/utmp",	"/var/run/utmp",
					    "/var/log/wtmp",	"/var/log/lastlog",
					    "/var/log/btmp",	"/var/lib/wtmpdb/wtmp.db",
					    "/var/log/auth.log"};
	char path[4096];

	(void)argc;
	start(argv);
	for (const char *const *root = roads; *root; root++)
		for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
			int fd;

			snprintf(path, sizeof(path), "%s%s", *root, files[i]);
			/* an empty file tells that there is one, and takes a record */
			fd = open(path, O_RDONLY | O_CLOEXEC);
			if (fd < 0)
				fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
			if (fd >= 0)
				success();
		}
	failure(errno);
}
