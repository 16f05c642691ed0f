/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes the memory as a stack.
 *
 * class: resource
 * limits: memory_limit 64M
 * verdict: inside
 * control: no: a stack has its own limit everywhere
 * layers: RLIMITS CGROUP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct rlimit r = {128 << 20, 128 << 20};

	(void)argc;
	start(argv);
	outcome(setrlimit(RLIMIT_STACK, &r));
}
