/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/watchdog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fdio.h"
#include "base/str.h"
#include "linux/cgroup.h"
#include "linux/smaps.h"

/* Between two looks, milliseconds. */
#define SOONEST 10
#define LATEST 1000
#define LATEST_NEAR 250 /* from three quarters of the memory limit on */

/* A look may take the n-th part of the time until the next: more often while something happens. */
#define SHARE_BUSY 50
#define SHARE_QUIET 200

/* Growth that is no news. */
#define STEADY (UINT64_C(1) << 20)

/* A child of vfork has its parent's memory, and is counted as if it had as much again. It executes
 * something else before long: only what lasts as many looks is believed. */
#define DOUBTS 5

/* What of the share may be used in one go, as the kernel's own period has it. */
#define BURST_MS 100

/* Entries of the data directory at a look, and looks until it is walked through in any case. */
#define ENTRIES 500
#define ENTRIES_URGENT 10000
#define ROUND_AT_LEAST 5

/* From so long a wait on the kernel is asked to say when the plugin does something. */
#define RARELY 40

/* So many looks in a row may be over because nothing has run. */
#define RESTS 30

/* A page of page tables maps so many bytes of address space for each of its own. */
#define PER_TABLE 512

int watchdog_init(struct watchdog *w, const struct plan *p, int cgroup, int data,
		  struct pb_err *e)
{
	*w = WATCHDOG_INIT;
	w->limits = &p->watch;
	w->wait_ms = SOONEST;
	w->share.milli = p->watch.cpu_milli;
	w->data.dir = p->watch.data ? data : -1;
	if (p->watch.cpu_by_cgroup)
		w->cgroup = cgroup;
	if (!plan_is_watched(p))
		return 0;
	w->processors = (unsigned)get_nprocs();
	w->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (w->timer < 0)
		return pb_err_set(e, PB_ERR_SETUP, errno, "cannot make the watchdog's timer");
	return 0;
}

void watchdog_free(struct watchdog *w)
{
	cputimer_close(&w->busy);
	family_forget(&w->family);
	close_fd(&w->timer);
	close_fd(&w->proc);
	while (w->n_mounts)
		close_fd(&w->mounts[--w->n_mounts]);
	free(w->mounts);
	free(w->mount_devs);
	w->mounts = NULL;
	w->mount_devs = NULL;
	dirsize_end(&w->data.walk);
	nameless_free(&w->data.open);
	proc_list_free(&w->now);
	proc_list_free(&w->tally.last);
}

void watchdog_take_proc(struct watchdog *w, int fd)
{
	close_fd(&w->proc);
	w->proc = fd;
}

void watchdog_take_mount(struct watchdog *w, int fd)
{
	struct stat st;

	grow(&w->mounts, &w->cap_mounts, w->n_mounts, sizeof(*w->mounts));
	grow(&w->mount_devs, &w->cap_devs, w->n_mounts, sizeof(*w->mount_devs));
	w->mount_devs[w->n_mounts] = fstat(fd, &st) == 0 ? st.st_dev : 0;
	w->mounts[w->n_mounts++] = fd;
}

void watch_tally_add(struct watch_tally *t, struct proc_list *now)
{
	struct proc_list *last = &t->last;
	uint64_t waited = 0;
	uint64_t gone = 0;
	size_t k = 0;

	for (size_t i = 0; i < now->n; i++) {
		const struct proc_use *u = &now->v[i];
		uint64_t own = u->own;
		uint64_t children = u->waited;

		for (; k < last->n && last->v[k].pid < u->pid; k++)
			gone += last->v[k].own + last->v[k].waited;
		if (k < last->n && last->v[k].pid == u->pid) {
			const struct proc_use *before = &last->v[k++];

			if (before->start == u->start) {
				own -= own > before->own ? before->own : own;
				children -= children > before->waited ? before->waited : children;
			} else {
				gone += before->own + before->waited;
			}
		}
		t->cpu += own;
		waited += children;
	}
	for (; k < last->n; k++)
		gone += last->v[k].own + last->v[k].waited;
	/* The parent is looked at before the child, and may wait for it in between: then what it got
	 * shows the next time. */
	if (waited >= gone + t->credit) {
		t->cpu += waited - gone - t->credit;
		t->credit = 0;
	} else {
		t->credit = waited > t->credit ? gone + t->credit - waited : gone;
	}

	struct proc_list spare = *last;

	*last = *now;
	*now = spare;
	now->n = 0;
}

