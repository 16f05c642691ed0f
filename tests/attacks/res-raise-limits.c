/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Raises its limits.
 *
 * class: resource
 * verdict: inside
 * layers: RLIMITS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	const int which[] = {RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_SIGPENDING, RLIMIT_STACK};
	struct rlimit r;

	(void)argc;
	start(argv);
	for (int i = 0; i < 4; i++) {
		if (getrlimit(which[i], &r) < 0)
			failure(errno);
		r.rlim_cur = r.rlim_max = r.rlim_max == RLIM_INFINITY ? r.rlim_max : r.rlim_max + 1;
		if (setrlimit(which[i], &r) == 0)
			success();
	}
	failure(errno);
}
