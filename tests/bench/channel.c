/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host's end of a channel, measured in C, where an interpreter would be the larger part. For
 * round trips both ends stay on one processor: otherwise their placement is what is measured.
 *
 *     channel trips N COMMAND…    N round trips of one line each: median and 99th percentile, ns
 *     channel drain COMMAND…      reads stdout to its end: bytes, ns from the first byte to the
 * last
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a;
	const uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* On the processor where it runs now, and all it starts with it. */
static void stay(void)
{
	cpu_set_t one;
	int cpu = sched_getcpu();

	CPU_ZERO(&one);
	CPU_SET(cpu < 0 ? 0 : (unsigned)cpu, &one);
	(void)sched_setaffinity(0, sizeof(one), &one);
}

static int trips(int to, int from, size_t n)
{
	static const char request[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"}\n";
	uint64_t *took = calloc(n, sizeof(*took));
	char line[4096];

	if (!took || n == 0)
		return 1;
	/* the first ones start the plugin and warm it up */
	for (size_t i = 0; i < n + 100; i++) {
		const uint64_t start = now();

		if (write(to, request, sizeof(request) - 1) < 0 ||
		    read(from, line, sizeof(line)) <= 0)
			return 1;
		if (i >= 100)
			took[i - 100] = now() - start;
	}
	qsort(took, n, sizeof(*took), compare);
	(void)printf("%llu %llu\n", (unsigned long long)took[n / 2],
		     (unsigned long long)took[n * 99 / 100]);
	free(took);
	return 0;
}

static int drain(int from)
{
	static char block[1 << 16];
	unsigned long long total = 0;
	uint64_t start = 0;
	ssize_t n;

	while ((n = read(from, block, sizeof(block))) > 0) {
		if (!start)
			start = now();
		total += (unsigned long long)n;
	}
	(void)printf("%llu %llu\n", total, (unsigned long long)(now() - start));
	return n < 0;
}

int main(int argc, char **argv)
{
	const int is_trips = argc > 1 && strcmp(argv[1], "trips") == 0;
	char **command = argv + (is_trips ? 3 : 2);
	posix_spawn_file_actions_t actions;
	extern char **environ;
	int to[2];
	int from[2];
	int status;
	int rc;
	pid_t pid;

	if (argc < (is_trips ? 4 : 3) || (!is_trips && strcmp(argv[1], "drain") != 0))
		return 2;
	(void)signal(SIGPIPE, SIG_IGN);
	if (is_trips)
		stay();
	if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0)
		return 1;
	if (posix_spawn_file_actions_init(&actions) ||
	    posix_spawn_file_actions_adddup2(&actions, to[0], 0) ||
	    posix_spawn_file_actions_adddup2(&actions, from[1], 1) ||
	    posix_spawn(&pid, command[0], &actions, NULL, command, environ))
		return 1;
	close(to[0]);
	close(from[1]);
	rc = is_trips ? trips(to[1], from[0], strtoul(argv[2], NULL, 10)) : drain(from[0]);
	close(to[1]);
	if (waitpid(pid, &status, 0) < 0 || status != 0)
		return 1;
	return rc;
}
