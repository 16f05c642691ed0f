/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads about the launcher through its parent's entry.
 *
 * class: information
 * verdict: inside
 * layers: INIT_DUMPABLE
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char path[64];

	(void)argc;
	start(argv);
	snprintf(path, sizeof(path), "/proc/%d/status", getppid());
	outcome(show(path) ? 0 : -1);
}
