/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spec/limits.h"

#include <inttypes.h>
#include <stdio.h>

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* The lower bounds are what a plugin can still start with, or what the kernel
 * accepts (a CPU quota is at least a millisecond in 100); the upper ones keep
 * every later product of two of them inside 64 bits. */
const struct limit_info limit_table[LIMIT_N] = {
	[LIMIT_CPU] = {"cpu_limit", "cpu-limit", UNIT_CORES, 10, 1024000,
		       "CPU cores, in parts of a core"},
	[LIMIT_CPU_WEIGHT] = {"cpu_weight", "cpu-weight", UNIT_COUNT, 1, 10000,
			      "share of the CPU when others want it too, 100 being theirs"},
	[LIMIT_CPUS] = {"cpus", "cpus", UNIT_CPUS, 1, UINT64_MAX,
			"processors that it may run on, like 0-3,6"},
	[LIMIT_MEMORY] = {"memory_limit", "memory-limit", UNIT_BYTES, MIB, 1024 * GIB,
			  "memory of all processes together"},
	[LIMIT_MEMORY_HIGH] = {"memory_high", "memory-high", UNIT_BYTES, MIB, 1024 * GIB,
			       "memory above which it is slowed down, not stopped"},
	[LIMIT_SWAP] = {"swap_limit", "swap-limit", UNIT_BYTES, 0, 1024 * GIB,
			"swap space; 0 with a memory limit"},
	[LIMIT_PIDS] = {"pids_limit", "pids-limit", UNIT_COUNT, 1, 32768,
			"processes and threads at one time"},
	[LIMIT_IO_WEIGHT] = {"io_weight", "io-weight", UNIT_COUNT, 1, 10000,
			     "share of a disk when others want it too, 100 being theirs"},
	[LIMIT_IO_READ] = {"io_read", "io-read", UNIT_BYTES, 4 * KIB, 1024 * GIB,
			   "bytes read from each disk in a second"},
	[LIMIT_IO_WRITE] = {"io_write", "io-write", UNIT_BYTES, 4 * KIB, 1024 * GIB,
			    "bytes written to each disk in a second"},
	[LIMIT_TIMEOUT] = {"timeout", "timeout", UNIT_MS, 1, 365 * DAY,
			   "wall-clock time of the whole run"},
	[LIMIT_IDLE_TIMEOUT] = {"idle_timeout", "idle-timeout", UNIT_MS, 1, 365 * DAY,
				"time without a byte on the channel"},
	[LIMIT_STARTUP_TIMEOUT] = {"startup_timeout", "startup-timeout", UNIT_MS, 1, 365 * DAY,
				   "time until the first byte on the channel"},
	[LIMIT_CPU_TIME] = {"cpu_time", "cpu-time", UNIT_MS, 1, 365 * DAY,
			    "CPU time of the whole run"},
	[LIMIT_OPEN_FILES] = {"open_files", "open-files", UNIT_COUNT, 8, 1048576,
			      "open file descriptors of one process"},
	[LIMIT_FILE_SIZE] = {"file_size", "file-size", UNIT_BYTES, 0, 1024 * GIB,
			     "size of one file written"},
	[LIMIT_TMP_SIZE] = {"tmp_size", "tmp-size", UNIT_BYTES, 64 * KIB, 64 * GIB, "size of /tmp"},
	[LIMIT_DATA_SIZE] = {"data_size", "data-size", UNIT_BYTES, 64 * KIB, 1024 * GIB,
			     "size of /data"},
	[LIMIT_OUTPUT_SIZE] = {"output_size", "output-size", UNIT_BYTES, 1, 1024 * GIB,
			       "bytes on standard output, and on standard error"},
	[LIMIT_MESSAGES] = {"messages_per_second", NULL, UNIT_RATE, 1, 1000000,
			    "messages sent over the channel per second"},
	[LIMIT_DB_QUERIES] = {"database_queries_per_second", NULL, UNIT_RATE, 1, 1000000,
			      "database queries over the channel per second"},
};

const char *const limits_by_words[] = {
	[LIMITS_BEST_EFFORT] = "best-effort",
	[LIMITS_ENFORCED] = "enforced",
	[LIMITS_STRICT] = "strict",
};

static void format_size(char *buf, size_t size, uint64_t v)
{
	static const struct {
		uint64_t unit;
		char c;
	} units[] = {{GIB, 'G'}, {MIB, 'M'}, {KIB, 'K'}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (v && v % units[i].unit == 0) {
			(void)snprintf(buf, size, "%" PRIu64 "%c", v / units[i].unit, units[i].c);
			return;
		}
	}
	(void)snprintf(buf, size, "%" PRIu64, v);
}

/* Thousandths as a decimal number without trailing zeros. */
static void format_milli(char *buf, size_t size, uint64_t v, const char *unit)
{
	unsigned frac = (unsigned)(v % 1000);
	int digits = 3;

	while (digits && frac % 10 == 0) {
		frac /= 10;
		digits--;
	}
	if (digits)
		(void)snprintf(buf, size, "%" PRIu64 ".%0*u%s", v / 1000, digits, frac, unit);
	else
		(void)snprintf(buf, size, "%" PRIu64 "%s", v / 1000, unit);
}

static void format_duration(char *buf, size_t size, uint64_t ms)
{
	if (ms && ms % HOUR == 0)
		(void)snprintf(buf, size, "%" PRIu64 "h", ms / HOUR);
	else if (ms && ms % MINUTE == 0)
		(void)snprintf(buf, size, "%" PRIu64 "m", ms / MINUTE);
	else if (ms >= SECOND)
		format_milli(buf, size, ms, "s");
	else
		(void)snprintf(buf, size, "%" PRIu64 "ms", ms);
}

/* As the kernel lists processors: "0-3,6". */
static void format_cpus(char *buf, size_t size, uint64_t mask)
{
	size_t n = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < 64; i++) {
		unsigned first = i;

		if (!(mask >> i & 1))
			continue;
		while (i < 63 && mask >> (i + 1) & 1)
			i++;
		n += (size_t)snprintf(buf + n, size - n, i > first ? "%s%u-%u" : "%s%u",
				      n ? "," : "", first, i);
		if (n >= size)
			return;
	}
}

uint64_t limit_lower(enum limit_id id, uint64_t a, uint64_t b)
{
	if (limit_table[id].unit == UNIT_CPUS)
		return a & b;
	return a < b ? a : b;
}

char *limit_format(char *buf, size_t size, enum limit_id id, uint64_t v)
{
	switch (limit_table[id].unit) {
	case UNIT_CORES:
		format_milli(buf, size, v, "");
		break;
	case UNIT_BYTES:
		format_size(buf, size, v);
		break;
	case UNIT_MS:
		format_duration(buf, size, v);
		break;
	case UNIT_CPUS:
		format_cpus(buf, size, v);
		break;
	case UNIT_COUNT:
	case UNIT_RATE:
		(void)snprintf(buf, size, "%" PRIu64, v);
		break;
	}
	return buf;
}
