/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pid 1 of the sandbox: reaps, passes signals on, reports how the plugin ended. */
#pragma once

#include <signal.h>
#include <sys/types.h>

#include "linux/scope.h"

/* The signals that plugbox passes on to the plugin. */
void init_forwarded_signals(sigset_t *set);

/* Sent by plugbox, these stop all other processes of the sandbox and let them go on. */
#define INIT_HOLD SIGRTMIN
#define INIT_RELEASE (SIGRTMIN + 1)

/* All that init_run waits for. */
void init_signals(sigset_t *set);

/* Never returns. All of init_signals are blocked already. sock is the
 * status socket, the only descriptor that stays open. Ends as soon as the plugin has ended, and the
 * kernel with it all that is left in the pid namespace. keeper is NULL there; without a pid namespace
 * it is the domain that it ends itself, also where INIT_END comes, blocked like the others. */
_Noreturn void init_run(pid_t plugin, int sock, const struct scope *keeper);

/* The parent-death signal of a keeper: no more is wanted of it than the end of all. */
#define INIT_END (SIGRTMIN + 2)
