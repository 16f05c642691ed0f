/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets up the queue through which sockets are made past a filter.
 *
 * class: surface
 * verdict: inside
 * control: maybe: io_uring may be off
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char params[120] = "";

	(void)argc;
	start(argv);
	outcome(syscall(425, 1, params));
}
