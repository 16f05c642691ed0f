/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Uses up the keys of the user's.
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
	outcome(syscall(SYS_add_key, "user", "plugbox-attack-new", "x", 1, -2 /* process */));
}
