/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resource limits: the one table of names, units and ranges that the manifest,
 * the options, explain and the manual share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a value was written: 1-based line and column, 0 where it was not in a file. */
struct src_pos {
	uint32_t line, col;
};

enum limit_id {
	LIMIT_CPU,	       /* cores, kept in thousandths */
	LIMIT_CPU_WEIGHT,      /* share under contention, 100 is the usual one */
	LIMIT_CPUS,	       /* processors, a mask */
	LIMIT_MEMORY,	       /* bytes */
	LIMIT_MEMORY_HIGH,     /* bytes, reclaimed and slowed down above */
	LIMIT_SWAP,	       /* bytes */
	LIMIT_PIDS,	       /* processes and threads */
	LIMIT_IO_WEIGHT,       /* share under contention */
	LIMIT_IO_READ,	       /* bytes per second of each disk */
	LIMIT_IO_WRITE,	       /* likewise */
	LIMIT_TIMEOUT,	       /* wall clock, milliseconds */
	LIMIT_IDLE_TIMEOUT,    /* no byte on the channel, milliseconds */
	LIMIT_STARTUP_TIMEOUT, /* until the first byte, milliseconds */
	LIMIT_CPU_TIME,	       /* total CPU time, milliseconds */
	LIMIT_OPEN_FILES,      /* descriptors per process */
	LIMIT_FILE_SIZE,       /* bytes of one file */
	LIMIT_TMP_SIZE,	       /* bytes of /tmp */
	LIMIT_DATA_SIZE,       /* bytes of /data */
	LIMIT_OUTPUT_SIZE,     /* bytes on standard output, and on standard error */
	LIMIT_MESSAGES,	       /* rate_limits.messages_per_second */
	LIMIT_DB_QUERIES,      /* rate_limits.database_queries_per_second */
	LIMIT_N
};

enum limit_unit {
	UNIT_CORES,
	UNIT_BYTES,
	UNIT_COUNT,
	UNIT_MS,
	UNIT_RATE,
	UNIT_CPUS, /* bit N is processor N; what it is narrowed to is what both have */
};

struct limit_info {
	const char *key;     /* in the manifest, below resources: (rate limits below rate_limits:) */
	const char *option;  /* long option, without dashes; NULL where there is none */
	enum limit_unit unit;
	uint64_t min, max;   /* in the kept unit */
	const char *summary; /* one line for the manual and --help */
};

extern const struct limit_info limit_table[LIMIT_N];

/* By what a limit must be kept at least (--limits), the weakest first. */
enum limits_by {
	LIMITS_BEST_EFFORT, /* by whatever there is, or not at all */
	LIMITS_ENFORCED,    /* by whatever really ends or holds what goes beyond it */
	LIMITS_STRICT,	    /* by the cgroup, where a cgroup can */
};

/* The words for them, as --limits has it. */
extern const char *const limits_by_words[LIMITS_STRICT + 1];

struct limit {
	bool set;
	uint64_t v;
	struct src_pos pos;
};

/* What the plugin's cgroup is told, in the units of the table; 0: nothing. */
struct cgroup_limits {
	uint64_t cpu_milli, cpu_weight, cpus;
	uint64_t memory, memory_high, swap;
	bool has_swap; /* swap counts, 0 too; else it is 0 with a memory limit */
	uint64_t pids; /* tasks, plugbox's own process 1 included */
	uint64_t io_weight, io_read, io_write;
};

struct limits {
	struct limit l[LIMIT_N];
};

/* Room for the longest text of any value. */
#define LIMIT_TEXT_MAX 192

/* What two limits for the same thing leave: the lower, of processors those that both have. */
uint64_t limit_lower(enum limit_id id, uint64_t a, uint64_t b);

/* Writes the value as a person would: "100M", "30s", "0.25", "64", "0-3,6". Returns buf. */
char *limit_format(char *buf, size_t size, enum limit_id id, uint64_t v);
