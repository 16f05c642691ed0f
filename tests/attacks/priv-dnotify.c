/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Watches a directory by signals.
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
	outcome(fcntl(open(".", O_RDONLY), F_NOTIFY, 1));
}
