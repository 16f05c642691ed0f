/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The watchdog: memory and CPU time of all processes of a sandbox, where no cgroup counts or bounds
 * them.
 *
 * Theory of operation. It looks at the processes from time to time, in plugbox's own process,
 * through a procfs that no plugin can reach (linux/pidns.h). A first look is cheap and sees too
 * much: whole pages of files and shared ones, and page tables as large as the address space could
 * need. Only where that passes the limit a closer one follows, and where that does, the exact one.
 *
 * How often is a matter of what happens: soon again while CPU time is used or memory grows, ever
 * less often while nothing does, and never so often that looking costs more than a small part of a
 * processor. While it looks rarely timers of the kernel's on the CPU time of the plugin's first
 * processes bring it back at once. And a look that finds the same processes as the one before, and the
 * CPU time of none of them changed since, is over (linux/family.h): nothing can have grown, but by
 * what somebody else writes to a file of the plugin's. Hence now and then it is a whole one in any
 * case. What is taken between two looks is bounded by what can be taken in that time, and by
 * RLIMIT_DATA for each process.
 *
 * The share of the processors is an account: it grows with the clock, up to what may be used in one
 * go, and CPU time is taken from it. Below zero all processes are stopped until it is settled, so
 * that the share holds over time however rarely it looks.
 *
 * The data directory is walked through, some entries at a look, and counted with the files that have
 * been removed and are still open. Between two rounds it is enough to see that the file system as a
 * whole has not become fuller by more than what is left; now and then it is walked all the same,
 * because others may have made room meanwhile.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "linux/cputimer.h"
#include "linux/dirsize.h"
#include "linux/family.h"
#include "linux/pidns.h"
#include "linux/usage.h"
#include "spec/plan.h"

/* What the processes have used together up to the last list that was added. */
struct watch_tally {
	struct proc_list last;
	uint64_t cpu;	 /* microseconds */
	uint64_t credit; /* of processes that ended and that nobody seems to have waited for yet */
};

/* The account of the share, in microseconds of CPU time. */
struct watch_share {
	uint64_t milli; /* thousandths of a processor */
	int64_t left;
	uint64_t at; /* when it was settled last, microseconds of the clock */
	bool held;
	uint64_t held_since, held_for, holds;
};

/* The data directory, in rounds. */
struct watch_data {
	struct dirsize walk; /* under way where it has a depth */
	struct nameless open; /* files that are removed, but still open */
	int dir;	     /* borrowed; -1: none */
	uint64_t bytes, peak; /* of the last whole round, and the most */
	uint64_t used;	     /* of the file system, when the round began, bytes */
	unsigned idle;	     /* looks since then */
	bool urgent;	     /* the file system has become fuller by more than what was left */
};

struct watchdog {
	const struct plan_watch *limits;
	int timer;  /* -1: nothing is watched; readable when it is time to look */
	int proc;   /* -1: not heard of yet */
	pid_t first; /* number in proc of the sandbox's first process */
	int cgroup; /* borrowed: counts the CPU time, or -1 */
	int *mounts; /* the sandbox's tmpfs mounts */
	dev_t *mount_devs; /* as stat has them, likewise n_mounts */
	size_t n_mounts, cap_mounts, cap_devs;
	struct cputimer busy;  /* of the plugin's first process */
	pid_t init;	       /* process 1 of the sandbox, as this process sees it */
	struct family family;  /* empty where it is not known, or has changed */
	bool noted;	       /* its clocks, before a look that found it the same */
	bool sought;	       /* since the list has changed last */
	unsigned rests;	       /* looks in a row that were over for that */
	struct proc_list now;
	struct watch_tally tally;
	struct watch_share share;
	struct watch_data data;
	unsigned processors;
	bool has_swap, looked_at_swap;
	uint64_t least_swap, more_swap; /* bytes of the host's: the least at any look, and what is above */
	bool cpu_told;
	uint64_t memory, peak; /* bytes: by the look that decided, and the most of these */
	uint64_t seen;	       /* by the first look */
	uint64_t most_tasks;   /* processes and threads at any look */
	unsigned doubtful;     /* looks in a row that passed the limit by what may be counted twice */
	unsigned wait_ms;      /* until the next look */
};

enum watch_verdict {
	WATCH_GO_ON,
	WATCH_MEMORY,  /* more than the limit */
	WATCH_CPU,     /* likewise; told once */
	WATCH_DATA,    /* more in the data directory, or there is no telling how much */
	WATCH_HOLD,    /* the share is used up: all are to be stopped */
	WATCH_RELEASE, /* and to go on */
	WATCH_BLIND,   /* it cannot be told: errno says why */
};

/* cgroup is the directory of the plugin's own one, data that of its data, or -1. Returns 0, or -1 with *e; watchdog_free is
 * safe in any case, also on WATCHDOG_INIT. */
#define WATCHDOG_INIT                                                                              \
	((struct watchdog){.timer = -1, .proc = -1, .cgroup = -1, .data = {.dir = -1}})
int watchdog_init(struct watchdog *w, const struct plan *p, int cgroup, int data,
		  struct pb_err *e);
void watchdog_free(struct watchdog *w);

/* Take ownership of a descriptor that the child passed. */
void watchdog_take_proc(struct watchdog *w, int fd);
void watchdog_take_mount(struct watchdog *w, int fd);

/* The plugin runs: looks from now on. init is process 1, or what stands for it, as this process sees
 * it. Returns 0, or -1
 * with *e where the child did not pass what there is to look at. */
int watchdog_start(struct watchdog *w, pid_t init, struct pb_err *e);

/* Looks once, and sets the timer for the next. */
enum watch_verdict watchdog_look(struct watchdog *w);

/* Adds what it saw to *u, which has what wait4 told. Peaks are those of its looks: what came and went
 * between two of them is not in there. */
void watchdog_usage(struct watchdog *w, struct usage *u);

/* The pure parts, for the unit tests. */

/* Adds a list in the order of the numbers, which the tally keeps; *now becomes one to be filled
 * again. Counted is the own time of every process, whether it was seen before or not, and of those
 * that came and went between two lists what their parents got by waiting for them. A process that
 * was seen and then waited for is counted once. What one that ignores SIGCHLD does not wait for is
 * lost since its child was last seen: no process has it. */
void watch_tally_add(struct watch_tally *t, struct proc_list *now);

/* Settles the account at now (microseconds) with used of CPU time since the last time. Returns
 * whether the processes are to be held from now on. */
bool watch_share_settle(struct watch_share *s, uint64_t now, uint64_t used);

/* Milliseconds until the account can be at zero again, or used up by so many processors. */
unsigned watch_share_wait(const struct watch_share *s, unsigned processors);
