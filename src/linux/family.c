/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/family.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/str.h"

/* Each takes one of the signals that the user may have queued. */
#define TIMERS 8

struct pids {
	pid_t v[FAMILY_MOST];
	size_t n;
};

/* The numbers in the text of a list of children. */
static bool add_listed(struct pids *l, const char *text)
{
	char *end;

	for (long pid; (pid = strtol(text, &end, 10)) > 0; text = end) {
		if (l->n == FAMILY_MOST)
			return false;
		l->v[l->n++] = (pid_t)pid;
	}
	return true;
}

/* A child belongs to the thread that made it. */
static bool add_children(struct pids *l, pid_t pid)
{
	char path[64];
	char text[8192];
	const struct dirent *e;
	bool all = true;
	DIR *d;

	(void)snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	d = opendir(path);
	if (!d)
		return false;
	while (all && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%.20s/children", e->d_name);
		all = fd_read_file(dirfd(d), path, text, sizeof(text)) >= 0 && add_listed(l, text);
	}
	(void)closedir(d);
	return all;
}

bool family_find(struct family *f, pid_t first, bool with_first, size_t n)
{
	autofree struct pids *l = xcalloc(1, sizeof(*l));
	bool all = n > 0 && n < FAMILY_MOST && add_children(l, first);

	family_forget(f);
	for (size_t i = 0; all && i < l->n; i++)
		all = l->n <= n && add_children(l, l->v[i]);
	if (with_first && l->n < FAMILY_MOST)
		l->v[l->n++] = first;
	if (!all || l->n != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		struct family_member m = {0};

		if (clock_getcpuclockid(l->v[i], &m.clock) != 0) {
			family_forget(f);
			return false;
		}
		if (i < TIMERS)
			cputimer_open(&m.timer, l->v[i]);
		grow(&f->v, &f->cap, f->n, sizeof(*f->v));
		f->v[f->n++] = m;
	}
	return true;
}

void family_forget(struct family *f)
{
	for (size_t i = 0; i < f->n; i++)
		cputimer_close(&f->v[i].timer);
	free(f->v);
	*f = (struct family){0};
}

/* The number of one that has ended is given to nobody else for long, and then its time differs. */
static bool used(const struct family_member *m, uint64_t *ns)
{
	struct timespec t;

	if (clock_gettime(m->clock, &t) < 0)
		return false;
	*ns = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	return true;
}

bool family_note(struct family *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (!used(&f->v[i], &f->v[i].used))
			return false;
	return f->n > 0;
}

bool family_rests(const struct family *f)
{
	uint64_t now;

	for (size_t i = 0; i < f->n; i++)
		if (!used(&f->v[i], &now) || now != f->v[i].used)
			return false;
	return f->n > 0;
}

void family_wake(const struct family *f, unsigned ms)
{
	for (size_t i = 0; i < f->n; i++)
		cputimer_set(&f->v[i].timer, ms);
}
