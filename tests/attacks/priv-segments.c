/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes its segment table.
 *
 * class: surface
 * verdict: inside
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct {
		unsigned entry, base, limit, flags;
	} d = {0, 0, 0xfff, 0x51};

	(void)argc;
	start(argv);
	outcome(syscall(SYS_modify_ldt, 1, &d, sizeof(d)));
}
