/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/fds.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* The limit says nothing about the numbers in use: it may have been lowered since. */
static int each(int (*act)(int fd, const int *keep, size_t n), const int *keep, size_t n)
{
	DIR *d = opendir("/proc/self/fd");
	const struct dirent *en;
	int rc = 0;

	if (!d)
		return -1;
	while (errno = 0, (en = readdir(d))) {
		char *end;
		long fd = strtol(en->d_name, &end, 10);

		if (*end == '\0' && end != en->d_name && fd != dirfd(d))
			rc |= act((int)fd, keep, n);
	}
	/* half a list is none */
	rc |= errno ? -1 : 0;
	(void)closedir(d);
	return rc;
}

static int mark(int fd, const int *keep, size_t n)
{
	(void)keep;
	(void)n;
	/* one that a thread has closed meanwhile was its own */
	return fd > 2 && fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 && errno != EBADF ? -1 : 0;
}

int fds_cloexec(void)
{
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return 0;
	/* Linux before 5.11, or a container's filter */
	return each(mark, NULL, 0);
}

static bool kept(int fd, const int *keep, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (keep[i] == fd)
			return true;
	return false;
}

static int shut(int fd, const int *keep, size_t n)
{
	return kept(fd, keep, n) ? 0 : close(fd);
}

void fds_close_but(const int *keep, size_t n)
{
	int from = 0;

	/* the gaps between the kept ones, in ascending order */
	for (;;) {
		int next = INT_MAX;

		for (size_t i = 0; i < n; i++)
			if (keep[i] >= from && keep[i] < next)
				next = keep[i];
		if (next > from && close_range((unsigned)from, next == INT_MAX ? ~0U : (unsigned)next - 1, 0) < 0)
			break;
		if (next == INT_MAX)
			return;
		from = next + 1;
	}
	if (each(shut, keep, n) == 0)
		return;
	for (int fd = 0; fd < 65536; fd++)
		(void)shut(fd, keep, n);
}
