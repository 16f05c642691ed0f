/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/usage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/str.h"
#include "linux/cgroup.h"

const char *const usage_keys[USAGE_N] = {
	[USAGE_CPU] = "cpu_usec",
	[USAGE_CPU_USER] = "cpu_user_usec",
	[USAGE_CPU_SYSTEM] = "cpu_system_usec",
	[USAGE_THROTTLED] = "cpu_throttled_usec",
	[USAGE_THROTTLED_TIMES] = "cpu_throttled_periods",
	[USAGE_MEMORY_PEAK] = "memory_peak_bytes",
	[USAGE_MEMORY_HIGH] = "memory_high_times",
	[USAGE_MEMORY_MAX] = "memory_max_times",
	[USAGE_OOM] = "oom_times",
	[USAGE_OOM_KILLS] = "oom_kills",
	[USAGE_PIDS_PEAK] = "pids_peak",
	[USAGE_PIDS_REFUSED] = "pids_refused",
	[USAGE_IO_READ] = "io_read_bytes",
	[USAGE_IO_WRITTEN] = "io_written_bytes",
	[USAGE_CPU_WAITED] = "cpu_waited_usec",
	[USAGE_MEMORY_WAITED] = "memory_waited_usec",
	[USAGE_MEMORY_STALLED] = "memory_stalled_usec",
	[USAGE_IO_WAITED] = "io_waited_usec",
	[USAGE_IO_STALLED] = "io_stalled_usec",
};

const char *const usage_words[USAGE_BY_N] = {
	[USAGE_BY_RUSAGE] = "rusage",
	[USAGE_BY_WATCHDOG] = "watchdog",
	[USAGE_BY_CGROUP] = "cgroup",
};

enum shape { NUMBER, KEY, SUM, PRESSURE };

/* Of each file all rows follow one another: it is read once. */
static const struct {
	const char *file;
	enum shape shape;
	const char *key;
	enum usage_id id;
} sources[] = {
	/* counted without the controller too */
	{"cpu.stat", KEY, "usage_usec", USAGE_CPU},
	{"cpu.stat", KEY, "user_usec", USAGE_CPU_USER},
	{"cpu.stat", KEY, "system_usec", USAGE_CPU_SYSTEM},
	{"cpu.stat", KEY, "nr_throttled", USAGE_THROTTLED_TIMES},
	{"cpu.stat", KEY, "throttled_usec", USAGE_THROTTLED},
	{"memory.peak", NUMBER, NULL, USAGE_MEMORY_PEAK}, /* 5.19 */
	{"memory.events", KEY, "high", USAGE_MEMORY_HIGH},
	{"memory.events", KEY, "max", USAGE_MEMORY_MAX},
	{"memory.events", KEY, "oom", USAGE_OOM},
	{"memory.events", KEY, "oom_kill", USAGE_OOM_KILLS},
	{"pids.peak", NUMBER, NULL, USAGE_PIDS_PEAK}, /* 6.1 */
	{"pids.events", KEY, "max", USAGE_PIDS_REFUSED},
	{"io.stat", SUM, "rbytes", USAGE_IO_READ},
	{"io.stat", SUM, "wbytes", USAGE_IO_WRITTEN},
	/* all processes never wait for a processor: who waits for one waits for another of them,
	 * or for the limit, which is throttled_usec */
	{"cpu.pressure", PRESSURE, "some", USAGE_CPU_WAITED},
	{"memory.pressure", PRESSURE, "some", USAGE_MEMORY_WAITED},
	{"memory.pressure", PRESSURE, "full", USAGE_MEMORY_STALLED},
	{"io.pressure", PRESSURE, "some", USAGE_IO_WAITED},
	{"io.pressure", PRESSURE, "full", USAGE_IO_STALLED},
};

void usage_set(struct usage *u, enum usage_by by, enum usage_id id, uint64_t v)
{
	u->by[id] = by;
	u->v[id] = v;
}

void usage_forget(struct usage *u, enum usage_id id)
{
	u->by[id] = USAGE_BY_NOTHING;
	u->v[id] = 0;
}

uint64_t usage_get(const struct usage *u, enum usage_id id)
{
	return u->v[id];
}

enum usage_by usage_by(const struct usage *u)
{
	enum usage_by most = USAGE_BY_NOTHING;

	for (size_t i = 0; i < USAGE_N; i++)
		if (u->by[i] > most)
			most = u->by[i];
	return most;
}

/* The number at the start of s. */
static bool number(const char *s, uint64_t *v)
{
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	*v = strtoull(s, &end, 10);
	return !errno && (*end == '\0' || *end == '\n' || *end == ' ');
}

uint64_t usage_sum(const char *text, const char *key)
{
	const size_t n = strlen(key);
	uint64_t sum = 0, one;

	for (const char *word = text; *word;) {
		if (strncmp(word, key, n) == 0 && word[n] == '=' && number(word + n + 1, &one))
			sum += one;
		word += strcspn(word, " \n");
		word += strspn(word, " \n");
	}
	return sum;
}

bool usage_pressure(const char *text, const char *kind, uint64_t *v)
{
	const size_t n = strlen(kind);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, kind, n) == 0 && line[n] == ' ') {
			const char *total = strstr(line, " total=");

			return total && number(total + strlen(" total="), v);
		}
	}
	return false;
}

static bool value(enum shape shape, const char *text, const char *key, uint64_t *v)
{
	switch (shape) {
	case NUMBER:
		return number(text, v);
	case KEY:
		return cgroup_parse_key(text, key, v);
	case SUM: /* a disk that was not used has no line */
		*v = usage_sum(text, key);
		return true;
	case PRESSURE:
		return usage_pressure(text, key, v);
	}
	return false;
}

void usage_of_cgroup(int dirfd, struct usage *u)
{
	const char *file = "";
	char text[8192];
	bool there = false;
	uint64_t v;

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		if (strcmp(file, sources[i].file) != 0) {
			file = sources[i].file;
			there = fd_read_file(dirfd, file, text, sizeof(text)) >= 0;
		}
		if (there && value(sources[i].shape, text, sources[i].key, &v))
			usage_set(u, USAGE_BY_CGROUP, sources[i].id, v);
	}
}
