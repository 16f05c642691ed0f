/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lends its pages to a pipe.
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
	reached(syscall(SYS_vmsplice, -1, NULL, 0, 0));
}
