/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"

/*
 * To make a network namespace takes the kernel as long as all the rest of a launch, and needs nothing
 * of that: a thread of the child makes it while the child builds the mounts. The thread shares memory
 * and descriptors, has no storage of its own in the C library and so makes no call through it, and is
 * gone when netns_enter returns.
 */
struct netns_maker {
	bool begun;
	atomic_int tid;	  /* the kernel makes it 0 when the thread has ended */
	atomic_int found; /* a descriptor of the namespace, or -1 */
};

/* Starts to make one. Where that cannot be, netns_enter makes it. *m must last until then. */
void netns_begin(struct netns_maker *m);

/* Moves the caller into the namespace. Needs CAP_SYS_ADMIN. Returns 0, or -1 with *e. */
int netns_enter(struct netns_maker *m, struct pb_err *e);

/* Brings the loopback interface of the calling process's network namespace up (rtnetlink
 * through libnl). Needs CAP_NET_ADMIN there. */
int netns_loopback_up(struct pb_err *e);
