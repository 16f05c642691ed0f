/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The watchdog: memory and CPU time of all processes of a sandbox, where no cgroup counts them.
 *
 * Theory of operation. It looks at the processes from time to time, in plugbox's own process,
 * through a procfs that no plugin can reach (linux/pidns.h). A first look is cheap and sees too
 * much: whole pages of files and shared ones, and page tables as large as the address space could
 * need. Only where that passes the limit a closer one follows, and where that does, the exact one.
 *
 * How often is a matter of what happens: soon again while CPU time is used or memory grows, ever
 * less often while nothing does, and never so often that looking costs more than a small part of a
 * processor. What is taken between two looks is bounded by what can be taken in that time, and for
 * a single process by RLIMIT_DATA.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "linux/pidns.h"
#include "linux/usage.h"
#include "spec/plan.h"

/* What the processes have used together up to the last list that was added. */
struct watch_tally {
	struct proc_list last;
	uint64_t cpu;	 /* microseconds */
	uint64_t credit; /* of processes that ended and that nobody seems to have waited for yet */
};

struct watchdog {
	const struct plan_watch *limits;
	int proc;		    /* -1: not heard of yet */
	int *mounts;		    /* the sandbox's tmpfs mounts */
	size_t n_mounts, cap_mounts;
	bool has_swap;
	struct proc_list now;
	struct watch_tally tally;
	uint64_t memory, peak; /* bytes: by the look that decided, and the most of these */
	uint64_t seen;	       /* by the first look */
	unsigned doubtful;     /* looks in a row that passed the limit by what may be counted twice */
	unsigned wait_ms;      /* until the next look */
};

enum watch_verdict {
	WATCH_GO_ON,
	WATCH_MEMORY, /* more than the limit */
	WATCH_CPU,    /* likewise */
	WATCH_BLIND,  /* it cannot be told: errno says why */
};

void watchdog_init(struct watchdog *w, const struct plan_watch *limits);
void watchdog_free(struct watchdog *w);

/* Take ownership of a descriptor that the child passed. */
void watchdog_take_proc(struct watchdog *w, int fd);
void watchdog_take_mount(struct watchdog *w, int fd);

/* Looks once, and sets wait_ms to the time until the next look. */
enum watch_verdict watchdog_look(struct watchdog *w);

/* Adds what it saw to *u, which has what wait4 told. */
void watchdog_usage(const struct watchdog *w, struct usage *u);

/* Adds a list in the order of the numbers, which the tally keeps; *now becomes one to be filled
 * again. Counted is the own time of every process, whether it was seen before or not, and of those
 * that came and went between two lists what their parents got by waiting for them. A process that
 * was seen and then waited for is counted once. What one that ignores SIGCHLD does not wait for is
 * lost since its child was last seen: no process has it. */
void watch_tally_add(struct watch_tally *t, struct proc_list *now);
