/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a program of its bundle that is not its entrypoint.
 *
 * class: surface
 * needs: helper
 * verdict: output HELPER RAN
 * layers: LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char *const args[] = {"helper", NULL}, *const env[] = {NULL};

	(void)argc;
	start(argv);
	execve("helper", args, env);
	failure(errno);
}
