/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Steers a clock that does not exist.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char buf[512] = "";

	(void)argc;
	start(argv);
	reached(syscall(SYS_clock_adjtime, 77, buf));
}
