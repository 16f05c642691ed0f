/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A set-user-ID file without a name, linked into a directory that it may write.
 *
 * class: isolation
 * allow: file_system_write
 * verdict: grant-setid
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char from[64];
	int fd;

	(void)argc;
	start(argv);
	umask(0);
	fd = open(arg("grant"), O_TMPFILE | O_WRONLY, 04755);
	if (fd < 0)
		failure(errno);
	snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	outcome(linkat(AT_FDCWD, from, AT_FDCWD, in_dir("grant", "tool"), AT_SYMLINK_FOLLOW));
}
