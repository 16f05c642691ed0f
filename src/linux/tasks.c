/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/tasks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fdio.h"

/* The threads of a process that is the user's, 0 for another's and one that is gone by now. */
static uint64_t threads(int proc, const char *pid, uid_t uid)
{
	char path[32];
	char text[8192]; /* groups come before the number of threads */
	const char *uids, *count;
	unsigned real;
	autoclose int fd = -1;
	unsigned long n;
	ssize_t got;

	(void)snprintf(path, sizeof(path), "%.16s/status", pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : fd_read_all(fd, text, sizeof(text) - 1);
	if (got < 0)
		return 0;
	text[got] = '\0';
	uids = strstr(text, "\nUid:");
	count = strstr(text, "\nThreads:");
	if (!uids || !count || sscanf(uids, "\nUid: %u", &real) != 1 || real != uid ||
	    sscanf(count, "\nThreads: %lu", &n) != 1)
		return 0;
	return n;
}

int tasks_of(uid_t uid, uint64_t *n, struct pb_err *e)
{
	DIR *d = opendir("/proc");
	const struct dirent *en;
	int rc = 0;

	*n = 0;
	if (!d)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot open \"/proc\"");
	while (errno = 0, (en = readdir(d)))
		if (en->d_name[0] >= '0' && en->d_name[0] <= '9')
			*n += threads(dirfd(d), en->d_name, uid);
	if (errno)
		rc = pb_err_set(e, PB_ERR_SETUP, errno, "cannot read \"/proc\"");
	(void)closedir(d);
	return rc;
}
