/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Has the kernel ask a program of the host's for a key.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(syscall(SYS_request_key, "user", "plugbox-attack-none", NULL, -2));
}
