/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Seals a mapping, by a call newer than the lists of many filters.
 *
 * class: surface
 * verdict: inside
 * control: maybe: the call is new in Linux 6.10
 * layers: SECCOMP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	(void)argc;
	start(argv);
	outcome(syscall(462, mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096, 0));
}
