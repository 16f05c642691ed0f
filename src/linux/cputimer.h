/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Being told when a process has used CPU time: what asks nothing of one that sleeps. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* Queued to this process, with si_code SI_TIMER; to be blocked before. */
#define CPUTIMER_SIGNAL (SIGRTMIN + 2)

struct cputimer {
	bool open;
	timer_t id;
};

/* The first child of process pid, as this process sees them, or -1 where the kernel does not say. */
pid_t cputimer_first_child(pid_t pid);

/* A timer on the CPU time of process pid; *t stays closed where the kernel gives none. It stays
 * when the process executes something else, and never fires once that has ended. */
void cputimer_open(struct cputimer *t, pid_t pid);
void cputimer_close(struct cputimer *t);

/* Fires once, when the process has used that much more, by the kernel's ticks. */
void cputimer_set(const struct cputimer *t, unsigned ms);
