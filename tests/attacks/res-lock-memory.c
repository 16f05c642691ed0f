/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Locks memory beyond what a plugin needs.
 *
 * class: resource
 * verdict: inside
 * control: root
 * layers: RLIMITS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	void *p = mmap(NULL, 32 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)argc;
	start(argv);
	outcome(mlock(p, 32 << 20));
}
