/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/rlimit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "base/fdio.h"

static int apply_one(const struct plan_rlimit *r, uint64_t more, struct pb_err *e)
{
	const __rlimit_resource_t which = (__rlimit_resource_t)r->resource;
	struct rlimit want = {.rlim_cur = r->soft + more, .rlim_max = r->hard + more};
	struct rlimit now;

	if (setrlimit(which, &want) == 0)
		return 0;
	/* above the caller's own limit, which then stays */
	if (errno != EPERM || getrlimit(which, &now) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set RLIMIT_%s", r->name);
	if (now.rlim_max != RLIM_INFINITY && want.rlim_max > now.rlim_max)
		want.rlim_max = now.rlim_max;
	if (want.rlim_cur > want.rlim_max)
		want.rlim_cur = want.rlim_max;
	if (setrlimit(which, &want) < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot set RLIMIT_%s", r->name);
	return 0;
}

static int apply(const struct plan *p, bool files, uint64_t running, struct pb_err *e)
{
	for (size_t i = 0; i < p->n_rlimits; i++)
		if ((p->rlimits[i].resource == RLIMIT_NOFILE) == files &&
		    apply_one(&p->rlimits[i], p->rlimits[i].resource == RLIMIT_NPROC ? running : 0, e) < 0)
			return -1;
	return 0;
}

int rlimit_apply(const struct plan *p, uint64_t running, struct pb_err *e)
{
	return apply(p, false, running, e);
}

int rlimit_apply_files(const struct plan *p, struct pb_err *e)
{
	return apply(p, true, 0, e);
}

int ucount_open(const struct plan *p, int fds[PLAN_UCOUNTS], struct pb_err *e)
{
	autoclose int dir = -1;

	for (size_t i = 0; i < PLAN_UCOUNTS; i++)
		fds[i] = -1;
	if (!p->n_ucounts)
		return 0;
	/* each way through /proc/sys costs as much as all that is written there */
	dir = open("/proc/sys/user", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? 0 : pb_err_set(e, PB_ERR_SETUP, errno,
							"cannot open \"/proc/sys/user\"");
	for (size_t i = 0; i < p->n_ucounts; i++) {
		fds[i] = openat(dir, p->ucounts[i].name, O_WRONLY | O_CLOEXEC);
		if (fds[i] < 0 && errno != EROFS && errno != ENOENT)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot open \"/proc/sys/user/%s\"",
					  p->ucounts[i].name);
	}
	return 0;
}

int ucount_apply(const struct plan *p, int fds[PLAN_UCOUNTS], struct pb_err *e)
{
	for (size_t i = 0; i < p->n_ucounts; i++) {
		char value[24];
		int n;

		if (fds[i] < 0)
			continue;
		n = snprintf(value, sizeof(value), "%llu", (unsigned long long)p->ucounts[i].value);
		if (write(fds[i], value, (size_t)n) != n)
			return pb_err_set(e, PB_ERR_SETUP, errno, "cannot write \"/proc/sys/user/%s\"",
					  p->ucounts[i].name);
		close_fd(&fds[i]);
	}
	return 0;
}
