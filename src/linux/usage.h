/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a run used, as far as it is known: a table of numbers, each there or not, and each with the
 * means that counted it. A cgroup counts nearly all of it, but for what it lacks the controller or
 * the kernel the file; a watchdog, or what wait4 tells, less. The keys are those of "usage" in the
 * exit event, see plugbox-status(7).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum usage_id {
	USAGE_CPU,	      /* microseconds of all processes, those that ended too */
	USAGE_CPU_USER,
	USAGE_CPU_SYSTEM,
	USAGE_THROTTLED,      /* microseconds that processes waited for the CPU limit */
	USAGE_THROTTLED_TIMES, /* periods in which they did */
	USAGE_MEMORY_PEAK,    /* bytes, all processes together */
	USAGE_MEMORY_HIGH,    /* times that memory_high slowed them down */
	USAGE_MEMORY_MAX,     /* times that memory was at its limit, and had to be found again */
	USAGE_OOM,	      /* times that none was found */
	USAGE_OOM_KILLS,      /* processes killed for lack of memory, here or on the whole host */
	USAGE_PIDS_PEAK,
	USAGE_PIDS_REFUSED,   /* processes that could not be made */
	USAGE_IO_READ,	      /* bytes, from disks */
	USAGE_IO_WRITTEN,
	USAGE_CPU_WAITED,     /* microseconds in which some process waited for a processor */
	USAGE_MEMORY_WAITED,  /* … for memory */
	USAGE_MEMORY_STALLED, /* … in which all of them did */
	USAGE_IO_WAITED,
	USAGE_IO_STALLED,
	USAGE_N
};

/* The weakest first. */
enum usage_by {
	USAGE_BY_NOTHING,
	USAGE_BY_RUSAGE, /* of what was waited for */
	USAGE_BY_WATCHDOG,
	USAGE_BY_CGROUP,
	USAGE_BY_N
};

struct usage {
	enum usage_by by[USAGE_N]; /* USAGE_BY_NOTHING: not known */
	uint64_t v[USAGE_N];
};

/* The keys, by enum usage_id; and the stable words, by enum usage_by, NULL for nothing. */
extern const char *const usage_keys[USAGE_N];
extern const char *const usage_words[USAGE_BY_N];

void usage_set(struct usage *u, enum usage_by by, enum usage_id id, uint64_t v);
void usage_forget(struct usage *u, enum usage_id id);

/* The strongest that counted anything. */
enum usage_by usage_by(const struct usage *u);

/* The value, 0 where it is not known. */
uint64_t usage_get(const struct usage *u, enum usage_id id);

/* Reads all that the cgroup dirfd counts into *u. What it does not count stays as another means had
 * it. */
void usage_of_cgroup(int dirfd, struct usage *u);

/* The pure parts, for the unit tests. */

/* The sum of the numbers after "KEY=" in all lines, as io.stat has them. */
uint64_t usage_sum(const char *text, const char *key);

/* The number after "total=" in the line of *.pressure that begins with kind ("some", "full"). */
bool usage_pressure(const char *text, const char *kind, uint64_t *v);
