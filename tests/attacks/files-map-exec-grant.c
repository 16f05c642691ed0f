/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Maps code executable that it wrote to a directory granted for writing.
 *
 * class: surface
 * allow: file_system_write
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
	fd = copy_self(in_dir("grant", "code"));
	p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	outcome(p == MAP_FAILED ? -1 : 0);
}
