/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes more memory than its limit.
 *
 * class: resource
 * limits: memory_limit 64M
 * verdict: inside
 * layers: RLIMITS CGROUP
 */
#include "attack.h"

int main(int argc, char **argv)
{
	char *p = mmap(NULL, 160 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)argc;
	start(argv);
	if (p == MAP_FAILED)
		failure(errno);
	memset(p, 1, 160 << 20);
	/* where a watchdog counts, what is given back before its next look has been seen by nobody */
	sleep(3);
	success();
}
