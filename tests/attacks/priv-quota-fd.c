/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks for quotas by a descriptor.
 *
 * class: surface
 * verdict: inside
 * control: maybe: only for root, and the kernel may have no quotas
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	reached(syscall(SYS_quotactl_fd, open(".", O_RDONLY), 0x80000700U, 0, NULL));
}