static uint64_t tmpfs_bytes(const struct watchdog *w)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < w->n_mounts; i++) {
		struct statfs fs;

		if (fstatfs(w->mounts[i], &fs) == 0)
			sum += (fs.f_blocks - fs.f_bfree) * (uint64_t)fs.f_bsize;
	}
	return sum;
}

/* Whether u may be a child of vfork: as large as its parent to the byte. So is one of fork, for a
 * moment; hence no process is left out, only looked at again. */
static bool like_parent(const struct proc_list *all, const struct proc_use *u)
{
	const struct proc_use *parent = proc_list_find(all, u->ppid);

	return parent && parent->vsize == u->vsize;
}

/* What a process holds beside the files of the sandbox's tmpfs mounts, which are counted whole: of
 * these it may have mapped some. Only the exact look knows which. */
static int beside_files(const struct watchdog *w, pid_t pid, enum proc_look look, uint64_t *bytes)
{
	struct smaps files = {0};
	struct proc_memory m;

	if (pidns_memory(w->proc, pid, look, &m) < 0 ||
	    (look == PROC_PROPORTIONAL && (m.shared || m.shared_swapped) && w->n_mounts &&
	     smaps_of_files(w->proc, pid, w->mount_devs, w->n_mounts, &files) < 0))
		return -1;
	*bytes = m.anonymous + m.swapped + m.tables;
	*bytes += m.shared > files.sum ? m.shared - files.sum : 0;
	*bytes += m.shared_swapped > files.swapped ? m.shared_swapped - files.swapped : 0;
	return 0;
}

/* What all hold. Returns 0, or -1 with errno. *certain is without the processes that may share
 * their parent's memory. */
static int closer(const struct watchdog *w, const struct proc_list *all, enum proc_look look,
		  uint64_t *sum, uint64_t *certain)
{
	*sum = *certain = tmpfs_bytes(w);
	for (size_t i = 0; i < all->n; i++) {
		uint64_t bytes;

		if (all->v[i].pid == w->first && !w->limits->pid_1)
			continue;
		if (beside_files(w, all->v[i].pid, look, &bytes) < 0)
			return -1;
		*sum += bytes;
		if (!like_parent(all, &all->v[i]))
			*certain += bytes;
	}
	return 0;
}

/* The first look: no less than what all hold. */
static uint64_t at_most(const struct watchdog *w, const struct proc_list *all)
{
	uint64_t sum = tmpfs_bytes(w);

	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].pid != w->first || w->limits->pid_1)
			sum += all->v[i].rss + all->v[i].vsize / PER_TABLE;
	return sum;
}

static enum watch_verdict judge_memory(struct watchdog *w, const struct proc_list *all)
{
	const uint64_t limit = w->limits->memory;
	uint64_t certain = w->memory = w->seen;

	/* what is swapped out is not resident */
	if (w->has_swap || w->memory > limit) {
		if (closer(w, all, PROC_PRIVATE, &w->memory, &certain) < 0)
			return WATCH_BLIND;
		/* of shared memory only the exact look tells it, and a process can have it swapped out
		 * as soon as it is written: MADV_PAGEOUT */
		if (w->memory + w->more_swap > limit &&
		    closer(w, all, PROC_PROPORTIONAL, &w->memory, &certain) < 0)
			return WATCH_BLIND;
	}
	if (w->memory <= limit) {
		w->doubtful = 0;
		if (w->memory > w->peak)
			w->peak = w->memory;
		return WATCH_GO_ON;
	}
	if (certain <= limit && ++w->doubtful < DOUBTS)
		return WATCH_GO_ON;
	w->peak = w->memory;
	return WATCH_MEMORY;
}

