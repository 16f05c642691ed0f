/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes a call with a number beyond the table.
 *
 * class: surface
 * verdict: inside
 * control: no: the kernel has none there
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	if (syscall(-2) >= 0 || errno != ENOSYS)
		success();
	failure(errno);
}
