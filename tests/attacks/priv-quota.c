/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asks about quotas.
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
	reached(syscall(SYS_quotactl, 0, "/nonexistent", 0, NULL));
}