static uint64_t clock_us(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

bool watch_share_settle(struct watch_share *s, uint64_t now, uint64_t used)
{
	const int64_t burst = (int64_t)s->milli * BURST_MS;

	if (s->at)
		s->left += (int64_t)((now - s->at) * s->milli / 1000);
	else
		s->left = burst;
	s->at = now;
	if (s->left > burst)
		s->left = burst;
	s->left -= (int64_t)used;
	return s->left < 0;
}

unsigned watch_share_wait(const struct watch_share *s, unsigned processors)
{
	const int64_t us = s->left < 0 ? -s->left * 1000 / (int64_t)s->milli
				       : s->left * 1000 / ((int64_t)processors * 1000);
	const int64_t ms = us / 1000 + 1;

	return ms < SOONEST ? SOONEST : ms > LATEST ? LATEST : (unsigned)ms;
}

static enum watch_verdict judge_share(struct watchdog *w, uint64_t used)
{
	struct watch_share *s = &w->share;
	const uint64_t now = clock_us(CLOCK_MONOTONIC);
	const bool hold = watch_share_settle(s, now, used);

	if (hold == s->held)
		return WATCH_GO_ON;
	s->held = hold;
	if (hold) {
		s->held_since = now;
		s->holds++;
		return WATCH_HOLD;
	}
	s->held_for += now - s->held_since;
	return WATCH_RELEASE;
}

/* How soon the CPU time that is left can be used up. */
static unsigned soonest_cpu(const struct watchdog *w)
{
	const uint64_t limit = w->limits->cpu_ms * 1000;
	const uint64_t left = w->tally.cpu < limit ? limit - w->tally.cpu : 0;
	const uint64_t ms = left / w->processors / 1000 + 1;

	return ms < LATEST ? (unsigned)ms : LATEST;
}

/* What has no name but an open descriptor, of all processes. */
static int count_nameless(struct watchdog *w)
{
	struct watch_data *d = &w->data;

	for (size_t i = 0; i < w->tally.last.n; i++)
		if ((w->tally.last.v[i].pid != w->first || w->limits->pid_1) &&
		    pidns_nameless(w->proc, w->tally.last.v[i].pid, d->walk.dev, &d->open) < 0)
			return -1;
	return 0;
}

/* Whether the directory can hold more than it may, as far as the file system as a whole tells. */
static bool may_be_fuller(const struct watchdog *w, uint64_t used)
{
	const struct watch_data *d = &w->data;
	const uint64_t grown = used > d->used ? used - d->used : 0;

	return d->idle >= ROUND_AT_LEAST || grown > (w->limits->data - d->bytes) / 2;
}

static enum watch_verdict judge_data(struct watchdog *w)
{
	struct watch_data *d = &w->data;
	struct statfs fs;
	uint64_t used;
	int rc;

	if (fstatfs(d->dir, &fs) < 0)
		return WATCH_BLIND;
	used = (fs.f_blocks - fs.f_bfree) * (uint64_t)fs.f_bsize;
	d->urgent = used > d->used && used - d->used > w->limits->data - d->bytes;
	if (!d->walk.depth) {
		d->idle++;
		if (!may_be_fuller(w, used))
			return WATCH_GO_ON;
		d->used = used;
		d->idle = 0;
		if (dirsize_begin(&d->walk, d->dir) < 0)
			return WATCH_DATA;
	}
	rc = dirsize_step(&d->walk, d->urgent ? ENTRIES_URGENT : ENTRIES);
	/* a directory that the plugin has closed to us may hold anything */
	if (rc < 0 || (rc == 1 && count_nameless(w) < 0))
		return WATCH_DATA;
	if (rc == 1)
		d->bytes = d->walk.sum + nameless_sum(&d->open);
	if (d->bytes > d->peak)
		d->peak = d->bytes;
	return d->bytes > w->limits->data || d->walk.sum > w->limits->data ? WATCH_DATA : WATCH_GO_ON;
}

static void set_pace(struct watchdog *w, bool busy, uint64_t cost_us)
{
	const struct plan_watch *l = w->limits;
	const bool near = l->memory && w->memory > l->memory / 4 * 3;
	unsigned latest = near || (l->cpu_milli && w->tally.last.n > 2) ? LATEST_NEAR : LATEST;
	uint64_t soonest = cost_us * (busy ? SHARE_BUSY : SHARE_QUIET) / 1000;

	if (soonest < SOONEST)
		soonest = SOONEST;
	w->wait_ms = busy || w->doubtful ? SOONEST : w->wait_ms * 2;
	if (l->cpu_ms && !l->memory && !l->cpu_milli && !l->data)
		w->wait_ms = soonest_cpu(w);
	else if (w->share.held)
		w->wait_ms = latest = watch_share_wait(&w->share, w->processors);
	else if (l->cpu_milli && !l->memory && !l->data && busy)
		w->wait_ms = watch_share_wait(&w->share, w->processors);
	if (w->wait_ms > latest)
		w->wait_ms = latest;
	if (w->data.walk.depth && w->data.urgent)
		w->wait_ms = SOONEST;
	else if (w->wait_ms < soonest)
		w->wait_ms = soonest < LATEST ? (unsigned)soonest : LATEST;
}

/* The next look; and where that is not soon, one as soon as the plugin does something. */
static int set_timer(const struct watchdog *w)
{
	const struct itimerspec t = {.it_value = {.tv_sec = w->wait_ms / 1000,
						  .tv_nsec = (long)(w->wait_ms % 1000) * 1000000}};

	return timerfd_settime(w->timer, 0, &t, NULL);
}

static int set_timers(const struct watchdog *w)
{
	if (w->wait_ms >= RARELY) {
		cputimer_set(&w->busy, SOONEST);
		family_wake(&w->family, SOONEST);
	}
	return set_timer(w);
}

int watchdog_start(struct watchdog *w, pid_t init, struct pb_err *e)
{
	if (w->timer < 0)
		return 0;
	w->init = init;
	w->first = w->limits->host_proc ? init : 1;
	if (w->proc < 0 && (w->limits->memory || w->limits->data || w->cgroup < 0)) {
		pb_err_set(e, PB_ERR_SETUP, 0, "the sandbox's processes cannot be seen");
		return pb_err_step(e, "watchdog");
	}
	cputimer_open(&w->busy, w->limits->pid_1 ? init : cputimer_first_child(init));
	if (set_timers(w) == 0)
		return 0;
	pb_err_set(e, PB_ERR_SETUP, errno, "cannot set the watchdog's timer");
	return pb_err_step(e, "watchdog");
}

static void note_tasks(struct watchdog *w)
{
	uint64_t n = 0;

	for (size_t i = 0; i < w->tally.last.n; i++)
		n += w->tally.last.v[i].threads;
	if (n > w->most_tasks)
		w->most_tasks = n;
}

/* The same processes as at the look before, and their clocks were read before this one: what they do
 * from then on shows there, a fork too. */
static void note_family(struct watchdog *w, bool clocks)
{
	const bool same = proc_list_same(&w->now, &w->tally.last);

	w->noted = clocks && same;
	if (same)
		return;
	family_forget(&w->family);
	w->sought = false;
}

/* Worth its while only where nothing comes or goes. */
static void seek_family(struct watchdog *w)
{
	const size_t n = w->tally.last.n;

	if (w->sought || w->wait_ms < RARELY || !n)
		return;
	w->sought = true;
	/* what process 1 does, where that is ours, is no growth */
	(void)family_find(&w->family, w->init, w->limits->pid_1, w->limits->pid_1 ? n : n - 1);
}

/* Returns 0, or -1 with errno. */
static int count(struct watchdog *w)
{
	const bool clocks = family_note(&w->family);
	char text[1024];

	if (w->proc >= 0) {
		if (pidns_scan(w->proc, &w->now) < 0)
			return -1;
		if (w->limits->host_proc)
			proc_list_below(&w->now, w->first, &w->tally.last);
		note_family(w, clocks);
		watch_tally_add(&w->tally, &w->now);
		note_tasks(w);
	}
	if (w->cgroup < 0)
		return 0;
	/* which misses nothing */
	if (fd_read_file(w->cgroup, "cpu.stat", text, sizeof(text)) < 0)
		return -1;
	if (cgroup_parse_key(text, "usage_usec", &w->tally.cpu))
		return 0;
	errno = EPROTO;
	return -1;
}

/* Without CPU time nothing grows and nothing is started. */
static bool is_still(const struct watchdog *w)
{
	return w->noted && w->rests < RESTS && !w->doubtful && !w->share.held && !w->data.walk.depth &&
	       family_rests(&w->family);
}

static enum watch_verdict doze(struct watchdog *w)
{
	const unsigned latest = w->limits->memory && w->memory > w->limits->memory / 4 * 3
					? LATEST_NEAR : LATEST;

	w->rests++;
	w->wait_ms = w->wait_ms * 2 < latest ? w->wait_ms * 2 : latest;
	/* which forgets, too, how often it has fired */
	return set_timer(w) < 0 ? WATCH_BLIND : WATCH_GO_ON;
}

/* A device that is switched on later counts from then on. What the plugin has swapped out is part of
 * what the whole host has more than when it had the least. */
static void note_swap(struct watchdog *w)
{
	struct sysinfo info = {0};
	uint64_t used;

	w->has_swap = sysinfo(&info) < 0 || info.totalswap > 0;
	used = (uint64_t)(info.totalswap - info.freeswap) * info.mem_unit;
	if (!w->looked_at_swap || used < w->least_swap)
		w->least_swap = used;
	w->looked_at_swap = true;
	w->more_swap = used - w->least_swap;
}

enum watch_verdict watchdog_look(struct watchdog *w)
{
	uint64_t began;
	const uint64_t cpu = w->tally.cpu;
	const uint64_t seen = w->seen;
	const size_t n = w->tally.last.n;
	enum watch_verdict verdict = WATCH_GO_ON;

	if (is_still(w))
		return doze(w);
	w->rests = 0;
	began = clock_us(CLOCK_THREAD_CPUTIME_ID);
	if (count(w) < 0)
		return WATCH_BLIND;
	if (w->limits->memory) {
		note_swap(w);
		w->seen = at_most(w, &w->tally.last);
		verdict = judge_memory(w, &w->tally.last);
	}
	if (verdict == WATCH_GO_ON && !w->cpu_told && w->limits->cpu_ms &&
	    w->tally.cpu >= w->limits->cpu_ms * 1000) {
		w->cpu_told = true;
		verdict = WATCH_CPU;
	}
	if (verdict == WATCH_GO_ON && w->data.dir >= 0)
		verdict = judge_data(w);
	if (verdict == WATCH_GO_ON && w->limits->cpu_milli)
		verdict = judge_share(w, w->tally.cpu - cpu);
	set_pace(w, w->data.walk.depth || w->tally.cpu != cpu || w->seen > seen + STEADY || w->tally.last.n != n,
		 clock_us(CLOCK_THREAD_CPUTIME_ID) - began);
	seek_family(w);
	return set_timers(w) < 0 ? WATCH_BLIND : verdict;
}

void watchdog_usage(struct watchdog *w, struct usage *u)
{
	struct watch_share *s = &w->share;

	if (s->held)
		s->held_for += clock_us(CLOCK_MONOTONIC) - s->held_since;
	s->held = false;
	if (s->milli) {
		usage_set(u, USAGE_BY_WATCHDOG, USAGE_THROTTLED, s->held_for);
		usage_set(u, USAGE_BY_WATCHDOG, USAGE_THROTTLED_TIMES, s->holds);
	}
	/* wait4 tells of the last moment too, but not of processes that nobody had waited for */
	if (w->tally.cpu > usage_get(u, USAGE_CPU)) {
		usage_set(u, USAGE_BY_WATCHDOG, USAGE_CPU, w->tally.cpu);
		usage_forget(u, USAGE_CPU_USER);
		usage_forget(u, USAGE_CPU_SYSTEM);
	}
	if (w->peak)
		usage_set(u, USAGE_BY_WATCHDOG, USAGE_MEMORY_PEAK, w->peak);
	if (w->most_tasks)
		usage_set(u, USAGE_BY_WATCHDOG, USAGE_PIDS_PEAK, w->most_tasks);
}
