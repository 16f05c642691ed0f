/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/pidns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"

/* /proc/PID/status with the masks of many processors, the longest of what is read */
#define TEXT_MAX 8192

int pidns_parse_stat(const char *text, uint64_t page, uint64_t tick, struct proc_use *u)
{
	/* the name in front may hold any character, parentheses and line feeds too */
	const char *p = strrchr(text, ')');
	unsigned long long utime;
	unsigned long long stime;
	unsigned long long start;
	unsigned long long vsize;
	long long cutime;
	long long cstime;
	long long rss;
	unsigned threads;
	int ppid;

	/* proc_pid_stat(5): field 4, then 14 to 17, 20, 22 to 24 */
	if (!p || sscanf(p + 1,
			 " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld %*d %*d %u %*d "
			 "%llu %llu %lld",
			 &ppid, &utime, &stime, &cutime, &cstime, &threads, &start, &vsize, &rss) != 9)
		return -1;
	u->ppid = ppid;
	u->threads = threads;
	u->start = start;
	u->own = (utime + stime) * tick;
	u->waited = (cutime > 0 ? (uint64_t)cutime : 0) * tick + (cstime > 0 ? (uint64_t)cstime : 0) * tick;
	u->vsize = vsize;
	u->rss = (rss > 0 ? (uint64_t)rss : 0) * page;
	return 0;
}

bool pidns_parse_kb(const char *text, const char *key, uint64_t *bytes)
{
	const size_t n = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		unsigned long long kb;

		line += *line == '\n';
		if (strncmp(line, key, n) != 0)
			continue;
		if (sscanf(line + n, " %llu kB", &kb) != 1)
			return false;
		*bytes = kb * 1024;
		return true;
	}
	return false;
}

/* A process that has ended meanwhile is no error: ENOENT before its file is open, ESRCH after. */
static bool is_gone(int err)
{
	return err == ENOENT || err == ESRCH;
}

/* All at once: a read more to find the end would cost as much again. */
static ssize_t read_of(int proc, pid_t pid, const char *file, char *buf, size_t size)
{
	autoclose int fd = -1;
	char path[48];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%d/%s", (int)pid, file);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	do
		n = read(fd, buf, size - 1);
	while (n < 0 && errno == EINTR);
	buf[n > 0 ? n : 0] = '\0';
	return n;
}

static int add(int proc, pid_t pid, struct proc_list *list)
{
	static long page, ticks;
	struct proc_use u = {.pid = pid};
	char text[1024];

	if (!page) {
		page = sysconf(_SC_PAGESIZE);
		ticks = sysconf(_SC_CLK_TCK);
	}
	if (read_of(proc, pid, "stat", text, sizeof(text)) < 0)
		return is_gone(errno) ? 0 : -1;
	if (pidns_parse_stat(text, (uint64_t)page, 1000000 / (uint64_t)ticks, &u) < 0) {
		errno = EPROTO;
		return -1;
	}
	grow(&list->v, &list->cap, list->n, sizeof(*list->v));
	list->v[list->n++] = u;
	return 0;
}

int pidns_scan(int proc, struct proc_list *list)
{
	_Alignas(struct dirent64) char entries[4096];
	ssize_t n;

	list->n = 0;
	if (lseek(proc, 0, SEEK_SET) < 0)
		return -1;
	while ((n = getdents64(proc, entries, sizeof(entries))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *d = (const struct dirent64 *)(const void *)(entries + at);

			at += d->d_reclen;
			/* names of processes, and of nothing else, begin with a digit */
			if (d->d_name[0] >= '1' && d->d_name[0] <= '9' &&
			    add(proc, (pid_t)strtol(d->d_name, NULL, 10), list) < 0)
				return -1;
		}
	}
	return n < 0 ? -1 : 0;
}

static int by_pid(const void *a, const void *b)
{
	const pid_t x = ((const struct proc_use *)a)->pid;
	const pid_t y = ((const struct proc_use *)b)->pid;

	return x < y ? -1 : x > y;
}

const struct proc_use *proc_list_find(const struct proc_list *list, pid_t pid)
{
	const struct proc_use key = {.pid = pid};

	return list->n ? bsearch(&key, list->v, list->n, sizeof(key), by_pid) : NULL;
}

bool proc_list_same(const struct proc_list *a, const struct proc_list *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->v[i].pid != b->v[i].pid || a->v[i].start != b->v[i].start)
			return false;
	return true;
}

