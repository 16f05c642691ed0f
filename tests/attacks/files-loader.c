/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Executes a program of the host by the loader itself.
 *
 * class: isolation
 * verdict: output HELPER RAN
 * control: maybe: of x86, and a C library where that is
 * layers: LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	char *args[] = {(char *)"/lib64/ld-linux-x86-64.so.2", (char *)"/bin/echo",
			(char *)"HELPER RAN", NULL};

	execv(args[0], args);
	failure(errno);
}
