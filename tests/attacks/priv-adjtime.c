/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks the call that steers the clock.
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
	reached(syscall(SYS_adjtimex, buf));
}