static bool is_below(const struct proc_list *list, const struct proc_use *u, pid_t first,
		     const struct proc_list *before)
{
	/* no chain is longer than the list, whatever changed while it was read */
	for (size_t i = 0; i <= list->n; i++) {
		const struct proc_use *parent;

		if (u->pid == first)
			return true;
		if (u->ppid <= 1)
			return false;
		parent = proc_list_find(list, u->ppid);
		if (!parent)
			return proc_list_find(before, u->ppid) != NULL;
		u = parent;
	}
	return false;
}

void proc_list_below(struct proc_list *list, pid_t first, const struct proc_list *before)
{
	autofree bool *in = xcalloc(list->n + 1, sizeof(*in));
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		in[i] = is_below(list, &list->v[i], first, before);
	for (size_t i = 0; i < list->n; i++)
		if (in[i])
			list->v[n++] = list->v[i];
	list->n = n;
}

void proc_list_free(struct proc_list *list)
{
	free(list->v);
	*list = (struct proc_list){0};
}

int pidns_memory(int proc, pid_t pid, enum proc_look look, struct proc_memory *m)
{
	struct proc_memory part;
	char text[TEXT_MAX];

	*m = (struct proc_memory){0};
	if (read_of(proc, pid, "status", text, sizeof(text)) < 0)
		return is_gone(errno) ? 0 : -1;
	/* a process that ends has no memory any more, and not these lines either */
	(void)pidns_parse_kb(text, "RssAnon:", &m->anonymous);
	(void)pidns_parse_kb(text, "RssShmem:", &m->shared);
	(void)pidns_parse_kb(text, "VmSwap:", &m->swapped);
	(void)pidns_parse_kb(text, "VmPTE:", &m->tables);
	if (look != PROC_PROPORTIONAL)
		return 0;
	part = (struct proc_memory){.tables = m->tables};
	if (read_of(proc, pid, "smaps_rollup", text, sizeof(text)) > 0 &&
	    pidns_parse_kb(text, "Pss_Anon:", &part.anonymous) &&
	    pidns_parse_kb(text, "Pss_Shmem:", &part.shared) &&
	    pidns_parse_kb(text, "SwapPss:", &part.swapped)) {
		uint64_t swapped = 0;

		/* VmSwap is of anonymous memory alone, and this is of shared mappings too */
		(void)pidns_parse_kb(text, "Swap:", &swapped);
		if (swapped > m->swapped)
			part.shared_swapped = swapped - m->swapped;
		*m = part;
	}
	return 0;
}

int pidns_nameless(int proc, pid_t pid, dev_t dev, struct nameless *l)
{
	_Alignas(struct dirent64) char entries[4096];
	autoclose int dir = -1;
	char path[32];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%d/fd", (int)pid);
	dir = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return is_gone(errno) ? 0 : -1;
	while ((n = getdents64(dir, entries, sizeof(entries))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *d = (const struct dirent64 *)(const void *)(entries + at);
			struct stat st;

			at += d->d_reclen;
			/* the link leads to the file itself, whatever its name was */
			if (d->d_name[0] == '.' || fstatat(dir, d->d_name, &st, 0) < 0 ||
			    !S_ISREG(st.st_mode) || st.st_nlink || st.st_dev != dev)
				continue;
			grow(&l->v, &l->cap, l->n, sizeof(*l->v));
			l->v[l->n].ino = st.st_ino;
			l->v[l->n++].bytes = (uint64_t)st.st_blocks * 512;
		}
	}
	return n < 0 && !is_gone(errno) ? -1 : 0;
}

static int by_ino(const void *a, const void *b)
{
	const ino_t x = *(const ino_t *)a;
	const ino_t y = *(const ino_t *)b;

	return x < y ? -1 : x > y;
}

uint64_t nameless_sum(struct nameless *l)
{
	uint64_t sum = 0;

	if (l->n > 1)
		qsort(l->v, l->n, sizeof(*l->v), by_ino);
	for (size_t i = 0; i < l->n; i++)
		if (i == 0 || l->v[i].ino != l->v[i - 1].ino)
			sum += l->v[i].bytes;
	l->n = 0;
	return sum;
}

void nameless_free(struct nameless *l)
{
	free(l->v);
	*l = (struct nameless){0};
}
