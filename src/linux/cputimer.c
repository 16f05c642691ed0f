/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/cputimer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fdio.h"

pid_t cputimer_first_child(pid_t pid)
{
	char path[64];
	char text[64];
	long child;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	if (fd_read_file(AT_FDCWD, path, text, sizeof(text)) <= 0)
		return -1;
	child = strtol(text, NULL, 10);
	return child > 0 ? (pid_t)child : -1;
}

void cputimer_open(struct cputimer *t, pid_t pid)
{
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = CPUTIMER_SIGNAL};

	clockid_t clock;

	if (!t->open && pid > 0 && clock_getcpuclockid(pid, &clock) == 0)
		t->open = timer_create(clock, &ev, &t->id) == 0;
}

void cputimer_close(struct cputimer *t)
{
	if (t->open)
		(void)timer_delete(t->id);
	t->open = false;
}

void cputimer_set(const struct cputimer *t, unsigned ms)
{
	const struct itimerspec at = {.it_value = {.tv_sec = (time_t)(ms / 1000),
						   .tv_nsec = (long)(ms % 1000) * 1000000}};

	if (t->open)
		(void)timer_settime(t->id, 0, &at, NULL);
}
