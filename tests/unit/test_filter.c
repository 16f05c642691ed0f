/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The programs in the binary are those that libseccomp makes of the same policies now. */
#include <stdlib.h>

#include "linux/filter.h"
#include "linux/seccomp.h"
#include "tap.h"

int main(void)
{
	size_t built_in = 0;

	for (unsigned i = 0; i < 256; i++) {
		if ((i & 128) && !(i & 1))
			continue;
		const struct syscall_policy p = {.subprocess = i & 1, .inet = i & 2, .tty = i & 4,
						 .devices = i & 8, .pid_1 = i & 16, .notify = i & 32,
						 .pairs_only = i & 64, .watched = i & 128};
		struct sock_filter *fresh = NULL;
		struct filter f;
		struct pb_err e;
		size_t n = 0;

		ok(filter_get(&p, &f, &e) == 0, "policy %u has a filter", i);
		if (!f.owned)
			built_in++;
		if (!f.owned || i % 8 == 0) {
			ok(seccomp_build(&p, &fresh, &n, &e) == 0, "policy %u compiles", i);
			ok(n == f.n && memcmp(fresh, f.prog, n * sizeof(*fresh)) == 0,
			   "policy %u: the same program", i);
			free(fresh);
		}
		filter_free(&f);
	}
	ok(built_in == 72, "each policy whose refusals are told stands in the binary, the usual ones with the watchdog "
			    "(%zu)", built_in);
	return done_testing();
}
