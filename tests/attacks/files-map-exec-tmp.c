/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes code to /tmp and maps it executable.
 *
 * class: surface
 * verdict: inside
 * landlock: written-code
 * layers: MOUNT_FLAGS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int fd = -1;
	void *p;

	(void)argc;
	start(argv);
	fd = copy_self(own_tmp());
	p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	unlink(own_tmp());
	outcome(p == MAP_FAILED ? -1 : 0);
}
