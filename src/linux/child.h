/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The child's side of a launch. */
#pragma once

#include <linux/filter.h>

#include "linux/exec.h"
#include "linux/mounts.h"
#include "linux/netns.h"
#include "linux/scope.h"
#include "linux/spawn.h"
#include "linux/sync.h"

struct child {
	const struct spawn_opts *opts;
	struct mount_env mounts;
	int sock;      /* the child's end of the status socket */
	int exec_pipe; /* the write end */
	int ruleset;   /* where bare: Landlock's, for the plugin alone; else -1 */
	bool makes_netns; /* the clone did not */
	struct netns_maker netns;
};

/* Runs in the clone, never returns. Does not call exit, only _exit. */
_Noreturn void child_main(struct child *c);

/*
 * The steps that it shares with bare_child.c, in the order of a launch. Each returns 0, or -1 with *e.
 */

/* Tells the parent, and ends. */
_Noreturn void child_die(const struct child *c, const struct pb_err *e);

/* The launch itself is not held to a low soft limit on descriptors. */
void child_raise_files(void);

/* Parent-death signal, session, keyring. */
int child_leave_caller(struct child *c, struct pb_err *e);

/* The parent-death signal again, where a change of ids has cleared it; ends where the parent has. */
int child_die_with_plugbox(const struct child *c, struct pb_err *e);

int child_set_stdio(const struct child *c, struct pb_err *e);

/* Marks all but stdio and what is kept to be closed on exec. */
int child_close_descriptors(const struct child *c, struct pb_err *e);

/* Waits for the parent's word; its death is the end. */
int child_await(const struct child *c, enum sync_type type, struct sync_msg *m, struct pb_err *e);

/* Closes what the launch was prepared with. */
void child_close_prepared(const struct child *c);

int child_enter_cwd(const struct child *c, struct pb_err *e);

/* Adds the remedy where the plugin's user of root's may not read something. Returns -1. */
int child_unreadable(const struct child *c, struct pb_err *e);

/* The filter to be loaded: *prog is NULL where there is none. */
int child_receive_filter(const struct child *c, struct sock_filter **prog, size_t *n,
			 struct pb_err *e);

/* Makes the process undumpable, with nothing in its environment env. */
int child_hide(char **env, struct pb_err *e);

/* Starts the process that becomes the plugin, and stays as pid 1 or, with the scope that it is to end,
 * as the keeper. */
_Noreturn void child_stay(struct child *c, const struct exec_chain *chain, struct sock_filter *prog,
			  size_t n, const struct scope *scope);
