/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a program of the host's without the permission to.
 *
 * class: surface
 * verdict: output uid=
 * layers: LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char *const args[] = {"id", NULL}, *const env[] = {NULL};

	(void)argc;
	start(argv);
	execve("/usr/bin/id", args, env);
	failure(errno);
}
