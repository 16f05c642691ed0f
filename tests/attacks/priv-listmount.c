/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists mounts.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the kernel may not have it
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(syscall(458, NULL, NULL, 0, 0));
}
