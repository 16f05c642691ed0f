/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes a file larger than its limit.
 *
 * class: resource
 * allow: file_system_write
 * limits: file_size 1M
 * verdict: grant-big-file
 * layers: RLIMITS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	int fd = open(in_dir("grant", "big"), O_WRONLY | O_CREAT, 0600);

	signal(SIGXFSZ, SIG_IGN);
	outcome(fd < 0 ? -1 : pwrite(fd, "x", 1, 8 << 20));
}
