/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets up the older queue of asynchronous calls.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	unsigned long context = 0;

	(void)argc;
	start(argv);
	outcome(syscall(SYS_io_setup, 1, &context));
}
