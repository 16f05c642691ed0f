/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The supervisor's side of refused system calls. The filter hands each refusal to
 * this listener, the caller waiting; it is answered at once with the errno that the filter
 * itself would have given, so the listener adds knowledge and decides nothing. The
 * memory of the caller is never read, and no call is ever let through
 * (SECCOMP_USER_NOTIF_FLAG_CONTINUE): what is reported is what is in the registers.
 * When the listener is closed the kernel answers ENOSYS: it fails closed.
 */
#pragma once

#include <sys/types.h>

#include "base/err.h"
#include "spec/syscalls.h"

struct notify_event {
	pid_t pid;     /* of the calling thread, in the reader's pid namespace; 0: not visible */
	int nr;	       /* the call's number */
	char name[32]; /* its name, "" where it is unknown */
	unsigned long args[6];
	int answered;	    /* the errno given */
	const char *remedy; /* the permission that allows it, or NULL where none does; constant */
};

/*
 * Takes one refused call from the listener fd, answers it and fills *ev; the remedy is that of the
 * policy. For an epoll
 * loop: call it once each time the descriptor is readable (EPOLLIN); on EPOLLHUP alone the last
 * process under the filter is gone, and the descriptor should be closed.
 *
 * Returns 1 where *ev is filled; 0 where there was nothing, or the caller was killed before it
 * could be asked (*ev is then undefined); -1 with *e where the listener is unusable.
 */
int notify_receive(int fd, const struct syscall_policy *policy, struct notify_event *ev, struct pb_err *e);
