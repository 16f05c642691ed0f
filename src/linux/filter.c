/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/filter.h"

#include <stdlib.h>

#include "linux/seccomp.h"

struct built_in {
	unsigned key;
	const struct sock_filter *prog;
	size_t n;
};

#include "seccomp_filters.h"

int filter_get(const struct syscall_policy *p, struct filter *f, struct pb_err *e)
{
	const unsigned key = syscalls_key(p);

	*f = (struct filter){0};
	for (const struct built_in *b = built_in; b->prog && !syscalls_changed(p); b++) {
		if (b->key != key)
			continue;
		f->prog = b->prog;
		f->n = b->n;
		return 0;
	}
	if (seccomp_build(p, &f->owned, &f->n, e) < 0)
		return -1;
	f->prog = f->owned;
	return 0;
}

void filter_free(struct filter *f)
{
	free(f->owned);
	*f = (struct filter){0};
}
