/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compares kernel objects of two processes, which tells about addresses.
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
	outcome(syscall(SYS_kcmp, getpid(), getpid(), 0, 0, 1));
}
