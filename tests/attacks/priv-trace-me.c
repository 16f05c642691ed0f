/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Has itself traced by its parent.
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
	outcome(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}
