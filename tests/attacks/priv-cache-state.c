/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks which pages of a shared file are in memory: what others have read of it.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the call is new in Linux 6.5
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	uint64_t range[2] = {0, 4096};
	uint64_t state[5];
	int fd;

	(void)argc;
	start(argv);
	fd = open("plugin.yaml", O_RDONLY);
	outcome(syscall(451, fd, range, state, 0));
}
