/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The filter of a policy, where possible without compiling it: a launch that calls libseccomp
 * pays more for that than for everything else together. The programs of the usual
 * policies are compiled when plugbox is built, by the same code (gen-filters.c), and stand in the
 * binary, where nobody can change them. */
#pragma once

#include <linux/filter.h>
#include <stddef.h>

#include "base/err.h"
#include "spec/syscalls.h"

struct filter {
	const struct sock_filter *prog;
	size_t n;
	struct sock_filter *owned; /* freed by filter_free; NULL for one from the binary */
};

/* Returns 0, or -1 with *e. */
int filter_get(const struct syscall_policy *p, struct filter *f, struct pb_err *e);
void filter_free(struct filter *f);
