/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The child's side of a launch. */
#pragma once

#include "linux/mounts.h"
#include "linux/spawn.h"

struct child {
	const struct spawn_opts *opts;
	struct mount_env mounts;
	int sock;      /* the child's end of the status socket */
	int exec_pipe; /* the write end */
};

/* Runs in the clone, never returns. Does not call exit, only _exit. */
_Noreturn void child_main(struct child *c);
