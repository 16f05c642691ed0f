/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets the time of day, to a time that is none.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct timeval t = {0, -1};

	(void)argc;
	start(argv);
	reached(syscall(SYS_settimeofday, &t, NULL));
}
