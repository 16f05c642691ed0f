/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens its standard output again for reading: earlier lines of the host's file.
 *
 * class: isolation
 * needs: log-out
 * verdict: secret
 * layers: RELAY LANDLOCK
 */
#include "attack.h"

int main(int argc, char **argv)
{
	int log = dup(1), moved = dup2(2, 1);
	char path[64];

	(void)argc;
	start(argv);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", log);
	if (moved == 1 && show(path))
		success();
	failure(errno);
}
