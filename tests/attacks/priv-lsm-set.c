/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sets an attribute of a security module.
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
	reached(syscall(460, 100, NULL, 0, 0));
}
