/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes a program to /tmp and runs it.
 *
 * class: surface
 * verdict: inside
 * layers: MOUNT_FLAGS LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char *again[] = {argv[0], "again", NULL}, *const env[] = {NULL};
	const char *path;

	start(argv);
	if (argc == 2 && strcmp(argv[1], "again") == 0)
		success();
	path = own_tmp();
	close(copy_self(path));
	execve(path, again, env);
	failure(errno);
}
