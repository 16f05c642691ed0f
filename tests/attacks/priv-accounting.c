/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Has all processes of the host recorded in a file that does not exist.
 *
 * class: surface
 * verdict: inside
 * control: root
 * layers: SECCOMP CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(syscall(SYS_acct, "/nonexistent/file"));
}
