/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hangs up the terminal.
 *
 * class: surface
 * verdict: inside
 * control: no: it would end the session of the test
 * layers: SECCOMP CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	only_in_own("pid");
	outcome(syscall(SYS_vhangup));
}
