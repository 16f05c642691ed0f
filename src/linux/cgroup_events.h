/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When the limits of a cgroup bite: its event files, which the kernel signals by EPOLLPRI when a
 * number in them grows, at most once in ten milliseconds. Each limit is told once, and then no
 * longer listened for: a plugin that lives at its limit costs nothing more. How often it was stands
 * in the usage at the end.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "spec/limits.h"

struct cgroup_events {
	int memory, pids; /* memory.events, pids.events; -1 where nothing is listened for */
	int epoll;
	unsigned waiting; /* the rows of the table that have not been told */
};

#define CGROUP_EVENTS_INIT ((struct cgroup_events){.memory = -1, .pids = -1, .epoll = -1})

/* Listens to the leaf's files for the limits in l, by the loop epoll and with data as its word.
 * Returns 0, or -1 with errno. To be ended with cgroup_events_close either
 * way, before the loop is. */
int cgroup_events_open(struct cgroup_events *ev, int leaf, const struct cgroup_limits *l, int epoll,
		       uint64_t data);

/* The next limit that has bitten and was not told: true, with its id and what the kernel does about
 * it, "reclaim", "kill", "slow" or "refuse". To be called until false when the loop says so, and at
 * the end, since the last of it may not have been signalled. */
bool cgroup_events_next(struct cgroup_events *ev, enum limit_id *id, const char **action);

void cgroup_events_close(struct cgroup_events *ev);
