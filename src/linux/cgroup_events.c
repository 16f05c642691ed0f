/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "linux/cgroup_events.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "linux/cgroup.h"

static const struct row {
	bool memory; /* in memory.events, else in pids.events */
	const char *key;
	const char *also; /* a second number that must have grown, or NULL */
	enum limit_id id;
	const char *action;
} rows[] = {
	{true, "high", NULL, LIMIT_MEMORY_HIGH, "slow"},
	{true, "max", NULL, LIMIT_MEMORY, "reclaim"},
	/* killed, and for its own limit: lack of memory on the host kills as well */
	{true, "oom_kill", "oom", LIMIT_MEMORY, "kill"},
	{false, "max", NULL, LIMIT_PIDS, "refuse"},
};

static bool limited(const struct row *r, const struct cgroup_limits *l)
{
	return r->id == LIMIT_MEMORY_HIGH ? l->memory_high : r->id == LIMIT_MEMORY ? l->memory : l->pids;
}

/* Whether the loop must still hear of the file. A kill ends the plugin, and is found at the end. */
static bool waits(const struct cgroup_events *ev, bool memory)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].memory == memory && !rows[i].also && (ev->waiting >> i & 1))
			return true;
	return false;
}

/* The leaf has no cgroup below it, so what memory.events sums over these is its own. */
static int listen_to(const struct cgroup_events *ev, int leaf, const char *file, int *fd, uint64_t data)
{
	struct epoll_event e = {.events = EPOLLPRI, .data.u64 = data};

	*fd = openat(leaf, file, O_RDONLY | O_CLOEXEC);
	if (*fd < 0 || epoll_ctl(ev->epoll, EPOLL_CTL_ADD, *fd, &e) < 0)
		return -1;
	return 0;
}

int cgroup_events_open(struct cgroup_events *ev, int leaf, const struct cgroup_limits *l, int epoll,
		       uint64_t data)
{
	*ev = CGROUP_EVENTS_INIT;
	ev->epoll = epoll;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (limited(&rows[i], l))
			ev->waiting |= 1U << i;
	}
	if (waits(ev, true) && listen_to(ev, leaf, "memory.events", &ev->memory, data) < 0)
		return -1;
	return waits(ev, false) ? listen_to(ev, leaf, "pids.events", &ev->pids, data) : 0;
}

/* Reading from the start is what makes the kernel signal the next change. */
static bool read_events(int fd, char *text, size_t size)
{
	ssize_t n = fd >= 0 ? pread(fd, text, size - 1, 0) : -1;

	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

bool cgroup_events_next(struct cgroup_events *ev, enum limit_id *id, const char **action)
{
	char text[512];
	uint64_t v;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];

		if (!(ev->waiting >> i & 1) || !read_events(r->memory ? ev->memory : ev->pids, text, sizeof(text)))
			continue;
		if (!cgroup_parse_key(text, r->key, &v) || !v ||
		    (r->also && (!cgroup_parse_key(text, r->also, &v) || !v)))
			continue;
		ev->waiting &= ~(1U << i);
		*id = r->id;
		*action = r->action;
		return true;
	}
	/* a file of which nothing is waited for any more is no longer listened to */
	if (ev->memory >= 0 && !waits(ev, true))
		(void)epoll_ctl(ev->epoll, EPOLL_CTL_DEL, ev->memory, NULL);
	if (ev->pids >= 0 && !waits(ev, false))
		(void)epoll_ctl(ev->epoll, EPOLL_CTL_DEL, ev->pids, NULL);
	return false;
}

void cgroup_events_close(struct cgroup_events *ev)
{
	close_fd(&ev->memory);
	close_fd(&ev->pids);
	ev->waiting = 0;
}
