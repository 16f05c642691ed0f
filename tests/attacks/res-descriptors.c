/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens files without end.
 *
 * class: resource
 * verdict: inside
 * control: maybe: the caller may have a low limit
 * layers: RLIMITS
 */
#include "attack.h"

int main(int argc, char **argv)
{
	struct rlimit r;
	int n = 0;

	(void)argc;
	start(argv);
	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	while (n < 2000 && dup(0) >= 0)
		n++;
	if (n == 2000)
		success();
	failure(errno);
}
