/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens with a root of its own choice.
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
	struct {
		uint64_t flags, mode, resolve;
	} how = {O_RDONLY, 0, 0x10};

	outcome(syscall(SYS_openat2, open("/", O_RDONLY | O_DIRECTORY), "etc", &how, sizeof(how)));
}
