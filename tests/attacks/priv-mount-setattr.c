/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes the read-only attribute off its root.
 *
 * class: surface
 * verdict: inside
 * control: userns
 * layers: SECCOMP CAPS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	uint64_t attr[4] = {0, 1 /* RDONLY */, 0, 0};

	(void)argc;
	start(argv);
	only_in_own("mnt");
	outcome(syscall(442, AT_FDCWD, "/", 0, attr, sizeof(attr)));
}
