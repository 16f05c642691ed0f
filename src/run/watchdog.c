/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run/watchdog.h"

#include <errno.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/str.h"

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

/* A page of page tables maps so many bytes of address space for each of its own. */
#define PER_TABLE 512

void watchdog_init(struct watchdog *w, const struct plan_watch *limits)
{
	*w = (struct watchdog){.limits = limits, .proc = -1, .wait_ms = SOONEST};
}

void watchdog_free(struct watchdog *w)
{
	close_fd(&w->proc);
	while (w->n_mounts)
		close_fd(&w->mounts[--w->n_mounts]);
	free(w->mounts);
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
	grow(&w->mounts, &w->cap_mounts, w->n_mounts, sizeof(*w->mounts));
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
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].pid == u->ppid)
			return all->v[i].vsize == u->vsize && u->pid != 1;
	return false;
}

/* What all hold. Returns 0, or -1 with errno. *certain is without the processes that may share
 * their parent's memory. */
static int closer(const struct watchdog *w, const struct proc_list *all, enum proc_look look,
		  uint64_t *sum, uint64_t *certain)
{
	*sum = *certain = tmpfs_bytes(w);
	for (size_t i = 0; i < all->n; i++) {
		uint64_t bytes;

		if (all->v[i].pid == 1 && !w->limits->pid_1)
			continue;
		if (pidns_memory(w->proc, all->v[i].pid, look, &bytes) < 0)
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
		if (all->v[i].pid != 1 || w->limits->pid_1)
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
		if (w->memory > limit &&
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

static uint64_t own_cpu_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void set_pace(struct watchdog *w, bool busy, uint64_t cost_us)
{
	const bool near = w->limits->memory && w->memory > w->limits->memory / 4 * 3;
	const unsigned latest = near ? LATEST_NEAR : LATEST;
	const uint64_t soonest = cost_us * (busy ? SHARE_BUSY : SHARE_QUIET) / 1000;

	w->wait_ms = busy || w->doubtful ? SOONEST : w->wait_ms * 2;
	if (w->wait_ms > latest)
		w->wait_ms = latest;
	if (w->wait_ms < soonest)
		w->wait_ms = soonest < LATEST ? (unsigned)soonest : LATEST;
}

enum watch_verdict watchdog_look(struct watchdog *w)
{
	const uint64_t began = own_cpu_us();
	const uint64_t cpu = w->tally.cpu;
	const uint64_t seen = w->seen;
	const size_t n = w->tally.last.n;
	enum watch_verdict verdict = WATCH_GO_ON;
	struct sysinfo info;

	if (pidns_scan(w->proc, &w->now) < 0)
		return WATCH_BLIND;
	watch_tally_add(&w->tally, &w->now);
	if (w->limits->memory) {
		/* a device that is switched on later counts from then on */
		w->has_swap = sysinfo(&info) < 0 || info.totalswap > 0;
		w->seen = at_most(w, &w->tally.last);
		verdict = judge_memory(w, &w->tally.last);
	}
	if (verdict == WATCH_GO_ON && w->limits->cpu_ms && w->tally.cpu >= w->limits->cpu_ms * 1000)
		verdict = WATCH_CPU;
	set_pace(w, w->tally.cpu != cpu || w->seen > seen + STEADY || w->tally.last.n != n,
		 own_cpu_us() - began);
	return verdict;
}

void watchdog_usage(const struct watchdog *w, struct usage *u)
{
	u->mechanism = "watchdog";
	/* wait4 tells of the last moment too, but not of processes that nobody had waited for */
	if (w->tally.cpu > usage_get(u, USAGE_CPU)) {
		usage_set(u, USAGE_CPU, w->tally.cpu);
		u->known &= ~(1U << USAGE_CPU_USER | 1U << USAGE_CPU_SYSTEM);
	}
	if (w->peak)
		usage_set(u, USAGE_MEMORY_PEAK, w->peak);
}
