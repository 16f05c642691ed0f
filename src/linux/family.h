/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The CPU clocks of a process and all below it, as this process sees them: whether any has run.
 *
 * A system call that allocates, writes or forks takes CPU time, and the clocks count nanoseconds: of
 * a family of which no clock has moved none has become larger, nor has it more members. One clock
 * costs less than a microsecond, a look at its process in /proc twenty.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "linux/cputimer.h"

/* Larger ones are not looked for. */
#define FAMILY_MOST 512

struct family {
	struct family_member {
		struct cputimer timer; /* only the first few have one that is open */
		clockid_t clock;
		uint64_t used; /* as noted, nanoseconds */
	} *v;
	size_t n, cap;
};

/* Finds those below process first, and first itself where with_first, by the lists of children of
 * all threads (CONFIG_PROC_CHILDREN). Returns whether they are as many as n: where not, the kernel
 * tells none, or they change just now, and *f is empty. */
bool family_find(struct family *f, pid_t first, bool with_first, size_t n);
void family_forget(struct family *f);

/* Notes what all have used. Returns false where one is gone, or there is none. */
bool family_note(struct family *f);

/* Whether all are there and have used what was noted. */
bool family_rests(const struct family *f);

/* CPUTIMER_SIGNAL as soon as one of the first few has used that much more, see cputimer_set. */
void family_wake(const struct family *f, unsigned ms);
